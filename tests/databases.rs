//! The contract of `db::Database`: one list of demands that every kind of database keeps. To add a database, implement
//! [`Engine`] for it and run [`contract`]; what only one kind has to prove stands in a file of its own below `databases/`.

#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute, and not the helpers of tests")]

mod declared;
mod mutations;
mod mysql;
mod peers;
mod postgres;
mod sqlite;

use std::any::Any;
use std::time::{Duration, Instant};

use migguard::db::{Cell, Database, DbError, Table};
use migguard::model::TableName;

/// A database of its own for one demand, and the other side of the conversation: somebody who writes.
trait Engine {
    /// Runs statements as the owner.
    fn run(&self, script: &str);

    /// Opens it as guard does, with this much time for all that follows.
    fn open(&self, time: Duration) -> Result<Box<dyn Database>, DbError>;

    /// Keeps readers of the table `ledger` waiting until the result is dropped.
    fn block_readers(&self) -> Box<dyn Any>;

    /// The name of the type for bytes, and a literal of the bytes 00 ff.
    fn bytes(&self) -> (&'static str, &'static str);

    /// Quotes a name.
    fn quote(&self, name: &str) -> String;

    /// Makes a view `endless` whose one row takes longer than anybody waits, and a view `flood` whose rows have no end.
    fn endless(&self) -> &'static str {
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n WHERE i = 2;
         CREATE VIEW flood AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n"
    }

    /// Whether a table may be called so.
    fn has_name(&self, _name: &str) -> bool {
        true
    }
}

/// Enough for everything that should succeed, on a busy machine too.
const AMPLE: Duration = Duration::from_secs(20);

type Demand = (&'static str, fn(&dyn Engine));

const DEMANDS: &[Demand] = &[
    ("says what it is", says_what_it_is),
    ("an empty database has no tables", an_empty_database_has_no_tables),
    ("lists tables with their columns in order", lists_tables),
    ("leaves out views and its own tables", leaves_out_views),
    ("of very many tables it lists those that are looked for, and counts the others", very_many_tables),
    ("an absent table is an error, and is not listed", absent_tables),
    ("an absent column is an error, not a string", absent_columns),
    ("cells have types, and NULL is none of them", types),
    ("rows come in the order of the table", order),
    ("columns come in the order named", columns_in_the_order_named),
    ("hostile names are names", hostile_names),
    ("sees what was committed, and nothing else of what follows", one_snapshot),
    ("a table is the same one until it is made anew", same_incarnation),
    ("the same question has the same answer", same_twice),
    ("gives up at the deadline when a lock is held", gives_up_on_a_lock),
    ("gives up at the deadline when a question has no end", gives_up_on_an_endless_question),
    ("gives up at once when there is no time", gives_up_at_once),
];

/// Runs all demands, each on a fresh database.
fn contract<E: Engine>(fresh: impl Fn() -> E) {
    for (demand, check) in DEMANDS {
        let engine = fresh();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&engine)));
        assert!(outcome.is_ok(), "the demand that failed: {demand}");
    }
}

fn ledger() -> TableName {
    TableName::plain("ledger")
}

fn read(database: &mut dyn Database, table: &str, columns: &[&str]) -> Result<Vec<Vec<Cell>>, DbError> {
    let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
    let mut rows = Vec::new();
    database.rows(&TableName::plain(table), &columns, &mut |row| rows.push(row.to_vec()))?;
    Ok(rows)
}

fn names(database: &mut dyn Database) -> Vec<String> {
    let mut names: Vec<String> =
        database.tables().unwrap().into_iter().map(|table| table.name.name).collect();
    names.sort();
    names
}

fn says_what_it_is(engine: &dyn Engine) {
    let named = engine.open(AMPLE).unwrap().engine().unwrap();
    let (name, version) = named.split_once(' ').unwrap();
    assert!(!name.is_empty() && version.starts_with(|first: char| first.is_ascii_digit()), "{named}");
}

fn an_empty_database_has_no_tables(engine: &dyn Engine) {
    let mut database = engine.open(AMPLE).unwrap();
    assert_eq!(database.tables().unwrap(), []);
    assert_eq!(database.remark(), None);
}

fn lists_tables(engine: &dyn Engine) {
    engine.run("CREATE TABLE zebra (z INTEGER, a INTEGER, m INTEGER); CREATE TABLE ant (id INTEGER)");
    let mut tables = engine.open(AMPLE).unwrap().tables().unwrap();
    tables.sort_by(|one, other| one.name.name.cmp(&other.name.name));
    let columns =
        |table: &Table| -> Vec<String> { table.columns.iter().map(|(name, _)| name.clone()).collect() };
    assert_eq!(tables.len(), 2);
    assert_eq!(columns(&tables[0]), ["id"]);
    assert_eq!(columns(&tables[1]), ["z", "a", "m"]);
    assert!(tables[1].columns.iter().all(|(_, kind)| kind.to_lowercase().contains("int")), "{tables:?}");
}

