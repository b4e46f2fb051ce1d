//! A database has applied the migrations in another order than the files. See `applied_out_of_order.md`.

use crate::model::{
    Confidence, Database, Ledger, LedgerStyle, Level, Migration, MigrationKind, MigrationSet, Outcome, RuleId,
};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("applied-out-of-order"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "the database has applied migrations in another order than the files have",
    why: "A new database runs them in the order of the files and may come out different.",
    page: include_str!("applied_out_of_order.md"),
    check: Check::Ledger(check),
};

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    if ledger.style != LedgerStyle::Rows || set.graph.is_some() {
        return;
    }
    let applied = ledger.rows.iter().filter(|row| row.outcome == Outcome::Applied);
    let migrations = applied.filter_map(|row| set.candidate.get(row.migration?));
    let mut newest: Option<&Migration> = None;
    let mut late: Vec<(&Migration, &Migration)> = Vec::new();
    for migration in migrations.filter(|migration| migration.kind == MigrationKind::Versioned) {
        match newest {
            Some(newest) if migration.rank < newest.rank => late.push((migration, newest)),
            _ => newest = Some(migration),
        }
    }
    if late.is_empty() {
        return;
    }
    let what = format!(
        "{} has applied {} after newer ones",
        say::clean(&database.name),
        say::count(late.len(), "migration", "migrations")
    );
    findings
        .report(say::ledger(database, ledger, None), &say::key_in(set, "*", database), what)
        .confidence(Confidence::Strong)
        .evidence(
            "late",
            say::first(&late, |(late, newer)| format!("{} after {}", say::named(late), say::named(newer))),
        )
        .fix("if they touch different objects, nothing needs to be done: allow it with a waiver".to_owned())
        .fix(format!("else build a new database from {}, and compare the two schemas", say::directory(set)));
}
