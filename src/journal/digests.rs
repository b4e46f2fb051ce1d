//! Checksums by git object, and what else was read in it, so that nothing is hashed or read twice.
//!
//! One flat file, read at once and replaced as a whole: a header with the CRC-32 of the rest, then records, sorted. Whatever is wrong
//! with it, the worst that follows is that something is hashed again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::file;
use crate::model::Oid;

/// The file's name.
const NAME: &str = "digests";

/// The first bytes of the file. The number at the end is the version of the format.
const MAGIC: &[u8; 16] = b"guard digests 2\n";

/// When the file would hold more records, it begins anew with those that this run has used.
const MAX_RECORDS: usize = 200_000;

/// No file of guard is longer.
const MAX_BYTES: u64 = 64 << 20;

/// What is longer is not remembered.
const LONGEST: usize = 16 << 10;

/// The remembered checksums.
#[derive(Debug, Default)]
pub struct Digests {
    directory: PathBuf,
    /// The records of the file, without its header.
    bytes: Vec<u8>,
    /// Where each record begins, in the order of the keys.
    starts: Vec<Place>,
    /// Which of them were asked for.
    used: Vec<AtomicBool>,
    /// What the file does not hold yet.
    new: BTreeMap<Key, Box<[u8]>>,
}

type Key = (Oid, u64);

/// Where a record begins, and the first bytes of its oid: two ids differ there nearly always.
#[derive(Clone, Copy, Debug)]
struct Place {
    head: u64,
    start: u32,
}

/// The first bytes of an oid, as a number of the same order.
fn head(oid: &[u8]) -> u64 {
    oid.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// A record of the file: the oid's length in one byte, the oid, the salt, the digest's length in two bytes, the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record<'a> {
    oid: &'a [u8],
    salt: u64,
    digest: &'a [u8],
}

impl<'a> Record<'a> {
    /// Takes a record from the beginning of `bytes`, and gives back the rest.
    fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (length, rest) = bytes.split_first()?;
        let (oid, rest) = rest.split_at_checked(usize::from(*length))?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (digest, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        Some((Self { oid, salt: u64::from_le_bytes(*salt), digest }, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::try_from(self.oid.len()).expect("an id has 32 bytes at most"));
        out.extend_from_slice(self.oid);
        out.extend_from_slice(&self.salt.to_le_bytes());
        let length = u16::try_from(self.digest.len()).expect("`put` takes no longer ones");
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(self.digest);
    }

    fn key(&self) -> (&'a [u8], u64) {
        (self.oid, self.salt)
    }
}

impl Digests {
    /// Reads what is remembered. A file that is not there, not whole or of another version is as good as empty.
    pub fn load(common_dir: &Path) -> Self {
        let directory = common_dir.join("guard");
        let empty = Self { directory: directory.clone(), ..Self::default() };
        let Some(bytes) = file::read(&directory, NAME, MAGIC, MAX_BYTES) else {
            return empty;
        };
        let Some(starts) = starts(&bytes) else {
            return empty;
        };
        let used = starts.iter().map(|_| AtomicBool::new(false)).collect();
        Self { directory, bytes, starts, used, new: BTreeMap::new() }
    }

    /// The digest of a blob under a salt (see `Tool::digest_salt`).
    pub fn get(&self, blob: Oid, salt: u64) -> Option<&[u8]> {
        if let Some(digest) = self.new.get(&(blob, salt)) {
            return Some(digest);
        }
        let head = head(blob.as_bytes());
        let first = self.starts.partition_point(|place| place.head < head);
        let alike = self.starts[first..].iter().take_while(|place| place.head == head);
        for (at, place) in alike.enumerate() {
            let record = self.record(*place);
            if record.key() == (blob.as_bytes(), salt) {
                self.used[first + at].store(true, Ordering::Relaxed);
                return Some(record.digest);
            }
        }
        None
    }

    /// Remembers one, or what else was read in the blob. What has more than 16 KiB is not remembered.
    pub fn put(&mut self, blob: Oid, salt: u64, digest: &[u8]) {
        if digest.len() <= LONGEST && self.get(blob, salt) != Some(digest) {
            self.new.insert((blob, salt), digest.into());
        }
    }

    /// Writes what is new, all or nothing. A directory that cannot be written costs only the memory.
    ///
    /// Of two that save at the same time the later one wins.
    pub fn save(self) {
        if !self.new.is_empty() {
            let _ = file::replace(&self.directory, NAME, MAGIC, &self.to_bytes(MAX_RECORDS));
        }
    }

