//! A published migration changed only where it makes no difference. See `reformatted_migration.md`.

use crate::model::{Change, Level, Location, Migration, MigrationSet, Nature, RuleId};

use super::edited_migration::{counts, runs_once};
use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("reformatted-migration"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "a published migration was edited, but nothing that runs has changed",
    why: "It runs as before, but whoever looks into why a database differs has one more false trace to follow.",
    page: include_str!("reformatted_migration.md"),
    check: Check::Repo(check),
};

/// From so many on it is a formatter that has run, and one finding says it better than each of them.
const MANY: usize = 5;

/// So many paths still make one command.
const COMMAND: usize = 20;

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    let reformatted: Vec<(&Migration, Nature)> = set
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Edited { before, nature, .. }
                if runs_once(before) && !counts(&set.tool, before, *nature) =>
            {
                Some((before, *nature))
            }
            _ => None,
        })
        .collect();
    if reformatted.len() > MANY {
        let what =
            format!("{} published migrations differ from the base, in nothing that runs", reformatted.len());
        let names = say::first(&reformatted, |(migration, _)| say::named(migration));
        let report =
            findings.report(say::place(set), &format!("{}:*", set.name), what).evidence("migrations", names);
        // File by file: to restore the directory would take away what this change adds to it.
        if reformatted.len() <= COMMAND {
            report.fix(say::restore_all(set, reformatted.iter().map(|(before, _)| *before)));
        } else {
            report.fix(format!("bring them back, and keep the formatter out of {}", say::directory(set)));
        }
        return;
    }
    for (before, nature) in reformatted {
        let where_ = match nature {
            Nature::LineEndings => "in its line endings only",
            Nature::Blanks => "in its white space only",
            // Comments; of a program also annotations, imports, brackets.
            Nature::Cosmetic | Nature::Code => "in nothing that runs",
        };
        let what = format!("{} was edited after it was published, {where_}", say::migration(before));
        findings
            .report(Location::of(before), &say::key(set, before), what)
            .fix(say::restore_all(set, [before]));
    }
}
