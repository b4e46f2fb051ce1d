//! For GitHub Actions: one annotation a finding. Escapes as actions/toolkit does (packages/core/src/command.ts):
//! a migration's name must not be able to give the runner a command.

use std::io::{self, Write};

use crate::config::FILE_NAME;
use crate::model::{Finding, Level, Location, Need};

use super::{Format, Look, Report, count};

/// For GitHub Actions.
pub(super) const FORMAT: Format =
    Format { name: "github", summary: "for GitHub Actions: annotations", write };

/// GitHub shows ten annotations of a kind a step and drops the rest without a word.
const SHOWN: usize = 10;

fn write(report: &Report<'_>, _: &Look, out: &mut dyn Write) -> io::Result<()> {
    for (level, command) in [(Level::Deny, "error"), (Level::Warn, "warning")] {
        let findings: Vec<&Finding> = report.open().filter(|finding| finding.level == level).collect();
        let room = if findings.len() > SHOWN { SHOWN - 1 } else { SHOWN };
        for finding in findings.iter().take(room) {
            let lines = [&finding.what, finding.why].into_iter().map(str::to_owned);
            let fixes = finding.fix.iter().map(|step| format!("fix: {step}"));
            let message = lines.chain(fixes).collect::<Vec<_>>().join("\n");
            annotate(out, command, &finding.rule.to_string(), &finding.at, &message)?;
        }
        if findings.len() > room {
            let more = format!("{} more; the log has them all", count(findings.len() - room, "finding"));
            annotate(out, command, "guard", &Location::Repository, &more)?;
        }
    }
    for outage in report.outages() {
        let command = if outage.need == Need::Required || report.strict { "error" } else { "notice" };
        let message = format!("the database \"{}\" was not checked: {}", outage.source, outage.cause);
        annotate(out, command, "not checked", &Location::Repository, &message)?;
    }
    for remark in report.remarks {
        annotate(out, "notice", "guard", &Location::Repository, remark)?;
    }
    out.flush()
}

fn annotate(out: &mut dyn Write, command: &str, title: &str, at: &Location, message: &str) -> io::Result<()> {
    let mut properties = format!("title={}", escape_property(title));
    match at {
        Location::File { path, line } => {
            properties += &format!(",file={}", escape_property(&path.to_string()));
            properties += &line.map_or_else(String::new, |line| format!(",line={line}"));
        }
        Location::Config { line } => properties += &format!(",file={FILE_NAME},line={line}"),
        Location::Repository | Location::Ledger { .. } | Location::Object { .. } => {}
    }
    writeln!(out, "::{command} {properties}::{}", escape(message))
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_sample() {
        let look = Look { color: false, width: 80, verbose: false, quiet: false };
        snapbox::assert_data_eq!(sample::written(&FORMAT, &look), snapbox::file!["samples/github.txt"].raw());
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_out_of_its_line(text in "\\PC*|[\\x00-\\x7f]*") {
            let escaped = escape_property(&text);
            proptest::prop_assert!(!escaped.contains(['\n', '\r', ':', ',']));
        }
    }
}
