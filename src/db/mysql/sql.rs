//! The statements that guard sends to a MySQL or MariaDB server, and how its answers are read.

use std::time::Duration;

use super::wire::Column;
use crate::db::Cell;

/// Which of the two families of servers it is: they name their limits differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    MariaDb,
    MySql,
}

impl Family {
    pub(super) fn of(version: &str) -> Self {
        if version.to_ascii_lowercase().contains("mariadb") { Self::MariaDb } else { Self::MySql }
    }
}

/// How values are printed, and how statements are read: `'` is the only special character in a text.
const MODES: &str = "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '+00:00', sql_select_limit = DEFAULT, \
    character_set_client = utf8mb4, character_set_connection = utf8mb4, character_set_results = utf8mb4";

/// After these two a session can only read: within the transaction, and, should the server ever end that by
/// itself, after it.
pub(super) const READ_ONLY: [&str; 2] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

/// What begins a session: with the server's own limits, since it shall not go on working for somebody who has left.
pub(super) fn settings(family: Family, left: Duration) -> String {
    format!("{MODES}, {}", limits(family, left).join(", "))
}

/// The same for a server that does not know all of it, one by one; what is needed stands first.
pub(super) fn settings_one_by_one(family: Family, left: Duration) -> Vec<String> {
    let limits = limits(family, left).map(|limit| format!("SET SESSION {limit}"));
    [MODES.to_owned()].into_iter().chain(limits).collect()
}

fn limits(family: Family, left: Duration) -> [String; 4] {
    let milliseconds = u64::try_from(left.as_millis()).unwrap_or(u64::MAX).clamp(1, 86_400_000);
    let seconds = milliseconds / 1_000;
    let statement = match family {
        Family::MariaDb => format!("max_statement_time = {}.{:03}", seconds, milliseconds % 1_000),
        Family::MySql => format!("max_execution_time = {milliseconds}"),
    };
    // Whole seconds only. Where there are two or more, a lock is given up earlier, so that guard hears that it was one.
    let lock = milliseconds.saturating_sub(500) / 1_000;
    // It idles while guard thinks; and it has to outlive the deadline, or the reason is lost.
    let idle = seconds + 2;
    [
        statement,
        format!("lock_wait_timeout = {}", lock.max(1)),
        format!("wait_timeout = {idle}"),
        format!("net_write_timeout = {idle}"),
    ]
}

/// All tables of a database: its own where none is named. The second question has their columns.
pub(super) fn tables(schema: Option<&str>) -> String {
    let place = schema.map_or_else(|| "DATABASE()".to_owned(), literal);
    format!(
        "SELECT TABLE_NAME, TABLE_SCHEMA FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = {place} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME"
    )
}

/// The columns of all tables, or of these alone.
pub(super) fn columns(schema: Option<&str>, of: Option<&[&str]>) -> String {
    let place = schema.map_or_else(|| "DATABASE()".to_owned(), literal);
    let of = of.map_or_else(String::new, |names| {
        let names: Vec<String> = names.iter().map(|name| literal(name)).collect();
        format!(" AND TABLE_NAME IN ({})", names.join(", "))
    });
    format!(
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS \
         WHERE TABLE_SCHEMA = {place}{of} ORDER BY TABLE_NAME, ORDINAL_POSITION"
    )
}

/// The tables and views of that name, which may differ in case only; their columns; and those of the primary key.
pub(super) fn facts(schema: Option<&str>, table: &str) -> [String; 3] {
    let place = schema.map_or_else(|| "DATABASE()".to_owned(), literal);
    let place = format!("TABLE_SCHEMA = {place} AND TABLE_NAME = {}", literal(table));
    [
        format!("SELECT TABLE_NAME, TABLE_SCHEMA, TABLE_TYPE FROM information_schema.TABLES WHERE {place}"),
        format!(
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE {place} ORDER BY ORDINAL_POSITION"
        ),
        format!(
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS \
             WHERE {place} AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX"
        ),
    ]
}

/// What the user may do. Each answer is a sentence.
pub(crate) const GRANTS: &str = "SHOW GRANTS";

/// What a server has from its beginning: MySQL's name for it, and MariaDB's.
pub(super) const SERVER: &str = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'server_uid')";

/// What all servers of a Galera cluster have in common: what is done on one is done on all.
pub(super) const CLUSTER: &str = "SHOW GLOBAL STATUS WHERE Variable_name = 'wsrep_cluster_state_uuid'";

