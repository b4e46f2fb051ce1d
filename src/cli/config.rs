//! `guard config`: every value that decides something, with where it comes from.

use std::io::Write;

use crate::config::{Config, FILE_NAME, env};
use crate::gather::{Candidate, Project, ResolvedSet, candidate_tree, resolve_sets};
use crate::git::{BaseRequest, CiEnvironment, find_base};
use crate::model::{Moment, Need};
use crate::rules;

use super::{Context, Failure, project, table};

/// Print every value that decides something, with where it comes from
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the JSON schema of guard.toml, for editors
    #[arg(long)]
    schema: bool,
}

pub(super) fn run(args: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    if args.schema {
        write!(out, "{}", include_str!("../../schema/guard.toml.json"))?;
        return Ok(0);
    }
    let project = project::open(&context.directory)?;
    let mut rows = table::table(&context.look, &["what", "value", "from"], &[1, 2]);
    let file = project.config.file.as_ref();
    rows.add_row([
        "configuration",
        &file.map_or_else(|| "none".to_owned(), |path| path.display().to_string()),
        if file.is_some() { "the root of the repository" } else { "guard init writes one" },
    ]);
    let sets = sets(&project)?;
    for set in &sets {
        let value = format!("{} in {}, ledger {}", set.tool.name(), set.dir, set.table_name());
        rows.add_row([format!("set {}", set.name), value, set.origin.clone()]);
        if !set.replay.run.is_empty() {
            let value = format!("replayed by {}", set.replay.run.join(" "));
            rows.add_row([format!("set {}", set.name), value, set.origin.clone()]);
        }
    }
    databases(&project.config, &mut rows);
    services(&project.config, &mut rows);
    base(&project, &mut rows);
    if let Some(budget) = project.config.budget {
        rows.add_row(["hook budget".to_owned(), format!("{} ms", budget.as_millis()), FILE_NAME.to_owned()]);
    }
    levels(&project.config, &mut rows);
    for (pattern, line) in project.config.schema.ignore.iter().zip(&project.config.schema.lines) {
        let value = format!("{} is not looked at", pattern.as_str());
        rows.add_row(["schema".to_owned(), value, format!("{FILE_NAME}:{line}")]);
    }
    for waiver in &project.config.waivers {
        let until = waiver.until.map_or_else(|| "never ends".to_owned(), |day| format!("until {day}"));
        let value = format!("{} ({until}): {}", waiver.rule, waiver.reason);
        rows.add_row(["waiver".to_owned(), value, format!("{FILE_NAME}:{}", waiver.line)]);
    }
    for (name, meaning) in env::VARIABLES {
        if let Some(value) = env::shown(name) {
            rows.add_row([format!("${name}"), value, (*meaning).to_owned()]);
        }
    }
    write!(out, "{}", table::lines(&rows))?;
    Ok(0)
}

/// The sets, as `guard check` would see them at a commit.
pub(super) fn sets(project: &Project) -> Result<Vec<ResolvedSet>, Failure> {
    let candidate = match project.git.layout().work_tree {
        Some(_) => Candidate::Index,
        None => project::candidate(project, Moment::Ci, None)?,
    };
    let tree = candidate_tree(&*project.git, candidate, &[])?;
    Ok(resolve_sets(&|blob| project.git.blob(blob), &project.config, &tree)?)
}

fn databases(config: &Config, rows: &mut comfy_table::Table) {
    for database in &config.databases {
        let need = if database.need == Need::Required { "required" } else { "optional" };
        let moments: Vec<&str> = database.at.iter().map(|moment| moment.word()).collect();
        let sets = database.sets.as_ref().map_or_else(|| "all sets".to_owned(), |sets| sets.join(", "));
        let schemas: Vec<&str> = database.schemas.iter().map(glob::Pattern::as_str).collect();
        let schemas = match &schemas[..] {
            [] => String::new(),
            schemas => format!(" in each of the schemas {}", schemas.join(", ")),
        };
        let drift = if database.drift { ", and its schema against a replay" } else { "" };
        let scratch = database.scratch.as_ref().map_or_else(String::new, |url| format!("; replays on {url}"));
        let value = format!(
            "{}; {need}, within {} ms, at {}; ledger of {sets}{schemas}{drift}{scratch}",
            database.url,
            database.timeout.as_millis(),
            moments.join(", ")
        );
        rows.add_row([
            format!("database {}", database.name),
            value,
            format!("{FILE_NAME}:{}", database.line),
        ]);
    }
}

fn services(config: &Config, rows: &mut comfy_table::Table) {
    for service in &config.services {
        let need = if service.need == Need::Required { "required" } else { "optional" };
        let value = format!("{}; {need}, within {} ms", service.probe, service.timeout.as_millis());
        rows.add_row([format!("service {}", service.name), value, format!("{FILE_NAME}:{}", service.line)]);
    }
    for check in &config.checks {
        let need = if check.need == Need::Required { "required" } else { "optional" };
        let moments: Vec<&str> = check.at.iter().map(|moment| moment.word()).collect();
        let files = check.files.as_ref().map_or_else(String::new, |files| {
            format!("; for {}", files.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        });
        let needs = if check.needs.is_empty() {
            String::new()
        } else {
            format!("; needs {}", check.needs.join(", "))
        };
        let value = format!(
            "{}; {need}, within {} ms, at {}{needs}{files}",
            check.run.join(" "),
            check.timeout.as_millis(),
            moments.join(", ")
        );
        rows.add_row([format!("check {}", check.name), value, format!("{FILE_NAME}:{}", check.line)]);
    }
}

fn base(project: &Project, rows: &mut comfy_table::Table) {
    let request = BaseRequest {
        asked: env::get("GUARD_BASE").map(|base| (base, "GUARD_BASE".to_owned())),
        configured: project.config.base.clone(),
        ..BaseRequest::default()
    };
    let (value, from) = match find_base(&*project.git, &request, &CiEnvironment(&env::get)) {
        Ok(base) => {
            let commit = base.commit.map_or_else(|| "nothing yet".to_owned(), |commit| commit.short());
            (format!("{} ({commit})", base.name), base.because)
        }
        Err(error) => ("none".to_owned(), error.to_string()),
    };
    rows.add_row(["base".to_owned(), value, from]);
}

fn levels(config: &Config, rows: &mut comfy_table::Table) {
    for (rule, line) in &config.level_lines {
        let Some(rule) = rules::find(rule.0) else { continue };
        let levels =
            Moment::ALL.map(|(word, moment)| format!("{word} {}", config.level(rule, moment).word()));
        rows.add_row([format!("rule {}", rule.id), levels.join(", "), format!("{FILE_NAME}:{line}")]);
    }
}