    fn record(&self, place: Place) -> Record<'_> {
        let bytes = usize::try_from(place.start).ok().and_then(|start| self.bytes.get(start..));
        Record::split(bytes.unwrap_or_default()).expect("`load` has been through all records").0
    }

    /// Old and new records, sorted.
    fn to_bytes(&self, limit: usize) -> Vec<u8> {
        let full = self.starts.len() + self.new.len() > limit || self.bytes.len() as u64 > MAX_BYTES / 2;
        let old = self.starts.iter().zip(&self.used);
        let old = old.filter(|(_, used)| !full || used.load(Ordering::Relaxed));
        let mut records: BTreeMap<(&[u8], u64), &[u8]> =
            old.map(|(start, _)| self.record(*start)).map(|record| (record.key(), record.digest)).collect();
        records.extend(self.new.iter().map(|((oid, salt), digest)| ((oid.as_bytes(), *salt), &**digest)));
        let mut body = Vec::with_capacity(self.bytes.len() + self.new.len() * 80);
        let longest = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX) - 64 - LONGEST * 2;
        for ((oid, salt), digest) in records.into_iter().take(limit) {
            if body.len() > longest {
                break;
            }
            Record { oid, salt, digest }.write(&mut body);
        }
        body
    }
}

/// Where the records begin; nothing unless every record is complete and all are in order.
fn starts(body: &[u8]) -> Option<Vec<Place>> {
    let mut starts = Vec::with_capacity(body.len() / 64);
    let mut previous = None;
    let mut rest = body;
    while !rest.is_empty() {
        let start = u32::try_from(body.len() - rest.len()).ok()?;
        let record;
        (record, rest) = Record::split(rest)?;
        starts.push(Place { head: head(record.oid), start });
        if previous.is_some_and(|previous| previous >= record.key()) {
            return None;
        }
        previous = Some(record.key());
    }
    Some(starts)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn oid(number: u64) -> Oid {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        Oid::from_bytes(&bytes).unwrap()
    }

    fn digest(number: u64) -> Vec<u8> {
        number.to_le_bytes().repeat(6)
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn what_is_put_is_there_the_next_time() {
        let directory = tempfile::tempdir().unwrap();
        let mut digests = Digests::load(directory.path());
        assert_eq!(digests.get(oid(1), 0), None);
        digests.put(oid(1), 0, b"one");
        digests.put(oid(1), 7, b"");
        digests.put(Oid::from_bytes(&[9; 32]).unwrap(), u64::MAX, &[8; LONGEST]);
        digests.put(oid(2), 0, &vec![8; LONGEST + 1]);
        assert_eq!(digests.get(oid(1), 0), Some(&b"one"[..]), "at once too");
        digests.save();
        let mut digests = Digests::load(directory.path());
        assert_eq!(digests.get(oid(1), 0), Some(&b"one"[..]));
        assert_eq!(digests.get(oid(1), 7), Some(&b""[..]));
        assert_eq!(digests.get(oid(1), 8), None);
        assert_eq!(digests.get(Oid::from_bytes(&[9; 32]).unwrap(), u64::MAX), Some(&[8; LONGEST][..]));
        assert_eq!(digests.get(oid(2), 0), None, "too long to be remembered");
        digests.put(oid(1), 0, b"two");
        digests.save();
        assert_eq!(Digests::load(directory.path()).get(oid(1), 0), Some(&b"two"[..]));
        assert_eq!(names(&directory.path().join("guard")), ["digests"]);
    }

    #[test]
    fn nothing_new_is_not_written() {
        let directory = tempfile::tempdir().unwrap();
        Digests::load(directory.path()).save();
        assert_eq!(names(directory.path()), [""; 0], "not even a directory");
        let mut digests = Digests::load(directory.path());
        digests.put(oid(1), 0, b"one");
        digests.save();
        let file = directory.path().join("guard/digests");
        fs::File::options().write(true).open(&file).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        let mut digests = Digests::load(directory.path());
        digests.put(oid(1), 0, b"one");
        digests.save();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), std::time::UNIX_EPOCH);
    }

    #[test]
    fn a_full_memory_begins_anew_with_what_was_used() {
        let mut digests = Digests::default();
        (0..10).for_each(|number| digests.put(oid(number), 0, &digest(number)));
        let directory = tempfile::tempdir().unwrap();
        digests.directory = directory.path().join("guard");
        digests.save();
        let mut digests = Digests::load(directory.path());
        assert_eq!(digests.get(oid(3), 0), Some(&digest(3)[..]));
        digests.put(oid(100), 0, b"new");
        for (limit, expected) in [(11, 11), (10, 2), (2, 2), (1, 1)] {
            let body = digests.to_bytes(limit);
            assert_eq!(starts(&body).unwrap().len(), expected, "{limit}");
        }
    }

    #[test]
    fn a_directory_that_cannot_be_written_costs_only_the_memory() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("guard"), "a file").unwrap();
        let mut digests = Digests::load(directory.path());
        digests.put(oid(1), 0, b"one");
        digests.save();
        assert_eq!(fs::read(directory.path().join("guard")).unwrap(), b"a file");
        // A directory in the file's place: the rename fails, and the temporary file goes.
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("guard/digests")).unwrap();
        let mut digests = Digests::load(directory.path());
        digests.put(oid(1), 0, b"one");
        digests.save();
        assert_eq!(names(&directory.path().join("guard")), ["digests"]);
    }

    #[test]
    fn leftovers_of_killed_runs_are_removed() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("guard")).unwrap();
        for (name, age) in [(".digests-old", Duration::from_secs(7200)), (".digests-young", Duration::ZERO)] {
            let file = fs::File::create(directory.path().join("guard").join(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - age).unwrap();
        }
        let mut digests = Digests::load(directory.path());
        digests.put(oid(1), 0, b"one");
        digests.save();
        let mut names = names(&directory.path().join("guard"));
        names.sort();
        assert_eq!(names, [".digests-young", "digests"]);
    }

    #[test]
    fn savers_at_the_same_time_never_tear_the_file() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let directory = directory.path();
                scope.spawn(move || {
                    for round in 0..25 {
                        let mut digests = Digests::load(directory);
                        assert!(round == 0 || !digests.starts.is_empty(), "a torn file would load as empty");
                        (0..50).for_each(|number| {
                            digests.put(oid(number), writer * 100 + round, &digest(number));
                        });
                        digests.save();
                    }
                });
            }
        });
        assert_eq!(names(&directory.path().join("guard")), ["digests"]);
    }

    fn entries() -> impl Strategy<Value = BTreeMap<(u64, u64), Vec<u8>>> {
        let digest = proptest::collection::vec(any::<u8>(), 0..60);
        proptest::collection::btree_map((0_u64..20, 0_u64..3), digest, 1..20)
    }

    fn write_to(directory: &Path, entries: &BTreeMap<(u64, u64), Vec<u8>>) -> PathBuf {
        let mut digests = Digests::load(directory);
        for ((number, salt), digest) in entries {
            digests.put(oid(*number), *salt, digest);
        }
        digests.save();
        directory.join("guard/digests")
    }

    proptest! {
        #[test]
        fn it_is_a_map(entries in entries()) {
            let directory = tempfile::tempdir().unwrap();
            write_to(directory.path(), &entries);
            let digests = Digests::load(directory.path());
            for number in 0..20 {
                for salt in 0..3 {
                    let expected = entries.get(&(number, salt)).map(Vec::as_slice);
                    prop_assert_eq!(digests.get(oid(number), salt), expected);
                }
            }
        }

        #[test]
        fn a_damaged_file_loads_as_empty(entries in entries(), at: prop::sample::Index, flip in 1_u8..=255, cut: bool) {
            let directory = tempfile::tempdir().unwrap();
            let file = write_to(directory.path(), &entries);
            let mut bytes = fs::read(&file).unwrap();
            let at = at.index(bytes.len());
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] ^= flip;
            }
            fs::write(&file, bytes).unwrap();
            let digests = Digests::load(directory.path());
            for (number, salt) in entries.keys() {
                prop_assert_eq!(digests.get(oid(*number), *salt), None);
            }
        }

        #[test]
        fn a_foreign_file_loads_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut file = MAGIC.to_vec();
            file.extend_from_slice(&(body.len() as u64).to_le_bytes());
            file.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
            file.extend_from_slice(&body);
            for bytes in [&file, &body] {
                let directory = tempfile::tempdir().unwrap();
                fs::create_dir(directory.path().join("guard")).unwrap();
                fs::write(directory.path().join("guard/digests"), bytes).unwrap();
                let digests = Digests::load(directory.path());
                prop_assert_eq!(digests.get(oid(1), 0), None);
            }
        }
    }
}
