//! `guard audit`: all rules on one database, its ledger and its live schema.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::config::{DatabaseConfig, UrlConfig};
use crate::db::DatabaseUrl;
use crate::gather::Project;
use crate::model::{Moment, Need};
use crate::report::FORMATS;

use super::{Context, Failure, check, project};

/// How long somebody waits for the database that he names.
const PATIENCE: Duration = Duration::from_secs(30);

/// Look into a database that may have drifted: its ledger, and its schema against a replay of its migrations
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The database: its name in guard.toml, or a URL [default: those declared for the moment "audit"]
    #[arg(value_name = "DATABASE")]
    database: Option<String>,
    /// Judge this commit's migrations instead of those of HEAD
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// How long each database may take [default: 30 for the one that is named, or more where guard.toml gives it more; otherwise what guard.toml says]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// The format of the report
    #[arg(long, value_name = "FORMAT", value_parser = FORMATS.iter().map(|format| format.name).collect::<Vec<_>>())]
    format: Option<String>,
    /// Write the report to this file, and the one for people to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(
    args: &Args,
    context: &Context,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let started = Instant::now();
    let mut project = project::open_for(&context.directory, args.rev.as_deref())?;
    project.config.databases = databases(args, &project)?;
    let asked = check::Args {
        rev: args.rev.clone(),
        format: args.format.clone(),
        output: args.output.clone(),
        retry: true,
        drift: true,
        ..check::Args::default()
    };
    check::judge(&project, &asked, Moment::Audit, started, |report| {
        check::write(report, &asked, context, out, err)
    })
}

/// What is meant, asked at this moment whatever is declared.
fn databases(args: &Args, project: &Project) -> Result<Vec<DatabaseConfig>, Failure> {
    let declared = &project.config.databases;
    let found: Vec<DatabaseConfig> = match args.database.as_deref() {
        Some(url) if url.contains(':') => vec![of_url(url, project)?],
        Some(name) => declared.iter().filter(|database| database.name == name).cloned().collect(),
        None => declared.iter().filter(|database| database.at.contains(&Moment::Audit)).cloned().collect(),
    };
    if found.is_empty() {
        let names = declared.iter().map(|database| database.name.as_str()).collect::<Vec<_>>().join(", ");
        let known = if names.is_empty() {
            "guard.toml declares none".to_owned()
        } else {
            format!("guard.toml declares {names}")
        };
        let what = match &args.database {
            Some(name) => format!("there is no database \"{name}\" ({known})"),
            None => format!("no database is declared for the moment \"audit\" ({known})"),
        };
        return Err(
            Failure::new(what).fix("name one: guard audit NAME, or guard audit postgres://app@host/db")
        );
    }
    let mut found = found;
    for database in &mut found {
        database.at = vec![Moment::Audit];
        // Whoever names one waits for it, longer than a commit would.
        if args.database.is_some() {
            database.timeout = database.timeout.max(PATIENCE);
        }
        database.timeout = args.timeout.map_or(database.timeout, Duration::from_secs);
    }
    Ok(found)
}

fn of_url(url: &str, project: &Project) -> Result<DatabaseConfig, Failure> {
    let layout = project.git.layout();
    let root = layout.work_tree.as_ref().unwrap_or(&layout.git_dir);
    let url = DatabaseUrl::parse(url, root).map_err(|error| {
        Failure::new(format!("this is no URL of a database: {error}")).fix(
            "write it as in DATABASE_URL; a password belongs into ~/.pgpass, ~/.my.cnf or the environment",
        )
    })?;
    Ok(DatabaseConfig {
        name: "the database".to_owned(),
        url: UrlConfig::Literal(url),
        sets: None,
        schemas: Vec::new(),
        need: Need::Required,
        timeout: PATIENCE,
        at: vec![Moment::Audit],
        drift: true,
        scratch: None,
        line: 0,
    })
}
