//! A waiver that allows nothing. See `unused_waiver.md`.

use crate::model::{Level, Location, RuleId, WaiverFact};

use super::expired_waiver::key;
use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("unused-waiver"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "a waiver covers no finding",
    why: "It would silently allow the next thing of that kind, which nobody has looked at.",
    page: include_str!("unused_waiver.md"),
    check: Check::Waivers(check),
};

fn check(waivers: &[WaiverFact], today: &str, findings: &mut Findings<'_>) {
    let expired = |waiver: &WaiverFact| waiver.until.as_deref().is_some_and(|until| until < today);
    for waiver in waivers.iter().filter(|waiver| waiver.judged && waiver.used == 0 && !expired(waiver)) {
        let what =
            format!("the waiver of {} for {} covers no finding", waiver.rule, say::clean(&waiver.scope));
        findings
            .report(Location::Config { line: waiver.line }, &key(waiver), what)
            .evidence("reason", say::clean(&waiver.reason))
            .fix(format!("remove the waiver at line {} of guard.toml", waiver.line));
    }
}
