//! Migrations replayed on a server that guard.toml declares for it: another one than the audited, with what guard makes on it and nothing else.

use std::sync::{Mutex, MutexGuard, OnceLock};

use migguard::config::env;
use migguard::drift::{History, Limits, Step, judge};
use migguard::expected::{Elsewhere, Like, Scratch, Trouble, leftovers, open_like};
use migguard::model::{Dialect, Script};

use super::*;
use crate::support::TestRepo;

/// Another server. One test at a time has it: each looks at all that is there afterwards.
fn other() -> (&'static Server, MutexGuard<'static, ()>) {
    static OTHER: OnceLock<Server> = OnceLock::new();
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let other = OTHER.get_or_init(|| {
        let server = Server::start();
        server.admin("postgres").run(
            "CREATE ROLE maker LOGIN CREATEDB; CREATE ROLE idle LOGIN; CREATE ROLE owner LOGIN CREATEDB; \
             CREATE ROLE reader LOGIN CREATEDB; GRANT pg_read_server_files TO reader; CREATE ROLE chief LOGIN CREATEDB CREATEROLE",
        );
        server.admin("postgres").run("CREATE DATABASE shop OWNER owner");
        server
    });
    (other, alone)
}

fn url(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text, Path::new("")).unwrap()
}

fn open_on(scratch: &str, audited: &str, time: Duration) -> Result<Box<dyn Scratch>, DbError> {
    let (scratch, audited) = (url(scratch), url(audited));
    let elsewhere = Elsewhere { scratch: &scratch, audited: &audited };
    let like = Like { database: Some("shop"), scratch: Some(elsewhere), ..Like::new(&env::get) };
    open_like(Dialect::Postgres, &like, Instant::now() + time)
}

fn script(text: &str) -> Script {
    Script { text: text.to_owned(), line: 1, transaction: true }
}

/// Databases and roles of guard's that are on it.
fn left(server: &Server) -> String {
    let question = "SELECT string_agg(n, ' ') FROM (SELECT datname FROM pg_database UNION SELECT rolname FROM pg_roles) x (n) \
                    WHERE n LIKE 'guard\\_%'";
    server.admin("postgres").ask(question).unwrap_or_default()
}

const MIGRATIONS: [&str; 3] = [
    "CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE users (id bigserial PRIMARY KEY, k kind CHECK (k IN ('a', 'b')));",
    "CREATE ROLE app LOGIN; GRANT SELECT ON users TO app; ALTER TABLE users OWNER TO app; CREATE EXTENSION citext;",
    "CREATE TABLE orders (id int PRIMARY KEY, mail citext); CREATE VIEW v AS SELECT id FROM orders WHERE id IN (1, 2);",
];

#[test]
fn a_history_is_replayed_there_and_nothing_is_left() {
    let (other, _alone) = other();
    let live = Postgres::fresh();
    live.run(&MIGRATIONS[0].replace("bigserial", "bigserial"));
    live.run("CREATE EXTENSION citext");
    live.run(MIGRATIONS[2]);
    let step = |text: &&str| Step {
        migration: (0, (*text).to_owned()),
        script: Some(script(text)),
        old: Vec::new(),
    };
    let history = History { recorded: MIGRATIONS.iter().map(step).collect(), pending: Vec::new() };
    for (role, own) in [("postgres", true), ("chief", true), ("maker", false)] {
        let mut scratch = open_on(&other.socket_url(role, "postgres"), &live.url(), 6 * AMPLE).unwrap();
        let name = scratch.name();
        assert!(name.starts_with("PostgreSQL 1") && name.contains("on the scratch server "), "{name}");
        assert_eq!(name.ends_with(", as a role of guard's own"), own, "{name}");
        assert!(!left(other).is_empty());
        let schema = live.open(AMPLE).unwrap().schema().unwrap();
        let limits = Limits { trials: 20, deadline: Instant::now() + 3 * AMPLE };
        let drift = judge(schema, &history, &mut *scratch, &|_| false, limits).unwrap();
        assert!(drift.is_none(), "{role}: {drift:?}");
        assert!(drift.objects > 8, "{}", drift.objects);
        // What was done by hand is found, and tried by further replays.
        live.run("DROP VIEW v; DROP TABLE orders");
        let schema = live.open(AMPLE).unwrap().schema().unwrap();
        let limits = Limits { trials: 20, deadline: Instant::now() + 3 * AMPLE };
        let drift = judge(schema, &history, &mut *scratch, &|_| false, limits).unwrap();
        assert_eq!(drift.accounts.len(), 1, "{drift:?}");
        live.run(MIGRATIONS[2]);
        drop(scratch);
        assert_eq!(left(other), "", "{role}");
        assert_eq!(
            other.admin("postgres").ask("SELECT count(*) FROM pg_roles WHERE rolname = 'app'").unwrap(),
            "0"
        );
    }
}

