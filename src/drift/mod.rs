//! The live schema against what the recorded migrations make of nothing, and the migrations that account for what differs.
//!
//! An account is a hypothesis (this migration never ran; that one was run by hand; this one ran with an older text) that was tried:
//! the history is replayed as it says, and what differed must be gone, with nothing new. What no hypothesis dissolves is
//! told object by object.

mod dump;
mod explain;
mod journal;
mod missing;
mod rights;
mod unobservable;
mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::db::DbError;
use crate::expected::{Scratch, Trouble};
use crate::model::{
    CIRCUMSTANCES, CommitFact, Drift, NOT_EXAMINED, Object, ObjectId, Schema, Script, Unlike, Unreplayable,
};
pub use dump::stale_dumps;

use rights::Rights;
pub use unobservable::unobservable;
pub use witness::{Recorded, Witness};

/// The migrations of a database: what its ledger has, in the ledger's order, and what it has not, in the tools' order.
#[derive(Debug, Default)]
pub struct History {
    /// Recorded as applied.
    pub recorded: Vec<Step>,
    /// Not recorded.
    pub pending: Vec<Step>,
}

/// A migration that can be replayed.
#[derive(Clone, Debug)]
pub struct Step {
    /// The set, and the migration's identity in it.
    pub migration: (usize, String),
    /// What runs; `None` where nobody has the text.
    pub script: Option<Script>,
    /// Other texts that it had in git, newest first.
    pub old: Vec<(CommitFact, Script)>,
}

/// How long may be tried.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many histories are replayed to find an account.
    pub trials: usize,
    /// Until when.
    pub deadline: Instant,
}

/// Holds a live schema against its history. `ignored` says of which roots nothing is to be said: ledgers of the tools.
///
/// # Errors
/// When the scratch database is gone, or the time was over before the first replay was done.
pub fn judge(
    live: Schema,
    history: &History,
    scratch: &mut dyn Scratch,
    ignored: &dyn Fn(&ObjectId) -> bool,
    limits: Limits,
) -> Result<Drift, DbError> {
    judge_with(live, history, scratch, ignored, limits, &mut || None)
}

/// The same, with what the database tells of who wrote what, which is asked for only where something differs.
///
/// # Errors
/// As [`judge`].
pub fn judge_with(
    mut live: Schema,
    history: &History,
    scratch: &mut dyn Scratch,
    ignored: &dyn Fn(&ObjectId) -> bool,
    limits: Limits,
    witness: &mut dyn FnMut() -> Option<Witness>,
) -> Result<Drift, DbError> {
    let unseen = live.take_marks();
    let mut bench = Bench::new(scratch, ignored, limits, unseen);
    let live = bench.without_ignored(live);
    let mut drift = Drift { replayed_in: bench.scratch.name(), ..bench.begin() };
    bench.clear()?;
    replay(history, bench.scratch, &mut drift)?;
    compare(&mut bench, live, history, drift, witness)
}

/// The same where programs have run as well: what happened cannot be tried then.
///
/// # Errors
/// As [`judge`], and what the programs say.
pub fn judge_programs<E: From<DbError>>(
    mut live: Schema,
    history: &History,
    scratch: &mut dyn Scratch,
    ignored: &dyn Fn(&ObjectId) -> bool,
    programs: impl FnOnce(&dyn Scratch) -> Result<String, E>,
) -> Result<Drift, E> {
    let unseen = live.take_marks();
    let limits = Limits { trials: 0, deadline: Instant::now() };
    let mut bench = Bench::new(scratch, ignored, limits, unseen);
    let mut drift = bench.begin();
    bench.clear()?;
    replay(history, bench.scratch, &mut drift)?;
    let name = programs(bench.scratch)?;
    drift.replayed_in = format!("{}, by {name}", bench.scratch.name());
    let live = bench.without_ignored(live);
    let mut drift = compare(&mut bench, live, &History::default(), drift, &mut || None)?;
    drift.cut_off = false;
    Ok(drift)
}

/// Runs what is recorded.
fn replay(history: &History, scratch: &mut dyn Scratch, drift: &mut Drift) -> Result<(), DbError> {
    let mut lost = false;
    for step in &history.recorded {
        let Some(script) = &step.script else {
            lost = true;
            continue;
        };
        match scratch.run(script, usize::MAX) {
            Ok(()) => {}
            // It may want what that one has made.
            Err(Trouble::Refused { .. }) if lost => {}
            Err(Trouble::Refused { line, statement, message }) => {
                drift.unreplayable.push(Unreplayable {
                    migration: step.migration.clone(),
                    line,
                    statement,
                    message,
                });
            }
            Err(Trouble::Gone(error)) => return Err(error),
        }
    }
    drift.migrations += history.recorded.iter().filter(|step| step.script.is_some()).count();
    drift.without_text = names(history.recorded.iter().filter(|step| step.script.is_none()));
    Ok(())
}

