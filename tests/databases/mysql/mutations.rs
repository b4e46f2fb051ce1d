//! Histories on MariaDB with one thing done otherwise than the ledger says.

use migguard::model::{Dialect, ObjectId};

use super::super::mutations::{Plain, Score, Second, Texts, of_folder};

struct MariaDb;

impl Plain for MariaDb {
    const DIALECT: Dialect = Dialect::MySql;

    fn by_hand(id: &ObjectId, sort: usize) -> Option<String> {
        let (table, name) = (format!("`{}`", id.root), format!("`{}`", id.name));
        Some(match (id.kind, sort) {
            ("table", 0) => format!("DROP TABLE {table}"),
            ("table", 1) => format!("ALTER TABLE {table} ADD by_hand INT"),
            ("table", _) => format!("ALTER TABLE {table} COMMENT 'by hand'"),
            ("column", 0) => format!("ALTER TABLE {table} DROP {name}"),
            ("column", 1) => format!("ALTER TABLE {table} RENAME COLUMN {name} TO by_hand"),
            ("column", _) => format!("CREATE INDEX by_hand ON {table} ({name})"),
            ("index" | "unique index", 0 | 1) => format!("DROP INDEX {name} ON {table}"),
            ("index" | "unique index", _) => format!("ALTER TABLE {table} RENAME INDEX {name} TO by_hand"),
            ("check" | "foreign key", _) => format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
            ("trigger", _) => format!("DROP TRIGGER {name}"),
            ("partition", _) => format!("ALTER TABLE {table} DROP PARTITION {name}"),
            (kind @ ("view" | "procedure" | "function" | "event"), _) => {
                format!("DROP {} {table}", kind.to_uppercase())
            }
            _ => return None,
        })
    }
}

/// A history with what these servers have, and short: each replay takes its time.
fn made_up() -> Texts {
    let texts = [
        "CREATE TABLE a (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) NOT NULL);\nCREATE INDEX by_name ON a (name);",
        "CREATE TABLE b (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a (id));",
        "ALTER TABLE a ADD mail TEXT, ADD doc JSON;\nALTER TABLE a ADD born DATE;",
        "INSERT INTO a (name) VALUES ('x');",
        "CREATE VIEW v AS SELECT id, upper(name) AS big FROM a;\nCREATE VIEW w AS SELECT 1 AS one;",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET new.mail = 'x'; SET new.born = NULL; END;\nCREATE PROCEDURE p() SELECT 1;",
        "ALTER TABLE a ADD CONSTRAINT kinds CHECK (name <> 'z'), MODIFY mail VARCHAR(100);",
        "ALTER TABLE b ADD CONSTRAINT once UNIQUE (a);\nALTER TABLE b COMMENT 'why';",
        "DROP VIEW w;\nCREATE TABLE c (id INT, y INT) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (10));",
        "ALTER TABLE c ADD PARTITION (PARTITION p1 VALUES LESS THAN (20));",
        "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a + 1;\nCREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM b;",
        "ALTER TABLE b ADD more INT;\nALTER TABLE c COMMENT 'x';",
    ];
    Texts::made_up(texts.map(str::to_owned).to_vec())
}

#[test]
fn what_was_done_otherwise_is_told() {
    let score = Score::of::<Second<MariaDb>>(&made_up(), 12, false);
    score.holds(30);
}

#[test]
#[ignore = "reads the folder that GUARD_REPLAY names"]
fn of_yours() {
    of_folder::<Second<MariaDb>>(&[false]);
}
