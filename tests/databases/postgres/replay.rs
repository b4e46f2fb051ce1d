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

pub(super) fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "sql")).collect()
}
