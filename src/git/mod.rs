//! What git holds: the candidate, the base, the texts. The only user of git2 and of the `git` command.
//!
//! guard reads and never writes: no work tree, no index, no stash. Two backends stand behind one small
//! interface and one contract test: `library` (libgit2, and gix for the index) is quick and does not know
//! every format; `command` asks `git` itself and is used when the library gives up.

mod answers;
mod base;
mod ci;
mod command;
mod difference;
mod history;
mod lfs;
mod library;
mod place;
mod process;
mod trees;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::model::{Oid, RepoPath};
use command::Command;
use difference::Walk;
use library::{Library, Trouble};
use place::Place;

pub use base::{BaseRequest, CiEnvironment, find_base};
pub use ci::ci_variables;
pub use difference::Difference;
pub use history::{Branch, CommitInfo, Log, LogQuery, PathChange, Range};
pub use lfs::LfsPointer;
pub use place::GitEnvironment;

/// What guard asks of git. Paths are relative to the root of the work tree.
pub trait Backend {
    /// Where things are.
    fn layout(&self) -> &Layout;

    /// For a second handle on another thread; `None` where that would cost more than it saves.
    fn opener(&self) -> Option<Opener> {
        None
    }

    /// The entries of the index that git handed to the hook, below `dirs` (all of it for an empty list), sorted by path.
    ///
    /// A file, link or submodule that stands where a directory was asked for is among them. What was only announced
    /// with `git add --intent-to-add` is not: git does not commit it.
    fn index(&self, dirs: &[RepoPath]) -> Result<Tree, GitError>;

    /// The id that a directory of the index has as a tree, where the index itself remembers it: it does so for as long as
    /// nothing below is staged (gitformat-index, "Cache tree"). `None` says nothing.
    fn index_tree_id(&self, dir: &RepoPath) -> Option<Oid> {
        let _ = dir;
        None
    }

    /// The entries of a commit's tree below `dirs` (all of it for an empty list), sorted by path.
    fn tree(&self, commit: Oid, dirs: &[RepoPath]) -> Result<Tree, GitError>;

    /// What differs between a commit and the candidate below `dir`. `now` holds the candidate's entries there, sorted.
    fn difference(&self, commit: Oid, dir: &RepoPath, now: &[Entry]) -> Result<Difference, GitError> {
        let mut walk = Walk::new(now);
        for entry in &self.tree(commit, std::slice::from_ref(dir))?.entries {
            walk.step(entry.path.as_bytes(), entry.oid, entry.kind);
        }
        Ok(walk.finish())
    }

    /// The id of a directory's tree in a commit, `None` where it is not there: equal ids, equal content.
    fn tree_id(&self, commit: Oid, dir: &RepoPath) -> Result<Option<Oid>, GitError>;

    /// The bytes of a blob. Never fetches: a blob that a partial clone left out is [`GitError::NotHere`].
    fn blob(&self, blob: Oid) -> Result<Vec<u8>, GitError>;

    /// Calls `each` once with the bytes of each distinct blob, in any order. Quicker than one by one.
    fn blobs(&self, blobs: &[Oid], each: &mut dyn FnMut(Oid, &[u8])) -> Result<(), GitError>;

    /// The commit that a revision names (`HEAD`, `origin/main`, an id); `None` where it names none.
    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError>;

    /// The best common ancestor. `None` where there is none to be seen, which in a shallow clone proves nothing.
    fn merge_base(&self, one: Oid, other: Oid) -> Result<Option<Oid>, GitError>;

    /// The commits that the tip reaches and the base does not.
    fn range(&self, base: Oid, tip: Oid) -> Result<Range, GitError>;

    /// The parents that a commit names, even where a shallow clone lacks them.
    fn parents(&self, commit: Oid) -> Result<Vec<Oid>, GitError>;

