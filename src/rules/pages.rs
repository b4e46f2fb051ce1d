//! Runs the examples of the rules' pages, and holds the pages, the folder and the list of rules against each other.
//!
//! An example is a fenced block `guard` that describes a situation (see [`situation`]) and after it a block `text`
//! with what the page's rule reports, to the letter; an empty one means that it is silent.
//! `GUARD_BLESS=1 cargo test --lib rules::` writes the `text` blocks anew: read the difference before you commit it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::model::LedgerState;

mod situation;

use situation::Situation;

const HEADINGS: [&str; 5] =
    ["## What it does", "## Why it matters", "## How to fix it", "## Examples", "## When to allow it"];

/// A page with the `text` blocks as they should be, and those blocks.
fn run(rule: &Rule) -> (String, Vec<String>) {
    let mut page = String::new();
    let mut reports = Vec::new();
    let mut lines = rule.page.split_inclusive('\n');
    while let Some(line) = lines.next() {
        page.push_str(line);
        if line != "```guard\n" {
            continue;
        }
        let example: String = lines.by_ref().take_while(|line| *line != "```\n").collect();
        let between: String = lines.by_ref().take_while(|line| *line != "```text\n").collect();
        assert!(!between.contains("```"), "{}: a guard block without a text block after it", rule.id);
        lines.by_ref().take_while(|line| *line != "```\n").for_each(drop);
        let report = judge(rule, &example);
        write!(page, "{example}```\n{between}```text\n{report}```\n").expect("a string can be written to");
        reports.push(report);
    }
    (page, reports)
}

/// What a rule reports in a situation, as text.
fn judge(rule: &Rule, example: &str) -> String {
    let situation = Situation::read(example);
    let level = situation.level.unwrap_or_else(|| rule.default_level(situation.facts.moment));
    let mut found = Vec::new();
    let mut findings = Findings::new(rule, level, &mut found);
    let facts = &situation.facts;
    match rule.check {
        _ if level == Level::Allow => {}
        Check::Repo(check) => facts.sets.iter().for_each(|set| check(set, &mut findings)),
        Check::Ledger(check) => {
            for (database, set, ledger) in situation.ledgers() {
                if let LedgerState::Read(ledger) = &ledger.state {
                    check(set, ledger, database, &mut findings);
                }
            }
        }
        Check::Database(check) => {
            for database in &facts.databases {
                let of = |found: &(&Database, _, _)| found.0.name == database.name;
                let sets: Vec<_> =
                    situation.ledgers().filter(of).map(|(_, set, ledger)| (set, ledger)).collect();
                check(database, &sets, &mut findings);
            }
        }
        Check::Schema(check) => {
            for database in &facts.databases {
                if let Some(drift) = database.drift.known() {
                    check(drift, database, &facts.sets, &mut findings);
                }
            }
        }
        Check::Run(check) => check(facts, &mut findings),
        Check::Waivers(check) => check(&facts.waivers, &facts.today, &mut findings),
    }
    found.iter().map(show).collect::<Vec<_>>().join("\n")
}

fn show(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "allowed",
    };
    let place = match &finding.at {
        Location::Repository => "the repository".to_owned(),
        Location::File { path, line: None } => path.to_string(),
        Location::File { path, line: Some(line) } => format!("{path}:{line}"),
        Location::Ledger { database, table, version: None } => format!("{database}, table {table}"),
        Location::Ledger { database, table, version: Some(version) } => {
            format!("{database}, table {table}, version {version}")
        }
        Location::Object { database, object } => format!("{database}, {object}"),
        Location::Config { line } => format!("guard.toml:{line}"),
    };
    let mut text = format!("{level}[{}]: {}\n --> {place}\n", finding.rule, finding.what);
    for Evidence { label, text: said } in &finding.evidence {
        let _ = writeln!(text, "  {label}: {said}");
    }
    if finding.confidence != Confidence::Proven {
        let _ = writeln!(text, "  confidence: {}", finding.confidence.word());
    }
    if finding.standing {
        text.push_str("  note: it was so before this change\n");
    }
    for (number, step) in finding.fix.iter().enumerate() {
        let _ = writeln!(text, "  {} {step}", if number == 0 { "fix:" } else { "    " });
    }
    for part in [&finding.what, finding.why].into_iter().chain(finding.fix.iter().map(|step| &**step)) {
        assert!(!part.contains('\n') && part.trim() == part, "{}: one line each: {part:?}", finding.rule);
    }
    assert!(!finding.what.ends_with('.'), "{}: no full stop: {}", finding.rule, finding.what);
    assert!(!finding.fix.is_empty(), "{}: every finding says how to fix it: {}", finding.rule, finding.what);
    text
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

