//! A migration ran with a text that it no longer has. See `edited_after_apply.md`.

use crate::model::{Database, Drift, Happened, Level, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("edited-after-apply"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the database has the effects of an older text of a migration",
    why: "New databases get another schema than this one, from the same list of migrations.",
    page: include_str!("edited_after_apply.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, sets: &[MigrationSet], findings: &mut Findings<'_>) {
    let dev = say::clean(&database.name);
    for account in &drift.accounts {
        let Happened::OldText(commit) = &account.what else { continue };
        let Some(subject) = say::drift::subject(&account.migration, sets) else { continue };
        let what = format!("{} ran in {dev} with the text that it had before", subject.name);
        let report = say::drift::report(findings, (&subject, account), (drift, database), what)
            .evidence("applied", say::commit(commit));
        let report = match subject.migration {
            Some(migration) => report.fix(format!(
                "bring that text back: git restore --source={} --staged --worktree -- {}",
                commit.id.short(),
                say::quote(&migration.path)
            )),
            None => report.fix("bring that text back".to_owned()),
        };
        report.fix(format!("put what came later into a new migration{}", say::create(subject.set)));
    }
}
