//! Where a database is, in the spellings of the tools: sqlx, dbmate, Prisma, SQLAlchemy, JDBC, a bare path.
//!
//! A URL is full of secrets. Nothing in this file repeats what it was given, except the parts that it understood and
//! that are no secret: an error names no more than a scheme that guard knows, and what prints is [`redact`]ed.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{DRIVERS, Lookup, mysql, postgres};
use crate::model::{Dialect, RepoPath};

/// Where a database is: parsed, without a secret in what it prints.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    scheme: &'static str,
    shown: String,
    place: Place,
}

/// What there is to know of a place, by the kind of database.
#[derive(Clone, PartialEq, Eq)]
enum Place {
    /// A file, and what may be wrong with the URL if there is none.
    File { path: PathBuf, hint: Option<&'static str> },
    /// A PostgreSQL server.
    Postgres(postgres::Parameters),
    /// A MySQL or MariaDB server.
    MySql(mysql::Parameters),
}

/// Why a text is not the URL of a database that guard can read. No text of these repeats what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Nothing but white space.
    #[error("the database URL is empty")]
    Empty,
    /// Neither a scheme nor the name of a database file.
    #[error("the text does not say what kind of database it means; {}", readable())]
    NoScheme,
    /// A scheme of another database; the word is from guard's own list.
    #[error("guard {version} cannot read {0} databases; {readable}", version = env!("CARGO_PKG_VERSION"), readable = readable())]
    Unsupported(&'static str),
    /// A scheme of which guard has never heard.
    #[error("the URL begins with a scheme that guard does not know; {}", readable())]
    UnknownScheme,
    /// `:memory:` and the like.
    #[error("the URL means a database in memory, which only the program that made it can read; name a file")]
    InMemory,
    /// A scheme, and no path after it.
    #[error("the URL names no file; write sqlite: and the path of the file")]
    NoFile,
    /// User, host or port, which a file has not.
    #[error(
        "the URL names a user, a host or a port, and an SQLite database is a file; write sqlite: and its path"
    )]
    NotAFile,
    /// A NUL somewhere.
    #[error("the URL contains a NUL character")]
    Nul,
    /// A server's scheme, and no `//`.
    #[error("the URL lacks the two slashes after the scheme; write postgres://user@host/database")]
    NoSlashes,
    /// An `@` where none belongs.
    #[error(
        "the URL has an @ where none belongs; in a user name or a password write @ as %40, / as %2F, ? as %3F"
    )]
    NotEscaped,
    /// A host with characters that no host has.
    #[error(
        "the host in the URL is no name and no address; in a password write @ as %40, : as %3A, / as %2F, ? as %3F"
    )]
    Host,
    /// A port that is no number up to 65535.
    #[error(
        "the port in the URL is no number from 1 to 65535; in a password write : as %3A, / as %2F, ? as %3F"
    )]
    Port,
    /// A word that libpq does not know either.
    #[error("sslmode in the URL is none of disable, allow, prefer, require, verify-ca, verify-full")]
    SslMode,
    /// A MySQL server's scheme, and nothing of what may follow it.
    #[error("the URL lacks the two slashes after the scheme; write mysql://user@host/database")]
    MySqlSlashes,
    /// A word about encryption that no client of MySQL knows; or two that contradict each other.
    #[error(
        "what the URL says of encryption is none of disabled, preferred, required, verify_ca, verify_identity (ssl-mode), \
         nor what Go, JDBC, Prisma or Node call so"
    )]
    MySqlSslMode,
}

/// As it may stand anywhere in a URL.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What this version reads, for the end of an error. Rare schemes are not listed.
fn readable() -> String {
    let kind = |driver: &super::Driver| {
        let schemes: Vec<String> = driver.schemes.iter().take(3).map(|scheme| format!("{scheme}:")).collect();
        format!("{} ({})", driver.name, schemes.join(", "))
    };
    format!("it reads {}", DRIVERS.iter().map(kind).collect::<Vec<_>>().join(", "))
}

/// Schemes of databases that guard knows by name only. A word from this list may be shown; the user's may not.
const OTHERS: &[(&str, &str)] = &[
    ("prisma", "Prisma Accelerate"),
    ("redshift", "Redshift"),
    ("sqlserver", "SQL Server"),
    ("mssql", "SQL Server"),
    ("oracle", "Oracle"),
    ("clickhouse", "ClickHouse"),
    ("snowflake", "Snowflake"),
    ("bigquery", "BigQuery"),
    ("spanner", "Spanner"),
    ("duckdb", "DuckDB"),
    ("libsql", "libSQL"),
    ("mongodb", "MongoDB"),
    ("redis", "Redis"),
];

