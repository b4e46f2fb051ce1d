//! The vocabulary: plain data that every other module speaks. No I/O, no third-party crate.

mod facts;
mod finding;
mod ledger;
mod migration;
mod names;

pub use facts::{
    Base, Cause, Database, Examined, Fact, Facts, LedgerState, Moment, Need, Outage, SetLedger, WaiverFact,
};
pub use finding::{Confidence, Evidence, Finding, Level, Location, Verdict};
pub use ledger::{AppliedMigration, Content, Ledger, LedgerStyle, Outcome, Variant};
pub use migration::{
    Change, IgnoredFile, Late, LineEndings, Migration, MigrationKind, MigrationSet, Nature, ToolFacts, Words,
};
pub use names::{Oid, Rank, RepoPath, RuleId, TableName, Text, Version};
