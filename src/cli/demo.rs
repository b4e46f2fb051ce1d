//! `guard demo`.

use std::io::Write;

use super::{Context, Failure};

/// Show in a temporary repository what guard does
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, _: &Context, _: &mut dyn Write) -> Result<u8, Failure> {
    Err(Failure::new("not there yet"))
}
