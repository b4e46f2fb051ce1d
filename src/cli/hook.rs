//! `guard hook`.

use std::io::Write;

use super::{Context, Failure};

/// What the installed git hooks call
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, _: &Context, _: &mut dyn Write) -> Result<u8, Failure> {
    Err(Failure::new("not there yet"))
}
