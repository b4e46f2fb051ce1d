//! The commits between the base and the candidate, each judged by itself: one that no hook has seen (`--no-verify`, a
//! cherry-pick, a rebase, an edit on the hosting site) must not hide behind a later one. What a clone remembers has no say.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Instant;

use crate::check;
use crate::gather::{Candidate, Gathered, Project, Request, commit_fact, gather};
use crate::git::{Backend, GitError};
use crate::model::{Facts, Level, Moment, Oid, UncheckedFact};
use crate::rules::{Check, Rule};

/// More commits than this are not judged one by one.
const MOST: usize = 200;

/// Adds to the facts which commits of the range break a rule. Returns what is to be said where not all were judged.
pub(super) fn judge(
    project: &Project,
    request: &Request,
    rules: &[(&'static Rule, Level)],
    facts: &mut Facts,
) -> Option<String> {
    let wanted = rules.iter().any(|(rule, _)| rule.id.0 == "unchecked-commit");
    let (Candidate::Commit(tip), Some(base)) = (request.candidate, facts.base.commit) else { return None };
    if !wanted || !matches!(request.moment, Moment::Push | Moment::Ci) {
        return None;
    }
    // A range that cannot be walked through, in a shallow clone, is judged by its tip alone, which the base has said.
    let commits = range(&*project.git, base, tip).ok()?;
    if commits.len() > MOST {
        return Some(format!(
            "{} commits were not judged one by one: that is done up to {MOST}",
            commits.len()
        ));
    }
    let by_repository: Vec<(&'static Rule, Level)> =
        rules.iter().filter(|(rule, _)| matches!(rule.check, Check::Repo(_))).copied().collect();
    let mut seen = BTreeSet::new();
    for commit in commits {
        facts.unchecked.extend(one(project, request, &by_repository, (base, commit), &mut seen));
    }
    None
}

/// What a commit breaks that none before it has broken.
fn one(
    project: &Project,
    request: &Request,
    rules: &[(&'static Rule, Level)],
    (base, commit): (Oid, Oid),
    seen: &mut BTreeSet<String>,
) -> Option<UncheckedFact> {
    let request = Request {
        candidate: Candidate::Commit(commit),
        base: Some((base.to_string(), "--base".to_owned())),
        offline: true,
        rehearsal: true,
        warden: None,
        started: Instant::now(),
        ..request.clone()
    };
    // A commit in which a declared directory is not there yet has nothing to judge.
    let Gathered { mut facts, .. } = gather(project, &request, rules).ok()?;
    let mut found = check::run(rules, &project.config, &mut facts);
    found.retain(|finding| finding.level == Level::Deny && finding.waived.is_none() && !finding.standing);
    found.retain(|finding| seen.insert(finding.fingerprint.clone()));
    let breaks: Vec<(String, String)> =
        found.into_iter().map(|finding| (finding.rule.0.to_owned(), finding.what)).collect();
    (!breaks.is_empty()).then(|| UncheckedFact { commit: commit_fact(&*project.git, commit), breaks })
}

/// The commits that the tip holds and the base does not, parents first. Merges are left out: they are judged as the commit that
/// they are only where they are the tip.
fn range(git: &dyn Backend, base: Oid, tip: Oid) -> Result<Vec<Oid>, GitError> {
    let mut parents: HashMap<Oid, Vec<Oid>> = HashMap::new();
    let mut order = Vec::new();
    let mut next = VecDeque::from([tip]);
    while let Some(commit) = next.pop_front() {
        if parents.contains_key(&commit) || commit == base || git.merge_base(commit, base)? == Some(commit) {
            continue;
        }
        let above = git.parents(commit)?;
        next.extend(above.iter().copied());
        order.push(commit);
        parents.insert(commit, above);
        if order.len() > 50 * MOST {
            break;
        }
    }
    Ok(parents_first(&order, &parents))
}

fn parents_first(order: &[Oid], parents: &HashMap<Oid, Vec<Oid>>) -> Vec<Oid> {
    let mut done = BTreeSet::new();
    let mut sorted = Vec::with_capacity(order.len());
    for &first in order {
        let mut stack = vec![(first, false)];
        while let Some((commit, ready)) = stack.pop() {
            let Some(above) = parents.get(&commit) else { continue };
            if ready {
                sorted.push(commit);
            } else if done.insert(commit) {
                stack.push((commit, true));
                stack.extend(above.iter().map(|parent| (*parent, false)));
            }
        }
    }
    sorted.retain(|commit| parents.get(commit).is_none_or(|above| above.len() < 2));
    sorted
}
