//! Histories on PostgreSQL with one thing done otherwise than the ledger says, by a tool that records in the migration's transaction.

use migguard::drift::{History, Recorded, Step, Witness};
use migguard::expected::Scratch;
use migguard::model::{ObjectId, Schema};

pub(super) use super::super::mutations::is_ledger;
use super::super::mutations::{Score, Stand, Texts, of_folder};
use super::*;
use crate::support::postgres::Admin;

pub(super) const LEDGER: &str =
    "CREATE TABLE ledger_of_tests (version text PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())";

/// Runs a migration and records it, in one transaction where that can be.
pub(super) fn apply(admin: &Admin, text: &str, version: &str, recorded: bool) -> bool {
    let row =
        format!(";\nINSERT INTO public.ledger_of_tests (version) VALUES ('{}')", version.replace('\'', "''"));
    let record = if recorded { row } else { String::new() };
    if admin.try_run(&format!("BEGIN;\n{text}\n{record};\nCOMMIT")) {
        return true;
    }
    let _ = admin.try_run("ROLLBACK");
    let statements = text.split_inclusive(';').all(|statement| admin.try_run(statement));
    statements && admin.try_run(record.trim_start_matches(';'))
}

pub(super) fn witness(live: &Postgres, history: &History) -> Option<Witness> {
    let mut database = live.open(AMPLE).unwrap();
    let mut rows = Vec::new();
    let ledger = TableName { schema: Some("public".to_owned()), name: "ledger_of_tests".to_owned() };
    let columns = ["version", "xmin", "at"].map(str::to_owned);
    database
        .rows(&ledger, &columns, &mut |cells| {
            let time = cells[2].to_string().split('.').next().unwrap().to_owned();
            rows.push((
                cells[0].to_string(),
                Recorded { transaction: cells[1].to_string().parse().unwrap(), time, later: false },
            ));
        })
        .unwrap();
    let row = |step: &Step| {
        rows.iter().find(|(version, _)| *version == step.migration.1).map(|(_, row)| row.clone())
    };
    let provenance = database.provenance().unwrap()?;
    Some(Witness { provenance, rows: history.recorded.iter().map(row).collect() })
}

/// A database with a ledger, which goes with it.
struct Live(Postgres);

impl Drop for Live {
    fn drop(&mut self) {
        let database = &self.0.database;
        self.0.server.admin("postgres").run(&format!("DROP DATABASE {database} WITH (FORCE)"));
    }
}

impl Stand for Live {
    fn scratch() -> Box<dyn Scratch> {
        replay::scratch()
    }

    fn fresh() -> Self {
        let live = Postgres::fresh();
        live.run(LEDGER);
        Self(live)
    }

    fn copy(&self) -> Option<Self> {
        let server = self.0.server;
        let database = server.create();
        let admin = server.admin("postgres");
        admin.run(&format!("DROP DATABASE {database}; "));
        admin.run(&format!("CREATE DATABASE {database} TEMPLATE {}", self.0.database));
        Some(Self(Postgres { server, database }))
    }

    fn apply(&self, text: &str, version: &str, recorded: bool) -> bool {
        apply(&self.0.server.admin(&self.0.database), text, version, recorded)
    }

    fn run(&self, text: &str) -> bool {
        self.0.server.admin(&self.0.database).try_run(text)
    }

    fn schema(&self) -> Schema {
        self.0.open(AMPLE).unwrap().schema().unwrap()
    }

    fn witness(&self, history: &History) -> Option<Witness> {
        witness(&self.0, history)
    }

    fn by_hand(id: &ObjectId, sort: usize) -> Option<String> {
        by_hand(id, sort)
    }
}

