//! Two migrations have one version. See `duplicate_version.md`.

use std::collections::HashSet;

use crate::model::{Change, Level, Location, Migration, MigrationKind, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("duplicate-version"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "two migrations have the same version",
    why: "The ledger has one row for both, so one of the two never runs or the tool stops.",
    page: include_str!("duplicate_version.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    let mut renumber = say::Renumber::after_all(set);
    let mut said = HashSet::new();
    for Pair { migration, twin, is_new } in inside(set) {
        said.insert(migration.unit());
        let what = format!("{} has the same version as {}", say::migration(migration), say::named(twin));
        let report = findings
            .report(Location::of(migration), &say::key(set, migration), what)
            .evidence("also", twin.path.to_string())
            .standing(!is_new);
        if is_new {
            report.fixes(renumber.next(set, migration));
        } else {
            // Another version for a published migration would be the next accident.
            report
                .fix("find out which of the two each database has run: the ledger has one row for both")
                .fix(format!("put what the others lack into a new migration{}", say::create(set)));
        }
    }
    for migration in set.added().filter(|migration| !said.contains(&migration.unit())) {
        let Some(twin) = landed_twin(set, migration) else { continue };
        let (name, twin_name) = (say::migration(migration), say::named(twin));
        let what =
            format!("{name} has the same version as {twin_name}, which landed since this branch was cut");
        findings
            .report(Location::of(migration), &say::key(set, migration), what)
            .evidence("landed", twin.path.to_string())
            .fixes(renumber.next(set, migration));
    }
}

/// Two migrations of the candidate with one version.
struct Pair<'a> {
    /// The one that should change.
    migration: &'a Migration,
    /// The one that keeps its version.
    twin: &'a Migration,
    /// The first one has its version from this change.
    is_new: bool,
}

fn inside(set: &MigrationSet) -> Vec<Pair<'_>> {
    let new: HashSet<_> = set
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Added { migration: new } | Change::Renamed { after: new, .. } => Some(new.unit()),
            Change::Edited { .. } | Change::Deleted { .. } => None,
        })
        .collect();
    let mut all: Vec<&Migration> =
        set.candidate.iter().filter(|migration| migration.kind != MigrationKind::Repeatable).collect();
    let order =
        |one: &&Migration, other: &&Migration| (one.kind, &one.identity).cmp(&(other.kind, &other.identity));
    // Nearly sorted as it is, and mostly so without two that are the same; a map of all would cost ten times as much.
    if all.is_sorted_by(|one, other| order(one, other).is_lt()) {
        return Vec::new();
    }
    all.sort_by(order);
    let mut pairs = Vec::new();
    for same in all.chunk_by(|one, other| same(one, other)).filter(|same| same.len() > 1) {
        let keeper = same.iter().position(|migration| !new.contains(&migration.unit())).unwrap_or(0);
        let others = same.iter().enumerate().filter(|(at, _)| *at != keeper);
        pairs.extend(others.map(|(_, migration)| Pair {
            migration,
            twin: same[keeper],
            is_new: new.contains(&migration.unit()),
        }));
    }
    pairs
}

/// The published migration that has the version of this one: in the candidate or on the protected branch.
pub(super) fn twin<'a>(set: &'a MigrationSet, migration: &Migration) -> Option<&'a Migration> {
    let here = set.candidate.iter().find(|other| same(migration, other) && other.path != migration.path);
    here.or_else(|| landed_twin(set, migration))
}

/// The same among those that landed. The same file with the same text is no twin: it came by two ways (a cherry-pick).
fn landed_twin<'a>(set: &'a MigrationSet, migration: &Migration) -> Option<&'a Migration> {
    let itself = |other: &Migration| other.path == migration.path && other.blob == migration.blob;
    set.landed.iter().find(|other| same(migration, other) && !itself(other))
}

fn same(one: &Migration, other: &Migration) -> bool {
    one.kind == other.kind && one.identity == other.identity
}
