//! Histories with one thing done otherwise than the ledger says: the account names it, or what was done by hand is told as that; and
//! never is a wrong account called proven. Here is what all databases share; each has a file with its statements and a made-up history.
//! `GUARD_REPLAY=DIR cargo test mutations::of_yours -- --ignored --nocapture` does the same with a folder of anybody's migrations;
//! `GUARD_REPLAY_CASES` says how many of each sort, `GUARD_REPLAY_ONLY` which alone: `Skipped(82)`, and `GUARD_REPLAY_BEFORE` what runs
//! before each where no session does.

use std::cell::{RefCell, RefMut};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use migguard::config::env;
use migguard::drift::{History, Limits, Step, Witness, judge_with};
use migguard::expected::{Like, Made, Remembering, Scratch, open_like};
use migguard::model::{
    CommitFact, Confidence, Dialect, Drift, Happened, ObjectId, Oid, Schema, Script, Unlike,
};

/// A live database in which a history runs.
pub(super) trait Stand: Sized {
    /// Where it is replayed.
    fn scratch() -> Box<dyn Scratch>;

    /// An empty one, but for its ledger.
    fn fresh() -> Self;

    /// Another one with all that is in this one; nothing where that is no quicker than to begin anew.
    fn copy(&self) -> Option<Self>;

    /// Runs a migration and records it.
    fn apply(&self, text: &str, version: &str, recorded: bool) -> bool;

    /// Runs what somebody does by hand.
    fn run(&self, text: &str) -> bool;

    fn schema(&self) -> Schema;

    /// What the database tells of who wrote what.
    fn witness(&self, _history: &History) -> Option<Witness> {
        None
    }

    /// What somebody may do to this object by hand, of three sorts.
    fn by_hand(id: &ObjectId, sort: usize) -> Option<String>;

    /// None is made any more.
    fn end() {}
}

/// What was done, and to which migration; or to which object.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Done {
    Nothing,
    Skipped(usize),
    ByHand(usize),
    Half(usize, usize),
    HalfByHand(usize, usize),
    OldText(usize),
    /// A statement of somebody's, after so many migrations, and the object that it is about.
    Statement(usize, String, ObjectId),
}

/// A history, as files.
pub(super) struct Texts(Vec<(String, String)>);

impl Texts {
    /// One that a test makes up.
    pub(super) fn made_up(texts: Vec<String>) -> Self {
        Self(texts.into_iter().enumerate().map(|(at, text)| (format!("m{at:03}"), text)).collect())
    }

    /// The migrations of a folder, in the order of their paths, as diesel has it: dashes do not count.
    fn of_folder(folder: &str) -> Self {
        let mut files = walk(Path::new(folder));
        files.retain(|file| {
            !["down.sql", ".down.sql"].iter().any(|end| file.to_str().unwrap().ends_with(end))
        });
        files.sort_by_key(|file| file.to_str().unwrap().replace('-', ""));
        let read = |file: &PathBuf| {
            let name = file.strip_prefix(folder).unwrap().to_str().unwrap().replace([' ', '/'], "-");
            (name, std::fs::read_to_string(file).unwrap())
        };
        Self(files.iter().map(read).collect())
    }

    fn script(&self, at: usize) -> Script {
        Script { text: self.0[at].1.clone(), line: 1, transaction: true }
    }

    /// Another text that the migration may have had.
    fn old(&self, at: usize) -> Option<String> {
        let text = &self.0[at].1;
        let other = |from: &str, to: &str| text.contains(from).then(|| text.replacen(from, to, 1));
        other(" text", " varchar(77)")
            .or_else(|| other(" TEXT", " VARCHAR(77)"))
            .or_else(|| other(" VARCHAR", " TEXT --\n"))
    }