/// What a file that holds an SQLite database is usually called.
const SUFFIXES: [&str; 4] = ["db", "sqlite", "sqlite3", "db3"];

impl DatabaseUrl {
    /// Reads a URL; a relative path in it is taken from `relative_to`. Touches no file.
    ///
    /// Query parameters are dropped: what they say (`mode=rwc`, `connection_limit=1`) is for programs that write.
    pub fn parse(text: &str, relative_to: &Path) -> Result<Self, UrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UrlError::Empty);
        }
        let is_url = split_scheme(text).is_some_and(|(_, _, rest)| rest.starts_with("//"));
        if let Some(parameters) = mysql::Parameters::parse_go(text).filter(|_| !is_url) {
            return Ok(Self::mysql_server("mysql", parameters?));
        }
        let shown = discreet(text.split('?').next().unwrap_or_default());
        let Some((scheme, library, rest)) = split_scheme(text) else {
            return Self::bare(text, shown, relative_to);
        };
        let Some(scheme) = known_scheme(&scheme) else {
            let other = OTHERS.iter().find(|(word, _)| *word == scheme);
            return Err(other.map_or(UrlError::UnknownScheme, |(_, name)| UrlError::Unsupported(name)));
        };
        let jdbc = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("jdbc:"));
        if super::postgres::DRIVER.schemes.contains(&scheme) {
            return Ok(Self::server(scheme, postgres::Parameters::parse(rest, jdbc)?));
        }
        if super::mysql::DRIVER.schemes.contains(&scheme) {
            let parameters = mysql::Parameters::parse(rest, library.unwrap_or_default(), jdbc)?;
            return Ok(Self::mysql_server(scheme, parameters));
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        // What SQLite itself calls a URI, behind the scheme of a library: `jdbc:sqlite:file:dev.db`.
        let path = path.strip_prefix("file:").unwrap_or(path);
        if query.split('&').any(|pair| pair == "mode=memory") {
            return Err(UrlError::InMemory);
        }
        let (path, hint) = strip_slashes(path, library.is_some());
        let path = decode(path);
        refuse_what_is_no_file(&path)?;
        // A password may contain a question mark; then the host stands in what looks like the query.
        if path.contains(':') && query.contains('@') {
            return Err(UrlError::NotAFile);
        }
        Ok(Self { scheme, shown, place: Place::File { path: relative_to.join(path), hint } })
    }

    fn mysql_server(scheme: &'static str, parameters: mysql::Parameters) -> Self {
        Self { scheme, shown: format!("{scheme}:{}", parameters.shown()), place: Place::MySql(parameters) }
    }

    fn server(scheme: &'static str, parameters: postgres::Parameters) -> Self {
        Self { scheme, shown: format!("{scheme}:{}", parameters.shown()), place: Place::Postgres(parameters) }
    }

    /// With what the text leaves open and the surroundings say: for PostgreSQL the `PG*` variables, the service file,
    /// `~/.pgpass`; for MySQL the option files and the `MYSQL_*` variables. Reads files. An error says why it cannot be, without a secret.
    pub fn complete(self, lookup: Lookup<'_>) -> Result<Self, String> {
        match self.place {
            Place::File { .. } => Ok(self),
            Place::Postgres(mut parameters) => {
                parameters.complete(lookup)?;
                Ok(Self::server(self.scheme, parameters))
            }
            Place::MySql(mut parameters) => {
                parameters.complete(lookup)?;
                Ok(Self::mysql_server(self.scheme, parameters))
            }
        }
    }

    /// Whether the text itself holds a password, which does not belong into a repository.
    pub fn has_password(&self) -> bool {
        match &self.place {
            Place::File { .. } => false,
            Place::Postgres(parameters) => parameters.has_password(),
            Place::MySql(parameters) => parameters.has_password(),
        }
    }

    /// Another database of the same server, perhaps for another user with a password.
    pub fn elsewhere(&self, database: &str, login: Option<(&str, &str)>) -> Self {
        match self.place.clone() {
            Place::File { .. } => self.clone(),
            Place::Postgres(mut parameters) => {
                parameters.lead_to(database, login);
                Self::server(self.scheme, parameters)
            }
            Place::MySql(mut parameters) => {
                parameters.lead_to(database, login);
                Self::mysql_server(self.scheme, parameters)
            }
        }
    }

    /// What other programs need to get there: names and values, with the password; and all of it as a `url`. Nothing for a file.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let mut parts = match &self.place {
            Place::File { .. } => return Vec::new(),
            Place::Postgres(parameters) => parameters.parts(),
            Place::MySql(parameters) => parameters.parts(),
        };
        let get = |name: &str| parts.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        let [user, password, host, port, database] =
            ["user", "password", "host", "port", "database"].map(|name| escaped(get(name)));
        let mut url = format!("{}://{user}", self.scheme);
        if !password.is_empty() {
            url.push_str(&format!(":{password}"));
        }
        let socket = if get("host").starts_with('/') { format!("?host={host}") } else { String::new() };
        url.push_str(&format!("@{}", if socket.is_empty() { &host } else { "" }));
        if !port.is_empty() {
            url.push_str(&format!(":{port}"));
        }
        url.push_str(&format!("/{database}{socket}"));
        if !get("socket").is_empty() {
            url.push_str(&format!("?unix_socket={}", escaped(get("socket"))));
        }
        parts.push(("url", url));
        parts
    }

    /// The name of the database, where the URL says it.
    pub fn database(&self) -> Option<&str> {
        match &self.place {
            Place::File { .. } => None,
            Place::Postgres(parameters) => parameters.database(),
            Place::MySql(parameters) => parameters.database(),
        }
    }

    /// The SQL that the database reads.
    pub fn dialect(&self) -> Dialect {
        match &self.place {
            Place::File { .. } => Dialect::Sqlite,
            Place::Postgres(_) => Dialect::Postgres,
            Place::MySql(_) => Dialect::MySql,
        }
    }

    /// A path without a scheme. Nothing in it is decoded.
    fn bare(text: &str, shown: String, relative_to: &Path) -> Result<Self, UrlError> {
        if text == ":memory:" {
            return Err(UrlError::InMemory);
        }
        let suffix = Path::new(text).extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        let usual = SUFFIXES.iter().any(|usual| suffix.eq_ignore_ascii_case(usual));
        if !usual || refuse_what_is_no_file(text).is_err() {
            return Err(UrlError::NoScheme);
        }
        let place = Place::File { path: relative_to.join(text), hint: None };
        Ok(Self { scheme: "sqlite", shown, place })
    }

    /// Which of the schemes of [`DRIVERS`] it has.
    pub(super) fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The file, or an empty path for what is none.
    pub(super) fn path(&self) -> &Path {
        match &self.place {
            Place::File { path, .. } => path,
            Place::Postgres(_) | Place::MySql(_) => Path::new(""),
        }
    }

    /// What may be wrong with the URL if there is no such file.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match &self.place {
            Place::File { hint, .. } => *hint,
            Place::Postgres(_) | Place::MySql(_) => None,
        }
    }

    /// The parameters of a PostgreSQL server.
    pub(super) fn postgres(&self) -> Option<&postgres::Parameters> {
        if let Place::Postgres(parameters) = &self.place { Some(parameters) } else { None }
    }

    /// The parameters of a MySQL server.
    pub(super) fn mysql(&self) -> Option<&mysql::Parameters> {
        if let Place::MySql(parameters) = &self.place { Some(parameters) } else { None }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "DatabaseUrl({:?})", self.shown)
    }
}

