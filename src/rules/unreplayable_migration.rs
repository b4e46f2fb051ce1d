//! A migration does not replay from nothing. See `unreplayable_migration.md`.

use crate::model::{Database, Drift, Level, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("unreplayable-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a recorded migration does not run on an empty database",
    why: "A new database, a colleague's or the one of a restore, cannot be built from the repository.",
    page: include_str!("unreplayable_migration.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, sets: &[MigrationSet], findings: &mut Findings<'_>) {
    // What fails behind the first one mostly fails because of it.
    let Some(first) = drift.unreplayable.first() else { return };
    let Some(subject) = say::drift::subject(&first.migration, sets) else { return };
    let at = match subject.migration {
        Some(migration) => Location::File { path: migration.path.clone(), line: Some(first.line) },
        None => say::place(subject.set),
    };
    let what = format!("{} does not run on an empty database", subject.name);
    let key = say::key_in(subject.set, &first.migration.1, database);
    let statement = first.statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut report = findings
        .report(at, &key, what)
        .standing(!subject.migration.is_some_and(|migration| migration.touched))
        .evidence("statement", say::short(&say::clean(&statement), 200))
        .evidence("says", say::short(&say::clean(&first.message), 200))
        .evidence("replayed in", drift.replayed_in.clone());
    if drift.unreplayable.len() > 1 {
        let more = drift.unreplayable.len() - 1;
        report = report.evidence(
            "after it",
            format!("{} did not run either", say::count(more, "migration", "migrations")),
        );
    }
    if drift.not_judged > 0 {
        let many = say::count(drift.not_judged, "difference", "differences");
        report =
            report.evidence("not judged", format!("{many} between the schema and what could be replayed"));
    }
    report
        .fix("correct what it needs and an empty database lacks, in an earlier migration that databases have not run yet")
        .fix(format!("or put it into a new migration{}", say::create(subject.set)));
}
