//! Nothing is written; what is read is one snapshot, with the types, the order and the names of the server.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use migguard::db::{Cell, DbError};
use migguard::model::TableName;

use super::super::{AMPLE, Engine, names, read};
use super::silence::{packet, take};
use super::{MySql, both, ids, open_url};
use crate::support::mysql::Server;

/// Between guard and the server: puts another statement in the place of `SELECT VERSION()`.
fn meddler(port: u16, statement: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (guard, _) = listener.accept().unwrap();
        let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut from, mut to) = (server.try_clone().unwrap(), guard.try_clone().unwrap());
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                let _ = to.write_all(&bytes[..count]);
            }
        });
        let mut number = 1;
        while let Some(content) = take(&guard) {
            let content = match content.as_slice() {
                b"\x03SELECT VERSION()" => [b"\x03", statement.as_bytes()].concat(),
                _ => content,
            };
            let _ = (&server).write_all(&packet(number, &content));
            number = 0;
        }
    });
    own
}

/// All that such writes would change, in one word.
const DIGEST: &str = "\
    SELECT CONCAT_WS('/', (SELECT GROUP_CONCAT(id) FROM other), \
        (SELECT COUNT(*) FROM information_schema.TABLES), (SELECT COUNT(*) FROM information_schema.COLUMNS), \
        (SELECT COUNT(*) FROM information_schema.SCHEMATA), (SELECT COUNT(*) FROM information_schema.ROUTINES), \
        (SELECT COUNT(*) FROM mysql.user), (SELECT GROUP_CONCAT(next_not_cached_value) FROM numbers))";

/// The session itself refuses, whatever guard could be made to ask: even what would end the transaction first.
#[test]
fn whoever_may_do_everything_cannot_write_through_guard() {
    let server = Server::start("");
    server.run("mysql", "CREATE USER owner@'%'; GRANT ALL PRIVILEGES ON *.* TO owner@'%' WITH GRANT OPTION");
    let database = server.create();
    server.run(
        &database,
        "CREATE TABLE other (id INTEGER) ENGINE=InnoDB; INSERT INTO other VALUES (7); CREATE SEQUENCE numbers;
         CREATE TABLE old (id INTEGER) ENGINE=MyISAM",
    );
    let before = server.run(&database, DIGEST);
    for write in [
        "INSERT INTO other VALUES (8)",
        "UPDATE other SET id = 9",
        "DELETE FROM other",
        "REPLACE INTO other VALUES (8)",
        "INSERT INTO old VALUES (8)",
        "TRUNCATE TABLE other",
        "DROP TABLE other",
        "CREATE TABLE more (id INTEGER)",
        "ALTER TABLE other ADD x INTEGER",
        "RENAME TABLE other TO more",
        "CREATE INDEX i ON other (id)",
        "CREATE VIEW more AS SELECT 1",
        "CREATE DATABASE guard_more",
        "CREATE FUNCTION more() RETURNS INTEGER RETURN 1",
        "CREATE USER hostile",
        "GRANT ALL PRIVILEGES ON *.* TO hostile",
        "SELECT NEXTVAL(numbers)",
        "LOCK TABLES other WRITE",
        "OPTIMIZE TABLE other",
    ] {
        let meddler = meddler(server.port, write);
        let url = format!("mysql://owner@127.0.0.1:{meddler}/{database}?ssl-mode=disabled");
        let mut open = open_url(&url, AMPLE).unwrap();
        let answer = open.engine();
        assert!(
            matches!(&answer, Err(DbError::Failed(what)) if what.contains("READ ONLY")),
            "{write}: {answer:?}"
        );
        drop(open);
        assert_eq!(server.run(&database, DIGEST), before, "{write}");
    }
    // The words that end the transaction are no writing. What follows them would be.
    for last in ["COMMIT", "ROLLBACK", "START TRANSACTION"] {
        let meddler = meddler(server.port, last);
        let url = format!("mysql://owner@127.0.0.1:{meddler}/{database}?ssl-mode=disabled");
        let mut open = open_url(&url, AMPLE).unwrap();
        open.engine().unwrap();
        assert_eq!(names(&mut *open), ["old", "other"]);
    }
}

