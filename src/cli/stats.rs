//! `guard stats`: what each dependency has cost, how often it was down, and which of them can keep everybody from committing.

use std::io::Write;
use std::time::Duration;

use crate::config::FILE_NAME;
use crate::gather::blocking;
use crate::journal::{Log, Tally, now};
use crate::model::length;

use super::{Context, Failure, project, table};

/// Show how often each database, service and check was asked in this clone, how often it was down, and what that has cost
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let project = project::open(&context.directory)?;
    let said = Log::new(&project.git.layout().common_dir).read();
    if said.tallies.is_empty() {
        writeln!(out, "Nothing was asked in this clone yet.")?;
    } else {
        let head = [
            "what",
            "asked",
            "down",
            "left alone",
            "blocked",
            "time in all",
            "time lost",
            "last down",
            "since",
        ];
        let mut rows = table::table(&context.look, &head, &[]);
        for ((kind, name), tally) in &said.tallies {
            let Tally { asked, down, spared, blocked, cost, lost, since, last_down } = tally;
            let ago = |at: u64| format!("{} ago", length(Duration::from_secs(now().saturating_sub(at))));
            let last = if *last_down == 0 { "never".to_owned() } else { ago(*last_down) };
            let numbers = [asked, down, spared, blocked].map(ToString::to_string);
            let mut row = vec![format!("{} {name}", kind.word())];
            row.extend(numbers);
            row.extend([short(*cost), short(*lost), last, ago(*since)]);
            rows.add_row(row);
        }
        write!(out, "{}", table::lines(&rows))?;
    }
    for needed in blocking(&project) {
        writeln!(
            out,
            "blocking-dependency: the {} {} is required at commit time ({FILE_NAME}:{}): while it is down, nobody can commit",
            needed.kind.word(),
            needed.name,
            needed.declared
        )?;
    }
    Ok(0)
}

/// Milliseconds for people.
fn short(milliseconds: u64) -> String {
    if milliseconds < 10_000 {
        return format!("{milliseconds} ms");
    }
    length(Duration::from_millis(milliseconds))
}
