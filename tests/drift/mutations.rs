//! Histories with one thing done otherwise than the ledger says: the account must name it, and never be called proven when
//! it is wrong. `GUARD_TEST_HISTORY=DIR cargo test mutations -- --ignored --nocapture` does the same with the `.sql` files of a directory,
//! in the order of their names (of folders: their `up.sql`, or `migration.sql`), and prints the counts; in MariaDB where
//! `GUARD_TEST_DIALECT=mysql`, with what `GUARD_REPLAY_BEFORE` says before each.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use migguard::drift::{History, Limits, Step, judge};
use migguard::expected::{self, Like, Scratch};
use migguard::model::{Account, Confidence, Dialect, Drift, Happened, Script};

/// What was done, and to which migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Skipped(usize),
    ByHand(usize),
    Half(usize, usize),
    HalfByHand(usize, usize),
}

#[derive(Debug, Default)]
struct Score {
    /// Nothing differs: nothing can be said.
    invisible: usize,
    right: usize,
    wrong: Vec<String>,
    /// Wrong, and called proven.
    proven: Vec<String>,
    slowest: Duration,
}

fn script(text: &str) -> Script {
    Script { text: text.to_owned(), line: 1, transaction: true }
}

/// Data of servers are kept where other tests find them.
fn scratch(dialect: Dialect, before: &[String]) -> Box<dyn Scratch> {
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replay");
    let lookup = |name: &str| match name {
        "XDG_CACHE_HOME" => Some(cache.to_str().unwrap().to_owned()),
        other => migguard::config::env::get(other),
    };
    let like = Like { before, ..Like::new(&lookup) };
    expected::open_like(dialect, &like, Instant::now() + Duration::from_secs(3_600)).unwrap()
}

fn steps(texts: &[(String, String)]) -> Vec<Step> {
    let step = |(name, text): &(String, String)| Step {
        migration: (0, name.clone()),
        script: Some(script(text)),
        old: Vec::new(),
    };
    texts.iter().map(step).collect()
}

/// The database after what was done, and what its ledger says; nothing where that cannot be.
fn make(
    live: &mut dyn Scratch,
    texts: &[(String, String)],
    done: Done,
) -> Option<(migguard::model::Schema, History)> {
    live.clear().unwrap();
    let all = steps(texts);
    let recorded = match done {
        Done::Skipped(_) | Done::Half(..) => texts.len(),
        Done::ByHand(at) | Done::HalfByHand(at, _) => at,
    };
    for (at, step) in all.iter().enumerate() {
        let text = step.script.as_ref().unwrap();
        let most = match done {
            Done::Skipped(skipped) if skipped == at => continue,
            Done::Half(half, most) | Done::HalfByHand(half, most) if half == at => most,
            Done::ByHand(hand) | Done::HalfByHand(hand, _) if at > hand => continue,
            _ => usize::MAX,
        };
        live.run(text, most).ok()?;
    }
    let history = History { recorded: all[..recorded].to_vec(), pending: all[recorded..].to_vec() };
    Some((live.schema().unwrap(), history))
}

fn is_right(account: &Account, texts: &[(String, String)], done: Done) -> bool {
    let names = |at: usize| account.migration.1 == texts[at].0;
    let either =
        |at: usize| names(at) || account.or.iter().any(|or| or.split(' ').any(|word| word == texts[at].0));
    // Of two that would do the same, both are named.
    let named = |at: usize| !account.or.is_empty() && either(at);
    match done {
        Done::Skipped(at) | Done::ByHand(at) => either(at),
        Done::Half(at, _) => named(at) || names(at) && account.what != Happened::ByHand,
        Done::HalfByHand(at, _) => named(at) || names(at) && account.what != Happened::NotExecuted,
    }
}

fn try_all(dialect: Dialect, before: &[String], texts: &[(String, String)]) -> Score {
    let (mut live, mut bench) = (scratch(dialect, before), scratch(dialect, before));
    let counts: Vec<usize> = texts.iter().map(|(_, text)| bench.count(&script(text))).collect();
    let mut all: Vec<Done> = (0..texts.len()).map(Done::Skipped).collect();
    // The last third may be pending.
    all.extend((texts.len() * 2 / 3..texts.len()).map(Done::ByHand));
    for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 1) {
        all.push(Done::Half(at, count / 2));
        if at >= texts.len() * 2 / 3 {
            all.push(Done::HalfByHand(at, count / 2));
        }
    }
    let mut score = Score::default();
    for done in all {
        let Some((live, history)) = make(&mut *live, texts, done) else { continue };
        let begin = Instant::now();
        let limits = Limits { trials: 40, deadline: begin + Duration::from_secs(60) };
        let ignored = |id: &migguard::model::ObjectId| id.root.contains("schema_migrations");
        let drift: Drift = judge(live, &history, &mut *bench, &ignored, limits).unwrap();
        score.slowest = score.slowest.max(begin.elapsed());
        if drift.accounts.is_empty() && drift.unexplained.is_empty() {
            score.invisible += 1;
            continue;
        }
        let right = drift.unexplained.is_empty()
            && drift.accounts.iter().any(|account| is_right(account, texts, done));
        if right {
            score.right += 1;
            continue;
        }
        let said = format!(
            "{done:?} {}: {:?}",
            texts[0].0,
            drift
                .accounts
                .iter()
                .map(|one| (&one.migration.1, &one.what, one.confidence))
                .collect::<Vec<_>>()
        );
        if drift.accounts.iter().any(|one| one.confidence == Confidence::Proven) {
            score.proven.push(said.clone());
        }
        score.wrong.push(said);
    }
    score
}

