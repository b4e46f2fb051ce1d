//! Real git repositories in temporary folders, kept apart from the configuration of whoever runs the tests.

/// Real MariaDB servers.
pub(crate) mod mysql;
/// Ports of this machine.
pub(crate) mod ports;
/// Real PostgreSQL servers.
pub(crate) mod postgres;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use migguard::git::{Backend, GitEnvironment, GitError, Preference, open_with};
use migguard::model::{Oid, RepoPath};
use tempfile::TempDir;

/// The moment at which all commits of the tests are made.
const DATE: &str = "2026-01-02T03:04:05Z";

/// A repository with a work tree. Everything, its home directory too, vanishes with it.
pub(crate) struct TestRepo {
    root: TempDir,
    dir: PathBuf,
}

impl TestRepo {
    /// An empty repository on the branch `main`.
    pub(crate) fn new() -> Self {
        Self::init(&[]).expect("`git init` without options works")
    }

    /// The same with more options for `git init`; `None` where this git does not know them.
    pub(crate) fn init(options: &[&str]) -> Option<Self> {
        let repo = Self::bare_ground();
        fs::create_dir(&repo.dir).unwrap();
        let done = repo.try_git(&[&["init", "-q", "-b", "main"], options].concat());
        done.status.success().then_some(repo)
    }

    /// A folder without a repository; [`TestRepo::path`] is not there yet.
    pub(crate) fn bare_ground() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        // The temporary directory may be a link; git shows the real one.
        let dir = root.path().canonicalize().unwrap().join("repo");
        Self { root, dir }
    }

    /// A clone of this one, over the `file` transport, so that depth and filters mean something.
    pub(crate) fn clone_with(&self, options: &[&str]) -> Self {
        let copy = Self::bare_ground();
        let url = format!("file://{}", self.dir.display());
        let target = copy.dir.display().to_string();
        let arguments = [&["clone", "-q"], options, &[&url, &target]].concat();
        check(&arguments, &copy.command_in("git", copy.root.path()).args(&arguments).output().unwrap());
        copy
    }

    /// The root of the work tree.
    pub(crate) fn path(&self) -> &Path {
        &self.dir
    }

    /// A folder beside the work tree, for remotes and linked work trees.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.dir.with_file_name(name)
    }

    /// The home directory of everything that is started here.
    pub(crate) fn home(&self) -> PathBuf {
        self.beside("home")
    }

    /// A program that is to run in the work tree, without the outer git variables and configuration.
    pub(crate) fn command(&self, program: &str) -> Command {
        self.command_in(program, &self.dir)
    }

    /// The same in another directory.
    pub(crate) fn command_in(&self, program: &str, directory: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name = name.as_encoded_bytes();
            let changes_guard = name.starts_with(b"GUARD") || matches!(name, b"CI" | b"GITHUB_ACTIONS");
            if changes_guard || name.starts_with(b"GIT_") {
                command.env_remove(std::ffi::OsStr::from_bytes(name));
            }
        }
        command
            .current_dir(directory)
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.home().join("xdg"));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Test")
                .env(format!("GIT_{role}_EMAIL"), "test@example.org");
            command.env(format!("GIT_{role}_DATE"), DATE);
        }
        command
    }

    /// Runs git in the work tree and returns its output without the last line end. Panics where git fails.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.dir, arguments)
    }

    /// The same in another directory.
    pub(crate) fn git_in(&self, directory: &Path, arguments: &[&str]) -> String {
        check(arguments, &self.command_in("git", directory).args(arguments).output().unwrap())
    }

    /// Runs git, which may fail.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> Output {
        self.command("git").args(arguments).output().unwrap()
    }

    /// Writes a file into the work tree, with its directories.
    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Adds everything and commits it. Returns the commit.
    pub(crate) fn commit(&self, message: &str) -> Oid {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    /// Writes one file and commits it.
    pub(crate) fn commit_file(&self, path: &str, text: &str) -> Oid {
        self.write(path, text);
        self.commit(&format!("add {path}"))
    }

    /// The object that a revision names.
    pub(crate) fn id(&self, revision: &str) -> Oid {
        Oid::from_hex(&self.git(&["rev-parse", "--verify", revision])).unwrap()
    }

    /// The environment in which guard is to open this repository, with these variables on top.
    ///
    /// Without git's own variables for configuration: with them the library would leave configuration to the command.
    pub(crate) fn environment(&self, variables: &[(&str, &str)]) -> GitEnvironment {
        let home = self.home();
        let own = [("HOME", home.to_str().unwrap()), ("XDG_CONFIG_HOME", home.to_str().unwrap())];
        own.into_iter().chain(variables.iter().copied()).collect()
    }

    /// Opens it as a hook would, from its root.
    pub(crate) fn open(&self) -> Box<dyn Backend> {
        self.open_in(&self.dir, &[]).unwrap()
    }

    /// Opens what is found in a directory, with these variables.
    pub(crate) fn open_in(
        &self,
        directory: &Path,
        variables: &[(&str, &str)],
    ) -> Result<Box<dyn Backend>, GitError> {
        open_with(directory, self.environment(variables), Preference::Library)
    }

    /// Opens it through the library and through the command: what holds for one must hold for the other.
    pub(crate) fn open_both(&self, directory: &Path, variables: &[(&str, &str)]) -> [Box<dyn Backend>; 2] {
        [Preference::Library, Preference::Command]
            .map(|preference| open_with(directory, self.environment(variables), preference).unwrap())
    }
}

