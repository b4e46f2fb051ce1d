//! What `guard drill` tries: the team's own declarations, with stand-ins in place of what they name.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::config::UrlConfig;
use crate::db::DatabaseUrl;
use crate::model::{Moment, Need};
use crate::services::{Failure, Probe, Scheme, Speech, StandIn, Target};

use super::{CheckConfig, Config, DatabaseConfig, ServiceConfig};

/// A name that no resolver knows (RFC 2606).
const NO_SUCH_NAME: &str = "guard-drill.invalid";

/// Commands that do not do what they should.
const COMMANDS: &[(&str, &[&str])] = &[
    ("hangs", &["sleep", "600"]),
    ("hangs, and will not be ended", &["sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1; done"]),
    ("leaves a process of its own behind", &["sh", "-c", "(sleep 600 &) ; sleep 600"]),
    ("talks without end", &["yes"]),
    ("says that what it needs is down", &["sh", "-c", "exit 75"]),
];

/// One thing that is tried.
pub(super) struct Case {
    pub(super) what: String,
    pub(super) failure: String,
    pub(super) need: Need,
    pub(super) limit: Duration,
    pub(super) config: Config,
    /// Up as long as the case is.
    _stand_in: Option<StandIn>,
    _locked: Option<Locked>,
}

/// An SQLite file on which another process holds a lock.
type Locked = (tempfile::TempDir, rusqlite::Connection);

/// All cases of a configuration.
pub(super) fn cases(config: &Config) -> io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for database in config.databases.iter().filter(|database| database.at.contains(&Moment::Commit)) {
        of_database(database, config, &mut cases)?;
    }
    for service in &config.services {
        if config.checks.iter().any(|check| needs_at_commit(check, service)) {
            of_service(service, config, &mut cases)?;
        }
    }
    for check in config.checks.iter().filter(|check| check.at.contains(&Moment::Commit)) {
        of_check(check, config, &mut cases);
    }
    if cases.len() > 1 {
        cases.push(all_together(config)?);
    }
    Ok(cases)
}

fn needs_at_commit(check: &CheckConfig, service: &ServiceConfig) -> bool {
    check.at.contains(&Moment::Commit) && check.needs.contains(&service.name)
}

/// The configuration without anything that a commit waits for.
fn bare(config: &Config) -> Config {
    Config { databases: Vec::new(), services: Vec::new(), checks: Vec::new(), ..config.clone() }
}

fn limit(config: &Config, need: Need, timeout: Duration) -> Duration {
    match config.budget {
        Some(budget) if need == Need::Optional => timeout.min(budget),
        _ => timeout,
    }
}

fn of_database(database: &DatabaseConfig, config: &Config, cases: &mut Vec<Case>) -> io::Result<()> {
    let mut add = |failure: &str, url: UrlConfig, stand_in: Option<StandIn>, locked: Option<Locked>| {
        let databases = vec![DatabaseConfig { url, ..database.clone() }];
        cases.push(Case {
            what: format!("database {}", database.name),
            failure: failure.to_owned(),
            need: database.need,
            limit: limit(config, database.need, database.timeout),
            config: Config { databases, ..bare(config) },
            _stand_in: stand_in,
            _locked: locked,
        });
    };
    let url = database.url.resolve().map_or_else(|_| database.url.to_string(), |url| url.to_string());
    if url.starts_with("sqlite") {
        let folder = tempfile::tempdir()?;
        let locked = lock(folder)?;
        add(
            "is not there",
            literal(&format!("sqlite:{}", locked.0.path().join("none.db").display()))?,
            None,
            None,
        );
        let file = format!("sqlite:{}", locked.0.path().join("locked.db").display());
        add("its ledger is locked", literal(&file)?, None, Some(locked));
        return Ok(());
    }
    // What it is called decides what speaks; where that is not known, PostgreSQL.
    let (scheme, speech) =
        if url.starts_with('m') { ("mysql", Speech::Mysql) } else { ("postgres", Speech::Postgres) };
    for (failure, words) in Failure::ALL {
        let stand_in = StandIn::start(failure, speech)?;
        add(
            words,
            literal(&format!("{scheme}://drill@127.0.0.1:{}/drill", stand_in.port))?,
            Some(stand_in),
            None,
        );
    }
    add(
        "has a name that is not found",
        literal(&format!("{scheme}://drill@{NO_SUCH_NAME}/drill"))?,
        None,
        None,
    );
    Ok(())
}

fn literal(url: &str) -> io::Result<UrlConfig> {
    let url = DatabaseUrl::parse(url, Path::new(".")).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(UrlConfig::Literal(url))
}

