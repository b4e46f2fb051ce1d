//! The search for accounts: hypotheses from what differs, best first, each tried by a replay; the best that dissolves
//! something and makes nothing new is taken, and the search goes on with what is left.

mod halves;

use std::collections::{BTreeMap, BTreeSet};

use super::journal::{Delta, Journal};
use super::missing::{Missing, dissolves, drops_one, is_among, is_by_itself, is_of_former, with_former};
use super::witness::{Timeline, Witness};
use super::{Bench, History, Run, by_root};
use crate::db::DbError;
use crate::model::{Account, Confidence, Drift, Happened, Object, ObjectId, Schema, Script, Unlike};
use halves::{parts, some_of, within};

/// So many accounts one database gets.
const MOST_ACCOUNTS: usize = 5;
/// So many hypotheses are tried for each.
const MOST_TRIED: usize = 16;
/// So many migrations are thought of whose work a later one has done again.
const MOST_OVERWRITTEN: usize = 3;

/// Where more migrations than this would have to be skipped, what they made has gone with something else.
const MOST_GONE_WITH: usize = 2;

/// What may have happened otherwise than the ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Variation {
    /// A recorded migration did not run.
    Skip(usize),
    /// A pending one ran.
    Add(usize),
    /// Of a recorded one, only so many statements ran.
    Prefix(usize, usize),
    /// Of a pending one, so many statements ran.
    AddPrefix(usize, usize),
    /// A recorded one ran with one of its older texts.
    Text(usize, usize),
}

/// A hypothesis, and how many of the differences it is thought to dissolve; `None` where only a trial can say.
type Candidate = (Variation, Option<usize>);

/// A hypothesis that was tried.
struct Tried {
    variation: Variation,
    left: Vec<Unlike>,
}

/// What is held against each other, and what is known of how it came about.
struct Case<'a> {
    expected: &'a Schema,
    live: &'a Schema,
    history: &'a History,
    journal: Journal,
    timeline: Option<Timeline>,
}

pub(super) fn explain(
    bench: &mut Bench<'_>,
    (expected, live): (&Schema, &Schema),
    history: &History,
    differences: Vec<Unlike>,
    witness: &mut dyn FnMut() -> Option<Witness>,
    drift: &mut Drift,
) -> Result<(), DbError> {
    let witness = match witness() {
        Some(witness) => Some((witness, bench.scratch.numbers()?)),
        None => None,
    };
    let case = |witness: Option<_>, journal: Journal| {
        let timeline =
            witness.and_then(|witness| Timeline::new(witness, history, &journal, (expected, live)));
        Case { expected, live, history, journal, timeline }
    };
    if let Some(journal) = Journal::presumed(history, &differences) {
        let case = case(witness.clone(), journal);
        let found = case.search(bench, differences.clone(), drift)?;
        if found.left.is_empty() && found.taken.len() == 1 {
            case.tell(found, drift);
            return Ok(());
        }
    }
    let kept = Journal::keep(bench, history, &differences);
    let Some(journal) = bench.in_time(kept)?.flatten() else {
        drift.cut_off = true;
        drift.unexplained = by_root(differences);
        return Ok(());
    };
    let case = case(witness, journal);
    let found = case.search(bench, differences, drift)?;
    case.tell(found, drift);
    Ok(())
}

/// What a search has come to.
struct Found {
    accounts: Vec<Account>,
    taken: Vec<Variation>,
    left: Vec<Unlike>,
}

/// What is missing with something that nothing accounts for went with it: that accounts for no more than that.
fn take_back(accounts: &mut Vec<Account>, taken: &mut Vec<Variation>, left: &mut Vec<Unlike>) {
    let missing = Missing::new(left);
    let needless = |account: &Account| account.differences.iter().all(|one| missing.took(one));
    let needless: Vec<usize> = (0..accounts.len()).rev().filter(|at| needless(&accounts[*at])).collect();
    for at in needless {
        taken.remove(at);
        left.extend(accounts.remove(at).differences);
    }
    left.sort_by(|one, other| one.id.cmp(&other.id));
}

