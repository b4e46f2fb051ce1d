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
    let [first, rest @ ..] = &set.unstable_line_endings[..] else { return };
    let whose = match rest {
        [] => "The line endings of 1 migration".to_owned(),
        _ => format!("The line endings of {} migrations", rest.len() + 1),
    };
    let files = say::first(&set.unstable_line_endings, |LineEndings { path, .. }| path.to_string());
    findings
        .report(
            Location::file(&first.path),
            &format!("{}:*", set.name),
            format!("{whose} depend on the checkout: {}", first.because),
        )
        .evidence(if rest.is_empty() { "file" } else { "files" }, files)
        .fixes(say::fixed_line_endings(set, &first.path));
}