/// Holds the live schema against what is in the scratch database.
fn compare(
    bench: &mut Bench<'_>,
    live: Schema,
    history: &History,
    mut drift: Drift,
    witness: &mut dyn FnMut() -> Option<Witness>,
) -> Result<Drift, DbError> {
    let expected = bench.schema()?;
    bench.stands = Some(history.recorded.len());
    let rights = Rights::new(&expected, &live);
    drift.left_out = rights.left_out(&live);
    bench.rights = Some(rights);
    let (expected, live) = (bench.without_ignored(expected), bench.without_ignored(live));
    let (live, own_words) =
        settle(bench.scratch, &expected, without_partitions(&expected, live, &mut drift))?;
    bench.own_words = own_words;
    let live = as_it_was(bench, &expected, live, history, &mut drift)?;
    let count = |schema: &Schema| schema.0.keys().filter(|id| !CIRCUMSTANCES.contains(&id.kind)).count();
    drift.objects = count(&live).max(count(&expected));
    let differences = expected.unlike(&live);
    // What a migration that did not run, or whose text is lost, would have made of the rest, nobody knows.
    if differences.is_empty() || !drift.unreplayable.is_empty() || !drift.without_text.is_empty() {
        drift.not_judged = differences.len();
        return Ok(drift);
    }
    explain::explain(bench, (&expected, &live), history, differences, witness, &mut drift)?;
    Ok(drift)
}

/// Leaves out what has come to the partitioned tables of the migrations over time: somebody's job makes partitions, and no migration.
fn without_partitions(expected: &Schema, mut live: Schema, drift: &mut Drift) -> Schema {
    let is_table =
        |path: &str| expected.0.keys().any(|id| id.kind == "table" && id.path() == path.replace('"', ""));
    // Where partitions are parts of their table, those of a hash or a key have no limits that time would pass.
    let has_limits = |id: &ObjectId| {
        let table = expected.0.get(&ObjectId::root("table", &id.schema, &id.root));
        let by = table.and_then(|table| table.get("partitioned by"));
        by.is_some_and(|by| !by.contains("HASH") && !by.contains("KEY"))
    };
    let is_made = |id: &ObjectId, object: &Object| {
        id.kind == "partition"
            && !expected.0.contains_key(id)
            && match object.get("parent") {
                Some(parent) => {
                    is_table(parent)
                        && !expected.0.contains_key(&ObjectId::root("table", &id.schema, &id.root))
                }
                None => has_limits(id),
            }
    };
    let made: BTreeSet<ObjectId> =
        live.0.iter().filter(|(id, object)| is_made(id, object)).map(|(id, _)| id.clone()).collect();
    if !made.is_empty() {
        drift.left_out.push(format!("{} partitions", made.len()));
        // In PostgreSQL a partition is a table of its own, with all that belongs to it.
        let roots: BTreeSet<(&str, &str)> =
            made.iter().filter(|id| id.name.is_empty()).map(|id| (&*id.schema, &*id.root)).collect();
        live.0.retain(|id, _| !made.contains(id) && !roots.contains(&(&*id.schema, &*id.root)));
    }
    live
}

/// Gives what the same migrations made when the engine took something else for granted the text that they make now.
fn as_it_was(
    bench: &mut Bench<'_>,
    expected: &Schema,
    mut live: Schema,
    history: &History,
    drift: &mut Drift,
) -> Result<Schema, DbError> {
    if history.recorded.is_empty() || !bench.scratch.take(Some((expected, &live)))? {
        return Ok(live);
    }
    bench.clear()?;
    replay(history, bench.scratch, &mut Drift::default())?;
    let then = bench.schema()?;
    let (settled, _) = settle(bench.scratch, &then, live.clone())?;
    let mut tables = 0;
    for one in expected.unlike(&live) {
        let is_same = then.0.get(&one.id).is_some_and(|then| settled.0.get(&one.id) == Some(then));
        if let Some(object) = one.expected.filter(|_| is_same) {
            tables += usize::from(one.id.kind == "table");
            live.0.insert(one.id, object);
        }
    }
    drift
        .left_out
        .push(format!("the collation of {tables} tables, which was the default when they were made"));
    bench.scratch.take(None)?;
    bench.clear()?;
    Ok(live)
}

