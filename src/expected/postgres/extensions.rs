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

/// Those that whoever owns a database may make since version 13: their scripts are safe whatever functions there are, since 12.4 in 12, too.
const TRUSTED: [&str; 20] = [
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "seg",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
];

/// What a script could call, and the migrations have made.
const OWN: &str = "SELECT count(*) FROM (SELECT 'pg_proc'::regclass AS class, oid FROM pg_proc UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator \
    UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass) o \
    WHERE o.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i'))";

impl Server {
    /// Makes the extension that this statement was refused for.
    pub(super) fn make_extension(&mut self, statement: &str, refusal: &PgRefusal) -> Result<bool, DbError> {
        let (Some((name, text)), Home::Own(cluster)) = (order_for(statement, refusal), &self.home) else {
            return Ok(false);
        };
        let mut admin = PgWriter::open(&cluster.dir, cluster::ADMIN, &self.database, self.deadline)?;
        Ok((TRUSTED.contains(&name) || admin.ask(OWN)? == ["0"]) && admin.send(&text)?.is_ok())
    }
}

/// The extension, and the statement anew, of nothing but an extension that is harmless and a schema. What a harmless one requires is harmless,
/// and may be what was refused.
fn order_for(statement: &str, refusal: &PgRefusal) -> Option<(&'static str, String)> {
    if refusal.code != "42501" || !refusal.message.starts_with("permission denied to create extension") {
        return None;
    }
    let words: Vec<&str> = statement.trim_end_matches(';').split_whitespace().collect();
    let is = |at: usize, what: &str| words.get(at).is_some_and(|word| word.eq_ignore_ascii_case(what));
    if !is(0, "CREATE") || !is(1, "EXTENSION") {
        return None;
    }
    let bare = |word: &str| match word.trim_matches('"') {
        bare if bare == word => bare.to_lowercase(),
        quoted => quoted.to_owned(),
    };
    let named = bare(words.get(if is(2, "IF") { 5 } else { 2 })?);
    let name = HARMLESS.into_iter().chain(TRUSTED).find(|harmless| *harmless == named)?;
    let schema = words.iter().skip(3).position(|word| word.eq_ignore_ascii_case("SCHEMA"));
    let schema = schema.and_then(|at| words.get(at + 4));
    let within = schema.map_or_else(String::new, |schema| format!(" SCHEMA {}", quote(&bare(schema))));
    let required = words.iter().skip(3).any(|word| word.eq_ignore_ascii_case("CASCADE"));
    let required = if required { " CASCADE" } else { "" };
    Some((name, format!("CREATE EXTENSION IF NOT EXISTS {}{within}{required}", quote(name))))
}
