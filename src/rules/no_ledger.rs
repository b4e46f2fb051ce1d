//! A database has no ledger. See `no_ledger.md`.

use crate::model::{
    Database, Dialect, LedgerState, Level, Location, MigrationKind, MigrationSet, RuleId, SetLedger,
    TableName,
};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("no-ledger"),
    level: Level::Warn,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the database has no ledger of its migrations",
    why: "Without it the tool takes every migration for pending, and guard can compare nothing.",
    page: include_str!("no_ledger.md"),
    check: Check::Database(check),
};

fn check(database: &Database, sets: &[(&MigrationSet, &SetLedger)], findings: &mut Findings<'_>) {
    for (set, ledger) in sets {
        let LedgerState::Absent { table, tables } = &ledger.state else { continue };
        // Before the first migration is published there is nothing that a ledger could hold.
        if set.candidate.len() <= set.added().count() {
            continue;
        }
        let dev = say::clean(&database.name);
        let at = Location::Ledger { database: database.name.clone(), table: table.clone(), version: None };
        let what = match tables {
            0 => format!("{dev} is empty: no migration was ever applied to it"),
            1 => format!("{dev} has a table, but no ledger of {}", set.tool.title),
            _ => format!("{dev} has {tables} tables, but no ledger of {}", set.tool.title),
        };
        let mut report = findings
            .report(at, &say::key_in(set, "*", database), what)
            .evidence("address", say::clean(&database.address));
        if let Some(line) = database.declared {
            report = report.evidence("declared", format!("guard.toml:{line}"));
        }
        let apply = set.tool.words.apply.as_deref().unwrap_or("apply the migrations");
        if *tables == 0 {
            report.at_most(Level::Warn).fix(format!("against {dev}: {apply}"));
            continue;
        }
        report
            .fixes(mark_applied(set, table, database.dialect).map(|mark| {
                format!("if {dev} has the schema already, record each migration that it has: {mark}")
            }))
            .fix(format!("if its tables belong to others: {apply}"))
            .fix(match database.declared {
                Some(_) => "if it is the wrong database, correct its address in guard.toml",
                None => "if it is the wrong database, give another address",
            });
    }
}

/// The command that records the first migration as applied.
fn mark_applied(set: &MigrationSet, table: &TableName, dialect: Dialect) -> Option<String> {
    let first = set.candidate.iter().find(|migration| migration.kind == MigrationKind::Versioned)?;
    let of = (&first.version, &*first.name, Some(&first.path));
    say::command(set.tool.words.mark_applied.as_ref(), of, (table, dialect), "")
}
