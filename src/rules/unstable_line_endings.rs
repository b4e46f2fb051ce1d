//! The checksum of a migration would depend on the checkout. See `unstable_line_endings.md`.

use crate::model::{Level, LineEndings, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("unstable-line-endings"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "the checksum of a migration depends on who checks it out",
    why: "The tool hashes the file as it lies on the disk, so the same commit has one checksum on Windows and another one on the server.",
    page: include_str!("unstable_line_endings.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    if !set.tool.keeps_checksum || set.tool.blind_to_line_endings {
        return;
    }
    // One line in one file puts them all right: one finding.
    let paths: Vec<_> = set.unstable_line_endings.iter().map(|file| &file.path).collect();
    let [LineEndings { path, because }, rest @ ..] = &set.unstable_line_endings[..] else { return };
    let whose = if rest.is_empty() { path.to_string() } else { format!("{} migrations", paths.len()) };
    let what = format!("the line endings of {whose} depend on the checkout: {because}");
    let mut report = findings.report(Location::file(path), &format!("{}:*", set.name), what);
    if !rest.is_empty() {
        report = report.evidence("files", say::first(&paths, ToString::to_string));
    }
    report.fixes(say::fixed_line_endings(set, &paths));
}
