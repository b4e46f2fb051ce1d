//! An applied migration is not part of the commit. See `uncommitted_migration.md`.

use crate::model::{Database, Ledger, Level, Location, MigrationSet, Outcome, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("uncommitted-migration"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "a migration was applied here and its file is not staged",
    why: "The code that needs it goes out, and the migration does not.",
    page: include_str!("uncommitted_migration.md"),
    check: Check::Ledger(check),
};

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    for row in ledger.rows.iter().filter(|row| row.outcome == Outcome::Applied) {
        let Some(path) = &row.in_work_tree else { continue };
        let what = format!(
            "migration {} was applied to {}, but its file is not staged",
            row.version,
            say::clean(&database.name)
        );
        findings
            .report(Location::file(path), &say::key_in(set, &row.identity, database), what)
            .evidence("ledger", format!("{}, version {}", ledger.table, row.version))
            .fix(say::stage(path));
    }
}