fn stem(rule: &Rule) -> String {
    rule.id.0.replace('-', "_")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a switch for whoever works on guard, unknown to the program")]
fn the_examples_of_the_pages_run() {
    let bless = std::env::var_os("GUARD_BLESS").is_some();
    let mut wrong = String::new();
    for rule in ALL {
        let (page, reports) = run(rule);
        if page != rule.page && bless {
            std::fs::write(folder().join(format!("{}.md", stem(rule))), &page)
                .expect("the page can be written");
        } else if page != rule.page {
            let (at, (is, should)) = (1..)
                .zip(rule.page.split('\n').zip(page.split('\n')))
                .find(|(_, (is, should))| is != should)
                .expect("the pages differ in a line");
            let _ = write!(wrong, "\n{}.md:{at}\n  page: {is}\n  rule: {should}", stem(rule));
        }
        assert!(
            reports.iter().any(String::is_empty),
            "{}: no example of a near miss, which stays silent",
            rule.id
        );
        assert!(reports.iter().any(|report| !report.is_empty()), "{}: no example with a finding", rule.id);
    }
    assert!(wrong.is_empty(), "GUARD_BLESS=1 cargo test --lib rules:: writes these anew:{wrong}");
}

#[test]
fn the_pages_have_their_headings() {
    for rule in ALL {
        let Rule { id, page, .. } = rule;
        let mut lines = page.split('\n');
        assert_eq!(lines.next(), Some(&*format!("# {id}")));
        assert_eq!(
            (lines.next(), lines.next()),
            (Some(""), Some(&*sentence(rule.summary))),
            "{id}: the summary"
        );
        let headings: Vec<_> = page.split('\n').filter(|line| line.starts_with("##")).collect();
        assert_eq!(headings, HEADINGS, "{id}");
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{id}: the end of the page");
        let long = page
            .split('\n')
            .find(|line| line.chars().count() > 120 && !line.starts_with("  ") && !line.contains('['));
        assert_eq!(long, None, "{id}: a long line");
    }
}

/// A summary as it stands on the page: with a capital letter and a full stop.
fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[test]
fn the_words_of_the_rules_are_sentences() {
    for Rule { id, summary, why, since, level, ci_level, .. } in ALL {
        assert!(!summary.ends_with('.') && !summary.contains(". "), "{id}: {summary}");
        assert!(summary.starts_with(|first: char| first.is_lowercase()), "{id}: {summary}");
        assert!(why.ends_with('.') && !why.contains(". "), "{id}: {why}");
        assert!(
            why.starts_with(|first: char| first.is_uppercase()) || why.starts_with("git "),
            "{id}: {why}"
        );
        assert!(
            level <= ci_level,
            "{id}: CI keeps nobody from saving work, so it is never milder than a commit"
        );
        assert_eq!(*since, "0.1.0", "{id}");
    }
}

#[test]
fn the_list_and_the_folder_agree() {
    let mut rules = BTreeSet::new();
    let mut pages = BTreeSet::new();
    for entry in std::fs::read_dir(folder()).expect("the folder is there") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        match name.rsplit_once('.') {
            Some(("mod" | "say" | "pages", "rs")) => {}
            Some((stem, "rs")) => drop(rules.insert(stem.to_owned())),
            Some((stem, "md")) => drop(pages.insert(stem.to_owned())),
            _ => assert!(name == "pages" || name == "say", "what is this file: {name}"),
        }
    }
    let listed: BTreeSet<String> = ALL.iter().map(|rule| stem(rule)).collect();
    assert_eq!(listed, rules);
    assert_eq!(listed, pages);
    assert!(ALL.is_sorted_by(|one, other| one.id < other.id), "ALL is sorted by id, each once");
    for Rule { id, .. } in ALL {
        let kebab = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        assert!(id.0.bytes().all(kebab) && !id.0.starts_with('-') && !id.0.ends_with('-'), "{id}");
        assert_eq!(find(id.0).map(|rule| rule.id), Some(*id));
    }
}

