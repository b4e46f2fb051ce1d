//! The page "What happens when ... is down": each row of its table happens here, by a real commit.

use std::fs;
use std::path::Path;

use migguard::services::{Failure, Speech, StandIn};

use super::{LIMIT, Shop, one_line, shell};

/// A row: what is down, whether it can be declared required, its declaration, and the words that guard finds for it.
struct Row {
    what: &'static str,
    toml: String,
    says: &'static str,
    /// Up as long as the row.
    _stand_in: Option<StandIn>,
}

fn row(what: &'static str, toml: String, says: &'static str) -> Row {
    Row { what, toml, says, _stand_in: None }
}

fn service(what: &'static str, failure: Failure, says: &'static str) -> Row {
    let stand_in = StandIn::start(failure, Speech::Http).unwrap();
    let probe = format!("\"http://127.0.0.1:{}\"", stand_in.port);
    Row { _stand_in: Some(stand_in), ..row(what, needing(&probe), says) }
}

/// A service that decides, and a check that would pass.
fn needing(probe: &str) -> String {
    format!(
        "[services.tts]\nprobe = {probe}\nrequired = REQUIRED\ntimeout = \"300ms\"\n[[checks]]\nname = \"audio\"\n\
         run = [\"true\"]\nneeds = [\"tts\"]\nrequired = true\ntimeout = \"5s\"\n"
    )
}

fn database(url: &str) -> String {
    format!("[databases.dev]\nurl = {url}\nrequired = REQUIRED\ntimeout = \"300ms\"\nat = [\"commit\"]\n")
}

fn postgres(what: &'static str, failure: Failure, says: &'static str) -> Row {
    let stand_in = StandIn::start(failure, Speech::Postgres).unwrap();
    let url = format!("\"postgres://app@127.0.0.1:{}/shop\"", stand_in.port);
    Row { _stand_in: Some(stand_in), ..row(what, database(&url), says) }
}

fn check(what: &'static str, script: &str, says: &'static str) -> Row {
    row(what, shell("lint", true, "300ms", script).replace("required = true", "required = REQUIRED"), says)
}

const LATE: &str = "no answer within the time allowed";

fn rows() -> Vec<Row> {
    vec![
        service("a service: nobody listens", Failure::Refused, "it refuses connections"),
        service("a service: a black hole", Failure::BlackHole, LATE),
        service("a service: it accepts and never answers", Failure::Silent, LATE),
        service("a service: one byte a second", Failure::Drips, LATE),
        service("a service: an error in answer", Failure::Error, "it answers with status 503"),
        row("a service: its name is not known", needing("\"tcp://guard.invalid:80\""), "cannot be looked up"),
        row("a service: its probe hangs", needing("{ run = [\"sleep\", \"60\"] }"), LATE),
        postgres("a database: nobody listens", Failure::Refused, "refuses connections"),
        postgres("a database: a black hole", Failure::BlackHole, LATE),
        postgres("a database: it accepts and never answers", Failure::Silent, LATE),
        postgres("a database: frozen after the login", Failure::Frozen, LATE),
        row("a database: its file is missing", database("\"sqlite:none.db\""), "there is no file"),
        row(
            "a database: its variable is not set",
            database("{ env = \"GUARD_TEST_NONE\" }"),
            "the environment variable GUARD_TEST_NONE is not set",
        ),
        check("a check: it hangs", "sleep 60", LATE),
        check("a check: it will not be ended", "trap '' TERM; while :; do sleep 1; done", LATE),
        check("a check: it leaves its session", "setsid sleep 60 & sleep 60", LATE),
        check("a check: it talks without end", "yes", LATE),
        check("a check: exit status 75", "exit 75", "it says that what it needs is down"),
        check("a check: it fails", "exit 1", "the check lint failed: exit status 1"),
    ]
}

/// What a commit does, in the words of the table.
fn happens(row: &Row, required: bool) -> String {
    let shop = Shop::new(&row.toml.replace("REQUIRED", if required { "true" } else { "false" }));
    // The row is about one thing's own time: on a busy machine, the budget may be over before it begins.
    let toml = fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap();
    shop.repo.write("guard.toml", toml.replace("budget = \"800ms\"", "budget = \"3s\""));
    let (through, said, took) = shop.commit();
    assert!(took < LIMIT, "{}: {took:?}", row.what);
    assert!(said.contains(row.says), "{}: {said}", row.what);
    let done = shop.guard(&["check", "--retry"]);
    let said = one_line(&done.stdout);
    assert!(said.contains(row.says), "{}: {said}", row.what);
    let code = done.status.code().unwrap();
    assert_eq!(through, code == 0, "{}: {said}", row.what);
    // A skip is owed; what is stopped is no commit, and what failed was not skipped.
    let owed = !one_line(&shop.guard(&["debt"]).stdout).contains("Nothing is owed");
    match (through, owed) {
        (true, true) => "goes through; the skip is remembered".to_owned(),
        (true, false) => "goes through, with a warning".to_owned(),
        (false, false) => format!("is stopped: exit {code}"),
        (false, true) => panic!("{}: stopped, and owed all the same", row.what),
    }
}

#[test]
fn each_row_of_the_page_happens() {
    let mut table =
        "| what is down | optional: the commit | required: the commit | guard says |\n|---|---|---|---|\n"
            .to_owned();
    for row in rows() {
        let (optional, required) = (happens(&row, false), happens(&row, true));
        table += &format!("| {} | {optional} | {required} | {} |\n", row.what, row.says);
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/what-happens-when-down.md");
    let text = fs::read_to_string(&page).unwrap();
    let begin = text.find("| what is down").unwrap();
    let end = begin + text[begin..].find("\n\n").unwrap() + 1;
    if std::env::vars_os().any(|(name, _)| name == "GUARD_BLESS") {
        fs::write(&page, format!("{}{table}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    assert_eq!(text[begin..end], table, "GUARD_BLESS=1 cargo test services::page writes it anew");
}
