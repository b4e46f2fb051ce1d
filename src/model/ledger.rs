//! The ledger: the table in which a tool records what it has applied (schema history table, version table).

use super::{History, Oid, RepoPath, TableName, Text, Version};

/// A ledger as read from one database for one migration set.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The table, or what stands for it (`PRAGMA user_version`).
    pub table: TableName,
    /// How it records.
    pub style: LedgerStyle,
    /// The rows that count, in the order of application as far as the ledger tells it.
    pub rows: Vec<AppliedMigration>,
    /// How many rows the table holds, with those that do not count (superseded, tool's own).
    pub read: usize,
    /// For each candidate migration of the set, in its order: whether the ledger calls it applied.
    pub applied: Vec<bool>,
    /// Applied migrations that had another text when this clone first saw them applied. Only where the ledger keeps no
    /// checksum, and only where the difference runs.
    pub remembered: Vec<Remembered>,
}

/// A migration that had another text when this clone first saw it applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The migration: an index into `MigrationSet::candidate`.
    pub migration: usize,
    /// The text that it had.
    pub blob: Oid,
    /// Whether that text is still in this clone.
    pub there: bool,
    /// The day on which that was seen, as `YYYY-MM-DD` in UTC.
    pub since: String,
    /// The row has the same time of application as then. Without a time it may have been applied anew.
    pub same_row: bool,
    /// What the history knows of that text.
    pub history: Option<Box<History>>,
}

/// How a ledger records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LedgerStyle {
    /// A row for each applied migration.
    #[default]
    Rows,
    /// One row that holds the newest version; all older ones are assumed applied (golang-migrate).
    HighWater,
    /// A row for each head; all that they build on is assumed applied (Alembic).
    Heads,
}

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedMigration {
    /// As the ledger spells it.
    pub version: Version,
    /// The same key as [`super::Migration::identity`].
    pub identity: Text,
    /// The name in the ledger, where it keeps one.
    pub name: Option<Text>,
    /// What the row says of it.
    pub outcome: Outcome,
    /// The migration of the candidate that this row records: an index into `MigrationSet::candidate`.
    pub migration: Option<usize>,
    /// How the candidate's text compares with what was applied.
    pub content: Content,
    /// No such migration in the candidate, but a file for it lies in the work tree, not staged.
    pub in_work_tree: Option<RepoPath>,
    /// No such migration in the candidate, but the base had it (the candidate deletes or renames it).
    pub in_base: Option<RepoPath>,
    /// What the history knows of it. Looked for only where the text differs or the file is missing.
    pub history: Option<Box<History>>,
}

/// What a row says of its migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Applied.
    Applied,
    /// Begun and not finished, or finished with an error.
    Failed,
    /// Recorded without having run: a baseline.
    Baseline,
}

/// How the text in the candidate compares with the text that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The tool's own comparison says: the same.
    Same,
    /// The tool's comparison says: another one. But it is the same text with other line endings and the like.
    SameBut(Variant),
    /// Another text.
    Differs {
        /// The checksum in the ledger, as the ledger spells it.
        recorded: String,
        /// The checksum of the candidate's text.
        computed: String,
        /// The name differs, which this tool hashes or compares too.
        renamed: bool,
    },
    /// The ledger holds no checksum for it, or guard cannot compute it; the words say why.
    NotComparable(&'static str),
}

/// A harmless difference under which two texts are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// The applied text had CRLF at the end of its lines, the candidate's has LF.
    AppliedWithCrlf,
    /// The applied text had LF, the candidate's has CRLF.
    AppliedWithLf,
    /// Only a byte order mark differs.
    ByteOrderMark,
    /// Only the newline at the end differs.
    FinalNewline,
}
