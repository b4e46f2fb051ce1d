//! `guard tools`: the migration tools that guard knows.

use std::io::Write;

use crate::config::Config;
use crate::tools::{BUILT_IN, Tool};

use super::{Context, Failure, project, table};

/// List the migration tools that guard knows, with those of this repository's guard.toml
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// For people, or for programs
    #[arg(long, value_name = "FORMAT", value_parser = ["human", "json"], default_value = "human")]
    format: String,
}

pub(super) fn run(args: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = match crate::git::open(&context.directory) {
        Ok(_) => project::open(&context.directory)?.config,
        Err(_) => Config::default(),
    };
    let own = config.tools.keys().map(String::as_str);
    let mut tools = Vec::new();
    for name in BUILT_IN.iter().map(|(name, _)| *name).chain(own) {
        tools.push(Tool::find(name, &config.tools).map_err(|error| Failure::new(error.to_string()))?);
    }
    if args.format == "json" {
        let all: Vec<String> = tools.iter().map(|tool| tool.describe().to_string()).collect();
        writeln!(out, "{{\"version\":1,\"tools\":[{}]}}", all.join(",\n"))?;
        return Ok(0);
    }
    let mut facts = table::table(&context.look, &["tool", "usual directory", "ledger", "checksum"], &[1]);
    let mut tried = table::table(&context.look, &["tool", "works on", "tried on ledgers made by"], &[2]);
    for tool in &tools {
        let (table, checksum) = (tool.default_table().to_string(), tool.checksum_name().unwrap_or("none"));
        // One a line: a narrow terminal would break them within a name.
        facts.add_row([tool.name(), &tool.usual_dirs().join("\n"), &table, checksum]);
        tried.add_row([tool.name(), &tool.databases().join(", "), &tool.verified_with()]);
    }
    write!(out, "{}\n{}", table::lines(&facts), table::lines(&tried))?;
    Ok(0)
}