/// A history as they are: tables that grow, are indexed, made anew and dropped.
fn made_up() -> Vec<(String, String)> {
    let mut texts: Vec<String> = Vec::new();
    for number in 0..12 {
        texts.push(format!(
            "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX t{number}_name ON t{number} (name);"
        ));
        texts.push(format!(
            "ALTER TABLE t{number} ADD COLUMN mail TEXT;\nALTER TABLE t{number} ADD COLUMN born DATE;"
        ));
        match number % 6 {
            0 => texts.push(format!("CREATE UNIQUE INDEX t{number}_mail ON t{number} (mail);")),
            1 => texts.push(format!("ALTER TABLE t{number} DROP COLUMN born;")),
            2 => texts.push(format!("CREATE VIEW v{number} AS SELECT id, mail FROM t{number};\nUPDATE t{number} SET name = 'a';")),
            3 => texts.push(format!("INSERT INTO t{number} (name) VALUES ('b');")),
            4 => texts.push(format!(
                "CREATE TABLE n{number} (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, born DATE);\n\
                 INSERT INTO n{number} SELECT * FROM t{number};\nDROP TABLE t{number};\nALTER TABLE n{number} RENAME TO t{number};"
            )),
            _ => texts.push(format!("ALTER TABLE t{number} RENAME COLUMN mail TO email;\nDROP INDEX t{number}_name;")),
        }
    }
    texts.into_iter().enumerate().map(|(at, text)| (format!("m{at:03}"), text)).collect()
}

/// A shorter one, with what these servers have: each replay takes its time.
fn made_up_in_mysql() -> Vec<(String, String)> {
    let texts = [
        "CREATE TABLE a (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) NOT NULL);\nCREATE INDEX by_name ON a (name);",
        "CREATE TABLE b (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a (id));",
        "ALTER TABLE a ADD mail TEXT, ADD doc JSON;\nALTER TABLE a ADD born DATE;",
        "INSERT INTO a (name) VALUES ('x');",
        "CREATE VIEW v AS SELECT id, upper(name) AS big FROM a;\nCREATE VIEW w AS SELECT 1 AS one;",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET new.mail = 'x'; SET new.born = NULL; END;\nCREATE PROCEDURE p() SELECT 1;",
        "ALTER TABLE a ADD CONSTRAINT kinds CHECK (name <> 'z'), MODIFY mail VARCHAR(100);",
        "ALTER TABLE b ADD CONSTRAINT once UNIQUE (a);\nALTER TABLE b COMMENT 'why';",
        "DROP VIEW w;\nCREATE TABLE c (id INT, y INT) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (10));",
        "ALTER TABLE c ADD PARTITION (PARTITION p1 VALUES LESS THAN (20));",
        "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a + 1;\nCREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM b;",
        "ALTER TABLE b ADD more INT;\nALTER TABLE c COMMENT 'x';",
    ];
    texts.into_iter().enumerate().map(|(at, text)| (format!("m{at:03}"), text.to_owned())).collect()
}

#[test]
fn what_was_done_otherwise_is_named() {
    named(&try_all(Dialect::Sqlite, &[], &made_up()), 50);
}

#[test]
fn what_was_done_otherwise_is_named_on_mariadb() {
    named(&try_all(Dialect::MySql, &[], &made_up_in_mysql()), 15);
}

fn named(score: &Score, least: usize) {
    let visible = score.right + score.wrong.len();
    assert!(visible > least, "{score:?}");
    assert_eq!(score.proven, [""; 0], "a wrong account is never proven");
    assert!(score.right * 100 >= visible * 95, "{} of {visible}: {:#?}", score.right, score.wrong);
}

#[test]
#[ignore = "reads the directory that GUARD_TEST_HISTORY names"]
fn what_was_done_otherwise_to_a_history_of_yours() {
    let (_, dir) =
        env::vars_os().find(|(name, _)| name == "GUARD_TEST_HISTORY").expect("GUARD_TEST_HISTORY=DIR");
    let dir = dir.into_string().unwrap();
    let mut texts: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        let file = if path.is_dir() {
            ["up.sql", "migration.sql"].iter().map(|name| path.join(name)).find(|file| file.exists())
        } else {
            (path.extension().is_some_and(|ending| ending == "sql")
                && !path.to_string_lossy().ends_with(".down.sql"))
            .then(|| path.clone())
        };
        let Some(file) = file else { continue };
        let name = Path::new(&path).file_name().unwrap().to_string_lossy().replace(' ', "-");
        texts.push((name, fs::read_to_string(file).unwrap()));
    }
    texts.sort_by_key(|(name, _)| name.replace('-', ""));
    let setting = |name: &str| env::vars().find(|(known, _)| known == name).map(|(_, value)| value);
    let in_mysql = setting("GUARD_TEST_DIALECT").is_some_and(|dialect| dialect == "mysql");
    let before: Vec<String> = setting("GUARD_REPLAY_BEFORE").into_iter().collect();
    let score = try_all(if in_mysql { Dialect::MySql } else { Dialect::Sqlite }, &before, &texts);
    let visible = score.right + score.wrong.len();
    eprintln!(
        "{dir}: {} migrations; {} cases to be seen, {} right, {} invisible; slowest {:?}\nwrong: {:#?}\nproven: {:#?}",
        texts.len(),
        visible,
        score.right,
        score.invisible,
        score.slowest,
        score.wrong,
        score.proven
    );
    assert_eq!(score.proven, [""; 0]);
}
