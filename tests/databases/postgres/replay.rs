//! A live PostgreSQL database against a replay of its migrations in a server of guard's own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use migguard::config::env;
use migguard::drift::{History, Step};
use migguard::expected::{Like, Scratch, Trouble, open_like};
use migguard::model::{CommitFact, Dialect, Drift, Oid, Script};

use super::super::mutations::judged_twice;
use super::*;

/// What a project may have written over time.
const MIGRATIONS: [&str; 6] = [
    "CREATE EXTENSION citext; CREATE TYPE state AS ENUM ('new', 'paid');
     CREATE TABLE users (id bigserial PRIMARY KEY, name varchar(20) NOT NULL, mail citext, state state DEFAULT 'new',
         low text GENERATED ALWAYS AS (CASE WHEN name IN ('a', 'b') THEN 'x' ELSE lower(name) END) STORED,
         CONSTRAINT kinds CHECK (name IN ('a', 'b') OR length(name) > 1));",
    "CREATE TABLE orders (id serial PRIMARY KEY, buyer bigint REFERENCES users ON DELETE CASCADE, kind varchar(5));
     CREATE INDEX by_kind ON orders (buyer) WHERE kind IN ('x', 'y');",
    "ALTER TYPE state ADD VALUE 'sent' AFTER 'new'; ALTER TABLE users ADD COLUMN note text DEFAULT 'none';",
    "CREATE VIEW buyers AS SELECT u.name FROM users u JOIN orders o ON o.buyer = u.id WHERE u.name IN ('a', 'b');
     CREATE MATERIALIZED VIEW kinds AS SELECT kind, count(*) FROM orders WHERE kind IN ('x', 'y') GROUP BY kind;
     ALTER TABLE users ENABLE ROW LEVEL SECURITY;
     CREATE POLICY own ON users USING (name IN ('a', 'b')) WITH CHECK (name <> 'z');",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
     CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.name IN ('a', 'b')) EXECUTE FUNCTION touch();
     CREATE DOMAIN color AS varchar(9) CHECK (VALUE IN ('red', 'blue'));",
    "CREATE TABLE stock (id int PRIMARY KEY); CREATE TABLE places (id int PRIMARY KEY);",
];

pub(super) fn scratch() -> Box<dyn Scratch> {
    scratch_of(None, None)
}

