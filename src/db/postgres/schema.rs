//! The schema of a PostgreSQL database, from the catalogue alone: `information_schema` hides from a role what it has no rights on.
//!
//! The questions are the files in `schema/`, sent as one message. Each row is an object: `kind`, `schema`, `root` and `name` say
//! which, and every other column is an attribute by the column's own name; NULL is what DDL says nothing of. Names are
//! printed for a search path without anything of people's in it, so that all of them are qualified.
//!
//! Rights are those of others than the owner, and owners are named where they are not the owner of most: that one is called
//! otherwise on every server. Not in it: what extensions own; the system's schemas, and those that a platform puts into every database.

use std::collections::BTreeSet;

use tokio_postgres::SimpleQueryRow;

use super::text;
use crate::db::DbError;
use crate::model::{Object, ObjectId, Provenance, Schema, Written};

/// The questions.
const QUESTIONS: [&str; 5] = [
    include_str!("schema/relations.sql"),
    include_str!("schema/code.sql"),
    include_str!("schema/types.sql"),
    include_str!("schema/rest.sql"),
    include_str!("schema/rights.sql"),
];

/// The oldest major version whose catalogue the questions fit.
pub(super) const OLDEST: u32 = 12;

/// What is not people's own in a database, a line each: see there.
const PLATFORMS: &str = include_str!("schema/platforms.txt");

/// Settings that decide how the server prints what it knows.
const SETTINGS: &str = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL quote_all_identifiers = off; \
    SET LOCAL jit = off; ";

/// All questions for a server of this major version. `ROLLBACK TO` takes the settings back. Lines that end in `-- provenance` ask for
/// the transactions that wrote each object, which is said once, before all objects, in which numbers.
pub(super) fn questions(major: u32, provenance: bool) -> String {
    let mut all = format!("{SETTINGS}{}", find_schemas());
    let first = provenance.then_some(include_str!("schema/provenance.sql"));
    for file in first.into_iter().chain(QUESTIONS) {
        for line in file.split('\n').filter(|line| !line.starts_with("--")) {
            let (line, versions) = line.rsplit_once(" -- ").unwrap_or((line, ""));
            let fits = match versions.split_once(' ') {
                Some(("from", number)) => number.parse().is_ok_and(|from: u32| major >= from),
                Some(("before", number)) => number.parse().is_ok_and(|before: u32| major < before),
                _ => versions != "provenance" || provenance,
            };
            if fits {
                expand(line, &mut all);
                all.push('\n');
            }
        }
    }
    all.push_str(super::sql::GO_BACK);
    all
}

/// Puts in what stands in braces: a table of the catalogue without what is the system's, or an expression.
fn expand(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('{') {
        let (word, after) = behind.split_once('}').unwrap_or((behind, ""));
        out.push_str(before);
        let (word, of) = word.split_once(' ').unwrap_or((word, ""));
        let put = match word {
            "schemas" => SCHEMAS.to_owned(),
            "relations" => format!(
                "(SELECT c.*, c.xmin, n.nspname FROM pg_class c JOIN {SCHEMAS} n ON n.oid = c.relnamespace \
                 WHERE c.relpersistence <> 't' AND {})",
                own("pg_class", "c")
            ),
            // Supabase has one of its own, which its dashboard fills.
            "publications" => {
                "(SELECT p.* FROM pg_publication p WHERE NOT (left(p.pubname, 9) = 'supabase_' \
                               AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'supabase_admin')))"
                    .to_owned()
            }
            "own" => of.split_once(' ').map(|(class, row)| own(class, row)).unwrap_or_default(),
            "sorted" => {
                format!(
                    "CASE WHEN {of} IS NOT NULL THEN (SELECT string_agg(x, ', ' ORDER BY x COLLATE \"C\") FROM unnest({of}) x) END"
                )
            }
            "hashed" => format!(
                "CASE WHEN {of} IS NOT NULL THEN (SELECT string_agg(split_part(x, '=', 1) || ' ' || \
                 encode(sha256(convert_to(x, 'UTF8')), 'hex'), ', ' ORDER BY x COLLATE \"C\") FROM unnest({of}) x) END"
            ),
            "signature" => format!("format('%s(%s)', {of}.proname, oidvectortypes({of}.proargtypes))"),
            _ => String::new(),
        };
        out.push_str(&put);
        rest = after;
    }
    out.push_str(rest);
}

