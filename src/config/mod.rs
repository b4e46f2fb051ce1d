//! guard.toml: what to look at, what is required, how long to wait, what may differ.
//!
//! Two types, one direction: [`file::File`] is what is written, with spans; [`Config`] is what it means and
//! cannot be wrong. All mistakes are reported at once.

pub mod env;
pub mod file;
mod read;
mod schema;
mod services;
mod url;
mod validate;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Level, Moment, Need, RepoPath, RuleId, TableName};
use crate::services::Probe;
use crate::tools::{Tool, ToolSpec};

pub use schema::{Ignored, ObjectPattern, PLACES, ReplayConfig, SchemaConfig};
pub use url::UrlConfig;

/// The name of the file, at the root of the repository.
pub const FILE_NAME: &str = "guard.toml";

/// What guard.toml means.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file; `None` when there is none and everything is discovered.
    pub file: Option<PathBuf>,
    /// The migration sets; empty when guard is to discover them.
    pub sets: Vec<SetConfig>,
    /// The user's own tools.
    pub tools: BTreeMap<String, ToolSpec>,
    /// The databases, sorted by name.
    pub databases: Vec<DatabaseConfig>,
    /// What of the live schemas is not looked at.
    pub schema: SchemaConfig,
    /// What the checks need, sorted by name.
    pub services: Vec<ServiceConfig>,
    /// The team's own commands, in the order of the file.
    pub checks: Vec<CheckConfig>,
    /// The protected branch.
    pub base: Option<String>,
    /// How long a commit may wait, all in all.
    pub budget: Option<Duration>,
    /// How many checks run at the same time; `None` for as many as there are processors.
    pub jobs: Option<usize>,
    /// When debts are warned of.
    pub debt: DebtConfig,
    /// Levels that differ from the rule's own.
    pub levels: BTreeMap<(RuleId, Moment), Level>,
    /// Lines of the levels, for `guard config`.
    pub level_lines: BTreeMap<RuleId, u32>,
    /// What is allowed.
    pub waivers: Vec<WaiverConfig>,
}

/// A migration set as declared.
#[derive(Clone, Debug)]
pub struct SetConfig {
    /// Its name.
    pub name: String,
    /// Its tool.
    pub tool: Arc<Tool>,
    /// Its directory; `None` for where the tool looks.
    pub dir: Option<RepoPath>,
    /// The ledger's table; `None` for the tool's.
    pub table: Option<TableName>,
    /// How it is replayed.
    pub replay: ReplayConfig,
    /// The line that declares it.
    pub line: u32,
}

/// A database as declared.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// Its name.
    pub name: String,
    /// Where its URL comes from.
    pub url: UrlConfig,
    /// Names of the sets; `None` for all.
    pub sets: Option<Vec<String>>,
    /// The schemas that each have a ledger of their own; none for the one that the connection has.
    pub schemas: Vec<glob::Pattern>,
    /// Whether it may be missing.
    pub need: Need,
    /// How long guard waits for it.
    pub timeout: Duration,
    /// When it is asked.
    pub at: Vec<Moment>,
    /// Whether its schema is held against the migrations too.
    pub drift: bool,
    /// The server on which migrations may be replayed.
    pub scratch: Option<UrlConfig>,
    /// The line that declares it.
    pub line: u32,
}

/// A service as declared.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
    /// Its name.
    pub name: String,
    /// How it is asked.
    pub probe: Probe,
    /// Whether it may be missing.
    pub need: Need,
    /// How long guard waits for it.
    pub timeout: Duration,
    /// How long it is left alone after it gave no answer.
    pub cooldown: Option<Duration>,
    /// The line that declares it.
    pub line: u32,
}

