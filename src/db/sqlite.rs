//! SQLite files, read without leaving a trace.
//!
//! A database file is not alone: beside it may lie a write-ahead log with committed rows, or the journal of a transaction
//! that was never finished. Which of the ways of opening it shows the truth and leaves nothing behind is decided in
//! [`place`]; here is the conversation with the database.

mod copy;
mod place;
mod schema;
mod tokens;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};
use tempfile::TempDir;

use super::{Cell, Database, DatabaseUrl, DbError, Driver, Table};
use crate::model::{Schema, TableName};
pub(crate) use schema::read as read_schema;
pub(crate) use tokens::statements;

use place::{Place, Stamp, Way};

/// SQLite.
pub(super) const DRIVER: Driver =
    Driver { name: "SQLite", schemes: &["sqlite", "sqlite3", "file"], open: open_boxed };

/// How often the file may turn out to have changed between looking at it and reading it.
const ATTEMPTS: usize = 4;

/// How long SQLite may wait for a lock before it is asked whether there is still time.
const LOCK_SLICE: Duration = Duration::from_millis(200);

/// After so many steps of SQLite's machine the clock is read: some 20 microseconds.
const STEPS_BETWEEN_CLOCKS: i32 = 1_000;

/// Without a lock, rows are handed over when so many cells or bytes have come together, or at the end.
const BATCH_CELLS: usize = 1 << 18;
const BATCH_BYTES: usize = 1 << 24;

const CHANGED: &str = "another program wrote to the database while guard read it; run guard again";

fn open_boxed(url: &DatabaseUrl, deadline: Instant) -> Result<Box<dyn Database>, DbError> {
    Ok(Box::new(Sqlite::open(url, deadline)?))
}

/// An SQLite file that is open for reading.
struct Sqlite {
    session: Session,
    path: PathBuf,
    deadline: Instant,
    /// Something has been handed out: the file may no longer be read again from the beginning.
    delivered: bool,
    /// The tables that are looked for, and how many there may be before only these are listed.
    wanted: (Vec<String>, usize),
    left_out: usize,
}

/// One connection, with one read transaction from its beginning to its end.
struct Session {
    /// Declared before `copy`, and so closed before the copy is removed.
    connection: Connection,
    /// Where it was opened without locks: what the file looked like before.
    unlocked: Option<Stamp>,
    /// The temporary directory with the copy that is read, and what was the reason.
    copy: Option<(TempDir, &'static str)>,
}

/// Why there is no session.
enum Trouble {
    /// The database says this.
    Sqlite(rusqlite::Error),
    /// It cannot be.
    Hopeless(DbError),
    /// The file was changed meanwhile; the next look may find it quiet.
    Changed,
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<DbError> for Trouble {
    fn from(error: DbError) -> Self {
        Self::Hopeless(error)
    }
}

impl Sqlite {
    fn open(url: &DatabaseUrl, deadline: Instant) -> Result<Self, DbError> {
        // Ends a little earlier than it must, so that the reason is heard and not only that time was up.
        let left = deadline.saturating_duration_since(Instant::now());
        let deadline = deadline.checked_sub((left / 20).min(Duration::from_millis(20))).unwrap_or(deadline);
        let path = place::find(url)?;
        let session = Session::open(&path, deadline)?;
        let wanted = (Vec::new(), usize::MAX);
        Ok(Self { session, path, deadline, delivered: false, wanted, left_out: 0 })
    }

    /// Answers a question. Where nothing keeps others from writing meanwhile, the answer counts only if nobody did;
    /// else it is asked again.
    fn ask<T>(
        &mut self,
        mut question: impl FnMut(&Session, &mut bool) -> Result<T, rusqlite::Error>,
    ) -> Result<T, DbError> {
        for _ in 0..ATTEMPTS {
            let answer = question(&self.session, &mut self.delivered);
            if !self.session.is_stale() {
                self.delivered = true;
                return answer.map_err(|error| explain(&error));
            }
            if self.delivered {
                break;
            }
            self.session = Session::open(&self.path, self.deadline)?;
        }
        Err(DbError::Failed(CHANGED.to_owned()))
    }
}

impl Session {
    fn open(path: &std::path::Path, deadline: Instant) -> Result<Self, DbError> {
        for _ in 0..ATTEMPTS {
            let place = Place::look(path)?;
            match Self::at(&place, deadline) {
                Ok(session) => return Ok(session),
                Err(Trouble::Changed) => {}
                Err(Trouble::Hopeless(error)) => return Err(error),
                Err(Trouble::Sqlite(error)) => return Err(explain(&error)),
            }
        }
        Err(DbError::Failed(CHANGED.to_owned()))
    }

