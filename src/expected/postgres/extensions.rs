//! Extensions that only a superuser may make, and that live databases have all the same: `PostGIS`, pgvector.
//!
//! A superuser of guard's own makes those that reach neither files nor programs nor other servers. The script of an extension calls
//! functions by name, so it runs only as long as the migrations have made none that it could mean.

use super::{Home, Server, cluster, quote};
use crate::db::{DbError, PgRefusal, PgWriter};

/// They do nothing outside of the database.
const HARMLESS: [&str; 26] = [
    "address_standardizer",
    "autoinc",
    "bloom",
    "earthdistance",
    "h3",
    "hypopg",
    "insert_username",
    "ip4r",
    "moddatetime",
    "pg_bigm",
    "pg_partman",
    "pg_similarity",
    "pg_stat_statements",
    "pg_uuidv7",
    "pgrouting",
    "pgtap",
    "postgis",
    "postgis_tiger_geocoder",
    "postgis_topology",
    "prefix",
    "refint",
    "rum",
    "semver",
    "temporal_tables",
    "vector",
    "vectorscale",
];

/// What a script could call, and the migrations have made.
const OWN: &str = "SELECT count(*) FROM (SELECT 'pg_proc'::regclass AS class, oid FROM pg_proc UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator \
    UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass) o \
    WHERE o.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i'))";

impl Server {
    /// Makes the extension that this statement was refused for.
    pub(super) fn make_extension(&mut self, statement: &str, refusal: &PgRefusal) -> Result<bool, DbError> {
        let (Some(text), Home::Own(cluster)) = (order_for(statement, refusal), &self.home) else {
            return Ok(false);
        };
        let mut admin = PgWriter::open(&cluster.dir, cluster::ADMIN, &self.database, self.deadline)?;
        Ok(admin.ask(OWN)? == ["0"] && admin.send(&text)?.is_ok())
    }
}

/// The statement anew, of nothing but an extension that is harmless and a schema.
fn order_for(statement: &str, refusal: &PgRefusal) -> Option<String> {
    if refusal.code != "42501" {
        return None;
    }
    let name = refusal.message.strip_prefix("permission denied to create extension \"")?.strip_suffix('"')?;
    let name = HARMLESS.into_iter().find(|harmless| *harmless == name)?;
    let words: Vec<&str> = statement.trim_end_matches(';').split_whitespace().collect();
    let [first, second, rest @ ..] = &words[..] else { return None };
    if !first.eq_ignore_ascii_case("CREATE") || !second.eq_ignore_ascii_case("EXTENSION") {
        return None;
    }
    let schema = rest.iter().position(|word| word.eq_ignore_ascii_case("SCHEMA"));
    let schema = schema.and_then(|at| rest.get(at + 1)).map(|word| match word.trim_matches('"') {
        bare if bare == *word => bare.to_lowercase(),
        quoted => quoted.to_owned(),
    });
    let within = schema.map_or_else(String::new, |schema| format!(" SCHEMA {}", quote(&schema)));
    Some(format!("CREATE EXTENSION IF NOT EXISTS {name}{within}"))
}