/// Where several migrations would have to be skipped for one thing to be missing, a hand may have dropped it.
fn doubt_several(accounts: &mut [Account], case: &Case<'_>) {
    let mut roots: BTreeMap<(String, String), usize> = BTreeMap::new();
    let never = |account: &Account| matches!(account.what, Happened::NotExecuted | Happened::Partly { .. });
    let of = |account: &Account| -> BTreeSet<(String, String)> {
        let families = account.differences.iter().map(|one| one.id.family());
        let gone = families.filter(|family| case.live.0.keys().all(|id| id.family() != *family));
        gone.map(|(schema, root)| (schema.to_owned(), root.to_owned())).collect()
    };
    for family in accounts.iter().filter(|account| never(account)).flat_map(of) {
        *roots.entry(family).or_default() += 1;
    }
    for account in accounts.iter_mut().filter(|account| never(account)) {
        let several =
            of(account).into_iter().find(|family| roots.get(family).is_some_and(|times| *times > 1));
        account.or.extend(several.map(|(_, root)| format!("{root} was dropped by hand")));
    }
}

impl Case<'_> {
    /// Accounts for as much of what differs as there are hypotheses for.
    fn search(
        &self,
        bench: &mut Bench<'_>,
        differences: Vec<Unlike>,
        drift: &mut Drift,
    ) -> Result<Found, DbError> {
        let mut found = Found { accounts: Vec::new(), taken: Vec::new(), left: differences };
        while !found.left.is_empty() && found.taken.len() < MOST_ACCOUNTS {
            let best = self.best(bench, &found.left, &found.taken, drift)?;
            let Some(first) = best.first() else { break };
            let gone = |one: &&Unlike| !is_among(&one.id, &first.left);
            let dissolved: Vec<Unlike> = found.left.iter().filter(gone).cloned().collect();
            // A rival dissolves the same; what dissolves something else has its turn later.
            let or = best[1..]
                .iter()
                .filter(|other| other.left == first.left && !is_part(first.variation, other.variation));
            let or: Vec<String> = or.map(|other| in_words(self.history, bench, other.variation)).collect();
            found.accounts.push(account(bench, self.history, first.variation, dissolved, or));
            found.taken.push(first.variation);
            found.left.clone_from(&first.left);
        }
        Ok(found)
    }

    /// Says what was found, and how sure it is.
    fn tell(&self, Found { mut accounts, mut taken, mut left }: Found, drift: &mut Drift) {
        take_back(&mut accounts, &mut taken, &mut left);
        doubt_several(&mut accounts, self);
        weigh(&mut accounts, &taken, &left, self);
        let accounted = accounts.iter_mut().flat_map(|account| &mut account.differences);
        for one in accounted.chain(&mut left) {
            one.trace = self.timeline.as_ref().and_then(|timeline| timeline.trace(one, &self.journal));
        }
        drift.accounts = accounts;
        drift.unexplained = by_root(left);
    }

    /// The hypotheses that leave the least of what differs, and nothing new.
    fn best(
        &self,
        bench: &mut Bench<'_>,
        left: &[Unlike],
        taken: &[Variation],
        drift: &mut Drift,
    ) -> Result<Vec<Tried>, DbError> {
        let mut best: Vec<Tried> = Vec::new();
        for (variation, hits) in self.candidates(bench, left, taken) {
            // Where one leaves nothing, only those that may leave nothing are rivals.
            let needless = |first: &Tried| {
                first.left.is_empty()
                    && (is_part(first.variation, variation) || hits.is_some_and(|hits| hits < left.len()))
            };
            if best.first().is_some_and(needless) {
                continue;
            }
            if !bench.may_try() {
                drift.cut_off = true;
                break;
            }
            let Some(variation) = self.beginning(bench, variation, taken)? else { continue };
            let all: Vec<Variation> = taken.iter().copied().chain([variation]).collect();
            let now = match self.known(&all) {
                Some(schema) => bench.unlike(schema, self.live),
                None => {
                    let runs = runs(self.history, &all);
                    match bench.outcome(&runs, (taken.len(), self.common(&all)))? {
                        Some(schema) => bench.unlike(&schema, self.live),
                        None => continue,
                    }
                }
            };
            if !dissolves(left, &now) || !self.is_possible(variation, left, &now) {
                continue;
            }
            match best.first().map(|known| now.len().cmp(&known.left.len())) {
                Some(std::cmp::Ordering::Greater) => {}
                Some(std::cmp::Ordering::Equal) => best.push(Tried { variation, left: now }),
                Some(std::cmp::Ordering::Less) | None => best = vec![Tried { variation, left: now }],
            }
        }
        // A trial that the time has ended says nothing.
        drift.cut_off |= bench.is_over();
        Ok(best)
    }

    /// What the journal has seen already: that the first pending ones ran.
    fn known(&self, variations: &[Variation]) -> Option<&Schema> {
        let mut added: Vec<usize> = Vec::new();
        for variation in variations {
            let Variation::Add(at) = variation else { return None };
            added.push(*at);
        }
        added.sort_unstable();
        let first = added.iter().copied().eq(0..added.len());
        self.journal.beyond.get(added.len().checked_sub(1)?).filter(|_| first)
    }

    /// How many migrations run before the last of the variations changes something. Those before it are the same in all that
    /// have not yet been tried for this account, or nearly.
    fn common(&self, variations: &[Variation]) -> usize {
        let Some(last) = variations.last() else { return 0 };
        let without = |at: usize| {
            let skipped = |number: &usize| variations.contains(&Variation::Skip(*number));
            let scripts = self.history.recorded[..at].iter().enumerate();
            scripts.filter(|(number, step)| step.script.is_some() && !skipped(number)).count()
        };
        match *last {
            Variation::Skip(at) | Variation::Prefix(at, _) | Variation::Text(at, _) => without(at),
            Variation::Add(_) | Variation::AddPrefix(..) => without(self.history.recorded.len()),
        }
    }

    /// Whether nobody wrote it after this migration: not all of them were looked after.
    fn is_last(&self, at: usize, id: &ObjectId, after: Option<&Object>) -> bool {
        self.journal.writer.get(id) == Some(&at) && self.expected.0.get(id) == after
    }

    /// Whether the transactions allow it: a migration's older text ran in its own, and nobody's hand writes in a migration's.
    fn is_possible(&self, variation: Variation, left: &[Unlike], now: &[Unlike]) -> bool {
        let Some(timeline) = &self.timeline else { return true };
        let gone =
            left.iter().filter(|one| one.live.is_some() && !now.iter().any(|other| other.id == one.id));
        let gone = gone.map(|one| one.id.clone());
        match variation {
            Variation::Text(at, _) => timeline.may_be_of(at, gone),
            Variation::Add(_) | Variation::AddPrefix(..) => !timeline.all_of_migrations(gone),
            Variation::Skip(_) | Variation::Prefix(..) => true,
        }
    }
}

