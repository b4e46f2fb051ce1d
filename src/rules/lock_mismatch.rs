//! A migration is not the text that guard.lock holds for it. See `lock_mismatch.md`.

use crate::model::{
    Facts, Level, Location, LockFile, LockState, Locked, Migration, MigrationSet, Nature, RuleId,
};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("lock-mismatch"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a migration is not the text that guard.lock holds for it",
    why: "Databases that have run the locked text will never run this one, and no two databases need be alike from then on.",
    page: include_str!("lock_mismatch.md"),
    check: Check::Run(check),
};

/// From so many on one finding says it better.
const MANY: usize = 5;

/// What takes the text as it is into guard.lock.
pub(super) const FORCE: &str = "guard lock --force && git add -- guard.lock";

fn check(facts: &Facts, findings: &mut Findings<'_>) {
    let Some(lock) = &facts.lock else { return };
    let LockState::Read { differ, .. } = &lock.state else { return };
    let published: Vec<(&Locked, &MigrationSet, &Migration)> = differ
        .iter()
        .filter_map(|locked| of(facts, locked))
        .filter(|(_, set, it)| !is_new(set, it))
        .collect();
    if published.len() > MANY {
        many(lock, &published, findings);
        return;
    }
    for (locked, set, migration) in published {
        one(lock, locked, set, migration, findings);
    }
}

/// With its set and its migration.
pub(super) fn of<'a>(
    facts: &'a Facts,
    locked: &'a Locked,
) -> Option<(&'a Locked, &'a MigrationSet, &'a Migration)> {
    let set = facts.sets.get(locked.set)?;
    Some((locked, set, set.candidate.get(locked.migration)?))
}

/// What only this change has may be edited; its line follows.
pub(super) fn is_new(set: &MigrationSet, migration: &Migration) -> bool {
    set.added().any(|added| added.unit() == migration.unit())
}

fn one(
    lock: &LockFile,
    locked: &Locked,
    set: &MigrationSet,
    migration: &Migration,
    findings: &mut Findings<'_>,
) {
    let name = say::migration(migration);
    let runs = locked.nature == Nature::Code;
    let what = if runs {
        format!("{name} is not the text that guard.lock holds for it")
    } else {
        format!("{name} differs from the text that guard.lock holds for it, in nothing that runs")
    };
    let report = findings
        .report(Location::of(migration), &say::key(set, migration), what)
        .standing(!migration.touched && !lock.touched)
        .evidence("locked", format!("the text {}", locked.blob.short()))
        .evidence("here", format!("the text {}", migration.blob.short()));
    let back = if locked.there && migration.shares_file() {
        format!("bring its own lines back from that text: git cat-file blob {}", locked.blob.short())
    } else if locked.there {
        format!("bring that text back: {}", say::restore_blob(locked.blob, &migration.path))
    } else {
        format!(
            "find that text: git log --follow -p -- {}, or in another clone: git cat-file blob {}",
            say::quote(&migration.path),
            locked.blob
        )
    };
    if runs {
        report
            .fix(back)
            .fix(format!("and put what came later into a new migration{}", say::create(set)))
            .fix(format!("if the text of now is the right one: {FORCE}"));
    } else {
        report.at_most(Level::Warn).fix(super::stale_lock::RENEW);
    }
}

fn many(lock: &LockFile, all: &[(&Locked, &MigrationSet, &Migration)], findings: &mut Findings<'_>) {
    let runs = all.iter().any(|(locked, ..)| locked.nature == Nature::Code);
    let what = format!(
        "{} migrations are not the texts that guard.lock holds for them{}",
        all.len(),
        if runs { "" } else { ", in nothing that runs" }
    );
    let report = findings
        .report(Location::file(&lock.path), "*", what)
        .standing(!lock.touched && all.iter().all(|(_, _, migration)| !migration.touched))
        .evidence("migrations", say::first(all, |(_, _, migration)| say::named(migration)));
    let report = if runs { report } else { report.at_most(Level::Warn) };
    report
        .fix("look at each for a change in what it does, and bring the old text of those back")
        .fix(format!("then take the others as they are: {FORCE}"));
}
