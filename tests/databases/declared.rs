//! The contract on servers that somebody else runs: `GUARD_TEST_POSTGRES_URL` and `GUARD_TEST_MYSQL_URL` name one each, with a
//! user who may make databases. What has to be arranged on a server itself is tried on those that the tests start.

use std::any::Any;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use migguard::config::env;
use migguard::db::{Database, DatabaseUrl, DbError, open};
use migguard::drift::{History, Limits, Step, judge};
use migguard::expected::{Like, open_like};
use migguard::model::{Dialect, Script};
use regex::Regex;

use super::{Engine, contract};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    MySql,
}

/// A database that was made on such a server, and is dropped with this.
struct Declared {
    kind: Kind,
    /// Of the server, with the database that was named.
    server: String,
    database: String,
}

impl Declared {
    fn fresh(kind: Kind, server: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let database = format!("guard_declared_{}_{number}", std::process::id());
        let declared = Self { kind, server: server.to_owned(), database };
        run(declared.client(None), &format!("CREATE DATABASE {};", declared.database));
        declared
    }

    /// The parts of the URL: all before the database, the database, all behind it.
    fn url(&self) -> String {
        let parts = Regex::new(r"^([a-z]+://[^/?]*)/?([^?]*)(\?.*)?$").unwrap();
        let parts = parts.captures(&self.server).expect("a URL with a host");
        format!("{}/{}{}", &parts[1], self.database, parts.get(3).map_or("", |rest| rest.as_str()))
    }

    /// The server's own client, in this database or in the one that was named.
    fn client(&self, database: Option<&str>) -> Command {
        let url = if database.is_some() { self.url() } else { self.server.clone() };
        if self.kind == Kind::Postgres {
            let mut client = Command::new("psql");
            client.args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", &url]);
            return client;
        }
        let parts =
            Regex::new(r"^[a-z]+://([^:@/]+)(?::([^@/]*))?@([^:/?]+)(?::([0-9]+))?/?([^?]*)").unwrap();
        let parts = parts.captures(&url).expect("mysql://user:password@host:port/database");
        let part = |at: usize| parts.get(at).map_or("", |part| part.as_str());
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "--batch", "--skip-column-names", "--unbuffered", "--protocol=tcp"]);
        client.args(["--default-character-set=utf8mb4", "--binary-mode"]);
        client
            .arg(format!("--user={}", part(1)))
            .arg(format!("--host={}", part(3)))
            .env("MYSQL_PWD", part(2));
        client.arg(format!("--port={}", if part(4).is_empty() { "3306" } else { part(4) })).arg(part(5));
        client
    }
}

/// Runs statements.
fn run(mut client: Command, script: &str) {
    client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut client = client.spawn().unwrap();
    client.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = client.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stderr));
}

impl Drop for Declared {
    fn drop(&mut self) {
        let force = if self.kind == Kind::Postgres { " WITH (FORCE)" } else { "" };
        run(self.client(None), &format!("DROP DATABASE {}{force};", self.database));
    }
}

/// A client that holds a lock.
struct Holder(Child, Option<ChildStdin>);

impl Drop for Holder {
    fn drop(&mut self) {
        // At the end of its statements it leaves, and the lock with it.
        drop(self.1.take());
        let _ = self.0.wait();
    }
}

impl Engine for Declared {
    fn run(&self, script: &str) {
        run(self.client(Some(&self.database)), &format!("{script};"));
    }

    fn open(&self, time: Duration) -> Result<Box<dyn Database>, DbError> {
        open(&DatabaseUrl::parse(&self.url(), Path::new("")).unwrap(), Instant::now() + time)
    }

