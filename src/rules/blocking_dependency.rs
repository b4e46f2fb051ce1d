//! Something outside without which nobody can commit. See `blocking_dependency.md`.

use crate::model::{Facts, Level, Location, RuleId, length};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("blocking-dependency"),
    level: Level::Allow,
    ci_level: Level::Allow,
    since: "0.1.0",
    summary: "something outside is required at commit time",
    why: "While it is down nobody in the team can commit.",
    page: include_str!("blocking_dependency.md"),
    check: Check::Run(check),
};

fn check(facts: &Facts, findings: &mut Findings<'_>) {
    for needed in &facts.blocking {
        let name = say::clean(&needed.name);
        let kind = needed.kind.word();
        let what =
            format!("the {kind} {name} is required at commit time: while it is down, nobody can commit");
        let mut report =
            findings.report(Location::Config { line: needed.declared }, &format!("{kind}:{name}"), what);
        if needed.asked > 0 {
            let cost = format!(
                "in this clone asked {} times, down {} times, {} blocked, {} waited in all",
                needed.asked,
                needed.down,
                needed.blocked,
                length(needed.cost)
            );
            report = report.evidence("so far", cost);
        }
        report
            .fix(format!("make it optional: required = false at guard.toml:{}", needed.declared))
            .fix("and require it where nobody waits: guard check --strict in CI");
    }
}
