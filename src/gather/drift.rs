//! The live schema of a database against a replay of what its ledger records.

mod own;
mod programs;
mod record;
mod replay;
mod steps;
mod tenants;
mod witness;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{Config, FILE_NAME, SchemaConfig, UrlConfig};
use crate::db::Surroundings;
pub use crate::expected::{leftovers, record::FILE_NAME as RECORD_NAME};
use crate::git::{Backend, EntryKind, GitError, LogQuery, PathChange};
use crate::model::{
    Account, Cause, Database, Dialect, Drift, Fact, Happened, LedgerState, MigrationKind, MigrationSet,
    ObjectId, Outage, RepoPath, Schema, SetLedger, SourceKind, TableName,
};

use crate::tools::read_dump;

use super::databases::LiveSchema;
use super::{Candidate, ResolvedSet, candidate_tree};
use programs::Place;
pub use record::record;
use replay::{Plan, is_of, replay};
use steps::Steps;
use witness::Asked;

/// So long the history is searched for older texts.
const HISTORY: Duration = Duration::from_millis(500);
/// What is needed to judge the schemas of a run.
pub(super) struct Judge<'a> {
    pub(super) git: &'a dyn Backend,
    pub(super) config: &'a Config,
    pub(super) candidate: Candidate,
    pub(super) resolved: &'a [ResolvedSet],
    pub(super) sets: &'a [MigrationSet],
    /// guard itself, to watch over commands.
    pub(super) warden: Option<&'a Path>,
    /// Where the database is, for what is asked only when something differs.
    pub(super) url: &'a UrlConfig,
    /// The server that is declared for replays.
    pub(super) scratch: Option<&'a UrlConfig>,
}

