//! Real commits through the installed hook, among servers and commands that do what they should not.

/// Under a second, and nothing left: alone, all at once, on a busy machine.
mod bounds;
/// What is left alone for a while.
mod breaker;
/// Commands that do not end, do not stop talking, or leave others behind.
mod commands;
/// What was skipped is remembered.
mod debts;
/// What a commit would do.
mod drill;
/// Many commits, one after the other and at once.
mod many;
/// A resolver that never answers.
mod names;
/// Other hooks.
mod others;
/// "What happens when ... is down".
mod page;
/// Servers that are silent, slow or wrong.
pub(crate) mod servers;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::TestRepo;

/// The budget of a commit in these tests is 800 ms. The rest is for a machine that is busy with other things.
pub(crate) const LIMIT: Duration = Duration::from_secs(4);

/// What a commit may take whose budget is 800 ms, where the machine has time for it.
pub(crate) const PROMPT: Duration = Duration::from_secs(1);

/// Marks everything that a test starts.
const MARK: &str = "GUARD_TEST_MARK";

/// A repository with a migration, checks, and the hook.
pub(crate) struct Shop {
    pub(crate) repo: TestRepo,
    mark: String,
    /// Where everything that is started puts what is temporary.
    temporary: PathBuf,
}

impl Shop {
    /// `toml` stands behind the migration set and a budget of 800 ms.
    pub(crate) fn new(toml: &str) -> Self {
        let repo = TestRepo::new();
        repo.write("migrations/1_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
        let temporary = repo.beside("temporary");
        fs::create_dir(&temporary).unwrap();
        let shop = Self { mark: format!("{MARK}={}", repo.path().display()), temporary, repo };
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
        git.env(name, value).env("TMPDIR", &self.temporary);
        git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        git
    }

    /// Every file around the repository, but those that a commit has to write, and guard's memory, by name.
    fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        collect(self.repo.path().parent().unwrap(), &mut found);
        let git = self.repo.path().join(".git");
        found.retain(|path| {
            let Ok(inner) = path.strip_prefix(&git) else { return true };
            // The last two are written by the commands of some tests.
            let of_git = ["objects", "logs", "refs", "index", "COMMIT_EDITMSG", "ran", "runs"];
            !of_git.iter().any(|name| inner.starts_with(name)) && !is_memory(inner)
        });
        found
    }

    /// guard in the work tree, with the mark.
    pub(crate) fn guard(&self, arguments: &[&str]) -> Output {
        let mut guard = self.repo.command(env!("CARGO_BIN_EXE_guard"));
        let (name, value) = self.mark.split_once('=').unwrap();
        guard.env(name, value).args(arguments).output().unwrap()
    }

    /// A commit: whether it went through, what was said, in one line, and how long it took. Nothing of it is left afterwards.
    pub(crate) fn commit(&self) -> (bool, String, Duration) {
        let files = self.files();
        let begin = Instant::now();
        let done = self.git().args(["commit", "-q", "--allow-empty", "-am", "a change"]).output().unwrap();
        let took = begin.elapsed();
        self.nothing_is_left();
        let now = self.files();
        let differs: Vec<&PathBuf> = now.symmetric_difference(&files).collect();
        assert_eq!(differs, Vec::<&PathBuf>::new(), "files that came or went");
        (done.status.success(), one_line(&done.stderr), took)
    }

    /// A commit that takes no longer than [`PROMPT`]. The other tests, and whatever else goes on, may take the processor away from
    /// it at any moment, so that it has several tries; but in none of them may it take as long as what it waits for.
    pub(crate) fn prompt_commit(&self) -> String {
        let mut times = Vec::new();
        for _ in 0..6 {
            // As if nothing had been down before.
            let _ = fs::remove_dir_all(self.repo.path().join(".git/guard"));
            let (through, said, took) = self.commit();
            assert!(through && took < LIMIT, "{took:?}: {said}");
            if took < PROMPT {
                return said;
            }
            times.push(took);
        }
        panic!("never within a second: {times:?}");
    }

    /// The processes that a test has started and that are still there: they have its mark, or stand in its repository.
    pub(crate) fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        for process in fs::read_dir("/proc").unwrap().flatten() {
            let environment = fs::read(process.path().join("environ")).unwrap_or_default();
            let place = fs::read_link(process.path().join("cwd")).unwrap_or_default();
            if place.starts_with(self.repo.path())
                || environment.split(|byte| *byte == 0).any(|variable| variable == self.mark.as_bytes())
            {
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

fn collect(directory: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), found);
        }
        found.insert(entry.path());
    }
}

/// What guard keeps in a clone.
fn is_memory(path: &Path) -> bool {
    let Ok(inner) = path.strip_prefix("guard") else { return false };
    match inner.to_str().unwrap() {
        "" | "breakers" | "log-1" | "log.lock" | "digests" | "applied" => true,
        inner => inner.strip_prefix("breakers/").is_some_and(|name| {
            let name = name.strip_suffix(".lock").unwrap_or(name);
            let sum = name.rsplit('-').next().unwrap();
            name.contains('-') && sum.len() == 8 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())
        }),
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
