//! A dead service costs one timeout for each cool-down, not one for each commit.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::servers::{needing, server, silent};
use super::{Shop, one_line, shell};
use crate::support::ports::nobody;

/// A server that says nothing, and counts who comes.
pub(crate) fn counting() -> (u16, Arc<AtomicUsize>) {
    let came = Arc::new(AtomicUsize::new(0));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let counter = Arc::clone(&came);
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            counter.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || silent(socket));
        }
    });
    (port, came)
}

pub(crate) fn service(port: u16, more: &str) -> String {
    let toml = needing("tts", &format!("\"http://127.0.0.1:{port}\""), false);
    toml.replacen("timeout = \"5s\"\n", &format!("timeout = \"300ms\"\n{more}"), 1)
}

#[test]
fn it_is_asked_again_when_somebody_wants_to_know_and_when_its_declaration_changes() {
    let (port, came) = counting();
    let shop = Shop::new(&service(port, "cooldown = \"10m\"\n"));
    let asked = |arguments: &[&str], code: i32| {
        let before = came.load(Ordering::SeqCst);
        let done = shop.guard(&[&["check"], arguments].concat());
        assert_eq!(done.status.code(), Some(code), "{}", one_line(&done.stdout));
        came.load(Ordering::SeqCst) - before
    };
    assert_eq!(asked(&[], 0), 1);
    assert_eq!(asked(&[], 0), 0);
    assert_eq!(asked(&["--retry"], 0), 1);
    assert_eq!(asked(&["--strict"], 2), 1);
    assert_eq!(asked(&[], 0), 0);
    // A work tree of the same clone knows it as well.
    let other = shop.repo.beside("linked");
    shop.repo.git(&["worktree", "add", "-q", other.to_str().unwrap(), "-b", "other"]);
    fs::copy(shop.repo.path().join("guard.toml"), other.join("guard.toml")).unwrap();
    let done = shop.repo.command_in(env!("CARGO_BIN_EXE_guard"), &other).arg("check").output().unwrap();
    assert!(one_line(&done.stdout).contains("is not asked again"), "{}", one_line(&done.stdout));
    // In CI each run stands for itself.
    let before = came.load(Ordering::SeqCst);
    let mut ci = shop.repo.command(env!("CARGO_BIN_EXE_guard"));
    ci.args(["check", "--at", "commit"]).env("CI", "true").output().unwrap();
    assert_eq!(came.load(Ordering::SeqCst), before + 1);
    let text = fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap();
    shop.repo.write("guard.toml", text.replace(&format!(":{port}\""), &format!(":{port}/health\"")));
    assert_eq!(asked(&[], 0), 1);
    // A required one is asked each time.
    shop.repo.write("guard.toml", text.replacen("required = false", "required = true", 1));
    assert_eq!((asked(&[], 2), asked(&[], 2)), (1, 1));
}

#[test]
fn one_of_many_tries_again_after_the_cool_down() {
    let (port, came) = counting();
    let shop = Shop::new(&service(port, "cooldown = \"1s\"\n").replace("300ms", "600ms"));
    assert!(shop.guard(&["check"]).status.success());
    thread::sleep(Duration::from_millis(1100));
    let before = came.load(Ordering::SeqCst);
    let spawn = || {
        let mut guard = shop.repo.command(env!("CARGO_BIN_EXE_guard"));
        guard.arg("check").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let all: Vec<_> = (0..5).map(|_| spawn()).collect();
    for guard in all {
        assert!(guard.wait_with_output().unwrap().status.success());
    }
    // A machine that is busy may start some of them only after the next cool-down.
    assert!(came.load(Ordering::SeqCst) - before <= 2, "{came:?}");
}

#[test]
fn who_is_killed_while_trying_keeps_nobody_else_from_it() {
    let (port, came) = counting();
    let shop = Shop::new(
        &service(port, "cooldown = \"200ms\"\n").replace("timeout = \"300ms\"", "timeout = \"700ms\""),
    );
    for round in 0..5 {
        shop.guard(&["check", "--retry"]);
        thread::sleep(Duration::from_millis(250));
        let mut guard = shop.repo.command(env!("CARGO_BIN_EXE_guard"));
        let mut guard = guard.arg("check").stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(40 * round));
        guard.kill().unwrap();
        guard.wait().unwrap();
        let before = came.load(Ordering::SeqCst);
        assert!(shop.guard(&["check"]).status.success());
        assert_eq!(came.load(Ordering::SeqCst), before + 1, "round {round}");
    }
}

