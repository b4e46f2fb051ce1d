//! Many commits: in a row with a service that is dead, and at once in many work trees.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier};
use std::thread;

use super::breaker::{counting, service};
use super::servers::needing;
use super::{Shop, one_line};
use crate::support::ports::nobody;

/// The sums of what the journal says of a thing: asked, down, spared, and lost milliseconds.
fn tally(shop: &Shop, kind: &str, name: &str) -> [u64; 4] {
    let log = fs::read_to_string(shop.repo.path().join(".git/guard/log-1")).unwrap();
    let mut sums = [0; 4];
    for line in log.split('\n') {
        let fields: Vec<&str> = line.split('\t').collect();
        let [first, of, called, asked, down, spared, _, _, lost, ..] = fields[..] else { continue };
        if first.ends_with(" asked") && (of, called) == (kind, name) {
            for (sum, number) in sums.iter_mut().zip([asked, down, spared, lost]) {
                *sum += number.parse::<u64>().unwrap();
            }
        }
    }
    sums
}

#[test]
fn a_hundred_commits_with_a_dead_service_cost_two_timeouts_at_most() {
    let (port, came) = counting();
    let shop = Shop::new(&service(port, ""));
    for round in 0..100 {
        let (through, said, _) = shop.commit();
        assert!(through && said.contains("the check \"uses-tts\""), "{round}: {said}");
    }
    let [asked, down, spared, lost] = tally(&shop, "service", "tts");
    assert!(asked <= 2 && asked == down && asked + spared == 100, "{asked} {down} {spared}");
    assert_eq!(came.load(Ordering::SeqCst) as u64, asked);
    // A timeout is 300 ms; the rest is for a machine that is busy.
    assert!(lost < asked * 1_300, "{lost} ms for {asked} timeouts");
    assert_eq!(tally(&shop, "check", "uses-tts")[0], 0, "the check was never run");
}

#[test]
fn a_hundred_commits_with_a_check_that_hangs_cost_two_timeouts_at_most() {
    let shop = Shop::new(&super::shell("hangs", false, "300ms", "echo >> .git/runs; sleep 60"));
    for round in 0..100 {
        let (through, said, _) = shop.commit();
        assert!(through && said.contains("the check \"hangs\""), "{round}: {said}");
        assert_eq!(
            said.contains("guard check --retry"),
            round > 0 && !said.contains("to its end"),
            "{round}: {said}"
        );
    }
    let [asked, down, spared, lost] = tally(&shop, "check", "hangs");
    assert!(asked <= 2 && asked == down && asked + spared == 100, "{asked} {down} {spared}");
    assert!(lost < asked * 1_300, "{lost} ms for {asked} timeouts");
    let runs = fs::read_to_string(shop.repo.path().join(".git/runs")).unwrap().len() as u64;
    assert_eq!(runs, asked);
    let owed = one_line(&shop.guard(&["debt"]).stdout);
    assert!(owed.contains("100 skips of this branch"), "{owed}");
}

/// A shop with ten work trees, a service that refuses, and a budget that is no matter.
fn ten_trees() -> (Shop, Vec<PathBuf>) {
    let shop = Shop::new(&needing("tts", &format!("\"tcp://127.0.0.1:{}\"", nobody()), false));
    let text = fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap();
    shop.repo.write("guard.toml", text.replace("budget = \"800ms\"", "budget = \"60s\""));
    shop.repo.git(&["commit", "-qnam", "a patient budget"]);
    let trees: Vec<_> = (0..10).map(|tree| shop.repo.beside(&format!("tree{tree}"))).collect();
    for tree in &trees {
        shop.repo.git(&["worktree", "add", "-q", "--detach", tree.to_str().unwrap()]);
    }
    (shop, trees)
}

/// Each is remembered, each was asked for, and no line is torn.
fn all_are_there(shop: &Shop, number: u64) {
    let log = fs::read_to_string(shop.repo.path().join(".git/guard/log-1")).unwrap();
    assert_eq!(log.matches("\tcheck\tuses-tts\tit needs").count() as u64, number);
    assert_eq!(tally(shop, "service", "tts")[..3], [number, number, 0]);
    for line in log.split('\n').filter(|line| !line.is_empty()) {
        let (sum, text) = line.split_once(' ').unwrap();
        assert_eq!(sum, format!("{:08x}", crc32fast::hash(text.as_bytes())), "{line}");
    }
}

/// In each work tree one after the other, since git itself locks the index; in all of them at once, none waits for another.
#[test]
fn two_hundred_commits_in_ten_work_trees_lose_no_skip() {
    let (shop, trees) = ten_trees();
    let start = Arc::new(Barrier::new(trees.len()));
    thread::scope(|scope| {
        for tree in &trees {
            let (shop, start) = (&shop, Arc::clone(&start));
            scope.spawn(move || {
                start.wait();
                for round in 0..20 {
                    let mut git = shop.repo.command_in("git", tree);
                    git.args(["commit", "-q", "--allow-empty", "-m", &round.to_string()]);
                    let done = git.stdin(Stdio::null()).output().unwrap();
                    let said = one_line(&done.stderr);
                    assert!(done.status.success() && said.contains("uses-tts"), "{said}");
                    assert!(!said.contains("locked") && !said.contains("cannot be remembered"), "{said}");
                }
            });
        }
    });
    all_are_there(&shop, 200);
    for tree in &trees {
        assert_eq!(shop.repo.git_in(tree, &["rev-list", "--count", "main..HEAD"]), "20");
    }
}

/// The hooks of two hundred commits, started before the first of them ends.
#[test]
fn two_hundred_hooks_at_the_same_moment_lose_no_skip() {
    let (shop, trees) = ten_trees();
    let mut hooks = Vec::new();
    for round in 0..200 {
        let mut guard = shop.repo.command_in(env!("CARGO_BIN_EXE_guard"), &trees[round % 10]);
        guard.args(["hook", "pre-commit"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        hooks.push(guard.spawn().unwrap());
    }
    for hook in hooks {
        let done = hook.wait_with_output().unwrap();
        let said = one_line(&done.stderr);
        assert!(done.status.success() && said.contains("uses-tts") && !said.contains("locked"), "{said}");
    }
    all_are_there(&shop, 200);
}
