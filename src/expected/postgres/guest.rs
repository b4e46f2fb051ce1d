//! A database on a PostgreSQL server that is declared for it.
//!
//! The migrations run as a role that may do nothing but own it: one that guard makes, where the declared role may make roles, and
//! otherwise the declared role itself, if it has nothing else on that server. Roles belong to the whole server, so that migrations make
//! none here, and owners and rights are not compared.

use std::time::Instant;

use super::{literal, order, quote};
use crate::db::{DatabaseUrl, DbError, PgWriter};
use crate::expected::declared::{Elsewhere, New, PREFIX, prove_apart};

/// What the declared role may do, a line each. The roles are those whose members reach files, programs and other servers.
const MAY: &str = "SELECT w FROM pg_catalog.pg_roles r CROSS JOIN LATERAL (VALUES ('superuser', r.rolsuper), \
    ('make roles', r.rolsuper OR r.rolcreaterole), ('make databases', r.rolsuper OR r.rolcreatedb)) v (w, may) \
    WHERE r.rolname = CURRENT_USER AND may \
    UNION ALL SELECT 'of ' || r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname IN ('pg_read_server_files', \
    'pg_write_server_files', 'pg_execute_server_program', 'pg_create_subscription') AND pg_catalog.pg_has_role(r.oid, 'MEMBER') \
    UNION ALL SELECT 'owner ' || d.datname FROM pg_catalog.pg_database d WHERE pg_catalog.pg_has_role(d.datdba, 'MEMBER')";

/// The database, and who owns it.
pub(super) struct Guest {
    /// The database, for the role of the migrations.
    pub(super) url: DatabaseUrl,
    pub(super) database: String,
    /// `PostgreSQL 15.8`.
    pub(super) engine: String,
    /// Where it is, for people.
    place: String,
    /// The role that was made for the migrations.
    role: Option<String>,
    /// The number of the database: what has another one is not what was made.
    number: String,
}

impl Guest {
    /// The empty database, and the declared role's session.
    pub(super) fn open(elsewhere: Elsewhere<'_>, deadline: Instant) -> Result<(Self, PgWriter), DbError> {
        let Elsewhere { scratch, audited } = elsewhere;
        let new = New::think_up()?;
        let mut admin = PgWriter::open_at(scratch, deadline)?;
        let own = admin.lock(&new.lock)?;
        prove_apart(audited, &own, &new.lock, deadline)?;
        let version = admin.ask("SHOW server_version")?.concat();
        let engine = format!("PostgreSQL {}", version.split(' ').next().unwrap_or_default());
        let may = admin.ask(MAY)?;
        let role = choose(&may)?.then(|| new.role.clone());
        let login = role.as_deref().map(|role| (role, new.password.as_str()));
        let mut guest = Self {
            url: scratch.elsewhere(&new.database, login),
            database: new.database,
            engine,
            place: scratch.to_string(),
            role,
            number: String::new(),
        };
        if let Some(role) = &guest.role {
            let role = quote(role);
            let password = literal(&new.password);
            order(
                &mut admin,
                &format!("CREATE ROLE {role} LOGIN PASSWORD {password}; GRANT {role} TO CURRENT_USER"),
            )?;
        }
        let made = guest.make(&mut admin);
        let open = made.and_then(|()| guest.session(deadline)).map(drop);
        match open {
            Ok(()) => Ok((guest, admin)),
            Err(error) => {
                guest.end(&mut admin);
                let role = guest
                    .role
                    .as_deref()
                    .map_or_else(String::new, |_| ", as a role that guard made there".to_owned());
                Err(DbError::Failed(format!("on the scratch server{role}: {error}")))
            }
        }
    }

    pub(super) fn name(&self) -> String {
        let role = if self.role.is_some() { ", as a role of guard's own" } else { "" };
        format!("{}, on the scratch server {}{role}", self.engine, self.place)
    }

    /// A session of the role that the migrations have.
    fn session(&self, deadline: Instant) -> Result<PgWriter, DbError> {
        PgWriter::open_at(&self.url, deadline)
    }

    /// How other programs reach it.
    pub(super) fn parts(&self) -> Vec<(&'static str, String)> {
        self.url.parts()
    }

    /// Makes the database, empty.
    pub(super) fn make(&mut self, admin: &mut PgWriter) -> Result<(), DbError> {
        let owner = self.role.as_deref().map_or_else(String::new, |role| format!(" OWNER {}", quote(role)));
        let name = quote(&self.database);
        order(
            admin,
            &format!(
                "CREATE DATABASE {name}{owner} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            ),
        )?;
        self.number = self.found(admin)?;
        order(
            admin,
            &format!("COMMENT ON DATABASE {name} IS 'made by guard for a replay; it takes it away again'"),
        )
    }

    fn found(&self, admin: &mut PgWriter) -> Result<String, DbError> {
        let name = literal(&self.database);
        let found =
            admin.ask(&format!("SELECT oid::text FROM pg_catalog.pg_database WHERE datname = {name}"))?;
        Ok(found.concat())
    }

    /// Drops the database, if it is the one that was made; whoever is in it, is thrown out.
    pub(super) fn drop(&self, admin: &mut PgWriter) -> Result<(), DbError> {
        if self.number.is_empty() || self.found(admin)? != self.number {
            return Ok(());
        }
        let all = format!(
            "SELECT pg_catalog.pg_terminate_backend(pid)::text FROM pg_catalog.pg_stat_activity WHERE datid = {}",
            self.number
        );
        while !admin.ask(&all)?.is_empty() {
            std::thread::sleep(super::PAUSE);
        }
        order(admin, &format!("DROP DATABASE {}", quote(&self.database)))
    }

    /// Takes away all that was made. What cannot be, `guard doctor` lists tomorrow.
    pub(super) fn end(&self, admin: &mut PgWriter) {
        let _ = self.drop(admin);
        if let Some(role) = &self.role {
            let _ = admin.send(&format!("DROP ROLE {}", quote(role)));
        }
    }
}

/// Whether a role is made for the migrations; an error where neither that one nor the declared role is harmless.
fn choose(may: &[String]) -> Result<bool, DbError> {
    let refuse = |what: String| {
        Err(DbError::Failed(format!(
            "the role of the scratch server {what}: declare one for this alone, made with CREATE ROLE guard LOGIN CREATEDB PASSWORD '...'"
        )))
    };
    if !may.iter().any(|one| one == "make databases") {
        return refuse("may not make databases".to_owned());
    }
    if may.iter().any(|one| one == "make roles") {
        return Ok(true);
    }
    for one in may {
        if let Some(role) = one.strip_prefix("of ") {
            return refuse(format!("is a member of {role}, and migrations would be too"));
        }
        if let Some(database) = one.strip_prefix("owner ").filter(|name| !name.starts_with(PREFIX)) {
            return refuse(format!("owns the database {database}, which migrations could change"));
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_get_a_role_that_owns_nothing_else() {
        let chosen = |may: &[&str]| {
            let may: Vec<String> = may.iter().map(|one| (*one).to_owned()).collect();
            choose(&may).map_err(|error| error.to_string())
        };
        assert_eq!(chosen(&["superuser", "make roles", "make databases", "owner shop"]), Ok(true));
        assert_eq!(chosen(&["make databases", "owner guard_scratch_1_a"]), Ok(false));
        for (may, word) in [
            (&["make roles"][..], "may not make databases"),
            (&["make databases", "owner shop"], "owns the database shop"),
            (&["make databases", "of pg_read_server_files"], "is a member of pg_read_server_files"),
        ] {
            assert!(chosen(may).unwrap_err().contains(word), "{may:?}");
        }
    }
}
