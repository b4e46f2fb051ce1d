//! What the transactions tell that a database keeps with the rows of its catalogue and of its ledger: a tool that records a migration in the
//! transaction in which it runs gives both the same number. So what a migration wrote can be told from what somebody wrote
//! between two of them, and what was never made from what was taken back.
//!
//! A dump keeps none of it, and an upgrade makes the catalogue anew: whether the numbers mean anything is tried first, on what is as
//! it should be.

use std::collections::BTreeMap;

use super::journal::Journal;
use super::{History, Step, first_word};
use crate::db::pg_statements;
use crate::model::{ObjectId, Provenance, Schema, Unlike, Written};

/// What was read of it.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// What the catalogue keeps.
    pub provenance: Provenance,
    /// The rows of the recorded migrations, in their order.
    pub rows: Vec<Option<Recorded>>,
}

/// The row of a recorded migration.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The last 32 bits of the number of the transaction that wrote it.
    pub transaction: u32,
    /// When, as the ledger has it; empty where it says nothing.
    pub time: String,
    /// That transaction is a later one than the migration's.
    pub later: bool,
}

/// A transaction has hardly more savepoints than this, and other transactions between them.
const SAVEPOINTS: u64 = 32;

/// The transactions of the recorded migrations, where they are known to be theirs.
pub(super) struct Timeline {
    provenance: Provenance,
    /// The numbers that the objects have in a replay, which makes them in the same order.
    order: BTreeMap<ObjectId, u32>,
    /// For each recorded migration: its transaction; the first and the last that it may be.
    spans: Vec<Option<(u64, u64)>>,
    /// The transactions of the rows, in order, with the number of the migration.
    rows: Vec<(u64, usize)>,
    /// What a migration is called here: its identity, and the time.
    names: Vec<String>,
    /// Of transactions up to this one nothing is known.
    floor: u64,
}

impl Timeline {
    /// `None` where the numbers tell nothing.
    pub(super) fn new(
        (witness, order): (Witness, BTreeMap<ObjectId, u32>),
        history: &History,
        journal: &Journal,
        (expected, live): (&Schema, &Schema),
    ) -> Option<Self> {
        let Witness { provenance, rows: mut recorded } = witness;
        recorded.resize(history.recorded.len(), None);
        let transaction = |row: &Option<Recorded>| provenance.transaction(row.as_ref()?.transaction);
        let mut rows: Vec<(u64, usize)> =
            recorded.iter().enumerate().filter_map(|(at, row)| Some((transaction(row)?, at))).collect();
        rows.sort_unstable();
        let name = |(at, row): (usize, &Option<Recorded>)| {
            let name = history.recorded.get(at).map_or("", |step| &step.migration.1);
            match row.as_ref().map(|row| row.time.as_str()).filter(|time| !time.is_empty()) {
                Some(time) => format!("{name} ({time})"),
                None => name.to_owned(),
            }
        };
        let names = recorded.iter().enumerate().map(name).collect();
        let spans = vec![None; recorded.len()];
        let mut timeline = Self { provenance, order, spans, rows, names, floor: 0 };
        let same = |id: &ObjectId| expected.0.get(id).is_some_and(|object| live.0.get(id) == Some(object));
        let ends_itself = |at: usize| history.recorded.get(at).is_some_and(ends_its_transaction);
        timeline.place(&recorded, journal, &same, &ends_itself);
        timeline.holds(&same).then_some(timeline)
    }

    /// Finds the transaction of each migration. Rows of one transaction were copied, all at once, and tell nothing.
    fn place(
        &mut self,
        recorded: &[Option<Recorded>],
        journal: &Journal,
        same: &dyn Fn(&ObjectId) -> bool,
        ends_itself: &dyn Fn(usize) -> bool,
    ) {
        for (place, &(row, step)) in self.rows.iter().enumerate() {
            let before = place.checked_sub(1).map_or(0, |place| self.rows[place].0);
            if before == row || self.rows.get(place + 1).is_some_and(|next| next.0 == row) {
                self.floor = row;
                continue;
            }
            let later = recorded[step].as_ref().is_some_and(|row| row.later);
            let mut votes: BTreeMap<u64, usize> = BTreeMap::new();
            for id in journal.recorded[step].keys().filter(|id| same(id)) {
                let by = self.written(id).map_or(&[][..], |written| &written.by);
                by.iter()
                    .filter(|by| before < **by && **by <= row)
                    .for_each(|by| *votes.entry(*by).or_default() += 1);
            }
            // A script that ends its transaction itself is recorded in another one.
            let apart = ends_itself(step) || !votes.is_empty() && !votes.contains_key(&row);
            votes.remove(&row);
            let best = votes.into_iter().max_by_key(|(_, votes)| *votes).filter(|_| later);
            self.spans[step] = Some(match best {
                Some((by, _)) => (by, by),
                None if later => (before + 1, row - 1),
                None if apart => (before + 1, row),
                None => (row, row),
            });
        }
    }

