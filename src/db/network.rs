//! What all servers have in common: names have several addresses, each gets its share of the time, and what goes wrong is
//! said in words that hold no secret.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use tokio::net::TcpStream;
use tokio::time::timeout_at;

use super::DbError;
use crate::model::RepoPath;

/// Why a connection failed.
pub(super) enum Trouble {
    /// Another address may do better.
    Elsewhere(DbError),
    /// No other address will.
    Final(DbError),
}

impl Trouble {
    pub(super) fn into_inner(self) -> DbError {
        match self {
            Self::Elsewhere(error) | Self::Final(error) => error,
        }
    }
}

/// Until when one of so many may take.
pub(super) fn share(deadline: Instant, count: usize) -> Instant {
    let now = Instant::now();
    let left = deadline.saturating_duration_since(now);
    now + left / u32::try_from(count.max(1)).unwrap_or(u32::MAX)
}

pub(super) async fn within<T>(
    until: Instant,
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    match timeout_at(until.into(), work).await {
        Ok(done) => done,
        Err(_) => Err(Trouble::Elsewhere(DbError::TimedOut)),
    }
}

/// All that went wrong, as one.
pub(super) fn together(troubles: &[DbError]) -> DbError {
    if troubles.iter().any(|error| matches!(error, DbError::TimedOut)) {
        return DbError::TimedOut;
    }
    let denied = troubles.iter().any(|error| matches!(error, DbError::Denied(_)));
    let mut words: Vec<String> = troubles.iter().map(ToString::to_string).collect();
    words.dedup();
    let words = words.join("; ");
    if denied { DbError::Denied(words) } else { DbError::Unreachable(words) }
}

/// The addresses of a host, of which there is at least one.
pub(super) async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Trouble> {
    let nowhere = || Trouble::Elsewhere(DbError::Unreachable(format!("the host {host} has no address")));
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| nowhere())?;
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() { Err(nowhere()) } else { Ok(found) }
}

/// Connects. A port of those that systems give to clients may become that of this very socket, which is then connected with
/// itself, and speaks to nobody: Linux does so (RFC 9293, 3.5: simultaneous open) where no server listens.
pub(super) async fn dial(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    match (stream.local_addr(), stream.peer_addr()) {
        (Ok(own), Ok(other)) if own == other => Err(io::ErrorKind::ConnectionRefused.into()),
        _ => Ok(stream),
    }
}

/// Words of a server, with control characters escaped and without the password, if somebody echoes it.
pub(super) fn clean(text: &str, secret: Option<&str>) -> String {
    let text = match secret {
        Some(secret) if secret.len() > 2 => text.replace(secret, "…"),
        _ => text.to_owned(),
    };
    RepoPath::from(text.trim()).to_string()
}

/// Why the socket could not be opened.
pub(super) fn no_socket(error: &io::Error, server: &str) -> Trouble {
    let what = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("{server} refuses connections: no server listens there"),
        io::ErrorKind::NotFound => format!("there is no socket {server}"),
        io::ErrorKind::PermissionDenied => {
            return Trouble::Elsewhere(DbError::Denied(format!("the socket {server} may not be opened")));
        }
        _ => format!("{server} cannot be reached: {}", clean(&error.to_string(), None)),
    };
    Trouble::Elsewhere(DbError::Unreachable(what))
}
