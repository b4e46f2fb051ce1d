//! Hand-made changes of a small SQLite database, and what is said of them.

use std::time::{Duration, Instant};

use crate::expected;
use crate::model::{CommitFact, Dialect, Happened, Oid};

use super::*;

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);";
const ORDERS: &str =
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, user INT);\nCREATE INDEX by_user ON orders (user);";
const MAIL: &str = "ALTER TABLE users ADD COLUMN mail TEXT;";
const STOCK: &str =
    "CREATE TABLE stock (id INTEGER PRIMARY KEY);\nCREATE TABLE places (id INTEGER PRIMARY KEY);";

/// More than are told of at once.
const MANY: usize = 6;

fn as_it_was() -> CommitFact {
    CommitFact {
        id: Oid::from_hex(&"ab".repeat(20)).unwrap(),
        author: "Ada".to_owned(),
        date: "2026-01-02".to_owned(),
        subject: "as it was".to_owned(),
    }
}

fn step(number: usize, text: &str) -> Step {
    let script = Script { text: text.to_owned(), line: 1, transaction: true };
    Step { migration: (0, number.to_string()), script: Some(script), old: Vec::new() }
}

fn said(live: &str, recorded: &[&str], pending: &[&str]) -> Vec<String> {
    let number = |from: usize, texts: &[&str]| -> Vec<Step> {
        texts.iter().enumerate().map(|(at, text)| step(from + at, text)).collect()
    };
    let history = History { recorded: number(1, recorded), pending: number(recorded.len() + 1, pending) };
    words(live, &history)
}

fn words(live: &str, history: &History) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut scratch = expected::open(Dialect::Sqlite, deadline).unwrap();
    let script = Script { text: live.to_owned(), line: 1, transaction: true };
    scratch.run(&script, usize::MAX).unwrap();
    let live = scratch.schema().unwrap();
    let limits = Limits { trials: 20, deadline };
    let drift = judge(live, history, &mut *scratch, &|id| id.root == "ledger", limits).unwrap();
    let mut said: Vec<String> = drift
        .accounts
        .iter()
        .map(|account| {
            let what = match &account.what {
                Happened::OldText(commit) => format!("old text {}", commit.subject),
                other => format!("{other:?}"),
            };
            let or =
                if account.or.is_empty() { String::new() } else { format!(" or {}", account.or.join(", ")) };
            format!("{} {what} {:?}{or}", account.migration.1, account.confidence)
        })
        .collect();
    said.extend(drift.unexplained.iter().map(|root| {
        let of: Vec<String> = root
            .iter()
            .map(|one| {
                let sign = match (&one.expected, &one.live) {
                    (None, _) => '+',
                    (_, None) => '-',
                    _ => '~',
                };
                format!("{sign}{}", one.id)
            })
            .collect();
        of.join(" ")
    }));
    said.extend(
        drift.unreplayable.iter().map(|one| format!("{}:{} {}", one.migration.1, one.line, one.message)),
    );
    said
}

#[test]
fn what_is_in_step_is_silent() {
    assert_eq!(said("", &[], &[]), [""; 0]);
    let live = "CREATE TABLE [Orders] (id integer primary key, user int); CREATE INDEX by_user ON orders(user); \
                create table users (id INTEGER PRIMARY KEY, name text, mail TEXT); CREATE TABLE ledger (x);";
    assert_eq!(said(live, &[USERS, ORDERS, MAIL], &[STOCK]), [""; 0]);
}

#[test]
fn a_migration_accounts_for_what_differs() {
    let all = format!("{USERS}{ORDERS}{MAIL}");
    assert_eq!(said(&all, &[USERS, ORDERS], &[STOCK, MAIL]), ["4 ByHand Proven"]);
    assert_eq!(
        said(&format!("{USERS}{ORDERS}"), &[USERS, ORDERS, MAIL], &[STOCK]),
        ["3 NotExecuted Strong or 3 ran, and that was taken back by hand"]
    );
    let half = "CREATE TABLE stock (id INTEGER PRIMARY KEY);";
    assert_eq!(
        said(&format!("{USERS}{half}"), &[USERS, STOCK], &[]),
        [
            "2 Partly { statements: 1, of: 2, recorded: true } Strong or 2 ran, and that was taken back by hand"
        ]
    );
    assert_eq!(
        said(&format!("{USERS}{half}"), &[USERS], &[STOCK]),
        ["2 Partly { statements: 1, of: 2, recorded: false } Strong"]
    );
    assert_eq!(
        said(&format!("{USERS}{STOCK}"), &[USERS, ORDERS], &[STOCK]),
        ["2 NotExecuted Strong or 2 ran, and that was taken back by hand", "3 ByHand Proven"]
    );
}

