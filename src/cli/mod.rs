//! The command line: the only user of clap, of the standard streams and of exit codes. One file a command;
//! each has its arguments and a `run` that writes to what it is given and returns the exit code.

mod audit;
mod check;
mod completions;
mod config;
mod crash;
mod debt;
mod demo;
mod doctor;
mod drill;
mod explain;
mod failure;
mod hook;
mod hooks;
mod init;
mod install;
mod lock;
mod managers;
mod project;
mod record;
mod rules;
mod spawn;
mod stats;
mod status;
mod stream;
mod table;
mod tools;
mod warden;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

use crate::report::Look;
use crate::services::warden::end_orphans;

pub(crate) use failure::Failure;

/// Keeps a repository's database migrations, the database's ledger of them and the live schema in step.
#[derive(Debug, Parser)]
#[command(name = "guard", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Default, clap::Args)]
struct Global {
    /// When to use colour
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    color: When,
    /// Say more
    #[arg(short, long, action = ArgAction::SetTrue, global = true)]
    verbose: bool,
    /// Say nothing when all is well
    #[arg(short, long, action = ArgAction::SetTrue, global = true)]
    quiet: bool,
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    directory: Option<PathBuf>,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum When {
    /// On a terminal, unless `NO_COLOR` or the like says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Check(check::Args),
    Audit(audit::Args),
    Status(status::Args),
    Lock(lock::Args),
    Record(record::Args),
    Debt(debt::Args),
    Stats(stats::Args),
    Drill(drill::Args),
    Install(install::InstallArgs),
    Uninstall(install::UninstallArgs),
    Hook(hook::Args),
    Explain(explain::Args),
    Rules(rules::Args),
    Tools(tools::Args),
    Config(config::Args),
    Doctor(doctor::Args),
    Demo(demo::Args),
    Completions(completions::Args),
    Man(completions::ManArgs),
    #[command(hide = true)]
    Warden(warden::Args),
}

/// What a command works with.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where guard was started, or `-C`.
    pub(crate) directory: PathBuf,
    /// How standard output looks.
    pub(crate) look: Look,
    /// How standard error looks.
    pub(crate) error_look: Look,
}

/// Runs the program and returns its exit code.
pub fn main() -> u8 {
    crash::keep_quiet();
    crash::caught(|| Ok(run())).unwrap_or_else(|failure| {
        let look = Look { color: false, width: 100, verbose: false, quiet: false };
        failure.write(&look, &mut stream::Stream::stderr());
        failure.exit_code()
    })
}

fn run() -> u8 {
    let parsed = match at_once(&std::env::args_os().skip(1).collect::<Vec<_>>()) {
        Some(command) => Ok(Cli { global: Global::default(), command }),
        None => Cli::try_parse(),
    };
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // clap's own words: help and version go to standard output, mistakes to standard error.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let mut out = stream::Stream::stdout();
    let mut err = stream::Stream::stderr();
    let context = Context {
        directory: cli.global.directory.clone().unwrap_or_else(|| PathBuf::from(".")),
        look: stream::look(&cli.global, stream::Target::Stdout),
        error_look: stream::look(&cli.global, stream::Target::Stderr),
    };
    let done = dispatch(cli.command, &context, &mut out, &mut err);
    // A report that did not arrive is no report, whatever stood in it.
    let arrived = out.flush().map_err(Failure::from);
    let done = done.and_then(|code| arrived.map(|()| code));
    let code = done.unwrap_or_else(|failure| {
        failure.write(&context.error_look, &mut err);
        failure.exit_code()
    });
    let _ = err.flush();
    end_orphans();
    code
}

/// The two commands that nobody types: those of a hook and of CI, without options. To set up all the others takes clap a
/// twentieth of a commit's time.
fn at_once(words: &[OsString]) -> Option<Command> {
    let (command, rest) = words.split_first()?;
    match command.to_str()? {
        "check" if rest.is_empty() => Some(Command::Check(check::Args::default())),
        "hook" => hook::Args::plain(rest).map(Command::Hook),
        _ => None,
    }
}

fn dispatch(
    command: Command,
    context: &Context,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    match command {
        Command::Init(args) => init::run(&args, context, out, err),
        Command::Check(args) => check::run(&args, context, out, err),
        Command::Audit(args) => audit::run(&args, context, out, err),
        Command::Status(args) => status::run(&args, context, out),
        Command::Lock(args) => lock::run(&args, context, out),
        Command::Record(args) => record::run(&args, context, out),
        Command::Debt(args) => debt::run(&args, context, out),
        Command::Drill(args) => drill::run(&args, context, out),
        Command::Stats(args) => stats::run(&args, context, out),
        Command::Install(args) => install::install(&args, context, out),
        Command::Uninstall(args) => install::uninstall(&args, context, out),
        Command::Hook(args) => hook::run(&args, context, err),
        Command::Explain(args) => explain::run(&args, context, out),
        Command::Rules(args) => rules::run(&args, context, out),
        Command::Tools(args) => tools::run(&args, context, out),
        Command::Config(args) => config::run(&args, context, out),
        Command::Doctor(args) => doctor::run(&args, context, out),
        Command::Demo(args) => demo::run(&args, context, out),
        Command::Completions(args) => completions::run(&args, out),
        Command::Man(args) => completions::man(&args, out),
        Command::Warden(args) => Ok(warden::run(&args)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_at_once_is_what_clap_reads() {
        for line in [
            "check",
            "hook pre-commit",
            "hook pre-merge-commit",
            "hook pre-commit a b",
            "hook pre-push a b",
            "hook",
            "hook x",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let by_clap = Cli::try_parse_from([&["guard".into()], &*words].concat()).ok();
            let by_clap = by_clap.map(|cli| format!("{:?} {:?}", cli.command, cli.global));
            let at_once = at_once(&words).map(|command| format!("{command:?} {:?}", Global::default()));
            assert_eq!(at_once, by_clap, "{line}");
        }
        for line in [
            "",
            "check -v",
            "check --at ci",
            "-v hook pre-commit",
            "hook -q pre-commit",
            "hook pre-commit -q",
            "status",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(at_once(&words).is_none(), "{line}");
        }
    }
}