    /// What ever happened to some paths, in everything that can be reached. Slow: it walks through the whole history.
    fn log(&self, query: &LogQuery<'_>) -> Result<Log, GitError>;

    /// What one commit changes, in the whole tree.
    fn changes(&self, commit: Oid) -> Result<Vec<PathChange>, GitError>;

    /// Who wrote a commit, when, and what it is called.
    fn commit(&self, commit: Oid) -> Result<CommitInfo, GitError>;

    /// The branches, those of remotes too, sorted by name.
    fn branches(&self) -> Result<Vec<Branch>, GitError>;

    /// The branch that HEAD points to, in full (`refs/heads/x`), also before its first commit; `None` when detached.
    fn head_branch(&self) -> Result<Option<String>, GitError>;

    /// What a symbolic reference points to (`refs/remotes/origin/HEAD`).
    fn symbolic_ref(&self, name: &str) -> Result<Option<String>, GitError>;

    /// A value of git's configuration, the last one where there are several.
    fn config(&self, key: &str) -> Result<Option<String>, GitError>;

    /// The names of the remotes.
    fn remotes(&self) -> Result<Vec<String>, GitError>;

    /// The attributes `text` and `eol` of each path, from the candidate's `.gitattributes`. None in a bare repository,
    /// which checks nothing out.
    fn line_ending_attributes(&self, paths: &[RepoPath]) -> Result<Vec<TextAttributes>, GitError>;
}

/// Where a repository keeps its things.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The directory of this work tree's own git files (`.git`, or `.git/worktrees/x`).
    pub git_dir: PathBuf,
    /// The directory that all work trees share.
    pub common_dir: PathBuf,
    /// The root of the work tree; `None` in a bare repository.
    pub work_tree: Option<PathBuf>,
    /// History was cut off.
    pub shallow: bool,
    /// Why the `git` command is asked and not the library; for `guard doctor`.
    pub fallback: Option<String>,
}

/// Entries of an index or a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Sorted by path.
    pub entries: Vec<Entry>,
    /// Paths in conflict; they are not among the entries.
    pub conflicts: Vec<RepoPath>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: RepoPath,
    /// The blob, or the commit of a submodule.
    pub oid: Oid,
    /// What sort of entry.
    pub kind: EntryKind,
}

/// The sorts of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file, executable or not.
    File,
    /// A symbolic link: the blob is the target's name.
    Symlink,
    /// A submodule: there is no blob.
    Submodule,
}

/// Attributes of a path that decide about its line endings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextAttributes {
    /// `set`, `unset`, `auto` or nothing.
    pub text: Option<String>,
    /// `lf`, `crlf` or nothing.
    pub eol: Option<String>,
    /// `working-tree-encoding`, where it is set.
    pub encoding: Option<String>,
}

/// Why git could not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is none, here or above.
    #[error("{0} is not in a git repository")]
    NotARepository(PathBuf),
    /// It belongs to somebody else, and git itself refuses it.
    #[error("the repository {path} belongs to another user, and git does not trust it")]
    NotTrusted {
        /// What `safe.directory` must name.
        path: PathBuf,
    },
    /// It has no work tree, hence no index.
    #[error("{0} is a bare repository: it has no index, so nothing is about to be committed")]
    Bare(PathBuf),
    /// The index that git was told to use is not there.
    #[error("the index {0} does not exist")]
    NoIndex(PathBuf),
    /// A partial or shallow clone left the object out, and guard does not fetch.
    #[error("object {0} is not in this clone, which is partial or shallow, and guard does not fetch")]
    NotHere(Oid),
    /// The `git` command is not there.
    #[error(
        "the `git` command cannot be started: {why}{}",
        because.as_ref().map_or_else(String::new, |because| format!("; it is needed, since {because}"))
    )]
    NoCommand {
        /// What the system says.
        why: String,
        /// Why the library does not do.
        because: Option<String>,
    },
    /// Anything else.
    #[error("git: {0}")]
    Failed(String),
}

/// Opens the repository that holds `directory`, as git in a hook would: its environment is honoured.
pub fn open(directory: &Path) -> Result<Box<dyn Backend>, GitError> {
    open_with(directory, GitEnvironment::of_process(), Preference::Library)
}

/// Which backend is asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// The library, and the `git` command for what it cannot answer.
    Library,
    /// Only the `git` command.
    Command,
}

/// [`open`] with an environment of its own, for tests and for `guard doctor`.
pub fn open_with(
    directory: &Path,
    environment: GitEnvironment,
    preference: Preference,
) -> Result<Box<dyn Backend>, GitError> {
    Opener { place: Place::new(directory, environment), preference }.open()
}

/// Opens a repository that was opened before, for a second thread.
#[derive(Clone)]
pub struct Opener {
    place: Place,
    preference: Preference,
}

impl Opener {
    /// A handle of its own.
    pub fn open(&self) -> Result<Box<dyn Backend>, GitError> {
        if self.preference == Preference::Command {
            return Ok(Box::new(Command::open(&self.place)?));
        }
        match Library::open(&self.place) {
            Ok(library) => {
                Ok(Box::new(Repository { library, place: self.place.clone(), command: OnceCell::new() }))
            }
            Err(Trouble::Answer(error)) => Err(error),
            Err(Trouble::GaveUp(because)) => Ok(Box::new(open_command(&self.place, because)?)),
        }
    }
}

