//! The parts of guard that a large repository makes expensive, each by itself, in one process. Prints medians;
//! what whole processes cost is measured by `processes`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench talks to its reader and stops at the first trouble"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use migguard::config::Config;
use migguard::git::{Entry, EntryKind, GitError};
use migguard::journal::Digests;
use migguard::model::{Oid, RepoPath};
use migguard::tools::{self, Tool};

const MIGRATIONS: usize = 10_000;
const RUNS: usize = 31;

fn main() {
    println!("{MIGRATIONS} migrations, medians of {RUNS} runs, milliseconds");
    let entries: Vec<Entry> = (0..MIGRATIONS).map(entry).collect();
    let dir = RepoPath::from("migrations");
    let none = |blob| Err(GitError::NotHere(blob));
    for name in ["sqlx", "dbmate", "flyway", "refinery"] {
        let tool = Tool::find(name, &BTreeMap::new()).unwrap();
        report(&format!("{name}: list"), || tool.list(&dir, &entries, &none).unwrap().migrations.len());
    }
    report("detect", || tools::detect(&entries, &none).unwrap().len());

    let tool = Tool::find("sqlx", &BTreeMap::new()).unwrap();
    let migrations = tool.list(&dir, &entries, &none).unwrap().migrations;
    let text =
        "CREATE TABLE t (\n  id INTEGER PRIMARY KEY, -- the key\n  name TEXT NOT NULL DEFAULT 'x'\n);\n"
            .repeat(4);
    report("sqlx: checksums", || {
        migrations.iter().filter_map(|migration| tool.digest(migration, text.as_bytes())).count()
    });
    report("an edit of 40 kB told from a reformatting", || {
        let old = text.repeat(100);
        tool.nature(&migrations[0].path, old.as_bytes(), old.replace("  ", "\t").as_bytes())
    });

    let memory = tempfile::tempdir().unwrap();
    let mut digests = Digests::load(memory.path());
    for migration in &migrations {
        digests.put(migration.blob, 7, &[1; 49]);
    }
    digests.save();
    report("remembered checksums: load and ask", || {
        let digests = Digests::load(memory.path());
        migrations.iter().filter(|migration| digests.get(migration.blob, 7).is_some()).count()
    });

    let config = "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
                  required = false\ntimeout = \"500ms\"\nat = [\"commit\"]\n";
    report("guard.toml", || Config::parse(config, Path::new("/srv/app")).unwrap().databases.len());
}

fn entry(number: usize) -> Entry {
    let mut id = [7; 20];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Entry {
        path: RepoPath::from(
            format!("migrations/{}_create_table_{number}.sql", 20_240_101_000_000 + number).as_str(),
        ),
        oid: Oid::from_bytes(&id).unwrap(),
        kind: EntryKind::File,
    }
}

fn report<T>(name: &str, mut work: impl FnMut() -> T) {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("  {name}: {:.3}", times[RUNS / 2].as_secs_f64() * 1e3);
}
