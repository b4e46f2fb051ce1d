//! `guard status`: one table, migrations by databases, with the state of each.

use std::io::Write;
use std::time::Instant;

use crate::check;
use crate::gather::{Gathered, Request, gather};
use crate::model::{
    Change, Content, Database, Facts, LedgerState, Migration, MigrationKind, MigrationSet, Moment, Outcome,
    Verdict,
};

use super::{Context, Failure, project, table};

/// Show each migration with its state in the repository and in each database
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Show all migrations, not only the last ones and those that are not in step
    #[arg(long)]
    all: bool,
    /// The databases of this moment
    #[arg(long, value_name = "MOMENT", value_parser = ["commit", "push", "ci", "audit"], default_value = "commit")]
    at: String,
}

/// How many migrations in step are shown at the end of a set.
const LAST: usize = 5;

pub(super) fn run(args: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let project = project::open(&context.directory)?;
    let moment =
        Moment::ALL.iter().find(|(word, _)| *word == args.at).map_or(Moment::Commit, |(_, moment)| *moment);
    let request = Request {
        moment,
        candidate: project::candidate(&project, Moment::Commit, None)?,
        base: None,
        replaces: None,
        offline: false,
        started: Instant::now(),
        retry: true,
        is_commit: false,
        drift: false,
        rehearsal: false,
        warden: None,
    };
    let Gathered { facts, remarks, .. } =
        gather(&project, &request, &check::enabled(&project.config, moment))?;
    for (index, set) in facts.sets.iter().enumerate() {
        write_set(index, set, &facts, args, context, out)?;
    }
    if facts.sets.is_empty() {
        writeln!(out, "There are no migrations that guard knows; guard tools lists the tools.")?;
    }
    for outage in facts.outages() {
        writeln!(out, "{} was not asked to the end: {}", outage.source, outage.cause)?;
    }
    for remark in remarks {
        writeln!(out, "{remark}")?;
    }
    let outages = facts.outages();
    let verdict = if outages.is_empty() { Verdict::Pass } else { check::verdict(&[], &outages, false) };
    Ok(verdict.exit_code())
}

fn write_set(
    index: usize,
    set: &MigrationSet,
    facts: &Facts,
    args: &Args,
    context: &Context,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    writeln!(out, "{} ({} in {})", set.name, set.tool.title, set.dir)?;
    let names: Vec<&str> = facts.databases.iter().map(|database| database.name.as_str()).collect();
    let mut rows =
        table::table(&context.look, &[&["  version", "name", "repository"], &*names].concat(), &[1]);
    let mut hidden = 0;
    let last = set.candidate.len().saturating_sub(LAST);
    for (at, migration) in set.candidate.iter().enumerate() {
        let repository = in_repository(set, migration);
        let states: Vec<String> =
            facts.databases.iter().map(|database| in_database(database, index, at, migration)).collect();
        let in_step =
            repository == "unchanged" && states.iter().all(|state| state == "applied" || state == "?");
        if in_step && at < last && !args.all {
            hidden += 1;
            continue;
        }
        let version = format!("  {}", migration.version);
        rows.add_row([vec![version, migration.name.to_string(), repository.to_owned()], states].concat());
    }
    for (identity, name, state, column) in rows_without_files(index, facts) {
        let states = (0..names.len()).map(|at| if at == column { state.to_owned() } else { String::new() });
        rows.add_row([vec![format!("  {identity}"), name, "absent".to_owned()], states.collect()].concat());
    }
    if hidden > 0 {
        writeln!(out, "  {hidden} older ones in step; --all shows them")?;
    }
    writeln!(out, "{}", table::lines(&rows))?;
    Ok(())
}

fn in_repository(set: &MigrationSet, migration: &Migration) -> &'static str {
    let change = set.changes.iter().find(|change| match change {
        Change::Added { migration: after } | Change::Edited { after, .. } | Change::Renamed { after, .. } => {
            after.unit() == migration.unit()
        }
        Change::Deleted { .. } => false,
    });
    match change {
        None => "unchanged",
        Some(Change::Added { .. }) => "new",
        Some(Change::Edited { .. }) => "edited",
        Some(Change::Renamed { .. }) => "renamed",
        Some(Change::Deleted { .. }) => "deleted",
    }
}

fn in_database(database: &Database, set: usize, at: usize, migration: &Migration) -> String {
    let Some(ledgers) = database.ledgers.known() else { return "?".to_owned() };
    let state = ledgers.iter().find(|ledger| ledger.set == set).map(|ledger| &ledger.state);
    let state = match state {
        None => "",
        Some(LedgerState::Absent { .. }) => "no ledger",
        Some(LedgerState::Read(ledger)) => {
            match ledger.rows.iter().rev().find(|row| row.migration == Some(at)) {
                Some(row) if row.outcome == Outcome::Failed => "failed",
                Some(row) => match row.content {
                    Content::Same | Content::NotComparable(_) => "applied",
                    Content::SameBut(_) => "applied, other line endings",
                    Content::Differs { .. } => "applied, other text",
                },
                None if ledger.applied.get(at) == Some(&true) => "applied",
                None if migration.kind == MigrationKind::Versioned => "pending",
                None => "not recorded",
            }
        }
    };
    state.to_owned()
}

/// What the ledgers record and the candidate lacks: identity, name, state, database.
fn rows_without_files(set: usize, facts: &Facts) -> Vec<(String, String, &'static str, usize)> {
    let mut rows = Vec::new();
    for (column, database) in facts.databases.iter().enumerate() {
        for ledger in database.ledgers.known().into_iter().flatten().filter(|ledger| ledger.set == set) {
            let LedgerState::Read(ledger) = &ledger.state else { continue };
            let lost = |row: &&crate::model::AppliedMigration| {
                row.migration.is_none() && row.outcome != Outcome::Baseline
            };
            for row in ledger.rows.iter().filter(lost) {
                let state = if row.outcome == Outcome::Failed { "failed" } else { "applied" };
                rows.push((
                    row.version.to_string(),
                    row.name.clone().unwrap_or_default().into(),
                    state,
                    column,
                ));
            }
        }
    }
    rows
}
