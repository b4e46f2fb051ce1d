//! Pairs of schemas that projects which compare schemas keep for their own tests, through guard's reader and comparison.

use std::path::{Path, PathBuf};

use migguard::config::env;
use migguard::db::Surroundings;
use migguard::expected::{Like, Scratch, open_like};

use super::*;

fn read(path: &Path) -> Option<Script> {
    let text = fs::read_to_string(path).ok()?;
    Some(Script { text, line: 1, transaction: false })
}

fn made(scratch: &mut dyn Scratch, script: &Script) -> Result<Schema, String> {
    scratch.clear().map_err(|error| error.to_string())?;
    scratch.run(script, usize::MAX).map_err(|error| error.to_string())?;
    scratch.schema().map_err(|error| error.to_string())
}

/// `GUARD_TEST_PAIRS` names a folder with a folder for each pair: `old.sql`, `new.sql`, and a file `same` where the two mean the same.
/// `GUARD_TEST_DIALECT` is `sqlite`, `postgres` or `mysql`, and `GUARD_TEST_ENGINE` what a MySQL calls itself: `MySQL 9.7`.
#[test]
#[ignore = "reads the folder that GUARD_TEST_PAIRS names"]
#[expect(clippy::print_stdout, reason = "its figures are for whoever names a folder")]
fn pairs_of_a_folder_of_yours() {
    let folder = PathBuf::from(env::get("GUARD_TEST_PAIRS").expect("GUARD_TEST_PAIRS=DIR"));
    let dialect = match env::get("GUARD_TEST_DIALECT").as_deref() {
        Some("postgres") => Dialect::Postgres,
        Some("mysql") => Dialect::MySql,
        _ => Dialect::Sqlite,
    };
    let deadline = Instant::now() + Duration::from_secs(3600);
    let live =
        Surroundings { engine: env::get("GUARD_TEST_ENGINE").unwrap_or_default(), ..Surroundings::default() };
    let like = Like { live: Some(&live).filter(|live| !live.engine.is_empty()), ..Like::new(&env::get) };
    let mut scratch = open_like(dialect, &like, deadline).unwrap();
    let mut pairs: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pairs.sort();
    let (mut right, mut wrong, mut not_run) = (0, Vec::new(), 0);
    for pair in &pairs {
        let (Some(old), Some(new)) = (read(&pair.join("old.sql")), read(&pair.join("new.sql"))) else {
            continue;
        };
        let (before, after) = match (made(&mut *scratch, &old), made(&mut *scratch, &new)) {
            (Ok(before), Ok(after)) => (before, after),
            (one, other) => {
                not_run += 1;
                println!("{} does not run: {:?}", pair.display(), one.err().or(other.err()));
                continue;
            }
        };
        let step = Step { migration: (0, "new".to_owned()), script: Some(new), old: Vec::new() };
        let history = History { recorded: vec![step], pending: Vec::new() };
        let mut differences = |live: Schema| {
            let limits = Limits { trials: 0, deadline };
            let drift = judge(live, &history, &mut *scratch, &|_| false, limits).unwrap();
            said(&drift)
        };
        let (itself, found) = (differences(after), differences(before));
        if itself.is_empty() && found.is_empty() == pair.join("same").exists() {
            right += 1;
        } else {
            wrong.push(format!("{}: itself {itself:?}, the other {found:?}", pair.display()));
        }
    }
    println!("{right} right, {} wrong, {not_run} that do not run here", wrong.len());
    for one in wrong {
        println!("{one}");
    }
}
