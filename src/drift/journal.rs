//! What each migration of a history changes, learned by looking after it.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The recorded migrations before which others had run since the last look: what one took away of theirs was not seen.
    pub(super) blind: BTreeSet<usize>,
    /// The last recorded migration that wrote an object.
    pub(super) writer: BTreeMap<ObjectId, usize>,
    /// What there is after all that is recorded and so many of the pending ones, each of which ran.
    pub(super) beyond: Vec<Schema>,
}

/// What has none of these in it takes nothing away.
const TAKING: [&str; 9] =
    ["drop", "rename", "replace", "revoke", "reset", "detach", "inherit", "null", "set schema"];

/// Kinds, and what each statement calls them that makes or changes one.
const SAID: [(&str, &str); 7] = [
    ("domain", "domain"),
    ("enum", "type"),
    ("composite type", "type"),
    ("range type", "type"),
    ("function", "function"),
    ("procedure", "procedure"),
    ("materialized view", "materialized"),
];

/// So many pending migrations are all looked after.
const FEW: usize = 8;

impl Journal {
    /// Replays everything, and looks after each step that names something of what differs. Where that misses one that changed it
    /// nevertheless, after more of them, and at last after every one. Nothing where there was no time for it.
    pub(super) fn keep(
        bench: &mut Bench<'_>,
        history: &History,
        differences: &[Unlike],
    ) -> Result<Option<Self>, DbError> {
        let all_pending = history.pending.len() <= FEW;
        for words in [closely, |one: &Unlike| loosely(&one.id)] {
            let words: BTreeSet<Vec<String>> = differences.iter().flat_map(words).collect();
            let names_one = |step: &Step| has_words(&small(step), &words);
            let Some(some) = Self::of(bench, history, &names_one, all_pending)? else { return Ok(None) };
            let seen = |one: &Unlike| match some.writer.get(&one.id) {
                Some(at) => some.recorded[*at].get(&one.id).is_some_and(|(_, after)| *after == one.expected),
                None => one.expected.is_none(),
            };
            if differences.iter().all(seen) {
                return Ok(Some(some));
            }
        }
        Self::of(bench, history, &|_| true, true)
    }

    /// Without a replay, where a single migration can have had a hand in what differs: then all of it is taken for its work, and a trial
    /// says whether that is so.
    pub(super) fn presumed(history: &History, differences: &[Unlike]) -> Option<Self> {
        let names = |step: &Step, recorded: bool| {
            let text = small(step);
            let takes = TAKING.iter().any(|word| text.contains(word));
            differences.iter().any(|one| {
                let is_gone = if recorded { one.expected.is_none() } else { one.live.is_none() };
                (takes || !is_gone) && has_words(&text, &closely(one))
            })
        };
        let all = || {
            history
                .recorded
                .iter()
                .map(|step| (step, true))
                .chain(history.pending.iter().map(|step| (step, false)))
        };
        let mut of =
            all().enumerate().filter(|(_, (step, recorded))| names(step, *recorded)).map(|(at, _)| at);
        let (Some(only), None) = (of.next(), of.next()) else { return None };
        let (_, recorded) = all().nth(only)?;
        let had_named = |(_, script): &(_, Script)| {
            let text = script.text.to_lowercase();
            differences.iter().any(|one| has_words(&text, &loosely(&one.id)))
        };
        if all().enumerate().any(|(at, (step, _))| at != only && step.old.iter().any(had_named)) {
            return None;
        }
        let made = |one: &Unlike| {
            let (with, without) =
                if recorded { (&one.expected, &one.live) } else { (&one.live, &one.expected) };
            (one.id.clone(), (without.clone(), with.clone()))
        };
        let mut journal = Self {
            recorded: vec![Delta::new(); history.recorded.len()],
            pending: vec![Delta::new(); history.pending.len()],
            ..Self::default()
        };
        let delta: Delta = differences.iter().map(made).collect();
        if recorded {
            journal.writer = delta.keys().map(|id| (id.clone(), only)).collect();
        }
        *journal.recorded.iter_mut().chain(&mut journal.pending).nth(only)? = delta;
        Some(journal)
    }

