//! The commits between the base and the candidate, each judged by itself: one that no hook has seen (`--no-verify`, a
//! cherry-pick, a rebase, an edit on the hosting site) must not hide behind a later one. What a clone remembers has no say.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::check;
use crate::gather::{Candidate, GatherError, Gathered, Project, Request, commit_fact, gather};
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
    let commits = match project.git.range(base, tip) {
        Ok(range) if !range.whole => {
            return Some(
                "the commits were not judged one by one: this clone is shallow, and begins among them"
                    .to_owned(),
            );
        }
        Ok(range) if range.commits.len() > MOST => {
            let many = range.commits.len();
            return Some(format!("{many} commits were not judged one by one: that is done up to {MOST}"));
        }
        Ok(range) => range.commits,
        Err(error) => return Some(format!("the commits were not judged one by one: {error}")),
    };
    let by_repository: Vec<(&'static Rule, Level)> =
        rules.iter().filter(|(rule, _)| matches!(rule.check, Check::Repo(_))).copied().collect();
    let mut seen = BTreeSet::new();
    let mut not_judged = Vec::new();
    for commit in commits {
        match one(project, request, &by_repository, (base, commit), &mut seen) {
            Ok(found) => facts.unchecked.extend(found),
            // A commit in which a declared directory is not there yet has nothing to judge.
            Err(GatherError::NoDirectory { .. } | GatherError::NoSuchSet { .. }) => {}
            Err(GatherError::Git(error)) => not_judged.push(format!("{}: {error}", commit.short())),
        }
    }
    let (first, others) = not_judged.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    Some(format!("a commit of the range could not be judged by itself: {first}{more}"))
}

/// What a commit breaks that none before it has broken.
fn one(
    project: &Project,
    request: &Request,
    rules: &[(&'static Rule, Level)],
    (base, commit): (Oid, Oid),
    seen: &mut BTreeSet<String>,
) -> Result<Option<UncheckedFact>, GatherError> {
    let request = Request {
        candidate: Candidate::Commit(commit),
        base: Some((base.to_string(), "--base".to_owned())),
        offline: true,
        drift: false,
        rehearsal: true,
        warden: None,
        started: Instant::now(),
        ..request.clone()
    };
    let Gathered { mut facts, .. } = gather(project, &request, rules)?;
    let mut found = check::run(rules, &project.config, &mut facts);
    found.retain(|finding| finding.level == Level::Deny && finding.waived.is_none() && !finding.standing);
    found.retain(|finding| seen.insert(finding.fingerprint.clone()));
    let breaks: Vec<(String, String)> =
        found.into_iter().map(|finding| (finding.rule.0.to_owned(), finding.what)).collect();
    if breaks.is_empty() {
        return Ok(None);
    }
    Ok(Some(UncheckedFact { commit: commit_fact(&*project.git, commit), breaks }))
}
