//! The tools' ledgers in the scratch database: there where a migration names them, and only then.

use std::collections::HashMap;

use crate::drift::Step;
use crate::expected::Ledgers;
use crate::model::{Dialect, LedgerState, MigrationSet, Script, TableName};
use crate::tools::Tool;

/// Adds the ledger of a set, where one of its migrations names it and none makes a table of its name.
pub(super) fn add(
    ledgers: &mut Ledgers,
    (set, tool): (&MigrationSet, &Tool),
    (state, table): (&LedgerState, &TableName),
    steps: &[&Step],
    dialect: Dialect,
) {
    let Some(made) = tool.made_ledger(table, dialect) else { return };
    let scripts = |step: &'_ Step| -> Vec<Script> {
        step.script.iter().chain(step.old.iter().map(|(_, script)| script)).cloned().collect()
    };
    let said: Vec<_> = steps
        .iter()
        .flat_map(|step| scripts(step).into_iter().map(|script| (*step, made.named_in(&script.text), script)))
        .collect();
    if !said.iter().any(|(_, (named, _), _)| *named) || said.iter().any(|(_, (_, makes), _)| *makes) {
        return;
    }
    let mut known: HashMap<&str, (&str, &str)> = HashMap::new();
    for one in set.landed.iter().chain(&set.candidate) {
        known.insert(one.identity.as_str(), (one.identity.as_str(), one.name.as_str()));
    }
    if let LedgerState::Read(ledger) = state {
        for row in &ledger.rows {
            let name = row.name.as_deref().unwrap_or_default();
            known.insert(row.identity.as_str(), (row.version.0.as_str(), name));
        }
    }
    for (number, (step, (named, _), script)) in said.iter().enumerate() {
        let identity = step.migration.1.as_str();
        let (version, name) = known.get(identity).copied().unwrap_or((identity, ""));
        ledgers.rows.insert(script.text.clone(), (made.row(version, name, number + 1), *named));
    }
    ledgers.make.push(made.make);
}
