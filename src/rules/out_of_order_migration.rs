//! A new migration sorts before one that is published. See `out_of_order_migration.md`.

use std::collections::HashSet;

use crate::model::{Late, Level, Location, Migration, MigrationKind, MigrationSet, RuleId};

use super::duplicate_version::twin;
use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("out-of-order-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a new migration sorts before one that is already published",
    why: "Databases that have run the newer one get this one late or never, while new databases run it in its place.",
    page: include_str!("out_of_order_migration.md"),
    check: Check::Repo(check),
};

/// From so many on a branch has come home late, or old files are back, and one finding says it better.
const MANY: usize = 5;

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    let added: HashSet<_> = set.added().map(Migration::unit).collect();
    // In a graph the parents decide what comes first, and names mean nothing.
    if added.is_empty() || set.graph.is_some() {
        return;
    }
    // The candidate's are in the tool's order.
    let mut here = set
        .candidate
        .iter()
        .rev()
        .filter(|migration| !migration.touched || !added.contains(&migration.unit()));
    let versioned = |migration: &&Migration| migration.kind == MigrationKind::Versioned;
    let by_rank = |one: &&Migration, other: &&Migration| one.rank.cmp(&other.rank);
    let newest = here.find(versioned);
    let landed = set.landed.iter().filter(versioned).max_by(by_rank);
    let Some(newest) = landed.into_iter().chain(newest).max_by(by_rank) else { return };
    let mut late: Vec<&Migration> = set
        .added()
        .filter(versioned)
        .filter(|migration| migration.rank < newest.rank && twin(set, migration).is_none())
        // The same file has reached the protected branch by another way (a cherry-pick).
        .filter(|migration| !set.landed.iter().any(|landed| landed.path == migration.path))
        .collect();
    late.sort_by(by_rank);
    let is_landed = landed.is_some_and(|landed| landed.path == newest.path);
    let since = if is_landed { "landed since this branch was cut" } else { "is published already" };
    if late.len() > MANY && set.tool.late == Late::Runs {
        let what = format!("{} new migrations sort before {}, which {since}", late.len(), say::named(newest));
        findings
            .report(say::place(set), &format!("{}:*", set.name), what)
            .at_most(Level::Warn)
            .evidence("migrations", say::first(&late, |migration| say::named(migration)))
            .evidence("tool", consequence(set))
            .fix(format!("give each a version after {}", say::named(newest)));
        return;
    }
    let mut renumber = say::Renumber::after_all(set);
    for migration in late {
        let what =
            format!("{} sorts before {}, which {since}", say::migration(migration), say::named(newest));
        let report = findings.report(Location::of(migration), &say::key(set, migration), what);
        let report = if set.tool.late == Late::Runs { report.at_most(Level::Warn) } else { report };
        report.evidence("tool", consequence(set)).fixes(renumber.next(set, migration));
    }
}

fn consequence(set: &MigrationSet) -> String {
    let title = &set.tool.title;
    match set.tool.late {
        Late::Runs => {
            format!("{title} runs it late where the newer one has run, and in its place in new databases")
        }
        Late::Refuses => format!("{title} stops with an error where the newer one has run"),
        Late::Skips => format!("{title} passes it over without a word where the newer one has run"),
    }
}
