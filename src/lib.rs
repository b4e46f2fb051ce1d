//! guard keeps a repository's database migrations, the database's ledger of them and the live schema in step.
//!
//! This page is the plan of the house; `CONTRIBUTING.md` says how to add to it.
//!
//! # The flow: one way, nothing points back
//!
//! ```text
//!  guard.toml ─► Config ────────────┐   what to look at, what is required, how long to wait, what may differ
//!                                   ▼
//!  git index / commit ─► Tree ─► Migrations ─┐
//!  base branch ────────► Tree ─► Migrations ─┼─► Facts ─► rules ─► Findings ─► Verdict ─► Report ─► bytes, exit code
//!  ledger table ───────► rows ─► Ledger ─────┤
//!  live schema, replay ──► Schema ─► Drift ──┤
//!  services and checks ─► outcomes ──────────┘
//!       each source on its own thread, within its deadline
//! ```
//!
//! * **A fact that could not be had is a value, not an error**: [`model::Fact`] is known, not asked for, or
//!   unavailable. Rules judge known facts. The verdict judges outages, by the declared need. No rule ever sees an
//!   outage, and no source ever decides that a commit is blocked.
//! * **What a rule needs stands in its type** ([`rules::Check`]): guard opens no connection that no enabled rule asks
//!   for.
//! * **Findings are data, errors are failures.** Rules, sources and reports print nothing. One module writes to the
//!   terminal ([`cli`]), one place ends the process (`main`): 0 clean, 1 findings block, 2 guard could not do its job.
//! * **guard reads.** No work tree, no index, no stash, no audited database is ever written. The exceptions write what
//!   is guard's own: its hooks, `guard.toml` when asked for, its memory in the git directory, the demo's database, and
//!   the scratch database of a replay (with the empty data of its servers kept in the user's cache).
//! * **One place waits for a database**: [`gather::within`]. A driver that hangs or panics costs its time and nothing
//!   else.
//!
//! # The modules
//!
//! * [`model`] is the vocabulary: plain data without I/O. Migration, ledger, facts, finding, verdict.
//! * [`git`] is the only user of libgit2 and of the `git` command: trees, bases, bytes.
//! * [`db`] is one file a kind of database, read-only by its own means; its contract is `tests/databases.rs`.
//! * [`journal`] is what a clone remembers. Losing it costs time, never a verdict.
//! * [`lock`] is the form of `guard.lock`, in which a team keeps the texts of its migrations.
//! * [`tools`] is one `.toml` a migration tool, facts about that tool, and the interpreter of that data.
//! * [`expected`] is what the schema should be: the migrations, replayed in a scratch database that guard makes itself.
//! * [`drift`] holds a live schema against that, and finds the migrations that account for what differs.
//! * [`services`] is what the team's own checks need, and the checks: probes and commands, each with an end.
//! * [`rules`] is one stem a rule: its judgement, and the page whose examples run as tests.
//! * [`config`] is `guard.toml`: as it is written, with places, and what it means; and every environment variable.
//! * [`gather`] asks all sources side by side, each within its deadline.
//! * [`check`](mod@check) goes from rules to findings, levels and waivers to the verdict.
//! * [`report`] is one file a format.
//! * [`cli`] is one file a command.
//!
//! # Who may use whom
//!
//! `tests/architecture.rs` holds this table against the source.
//!
//! | module | may use |
//! |---|---|
//! | `model` | nothing |
//! | `git` | `model` |
//! | `db` | `model` |
//! | `journal` | `model` |
//! | `lock` | `model` |
//! | `tools` | `model`, `git`, `db` |
//! | `expected` | `model`, `db` |
//! | `drift` | `model`, `db`, `expected` |
//! | `services` | `model` |
//! | `rules` | `model` |
//! | `config` | `model`, `db`, `tools`, `services`, `rules` |
//! | `gather` | `model`, `git`, `db`, `journal`, `lock`, `tools`, `services`, `rules`, `config`, `expected`, `drift` |
//! | `check` | `model`, `rules`, `config` |
//! | `report` | `model`, `rules`, `config` |
//! | `cli` | `model`, `git`, `db`, `journal`, `lock`, `tools`, `services`, `rules`, `config`, `gather`, `check`, `report` |
//!
//! # One idiom for every extension point
//!
//! *A value in its own file, one line in a list, and a test that list and folder agree.* Tool, database, rule, format,
//! command, hook: who has added one can add the others.

pub mod check;
pub mod cli;
pub mod config;
pub mod db;
pub mod drift;
pub mod expected;
pub mod gather;
pub mod git;
pub mod journal;
pub mod lock;
pub mod model;
pub mod report;
pub mod rules;
pub mod services;
pub mod tools;
