//! Ledgers that are not simply a row for each applied migration: counters, and histories in which a migration may
//! stand several times.

use std::collections::HashMap;

use crate::db::{Cell, Database, DbError};
use crate::model::{AppliedMigration, Content, LedgerStyle, Outcome, TableName, Text, Version};

use super::names::repeatable_identity;
use super::rows::Row;
use super::{LedgerTable, RawLedger, RawRow, RowMark, Tool};

/// rusqlite_migration: a number in the header of the SQLite file.
pub(super) fn user_version(
    tool: &Tool,
    ledger: &LedgerTable,
    database: &mut dyn Database,
) -> Result<RawLedger, DbError> {
    let number = database.user_version()?.filter(|number| *number != 0);
    let row = |number: i64| RawRow {
        applied: AppliedMigration {
            identity: tool.key(&number.to_string()).0,
            version: Version(number.to_string().into()),
            name: None,
            outcome: Outcome::Applied,
            migration: None,
            content: Content::NotComparable("it was not compared"),
            in_work_tree: None,
            in_base: None,
            history: None,
        },
        recorded: None,
        mark: RowMark::default(),
    };
    let rows: Vec<RawRow> = number.into_iter().map(row).collect();
    let read = rows.len();
    let incarnation = database.incarnation(&ledger.name).unwrap_or_default();
    Ok(RawLedger { table: ledger.name.clone(), style: LedgerStyle::HighWater, rows, read, incarnation })
}

/// tern keeps one row, with 0 at the start.
pub(super) fn counter(rows: Vec<Row>) -> Vec<RawRow> {
    let first = rows.into_iter().map(|row| row.raw).next();
    first.into_iter().filter(|row| !matches!(row.applied.version.0.as_str(), "" | "0")).collect()
}

/// The file name is kept with its ending, and without its description.
pub(super) fn graphile(rows: Vec<Row>) -> Vec<RawRow> {
    let read = |row: Row| {
        let mut new = row.raw;
        if let Some(number) = new.applied.version.0.strip_suffix(".sql") {
            let number = Text::from(number);
            new.applied.identity.clone_from(&number);
            new.applied.version = Version(number);
        }
        new
    };
    rows.into_iter().map(read).collect()
}

/// The id is the key: a name may stand there twice, when the change was reworked.
pub(super) fn sqitch(rows: Vec<Row>) -> Vec<RawRow> {
    let read = |row: Row| {
        let id = Text::from(row.text("change_id").unwrap_or_default());
        let mut new = row.raw;
        // Rows that came from the first registry have their id there: what ran then is not known.
        new.recorded = new.recorded.filter(|recorded| recorded.to_string() != *id);
        new.applied.identity = id;
        new
    };
    rows.into_iter().map(read).collect()
}

/// Changes whose last event is that they failed: no row of `changes` says so. Where the events cannot be read, nobody knows.
pub(super) fn sqitch_failed(
    ledger: &LedgerTable,
    database: &mut dyn Database,
    applied: &[RawRow],
) -> Result<Vec<RawRow>, DbError> {
    let events = TableName { name: "events".to_owned(), ..ledger.name.clone() };
    let columns = ["change_id", "committed_at", "event", "change", "project"].map(str::to_owned);
    // By change; of each the time of the last event, whether it is a failure, and the names.
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut last: Vec<[String; 5]> = Vec::new();
    let answer = database.rows(&events, &columns, &mut |cells| {
        let event = [0, 1, 2, 3, 4].map(|at| cells.get(at).map(Cell::to_string).unwrap_or_default());
        let place = *places.entry(event[0].clone()).or_insert(last.len());
        match last.get_mut(place) {
            Some(known) if known[1] <= event[1] => *known = event,
            Some(_) => {}
            None => last.push(event),
        }
    });
    match answer {
        Err(DbError::TimedOut) => return Err(DbError::TimedOut),
        Err(_) => return Ok(Vec::new()),
        Ok(()) => {}
    }
    let deployed = |id: &str| applied.iter().any(|row| row.applied.identity == *id);
    let failed = last.into_iter().filter(|[id, _, event, ..]| event == "fail" && !deployed(id));
    let row = |[id, _, _, change, project]: [String; 5]| RawRow {
        applied: AppliedMigration {
            version: Version((&*change).into()),
            identity: (&*id).into(),
            name: Some((&*project).into()),
            outcome: Outcome::Failed,
            migration: None,
            content: Content::NotComparable("it failed"),
            in_work_tree: None,
            in_base: None,
            history: None,
        },
        recorded: None,
        mark: RowMark::default(),
    };
    Ok(failed.map(row).collect())
}

