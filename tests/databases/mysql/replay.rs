//! A live MariaDB database against a replay of its migrations in a server of guard's own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use migguard::config::env;
use migguard::db::Surroundings;
use migguard::drift::{History, Limits, Step, judge};
use migguard::expected::{Like, Scratch, open_like};
use migguard::model::{Account, Dialect, Drift, Script};

use super::super::mutations::judged_twice;
use super::*;

/// What a project may have written over time.
const MIGRATIONS: [&str; 6] = [
    "CREATE TABLE users (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, mail varchar(50) COLLATE utf8mb4_bin,
         doc json, born timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
         low varchar(20) GENERATED ALWAYS AS (CASE WHEN name IN ('a', 'b') THEN 'x' ELSE lower(name) END) STORED,
         CONSTRAINT kinds CHECK (name IN ('a', 'b') OR length(name) > 1));",
    "CREATE TABLE orders (id int PRIMARY KEY, buyer bigint unsigned, kind varchar(5), FOREIGN KEY (buyer) REFERENCES users (id) ON DELETE CASCADE);
     CREATE INDEX by_kind ON orders (kind(3));",
    "ALTER TABLE users ADD COLUMN note varchar(9) DEFAULT 'none'; UPDATE users SET note = 'x;';",
    "CREATE DEFINER=`owner`@`%` VIEW buyers AS SELECT u.name FROM users u JOIN orders o ON o.buyer = u.id WHERE u.name IN ('a', 'b');
     CREATE PROCEDURE tidy() BEGIN IF 1 THEN DELETE FROM orders; END IF; END;",
    "DELIMITER //\\nCREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW BEGIN SET new.note = 'y'; END//\\nDELIMITER ;
     CREATE FUNCTION twice(a int) RETURNS int DETERMINISTIC RETURN 2 * a;
     CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders;",
    "CREATE TABLE stock (id int PRIMARY KEY); CREATE TABLE places (id int PRIMARY KEY);",
];