impl Judge<'_> {
    /// Fills in what the live schema says, by the deadline.
    pub(super) fn judge(
        &self,
        database: &mut Database,
        live: Result<LiveSchema, Cause>,
        deadline: Instant,
    ) -> Result<(), GitError> {
        let Fact::Known(ledgers) = &database.ledgers else { return Ok(()) };
        let begin = Instant::now();
        let mut plan = self.plan(ledgers, database, deadline)?;
        if database.schema.is_some() {
            // Who wrote what is kept for objects as they are called, and what the repository shows is one schema.
            plan.tenant.clone_from(&database.schema);
            (plan.asked.ledgers, plan.dumps) = (Vec::new(), Vec::new());
        }
        let answer = live.and_then(|mut live| {
            let tables = ledgers.iter().map(|of| (of.set, in_own_words(of.state.table(), database.dialect, &live.around)));
            let tables: Vec<(usize, TableName)> = tables.collect();
            let own = |id: &ObjectId| tables.iter().any(|(set, table)| self.resolved[*set].tool.owns(id, table));
            live.schema.0.retain(|id, _| !own(id));
            if let Some(tool) = self.apart(ledgers, &live.schema) {
                let what = format!("it holds the registry of {tool} alone, and the tables of its migrations are in another database");
                return Err(Cause::Failed(what));
            }
            replay(live, plan, database.dialect, deadline)
        });
        database.drift = match answer {
            Ok(mut drift) => {
                drift.assumed = assumed(ledgers).map(|of| of.set).collect();
                forget_what_never_ran(&mut drift);
                Fact::Known(drift)
            }
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

    /// What has to be replayed.
    fn plan(&self, ledgers: &[SetLedger], database: &Database, deadline: Instant) -> Result<Plan, GitError> {
        let mut plan = Plan {
            ignore: self.config.schema.ignore.clone(),
            common_dir: self.git.layout().common_dir.clone(),
            scratch: self.scratch.cloned(),
            asked: Asked { url: Some(self.url.clone()), ..Asked::default() },
            ..Plan::default()
        };
        for ledger in ledgers {
            let (set, resolved) = (&self.sets[ledger.set], &self.resolved[ledger.set]);
            let before = resolved.replay.before.iter().filter(|one| !plan.before.contains(one));
            let before: Vec<String> = before.cloned().collect();
            plan.before.extend(before);
            let table = ledger.state.table();
            plan.tables.push(table.clone());
            match resolved.tool.scripts().filter(|_| resolved.replay.run.is_empty()) {
                Some(reader) => {
                    let past = self.past(set, deadline)?;
                    let tool = &resolved.tool;
                    let (number, dialect) = (ledger.set, database.dialect);
                    let steps = Steps { judge: self, number, set, tool, reader, past, dialect };
                    steps.add(&ledger.state, &mut plan.history, &mut plan.asked.rows)?;
                    let (history, about) = (&plan.history, (&ledger.state, table));
                    let all = history.recorded.iter().chain(&history.pending);
                    let all: Vec<_> = all.filter(|step| step.migration.0 == ledger.set).collect();
                    own::add(&mut plan.ledgers, (set, tool), about, &all, database.dialect);
                    let tool = Arc::clone(&resolved.tool);
                    plan.asked.ledgers.push((ledger.set, tool, resolved.table.clone()));
                }
                None if set.candidate.is_empty() => {}
                None => {
                    let added = programs::add(&mut plan.programs, set, resolved, &ledger.state);
                    plan.cannot = plan.cannot.or(added.err());
                }
            }
        }
        plan.tables.extend(database.strangers.iter().map(|(table, _)| table.clone()));
        plan.record = self.file(&RepoPath::from(RECORD_NAME))?;
        self.dumps(ledgers, &mut plan, database.dialect)?;
        plan.applied = record::applied(ledgers, self.sets);
        if !plan.programs.is_empty() {
            let (Some(warden), Some(root)) = (self.warden, &self.git.layout().work_tree) else {
                let why = "the tool's own command runs in the work tree, and this is about another commit";
                plan.cannot = Some(Cause::Failed(why.to_owned()));
                return Ok(plan);
            };
            let declared =
                self.config.databases.iter().flat_map(|one| [Some(&one.url), one.scratch.as_ref()]);
            let hidden = declared.flatten().filter_map(UrlConfig::variable).map(str::to_owned);
            plan.place =
                Some(Place { root: root.clone(), warden: warden.to_owned(), hidden: hidden.collect() });
        }
        Ok(plan)
    }
}

/// The table as the schema names it: on MySQL what lies in the database itself lies in no schema.
fn in_own_words(table: &TableName, dialect: Dialect, around: &Surroundings) -> TableName {
    let here = dialect != Dialect::Postgres && table.schema == around.database;
    TableName { schema: table.schema.clone().filter(|_| !here), name: table.name.clone() }
}

/// The sets without a ledger in a database that has tables all the same: all their migrations may have run.
fn assumed(ledgers: &[SetLedger]) -> impl Iterator<Item = &SetLedger> {
    ledgers.iter().filter(|of| matches!(of.state, LedgerState::Absent { tables, .. } if tables > 0))
}

/// Where no ledger says that they ran, it is no finding that some did not.
fn forget_what_never_ran(drift: &mut Drift) {
    let assumed = std::mem::take(&mut drift.assumed);
    if !assumed.is_empty() {
        let never = |account: &Account| {
            account.what == Happened::NotExecuted && assumed.contains(&account.migration.0)
        };
        drift.accounts.retain(|account| !never(account));
        drift.unexplained.retain(|root| root.iter().any(|one| one.live.is_some()));
    }
    drift.assumed = assumed;
}

impl Judge<'_> {
    /// The tool that keeps its ledger apart from what it migrates, where this is the place of the ledger and nothing else.
    fn apart(&self, ledgers: &[SetLedger], live: &Schema) -> Option<&str> {
        let of = ledgers.iter().find(|of| self.resolved[of.set].tool.keeps_registry())?;
        let is_other = |id: &ObjectId| id.kind == "table" && !is_of(id, of.state.table());
        let rows = matches!(&of.state, LedgerState::Read(read) if !read.rows.is_empty());
        (rows && !live.0.keys().any(is_other)).then(|| self.sets[of.set].tool.title.as_str())
    }

    /// A file of the candidate, where it has one.
    fn file(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, GitError> {
        let tree = candidate_tree(self.git, self.candidate, std::slice::from_ref(path))?;
        let found = tree.entries.iter().find(|entry| entry.path == *path && entry.kind == EntryKind::File);
        found.map(|entry| self.git.blob(entry.oid)).transpose()
    }

    /// What the repository says of the schema of a set whose migrations guard runs itself, and which has the database for itself.
    fn dumps(&self, ledgers: &[SetLedger], plan: &mut Plan, dialect: Dialect) -> Result<(), GitError> {
        let [ledger] = ledgers else { return Ok(()) };
        let (set, resolved) = (&self.sets[ledger.set], &self.resolved[ledger.set]);
        let Some(reader) = resolved.tool.scripts().filter(|_| resolved.replay.run.is_empty()) else {
            return Ok(());
        };
        for (path, form) in resolved.tool.dumps(&set.dir) {
            let text = self.file(&path)?.and_then(|text| String::from_utf8(text).ok());
            let dump = text.and_then(|text| read_dump(form, &text));
            plan.dumps.extend(dump.map(|dump| (path, dump)));
        }
        if plan.dumps.is_empty() {
            return Ok(());
        }
        for migration in set.candidate.iter().filter(|one| one.kind == MigrationKind::Versioned) {
            let text = self.git.blob(migration.blob)?;
            let place = (&migration.path, migration.part.as_deref());
            match reader.read_part(&resolved.tool, place, &text, (dialect, &|_| None)) {
                Some(script) => plan.all.push(script),
                // Nobody knows what the rest makes without it.
                None => plan.dumps.clear(),
            }
        }
        Ok(())
    }

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

/// What was not judged, and why, in the order in which it was found; once for all schemas of which it is true.
pub(super) fn remarks<'a>(
    name: &str,
    judged: impl Iterator<Item = &'a Drift>,
    sets: &[MigrationSet],
) -> Vec<String> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for remark in judged.flat_map(|drift| of_one(name, drift, sets)) {
        match found.iter_mut().find(|(known, _)| *known == remark) {
            Some((_, count)) => *count += 1,
            None => found.push((remark, 1)),
        }
    }
    let say = |(remark, count): (String, usize)| match count {
        1 => remark,
        count => format!("{remark} (in {count} of its schemas)"),
    };
    found.into_iter().map(say).collect()
}

