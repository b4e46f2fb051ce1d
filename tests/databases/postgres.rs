//! PostgreSQL: the contract, and what only a server can get wrong: silence, refusals, locks, roles, schemas, encryption.

mod changelogs;
mod commits;
mod folders;
mod harmless;
mod majors;
mod mutations;
mod pooler;
mod replay;
mod rights;
mod schema;
mod scratch;
mod silence;
mod tls;
mod witness;

use std::any::Any;
use std::path::Path;
use std::time::{Duration, Instant};

use migguard::db::{Cell, Database, DatabaseUrl, DbError, open};
use migguard::model::TableName;

use super::{AMPLE, Engine, contract, names, read};
use crate::support::postgres::{ENCODED, PASSWORD, Server};

/// A database of its own on the shared server.
struct Postgres {
    server: &'static Server,
    database: String,
}

impl Postgres {
    fn fresh() -> Self {
        let server = Server::shared();
        Self { server, database: server.create() }
    }

    fn with_ledger() -> Self {
        let postgres = Self::fresh();
        postgres.run("CREATE TABLE ledger (id INTEGER PRIMARY KEY); INSERT INTO ledger VALUES (1), (2)");
        postgres
    }

    fn url(&self) -> String {
        self.server.socket_url("postgres", &self.database)
    }

    /// Over TCP, with what stands before and after the place.
    fn tcp(&self, user: &str, parameters: &str) -> String {
        format!("postgres://{user}@localhost:{}/{}?{parameters}", self.server.port, self.database)
    }

    fn ask(&self, question: &str) -> Option<String> {
        self.server.admin(&self.database).ask(question)
    }
}

impl Engine for Postgres {
    fn run(&self, script: &str) {
        self.server.admin(&self.database).run(script);
    }

    fn open(&self, time: Duration) -> Result<Box<dyn Database>, DbError> {
        open_url(&self.url(), time)
    }

    fn block_readers(&self) -> Box<dyn Any> {
        let admin = self.server.admin(&self.database);
        admin.run("BEGIN; LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE");
        Box::new(admin)
    }

    fn bytes(&self) -> (&'static str, &'static str) {
        ("BYTEA", "'\\x00ff'")
    }

