//! Where a MySQL or MariaDB server is, as people write it: URLs of many libraries, the DSN of Go and of PHP, variables,
//! option files.
//!
//! Everything becomes the options of MySQL's own client, by name. What the URL says counts first, then the option files,
//! then the variables, as for that client. Nothing here prints a value that was not understood.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::options::{self, Options};
use crate::db::Lookup;
use crate::db::url::{UrlError, decode, is_host, is_plain};

/// What is known of a server, under the names of MySQL's client.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::db) struct Parameters(BTreeMap<&'static str, String>);

/// Beside the options of the client: the text may mean something else than it seems, and is not shown.
const VAGUE: &str = "guard: vague";

/// Name in the client's options, other spellings in URLs (in lower case, without `-` and `_`), variables.
const NAMES: &[(&str, &[&str], &[&str])] = &[
    ("host", &["server", "hostname"], &["MYSQL_HOST", "MARIADB_HOST"]),
    ("port", &[], &["MYSQL_TCP_PORT", "MYSQL_PORT", "MARIADB_PORT"]),
    ("socket", &["unixsocket", "localsocket", "socketpath"], &["MYSQL_UNIX_PORT"]),
    ("user", &["username"], &["MYSQL_USER", "MARIADB_USER"]),
    ("password", &["passwd", "pwd"], &["MYSQL_PWD", "MYSQL_PASSWORD", "MARIADB_PASSWORD"]),
    ("database", &["db", "dbname", "databasename"], &["MYSQL_DATABASE", "MARIADB_DATABASE"]),
    ("ssl-ca", &["sslca", "sslrootcert", "serversslcert"], &[]),
    ("ssl-cert", &["sslcert"], &[]),
    ("ssl-key", &["sslkey"], &[]),
    ("connect-timeout", &["connecttimeout"], &[]),
];

/// How a connection is encrypted, in the order of strength; and what each library calls it.
const SSL_MODES: &[(&str, &[&str])] = &[
    ("disabled", &["disable", "false", "0", "off", "no"]),
    ("preferred", &["prefer", "allow"]),
    ("required", &["require", "true", "1", "on", "yes", "trust", "skip-verify", "no-verify"]),
    ("verify-ca", &[]),
    ("verify-identity", &["verify-full"]),
];

/// Hosts that are this machine.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

impl Parameters {
    /// Reads what follows the scheme and its colon. `library` is what stood behind a plus: `unix` of `mysql+unix`.
    pub(in crate::db) fn parse(rest: &str, library: &str, jdbc: bool) -> Result<Self, UrlError> {
        let mut parameters = Self::default();
        match rest.strip_prefix("//") {
            Some(rest) if is_go(rest) => parameters.go(rest, true)?,
            Some(rest) if library == "unix" => parameters.unix(rest)?,
            Some(rest) => parameters.url(rest, jdbc)?,
            // `jdbc:mysql:loadbalance://one,two/db`: how the servers are chosen does not matter to a reader.
            None if jdbc && rest.split_once("://").is_some_and(|(kind, _)| kind.bytes().all(is_plain)) => {
                parameters.url(rest.split_once("://").map_or("", |(_, rest)| rest), jdbc)?;
            }
            None if rest.contains('=') && !rest.contains(['/', '@']) || rest.contains("unix_socket=") => {
                parameters.php(rest)?;
            }
            None => return Err(UrlError::MySqlSlashes),
        }
        parameters.check()?;
        Ok(parameters)
    }

    /// `user:password@tcp(host:port)/database?tls=true`, without a scheme, as Go's driver has it. Nothing is decoded.
    pub(in crate::db) fn parse_go(text: &str) -> Option<Result<Self, UrlError>> {
        is_go(text).then(|| {
            let mut parameters = Self::default();
            parameters.go(text, false)?;
            parameters.check()?;
            Ok(parameters)
        })
    }

    fn url(&mut self, rest: &str, jdbc: bool) -> Result<(), UrlError> {
        let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        // A password with a slash or a question mark in it: where it ends nobody can tell.
        if path.contains('@') || (!jdbc && !authority.contains('@') && query.contains('@')) {
            return Err(UrlError::NotEscaped);
        }
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        if user.contains('=') || query.contains('@') {
            self.0.insert(VAGUE, String::new());
        }
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        self.insert("user", &decode(user));
        self.insert("password", &decode(password));
        self.hosts(hosts);
        self.insert("database", &decode(path.strip_prefix('/').unwrap_or(path)));
        self.queries(query, jdbc)
    }

