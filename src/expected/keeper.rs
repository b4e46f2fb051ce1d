//! A database server of guard's own: from the programs of this machine, in a private directory, reached by a socket in it and by
//! nothing else, never as root, and gone with guard, also after SIGKILL.
//!
//! A shell stands between guard and the server. Its standard input is a pipe that guard holds: when that closes, the shell ends
//! the server and removes the directory. New data takes a second to make, so that some are kept, empty, in the user's cache:
//! each server gets a copy.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::db::{DbError, Lookup};

/// How often it is looked whether the server is there.
pub(super) const PAUSE: Duration = Duration::from_millis(2);
/// The user without privileges, on every system that has one.
const NOBODY: u32 = 65_534;
/// So long the end of the server is waited for; what comes later comes without guard.
const END: Duration = Duration::from_secs(2);

/// What the shell does. A recipe says how to `make` and to `serve`.
const KEEPER: &str = r#"
set -uf
cd "$DIR" || exit 1
trap '' INT TERM HUP
server=
if [ ! -d data ]; then
    if make >log 2>&1 </dev/null && ! grep -q "$WRONG" log; then : >made; else : >failed; fi
    read -r _ || true
fi
if [ ! -e failed ]; then
    serve >log 2>&1 </dev/null &
    server=$!
    read -r _ || true
    kill -"$END" $server
    wait $server
fi
cd /
rm -rf "$DIR"
"#;

/// What a kind of server needs.
pub(super) struct Recipe<'a> {
    /// For people: `PostgreSQL 15.8`.
    pub(super) engine: &'a str,
    /// Two functions of the shell: `make` makes the data in `data`, `serve` becomes the server.
    pub(super) script: &'a str,
    /// The name of the data that are kept.
    pub(super) kept: String,
    /// A file of theirs that is there when all are.
    pub(super) whole: &'a str,
    /// What stands in the log when the data could not be made, for `grep`.
    pub(super) wrong: &'a str,
    /// What stands in a line of the log when the server gives up.
    pub(super) fatal: &'a str,
    /// The socket.
    pub(super) socket: &'a str,
    /// The signal that ends it.
    pub(super) end: &'a str,
    /// Where its programs are, before all others.
    pub(super) path: String,
    /// Variables for the shell.
    pub(super) variables: Vec<(&'static str, String)>,
}

/// A running server.
pub(super) struct Keeper {
    /// With its socket in it.
    pub(super) dir: PathBuf,
    child: Child,
}

impl Keeper {
    pub(super) fn start(recipe: &Recipe<'_>, env: Lookup<'_>, deadline: Instant) -> Result<Self, DbError> {
        let failed = |what: &str, error: &std::io::Error| failed(recipe.engine, what, error);
        let kept = cache(env).map(|cache| cache.join(&recipe.kept));
        let dir = private(env).map_err(|error| failed("has no place", &error))?;
        let owner = owner(dir.path()).map_err(|error| failed("cannot be given away", &error))?;
        let is_kept = kept.as_ref().is_some_and(|kept| kept.join(recipe.whole).exists());
        if let Some(kept) = kept.as_ref().filter(|_| is_kept) {
            copy(kept, &dir.path().join("data"), owner)
                .map_err(|error| failed("cannot be copied", &error))?;
        }
        let child = keep(recipe, dir.path(), owner, env);
        // From now on the shell removes it.
        let child = child.map_err(|error| failed("cannot be started", &error))?;
        let mut keeper = Self { dir: dir.keep(), child };
        if !is_kept {
            keeper.wait_for("made", recipe, deadline)?;
            if let Some(kept) = kept {
                // The next one makes it anew, where it cannot be kept.
                let _ = keep_copy(&keeper.dir.join("data"), &kept);
            }
            keeper.go_on();
        }
        keeper.wait_for(recipe.socket, recipe, deadline)?;
        Ok(keeper)
    }

    fn go_on(&mut self) {
        if let Some(pipe) = &mut self.child.stdin {
            // If the shell is not there any more, waiting for the server says so.
            let _ = pipe.write_all(b"\n");
        }
    }

    pub(super) fn is_well(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None)) && !self.dir.join("failed").exists()
    }

    fn wait_for(&mut self, file: &str, recipe: &Recipe<'_>, deadline: Instant) -> Result<(), DbError> {
        while !self.dir.join(file).exists() {
            let log = fs::read(self.dir.join("log")).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            if !self.is_well() || log.contains(recipe.fatal) {
                let is_reason = |line: &&str| line.contains(recipe.fatal) || line.contains("[ERROR]");
                let first = log.split('\n').find(is_reason);
                let last = log.rsplit('\n').find(|line| !line.trim().is_empty());
                let why = first.or(last).unwrap_or("no word from it");
                return Err(DbError::Failed(format!("{} does not start: {why}", recipe.engine)));
            }
            if Instant::now() >= deadline {
                return Err(DbError::TimedOut);
            }
            sleep(PAUSE);
        }
        Ok(())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let end = Instant::now() + END;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            sleep(PAUSE);
        }
    }
}

