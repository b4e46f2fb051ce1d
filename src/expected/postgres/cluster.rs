//! A PostgreSQL server of guard's own: from the programs of this machine, in a private directory, reached by a socket in it and by
//! nothing else, never as root, and gone with guard, also after SIGKILL.
//!
//! A shell stands between guard and the server. Its standard input is a pipe that guard holds: when that closes, the shell ends
//! the server and removes the directory. A new cluster takes a second to make, so that one is kept, empty, in the user's cache:
//! each server gets a copy.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::programs::Programs;
use crate::db::{DbError, Lookup, PgWriter};

/// The superuser. Migrations know other names, among them `postgres`.
pub(super) const ADMIN: &str = "guard_admin";
/// Whom the migrations run as: no superuser. Many of them name this role.
pub(super) const MIGRATOR: &str = "postgres";
/// The owner of the database. The migrator and all roles that migrations name belong to it, so that what lies in `public` can be
/// given from one to the other.
pub(super) const OWNERS: &str = "guard_owners";
/// The database that migrations run in first; it is renamed to what the live one is called.
pub(super) const SPARE: &str = "guard_spare";

/// Changes when a kept cluster is made in another way.
const MADE: u32 = 1;
/// The user without privileges, on every system that has one.
const NOBODY: u32 = 65_534;
/// How often it is looked whether the server is there.
const PAUSE: Duration = Duration::from_millis(2);
/// So long the end of the server is waited for; what comes later comes without guard.
const END: Duration = Duration::from_secs(2);

/// What the shell does.
///
/// Without `template0` and `postgres` there is a third to copy. The roles that are deleted could be granted to oneself by whoever may
/// create roles (before version 16), and let their members read and write files, run programs and talk to other servers.
const KEEPER: &str = r#"
set -u
cd "$DIR" || exit 1
trap '' INT TERM HUP
server=
make() {
    initdb -D data -U guard_admin -A trust -E UTF8 --locale=C --no-sync --wal-segsize=1 || return
    postgres --single -D data -c fsync=off -c shared_buffers=16MB template1 <<'SQL'
UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'
DROP DATABASE template0
DROP DATABASE postgres
DELETE FROM pg_authid WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', 'pg_create_subscription')
CREATE ROLE guard_owners
CREATE ROLE postgres LOGIN CREATEROLE IN ROLE guard_owners
DO $$ BEGIN IF current_setting('server_version_num')::integer < 150000 THEN ALTER SCHEMA public OWNER TO guard_owners; END IF; END $$
CREATE DATABASE guard_spare OWNER guard_owners TEMPLATE template1
SQL
}
if [ ! -d data ]; then
    if make >log 2>&1 </dev/null && ! grep -q 'ERROR:\|FATAL:' log; then : >made; else : >failed; fi
    read -r _ || true
fi
if [ ! -e failed ]; then
    postgres -D data -k "$DIR" -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
        -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 -c shared_buffers=16MB -c max_connections=10 \
        -c max_worker_processes=0 -c max_parallel_workers=0 -c max_logical_replication_workers=0 \
        -c shared_preload_libraries= -c session_preload_libraries= -c local_preload_libraries= -c logging_collector=off \
        -c lc_messages=C -c jit=off -c temp_file_limit=1GB -c max_locks_per_transaction=512 -c unix_socket_permissions=0700 \
        >log 2>&1 </dev/null &
    server=$!
    read -r _ || true
    kill -QUIT $server
    wait $server
fi
cd /
rm -rf "$DIR"
"#;

/// A running server.
pub(super) struct Cluster {
    /// With its socket in it.
    pub(super) dir: PathBuf,
    /// What it is: `PostgreSQL 15.8`.
    pub(super) engine: String,
    keeper: Child,
}