fn scratch(live: &Surroundings) -> Box<dyn Scratch> {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    let cache = CACHE.get_or_init(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replay"));
    let lookup = |name: &str| match name {
        "XDG_CACHE_HOME" => Some(cache.to_str().unwrap().to_owned()),
        other => env::get(other),
    };
    let like = Like { live: Some(live), ..Like::new(&lookup) };
    open_like(Dialect::MySql, &like, Instant::now() + 3 * AMPLE).unwrap()
}

fn history(recorded: &[usize]) -> History {
    let step = |number: usize| {
        let text = MIGRATIONS[number].replace("\\n", "\n");
        let script = Script { text, line: 1, transaction: true };
        Step { migration: (0, number.to_string()), script: Some(script), old: Vec::new() }
    };
    let pending = (0..MIGRATIONS.len()).filter(|number| !recorded.contains(number));
    History { recorded: recorded.iter().copied().map(step).collect(), pending: pending.map(step).collect() }
}

fn held(live: &MySql, recorded: &[usize]) -> Drift {
    let mut database = live.open(AMPLE).unwrap();
    let (schema, surroundings) = (database.schema().unwrap(), database.surroundings().unwrap());
    let [(first, _), (again, _)] =
        judged_twice(&schema, &history(recorded), &mut *scratch(&surroundings), &mut || None, 3 * AMPLE);
    assert_eq!(first, again, "with what the first one has learned");
    first
}

fn said(drift: &Drift) -> Vec<String> {
    assert!(drift.unreplayable.is_empty(), "{:?}", drift.unreplayable);
    let account = |one: &Account| format!("{} {:?} {:?}", one.migration.1, one.what, one.confidence);
    let rest = drift.unexplained.iter().flatten().map(|one| format!("{} {:?}", one.id, one.attributes()));
    drift.accounts.iter().map(account).chain(rest).collect()
}

/// As somebody deploys them: through MariaDB's own client, in a mode and with a character set of the client's own.
fn live(migrations: &[usize]) -> MySql {
    let mysql = MySql::fresh();
    for number in migrations {
        let text = MIGRATIONS[*number].replace("\\n", "\n");
        let text = if text.contains("END IF") {
            text.replace("CREATE PROCEDURE", "DELIMITER //\nCREATE PROCEDURE")
        } else {
            text
        };
        mysql.run(&format!("SET NAMES latin1; SET sql_mode = 'NO_ZERO_DATE';\n{text}"));
    }
    mysql
}

fn dump_and_restore(of: &MySql) {
    let pipe = "mariadb-dump --no-defaults --user=root --socket=\"$DIR/socket\" --routines --events --triggers --no-data \"$NAME\" >\"$DUMP\"";
    let dump = of.server.file(&format!("{}.sql", of.database));
    let mut shell = Command::new("sh");
    shell.args(["-c", pipe]).env("DIR", &of.server.dir).env("NAME", &of.database).env("DUMP", &dump);
    assert!(shell.status().unwrap().success());
    of.server.run("mysql", &format!("DROP DATABASE {0}; CREATE DATABASE {0}", of.database));
    of.run(&std::fs::read_to_string(&dump).unwrap());
}

#[test]
fn what_is_in_step_is_silent_also_after_a_dump_and_its_restore() {
    let live = live(&[0, 1, 2, 3, 4]);
    for round in 0..3 {
        if round > 0 {
            dump_and_restore(&live);
        }
        let drift = held(&live, &[0, 1, 2, 3, 4]);
        assert_eq!(said(&drift), [""; 0], "{round}");
        assert!(drift.objects > 20 && drift.not_examined.is_empty(), "{}", drift.objects);
    }
    // What is changed in the copy is still seen.
    live.run("ALTER TABLE users DROP CONSTRAINT kinds, ADD CONSTRAINT kinds CHECK (name IN ('a', 'c') OR length(name) > 1)");
    let found = said(&held(&live, &[0, 1, 2, 3, 4]));
    assert!(found.len() == 1 && found[0].starts_with("check users.kinds"), "{found:?}");
}

#[test]
fn what_was_done_by_hand_is_accounted_for() {
    let all = live(&[0, 1, 2, 3, 4, 5]);
    assert_eq!(said(&held(&all, &[0, 1, 2, 3, 4])), ["5 ByHand Proven"]);
    // A trigger and a view have whoever made them in them.
    assert_eq!(said(&held(&all, &[0, 1, 2, 5])), ["4 ByHand Proven", "3 ByHand Proven"]);
    let half = live(&[0, 1, 2, 3, 4]);
    assert_eq!(said(&held(&half, &[0, 1, 2, 3, 4, 5])), ["5 NotExecuted Strong"]);
    half.run("CREATE TABLE stock (id int PRIMARY KEY)");
    let partly = "5 Partly { statements: 1, of: 2, recorded: true } Strong";
    assert_eq!(said(&held(&half, &[0, 1, 2, 3, 4, 5])), [partly]);
    half.run("DROP TABLE stock; ALTER TABLE users ALTER note DROP DEFAULT; ALTER EVENT nightly DISABLE");
    assert_eq!(
        said(&held(&half, &[0, 1, 2, 3, 4])),
        [
            "event nightly [(\"status\", None, Some(\"disabled\"))]",
            "column users.note [(\"default\", Some(\"'none'\"), Some(\"NULL\"))]",
        ]
    );
}

/// Each generation of the server has another collation that is taken where nobody names one; tables keep theirs.
#[test]
fn collations_that_were_the_default_when_tables_were_made_are_no_difference() {
    let live = live(&[0, 1, 2, 3, 4]);
    live.run(&format!("ALTER DATABASE {} COLLATE utf8mb4_unicode_520_ci", live.database));
    let drift = held(&live, &[0, 1, 2, 3, 4]);
    assert_eq!(said(&drift), [""; 0]);
    let left_out = "the collation of 2 tables, which was the default when they were made";
    assert_eq!(drift.left_out, [left_out]);
    // What was made since has the new one, and what somebody changes is seen.
    live.run(MIGRATIONS[5]);
    live.run("ALTER TABLE users MODIFY mail varchar(50) COLLATE utf8mb4_danish_ci");
    let drift = held(&live, &[0, 1, 2, 3, 4]);
    let changed = "column users.mail [(\"collation\", Some(\"utf8mb4_bin\"), Some(\"utf8mb4_danish_ci\"))]";
    assert_eq!(said(&drift), ["5 ByHand Strong", changed]);
    assert_eq!(drift.left_out[0], left_out);
}

/// Somebody's job makes partitions as time goes by, and no migration.
#[test]
fn partitions_that_were_added_over_time_are_left_out() {
    let text =
        "CREATE TABLE days (at int, what int) PARTITION BY RANGE (at) (PARTITION p0 VALUES LESS THAN (10));
                CREATE TABLE kinds (kind int) PARTITION BY LIST (kind) (PARTITION a VALUES IN (1));
                CREATE TABLE parts (id int) PARTITION BY KEY (id) PARTITIONS 2;";
    let live = MySql::fresh();
    live.run(text);
    let held = |live: &MySql| {
        let mut database = live.open(AMPLE).unwrap();
        let (schema, surroundings) = (database.schema().unwrap(), database.surroundings().unwrap());
        let script = Script { text: text.to_owned(), line: 1, transaction: true };
        let step = Step { migration: (0, "1".to_owned()), script: Some(script), old: Vec::new() };
        let history = History { recorded: vec![step], pending: Vec::new() };
        let limits = Limits { trials: 0, deadline: Instant::now() + 3 * AMPLE };
        judge(schema, &history, &mut *scratch(&surroundings), &|_| false, limits).unwrap()
    };
    live.run(
        "ALTER TABLE days ADD PARTITION (PARTITION p1 VALUES LESS THAN (20), PARTITION p2 VALUES LESS THAN (30));
         ALTER TABLE kinds ADD PARTITION (PARTITION b VALUES IN (2))",
    );
    let drift = held(&live);
    assert_eq!((said(&drift), drift.left_out), (Vec::new(), vec!["3 partitions".to_owned()]));
    live.run("ALTER TABLE days DROP PARTITION p0; ALTER TABLE parts ADD PARTITION PARTITIONS 1");
    let drift = held(&live);
    let found: Vec<String> = drift.unexplained.iter().flatten().map(|one| one.id.to_string()).collect();
    assert_eq!(found, ["partition days.p0", "partition parts.p2"]);
}

/// Another version prints the same expression otherwise: the engine says whether it means the same.
#[test]
fn what_another_version_prints_otherwise_is_no_difference() {
    let live = live(&[0, 1, 2, 3, 4]);
    let mut database = live.open(AMPLE).unwrap();
    let (mut schema, surroundings) = (database.schema().unwrap(), database.surroundings().unwrap());
    let mut replaced = 0;
    for (id, object) in &mut schema.0 {
        for (name, text) in &mut object.0 {
            let before = text.clone();
            match (id.kind, *name) {
                ("check", "definition") => *text = text.replace("octet_length", "length"),
                ("column", "generated") => {
                    *text = text.replace("lcase", "LOWER").replace("case when", "CASE  WHEN");
                }
                ("column", "default") if text == "'none'" => *text = "\"none\"".to_owned(),
                _ => {}
            }
            replaced += usize::from(*text != before);
        }
    }
    assert!(replaced >= 3, "{replaced}");
    let limits = Limits { trials: 20, deadline: Instant::now() + 3 * AMPLE };
    let drift =
        judge(schema, &history(&[0, 1, 2, 3, 4]), &mut *scratch(&surroundings), &|_| false, limits).unwrap();
    assert_eq!(said(&drift), [""; 0]);
}

/// A folder of somebody's migrations, named by `GUARD_REPLAY_MYSQL`: the replay is what the real server has, also after a dump and its
/// restore. Files are taken in the order of their paths, those that lead back left out; `GUARD_REPLAY_BEFORE` runs before each.
#[test]
#[ignore = "reads the folder that GUARD_REPLAY_MYSQL names"]
#[expect(clippy::print_stdout, reason = "its figures are for whoever names a folder")]
fn a_folder_of_migrations_replays_to_what_a_server_has() {
    let folder = env::get("GUARD_REPLAY_MYSQL").expect("GUARD_REPLAY_MYSQL=DIR");
    let before = env::get("GUARD_REPLAY_BEFORE").unwrap_or_default();
    let mut files: Vec<PathBuf> = walk(Path::new(&folder));
    files.retain(|file| !["down.sql", ".down.sql"].iter().any(|end| file.to_str().unwrap().ends_with(end)));
    // As diesel has it, dashes do not count.
    files.sort_by_key(|file| file.to_str().unwrap().replace('-', ""));
    let live = MySql::fresh();
    let begin = Instant::now();
    let mut scratch = scratch(&live.open(AMPLE).unwrap().surroundings().unwrap());
    let opened = begin.elapsed();
    let mut history = History::default();
    let mut failed = 0;
    let begin = Instant::now();
    for file in &files {
        let text = format!("{before}\n{}", std::fs::read_to_string(file).unwrap());
        let script = Script { text, line: 1, transaction: true };
        if let Err(trouble) = scratch.run(&script, usize::MAX) {
            println!("{}: {trouble}", file.display());
            failed += 1;
        }
        history.recorded.push(Step {
            migration: (0, file.display().to_string()),
            script: Some(script),
            old: Vec::new(),
        });
    }
    println!(
        "{} files, {failed} failed: opened in {opened:?}, replayed in {:?}",
        files.len(),
        begin.elapsed()
    );
    for step in &history.recorded {
        live.run(&step.script.as_ref().unwrap().text);
    }
    for round in 0..2 {
        if round > 0 {
            dump_and_restore(&live);
        }
        let begin = Instant::now();
        let schema = live.open(AMPLE).unwrap().schema().unwrap();
        let read = begin.elapsed();
        let limits = Limits { trials: 0, deadline: Instant::now() + 3 * AMPLE };
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
        assert!(drift.unexplained.is_empty() && drift.not_judged == 0);
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "sql")).collect()
}
