//! Names of files that mean mischief: to the terminal, to the log of a CI system, to the shell into which a fix is pasted.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use super::{decent, published};
use crate::support::TestRepo;

/// Each the name of a migration, with a version of its own.
const HOSTILE: &[&[u8]] = &[
    b"31_new\nline.sql",
    b"32_\x1b[31mred\x07\x1b]0;title\x07.sql",
    b"33_'quote\".sql",
    b"34_$(touch pwned)`touch pwned`;touch pwned.sql",
    b"35_\xe2\x80\xaelqs.gnp.sql",
    b"36_%0A::error::x%25,y:z.sql",
    b"37_\xff\x9b31m.sql",
    b"38_*?[a]\\.sql",
    b"39_ ends with blanks  .sql",
    b"40_\r::error::carriage.sql",
    b"41_<b>&amp;|`[x](y)`.sql",
    b"-42_dash.sql",
    b"43_:(top)!.sql",
];

fn migration(name: &[u8]) -> std::path::PathBuf {
    OsStr::from_bytes(&[b"migrations/", name].concat()).into()
}

/// All of them published, then edited.
fn edited() -> TestRepo {
    let repo = published();
    for name in HOSTILE {
        repo.write(migration(name), "CREATE TABLE t (id INTEGER);\n");
    }
    repo.commit("names");
    for name in HOSTILE {
        repo.write(migration(name), "DROP TABLE t;\n");
    }
    repo.git(&["add", "-A"]);
    repo
}

/// Nothing that moves a cursor, changes a colour or turns a line around.
fn harmless(text: &str) {
    let bad = |letter: char| {
        (letter.is_control() && letter != '\n')
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(text.find(bad), None, "{text:?}");
}

#[test]
fn in_the_report_for_people() {
    let repo = edited();
    let said = decent(repo.guard(&["hook", "pre-commit"])).code(1).err();
    harmless(&said);
    assert_eq!(said.matches("error[edited-migration]").count(), HOSTILE.len(), "{said}");
    assert_eq!(said.split('\n').filter(|line| line.starts_with("error")).count(), HOSTILE.len(), "{said}");
}

/// Each fix can be pasted, does what it says, and nothing else.
#[test]
fn in_the_fix() {
    let repo = edited();
    let report = decent(repo.guard(&["check", "--format", "json"])).code(1).json();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), HOSTILE.len());
    for finding in findings {
        let mut fixes = finding["fix"].as_array().unwrap().iter().map(|fix| fix.as_str().unwrap());
        let restore = fixes.find_map(|fix| fix.find("git restore").map(|at| &fix[at..])).unwrap();
        let done = repo.command("bash").args(["-c", restore]).output().unwrap();
        assert!(done.status.success(), "{restore}: {}", super::stderr(&done));
    }
    assert_eq!(repo.git(&["status", "--porcelain"]), "", "all is as it was published");
    assert!(!repo.path().join("pwned").exists());
}

#[test]
fn in_json() {
    let repo = edited();
    let said = decent(repo.guard(&["check", "--format", "json"])).code(1);
    harmless(&said.out());
    let mut paths: Vec<Vec<u8>> = Vec::new();
    for finding in said.json()["findings"].as_array().unwrap() {
        let location = &finding["location"];
        // Where the name is not plain text, its bytes are there as well.
        let path = location["path_hex"].as_str().map_or_else(
            || location["path"].as_str().unwrap().as_bytes().to_vec(),
            |hex| {
                let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
                digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
            },
        );
        paths.push(path);
    }
    let mut names: Vec<Vec<u8>> = HOSTILE.iter().map(|name| [b"migrations/", *name].concat()).collect();
    paths.sort();
    names.sort();
    assert_eq!(paths, names);
}

/// A line of the log begins a command only where guard began it.
#[test]
fn in_commands_of_github() {
    let repo = edited();
    let said = decent(repo.guard(&["check", "--format", "github"])).code(1).out();
    harmless(&said);
    for line in said.split('\n') {
        let Some(command) = line.strip_prefix("::") else {
            assert!(!line.contains("::error::"), "{line}");
            continue;
        };
        let (head, message) = command.split_once("::").unwrap();
        let properties = head.strip_prefix("error ").or(head.strip_prefix("notice ")).unwrap_or("");
        for property in properties.split(',').filter(|property| !property.is_empty()) {
            let (key, value) = property.split_once('=').unwrap_or_else(|| panic!("{line}"));
            assert!(["title", "file", "line"].contains(&key), "{line}");
            assert!(key != "file" || value.starts_with("migrations/"), "{line}");
        }
        assert!(!message.contains('\r'), "{line}");
    }
    assert_eq!(
        said.split('\n').filter(|line| line.starts_with("::error ")).count(),
        HOSTILE.len().min(10),
        "{said}"
    );
}

/// A directory of that sort, too.
#[test]
fn in_the_name_of_a_set() {
    let repo = TestRepo::new();
    repo.write("a\u{1b}[31m\u{202e}/1_a.sql", "SELECT 1;\n");
    repo.write("guard.toml", "[[migrations]]\ntool = \"sqlx\"\ndir = \"a\\u001b[31m\\u202e\"\n");
    repo.commit("a name");
    fs::remove_file(repo.path().join("a\u{1b}[31m\u{202e}/1_a.sql")).unwrap();
    repo.git(&["add", "-A"]);
    for arguments in
        [&["check"][..], &["hook", "pre-commit"], &["status"], &["config"], &["check", "--format", "github"]]
    {
        let said = decent(repo.guard(arguments));
        harmless(&(said.out() + &said.err()));
    }
}