fn open_command(place: &Place, because: String) -> Result<Command, GitError> {
    match Command::open(place) {
        Ok(mut command) => {
            command.set_fallback(because);
            Ok(command)
        }
        Err(GitError::NoCommand { why, .. }) => Err(GitError::NoCommand { why, because: Some(because) }),
        Err(GitError::Failed(why)) => Err(GitError::Failed(format!("{why} (libgit2: {because})"))),
        Err(error) => Err(error),
    }
}

/// The library, with the `git` command at hand for each question that the library gives up on.
struct Repository {
    library: Library,
    place: Place,
    command: OnceCell<Command>,
}

impl Repository {
    fn ask<T>(
        &self,
        library: impl FnOnce(&Library) -> Result<T, Trouble>,
        command: impl FnOnce(&Command) -> Result<T, GitError>,
    ) -> Result<T, GitError> {
        match library(&self.library) {
            Ok(answer) => Ok(answer),
            Err(Trouble::Answer(error)) => Err(error),
            Err(Trouble::GaveUp(because)) => command(self.command(because)?),
        }
    }

    fn command(&self, because: String) -> Result<&Command, GitError> {
        if self.command.get().is_none() {
            let opened = open_command(&self.place, because)?;
            return Ok(self.command.get_or_init(|| opened));
        }
        Ok(self.command.get().expect("it was there a line ago"))
    }
}

impl Backend for Repository {
    fn opener(&self) -> Option<Opener> {
        Some(Opener { place: self.place.clone(), preference: Preference::Library })
    }

    fn layout(&self) -> &Layout {
        self.command.get().map_or(self.library.layout(), Backend::layout)
    }

    fn index(&self, dirs: &[RepoPath]) -> Result<Tree, GitError> {
        self.ask(|library| library.index(dirs), |command| command.index(dirs))
    }

    fn index_tree_id(&self, dir: &RepoPath) -> Option<Oid> {
        self.library.index_tree_id(dir)
    }

    fn tree(&self, commit: Oid, dirs: &[RepoPath]) -> Result<Tree, GitError> {
        self.ask(|library| library.tree(commit, dirs), |command| command.tree(commit, dirs))
    }

    fn difference(&self, commit: Oid, dir: &RepoPath, now: &[Entry]) -> Result<Difference, GitError> {
        self.ask(
            |library| library.difference(commit, dir, now),
            |command| command.difference(commit, dir, now),
        )
    }

    fn tree_id(&self, commit: Oid, dir: &RepoPath) -> Result<Option<Oid>, GitError> {
        self.ask(|library| library.tree_id(commit, dir), |command| command.tree_id(commit, dir))
    }

    fn blob(&self, blob: Oid) -> Result<Vec<u8>, GitError> {
        self.ask(|library| library.blob(blob), |command| command.blob(blob))
    }

    fn blobs(&self, blobs: &[Oid], each: &mut dyn FnMut(Oid, &[u8])) -> Result<(), GitError> {
        let left = match self.library.blobs(blobs, each) {
            Ok(left) if left.is_empty() => return Ok(()),
            Ok(left) => left,
            Err(Trouble::Answer(error)) => return Err(error),
            Err(Trouble::GaveUp(_)) => blobs.to_vec(),
        };
        self.command("some objects are not to be read".to_owned())?.blobs(&left, each)
    }

    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        self.ask(|library| library.resolve(revision), |command| command.resolve(revision))
    }

    fn merge_base(&self, one: Oid, other: Oid) -> Result<Option<Oid>, GitError> {
        self.ask(|library| library.merge_base(one, other), |command| command.merge_base(one, other))
    }

    fn range(&self, base: Oid, tip: Oid) -> Result<Range, GitError> {
        self.ask(|git| git.range(base, tip), |git| git.range(base, tip))
    }

    fn parents(&self, commit: Oid) -> Result<Vec<Oid>, GitError> {
        self.ask(|library| library.parents(commit), |command| command.parents(commit))
    }

    fn log(&self, query: &LogQuery<'_>) -> Result<Log, GitError> {
        // With a commit-graph git goes through a history four times as quickly as libgit2 can; without one, libgit2 is no slower.
        if has_commit_graph(self.library.layout())
            && let Ok(command) = self.command("git reads its commit-graph quicker".to_owned())
        {
            return command.log(query);
        }
        self.ask(|library| library.log(query), |command| command.log(query))
    }

    fn changes(&self, commit: Oid) -> Result<Vec<PathChange>, GitError> {
        self.ask(|library| library.changes(commit), |command| command.changes(commit))
    }

    fn commit(&self, commit: Oid) -> Result<CommitInfo, GitError> {
        self.ask(|library| library.commit(commit), |command| command.commit(commit))
    }

    fn branches(&self) -> Result<Vec<Branch>, GitError> {
        self.ask(Library::branches, Backend::branches)
    }

    fn head_branch(&self) -> Result<Option<String>, GitError> {
        self.symbolic_ref("HEAD")
    }

    fn symbolic_ref(&self, name: &str) -> Result<Option<String>, GitError> {
        self.ask(|library| library.symbolic_ref(name), |command| command.symbolic_ref(name))
    }

    fn config(&self, key: &str) -> Result<Option<String>, GitError> {
        self.ask(|library| library.config(key), |command| command.config(key))
    }

    fn remotes(&self) -> Result<Vec<String>, GitError> {
        self.ask(Library::remotes, Backend::remotes)
    }

    fn line_ending_attributes(&self, paths: &[RepoPath]) -> Result<Vec<TextAttributes>, GitError> {
        self.ask(
            |library| library.line_ending_attributes(paths),
            |command| command.line_ending_attributes(paths),
        )
    }
}

