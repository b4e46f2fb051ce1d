//! Something that the recorded migrations make, and the database lacks. See `missing_object.md`.

use crate::model::{Database, Drift, Level, Location, MigrationSet, RuleId};

use super::say::drift::Shape;
use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("missing-object"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the database lacks something that its recorded migrations make",
    why: "The code expects it, and no migration will bring it back.",
    page: include_str!("missing_object.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, _: &[MigrationSet], findings: &mut Findings<'_>) {
    let dev = say::clean(&database.name);
    for root in drift.unexplained.iter().filter(|root| say::drift::shape(root) == Shape::Missing) {
        let name = say::drift::root(root);
        let at = Location::Object { database: database.name.clone(), object: name.clone() };
        let what = format!("{name} is not in {dev}, though the recorded migrations make it");
        let report = findings.report(at, &format!("{name}:{}", database.name), what).standing(true);
        say::drift::differences(report, root)
            .evidence("replayed in", drift.replayed_in.clone())
            .fix(format!("make it again in {dev}, as the migrations have it"))
            .fix("or, if it was dropped on purpose, write that down in a new migration");
    }
}
