//! Migrations that are programs: their own tool runs them, on the scratch database and on nothing else.
//!
//! guard cannot see where a command really connects to. So it must be said how the command is told, the addresses of the declared
//! databases are taken out of its environment, and the ledger that it leaves behind must be the audited one's.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::config::{PLACES, ReplayConfig};
use crate::db::{self, DatabaseUrl};
use crate::expected::Scratch;
use crate::model::{Cause, LedgerState, LedgerStyle, MigrationKind, MigrationSet, TableName, Text};
use crate::services::{self, Job};
use crate::tools::Tool;

use super::super::ResolvedSet;

/// So much of what a command said is repeated.
const LAST_LINES: usize = 4;

/// What a tool's command has to run, and what its ledger must hold afterwards.
pub(super) struct Program {
    replay: ReplayConfig,
    /// The versions to go to, each with the app of it; none for the newest.
    to: Vec<(String, String)>,
    /// Where a ledger is, and what must be in it and what must not.
    ledgers: Vec<Expected>,
}

struct Expected {
    tool: Arc<Tool>,
    table: Option<TableName>,
    applied: BTreeSet<Text>,
    pending: BTreeSet<Text>,
}

/// Where commands run.
#[derive(Clone)]
pub(super) struct Place {
    /// The root of the repository.
    pub(super) root: PathBuf,
    /// guard itself, to watch over them.
    pub(super) warden: PathBuf,
    /// Variables that lead to a declared database.
    pub(super) hidden: Vec<String>,
}

/// Adds a set to what has to be run. Sets that one command serves are one program.
pub(super) fn add(
    programs: &mut Vec<Program>,
    set: &MigrationSet,
    resolved: &ResolvedSet,
    state: &LedgerState,
) -> Result<(), Cause> {
    let replay = &resolved.replay;
    if replay.run.is_empty() {
        let title = &set.tool.title;
        return Err(Cause::Failed(format!(
            "the migrations of {title} are programs, and guard.toml does not say how they are replayed: [migrations.replay] run = [...]"
        )));
    }
    let mut to = Vec::new();
    let mut expected = Expected {
        tool: Arc::clone(&resolved.tool),
        table: resolved.table.clone(),
        applied: BTreeSet::new(),
        pending: BTreeSet::new(),
    };
    if let LedgerState::Read(ledger) = state {
        let mut known = ledger.rows.iter().filter(|row| row.migration.is_some());
        expected.applied.extend(known.clone().map(|row| row.identity.clone()));
        let here = set.candidate.iter().enumerate().filter(|(_, one)| one.kind == MigrationKind::Versioned);
        let waits = here.filter(|(at, _)| !ledger.applied.get(*at).copied().unwrap_or_default());
        expected.pending.extend(waits.map(|(_, one)| one.identity.clone()));
        let target = |row: &crate::model::AppliedMigration| {
            (row.name.as_deref().unwrap_or_default().to_owned(), row.version.to_string())
        };
        match ledger.style {
            LedgerStyle::Heads => to.extend(known.map(target)),
            LedgerStyle::Rows | LedgerStyle::HighWater => to.extend(known.next_back().map(target)),
        }
    }
    let at = programs.iter().position(|program| program.replay == *replay);
    let program = match at {
        Some(at) => &mut programs[at],
        None => {
            programs.push(Program { replay: replay.clone(), to: Vec::new(), ledgers: Vec::new() });
            programs.last_mut().expect("just pushed")
        }
    };
    program.to.extend(to);
    program.ledgers.push(expected);
    Ok(())
}

impl Program {
    /// Runs them, one after the other, and says which.
    pub(super) fn run_all(
        all: &[Self],
        scratch: &dyn Scratch,
        place: &Place,
        deadline: Instant,
    ) -> Result<String, Cause> {
        all.iter().try_for_each(|program| program.run(scratch, place, deadline))?;
        Ok(all.iter().map(Self::name).collect::<Vec<_>>().join(", "))
    }

    /// The command, as people type it.
    fn name(&self) -> String {
        self.replay.run.join(" ")
    }

