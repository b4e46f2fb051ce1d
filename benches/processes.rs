//! What DESIGN promises about speed, measured: whole processes, in turn with the thing that they are compared
//! with, on the same repository in one run. Prints medians and ratios; asserts nothing, since machines differ.
//!
//! `cargo bench` runs it. `GUARD_BENCH_MIGRATIONS` and `GUARD_BENCH_RUNS` change the size. Peers (`sqlx`,
//! `dbmate`) are measured when they are on the PATH, and named when they are not. The ledger in PostgreSQL is measured with the
//! server that the tests start too.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench talks to its reader and stops at the first trouble"
)]
#![allow(clippy::disallowed_methods, reason = "its own variables, not guard's")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha384};

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/support/ports.rs"]
mod ports;
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/support/postgres.rs"]
mod postgres;

const GUARD: &str = env!("CARGO_BIN_EXE_guard");

fn main() {
    let migrations = number("GUARD_BENCH_MIGRATIONS", 10_000);
    let runs = number("GUARD_BENCH_RUNS", 21);
    println!("{migrations} sqlx migrations, medians of {runs} runs in turn, milliseconds\n");

    let start = median(runs, &mut [&mut || command(GUARD, Path::new("/"), &["--version"])])[0];
    let size = fs::metadata(GUARD).unwrap().len();
    println!(
        "guard --version {:.2}; binary {:.1} MB\n",
        millis(start),
        f64::from(u32::try_from(size).unwrap()) / 1e6
    );

    let repository = Repository::new(migrations);
    repository.stage_one(migrations);
    let mut hook = || repository.guard(&["hook", "pre-commit"]);
    let mut shell = || command("sh", repository.path(), &["-c", "true"]);
    let mut diff = || repository.git(&["diff", "--cached", "--quiet"]);
    let times = median(runs, &mut [&mut hook, &mut diff, &mut shell]);
    println!("pre-commit hook, {migrations} migrations, one staged, no database");
    println!(
        "  hook {:.2}; git diff --cached --quiet {:.2}; bare shell {:.2}",
        millis(times[0]),
        millis(times[1]),
        millis(times[2])
    );
    println!(
        "  ratio to git + process start: {:.2} (limit 2)",
        times[0].as_secs_f64() / (times[1] + start).as_secs_f64()
    );
    println!("  over a bare shell hook: {:.2} (limit 10)\n", millis(times[0].saturating_sub(times[2])));

    repository.with_database(migrations);
    let files: Vec<String> = repository.files();
    let mut sum = || {
        let mut sum = Command::new("sha256sum");
        sum.current_dir(repository.path()).args(&files);
        finish(sum);
    };
    let mut cold = || {
        repository.forget();
        repository.guard(&["check"]);
    };
    let mut warm = || repository.guard(&["check"]);
    let times = median(runs, &mut [&mut cold, &mut warm, &mut sum]);
    println!("the same with a SQLite ledger of {migrations} rows, all checksums compared");
    println!(
        "  nothing remembered {:.2}; remembered {:.2}; sha256sum {:.2}",
        millis(times[0]),
        millis(times[1]),
        millis(times[2])
    );
    let ratio = |time: Duration| time.as_secs_f64() / times[2].as_secs_f64();
    println!("  ratios to sha256sum: {:.2}, {:.2} (limit 1.5)\n", ratio(times[0]), ratio(times[1]));

    on_postgres(&repository, migrations, runs);
    peers(runs, start);
}

