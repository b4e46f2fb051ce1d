//! What earlier commits were not checked for, and what becomes of that in this run.
//!
//! A skip is owed by the commit at which it happened, and by all that hold it. It is made good when the thing that was missing
//! is asked again for a candidate that holds the commit. A check that is owed runs whatever is staged.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::path::Path;
use std::time::Duration;

use crate::config::DebtConfig;
use crate::git::Backend;
use crate::journal::{Entry, Log, Skip, Tally, new_id, now};
use crate::model::{
    BlockingFact, Cause, CheckOutcome, Database, DebtFact, Facts, Finding, Moment, Need, Oid, RepoPath,
    SourceKind, Verdict,
};

use super::breaker::{Answered, Heard};
use super::{Candidate, Project, Request};

/// So many commits are searched for those that owe something.
const REACH: usize = 2_000;

/// What is owed in a clone, as far as the candidate is concerned.
#[derive(Debug, Default)]
pub struct Owed {
    /// By commits that the candidate holds.
    pub here: Vec<Skip>,
    /// By others: on another branch, or made anew since.
    pub elsewhere: Vec<Skip>,
}

/// Reads what is owed.
pub fn owed(git: &dyn Backend, candidate: Candidate) -> Owed {
    let skips = Log::new(&git.layout().common_dir).skips();
    if skips.is_empty() {
        return Owed::default();
    }
    let tip = match candidate {
        Candidate::Index => git.resolve("HEAD").ok().flatten(),
        Candidate::Commit(commit) => Some(commit),
    };
    let (commits, trees) = behind(git, tip);
    let holds = |skip: &Skip| match (skip.tree, skip.parent) {
        (Some(tree), _) => trees.contains(&tree),
        (None, Some(parent)) => commits.contains(&parent),
        (None, None) => true,
    };
    let (here, elsewhere) = skips.into_iter().partition(holds);
    Owed { here, elsewhere }
}

/// The commits that can be reached, and their trees.
fn behind(git: &dyn Backend, tip: Option<Oid>) -> (HashSet<Oid>, HashSet<Oid>) {
    let (mut commits, mut trees) = (HashSet::new(), HashSet::new());
    let mut next: VecDeque<Oid> = tip.into_iter().collect();
    while let Some(commit) = next.pop_front() {
        if commits.len() >= REACH || !commits.insert(commit) {
            continue;
        }
        trees.extend(git.tree_id(commit, &RepoPath::from("")).ok().flatten());
        next.extend(git.parents(commit).unwrap_or_default());
    }
    (commits, trees)
}

impl Owed {
    /// Whether a check of that name is owed.
    pub(super) fn check(&self, name: &str) -> bool {
        self.has(SourceKind::Check, name)
    }

    fn has(&self, kind: SourceKind, name: &str) -> bool {
        self.here.iter().any(|skip| skip.kind == kind && skip.name == name)
    }

    /// How much a thing is needed at this moment; `None` where it is not asked. A push asks for all that is owed by the commits
    /// that it takes along, and waits for none of that: what is down must not keep anybody from it.
    pub(super) fn need(
        &self,
        kind: SourceKind,
        name: &str,
        declared: Need,
        at: &[Moment],
        request: &Request,
    ) -> Option<Need> {
        if at.contains(&request.moment) {
            return Some(declared);
        }
        let paid = request.moment == Moment::Push && self.has(kind, name);
        paid.then_some(Need::Optional)
    }

    /// What stays owed, where that is more than the team allows.
    pub(super) fn too_much(&self, facts: &Facts, limit: DebtConfig) -> Option<DebtFact> {
        let unpaid: Vec<&Skip> = self.here.iter().filter(|skip| !is_paid(skip, facts)).collect();
        let commits = commits(&unpaid).len();
        let oldest = unpaid.iter().map(|skip| now().saturating_sub(skip.at)).max()?;
        let oldest = Duration::from_secs(oldest);
        let many = limit.commits.is_some_and(|limit| commits >= limit);
        let old = limit.age.is_some_and(|limit| oldest >= limit);
        let names: BTreeSet<&str> = unpaid.iter().map(|skip| skip.name.as_str()).collect();
        let names = names.into_iter().map(str::to_owned).collect();
        (many || old).then_some(DebtFact { commits, oldest, names })
    }
}

