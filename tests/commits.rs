//! Every way in which git makes a commit, through the hook that `guard install` wrote. Each row is run four times: with
//! guard and without it, each with what must be stopped and with its good twin.
//!
//! What must be stopped leaves everything as it was; the twin passes in silence and becomes, to the last byte, the commit
//! that git makes without guard.

/// What may lie among the migrations: line endings, encodings, links, names.
mod entries;
/// The forms of `git commit`.
mod forms;
/// Merges, rebases, and what else makes commits.
mod histories;
/// How a repository may be stored, and from where it is used.
mod stores;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::TestRepo;

pub(crate) const ONE: &str = "migrations/10_one.sql";
pub(crate) const TWO: &str = "migrations/20_two.sql";
pub(crate) const THREE: &str = "migrations/30_three.sql";
pub(crate) const GUARD_TOML: &str = "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n";

pub(crate) fn table(name: &str) -> String {
    format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY);\n")
}

/// A work tree in which something is about to be committed.
struct Scene {
    /// Holds all the folders, and deletes them at the end.
    repo: TestRepo,
    /// Where git is started.
    dir: PathBuf,
    /// The root of the work tree.
    root: PathBuf,
    /// What stands between `git` and its command.
    options: Vec<String>,
    /// The last good commit, against which all is compared, was made with guard's hook in place.
    guarded: bool,
}

impl Scene {
    fn of(repo: TestRepo, guarded: bool) -> Self {
        let root = repo.path().to_owned();
        Self { dir: root.clone(), root, repo, options: Vec::new(), guarded }
    }

    /// Runs git, which may fail.
    fn try_git(&self, arguments: &[&str]) -> Output {
        let mut git = self.repo.command_in("git", &self.dir);
        git.args(&self.options).args(arguments).output().unwrap()
    }

    /// Runs git, which must succeed, and returns what it says.
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Writes into the work tree.
    fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Writes and stages.
    fn stage(&self, path: &str, bytes: impl AsRef<[u8]>) {
        self.write(path, bytes);
        self.git(&["add", "--sparse", "--", self.root.join(path).to_str().unwrap()]);
    }

    /// The usual change: a published migration is edited, or a new one is written. Staged.
    fn edit_or_add(&self, good: bool) {
        if good {
            self.stage(THREE, table("three"));
        } else {
            self.stage(ONE, "CREATE TABLE one (id TEXT);\n");
        }
    }

    /// Commits what is staged past all hooks.
    fn commit_unseen(&self, message: &str) {
        self.git(&["commit", "-qn", "-m", message]);
    }

    /// HEAD, the index, what git sees of the work tree, and all its files.
    fn state(&self) -> State {
        State {
            head: stdout(&self.try_git(&["rev-parse", "HEAD"])),
            branch: stdout(&self.try_git(&["symbolic-ref", "-q", "HEAD"])),
            index: self.git(&["ls-files", "-s", "-z"]),
            status: self.git(&["status", "--porcelain=v1", "-z"]),
            files: files(&self.root),
        }
    }
}

/// All that a commit may change, and that guard must not.
#[derive(Debug, PartialEq, Eq)]
struct State {
    head: String,
    branch: String,
    index: String,
    status: String,
    files: BTreeMap<PathBuf, (u32, Vec<u8>)>,
}

/// The files below a directory, without git's own: mode and bytes.
fn files(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if entry.file_name() == ".git" {
                continue;
            }
            if kind.is_dir() {
                left.push(path);
            } else {
                let bytes = if kind.is_symlink() {
                    fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
                } else {
                    fs::read(&path).unwrap()
                };
                let mode = path.symlink_metadata().unwrap().mode();
                found.insert(path.strip_prefix(root).unwrap().to_owned(), (mode, bytes));
            }
        }
    }
    found
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The rules that spoke, in the report for people.
pub(crate) fn spoken(text: &str) -> BTreeSet<&str> {
    text.split_terminator('\n')
        .filter_map(|line| line.strip_prefix("error[").or_else(|| line.strip_prefix("warning[")))
        .filter_map(|rest| rest.split(']').next())
        .collect()
}

/// A row of the matrix.
struct Row {
    /// The repository, with two published migrations; with guard's hook or without it.
    scene: fn(bool) -> Scene,
    /// What the user does before the commit; well or badly.
    change: fn(&Scene, bool),
    /// The commit.
    commit: fn(&Scene, bool) -> Output,
    /// The rules that must speak of the bad one.
    rules: &'static [&'static str],
}

impl Row {
    fn holds(&self) {
        let [guarded, free] = [true, false].map(|guarded| {
            let scene = (self.scene)(guarded);
            (self.change)(&scene, true);
            scene
        });
        assert!(guarded.guarded && !free.guarded);
        let (said, wanted) = ((self.commit)(&guarded, true), (self.commit)(&free, true));
        assert!(wanted.status.success(), "without guard the good one fails: {}", stderr(&wanted));
        assert!(said.status.success(), "the good one is stopped: {}", stderr(&said));
        assert_eq!(stderr(&said), stderr(&wanted), "the good one is not passed in silence");
        assert_eq!(guarded.state(), free.state(), "another commit than without guard");

        let guarded = (self.scene)(true);
        (self.change)(&guarded, false);
        let before = guarded.state();
        let said = (self.commit)(&guarded, false);
        let words = stderr(&said);
        assert!(!said.status.success(), "the bad one passes: {words}");
        assert_eq!(spoken(&words), self.rules.iter().copied().collect(), "{words}");
        assert_eq!(guarded.state(), before, "what was stopped left something behind");

        let free = (self.scene)(false);
        (self.change)(&free, false);
        let passes = (self.commit)(&free, false);
        assert!(passes.status.success(), "without guard it fails as well: {}", stderr(&passes));
    }
}

/// Two published migrations on `main`, a branch `feature` checked out.
fn published(guarded: bool) -> Scene {
    let scene = publish(TestRepo::new(), guarded);
    scene.git(&["switch", "-q", "-c", "feature"]);
    scene
}

/// Publishes two migrations on the branch that is checked out.
fn publish(repo: TestRepo, guarded: bool) -> Scene {
    let scene = Scene::of(repo, guarded);
    scene.write(ONE, table("one"));
    scene.write(TWO, table("two"));
    scene.write("code.rs", "one\n");
    scene.write("guard.toml", GUARD_TOML);
    if guarded {
        scene.repo.guard(&["install"]).success();
    }
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "-m", "published"]);
    scene
}

/// `git commit` of what is staged.
fn plain(scene: &Scene, _good: bool) -> Output {
    scene.try_git(&["commit", "-q", "-m", "x"])
}