/// A view can call a function, and that can do what the owner of the view may do.
#[test]
fn a_hostile_view_cannot_write_either() {
    let mysql = MySql::with_ledger();
    mysql.run("CREATE TABLE other (id INTEGER); INSERT INTO other VALUES (7); CREATE SEQUENCE numbers");
    let writes = [
        "INSERT INTO other VALUES (8)",
        "UPDATE other SET id = 9",
        "DELETE FROM other",
        "DO NEXTVAL(numbers)",
        "SELECT id INTO @x FROM other FOR UPDATE",
    ];
    for (number, write) in writes.iter().enumerate() {
        mysql.run(&format!(
            "DELIMITER //\nCREATE FUNCTION write{number}() RETURNS INTEGER BEGIN {write}; RETURN 1; END//\n\
             CREATE VIEW hostile{number} AS SELECT write{number}() AS id//\n"
        ));
    }
    let digest =
        || mysql.ask("SELECT GROUP_CONCAT(id), (SELECT next_not_cached_value FROM numbers) FROM other");
    let before = digest();
    for (number, write) in writes.iter().enumerate() {
        let mut database = mysql.open(AMPLE).unwrap();
        let answer = read(&mut *database, &format!("hostile{number}"), &["id"]);
        let locks_only = write.contains("FOR UPDATE");
        assert!(matches!(&answer, Err(DbError::Failed(_))) || locks_only, "{write}: {answer:?}");
        assert_eq!(read(&mut *database, "ledger", &["id"]).unwrap(), both(), "it still answers");
    }
    assert_eq!(digest(), before);
}

#[test]
fn one_snapshot_from_the_first_question_to_the_last() {
    let mysql = MySql::with_ledger();
    let mut database = mysql.open(AMPLE).unwrap();
    assert_eq!(names(&mut *database), ["ledger"]);
    mysql.run("INSERT INTO ledger VALUES (3)");
    assert_eq!(read(&mut *database, "ledger", &["id"]).unwrap(), both());
    assert_eq!(ids(&mysql.url()).unwrap().len(), 3);
}

#[test]
fn types_as_the_server_prints_them() {
    let mysql = MySql::fresh();
    mysql.run(
        "CREATE TABLE ledger (tiny TINYINT(1), truth BIT(1), bits BIT(12), big BIGINT UNSIGNED, at DATETIME(3),
             ts TIMESTAMP NULL, d DATE, price DECIMAL(5, 2), kind ENUM('sad'), doc JSON, fixed BINARY(4), blobs LONGBLOB,
             words LONGTEXT CHARACTER SET latin1, tag CHAR(3), single FLOAT, y YEAR, id UUID);
         SET time_zone = '+01:00';
         INSERT INTO ledger VALUES (1, b'1', b'100000000001', 18446744073709551615, '2026-01-02 03:04:05.678',
             '2026-01-02 03:04:05', '2026-01-02', 1.5, 'sad', '{\"a\": 1}', 'ab', X'00ff', 'ä', 'x', 0.25, 2026,
             '00000000-0000-0000-0000-00000000000a')",
    );
    let columns = [
        "tiny", "truth", "bits", "big", "at", "ts", "d", "price", "kind", "doc", "fixed", "blobs", "words",
        "tag", "single", "y", "id",
    ];
    let rows = read(&mut *mysql.open(AMPLE).unwrap(), "ledger", &columns).unwrap();
    let text = |text: &str| Cell::Text(text.into());
    let expected = [
        Cell::Integer(1),
        Cell::Integer(1),
        Cell::Integer(0x801),
        text("18446744073709551615"),
        text("2026-01-02 03:04:05.678"),
        text("2026-01-02 02:04:05"),
        text("2026-01-02"),
        text("1.50"),
        text("sad"),
        text("{\"a\": 1}"),
        Cell::Blob(b"ab\0\0".to_vec()),
        Cell::Blob(vec![0, 255]),
        text("ä"),
        text("x"),
        Cell::Real(0.25),
        Cell::Integer(2026),
        text("00000000-0000-0000-0000-00000000000a"),
    ];
    for (place, (found, expected)) in rows[0].iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "{}", columns[place]);
    }
}