/// Whether that is the declared database, or one of its schemas.
pub(super) fn is_of(database: &str, declared: &str) -> bool {
    database.strip_prefix(declared).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether what was missing then was asked now.
fn is_paid(skip: &Skip, facts: &Facts) -> bool {
    match skip.kind {
        SourceKind::Database => {
            let answered =
                |database: &Database| is_of(&database.name, &skip.name) && database.ledgers.known().is_some();
            facts.databases.iter().any(answered)
        }
        SourceKind::Check => facts
            .checks
            .iter()
            .any(|check| check.name == skip.name && matches!(check.outcome, CheckOutcome::Passed)),
        SourceKind::Service => true,
    }
}

/// The commits of some skips. Without a tree, each stands for one.
fn commits(skips: &[&Skip]) -> BTreeSet<String> {
    skips.iter().map(|skip| skip.tree.map_or_else(|| skip.id.clone(), |tree| tree.to_string())).collect()
}

/// What is required at commit time, with what it has cost in this clone.
pub fn blocking(project: &Project) -> Vec<BlockingFact> {
    let Project { git, config } = project;
    let databases = config.databases.iter();
    let databases = databases
        .filter(|database| database.need == Need::Required && database.at.contains(&Moment::Commit))
        .map(|database| (SourceKind::Database, &database.name, database.line));
    let at_commit = |name: &String| {
        config.checks.iter().any(|check| check.at.contains(&Moment::Commit) && check.needs.contains(name))
    };
    let services = config.services.iter();
    let services = services
        .filter(|service| service.need == Need::Required && at_commit(&service.name))
        .map(|service| (SourceKind::Service, &service.name, service.line));
    let tallies = Log::new(&git.layout().common_dir).read().tallies;
    let known =
        |kind: SourceKind, name: &String| tallies.get(&(kind, name.clone())).cloned().unwrap_or_default();
    let facts = databases.chain(services).map(|(kind, name, declared)| {
        let Tally { asked, down, blocked, cost, .. } = known(kind, name);
        let cost = Duration::from_millis(cost);
        BlockingFact { kind, name: name.clone(), declared, asked, down, blocked, cost }
    });
    facts.collect()
}

/// What a run leaves to those that come after it.
#[derive(Debug)]
pub struct Memory {
    pub(super) owed: Owed,
    pub(super) heard: Heard,
}

impl Memory {
    /// Writes down what answered, what was made good and, where a commit follows, what was skipped. Returns what is to be
    /// said about it. What cannot be written is not remembered, and keeps nobody from anything.
    pub fn settle(
        self,
        project: &Project,
        request: &Request,
        facts: &Facts,
        findings: &[Finding],
        verdict: Verdict,
    ) -> Vec<String> {
        let Self { owed, heard } = self;
        heard.answered.iter().for_each(|answered: &Answered| answered.remember(findings));
        let mut entries = tallies(&heard, verdict);
        let paid: Vec<&Skip> = owed.here.iter().filter(|skip| is_paid(skip, facts)).collect();
        entries.extend(paid.iter().map(|skip| Entry::Paid(skip.id.clone())));
        if request.is_commit && verdict == Verdict::Pass {
            entries.extend(skips(project, facts));
        }
        let log = Log::new(&project.git.layout().common_dir);
        let written = log.append(&entries);
        let mut remarks: Vec<String> = said(&paid, findings).into_iter().collect();
        if !written && entries.iter().any(|entry| matches!(entry, Entry::Skip(_))) {
            let place: &Path = &project.git.layout().common_dir;
            remarks.push(format!(
                "what was skipped cannot be remembered: guard cannot write below {}",
                place.join("guard").display()
            ));
        }
        remarks
    }
}

fn tallies(heard: &Heard, verdict: Verdict) -> Vec<Entry> {
    let at = now();
    let entries = heard.timings.iter().map(|timing| {
        let spared =
            matches!(timing.cause, Some(Cause::CoolingDown { .. } | Cause::NoTimeLeft | Cause::NeedsDown(_)));
        let down = timing.cause.is_some() && !spared;
        let cost = u64::try_from(timing.took.as_millis()).unwrap_or(u64::MAX);
        let tally = Tally {
            asked: u64::from(!spared),
            down: u64::from(down),
            spared: u64::from(spared),
            blocked: u64::from(down && timing.need == Need::Required && verdict == Verdict::Incomplete),
            cost,
            lost: if down { cost } else { 0 },
            since: at,
            last_down: if down { at } else { 0 },
        };
        Entry::Asked(timing.kind, timing.name.clone(), tally)
    });
    entries.collect()
}

/// What is owed from now on.
fn skips(project: &Project, facts: &Facts) -> Vec<Entry> {
    let outages = facts.outages();
    let outages: Vec<_> = outages.iter().filter(|outage| outage.kind != SourceKind::Service).collect();
    if outages.is_empty() {
        return Vec::new();
    }
    let tree = project.git.index_tree_id(&RepoPath::from(""));
    let parent = project.git.resolve("HEAD").ok().flatten();
    let entries = outages.iter().enumerate().map(|(number, outage)| {
        Entry::Skip(Skip {
            id: new_id(number),
            at: now(),
            kind: outage.kind,
            name: outage.source.clone(),
            why: outage.cause.to_string(),
            waited: u64::try_from(outage.waited.as_millis()).unwrap_or(u64::MAX),
            tree,
            parent,
        })
    });
    entries.collect()
}

/// "2 commits made offline are now checked by tts: fine".
fn said(paid: &[&Skip], findings: &[Finding]) -> Option<String> {
    if paid.is_empty() {
        return None;
    }
    let mut by_name: BTreeMap<&str, Vec<&Skip>> = BTreeMap::new();
    for skip in paid {
        by_name.entry(&skip.name).or_default().push(skip);
    }
    let wrong = |finding: &Finding| {
        finding.waived.is_none()
            && finding.database.as_ref().is_some_and(|found| by_name.keys().any(|name| is_of(found, name)))
    };
    let how = if findings.iter().any(wrong) { "not all is well, see above" } else { "fine" };
    let number = commits(paid).len();
    let (commits, are) = if number == 1 { ("commit", "is") } else { ("commits", "are") };
    let names = by_name.keys().copied().collect::<Vec<_>>().join(", ");
    Some(format!("{number} {commits} made offline {are} now checked by {names}: {how}"))
}
