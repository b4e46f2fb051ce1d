//! Bad input: each gives one clear message that says what, where and how to go on, and the documented exit code. guard
//! never panics, and no secret is ever shown.

/// guard.toml with mistakes.
mod configuration;
/// Databases that are none, or not to be read.
mod databases;
/// A hundred thousand files, a hundred megabytes.
mod large;
/// Names of files that mean mischief.
mod names;
/// Where there is no repository, or only part of the surroundings.
mod places;
/// Streams that nobody reads, disks that are full, and colour.
mod streams;

use std::path::Path;
use std::process::Output;

use crate::commits::{GUARD_TOML, ONE, TWO, table};
use crate::support::{Guarded, TestRepo};

/// Stands for a password in all tests here.
const SECRET: &str = "s3cr3t-word";

/// What must hold of every output.
fn decent(said: Guarded) -> Guarded {
    let text = said.out() + &said.err();
    assert!(!text.contains("panicked") && !text.contains("stack backtrace"), "{text}");
    assert!(!text.contains("bug in guard"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
    said
}

/// guard could not do its job, and says one thing: what is wrong, and what to do.
fn refused(said: Guarded) -> String {
    let said = decent(said).code(2);
    assert_eq!(said.out(), "", "a failure belongs on standard error");
    let text = said.err();
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    assert!(text.contains("fix: "), "{text}");
    text
}

/// A repository with two published migrations and a configuration.
fn published() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(ONE, table("one"));
    repo.write(TWO, table("two"));
    repo.write("guard.toml", GUARD_TOML);
    repo.commit("published");
    repo
}

/// Runs guard in a directory with these variables, `None` for one that must not be there.
fn guard_in(
    repo: &TestRepo,
    directory: &Path,
    variables: &[(&str, Option<&str>)],
    arguments: &[&str],
) -> Guarded {
    let mut guard = repo.command_in(env!("CARGO_BIN_EXE_guard"), directory);
    for (name, value) in variables {
        match value {
            Some(value) => guard.env(name, value),
            None => guard.env_remove(name),
        };
    }
    Guarded(guard.args(arguments).output().unwrap())
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Without the breaks that fit it to the terminal.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
