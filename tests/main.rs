//! All integration tests in one binary: each further one would link libgit2 and SQLite again.

/// Every way in which git makes a commit, through the installed hook.
mod commits;
/// The contract of databases, and the neighbours of SQLite files.
mod databases;
/// The git backends against real repositories, and the choice of the base.
mod git;
/// guard under pre-commit, prek, lefthook and husky.
mod managers;
/// What guard remembers changes nothing of what it says.
mod memory;
/// The real sqlx, diesel and refinery, through real commits.
mod real_tools;
/// Real repositories in temporary folders.
mod support;
