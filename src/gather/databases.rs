//! Asks the declared databases, each on its own thread, each within its time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{Config, DatabaseConfig};
use crate::db::{self, DbError};
use crate::model::{Cause, Database, Dialect, Fact, Moment, Need, SourceKind, TableName};
use crate::tools::{self, RawLedger, Tool};

use super::breaker::{Fuse, Fuses, Heard};
use super::within::{Pending, within};
use super::{GatherError, Request, ResolvedSet};

/// A database that is declared for this moment, with the sets that it records.
#[derive(Debug)]
pub(super) struct Declared<'a> {
    pub(super) config: &'a DatabaseConfig,
    /// Indices of the sets.
    pub(super) sets: Vec<usize>,
}

/// What a database answers.
#[derive(Debug)]
pub(super) struct Answer {
    /// Where it is, without secrets.
    pub(super) address: String,
    /// The SQL that it reads.
    pub(super) dialect: Dialect,
    /// For each set: its ledger, where it has one.
    pub(super) ledgers: Vec<(usize, Option<RawLedger>)>,
    /// How many tables it has.
    pub(super) tables: usize,
    /// Ledgers of no set.
    pub(super) strangers: Vec<(TableName, String)>,
    /// How it was read, where people should know.
    pub(super) remark: Option<String>,
}

/// A database that is asked, or left alone for a while.
pub(super) struct Asked {
    fuse: Fuse,
    pending: Option<Pending<Answer>>,
}

impl Asked {
    /// The answer or why there is none, how long it was waited for, and when all was well for the last time. What answered
    /// joins the others that did.
    pub(super) fn wait(self, heard: &mut Heard) -> (Result<Answer, Cause>, Duration, Option<Duration>) {
        let Self { mut fuse, pending } = self;
        let (answer, waited) = match pending {
            Some(pending) => pending.wait(),
            None => (Err(fuse.skip.take().unwrap_or(Cause::NoTimeLeft)), Duration::ZERO),
        };
        let last_well = answer.is_err().then(|| fuse.last_well()).flatten();
        fuse.done(answer.as_ref().err(), waited, heard);
        (answer, waited, last_well)
    }
}

/// The databases that are declared for the moment.
pub(super) fn declared<'a>(
    config: &'a Config,
    sets: &[ResolvedSet],
    request: &Request,
) -> Result<Vec<Declared<'a>>, GatherError> {
    let at_this_moment = config.databases.iter().filter(|database| database.at.contains(&request.moment));
    at_this_moment
        .map(|database| {
            let indices = match &database.sets {
                None => (0..sets.len()).collect(),
                Some(names) => {
                    let named = names.iter().map(|name| indices_of(name, database, sets));
                    named.collect::<Result<Vec<_>, _>>()?.concat()
                }
            };
            Ok(Declared { config: database, sets: indices })
        })
        .collect()
}

/// The set of that name, or all that one declaration stands for.
fn indices_of(
    name: &str,
    database: &DatabaseConfig,
    sets: &[ResolvedSet],
) -> Result<Vec<usize>, GatherError> {
    let is_meant = |set: &ResolvedSet| set.name == name || set.group.as_deref() == Some(name);
    let found: Vec<usize> =
        sets.iter().enumerate().filter(|(_, set)| is_meant(set)).map(|(at, _)| at).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    Err(GatherError::NoSuchSet {
        database: database.name.clone(),
        set: name.to_owned(),
        found: sets.iter().map(|set| set.name.as_str()).collect::<Vec<_>>().join(", "),
        line: database.line,
    })
}

/// A database that no enabled rule needs, or that `--offline` leaves alone.
pub(super) fn not_asked(declared: &Declared<'_>) -> Database {
    Database {
        name: declared.config.name.clone(),
        address: declared.config.url.to_string(),
        need: declared.config.need,
        declared: Some(declared.config.line),
        dialect: Dialect::default(),
        ledgers: Fact::NotAsked,
        strangers: Vec::new(),
    }
}

/// Starts to ask all of them.
pub(super) fn ask(
    declared: &[Declared<'_>],
    sets: &[ResolvedSet],
    request: &Request,
    config: &Config,
    fuses: &Fuses,
) -> Vec<Asked> {
    let every_tool: Vec<(Arc<Tool>, Option<TableName>)> =
        sets.iter().map(|set| (Arc::clone(&set.tool), set.table.clone())).collect();
    declared
        .iter()
        .map(|database| {
            let DatabaseConfig { url, timeout, need, .. } = database.config;
            let mut deadline = Instant::now() + *timeout;
            if let (Need::Optional, Some(budget), Moment::Commit) = (need, config.budget, request.moment) {
                deadline = deadline.min(request.started + budget);
            }
            // Where it is decides, not how that is written: a variable may name another database tomorrow.
            let place = url.resolve().map_or_else(|_| url.to_string(), |url| url.to_string());
            let fuse = fuses.fuse(SourceKind::Database, &database.config.name, &place, *need, None);
            if fuse.skip.is_some() {
                return Asked { fuse, pending: None };
            }
            let url = url.clone();
            let wanted = database.sets.clone();
            let tools = every_tool.clone();
            let own = config.tools.clone();
            let pending = within(deadline, move || {
                let url = url.resolve().map_err(Cause::NotConfigured)?;
                let mut database = db::open(&url, deadline).map_err(Cause::from)?;
                read(&mut *database, (url.to_string(), url.dialect()), &wanted, &tools, &own)
                    .map_err(Cause::from)
            });
            Asked { fuse, pending: Some(pending) }
        })
        .collect()
}

fn read(
    database: &mut dyn db::Database,
    (address, dialect): (String, Dialect),
    wanted: &[usize],
    tools: &[(Arc<Tool>, Option<TableName>)],
    specs: &std::collections::BTreeMap<String, tools::ToolSpec>,
) -> Result<Answer, DbError> {
    let mut tables = database.tables()?;
    let own = tables.len();
    for schema in elsewhere(wanted, tools, &tables) {
        tables.extend(database.tables_of(&schema)?);
    }
    let mut explained = Vec::new();
    let mut ledgers = Vec::with_capacity(wanted.len());
    for (set, (tool, configured)) in tools.iter().enumerate() {
        let Some(ledger) = tool.find_ledger(&tables, configured.as_ref()) else {
            if wanted.contains(&set) {
                ledgers.push((set, None));
            }
            continue;
        };
        explained.push(ledger.name.clone());
        if wanted.contains(&set) {
            ledgers.push((set, Some(tool.read_ledger(&ledger, database)?)));
        }
    }
    // What lies in another database belongs to others, unless a set has its ledger there.
    let strangers = tables[..own]
        .iter()
        .filter(|table| !explained.contains(&table.name))
        .filter_map(|table| Some((table.name.clone(), tools::recognise(table, specs)?)))
        .collect();
    Ok(Answer { address, dialect, ledgers, tables: own, strangers, remark: database.remark() })
}

/// The schemas in which ledgers must lie, and of which no table is known yet.
fn elsewhere(
    wanted: &[usize],
    tools: &[(Arc<Tool>, Option<TableName>)],
    tables: &[db::Table],
) -> BTreeSet<String> {
    let known = |schema: &str| tables.iter().any(|table| table.name.schema.as_deref() == Some(schema));
    let asked = wanted.iter().filter_map(|set| tools.get(*set)).flat_map(|(tool, configured)| {
        let configured = configured.as_ref().and_then(|table| table.schema.as_deref());
        tool.schemas_of_its_own().chain(configured)
    });
    asked.filter(|schema| !known(schema)).map(str::to_owned).collect()
}
