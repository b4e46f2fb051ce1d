//! Which tools a repository uses, and where: discovered from its files.

use crate::git::{Entry, GitError};
use crate::model::RepoPath;

use super::ReadBlob;

/// A directory of migrations that was found without configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The tool.
    pub tool: &'static str,
    /// The directory of its migrations.
    pub dir: RepoPath,
    /// How it was recognised, as the end of a sentence: "Cargo.toml depends on sqlx".
    pub because: String,
}

/// All sets in the tree, sorted by directory. `entries` is the whole candidate, sorted by path.
pub fn detect(entries: &[Entry], blob: ReadBlob<'_>) -> Result<Vec<Detected>, GitError> {
    let _ = (entries, blob);
    todo!()
}
