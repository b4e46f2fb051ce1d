//! What the parameters mean: which servers, as whom, how encrypted, with which password.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::parameters::{Parameters, is_socket};
use crate::db::DbError;
use crate::db::tls::{Demand, Proof};

/// Where sockets usually are.
const SOCKET_DIRS: [&str; 3] = ["/run/postgresql", "/var/run/postgresql", "/tmp"];

const DEFAULT_PORT: u16 = 5432;

/// All that is needed to connect.
pub(super) struct Settings {
    /// In the order in which they are tried.
    pub(super) targets: Vec<Target>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) ssl: Ssl,
    pub(super) options: Option<String>,
    pub(super) application: String,
    /// For one address, if there is a limit besides the deadline.
    pub(super) connect_timeout: Option<Duration>,
    /// The search path, where the URL names one.
    pub(super) schemas: Vec<String>,
    /// Said to whoever has no password, if a password file was there and was not read.
    pub(super) passfile_trouble: Option<String>,
}

/// A server.
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) port: u16,
    pub(super) password: Option<String>,
}

/// How a server is reached.
pub(super) enum Place {
    /// By name, and by an address, if one was given.
    Tcp { host: String, address: Option<IpAddr> },
    /// The directory of a socket.
    Socket(PathBuf),
}

/// How a connection is encrypted.
pub(super) struct Ssl {
    pub(super) mode: Mode,
    pub(super) channel_binding_required: bool,
    pub(super) root: Option<String>,
    pub(super) certificate: Option<String>,
    pub(super) key: Option<String>,
}

impl Ssl {
    /// The same for the handshake.
    pub(super) fn demand(&self) -> Demand<'_> {
        let proof = match self.mode {
            Mode::Disable | Mode::Prefer | Mode::Require => Proof::Nothing,
            Mode::VerifyCa => Proof::Authority,
            Mode::VerifyFull => Proof::Name,
        };
        Demand {
            proof,
            root: self.root.as_deref(),
            certificate: self.certificate.as_deref(),
            key: self.key.as_deref(),
            words: ["sslrootcert", "sslcert", "sslkey"],
        }
    }
}

/// `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Target {
    /// For people, and for the line of a password file.
    pub(super) fn name(&self) -> String {
        match &self.place {
            Place::Tcp { host, .. } if host.contains(':') => format!("[{host}]:{}", self.port),
            Place::Tcp { host, .. } => format!("{host}:{}", self.port),
            Place::Socket(dir) => self.socket(dir).display().to_string(),
        }
    }

    /// The socket in its directory.
    pub(super) fn socket(&self, dir: &Path) -> PathBuf {
        dir.join(format!(".s.PGSQL.{}", self.port))
    }
}

impl Settings {
    pub(super) fn new(parameters: &Parameters) -> Result<Self, DbError> {
        let user = match parameters.get("user") {
            Some(user) => user.to_owned(),
            None => whoami::username().map_err(|_| {
                DbError::Failed("the URL names no user, and the system has no name for this one".to_owned())
            })?,
        };
        let database = parameters.get("dbname").unwrap_or(&user).to_owned();
        let mut settings = Self {
            targets: targets(parameters)?,
            user,
            database,
            ssl: ssl(parameters),
            options: parameters.get("options").map(str::to_owned),
            application: parameters.get("application_name").unwrap_or("guard").to_owned(),
            connect_timeout: connect_timeout(parameters),
            schemas: schemas(parameters),
            passfile_trouble: None,
        };
        settings.passwords(parameters);
        Ok(settings)
    }

    /// A server of guard's own, by the directory of its socket.
    pub(super) fn local(socket: &Path, user: &str, database: &str) -> Self {
        let place = Place::Socket(socket.to_owned());
        Self {
            targets: vec![Target { place, port: DEFAULT_PORT, password: None }],
            user: user.to_owned(),
            database: database.to_owned(),
            ssl: Ssl {
                mode: Mode::Disable,
                channel_binding_required: false,
                root: None,
                certificate: None,
                key: None,
            },
            options: None,
            application: "guard".to_owned(),
            connect_timeout: None,
            schemas: Vec::new(),
            passfile_trouble: None,
        }
    }

    fn passwords(&mut self, parameters: &Parameters) {
        if let Some(password) = parameters.get("password") {
            for target in &mut self.targets {
                target.password = Some(password.to_owned());
            }
            return;
        }
        let Some(file) = parameters.get("passfile").map(Path::new) else { return };
        match read_private(file) {
            Ok(text) => {
                for target in &mut self.targets {
                    target.password = password(&text, target, &self.database, &self.user);
                }
            }
            Err(trouble) => self.passfile_trouble = trouble,
        }
    }
}

