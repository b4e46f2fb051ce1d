//! Two migrations both want to be the newest of their line. See `multiple_heads.md`.

use std::collections::BTreeSet;

use crate::model::{Change, Graph, Level, Location, MigrationSet, RuleId, Text};

use super::{Check, Findings, Rule, fill, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("multiple-heads"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "two migrations build on the same one, and none joins them",
    why: "The tool does not know which of the two comes last, and refuses to migrate until they are joined.",
    page: include_str!("multiple_heads.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    let Some(graph) = &set.graph else { return };
    let merged = graph.with(&set.landed);
    for heads in merged.heads().into_iter().filter(|heads| heads.len() > 1) {
        let standing = !is_new(set, &merged, &heads);
        let Some(at) = place(set, &merged, &heads) else { continue };
        let names = heads.iter().map(|head| say::clean(head)).collect::<Vec<_>>();
        let line = &merged.node(at).map_or(Text::default(), |node| node.links.line.clone());
        let whose = if line.is_empty() { String::new() } else { format!(" of {}", say::clean(line)) };
        let landed: BTreeSet<&Text> = set
            .landed
            .iter()
            .map(|landed| &landed.identity)
            .filter(|landed| graph.node(landed).is_none())
            .collect();
        let since = if heads.iter().any(|head| landed.contains(head)) {
            ", since one of them landed after this branch was cut"
        } else {
            ""
        };
        let what = format!("the migrations{whose} have {} heads{since}: {}", heads.len(), names.join(", "));
        let path = merged.node(at).map(|node| node.path.clone()).unwrap_or_default();
        let files = say::first(&heads, |head| {
            merged.node(head).map(|node| node.path.to_string()).unwrap_or_default()
        });
        let report = findings
            .report(Location::file(&path), &format!("{}:{}", set.name, names.join(",")), what)
            .standing(standing)
            .evidence("files", files);
        let heads = names.iter().map(|name| say::quote(&name.as_str().into())).collect::<Vec<_>>().join(" ");
        let report = match &set.tool.words.merge {
            Some(merge) => report.fix(format!("join them: {}", fill_heads(merge, &heads))),
            None => report.fix("make a migration that builds on all of them"),
        };
        report.fix(
            "or let the one that no database has run yet build on the other: its parent stands in its file",
        );
    }
}

/// The identities are quoted already, one by one.
fn fill_heads(template: &str, heads: &str) -> String {
    fill(&template.replace("{heads}", "\0"), &[]).replace('\0', heads)
}

/// Whether this change, or its merge with what has landed, makes them two.
fn is_new(set: &MigrationSet, graph: &Graph, heads: &[&Text]) -> bool {
    let touched = heads.iter().any(|head| graph.node(head).is_some_and(|node| node.touched));
    // What joined them is gone, or no longer joins them.
    let parted = set.changes.iter().any(|change| {
        let (Change::Deleted { before } | Change::Edited { before, .. } | Change::Renamed { before, .. }) =
            change
        else {
            return false;
        };
        let parents = before.links.as_ref().map_or(&[][..], |links| &links.parents);
        parents.iter().any(|parent| heads.contains(&&parent.identity))
    });
    touched || parted
}

/// The head at which it is reported: in this set, and of this change where there is one. `None` where another set of the
/// same graph has to say it.
fn place<'a>(set: &MigrationSet, graph: &Graph, heads: &[&'a Text]) -> Option<&'a Text> {
    let node = |head: &Text| graph.node(head);
    let touched = heads.iter().rfind(|head| node(head).is_some_and(|node| node.touched));
    let landed = |head: &Text| set.landed.iter().any(|landed| landed.identity == *head);
    let here = heads.iter().rfind(|head| !landed(head));
    let at = touched.or(here).or(heads.last())?;
    node(at).filter(|node| node.path.below(&set.dir).is_some()).map(|_| *at)
}