    fn at(place: &Place, deadline: Instant) -> Result<Self, Trouble> {
        let flags = OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let read_only = flags | OpenFlags::SQLITE_OPEN_READ_ONLY;
        let attempt = match place.way() {
            Way::Unlocked => Self::connect(&place.uri("immutable=1"), read_only, deadline),
            Way::Locked => Self::connect(&place.uri("mode=ro&readonly_shm=1"), read_only, deadline),
        };
        match attempt {
            Ok(connection) => {
                let unlocked = matches!(place.way(), Way::Unlocked).then(|| place.stamp.clone());
                Ok(Self { connection, unlocked, copy: None })
            }
            Err(error) if wants_to_write(&error) => {
                let Some(reason) = place.reason_for_copy() else {
                    return Err(if place.is_unchanged() { error.into() } else { Trouble::Changed });
                };
                let directory = copy::copy_aside(place, deadline)?.ok_or(Trouble::Changed)?;
                let uri = place::uri(&directory.path().join(copy::NAME), "mode=rw");
                let connection = Self::connect(&uri, flags | OpenFlags::SQLITE_OPEN_READ_WRITE, deadline)?;
                Ok(Self { connection, unlocked: None, copy: Some((directory, reason)) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A connection that cannot write and whose time is limited, at the beginning of its transaction.
    fn connect(uri: &str, flags: OpenFlags, deadline: Instant) -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(uri, flags)?;
        connection.progress_handler(STEPS_BETWEEN_CLOCKS, Some(move || Instant::now() >= deadline))?;
        // The file may be hostile: its views and triggers get no functions with side effects.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.execute_batch(
            "PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; BEGIN",
        )?;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            connection.busy_timeout(left.min(LOCK_SLICE))?;
            // BEGIN takes no lock, the first question does; and it rolls back what a dead program left half done.
            match connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())) {
                Err(error) if is_locked(&error) && left > LOCK_SLICE => {}
                answer => return answer.map(|()| connection),
            }
        }
    }

    /// Nothing kept others from writing, and somebody did.
    fn is_stale(&self) -> bool {
        self.unlocked.as_ref().is_some_and(|stamp| !stamp.is_current())
    }

    /// Hands over the rows that have come together, if they may be.
    fn hand_over(&self, batch: &mut Batch, delivered: &mut bool, each: &mut dyn FnMut(&[Cell])) {
        if !self.is_stale() {
            *delivered |= !batch.cells.is_empty();
            batch.hand_over(each);
        }
        batch.cells.clear();
        batch.bytes.clear();
    }
}

/// Rows that wait for the word that they are true.
struct Batch {
    width: usize,
    /// How many cells a row takes: at least one, so that rows without columns can be counted.
    stride: usize,
    /// How many cells are enough.
    limit: usize,
    cells: Vec<Held>,
    /// What the texts and the blobs hold, one after the other: a piece of memory for each would take longer than to read them.
    bytes: Vec<u8>,
    /// The row that is handed over, used again for each.
    row: Vec<Cell>,
}

/// A cell that waits: of a text and of a blob, how long it is.
#[derive(Clone, Copy)]
enum Held {
    Null,
    Integer(i64),
    Real(f64),
    Text(usize),
    Blob(usize),
}

impl Batch {
    fn new(width: usize, limit: usize) -> Self {
        let row = vec![Cell::Null; width];
        Self { width, stride: width.max(1), limit, cells: Vec::new(), bytes: Vec::new(), row }
    }

