//! The format of a tool's file: what can be said about a migration tool, as data.
//!
//! Everything that needs thinking is a *named* algorithm in one of the closed enums here. The files in
//! `src/tools/*.toml` and the tables `[tools.NAME]` of `guard.toml` have the same keys.

use std::collections::BTreeMap;

mod words;

use serde::Deserialize;

use crate::model;
pub use words::{DumpForm, DumpSpec, ReplaySpec, WordsSpec};

/// A tool's file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ToolSpec {
    /// For sentences: "Prisma Migrate". The id, if it is left out.
    #[serde(default)]
    pub title: String,
    /// Where the migrations usually lie: looked at when a set of `guard.toml` says no `dir`.
    #[serde(default)]
    pub usual: Vec<String>,
    /// The databases on which it works, of those that guard knows: `sqlite`, `postgres`, `mysql`.
    #[serde(default)]
    pub databases: Vec<String>,
    /// The real tools whose ledgers guard has read. Of the others it knows what their source says.
    #[serde(default)]
    pub verified: Vec<Verified>,
    /// What shows that a directory belongs to this tool. Only the tools that guard knows are discovered.
    #[serde(default)]
    pub detect: Vec<Sign>,
    /// Which files are migrations, what they are called, in which order they run.
    pub files: FilesSpec,
    /// The checksum in the ledger, if there is one.
    pub checksum: Option<ChecksumSpec>,
    /// The layouts that the ledger may have, the newest first.
    #[serde(default)]
    pub ledger: Vec<LedgerSpec>,
    /// What the tool does with a migration that is older than the newest applied one.
    #[serde(default)]
    pub late: LateSpec,
    /// The name after the version is part of what the tool compares.
    #[serde(default)]
    pub name_matters: bool,
    /// Old migrations are deleted by the tool's own procedure (after a squash), and their rows stay and harm nobody.
    #[serde(default)]
    pub tidies: bool,
    /// An empty file is legal and useful.
    #[serde(default)]
    pub empty_allowed: bool,
    /// A record of the migrations that the tool keeps in the repository beside them.
    pub record: Option<RecordForm>,
    /// Tables of the tool itself, or of the platform that it belongs to, beside the ledger: `locks`, `_cf_*`.
    #[serde(default)]
    pub own_tables: Vec<String>,
    /// What runs of a file's text, for a tool whose migrations are SQL that runs as it stands there.
    pub script: Option<ScriptSpec>,
    /// What the tool writes into the repository of the schema that its migrations make.
    #[serde(default)]
    pub dump: Vec<DumpSpec>,
    /// How its migrations are replayed, where they are programs: what `guard init` proposes.
    pub replay: Option<ReplaySpec>,
    /// The tool's own commands.
    #[serde(default)]
    pub words: WordsSpec,
}

/// What runs of a file's text. Everything, unless something is said here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScriptSpec {
    /// A regular expression for the line with which the way forward begins.
    pub begins: Option<String>,
    /// A regular expression for the line at which it ends.
    pub ends: Option<String>,
    /// A regular expression that is found in a text that runs without a transaction.
    pub no_transaction: Option<String>,
    /// A regular expression for what the tool fills in before it runs the text.
    pub placeholder: Option<String>,
}

/// A real tool whose ledgers guard has read: those under `tests/tools`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verified {
    /// The program and its version.
    pub with: String,
    /// The databases and their versions.
    pub on: Vec<String>,
}

/// Something that shows that a directory holds migrations of this tool. All that is said must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sign {
    /// File names, one of which lies in a directory above: `Cargo.toml`, `*.csproj`.
    #[serde(default)]
    pub manifest: Vec<String>,
    /// A regular expression that is found in the manifest's text.
    pub mentions: Option<String>,
    /// A regular expression with the group `dir`: the manifest names the directory, relative to itself.
    pub names_dir: Option<String>,
    /// A regular expression with the group `table`: the manifest names the ledger's table.
    pub names_table: Option<String>,
    /// The directory below the manifest, where the manifest names none.
    pub default_dir: Option<String>,
    /// A regular expression for the path from the root of a directory with a migration in it. Its group `dir`, if
    /// it has one, is the set's directory.
    pub path: Option<String>,
    /// A file of this name lies in the directory, or in a folder of it.
    pub beside: Option<String>,
    /// A regular expression that is found in the text of the directory's first migration.
    pub content: Option<String>,
    /// A regular expression that is not found there: the mark of another tool whose files look alike.
    pub lacks: Option<String>,
    /// How it was recognised, as the end of a sentence. `{manifest}` is the manifest's path.
    pub because: String,
}

