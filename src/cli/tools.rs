//! `guard tools`: the migration tools that guard knows.

use std::io::Write;

use crate::config::Config;
use crate::tools::{BUILT_IN, Tool};

use super::{Context, Failure, project, table};

/// List the migration tools that guard knows, with those of this repository's guard.toml
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = match crate::git::open(&context.directory) {
        Ok(_) => project::open(&context.directory)?.config,
        Err(_) => Config::default(),
    };
    let mut rows =
        table::table(&context.look, &["tool", "name", "usual directory", "ledger", "checksum"], &[2]);
    let own = config.tools.keys().map(String::as_str);
    for name in BUILT_IN.iter().map(|(name, _)| *name).chain(own) {
        let tool = Tool::find(name, &config.tools).map_err(|error| Failure::new(error.to_string()))?;
        let facts = tool.facts();
        let checksum = tool.checksum_name().unwrap_or("none");
        let table = tool.default_table().to_string();
        rows.add_row([name, &facts.title, &tool.usual_dirs().join(", "), &table, checksum]);
    }
    write!(out, "{}", table::lines(&rows))?;
    Ok(0)
}
