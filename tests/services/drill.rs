//! `guard drill`: what it says of a configuration, and that nothing stays of it.

use std::fs;
use std::time::{Duration, Instant};

use super::Shop;
use crate::support::ports::nobody;

fn drill(shop: &Shop) -> (Option<i32>, String) {
    let done = shop.guard(&["drill"]);
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    shop.nothing_is_left();
    (done.status.code(), said)
}

/// The lines about one thing.
fn rows<'a>(said: &'a str, what: &str) -> Vec<&'a str> {
    said.split('\n').filter(|line| line.starts_with(what)).collect()
}

const DATABASE: &str = "[databases.dev]\nurl = \"postgres://app@db.internal/shop\"\nrequired = false\ntimeout = \"300ms\"\nat = [\"commit\"]\n";

#[test]
fn optional_dependencies_hold_up_nobody() {
    let port = nobody();
    let toml = format!(
        "{DATABASE}[databases.file]\nurl = \"sqlite:dev.db\"\nrequired = false\ntimeout = \"300ms\"\nat = [\"commit\"]\n\
         [services.tts]\nprobe = \"http://tts.internal:{port}/health\"\nrequired = false\ntimeout = \"300ms\"\n\
         [[checks]]\nname = \"audio\"\nrun = [\"./never/run\"]\nneeds = [\"tts\"]\nrequired = false\ntimeout = \"400ms\"\nfiles = [\"none\"]\n"
    );
    let shop = Shop::new(&toml);
    let (code, said) = drill(&shop);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("No optional dependency can hold up or block a commit."), "{said}");
    assert_eq!(rows(&said, "database dev").len(), 8, "{said}");
    assert_eq!(rows(&said, "database file").len(), 2, "{said}");
    assert_eq!(rows(&said, "service tts").len(), 6, "{said}");
    assert_eq!(rows(&said, "check audio").len(), 5, "{said}");
    assert_eq!(rows(&said, "all together").len(), 1, "{said}");
    for line in said.split('\n').filter(|line| line.contains(" optional  ")) {
        assert!(line.contains("goes through, and says what was skipped"), "{line}\n{said}");
    }
    // Nothing of it is remembered.
    assert!(!shop.repo.path().join(".git/guard/log-1").exists());
    assert!(!shop.repo.path().join(".git/guard/breakers").exists());
}

#[test]
fn what_is_required_blocks_and_that_is_as_declared() {
    let shop = Shop::new(&DATABASE.replace("required = false", "required = true"));
    let (code, said) = drill(&shop);
    assert_eq!(code, Some(0), "{said}");
    for line in rows(&said, "database dev") {
        assert!(line.contains("required") && line.contains("is blocked (exit 2)"), "{line}");
    }
}

#[test]
fn a_probe_that_sees_nothing_is_said() {
    let toml = "[services.tts]\nprobe = \"tcp://tts.internal:443\"\nrequired = false\ntimeout = \"300ms\"\n\
        [[checks]]\nname = \"audio\"\nrun = [\"true\"]\nneeds = [\"tts\"]\nrequired = false\ntimeout = \"400ms\"\n";
    let shop = Shop::new(toml);
    let (code, said) = drill(&shop);
    assert_eq!(code, Some(0), "{said}");
    let silent = said.split('\n').find(|line| line.contains("accepts, and never answers")).unwrap();
    assert!(silent.contains("nothing is noticed"), "{silent}");
}

#[test]
fn without_dependencies_there_is_nothing_to_try() {
    let shop = Shop::new("");
    let begin = Instant::now();
    let (code, said) = drill(&shop);
    assert!(code == Some(0) && said.contains("Nothing is declared that a commit waits for"), "{said}");
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(!fs::exists(shop.repo.path().join(".git/guard/log-1")).unwrap());
}
