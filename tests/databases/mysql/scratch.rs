//! Migrations replayed on a server that guard.toml declares for it: another one than the audited, with what guard makes on it and nothing else.

use std::sync::{Mutex, MutexGuard, OnceLock};

use migguard::config::env;
use migguard::drift::{History, Limits, Step, judge};
use migguard::expected::{Elsewhere, Like, Scratch, Trouble, leftovers, open_like};
use migguard::model::{Dialect, Script};

use super::*;

/// Another server. One test at a time has it: each looks at all that is there afterwards.
fn other() -> (&'static Server, MutexGuard<'static, ()>) {
    static OTHER: OnceLock<Server> = OnceLock::new();
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let other = OTHER.get_or_init(|| {
        let server = Server::start("");
        server.run(
            "mysql",
            r"CREATE USER maker@'%'; GRANT ALL ON `guard\_scratch\_%`.* TO maker@'%'; CREATE USER idle@'%'; CREATE DATABASE shop;
              CREATE USER owner@'%'; GRANT ALL ON `guard\_scratch\_%`.* TO owner@'%'; GRANT ALL ON shop.* TO owner@'%'",
        );
        server
    });
    (other, alone)
}

fn url(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text, Path::new("")).unwrap()
}

fn open_on(scratch: &str, live: &MySql, time: Duration) -> Result<Box<dyn Scratch>, DbError> {
    let around = live.open(AMPLE).unwrap().surroundings().unwrap();
    let (scratch, audited) = (url(scratch), url(&live.url()));
    let elsewhere = Elsewhere { scratch: &scratch, audited: &audited };
    let like = Like { live: Some(&around), scratch: Some(elsewhere), ..Like::new(&env::get) };
    open_like(Dialect::MySql, &like, Instant::now() + time)
}

fn script(text: &str) -> Script {
    Script { text: text.to_owned(), line: 1, transaction: true }
}

/// Databases and users of guard's that are on it.
fn left(server: &Server) -> String {
    server.run(
        "mysql",
        r"SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'guard\_%' UNION SELECT user FROM mysql.user WHERE user LIKE 'guard\_%'",
    )
}

const MIGRATIONS: [&str; 2] = [
    "CREATE TABLE users (id int PRIMARY KEY, name varchar(20) NOT NULL CHECK (name <> 'x'), doc json);
     CREATE VIEW named AS SELECT name FROM users; CREATE PROCEDURE tidy() DELETE FROM users;",
    "GRANT SELECT ON users TO somebody; CREATE TABLE orders (id int PRIMARY KEY, u int, FOREIGN KEY (u) REFERENCES users (id));",
];

#[test]
fn a_history_is_replayed_there_and_nothing_is_left() {
    let (other, _alone) = other();
    let live = MySql::fresh();
    live.run(MIGRATIONS[0]);
    live.run("CREATE TABLE orders (id int PRIMARY KEY, u int, FOREIGN KEY (u) REFERENCES users (id));");
    let step = |text: &&str| Step {
        migration: (0, (*text).to_owned()),
        script: Some(script(text)),
        old: Vec::new(),
    };
    let history = History { recorded: MIGRATIONS.iter().map(step).collect(), pending: Vec::new() };
    for (user, own) in [("root", true), ("maker", false)] {
        let mut scratch = open_on(&other.socket_url(user, "mysql"), &live, 6 * AMPLE).unwrap();
        let name = scratch.name();
        assert!(name.starts_with("MariaDB 1") && name.contains("on the scratch server "), "{name}");
        assert_eq!(name.ends_with(", as a user of guard's own"), own, "{name}");
        assert!(!left(other).is_empty());
        let held = |scratch: &mut dyn Scratch| {
            let schema = live.open(AMPLE).unwrap().schema().unwrap();
            let limits = Limits { trials: 20, deadline: Instant::now() + 3 * AMPLE };
            judge(schema, &history, scratch, &|_| false, limits).unwrap()
        };
        let drift = held(&mut *scratch);
        assert!(drift.is_none(), "{user}: {drift:?}");
        assert!(drift.objects > 6, "{}", drift.objects);
        live.run("DROP TABLE orders");
        let drift = held(&mut *scratch);
        assert_eq!(drift.accounts.len(), 1, "{drift:?}");
        live.run("CREATE TABLE orders (id int PRIMARY KEY, u int, FOREIGN KEY (u) REFERENCES users (id))");
        drop(scratch);
        assert_eq!(left(other), "", "{user}");
    }
}

