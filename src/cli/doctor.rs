//! `guard doctor`.

use std::io::Write;

use super::{Context, Failure};

/// Say what is wrong with this installation
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, _: &Context, _: &mut dyn Write) -> Result<u8, Failure> {
    Err(Failure::new("not there yet"))
}
