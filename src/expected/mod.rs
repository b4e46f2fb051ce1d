//! What the schema should be: the migrations, run one after the other in a scratch database that guard has made itself.
//!
//! To add an engine: a file with a [`Scratch`], and a line in [`open`]. guard learns what a migration does by running it, not by
//! reading its SQL.

mod declared;
mod keeper;
mod ledgers;
mod memory;
mod mysql;
mod postgres;
pub mod record;
mod sqlite;

use std::collections::BTreeMap;
use std::time::Instant;

use crate::db::{DbError, Lookup, Surroundings};
use crate::model::{Dialect, Object, ObjectId, Schema, Script};
pub use declared::{Elsewhere, leftovers};
pub use ledgers::{Ledgers, with_ledgers};
pub use memory::{Made, Remembering};

/// A database that nobody else knows of, and that is gone when this is dropped.
pub trait Scratch {
    /// Name and version of the engine, and where it is: `SQLite 3.51.0, in memory`.
    fn name(&self) -> String;

    /// Everything gone: ready for the next history.
    fn clear(&mut self) -> Result<(), DbError>;

    /// Keeps what there is now, in the place of what was kept before. Nothing where starting anew costs no more.
    fn mark(&mut self) -> Result<bool, DbError> {
        Ok(false)
    }

    /// Goes back to what was kept; nothing where nothing was.
    fn back(&mut self) -> Result<bool, DbError> {
        Ok(false)
    }

    /// Runs the first statements of a migration, or all of them, as its tool would.
    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble>;

    /// How many statements a migration has.
    fn count(&self, script: &Script) -> usize;

    /// The statements of a migration, each by itself; none where they cannot be run so.
    fn pieces(&self, _script: &Script) -> Vec<Script> {
        Vec::new()
    }

    /// What there is now.
    fn schema(&mut self) -> Result<Schema, DbError>;

    /// Takes for granted, where a migration says nothing, what the engine took when most of the live tables were made, if the live ones
    /// tell of such a time; and what it takes now, where none are given. Whether anything changes, for what runs after [`Scratch::clear`].
    fn take(&mut self, _as_in: Option<(&Schema, &Schema)>) -> Result<bool, DbError> {
        Ok(false)
    }

    /// How other programs reach it: `url`, and what that is made of. Nothing where none can.
    fn places(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Numbers of the objects that there are now, in the order in which they were made; none where the engine keeps none.
    fn numbers(&mut self) -> Result<BTreeMap<ObjectId, u32>, DbError> {
        Ok(BTreeMap::new())
    }

    /// How the engine prints these objects, had it made them from their own text: where it prints expressions from what it has
    /// understood, two texts can mean the same. What it cannot make here stays as it is; nothing else changes.
    fn printed(&mut self, objects: &[(ObjectId, Object)]) -> Result<Vec<Object>, DbError> {
        Ok(objects.iter().map(|(_, object)| object.clone()).collect())
    }
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

/// In what a scratch database should be like the live one, and where it may be.
pub struct Like<'a> {
    /// The major version of the live server. The nearest that is here is taken.
    pub major: Option<u32>,
    /// The name of the live database: some migrations name it.
    pub database: Option<&'a str>,
    /// What the live server says of itself, where it matters.
    pub live: Option<&'a Surroundings>,
    /// Asks for an environment variable: `PATH`, `HOME`, `XDG_CACHE_HOME`.
    pub env: Lookup<'a>,
    /// Statements that run in the session before each migration, as the application does it.
    pub before: &'a [String],
    /// Other programs run migrations in it.
    pub shared: bool,
    /// The server that is declared for it.
    pub scratch: Option<Elsewhere<'a>>,
}

impl<'a> Like<'a> {
    /// Any, for guard's own statements.
    pub fn new(env: Lookup<'a>) -> Self {
        Self { major: None, database: None, live: None, env, before: &[], shared: false, scratch: None }
    }
}

/// The engine that [`open_like`] would take, with its version; nothing where there is none.
pub fn engine(dialect: Dialect, like: &Like<'_>) -> Option<String> {
    match dialect {
        Dialect::Sqlite => Some(format!("SQLite {}", rusqlite::version())),
        Dialect::Postgres => postgres::engine(like),
        Dialect::MySql => mysql::engine(like),
    }
}

/// A scratch database for migrations of this dialect.
pub fn open(dialect: Dialect, deadline: Instant) -> Result<Box<dyn Scratch>, DbError> {
    open_like(dialect, &Like::new(&|_| None), deadline)
}

/// The same, like a live one.
pub fn open_like(dialect: Dialect, like: &Like<'_>, deadline: Instant) -> Result<Box<dyn Scratch>, DbError> {
    if let Some(elsewhere) = like.scratch.filter(|_| dialect != Dialect::Sqlite) {
        match open_on(elsewhere, like, dialect, deadline) {
            // Where nobody is, the programs of this machine do as well.
            Err(DbError::Unreachable(_)) if engine(dialect, like).is_some() => {}
            other => return other,
        }
    }
    match dialect {
        Dialect::Sqlite => Ok(Box::new(sqlite::Memory::open(like, deadline)?)),
        Dialect::Postgres => Ok(Box::new(postgres::Server::open(like, deadline)?)),
        Dialect::MySql => Ok(Box::new(mysql::Server::open(like, deadline)?)),
    }
}

fn open_on(
    elsewhere: Elsewhere<'_>,
    like: &Like<'_>,
    dialect: Dialect,
    deadline: Instant,
) -> Result<Box<dyn Scratch>, DbError> {
    if elsewhere.scratch.dialect() != dialect {
        let what = "the scratch server is of another kind than the audited database";
        return Err(DbError::Failed(what.to_owned()));
    }
    // What was made there is taken away before nobody waits any more.
    let left = deadline.saturating_duration_since(Instant::now());
    let deadline = deadline.checked_sub((left / 10).min(declared::END)).unwrap_or(deadline);
    Ok(match dialect {
        Dialect::MySql => Box::new(mysql::Server::open_on(elsewhere, like, deadline)?),
        _ => Box::new(postgres::Server::open_on(elsewhere, like, deadline)?),
    })
}
