//! Asks the declared databases, each on its own thread, each within its time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::config::{Config, DatabaseConfig, UrlConfig};
use crate::db::{self, DbError, Surroundings};
use crate::model::{Cause, Database, Dialect, Fact, NOT_EXAMINED, Need, Schema, SourceKind, TableName};
use crate::tools::{self, LedgerTable, RawLedger, Tool};

use super::breaker::{Fuse, Fuses, Heard};
use super::debts::Owed;
use super::within::{Pending, within};
use super::{GatherError, Request, ResolvedSet, latest};

/// A database that is declared for this moment, with the sets that it records.
#[derive(Debug)]
pub(super) struct Declared<'a> {
    pub(super) config: &'a DatabaseConfig,
    /// Optional where it is asked only for what is owed.
    pub(super) need: Need,
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
    /// What it holds: once, or for each schema that is declared.
    pub(super) schemas: Vec<InSchema>,
    /// The whole schema, where it is asked for.
    pub(super) schema: Option<Result<LiveSchema, Cause>>,
    /// How it was read, and what was not there to be read, where people should know.
    pub(super) remarks: Vec<String>,
}

/// The schema of a database, and what it lies in.
#[derive(Debug)]
pub(super) struct LiveSchema {
    pub(super) schema: Schema,
    pub(super) around: Surroundings,
}

/// What a schema holds, or the whole of a database where none is declared.
#[derive(Debug, Default)]
pub(super) struct InSchema {
    /// The schema, where one is declared.
    pub(super) schema: Option<String>,
    /// For each set: its ledger, where it has one.
    pub(super) ledgers: Vec<(usize, Option<RawLedger>)>,
    /// How many tables it has.
    pub(super) tables: usize,
    /// Ledgers of no set.
    pub(super) strangers: Vec<(TableName, String)>,
}

/// A database that is asked, or left alone for a while.
pub(super) struct Asked {
    fuse: Fuse,
    pending: Option<Pending<Answer>>,
    /// Where it waits to hear what is wanted.
    wanted: Option<(Sender<Wanted>, Clock)>,
}

/// What is wanted of a database.
struct Wanted {
    /// Indices of the sets.
    sets: Vec<usize>,
    /// Of all sets: the tool, and the table where one is configured.
    tools: Vec<(Arc<Tool>, Option<TableName>)>,
    specs: BTreeMap<String, tools::ToolSpec>,
}

/// A database with more tables than these is asked only for tables that are called like a ledger.
const MANY_TABLES: usize = 10_000;

impl Wanted {
    /// What ledgers may be called.
    fn names(&self) -> Vec<String> {
        let configured = self.tools.iter().filter_map(|(_, table)| Some(table.as_ref()?.name.to_lowercase()));
        tools::ledger_names(self.specs.values()).into_iter().chain(configured).collect()
    }
}

impl Asked {
    /// Says what is wanted.
    fn tell(&mut self, declared: &Declared<'_>, sets: &[ResolvedSet], config: &Config) {
        let (Some((tell, clock)), Some(pending)) = (self.wanted.take(), &mut self.pending) else { return };
        let tools = sets.iter().map(|set| (Arc::clone(&set.tool), set.table.clone())).collect();
        pending.until(clock.deadline(clock.started.elapsed()));
        // It may have failed already: then it says so when it is waited for.
        let _ = tell.send(Wanted { sets: declared.sets.clone(), tools, specs: config.tools.clone() });
    }

    /// The answer or why there is none, how long it was waited for, and when all was well for the last time. What answered
    /// joins the others that did.
    pub(super) fn wait(self, heard: &mut Heard) -> (Result<Answer, Cause>, Duration, Option<Duration>) {
        let Self { mut fuse, pending, wanted: _ } = self;
        let (answer, waited) = match pending {
            Some(pending) => pending.wait(),
            None => (Err(fuse.skip.take().unwrap_or(Cause::NoTimeLeft)), Duration::ZERO),
        };
        let last_well = answer.is_err().then(|| fuse.last_well()).flatten();
        fuse.done(answer.as_ref().err(), waited, heard);
        (answer, waited, last_well)
    }
}

/// Says to all of them what is wanted. They are in the order of the declarations.
pub(super) fn tell(asked: &mut [Asked], declared: &[Declared<'_>], sets: &[ResolvedSet], config: &Config) {
    for (asked, database) in asked.iter_mut().zip(declared) {
        asked.tell(database, sets, config);
    }
}

/// The databases that are declared for the moment, and at a push those that earlier commits were not checked by.
pub(super) fn declared<'a>(
    config: &'a Config,
    sets: &[ResolvedSet],
    request: &Request,
    owed: &Owed,
) -> Result<Vec<Declared<'a>>, GatherError> {
    of_this_moment(config, request, owed)
        .map(|(database, need)| {
            let indices = match &database.sets {
                None => (0..sets.len()).collect(),
                Some(names) => {
                    let named = names.iter().map(|name| indices_of(name, database, sets));
                    named.collect::<Result<Vec<_>, _>>()?.concat()
                }
            };
            Ok(Declared { config: database, need, sets: indices })
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
        schema: None,
        address: declared.config.url.to_string(),
        need: declared.need,
        declared: Some(declared.config.line).filter(|line| *line > 0),
        dialect: Dialect::default(),
        ledgers: Fact::NotAsked,
        drift: Fact::NotAsked,
        strangers: Vec::new(),
    }
}

