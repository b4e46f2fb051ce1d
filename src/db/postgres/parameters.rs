//! Where a PostgreSQL server is, as people write it: URLs of many libraries, `PG*` variables, service files.
//!
//! Everything becomes the parameters of libpq, by name. What the URL says counts first, then the service file, then the
//! variables, as in libpq. Nothing here prints a value that was not understood.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::db::Lookup;
use crate::db::url::{UrlError, decode, is_host, is_plain};

/// What is known of a server, under the names of libpq.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::db) struct Parameters(BTreeMap<&'static str, String>);

/// Beside the parameters of libpq: the text may mean something else than it seems, and is not shown.
const VAGUE: &str = "guard: vague";

/// Name in libpq (or guard's own), other spellings in URLs, variable.
const NAMES: &[(&str, &[&str], &str)] = &[
    ("host", &[], "PGHOST"),
    ("hostaddr", &[], "PGHOSTADDR"),
    ("port", &[], "PGPORT"),
    ("dbname", &["database"], "PGDATABASE"),
    ("user", &["username"], "PGUSER"),
    ("password", &[], "PGPASSWORD"),
    ("passfile", &[], "PGPASSFILE"),
    ("service", &[], "PGSERVICE"),
    ("sslmode", &["ssl_mode", "ssl-mode"], "PGSSLMODE"),
    ("sslrootcert", &["ssl_root_cert", "ssl-root-cert"], "PGSSLROOTCERT"),
    ("sslcert", &[], "PGSSLCERT"),
    ("sslkey", &[], "PGSSLKEY"),
    ("options", &[], "PGOPTIONS"),
    ("application_name", &["applicationname"], "PGAPPNAME"),
    ("connect_timeout", &["connecttimeout"], "PGCONNECT_TIMEOUT"),
    ("channel_binding", &[], "PGCHANNELBINDING"),
    // Prisma, JDBC, Go: a search path of their own.
    ("schema", &["currentschema", "search_path"], ""),
];

/// The words of `sslmode`; `allow` is as good as `prefer`, and node calls `require` so.
const SSL_MODES: [&str; 7] =
    ["disable", "allow", "prefer", "require", "no-verify", "verify-ca", "verify-full"];

