//! A hundred thousand files, a hundred megabytes.

use std::io::Write;
use std::process::Stdio;

use super::{decent, published};
use crate::commits::{ONE, THREE};
use crate::support::TestRepo;

/// Puts files into the index, all of them with the text of one blob.
fn stage_many(repo: &TestRepo, name: impl Fn(u32) -> String) {
    let blob = repo.id(&format!(":{ONE}"));
    let lines: String = (0..100_000).map(|number| format!("100644 {blob}\t{}\n", name(number))).collect();
    let mut git = repo.command("git");
    let mut child = git.args(["update-index", "--index-info"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_hundred_thousand_files() {
    let repo = published();
    stage_many(&repo, |number| format!("web/{}/{number}.txt", number % 300));
    repo.git(&["commit", "-qm", "many files"]);
    repo.git(&["rm", "-q", "--cached", ONE]);
    let said = decent(repo.guard(&["hook", "pre-commit"])).code(1).err();
    assert!(said.contains("error[deleted-migration]"), "{said}");
    repo.git(&["reset", "-q"]);
    assert_eq!(decent(repo.guard(&["hook", "pre-commit"])).success().err(), "");
    // Discovered among all of them.
    repo.git(&["rm", "-q", "guard.toml"]);
    repo.write("Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\nsqlx = \"0.9\"\n");
    repo.git(&["add", "Cargo.toml"]);
    let found = decent(repo.guard(&["check", "--format", "json"])).success();
    assert_eq!(found.json()["examined"]["migrations"], 2);
}

#[test]
fn a_hundred_thousand_migrations() {
    let repo = published();
    stage_many(&repo, |number| format!("migrations/{}_m.sql", 1_000_000 + number));
    // All of them new at once.
    let found = decent(repo.guard(&["check", "--format", "json"])).success();
    assert_eq!(found.json()["examined"]["migrations"], 100_002);
    repo.git(&["commit", "-qm", "many migrations"]);
    assert_eq!(decent(repo.guard(&["hook", "pre-commit"])).success().err(), "");
    // All of them gone at once: a report that can be read, and that github shows.
    repo.git(&["rm", "-rq", "--cached", "migrations"]);
    for format in ["human", "json", "github"] {
        let said = decent(repo.guard(&["check", "--format", format])).code(1);
        assert!(said.out().contains("deleted-migration"));
    }
}

#[test]
fn a_migration_of_a_hundred_megabytes() {
    let repo = published();
    let line = b"INSERT INTO one (id) VALUES (1), (2), (3); -- a line of a dump, and not a short one\n";
    let mut text = line.repeat(100 * 1024 * 1024 / line.len());
    repo.write(THREE, &text);
    repo.git(&["-c", "core.compression=0", "add", THREE]);
    assert_eq!(decent(repo.guard(&["hook", "pre-commit"])).success().err(), "");
    repo.git(&["commit", "-qm", "a dump"]);
    let last = text.len() - 3;
    text[last] = b'!';
    repo.write(THREE, &text);
    repo.git(&["-c", "core.compression=0", "add", THREE]);
    let said = decent(repo.guard(&["hook", "pre-commit"])).code(1).err();
    assert!(said.contains("error[edited-migration]") && said.len() < 2000, "{said}");
}
