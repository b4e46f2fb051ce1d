//! Every way in which git may store a repository: the contract holds in each of them.

use std::fs;

use migguard::git::{GitError, Preference, open_with};

use super::contract::{fill, holds, stage};
use crate::support::{TestRepo, index_paths};

/// Fills a repository, changes how it is stored, and checks the contract through both doors.
///
/// `fallback` is what the reason for asking the command must contain, `None` where the library must do alone.
fn stored_as(repo: &TestRepo, fallback: Option<&str>) {
    for preference in [Preference::Library, Preference::Command] {
        let git = open_with(repo.path(), repo.environment(&[]), preference).unwrap();
        index_paths(&*git, &["migrations"]);
        git.line_ending_attributes(&["migrations/x.sql".into()]).unwrap();
        git.resolve("HEAD").unwrap();
        if preference == Preference::Library {
            let reason = git.layout().fallback.clone();
            match fallback {
                None => assert_eq!(reason, None),
                Some(words) => {
                    let reason = reason.unwrap_or_else(|| panic!("the library did without: {words}"));
                    assert!(reason.contains(words), "{reason}");
                }
            }
        }
        holds(&*git, repo);
    }
}

fn filled() -> TestRepo {
    let repo = TestRepo::new();
    fill(&repo);
    repo
}

/// The first four bytes of the index after its signature: the version.
fn index_version(repo: &TestRepo) -> u8 {
    fs::read(repo.path().join(".git/index")).unwrap()[7]
}

#[test]
fn index_versions_2_and_4() {
    for version in [2, 4] {
        let repo = filled();
        repo.git(&["update-index", "--index-version", &version.to_string()]);
        assert_eq!(index_version(&repo), version);
        stored_as(&repo, None);
    }
}

#[test]
fn index_version_3() {
    let repo = filled();
    // An extended flag makes git write version 3.
    repo.git(&["update-index", "--skip-worktree", "README.md"]);
    assert_eq!(index_version(&repo), 3);
    stored_as(&repo, None);
}

#[test]
fn index_without_checksum() {
    let repo = filled();
    repo.git(&["config", "index.skipHash", "true"]);
    repo.git(&["update-index", "--force-write-index"]);
    if !fs::read(repo.path().join(".git/index")).unwrap().ends_with(&[0; 20]) {
        return skip("index.skipHash");
    }
    stored_as(&repo, None);
}

#[test]
fn split_index() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.splitIndex", "true"]);
    repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
    fill(&repo);
    let shared = fs::read_dir(repo.path().join(".git")).unwrap().flatten();
    assert!(shared.into_iter().any(|file| file.file_name().to_string_lossy().starts_with("sharedindex.")));
    stored_as(&repo, None);
}

#[test]
fn split_index_whose_shared_part_is_gone_is_an_error() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.splitIndex", "true"]);
    fill(&repo);
    for file in fs::read_dir(repo.path().join(".git")).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("sharedindex.") {
            fs::remove_file(file.path()).unwrap();
        }
    }
    for git in repo.open_both(repo.path(), &[]) {
        assert!(matches!(git.index(&[]), Err(GitError::Failed(_))));
    }
}

#[test]
fn sparse_index() {
    let repo = filled();
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["clean", "-fdq"]);
    repo.git(&["sparse-checkout", "set", "--sparse-index", "--cone", "elsewhere"]);
    assert!(repo.git(&["ls-files", "--sparse"]).ends_with("\nmigrations/"));
    let git = repo.open();
    assert_eq!(index_paths(&*git, &["migrations"]).len(), 7);
    assert_eq!(index_paths(&*git, &["migrations/sub"]), ["migrations/sub/3_deep.sql"]);
    assert_eq!(git.layout().fallback.as_deref(), Some("the index is sparse"));
}

#[test]
fn sparse_checkout_with_a_full_index() {
    let repo = filled();
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["clean", "-fdq"]);
    repo.git(&["sparse-checkout", "set", "--no-sparse-index", "--cone", "elsewhere"]);
    assert!(!repo.path().join("migrations").exists());
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 7);
    }
}

#[test]
fn untracked_cache_and_file_system_monitor() {
    let repo = filled();
    repo.git(&["update-index", "--force-untracked-cache"]);
    repo.write(".git/monitor", "#!/bin/sh\ntouch .git/monitor-ran\nprintf 'token\\0/\\0'\n");
    make_executable(&repo.path().join(".git/monitor"));
    repo.git(&["config", "core.fsmonitor", ".git/monitor"]);
    repo.git(&["status", "--short"]);
    let index = fs::read(repo.path().join(".git/index")).unwrap();
    assert!(index.windows(4).any(|bytes| bytes == b"UNTR") && index.windows(4).any(|bytes| bytes == b"FSMN"));
    fs::remove_file(repo.path().join(".git/monitor-ran")).unwrap();
    stored_as(&repo, None);
    holds(&*repo.open(), &repo);
    assert_eq!(index, fs::read(repo.path().join(".git/index")).unwrap(), "guard writes no index");
}