/// What somebody may do to this object by hand.
fn by_hand(id: &ObjectId, number: usize) -> Option<String> {
    let (table, name) = (format!("\"{}\".\"{}\"", id.schema, id.root), &id.name);
    Some(match (id.kind, number % 3) {
        ("table", 0) => format!("DROP TABLE {table}"),
        ("table", 1) => format!("ALTER TABLE {table} ADD by_hand integer"),
        ("table", _) => format!("ALTER TABLE {table} SET (fillfactor = 71)"),
        ("column", 0) => format!("ALTER TABLE {table} DROP \"{name}\""),
        ("column", 1) => format!("ALTER TABLE {table} ALTER \"{name}\" SET STATISTICS 77"),
        ("column", _) => format!("CREATE INDEX ON {table} (\"{name}\")"),
        ("index", 0 | 1) => format!("DROP INDEX \"{}\".\"{name}\"", id.schema),
        ("index", _) => format!("ALTER INDEX \"{}\".\"{name}\" RENAME TO by_hand", id.schema),
        ("view", _) => format!("DROP VIEW {table}"),
        ("trigger", 0) => format!("ALTER TABLE {table} DISABLE TRIGGER \"{name}\""),
        ("trigger", _) => format!("DROP TRIGGER \"{name}\" ON {table}"),
        ("check" | "foreign key" | "unique constraint" | "primary key", _) => {
            format!("ALTER TABLE {table} DROP CONSTRAINT \"{name}\"")
        }
        ("function", _) => format!("DROP FUNCTION \"{}\".{}", id.schema, id.root),
        ("enum", _) => format!("ALTER TYPE {table} ADD VALUE 'by hand'"),
        _ => return None,
    })
}

/// A history as they are: tables that grow, are indexed and constrained, are renamed and dropped.
fn made_up() -> Texts {
    let mut texts: Vec<String> = Vec::new();
    for number in 0..8 {
        let t = format!("t{number}");
        texts.push(format!(
            "CREATE TABLE {t} (id bigserial PRIMARY KEY, name text NOT NULL, at timestamptz);\nCREATE INDEX {t}_name ON {t} (name);"
        ));
        texts.push(format!("ALTER TABLE {t} ADD mail text;\nALTER TABLE {t} ADD born date;\nALTER TABLE {t} ALTER at SET DEFAULT now();"));
        texts.push(match number % 8 {
            0 => format!("CREATE UNIQUE INDEX {t}_mail ON {t} (mail);"),
            1 => format!("ALTER TABLE {t} DROP born;\nALTER TABLE {t} ADD CONSTRAINT {t}_long CHECK (length(name) > 1);"),
            2 => format!("CREATE VIEW v{number} AS SELECT id, mail FROM {t};\nUPDATE {t} SET name = 'a';"),
            3 => format!("INSERT INTO {t} (name) VALUES ('b');"),
            4 => format!(
                "CREATE TYPE kind{number} AS ENUM ('a', 'b');\nALTER TABLE {t} ADD kind kind{number} DEFAULT 'a';\nALTER TABLE {t} ALTER mail SET NOT NULL;"
            ),
            5 => format!("ALTER TABLE {t} RENAME mail TO email;\nDROP INDEX {t}_name;"),
            6 => format!(
                "DO $$ BEGIN BEGIN ALTER TABLE {t} ADD inner_one int; EXCEPTION WHEN duplicate_column THEN NULL; END; END $$;\nALTER TABLE {t} ADD owner bigint REFERENCES t0 (id) ON DELETE CASCADE;"
            ),
            _ => format!(
                "CREATE FUNCTION touch{number}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\nCREATE TRIGGER touched BEFORE UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION touch{number}();"
            ),
        });
    }
    Texts::made_up(texts)
}

#[test]
fn what_was_done_otherwise_is_told_and_proven_by_transactions() {
    let score = Score::of::<Live>(&made_up(), 2, true);
    assert!(score.visible() > 10, "{score:#?}");
    assert_eq!((&score.wrong[..], score.cut_off), (&[][..], 0), "{score:#?}");
}

#[test]
#[ignore = "reads the folder that GUARD_REPLAY names"]
fn of_yours() {
    of_folder::<Live>(&[true, false]);
}
