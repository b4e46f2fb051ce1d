//! A live PostgreSQL database against a replay of its migrations in a server of guard's own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use migguard::config::env;
use migguard::drift::{History, Limits, Step, judge};
use migguard::expected::{Like, Scratch, open_like};
use migguard::model::{Dialect, Drift, Script};

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
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    let cache = CACHE.get_or_init(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replay"));
    let lookup = |name: &str| match name {
        "XDG_CACHE_HOME" => Some(cache.to_str().unwrap().to_owned()),
        other => env::get(other),
    };
    let like = Like { database: Some("shop"), ..Like::new(&lookup) };
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
    let limits = Limits { trials: 20, deadline: Instant::now() + 3 * AMPLE };
    judge(schema, &history(recorded), &mut *scratch(), &|_| false, limits).unwrap()
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

/// A folder of somebody's migrations, named by `GUARD_REPLAY`: the replay is what the real server has, also after a dump and its restore.
/// Files are taken in the order of their paths, those that lead back left out.
#[test]
#[ignore = "reads the folder that GUARD_REPLAY names"]
#[expect(clippy::print_stdout, reason = "its figures are for whoever names a folder")]
fn a_folder_of_migrations_replays_to_what_a_server_has() {
    let folder = env::get("GUARD_REPLAY").expect("GUARD_REPLAY=DIR");
    let mut files: Vec<PathBuf> = walk(Path::new(&folder));
    files.retain(|file| !["down.sql", ".down.sql"].iter().any(|end| file.to_str().unwrap().ends_with(end)));
    // As diesel has it, dashes do not count.
    files.sort_by_key(|file| file.to_str().unwrap().replace('-', ""));
    let begin = Instant::now();
    let mut scratch = scratch();
    let mut history = History::default();
    let live = Postgres::fresh();
    let opened = begin.elapsed();
    let begin = Instant::now();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let script = Script { text, line: 1, transaction: true };
        if let Err(trouble) = scratch.run(&script, usize::MAX) {
            println!("{}: {trouble}", file.display());
        }
        history.recorded.push(Step {
            migration: (0, file.display().to_string()),
            script: Some(script),
            old: Vec::new(),
        });
    }
    println!("{} files: opened in {opened:?}, replayed in {:?}", files.len(), begin.elapsed());
    let psql = |input: &str, to: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", input]).env("DIR", &live.server.dir).env("PORT", live.server.port.to_string());
        shell.env("FROM", &live.database).env("TO", to).status().unwrap();
    };
    let list: Vec<String> = files.iter().map(|file| format!("'{}'", file.display())).collect();
    let to = "psql -q -U postgres -h \"$DIR\" -p \"$PORT\" -d \"$TO\" -v ON_ERROR_STOP=1 >/dev/null 2>&1";
    psql(
        &format!("for file in {}; do {to} -1 <\"$file\" || {to} <\"$file\"; done", list.join(" ")),
        &live.database,
    );
    let copy = Postgres::fresh();
    psql(&format!("pg_dump -U postgres -h \"$DIR\" -p \"$PORT\" -s \"$FROM\" | {to}"), &copy.database);
    for database in [&live, &copy] {
        let begin = Instant::now();
        let schema = database.open(AMPLE).unwrap().schema().unwrap();
        let read = begin.elapsed();
        let limits = Limits { trials: 0, deadline: Instant::now() + 3 * AMPLE };
        history.recorded.truncate(files.len());
        let drift = judge(schema, &history, &mut *scratch, &|_| false, limits).unwrap();
        println!(
            "{} objects read in {read:?}, {} not judged, judged in {:?}",
            drift.objects,
            drift.not_judged,
            begin.elapsed()
        );
        for one in drift.unexplained.iter().flatten() {
            println!("  {} {:?}", one.id, one.attributes());
        }
    }
}

pub(super) fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "sql")).collect()
}
