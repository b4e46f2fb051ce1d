//! The schema that the migrations make: remembered, replayed, or recorded; and the live one held against it.

use std::path::{Path, PathBuf};
use std::thread::{Builder, scope};
use std::time::Instant;

use sha2::{Digest as _, Sha256};

use crate::config::{Ignored, ObjectPattern, UrlConfig, env};
use crate::drift::{History, Limits, judge_programs, judge_with, stale_dumps, unobservable};
use crate::expected::{self, Elsewhere, Ledgers, Like, Made, Remembering, Scratch};
use crate::journal::{Held, Sum, made, now, remember_made};
use crate::model::{Cause, Dialect, Drift, DumpText, ObjectId, RepoPath, Schema, Script, TableName};

use super::super::databases::LiveSchema;
use super::super::within::within;
use super::programs::{Place, Program};
use super::record;
use super::tenants::{home, is_of_all};
use super::witness::Asked;

/// So many histories are replayed to find out what happened.
const TRIALS: usize = 40;

/// What is replayed, and how.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) history: History,
    /// What is asked of the database once more where something differs.
    pub(super) asked: Asked,
    pub(super) programs: Vec<Program>,
    /// The server that is declared for it.
    pub(super) scratch: Option<UrlConfig>,
    /// Where they run.
    pub(super) place: Option<Place>,
    /// Why nothing can be replayed.
    pub(super) cannot: Option<Cause>,
    /// Statements that run before each migration.
    pub(super) before: Vec<String>,
    /// The ledgers.
    pub(super) tables: Vec<TableName>,
    /// Those that migrations name.
    pub(super) ledgers: Ledgers,
    pub(super) ignore: Vec<ObjectPattern>,
    /// Where this clone remembers what was equal.
    pub(super) common_dir: PathBuf,
    /// The text of the schema record.
    pub(super) record: Option<Vec<u8>>,
    /// All migrations of the candidate, in their order, and what the repository says of the schema that they make.
    pub(super) all: Vec<Script>,
    pub(super) dumps: Vec<(RepoPath, DumpText)>,
    /// The schema that is judged, where it is one of several.
    pub(super) tenant: Option<String>,
    /// The recorded migrations: set and identity.
    pub(super) applied: Vec<(String, String)>,
}

/// On a thread of its own: what a migration does, nobody knows before.
pub(super) fn replay(
    live: LiveSchema,
    plan: Plan,
    dialect: Dialect,
    deadline: Instant,
) -> Result<Drift, Cause> {
    within(deadline, move || plan.hold(live, dialect, deadline)).wait().0
}

impl Plan {
    fn hold(self, live: LiveSchema, dialect: Dialect, deadline: Instant) -> Result<Drift, Cause> {
        let unobservable = unobservable(&self.history, dialect);
        Ok(Drift { unobservable, ..self.held(live, dialect, deadline)? })
    }

