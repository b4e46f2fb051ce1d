//! Databases that are none, or not to be read: required ones end with exit 2, optional ones cost one visible line.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;

use super::{decent, joined, published};
use crate::commits::{GUARD_TOML, ONE, table};
use crate::support::{Guarded, TestRepo, copy_program, sqlx_database};

fn declare(repo: &TestRepo, required: bool) {
    repo.write(
        "guard.toml",
        format!(
            "{GUARD_TOML}\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = {required}\ntimeout = \"5s\"\n\
             at = [\"commit\"]\n"
        ),
    );
}

/// What stands in place of the database, and what must be said of it.
type Instead = (fn(&Path), &'static str);

const INSTEAD: &[Instead] = &[
    (|_| (), "there is no file"),
    (
        |file| {
            fs::write(file, "words, and so many of them that a header would have room\n".repeat(9)).unwrap();
        },
        "not an SQLite database",
    ),
    (|file| fs::write(file, [0; 4096]).unwrap(), "not an SQLite database"),
    (|file| fs::write(file, "SQLite format 3\0").unwrap(), ""),
    (|file| fs::write(file, [&b"SQLite format 3\0"[..], &[0xff; 4080]].concat()).unwrap(), ""),
    (|file| fs::create_dir(file).unwrap(), "is a directory"),
    (|file| symlink("nowhere.db", file).unwrap(), "there is no file"),
    (|file| symlink("dev.db", file).unwrap(), "symbolic links"),
    (
        |file| assert!(std::process::Command::new("mkfifo").arg(file).status().unwrap().success()),
        "is a device or a pipe",
    ),
    (
        |file| {
            sqlx_database(file, &[(10, "one", &table("one"))]);
            let whole = fs::read(file).unwrap();
            fs::write(file, &whole[..whole.len() / 2]).unwrap();
        },
        "",
    ),
];

#[test]
fn what_is_no_database() {
    for (make, words) in INSTEAD {
        let repo = published();
        make(&repo.path().join("dev.db"));
        let files = database_files(&repo);
        declare(&repo, true);
        let said = decent(repo.guard(&["hook", "pre-commit"])).code(2).err();
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        assert!(
            joined(&said).contains(words) && joined(&said).contains("required by guard.toml:5"),
            "{said}"
        );
        assert!(said.contains("fix: ") && said.contains("GUARD=0 git commit"), "{said}");
        declare(&repo, false);
        let said = decent(repo.guard(&["hook", "pre-commit"])).success().err();
        let (first, more) = said.split_once('\n').unwrap();
        assert!(first.starts_with("note: the database \"dev\""), "{said}");
        assert!(more.trim_end().split('\n').all(|line| line.starts_with("  ")), "one message: {said}");
        assert!(joined(&said).contains(words), "{said}");
        assert!(joined(&said).contains("optional by guard.toml:5, so it does not block"), "{said}");
        decent(repo.guard(&["check", "--strict"])).code(2);
        // The judgement of the repository itself is not lost.
        repo.git(&["rm", "-q", ONE]);
        let both = decent(repo.guard(&["hook", "pre-commit"])).code(1).err();
        assert!(both.contains("error[deleted-migration]") && both.contains("note: the database"), "{both}");
        assert_eq!(database_files(&repo), files, "nothing is left beside it");
    }
}

/// How many files there are whose names begin like the database's.
fn database_files(repo: &TestRepo) -> usize {
    let files = fs::read_dir(repo.path()).unwrap().flatten();
    files.filter(|file| file.file_name().to_string_lossy().starts_with("dev.db")).count()
}

/// Owned by somebody else, who lets nobody read it. As root nothing is unreadable: then guard runs as another user.
#[test]
fn a_file_that_must_not_be_read() {
    const NOBODY: u32 = 65534;
    let repo = published();
    declare(&repo, true);
    let file = repo.path().join("dev.db");
    sqlx_database(&file, &[(10, "one", &table("one"))]);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    let program = repo.beside("guard");
    let mut guard = if rustix::process::getuid().is_root() {
        copy_program(env!("CARGO_BIN_EXE_guard"), &program);
        let root = program.parent().unwrap();
        fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
        for entry in walk(repo.path()) {
            chown(entry, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        chown(&file, Some(0), Some(0)).unwrap();
        let mut guard = repo.command(program.to_str().unwrap());
        guard.uid(NOBODY).gid(NOBODY);
        guard
    } else {
        repo.command(env!("CARGO_BIN_EXE_guard"))
    };
    let said = decent(Guarded(guard.args(["hook", "pre-commit"]).output().unwrap())).code(2).err();
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
    let words = "(sqlite:dev.db) was not checked: access was refused: the operating system does not allow";
    assert!(joined(&said).contains(words), "{said}");
}

fn walk(root: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![root.to_owned()];
    for entry in fs::read_dir(root).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(walk(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// Cells of every sort where sqlx writes numbers and sums.
#[test]
fn a_ledger_full_of_nonsense() {
    let repo = published();
    declare(&repo, true);
    let connection = rusqlite::Connection::open(repo.path().join("dev.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE _sqlx_migrations (version, description, installed_on, success, checksum, execution_time);
             INSERT INTO _sqlx_migrations VALUES
                 (NULL, NULL, NULL, NULL, NULL, NULL),
                 ('ten', X'ff00', 1e300, 'maybe', 12, -1),
                 (X'0aff1b', 'line' || char(10) || 'two' || char(27) || '[31m', '', 2, zeroblob(3000000), ''),
                 (9223372036854775807, '', '', 1, '', 0), (-1, '', '', 1, X'', 0), (1e400, '', '', 1, X'', 0);",
        )
        .unwrap();
    drop(connection);
    for format in ["human", "json", "github"] {
        let said = decent(repo.guard(&["check", "--format", format]));
        let text = said.out() + &said.err();
        assert!(matches!(said.0.status.code(), Some(0..=2)), "{text}");
        assert!(!text.contains('\u{1b}') && text.len() < 100_000, "{}", &text[..text.len().min(2000)]);
    }
}
