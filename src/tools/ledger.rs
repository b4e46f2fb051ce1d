//! The ledger of a tool: which table it is, and what its rows say.
//!
//! A ledger is told by its columns: half of all tools call theirs `migrations` or `schema_migrations`.

use std::collections::{BTreeMap, HashMap};

use crate::db::{Cell, Database, DbError, Table};
use crate::model::{AppliedMigration, Content, LedgerStyle, Outcome, Rank, TableName, Version};

use super::names::{baseline_identity, read_version, repeatable_identity};
use super::spec::{KeyForm, LedgerSpec, Reading, ToolSpec};
use super::{BUILT_IN, LedgerTable, RawLedger, RawRow, Tool, checksum};

impl Tool {
    /// Which of these tables is the ledger: by its columns, and by its name (`configured`, or the tool's default).
    ///
    /// Without a configured name a table of another name counts only if nothing else looks like it, and there is one only.
    pub fn find_ledger(&self, tables: &[Table], configured: Option<&TableName>) -> Option<LedgerTable> {
        let layout_of = |table: &Table| self.spec.ledger.iter().position(|layout| fits(layout, table));
        let found = |(table, layout): (&Table, usize)| LedgerTable { name: table.name.clone(), layout };
        let candidates: Vec<(&Table, usize)> =
            tables.iter().filter_map(|table| Some((table, layout_of(table)?))).collect();
        if let Some(name) = configured {
            let same_schema = |table: &Table| {
                name.schema.is_none() || table.name.schema.is_none() || table.name.schema == name.schema
            };
            let named = candidates.iter().filter(|(table, _)| same_schema(table));
            return named
                .clone()
                .find(|(table, _)| table.name.name == name.name)
                .or_else(|| named.clone().find(|(table, _)| table.name.name.eq_ignore_ascii_case(&name.name)))
                .map(|one| found(*one));
        }
        let usual: Vec<_> = candidates
            .iter()
            .filter(|(table, layout)| table.name.name.eq_ignore_ascii_case(&self.spec.ledger[*layout].table))
            .collect();
        if let Some(best) = usual.iter().min_by_key(|(table, layout)| self.strangeness(table, *layout)) {
            let sure = usual.len() == 1 || self.strangeness(best.0, best.1) < 3;
            return sure.then(|| found(**best));
        }
        let mut distinctive = candidates.iter().filter(|(_, layout)| self.spec.ledger[*layout].distinctive);
        let first = distinctive.next()?;
        distinctive.next().is_none().then(|| found(*first))
    }

    /// How far a schema is from the one in which the tool's ledger usually lies.
    fn strangeness(&self, table: &Table, layout: usize) -> u8 {
        let schema = table.name.schema.as_deref();
        match schema {
            Some(schema) if self.spec.ledger[layout].schema.as_deref() == Some(schema) => 0,
            None => 1,
            Some("main" | "public") => 2,
            Some(_) => 3,
        }
    }

    /// The table that is looked for when none is configured.
    pub fn default_table(&self) -> TableName {
        let table = self.spec.ledger.first().map(|layout| layout.table.as_str());
        TableName::plain(table.unwrap_or_default())
    }

    /// Reads a ledger.
    pub fn read_ledger(
        &self,
        ledger: &LedgerTable,
        database: &mut dyn Database,
    ) -> Result<RawLedger, DbError> {
        let Some(layout) = self.spec.ledger.get(ledger.layout) else {
            return Err(DbError::Failed(format!("{} is no ledger of {}", ledger.name, self.spec.title)));
        };
        let columns = Columns::new(layout);
        let mut rows = Vec::new();
        database.rows(&ledger.name, &columns.names, &mut |cells| {
            let mut cells = cells.to_vec();
            cells.resize(columns.names.len(), Cell::Null);
            rows.push(Row { columns: &columns, cells });
        })?;
        let read = rows.len();
        if let Some(order) = &layout.order
            && *order != layout.version
        {
            sort_by_column(&mut rows, order);
        }
        let style = match layout.reading {
            Reading::HighWater => LedgerStyle::HighWater,
            _ => LedgerStyle::Rows,
        };
        let mut rows = match layout.reading {
            Reading::Rows => self.plain(layout, &rows),
            Reading::HighWater => self.high_water(layout, &rows),
            Reading::Prisma => self.prisma(layout, &rows),
            Reading::Flyway => self.flyway(layout, &rows),
            Reading::Goose => self.goose(layout, &rows),
            Reading::Drizzle => self.drizzle(layout, &rows),
            Reading::Rails => self.rails(layout, &rows),
        };
        if layout.order.as_ref() == Some(&layout.version) {
            rows.sort_by_cached_key(|row| self.key(&row.applied.version.0).1);
        }
        Ok(RawLedger { table: ledger.name.clone(), style, rows, read })
    }

    /// The key that a version in the ledger stands for, and its place in the tool's order.
    pub(super) fn key(&self, version: &str) -> (String, Rank) {
        let read = match self.spec.files.key {
            KeyForm::Version => read_version(self.spec.files.version, version),
            KeyForm::Stem | KeyForm::FileName => None,
        };
        read.unwrap_or_else(|| (version.to_owned(), Rank::text(version)))
    }