/// Where the programs of `tests/NAME/install.sh` are, which are installed from their registries once. Where that fails, the test does.
pub(crate) fn installed(name: &str) -> PathBuf {
    let cache = std::env::vars_os().find(|(known, _)| known == "GUARD_TEST_CACHE").map(|(_, value)| value);
    let cache = cache.map_or_else(
        || Path::new(env!("CARGO_BIN_EXE_guard")).ancestors().nth(2).unwrap().to_owned(),
        PathBuf::from,
    );
    let script = format!("{}/tests/{name}/install.sh", env!("CARGO_MANIFEST_DIR"));
    let done = Command::new("sh").arg(script).arg(cache.join(name)).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "the programs of tests/{name} are not to be had:\n{said}");
    cache.join(name).canonicalize().unwrap()
}

/// A test that cannot run on this machine. That is a failure, since a skip that shows green proves nothing; who knows
/// and wants the rest all the same says so with `GUARD_TEST_MAY_SKIP=1`.
pub(crate) fn cannot_run(why: &str) {
    let allowed = std::env::vars_os().any(|(name, value)| name == "GUARD_TEST_MAY_SKIP" && value == "1");
    assert!(allowed, "this test cannot run here: {why} (GUARD_TEST_MAY_SKIP=1 leaves such tests out)");
    eprintln!("skipped: {why}");
}

/// What the built guard said and how it ended.
#[derive(Debug)]
pub(crate) struct Guarded(pub(crate) Output);

impl TestRepo {
    /// Runs the built guard in the work tree.
    pub(crate) fn guard(&self, arguments: &[&str]) -> Guarded {
        Guarded(self.command(env!("CARGO_BIN_EXE_guard")).args(arguments).output().unwrap())
    }
}

impl Guarded {
    /// It must have ended with exit code 0.
    pub(crate) fn success(self) -> Self {
        self.code(0)
    }

    /// It must have ended with this exit code.
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "{}{}", self.out(), self.err());
        self
    }

    /// Its standard output.
    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// Its standard error.
    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// The report, of a run with `--format json`.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.0.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out(), self.err()))
    }

    /// The rules that found something, sorted, each once.
    pub(crate) fn rules(&self) -> Vec<String> {
        let report = self.json();
        let rules = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap().to_owned());
        rules.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }
}

/// The paths of a backend's index below some directories.
pub(crate) fn index_paths(git: &dyn Backend, dirs: &[&str]) -> Vec<String> {
    let dirs: Vec<RepoPath> = dirs.iter().copied().map(RepoPath::from).collect();
    git.index(&dirs).unwrap().entries.iter().map(|entry| entry.path.to_string()).collect()
}

/// The output of a git that was to succeed.
fn check(arguments: &[&str], output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {}: {stderr}", arguments.join(" "));
    String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()
}

/// A SQLite database whose ledger is that of sqlx, with these migrations applied: version, name, text.
pub(crate) fn sqlx_database(file: &Path, applied: &[(i64, &str, &str)]) {
    use sha2::Digest as _;
    let connection = rusqlite::Connection::open(file).unwrap();
    connection
        .execute_batch(
            "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;
             CREATE TABLE _sqlx_migrations (
                 version BIGINT PRIMARY KEY, description TEXT NOT NULL,
                 installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
                 success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
        )
        .unwrap();
    for (version, name, text) in applied {
        let checksum = sha2::Sha384::digest(text.as_bytes());
        connection
            .execute(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (?1, ?2, TRUE, ?3, 1)",
                (version, name, checksum.as_slice()),
            )
            .unwrap();
    }
}

/// Copies a program to run it from there. By `cp`: were it written here, a process that another test starts at that moment
/// would hold it open, and nobody could run it ("text file busy").
pub(crate) fn copy_program(from: impl AsRef<Path>, to: &Path) {
    assert!(Command::new("cp").arg(from.as_ref()).arg(to).status().unwrap().success());
}
