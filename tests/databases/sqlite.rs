//! SQLite: the contract, and what only a file can get wrong: its neighbours, crashed writers, litter.
//!
//! Each case is read with a picture of the directory before and after: every file with its bytes and its time. They must be
//! equal, whatever the answer was.

mod files;
mod mutations;
mod process;

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use migguard::db::{Cell, Database, DatabaseUrl, DbError, open};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{AMPLE, Engine, contract, names, read};
use process::Child;

/// A directory with one database, `dev.db`.
struct Sqlite {
    directory: TempDir,
}

impl Sqlite {
    fn fresh() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::File::create(directory.path().join("dev.db")).unwrap();
        Self { directory }
    }

    /// A database with a ledger of one row, in a journal mode, not open any more.
    fn with_ledger(mode: &str) -> Self {
        let sqlite = Self::fresh();
        let writer = sqlite.writer();
        writer.pragma_update(None, "journal_mode", mode).unwrap();
        writer
            .execute_batch("CREATE TABLE ledger (id INTEGER PRIMARY KEY); INSERT INTO ledger VALUES (1)")
            .unwrap();
        sqlite
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("dev.db")
    }

    fn writer(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.directory.path().join(format!("dev.db{suffix}"))
    }
}

impl Engine for Sqlite {
    fn run(&self, script: &str) {
        self.writer().execute_batch(script).unwrap();
    }

    fn open(&self, time: Duration) -> Result<Box<dyn Database>, DbError> {
        open_path(&self.path(), time)
    }

    fn block_readers(&self) -> Box<dyn Any> {
        let writer = self.writer();
        // With a log, BEGIN EXCLUSIVE keeps only writers away. This keeps the lock on the file after a commit.
        writer
            .execute_batch("PRAGMA locking_mode=EXCLUSIVE; PRAGMA user_version=1; BEGIN EXCLUSIVE")
            .unwrap();
        Box::new(writer)
    }

    fn bytes(&self) -> (&'static str, &'static str) {
        ("BLOB", "x'00ff'")
    }

    fn quote(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

fn open_path(path: &Path, time: Duration) -> Result<Box<dyn Database>, DbError> {
    let text = format!("sqlite:{}", path.to_str().unwrap().replace('%', "%25").replace('?', "%3f"));
    open(&DatabaseUrl::parse(&text, Path::new("")).unwrap(), Instant::now() + time)
}

/// The ids in the table `ledger`, and the remark.
fn ids(path: &Path) -> Result<(Vec<i64>, Option<String>), DbError> {
    let mut database = open_path(path, AMPLE)?;
    let rows = read(&mut *database, "ledger", &["id"])?;
    let id = |row: Vec<Cell>| if let [Cell::Integer(id)] = row[..] { id } else { panic!("{row:?}") };
    Ok((rows.into_iter().map(id).collect(), database.remark()))
}

type Picture = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

/// Every file of a directory, with its bytes and the time of its last change.
fn picture(directory: &Path) -> Picture {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    files
        .map(|path| {
            let modified = path.metadata().unwrap().modified().unwrap();
            (path.clone(), (fs::read(&path).unwrap(), modified))
        })
        .collect()
}

/// Does something, and holds that the directory is as it was.
fn untouched<T>(directory: &Path, work: impl FnOnce() -> T) -> T {
    let before = picture(directory);
    let result = work();
    let after = picture(directory);
    let keys = |picture: &Picture| picture.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&after), keys(&before), "no new neighbours, and none is gone");
    for (path, content) in &before {
        assert!(after[path] == *content, "{} was changed", path.display());
    }
    result
}

#[test]
fn keeps_the_contract() {
    contract(Sqlite::fresh);
}

#[test]
fn keeps_the_contract_with_a_log() {
    contract(|| {
        let sqlite = Sqlite::fresh();
        sqlite.run("PRAGMA journal_mode=WAL");
        sqlite
    });
}

#[test]
fn a_clean_file_stays_as_it_is() {
    for mode in ["delete", "truncate", "persist", "memory", "off", "wal"] {
        let sqlite = Sqlite::with_ledger(mode);
        let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
        assert_eq!((found, remark), (vec![1], None), "{mode}");
    }
}

