//! Commits that were not checked, more or older than the team allows. See `unpaid_debt.md`.

use crate::model::{Facts, Level, Location, RuleId, length};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("unpaid-debt"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "checks were skipped and not made good for longer than the team allows",
    why: "What was skipped once is forgotten soon, and what it would have found goes on.",
    page: include_str!("unpaid_debt.md"),
    check: Check::Run(check),
};

fn check(facts: &Facts, findings: &mut Findings<'_>) {
    let Some(debt) = &facts.debt else { return };
    let (commits, were) = if debt.commits == 1 { ("commit", "was") } else { ("commits", "were") };
    let what = format!(
        "{} {commits} {were} made without a check that was skipped, the oldest {} ago",
        debt.commits,
        length(debt.oldest)
    );
    let names = debt.names.iter().map(|name| say::clean(name)).collect::<Vec<_>>().join(", ");
    findings
        .report(Location::Repository, "*", what)
        .evidence("skipped", names)
        .fix("see what is owed, and why: guard debt")
        .fix("bring up what is down, then: guard check --retry")
        // Whoever commits now has not made it, and cannot make it good while the thing is down.
        .at_most(Level::Warn);
}