#[test]
fn the_audited_server_is_refused_under_any_address() {
    let live = Postgres::fresh();
    let databases = "SELECT count(*) FROM pg_database WHERE datname LIKE 'guard_scratch_%'";
    for scratch in [
        live.server.socket_url("postgres", "postgres"),
        live.url(),
        format!("postgres://scram:{ENCODED}@127.0.0.1:{}/postgres", live.server.port),
    ] {
        let refused = open_on(&scratch, &live.url(), 3 * AMPLE).map(|scratch| scratch.name()).unwrap_err();
        assert!(
            refused.to_string().contains("is the server of the audited database"),
            "{scratch}: {refused}"
        );
        assert_eq!(live.ask(databases).unwrap(), "0");
    }
}

#[test]
fn a_role_that_could_do_more_is_refused() {
    let (other, _alone) = other();
    let live = Postgres::fresh();
    for (role, why) in [
        ("idle", "may not make databases"),
        ("owner", "owns the database shop"),
        ("reader", "is a member of pg_read_server_files"),
    ] {
        let refused = open_on(&other.socket_url(role, "postgres"), &live.url(), 3 * AMPLE);
        let refused = refused.map(|scratch| scratch.name()).unwrap_err().to_string();
        assert!(
            refused.contains(why) && refused.contains("CREATE ROLE guard LOGIN CREATEDB"),
            "{role}: {refused}"
        );
    }
    assert_eq!(left(other), "");
    let sqlite = open_on("sqlite:x.db", &live.url(), AMPLE).map(|scratch| scratch.name()).unwrap_err();
    assert!(sqlite.to_string().contains("of another kind"), "{sqlite}");
}

#[test]
fn foreign_code_reaches_nothing_there_and_has_an_end() {
    let (other, _alone) = other();
    let live = Postgres::fresh();
    let before = "SELECT string_agg(rolname || rolsuper || coalesce(rolvaliduntil::text, ''), ' ' ORDER BY 1) FROM pg_roles \
                  WHERE rolname NOT LIKE 'guard%'";
    let roles = other.admin("postgres").ask(before);
    for role in ["postgres", "maker"] {
        let mut scratch = open_on(&other.socket_url(role, "postgres"), &live.url(), 6 * AMPLE).unwrap();
        for text in [
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "COPY (SELECT 1) TO '/tmp/x'",
            "SELECT pg_read_file('/etc/passwd')",
            "CREATE EXTENSION dblink",
            "CREATE EXTENSION postgres_fdw",
            "ALTER SYSTEM SET archive_command TO 'id'",
            "DROP DATABASE shop",
            "ALTER DATABASE shop SET timezone TO 'UTC'",
            "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p",
            "DO $$ BEGIN CREATE ROLE leaked; END $$",
            "SET ROLE postgres; CREATE TABLE t (x int)",
            "SET SESSION AUTHORIZATION postgres; CREATE ROLE leaked",
        ] {
            let tried = scratch.run(&script(text), usize::MAX);
            let is_super = scratch.run(&script("DO $$ BEGIN IF current_setting('is_superuser') = 'on' THEN RAISE 'super'; END IF; END $$"), usize::MAX);
            assert!(is_super.is_ok(), "{text}: {is_super:?}");
            let may_be_left_out = text.starts_with("SET ");
            assert!(
                may_be_left_out || matches!(tried, Err(Trouble::Refused { .. })),
                "{role}: {text}: {tried:?}"
            );
        }
        drop(scratch);
        assert_eq!(left(other), "", "{role}");
        let mut scratch =
            open_on(&other.socket_url(role, "postgres"), &live.url(), Duration::from_secs(6)).unwrap();
        let endless =
            script("SET statement_timeout = 0; DO $$ BEGIN LOOP PERFORM pg_sleep(0.01); END LOOP; END $$");
        assert!(matches!(scratch.run(&endless, usize::MAX), Err(Trouble::Gone(DbError::TimedOut))));
        drop(scratch);
        assert_eq!(left(other), "", "{role}: what never ends is ended");
    }
    assert_eq!(other.admin("postgres").ask(before), roles);
}

