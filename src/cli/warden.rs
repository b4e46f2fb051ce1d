//! `guard warden`: not for people. guard starts itself so to watch over a command: see `services::warden`.

use std::ffi::OsString;
use std::time::Duration;

use crate::services::warden;

/// Run a command, and end it with all that it started
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How long it may run
    #[arg(long, value_name = "NUMBER")]
    milliseconds: u64,
    /// The command
    #[arg(value_name = "COMMAND", last = true, required = true)]
    command: Vec<OsString>,
}

pub(super) fn run(args: &Args) -> u8 {
    warden::watch(&args.command, Duration::from_millis(args.milliseconds));
    0
}
