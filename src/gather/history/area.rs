//! The history of one migration set: what ever happened in its directory, and where its files came from.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

use crate::git::{Backend, Entry, EntryKind, GitError, Log, LogQuery, PathChange};
use crate::model::{Horizon, Migration, MigrationKind, Oid, RepoPath};
use crate::tools::Tool;

/// So many times a file is followed from directory to directory.
const MOVES: usize = 4;
/// So many files of the candidate are asked where they came from.
const SAMPLE: usize = 8;

/// What ever happened in some directories.
pub(super) struct Area {
    own: Option<Oid>,
    deadline: Instant,
    /// The own history first, each part from the newest to the oldest.
    changes: Vec<PathChange>,
    by_path: HashMap<RepoPath, Vec<usize>>,
    by_commit: HashMap<Oid, Vec<usize>>,
    /// How the tool reads each path that ever was there.
    migrations: BTreeMap<RepoPath, Migration>,
    dirs: HashSet<RepoPath>,
    /// Whether [`Self::find_older_directories`] has been here.
    older: bool,
    pub(super) horizon: Horizon,
}

impl Area {
    pub(super) fn new(
        git: &dyn Backend,
        tool: &Tool,
        dir: &RepoPath,
        own: Option<Oid>,
        deadline: Instant,
    ) -> Self {
        let horizon = if git.layout().shallow { Horizon::Shallow } else { Horizon::Whole };
        let mut area = Self {
            own,
            deadline,
            changes: Vec::new(),
            by_path: HashMap::new(),
            by_commit: HashMap::new(),
            migrations: BTreeMap::new(),
            dirs: HashSet::new(),
            older: false,
            horizon,
        };
        area.walk(git, tool, dir);
        area
    }

    /// Goes through the history of one more directory.
    fn walk(&mut self, git: &dyn Backend, tool: &Tool, dir: &RepoPath) {
        if self.dirs.iter().any(|known| known == dir || dir.below(known).is_some()) {
            return;
        }
        self.dirs.insert(dir.clone());
        let paths = [dir.clone()];
        let log = git.log(&LogQuery { own: self.own, paths: &paths, deadline: self.deadline });
        let Log { changes, cut_off } = log.unwrap_or_else(|_| {
            self.horizon = Horizon::Unreadable;
            Log::default()
        });
        if cut_off {
            self.horizon = Horizon::TimeOver;
        }
        let entries: BTreeMap<RepoPath, Oid> = changes
            .iter()
            .filter_map(|change| Some((change.path.clone(), change.after.or(change.before[0])?)))
            .collect();
        let entries: Vec<Entry> =
            entries.into_iter().map(|(path, oid)| Entry { path, oid, kind: EntryKind::File }).collect();
        // What was in a journal at each time is not known; the names of the files are.
        let deadline = self.deadline;
        let read = |blob| {
            let may = tool.is_graph() && Instant::now() < deadline;
            if may { git.blob(blob) } else { Err(GitError::NotHere(blob)) }
        };
        let listing = tool.list(dir, &entries, &read).unwrap_or_default();
        let migrations = listing.migrations.into_iter().filter(|one| one.kind != MigrationKind::Undo);
        self.migrations.extend(migrations.map(|migration| (migration.path.clone(), migration)));
        let known: HashSet<(Oid, RepoPath)> =
            self.changes.iter().map(|change| (change.commit, change.path.clone())).collect();
        let new = changes.into_iter().filter(|one| !known.contains(&(one.commit, one.path.clone())));
        self.changes.extend(new);
        self.changes.sort_by_key(|change| !change.own);
        self.index();
    }

    fn index(&mut self) {
        self.by_path.clear();
        self.by_commit.clear();
        for (at, change) in self.changes.iter().enumerate() {
            self.by_path.entry(change.path.clone()).or_default().push(at);
            self.by_commit.entry(change.commit).or_default().push(at);
        }
    }