/// It belongs to no extension; and, but for schemas, among which `public` is, it was not made with the server: that has numbers
/// below 16384. What belongs to extensions is found from their side, which has an index and few entries.
fn own(class: &str, row: &str) -> String {
    let made = if class == "pg_namespace" { String::new() } else { format!("{row}.oid >= 16384 AND ") };
    format!(
        "{made}NOT EXISTS (SELECT FROM pg_depend dep WHERE dep.classid = '{class}'::regclass \
         AND dep.objid = {row}.oid AND dep.deptype = 'e' AND dep.refclassid = 'pg_extension'::regclass)"
    )
}

/// Finds the schemas of people, and keeps their numbers in a setting of the transaction: looking for them in every question would
/// be half of the work.
fn find_schemas() -> String {
    let lines = PLATFORMS.split('\n').filter(|line| !line.is_empty() && !line.starts_with('#'));
    let known = lines.map(|line| line.split_once(' ').unwrap_or((line, "")));
    let platforms: Vec<String> = known.map(|(name, sign)| format!("('^({name})$', '{sign}')")).collect();
    format!(
        "SELECT set_config('guard.schemas', (SELECT coalesce(string_agg(s.oid::text, ','), '') FROM pg_namespace s \
         WHERE left(s.nspname, 3) <> 'pg_' AND s.nspname <> 'information_schema' AND {} \
         AND NOT EXISTS (SELECT FROM (VALUES {}) f (names, sign) WHERE (f.sign = '' OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = f.sign) \
         OR EXISTS (SELECT FROM pg_extension x WHERE x.extname = f.sign)) AND s.nspname ~ f.names)), true); ",
        own("pg_namespace", "s"),
        platforms.join(", ")
    ) + &format!(
        "SELECT set_config('guard.owner', coalesce((SELECT c.relowner::text FROM pg_class c JOIN {SCHEMAS} n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {} GROUP BY c.relowner ORDER BY count(*) DESC, c.relowner LIMIT 1), \
         (SELECT min(d.defaclrole)::text FROM pg_default_acl d HAVING min(d.defaclrole) = max(d.defaclrole)), ''), true); ",
        own("pg_class", "c")
    )
}

/// The schemas of people, found before.
const SCHEMAS: &str = "(SELECT s.oid, s.nspname FROM pg_namespace s WHERE s.oid = ANY \
    ((SELECT string_to_array(current_setting('guard.schemas'), ',')::oid[])::oid[]))";

/// Whether the server says that something is not there any more, which was there when the snapshot was taken.
pub(super) fn may_be_gone(message: &str) -> bool {
    message.contains("cache lookup failed")
        || message.contains("does not exist")
        || message.contains("could not open")
}

/// The rows, as they come.
#[derive(Default)]
pub(super) struct Reader {
    /// Kinds and attributes, each once.
    words: BTreeSet<&'static str>,
    schema: Schema,
    provenance: Provenance,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { words: WORDS.iter().copied().collect(), ..Self::default() }
    }

    fn word(&self, text: &str) -> Result<&'static str, DbError> {
        let known = self.words.get(text).copied();
        known.ok_or_else(|| DbError::Failed(format!("the catalogue answers with a column {text:?}")))
    }

    pub(super) fn add(&mut self, row: &SimpleQueryRow) -> Result<(), DbError> {
        // The setting that was made says its value.
        if row.columns().len() < 4 {
            return Ok(());
        }
        if text(row, 0)?.is_empty() {
            return self.trace(row);
        }
        let kind = self.word(text(row, 0)?)?;
        let mut object = Object::default();
        let mut written = None;
        for (place, column) in row.columns().iter().enumerate().skip(4) {
            match column.name() {
                "written" => {
                    written.get_or_insert_with(Written::default).by = self.transactions(text(row, place)?);
                    continue;
                }
                "number" => {
                    written.get_or_insert_with(Written::default).number = text(row, place)?.parse().ok();
                    continue;
                }
                _ => {}
            }
            let foreign = |_| {
                DbError::Failed("the catalogue holds text that is not in the database's encoding".to_owned())
            };
            if let Some(value) = row.try_get(place).map_err(foreign)? {
                object.0.push((self.word(column.name())?, value.to_owned()));
            }
        }
        let id = ObjectId::below(kind, text(row, 1)?, text(row, 2)?, text(row, 3)?);
        if let Some(written) = written {
            self.provenance.written.insert(id.clone(), written);
        }
        self.schema.0.insert(id, object);
        Ok(())
    }

    /// A row that stands for no object: the number of the next transaction, columns that are gone, numbers that nothing has.
    fn trace(&mut self, row: &SimpleQueryRow) -> Result<(), DbError> {
        let (schema, root, name) = (text(row, 1)?, text(row, 2)?, text(row, 3)?);
        if let Ok(next) = name.parse()
            && root.is_empty()
        {
            self.provenance.next = next;
        } else if let (true, Ok(from), Ok(to)) = (schema.is_empty(), root.parse(), name.parse()) {
            self.provenance.holes.push((from, to));
        } else {
            let by = self.transactions(name);
            let dropped = &mut self.provenance.dropped;
            dropped.entry((schema.to_owned(), root.to_owned())).or_default().extend(by);
        }
        Ok(())
    }

    fn transactions(&self, text: &str) -> Vec<u64> {
        let numbers = text.split(' ').filter_map(|number| number.parse().ok());
        numbers.filter_map(|number| self.provenance.transaction(number)).collect()
    }

    pub(super) fn done(self) -> (Schema, Provenance) {
        (self.schema, self.provenance)
    }
}

