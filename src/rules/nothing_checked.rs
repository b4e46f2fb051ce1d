//! guard looked at nothing. See `nothing_checked.md`.

use crate::model::{Facts, Level, Location, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("nothing-checked"),
    level: Level::Warn,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "guard found no migrations to look at",
    why: "A check that looks at nothing finds nothing, and passes for one that found nothing wrong.",
    page: include_str!("nothing_checked.md"),
    check: Check::Run(check),
};

fn check(facts: &Facts, findings: &mut Findings<'_>) {
    if facts.sets.is_empty() {
        findings
            .report(Location::Repository, "*", "no migration set was found in this repository")
            .fix("guard init")
            .fix("if guard does not know the tool that runs the migrations, declare that tool in guard.toml");
    }
    let mut said = facts.sets.is_empty();
    for set in facts.sets.iter().filter(|set| set.candidate.is_empty()) {
        said = true;
        let what = format!(
            "the migration set {} has no migration in {}",
            say::clean(&set.name),
            say::directory(set)
        );
        let mut report = findings.report(say::place(set), &set.name, what);
        if !set.ignored.is_empty() {
            let files = say::first(&set.ignored, |file| file.path.to_string());
            report = report.evidence("passed over", files);
        }
        report = report
            .fix("correct its dir or its tool in guard.toml; where each value came from, shows: guard config")
            .fix(format!("or write its first migration{}", say::create(set)));
        // guard looks at what git has, and not at the disk.
        if set.ignored.is_empty() && !set.dir.as_bytes().is_empty() {
            let stage = say::stage(&set.dir);
            report.fix(format!("or, where it lies there and git does not know it yet: {stage}"));
        }
    }
    if !said && facts.examined.migrations == 0 {
        findings.report(Location::Repository, "*", "not one migration was looked at").fix("guard doctor");
    }
}
