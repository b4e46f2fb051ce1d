//! For programs: one object, versioned; its schema is `schema/report.json`, made from these types by a test.
//! Keys are added within a version, never taken away or given another meaning.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{Cause, Finding, Location, Need, Outage, RepoPath};

use super::{Format, Look, Report};

/// For programs.
pub(super) const FORMAT: Format =
    Format { name: "json", summary: "for programs: one object, see schema/report.json", write };

/// The version of the format.
const VERSION: u32 = 1;

/// The whole report.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "guard check --format json"))]
struct Json<'a> {
    /// The version of this format.
    version: u32,
    /// The version of guard.
    guard: &'static str,
    /// `pass`, `blocked` or `incomplete`: exit codes 0, 1, 2.
    verdict: &'static str,
    /// `commit`, `push`, `ci` or `audit`.
    moment: &'static str,
    /// What the candidate was compared with.
    base: Base<'a>,
    /// How much was looked at.
    examined: Examined,
    /// What is wrong, also what is waived.
    findings: Vec<JsonFinding<'a>>,
    /// What was asked and did not answer.
    outages: Vec<JsonOutage<'a>>,
    /// How the facts were gathered, where one should know.
    notes: &'a [String],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Base<'a> {
    /// The commit, or null when there is nothing to compare with.
    commit: Option<String>,
    /// How people call it.
    name: &'a str,
    /// How it was found.
    because: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Examined {
    /// Migration sets.
    sets: usize,
    /// Migrations in the candidate.
    migrations: usize,
    /// Those that it adds, edits, renames or deletes.
    changed: usize,
    /// Databases that answered.
    databases: usize,
    /// Rows of their ledgers.
    ledger_rows: usize,
    /// Checksums that were compared.
    checksums: usize,
    /// Objects of live schemas that were held against a replay of the migrations.
    objects: usize,
    /// Migrations of these databases that change data alone: no schema tells whether they ran.
    unobservable: usize,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonFinding<'a> {
    /// The id of the rule.
    rule: &'a str,
    /// `warn` or `deny`.
    level: &'static str,
    /// The fact.
    what: &'a str,
    /// The consequence.
    why: &'a str,
    /// Commands and edits, one a line.
    fix: &'a [String],
    /// Where it is.
    location: JsonLocation<'a>,
    /// What shows that it is so.
    evidence: Vec<JsonEvidence<'a>>,
    /// `proven`, `strong` or `possible`.
    confidence: &'static str,
    /// The same for the same thing in each run and clone.
    fingerprint: &'a str,
    /// The name in guard.toml of the database that shows it, or null.
    database: Option<&'a str>,
    /// All its schemas that show it alike; empty where it was found in one place.
    schemas: &'a [String],
    /// The reason of the waiver that covers it, or null.
    waived: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
enum JsonLocation<'a> {
    /// The repository as a whole.
    Repository,
    /// A file.
    File {
        /// Relative to the root; what is not UTF-8 or is a control character is escaped.
        path: String,
        /// The bytes in hexadecimal, where the path above is not exact.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_hex: Option<String>,
        /// From 1, or null.
        line: Option<u32>,
    },
    /// A ledger or a row of one.
    Ledger {
        /// The name in guard.toml.
        database: &'a str,
        /// The table.
        table: String,
        /// The row, or null.
        version: Option<String>,
    },
    /// An object of a database's schema.
    Object {
        /// The name in guard.toml.
        database: &'a str,
        /// Its kind and its name.
        object: &'a str,
    },
    /// A line of guard.toml.
    Config {
        /// From 1.
        line: u32,
    },
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonEvidence<'a> {
    /// What it is.
    label: &'a str,
    /// What it says.
    text: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonOutage<'a> {
    /// `database`, `service` or `check`.
    kind: &'static str,
    /// The name in guard.toml.
    source: &'a str,
    /// Where it is, without secrets.
    address: &'a str,
    /// `required` or `optional`.
    need: &'static str,
    /// `timed-out`, `not-configured`, `unreachable`, `denied`, `crashed`, `failed`, `cooling-down`; of a check also
    /// `needs-down`, `says-down` or `no-time-left`.
    cause: &'static str,
    /// The cause in words.
    detail: String,
    /// How long guard waited, in milliseconds.
    waited_ms: u64,
    /// How many seconds ago it answered and all was well, or null where this clone does not know.
    last_well_s: Option<u64>,
}

fn write(report: &Report<'_>, _: &Look, out: &mut dyn Write) -> io::Result<()> {
    let facts = report.facts;
    let json = Json {
        version: VERSION,
        guard: env!("CARGO_PKG_VERSION"),
        verdict: report.verdict.word(),
        moment: facts.moment.word(),
        base: Base {
            commit: facts.base.commit.map(|commit| commit.to_string()),
            name: &facts.base.name,
            because: &facts.base.because,
        },
        examined: Examined {
            sets: facts.sets.len(),
            migrations: facts.examined.migrations,
            changed: facts.examined.changed,
            databases: facts.examined.databases,
            ledger_rows: facts.examined.ledger_rows,
            checksums: facts.examined.checksums,
            objects: facts.examined.objects,
            unobservable: facts.examined.unobservable,
        },
        findings: report.findings.iter().map(finding).collect(),
        outages: report.outages().into_iter().map(outage).collect(),
        notes: report.remarks,
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)?;
    out.flush()
}

fn finding(finding: &Finding) -> JsonFinding<'_> {
    JsonFinding {
        rule: finding.rule.0,
        level: finding.level.word(),
        what: &finding.what,
        why: finding.why,
        fix: &finding.fix,
        location: location(&finding.at),
        evidence: finding
            .evidence
            .iter()
            .map(|evidence| JsonEvidence { label: &evidence.label, text: &evidence.text })
            .collect(),
        confidence: finding.confidence.word(),
        fingerprint: &finding.fingerprint,
        database: finding.database.as_deref(),
        schemas: &finding.schemas,
        waived: finding.waived.as_deref(),
    }
}