    /// A row in guard's terms, with what nearly all ledgers have.
    fn row(&self, layout: &LedgerSpec, row: &Row<'_>) -> RawRow {
        let version = row.text(&layout.version).unwrap_or_default();
        let failed = layout.success.as_ref().is_some_and(|column| !row.truth(column));
        let outcome = match failed {
            true => Outcome::Failed,
            false if layout.baselines.contains(&version) => Outcome::Baseline,
            false => Outcome::Applied,
        };
        let algorithm = self.spec.checksum.as_ref().map(|spec| spec.algorithm);
        let recorded = layout.checksum.as_ref().zip(algorithm);
        RawRow {
            applied: AppliedMigration {
                identity: self.key(&version).0,
                version: Version(version),
                name: layout.name.as_ref().and_then(|column| row.text(column)),
                outcome,
                migration: None,
                content: Content::NotComparable("it was not compared"),
                in_work_tree: None,
                in_base: None,
            },
            recorded: recorded
                .and_then(|(column, algorithm)| checksum::recorded(algorithm, row.cell(column))),
        }
    }

    fn plain(&self, layout: &LedgerSpec, rows: &[Row<'_>]) -> Vec<RawRow> {
        rows.iter().map(|row| self.row(layout, row)).collect()
    }

    /// golang-migrate keeps one row; where there are more, it reads the first one too.
    fn high_water(&self, layout: &LedgerSpec, rows: &[Row<'_>]) -> Vec<RawRow> {
        let Some(first) = rows.first() else { return Vec::new() };
        let mut row = self.row(layout, first);
        if first.truth("dirty") {
            row.applied.outcome = Outcome::Failed;
        }
        // -1: everything was undone; when dirty, undoing the first one has failed.
        if row.applied.version.0.starts_with('-') && row.applied.outcome != Outcome::Failed {
            return Vec::new();
        }
        vec![row]
    }

    fn prisma(&self, layout: &LedgerSpec, rows: &[Row<'_>]) -> Vec<RawRow> {
        let mut found: Vec<RawRow> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in rows.iter().filter(|row| row.text("rolled_back_at").is_none()) {
            let mut new = self.row(layout, row);
            let finished = row.text("finished_at").is_some();
            new.applied.outcome = match row.text("applied_steps_count").as_deref() {
                _ if !finished => Outcome::Failed,
                Some("0") => Outcome::Baseline, // written by `prisma migrate resolve --applied`
                _ => Outcome::Applied,
            };
            match places.get(&new.applied.identity) {
                None => {
                    places.insert(new.applied.identity.clone(), found.len());
                    found.push(new);
                }
                Some(place) if finished || found[*place].applied.outcome == Outcome::Failed => {
                    found[*place] = new
                }
                Some(_) => {}
            }
        }
        found
    }

    fn flyway(&self, layout: &LedgerSpec, rows: &[Row<'_>]) -> Vec<RawRow> {
        let mut found: Vec<Option<RawRow>> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in rows.iter().filter(|row| !row.text("installed_rank").unwrap_or_default().starts_with('-'))
        {
            let mut new = self.row(layout, row);
            let kind = row.text("type").unwrap_or_default();
            new.applied.name =
                new.applied.name.filter(|name| name != "<< no description >>").or(Some(String::new()));
            match kind.as_str() {
                "SQL_BASELINE" | "SQL_STATE_SCRIPT" => {
                    new.applied.identity = baseline_identity(&new.applied.identity);
                }
                _ if row.text(&layout.version).is_none() => {
                    new.applied.identity =
                        repeatable_identity(new.applied.name.as_deref().unwrap_or_default());
                }
                "BASELINE" => new.applied.outcome = Outcome::Baseline,
                _ => {}
            }
            let supersedes = kind == "DELETE" || kind.starts_with("UNDO") || kind.starts_with("SQL");
            if supersedes && let Some(old) = places.remove(&new.applied.identity) {
                found[old] = None;
            }
            // Other kinds are Java classes and scripts, of which there is no SQL file, and rows of Flyway's own.
            if kind.starts_with("SQL") || kind == "BASELINE" {
                places.insert(new.applied.identity.clone(), found.len());
                found.push(Some(new));
            }
        }
        let mut found: Vec<RawRow> = found.into_iter().flatten().collect();
        let baseline = found.iter().filter(|row| row.applied.outcome == Outcome::Baseline);
        if let Some(baseline) = baseline.map(|row| self.key(&row.applied.version.0).1).max() {
            // Flyway compares nothing at or below its baseline.
            for row in found.iter_mut().filter(|row| !row.applied.version.0.is_empty()) {
                if self.key(&row.applied.version.0).1 <= baseline {
                    row.recorded = None;
                }
            }
        }
        found
    }

    fn goose(&self, layout: &LedgerSpec, rows: &[Row<'_>]) -> Vec<RawRow> {
        let mut found: Vec<(RawRow, bool)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let new = self.row(layout, row);
            if new.applied.version.0 == "0" {
                continue;
            }
            if let Some(old) = places.insert(new.applied.identity.clone(), found.len()) {
                found[old].1 = false;
            }
            found.push((new, row.truth("is_applied")));
        }
        found.into_iter().filter_map(|(row, applied)| applied.then_some(row)).collect()
    }

    fn drizzle(&self, layout: &LedgerSpec, rows: &[Row<'_>]) -> Vec<RawRow> {
        let read = |row: &Row<'_>| {
            let mut new = self.row(layout, row);
            // Rows of 0.x in a table that 1.x has widened have no name until 1.x fills it in.
            if new.applied.version.0.is_empty() {
                let when = row.text("created_at").unwrap_or_default();
                new.applied.identity.clone_from(&when);
                new.applied.version = Version(when);
            }
            new
        };
        rows.iter().map(read).collect()
    }

    /// Redmine's plugins write `1-plugin` into the same table.
    fn rails(&self, layout: &LedgerSpec, rows: &[Row<'_>]) -> Vec<RawRow> {
        let mut rows = self.plain(layout, rows);
        rows.retain(|row| row.applied.version.0.bytes().all(|byte| byte.is_ascii_digit()));
        rows
    }
}

/// The tool that such a table belongs to, judged by name and columns, for tables that belong to no migration set.
///
/// Several tools may share a table's shape; then all are named: `dbmate or rails`.
pub fn recognise(table: &Table, own: &BTreeMap<String, ToolSpec>) -> Option<String> {
    let known = |spec: &ToolSpec| {
        spec.ledger.iter().any(|layout| {
            fits(layout, table) && (layout.distinctive || table.name.name.eq_ignore_ascii_case(&layout.table))
        })
    };
    let mut names: Vec<&str> =
        own.iter().filter(|(_, spec)| known(spec)).map(|(name, _)| name.as_str()).collect();
    for (name, text) in BUILT_IN.iter().filter(|(name, _)| !own.contains_key(*name)) {
        if toml::from_str(text).is_ok_and(|spec: ToolSpec| known(&spec)) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(" or "))
}

/// Whether a table has the columns of a layout.
fn fits(layout: &LedgerSpec, table: &Table) -> bool {
    let has = |wanted: &String| table.columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    layout.columns.iter().all(has)
        && !layout.without.iter().any(has)
        && (!layout.only || table.columns.len() == layout.columns.len())
}

impl Reading {
    /// The columns that this way of reading needs besides those that the layout names.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Rows | Self::Rails => &[],
            Self::HighWater => &["dirty"],
            Self::Prisma => &["finished_at", "rolled_back_at", "applied_steps_count"],
            Self::Flyway => &["installed_rank", "type"],
            Self::Goose => &["is_applied"],
            Self::Drizzle => &["created_at"],
        }
    }
}

/// The columns that are read.
struct Columns {
    names: Vec<String>,
}

impl Columns {
    /// Only those that are needed: Prisma's `logs` may be long.
    fn new(layout: &LedgerSpec) -> Self {
        let optional = [&layout.name, &layout.checksum, &layout.success, &layout.order];
        let mut names = vec![layout.version.clone()];
        names.extend(optional.into_iter().flatten().cloned());
        names.extend(layout.reading.columns().iter().map(|name| (*name).to_owned()));
        let mut seen = Vec::with_capacity(names.len());
        names.retain(|name| {
            !seen.contains(name) && {
                seen.push(name.clone());
                true
            }
        });
        Self { names }
    }
}

/// A row as the database gave it.
struct Row<'a> {
    columns: &'a Columns,
    cells: Vec<Cell>,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &Cell {
        let at = self.columns.names.iter().position(|name| name.eq_ignore_ascii_case(column));
        at.and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Null)
    }

    /// `None` for NULL.
    fn text(&self, column: &str) -> Option<String> {
        match self.cell(column) {
            Cell::Null => None,
            // SQLite and some drivers hand out whole numbers so: Drizzle's `created_at` is numeric.
            Cell::Real(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(format!("{number:.0}"))
            }
            cell => Some(cell.to_string()),
        }
    }

    fn truth(&self, column: &str) -> bool {
        match self.cell(column) {
            Cell::Null => false,
            Cell::Integer(number) => *number != 0,
            Cell::Real(number) => *number != 0.0,
            Cell::Text(text) | Cell::Blob(text) => {
                !matches!(text.as_slice(), b"" | b"\0" | b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False")
            }
        }
    }
}

/// Sorts where all values are of one kind; times in two formats (Prisma on SQLite) have no order without a calendar.
fn sort_by_column(rows: &mut [Row<'_>], column: &str) {
    let number = |row: &Row<'_>| match row.cell(column) {
        Cell::Integer(number) => Some(*number),
        _ => None,
    };
    let text = |row: &Row<'_>| match row.cell(column) {
        Cell::Text(text) => Some(text.clone()),
        _ => None,
    };
    if rows.iter().all(|row| number(row).is_some()) {
        rows.sort_by_key(number);
    } else if rows.iter().all(|row| text(row).is_some()) {
        rows.sort_by_cached_key(text);
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
