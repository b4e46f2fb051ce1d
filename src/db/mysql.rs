//! MySQL and MariaDB servers, and what speaks like one. The session can only read, by the server's own means.
//!
//! All questions are plain text, one statement each, in one read-only transaction: so everything is one snapshot (except the
//! catalogue, which these servers keep outside), and the session stays read-only even where a statement would
//! end the transaction. A database of the server is what others call a schema; the URL names one.

mod connect;
mod login;
mod options;
mod parameters;
mod schema;
mod settings;
mod sql;
mod statements;
mod trouble;
mod wire;
mod writer;

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout_at;

use super::{Cell, Database, DatabaseUrl, DbError, Driver, Lock, Surroundings, Table};
use crate::model::{Schema, TableName};
use connect::Connected;
use settings::Settings;
use sql::{Family, TableFacts};
use wire::{Column, Reader, Wire, WireError, has_more, is_end, refusal};

pub(super) use parameters::Parameters;
pub(crate) use sql::{GRANTS, quote};
pub(crate) use statements::statements;
pub(crate) use writer::{Refusal, Writer};

/// MySQL and MariaDB.
pub(super) const DRIVER: Driver = Driver {
    name: "MySQL and MariaDB",
    schemes: &[
        "mysql",
        "mariadb",
        "mysql2",
        "trilogy",
        "maria",
        "mysqli",
        "pdo-mysql",
        "mysqlgis",
        "mysql-connector",
        "tidb",
    ],
    open: open_boxed,
};

/// The most that the server is given to hear of guard's leaving.
const FAREWELL: Duration = Duration::from_millis(50);

/// After so many rows the clock is read.
const ROWS_BETWEEN_CLOCKS: usize = 256;

/// The server does not know a variable, or lets not everybody set it.
const NO_SUCH_SETTING: [u16; 4] = [1193, 1227, 1231, 1238];

/// The commands of the protocol.
const QUIT: u8 = 1;
const QUERY: u8 = 3;

fn open_boxed(url: &DatabaseUrl, deadline: Instant) -> Result<Box<dyn Database>, DbError> {
    Ok(Box::new(MySql::open(url, deadline)?))
}

/// A session.
struct MySql {
    /// Nothing once it has ended.
    runtime: Option<Runtime>,
    /// Nothing once the conversation is broken off: what would come next belongs to another question.
    connected: Option<Connected>,
    password: Option<String>,
    database: String,
    deadline: Instant,
    /// Some tables may be hidden from the user.
    half_blind: bool,
    /// The tables that are looked for, and how many there may be before only these are listed.
    wanted: (Vec<String>, usize),
    /// How many tables of each database were not listed.
    left_out: Vec<(String, usize)>,
}

impl MySql {
    fn open(url: &DatabaseUrl, deadline: Instant) -> Result<Self, DbError> {
        // Ends a little earlier than it must, so that the reason is heard and not only that time was up.
        let left = deadline.saturating_duration_since(Instant::now());
        let deadline = deadline.checked_sub((left / 20).min(Duration::from_millis(20))).unwrap_or(deadline);
        if left.is_zero() {
            return Err(DbError::TimedOut);
        }
        let parameters = url.mysql().expect("the scheme of the URL is one of this driver");
        let mut session = Self::connect(&Settings::new(parameters)?, deadline)?;
        session.begin()?;
        Ok(session)
    }

