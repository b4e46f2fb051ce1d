//! Rules over facts: findings at their levels, waivers, verdict. Pure: nothing is asked, nothing printed.

use crate::config::{Config, WaiverConfig};
use crate::model::{
    Change, Database, Fact, Facts, Finding, LedgerState, Level, Location, MigrationSet, Moment, Need, Outage,
    RepoPath, Verdict,
};
use crate::rules::{self, Check, Findings, Rule};

/// The rules that are not switched off at this moment, with their levels.
pub fn enabled(config: &Config, moment: Moment) -> Vec<(&'static Rule, Level)> {
    let levels = rules::ALL.iter().map(|rule| (*rule, config.level(rule, moment)));
    levels.filter(|(_, level)| *level != Level::Allow).collect()
}

/// All findings, sorted: those that block first, then by place.
pub fn run(rules: &[(&'static Rule, Level)], config: &Config, facts: &mut Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    for (rule, level) in rules {
        judge(rule, *level, facts, &mut found);
    }
    waive(&mut found, config, facts, rules);
    for (rule, level) in rules {
        if let Check::Waivers(check) = rule.check {
            check(&facts.waivers, &facts.today, &mut Findings::new(rule, *level, &mut found));
        }
    }
    // What stood there before must not keep anybody from saving work. CI has to say it all the same.
    if matches!(facts.moment, Moment::Commit | Moment::Push) {
        for finding in found.iter_mut().filter(|finding| finding.standing) {
            finding.level = finding.level.min(Level::Warn);
        }
    }
    let order = |finding: &Finding| (finding.waived.is_some(), std::cmp::Reverse(finding.level));
    found.sort_by(|one, other| {
        (order(one), one.rule, &one.at, &one.fingerprint).cmp(&(
            order(other),
            other.rule,
            &other.at,
            &other.fingerprint,
        ))
    });
    found.dedup();
    found
}

fn judge(rule: &'static Rule, level: Level, facts: &Facts, found: &mut Vec<Finding>) {
    match rule.check {
        Check::Repo(check) => {
            let mut findings = Findings::new(rule, level, found);
            facts.sets.iter().for_each(|set| check(set, &mut findings));
        }
        Check::Ledger(_) | Check::Database(_) => {
            for database in &facts.databases {
                let before = found.len();
                judge_database(rule, facts, database, &mut Findings::new(rule, level, found));
                for finding in &mut found[before..] {
                    finding.database = Some(database.name.clone());
                }
            }
        }
        Check::Run(check) => check(facts, &mut Findings::new(rule, level, found)),
        Check::Waivers(_) => {}
    }
}

fn judge_database(rule: &Rule, facts: &Facts, database: &Database, findings: &mut Findings<'_>) {
    let Fact::Known(ledgers) = &database.ledgers else { return };
    match rule.check {
        Check::Ledger(check) => {
            for ledger in ledgers {
                if let LedgerState::Read(read) = &ledger.state {
                    check(&facts.sets[ledger.set], read, database, findings);
                }
            }
        }
        Check::Database(check) => {
            let sets: Vec<_> = ledgers.iter().map(|ledger| (&facts.sets[ledger.set], ledger)).collect();
            check(database, &sets, findings);
        }
        Check::Repo(_) | Check::Run(_) | Check::Waivers(_) => {}
    }
}

/// Marks what the waivers cover, and counts what each of them covers.
fn waive(found: &mut [Finding], config: &Config, facts: &mut Facts, rules: &[(&'static Rule, Level)]) {
    let asked = facts.databases.iter().any(|database| matches!(database.ledgers, Fact::Known(_)));
    for (waiver, fact) in config.waivers.iter().zip(&mut facts.waivers) {
        let over = fact.until.as_ref().is_some_and(|until| *until < facts.today);
        fact.judged =
            rules.iter().any(|(rule, _)| rule.id == waiver.rule && (asked || !rule.check.needs_database()));
        if over {
            continue;
        }
        for finding in found.iter_mut().filter(|finding| covers(waiver, finding, &facts.sets)) {
            finding.waived.get_or_insert_with(|| waiver.reason.clone());
            fact.used += 1;
        }
    }
}

fn covers(waiver: &WaiverConfig, finding: &Finding, sets: &[MigrationSet]) -> bool {
    let (path, version) = match &finding.at {
        Location::File { path, .. } => (Some(path.to_string()), version_of(path, sets)),
        Location::Ledger { version, .. } => (None, version.as_ref().map(ToString::to_string)),
        Location::Repository | Location::Config { .. } => (None, None),
    };
    let fits = |pattern: &Option<glob::Pattern>, text: Option<String>| {
        pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| pattern.matches(&text)))
    };
    waiver.rule == finding.rule
        && fits(&waiver.path, path)
        && fits(&waiver.version, version)
        && waiver.database.as_ref().is_none_or(|name| Some(name) == finding.database.as_ref())
}

/// The version of the migration at that path, in the candidate or among what the candidate takes away.
fn version_of(path: &RepoPath, sets: &[MigrationSet]) -> Option<String> {
    let here = sets.iter().flat_map(|set| &set.candidate);
    let gone = sets.iter().flat_map(|set| &set.changes).filter_map(|change| match change {
        Change::Deleted { before } | Change::Renamed { before, .. } => Some(before),
        Change::Added { .. } | Change::Edited { .. } => None,
    });
    here.chain(gone).find(|migration| migration.path == *path).map(|migration| migration.version.to_string())
}

/// What follows. With `strict` an optional outage counts as a required one.
pub fn verdict(findings: &[Finding], outages: &[&Outage], strict: bool) -> Verdict {
    let blocks = |finding: &Finding| finding.level == Level::Deny && finding.waived.is_none();
    if findings.iter().any(blocks) {
        return Verdict::Blocked;
    }
    if outages.iter().any(|outage| strict || outage.need == Need::Required) {
        return Verdict::Incomplete;
    }
    Verdict::Pass
}
