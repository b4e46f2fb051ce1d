//! Migration tools: facts about other programs, as data, and the interpreter of that data.
//!
//! To add a tool: `src/tools/x.toml`, one line in [`BUILT_IN`], and a folder under `tests/tools/`. What the
//! format cannot say becomes one more *named* algorithm in a closed enum ([`spec`]); no language grows in TOML.
//! A house-made tool is declared with the same keys in `guard.toml` under `[tools.NAME]`.

mod checksum;
mod describe;
mod detect;
mod dumps;
mod files;
mod graphs;
mod histories;
mod keys;
mod ledger;
mod liquibase;
#[cfg(test)]
mod listing_tests;
mod made;
mod matching;
mod names;
mod nature;
mod program;
mod psql;
mod python;
mod records;
mod rows;
mod script;
pub mod spec;
mod sqitch;
mod sql;
#[cfg(test)]
mod sqlite_tests;
#[cfg(test)]
mod testing;
mod texts;
mod validate;

use std::collections::BTreeMap;

use crate::model::{
    AppliedMigration, IgnoredFile, LedgerStyle, Migration, RepoPath, StaleRecord, TableName, ToolFacts,
};

pub use checksum::{Digest, IN_LFS, NOT_COMPUTED, only_moved_to_lfs};
pub use detect::{Detected, detect};
pub use dumps::read_dump;
pub use ledger::{ledger_names, recognise};
pub use made::MadeLedger;
pub use matching::{Matched, places};
pub use script::ScriptReader;
pub use spec::{ToolError, ToolSpec};
pub use texts::{ReadBlob, Texts};

use names::Patterns;
use spec::{Accepts, Algorithm, KindSpec, Layout};

/// The tools that guard knows: name and file, sorted by name. Parsed when asked for.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("aerich", include_str!("aerich.toml")),
    ("alembic", include_str!("alembic.toml")),
    ("atlas", include_str!("atlas.toml")),
    ("d1", include_str!("d1.toml")),
    ("dbmate", include_str!("dbmate.toml")),
    ("dbup", include_str!("dbup.toml")),
    ("diesel", include_str!("diesel.toml")),
    ("django", include_str!("django.toml")),
    ("doctrine", include_str!("doctrine.toml")),
    ("drizzle", include_str!("drizzle.toml")),
    ("ecto", include_str!("ecto.toml")),
    ("ef-core", include_str!("ef-core.toml")),
    ("evolve", include_str!("evolve.toml")),
    ("flyway", include_str!("flyway.toml")),
    ("golang-migrate", include_str!("golang-migrate.toml")),
    ("goose", include_str!("goose.toml")),
    ("graphile-migrate", include_str!("graphile-migrate.toml")),
    ("knex", include_str!("knex.toml")),
    ("kysely", include_str!("kysely.toml")),
    ("laravel", include_str!("laravel.toml")),
    ("liquibase", include_str!("liquibase.toml")),
    ("mikro-orm", include_str!("mikro-orm.toml")),
    ("node-pg-migrate", include_str!("node-pg-migrate.toml")),
    ("pgroll", include_str!("pgroll.toml")),
    ("phinx", include_str!("phinx.toml")),
    ("prisma", include_str!("prisma.toml")),
    ("rails", include_str!("rails.toml")),
    ("refinery", include_str!("refinery.toml")),
    ("rusqlite_migration", include_str!("rusqlite_migration.toml")),
    ("sea-orm", include_str!("sea-orm.toml")),
    ("sequelize", include_str!("sequelize.toml")),
    ("sqitch", include_str!("sqitch.toml")),
    ("sql-migrate", include_str!("sql-migrate.toml")),
    ("sqlx", include_str!("sqlx.toml")),
    ("supabase", include_str!("supabase.toml")),
    ("tern", include_str!("tern.toml")),
    ("typeorm", include_str!("typeorm.toml")),
    ("yoyo", include_str!("yoyo.toml")),
];

/// A tool, ready to read files and ledgers.
#[derive(Debug)]
pub struct Tool {
    name: String,
    spec: ToolSpec,
    patterns: Patterns,
    /// What [`Tool::digest_salt`] begins with.
    salt: u64,
    /// Where Sqitch's plan lies, where its configuration says so.
    plan: Option<RepoPath>,
}

