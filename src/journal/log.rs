//! What was skipped and not yet made good, and how often each thing was asked: a log to which every run appends.
//!
//! Not a database: two hundred commits at the same moment must lose nothing and wait for nobody. Each run adds its lines by
//! one write to a file opened for appending, which the system does not interleave; each line has its CRC-32, so that one
//! that a kill or a full disk has torn is passed over and harms no other. When the file is long, one run that holds the lock
//! alone writes it anew: what is paid goes, and what was asked is summed up. Others hold the lock together, for the moment of
//! their write.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::model::{Oid, SourceKind};

use super::file;

/// The file's name. The number is the version of the format.
const NAME: &str = "log-1";
/// From this length on it is written anew.
const LONG: u64 = 256 * 1024;
/// So many bytes of a line are its CRC-32 and a space.
const SUM: usize = 9;
/// A file longer than this is not guard's.
const MOST: u64 = 64 << 20;
/// So long a run waits for one that writes the file anew; then it appends all the same.
const PATIENCE: Duration = Duration::from_millis(500);
/// A skip that was not made good in this time is forgotten: its commit is on no branch that anybody works on.
const FORGOTTEN: u64 = 90 * 86_400;

/// Something that was not checked at a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Its name among all skips.
    pub id: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// What sort of thing was not checked.
    pub kind: SourceKind,
    /// Its name in `guard.toml`.
    pub name: String,
    /// Why.
    pub why: String,
    /// How long guard waited, in milliseconds.
    pub waited: u64,
    /// The tree that was committed, where it is known.
    pub tree: Option<Oid>,
    /// The commit on which it was made; `None` for the first.
    pub parent: Option<Oid>,
}

/// How often something was asked and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often it was asked.
    pub asked: u64,
    /// How often it did not answer.
    pub down: u64,
    /// How often it was left alone, since it had given no answer before.
    pub spared: u64,
    /// How often a commit was blocked since it was required and down.
    pub blocked: u64,
    /// What all that cost, in milliseconds.
    pub cost: u64,
    /// What the outages cost, in milliseconds.
    pub lost: u64,
    /// The first time, in seconds since 1970.
    pub since: u64,
    /// The last time that it was down, in seconds since 1970; 0 for never.
    pub last_down: u64,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.down += other.down;
        self.spared += other.spared;
        self.blocked += other.blocked;
        self.cost = self.cost.saturating_add(other.cost);
        self.lost = self.lost.saturating_add(other.lost);
        self.since = if self.since == 0 { other.since } else { self.since.min(other.since) };
        self.last_down = self.last_down.max(other.last_down);
    }

    fn numbers(&self) -> [u64; 8] {
        [self.asked, self.down, self.spared, self.blocked, self.cost, self.lost, self.since, self.last_down]
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Something was skipped.
    Skip(Skip),
    /// The skip of this id was made good.
    Paid(String),
    /// Something was asked.
    Asked(SourceKind, String, Tally),
}

/// All that the log says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What is not made good, in the order in which it was skipped.
    pub skips: Vec<Skip>,
    /// What was asked.
    pub tallies: BTreeMap<(SourceKind, String), Tally>,
}

/// The log of a clone.
#[derive(Clone, Debug)]
pub struct Log {
    directory: PathBuf,
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A name that no other skip has: of two in one process the number differs.
pub fn new_id(number: usize) -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("{nanos:x}-{:x}-{number}", std::process::id())
}

impl Log {
    /// That of the clone with this common directory.
    pub fn new(common_dir: &Path) -> Self {
        Self { directory: common_dir.join("guard") }
    }

    /// All that it says. One that cannot be read says nothing.
    pub fn read(&self) -> Said {
        understand(&self.bytes(), |_| true)
    }

    /// What is not made good. Each commit asks for that, and most lines are about something else.
    pub fn skips(&self) -> Vec<Skip> {
        understand(&self.bytes(), |line| !line.get(SUM..).is_some_and(|text| text.starts_with(b"asked\t")))
            .skips
    }

