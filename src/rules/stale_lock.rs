//! guard.lock does not fit to the migrations. See `stale_lock.md`.

use crate::model::{Change, Facts, Level, Location, LockFile, LockState, MigrationSet, RepoPath, RuleId};

use super::{Check, Findings, Rule, lock_mismatch, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("stale-lock"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the lock file does not fit to the migrations beside it",
    why: "A migration without its line can be edited unseen, and two branches that both add one merge without a word.",
    page: include_str!("stale_lock.md"),
    check: Check::Run(check),
};

/// Writes the file anew and stages it.
pub(super) const RENEW: &str = "guard lock && git add -- guard.lock";

fn check(facts: &Facts, findings: &mut Findings<'_>) {
    let Some(lock) = &facts.lock else { return };
    match &lock.state {
        LockState::Conflict { line } => {
            let what = "guard.lock holds both sides of a merge: both add or change migrations".to_owned();
            let fix = format!("look at the migrations of both sides, then: {RENEW}");
            broken(lock, *line, what, fix, findings);
        }
        LockState::Newer { version } => {
            let what =
                format!("guard.lock is of version {version} of its format, which this guard does not know");
            broken(lock, 1, what, "use the guard that has written it, or a newer one".to_owned(), findings);
        }
        LockState::Unreadable { line, because } => {
            let what = format!("line {line} of guard.lock {because}");
            broken(lock, *line, what, RENEW.to_owned(), findings);
        }
        LockState::Read { whole, missing, gone, .. } => {
            out_of_step(facts, lock, (*whole, missing, gone), findings);
        }
    }
}

fn broken(lock: &LockFile, line: u32, what: String, fix: String, findings: &mut Findings<'_>) {
    findings
        .report(Location::File { path: lock.path.clone(), line: Some(line) }, "file", what)
        .standing(!lock.touched)
        .fix(fix);
}

fn out_of_step(
    facts: &Facts,
    lock: &LockFile,
    (whole, missing, gone): (bool, &[(usize, usize)], &[RepoPath]),
    findings: &mut Findings<'_>,
) {
    let LockState::Read { differ, .. } = &lock.state else { return };
    let missing: Vec<_> =
        missing.iter().filter_map(|(set, at)| facts.sets.get(*set)?.candidate.get(*at)).collect();
    let edited: Vec<_> = differ
        .iter()
        .filter_map(|locked| lock_mismatch::of(facts, locked))
        .filter(|(_, set, migration)| lock_mismatch::is_new(set, migration))
        .map(|(.., migration)| migration)
        .collect();
    if whole && missing.is_empty() && gone.is_empty() && edited.is_empty() {
        return;
    }
    let mut parts = Vec::new();
    if !missing.is_empty() {
        parts.push(format!("has no line for {}", say::count(missing.len(), "migration", "migrations")));
    }
    if !edited.is_empty() {
        let texts = say::count(edited.len(), "new migration", "new migrations");
        parts.push(format!("has an older text of {texts}"));
    }
    if !gone.is_empty() {
        let lines = say::count(gone.len(), "line", "lines");
        parts.push(format!("has {lines} without a migration"));
    }
    if parts.is_empty() {
        parts.push("was changed by hand: its last line does not fit".to_owned());
    }
    let taken = |path: &RepoPath| facts.sets.iter().any(|set| takes_away(set, path));
    let standing = !lock.touched
        && edited.is_empty()
        && missing.iter().all(|migration| !migration.touched)
        && !gone.iter().any(taken);
    let mut report = findings
        .report(Location::file(&lock.path), "file", format!("guard.lock {}", parts.join(", and ")))
        .standing(standing);
    for (label, migrations) in [("no line", missing), ("older text", edited)] {
        if !migrations.is_empty() {
            report = report
                .evidence(label, say::first(&migrations, |migration| migration.name_in_lock().to_string()));
        }
    }
    if !gone.is_empty() {
        report = report.evidence("no migration", say::first(gone, ToString::to_string));
    }
    report.fix(RENEW);
}

/// Whether this change takes the file away.
fn takes_away(set: &MigrationSet, path: &RepoPath) -> bool {
    set.changes.iter().any(|change| match change {
        Change::Deleted { before } | Change::Renamed { before, .. } => *before.name_in_lock() == *path,
        Change::Added { .. } | Change::Edited { .. } => false,
    })
}
