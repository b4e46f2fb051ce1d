//! All that is known when the rules begin, and what could not be had.

use std::fmt;
use std::time::Duration;

use super::{
    BlockingFact, CheckFact, DebtFact, Drift, Ledger, Level, LockFile, MigrationSet, Oid, RuleId,
    ServiceFact, TableName, UncheckedFact,
};

/// Everything that the rules judge.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment at which guard was asked.
    pub moment: Moment,
    /// The commit that the candidate is compared with.
    pub base: Base,
    /// The migration sets.
    pub sets: Vec<MigrationSet>,
    /// `guard.lock`, where the candidate has one.
    pub lock: Option<LockFile>,
    /// The databases that are declared for this moment.
    pub databases: Vec<Database>,
    /// The services that the checks of this run need.
    pub services: Vec<ServiceFact>,
    /// The team's own commands that are declared for this moment.
    pub checks: Vec<CheckFact>,
    /// What is not made good, where that is more than the team allows.
    pub debt: Option<DebtFact>,
    /// What is required at commit time, where a rule asks for it.
    pub blocking: Vec<BlockingFact>,
    /// Commits of the range that break a rule by themselves.
    pub unchecked: Vec<UncheckedFact>,
    /// The waivers of `guard.toml`.
    pub waivers: Vec<WaiverFact>,
    /// Today, as `YYYY-MM-DD`.
    pub today: String,
    /// How many things were looked at.
    pub examined: Examined,
}

impl Facts {
    /// The outages of all sources.
    pub fn outages(&self) -> Vec<&Outage> {
        let ledgers = self.databases.iter().filter_map(|database| database.ledgers.outage());
        let schemas = self.databases.iter().filter_map(|database| database.drift.outage());
        let services = self.services.iter().filter_map(|service| service.answer.outage());
        ledgers
            .chain(schemas)
            .chain(services)
            .chain(self.checks.iter().filter_map(CheckFact::outage))
            .collect()
    }
}

/// The moment at which guard is asked. Levels and databases may differ between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// `git commit` and `git merge`.
    Commit,
    /// `git push`.
    Push,
    /// A pull request or a build.
    Ci,
    /// Somebody looks into a database that has drifted.
    Audit,
}

impl Moment {
    /// All of them, with the words of `guard.toml` and `--at`.
    pub const ALL: [(&'static str, Self); 4] =
        [("commit", Self::Commit), ("push", Self::Push), ("ci", Self::Ci), ("audit", Self::Audit)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, moment)| *moment == self).map_or("", |(word, _)| word)
    }
}

/// The commit that the candidate is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The merge base, or `None` when there is nothing to compare with (the first commit).
    pub commit: Option<Oid>,
    /// The tip of the protected branch, where it is another commit.
    pub target: Option<Oid>,
    /// How people call it: `origin/main`.
    pub name: String,
    /// How it was found: "the upstream's default branch".
    pub because: String,
    /// Something that makes the comparison weaker than usual, in one sentence (a shallow clone).
    pub warning: Option<String>,
}

/// How many things were looked at: a check that looked at nothing must not pass for one that found nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// Migrations in the candidate.
    pub migrations: usize,
    /// Migrations that the candidate adds, edits, deletes or renames.
    pub changed: usize,
    /// Rows of ledgers that were read.
    pub ledger_rows: usize,
    /// Checksums that were compared.
    pub checksums: usize,
    /// Databases that were asked and answered.
    pub databases: usize,
    /// Objects of live schemas that were held against a replay.
    pub objects: usize,
    /// Migrations of these databases that change data alone: no schema tells whether they ran.
    pub unobservable: usize,
}

/// A fact about the outside: known, not asked for, or not to be had.
#[derive(Clone, Debug)]
pub enum Fact<T> {
    /// It was asked and answered.
    Known(T),
    /// No enabled rule needs it, or it is not declared for this moment.
    NotAsked,
    /// It was asked and did not answer.
    Unavailable(Outage),
}

impl<T> Fact<T> {
    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::NotAsked | Self::Unavailable(_) => None,
        }
    }

    /// The outage, where there is one.
    pub fn outage(&self) -> Option<&Outage> {
        match self {
            Self::Unavailable(outage) => Some(outage),
            Self::Known(_) | Self::NotAsked => None,
        }
    }
}

/// Something that was asked and did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// What sort of thing.
    pub kind: SourceKind,
    /// What was asked: its name in `guard.toml`.
    pub source: String,
    /// Where it is, without secrets; the command of a check.
    pub address: String,
    /// Whether it may be missing.
    pub need: Need,
    /// Why there is no answer.
    pub cause: Cause,
    /// How long guard waited.
    pub waited: Duration,
    /// How long ago it answered and all was well, where this clone remembers that.
    pub last_well: Option<Duration>,
    /// The line of `guard.toml` that declares it.
    pub declared: Option<u32>,
}

