//! Who wrote what in the live schema: asked once more of the database, and only where something differs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use crate::config::UrlConfig;
use crate::db::{self, DatabaseUrl};
use crate::drift::{Recorded, Witness};
use crate::model::TableName;
use crate::tools::Tool;

/// What is asked of the database once more where something differs: who wrote what.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) url: Option<UrlConfig>,
    /// The sets, with their tools and the tables that are configured.
    pub(super) ledgers: Vec<(usize, Arc<Tool>, Option<TableName>)>,
    /// For each recorded migration of the history: the set, and the version as its row spells it.
    pub(super) rows: Vec<(usize, String)>,
}

impl Asked {
    /// Where the database is.
    pub(super) fn resolve(&self) -> Result<DatabaseUrl, String> {
        self.url.as_ref().ok_or_else(String::new)?.resolve()
    }

    /// Without an answer there is less to say, and that is no mistake.
    pub(super) fn witness(&self, deadline: Instant) -> Option<Witness> {
        if !self.ledgers.iter().any(|(_, tool, _)| tool.tells_transactions()) {
            return None;
        }
        let mut database = db::open(&self.resolve().ok()?, deadline).ok()?;
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
