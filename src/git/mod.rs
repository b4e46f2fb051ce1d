//! What git holds: the candidate, the base, the texts. The only user of git2 and of the `git` command.
//!
//! guard reads and never writes: no work tree, no index, no stash. Two backends stand behind one small
//! interface and one contract test: [`library`] (libgit2, and gix for the index) is quick and does not know
//! every format; [`command`] asks `git` itself and is used when the library gives up.

mod base;
mod command;
mod library;

use std::path::{Path, PathBuf};

use crate::model::{Oid, RepoPath};

pub use base::{BaseRequest, CiEnvironment, find_base};

/// What guard asks of git. Paths are relative to the root of the work tree.
pub trait Backend {
    /// Where things are.
    fn layout(&self) -> &Layout;

    /// The entries of the index that git handed to the hook, below `dirs` (all of it for an empty list), sorted by path.
    fn index(&self, dirs: &[RepoPath]) -> Result<Tree, GitError>;

    /// The entries of a commit's tree below `dirs` (all of it for an empty list), sorted by path.
    fn tree(&self, commit: Oid, dirs: &[RepoPath]) -> Result<Tree, GitError>;

    /// The id of a directory's tree in a commit, `None` where it is not there: equal ids, equal content.
    fn tree_id(&self, commit: Oid, dir: &RepoPath) -> Result<Option<Oid>, GitError>;

    /// The bytes of a blob. Never fetches: a blob that a partial clone left out is [`GitError::NotHere`].
    fn blob(&self, blob: Oid) -> Result<Vec<u8>, GitError>;

    /// Calls `each` with the bytes of each blob, in any order. Quicker than one by one.
    fn blobs(&self, blobs: &[Oid], each: &mut dyn FnMut(Oid, &[u8])) -> Result<(), GitError>;

    /// The commit that a revision names (`HEAD`, `origin/main`, an id); `None` where it names none.
    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError>;

    /// The best common ancestor. `None` where there is none to be seen, which in a shallow clone proves nothing.
    fn merge_base(&self, one: Oid, other: Oid) -> Result<Option<Oid>, GitError>;

    /// The parents that a commit names, even where a shallow clone lacks them.
    fn parents(&self, commit: Oid) -> Result<Vec<Oid>, GitError>;

    /// The branch that HEAD points to, in full (`refs/heads/x`), also before its first commit; `None` when detached.
    fn head_branch(&self) -> Result<Option<String>, GitError>;

    /// What a symbolic reference points to (`refs/remotes/origin/HEAD`).
    fn symbolic_ref(&self, name: &str) -> Result<Option<String>, GitError>;

    /// A value of git's configuration, the last one where there are several.
    fn config(&self, key: &str) -> Result<Option<String>, GitError>;

    /// The names of the remotes.
    fn remotes(&self) -> Result<Vec<String>, GitError>;

    /// The attributes `text` and `eol` of each path, from the candidate's `.gitattributes`.
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
    /// A partial clone left the object out, and guard does not fetch.
    #[error("object {0} is not in this partial clone")]
    NotHere(Oid),
    /// Anything else.
    #[error("git: {0}")]
    Failed(String),
}

/// Opens the repository that holds `directory`, as git in a hook would: its environment is honoured.
pub fn open(directory: &Path) -> Result<Box<dyn Backend>, GitError> {
    let _ = directory;
    todo!()
}
