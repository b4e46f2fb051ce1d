//! The walk through the history: both backends say the same, and it is what happened.

use std::time::{Duration, Instant};

use migguard::git::{Backend, CommitInfo, Log, LogQuery, PathChange};
use migguard::model::{Oid, RepoPath};

use crate::support::TestRepo;

/// What happened to some paths, from `HEAD`.
fn log(git: &dyn Backend, paths: &[&str]) -> Log {
    let paths: Vec<RepoPath> = paths.iter().copied().map(RepoPath::from).collect();
    let own = git.resolve("HEAD").unwrap();
    git.log(&LogQuery { own, paths: &paths, deadline: Instant::now() + Duration::from_secs(60) }).unwrap()
}

/// Both backends must say the same; the order of commits of one second is free.
fn both(repo: &TestRepo, paths: &[&str]) -> Vec<PathChange> {
    let [library, command] = repo.open_both(repo.path(), &[]);
    let key = |change: &PathChange| (!change.own, change.commit, change.path.clone());
    let [mut one, mut other] = [log(&*library, paths), log(&*command, paths)];
    assert_eq!(library.layout().fallback, command.layout().fallback);
    assert!(!one.cut_off && !other.cut_off);
    assert!(one.changes.is_sorted_by_key(|change| !change.own), "the own history comes first");
    one.changes.sort_by_key(key);
    other.changes.sort_by_key(key);
    assert_eq!(one.changes, other.changes);
    assert_eq!(library.branches().unwrap(), command.branches().unwrap());
    for change in &one.changes {
        assert_eq!(library.commit(change.commit).unwrap(), command.commit(change.commit).unwrap());
        let mut all = [library.changes(change.commit).unwrap(), command.changes(change.commit).unwrap()];
        for changes in &mut all {
            changes.sort_by(|one, other| one.path.cmp(&other.path));
        }
        assert_eq!(all[0], all[1]);
        assert!(all[0].iter().any(|any| any.path == change.path && any.after == change.after));
    }
    one.changes
}

/// `path before.. -> after` of a commit, with blobs as their first line.
fn shown(repo: &TestRepo, changes: &[PathChange], commit: Oid) -> Vec<String> {
    let text =
        |oid: &Option<Oid>| oid.map_or("-".to_owned(), |oid| repo.git(&["cat-file", "-p", &oid.to_string()]));
    let show = |change: &PathChange| {
        let before: Vec<String> = change.before.iter().map(text).collect();
        format!("{} {} -> {}", change.path, before.join(" "), text(&change.after))
    };
    changes.iter().filter(|change| change.commit == commit).map(show).collect()
}

/// The part of the contract that is about history, on the repository of [`super::contract::fill`].
pub(crate) fn holds(git: &dyn Backend, repo: &TestRepo) {
    let found = log(git, &["migrations"]);
    assert!(!found.cut_off && found.changes.iter().all(|change| change.own && !change.boundary));
    let mut seen: Vec<(Oid, String)> =
        found.changes.iter().map(|change| (change.commit, change.path.to_string())).collect();
    seen.sort();
    let mut expected: Vec<(Oid, String)> =
        ["1_users.sql", "2_posts.sql", "empty.sql", "sub/3_deep.sql", ".gitattributes"]
            .map(|name| (repo.id("v1^{commit}"), format!("migrations/{name}")))
            .to_vec();
    expected.push((repo.id("side"), "migrations/5_side.sql".to_owned()));
    expected.push((repo.id("HEAD^1"), "migrations/4_main.sql".to_owned()));
    expected.sort();
    assert_eq!(seen, expected);
    assert_eq!(git.changes(repo.id("HEAD")).unwrap(), []);
    assert_eq!(git.changes(repo.id("side")).unwrap().len(), 1);
    let info = git.commit(repo.id("side")).unwrap();
    let name = "Test".to_owned();
    let subject = "add migrations/5_side.sql".to_owned();
    assert_eq!(info, CommitInfo { author: name, seconds: 1_767_323_045, offset: 0, subject });
    let tips: Vec<(String, Oid)> =
        git.branches().unwrap().into_iter().map(|branch| (branch.name, branch.tip)).collect();
    assert!(tips.contains(&("side".to_owned(), repo.id("side"))));
}

