//! The schema of a MySQL or MariaDB database: `information_schema`, one question a kind, and what the server prints of each table,
//! since who may only read is told of keys and constraints nowhere else.
//!
//! The questions are in `schema.sql`. Above each stand its kinds and attributes; its rows begin with kind, root and name.
//! Which numbers a table gives next, when an event began and events that run once are no part of it.
//! What a right is missing for is marked as not examined.

use std::collections::BTreeMap;

use super::wire::{Reader, WireError};
use super::{Broken, MySql, sql};
use crate::db::{DbError, Surroundings};
use crate::model::{CIRCUMSTANCES, NOT_EXAMINED, Object, ObjectId, Schema};

const QUESTIONS: &str = include_str!("schema.sql");

/// Somebody has dropped it meanwhile, or it is a broken view.
const GONE: [u16; 3] = [1051, 1146, 1356];

/// What a server may be set to that decides what statements make.
const SETTINGS: &str = "\
    'sql_mode', 'old_mode', 'character_set_server', 'collation_server', 'lower_case_table_names', 'explicit_defaults_for_timestamp', \
    'default_storage_engine', 'time_zone', 'system_time_zone', 'innodb_strict_mode', 'innodb_default_row_format', \
    'character_set_collations', 'default_collation_for_utf8mb4', 'sql_generate_invisible_primary_key', 'div_precision_increment'";

/// Engines with MySQL's protocol, as their versions name them.
const OTHERS: [&str; 4] = ["TiDB", "Vitess", "OceanBase", "SingleStore"];

/// Types whose width says only how wide they are shown.
const SHOWN_WIDE: [&str; 6] = ["tinyint", "smallint", "mediumint", "int", "bigint", "year"];

/// A question, with what its rows are.
struct Question {
    kinds: Vec<&'static str>,
    attributes: Vec<&'static str>,
    sql: String,
}

/// All questions for a server of this family.
fn questions(family: sql::Family) -> Vec<Question> {
    let other = match family {
        sql::Family::MariaDb => " -- mysql",
        sql::Family::MySql => " -- mariadb",
    };
    let question = |text: &'static str| {
        let (head, body) = text.strip_prefix("--- ")?.split_once('\n')?;
        let (kinds, attributes) = head.split_once(": ")?;
        let lines = body.split('\n').filter(|line| !line.ends_with(other));
        let line = |line: &str| line.rsplit_once(" -- ").map_or(line, |(line, _)| line).to_owned();
        let sql = lines.map(line).collect::<Vec<_>>().join("\n");
        let sql = sql.trim_end().trim_end_matches(';').to_owned();
        let (kinds, attributes) = (kinds.split('|').collect(), attributes.split(", ").collect());
        Some(Question { kinds, attributes, sql })
    };
    QUESTIONS.split("\n\n").filter_map(question).filter(|question| !question.sql.is_empty()).collect()
}

impl MySql {
    /// Reads all of it. What `grants` say decides what an empty answer means.
    pub(super) fn read_schema(&mut self) -> Result<Schema, DbError> {
        if let Some(other) = self.other_engine()? {
            let what = format!(
                "{other} speaks as MySQL does, and is another engine: guard cannot read its schema yet"
            );
            return Err(DbError::Failed(what));
        }
        let grants = self.grants()?;
        if !sql::may_read_all(&grants, &self.database) {
            let what = "the user may not read all tables of the database, and what is closed looks as if it were not there: \
                        GRANT SELECT, SHOW VIEW, TRIGGER, EVENT on all of it";
            return Err(DbError::Denied(what.to_owned()));
        }
        let mut schema = Schema::default();
        for question in questions(self.family()) {
            self.ask(&question.sql, "a table", |_, row| add(&mut schema, &question, row))?;
        }
        let names = |kind: &str| -> Vec<String> {
            schema.0.keys().filter(|id| id.kind == kind).map(|id| id.root.clone()).collect()
        };
        let (tables, sequences) = (names("table"), names("sequence"));
        // The columns of views and sequences follow from what these are.
        schema.0.retain(|id, _| id.kind != "column" || tables.binary_search(&id.root).is_ok());
        for table in tables {
            match self.printed("TABLE", &table)? {
                Some(text) => add_lines(&mut schema, &table, &text),
                None => schema.0.retain(|id, _| id.root != table),
            }
        }
        for name in sequences {
            let text = self.printed("SEQUENCE", &name)?.unwrap_or_default();
            let definition = text.split_once("` ").map_or("", |(_, behind)| behind).to_owned();
            let object = Object(vec![("definition", definition)]);
            schema.0.insert(ObjectId::root("sequence", "", &name), object);
        }
        self.mark(&mut schema, &grants);
        Ok(schema)
    }

