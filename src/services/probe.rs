//! Where a service is and how one sees that it is up: `tcp://`, `tls://`, `http://`, `https://`, `postgres://`, `mysql://`,
//! `redis://`, or a command.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::Path;
use std::time::Instant;

use crate::model::Cause;

use super::{How, Job, network, run};

/// How a service is asked whether it is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Over the network.
    Network(Target),
    /// A command: exit status 0 means that it is up.
    Command(Vec<String>),
}

/// What is asked over the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// How.
    pub scheme: Scheme,
    /// The host: a name or an address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path and query of an HTTP request; `/` where there is none.
    pub path: String,
    /// The status that an HTTP server must answer with; any below 400 where nothing is said.
    pub status: Option<u16>,
}

/// The ways to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Somebody accepts connections.
    Tcp,
    /// ... and has a certificate that the system trusts.
    Tls,
    /// The answer to a GET request.
    Http,
    /// The same, encrypted.
    Https,
    /// A PostgreSQL server answers whether it speaks TLS.
    Postgres,
    /// A MySQL or MariaDB server greets.
    Mysql,
    /// A Redis server answers PING.
    Redis,
}

impl Scheme {
    /// All of them, with their words and usual ports.
    pub const ALL: [(&'static str, Self, Option<u16>); 9] = [
        ("tcp", Self::Tcp, None),
        ("tls", Self::Tls, None),
        ("http", Self::Http, Some(80)),
        ("https", Self::Https, Some(443)),
        ("postgres", Self::Postgres, Some(5432)),
        ("postgresql", Self::Postgres, Some(5432)),
        ("mysql", Self::Mysql, Some(3306)),
        ("mariadb", Self::Mysql, Some(3306)),
        ("redis", Self::Redis, Some(6379)),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, scheme, _)| *scheme == self).map_or("", |(word, _, _)| word)
    }

    /// Whether a status can be expected of it.
    pub fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }
}

/// Why a text is no probe. The text itself is not in it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// The part before `://`.
    #[error("it begins with none of tcp://, tls://, http://, https://, postgres://, mysql://, redis://")]
    Scheme,
    /// Nothing between `://` and the path.
    #[error("it names no host")]
    Host,
    /// Not a number from 1 to 65535, or none where there is no usual one.
    #[error("it names no port")]
    Port,
    /// A user or a password.
    #[error("it holds a user or a password, and a probe logs in nowhere")]
    Login,
    /// Control characters or blanks.
    #[error("it holds a blank or a control character")]
    Letters,
}

impl Target {
    /// Reads `scheme://host:port/path`.
    pub fn parse(text: &str) -> Result<Self, ProbeError> {
        if text.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
            return Err(ProbeError::Letters);
        }
        let (scheme, rest) = text.split_once("://").ok_or(ProbeError::Scheme)?;
        let known = Scheme::ALL.iter().find(|(word, _, _)| *word == scheme);
        let (_, scheme, usual) = *known.ok_or(ProbeError::Scheme)?;
        let (place, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if place.contains('@') {
            return Err(ProbeError::Login);
        }
        let (host, port) = match place.strip_prefix('[') {
            Some(address) => {
                let (host, port) = address.split_once(']').ok_or(ProbeError::Host)?;
                host.parse::<Ipv6Addr>().map_err(|_| ProbeError::Host)?;
                (
                    host,
                    if port.is_empty() {
                        None
                    } else {
                        Some(port.strip_prefix(':').ok_or(ProbeError::Port)?)
                    },
                )
            }
            None => match place.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            },
        };
        if host.is_empty() || !place.starts_with('[') && host.contains(':') {
            return Err(ProbeError::Host);
        }
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port > 0),
            None => usual,
        };
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { scheme, host: host.to_owned(), port: port.ok_or(ProbeError::Port)?, path, status: None })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(out, "{}://{host}:{}", self.scheme.word(), self.port)?;
        // What follows a question mark may be a secret.
        let path = self.path.split('?').next().unwrap_or_default();
        if self.scheme.is_http() && path != "/" { out.write_str(path) } else { Ok(()) }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(target) => write!(out, "{target}"),
            Self::Command(command) => out.write_str(&command.join(" ")),
        }
    }
}

/// Asks a service whether it is up. Everything counts: the name, the connection, TLS, each byte of the answer. Only looking up
/// a name cannot be broken off, so this belongs on a thread that can be left behind.
pub fn ask(probe: &Probe, directory: &Path, warden: &Path, deadline: Instant) -> Result<(), Cause> {
    match probe {
        Probe::Network(target) => network::ask(target, deadline),
        Probe::Command(command) => {
            let ended = run(&Job { command, directory, warden, env: &[] }, deadline);
            let first = ended.output.split('\n').find(|line| !line.trim().is_empty());
            let said = first.map_or_else(String::new, |line| format!(": {}", line.trim()));
            match ended.how {
                How::Exit(0) => Ok(()),
                How::Exit(code) => {
                    Err(Cause::Failed(format!("its probe ended with exit status {code}{said}")))
                }
                How::Signal(signal) => {
                    Err(Cause::Failed(format!("its probe was ended by signal {signal}{said}")))
                }
                How::Late => Err(Cause::TimedOut),
                How::NotStarted(why) => Err(Cause::Failed(format!("its probe cannot be started: {why}"))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_printed() {
        let cases = [
            ("tcp://tts.internal:443", "tcp://tts.internal:443"),
            ("tls://[::1]:8443", "tls://[::1]:8443"),
            ("http://localhost", "http://localhost:80"),
            ("https://host/health?key=secret#x", "https://host:443/health"),
            ("https://host?key=secret", "https://host:443"),
            ("postgresql://db", "postgres://db:5432"),
            ("mariadb://127.0.0.1:3307/x", "mysql://127.0.0.1:3307"),
            ("redis://cache", "redis://cache:6379"),
        ];
        for (text, shown) in cases {
            assert_eq!(Target::parse(text).map(|target| target.to_string()).as_deref(), Ok(shown), "{text}");
        }
        assert_eq!(Target::parse("http://host?a=b").unwrap().path, "/?a=b");
    }

    #[test]
    fn what_is_no_address_is_said() {
        let cases = [
            ("host:80", ProbeError::Scheme),
            ("ftp://host", ProbeError::Scheme),
            ("tcp://", ProbeError::Host),
            ("tcp://:80", ProbeError::Host),
            ("tcp://::1:80", ProbeError::Host),
            ("tcp://host", ProbeError::Port),
            ("tcp://host:0", ProbeError::Port),
            ("tcp://host:99999", ProbeError::Port),
            ("tcp://[::1]80", ProbeError::Port),
            ("http://me:secret@host", ProbeError::Login),
            ("http://host/a b", ProbeError::Letters),
            ("http://host/\r\nX: y", ProbeError::Letters),
        ];
        for (text, error) in cases {
            assert_eq!(Target::parse(text), Err(error), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_and_what_is_printed_is_read_again(text in "(tcp|https?|redis)://[\\[\\]a-z:0-9@/?#.]{0,20}|\\PC*") {
            if let Ok(target) = Target::parse(&text) {
                let again = Target::parse(&target.to_string()).unwrap();
                proptest::prop_assert_eq!((again.scheme, again.host, again.port), (target.scheme, target.host, target.port));
            }
        }
    }
}