fn targets(parameters: &Parameters) -> Result<Vec<Target>, DbError> {
    let list = |name: &str| -> Vec<String> {
        let text = parameters.get(name).unwrap_or_default();
        if text.is_empty() { Vec::new() } else { text.split(',').map(str::to_owned).collect() }
    };
    let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = hosts.len().max(addresses.len()).max(1);
    (0..count)
        .map(|number| {
            let port = ports.get(number).or_else(|| ports.last().filter(|_| ports.len() == 1));
            let port = match port.map(String::as_str) {
                None | Some("") => DEFAULT_PORT,
                Some(port) => port.parse().map_err(|_| DbError::Failed("the port is no port".to_owned()))?,
            };
            let address = match addresses.get(number).map(String::as_str) {
                None | Some("") => None,
                Some(text) => Some(text.parse::<IpAddr>().map_err(|_| {
                    DbError::Failed("hostaddr is no address of the internet protocol".to_owned())
                })?),
            };
            let host = hosts.get(number).map(String::as_str).unwrap_or_default();
            let place = match (host, address) {
                (socket, _) if is_socket(socket) => Place::Socket(PathBuf::from(socket)),
                ("", None) => usual_socket(port).map_or_else(
                    || Place::Tcp { host: "localhost".to_owned(), address: None },
                    Place::Socket,
                ),
                ("", Some(address)) => Place::Tcp { host: address.to_string(), address: Some(address) },
                (host, address) => Place::Tcp { host: host.to_owned(), address },
            };
            Ok(Target { place, port, password: None })
        })
        .collect()
}

/// The first usual directory in which a server listens.
fn usual_socket(port: u16) -> Option<PathBuf> {
    let dirs = SOCKET_DIRS.iter().map(PathBuf::from);
    dirs.into_iter().find(|dir| dir.join(format!(".s.PGSQL.{port}")).exists())
}

fn ssl(parameters: &Parameters) -> Ssl {
    let own = |name: &str| parameters.get(name).map(str::to_owned);
    let root = own("sslrootcert");
    let mode = match parameters.get("sslmode") {
        Some("disable") => Mode::Disable,
        // As libpq does: who names the roots wants them to count. And "system" knows no weaker mode.
        Some("require") if root.is_some() => Mode::VerifyCa,
        Some("require" | "no-verify") => Mode::Require,
        Some("verify-ca") => Mode::VerifyCa,
        Some("verify-full") => Mode::VerifyFull,
        None if root.as_deref() == Some("system") => Mode::VerifyFull,
        _ => Mode::Prefer,
    };
    let channel_binding_required = parameters.get("channel_binding") == Some("require");
    Ssl { mode, channel_binding_required, root, certificate: own("sslcert"), key: own("sslkey") }
}

/// Seconds, as libpq has them; 0 is no limit. JDBC and Prisma have them too.
fn connect_timeout(parameters: &Parameters) -> Option<Duration> {
    let seconds = parameters.get("connect_timeout")?.trim().parse::<u32>().ok()?;
    (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
}

/// `app,public`.
fn schemas(parameters: &Parameters) -> Vec<String> {
    let names = parameters.get("schema").unwrap_or_default().split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(|name| name.trim_matches('"').to_owned()).collect()
}

/// The text of a password file; or what to say about it, which is nothing if it is not there.
fn read_private(file: &Path) -> Result<String, Option<String>> {
    let metadata = std::fs::metadata(file).map_err(|_| None)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            let file = file.display();
            return Err(Some(format!("{file} was not read, since others may read it too: chmod 600 {file}")));
        }
    }
    if !metadata.is_file() {
        return Err(None);
    }
    std::fs::read_to_string(file).map_err(|_| Some(format!("{} cannot be read", file.display())))
}

/// The password in the first line that fits: `host:port:database:user:password`, with `*` for anything.
fn password(text: &str, target: &Target, database: &str, user: &str) -> Option<String> {
    let host = match &target.place {
        Place::Tcp { host, .. } => host.as_str(),
        Place::Socket(_) => "localhost",
    };
    let wanted = [host, &target.port.to_string(), database, user];
    text.split('\n').filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line.strip_suffix('\r').unwrap_or(line));
        let (password, rest) = fields.split_last()?;
        let fits =
            rest.len() == 4 && rest.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
        (fits && !password.is_empty()).then(|| password.clone())
    })
}

/// Splits at colons, where no backslash stands before them.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        // The password is the last, and may hold colons.
        let last = fields.last_mut().expect("there is one from the beginning");
        match letter {
            '\\' => last.extend(letters.next()),
            ':' => fields.push(String::new()),
            letter => last.push(letter),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str) -> Target {
        let place = Place::Tcp { host: host.to_owned(), address: None };
        Target { place, port: 5432, password: None }
    }

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let text = "# comment\nother:5432:db:app:no\nh\\:1:*:db:app:colon\nh:5432:*:app:a\\:b\\\\c\n*:*:*:*:last\r\n";
        let of = |host: &str, user: &str| password(text, &target(host), "db", user);
        assert_eq!(of("h", "app").as_deref(), Some("a:b\\c"));
        assert_eq!(of("h", "you").as_deref(), Some("last"));
        assert_eq!(of("h:1", "app").as_deref(), Some("colon"));
        assert_eq!(password("h:5432:db:app", &target("h"), "db", "app"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_password_file_that_others_may_read_is_not_read() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pass");
        assert_eq!(read_private(&file), Err(None));
        std::fs::write(&file, "x").unwrap();
        for (mode, readable) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_private(&file).is_ok(), readable, "{mode:o}");
        }
    }
}
