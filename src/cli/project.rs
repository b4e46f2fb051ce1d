//! From a directory to a project: the repository and its configuration.

use std::path::Path;

use crate::config::Config;
use crate::gather::{Candidate, Project};
use crate::git;
use crate::model::Moment;

use super::Failure;

/// Opens the repository that holds `directory`, and reads its guard.toml.
pub(super) fn open(directory: &Path) -> Result<Project, Failure> {
    if !directory.is_dir() {
        let what = format!("the directory {} does not exist", directory.display());
        return Err(Failure::new(what).fix("name an existing directory with -C DIR"));
    }
    let git = git::open(directory)?;
    let config = match &git.layout().work_tree {
        Some(root) => Config::load(root)?,
        None => Config::default(),
    };
    Ok(Project { git, config })
}

/// What is judged: the index at a commit, the commit HEAD at any other moment, or what `--rev` names.
pub(super) fn candidate(
    project: &Project,
    moment: Moment,
    revision: Option<&str>,
) -> Result<Candidate, Failure> {
    let revision = match (revision, moment) {
        (None, Moment::Commit) => {
            if project.git.layout().work_tree.is_none() {
                return Err(git::GitError::Bare(project.git.layout().git_dir.clone()).into());
            }
            return Ok(Candidate::Index);
        }
        (None, _) => "HEAD",
        (Some(revision), _) => revision,
    };
    match project.git.resolve(revision)? {
        Some(commit) => Ok(Candidate::Commit(commit)),
        None => {
            let failure = Failure::new(format!("\"{revision}\" names no commit here"));
            Err(failure.fix("name a branch, a tag or the id of a commit; the first commit must be there"))
        }
    }
}
