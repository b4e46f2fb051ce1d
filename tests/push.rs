//! `guard hook pre-push` under real `git push` to a bare repository.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use crate::commits::{spoken, table};
use crate::support::TestRepo;

/// A repository with the hooks, and an empty one to push to, called `origin`.
struct Bench {
    repo: TestRepo,
    server: PathBuf,
}

impl Bench {
    /// One migration is committed, and nothing is pushed. `toml` stands behind the migration set.
    fn new(toml: &str) -> Self {
        let repo = TestRepo::new();
        repo.write("migrations/10_one.sql", table("one"));
        repo.write("guard.toml", format!("[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n{toml}"));
        repo.commit("begin");
        let server = repo.beside("server.git");
        repo.git(&["init", "-q", "--bare", "-b", "main", server.to_str().unwrap()]);
        repo.git(&["remote", "add", "origin", server.to_str().unwrap()]);
        repo.guard(&["install"]).success();
        Self { repo, server }
    }

    /// The same, with that pushed.
    fn published(toml: &str) -> Self {
        let bench = Self::new(toml);
        bench.passes(&["-u", "origin", "main"]);
        bench
    }

    fn push(&self, arguments: &[&str]) -> Output {
        let mut git = self.repo.command("git");
        git.args(["push", "-q"]).args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// It goes through, and nobody says a word.
    fn passes(&self, arguments: &[&str]) {
        let said = self.goes_through(arguments);
        assert_eq!(said, "", "git push {arguments:?}");
    }

    fn goes_through(&self, arguments: &[&str]) -> String {
        let done = self.push(arguments);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "git push {arguments:?}: {said}");
        said
    }

    /// It is stopped by this rule, and the other side stays as it is.
    fn stopped(&self, arguments: &[&str], rule: &str) {
        let before = self.there();
        let done = self.push(arguments);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success(), "git push {arguments:?} was not stopped by {rule}: {said}");
        assert!(spoken(&said).contains(rule), "git push {arguments:?}: {said}");
        assert_eq!(self.there(), before);
    }

    /// The refs of the other side.
    fn there(&self) -> String {
        self.repo.git_in(&self.server, &["for-each-ref"])
    }

    /// Commits a file past the hook. Without a text it is deleted.
    fn sneak(&self, path: &str, text: Option<&str>) {
        match text {
            Some(text) => self.repo.write(path, text),
            None => fs::remove_file(self.repo.path().join(path)).unwrap(),
        }
        self.repo.git(&["add", "-A"]);
        self.repo.git(&["commit", "-qnm", &format!("sneak {path}")]);
    }
}

const ONE: &str = "migrations/10_one.sql";
const TWO: &str = "migrations/20_two.sql";

#[test]
fn what_is_fine_is_pushed_in_silence() {
    let bench = Bench::new("");
    // Into an empty repository, by name and to a place without one.
    bench.passes(&[bench.server.to_str().unwrap(), "main:refs/heads/before"]);
    bench.passes(&["-u", "origin", "main"]);
    bench.passes(&["origin", "main"]);
    bench.repo.commit_file(TWO, &table("two"));
    bench.passes(&[]);
    bench.repo.git(&["switch", "-q", "-c", "feature"]);
    bench.repo.commit_file("migrations/30_three.sql", &table("three"));
    bench.repo.commit_file("migrations/30_three.sql", &table("other"));
    // A new branch, a tag of it, a tag of a file, all there is, and away again.
    bench.passes(&["origin", "feature"]);
    bench.repo.git(&["tag", "-am", "a tag", "v1"]);
    bench.repo.git(&["tag", "file", "HEAD:guard.toml"]);
    bench.passes(&["origin", "v1", "file"]);
    bench.passes(&["--all", "origin"]);
    bench.passes(&["--tags", "origin"]);
    bench.passes(&["origin", "--delete", "feature"]);
    bench.passes(&["origin", ":v1", "HEAD~1:refs/heads/feature"]);
    // Its own migration, rewritten, by force.
    bench.repo.git(&["reset", "-q", "--hard", "main"]);
    bench.repo.commit_file("migrations/40_three.sql", &table("three"));
    bench.passes(&["--force", "origin", "feature"]);
    bench.passes(&["--force", "origin", "main:feature"]);
}