fn lock(folder: tempfile::TempDir) -> io::Result<Locked> {
    let other = |error: rusqlite::Error| io::Error::other(error.to_string());
    let connection = rusqlite::Connection::open(folder.path().join("locked.db")).map_err(other)?;
    connection.execute_batch("CREATE TABLE ledger (id INTEGER); BEGIN EXCLUSIVE").map_err(other)?;
    Ok((folder, connection))
}

/// What a check does while something else is tried: nothing, and well.
fn idle(check: &CheckConfig) -> CheckConfig {
    CheckConfig { run: vec!["true".to_owned()], files: None, ..check.clone() }
}

fn of_service(service: &ServiceConfig, config: &Config, cases: &mut Vec<Case>) -> io::Result<()> {
    let mut add = |failure: &str, probe: Probe, stand_in: Option<StandIn>| {
        let checks = config.checks.iter().filter(|check| needs_at_commit(check, service));
        let checks = checks.map(|check| CheckConfig { needs: vec![service.name.clone()], ..idle(check) });
        cases.push(Case {
            what: format!("service {}", service.name),
            failure: failure.to_owned(),
            need: service.need,
            limit: limit(config, service.need, service.timeout),
            config: Config {
                services: vec![ServiceConfig { probe, ..service.clone() }],
                checks: checks.collect(),
                ..bare(config)
            },
            _stand_in: stand_in,
            _locked: None,
        });
    };
    let target = match &service.probe {
        Probe::Command(_) => {
            for (failure, command) in COMMANDS {
                add(failure, Probe::Command(command.iter().map(|&word| word.to_owned()).collect()), None);
            }
            return Ok(());
        }
        Probe::Network(target) => target,
    };
    let speech = match target.scheme {
        Scheme::Postgres => Speech::Postgres,
        Scheme::Mysql => Speech::Mysql,
        Scheme::Redis => Speech::Redis,
        Scheme::Tcp | Scheme::Tls | Scheme::Http | Scheme::Https => Speech::Http,
    };
    for (failure, words) in Failure::ALL {
        // Nobody logs in to see whether it is up.
        if matches!(failure, Failure::Frozen | Failure::Locked) {
            continue;
        }
        let stand_in = StandIn::start(failure, speech)?;
        let target = Target { host: "127.0.0.1".to_owned(), port: stand_in.port, ..target.clone() };
        add(words, Probe::Network(target), Some(stand_in));
    }
    let target = Target { host: NO_SUCH_NAME.to_owned(), ..target.clone() };
    add("has a name that is not found", Probe::Network(target), None);
    Ok(())
}

fn of_check(check: &CheckConfig, config: &Config, cases: &mut Vec<Case>) {
    for (failure, command) in COMMANDS {
        let run = command.iter().map(|&word| word.to_owned()).collect();
        // What it needs is up.
        let check = CheckConfig { run, needs: Vec::new(), ..idle(check) };
        cases.push(Case {
            what: format!("check {}", check.name),
            failure: (*failure).to_owned(),
            need: check.need,
            limit: limit(config, check.need, check.timeout),
            config: Config { checks: vec![check], ..bare(config) },
            _stand_in: None,
            _locked: None,
        });
    }
}

/// All of them silent at once. Optional, where all of them are.
fn all_together(config: &Config) -> io::Result<Case> {
    let silent = StandIn::start(Failure::Silent, Speech::Http)?;
    let mut together = config.clone();
    together.databases.retain(|database| database.at.contains(&Moment::Commit));
    together.checks.retain(|check| check.at.contains(&Moment::Commit));
    for database in &mut together.databases {
        database.url = literal(&format!("postgres://drill@127.0.0.1:{}/drill", silent.port))?;
    }
    for service in &mut together.services {
        // Any scheme but tcp:// waits for a word.
        let target = Target::parse(&format!("http://127.0.0.1:{}", silent.port));
        service.probe = Probe::Network(target.map_err(|error| io::Error::other(error.to_string()))?);
    }
    for check in &mut together.checks {
        *check = CheckConfig { run: vec!["sleep".to_owned(), "600".to_owned()], ..idle(check) };
    }
    let needs = together.databases.iter().map(|database| (database.need, database.timeout));
    let needs = needs.chain(together.services.iter().map(|service| (service.need, service.timeout)));
    let needs: Vec<(Need, Duration)> =
        needs.chain(together.checks.iter().map(|check| (check.need, check.timeout))).collect();
    let required = needs.iter().any(|(need, _)| *need == Need::Required);
    let need = if required { Need::Required } else { Need::Optional };
    // Without a budget checks may wait for their services, and for each other.
    let total = needs.iter().map(|(_, timeout)| *timeout).sum();
    Ok(Case {
        what: "all together".to_owned(),
        failure: "accept, and never answer".to_owned(),
        need,
        limit: limit(config, need, total),
        config: together,
        _stand_in: Some(silent),
        _locked: None,
    })
}