    fn quote(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

fn open_url(url: &str, time: Duration) -> Result<Box<dyn Database>, DbError> {
    open(&DatabaseUrl::parse(url, Path::new("")).unwrap(), Instant::now() + time)
}

/// Why it cannot be opened.
fn refusal(url: &str, time: Duration) -> DbError {
    open_url(url, time).map(drop).expect_err(url)
}

fn ids(url: &str) -> Result<Vec<Vec<Cell>>, DbError> {
    read(&mut *open_url(url, AMPLE)?, "ledger", &["id"])
}

fn both() -> Vec<Vec<Cell>> {
    vec![vec![Cell::Integer(1)], vec![Cell::Integer(2)]]
}

#[test]
fn the_contract_is_kept() {
    contract(Postgres::fresh);
}

#[test]
fn a_table_made_anew_is_another_one() {
    let postgres = Postgres::with_ledger();
    let incarnation = |table: &TableName| postgres.open(AMPLE).unwrap().incarnation(table).unwrap();
    let plain = TableName::plain("ledger");
    let before = incarnation(&plain).unwrap();
    let named = TableName { schema: Some("public".to_owned()), ..plain.clone() };
    assert_eq!(incarnation(&named), Some(before.clone()));
    postgres.run("TRUNCATE ledger");
    postgres.run("VACUUM FULL ledger");
    assert_eq!(incarnation(&plain), Some(before.clone()));
    postgres.run("DROP TABLE ledger; CREATE TABLE ledger (id INTEGER PRIMARY KEY)");
    assert_ne!(incarnation(&plain), Some(before));
    assert_eq!(incarnation(&TableName::plain("absent")), None);
}

/// Everything that a statement of guard could be made to do by a hostile view, as a superuser.
#[test]
fn a_superuser_cannot_write_through_guard() {
    let postgres = Postgres::with_ledger();
    postgres.run("CREATE SEQUENCE numbers; CREATE TABLE other (id INTEGER); INSERT INTO other VALUES (7)");
    let writes = [
        "INSERT INTO other VALUES (8)",
        "UPDATE other SET id = 9",
        "DELETE FROM other",
        "TRUNCATE other",
        "DROP TABLE other",
        "CREATE TABLE more (id INTEGER)",
        "ALTER TABLE other ADD x INTEGER",
        "CREATE ROLE hostile",
        "PERFORM nextval('numbers')",
        "PERFORM lo_create(0)",
        "SELECT id FROM other FOR UPDATE",
        "PERFORM set_config('transaction_read_only', 'off', false); INSERT INTO other VALUES (8)",
        "SET TRANSACTION READ WRITE; INSERT INTO other VALUES (8)",
    ];
    for (number, write) in writes.iter().enumerate() {
        postgres.run(&format!(
            "CREATE FUNCTION write{number}() RETURNS INTEGER LANGUAGE plpgsql AS $$ BEGIN {write}; RETURN 1; END $$;
             CREATE VIEW hostile{number} AS SELECT write{number}() AS id"
        ));
    }
    postgres.run("CREATE VIEW path AS SELECT set_config('search_path', 'nowhere', false) AS id");
    let digest = || postgres.ask(DIGEST).unwrap();
    let before = digest();
    for (number, write) in writes.iter().enumerate() {
        let mut database = postgres.open(AMPLE).unwrap();
        let answer = read(&mut *database, &format!("hostile{number}"), &["id"]);
        // Servers before 16 take a large object for no writing; it is rolled back.
        let refused = matches!(&answer, Err(DbError::Failed(_)));
        assert!(refused || write.contains("lo_create"), "{write}: {answer:?}");
        assert_eq!(
            read(&mut *database, "ledger", &["id"]).unwrap(),
            both(),
            "it still answers after {write}"
        );
    }
    // What is no writing to the server, and is gone with the transaction.
    read(&mut *postgres.open(AMPLE).unwrap(), "path", &["id"]).unwrap();
    assert_eq!(digest(), before);
}

/// All that those writes would change, in one word.
const DIGEST: &str = "\
    SELECT concat_ws('/', (SELECT string_agg(id::text, ',') FROM other), (SELECT count(*) FROM pg_class), \
                     (SELECT count(*) FROM pg_attribute), (SELECT is_called FROM numbers), \
                     (SELECT count(*) FROM pg_roles WHERE rolname = 'hostile'), \
                     (SELECT count(*) FROM pg_largeobject_metadata))";

#[test]
fn one_snapshot_from_the_first_question_to_the_last() {
    let postgres = Postgres::with_ledger();
    let mut database = postgres.open(AMPLE).unwrap();
    assert_eq!(names(&mut *database), ["ledger"]);
    postgres.run("INSERT INTO ledger VALUES (3); CREATE TABLE late (id INTEGER)");
    assert_eq!(read(&mut *database, "ledger", &["id"]).unwrap(), both());
    assert_eq!(names(&mut *database), ["ledger"]);
    assert_eq!(names(&mut *postgres.open(AMPLE).unwrap()), ["late", "ledger"]);
}

#[test]
fn types_as_the_server_prints_them() {
    let postgres = Postgres::fresh();
    postgres.run(
        "CREATE DOMAIN version AS BIGINT; CREATE TYPE mood AS ENUM ('sad');
         CREATE TABLE ledger (small SMALLINT, truth BOOLEAN, at TIMESTAMPTZ, id UUID, doc JSONB, list TEXT[],
                              price NUMERIC(5, 2), version VERSION, mood MOOD, tag CHAR(3), single REAL);
         INSERT INTO ledger VALUES (7, TRUE, '2026-01-02 03:04:05.678+01', '00000000-0000-0000-0000-00000000000a',
                                    '{\"a\": 1}', '{a,\"b c\"}', 1.5, 20260102030405, 'sad', 'x', 0.1);
         ALTER DATABASE CURRENT_DB SET bytea_output = escape"
            .replace("ALTER DATABASE CURRENT_DB", &format!("ALTER DATABASE {}", postgres.database))
            .as_str(),
    );
    let columns = ["small", "truth", "at", "id", "doc", "list", "price", "version", "mood", "tag", "single"];
    let rows = read(&mut *postgres.open(AMPLE).unwrap(), "ledger", &columns).unwrap();
    let text = |text: &str| Cell::Text(text.into());
    assert_eq!(
        rows[0],
        [
            Cell::Integer(7),
            Cell::Integer(1),
            text("2026-01-02 02:04:05.678+00"),
            text("00000000-0000-0000-0000-00000000000a"),
            text("{\"a\": 1}"),
            text("{a,\"b c\"}"),
            text("1.50"),
            Cell::Integer(20_260_102_030_405),
            text("sad"),
            text("x  "),
            Cell::Real(0.1),
        ]
    );
    // The list of tables saves a question, but not for what it does not say: what a domain is based on.
    let mut database = postgres.open(AMPLE).unwrap();
    let listed = database.tables().unwrap();
    let (mut again, names) = (Vec::new(), columns.map(str::to_owned));
    database.rows(&listed[0].name, &names, &mut |cells| again.push(cells.to_vec())).unwrap();
    assert_eq!(again, rows);
}

#[test]
fn without_a_key_rows_come_as_they_lie_and_a_key_of_two_columns_sorts_by_both() {
    let postgres = Postgres::fresh();
    postgres.run(
        "CREATE TABLE heap (id INTEGER); INSERT INTO heap VALUES (3), (1), (2);
         CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (b, a)); INSERT INTO pair VALUES (1, 2), (2, 1), (1, 1);
         CREATE TABLE parts (id INTEGER) PARTITION BY RANGE (id);
         CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9); INSERT INTO parts VALUES (5)",
    );
    let mut database = postgres.open(AMPLE).unwrap();
    let row = |values: &[i64]| values.iter().map(|value| Cell::Integer(*value)).collect::<Vec<_>>();
    assert_eq!(read(&mut *database, "heap", &["id"]).unwrap(), [row(&[3]), row(&[1]), row(&[2])]);
    assert_eq!(
        read(&mut *database, "pair", &["a", "b"]).unwrap(),
        [row(&[1, 1]), row(&[2, 1]), row(&[1, 2])]
    );
    assert_eq!(read(&mut *database, "parts", &["id"]).unwrap(), [row(&[5])]);
    assert_eq!(names(&mut *database), ["heap", "pair", "parts"], "a partition is no table of its own");
}