/// All databases that the user can see, without the server's own.
pub(super) const SCHEMAS: &str = "\
    SELECT SCHEMA_NAME FROM information_schema.SCHEMATA \
    WHERE SCHEMA_NAME NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY SCHEMA_NAME";

/// Whether one of these sentences lets the user read every table of a database. To whom a table is closed, it is not there.
pub(super) fn may_read_all(grants: &[[String; 1]], database: &str) -> bool {
    may(grants, database, "SELECT")
}

/// Whether one of these sentences gives the user this right in all of a database.
pub(super) fn may(grants: &[[String; 1]], database: &str, wanted: &str) -> bool {
    grants.iter().any(|[grant]| {
        let parts = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON "));
        let Some((rights, rest)) = parts else { return false };
        let reads = rights.split(", ").any(|right| right == wanted || right == "ALL PRIVILEGES");
        let place = rest.split(" TO ").next().unwrap_or_default();
        let scope = place.strip_suffix(".*").map(|scope| scope.trim_matches(['`', '"']).replace("``", "`"));
        reads && scope.is_some_and(|scope| scope == "*" || is_like(database, &scope))
    })
}

/// Whether the user may read MariaDB's own table of procedures and functions.
pub(super) fn may_read_routines(grants: &[[String; 1]]) -> bool {
    let is =
        |[grant]: &[String; 1]| grant.starts_with("GRANT SELECT") && grant.contains(" ON `mysql`.`proc` TO ");
    grants.iter().any(is)
}

/// `LIKE`, as names of databases have it in grants.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => name.is_empty(),
        Some('%') => {
            let rest = letters.as_str();
            name.char_indices().any(|(at, _)| is_like(&name[at..], rest)) || is_like("", rest)
        }
        Some(first) => {
            let any = first == '_';
            let wanted = if first == '\\' { letters.next().unwrap_or(first) } else { first };
            let mut own = name.chars();
            own.next().is_some_and(|letter| any || letter == wanted)
                && is_like(own.as_str(), letters.as_str())
        }
    }
}

/// What the catalogue says of a table.
#[derive(Default)]
pub(super) struct TableFacts {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) is_view: bool,
    pub(super) columns: Vec<String>,
    /// The columns of the primary key, in its order.
    pub(super) key: Vec<String>,
}

impl TableFacts {
    /// A column by its name, which has no case here.
    pub(super) fn column(&self, name: &str) -> Option<&str> {
        let exact = self.columns.iter().find(|column| *column == name);
        let similar = || self.columns.iter().find(|column| column.eq_ignore_ascii_case(name));
        exact.or_else(similar).map(String::as_str)
    }
}

/// The question for the rows of a table, in the order of its primary key, or as they lie.
pub(super) fn rows(facts: &TableFacts, columns: &[&str]) -> String {
    // A row without columns is a row all the same.
    let list = |names: &[String]| names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
    let columns: Vec<String> = columns.iter().map(|column| quote(column)).collect();
    let columns = if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
    let order = if !facts.key.is_empty() {
        format!(" ORDER BY {}", list(&facts.key))
    } else if facts.is_view {
        String::new()
    } else {
        // Else an index that holds all these columns would give its order.
        " USE INDEX ()".to_owned()
    };
    format!("SELECT {columns} FROM {}.{}{order}", quote(&facts.schema), quote(&facts.name))
}

/// A value as the server prints it. What does not look like its kind stays text.
pub(super) fn cell(column: Column, value: &[u8]) -> Cell {
    let shown = || std::str::from_utf8(value).ok();
    let cell = match column.kind {
        // TINYINT, SMALLINT, INT, BIGINT, MEDIUMINT, YEAR. An unsigned BIGINT may be too large.
        1 | 2 | 3 | 8 | 9 | 13 => shown().and_then(|shown| shown.parse().ok()).map(Cell::Integer),
        // FLOAT, DOUBLE.
        4 | 5 => shown().and_then(|shown| shown.parse().ok()).map(Cell::Real),
        // BIT: the number itself, its highest byte first.
        16 if value.len() <= 8 => {
            let number = value.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
            i64::try_from(number).ok().map(Cell::Integer)
        }
        // VARCHAR, the BLOBs and TEXTs, VAR_STRING, STRING: which of them are bytes their character set says.
        15 | 249..=254 if column.binary => Some(Cell::Blob(value.to_vec())),
        // GEOMETRY.
        16 | 255 => Some(Cell::Blob(value.to_vec())),
        _ => None,
    };
    cell.unwrap_or_else(|| Cell::Text(value.to_vec()))
}

