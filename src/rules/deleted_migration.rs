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
    for change in &set.changes {
        let Change::Deleted { before } = change else { continue };
        // Tidied away after a squash: the one that stands in for it is there.
        if set.graph.as_ref().is_some_and(|graph| graph.is_replaced(&before.identity)) {
            continue;
        }
        let report = match before.kind {
            MigrationKind::Undo => continue,
            MigrationKind::Versioned | MigrationKind::Baseline | MigrationKind::Repeatable => {
                let what = format!("{} was deleted after it was published", say::migration(before));
                findings.report(Location::file(&before.path), &say::key(set, before), what)
            }
        };
        // What a repeatable migration made stays, and no tool misses the file.
        let report =
            if before.kind == MigrationKind::Repeatable { report.at_most(Level::Warn) } else { report };
        report
            .fix(say::restore(set, [&before.path].into_iter().chain(&before.undo)))
            .fix(format!("take its effects back with a new migration{}", say::create(set)));
    }
}
