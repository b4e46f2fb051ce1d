//! A scratch database in which the tools' ledgers are, as the tools make them before their first migration, and have a row for each
//! migration that ran: some migrations read them, or write to them.

use std::collections::{BTreeMap, HashMap};

use super::{Scratch, Trouble};
use crate::db::DbError;
use crate::model::{Object, ObjectId, Schema, Script};

/// Ledgers, and what is written to them.
#[derive(Debug, Default)]
pub struct Ledgers {
    /// Statements that make them.
    pub make: Vec<String>,
    /// By the text of a migration: the statement that records it, and whether it names a ledger.
    pub rows: HashMap<String, (String, bool)>,
}

/// A scratch database with ledgers in it, from the first migration on; the very database where there are none.
pub fn with_ledgers(scratch: Box<dyn Scratch>, ledgers: Ledgers) -> Box<dyn Scratch> {
    if ledgers.make.is_empty() {
        return scratch;
    }
    Box::new(WithLedgers { scratch, ledgers, made: false, rows: Vec::new(), marked: Vec::new() })
}

struct WithLedgers {
    scratch: Box<dyn Scratch>,
    ledgers: Ledgers,
    made: bool,
    /// What is to be written before a migration looks.
    rows: Vec<String>,
    /// What was so at the mark.
    marked: Vec<String>,
}

impl WithLedgers {
    /// What guard itself wants to be there. Where it cannot be, the migration says so.
    fn order(&mut self, text: String) -> Result<(), DbError> {
        match self.scratch.run(&Script { text, line: 1, transaction: false }, usize::MAX) {
            Err(Trouble::Gone(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

impl Scratch for WithLedgers {
    fn name(&self) -> String {
        self.scratch.name()
    }

    fn clear(&mut self) -> Result<(), DbError> {
        self.made = false;
        self.rows.clear();
        self.scratch.clear()
    }

    fn mark(&mut self) -> Result<bool, DbError> {
        self.marked.clone_from(&self.rows);
        self.scratch.mark()
    }

    fn back(&mut self) -> Result<bool, DbError> {
        self.rows.clone_from(&self.marked);
        self.scratch.back()
    }

    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble> {
        let known = self.ledgers.rows.get(&script.text).cloned();
        if known.is_some() && !self.made {
            self.made = true;
            for text in self.ledgers.make.clone() {
                self.order(text)?;
            }
        }
        if known.as_ref().is_some_and(|(_, names)| *names) && !self.rows.is_empty() {
            let rows = std::mem::take(&mut self.rows).join(";\n");
            self.order(rows)?;
        }
        self.scratch.run(script, most)?;
        if let Some((row, _)) = known
            && (most == usize::MAX || most >= self.scratch.count(script))
        {
            self.rows.push(row);
        }
        Ok(())
    }

    fn count(&self, script: &Script) -> usize {
        self.scratch.count(script)
    }

    fn pieces(&self, script: &Script) -> Vec<Script> {
        self.scratch.pieces(script)
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        self.scratch.schema()
    }

    fn places(&self) -> Vec<(&'static str, String)> {
        self.scratch.places()
    }

    fn numbers(&mut self) -> Result<BTreeMap<ObjectId, u32>, DbError> {
        self.scratch.numbers()
    }

    fn printed(&mut self, objects: &[(ObjectId, Object)]) -> Result<Vec<Object>, DbError> {
        self.scratch.printed(objects)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::open;
    use super::*;
    use crate::model::Dialect;

    fn script(text: &str) -> Script {
        Script { text: text.to_owned(), line: 1, transaction: true }
    }

    #[test]
    fn a_migration_finds_the_ledger_and_the_rows_of_those_before_it() {
        let texts = [
            "CREATE TABLE a (x)",
            "CREATE TABLE b AS SELECT count(*) AS n FROM m WHERE v = 'one'",
            "CREATE TABLE c (x CHECK (x > 0)); INSERT INTO c SELECT count(*) - 1 FROM m",
        ];
        let rows = ["one", "two", "three"].map(|name| format!("INSERT INTO m VALUES ('{name}')"));
        let ledgers = || Ledgers {
            make: vec!["CREATE TABLE m (v)".to_owned()],
            rows: texts
                .iter()
                .zip(&rows)
                .map(|(text, row)| ((*text).to_owned(), (row.clone(), text.contains(" m"))))
                .collect(),
        };
        let open = || open(Dialect::Sqlite, Instant::now() + Duration::from_secs(20)).unwrap();
        assert!(open().run(&script(texts[1]), usize::MAX).is_err());
        let mut scratch = with_ledgers(open(), ledgers());
        for _ in 0..2 {
            for text in texts {
                scratch.run(&script(text), usize::MAX).unwrap_or_else(|trouble| panic!("{text}: {trouble}"));
            }
            assert!(scratch.schema().unwrap().0.keys().any(|id| id.root == "m"));
            scratch.clear().unwrap();
            assert!(scratch.schema().unwrap().0.is_empty());
        }
        // Half of a migration leaves no row, and what is no migration finds no ledger.
        let mut scratch = with_ledgers(open(), ledgers());
        assert!(scratch.run(&script("SELECT * FROM m"), usize::MAX).is_err());
        scratch.run(&script(texts[0]), 0).unwrap();
        assert!(scratch.run(&script(texts[2]), usize::MAX).is_err());
    }
}
