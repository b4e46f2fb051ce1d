//! The schema record of a repository: written from a database that is right, and held against others where nothing can be replayed.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::config::{DatabaseConfig, Ignored};
use crate::db;
use crate::drift::by_root;
use crate::expected::record::{FILE_NAME, Record};
use crate::model::{Cause, Database, Drift, Fact, LedgerState, MigrationSet, ObjectId, RIGHTS, SetLedger};

use super::super::databases::LiveSchema;
use super::super::{Project, ResolvedSet};
use super::in_own_words;
use super::replay::{is_of, major};

/// The migrations of the candidate that ledgers call applied: set and identity.
pub(super) fn applied(ledgers: &[SetLedger], sets: &[MigrationSet]) -> Vec<(String, String)> {
    let mut applied = Vec::new();
    for ledger in ledgers {
        let (LedgerState::Read(read), Some(set)) = (&ledger.state, sets.get(ledger.set)) else { continue };
        let there = set.candidate.iter().zip(&read.applied).filter(|(_, applied)| **applied);
        applied.extend(there.map(|(migration, _)| (set.name.clone(), migration.identity.to_string())));
    }
    applied
}

/// Holds a live schema against the record. Without an engine expressions are compared as they are printed.
pub(super) fn compare(
    record: &[u8],
    live: &mut LiveSchema,
    applied: &[(String, String)],
    ignored: &dyn Fn(&ObjectId) -> bool,
) -> Result<Drift, Cause> {
    let text = std::str::from_utf8(record).map_err(|_| Cause::Failed(format!("{FILE_NAME} is no text")))?;
    let mut record = Record::parse(text).map_err(|error| Cause::Failed(error.to_string()))?;
    let kind = |engine: &str| engine.split(' ').next().map(str::to_owned);
    if (kind(&record.engine), major(&record.engine))
        != (kind(&live.around.engine), major(&live.around.engine))
    {
        return Err(Cause::Failed(format!(
            "{FILE_NAME} was recorded on {}, and the database is {}: each prints schemas in its own way",
            record.engine, live.around.engine
        )));
    }
    let (there, wanted): (BTreeSet<_>, BTreeSet<_>) =
        (applied.iter().collect(), record.applied.iter().collect());
    if let Some((_, one)) = there.symmetric_difference(&wanted).next() {
        let more = there.symmetric_difference(&wanted).count() - 1;
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        return Err(Cause::Failed(format!(
            "{FILE_NAME} was recorded with other migrations: {one}{more}; `guard record` writes it anew"
        )));
    }
    let unseen = live.schema.take_marks();
    record.schema.blank(&unseen);
    record.schema.0.retain(|id, _| !ignored(id));
    // The owners and rights of one server say nothing of another.
    live.schema.0.retain(|id, _| !RIGHTS.contains(&id.kind));
    Ok(Drift {
        replayed_in: format!("nothing: held against {FILE_NAME}, recorded on {}", record.engine),
        objects: live.schema.0.len().max(record.schema.0.len()),
        migrations: applied.len(),
        unexplained: by_root(record.schema.unlike(&live.schema)),
        ..Drift::default()
    })
}

/// The record of a database whose ledgers have been read. The error says why it is not one to write down.
pub fn record(
    project: &Project,
    (config, database): (&DatabaseConfig, &Database),
    (sets, resolved): (&[MigrationSet], &[ResolvedSet]),
) -> Result<Record, String> {
    let Fact::Known(ledgers) = &database.ledgers else {
        return Err(database.ledgers.outage().map_or_else(String::new, |outage| outage.cause.to_string()));
    };
    for ledger in ledgers {
        let set = &sets[ledger.set];
        let waits = match &ledger.state {
            LedgerState::Read(read) => read.applied.iter().filter(|applied| !**applied).count(),
            LedgerState::Absent { .. } => set.candidate.len(),
        };
        if waits > 0 {
            let have = if waits == 1 { "1 migration has" } else { &format!("{waits} migrations have") };
            return Err(format!("{have} not run in it, of {}", set.name));
        }
    }
    let deadline = Instant::now() + config.timeout;
    let url = config.url.resolve()?;
    let mut live = db::open(&url, deadline).map_err(|error| error.to_string())?;
    let mut schema = live.schema().map_err(|error| error.to_string())?;
    let around = live.surroundings().map_err(|error| error.to_string())?;
    let engine = around.engine.clone();
    if schema.has_marks() {
        return Err("not all of its schema can be read by this role".to_owned());
    }
    let ignore = Ignored::new(&project.config.schema.ignore);
    let table = |ledger: &SetLedger| ledger.state.table().clone();
    let tables = ledgers.iter().map(table).chain(database.strangers.iter().map(|(table, _)| table.clone()));
    let tables: Vec<_> = tables.collect();
    schema.0.retain(|id, _| {
        !RIGHTS.contains(&id.kind)
            && !ignore.covers(&id.path())
            && !tables.iter().any(|table| is_of(id, table))
            && !ledgers.iter().any(|of| {
                resolved[of.set].tool.owns(id, &in_own_words(of.state.table(), database.dialect, &around))
            })
    });
    Ok(Record { engine, applied: applied(ledgers, sets), schema })
}