fn location(at: &Location) -> JsonLocation<'_> {
    match at {
        Location::Repository => JsonLocation::Repository,
        Location::File { path, line } => {
            JsonLocation::File { path: path.to_string(), path_hex: hex_if_inexact(path), line: *line }
        }
        Location::Ledger { database, table, version } => JsonLocation::Ledger {
            database,
            table: table.to_string(),
            version: version.as_ref().map(ToString::to_string),
        },
        Location::Object { database, object } => JsonLocation::Object { database, object },
        Location::Config { line } => JsonLocation::Config { line: *line },
    }
}

fn hex_if_inexact(path: &RepoPath) -> Option<String> {
    let exact = path.to_string().as_bytes() == path.as_bytes();
    (!exact).then(|| path.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn outage(outage: &Outage) -> JsonOutage<'_> {
    JsonOutage {
        kind: outage.kind.word(),
        source: &outage.source,
        address: &outage.address,
        need: if outage.need == Need::Required { "required" } else { "optional" },
        cause: match &outage.cause {
            Cause::TimedOut => "timed-out",
            Cause::NotConfigured(_) => "not-configured",
            Cause::Unreachable(_) => "unreachable",
            Cause::Denied(_) => "denied",
            Cause::Crashed => "crashed",
            Cause::Failed(_) => "failed",
            Cause::NeedsDown(_) => "needs-down",
            Cause::SaysDown => "says-down",
            Cause::NoTimeLeft => "no-time-left",
            Cause::CoolingDown { .. } => "cooling-down",
        },
        detail: outage.cause.to_string(),
        waited_ms: u64::try_from(outage.waited.as_millis()).unwrap_or(u64::MAX),
        last_well_s: outage.last_well.map(|ago| ago.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    const PLAIN: Look = Look { color: false, width: 80, verbose: false, quiet: false };

    #[test]
    fn the_sample() {
        snapbox::assert_data_eq!(sample::written(&FORMAT, &PLAIN), snapbox::file!["samples/json.json"].raw());
    }

    #[test]
    fn the_schema_in_the_repository_is_that_of_the_types() {
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(Json<'_>)).unwrap() + "\n";
        snapbox::assert_data_eq!(schema, snapbox::file!["../../schema/report.json"].raw());
    }
}