fn very_many_tables(engine: &dyn Engine) {
    let many: String = (0..30).map(|number| format!("CREATE TABLE t{number} (id INTEGER);")).collect();
    engine.run(&format!("{many} CREATE TABLE Ledger (id INTEGER, name INTEGER)"));
    for (most, listed) in [(31, 31), (30, 1)] {
        let mut database = engine.open(AMPLE).unwrap();
        database.look_for(vec!["ledger".to_owned(), "it's".to_owned()], most);
        let tables = database.tables().unwrap();
        assert_eq!((tables.len(), database.left_out(None)), (listed, 31 - listed));
        let ledger = tables.iter().find(|table| table.name.name.eq_ignore_ascii_case("ledger")).unwrap();
        assert_eq!(ledger.columns.len(), 2);
        let schema = ledger.name.schema.as_deref();
        assert!(schema.is_none_or(|schema| [0, 31 - listed].contains(&database.left_out(Some(schema)))));
        assert_eq!(read(&mut *database, &ledger.name.name, &["id"]).unwrap().len(), 0, "it can be read");
    }
}

fn leaves_out_views(engine: &dyn Engine) {
    engine.run("CREATE TABLE ledger (id INTEGER PRIMARY KEY); CREATE VIEW seen AS SELECT id FROM ledger");
    assert_eq!(names(&mut *engine.open(AMPLE).unwrap()), ["ledger"]);
}

fn same_incarnation(engine: &dyn Engine) {
    engine.run("CREATE TABLE ledger (id INTEGER PRIMARY KEY)");
    let incarnation = || engine.open(AMPLE).unwrap().incarnation(&ledger()).unwrap();
    let before = incarnation();
    engine.run("INSERT INTO ledger VALUES (1); UPDATE ledger SET id = 2; CREATE TABLE other (id INTEGER)");
    assert_eq!(incarnation(), before);
    assert!(before.is_none_or(|before| !before.is_empty()));
}

fn absent_tables(engine: &dyn Engine) {
    let mut database = engine.open(AMPLE).unwrap();
    assert_eq!(names(&mut *database), [""; 0]);
    let error = read(&mut *database, "ledger", &["id"]).unwrap_err();
    assert!(matches!(&error, DbError::Failed(what) if what.contains("ledger")), "{error:?}");
    assert_eq!(names(&mut *database), [""; 0], "it still answers");
}

fn absent_columns(engine: &dyn Engine) {
    engine.run("CREATE TABLE ledger (id INTEGER); INSERT INTO ledger VALUES (1)");
    let error = read(&mut *engine.open(AMPLE).unwrap(), "ledger", &["checksum"]).unwrap_err();
    assert!(matches!(&error, DbError::Failed(what) if what.contains("checksum")), "{error:?}");
}

fn types(engine: &dyn Engine) {
    let (bytes, literal) = engine.bytes();
    engine.run(&format!(
        "CREATE TABLE ledger (id INTEGER PRIMARY KEY, big BIGINT, half DOUBLE PRECISION, name VARCHAR(20), raw {bytes}, none {bytes});
         INSERT INTO ledger VALUES (-1, 9223372036854775807, 0.5, 'ä''b', {literal}, NULL), (2, NULL, NULL, NULL, NULL, NULL),
         (3, 0, 0.5, '', {literal}, NULL)"
    ));
    let columns = ["id", "big", "half", "name", "raw", "none"];
    let rows = read(&mut *engine.open(AMPLE).unwrap(), "ledger", &columns).unwrap();
    let text = |text: &str| Cell::Text(text.into());
    let (half, raw) = (Cell::Real(0.5), Cell::Blob(vec![0, 255]));
    let first =
        [Cell::Integer(-1), Cell::Integer(i64::MAX), half.clone(), text("ä'b"), raw.clone(), Cell::Null];
    assert_eq!(rows[0], first);
    assert_eq!(rows[1], [Cell::Integer(2), Cell::Null, Cell::Null, Cell::Null, Cell::Null, Cell::Null]);
    assert_eq!(
        rows[2],
        [Cell::Integer(3), Cell::Integer(0), half, text(""), raw, Cell::Null],
        "'' is not NULL"
    );
}

fn order(engine: &dyn Engine) {
    let values: Vec<String> = (1..=500).map(|id| format!("({})", id * 7919 % 503)).collect();
    engine.run(&format!(
        "CREATE TABLE ledger (id INTEGER PRIMARY KEY); INSERT INTO ledger VALUES {}",
        values.join(", ")
    ));
    let rows = read(&mut *engine.open(AMPLE).unwrap(), "ledger", &["id"]).unwrap();
    assert_eq!(rows.len(), 500);
    let id = |row: &Vec<Cell>| if let [Cell::Integer(id)] = row[..] { id } else { panic!("{row:?}") };
    assert!(rows.is_sorted_by_key(id));
}

