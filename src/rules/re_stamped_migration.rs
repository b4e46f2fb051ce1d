//! The text of a pending migration is recorded under another version. See `re_stamped_migration.md`.

use crate::model::{Confidence, Database, Ledger, Level, Location, MigrationSet, Outcome, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("re-stamped-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a migration that has run got another version, and is going to run again",
    why: "The tool takes it for a new migration and runs its statements a second time.",
    page: include_str!("re_stamped_migration.md"),
    check: Check::Ledger(check),
};

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    for row in &ledger.rows {
        let Some(history) = &row.history else { continue };
        let Some(migration) = history.restamped.and_then(|at| set.candidate.get(at)) else { continue };
        if row.migration.is_some() || row.outcome != Outcome::Applied {
            continue;
        }
        let what = format!(
            "{} was applied to {} as version {}, and is pending under its new one",
            say::migration(migration),
            say::clean(&database.name),
            row.version
        );
        let key = say::key_in(set, &migration.identity, database);
        let mut report = findings
            .report(Location::file(&migration.path), &key, what)
            .standing(true)
            .evidence("ledger", format!("{}, version {}", ledger.table, row.version));
        if !history.restamped_by_checksum {
            // The file was renamed; that its text was the applied one is not known.
            report = report.confidence(Confidence::Strong);
        }
        if let Some(renamed) = history.deleted_in.as_ref().filter(|_| history.renamed_to.is_some()) {
            report = report.evidence("renamed", say::commit(renamed));
        }
        if let Some(path) = history.path.as_ref().filter(|path| **path != migration.path) {
            report = report.fix(format!("give it its version back: {}", say::rename(&migration.path, path)));
        } else {
            report = report.fix(format!("give it the version {} back", row.version));
        }
        let of = (&migration.version, &*migration.name, Some(&migration.path));
        let place = (&ledger.table, database.dialect);
        let mark = say::command(set.tool.words.mark_applied.as_ref(), of, place, "");
        if let (Some(mark), Some(unmark)) = (mark, say::unmark(set, place, row)) {
            report.fix(format!(
                "or tell {} of the new one, in every database: {mark}; {unmark}",
                say::clean(&database.name)
            ));
        }
    }
}
