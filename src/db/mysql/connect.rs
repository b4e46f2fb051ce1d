//! Connects: name lookup, socket, TLS and login, over all addresses, each with its share of the time that is left.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::net::{TcpStream, UnixStream};

use super::login::{Channel, Credentials, Greeting};
use super::settings::{Mode, Settings, Target};
use super::trouble::{no_greeting, no_login};
use super::wire::Wire;
use crate::db::DbError;
use crate::db::network::{Trouble, addresses, dial, no_socket, share, together, within};
use crate::db::tls::Tls;

/// A conversation with somebody who is let in.
pub(super) struct Connected {
    pub(super) wire: Wire<'static>,
    /// For people: `localhost:3306`.
    pub(super) server: String,
    /// As the server says it: `10.11.19-MariaDB-0+deb12u1`.
    pub(super) version: String,
}

/// The first server that lets guard in.
///
/// A dead address costs its share of the time only, so that the next one gets its turn.
pub(super) async fn connect(settings: &Settings, deadline: Instant) -> Result<Connected, DbError> {
    let mut troubles = Vec::new();
    for (number, target) in settings.targets.iter().enumerate() {
        let until = share(deadline, settings.targets.len() - number);
        let places = match target {
            Target::Socket(_) => vec![None],
            Target::Tcp { host, port } => match within(until, addresses(host, *port)).await {
                Ok(found) => found.into_iter().map(Some).collect(),
                Err(error) => {
                    troubles.push(error.into_inner());
                    continue;
                }
            },
        };
        for (number, place) in places.iter().enumerate() {
            let mut until = share(until, places.len() - number);
            if let Some(limit) = settings.connect_timeout {
                until = until.min(Instant::now() + limit);
            }
            match within(until, knock(settings, target, *place)).await {
                Ok(connected) => return Ok(connected),
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Elsewhere(error)) => troubles.push(error),
            }
        }
    }
    Err(together(&troubles))
}

async fn knock(
    settings: &Settings,
    target: &Target,
    place: Option<SocketAddr>,
) -> Result<Connected, Trouble> {
    match (target, place) {
        (Target::Socket(path), _) => {
            let stream = UnixStream::connect(path);
            let stream = stream.await.map_err(|error| no_socket(&error, &target.name()))?;
            let mut wire = Wire::new(Box::new(stream), 0);
            let greeting = greeting(&mut wire, target).await?;
            log_in(settings, target, wire, &greeting, Channel::Proven, false).await
        }
        (Target::Tcp { host, .. }, Some(place)) => {
            let mode = settings.ssl.mode;
            if mode == Mode::Disabled {
                return in_the_clear(settings, target, place).await;
            }
            match encrypted(settings, target, host, place).await {
                Err(Refused { plain_may_do: true, .. }) if mode == Mode::Preferred => {
                    in_the_clear(settings, target, place).await
                }
                Err(Refused { trouble, .. }) => Err(trouble),
                Ok(connected) => Ok(connected),
            }
        }
        (Target::Tcp { .. }, None) => unreachable!("a TCP target has addresses"),
    }
}

async fn open(target: &Target, place: SocketAddr) -> Result<TcpStream, Trouble> {
    let stream = dial(place).await.map_err(|error| no_socket(&error, &target.name()))?;
    // Without it a question waits for an acknowledgement. Where it cannot be, it is only slower.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

async fn greeting(wire: &mut Wire<'_>, target: &Target) -> Result<Greeting, Trouble> {
    Greeting::receive(wire).await.map_err(|error| no_greeting(error, &target.name()))
}

async fn in_the_clear(settings: &Settings, target: &Target, place: SocketAddr) -> Result<Connected, Trouble> {
    let mut wire = Wire::new(Box::new(open(target, place).await?), 0);
    let greeting = greeting(&mut wire, target).await?;
    log_in(settings, target, wire, &greeting, Channel::Open, false).await
}

/// No encrypted connection, or no login over it.
struct Refused {
    trouble: Trouble,
    /// It is because of the encryption.
    plain_may_do: bool,
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, plain_may_do: false }
    }
}

async fn encrypted(
    settings: &Settings,
    target: &Target,
    host: &str,
    place: SocketAddr,
) -> Result<Connected, Refused> {
    let server = target.name();
    let failed = |what: String, plain_may_do: bool, error: fn(String) -> DbError| Refused {
        trouble: Trouble::Final(error(what)),
        plain_may_do,
    };
    let tls = Tls::new(&settings.ssl.demand(), host).map_err(|error| {
        failed(format!("no encrypted connection to {server}: {error}"), false, DbError::Failed)
    })?;
    let mut stream = open(target, place).await?;
    let mut wire = Wire::new(Box::new(&mut stream), 0);
    let greeting = greeting(&mut wire, target).await?;
    // What came in the clear behind the greeting must not be taken for a part of the encrypted conversation.
    if wire.has_more() {
        let what = format!("{server} talks in the clear when it should encrypt");
        return Err(failed(what, false, DbError::Denied));
    }
    if !greeting.offers_encryption() {
        if settings.ssl.mode != Mode::Preferred {
            let what = format!("{server} offers no encryption, and ssl-mode asks for it");
            return Err(failed(what, false, DbError::Denied));
        }
        drop(wire);
        let wire = Wire::new(Box::new(stream), 1);
        return Ok(log_in(settings, target, wire, &greeting, Channel::Open, false).await?);
    }
    greeting.ask_for_encryption(&mut wire).await.map_err(|error| no_greeting(error, &server))?;
    let number = wire.number();
    drop(wire);
    let stream = tls.connect(stream).await.map_err(|error| {
        failed(format!("no encrypted connection to {server}: {error}"), true, DbError::Denied)
    })?;
    let channel = match settings.ssl.mode {
        Mode::VerifyCa | Mode::VerifyIdentity => Channel::Proven,
        _ => Channel::Encrypted,
    };
    let wire = Wire::new(Box::new(stream), number);
    Ok(log_in(settings, target, wire, &greeting, channel, true).await?)
}

async fn log_in(
    settings: &Settings,
    target: &Target,
    mut wire: Wire<'static>,
    greeting: &Greeting,
    channel: Channel,
    encrypted: bool,
) -> Result<Connected, Trouble> {
    let who = Credentials {
        user: &settings.user,
        password: settings.password.as_deref(),
        database: &settings.database,
    };
    let server = target.name();
    match greeting.answer(&mut wire, &who, channel, encrypted).await {
        Ok(()) => Ok(Connected { wire, server, version: greeting.version.clone() }),
        Err(error) => Err(no_login(error, &server, who.password, encrypted)),
    }
}
