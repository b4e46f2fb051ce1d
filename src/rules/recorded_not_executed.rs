//! A migration was recorded, and the schema is as if it had never run. See `recorded_not_executed.md`.

use crate::model::{Database, Drift, Happened, Level, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("recorded-not-executed"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the ledger has a migration whose effects the database lacks",
    why: "The tool will never run it again, so what the code expects of it will not come by itself.",
    page: include_str!("recorded_not_executed.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, sets: &[MigrationSet], findings: &mut Findings<'_>) {
    let dev = say::clean(&database.name);
    for account in drift.accounts.iter().filter(|account| account.what == Happened::NotExecuted) {
        let Some(subject) = say::drift::subject(&account.migration, sets) else { continue };
        let what = format!("{} is recorded in {dev}, and the schema is as if it had never run", subject.name);
        let report = say::drift::report(findings, (&subject, account), (drift, database), what);
        let report = match subject.migration {
            Some(migration) => {
                report.fix(format!("run its statements in {dev} by hand: {}", say::quote(&migration.path)))
            }
            None => report.fix(format!("run its statements in {dev} by hand")),
        };
        report.fix(format!(
            "or, if they were taken back on purpose, write that down in a new migration{}",
            say::create(subject.set)
        ));
    }
}
