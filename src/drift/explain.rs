//! The search for accounts: hypotheses from what differs, best first, each tried by a replay; the best that dissolves
//! something and makes nothing new is taken, and the search goes on with what is left.

use std::collections::{BTreeMap, BTreeSet};

use super::journal::{Delta, Journal};
use super::{Bench, History, by_root};
use crate::db::DbError;
use crate::model::{Account, Confidence, Drift, Happened, ObjectId, Schema, Script, Unlike};

/// So many accounts one database gets.
const MOST_ACCOUNTS: usize = 5;
/// So many hypotheses are tried for each.
const MOST_TRIED: usize = 16;
/// So many beginnings of one migration are thought of.
const MOST_PARTS: usize = 12;

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

/// A hypothesis that was tried.
struct Tried {
    variation: Variation,
    left: Vec<Unlike>,
}

pub(super) fn explain(
    bench: &mut Bench<'_>,
    live: &Schema,
    history: &History,
    differences: Vec<Unlike>,
    drift: &mut Drift,
) -> Result<(), DbError> {
    let journal = Journal::keep(bench, history)?;
    let mut taken: Vec<Variation> = Vec::new();
    let mut left = differences;
    while !left.is_empty() && taken.len() < MOST_ACCOUNTS {
        let candidates = candidates(bench, history, &journal, &left, &taken);
        let mut best: Vec<Tried> = Vec::new();
        for variation in candidates {
            if !bench.may_try() {
                drift.cut_off = true;
                break;
            }
            let all: Vec<Variation> = taken.iter().copied().chain([variation]).collect();
            let Some(schema) = bench.outcome(&runs(history, &all))? else { continue };
            let now = schema.unlike(live);
            if !dissolves(&left, &now) {
                continue;
            }
            match best.first().map(|known| now.len().cmp(&known.left.len())) {
                Some(std::cmp::Ordering::Greater) => {}
                Some(std::cmp::Ordering::Equal) => best.push(Tried { variation, left: now }),
                Some(std::cmp::Ordering::Less) | None => best = vec![Tried { variation, left: now }],
            }
        }
        let Some(first) = best.first() else { break };
        let gone = |one: &&Unlike| !first.left.iter().any(|other| other.id == one.id);
        let dissolved: Vec<Unlike> = left.iter().filter(gone).cloned().collect();
        // A rival dissolves the same; what dissolves something else has its turn later.
        let or = best[1..]
            .iter()
            .filter(|other| other.left == first.left && !is_part(first.variation, other.variation));
        let or: Vec<String> = or.map(|other| in_words(history, bench, other.variation)).collect();
        drift.accounts.push(account(bench, history, first.variation, dissolved, or));
        taken.push(first.variation);
        left.clone_from(&first.left);
    }
    weigh(&mut drift.accounts, &left);
    drift.unexplained = by_root(left);
    Ok(())
}

/// Whether something is gone, and nothing is new.
fn dissolves(before: &[Unlike], now: &[Unlike]) -> bool {
    now.len() < before.len() && now.iter().all(|one| before.iter().any(|known| known.id == one.id))
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
fn runs<'a>(history: &'a History, variations: &[Variation]) -> Vec<(&'a Script, usize)> {
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

/// What could account for something of this, the likeliest first.
fn candidates(
    bench: &Bench<'_>,
    history: &History,
    journal: &Journal,
    left: &[Unlike],
    taken: &[Variation],
) -> Vec<Variation> {
    let used = |variation: Variation| taken.iter().any(|other| is_part(*other, variation));
    let roots: BTreeSet<(&str, &str)> = left.iter().map(|one| one.id.family()).collect();
    // What no migration leaves behind may be what one had in its hands when it broke off.
    let known = |id: &ObjectId| {
        let of = |delta: &Delta| delta.contains_key(id);
        journal.recorded.iter().any(of) || journal.pending.iter().any(of)
    };
    let strange: Vec<String> = left
        .iter()
        .filter(|one| one.expected.is_none() && !known(&one.id))
        .map(|one| one.id.root.to_lowercase())
        .collect();
    let left: BTreeMap<&ObjectId, &Unlike> = left.iter().map(|one| (&one.id, one)).collect();
    let mut found: Vec<(usize, Variation)> = Vec::new();
    for (at, delta) in journal.recorded.iter().enumerate().filter(|(at, _)| !used(Variation::Skip(*at))) {
        let last: Vec<_> = delta.iter().filter(|(id, _)| journal.writer.get(id) == Some(&at)).collect();
        let back = |(id, (before, _)): &&(&ObjectId, &_)| left.get(id).is_some_and(|one| one.live == *before);
        let hit = last.iter().filter(|one| back(one)).count();
        if hit > 0 {
            found.push((score(hit, last.len()), Variation::Skip(at)));
        }
        if hit > 0 || mentions(history.recorded[at].script.as_ref(), &strange) {
            let parts =
                parts(bench, history.recorded[at].script.as_ref()).map(|most| Variation::Prefix(at, most));
            found.extend(parts.map(|part| (score(hit.max(1), 2 * last.len()), part)));
        }
        // An older text may have made something else of the roots that it touches.
        if delta.keys().any(|id| roots.contains(&id.family())) {
            let texts = (0..history.recorded[at].old.len()).map(|old| Variation::Text(at, old));
            found.extend(texts.map(|text| (score(1, 2), text)));
        }
    }
    for (at, delta) in journal.pending.iter().enumerate().filter(|(at, _)| !used(Variation::Add(*at))) {
        let hit = delta.iter().filter(|(id, (_, after))| left.get(id).is_some_and(|one| one.live == *after));
        let hit = hit.count();
        if hit > 0 {
            found.push((score(hit, delta.len()), Variation::Add(at)));
        }
        if hit > 0 && hit < delta.len() || mentions(history.pending[at].script.as_ref(), &strange) {
            let parts =
                parts(bench, history.pending[at].script.as_ref()).map(|most| Variation::AddPrefix(at, most));
            found.extend(parts.map(|part| (score(hit.max(1), 2 * delta.len()), part)));
        }
    }
    found.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    found.truncate(MOST_TRIED);
    found.into_iter().map(|(_, variation)| variation).collect()
}

/// Whether the text has one of these names in it.
fn mentions(script: Option<&Script>, names: &[String]) -> bool {
    let Some(script) = script.filter(|_| !names.is_empty()) else { return false };
    let text = script.text.to_lowercase();
    names.iter().any(|name| text.contains(name.as_str()))
}

/// How many statements may have run, if not all: each number, or so many of them over the whole.
fn parts(bench: &Bench<'_>, script: Option<&Script>) -> impl Iterator<Item = usize> + use<> {
    let count = script.map_or(0, |script| bench.scratch.count(script));
    let step = count.div_ceil(MOST_PARTS).max(1);
    (1..count).rev().step_by(step)
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

/// How sure each is. That a migration never ran cannot be told from its effects being taken back by hand; that it ran can.
fn weigh(accounts: &mut [Account], left: &[Unlike]) {
    let rest: BTreeSet<(&str, &str)> = left.iter().map(|one| one.id.family()).collect();
    for account in accounts {
        let touches = account.differences.iter().any(|one| rest.contains(&one.id.family()));
        let certain = matches!(account.what, Happened::ByHand | Happened::OldText(_));
        account.confidence = if !account.or.is_empty() {
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