/// What engines print from what they have understood of a text.
const PRINTED: [&str; 6] = ["definition", "default", "generated", "check", "using", "with check"];

/// So often an engine's text is given back to it: the second text of what it has understood is the last one.
const ROUNDS: usize = 3;

/// Gives the objects of the live schema that mean the same as the expected ones the same text. Whether they do, the engine says: both
/// texts are given to it, and what it makes of them is compared. The texts that were replaced are told as well.
fn settle(
    scratch: &mut dyn Scratch,
    expected: &Schema,
    mut live: Schema,
) -> Result<(Schema, BTreeMap<ObjectId, Object>), DbError> {
    let mut own_words = BTreeMap::new();
    // Where they are not of the same type, they will not mean the same.
    let is_printed = |one: &Unlike| one.attributes().iter().all(|(name, ..)| PRINTED.contains(name));
    let both = |one: Unlike| Some((one.id, one.expected?, one.live?));
    let mut left: Vec<(ObjectId, Object, Object)> =
        expected.unlike(&live).into_iter().filter(is_printed).filter_map(both).collect();
    for _ in 0..ROUNDS {
        if left.is_empty() {
            break;
        }
        let (one, other): (Vec<_>, Vec<_>) = left
            .iter()
            .map(|(id, one, other)| ((id.clone(), one.clone()), (id.clone(), other.clone())))
            .unzip();
        let (one, other) = (scratch.printed(&one)?, scratch.printed(&other)?);
        let again = left.into_iter().zip(one.into_iter().zip(other));
        let mut unsettled = Vec::new();
        for ((id, was, had), (one, other)) in again {
            if one == other {
                let same = expected.0.get(&id).cloned();
                own_words.extend(same.and_then(|same| live.0.insert(id.clone(), same)).map(|own| (id, own)));
            } else if (&was, &had) != (&one, &other) {
                unsettled.push((id, one, other));
            }
        }
        left = unsettled;
    }
    Ok((live, own_words))
}

/// `every trigger`, `definition of every view`.
fn said((kind, attribute): &(String, String)) -> String {
    if kind.starts_with(|first: char| first.is_ascii_digit()) {
        // So many of what guard does not know.
        kind.clone()
    } else if attribute.is_empty() {
        format!("every {kind}")
    } else {
        format!("{attribute} of every {kind}")
    }
}

fn names<'a>(steps: impl Iterator<Item = &'a Step>) -> Vec<String> {
    steps.map(|step| step.migration.1.clone()).collect()
}

/// What a statement does, in small letters: `create`.
fn first_word(statement: &str) -> String {
    statement.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default().to_lowercase()
}

/// A migration that runs in a history, and how many of its statements.
type Run<'a> = (&'a Script, usize);

/// Tells a run from others of the same history.
fn address(run: &Run<'_>) -> (*const Script, usize) {
    (std::ptr::from_ref(run.0), run.1)
}

/// The scratch database, and what may still be done with it.
struct Bench<'a> {
    scratch: &'a mut dyn Scratch,
    ignored: &'a dyn Fn(&ObjectId) -> bool,
    limits: Limits,
    /// What could not be read of the live schema.
    unseen: Vec<(String, String)>,
    trials: usize,
    /// The state that was kept: under so many accounts, after so many migrations.
    marked: Option<(usize, usize)>,
    /// What is in the scratch database is what so many recorded migrations make, which are all.
    stands: Option<usize>,
    /// What the database says of objects that mean what is expected of them: another history may make them just so.
    own_words: BTreeMap<ObjectId, Object>,
    /// Histories that were tried and do not run.
    refused: Vec<Vec<(*const Script, usize)>>,
    /// What of rights and the like is compared, once that is known.
    rights: Option<Rights>,
}

/// A way back to a state costs as much as so many migrations.
const WORTH_A_MARK: usize = 80;

impl<'a> Bench<'a> {
    fn new(
        scratch: &'a mut dyn Scratch,
        ignored: &'a dyn Fn(&ObjectId) -> bool,
        limits: Limits,
        unseen: Vec<(String, String)>,
    ) -> Self {
        Self {
            scratch,
            ignored,
            limits,
            unseen,
            trials: 0,
            marked: None,
            stands: None,
            own_words: BTreeMap::new(),
            refused: Vec::new(),
            rights: None,
        }
    }

