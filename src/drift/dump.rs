//! What the repository says of the schema beside the migrations, held against what they make.

use std::collections::BTreeSet;

use crate::db::DbError;
use crate::expected::{Scratch, Trouble};
use crate::model::{DumpText, NOT_EXAMINED, ObjectId, RIGHTS, RepoPath, Schema, Script, StaleDump};

use super::settle;

/// Holds dumps against what all migrations make. Nothing is said where they do not all run, or the dump itself does not.
///
/// # Errors
/// When the scratch database is gone.
pub fn stale_dumps(
    scratch: &mut dyn Scratch,
    all: &[Script],
    dumps: &[(RepoPath, DumpText)],
    ignored: &dyn Fn(&ObjectId) -> bool,
) -> Result<Vec<StaleDump>, DbError> {
    if dumps.is_empty() {
        return Ok(Vec::new());
    }
    let Some(expected) = made(scratch, all, ignored)? else { return Ok(Vec::new()) };
    let mut stale = Vec::new();
    for (path, dump) in dumps {
        let mut one = StaleDump { path: path.clone(), ..StaleDump::default() };
        match dump {
            DumpText::Sql(script) => {
                let script = std::slice::from_ref(script);
                let Some(dumped) = made(scratch, script, ignored)? else { continue };
                for unlike in expected.unlike(&settle(scratch, &expected, dumped)?.0) {
                    let name = unlike.id.to_string();
                    match (unlike.expected, unlike.live) {
                        (Some(_), None) => one.lacks.push(name),
                        (None, _) => one.has.push(name),
                        (Some(_), Some(_)) => one.differs.push(name),
                    }
                }
            }
            DumpText::Tables(tables) => by_name(&expected, tables, &mut one),
        }
        if !(one.lacks.is_empty() && one.has.is_empty() && one.differs.is_empty()) {
            stale.push(one);
        }
    }
    Ok(stale)
}

fn made(
    scratch: &mut dyn Scratch,
    scripts: &[Script],
    ignored: &dyn Fn(&ObjectId) -> bool,
) -> Result<Option<Schema>, DbError> {
    scratch.clear()?;
    for script in scripts {
        match scratch.run(script, usize::MAX) {
            Ok(()) => {}
            Err(Trouble::Refused { .. }) => return Ok(None),
            Err(Trouble::Gone(error)) => return Err(error),
        }
    }
    let mut schema = scratch.schema()?;
    // Dumps are made without owners and rights, as a rule.
    schema.0.retain(|id, _| !ignored(id) && id.kind != NOT_EXAMINED && !RIGHTS.contains(&id.kind));
    Ok(Some(schema))
}

/// Such files name tables and columns. A table that they leave out may be left out on purpose.
fn by_name(expected: &Schema, tables: &[(String, Vec<String>)], one: &mut StaleDump) {
    let of = |kind: &'static str| expected.0.keys().filter(move |id| id.kind == kind);
    let lower = |name: &str| name.to_lowercase();
    let made: BTreeSet<String> = of("table").chain(of("view")).map(|id| lower(&id.root)).collect();
    for (table, columns) in tables {
        let table = lower(table.rsplit('.').next().unwrap_or(table));
        if !made.contains(&table) {
            one.has.push(format!("table {table}"));
            continue;
        }
        let there: BTreeSet<String> =
            of("column").filter(|id| lower(&id.root) == table).map(|id| lower(&id.name)).collect();
        if there.is_empty() {
            continue;
        }
        let named: BTreeSet<String> = columns.iter().map(|column| lower(column)).collect();
        one.lacks.extend(there.difference(&named).map(|column| format!("column {table}.{column}")));
        one.has.extend(named.difference(&there).map(|column| format!("column {table}.{column}")));
    }
}
