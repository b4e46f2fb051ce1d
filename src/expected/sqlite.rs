//! Replay in SQLite, in memory: nothing to start, nothing to leave behind.
//!
//! The migrations of a pull request are foreign code: files cannot be attached, extensions cannot be loaded, and the
//! clock stops what does not end.

use std::time::Instant;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, ErrorCode};

use tempfile::TempDir;

use super::{Like, Scratch, Trouble};
use crate::db::{DbError, read_sqlite_schema, sqlite_statements};
use crate::model::{Schema, Script};

/// After so many steps of SQLite's machine the clock is read.
const STEPS_BETWEEN_CLOCKS: i32 = 10_000;
/// So much a replayed database may hold, in pages of 4 KiB: 256 MiB.
const MOST_PAGES: u32 = 65_536;

/// The file, where other programs need one.
const FILE: &str = "scratch.db";

/// A database in memory, or in a directory of its own.
pub(super) struct Memory {
    connection: Connection,
    deadline: Instant,
    before: Vec<String>,
    /// Where other programs reach it.
    shared: Option<TempDir>,
}

impl Memory {
    pub(super) fn open(like: &Like<'_>, deadline: Instant) -> Result<Self, DbError> {
        let directory = || tempfile::Builder::new().prefix("guard-").tempdir();
        let shared = like.shared.then(directory).transpose();
        let shared = shared.map_err(|error| DbError::Failed(format!("no temporary directory: {error}")))?;
        let connection = connect(shared.as_ref(), deadline).map_err(failed)?;
        Ok(Self { connection, deadline, before: like.before.to_vec(), shared })
    }

    fn one(&self, statement: &str) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare(statement)?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        Ok(())
    }
}

fn connect(shared: Option<&TempDir>, deadline: Instant) -> rusqlite::Result<Connection> {
    let connection = match shared {
        Some(directory) => Connection::open(directory.path().join(FILE))?,
        None => Connection::open_in_memory()?,
    };
    connection.progress_handler(STEPS_BETWEEN_CLOCKS, Some(move || Instant::now() >= deadline))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.execute_batch(&format!("PRAGMA max_page_count={MOST_PAGES}; PRAGMA temp_store=MEMORY"))?;
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Attach { .. }
        | AuthAction::Detach { .. }
        | AuthAction::Function { function_name: "load_extension" } => Authorization::Deny,
        _ => Authorization::Allow,
    }))?;
    Ok(connection)
}

impl Scratch for Memory {
    fn name(&self) -> String {
        let place = if self.shared.is_some() { "in a file of guard's own" } else { "in memory" };
        format!("SQLite {}, {place}", rusqlite::version())
    }

    fn clear(&mut self) -> Result<(), DbError> {
        if let Some(directory) = &self.shared {
            // It is closed first; a file that was never written is not there.
            self.connection = connect(None, self.deadline).map_err(failed)?;
            for ending in ["", "-wal", "-shm", "-journal"] {
                let _ = std::fs::remove_file(directory.path().join(format!("{FILE}{ending}")));
            }
        }
        self.connection = connect(self.shared.as_ref(), self.deadline).map_err(failed)?;
        Ok(())
    }

    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble> {
        // As most tools do it, all or nothing; a script that begins a transaction itself is left to it.
        let statements = sqlite_statements(&script.text);
        let own = statements.iter().any(|(_, text)| begins_transaction(text));
        let around = script.transaction && !own;
        // The library that guard is built with minds foreign keys from the beginning, as others do not. Where nobody minds them, whatever ran
        // with them runs.
        self.one("PRAGMA foreign_keys=OFF").map_err(failed)?;
        for statement in &self.before {
            self.one(statement).map_err(failed)?;
        }
        if around {
            self.one("BEGIN").map_err(failed)?;
        }
        for (start, statement) in statements.into_iter().take(most) {
            if let Err(error) = self.one(statement) {
                if !self.connection.is_autocommit() {
                    self.one("ROLLBACK").map_err(failed)?;
                }
                let error = failed(error);
                if matches!(error, DbError::TimedOut) {
                    return Err(error.into());
                }
                let before = script.text[..start].bytes().filter(|byte| *byte == b'\n').count();
                return Err(Trouble::Refused {
                    line: script.line.saturating_add(u32::try_from(before).unwrap_or(u32::MAX)),
                    statement: statement.to_owned(),
                    message: error.to_string(),
                });
            }
        }
        if !self.connection.is_autocommit() {
            self.one("COMMIT").map_err(failed)?;
        }
        Ok(())
    }

