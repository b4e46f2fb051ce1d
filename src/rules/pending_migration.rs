//! A published migration has not been applied. See `pending_migration.md`.

use std::collections::HashSet;

use crate::model::{
    Database, Late, Ledger, Level, Migration, MigrationKind, MigrationSet, Outcome, RepoPath, RuleId,
};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("pending-migration"),
    level: Level::Allow,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a published migration has not been applied to the database",
    why: "The code that is rolled out expects a schema that this database does not have yet.",
    page: include_str!("pending_migration.md"),
    check: Check::Ledger(check),
};

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    // What the candidate adds is pending until it is rolled out: that is no finding.
    let added: HashSet<&RepoPath> = set.added().map(|migration| &migration.path).collect();
    let failed: HashSet<&str> =
        ledger.rows.iter().filter(|row| row.outcome == Outcome::Failed).map(|row| &*row.identity).collect();
    let all = || set.candidate.iter().zip(&ledger.applied);
    let pending: Vec<&Migration> = all()
        .filter(|(migration, applied)| !**applied && !added.contains(&migration.path))
        .map(|(migration, _)| migration)
        .filter(|migration| matches!(migration.kind, MigrationKind::Versioned | MigrationKind::Repeatable))
        .filter(|migration| !failed.contains(&*migration.identity))
        .collect();
    let Some(first) = pending.first() else { return };
    let database_name = say::clean(&database.name);
    let what = match &pending[..] {
        [one] => format!("{} has not been applied to {database_name}", say::migration(one)),
        more => format!("{} published migrations have not been applied to {database_name}", more.len()),
    };
    let report = findings
        .report(say::ledger(database, ledger, None), &say::key_in(set, "*", database), what)
        .evidence("pending", say::first(&pending, |migration| say::named(migration)));
    let newest = all()
        .filter(|(migration, applied)| **applied && migration.kind == MigrationKind::Versioned)
        .map(|(migration, _)| migration)
        .max_by(|one, other| one.rank.cmp(&other.rank));
    let report = match newest
        .filter(|_| set.graph.is_none())
        .filter(|newest| first.kind == MigrationKind::Versioned && first.rank < newest.rank)
    {
        Some(newest) => report.evidence("order", late(set, first, newest)),
        None => report,
    };
    if let Some(apply) = &set.tool.words.apply {
        report.fix(format!("against {database_name}: {apply}"));
    }
}

fn late(set: &MigrationSet, first: &Migration, newest: &Migration) -> String {
    let title = &set.tool.title;
    let does = match set.tool.late {
        Late::Runs => "runs it late",
        Late::Refuses => "stops with an error",
        Late::Skips => "passes it over without a word",
    };
    format!(
        "{} is older than {}, which has been applied: {title} {does}",
        say::named(first),
        say::named(newest)
    )
}
