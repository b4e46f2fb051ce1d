//! Files that are no database, strange databases, strange names.

use std::fs;
use std::path::Path;
use std::time::Duration;

use migguard::db::{Cell, DbError};
use rusqlite::Connection;

use super::super::{AMPLE, Engine as _, names, read};
use super::{Sqlite, ids, open_path, untouched};

fn error(path: &Path) -> DbError {
    match open_path(path, AMPLE) {
        Err(error) => error,
        Ok(mut database) => panic!("{} opens, with {:?}", path.display(), database.tables()),
    }
}

#[test]
fn a_missing_file_is_an_outage_and_is_not_made() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), "").unwrap();
    for missing in ["dev.db", "no/such/directory/dev.db", "file/dev.db"] {
        let path = directory.path().join(missing);
        let error = untouched(directory.path(), || error(&path));
        let expected = format!("there is no file {}", path.display());
        assert!(matches!(&error, DbError::Unreachable(what) if what.starts_with(&expected)), "{error:?}");
    }
    #[cfg(unix)]
    {
        let path = directory.path().join("dangling.db");
        std::os::unix::fs::symlink(directory.path().join("gone.db"), &path).unwrap();
        assert!(matches!(untouched(directory.path(), || error(&path)), DbError::Unreachable(_)));
    }
}

#[test]
fn the_third_slash_is_explained() {
    let url = migguard::db::DatabaseUrl::parse("sqlite:///no/such.db", Path::new("")).unwrap();
    let deadline = std::time::Instant::now() + AMPLE;
    let error = migguard::db::open(&url, deadline).err().unwrap().to_string();
    let hint = "three slashes begin an absolute path; for a relative one write sqlite: and the path";
    assert_eq!(error, format!("there is no file /no/such.db ({hint})"));
}

#[test]
fn what_is_no_database_is_called_so() {
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(error(directory.path()), DbError::Failed(what) if what.contains("is a directory")));
    let long = "not a database ".repeat(1000);
    for (name, content) in
        [("short", "xy"), ("long", long.as_str()), ("header", "SQLite format 3\0"), ("zeros", "\0\0\0")]
    {
        let path = directory.path().join(format!("{name}.db"));
        fs::write(&path, content).unwrap();
        let error = untouched(directory.path(), || error(&path));
        let expected = "the file is not an SQLite database, or it is encrypted";
        assert!(matches!(&error, DbError::Failed(what) if what == expected), "{name}: {error:?}");
    }
}

#[test]
fn a_truncated_file_is_an_error_and_not_an_empty_database() {
    let sqlite = Sqlite::fresh();
    sqlite.run("CREATE TABLE ledger (id INTEGER); CREATE TABLE other (id INTEGER)");
    let whole = fs::read(sqlite.path()).unwrap();
    for length in [100, 1000, 4096, 8192] {
        fs::write(sqlite.path(), &whole[..length]).unwrap();
        untouched(sqlite.directory.path(), || {
            let answer = sqlite.open(AMPLE).and_then(|mut database| read(&mut *database, "ledger", &["id"]));
            assert!(matches!(answer, Err(DbError::Failed(_))), "{length}: {answer:?}");
        });
    }
}

