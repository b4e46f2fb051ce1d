//! SQLite files, read without leaving a trace.

use super::Driver;

/// SQLite.
pub const DRIVER: Driver =
    Driver { name: "SQLite", schemes: &["sqlite", "sqlite3", "file"], open: |_, _| todo!() };
