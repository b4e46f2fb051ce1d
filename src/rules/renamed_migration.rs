//! A published migration has another name, which its tool does not overlook. See `renamed_migration.md`.

use crate::model::{Change, Level, Location, MigrationKind, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("renamed-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a published migration was renamed so that its tool takes it for another one",
    why: "Databases that have run it under the old name will run it again, or stop because the old one is missing.",
    page: include_str!("renamed_migration.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    for change in &set.changes {
        let Change::Renamed { before, after, edited, harmless: false } = change else { continue };
        if before.kind == MigrationKind::Undo {
            continue;
        }
        let what =
            format!("{} was renamed to {} after it was published", say::migration(before), say::named(after));
        let report = findings.report(Location::of(after), &say::key(set, before), what);
        // A repeatable migration runs again under its new name, as it does after each edit.
        let report =
            if before.kind == MigrationKind::Repeatable { report.at_most(Level::Warn) } else { report };
        let mut way_back = say::rename(&after.path, &before.path);
        if before.shares_file() || after.shares_file() {
            way_back = say::restore_all(set, [before]);
        }
        if let (Some(old), Some(new)) = (&before.undo, &after.undo)
            && old != new
        {
            way_back = format!("{way_back} && {}", say::rename(new, old));
        }
        let mut report = report.evidence("before", before.path.to_string());
        if *edited {
            // In this order: the restoring takes the edit away.
            report =
                report.fix(format!("put the change of its text into a new migration{}", say::create(set)));
            way_back = if before.shares_file() || after.shares_file() {
                format!("then: {way_back}")
            } else {
                format!("then: {way_back} && {}", say::restore(set, [&before.path]))
            };
        }
        report.fix(way_back);
    }
}