#[test]
fn what_refuses_is_asked_each_time_and_when_it_was_up_is_said() {
    let port = server(|mut socket| {
        let _ = std::io::Write::write_all(&mut socket, b"HTTP/1.1 200 OK\r\n\r\n");
        silent(socket);
    });
    let shop = Shop::new(&needing("tts", &format!("\"http://127.0.0.1:{port}\""), false));
    assert_eq!(shop.guard(&["check"]).status.code(), Some(1), "it is up, and the check fails");
    // The same service, which now has no one behind its port.
    let directory = shop.repo.path().join(".git/guard/breakers");
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
    let text = fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap();
    let closed = nobody();
    shop.repo.write("guard.toml", text.replace(&format!(":{port}"), &format!(":{closed}")));
    for _ in 0..2 {
        let said = one_line(&shop.guard(&["check"]).stdout);
        assert!(said.contains("it refuses connections"), "{said}");
    }
}

/// What is remembered becomes older.
fn three_hours_pass(shop: &Shop) {
    for file in fs::read_dir(shop.repo.path().join(".git/guard/breakers")).unwrap().flatten() {
        let bytes = fs::read(file.path()).unwrap();
        let text = String::from_utf8(bytes[28..].to_vec()).unwrap();
        let (rest, well) = text.rsplit_once(' ').unwrap();
        let body = format!("{rest} {}", well.parse::<u64>().unwrap() - 3 * 3_600_000);
        let sum = crc32fast::hash(body.as_bytes()).to_le_bytes();
        let head = [&bytes[..16], &(body.len() as u64).to_le_bytes(), &sum].concat();
        fs::write(file.path(), [&head, body.as_bytes()].concat()).unwrap();
    }
}

fn database(url: &str) -> String {
    format!("[databases.dev]\nurl = \"{url}\"\nrequired = false\ntimeout = \"300ms\"\nat = [\"commit\"]\n")
}

#[test]
fn a_dead_database_is_left_alone_like_a_service() {
    let (port, came) = counting();
    let shop = Shop::new(&database(&format!("postgres://app@127.0.0.1:{port}/shop")));
    for round in 0..10 {
        let (through, said, _) = shop.commit();
        assert!(through && said.contains("the database \"dev\""), "{round}: {said}");
        assert_eq!(said.contains("is not asked again"), round > 0, "{round}: {said}");
    }
    assert!(came.load(Ordering::SeqCst) <= 2, "{came:?}");
}

#[test]
fn when_a_database_was_last_in_step_is_said() {
    let shop = Shop::new(&database("sqlite:dev.db"));
    let text = fs::read_to_string(shop.repo.path().join("migrations/1_users.sql")).unwrap();
    let file = shop.repo.path().join("dev.db");
    crate::support::sqlx_database(&file, &[(1, "users", &text)]);
    assert!(shop.commit().1.is_empty());
    fs::remove_file(&file).unwrap();
    assert!(!shop.commit().1.contains("last seen"), "a moment ago is of no interest");
    three_hours_pass(&shop);
    let (through, said, _) = shop.commit();
    assert!(through && said.contains("; last seen in step 3 h ago ("), "{said}");
    // One that was not in step is not called so.
    let shop = Shop::new(&database("sqlite:dev.db"));
    let file = shop.repo.path().join("dev.db");
    crate::support::sqlx_database(&file, &[(1, "users", "something else")]);
    shop.guard(&["check"]);
    fs::remove_file(&file).unwrap();
    let (through, said, _) = shop.commit();
    assert!(through && !said.contains("last seen"), "{said}");
}

