//! What the rows of a ledger say.
//!
//! Each way of reading is a function from all rows to those that count, named in [`Reading`].

use std::collections::{HashMap, HashSet};

use crate::db::{Cell, Database, DbError};
use crate::model::{
    AppliedMigration, Content, LedgerStyle, Outcome, Rank, TableName, Text, Version, text_of,
};

use super::names::{baseline_identity, read_version, repeatable_identity};
use super::spec::{Algorithm, KeyForm, LedgerSpec, Reading};
use super::{LedgerTable, RawLedger, RawRow, RowMark, Tool, checksum, graphs, histories, liquibase};

impl Tool {
    /// Reads a ledger.
    pub fn read_ledger(
        &self,
        ledger: &LedgerTable,
        database: &mut dyn Database,
    ) -> Result<RawLedger, DbError> {
        let Some(layout) = self.spec.ledger.get(ledger.layout) else {
            return Err(DbError::Failed(format!("{} is no ledger of {}", ledger.name, self.spec.title)));
        };
        if layout.reading == Reading::UserVersion {
            return histories::user_version(self, ledger, database);
        }
        let columns = self.columns(layout);
        let algorithm = self.spec.checksum.as_ref().map(|spec| spec.algorithm);
        let mut rows = Vec::new();
        database.rows(&ledger.name, &columns.names, &mut |cells| {
            rows.push(self.row(layout, &columns, algorithm, cells));
        })?;
        let read = rows.len();
        if sort(&mut rows) {
            // Times may be whole seconds (MySQL): what has the same one says nothing of which came first.
            for tied in rows.chunk_by_mut(|one, next| one.order == next.order).filter(|rows| rows.len() > 1) {
                tied.sort_by_cached_key(|row| self.key(&row.raw.applied.version.0).1);
            }
        }
        let style = match layout.reading {
            Reading::HighWater | Reading::Counter => LedgerStyle::HighWater,
            Reading::Heads => LedgerStyle::Heads,
            _ => LedgerStyle::Rows,
        };
        let mut rows = match layout.reading {
            Reading::Rows | Reading::Heads => rows.into_iter().map(|row| row.raw).collect(),
            Reading::Django => django(rows),
            Reading::Sqitch => histories::sqitch(rows),
            Reading::Pgroll => histories::pgroll(rows),
            Reading::Liquibase => liquibase::rows::read(rows),
            Reading::HighWater => high_water(rows),
            Reading::Prisma => prisma(rows),
            Reading::Flyway => self.flyway(rows),
            Reading::Goose => goose(rows),
            Reading::Drizzle => drizzle(rows),
            Reading::Rails => rails(rows),
            Reading::Counter => histories::counter(rows),
            Reading::UserVersion => Vec::new(),
            Reading::Evolve => self.evolve(rows),
            Reading::Graphile => histories::graphile(rows),
            Reading::Atlas => histories::atlas(rows),
        };
        if layout.reading == Reading::Sqitch {
            let failed = histories::sqitch_failed(ledger, database, &rows)?;
            rows.extend(failed);
        }
        if algorithm == Some(Algorithm::Siphash13Refinery) {
            for row in &mut rows {
                row.mark.wide = ledger.wide;
            }
        }
        if layout.order.as_ref() == Some(&layout.version) {
            rows.sort_by_cached_key(|row| self.key(&row.applied.version.0).1);
        }
        // Only guard's own memory asks, and that stands in where there is no checksum.
        let incarnation = match &self.spec.checksum {
            None => database.incarnation(&ledger.name).unwrap_or_default(),
            Some(_) => None,
        };
        Ok(RawLedger { table: ledger.name.clone(), style, rows, read, incarnation })
    }

    /// What [`Self::read_ledger`] will ask for, for [`Database::announce`].
    pub fn ledger_question(&self, ledger: &LedgerTable) -> Option<(TableName, Vec<String>)> {
        let layout = self.spec.ledger.get(ledger.layout)?;
        (layout.reading != Reading::UserVersion).then(|| (ledger.name.clone(), self.columns(layout).names))
    }

    /// Whether a ledger of it can tell in which transactions its migrations ran.
    pub fn tells_transactions(&self) -> bool {
        self.spec.ledger.iter().any(|layout| layout.written_later.is_some())
    }

    /// The columns that tell which transaction wrote which row: version, transaction, and a time where there is one; and whether
    /// that is a later transaction than the migration's. `None` for a tool that records in no such order.
    pub fn witness_columns(&self, ledger: &LedgerTable) -> Option<(Vec<String>, bool)> {
        let layout = self.spec.ledger.get(ledger.layout)?;
        let later = layout.written_later?;
        let time = layout.time.as_ref().or(layout.order.as_ref());
        let names = [&layout.version, "xmin"].map(str::to_owned).into_iter().chain(time.cloned());
        Some((names.collect(), later))
    }

    /// The columns to ask for. The time tells a row from a later one where no checksum does, and is not asked for otherwise.
    fn columns(&self, layout: &LedgerSpec) -> Columns {
        Columns::new(layout, self.spec.checksum.is_none())
    }

