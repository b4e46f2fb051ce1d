//! Where a database's URL comes from. The URL itself is read at the moment of asking: a variable that is
//! not set is an outage of that database, not a mistake in guard.toml.

use std::fmt;
use std::path::PathBuf;

use crate::db::DatabaseUrl;

use super::env;

/// Where a URL is kept.
#[derive(Clone, Debug)]
pub enum UrlConfig {
    /// In guard.toml itself.
    Literal(DatabaseUrl),
    /// In an environment variable.
    Env {
        /// Its name.
        name: String,
        /// What relative paths in it are relative to.
        root: PathBuf,
    },
    /// In a file of `KEY=value` lines.
    EnvFile {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What relative paths in it are relative to.
        root: PathBuf,
    },
}

impl UrlConfig {
    /// The variable, or the key in a file, that holds it.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Env { name, .. } => Some(name),
            Self::EnvFile { key, .. } => Some(key),
        }
    }

    /// The URL; or why there is none, in a sentence without a secret.
    pub fn resolve(&self) -> Result<DatabaseUrl, String> {
        match self {
            Self::Literal(url) => url.clone().complete(&env::get),
            Self::Env { name, root } => {
                let text =
                    env::get(name).ok_or_else(|| format!("the environment variable {name} is not set"))?;
                let url = DatabaseUrl::parse(&text, root)
                    .map_err(|error| format!("the environment variable {name}: {error}"))?;
                url.complete(&env::get)
            }
            Self::EnvFile { path, key, root } => {
                let text = value_in(path, key)?;
                let url = DatabaseUrl::parse(&text, root)
                    .map_err(|error| format!("{key} in {}: {error}", path.display()))?;
                url.complete(&env::get)
            }
        }
    }
}

impl fmt::Display for UrlConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(url) => write!(out, "{url}"),
            Self::Env { name, .. } => write!(out, "${name}"),
            Self::EnvFile { path, key, .. } => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                write!(out, "{key} in {name}")
            }
        }
    }
}

fn value_in(path: &PathBuf, key: &str) -> Result<String, String> {
    let lines = dotenvy::from_path_iter(path).map_err(|_| format!("{} cannot be read", path.display()))?;
    // An error of a line may quote the line, and the line may hold a password.
    lines
        .filter_map(Result::ok)
        .filter(|(name, value)| name == key && !value.is_empty())
        .last()
        .map(|(_, value)| value)
        .ok_or_else(|| format!("{} does not set {key}", path.display()))
}
