//! Statements to paste, in the SQL of the database that is meant.
//!
//! A tool's file has each statement once, as SQLite reads it: `"Name"` is a name, `x'00'` are bytes. The other databases
//! differ in these two, and in which names must be quoted.

use std::borrow::Cow;

use crate::model::{Dialect, RepoPath, TableName};

/// Names that are plain and that no database takes for a table all the same.
const RESERVED: [&str; 14] = [
    "check",
    "column",
    "default",
    "from",
    "group",
    "index",
    "key",
    "order",
    "references",
    "select",
    "table",
    "to",
    "user",
    "where",
];

/// A tool's template in the words of the database. What is no statement stays as it is.
pub(in crate::rules) fn in_dialect(template: &str, dialect: Dialect) -> Cow<'_, str> {
    match dialect {
        Dialect::Postgres if is_statement(template) => {
            template.replace("x'{checksum}'", "'\\x{checksum}'").into()
        }
        Dialect::MySql if is_statement(template) => template.replace('"', "`").into(),
        _ => template.into(),
    }
}

/// A value as it stands between the quotes of a template, where the quotes themselves are doubled later.
pub(in crate::rules) fn value<'a>(template: &str, text: &'a str, dialect: Dialect) -> Cow<'a, str> {
    if dialect == Dialect::MySql && is_statement(template) {
        text.replace('\\', "\\\\").into()
    } else {
        text.into()
    }
}

/// Whether a template is SQL, and no command of a shell.
fn is_statement(template: &str) -> bool {
    let word = template.split(' ').next().unwrap_or_default();
    ["INSERT", "UPDATE", "DELETE"].iter().any(|statement| word.eq_ignore_ascii_case(statement))
}

/// The name of a table, with quotes where it needs them.
pub(in crate::rules) fn table(table: &TableName, dialect: Dialect) -> String {
    let name = |name: &str| {
        // Nobody can paste a control character.
        let name = RepoPath::from(name).to_string();
        if is_plain(&name, dialect) {
            return name;
        }
        match dialect {
            Dialect::MySql => format!("`{}`", name.replace('`', "``")),
            Dialect::Sqlite | Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    };
    let schema = table.schema.as_deref().map(|schema| name(schema) + ".").unwrap_or_default();
    schema + &name(&table.name)
}

/// Whether the database reads the name as it is, without quotes.
fn is_plain(name: &str, dialect: Dialect) -> bool {
    let letter = |byte: u8| match dialect {
        // It folds capitals to small letters.
        Dialect::Postgres => byte.is_ascii_lowercase() || byte == b'_',
        Dialect::Sqlite | Dialect::MySql => byte.is_ascii_alphabetic() || byte == b'_',
    };
    name.bytes().next().is_some_and(letter)
        && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
        && !RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// Text between the double quotes of a shell's word.
pub(in crate::rules) fn within_quotes(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '"' | '$' | '`' | '\\') {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fill;

    const ALL: [Dialect; 3] = [Dialect::Sqlite, Dialect::Postgres, Dialect::MySql];

    #[test]
    fn names_are_quoted_where_they_need_it() {
        let named = |name: &str| ALL.map(|dialect| table(&TableName::plain(name), dialect));
        assert_eq!(named("_sqlx_migrations"), ["_sqlx_migrations"; 3]);
        assert_eq!(named("SequelizeMeta"), ["SequelizeMeta", "\"SequelizeMeta\"", "SequelizeMeta"]);
        assert_eq!(named("order"), ["\"order\"", "\"order\"", "`order`"]);
        assert_eq!(named("a\"b`c"), ["\"a\"\"b`c\"", "\"a\"\"b`c\"", "`a\"b``c`"]);
        assert_eq!(named("1x"), ["\"1x\"", "\"1x\"", "`1x`"]);
        let of = TableName { schema: Some("my app".to_owned()), name: "ledger".to_owned() };
        assert_eq!(
            ALL.map(|dialect| table(&of, dialect)),
            ["\"my app\".ledger", "\"my app\".ledger", "`my app`.ledger"]
        );
    }

    #[test]
    fn each_database_gets_its_own_words() {
        let template = "UPDATE {table} SET \"Sum\" = x'{checksum}' WHERE name = '{name}'";
        let said = ALL.map(|dialect| {
            let table = table(&TableName::plain("Ledger"), dialect);
            let name = value(template, "it's a\\b", dialect);
            let values = [("table", &*table), ("checksum", "00ff"), ("name", &*name)];
            fill(&in_dialect(template, dialect), &values)
        });
        assert_eq!(
            said,
            [
                "UPDATE Ledger SET \"Sum\" = x'00ff' WHERE name = 'it''s a\\b'",
                "UPDATE \"Ledger\" SET \"Sum\" = '\\x00ff' WHERE name = 'it''s a\\b'",
                "UPDATE Ledger SET `Sum` = x'00ff' WHERE name = 'it''s a\\\\b'",
            ]
        );
    }

    #[test]
    fn a_statement_within_a_command_keeps_the_shell_out() {
        let template = "d1 --command \"DELETE FROM {table} WHERE name = '{version}'\"";
        for dialect in ALL {
            assert_eq!(in_dialect(template, dialect), template);
        }
        let name = table(&TableName::plain("a\"b $HOME"), Dialect::Sqlite);
        let said = fill(template, &[("table", &name), ("version", "7")]);
        assert_eq!(said, "d1 --command \"DELETE FROM \\\"a\\\"\\\"b \\$HOME\\\" WHERE name = '7'\"");
    }
}
