//! `guard.lock`, with real repositories: written, checked, edited, merged.

use std::fs;

use serde_json::Value;

use crate::support::{Guarded, TestRepo, sqlx_database};

const ONE: &str = "-- migrate:up\nCREATE TABLE one (id INTEGER);\n";
const OTHER: &str = "-- migrate:up\nCREATE TABLE one (id BIGINT);\n";

/// A set of dbmate with one locked migration on `main`, and the branch `feature` on top of it.
fn project() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"dbmate\"\ndir = \"migrations\"\n[base]\nref = \"refs/heads/main\"\n",
    );
    repo.write("migrations/1_one.sql", ONE);
    repo.git(&["add", "-A"]);
    let said = repo.guard(&["lock"]).success();
    assert!(said.out().contains("1 migration as staged, 1 new, 0 gone"), "{}", said.out());
    repo.commit("one");
    repo.git(&["switch", "-qc", "feature"]);
    repo
}

fn findings(repo: &TestRepo, more: &[&str]) -> Vec<Value> {
    let report = repo.guard(&[&["check", "--format", "json"], more].concat()).json();
    report["findings"].as_array().unwrap().clone()
}

/// Rule, level and location of each finding.
fn found(repo: &TestRepo) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found: Vec<String> = findings(repo, &[])
        .iter()
        .map(|one| {
            let standing = if one["level"] == "deny" { "deny" } else { "warn" };
            format!("{} {standing} {}", word(&one["rule"]), word(&one["location"]["path"]))
        })
        .collect();
    found.sort();
    found
}

fn lock_and_stage(repo: &TestRepo) -> Guarded {
    let said = repo.guard(&["lock"]).success();
    repo.git(&["add", "-A"]);
    said
}

#[test]
fn what_is_locked_is_silent_and_written_once() {
    let repo = project();
    assert_eq!(found(&repo), [""; 0]);
    repo.guard(&["lock", "--check"]).success();
    assert!(lock_and_stage(&repo).out().contains("up to date, 1 migration"));
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    // In either line ending, of the file and of the migration, it is the same.
    let lock = fs::read_to_string(repo.path().join("guard.lock")).unwrap();
    repo.write("guard.lock", lock.replace('\n', "\r\n"));
    repo.git(&["add", "-A"]);
    repo.guard(&["lock", "--check"]).success();
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["config", "core.autocrlf", "true"]);
    fs::remove_file(repo.path().join("migrations/1_one.sql")).unwrap();
    repo.git(&["checkout", "-q", "--", "migrations"]);
    assert!(fs::read_to_string(repo.path().join("migrations/1_one.sql")).unwrap().contains("\r\n"));
    repo.guard(&["lock"]).success();
    assert_eq!(fs::read_to_string(repo.path().join("guard.lock")).unwrap(), lock);
}

#[test]
fn without_the_file_nothing_is_said() {
    let repo = project();
    repo.git(&["rm", "-q", "guard.lock"]);
    repo.write("migrations/2_two.sql", ONE);
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo), [""; 0]);
    let said = repo.guard(&["lock", "--check"]).code(2);
    assert!(said.err().contains("no guard.lock is staged"), "{}", said.err());
}

#[test]
fn a_new_migration_needs_its_line_and_may_be_edited() {
    let repo = project();
    repo.write("migrations/2_two.sql", ONE);
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo), ["stale-lock deny guard.lock"]);
    let said = repo.guard(&["lock", "--check"]).code(1);
    assert!(said.out().contains("no line for 1 migration"), "{}", said.out());
    lock_and_stage(&repo);
    assert_eq!(found(&repo), [""; 0]);
    repo.write("migrations/2_two.sql", OTHER);
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo), ["stale-lock deny guard.lock"]);
    lock_and_stage(&repo);
    assert_eq!(found(&repo), [""; 0]);
    repo.git(&["rm", "-qf", "migrations/2_two.sql"]);
    assert_eq!(found(&repo), ["stale-lock deny guard.lock"]);
}

/// The index is judged, never the work tree.
#[test]
fn what_only_lies_there_does_not_count() {
    let repo = project();
    repo.write("guard.lock", "nonsense\n");
    repo.write("migrations/2_two.sql", ONE);
    assert_eq!(found(&repo), [""; 0]);
    repo.git(&["add", "guard.lock"]);
    assert_eq!(found(&repo), ["stale-lock deny guard.lock"]);
    repo.write("guard.lock", "guard.lock 7\n");
    repo.git(&["add", "guard.lock"]);
    let findings = findings(&repo, &[]);
    assert!(findings[0]["what"].as_str().unwrap().contains("version 7"), "{findings:#?}");
}

/// One edit is one finding, whoever sees it.
#[test]
fn a_published_migration_is_not_edited_and_its_line_not_taken_by_the_way() {
    let repo = project();
    repo.write("migrations/1_one.sql", OTHER);
    repo.write("migrations/2_two.sql", ONE);
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo), ["edited-migration deny migrations/1_one.sql", "stale-lock deny guard.lock"]);
    let lock = fs::read(repo.path().join("guard.lock")).unwrap();
    let said = repo.guard(&["lock"]).code(2);
    assert!(said.err().contains("migrations/1_one.sql") && said.err().contains("--force"), "{}", said.err());
    assert_eq!(fs::read(repo.path().join("guard.lock")).unwrap(), lock);
    // On main, where there is nothing to compare with but the line.
    repo.git(&["commit", "-qm", "edited", "--no-verify"]);
    repo.git(&["branch", "-qf", "main"]);
    let standing = ["lock-mismatch warn migrations/1_one.sql", "stale-lock warn guard.lock"];
    assert_eq!(found(&repo), standing, "it is said, and blocks nobody who did not do it");
    let ci = repo.guard(&["check", "--at", "ci", "--base", "HEAD", "--format", "json"]).code(1);
    assert_eq!(ci.rules(), ["lock-mismatch", "stale-lock"]);
    let fix = findings(&repo, &[])[0]["fix"][0].as_str().unwrap().split_once(": ").unwrap().1.to_owned();
    assert!(repo.command("sh").args(["-c", &fix]).status().unwrap().success(), "{fix}");
    assert_eq!(fs::read_to_string(repo.path().join("migrations/1_one.sql")).unwrap(), ONE);
    repo.git(&["reset", "-q", "--hard"]);
    repo.guard(&["lock", "--force"]).success();
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo), [""; 0]);
    repo.guard(&["lock", "--check"]).success();
}