#[test]
fn what_happens_to_a_file_is_seen() {
    let repo = TestRepo::new();
    let first = repo.commit_file("m/1.sql", "one");
    let elsewhere = repo.commit_file("other.txt", "x");
    let edited = repo.commit_file("m/1.sql", "two");
    repo.git(&["rm", "-q", "m/1.sql"]);
    let deleted = repo.commit("delete");
    let again = repo.commit_file("m/1.sql", "one");
    repo.git(&["mv", "m/1.sql", "m/2.sql"]);
    let renamed = repo.commit("rename");
    for paths in [&["m"][..], &[""], &["m/1.sql", "m/2.sql"]] {
        let changes = both(&repo, paths);
        assert_eq!(shown(&repo, &changes, first), ["m/1.sql - -> one"]);
        assert_eq!(shown(&repo, &changes, edited), ["m/1.sql one -> two"]);
        assert_eq!(shown(&repo, &changes, deleted), ["m/1.sql two -> -"]);
        assert_eq!(shown(&repo, &changes, again), ["m/1.sql - -> one"]);
        assert_eq!(shown(&repo, &changes, renamed), ["m/1.sql one -> -", "m/2.sql - -> one"]);
        assert_eq!(shown(&repo, &changes, elsewhere).is_empty(), paths != [""]);
        assert!(changes.iter().all(|change| change.own && !change.boundary));
    }
    assert_eq!(both(&repo, &["nowhere"]), []);
}

#[test]
fn a_merge_changes_what_none_of_its_parents_has() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one");
    for side in ["a", "b", "c"] {
        repo.git(&["checkout", "-q", "-b", side, "main"]);
        repo.commit_file(&format!("m/{side}.sql"), side);
        repo.commit_file("m/1.sql", side);
    }
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "a", "a"]);
    let quiet = repo.id("HEAD");
    assert!(!repo.try_git(&["merge", "-q", "b"]).status.success());
    repo.write("m/1.sql", "both");
    let evil = repo.commit("merge by hand");
    let changes = both(&repo, &["m"]);
    assert_eq!(shown(&repo, &changes, quiet), [""; 0]);
    assert_eq!(shown(&repo, &changes, evil), ["m/1.sql a b -> both"]);
    assert!(changes.iter().filter(|change| change.commit == repo.id("c")).all(|change| !change.own));
    assert!(changes.iter().filter(|change| change.commit == repo.id("a")).all(|change| change.own));
}

#[test]
fn an_octopus_has_many_arms() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one");
    for side in ["a", "b", "c"] {
        repo.git(&["checkout", "-q", "-b", side, "main"]);
        repo.commit_file(&format!("m/{side}.sql"), side);
    }
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("m/main.sql", "main");
    repo.git(&["merge", "-q", "-m", "all", "a", "b", "c"]);
    repo.write("m/1.sql", "by the octopus");
    repo.git(&["commit", "-q", "-a", "--amend", "--no-edit"]);
    let octopus = repo.id("HEAD");
    assert_eq!(repo.open().parents(octopus).unwrap().len(), 4);
    let changes = both(&repo, &["m"]);
    assert_eq!(shown(&repo, &changes, octopus), ["m/1.sql one one one one -> by the octopus"]);
    assert_eq!(changes.len(), 6);
}

#[test]
fn tags_and_remotes_are_part_of_history_and_a_stash_is_none() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one");
    repo.git(&["checkout", "-q", "-b", "gone"]);
    let tagged = repo.commit_file("m/1.sql", "tagged");
    repo.git(&["tag", "-a", "-m", "x", "v1"]);
    repo.git(&["tag", "-a", "-m", "x", "v1-again", "v1"]);
    repo.git(&["tag", "a-blob", "HEAD:m/1.sql"]);
    let remote = repo.commit_file("m/1.sql", "remote");
    repo.git(&["update-ref", "refs/remotes/origin/x", "HEAD"]);
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/x"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-q", "-D", "gone"]);
    repo.write("m/1.sql", "stashed");
    repo.git(&["stash", "-q"]);
    let changes = both(&repo, &["m"]);
    assert_eq!(shown(&repo, &changes, tagged), ["m/1.sql one -> tagged"]);
    assert_eq!(shown(&repo, &changes, remote), ["m/1.sql tagged -> remote"]);
    assert_eq!(changes.len(), 3);
    let names: Vec<String> = repo.open().branches().unwrap().into_iter().map(|branch| branch.name).collect();
    assert_eq!(names, ["main", "origin/x"]);
}

