//! A tool's ledger made anew, as the tool makes it before its first migration: for migrations that read it or write to it.

use std::collections::BTreeMap;

use crate::model::{Dialect, TableName};

use super::Tool;

/// How a ledger is made, and written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeLedger {
    /// Statements that make it in an empty database.
    pub make: String,
    name: String,
    table: String,
    row: String,
}

impl Tool {
    /// How this ledger is made, where guard knows it.
    pub fn made_ledger(&self, table: &TableName, dialect: Dialect) -> Option<MadeLedger> {
        let database = match dialect {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
            Dialect::MySql => "mysql",
        };
        let columns =
            |make: &BTreeMap<String, String>| make.get(database).or_else(|| make.get("any")).cloned();
        let (layout, columns) =
            self.spec.ledger.iter().find_map(|layout| Some((layout, columns(&layout.make)?)))?;
        let quote = |name: &str| match dialect {
            Dialect::MySql => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        };
        let mut quoted = quote(&table.name);
        let mut make = String::new();
        // Where else it lies, there the whole schema lies: it is made where the session makes things.
        if let Some(schema) = layout.schema.as_deref().filter(|_| dialect == Dialect::Postgres) {
            make = format!("CREATE SCHEMA IF NOT EXISTS {}; ", quote(schema));
            quoted = format!("{}.{quoted}", quote(schema));
        }
        make.push_str(&format!("CREATE TABLE {quoted} ({columns})"));
        let row = layout.make.get("row").cloned().unwrap_or_default();
        Some(MadeLedger { make, name: table.name.to_lowercase(), table: quoted, row })
    }
}

impl MadeLedger {
    /// The statement that records a migration, of which there are so many with it.
    pub fn row(&self, version: &str, name: &str, number: usize) -> String {
        let row = self.row.replace("{table}", &self.table).replace("{number}", &number.to_string());
        row.replace("{version}", &version.replace('\'', "''")).replace("{name}", &name.replace('\'', "''"))
    }

    /// Whether a text names the ledger, and whether it makes a table of that name itself, which then must not be there.
    pub fn named_in(&self, text: &str) -> (bool, bool) {
        let text = text.to_lowercase();
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let (mut named, mut made) = (false, false);
        for (at, _) in text.match_indices(&self.name) {
            let (before, after) = (&text[..at], &text[at + self.name.len()..]);
            if before.ends_with(is_word) || after.starts_with(is_word) {
                continue;
            }
            named = true;
            let before = before.trim_end_matches(['"', '`']);
            let before = match before.strip_suffix('.') {
                Some(before) => {
                    before.trim_end_matches(|letter| is_word(letter) || matches!(letter, '"' | '`'))
                }
                None => before,
            };
            let mut words = before.split_whitespace().rev();
            made |= words.next() == Some("table") && words.next() == Some("create");
        }
        (named, made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(tool: &str, dialect: Dialect) -> MadeLedger {
        let tool = Tool::find(tool, &BTreeMap::new()).unwrap();
        let name = tool.spec().ledger[0].table.clone();
        tool.made_ledger(&TableName { schema: None, name }, dialect).unwrap()
    }

    #[test]
    fn a_ledger_is_made_where_it_lies() {
        let diesel = made("diesel", Dialect::MySql);
        assert!(diesel.make.starts_with("CREATE TABLE `__diesel_schema_migrations` (version "));
        assert_eq!(
            diesel.row("it's", "", 1),
            "INSERT INTO `__diesel_schema_migrations` (version) VALUES ('it''s')"
        );
        let supabase = made("supabase", Dialect::Postgres);
        assert!(supabase.make.starts_with(
            "CREATE SCHEMA IF NOT EXISTS \"supabase_migrations\"; CREATE TABLE \"supabase_migrations\"."
        ));
        let dbup = made("dbup", Dialect::Postgres);
        assert!(dbup.make.contains("schemaversionsid serial"), "{}", dbup.make);
    }

    #[test]
    fn a_text_that_names_the_ledger_is_known() {
        let ledger = made("dbmate", Dialect::Postgres);
        for (text, named) in [
            ("DELETE FROM schema_migrations WHERE version = '1'", (true, false)),
            ("select * from public.\"Schema_Migrations\"", (true, false)),
            ("CREATE TABLE old_schema_migrations (x int)", (false, false)),
            ("CREATE TABLE public.\"schema_migrations\" (version text)", (true, true)),
            ("create  table\nSCHEMA_MIGRATIONS (x int)", (true, true)),
            ("CREATE TABLE IF NOT EXISTS schema_migrations (x int)", (true, false)),
            ("é schema_migrations", (true, false)),
            ("", (false, false)),
        ] {
            assert_eq!(ledger.named_in(text), named, "{text}");
        }
    }

    #[test]
    fn what_is_said_of_making_is_for_databases_of_the_tool() {
        for (name, _) in super::super::BUILT_IN {
            let tool = Tool::find(name, &BTreeMap::new()).unwrap();
            let known =
                |key: &String| ["any", "row"].contains(&key.as_str()) || tool.spec().databases.contains(key);
            let layouts = || tool.spec().ledger.iter().filter(|layout| !layout.make.is_empty());
            assert!(
                layouts().all(|layout| layout.make.keys().all(known) && layout.make.contains_key("row")),
                "{name}"
            );
            let replayed = tool.spec().script.is_some() && *name != "rusqlite_migration";
            assert!(!replayed || layouts().count() > 0, "{name}");
        }
    }
}
