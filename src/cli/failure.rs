//! guard could not do its job: one clear message, what, where, why and how to fix it, and exit 2.

use std::io::{self, Write};

use colored::{Color, Colorize};

use crate::config::{ConfigError, FILE_NAME, Mistake, env};
use crate::gather::GatherError;
use crate::git::GitError;
use crate::report::Look;

/// Why guard could not do its job.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    mistakes: Vec<Mistake>,
    fix: Vec<String>,
}

impl Failure {
    /// What went wrong, in one sentence.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), mistakes: Vec::new(), fix: Vec::new() }
    }

    /// What went wrong.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// What to do about it: one step more.
    #[must_use]
    pub(crate) fn fix(mut self, step: impl Into<String>) -> Self {
        self.fix.push(step.into());
        self
    }

    /// The exit code: never that of a finding.
    #[expect(clippy::unused_self, reason = "a failure may get a code of its own one day")]
    pub(crate) fn exit_code(&self) -> u8 {
        2
    }

    /// Writes it. There is nobody to tell when that fails.
    pub(crate) fn write(&self, look: &Look, err: &mut dyn Write) {
        let _ = self.try_write(look, err);
    }

    fn try_write(&self, look: &Look, err: &mut dyn Write) -> io::Result<()> {
        colored::control::set_override(look.color);
        writeln!(err, "{}: {}", "error".color(Color::Red).bold(), self.what)?;
        for mistake in &self.mistakes {
            let Mistake { line, column, what, fix } = mistake;
            writeln!(err, "  {} {FILE_NAME}:{line}:{column}: {what}", "-->".color(Color::BrightBlue).bold())?;
            if let Some(fix) = fix {
                writeln!(err, "      {}: {fix}", "fix".color(Color::Green).bold())?;
            }
        }
        for step in &self.fix {
            writeln!(err, "  {}: {step}", "fix".color(Color::Green).bold())?;
        }
        Ok(())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(format!("the output cannot be written: {error}"))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let what = error.to_string();
        match error {
            ConfigError::Unreadable { .. } => Self::new(what).fix("make it readable, or take it away"),
            ConfigError::Wrong { mistakes, .. } => Self { what, mistakes, fix: Vec::new() },
        }
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            GitError::NotARepository(_) => match env::get("GIT_DIR") {
                Some(named) => failure
                    .fix(format!("GIT_DIR names {named}: take it out of the environment, or correct it")),
                None => failure.fix("run guard inside a git repository, or name one with -C DIR"),
            },
            GitError::NotTrusted { path } => {
                failure.fix(format!("git config --global --add safe.directory {}", path.display()))
            }
            GitError::Bare(_) => {
                failure.fix("guard check --rev BRANCH judges a commit, which needs no index")
            }
            GitError::NoIndex(_) => {
                failure.fix("take GIT_INDEX_FILE out of the environment, or make it name an index")
            }
            GitError::NotHere(_) => failure.fix("git fetch --refetch --filter=blob:limit=1m brings it here"),
            GitError::NoCommand { .. } => failure.fix("install git, or put its directory into PATH"),
            GitError::Failed(_) => failure,
        }
    }
}

impl From<GatherError> for Failure {
    fn from(error: GatherError) -> Self {
        let what = error.to_string();
        match error {
            GatherError::Git(error) => error.into(),
            GatherError::NoDirectory { line, .. } => {
                Self::new(what).fix(format!("add dir = \"...\" to the set at {FILE_NAME}:{line}"))
            }
            GatherError::NoSuchSet { line, .. } => {
                Self::new(what).fix(format!("correct sets = [...] of the database at {FILE_NAME}:{line}"))
            }
        }
    }
}
