//! A migration builds on one that is nowhere. See `missing_parent.md`.

use crate::model::{Change, Confidence, Level, Location, MigrationSet, RepoPath, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("missing-parent"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a migration builds on one that the repository does not have",
    why: "The tool cannot order the migrations, and stops before it runs any of them.",
    page: include_str!("missing_parent.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    let Some(graph) = &set.graph else { return };
    for (child, parent) in graph.missing() {
        let Some(node) = graph.node(child).filter(|node| node.path.below(&set.dir).is_some()) else {
            continue;
        };
        let gone = gone(set, &parent.identity);
        let (name, missing) = (say::clean(child), say::clean(&parent.identity));
        let what = match gone {
            Some(_) => format!("migration {name} builds on {missing}, which is taken away here"),
            None => format!("migration {name} builds on {missing}, which is not in the repository"),
        };
        let standing = !node.touched && gone.is_none();
        let key = format!("{}:{child}:{}", set.name, parent.identity);
        let mut report = findings.report(Location::file(&node.path), &key, what).standing(standing);
        if standing {
            // It may lie where guard does not look: in a package, or in a directory that the settings name.
            report = report.at_most(Level::Warn).confidence(Confidence::Possible);
        }
        if set.landed.iter().any(|landed| landed.identity == parent.identity) {
            report
                .at_most(Level::Warn)
                .evidence("landed", "the protected branch has it")
                .fix("merge the protected branch, or rebase onto it");
        } else if let Some(path) = gone {
            report.evidence("taken away", path.to_string()).fix(say::restore(set, [path]));
        } else {
            report
                .fix(format!("add the file of {missing}, if it was left out of this commit"))
                .fix(format!("or let {} build on a migration that is there", node.path));
        }
    }
}

/// The file of the parent, where this change takes it away.
fn gone<'a>(set: &'a MigrationSet, identity: &str) -> Option<&'a RepoPath> {
    set.changes.iter().find_map(|change| match change {
        Change::Deleted { before } | Change::Renamed { before, .. } | Change::Edited { before, .. }
            if before.identity == identity =>
        {
            Some(&before.path)
        }
        _ => None,
    })
}
