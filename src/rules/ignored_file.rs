//! A file among the migrations that the tool does not run. See `ignored_file.md`.

use crate::model::{IgnoredFile, Level, Location, MigrationSet, RepoPath, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("ignored-file"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a file lies among the migrations and its tool does not run it",
    why: "It looks like a migration, is reviewed like one, and no database ever gets it.",
    page: include_str!("ignored_file.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    // A tool that stops at such files has not stopped at those that were there before: something else runs this
    // directory. And of a tool that does stop its users have heard.
    let lives_with_them = set.ignored.iter().any(|file| file.refused && !file.touched);
    for file in set.ignored.iter().filter(|file| file.touched && !is_of_another_sort(set, file)) {
        let stops = file.refused && !lives_with_them;
        let does = if stops { "stops at" } else { "passes over" };
        let what = format!("{} {does} {}: it {}", set.tool.title, file.path, file.because);
        let key = format!("{}:{}", set.name, file.path);
        let report = findings.report(Location::file(&file.path), &key, what);
        let report = if stops { report } else { report.at_most(Level::Warn) };
        report.fix(named_like(set)).fix(format!("if it is none, leave it out: {}", say::unstage(&file.path)));
    }
}

/// Whether no migration of the tool ends so, and files that do have been here before: what else runs this directory runs
/// them (data migrations in TypeScript between Prisma's folders).
fn is_of_another_sort(set: &MigrationSet, file: &IgnoredFile) -> bool {
    let ending = |path: &RepoPath| {
        let name = path.file_name();
        name.iter().rposition(|byte| *byte == b'.').map(|at| name[at..].to_vec())
    };
    let own = ending(&file.path);
    own.is_some()
        && set.ignored.iter().any(|other| !other.touched && ending(&other.path) == own)
        && set.candidate.iter().all(|migration| ending(&migration.path) != own)
}

fn named_like(set: &MigrationSet) -> String {
    match &set.tool.words.create {
        Some(_) => {
            format!("if it is a migration, give it such a name as this command does{}", say::create(set))
        }
        None => format!("if it is a migration, name it as {} names its migrations", set.tool.title),
    }
}