    fn push(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        for column in 0..self.stride {
            let held = match row.get_ref(column)? {
                ValueRef::Null => Held::Null,
                ValueRef::Integer(number) => Held::Integer(number),
                ValueRef::Real(number) => Held::Real(number),
                ValueRef::Text(bytes) => {
                    self.bytes.extend_from_slice(bytes);
                    Held::Text(bytes.len())
                }
                ValueRef::Blob(bytes) => {
                    self.bytes.extend_from_slice(bytes);
                    Held::Blob(bytes.len())
                }
            };
            self.cells.push(held);
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.cells.len() >= self.limit || self.bytes.len() >= BATCH_BYTES
    }

    fn hand_over(&mut self, each: &mut dyn FnMut(&[Cell])) {
        let mut rest = self.bytes.as_slice();
        let mut take = |length| {
            let (taken, after) = rest.split_at(length);
            rest = after;
            taken
        };
        for held in self.cells.chunks_exact(self.stride) {
            for (cell, held) in self.row.iter_mut().zip(&held[..self.width]) {
                match (*held, &mut *cell) {
                    (Held::Text(length), Cell::Text(bytes)) | (Held::Blob(length), Cell::Blob(bytes)) => {
                        bytes.clear();
                        bytes.extend_from_slice(take(length));
                    }
                    (Held::Text(length), _) => *cell = Cell::Text(take(length).to_vec()),
                    (Held::Blob(length), _) => *cell = Cell::Blob(take(length).to_vec()),
                    (Held::Null, _) => *cell = Cell::Null,
                    (Held::Integer(number), _) => *cell = Cell::Integer(number),
                    (Held::Real(number), _) => *cell = Cell::Real(number),
                }
            }
            each(&self.row);
        }
    }
}

impl Database for Sqlite {
    fn engine(&mut self) -> Result<String, DbError> {
        Ok(format!("{} {}", DRIVER.name, rusqlite::version()))
    }

    fn tables(&mut self) -> Result<Vec<Table>, DbError> {
        let (looked_for, most) = std::mem::take(&mut self.wanted);
        let (tables, left_out) = self.ask(|session, _| {
            let names = "SELECT name FROM sqlite_schema \
                         WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
            let mut names = session.connection.prepare(names)?;
            // 1 is a hidden column of a virtual table; 2 and 3 are generated columns, which are ordinary to a reader.
            let columns = "SELECT name, type FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid";
            let mut columns = session.connection.prepare(columns)?;
            let mut names: Vec<String> =
                names.query_map([], |row| text(row, 0))?.collect::<Result<_, _>>()?;
            let all = names.len();
            if all > most {
                names.retain(|name| looked_for.contains(&name.to_lowercase()));
            }
            let left_out = all - names.len();
            let table = |name: String| -> Result<Table, rusqlite::Error> {
                let found = columns.query_map([&name], |row| Ok((text(row, 0)?, text(row, 1)?)));
                let columns = match found.and_then(Iterator::collect) {
                    // A virtual table whose module is not built in: nobody can read it, and it is no ledger.
                    Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::Unknown => {
                        Vec::new()
                    }
                    other => other?,
                };
                Ok(Table { name: TableName::plain(name), visible: true, columns })
            };
            Ok((names.into_iter().map(table).collect::<Result<Vec<_>, _>>()?, left_out))
        })?;
        (self.wanted, self.left_out) = ((looked_for, most), left_out);
        Ok(tables)
    }

    fn look_for(&mut self, names: Vec<String>, most: usize) {
        self.wanted = (names, most);
    }

    fn left_out(&self, _schema: Option<&str>) -> usize {
        self.left_out
    }

    fn rows(
        &mut self,
        table: &TableName,
        columns: &[String],
        each: &mut dyn FnMut(&[Cell]),
    ) -> Result<(), DbError> {
        if table.schema.as_deref().is_some_and(|schema| !schema.eq_ignore_ascii_case("main")) {
            return Err(DbError::Failed(format!("there is no table {table}: SQLite has no schemas")));
        }
        let order = self.ask(|session, _| order(&session.connection, &table.name))?;
        let Some(order) = order else {
            return Err(DbError::Failed(format!("there is no table {table}")));
        };
        // Without its `t.`, SQLite would take the quoted name of an absent column for a string.
        let wanted: Vec<String> = columns.iter().map(|column| format!("t.{}", quote(column))).collect();
        let wanted = if wanted.is_empty() { "NULL".to_owned() } else { wanted.join(", ") };
        let query = format!("SELECT {wanted} FROM main.{} AS t{order}", quote(&table.name));
        self.ask(|session, delivered| {
            let width = columns.len();
            // Under a lock each row is true as soon as it is read.
            let limit = if session.unlocked.is_some() { BATCH_CELLS } else { 1 };
            let mut batch = Batch::new(width, limit);
            let mut statement = session.connection.prepare(&query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                batch.push(row)?;
                if batch.is_full() {
                    session.hand_over(&mut batch, delivered, each);
                }
            }
            session.hand_over(&mut batch, delivered, each);
            Ok(())
        })
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        self.ask(|session, _| schema::read(&session.connection))
    }

