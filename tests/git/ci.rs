//! The base in CI: what each system says, and the clones that it makes.

use std::fs;

use super::base::{Forked, base_of, build, forked, hook, refused};
use crate::support::TestRepo;

/// What `actions/checkout` does: `git init`, a remote, and a fetch of one reference to a depth.
fn checkout(forked: &Forked, reference: &str, depth: &[&str]) -> TestRepo {
    let repo = TestRepo::new();
    let url = format!("file://{}", forked.server.path().display());
    repo.git(&["remote", "add", "origin", &url]);
    let spec = format!(
        "+{reference}:{}",
        reference.replace("refs/heads/", "refs/remotes/origin/").replace("refs/pull/", "refs/remotes/pull/")
    );
    repo.git(&[&["fetch", "-q", "--no-tags"], depth, &["origin", &spec]].concat());
    repo.git(&["checkout", "-q", "--detach", "FETCH_HEAD"]);
    repo
}

#[test]
fn every_system_names_the_target_of_a_pull_request() {
    let forked = forked();
    forked.server.git(&["branch", "release/1", "feature^"]);
    let repo = forked.clone_of_feature(&[]);
    let systems: &[&[(&str, &str)]] = &[
        &[("GITHUB_BASE_REF", "release/1")],
        &[("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "release/1")],
        &[("BITBUCKET_PR_DESTINATION_BRANCH", "release/1")],
        &[("JENKINS_URL", "x"), ("CHANGE_TARGET", "release/1")],
        &[("JENKINS_URL", "x"), ("ghprbTargetBranch", "release/1")],
        &[("JENKINS_URL", "x"), ("gitlabTargetBranch", "release/1")],
        &[("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/release/1")],
        &[("BUILDKITE_PULL_REQUEST", "7"), ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "release/1")],
        &[("DRONE_PULL_REQUEST", "7"), ("DRONE_TARGET_BRANCH", "release/1")],
        &[("CI_COMMIT_TARGET_BRANCH", "release/1")],
        &[("VELA_PULL_REQUEST_TARGET", "release/1")],
        &[("TRAVIS_PULL_REQUEST", "7"), ("TRAVIS_BRANCH", "release/1")],
        &[("CIRRUS_BASE_BRANCH", "release/1")],
        &[("CF_PULL_REQUEST_TARGET", "release/1")],
        &[("BITRISEIO_GIT_BRANCH_DEST", "release/1")],
        &[("SCREWDRIVER", "true"), ("PR_BASE_BRANCH_NAME", "release/1")],
        &[("SHIPPABLE", "true"), ("IS_PULL_REQUEST", "true"), ("BASE_BRANCH", "release/1")],
        &[("APPVEYOR_PULL_REQUEST_NUMBER", "7"), ("APPVEYOR_REPO_BRANCH", "release/1")],
    ];
    for variables in systems {
        let base = base_of(&repo, &build(), variables);
        assert_eq!(base.commit, Some(forked.server.id("release/1")), "{variables:?}");
        assert_eq!(base.name, "origin/release/1");
        assert!(base.because.contains(variables.last().unwrap().0), "{}", base.because);
    }
}

#[test]
fn a_push_of_a_branch_is_compared_with_the_default_branch() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    let push = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_BASE_REF", ""),
        ("TRAVIS_PULL_REQUEST", "false"),
        ("TRAVIS_BRANCH", "x"),
    ];
    let base = base_of(&repo, &build(), &push);
    assert_eq!((base.commit, base.name.as_str()), (Some(forked.fork), "origin/main"));
}

#[test]
fn the_merge_commit_of_a_pull_request_at_depth_2() {
    let forked = forked();
    let merge = forked.merge_request().to_string();
    let variables =
        [("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", merge.as_str())];
    let repo = checkout(&forked, "refs/pull/7/merge", &["--depth=2"]);
    let base = base_of(&repo, &build(), &variables);
    assert_eq!((base.commit, base.target, base.name.as_str()), (Some(forked.main), None, "main"));
    assert!(base.because.contains("first parent"), "{}", base.because);
}

