//! `guard.lock`, in which a team keeps the texts of its migrations, held against the candidate.

use super::{Nature, Oid, RepoPath};

/// The file, and how the candidate differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockFile {
    /// Its path.
    pub path: RepoPath,
    /// The candidate adds or changes it.
    pub touched: bool,
    /// What it says.
    pub state: LockState,
}

/// What `guard.lock` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockState {
    /// A merge has left both sides in it.
    Conflict {
        /// The line where that begins, from 1.
        line: u32,
    },
    /// A newer guard has written it.
    Newer {
        /// The version of the format.
        version: String,
    },
    /// It cannot be read.
    Unreadable {
        /// The line, from 1.
        line: u32,
        /// Why, as the end of a sentence: "is no line of guard.lock".
        because: String,
    },
    /// It was read.
    Read {
        /// The last line fits to those above it.
        whole: bool,
        /// Migrations that have another text than in their line.
        differ: Vec<Locked>,
        /// Migrations without a line: indices of set and migration.
        missing: Vec<(usize, usize)>,
        /// Lines without a migration.
        gone: Vec<RepoPath>,
    },
}

/// A migration that has another text than in its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// An index into `Facts::sets`.
    pub set: usize,
    /// An index into `MigrationSet::candidate`.
    pub migration: usize,
    /// The text in the line.
    pub blob: Oid,
    /// Whether that text is in this clone.
    pub there: bool,
    /// How deep the difference goes.
    pub nature: Nature,
}
