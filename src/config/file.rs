//! guard.toml as written: each value with its place, nothing judged. The JSON schema for editors is made
//! from these types (`schema/guard.toml.json`, held equal by a test).
//!
//! Everything is optional here, so that reading never stops at the first thing that is missing;
//! [`super::validate`] says what has no default.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::Deserializer;
use toml::Spanned;
use toml::value::Datetime;

use crate::tools::ToolSpec;

/// A value with its place in the file, in bytes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transparent))]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file.
    #[cfg_attr(test, schemars(skip))]
    pub span: Range<usize>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { value: spanned.into_inner(), span })
    }
}

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "guard.toml"))]
pub struct File {
    /// The versions of guard that this file is written for: ">=0.1, <0.2".
    pub requires: Option<At<String>>,
    /// The migration sets. Without any, guard discovers them.
    pub migrations: Option<Vec<At<MigrationsSection>>>,
    /// Migration tools of your own, with the keys of guard's own tool files.
    pub tools: Option<BTreeMap<String, At<ToolSpec>>>,
    /// The databases whose ledgers are compared with the files.
    pub databases: Option<BTreeMap<String, At<DatabaseSection>>>,
    /// What your own checks need from outside.
    pub services: Option<BTreeMap<String, At<ServiceSection>>>,
    /// What of live schemas is not looked at.
    pub schema: Option<SchemaSection>,
    /// Commands of your own that run at commit time, under the same rules.
    pub checks: Option<Vec<At<CheckSection>>>,
    /// What the candidate is compared with.
    pub base: Option<BaseSection>,
    /// The git hook.
    pub hook: Option<HookSection>,
    /// Levels of rules: "allow", "warn", "deny", or one a moment: { commit = "allow", ci = "deny" }.
    pub rules: Option<BTreeMap<String, At<LevelSetting>>>,
    /// Findings that are allowed, with a reason and an end.
    pub waivers: Option<Vec<At<WaiverSection>>>,
}

/// A migration set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MigrationsSection {
    /// The name by which databases refer to it. Default: the directory.
    pub name: Option<At<String>>,
    /// The migration tool: one of `guard tools`, or of [tools.NAME].
    pub tool: Option<At<String>>,
    /// The directory, relative to guard.toml. Default: where the tool looks.
    pub dir: Option<At<String>>,
    /// The ledger's table, `schema.table` allowed. Default: the tool's.
    pub table: Option<At<String>>,
    /// How its migrations are replayed, where their SQL alone does not say it.
    pub replay: Option<At<ReplaySection>>,
}

/// How migrations are replayed in a scratch database. In `run`, `to` and `env` stand `{url}`, `{host}`, `{port}`, `{user}`,
/// `{database}`, `{socket}` and `{path}` for what the scratch database has of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReplaySection {
    /// The tool's command that runs all migrations on an empty database. It runs at the root of the repository, without a shell.
    pub run: Option<At<Vec<String>>>,
    /// The tool's command that runs them up to `{version}`, of Django's `{app}`: for a database that is behind.
    pub to: Option<At<Vec<String>>>,
    /// What these commands find in their environment: { `DATABASE_URL` = "{url}" }.
    pub env: Option<At<BTreeMap<String, String>>>,
    /// Statements that run in the session before each migration, as the application does it: `SET foreign_key_checks = 0`.
    pub before: Option<At<Vec<String>>>,
}

/// What of live schemas is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SchemaSection {
    /// Globs over objects, with all that lies below them: `public.legacy_*`.
    pub ignore: Option<Vec<At<String>>>,
}

/// A database.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DatabaseSection {
    /// Where it is: { env = "`DATABASE_URL`" }, { env-file = ".env", key = "`DATABASE_URL`" }, or a URL without a password.
    pub url: Option<At<UrlSetting>>,
    /// The migration sets that it records. Default: all.
    pub sets: Option<At<Vec<At<String>>>>,
    /// The schemas that each have a ledger of their own, as one for each tenant: names and globs. On MySQL a schema is a
    /// database. Default: the connection's.
    pub schemas: Option<At<Vec<At<String>>>>,
    /// Whether its absence blocks. No default.
    pub required: Option<At<bool>>,
    /// How long guard waits for it, all in all: "500ms", "10s". No default.
    pub timeout: Option<At<String>>,
    /// The moments at which it is asked: "commit", "push", "ci", "audit". No default.
    pub at: Option<At<Vec<At<String>>>>,
    /// A server on which guard may make databases of its own, to replay migrations in. It must be another one than this database's.
    pub scratch: Option<At<ScratchSection>>,
    /// What it is asked for: "ledger", and "drift": its schema against a replay of its migrations. Default: "ledger" alone.
    pub checks: Option<At<Vec<At<String>>>>,
}

