//! The team's own commands and what they need, as they turned out.

use std::time::Duration;

use super::{CommitFact, Fact, Need, Outage, SourceKind};

/// A service that a check of this run needs.
#[derive(Clone, Debug)]
pub struct ServiceFact {
    /// The name in `guard.toml`.
    pub name: String,
    /// How it is asked, without secrets.
    pub probe: String,
    /// The line of `guard.toml` that declares it.
    pub declared: u32,
    /// Whether it is up.
    pub answer: Fact<()>,
}

/// A command of the team's own.
#[derive(Clone, Debug)]
pub struct CheckFact {
    /// The name in `guard.toml`.
    pub name: String,
    /// The command, for people.
    pub command: String,
    /// Whether its failure blocks.
    pub need: Need,
    /// The line of `guard.toml` that declares it.
    pub declared: u32,
    /// The change itself concerns it; if not, it was only run for commits at which it was skipped.
    pub own: bool,
    /// How it turned out.
    pub outcome: CheckOutcome,
    /// What it said, bounded.
    pub output: String,
    /// How long it took.
    pub took: Duration,
}

/// How a check turned out.
#[derive(Clone, Debug)]
pub enum CheckOutcome {
    /// Exit status 0.
    Passed,
    /// It ended by itself, and not well: how, in words ("exit status 3").
    Failed(String),
    /// None of its files is changed.
    NotConcerned,
    /// Not run, since nothing may be asked (`--offline`).
    NotAsked,
    /// Not run, or not to its end.
    Skipped(Outage),
}

/// Checks that were skipped, and are more, or older, than the team allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebtFact {
    /// How many commits were not checked.
    pub commits: usize,
    /// How old the oldest skip is.
    pub oldest: Duration,
    /// The databases and checks that were skipped.
    pub names: Vec<String>,
}

/// Something outside without which nobody can commit, and what it has cost in this clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockingFact {
    /// What sort of thing.
    pub kind: SourceKind,
    /// The name in `guard.toml`.
    pub name: String,
    /// The line of `guard.toml` that declares it.
    pub declared: u32,
    /// How often it was asked.
    pub asked: u64,
    /// How often it was down.
    pub down: u64,
    /// How often that has blocked somebody.
    pub blocked: u64,
    /// How long it was waited for, in all.
    pub cost: Duration,
}

/// A commit between the base and the candidate that breaks a rule by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UncheckedFact {
    /// The commit.
    pub commit: CommitFact,
    /// What it is the first to break: the rule, and what that says.
    pub breaks: Vec<(String, String)>,
}

impl CheckFact {
    /// Why it was not run to its end, where something kept it from that.
    pub fn outage(&self) -> Option<&Outage> {
        match &self.outcome {
            CheckOutcome::Skipped(outage) => Some(outage),
            _ => None,
        }
    }
}