    /// The key that a version in the ledger stands for, and its place in the tool's order.
    pub(super) fn key(&self, version: &str) -> (Text, Rank) {
        let read = match self.spec.files.key {
            KeyForm::Version => read_version(self.spec.files.version, version),
            _ => None,
        };
        read.unwrap_or_else(|| (version.into(), Rank::text(version)))
    }

    /// A row in guard's terms, with what nearly all ledgers have.
    fn row(
        &self,
        layout: &LedgerSpec,
        columns: &Columns,
        algorithm: Option<Algorithm>,
        cells: &[Cell],
    ) -> Row {
        let cell = |place: Option<usize>| place.and_then(|place| cells.get(place)).unwrap_or(&Cell::Null);
        let Version(version) = version(cell(Some(0)));
        let outcome = match columns.success {
            Some(_) if !truth(cell(columns.success)) => Outcome::Failed,
            _ if layout.baselines.iter().any(|baseline| *baseline == version) => Outcome::Baseline,
            _ => Outcome::Applied,
        };
        let applied = AppliedMigration {
            identity: self.key(&version).0,
            version: Version(version),
            name: text(cell(columns.name)),
            outcome,
            migration: None,
            content: Content::NotComparable("it was not compared"),
            in_work_tree: None,
            in_base: None,
            history: None,
        };
        let recorded = algorithm.and_then(|algorithm| checksum::recorded(algorithm, cell(columns.checksum)));
        let mark = match algorithm {
            None => checksum::row_mark(cell(columns.time), cell(columns.order)),
            Some(_) => RowMark::default(),
        };
        Row {
            raw: RawRow { applied, recorded, mark },
            order: cell(columns.order).clone(),
            names: layout.reading.columns(),
            more: columns.more.iter().map(|place| cell(Some(*place)).clone()).collect(),
        }
    }

    fn flyway(&self, rows: Vec<Row>) -> Vec<RawRow> {
        let mut found: Vec<Option<RawRow>> = Vec::new();
        let mut places: HashMap<Text, usize> = HashMap::new();
        for row in rows {
            if row.text("installed_rank").unwrap_or_default().starts_with('-') {
                continue;
            }
            let kind = row.text("type").unwrap_or_default();
            let mut new = row.raw;
            new.applied.name =
                new.applied.name.filter(|name| name != "<< no description >>").or(Some(Text::default()));
            match kind.as_str() {
                "SQL_BASELINE" | "SQL_STATE_SCRIPT" => {
                    new.applied.identity = baseline_identity(&new.applied.identity);
                }
                _ if new.applied.version.0.is_empty() => {
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
}

/// golang-migrate keeps one row; where there are more, it reads the first one too.
fn high_water(rows: Vec<Row>) -> Vec<RawRow> {
    let Some(first) = rows.into_iter().next() else { return Vec::new() };
    let dirty = first.truth("dirty");
    let mut row = first.raw;
    if dirty {
        row.applied.outcome = Outcome::Failed;
    }
    // -1: everything was undone; when dirty, undoing the first one has failed.
    if row.applied.version.0.starts_with('-') && row.applied.outcome != Outcome::Failed {
        return Vec::new();
    }
    vec![row]
}

fn prisma(rows: Vec<Row>) -> Vec<RawRow> {
    let mut found: Vec<RawRow> = Vec::new();
    let mut places: HashMap<Text, usize> = HashMap::new();
    for row in rows.into_iter().filter(|row| *row.cell("rolled_back_at") == Cell::Null) {
        let finished = *row.cell("finished_at") != Cell::Null;
        let steps = row.text("applied_steps_count");
        let mut new = row.raw;
        new.applied.outcome = match steps.as_deref() {
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
                found[*place] = new;
            }
            Some(_) => {}
        }
    }
    found
}

fn goose(rows: Vec<Row>) -> Vec<RawRow> {
    let mut found: Vec<(RawRow, bool)> = Vec::new();
    let mut places: HashMap<Text, usize> = HashMap::new();
    for row in rows {
        let applied = row.truth("is_applied");
        let new = row.raw;
        if new.applied.version.0 == "0" {
            continue;
        }
        if let Some(old) = places.insert(new.applied.identity.clone(), found.len()) {
            found[old].1 = false;
        }
        found.push((new, applied));
    }
    found.into_iter().filter_map(|(row, applied)| applied.then_some(row)).collect()
}

fn drizzle(rows: Vec<Row>) -> Vec<RawRow> {
    let read = |row: Row| {
        let when = row.text("created_at").unwrap_or_default();
        let mut new = row.raw;
        // Rows of 0.x in a table that 1.x has widened have no name until 1.x fills it in.
        if new.applied.version.0.is_empty() {
            new.applied.identity.clone_from(&when);
            new.applied.version = Version(when);
        }
        new
    };
    rows.into_iter().map(read).collect()
}

/// The key is app and name. The same one may stand there twice, if two commands ran at once; it is one all the same.
fn django(rows: Vec<Row>) -> Vec<RawRow> {
    let mut seen = HashSet::new();
    let keyed = rows.into_iter().map(|row| {
        let mut new = row.raw;
        let app = new.applied.name.as_deref().unwrap_or_default();
        new.applied.identity = graphs::key(app, &new.applied.version.0);
        new
    });
    keyed.filter(|row| seen.insert(row.applied.identity.clone())).collect()
}

/// Redmine's plugins write `1-plugin` into the same table.
fn rails(rows: Vec<Row>) -> Vec<RawRow> {
    let plain = |row: &RawRow| row.applied.version.0.bytes().all(|byte| byte.is_ascii_digit());
    rows.into_iter().map(|row| row.raw).filter(plain).collect()
}

impl Reading {
    /// The columns that this way of reading needs besides those that the layout names.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Rows
            | Self::Heads
            | Self::Django
            | Self::Rails
            | Self::Counter
            | Self::UserVersion
            | Self::Graphile => &[],
            Self::HighWater => &["dirty"],
            Self::Prisma => &["finished_at", "rolled_back_at", "applied_steps_count"],
            Self::Flyway => &["installed_rank", "type"],
            Self::Goose => &["is_applied"],
            Self::Drizzle => &["created_at"],
            Self::Evolve => &["type"],
            Self::Sqitch => &["change_id"],
            Self::Pgroll => &["migration_type"],
            Self::Liquibase => &["AUTHOR", "FILENAME", "EXECTYPE"],
            Self::Atlas => &["type", "applied", "total"],
        }
    }
}

/// The columns that are read, and where each stands in a row. The key comes first.
struct Columns {
    names: Vec<String>,
    name: Option<usize>,
    checksum: Option<usize>,
    success: Option<usize>,
    order: Option<usize>,
    time: Option<usize>,
    /// Those of [`Reading::columns`].
    more: Vec<usize>,
}

impl Columns {
    /// Only those that are needed: Prisma's `logs` may be long.
    fn new(layout: &LedgerSpec, timed: bool) -> Self {
        let mut names = vec![layout.version.clone()];
        let mut place = |column: &str| {
            names.iter().position(|name| name == column).unwrap_or_else(|| {
                names.push(column.to_owned());
                names.len() - 1
            })
        };
        let name = layout.name.as_deref().map(&mut place);
        let checksum = layout.checksum.as_deref().map(&mut place);
        let success = layout.success.as_deref().map(&mut place);
        let order = layout.order.as_deref().filter(|order| *order != layout.version).map(&mut place);
        let time = layout.time.as_deref().filter(|_| timed).map(&mut place);
        let more = layout.reading.columns().iter().map(|column| place(column)).collect();
        Self { names, name, checksum, success, order, time, more }
    }
}

/// A row, with what only its way of reading needs.
pub(super) struct Row {
    pub(super) raw: RawRow,
    order: Cell,
    names: &'static [&'static str],
    more: Vec<Cell>,
}

