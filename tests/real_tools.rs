//! The real sqlx, diesel and refinery migrate a real SQLite file; the built guard then judges real `git commit`s
//! through the hook that it installed. For each tool the same list of states, each with exactly the rules that
//! must speak, and whether the commit is stopped.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::TestRepo;

/// A migration tool, as its own library.
struct Tool {
    name: &'static str,
    /// The file of a migration: number and name.
    file: fn(u32, &str) -> String,
    /// Lets the tool migrate the database with the files of the directory.
    migrate: fn(&Path, &Path) -> Result<(), String>,
    /// The rules that must speak in each state, in the order of [`STATES`], and whether the commit goes through.
    expected: [(bool, &'static [&'static str]); STATES.len()],
}

/// A state: what happens between the last good commit, in which two migrations are applied, and the next one.
struct State {
    name: &'static str,
    happens: fn(&Tool, &TestRepo),
}

const STATES: [State; 11] = [
    State { name: "a new migration", happens: |tool, repo| add(tool, repo, 30, "three") },
    State {
        name: "a new migration, applied before",
        happens: |tool, repo| {
            add(tool, repo, 30, "three");
            migrate(tool, repo).unwrap();
        },
    },
    State {
        name: "an applied one is edited",
        happens: |tool, repo| {
            repo.write((tool.file)(10, "one"), "CREATE TABLE one (id BIGINT PRIMARY KEY);\n");
            repo.git(&["add", "."]);
        },
    },
    State {
        name: "a comment in an applied one is edited",
        happens: |tool, repo| {
            repo.write((tool.file)(10, "one"), format!("-- a word\n{}", text("one")));
            repo.git(&["add", "."]);
        },
    },
    State {
        name: "an applied one is deleted",
        happens: |tool, repo| {
            repo.git(&["rm", "-q", &(tool.file)(10, "one")]);
        },
    },
    State {
        name: "the name of an applied one is changed",
        happens: |tool, repo| rename(tool, repo, 10, "uno"),
    },
    State {
        name: "the version of an applied one is changed",
        happens: |tool, repo| rename(tool, repo, 11, "one"),
    },
    State { name: "a late one", happens: |tool, repo| add(tool, repo, 15, "late") },
    State {
        name: "a version twice, from two branches",
        happens: |tool, repo| {
            repo.git(&["switch", "-q", "-c", "feature"]);
            repo.git(&["switch", "-q", "main"]);
            add(tool, repo, 30, "mine");
            repo.git(&["commit", "-q", "-m", "landed"]);
            repo.git(&["switch", "-q", "feature"]);
            add(tool, repo, 30, "yours");
        },
    },
    State {
        name: "applied, and forgotten in the commit",
        happens: |tool, repo| {
            repo.write((tool.file)(30, "three"), text("three"));
            migrate(tool, repo).unwrap();
            repo.write("code.rs", "// uses three\n");
            repo.git(&["add", "code.rs"]);
        },
    },
    State {
        name: "one that fails",
        happens: |tool, repo| {
            repo.write(
                (tool.file)(30, "three"),
                "CREATE TABLE three (id INTEGER);\nCREATE TABLE nonsense;\n",
            );
            repo.git(&["add", "."]);
            migrate(tool, repo).unwrap_err();
        },
    },
];

/// `sqlx migrate run`, through the library.
pub(crate) fn sqlx_migrate(dir: &Path, database: &Path) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database).create_if_missing(true);
        let pool = sqlx::SqlitePool::connect_with(options).await.map_err(|error| error.to_string())?;
        let migrator =
            sqlx::migrate::Migrator::new(dir.to_owned()).await.map_err(|error| error.to_string())?;
        let result = migrator.run(&pool).await.map_err(|error| error.to_string());
        pool.close().await;
        result
    })
}

