//! PostgreSQL servers, and what speaks like one. The session can only read, by the server's own means.
//!
//! All questions of a session are asked in one read-only transaction, in plain text without prepared statements: so it goes
//! through poolers that hand out connections by transaction, nothing that is set outlives it, and everything is
//! one snapshot.

mod connect;
mod parameters;
mod schema;
mod settings;
mod sql;
mod statements;
mod tls;
mod trouble;
mod writer;

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout_at;
use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::{Cell, Database, DatabaseUrl, DbError, Driver, Lock, Table};
use crate::model::{Provenance, Schema, TableName};
use connect::Connected;
use settings::Settings;
use sql::{Kind, TableFacts};

pub(super) use parameters::Parameters;
pub(crate) use statements::statements;
pub(crate) use writer::{Refusal, Watcher, Writer};

/// PostgreSQL.
pub(super) const DRIVER: Driver = Driver {
    name: "PostgreSQL",
    schemes: &["postgres", "postgresql", "postgis", "cockroach", "cockroachdb", "crdb-postgres", "yugabyte"],
    open: open_boxed,
};

/// The most that the server is given to hear of guard's leaving.
const FAREWELL: Duration = Duration::from_millis(50);

/// So often the schema is read again when something vanished during the reading.
const AGAIN: u32 = 2;

/// After so many rows the clock is read.
const ROWS_BETWEEN_CLOCKS: usize = 256;

fn open_boxed(url: &DatabaseUrl, deadline: Instant) -> Result<Box<dyn Database>, DbError> {
    Ok(Box::new(Postgres::open(url, deadline)?))
}

/// A session.
struct Postgres {
    /// Nothing once it has ended.
    runtime: Option<Runtime>,
    connected: Option<Connected>,
    deadline: Instant,
    /// The schemas in which plain names are looked up, where the URL names some.
    schemas: Vec<String>,
    /// The transaction has begun. It does so together with the first question, which saves a way to the server and back.
    begun: bool,
    /// The last question failed, and with it the transaction: it has to go back first.
    failed: bool,
    /// What is known of the tables since they were listed.
    listed: HashMap<TableName, TableFacts>,
    /// The tables that are looked for, and how many there may be before only these are listed.
    wanted: (Vec<String>, usize),
    /// How many tables of each schema were not listed.
    left_out: Vec<(String, usize)>,
    /// What was asked for ahead.
    announced: HashMap<TableName, Announced>,
}

/// What is known of a table before it is asked for.
#[derive(Default)]
struct Announced {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    incarnation: Option<String>,
}

/// The columns as the table spells them, with the kind of their values.
fn columns_of<'a>(
    facts: &'a TableFacts,
    table: &TableName,
    columns: &[String],
) -> Result<(Vec<&'a str>, Vec<Kind>), DbError> {
    let found = columns.iter().map(|column| {
        let found = facts.column(column).or_else(|| facts.system_column(column));
        found.ok_or_else(|| DbError::Failed(format!("the table {table} has no column {column}")))
    });
    Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().unzip())
}

fn read_cells(
    row: &SimpleQueryRow,
    kinds: &[Kind],
    table: &TableName,
    cells: &mut Vec<Cell>,
) -> Result<(), DbError> {
    cells.resize(kinds.len(), Cell::Null);
    for (place, (kind, cell)) in kinds.iter().zip(cells).enumerate() {
        let shown = row.try_get(place).map_err(|_| {
            DbError::Failed(format!("the table {table} holds text that is not in the database's encoding"))
        })?;
        let old = std::mem::replace(cell, Cell::Null);
        *cell = shown.map_or(Cell::Null, |shown| kind.cell(shown, old));
    }
    Ok(())
}

impl Postgres {
    fn open(url: &DatabaseUrl, deadline: Instant) -> Result<Self, DbError> {
        // Ends a little earlier than it must, so that the reason is heard and not only that time was up.
        let left = deadline.saturating_duration_since(Instant::now());
        let deadline = deadline.checked_sub((left / 20).min(Duration::from_millis(20))).unwrap_or(deadline);
        if left.is_zero() {
            return Err(DbError::TimedOut);
        }
        let parameters = url.postgres().expect("the scheme of the URL is one of this driver");
        let settings = Settings::new(parameters)?;
        Self::connect(&settings, deadline)
    }

