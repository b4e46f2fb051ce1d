//! All integration tests in one binary: each further one would link libgit2 and SQLite again.

/// Real repositories in temporary folders.
mod support;

/// The git backends against real repositories, and the choice of the base.
mod git;