#[test]
fn without_a_key_rows_come_as_they_lie_and_a_key_of_two_columns_sorts_by_both() {
    let mysql = MySql::fresh();
    mysql.run(
        "CREATE TABLE heap (id INTEGER, KEY (id)); INSERT INTO heap VALUES (3), (1), (2);
         CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (b, a)); INSERT INTO pair VALUES (1, 2), (2, 1), (1, 1);
         CREATE TABLE kept (id INTEGER) WITH SYSTEM VERSIONING; INSERT INTO kept VALUES (5);
         CREATE TABLE parts (id INTEGER) PARTITION BY HASH (id) PARTITIONS 3; INSERT INTO parts VALUES (5)",
    );
    let mut database = mysql.open(AMPLE).unwrap();
    let row = |values: &[i64]| values.iter().map(|value| Cell::Integer(*value)).collect::<Vec<_>>();
    assert_eq!(read(&mut *database, "heap", &["id"]).unwrap(), [row(&[3]), row(&[1]), row(&[2])]);
    assert_eq!(
        read(&mut *database, "pair", &["a", "b"]).unwrap(),
        [row(&[1, 1]), row(&[2, 1]), row(&[1, 2])]
    );
    assert_eq!(names(&mut *database), ["heap", "kept", "pair", "parts"]);
    assert_eq!(read(&mut *database, "kept", &["id"]).unwrap(), [row(&[5])]);
}

#[test]
fn the_tables_of_another_database_are_listed_only_if_somebody_asks_for_them() {
    let (mysql, other) = (MySql::with_ledger(), MySql::fresh());
    other.run(
        "CREATE TABLE ledger (id INTEGER); INSERT INTO ledger VALUES (9); CREATE TABLE there (id INTEGER)",
    );
    let mut database = mysql.open(AMPLE).unwrap();
    let tables = database.tables().unwrap();
    assert_eq!(tables.len(), 1);
    assert!(tables[0].visible && tables[0].name.schema.as_ref() == Some(&mysql.database));
    let there = database.tables_of(&other.database).unwrap();
    assert_eq!(there.iter().map(|table| table.name.name.as_str()).collect::<Vec<_>>(), ["ledger", "there"]);
    assert!(there.iter().all(|table| !table.visible && table.columns.len() == 1));
    assert_eq!(database.tables_of("no`such").unwrap(), []);
    let mut found = Vec::new();
    let elsewhere = TableName { schema: Some(other.database.clone()), name: "ledger".to_owned() };
    database.rows(&elsewhere, &["id".to_owned()], &mut |row| found.push(row.to_vec())).unwrap();
    assert_eq!(found, [[Cell::Integer(9)]]);
    assert!(matches!(
        read(&mut *database, "there", &["id"]),
        Err(DbError::Failed(what)) if what.contains("there is no table there")
    ));
}

#[test]
fn names_that_differ_in_case_alone_are_two_tables_and_on_some_servers_one() {
    let mysql = MySql::with_ledger();
    mysql.run(
        "CREATE TABLE Ledger (id INTEGER); INSERT INTO Ledger VALUES (9); CREATE TABLE Alone (Id INTEGER)",
    );
    let mut database = mysql.open(AMPLE).unwrap();
    assert_eq!(names(&mut *database), ["Alone", "Ledger", "ledger"]);
    assert_eq!(read(&mut *database, "Ledger", &["id"]).unwrap(), [[Cell::Integer(9)]]);
    assert_eq!(read(&mut *database, "ledger", &["ID"]).unwrap(), both());
    let server = Server::start("--lower-case-table-names=1");
    let folded = server.create();
    server.run(&folded, "CREATE TABLE Ledger (id INTEGER); INSERT INTO Ledger VALUES (9)");
    let mut database = open_url(&server.socket_url("root", &folded), AMPLE).unwrap();
    assert_eq!(names(&mut *database), ["ledger"]);
    assert_eq!(read(&mut *database, "Ledger", &["id"]).unwrap(), [[Cell::Integer(9)]]);
}

#[test]
fn a_user_who_may_not_read_the_ledger_gets_no_rows_and_no_empty_ledger() {
    let mysql = MySql::with_ledger();
    mysql.run(&format!(
        "CREATE TABLE open (id INTEGER); CREATE OR REPLACE USER half@'%';
         GRANT SELECT ON {0}.open TO half@'%'; GRANT INSERT ON {0}.ledger TO half@'%'",
        mysql.database
    ));
    let mut database = open_url(&mysql.tcp("half", ""), AMPLE).unwrap();
    assert_eq!(names(&mut *database), ["ledger", "open"]);
    let error = read(&mut *database, "ledger", &["id"]).unwrap_err();
    assert!(matches!(&error, DbError::Denied(what) if what.contains("ledger")), "{error:?}");
    let remark = database.remark().unwrap_or_default();
    assert!(remark.contains("may not read all tables"), "{remark}");
    let mut database = mysql.open(AMPLE).unwrap();
    database.tables().unwrap();
    assert_eq!(database.remark(), None);
}
