//! Something in the database is not as the recorded migrations make it. See `altered_object.md`.

use crate::model::{Database, Drift, Level, Location, MigrationSet, RuleId};

use super::say::drift::Shape;
use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("altered-object"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "something in the database is not as its recorded migrations make it",
    why: "What was tested on a fresh database is not what runs here, and the next migration may fail on it.",
    page: include_str!("altered_object.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, _: &[MigrationSet], findings: &mut Findings<'_>) {
    let dev = say::clean(&database.name);
    for root in drift.unexplained.iter().filter(|root| say::drift::shape(root) == Shape::Altered) {
        let name = say::drift::root(root);
        let at = Location::Object { database: database.name.clone(), object: name.clone() };
        let what = format!("{name} is in {dev} otherwise than the recorded migrations make it");
        let report = findings.report(at, &format!("{name}:{}", database.name), what).standing(true);
        say::drift::differences(report, root)
            .evidence("replayed in", drift.replayed_in.clone())
            .fix(format!("bring {dev} back to what the migrations say"))
            .fix("or adopt the change: write it into a migration, and record that as applied");
    }
}
