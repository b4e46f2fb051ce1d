//! The base: which commit a candidate is compared with, and what is said about it.

use migguard::git::{Backend, BaseRequest, CiEnvironment, GitError, find_base};
use migguard::model::{Base, Oid};

use crate::support::TestRepo;

/// A hook before a commit, on somebody's own machine.
pub(crate) fn hook() -> BaseRequest {
    BaseRequest::default()
}

/// A build of HEAD in CI.
pub(crate) fn build() -> BaseRequest {
    BaseRequest { ci: true, candidate_is_head: true, ..BaseRequest::default() }
}

/// Finds the base with these CI variables.
pub(crate) fn find(
    git: &dyn Backend,
    request: &BaseRequest,
    variables: &[(&str, &str)],
) -> Result<Base, GitError> {
    let read = |wanted: &str| {
        variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
    };
    find_base(git, request, &CiEnvironment(&read))
}

/// What both backends find, which must be the same.
pub(crate) fn base_of(repo: &TestRepo, request: &BaseRequest, variables: &[(&str, &str)]) -> Base {
    let [library, command] =
        repo.open_both(repo.path(), &[]).map(|git| find(&*git, request, variables).unwrap());
    assert_eq!(library, command);
    library
}

/// Why there is none, in words.
pub(crate) fn refused(repo: &TestRepo, request: &BaseRequest, variables: &[(&str, &str)]) -> String {
    let [library, command] =
        repo.open_both(repo.path(), &[]).map(|git| find(&*git, request, variables).unwrap_err().to_string());
    assert_eq!(library, command);
    library
}

/// A server whose main has moved on since `feature` was cut off, and the three commits that matter.
pub(crate) struct Forked {
    pub(crate) server: TestRepo,
    pub(crate) fork: Oid,
    pub(crate) main: Oid,
    pub(crate) feature: Oid,
}

pub(crate) fn forked() -> Forked {
    let server = TestRepo::new();
    server.commit_file("m/1.sql", "1\n");
    let fork = server.commit_file("m/2.sql", "2\n");
    server.git(&["checkout", "-q", "-b", "feature"]);
    server.commit_file("m/4.sql", "4\n");
    let feature = server.commit_file("m/6.sql", "6\n");
    server.git(&["checkout", "-q", "main"]);
    server.commit_file("m/3.sql", "3\n");
    let main = server.commit_file("m/5.sql", "5\n");
    Forked { server, fork, main, feature }
}

impl Forked {
    /// A clone with `feature` checked out.
    pub(crate) fn clone_of_feature(&self, options: &[&str]) -> TestRepo {
        self.server.clone_with(&[options, &["--branch", "feature"]].concat())
    }

    /// What a hosting site makes of the pull request: `refs/pull/7/merge`, whose first parent is main.
    pub(crate) fn merge_request(&self) -> Oid {
        self.server.git(&["checkout", "-q", "--detach", "main"]);
        self.server.git(&["merge", "-q", "--no-ff", "-m", "merge the pull request", "feature"]);
        let merge = self.server.id("HEAD");
        self.server.git(&["update-ref", "refs/pull/7/merge", &merge.to_string()]);
        self.server.git(&["checkout", "-q", "main"]);
        merge
    }
}

#[test]
fn the_default_branch_of_the_remote() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    for request in [hook(), build()] {
        let base = base_of(&repo, &request, &[]);
        assert_eq!(base.commit, Some(forked.fork));
        assert_eq!(base.target, Some(forked.main));
        assert_eq!(
            (base.name.as_str(), base.because.as_str()),
            ("origin/main", "the default branch of origin")
        );
        assert_eq!(base.warning, None);
    }
}

#[test]
fn usual_names_where_the_remote_says_none() {
    for name in ["main", "master", "develop", "trunk", "house"] {
        let forked = forked();
        forked.server.git(&["branch", "-q", "-m", "main", name]);
        let repo = forked.clone_of_feature(&[]);
        repo.git(&["symbolic-ref", "-d", "refs/remotes/origin/HEAD"]);
        repo.git(&["config", "init.defaultBranch", "house"]);
        let base = base_of(&repo, &hook(), &[]);
        assert_eq!((base.commit, base.name), (Some(forked.fork), format!("origin/{name}")));
    }
}

#[test]
fn a_default_branch_that_was_renamed_away() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/old"]);
    assert_eq!(base_of(&repo, &hook(), &[]).name, "origin/main");
}

#[test]
fn the_own_copy_on_the_remote_is_not_the_protected_line() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    assert_eq!(repo.git(&["rev-parse", "--abbrev-ref", "@{upstream}"]), "origin/feature");
    assert_eq!(base_of(&repo, &hook(), &[]).commit, Some(forked.fork));
}

