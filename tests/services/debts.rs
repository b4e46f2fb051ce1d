//! What was skipped is remembered until it is made good.

use std::fs;
use std::process::Stdio;

use super::servers::needing;
use super::{Shop, one_line, shell};
use crate::support::ports::nobody;

/// A service that is up while a file is there, and a check that needs it.
fn by_file(check: &str) -> String {
    format!(
        "[services.tts]\nprobe = {{ run = [\"test\", \"-e\", \"up\"] }}\nrequired = false\ntimeout = \"5s\"\n\
         [[checks]]\nname = \"audio\"\nrun = [\"sh\", \"-c\", \"{check}\"]\nneeds = [\"tts\"]\nrequired = true\ntimeout = \"5s\"\nfiles = [\"content/*\"]\n"
    )
}

fn change(shop: &Shop, file: &str, text: &str) {
    shop.repo.write(file, text);
    shop.repo.git(&["add", "-A"]);
}

fn debt(shop: &Shop) -> String {
    one_line(&shop.guard(&["debt"]).stdout)
}

#[test]
fn a_skip_is_listed_and_paid_by_the_next_commit_that_can() {
    let shop = Shop::new(&by_file("test -e content/a && echo ran >> .git/ran"));
    shop.repo.write(".git/info/exclude", "up\n");
    assert!(debt(&shop).contains("Nothing is owed"), "{}", debt(&shop));
    for round in 0..2 {
        change(&shop, "content/a", &format!("text {round}\n"));
        let (through, said, _) = shop.commit();
        assert!(through && said.contains("which is down"), "{said}");
    }
    let head = shop.repo.git(&["rev-parse", "HEAD"]);
    let listed = debt(&shop);
    assert!(listed.contains(&head[..7]) && listed.contains("check audio"), "{listed}");
    assert!(listed.contains("2 skips of this branch"), "{listed}");
    // It is up again. The next commit touches none of the files of the check.
    shop.repo.write("up", "");
    change(&shop, "code.rs", "// code\n");
    let (through, said, _) = shop.commit();
    assert!(through && said.contains("2 commits made offline are now checked by audio: fine"), "{said}");
    assert_eq!(fs::read_to_string(shop.repo.path().join(".git/ran")).unwrap(), "ran\n");
    assert!(debt(&shop).contains("Nothing is owed"), "{}", debt(&shop));
    change(&shop, "code.rs", "// more\n");
    assert!(shop.commit().1.is_empty());
    assert_eq!(fs::read_to_string(shop.repo.path().join(".git/ran")).unwrap(), "ran\n", "it was paid once");
}

#[test]
fn what_is_owed_and_fails_blocks_nobody_else_and_stays_owed() {
    let shop = Shop::new(&by_file("exit 1"));
    shop.repo.write(".git/info/exclude", "up\n");
    change(&shop, "content/a", "text\n");
    assert!(shop.commit().0);
    shop.repo.write("up", "");
    change(&shop, "code.rs", "// code\n");
    let (through, said, _) = shop.commit();
    assert!(through && said.contains("warning[failed-check]"), "{said}");
    assert!(debt(&shop).contains("check audio"));
    change(&shop, "content/a", "its own business\n");
    assert!(!shop.commit().0);
}

#[test]
fn a_database_that_was_down_is_owed_and_paid() {
    let toml =
        "[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = false\ntimeout = \"2s\"\nat = [\"commit\"]\n";
    let shop = Shop::new(toml);
    shop.repo.write(".git/info/exclude", "dev.db\n");
    for _ in 0..2 {
        let (through, said, _) = shop.commit();
        assert!(through && said.contains("the database \"dev\""), "{said}");
    }
    assert!(debt(&shop).contains("database dev"), "{}", debt(&shop));
    let text = fs::read_to_string(shop.repo.path().join("migrations/1_users.sql")).unwrap();
    crate::support::sqlx_database(&shop.repo.path().join("dev.db"), &[(1, "users", &text)]);
    let (through, said, _) = shop.commit();
    // The two commits have the same tree: to look at it once is to look at both.
    assert!(through && said.contains("made offline") && said.contains("now checked by dev: fine"), "{said}");
    assert!(shop.commit().1.is_empty());
}