#[test]
fn tables_of_other_schemas_are_listed_with_them_and_the_search_path_says_which_is_meant() {
    let postgres = Postgres::with_ledger();
    postgres.run(
        "CREATE SCHEMA tenant; CREATE TABLE tenant.ledger (id INTEGER); INSERT INTO tenant.ledger VALUES (9);
         CREATE TABLE tenant.only_there (id INTEGER)",
    );
    let listed = |url: &str| -> Vec<(String, bool)> {
        let tables = open_url(url, AMPLE).unwrap().tables().unwrap();
        tables.iter().map(|table| (table.name.to_string(), table.visible)).collect()
    };
    let named = |name: &str, visible| (name.to_owned(), visible);
    assert_eq!(
        listed(&postgres.url()),
        [named("public.ledger", true), named("tenant.ledger", false), named("tenant.only_there", false)]
    );
    let prisma = format!("{}?schema=tenant&pgbouncer=true&connection_limit=1", postgres.url());
    assert_eq!(
        listed(&prisma),
        [named("tenant.ledger", true), named("tenant.only_there", true), named("public.ledger", false)]
    );
    assert_eq!(ids(&prisma).unwrap(), [[Cell::Integer(9)]]);
    assert_eq!(ids(&postgres.url()).unwrap(), both());
    let options = format!("{}?options=-csearch_path%3Dtenant", postgres.url());
    assert_eq!(ids(&options).unwrap(), [[Cell::Integer(9)]]);
    let mut database = postgres.open(AMPLE).unwrap();
    let mut found = Vec::new();
    let tenant = TableName { schema: Some("tenant".to_owned()), name: "ledger".to_owned() };
    database.rows(&tenant, &["id".to_owned()], &mut |row| found.push(row.to_vec())).unwrap();
    assert_eq!(found, [[Cell::Integer(9)]]);
    assert!(matches!(
        read(&mut *database, "only_there", &["id"]),
        Err(DbError::Failed(what)) if what.contains("there is no table only_there")
    ));
}

#[test]
fn a_role_that_may_not_read_the_ledger_is_denied_and_does_not_miss_it() {
    let postgres = Postgres::with_ledger();
    postgres.run(
        "CREATE SCHEMA closed; CREATE TABLE closed.ledger (id INTEGER); REVOKE ALL ON SCHEMA closed FROM PUBLIC",
    );
    let mut database = open_url(&postgres.server.socket_url("stranger", &postgres.database), AMPLE).unwrap();
    assert_eq!(names(&mut *database), ["ledger", "ledger"]);
    let error = read(&mut *database, "ledger", &["id"]).unwrap_err();
    assert!(matches!(&error, DbError::Denied(what) if what.contains("ledger")), "{error:?}");
    let closed = TableName { schema: Some("closed".to_owned()), name: "ledger".to_owned() };
    let error = database.rows(&closed, &["id".to_owned()], &mut |_| {}).unwrap_err();
    assert!(matches!(&error, DbError::Denied(what) if what.contains("closed")), "{error:?}");
    let error = read(&mut *database, "absent", &["id"]).unwrap_err();
    assert!(
        matches!(&error, DbError::Failed(what) if what.contains("there is no table absent")),
        "{error:?}"
    );
    // A policy that hides rows must not look like a short ledger.
    postgres.run(
        "GRANT SELECT ON ledger TO stranger; ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
         CREATE POLICY half ON ledger USING (id = 1)",
    );
    let error = ids(&postgres.server.socket_url("stranger", &postgres.database)).unwrap_err();
    assert!(matches!(&error, DbError::Denied(what) if what.contains("some of the rows only")), "{error:?}");
}

