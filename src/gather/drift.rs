//! The live schema of a database against a replay of what its ledger records.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{UrlConfig, env};
use crate::db;
use crate::drift::{History, Limits, Recorded, Step, Witness, judge_with};
use crate::expected::{self, Like};
use crate::git::{Backend, GitError, LogQuery, PathChange};
use crate::model::{
    AppliedMigration, Cause, Content, Database, Dialect, Drift, Fact, Ledger, LedgerState, LedgerStyle,
    Migration, MigrationKind, MigrationSet, ObjectId, Oid, Outage, Outcome, RepoPath, Schema, SourceKind,
    TableName,
};
use crate::tools::{ScriptReader, Tool};

use super::within::within;
use super::{Candidate, ResolvedSet, commit_fact};

/// So many histories are replayed to find out what happened.
const TRIALS: usize = 40;
/// So long the history is searched for older texts.
const HISTORY: Duration = Duration::from_millis(500);
/// So many older texts of one migration are tried.
const OLD_TEXTS: usize = 8;

/// What is needed to judge the schemas of a run.
pub(super) struct Judge<'a> {
    pub(super) git: &'a dyn Backend,
    pub(super) candidate: Candidate,
    pub(super) resolved: &'a [ResolvedSet],
    pub(super) sets: &'a [MigrationSet],
    /// Where the database is, for what is asked only when something differs.
    pub(super) url: &'a UrlConfig,
}

impl Judge<'_> {
    /// Fills in what the live schema says, by the deadline.
    pub(super) fn judge(
        &self,
        database: &mut Database,
        schema: Result<(Schema, String), Cause>,
        deadline: Instant,
    ) -> Result<(), GitError> {
        let Fact::Known(ledgers) = &database.ledgers else { return Ok(()) };
        let begin = Instant::now();
        let mut history = History::default();
        let mut asked = Asked { url: self.url.clone(), ledgers: Vec::new(), rows: Vec::new() };
        let mut tables = Vec::new();
        let mut code = None;
        for ledger in ledgers {
            let (set, resolved) = (&self.sets[ledger.set], &self.resolved[ledger.set]);
            match resolved.tool.scripts() {
                Some(reader) => {
                    let past = self.past(set, deadline)?;
                    let tool = &resolved.tool;
                    let steps = Steps { judge: self, number: ledger.set, set, tool, reader, past };
                    steps.add(&ledger.state, &mut history, &mut asked.rows)?;
                    asked.ledgers.push((ledger.set, Arc::clone(&resolved.tool), resolved.table.clone()));
                }
                None if set.candidate.is_empty() => {}
                None => code = Some(set.tool.title.clone()),
            }
            tables.push(match &ledger.state {
                LedgerState::Read(read) => read.table.clone(),
                LedgerState::Absent { table, .. } => table.clone(),
            });
        }
        tables.extend(database.strangers.iter().map(|(table, _)| table.clone()));
        let answer = match (schema, code) {
            (Err(cause), _) => Err(cause),
            (_, Some(title)) => {
                Err(Cause::Failed(format!("guard cannot replay the migrations of {title} yet")))
            }
            (Ok((mut schema, engine)), None) => {
                let own = |id: &ObjectId| ledgers.iter().any(|of| self.resolved[of.set].tool.owns(&id.root));
                schema.0.retain(|id, _| !own(id));
                replay((schema, major(&engine)), (history, asked), tables, database.dialect, deadline)
            }
        };
        database.drift = match answer {
            Ok(drift) => Fact::Known(drift),
            Err(cause) => Fact::Unavailable(Outage {
                kind: SourceKind::Database,
                source: format!("{} (schema)", database.name),
                address: database.address.clone(),
                need: database.need,
                cause,
                waited: begin.elapsed(),
                last_well: None,
                declared: database.declared,
            }),
        };
        Ok(())
    }
}

impl Judge<'_> {
    /// What ever happened to the files of a set, where any of their texts may be the one that ran: there is no checksum.
    fn past(&self, set: &MigrationSet, deadline: Instant) -> Result<Vec<PathChange>, GitError> {
        if set.tool.keeps_checksum {
            return Ok(Vec::new());
        }
        let own = match self.candidate {
            Candidate::Index => self.git.resolve("HEAD")?,
            Candidate::Commit(commit) => Some(commit),
        };
        let deadline = deadline.min(Instant::now() + HISTORY);
        Ok(self.git.log(&LogQuery { own, paths: std::slice::from_ref(&set.dir), deadline })?.changes)
    }
}

