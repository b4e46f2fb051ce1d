//! Hostile commands, each as the only check of a commit and all of them together.

use std::os::unix::process::CommandExt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::{LIMIT, Shop, shell};

/// Those that do not end: name and script.
pub(crate) const ENDLESS: &[(&str, &str)] = &[
    ("sleeps", "sleep 60"),
    ("ignores-term", "trap '' TERM HUP INT; while :; do sleep 1; done"),
    ("new-session", "setsid sleep 60 & sleep 60"),
    ("forks-twice", "(setsid sh -c 'setsid sleep 60 & sleep 60' &) ; sleep 60"),
    ("ignores-in-session", "setsid sh -c \"trap '' TERM; sleep 60; sleep 60\" & sleep 60"),
    ("stops-itself", "kill -STOP $$"),
    ("talks", "yes"),
    ("waits-for-input", "cat; sleep 60"),
    ("asks-the-terminal", "read answer < /dev/tty; sleep 60"),
    ("forks-on", "while :; do sleep 60 & sleep 0.05; done"),
];

pub(crate) fn optional(scripts: &[(&str, &str)]) -> String {
    scripts.iter().map(|(name, script)| shell(name, false, "10s", script)).collect()
}

/// Those that turn against what watches over them: the parent of the command.
const REBELS: &[(&str, &str)] = &[
    ("kills", "setsid sleep 60 & kill -9 $PPID; sleep 60"),
    ("stops", "setsid sleep 60 & kill -STOP $PPID; sleep 60"),
    ("kills-early", "(setsid sh -c 'setsid sleep 60 & sleep 60' &); kill -9 $PPID; exit 0"),
];

#[test]
fn what_does_not_end_is_ended_and_the_commit_goes_through() {
    for (name, script) in ENDLESS.iter().chain(REBELS) {
        let shop = Shop::new(&optional(&[(name, script)]));
        let (through, said, took) = shop.commit();
        assert!(through, "{name}: {said}");
        assert!(took < LIMIT, "{name}: {took:?}");
        let skip = format!("the check \"{name}\"");
        assert!(said.contains(&skip) && said.contains("was not run to its end"), "{name}: {said}");
        assert!(said.contains("does not block"), "{name}: {said}");
    }
}

#[test]
fn checks_that_wait_for_a_place_have_their_own_end() {
    let toml =
        optional(ENDLESS).replace("[[checks]]\nname = \"sleeps\"", "jobs = 4\n[[checks]]\nname = \"sleeps\"");
    let said = Shop::new(&toml).prompt_commit();
    for (name, _) in ENDLESS {
        assert!(said.contains(&format!("the check \"{name}\"")), "{name}: {said}");
    }
    assert!(said.contains("the budget of the hook was over before it could begin"), "{said}");
}

#[test]
fn what_is_left_behind_by_a_check_that_passes_is_ended_and_not_waited_for() {
    for script in [
        "sleep 60 & echo done",
        "setsid sleep 60 & echo done",
        "(setsid sh -c 'sleep 60 & sleep 60' &); echo done",
    ] {
        let shop = Shop::new(&shell("leaves", true, "30s", script));
        let (through, said, took) = shop.commit();
        assert!(through && said.is_empty(), "{script}: {said}");
        assert!(took < LIMIT, "{script}: {took:?}");
    }
}

#[test]
fn what_a_required_one_does_not_finish_is_exit_2_with_the_way_out() {
    let shop = Shop::new(&shell("slow", true, "300ms", "sleep 60"));
    let (through, said, took) = shop.commit();
    assert!(!through && took < LIMIT, "{took:?} {said}");
    assert!(said.contains("required by guard.toml:6"), "{said}");
    assert!(said.contains("make it optional: required = false at guard.toml:6"), "{said}");
    assert_eq!(shop.guard(&["check"]).status.code(), Some(2));
}

#[test]
fn a_failure_blocks_where_it_is_required_and_its_output_is_shown() {
    for required in [true, false] {
        let shop = Shop::new(&shell("lint", required, "10s", "echo out; echo wrong >&2; exit 3"));
        let (through, said, _) = shop.commit();
        assert_eq!(through, !required, "{said}");
        assert!(said.contains("[failed-check]: the check lint failed: exit status 3"), "{said}");
        let report = shop.repo.guard(&["check", "--format", "json"]).code(i32::from(required)).json();
        assert_eq!(report["findings"][0]["evidence"][1]["text"], "out\nwrong", "{report}");
    }
}

#[test]
fn much_output_is_bounded_and_the_rest_is_read_on() {
    let shop = Shop::new(&shell(
        "talks",
        false,
        "60s",
        "head -c 200000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1",
    ));
    // No budget here: only that it comes to its end counts.
    let toml = std::fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap();
    shop.repo.write("guard.toml", toml.replace("budget = \"800ms\"\n", ""));
    let report = shop.repo.guard(&["check", "--format", "json"]).success().json();
    let output = report["findings"][0]["evidence"][1]["text"].as_str().unwrap();
    assert!(
        output.len() < 66_000 && output.ends_with("the end") && output.contains("bytes left out"),
        "{}",
        output.len()
    );
}