#[test]
fn a_live_writer_with_a_log_is_seen_as_far_as_it_committed() {
    let sqlite = Sqlite::with_ledger("wal");
    let script = "INSERT INTO ledger VALUES (2); BEGIN; INSERT INTO ledger VALUES (3)";
    let child = Child::writer(&sqlite.path(), script);
    assert!(fs::metadata(sqlite.beside("-wal")).unwrap().len() > 0);
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!((found, remark), (vec![1, 2], None));
    drop(child);
}

#[test]
fn a_log_that_was_begun_anew_is_read_in_place() {
    let sqlite = Sqlite::with_ledger("wal");
    let script =
        "INSERT INTO ledger VALUES (2); PRAGMA wal_checkpoint(RESTART); INSERT INTO ledger VALUES (3)";
    let child = Child::writer(&sqlite.path(), script);
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!((found, remark), (vec![1, 2, 3], None));
    drop(child);
}

#[test]
fn a_live_reader_with_an_empty_log_is_no_hindrance() {
    let sqlite = Sqlite::with_ledger("wal");
    let child = Child::writer(&sqlite.path(), "SELECT count(*) FROM ledger");
    assert_eq!(fs::metadata(sqlite.beside("-wal")).unwrap().len(), 0);
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!((found, remark), (vec![1], None));
    drop(child);
}

#[test]
fn an_empty_log_that_nobody_uses_is_no_hindrance() {
    let sqlite = Sqlite::with_ledger("wal");
    fs::File::create(sqlite.beside("-wal")).unwrap();
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!((found, remark), (vec![1], None));
}

/// What a killed writer leaves: the log, with the committed rows, and its index.
fn crashed_with_log() -> Sqlite {
    let sqlite = Sqlite::with_ledger("wal");
    let script = "INSERT INTO ledger VALUES (2); BEGIN; INSERT INTO ledger VALUES (3)";
    drop(Child::writer(&sqlite.path(), script));
    assert!(fs::metadata(sqlite.beside("-wal")).unwrap().len() > 0);
    sqlite
}

#[test]
fn a_crashed_writer_with_a_log_is_seen_as_far_as_it_committed() {
    let sqlite = crashed_with_log();
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!((found, remark), (vec![1, 2], None), "the index is there: no copy is needed");
}

#[test]
fn a_log_without_its_index_is_read_in_a_copy() {
    let sqlite = crashed_with_log();
    fs::remove_file(sqlite.beside("-shm")).unwrap();
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!(found, [1, 2]);
    assert!(
        remark.unwrap().starts_with("read from a temporary copy, because a program left a write-ahead log")
    );
}

#[test]
fn a_log_beside_an_empty_file_is_left_alone() {
    let sqlite = crashed_with_log();
    fs::File::create(sqlite.path()).unwrap();
    untouched(sqlite.directory.path(), || {
        assert_eq!(names(&mut *sqlite.open(AMPLE).unwrap()), [""; 0], "SQLite would delete the log");
    });
}

/// More than fits into the cache: SQLite writes uncommitted rows into the file, and their old pages into the journal.
const SPILL: &str = "PRAGMA cache_size=5; BEGIN; UPDATE ledger SET id = -id; CREATE TABLE filler (n);
    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO filler SELECT i FROM n";

/// What a writer leaves that is killed in the middle of a transaction.
fn hot_journal() -> Sqlite {
    let sqlite = Sqlite::fresh();
    // A row fills a page, and the root of the table, which stays in the cache, holds none.
    sqlite.run(
        "CREATE TABLE ledger (key INTEGER PRIMARY KEY, id INTEGER, note BLOB);
         INSERT INTO ledger VALUES (1, 1, zeroblob(3000)), (2, 2, zeroblob(3000))",
    );
    drop(Child::writer(&sqlite.path(), SPILL));
    assert!(fs::metadata(sqlite.beside("-journal")).unwrap().len() > 0);
    sqlite
}

#[test]
fn a_hot_journal_invents_no_rows() {
    let sqlite = hot_journal();
    let blind = Connection::open(format!("file:{}?immutable=1", sqlite.path().display())).unwrap();
    let wrong: i64 = blind.query_row("SELECT id FROM ledger WHERE key = 1", [], |row| row.get(0)).unwrap();
    assert_eq!(wrong, -1, "this test proves something only if the file alone is wrong");
    drop(blind);
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!(found, [1, 2]);
    assert!(remark.unwrap().contains("rolled back in the copy"));
}

