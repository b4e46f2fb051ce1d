//! guard is killed at any moment of a real commit: work tree, index and databases stay as they are, to the last byte; no
//! lock is left; a bad commit never passes because of it; and the next commit works.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::commits::{spoken, table};
use crate::support::{TestRepo, sqlx_database};

/// So many migrations keep guard busy for a while.
const MIGRATIONS: i64 = 200;

/// Databases in the states that make guard work: at rest, with a live log, and with the journal of a writer that crashed.
struct Bench {
    repo: TestRepo,
    /// Where guard puts what is temporary.
    temporary: PathBuf,
    /// Writes into the log of one of them, now and then.
    writer: Connection,
}

impl Bench {
    fn new() -> Self {
        let repo = TestRepo::new();
        let temporary = repo.beside("temporary");
        fs::create_dir(&temporary).unwrap();
        fs::create_dir(repo.path().join("data")).unwrap();
        let names: Vec<(i64, String)> =
            (1..=MIGRATIONS).map(|number| (number, format!("m{number}"))).collect();
        for (number, name) in &names {
            repo.write(format!("migrations/{number:04}_{name}.sql"), table(name));
        }
        let texts: Vec<String> = names.iter().map(|(_, name)| table(name)).collect();
        let applied: Vec<(i64, &str, &str)> =
            names.iter().zip(&texts).map(|((number, name), text)| (*number, &**name, &**text)).collect();
        let mut toml = "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n".to_owned();
        for name in ["rest", "live", "hot"] {
            sqlx_database(&repo.path().join(format!("data/{name}.db")), &applied);
            toml += &format!(
                "[databases.{name}]\nurl = \"sqlite:data/{name}.db\"\nrequired = true\ntimeout = \"20s\"\nat = [\"commit\"]\n"
            );
        }
        let writer = Connection::open(repo.path().join("data/live.db")).unwrap();
        writer.pragma_update(None, "journal_mode", "wal").unwrap();
        writer.execute_batch("CREATE TABLE later (id INTEGER); INSERT INTO later VALUES (1)").unwrap();
        leave_a_hot_journal(&repo.path().join("data/hot.db"));
        repo.write("guard.toml", toml);
        repo.write(".gitignore", "data/\n");
        repo.guard(&["install"]).success();
        repo.git(&["add", "-A"]);
        repo.git(&["commit", "-qnm", "published"]);
        repo.git(&["switch", "-q", "-c", "feature"]);
        Self { repo, temporary, writer }
    }

    fn commit(&self, arguments: &[&str]) -> std::process::Command {
        let mut git = self.repo.command("git");
        git.args(["commit", "-q"]).args(arguments).env("TMPDIR", &self.temporary);
        git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, as a shell gives to what is typed: Ctrl-C reaches git and guard.
        git.process_group(0);
        git
    }

    /// All that must stay: every file but guard's own memory, and the shared memory of a live database, in which readers
    /// leave their marks.
    fn state(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(self.repo.path(), &mut found);
        found.retain(|path, _| {
            !path.starts_with(self.repo.path().join(".git/guard")) && !path.ends_with("live.db-shm")
        });
        found
    }

    /// A copy of a database that could not be read where it lies stays behind when guard is killed, for its user alone to
    /// read. A later run takes it away, when it is old enough to belong to nobody.
    fn leftovers_go(&self) {
        use std::os::unix::fs::PermissionsExt;
        let left =
            || fs::read_dir(&self.temporary).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let old = std::time::SystemTime::now() - Duration::from_secs(2 * 3600);
        let young = self.temporary.join("guard-copy-young");
        let foreign = self.temporary.join("somebody's");
        for directory in left().iter().chain([&self.temporary.join("guard-copy-old"), &foreign]) {
            let _ = fs::create_dir(directory);
            if *directory != foreign && directory.file_name().unwrap() != "guard-copy-old" {
                assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o700);
            }
            fs::File::open(directory).unwrap().set_modified(old).unwrap();
        }
        fs::create_dir(&young).unwrap();
        self.repo.write("code.rs", "// more code\n");
        assert!(self.commit(&["-am", "later"]).output().unwrap().status.success());
        let mut now = left();
        now.sort();
        assert_eq!(now, [young, foreign]);
    }

    /// Nothing is left: no lock of guard's, none on a database, and what guard remembers is whole or not there.
    fn is_clean(&self, when: &str) {
        let quick = Connection::open(self.repo.path().join("data/rest.db")).unwrap();
        quick.busy_timeout(Duration::from_millis(500)).unwrap();
        quick.execute_batch("BEGIN EXCLUSIVE; ROLLBACK").unwrap_or_else(|error| panic!("{when}: {error}"));
        self.writer.busy_timeout(Duration::from_millis(500)).unwrap();
        self.writer
            .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
            .unwrap_or_else(|error| panic!("{when}: {error}"));
        let memory = self.repo.path().join(".git/guard/digests");
        if let Ok(bytes) = fs::read(&memory) {
            let (head, body) = bytes.split_at(28);
            assert_eq!(&head[..16], b"guard digests 2\n", "{when}");
            assert_eq!(head[16..24], (body.len() as u64).to_le_bytes(), "{when}");
            assert_eq!(head[24..], crc32fast::hash(body).to_le_bytes(), "{when}");
        }
    }
}

