//! guard's own memory for ledgers that keep no checksum: what it finds, what makes it forget, and that it never stands in
//! anybody's way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::Connection;
use serde_json::Value;

use crate::support::TestRepo;

const ONE: &str = "exports.up = (knex) => knex.schema.createTable(\"one\", (t) => t.increments());\n";
const OTHER: &str = "exports.up = (knex) => knex.schema.createTable(\"one\", (t) => t.bigIncrements());\n";

/// The date of each row that is not applied anew.
const TIME: i64 = 1_767_225_600_000;

fn declare(repo: &TestRepo, tool: &str, database: &Path) {
    let toml = format!(
        "[[migrations]]\ntool = \"{tool}\"\ndir = \"migrations\"\n[databases.dev]\nurl = \"sqlite:{}\"\n\
         required = true\ntimeout = \"20s\"\nat = [\"commit\", \"ci\"]\n[base]\nref = \"refs/heads/main\"\n",
        database.display()
    );
    repo.write("guard.toml", toml);
}

/// A set of Knex with one published migration, and its database as Knex makes it.
fn knex() -> TestRepo {
    let repo = TestRepo::new();
    declare(&repo, "knex", &repo.beside("dev.db"));
    repo.commit_file("migrations/1_one.js", ONE);
    make_knex(&repo.beside("dev.db"), &["1_one.js"]);
    repo
}

fn make_knex(file: &Path, names: &[&str]) {
    let connection = Connection::open(file).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE knex_migrations (id integer not null primary key autoincrement, name varchar(255),
                 batch integer, migration_time datetime)",
        )
        .unwrap();
    for name in names {
        let row = "INSERT INTO knex_migrations (name, batch, migration_time) VALUES (?1, 1, ?2)";
        connection.execute(row, (name, TIME)).unwrap();
    }
}

fn make_dbmate(file: &Path, versions: &[&str]) {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch("CREATE TABLE schema_migrations (version varchar(128) primary key)").unwrap();
    for version in versions {
        connection.execute("INSERT INTO schema_migrations VALUES (?1)", (version,)).unwrap();
    }
}

fn change(repo: &TestRepo, statement: &str) {
    Connection::open(repo.beside("dev.db")).unwrap().execute_batch(statement).unwrap();
}

/// The findings of a check of what is staged.
fn findings(repo: &TestRepo) -> Vec<Value> {
    let report = repo.guard(&["check", "--format", "json"]).json();
    assert_eq!(report["outages"].as_array().unwrap().len(), 0, "{report}");
    report["findings"].as_array().unwrap().clone()
}

#[track_caller]
fn silent(repo: &TestRepo) {
    assert_eq!(findings(repo), Vec::<Value>::new());
}

fn evidence(finding: &Value, label: &str) -> Option<String> {
    let all = finding["evidence"].as_array().unwrap();
    let found = all.iter().find(|one| one["label"] == label)?;
    Some(found["text"].as_str().unwrap().to_owned())
}

fn memory(repo: &TestRepo) -> PathBuf {
    repo.path().join(".git/guard/applied")
}

/// The one warning, and its confidence.
#[track_caller]
fn warned(repo: &TestRepo, confidence: &str) -> Value {
    let findings = findings(repo);
    let [finding] = &*findings else { panic!("{findings:#?}") };
    assert_eq!(finding["rule"], "checksum-mismatch", "{finding:#}");
    assert_eq!(finding["level"], "warn", "{finding:#}");
    assert_eq!(finding["confidence"], confidence, "{finding:#}");
    finding.clone()
}

#[test]
fn an_edit_that_came_with_a_pull_is_found_with_its_commits() {
    let repo = knex();
    let first = repo.id("HEAD");
    silent(&repo);
    let edited = repo.commit_file("migrations/1_one.js", OTHER);
    let finding = warned(&repo, "strong");
    let day = evidence(&finding, "first seen").unwrap();
    assert!(day.starts_with("on 2") && day.contains("with the text"), "{finding:#}");
    assert!(evidence(&finding, "first seen in").unwrap().starts_with(&first.short()), "{finding:#}");
    assert!(evidence(&finding, "edited").unwrap().starts_with(&edited.short()), "{finding:#}");
    assert!(evidence(&finding, "not sure").unwrap().contains("no checksum"), "{finding:#}");
    repo.guard(&["hook", "pre-commit"]).success();
    // The way back that it names leads back.
    let back = finding["fix"][0].as_str().unwrap().split_once(": ").unwrap().1.to_owned();
    assert!(repo.command("sh").args(["-c", &back]).status().unwrap().success(), "{back}");
    assert_eq!(fs::read_to_string(repo.path().join("migrations/1_one.js")).unwrap(), ONE);
}

