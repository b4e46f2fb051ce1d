//! `guard hook NAME`: what the installed hooks call. Silent when all is well; everything it says goes to standard
//! error, where git shows it.

use std::ffi::OsString;
use std::io::Write;
use std::time::Instant;

use crate::config::env;
use crate::model::{Moment, Verdict};
use crate::report::{FORMATS, Look};

use super::hooks::HOOKS;
use super::{Context, Failure, check, crash, project};

mod push;

/// What the installed git hooks call: check, and say nothing when all is well
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The name of the hook
    #[arg(value_name = "NAME", value_parser = HOOKS.iter().map(|hook| hook.name).collect::<Vec<_>>())]
    name: String,
    /// What git gives to it
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Args {
    /// What an installed hook hands over: a name that is known, and what git gave to it, none of which is an option.
    pub(super) fn plain(words: &[OsString]) -> Option<Self> {
        let (name, arguments) = words.split_first()?;
        let name = HOOKS.iter().map(|hook| hook.name).find(|known| name == known)?.to_owned();
        let option = |word: &OsString| word.as_encoded_bytes().starts_with(b"-");
        (!arguments.iter().any(option)).then(|| Self { name, arguments: arguments.to_vec() })
    }
}

pub(super) fn run(args: &Args, context: &Context, err: &mut dyn Write) -> Result<u8, Failure> {
    let started = Instant::now();
    match env::get("GUARD").as_deref() {
        Some("0") => {
            if context.error_look.verbose {
                writeln!(err, "guard: switched off by GUARD=0")?;
            }
            return Ok(0);
        }
        // A commit within something that guard started. Somebody may have set it by mistake: it is said each time.
        Some("1") => {
            writeln!(err, "guard: not run, since GUARD=1 says that guard itself is at work")?;
            return Ok(0);
        }
        _ => {}
    }
    let way_out = way_out(&args.name);
    // A crash of guard must end like any other failure of it: with a message, and the way past it.
    let judged = crash::caught(|| match &*args.name {
        "pre-push" => push::judge(&args.arguments, context, started, err),
        _ => judge(context, started, err),
    });
    match judged {
        Ok(code) => {
            if code == Verdict::Incomplete.exit_code() {
                writeln!(err, "  fix: {way_out}")?;
            }
            Ok(code)
        }
        Err(failure) => Err(failure.fix(way_out)),
    }
}

fn judge(context: &Context, started: Instant, err: &mut dyn Write) -> Result<u8, Failure> {
    let project = project::open(&context.directory)?;
    let args = check::Args { is_commit: true, ..check::Args::default() };
    let look = Look { quiet: true, ..context.error_look };
    check::judge(&project, &args, Moment::Commit, started, |report| {
        Ok((FORMATS[0].write)(report, &look, err)?)
    })
}

/// How to save work when guard cannot do its job.
fn way_out(name: &str) -> String {
    let command = match name {
        "pre-merge-commit" => "merge",
        "pre-push" => "push",
        _ => "commit",
    };
    format!("GUARD=0 git {command} passes guard by this once; --no-verify passes all hooks by")
}