#[test]
fn copies_are_removed() {
    let sqlite = hot_journal();
    let output = Child::reader(&sqlite.path(), Some(sqlite.directory.path()));
    assert!(output.contains("found [1, 2], read from a copy"), "{output}");
    let left: Vec<PathBuf> = picture(sqlite.directory.path()).into_keys().collect();
    assert_eq!(left, [sqlite.path(), sqlite.beside("-journal")]);
    let directories = fs::read_dir(sqlite.directory.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(directories.count(), 0);
}

#[test]
fn a_writer_in_the_middle_of_its_transaction_is_waited_for() {
    for mode in ["delete", "memory"] {
        let sqlite = Sqlite::with_ledger("delete");
        let child = Child::writer(&sqlite.path(), &format!("PRAGMA journal_mode={mode}; {SPILL}"));
        let begin = Instant::now();
        let error = sqlite.open(Duration::from_millis(300)).err().unwrap().to_string();
        assert!(error.starts_with("the database is locked"), "{mode}: {error}");
        assert!(begin.elapsed() >= Duration::from_millis(250), "{mode}");
        drop(child);
    }
}

#[test]
fn a_lock_that_is_released_in_time_is_no_outage() {
    let sqlite = Sqlite::with_ledger("delete");
    let writer = sqlite.writer();
    writer.execute_batch("BEGIN EXCLUSIVE; INSERT INTO ledger VALUES (2)").unwrap();
    let commit = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(450));
        writer.execute_batch("COMMIT").unwrap();
    });
    assert_eq!(ids(&sqlite.path()).unwrap(), (vec![1, 2], None));
    commit.join().unwrap();
}

#[test]
fn a_second_reader_in_the_same_process_does_not_break_the_lock_of_the_first() {
    let sqlite = Sqlite::with_ledger("delete");
    let write = "PRAGMA busy_timeout=0; INSERT INTO ledger VALUES (2)";
    let mut first = sqlite.open(AMPLE).unwrap();
    assert_eq!(ids(&sqlite.path()).unwrap().0, [1]);
    let said = Child::attempt(&sqlite.path(), write);
    assert!(said.contains("database is locked"), "{said}");
    assert_eq!(read(&mut *first, "ledger", &["id"]).unwrap().len(), 1);
    drop(first);
    let said = Child::attempt(&sqlite.path(), write);
    assert!(said.contains("Ok(())"), "{said}");
}

#[test]
fn a_reserved_writer_is_no_hindrance() {
    let sqlite = Sqlite::with_ledger("delete");
    let child = Child::writer(&sqlite.path(), "BEGIN IMMEDIATE; INSERT INTO ledger VALUES (2)");
    let (found, remark) = untouched(sqlite.directory.path(), || ids(&sqlite.path()).unwrap());
    assert_eq!((found, remark), (vec![1], None));
    drop(child);
}

#[test]
fn read_only_directories() {
    let clean = Sqlite::with_ledger("delete");
    let clean_log = Sqlite::with_ledger("wal");
    let crashed = crashed_with_log();
    let crashed_without_index = crashed_with_log();
    fs::remove_file(crashed_without_index.beside("-shm")).unwrap();
    let hot = hot_journal();
    for (name, sqlite, expected) in [
        ("clean", &clean, "found [1], read in place"),
        ("clean, with a log", &clean_log, "found [1], read in place"),
        ("crashed, with a log", &crashed, "found [1, 2], read in place"),
        ("crashed, with a log without index", &crashed_without_index, "found [1, 2], read from a copy"),
        ("hot journal", &hot, "found [1, 2], read from a copy"),
    ] {
        process::only_readable(sqlite.directory.path());
        let output = untouched(sqlite.directory.path(), || Child::reader(&sqlite.path(), None));
        assert!(output.contains(expected), "{name}: {output}");
    }
}

#[test]
fn permissions() {
    let sqlite = Sqlite::with_ledger("delete");
    process::only_readable(sqlite.directory.path());
    process::forbid(&sqlite.path());
    let output = Child::reader(&sqlite.path(), None);
    assert!(output.contains("Denied"), "{output}");
    process::allow(&sqlite.path());
    process::forbid(sqlite.directory.path());
    let output = Child::reader(&sqlite.path(), None);
    assert!(output.contains("Denied"), "{output}");
    process::allow(sqlite.directory.path());
}