/// Starts on the way to all of them that the moment asks: to find a server and log in there takes longer than to read a
/// repository, and neither needs the other. What they are asked for, [`Asked::tell`] says.
pub(super) fn ask(config: &Config, request: &Request, fuses: &Fuses, owed: &Owed) -> Vec<Asked> {
    let ask = |(database, need): (&DatabaseConfig, Need)| {
        let DatabaseConfig { url, timeout, .. } = database;
        // Where it is decides, not how that is written: a variable may name another database tomorrow.
        let place = url.resolve().map_or_else(|_| url.to_string(), |url| url.to_string());
        let fuse = fuses.fuse(SourceKind::Database, &database.name, &place, need, None);
        if fuse.skip.is_some() {
            return Asked { fuse, pending: None, wanted: None };
        }
        let started = Instant::now();
        let latest = latest(config, request).filter(|_| need == Need::Optional);
        let clock = Clock { started, timeout: *timeout, latest };
        let (tell, told) = channel();
        let drift = database.drift || request.drift;
        let errand = Errand { url: url.clone(), schemas: database.schemas.clone(), drift, clock };
        let pending = within(clock.deadline(Duration::ZERO), move || errand.converse(&told));
        Asked { fuse, pending: Some(pending), wanted: Some((tell, clock)) }
    };
    of_this_moment(config, request, owed).map(ask).collect()
}

fn of_this_moment<'a>(
    config: &'a Config,
    request: &Request,
    owed: &Owed,
) -> impl Iterator<Item = (&'a DatabaseConfig, Need)> {
    config.databases.iter().filter_map(|database| {
        let need = owed.need(SourceKind::Database, &database.name, database.need, &database.at, request);
        Some((database, need?))
    })
}

/// How long a database may take. What guard itself takes, until it knows what to ask for, is not on its account.
#[derive(Clone, Copy)]
struct Clock {
    started: Instant,
    timeout: Duration,
    /// The end of the whole commit's time, where that may be shorter.
    latest: Option<Instant>,
}

impl Clock {
    fn deadline(&self, waited: Duration) -> Instant {
        let deadline = self.started + self.timeout + waited;
        self.latest.map_or(deadline, |latest| latest.min(deadline))
    }
}

/// What is known of a conversation with a database before it is known what to ask for.
struct Errand {
    url: UrlConfig,
    schemas: Vec<glob::Pattern>,
    /// Whether its schema is asked for.
    drift: bool,
    clock: Clock,
}

impl Errand {
    /// The conversation. A server is called on at once; a file, that is there or not, when all is known.
    fn converse(&self, told: &Receiver<Wanted>) -> Result<Answer, Cause> {
        let Self { schemas, clock, .. } = self;
        let url = self.url.resolve().map_err(Cause::NotConfigured)?;
        let on_a_server = url.dialect() != Dialect::Sqlite;
        let early = on_a_server.then(|| db::open(&url, clock.deadline(Duration::ZERO)));
        let early = early.transpose().map_err(Cause::from)?;
        let ready = Instant::now();
        // Nobody asks for anything: guard has given up.
        let Ok(wanted) = told.recv() else { return Err(Cause::NoTimeLeft) };
        let waited = ready.elapsed();
        let mut database = match early {
            Some(mut database) => {
                database.more_time(waited);
                database
            }
            None => db::open(&url, clock.deadline(waited)).map_err(Cause::from)?,
        };
        database.look_for(wanted.names(), MANY_TABLES);
        let reader = Reader { wanted: &wanted.sets, tools: &wanted.tools, specs: &wanted.specs };
        let mut answer = Answer {
            address: url.to_string(),
            dialect: url.dialect(),
            schemas: Vec::new(),
            schema: None,
            remarks: Vec::new(),
        };
        if schemas.is_empty() {
            answer.schemas.push(reader.read(&mut *database).map_err(Cause::from)?);
        } else {
            reader.read_schemas(&mut *database, schemas, &mut answer).map_err(Cause::from)?;
        }
        if self.drift {
            let names = answer.schemas.iter().filter_map(|one| one.schema.as_deref());
            let live = match url.dialect() {
                Dialect::MySql if !schemas.is_empty() => each_schema(&mut *database, names),
                _ => database.schema(),
            };
            let live = live.and_then(|schema| {
                let mut around = database.surroundings()?;
                around.database = around.database.or_else(|| url.database().map(str::to_owned));
                Ok(LiveSchema { schema, around })
            });
            answer.schema = Some(live.map_err(Cause::from));
        }
        match database.left_out(None) {
            0 => {}
            more => answer.remarks.push(format!(
                "has very many tables: {more} were not looked at, since none of them is called like a ledger"
            )),
        }
        answer.remarks.extend(database.remark().map(|remark| format!("was {remark}")));
        Ok(answer)
    }
}