    /// Runs it, and looks at what it left behind.
    fn run(&self, scratch: &dyn Scratch, place: &Place, deadline: Instant) -> Result<(), Cause> {
        let mut places = scratch.places();
        let url = places.iter().find(|(name, _)| *name == "url").map(|(_, url)| url.clone());
        let Some(url) = url else {
            return Err(Cause::Failed("no other program can reach this scratch database".to_owned()));
        };
        let pending: usize = self.ledgers.iter().map(|ledger| ledger.pending.len()).sum();
        if pending == 0 {
            self.command(&self.replay.run, &places, place, deadline)?;
        } else if self.replay.to.is_empty() {
            let are = if pending == 1 { "1 migration is" } else { &format!("{pending} migrations are") };
            return Err(Cause::Failed(format!(
                "{are} pending in it, and `run` would run them as well: [migrations.replay] to = [...] says how the tool goes to a version"
            )));
        } else {
            for (app, version) in &self.to {
                places.retain(|(name, _)| !matches!(*name, "app" | "version"));
                places.extend([("app", app.clone()), ("version", version.clone())]);
                self.command(&self.replay.to, &places, place, deadline)?;
            }
        }
        self.ledgers.iter().try_for_each(|ledger| ledger.hold(&url, &self.name(), deadline))
    }

    fn command(
        &self,
        command: &[String],
        places: &[(&'static str, String)],
        place: &Place,
        deadline: Instant,
    ) -> Result<(), Cause> {
        let command: Vec<String> = command.iter().map(|word| filled(word, places)).collect();
        let mut env: Vec<(String, Option<String>)> =
            place.hidden.iter().map(|name| (name.clone(), None)).collect();
        env.extend(self.replay.env.iter().map(|(name, value)| (name.clone(), Some(filled(value, places)))));
        let job = Job { command: &command, directory: &place.root, warden: &place.warden, env: &env };
        let ended = services::run(&job, deadline);
        let shown = command.join(" ");
        let how = match ended.how {
            services::How::Exit(0) => return Ok(()),
            services::How::Exit(code) => format!("ended with exit status {code}"),
            services::How::Signal(signal) => format!("was ended by signal {signal}"),
            services::How::Late => return Err(Cause::TimedOut),
            services::How::NotStarted(why) => format!("could not be started: {why}"),
        };
        let lines: Vec<&str> =
            ended.output.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].join(" / ");
        let said = if last.is_empty() { String::new() } else { format!(": {last}") };
        Err(Cause::Failed(format!("`{shown}`, on a scratch database, {how}{said}")))
    }
}

impl Expected {
    /// Whether the ledger in the scratch database is as the audited one.
    fn hold(&self, url: &str, command: &str, deadline: Instant) -> Result<(), Cause> {
        let url = DatabaseUrl::parse(url, std::path::Path::new("/"))
            .map_err(|error| Cause::Failed(error.to_string()))?;
        let mut database = db::open(&url, deadline)?;
        let tables = database.tables()?;
        let elsewhere = || {
            Cause::Failed(format!(
                "`{command}` left no ledger in the scratch database: it ran on another one. Look there, and at [migrations.replay] env"
            ))
        };
        let ledger = self.tool.find_ledger(&tables, self.table.as_ref()).ok_or_else(elsewhere)?;
        let raw = self.tool.read_ledger(&ledger, &mut *database)?;
        let there: BTreeSet<&Text> = raw.rows.iter().map(|row| &row.applied.identity).collect();
        if there.is_empty() {
            return Err(elsewhere());
        }
        if raw.style == LedgerStyle::Heads {
            let wanted: BTreeSet<&Text> = self.applied.iter().collect();
            return if wanted == there {
                Ok(())
            } else {
                let names =
                    |of: &BTreeSet<&Text>| of.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
                let (there, wanted) = (names(&there), names(&wanted));
                Err(Cause::Failed(format!("`{command}` goes to {there}, and the database is at {wanted}")))
            };
        }
        if let Some(lacking) = self.applied.iter().find(|one| !there.contains(one)) {
            return Err(Cause::Failed(format!("`{command}` does not run {lacking}, which the ledger has")));
        }
        if let Some(more) = self.pending.iter().find(|one| there.contains(one)) {
            return Err(Cause::Failed(format!("`{command}` runs {more} as well, which is pending")));
        }
        Ok(())
    }
}

/// The text with what the scratch database has in the place of `{url}` and so on.
fn filled(text: &str, places: &[(&'static str, String)]) -> String {
    let mut text = text.to_owned();
    for name in PLACES {
        let value = places.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}
