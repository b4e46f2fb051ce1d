//! What goes wrong between guard and a PostgreSQL server, in words that name the server and no secret.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError as ServerError, SqlState};

use crate::db::DbError;
use crate::db::network::{Trouble, clean};
use crate::db::tls::TlsTrouble;

/// Why nobody could log in.
pub(super) fn no_login(error: &Error, server: &str, secret: Option<&str>, hint: Option<&str>) -> Trouble {
    if let Some(said) = error.as_db_error() {
        let what = format!("{server} says: {}", clean(said.message(), secret));
        let code = said.code();
        // Busy, starting, in recovery, shutting down: another server may be ready.
        if code.code().starts_with("57P") || code.code().starts_with("53") {
            return Trouble::Elsewhere(DbError::Unreachable(what));
        }
        if code.code().starts_with("28") || *code == SqlState::INSUFFICIENT_PRIVILEGE {
            return Trouble::Final(DbError::Denied(with_hint(&what, hint)));
        }
        return Trouble::Final(DbError::Failed(what));
    }
    if let Some(tls) = tls_trouble(error) {
        return Trouble::Final(DbError::Denied(format!("no encrypted connection to {server}: {tls}")));
    }
    let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    let text = format!("{error}{source}");
    if text.contains("server does not support TLS") {
        let what = format!("{server} offers no encryption, and sslmode asks for it");
        return Trouble::Final(DbError::Denied(what));
    }
    if secret.is_none() && text.contains("password missing") {
        let what = format!("{server} asks for a password, and there is none");
        return Trouble::Final(DbError::Denied(with_hint(&what, hint)));
    }
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        let what = match io.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                format!("{server} does not talk like a PostgreSQL server")
            }
            _ => format!("{server} hangs up before the login is done"),
        };
        return Trouble::Elsewhere(DbError::Unreachable(what));
    }
    if error.is_closed() {
        let what = format!("{server} hangs up before the login is done");
        return Trouble::Elsewhere(DbError::Unreachable(what));
    }
    Trouble::Final(DbError::Denied(format!("{server}: {}", clean(&text, secret))))
}

fn with_hint(what: &str, hint: Option<&str>) -> String {
    hint.map_or_else(|| what.to_owned(), |hint| format!("{what}; {hint}"))
}

/// What TLS has to say, if it was TLS.
pub(super) fn tls_trouble(error: &Error) -> Option<&TlsTrouble> {
    error.source()?.downcast_ref()
}

/// Why a question has no answer.
pub(super) fn no_answer(error: &Error, server: &str, subject: &str, secret: Option<&str>) -> DbError {
    let Some(said) = error.as_db_error() else {
        return DbError::Unreachable(format!("{server} hung up in the middle of an answer"));
    };
    let what = clean(said.message(), secret);
    match said.code() {
        code if *code == SqlState::LOCK_NOT_AVAILABLE => {
            DbError::Failed(format!("{subject} is locked: another session holds it for itself"))
        }
        code if *code == SqlState::QUERY_CANCELED => DbError::TimedOut,
        code if *code == SqlState::INSUFFICIENT_PRIVILEGE => DbError::Denied(denied(said, &what)),
        code if code.code().starts_with("57P") => DbError::Unreachable(format!("{server} says: {what}")),
        _ => DbError::Failed(what),
    }
}

/// Row-level security is the one refusal that needs an explanation.
fn denied(said: &ServerError, what: &str) -> String {
    if said.message().contains("row-level security") || said.routine() == Some("check_enable_rls") {
        return format!("{what}; guard would see some of the rows only, and asks for all of them or none");
    }
    what.to_owned()
}
