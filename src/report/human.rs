//! For people, at a terminal or in a log: what, where, why, fix. The only user of `colored`.

use std::io::{self, Write};

use colored::{Color, ColoredString, Colorize};

use crate::config::FILE_NAME;
use crate::model::{
    Cause, CheckFact, CheckOutcome, Finding, Level, Location, Need, Outage, SourceKind, Verdict, length,
};

use super::{Format, Look, Report, count};

/// For people.
pub(super) const FORMAT: Format =
    Format { name: "human", summary: "for people: what, where, why, fix", write };

fn write(report: &Report<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    // The one decision about colour was made when `look` was made; `colored` would ask standard output.
    colored::control::set_override(look.color);
    let silent = look.quiet && report.verdict == Verdict::Pass;
    for finding in report.findings {
        if finding.waived.is_none() || look.verbose {
            write_finding(finding, look, out)?;
        }
    }
    for outage in report.outages() {
        write_outage(outage, report, look, out)?;
    }
    // What makes a check weaker than usual is said even when nobody wants to hear that all is well.
    write_remarks(report, look, out)?;
    if look.verbose {
        write_checks(report, look, out)?;
    }
    if !silent {
        write_notes(report, look, out)?;
        write_summary(report, look, out)?;
    }
    out.flush()
}

fn write_finding(finding: &Finding, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let word = match (&finding.waived, finding.level) {
        (Some(_), _) => "waived".dimmed().bold(),
        (None, Level::Deny) => "error".color(Color::Red).bold(),
        (None, _) => "warning".color(Color::Yellow).bold(),
    };
    let id = format!("[{}]", finding.rule).bold();
    paragraph(&format!("{word}{id}: "), 2, &finding.what, look, out)?;
    if let Some(at) = place(&finding.at) {
        writeln!(out, "  {} {at}", "-->".color(Color::BrightBlue).bold())?;
    }
    for evidence in &finding.evidence {
        let label = format!("   {}  {}: ", "|".color(Color::BrightBlue).bold(), evidence.label);
        for (number, line) in evidence.text.split('\n').enumerate() {
            let start = if number == 0 {
                label.clone()
            } else {
                format!("   {}    ", "|".color(Color::BrightBlue).bold())
            };
            paragraph(&start, 6, line, look, out)?;
        }
    }
    paragraph(&format!("  {}: ", "why".bold()), 7, finding.why, look, out)?;
    for (number, step) in finding.fix.iter().enumerate() {
        let label: ColoredString =
            if number == 0 { "fix".color(Color::Green).bold() } else { "   ".normal() };
        let colon = if number == 0 { ":" } else { " " };
        // A command must be copied whole: no line of it is broken.
        writeln!(out, "  {label}{colon} {step}")?;
    }
    if let Some(reason) = &finding.waived {
        paragraph(&format!("  {}: ", "waived".bold()), 10, reason, look, out)?;
    } else {
        writeln!(out, "  {}: guard explain {}", "more".dimmed(), finding.rule)?;
    }
    writeln!(out)
}

/// Where it is, for people.
fn place(at: &Location) -> Option<String> {
    Some(match at {
        Location::Repository => return None,
        Location::File { path, line: Some(line) } => format!("{path}:{line}"),
        Location::File { path, line: None } => path.to_string(),
        Location::Ledger { database, table, version: Some(version) } => {
            format!("database \"{database}\", ledger {table}, row {version}")
        }
        Location::Ledger { database, table, version: None } => {
            format!("database \"{database}\", ledger {table}")
        }
        Location::Object { database, object } => format!("database \"{database}\", {object}"),
        Location::Config { line } => format!("{FILE_NAME}:{line}"),
    })
}

fn write_outage(outage: &Outage, report: &Report<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let required = outage.need == Need::Required;
    let blocks = required || report.strict;
    let word = if blocks { "error".color(Color::Red).bold() } else { "note".color(Color::Cyan).bold() };
    let Outage { kind, source, address, cause, waited, .. } = outage;
    let line = outage.declared.map_or_else(String::new, |line| format!(" by {FILE_NAME}:{line}"));
    let consequence = match (required, report.strict) {
        (true, _) => format!("required{line}"),
        (false, true) => format!("optional{line}, and --strict requires it"),
        (false, false) => format!("optional{line}, so it does not block"),
    };
    let not_done = match (kind, cause) {
        (SourceKind::Database, _) => "was not checked",
        (SourceKind::Service, _) => "is not there",
        (SourceKind::Check, Cause::TimedOut | Cause::SaysDown) => "was not run to its end",
        (SourceKind::Check, _) => "was not run",
    };
    let last = match (kind, outage.last_well) {
        (_, None) => String::new(),
        (SourceKind::Database, Some(ago)) => format!("; last seen in step {} ago", length(ago)),
        (_, Some(ago)) => format!("; last seen up {} ago", length(ago)),
    };
    let kind = kind.word();
    let what = format!(
        "the {kind} \"{source}\" ({address}) {not_done}: {cause}; waited {} ms{last} ({consequence})",
        waited.as_millis()
    );
    paragraph(&format!("{word}: "), 2, &what, look, out)?;
    if required {
        let fix = if matches!(cause, Cause::NotConfigured(_)) { "set it" } else { "bring it up" };
        let fix = match outage.declared {
            Some(line) => format!("{fix}, or make it optional: required = false at {FILE_NAME}:{line}"),
            None => fix.to_owned(),
        };
        writeln!(out, "  {}: {fix}", "fix".color(Color::Green).bold())?;
    }
    Ok(())
}

