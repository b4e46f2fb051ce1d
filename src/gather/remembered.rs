//! guard's own memory for ledgers that keep no checksum: which text a migration had when it was first seen applied.
//!
//! What it cannot tell apart it does not remember: a row without a time, in a database of which nobody can say whether
//! it is still the same one.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::git::Backend;
use crate::journal::{Applied, LedgerKey, Seen};
use crate::model::{LedgerStyle, Migration, MigrationKind, Nature, Outcome, Remembered, Text};
use crate::tools::{Matched, RawLedger, RowMark, Tool, only_moved_to_lfs};

use super::Candidate;
use super::history::Subject;
use super::ledgers::Context;

/// From so many on nobody reads where each of them comes from.
const SEARCHED: usize = 5;

/// The memory, read when a ledger without checksums asks for it.
pub(super) struct Memory<'a> {
    common_dir: &'a Path,
    loaded: Option<Applied>,
    /// What is judged is what stands here. A commit of the past is compared, and leaves no trace.
    writes: bool,
}

impl<'a> Memory<'a> {
    pub(super) fn new(git: &'a dyn Backend, candidate: Candidate) -> Self {
        let writes = match candidate {
            Candidate::Index => true,
            Candidate::Commit(commit) => git.resolve("HEAD").ok().flatten() == Some(commit),
        };
        Self { common_dir: &git.layout().common_dir, loaded: None, writes }
    }

    /// Writes what is new. Where that cannot be done there is no memory, and nobody is kept from anything.
    pub(super) fn save(self) {
        if let Some(applied) = self.loaded.filter(|_| self.writes) {
            applied.save();
        }
    }
}

/// A migration whose text is another than the remembered one.
struct Different<'a> {
    at: usize,
    migration: &'a Migration,
    known: Seen,
    mark: RowMark,
}

/// Compares what is applied with what was first seen, and remembers what is seen for the first time.
pub(super) fn compare(
    context: &mut Context<'_, '_>,
    subject: &Subject<'_>,
    raw: &RawLedger,
    matched: &Matched,
    (database, address): (&str, &str),
) -> Vec<Remembered> {
    let timed = raw.rows.iter().any(|row| row.mark.timed);
    if subject.tool.spec().checksum.is_some() || raw.incarnation.is_none() && !timed {
        return Vec::new();
    }
    let key = LedgerKey {
        database: database.to_owned(),
        address: address.to_owned(),
        incarnation: raw.incarnation.clone().unwrap_or_default(),
        set: subject.set.name.clone(),
        table: raw.table.to_string(),
    };
    let common_dir = context.memory.common_dir;
    let applied = context.memory.loaded.get_or_insert_with(|| Applied::load(common_dir));
    let different = look(applied, &key, subject, raw, matched);
    let mut remembered = Vec::new();
    for different in different {
        if let Some(there) = counts(context.git, applied, &key, subject, &different) {
            remembered.push((there, different));
        }
    }
    let search = remembered.len() < SEARCHED;
    let found = remembered.into_iter().map(|(there, Different { at, migration, known, mark })| Remembered {
        migration: at,
        blob: known.blob,
        there,
        since: date(known.day),
        same_row: mark.timed,
        history: search.then(|| Box::new(context.history.of_blob(subject, migration, known.blob))),
    });
    found.collect()
}