    fn held(self, mut live: LiveSchema, dialect: Dialect, deadline: Instant) -> Result<Drift, Cause> {
        let ignore = Ignored::new(&self.ignore);
        let ignored = |id: &ObjectId| {
            let covered = match &self.tenant {
                None => ignore.covers(&id.path()),
                Some(name) if id.schema == home(dialect) => {
                    ignore.covers(&ObjectId { schema: name.clone(), ..id.clone() }.path())
                }
                Some(_) => !is_of_all(id),
            };
            covered || self.tables.iter().any(|table| is_of(id, table))
        };
        live.schema.0.retain(|id, _| !ignored(id));
        // Where the two are is asked for once: a variable may change, and a file.
        let places =
            self.scratch.as_ref().map(|scratch| Ok((scratch.resolve()?, self.asked.resolve()?))).transpose();
        let places = places.map_err(Cause::NotConfigured)?;
        let like = Like {
            major: major(&live.around.engine),
            database: live.around.database.as_deref(),
            live: Some(&live.around),
            env: &env::get,
            before: &self.before,
            shared: !self.programs.is_empty(),
            scratch: places.as_ref().map(|(scratch, audited)| Elsewhere { scratch, audited }),
        };
        // What could not be read is said each time.
        let is_whole = !live.schema.has_marks();
        let sums = is_whole.then(|| self.sums(dialect, &like, &live.schema)).flatten();
        // A pattern that leaves out only what the migrations make is not known to be used before they are replayed.
        if ignore.used().iter().all(|used| *used)
            && let Some((history, seen)) = &sums
            && let Some((objects, migrations)) = Held::load(&self.common_dir).get(history, seen)
        {
            let (objects, migrations, ignored) = (objects as usize, migrations as usize, ignore.used());
            // Nobody waits until so much is given back.
            let _ = Builder::new().spawn(move || drop(live.schema));
            return Ok(Drift { objects, migrations, ignored, ..Drift::default() });
        }
        let scratch = match &self.cannot {
            Some(cause) => Err(cause.clone()),
            None => expected::open_like(dialect, &like, deadline).map_err(Cause::from),
        };
        let scratch = match (scratch, &self.record) {
            (Ok(scratch), _) => scratch,
            (Err(cause), None) => return Err(cause),
            (Err(_), Some(record)) => {
                let drift = record::compare(record, &mut live, &self.applied, &ignored)?;
                return Ok(Drift { ignored: ignore.used(), ..drift });
            }
        };
        let sum = self.sum_of_history(&scratch.name(), &like).map(|sum| sum.of_day(&self.history, now()));
        let mut scratch = expected::with_ledgers(scratch, self.ledgers);
        let limits = limits(deadline);
        let witness = &mut || self.asked.witness(limits.deadline);
        let drift = match self.place {
            None => {
                with_memory(&mut *scratch, (&self.history, sum), (&self.common_dir, limits), |scratch| {
                    judge_with(live.schema, &self.history, scratch, &ignored, limits, witness)
                })?
            }
            Some(place) => judge_programs(live.schema, &self.history, &mut *scratch, &ignored, |scratch| {
                Program::run_all(&self.programs, scratch, &place, deadline)
            })?,
        };
        let stale_dumps = stale_dumps(&mut *scratch, &self.all, &self.dumps, &ignored)?;
        // What was left out, or not examined, is said each time.
        let said = !stale_dumps.is_empty() || !drift.left_out.is_empty() || !drift.not_examined.is_empty();
        if let Some((history, seen)) = sums.filter(|_| drift.is_none() && !said) {
            let counts = (count(drift.objects), count(drift.migrations));
            Held::load(&self.common_dir).put(&history, &seen, counts);
        }
        Ok(Drift { ignored: ignore.used(), stale_dumps, ..drift })
    }

    /// The digests of a run of it, and of a live schema, at the same time: the programs of this machine are asked who they are for one,
    /// and the other may be long.
    fn sums(&self, dialect: Dialect, like: &Like<'_>, live: &Schema) -> Option<(Sum, Sum)> {
        scope(|scope| {
            let seen = Builder::new().spawn_scoped(scope, || schema_sum(live));
            let history = self.sum(dialect, like);
            // Where there can be no other thread, this one does it.
            let seen = seen.map_or_else(|_| Some(schema_sum(live)), |seen| seen.join().ok());
            history.zip(seen)
        })
    }

    /// The digest of a run of it; `None` where guard does not know all that decides its outcome.
    fn sum(&self, dialect: Dialect, like: &Like<'_>) -> Option<Sum> {
        let engine = match like.scratch {
            Some(elsewhere) => format!("on {}", elsewhere.scratch),
            None => expected::engine(dialect, like)?,
        };
        let mut sum = self.sum_of_history(&engine, like)?;
        self.tables.iter().for_each(|table| sum.add(&table.to_string()));
        self.ignore.iter().for_each(|pattern| sum.add(pattern.as_str()));
        for (path, dump) in &self.dumps {
            sum.add(&path.to_string());
            sum.add(&format!("{dump:?}"));
        }
        self.all.iter().for_each(|script| sum.add(&script.text));
        Some(sum.end())
    }

