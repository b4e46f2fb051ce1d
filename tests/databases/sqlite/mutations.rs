//! Histories on SQLite with one thing done otherwise than the ledger says.

use migguard::model::{Dialect, ObjectId};

use super::super::mutations::{Plain, Score, Second, Texts, of_folder};

struct Sqlite;

impl Plain for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn by_hand(id: &ObjectId, sort: usize) -> Option<String> {
        let (table, name) = (format!("\"{}\"", id.root), format!("\"{}\"", id.name));
        Some(match (id.kind, sort) {
            ("table", 0) => format!("DROP TABLE {table}"),
            ("table", 1) => format!("ALTER TABLE {table} ADD COLUMN by_hand INTEGER"),
            ("table", _) => format!("ALTER TABLE {table} RENAME TO by_hand"),
            ("column", 0) => format!("ALTER TABLE {table} DROP COLUMN {name}"),
            ("column", 1) => format!("ALTER TABLE {table} RENAME COLUMN {name} TO by_hand"),
            ("column", _) => format!("CREATE INDEX by_hand ON {table} ({name} DESC)"),
            ("index", _) => format!("DROP INDEX {name}"),
            ("view", _) => format!("DROP VIEW {table}"),
            ("trigger", _) => format!("DROP TRIGGER {name}"),
            _ => return None,
        })
    }
}

/// A history as they are: tables that grow, are indexed, made anew and dropped.
fn made_up() -> Texts {
    let mut texts: Vec<String> = Vec::new();
    for number in 0..12 {
        texts.push(format!(
            "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX t{number}_name ON t{number} (name);"
        ));
        texts.push(format!(
            "ALTER TABLE t{number} ADD COLUMN mail TEXT;\nALTER TABLE t{number} ADD COLUMN born DATE;"
        ));
        match number % 6 {
            0 => texts.push(format!("CREATE UNIQUE INDEX t{number}_mail ON t{number} (mail);")),
            1 => texts.push(format!("ALTER TABLE t{number} DROP COLUMN born;")),
            2 => texts.push(format!("CREATE VIEW v{number} AS SELECT id, mail FROM t{number};\nUPDATE t{number} SET name = 'a';")),
            3 => texts.push(format!("INSERT INTO t{number} (name) VALUES ('b');")),
            4 => texts.push(format!(
                "CREATE TABLE n{number} (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, born DATE);\n\
                 INSERT INTO n{number} SELECT * FROM t{number};\nDROP TABLE t{number};\nALTER TABLE n{number} RENAME TO t{number};"
            )),
            _ => texts.push(format!("ALTER TABLE t{number} RENAME COLUMN mail TO email;\nDROP INDEX t{number}_name;")),
        }
    }
    Texts::made_up(texts)
}

#[test]
fn what_was_done_otherwise_is_told() {
    let score = Score::of::<Second<Sqlite>>(&made_up(), 40, false);
    score.holds(120);
}

#[test]
#[ignore = "reads the folder that GUARD_REPLAY names"]
fn of_yours() {
    of_folder::<Second<Sqlite>>(&[false]);
}