    fn bytes(&self) -> Vec<u8> {
        let path = self.directory.join(NAME);
        let small = fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MOST);
        if small { fs::read(&path).unwrap_or_default() } else { Vec::new() }
    }

    /// Adds lines, all of them or none. `false` where that could not be done.
    pub fn append(&self, entries: &[Entry]) -> bool {
        if entries.is_empty() {
            return true;
        }
        if fs::create_dir_all(&self.directory).is_err() {
            return false;
        }
        let lock =
            File::options().create(true).write(true).truncate(false).open(self.directory.join("log.lock"));
        let locked = lock.as_ref().is_ok_and(wait_for);
        // Opened only now: it may just have been written anew.
        let Ok(mut file) = self.open() else { return false };
        // The line end in front parts them from one that was torn.
        let text: String = std::iter::once("\n".to_owned()).chain(entries.iter().map(line)).collect();
        let mut done = file.write_all(text.as_bytes()).is_ok();
        if done && !locked && !self.is_current(&file) {
            // Somebody froze while writing it anew, and has put another one there since.
            done = self.open().and_then(|mut file| file.write_all(text.as_bytes())).is_ok();
        }
        if let Ok(lock) = lock
            && file.metadata().is_ok_and(|found| found.len() > LONG)
        {
            drop(file);
            self.write_anew(&lock);
        }
        done
    }

    fn open(&self) -> std::io::Result<File> {
        let mut options = File::options();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.directory.join(NAME))
    }

    /// Whether that file still is the log.
    fn is_current(&self, file: &File) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let place = |found: fs::Metadata| (found.dev(), found.ino());
            let there = fs::metadata(self.directory.join(NAME)).map(place);
            there.ok() == file.metadata().map(place).ok()
        }
        #[cfg(not(unix))]
        {
            let _ = file;
            true
        }
    }

    /// Sums it up, where nobody else is about to write.
    fn write_anew(&self, lock: &File) {
        if lock.unlock().is_err() || lock.try_lock().is_err() {
            return;
        }
        file::remove_abandoned(&self.directory, ".log-");
        let path = self.directory.join(NAME);
        let length = || fs::metadata(&path).map(|found| found.len()).ok();
        let before = length();
        let mut said = self.read();
        let oldest = now().saturating_sub(FORGOTTEN);
        said.skips.retain(|skip| skip.at >= oldest);
        let skips = said.skips.into_iter().map(Entry::Skip);
        let tallies = said.tallies.into_iter().map(|((kind, name), tally)| Entry::Asked(kind, name, tally));
        let text: String = skips.chain(tallies).map(|entry| line(&entry)).collect();
        let written =
            tempfile::Builder::new().prefix(".log-").tempfile_in(&self.directory).and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                // Somebody has waited long enough, and has gone on without the lock: this one comes too late.
                if length() != before {
                    return Err(std::io::ErrorKind::WouldBlock.into());
                }
                file.persist(&path).map_err(|error| error.error)
            });
        // Not written anew: it stays long until the next time.
        drop(written);
    }
}

/// Takes a part in the lock. `false` where that took too long, or this file system has none.
fn wait_for(lock: &File) -> bool {
    let end = Instant::now() + PATIENCE;
    loop {
        match lock.try_lock_shared() {
            Ok(()) => return true,
            Err(fs::TryLockError::WouldBlock) if Instant::now() < end => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(_) => return false,
        }
    }
}

fn line(entry: &Entry) -> String {
    let id = |oid: &Option<Oid>| oid.map_or_else(String::new, |oid| oid.to_string());
    let fields: Vec<String> = match entry {
        Entry::Skip(skip) => vec![
            "skip".to_owned(),
            skip.id.clone(),
            skip.at.to_string(),
            skip.kind.word().to_owned(),
            skip.name.clone(),
            skip.why.clone(),
            skip.waited.to_string(),
            id(&skip.tree),
            id(&skip.parent),
        ],
        Entry::Paid(id) => vec!["paid".to_owned(), id.clone()],
        Entry::Asked(kind, name, tally) => {
            let words = ["asked".to_owned(), kind.word().to_owned(), name.clone()];
            words.into_iter().chain(tally.numbers().map(|number| number.to_string())).collect()
        }
    };
    let text = fields.iter().map(|field| escape(field)).collect::<Vec<_>>().join("\t");
    format!("{:08x} {text}\n", crc32fast::hash(text.as_bytes()))
}

fn escape(field: &str) -> String {
    field.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n")
}

fn unescape(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    let mut letters = field.chars();
    while let Some(letter) = letters.next() {
        text.push(match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                other => other.unwrap_or('\\'),
            },
            (letter, false) => letter,
        });
    }
    text
}

fn understand(bytes: &[u8], wanted: fn(&[u8]) -> bool) -> Said {
    let mut said = Said::default();
    let mut paid = BTreeSet::new();
    for entry in bytes.split(|byte| *byte == b'\n').filter(|line| wanted(line)).filter_map(read_line) {
        match entry {
            Entry::Skip(skip) => said.skips.push(skip),
            Entry::Paid(id) => drop(paid.insert(id)),
            Entry::Asked(kind, name, tally) => said.tallies.entry((kind, name)).or_default().add(&tally),
        }
    }
    // One that could not be sure to be heard says it twice.
    let mut known = BTreeSet::new();
    said.skips.retain(|skip| !paid.contains(&skip.id) && known.insert(skip.id.clone()));
    said
}