/// The same ledger in PostgreSQL, over loopback, without encryption for both.
fn on_postgres(repository: &Repository, migrations: usize, runs: usize) {
    let Some(programs) = postgres::programs() else {
        println!("PostgreSQL: its programs are not on this machine, not measured\n");
        return;
    };
    // Not Debian's wrapper, which starts Perl first.
    let beside = |programs: &Path| Some(programs.join("psql")).filter(|psql| psql.is_file());
    let real = || fs::canonicalize(programs.join("initdb")).ok();
    let psql = beside(&programs).or_else(|| beside(real()?.parent()?)).unwrap_or_else(|| "psql".into());
    let server = postgres::Server::shared();
    let database = server.create();
    repository.with_postgres(server, &database, migrations);
    let port = server.port.to_string();
    let psql = |question: &str| {
        let mut command = Command::new(&psql);
        command.args([
            "-qAtX",
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "plain",
            "-d",
            &database,
            "-c",
            question,
        ]);
        command.env("PGSSLMODE", "disable").stdout(Stdio::null());
        finish(command);
    };
    let mut rows = || psql("SELECT * FROM _sqlx_migrations");
    let mut one = || psql("SELECT 1");
    let mut guard = || repository.guard(&["check"]);
    let times = median(runs.max(31), &mut [&mut guard, &mut rows, &mut one]);
    println!("the same with a PostgreSQL ledger of {migrations} rows over loopback, all checksums compared");
    println!(
        "  guard check {:.2}; psql reading the rows {:.2}; psql reading one value {:.2}",
        millis(times[0]),
        millis(times[1]),
        millis(times[2])
    );
    println!("  ratio to psql: {:.2} (limit 1.3)\n", times[0].as_secs_f64() / times[1].as_secs_f64());
}

fn peers(runs: usize, start: Duration) {
    let repository = Repository::new(1_000);
    repository.with_database(1_000);
    let url = format!("sqlite:{}", repository.path().join("dev.db").display());
    let mut guard = || repository.guard(&["check"]);
    let own = median(runs, &mut [&mut guard])[0];
    println!(
        "guard check, 1,000 applied migrations in SQLite: {:.2}, over process start {:.2} (limit 5)",
        millis(own),
        millis(own.saturating_sub(start))
    );
    let calls: [(&str, &[&str]); 2] = [
        ("sqlx", &["migrate", "info", "--database-url", &url]),
        (
            "dbmate",
            &[
                "--url",
                &url,
                "--migrations-dir",
                "migrations",
                "--migrations-table",
                "other",
                "--no-dump-schema",
                "status",
            ],
        ),
    ];
    for (peer, arguments) in calls {
        if Command::new(peer).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            println!("  {peer}: not on the PATH, not measured");
            continue;
        }
        let mut other = || {
            let mut command = Command::new(peer);
            command.current_dir(repository.path()).args(arguments);
            finish(command);
        };
        let times = median(runs, &mut [&mut guard, &mut other]);
        println!(
            "  {peer} {}: {:.2}; guard is {:.1} times as fast",
            arguments[..1].join(" "),
            millis(times[1]),
            times[1].as_secs_f64() / times[0].as_secs_f64()
        );
    }
}