fn of_one(name: &str, drift: &Drift, sets: &[MigrationSet]) -> Vec<String> {
    let mut remarks = Vec::new();
    for set in drift.assumed.iter().filter_map(|set| sets.get(*set)) {
        let (title, migrations) = (&set.name, set.candidate.len());
        remarks.push(format!(
            "\"{name}\" has no ledger of {title}, so its schema was held against all {migrations} migrations, as if they had run"
        ));
    }
    if let Some(first) = drift.without_text.first().filter(|_| drift.not_judged > 0) {
        let more = drift.without_text.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        let differences = drift.not_judged;
        remarks.push(format!(
            "the schema of \"{name}\" was not judged ({differences} differences): of {first}{more} in the ledger guard has no SQL \
             to replay: the text is not in this clone, is a program, or is filled in by the tool before it runs"
        ));
    }
    if !drift.not_examined.is_empty() {
        let what = drift.not_examined.join(", ");
        remarks.push(format!(
            "not examined in the schema of \"{name}\", for want of rights or of knowledge: {what}"
        ));
    }
    if !drift.left_out.is_empty() {
        let what = drift.left_out.join(", ");
        remarks.push(format!("left out of the schema of \"{name}\", since no migration decides it: {what}"));
    }
    if drift.cut_off {
        remarks.push(format!(
            "what happened to the schema of \"{name}\" was not searched to the end: there are too many ways, or too little time"
        ));
    }
    remarks
}

/// The patterns of `[schema] ignore` that leave nothing out, in none of the schemas that were judged.
pub(super) fn dead_patterns(config: &SchemaConfig, databases: &[Database]) -> Vec<String> {
    let judged: Vec<&Drift> = databases.iter().filter_map(|database| database.drift.known()).collect();
    let dead = |at: usize| judged.iter().all(|drift| drift.ignored.get(at) == Some(&false));
    let patterns = config.ignore.iter().zip(&config.lines).enumerate();
    patterns
        .filter(|(at, _)| !judged.is_empty() && dead(*at))
        .map(|(_, (pattern, line))| {
            format!(
                "{FILE_NAME}:{line}: [schema] ignore \"{}\" leaves nothing out: take it away",
                pattern.as_str()
            )
        })
        .collect()
}