/// Whether an object is a ledger, or there for its sake: the sequence of its key, the schema that the tool has made for it.
fn is_of(id: &ObjectId, ledger: &TableName) -> bool {
    let (root, table) = (id.root.to_lowercase(), ledger.name.to_lowercase());
    let of_its_key = |rest: &str| rest.starts_with('_') && rest.ends_with("_seq");
    root == table
        || id.kind == "sequence" && root.strip_prefix(&table).is_some_and(of_its_key)
        || id.kind == "schema" && ledger.schema.as_deref().is_some_and(|name| id.path() == name)
}

/// The major version in `PostgreSQL 15.20`.
fn major(engine: &str) -> Option<u32> {
    let version = engine.split(' ').nth(1)?;
    version.split(['.', '-']).next()?.parse().ok()
}

/// What was not judged, and why.
pub(super) fn remarks(name: &str, drift: &Drift) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(first) = drift.without_text.first().filter(|_| drift.not_judged > 0) {
        let more = drift.without_text.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        let differences = drift.not_judged;
        remarks.push(format!(
            "the schema of \"{name}\" was not judged ({differences} differences): of {first}{more} in the ledger guard has no SQL \
             to replay: the text is not in this clone, is a program, or is filled in by the tool before it runs"
        ));
    }
    if drift.cut_off {
        remarks.push(format!(
            "what happened to the schema of \"{name}\" was not searched to the end: there are too many ways, or too little time"
        ));
    }
    remarks
}

/// On a thread of its own: what a migration does, nobody knows before.
fn replay(
    (live, major): (Schema, Option<u32>),
    (history, asked): (History, Asked),
    tables: Vec<TableName>,
    dialect: Dialect,
    deadline: Instant,
) -> Result<Drift, Cause> {
    let pending = within(deadline, move || {
        let like = Like { major, database: None, env: &env::get };
        let mut scratch = expected::open_like(dialect, &like, deadline)?;
        // The last tenth is for saying what was found.
        let left = deadline.saturating_duration_since(Instant::now());
        let limits = Limits { trials: TRIALS, deadline: deadline.checked_sub(left / 10).unwrap_or(deadline) };
        let ignored = |id: &ObjectId| tables.iter().any(|table| is_of(id, table));
        judge_with(live, &history, &mut *scratch, &ignored, limits, &mut || asked.witness(limits.deadline))
    });
    pending.wait().0
}

/// What is asked of the database once more where something differs: who wrote what.
struct Asked {
    url: UrlConfig,
    /// The sets, with their tools and the tables that are configured.
    ledgers: Vec<(usize, Arc<Tool>, Option<TableName>)>,
    /// For each recorded migration of the history: the set, and the version as its row spells it.
    rows: Vec<(usize, String)>,
}

impl Asked {
    /// Without an answer there is less to say, and that is no mistake.
    fn witness(&self, deadline: Instant) -> Option<Witness> {
        if !self.ledgers.iter().any(|(_, tool, _)| tool.tells_transactions()) {
            return None;
        }
        let mut database = db::open(&self.url.resolve().ok()?, deadline).ok()?;
        let mut rows: HashMap<(usize, String), Recorded> = HashMap::new();
        let tables = database.tables().ok()?;
        for (set, tool, table) in &self.ledgers {
            let ledger = tool.find_ledger(&tables, table.as_ref());
            let Some((ledger, (columns, later))) =
                ledger.and_then(|ledger| Some((ledger.name.clone(), tool.witness_columns(&ledger)?)))
            else {
                continue;
            };
            let read = database.rows(&ledger, &columns, &mut |cells| {
                let said = |at: usize| cells.get(at).map(ToString::to_string).unwrap_or_default();
                let Ok(transaction) = said(1).parse() else { return };
                let is_time = |text: &String| text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
                let time = Some(said(2)).filter(is_time).unwrap_or_default();
                let time = time.split('.').next().unwrap_or_default().to_owned();
                rows.insert((*set, said(0)), Recorded { transaction, time, later });
            });
            read.ok()?;
        }
        let provenance = database.provenance().ok()??;
        Some(Witness { provenance, rows: self.rows.iter().map(|key| rows.get(key).cloned()).collect() })
    }
}

/// The steps of one set.
struct Steps<'a> {
    judge: &'a Judge<'a>,
    number: usize,
    set: &'a MigrationSet,
    tool: &'a Tool,
    reader: ScriptReader,
    past: Vec<PathChange>,
}

