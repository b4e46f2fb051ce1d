//! The migrations of a set as steps of a history: what its ledger has, with the text that ran, and what it has not.

use crate::drift::{History, Step};
use crate::git::{GitError, PathChange};
use crate::model::{
    AppliedMigration, Content, Dialect, Ledger, LedgerState, LedgerStyle, Migration, MigrationKind,
    MigrationSet, Oid, Outcome, Part, RepoPath,
};
use crate::tools::{ScriptReader, Tool};

use super::Judge;
use crate::gather::commit_fact;

/// So many older texts of one migration are tried.
const OLD_TEXTS: usize = 8;

/// The steps of one set.
pub(super) struct Steps<'a> {
    pub(super) judge: &'a Judge<'a>,
    pub(super) number: usize,
    pub(super) set: &'a MigrationSet,
    pub(super) tool: &'a Tool,
    pub(super) reader: ScriptReader,
    pub(super) past: Vec<PathChange>,
    pub(super) dialect: Dialect,
}

impl Steps<'_> {
    /// `rows` gets for each recorded one the set, and the version as its row spells it.
    pub(super) fn add(
        &self,
        state: &LedgerState,
        history: &mut History,
        rows: &mut Vec<(usize, String)>,
    ) -> Result<(), GitError> {
        let ledger = match state {
            LedgerState::Read(ledger) => ledger,
            LedgerState::Absent { tables, .. } => {
                // In a database that has tables they may all have run.
                let steps = if *tables > 0 { &mut history.recorded } else { &mut history.pending };
                for migration in self.set.candidate.iter().filter(|one| one.kind == MigrationKind::Versioned)
                {
                    steps.push(self.step(migration, migration.blob)?);
                }
                rows.resize(history.recorded.len(), (self.number, String::new()));
                return Ok(());
            }
        };
        let keeps_no_checksum = !self.set.tool.keeps_checksum;
        if ledger.style == LedgerStyle::Rows {
            // What Liquibase only marked as run has not run.
            let marked = |row: &AppliedMigration| self.tool.keeps_parts() && row.outcome == Outcome::Baseline;
            for row in ledger.rows.iter().filter(|row| row.outcome != Outcome::Failed && !marked(row)) {
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
        let none = RepoPath::from("");
        match (migration, past) {
            (Some(migration), _) if !differs => self.step(migration, migration.blob),
            (_, Some(past)) => {
                let lost = self.tool.stand_in(&past.path, row.identity.as_str());
                let part = migration.or(lost.as_ref()).and_then(|migration| migration.part.as_deref());
                self.read(row.identity.to_string(), (&past.path, part), Some(past.blob))
            }
            // The text of now is not the one that ran, and that one is nowhere.
            (Some(migration), None) => self.read(row.identity.to_string(), (&migration.path, None), None),
            (None, None) => {
                let landed = self.set.landed.iter().find(|landed| landed.identity == row.identity);
                match landed {
                    Some(landed) => self.step(landed, landed.blob),
                    None => self.read(row.identity.to_string(), (&none, None), None),
                }
            }
        }
    }

    fn step(&self, migration: &Migration, blob: Oid) -> Result<Step, GitError> {
        self.read(migration.identity.to_string(), (&migration.path, migration.part.as_deref()), Some(blob))
    }

    fn read(
        &self,
        identity: String,
        place: (&RepoPath, Option<&Part>),
        blob: Option<Oid>,
    ) -> Result<Step, GitError> {
        let text = match blob.map(|blob| self.judge.git.blob(blob)).transpose() {
            Ok(text) => text,
            Err(GitError::NotHere(_)) => None,
            Err(error) => return Err(error),
        };
        let file = |path: &RepoPath| self.judge.file(path).ok().flatten();
        let script =
            text.and_then(|text| self.reader.read_part(self.tool, place, &text, (self.dialect, &file)));
        Ok(Step { migration: (self.number, identity), script, old: Vec::new() })
    }

    /// The texts that the file had before, newest first: where there is no checksum, any of them may be the one that ran.
    fn add_old_texts(&self, step: &mut Step, migration: &Migration) -> Result<(), GitError> {
        let git = self.judge.git;
        let mut seen = vec![migration.blob];
        for change in self.past.iter().filter(|change| change.path == migration.path) {
            let Some(blob) = change.after.filter(|blob| !seen.contains(blob)) else { continue };
            seen.push(blob);
            let place = (&migration.path, migration.part.as_deref());
            let read = self.read(String::new(), place, Some(blob))?;
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