impl Cluster {
    /// Starts one, of this major version if it is here, otherwise of the nearest newer one.
    pub(super) fn start(major: Option<u32>, env: Lookup<'_>, deadline: Instant) -> Result<Self, DbError> {
        let programs = Programs::find(major, env)?;
        let kept = cache(env).map(|cache| cache.join(format!("postgres-{}-{MADE}", programs.version)));
        let dir = private()?;
        let owner = owner(dir.path())?;
        let is_kept = kept.as_ref().is_some_and(|kept| kept.join("PG_VERSION").is_file());
        if let Some(kept) = kept.as_ref().filter(|_| is_kept) {
            copy(kept, &dir.path().join("data"), owner)
                .map_err(|error| failed("cannot be copied", &error))?;
        }
        let keeper = keep(&programs, dir.path(), owner, env);
        // From now on the shell removes it.
        let keeper = keeper.map_err(|error| failed("cannot be started", &error))?;
        let engine = format!("PostgreSQL {}", programs.version);
        let mut cluster = Self { dir: dir.keep(), engine, keeper };
        if !is_kept {
            cluster.wait_for("made", deadline)?;
            if let Some(kept) = kept {
                // The next one makes it anew, where it cannot be kept.
                let _ = keep_copy(&cluster.dir.join("data"), &kept);
            }
            cluster.go_on();
        }
        cluster.wait_for(".s.PGSQL.5432", deadline)?;
        Ok(cluster)
    }

    /// A session of the administrator's. The server may be starting still.
    pub(super) fn admin(&mut self, deadline: Instant) -> Result<PgWriter, DbError> {
        loop {
            match PgWriter::open(&self.dir, ADMIN, "template1", deadline) {
                Err(DbError::Unreachable(_)) if self.is_well() && Instant::now() < deadline => sleep(PAUSE),
                other => return other,
            }
        }
    }

    fn go_on(&mut self) {
        if let Some(pipe) = &mut self.keeper.stdin {
            // If the shell is not there any more, waiting for the server says so.
            let _ = pipe.write_all(b"\n");
        }
    }

    fn is_well(&mut self) -> bool {
        matches!(self.keeper.try_wait(), Ok(None)) && !self.dir.join("failed").exists()
    }

    fn wait_for(&mut self, file: &str, deadline: Instant) -> Result<(), DbError> {
        while !self.dir.join(file).exists() {
            let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
            if !self.is_well() || log.contains("FATAL:") {
                let last = log.rsplit('\n').find(|line| !line.trim().is_empty()).unwrap_or("no word from it");
                return Err(DbError::Failed(format!("{} does not start: {last}", self.engine)));
            }
            if Instant::now() >= deadline {
                return Err(DbError::TimedOut);
            }
            sleep(PAUSE);
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let end = Instant::now() + END;
        while matches!(self.keeper.try_wait(), Ok(None)) && Instant::now() < end {
            sleep(PAUSE);
        }
    }
}

fn failed(what: &str, error: &std::io::Error) -> DbError {
    DbError::Failed(format!("a PostgreSQL server for the replay {what}: {error}"))
}

/// A directory that nobody else may look into. The path of a socket in it must not be longer than 107 bytes.
fn private() -> Result<TempDir, DbError> {
    let new = |parent: &Path| tempfile::Builder::new().prefix("guard-").tempdir_in(parent);
    let usual = std::env::temp_dir();
    let dir = if usual.as_os_str().len() < 80 { new(&usual) } else { new(Path::new("/tmp")) };
    dir.map_err(|error| failed("has no place", &error))
}

/// Whom the server runs as, where that is not guard's own user: PostgreSQL refuses to run as root.
fn owner(dir: &Path) -> Result<Option<u32>, DbError> {
    use std::os::unix::fs::{MetadataExt, chown};
    let metadata = fs::metadata(dir).map_err(|error| failed("has no place", &error))?;
    if metadata.uid() != 0 {
        return Ok(None);
    }
    chown(dir, Some(NOBODY), Some(NOBODY)).map_err(|error| failed("cannot be given away", &error))?;
    Ok(Some(NOBODY))
}

fn keep(programs: &Programs, dir: &Path, owner: Option<u32>, env: Lookup<'_>) -> std::io::Result<Child> {
    use std::os::unix::process::CommandExt;
    let path = format!("{}:{}:/usr/bin:/bin", programs.dir.display(), env("PATH").unwrap_or_default());
    let mut keeper = Command::new("/bin/sh");
    keeper.args(["-c", KEEPER]).env_clear().env("PATH", path).env("LC_ALL", "C").env("TZ", "UTC");
    keeper.env("DIR", dir).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    keeper.process_group(0);
    if let Some(owner) = owner {
        keeper.uid(owner).gid(owner);
    }
    keeper.spawn()
}

/// Where kept clusters are.
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