#[test]
fn passwords_of_every_kind_let_in_and_wrong_ones_do_not() {
    let postgres = Postgres::with_ledger();
    postgres.run("GRANT SELECT ON ledger TO PUBLIC");
    for role in ["scram", "md5", "clear"] {
        let right = postgres.tcp(&format!("{role}:{ENCODED}"), "sslmode=disable");
        assert_eq!(ids(&right).unwrap(), both(), "{role}");
        for (url, words) in [
            (postgres.tcp(&format!("{role}:wrong-{ENCODED}"), ""), "password authentication failed"),
            (postgres.tcp(role, ""), "asks for a password, and there is none"),
        ] {
            let error = refusal(&url, AMPLE);
            assert!(matches!(&error, DbError::Denied(what) if what.contains(words)), "{role}: {error:?}");
            assert!(!error.to_string().contains(PASSWORD), "{error}");
        }
    }
    let absent = refusal(&postgres.server.socket_url("postgres", "no_such_database"), AMPLE);
    assert!(matches!(&absent, DbError::Failed(what) if what.contains("no_such_database")), "{absent:?}");
}

#[test]
fn what_is_not_in_the_url_comes_from_the_variables_and_the_files() {
    let postgres = Postgres::with_ledger();
    postgres.run("GRANT SELECT ON ledger TO PUBLIC");
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    let (port, database) = (postgres.server.port.to_string(), postgres.database.as_str());
    file(".pgpass", &format!("*:{port}:{database}:scram:{}\n", PASSWORD.replace(':', "\\:")));
    file(
        ".pg_service.conf",
        &format!(
            "[other]\nhost=nowhere\n[app]\nhost=localhost\nport={port}\ndbname={database}\nuser=scram\n"
        ),
    );
    let home = home.path().to_str().unwrap();
    let with = |url: &str, variables: &[(&str, &str)]| {
        let lookup = |name: &str| {
            let mut all = [("HOME", home)].into_iter().chain(variables.iter().copied());
            all.rfind(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        let url = DatabaseUrl::parse(url, Path::new("")).unwrap().complete(&lookup).unwrap();
        let shown = format!("{url} {url:?}");
        assert!(!shown.contains(PASSWORD) && !shown.contains("hunter2"), "{shown}");
        let mut database = open(&url, Instant::now() + AMPLE)?;
        read(&mut *database, "ledger", &["id"])
    };
    let place = [("PGHOST", "localhost"), ("PGPORT", &port), ("PGDATABASE", database), ("PGUSER", "scram")];
    assert_eq!(with("postgres://", &place).unwrap(), both(), "password file");
    assert_eq!(with("postgres://", &[("PGSERVICE", "app")]).unwrap(), both(), "service by variable");
    assert_eq!(with("postgresql:///?service=app", &[]).unwrap(), both(), "service by URL");
    let all = [&place[..], &[("PGPASSWORD", PASSWORD), ("PGPASSFILE", "/none")]].concat();
    assert_eq!(with("postgres://", &all).unwrap(), both(), "password by variable");
    let wrong = [&place[..], &[("PGPASSWORD", "wrong")]].concat();
    assert!(
        matches!(with("postgres://", &wrong), Err(DbError::Denied(_))),
        "the variable counts before the file"
    );
    assert_eq!(with(&postgres.url(), &wrong).unwrap(), both(), "the URL counts before the variables");
    let sockets = postgres.server.dir.to_str().unwrap();
    let socket = format!("postgresql+psycopg2:///{database}?host={sockets}&port={port}&user=postgres");
    assert_eq!(with(&socket, &[]).unwrap(), both(), "socket by parameter");
    let jdbc = format!(
        "jdbc:postgresql://localhost:{port}/{database}?user=scram&password={ENCODED}&currentSchema=public"
    );
    assert_eq!(with(&jdbc, &[("PGPASSFILE", "/none")]).unwrap(), both(), "JDBC");
    std::fs::set_permissions(
        Path::new(home).join(".pgpass"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let error = with("postgres://", &place).unwrap_err();
    assert!(matches!(&error, DbError::Denied(what) if what.contains("chmod 600")), "{error:?}");
}