/// Goes through what is applied and through what is remembered.
fn look<'a>(
    applied: &mut Applied,
    key: &LedgerKey,
    subject: &Subject<'a>,
    raw: &RawLedger,
    matched: &Matched,
) -> Vec<Different<'a>> {
    let candidate = &subject.set.candidate;
    let mut marks = vec![Some(RowMark::default()); candidate.len()];
    for (row, at) in raw.rows.iter().zip(&matched.rows) {
        let Some(at) = *at else { continue };
        // A failed one may be edited; one that was only recorded has run nothing.
        marks[at] = (row.applied.outcome == Outcome::Applied).then_some(row.mark);
    }
    let records = applied.records(key);
    let mut met = 0;
    let mut different = Vec::new();
    for (at, migration) in candidate.iter().enumerate() {
        let once = matches!(migration.kind, MigrationKind::Versioned | MigrationKind::Baseline);
        let Some(mark) = marks[at].filter(|_| once && matched.applied.get(at) == Some(&true)) else {
            continue;
        };
        if raw.incarnation.is_none() && !mark.timed {
            continue;
        }
        let known = records.binary_search_by(|(identity, _)| identity.cmp(&migration.identity));
        match known.map(|place| records[place].1) {
            Err(_) => applied.remember(key, &migration.identity, now(subject.tool, migration, mark)),
            Ok(known) => {
                met += 1;
                if known.mark != mark.sum {
                    applied.replace(key, &migration.identity, now(subject.tool, migration, mark));
                } else if known.blob != migration.blob {
                    different.push(Different { at, migration, known, mark });
                }
            }
        }
    }
    if met < records.len() {
        forget_what_is_gone(applied, key, &records, subject, raw);
    }
    different
}

/// What the ledger no longer calls applied is forgotten: when it comes back, it may come back with another text.
fn forget_what_is_gone(
    applied: &mut Applied,
    key: &LedgerKey,
    records: &[(Text, Seen)],
    subject: &Subject<'_>,
    raw: &RawLedger,
) {
    let rows: HashSet<&str> = raw.rows.iter().map(|row| row.applied.identity.as_str()).collect();
    let candidate = subject.set.candidate.iter().zip(subject.applied);
    let candidate: HashMap<&str, bool> =
        candidate.map(|(migration, applied)| (migration.identity.as_str(), *applied)).collect();
    for (identity, _) in records {
        let applied_still = match candidate.get(identity.as_str()) {
            Some(applied) => *applied,
            // Its file is not here. Whether the newest version covers it cannot be told.
            None => raw.style == LedgerStyle::HighWater || rows.contains(identity.as_str()),
        };
        if !applied_still {
            applied.forget(key, identity);
        }
    }
}

/// Whether a difference is one to speak of; then, whether the old text is still here.
fn counts(
    git: &dyn Backend,
    applied: &mut Applied,
    key: &LedgerKey,
    subject: &Subject<'_>,
    Different { migration, known, mark, .. }: &Different<'_>,
) -> Option<bool> {
    let identity = &migration.identity;
    // Nobody else has it yet: it was rolled back, corrected and applied anew, and no time in the ledger says so.
    if !mark.timed && subject.set.added().any(|added| added.path == migration.path) {
        applied.replace(key, identity, now(subject.tool, migration, *mark));
        return None;
    }
    let old = git.blob(known.blob).ok();
    let new = migration.text.as_deref().map(<[u8]>::to_vec).or_else(|| git.blob(migration.blob).ok())?;
    let nature = match (&old, known.text) {
        (Some(old), _) if only_moved_to_lfs(old, &new) => Nature::LineEndings,
        (Some(old), _) => subject.tool.nature(&migration.path, old, &new),
        (None, Some(text)) if text == subject.tool.text_digest(&migration.path, &new) => Nature::Cosmetic,
        (None, _) => Nature::Code,
    };
    if nature == Nature::Code {
        return Some(old.is_some());
    }
    // It runs as before: the next time this need not be looked at again.
    let text = Some(subject.tool.text_digest(&migration.path, &new));
    applied.replace(key, identity, Seen { blob: migration.blob, text, ..*known });
    None
}

fn now(tool: &Tool, migration: &Migration, mark: RowMark) -> Seen {
    // What is published stays in the history. What is not may be gone when it is asked for.
    let text = migration.text.as_deref().map(|text| tool.text_digest(&migration.path, text));
    Seen { blob: migration.blob, text, mark: mark.sum, day: today() }
}

/// Days since the first of January 1970, in UTC.
fn today() -> u32 {
    u32::try_from(jiff::Timestamp::now().as_second() / 86_400).unwrap_or_default()
}

fn date(day: u32) -> String {
    let time = jiff::Timestamp::from_second(i64::from(day) * 86_400).unwrap_or_default();
    jiff::tz::TimeZone::UTC.to_datetime(time).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(20_000), "2024-10-04");
        assert!(*date(today()) > *"2025-01-01");
    }
}
