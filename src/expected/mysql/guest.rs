//! A database on a MySQL or MariaDB server that is declared for it.
//!
//! The migrations run as a user who may do nothing elsewhere: one that guard makes, where the declared user may make users, and otherwise
//! the declared user, if his rights are for guard's scratch databases alone.

use std::time::Instant;

use super::{is_plain, order, quote};
use crate::db::{DatabaseUrl, DbError, MyWriter, Surroundings};
use crate::expected::declared::{Elsewhere, New, PREFIX, prove_apart};

/// A database that every server has and every user may use.
pub(super) const LOBBY: &str = "information_schema";
/// What a session can have as the live server has it.
const MIRRORED: [&str; 4] =
    ["sql_mode", "default_storage_engine", "explicit_defaults_for_timestamp", "time_zone"];
/// Rights on everything that are none on anything.
const HARMLESS: [&str; 5] = ["USAGE", "PROCESS", "SHOW DATABASES", "REPLICATION CLIENT", "BINLOG MONITOR"];

/// Where the database is.
pub(super) struct Guest {
    scratch: DatabaseUrl,
    login: Option<(String, String)>,
    /// The user that was made for the migrations, as statements name him.
    pub(super) user: Option<String>,
    /// `MariaDB 10.11.19`.
    pub(super) engine: String,
    /// What each session begins with.
    set: Vec<String>,
}

impl Guest {
    /// The declared user's session, and a name for a database.
    pub(super) fn open(
        elsewhere: Elsewhere<'_>,
        live: Option<&Surroundings>,
        deadline: Instant,
    ) -> Result<(Self, MyWriter, String), DbError> {
        let Elsewhere { scratch, audited } = elsewhere;
        let new = New::think_up()?;
        let mut admin = MyWriter::open_at(&scratch.elsewhere(LOBBY, None), deadline)?;
        admin.set()?;
        let own = admin.lock(&new.lock)?;
        prove_apart(audited, &own, &new.lock, deadline)?;
        let engine = admin.engine()?;
        let kind = |engine: &str| engine.split(' ').next().unwrap_or_default().to_owned();
        if let Some(live) = live.filter(|live| !live.engine.is_empty() && kind(&live.engine) != kind(&engine))
        {
            let live = &live.engine;
            return Err(DbError::Failed(format!(
                "the scratch server is {engine}, and the audited one {live}: one does not stand in for the other"
            )));
        }
        let user = choose(&admin.ask(crate::db::MY_GRANTS)?)?.then(|| format!("{}@'%'", quote(&new.role)));
        if let Some(user) = &user {
            order(&mut admin, &format!("CREATE USER {user} IDENTIFIED BY '{}'", new.password))?;
        }
        let setting = |name: &'static str| {
            let value = live?.settings.get(name).filter(|value| is_plain(value))?;
            Some(format!("SET SESSION {name} = '{value}'"))
        };
        let set = MIRRORED.into_iter().filter_map(setting).collect();
        let login = user.is_some().then_some((new.role, new.password));
        Ok((Self { scratch: scratch.clone(), login, user, engine, set }, admin, new.database))
    }

    pub(super) fn name(&self) -> String {
        let user = if self.user.is_some() { ", as a user of guard's own" } else { "" };
        format!("{}, on the scratch server {}{user}", self.engine, self.scratch)
    }

    fn url(&self, database: &str) -> DatabaseUrl {
        let login = self.login.as_ref();
        self.scratch.elsewhere(database, login.map(|(user, password)| (user.as_str(), password.as_str())))
    }

    /// A session of the user that the migrations have.
    pub(super) fn session(&self, database: &str, deadline: Instant) -> Result<MyWriter, DbError> {
        let mut session = MyWriter::open_at(&self.url(database), deadline)?;
        for set in &self.set {
            // What this version does not know decides nothing in it.
            let _ = session.send(set)?;
        }
        Ok(session)
    }

    /// How other programs reach it.
    pub(super) fn parts(&self, database: &str) -> Vec<(&'static str, String)> {
        self.url(database).parts()
    }

    /// Takes away all that was made; nobody else has a database of that name. What cannot be, `guard doctor` lists tomorrow.
    pub(super) fn end(&self, admin: &mut MyWriter, database: &str) {
        let of_it = format!(
            "SELECT id FROM information_schema.processlist WHERE db = '{database}' AND id <> CONNECTION_ID()"
        );
        for id in admin.ask(&of_it).unwrap_or_default() {
            let _ = admin.send(&format!("KILL {id}"));
        }
        let _ = admin.send(&format!("USE {LOBBY}"));
        let _ = admin.send(&format!("DROP DATABASE IF EXISTS {}", quote(database)));
        if let Some(user) = &self.user {
            let _ = admin.send(&format!("DROP USER {user}"));
        }
    }
}

/// Whether a user is made for the migrations; an error where neither that one nor the declared user is harmless.
fn choose(grants: &[String]) -> Result<bool, DbError> {
    let mut own = false;
    let mut other = None;
    for grant in grants {
        let (rights, place) =
            grant.strip_prefix("GRANT ").and_then(|grant| grant.split_once(" ON ")).unwrap_or((grant, ""));
        let place = place.split(" TO ").next().unwrap_or_default();
        let rights = || rights.split(", ");
        if place == "*.*" {
            let all = rights().any(|right| right == "ALL PRIVILEGES");
            if (all || rights().any(|right| right == "CREATE USER")) && grant.contains("WITH GRANT OPTION") {
                return Ok(true);
            }
            if !rights().all(|right| HARMLESS.contains(&right)) {
                other = Some(grant);
            }
        } else if place.replace('\\', "").trim_start_matches('`').starts_with(PREFIX) {
            own = true;
        } else {
            other = Some(grant);
        }
    }
    match (own, other) {
        (true, None) => Ok(false),
        (_, found) => {
            let found = found.map_or(
                "has no right to make scratch databases",
                |_| "has other rights, which migrations would have too",
            );
            let fix = format!("GRANT ALL ON `{}%`.* TO ...", PREFIX.replace('_', "\\_"));
            Err(DbError::Failed(format!(
                "the user of the scratch server {found}: declare one with this alone: {fix}"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_get_a_user_who_has_nothing_else() {
        let chosen = |grants: &[&str]| {
            let grants: Vec<String> = grants.iter().map(|one| (*one).to_owned()).collect();
            choose(&grants).map_err(|error| error.to_string())
        };
        let usage = "GRANT USAGE ON *.* TO `g`@`%` IDENTIFIED BY PASSWORD '*A'";
        let own = r"GRANT ALL PRIVILEGES ON `guard\_scratch\_%`.* TO `g`@`%`";
        assert_eq!(
            chosen(&["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"]),
            Ok(true)
        );
        assert_eq!(chosen(&["GRANT PROCESS, SHOW DATABASES ON *.* TO `g`@`%`", own]), Ok(false));
        assert_eq!(chosen(&[usage, own]), Ok(false));
        assert!(chosen(&[usage]).unwrap_err().contains("no right to make scratch databases"));
        for other in [
            "GRANT FILE ON *.* TO `g`@`%`",
            "GRANT ALL PRIVILEGES ON *.* TO `g`@`%`",
            "GRANT SELECT ON `shop`.* TO `g`@`%`",
            "GRANT `role` TO `g`@`%`",
        ] {
            assert!(chosen(&[usage, own, other]).unwrap_err().contains("has other rights"), "{other}");
        }
    }
}
