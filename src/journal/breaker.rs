//! What gave no answer is left alone for a while: one timeout for each cool-down, not one for each commit.
//!
//! One small file for each thing that gave no answer, or answered lately, named after the thing and its declaration, so that
//! another declaration begins anew. Whoever tries first after the cool-down holds a lock on a second file meanwhile; it
//! ends with the process, so that none can be left behind. Whatever cannot be read or written counts as "ask".

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::file;

/// The first bytes of each file. The number at the end is the version of the format.
const MAGIC: &[u8; 16] = b"guard breaker 1\n";

/// The first cool-down, where none is declared ...
const FIRST: Duration = Duration::from_secs(60);
/// ... and the longest.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// A file that was not written for so long belongs to a declaration that is gone.
const FORGOTTEN: Duration = Duration::from_secs(60 * 86_400);

/// That something answered is not written down more often than this.
const OFTEN: Duration = Duration::from_secs(60);

/// A thing that may give no answer, as it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// `kind` and `name` as in `guard.toml`; `declaration` is all that makes it another thing when it changes.
    pub fn new(kind: &str, name: &str, declaration: &str) -> Self {
        let sum = crc32fast::hash(format!("{kind}\0{name}\0{declaration}").as_bytes());
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        let name: String = name.chars().take(40).map(plain).collect();
        Self(format!("{kind}-{name}-{sum:08x}"))
    }
}

/// What the breakers of a clone say.
#[derive(Clone, Debug)]
pub struct Breakers {
    directory: PathBuf,
}

/// Whether a thing is to be asked.
#[derive(Debug)]
pub enum State {
    /// Yes.
    Closed,
    /// Not yet.
    Open {
        /// How long ago it gave no answer.
        since: Duration,
        /// In what time it is asked again.
        next: Duration,
    },
    /// Yes, and nobody else does meanwhile.
    Trial(Lease),
}

/// Held while one process tries whether a thing answers again.
#[derive(Debug)]
pub struct Lease(#[expect(dead_code, reason = "it is there to be dropped: the lock ends with it")] File);

/// What a file holds; times in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Record {
    /// Time-outs in a row.
    failures: u64,
    opened: u64,
    retry: u64,
    /// When all was well for the last time, or 0.
    well: u64,
}

impl Record {
    fn read(body: &[u8]) -> Option<Self> {
        let mut numbers = std::str::from_utf8(body).ok()?.split(' ').map(str::parse::<u64>);
        let mut next = || numbers.next()?.ok();
        Some(Self { failures: next()?, opened: next()?, retry: next()?, well: next()? })
    }

    fn write(self) -> String {
        format!("{} {} {} {}", self.failures, self.opened, self.retry, self.well)
    }
}

fn milliseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

impl Breakers {
    /// Those of the clone with this common directory.
    pub fn new(common_dir: &Path) -> Self {
        Self { directory: common_dir.join("guard").join("breakers") }
    }

    fn record(&self, key: &Key) -> Option<Record> {
        Record::read(&file::read(&self.directory, &key.0, MAGIC, 200)?)
    }

    fn save(&self, key: &Key, record: Record) {
        // Not written is as good as forgotten.
        let _ = file::replace(&self.directory, &key.0, MAGIC, record.write().as_bytes());
    }

    /// Whether it is to be asked.
    pub fn state(&self, key: &Key, now: SystemTime) -> State {
        let Some(record) = self.record(key).filter(|record| record.failures > 0) else {
            return State::Closed;
        };
        let now = milliseconds(now);
        // The clock was set back: nothing can be said about how long it was.
        if record.opened > now || record.retry.saturating_sub(record.opened) > 366 * 86_400_000 {
            return State::Closed;
        }
        let since = Duration::from_millis(now - record.opened);
        if now < record.retry {
            return State::Open { since, next: Duration::from_millis(record.retry - now) };
        }
        let lock = File::options().create(true).write(true).truncate(false).open(self.lock(key));
        match lock.map(|file| (file.try_lock(), file)) {
            Ok((Ok(()), file)) => State::Trial(Lease(file)),
            Ok((Err(fs::TryLockError::WouldBlock), _)) => State::Open { since, next: Duration::from_secs(1) },
            _ => State::Closed,
        }
    }

    fn lock(&self, key: &Key) -> PathBuf {
        self.directory.join(format!("{}.lock", key.0))
    }

    /// It gave no answer in time.
    pub fn timed_out(&self, key: &Key, cooldown: Option<Duration>, now: SystemTime) {
        let before = self.record(key).unwrap_or_default();
        let failures = before.failures.saturating_add(1);
        let cooldown = cooldown
            .unwrap_or_else(|| jitter(FIRST.saturating_mul(1 << (failures - 1).min(4)).min(LONGEST), now));
        let opened = milliseconds(now);
        let length = u64::try_from(cooldown.as_millis()).unwrap_or(u64::MAX);
        self.save(key, Record { failures, opened, retry: opened.saturating_add(length), well: before.well });
        self.forget_the_old(now);
    }

    /// It answered, whatever it said.
    pub fn answered(&self, key: &Key) {
        if let Some(record) = self.record(key).filter(|record| record.failures > 0) {
            self.save(key, Record { well: record.well, ..Record::default() });
        }
    }

