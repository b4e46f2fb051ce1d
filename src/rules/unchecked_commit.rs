//! A commit that breaks a rule came in past the hook. See `unchecked_commit.md`.

use crate::model::{Facts, Level, Location, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("unchecked-commit"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "a commit of the range breaks a rule, so no hook has seen it",
    why: "Whoever checks it out, bisects or reverts to it gets what the rules are there to prevent.",
    page: include_str!("unchecked_commit.md"),
    check: Check::Run(check),
};

fn check(facts: &Facts, findings: &mut Findings<'_>) {
    for unchecked in &facts.unchecked {
        let rules: Vec<&str> = unchecked.breaks.iter().map(|(rule, _)| rule.as_str()).collect();
        let what = format!("the commit {} breaks {}", say::commit(&unchecked.commit), rules.join(", "));
        let mut report = findings.report(Location::Repository, &unchecked.commit.id.to_string(), what);
        for (rule, what) in &unchecked.breaks {
            report = report.evidence(rule, what.clone());
        }
        let id = unchecked.commit.id.short();
        report
            .fix(format!("see all that is said of it: guard check --at ci --rev {id}"))
            .fix(format!("before it is published, correct it where it stands: git rebase -i {id}^"));
    }
}
