//! Histories on PostgreSQL with one thing done otherwise than the ledger says, by a tool that records in the migration's transaction:
//! the account names it, or what was done by hand is told as that; and never is a wrong account called proven.
//! `GUARD_REPLAY=DIR cargo test mutations::of_yours -- --ignored --nocapture` does the same with a folder of anybody's migrations.

use std::path::Path;
use std::time::{Duration, Instant};

use migguard::config::env;
use migguard::drift::{History, Limits, Recorded, Step, Witness, judge_with};
use migguard::expected::Scratch;
use migguard::model::{CommitFact, Confidence, Drift, Happened, ObjectId, Oid, Schema, Script};

use super::*;
use crate::support::postgres::Admin;

pub(super) const LEDGER: &str =
    "CREATE TABLE ledger_of_tests (version text PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())";

/// What was done, and to which migration; or to which object.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Done {
    Nothing,
    Skipped(usize),
    ByHand(usize),
    Half(usize, usize),
    HalfByHand(usize, usize),
    OldText(usize),
    /// A statement of somebody's, after so many migrations, and the object that it is about.
    Statement(usize, String, ObjectId),
}

/// A history, as files.
struct Texts(Vec<(String, String)>);

impl Texts {
    fn script(&self, at: usize) -> Script {
        Script { text: self.0[at].1.clone(), line: 1, transaction: true }
    }

    /// Another text that the migration may have had.
    fn old(&self, at: usize) -> Option<String> {
        let text = &self.0[at].1;
        let other = |from: &str, to: &str| text.contains(from).then(|| text.replacen(from, to, 1));
        other(" text", " varchar(77)")
            .or_else(|| other(" TEXT", " VARCHAR(77)"))
            .or_else(|| other(" VARCHAR", " TEXT --\n"))
    }

    fn step(&self, at: usize, done: &Done) -> Step {
        let old = self.old(at).filter(|_| *done == Done::OldText(at)).map(|text| {
            let id = Oid::from_hex(&"1a2b3c4d".repeat(5)).unwrap();
            let date = "2026-02-01".to_owned();
            let commit = CommitFact { id, author: "Ada".to_owned(), date, subject: "as it was".to_owned() };
            (commit, Script { text, ..self.script(at) })
        });
        Step {
            migration: (0, self.0[at].0.clone()),
            script: Some(self.script(at)),
            old: old.into_iter().collect(),
        }
    }
}

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

/// The first statements of a text.
fn beginning(scratch: &dyn Scratch, script: &Script, most: usize) -> String {
    let mut text = String::new();
    for part in script.text.split_inclusive(';') {
        let longer = Script { text: format!("{text}{part}"), ..script.clone() };
        if scratch.count(&longer) > most {
            break;
        }
        text = longer.text;
    }
    text
}

/// A database in which that was done, and the history that its ledger tells; nothing where that cannot be.
fn make(
    texts: &Texts,
    done: &Done,
    scratch: &dyn Scratch,
    from: &Postgres,
    after: usize,
) -> Option<(Postgres, History)> {
    let live = copy_of(from);
    let admin = live.server.admin(&live.database);
    let recorded = match done {
        Done::ByHand(at) | Done::HalfByHand(at, _) => *at,
        _ => texts.0.len(),
    };
    for (at, (version, text)) in texts.0.iter().enumerate().skip(after) {
        let mut text = text.clone();
        match done {
            Done::Skipped(skipped) if *skipped == at => text = String::new(),
            Done::OldText(old) if *old == at => text = texts.old(at)?,
            Done::Half(half, most) | Done::HalfByHand(half, most) if *half == at => {
                text = beginning(scratch, &texts.script(at), *most);
            }
            Done::ByHand(hand) | Done::HalfByHand(hand, _) if at > *hand => break,
            _ => {}
        }
        if !apply(&admin, &text, version, at < recorded) {
            return None;
        }
        if let Done::Statement(when, statement, _) = done
            && *when == at
            && !admin.try_run(statement)
        {
            return None;
        }
    }
    let step = |at: usize| texts.step(at, done);
    let history = History {
        recorded: (0..recorded).map(step).collect(),
        pending: (recorded..texts.0.len()).map(step).collect(),
    };
    Some((live, history))
}