/// All of these schemas, each of which the server takes for a database of its own.
fn each_schema<'a>(
    database: &mut dyn db::Database,
    names: impl Iterator<Item = &'a str>,
) -> Result<Schema, DbError> {
    let mut all = Schema::default();
    for name in names {
        for (mut id, object) in database.schema_of(name)?.0 {
            if id.kind != NOT_EXAMINED {
                name.clone_into(&mut id.schema);
            }
            all.0.insert(id, object);
        }
    }
    Ok(all)
}

/// What is looked for in a database.
struct Reader<'a> {
    wanted: &'a [usize],
    tools: &'a [(Arc<Tool>, Option<TableName>)],
    specs: &'a BTreeMap<String, tools::ToolSpec>,
}

impl Reader<'_> {
    fn read(&self, database: &mut dyn db::Database) -> Result<InSchema, DbError> {
        let mut tables = database.tables()?;
        let own = tables.len();
        let left_out = database.left_out(None);
        for schema in elsewhere(self.wanted, self.tools, &tables) {
            tables.extend(database.tables_of(&schema)?);
        }
        let found = self.find(&tables);
        let strangers = self.strangers(&tables[..own], &found);
        Ok(InSchema { schema: None, ledgers: self.rows(found, database)?, tables: own + left_out, strangers })
    }

    /// Each schema as if it were a database. All their rows are announced first.
    fn read_schemas(
        &self,
        database: &mut dyn db::Database,
        patterns: &[glob::Pattern],
        answer: &mut Answer,
    ) -> Result<(), DbError> {
        let there = database.schemas()?;
        if there.is_empty() {
            return Err(DbError::Failed("it has no schemas, and guard.toml names some".to_owned()));
        }
        let is_meant = |name: &&String| patterns.iter().any(|pattern| pattern.matches(name));
        let mut named: BTreeSet<String> = there.iter().filter(is_meant).cloned().collect();
        for pattern in patterns.iter().filter(|pattern| !there.iter().any(|name| pattern.matches(name))) {
            if pattern.as_str().contains(['*', '?', '[']) {
                answer.remarks.push(format!("has no schema that matches {pattern}"));
            } else {
                named.insert(pattern.as_str().to_owned()); // it is missed by its name
            }
        }
        if named.is_empty() {
            return Err(DbError::Failed("it has none of the schemas that guard.toml names".to_owned()));
        }
        let mut tables: BTreeMap<String, Vec<db::Table>> = BTreeMap::new();
        for table in database.tables()? {
            let schema = table.name.schema.clone().unwrap_or_default();
            tables.entry(schema).or_default().push(table);
        }
        let mut all = Vec::with_capacity(named.len());
        for schema in named {
            let mut own = match tables.remove(&schema) {
                Some(own) => own,
                None => database.tables_of(&schema)?,
            };
            for table in &mut own {
                table.visible = true;
            }
            let found = self.find(&own);
            all.push((schema, own, found));
        }
        let questions =
            all.iter().flat_map(|(_, _, found)| found).filter(|(set, _)| self.wanted.contains(set));
        let questions: Vec<_> = questions
            .filter_map(|(set, ledger)| self.tools[*set].0.ledger_question(ledger.as_ref()?))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        database.announce(&questions)?;
        for (schema, tables, found) in all {
            let strangers = self.strangers(&tables, &found);
            let ledgers = self.rows(found, database)?;
            let tables = tables.len() + database.left_out(Some(&schema));
            answer.schemas.push(InSchema { schema: Some(schema), ledgers, tables, strangers });
        }
        Ok(())
    }

    /// For each set its ledger among these tables.
    fn find(&self, tables: &[db::Table]) -> Vec<(usize, Option<LedgerTable>)> {
        let find = |(tool, configured): &(Arc<Tool>, Option<TableName>)| {
            tool.find_ledger(tables, configured.as_ref())
        };
        self.tools.iter().map(find).enumerate().collect()
    }

    /// The rows of the ledgers that are asked for.
    fn rows(
        &self,
        found: Vec<(usize, Option<LedgerTable>)>,
        database: &mut dyn db::Database,
    ) -> Result<Vec<(usize, Option<RawLedger>)>, DbError> {
        let wanted = found.into_iter().filter(|(set, _)| self.wanted.contains(set));
        let read = wanted.map(|(set, ledger)| {
            let rows = ledger.map(|ledger| self.tools[set].0.read_ledger(&ledger, database));
            Ok((set, rows.transpose()?))
        });
        read.collect()
    }

    /// What lies in another database belongs to others, unless a set has its ledger there.
    fn strangers(
        &self,
        tables: &[db::Table],
        found: &[(usize, Option<LedgerTable>)],
    ) -> Vec<(TableName, String)> {
        let explained = |name: &TableName| {
            found.iter().any(|(_, ledger)| ledger.as_ref().is_some_and(|ledger| ledger.name == *name))
        };
        let others = tables.iter().filter(|table| !explained(&table.name));
        others.filter_map(|table| Some((table.name.clone(), tools::recognise(table, self.specs)?))).collect()
    }
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
