//! From a directory to a project: the repository and its configuration.

use std::path::{Path, PathBuf};

use crate::config::{Config, FILE_NAME};
use crate::gather::{Candidate, Project};
use crate::git;
use crate::model::{Moment, RepoPath};

use std::io::Write as _;

use super::Failure;

/// Opens the repository that holds `directory`, and reads its guard.toml.
pub(super) fn open(directory: &Path) -> Result<Project, Failure> {
    if !directory.is_dir() {
        let what = format!("there is no directory {}", directory.display());
        return Err(Failure::new(what).fix("name an existing directory with -C DIR"));
    }
    let git = git::open(directory)?;
    let config = match &git.layout().work_tree {
        Some(root) => Config::load(root)?,
        None => Config::default(),
    };
    Ok(Project { git, config })
}

/// The same to judge a commit: a bare repository has no guard.toml but that of the commit.
pub(super) fn open_for(directory: &Path, revision: Option<&str>) -> Result<Project, Failure> {
    let project = open(directory)?;
    let layout = project.git.layout();
    let commit = match (revision, &layout.work_tree) {
        (Some(revision), None) => project.git.resolve(revision)?,
        _ => None,
    };
    let Some(commit) = commit else { return Ok(project) };
    let tree = project.git.tree(commit, &[RepoPath::from(FILE_NAME)])?;
    let Some(file) = tree.entries.iter().find(|entry| entry.path == RepoPath::from(FILE_NAME)) else {
        return Ok(project);
    };
    let name = PathBuf::from(format!("{}:{FILE_NAME}", commit.short()));
    let config = Config::read(project.git.blob(file.oid)?, name, &layout.git_dir)?;
    Ok(Project { config, ..project })
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
    if let Some(commit) = project.git.resolve(revision)? {
        Ok(Candidate::Commit(commit))
    } else {
        let failure = Failure::new(format!("\"{revision}\" names no commit here"));
        Err(failure.fix("name a branch, a tag or the id of a commit; the first commit must be there"))
    }
}

/// Writes a file of the work tree: at no moment half of it, and over one that is there only where that is meant.
pub(super) fn write_file(path: &Path, text: &str, over: bool) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        let done = if over { file.persist(path) } else { file.persist_noclobber(path) };
        done.map(drop).map_err(|error| error.error)
    };
    write().map_err(|error| {
        Failure::new(format!("{} cannot be written: {error}", path.display()))
            .fix("make the directory writable")
    })
}
