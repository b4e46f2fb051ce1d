//! Rules over facts: findings at their levels, waivers, verdict. Pure: nothing is asked, nothing printed.

mod tenants;

use std::collections::BTreeMap;

use crate::config::{Config, ObjectPattern, WaiverConfig};
use crate::model::{
    Change, Database, Evidence, Fact, Facts, Finding, LedgerState, Level, Location, Migration, MigrationSet,
    Moment, Need, Outage, RepoPath, Verdict,
};
use crate::rules::{self, Check, Findings, Rule};
use tenants::Tenants;

/// The rules that are not switched off at this moment, with their levels.
pub fn enabled(config: &Config, moment: Moment) -> Vec<(&'static Rule, Level)> {
    let levels = rules::ALL.iter().map(|rule| (*rule, config.level(rule, moment)));
    levels.filter(|(_, level)| *level != Level::Allow).collect()
}

/// All findings, sorted: those that block first, then by place.
pub fn run(rules: &[(&'static Rule, Level)], config: &Config, facts: &mut Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut waivers = Waivers { config, used: vec![0; config.waivers.len()] };
    for (rule, level) in rules {
        judge(rule, *level, facts, &mut waivers, &mut found);
    }
    waivers.count(facts, rules);
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
    found = one_for_each_edit(found, &facts.sets);
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

/// Rules that may all see one edit of a file, from the one that says most.
const OF_ONE_EDIT: [&str; 4] =
    ["checksum-mismatch", "edited-migration", "reformatted-migration", "lock-mismatch"];

/// Makes one finding of those that speak about one edit: the gravest stays, or the one that says most, and takes over what
/// the others know. What a waiver covers stays by itself.
fn one_for_each_edit(found: Vec<Finding>, sets: &[MigrationSet]) -> Vec<Finding> {
    let mut edits: BTreeMap<(RepoPath, String), Vec<(usize, Finding)>> = BTreeMap::new();
    let mut rest = Vec::with_capacity(found.len());
    for finding in found {
        let place = OF_ONE_EDIT.iter().position(|rule| *rule == finding.rule.0);
        match (&finding.at, place) {
            (Location::File { path, line }, Some(place)) if finding.waived.is_none() => {
                let part = migration_at(path, *line, sets).map(|found| found.unit().1.to_owned());
                edits.entry((path.clone(), part.unwrap_or_default())).or_default().push((place, finding));
            }
            _ => rest.push(finding),
        }
    }
    for (_, mut edit) in edits {
        edit.sort_by_key(|(place, finding)| (std::cmp::Reverse(finding.level), *place));
        let rule = edit.first().map(|(_, finding)| finding.rule);
        // The same rule may have seen it in several databases.
        let (mut kept, others): (Vec<_>, Vec<_>) =
            edit.into_iter().map(|(_, finding)| finding).partition(|finding| Some(finding.rule) == rule);
        if let Some(first) = kept.first_mut() {
            for other in others {
                take_over(first, other);
            }
        }
        rest.extend(kept);
    }
    rest
}

fn take_over(kept: &mut Finding, other: Finding) {
    // The first line of a changeset, or none, is less than the line that was edited.
    if let (Location::File { line, .. }, Location::File { line: known, .. }) = (&mut kept.at, other.at) {
        *line = (*line).max(known);
    }
    kept.evidence.push(Evidence { label: other.rule.0.to_owned(), text: other.what });
    let shown = kept.evidence.iter().any(|known| known.label.starts_with(['+', '-']));
    for evidence in other.evidence {
        let again = shown && matches!(&*evidence.label, "before" | "now");
        if !again && !kept.evidence.iter().any(|known| known.label == evidence.label) {
            kept.evidence.push(evidence);
        }
    }
}

fn judge(
    rule: &'static Rule,
    level: Level,
    facts: &Facts,
    waivers: &mut Waivers<'_>,
    found: &mut Vec<Finding>,
) {
    let first = found.len();
    match rule.check {
        Check::Repo(check) => {
            let mut findings = Findings::new(rule, level, found);
            facts.sets.iter().for_each(|set| check(set, &mut findings));
        }
        Check::Ledger(_) | Check::Database(_) | Check::Schema(_) => {
            let mut tenants = Tenants::default();
            for database in &facts.databases {
                let before = found.len();
                judge_database(rule, facts, database, &mut Findings::new(rule, level, found));
                for finding in &mut found[before..] {
                    finding.database = Some(database.name.clone());
                }
                waivers.cover(&mut found[before..], facts);
                if database.schema.is_some() {
                    tenants.take(found.drain(before..), database);
                }
            }
            return tenants.say(&facts.databases, found);
        }
        Check::Run(check) => check(facts, &mut Findings::new(rule, level, found)),
        Check::Waivers(_) => {}
    }
    waivers.cover(&mut found[first..], facts);
}

fn judge_database(rule: &Rule, facts: &Facts, database: &Database, findings: &mut Findings<'_>) {
    if let (Check::Schema(check), Fact::Known(drift)) = (rule.check, &database.drift) {
        return check(drift, database, &facts.sets, findings);
    }
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
        Check::Repo(_) | Check::Schema(_) | Check::Run(_) | Check::Waivers(_) => {}
    }
}

/// The waivers of `guard.toml`, and how much each of them covers.
struct Waivers<'a> {
    config: &'a Config,
    used: Vec<usize>,
}

impl Waivers<'_> {
    /// Marks what the waivers cover.
    fn cover(&mut self, found: &mut [Finding], facts: &Facts) {
        for ((waiver, fact), used) in self.config.waivers.iter().zip(&facts.waivers).zip(&mut self.used) {
            if fact.until.as_ref().is_some_and(|until| *until < facts.today) {
                continue;
            }
            for finding in found.iter_mut().filter(|finding| covers(waiver, finding, &facts.sets)) {
                finding.waived.get_or_insert_with(|| waiver.reason.clone());
                *used += 1;
            }
        }
    }

    /// Writes down what each of them has covered.
    fn count(self, facts: &mut Facts, rules: &[(&'static Rule, Level)]) {
        let asked = facts.databases.iter().any(|database| matches!(database.ledgers, Fact::Known(_)));
        for ((waiver, fact), used) in self.config.waivers.iter().zip(&mut facts.waivers).zip(self.used) {
            fact.used = used;
            fact.judged = rules
                .iter()
                .any(|(rule, _)| rule.id == waiver.rule && (asked || !rule.check.needs_database()));
        }
    }
}

fn covers(waiver: &WaiverConfig, finding: &Finding, sets: &[MigrationSet]) -> bool {
    let (path, version) = match &finding.at {
        Location::File { path, line } => {
            let version = migration_at(path, *line, sets).map(|migration| migration.version.to_string());
            (Some(path.to_string()), version)
        }
        Location::Ledger { version, .. } => (None, version.as_ref().map(ToString::to_string)),
        Location::Repository | Location::Object { .. } | Location::Config { .. } => (None, None),
    };
    let fits = |pattern: &Option<glob::Pattern>, text: Option<String>| {
        pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| pattern.matches(&text)))
    };
    // All that the finding speaks of: what is not covered would be waived with the rest.
    let is_meant = |pattern: &ObjectPattern| {
        !finding.objects.is_empty() && finding.objects.iter().all(|object| pattern.covers(object))
    };
    waiver.rule == finding.rule
        && waiver.object.as_ref().is_none_or(is_meant)
        && fits(&waiver.path, path)
        && fits(&waiver.version, version)
        && waiver.database.as_ref().is_none_or(|name| is_of(finding.database.as_deref(), name))
}

