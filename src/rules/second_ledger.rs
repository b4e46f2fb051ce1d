//! A database has a ledger that belongs to no migration set. See `second_ledger.md`.

use crate::model::{Database, Level, Location, MigrationSet, RuleId, SetLedger};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("second-ledger"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "the database has a ledger that belongs to no migration set",
    why: "Somebody else changes this database too, and guard does not see with which migrations.",
    page: include_str!("second_ledger.md"),
    check: Check::Database(check),
};

fn check(database: &Database, _sets: &[(&MigrationSet, &SetLedger)], findings: &mut Findings<'_>) {
    for (table, tool) in &database.strangers {
        let name = say::clean(&database.name);
        let at = Location::Ledger { database: database.name.clone(), table: table.clone(), version: None };
        let what = format!(
            "{name} also has {table}, a ledger of {}, which belongs to no migration set",
            say::clean(tool)
        );
        findings
            .report(at, &format!("{table}:{}", database.name), what)
            .fix(format!("if its migrations are in this repository, add to guard.toml: [[migrations]] with tool = \"{}\" and their dir", say::clean(tool)))
            .fix(format!("if they are not, say so: a waiver for {table} in guard.toml"));
    }
}