    /// `mysql+unix://user:password@/path/of/the.sock?database=app`.
    fn unix(&mut self, rest: &str) -> Result<(), UrlError> {
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if query.contains('@') {
            return Err(UrlError::NotEscaped);
        }
        let (user, path) = place.rsplit_once('@').unwrap_or(("", place));
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        self.insert("user", &decode(user));
        self.insert("password", &decode(password));
        self.insert("socket", &decode(path));
        self.queries(query, false)
    }

    fn go(&mut self, text: &str, decoded: bool) -> Result<(), UrlError> {
        let decode = |text: &str| if decoded { decode(text) } else { text.to_owned() };
        let (start, tail) = text.rsplit_once(")/").ok_or(UrlError::Host)?;
        let (user, address) = start.rsplit_once('@').unwrap_or(("", start));
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        self.insert("user", &decode(user));
        self.insert("password", &decode(password));
        match address.split_once('(') {
            Some(("tcp" | "tcp4" | "tcp6", hosts)) => self.hosts(hosts),
            Some(("unix", socket)) => self.insert("socket", socket),
            _ => return Err(UrlError::Host),
        }
        let (database, query) = tail.split_once('?').unwrap_or((tail, ""));
        if tail.contains('@') {
            return Err(UrlError::NotEscaped);
        }
        self.insert("database", &decode(database));
        self.queries(query, false)
    }