const SQLX: Tool = Tool {
    name: "sqlx",
    file: |number, name| format!("migrations/{number}_{name}.sql"),
    migrate: sqlx_migrate,
    expected: [
        (true, &[]),
        (true, &[]),
        (false, &["checksum-mismatch"]),
        (false, &["checksum-mismatch"]),
        (false, &["applied-but-absent", "deleted-migration"]),
        (true, &[]),
        (false, &["applied-but-absent", "renamed-migration"]),
        (true, &["out-of-order-migration"]),
        (false, &["duplicate-version"]),
        (true, &["uncommitted-migration"]),
        (true, &[]),
    ],
};

const DIESEL: Tool = Tool {
    name: "diesel",
    file: |number, name| format!("migrations/2024-01-{number}-000000_{name}/up.sql"),
    migrate: |dir, database| {
        use diesel::Connection;
        use diesel_migrations::{FileBasedMigrations, MigrationHarness};
        let url = database.display().to_string();
        let mut connection = diesel::SqliteConnection::establish(&url).map_err(|error| error.to_string())?;
        let files = FileBasedMigrations::from_path(dir).map_err(|error| error.to_string())?;
        connection.run_pending_migrations(files).map(|_| ()).map_err(|error| error.to_string())
    },
    expected: [
        (true, &[]),
        (true, &[]),
        (false, &["edited-migration"]),
        (true, &["reformatted-migration"]),
        (false, &["applied-but-absent", "deleted-migration"]),
        (true, &[]),
        (false, &["applied-but-absent", "renamed-migration"]),
        (true, &["out-of-order-migration"]),
        (false, &["duplicate-version"]),
        (true, &["uncommitted-migration"]),
        (true, &[]),
    ],
};

const REFINERY: Tool = Tool {
    name: "refinery",
    file: |number, name| format!("migrations/V{number}__{name}.sql"),
    migrate: |dir, database| {
        let mut connection = rusqlite::Connection::open(database).map_err(|error| error.to_string())?;
        let migrations = refinery::load_sql_migrations(dir).map_err(|error| error.to_string())?;
        refinery::Runner::new(&migrations).run(&mut connection).map(|_| ()).map_err(|error| error.to_string())
    },
    expected: [
        (true, &[]),
        (true, &[]),
        (false, &["checksum-mismatch"]),
        (false, &["checksum-mismatch"]),
        (false, &["applied-but-absent", "deleted-migration"]),
        (false, &["checksum-mismatch", "renamed-migration"]),
        (false, &["applied-but-absent", "renamed-migration"]),
        (false, &["out-of-order-migration"]),
        (false, &["duplicate-version"]),
        (true, &["uncommitted-migration"]),
        (true, &[]),
    ],
};

fn text(name: &str) -> String {
    format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY);\n")
}

fn add(tool: &Tool, repo: &TestRepo, number: u32, name: &str) {
    repo.write((tool.file)(number, name), text(name));
    repo.git(&["add", "."]);
}

fn rename(tool: &Tool, repo: &TestRepo, number: u32, name: &str) {
    let (from, to) = ((tool.file)(10, "one"), (tool.file)(number, name));
    fs::create_dir_all(repo.path().join(&to).parent().unwrap()).unwrap();
    repo.git(&["mv", &from, &to]);
    // git leaves no empty directory behind, and neither does diesel tolerate one.
    let _ = fs::remove_dir(repo.path().join(&from).parent().unwrap());
}

fn database(repo: &TestRepo) -> PathBuf {
    repo.path().join("dev.db")
}

fn migrate(tool: &Tool, repo: &TestRepo) -> Result<(), String> {
    (tool.migrate)(&repo.path().join("migrations"), &database(repo))
}

/// Two migrations, applied by the tool, committed, the hook installed.
fn guarded(tool: &Tool) -> TestRepo {
    let repo = TestRepo::new();
    add(tool, &repo, 10, "one");
    add(tool, &repo, 20, "two");
    repo.write(".gitignore", "dev.db*\n");
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"{}\"\ndir = \"migrations\"\n\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
             required = true\ntimeout = \"10s\"\nat = [\"commit\"]\n",
            tool.name
        ),
    );
    migrate(tool, &repo).unwrap();
    repo.git(&["add", "."]);
    repo.guard(&["install"]).success();
    let committed = repo.try_git(&["commit", "-q", "-m", "two migrations"]);
    assert!(committed.status.success(), "{}: {}", tool.name, String::from_utf8_lossy(&committed.stderr));
    repo
}

