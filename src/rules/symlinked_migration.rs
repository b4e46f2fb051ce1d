//! A migration is a symbolic link. See `symlinked_migration.md`.

use crate::model::{Level, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("symlinked-migration"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "a migration is a symbolic link",
    why: "git keeps the name of the target and not the text, so an edit of the target passes every check of this file.",
    page: include_str!("symlinked_migration.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    for migration in set.touched().filter(|migration| migration.symlink) {
        let what = format!("{} is a symbolic link", say::migration(migration));
        let report = findings.report(Location::of(migration), &say::key(set, migration), what);
        let report = match &migration.text {
            Some(target) => report.evidence("target", say::short(&String::from_utf8_lossy(target), 200)),
            None => report,
        };
        let link = say::quote(&migration.path);
        let copy = say::quote(&crate::model::RepoPath::new([migration.path.as_bytes(), b".copy"].concat()));
        report.fix(format!(
            "cp -L -- {link} {copy} && mv -f -- {copy} {link} && {}",
            say::stage(&migration.path)
        ));
    }
}