fn write_remarks(report: &Report<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    report.remarks.iter().try_for_each(|remark| write_note(remark, look, out))
}

/// What the checks that passed have said; what failed stands in its finding.
fn write_checks(report: &Report<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    for check in &report.facts.checks {
        let how = match &check.outcome {
            CheckOutcome::Passed => format!("passed in {} ms", check.took.as_millis()),
            CheckOutcome::NotConcerned => "not run: none of its files is changed".to_owned(),
            CheckOutcome::NotAsked => "not run: --offline, and it needs a service".to_owned(),
            CheckOutcome::Failed(_) | CheckOutcome::Skipped(_) => continue,
        };
        write_note(&format!("the check \"{}\" {how}", check.name), look, out)?;
        for line in check.output.split('\n').filter(|line| !line.is_empty()) {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

fn write_note(note: &str, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    paragraph(&format!("{}: ", "note".color(Color::Cyan).bold()), 2, note, look, out)
}

fn write_notes(report: &Report<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut notes: Vec<String> = Vec::new();
    let not_asked = |check: &CheckFact| matches!(check.outcome, CheckOutcome::NotAsked);
    if report.offline && (!report.facts.databases.is_empty() || report.facts.checks.iter().any(not_asked)) {
        let databases = report.facts.databases.iter().map(|database| database.name.as_str());
        let checks = report.facts.checks.iter().filter(|check| not_asked(check));
        let names: Vec<_> = databases.chain(checks.map(|check| check.name.as_str())).collect();
        notes.push(format!("--offline: not asked: {}", names.join(", ")));
    }
    let waived = report.findings.len() - report.open().count();
    if waived > 0 && !look.verbose {
        notes.push(format!("{} waived; -v shows them", count(waived, "finding")));
    }
    if report.discovered {
        notes.push(format!(
            "there is no {FILE_NAME}: the migrations were discovered, and no database was asked; guard init writes one"
        ));
    }
    notes.iter().try_for_each(|note| {
        paragraph(&format!("{}: ", "note".color(Color::Cyan).bold()), 2, note, look, out)
    })
}

fn write_summary(report: &Report<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let (word, color) = match report.verdict {
        Verdict::Pass => ("fine", Color::Green),
        Verdict::Blocked => ("blocked", Color::Red),
        Verdict::Incomplete => ("incomplete", Color::Red),
    };
    let findings = |level: Level| report.open().filter(|finding| finding.level == level).count();
    let mut parts = Vec::new();
    for (number, thing) in [(findings(Level::Deny), "error"), (findings(Level::Warn), "warning")] {
        if number > 0 {
            parts.push(count(number, thing));
        }
    }
    let examined = report.facts.examined;
    let base = match &report.facts.base.commit {
        Some(_) => format!("{} changed against {}", examined.changed, report.facts.base.name),
        None => "nothing to compare with yet".to_owned(),
    };
    parts.push(format!("{}, {base}", count(examined.migrations, "migration")));
    if examined.databases > 0 {
        parts.push(format!(
            "{} in {}, {} compared",
            count(examined.ledger_rows, "ledger row"),
            count(examined.databases, "database"),
            count(examined.checksums, "checksum")
        ));
    }
    if examined.objects > 0 {
        let unseen = match examined.unobservable {
            0 => String::new(),
            1 => ", which shows nothing of 1 migration that changes data alone".to_owned(),
            number => format!(", which shows nothing of {number} migrations that change data alone"),
        };
        parts.push(format!(
            "{} of the schema held against a replay{unseen}",
            count(examined.objects, "object")
        ));
    }
    let run = report.facts.checks.iter();
    let run =
        run.filter(|check| matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Failed(_))).count();
    if run > 0 {
        parts.push(format!("{} of your own", count(run, "check")));
    }
    paragraph(&format!("guard: {}: ", word.color(color).bold()), 2, &parts.join("; "), look, out)
}

/// Writes `text` behind `start`, broken at the width of the terminal and indented.
fn paragraph(start: &str, indent: usize, text: &str, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return writeln!(out, "{}", start.trim_end());
    }
    let indent = " ".repeat(indent);
    // Paths, ids and URLs are never broken: they are copied by double click.
    let options = textwrap::Options::new(look.width.max(40))
        .initial_indent(start)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    if text.is_empty() {
        return writeln!(out, "{}", start.trim_end());
    }
    textwrap::wrap(text, options).iter().try_for_each(|line| writeln!(out, "{line}"))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn text(color: bool, width: usize, quiet: bool) -> String {
        let look = Look { color, width, verbose: false, quiet };
        sample::written(&FORMAT, &look)
    }

    #[test]
    fn the_sample_in_80_columns() {
        snapbox::assert_data_eq!(text(false, 80, false), snapbox::file!["samples/human.txt"].raw());
    }

    #[test]
    fn no_line_but_commands_is_wider_than_the_terminal() {
        for line in text(false, 80, false)
            .split('\n')
            .filter(|line| !line.contains("fix:") && !line.starts_with("      "))
        {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn colour_changes_no_word() {
        let plain = text(false, 4000, false);
        let colored = text(true, 4000, false);
        assert_ne!(plain, colored);
        let mut stripped = String::new();
        let mut rest = &*colored;
        while let Some(start) = rest.find('\u{1b}') {
            stripped.push_str(&rest[..start]);
            rest = &rest[start..];
            rest = &rest[rest.find('m').unwrap() + 1..];
        }
        stripped.push_str(rest);
        assert_eq!(stripped, plain);
    }
}
