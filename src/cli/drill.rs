//! `guard drill`: what a commit would do if each dependency failed in each way, tried for real against stand-ins on loopback.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::check;
use crate::config::{CheckConfig, Config, DatabaseConfig, ServiceConfig};
use crate::gather::{Candidate, Gathered, Project, Request, gather};
use crate::model::{Moment, Need, Outage, Verdict};

use super::{Context, Failure, project, spawn};

mod cases;

use cases::{Case, cases};

/// Try what a commit would do if each dependency were down, silent or slow: exit 1 where an optional one could stop it
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// How much longer than declared it may take: guard's own work, and a machine that is busy.
const SLACK: Duration = Duration::from_millis(700);

/// What is tried in one row.
struct Row {
    what: String,
    failure: String,
    need: Need,
    /// How long a commit may take, by what is declared.
    limit: Duration,
}

pub(super) fn run(_: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut project = project::open(&context.directory)?;
    let declared = std::mem::take(&mut project.config);
    let all = cases(&declared).map_err(|error| {
        Failure::new(format!("no stand-in can be started on loopback: {error}"))
            .fix("guard drill needs to listen on 127.0.0.1")
    })?;
    if all.is_empty() {
        writeln!(
            out,
            "Nothing is declared that a commit waits for: no database at commit time, and no check."
        )?;
        return Ok(0);
    }
    let width = all.iter().map(|case| case.what.chars().count()).max().unwrap_or(0).max(4);
    writeln!(out, "{:width$}  {:34}  {:10}  {:>8}  a commit", "what", "if it", "declared", "takes")?;
    out.flush()?;
    let mut wrong = 0;
    for case in all {
        let Case { what, failure, config, need, limit, .. } = case;
        project.config = config;
        let row = Row { what, failure, need, limit };
        wrong += usize::from(!write_row(&row, &project, width, out)?);
        out.flush()?;
    }
    if wrong == 0 {
        writeln!(out, "No optional dependency can hold up or block a commit.")?;
        return Ok(0);
    }
    writeln!(out, "{wrong} of these would hold up or block a commit, though declared optional.")?;
    Ok(Verdict::Blocked.exit_code())
}

/// Tries one, and says what came of it. `false` where an optional one stops a commit.
fn write_row(row: &Row, project: &Project, width: usize, out: &mut dyn Write) -> Result<bool, Failure> {
    let (outages, took) = rehearse(project)?;
    let verdict = check::verdict(&[], &outages.iter().collect::<Vec<_>>(), false);
    let optional = row.need == Need::Optional;
    let late = took > row.limit + SLACK;
    let good = !optional || (verdict == Verdict::Pass && !late);
    let consequence = match (verdict, outages.first(), late) {
        (Verdict::Pass, None, _) => {
            "goes through: nothing is noticed, what it needs seems to be up".to_owned()
        }
        (Verdict::Pass, Some(_), false) => "goes through, and says what was skipped".to_owned(),
        (Verdict::Pass, Some(_), true) => {
            format!("goes through, {} ms late", took.saturating_sub(row.limit).as_millis())
        }
        _ => "is blocked (exit 2)".to_owned(),
    };
    let need = if optional { "optional" } else { "required" };
    let mark = if good { "" } else { "  <-- wrong" };
    writeln!(
        out,
        "{:width$}  {:34}  {need:10}  {:>5} ms  {consequence}{mark}",
        row.what,
        row.failure,
        took.as_millis()
    )?;
    Ok(good)
}

/// What a commit would meet, and how long it would take. Nothing of it is remembered.
fn rehearse(project: &Project) -> Result<(Vec<Outage>, Duration), Failure> {
    let started = Instant::now();
    let request = Request {
        moment: Moment::Commit,
        candidate: Candidate::Index,
        base: None,
        replaces: None,
        offline: false,
        started,
        retry: true,
        is_commit: false,
        drift: false,
        rehearsal: true,
        warden: spawn::itself(),
    };
    let rules = check::enabled(&project.config, Moment::Commit);
    let Gathered { facts, .. } = gather(project, &request, &rules)?;
    Ok((facts.outages().into_iter().cloned().collect(), started.elapsed()))
}
