//! Something in the database that no migration makes. See `unexpected_object.md`.

use crate::model::{Database, Drift, Level, Location, MigrationSet, RuleId};

use super::say::drift::Shape;
use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("unexpected-object"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the database has something that no migration makes",
    why: "The next database will not have it, and nothing in the repository says what it is for.",
    page: include_str!("unexpected_object.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, _: &[MigrationSet], findings: &mut Findings<'_>) {
    let dev = say::clean(&database.name);
    for root in drift.unexplained.iter().filter(|root| say::drift::shape(root) == Shape::Unexpected) {
        let name = say::drift::root(root);
        let at = Location::Object { database: database.name.clone(), object: name.clone() };
        let what = format!("{name} is in {dev}, and no migration makes it");
        let report = findings.report(at, &format!("{name}:{}", database.name), what).standing(true);
        say::drift::differences(report, root)
            .evidence("replayed in", drift.replayed_in.clone())
            .fix("adopt it: write it into a migration, and record that as applied")
            .fix(format!("or drop it in {dev}, if nobody needs it"));
    }
}
