//! The team's own commands and what they need, as they turned out.

use std::time::Duration;

use super::{Fact, Need, Outage};

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

impl CheckFact {
    /// Why it was not run to its end, where something kept it from that.
    pub fn outage(&self) -> Option<&Outage> {
        match &self.outcome {
            CheckOutcome::Skipped(outage) => Some(outage),
            _ => None,
        }
    }
}
