//! `guard.lock`, held against the candidate: as the index or the commit has it, never as it lies in the work tree.

use std::collections::HashMap;

use crate::git::{Backend, EntryKind, GitError, Tree};
use crate::lock::{FILE_NAME, Line, Lock, Trouble, parse, write};
use crate::model::{
    Base, LockFile, LockState, Locked, Migration, MigrationKind, MigrationSet, Nature, Oid, RepoPath,
};
use crate::tools::{Tool, only_moved_to_lfs};

use super::{GatherError, Project, Remembering, Request, ResolvedSet, read_project};

/// What stands in the candidate's `guard.lock`; nothing where it has none.
pub(super) fn read(
    git: &dyn Backend,
    candidate: &Tree,
    base: &Base,
    resolved: &[ResolvedSet],
    sets: &[MigrationSet],
) -> Result<Option<LockFile>, GitError> {
    let path = RepoPath::from(FILE_NAME);
    if candidate.conflicts.contains(&path) {
        return Ok(Some(LockFile { path, touched: true, state: LockState::Conflict { line: 1 } }));
    }
    let Ok(at) = candidate.entries.binary_search_by(|entry| entry.path.cmp(&path)) else { return Ok(None) };
    let entry = &candidate.entries[at];
    let before = match base.commit {
        Some(commit) => git.tree(commit, std::slice::from_ref(&path))?.entries,
        None => Vec::new(),
    };
    let touched = !before.iter().any(|before| before.path == path && before.oid == entry.oid);
    let state = match entry.kind {
        EntryKind::File => match parse(&git.blob(entry.oid)?) {
            Ok(lock) => compare(git, &lock, resolved, sets),
            Err(Trouble::Conflict { line }) => LockState::Conflict { line },
            Err(Trouble::Newer(version)) => LockState::Newer { version },
            Err(Trouble::Wrong { line, because }) => LockState::Unreadable { line, because },
        },
        EntryKind::Symlink | EntryKind::Submodule => {
            LockState::Unreadable { line: 1, because: "is not in it: git keeps no file there".to_owned() }
        }
    };
    Ok(Some(LockFile { path, touched, state }))
}

/// Migrations that have a line: what runs again, and the way back, may be edited.
fn lockable(set: &MigrationSet) -> impl Iterator<Item = (usize, &Migration)> {
    let once =
        |migration: &Migration| matches!(migration.kind, MigrationKind::Versioned | MigrationKind::Baseline);
    set.candidate.iter().enumerate().filter(move |(_, migration)| once(migration))
}

fn compare(git: &dyn Backend, lock: &Lock, resolved: &[ResolvedSet], sets: &[MigrationSet]) -> LockState {
    let lines: HashMap<&RepoPath, &Line> = lock.lines.iter().map(|line| (&line.path, line)).collect();
    let (mut differ, mut missing, mut met) = (Vec::new(), Vec::new(), 0);
    for (set, facts) in sets.iter().enumerate() {
        for (at, migration) in lockable(facts) {
            let Some(line) = lines.get(&migration.path) else {
                missing.push((set, at));
                continue;
            };
            met += 1;
            if line.blob == migration.blob {
                continue;
            }
            let (nature, there) = difference(git, &resolved[set].tool, line, migration);
            // A checkout may have it so, and the same file must serve both.
            if nature != Nature::LineEndings {
                differ.push(Locked { set, migration: at, blob: line.blob, there, nature });
            }
        }
    }
    let mut gone = Vec::new();
    if met < lines.len() {
        let here = |path: &RepoPath| {
            sets.iter().any(|set| lockable(set).any(|(_, migration)| migration.path == *path))
        };
        gone = lock.lines.iter().map(|line| &line.path).filter(|path| !here(path)).cloned().collect();
    }
    LockState::Read { whole: lock.whole, differ, missing, gone }
}

/// How the text differs from the one in the line, and whether that one is in this clone.
fn difference(git: &dyn Backend, tool: &Tool, line: &Line, migration: &Migration) -> (Nature, bool) {
    let old = git.blob(line.blob).ok();
    let new = migration.text.as_deref().map(<[u8]>::to_vec).or_else(|| git.blob(migration.blob).ok());
    let nature = match (&old, &new) {
        (Some(old), Some(new)) if only_moved_to_lfs(old, new) => Nature::LineEndings,
        (Some(old), Some(new)) => tool.nature(&migration.path, old, new),
        (None, Some(new)) if tool.text_digest(&migration.path, new) == line.text => Nature::Cosmetic,
        _ => Nature::Code,
    };
    (nature, old.is_some())
}

/// What `guard lock` would write.
#[derive(Debug)]
pub struct NewLock {
    /// The file.
    pub text: String,
    /// How many migrations have a line in it.
    pub lines: usize,
    /// How many of them had none.
    pub added: usize,
    /// How many lines went, since their migration did.
    pub gone: usize,
    /// Published migrations that run otherwise than the text in their old line: path, and that text.
    pub edited: Vec<(RepoPath, Oid)>,
}

/// Makes `guard.lock` anew. `old` are the lines that there were.
pub fn new_lock(project: &Project, request: &Request, old: &[Line]) -> Result<NewLock, GatherError> {
    let git = &*project.git;
    let texts = Remembering::new(git);
    let (entries, resolved) = read_project(project, request.candidate, &texts)?;
    let base = super::find_base(git, &project.config, request)?;
    let known: HashMap<&RepoPath, Vec<&Line>> = old.iter().fold(HashMap::new(), |mut known, line| {
        known.entry(&line.path).or_insert_with(Vec::new).push(line);
        known
    });
    let (mut lines, mut edited, mut added) = (Vec::new(), Vec::new(), 0);
    for set in &resolved {
        let facts = super::sets::read_set(&texts, set, (request.candidate, &entries), &base)?;
        for (_, migration) in lockable(&facts) {
            let old = known.get(&migration.path).map_or(&[][..], Vec::as_slice);
            // A line that is right stays as it is, whatever a newer guard thinks of its digest.
            if let Some(line) = old.iter().find(|line| line.blob == migration.blob) {
                lines.push((*line).clone());
                continue;
            }
            added += usize::from(old.is_empty());
            let own = facts.added().any(|added| added.path == migration.path);
            let run_the_same = |line: &&Line| difference(git, &set.tool, line, migration).0 != Nature::Code;
            if let Some(first) = old.first().filter(|_| !own && !old.iter().any(run_the_same)) {
                edited.push((migration.path.clone(), first.blob));
            }
            let text = match &migration.text {
                Some(text) => text.to_vec(),
                None => git.blob(migration.blob)?,
            };
            let text = set.tool.text_digest(&migration.path, &text);
            lines.push(Line { path: migration.path.clone(), blob: migration.blob, text });
        }
    }
    lines.sort_unstable();
    lines.dedup_by(|later, earlier| later.path == earlier.path);
    let here = |path: &RepoPath| lines.binary_search_by(|line| line.path.cmp(path)).is_ok();
    let gone = known.keys().filter(|path| !here(path)).count();
    Ok(NewLock { lines: lines.len(), added, gone, edited, text: write(lines) })
}
