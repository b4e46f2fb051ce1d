//! Only the first statements of a migration have run. See `partly_applied.md`.

use crate::model::{Database, Drift, Happened, Level, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("partly-applied"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the database has the effects of only some statements of a migration",
    why: "Neither the old code nor the new one finds the schema that it expects, and the tool sees nothing wrong.",
    page: include_str!("partly_applied.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, sets: &[MigrationSet], findings: &mut Findings<'_>) {
    let dev = say::clean(&database.name);
    for account in &drift.accounts {
        let Happened::Partly { statements, of, recorded } = account.what else { continue };
        let Some(subject) = say::drift::subject(&account.migration, sets) else { continue };
        let what = format!(
            "of {} only {} of {of} ran in {dev}, where it is {}recorded",
            subject.name,
            if statements == 1 {
                "the first statement".to_owned()
            } else {
                format!("the first {statements} statements")
            },
            if recorded { "" } else { "not " }
        );
        let report = say::drift::report(findings, (&subject, account), (drift, database), what);
        let rest = match subject.migration {
            Some(migration) => {
                format!("run the other statements of {} in {dev} by hand", say::quote(&migration.path))
            }
            None => format!("run its other statements in {dev} by hand"),
        };
        let report = report.fix(rest);
        if !recorded && let Some(mark) = say::drift::mark(&subject, database) {
            report.fix(format!("then record it: {mark}"));
        }
    }
}
