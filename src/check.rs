//! Rules over facts: findings at their levels, waivers, verdict. Pure: nothing is asked, nothing printed.

use crate::config::{Config, WaiverConfig};
use crate::model::{
    Fact, Facts, Finding, LedgerState, Level, Location, Moment, Need, Outage, Verdict, WaiverFact,
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
    let mut findings = Findings::new(rule, level, found);
    match rule.check {
        Check::Repo(check) => facts.sets.iter().for_each(|set| check(set, &mut findings)),
        Check::Ledger(check) => {
            for database in &facts.databases {
                for ledger in database.ledgers.known().into_iter().flatten() {
                    if let LedgerState::Read(read) = &ledger.state {
                        check(&facts.sets[ledger.set], read, database, &mut findings);
                    }
                }
            }
        }
        Check::Database(check) => {
            for database in &facts.databases {
                if let Fact::Known(ledgers) = &database.ledgers {
                    let sets: Vec<_> =
                        ledgers.iter().map(|ledger| (&facts.sets[ledger.set], ledger)).collect();
                    check(database, &sets, &mut findings);
                }
            }
        }
        Check::Run(check) => check(facts, &mut findings),
        Check::Waivers(_) => {}
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
        for finding in found.iter_mut().filter(|finding| covers(waiver, finding)) {
            finding.waived.get_or_insert_with(|| waiver.reason.clone());
            count(fact);
        }
    }
}

fn count(fact: &mut WaiverFact) {
    fact.used += 1;
}

fn covers(waiver: &WaiverConfig, finding: &Finding) -> bool {
    let (path, version, database) = match &finding.at {
        Location::File { path, .. } => (Some(path.to_string()), None, None),
        Location::Ledger { version, database, .. } => {
            (None, version.as_ref().map(ToString::to_string), Some(database))
        }
        Location::Repository | Location::Config { .. } => (None, None, None),
    };
    let fits = |pattern: &Option<glob::Pattern>, text: Option<String>| {
        pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| pattern.matches(&text)))
    };
    waiver.rule == finding.rule
        && fits(&waiver.path, path)
        && fits(&waiver.version, version)
        && waiver.database.as_ref().is_none_or(|name| Some(name) == database)
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