/// Scheme in lower case, the name of a library where one stood behind it (`sqlite+aiosqlite:`), and the rest.
/// One letter is a drive of Windows.
fn split_scheme(text: &str) -> Option<(String, Option<&str>, &str)> {
    let text = match text.get(..5) {
        Some(start) if start.eq_ignore_ascii_case("jdbc:") => &text[5..],
        _ => text,
    };
    let (scheme, rest) = text.split_once(':')?;
    let letters = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-_".contains(&byte));
    if scheme.len() < 2 || !letters || !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let (scheme, library) =
        scheme.split_once('+').map_or((scheme, None), |(scheme, library)| (scheme, Some(library)));
    Some((scheme.to_ascii_lowercase(), library, rest))
}

fn known_scheme(scheme: &str) -> Option<&'static str> {
    DRIVERS.iter().flat_map(|driver| driver.schemes).copied().find(|known| *known == scheme)
}

/// Two slashes stand before a host, of which there is none. What the third one means depends on who wrote it:
/// SQLAlchemy (`library`) has it as a separator, all others as the beginning of an absolute path.
fn strip_slashes(path: &str, library: bool) -> (&str, Option<&'static str>) {
    const HINT: &str = "three slashes begin an absolute path; for a relative one write sqlite: and the path";
    let Some(path) = path.strip_prefix("//") else {
        return (path, None);
    };
    let path = match path.strip_prefix("localhost") {
        Some(local) if local.starts_with('/') => local,
        _ => path,
    };
    match path.strip_prefix('/') {
        Some(relative) if library || has_drive(relative) => (relative, None),
        Some(_) => (path, Some(HINT)),
        None => (path, None),
    }
}

