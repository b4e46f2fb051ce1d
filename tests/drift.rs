//! The live schema of a real SQLite database against its migrations: nothing is said where nothing was changed, each kind of
//! change by hand is found, and the database is as it was afterwards.

mod declared;
mod dumps;
mod fixtures;

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use migguard::drift::{History, Limits, Step, judge};
use migguard::expected;
use migguard::journal;
use migguard::model::{Dialect, Drift, Schema, Script};
use rusqlite::Connection;

use crate::support::TestRepo;

/// One of everything.
const BASE: &str = "\
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE, mail VARCHAR(80) UNIQUE, \
  born DATE, size REAL CHECK (size > 0), low TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL);
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, user INT REFERENCES users(id) ON DELETE CASCADE, n INT, \
  CONSTRAINT positive CHECK (n > 0), UNIQUE (user, n));
CREATE TABLE tags (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE strictly (x INT) STRICT;
CREATE INDEX by_name ON users (name);
CREATE UNIQUE INDEX by_mail ON users (mail DESC) WHERE mail IS NOT NULL;
CREATE VIEW named AS SELECT id, name FROM users;
CREATE TRIGGER audit AFTER INSERT ON users BEGIN UPDATE users SET size = 1; END;
CREATE VIRTUAL TABLE words USING fts5(body);";

/// What somebody may do by hand, and the object that must be named.
const DONE: &[(&str, &str)] = &[
    ("CREATE TABLE extra (x)", "table extra"),
    ("CREATE TABLE extra (x INT) STRICT", "table extra"),
    ("CREATE TABLE extra (x PRIMARY KEY) WITHOUT ROWID", "table extra"),
    ("CREATE TABLE extra AS SELECT * FROM users", "table extra"),
    ("CREATE VIRTUAL TABLE extra USING fts5(a)", "virtual table extra"),
    ("CREATE VIRTUAL TABLE extra USING rtree(a, b, c)", "virtual table extra"),
    ("DROP TABLE tags", "table tags"),
    ("DROP TABLE words", "virtual table words"),
    ("DROP TABLE words; CREATE VIRTUAL TABLE words USING fts5(body, more)", "virtual table words"),
    ("DROP TABLE words; CREATE TABLE words (body)", "table words"),
    ("ALTER TABLE tags RENAME TO labels", "table labels"),
    ("ALTER TABLE users ADD COLUMN extra", "column users.extra"),
    ("ALTER TABLE users ADD COLUMN extra TEXT NOT NULL DEFAULT ''", "column users.extra"),
    ("ALTER TABLE users ADD COLUMN extra AS (id + 1)", "column users.extra"),
    ("ALTER TABLE users ADD COLUMN extra INT REFERENCES orders(id)", "column users.extra"),
    ("ALTER TABLE users DROP COLUMN born", "column users.born"),
    ("ALTER TABLE users RENAME COLUMN born TO birth", "column users.birth"),
    ("DROP INDEX by_name", "index users.by_name"),
    ("DROP INDEX by_mail", "index users.by_mail"),
    ("CREATE INDEX extra ON users (born)", "index users.extra"),
    ("CREATE INDEX extra ON users (lower(name))", "index users.extra"),
    ("CREATE UNIQUE INDEX extra ON orders (user)", "index orders.extra"),
    ("DROP INDEX by_name; CREATE INDEX by_name ON users (name, born)", "index users.by_name"),
    ("DROP INDEX by_name; CREATE INDEX by_name ON users (name DESC)", "index users.by_name"),
    ("DROP INDEX by_name; CREATE INDEX by_name ON users (name COLLATE BINARY)", "index users.by_name"),
    ("DROP INDEX by_name; CREATE INDEX by_name ON users (name) WHERE id > 1", "index users.by_name"),
    ("DROP INDEX by_name; CREATE UNIQUE INDEX by_name ON users (name)", "index users.by_name"),
    ("DROP INDEX by_mail; CREATE UNIQUE INDEX by_mail ON users (mail DESC)", "index users.by_mail"),
    (
        "DROP INDEX by_mail; CREATE INDEX by_mail ON users (mail DESC) WHERE mail IS NOT NULL",
        "index users.by_mail",
    ),
    ("DROP VIEW named", "view named"),
    ("DROP VIEW named; CREATE VIEW named AS SELECT id FROM users", "view named"),
    ("DROP VIEW named; CREATE VIEW named (a, b) AS SELECT id, name FROM users", "view named"),
    ("DROP VIEW named; CREATE VIEW named AS SELECT id, 'Name' AS name FROM users", "view named"),
    ("CREATE VIEW extra AS SELECT 1", "view extra"),
    ("DROP VIEW named; CREATE TABLE named (id)", "table named"),
    ("DROP TRIGGER audit", "trigger users.audit"),
    (
        "DROP TRIGGER audit; CREATE TRIGGER audit BEFORE INSERT ON users BEGIN UPDATE users SET size = 1; END",
        "trigger users.audit",
    ),
    (
        "DROP TRIGGER audit; CREATE TRIGGER audit AFTER UPDATE ON users BEGIN UPDATE users SET size = 1; END",
        "trigger users.audit",
    ),
    (
        "DROP TRIGGER audit; CREATE TRIGGER audit AFTER INSERT ON users WHEN new.id > 1 BEGIN UPDATE users SET size = 1; END",
        "trigger users.audit",
    ),
    (
        "DROP TRIGGER audit; CREATE TRIGGER audit AFTER INSERT ON users BEGIN UPDATE users SET size = 2; END",
        "trigger users.audit",
    ),
    (
        "DROP TRIGGER audit; CREATE TRIGGER audit AFTER INSERT ON orders BEGIN UPDATE users SET size = 1; END",
        "trigger orders.audit",
    ),
    ("CREATE TRIGGER extra INSTEAD OF DELETE ON named BEGIN DELETE FROM users; END", "trigger named.extra"),
    ("CREATE TRIGGER extra AFTER DELETE ON users BEGIN SELECT 1; END", "trigger users.extra"),
];

/// SQLite alters little: a table is made anew, with one piece of its text for another.
const REBUILT: &[(&str, &str, &str, &str)] = &[
    ("users", "name TEXT NOT NULL", "name CLOB NOT NULL", "column users.name"),
    ("users", "name TEXT NOT NULL", "name TEXT", "column users.name"),
    ("users", "DEFAULT 'x'", "DEFAULT 'y'", "column users.name"),
    ("users", "DEFAULT 'x'", "DEFAULT 'X'", "column users.name"),
    ("users", "DEFAULT 'x' ", "", "column users.name"),
    ("users", " COLLATE NOCASE", "", "column users.name"),
    ("users", "COLLATE NOCASE", "COLLATE RTRIM", "column users.name"),
    ("users", "VARCHAR(80)", "VARCHAR(81)", "column users.mail"),
    ("users", "VARCHAR(80) UNIQUE", "VARCHAR(80)", "column users.mail"),
    ("users", "born DATE", "born DATETIME", "column users.born"),
    ("users", "born DATE", "born DATE UNIQUE ON CONFLICT REPLACE", "column users.born"),
    ("users", "CHECK (size > 0)", "CHECK (size >= 0)", "column users.size"),
    ("users", " CHECK (size > 0)", "", "column users.size"),
    ("users", "lower(name)", "upper(name)", "column users.low"),
    ("users", "VIRTUAL", "STORED", "column users.low"),
    ("users", "id INTEGER PRIMARY KEY", "id INT PRIMARY KEY", "column users.id"),
    ("orders", " AUTOINCREMENT", "", "column orders.id"),
    ("orders", "ON DELETE CASCADE", "ON DELETE SET NULL", "column orders.user"),
    ("orders", " ON DELETE CASCADE", "", "column orders.user"),
    ("orders", "ON DELETE CASCADE", "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED", "column orders.user"),
    ("orders", "REFERENCES users(id)", "REFERENCES tags(a)", "column orders.user"),
    ("orders", " REFERENCES users(id) ON DELETE CASCADE", "", "column orders.user"),
    ("orders", "CHECK (n > 0)", "CHECK (n > 1)", "check orders.positive"),
    ("orders", "CONSTRAINT positive CHECK", "CONSTRAINT above CHECK", "check orders.above"),
    ("orders", ", UNIQUE (user, n)", "", "unique constraint orders.unique ( user , n )"),
    (
        "orders",
        "UNIQUE (user, n)",
        "UNIQUE (user, n) ON CONFLICT IGNORE",
        "unique constraint orders.unique ( user , n ) on conflict ignore",
    ),
    (
        "orders",
        ", UNIQUE",
        ", FOREIGN KEY (n) REFERENCES users(id), UNIQUE",
        "foreign key orders.foreign key ( n ) references users ( id )",
    ),
    ("tags", "PRIMARY KEY (a, b)", "PRIMARY KEY (b, a)", "primary key tags.primary key ( b , a )"),
    ("tags", " WITHOUT ROWID", "", "table tags"),
    ("strictly", " STRICT", "", "table strictly"),
];

fn changes() -> Vec<(String, &'static str)> {
    let done = DONE.iter().map(|(sql, names)| ((*sql).to_owned(), *names));
    let rebuilt = REBUILT.iter().map(|(table, from, to, names)| {
        let text = create(table);
        assert!(text.contains(from), "{text} {from}");
        (format!("DROP TABLE {table}; {}", text.replacen(from, to, 1)), *names)
    });
    done.chain(rebuilt).collect()
}

/// The statement that makes a table, with the indexes and triggers that vanish with it.
fn create(table: &str) -> String {
    let about = |statement: &&str| {
        statement.starts_with(&format!("CREATE TABLE {table} "))
            || statement.contains(&format!(" ON {table} "))
    };
    BASE.split_inclusive(";\n").filter(about).collect()
}

fn script(text: &str) -> Script {
    Script { text: text.to_owned(), line: 1, transaction: true }
}

fn schema(sql: &[&str]) -> Schema {
    let mut scratch = expected::open(Dialect::Sqlite, Instant::now() + Duration::from_secs(60)).unwrap();
    for text in sql {
        scratch.run(&script(text), usize::MAX).unwrap_or_else(|error| panic!("{error}: {text}"));
    }
    scratch.schema().unwrap()
}

fn drift(live: Schema) -> Drift {
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut scratch = expected::open(Dialect::Sqlite, deadline).unwrap();
    let step = Step { migration: (0, "1".to_owned()), script: Some(script(BASE)), old: Vec::new() };
    let history = History { recorded: vec![step], pending: Vec::new() };
    judge(live, &history, &mut *scratch, &|_| false, Limits { trials: 3, deadline }).unwrap()
}

/// The names of everything that differs.
fn said(drift: &Drift) -> Vec<String> {
    let accounted = drift.accounts.iter().flat_map(|account| &account.differences);
    let rest = drift.unexplained.iter().flatten();
    accounted.chain(rest).map(|one| one.id.to_string()).collect()
}

#[test]
fn each_kind_of_change_by_hand_is_found() {
    assert_eq!(said(&drift(schema(&[BASE]))), [""; 0]);
    let changes = changes();
    assert!(changes.len() >= 60, "{}", changes.len());
    for (sql, names) in &changes {
        let found = said(&drift(schema(&[BASE, sql])));
        assert!(found.iter().any(|name| name == names), "{sql}: {found:?}");
    }
}

#[test]
fn two_changes_by_hand_are_both_found() {
    let changes = changes();
    let mut tried = 0;
    for (at, (one, names)) in changes.iter().enumerate() {
        for (other, more) in changes.iter().skip(at + 1).step_by(5) {
            let mut scratch =
                expected::open(Dialect::Sqlite, Instant::now() + Duration::from_secs(60)).unwrap();
            scratch.run(&script(BASE), usize::MAX).unwrap();
            // Some pairs cannot be made: the second needs what the first takes away, or undoes it.
            let both = [one, other].iter().all(|sql| scratch.run(&script(sql), usize::MAX).is_ok());
            let tables = ["users", "orders", "tags", "strictly", "words", "named", "extra", "labels"];
            let first = |name: &str, table: &str| name.find(&format!(" {table}")).unwrap_or(usize::MAX);
            let root = |name: &str| tables.into_iter().min_by_key(|table| first(name, table));
            if !both || root(names) == root(more) {
                continue;
            }
            tried += 1;
            let found = said(&drift(scratch.schema().unwrap()));
            let has = |wanted: &str| found.iter().any(|name| name == wanted);
            assert!(has(names) && has(more), "{one}\n{other}: {found:?}");
        }
    }
    assert!(tried > 150, "{tried}");
}

/// A repository with three migrations of sqlx, and a database that has run them, next to it.
fn shop() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("migrations/0001_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n");
    repo.write("migrations/0002_orders.sql", "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n");
    repo.write("migrations/0003_mail.sql", "ALTER TABLE users ADD COLUMN mail TEXT;\n");
    repo.write(".gitignore", "*.db\n");
    declare(&repo, "[\"ledger\", \"drift\"]", "5s");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "begin"]);
    let database = Connection::open(repo.path().join("dev.db")).unwrap();
    database
        .execute_batch(
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
             checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);",
        )
        .unwrap();
    for (version, name) in [(1, "users"), (2, "orders"), (3, "mail")] {
        apply(&repo, version, name);
    }
    repo
}