/// The same of this major version, with programs that may be here, too.
pub(super) fn scratch_of(major: Option<u32>, programs: Option<&Path>) -> Box<dyn Scratch> {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    let cache = CACHE.get_or_init(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replay"));
    let lookup = |name: &str| match (name, programs) {
        ("XDG_CACHE_HOME", _) => Some(cache.to_str().unwrap().to_owned()),
        ("PATH", Some(dir)) => Some(format!("{}:{}", dir.display(), env::get("PATH").unwrap_or_default())),
        (other, _) => env::get(other),
    };
    let like = Like { database: Some("shop"), major, ..Like::new(&lookup) };
    open_like(Dialect::Postgres, &like, Instant::now() + 60 * AMPLE).unwrap()
}

fn history(recorded: &[usize]) -> History {
    let step = |number: usize| {
        let script = Script { text: MIGRATIONS[number].to_owned(), line: 1, transaction: true };
        Step { migration: (0, number.to_string()), script: Some(script), old: Vec::new() }
    };
    let pending = (0..MIGRATIONS.len()).filter(|number| !recorded.contains(number));
    History { recorded: recorded.iter().copied().map(step).collect(), pending: pending.map(step).collect() }
}

fn held(live: &Postgres, recorded: &[usize]) -> Drift {
    let schema = live.open(AMPLE).unwrap().schema().unwrap();
    let [(first, _), (again, _)] =
        judged_twice(&schema, &history(recorded), &mut *scratch(), &mut || None, 3 * AMPLE);
    assert_eq!(first, again, "with what the first one has learned");
    first
}

fn said(drift: &Drift) -> Vec<String> {
    assert!(drift.unreplayable.is_empty(), "{:?}", drift.unreplayable);
    let account =
        |one: &migguard::model::Account| format!("{} {:?} {:?}", one.migration.1, one.what, one.confidence);
    let rest = drift.unexplained.iter().flatten().map(|one| format!("{} {:?}", one.id, one.attributes()));
    drift.accounts.iter().map(account).chain(rest).collect()
}

fn live(migrations: &[usize]) -> Postgres {
    let postgres = Postgres::fresh();
    for number in migrations {
        postgres.run(MIGRATIONS[*number]);
    }
    postgres
}

#[test]
fn what_is_in_step_is_silent_also_after_a_dump_and_its_restore() {
    let live = live(&[0, 1, 2, 3, 4]);
    let drift = held(&live, &[0, 1, 2, 3, 4]);
    assert_eq!(said(&drift), [""; 0]);
    assert!(drift.objects > 30, "{}", drift.objects);
    let mut copy = Postgres::fresh();
    let pipe = "pg_dump -U postgres -h \"$DIR\" -p \"$PORT\" -s \"$FROM\" \
                | psql -q -v ON_ERROR_STOP=1 -U postgres -h \"$DIR\" -p \"$PORT\" -d \"$TO\" >/dev/null";
    for round in 0..2 {
        let mut shell = Command::new("sh");
        shell.args(["-c", pipe]).env("DIR", &live.server.dir).env("PORT", live.server.port.to_string());
        let from = if round == 0 { live.database.clone() } else { copy.database.clone() };
        copy = Postgres::fresh();
        assert!(shell.env("FROM", from).env("TO", &copy.database).status().unwrap().success());
        assert_eq!(said(&held(&copy, &[0, 1, 2, 3, 4])), [""; 0]);
    }
    // What is changed in the copy is still seen.
    copy.run("ALTER TABLE users DROP CONSTRAINT kinds, ADD CONSTRAINT kinds CHECK (name IN ('a', 'c') OR length(name) > 1)");
    let found = said(&held(&copy, &[0, 1, 2, 3, 4]));
    assert!(found.len() == 1 && found[0].starts_with("check public.users.kinds"), "{found:?}");
}

#[test]
fn what_was_done_by_hand_is_accounted_for() {
    let all = live(&[0, 1, 2, 3, 4, 5]);
    assert_eq!(said(&held(&all, &[0, 1, 2, 3, 4])), ["5 ByHand Proven"]);
    assert_eq!(said(&held(&live(&[0, 1, 2, 3, 4]), &[0, 1, 2, 3, 4, 5])), ["5 NotExecuted Strong"]);
    let half = live(&[0, 1, 2, 3, 4]);
    half.run("CREATE TABLE stock (id int PRIMARY KEY)");
    let partly = "5 Partly { statements: 1, of: 2, recorded: true } Strong";
    assert_eq!(said(&held(&half, &[0, 1, 2, 3, 4, 5])), [partly]);
    half.run(
        "DROP TABLE stock; ALTER TABLE users ALTER note DROP DEFAULT; ALTER TYPE state ADD VALUE 'gone'",
    );
    assert_eq!(
        said(&held(&half, &[0, 1, 2, 3, 4])),
        [
            "enum public.state [(\"order\", Some(\"'new', 'sent', 'paid'\"), Some(\"'new', 'sent', 'paid', 'gone'\"))]",
            "enum label public.state.gone []",
            "column public.users.note [(\"default\", Some(\"'none'::text\"), None)]",
        ]
    );
}

/// What belongs to a column of another type is printed otherwise, and means the same: with that type it has to be printed just so.
#[test]
fn an_older_text_is_found_with_what_is_printed_otherwise_for_it() {
    let now = "CREATE TABLE tokens (id int PRIMARY KEY, hash text, CONSTRAINT filled CHECK (char_length(hash) > 0))";
    let script = |text: &str| Script { text: text.to_owned(), line: 1, transaction: true };
    let old = script(&now.replace("hash text", "hash varchar(77)"));
    let live = Postgres::fresh();
    live.run(&old.text);
    let id = Oid::from_hex(&"ab".repeat(20)).unwrap();
    let [author, date, subject] = ["Ada", "2026-01-02", "as it was"].map(str::to_owned);
    let commit = CommitFact { id, author, date, subject };
    let step = Step { migration: (0, "1".to_owned()), script: Some(script(now)), old: vec![(commit, old)] };
    let history = History { recorded: vec![step], pending: Vec::new() };
    let schema = live.open(AMPLE).unwrap().schema().unwrap();
    let [(first, _), (again, _)] = judged_twice(&schema, &history, &mut *scratch(), &mut || None, 3 * AMPLE);
    assert_eq!(first, again);
    let found = said(&first);
    assert!(
        found.len() == 1 && found[0].starts_with("1 OldText") && found[0].ends_with("Proven"),
        "{found:?}"
    );
}

/// A migration that knows where the audited server is: no way leads there, or to anything else outside of the scratch database.
#[test]
fn a_migration_does_not_reach_the_audited_server() {
    let live = live(&[0]);
    let (port, dir) = (live.server.port, live.server.dir.display());
    let to = format!("host={dir} port={port} dbname={} user=postgres", live.database);
    let tcp = format!("host=127.0.0.1 port={port} dbname={} user=plain", live.database);
    let file = live.server.file("stolen");
    let mut scratch = scratch();
    scratch
        .run(&Script { text: "CREATE TABLE t (x text)".to_owned(), line: 1, transaction: true }, usize::MAX)
        .unwrap();
    let hostile = [
        format!("COPY t TO PROGRAM 'psql \"{to}\" -c \"CREATE TABLE hostile ()\"'"),
        "COPY t FROM PROGRAM 'id'".to_owned(),
        format!("COPY t TO '{file}'"),
        "COPY t FROM '/etc/passwd'".to_owned(),
        "SELECT pg_read_file('/etc/passwd')".to_owned(),
        "SELECT pg_read_binary_file('/etc/passwd')".to_owned(),
        "SELECT pg_stat_file('/etc/passwd')".to_owned(),
        "SELECT pg_ls_dir('/')".to_owned(),
        "SELECT lo_import('/etc/passwd')".to_owned(),
        format!("SELECT lo_export(lo_from_bytea(0, 'x'), '{file}')"),
        "CREATE EXTENSION dblink".to_owned(),
        "CREATE EXTENSION postgres_fdw".to_owned(),
        "CREATE EXTENSION file_fdw".to_owned(),
        "CREATE EXTENSION plpython3u".to_owned(),
        "CREATE EXTENSION adminpack".to_owned(),
        format!("CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{dir}', port '{port}')"),
        "CREATE FOREIGN DATA WRAPPER w HANDLER postgres_fdw_handler".to_owned(),
        format!("SELECT dblink_exec('{to}', 'CREATE TABLE hostile ()')"),
        format!("CREATE SUBSCRIPTION s CONNECTION '{to}' PUBLICATION p"),
        format!("CREATE SUBSCRIPTION s CONNECTION '{tcp}' PUBLICATION p WITH (connect = false)"),
        "ALTER SYSTEM SET archive_command TO 'id'".to_owned(),
        "LOAD '$libdir/plpgsql'; LOAD '/tmp/x.so'".to_owned(),
        "CREATE FUNCTION f(cstring) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'".to_owned(),
        "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'pg_reload_conf'".to_owned(),
        "ALTER ROLE current_user SUPERUSER".to_owned(),
        "DO $$ BEGIN EXECUTE 'ALTER ROLE ' || current_user || ' SUPERUSER'; END $$".to_owned(),
        "CREATE TABLESPACE s LOCATION '/tmp'".to_owned(),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guard_admin' AND pg_terminate_backend(pid)".to_owned(),
        "SELECT pg_create_physical_replication_slot('s')".to_owned(),
        "UPDATE pg_authid SET rolsuper = true".to_owned(),
        "SET allow_system_table_mods = on; UPDATE pg_proc SET prosrc = 'x'".to_owned(),
        "\\! touch /tmp/x".to_owned(),
        "SELECT 1 \\g | id".to_owned(),
        "\\copy t to program 'id'".to_owned(),
    ];
    for text in hostile {
        for transaction in [true, false] {
            let script = Script { text: text.clone(), line: 1, transaction };
            let tried = scratch.run(&script, usize::MAX);
            assert!(matches!(tried, Err(Trouble::Refused { .. })), "{text}: {tried:?}");
        }
        assert!(!Path::new(&file).exists(), "{text}");
    }
    // What would make somebody else of it is left out, or refused: it is nobody else afterwards.
    for text in [
        "SET ROLE guard_admin",
        "SET ROLE pg_read_server_files",
        "SET SESSION AUTHORIZATION guard_admin",
        "SET SESSION AUTHORIZATION DEFAULT; RESET ROLE",
        "GRANT pg_execute_server_program TO current_user",
    ] {
        let script = Script {
            text: format!("{text}; SELECT pg_read_file('/etc/passwd')"),
            line: 1,
            transaction: true,
        };
        assert!(matches!(scratch.run(&script, usize::MAX), Err(Trouble::Refused { .. })), "{text}");
    }
    drop(scratch);
    assert_eq!(live.ask("SELECT count(*) FROM pg_class WHERE relname = 'hostile'").unwrap(), "0");
}

#[test]
fn a_loop_without_an_end_ends_with_the_time() {
    let like = Like::new(&env::get);
    let begin = Instant::now();
    let mut scratch = open_like(Dialect::Postgres, &like, begin + AMPLE).unwrap();
    let text =
        "SET statement_timeout = 0; DO $$ DECLARE n int := 0; BEGIN LOOP n := (n + 1) % 7; END LOOP; END $$";
    let endless = Script { text: text.to_owned(), line: 1, transaction: true };
    assert!(matches!(scratch.run(&endless, usize::MAX), Err(Trouble::Gone(DbError::TimedOut))));
    drop(scratch);
    assert!(begin.elapsed() < 4 * AMPLE);
}

pub(super) fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "sql")).collect()
}
