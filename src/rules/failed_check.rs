//! A command of the team's own failed. See `failed_check.md`.

use crate::model::{CheckFact, CheckOutcome, Facts, Level, Location, Need, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("failed-check"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a check of your own failed",
    why: "Whoever declared it wants to know before this is a commit that others build on.",
    page: include_str!("failed_check.md"),
    check: Check::Run(check),
};

fn check(facts: &Facts, findings: &mut Findings<'_>) {
    for CheckFact { name, command, need, declared, outcome, output, own, .. } in &facts.checks {
        let CheckOutcome::Failed(how) = outcome else { continue };
        let at = Location::Config { line: *declared };
        let mut report = findings
            .report(at, name, format!("the check {} failed: {how}", say::clean(name)))
            .standing(!own)
            .evidence("command", say::clean(command));
        if !output.is_empty() {
            report = report.evidence("output", output.clone());
        }
        if *need == Need::Optional {
            report = report.at_most(Level::Warn);
        }
        let report = report.fix(format!("see it again by itself: {}", say::clean(command)));
        if *need == Need::Required {
            report.fix(format!("if it is not to block: required = false at guard.toml:{declared}"));
        }
    }
}
