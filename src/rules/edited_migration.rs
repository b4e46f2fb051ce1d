//! A published migration runs other code than before. See `edited_migration.md`.

use crate::model::{
    Change, Confidence, Level, Location, Migration, MigrationKind, MigrationSet, Nature, RuleId, ToolFacts,
};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("edited-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a published migration was edited",
    why: "Databases that have run the old text will never run the new one, and no two databases need be alike from then on.",
    page: include_str!("edited_migration.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    for change in &set.changes {
        match change {
            Change::Edited { before, after, nature } if counts(&set.tool, before, *nature) => {
                let at = Location::File {
                    path: after.path.clone(),
                    line: difference(before, after).map(|found| found.line),
                };
                let report = findings.report(at, &say::key(set, after), sentence(&set.tool, before, *nature));
                let report = match difference(before, after).filter(|_| *nature != Nature::LineEndings) {
                    Some(found) => report.evidence("before", found.before).evidence("now", found.now),
                    None => report,
                };
                report
                    .fix(say::restore(set, [&before.path]))
                    .fix(format!("put the change into a new migration{}", say::create(set)));
            }
            Change::Renamed { before, after, edited: true, harmless: true } if runs_once(before) => {
                let what = format!(
                    "{} was edited, and its file renamed, after it was published",
                    say::migration(before)
                );
                let report = findings.report(Location::file(&after.path), &say::key(set, after), what);
                // How deep the edit goes is not known here; a class that must be named like its file is no harm.
                let report = if set.tool.keeps_checksum {
                    report
                } else {
                    report.at_most(Level::Warn).confidence(Confidence::Possible)
                };
                report
                    .evidence("before", before.path.to_string())
                    .fix(format!(
                        "{} && {}",
                        say::rename(&after.path, &before.path),
                        say::restore(set, [&before.path])
                    ))
                    .fix(format!("put the change into a new migration{}", say::create(set)));
            }
            _ => {}
        }
    }
}

/// Whether an edit of that depth makes a difference to a database that has run the migration, or to its tool.
pub(super) fn counts(tool: &ToolFacts, before: &Migration, nature: Nature) -> bool {
    let noticed = match nature {
        Nature::Code => true,
        Nature::Cosmetic => tool.keeps_checksum,
        Nature::LineEndings => tool.keeps_checksum && !tool.blind_to_line_endings,
    };
    noticed && runs_once(before)
}

/// Repeatable migrations are made to be edited, and an undo migration has not run where it still matters.
pub(super) fn runs_once(migration: &Migration) -> bool {
    matches!(migration.kind, MigrationKind::Versioned | MigrationKind::Baseline)
}

fn sentence(tool: &ToolFacts, before: &Migration, nature: Nature) -> String {
    let migration = say::migration(before);
    let title = &tool.title;
    match nature {
        Nature::Code => format!("{migration} was edited after it was published"),
        Nature::Cosmetic => format!(
            "{migration} was edited after it was published; only comments or white space differ, but the checksum of {title} covers them"
        ),
        Nature::LineEndings => format!(
            "{migration} got other line endings after it was published, and the checksum of {title} covers them"
        ),
    }
}

/// The first line that differs.
struct Difference {
    line: u32,
    before: String,
    now: String,
}

fn difference(before: &Migration, after: &Migration) -> Option<Difference> {
    let lines = |migration: &Migration| {
        migration.text.clone().map(|text| String::from_utf8_lossy(&text).into_owned())
    };
    let (before, after) = (lines(before)?, lines(after)?);
    let (mut old, mut new) = (before.split('\n'), after.split('\n'));
    for line in 1.. {
        let (old, new) = (old.next(), new.next());
        if old.is_none() && new.is_none() {
            return None;
        }
        if old.map(str::trim_end) != new.map(str::trim_end) {
            let show = |line: Option<&str>| {
                line.map_or("(the file ends)".to_owned(), |line| say::short(line.trim(), 80))
            };
            return Some(Difference { line, before: show(old), now: show(new) });
        }
    }
    None
}