/// Which files are migrations, what they are called, in which order they run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact about a tool, and is named where it is set")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FilesSpec {
    /// How they lie in the directory.
    #[serde(default)]
    pub layout: Layout,
    /// Endings of migrations: `.sql`. The star of `.up.*` stands for any last ending.
    #[serde(default)]
    pub up: Vec<String>,
    /// Endings of the files with the way back: `.down.sql`.
    #[serde(default)]
    pub down: Vec<String>,
    /// Endings are the same in upper and lower case.
    #[serde(default)]
    pub ignore_case: bool,
    /// The ending is taken away as often as it is there (`1_a.sql.sql` is called `a`).
    #[serde(default)]
    pub trims_again: bool,
    /// For a folder a migration: the file in it.
    pub file: Option<String>,
    /// For a folder a migration: the file with the way back.
    pub undo_file: Option<String>,
    /// A regular expression for the name without its ending (or the folder's name), with the groups `version`,
    /// `name`, `kind` and `repeatable` (the name of one that runs again).
    pub pattern: String,
    /// What the letters of the group `kind` mean.
    #[serde(default)]
    pub kinds: BTreeMap<String, KindSpec>,
    /// How a version is written.
    #[serde(default)]
    pub version: VersionForm,
    /// Versions that cannot be read make the tool stop; if not, it passes over the file.
    #[serde(default)]
    pub refuses_versions: bool,
    /// What the ledger knows a migration by.
    #[serde(default)]
    pub key: KeyForm,
    /// The order in which they run.
    #[serde(default)]
    pub order: Order,
    /// The order is a graph: how a file names those that it builds on.
    pub graph: Option<GraphForm>,
    /// A regular expression for whole file names outside the pattern at which the tool stops.
    pub refuses: Option<String>,
    /// Why a file outside the pattern is no migration, as the end of a sentence.
    pub otherwise: Option<String>,
    /// A regular expression for lower-case file names that look like migrations. If left out, the endings decide.
    pub suspects: Option<String>,
    /// A regular expression for lower-case file names that are something else of the tool's, and no mistake.
    pub exempt: Option<String>,
    /// Two migrations must not have the same name, in camel case.
    #[serde(default)]
    pub unique_names: bool,
    /// The language of the files.
    #[serde(default)]
    pub syntax: Syntax,
    /// Endings of files in another language: `".sql" = "sql"`.
    #[serde(default)]
    pub syntaxes: BTreeMap<String, Syntax>,
    /// What a comment begins with that the tool reads (`+goose`).
    #[serde(default)]
    pub directives: Vec<String>,
    /// What the whole text begins with, byte for byte, when it tells the tool something.
    pub first_line: Option<String>,
    /// Beginnings of lines that show that a text is in another language after all.
    #[serde(default)]
    pub foreign: Vec<String>,
}

/// How migrations lie in their directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Layout {
    /// Files in the directory itself.
    #[default]
    Flat,
    /// Files in the directory and below; folders whose name begins with a dot are passed over.
    Recursive,
    /// One folder for each, with a file of a fixed name in it.
    Folder,
    /// As `sqitch.plan` above the directory lists them.
    Sqitch,
    /// Changesets in changelogs, several in a file, which include each other (Liquibase).
    Liquibase,
    /// As `meta/_journal.json` lists them, and one folder for each where there is no journal (Drizzle).
    Drizzle,
}

/// The sorts of migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum KindSpec {
    /// Runs once.
    Versioned,
    /// Runs again whenever its text changes.
    Repeatable,
    /// The way back of a versioned one.
    Undo,
    /// Stands for all before it on an empty database.
    Baseline,
}

/// How a version is written, which decides what is the same version and what comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum VersionForm {
    /// Digits, of any length.
    #[default]
    Integer,
    /// A whole number of 64 bits, with an optional sign.
    I64,
    /// A whole number of 64 bits from 1 on.
    Positive,
    /// A whole number of 64 bits from 0 on.
    U64,
    /// Numbers between dots or underscores; `1` is `1.0`.
    Dotted,
    /// Numbers between dots or underscores; `1` is another version than `1.0`, and comes before it (Evolve).
    DottedExact,
    /// Characters.
    Text,
    /// Characters; hyphens do not count.
    Undashed,
}