    /// What the user may do. MySQL tells of the rights of a role only if it is named.
    fn grants(&mut self) -> Result<Vec<[String; 1]>, DbError> {
        let grants = self.texts::<1>(sql::GRANTS)?;
        let role = |[grant]: &[String; 1]| {
            let (roles, _) = grant.strip_prefix("GRANT ")?.split_once(" TO ")?;
            (!roles.contains(" ON ")).then(|| roles.to_owned())
        };
        let roles: Vec<String> = grants.iter().filter_map(role).collect();
        if roles.is_empty() || self.family() == sql::Family::MariaDb {
            return Ok(grants);
        }
        self.texts::<1>(&format!("SHOW GRANTS FOR CURRENT_USER() USING {}", roles.join(", ")))
    }

    /// What says that it is MySQL so that clients of MySQL talk to it.
    fn other_engine(&mut self) -> Result<Option<&'static str>, DbError> {
        let version = self.texts::<1>("SELECT VERSION()")?.pop().map(|[version]| version.to_lowercase());
        let is = |name: &&str| version.as_ref().is_some_and(|version| version.contains(&name.to_lowercase()));
        Ok(OTHERS.into_iter().find(is))
    }

    /// What the server prints of it, unless it is gone.
    fn printed(&mut self, kind: &str, name: &str) -> Result<Option<String>, DbError> {
        let mut found = None;
        let outcome = self.converse(&format!("SHOW CREATE {kind} {}", sql::quote(name)), |_, row| {
            let mut reader = Reader(row);
            reader.value()?;
            found = reader.value()?.map(|text| String::from_utf8_lossy(text).into_owned());
            Ok(())
        });
        match outcome {
            Ok(()) => Ok(found),
            Err(Broken::Wire(WireError::Said(said))) if GONE.contains(&said.code) => Ok(None),
            Err(other) => Err(self.explain(other, &format!("the table {name}"))),
        }
    }

    /// Marks what the user has no right to see.
    fn mark(&self, schema: &mut Schema, grants: &[[String; 1]]) {
        let may = |rights: &[&str]| rights.iter().any(|right| sql::may(grants, &self.database, right));
        let mut unseen: Vec<(&str, &str)> = Vec::new();
        if !may(&["TRIGGER"]) {
            unseen.extend([("trigger", ""), ("trigger order", "")]);
        }
        if !may(&["EVENT"]) {
            unseen.push(("event", ""));
        }
        let code = ["EXECUTE", "ALTER ROUTINE", "CREATE ROUTINE", "SHOW CREATE ROUTINE", "SHOW_ROUTINE"];
        if !may(&code) && !sql::may(grants, "mysql", "SELECT") && !sql::may_read_routines(grants) {
            unseen.extend(
                [
                    "procedure",
                    "procedure parameter",
                    "function",
                    "function parameter",
                    "package",
                    "package body",
                ]
                .map(|kind| (kind, "")),
            );
        }
        for (kind, attribute) in [
            ("view", "definition"),
            ("procedure", "body"),
            ("function", "body"),
            ("package", "body"),
            ("package body", "body"),
        ] {
            let mut own = schema.0.iter().filter(|(id, _)| id.kind == kind);
            if own.any(|(_, object)| object.get(attribute).is_none_or(str::is_empty)) {
                unseen.push((kind, attribute));
            }
        }
        let mark =
            |(kind, attribute)| (ObjectId::below(NOT_EXAMINED, "", kind, attribute), Object::default());
        schema.0.extend(unseen.into_iter().map(mark));
    }

    pub(super) fn read_surroundings(&mut self) -> Result<Surroundings, DbError> {
        let version = self.texts::<1>("SELECT VERSION()")?;
        let engine = version.first().map(|[version]| sql::engine(version)).unwrap_or_default();
        let question = format!("SHOW GLOBAL VARIABLES WHERE Variable_name IN ({SETTINGS})");
        let mut settings: BTreeMap<String, String> =
            self.texts::<2>(&question)?.into_iter().map(|[name, value]| (name, value)).collect();
        let own = "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA \
                   WHERE SCHEMA_NAME = DATABASE()";
        if let Some([set, collation]) = self.texts::<2>(own)?.into_iter().next() {
            settings.insert("character_set_database".to_owned(), set);
            settings.insert("collation_database".to_owned(), collation);
        }
        Ok(Surroundings { engine, database: Some(self.database.clone()), settings })
    }
}

