//! A scratch database on a server that guard.toml declares: never the server of the audited database, and never anything on it that
//! guard has not made itself.
//!
//! That two addresses differ proves nothing. The scratch server takes a lock; seen from the audited database, it must not be there; and what
//! servers have from their beginning, and their copies keep, must differ.

use std::fs::File;
use std::io::Read as _;
use std::time::{Duration, Instant, SystemTime};

use super::{mysql, postgres};
use crate::db::{self, DatabaseUrl, DbError, Lock};
use crate::model::Dialect;

/// With this begins the name of all that guard makes on such a server; then follow the second in which it was made, and what nobody
/// else has.
pub(super) const PREFIX: &str = "guard_scratch_";

/// What is older than this is no running replay's.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// So long it may take to clean up, beside the time of the replay.
pub(super) const END: Duration = Duration::from_secs(3);

/// A scratch server, and the database that must be on another one.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere<'a> {
    /// Where scratch databases may be made.
    pub scratch: &'a DatabaseUrl,
    /// The audited database.
    pub audited: &'a DatabaseUrl,
}

/// What is new on the server: a name for a database, and a role's name and password.
pub(super) struct New {
    pub(super) database: String,
    pub(super) role: String,
    pub(super) password: String,
    pub(super) lock: Lock,
}

impl New {
    pub(super) fn think_up() -> Result<Self, DbError> {
        let mut bytes = [0_u8; 32];
        let read = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
        read.map_err(|error| DbError::Failed(format!("no random numbers: {error}")))?;
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let (nonce, password) = (hex(&bytes[..8]), hex(&bytes[8..24]));
        let number =
            |at: usize| i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3] & 0x7f]);
        let lock = Lock(number(24), number(28));
        Ok(Self {
            database: format!("{PREFIX}{}_{nonce}", now()),
            role: format!("guard_{nonce}"),
            password,
            lock,
        })
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Refuses a scratch server that is the audited one, or cannot be told from it. `own` is what it says of itself; it holds the lock.
pub(super) fn prove_apart(
    audited: &DatabaseUrl,
    own: &[String],
    lock: &Lock,
    deadline: Instant,
) -> Result<(), DbError> {
    let (theirs, sees) = db::open(audited, deadline)?.neighbour(lock)?;
    if sees || own.iter().any(|id| theirs.contains(id)) {
        let how = if sees { "is" } else { "is, or is a copy of," };
        return Err(DbError::Failed(format!(
            "the scratch server {how} the server of the audited database: migrations are replayed on another one only. \
             Correct `scratch` in guard.toml"
        )));
    }
    Ok(())
}

/// What guard has made on this server more than a day ago and could not take away: it was killed. Names of databases.
///
/// # Errors
/// When the server does not answer.
pub fn leftovers(scratch: &DatabaseUrl, deadline: Instant) -> Result<Vec<String>, DbError> {
    let mut names = match scratch.dialect() {
        Dialect::Sqlite => Vec::new(),
        Dialect::Postgres => postgres::scratch_databases(scratch, deadline)?,
        Dialect::MySql => mysql::scratch_databases(scratch, deadline)?,
    };
    names.retain(|name| age(name).is_some_and(|age| age >= OLD));
    Ok(names)
}

/// How old it is, by its name.
fn age(name: &str) -> Option<Duration> {
    let (made, _) = name.strip_prefix(PREFIX)?.split_once('_')?;
    Some(Duration::from_secs(now().saturating_sub(made.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_known_again_and_has_an_age() {
        let (one, other) = (New::think_up().unwrap(), New::think_up().unwrap());
        assert!(one.database != other.database && one.password != other.password && one.lock != other.lock);
        assert!(one.lock.0 >= 0 && one.lock.1 >= 0);
        // As long as MySQL lets the names of users be.
        assert!(one.role.len() <= 32 && one.database.len() <= 63);
        assert!(age(&one.database).unwrap() < Duration::from_secs(60));
        assert!(age("guard_scratch_1700000000_ab").unwrap() > OLD);
        assert_eq!([age("guard_scratch_x_ab"), age("shop"), age("guard_scratch_17")], [None; 3]);
    }
}