    fn of(
        bench: &mut Bench<'_>,
        history: &History,
        looks: &dyn Fn(&Step) -> bool,
        all_pending: bool,
    ) -> Result<Option<Self>, DbError> {
        let looked: Vec<bool> = history
            .recorded
            .iter()
            .map(looks)
            .chain(history.pending.iter().map(|step| all_pending || looks(step)))
            .collect();
        let count = history.recorded.len();
        let first = looked[..count].iter().position(|looked| *looked).unwrap_or(count);
        let end = looked.iter().rposition(|looked| *looked).map_or(0, |last| last + 1);
        let beginning = history.recorded[..first.min(end)].iter().filter_map(|step| step.script.as_ref());
        // The trials begin there, too.
        if !bench.reach(&beginning.map(|script| (script, usize::MAX)).collect::<Vec<_>>(), 0, true)? {
            return Ok(None);
        }
        let mut look = Look { before: None, since: String::new(), ran: true };
        let mut journal = Self { recorded: vec![Delta::new(); count], ..Self::default() };
        for (at, step) in history.recorded.iter().enumerate().take(end).skip(first) {
            if bench.is_over() {
                return Ok(None);
            }
            journal.blind.extend(Some(at).filter(|_| !look.since.is_empty()));
            let delta = look.after(bench, step, looked[at])?;
            journal.writer.extend(delta.keys().map(|id| (id.clone(), at)));
            journal.recorded[at] = delta;
        }
        look.ran = true;
        for (step, looked) in history.pending.iter().zip(&looked[count..]).take(end.saturating_sub(count)) {
            if bench.is_over() {
                return Ok(None);
            }
            journal.pending.push(look.after(bench, step, *looked)?);
            let whole = look.ran && journal.beyond.len() + 1 == journal.pending.len();
            journal.beyond.extend(look.now().filter(|_| whole).cloned());
        }
        journal.pending.resize(history.pending.len(), Delta::new());
        Ok(Some(journal))
    }
}

/// What a text that makes or changes an object names, each a list of words: that to which it belongs, or the object where it has a name
/// of its own.
fn loosely(id: &ObjectId) -> Vec<Vec<String>> {
    let of_its_own = id.kind == "index" || id.root.is_empty();
    let names = [bare(&id.root), if of_its_own { bare(&id.name) } else { String::new() }];
    let schema = names.iter().all(String::is_empty).then(|| bare(&id.schema));
    names.into_iter().chain(schema).filter(|name| !name.is_empty()).map(|name| vec![name]).collect()
}

/// The same, where what belongs to a table is named with it, by its name or by the first column that is said of it: there are tables
/// that many migrations name. Types and functions are named wherever they are used; what makes or changes one says what it is, too.
fn closely(one: &Unlike) -> Vec<Vec<String>> {
    let ObjectId { kind, root, name, .. } = &one.id;
    let last = bare(name.rsplit(' ').next().unwrap_or_default());
    if root.is_empty() {
        return loosely(&one.id);
    }
    if last.is_empty() {
        let said = SAID.iter().find(|(of, _)| of == kind).map(|(_, said)| (*said).to_owned());
        return vec![std::iter::once(bare(root)).chain(said).collect()];
    }
    let own = if *kind == "index" { vec![last] } else { vec![bare(root), last] };
    let objects = one.expected.iter().chain(&one.live);
    let definitions = objects.filter_map(|object| object.get("definition"));
    let columns = definitions.filter_map(|text| {
        let inside = text.split_once('(')?.1;
        let mut words = inside.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.find(|word| !word.is_empty()).map(str::to_lowercase)
    });
    columns.map(|column| vec![bare(root), column]).chain([own]).collect()
}

/// A name as it stands in a text: without arguments, in small letters.
fn bare(name: &str) -> String {
    name.split(['(', ' ']).next().unwrap_or_default().to_lowercase()
}

/// Whether the text, in small letters, has all words of one of these lists in it.
fn has_words<'a>(text: &str, lists: impl IntoIterator<Item = &'a Vec<String>>) -> bool {
    lists.into_iter().any(|words| words.iter().all(|word| is_word_of(word, text)))
}

/// The text of a migration in small letters.
fn small(step: &Step) -> String {
    step.script.as_ref().map(|script| script.text.to_lowercase()).unwrap_or_default()
}

/// The schema as it was seen last.
struct Look {
    before: Option<Schema>,
    /// The texts of those that have run since.
    since: String,
    /// Whether all of them did run.
    ran: bool,
}

impl Look {
    /// Runs one, and says what has changed, if it is asked: but for what those that have run since the last look name, and it does not.
    /// One that does not run changes nothing.
    fn after(&mut self, bench: &mut Bench<'_>, step: &Step, asked: bool) -> Result<Delta, DbError> {
        let Some(script) = &step.script else { return Ok(Delta::new()) };
        if asked && self.before.is_none() {
            self.before = Some(bench.schema()?);
            self.since.clear();
        }
        match bench.scratch.run(script, usize::MAX) {
            Ok(()) => {}
            Err(Trouble::Refused { .. }) => self.ran = false,
            Err(Trouble::Gone(error)) => return Err(error),
        }
        let Some(before) = self.before.as_ref().filter(|_| asked) else {
            if self.before.is_some() {
                self.since += &small(step);
            }
            return Ok(Delta::new());
        };
        let after = bench.schema()?;
        let (text, since) = (small(step), std::mem::take(&mut self.since));
        let is_its = |one: &Unlike| {
            let words = loosely(&one.id);
            since.is_empty() || has_words(&text, &words) || !has_words(&since, &words)
        };
        let changed = before.unlike(&after).into_iter().filter(is_its);
        let changed = changed.map(|one| (one.id, (one.expected, one.live))).collect();
        self.before = Some(after);
        Ok(changed)
    }

    /// The schema that there is, where it is known.
    fn now(&self) -> Option<&Schema> {
        self.before.as_ref().filter(|_| self.since.is_empty())
    }
}