/// Migrations of a directory, and what lies beside them.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// In the tool's order.
    pub migrations: Vec<Migration>,
    /// Files that look like migrations and are none to the tool.
    pub ignored: Vec<IgnoredFile>,
    /// Records beside them that differ from them.
    pub stale: Vec<StaleRecord>,
}

/// A table that was recognised as a tool's ledger, by its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerTable {
    /// Its name.
    pub name: TableName,
    /// Which of the known layouts it has (Drizzle 0.x and 1.x differ): an index into the tool's file.
    pub layout: usize,
    /// The version is a number of eight bytes.
    pub wide: bool,
}

/// A ledger as read, before it is held against the files. Made on the database's thread.
#[derive(Clone, Debug, Default)]
pub struct RawLedger {
    /// The table.
    pub table: TableName,
    /// How it records.
    pub style: LedgerStyle,
    /// Rows that count, in the order of application.
    pub rows: Vec<RawRow>,
    /// All rows of the table.
    pub read: usize,
    /// What becomes another when the table or its database is made anew, where that can be told.
    pub incarnation: Option<String>,
}

/// A row of a ledger, in guard's terms.
#[derive(Clone, Debug)]
pub struct RawRow {
    /// The row; `migration`, `content` and the two places are filled in later.
    pub applied: AppliedMigration,
    /// The checksum, where the row has one.
    pub recorded: Option<Digest>,
    /// What tells it from a row that was written later for the same migration.
    pub mark: RowMark,
}

/// What tells a row from one that was written later for the same migration. Made for tools without a checksum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowMark {
    /// From the time of application and the column by which rows are ordered; 0 where there is neither.
    pub sum: u32,
    /// The row has a time: the same mark is the same row.
    pub timed: bool,
    /// The version is a number of eight bytes, which refinery hashes then.
    pub wide: bool,
}

impl Tool {
    /// The tool of that name: one of the user's own, or one that guard knows.
    pub fn find(name: &str, own: &BTreeMap<String, ToolSpec>) -> Result<Self, ToolError> {
        let invalid = |what: String| ToolError::Invalid { name: name.to_owned(), what };
        let mut spec = match (own.get(name), BUILT_IN.iter().find(|(known, _)| *known == name)) {
            (Some(spec), _) => {
                let mistakes = spec.validate();
                if !mistakes.is_empty() {
                    return Err(invalid(mistakes.join("; ")));
                }
                spec.clone()
            }
            (None, Some((_, text))) => toml::from_str(text).map_err(|error| invalid(error.to_string()))?,
            (None, None) => {
                return Err(ToolError::Unknown { name: name.to_owned(), nearest: nearest(name, own) });
            }
        };
        if spec.title.is_empty() {
            name.clone_into(&mut spec.title);
        }
        Ok(Self::ready(name, spec))
    }

    fn ready(name: &str, spec: ToolSpec) -> Self {
        let patterns = Patterns::new(&spec.files);
        let salt = spec.checksum.as_ref().map(checksum::salt).unwrap_or_default();
        Self { name: name.to_owned(), spec, patterns, salt, plan: None }
    }

    /// The file of the project's own, in the directory or above it, that changes how the tool computes its checksum, or where
    /// it looks.
    pub fn settings_file(&self) -> Option<&str> {
        if self.spec.files.layout == Layout::Sqitch {
            return Some("sqitch.conf");
        }
        self.spec.checksum.as_ref()?.ignored_chars_in.as_deref()
    }

