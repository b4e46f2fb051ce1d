//! One report with a finding of each kind, which all formats show in their tests.

use std::time::Duration;

use crate::model::{
    Base, Cause, Confidence, Database, Dialect, Evidence, Examined, Fact, Facts, Finding, Level, Location,
    Moment, Need, Oid, Outage, RepoPath, RuleId, SourceKind, TableName, Verdict, Version,
};

use super::{Format, Look, Report};

fn finding(rule: &'static str, level: Level, at: Location, what: &str) -> Finding {
    Finding {
        rule: RuleId(rule),
        level,
        at,
        what: what.to_owned(),
        why: "Databases that already ran the old text will never run the new one.",
        fix: vec![
            "git restore --source=abc --staged --worktree -- migrations/1_a.sql".to_owned(),
            "put the change in a new migration".to_owned(),
        ],
        evidence: vec![Evidence { label: "ledger".to_owned(), text: "checksum 9f2c41d0".to_owned() }],
        confidence: Confidence::Proven,
        fingerprint: format!("{rule}:app:1"),
        database: None,
        objects: Vec::new(),
        schemas: Vec::new(),
        waived: None,
        standing: false,
    }
}

/// A database that does not answer.
fn database() -> Database {
    let outage = Outage {
        kind: SourceKind::Database,
        source: "dev".to_owned(),
        address: "sqlite:dev.db".to_owned(),
        need: Need::Optional,
        cause: Cause::TimedOut,
        waited: Duration::from_millis(500),
        last_well: Some(Duration::from_secs(3 * 3600)),
        declared: Some(7),
    };
    Database {
        name: "dev".to_owned(),
        schema: None,
        address: "sqlite:dev.db".to_owned(),
        need: Need::Optional,
        declared: Some(7),
        dialect: Dialect::Sqlite,
        ledgers: Fact::Unavailable(outage),
        drift: Fact::NotAsked,
        strangers: Vec::new(),
    }
}

/// The bytes of the sample in a format.
pub(super) fn written(format: &Format, look: &Look) -> String {
    let database = database();
    let base = Base {
        commit: Oid::from_hex(&"ab".repeat(20)),
        name: "origin/main".to_owned(),
        because: "the remote's default branch".to_owned(),
        ..Base::default()
    };
    let facts = Facts {
        moment: Moment::Commit,
        base,
        sets: Vec::new(),
        lock: None,
        databases: vec![database],
        services: Vec::new(),
        checks: Vec::new(),
        debt: None,
        blocking: Vec::new(),
        unchecked: Vec::new(),
        waivers: Vec::new(),
        today: "2026-11-21".to_owned(),
        examined: Examined {
            migrations: 12,
            changed: 1,
            ledger_rows: 11,
            checksums: 11,
            databases: 1,
            objects: 0,
            unobservable: 0,
        },
    };
    let hostile = RepoPath::new(b"migrations/2_%,:\x1b[31m\n::error::\xff.sql".to_vec());
    let row = Location::Ledger {
        database: "staging".to_owned(),
        table: TableName::plain("_sqlx_migrations"),
        version: Some(Version("3".into())),
    };
    let mut waived = finding("renamed-migration", Level::Deny, Location::Repository, "a waived finding");
    waived.waived = Some("ticket OPS-12".to_owned());
    let findings = [
        finding(
            "edited-migration",
            Level::Deny,
            Location::File { path: "migrations/1_a.sql".into(), line: Some(3) },
            "migrations/1_a.sql was edited after it was published in origin/main, and the sentence is long enough to be broken",
        ),
        finding("ignored-file", Level::Warn, Location::file(&hostile), "a file with a hostile name"),
        finding("checksum-mismatch", Level::Deny, row, "the ledger has another checksum"),
        finding("expired-waiver", Level::Warn, Location::Config { line: 9 }, "a waiver has ended"),
        waived,
    ];
    let remarks = ["a remark".to_owned()];
    let report = Report {
        verdict: Verdict::Blocked,
        facts: &facts,
        findings: &findings,
        remarks: &remarks,
        discovered: false,
        strict: false,
        offline: false,
    };
    let mut bytes = Vec::new();
    (format.write)(&report, look, &mut bytes).expect("memory takes all bytes");
    String::from_utf8(bytes).expect("every format is UTF-8")
}
