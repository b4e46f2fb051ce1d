//! What the transactions of a real server tell: what never ran from what was taken back, between which migrations somebody wrote; and that
//! they are not believed after a dump and its restore.

use std::process::Command;
use std::time::Instant;

use migguard::drift::{History, Limits, Step, judge_with};
use migguard::model::{Drift, Script};

use super::mutations::{LEDGER, apply, is_ledger, witness};
use super::*;
use crate::support::TestRepo;

const TEXTS: [&str; 4] = [
    "CREATE TABLE users (id int PRIMARY KEY, name text)",
    "ALTER TABLE users ADD mail text",
    "CREATE INDEX by_mail ON users (mail)",
    "CREATE TABLE orders (id int PRIMARY KEY)",
];

/// A database whose tool has run these, but for the skipped one; what was done by hand came after so many of them.
fn live(server: &'static Server, texts: &[&str], skipped: Option<usize>, by_hand: (usize, &str)) -> Postgres {
    let postgres = Postgres { server, database: server.create() };
    let admin = postgres.server.admin(&postgres.database);
    admin.run(LEDGER);
    for (at, text) in texts.iter().enumerate() {
        let text = if skipped == Some(at) { "" } else { text };
        assert!(apply(&admin, text, &at.to_string(), true));
        if at + 1 == by_hand.0 {
            admin.run(by_hand.1);
        }
    }
    postgres
}

fn drift(live: &Postgres, texts: &[&str], later: bool) -> Drift {
    let step = |(at, text): (usize, &&str)| {
        let script = Script { text: (*text).to_owned(), line: 1, transaction: true };
        Step { migration: (0, at.to_string()), script: Some(script), old: Vec::new() }
    };
    let history = History { recorded: texts.iter().enumerate().map(step).collect(), pending: Vec::new() };
    let schema = live.open(AMPLE).unwrap().schema().unwrap();
    let limits = Limits { trials: 20, deadline: Instant::now() + 3 * AMPLE };
    let mut ask = || {
        let mut witness = witness(live, &history)?;
        witness.rows.iter_mut().flatten().for_each(|row| row.later = later);
        Some(witness)
    };
    judge_with(schema, &history, &mut *replay::scratch(), &is_ledger, limits, &mut ask).unwrap()
}

fn said(drift: &Drift) -> Vec<String> {
    let account = |one: &migguard::model::Account| {
        format!("{} {:?} {:?} {:?}", one.migration.1, one.what, one.confidence, one.or)
    };
    let rest = drift.unexplained.iter().flatten();
    let rest = rest.map(|one| format!("{}: {}", one.id, one.trace.as_deref().unwrap_or("nobody knows")));
    drift.accounts.iter().map(account).chain(rest).collect()
}

#[test]
fn what_never_ran_is_told_from_what_was_taken_back() {
    // Databases of one server share their numbers: in company it cannot be told how many were taken here.
    let server: &'static Server = Box::leak(Box::new(Server::start()));
    for (skipped, done) in
        [(Some(2), ""), (None, "ALTER TABLE users DROP mail"), (None, "DROP INDEX by_mail")]
    {
        let found = said(&drift(&live(server, &TEXTS, skipped, (4, done)), &TEXTS, false));
        match done {
            "" => assert_eq!(found, ["2 NotExecuted Proven []"]),
            "DROP INDEX by_mail" => {
                assert_eq!(found, ["2 NotExecuted Strong [\"2 ran, and that was taken back by hand\"]"]);
            }
            _ => {
                assert_eq!(found.len(), 2, "{found:?}");
                assert!(
                    found[1].starts_with(
                        "column public.users.mail: a column of its table was dropped after migration 3 ("
                    ),
                    "{found:?}"
                );
            }
        }
    }
}