/// A command of the team's own as declared.
#[derive(Clone, Debug)]
pub struct CheckConfig {
    /// Its name.
    pub name: String,
    /// The program and its arguments.
    pub run: Vec<String>,
    /// Names of services.
    pub needs: Vec<String>,
    /// Whether its failure blocks.
    pub need: Need,
    /// How long it may run.
    pub timeout: Duration,
    /// The globs of its files; `None` for all.
    pub files: Option<Vec<glob::Pattern>>,
    /// When it runs.
    pub at: Vec<Moment>,
    /// The line that declares it.
    pub line: u32,
}

impl CheckConfig {
    /// Whether a change of these files concerns it.
    pub fn concerns(&self, changed: &[RepoPath]) -> bool {
        let Some(files) = &self.files else { return true };
        let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
        changed.iter().any(|path| {
            let path = path.to_str_lossy();
            files.iter().any(|pattern| pattern.matches_with(&path, options))
        })
    }
}

/// When debts are warned of; `None` for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DebtConfig {
    /// From so many commits on.
    pub commits: Option<usize>,
    /// From such an age on.
    pub age: Option<Duration>,
}

/// A waiver as declared.
#[derive(Clone, Debug)]
pub struct WaiverConfig {
    /// The rule.
    pub rule: RuleId,
    /// For which files.
    pub path: Option<glob::Pattern>,
    /// For which versions.
    pub version: Option<glob::Pattern>,
    /// For which objects of a live schema.
    pub object: Option<ObjectPattern>,
    /// For which database.
    pub database: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day; `None` for never.
    pub until: Option<jiff::civil::Date>,
    /// The line that declares it.
    pub line: u32,
}

/// Something wrong in guard.toml.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub fix: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{FILE_NAME}:{}:{}: {}", self.line, self.column, self.what)
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is wrong.
    #[error("{path} has {} {}", mistakes.len(), if mistakes.len() == 1 { "mistake" } else { "mistakes" })]
    Wrong {
        /// The file.
        path: PathBuf,
        /// All that is wrong, in the order of lines.
        mistakes: Vec<Mistake>,
    },
}

impl Config {
    /// Reads `guard.toml` in `root`, if it is there.
    pub fn load(root: &Path) -> Result<Self, ConfigError> {
        let path = root.join(FILE_NAME);
        match std::fs::read(&path) {
            Ok(bytes) => Self::read(bytes, path, root),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(ConfigError::Unreadable { path, error }),
        }
    }

    /// Reads the bytes of a file that people know as `path`; file names in it are relative to `root`.
    pub fn read(bytes: Vec<u8>, path: PathBuf, root: &Path) -> Result<Self, ConfigError> {
        let parsed = match String::from_utf8(bytes) {
            Ok(text) => Self::parse(&text, root),
            Err(_) => {
                Err(vec![Mistake { line: 1, column: 1, what: "the file is not UTF-8".to_owned(), fix: None }])
            }
        };
        match parsed {
            Ok(config) => Ok(Self { file: Some(path), ..config }),
            Err(mistakes) => Err(ConfigError::Wrong { path, mistakes }),
        }
    }

    /// Reads a text; file names in it are relative to `root`.
    pub fn parse(text: &str, root: &Path) -> Result<Self, Vec<Mistake>> {
        let source = Source { text };
        let mut mistakes = Vec::new();
        let read = read::read(&source, &mut mistakes);
        let config = validate::validate(&source, &read, root, &mut mistakes);
        mistakes.sort();
        mistakes.dedup();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    /// The level of a rule at a moment.
    pub fn level(&self, rule: &crate::rules::Rule, moment: Moment) -> Level {
        self.levels.get(&(rule.id, moment)).copied().unwrap_or_else(|| rule.default_level(moment))
    }
}

/// The text of the file, to turn bytes into lines.
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
}

impl Source<'_> {
    pub(crate) fn line(&self, at: usize) -> u32 {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
    }

    fn column(&self, at: usize) -> u32 {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        u32::try_from(before[start..].chars().count() + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn mistake(&self, at: usize, what: impl Into<String>) -> Mistake {
        Mistake { line: self.line(at), column: self.column(at), what: what.into(), fix: None }
    }
}

/// The nearest word that could have been meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests;