    /// `host=localhost;port=3307;dbname=app`, as PHP's PDO has it.
    fn php(&mut self, rest: &str) -> Result<(), UrlError> {
        for pair in rest.split(';') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.query(&plain_key(key), value, false)?;
        }
        Ok(())
    }

    fn insert(&mut self, name: &'static str, value: &str) {
        if !value.is_empty() {
            self.0.insert(name, value.to_owned());
        }
    }

    /// `one:3306,[::1]`, `%2Frun%2Fmysqld.sock`.
    fn hosts(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let whole = decode(text);
        if whole.starts_with('/') {
            return self.insert("socket", &whole);
        }
        let (mut hosts, mut ports) = (Vec::new(), Vec::new());
        for host in text.split(',') {
            let (host, port) = match host.rsplit_once(':') {
                Some((name, port)) if !port.ends_with(']') => (name, port),
                _ => (host, ""),
            };
            let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            hosts.push(inner.map_or_else(|| decode(host), str::to_owned));
            ports.push(port.to_owned());
        }
        self.insert("host", &hosts.join(","));
        if ports.iter().any(|port| !port.is_empty()) {
            self.0.insert("port", ports.join(","));
        }
    }

    fn queries(&mut self, query: &str, jdbc: bool) -> Result<(), UrlError> {
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.query(&plain_key(&decode(key)), &decode(value), jdbc)?;
        }
        // Prisma's `sslcert` is the authority; a client's certificate has a key.
        if self.0.contains_key("ssl-cert")
            && !self.0.contains_key("ssl-key")
            && !self.0.contains_key("ssl-ca")
            && let Some(authority) = self.0.remove("ssl-cert")
        {
            self.0.insert("ssl-ca", authority);
        }
        Ok(())
    }

    fn query(&mut self, key: &str, value: &str, jdbc: bool) -> Result<(), UrlError> {
        // JDBC and Prisma count it in different units, and the timeout of guard.toml is the one that matters.
        if jdbc && key == "connecttimeout" {
            return Ok(());
        }
        if let Some(mode) = ssl_mode(key, value)? {
            return self.at_least(mode);
        }
        let known = NAMES.iter().find(|(name, others, _)| *name == key || others.contains(&key));
        if let Some((name, ..)) = known {
            self.insert(name, value.strip_prefix("file:").filter(|_| *name == "ssl-ca").unwrap_or(value));
        }
        Ok(())
    }

    /// Of several words about encryption the strictest counts; `useSSL=true&verifyServerCertificate=true` says one thing.
    fn at_least(&mut self, mode: &'static str) -> Result<(), UrlError> {
        let rank = |mode: &str| SSL_MODES.iter().position(|(name, _)| *name == mode);
        match self.0.get("ssl-mode") {
            // To ask for encryption and to refuse it is no clear word.
            Some(old) if (old == "disabled") != (mode == "disabled") => Err(UrlError::MySqlSslMode),
            Some(old) if rank(old) >= rank(mode) => Ok(()),
            _ => {
                self.0.insert("ssl-mode", mode.to_owned());
                Ok(())
            }
        }
    }

    /// What would be refused later, said where the text is known.
    fn check(&self) -> Result<(), UrlError> {
        if self.0.values().any(|value| value.contains('\0')) {
            return Err(UrlError::Nul);
        }
        let is_good =
            |host: &str| host.is_empty() || is_host(host) || host.parse::<std::net::Ipv6Addr>().is_ok();
        if !self.get("host").unwrap_or_default().split(',').all(is_good) {
            return Err(UrlError::Host);
        }
        let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0);
        if !self.get("port").unwrap_or_default().split(',').all(is_port) {
            return Err(UrlError::Port);
        }
        Ok(())
    }

    /// The value of an option of the client.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether it holds a secret itself.
    pub(in crate::db) fn has_password(&self) -> bool {
        self.0.contains_key("password")
    }

    /// Fills in what the text left open, as MySQL's client does: option files, then variables.
    pub(in crate::db) fn complete(&mut self, lookup: Lookup<'_>) -> Result<(), String> {
        let home = lookup("HOME").map(PathBuf::from);
        let files = options::read(home.as_deref());
        let own_socket = self.0.contains_key("socket");
        self.take(&files)?;
        let has_place = self.0.contains_key("host") || own_socket;
        for (name, _, variables) in NAMES {
            // A socket or a port without its host would lead elsewhere than the URL.
            if self.0.contains_key(name) || (matches!(*name, "host" | "socket" | "port") && has_place) {
                continue;
            }
            if let Some(value) = variables.iter().find_map(|variable| lookup(variable)) {
                self.insert(name, &value);
            }
        }
        // The socket of this machine's files is no way to another one.
        if !own_socket && self.get("host").is_some_and(|host| host != "localhost") {
            self.0.remove("socket");
        }
        let root = || lookup("MYSQL_ROOT_PASSWORD").or_else(|| lookup("MARIADB_ROOT_PASSWORD"));
        if self.get("user") == Some("root")
            && !self.has_password()
            && let Some(password) = root()
        {
            self.insert("password", &password);
        }
        self.check().map_err(|error| error.to_string())
    }

    /// Takes what option files say. A password belongs to the place and the user beside which it stands, and
    /// goes nowhere else: not to the host that somebody's guard.toml names.
    fn take(&mut self, files: &Options) -> Result<(), String> {
        let has_place = self.0.contains_key("host") || self.0.contains_key("socket");
        let far = |host: Option<&str>| host.filter(|host| !LOCAL.contains(host)).map(str::to_owned);
        let other_place = has_place && far(self.get("host")) != far(files.get("host"));
        let other_user = match (self.get("user"), files.get("user")) {
            (Some(own), Some(theirs)) => own != theirs,
            _ => false,
        };
        for (name, ..) in NAMES {
            let withheld = match *name {
                "password" => other_place || other_user,
                "host" | "socket" | "port" => has_place,
                _ => false,
            };
            if let Some(value) = files.get(name).filter(|_| !withheld && !self.0.contains_key(name)) {
                self.insert(name, value);
            }
        }
        if !self.0.contains_key("ssl-mode") {
            for (key, value) in files.encryption() {
                let mode = ssl_mode(&plain_key(key), value);
                let said = mode.and_then(|mode| mode.map_or(Ok(()), |mode| self.at_least(mode)));
                said.map_err(|_| format!("{key} in MySQL's option files says nothing that guard knows"))?;
            }
        }
        Ok(())
    }

    /// Leads to another database of the server.
    pub(in crate::db) fn lead_to(&mut self, database: &str, login: Option<(&str, &str)>) {
        self.0.insert("database", database.to_owned());
        if let Some((user, password)) = login {
            self.0.extend([("user", user.to_owned()), ("password", password.to_owned())]);
        }
    }

    /// For other programs.
    pub(in crate::db) fn parts(&self) -> Vec<(&'static str, String)> {
        let names = ["host", "port", "socket", "user", "password", "database"];
        names.iter().filter_map(|name| Some((*name, self.get(name)?.to_owned()))).collect()
    }

    /// The name of the database.
    pub(in crate::db) fn database(&self) -> Option<&str> {
        self.get("database")
    }

    /// As it may be shown: user, hosts, ports, database. A part with characters that such names do not have is left out.
    pub(in crate::db) fn shown(&self) -> String {
        if self.0.contains_key(VAGUE) {
            return "//…".to_owned();
        }
        let plain = |text: &str| if text.bytes().all(is_plain) { text.to_owned() } else { "…".to_owned() };
        let user = self.get("user").map(|user| plain(user) + "@").unwrap_or_default();
        let ports: Vec<&str> = self.get("port").unwrap_or_default().split(',').collect();
        let host = |(number, host): (usize, &str)| {
            let port =
                *ports.get(number).or_else(|| ports.last().filter(|_| ports.len() == 1)).unwrap_or(&"");
            let host = if host.contains(':') { format!("[{host}]") } else { plain(host) };
            if port.is_empty() { host } else { format!("{host}:{port}") }
        };
        let hosts = if self.0.contains_key("socket") { "" } else { self.get("host").unwrap_or_default() };
        let hosts: Vec<String> = hosts.split(',').enumerate().map(host).collect();
        let hosts = if self.0.contains_key("socket") { String::new() } else { hosts.join(",") };
        let database = self.get("database").map(|name| format!("/{}", plain(name))).unwrap_or_default();
        format!("//{user}{hosts}{database}")
    }
}

