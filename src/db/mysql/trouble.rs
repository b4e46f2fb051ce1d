//! What goes wrong between guard and a MySQL server, in words that name the server and no secret.

use super::login::LoginError;
use super::wire::{ServerError, WireError};
use crate::db::DbError;
use crate::db::network::{Trouble, clean};

/// No more connections, for the server or for this user; it is shutting down.
const BUSY: [u16; 5] = [1040, 1053, 1203, 1226, 4031];
/// No access to the server, the database, the table, the column, the routine; host blocked; password expired.
const DENIED: [u16; 17] =
    [1044, 1045, 1129, 1130, 1142, 1143, 1227, 1251, 1370, 1524, 1698, 1820, 1862, 3118, 3159, 3955, 4151];
/// The time of the server's own limit is over: MariaDB, MySQL.
const TIME_OVER: [u16; 2] = [1969, 3024];
/// Somebody else holds a lock: rows or table, metadata.
const LOCKED: [u16; 2] = [1205, 1099];
/// Somebody has ended the session.
pub(super) const ENDED: [u16; 3] = [1053, 1927, 4031];

/// Why the server has not even said who it is.
pub(super) fn no_greeting(error: WireError, server: &str) -> Trouble {
    let what = match error {
        WireError::Said(said) => return refused(&said, server, None, false),
        WireError::Lost => format!("{server} hangs up before the login is done"),
        WireError::Foreign => format!("{server} does not talk like a MySQL server"),
    };
    Trouble::Elsewhere(DbError::Unreachable(what))
}

/// Why nobody could log in.
pub(super) fn no_login(error: LoginError, server: &str, secret: Option<&str>, encrypted: bool) -> Trouble {
    let what = match error {
        LoginError::Wire(WireError::Said(said)) => return refused(&said, server, secret, encrypted),
        LoginError::Wire(error) => return no_greeting(error, server),
        LoginError::NoPassword => format!("{server} asks for a password, and there is none"),
        LoginError::WouldBeHeard(method) => format!(
            "{server} wants the password itself ({method}), and the connection is not encrypted; \
             ssl-mode=required encrypts it"
        ),
        LoginError::NotProven => format!(
            "{server} wants the password itself (mysql_clear_password), which guard sends only to a server that has proven \
             who it is: ssl-mode=verify_identity, or a socket"
        ),
        LoginError::Method(method) => format!(
            "{server} wants a login by {}, which guard does not know; it knows mysql_native_password, caching_sha2_password, \
             sha256_password and mysql_clear_password",
            clean(&method, secret)
        ),
    };
    Trouble::Final(DbError::Denied(what))
}

fn refused(said: &ServerError, server: &str, secret: Option<&str>, encrypted: bool) -> Trouble {
    let mut what = format!("{server} says: {}", clean(&said.message, secret));
    if BUSY.contains(&said.code) {
        return Trouble::Elsewhere(DbError::Unreachable(what));
    }
    if DENIED.contains(&said.code) {
        // MariaDB says no more than "access denied" to a user who must encrypt or show a certificate.
        if said.code == 3159 && !encrypted {
            what.push_str("; ssl-mode=required encrypts the connection");
        }
        return Trouble::Final(DbError::Denied(what));
    }
    Trouble::Final(DbError::Failed(what))
}

/// Why a question has no answer. `subject` is what may be locked.
pub(super) fn no_answer(error: WireError, server: &str, subject: &str, secret: Option<&str>) -> DbError {
    let said = match error {
        WireError::Said(said) => said,
        WireError::Lost => {
            return DbError::Unreachable(format!("{server} hung up in the middle of an answer"));
        }
        WireError::Foreign => {
            return DbError::Failed(format!("{server} answers in a way that guard does not understand"));
        }
    };
    let what = clean(&said.message, secret);
    match said.code {
        code if TIME_OVER.contains(&code) => DbError::TimedOut,
        code if LOCKED.contains(&code) => {
            DbError::Failed(format!("{subject} is locked: another session holds it for itself"))
        }
        code if ENDED.contains(&code) => DbError::Unreachable(format!("{server} says: {what}")),
        code if DENIED.contains(&code) => DbError::Denied(what),
        _ => DbError::Failed(what),
    }
}
