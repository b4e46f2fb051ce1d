//! A migration was executed and not recorded. See `applied_by_hand.md`.

use crate::model::{Database, Drift, Happened, Level, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("applied-by-hand"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the database has the effects of a migration that its ledger does not have",
    why: "The tool will try to apply it again, and fail on what is there already, or do it twice.",
    page: include_str!("applied_by_hand.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, sets: &[MigrationSet], findings: &mut Findings<'_>) {
    let dev = say::clean(&database.name);
    for account in drift.accounts.iter().filter(|account| account.what == Happened::ByHand) {
        let Some(subject) = say::drift::subject(&account.migration, sets) else { continue };
        let what = format!("{} was executed in {dev} and not recorded there", subject.name);
        let report = say::drift::report(findings, (&subject, account), (drift, database), what);
        match say::drift::mark(&subject, database) {
            Some(mark) => report.fix(format!("record it: {mark}")),
            None => report.fix(format!("record it in the ledger of {dev}, without running it")),
        };
    }
}
