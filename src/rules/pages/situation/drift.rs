//! The live schema of an example: statements that were run in a SQLite database, held against the example's migrations.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::drift::{History, Limits, Step, judge, stale_dumps};
use crate::expected;
use crate::model::{
    CommitFact, Dialect, Drift, Fact, Ledger, Migration, MigrationSet, Oid, RepoPath, Script,
};
use crate::tools::{Tool, read_dump};

/// What an example says of its database.
#[derive(Default)]
pub(super) struct Live {
    /// What was run in it.
    ran: Option<String>,
    /// The older text of a version.
    old: Option<(String, String)>,
    /// What the tool has written of the schema, with its path.
    dumps: Vec<(String, String)>,
}

impl Live {
    pub(super) fn add(&mut self, head: &[&str], text: String) {
        match head {
            ["old", version] => self.old = Some(((*version).to_owned(), text)),
            ["dump", path] => self.dumps.push(((*path).to_owned(), text)),
            _ => self.ran = Some(text),
        }
    }

    pub(super) fn drift(&self, set: &MigrationSet, ledger: &Ledger) -> Fact<Drift> {
        let Some(live) = &self.ran else { return Fact::NotAsked };
        let old = self.old.as_ref().map(|(version, text)| (version.as_str(), text.as_str()));
        let mut found = drift(set, ledger, live, old);
        let tool = Tool::find(&set.tool.name, &BTreeMap::new()).unwrap();
        let form =
            |path: &RepoPath| tool.dumps(&set.dir).into_iter().find(|(known, _)| known == path).unwrap().1;
        let dumps = self.dumps.iter().map(|(path, text)| {
            let path = RepoPath::from(path.as_str());
            let text = read_dump(form(&path), text).unwrap();
            (path, text)
        });
        let dumps: Vec<_> = dumps.collect();
        let reader = tool.scripts().unwrap();
        let script = |one: &Migration| reader.read(&tool, &one.path, one.text.as_deref().unwrap());
        let all: Vec<Script> = set.candidate.iter().filter_map(script).collect();
        let mut scratch = expected::open(Dialect::Sqlite, Instant::now() + Duration::from_secs(20)).unwrap();
        found.stale_dumps = stale_dumps(&mut *scratch, &all, &dumps, &|_| false).unwrap();
        Fact::Known(found)
    }
}

fn drift(set: &MigrationSet, ledger: &Ledger, live: &str, old: Option<(&str, &str)>) -> Drift {
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