    /// The digest of all that decides what the recorded migrations make.
    fn sum_of_history(&self, engine: &str, like: &Like<'_>) -> Option<Sum256> {
        if self.cannot.is_some() || !self.programs.is_empty() {
            return None;
        }
        let mut sum = Sum256::default();
        sum.add(env!("CARGO_PKG_VERSION"));
        sum.add(engine);
        sum.add(like.database.unwrap_or_default());
        for (name, value) in like.live.iter().flat_map(|live| &live.settings) {
            sum.add(name);
            sum.add(value);
        }
        self.before.iter().for_each(|statement| sum.add(statement));
        self.ledgers.make.iter().for_each(|statement| sum.add(statement));
        for step in &self.history.recorded {
            let script = step.script.as_ref()?;
            sum.add(if script.transaction { "in a transaction" } else { "alone" });
            sum.add(&script.text);
            self.ledgers.rows.get(&script.text).iter().for_each(|(row, _)| sum.add(row));
        }
        Some(sum)
    }
}

/// The last tenth is for saying what was found.
fn limits(deadline: Instant) -> Limits {
    let left = deadline.saturating_duration_since(Instant::now());
    Limits { trials: TRIALS, deadline: deadline.checked_sub(left / 10).unwrap_or(deadline) }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// With the memory of what the history makes.
fn with_memory<T>(
    scratch: &mut dyn Scratch,
    (history, sum): (&History, Option<Sum>),
    (common_dir, limits): (&Path, Limits),
    judge: impl FnOnce(&mut dyn Scratch) -> T,
) -> T {
    let scripts: Option<Vec<&Script>> = history.recorded.iter().map(|step| step.script.as_ref()).collect();
    let scripts = scripts.filter(|all| !all.is_empty());
    let Some((scripts, sum)) = scripts.zip(sum) else { return judge(scratch) };
    let known = made(common_dir, &sum).as_deref().and_then(Made::parse);
    let learn = &mut |made: &Made| remember_made(common_dir, &sum, &made.to_text());
    let mut scratch = Remembering::new(scratch, scripts, known, learn, limits.deadline);
    let judged = judge(&mut scratch);
    if scratch.was_wrong() {
        remember_made(common_dir, &sum, "");
    }
    judged
}

/// What another day gives.
const OF_ITS_DAY: [&str; 17] = [
    "now",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday",
    "today",
    "sysdate",
    "curdate",
    "utc_date",
    "utc_timestamp",
    "unix_timestamp",
    "from_unixtime",
];

/// Whether what texts make may depend on the day, as a partition for this month does: they have the clock in them, and statements that are
/// put together as they run. One text may define what another calls.
fn are_of_their_day<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let (mut clock, mut put_together) = (false, false);
    for text in texts {
        let text = text.to_lowercase();
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        // `EXECUTE FUNCTION` is how a trigger names what it calls.
        let is_put_together = |at: usize| match words[at] {
            "execute" => words.get(at + 1).is_none_or(|next| !["function", "procedure", "on"].contains(next)),
            word => ["prepare", "call"].contains(&word),
        };
        clock |= words.iter().any(|word| OF_ITS_DAY.contains(word));
        put_together |= (0..words.len()).any(is_put_together);
    }
    clock && put_together
}

/// The digest of a list of texts.
#[derive(Default)]
pub(super) struct Sum256(Sha256);

