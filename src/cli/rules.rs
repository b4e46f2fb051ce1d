//! `guard rules`: all rules with the levels that they have here.

use std::io::Write;

use crate::model::Moment;
use crate::rules;

use super::{Context, Failure, project, table};

/// List the rules, with the levels that they have in this repository
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    // Outside a repository the rules are still worth reading; a guard.toml with mistakes is not passed over.
    let config = match crate::git::open(&context.directory) {
        Ok(_) => project::open(&context.directory)?.config,
        Err(_) => crate::config::Config::default(),
    };
    let mut rows =
        table::table(&context.look, &["rule", "commit", "push", "ci", "audit", "what it finds"], &[5]);
    for rule in rules::ALL {
        let levels = Moment::ALL.map(|(_, moment)| config.level(rule, moment).word());
        let cells = [&[rule.id.0], &levels[..], &[rule.summary]].concat();
        rows.add_row(cells);
    }
    write!(out, "{}", table::lines(&rows))?;
    Ok(0)
}