/// A repository with that many applied migrations, committed; removed at the end.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new(migrations: usize) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir(repository.path().join("migrations")).unwrap();
        for number in 0..migrations {
            fs::write(repository.file(number), text(number)).unwrap();
        }
        fs::write(
            repository.path().join("guard.toml"),
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n",
        )
        .unwrap();
        // What git does by itself in the background must not run beside what is measured.
        let setting: [&[&str]; 4] = [
            &["init", "-q"],
            &["config", "gc.auto", "0"],
            &["config", "user.name", "bench"],
            &["config", "user.email", "bench@example.org"],
        ];
        let commits: [&[&str]; 3] = [&["add", "."], &["commit", "-q", "-m", "all"], &["gc", "-q"]];
        for arguments in setting.into_iter().chain(commits) {
            repository.git(arguments);
        }
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, number: usize) -> PathBuf {
        self.path().join(format!("migrations/{}_create_table_{number}.sql", version(number)))
    }

    fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.path().join("migrations")).unwrap();
        names.map(|file| format!("migrations/{}", file.unwrap().file_name().to_string_lossy())).collect()
    }

    fn stage_one(&self, number: usize) {
        fs::write(self.file(number), text(number)).unwrap();
        self.git(&["add", "."]);
    }

    /// A ledger in which all but the staged one are applied.
    fn with_database(&self, migrations: usize) {
        let mut database = rusqlite::Connection::open(self.path().join("dev.db")).unwrap();
        let transaction = database.transaction().unwrap();
        transaction
            .execute_batch(
                "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
                 installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
                 checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);
                 CREATE TABLE other (version varchar(128) PRIMARY KEY)",
            )
            .unwrap();
        for number in 0..migrations {
            let row = rusqlite::params![
                version(number),
                format!("create table {number}"),
                Sha384::digest(text(number)).to_vec()
            ];
            transaction.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (?1, ?2, 1, ?3, 1)", row).unwrap();
            transaction.execute("INSERT INTO other VALUES (?1)", [version(number).to_string()]).unwrap();
        }
        transaction.commit().unwrap();
        let config = "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
                      required = true\ntimeout = \"10s\"\nat = [\"commit\"]\n[rules]\nsecond-ledger = \"allow\"\n";
        fs::write(self.path().join("guard.toml"), config).unwrap();
    }

    /// The ledger of [`Self::with_database`], in a database of that server.
    fn with_postgres(&self, server: &postgres::Server, database: &str, migrations: usize) {
        let mut script =
            "BEGIN; CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
             installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL,
             checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL);\n"
                .to_owned();
        for number in 0..migrations {
            let checksum: String =
                Sha384::digest(text(number)).iter().map(|byte| format!("{byte:02x}")).collect();
            script += &format!(
                "INSERT INTO _sqlx_migrations VALUES ({}, 'create table {number}', now(), true, '\\x{checksum}', 1);\n",
                version(number)
            );
        }
        let admin = server.admin(database);
        admin.run(&(script + "GRANT SELECT ON _sqlx_migrations TO plain; COMMIT"));
        admin.run("VACUUM ANALYZE _sqlx_migrations");
        let config = format!(
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n[databases.dev]\n\
             url = \"postgres://plain@127.0.0.1:{}/{database}?sslmode=disable\"\n\
             required = true\ntimeout = \"10s\"\nat = [\"commit\"]\n",
            server.port
        );
        fs::write(self.path().join("guard.toml"), config).unwrap();
    }

    fn forget(&self) {
        let _ = fs::remove_dir_all(self.path().join(".git/guard"));
    }

    fn git(&self, arguments: &[&str]) {
        command("git", self.path(), arguments);
    }

    fn guard(&self, arguments: &[&str]) {
        command(GUARD, self.path(), arguments);
    }
}

fn version(number: usize) -> i64 {
    20_240_101_000_000 + i64::try_from(number).unwrap()
}

fn text(number: usize) -> String {
    format!(
        "CREATE TABLE t{number} (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,\n  created_at TIMESTAMP\n);\n\
         CREATE INDEX t{number}_name ON t{number}(name);\n"
    )
}

/// The medians of the things, run in turn.
fn median(runs: usize, things: &mut [&mut dyn FnMut()]) -> Vec<Duration> {
    let mut times = vec![Vec::with_capacity(runs); things.len()];
    for run in 0..=runs {
        for (thing, times) in things.iter_mut().zip(&mut times) {
            let start = Instant::now();
            thing();
            // The first round warms up.
            if run > 0 {
                times.push(start.elapsed());
            }
        }
    }
    times
        .into_iter()
        .map(|mut times| {
            times.sort_unstable();
            times[times.len() / 2]
        })
        .collect()
}

fn command(program: &str, directory: &Path, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.current_dir(directory).args(arguments);
    finish(command);
}

fn finish(mut command: Command) {
    for key in ["CI", "GITHUB_ACTIONS", "GUARD"] {
        command.env_remove(key);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    // `git diff --quiet` says with 1 that there is something.
    let fine = matches!(output.status.code(), Some(0 | 1));
    assert!(
        fine,
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}
