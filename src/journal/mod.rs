//! What this clone remembers, below `<common git dir>/guard/`: shared by its work trees, never in a commit. Losing it
//! costs time, and findings that say themselves that they rest on it; never a verdict on anything else.

mod applied;
mod breaker;
mod digests;
mod file;
mod held;
mod log;
mod made;

pub use applied::{Applied, LedgerKey, Seen};
pub use breaker::{Breakers, Key, Lease, State};
pub use digests::Digests;
pub use held::{Held, Sum};
pub use log::{Entry, Log, Said, Skip, Tally, new_id, now};
pub use made::{made, remember_made};