/// One hypothesis contains the other, so that they are no rivals.
fn is_part(one: Variation, other: Variation) -> bool {
    let of = |variation| match variation {
        Variation::Skip(at) | Variation::Prefix(at, _) | Variation::Text(at, _) => (true, at),
        Variation::Add(at) | Variation::AddPrefix(at, _) => (false, at),
    };
    of(one) == of(other)
}

/// The history as it would have been.
fn runs<'a>(history: &'a History, variations: &[Variation]) -> Vec<Run<'a>> {
    let mut runs = Vec::new();
    for (at, step) in history.recorded.iter().enumerate() {
        let Some(script) = &step.script else { continue };
        let mut run = Some((script, usize::MAX));
        for variation in variations {
            match *variation {
                Variation::Skip(skipped) if skipped == at => run = None,
                Variation::Prefix(cut, most) if cut == at => run = Some((script, most)),
                Variation::Text(changed, old) if changed == at => run = Some((&step.old[old].1, usize::MAX)),
                _ => {}
            }
        }
        runs.extend(run);
    }
    for (at, step) in history.pending.iter().enumerate() {
        let Some(script) = &step.script else { continue };
        let most = variations.iter().find_map(|variation| match *variation {
            Variation::Add(added) if added == at => Some(usize::MAX),
            Variation::AddPrefix(added, most) if added == at => Some(most),
            _ => None,
        });
        runs.extend(most.map(|most| (script, most)));
    }
    runs
}