#[test]
fn another_branch_does_not_pay() {
    let shop = Shop::new(&by_file("true"));
    shop.repo.write(".git/info/exclude", "up\n");
    shop.repo.git(&["switch", "-q", "-c", "other"]);
    change(&shop, "content/a", "text\n");
    assert!(shop.commit().0);
    shop.repo.git(&["switch", "-q", "main"]);
    shop.repo.write("up", "");
    change(&shop, "code.rs", "// code\n");
    assert!(shop.commit().1.is_empty());
    assert!(debt(&shop).contains("1 skip of commits that are on another branch"), "{}", debt(&shop));
    shop.repo.git(&["switch", "-q", "other"]);
    change(&shop, "code.rs", "// code\n");
    let said = shop.commit().1;
    assert!(said.contains("1 commit made offline is now checked by audio: fine"), "{said}");
}

#[test]
fn much_or_old_debt_is_warned_of_and_blocks_nobody() {
    let toml = needing("tts", &format!("\"tcp://127.0.0.1:{}\"", nobody()), false);
    let shop = Shop::new(&format!("debt = {{ commits = 3 }}\n{toml}"));
    for round in 1..=4 {
        change(&shop, "code.rs", &format!("// {round}\n"));
        let (through, said, _) = shop.commit();
        assert!(through, "{said}");
        assert_eq!(said.contains("[unpaid-debt]: 3 commits"), round == 4, "{round}: {said}");
    }
    // Nothing that is blocked, and nothing that is no commit, is owed.
    shop.repo.write(
        "guard.toml",
        fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap() + &shell("no", true, "5s", "exit 1"),
    );
    let before = debt(&shop);
    assert!(!shop.commit().0);
    shop.guard(&["check"]);
    assert_eq!(debt(&shop).matches("uses-tts").count(), before.matches("uses-tts").count());
}

#[test]
fn stats_say_what_it_has_cost_and_what_blocks() {
    let shop = Shop::new(&needing("tts", &format!("\"tcp://127.0.0.1:{}\"", nobody()), true));
    assert!(one_line(&shop.guard(&["stats"]).stdout).contains("Nothing was asked"));
    for _ in 0..3 {
        assert!(!shop.commit().0);
    }
    let said = one_line(&shop.guard(&["stats"]).stdout);
    assert!(said.contains("service tts 3 3 0 3"), "{said}");
    assert!(
        said.contains("blocking-dependency: the service tts is required at commit time (guard.toml:6)"),
        "{said}"
    );
    shop.repo.write(
        "guard.toml",
        fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap()
            + "[rules]\nblocking-dependency = \"warn\"\n",
    );
    let said = one_line(&shop.guard(&["check"]).stdout);
    assert!(said.contains("[blocking-dependency]") && said.contains("down 3 times"), "{said}");
}

/// A branch on which one commit edits a published migration past the hook, and the next takes that back.
fn sneaked(shop: &Shop) {
    shop.repo.git(&["branch", "origin-main"]);
    let text = fs::read_to_string(shop.repo.path().join("guard.toml")).unwrap();
    shop.repo.write("guard.toml", text + "[base]\nref = \"origin-main\"\n");
    shop.repo.git(&["commit", "-qnam", "the base"]);
    let good = fs::read_to_string(shop.repo.path().join("migrations/1_users.sql")).unwrap();
    change(shop, "migrations/1_users.sql", "DROP TABLE users;\n");
    shop.repo.git(&["commit", "-qnm", "sneaked in"]);
    change(shop, "migrations/1_users.sql", &good);
    shop.repo.git(&["commit", "-qnm", "taken back"]);
}

#[test]
fn a_commit_past_the_hook_is_named_though_a_later_one_hides_it() {
    let shop = Shop::new("");
    sneaked(&shop);
    let id = shop.repo.git(&["rev-parse", "HEAD~1"]);
    for _ in 0..2 {
        for at in ["push", "ci"] {
            let said = one_line(&shop.guard(&["check", "--at", at]).stdout);
            assert!(
                said.contains("[unchecked-commit]: the commit") && said.contains(&id[..7]),
                "{at}: {said}"
            );
            assert!(said.contains("sneaked in") && said.contains("breaks edited-migration"), "{at}: {said}");
            assert!(!said.contains("taken back"), "{at}: {said}");
        }
        // What the clone remembers has no say.
        let _ = fs::remove_dir_all(shop.repo.path().join(".git/guard"));
    }
    assert!(!one_line(&shop.guard(&["check"]).stdout).contains("unchecked-commit"), "not at a commit");
}

#[test]
fn a_cherry_pick_past_the_hook_is_named() {
    let shop = Shop::new("");
    sneaked(&shop);
    let bad = shop.repo.git(&["rev-parse", "HEAD~1"]);
    shop.repo.git(&["switch", "-q", "-c", "picked", "HEAD~2"]);
    shop.repo.git(&["cherry-pick", &bad]);
    let id = shop.repo.git(&["rev-parse", "HEAD"]);
    let done = shop.guard(&["check", "--at", "ci"]);
    let said = one_line(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("[unchecked-commit]: the commit {}", &id[..7])), "{said}");
}