#[test]
fn a_row_that_was_written_anew_begins_anew() {
    let repo = knex();
    silent(&repo);
    repo.commit_file("migrations/1_one.js", OTHER);
    warned(&repo, "strong");
    change(&repo, &format!("UPDATE knex_migrations SET migration_time = {}", TIME + 60_000));
    silent(&repo);
    // From here on the other text is the one that was seen.
    repo.commit_file("migrations/1_one.js", ONE);
    warned(&repo, "strong");
    change(&repo, "DELETE FROM knex_migrations");
    assert_eq!(findings(&repo).len(), 0, "pending is no finding at a commit");
    change(
        &repo,
        &format!(
            "INSERT INTO knex_migrations (id, name, batch, migration_time) VALUES (1, '1_one.js', 1, {})",
            TIME + 60_000
        ),
    );
    silent(&repo);
}

#[test]
fn a_database_that_was_made_anew_begins_anew() {
    let repo = TestRepo::new();
    declare(&repo, "dbmate", &repo.beside("dev.db"));
    let text = |kind: &str| format!("-- migrate:up\nCREATE TABLE one (id {kind});\n");
    repo.commit_file("migrations/1_one.sql", &text("INTEGER"));
    make_dbmate(&repo.beside("dev.db"), &["1"]);
    silent(&repo);
    repo.commit_file("migrations/1_one.sql", &text("BIGINT"));
    let finding = warned(&repo, "possible");
    assert!(evidence(&finding, "not sure").unwrap().contains("applied anew"), "{finding:#}");
    fs::remove_file(repo.beside("dev.db")).unwrap();
    make_dbmate(&repo.beside("dev.db"), &["1"]);
    silent(&repo);
    silent(&repo);
}

/// Without times in the ledger, what only this branch has was rolled back and applied anew for all that guard knows.
#[test]
fn work_in_progress_is_followed_where_the_ledger_keeps_no_time() {
    let repo = TestRepo::new();
    declare(&repo, "dbmate", &repo.beside("dev.db"));
    let text = |kind: &str| format!("-- migrate:up\nCREATE TABLE one (id {kind});\n");
    repo.commit("begin");
    repo.git(&["switch", "-qc", "feature"]);
    repo.commit_file("migrations/1_one.sql", &text("INTEGER"));
    make_dbmate(&repo.beside("dev.db"), &["1"]);
    silent(&repo);
    repo.commit_file("migrations/1_one.sql", &text("BIGINT"));
    silent(&repo);
    repo.git(&["switch", "-q", "main"]);
    repo.git(&["merge", "-q", "feature"]);
    silent(&repo);
    repo.commit_file("migrations/1_one.sql", &text("TEXT"));
    warned(&repo, "possible");
}

#[test]
fn what_runs_the_same_is_no_finding_even_when_git_has_forgotten_the_old_text() {
    for (edited, found) in [(format!("// why\n{ONE}"), false), (OTHER.to_owned(), true)] {
        let repo = knex();
        repo.git(&["switch", "-qc", "feature"]);
        repo.write("migrations/2_two.js", ONE);
        repo.commit("two");
        change(&repo, "INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('2_two.js', 2, 5)");
        silent(&repo);
        let old = repo.git(&["rev-parse", "HEAD:migrations/2_two.js"]);
        // The same text is published as 1_one.js: take that away, or git could never forget it.
        repo.write("migrations/2_two.js", &edited);
        repo.git(&["add", "-A"]);
        repo.git(&["commit", "-q", "--amend", "-m", "two"]);
        fs::remove_file(repo.path().join(format!(".git/objects/{}/{}", &old[..2], &old[2..]))).unwrap();
        repo.git(&["update-index", "--force-remove", "migrations/1_one.js"]);
        fs::remove_file(repo.path().join("migrations/1_one.js")).unwrap();
        let rest: Vec<Value> = findings(&repo)
            .into_iter()
            .filter(|finding| finding["location"]["path"] == "migrations/2_two.js")
            .collect();
        assert_eq!(rest.len(), usize::from(found), "{rest:#?}");
        for finding in rest {
            assert!(!finding["fix"].to_string().contains("bring that text back"), "{finding:#}");
        }
    }
}

#[test]
fn nothing_new_is_not_written_and_nothing_is_written_without_a_question() {
    let repo = knex();
    repo.guard(&["check", "--offline"]).success();
    assert!(!memory(&repo).exists());
    silent(&repo);
    let stamp = || fs::metadata(memory(&repo)).unwrap().modified().unwrap();
    fs::File::options().write(true).open(memory(&repo)).unwrap().set_modified(UNIX_EPOCH).unwrap();
    silent(&repo);
    repo.commit_file("migrations/1_one.js", OTHER);
    warned(&repo, "strong");
    assert_eq!(stamp(), UNIX_EPOCH);
    // A commit of the past is compared, and leaves no trace.
    repo.guard(&["check", "--at", "ci", "--rev", "HEAD~1"]).success();
    assert_eq!(stamp(), UNIX_EPOCH);
}

