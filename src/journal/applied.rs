//! The texts with which migrations were first seen applied, for ledgers that keep no checksum.
//!
//! One flat file (see [`mod@file`]) with a part for each ledger of each database: its key, the length of its records, and the
//! records, sorted. A part is read only when it is asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file;
use crate::model::{Oid, Text};

/// The file's name.
const NAME: &str = "applied";

/// The first bytes of the file. The number at the end is the version of the format.
const MAGIC: &[u8; 16] = b"guard applied 1\n";

/// No file of guard is longer.
const MAX_BYTES: usize = 32 << 20;

/// So many ledgers are remembered. Databases that are made anew each day leave one behind each time.
const MAX_LEDGERS: usize = 24;

/// The ledger of a migration set, in one life of one database.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerKey {
    /// The name in `guard.toml`.
    pub database: String,
    /// Where it is, without secrets.
    pub address: String,
    /// What becomes another when the table or its database is made anew.
    pub incarnation: String,
    /// The migration set.
    pub set: String,
    /// The table.
    pub table: String,
}

/// What was seen when a migration was first seen applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The text in the candidate.
    pub blob: Oid,
    /// A digest of what runs of it, for texts that git may have forgotten when they are asked for.
    pub text: Option<[u8; 16]>,
    /// From the cells of the row that are others when it is written anew; 0 where it has none.
    pub mark: u32,
    /// The day, counted from the first of January 1970 in UTC.
    pub day: u32,
}

/// The memory.
#[derive(Debug, Default)]
pub struct Applied {
    directory: PathBuf,
    /// The records of each ledger, not yet read.
    ledgers: BTreeMap<LedgerKey, Vec<u8>>,
    changes: BTreeMap<LedgerKey, Vec<(Text, Change)>>,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    /// Unless another run has remembered the same row meanwhile.
    Remember(Seen),
    /// Whatever is remembered.
    Replace(Seen),
    Forget,
}

impl Change {
    fn apply(self, records: &mut BTreeMap<Text, Seen>, identity: Text) {
        match self {
            Self::Remember(seen) => {
                if records.get(&identity).is_none_or(|known| known.mark != seen.mark) {
                    records.insert(identity, seen);
                }
            }
            Self::Replace(seen) => drop(records.insert(identity, seen)),
            Self::Forget => drop(records.remove(&identity)),
        }
    }
}

/// The records of a ledger, sorted by identity.
pub(super) type Records = Vec<(Text, Seen)>;

impl Applied {
    /// Reads what is remembered. A file that is not there, not whole or of another version is as good as empty.
    pub fn load(common_dir: &Path) -> Self {
        let directory = common_dir.join("guard");
        let body = file::read(&directory, NAME, MAGIC, MAX_BYTES as u64 + 28);
        let ledgers = body.and_then(|body| read_ledgers(&body)).unwrap_or_default();
        Self { directory, ledgers, changes: BTreeMap::new() }
    }

    /// What is remembered of a ledger, sorted by identity.
    pub fn records(&self, ledger: &LedgerKey) -> Vec<(Text, Seen)> {
        self.ledgers.get(ledger).and_then(|bytes| read_records(bytes)).unwrap_or_default()
    }

    /// A migration was seen applied for the first time.
    pub fn remember(&mut self, ledger: &LedgerKey, identity: &Text, seen: Seen) {
        self.change(ledger, identity, Change::Remember(seen));
    }

    /// What is remembered of a migration does not count any more; this does.
    pub fn replace(&mut self, ledger: &LedgerKey, identity: &Text, seen: Seen) {
        self.change(ledger, identity, Change::Replace(seen));
    }

    /// A migration is applied no longer.
    pub fn forget(&mut self, ledger: &LedgerKey, identity: &Text) {
        self.change(ledger, identity, Change::Forget);
    }

    fn change(&mut self, ledger: &LedgerKey, identity: &Text, change: Change) {
        let change = (identity.clone(), change);
        match self.changes.get_mut(ledger) {
            Some(changes) => changes.push(change),
            None => drop(self.changes.insert(ledger.clone(), vec![change])),
        }
    }

    /// Forgets these migrations, or all, in all ledgers. Returns how many records that were.
    pub fn forget_everywhere(&mut self, concerns: impl Fn(&str) -> bool) -> usize {
        let ledgers: Vec<LedgerKey> = self.ledgers.keys().cloned().collect();
        let mut forgotten = 0;
        for ledger in ledgers {
            for (identity, _) in self.records(&ledger).iter().filter(|(identity, _)| concerns(identity)) {
                self.forget(&ledger, identity);
                forgotten += 1;
            }
        }
        forgotten
    }