impl Case<'_> {
    /// Roots of which columns were dropped by hand, as PostgreSQL tells.
    fn dropped<'l>(&self, left: &'l [Unlike]) -> BTreeSet<(&'l str, &'l str)> {
        let Some(timeline) = &self.timeline else { return BTreeSet::new() };
        let by_hand = |one: &&Unlike| {
            let maker = self.journal.writer.get(&one.id).filter(|_| one.id.kind == "column");
            maker.is_some_and(|step| timeline.never(*step, &[one]) == Some(false))
        };
        left.iter().filter(by_hand).map(|one| one.id.family()).collect()
    }

    /// What could account for something of this, the likeliest first.
    fn candidates(&self, bench: &Bench<'_>, left: &[Unlike], taken: &[Variation]) -> Vec<Candidate> {
        let Self { history, journal, .. } = self;
        let used = |variation: Variation| taken.iter().any(|other| is_part(*other, variation));
        let roots: BTreeSet<(&str, &str)> = left.iter().map(|one| one.id.family()).collect();
        let strange = self.strange(left);
        let differs: BTreeMap<&ObjectId, &Unlike> = left.iter().map(|one| (&one.id, one)).collect();
        let (dropped, missing) = (self.dropped(left), Missing::new(left));
        let names = roots.iter().map(|(_, root)| root.to_lowercase()).collect();
        let names = with_former(names, &history.recorded);
        let there: BTreeSet<(&str, &str)> = self.live.0.keys().map(ObjectId::family).collect();
        let mut found: Vec<(usize, Candidate)> = Vec::new();
        // Those that account only for what may have gone with something else, each of which has to be tried.
        let mut gone_with: Vec<(usize, Candidate)> = Vec::new();
        let mut overwritten: Vec<(usize, bool, bool)> = Vec::new();
        for (at, delta) in journal.recorded.iter().enumerate().filter(|(at, _)| !used(Variation::Skip(*at))) {
            let last = delta.iter().filter(|(id, (_, after))| self.is_last(at, id, after.as_ref()));
            let last: Vec<_> = last.collect();
            let script = history.recorded[at].script.as_ref();
            let ran = self.timeline.as_ref().is_some_and(|timeline| timeline.ran(at));
            let hits: Vec<&Unlike> = last.iter().filter_map(|one| back(&differs, *one)).collect();
            let touched: Vec<&Unlike> = last.iter().filter_map(|(id, _)| differs.get(id).copied()).collect();
            let mut new = self.not_all_ran(bench, at, (&hits, &touched, last.len()), (left, &dropped));
            if touched.iter().any(|one| is_by_itself(&missing, one)) || drops_one(script, &missing) {
                found.extend(new);
            } else {
                new.retain(|(_, (variation, _))| matches!(variation, Variation::Skip(_)));
                gone_with.extend(new);
            }
            // What it did may show in what a later one made of it.
            let former = &names[roots.len()..];
            let was_called = |id: &ObjectId| former.contains(&id.root.to_lowercase());
            let of_former =
                || (delta.is_empty() || delta.keys().any(was_called)) && is_of_former(script, former, left);
            if touched.is_empty() {
                if delta.keys().any(|id| differs.contains_key(id)) {
                    overwritten.push((at, ran, false));
                } else if of_former() {
                    overwritten.push((at, ran, true));
                }
            }
            if mentions(script, &strange) {
                let parts = parts(bench, script).map(|most| (Variation::Prefix(at, most), None));
                found.extend(parts.map(|part| (score(hits.len().max(1), 2 * last.len()), part)));
            }
            // An older text may have made something else of the roots that it touches, or of what is called otherwise now.
            let touches = delta.keys().any(|id| roots.contains(&id.family()));
            let is_near = || delta.is_empty() && mentions(script, &names);
            if touches || delta.keys().any(|id| !there.contains(&id.family())) || is_near() {
                let texts = (0..history.recorded[at].old.len()).map(|old| (Variation::Text(at, old), None));
                found.extend(texts.map(|text| (score(1, if touches { 2 } else { 4 }), text)));
            }
        }
        if gone_with.len() <= MOST_GONE_WITH {
            found.extend(gone_with);
        }
        self.overwritten_candidates(bench, overwritten, &mut found);
        self.pending_candidates(bench, (left, &differs), &strange, taken, &mut found);
        found.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        found.truncate(MOST_TRIED);
        found.into_iter().map(|(_, candidate)| candidate).collect()
    }

    /// Those that say that a migration did not run, or not all of it. Of what differs it is the last that wrote `touched`, and before it
    /// `hits` were as they are in the database; it is the last that wrote so many objects.
    fn not_all_ran(
        &self,
        bench: &Bench<'_>,
        at: usize,
        (hits, touched, last): (&[&Unlike], &[&Unlike], usize),
        (left, dropped): (&[Unlike], &BTreeSet<(&str, &str)>),
    ) -> Vec<(usize, Candidate)> {
        let (delta, timeline) = (&self.journal.recorded[at], self.timeline.as_ref());
        let never = timeline.and_then(|timeline| timeline.never(at, hits));
        // What belonged to a column that was dropped by hand went with it.
        let went_with_it = |hit: &&Unlike| hit.live.is_none() && dropped.contains(&hit.id.family());
        let never = never.or_else(|| (!hits.is_empty() && hits.iter().all(went_with_it)).then_some(false));
        let ran = timeline.is_some_and(|timeline| timeline.ran(at));
        let mut found = Vec::new();
        if !hits.is_empty() && never != Some(false) && !ran {
            found.push((score(hits.len(), last), (Variation::Skip(at), Some(hits.len()))));
        }
        // Half of it may have left something that is neither as before nor as after.
        let by_hand =
            |one: &&Unlike| timeline.is_some_and(|timeline| timeline.never(at, &[one]) == Some(false));
        if !touched.is_empty()
            && (hits.len() < delta.len() || self.journal.blind.contains(&at))
            && never != Some(false)
            && !touched.iter().all(by_hand)
        {
            let script = self.history.recorded[at].script.as_ref();
            let most = within(delta, script, left).max(touched.len());
            let parts = some_of(bench, script);
            let first = usize::from(hits.len() < last);
            found.extend(
                parts.map(|part| {
                    (score(touched.len(), last) + first, (Variation::Prefix(at, part), Some(most)))
                }),
            );
        }
        found
    }

    /// Those that say that a migration of which a later one did something again did not run, or not all of it. Of each: whether it is
    /// known to have run, and whether what it did was not looked at, or under another name.
    fn overwritten_candidates(
        &self,
        bench: &Bench<'_>,
        overwritten: Vec<(usize, bool, bool)>,
        found: &mut Vec<(usize, Candidate)>,
    ) {
        for (at, ran, unseen) in overwritten.into_iter().rev().take(MOST_OVERWRITTEN) {
            let script = self.history.recorded[at].script.as_ref();
            // Where it was not looked after, or under another name, nothing tells a beginning from another before it is tried.
            let guessed = parts(bench, script.filter(|_| unseen));
            let known = some_of(bench, script.filter(|_| !unseen));
            let parts = known.chain(guessed).map(|most| Variation::Prefix(at, most));
            let whole = (!ran).then_some(Variation::Skip(at));
            // Where something else accounts for all of it, they are no rivals.
            found.extend(whole.into_iter().chain(parts).map(|variation| (at, (variation, Some(0)))));
        }
    }

    /// Those that say that a pending migration ran, or a part of it.
    fn pending_candidates(
        &self,
        bench: &Bench<'_>,
        (left, differs): (&[Unlike], &BTreeMap<&ObjectId, &Unlike>),
        strange: &[String],
        taken: &[Variation],
        found: &mut Vec<(usize, Candidate)>,
    ) {
        let used = |variation: Variation| taken.iter().any(|other| is_part(*other, variation));
        for (at, delta) in
            self.journal.pending.iter().enumerate().filter(|(at, _)| !used(Variation::Add(*at)))
        {
            let hits =
                delta.iter().filter(|(id, (_, after))| differs.get(id).is_some_and(|one| one.live == *after));
            let hits = hits.count();
            let script = self.history.pending[at].script.as_ref();
            if hits > 0 {
                found.push((score(hits, delta.len()), (Variation::Add(at), Some(hits))));
            }
            let touched = delta.keys().filter(|id| differs.contains_key(id)).count();
            let most = within(delta, script, left).max(touched);
            if most > 0 && hits < delta.len() {
                let parts = some_of(bench, script).map(|part| (Variation::AddPrefix(at, part), Some(most)));
                found.extend(parts.map(|part| (score(touched, delta.len()), part)));
            }
            if mentions(script, strange) {
                let parts = parts(bench, script).map(|most| (Variation::AddPrefix(at, most), None));
                found.extend(parts.map(|part| (score(hits.max(1), 2 * delta.len()), part)));
            }
        }
    }

    /// The names of what no migration leaves behind: one may have had it in its hands when it broke off. What belongs to
    /// something of that kind goes with it.
    fn strange(&self, left: &[Unlike]) -> Vec<String> {
        let known = |id: &ObjectId| {
            let of = |delta: &Delta| delta.contains_key(id);
            self.journal.recorded.iter().any(of) || self.journal.pending.iter().any(of)
        };
        let strange =
            || left.iter().filter(|one| one.expected.is_none() && !known(&one.id)).map(|one| &one.id);
        let roots: BTreeSet<_> = strange().filter(|id| id.name.is_empty()).map(ObjectId::family).collect();
        let own = |id: &ObjectId| {
            let name = if id.name.is_empty() { &id.root } else { &id.name };
            (id.name.is_empty() || !roots.contains(&id.family())).then(|| name.to_lowercase())
        };
        strange().filter_map(own).collect()
    }
}