#[test]
fn the_merge_commit_of_a_pull_request_at_depth_1_names_a_base_that_is_not_there() {
    let forked = forked();
    let merge = forked.merge_request().to_string();
    let variables =
        [("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", merge.as_str())];
    let repo = checkout(&forked, "refs/pull/7/merge", &["--depth=1"]);
    let why = refused(&repo, &build(), &variables);
    assert!(why.contains(&forked.main.short()) && why.contains("fetch-depth: 2"), "{why}");
    // Once the target is there too, the parent that HEAD names is enough.
    repo.git(&["fetch", "-q", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main"]);
    assert_eq!(base_of(&repo, &build(), &variables).commit, Some(forked.main));
}

#[test]
fn a_target_that_is_a_parent_of_head_is_the_base_however_shallow_the_clone() {
    let forked = forked();
    forked.merge_request();
    let repo = checkout(&forked, "refs/pull/7/merge", &["--depth=1"]);
    repo.git(&["fetch", "-q", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main"]);
    assert_eq!(base_of(&repo, &build(), &[("GITHUB_BASE_REF", "main")]).commit, Some(forked.main));
    assert_eq!(base_of(&repo, &build(), &[]).commit, Some(forked.main));
}

#[test]
fn the_merge_commit_of_a_pull_request_after_the_target_has_moved_on() {
    let forked = forked();
    let merge = forked.merge_request().to_string();
    let newer = forked.server.commit_file("m/7.sql", "7\n");
    let variables =
        [("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", merge.as_str())];
    let repo = checkout(&forked, "refs/pull/7/merge", &[]);
    repo.git(&["fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*"]);
    let base = base_of(&repo, &build(), &variables);
    assert_eq!((base.commit, base.target), (Some(forked.main), Some(newer)));
}

#[test]
fn a_merge_of_main_into_the_branch_is_not_the_merge_of_the_pull_request() {
    let forked = forked();
    forked.server.git(&["checkout", "-q", "feature"]);
    forked.server.git(&["merge", "-q", "--no-ff", "-m", "catch up", "main"]);
    let (head, merge) = (forked.server.id("HEAD"), forked.merge_request().to_string());
    // The workflow has checked out the head of the branch instead of the merge commit.
    let variables =
        [("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", merge.as_str())];
    let repo = forked.clone_of_feature(&[]);
    assert_eq!(repo.id("HEAD"), head);
    assert_eq!(base_of(&repo, &build(), &variables).commit, Some(forked.main));
}

#[test]
fn gitlab_says_the_merge_base_itself() {
    let forked = forked();
    let fork = forked.fork.to_string();
    let variables =
        [("CI_MERGE_REQUEST_DIFF_BASE_SHA", fork.as_str()), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")];
    // Only the branch was fetched, as GitLab does.
    let repo = checkout(&forked, "refs/heads/feature", &["--depth=20"]);
    let base = base_of(&repo, &build(), &variables);
    assert_eq!((base.commit, base.target, base.name.as_str()), (Some(forked.fork), None, "main"));
    let repo = checkout(&forked, "refs/heads/feature", &["--depth=1"]);
    let why = refused(&repo, &build(), &variables);
    assert!(why.contains("`main`") && why.contains("GIT_DEPTH: 0"), "{why}");
}

#[test]
fn gitlabs_pipeline_for_merged_results_contains_the_target() {
    let forked = forked();
    forked.merge_request();
    let (fork, main) = (forked.fork.to_string(), forked.main.to_string());
    let variables = [
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", fork.as_str()),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", main.as_str()),
    ];
    let repo = checkout(&forked, "refs/pull/7/merge", &[]);
    assert_eq!(base_of(&repo, &build(), &variables).commit, Some(forked.main));
}

#[test]
fn gitlab_says_the_default_branch() {
    let forked = forked();
    forked.server.git(&["branch", "-q", "-m", "main", "stable"]);
    let repo = forked.clone_of_feature(&[]);
    repo.git(&["symbolic-ref", "-d", "refs/remotes/origin/HEAD"]);
    assert_eq!(base_of(&repo, &build(), &[("CI_DEFAULT_BRANCH", "stable")]).commit, Some(forked.fork));
}

#[test]
fn githubs_event_says_what_was_there_before_a_push_and_under_a_merge_queue() {
    let forked = forked();
    let repo = forked.server.clone_with(&[]);
    let event = repo.beside("event.json");
    let variables = [("GITHUB_EVENT_PATH", event.to_str().unwrap())];
    fs::write(&event, format!("{{\"before\": \"{}\"}}", forked.fork)).unwrap();
    assert_eq!(base_of(&repo, &build(), &variables).commit, Some(forked.fork));
    fs::write(&event, format!("{{\"merge_group\": {{\"base_sha\": \"{}\"}}}}", forked.fork)).unwrap();
    assert_eq!(base_of(&repo, &build(), &variables).commit, Some(forked.fork));
}

#[test]
fn a_target_that_is_not_there_is_refused_in_ci_and_told_elsewhere() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    let variables = [("GITHUB_BASE_REF", "nowhere")];
    let why = refused(&repo, &build(), &variables);
    assert!(why.contains("`nowhere`") && why.contains("GITHUB_BASE_REF"), "{why}");
    let base = base_of(&repo, &hook(), &variables);
    assert_eq!(base.name, "origin/main");
    assert!(base.warning.unwrap().contains("`nowhere`"));
}
