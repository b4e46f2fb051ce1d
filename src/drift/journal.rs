//! What each migration of a history changes, learned by looking after it.

use std::collections::BTreeMap;

use crate::db::DbError;
use crate::expected::Trouble;
use crate::model::{Object, ObjectId, Schema, Script, Unlike};

use super::missing::is_word_of;
use super::{Bench, History, Step};

/// What one migration made of the objects that it changed: before and after.
pub(super) type Delta = BTreeMap<ObjectId, (Option<Object>, Option<Object>)>;

/// What all of them did, or those that touch what differs.
#[derive(Default)]
pub(super) struct Journal {
    /// For each recorded migration.
    pub(super) recorded: Vec<Delta>,
    /// For each pending one, each after those before it.
    pub(super) pending: Vec<Delta>,
    /// The last recorded migration that wrote an object.
    pub(super) writer: BTreeMap<ObjectId, usize>,
    /// What there is after all that is recorded and so many of the pending ones, each of which ran.
    pub(super) beyond: Vec<Schema>,
}

/// So many pending migrations are all looked after.
const FEW: usize = 8;

impl Journal {
    /// Replays everything, and looks after each step that names something of what differs. Where that misses one that changed it
    /// nevertheless, after every step. Nothing where there was no time for it.
    pub(super) fn keep(
        bench: &mut Bench<'_>,
        history: &History,
        differences: &[Unlike],
    ) -> Result<Option<Self>, DbError> {
        let mut names: Vec<String> = differences.iter().flat_map(|one| names(&one.id)).collect();
        names.sort_unstable();
        names.dedup();
        let few = history.pending.len() <= FEW;
        let names_one = |step: &Step| has_word(step.script.as_ref(), &names);
        let Some(some) = Self::of(bench, history, &names_one, few)? else { return Ok(None) };
        let seen = |one: &Unlike| match some.writer.get(&one.id) {
            Some(at) => some.recorded[*at].get(&one.id).is_some_and(|(_, after)| *after == one.expected),
            None => one.expected.is_none(),
        };
        if differences.iter().all(seen) { Ok(Some(some)) } else { Self::of(bench, history, &|_| true, true) }
    }

    fn of(
        bench: &mut Bench<'_>,
        history: &History,
        looks: &dyn Fn(&Step) -> bool,
        all_pending: bool,
    ) -> Result<Option<Self>, DbError> {
        bench.clear()?;
        let mut look = Look { before: None, ran: true };
        let mut journal = Self::default();
        for (at, step) in history.recorded.iter().enumerate() {
            if bench.is_over() {
                return Ok(None);
            }
            let delta = look.after(bench, step.script.as_ref(), looks(step))?;
            journal.writer.extend(delta.keys().map(|id| (id.clone(), at)));
            journal.recorded.push(delta);
        }
        look.ran = true;
        for step in &history.pending {
            if bench.is_over() {
                return Ok(None);
            }
            journal.pending.push(look.after(bench, step.script.as_ref(), all_pending || looks(step))?);
            let whole = look.ran && journal.beyond.len() + 1 == journal.pending.len();
            journal.beyond.extend(look.before.clone().filter(|_| whole));
        }
        Ok(Some(journal))
    }
}

/// What a text that makes or changes an object names: that to which it belongs, or the object where it has a name of its own.
fn names(id: &ObjectId) -> impl Iterator<Item = String> {
    let bare = |name: &str| name.split(['(', ' ']).next().unwrap_or_default().to_lowercase();
    let of_its_own = id.kind == "index" || id.root.is_empty();
    let names = [bare(&id.root), if of_its_own { bare(&id.name) } else { String::new() }];
    let schema = names.iter().all(String::is_empty).then(|| bare(&id.schema));
    names.into_iter().chain(schema).filter(|name| !name.is_empty())
}

/// Whether the text has one of these words in it.
fn has_word(script: Option<&Script>, words: &[String]) -> bool {
    let Some(script) = script else { return false };
    let text = script.text.to_lowercase();
    words.iter().any(|word| is_word_of(word, &text))
}

/// The schema as it was seen last.
struct Look {
    before: Option<Schema>,
    /// Whether all of them did run.
    ran: bool,
}

impl Look {
    /// Runs one, and says what has changed, if it is asked. One that does not run changes nothing.
    fn after(
        &mut self,
        bench: &mut Bench<'_>,
        script: Option<&Script>,
        asked: bool,
    ) -> Result<Delta, DbError> {
        let Some(script) = script else { return Ok(Delta::new()) };
        if asked && self.before.is_none() {
            self.before = Some(bench.schema()?);
        }
        match bench.scratch.run(script, usize::MAX) {
            Ok(()) => {}
            Err(Trouble::Refused { .. }) => self.ran = false,
            Err(Trouble::Gone(error)) => return Err(error),
        }
        let Some(before) = self.before.take().filter(|_| asked) else { return Ok(Delta::new()) };
        let after = bench.schema()?;
        let changed =
            before.unlike(&after).into_iter().map(|one| (one.id, (one.expected, one.live))).collect();
        self.before = Some(after);
        Ok(changed)
    }
}