    /// It answered, and nothing was wrong.
    pub fn well(&self, key: &Key, now: SystemTime) {
        let known = self.record(key).map_or(0, |record| record.well);
        let now = milliseconds(now);
        if known > now || now - known >= milliseconds(UNIX_EPOCH + OFTEN) {
            self.save(key, Record { well: now, ..Record::default() });
        }
    }

    /// How long ago that was.
    pub fn last_well(&self, key: &Key, now: SystemTime) -> Option<Duration> {
        let well = self.record(key)?.well;
        let ago = milliseconds(now).checked_sub(well)?;
        (well > 0).then(|| Duration::from_millis(ago))
    }

    fn forget_the_old(&self, now: SystemTime) {
        for entry in fs::read_dir(&self.directory).into_iter().flatten().flatten() {
            let written = entry.metadata().and_then(|found| found.modified()).ok();
            let age = written.and_then(|written| now.duration_since(written).ok());
            if age.is_some_and(|age| age > FORGOTTEN) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// A tenth more or less, so that not all of a team come back at the same moment.
fn jitter(time: Duration, now: SystemTime) -> Duration {
    let nanos = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let thousandth = crc32fast::hash(&[nanos.to_le_bytes(), std::process::id().to_le_bytes()].concat()) % 201;
    time * (900 + thousandth) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bench {
        _folder: tempfile::TempDir,
        breakers: Breakers,
        key: Key,
        now: SystemTime,
    }

    impl Bench {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let breakers = Breakers::new(folder.path());
            let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
            Self { _folder: folder, breakers, key: Key::new("service", "tts", "tcp://tts:443"), now }
        }

        fn after(&self, seconds: u64) -> State {
            self.breakers.state(&self.key, self.now + Duration::from_secs(seconds))
        }

        /// How long the cool-down lasts after one more time-out.
        fn cooldown(&self, declared: Option<Duration>) -> Duration {
            self.breakers.timed_out(&self.key, declared, self.now);
            match self.after(0) {
                State::Open { next, since: Duration::ZERO } => next,
                state => panic!("{state:?}"),
            }
        }
    }

    #[test]
    fn it_opens_at_a_time_out_and_closes_at_an_answer() {
        let bench = Bench::new();
        assert!(matches!(bench.after(0), State::Closed));
        bench.cooldown(Some(Duration::from_secs(600)));
        assert!(matches!(bench.after(599), State::Open { .. }));
        assert!(matches!(bench.after(601), State::Trial(_)));
        bench.breakers.answered(&bench.key);
        assert!(matches!(bench.after(1), State::Closed));
        let other = Key::new("service", "tts", "tcp://other:443");
        bench.cooldown(None);
        assert!(matches!(bench.breakers.state(&other, bench.now), State::Closed), "another declaration");
    }

    #[test]
    fn the_cool_down_doubles_up_to_a_quarter_of_an_hour() {
        let bench = Bench::new();
        for expected in [60, 120, 240, 480, 900, 900, 900] {
            let cooldown = bench.cooldown(None).as_secs();
            assert!((expected * 9 / 10..=expected * 11 / 10).contains(&cooldown), "{expected}: {cooldown}");
        }
        assert_eq!(bench.cooldown(Some(Duration::from_secs(7))), Duration::from_secs(7));
        bench.breakers.well(&bench.key, bench.now);
        assert!(bench.cooldown(None).as_secs() < 70);
    }

    #[test]
    fn one_tries_while_the_others_wait() {
        let bench = Bench::new();
        bench.cooldown(Some(Duration::from_secs(10)));
        let State::Trial(lease) = bench.after(11) else { panic!("nobody tries") };
        assert!(matches!(bench.after(11), State::Open { .. }));
        drop(lease);
        assert!(matches!(bench.after(11), State::Trial(_)), "whoever tried is gone");
    }

    #[test]
    fn a_clock_that_was_set_back_and_a_torn_file_count_as_closed() {
        let bench = Bench::new();
        bench.cooldown(None);
        let earlier = bench.now - Duration::from_secs(5);
        assert!(matches!(bench.breakers.state(&bench.key, earlier), State::Closed));
        fs::write(bench.breakers.directory.join(&bench.key.0), b"guard breaker 1\nxx").unwrap();
        assert!(matches!(bench.after(0), State::Closed));
        assert_eq!(bench.breakers.last_well(&bench.key, bench.now), None);
    }

    #[test]
    fn when_all_was_well_is_kept_over_an_outage() {
        let bench = Bench::new();
        bench.breakers.well(&bench.key, bench.now - Duration::from_secs(3 * 3600));
        bench.cooldown(None);
        assert_eq!(bench.breakers.last_well(&bench.key, bench.now), Some(Duration::from_secs(3 * 3600)));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60), numbers: [u64; 4]) {
            let _ = Record::read(&bytes);
            let record = Record { failures: numbers[0], opened: numbers[1], retry: numbers[2], well: numbers[3] };
            proptest::prop_assert_eq!(Record::read(record.write().as_bytes()), Some(record));
            let bench = Bench::new();
            bench.breakers.save(&bench.key, record);
            let _ = bench.after(0);
            bench.breakers.timed_out(&bench.key, None, bench.now);
        }
    }
}