#[test]
fn the_audited_server_is_refused_under_any_address() {
    let live = MySql::fresh();
    for scratch in [live.server.socket_url("root", "mysql"), live.tcp("owner", "")] {
        let refused = open_on(&scratch, &live, 3 * AMPLE).map(|scratch| scratch.name()).unwrap_err();
        assert!(
            refused.to_string().contains("is the server of the audited database"),
            "{scratch}: {refused}"
        );
    }
    let databases =
        "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'guard_scratch_%'";
    assert_eq!(live.ask(databases), "0");
}

#[test]
fn a_user_who_could_do_more_is_refused() {
    let (other, _alone) = other();
    let live = MySql::fresh();
    for (user, why) in [("idle", "no right to make scratch databases"), ("owner", "has other rights")] {
        let refused = open_on(&other.socket_url(user, "mysql"), &live, 3 * AMPLE);
        let refused = refused.map(|scratch| scratch.name()).unwrap_err().to_string();
        assert!(
            refused.contains(why) && refused.contains("GRANT ALL ON `guard\\_scratch\\_%`.* TO"),
            "{user}: {refused}"
        );
    }
    assert_eq!(left(other), "");
}

#[test]
fn foreign_code_reaches_nothing_there_and_has_an_end() {
    let (other, _alone) = other();
    let live = MySql::fresh();
    for user in ["root", "maker"] {
        let mut scratch = open_on(&other.socket_url(user, "mysql"), &live, 6 * AMPLE).unwrap();
        for text in [
            "SELECT 1 INTO OUTFILE '/tmp/guard_written'",
            "CREATE TABLE shop.stolen (x int)",
            "DROP DATABASE shop",
            "SELECT * FROM mysql.user",
            "INSTALL SONAME 'auth_ed25519'",
        ] {
            let tried = scratch.run(&script(text), usize::MAX);
            assert!(matches!(tried, Err(Trouble::Refused { .. })), "{user}: {text}: {tried:?}");
        }
        // What is about users is left out.
        scratch.run(&script("CREATE USER leaked"), usize::MAX).unwrap();
        drop(scratch);
        assert_eq!(left(other), "", "{user}");
        assert_eq!(other.run("mysql", "SELECT count(*) FROM user WHERE user = 'leaked'"), "0");
        let mut scratch = open_on(&other.socket_url(user, "mysql"), &live, Duration::from_secs(6)).unwrap();
        let endless = script("DO SLEEP(1000)");
        assert!(matches!(scratch.run(&endless, usize::MAX), Err(Trouble::Gone(DbError::TimedOut))));
        drop(scratch);
        assert_eq!(left(other), "", "{user}: what never ends is ended");
    }
}

#[test]
fn what_was_left_there_is_listed_and_not_touched() {
    let (other, _alone) = other();
    let old = "guard_scratch_1700000000_00ff00ff00ff00ff";
    other.run("mysql", &format!("CREATE DATABASE {old}; CREATE DATABASE guard_scratch_mine"));
    let scratch = url(&other.socket_url("maker", "mysql"));
    assert_eq!(leftovers(&scratch, Instant::now() + AMPLE).unwrap(), [old]);
    other.run("mysql", &format!("DROP DATABASE {old}; DROP DATABASE guard_scratch_mine"));
}
