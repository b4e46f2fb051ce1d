//! A migration began and did not come to its end. See `failed_migration.md`.

use crate::model::{Database, Ledger, Level, MigrationSet, Outcome, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("failed-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a migration failed in the database and was not cleaned up",
    why: "The database holds some of its statements and not the others, and most tools refuse to go on.",
    page: include_str!("failed_migration.md"),
    check: Check::Ledger(check),
};

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    for row in ledger.rows.iter().filter(|row| row.outcome == Outcome::Failed) {
        let migration = row.migration.and_then(|at| set.candidate.get(at));
        let name = migration.map_or_else(|| format!("migration {}", row.version), say::migration);
        let database_name = say::clean(&database.name);
        let what = format!("{name} failed in {database_name} and was not cleaned up");
        let at = say::ledger(database, ledger, Some(&row.version));
        let mut report = findings
            .report(at, &say::key_in(set, &row.identity, database), what)
            .standing(!migration.is_some_and(|migration| migration.touched));
        if let Some(migration) = migration {
            report = report.evidence("file", migration.path.to_string());
        }
        let of = (
            &row.version,
            migration.map_or("", |migration| &*migration.name),
            migration.map(|found| &found.path),
        );
        let cleared = say::command(set.tool.words.clear_failed.as_ref(), of, ledger, "");
        report = match cleared {
            Some(clear) => {
                report.fix(format!("take back by hand in {database_name} what it did, then: {clear}"))
            }
            None => report.fix(format!(
                "take back by hand in {database_name} what it did, and its row in {}",
                ledger.table
            )),
        };
        if let Some(apply) = &set.tool.words.apply {
            report.fix(format!("put right what made it fail, and apply it again: {apply}"));
        }
    }
}
