//! Databases: one file each. Connections are read-only by the database's own means.
//!
//! To add one: `src/db/x.rs` with a [`Driver`], one line in [`DRIVERS`]; the contract in `tests/databases.rs` runs for it.

mod mysql;
mod network;
mod postgres;
mod sqlite;
mod tls;
mod url;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use crate::model::{Cause, Provenance, Schema, TableName};

pub(crate) use mysql::{
    GRANTS as MY_GRANTS, Refusal as MyRefusal, Writer as MyWriter, quote as my_quote,
    statements as my_statements,
};
pub(crate) use postgres::{
    Refusal as PgRefusal, Watcher as PgWatcher, Writer as PgWriter, statements as pg_statements,
};
pub(crate) use sqlite::{read_schema as read_sqlite_schema, statements as sqlite_statements};
pub use url::{DatabaseUrl, UrlError, redact};

/// A database that can be asked. Everything is read in one consistent snapshot.
///
/// An error ends the conversation: what was handed out before belongs to no whole answer.
pub trait Database {
    /// Name and version of the engine: `SQLite 3.51.0`.
    fn engine(&mut self) -> Result<String, DbError>;

    /// Says which tables are looked for, in small letters: a database with more tables than `most` lists these alone.
    fn look_for(&mut self, _names: Vec<String>, _most: usize) {}

    /// How many tables [`Database::tables`] has left out for that: in a schema, or in all of them.
    fn left_out(&self, _schema: Option<&str>) -> usize {
        0
    }

    /// All tables that the session can see, with their columns in order. System tables are left out.
    fn tables(&mut self) -> Result<Vec<Table>, DbError>;

    /// The tables of a schema that [`Database::tables`] leaves out: on MySQL a schema is a database, and those of a server
    /// belong to many programs. Nothing where `tables` leaves none out.
    fn tables_of(&mut self, _schema: &str) -> Result<Vec<Table>, DbError> {
        Ok(Vec::new())
    }

    /// The names of all schemas, those without a table too; nothing where there are no schemas.
    fn schemas(&mut self) -> Result<Vec<String>, DbError> {
        Ok(Vec::new())
    }

    /// Announces that the rows of these tables will be asked for, each with the columns named. Where each question is a way
    /// to a server and back, all are asked at once.
    fn announce(&mut self, _questions: &[(TableName, Vec<String>)]) -> Result<(), DbError> {
        Ok(())
    }

    /// The rows of a table, in the table's own order (`rowid`, primary key), with the named columns in the order named.
    fn rows(
        &mut self,
        table: &TableName,
        columns: &[String],
        each: &mut dyn FnMut(&[Cell]),
    ) -> Result<(), DbError>;

    /// The schema: everything that DDL can change, as small as it can change it.
    fn schema(&mut self) -> Result<Schema, DbError> {
        Err(DbError::Failed("guard does not read the schema of this kind of database yet".to_owned()))
    }

    /// That of one of its schemas, where each is read by itself.
    fn schema_of(&mut self, _schema: &str) -> Result<Schema, DbError> {
        self.schema()
    }

    /// What decides what statements make, besides the statements.
    fn surroundings(&mut self) -> Result<Surroundings, DbError> {
        Ok(Surroundings { engine: self.engine()?, ..Surroundings::default() })
    }

    /// Which transactions wrote what is in the schema; `None` where the database keeps nothing of it.
    fn provenance(&mut self) -> Result<Option<Provenance>, DbError> {
        Ok(None)
    }

    /// A number that the database keeps outside its tables (`PRAGMA user_version`).
    fn user_version(&mut self) -> Result<Option<i64>, DbError>;

    /// What becomes another when the table, or the database around it, is made anew; `None` where that cannot be told.
    fn incarnation(&mut self, _table: &TableName) -> Result<Option<String>, DbError> {
        Ok(None)
    }

    /// What tells this server from others, as far as it may be known; and whether somebody holds the lock of this name on it, which
    /// another session took.
    fn neighbour(&mut self, _lock: &Lock) -> Result<(Vec<String>, bool), DbError> {
        Err(DbError::Failed("this is no server".to_owned()))
    }

    /// Moves the deadline back: so long the session has waited for guard.
    fn more_time(&mut self, _time: Duration) {}

    /// Something about how it was read that people should know ("read from a copy, since ..."), if anything.
    fn remark(&self) -> Option<String>;
}

/// What a scratch database must be like, so that the same statements make the same schema in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Name and version of the engine.
    pub engine: String,
    /// The name of the database, where migrations may name it.
    pub database: Option<String>,
    /// Settings of the server and of the database, by the server's own names.
    pub settings: BTreeMap<String, String>,
}

/// A lock that means nothing, but that it can be seen from everywhere on the server on which it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock(pub i32, pub i32);

impl Lock {
    /// Its name, where locks have names.
    pub fn name(&self) -> String {
        format!("guard-{:x}-{:x}", self.0, self.1)
    }
}

/// A table, with what tells one ledger from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, with its schema where the database has schemas.
    pub name: TableName,
    /// Whether its plain name means it, without the schema.
    pub visible: bool,
    /// Its columns: name and declared type, in the table's order.
    pub columns: Vec<(String, String)>,
}

/// One cell of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// A whole number, a truth value.
    Integer(i64),
    /// A number that is not whole.
    Real(f64),
    /// Text, as bytes: a database does not promise that they are UTF-8.
    Text(Vec<u8>),
    /// Bytes.
    Blob(Vec<u8>),
}

impl fmt::Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Integer(number) => write!(out, "{number}"),
            Self::Real(number) => write!(out, "{number}"),
            Self::Text(bytes) => write!(out, "{}", String::from_utf8_lossy(bytes)),
            Self::Blob(bytes) => bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}")),
        }
    }
}

/// A kind of database.
#[derive(Debug)]
pub struct Driver {
    /// For people: `SQLite`.
    pub name: &'static str,
    /// The schemes of its URLs.
    pub schemes: &'static [&'static str],
    /// Opens it, read-only, and gives up by the deadline.
    pub open: Opener,
}

/// The function that opens a database: until when may it and all questions to the result take?
pub type Opener = fn(&DatabaseUrl, Instant) -> Result<Box<dyn Database>, DbError>;

/// Asks for an environment variable: this module reads none itself.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// All kinds.
pub const DRIVERS: &[Driver] = &[sqlite::DRIVER, postgres::DRIVER, mysql::DRIVER];

/// Opens a database, read-only, and gives up by the deadline. So does every question to it.
pub fn open(url: &DatabaseUrl, deadline: Instant) -> Result<Box<dyn Database>, DbError> {
    let driver = DRIVERS.iter().find(|driver| driver.schemes.contains(&url.scheme()));
    let driver = driver.expect("a URL parses only with the scheme of a driver");
    (driver.open)(url, deadline)
}

/// Why a database could not answer.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Nobody is there.
    #[error("{0}")]
    Unreachable(String),
    /// Somebody is there and refuses.
    #[error("{0}")]
    Denied(String),
    /// It took too long.
    #[error("no answer within the time allowed")]
    TimedOut,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl From<DbError> for Cause {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unreachable(what) => Self::Unreachable(what),
            DbError::Denied(what) => Self::Denied(what),
            DbError::TimedOut => Self::TimedOut,
            DbError::Failed(what) => Self::Failed(what),
        }
    }
}
