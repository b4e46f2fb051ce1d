//! A record of the migrations in the repository differs from them. See `stale_record.md`.

use crate::model::{Level, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("stale-record"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a file in which the tool records the migrations differs from them",
    why: "Whoever builds a database from the record gets another one than whoever runs the migrations, or the tool stops.",
    page: include_str!("stale_record.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    for record in &set.stale {
        let what = format!("{} {}", record.path, say::clean(&record.because));
        let key = format!("{}:{}", set.name, record.path);
        let report = findings.report(Location::file(&record.path), &key, what).standing(!record.touched);
        let report = if record.refuses {
            report.evidence("tool", format!("{} stops with an error", set.tool.title))
        } else {
            report.at_most(Level::Warn)
        };
        match &set.tool.words.record {
            _ if record.published => report
                .fix(format!("bring the published lines back: {}", say::restore(set, [&record.path])))
                .fix("and put what is new behind them"),
            Some(command) => report.fix(format!("{command} && {}", say::stage(&record.path))),
            None => report.fix(format!("make {} say what the files say", record.path)),
        };
    }
}
