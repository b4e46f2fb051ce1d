//! What the rules about the live schema say in the same words.

use crate::model::{
    Account, Confidence, Database, Drift, LedgerState, Level, Location, Migration, MigrationSet, Unlike,
};

use super::super::{Findings, Report};
use super::{clean, migration, short};

/// So many differences are shown of one finding.
const SHOWN: usize = 8;

/// A migration of which the drift speaks: its set, itself where the candidate has it, and its name.
pub(in super::super) struct Subject<'a> {
    pub(in super::super) set: &'a MigrationSet,
    pub(in super::super) migration: Option<&'a Migration>,
    pub(in super::super) name: String,
}

/// The migration of that identity.
pub(in super::super) fn subject<'a>(of: &(usize, String), sets: &'a [MigrationSet]) -> Option<Subject<'a>> {
    let set = sets.get(of.0)?;
    let found = set.candidate.iter().find(|one| *one.identity == *of.1);
    let name = found.map_or_else(|| format!("migration {}", clean(&of.1)), migration);
    Some(Subject { set, migration: found, name })
}

/// Where it stands: its file, or the set.
pub(in super::super) fn place(subject: &Subject<'_>) -> Location {
    subject.migration.map_or_else(|| super::place(subject.set), Location::of)
}

/// Reports an account, with what differs, how sure it is and what else would account for it.
pub(in super::super) fn report<'f>(
    findings: &'f mut Findings<'_>,
    (subject, account): (&Subject<'_>, &Account),
    (drift, database): (&Drift, &Database),
    what: String,
) -> Report<'f> {
    let key = super::key_in(subject.set, &account.migration.1, database);
    let mut report = findings.report(place(subject), &key, what).confidence(account.confidence);
    report = differences(report, &account.differences);
    if !account.or.is_empty() {
        report = report.evidence("or", account.or.iter().map(|or| clean(or)).collect::<Vec<_>>().join("; "));
    }
    if matches!(account.confidence, Confidence::Possible | Confidence::Ambiguous) {
        report = report.at_most(Level::Warn);
    }
    report.evidence("replayed in", drift.replayed_in.clone()).standing(true)
}

/// A line for each difference: what the database has and the migrations do not, and the other way round.
pub(in super::super) fn differences<'f>(mut report: Report<'f>, differences: &[Unlike]) -> Report<'f> {
    report = report.objects(differences.iter().map(|one| one.id.path()));
    for one in differences.iter().take(SHOWN) {
        let id = clean(&one.id.to_string());
        let trace = one.trace.as_ref().map(|trace| format!("{id}: {}", clean(trace)));
        report = match (&one.expected, &one.live) {
            (None, _) => report.evidence("only in the database", described(&id, one, true)),
            (_, None) => report.evidence("not in the database", described(&id, one, false)),
            (Some(_), Some(_)) => {
                let said: Vec<String> = one
                    .attributes()
                    .into_iter()
                    .map(|(name, expected, live)| {
                        format!("{name} is {}, expected {}", value(name, live), value(name, expected))
                    })
                    .collect();
                report.evidence("differs", format!("{id}: {}", said.join("; ")))
            }
        };
        if let Some(trace) = trace {
            report = report.evidence("when", trace);
        }
    }
    if differences.len() > SHOWN {
        report = report.evidence("and", format!("{} more differences", differences.len() - SHOWN));
    }
    report
}

fn described(id: &str, one: &Unlike, live: bool) -> String {
    let said: Vec<String> = one
        .attributes()
        .into_iter()
        .filter_map(|(name, expected, there)| Some((name, if live { there } else { expected }?)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| {
            let text = short(&clean(text), 80);
            if text.starts_with(name) { text } else { format!("{name} {text}") }
        })
        .collect();
    if said.is_empty() { id.to_owned() } else { format!("{id}: {}", said.join(", ")) }
}

fn value(name: &str, text: Option<&str>) -> String {
    match text {
        None | Some("") => "not there".to_owned(),
        Some(text) if text == name => "there".to_owned(),
        Some(text) => short(&clean(text), 120),
    }
}

/// How the objects of a root differ, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Shape {
    /// The root itself is in the database only.
    Unexpected,
    /// The root itself is in the migrations only.
    Missing,
    /// Anything else.
    Altered,
}

/// A root of its own kind stands first among its objects. What was added to a root that both sides have is unexpected as well.
pub(in super::super) fn shape(root: &[Unlike]) -> Shape {
    let all = |side: fn(&Unlike) -> bool| root.iter().all(side);
    if all(|one| one.expected.is_none()) {
        Shape::Unexpected
    } else if all(|one| one.live.is_none()) {
        Shape::Missing
    } else {
        Shape::Altered
    }
}

/// What a finding about a root is called: the root, or the one thing of it that differs.
pub(in super::super) fn root(root: &[Unlike]) -> String {
    match root {
        [one] => clean(&one.id.to_string()),
        [first, ..] if first.id.name.is_empty() => clean(&first.id.to_string()),
        [first, ..] => {
            let parts = [&first.id.schema, &first.id.root];
            let parts = parts.into_iter().filter(|part| !part.is_empty()).map(|part| clean(part));
            format!("a part of {}", parts.collect::<Vec<_>>().join("."))
        }
        [] => String::new(),
    }
}

/// The tool's command that records a migration without running it.
pub(in super::super) fn mark(subject: &Subject<'_>, database: &Database) -> Option<String> {
    let migration = subject.migration?;
    let words = subject.set.tool.words.mark_applied.as_ref();
    let ledgers = database.ledgers.known()?;
    let table = ledgers.iter().find_map(|ledger| match &ledger.state {
        LedgerState::Read(read) => Some(&read.table),
        LedgerState::Absent { .. } => None,
    })?;
    let of = (&migration.version, &*migration.name, Some(&migration.path));
    super::command(words, of, (table, database.dialect), "")
}