#[test]
fn a_comment_is_a_warning_and_its_line_follows_freely() {
    let repo = project();
    repo.write("migrations/1_one.sql", format!("{ONE}-- why\n"));
    repo.commit("a comment");
    repo.git(&["branch", "-qf", "main"]);
    assert_eq!(found(&repo), ["lock-mismatch warn migrations/1_one.sql"]);
    let said = repo.guard(&["lock", "--check"]).success();
    assert!(
        crate::services::one_line(said.out().as_bytes()).contains("in nothing that runs"),
        "{}",
        said.out()
    );
    lock_and_stage(&repo);
    assert_eq!(found(&repo), [""; 0]);
}

#[test]
fn two_branches_that_both_add_a_migration_conflict() {
    let repo = project();
    repo.write("migrations/2_two.sql", ONE);
    repo.git(&["add", "-A"]);
    lock_and_stage(&repo);
    repo.git(&["commit", "-qm", "two"]);
    repo.git(&["switch", "-q", "main"]);
    // Far from the other one, which alone git would merge without a word.
    for number in ["05", "06", "07", "08", "09"] {
        repo.write(format!("migrations/{number}_m.sql"), ONE);
    }
    repo.git(&["add", "-A"]);
    lock_and_stage(&repo);
    repo.git(&["commit", "-qm", "five"]);
    let merge = repo.try_git(&["merge", "-q", "feature"]);
    assert!(!merge.status.success());
    assert_eq!(repo.git(&["diff", "--name-only", "--diff-filter=U"]), "guard.lock");
    // One clear word, in the middle of the merge ...
    assert_eq!(found(&repo), ["stale-lock deny guard.lock"]);
    // ... and for whoever stages the markers.
    repo.git(&["add", "-A"]);
    let findings = findings(&repo, &[]);
    let [one] = &*findings else { panic!("{findings:#?}") };
    assert!(one["what"].as_str().unwrap().contains("both sides of a merge"), "{one:#}");
    assert!(one["location"]["line"].as_u64().unwrap() > 2, "{one:#}");
    lock_and_stage(&repo);
    assert_eq!(found(&repo), [""; 0]);
    repo.guard(&["lock", "--check"]).success();
    repo.git(&["commit", "-qm", "merged"]);
    let lock = fs::read_to_string(repo.path().join("guard.lock")).unwrap();
    assert_eq!(lock.split_terminator('\n').filter(|line| line.contains("migrations/")).count(), 7);
}

/// Both sides made the same: git has nothing to ask.
#[test]
fn the_same_migration_on_two_branches_does_not_conflict() {
    let repo = project();
    for branch in ["feature", "main"] {
        repo.git(&["switch", "-q", branch]);
        repo.write("migrations/2_two.sql", ONE);
        repo.git(&["add", "-A"]);
        lock_and_stage(&repo);
        repo.git(&["commit", "-qm", branch]);
    }
    repo.git(&["merge", "-q", "-m", "merged", "feature"]);
    repo.guard(&["lock", "--check"]).success();
}

#[test]
fn names_that_are_no_text_have_a_line_too() {
    use std::os::unix::ffi::OsStrExt as _;
    let repo = project();
    for name in [&b"2_a b\\c.sql"[..], b"3_\xff\n.sql", "4_größe.sql".as_bytes()] {
        repo.write(std::path::Path::new("migrations").join(std::ffi::OsStr::from_bytes(name)), ONE);
    }
    repo.git(&["add", "-A"]);
    lock_and_stage(&repo);
    repo.guard(&["lock", "--check"]).success();
    let lock = fs::read_to_string(repo.path().join("guard.lock")).unwrap();
    assert!(lock.contains(" migrations/3_\\xff\\x0a.sql\n"), "{lock}");
}

/// With a checksum in the ledger, the edit is told by whoever says most.
#[test]
fn the_ledger_says_more_than_the_line() {
    let repo = TestRepo::new();
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
         required = true\ntimeout = \"20s\"\nat = [\"commit\"]\n",
    );
    repo.write(".gitignore", "*.db\n");
    repo.write("migrations/1_one.sql", ONE);
    sqlx_database(&repo.path().join("dev.db"), &[(1, "one", ONE)]);
    repo.git(&["add", "-A"]);
    lock_and_stage(&repo);
    repo.commit("one");
    repo.write("migrations/1_one.sql", OTHER);
    repo.git(&["add", "-A"]);
    let findings = findings(&repo, &[]);
    let [one] = &*findings else { panic!("{findings:#?}") };
    assert_eq!((&one["rule"], &one["level"]), (&"checksum-mismatch".into(), &"deny".into()), "{one:#}");
    let labels: Vec<&str> =
        one["evidence"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
    assert!(labels.contains(&"edited-migration") && labels.contains(&"lock-mismatch"), "{one:#}");
}