#[test]
fn what_no_migration_accounts_for_is_told_by_object() {
    assert_eq!(
        said(&format!("{USERS} CREATE INDEX fast ON users (name);"), &[USERS], &[MAIL]),
        ["+index users.fast"]
    );
    assert_eq!(
        said(&format!("{USERS} CREATE TABLE notes (x);"), &[USERS], &[]),
        ["+table notes +column notes.x"]
    );
    assert_eq!(
        said("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);", &[USERS], &[]),
        ["~column users.name"]
    );
    assert_eq!(
        said(&format!("{USERS}{MAIL} CREATE TABLE notes (x);"), &[USERS], &[MAIL]),
        ["2 ByHand Strong", "+table notes +column notes.x"]
    );
}

#[test]
fn what_went_with_something_that_is_missing_is_no_sign_of_a_migration() {
    // Without it the index could not have been made, and so it must have run.
    let index = "CREATE INDEX by_mail ON users (mail);\nCREATE TABLE extra (x);";
    let live = format!("{USERS}{ORDERS} CREATE TABLE extra (x);");
    assert_eq!(
        said(&live, &[USERS, ORDERS, MAIL, index, "CREATE VIEW v AS SELECT 1; DROP VIEW v;"], &[]),
        ["-index users.by_mail -column users.mail"]
    );
    let view = "CREATE VIEW named AS SELECT name FROM users;";
    let insert = "INSERT INTO users (name, mail) VALUES ('a', 'b');";
    assert_eq!(
        said(ORDERS, &[USERS, ORDERS, MAIL, insert, view], &[]),
        ["-view named", "-table users -column users.id -column users.mail -column users.name"]
    );
    assert_eq!(
        said(ORDERS, &[ORDERS, USERS, MAIL], &[]),
        [
            "3 NotExecuted Ambiguous or users was dropped by hand",
            "2 NotExecuted Ambiguous or users was dropped by hand"
        ]
    );
    // More than could be told of: none of them is.
    let more: Vec<String> =
        (0..MANY).map(|number| format!("ALTER TABLE users ADD COLUMN c{number} TEXT;")).collect();
    let all: Vec<&str> = [ORDERS, USERS].into_iter().chain(more.iter().map(String::as_str)).collect();
    let columns: String = (0..MANY).map(|number| format!(" -column users.c{number}")).collect();
    assert_eq!(
        said(ORDERS, &all, &[]),
        [format!("-table users{columns} -column users.id -column users.name")]
    );
}

#[test]
fn an_older_text_accounts_for_what_differs() {
    let old = Script { text: USERS.replace("name TEXT", "name VARCHAR(20)"), line: 1, transaction: true };
    let mut first = step(1, USERS);
    first.old.push((as_it_was(), old.clone()));
    let history = History { recorded: vec![first, step(2, ORDERS)], pending: Vec::new() };
    assert_eq!(words(&format!("{}{ORDERS}", old.text), &history), ["1 old text as it was Proven"]);
}

#[test]
fn an_older_text_accounts_for_what_is_called_otherwise_now() {
    let old = Script { text: USERS.replace("name TEXT", "name VARCHAR(20)"), line: 1, transaction: true };
    let mut first = step(1, USERS);
    first.old.push((as_it_was(), old.clone()));
    let texts = ["ALTER TABLE users RENAME TO people;", "ALTER TABLE \"people\" RENAME TO \"customers\";"];
    let history =
        History { recorded: vec![first, step(2, texts[0]), step(3, texts[1])], pending: Vec::new() };
    let live = format!("{}{}", old.text, texts.concat());
    assert_eq!(words(&live, &history), ["1 old text as it was Proven"]);
}

#[test]
fn what_never_ran_is_found_for_what_is_called_otherwise_now() {
    let texts = [
        USERS,
        "ALTER TABLE users ADD COLUMN a TEXT; ALTER TABLE users ADD COLUMN b TEXT; ALTER TABLE users ADD COLUMN c TEXT;",
        "ALTER TABLE users RENAME TO people;",
    ];
    let history = History {
        recorded: (1..).zip(texts).map(|(at, text)| step(at, text)).collect(),
        pending: Vec::new(),
    };
    let half = "ALTER TABLE users ADD COLUMN a TEXT;";
    assert_eq!(
        words(&format!("{USERS}{half}{}", texts[2]), &history),
        [
            "2 Partly { statements: 1, of: 3, recorded: true } Strong or 2 ran, and that was taken back by hand"
        ]
    );
    let taken_back = "2 NotExecuted Strong or 2 ran, and that was taken back by hand";
    assert_eq!(words(&format!("{USERS}{}", texts[2]), &history), [taken_back]);
}

