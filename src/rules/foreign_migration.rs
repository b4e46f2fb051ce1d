//! The ledger records a migration of a branch that is not merged. See `foreign_migration.md`.

use crate::model::{AppliedMigration, Database, Ledger, Level, MigrationSet, Outcome, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("foreign-migration"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "the database has applied a migration of a branch that is not merged",
    why: "What is tried on this database runs on a schema that this branch does not describe.",
    page: include_str!("foreign_migration.md"),
    check: Check::Ledger(check),
};

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    for row in ledger.rows.iter().filter(|row| is_foreign(set, row)) {
        let Some(history) = &row.history else { continue };
        let Some(branch) = history.on_branches.first() else { continue };
        let what = format!(
            "{} has applied migration {} from the branch {}, which is not merged here",
            say::clean(&database.name),
            say::row(row),
            say::clean(branch)
        );
        let key = say::key_in(set, &row.identity, database);
        let mut report =
            findings.report(say::ledger(database, ledger, Some(&row.version)), &key, what).standing(true);
        if let Some(path) = &history.path {
            report = report.evidence("file", path.to_string());
        }
        if let Some(applied) = &history.applied {
            report = report.evidence("applied", say::commit(&applied.commit));
        }
        if history.on_branches.len() > 1 {
            report = report.evidence("branches", say::first(&history.on_branches, |name| say::clean(name)));
        }
        report = report.fix(format!("nothing, if {} is going to be merged", say::clean(branch)));
        report = report.fix(format!(
            "if not, take its effects back in {} while the branch still has its text",
            say::clean(&database.name)
        ));
        if let Some(unmark) = say::unmark(set, (&ledger.table, database.dialect), row) {
            report.fix(format!("and then the record: {unmark}"));
        }
    }
}

/// Whether only other branches explain a row.
fn is_foreign(set: &MigrationSet, row: &AppliedMigration) -> bool {
    let landed = || set.landed.iter().any(|landed| landed.identity == row.identity);
    row.migration.is_none()
        && row.outcome == Outcome::Applied
        && row.in_base.is_none()
        && row.in_work_tree.is_none()
        && row.history.as_ref().is_some_and(|history| history.is_foreign() && history.restamped.is_none())
        && !landed()
}
