//! A session that may write: in a scratch database of guard's own, on a server of guard's own or on one that is declared for it, and
//! nowhere else.

use std::path::Path;
use std::time::Instant;

use super::settings::Settings;
use super::wire::WireError;
use super::{Broken, MySql, trouble};
use crate::db::{Database as _, DatabaseUrl, DbError, Lock};
use crate::model::Schema;

/// The session.
pub(crate) struct Writer(MySql);

/// Why the server did not do it.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The number of the error: 1064.
    pub(crate) code: u16,
    /// What it says.
    pub(crate) message: String,
}

impl Writer {
    /// Connects to the server of this socket.
    pub(crate) fn open(
        socket: &Path,
        user: &str,
        database: &str,
        deadline: Instant,
    ) -> Result<Self, DbError> {
        Ok(Self(MySql::connect(&Settings::local(socket, user, database), deadline)?))
    }

    /// Connects to a server that is declared for scratch databases.
    pub(crate) fn open_at(url: &DatabaseUrl, deadline: Instant) -> Result<Self, DbError> {
        let parameters = url.mysql().ok_or_else(|| DbError::Failed("this is no MySQL server".to_owned()))?;
        Ok(Self(MySql::connect(&Settings::new(parameters)?, deadline)?))
    }

    /// Moves the deadline: what is left to do is to clean up.
    pub(crate) fn until(&mut self, deadline: Instant) {
        self.0.deadline = deadline;
    }

    /// Takes a lock, and says what tells this server from others.
    pub(crate) fn lock(&mut self, lock: &Lock) -> Result<Vec<String>, DbError> {
        self.ask(&format!("SELECT GET_LOCK('{}', 0)", lock.name()))?;
        Ok(self.0.neighbour(lock)?.0)
    }

    /// Name and version: `MariaDB 10.11.19`.
    pub(crate) fn engine(&mut self) -> Result<String, DbError> {
        self.0.engine()
    }

    /// From now on the server prints as it does for those who read.
    pub(crate) fn set(&mut self) -> Result<(), DbError> {
        self.0.set()
    }

    /// Sends a statement. The outer error is the end of the session.
    pub(crate) fn send(&mut self, statement: &str) -> Result<Result<(), Refusal>, DbError> {
        match self.0.converse(statement, |_, _| Ok(())) {
            Ok(()) => Ok(Ok(())),
            Err(Broken::Wire(WireError::Said(said))) if !trouble::ENDED.contains(&said.code) => {
                Ok(Err(Refusal { code: said.code, message: said.message }))
            }
            Err(other) => Err(self.0.explain(other, "a table")),
        }
    }

    /// The first column of the answer to a question.
    pub(crate) fn ask(&mut self, question: &str) -> Result<Vec<String>, DbError> {
        Ok(self.0.texts::<1>(question)?.into_iter().map(|[text]| text).collect())
    }

    /// The schema that there is now in this database.
    pub(crate) fn schema(&mut self, database: &str) -> Result<Schema, DbError> {
        database.clone_into(&mut self.0.database);
        self.0.read_schema()
    }
}