    fn step(&self, at: usize, done: &Done) -> Step {
        let old = self.old(at).filter(|_| *done == Done::OldText(at)).map(|text| {
            let id = Oid::from_hex(&"1a2b3c4d".repeat(5)).unwrap();
            let date = "2026-02-01".to_owned();
            let commit = CommitFact { id, author: "Ada".to_owned(), date, subject: "as it was".to_owned() };
            (commit, Script { text, ..self.script(at) })
        });
        Step {
            migration: (0, self.0[at].0.clone()),
            script: Some(self.script(at)),
            old: old.into_iter().collect(),
        }
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "sql")).collect()
}

/// The first statements of a text.
fn beginning(scratch: &dyn Scratch, script: &Script, most: usize) -> String {
    let mut text = String::new();
    for part in script.text.split_inclusive(';') {
        let longer = Script { text: format!("{text}{part}"), ..script.clone() };
        if scratch.count(&longer) > most {
            break;
        }
        text = longer.text;
    }
    text
}

/// A database in which that was done, and the history that its ledger tells; nothing where that cannot be.
fn make<S: Stand>(
    texts: &Texts,
    done: &Done,
    scratch: &dyn Scratch,
    (after, from): &(usize, Option<S>),
) -> Option<(S, History)> {
    let live = from.as_ref().and_then(S::copy).unwrap_or_else(S::fresh);
    let recorded = match done {
        Done::ByHand(at) | Done::HalfByHand(at, _) => *at,
        _ => texts.0.len(),
    };
    for (at, (version, text)) in texts.0.iter().enumerate().skip(*after) {
        let mut text = text.clone();
        match done {
            Done::Skipped(skipped) if *skipped == at => text = String::new(),
            Done::OldText(old) if *old == at => text = texts.old(at)?,
            Done::Half(half, most) | Done::HalfByHand(half, most) if *half == at => {
                text = beginning(scratch, &texts.script(at), *most);
            }
            Done::ByHand(hand) | Done::HalfByHand(hand, _) if at > *hand => break,
            _ => {}
        }
        if !live.apply(&text, version, at < recorded) {
            return None;
        }
        if let Done::Statement(when, statement, _) = done
            && *when == at
            && !live.run(statement)
        {
            return None;
        }
    }
    let step = |at: usize| texts.step(at, done);
    let history = History {
        recorded: (0..recorded).map(step).collect(),
        pending: (recorded..texts.0.len()).map(step).collect(),
    };
    Some((live, history))
}

pub(super) fn is_ledger(id: &ObjectId) -> bool {
    ["ledger_of_tests", "__diesel_schema_migrations", "schema_migrations"]
        .iter()
        .any(|name| id.root.starts_with(name))
}

fn is_right(drift: &Drift, texts: &Texts, done: &Done) -> bool {
    let unexplained: Vec<&ObjectId> = drift.unexplained.iter().flatten().map(|one| &one.id).collect();
    if let Done::Statement(.., id) = done {
        let named =
            drift.accounts.iter().filter(|account| account.or.iter().any(|or| or.contains("by hand")));
        let is_of = |one: &Unlike| one.id.family() == id.family();
        let in_doubt = named.flat_map(|account| &account.differences).any(is_of);
        return in_doubt
            || drift.accounts.is_empty() && unexplained.iter().any(|one| one.family() == id.family());
    }
    unexplained.is_empty()
        && drift.accounts.iter().any(|account| {
            let names = |at: usize| account.migration.1 == texts.0[at].0;
            let rival =
                |at: usize| account.or.iter().any(|or| or.split(' ').any(|word| word == texts.0[at].0));
            match *done {
                Done::Skipped(at) | Done::ByHand(at) | Done::OldText(at) => names(at) || rival(at),
                Done::Half(at, _) => names(at) && account.what != Happened::ByHand || rival(at),
                Done::HalfByHand(at, _) => names(at) && account.what != Happened::NotExecuted || rival(at),
                _ => false,
            }
        })
}

