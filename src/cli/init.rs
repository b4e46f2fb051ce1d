//! `guard init`.

use std::io::Write;

use super::{Context, Failure};

/// Find tools, directories and databases; write a commented guard.toml; install the hooks
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, _: &Context, _: &mut dyn Write, _: &mut dyn Write) -> Result<u8, Failure> {
    Err(Failure::new("not there yet"))
}
