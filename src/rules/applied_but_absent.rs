//! The ledger records a migration that the repository does not have. See `applied_but_absent.md`.

use crate::model::{
    AppliedMigration, Database, Ledger, Level, Location, MigrationSet, Outcome, RepoPath, RuleId,
};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("applied-but-absent"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the database has applied a migration that the repository does not have",
    why: "The database holds changes that no file here explains, and no new database will ever get them.",
    page: include_str!("applied_but_absent.md"),
    check: Check::Ledger(check),
};

/// From so many on they have one cause (old files were tidied away), and one finding says it better.
const MANY: usize = 5;

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    let landed = |row: &AppliedMigration| set.landed.iter().any(|landed| landed.identity == row.identity);
    let mut unknown = Vec::new();
    for row in ledger.rows.iter().filter(|row| row.outcome == Outcome::Applied && row.migration.is_none()) {
        match (&row.in_work_tree, &row.in_base) {
            (Some(_), _) => {} // uncommitted-migration
            (None, Some(path)) => dropped(set, ledger, database, row, path, findings),
            // Others have merged it and rolled it out while this branch was under way.
            (None, None) if landed(row) => {}
            (None, None) => unknown.push(row),
        }
    }
    if unknown.len() > MANY {
        let what = format!(
            "{} has applied {} migrations that are not in the repository",
            say::clean(&database.name),
            unknown.len()
        );
        findings
            .report(say::ledger(database, ledger, None), &say::key_in(set, "*", database), what)
            .standing(true)
            .evidence("versions", say::first(&unknown, |row| named(row)))
            .fix(search(set, ""));
        return;
    }
    for row in unknown {
        let what = format!(
            "{} has applied migration {}, which is not in the repository",
            say::clean(&database.name),
            named(row)
        );
        let report = findings
            .report(
                say::ledger(database, ledger, Some(&row.version)),
                &say::key_in(set, &row.identity, database),
                what,
            )
            .at_most(most(row))
            .standing(true)
            .fix(search(set, &row.version.0));
        if let Some(unmark) = unmark(set, ledger, row) {
            report.fix(format!(
                "if {} no longer has its effects, take the record back: {unmark}",
                say::clean(&database.name)
            ));
        }
    }
}

fn dropped(
    set: &MigrationSet,
    ledger: &Ledger,
    database: &Database,
    row: &AppliedMigration,
    path: &RepoPath,
    findings: &mut Findings<'_>,
) {
    let what = format!(
        "migration {} is taken away here, but {} has applied it",
        named(row),
        say::clean(&database.name)
    );
    findings
        .report(Location::file(path), &say::key_in(set, &row.identity, database), what)
        .at_most(most(row))
        .evidence("ledger", format!("{}, version {}", ledger.table, row.version))
        .fix(say::restore(set, [path]))
        .fix(format!("take its effects back with a new migration{}", say::create(set)));
}

/// Looks for the file in all branches, where somebody else may still be working on it.
fn search(set: &MigrationSet, version: &str) -> String {
    // A short version is part of too many names.
    let name = if version.len() < 4 { String::new() } else { format!("*{version}*") };
    let pattern = if name.is_empty() { set.dir.clone() } else { set.dir.join(name.as_bytes()) };
    let pattern = if pattern.as_bytes().is_empty() { RepoPath::from(".") } else { pattern };
    format!("git log --all --diff-filter=ADR --name-status -- {}", say::quote(&pattern))
}

fn unmark(set: &MigrationSet, ledger: &Ledger, row: &AppliedMigration) -> Option<String> {
    let of = (&row.version, row.name.as_deref().unwrap_or_default(), None);
    say::command(set.tool.words.unmark.as_ref(), of, ledger, "")
}

/// A row in a sentence: `7 (add_email)`.
fn named(row: &AppliedMigration) -> String {
    match &row.name {
        Some(name) if row.version.0.is_empty() => say::clean(name),
        Some(name) if !row.version.0.contains(&**name) => format!("{} ({})", row.version, say::clean(name)),
        _ => row.version.to_string(),
    }
}

/// What a repeatable migration made stays, and no tool misses its file; its row has no version.
fn most(row: &AppliedMigration) -> Level {
    if row.version.0.is_empty() { Level::Warn } else { Level::Deny }
}