/// What differs, and what accounts for it: by a run of the history, and with what that one has learned. Each with the time it took.
pub(super) fn judged_twice(
    schema: &Schema,
    history: &History,
    scratch: &mut dyn Scratch,
    ask: &mut dyn FnMut() -> Option<Witness>,
    time: Duration,
) -> [(Drift, Duration); 2] {
    let mut made = None;
    [(); 2].map(|()| {
        let begin = Instant::now();
        let limits = Limits { trials: 40, deadline: begin + time };
        let scripts = history.recorded.iter().filter_map(|step| step.script.as_ref()).collect();
        let known = made.take();
        let mut learn = |now: &Made| made = Made::parse(&now.to_text());
        let mut scratch = Remembering::new(scratch, scripts, known, &mut learn, limits.deadline);
        let drift = judge_with(schema.clone(), history, &mut scratch, &is_ledger, limits, ask).unwrap();
        (drift, begin.elapsed())
    })
}

#[derive(Debug, Default)]
pub(super) struct Score {
    invisible: usize,
    right: usize,
    impossible: usize,
    pub(super) cut_off: usize,
    pub(super) wrong: Vec<String>,
    proven: Vec<String>,
    times: Vec<Duration>,
    /// Where it is known from the time before what the history makes.
    again: Vec<Duration>,
    /// Each, with its times.
    cases: Vec<String>,
    trusted: usize,
}

impl Score {
    fn try_one<S: Stand>(
        &mut self,
        texts: &Texts,
        done: &Done,
        scratch: &mut dyn Scratch,
        from: &(usize, Option<S>),
        trusts: bool,
    ) {
        let Some((live, history)) = make(texts, done, scratch, from) else {
            self.impossible += 1;
            return;
        };
        let schema = live.schema();
        // Its ten seconds; and much more where nobody reads the figures, and the machine may do other things.
        let seconds = if env::get("GUARD_REPLAY").is_some() { 10 } else { 120 };
        let mut ask = || live.witness(&history).filter(|_| trusts);
        let [(drift, first), (again, second)] =
            judged_twice(&schema, &history, scratch, &mut ask, Duration::from_secs(seconds));
        self.times.push(first);
        self.again.push(second);
        self.cases.push(format!("{first:.1?} {second:.1?} {done:?}"));
        if !drift.cut_off && !again.cut_off && again != drift {
            self.wrong.push(format!("{done:?}: first {drift:#?}, again {again:#?}"));
        }
        assert!(drift.unreplayable.is_empty(), "{:?}", drift.unreplayable);
        self.cut_off += usize::from(drift.cut_off);
        if drift.accounts.is_empty() && drift.unexplained.is_empty() {
            self.invisible += 1;
            return;
        }
        if is_right(&drift, texts, done) {
            self.right += 1;
            self.trusted +=
                usize::from(drift.accounts.iter().any(|one| one.confidence == Confidence::Proven));
            return;
        }
        let accounts =
            drift.accounts.iter().map(|one| (&one.migration.1, &one.what, one.confidence, &one.or));
        let rest = drift.unexplained.iter().flatten().map(|one| (one.id.to_string(), &one.trace));
        let said = format!("{done:?}: {:?} {:?}", accounts.collect::<Vec<_>>(), rest.collect::<Vec<_>>());
        if drift.accounts.iter().any(|one| one.confidence == Confidence::Proven) {
            self.proven.push(said.clone());
        }
        self.wrong.push(said);
    }

    /// So many cases of each sort, spread over the history.
    pub(super) fn of<S: Stand>(texts: &Texts, most: usize, trusts: bool) -> Self {
        let score = Self::of_all::<S>(texts, most, trusts);
        S::end();
        score
    }

