//! A PostgreSQL server of guard's own: the programs of this machine, as [`keeper`](super::super::keeper) runs them.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Instant;

use super::super::keeper::{Keeper, PAUSE, Recipe};
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

/// How a cluster is made, and served.
///
/// Without `template0` and `postgres` there is a third to copy. The roles that are deleted could be granted to oneself by whoever may
/// create roles (before version 16), and let their members read and write files, run programs and talk to other servers.
const SCRIPT: &str = r#"
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
serve() {
    exec postgres -D data -k "$DIR" -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
        -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=64MB -c shared_buffers=16MB -c max_connections=10 \
        -c max_worker_processes=0 -c max_parallel_workers=0 -c max_logical_replication_workers=0 \
        -c shared_preload_libraries= -c session_preload_libraries= -c local_preload_libraries= -c logging_collector=off \
        -c update_process_title=off -c track_counts=off -c dynamic_shared_memory_type=mmap \
        -c lc_messages=C -c jit=off -c temp_file_limit=1GB -c max_locks_per_transaction=512 -c unix_socket_permissions=0700
}
"#;

/// A running server.
pub(super) struct Cluster {
    /// With its socket in it.
    pub(super) dir: PathBuf,
    /// What it is: `PostgreSQL 15.8`.
    pub(super) engine: String,
    pub(super) major: u32,
    keeper: Keeper,
}

impl Cluster {
    /// Starts one, of this major version if it is here, otherwise of the nearest newer one.
    pub(super) fn start(major: Option<u32>, env: Lookup<'_>, deadline: Instant) -> Result<Self, DbError> {
        let programs = Programs::find(major, env)?;
        let engine = format!("PostgreSQL {}", programs.version);
        let recipe = Recipe {
            engine: &engine,
            script: SCRIPT,
            kept: format!("postgres-{}-{MADE}", programs.version),
            whole: "PG_VERSION",
            wrong: "ERROR:\\|FATAL:",
            fatal: "FATAL:",
            socket: ".s.PGSQL.5432",
            end: "QUIT",
            path: programs.dir.display().to_string(),
            variables: Vec::new(),
        };
        let keeper = Keeper::start(&recipe, env, deadline)?;
        Ok(Self { dir: keeper.dir.clone(), engine, major: programs.major, keeper })
    }

    /// A session of the administrator's. The server may be starting still.
    pub(super) fn admin(&mut self, deadline: Instant) -> Result<PgWriter, DbError> {
        loop {
            match PgWriter::open(&self.dir, ADMIN, "template1", deadline) {
                Err(DbError::Unreachable(_)) if self.keeper.is_well() && Instant::now() < deadline => {
                    sleep(PAUSE);
                }
                other => return other,
            }
        }
    }
}