/// What differs of an object that a migration wrote, where it is in the database as it was before that.
fn back<'l>(
    differs: &BTreeMap<&ObjectId, &'l Unlike>,
    (id, (before, _)): (&ObjectId, &(Option<Object>, Option<Object>)),
) -> Option<&'l Unlike> {
    differs.get(id).copied().filter(|one| one.live == *before)
}

/// Whether the text has one of these names in it.
fn mentions(script: Option<&Script>, names: &[String]) -> bool {
    let Some(script) = script.filter(|_| !names.is_empty()) else { return false };
    let text = script.text.to_lowercase();
    names.iter().any(|name| text.contains(name.as_str()))
}

/// Coverage first, size second.
fn score(hit: usize, of: usize) -> usize {
    hit * 1_000_000 / of.max(1) + hit.min(1_000)
}

fn account(
    bench: &Bench<'_>,
    history: &History,
    variation: Variation,
    differences: Vec<Unlike>,
    or: Vec<String>,
) -> Account {
    let statements =
        |script: &Option<Script>| script.as_ref().map_or(0, |script| bench.scratch.count(script));
    let (step, what) = match variation {
        Variation::Skip(at) => (&history.recorded[at], Happened::NotExecuted),
        Variation::Add(at) => (&history.pending[at], Happened::ByHand),
        Variation::Prefix(at, most) => {
            let step = &history.recorded[at];
            (step, Happened::Partly { statements: most, of: statements(&step.script), recorded: true })
        }
        Variation::AddPrefix(at, most) => {
            let step = &history.pending[at];
            (step, Happened::Partly { statements: most, of: statements(&step.script), recorded: false })
        }
        Variation::Text(at, old) => {
            let step = &history.recorded[at];
            (step, Happened::OldText(Box::new(step.old[old].0.clone())))
        }
    };
    Account { migration: step.migration.clone(), what, differences, confidence: Confidence::Proven, or }
}