/// A baseline begins the history anew.
pub(super) fn pgroll(rows: Vec<Row>) -> Vec<RawRow> {
    let mut found = Vec::new();
    for row in rows {
        let kind = row.text("migration_type");
        let mut new = row.raw;
        if kind.as_deref() == Some("baseline") {
            found.clear();
            new.applied.outcome = Outcome::Baseline;
        }
        found.push(new);
    }
    found
}

/// The bits of a row's type: sql/migrate/migrate.go of ariga/atlas.
const ATLAS_BASELINE: i64 = 1;
const ATLAS_EXECUTED: i64 = 2;
const ATLAS_RESOLVED: i64 = 4;

pub(super) fn atlas(rows: Vec<Row>) -> Vec<RawRow> {
    let number = |row: &Row, column: &str| match row.cell(column) {
        Cell::Integer(number) => Some(*number),
        _ => row.text(column).and_then(|text| text.parse().ok()),
    };
    let read = |row: Row| {
        let kind: i64 = number(&row, "type").unwrap_or(ATLAS_EXECUTED);
        let begun = number(&row, "applied").zip(number(&row, "total"));
        let mut new = row.raw;
        new.applied.outcome = match begun {
            _ if kind & (ATLAS_BASELINE | ATLAS_EXECUTED) == ATLAS_BASELINE => Outcome::Baseline,
            _ if kind == ATLAS_RESOLVED => Outcome::Baseline,
            Some((applied, total)) if kind & ATLAS_RESOLVED == 0 && applied < total => Outcome::Failed,
            _ => Outcome::Applied,
        };
        new
    };
    // Atlas's own mark for its service.
    let own = |row: &RawRow| row.applied.version.0.starts_with('.');
    rows.into_iter().map(read).filter(|row| !own(row)).collect()
}

impl Tool {
    /// The types are those of `MetadataType` in src/Evolve/Metadata: 0 migration, 1 and 2 schemas, 3 start version,
    /// 4 repeatable.
    pub(super) fn evolve(&self, rows: Vec<Row>) -> Vec<RawRow> {
        let mut found: Vec<Option<RawRow>> = Vec::new();
        let mut places: HashMap<Text, usize> = HashMap::new();
        for row in rows {
            let kind = row.text("type").unwrap_or_default();
            let mut new = row.raw;
            new.applied.name = new.applied.name.map(|name| without_time(&name).into());
            match kind.as_str() {
                "0" => new.applied.identity = self.key(&new.applied.version.0).0,
                "3" => new.applied.outcome = Outcome::Baseline,
                "4" => {
                    new.applied.identity =
                        repeatable_identity(new.applied.name.as_deref().unwrap_or_default());
                }
                _ => continue,
            }
            // A run that failed is tried again, a repeatable one runs again: the newest row decides.
            if let Some(old) = places.insert(new.applied.identity.clone(), found.len())
                && kind != "3"
            {
                found[old] = None;
            }
            found.push(Some(new));
        }
        found.into_iter().flatten().collect()
    }
}

/// Evolve writes how long it took behind the description: `Create users (12 ms)`.
fn without_time(description: &str) -> &str {
    let time = description.strip_suffix(" ms)").and_then(|start| start.rsplit_once(" ("));
    match time {
        Some((plain, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            plain
        }
        _ => description,
    }
}
