//! A merge was not brought to its end. See `conflict_marker.md`.

use crate::model::{Level, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("conflict-marker"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a migration holds the markers of an unresolved merge conflict",
    why: "No database can run it, and the lines between the markers are one side and the other at once.",
    page: include_str!("conflict_marker.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    for path in &set.conflicted {
        let what = format!("{path} is in conflict in the index");
        findings
            .report(Location::file(path), &format!("{}:{path}", set.name), what)
            .fix(format!("bring the two sides together, then: {}", say::stage(path)));
    }
    for migration in set.touched().filter(|migration| !set.conflicted.contains(&migration.path)) {
        let Some(line) = migration.text.as_deref().and_then(marker) else { continue };
        let at = Location::File { path: migration.path.clone(), line: Some(line) };
        let what = format!("{} holds the markers of a merge conflict", say::migration(migration));
        findings
            .report(at, &say::key(set, migration), what)
            .fix(format!("bring the two sides together, then: {}", say::stage(&migration.path)));
    }
}

/// The line of the first marker, if all three stand there, each at the beginning of a line and in their order.
fn marker(text: &[u8]) -> Option<u32> {
    let (mut begun, mut middle) = (None, false);
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"<<<<<<< ") {
            (begun, middle) = (Some(number), false);
        } else if begun.is_some() && line == b"=======" {
            middle = true;
        } else if middle && line.starts_with(b">>>>>>> ") {
            return begun;
        }
    }
    None
}