    /// Writes what is new, all or nothing; `false` where it could not be written, which costs only the memory.
    ///
    /// The file is read once more before, so that what another run has remembered meanwhile is kept; what that one writes
    /// in the moment between is lost, and is seen again the next time.
    pub fn save(self) -> bool {
        if self.changes.is_empty() {
            return true;
        }
        let mut now = file::read(&self.directory, NAME, MAGIC, MAX_BYTES as u64 + 28)
            .and_then(|body| read_ledgers(&body))
            .unwrap_or_default();
        let mut changed = Vec::with_capacity(self.changes.len());
        for (ledger, changes) in self.changes {
            let bytes = now.remove(&ledger);
            let records = bytes.and_then(|bytes| read_records(&bytes)).unwrap_or_default();
            let mut records: BTreeMap<Text, Seen> = records.into_iter().collect();
            for (identity, change) in changes {
                change.apply(&mut records, identity);
            }
            changed.push((ledger, write_records(&records)));
        }
        make_room(&mut now, MAX_LEDGERS.saturating_sub(changed.len()));
        now.extend(changed);
        now.retain(|_, records| !records.is_empty());
        let mut body = Vec::new();
        for (ledger, records) in &now {
            write_ledger(&mut body, ledger, records);
        }
        body.len() <= MAX_BYTES && file::replace(&self.directory, NAME, MAGIC, &body).is_ok()
    }
}

/// Drops the ledgers in which nothing has been new for the longest time.
fn make_room(ledgers: &mut BTreeMap<LedgerKey, Vec<u8>>, most: usize) {
    if ledgers.len() <= most {
        return;
    }
    let newest = |records: &[u8]| {
        read_records(records).unwrap_or_default().iter().map(|(_, seen)| seen.day).max().unwrap_or_default()
    };
    let mut by_age: Vec<(u32, LedgerKey)> =
        ledgers.iter().map(|(ledger, records)| (newest(records), ledger.clone())).collect();
    by_age.sort_unstable();
    for (_, ledger) in by_age.drain(..ledgers.len() - most) {
        ledgers.remove(&ledger);
    }
}

/// The parts of the file.
fn read_ledgers(mut rest: &[u8]) -> Option<BTreeMap<LedgerKey, Vec<u8>>> {
    let mut ledgers = BTreeMap::new();
    while !rest.is_empty() {
        let mut words = [const { String::new() }; 5];
        for word in &mut words {
            std::str::from_utf8(take_short(&mut rest)?).ok()?.clone_into(word);
        }
        let [database, address, incarnation, set, table] = words;
        let length = u32::from_le_bytes(*take(&mut rest)?);
        let (records, behind) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        rest = behind;
        ledgers.insert(LedgerKey { database, address, incarnation, set, table }, records.to_vec());
    }
    Some(ledgers)
}

fn write_ledger(out: &mut Vec<u8>, ledger: &LedgerKey, records: &[u8]) {
    let LedgerKey { database, address, incarnation, set, table } = ledger;
    let words = [database, address, incarnation, set, table];
    let long = words.iter().any(|word| word.len() > usize::from(u16::MAX));
    let Ok(length) = u32::try_from(records.len()) else { return };
    if !long {
        for word in words {
            put_short(out, word.as_bytes());
        }
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(records);
    }
}

/// Records: the identity, the oid, whether there is a digest of the text, that digest, the mark, the day.
fn read_records(mut rest: &[u8]) -> Option<Records> {
    let mut records: Records = Vec::with_capacity(rest.len() / 48);
    while !rest.is_empty() {
        let identity = Text::from(std::str::from_utf8(take_short(&mut rest)?).ok()?);
        let blob = Oid::from_bytes(take_short(&mut rest)?)?;
        let text = match take::<1>(&mut rest)? {
            [0] => None,
            _ => Some(*take(&mut rest)?),
        };
        let mark = u32::from_le_bytes(*take(&mut rest)?);
        let day = u32::from_le_bytes(*take(&mut rest)?);
        if records.last().is_some_and(|(before, _)| *before >= identity) {
            return None;
        }
        records.push((identity, Seen { blob, text, mark, day }));
    }
    Some(records)
}

fn write_records(records: &BTreeMap<Text, Seen>) -> Vec<u8> {
    let mut out = Vec::with_capacity(records.len() * 64);
    for (identity, seen) in records.iter().filter(|(identity, _)| u16::try_from(identity.len()).is_ok()) {
        put_short(&mut out, identity.as_bytes());
        put_short(&mut out, seen.blob.as_bytes());
        out.push(u8::from(seen.text.is_some()));
        out.extend_from_slice(seen.text.as_ref().map_or(&[], |text| &text[..]));
        out.extend_from_slice(&seen.mark.to_le_bytes());
        out.extend_from_slice(&seen.day.to_le_bytes());
    }
    out
}

/// Takes so many bytes from the beginning.
fn take<'a, const LENGTH: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; LENGTH]> {
    let (taken, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(taken)
}

/// Takes bytes whose length stands before them, in two bytes.
fn take_short<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u16::from_le_bytes(*take(rest)?);
    let (taken, behind) = rest.split_at_checked(usize::from(length))?;
    *rest = behind;
    Some(taken)
}

fn put_short(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u16::try_from(bytes.len()).expect("longer ones are left out before");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
#[path = "applied_tests.rs"]
mod tests;
