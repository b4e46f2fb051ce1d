//! What the history of the repository knows of a row that the candidate does not explain.

use super::{Difference, Oid, RepoPath};

/// The outcome of a search through the history, made only for rows that need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The text whose checksum the ledger holds, and the commit that brought it.
    pub applied: Option<PastText>,
    /// The commit that changed the file away from that text, in the history of the candidate.
    pub edited_in: Option<CommitFact>,
    /// The file that had the version, where the candidate has none.
    pub path: Option<RepoPath>,
    /// The commit that took the file away, in the history of the candidate.
    pub deleted_in: Option<CommitFact>,
    /// The same commit gave the file this name.
    pub renamed_to: Option<RepoPath>,
    /// Branches that have the text (or, where none is known, the file), while the history of the candidate never had it.
    pub on_branches: Vec<String>,
    /// A migration of the candidate that is not applied and has the same text under another version: an index into
    /// `MigrationSet::candidate`.
    pub restamped: Option<usize>,
    /// Whether that is shown by the checksum, and not only by a name that was changed.
    pub restamped_by_checksum: bool,
    /// From the applied text to that of the candidate.
    pub difference: Difference,
    /// How far the search went.
    pub horizon: Horizon,
}

impl History {
    /// Only other branches have it.
    pub fn is_foreign(&self) -> bool {
        !self.on_branches.is_empty() && self.deleted_in.is_none()
    }
}

/// A text that a file had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastText {
    /// The commit that brought it.
    pub commit: CommitFact,
    /// The path that the file had there.
    pub path: RepoPath,
    /// The text.
    pub blob: Oid,
    /// The commit is one of those at which a shallow clone begins: the text may be older.
    pub boundary: bool,
    /// The commit belongs to the history of the candidate.
    pub own: bool,
}

/// A commit, for people. Author and subject are foreign bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFact {
    /// Its id.
    pub id: Oid,
    /// The author's name.
    pub author: String,
    /// The day on which it was written, where its author was, as `YYYY-MM-DD`.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
}

/// How far a search through the history went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Horizon {
    /// Everything that can be reached from `HEAD`, branches, remotes and tags.
    #[default]
    Whole,
    /// All that is here; the clone is shallow.
    Shallow,
    /// The time allowed was over.
    TimeOver,
    /// Some of it is not in this clone, or cannot be read.
    Unreadable,
}
