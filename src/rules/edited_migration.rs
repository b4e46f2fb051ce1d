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

/// From so many edited programs in one change on it is a formatter or the upgrade of a framework at work. In 18 public
/// histories more than half of all migrations in code were edited so, and one in twelve on purpose.
const SWEEP: usize = 5;

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    let code: Vec<&Migration> = set.edited_programs().collect();
    let swept = !code.is_empty() && code.len() + set.edited_beside >= SWEEP;
    if swept {
        sweep(set, &code, findings);
    }
    let counted = set.changes.iter().filter_map(|change| match change {
        Change::Edited { before, nature, .. } if counts(&set.tool, before, *nature) => Some(before),
        _ => None,
    });
    let many = say::many_of_a_file(counted);
    for parts in &many {
        let path = &parts[0].path;
        let what = format!("{} published migrations of {path} were edited", parts.len());
        findings
            .report(Location::file(path), &format!("{}:{path}:*", set.name), what)
            .evidence("migrations", say::first(parts, |migration| say::named(migration)))
            .fix(format!("put the changes into new migrations{}", say::create(set)))
            .fix(format!(
                "then bring the published texts back: {}",
                say::restore_all(set, parts.iter().copied())
            ));
    }
    for change in &set.changes {
        match change {
            Change::Edited { before, .. } if many.iter().any(|parts| say::is_of(parts, &before.path)) => {}
            Change::Edited { after, .. } if swept && code.iter().any(|one| one.path == after.path) => {}
            Change::Edited { before, after, nature } if counts(&set.tool, before, *nature) => {
                edited(set, before, after, *nature, findings);
            }
            Change::Renamed { before, after, edited: true, harmless: true } if runs_once(before) => {
                renamed_and_edited(set, before, after, findings);
            }
            _ => {}
        }
    }
}

/// One word about all of them, and no stop: nobody would look at each.
fn sweep(set: &MigrationSet, paths: &[&Migration], findings: &mut Findings<'_>) {
    let edited = match paths {
        [one] => format!("{} was", say::migration(one)),
        several => format!("{} published migrations were", several.len()),
    };
    let beside = match set.edited_beside {
        0 => String::new(),
        more => format!(" with {more} in other directories"),
    };
    let what = format!("{edited} edited in one go{beside}, as a formatter or an upgrade does");
    findings
        .report(Location::file(&set.dir), &format!("{}:*", set.name), what)
        .at_most(Level::Warn)
        .confidence(Confidence::Possible)
        .evidence("files", say::first(paths, |migration| migration.path.to_string()))
        .fix("look at each for a change in what it does; guard cannot tell");
}

fn edited(
    set: &MigrationSet,
    before: &Migration,
    after: &Migration,
    nature: Nature,
    findings: &mut Findings<'_>,
) {
    let difference = difference(before, after);
    let start = after.line().unwrap_or(1) - 1;
    let line = difference.as_ref().map(|found| start + found.line).or(after.line());
    let at = Location::File { path: after.path.clone(), line };
    let mut report = findings.report(at, &say::key(set, after), sentence(&set.tool, before, nature));
    if let Some(Difference { old, new, .. }) = difference {
        report = report.evidence("before", old).evidence("now", new);
    }
    if nature == Nature::Code {
        // In this order: the second step takes the edit away.
        report = report.fix(format!("put the change into a new migration{}", say::create(set)));
        report.fix(format!("then bring the published text back: {}", say::restore_all(set, [before])));
    } else {
        report.fix(say::restore_all(set, [before]));
    }
}

fn renamed_and_edited(
    set: &MigrationSet,
    before: &Migration,
    after: &Migration,
    findings: &mut Findings<'_>,
) {
    let what = format!("{} was edited, and its file renamed, after it was published", say::migration(before));
    let mut report = findings.report(Location::of(after), &say::key(set, after), what);
    if !set.tool.keeps_checksum {
        // How deep the edit goes is not known here: a class that must be named like its file is no harm.
        report = report.at_most(Level::Warn).confidence(Confidence::Possible);
    }
    let mut back = say::restore_all(set, [before]);
    if !before.shares_file() && !after.shares_file() {
        back = format!("{} && {back}", say::rename(&after.path, &before.path));
    }
    report
        .evidence("before", before.path.to_string())
        .fix(format!("put the change into a new migration{}", say::create(set)))
        .fix(format!("then bring the published file back: {back}"));
}

/// Whether an edit of that depth makes a difference to a database that has run the migration, or to its tool.
pub(super) fn counts(tool: &ToolFacts, before: &Migration, nature: Nature) -> bool {
    let noticed = match nature {
        Nature::Code => true,
        Nature::Cosmetic => tool.keeps_checksum,
        Nature::Blanks => false,
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
        Nature::Blanks | Nature::Cosmetic => format!(
            "{migration} was edited after it was published; nothing that runs has changed, but the checksum of {title} covers them"
        ),
        Nature::LineEndings => format!(
            "{migration} got other line endings after it was published, and the checksum of {title} covers them"
        ),
    }
}

/// The first line that differs otherwise than at its end.
struct Difference {
    line: u32,
    old: String,
    new: String,
}

fn difference(before: &Migration, after: &Migration) -> Option<Difference> {
    let (before, after) = (before.text.as_deref()?, after.text.as_deref()?);
    let lines = |text| <[u8]>::split_inclusive(text, |byte| *byte == b'\n');
    let (mut before, mut after) = (lines(before), lines(after));
    for line in 1.. {
        let (old, new) = match (before.next(), after.next()) {
            (None, None) => return None,
            pair => pair,
        };
        if old.map(<[u8]>::trim_ascii_end) != new.map(<[u8]>::trim_ascii_end) {
            return Some(Difference { line, old: excerpt(old), new: excerpt(new) });
        }
    }
    None
}

fn excerpt(line: Option<&[u8]>) -> String {
    const LONG: usize = 80;
    let Some(line) = line else { return "(the file ends)".to_owned() };
    let line = line.trim_ascii();
    if line.is_empty() {
        return "(an empty line)".to_owned();
    }
    say::short(&String::from_utf8_lossy(&line[..line.len().min(4 * LONG)]), LONG)
}
