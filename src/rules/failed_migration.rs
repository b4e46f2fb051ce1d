//! A migration began and did not come to its end. See `failed_migration.md`.

use crate::model::{
    AppliedMigration, Database, Dialect, Ledger, Level, Migration, MigrationSet, Outcome, RuleId, TableName,
};

use super::{Check, Findings, Rule, fill, say};

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
        let dev = say::clean(&database.name);
        let mut report = findings
            .report(
                say::ledger(database, ledger, Some(&row.version)),
                &say::key_in(set, &row.identity, database),
                format!("{name} failed in {dev}, and nobody has cleaned up after it"),
            )
            .standing(!migration.is_some_and(|migration| migration.touched));
        if let Some(migration) = migration {
            report = report.evidence("file", migration.path.to_string());
        }
        report = match clear(set, (&ledger.table, database.dialect), row, migration) {
            // There is no row, only a note of the failure.
            Some(clear) if clear.is_empty() => {
                report.fix(format!("undo by hand in {dev} what it did, unless it has taken that back itself"))
            }
            Some(clear) => report.fix(format!("undo by hand in {dev} what it did, then: {clear}")),
            None => report
                .fix(format!("undo by hand in {dev} what it did, then delete its row from {}", ledger.table)),
        };
        if let Some(apply) = &set.tool.words.apply {
            report.fix(format!("correct what made it fail, and apply it again: {apply}"));
        }
    }
}

fn clear(
    set: &MigrationSet,
    place: (&TableName, Dialect),
    row: &AppliedMigration,
    failed: Option<&Migration>,
) -> Option<String> {
    let (name, path) = (failed.map_or("", |failed| &*failed.name), failed.map(|failed| &failed.path));
    let clear = say::command(set.tool.words.clear_failed.as_ref(), (&row.version, name, path), place, "")?;
    Some(fill(&clear, &[("previous", &previous(set, failed?))]))
}

/// The version before this one: tools that keep one number (golang-migrate) want to be told where they stand.
fn previous(set: &MigrationSet, failed: &Migration) -> String {
    let older = |migration: &&Migration| migration.kind == failed.kind && migration.rank < failed.rank;
    let previous = set.candidate.iter().filter(older).max_by(|one, other| one.rank.cmp(&other.rank));
    previous.map_or_else(|| "-1".to_owned(), |migration| migration.version.0.to_string())
}
