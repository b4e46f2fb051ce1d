//! A database has no ledger. See `no_ledger.md`.

use crate::model::{Database, LedgerState, Level, Location, MigrationKind, MigrationSet, RuleId, SetLedger};

use super::{Check, Findings, Rule, fill, say};

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
        let name = say::clean(&database.name);
        let at = Location::Ledger { database: database.name.clone(), table: table.clone(), version: None };
        let what = match tables {
            0 => format!("{name} is empty: no migration was ever applied to it"),
            _ => format!(
                "{name} has {}, but no ledger of {}",
                say::count(*tables, "table", "tables"),
                set.tool.title
            ),
        };
        let mut report = findings
            .report(at, &say::key_in(set, "*", database), what)
            .standing(true)
            .evidence("address", say::clean(&database.address));
        if let Some(line) = database.declared {
            report = report.evidence("declared", format!("guard.toml:{line}"));
        }
        let apply = set.tool.words.apply.as_deref();
        if *tables == 0 {
            report = report.at_most(Level::Warn);
            report.fixes(apply.map(|apply| format!("{apply} (with {name} as the database)")));
            continue;
        }
        report = report.fix("if it is the wrong database, put its address in guard.toml right".to_owned());
        let first = set.candidate.iter().find(|migration| migration.kind == MigrationKind::Versioned);
        if let (Some(mark), Some(first)) = (&set.tool.words.mark_applied, first) {
            let path = first.path.to_str_lossy();
            let values = [
                ("version", &*first.version.0),
                ("name", &first.name),
                ("path", &path),
                ("table", &table.name),
            ];
            let mark = fill(mark, &values);
            report.fix(format!("if it has the schema already, record each migration that it has: {mark}"));
        } else {
            report.fixes(
                apply.map(|apply| format!("if its tables belong to others, apply the migrations: {apply}")),
            );
        }
    }
}
