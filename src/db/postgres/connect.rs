//! Connects: name lookup, socket, TLS and login, over all addresses, each with its share of the time that is left.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio_postgres::config::{self, SslMode};
use tokio_postgres::tls::{NoTls, TlsConnect};
use tokio_postgres::{Client, Config};

use super::settings::{Mode, Place, Settings, Target};
use super::trouble::{no_login, tls_trouble};
use crate::db::DbError;
use crate::db::network::{Trouble, addresses, dial, no_socket, share, together, within};
use crate::db::tls::Tls;

/// A client whose connection is driven by a task of the runtime.
pub(super) struct Connected {
    pub(super) client: Client,
    /// For people: `localhost:5432`.
    pub(super) server: String,
    pub(super) password: Option<String>,
    pub(super) task: tokio::task::JoinHandle<()>,
    /// The major version of PostgreSQL; nothing for what only speaks like it.
    pub(super) major: Option<u32>,
}

/// Where to knock.
enum Address {
    Tcp(SocketAddr),
    Socket(PathBuf),
}

/// The first server that lets guard in.
///
/// A dead address costs its share of the time only, so that the next one gets its turn.
pub(super) async fn connect(settings: &Settings, deadline: Instant) -> Result<Connected, DbError> {
    let mut troubles = Vec::new();
    for (number, target) in settings.targets.iter().enumerate() {
        let until = share(deadline, settings.targets.len() - number);
        let addresses = match within(until, lookup(target)).await {
            Ok(addresses) => addresses,
            Err(error) => {
                troubles.push(error.into_inner());
                continue;
            }
        };
        for (number, address) in addresses.iter().enumerate() {
            let mut until = share(until, addresses.len() - number);
            if let Some(limit) = settings.connect_timeout {
                until = until.min(Instant::now() + limit);
            }
            match within(until, knock(settings, target, address)).await {
                Ok(connected) => return Ok(connected),
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Elsewhere(error)) => troubles.push(error),
            }
        }
    }
    Err(together(&troubles))
}

async fn lookup(target: &Target) -> Result<Vec<Address>, Trouble> {
    match &target.place {
        Place::Socket(dir) => Ok(vec![Address::Socket(target.socket(dir))]),
        Place::Tcp { address: Some(address), .. } => {
            Ok(vec![Address::Tcp(SocketAddr::new(*address, target.port))])
        }
        Place::Tcp { host, address: None } => {
            Ok(addresses(host, target.port).await?.into_iter().map(Address::Tcp).collect())
        }
    }
}

async fn knock(settings: &Settings, target: &Target, address: &Address) -> Result<Connected, Trouble> {
    match address {
        Address::Socket(path) => {
            let stream = UnixStream::connect(path);
            let stream = stream.await.map_err(|error| no_socket(&error, &target.name()))?;
            log_in(settings, target, stream, NoTls, SslMode::Disable).await.map_err(|failed| failed.trouble)
        }
        Address::Tcp(address) => knock_tcp(settings, target, *address).await,
    }
}

async fn knock_tcp(settings: &Settings, target: &Target, address: SocketAddr) -> Result<Connected, Trouble> {
    let open = || async {
        let stream = dial(address).await.map_err(|error| no_socket(&error, &target.name()))?;
        // Without it a question in two packets waits for an acknowledgement. Where it cannot be, it is only slower.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    };
    let mode = settings.ssl.mode;
    if mode == Mode::Disable {
        let plain = log_in(settings, target, open().await?, NoTls, SslMode::Disable).await;
        return plain.map_err(|failed| failed.trouble);
    }
    let Place::Tcp { host, .. } = &target.place else {
        unreachable!("a TCP address comes from a TCP place");
    };
    let tls = Tls::new(&settings.ssl.demand(), host).map_err(|error| {
        Trouble::Final(DbError::Failed(format!("no encrypted connection to {}: {error}", target.name())))
    });
    let wanted = if mode == Mode::Prefer { SslMode::Prefer } else { SslMode::Require };
    match log_in(settings, target, open().await?, tls?, wanted).await {
        // As libpq does: preferring encryption is no reason to stay outside.
        Err(Failed { plain_may_do: true, .. }) if mode == Mode::Prefer => {
            let plain = log_in(settings, target, open().await?, NoTls, SslMode::Disable).await;
            plain.map_err(|failed| failed.trouble)
        }
        other => other.map_err(|failed| failed.trouble),
    }
}

/// A login that failed.
struct Failed {
    trouble: Trouble,
    /// It may be because of the encryption.
    plain_may_do: bool,
}

async fn log_in<S, T>(
    settings: &Settings,
    target: &Target,
    stream: S,
    tls: T,
    mode: SslMode,
) -> Result<Connected, Failed>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsConnect<S>,
    T::Stream: Send + 'static,
{
    let mut config = Config::new();
    config
        .user(&settings.user)
        .dbname(&settings.database)
        .application_name(&settings.application)
        .ssl_mode(mode);
    if let Some(options) = &settings.options {
        config.options(options);
    }
    if let Some(password) = &target.password {
        config.password(password);
    }
    if settings.ssl.channel_binding_required {
        config.channel_binding(config::ChannelBinding::Require);
    }
    let server = target.name();
    match config.connect_raw(stream, tls).await {
        Ok((client, connection)) => {
            let relative = connection.parameter("crdb_version").is_some();
            let version = connection.parameter("server_version").filter(|_| !relative);
            let major = version.and_then(major);
            let task = tokio::spawn(async move {
                // Its error reaches the question that waits for an answer.
                let _ = connection.await;
            });
            Ok(Connected { client, server, password: target.password.clone(), task, major })
        }
        Err(error) => {
            let code = error.code().map(|code| code.code().to_owned());
            let plain_may_do = tls_trouble(&error).is_some() || code.as_deref() == Some("28000");
            let hint = settings.passfile_trouble.as_deref().filter(|_| target.password.is_none());
            let trouble = no_login(&error, &server, target.password.as_deref(), hint);
            Err(Failed { trouble, plain_may_do })
        }
    }
}

/// 15 of `15.8 (Debian 15.8-1)`, 18 of `18beta1`; nothing of YugabyteDB's `15.2-YB-2.25`.
fn major(version: &str) -> Option<u32> {
    let digits = version.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok().filter(|_| !version.contains("-YB-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_major_version_is_the_first_number() {
        let of = ["15.8 (Debian 15.8-0+deb12u1)", "18beta1", "9.6.24", "15.2-YB-2.25.0.0-b0", ""].map(major);
        assert_eq!(of, [Some(15), Some(18), Some(9), None, None]);
    }
}
