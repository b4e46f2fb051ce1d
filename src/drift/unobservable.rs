//! Migrations that leave nothing in a schema: whether they ran, only the ledger tells.

use super::{History, Step, first_word};
use crate::db::{my_statements, pg_statements, sqlite_statements};
use crate::model::Dialect;

/// First words of statements that change rows, or the session, and no schema.
const OF_DATA: [&str; 25] = [
    "abort",
    "analyze",
    "begin",
    "commit",
    "copy",
    "delete",
    "end",
    "insert",
    "lock",
    "merge",
    "notify",
    "optimize",
    "pragma",
    "refresh",
    "release",
    "replace",
    "reset",
    "rollback",
    "savepoint",
    "set",
    "start",
    "truncate",
    "unlock",
    "update",
    "vacuum",
];

/// The recorded migrations that change data alone, by their text: what they call may do more, and then they are not among them.
pub fn unobservable(history: &History, dialect: Dialect) -> Vec<(usize, String)> {
    let all = history.recorded.iter().filter(|step| changes_data_alone(step, dialect));
    all.map(|step| step.migration.clone()).collect()
}

fn changes_data_alone(step: &Step, dialect: Dialect) -> bool {
    let Some(script) = &step.script else { return false };
    let statements = match dialect {
        Dialect::Sqlite => sqlite_statements(&script.text),
        Dialect::MySql => my_statements(&script.text),
        Dialect::Postgres => {
            let found = pg_statements(&script.text);
            if found.foreign.is_some() {
                return false;
            }
            found.all
        }
    };
    statements.iter().all(|(_, statement)| OF_DATA.contains(&first_word(statement).as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Script;

    #[test]
    fn data_alone_leaves_nothing_and_what_is_called_may_do_anything() {
        let is = |text: &str, dialect: Dialect| {
            let script = Some(Script { text: text.to_owned(), line: 1, transaction: true });
            let step = Step { migration: (0, "1".to_owned()), script, old: Vec::new() };
            changes_data_alone(&step, dialect)
        };
        for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::MySql] {
            assert!(is(
                "-- CREATE TABLE t\nINSERT INTO t VALUES ('; CREATE TABLE u');\nupdate t set x = 1",
                dialect
            ));
            assert!(is("BEGIN; DELETE FROM t; COMMIT;", dialect));
            assert!(is("-- nothing", dialect));
            assert!(!is("UPDATE t SET x = 1; ALTER TABLE t ADD y int", dialect));
            assert!(!is("SELECT make_tables()", dialect));
            assert!(!is("INSERTED", dialect));
        }
        assert!(!is("DO $$ BEGIN UPDATE t SET x = 1; END $$", Dialect::Postgres));
        assert!(is("COPY t FROM stdin;\nCREATE TABLE u (x int);\n\\.\n", Dialect::Postgres));
        assert!(!is("\\i other.sql", Dialect::Postgres));
        assert!(!is("CALL p()", Dialect::MySql));
    }
}