#[test]
fn an_upstream_with_another_name_is() {
    let forked = forked();
    forked.server.git(&["branch", "release", "feature^"]);
    let repo = forked.clone_of_feature(&[]);
    repo.git(&["branch", "-q", "--set-upstream-to", "origin/release"]);
    let base = base_of(&repo, &hook(), &[]);
    assert_eq!(base.commit, Some(forked.server.id("release")));
    assert_eq!((base.name.as_str(), base.target), ("origin/release", None));
}

#[test]
fn an_upstream_that_is_gone_leads_on() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    repo.git(&["config", "branch.feature.merge", "refs/heads/deleted"]);
    assert_eq!(base_of(&repo, &hook(), &[]).name, "origin/main");
}

#[test]
fn the_remote_of_the_branch_comes_before_origin() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    let url = forked.server.path().to_str().unwrap().to_owned();
    repo.git(&["remote", "add", "team", &url]);
    repo.git(&["fetch", "-q", "team"]);
    repo.git(&["branch", "-q", "--set-upstream-to", "team/feature"]);
    assert_eq!(base_of(&repo, &hook(), &[]).name, "team/main");
}

#[test]
fn the_only_remote_may_have_any_name() {
    let forked = forked();
    let repo = forked.clone_of_feature(&["--origin", "hub"]);
    repo.git(&["config", "--remove-section", "branch.feature"]);
    assert_eq!(base_of(&repo, &hook(), &[]).name, "hub/main");
}

#[test]
fn commits_that_are_not_pushed_yet_are_not_published() {
    let forked = forked();
    let repo = forked.server.clone_with(&[]);
    repo.commit_file("m/7.sql", "7\n");
    let base = base_of(&repo, &hook(), &[]);
    assert_eq!((base.commit, base.target), (Some(forked.main), None));
    let base = base_of(&repo, &build(), &[]);
    assert_eq!(base.commit, Some(forked.main));
}

#[test]
fn a_build_of_the_protected_branch_is_compared_with_what_was_before() {
    let forked = forked();
    let repo = forked.server.clone_with(&[]);
    let base = base_of(&repo, &build(), &[]);
    assert_eq!(base.commit, Some(forked.server.id("main^")));
    assert!(base.because.contains("origin/main"), "{}", base.because);
    let before = forked.fork.to_string();
    assert_eq!(base_of(&repo, &build(), &[("CI_COMMIT_BEFORE_SHA", &before)]).commit, Some(forked.fork));
    let new_branch = "0".repeat(40);
    let base = base_of(&repo, &build(), &[("CI_COMMIT_BEFORE_SHA", &new_branch)]);
    assert_eq!(base.commit, Some(forked.server.id("main^")));
}

#[test]
fn without_a_remote_the_last_commit() {
    let repo = TestRepo::new();
    let first = repo.commit_file("m/1.sql", "1\n");
    let last = repo.commit_file("m/2.sql", "2\n");
    let base = base_of(&repo, &hook(), &[]);
    assert_eq!((base.commit, base.name.as_str(), base.target), (Some(last), "HEAD", None));
    assert!(base.because.contains("no remote"));
    let base = base_of(&repo, &build(), &[]);
    assert_eq!((base.commit, base.name.as_str()), (Some(first), "HEAD^"));
}

#[test]
fn before_and_at_the_first_commit_there_is_none() {
    let repo = TestRepo::new();
    let base = base_of(&repo, &hook(), &[]);
    assert_eq!((base.commit, base.because.as_str()), (None, "there is no commit yet"));
    repo.commit_file("m/1.sql", "1\n");
    let base = base_of(&repo, &build(), &[]);
    assert_eq!((base.commit, base.because.as_str()), (None, "HEAD is the first commit"));
    assert_eq!(base.warning, None);
}

#[test]
fn a_detached_head_has_the_same_base() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(base_of(&repo, &hook(), &[]).commit, Some(forked.fork));
}

#[test]
fn what_is_asked_for_comes_first() {
    let forked = forked();
    let repo = forked.clone_of_feature(&[]);
    let asked = Some(("HEAD^".to_owned(), "`--base`".to_owned()));
    let request = BaseRequest { asked, configured: Some("origin/main".to_owned()), ..hook() };
    let base = base_of(&repo, &request, &[("GITHUB_BASE_REF", "main")]);
    assert_eq!(base.commit, Some(forked.server.id("feature^")));
    assert_eq!(base.because, "asked for with `--base`");
    let asked = Some(("origin/main".to_owned(), "GUARD_BASE".to_owned()));
    let base = base_of(&repo, &BaseRequest { asked, ..hook() }, &[]);
    assert_eq!((base.commit, base.target), (Some(forked.fork), Some(forked.main)));
    let asked = Some(("nowhere".to_owned(), "`--base`".to_owned()));
    let why = refused(&repo, &BaseRequest { asked, ..hook() }, &[]);
    assert!(why.contains("`--base` names `nowhere`"), "{why}");
}

