//! Two migrations have one version. See `duplicate_version.md`.

use std::collections::{HashMap, HashSet};

use crate::model::{Level, Location, Migration, MigrationKind, MigrationSet, RepoPath, RuleId};

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
    let mut said: HashSet<&RepoPath> = HashSet::new();
    for (migration, twin) in inside(set) {
        said.insert(&migration.path);
        let what = format!("{} has the same version as {}", say::migration(migration), say::named(twin));
        findings
            .report(Location::file(&migration.path), &say::key(set, migration), what)
            .evidence("also", twin.path.to_string())
            .standing(!migration.touched)
            .fixes(renumber.next(set, migration));
    }
    for migration in set.added().filter(|migration| !said.contains(&migration.path)) {
        let Some(twin) = landed_twin(set, migration) else { continue };
        let what = format!(
            "{} has the same version as {}, which landed since this branch was cut",
            say::migration(migration),
            say::named(twin)
        );
        findings
            .report(Location::file(&migration.path), &say::key(set, migration), what)
            .evidence("landed", twin.path.to_string())
            .fixes(renumber.next(set, migration));
    }
}

/// Pairs in the candidate: the one that should change its version, and the other one.
fn inside(set: &MigrationSet) -> Vec<(&Migration, &Migration)> {
    let mut keepers: HashMap<(MigrationKind, &str), &Migration> = HashMap::with_capacity(set.candidate.len());
    let mut pairs = Vec::new();
    for migration in &set.candidate {
        let Some(keeper) = keepers.get_mut(&(migration.kind, &*migration.identity)) else {
            keepers.insert((migration.kind, &migration.identity), migration);
            continue;
        };
        // The published one keeps its version.
        let mut other = migration;
        if keeper.touched && !other.touched {
            std::mem::swap(keeper, &mut other);
        }
        pairs.push((other, *keeper));
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