    fn of_all<S: Stand>(texts: &Texts, most: usize, trusts: bool) -> Self {
        let mut scratch = S::scratch();
        let all = S::fresh();
        // States of the history from which the cases go on.
        let mut states: Vec<(usize, Option<S>)> = vec![(0, all.copy())];
        for (at, (version, text)) in texts.0.iter().enumerate() {
            if at > 0 && at.is_multiple_of(texts.0.len().div_ceil(12)) {
                states.extend(all.copy().map(|state| (at, Some(state))));
            }
            assert!(all.apply(text, version, true), "{version}");
        }
        let schema = all.schema();
        let mut score = Self::default();
        for done in cases::<S>(texts, &schema, &*scratch, most) {
            let first = match &done {
                Done::Nothing => 0,
                Done::Skipped(at)
                | Done::ByHand(at)
                | Done::Half(at, _)
                | Done::HalfByHand(at, _)
                | Done::OldText(at)
                | Done::Statement(at, ..) => *at,
            };
            let from = states.iter().rev().find(|(at, _)| *at <= first).unwrap();
            score.try_one(texts, &done, &mut *scratch, from, trusts);
        }
        score.times.sort();
        score.again.sort();
        score
    }

    /// More than so many could be seen, at least 95 of 100 of them were right, and none that was wrong was called proven.
    pub(super) fn holds(&self, least: usize) {
        assert!(self.visible() > least, "{}", self.visible());
        assert_eq!(self.proven, [""; 0], "a wrong account is never proven");
        let (right, visible) = (self.right, self.visible());
        assert!(right * 100 >= visible * 95, "{right} of {visible}: {:#?}", self.wrong);
    }

    pub(super) fn visible(&self) -> usize {
        self.right + self.wrong.len()
    }
}

fn cases<S: Stand>(texts: &Texts, schema: &Schema, scratch: &dyn Scratch, most: usize) -> Vec<Done> {
    let count = texts.0.len();
    let thin = |all: Vec<Done>| -> Vec<Done> {
        let step = all.len().div_ceil(most).max(1);
        all.into_iter().step_by(step).collect()
    };
    let last = count * 2 / 3..count;
    let parts: Vec<(usize, usize)> = (0..count)
        .map(|at| (at, scratch.count(&texts.script(at))))
        .filter(|(_, statements)| *statements > 1)
        .collect();
    let mut all = vec![Done::Nothing];
    all.extend(thin((0..count).map(Done::Skipped).collect()));
    all.extend(thin(last.clone().map(Done::ByHand).collect()));
    all.extend(thin(parts.iter().map(|(at, statements)| Done::Half(*at, statements / 2)).collect()));
    let halves = parts.iter().filter(|(at, _)| last.contains(at));
    all.extend(thin(halves.map(|(at, statements)| Done::HalfByHand(*at, statements / 2)).collect()));
    all.extend(thin((0..count).filter(|at| texts.old(*at).is_some()).map(Done::OldText).collect()));
    for sort in 0..3 {
        let objects = schema.0.keys().filter(|id| !is_ledger(id));
        let statements = objects.enumerate().filter_map(|(number, id)| {
            // Some in the middle of the history, most at its end.
            let when = if number.is_multiple_of(4) { count * 3 / 4 } else { count - 1 };
            Some(Done::Statement(when, S::by_hand(id, sort)?, id.clone()))
        });
        all.extend(thin(statements.collect()));
    }
    if let Some(only) = env::get("GUARD_REPLAY_ONLY") {
        all.retain(|done| format!("{done:?}").starts_with(&only));
    }
    all
}