impl Parameters {
    /// Reads what follows the scheme and its colon.
    pub(in crate::db) fn parse(rest: &str, jdbc: bool) -> Result<Self, UrlError> {
        let mut parameters = Self::default();
        let Some(rest) = rest.strip_prefix("//") else {
            // `jdbc:postgresql:app` is a database on this machine.
            if jdbc && !rest.is_empty() && rest.bytes().all(is_plain) {
                parameters.0.insert("dbname", rest.to_owned());
                return Ok(parameters);
            }
            return Err(UrlError::NoSlashes);
        };
        let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        // A password with a slash or a question mark in it: where it ends nobody can tell.
        if path.contains('@') || (!jdbc && !authority.contains('@') && query.contains('@')) {
            return Err(UrlError::NotEscaped);
        }
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        // `host&password=...@...`, and a password with a question mark: what looks like the host may be a part of it.
        if user.contains('=') || query.contains('@') {
            parameters.0.insert(VAGUE, String::new());
        }
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        parameters.insert("user", &decode(user));
        parameters.insert("password", &decode(password));
        parameters.hosts(hosts);
        parameters.insert("dbname", &decode(path.strip_prefix('/').unwrap_or(path)));
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            parameters.query(&decode(key).to_ascii_lowercase(), &decode(value));
        }
        parameters.check()?;
        Ok(parameters)
    }

    fn insert(&mut self, name: &'static str, value: &str) {
        if !value.is_empty() {
            self.0.insert(name, value.to_owned());
        }
    }

    /// `one:5432,[::1],%2Frun%2Fsockets`.
    fn hosts(&mut self, text: &str) {
        if text.is_empty() {
            return;
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

    fn query(&mut self, key: &str, value: &str) {
        if key == "ssl" {
            let mode = match value {
                "true" | "1" => "require",
                "false" | "0" => "disable",
                other => other,
            };
            return self.insert("sslmode", mode);
        }
        let known = NAMES.iter().find(|(name, others, _)| *name == key || others.contains(&key));
        if let Some((name, ..)) = known {
            self.insert(name, value);
        }
    }

    /// What would be refused later, said where the text is known.
    fn check(&self) -> Result<(), UrlError> {
        if self.0.values().any(|value| value.contains('\0')) {
            return Err(UrlError::Nul);
        }
        let hosts = self.get("host").unwrap_or_default();
        let is_good = |host: &str| {
            host.is_empty() || is_socket(host) || is_host(host) || host.parse::<std::net::Ipv6Addr>().is_ok()
        };
        if !hosts.split(',').all(is_good) {
            return Err(UrlError::Host);
        }
        let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0);
        if !self.get("port").unwrap_or_default().split(',').all(is_port) {
            return Err(UrlError::Port);
        }
        if self.get("sslmode").is_some_and(|mode| !SSL_MODES.contains(&mode)) {
            return Err(UrlError::SslMode);
        }
        Ok(())
    }

    /// The value of a parameter of libpq.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether it holds a secret itself.
    pub(in crate::db) fn has_password(&self) -> bool {
        self.0.contains_key("password")
    }

    /// Fills in what the text left open, as libpq does: service file, variables, files in the home directory.
    pub(in crate::db) fn complete(&mut self, lookup: Lookup<'_>) -> Result<(), String> {
        let home = lookup("HOME").map(PathBuf::from);
        if let Some(service) = self.get("service").map(str::to_owned).or_else(|| lookup("PGSERVICE")) {
            self.service(&service, home.as_deref(), lookup)?;
        }
        let has_host = self.0.contains_key("host");
        for (name, _, variable) in NAMES.iter().filter(|(_, _, variable)| !variable.is_empty()) {
            // An address without its host would lead elsewhere than the URL.
            if self.0.contains_key(name) || (*name == "hostaddr" && has_host) {
                continue;
            }
            if let Some(value) = lookup(variable) {
                self.0.insert(name, value);
            }
        }
        let Some(home) = home else { return self.check().map_err(|error| error.to_string()) };
        self.0.entry("passfile").or_insert_with(|| home.join(".pgpass").to_string_lossy().into_owned());
        let defaults =
            [("sslrootcert", "root.crt"), ("sslcert", "postgresql.crt"), ("sslkey", "postgresql.key")];
        for (name, file) in defaults {
            let path = home.join(".postgresql").join(file);
            if !self.0.contains_key(name) && path.is_file() {
                self.0.insert(name, path.to_string_lossy().into_owned());
            }
        }
        self.check().map_err(|error| error.to_string())
    }

    fn service(&mut self, service: &str, home: Option<&Path>, lookup: Lookup<'_>) -> Result<(), String> {
        let own = lookup("PGSERVICEFILE").map(PathBuf::from);
        let own = own.or_else(|| Some(home?.join(".pg_service.conf")));
        let system = lookup("PGSYSCONFDIR").map(|dir| Path::new(&dir).join("pg_service.conf"));
        for file in own.iter().chain(&system) {
            let Ok(text) = std::fs::read_to_string(file) else { continue };
            if let Some(pairs) = section(&text, service) {
                for (key, value) in pairs {
                    let known = NAMES.iter().find(|(name, ..)| *name == key);
                    if let Some((name, ..)) = known {
                        self.0.entry(name).or_insert_with(|| value.to_owned());
                    }
                }
                return Ok(());
            }
        }
        let name = if service.bytes().all(is_plain) { service } else { "…" };
        let files: Vec<String> = own.iter().chain(&system).map(|file| file.display().to_string()).collect();
        Err(format!("the service {name} is not described in {}", files.join(" or ")))
    }

    /// Leads to another database of the server, and to whatever the session finds there.
    pub(in crate::db) fn lead_to(&mut self, database: &str, login: Option<(&str, &str)>) {
        self.0.insert("dbname", database.to_owned());
        for without in ["schema", "options"] {
            self.0.remove(without);
        }
        if let Some((user, password)) = login {
            self.0.extend([("user", user.to_owned()), ("password", password.to_owned())]);
        }
    }

    /// For other programs.
    pub(in crate::db) fn parts(&self) -> Vec<(&'static str, String)> {
        let names = [
            ("host", "host"),
            ("port", "port"),
            ("user", "user"),
            ("password", "password"),
            ("database", "dbname"),
        ];
        let parts = names.iter().filter_map(|(name, key)| Some((*name, self.get(key)?.to_owned())));
        parts.collect()
    }

    /// The name of the database; without one the server takes the user's.
    pub(in crate::db) fn database(&self) -> Option<&str> {
        self.get("dbname").or_else(|| self.get("user"))
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
            let host = match host {
                socket if is_socket(socket) => String::new(),
                address if address.contains(':') => format!("[{address}]"),
                name => plain(name),
            };
            if port.is_empty() { host } else { format!("{host}:{port}") }
        };
        let hosts: Vec<String> =
            self.get("host").unwrap_or_default().split(',').enumerate().map(host).collect();
        let database = self.get("dbname").map(|name| format!("/{}", plain(name))).unwrap_or_default();
        format!("//{user}{}{database}", hosts.join(","))
    }
}

/// A host that is the directory of a socket; `@` begins an abstract one.
pub(super) fn is_socket(host: &str) -> bool {
    host.starts_with(['/', '@'])
}

/// The lines of a section of a service file.
fn section<'a>(text: &'a str, name: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut found = None;
    for line in text.split('\n').map(str::trim) {
        if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            if found.is_some() {
                break;
            }
            found = (title == name).then(Vec::new);
        } else if let (Some(pairs), Some((key, value)), false) =
            (&mut found, line.split_once('='), line.starts_with('#'))
        {
            pairs.push((key.trim(), value.trim()));
        }
    }
    found
}
