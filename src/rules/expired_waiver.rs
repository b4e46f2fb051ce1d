//! A waiver is out of date. See `expired_waiver.md`.

use crate::model::{Level, Location, RuleId, WaiverFact};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("expired-waiver"),
    level: Level::Warn,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a waiver has expired",
    why: "What was to be fixed by that day has not been, and the finding counts again.",
    page: include_str!("expired_waiver.md"),
    check: Check::Waivers(check),
};

fn check(waivers: &[WaiverFact], today: &str, findings: &mut Findings<'_>) {
    for waiver in waivers {
        let Some(until) = waiver.until.as_deref().filter(|until| *until < today) else { continue };
        let what =
            format!("the waiver of {} for {} expired on {until}", waiver.rule, say::clean(&waiver.scope));
        findings
            .report(Location::Config { line: waiver.line }, &key(waiver), what)
            .evidence("reason", say::clean(&waiver.reason))
            .fix(format!("fix what it allowed, then remove the waiver at line {} of guard.toml", waiver.line))
            .fix("or give it a later day in \"until\", and say why in \"reason\"".to_owned());
    }
}

/// What a finding about a waiver is known by.
pub(super) fn key(waiver: &WaiverFact) -> String {
    format!("{}:{}", waiver.rule, waiver.scope)
}