/// Nothing for a line that is torn or of another version.
fn read_line(line: &[u8]) -> Option<Entry> {
    let (sum, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    if u32::from_str_radix(sum, 16).ok()? != crc32fast::hash(text.as_bytes()) {
        return None;
    }
    let fields: Vec<String> = text.split('\t').map(unescape).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    match fields[..] {
        ["skip", id, at, kind, name, why, waited, tree, parent] => Some(Entry::Skip(Skip {
            id: id.to_owned(),
            at: at.parse().ok()?,
            kind: read_kind(kind)?,
            name: name.to_owned(),
            why: why.to_owned(),
            waited: waited.parse().ok()?,
            tree: Oid::from_hex(tree),
            parent: Oid::from_hex(parent),
        })),
        ["paid", id] => Some(Entry::Paid(id.to_owned())),
        ["asked", kind, name, ref numbers @ ..] => {
            let numbers: Vec<u64> =
                numbers.iter().map(|number| number.parse().ok()).collect::<Option<_>>()?;
            let [asked, down, spared, blocked, cost, lost, since, last_down] = numbers[..] else {
                return None;
            };
            let tally = Tally { asked, down, spared, blocked, cost, lost, since, last_down };
            Some(Entry::Asked(read_kind(kind)?, name.to_owned(), tally))
        }
        _ => None,
    }
}

fn read_kind(word: &str) -> Option<SourceKind> {
    [SourceKind::Database, SourceKind::Service, SourceKind::Check]
        .into_iter()
        .find(|kind| kind.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(number: usize) -> Skip {
        Skip {
            id: new_id(number),
            at: now(),
            kind: SourceKind::Check,
            name: format!("audio {number}\t\\n"),
            why: "it needs\nthe service".to_owned(),
            waited: 7,
            tree: Oid::from_hex(&"ab".repeat(20)),
            parent: None,
        }
    }

    fn asked(number: u64) -> Entry {
        let tally =
            Tally { asked: 1, down: number % 2, cost: number, since: 100 + number, ..Tally::default() };
        Entry::Asked(SourceKind::Service, "tts".to_owned(), tally)
    }

    #[test]
    fn what_is_written_is_read_and_what_is_paid_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::new(folder.path());
        assert_eq!(log.read(), Said::default());
        let skips: Vec<Skip> = (0..3).map(skip).collect();
        assert!(log.append(&skips.iter().cloned().map(Entry::Skip).collect::<Vec<_>>()));
        assert!(log.append(&[asked(4), asked(5)]));
        assert!(log.append(&[Entry::Paid(skips[1].id.clone())]));
        let said = log.read();
        assert_eq!(said.skips, [skips[0].clone(), skips[2].clone()]);
        let tally = &said.tallies[&(SourceKind::Service, "tts".to_owned())];
        assert_eq!((tally.asked, tally.down, tally.cost, tally.since), (2, 1, 9, 104));
    }

    #[test]
    fn a_torn_line_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::new(folder.path());
        log.append(&[Entry::Skip(skip(1))]);
        let file = folder.path().join("guard").join(NAME);
        let whole = fs::read(&file).unwrap();
        for cut in 0..whole.len() {
            fs::write(&file, &whole[..cut]).unwrap();
            assert!(log.append(&[Entry::Skip(skip(2))]));
            let skips = log.read().skips;
            assert_eq!(skips.last().map(|skip| skip.name.as_str()), Some("audio 2\t\\n"), "{cut}");
        }
    }

    #[test]
    fn who_is_frozen_with_the_lock_holds_up_nobody_for_long_and_what_is_said_twice_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::new(folder.path());
        assert!(log.append(&[Entry::Skip(skip(1))]));
        let lock = File::options().write(true).open(folder.path().join("guard/log.lock")).unwrap();
        lock.try_lock().unwrap();
        let frozen = log.open().unwrap();
        let begin = Instant::now();
        assert!(log.append(&[Entry::Skip(skip(2))]));
        assert!(begin.elapsed() >= PATIENCE);
        assert!(log.is_current(&frozen));
        let again = log.read().skips;
        assert!(log.append(&again.iter().cloned().map(Entry::Skip).collect::<Vec<_>>()));
        assert_eq!(log.read().skips, again);
        // The frozen one goes on, and puts its own there.
        fs::rename(folder.path().join("guard").join(NAME), folder.path().join("old")).unwrap();
        assert!(!log.is_current(&frozen));
    }

    #[test]
    fn many_at_once_lose_nothing_also_while_it_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::new(folder.path());
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let log = log.clone();
                std::thread::spawn(move || {
                    for round in 0..200 {
                        let noise: Vec<Entry> = (0..20).map(asked).collect();
                        assert!(log.append(&noise));
                        assert!(log.append(&[Entry::Skip(skip(thread * 1000 + round))]));
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let said = log.read();
        assert_eq!(said.skips.len(), 1600);
        assert_eq!(said.tallies[&(SourceKind::Service, "tts".to_owned())].asked, 8 * 200 * 20);
        assert!(fs::metadata(folder.path().join("guard").join(NAME)).unwrap().len() < 3 * LONG);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = understand(&bytes, |_| true);
        }

        #[test]
        fn any_words_come_back(name in "\\PC*|[\t\n\\\\tn]*", why in "\\PC*") {
            let entry = Entry::Skip(Skip { name, why, ..skip(0) });
            let text = line(&entry);
            proptest::prop_assert_eq!(text.matches('\n').count(), 1);
            proptest::prop_assert_eq!(read_line(text.trim_end_matches('\n').as_bytes()), Some(entry));
        }
    }
}