/// Whether it begins with `C:\` or `C:/`.
fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

fn refuse_what_is_no_file(path: &str) -> Result<(), UrlError> {
    if path.contains('\0') {
        return Err(UrlError::Nul);
    }
    if path.trim_start_matches('/').starts_with(":memory:") {
        return Err(UrlError::InMemory);
    }
    if path.trim_matches('/').is_empty() {
        return Err(UrlError::NoFile);
    }
    // `app:password@host/dev.db`, `host:5432/db`: a colon in the first part, or one somewhere before an `@`.
    let user = path.rsplit_once('@').map_or("", |(user, _)| user);
    let path = if has_drive(path) { &path[2..] } else { path };
    let first = path.split(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
    if first.contains(':') || user.contains(':') {
        return Err(UrlError::NotAFile);
    }
    Ok(())
}

/// Undoes `%20` and the like. What is no such thing, or would not be UTF-8, stays as it is.
pub(super) fn decode(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        decoded.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// A path for people: control characters escaped, and nothing after an equals sign, since somebody may have glued
/// `&password=...` to it.
pub(super) fn discreet(path: &str) -> String {
    let (start, more) = path.split_once('=').map_or((path, ""), |(start, _)| (start, "=…"));
    format!("{}{more}", RepoPath::from(start))
}

/// A database URL as it may be shown: scheme, user, host, port and name of the database, `postgres://app@host/db`. Passwords and
/// query parameters are left out, and so is every part that may be something else than it seems.
pub fn redact(text: &str) -> String {
    let text = text.trim();
    if let Ok(url) = DatabaseUrl::parse(text, Path::new("")) {
        return url.to_string();
    }
    let Some((scheme, _, rest)) = split_scheme(text) else {
        return "…".to_owned();
    };
    let known = known_scheme(&scheme)
        .or_else(|| OTHERS.iter().find(|(word, _)| *word == scheme).map(|found| found.0));
    match known {
        Some(known) => format!("{known}:{}", redact_rest(rest).unwrap_or_else(|| "…".to_owned())),
        None => "…".to_owned(),
    }
}

/// What stands after the scheme, or nothing if it cannot be told which part of it is the password.
fn redact_rest(rest: &str) -> Option<String> {
    let slashes = if rest.starts_with("//") { "//" } else { "" };
    let rest = &rest[slashes.len()..];
    let end = rest.find(['?', '#', ';', '&', '=']).unwrap_or(rest.len());
    if rest[end..].contains('@') {
        return None; // The password may contain the character at which it was cut.
    }
    let (user, place) = rest[..end].rsplit_once('@').unwrap_or(("", &rest[..end]));
    let user = user.split(':').next().filter(|user| !user.is_empty() && user.bytes().all(is_plain));
    let (hosts, name) = place.split_once('/').unwrap_or((place, ""));
    let plain = hosts.split(',').all(is_host) && name.bytes().all(is_plain);
    plain.then(|| {
        let at = if user.is_some() { "@" } else { "" };
        let slash = if place.contains('/') { "/" } else { "" };
        format!("{slashes}{}{at}{hosts}{slash}{name}", user.unwrap_or_default())
    })
}

pub(super) fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

/// A name or an address, with a port or without.
pub(super) fn is_host(host: &str) -> bool {
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (host, ""),
    };
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    port.len() <= 5
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && inner.map_or_else(
            || host.bytes().all(is_plain),
            |address| address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':'),
        )
}

#[cfg(test)]
mod tests;
