//! A migration does not replay from nothing. See `unreplayable_migration.md`.

use crate::model::{Database, Drift, Level, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("unreplayable-migration"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a recorded migration does not run on an empty database",
    why: "A new database, a colleague's or the one of a restore, cannot be built from the repository.",
    page: include_str!("unreplayable_migration.md"),
    check: Check::Schema(check),
};

fn check(drift: &Drift, database: &Database, sets: &[MigrationSet], findings: &mut Findings<'_>) {
    // What fails behind the first one mostly fails because of it.
    let Some(first) = drift.unreplayable.first() else { return };
    let Some(subject) = say::drift::subject(&first.migration, sets) else { return };
    let at = match subject.migration {
        Some(migration) => Location::File { path: migration.path.clone(), line: Some(first.line) },
        None => say::place(subject.set),
    };
    let extension = missing_extension(&first.message);
    let what = match extension {
        Some(extension) => format!(
            "{} needs the extension {}, which the server for the replay has not",
            subject.name,
            say::clean(extension)
        ),
        None => format!("{} does not run on an empty database", subject.name),
    };
    let key = say::key_in(subject.set, &first.migration.1, database);
    let statement = first.statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut report = findings
        .report(at, &key, what)
        .standing(!subject.migration.is_some_and(|migration| migration.touched))
        .evidence("statement", say::short(&say::clean(&statement), 200))
        .evidence("says", say::short(&say::clean(&first.message), 200))
        .evidence("replayed in", drift.replayed_in.clone());
    if drift.unreplayable.len() > 1 {
        let more = drift.unreplayable.len() - 1;
        report = report.evidence(
            "after it",
            format!("{} did not run either", say::count(more, "migration", "migrations")),
        );
    }
    if drift.not_judged > 0 {
        let many = say::count(drift.not_judged, "difference", "differences");
        report =
            report.evidence("not judged", format!("{many} between the schema and what could be replayed"));
    }
    if let Some(extension) = extension {
        let (package, on) = (package(extension, &drift.replayed_in), say::short(&drift.replayed_in, 60));
        report
            .fix(format!("install it where migrations are replayed ({}): {package}", say::clean(&on)))
            .fix("or name a server that has it, in the database's section: scratch = { url = { env = \"SCRATCH_URL\" } }");
        return;
    }
    report
        .fix("correct what it needs and an empty database lacks, in an earlier migration that databases have not run yet")
        .fix(format!("or put it into a new migration{}", say::create(subject.set)));
}

/// Extensions that come with PostgreSQL's own sources.
const CONTRIB: [&str; 16] = [
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "tablefunc",
    "unaccent",
    "uuid-ossp",
];

/// Packages of Debian and of the PostgreSQL project that are not called like their extension.
const PACKAGES: [(&str, &str); 6] = [
    ("vector", "pgvector"),
    ("pg_cron", "cron"),
    ("postgis", "postgis-3"),
    ("postgis_topology", "postgis-3"),
    ("pg_partman", "partman"),
    ("rum", "rum"),
];

/// `vector` of `extension "vector" is not available`, and of what servers before version 15 say.
fn missing_extension(message: &str) -> Option<&str> {
    if let Some((_, rest)) = message.split_once("extension \"") {
        return rest.split_once("\" is not available").map(|(name, _)| name);
    }
    let (_, rest) = message.split_once("could not open extension control file \"")?;
    let (file, _) = rest.split_once(".control\"")?;
    file.rsplit('/').next()
}

/// What its package is called.
fn package(extension: &str, replayed_in: &str) -> String {
    let major =
        replayed_in.split(' ').nth(1).and_then(|version| version.split('.').next()).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !extension.bytes().all(plain) || !major.bytes().all(|byte| byte.is_ascii_digit()) || major.is_empty() {
        return "its package".to_owned();
    }
    if CONTRIB.contains(&extension) {
        return format!("apt install postgresql-{major}, or the system's package postgresql-contrib");
    }
    let known =
        PACKAGES.iter().find(|(name, _)| *name == extension).map(|(_, package)| (*package).to_owned());
    let package = known.unwrap_or_else(|| extension.replace('_', "-"));
    format!("apt install postgresql-{major}-{package}, or its package of another name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_that_is_not_there_is_known_by_what_the_server_says() {
        let of = missing_extension;
        assert_eq!(of("extension \"vector\" is not available"), Some("vector"));
        let old = "could not open extension control file \"/usr/share/postgresql/14/extension/uuid-ossp.control\": No such file or directory";
        assert_eq!(of(old), Some("uuid-ossp"));
        for other in
            ["extension \"vector\" already exists", "relation \"x\" does not exist", "extension \"", ""]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn its_package_is_named_where_that_can_be() {
        let of = |extension| package(extension, "PostgreSQL 15.8, in a server of guard's own");
        assert!(of("vector").starts_with("apt install postgresql-15-pgvector,"));
        assert!(of("pg_repack").starts_with("apt install postgresql-15-pg-repack,"));
        assert!(of("uuid-ossp").starts_with("apt install postgresql-15, or"));
        assert_eq!(of("$(id)"), "its package");
        assert_eq!(package("vector", "SQLite, in memory"), "its package");
    }
}
