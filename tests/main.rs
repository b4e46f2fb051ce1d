//! All integration tests in one binary: each further one would link libgit2 and SQLite again.

/// The contract of databases, and the neighbours of SQLite files.
mod databases;
