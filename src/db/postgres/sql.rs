//! The statements that guard sends to a PostgreSQL server, and how its answers are read.

use std::time::Duration;

use tokio_postgres::SimpleQueryRow;

use super::text;
use crate::db::{Cell, DbError, Lock};
use crate::model::TableName;

/// Goes back to the beginning of the transaction after a mistake. The snapshot stays.
pub(super) const GO_BACK: &str = "ROLLBACK TO SAVEPOINT guard";

/// Ends the transaction, of which nothing has to be kept.
pub(super) const GIVE_UP: &str = "ROLLBACK";

/// All tables with their columns, and of each what [`facts`] asks for. Partitions are left out: their parent stands for
/// them. The names of the catalogue are written out, since the search path belongs to others.
///
/// What a type of people's own is based on is not looked up here: that would be a join for the sake of a few tables.
const TABLES: &str = "\
    SELECT n.nspname, c.relkind, a.attname, a.attnum, a.atttypid, i.indkey, \
           c.relname, pg_catalog.pg_table_is_visible(c.oid), pg_catalog.format_type(a.atttypid, a.atttypmod) \
    FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary";

/// Which tables count.
const OF_PEOPLE: &str = "\
    c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition \
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'crdb_internal', 'pg_extension') \
      AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%'";

/// Two questions: the tables, of which only those of these names where there are more than `most`; and how many each schema has.
pub(super) fn tables(names: &[String], most: usize) -> String {
    let names: Vec<String> = names.iter().filter_map(|name| literal(name)).collect();
    let few = if names.is_empty() {
        String::new()
    } else {
        format!(
            " AND ((SELECT count(*) FROM pg_catalog.pg_class m WHERE m.relkind IN ('r', 'p', 'f') AND m.oid >= 16384) <= {most} \
             OR pg_catalog.lower(c.relname) IN ({}))",
            names.join(", ")
        )
    };
    format!(
        "{TABLES} WHERE {OF_PEOPLE}{few} ORDER BY 8 DESC, n.nspname, c.relname, a.attnum; \
         SELECT n.nspname, count(*) FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {OF_PEOPLE} GROUP BY 1"
    )
}

/// All schemas that may hold tables of people.
pub(super) const SCHEMAS: &str = "\
    SELECT n.nspname FROM pg_catalog.pg_namespace n \
    WHERE n.nspname NOT IN ('information_schema', 'crdb_internal', 'pg_extension') AND n.nspname NOT LIKE 'pg\\_%' \
    ORDER BY n.nspname";

/// What a server has from its beginning, and gives to its copies.
pub(super) const SERVER: &str = "SELECT s.system_identifier FROM pg_catalog.pg_control_system() s";

/// How many hold this lock, in any database of the server.
pub(super) fn held(lock: &Lock) -> String {
    format!(
        "SELECT count(*) FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.classid::bigint = {} \
         AND l.objid::bigint = {}",
        lock.0, lock.1
    )
}

/// Begins the one transaction of a session. Everything that is set ends with it.
///
/// The server's limits are there for the server: it shall not go on working for somebody who has left. Row security is
/// off, so that a policy that hides rows is an error and no shorter ledger. The rest is about how values are printed.
pub(super) fn begin(left: Duration, schemas: &[String]) -> String {
    let path = match schemas {
        [] => String::new(),
        schemas => {
            let schemas: Vec<String> = schemas.iter().map(|schema| quote(schema)).collect();
            format!("SET LOCAL search_path = {}; ", schemas.join(", "))
        }
    };
    format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {}\
         SET LOCAL idle_in_transaction_session_timeout = {}; SET LOCAL row_security = off; \
         SET LOCAL bytea_output = hex; SET LOCAL DateStyle = ISO; SET LOCAL IntervalStyle = postgres; \
         SET LOCAL TimeZone = 'UTC'; SET LOCAL extra_float_digits = 3; {path}SAVEPOINT guard",
        limits(left),
        // It idles while guard thinks; and it has to outlive the deadline, or the reason is lost.
        milliseconds(left) + 1_000,
    )
}

fn limits(left: Duration) -> String {
    let statement = milliseconds(left);
    // A lock is given up a little earlier, so that guard hears that it was one.
    let lock = (statement - (statement / 10).min(50)).max(1);
    format!("SET LOCAL statement_timeout = {statement}; SET LOCAL lock_timeout = {lock}; ")
}

/// At least one: 0 is no limit to the server.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).clamp(1, 86_400_000)
}

