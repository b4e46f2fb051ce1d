//! A session that may write: in a scratch database of guard's own, on a server of guard's own or on one that is declared for it, and
//! nowhere else.

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures_util::StreamExt;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::ErrorPosition;

use super::settings::Settings;
use super::{Connected, Postgres, schema, sql, statements, text};
use crate::db::{DatabaseUrl, DbError, Lock};
use crate::model::{ObjectId, Provenance, Schema};

/// The session.
pub(crate) struct Writer(Postgres);

/// A session that only reads the schema, or a share of it, again and again: to plan the questions takes the server longer than to answer
/// them.
pub(crate) struct Watcher {
    session: Writer,
    /// The questions, by the names under which the server knows them.
    named: String,
}

/// What is planned while there is little would read a small table again and again for each row of another: up to seven times
/// slower than need be in the course of a history of 163 migrations.
const AS_IF_LARGE: &str = "SET enable_nestloop = off";

/// So many questions are planned before it is looked whether somebody waits.
const AT_ONCE: usize = 6;

impl Watcher {
    /// Tells the server the questions, and has it plan them as long as nobody is in a hurry: it looks at nothing that may be changing just
    /// now. Of all questions it asks each `of`th, from number `at` on.
    pub(crate) fn new(
        session: Writer,
        (at, of): (usize, usize),
        hurry: &AtomicBool,
    ) -> Result<Self, DbError> {
        let mut watcher = Self { session, named: String::new() };
        watcher.order(AS_IF_LARGE)?;
        let questions = schema::questions(watcher.session.0.major()?, false);
        let all: Vec<&str> = statements(&questions).all.into_iter().map(|(_, text)| text).collect();
        let own: Vec<usize> =
            (0..all.len()).filter(|number| is_question(all[*number])).skip(at).step_by(of).collect();
        // What is no question sets something for those behind it.
        let text = |some: &[usize], say: &dyn Fn(usize, &str) -> String| {
            let mut text = BEGIN.to_owned();
            for (number, statement) in all.iter().enumerate() {
                if !is_question(statement) {
                    text.push_str(&format!("; {statement}"));
                } else if some.contains(&number) {
                    text.push_str(&format!("; {}", say(number, statement)));
                }
            }
            text + "; COMMIT"
        };
        watcher.order(&text(&own, &|number, question| format!("PREPARE guard_{number} AS {question}")))?;
        for some in own.chunks(AT_ONCE) {
            if hurry.load(Ordering::Relaxed) {
                break;
            }
            watcher.order(&text(some, &|number, _| format!("EXPLAIN EXECUTE guard_{number}")))?;
        }
        watcher.named = text(&own, &|number, _| format!("EXECUTE guard_{number}"));
        Ok(watcher)
    }

    /// An order of guard's own, which the server cannot refuse.
    fn order(&mut self, text: &str) -> Result<(), DbError> {
        self.session.send(text)?.map_err(|refusal| DbError::Failed(refusal.message))
    }

    /// Its share of the schema that there is now.
    pub(crate) fn schema(&mut self) -> Result<Schema, DbError> {
        let read = self.session.read(&self.named);
        if read.is_err() {
            let _ = self.session.send("ROLLBACK")?;
        }
        Ok(read?.0)
    }
}

/// Whether it asks for objects; what does not, sets something that decides how questions are understood.
fn is_question(statement: &str) -> bool {
    statement.starts_with("SELECT") && !statement.starts_with("SELECT set_config")
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
        self.send_all(&[text])?.pop().ok_or(DbError::TimedOut)
    }

    /// Sends texts, each whatever is said to those before it, and waits for all answers at once.
    pub(crate) fn send_all(&mut self, texts: &[&str]) -> Result<Vec<Result<(), Refusal>>, DbError> {
        let Some(Connected { client, server, .. }) = &self.0.connected else {
            return Err(DbError::TimedOut);
        };
        self.0.wait(async {
            let gone = || DbError::Unreachable(format!("{server} hung up in the middle of an answer"));
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
                Ok(Refusal {
                    done,
                    at: at.map(|at| at.saturating_sub(1)),
                    code: said.code().code().to_owned(),
                    message: said.message().to_owned(),
                })
            };
            let mut sent = Vec::with_capacity(texts.len());
            for text in texts {
                sent.push(client.simple_query_raw(text).await);
            }
            let mut answers = Vec::with_capacity(texts.len());
            for answer in sent {
                let mut answer = pin!(match answer {
                    Ok(answer) => answer,
                    Err(error) => {
                        answers.push(Err(refuse(error, 0)?));
                        continue;
                    }
                });
                let (mut done, mut outcome) = (0, Ok(()));
                while let Some(message) = answer.next().await {
                    match message {
                        Ok(SimpleQueryMessage::CommandComplete(_)) => done += 1,
                        Ok(_) => {}
                        Err(error) => {
                            outcome = Err(refuse(error, done)?);
                            break;
                        }
                    }
                }
                answers.push(outcome);
            }
            Ok(answers)
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
        let questions = schema::questions(self.0.major()?, false);
        Ok(self.read(&format!("SAVEPOINT guard; {questions}; RELEASE guard"))?.0)
    }

    /// The numbers of what there is, in the order in which it was made: only questions that ask for them are asked.
    pub(crate) fn numbers(&mut self) -> Result<BTreeMap<ObjectId, u32>, DbError> {
        let questions = schema::questions(self.0.major()?, true);
        let all = statements(&questions).all.into_iter().map(|(_, statement)| statement);
        let of_number = |statement: &&str| !is_question(statement) || statement.contains("AS number");
        let some: Vec<&str> = all.filter(of_number).collect();
        let (_, provenance) = self.read(&format!("{BEGIN}; {}; COMMIT", some.join("; ")))?;
        Ok(provenance.written.into_iter().filter_map(|(id, written)| Some((id, written.number?))).collect())
    }

    fn read(&mut self, questions: &str) -> Result<(Schema, Provenance), DbError> {
        let mut reader = schema::Reader::new();
        self.0.failed = false;
        self.0.ask(questions, "a table", |row| reader.add(row))?;
        Ok(reader.done())
    }
}
