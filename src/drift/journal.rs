//! What each migration of a history changes, learned by looking after each.

use std::collections::BTreeMap;

use crate::db::DbError;
use crate::expected::Trouble;
use crate::model::{Object, ObjectId, Schema, Script};

use super::{Bench, History};

/// What one migration made of the objects that it changed: before and after.
pub(super) type Delta = BTreeMap<ObjectId, (Option<Object>, Option<Object>)>;

/// What all of them did.
pub(super) struct Journal {
    /// For each recorded migration.
    pub(super) recorded: Vec<Delta>,
    /// For each pending one, each after those before it.
    pub(super) pending: Vec<Delta>,
    /// The last recorded migration that wrote an object.
    pub(super) writer: BTreeMap<ObjectId, usize>,
}

impl Journal {
    /// Replays everything, and looks after each step.
    pub(super) fn keep(bench: &mut Bench<'_>, history: &History) -> Result<Self, DbError> {
        bench.scratch.clear()?;
        let mut before = bench.schema()?;
        let mut journal = Self { recorded: Vec::new(), pending: Vec::new(), writer: BTreeMap::new() };
        for (at, step) in history.recorded.iter().enumerate() {
            let delta = one(bench, step.script.as_ref(), &mut before)?;
            journal.writer.extend(delta.keys().map(|id| (id.clone(), at)));
            journal.recorded.push(delta);
        }
        for step in &history.pending {
            let delta = one(bench, step.script.as_ref(), &mut before)?;
            journal.pending.push(delta);
        }
        Ok(journal)
    }
}

/// Runs one, and says what has changed. One that does not run changes nothing.
fn one(bench: &mut Bench<'_>, script: Option<&Script>, before: &mut Schema) -> Result<Delta, DbError> {
    let Some(script) = script else { return Ok(Delta::new()) };
    if let Err(Trouble::Gone(error)) = bench.scratch.run(script, usize::MAX) {
        return Err(error);
    }
    let after = bench.schema()?;
    let changed = before.unlike(&after).into_iter().map(|one| (one.id, (one.expected, one.live))).collect();
    *before = after;
    Ok(changed)
}