    /// What is known before anything has run.
    fn begin(&self) -> Drift {
        Drift { not_examined: self.unseen.iter().map(said).collect(), ..Drift::default() }
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        let schema = self.scratch.schema()?;
        Ok(self.without_ignored(schema))
    }

    fn without_ignored(&self, mut schema: Schema) -> Schema {
        if let Some(rights) = &self.rights {
            rights.call_own_alike(&mut schema);
        }
        let covers = |id: &ObjectId, object: &Object| {
            self.rights.as_ref().is_none_or(|rights| rights.covers(id, object))
        };
        schema.0.retain(|id, object| id.kind != NOT_EXAMINED && !(self.ignored)(id) && covers(id, object));
        schema.blank(&self.unseen);
        schema
    }

    /// In what the database is not as another history makes it.
    fn unlike(&self, schema: &Schema, live: &Schema) -> Vec<Unlike> {
        let mut unlike = schema.unlike(live);
        unlike.retain(|one| one.expected.is_none() || one.expected.as_ref() != self.own_words.get(&one.id));
        unlike
    }

    /// Whether another history may be tried.
    fn may_try(&self) -> bool {
        self.trials < self.limits.trials && !self.is_over()
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.limits.deadline
    }

    fn clear(&mut self) -> Result<(), DbError> {
        (self.marked, self.stands) = (None, None);
        self.scratch.clear()
    }

    /// The schema that a history makes; `None` where one of its migrations does not run, or not in time. It was changed for so many
    /// accounts already, and the first `common` migrations are the same in others that will be tried.
    fn outcome(
        &mut self,
        runs: &[Run<'_>],
        (accounts, common): (usize, usize),
    ) -> Result<Option<Schema>, DbError> {
        self.trials += 1;
        let same =
            |refused: &Vec<(*const Script, usize)>| refused.iter().copied().eq(runs.iter().map(address));
        if self.refused.iter().any(same) {
            return Ok(None);
        }
        let ran = self.reach(&runs[..common], accounts, false)? && self.run(&runs[common..])?;
        if !ran && !self.is_over() {
            self.refused.push(runs.iter().map(address).collect());
        }
        let schema = if ran { Some(self.schema()) } else { None };
        self.in_time(schema.transpose()).map(Option::flatten)
    }

    /// Nothing where there was no time for it: what differs is known, and is said without an account.
    fn in_time<T>(&self, answer: Result<T, DbError>) -> Result<Option<T>, DbError> {
        match answer {
            Err(DbError::TimedOut) if self.is_over() => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Runs the beginning of histories, from the nearest state that is known, and leaves a way back to its end where that is worth it:
    /// another one may begin there, or `comes_back` says so. Whether all of it ran.
    fn reach(&mut self, runs: &[Run<'_>], accounts: usize, comes_back: bool) -> Result<bool, DbError> {
        let kept = self.marked.filter(|(under, after)| *under == accounts && *after <= runs.len());
        let stands = self.stands.take().filter(|stands| accounts == 0 && *stands == runs.len());
        let (mut done, mut near) = (0, 0);
        match (stands, kept) {
            (Some(stands), _) => (done, near) = (stands, if comes_back { 0 } else { stands }),
            (None, Some((_, after))) if self.scratch.back()? => (done, near) = (after, after),
            _ => self.clear()?,
        }
        if !self.run(&runs[done..])? {
            return Ok(false);
        }
        if near + WORTH_A_MARK > runs.len() {
            return Ok(true);
        }
        let marked = self.scratch.mark();
        let marked = self.in_time(marked)?;
        self.marked = Some((accounts, runs.len())).filter(|_| marked == Some(true));
        Ok(marked.is_some())
    }

    /// Whether all of them run, and in time.
    fn run(&mut self, runs: &[Run<'_>]) -> Result<bool, DbError> {
        for (script, most) in runs {
            if self.is_over() {
                return Ok(false);
            }
            match self.scratch.run(script, *most) {
                Ok(()) => {}
                Err(Trouble::Refused { .. }) => return Ok(false),
                Err(Trouble::Gone(error)) => return self.in_time(Err(error)).map(|ran| ran.unwrap_or(false)),
            }
        }
        Ok(true)
    }
}

/// Differences that stand and fall together: those of one root object.
pub fn by_root(differences: Vec<Unlike>) -> Vec<Vec<Unlike>> {
    let mut roots: BTreeMap<(String, String), Vec<Unlike>> = BTreeMap::new();
    for one in differences {
        roots.entry((one.id.schema.clone(), one.id.root.clone())).or_default().push(one);
    }
    roots.into_values().collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