/// Whether it has the address of a DSN of Go.
fn is_go(text: &str) -> bool {
    let begins = |kind: &str| text.starts_with(kind) || text.contains(&format!("@{kind}"));
    text.contains(")/") && ["tcp(", "tcp4(", "tcp6(", "unix("].into_iter().any(begins)
}

/// `ssl_mode`, `ssl-mode` and `sslMode` are one word.
fn plain_key(key: &str) -> String {
    let key: String = key.chars().filter(|letter| !"-_".contains(*letter)).collect();
    match key.trim().to_ascii_lowercase().as_str() {
        // The names of the options themselves have hyphens.
        "sslca" => "ssl-ca".to_owned(),
        "sslcert" => "ssl-cert".to_owned(),
        "sslkey" => "ssl-key".to_owned(),
        "connecttimeout" => "connect-timeout".to_owned(),
        key => key.to_owned(),
    }
}

/// What a parameter asks of the encryption, if it is about that.
fn ssl_mode(key: &str, value: &str) -> Result<Option<&'static str>, UrlError> {
    let value = value.trim().to_ascii_lowercase().replace('_', "-");
    let truth = match value.as_str() {
        "" | "true" | "1" | "on" | "yes" => Some(true),
        "false" | "0" | "off" | "no" => Some(false),
        _ => None,
    };
    let yes = truth == Some(true);
    let word = match key {
        // Go has `true` for a certificate that is checked; Prisma `strict`; Python and the option files of MariaDB theirs.
        "tls" | "sslverifyidentity" | "sslcheckhostname" | "sslverifyservercert" if yes => "verify-identity",
        "sslaccept" if value == "strict" => "verify-identity",
        "sslmode" | "tls" => value.strip_prefix("ssl-mode-").unwrap_or(&value),
        "verifyservercertificate" | "sslverifycert" if yes => "verify-ca",
        "usessl" | "requiressl" | "trustservercertificate" if yes => "required",
        "sslaccept" if value == "accept-invalid-certs" => "required",
        "usessl" | "skipssl" | "ssldisabled" if truth == Some(key != "usessl") => "disabled",
        // Node's driver: an object, or the name of one.
        "ssl" if value.starts_with('{') => {
            let blind = value.replace([' ', '"', '\''], "").contains("rejectunauthorized:false");
            if blind { "required" } else { "verify-identity" }
        }
        "ssl" if truth == Some(false) => "disabled",
        "ssl" => "required",
        _ => return Ok(None),
    };
    let known = SSL_MODES.iter().find(|(name, others)| *name == word || others.contains(&word));
    known.map(|(name, _)| Some(*name)).ok_or(UrlError::MySqlSslMode)
}

#[cfg(test)]
#[path = "parameters_tests.rs"]
mod tests;
