//! The ledger holds a revision and one that builds on it. See `overlapping_heads.md`.

use std::collections::BTreeSet;

use crate::model::{Database, Ledger, LedgerStyle, Level, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("overlapping-heads"),
    level: Level::Warn,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the ledger holds a revision and one that builds on it",
    why: "The tool takes each row for a head, finds that one contains the other, and stops at the next upgrade.",
    page: include_str!("overlapping_heads.md"),
    check: Check::Ledger(check),
};

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    let Some(graph) = set.graph.as_ref().filter(|_| ledger.style == LedgerStyle::Heads) else { return };
    let below = |one: &str| {
        let mut below = graph.closure([one]);
        below.remove(one);
        below
    };
    let covered: Vec<BTreeSet<_>> = ledger.rows.iter().map(|row| below(&row.identity)).collect();
    for row in &ledger.rows {
        let Some(at) = covered.iter().position(|covered| covered.contains(&row.identity)) else { continue };
        let over = &ledger.rows[at];
        let dev = say::clean(&database.name);
        let what = format!("{dev} records {} beside {}, which builds on it", say::row(row), say::row(over));
        let at = say::ledger(database, ledger, Some(&row.version));
        let report = findings.report(at, &say::key_in(set, &row.identity, database), what).standing(true);
        let unmark = say::unmark(set, (&ledger.table, database.dialect), row);
        let how = unmark.map_or_else(String::new, |unmark| format!(": {unmark}"));
        report.fix(format!("take the record of {} away{how}", say::row(row)));
    }
}