/// Runs a migration as sqlx would.
fn apply(repo: &TestRepo, version: i64, name: &str) {
    let text = fs::read_to_string(repo.path().join(format!("migrations/000{version}_{name}.sql"))).unwrap();
    let database = Connection::open(repo.path().join("dev.db")).unwrap();
    database.execute_batch(&text).unwrap();
    let sum = <sha2::Sha384 as sha2::Digest>::digest(text.as_bytes()).to_vec();
    database
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (?1, ?2, 1, ?3, 1)",
            (version, name, sum),
        )
        .unwrap();
}

fn declare(repo: &TestRepo, checks: &str, timeout: &str) {
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = false\n\
             timeout = \"{timeout}\"\nat = [\"commit\"]\nchecks = {checks}\n"
        ),
    );
}

fn by_hand(repo: &TestRepo, sql: &str) {
    Connection::open(repo.path().join("dev.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn an_audit_is_silent_where_all_is_in_step_and_leaves_no_trace() {
    let repo = shop();
    let bytes = fs::read(repo.path().join("dev.db")).unwrap();
    let report = repo.guard(&["audit", "dev", "--format", "json"]).success();
    assert_eq!(report.rules(), [""; 0]);
    assert!(report.out().contains("\"objects\": "), "{}", report.out());
    repo.guard(&["check"]).success();
    assert_eq!(fs::read(repo.path().join("dev.db")).unwrap(), bytes);
    let names: Vec<String> = fs::read_dir(repo.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("dev.db"))
        .collect();
    assert_eq!(names, ["dev.db"]);
}

#[test]
fn an_audit_says_what_was_done_by_hand() {
    let repo = shop();
    by_hand(&repo, "CREATE INDEX fast ON users (name); DROP TABLE orders;");
    let report = repo.guard(&["audit", "dev", "--format", "json"]).code(1);
    assert_eq!(report.rules(), ["recorded-not-executed", "unexpected-object"]);
    // A commit did not make it: it is said, and goes through.
    let report = repo.guard(&["check", "--format", "json"]).success();
    assert_eq!(report.rules(), ["recorded-not-executed", "unexpected-object"]);
    // Where nobody asks for the schema, it is not read.
    declare(&repo, "[\"ledger\"]", "5s");
    assert_eq!(repo.guard(&["check", "--format", "json"]).success().rules(), [""; 0]);
}

#[test]
fn what_a_history_makes_is_remembered_as_long_as_it_is_that_history() {
    let repo = shop();
    by_hand(&repo, "CREATE INDEX fast ON users (name);");
    let audit = || repo.guard(&["audit", "dev", "--format", "json"]).code(1);
    assert_eq!(audit().rules(), ["unexpected-object"]);
    let git = repo.path().join(".git");
    let kept = fs::read(git.join("guard/made")).unwrap();
    let sum = kept[28..60].try_into().unwrap();
    let text = journal::made(&git, &sum).unwrap();
    assert_eq!(audit().rules(), ["unexpected-object"]);
    // What nobody makes can only come from there.
    let line = "[\"table\",\"\",\"of_memory\",\"\"]\n\0";
    journal::remember_made(&git, &sum, &text.replacen('\0', line, 1));
    let report = audit();
    assert_eq!(report.rules(), ["missing-object", "unexpected-object"]);
    assert!(report.out().contains("of_memory"), "{}", report.out());
    // With another migration it is another history.
    repo.write("migrations/0004_days.sql", "CREATE TABLE days (day TEXT);\n");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "days"]);
    apply(&repo, 4, "days");
    assert_eq!(audit().rules(), ["unexpected-object"]);
    assert_ne!(fs::read(git.join("guard/made")).unwrap(), kept);
}