impl Sum256 {
    pub(super) fn add(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    /// Of this day, where the history may make something else on another.
    fn of_day(mut self, history: &History, seconds: u64) -> Sum {
        let scripts = history.recorded.iter().filter_map(|step| step.script.as_ref());
        if are_of_their_day(scripts.map(|script| script.text.as_str())) {
            self.add(&(seconds / 86_400).to_string());
        }
        self.end()
    }

    pub(super) fn end(self) -> Sum {
        self.0.finalize().into()
    }
}

pub(super) fn schema_sum(schema: &Schema) -> Sum {
    let mut sum = Sum256::default();
    for (id, object) in &schema.0 {
        for word in [id.kind, &id.schema, &id.root, &id.name] {
            sum.add(word);
        }
        for (name, value) in &object.0 {
            sum.add(name);
            sum.add(value);
        }
        sum.add("");
    }
    sum.end()
}

/// The letters of a text, small: what is asked of each object, of which there may be very many, does without a text of its own.
fn small(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// Whether an object is a ledger, or there for its sake: the sequence of its key, the schema that the tool has made for it.
pub(super) fn is_of(id: &ObjectId, ledger: &TableName) -> bool {
    let of_its_key = |rest: &str| rest.starts_with('_') && rest.ends_with("_seq");
    small(&id.root).eq(small(&ledger.name))
        || id.kind == "sequence"
            && id.root.to_lowercase().strip_prefix(&ledger.name.to_lowercase()).is_some_and(of_its_key)
        || ["schema", "comment"].contains(&id.kind)
            && ledger.schema.as_deref().is_some_and(|name| id.path() == name)
}

/// The major version in `PostgreSQL 15.20`.
pub(super) fn major(engine: &str) -> Option<u32> {
    let version = engine.split(' ').nth(1)?;
    version.split(['.', '-']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::Step;

    fn history(text: &str) -> History {
        let script = |line: &str| Script { text: line.to_owned(), line: 1, transaction: true };
        let step =
            |line| Step { migration: (0, "1".to_owned()), script: Some(script(line)), old: Vec::new() };
        History { recorded: text.split('\n').map(step).collect(), pending: Vec::new() }
    }

    #[test]
    fn what_is_known_to_have_run_and_does_not_is_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let (history, sum) = (history("CREATE EXTENSION gone"), Sum256::default().end());
        let deadline = Instant::now() + std::time::Duration::from_secs(60);
        let mut scratch = expected::open_like(Dialect::Sqlite, &Like::new(&|_| None), deadline).unwrap();
        remember_made(directory.path(), &sum, &Made::default().to_text());
        let memory = (directory.path(), Limits { trials: 1, deadline });
        for known in [true, false] {
            with_memory(&mut *scratch, (&history, Some(sum)), memory, |scratch| {
                scratch.clear().unwrap();
                let script = history.recorded[0].script.as_ref().unwrap();
                // It is believed, until it is needed; the next time it is tried.
                assert_eq!(scratch.run(script, usize::MAX).is_ok(), known);
                assert_eq!(scratch.printed(&[]).is_err(), known);
            });
            assert_eq!(made(directory.path(), &sum).as_deref().and_then(Made::parse), None);
        }
    }

    #[test]
    fn what_may_be_another_thing_tomorrow_is_remembered_for_a_day() {
        // Each line is a migration.
        let sum = |text: &str, seconds| Sum256::default().of_day(&history(text), seconds);
        let noon = 20_000 * 86_400 + 43_200;
        for text in [
            "DO $$ BEGIN EXECUTE format('CREATE TABLE t_%s ()', to_char(now(), 'YYYYMM')); END $$",
            "SET @s = CONCAT('CREATE TABLE t', CURDATE()); PREPARE s FROM @s",
            "CALL make_partition(current_date)",
            "CREATE FUNCTION make(d date) AS $$ BEGIN EXECUTE format('CREATE TABLE t_%s ()', d); END $$\nSELECT make(now()::date)",
        ] {
            assert_eq!(sum(text, noon), sum(text, noon + 3_600), "{text}");
            assert_ne!(sum(text, noon), sum(text, noon + 86_400), "{text}");
        }
        for text in [
            "CREATE TABLE t (at timestamptz DEFAULT now())",
            "CREATE TRIGGER t AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE t ADD at date DEFAULT CURRENT_DATE",
            "GRANT EXECUTE ON FUNCTION now TO x",
            "DO $$ BEGIN EXECUTE 'SELECT 1'; END $$",
        ] {
            assert_eq!(sum(text, noon), sum(text, noon + 86_400), "{text}");
        }
    }
}