fn failed(engine: &str, what: &str, error: &std::io::Error) -> DbError {
    DbError::Failed(format!("a server of {engine} for the replay {what}: {error}"))
}

/// So much must be free where files are kept in memory.
const ENOUGH: u64 = 1 << 30;
/// Files in memory, on Linux: to make a table is to make files. The 19 migrations of umami took 0.18 s on a disk, and 0.10 s here.
const MEMORY: &str = "/dev/shm";

/// A directory that nobody else may look into: where `TMPDIR` says, or in memory. The path of a socket in it must not be longer than
/// 107 bytes.
fn private(env: Lookup<'_>) -> std::io::Result<TempDir> {
    let new = |parent: &Path| tempfile::Builder::new().prefix("guard-").tempdir_in(parent);
    let room = |space: rustix::fs::StatVfs| space.f_bavail.saturating_mul(space.f_frsize) >= ENOUGH;
    if env("TMPDIR").is_none()
        && rustix::fs::statvfs(MEMORY).is_ok_and(room)
        && let Ok(dir) = new(Path::new(MEMORY))
    {
        return Ok(dir);
    }
    let usual = std::env::temp_dir();
    if usual.as_os_str().len() < 80 { new(&usual) } else { new(Path::new("/tmp")) }
}

/// Whom the server runs as, where that is not guard's own user: servers refuse to run as root.
fn owner(dir: &Path) -> std::io::Result<Option<u32>> {
    use std::os::unix::fs::{MetadataExt, chown};
    if fs::metadata(dir)?.uid() != 0 {
        return Ok(None);
    }
    chown(dir, Some(NOBODY), Some(NOBODY))?;
    Ok(Some(NOBODY))
}

fn keep(recipe: &Recipe<'_>, dir: &Path, owner: Option<u32>, env: Lookup<'_>) -> std::io::Result<Child> {
    use std::os::unix::process::CommandExt;
    let path = format!("{}:{}:/usr/bin:/bin", recipe.path, env("PATH").unwrap_or_default());
    let mut keeper = Command::new("/bin/sh");
    keeper.args(["-c", &format!("{}{KEEPER}", recipe.script)]);
    keeper.env_clear().env("PATH", path).env("LC_ALL", "C").env("TZ", "UTC");
    keeper.env("WRONG", recipe.wrong).env("END", recipe.end).envs(recipe.variables.iter().cloned());
    keeper.env("DIR", dir).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    keeper.process_group(0);
    if let Some(owner) = owner {
        keeper.uid(owner).gid(owner);
    }
    keeper.spawn()
}

/// Where data are kept.
fn cache(env: Lookup<'_>) -> Option<PathBuf> {
    let named = env("XDG_CACHE_HOME").filter(|dir| dir.starts_with('/')).map(PathBuf::from);
    let cache = named.or_else(|| Some(PathBuf::from(env("HOME")?).join(".cache")))?;
    Some(cache.join("guard"))
}

/// Keeps a copy. Who comes second finds one there, and leaves it.
fn keep_copy(data: &Path, kept: &Path) -> std::io::Result<()> {
    let parent = kept.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(parent)?;
    let new = tempfile::Builder::new().prefix(".new-").tempdir_in(parent)?;
    let copied = new.path().join("data");
    copy(data, &copied, None)?;
    fs::rename(copied, kept)
}

/// Copies a directory with all that is in it: files and directories, for their owner alone.
fn copy(from: &Path, to: &Path, owner: Option<u32>) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, chown};
    fs::DirBuilder::new().mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&path, &target, owner)?;
        } else if kind.is_file() {
            fs::copy(&path, &target)?;
            if owner.is_some() {
                chown(&target, owner, owner)?;
            }
        }
    }
    if owner.is_some() {
        chown(to, owner, owner)?;
    }
    Ok(())
}

/// What a program says when it is asked something that it answers at once: it is asked once.
pub(super) fn say(program: &Path, question: &str) -> Option<String> {
    static SAID: Mutex<BTreeMap<(PathBuf, String), String>> = Mutex::new(BTreeMap::new());
    let asked = (program.to_owned(), question.to_owned());
    let known = SAID.lock().ok().and_then(|said| said.get(&asked).cloned());
    known.or_else(|| {
        let mut command = Command::new(program);
        command.arg(question).stdin(Stdio::null()).stderr(Stdio::null());
        let said = command.output().ok().filter(|said| said.status.success())?;
        let said = String::from_utf8(said.stdout).ok()?;
        if let Ok(mut known) = SAID.lock() {
            known.insert(asked, said.clone());
        }
        Some(said)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_in_memory_unless_somebody_says_where() {
        let room = rustix::fs::statvfs(MEMORY).is_ok_and(|space| space.f_bavail * space.f_frsize >= ENOUGH);
        let is_there = |dir: &TempDir| dir.path().starts_with(MEMORY);
        assert_eq!(is_there(&private(&|_| None).unwrap()), room);
        let usual = std::env::temp_dir().to_str().unwrap().to_owned();
        let named = private(&|name| (name == "TMPDIR").then(|| usual.clone())).unwrap();
        assert!(named.path().starts_with(usual) && !is_there(&named));
    }
}