impl Steps<'_> {
    fn add(
        &self,
        state: &LedgerState,
        history: &mut History,
        rows: &mut Vec<(usize, String)>,
    ) -> Result<(), GitError> {
        let LedgerState::Read(ledger) = state else {
            for migration in self.set.candidate.iter().filter(|one| one.kind == MigrationKind::Versioned) {
                history.pending.push(self.step(migration, migration.blob)?);
            }
            return Ok(());
        };
        let keeps_no_checksum = !self.set.tool.keeps_checksum;
        if ledger.style == LedgerStyle::Rows {
            for row in ledger.rows.iter().filter(|row| row.outcome != Outcome::Failed) {
                let mut step = self.recorded(row)?;
                if keeps_no_checksum && let Some(migration) = row.migration {
                    self.add_old_texts(&mut step, &self.set.candidate[migration])?;
                }
                history.recorded.push(step);
                rows.push((self.number, row.version.0.to_string()));
            }
        }
        for (at, migration) in self.set.candidate.iter().enumerate() {
            let applied = ledger.applied.get(at).copied().unwrap_or_default();
            if ledger.style != LedgerStyle::Rows && applied {
                let mut step = self.step(migration, migration.blob)?;
                self.add_old_texts(&mut step, migration)?;
                history.recorded.push(step);
                rows.push((self.number, String::new()));
            } else if !applied && migration.kind == MigrationKind::Versioned && !has_row(ledger, at) {
                history.pending.push(self.step(migration, migration.blob)?);
            }
        }
        // One that failed may have done a part of its work.
        for row in ledger.rows.iter().filter(|row| row.outcome == Outcome::Failed) {
            if let Some(migration) = row.migration.and_then(|at| self.set.candidate.get(at)) {
                history.pending.push(self.step(migration, migration.blob)?);
            }
        }
        Ok(())
    }

    /// What ran for a row: the text that was applied, where the checksum or the history tells it.
    fn recorded(&self, row: &AppliedMigration) -> Result<Step, GitError> {
        let past = row.history.as_ref().and_then(|history| history.applied.as_ref());
        let migration = row.migration.and_then(|at| self.set.candidate.get(at));
        let differs = matches!(row.content, Content::Differs { .. });
        match (migration, past) {
            (Some(migration), _) if !differs => self.step(migration, migration.blob),
            (_, Some(past)) => self.read(row.identity.to_string(), &past.path, Some(past.blob)),
            // The text of now is not the one that ran, and that one is nowhere.
            (Some(migration), None) => self.read(row.identity.to_string(), &migration.path, None),
            (None, None) => {
                let landed = self.set.landed.iter().find(|landed| landed.identity == row.identity);
                match landed {
                    Some(landed) => self.step(landed, landed.blob),
                    None => self.read(row.identity.to_string(), &RepoPath::from(""), None),
                }
            }
        }
    }

    fn step(&self, migration: &Migration, blob: Oid) -> Result<Step, GitError> {
        self.read(migration.identity.to_string(), &migration.path, Some(blob))
    }

    fn read(&self, identity: String, path: &RepoPath, blob: Option<Oid>) -> Result<Step, GitError> {
        let text = match blob.map(|blob| self.judge.git.blob(blob)).transpose() {
            Ok(text) => text,
            Err(GitError::NotHere(_)) => None,
            Err(error) => return Err(error),
        };
        let script = text.and_then(|text| self.reader.read(self.tool, path, &text));
        Ok(Step { migration: (self.number, identity), script, old: Vec::new() })
    }

    /// The texts that the file had before, newest first: where there is no checksum, any of them may be the one that ran.
    fn add_old_texts(&self, step: &mut Step, migration: &Migration) -> Result<(), GitError> {
        let git = self.judge.git;
        let mut seen = vec![migration.blob];
        for change in self.past.iter().filter(|change| change.path == migration.path) {
            let Some(blob) = change.after.filter(|blob| !seen.contains(blob)) else { continue };
            seen.push(blob);
            let read = self.read(String::new(), &migration.path, Some(blob))?;
            step.old.extend(read.script.map(|script| (commit_fact(git, change.commit), script)));
            if step.old.len() == OLD_TEXTS {
                break;
            }
        }
        Ok(())
    }
}

fn has_row(ledger: &Ledger, migration: usize) -> bool {
    ledger.rows.iter().any(|row| row.migration == Some(migration))
}
