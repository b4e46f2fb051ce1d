//! `guard explain RULE`: the page of a rule.

use std::io::Write;

use crate::config::nearest;
use crate::rules::{self, Rule};

use super::{Context, Failure};

/// Print the page of a rule: what it finds, why that matters, how to fix it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The id of the rule; `guard rules` lists them
    #[arg(value_name = "RULE")]
    rule: String,
}

pub(super) fn run(args: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let rule = find(&args.rule)?;
    colored::control::set_override(context.look.color);
    write!(out, "{}", page(rule))?;
    Ok(0)
}

/// The rule of that id, or a failure that names the nearest.
pub(super) fn find(id: &str) -> Result<&'static Rule, Failure> {
    rules::find(id).ok_or_else(|| {
        let failure = Failure::new(format!("there is no rule \"{id}\""));
        match nearest(id, rules::ALL.iter().map(|rule| rule.id.0)) {
            Some(near) => failure.fix(format!("guard explain {near}")),
            None => failure.fix("guard rules lists them"),
        }
    })
}

/// The page as it stands in the repository: it is written to be read as text.
fn page(rule: &Rule) -> String {
    let level =
        format!("Level: {} ({} in CI), since {}.\n", rule.level.word(), rule.ci_level.word(), rule.since);
    match rule.page.split_once("\n\n") {
        Some((head, rest)) => format!("{head}\n\n{level}\n{rest}"),
        None => format!("{}\n\n{level}", rule.page),
    }
}