#[test]
fn an_empty_file_is_an_empty_database() {
    let sqlite = Sqlite::fresh();
    untouched(sqlite.directory.path(), || {
        let mut database = sqlite.open(AMPLE).unwrap();
        assert_eq!(database.tables().unwrap(), []);
        assert_eq!(database.user_version().unwrap(), Some(0));
    });
    sqlite.run("CREATE TABLE t (a); DROP TABLE t; VACUUM; PRAGMA user_version = 7");
    let mut database = sqlite.open(AMPLE).unwrap();
    assert_eq!(database.tables().unwrap(), []);
    assert_eq!(database.user_version().unwrap(), Some(7));
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_do_not_hang() {
    assert_eq!(names(&mut *open_path(Path::new("/dev/null"), AMPLE).unwrap()), [""; 0]);
    assert!(
        matches!(error(Path::new("/dev/zero")), DbError::Failed(what) if what.contains("a device or a pipe"))
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pipe.db");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    assert!(matches!(error(&path), DbError::Failed(what) if what.contains("a device or a pipe")));
}

#[test]
fn names_of_files_may_be_anything() {
    for name in [
        "a b.db",
        "what?.db",
        "50%.db",
        "a%20b.db",
        "#1.db",
        "it's \"x\".db",
        "ä\u{1f600}.db",
        "-.db",
        "a&b=c.db",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch(
                "PRAGMA journal_mode=WAL; CREATE TABLE ledger (id INTEGER); INSERT INTO ledger VALUES (1)",
            )
            .unwrap();
        assert_eq!(ids(&path).unwrap().0, [1], "{name}, with a log");
        drop(writer);
        let (found, _) = untouched(directory.path(), || ids(&path).unwrap());
        assert_eq!(found, [1], "{name}");
    }
}

#[cfg(unix)]
#[test]
fn the_neighbours_of_a_link_lie_beside_its_target() {
    let sqlite = Sqlite::with_ledger("wal");
    let writer = sqlite.writer();
    writer.execute_batch("INSERT INTO ledger VALUES (2)").unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link.db");
    std::os::unix::fs::symlink(sqlite.path(), &link).unwrap();
    assert_eq!(untouched(elsewhere.path(), || ids(&link).unwrap()).0, [1, 2]);
}

#[test]
fn order_without_a_rowid_and_with_a_hidden_one() {
    let sqlite = Sqlite::fresh();
    sqlite.run(
        "CREATE TABLE pairs (b TEXT, a INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;
         INSERT INTO pairs VALUES ('y', 2), ('x', 2), ('z', 1);
         CREATE TABLE hidden (rowid TEXT, n INTEGER);
         INSERT INTO hidden VALUES ('z', 1), ('a', 2), ('m', 3);
         CREATE TABLE all_hidden (rowid TEXT, _rowid_ TEXT, OID TEXT, n INTEGER);
         INSERT INTO all_hidden VALUES ('z', 'z', 'z', 1), ('a', 'a', 'a', 2);
         CREATE TABLE indexed (n INTEGER);
         INSERT INTO indexed VALUES (3), (1), (2);
         CREATE INDEX by_n ON indexed (n)",
    );
    let mut database = sqlite.open(AMPLE).unwrap();
    let mut column = |table: &str, column: &str| -> Vec<String> {
        let rows = read(&mut *database, table, &[column]).unwrap();
        rows.iter().map(|row| row[0].to_string()).collect()
    };
    assert_eq!(column("pairs", "b"), ["z", "x", "y"]);
    assert_eq!(column("hidden", "n"), ["1", "2", "3"]);
    assert_eq!(column("all_hidden", "n"), ["1", "2"]);
    assert_eq!(column("indexed", "n"), ["3", "1", "2"]);
}

#[test]
fn virtual_tables_and_generated_columns() {
    let sqlite = Sqlite::fresh();
    sqlite.run(
        "CREATE VIRTUAL TABLE search USING fts5(body);
         INSERT INTO search VALUES ('hello');
         CREATE TABLE plain (a INTEGER, twice INTEGER AS (a * 2), kept INTEGER AS (a * 3) STORED);
         INSERT INTO plain (a) VALUES (21);
         CREATE TABLE sequence (id INTEGER PRIMARY KEY AUTOINCREMENT);
         PRAGMA writable_schema = ON;
         INSERT INTO sqlite_schema VALUES ('table', 'foreign_module', 'foreign_module', 0, 'CREATE VIRTUAL TABLE foreign_module USING spatial(x)')",
    );
    let mut database = sqlite.open(AMPLE).unwrap();
    let tables = database.tables().unwrap();
    let columns = |name: &str| -> Vec<&str> {
        let table = tables.iter().find(|table| table.name.name == name).unwrap();
        table.columns.iter().map(|(name, _)| name.as_str()).collect()
    };
    assert_eq!(columns("search"), ["body"]);
    assert_eq!(columns("plain"), ["a", "twice", "kept"]);
    assert_eq!(columns("foreign_module"), [""; 0], "a module that is not built in does not spoil the rest");
    assert!(tables.iter().all(|table| !table.name.name.starts_with("sqlite_")), "{tables:?}");
    assert_eq!(read(&mut *database, "search", &["body"]).unwrap(), [[Cell::Text(b"hello".to_vec())]]);
    let row = [Cell::Integer(42), Cell::Integer(63)];
    assert_eq!(read(&mut *database, "plain", &["twice", "kept"]).unwrap(), [row]);
    let error = read(&mut *database, "foreign_module", &["x"]).unwrap_err().to_string();
    assert!(error.contains("no such module: spatial"), "{error}");
}

#[test]
fn text_is_bytes_in_any_encoding() {
    for encoding in ["UTF-8", "UTF-16le", "UTF-16be"] {
        let sqlite = Sqlite::fresh();
        sqlite.run(&format!(
            "PRAGMA encoding = '{encoding}'; CREATE TABLE ledger (id TEXT); INSERT INTO ledger VALUES ('ä😀')"
        ));
        let rows = read(&mut *sqlite.open(AMPLE).unwrap(), "ledger", &["id"]).unwrap();
        assert_eq!(rows, [[Cell::Text("ä😀".into())]], "{encoding}");
    }
    let sqlite = Sqlite::fresh();
    sqlite.run("CREATE TABLE ledger (id TEXT); INSERT INTO ledger VALUES (CAST(x'ff00fe' AS TEXT))");
    let rows = read(&mut *sqlite.open(AMPLE).unwrap(), "ledger", &["id"]).unwrap();
    assert_eq!(rows, [[Cell::Text(vec![0xff, 0, 0xfe])]]);
}

#[test]
fn schemas_are_main_or_nothing() {
    let sqlite = Sqlite::with_ledger("delete");
    let mut database = sqlite.open(AMPLE).unwrap();
    let mut count = |schema: &str| {
        let table = migguard::model::TableName { schema: Some(schema.to_owned()), name: "ledger".to_owned() };
        let mut rows = 0;
        database.rows(&table, &["id".to_owned()], &mut |_| rows += 1).map(|()| rows)
    };
    assert_eq!(count("main").unwrap(), 1);
    assert_eq!(
        count("public").unwrap_err().to_string(),
        "there is no table public.ledger: SQLite has no schemas"
    );
}

#[test]
fn an_endless_view_does_not_spoil_the_list_of_tables() {
    let sqlite = Sqlite::fresh();
    sqlite.run(
        "CREATE TABLE ledger (id INTEGER);
         CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n WHERE i = 2;
         CREATE VIEW broken AS SELECT * FROM no_such_table",
    );
    assert_eq!(names(&mut *sqlite.open(Duration::from_secs(5)).unwrap()), ["ledger"]);
}
