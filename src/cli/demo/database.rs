//! The database of the demo: what `sqlx migrate run` would have made of these migrations. The only place in guard
//! that writes a database, one that it made itself a moment ago.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::cli::Failure;
use crate::git::{Entry, EntryKind, GitError};
use crate::model::{Migration, Oid, RepoPath};
use crate::tools::{Digest, Tool};

/// sqlx-sqlite/src/migrate.rs, `ensure_migrations_table`.
const LEDGER: &str = "CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
)";

/// Runs the migrations of `repository` in a new database, and records them.
pub(super) fn apply(repository: &Path, database: &Path) -> Result<(), Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::new(format!("the demo's database cannot be made: {error}"));
    let tool = Tool::find("sqlx", &BTreeMap::new()).map_err(|error| failed(&error))?;
    let migrations = migrations(repository, &tool)?;
    let connection = Connection::open(database).map_err(|error| failed(&error))?;
    connection.execute_batch(LEDGER).map_err(|error| failed(&error))?;
    for migration in migrations {
        let text = fs::read(repository.join(&*migration.path.to_str_lossy()))?;
        connection.execute_batch(&String::from_utf8_lossy(&text)).map_err(|error| failed(&error))?;
        record(&connection, &tool, &migration, &text).map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn record(
    connection: &Connection,
    tool: &Tool,
    migration: &Migration,
    text: &[u8],
) -> rusqlite::Result<usize> {
    let checksum = match tool.digest(migration, text) {
        Some(Digest::Bytes(bytes)) => bytes.into_vec(),
        _ => Vec::new(),
    };
    connection.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (?, ?, TRUE, ?, 0)",
        (&*migration.identity, &migration.name.replace('_', " "), checksum),
    )
}

fn migrations(repository: &Path, tool: &Tool) -> Result<Vec<Migration>, Failure> {
    let dir = RepoPath::from("migrations");
    let mut entries = Vec::new();
    for file in fs::read_dir(repository.join("migrations"))? {
        let path = dir.join(file?.file_name().as_encoded_bytes());
        // They are not in git yet; only their names are of interest.
        let oid = Oid::from_bytes(&[0; 20]).expect("twenty bytes are an id");
        entries.push(Entry { path, oid, kind: EntryKind::File });
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    let read = |_| Err(GitError::Failed("not in git yet".to_owned()));
    Ok(tool.list(&dir, &entries, &read)?.migrations)
}
