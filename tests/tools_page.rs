//! `docs/tools.md`: which tools were tried on which databases, and what guard says of the ledgers that they made. The page
//! is made from what [`crate::real_ledgers`] proves; `GUARD_BLESS=1` writes it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use migguard::tools::{BUILT_IN, Tool};

use crate::real_ledgers::{KINDS, Kept, STATES, all};

const HEAD: &str = "\
<!-- Made by the tests: GUARD_BLESS=1 cargo test --test integration tools_page -->
# Migration tools

guard is tried on ledgers that the tools themselves have made: each tool migrates a real database into the states of the
second table, by its own commands. The statements are kept under `tests/tools`; `./test.sh --regenerate TOOL` makes them
anew. A dash in the first table: the tool could not be had from a registry, and guard knows of its ledger what the tool's source
and documentation say. Alembic, Django and Sqitch, whose migrations are a graph, and Liquibase, which has several in a
file, have ledgers in states of their own besides those of the second table.

";

const STATES_HEAD: &str = "\
\n## What guard says

Each repository has three migrations.

* **clean**: all are applied. With LF, and in a checkout with CRLF. And, for ledgers that keep what was in the files, applied
  from a checkout with CRLF while git has LF.
* **pending**: the third is not applied. (`pending-migration` is allowed in a commit and stops CI; here it is set to warn.)
* **edited**: a word of the first one was changed after it was applied.
* **deleted**: the third one was applied, and the commit deletes it.
* **failed**: the second statement of the third one is wrong, and the tool has tried to apply it.
* **late**: the first and the third one are applied, and the commit adds the second.
* **late-migrated**: the same, and the tool has migrated again.

A dash stands for silence, an empty cell for a state that the tool cannot get into.

";

const AGREE_HEAD: &str = "\
\n## Agreement with the tool's own command

In each of these states `guard status` says of each migration what the tool's own command said. Where it does not, the
reason stands below.

";

/// The kinds of database on which a tool was tried, with the first lines of what was kept: program and database.
fn kept_on(kept: &Kept) -> Vec<(&'static str, &'static str, String, String)> {
    let kinds = KINDS.iter().filter_map(|(kind, name)| {
        let text = kept.text(&format!("{kind}.sql"))?;
        let first = text.split('\n').next().unwrap().strip_prefix("-- ").unwrap();
        let (program, database) = first.rsplit_once(" on ").unwrap();
        Some((*kind, *name, program.to_owned(), database.to_owned()))
    });
    kinds.collect()
}

fn blessed() -> bool {
    std::env::vars_os().any(|(name, value)| name == "GUARD_BLESS" && value == "1")
}

fn tools(page: &mut String) {
    page.push_str(
        "| tool | in guard.toml | works on | checksum | tried with | on |\n|---|---|---|---|---|---|\n",
    );
    for (name, _) in BUILT_IN {
        let tool = Tool::find(name, &BTreeMap::new()).unwrap();
        let spec = tool.spec();
        let (with, on): (Vec<&str>, Vec<String>) =
            spec.verified.iter().map(|run| (&*run.with, run.on.join(", "))).unzip();
        let checksum = tool.checksum_name().unwrap_or("none");
        let with = if with.is_empty() { "–".to_owned() } else { with.join("; ") };
        let cells = [&*spec.title, name, &*tool.databases().join(", "), checksum, &with, &on.join("; ")];
        writeln!(page, "| {} |", cells.join(" | ")).unwrap();
    }
}

fn states(page: &mut String) {
    let names: Vec<&str> = STATES.iter().map(|state| state.name).collect();
    writeln!(page, "| tool | on | {} |\n|---|---|{}", names.join(" | "), "---|".repeat(names.len())).unwrap();
    for kept in all() {
        let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
        for (kind, name, ..) in kept_on(&kept) {
            let cells = STATES.iter().map(|state| {
                if !kept.has(kind, state) {
                    return String::new();
                }
                let rules = kept.expected(kind, state.name);
                if rules.is_empty() { "–".to_owned() } else { rules.join(", ") }
            });
            let cells = cells.collect::<Vec<_>>().join(" | ");
            match rows.iter_mut().find(|(same, _)| *same == cells) {
                Some((_, names)) => names.push(name),
                None => rows.push((cells, vec![name])),
            }
        }
        for (cells, names) in rows {
            writeln!(page, "| {} | {} | {cells} |", kept.name, names.join(", ")).unwrap();
        }
    }
}