/// A server for scratch databases.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScratchSection {
    /// Where it is, as for a database: its role may make databases, and owns no other.
    pub url: Option<At<UrlSetting>>,
}

/// Where a database's URL comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum UrlSetting {
    /// The URL itself, without a password.
    Literal(String),
    /// From somewhere else.
    From(UrlSource),
}

/// Where a URL is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UrlSource {
    /// An environment variable.
    pub env: Option<String>,
    /// A file of `KEY=value` lines, relative to guard.toml ...
    pub env_file: Option<String>,
    /// ... and the key in it.
    pub key: Option<String>,
}

/// Something outside that a check needs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ServiceSection {
    /// How guard sees that it is up: "tcp://host:port", tls://, http://, https://, postgres://, mysql://, redis://, or
    /// `{ run = ["command"] }`, which ends with exit status 0.
    pub probe: Option<At<ProbeSetting>>,
    /// The status with which an HTTP server must answer. Default: any below 400.
    pub status: Option<At<u16>>,
    /// Whether its absence blocks. No default.
    pub required: Option<At<bool>>,
    /// How long guard waits for it, all in all: "500ms", "10s". No default.
    pub timeout: Option<At<String>>,
    /// After it gave no answer, it is not asked again for so long. Default: a minute, and longer each time, up to 15 minutes.
    pub cooldown: Option<At<String>>,
}

/// How a service is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum ProbeSetting {
    /// Over the network.
    Address(String),
    /// By a command.
    Command(ProbeCommand),
}

/// A command that ends with exit status 0 where the service is up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProbeCommand {
    /// The program and its arguments.
    pub run: Vec<String>,
}

/// A command of your own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckSection {
    /// Its name.
    pub name: Option<At<String>>,
    /// The program and its arguments. It runs at the root of the repository, without a shell. Exit status 0: fine; 75: what it
    /// needs is down; anything else: it failed.
    pub run: Option<At<Vec<String>>>,
    /// The services without which it cannot run: when one of them is down, it is skipped.
    pub needs: Option<At<Vec<At<String>>>>,
    /// Whether its failure blocks. No default.
    pub required: Option<At<bool>>,
    /// How long it may run: "500ms", "10s". No default.
    pub timeout: Option<At<String>>,
    /// It runs only when a changed file matches one of these globs. Default: always.
    pub files: Option<At<Vec<At<String>>>>,
    /// The moments at which it runs: "commit", "push", "ci". Default: "commit".
    pub at: Option<At<Vec<At<String>>>>,
}

/// What the candidate is compared with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BaseSection {
    /// The protected branch: "origin/main". Default: found.
    pub r#ref: Option<At<String>>,
}

/// The git hook.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HookSection {
    /// How long a commit may wait for guard, all in all; what is optional and not done by then is skipped.
    pub budget: Option<At<String>>,
    /// How many of your own checks run at the same time. Default: as many as there are processors.
    pub jobs: Option<At<usize>>,
    /// When checks that were skipped and not made good are warned of.
    pub debt: Option<At<DebtSection>>,
}

/// How much may stay unchecked, and how long, before guard warns. It never blocks a commit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DebtSection {
    /// So many commits.
    pub commits: Option<At<usize>>,
    /// So long: "7d", "12h".
    pub age: Option<At<String>>,
}

/// A level, or one a moment.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum LevelSetting {
    /// The same at every moment.
    Always(String),
    /// One a moment; the others keep their default.
    ByMoment(BTreeMap<String, String>),
}

/// A finding that is allowed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WaiverSection {
    /// The rule.
    pub rule: Option<At<String>>,
    /// Only for files that match this glob.
    pub path: Option<At<String>>,
    /// Only for versions that match this glob.
    pub version: Option<At<String>>,
    /// Only for objects of a live schema that match this glob, and what lies below them: `public.users.legacy_id`.
    pub object: Option<At<String>>,
    /// Only for this database.
    pub database: Option<At<String>>,
    /// Why it is allowed. No default.
    pub reason: Option<At<String>>,
    /// The last day: 2026-12-31, or "never". No default.
    pub until: Option<At<UntilSetting>>,
}

/// When a waiver ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum UntilSetting {
    /// A day.
    Day(#[cfg_attr(test, schemars(with = "String"))] Datetime),
    /// "never", or a day in quotes.
    Word(String),
}