#[test]
fn a_script_that_ends_its_transaction_itself_is_no_hand() {
    let server: &'static Server = Box::leak(Box::new(Server::start()));
    let texts = [
        "CREATE TABLE users (id int PRIMARY KEY, old int, older int)",
        "ALTER TABLE users ADD mail text",
        "CREATE TABLE orders (id int)",
        "UPDATE users SET old = 1; BEGIN; ALTER TABLE users DROP old; COMMIT; ALTER TABLE users DROP older",
        "CREATE TABLE notes (id int)",
    ];
    assert_eq!(
        said(&drift(&live(server, &texts, Some(1), (5, "")), &texts, false)),
        ["1 NotExecuted Strong [\"1 ran, and that was taken back by hand\"]"]
    );
    let by_hand = live(server, &texts, None, (5, "ALTER TABLE users DROP mail"));
    let found = said(&drift(&by_hand, &texts, false));
    assert!(found.len() == 1 && found[0].contains("was dropped after migration 4 ("), "{found:?}");
}

#[test]
fn what_was_done_by_hand_lies_between_two_migrations() {
    for later in [false, true] {
        let live = live(
            Server::shared(),
            &TEXTS,
            None,
            (2, "ALTER TABLE users ALTER name SET NOT NULL; ALTER TABLE users ADD extra int"),
        );
        if later {
            live.run("UPDATE ledger_of_tests SET at = at WHERE version = '3'");
        }
        let found = said(&drift(&live, &TEXTS, later));
        assert_eq!(found.len(), 2, "{found:?}");
        let between =
            |found: &String| found.contains("between the migrations 1 (") && found.contains(" and 2 (");
        assert!(later || found.iter().all(between), "{found:?}");
    }
}

#[test]
fn a_dump_and_its_restore_are_no_witnesses() {
    let from = live(
        Server::shared(),
        &TEXTS,
        None,
        (4, "DROP INDEX by_mail; ALTER TABLE users ALTER name SET NOT NULL"),
    );
    for single in ["", "-1"] {
        let to = Postgres { server: from.server, database: from.server.create() };
        let pipe = "pg_dump -U postgres -h \"$DIR\" -p \"$PORT\" \"$FROM\" \
                    | psql -q $ONE -v ON_ERROR_STOP=1 -U postgres -h \"$DIR\" -p \"$PORT\" -d \"$TO\" >/dev/null";
        let mut shell = Command::new("sh");
        shell.args(["-c", pipe]).env("DIR", &from.server.dir).env("PORT", from.server.port.to_string());
        shell.env("ONE", single).env("FROM", &from.database).env("TO", &to.database);
        assert!(shell.status().unwrap().success());
        let found = said(&drift(&to, &TEXTS, false));
        assert_eq!(
            found,
            [
                "2 NotExecuted Possible [\"2 ran, and that was taken back by hand\"]",
                "column public.users.name: nobody knows"
            ]
        );
        // What the tool does from then on is known again.
        let admin = to.server.admin(&to.database);
        admin.run("ALTER TABLE users ALTER name DROP NOT NULL");
        assert_eq!(
            said(&drift(&to, &TEXTS, false)),
            ["2 NotExecuted Strong [\"2 ran, and that was taken back by hand\"]"]
        );
    }
}

/// dbmate records in the migration's transaction, and keeps no time.
#[test]
fn an_audit_says_between_which_migrations_somebody_wrote() {
    let repo = TestRepo::new();
    let live = Postgres::fresh();
    live.run("CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)");
    for (at, text) in TEXTS.iter().enumerate() {
        repo.write(format!("db/migrations/{at}_m.sql"), format!("-- migrate:up\n{text};\n-- migrate:down\n"));
        live.run(&format!("BEGIN; {text}; INSERT INTO schema_migrations VALUES ('{at}'); COMMIT"));
        if at == 2 {
            live.run("ALTER TABLE users ALTER mail SET DEFAULT 'x'");
        }
    }
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"dbmate\"\n[databases.dev]\nurl = \"{}\"\nrequired = true\ntimeout = \"20s\"\nat = [\"audit\"]\n",
            live.url()
        ),
    );
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "begin"]);
    let report = repo.guard(&["audit", "--format", "json"]).code(1);
    assert_eq!(report.rules(), ["altered-object"], "{}", report.out());
    let when = "column public.users.mail: it was written last between the migrations 2 and 3, by neither";
    assert!(report.out().contains(when), "{}", report.out());
}