    fn user_version(&mut self) -> Result<Option<i64>, DbError> {
        self.ask(|session, _| session.connection.query_row("PRAGMA user_version", [], |row| row.get(0)))
    }

    fn incarnation(&mut self, _: &TableName) -> Result<Option<String>, DbError> {
        Ok(place::birth(&self.path))
    }

    fn remark(&self) -> Option<String> {
        self.session.copy.as_ref().map(|(_, reason)| format!("read from a temporary copy, because {reason}"))
    }
}

/// Text as it is; what is not UTF-8 in it is replaced.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(row.get_ref(column)?.as_bytes_or_null()?.unwrap_or_default()).into_owned())
}

/// A name of the database in its quotes.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The order of a table's rows as the end of a query: by rowid, by primary key where there is no rowid, the engine's own
/// for a view or a virtual table. `None` if there is no such table.
fn order(connection: &Connection, table: &str) -> rusqlite::Result<Option<String>> {
    let kind = "SELECT type, wr FROM pragma_table_list(?1) WHERE schema = 'main'";
    let kind = connection.query_row(kind, [table], |row| Ok((text(row, 0)?, row.get::<_, bool>(1)?)));
    let Some((kind, without_rowid)) = kind.optional()? else {
        return Ok(None);
    };
    if !matches!(kind.as_str(), "table" | "shadow") {
        return Ok(Some(String::new()));
    }
    let columns = "SELECT name, pk FROM pragma_table_xinfo(?1) ORDER BY pk";
    let mut columns = connection.prepare(columns)?;
    let columns = columns.query_map([table], |row| Ok((text(row, 0)?, row.get::<_, i64>(1)?)))?;
    let columns: Vec<(String, i64)> = columns.collect::<Result<_, _>>()?;
    let keys: Vec<String> = if without_rowid {
        columns.iter().filter(|(_, place)| *place > 0).map(|(name, _)| quote(name)).collect()
    } else {
        // A column of that name hides the rowid.
        let hidden = |word: &str| columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(word));
        ["rowid", "_rowid_", "oid"]
            .into_iter()
            .filter(|word| !hidden(word))
            .take(1)
            .map(str::to_owned)
            .collect()
    };
    let keys: Vec<String> = keys.into_iter().map(|key| format!("t.{key}")).collect();
    Ok(Some(if keys.is_empty() { String::new() } else { format!(" ORDER BY {}", keys.join(", ")) }))
}

fn code(error: &rusqlite::Error) -> Option<ErrorCode> {
    error.sqlite_error_code()
}

fn is_locked(error: &rusqlite::Error) -> bool {
    matches!(
        code(error),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed)
    )
}