fn every_state(tool: &Tool) {
    for (state, (goes_through, rules)) in STATES.iter().zip(&tool.expected) {
        let repo = guarded(tool);
        (state.happens)(tool, &repo);
        let before = fs::read(database(&repo)).unwrap();
        let found = repo.guard(&["check", "--format", "json"]).rules();
        assert_eq!(found, *rules, "{}: {}", tool.name, state.name);
        let commit = repo.try_git(&["commit", "-q", "-m", state.name]);
        let said = String::from_utf8_lossy(&commit.stderr);
        assert_eq!(commit.status.success(), *goes_through, "{}: {}\n{said}", tool.name, state.name);
        // The hook says what it found, and nothing when it found nothing.
        assert!(rules.iter().all(|rule| said.contains(rule)), "{}: {}\n{said}", tool.name, state.name);
        assert_eq!(said.is_empty(), rules.is_empty(), "{}: {}\n{said}", tool.name, state.name);
        assert_eq!(fs::read(database(&repo)).unwrap(), before, "{}: {}", tool.name, state.name);
    }
}

#[test]
fn sqlx() {
    every_state(&SQLX);
}

#[test]
fn diesel() {
    every_state(&DIESEL);
}

#[test]
fn refinery() {
    every_state(&REFINERY);
}

/// What was applied from a checkout with CRLF is not called an edit; the commit goes through with a word.
#[test]
fn applied_from_a_checkout_with_crlf() {
    for (tool, rules) in
        [(&SQLX, &["checksum-mismatch"][..]), (&REFINERY, &["checksum-mismatch"]), (&DIESEL, &[])]
    {
        let repo = guarded(tool);
        let crlf = text("three").replace('\n', "\r\n");
        repo.write((tool.file)(30, "three"), &crlf);
        migrate(tool, &repo).unwrap();
        repo.git(&["-c", "core.autocrlf=true", "add", "."]);
        let found = repo.guard(&["check", "--format", "json"]);
        assert_eq!(found.rules(), rules, "{}", tool.name);
        let commit = repo.try_git(&["commit", "-q", "-m", "crlf"]);
        assert!(commit.status.success(), "{}: {}", tool.name, String::from_utf8_lossy(&commit.stderr));
        assert!(String::from_utf8_lossy(&commit.stderr).contains("CRLF") || rules.is_empty());
    }
}

/// sqlx on SQLite rolls a failed migration back with its row; on `MySQL` the row stays, with `success` false.
#[test]
fn a_row_that_says_failed_blocks() {
    let repo = guarded(&SQLX);
    let connection = rusqlite::Connection::open(database(&repo)).unwrap();
    connection.execute("UPDATE _sqlx_migrations SET success = 0 WHERE version = 20", []).unwrap();
    drop(connection);
    repo.write("code.rs", "// anything\n");
    repo.git(&["add", "."]);
    assert_eq!(repo.guard(&["check", "--format", "json"]).rules(), ["failed-migration"]);
    // It was there before this commit, which has nothing to do with it: said, not blocked.
    assert!(repo.try_git(&["commit", "-q", "-m", "on a failed migration"]).status.success());
    add(&SQLX, &repo, 30, "three");
    migrate(&SQLX, &repo).unwrap_err();
    let connection = rusqlite::Connection::open(database(&repo)).unwrap();
    connection
        .execute_batch(
            "UPDATE _sqlx_migrations SET success = 1;
             INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 30, 'three', 0, checksum, -1 FROM _sqlx_migrations LIMIT 1",
        )
        .unwrap();
    drop(connection);
    let stopped = repo.try_git(&["commit", "-q", "-m", "with the one that failed"]);
    assert!(!stopped.status.success());
    assert!(String::from_utf8_lossy(&stopped.stderr).contains("error[failed-migration]"));
}
