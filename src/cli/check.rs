//! `guard check`: the main job.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::check;
use crate::config::env;
use crate::gather::{Gathered, Project, Request, gather};
use crate::model::{Moment, Oid};
use crate::report::{self, FORMATS, Format, Report};

use super::{Context, Failure, project, spawn};

mod range;

/// Judge what is about to be committed: exit 0 clean, 1 findings block, 2 guard could not do its job
#[derive(Clone, Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// The moment: commit judges the index, the others the commit HEAD [default: commit, or ci where CI is set]
    #[arg(long, value_name = "MOMENT", value_parser = ["commit", "push", "ci", "audit"])]
    pub(super) at: Option<String>,
    /// Compare with this commit instead of the one that guard finds
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// Judge this commit instead of the index or HEAD
    #[arg(long, value_name = "REV")]
    pub(super) rev: Option<String>,
    /// The format of the report
    #[arg(long, visible_alias = "output-format", value_name = "FORMAT", value_parser = FORMATS.iter().map(|format| format.name).collect::<Vec<_>>())]
    pub(super) format: Option<String>,
    /// Write the report to this file, and the one for people to standard output
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Ask no database
    #[arg(long)]
    pub(super) offline: bool,
    /// Ask also what gave no answer a short while ago
    #[arg(long)]
    pub(super) retry: bool,
    /// An optional database or service that does not answer counts as a required one
    #[arg(long)]
    pub(super) strict: bool,
    /// The hook asks: a commit follows when nothing blocks it.
    #[arg(skip)]
    pub(super) is_commit: bool,
    /// The live schema is asked for too.
    #[arg(skip)]
    pub(super) drift: bool,
    /// The commit is not the one in the work tree, where the team's own checks would run.
    #[arg(skip)]
    pub(super) is_elsewhere: bool,
    /// What a push by force takes away: the commit is compared with this one itself.
    #[arg(skip)]
    pub(super) replaces: Option<Oid>,
}

pub(super) fn run(
    args: &Args,
    context: &Context,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let started = Instant::now();
    let project = project::open_for(&context.directory, args.rev.as_deref())?;
    let moment = moment(args);
    judge(&project, args, moment, started, |report| write(report, args, context, out, err))
}

/// Gathers, judges, and hands the report to `tell`.
pub(super) fn judge(
    project: &Project,
    args: &Args,
    moment: Moment,
    started: Instant,
    tell: impl FnOnce(&Report<'_>) -> Result<(), Failure>,
) -> Result<u8, Failure> {
    let base = args.base.clone().map(|base| (base, "--base"));
    let base = base.or_else(|| env::get("GUARD_BASE").map(|base| (base, "GUARD_BASE")));
    let request = Request {
        moment,
        candidate: project::candidate(project, moment, args.rev.as_deref())?,
        base: base.map(|(base, from)| (base, from.to_owned())),
        replaces: args.replaces,
        offline: args.offline,
        started,
        // What is required is asked each time.
        retry: args.retry || args.strict,
        is_commit: args.is_commit,
        drift: args.drift,
        rehearsal: false,
        warden: spawn::itself().filter(|_| !args.is_elsewhere),
    };
    let rules = check::enabled(&project.config, moment);
    let progress = Progress::start();
    let gathered = gather(project, &request, &rules);
    progress.stop();
    let Gathered { mut facts, mut remarks, memory } = gathered?;
    remarks.extend(range::judge(project, &request, &rules, &mut facts));
    let findings = check::run(&rules, &project.config, &mut facts);
    let verdict = check::verdict(&findings, &facts.outages(), args.strict);
    remarks.extend(memory.settle(project, &request, &facts, &findings, verdict));
    tell(&Report {
        verdict,
        facts: &facts,
        findings: &findings,
        remarks: &remarks,
        discovered: project.config.file.is_none(),
        strict: args.strict,
        offline: args.offline,
    })?;
    // The process ends here; to give back 10,000 migrations one by one would take longer than to judge them.
    std::mem::forget((facts, findings));
    Ok(verdict.exit_code())
}

fn moment(args: &Args) -> Moment {
    let word = args.at.as_deref().unwrap_or(if env::get("CI").is_some() { "ci" } else { "commit" });
    Moment::ALL.iter().find(|(known, _)| *known == word).map_or(Moment::Commit, |(_, moment)| *moment)
}

pub(super) fn write(
    report: &Report<'_>,
    args: &Args,
    context: &Context,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    let human = &FORMATS[0];
    let asked = args.format.clone().or_else(|| env::get("GUARD_FORMAT"));
    let format = match &asked {
        Some(name) => report::format(name).ok_or_else(|| unknown_format(name))?,
        // GitHub reads annotations from the log; people read the rest of it.
        None if env::get("GITHUB_ACTIONS").is_some()
            && args.output.is_none()
            && !std::io::stdout().is_terminal() =>
        {
            (human.write)(report, &context.error_look, err)?;
            report::format("github").unwrap_or(human)
        }
        None => human,
    };
    match &args.output {
        None => (format.write)(report, &context.look, out)?,
        Some(path) => {
            let plain = report::Look { color: false, width: 100, ..context.look };
            let mut bytes = Vec::new();
            (format.write)(report, &plain, &mut bytes)?;
            fs::write(path, bytes).map_err(|error| {
                Failure::new(format!("{} cannot be written: {error}", path.display()))
                    .fix("name another file with --output")
            })?;
            (human.write)(report, &context.look, out)?;
        }
    }
    Ok(())
}

fn unknown_format(name: &str) -> Failure {
    let known: Vec<&str> = FORMATS.iter().map(|format: &Format| format.name).collect();
    Failure::new(format!("GUARD_FORMAT is \"{name}\", which is no format"))
        .fix(format!("set it to one of: {}", known.join(", ")))
}

/// A word on standard error when it takes longer, on a terminal only.
struct Progress(Option<(Sender<()>, thread::JoinHandle<()>)>);

impl Progress {
    const AFTER: Duration = Duration::from_millis(300);

    fn start() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let (sender, receiver) = channel::<()>();
        let show = move || {
            if receiver
                .recv_timeout(Self::AFTER)
                .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout)
            {
                let mut err = std::io::stderr();
                let _ = write!(err, "guard: waiting for databases and checks ...");
                let _ = receiver.recv();
                let _ = write!(err, "\r\x1b[K");
            }
        };
        Self(thread::Builder::new().spawn(show).ok().map(|thread| (sender, thread)))
    }

    fn stop(self) {
        if let Some((sender, thread)) = self.0 {
            drop(sender);
            let _ = thread.join();
        }
    }
}