/// Every kind and every attribute that the questions name.
const WORDS: &[&str] = &[
    "default privileges",
    "main owner",
    "of",
    "owner",
    "privileges",
    "right",
    "role",
    "setting",
    "not examined",
    "other object",
    "access method",
    "aggregate",
    "all tables",
    "arguments",
    "attribute",
    "base type",
    "body",
    "bound",
    "cache",
    "called",
    "canonical",
    "cast",
    "check",
    "clustered",
    "collation",
    "column",
    "columns",
    "combination",
    "combine",
    "command",
    "comment",
    "commutator",
    "composite type",
    "compression",
    "context",
    "conversion",
    "cost",
    "cycle",
    "default",
    "definition",
    "deserialize",
    "deterministic",
    "dictionaries",
    "difference",
    "direct arguments",
    "domain",
    "enabled",
    "enum",
    "enum label",
    "event",
    "event trigger",
    "exclusion constraint",
    "extension",
    "family",
    "final",
    "final extra",
    "final modifies",
    "fires",
    "foreign data wrapper",
    "foreign key",
    "foreign table",
    "from",
    "function",
    "functions",
    "generated",
    "handler",
    "hashed options",
    "hashes",
    "identity",
    "identity sequence",
    "in schema",
    "increment",
    "index",
    "inheritance",
    "initial value",
    "invalid",
    "join",
    "language",
    "leakproof",
    "library",
    "locale",
    "materialized view",
    "maximum",
    "merges",
    "method",
    "minimum",
    "moving final",
    "moving initial value",
    "moving inverse",
    "moving state",
    "moving transition",
    "multirange",
    "negator",
    "not null",
    "of type",
    "operator",
    "operator class",
    "operator family",
    "operators",
    "option",
    "options",
    "order",
    "owned by",
    "parallel",
    "parent",
    "parser",
    "partition",
    "partition by",
    "persistence",
    "policy",
    "primary key",
    "procedure",
    "provider",
    "publication",
    "publication schema",
    "publication table",
    "publications",
    "publishes",
    "range collation",
    "range type",
    "replica identity",
    "restrict",
    "returns",
    "roles",
    "row security",
    "row security forced",
    "rows",
    "rule",
    "rules",
    "schema",
    "security",
    "security label",
    "sequence",
    "serialize",
    "server",
    "settings",
    "slot",
    "sort",
    "sort operator",
    "space",
    "start",
    "state",
    "statistics",
    "storage",
    "strict",
    "subscription",
    "subtype",
    "support",
    "table",
    "tablespace",
    "tags",
    "template",
    "text",
    "text search configuration",
    "text search dictionary",
    "text search mapping",
    "to",
    "transforms",
    "transition",
    "trigger",
    "triggers that are not enabled as usual",
    "trusted",
    "type",
    "unique constraint",
    "user mapping",
    "using",
    "validator",
    "value",
    "version",
    "via root",
    "view",
    "volatility",
    "where",
    "window",
    "with check",
    "wrapper",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_is_asked_what_it_knows() {
        for (major, knows, not) in [
            (12, "p.prosrc AS body", "attcompression"),
            (14, "attcompression", "prqual"),
            (18, "pg_get_function_sqlbody", "p.prosrc AS body"),
        ] {
            let questions = questions(major, major == 14);
            assert_eq!(questions.contains("AS number"), major == 14);
            assert!(questions.contains(knows) && !questions.contains(not), "{major}");
            assert!(!questions.contains(['{', '}']) && !questions.contains(" -- "), "{major}");
        }
    }
}