#[test]
fn what_no_hook_has_seen_is_stopped() {
    let bench = Bench::published("");
    bench.sneak(ONE, Some("DROP TABLE one;\n"));
    bench.stopped(&[], "edited-migration");
    bench.stopped(&["origin", "HEAD:refs/heads/new"], "edited-migration");
    bench.repo.git(&["tag", "-am", "a tag", "v1"]);
    bench.stopped(&["origin", "v1"], "edited-migration");
    // A later commit does not hide it.
    bench.sneak(ONE, Some(&table("one")));
    let done = bench.push(&[]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(spoken(&said).contains("unchecked-commit"), "{said}");
    assert!(said.contains("sneak migrations/10_one.sql"), "{said}");
}

#[test]
fn what_is_pushed_counts_and_not_what_is_checked_out() {
    let bench = Bench::published("");
    bench.repo.git(&["switch", "-q", "-c", "bad"]);
    bench.sneak(ONE, None);
    bench.repo.git(&["switch", "-q", "-c", "good", "main"]);
    bench.repo.commit_file(TWO, &table("two"));
    bench.stopped(&["origin", "bad"], "deleted-migration");
    bench.stopped(&["origin", "good", "bad"], "deleted-migration");
    bench.stopped(&["--all", "origin"], "deleted-migration");
    bench.repo.git(&["switch", "-q", "bad"]);
    bench.passes(&["origin", "good"]);
    // A linked work tree, and one that is not clean.
    let linked = bench.repo.beside("linked");
    bench.repo.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "good"]);
    fs::remove_file(linked.join(ONE)).unwrap();
    bench.repo.git_in(&linked, &["push", "-q", "origin", "good:refs/heads/again"]);
}

#[test]
fn a_push_by_force_takes_nothing_published_away() {
    let bench = Bench::published("");
    bench.repo.commit_file(TWO, &table("two"));
    bench.passes(&[]);
    bench.repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    bench.repo.commit_file("code.rs", "// code\n");
    bench.stopped(&["--force"], "deleted-migration");
    // The same with the migration kept.
    bench.repo.commit_file(TWO, &table("two"));
    bench.passes(&["--force"]);
}

#[test]
fn a_history_of_its_own_is_not_judged_unless_it_takes_the_place_of_the_other() {
    let bench = Bench::published("");
    bench.repo.git(&["notes", "add", "-m", "a note"]);
    bench.passes(&["origin", "refs/notes/commits"]);
    for text in ["one", "two"] {
        bench.repo.git(&["switch", "-q", "--orphan", text]);
        bench.sneak("index.html", Some(text));
        bench.passes(&["--force", "origin", &format!("{text}:pages")]);
    }
    bench.sneak("index.html", Some("three"));
    bench.passes(&["origin", "two:pages"]);
    bench.repo.git(&["switch", "-q", "main"]);
    bench.passes(&["origin", "two:other"]);
    bench.stopped(&["--force", "origin", "two:main"], "deleted-migration");
}

#[test]
fn what_the_other_side_has_may_be_unknown_here() {
    let bench = Bench::published("");
    let other = bench.repo.clone_with(&[]);
    other.commit_file("theirs.rs", "// theirs\n");
    other.git(&["push", "-q", bench.server.to_str().unwrap(), "HEAD:main"]);
    bench.repo.commit_file(TWO, &table("two"));
    assert!(!bench.push(&[]).status.success(), "git itself refuses");
    bench.passes(&["--force"]);
    bench.sneak(ONE, None);
    other.commit_file("theirs.rs", "// more\n");
    other.git(&["push", "-q", "--force", bench.server.to_str().unwrap(), "HEAD:main"]);
    bench.stopped(&["--force"], "deleted-migration");
}