/// Where a table is and of what it is made; nothing for a name that no table can have.
pub(super) fn facts(table: &TableName) -> Option<String> {
    let place = match &table.schema {
        Some(schema) => format!("n.nspname = {}", literal(schema)?),
        None => "pg_catalog.pg_table_is_visible(c.oid)".to_owned(),
    };
    Some(format!(
        "SELECT n.nspname, c.relkind, a.attname, a.attnum, \
                CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, i.indkey \
         FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary \
         WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = {} AND {place} ORDER BY a.attnum",
        literal(&table.name)?
    ))
}

/// The question for the numbers that the server gave to this database and to a table when they were made.
pub(super) fn incarnation(table: &TableName) -> Option<String> {
    let place = match &table.schema {
        Some(schema) => format!("n.nspname = {}", literal(schema)?),
        None => "pg_catalog.pg_table_is_visible(c.oid)".to_owned(),
    };
    Some(format!(
        "SELECT d.oid, c.oid FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database() \
         WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = {} AND {place}",
        literal(&table.name)?
    ))
}

/// The question for the rows of a table, in the order of its primary key, or as they lie.
pub(super) fn rows(left: Duration, facts: &TableFacts, name: &str, columns: &[&str]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| quote(column)).collect();
    let key: Vec<String> = facts.key.iter().filter_map(|number| facts.numbered(*number)).map(quote).collect();
    let order = match (key.is_empty(), facts.kind.as_str()) {
        (false, _) => format!(" ORDER BY {}", key.join(", ")),
        (true, "r" | "m") => " ORDER BY ctid".to_owned(),
        _ => String::new(),
    };
    let (limits, schema, name) = (limits(left), quote(&facts.schema), quote(name));
    format!("{limits}SELECT {} FROM {schema}.{name}{order}", columns.join(", "))
}

/// What the catalogue says of a table.
#[derive(Clone, Default)]
pub(super) struct TableFacts {
    /// Empty if there is no such table.
    pub(super) schema: String,
    kind: String,
    /// Name, number, kind of its values.
    columns: Vec<(String, i32, Kind)>,
    /// The numbers of the columns of the primary key.
    key: Vec<i32>,
    /// A column has a type of people's own.
    has_own_types: bool,
}

/// All types that come with a server have lower ids.
const FIRST_OWN_TYPE: u32 = 16_384;

impl TableFacts {
    pub(super) fn add(&mut self, row: &SimpleQueryRow) -> Result<(), DbError> {
        text(row, 0)?.clone_into(&mut self.schema);
        text(row, 1)?.clone_into(&mut self.kind);
        if let Ok(number) = text(row, 3)?.parse() {
            let oid = text(row, 4)?;
            self.has_own_types |= oid.parse().is_ok_and(|oid: u32| oid >= FIRST_OWN_TYPE);
            self.columns.push((text(row, 2)?.to_owned(), number, Kind::of(oid)));
        }
        self.key = text(row, 5)?.split(' ').filter_map(|number| number.parse().ok()).collect();
        Ok(())
    }

    /// Whether the list of tables said all: what a domain is based on [`facts`] says alone.
    pub(super) fn is_all(&self) -> bool {
        !self.has_own_types
    }

    /// A column by its name; where only the case differs, that one.
    pub(super) fn column(&self, name: &str) -> Option<(&str, Kind)> {
        let exact = self.columns.iter().find(|(column, ..)| column == name);
        let similar = || self.columns.iter().find(|(column, ..)| column.eq_ignore_ascii_case(name));
        exact.or_else(similar).map(|(column, _, kind)| (column.as_str(), *kind))
    }

    /// The column that the server itself adds to each row of a table: the transaction that wrote it.
    pub(super) fn system_column(&self, name: &str) -> Option<(&'static str, Kind)> {
        (name == "xmin" && self.kind == "r").then_some(("xmin", Kind::Text))
    }

    fn numbered(&self, number: i32) -> Option<&str> {
        self.columns.iter().find(|(_, other, _)| *other == number).map(|(name, ..)| name.as_str())
    }
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Truth,
    Real,
    Bytes,
    Text,
}

impl Kind {
    /// By the id of the type, which is the same in every server.
    fn of(oid: &str) -> Self {
        match oid {
            "20" | "21" | "23" | "26" => Self::Integer,
            "16" => Self::Truth,
            "700" | "701" => Self::Real,
            "17" => Self::Bytes,
            _ => Self::Text,
        }
    }