fn agreement(page: &mut String) {
    page.push_str("| tool | command | states |\n|---|---|---|\n");
    let mut reasons = String::new();
    for kept in all() {
        let Some(status) = &kept.about.status else { continue };
        let kinds = kept_on(&kept);
        let states = kinds.iter().flat_map(|(kind, ..)| STATES.iter().map(move |state| (kind, state)));
        let count = states.filter(|(kind, state)| kept.said(kind, state.name).is_some()).count();
        writeln!(page, "| {} | `{}` | {count} |", kept.name, status.command).unwrap();
        for (what, why) in &kept.about.disagrees {
            writeln!(reasons, "* {}, {what}: {why}", kept.name).unwrap();
        }
    }
    if !reasons.is_empty() {
        write!(page, "\n{reasons}").unwrap();
    }
}

#[test]
fn the_page_says_what_was_tried() {
    let mut page = HEAD.to_owned();
    tools(&mut page);
    page.push_str(STATES_HEAD);
    states(&mut page);
    page.push_str(AGREE_HEAD);
    agreement(&mut page);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tools.md");
    if blessed() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(path).unwrap() == page, "docs/tools.md: GUARD_BLESS=1 writes it anew");
}

#[test]
fn the_readme_counts_them() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let counted = format!("It knows [{} migration tools](docs/tools.md)", BUILT_IN.len());
    assert!(text.contains(&counted), "README.md: {counted}");
}

/// What is to stand in the file of a tool: one table for each program with which it was tried.
fn verified(runs: &[(String, String)]) -> String {
    let mut programs: Vec<(&str, Vec<&str>)> = Vec::new();
    for (program, database) in runs {
        match programs.iter_mut().find(|(known, _)| known == program) {
            Some((_, databases)) => databases.push(database),
            None => programs.push((program, vec![database])),
        }
    }
    let tables = programs
        .into_iter()
        .map(|(program, databases)| format!("[[verified]]\nwith = \"{program}\"\non = {databases:?}\n\n"));
    tables.collect()
}

#[test]
fn the_files_of_the_tools_say_what_was_tried() {
    let mut tried: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for kept in all() {
        let runs = kept_on(&kept).into_iter().map(|(_, _, program, database)| (program, database));
        tried.entry(kept.tool().name().to_owned()).or_default().extend(runs);
    }
    for (name, _) in BUILT_IN {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/tools/{name}.toml"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\ndatabases = ["), "{}: on which databases does it work?", path.display());
        let wanted = verified(tried.get(*name).map_or(&[], |runs| &**runs));
        let said = text.split_inclusive("\n\n").filter(|part| part.starts_with("[[verified]]"));
        if said.collect::<String>() == wanted {
            continue;
        }
        assert!(blessed(), "{}: GUARD_BLESS=1 writes\n{wanted}", path.display());
        let rest = text.split_inclusive("\n\n").filter(|part| !part.starts_with("[[verified]]"));
        let rest: Vec<&str> = rest.collect();
        fs::write(&path, format!("{}{wanted}{}", rest[0], rest[1..].concat())).unwrap();
    }
}

#[test]
fn guard_tools_shows_it() {
    let repo = crate::support::TestRepo::new();
    let table = repo.guard(&["tools"]).success().out();
    let words: Vec<&str> = table.split_whitespace().collect();
    assert!(words.join(" ").contains("knex SQLite, PostgreSQL, MySQL Knex 3.3.0 on SQLite"), "{table}");
    let list = repo.guard(&["tools", "--format", "json"]).success().json();
    assert_eq!(list["version"], 1);
    let tools = list["tools"].as_array().unwrap();
    assert_eq!(tools.len(), BUILT_IN.len());
    let knex = tools.iter().find(|tool| tool["tool"] == "knex").unwrap();
    assert_eq!(knex["databases"], serde_json::json!(["sqlite", "postgres", "mysql"]));
    assert_eq!(knex["verified"][0]["with"], "Knex 3.3.0");
}