    fn places(&self) -> Vec<(&'static str, String)> {
        let Some(directory) = &self.shared else { return Vec::new() };
        let path = directory.path().join(FILE).display().to_string();
        vec![("url", format!("sqlite://{path}")), ("path", path.clone()), ("database", path)]
    }

    fn count(&self, script: &Script) -> usize {
        sqlite_statements(&script.text).len()
    }

    fn pieces(&self, script: &Script) -> Vec<Script> {
        let all = sqlite_statements(&script.text).into_iter();
        all.map(|(_, text)| Script { text: text.to_owned(), transaction: false, ..script.clone() }).collect()
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        read_sqlite_schema(&self.connection).map_err(failed)
    }
}

fn begins_transaction(statement: &str) -> bool {
    let word = statement.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    ["begin", "commit", "end", "savepoint", "rollback"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

fn failed(error: rusqlite::Error) -> DbError {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => DbError::TimedOut,
        _ => DbError::Failed(match error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message,
            rusqlite::Error::SqlInputError { msg, .. } => msg,
            other => other.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn memory() -> Memory {
        Memory::open(&Like::new(&|_| None), Instant::now() + Duration::from_secs(20)).unwrap()
    }

    fn script(text: &str) -> Script {
        Script { text: text.to_owned(), line: 1, transaction: true }
    }

    #[test]
    fn a_migration_runs_whole_or_not_at_all() {
        let mut memory = memory();
        memory.run(&script("CREATE TABLE a (x); CREATE TABLE b (x);"), usize::MAX).unwrap();
        let failed =
            memory.run(&script("CREATE TABLE c (x);\n\nCREATE TABLE a (x);"), usize::MAX).unwrap_err();
        assert_eq!(failed.to_string(), "line 3: table a already exists");
        let roots = |memory: &mut Memory| -> Vec<String> {
            let schema = memory.schema().unwrap();
            schema.0.into_keys().filter(|id| id.kind == "table").map(|id| id.root).collect()
        };
        assert_eq!(roots(&mut memory), ["a", "b"]);
        memory.run(&script("CREATE TABLE d (x); CREATE TABLE e (x);"), 1).unwrap();
        assert_eq!(roots(&mut memory), ["a", "b", "d"]);
        memory.clear().unwrap();
        assert_eq!(roots(&mut memory), [""; 0]);
    }

    #[test]
    fn foreign_keys_are_minded_only_where_somebody_says_so() {
        let text = "CREATE TABLE owners (id INTEGER, name TEXT);
                    CREATE TABLE dogs (owner INTEGER REFERENCES owners (id), other INTEGER REFERENCES gone (id));
                    INSERT INTO dogs SELECT 1, 2;";
        let mut memory = memory();
        memory.run(&script(text), usize::MAX).unwrap();
        memory.clear().unwrap();
        memory.before.push("PRAGMA foreign_keys=ON".to_owned());
        assert!(memory.run(&script(text), usize::MAX).is_err());
        // What one says is not said for the next.
        memory.before.clear();
        memory.run(&script(text), usize::MAX).unwrap();
    }

    #[test]
    fn foreign_code_reaches_nothing_and_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stolen.db");
        let mut memory = memory();
        for text in [
            format!("ATTACH '{}' AS s; CREATE TABLE s.t (x);", file.display()),
            format!("VACUUM INTO '{}';", file.display()),
            "SELECT load_extension('/bin/sh');".to_owned(),
            "PRAGMA writable_schema=ON; INSERT INTO sqlite_schema VALUES ('table','t','t',0,'x');".to_owned(),
        ] {
            assert!(memory.run(&script(&text), usize::MAX).is_err(), "{text}");
            assert!(!file.exists(), "{text}");
        }
        let mut memory =
            Memory::open(&Like::new(&|_| None), Instant::now() + Duration::from_millis(200)).unwrap();
        let endless =
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n;";
        let begin = Instant::now();
        assert!(matches!(memory.run(&script(endless), usize::MAX), Err(Trouble::Gone(DbError::TimedOut))));
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}