#[test]
fn an_audit_names_the_migration_that_was_run_past_the_tool() {
    let repo = shop();
    repo.write("migrations/0004_phone.sql", "ALTER TABLE users ADD COLUMN phone TEXT;\n");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "phone"]);
    by_hand(&repo, "ALTER TABLE users ADD COLUMN phone TEXT");
    let report = repo.guard(&["audit", "sqlite:dev.db", "--format", "json"]).code(1);
    assert_eq!(report.rules(), ["applied-by-hand"]);
    assert!(report.out().contains("\"confidence\": \"proven\""), "{}", report.out());
    // A database that nobody has declared has no line in guard.toml.
    Connection::open(repo.path().join("dev.db")).unwrap().execute("DROP TABLE _sqlx_migrations", ()).unwrap();
    let report = repo.guard(&["audit", "sqlite:dev.db"]).success();
    assert!(report.out().contains("no ledger") && !report.out().contains("guard.toml"), "{}", report.out());
    let report = repo.guard(&["doctor"]).code(1);
    assert!(report.out().contains("has 2 tables, but no ledger _sqlx_migrations"), "{}", report.out());
}

#[test]
fn a_replay_that_does_not_end_costs_its_time_and_is_a_skip() {
    let repo = shop();
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n;\n";
    repo.write("migrations/0003_mail.sql", format!("ALTER TABLE users ADD COLUMN mail TEXT;\n{endless}"));
    declare(&repo, "[\"ledger\", \"drift\"]", "700ms");
    let text = fs::read(repo.path().join("migrations/0003_mail.sql")).unwrap();
    let sum = <sha2::Sha384 as sha2::Digest>::digest(text).to_vec();
    Connection::open(repo.path().join("dev.db"))
        .unwrap()
        .execute("UPDATE _sqlx_migrations SET checksum = ?1 WHERE version = 3", (sum,))
        .unwrap();
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "endless"]);
    let begin = Instant::now();
    let report = repo.guard(&["check"]).success();
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    let said = crate::services::one_line(report.out().as_bytes());
    // The budget of a commit is shorter than what the database may take.
    declare(&repo, "[\"ledger\", \"drift\"]", "60s");
    let text = fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    repo.write("guard.toml", text + "[hook]\nbudget = \"800ms\"\n");
    let begin = Instant::now();
    repo.guard(&["check"]).success();
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(said.contains("dev (schema)") && said.contains("no answer within the time allowed"), "{said}");
}

