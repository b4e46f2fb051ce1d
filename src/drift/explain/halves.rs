//! Of which migration only a beginning may have run, and which beginning.

use std::collections::BTreeSet;

use super::super::Bench;
use super::super::journal::Delta;
use super::{Case, Variation, runs};
use crate::db::DbError;
use crate::model::{ObjectId, Script, Unlike};

/// So many beginnings of one migration are thought of.
const MOST_PARTS: usize = 12;

impl Case<'_> {
    /// Where only a beginning of a migration may have run: which. Its statements run one after the other, until what was made is
    /// there, and what was not made is not.
    pub(super) fn beginning(
        &self,
        bench: &mut Bench<'_>,
        variation: Variation,
        taken: &[Variation],
    ) -> Result<Option<Variation>, DbError> {
        let (at, recorded) = match variation {
            Variation::Prefix(at, usize::MAX) => (at, true),
            Variation::AddPrefix(at, usize::MAX) => (at, false),
            _ => return Ok(Some(variation)),
        };
        let (steps, deltas) = if recorded {
            (&self.history.recorded, &self.journal.recorded)
        } else {
            (&self.history.pending, &self.journal.pending)
        };
        let Some(script) = &steps[at].script else { return Ok(None) };
        let all: Vec<Variation> = taken.iter().copied().chain([variation]).collect();
        let (runs, common) = (runs(self.history, &all), self.common(&all));
        if !bench.reach(&runs[..common], taken.len(), true)? {
            return Ok(None);
        }
        let own: Vec<&ObjectId> = deltas[at]
            .iter()
            .filter(|(id, (_, after))| !recorded || self.is_last(at, id, after.as_ref()))
            .map(|(id, _)| id)
            .collect();
        let differs = |id: &&ObjectId| self.expected.0.get(*id) != self.live.0.get(*id);
        let some: Vec<&ObjectId> = own.iter().copied().filter(differs).collect();
        // Of what is as it should be, a later migration may have done some again.
        let some = if recorded && !some.is_empty() { some } else { own.clone() };
        let pieces = bench.scratch.pieces(script);
        let mut most = None;
        for (number, piece) in pieces.iter().enumerate() {
            if !bench.run(&[(piece, usize::MAX)])? {
                break;
            }
            let schema = bench.schema()?;
            let is_live = |id: &&ObjectId| schema.0.get(*id) == self.live.0.get(*id);
            // What it wrote last, or would have written, is then as it is in the database.
            let fits = some.iter().all(is_live);
            if fits {
                most = Some(number + 1).filter(|most| *most < pieces.len());
            }
            // What is as the whole of it leaves it, and not so in the database, will not become so.
            let is_past = |id: &&ObjectId| {
                let now = schema.0.get(*id);
                now == deltas[at].get(*id).and_then(|(_, after)| after.as_ref())
                    && now != self.live.0.get(*id)
            };
            if own.iter().all(is_live) || own.iter().any(is_past) || !fits && most.is_some() {
                break;
            }
        }
        Ok(most
            .map(|most| if recorded { Variation::Prefix(at, most) } else { Variation::AddPrefix(at, most) }))
    }
}

/// How much of what differs a part of the migration may have dropped, which the rest of it makes again.
pub(super) fn within(delta: &Delta, script: Option<&Script>, left: &[Unlike]) -> usize {
    if !script.is_some_and(|script| script.text.to_lowercase().contains("drop")) {
        return 0;
    }
    let families: BTreeSet<(&str, &str)> = delta.keys().map(ObjectId::family).collect();
    left.iter().filter(|one| families.contains(&one.id.family())).count()
}

/// How many statements may have run, if some of them: found out before it is tried, where each can run by itself.
pub(super) fn some_of(bench: &Bench<'_>, script: Option<&Script>) -> impl Iterator<Item = usize> + use<> {
    let pieces = script.map_or(0, |script| bench.scratch.pieces(script).len());
    let (known, guessed) = (pieces > 1, pieces == 0);
    known.then_some(usize::MAX).into_iter().chain(parts(bench, script.filter(|_| guessed)))
}

/// How many statements may have run, if not all: each number, or so many of them over the whole.
pub(super) fn parts(bench: &Bench<'_>, script: Option<&Script>) -> impl Iterator<Item = usize> + use<> {
    let count = script.map_or(0, |script| bench.scratch.count(script));
    let step = count.div_ceil(MOST_PARTS).max(1);
    (1..count).rev().step_by(step)
}
