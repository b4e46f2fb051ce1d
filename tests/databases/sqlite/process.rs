//! Other processes: a writer that can be killed, a reader without privileges. They are this test binary, started again.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;

use super::ids;

/// Says to the test below what it is to do.
const ROLE: &str = "GUARD_TEST_ROLE";

/// The user without privileges, on every system that has one.
const NOBODY: u32 = 65_534;

/// A process that is killed when this is dropped.
pub(super) struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Child {
    /// A process that has run `script` on a database and keeps its connection, with whatever transaction it has begun.
    pub(super) fn writer(path: &Path, script: &str) -> Self {
        let mut command = again(&std::env::current_exe().unwrap(), "write", path);
        let mut child = command.env("GUARD_TEST_SCRIPT", script).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("ready\n") {
            assert_ne!(output.read_line(&mut said).unwrap(), 0, "the writer ended: {said}");
        }
        Self(child)
    }

    /// What another program hears that runs `script` on the database.
    pub(super) fn attempt(path: &Path, script: &str) -> String {
        let mut command = again(&std::env::current_exe().unwrap(), "attempt", path);
        let output = command.env("GUARD_TEST_SCRIPT", script).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a user without privileges finds in the database. Temporary files go into `temporary`, if that is given; then it is
    /// the user of this test who reads.
    pub(super) fn reader(path: &Path, temporary: Option<&Path>) -> String {
        // The binary may lie where that user cannot go.
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = directory.path().join("reader");
        crate::support::copy_program(std::env::current_exe().unwrap(), &program);
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = again(&program, "read", path);
        match temporary {
            Some(temporary) => {
                command.env("TMPDIR", temporary);
            }
            None if is_privileged() => {
                command.uid(NOBODY).gid(NOBODY);
            }
            None => {}
        }
        // Another test may be starting a process at this moment, which holds the new program open until it runs.
        let output = loop {
            match command.output() {
                Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                    std::thread::yield_now();
                }
                other => break other.unwrap(),
            }
        };
        String::from_utf8(output.stdout).unwrap()
    }
}

/// This binary, with one test of it that plays a role.
fn again(program: &Path, role: &str, path: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", "databases::sqlite::process::plays_a_role", "--include-ignored", "--nocapture"]);
    command.env(ROLE, role).env("GUARD_TEST_PATH", path).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}

#[test]
#[ignore = "proves nothing: other tests start it in a process of its own"]
#[expect(clippy::disallowed_methods, reason = "these variables are no part of guard's configuration")]
#[expect(clippy::print_stdout, reason = "the process that started it listens")]
fn plays_a_role() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let path = std::env::var_os("GUARD_TEST_PATH").unwrap();
    let path = Path::new(&path);
    if let Ok(script) = std::env::var("GUARD_TEST_SCRIPT") {
        let connection = Connection::open(path).unwrap();
        let answer = connection.execute_batch(&script);
        if role == "attempt" {
            println!("{answer:?}");
            return;
        }
        answer.unwrap();
        println!("\nready");
        loop {
            std::thread::park();
        }
    }
    match ids(path) {
        Ok((ids, None)) => println!("found {ids:?}, read in place"),
        Ok((ids, Some(_))) => println!("found {ids:?}, read from a copy"),
        Err(error) => println!("{error:?}"),
    }
}

/// Whether this process may do everything, so that permissions do not show.
fn is_privileged() -> bool {
    let directory = tempfile::tempdir().unwrap();
    only_readable(directory.path());
    fs::File::create(directory.path().join("probe")).is_ok()
}

/// Lets everybody read a directory and its files, and nobody write.
pub(super) fn only_readable(directory: &Path) {
    for entry in fs::read_dir(directory).unwrap() {
        fs::set_permissions(entry.unwrap().path(), fs::Permissions::from_mode(0o444)).unwrap();
    }
    fs::set_permissions(directory, fs::Permissions::from_mode(0o555)).unwrap();
}

pub(super) fn forbid(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o0)).unwrap();
}

pub(super) fn allow(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