impl Row {
    /// The cell of a column in [`Reading::columns`].
    pub(super) fn cell(&self, column: &str) -> &Cell {
        let place = self.names.iter().position(|name| *name == column);
        place.and_then(|place| self.more.get(place)).unwrap_or(&Cell::Null)
    }

    pub(super) fn text(&self, column: &str) -> Option<Text> {
        text(self.cell(column))
    }

    fn truth(&self, column: &str) -> bool {
        truth(self.cell(column))
    }
}

/// `None` for NULL.
fn text(cell: &Cell) -> Option<Text> {
    match cell {
        Cell::Null => None,
        Cell::Integer(number) => Some(text_of(number)),
        // SQLite and some drivers hand out whole numbers so: Drizzle's `created_at` is numeric.
        Cell::Real(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Some(text_of(format_args!("{number:.0}")))
        }
        Cell::Text(bytes) => Some(Text::from_utf8_lossy(bytes)),
        cell => Some(text_of(cell)),
    }
}

/// The same for a version, of which there are as many as rows: short ones need no memory of their own.
fn version(cell: &Cell) -> Version {
    match cell {
        Cell::Integer(number) => Version::number(*number),
        Cell::Text(bytes) => Version(String::from_utf8_lossy(bytes).into()),
        cell => Version(text(cell).unwrap_or_default()),
    }
}

fn truth(cell: &Cell) -> bool {
    match cell {
        Cell::Null => false,
        Cell::Integer(number) => *number != 0,
        Cell::Real(number) => *number != 0.0,
        Cell::Text(text) | Cell::Blob(text) => {
            !matches!(text.as_slice(), b"" | b"\0" | b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False")
        }
    }
}

/// Sorts where all values are of one kind, and says whether it did; times in two formats (Prisma on `SQLite`) have no order
/// without a calendar.
fn sort(rows: &mut [Row]) -> bool {
    let number = |row: &Row| if let Cell::Integer(number) = row.order { Some(number) } else { None };
    if rows.iter().all(|row| number(row).is_some()) {
        rows.sort_by_key(number);
    } else if rows.iter().all(|row| matches!(row.order, Cell::Text(_))) {
        rows.sort_by(|one, other| match (&one.order, &other.order) {
            (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
            _ => std::cmp::Ordering::Equal,
        });
    } else {
        return false;
    }
    true
}