fn in_words(history: &History, bench: &Bench<'_>, variation: Variation) -> String {
    let account = account(bench, history, variation, Vec::new(), Vec::new());
    let name = account.migration.1;
    match account.what {
        Happened::NotExecuted => format!("{name} was recorded and not executed"),
        Happened::ByHand => format!("{name} was executed and not recorded"),
        Happened::Partly { statements, .. } => {
            format!("of {name} only the first {statements} statements ran")
        }
        Happened::OldText(commit) => format!("{name} ran with its text of {}", commit.id.short()),
    }
}

/// How sure each is. That a migration never ran cannot be told from its effects being taken back by hand, unless the
/// transactions tell; that it ran can.
fn weigh(accounts: &mut [Account], taken: &[Variation], left: &[Unlike], case: &Case<'_>) {
    let rest: BTreeSet<(&str, &str)> = left.iter().map(|one| one.id.family()).collect();
    for (account, variation) in accounts.iter_mut().zip(taken) {
        let touches = account.differences.iter().any(|one| rest.contains(&one.id.family()));
        let mut certain = matches!(account.what, Happened::ByHand | Happened::OldText(_));
        let is_ambiguous = !account.or.is_empty();
        if let Variation::Skip(at) | Variation::Prefix(at, _) = *variation {
            let hits: Vec<&Unlike> = account.differences.iter().collect();
            certain = case.timeline.as_ref().is_some_and(|timeline| timeline.never(at, &hits) == Some(true));
            if !certain && !account.or.iter().any(|or| or.ends_with("by hand")) {
                account.or.push(format!("{} ran, and that was taken back by hand", account.migration.1));
            }
        }
        account.confidence = if is_ambiguous {
            Confidence::Ambiguous
        } else if touches {
            Confidence::Possible
        } else if certain && left.is_empty() {
            Confidence::Proven
        } else {
            Confidence::Strong
        };
    }
}