    /// This tool as that file, which lies in `above`, has it for the set in `dir`; nothing where it changes nothing.
    pub fn with_settings(&self, dir: &RepoPath, above: &RepoPath, text: &[u8]) -> Option<Self> {
        if self.spec.files.layout == Layout::Sqitch {
            let settings = sqitch::settings(above, &String::from_utf8_lossy(text), dir);
            let mut spec = self.spec.clone();
            spec.files.up = vec![format!(".{}", settings.extension)];
            return Some(Self { plan: Some(settings.plan), ..Self::ready(&self.name, spec) });
        }
        let settings: toml::Table = toml::from_str(std::str::from_utf8(text).ok()?).ok()?;
        let ignored = settings.get("migrate")?.get("ignored-chars")?.as_array()?;
        let one = |text: &str| Some(text.chars().next()?).filter(|first| text.len() == first.len_utf8());
        let ignored = ignored.iter().map(|word| one(word.as_str()?)).collect::<Option<Vec<char>>>()?;
        let mut spec = self.spec.clone();
        spec.checksum.as_mut()?.ignored_chars = ignored;
        Some(Self::ready(&self.name, spec))
    }

    /// The id: `sqlx`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The data.
    pub fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    /// What rules need to know.
    pub fn facts(&self) -> ToolFacts {
        let checksum = self.spec.checksum.as_ref();
        let blind = |spec: &spec::ChecksumSpec| {
            matches!(
                spec.algorithm,
                Algorithm::Crc32Lines
                    | Algorithm::Md5Evolve
                    | Algorithm::Md5Liquibase
                    | Algorithm::Statements
            ) || spec.accepts == Accepts::Prisma
        };
        let files = &self.spec.files;
        ToolFacts {
            name: self.name.clone(),
            title: self.spec.title.clone(),
            keeps_checksum: checksum.is_some_and(|spec| spec.compared),
            blind_to_line_endings: checksum.is_some_and(blind),
            name_matters: self.spec.name_matters,
            late: self.spec.late.into(),
            undo_files: !files.down.is_empty()
                || files.undo_file.is_some()
                || files.kinds.values().any(|kind| *kind == KindSpec::Undo),
            tidies: self.spec.tidies,
            empty_allowed: self.spec.empty_allowed,
            code: !matches!(files.syntax, spec::Syntax::Sql),
            words: (&self.spec.words).into(),
        }
    }

    /// What rules need to know, for this very directory: a tool may treat its old layout otherwise than its new one.
    pub fn facts_of(&self, listing: &Listing) -> ToolFacts {
        let mut facts = self.facts();
        let in_folder = |one: &Migration| one.path.file_name() == b"migration.sql";
        if self.spec.files.layout == Layout::Drizzle && listing.migrations.iter().any(in_folder) {
            facts.late = crate::model::Late::Runs; // 1.x takes every name that is not recorded
        }
        facts
    }
}

/// The known name that is most like this one, if one is at all.
fn nearest(name: &str, own: &BTreeMap<String, ToolSpec>) -> Option<String> {
    let known = own.keys().map(String::as_str).chain(BUILT_IN.iter().map(|(known, _)| *known));
    let wanted = name.to_ascii_lowercase();
    known
        .map(|known| (distance(&wanted, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4 || known.starts_with(&wanted))
        .min()
        .map(|(_, known)| known.to_owned())
}

/// How many characters must be changed, put in or taken out.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], at + 1);
        for (column, character) in other.chars().enumerate() {
            let change = corner + usize::from(letter != character);
            corner = row[column + 1];
            row[column + 1] = change.min(corner + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_and_folder_agree() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tools");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
            .collect();
        files.sort();
        let listed: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, files);
    }

    #[test]
    fn every_file_can_be_read_and_has_no_mistake() {
        for (name, text) in BUILT_IN {
            let spec: ToolSpec = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(spec.validate(), Vec::<String>::new(), "{name}");
            assert!(Tool::find(name, &BTreeMap::new()).is_ok(), "{name}");
            assert!(!spec.ledger.is_empty() && spec.words.apply.is_some(), "{name}");
        }
    }

    #[test]
    fn an_unknown_tool_is_answered_with_the_name_that_was_meant() {
        let error = |name| Tool::find(name, &BTreeMap::new()).unwrap_err().to_string();
        assert_eq!(
            error("sqx"),
            "there is no migration tool \"sqx\" (did you mean \"sqlx\"?); `guard tools` lists them"
        );
        assert_eq!(error("quux"), "there is no migration tool \"quux\"; `guard tools` lists them");
    }
}
