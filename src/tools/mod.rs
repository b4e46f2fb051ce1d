//! Migration tools: facts about other programs, as data, and the interpreter of that data.
//!
//! To add a tool: `src/tools/x.toml`, one line in [`BUILT_IN`], and a folder under `tests/tools/`. What the
//! format cannot say becomes one more *named* algorithm in a closed enum ([`spec`]); no language grows in TOML.
//! A house-made tool is declared with the same keys in `guard.toml` under `[tools.NAME]`.

mod checksum;
mod detect;
mod files;
mod ledger;
mod nature;
pub mod spec;

use std::collections::BTreeMap;

use crate::db::{Database, DbError, Table};
use crate::git::{Entry, GitError};
use crate::model::{
    AppliedMigration, Content, IgnoredFile, LedgerStyle, Migration, Nature, Oid, RepoPath, TableName,
    ToolFacts,
};

pub use checksum::Digest;
pub use detect::{Detected, detect};
pub use spec::{ToolError, ToolSpec};

/// The tools that guard knows: name and file, sorted by name. Parsed when asked for.
pub const BUILT_IN: &[(&str, &str)] = &[];

/// A tool, ready to read files and ledgers.
#[derive(Debug)]
pub struct Tool {
    name: String,
    spec: ToolSpec,
}

/// Migrations of a directory, and what lies beside them.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// In the tool's order.
    pub migrations: Vec<Migration>,
    /// Files that look like migrations and are none to the tool.
    pub ignored: Vec<IgnoredFile>,
}

/// Reads the bytes of a blob, for tools that keep their order in a file (Drizzle's journal).
pub type ReadBlob<'a> = &'a dyn Fn(Oid) -> Result<Vec<u8>, GitError>;

/// A table that was recognised as a tool's ledger, by its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerTable {
    /// Its name.
    pub name: TableName,
    /// Which of the known layouts it has (Drizzle 0.x and 1.x differ): an index into the tool's file.
    pub layout: usize,
}

/// A ledger as read, before it is held against the files. Made on the database's thread.
#[derive(Clone, Debug, Default)]
pub struct RawLedger {
    /// The table.
    pub table: TableName,
    /// How it records.
    pub style: LedgerStyle,
    /// Rows that count, in the order of application.
    pub rows: Vec<RawRow>,
    /// All rows of the table.
    pub read: usize,
}

/// A row of a ledger, in guard's terms.
#[derive(Clone, Debug)]
pub struct RawRow {
    /// The row; `migration`, `content` and the two places are filled in later.
    pub applied: AppliedMigration,
    /// The checksum, where the row has one.
    pub recorded: Option<Digest>,
}

impl Tool {
    /// The tool of that name: one of the user's own, or one that guard knows.
    pub fn find(name: &str, own: &BTreeMap<String, ToolSpec>) -> Result<Self, ToolError> {
        let _ = (name, own);
        todo!()
    }

    /// The id: `sqlx`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The data.
    pub fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    /// What rules need to know.
    pub fn facts(&self) -> ToolFacts {
        todo!()
    }

    /// The migrations among `entries` (sorted by path, all below `dir`), as the tool would read them.
    ///
    /// `text`, `touched` and `undo` aside, everything is filled in; `undo` too, where the other file is among the entries.
    pub fn list(&self, dir: &RepoPath, entries: &[Entry], blob: ReadBlob<'_>) -> Result<Listing, GitError> {
        let _ = (dir, entries, blob);
        todo!()
    }

    /// How deep an edit goes.
    pub fn nature(&self, before: &[u8], after: &[u8]) -> Nature {
        let _ = (before, after);
        todo!()
    }

    /// Which of these tables is the ledger: by its columns, and by its name (`configured`, or the tool's default).
    pub fn find_ledger(&self, tables: &[Table], configured: Option<&TableName>) -> Option<LedgerTable> {
        let _ = (tables, configured);
        todo!()
    }

    /// The table that is looked for when none is configured.
    pub fn default_table(&self) -> TableName {
        todo!()
    }

    /// Reads a ledger.
    pub fn read_ledger(
        &self,
        ledger: &LedgerTable,
        database: &mut dyn Database,
    ) -> Result<RawLedger, DbError> {
        let _ = (ledger, database);
        todo!()
    }

    /// The checksum of a text as the tool computes it today; `None` for a tool without one, or a text that it would refuse.
    pub fn digest(&self, migration: &Migration, text: &[u8]) -> Option<Digest> {
        let _ = (migration, text);
        todo!()
    }

    /// A number for all that enters [`Self::digest`] besides the text: algorithm, options, name and version where they count.
    pub fn digest_salt(&self, migration: &Migration) -> u64 {
        let _ = migration;
        todo!()
    }

    /// Compares a text with a recorded checksum in every way that the tool, an older tool or another checkout may have had.
    pub fn compare(&self, row: &RawRow, migration: &Migration, text: &[u8]) -> Content {
        let _ = (row, migration, text);
        todo!()
    }
}

/// The tool that such a table belongs to, judged by name and columns, for tables that belong to no migration set.
pub fn recognise(table: &Table, own: &BTreeMap<String, ToolSpec>) -> Option<String> {
    let _ = (table, own);
    todo!()
}