impl Tree {
    /// Restores the order where a directory's name also stands for a file.
    fn sort(&mut self) {
        if !self.entries.is_sorted_by(|one, other| one.path <= other.path) {
            self.entries.sort_by(|one, other| one.path.cmp(&other.path));
        }
        self.conflicts.sort();
    }
}

impl EntryKind {
    /// From the mode that git stores; `None` for a directory.
    fn of_mode(mode: u32) -> Option<Self> {
        match mode & 0o170_000 {
            0o040_000 => None,
            0o120_000 => Some(Self::Symlink),
            0o160_000 => Some(Self::Submodule),
            _ => Some(Self::File),
        }
    }
}

/// Whether git has written down what it needs to go through the history.
fn has_commit_graph(layout: &Layout) -> bool {
    let info = layout.common_dir.join("objects/info");
    info.join("commit-graph").is_file() || info.join("commit-graphs").is_dir()
}

/// The directories that lie in none of the others, in git's order; the root alone for none at all.
fn outermost(dirs: &[RepoPath]) -> Vec<RepoPath> {
    let mut dirs = dirs.to_vec();
    // git orders directories as if their names ended with a slash.
    dirs.sort_by_cached_key(|dir| [dir.as_bytes(), b"/"].concat());
    let mut kept: Vec<RepoPath> = Vec::new();
    if dirs.is_empty() || dirs.iter().any(|dir| dir.as_bytes().is_empty()) {
        return vec![RepoPath::default()];
    }
    for dir in dirs {
        if !kept.iter().any(|outer| *outer == dir || dir.below(outer).is_some()) {
            kept.push(dir);
        }
    }
    kept
}

/// The `.gitattributes` files that have a say over a path.
fn attribute_files(path: &RepoPath) -> Vec<RepoPath> {
    let mut files = Vec::new();
    let mut dir = path.parent();
    while !dir.as_bytes().is_empty() {
        files.push(dir.join(b".gitattributes"));
        dir = dir.parent();
    }
    files.push(RepoPath::from(".gitattributes"));
    files
}

/// The parents that the header of a commit names.
fn parents_in_header(commit: &[u8]) -> Vec<Oid> {
    commit
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty())
        .filter_map(|line| Oid::from_hex(std::str::from_utf8(line.strip_prefix(b"parent ")?).ok()?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<RepoPath> {
        names.iter().copied().map(RepoPath::from).collect()
    }

    #[test]
    fn nested_directories_count_once_and_stand_in_gits_order() {
        assert_eq!(outermost(&paths(&["a", "b/c", "a-b", "a/x", "b/c"])), paths(&["a-b", "a", "b/c"]));
        assert_eq!(outermost(&paths(&["a", ""])), paths(&[""]));
        assert_eq!(outermost(&[]), paths(&[""]));
    }

    #[test]
    fn every_directory_above_may_hold_attributes() {
        let files = attribute_files(&RepoPath::from("a/b/c.sql"));
        assert_eq!(files, paths(&["a/b/.gitattributes", "a/.gitattributes", ".gitattributes"]));
    }

    #[test]
    fn a_parent_in_the_message_is_none() {
        let id = "1".repeat(40);
        let commit = format!("tree {id}\nparent {id}\nauthor x\n\nparent {id}\n");
        assert_eq!(parents_in_header(commit.as_bytes()).len(), 1);
    }
}