    /// A session in which nothing was said yet.
    fn connect(settings: &Settings, deadline: Instant) -> Result<Self, DbError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| DbError::Failed(format!("no connection can be made: {error}")))?;
        let mut session = Self {
            runtime: Some(runtime),
            connected: None,
            deadline,
            schemas: settings.schemas.clone(),
            begun: false,
            failed: false,
            listed: HashMap::new(),
            wanted: (Vec::new(), usize::MAX),
            left_out: Vec::new(),
            announced: HashMap::new(),
        };
        session.connected = Some(session.wait(connect::connect(settings, deadline))?);
        Ok(session)
    }

    /// The major version, where the schema can be read.
    fn major(&self) -> Result<u32, DbError> {
        let Some(major) = self.connected.as_ref().and_then(|connected| connected.major) else {
            let what = "guard reads the schema of PostgreSQL itself only, and this is a relative of it";
            return Err(DbError::Failed(what.to_owned()));
        };
        if major < schema::OLDEST {
            let what = format!(
                "guard reads the schema of PostgreSQL {} and later, and this is {major}",
                schema::OLDEST
            );
            return Err(DbError::Failed(what));
        }
        Ok(major)
    }

    /// Runs it until it is done, or the deadline.
    fn wait<T>(&self, work: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
        let runtime = self.runtime.as_ref().expect("it is taken away at the end only");
        let deadline = self.deadline;
        runtime.block_on(
            async move { timeout_at(deadline.into(), work).await.unwrap_or(Err(DbError::TimedOut)) },
        )
    }

    /// Asks, and hands over each row of the answer. `subject` is what may be locked.
    fn ask(
        &mut self,
        question: &str,
        subject: &str,
        mut each: impl FnMut(&SimpleQueryRow) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        self.ask_all(question, subject, |_, row| each(row))
    }

    /// Asks several questions at once. Each row comes with the number of its question, from 0.
    fn ask_all(
        &mut self,
        questions: &str,
        subject: &str,
        mut each: impl FnMut(usize, &SimpleQueryRow) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        let Some(Connected { client, server, password, .. }) = &self.connected else {
            return Err(DbError::TimedOut);
        };
        let deadline = self.deadline;
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(DbError::TimedOut);
        }
        let question = match (self.begun, self.failed) {
            (true, false) => questions.to_owned(),
            (true, true) => format!("{}; {questions}", sql::GO_BACK),
            (false, false) => format!("{}; {questions}", sql::begin(left, &self.schemas)),
            (false, true) => {
                format!("{}; {}; {questions}", sql::GIVE_UP, sql::begin(left, &self.schemas))
            }
        };
        let outcome = self.wait(async {
            let explain = |error| trouble::no_answer(&error, server, subject, password.as_deref());
            let mut answer = pin!(client.simple_query_raw(&question).await.map_err(explain)?);
            let (mut rows, mut answers) = (0_usize, 0_usize);
            while let Some(message) = answer.next().await {
                match message.map_err(explain)? {
                    SimpleQueryMessage::RowDescription(_) => answers += 1,
                    SimpleQueryMessage::Row(row) => {
                        each(answers.saturating_sub(1), &row)?;
                        rows += 1;
                        if rows.is_multiple_of(ROWS_BETWEEN_CLOCKS) && Instant::now() >= deadline {
                            return Err(DbError::TimedOut);
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        });
        self.failed = outcome.is_err();
        self.begun |= outcome.is_ok();
        outcome
    }

    /// What the list of tables said of a table, if that is all.
    fn listed(&self, table: &TableName) -> Option<TableFacts> {
        self.listed.get(table).filter(|facts| facts.is_all()).cloned()
    }

    /// One way to the server and back. What the server prints of definitions is read from the catalogue of the moment, not of the
    /// snapshot, so that something dropped meanwhile can be missed there: then it is asked again.
    fn read_catalogue(&mut self, provenance: bool) -> Result<(Schema, Provenance), DbError> {
        let questions = schema::questions(self.major()?, provenance);
        let mut tries = 0;
        loop {
            let mut reader = schema::Reader::new();
            match self.ask(&questions, "a table", |row| reader.add(row)) {
                Ok(()) => return Ok(reader.done()),
                Err(DbError::Failed(what)) if tries < AGAIN && schema::may_be_gone(&what) => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Where a table is and what it is made of.
    fn facts(&mut self, table: &TableName) -> Result<TableFacts, DbError> {
        if let Some(facts) = self.listed(table) {
            return Ok(facts);
        }
        let absent = || DbError::Failed(format!("there is no table {table}"));
        let question = sql::facts(table).ok_or_else(absent)?;
        let mut facts = TableFacts::default();
        self.ask(&question, "the catalogue", |row| facts.add(row))?;
        if facts.schema.is_empty() { Err(absent()) } else { Ok(facts) }
    }
}

impl Database for Postgres {
    fn engine(&mut self) -> Result<String, DbError> {
        let mut named = String::new();
        self.ask("SELECT pg_catalog.version()", "the server", |row| {
            named = sql::engine(text(row, 0)?);
            Ok(())
        })?;
        Ok(named)
    }

    fn tables(&mut self) -> Result<Vec<Table>, DbError> {
        let (mut tables, mut listed): (Vec<Table>, Vec<TableFacts>) = (Vec::new(), Vec::new());
        let mut counts: Vec<(String, usize)> = Vec::new();
        let question = sql::tables(&self.wanted.0, self.wanted.1);
        self.ask_all(&question, "the catalogue", |at, row| {
            let schema = text(row, 0)?;
            if at > 0 {
                counts.push((schema.to_owned(), text(row, 1)?.parse().unwrap_or_default()));
                return Ok(());
            }
            let name = text(row, 6)?;
            let is_last =
                |last: &Table| last.name.name == name && last.name.schema.as_deref() == Some(schema);
            if !tables.last().is_some_and(is_last) {
                let name = TableName { schema: Some(schema.to_owned()), name: name.to_owned() };
                tables.push(Table { name, visible: text(row, 7)? == "t", columns: Vec::new() });
                listed.push(TableFacts::default());
            }
            let column = (text(row, 2)?.to_owned(), text(row, 8)?.to_owned());
            if let (Some(table), Some(facts)) = (tables.last_mut(), listed.last_mut()) {
                facts.add(row)?;
                if !column.0.is_empty() {
                    table.columns.push(column);
                }
            }
            Ok(())
        })?;
        let all: usize = counts.iter().map(|(_, count)| count).sum();
        let listed_in =
            |schema: &str| tables.iter().filter(|table| table.name.schema.as_deref() == Some(schema)).count();
        if all > tables.len() {
            for (schema, count) in &mut counts {
                *count = count.saturating_sub(listed_in(schema));
            }
            self.left_out = counts;
        }
        self.listed = tables.iter().map(|table| table.name.clone()).zip(listed).collect();
        Ok(tables)
    }

    fn look_for(&mut self, names: Vec<String>, most: usize) {
        self.wanted = (names, most);
    }

    fn left_out(&self, schema: Option<&str>) -> usize {
        let of = |other: &str| schema.is_none_or(|schema| schema == other);
        self.left_out.iter().filter(|(schema, _)| of(schema)).map(|(_, count)| count).sum()
    }

    fn rows(
        &mut self,
        table: &TableName,
        columns: &[String],
        each: &mut dyn FnMut(&[Cell]),
    ) -> Result<(), DbError> {
        if let Some(known) = self.announced.get(table).filter(|known| known.columns == columns) {
            known.rows.iter().for_each(|cells| each(cells));
            return Ok(());
        }
        let facts = self.facts(table)?;
        let (names, kinds) = columns_of(&facts, table, columns)?;
        let left = self.deadline.saturating_duration_since(Instant::now());
        let question = sql::rows(left, &facts, &table.name, &names);
        let mut cells = Vec::with_capacity(kinds.len());
        self.ask(&question, &format!("the table {table}"), |row| {
            read_cells(row, &kinds, table, &mut cells)?;
            each(&cells);
            Ok(())
        })
    }

    fn schemas(&mut self) -> Result<Vec<String>, DbError> {
        let mut schemas = Vec::new();
        self.ask(sql::SCHEMAS, "the catalogue", |row| {
            schemas.push(text(row, 0)?.to_owned());
            Ok(())
        })?;
        Ok(schemas)
    }

    /// Few ways to the server and back, however many there are: what they are made of (where they were not listed), when
    /// they were made, their rows.
    fn announce(&mut self, questions: &[(TableName, Vec<String>)]) -> Result<(), DbError> {
        let known: Vec<_> = questions.iter().filter(|(table, _)| sql::facts(table).is_some()).collect();
        let all = |ask: fn(&TableName) -> Option<String>| -> String {
            known.iter().filter_map(|(table, _)| ask(table)).collect::<Vec<_>>().join("; ")
        };
        if known.len() < 2 {
            return Ok(());
        }
        let facts: Option<Vec<TableFacts>> = known.iter().map(|(table, _)| self.listed(table)).collect();
        let facts = match facts {
            Some(facts) => facts,
            None => {
                let mut facts: Vec<TableFacts> = known.iter().map(|_| TableFacts::default()).collect();
                self.ask_all(&all(sql::facts), "the catalogue", |at, row| facts[at].add(row))?;
                facts
            }
        };
        let mut answers: Vec<Announced> = known.iter().map(|_| Announced::default()).collect();
        self.ask_all(&all(sql::incarnation), "the catalogue", |at, row| {
            answers[at].incarnation = Some(format!("{}.{}", text(row, 0)?, text(row, 1)?));
            Ok(())
        })?;
        let left = self.deadline.saturating_duration_since(Instant::now());
        let (mut asked, mut kinds) = (Vec::with_capacity(known.len()), Vec::with_capacity(known.len()));
        for ((table, columns), facts) in known.iter().zip(&facts) {
            let (names, of_them) = columns_of(facts, table, columns)?;
            asked.push(sql::rows(left, facts, &table.name, &names));
            kinds.push(of_them);
        }
        let mut cells = Vec::new();
        self.ask_all(&asked.join("; "), "one of the ledgers", |at, row| {
            read_cells(row, &kinds[at], &known[at].0, &mut cells)?;
            answers[at].rows.push(std::mem::take(&mut cells));
            Ok(())
        })?;
        for ((table, columns), answer) in known.into_iter().zip(answers) {
            self.announced.insert(table.clone(), Announced { columns: columns.clone(), ..answer });
        }
        Ok(())
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        Ok(self.read_catalogue(false)?.0)
    }

    fn provenance(&mut self) -> Result<Option<Provenance>, DbError> {
        Ok(Some(self.read_catalogue(true)?.1))
    }

    fn user_version(&mut self) -> Result<Option<i64>, DbError> {
        Ok(None)
    }

    fn incarnation(&mut self, table: &TableName) -> Result<Option<String>, DbError> {
        if let Some(known) = self.announced.get(table) {
            return Ok(known.incarnation.clone());
        }
        let Some(question) = sql::incarnation(table) else { return Ok(None) };
        let mut found = None;
        self.ask(&question, "the catalogue", |row| {
            found = Some(format!("{}.{}", text(row, 0)?, text(row, 1)?));
            Ok(())
        })?;
        Ok(found)
    }

    fn neighbour(&mut self, lock: &Lock) -> Result<(Vec<String>, bool), DbError> {
        let (mut ids, mut sees) = (Vec::new(), false);
        // Not everybody may ask for it everywhere.
        let _ = self.ask(sql::SERVER, "the server", |row| {
            ids.push(text(row, 0)?.to_owned());
            Ok(())
        });
        self.ask(&sql::held(lock), "the server", |row| {
            sees |= text(row, 0)? != "0";
            Ok(())
        })?;
        Ok((ids, sees))
    }

    fn more_time(&mut self, time: Duration) {
        self.deadline += time;
    }

    fn remark(&self) -> Option<String> {
        None
    }
}

impl Drop for Postgres {
    /// Says goodbye, so that the server (or a pooler) need not find out by itself; and waits for nothing that hangs.
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if let Some(Connected { client, task, .. }) = self.connected.take() {
            if self.begun && !self.failed {
                // A pooler throws away a connection that is left in the middle of a transaction.
                let end = client.simple_query(sql::GIVE_UP);
                runtime.block_on(async { drop(tokio::time::timeout(FAREWELL, end).await) });
            }
            drop(client);
            runtime.block_on(async { drop(tokio::time::timeout(FAREWELL, task).await) });
        }
        // A name lookup may still be under way.
        runtime.shutdown_background();
    }
}

fn text(row: &SimpleQueryRow, place: usize) -> Result<&str, DbError> {
    let foreign =
        |_| DbError::Failed("the catalogue holds a name that is not in the database's encoding".to_owned());
    Ok(row.try_get(place).map_err(foreign)?.unwrap_or_default())
}