/// Puts the file into the state in which a writer leaves it that crashes in the middle of a transaction.
fn leave_a_hot_journal(file: &Path) {
    let begun = file.with_extension("begun");
    fs::copy(file, &begun).unwrap();
    let writer = Connection::open(&begun).unwrap();
    writer.execute_batch("PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN").unwrap();
    writer.execute_batch("UPDATE _sqlx_migrations SET description = description || zeroblob(3000)").unwrap();
    for suffix in ["", "-journal"] {
        let from = format!("{}{suffix}", begun.display());
        fs::copy(from, format!("{}{suffix}", file.display())).unwrap();
    }
    let journal = fs::read(format!("{}-journal", file.display())).unwrap();
    assert_eq!(journal[..8], [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7], "the journal counts");
    writer.execute_batch("ROLLBACK").unwrap();
    drop(writer);
    fs::remove_file(begun).unwrap();
}

fn collect(directory: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), found);
        } else {
            found.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
}

/// Waits until git has started guard. `None` when git was quicker than this.
fn guard_below(git: &mut Child) -> Option<Pid> {
    let children = format!("/proc/{0}/task/{0}/children", git.id());
    let deadline = Instant::now() + Duration::from_secs(30);
    while git.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "git does not end, and starts no hook");
        for child in fs::read_to_string(&children).unwrap_or_default().split_whitespace() {
            let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            if name == "guard\n" {
                return Pid::from_raw(child.parse().unwrap());
            }
        }
    }
    None
}

/// How a commit is cut short.
type Cut = fn(git: Pid, guard: Pid);

/// A bad commit is cut short in `rounds` moments, spread over the first 30 ms of guard's life.
fn cut_short(rounds: u64, cut: Cut) {
    let bench = Bench::new();
    let edited = bench.repo.path().join("migrations/0001_m1.sql");
    fs::write(&edited, "DROP TABLE m1;\n").unwrap();
    bench.repo.git(&["add", "-A"]);
    // Before it starts the hook, git writes trees and their ids in the index: once, and then it knows them.
    for arguments in [["-m", "x"], ["-am", "x"]] {
        assert!(!bench.commit(&arguments).output().unwrap().status.success());
    }
    let before = bench.state();
    let head = bench.repo.id("HEAD");
    let mut silent = 0;
    for round in 0..rounds {
        // Now with a memory to write, now with one to read.
        if round % 3 == 0 {
            let _ = fs::remove_dir_all(bench.repo.path().join(".git/guard"));
        }
        // 0.0 to 29.9 ms, each tenth once in 300 rounds, never two neighbours in a row.
        let delay = Duration::from_micros(round * 7919 % 300 * 100);
        let arguments: &[&str] = if round % 2 == 0 { &["-m", "x"] } else { &["-am", "x"] };
        let mut git = bench.commit(arguments).spawn().unwrap();
        let group = Pid::from_child(&git);
        if let Some(guard) = guard_below(&mut git) {
            thread::sleep(delay);
            cut(group, guard);
        }
        let ended = git.wait_with_output().unwrap();
        let words = String::from_utf8_lossy(&ended.stderr).into_owned();
        let when = format!("round {round}, after {delay:?}: {words}");
        assert!(!ended.status.success(), "{when}");
        silent += u64::from(spoken(&words).is_empty());
        assert_eq!(bench.repo.id("HEAD"), head, "{when}");
        let now = bench.state();
        let differs: Vec<&PathBuf> =
            before.keys().chain(now.keys()).filter(|path| before.get(*path) != now.get(*path)).collect();
        assert_eq!(differs, Vec::<&PathBuf>::new(), "{when}");
        bench.is_clean(&when);
    }
    assert!(silent * 4 >= rounds, "guard was cut short in {silent} of {rounds} rounds only");
    // The next commit works as ever, bad and good.
    let bad = bench.commit(&["-m", "bad"]).output().unwrap();
    let words = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(!bad.status.success() && spoken(&words).contains("checksum-mismatch"), "{words}");
    bench.repo.git(&["reset", "-q", "--hard"]);
    bench.repo.write("code.rs", "// code\n");
    bench.repo.git(&["add", "-A"]);
    let good = bench.commit(&["-m", "good"]).output().unwrap();
    let words = String::from_utf8_lossy(&good.stderr).into_owned();
    assert!(good.status.success() && spoken(&words).is_empty(), "{words}");
    assert_ne!(bench.repo.id("HEAD"), head);
    assert!(bench.repo.path().join(".git/guard/digests").exists());
    bench.leftovers_go();
}

#[test]
fn guard_is_killed() {
    cut_short(75, |_, guard| {
        let _ = kill_process(guard, Signal::KILL);
    });
}

/// As a terminal does at Ctrl-C: to all of the group.
#[test]
fn the_commit_is_interrupted() {
    cut_short(30, |git, _| {
        let _ = kill_process_group(git, Signal::INT);
    });
}

#[test]
fn the_commit_is_terminated() {
    cut_short(30, |git, _| {
        let _ = kill_process_group(git, Signal::TERM);
    });
}
