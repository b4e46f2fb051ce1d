//! A published migration is gone. See `deleted_migration.md`.

use crate::model::{Change, Level, Location, MigrationKind, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("deleted-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a published migration was deleted",
    why: "Databases that have run it keep its effects, and new ones are built without them.",
    page: include_str!("deleted_migration.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    let gone = set.changes.iter().filter_map(|change| match change {
        Change::Deleted { before } => Some(before),
        Change::Added { .. } | Change::Edited { .. } | Change::Renamed { .. } => None,
    });
    let many = say::many_of_a_file(gone);
    for parts in &many {
        let path = &parts[0].path;
        let what = format!("{} published migrations of {path} were deleted", parts.len());
        findings
            .report(Location::file(path), &format!("{}:{path}:*", set.name), what)
            .evidence("migrations", say::first(parts, |migration| say::named(migration)))
            .fix(say::restore_all(set, parts.iter().copied()))
            .fix(format!("take their effects back with a new migration{}", say::create(set)));
    }
    for change in &set.changes {
        let Change::Deleted { before } = change else { continue };
        if many.iter().any(|parts| say::is_of(parts, &before.path)) {
            continue;
        }
        // Tidied away after a squash: the one that stands in for it is there.
        if set.graph.as_ref().is_some_and(|graph| graph.is_replaced(&before.identity)) {
            continue;
        }
        let report = match before.kind {
            MigrationKind::Undo => continue,
            MigrationKind::Versioned | MigrationKind::Baseline | MigrationKind::Repeatable => {
                let what = format!("{} was deleted after it was published", say::migration(before));
                findings.report(Location::of(before), &say::key(set, before), what)
            }
        };
        // What a repeatable migration made stays, and no tool misses the file.
        let report =
            if before.kind == MigrationKind::Repeatable { report.at_most(Level::Warn) } else { report };
        let back = if before.shares_file() {
            say::restore_all(set, [before])
        } else {
            say::restore(set, [&before.path].into_iter().chain(&before.undo))
        };
        report.fix(back).fix(format!("take its effects back with a new migration{}", say::create(set)));
    }
}