#[test]
fn a_half_is_found_of_a_table_that_was_made_under_another_name() {
    let made = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX users_new_name ON users_new (name);";
    let rest = " CREATE INDEX users_new_id ON users_new (id, name); CREATE INDEX users_new_all ON users_new (name, id);";
    let renamed = "ALTER TABLE users_new RENAME TO users;";
    assert_eq!(
        said(&format!("{made}{renamed}"), &[&format!("{made}{rest}"), renamed], &[]),
        [
            "1 Partly { statements: 2, of: 4, recorded: true } Strong or 1 ran, and that was taken back by hand"
        ]
    );
}

#[test]
fn two_that_would_do_the_same_are_both_named() {
    let found =
        said(&format!("{USERS}{MAIL}"), &[USERS, MAIL, "ALTER TABLE users DROP COLUMN mail"], &[MAIL]);
    assert_eq!(
        found,
        [
            "3 NotExecuted Ambiguous or 4 was executed and not recorded, 3 ran, and that was taken back by hand"
        ]
    );
}

#[test]
fn a_migration_that_does_not_replay_is_said_and_nothing_else_is_judged() {
    let wrong = "CREATE TABLE users (x);\nSELECT x FROM nowhere;";
    assert_eq!(said("CREATE TABLE notes (x);", &[wrong], &[]), ["1:2 no such table: nowhere"]);
}

/// A scratch database in which one of the runs takes all the time that there is.
struct Slow {
    scratch: Box<dyn Scratch>,
    runs: usize,
    longest: usize,
    deadline: Instant,
    /// What was begun after that.
    late: usize,
    /// So many objects it was asked to print.
    printed: usize,
}

impl Scratch for Slow {
    fn name(&self) -> String {
        self.scratch.name()
    }

    fn clear(&mut self) -> Result<(), DbError> {
        self.scratch.clear()
    }

    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble> {
        self.late += usize::from(Instant::now() >= self.deadline);
        self.runs += 1;
        if self.runs == self.longest {
            std::thread::sleep(self.deadline.saturating_duration_since(Instant::now()));
        }
        self.scratch.run(script, most)
    }

    fn count(&self, script: &Script) -> usize {
        self.scratch.count(script)
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        self.scratch.schema()
    }

    fn printed(&mut self, objects: &[(ObjectId, Object)]) -> Result<Vec<Object>, DbError> {
        self.printed += objects.len();
        self.scratch.printed(objects)
    }
}

/// What is said of a database in which these have run, and what was asked for it.
fn counted(live: Vec<Step>, history: &History) -> (Drift, Slow) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut scratch = expected::open(Dialect::Sqlite, deadline).unwrap();
    for step in live {
        scratch.run(&step.script.unwrap(), usize::MAX).unwrap();
    }
    let live = scratch.schema().unwrap();
    let mut slow = Slow { scratch, runs: 0, longest: 0, deadline, late: 0, printed: 0 };
    let drift = judge(live, history, &mut slow, &|_| false, Limits { trials: 20, deadline }).unwrap();
    (drift, slow)
}

#[test]
fn when_the_time_is_over_nothing_more_is_run() {
    let texts = [USERS, ORDERS, MAIL, STOCK];
    let steps: Vec<Step> = texts.iter().enumerate().map(|(at, text)| step(at, text)).collect();
    let live = {
        let mut scratch = expected::open(Dialect::Sqlite, Instant::now() + Duration::from_secs(20)).unwrap();
        // One has never run, and something was made by hand.
        for text in [USERS, ORDERS, STOCK, "CREATE TABLE by_hand (x);"] {
            scratch.run(&Script { text: text.to_owned(), line: 1, transaction: true }, usize::MAX).unwrap();
        }
        scratch.schema().unwrap()
    };
    // The four are replayed in any case; then come the journal and the trials.
    for longest in 6..=11 {
        let history = History { recorded: steps.clone(), pending: Vec::new() };
        let deadline = Instant::now() + Duration::from_millis(400);
        let scratch = expected::open(Dialect::Sqlite, deadline + Duration::from_secs(20)).unwrap();
        let mut slow = Slow { scratch, runs: 0, longest, deadline, late: 0, printed: 0 };
        let limits = Limits { trials: 20, deadline };
        let drift = judge(live.clone(), &history, &mut slow, &|_| false, limits).unwrap();
        assert!(slow.runs >= longest && drift.cut_off && !drift.is_none(), "{longest}: {drift:?}");
        assert_eq!(slow.late, 0, "{longest}");
    }
}

#[test]
fn what_a_later_migration_did_again_shows_what_an_earlier_one_did_not() {
    // Of the second only the first statement ran: the index of the first is still there, and the third makes one beside it.
    let first =
        "CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT, old INT);\nCREATE INDEX by_key ON keys (key);";
    let second = "ALTER TABLE keys DROP COLUMN old;\nDROP INDEX by_key;";
    let third = "CREATE INDEX IF NOT EXISTS by_key ON keys (key, id);";
    let live = "CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT); CREATE INDEX by_key ON keys (key);";
    assert_eq!(
        said(live, &[first, second, third], &[]),
        [
            "2 Partly { statements: 1, of: 2, recorded: true } Strong or 2 ran, and that was taken back by hand"
        ]
    );
}

