//! What DESIGN promises about schemas, measured: a replay against the engine's own client with the same files, and an audit of a large
//! database against the bare catalogue queries, `pg_dump -s` and migra. Prints medians and ratios; asserts nothing.
//!
//! `GUARD_BENCH_TABLES`, `GUARD_BENCH_RUNS` change the size; `GUARD_BENCH_ONLY=replay` or `large` leaves out the other half; `GUARD_BENCH_PROGRAM` names another guard than the one that was built.
//! migra is measured when it is on the PATH, and named when it is not.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench talks to its reader and stops at the first trouble"
)]
#![allow(clippy::disallowed_methods, reason = "its own variables, not guard's")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/support/ports.rs"]
mod ports;
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/support/postgres.rs"]
mod postgres;

use postgres::Server;

fn main() {
    let runs = number("GUARD_BENCH_RUNS", 11);
    // pg_dump locks all tables at once, and the catalogue of so many is in memory, as it would be.
    let server = Server::start_with("-c max_locks_per_transaction=512 -c shared_buffers=128MB");
    let only = std::env::var("GUARD_BENCH_ONLY").unwrap_or_default();
    if only.is_empty() || only == "replay" {
        replay_on_sqlite(runs);
        replay_on_postgres(&server, runs);
    }
    if only == "replay" {
        return;
    }
    large(&server, number("GUARD_BENCH_TABLES", 10_000), runs.min(5));
}

/// A migration as projects write them: a table, an index, now and then a change of an older one.
fn migration(number: usize) -> String {
    let mut text = format!(
        "CREATE TABLE t{number} (id integer PRIMARY KEY, name varchar(40) NOT NULL, at timestamp, note text DEFAULT 'x');\n\
         CREATE INDEX t{number}_name ON t{number} (name);\n"
    );
    if number % 5 == 4 {
        writeln!(text, "ALTER TABLE t{} ADD COLUMN more integer;", number - 3).unwrap();
    }
    text
}

/// A repository of a tool that keeps no checksum.
fn repository(texts: &[String], url: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for (number, text) in texts.iter().enumerate() {
        write(&format!("db/migrations/{:06}_m.sql", number + 1), &format!("-- migrate:up\n{text}"));
        write(&format!("plain/{:06}.sql", number + 1), text);
    }
    write(".gitignore", "plain/\n*.db\n");
    write(
        "guard.toml",
        &format!(
            "[[migrations]]\ntool = \"dbmate\"\n[databases.dev]\nurl = \"{url}\"\nrequired = true\ntimeout = \"300s\"\nat = [\"audit\"]\n"
        ),
    );
    for arguments in [
        &["init", "-q"][..],
        &["config", "gc.auto", "0"],
        &["config", "user.name", "a"],
        &["config", "user.email", "a@b"],
        &["add", "."],
        &["commit", "-qm", "all"],
    ] {
        run(Command::new("git").args(arguments).current_dir(directory.path()));
    }
    directory
}

/// Everything as it is after all migrations have run.
fn applied(texts: &[String]) -> String {
    texts.concat() + &ledger(texts.len())
}

/// The ledger of dbmate with so many rows.
fn ledger(migrations: usize) -> String {
    let rows: Vec<String> = (1..=migrations).map(|number| format!("('{number:06}')")).collect();
    format!(
        "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);\nINSERT INTO schema_migrations VALUES {};\n",
        rows.join(", ")
    )
}

/// The most memory that guard takes in an audit, in MB.
fn memory(directory: &Path) -> f64 {
    let mut guard = Command::new(program());
    guard.args(["audit", "dev"]).current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null());
    let mut guard = guard.spawn().unwrap();
    let mut most = 0.0_f64;
    while guard.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", guard.id())).unwrap_or_default();
        let peak = status.split_once("VmHWM:").and_then(|(_, rest)| rest.split_whitespace().next());
        most = peak
            .and_then(|number| number.parse().ok())
            .map_or(most, |kilobytes: f64| most.max(kilobytes / 1e3));
        std::thread::sleep(Duration::from_millis(2));
    }
    most
}

fn audit(directory: &Path) {
    run(Command::new(program()).args(["audit", "dev"]).current_dir(directory));
}

fn forget(directory: &Path) {
    let _ = fs::remove_file(directory.join(".git/guard/held"));
}

fn replay_on_sqlite(runs: usize) {
    let texts: Vec<String> = (0..300).map(migration).collect();
    let repository = repository(&texts, "sqlite:dev.db");
    let path = repository.path();
    fs::write(path.join("all.sql"), applied(&texts)).unwrap();
    let mut make = Command::new("sqlite3");
    run(make.args(["dev.db", ".read all.sql"]).current_dir(path));
    let reads: String =
        (1..=texts.len()).fold(String::new(), |all, number| all + &format!(".read plain/{number:06}.sql\n"));
    fs::write(path.join("plain/reads"), reads).unwrap();
    let mut guard = || {
        forget(path);
        audit(path);
    };
    let mut again = || audit(path);
    let mut client =
        || run(Command::new("sqlite3").args([":memory:", ".read plain/reads"]).current_dir(path));
    let times = median(runs, &mut [&mut guard, &mut again, &mut client]);
    println!(
        "audit of an SQLite database, 300 migrations replayed: {:.1} ms; remembered {:.1} ms",
        times[0], times[1]
    );
    println!(
        "  sqlite3 with the same files {:.1} ms; ratio {:.2} (limit 1.5)\n",
        times[2],
        times[0] / times[2]
    );
}

