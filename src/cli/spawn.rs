//! The programs that commands start: git, and guard itself. The check starts none; what it asks of git it asks
//! through `crate::git`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::config::env;
use crate::gather::within;
use crate::model::Cause;

/// git in a directory, with the environment that guard was given.
pub(super) fn git(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(directory).args(arguments).stdin(Stdio::null());
    command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// A program with nothing of the environment but what a program needs to be found and to run.
pub(super) fn isolated(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    for name in ["PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "COLUMNS"] {
        if let Some(value) = env::get(name) {
            command.env(name, value);
        }
    }
    command
}

/// This program. On Linux by the link that stays right when the file is replaced meanwhile.
pub(super) fn itself() -> Option<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() { Some(link) } else { std::env::current_exe().ok() }
}

/// The first line that a program prints, if it ends well and within two seconds.
pub(super) fn first_line(mut command: Command) -> Result<String, String> {
    let work = move || -> Result<Output, Cause> {
        command.output().map_err(|error| Cause::Unreachable(error.to_string()))
    };
    let output = within(Instant::now() + Duration::from_secs(2), work).wait().0;
    let output = output.map_err(|cause| cause.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.split('\n').next() {
        Some(line) if output.status.success() && !line.trim().is_empty() => Ok(line.trim().to_owned()),
        _ => Err(format!("it ended with {}", output.status)),
    }
}