/// What the ledger knows a migration by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum KeyForm {
    /// Its version.
    #[default]
    Version,
    /// Its file name without the ending, or its folder's name.
    Stem,
    /// Its file name with the ending.
    FileName,
    /// Its path below the directory, with dots between its parts; the ledger may have more in front of it (DbUp).
    DottedPath,
    /// The class in the file whose name ends in 13 digits, or the name that the class gives itself (TypeORM).
    TypeormClass,
    /// Namespace and class in the file (Doctrine).
    PhpClass,
}

/// The order in which migrations run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Order {
    /// By version.
    #[default]
    Version,
    /// By file name, character by character.
    FileName,
    /// By key, as JavaScript's `localeCompare` sorts.
    Locale,
    /// By the number at the beginning of the file name, those without one last; then by file name.
    LeadingNumber,
    /// As with `leading-number`, but a number of 17 digits is a time that counts as milliseconds (node-pg-migrate).
    LeadingTime,
}

/// How a file names the migrations that it builds on, and with that its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum GraphForm {
    /// Variables of the module: `revision`, `down_revision`, `depends_on`, `branch_labels`.
    Alembic,
    /// Attributes of `class Migration`: `dependencies`, `replaces`; the directory is an app.
    Django,
}

/// A record of the migrations in the repository: where it lies and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum RecordForm {
    /// `atlas.sum` among the files: a sum for each, which covers those before it.
    AtlasSum,
    /// `migration_lock.toml` among the folders: the kind of database, which the schema names too.
    PrismaLock,
    /// `schema.rb` or `structure.sql` above the directory: the newest version, or all of them.
    RailsSchema,
}

/// The language of the files, as far as comments are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Syntax {
    /// SQL.
    #[default]
    Sql,
    /// Ruby.
    Ruby,
    /// JavaScript, TypeScript and their kin.
    Javascript,
    /// Python.
    Python,
    /// PHP.
    Php,
    /// Elixir.
    Elixir,
    /// Go.
    Go,
    /// C#.
    Csharp,
    /// Rust.
    Rust,
    /// Something that guard cannot read: every edit counts.
    Other,
}

/// The checksum in the ledger.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ChecksumSpec {
    /// How it is computed and written.
    pub algorithm: Algorithm,
    /// What besides equality the tool accepts.
    #[serde(default)]
    pub accepts: Accepts,
    /// The tool compares it, and does not only store it.
    #[serde(default = "yes")]
    pub compared: bool,
    /// Characters that are left out before it is computed (sqlx: `ignored-chars`).
    #[serde(default)]
    pub ignored_chars: Vec<char>,
    /// A file in the directory, or in one above it, whose `migrate.ignored-chars` says which these are (`sqlx.toml`).
    pub ignored_chars_in: Option<String>,
    /// Only files with these endings have a text that can be computed from. All, if it is left out.
    #[serde(default)]
    pub only: Vec<String>,
}

fn yes() -> bool {
    true
}

/// The algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Algorithm {
    /// SHA-384 of the text, as bytes (sqlx).
    Sha384,
    /// SHA-256 of the text, as lower-case hexadecimal digits; what is not UTF-8 becomes U+FFFD first (Prisma, Drizzle).
    Sha256Hex,
    /// CRC-32 of the lines without their ends and without a byte order mark, as a signed number (Flyway).
    Crc32Lines,
    /// SipHash-1-3 of name, version and text, as an unsigned number (refinery).
    Siphash13Refinery,
    /// MD5 of the text with LF and without a byte order mark, as upper-case hexadecimal digits (Evolve).
    Md5Evolve,
    /// SHA-1 of the text, as lower-case hexadecimal digits (Sqitch).
    Sha1Hex,
    /// SHA-1 of the hash before it and the text below the header, with `sha1:` in front (graphile-migrate).
    Sha1Graphile,
    /// Base64 of one running SHA-256 over the names and texts of this file and of all before it (Atlas).
    ChainAtlas,
    /// MD5 of a changeset's SQL without its blanks, with its version in front (Liquibase).
    Md5Liquibase,
    /// No checksum: the statements themselves, compared without white space and semicolons (Supabase).
    Statements,
}

/// What the tool accepts besides an equal checksum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Accepts {
    /// Nothing.
    #[default]
    Equal,
    /// The text with LF, or with each LF made CRLF; and an old spelling without leading zeros (Prisma).
    Prisma,
}