#[test]
fn who_names_a_database_waits_for_it_longer_than_a_commit_would() {
    let repo = shop();
    declare(&repo, "[\"ledger\"]", "1ms");
    let report = repo.guard(&["audit", "dev", "--format", "json"]).success().json();
    assert_eq!(report["outages"], serde_json::json!([]), "{report}");
    assert_ne!(report["examined"]["objects"], 0, "{report}");
    // One that takes the call and never says anything.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://ada@{}/shop?sslmode=disable", listener.local_addr().unwrap());
    let file = fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    repo.write("guard.toml", file.replace("sqlite:dev.db", &url));
    let report = repo.guard(&["audit", "dev", "--timeout", "1"]).success();
    assert!(report.out().contains("no answer within"), "{}", report.out());
    repo.guard(&["audit", &url, "--timeout", "1"]).code(2);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let repo = shop();
    for (arguments, words) in [
        (&["audit"][..], "no database is declared for the moment"),
        (&["audit", "other"], "there is no database \"other\" (guard.toml declares dev)"),
        (&["audit", "nosql://x"], "this is no URL of a database"),
    ] {
        let report = repo.guard(arguments).code(2);
        assert!(report.err().contains(words), "{arguments:?}: {}", report.err());
    }
}

/// dbmate keeps no checksum: which text ran, only the schema and the history can tell.
#[test]
fn an_audit_finds_the_text_that_ran_in_the_history() {
    let repo = TestRepo::new();
    let path = "db/migrations/1_users.sql";
    let text = |column: &str| {
        format!(
            "-- migrate:up\nCREATE TABLE users (id INTEGER PRIMARY KEY, {column});\n-- migrate:down\nDROP TABLE users;\n"
        )
    };
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"dbmate\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = true\ntimeout = \"10s\"\n\
         at = [\"audit\"]\n",
    );
    repo.write(".gitignore", "*.db\n");
    repo.write(path, text("name TEXT"));
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "as it ran"]);
    let ran = repo.git(&["rev-parse", "--short=8", "HEAD"]);
    repo.write(path, text("name TEXT NOT NULL"));
    repo.git(&["commit", "-qam", "edited later"]);
    by_hand(
        &repo,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); \
         CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1')",
    );
    let report = repo.guard(&["audit", "--format", "json"]).code(1);
    assert!(report.rules().contains(&"edited-after-apply".to_owned()), "{}", report.out());
    assert!(report.out().contains(&ran) && report.out().contains("as it ran"), "{}", report.out());
}
