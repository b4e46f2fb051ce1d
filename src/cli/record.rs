//! `guard record`: the schema of a database that is right, for those who cannot replay the migrations.

use std::io::Write;
use std::time::Instant;

use crate::check::enabled;
use crate::config::DatabaseConfig;
use crate::gather::{Candidate, Project, RECORD_NAME as FILE_NAME, Request, gather, record};
use crate::model::Moment;
use crate::report::count;

use super::{Context, Failure, config, project};

/// Write guard.schema: what the migrations make, taken from a database that has run them all
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The database: its name in guard.toml [default: the only one]
    #[arg(value_name = "DATABASE")]
    database: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut project = project::open(&context.directory)?;
    let layout = project.git.layout();
    let Some(root) = layout.work_tree.clone() else {
        return Err(crate::git::GitError::Bare(layout.git_dir.clone()).into());
    };
    let mut database = meant(args, &project)?;
    database.at = vec![Moment::Audit];
    project.config.databases = vec![database.clone()];
    let request = Request {
        moment: Moment::Audit,
        candidate: Candidate::Index,
        base: None,
        replaces: None,
        offline: false,
        started: Instant::now(),
        retry: true,
        is_commit: false,
        drift: false,
        rehearsal: false,
        warden: None,
    };
    let resolved = config::sets(&project)?;
    let facts = gather(&project, &request, &enabled(&project.config, Moment::Audit))?.facts;
    let refused = |why: String| {
        Failure::new(format!("{FILE_NAME} is not written from \"{}\": {why}", database.name))
            .fix("take a database that has run all migrations and has nothing else: a fresh one, or the one that CI makes")
    };
    let [found] = &facts.databases[..] else {
        return Err(refused("it has several schemas, and a record is of one".to_owned()));
    };
    let written = record(&project, (&database, found), (&facts.sets, &resolved)).map_err(refused)?;
    project::write_file(&root.join(FILE_NAME), &written.to_text(), true)?;
    writeln!(
        out,
        "{FILE_NAME}: written from \"{}\" ({}), {} after {}; next: git add -- {FILE_NAME}",
        database.name,
        written.engine,
        count(written.schema.0.len(), "object"),
        count(written.applied.len(), "migration")
    )?;
    Ok(0)
}

fn meant(args: &Args, project: &Project) -> Result<DatabaseConfig, Failure> {
    let declared = &project.config.databases;
    let found: Vec<&DatabaseConfig> =
        declared.iter().filter(|one| args.database.as_ref().is_none_or(|name| *name == one.name)).collect();
    if let [one] = found[..] {
        return Ok(one.clone());
    }
    let names = declared.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    let known = if names.is_empty() { "declares none".to_owned() } else { format!("declares {names}") };
    let what = match &args.database {
        Some(name) => format!("there is no database \"{name}\" (guard.toml {known})"),
        None => format!("it is not clear which database is meant (guard.toml {known})"),
    };
    Err(Failure::new(what).fix("name one: guard record NAME"))
}
