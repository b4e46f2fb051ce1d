//! What guard remembers of checksums makes it quicker, and changes nothing of what it says.

use std::fs;

use crate::support::{TestRepo, sqlx_database};

const TEXT: &str = "CREATE TABLE one (id INTEGER);\n";

/// A set of one tool with one migration, and the SQLite database that this made.
fn project(tool: &str, file: &str, database: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.db\n");
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"{tool}\"\ndir = \"migrations\"\n\n[databases.dev]\nurl = \"sqlite:{database}\"\n\
             required = true\ntimeout = \"10s\"\nat = [\"commit\"]\n"
        ),
    );
    repo.commit_file(&format!("migrations/{file}"), TEXT);
    repo
}

/// The report without what says how long something took.
fn report(repo: &TestRepo) -> serde_json::Value {
    repo.guard(&["check", "--format", "json"]).json()
}

/// Flyway minds the description as well as the checksum, and only the checksum is remembered.
#[test]
fn a_remembered_checksum_does_not_hide_another_name() {
    let repo = project("flyway", "V1__one.sql", "dev.db");
    let connection = rusqlite::Connection::open(repo.path().join("dev.db")).unwrap();
    let mut crc = crc32fast::Hasher::new();
    crc.update(TEXT.trim_end().as_bytes());
    connection
        .execute_batch(&format!(
            "CREATE TABLE flyway_schema_history (
                 installed_rank INT PRIMARY KEY, version VARCHAR(50), description VARCHAR(200) NOT NULL,
                 type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT,
                 installed_by VARCHAR(100) NOT NULL, installed_on TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
                 execution_time INT NOT NULL, success BOOLEAN NOT NULL);
             INSERT INTO flyway_schema_history VALUES
                 (1, '1', 'uno', 'SQL', 'V1__one.sql', {}, 'me', '2026-01-01', 1, 1)",
            crc.finalize().cast_signed()
        ))
        .unwrap();
    drop(connection);
    let first = report(&repo);
    assert_eq!(first["findings"][0]["rule"], "checksum-mismatch", "{first}");
    assert!(repo.path().join(".git/guard/digests").exists());
    assert_eq!(report(&repo), first);
}

/// A memory that is torn, foreign or gone costs time and nothing else.
#[test]
fn a_spoilt_memory_is_as_good_as_none() {
    let repo = project("sqlx", "1_one.sql", "dev.db");
    sqlx_database(&repo.path().join("dev.db"), &[(1, "one", TEXT)]);
    let memory = repo.path().join(".git/guard/digests");
    let first = report(&repo);
    assert_eq!(first["findings"].as_array().unwrap().len(), 0, "{first}");
    let whole = fs::read(&memory).unwrap();
    for spoilt in [&whole[..whole.len() / 2], b"", b"not of guard\n", &[&whole[..], b"more"].concat()] {
        fs::write(&memory, spoilt).unwrap();
        assert_eq!(report(&repo), first);
        assert_eq!(fs::read(&memory).unwrap(), whole, "it is written anew");
    }
    fs::remove_file(&memory).unwrap();
    fs::create_dir(&memory).unwrap();
    assert_eq!(report(&repo), first);
}