#[test]
fn exit_status_75_is_a_skip_also_where_it_is_required() {
    let shop = Shop::new(&shell("render", true, "10s", "echo no server; exit 75"));
    let (through, said, _) = shop.commit();
    assert!(through, "{said}");
    assert!(said.contains("exit status 75"), "{said}");
    assert_eq!(shop.guard(&["check", "--strict"]).status.code(), Some(2));
}

#[test]
fn a_program_that_is_not_there_is_a_failure_that_names_it() {
    let toml = "[[checks]]\nname = \"gone\"\nrun = [\"./scripts/gone\"]\nrequired = true\ntimeout = \"5s\"\n";
    let shop = Shop::new(toml);
    let (through, said, _) = shop.commit();
    assert!(!through && said.contains("cannot be started") && said.contains("./scripts/gone"), "{said}");
}

#[test]
fn checks_run_at_the_root_without_what_git_tells_its_hooks() {
    let script = "pwd; env | grep -E '^(GIT_(DIR|INDEX_FILE|PREFIX|WORK_TREE)|GUARD)='; git rev-parse --show-toplevel; exit 1";
    let shop = Shop::new(&shell("env", true, "10s", script));
    std::fs::create_dir(shop.repo.path().join("deep")).unwrap();
    let done = shop
        .git()
        .args(["commit", "-q", "--allow-empty", "-am", "x"])
        .current_dir(shop.repo.path().join("deep"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let root = shop.repo.path().to_str().unwrap();
    assert_eq!(said.matches(root).count(), 2, "{said}");
    assert!(said.contains("GUARD=1") && !said.contains("GIT_INDEX_FILE="), "{said}");
}

#[test]
fn a_check_runs_only_for_its_files() {
    let toml = shell("audio", true, "10s", "exit 1") + "files = [\"content/**/*.md\"]\n";
    let shop = Shop::new(&toml);
    shop.repo.write("code.rs", "// code\n");
    shop.repo.write("content/x.txt", "text\n");
    shop.repo.git(&["add", "-A"]);
    assert!(shop.commit().0);
    shop.repo.write("content/deep/er/x.md", "text\n");
    assert!(shop.commit().0, "it is not staged");
    shop.repo.git(&["add", "-A"]);
    assert!(!shop.commit().0);
}

/// guard is killed while checks run: what it started ends as well.
fn cut_short(cut: impl Fn(&std::process::Child), groups: bool) {
    for (name, script) in ENDLESS {
        let shop = Shop::new(&shell(name, true, "60s", script));
        let mut git = shop.git();
        if groups {
            git.process_group(0);
        }
        let mut git = git.args(["commit", "-q", "--allow-empty", "-m", "x"]).spawn().unwrap();
        // Until the command itself is there.
        let end = Instant::now() + Duration::from_secs(20);
        while shop.left().len() < 4 {
            assert!(Instant::now() < end, "{name} is not started: {:?}", shop.left());
            thread::sleep(Duration::from_millis(10));
        }
        cut(&git);
        let begin = Instant::now();
        assert!(!git.wait().unwrap().success(), "{name}");
        assert!(begin.elapsed() < LIMIT, "{name}: {:?}", begin.elapsed());
        shop.nothing_is_left();
        shop.declare("");
        assert!(shop.commit().0, "{name}");
    }
}

#[test]
fn nothing_survives_the_death_of_guard() {
    cut_short(
        |git| {
            let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", git.id())).unwrap();
            for child in children.split_whitespace() {
                let _ = kill_process(Pid::from_raw(child.parse().unwrap()).unwrap(), Signal::KILL);
            }
        },
        false,
    );
}

#[test]
fn nothing_survives_ctrl_c() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let cut = |git: &std::process::Child| {
            let _ = kill_process_group(Pid::from_child(git), signal);
        };
        cut_short(cut, true);
    }
}

/// At a terminal of its own, in the foreground, as somebody types it.
#[test]
fn ctrl_c_at_a_terminal_ends_it_at_once() {
    use std::io::Write;
    for (name, script) in ENDLESS {
        let shop = Shop::new(&shell(name, true, "60s", script));
        let head = shop.repo.git(&["rev-parse", "HEAD"]);
        let files = shop.files();
        let mut terminal = shop.repo.command("script");
        terminal.args(["-qec", "git commit -q --allow-empty -m x; echo ended $?", "/dev/null"]);
        let (mark, value) = shop.mark.split_once('=').unwrap();
        terminal.env(mark, value).env("TMPDIR", &shop.temporary).env("SHELL", "/bin/sh");
        terminal.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut terminal = terminal.spawn().unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        // The shell, git, the shim that has become guard, the warden, the command.
        while shop.left().iter().filter(|command| command.contains("warden")).count() == 0 {
            assert!(Instant::now() < end, "{name} is not started: {:?}", shop.left());
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(50));
        let begin = Instant::now();
        terminal.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
        let done = terminal.wait_with_output().unwrap();
        assert!(begin.elapsed() < LIMIT, "{name}: {:?}", begin.elapsed());
        // Ctrl-C ends the shell that has started git as well, by SIGINT; where it lives on, git has ended so.
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(!said.contains("ended 0") && !said.contains("was not run"), "{name}: {said}");
        assert_eq!(done.status.code(), Some(130), "{name}: {said}");
        shop.nothing_is_left();
        assert_eq!(shop.files(), files, "{name}");
        assert_eq!(shop.repo.git(&["rev-parse", "HEAD"]), head, "{name}");
    }
}
