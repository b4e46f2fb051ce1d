//! Whether something is asked at all: what gave no answer a short while ago is left alone, where it may be missing.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::config::env;
use crate::journal::{Breakers, Key, Lease, State};
use crate::model::{Cause, Finding, Moment, Need, SourceKind};

use super::Request;
use super::debts::is_of;

/// An answer that was cut off before so much of its time had gone says nothing about the thing that was asked.
const FAIR: Duration = Duration::from_millis(100);

/// The breakers, and whether they count in this run.
pub(super) struct Fuses {
    breakers: Breakers,
    ignored: bool,
    /// Nothing is written.
    rehearsal: bool,
}

/// What was decided about one thing.
pub(super) struct Fuse {
    kind: SourceKind,
    name: String,
    key: Key,
    breakers: Breakers,
    counts: bool,
    cooldown: Option<Duration>,
    /// Cut off before it had so much of its time, it has shown nothing.
    pub(super) fair: Duration,
    /// Why it is not asked.
    pub(super) skip: Option<Cause>,
    _lease: Option<Lease>,
}

/// How one thing was asked.
#[derive(Debug)]
pub(super) struct Timing {
    pub(super) kind: SourceKind,
    pub(super) name: String,
    pub(super) need: Need,
    /// Why there is no answer, where there is none.
    pub(super) cause: Option<Cause>,
    pub(super) took: Duration,
}

/// What came of all that was asked.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) answered: Vec<Answered>,
    pub(super) timings: Vec<Timing>,
}

/// A thing that answered.
#[derive(Debug)]
pub(super) struct Answered {
    kind: SourceKind,
    name: String,
    key: Key,
    breakers: Breakers,
}

impl Fuses {
    pub(super) fn new(common_dir: &Path, request: &Request) -> Self {
        // In CI nobody waits at a terminal, and a run stands for itself.
        let ignored = request.retry || request.moment == Moment::Ci || env::get("CI").is_some();
        Self { breakers: Breakers::new(common_dir), ignored, rehearsal: request.rehearsal }
    }

    /// Decides about one thing; `declaration` is all that makes it another thing when it changes.
    pub(super) fn fuse(
        &self,
        kind: SourceKind,
        name: &str,
        declaration: &str,
        need: Need,
        cooldown: Option<Duration>,
    ) -> Fuse {
        let key = Key::new(kind.word(), name, declaration);
        let counts = need == Need::Optional && !self.rehearsal;
        let state = if counts && !self.ignored {
            self.breakers.state(&key, SystemTime::now())
        } else {
            State::Closed
        };
        let (skip, lease) = match state {
            State::Closed => (None, None),
            State::Open { since, next } => (Some(Cause::CoolingDown { since, next }), None),
            State::Trial(lease) => (None, Some(lease)),
        };
        let breakers = self.breakers.clone();
        let name = name.to_owned();
        Fuse { kind, name, key, breakers, counts, cooldown, fair: FAIR, skip, _lease: lease }
    }
}

impl Fuse {
    /// How long ago all was well with it for the last time. What was so a moment ago helps nobody.
    pub(super) fn last_well(&self) -> Option<Duration> {
        self.breakers.last_well(&self.key, SystemTime::now()).filter(|ago| *ago >= Duration::from_secs(60))
    }

    /// What came of it.
    pub(super) fn done(self, cause: Option<&Cause>, waited: Duration, heard: &mut Heard) {
        let Self { kind, name, key, breakers, counts, cooldown, fair, .. } = self;
        let need = if counts { Need::Optional } else { Need::Required };
        heard.timings.push(Timing { kind, name: name.clone(), need, cause: cause.cloned(), took: waited });
        match cause {
            Some(Cause::TimedOut) if counts && waited >= fair => {
                breakers.timed_out(&key, cooldown, SystemTime::now());
            }
            Some(Cause::TimedOut | Cause::CoolingDown { .. } | Cause::NoTimeLeft | Cause::NeedsDown(_)) => {}
            Some(_) => breakers.answered(&key),
            // That a command has ended says nothing of what it found.
            None if kind == SourceKind::Check => breakers.answered(&key),
            None => {
                breakers.answered(&key);
                heard.answered.push(Answered { kind, name, key, breakers });
            }
        }
    }
}

impl Answered {
    /// Remembers that all was well with it, where nothing was found.
    pub(super) fn remember(&self, findings: &[Finding]) {
        let wrong = self.kind == SourceKind::Database
            && findings
                .iter()
                .any(|finding| finding.database.as_ref().is_some_and(|found| is_of(found, &self.name)));
        if !wrong {
            self.breakers.well(&self.key, SystemTime::now());
        }
    }
}