fn copy_of(from: &Postgres) -> Postgres {
    let database = from.server.create();
    let admin = from.server.admin("postgres");
    admin.run(&format!("DROP DATABASE {database}; "));
    admin.run(&format!("CREATE DATABASE {database} TEMPLATE {}", from.database));
    Postgres { server: from.server, database }
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

pub(super) fn is_ledger(id: &ObjectId) -> bool {
    id.root.starts_with("ledger_of_tests") || id.root.starts_with("__diesel_schema_migrations")
}

fn is_right(drift: &Drift, texts: &Texts, done: &Done) -> bool {
    let unexplained: Vec<&ObjectId> = drift.unexplained.iter().flatten().map(|one| &one.id).collect();
    if let Done::Statement(.., id) = done {
        let named =
            drift.accounts.iter().filter(|account| account.or.iter().any(|or| or.contains("by hand")));
        let in_doubt =
            named.flat_map(|account| &account.differences).any(|one| one.id.family() == id.family());
        return in_doubt
            || drift.accounts.is_empty() && unexplained.iter().any(|one| one.family() == id.family());
    }
    unexplained.is_empty()
        && drift.accounts.iter().any(|account| {
            let names = |at: usize| account.migration.1 == texts.0[at].0;
            let rival =
                |at: usize| account.or.iter().any(|or| or.split(' ').any(|word| word == texts.0[at].0));
            match *done {
                Done::Skipped(at) | Done::ByHand(at) | Done::OldText(at) => names(at) || rival(at),
                Done::Half(at, _) => names(at) && account.what != Happened::ByHand || rival(at),
                Done::HalfByHand(at, _) => names(at) && account.what != Happened::NotExecuted || rival(at),
                _ => false,
            }
        })
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

#[derive(Debug, Default)]
struct Score {
    invisible: usize,
    right: usize,
    impossible: usize,
    cut_off: usize,
    wrong: Vec<String>,
    proven: Vec<String>,
    times: Vec<Duration>,
    trusted: usize,
}

impl Score {
    fn try_one(
        &mut self,
        texts: &Texts,
        done: &Done,
        scratch: &mut dyn Scratch,
        (from, after): (&Postgres, usize),
        trusts: bool,
    ) {
        let Some((live, history)) = make(texts, done, scratch, from, after) else {
            self.impossible += 1;
            return;
        };
        let schema: Schema = live.open(AMPLE).unwrap().schema().unwrap();
        let begin = Instant::now();
        let limits = Limits { trials: 40, deadline: begin + Duration::from_secs(10) };
        let mut ask = || witness(&live, &history).filter(|_| trusts);
        let drift = judge_with(schema, &history, scratch, &is_ledger, limits, &mut ask).unwrap();
        self.times.push(begin.elapsed());
        live.server.admin("postgres").run(&format!("DROP DATABASE {} WITH (FORCE)", live.database));
        assert!(drift.unreplayable.is_empty(), "{:?}", drift.unreplayable);
        self.cut_off += usize::from(drift.cut_off);
        if drift.accounts.is_empty() && drift.unexplained.is_empty() {
            self.invisible += 1;
            return;
        }
        if is_right(&drift, texts, done) {
            self.right += 1;
            self.trusted +=
                usize::from(drift.accounts.iter().any(|one| one.confidence == Confidence::Proven));
            return;
        }
        let accounts =
            drift.accounts.iter().map(|one| (&one.migration.1, &one.what, one.confidence, &one.or));
        let rest = drift.unexplained.iter().flatten().map(|one| (one.id.to_string(), &one.trace));
        let said = format!("{done:?}: {:?} {:?}", accounts.collect::<Vec<_>>(), rest.collect::<Vec<_>>());
        if drift.accounts.iter().any(|one| one.confidence == Confidence::Proven) {
            self.proven.push(said.clone());
        }
        self.wrong.push(said);
    }

    /// So many cases of each sort, spread over the history.
    fn of(texts: &Texts, most: usize, trusts: bool) -> Self {
        let mut scratch = replay::scratch();
        let all = Postgres::fresh();
        all.run(LEDGER);
        let base = copy_of(&all);
        // States of the history from which the cases go on.
        let mut states: Vec<(usize, Postgres)> = vec![(0, base)];
        for (at, (version, text)) in texts.0.iter().enumerate() {
            if at > 0 && at.is_multiple_of(texts.0.len().div_ceil(12)) {
                states.push((at, copy_of(&all)));
            }
            assert!(apply(&all.server.admin(&all.database), text, version, true), "{version}");
        }
        let schema = all.open(AMPLE).unwrap().schema().unwrap();
        let mut score = Self::default();
        for done in cases(texts, &schema, &*scratch, most) {
            let first = match &done {
                Done::Nothing => 0,
                Done::Skipped(at)
                | Done::ByHand(at)
                | Done::Half(at, _)
                | Done::HalfByHand(at, _)
                | Done::OldText(at)
                | Done::Statement(at, ..) => *at,
            };
            let (after, from) = states.iter().rev().find(|(at, _)| *at <= first).unwrap();
            score.try_one(texts, &done, &mut *scratch, (from, *after), trusts);
        }
        score.times.sort();
        score
    }

    fn visible(&self) -> usize {
        self.right + self.wrong.len()
    }
}

fn cases(texts: &Texts, schema: &Schema, scratch: &dyn Scratch, most: usize) -> Vec<Done> {
    let count = texts.0.len();
    let thin = |all: Vec<Done>| -> Vec<Done> {
        let step = all.len().div_ceil(most).max(1);
        all.into_iter().step_by(step).collect()
    };
    let last = count * 2 / 3..count;
    let parts: Vec<(usize, usize)> = (0..count)
        .map(|at| (at, scratch.count(&texts.script(at))))
        .filter(|(_, statements)| *statements > 1)
        .collect();
    let mut all = vec![Done::Nothing];
    all.extend(thin((0..count).map(Done::Skipped).collect()));
    all.extend(thin(last.clone().map(Done::ByHand).collect()));
    all.extend(thin(parts.iter().map(|(at, statements)| Done::Half(*at, statements / 2)).collect()));
    let halves = parts.iter().filter(|(at, _)| last.contains(at));
    all.extend(thin(halves.map(|(at, statements)| Done::HalfByHand(*at, statements / 2)).collect()));
    all.extend(thin((0..count).filter(|at| texts.old(*at).is_some()).map(Done::OldText).collect()));
    for sort in 0..3 {
        let objects = schema.0.keys().filter(|id| !is_ledger(id));
        let statements = objects.enumerate().filter_map(|(number, id)| {
            // Some in the middle of the history, most at its end.
            let when = if number.is_multiple_of(4) { count * 3 / 4 } else { count - 1 };
            Some(Done::Statement(when, by_hand(id, sort)?, id.clone()))
        });
        all.extend(thin(statements.collect()));
    }
    all
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
    Texts(texts.into_iter().enumerate().map(|(at, text)| (format!("m{at:03}"), text)).collect())
}

#[test]
fn what_was_done_otherwise_is_told_and_proven_by_transactions() {
    let score = Score::of(&made_up(), 2, true);
    assert!(score.visible() > 10, "{score:#?}");
    assert_eq!((&score.wrong[..], score.cut_off), (&[][..], 0), "{score:#?}");
}

#[test]
#[ignore = "reads the folder that GUARD_REPLAY names"]
#[expect(clippy::print_stdout, reason = "its figures are for whoever names a folder")]
fn of_yours() {
    let folder = env::get("GUARD_REPLAY").expect("GUARD_REPLAY=DIR");
    let most = env::get("GUARD_REPLAY_CASES").map_or(12, |most| most.parse().unwrap());
    let mut files = replay::walk(Path::new(&folder));
    files.retain(|file| !["down.sql", ".down.sql"].iter().any(|end| file.to_str().unwrap().ends_with(end)));
    files.sort_by_key(|file| file.to_str().unwrap().replace('-', ""));
    let read = |file: &std::path::PathBuf| {
        let name = file.strip_prefix(&folder).unwrap().to_str().unwrap().replace([' ', '/'], "-");
        (name, std::fs::read_to_string(file).unwrap())
    };
    let texts = Texts(files.iter().map(read).collect());
    for trusts in [true, false] {
        let score = Score::of(&texts, most, trusts);
        let at = |part: usize| score.times.get(score.times.len() * part / 100).or(score.times.last());
        println!(
            "{folder}, transactions {trusts}: {} migrations; {} of {} right, {} of them proven, {} invisible, {} impossible, {} cut off; \
             median {:?}, 90 % {:?}, slowest {:?}\nwrong: {:#?}",
            texts.0.len(),
            score.right,
            score.visible(),
            score.trusted,
            score.invisible,
            score.impossible,
            score.cut_off,
            at(50),
            at(90),
            score.times.last(),
            score.wrong
        );
        assert_eq!(score.proven, [""; 0]);
    }
}