    fn block_readers(&self) -> Box<dyn Any> {
        let mut client = self.client(Some(&self.database));
        let mut client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = client.stdin.take().unwrap();
        let lock = match self.kind {
            Kind::Postgres => "BEGIN; LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE",
            Kind::MySql => "LOCK TABLES ledger WRITE",
        };
        stdin.write_all(format!("{lock};\nSELECT 'held';\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(client.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Box::new(Holder(client, Some(stdin)))
    }

    fn bytes(&self) -> (&'static str, &'static str) {
        match self.kind {
            Kind::Postgres => ("BYTEA", "'\\x00ff'"),
            Kind::MySql => ("VARBINARY(20)", "X'00ff'"),
        }
    }

    fn quote(&self, name: &str) -> String {
        match self.kind {
            Kind::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
            Kind::MySql => format!("`{}`", name.replace('`', "``")),
        }
    }

    fn endless(&self) -> &'static str {
        match self.kind {
            Kind::Postgres => {
                "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n WHERE i = 2;
                 CREATE VIEW flood AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n"
            }
            // Neither MySQL nor MariaDB has a recursion without end, and only MariaDB has tables of numbers.
            Kind::MySql => {
                "CREATE VIEW endless AS SELECT BENCHMARK(1000000000000, SQRT(2)) AS i;
                 CREATE VIEW flood AS SELECT a.ORDINAL_POSITION AS i FROM information_schema.COLUMNS a,
                     information_schema.COLUMNS b, information_schema.COLUMNS c"
            }
        }
    }

    fn has_name(&self, name: &str) -> bool {
        self.kind == Kind::Postgres || !name.ends_with(' ')
    }
}

#[test]
#[ignore = "runs on the server that GUARD_TEST_POSTGRES_URL names"]
fn a_declared_postgres_keeps_the_contract() {
    let server = env::get("GUARD_TEST_POSTGRES_URL").expect("GUARD_TEST_POSTGRES_URL=...");
    contract(|| Declared::fresh(Kind::Postgres, &server));
}

#[test]
#[ignore = "runs on the server that GUARD_TEST_MYSQL_URL names"]
fn a_declared_mysql_keeps_the_contract() {
    let server = env::get("GUARD_TEST_MYSQL_URL").expect("GUARD_TEST_MYSQL_URL=...");
    contract(|| Declared::fresh(Kind::MySql, &server));
}

/// What both families of servers have, read there and replayed here: the same.
#[test]
#[ignore = "runs on the server that GUARD_TEST_MYSQL_URL names"]
fn the_schema_of_a_declared_mysql_is_what_a_replay_makes() {
    let server = env::get("GUARD_TEST_MYSQL_URL").expect("GUARD_TEST_MYSQL_URL=...");
    let declared = Declared::fresh(Kind::MySql, &server);
    let statements = "
        CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, name varchar(20) NOT NULL DEFAULT 'x' COMMENT 'y', doc json,
            low varchar(20) GENERATED ALWAYS AS (lower(name)) STORED, at timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
            KEY by_name (name(5) DESC), UNIQUE KEY one_name (name), FULLTEXT KEY words (name), CONSTRAINT kinds CHECK (name <> 'z'));
        CREATE TABLE orders (id int PRIMARY KEY, buyer int, CONSTRAINT f FOREIGN KEY (buyer) REFERENCES users (id) ON DELETE CASCADE);
        CREATE TABLE parts (id int, y int) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (10));
        CREATE VIEW v AS SELECT id, upper(name) AS big FROM users WHERE id > 3 WITH CHECK OPTION;
        CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET new.name = 'a';
        CREATE PROCEDURE p(IN a int) SELECT a;
        CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN a + 1;
        CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders";
    declared.run(statements);
    let read = || {
        let mut database = declared.open(Duration::from_secs(20)).unwrap();
        (database.schema().unwrap(), database.surroundings().unwrap())
    };
    let (before, surroundings) = read();
    assert!(before.0.len() > 30, "{before:?}");
    let script = Script { text: statements.to_owned(), line: 1, transaction: true };
    let deadline = Instant::now() + Duration::from_secs(60);
    let like = Like { live: Some(&surroundings), ..Like::new(&env::get) };
    let mut scratch = open_like(Dialect::MySql, &like, deadline).unwrap();
    let step = Step { migration: (0, "1".to_owned()), script: Some(script), old: Vec::new() };
    let history = History { recorded: vec![step], pending: Vec::new() };
    let limits = Limits { trials: 0, deadline };
    let drift = judge(before.clone(), &history, &mut *scratch, &|_| false, limits).unwrap();
    assert!(
        drift.unexplained.is_empty() && drift.unreplayable.is_empty() && drift.not_judged == 0,
        "{drift:?}"
    );
    declared.run("ALTER TABLE users DROP KEY words; DROP TRIGGER t; ALTER TABLE orders DROP FOREIGN KEY f");
    let found: Vec<String> = before.unlike(&read().0).into_iter().map(|one| one.id.to_string()).collect();
    assert_eq!(found, ["foreign key orders.f", "trigger users.t", "index users.words"]);
}