#[test]
fn what_was_left_there_is_listed_and_not_touched() {
    let (other, _alone) = other();
    let old = "guard_scratch_1700000000_00ff00ff00ff00ff";
    let admin = other.admin("postgres");
    admin.run(&format!("CREATE DATABASE {old}"));
    admin.run("CREATE DATABASE guard_scratch_mine");
    let scratch = other.socket_url("maker", "postgres");
    assert_eq!(leftovers(&url(&scratch), Instant::now() + AMPLE).unwrap(), [old]);
    let live = Postgres::fresh();
    let repo = repo(&live, &scratch);
    let said = repo.guard(&["doctor"]).out();
    assert!(said.contains("scratch server of dev (") && said.contains("): answers"), "{said}");
    assert!(said.contains(old) && said.contains(&format!("DROP DATABASE {old};")), "{said}");
    assert!(!said.contains("guard_scratch_mine"), "{said}");
    drop(open_on(&scratch, &live.url(), 3 * AMPLE).unwrap());
    assert_eq!(leftovers(&url(&scratch), Instant::now() + AMPLE).unwrap(), [old]);
    admin.run(&format!("DROP DATABASE {old}"));
    admin.run("DROP DATABASE guard_scratch_mine");
}

fn repo(live: &Postgres, scratch: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "db/migrations/1_one.sql",
        "-- migrate:up\nCREATE TABLE one (id int PRIMARY KEY);\n-- migrate:down\n",
    );
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"dbmate\"\ndir = \"db/migrations\"\n\n[databases.dev]\nurl = \"{}\"\nrequired = true\n\
             timeout = \"30s\"\nat = [\"audit\"]\nscratch = {{ url = \"{scratch}\" }}\n",
            live.url()
        ),
    );
    repo.commit("migrations");
    repo
}

#[test]
fn an_audit_uses_the_declared_server() {
    let (other, _alone) = other();
    let live = Postgres::fresh();
    live.run(
        "CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1'); \
         CREATE TABLE one (id int PRIMARY KEY, extra int)",
    );
    let repo = repo(&live, &other.socket_url("maker", "postgres"));
    let report = repo.guard(&["audit", "dev"]).code(1);
    assert!(report.out().contains("on the scratch server postgres://maker@"), "{}", report.out());
    assert!(report.out().contains("extra"), "{}", report.out());
    assert_eq!(left(other), "");
    let text = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    // The audited server itself: nothing is replayed, and that is said.
    repo.write(
        "guard.toml",
        text.replace(&other.socket_url("maker", "postgres"), &live.server.socket_url("postgres", "postgres")),
    );
    let report = repo.guard(&["audit", "dev"]).code(2);
    assert!(
        report.out().contains("the scratch server is the server of the audited database"),
        "{}",
        report.out()
    );
    // Nobody is there: the programs of this machine do as well.
    repo.write(
        "guard.toml",
        text.replace(&other.socket_url("maker", "postgres"), "postgres://maker@localhost:1/postgres"),
    );
    let report = repo.guard(&["audit", "dev"]).code(1);
    assert!(report.out().contains("in a server of guard's own"), "{}", report.out());
    // A variable that is not set is no reason to replay elsewhere.
    let from = format!("\"{}\"", other.socket_url("maker", "postgres"));
    repo.write("guard.toml", text.replace(&from, "{ env = \"NOT_SET_ANYWHERE\" }"));
    assert!(repo.guard(&["audit", "dev"]).code(2).out().contains("NOT_SET_ANYWHERE is not set"));
}
