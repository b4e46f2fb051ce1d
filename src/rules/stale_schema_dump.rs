//! The schema that the repository shows is not what the migrations make. See `stale_schema_dump.md`.

use crate::model::{Database, Drift, Level, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("stale-schema-dump"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "the schema that a tool has written beside the migrations is not what they make",
    why: "Whoever loads or reads it has another schema than the one that migrations give everybody else.",
    page: include_str!("stale_schema_dump.md"),
    check: Check::Schema(check),
};

/// So many are named of each kind.
const SHOWN: usize = 8;

fn check(drift: &Drift, database: &Database, sets: &[MigrationSet], findings: &mut Findings<'_>) {
    for dump in &drift.stale_dumps {
        let at = Location::File { path: dump.path.clone(), line: None };
        let what = format!("{} is not what the migrations make", say::clean(&dump.path.to_string()));
        let mut report =
            findings.report(at, &format!("{}:{}", dump.path, database.name), what).standing(true);
        let kinds = [
            ("lacks", &dump.lacks),
            ("has, and no migration makes it", &dump.has),
            ("has otherwise", &dump.differs),
        ];
        for (label, names) in kinds {
            if !names.is_empty() {
                let mut said: Vec<String> = names.iter().take(SHOWN).map(|name| say::clean(name)).collect();
                if names.len() > SHOWN {
                    said.push(format!("and {} more", names.len() - SHOWN));
                }
                report = report.evidence(label, said.join(", "));
            }
        }
        let words = sets.iter().find_map(|set| set.tool.words.dump.as_deref());
        report.fix(words.map_or_else(
            || {
                "let the tool write it anew, from a database that has run all migrations and nothing else"
                    .to_owned()
            },
            |words| {
                format!("write it anew from a database that has run all migrations and nothing else: {words}")
            },
        ));
    }
}