/// Whether it was found in that database, or in one of its schemas.
fn is_of(found: Option<&str>, database: &str) -> bool {
    found
        .and_then(|found| found.strip_prefix(database))
        .is_some_and(|schema| schema.is_empty() || schema.starts_with('/'))
}

/// The migration at that place, in the candidate or among what the candidate takes away. Of several in a file it is the one
/// that begins last before the line.
fn migration_at<'a>(path: &RepoPath, line: Option<u32>, sets: &'a [MigrationSet]) -> Option<&'a Migration> {
    let here = sets.iter().flat_map(|set| &set.candidate);
    let gone = sets.iter().flat_map(|set| &set.changes).filter_map(|change| match change {
        Change::Deleted { before } | Change::Renamed { before, .. } => Some(before),
        Change::Added { .. } | Change::Edited { .. } => None,
    });
    let mut there = here.chain(gone).filter(|migration| migration.path == *path);
    let first = there.next()?;
    let mut found = first;
    for other in there.filter(|other| other.line() <= line && other.line() > found.line()) {
        found = other;
    }
    Some(found)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Confidence;

    fn finding(rule: &str, level: Level, path: &str, line: Option<u32>, labels: &[&str]) -> Finding {
        let evidence = |label: &&str| Evidence { label: (*label).to_owned(), text: rule.to_owned() };
        Finding {
            rule: rules::find(rule).unwrap().id,
            level,
            at: Location::File { path: path.into(), line },
            what: format!("what {rule} says"),
            why: "",
            fix: Vec::new(),
            evidence: labels.iter().map(evidence).collect(),
            confidence: Confidence::Proven,
            fingerprint: String::new(),
            database: None,
            objects: Vec::new(),
            schemas: Vec::new(),
            waived: None,
            standing: false,
        }
    }

    fn labels(finding: &Finding) -> Vec<&str> {
        finding.evidence.iter().map(|evidence| &*evidence.label).collect()
    }

    #[test]
    fn what_says_most_of_an_edit_takes_over_what_the_others_know() {
        let found = one_for_each_edit(
            vec![
                finding("edited-migration", Level::Deny, "a", Some(3), &["before", "now"]),
                finding("lock-mismatch", Level::Deny, "a", None, &["locked"]),
                finding("checksum-mismatch", Level::Deny, "a", None, &["ledger", "+3"]),
                finding("empty-migration", Level::Warn, "a", None, &[]),
                finding("edited-migration", Level::Deny, "b", None, &[]),
            ],
            &[],
        );
        let rules: Vec<&str> = found.iter().map(|finding| finding.rule.0).collect();
        assert_eq!(rules, ["empty-migration", "checksum-mismatch", "edited-migration"]);
        assert_eq!(found[1].at, Location::File { path: "a".into(), line: Some(3) });
        assert_eq!(labels(&found[1]), ["ledger", "+3", "edited-migration", "lock-mismatch", "locked"]);
        assert_eq!(found[1].evidence[2].text, "what edited-migration says");
    }

    #[test]
    fn the_gravest_stays_and_what_is_waived_stands_alone() {
        let warning = || finding("checksum-mismatch", Level::Warn, "a", None, &["first seen"]);
        let edit = finding("edited-migration", Level::Deny, "a", None, &["before"]);
        let found = one_for_each_edit(vec![warning(), warning(), edit.clone()], &[]);
        assert_eq!((found.len(), found[0].rule.0, found[0].level), (1, "edited-migration", Level::Deny));
        assert!(labels(&found[0]).contains(&"first seen"));
        let waived = Finding { waived: Some("it is so".to_owned()), ..edit };
        assert_eq!(one_for_each_edit(vec![waived, warning()], &[]).len(), 2);
    }
}
