//! The git module against real repositories: one contract for both backends, the formats and set-ups in which git keeps
//! its things, what a hook sees, and the base.

mod base;
mod ci;
mod contract;
mod formats;
mod history;
#[cfg(unix)]
mod hooks;
#[cfg(unix)]
mod ownership;
mod setups;
