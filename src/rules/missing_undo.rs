//! A new migration has no way back. See `missing_undo.md`.

use crate::model::{Level, Location, Migration, MigrationKind, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("missing-undo"),
    level: Level::Allow,
    ci_level: Level::Allow,
    since: "0.1.0",
    summary: "a new migration has no undo file",
    why: "When the release has to be taken back, its schema cannot be taken back by the tool.",
    page: include_str!("missing_undo.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    if !set.tool.undo_files {
        return;
    }
    let has_undo = |migration: &Migration| {
        let undoes =
            |other: &Migration| other.kind == MigrationKind::Undo && other.identity == migration.identity;
        migration.undo.is_some() || set.candidate.iter().any(undoes)
    };
    for migration in set.added().filter(|migration| migration.kind == MigrationKind::Versioned) {
        if !has_undo(migration) {
            let what = format!("{} has no undo file", say::migration(migration));
            findings.report(Location::file(&migration.path), &say::key(set, migration), what).fix(format!(
                "write the way back in a file beside it, as {} names it, and stage it",
                set.tool.title
            ));
        }
    }
}