/// What is remembered of a thing becomes older: when it gave no answer, and when it may be asked again.
fn minutes_pass(shop: &Shop, minutes: u64) {
    for file in fs::read_dir(shop.repo.path().join(".git/guard/breakers")).unwrap().flatten() {
        let bytes = fs::read(file.path()).unwrap();
        let Some(body) = bytes.get(28..) else { continue };
        let text = String::from_utf8(body.to_vec()).unwrap();
        let numbers: Vec<u64> = text.split(' ').map(|number| number.parse().unwrap()).collect();
        let past = |number: u64| number.saturating_sub(minutes * 60_000);
        let body = format!("{} {} {} {}", numbers[0], past(numbers[1]), past(numbers[2]), numbers[3]);
        let sum = crc32fast::hash(body.as_bytes()).to_le_bytes();
        let head = [&bytes[..16], &(body.len() as u64).to_le_bytes(), &sum].concat();
        fs::write(file.path(), [&head, body.as_bytes()].concat()).unwrap();
    }
}

#[test]
fn a_check_that_hangs_is_left_alone_like_a_service() {
    let hangs = |required: bool, timeout: &str, script: &str| shell("hangs", required, timeout, script);
    let script = "echo >> .git/runs; test -e .git/well || sleep 60";
    let shop = Shop::new(&hangs(false, "300ms", script));
    let runs = || fs::read_to_string(shop.repo.path().join(".git/runs")).unwrap_or_default().len();
    let ran = |arguments: &[&str], code: i32| {
        let before = runs();
        let done = shop.guard(&[&["check"], arguments].concat());
        assert_eq!(done.status.code(), Some(code), "{}", one_line(&done.stdout));
        (runs() - before, one_line(&done.stdout))
    };
    assert_eq!(ran(&[], 0).0, 1);
    let (number, said) = ran(&[], 0);
    assert!(number == 0 && said.contains("the check \"hangs\"") && said.contains("was not run:"), "{said}");
    assert!(
        said.contains("so it is not asked again for") && said.contains("optional by guard.toml:6"),
        "{said}"
    );
    assert_eq!((ran(&["--retry"], 0).0, ran(&["--strict"], 2).0, ran(&[], 0).0), (1, 1, 0));
    // Another command, or another time, is another check.
    shop.declare(&hangs(false, "310ms", script));
    assert_eq!((ran(&[], 0).0, ran(&[], 0).0), (1, 0));
    shop.declare(&hangs(false, "300ms", &format!("{script} ")));
    assert_eq!((ran(&[], 0).0, ran(&[], 0).0), (1, 0));
    // After the cool-down one of many tries.
    minutes_pass(&shop, 20);
    let before = runs();
    let spawn = || {
        let mut guard = shop.repo.command(env!("CARGO_BIN_EXE_guard"));
        guard.arg("check").stdout(Stdio::null()).spawn().unwrap()
    };
    let all: Vec<_> = (0..5).map(|_| spawn()).collect();
    for mut guard in all {
        assert!(guard.wait().unwrap().success());
    }
    assert_eq!(runs() - before, 1);
    // It ends again: from then on it is run each time.
    fs::write(shop.repo.path().join(".git/well"), "").unwrap();
    minutes_pass(&shop, 20);
    assert_eq!((ran(&[], 0).0, ran(&[], 0).0), (1, 1));
    // A required one is run each time.
    fs::remove_file(shop.repo.path().join(".git/well")).unwrap();
    shop.declare(&hangs(true, "300ms", script));
    assert_eq!((ran(&[], 2).0, ran(&[], 2).0), (1, 1));
}

#[test]
fn a_check_that_says_what_it_needs_is_down_or_that_began_late_is_run_again() {
    let shop = Shop::new(&shell("says", false, "5s", "echo >> .git/runs; sleep 0.2; exit 75"));
    for _ in 0..3 {
        assert!(shop.guard(&["check"]).status.success());
    }
    assert_eq!(fs::read_to_string(shop.repo.path().join(".git/runs")).unwrap().len(), 3);
    // The first takes up most of the budget; that the second is cut off then says nothing about it.
    let toml = shell("first", false, "5s", "sleep 0.45") + &shell("second", false, "5s", "sleep 0.4");
    shop.declare(&format!("jobs = 1\n{toml}"));
    for _ in 0..2 {
        let (through, said, _) = shop.commit();
        assert!(through && !said.contains("is not asked again"), "{said}");
    }
}