#[test]
fn a_merge_that_edits_is_named_and_one_that_only_merges_is_not() {
    let shop = Shop::new("");
    shop.repo.git(&["branch", "side"]);
    sneaked(&shop);
    shop.repo.git(&["reset", "-q", "--hard", "HEAD~2"]);
    let merge = |name: &str, text: Option<&str>| {
        shop.repo.git(&["switch", "-q", "side"]);
        change(&shop, &format!("{name}.txt"), "more\n");
        shop.repo.git(&["commit", "-qnm", name]);
        shop.repo.git(&["switch", "-q", "main"]);
        shop.repo.git(&["merge", "-q", "--no-ff", "--no-commit", "--no-verify", "side"]);
        if let Some(text) = text {
            change(&shop, "migrations/1_users.sql", text);
        }
        shop.repo.git(&["commit", "-qnm", &format!("merge of {name}")]);
    };
    let good = fs::read_to_string(shop.repo.path().join("migrations/1_users.sql")).unwrap();
    merge("one", None);
    let done = shop.guard(&["check", "--at", "ci"]);
    assert_eq!(done.status.code(), Some(0), "{}", one_line(&done.stdout));
    merge("two", Some("DROP TABLE users;\n"));
    merge("three", Some(&good));
    let said = one_line(&shop.guard(&["check", "--at", "ci"]).stdout);
    assert!(said.contains("[unchecked-commit]") && said.contains("merge of two"), "{said}");
    assert!(!said.contains("merge of three") && !said.contains("merge of one"), "{said}");
}

#[test]
fn a_shallow_clone_in_which_commits_may_be_missing_says_so() {
    let shop = Shop::new("");
    sneaked(&shop);
    let clone = shop.repo.path().join("../shallow");
    let clone = clone.to_str().unwrap();
    let from = format!("file://{}", shop.repo.path().display());
    shop.repo.git(&["clone", "-q", "--depth", "2", "--branch", "main", &from, clone]);
    let base = shop.repo.git(&["rev-parse", "origin-main"]);
    shop.repo.git(&["-C", clone, "fetch", "-q", "--depth", "1", "origin", &base]);
    let check = |said: &str, expected: bool| assert_eq!(said.contains("one by one"), expected, "{said}");
    let mut guard = shop.repo.command(env!("CARGO_BIN_EXE_guard"));
    let done = guard.current_dir(clone).args(["check", "--at", "ci", "--base", &base]).output().unwrap();
    check(&one_line(&done.stdout), true);
    shop.repo.git(&["-C", clone, "fetch", "-q", "--unshallow"]);
    let done = guard.output().unwrap();
    check(&one_line(&done.stdout), false);
    assert!(one_line(&done.stdout).contains("sneaked in"), "{}", one_line(&done.stdout));
}

/// Killed at any moment of a commit, guard leaves a log that is whole and a commit that works.
#[test]
fn guard_is_killed_at_any_moment_and_what_it_remembers_stays_whole() {
    let silent = super::servers::server(super::servers::silent);
    let toml = needing("tts", &format!("\"http://127.0.0.1:{silent}\"\ncooldown = \"50ms\""), false);
    let toml = toml.replacen("timeout = \"5s\"", "timeout = \"120ms\"", 1)
        + &shell("lint", false, "5s", "sleep 0.02; exit 75");
    let shop = Shop::new(&toml);
    let mut whole = 0;
    for round in 0..60_u64 {
        let mut guard = shop.repo.command(env!("CARGO_BIN_EXE_guard"));
        let mut guard =
            guard.args(["hook", "pre-commit"]).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(round * 7 % 240));
        let _ = guard.kill();
        whole += usize::from(guard.wait().unwrap().success());
    }
    shop.nothing_is_left();
    let log = fs::read_to_string(shop.repo.path().join(".git/guard/log-1")).unwrap_or_default();
    for line in log.split('\n').filter(|line| !line.is_empty()) {
        let (sum, text) = line.split_once(' ').unwrap();
        assert_eq!(sum, format!("{:08x}", crc32fast::hash(text.as_bytes())), "{line}");
    }
    assert!(log.matches("\tcheck\tlint\t").count() >= whole, "{whole} ended by themselves: {log}");
    std::thread::sleep(std::time::Duration::from_millis(60));
    // The next commit asks again: nobody holds the right to try.
    let (through, said, _) = shop.commit();
    assert!(through && said.contains("no answer within the time allowed; waited"), "{said}");
}
