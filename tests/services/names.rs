//! A resolver that never answers. The system's own way to look up a name cannot be told to stop.

use std::process::{Command, Stdio};
use std::time::Instant;

use super::servers::needing;
use super::{LIMIT, PROMPT, Shop, one_line};
use crate::support::cannot_run;

/// A network of its own with nothing but the loopback, and files of its own that say where names are looked up.
const ALONE: &str = "set -e
ip link set lo up
mount --bind \"$1\" /etc/resolv.conf
mount --bind \"$2\" /etc/nsswitch.conf
shift 2
exec \"$@\"";

/// What is to be run beside the silent resolver, as the shell reads it.
const COMMAND: &str = "GUARD_TEST_COMMAND";

/// Runs as the resolver: it hears everything, and says nothing.
#[test]
#[ignore = "the other test starts it"]
fn resolver() {
    let command = std::env::vars().find(|(name, _)| name == COMMAND).map(|(_, value)| value).unwrap();
    let _socket = std::net::UdpSocket::bind("127.0.0.1:53").unwrap();
    Command::new("sh").args(["-c", &command]).status().unwrap();
}

/// A command that has only that resolver.
fn alone(shop: &Shop, command: &str) -> Command {
    let (resolver, order) = (shop.repo.beside("resolv.conf"), shop.repo.beside("nsswitch.conf"));
    std::fs::write(&resolver, "nameserver 127.0.0.1\n").unwrap();
    std::fs::write(&order, "hosts: files dns\n").unwrap();
    let mut unshare = shop.repo.command("unshare");
    unshare.args(["--map-root-user", "--mount", "--net", "sh", "-c", ALONE, "sh"]).args([resolver, order]);
    unshare.arg(std::env::current_exe().unwrap()).args([
        "-q",
        "--ignored",
        "--exact",
        "services::names::resolver",
    ]);
    unshare.env(COMMAND, command).stdin(Stdio::null());
    unshare
}

#[test]
fn a_resolver_that_never_answers_costs_no_more_than_the_time_allowed() {
    let database = |name: &str, url: &str| {
        format!(
            "[databases.{name}]\nurl = \"{url}\"\nrequired = false\ntimeout = \"5s\"\nat = [\"commit\"]\n"
        )
    };
    let shop = Shop::new(
        &[
            needing("tts", "\"tcp://tts.example.org:443\"", false),
            needing("web", "\"https://web.example.org/health\"", false),
            database("dev", "postgres://app@db.example.org/shop"),
            database("old", "mysql://app@old.example.org/shop"),
        ]
        .concat(),
    );
    // It is silent indeed: without guard this takes its five seconds and more.
    let ground = alone(&shop, "timeout 3 getent hosts tts.example.org; echo ended $? >&2").output().unwrap();
    let why = one_line(&ground.stderr);
    if !why.ends_with("ended 124") {
        return cannot_run(&format!("it takes a network of its own (unshare, ip): {why}"));
    }
    let mut quickest = LIMIT;
    for _ in 0..5 {
        let _ = std::fs::remove_dir_all(shop.repo.path().join(".git/guard"));
        let begin = Instant::now();
        let done = alone(&shop, "git commit -q --allow-empty -m x; echo ended $? >&2").output().unwrap();
        let took = begin.elapsed();
        let said = one_line(&done.stderr);
        assert!(said.ends_with("ended 0") && took < LIMIT, "{took:?} {said}");
        for name in
            ["the service \"tts\"", "the service \"web\"", "the database \"dev\"", "the database \"old\""]
        {
            assert!(said.contains(name), "{said}");
        }
        assert_eq!(said.matches("no answer within the time allowed").count(), 4, "{said}");
        shop.nothing_is_left();
        quickest = quickest.min(took);
        if quickest < PROMPT {
            return;
        }
    }
    panic!("never within a second: {quickest:?}");
}
