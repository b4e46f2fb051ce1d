//! The vocabulary: plain data that every other module speaks. No I/O, no third-party crate.

mod checks;
mod difference;
mod facts;
mod finding;
mod graph;
mod history;
mod ledger;
mod lock;
mod migration;
mod names;
mod provenance;
mod schema;

pub use checks::{BlockingFact, CheckFact, CheckOutcome, DebtFact, ServiceFact, UncheckedFact};
pub use difference::{Difference, DifferentLine};
pub use facts::{
    Base, Cause, Database, Dialect, Examined, Fact, Facts, LedgerState, Moment, Need, Outage, SetLedger,
    SourceKind, WaiverFact, length,
};
pub use finding::{Confidence, Evidence, Finding, Level, Location, Verdict};
pub use graph::{Graph, Links, Node, Parent};
pub use history::{CommitFact, History, Horizon, PastText};
pub use ledger::{AppliedMigration, Content, Ledger, LedgerStyle, Outcome, Remembered, Variant};
pub use lock::{LockFile, LockState, Locked};
pub use migration::{
    Change, IgnoredFile, Late, LineEndings, Migration, MigrationKind, MigrationSet, Nature, Part,
    StaleRecord, ToolFacts, Words,
};
pub use names::{Oid, Rank, RepoPath, RuleId, TableName, Text, Version, text_of};
pub use provenance::{Provenance, Written};
pub use schema::{
    Account, CIRCUMSTANCES, Drift, DumpText, Happened, NOT_EXAMINED, Object, ObjectId, RIGHTS, Schema,
    Script, StaleDump, Unlike, Unreplayable,
};
