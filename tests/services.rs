//! Real commits through the installed hook, among servers and commands that do what they should not.

/// What is left alone for a while.
mod breaker;
/// Commands that do not end, do not stop talking, or leave others behind.
mod commands;
/// What was skipped is remembered.
mod debts;
/// What a commit would do.
mod drill;
/// Other hooks.
mod others;
/// "What happens when ... is down".
mod page;
/// Servers that are silent, slow or wrong.
mod servers;

use std::fs;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::TestRepo;

/// The budget of a commit in these tests is 800 ms. The rest is for a machine that is busy with other things.
pub(crate) const LIMIT: Duration = Duration::from_secs(4);

/// Marks everything that a test starts.
const MARK: &str = "GUARD_TEST_MARK";

/// A repository with a migration, checks, and the hook.
pub(crate) struct Shop {
    pub(crate) repo: TestRepo,
    mark: String,
}

impl Shop {
    /// `toml` stands behind the migration set and a budget of 800 ms.
    pub(crate) fn new(toml: &str) -> Self {
        let repo = TestRepo::new();
        repo.write("migrations/1_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
        let shop = Self { mark: format!("{MARK}={}", repo.path().display()), repo };
        shop.declare(toml);
        shop.repo.git(&["add", "-A"]);
        shop.repo.git(&["commit", "-qm", "begin"]);
        shop.repo.guard(&["install"]).success();
        shop
    }

    /// Writes `guard.toml` anew.
    pub(crate) fn declare(&self, toml: &str) {
        let text = format!(
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n[hook]\nbudget = \"800ms\"\n{toml}"
        );
        self.repo.write("guard.toml", text);
    }

    /// git in the work tree, with the mark.
    pub(crate) fn git(&self) -> std::process::Command {
        let mut git = self.repo.command("git");
        let (name, value) = self.mark.split_once('=').unwrap();
        git.env(name, value).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        git
    }

    /// guard in the work tree, with the mark.
    pub(crate) fn guard(&self, arguments: &[&str]) -> Output {
        let mut guard = self.repo.command(env!("CARGO_BIN_EXE_guard"));
        let (name, value) = self.mark.split_once('=').unwrap();
        guard.env(name, value).args(arguments).output().unwrap()
    }

    /// A commit: whether it went through, what was said, in one line, and how long it took. Nothing of it is left afterwards.
    pub(crate) fn commit(&self) -> (bool, String, Duration) {
        let begin = Instant::now();
        let done = self.git().args(["commit", "-q", "--allow-empty", "-am", "a change"]).output().unwrap();
        let took = begin.elapsed();
        self.nothing_is_left();
        (done.status.success(), one_line(&done.stderr), took)
    }

    /// The processes that a test has started and that are still there.
    pub(crate) fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        for process in fs::read_dir("/proc").unwrap().flatten() {
            let environment = fs::read(process.path().join("environ")).unwrap_or_default();
            if environment.split(|byte| *byte == 0).any(|variable| variable == self.mark.as_bytes()) {
                left.push(fs::read_to_string(process.path().join("cmdline")).unwrap_or_default());
            }
        }
        left
    }

    /// Nobody who was started is still there, or at most for the moment that a kill takes.
    pub(crate) fn nothing_is_left(&self) {
        let end = Instant::now() + Duration::from_secs(5);
        while !self.left().is_empty() {
            assert!(Instant::now() < end, "still there: {:?}", self.left());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Where a line was broken is of no interest.
pub(crate) fn one_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A check that runs a script of the shell.
pub(crate) fn shell(name: &str, required: bool, timeout: &str, script: &str) -> String {
    format!(
        "[[checks]]\nname = \"{name}\"\nrun = [\"sh\", \"-c\", '''{script}''']\nrequired = {required}\ntimeout = \"{timeout}\"\n"
    )
}
