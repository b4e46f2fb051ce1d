//! `guard debt`: what was skipped at commits and not yet made good.

use std::io::Write;
use std::time::Duration;

use crate::gather::owed;
use crate::git::{Backend, GitError};
use crate::journal::{Skip, now};
use crate::model::{Moment, Oid, RepoPath, length};
use crate::report::count;

use super::{Context, Failure, project, table};

/// List what was skipped at commits since something was down, and not yet made good
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// So many commits are searched for the names of those that owe something.
const REACH: usize = 2_000;

pub(super) fn run(_: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let project = project::open(&context.directory)?;
    let git = &*project.git;
    let moment = if git.layout().work_tree.is_some() { Moment::Commit } else { Moment::Ci };
    let owed = owed(git, project::candidate(&project, moment, None)?);
    if owed.here.is_empty() && owed.elsewhere.is_empty() {
        writeln!(out, "Nothing is owed: no check was skipped that has not been made good.")?;
        return Ok(0);
    }
    let names = names(git, &owed.here)?;
    let mut rows = table::table(&context.look, &["commit", "when", "not checked by", "why", "waited"], &[3]);
    let mut row = |skip: &Skip, commit: String| {
        let age = Duration::from_secs(now().saturating_sub(skip.at));
        rows.add_row([
            commit,
            format!("{} ago", length(age)),
            format!("{} {}", skip.kind.word(), skip.name),
            skip.why.clone(),
            format!("{} ms", skip.waited),
        ]);
    };
    for skip in &owed.here {
        let known = names.iter().find(|(tree, _)| Some(*tree) == skip.tree);
        row(skip, known.map_or_else(|| "?".to_owned(), |(_, commit)| commit.short()));
    }
    for skip in &owed.elsewhere {
        row(skip, "not here".to_owned());
    }
    write!(out, "{}", table::lines(&rows))?;
    let number = owed.here.len();
    if number > 0 {
        writeln!(
            out,
            "{} of this branch; the next commit with these up makes them good, or now: guard check --retry",
            count(number, "skip")
        )?;
    }
    if !owed.elsewhere.is_empty() {
        writeln!(
            out,
            "{} of commits that are on another branch, or were made anew since",
            count(owed.elsewhere.len(), "skip")
        )?;
    }
    Ok(0)
}

/// The newest commit behind HEAD with each of these trees.
fn names(git: &dyn Backend, skips: &[Skip]) -> Result<Vec<(Oid, Oid)>, GitError> {
    let mut left: Vec<Oid> = skips.iter().filter_map(|skip| skip.tree).collect();
    let mut names = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut next: std::collections::VecDeque<Oid> = git.resolve("HEAD")?.into_iter().collect();
    while let Some(commit) = next.pop_front() {
        if left.is_empty() || seen.len() >= REACH || !seen.insert(commit) {
            continue;
        }
        if let Some(tree) = git.tree_id(commit, &RepoPath::from(""))?.filter(|tree| left.contains(tree)) {
            names.push((tree, commit));
            left.retain(|other| *other != tree);
        }
        next.extend(git.parents(commit)?);
    }
    Ok(names)
}