/// Ids are public: what is taken away or renamed here breaks somebody's `guard.toml`.
#[test]
fn ids_and_levels() {
    let word = |rule: &Rule| format!("{} {} {}", rule.id, rule.level.word(), rule.ci_level.word());
    let all: Vec<String> = ALL.iter().map(|rule| word(rule)).collect();
    assert_eq!(
        all,
        [
            "altered-object deny deny",
            "applied-but-absent deny deny",
            "applied-by-hand deny deny",
            "applied-out-of-order warn warn",
            "blocking-dependency allow allow",
            "checksum-mismatch deny deny",
            "conflict-marker deny deny",
            "deleted-migration deny deny",
            "duplicate-version deny deny",
            "edited-after-apply deny deny",
            "edited-migration deny deny",
            "empty-migration warn warn",
            "expired-waiver warn deny",
            "failed-check deny deny",
            "failed-migration deny deny",
            "foreign-migration warn warn",
            "ignored-file deny deny",
            "lock-mismatch deny deny",
            "missing-object deny deny",
            "missing-parent deny deny",
            "missing-undo allow allow",
            "multiple-heads deny deny",
            "no-ledger warn deny",
            "nothing-checked warn deny",
            "out-of-order-migration deny deny",
            "overlapping-heads warn deny",
            "partly-applied deny deny",
            "pending-migration allow deny",
            "re-stamped-migration deny deny",
            "recorded-not-executed deny deny",
            "reformatted-migration warn warn",
            "renamed-migration deny deny",
            "second-ledger warn warn",
            "stale-lock deny deny",
            "stale-record deny deny",
            "stale-schema-dump warn warn",
            "symlinked-migration warn warn",
            "unchecked-commit warn warn",
            "uncommitted-migration warn warn",
            "unexpected-object deny deny",
            "unpaid-debt warn warn",
            "unreplayable-migration deny deny",
            "unstable-line-endings warn warn",
            "unused-waiver warn warn",
        ]
    );
}

#[test]
fn hostile_names_stay_harmless() {
    let names = [
        "2_it's;rm.sql",
        "2_\u{1b}[31mred.sql",
        "2_\u{202e}lqs.sql",
        "2_$(touch${IFS}x).sql",
        "2_[a-z]*.sql",
    ];
    for name in names {
        let example = format!(
            "tool: sqlx\nconflict: migrations/{name}\n-- base migrations/{name} --\nselect 1;\n-- staged migrations/{} --\n\
             <<<<<<< a\n=======\n>>>>>>> b\n-- applied 2 failed --\n-- applied 1 --\nselect 2;\n-- work migrations/1_{name} --\n",
            if name.contains('[') { "2_b.sql" } else { name },
        );
        let live = format!(
            "tool: sqlx\n-- migrations/{name} --\ncreate table a (b);\n-- migrations/3_c.sql --\nselect * from \u{1b}[31m;\n\
             -- applied 1 --\n-- applied 3 --\n-- live --\ncreate table a (b); create table \"\u{1b}[31m\u{202e}\" (\"\u{7}\");\n"
        );
        let one = live.replace("-- applied 3 --\n", "");
        for (rule, example) in ALL.iter().flat_map(|rule| [(rule, &example), (rule, &live), (rule, &one)]) {
            let report = judge(rule, example);
            let control = |shown: char| shown.is_control() && shown != '\n' || shown == '\u{202e}';
            assert!(!report.contains(control), "{report}");
            for command in report.split('\n').filter_map(|line| Some(line.split_once("git ")?.1)) {
                let words = std::process::Command::new("bash").args(["-nc", command]).status();
                assert!(words.expect("bash is here").success(), "{command}");
                assert!(!command.contains(name) || command.contains('\''), "unquoted: {command}");
            }
        }
    }
}