/// One layout of the ledger.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LedgerSpec {
    /// The table's usual name.
    pub table: String,
    /// The schema in which it usually lies, where that is not the connection's own.
    pub schema: Option<String>,
    /// It lies in no other schema: its columns alone say too little.
    #[serde(default)]
    pub in_schema: bool,
    /// Columns that it has.
    pub columns: Vec<String>,
    /// Columns that it has not.
    #[serde(default)]
    pub without: Vec<String>,
    /// It has no further columns.
    #[serde(default)]
    pub only: bool,
    /// No other program's tables have these columns: it is recognised under any name.
    #[serde(default)]
    pub distinctive: bool,
    /// How its rows are read.
    #[serde(default)]
    pub reading: Reading,
    /// The column with the key.
    pub version: String,
    /// The column with the name.
    pub name: Option<String>,
    /// The column with the checksum.
    pub checksum: Option<String>,
    /// The column that is true when the migration has run to its end.
    pub success: Option<String>,
    /// Versions that the tool records without a migration of the user's.
    #[serde(default)]
    pub baselines: Vec<String>,
    /// The column by which rows are ordered; the table's own order if it is left out. By value if it is the key.
    pub order: Option<String>,
    /// The column with the time of application: another time, another row.
    pub time: Option<String>,
    /// Each migration has a transaction, and its row is written in that, or in a later one before the next migration.
    pub written_later: Option<bool>,
    /// How the tool makes the table before its first migration: by database (`sqlite`, `postgres`, `mysql`, `any`) its columns as
    /// they stand in CREATE TABLE, and as `row` the statement that records a migration. Placeholders: `{table}`, `{version}`,
    /// `{name}`, `{number}` (how many there are with it).
    #[serde(default)]
    pub make: BTreeMap<String, String>,
}

/// How the rows of a ledger are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Reading {
    /// Each row is an applied migration.
    #[default]
    Rows,
    /// The first row holds the newest version, and its column `dirty` whether it failed (golang-migrate).
    HighWater,
    /// The first row holds the newest version, and 0 before there is one (tern).
    Counter,
    /// No table: `PRAGMA user_version` holds the newest version (rusqlite_migration).
    UserVersion,
    /// Rows that were rolled back do not count; of several for one name the applied one does (Prisma).
    Prisma,
    /// Rows undone, deleted, superseded, of code or of the tool itself do not count (Flyway).
    Flyway,
    /// The newest row of a version decides; version 0 is the tool's own (goose).
    Goose,
    /// The key is the name, and where there is none the time (Drizzle).
    Drizzle,
    /// Rows whose number has a suffix belong to plugins (Rails).
    Rails,
    /// Rows of schemas do not count; of several for one migration the newest does; descriptions end in a time (Evolve).
    Evolve,
    /// The key is the file name without its ending (graphile-migrate).
    Graphile,
    /// Each row is a head: what it builds on is applied too (Alembic).
    Heads,
    /// Each row belongs to an app; those of the set's own app count (Django).
    Django,
    /// Each row belongs to a project; the key is the id of the change (Sqitch).
    Sqitch,
    /// The key is file, id and author; the type of execution tells what was only recorded (Liquibase).
    Liquibase,
    /// What stands before the newest baseline does not count (pgroll).
    Pgroll,
    /// Rows with fewer statements applied than there are have failed; the type tells what was only recorded (Atlas).
    Atlas,
}

/// What a tool does with a migration that is older than the newest applied one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum LateSpec {
    /// Runs it without a word.
    #[default]
    Runs,
    /// Stops with an error.
    Refuses,
    /// Never runs it, and says nothing.
    Skips,
}

impl From<LateSpec> for model::Late {
    fn from(late: LateSpec) -> Self {
        match late {
            LateSpec::Runs => Self::Runs,
            LateSpec::Refuses => Self::Refuses,
            LateSpec::Skips => Self::Skips,
        }
    }
}

/// Why a tool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// No such tool.
    #[error("there is no migration tool \"{name}\"{}; `guard tools` lists them", suggestion(.nearest.as_deref()))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The name that was meant, perhaps.
        nearest: Option<String>,
    },
    /// Its file is wrong.
    #[error("the tool \"{name}\": {what}")]
    Invalid {
        /// The tool.
        name: String,
        /// What is wrong.
        what: String,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" (did you mean \"{name}\"?)")).unwrap_or_default()
}
