//! The live schema of an example: statements that were run in a SQLite database, held against the example's migrations.

use std::time::{Duration, Instant};

use crate::drift::{History, Limits, Step, judge};
use crate::expected;
use crate::model::{CommitFact, Dialect, Drift, Ledger, Migration, MigrationSet, Oid, Script};

/// `live` is what was run in the database, `old` the older text of a version.
pub(super) fn drift(set: &MigrationSet, ledger: &Ledger, live: &str, old: Option<(&str, &str)>) -> Drift {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut scratch = expected::open(Dialect::Sqlite, deadline).unwrap();
    let script = |text: &str| Script { text: text.to_owned(), line: 1, transaction: true };
    scratch.run(&script(live), usize::MAX).unwrap();
    let schema = scratch.schema().unwrap();
    let step = |migration: &Migration| {
        let text = migration.text.as_deref().map(|text| script(&String::from_utf8_lossy(text)));
        let older = old.filter(|(version, _)| migration.identity == *version);
        let commit = CommitFact {
            id: Oid::from_hex(&"1a2b3c4d".repeat(5)).unwrap(),
            author: "Ada".to_owned(),
            date: "2026-02-01".to_owned(),
            subject: "users".to_owned(),
        };
        Step {
            migration: (0, migration.identity.to_string()),
            script: text,
            old: older.map(|(_, text)| (commit, script(text))).into_iter().collect(),
        }
    };
    let is_applied = |at: usize| ledger.applied.get(at).copied().unwrap_or_default();
    let (recorded, pending): (Vec<_>, Vec<_>) =
        set.candidate.iter().enumerate().partition(|(at, _)| is_applied(*at));
    let steps = |of: Vec<(usize, &Migration)>| of.into_iter().map(|(_, one)| step(one)).collect();
    let history = History { recorded: steps(recorded), pending: steps(pending) };
    let limits = Limits { trials: 20, deadline };
    let mut drift = judge(schema, &history, &mut *scratch, &|_| false, limits).unwrap();
    // The pages must not change with each version of SQLite.
    drift.replayed_in = "SQLite, in memory".to_owned();
    drift
}