#[test]
fn a_shallow_clone_knows_where_it_begins() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one");
    repo.commit_file("m/1.sql", "two");
    repo.commit_file("m/2.sql", "x");
    let shallow = repo.clone_with(&["--depth", "2"]);
    let changes = both(&shallow, &["m"]);
    let begins = shallow.id("HEAD~1");
    assert_eq!(shown(&shallow, &changes, begins), ["m/1.sql - -> two"]);
    assert!(changes.iter().all(|change| change.boundary == (change.commit == begins)));
}

#[test]
fn odd_things_are_no_texts() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},m/sub", repo.id("HEAD"))]);
    repo.git(&["update-index", "--chmod=+x", "m/1.sql"]);
    repo.git(&["commit", "-q", "-m", "a submodule, and a mode"]);
    let quiet = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["rm", "-q", "--cached", "m/sub", "m/1.sql"]);
    std::fs::remove_file(repo.path().join("m/1.sql")).unwrap();
    repo.write("m/1.sql/up.sql", "a directory now");
    let turned = repo.commit("a file becomes a directory");
    let changes = both(&repo, &["m"]);
    assert_eq!(shown(&repo, &changes, quiet), [""; 0]);
    assert_eq!(shown(&repo, &changes, turned), ["m/1.sql one -> -", "m/1.sql/up.sql - -> a directory now"]);
}

#[test]
fn names_are_foreign_bytes() {
    let repo = TestRepo::new();
    repo.write("m/a \"b\"\n\tc.sql", "odd");
    repo.git(&["add", "."]);
    let author = "E\u{1b}[31mve \u{202e}<x> 1 +0000";
    repo.git(&[
        "-c",
        "i18n.commitEncoding=latin1",
        "commit",
        "-q",
        "--author",
        &format!("{author} <e@x>"),
        "-m",
        "a\u{7}b\n\nbody",
    ]);
    let changes = both(&repo, &["m"]);
    assert_eq!(changes[0].path.as_bytes(), b"m/a \"b\"\n\tc.sql");
    let CommitInfo { subject, author, .. } = repo.open().commit(repo.id("HEAD")).unwrap();
    assert_eq!(subject, "a\u{7}b");
    assert!(author.starts_with("E\u{1b}[31mve"), "{author}");
}

#[test]
fn the_search_ends_in_time() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one");
    for git in repo.open_both(repo.path(), &[]) {
        let paths = [RepoPath::from("m")];
        let own = git.resolve("HEAD").unwrap();
        let log = git.log(&LogQuery { own, paths: &paths, deadline: Instant::now() }).unwrap();
        assert_eq!(log, Log { changes: Vec::new(), cut_off: true });
    }
}

#[test]
fn before_the_first_commit_there_are_only_other_branches() {
    let repo = TestRepo::new();
    assert_eq!(both(&repo, &["m"]), []);
    repo.commit_file("m/1.sql", "one");
    repo.git(&["checkout", "-q", "--orphan", "new"]);
    let changes = both(&repo, &["m"]);
    assert_eq!((changes.len(), changes[0].own), (1, false));
}

#[test]
fn the_configuration_of_git_changes_nothing() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one");
    repo.git(&["mv", "m/1.sql", "m/2.sql"]);
    repo.commit("rename");
    let settings = [
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
        ("log.follow", "true"),
        ("log.diffMerges", "off"),
        ("diff.renames", "copies"),
        ("diff.noprefix", "true"),
        ("diff.relative", "true"),
        ("diff.orderFile", "nowhere"),
        ("core.quotePath", "true"),
        ("core.abbrev", "4"),
        ("color.ui", "always"),
        ("format.pretty", "fuller"),
        ("log.date", "relative"),
    ];
    for (key, value) in settings {
        if key != "diff.orderFile" {
            repo.git(&["config", key, value]);
        }
    }
    assert_eq!(both(&repo, &["m"]).len(), 3);
}
