//! What the parameters mean: which servers, as whom, how encrypted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::parameters::Parameters;
use crate::db::DbError;
use crate::db::tls::{Demand, Proof};

/// Where sockets usually are.
const SOCKETS: [(&str, &str); 5] = [
    ("/run/mysqld", "mysqld.sock"),
    ("/var/run/mysqld", "mysqld.sock"),
    ("/var/lib/mysql", "mysql.sock"),
    ("/tmp", "mysql.sock"),
    ("/tmp", "mariadb.sock"),
];

const DEFAULT_PORT: u16 = 3306;

/// All that is needed to connect.
pub(super) struct Settings {
    /// In the order in which they are tried.
    pub(super) targets: Vec<Target>,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: String,
    pub(super) ssl: Ssl,
    /// For one address, if there is a limit besides the deadline.
    pub(super) connect_timeout: Option<Duration>,
}

/// A server.
pub(super) enum Target {
    Tcp { host: String, port: u16 },
    Socket(PathBuf),
}

impl Target {
    /// For people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Tcp { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            Self::Tcp { host, port } => format!("{host}:{port}"),
            Self::Socket(path) => path.display().to_string(),
        }
    }
}

/// How a connection is encrypted.
pub(super) struct Ssl {
    pub(super) mode: Mode,
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// `ssl-mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

impl Ssl {
    fn new(parameters: &Parameters) -> Self {
        let own = |name: &str| parameters.get(name).map(str::to_owned);
        let root = own("ssl-ca");
        let mode = match parameters.get("ssl-mode") {
            Some("disabled") => Mode::Disabled,
            Some("required") => Mode::Required,
            Some("verify-ca") => Mode::VerifyCa,
            Some("verify-identity") => Mode::VerifyIdentity,
            // Who names the authority, and nothing else, wants it to count.
            None if root.is_some() => Mode::VerifyCa,
            _ => Mode::Preferred,
        };
        Self { mode, root, certificate: own("ssl-cert"), key: own("ssl-key") }
    }

    /// The same for the handshake.
    pub(super) fn demand(&self) -> Demand<'_> {
        let proof = match self.mode {
            Mode::Disabled | Mode::Preferred | Mode::Required => Proof::Nothing,
            Mode::VerifyCa => Proof::Authority,
            Mode::VerifyIdentity => Proof::Name,
        };
        Demand {
            proof,
            root: self.root.as_deref(),
            certificate: self.certificate.as_deref(),
            key: self.key.as_deref(),
            words: ["ssl-ca", "ssl-cert", "ssl-key"],
        }
    }
}

impl Settings {
    /// A server of guard's own, by its socket.
    pub(super) fn local(socket: &Path, user: &str, database: &str) -> Self {
        Self {
            targets: vec![Target::Socket(socket.to_owned())],
            user: user.to_owned(),
            password: None,
            database: database.to_owned(),
            ssl: Ssl { mode: Mode::Disabled, root: None, certificate: None, key: None },
            connect_timeout: None,
        }
    }

    pub(super) fn new(parameters: &Parameters) -> Result<Self, DbError> {
        let user = match parameters.get("user") {
            Some(user) => user.to_owned(),
            None => whoami::username().map_err(|_| {
                DbError::Failed("the URL names no user, and the system has no name for this one".to_owned())
            })?,
        };
        let database = parameters.get("database").ok_or_else(|| {
            let what =
                "the URL names no database, and a MySQL server has many; write mysql://user@host/database";
            DbError::Failed(what.to_owned())
        })?;
        let seconds = parameters.get("connect-timeout").and_then(|text| text.trim().parse::<u32>().ok());
        let seconds = seconds.filter(|seconds| *seconds > 0);
        Ok(Self {
            targets: targets(parameters)?,
            user,
            password: parameters.get("password").map(str::to_owned),
            database: database.to_owned(),
            ssl: Ssl::new(parameters),
            connect_timeout: seconds.map(|seconds| Duration::from_secs(seconds.into())),
        })
    }
}

fn targets(parameters: &Parameters) -> Result<Vec<Target>, DbError> {
    if let Some(socket) = parameters.get("socket") {
        return Ok(vec![Target::Socket(PathBuf::from(socket))]);
    }
    let ports: Vec<&str> = parameters.get("port").unwrap_or_default().split(',').collect();
    let mut targets = Vec::new();
    for (number, host) in parameters.get("host").unwrap_or("localhost").split(',').enumerate() {
        let port = ports.get(number).or_else(|| ports.last().filter(|_| ports.len() == 1));
        let named = port.copied().filter(|port| !port.is_empty());
        let port = named.map_or(Ok(DEFAULT_PORT), str::parse);
        let port = port.map_err(|_| DbError::Failed("the port is no port".to_owned()))?;
        let host = if host.is_empty() { "localhost" } else { host };
        // MySQL's own client takes `localhost` for the socket. A port beside it means what listens there: often a container.
        if host == "localhost" && named.is_none() {
            targets.extend(usual_socket().map(Target::Socket));
        }
        targets.push(Target::Tcp { host: host.to_owned(), port });
    }
    Ok(targets)
}

/// The first usual place in which a server listens.
fn usual_socket() -> Option<PathBuf> {
    SOCKETS.iter().map(|(dir, name)| Path::new(dir).join(name)).find(|path| path.exists())
}