    fn connect(settings: &Settings, deadline: Instant) -> Result<Self, DbError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| DbError::Failed(format!("no connection can be made: {error}")))?;
        let (password, database) = (settings.password.clone(), settings.database.clone());
        let runtime = Some(runtime);
        let mut session = Self {
            runtime,
            connected: None,
            password,
            database,
            deadline,
            half_blind: false,
            wanted: (Vec::new(), usize::MAX),
            left_out: Vec::new(),
        };
        let runtime = session.runtime.as_ref().expect("it was just made");
        session.connected = Some(wait(runtime, deadline, connect::connect(settings, deadline))?);
        Ok(session)
    }

    /// Limits, then nothing but reading.
    fn begin(&mut self) -> Result<(), DbError> {
        self.set()?;
        for statement in sql::READ_ONLY {
            self.ask(statement, "the session", |_, _| Ok(()))?;
        }
        Ok(())
    }

    fn family(&self) -> Family {
        self.connected.as_ref().map_or(Family::MySql, |found| Family::of(&found.version))
    }

    /// How the server reads and prints, and its own limits.
    fn set(&mut self) -> Result<(), DbError> {
        let family = self.family();
        let left = self.deadline.saturating_duration_since(Instant::now());
        if self.try_to(&sql::settings(family, left))?.is_some() {
            let mut one_by_one = sql::settings_one_by_one(family, left).into_iter();
            if let Some(needed) = one_by_one.next() {
                self.ask(&needed, "the session", |_, _| Ok(()))?;
            }
            for wish in one_by_one {
                self.try_to(&wish)?;
            }
        }
        Ok(())
    }

    /// Sets something that not every server has; says what the server says against it.
    fn try_to(&mut self, statement: &str) -> Result<Option<wire::ServerError>, DbError> {
        match self.converse(statement, |_, _| Ok(())) {
            Ok(()) => Ok(None),
            Err(Broken::Wire(WireError::Said(said))) if NO_SUCH_SETTING.contains(&said.code) => {
                Ok(Some(said))
            }
            Err(other) => Err(self.explain(other, "the session")),
        }
    }

    /// Asks, and hands over each row of the answer. `subject` is what may be locked.
    fn ask(
        &mut self,
        question: &str,
        subject: &str,
        each: impl FnMut(&[Column], &[u8]) -> Result<(), WireError>,
    ) -> Result<(), DbError> {
        self.converse(question, each).map_err(|error| self.explain(error, subject))
    }

    fn converse(
        &mut self,
        question: &str,
        mut each: impl FnMut(&[Column], &[u8]) -> Result<(), WireError>,
    ) -> Result<(), Broken> {
        let deadline = self.deadline;
        let (Some(runtime), Some(connected)) = (&self.runtime, &mut self.connected) else {
            return Err(Broken::Before);
        };
        if deadline.saturating_duration_since(Instant::now()).is_zero() {
            return Err(Broken::TimedOut);
        }
        let talk = async {
            let answer = converse(&mut connected.wire, question, deadline, &mut each);
            timeout_at(deadline.into(), answer).await.unwrap_or(Err(Broken::TimedOut))
        };
        runtime.block_on(talk)
    }

    /// In words. A conversation that broke off in the middle has no next question.
    fn explain(&mut self, error: Broken, subject: &str) -> DbError {
        let server = self.connected.as_ref().map_or("the server", |found| &found.server).to_owned();
        if !matches!(error, Broken::Wire(WireError::Said(_))) {
            self.connected = None;
        }
        match error {
            Broken::Wire(error) => trouble::no_answer(error, &server, subject, self.password.as_deref()),
            Broken::TimedOut => DbError::TimedOut,
            Broken::Before => DbError::Unreachable("the conversation with the server is over".to_owned()),
        }
    }

    /// The first values of each row, as texts.
    fn texts<const N: usize>(&mut self, question: &str) -> Result<Vec<[String; N]>, DbError> {
        let mut found = Vec::new();
        self.ask(question, "the catalogue", |_, row| {
            let mut reader = Reader(row);
            let mut texts = [const { String::new() }; N];
            for text in &mut texts {
                *text = String::from_utf8_lossy(reader.value()?.unwrap_or_default()).into_owned();
            }
            found.push(texts);
            Ok(())
        })?;
        Ok(found)
    }

    /// Where a table is and what it is made of.
    fn facts(&mut self, table: &TableName) -> Result<TableFacts, DbError> {
        let [places, columns, key] = sql::facts(table.schema.as_deref(), &table.name);
        // Where names have a case, two tables may differ in it alone.
        let found = self.texts::<3>(&places)?;
        let exact = found.iter().find(|[name, ..]| *name == table.name);
        let Some([name, schema, kind]) = exact.or(found.first().filter(|_| found.len() == 1)) else {
            return Err(DbError::Failed(format!("there is no table {table}, or it may not be read")));
        };
        let of_it = |rows: Vec<[String; 2]>| {
            let own = rows.into_iter().filter(|[table, _]| table == name);
            own.map(|[_, column]| column).collect()
        };
        let columns = of_it(self.texts(&columns)?);
        let key = of_it(self.texts(&key)?);
        let is_view = kind.contains("VIEW");
        Ok(TableFacts { schema: schema.clone(), name: name.clone(), is_view, columns, key })
    }

    fn list(&mut self, schema: Option<&str>) -> Result<Vec<Table>, DbError> {
        let mut listed = self.texts::<2>(&sql::tables(schema))?;
        let all = listed.len();
        if all > self.wanted.1 {
            listed.retain(|[name, _]| self.wanted.0.contains(&name.to_lowercase()));
        }
        self.left_out.push((schema.unwrap_or_default().to_owned(), all - listed.len()));
        if listed.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<&str> = listed.iter().map(|[name, _]| name.as_str()).collect();
        let columns = sql::columns(schema, (listed.len() < all).then_some(&names[..]));
        let mut found: Vec<Table> = Vec::new();
        for [name, place] in listed.clone() {
            let name = TableName { schema: Some(place), name };
            found.push(Table { name, visible: schema.is_none(), columns: Vec::new() });
        }
        let places: std::collections::HashMap<String, usize> =
            found.iter().enumerate().map(|(place, table)| (table.name.name.clone(), place)).collect();
        for [table, column, kind] in self.texts(&columns)? {
            if let Some(place) = places.get(&table) {
                found[*place].columns.push((column, kind));
            }
        }
        Ok(found)
    }
}

