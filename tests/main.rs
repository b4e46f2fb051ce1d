//! All integration tests in one binary: each further one would link libgit2 and `SQLite` again.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that goes wrong")]
#![allow(clippy::print_stderr, reason = "a test that cannot run here says so")]

/// Real repositories in temporary folders.
mod support;

/// The git backends against real repositories, and the choice of the base.
mod git;