/// A service that is up while a file is there.
fn check(at: &str, need: bool) -> String {
    format!(
        "[services.tts]\nprobe = {{ run = [\"test\", \"-e\", \"up\"] }}\nrequired = {need}\ntimeout = \"5s\"\n\
         [[checks]]\nname = \"audio\"\nrun = [\"sh\", \"-c\", \"echo ran >> .git/ran; test ! -e wrong\"]\n\
         needs = [\"tts\"]\nrequired = true\ntimeout = \"5s\"\nat = [{at}]\n"
    )
}

#[test]
fn what_commits_owe_is_paid_by_the_push() {
    let bench = Bench::published(&check("\"commit\"", false));
    bench.repo.write(".git/info/exclude", "up\nwrong\n");
    let ran = || fs::read_to_string(bench.repo.path().join(".git/ran")).unwrap_or_default();
    bench.repo.commit_file("code.rs", "// offline\n");
    // Still down: that keeps nobody from it.
    let said = bench.goes_through(&["origin", "main:refs/heads/early"]);
    assert!(said.contains("the check \"audio\"") && said.contains("does not block"), "{said}");
    bench.repo.write("up", "");
    bench.repo.write("wrong", "");
    // What was not checked, and is wrong, does not get out.
    bench.stopped(&[], "failed-check");
    fs::remove_file(bench.repo.path().join("wrong")).unwrap();
    let said = bench.goes_through(&[]);
    assert!(said.contains("1 commit made offline is now checked by audio: fine"), "{said}");
    assert_eq!(ran(), "ran\nran\n");
    // Paid is paid, and a check of commits is none of pushes.
    bench.repo.git(&["commit", "-qn", "--allow-empty", "-m", "nothing"]);
    bench.passes(&[]);
    assert_eq!(ran(), "ran\nran\n");
}

#[test]
fn a_database_that_was_down_is_asked_by_the_push() {
    let bench = Bench::published(
        "[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = false\ntimeout = \"2s\"\nat = [\"commit\"]\n",
    );
    bench.repo.write(".git/info/exclude", "dev.db\n");
    bench.repo.commit_file("code.rs", "// offline\n");
    let file = bench.repo.path().join("dev.db");
    crate::support::sqlx_database(&file, &[(10, "one", &table("one"))]);
    let said = bench.goes_through(&[]);
    assert!(said.contains("1 commit made offline is now checked by dev: fine"), "{said}");
    fs::remove_file(file).unwrap();
    bench.repo.git(&["commit", "-qn", "--allow-empty", "-m", "nothing"]);
    bench.passes(&[]);
}

#[test]
fn what_is_down_at_a_push_is_said_and_only_what_is_required_stops_it() {
    let bench = Bench::published("");
    let declare = |toml: &str| {
        bench
            .repo
            .write("guard.toml", format!("[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n{toml}"));
        bench.repo.git(&["commit", "-qnam", "declare"]);
    };
    let hangs = |need: bool| {
        format!(
            "[[checks]]\nname = \"slow\"\nrun = [\"sleep\", \"60\"]\nrequired = {need}\ntimeout = \"300ms\"\nat = [\"push\"]\n"
        )
    };
    for (toml, name) in [
        (check("\"push\"", false), "audio"),
        (hangs(false), "slow"),
        (
            "[databases.dev]\nurl = \"sqlite:none.db\"\nrequired = false\ntimeout = \"2s\"\nat = [\"push\"]\n"
                .to_owned(),
            "dev",
        ),
    ] {
        declare(&toml);
        let said = bench.goes_through(&[]);
        assert!(said.contains(&format!("\"{name}\"")) && said.contains("does not block"), "{said}");
    }
    declare(&hangs(true));
    let before = bench.there();
    let done = bench.push(&[]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success(), "{said}");
    assert!(said.contains("required by guard.toml:4") && said.contains("required = false"), "{said}");
    assert!(said.contains("GUARD=0 git push passes guard by this once"), "{said}");
    assert_eq!(bench.there(), before);
    let mut git = bench.repo.command("git");
    assert!(git.args(["push", "-q"]).env("GUARD", "0").status().unwrap().success());
    // What is not checked out is judged without the team's own checks, and that is said.
    bench.repo.git(&["branch", "side"]);
    bench.repo.git(&["commit", "-qn", "--allow-empty", "-m", "another"]);
    bench.repo.git(&["branch", "other"]);
    bench.repo.git(&["reset", "-q", "--hard", "side"]);
    let said = bench.goes_through(&["origin", "other"]);
    assert!(said.contains("not what is checked out: slow"), "{said}");
}