    /// Tries whether most of what is as it should be was written in the migrations' transactions; if not, from which migration
    /// on: a dump and its restore, or an upgrade, has written all of it anew.
    fn holds(&mut self, same: &dyn Fn(&ObjectId) -> bool) -> bool {
        let written = self.provenance.written.iter().filter(|(id, _)| same(id));
        let last: Vec<u64> = written.filter_map(|(_, written)| written.last()).collect();
        let starts = self.rows.iter().filter_map(|(_, step)| Some(self.spans[*step]?.0));
        // From which transaction on, and where all of this ended.
        let spans: Vec<(u64, u64)> = self.rows.iter().filter_map(|(_, step)| self.spans[*step]).collect();
        let fits = |by: u64| {
            // A savepoint has a number of its own, soon after that of its transaction.
            spans.iter().any(|span| span.0 <= by && by <= span.1 + SAVEPOINTS)
        };
        let is_good = |start: u64| {
            let (all, right) = last
                .iter()
                .filter(|by| **by >= start)
                .fold((0, 0), |(all, right), by| (all + 1, right + usize::from(fits(*by))));
            right > 0 && right * 3 >= all * 2
        };
        let begin = if self.floor == 0 { Some(0) } else { None };
        let Some(start) = begin.into_iter().chain(starts).find(|start| is_good(*start)) else { return false };
        self.floor = self.floor.max(start.saturating_sub(1));
        for (_, step) in &self.rows {
            if self.spans[*step].is_some_and(|span| span.0 <= self.floor) {
                self.spans[*step] = None;
            }
        }
        // Of one migration alone it could be chance: a restore in one transaction.
        self.spans.iter().flatten().count() > usize::from(start == 0)
    }

    /// The migration in whose transaction this was.
    fn of(&self, by: u64) -> Option<usize> {
        self.spans.iter().position(|span| *span == Some((by, by)))
    }

    /// The migration in whose transaction this may have been.
    fn during(&self, by: u64) -> Option<usize> {
        self.spans.iter().position(|span| span.is_some_and(|(first, last)| first <= by && by <= last))
    }

    fn written(&self, id: &ObjectId) -> Option<&Written> {
        self.provenance.written.get(id)
    }

    /// Something bears the number of its transaction: it did run.
    pub(super) fn ran(&self, step: usize) -> bool {
        let Some((first, last)) = self.spans[step].filter(|(first, last)| first == last) else {
            return false;
        };
        self.provenance
            .written
            .values()
            .any(|written| written.by.iter().any(|by| (first..=last).contains(by)))
    }

    /// Whether a migration did not do what is not there of it: it did not, it did and somebody took it back, or nobody knows.
    pub(super) fn never(&self, step: usize, hits: &[&Unlike]) -> Option<bool> {
        let (first, last) = self.spans.get(step).copied().flatten()?;
        let each: Vec<_> = hits.iter().map(|one| self.never_wrote(one, (first, last))).collect();
        if each.contains(&Some(false)) {
            return Some(false);
        }
        let missing = hits.iter().filter(|one| one.live.is_none() && numbers(one.id.kind) > 0);
        let missing: Vec<&ObjectId> = missing.map(|one| &one.id).collect();
        let needed: u32 = missing.iter().map(|id| numbers(id.kind)).sum();
        let no_room = || needed > 0 && self.room(&missing, last).is_some_and(|room| room < needed);
        (each.contains(&Some(true)) || no_room()).then_some(true)
    }

    fn never_wrote(&self, one: &Unlike, (first, last): (u64, u64)) -> Option<bool> {
        if one.live.is_some() {
            let by = self.written(&one.id)?.last()?;
            let by_hand = by > last && by > self.floor && self.during(by).is_none();
            return if by < first { Some(true) } else { by_hand.then_some(false) };
        }
        if one.id.kind != "column" {
            return None;
        }
        let table = (one.id.schema.clone(), one.id.root.clone());
        let dropped = self.provenance.dropped.get(&table).map_or(&[][..], Vec::as_slice);
        if dropped.iter().any(|by| *by >= first) {
            return dropped.iter().any(|by| *by > last && self.during(*by).is_none()).then_some(false);
        }
        // The table is older than the migration: had it had the column, something would be left of it.
        let of_table =
            |(id, _): &(&ObjectId, &Written)| id.family() == one.id.family() && id.kind == "column";
        let older = |(_, written): (&ObjectId, &Written)| written.last().is_some_and(|by| by < first);
        self.provenance.written.iter().filter(of_table).any(older).then_some(true)
    }