#[test]
fn then_what_guard_toml_says() {
    let forked = forked();
    forked.server.git(&["branch", "release", "feature^"]);
    let repo = forked.clone_of_feature(&[]);
    let configured = |name: &str| BaseRequest { configured: Some(name.to_owned()), ..hook() };
    let base = base_of(&repo, &configured("origin/release"), &[("GITHUB_BASE_REF", "main")]);
    assert_eq!(base.name, "origin/release");
    let base = base_of(&repo, &configured("origin/nowhere"), &[]);
    assert_eq!(base.name, "origin/main");
    assert!(base.warning.unwrap().contains("`origin/nowhere`"));
    let why = refused(&repo, &BaseRequest { ci: true, ..configured("origin/nowhere") }, &[]);
    assert!(why.contains("`origin/nowhere`") && why.contains("fetch-depth: 0"), "{why}");
}

#[test]
fn no_protected_branch_is_said_and_in_ci_refused() {
    let forked = forked();
    forked.server.git(&["branch", "-q", "-m", "main", "stable"]);
    let repo = forked.clone_of_feature(&[]);
    repo.git(&["symbolic-ref", "-d", "refs/remotes/origin/HEAD"]);
    let base = base_of(&repo, &hook(), &[]);
    assert_eq!((base.commit, base.name.as_str()), (Some(forked.feature), "origin/feature"));
    assert!(base.warning.unwrap().contains("[base] ref"));
    let why = refused(&repo, &build(), &[]);
    assert!(why.contains("[base] ref") && why.contains("--base"), "{why}");
}

#[test]
fn unrelated_histories_are_compared_with_the_last_commit_and_it_is_said() {
    let forked = forked();
    let repo = forked.server.clone_with(&[]);
    repo.git(&["checkout", "-q", "--orphan", "pages"]);
    let head = repo.commit_file("index.html", "x\n");
    let base = base_of(&repo, &hook(), &[]);
    assert_eq!((base.commit, base.target), (Some(head), Some(forked.main)));
    assert!(base.warning.unwrap().contains("share no commit"));
}

#[test]
fn a_shallow_clone_that_reaches_the_fork_is_as_good_as_a_whole_one() {
    let forked = forked();
    let repo = forked.clone_of_feature(&["--depth", "3", "--no-single-branch"]);
    let base = base_of(&repo, &build(), &[]);
    assert_eq!((base.commit, base.warning), (Some(forked.fork), None));
}

#[test]
fn a_shallow_clone_that_does_not_is_refused_in_ci_and_told_elsewhere() {
    let forked = forked();
    let repo = forked.clone_of_feature(&["--depth", "1", "--no-single-branch"]);
    let why = refused(&repo, &build(), &[]);
    assert!(
        why.contains("common ancestor") && why.contains("fetch-depth: 0") && why.contains("--base"),
        "{why}"
    );
    let base = base_of(&repo, &hook(), &[]);
    assert_eq!((base.commit, base.target), (Some(forked.feature), Some(forked.main)));
    assert!(base.warning.unwrap().contains("git fetch --unshallow"));
    // Asked for by name, the commit itself serves as the base.
    let asked = Some(("origin/main".to_owned(), "`--base`".to_owned()));
    let base = base_of(&repo, &BaseRequest { asked, ..build() }, &[]);
    assert_eq!(base.commit, Some(forked.main));
    assert!(base.warning.unwrap().contains("no common ancestor"));
}

#[test]
fn a_shallow_clone_of_the_protected_branch() {
    let forked = forked();
    let repo = forked.server.clone_with(&["--depth", "1"]);
    let why = refused(&repo, &build(), &[]);
    assert!(why.contains("the commit before HEAD is not in this clone"), "{why}");
    assert_eq!(base_of(&repo, &hook(), &[]).commit, Some(forked.main));
    let base = base_of(&repo, &BaseRequest { candidate_is_head: true, ..hook() }, &[]);
    assert_eq!(base.commit, Some(forked.main));
    assert!(base.warning.is_some());
    let repo = forked.server.clone_with(&["--depth", "2"]);
    assert_eq!(base_of(&repo, &build(), &[]).commit, Some(forked.server.id("main^")));
}