    /// A value as the server prints it. What does not look like its kind stays text. It takes the memory of `old`, the
    /// value of this column in the row before.
    pub(super) fn cell(self, shown: &str, old: Cell) -> Cell {
        let mut memory = match old {
            Cell::Text(memory) | Cell::Blob(memory) => memory,
            _ => Vec::new(),
        };
        let cell = match self {
            Self::Integer => shown.parse().ok().map(Cell::Integer),
            Self::Truth => match shown {
                "t" => Some(Cell::Integer(1)),
                "f" => Some(Cell::Integer(0)),
                _ => None,
            },
            Self::Real => shown.parse().ok().map(Cell::Real),
            Self::Bytes => match shown.strip_prefix("\\x") {
                Some(hex) if bytes(hex, &mut memory) => return Cell::Blob(memory),
                _ => None,
            },
            Self::Text => None,
        };
        cell.unwrap_or_else(|| {
            memory.clear();
            memory.extend_from_slice(shown.as_bytes());
            Cell::Text(memory)
        })
    }
}

/// The value of each hexadecimal digit. A table, since the branches of a comparison would be guessed wrongly half of the time.
const DIGITS: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value as usize] as usize] = value;
        values[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    values
};

/// Larger than all values together.
const NO_DIGIT: u8 = 0xff;

/// Reads them into `bytes`, and says whether they are any.
fn bytes(hex: &str, bytes: &mut Vec<u8>) -> bool {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let mut all = 0;
    bytes.clear();
    bytes.extend(pairs.iter().map(|[high, low]| {
        let (high, low) = (DIGITS[usize::from(*high)], DIGITS[usize::from(*low)]);
        all |= high | low;
        high << 4 | low
    }));
    rest.is_empty() && all < 16
}

/// `PostgreSQL 15.8` of `PostgreSQL 15.8 (Debian ...) on ...`; `CockroachDB 23.1.0` of `CockroachDB CCL v23.1.0 (...)`.
pub(super) fn engine(version: &str) -> String {
    let mut words = version.split([' ', ',']);
    let name = words.next().unwrap_or_default();
    let number = words
        .map(|word| word.strip_prefix('v').unwrap_or(word))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    format!("{name} {}", number.unwrap_or_default())
}

/// A name.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, whatever `standard_conforming_strings` is; nothing for what no text of the server can hold.
fn literal(text: &str) -> Option<String> {
    let text = text.replace('\\', "\\\\").replace('\'', "''");
    (!text.contains('\0')).then(|| format!("E'{text}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_the_server_prints_them() {
        let text = |text: &str| Cell::Text(text.into());
        for (oid, shown, cell) in [
            ("20", "-9223372036854775808", Cell::Integer(i64::MIN)),
            ("23", "x", text("x")),
            ("16", "t", Cell::Integer(1)),
            ("16", "f", Cell::Integer(0)),
            ("701", "-Infinity", Cell::Real(f64::NEG_INFINITY)),
            ("17", "\\x00fF", Cell::Blob(vec![0, 255])),
            ("17", "\\x", Cell::Blob(vec![])),
            ("17", "\\x0", text("\\x0")),
            ("1043", "t", text("t")),
            ("1700", "1.50", text("1.50")),
        ] {
            assert_eq!(Kind::of(oid).cell(shown, Cell::Null), cell, "{oid} {shown}");
            let used = Cell::Text(b"longer than all of them together".to_vec());
            assert_eq!(Kind::of(oid).cell(shown, used), cell, "{oid} {shown}, in memory that was used");
        }
    }

    #[test]
    fn engines_are_named() {
        for (version, named) in [
            ("PostgreSQL 15.8 (Debian 15.8-0+deb12u1) on x86_64-pc-linux-gnu", "PostgreSQL 15.8"),
            ("PostgreSQL 17beta1 on x", "PostgreSQL 17beta1"),
            ("CockroachDB CCL v23.1.0 (x86_64-pc-linux-gnu, built 2023)", "CockroachDB 23.1.0"),
        ] {
            assert_eq!(engine(version), named);
        }
    }

    #[test]
    fn names_and_texts_are_quoted() {
        assert_eq!(quote("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("a'b\\").as_deref(), Some("E'a''b\\\\'"));
        assert_eq!(literal("a\0"), None);
    }

    #[test]
    fn limits_are_never_nought() {
        assert!(begin(Duration::ZERO, &[]).contains("statement_timeout = 1;"));
        assert!(begin(Duration::from_millis(400), &["a\"".into()]).contains("search_path = \"a\"\"\";"));
    }
}