/// A row of an answer.
fn add(schema: &mut Schema, question: &Question, row: &[u8]) -> Result<(), WireError> {
    let mut reader = Reader(row);
    let mut value =
        || Ok::<_, WireError>(reader.value()?.map(|text| String::from_utf8_lossy(text).into_owned()));
    let (said, root, name) =
        (value()?.unwrap_or_default(), value()?.unwrap_or_default(), value()?.unwrap_or_default());
    let Some(kind) = question.kinds.iter().copied().find(|kind| *kind == said) else { return Ok(()) };
    let mut object = Object::default();
    for attribute in question.attributes.iter().copied() {
        let Some(text) = value()? else { continue };
        if CIRCUMSTANCES.contains(&attribute) {
            let name = if name.is_empty() { kind } else { &name };
            schema.0.insert(ObjectId::below(attribute, "", &root, name), Object(vec![("is", modern(text))]));
        } else {
            let text = match attribute {
                "type" | "returns" => without_width(&text),
                "collation" | "character set" => modern(text),
                _ => text,
            };
            object.0.push((attribute, text));
        }
    }
    if kind == "partitioning" {
        let table = schema.0.entry(ObjectId::root("table", "", &root)).or_default();
        table.0.extend(object.0);
        return Ok(());
    }
    schema.0.insert(ObjectId::below(kind, "", &root, &name), object);
    Ok(())
}

/// The character set `utf8` has been called `utf8mb3` since MariaDB 10.6 and MySQL 8.0.28.
fn modern(name: String) -> String {
    match name.strip_prefix("utf8") {
        Some(rest) if rest.is_empty() || rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name,
    }
}

/// `int` of `int(11)`; `tinyint(1)` is how truth values are written.
fn without_width(name: &str) -> String {
    let parts = name.split_once('(').and_then(|(word, rest)| Some((word, rest.split_once(')')?)));
    match parts {
        Some((word, (_, rest)))
            if SHOWN_WIDE.contains(&word)
                && !name.starts_with("tinyint(1)")
                && !rest.contains("zerofill") =>
        {
            format!("{word}{rest}")
        }
        _ => name.to_owned(),
    }
}

/// What the server prints of a table has a line for each column, key and constraint.
fn add_lines(schema: &mut Schema, table: &str, text: &str) {
    for line in text.split('\n').filter_map(|line| line.strip_prefix("  ")) {
        let line = line.strip_suffix(',').unwrap_or(line);
        if line.starts_with('`') {
            add_check(schema, table, line);
            continue;
        }
        let (words, rest) = line.split_at(line.find(['`', '(']).unwrap_or(line.len()));
        let (mut name, rest) = if rest.starts_with('`') { unquote(rest) } else { (String::new(), rest) };
        let rest = rest.trim();
        let (kind, said, definition) = match words.trim() {
            "PRIMARY KEY" => {
                "PRIMARY".clone_into(&mut name);
                ("primary key", None, rest.to_owned())
            }
            "CONSTRAINT" => match rest.strip_prefix("CHECK ") {
                Some(check) => ("check", None, check.to_owned()),
                None => ("foreign key", None, without_restrict(rest)),
            },
            "KEY" => ("index", None, rest.to_owned()),
            "PERIOD FOR SYSTEM_TIME" => ("period", Some("system time"), rest.to_owned()),
            "PERIOD FOR" => ("period", None, rest.to_owned()),
            words => {
                let kinds = ["unique", "fulltext", "spatial", "vector"];
                let is =
                    |kind: &&str| words.to_lowercase().strip_suffix(" key").is_some_and(|word| word == *kind);
                let Some(said) = kinds.into_iter().find(is) else { continue };
                ("index", Some(said), rest.to_owned())
            }
        };
        let said = said.map(|said| ("kind", said.to_owned()));
        let object = Object(said.into_iter().chain([("definition", definition)]).collect());
        schema.0.insert(ObjectId::below(kind, "", table, &name), object);
    }
}

/// The check of a column stands at the end of its line. MariaDB's JSON is a text with such a check.
fn add_check(schema: &mut Schema, table: &str, line: &str) {
    let Some((before, check)) = line.rsplit_once(" CHECK ").filter(|_| line.ends_with(')')) else { return };
    // Not one in a comment or a default.
    if !check.starts_with('(') || before.matches('\'').count() % 2 == 1 {
        return;
    }
    let (name, _) = unquote(line);
    let Some(column) = schema.0.get_mut(&ObjectId::below("column", "", table, &name)) else { return };
    if check == format!("(json_valid({}))", sql::quote(&name)) && column.get("type") == Some("longtext") {
        if let Some((_, kind)) = column.0.iter_mut().find(|(attribute, _)| *attribute == "type") {
            "json".clone_into(kind);
        }
    } else {
        column.0.push(("check", check.to_owned()));
    }
}