/// Runs it until it is done, or the deadline.
fn wait<T>(
    runtime: &Runtime,
    deadline: Instant,
    work: impl Future<Output = Result<T, DbError>>,
) -> Result<T, DbError> {
    runtime.block_on(async move { timeout_at(deadline.into(), work).await.unwrap_or(Err(DbError::TimedOut)) })
}

/// Why a question has no answer.
enum Broken {
    Wire(WireError),
    TimedOut,
    /// Something was broken off before.
    Before,
}

impl From<WireError> for Broken {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

/// One question and its answer.
async fn converse(
    wire: &mut Wire<'_>,
    question: &str,
    deadline: Instant,
    each: &mut impl FnMut(&[Column], &[u8]) -> Result<(), WireError>,
) -> Result<(), Broken> {
    wire.restart();
    wire.send(&[&[QUERY], question.as_bytes()].concat()).await?;
    // A procedure has as many answers as it likes.
    while answer(wire, deadline, each).await? {}
    Ok(())
}

/// One answer; whether there are more.
async fn answer(
    wire: &mut Wire<'_>,
    deadline: Instant,
    each: &mut impl FnMut(&[Column], &[u8]) -> Result<(), WireError>,
) -> Result<bool, Broken> {
    let mut packet = Vec::new();
    wire.receive(&mut packet).await?;
    if let Some(error) = refusal(&packet) {
        return Err(error.into());
    }
    if packet.first() == Some(&0) {
        return Ok(has_more(&packet));
    }
    // A server that asks for a file of this machine (251) is no server of whom guard has asked anything like that.
    let count = Reader(&packet).number()?;
    let mut columns = Vec::new();
    for _ in 0..count {
        wire.receive(&mut packet).await?;
        columns.push(Column::read(&packet)?);
    }
    wire.receive(&mut packet).await?;
    if !is_end(&packet) {
        return Err(WireError::Foreign.into());
    }
    let mut rows = 0_usize;
    loop {
        wire.receive(&mut packet).await?;
        if let Some(error) = refusal(&packet) {
            return Err(error.into());
        }
        if is_end(&packet) {
            return Ok(has_more(&packet));
        }
        each(&columns, &packet)?;
        rows += 1;
        if rows.is_multiple_of(ROWS_BETWEEN_CLOCKS) && Instant::now() >= deadline {
            return Err(Broken::TimedOut);
        }
    }
}

impl Database for MySql {
    fn engine(&mut self) -> Result<String, DbError> {
        // What the greeting says may be a pooler's.
        let version = self.texts::<1>("SELECT VERSION()")?;
        Ok(version.first().map(|[version]| sql::engine(version)).unwrap_or_default())
    }

