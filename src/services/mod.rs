//! What a check needs from outside, and the checks themselves: probes of services, and commands of the team, each with an
//! end that it cannot move.
//!
//! Nothing here decides anything: what a thing answered, or why it did not, is handed up as a value.

mod network;
mod output;
mod probe;
mod run;
mod standins;
pub mod warden;

pub use probe::{Probe, ProbeError, Scheme, Target, ask};
pub use run::{Ended, GRACE, How, Job, run};
pub use standins::{Failure, Speech, StandIn};

/// The exit status by which a command says "what I need is down" (`EX_TEMPFAIL` of sysexits.h).
pub const NOT_NOW: i32 = 75;