#[test]
fn what_a_part_has_dropped_is_told_of_each_that_drops_it() {
    let again = "DROP TABLE orders;\nCREATE TABLE orders (id INTEGER PRIMARY KEY, user INT, more INT);\nCREATE INDEX by_user ON orders (user);";
    assert_eq!(
        said(USERS, &[USERS, ORDERS], &[again]),
        [
            "2 NotExecuted Ambiguous or of 3 only the first 1 statements ran, 2 ran, and that was taken back by hand"
        ]
    );
}

#[test]
fn what_one_migration_alone_names_is_tried_at_once() {
    let old = USERS.replace("name TEXT", "name VARCHAR(20)");
    let texts = [USERS, ORDERS, MAIL, STOCK, &old];
    let steps = |of: &[usize]| -> Vec<Step> { of.iter().map(|at| step(*at, texts[*at])).collect() };
    let runs = |live: &[usize], recorded: &[usize], pending: &[usize], had: &[usize]| {
        let mut history = History { recorded: steps(recorded), pending: steps(pending) };
        history.recorded[0].old =
            steps(had).into_iter().map(|step| (as_it_was(), step.script.unwrap())).collect();
        let (drift, slow) = counted(steps(live), &history);
        assert_eq!((drift.accounts.len(), drift.unexplained.len()), (1, 0), "{drift:?}");
        slow.runs
    };
    // A pending one goes on from what the replay has left; without a recorded one all runs once more.
    assert_eq!(runs(&[0, 1, 3], &[0, 1], &[3], &[]), 2 + 1);
    assert_eq!(runs(&[0, 1], &[0, 1, 3], &[], &[]), 3 + 2);
    // So does it with its older text, after it is seen that something else is missing without it.
    assert_eq!(runs(&[4, 1], &[0, 1], &[], &[4]), 2 + 1 + 2);
}

#[test]
fn what_uses_a_type_or_a_function_is_not_taken_for_what_makes_it() {
    let texts = [
        "CREATE DOMAIN mail AS text;\nCREATE TYPE mood AS ENUM ('sad');\nCREATE FUNCTION touch() RETURNS trigger AS $$ $$;",
        "CREATE TABLE people (id integer, at mail DEFAULT touch(), now mood);",
        "ALTER TABLE people ALTER at SET DATA TYPE mail USING at::mail, ADD then mood;",
    ];
    let history = History {
        recorded: (1..).zip(texts).map(|(at, text)| step(at, text)).collect(),
        pending: Vec::new(),
    };
    for (kind, root, makes) in
        [("domain", "mail", true), ("function", "touch()", true), ("base type", "mood", false)]
    {
        let id = ObjectId::root(kind, "public", root);
        let object = |text: &str| Some(Object(vec![("definition", text.to_owned())]));
        let one = Unlike { id, expected: object("a"), live: object("b"), trace: None };
        let presumed = journal::Journal::presumed(&history, &[one]);
        let of = presumed.map(|journal| journal.recorded.iter().map(BTreeMap::len).collect());
        assert_eq!(of, makes.then(|| vec![1, 0, 0]), "{kind}");
    }
}

#[test]
fn the_engine_is_asked_only_what_it_may_answer() {
    let printed = |made: &str, live: &str| {
        let history = History { recorded: vec![step(1, made)], pending: Vec::new() };
        let (drift, slow) = counted(vec![step(1, live)], &history);
        assert!(!drift.is_none());
        slow.printed
    };
    assert_eq!(printed("CREATE TABLE t (x TEXT DEFAULT 'a')", "CREATE TABLE t (x TEXT DEFAULT ('a'))"), 2);
    // What it makes of a default decides nothing for another type.
    assert_eq!(printed("CREATE TABLE t (x TEXT DEFAULT 'a')", "CREATE TABLE t (x INT DEFAULT 'b')"), 0);
}

#[test]
fn a_half_is_found_whose_other_half_took_away_what_was_not_looked_at() {
    let texts = [
        "CREATE TABLE users (id INTEGER PRIMARY KEY, verified TEXT DEFAULT NULL);",
        "CREATE TABLE tokens (id INTEGER PRIMARY KEY, token TEXT);",
        "DROP TABLE IF EXISTS tokens; ALTER TABLE users DROP COLUMN verified;",
    ];
    let history = History {
        recorded: (1..).zip(texts).map(|(at, text)| step(at, text)).collect(),
        pending: Vec::new(),
    };
    assert_eq!(
        words(texts[0], &history),
        [
            "3 Partly { statements: 1, of: 2, recorded: true } Strong or 3 ran, and that was taken back by hand"
        ]
    );
}
