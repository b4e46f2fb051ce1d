//! guard keeps a repository's database migrations, the database's ledger of them and the live schema in step.

pub mod check;
pub mod cli;
pub mod config;
pub mod db;
pub mod gather;
pub mod git;
pub mod journal;
pub mod model;
pub mod report;
pub mod rules;
pub mod tools;