    fn tables(&mut self) -> Result<Vec<Table>, DbError> {
        let tables = self.list(None)?;
        // A server that does not say what the user may do leaves the question open.
        if let Ok(grants) = self.texts::<1>(sql::GRANTS) {
            self.half_blind = !sql::may_read_all(&grants, &self.database);
        }
        Ok(tables)
    }

    fn look_for(&mut self, names: Vec<String>, most: usize) {
        self.wanted = (names, most);
    }

    fn left_out(&self, schema: Option<&str>) -> usize {
        let of = |other: &str| schema.is_none_or(|schema| schema == other);
        self.left_out.iter().filter(|(schema, _)| of(schema)).map(|(_, count)| count).sum()
    }

    fn schemas(&mut self) -> Result<Vec<String>, DbError> {
        Ok(self.texts::<1>(sql::SCHEMAS)?.into_iter().map(|[name]| name).collect())
    }

    fn tables_of(&mut self, schema: &str) -> Result<Vec<Table>, DbError> {
        self.list(Some(schema))
    }

    fn rows(
        &mut self,
        table: &TableName,
        columns: &[String],
        each: &mut dyn FnMut(&[Cell]),
    ) -> Result<(), DbError> {
        let facts = self.facts(table)?;
        let names = columns
            .iter()
            .map(|column| {
                let found = facts.column(column);
                found.ok_or_else(|| DbError::Failed(format!("the table {table} has no column {column}")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let question = sql::rows(&facts, &names);
        let mut cells = Vec::with_capacity(names.len());
        self.ask(&question, &format!("the table {table}"), |kinds, row| {
            let mut reader = Reader(row);
            cells.clear();
            for kind in kinds.iter().take(names.len()) {
                cells.push(reader.value()?.map_or(Cell::Null, |value| sql::cell(*kind, value)));
            }
            each(&cells);
            Ok(())
        })
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        self.read_schema()
    }

    fn schema_of(&mut self, schema: &str) -> Result<Schema, DbError> {
        self.converse(&format!("USE {}", sql::quote(schema)), |_, _| Ok(()))
            .map_err(|broken| self.explain(broken, "a database"))?;
        schema.clone_into(&mut self.database);
        self.read_schema()
    }

    fn surroundings(&mut self) -> Result<Surroundings, DbError> {
        self.read_surroundings()
    }

    fn user_version(&mut self) -> Result<Option<i64>, DbError> {
        Ok(None)
    }

    fn neighbour(&mut self, lock: &Lock) -> Result<(Vec<String>, bool), DbError> {
        let ids = self.texts::<2>(sql::SERVER)?.into_iter().chain(self.texts::<2>(sql::CLUSTER)?);
        let ids = ids.map(|[_, id]| id).filter(|id| !id.is_empty()).collect();
        let held = self.texts::<1>(&format!("SELECT IS_USED_LOCK('{}') IS NOT NULL", lock.name()))?;
        Ok((ids, held.iter().any(|[held]| held != "0")))
    }

    fn more_time(&mut self, time: Duration) {
        self.deadline += time;
    }

    fn remark(&self) -> Option<String> {
        let what =
            "read by a user who may not read all tables of it; to such a user a closed table is not there";
        self.half_blind.then(|| what.to_owned())
    }
}

impl Drop for MySql {
    /// Says goodbye, so that the server (or a pooler) need not find out by itself; and waits for nothing that hangs.
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if let Some(Connected { mut wire, .. }) = self.connected.take() {
            wire.restart();
            runtime.block_on(async { drop(tokio::time::timeout(FAREWELL, wire.send(&[QUIT])).await) });
        }
        // A name lookup may still be under way.
        runtime.shutdown_background();
    }
}