/// A name in backticks, and what follows it.
fn unquote(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut rest = text.strip_prefix('`').unwrap_or(text);
    while let Some((before, behind)) = rest.split_once('`') {
        name.push_str(before);
        rest = behind;
        match rest.strip_prefix('`') {
            Some(more) => {
                name.push('`');
                rest = more;
            }
            None => break,
        }
    }
    (name, rest)
}

/// What happens anyway need not be said, and these servers say it or not, by their version.
fn without_restrict(definition: &str) -> String {
    let mut definition = definition.to_owned();
    for of in ["DELETE", "UPDATE"] {
        for what in ["RESTRICT", "NO ACTION"] {
            definition = definition.replace(&format!(" ON {of} {what}"), "");
        }
    }
    definition
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_family_is_asked_what_it_knows() {
        for (family, count, not) in
            [(sql::Family::MariaDb, 12, "SRS_ID"), (sql::Family::MySql, 11, "ALGORITHM")]
        {
            let questions = questions(family);
            assert_eq!(questions.len(), count);
            assert!(!questions.iter().any(|one| one.sql.contains(not) || one.sql.contains("--")));
            // Kind, root and name stand before the attributes.
            assert!(questions.iter().all(|one| one.attributes.len() < 20 && !one.kinds.is_empty()));
        }
    }

    #[test]
    fn widths_that_nobody_sees_are_left_out() {
        for (name, short) in [
            ("int(11)", "int"),
            ("bigint(20) unsigned", "bigint unsigned"),
            ("tinyint(4)", "tinyint"),
            ("tinyint(1)", "tinyint(1)"),
            ("int(5) unsigned zerofill", "int(5) unsigned zerofill"),
            ("varchar(20)", "varchar(20)"),
            ("enum('int(11)')", "enum('int(11)')"),
            ("int(", "int("),
        ] {
            assert_eq!(without_width(name), short);
        }
    }

    #[test]
    fn lines_of_a_table_are_told_apart() {
        let mut schema = Schema::default();
        for name in ["a", "b", "j"] {
            let object = Object(vec![("type", "longtext".to_owned())]);
            schema.0.insert(ObjectId::below("column", "", "t", name), object);
        }
        let text = "CREATE TABLE `t` (\n  `a` int(11) DEFAULT 5 COMMENT 'no CHECK (x)',\n  `b` int(11) DEFAULT NULL CHECK (`b` > 0),\n  \
                    `j` longtext DEFAULT NULL CHECK (json_valid(`j`)),\n  PRIMARY KEY (`a`,`b`) USING BTREE,\n  UNIQUE KEY `u``k` (`b`(5)),\n  \
                    KEY `k` (`a` DESC) COMMENT 'x',\n  FULLTEXT KEY `f` (`j`),\n  \
                    CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `o` (`id`) ON DELETE NO ACTION ON UPDATE CASCADE,\n  \
                    CONSTRAINT `d` CHECK (`a` > 0)\n) ENGINE=InnoDB AUTO_INCREMENT=7";
        add_lines(&mut schema, "t", text);
        let said: Vec<String> = schema
            .0
            .iter()
            .map(|(id, object)| {
                format!("{id}: {}", object.0.iter().map(|(_, text)| &**text).collect::<Vec<_>>().join("|"))
            })
            .collect();
        assert_eq!(
            said,
            [
                "primary key t.PRIMARY: (`a`,`b`) USING BTREE",
                "column t.a: longtext",
                "column t.b: longtext|(`b` > 0)",
                "foreign key t.c: FOREIGN KEY (`a`) REFERENCES `o` (`id`) ON UPDATE CASCADE",
                "check t.d: (`a` > 0)",
                "index t.f: fulltext|(`j`)",
                "column t.j: json",
                "index t.k: (`a` DESC) COMMENT 'x'",
                "index t.u`k: unique|(`b`(5))",
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "([`'(),\n a]|  |KEY |CONSTRAINT |CHECK |UNIQUE ){0,40}", name in ".{0,12}") {
            add_lines(&mut Schema::default(), "t", &text);
            let _ = without_width(&name);
            let _ = modern(name);
        }
    }
}
