//! All integration tests in one binary: each further one would link libgit2 and `SQLite` again.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that goes wrong")]
#![allow(clippy::print_stderr, reason = "a test that cannot run here says so")]

/// The plan of the house, held against the source.
mod architecture;
/// Bad input: one clear message each, never a panic.
mod bad_input;
/// Every way in which git makes a commit, through the installed hook.
mod commits;
/// The contract of databases, and the neighbours of SQLite files.
mod databases;
/// The live schema.
mod drift;
/// The git backends against real repositories, and the choice of the base.
mod git;
/// Ledgers that the real tools made, of tools whose order is a graph.
mod graph_ledgers;
/// Random histories, and what guard says of them.
mod history;
/// The installed hooks among other hooks.
mod install;
/// guard is killed in the middle of commits.
mod kill;
/// Ledgers that the real Liquibase made, with several migrations in a file.
mod liquibase;
/// guard.lock: written, checked, edited, merged.
mod lock;
/// Ledgers that guard makes in a scratch database.
mod made_ledgers;
/// guard under pre-commit, prek, lefthook and husky.
mod managers;
/// What guard remembers changes nothing of what it says.
mod memory;
/// Migrations that are programs, replayed by their own tools.
mod programs;
/// What is pushed, through the installed hook.
mod push;
/// How many texts a hook reads.
mod reads;
/// Ledgers that the real tools made, kept as statements.
mod real_ledgers;
/// The real sqlx, diesel and refinery, through real commits.
mod real_tools;
/// Console transcripts, and the README.
mod scenarios;
/// What a clone remembers where the ledger keeps no checksum.
mod seen;
/// Services that are down, and commands that do not end.
mod services;
/// Settings of the tools that change a checksum.
mod settings;
/// Real repositories in temporary folders.
mod support;
/// One set in many schemas.
mod tenants;
/// The page that says which tools were tried.
mod tools_page;