/// Does it with the folder that `GUARD_REPLAY` names, and says what came of it.
#[expect(clippy::print_stdout, reason = "its figures are for whoever names a folder")]
pub(super) fn of_folder<S: Stand>(trusted: &[bool]) {
    let folder = env::get("GUARD_REPLAY").expect("GUARD_REPLAY=DIR");
    let most = env::get("GUARD_REPLAY_CASES").map_or(12, |most| most.parse().unwrap());
    let mut texts = Texts::of_folder(&folder);
    let mut count = usize::MAX;
    // What did not run may have run in part, and another one after it may live from that.
    while texts.0.len() < count {
        count = texts.0.len();
        let (all, mut scratch) = (S::fresh(), S::scratch());
        texts.0.retain(|(version, text)| {
            let script = Script { text: text.clone(), line: 1, transaction: true };
            let runs = all.apply(text, version, true) && scratch.run(&script, usize::MAX).is_ok();
            if !runs {
                println!("{version} does not run here, and is left out");
            }
            runs
        });
    }
    for trusts in trusted {
        let score = Score::of::<S>(&texts, most, *trusts);
        let of = |times: &[Duration], part: usize| {
            times.get(times.len() * part / 100).copied().unwrap_or_default()
        };
        println!(
            "{folder}, transactions {trusts}: {} migrations; {} of {} right, {} of them proven, {} invisible, {} impossible, {} cut off; \
             median {:?}, 90 % {:?}, slowest {:?}; again {:?}, {:?}, {:?}\n{}\nwrong: {:#?}",
            texts.0.len(),
            score.right,
            score.visible(),
            score.trusted,
            score.invisible,
            score.impossible,
            score.cut_off,
            of(&score.times, 50),
            of(&score.times, 90),
            score.times.last().unwrap(),
            of(&score.again, 50),
            of(&score.again, 90),
            score.again.last().unwrap(),
            score.cases.join("\n"),
            score.wrong
        );
        assert_eq!(score.proven, [""; 0]);
    }
}

/// An engine of which a second scratch database stands in for the live one: nothing there tells who wrote what.
pub(super) trait Plain {
    const DIALECT: Dialect;

    fn by_hand(id: &ObjectId, sort: usize) -> Option<String>;
}

/// Such a database.
pub(super) struct Second<E: Plain>(Option<RefCell<Box<dyn Scratch>>>, PhantomData<E>);

impl<E: Plain> Second<E> {
    fn database(&self) -> RefMut<'_, Box<dyn Scratch>> {
        self.0.as_ref().unwrap().borrow_mut()
    }
}

impl<E: Plain> Drop for Second<E> {
    fn drop(&mut self) {
        IDLE.set(self.0.take().map(RefCell::into_inner));
    }
}

/// Data of servers are kept where other tests find them.
fn scratch(dialect: Dialect) -> Box<dyn Scratch> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replay");
    let lookup = |name: &str| match name {
        "XDG_CACHE_HOME" => Some(cache.to_str().unwrap().to_owned()),
        other => env::get(other),
    };
    let before: Vec<String> = env::get("GUARD_REPLAY_BEFORE").into_iter().collect();
    let like = Like { before: &before, ..Like::new(&lookup) };
    open_like(dialect, &like, Instant::now() + Duration::from_secs(7_200)).unwrap()
}

thread_local! {
    /// Those that nobody uses now: a server takes its time to start.
    static IDLE: RefCell<Option<Box<dyn Scratch>>> = const { RefCell::new(None) };
}

impl<E: Plain> Stand for Second<E> {
    fn scratch() -> Box<dyn Scratch> {
        scratch(E::DIALECT)
    }

    fn fresh() -> Self {
        let mut database = IDLE.take().unwrap_or_else(Self::scratch);
        database.clear().unwrap();
        Self(Some(RefCell::new(database)), PhantomData)
    }

    fn copy(&self) -> Option<Self> {
        None
    }

    fn apply(&self, text: &str, _version: &str, _recorded: bool) -> bool {
        self.run(text)
    }

    fn run(&self, text: &str) -> bool {
        let script = Script { text: text.to_owned(), line: 1, transaction: true };
        self.database().run(&script, usize::MAX).is_ok()
    }

    fn schema(&self) -> Schema {
        self.database().schema().unwrap()
    }

    fn by_hand(id: &ObjectId, sort: usize) -> Option<String> {
        E::by_hand(id, sort)
    }

    /// At the end of the thread nothing can be said to a server any more.
    fn end() {
        drop(IDLE.take());
    }
}