#[test]
fn the_hook_that_was_there_is_told_what_is_pushed_and_may_stop_it() {
    for (shebang, body) in [
        ("#!/bin/sh", "cat > .git/told; echo \"$0 $*\" >> .git/told; test ! -e stop\n"),
        ("#!/usr/bin/env bash", "cat > .git/told; echo \"$0 $*\" >> .git/told; test ! -e stop\n"),
        // One that does not want to know.
        ("#!/bin/sh", "echo \"$1\" > .git/told; test ! -e stop\n"),
        ("#!/usr/bin/env -S sh", "cat > .git/told; echo \"$0 $*\" >> .git/told; test ! -e stop\n"),
    ] {
        let bench = Bench::new("");
        bench.repo.guard(&["uninstall"]).success();
        let hook = bench.repo.path().join(".git/hooks/pre-push");
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        fs::write(&hook, format!("{shebang}\n{body}")).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        bench.repo.guard(&["install"]).success();
        bench.repo.write("stop", "");
        assert!(!bench.push(&["origin", "main"]).status.success(), "{shebang} {body}");
        fs::remove_file(bench.repo.path().join("stop")).unwrap();
        bench.passes(&["-u", "origin", "main"]);
        let told = fs::read_to_string(bench.repo.path().join(".git/told")).unwrap();
        let head = bench.repo.git(&["rev-parse", "HEAD"]);
        let line = format!("refs/heads/main {head} refs/heads/main {}\n", "0".repeat(40));
        if body.contains("cat") {
            assert!(told.starts_with(&line) && told.contains("hooks/pre-push origin"), "{told}");
        }
        bench.sneak(ONE, None);
        bench.stopped(&[], "deleted-migration");
        bench.repo.guard(&["uninstall"]).success();
        assert_eq!(fs::read_to_string(&hook).unwrap(), format!("{shebang}\n{body}"));
    }
}

/// By hand, and under programs that do not say what is pushed.
#[test]
fn without_a_word_from_git_it_waits_for_nobody() {
    let bench = Bench::published("");
    let hook = || {
        let mut guard = bench.repo.command(env!("CARGO_BIN_EXE_guard"));
        guard.args(["hook", "pre-push", "origin", "url"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        guard
    };
    bench.sneak(ONE, None);
    let nothing = hook().stdin(Stdio::null()).output().unwrap();
    assert!(nothing.status.success() && nothing.stderr.is_empty(), "{nothing:?}");
    let told = hook().stdin(Stdio::null()).env("PRE_COMMIT_TO_REF", "HEAD").output().unwrap();
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    // A pipe that stays open: what is checked out is judged.
    let mut open = hook().stdin(Stdio::piped()).spawn().unwrap();
    let held = open.stdin.take();
    let done = open.wait_with_output().unwrap();
    assert!(spoken(&String::from_utf8_lossy(&done.stderr)).contains("deleted-migration"), "{done:?}");
    drop(held);
}

#[test]
fn a_repository_without_a_work_tree_can_be_pushed_from() {
    let bench = Bench::published("");
    bench.sneak(ONE, None);
    let mirror = bench.repo.beside("mirror.git");
    bench.repo.git(&["clone", "-q", "--bare", bench.repo.path().to_str().unwrap(), mirror.to_str().unwrap()]);
    bench.repo.git_in(&mirror, &["remote", "set-url", "origin", bench.server.to_str().unwrap()]);
    bench.repo.git_in(&mirror, &["fetch", "-q", "origin", "main:refs/remotes/origin/main"]);
    let hooks = bench.repo.path().join(".git/hooks");
    let done = bench
        .repo
        .command_in("git", &mirror)
        .args(["-c", &format!("core.hooksPath={}", hooks.display()), "push", "-q", "origin", "main"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success() && spoken(&said).contains("deleted-migration"), "{said}");
}