#[cfg(unix)]
fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn packed_with_multi_pack_index_and_commit_graph() {
    let repo = filled();
    repo.git(&["repack", "-adq"]);
    repo.commit_file("later.txt", "later\n");
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    stage(&repo);
    repo.git(&["repack", "-dq"]);
    repo.git(&["multi-pack-index", "write"]);
    repo.git(&["commit-graph", "write", "--reachable"]);
    repo.git(&["pack-refs", "--all"]);
    assert!(repo.path().join(".git/objects/pack/multi-pack-index").exists());
    stored_as(&repo, None);
}

#[test]
fn objects_in_another_repository() {
    let lender = filled();
    lender.git(&["commit", "-q", "-m", "staged"]);
    lender.git(&["reset", "-q", "--soft", "HEAD^"]);
    let repo = TestRepo::bare_ground();
    let (from, to) = (lender.path().to_str().unwrap(), repo.path().to_str().unwrap());
    lender.git(&["clone", "-q", "--shared", "--no-local", from, to]);
    for git in repo.open_both(repo.path(), &[]) {
        let id = lender.id("HEAD:migrations/1_users.sql");
        assert_eq!(git.blob(id).unwrap(), b"create table users (id int);\n");
        assert_eq!(git.layout().fallback, None);
    }
}

#[test]
fn sha256() {
    let Some(repo) = TestRepo::init(&["--object-format=sha256"]) else { return skip("SHA-256") };
    fill(&repo);
    assert_eq!(repo.id("HEAD").as_bytes().len(), 32);
    stored_as(&repo, Some("sha256"));
}

#[test]
fn reftable() {
    let Some(repo) = TestRepo::init(&["--ref-format=reftable"]) else { return skip("reftable") };
    fill(&repo);
    stored_as(&repo, Some("refstorage"));
}

#[test]
fn an_extension_that_git_itself_does_not_know_is_an_error() {
    let repo = filled();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.fromTheFuture", "true"]);
    let error = repo.open_in(repo.path(), &[]).err().expect("git refuses it").to_string();
    assert!(error.to_lowercase().contains("fromthefuture"), "{error}");
}

#[test]
fn partial_clone_without_blobs() {
    let server = filled();
    server.git(&["config", "uploadpack.allowFilter", "true"]);
    server.git(&["reset", "-q", "--hard"]);
    let repo = server.clone_with(&["--filter=blob:none", "--no-checkout"]);
    repo.git(&["read-tree", "HEAD"]);
    let blob = repo.id("HEAD:migrations/1_users.sql");
    // The server is still there: a fetch would succeed, and must not be tried.
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 7);
        assert_eq!(git.tree(repo.id("HEAD"), &["migrations".into()]).unwrap().entries.len(), 7);
        assert!(matches!(git.blob(blob), Err(GitError::NotHere(named)) if named == blob));
        let both = [blob, repo.id("HEAD:README.md")];
        assert!(matches!(git.blobs(&both, &mut |_, _| ()), Err(GitError::NotHere(_))));
    }
    let here = repo.git(&["rev-list", "--objects", "--all", "--missing=print"]);
    assert!(here.contains(&format!("?{blob}")), "guard has fetched {blob}");
}

#[test]
fn a_head_whose_commit_is_lost_is_not_an_unborn_branch() {
    let repo = TestRepo::new();
    let name = repo.commit_file("a.sql", "a\n").to_string();
    fs::remove_file(repo.path().join(".git/objects").join(&name[..2]).join(&name[2..])).unwrap();
    for git in repo.open_both(repo.path(), &[]) {
        let error = git.resolve("HEAD").unwrap_err().to_string();
        assert!(error.contains(&name), "{error}");
    }
}

#[test]
fn a_blob_that_is_lost_is_damage_and_not_a_partial_clone() {
    let repo = filled();
    let blob = repo.id("HEAD:migrations/1_users.sql");
    let name = blob.to_string();
    fs::remove_file(repo.path().join(".git/objects").join(&name[..2]).join(&name[2..])).unwrap();
    for git in repo.open_both(repo.path(), &[]) {
        let error = git.blob(blob).unwrap_err();
        assert!(
            matches!(&error, GitError::Failed(why) if why.contains(&name) && why.contains("fsck")),
            "{error}"
        );
    }
}

fn skip(what: &str) {
    crate::support::cannot_run(&format!("this git does not know {what}"));
}
