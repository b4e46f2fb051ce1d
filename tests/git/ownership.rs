//! Repositories of another user: git decides, and guard obeys. Only root can give a repository away, so these tests
//! say that they were skipped when somebody else runs them.

use std::fs;
use std::path::Path;
use std::process::Command;

use migguard::git::{GitError, open};

use crate::support::{TestRepo, cannot_run};

/// libgit2 reads the global configuration of its process, so the question is asked in a process of its own.
#[test]
#[ignore = "the other tests start it"]
fn probe() {
    match open(Path::new(".")) {
        Ok(git) => {
            let fallback = git.layout().fallback.clone().unwrap_or_else(|| "nothing".to_owned());
            eprintln!("opened with {} entries, fallback: {fallback}", git.index(&[]).unwrap().entries.len());
        }
        Err(GitError::NotTrusted { path }) => eprintln!("not trusted: {}", path.display()),
        Err(error) => eprintln!("other error: {error}"),
    }
}

/// A repository that belongs to the user 1000, with one staged file; `None` where it cannot be given away.
fn given_away() -> Option<TestRepo> {
    let repo = TestRepo::new();
    repo.commit_file("a.sql", "a\n");
    if give_away(repo.path()).is_err() {
        cannot_run("only root can give a repository to another user");
        return None;
    }
    Some(repo)
}

fn give_away(path: &Path) -> std::io::Result<()> {
    std::os::unix::fs::lchown(path, Some(1000), Some(1000))?;
    if path.symlink_metadata()?.is_dir() {
        for entry in fs::read_dir(path)? {
            give_away(&entry?.path())?;
        }
    }
    Ok(())
}

/// What [`probe`] says, with this global configuration and these variables.
fn answer(repo: &TestRepo, configuration: &str, variables: &[(&str, &str)]) -> String {
    fs::write(repo.home().join(".gitconfig"), configuration).unwrap();
    let mut command: Command = repo.command(std::env::current_exe().unwrap().to_str().unwrap());
    command.env_remove("GIT_CONFIG_GLOBAL").env_remove("GIT_CONFIG_NOSYSTEM").env_remove("SUDO_UID");
    command.args(["--ignored", "--exact", "--nocapture", "git::ownership::probe"]);
    command.envs(variables.iter().copied());
    String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned()
}

fn trusting(path: &str) -> String {
    format!("[safe]\n\tdirectory = {path}\n")
}

#[test]
fn nobody_trusts_it() {
    let Some(repo) = given_away() else { return };
    let answer = answer(&repo, "", &[]);
    assert!(answer.contains(&format!("not trusted: {}", repo.path().display())), "{answer}");
}

#[test]
fn it_is_trusted_by_name_or_all_are() {
    let Some(repo) = given_away() else { return };
    for path in [repo.path().to_str().unwrap(), "*"] {
        let answer = answer(&repo, &trusting(path), &[]);
        assert!(answer.contains("opened with 1 entries, fallback: nothing"), "{path}: {answer}");
    }
}

#[test]
fn all_below_a_directory_are_trusted_by_git_and_not_by_the_library() {
    let Some(repo) = given_away() else { return };
    let parent = format!("{}/*", repo.path().parent().unwrap().display());
    let answer = answer(&repo, &trusting(&parent), &[]);
    if answer.contains("not trusted") && !knows_directories_of_repositories(&repo) {
        cannot_run("this git does not know `safe.directory` with `/*`");
        return;
    }
    assert!(answer.contains("opened with 1 entries, fallback: ") && !answer.contains("nothing"), "{answer}");
}

/// Whether git itself trusts the repository with the configuration that [`answer`] has left.
fn knows_directories_of_repositories(repo: &TestRepo) -> bool {
    let mut git = repo.command("git");
    git.env_remove("GIT_CONFIG_GLOBAL").args(["rev-parse", "--git-dir"]).output().unwrap().status.success()
}

#[test]
fn it_is_trusted_in_the_environment() {
    let Some(repo) = given_away() else { return };
    let variables =
        [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", "*")];
    let answer = answer(&repo, "", &variables);
    assert!(answer.contains("opened with 1 entries, fallback: ") && !answer.contains("nothing"), "{answer}");
}

#[test]
fn the_owner_has_become_root_with_sudo() {
    let Some(repo) = given_away() else { return };
    let answer = answer(&repo, "", &[("SUDO_UID", "1000")]);
    assert!(answer.contains("opened with 1 entries"), "{answer}");
}

#[test]
fn trust_in_another_directory_is_none() {
    let Some(repo) = given_away() else { return };
    let answer = answer(&repo, &trusting("/somewhere/else"), &[]);
    assert!(answer.contains("not trusted"), "{answer}");
}
