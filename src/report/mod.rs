//! Reports: one file a format, a value in each, one line in [`FORMATS`]. A format turns a report into bytes
//! and does nothing else.

mod github;
mod human;
mod json;
#[cfg(test)]
mod sample;

use std::io::{self, Write};

use crate::model::{Facts, Finding, Outage, Verdict};

/// All that a format may say.
#[derive(Debug)]
pub struct Report<'a> {
    /// What follows for the commit.
    pub verdict: Verdict,
    /// What the rules judged.
    pub facts: &'a Facts,
    /// What they found, sorted.
    pub findings: &'a [Finding],
    /// Things to say about how the facts were gathered.
    pub remarks: &'a [String],
    /// There is no guard.toml: everything was discovered.
    pub discovered: bool,
    /// An optional outage counts as a required one.
    pub strict: bool,
    /// Databases were left alone because `--offline` says so.
    pub offline: bool,
}

impl Report<'_> {
    /// What was asked and did not answer.
    pub fn outages(&self) -> Vec<&Outage> {
        self.facts.outages()
    }

    /// Findings that no waiver covers.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_none())
    }
}

/// How a report for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// With colour.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// Say more.
    pub verbose: bool,
    /// Say nothing when all is well.
    pub quiet: bool,
}

/// A format.
#[derive(Debug)]
pub struct Format {
    /// As in `--format`.
    pub name: &'static str,
    /// One line for the help.
    pub summary: &'static str,
    /// Writes a report.
    pub write: fn(&Report<'_>, &Look, &mut dyn Write) -> io::Result<()>,
}

/// All formats; the first is the default.
pub const FORMATS: &[Format] = &[human::FORMAT, json::FORMAT, github::FORMAT];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// `1 row`, `2 rows`.
pub fn count(number: usize, thing: &str) -> String {
    let plural = match thing {
        "is" => "are".to_owned(),
        thing => format!("{thing}s"),
    };
    if number == 1 { format!("1 {thing}") } else { format!("{number} {plural}") }
}
