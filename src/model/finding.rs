//! What a rule has to say, and what follows for the commit.

use super::{Migration, RepoPath, RuleId, TableName, Version};

/// One thing that is wrong: what, where, why, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleId,
    /// What follows from it.
    pub level: Level,
    /// Where it is.
    pub at: Location,
    /// The fact, in one sentence, with names.
    pub what: String,
    /// The consequence, in one sentence; the same each time.
    pub why: &'static str,
    /// What to do: commands and edits to paste, one a line.
    pub fix: Vec<String>,
    /// What shows that it is so.
    pub evidence: Vec<Evidence>,
    /// How sure it is.
    pub confidence: Confidence,
    /// The same for the same thing in each run and clone: from rule, set and identity, never from a count or a time.
    pub fingerprint: String,
    /// The database that shows it, for findings that need one.
    pub database: Option<String>,
    /// The paths of the objects of a live schema that differ, for findings about one.
    pub objects: Vec<String>,
    /// Its schemas that show it alike, where each is compared by itself; empty where it was found in one place.
    pub schemas: Vec<String>,
    /// The reason of the waiver that covers it.
    pub waived: Option<String>,
    /// It stood in the base already: it is said, but it does not block a commit that did not make it.
    pub standing: bool,
}

/// What follows from a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not looked for.
    Allow,
    /// Said.
    Warn,
    /// Said, and the commit is blocked.
    Deny,
}

impl Level {
    /// All of them, with the words of `guard.toml`.
    pub const ALL: [(&'static str, Self); 3] =
        [("allow", Self::Allow), ("warn", Self::Warn), ("deny", Self::Deny)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, level)| *level == self).map_or("", |(word, _)| word)
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It follows from what was read.
    Proven,
    /// Nothing else was found that would explain it.
    Strong,
    /// It may be otherwise; the finding says how.
    Possible,
    /// Two accounts have the same outcome; the finding names both.
    Ambiguous,
}

impl Confidence {
    /// The word for it in the machine formats.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Strong => "strong",
            Self::Possible => "possible",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// Something that shows that a finding is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it is: `ledger`, `base`, `staged`.
    pub label: String,
    /// What it says.
    pub text: String,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// The repository as a whole.
    Repository,
    /// A file of the candidate, or one that it deletes.
    File {
        /// The path.
        path: RepoPath,
        /// The line, from 1.
        line: Option<u32>,
    },
    /// A row of a ledger, or a whole ledger.
    Ledger {
        /// The database in `guard.toml`.
        database: String,
        /// The table.
        table: TableName,
        /// The row.
        version: Option<Version>,
    },
    /// An object of a database's schema.
    Object {
        /// The database in `guard.toml`.
        database: String,
        /// The object: `column users.email`.
        object: String,
    },
    /// A line of `guard.toml`.
    Config {
        /// The line, from 1.
        line: u32,
    },
}

impl Location {
    /// A migration: its file, with the line where it is a part of it.
    pub fn of(migration: &Migration) -> Self {
        Self::File { path: migration.path.clone(), line: migration.line() }
    }

    /// A file without a line.
    pub fn file(path: &RepoPath) -> Self {
        Self::File { path: path.clone(), line: None }
    }
}

/// What follows for the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing stands against it: exit 0.
    Pass,
    /// Findings block it: exit 1.
    Blocked,
    /// guard could not do its job, something required was not to be had: exit 2.
    Incomplete,
}

impl Verdict {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Blocked => 1,
            Self::Incomplete => 2,
        }
    }

    /// The word for it in the machine formats.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Blocked => "blocked",
            Self::Incomplete => "incomplete",
        }
    }
}
