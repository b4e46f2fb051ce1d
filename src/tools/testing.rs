//! What several tests need: listings from names, and a database that is a handful of rows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::db::{Cell, Database, DbError, Table};
use crate::git::{Entry, EntryKind, GitError};
use crate::model::{MigrationKind, Oid, RepoPath, TableName};

use super::{LedgerTable, Listing, RawLedger, Tool};

/// A tool that guard knows.
pub(super) fn tool(name: &str) -> Tool {
    Tool::find(name, &BTreeMap::new()).expect("built in")
}

/// All tools that guard knows, read once: generated cases ask for them thousands of times.
pub(super) static TOOLS: LazyLock<Vec<Tool>> =
    LazyLock::new(|| super::BUILT_IN.iter().map(|(name, _)| tool(name)).collect());

/// Entries as git would give them, each with an id of its own.
pub(super) fn entries(paths: &[&str]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = (1u8..=255)
        .cycle()
        .zip(paths)
        .map(|(number, path)| Entry {
            path: RepoPath::from(*path),
            oid: Oid::from_bytes(&[number; 20]).expect("20 bytes"),
            kind: EntryKind::File,
        })
        .collect();
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    entries
}

/// No blob may be read.
pub(super) fn no_blobs(blob: Oid) -> Result<Vec<u8>, GitError> {
    Err(GitError::NotHere(blob))
}

/// Lists files below `m`.
pub(super) fn list(tool: &Tool, names: &[&str]) -> Listing {
    let paths: Vec<String> = names.iter().map(|name| format!("m/{name}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    tool.list(&RepoPath::from("m"), &entries(&paths), &no_blobs).expect("no blob is needed")
}

/// A listing in one line each: `version identity name path [undo]`, then `ignored|refused path: because`.
pub(super) fn shown(listing: &Listing) -> Vec<String> {
    let migrations = listing.migrations.iter().map(|one| {
        let kind = match one.kind {
            MigrationKind::Versioned => "",
            MigrationKind::Repeatable => " repeatable",
            MigrationKind::Baseline => " baseline",
            MigrationKind::Undo => " undo",
        };
        let undo = one.undo.as_ref().map(|path| format!(" undo {path}")).unwrap_or_default();
        format!("{} | {} | {} | {}{kind}{undo}", one.version, one.identity, one.name, one.path)
    });
    let ignored = listing.ignored.iter().map(|one| {
        format!("{} {}: {}", if one.refused { "refused" } else { "ignored" }, one.path, one.because)
    });
    let stale = listing.stale.iter().map(|one| format!("stale {}: {}", one.path, one.because));
    migrations.chain(ignored).chain(stale).collect()
}

/// Rows with named columns, behind the interface of a database.
pub(super) struct Rows {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

impl Rows {
    pub(super) fn table(&self, name: &str) -> Table {
        let columns = self.columns.iter().map(|column| ((*column).to_owned(), String::new())).collect();
        Table { name: TableName::plain(name), visible: true, columns }
    }

    /// Recognises the table and reads it.
    pub(super) fn read(mut self, tool: &Tool, name: &str) -> RawLedger {
        let table: LedgerTable = tool.find_ledger(&[self.table(name)], None).expect("it is recognised");
        tool.read_ledger(&table, &mut self).expect("rows do not fail")
    }
}

impl Database for Rows {
    fn engine(&mut self) -> Result<String, DbError> {
        Ok("rows".to_owned())
    }

    fn tables(&mut self) -> Result<Vec<Table>, DbError> {
        Ok(Vec::new())
    }

    fn rows(
        &mut self,
        table: &TableName,
        columns: &[String],
        each: &mut dyn FnMut(&[Cell]),
    ) -> Result<(), DbError> {
        let missing = || DbError::Failed(format!("no such column in {table}"));
        let places: Vec<usize> = columns
            .iter()
            .map(|wanted| self.columns.iter().position(|name| name == wanted).ok_or_else(missing))
            .collect::<Result<_, _>>()?;
        for row in &self.rows {
            let cells: Vec<Cell> = places.iter().map(|place| row[*place].clone()).collect();
            each(&cells);
        }
        Ok(())
    }

    fn user_version(&mut self) -> Result<Option<i64>, DbError> {
        Ok(None)
    }

    fn remark(&self) -> Option<String> {
        None
    }
}

/// A cell with text.
pub(super) fn text(value: &str) -> Cell {
    Cell::Text(value.as_bytes().to_vec())
}

/// A cell with a number.
pub(super) fn int(value: i64) -> Cell {
    Cell::Integer(value)
}

/// Rows in one line each: `version identity name outcome`.
pub(super) fn shown_rows(raw: &RawLedger) -> Vec<String> {
    let line = |row: &super::RawRow| {
        let applied = &row.applied;
        format!(
            "{} | {} | {} | {:?}",
            applied.version,
            applied.identity,
            applied.name.as_deref().unwrap_or("-"),
            applied.outcome
        )
    };
    raw.rows.iter().map(line).collect()
}
