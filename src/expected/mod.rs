//! What the schema should be: the migrations, run one after the other in a scratch database that guard has made itself.
//!
//! To add an engine: a file with a [`Scratch`], and a line in [`open`]. guard learns what a migration does by running it, not by
//! reading its SQL.

mod sqlite;

use std::time::Instant;

use crate::db::DbError;
use crate::model::{Dialect, Schema, Script};

/// A database that nobody else knows of, and that is gone when this is dropped.
pub trait Scratch {
    /// Name and version of the engine, and where it is: `SQLite 3.51.0, in memory`.
    fn name(&self) -> String;

    /// Everything gone: ready for the next history.
    fn clear(&mut self) -> Result<(), DbError>;

    /// Runs the first statements of a migration, or all of them, as its tool would.
    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble>;

    /// How many statements a migration has.
    fn count(&self, script: &Script) -> usize;

    /// What there is now.
    fn schema(&mut self) -> Result<Schema, DbError>;
}

/// Why a migration did not run.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The engine refused a statement.
    #[error("line {line}: {message}")]
    Refused {
        /// The line of the file at which the statement begins, from 1.
        line: u32,
        /// The statement.
        statement: String,
        /// What the engine said.
        message: String,
    },
    /// The engine is not there any more, or the time is over.
    #[error(transparent)]
    Gone(#[from] DbError),
}

/// A scratch database for migrations of this dialect.
pub fn open(dialect: Dialect, deadline: Instant) -> Result<Box<dyn Scratch>, DbError> {
    match dialect {
        Dialect::Sqlite => Ok(Box::new(sqlite::Memory::open(deadline)?)),
        other => Err(DbError::Failed(format!("guard cannot replay migrations of {other:?} yet"))),
    }
}