    /// How many objects that are gone can have been made in the place of these: so many numbers lie between what is made before them
    /// and what later migrations make, and belong to nothing.
    fn room(&self, missing: &[&ObjectId], last: u64) -> Option<u32> {
        let order = |id: &ObjectId| self.order.get(id).copied();
        let (start, end) =
            missing.iter().map(|id| order(id)).try_fold((u32::MAX, 0), |(start, end), at| {
                let at = at?;
                Some((start.min(at), end.max(at)))
            })?;
        let known =
            |(id, written): (&ObjectId, &Written)| Some((order(id)?, written.number?, written.last()?));
        let known = || self.provenance.written.iter().filter_map(known);
        let before = known().filter(|(at, _, by)| *at < start && *by <= last);
        let from = before.map(|(_, number, _)| number).max()?;
        let after = known()
            .filter(|(at, number, by)| *at > end && *number > from && *by > last && self.of(*by).is_some());
        let to = after.map(|(_, number, _)| number).min()?;
        let inside = self
            .provenance
            .holes
            .iter()
            .map(|(start, end)| (*end).min(to).saturating_add(1).saturating_sub((*start).max(from)));
        Some(inside.fold(0, u32::saturating_add))
    }

    /// Whether all of this was written by recorded migrations, or in the transactions of none.
    pub(super) fn all_of_migrations(&self, ids: impl Iterator<Item = ObjectId>) -> bool {
        let mut known = ids.filter_map(|id| self.written(&id)?.last()).peekable();
        known.peek().is_some() && known.all(|by| self.of(by).is_some())
    }

    /// Whether something of this can have been written when that migration ran.
    pub(super) fn may_be_of(&self, step: usize, ids: impl Iterator<Item = ObjectId>) -> bool {
        let Some((first, last)) = self.spans.get(step).copied().flatten() else { return true };
        let next = self.rows.iter().map(|(row, _)| *row).find(|row| *row > last + 1).unwrap_or(u64::MAX);
        // A later migration writes a row anew that it leaves as it was.
        let later = |by: u64| by > last && self.during(by).is_some();
        let mut known = ids.filter_map(|id| self.written(&id)?.last()).peekable();
        known.peek().is_none() || known.any(|by| by <= self.floor || (first..next).contains(&by) || later(by))
    }

    /// What is known of who wrote it and when.
    pub(super) fn trace(&self, one: &Unlike, journal: &Journal) -> Option<String> {
        if one.live.is_some() {
            let by = self.written(&one.id)?.last()?;
            return match self.during(by) {
                _ if by <= self.floor => None,
                Some(step) => Some(format!("it was written last by migration {}", self.names[step])),
                None => Some(format!("it was written last {}", self.bracket(by))),
            };
        }
        let table = (one.id.schema.clone(), one.id.root.clone());
        let dropped = self.provenance.dropped.get(&table).into_iter().flatten();
        let by_hand = dropped.copied().filter(|by| *by > self.floor && self.during(*by).is_none()).max();
        let maker = journal.writer.get(&one.id)?;
        match by_hand.filter(|_| one.id.kind == "column") {
            Some(by) => Some(format!("a column of its table was dropped {}", self.bracket(by))),
            None if self.ran(*maker) => {
                Some(format!("migration {}, which makes it, did run", self.names[*maker]))
            }
            None => None,
        }
    }

    /// After which migration and before which one.
    fn bracket(&self, by: u64) -> String {
        let before = self.rows.iter().rev().find(|(row, _)| *row < by);
        let after = self.rows.iter().find(|(row, _)| *row > by);
        let name = |row: Option<&(u64, usize)>| row.map(|(_, step)| &self.names[*step]);
        match (name(before), name(after)) {
            (Some(before), Some(after)) => format!("between the migrations {before} and {after}, by neither"),
            (Some(before), None) => format!("after migration {before}, which is the last"),
            (None, Some(after)) => format!("before migration {after}"),
            (None, None) => "by no migration".to_owned(),
        }
    }
}

/// Whether a migration runs in several transactions, and is recorded in the last of them or in one of its own.
fn ends_its_transaction(step: &Step) -> bool {
    let ends = |(_, statement): &(usize, &str)| {
        ["commit", "end", "rollback", "abort"].contains(&first_word(statement).as_str())
    };
    step.script
        .as_ref()
        .is_some_and(|script| !script.transaction || pg_statements(&script.text).all.iter().any(ends))
}

/// So many numbers an object of this kind takes, at the least; none where that is not known.
fn numbers(kind: &str) -> u32 {
    match kind {
        "view" | "materialized view" => 4,
        "table" | "foreign table" | "composite type" => 3,
        "primary key" | "unique constraint" | "exclusion constraint" | "enum" | "domain" | "range type" => 2,
        "index" | "foreign key" | "check" | "function" | "procedure" | "aggregate" | "sequence"
        | "trigger" | "rule" | "policy" | "statistics" | "schema" | "extension" => 1,
        _ => 0,
    }
}