/// `CANTOPEN` (there is no `-shm` file) and `READONLY` in its kinds (a hot journal to roll back, a log to recover).
fn wants_to_write(error: &rusqlite::Error) -> bool {
    matches!(code(error), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// The error in words for people. SQLite's own sentences hold names of the schema, never a row.
fn explain(error: &rusqlite::Error) -> DbError {
    match code(error) {
        Some(ErrorCode::OperationInterrupted) => DbError::TimedOut,
        _ if is_locked(error) => DbError::Failed(
            "the database is locked: another program is writing to it, and did not finish within the time allowed".to_owned(),
        ),
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
            DbError::Denied("the operating system does not allow to read the database file".to_owned())
        }
        Some(ErrorCode::NotADatabase) => {
            DbError::Failed("the file is not an SQLite database, or it is encrypted".to_owned())
        }
        Some(ErrorCode::DatabaseCorrupt) => DbError::Failed(format!("the database is damaged: {}", words(error))),
        _ => DbError::Failed(format!("SQLite says: {}", words(error))),
    }
}

/// SQLite's own sentence, without the query.
fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> (TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("dev.db");
        (directory, file)
    }

    fn open(file: &std::path::Path) -> Sqlite {
        let url =
            DatabaseUrl::parse(&format!("sqlite:{}", file.display()), std::path::Path::new("")).unwrap();
        Sqlite::open(&url, Instant::now() + Duration::from_secs(5)).unwrap()
    }

    #[test]
    fn nothing_can_be_written_through_it() {
        for mode in ["delete", "wal"] {
            let (_directory, file) = scratch();
            let writer = Connection::open(&file).unwrap();
            writer.pragma_update(None, "journal_mode", mode).unwrap();
            writer.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
            drop(writer);
            let before = std::fs::read(&file).unwrap();
            let mut database = open(&file);
            for attempt in [
                "INSERT INTO t VALUES (2)",
                "UPDATE t SET a = 2",
                "DELETE FROM t",
                "DROP TABLE t",
                "CREATE TABLE u (a)",
                "CREATE INDEX i ON t (a)",
                "ALTER TABLE t ADD COLUMN b",
                "PRAGMA user_version = 7",
                "PRAGMA query_only = OFF; INSERT INTO t VALUES (2)",
            ] {
                let answer = database.session.connection.execute_batch(attempt);
                let code = answer.unwrap_err().sqlite_error_code();
                assert_eq!(code, Some(ErrorCode::ReadOnly), "{mode}: {attempt}");
            }
            assert_eq!(database.user_version().unwrap(), Some(0));
            drop(database);
            assert_eq!(std::fs::read(&file).unwrap(), before, "{mode}");
        }
    }

    #[test]
    fn a_file_that_changes_under_an_unlocked_reader_is_read_again() {
        let (_directory, file) = scratch();
        let writer = Connection::open(&file).unwrap();
        writer
            .execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)")
            .unwrap();
        drop(writer);
        let count = |database: &mut Sqlite| {
            let mut rows = 0;
            database.rows(&TableName::plain("t"), &["a".to_owned()], &mut |_| rows += 1).map(|()| rows)
        };
        let mut early = open(&file);
        let mut late = open(&file);
        assert!(early.session.unlocked.is_some());
        assert_eq!(count(&mut late).unwrap(), 1);
        // Closing the last connection writes the log into the file.
        Connection::open(&file).unwrap().execute_batch("INSERT INTO t VALUES (2)").unwrap();
        assert_eq!(count(&mut early).unwrap(), 2, "nothing was handed out yet: it begins again");
        assert_eq!(
            count(&mut late).unwrap_err().to_string(),
            CHANGED,
            "one answer from before, one from after"
        );
    }

    #[test]
    fn a_log_that_begins_under_an_unlocked_reader_does_not_disturb_it() {
        let (_directory, file) = scratch();
        let writer = Connection::open(&file).unwrap();
        writer
            .execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)")
            .unwrap();
        drop(writer);
        let mut database = open(&file);
        assert_eq!(database.tables().unwrap().len(), 1);
        let writer = Connection::open(&file).unwrap();
        writer.execute_batch("INSERT INTO t VALUES (2); CREATE TABLE u (a)").unwrap();
        assert_eq!(
            database.tables().unwrap().len(),
            1,
            "the file as it was is still one consistent snapshot"
        );
        drop(database);
        assert_eq!(open(&file).tables().unwrap().len(), 2);
    }

    #[test]
    fn a_log_that_somebody_has_open_is_read_with_a_lock_although_it_is_empty() {
        let (_directory, file) = scratch();
        let writer = Connection::open(&file).unwrap();
        let script = "PRAGMA journal_mode=WAL; CREATE TABLE t (a); PRAGMA wal_checkpoint(TRUNCATE)";
        writer.execute_batch(script).unwrap();
        let mut database = open(&file);
        assert_eq!(database.tables().unwrap().len(), 1);
        writer.execute_batch("CREATE TABLE u (a); PRAGMA wal_checkpoint(PASSIVE)").unwrap();
        assert_eq!(database.tables().unwrap().len(), 1, "the lock kept the old pages where they were");
    }

    #[test]
    fn rows_are_handed_over_in_batches_without_loss() {
        let (_directory, file) = scratch();
        let writer = Connection::open(&file).unwrap();
        let many = "CREATE TABLE t AS WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n";
        writer.execute_batch(many).unwrap();
        let mut next = 1;
        let check = &mut |row: &[Cell]| {
            assert_eq!(row, [Cell::Integer(next)]);
            next += 1;
        };
        open(&file).rows(&TableName::plain("t"), &["i".to_owned()], check).unwrap();
        assert_eq!(next, 300_001);
    }
}