fn columns_in_the_order_named(engine: &dyn Engine) {
    engine.run("CREATE TABLE ledger (a INTEGER, b INTEGER); INSERT INTO ledger VALUES (1, 2)");
    let mut database = engine.open(AMPLE).unwrap();
    let row = [Cell::Integer(2), Cell::Integer(1), Cell::Integer(2)];
    assert_eq!(read(&mut *database, "ledger", &["b", "a", "b"]).unwrap(), [row]);
    assert_eq!(read(&mut *database, "ledger", &[]).unwrap(), [[]], "a row without columns is a row");
}

fn hostile_names(engine: &dyn Engine) {
    let hostile =
        ["\"; DROP TABLE ledger; --", "a'b", "select", "`x`", "[y]", "Großer \\ Name", "a.b", "%s", " "];
    let hostile: Vec<&str> = hostile.into_iter().filter(|name| engine.has_name(name)).collect();
    engine.run("CREATE TABLE ledger (id INTEGER)");
    for name in &hostile {
        let quoted = engine.quote(name);
        engine.run(&format!("CREATE TABLE {quoted} ({quoted} INTEGER); INSERT INTO {quoted} VALUES (42)"));
    }
    let mut database = engine.open(AMPLE).unwrap();
    let found = names(&mut *database);
    assert_eq!(found.len(), hostile.len() + 1);
    for name in hostile {
        assert!(found.iter().any(|found| found == name), "{name}");
        assert_eq!(read(&mut *database, name, &[name]).unwrap(), [[Cell::Integer(42)]], "{name}");
    }
    for name in ["absent\"; DROP TABLE ledger; --", "nul\0", ""] {
        assert!(read(&mut *database, name, &["id"]).is_err(), "{name}");
        assert!(read(&mut *database, "ledger", &[name]).is_err(), "{name}");
    }
    assert_eq!(names(&mut *engine.open(AMPLE).unwrap()), found);
}

fn one_snapshot(engine: &dyn Engine) {
    engine.run("CREATE TABLE ledger (id INTEGER); INSERT INTO ledger VALUES (1)");
    let mut database = engine.open(AMPLE).unwrap();
    assert_eq!(read(&mut *database, "ledger", &["id"]).unwrap().len(), 1);
    drop(database);
    engine.run("INSERT INTO ledger VALUES (2)");
    assert_eq!(read(&mut *engine.open(AMPLE).unwrap(), "ledger", &["id"]).unwrap().len(), 2);
}

fn same_twice(engine: &dyn Engine) {
    engine.run(
        "CREATE TABLE ledger (id INTEGER, name VARCHAR(9)); INSERT INTO ledger VALUES (1, 'a'), (2, 'b')",
    );
    let ask = || {
        let mut database = engine.open(AMPLE).unwrap();
        let rows = read(&mut *database, "ledger", &["name", "id"]).unwrap();
        (database.tables().unwrap(), rows, database.user_version().unwrap())
    };
    assert_eq!(ask(), ask());
}

/// The time is kept, from both sides, and the reason is one of those.
fn gives_up(engine: &dyn Engine, question: fn(&mut dyn Database) -> Result<(), DbError>, reason: &str) {
    let time = Duration::from_millis(400);
    let begin = Instant::now();
    let answer = engine.open(time).and_then(|mut database| question(&mut *database));
    let waited = begin.elapsed();
    match answer {
        Err(DbError::TimedOut) => {}
        Err(DbError::Failed(what)) if !reason.is_empty() && what.contains(reason) => {}
        other => panic!("{other:?} after {waited:?}"),
    }
    assert!(waited > time / 2, "it waited only {waited:?}");
    assert!(waited < time + Duration::from_secs(1), "it waited {waited:?}");
}

fn gives_up_on_a_lock(engine: &dyn Engine) {
    engine.run("CREATE TABLE ledger (id INTEGER); INSERT INTO ledger VALUES (1)");
    let lock = engine.block_readers();
    gives_up(engine, |database| database.rows(&ledger(), &["id".to_owned()], &mut |_| {}), "locked");
    drop(lock);
    assert_eq!(read(&mut *engine.open(AMPLE).unwrap(), "ledger", &["id"]).unwrap().len(), 1);
}

fn gives_up_on_an_endless_question(engine: &dyn Engine) {
    engine.run(engine.endless());
    gives_up(engine, |database| read(database, "endless", &["i"]).map(drop), "");
    gives_up(
        engine,
        |database| database.rows(&TableName::plain("flood"), &["i".to_owned()], &mut |_| {}),
        "",
    );
}

fn gives_up_at_once(engine: &dyn Engine) {
    engine.run("CREATE TABLE ledger (id INTEGER)");
    let lock = engine.block_readers();
    let begin = Instant::now();
    let answer = engine.open(Duration::ZERO).and_then(|mut database| read(&mut *database, "ledger", &["id"]));
    assert!(
        answer.is_err() && begin.elapsed() < Duration::from_secs(1),
        "{answer:?} after {:?}",
        begin.elapsed()
    );
    drop(lock);
}
