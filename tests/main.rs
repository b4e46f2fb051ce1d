//! All integration tests in one binary: each further one would link libgit2 and SQLite again.

/// The plan of the house, held against the source.
mod architecture;
/// The contract of databases, and the neighbours of SQLite files.
mod databases;
/// The git backends against real repositories, and the choice of the base.
mod git;
/// The installed hooks among other hooks.
mod install;
/// The real sqlx, diesel and refinery, through real commits.
mod real_tools;
/// Console transcripts, and the README.
mod scenarios;
/// Real repositories in temporary folders.
mod support;
