//! The ledger records a migration that the repository does not have. See `applied_but_absent.md`.

use crate::model::{
    AppliedMigration, Database, Ledger, Level, Location, MigrationSet, Outcome, RepoPath, RuleId,
};

use super::{Check, Findings, Report, Rule, say};

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
            // re-stamped-migration, foreign-migration
            (None, None) if explained_elsewhere(row) => {}
            (None, None) => unknown.push(row),
        }
    }
    if unknown.len() > MANY {
        let what = format!(
            "{} has applied {} migrations that are not in the repository",
            say::clean(&database.name),
            unknown.len()
        );
        let tidied = unknown.iter().all(|row| is_tidied(set, row));
        findings
            .report(say::ledger(database, ledger, None), &say::key_in(set, "*", database), what)
            .standing(true)
            .at_most(if tidied { Level::Warn } else { Level::Deny })
            .evidence("versions", say::first(&unknown, |row| say::row(row)))
            .fix(search(set, ""));
        return;
    }
    for row in unknown {
        let what = format!(
            "{} has applied migration {}, which is not in the repository",
            say::clean(&database.name),
            say::row(row)
        );
        let report = findings
            .report(
                say::ledger(database, ledger, Some(&row.version)),
                &say::key_in(set, &row.identity, database),
                what,
            )
            .at_most(if is_tidied(set, row) { Level::Warn } else { most(row) })
            .standing(true);
        let report = past(set, row, report);
        if let Some(unmark) = say::unmark(set, (&ledger.table, database.dialect), row) {
            report.fix(format!(
                "if {} no longer has its effects, take the record back: {unmark}",
                say::clean(&database.name)
            ));
        }
    }
}

/// What the history says of the file, and how to get it back.
fn past<'a>(set: &MigrationSet, row: &AppliedMigration, report: Report<'a>) -> Report<'a> {
    let Some(history) = &row.history else { return report.fix(search(set, &row.version.0)) };
    let Some(path) = &history.path else {
        let mut said = "no file with this version was ever there".to_owned();
        if let Some(but) = say::horizon(history.horizon) {
            said = format!("{said}, as far as it was searched: {but}");
        }
        return report.evidence("history", said).fix(search(set, &row.version.0));
    };
    let mut report = report.evidence("file", path.to_string());
    if let Some(applied) = &history.applied {
        report = report.evidence("applied", say::commit(&applied.commit));
    }
    if let Some(deleted) = &history.deleted_in {
        report = report.evidence("deleted", say::commit(deleted));
    }
    if let Some(renamed) = &history.renamed_to {
        report = report.evidence("renamed to", renamed.to_string());
    }
    match (&history.applied, &history.deleted_in) {
        (Some(applied), _) => report.fix(say::restore_past(applied, path)),
        (None, Some(deleted)) => report.fix(say::restore_deleted(deleted, path)),
        (None, None) => report.fix(search(set, &row.version.0)),
    }
}

/// It was taken away in the history of the candidate, as the tool itself proposes after a squash.
fn is_tidied(set: &MigrationSet, row: &AppliedMigration) -> bool {
    set.tool.tidies && row.history.as_ref().is_some_and(|history| history.deleted_in.is_some())
}

/// Another rule names the branch that has the file, or the version that it has now.
fn explained_elsewhere(row: &AppliedMigration) -> bool {
    row.history.as_ref().is_some_and(|history| history.restamped.is_some() || history.is_foreign())
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
        say::row(row),
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

/// What a repeatable migration made stays, and no tool misses its file; its row has no version.
fn most(row: &AppliedMigration) -> Level {
    if row.version.0.is_empty() { Level::Warn } else { Level::Deny }
}