/// `MariaDB 10.11.19` of `10.11.19-MariaDB-0+deb12u1`, `MySQL 8.0.36` of `8.0.36-28`.
pub(super) fn engine(version: &str) -> String {
    // MariaDB 10 has told old clients since its beginning that it is 5.5.5.
    let version = version.strip_prefix("5.5.5-").unwrap_or(version);
    let name = match Family::of(version) {
        Family::MariaDb => "MariaDB",
        Family::MySql => "MySQL",
    };
    let end = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    format!("{name} {}", &version[..end.unwrap_or(version.len())])
}

/// A name.
pub(crate) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text, as its bytes: it means the same in whatever mode the server reads.
fn literal(text: &str) -> String {
    let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("_utf8mb4 X'{digits}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_the_server_prints_them() {
        let text = |text: &str| Cell::Text(text.into());
        for (kind, binary, shown, cell_expected) in [
            (8, true, "-9223372036854775808", Cell::Integer(i64::MIN)),
            (8, true, "18446744073709551615", text("18446744073709551615")),
            (1, true, "1", Cell::Integer(1)),
            (16, true, "\u{1}", Cell::Integer(1)),
            (16, true, "\u{1}\u{2}", Cell::Integer(0x102)),
            (5, true, "-1e100", Cell::Real(-1e100)),
            (246, true, "1.50", text("1.50")),
            (253, true, "\u{0}x", Cell::Blob(b"\0x".to_vec())),
            (253, false, "t", text("t")),
            (12, true, "2026-01-02 03:04:05.678000", text("2026-01-02 03:04:05.678000")),
            (245, true, "{}", text("{}")),
        ] {
            assert_eq!(cell(Column { kind, binary }, shown.as_bytes()), cell_expected, "{kind} {shown:?}");
        }
    }

    #[test]
    fn engines_are_named() {
        for (version, named) in [
            ("5.5.5-10.3.39-MariaDB", "MariaDB 10.3.39"),
            ("10.11.19-MariaDB-0+deb12u1", "MariaDB 10.11.19"),
            ("8.0.36-28", "MySQL 8.0.36"),
            ("9.1.0", "MySQL 9.1.0"),
            ("", "MySQL "),
        ] {
            assert_eq!(engine(version), named);
        }
    }

    #[test]
    fn limits_are_whole_seconds_where_they_must_be_and_never_nought() {
        let limits = limits(Family::MariaDb, Duration::from_millis(40));
        assert_eq!(limits[0], "max_statement_time = 0.040");
        assert_eq!(limits[1], "lock_wait_timeout = 1");
        let limits = super::limits(Family::MySql, Duration::from_millis(3_400));
        assert_eq!(limits[0], "max_execution_time = 3400");
        assert_eq!(limits[1], "lock_wait_timeout = 2");
    }

    #[test]
    fn grants_say_who_sees_all_tables() {
        let all =
            |grant: &str| may_read_all(&[["GRANT USAGE ON *.* TO `a`@`%`".into()], [grant.into()]], "a_b");
        for grant in [
            "GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION",
            "GRANT INSERT, SELECT ON `a\\_b`.* TO `a`@`%`",
            "GRANT SELECT ON `a%`.* TO `a`@`%`",
            "GRANT SELECT ON `a_b`.* TO `a`@`%`",
        ] {
            assert!(all(grant), "{grant}");
        }
        for grant in [
            "GRANT INSERT ON *.* TO `a`@`%`",
            "GRANT SELECT ON `a_b`.`t` TO `a`@`%`",
            "GRANT SELECT (x) ON `a_b`.* TO `a`@`%`",
            "GRANT SELECT ON `a\\_`.* TO `a`@`%`",
            "GRANT `role` TO `a`@`%`",
            "",
        ] {
            assert!(!all(grant), "{grant}");
        }
    }

    #[test]
    fn names_and_texts_are_quoted() {
        assert_eq!(quote("a`b"), "`a``b`");
        assert_eq!(literal("a'\\"), "_utf8mb4 X'61275c'");
    }
}