fn replay_on_postgres(server: &Server, runs: usize) {
    let texts: Vec<String> = (0..300).map(migration).collect();
    let database = server.create();
    let repository = repository(&texts, &server.socket_url("postgres", &database));
    let path = repository.path();
    server.admin(&database).run(&applied(&texts));
    let mut guard = || {
        forget(path);
        audit(path);
    };
    let mut again = || audit(path);
    forget(path);
    println!(
        "memory of a replay of {} migrations: {:.0} MB (limit 100 for 1,000)",
        texts.len(),
        memory(path)
    );
    let mut client = || {
        let fresh = server.create();
        let mut psql = psql(server, &fresh);
        for number in 1..=texts.len() {
            psql.args(["-f", &format!("plain/{number:06}.sql")]);
        }
        run(psql.current_dir(path));
    };
    let times = median(runs, &mut [&mut guard, &mut again, &mut client]);
    println!(
        "audit of a PostgreSQL database, 300 migrations replayed: {:.1} ms; remembered {:.1} ms",
        times[0], times[1]
    );
    println!(
        "  CREATE DATABASE and psql with the same files {:.1} ms; ratio {:.2} (limit 1.5)\n",
        times[2],
        times[0] / times[2]
    );
}

fn psql(server: &Server, database: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"]).arg(&server.dir);
    psql.args(["-p", &server.port.to_string(), "-d", database]);
    psql
}

fn large(server: &Server, tables: usize, runs: usize) {
    let database = server.create();
    let columns: String = (0..10).map(|number| format!(", c{number} text")).collect();
    // Each in a transaction of its own: a server has room for so many locks.
    let texts: Vec<String> = (0..tables / 10)
        .map(|schema| {
            let table =
                |table| format!("CREATE TABLE s{schema}.t{table} (id integer PRIMARY KEY{columns});\n");
            format!("CREATE SCHEMA s{schema};\n{}", (0..10).map(table).collect::<String>())
        })
        .collect();
    let repository = repository(&texts, &server.socket_url("postgres", &database));
    let path = repository.path();
    for text in &texts {
        server.admin(&database).run(text);
    }
    server.admin(&database).run(&ledger(texts.len()));
    let begin = Instant::now();
    let most = memory(path);
    println!(
        "audit of {tables} tables in {} schemas, replayed once: {:.0} ms, {most:.0} MB (limit 150); remembered {:.0} MB",
        tables / 10,
        millis(begin.elapsed()),
        memory(path)
    );
    // They end with a return to a state that guard has made before.
    let questions = format!("SAVEPOINT guard;\n{}", questions(server, &database, path));
    fs::write(path.join("questions.sql"), questions).unwrap();
    let mut guard = || audit(path);
    let mut bare = || {
        let mut psql = psql(server, &database);
        psql.args(["-1", "-A", "-t", "-o", "/dev/null", "-f", "questions.sql"]).current_dir(path);
        run(&mut psql);
    };
    let mut dump = || {
        let mut dump = Command::new("pg_dump");
        dump.args(["-s", "-U", "postgres", "-h"]).arg(&server.dir);
        run(dump.args(["-p", &server.port.to_string(), &database]));
    };
    let times = median(runs, &mut [&mut guard, &mut bare, &mut dump]);
    println!("  without drift, remembered {:.0} ms", times[0]);
    println!("  the bare catalogue queries {:.0} ms; ratio {:.2} (limit 1.2)", times[1], times[0] / times[1]);
    println!("  pg_dump -s {:.0} ms; {:.1} times faster (limit 3)", times[2], times[2] / times[0]);
    let url = format!("postgresql://postgres@/{database}?host={}&port={}", server.dir.display(), server.port);
    let mut migra = Command::new("timeout");
    let begin = Instant::now();
    let said = migra.args(["300", "migra", &url, &url]).stdin(Stdio::null()).output().unwrap();
    let time = millis(begin.elapsed());
    match said.status.code() {
        Some(0) => println!(
            "  migra of the database and itself, once {time:.0} ms; {:.1} times faster (limit 4)",
            time / times[0]
        ),
        Some(124) => {
            println!("  migra of the database and itself: not done after {time:.0} ms (limit 4 times)");
        }
        _ => println!("  migra: not measured ({})", String::from_utf8_lossy(&said.stderr).trim()),
    }
}

/// What guard asks the catalogue, as the server's log has it.
fn questions(server: &Server, database: &str, path: &Path) -> String {
    server.admin("postgres").run(&format!("ALTER DATABASE {database} SET log_statement = 'all'"));
    let log = || fs::read_to_string(server.file("log")).unwrap();
    let before = log().len();
    audit(path);
    server.admin("postgres").run(&format!("ALTER DATABASE {database} RESET log_statement"));
    let log = log()[before..].to_owned();
    let statements = log.split("LOG:  statement: ").skip(1);
    let longest = statements.max_by_key(|text| text.len()).unwrap();
    // Further lines of a statement are indented in the log.
    let mut lines = longest.split_terminator('\n');
    let first = lines.next().unwrap_or_default();
    lines.take_while(|line| line.starts_with('\t')).fold(first.to_owned(), |text, line| text + "\n" + line)
}

fn program() -> String {
    std::env::var("GUARD_BENCH_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_guard").to_owned())
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stdout));
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// In turn, the first round for nothing: milliseconds.
fn median(runs: usize, things: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    let mut times = vec![Vec::with_capacity(runs); things.len()];
    for run in 0..=runs {
        for (thing, times) in things.iter_mut().zip(&mut times) {
            let start = Instant::now();
            thing();
            if run > 0 {
                times.push(millis(start.elapsed()));
            }
        }
    }
    times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect()
}