    /// What happened to these paths, the own history first, from the newest to the oldest.
    pub(super) fn changes_of<'a>(&'a self, paths: &[RepoPath]) -> impl Iterator<Item = &'a PathChange> {
        let mut places: Vec<usize> =
            paths.iter().filter_map(|path| self.by_path.get(path)).flatten().copied().collect();
        places.sort_unstable();
        places.into_iter().map(|at| &self.changes[at])
    }

    /// What a commit did in these directories.
    pub(super) fn of_commit(&self, commit: Oid) -> impl Iterator<Item = &PathChange> {
        self.by_commit.get(&commit).into_iter().flatten().map(|at| &self.changes[*at])
    }

    /// How the tool reads a path of the past.
    pub(super) fn migration(&self, path: &RepoPath) -> Option<&Migration> {
        self.migrations.get(path)
    }

    /// Every path that ever had this key.
    pub(super) fn with_identity(&self, identity: &str) -> Vec<RepoPath> {
        let same = self.migrations.values().filter(|migration| migration.identity == identity);
        same.map(|migration| migration.path.clone()).collect()
    }

    /// A path, and all that the file was called before.
    pub(super) fn names_of(&mut self, git: &dyn Backend, tool: &Tool, path: &RepoPath) -> Vec<RepoPath> {
        let mut names = vec![path.clone()];
        let mut moves = 0;
        let mut at = 0;
        while at < names.len() {
            let mut sources = Vec::new();
            let mut homeless = Vec::new();
            for change in self.changes_of(&names[at..=at]).filter(|change| is_added(change)) {
                let before = self.sources_of(change);
                if before.is_empty() && !change.boundary {
                    homeless.push((change.commit, change.path.clone(), change.after));
                }
                sources.extend(before.into_iter().cloned());
            }
            for (commit, path, after) in homeless {
                if moves == MOVES || Instant::now() >= self.deadline {
                    break;
                }
                if let Some(source) = source_elsewhere(git, commit, &path, after) {
                    moves += 1;
                    self.walk(git, tool, &source.parent());
                    sources.push(source);
                }
            }
            for source in sources {
                if !names.contains(&source) {
                    names.push(source);
                }
            }
            at += 1;
        }
        names
    }

    /// The set may have lain elsewhere when a file was there: some of those that came along show where.
    pub(super) fn find_older_directories(&mut self, git: &dyn Backend, tool: &Tool, candidate: &[Migration]) {
        if std::mem::replace(&mut self.older, true) {
            return;
        }
        let step = candidate.len().div_ceil(SAMPLE).max(1);
        for migration in candidate.iter().step_by(step).chain(candidate.last()) {
            self.names_of(git, tool, &migration.path);
        }
    }

    /// The files that a commit took away and that may be what it added here: the same text, key or name.
    fn sources_of(&self, added: &PathChange) -> Vec<&RepoPath> {
        let gone = || self.of_commit(added.commit).filter(|change| change.after.is_none());
        let here = self.migration(&added.path);
        let same_text = |change: &&PathChange| change.before.contains(&added.after);
        let alike = |change: &&PathChange, by: fn(&Migration, &Migration) -> bool| {
            here.zip(self.migration(&change.path)).is_some_and(|(one, other)| by(one, other))
        };
        let same_key = |one: &Migration, other: &Migration| one.identity == other.identity;
        let same_name = |one: &Migration, other: &Migration| !one.name.is_empty() && one.name == other.name;
        let mut found: Vec<&PathChange> = gone().filter(same_text).collect();
        if found.is_empty() {
            found = gone().filter(|change| alike(change, same_key)).collect();
        }
        if found.is_empty() {
            found = gone().filter(|change| alike(change, same_name)).collect();
        }
        found.into_iter().map(|change| &change.path).collect()
    }

    /// The last time that the own history took the file away, and did not bring it back under another name of the list.
    pub(super) fn own_deletion(&self, paths: &[RepoPath]) -> Option<&PathChange> {
        let brought = |commit: Oid| {
            self.of_commit(commit).any(|other| other.after.is_some() && paths.contains(&other.path))
        };
        self.changes_of(paths).find(|change| change.own && change.after.is_none() && !brought(change.commit))
    }

    /// What the same commit called the file that it took away.
    pub(super) fn target_of(&self, gone: &PathChange) -> Option<&RepoPath> {
        let mut added = self.of_commit(gone.commit).filter(|change| is_added(change));
        added.find(|change| self.sources_of(change).contains(&&gone.path)).map(|change| &change.path)
    }
}

/// Where the same commit took the text, or a file of that name, away in another directory.
fn source_elsewhere(git: &dyn Backend, commit: Oid, path: &RepoPath, after: Option<Oid>) -> Option<RepoPath> {
    if git.parents(commit).ok()?.is_empty() {
        return None; // a first commit takes nothing away, and may be large
    }
    let changes = git.changes(commit).ok()?;
    let gone = || changes.iter().filter(|change| change.after.is_none() && change.path != *path);
    let same_text = gone().find(|change| change.before.contains(&after));
    let same_name = || gone().find(|change| ends_alike(&change.path, path));
    same_text.or_else(same_name).map(|change| change.path.clone())
}

fn is_added(change: &PathChange) -> bool {
    change.after.is_some() && change.before.iter().all(Option::is_none)
}

/// The same file name; where a folder stands for a migration, the same name of the folder too.
fn ends_alike(one: &RepoPath, other: &RepoPath) -> bool {
    let plain = [&b"up.sql"[..], b"migration.sql"];
    one.file_name() == other.file_name()
        && (!plain.contains(&one.file_name()) || one.parent().file_name() == other.parent().file_name())
}
