//! A new migration has no way back. See `missing_undo.md`.

use crate::model::{Level, Location, Migration, MigrationKind, MigrationSet, RepoPath, RuleId};

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
            findings
                .report(Location::of(migration), &say::key(set, migration), what)
                .fix(write_undo(set, migration));
        }
    }
}

fn write_undo(set: &MigrationSet, migration: &Migration) -> String {
    let stem = migration.path.as_bytes().strip_suffix(b"up.sql");
    match stem.map(|stem| RepoPath::new([stem, b"down.sql"].concat())) {
        Some(undo) => format!("write the way back into {undo} and stage it: {}", say::stage(&undo)),
        None => format!("write the way back into a file of its own, named as {} names it", set.tool.title),
    }
}