/// The sorts of things outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// `[databases.NAME]`
    Database,
    /// `[services.NAME]`
    Service,
    /// `[[checks]]`
    Check,
}

impl SourceKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Service => "service",
            Self::Check => "check",
        }
    }
}

/// Whether a thing may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Without it the verdict is incomplete: exit 2.
    Required,
    /// Without it guard says what was not checked, and goes on.
    Optional,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The time allowed was over.
    TimedOut,
    /// guard does not know where it is: a variable is not set, a file is missing.
    NotConfigured(String),
    /// Nobody is there.
    Unreachable(String),
    /// Somebody is there and refuses.
    Denied(String),
    /// The driver panicked.
    Crashed,
    /// Anything else that it says.
    Failed(String),
    /// The service of that name, which it needs, is down.
    NeedsDown(String),
    /// It says itself that what it needs is down: exit status 75.
    SaysDown,
    /// The budget of the hook was over before it could begin.
    NoTimeLeft,
    /// It did not answer before, and is left alone for a while.
    CoolingDown {
        /// How long ago that was.
        since: Duration,
        /// In what time it is asked again.
        next: Duration,
    },
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => out.write_str("no answer within the time allowed"),
            Self::NotConfigured(what) => write!(out, "it is not known where it is: {what}"),
            Self::Unreachable(what) => write!(out, "cannot be reached: {what}"),
            Self::Denied(what) => write!(out, "access was refused: {what}"),
            Self::Crashed => out.write_str("the driver crashed; this is a bug in guard"),
            Self::Failed(what) => write!(out, "the question failed: {what}"),
            Self::NeedsDown(service) => write!(out, "it needs the service \"{service}\", which is down"),
            Self::SaysDown => out.write_str("it says that what it needs is down (exit status 75)"),
            Self::NoTimeLeft => out.write_str("the budget of the hook was over before it could begin"),
            Self::CoolingDown { since, next } => write!(
                out,
                "no answer within the time allowed {} ago, so it is not asked again for {}; guard check --retry asks at once",
                length(*since),
                length(*next)
            ),
        }
    }
}

/// A length of time for people: `40 s`, `4 min`, `3 h`, `2 d`.
pub fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", seconds / 60),
        6_000..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A database that is declared for this moment.
#[derive(Clone, Debug)]
pub struct Database {
    /// The name in `guard.toml`; with a schema behind it, as `dev/tenant_1`, where each is compared by itself.
    pub name: String,
    /// That schema.
    pub schema: Option<String>,
    /// Where it is, without secrets.
    pub address: String,
    /// Whether it may be missing.
    pub need: Need,
    /// The line of `guard.toml` that declares it.
    pub declared: Option<u32>,
    /// The SQL that it reads.
    pub dialect: Dialect,
    /// What it records, set by set.
    pub ledgers: Fact<Vec<SetLedger>>,
    /// Its schema against what its recorded migrations make.
    pub drift: Fact<Drift>,
    /// Ledgers in it that belong to no set: table and tool.
    pub strangers: Vec<(TableName, String)>,
}

/// Which SQL a database reads, for statements to paste.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite's, and what is not known.
    #[default]
    Sqlite,
    /// PostgreSQL's.
    Postgres,
    /// MySQL's and MariaDB's.
    MySql,
}

/// What one database records of one migration set.
#[derive(Clone, Debug)]
pub struct SetLedger {
    /// An index into [`Facts::sets`].
    pub set: usize,
    /// The ledger, or that there is none.
    pub state: LedgerState,
}

impl LedgerState {
    /// The table, or the one that was looked for.
    pub fn table(&self) -> &TableName {
        match self {
            Self::Read(ledger) => &ledger.table,
            Self::Absent { table, .. } => table,
        }
    }
}

/// The ledger of a set in a database.
#[derive(Clone, Debug)]
pub enum LedgerState {
    /// Found and read.
    Read(Ledger),
    /// The database answers and has no such table.
    Absent {
        /// The table that was looked for.
        table: TableName,
        /// How many other tables the database has.
        tables: usize,
    },
}

/// A waiver of `guard.toml`: what it allows, why, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverFact {
    /// The rule that is allowed.
    pub rule: RuleId,
    /// What it is allowed for, in words: `path migrations/1_a.sql`.
    pub scope: String,
    /// The reason given.
    pub reason: String,
    /// The last day, as `YYYY-MM-DD`; `None` for "never ends".
    pub until: Option<String>,
    /// The line in `guard.toml`.
    pub line: u32,
    /// How many findings of this run it covers; counted when the rules are done.
    pub used: usize,
    /// Whether the rule could have found something at all: it was enabled and had its facts.
    pub judged: bool,
    /// The level that the rule has at this moment without the waiver.
    pub level: Level,
}