#[test]
fn a_memory_that_cannot_be_had_is_none() {
    let repo = knex();
    fs::write(repo.path().join(".git/guard"), "no directory").unwrap();
    silent(&repo);
    repo.commit_file("migrations/1_one.js", OTHER);
    let said = repo.guard(&["hook", "pre-commit"]).success();
    assert_eq!(said.err(), "");
    assert_eq!(fs::read_to_string(repo.path().join(".git/guard")).unwrap(), "no directory");
}

#[test]
fn work_trees_share_it() {
    let repo = knex();
    silent(&repo);
    repo.git(&["worktree", "add", "-q", "../other", "-b", "other"]);
    let other = repo.beside("other");
    fs::write(other.join("migrations/1_one.js"), OTHER).unwrap();
    repo.git_in(&other, &["commit", "-qam", "edited"]);
    let check = repo
        .command_in(env!("CARGO_BIN_EXE_guard"), &other)
        .args(["check", "--format", "json", "--base", "HEAD"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(report["findings"][0]["rule"], "checksum-mismatch", "{report:#}");
    assert!(!other.join(".git").is_dir() && !repo.path().join(".git/worktrees/other/guard").exists());
}

#[test]
fn what_is_forgotten_on_request_begins_anew() {
    let repo = knex();
    silent(&repo);
    repo.commit_file("migrations/1_one.js", OTHER);
    let finding = warned(&repo, "strong");
    let steps = finding["fix"].as_array().unwrap();
    let forget = steps.last().unwrap().as_str().unwrap().split_once(": ").unwrap().1.to_owned();
    let words: Vec<&str> = forget.split(' ').skip(1).collect();
    assert_eq!(words, ["lock", "--forget", "1_one.js"]);
    let said = repo.guard(&words).success();
    assert!(said.out().contains('1'), "{}", said.out());
    silent(&repo);
}

/// So many migrations keep the memory busy.
fn many(repo: &TestRepo, number: usize) {
    let names: Vec<String> = (1..=number).map(|number| format!("2_{number:05}_m.js")).collect();
    for name in &names {
        repo.write(format!("migrations/{name}"), ONE);
    }
    repo.commit("many");
    let mut connection = Connection::open(repo.beside("dev.db")).unwrap();
    let transaction = connection.transaction().unwrap();
    for name in &names {
        let row = "INSERT INTO knex_migrations (name, batch, migration_time) VALUES (?1, 1, ?2)";
        transaction.execute(row, (name, TIME)).unwrap();
    }
    transaction.commit().unwrap();
}

/// The file is whole.
fn is_whole(repo: &TestRepo) {
    let bytes = fs::read(memory(repo)).unwrap();
    let (head, body) = bytes.split_at(28);
    assert_eq!(&head[..16], b"guard applied 1\n");
    assert_eq!(head[16..24], (body.len() as u64).to_le_bytes());
    assert_eq!(head[24..], crc32fast::hash(body).to_le_bytes());
}

#[test]
fn twenty_hooks_at_once_remember_as_one() {
    let repo = knex();
    many(&repo, 300);
    let hooks: Vec<_> = (0..20)
        .map(|_| {
            let mut hook = repo.command(env!("CARGO_BIN_EXE_guard"));
            hook.args(["hook", "pre-commit"]).stdin(Stdio::null()).stderr(Stdio::piped());
            hook.spawn().unwrap()
        })
        .collect();
    for hook in hooks {
        let output = hook.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
    is_whole(&repo);
    repo.commit_file("migrations/2_00300_m.js", OTHER);
    warned(&repo, "strong");
    let names = fs::read_dir(repo.path().join(".git/guard")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<_> = names.filter(|name| name != "digests").collect();
    left.sort();
    assert_eq!(left, ["applied", "breakers", "log-1", "log.lock"]);
}

#[test]
fn killed_while_it_writes_it_remembers_all_or_nothing() {
    let repo = knex();
    many(&repo, 2_000);
    let mut cut = 0;
    for round in 0..40_u64 {
        let _ = fs::remove_file(memory(&repo));
        let mut guard = repo.command(env!("CARGO_BIN_EXE_guard"));
        let mut guard = guard.args(["hook", "pre-commit"]).stdin(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(round * 37 % 40 * 4));
        guard.kill().unwrap();
        cut += u32::from(!guard.wait().unwrap().success());
        if memory(&repo).exists() {
            is_whole(&repo);
        }
    }
    assert!(cut > 0, "it was never cut short");
    silent(&repo);
    is_whole(&repo);
}
