//! A session that may write: in a scratch database of guard's own, on a server of guard's own or on one that is declared for it, and
//! nowhere else.

use std::path::Path;
use std::pin::pin;
use std::time::Instant;

use futures_util::StreamExt;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::ErrorPosition;

use super::settings::Settings;
use super::{Connected, Postgres, schema, sql, statements, text};
use crate::db::{DatabaseUrl, DbError, Lock};
use crate::model::{Provenance, Schema};

/// The session.
pub(crate) struct Writer(Postgres);

/// A session that only reads the schema, again and again: to plan the questions takes the server longer than to answer them.
pub(crate) struct Watcher {
    session: Writer,
    /// The questions by name, once the server knows them.
    named: Option<String>,
}

impl Watcher {
    pub(crate) fn new(session: Writer) -> Self {
        Self { session, named: None }
    }

    /// The schema that there is now.
    pub(crate) fn schema(&mut self) -> Result<Schema, DbError> {
        let named = match self.named.take() {
            Some(named) => named,
            None => self.name_questions()?,
        };
        let read = self.session.read(&format!("{BEGIN}; {named}; COMMIT"));
        self.named = Some(named);
        if read.is_err() {
            let _ = self.session.send("ROLLBACK")?;
        }
        Ok(read?.0)
    }

    fn name_questions(&mut self) -> Result<String, DbError> {
        let questions = schema::questions(self.session.0.major()?, false);
        let (mut prepare, mut named) = (String::from("BEGIN; SAVEPOINT guard"), String::new());
        for (number, (_, statement)) in statements(&questions).all.into_iter().enumerate() {
            // The settings decide how a question is understood.
            if statement.starts_with("SELECT '") {
                prepare.push_str(&format!("; PREPARE guard_{number} AS {statement}"));
                named.push_str(&format!("EXECUTE guard_{number}; "));
            } else {
                prepare.push_str(&format!("; {statement}"));
                named.push_str(&format!("{statement}; "));
            }
        }
        let prepared = self.session.send(&format!("{prepare}; COMMIT"))?;
        prepared.map_err(|refusal| DbError::Failed(refusal.message))?;
        named.truncate(named.len() - 2);
        Ok(named)
    }
}

/// Begins to read.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SAVEPOINT guard";

/// Why the server did not do it.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// So many statements were done before.
    pub(crate) done: usize,
    /// Where in the text the server stumbled, in characters from 0, where it says so.
    pub(crate) at: Option<usize>,
    /// The five letters that say what it is: `42601`.
    pub(crate) code: String,
    /// What it says.
    pub(crate) message: String,
}

impl Writer {
    /// Connects to the server whose socket is in this directory.
    pub(crate) fn open(
        socket: &Path,
        user: &str,
        database: &str,
        deadline: Instant,
    ) -> Result<Self, DbError> {
        Self::connect(&Settings::local(socket, user, database), deadline)
    }

    /// Connects to a server that is declared for scratch databases.
    pub(crate) fn open_at(url: &DatabaseUrl, deadline: Instant) -> Result<Self, DbError> {
        let parameters =
            url.postgres().ok_or_else(|| DbError::Failed("this is no PostgreSQL server".to_owned()))?;
        Self::connect(&Settings::new(parameters)?, deadline)
    }

    fn connect(settings: &Settings, deadline: Instant) -> Result<Self, DbError> {
        let mut session = Postgres::connect(settings, deadline)?;
        // No transaction is begun for it: it begins its own.
        session.begun = true;
        Ok(Self(session))
    }

    /// Moves the deadline: what is left to do is to clean up.
    pub(crate) fn until(&mut self, deadline: Instant) {
        self.0.deadline = deadline;
    }

    /// Takes a lock, and says what tells this server from others.
    pub(crate) fn lock(&mut self, lock: &Lock) -> Result<Vec<String>, DbError> {
        self.ask(&format!("SELECT pg_catalog.pg_advisory_lock({}, {})::text", lock.0, lock.1))?;
        Ok(self.ask(sql::SERVER).unwrap_or_default())
    }

    /// Sends a text, of one statement or many. The outer error is the end of the session.
    pub(crate) fn send(&mut self, text: &str) -> Result<Result<(), Refusal>, DbError> {
        let Some(Connected { client, server, .. }) = &self.0.connected else {
            return Err(DbError::TimedOut);
        };
        self.0.wait(async {
            let gone = || DbError::Unreachable(format!("{server} hung up in the middle of an answer"));
            let mut done = 0;
            let refuse = |error: tokio_postgres::Error, done| {
                let said = error.as_db_error().ok_or_else(gone)?;
                // The server ends the session: it goes down, or somebody has killed it.
                if client.is_closed() || said.code().code().starts_with("57P") {
                    return Err(gone());
                }
                let at = match said.position() {
                    Some(ErrorPosition::Original(at)) => usize::try_from(*at).ok(),
                    _ => None,
                };
                Ok(Err(Refusal {
                    done,
                    at: at.map(|at| at.saturating_sub(1)),
                    code: said.code().code().to_owned(),
                    message: said.message().to_owned(),
                }))
            };
            let mut answer = match client.simple_query_raw(text).await {
                Ok(answer) => pin!(answer),
                Err(error) => return refuse(error, 0),
            };
            while let Some(message) = answer.next().await {
                match message {
                    Ok(SimpleQueryMessage::CommandComplete(_)) => done += 1,
                    Ok(_) => {}
                    Err(error) => return refuse(error, done),
                }
            }
            Ok(Ok(()))
        })
    }

    /// The first column of the answer to a question.
    pub(crate) fn ask(&mut self, question: &str) -> Result<Vec<String>, DbError> {
        let mut found = Vec::new();
        self.0.failed = false;
        self.0.ask(question, "a table", |row| {
            found.push(text(row, 0)?.to_owned());
            Ok(())
        })?;
        Ok(found)
    }

    /// The schema as a transaction that is under way sees it.
    pub(crate) fn schema_within(&mut self) -> Result<Schema, DbError> {
        self.read_schema("SAVEPOINT guard", "RELEASE guard")
    }

    /// The schema that there is now.
    pub(crate) fn schema(&mut self) -> Result<Schema, DbError> {
        let read = self.read_schema(BEGIN, "COMMIT");
        if read.is_err() {
            let _ = self.send("ROLLBACK")?;
        }
        read
    }

    /// Who made what, in which order.
    pub(crate) fn provenance(&mut self) -> Result<Provenance, DbError> {
        let questions = schema::questions(self.0.major()?, true);
        Ok(self.read(&format!("{BEGIN}; {questions}; COMMIT"))?.1)
    }

    fn read_schema(&mut self, begin: &str, end: &str) -> Result<Schema, DbError> {
        let questions = schema::questions(self.0.major()?, false);
        Ok(self.read(&format!("{begin}; {questions}; {end}"))?.0)
    }

    fn read(&mut self, questions: &str) -> Result<(Schema, Provenance), DbError> {
        let mut reader = schema::Reader::new();
        self.0.failed = false;
        self.0.ask(questions, "a table", |row| reader.add(row))?;
        Ok(reader.done())
    }
}
