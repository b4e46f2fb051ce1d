//! The tool's own commands, and what it writes beside its migrations.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model;

/// The tool's own commands; where it has none, the statement on the ledger. None ever drops or resets anything.
///
/// Placeholders: `{version}` (the ledger's key), `{name}`, `{path}`, `{table}`, `{checksum}`. A statement is written as SQLite
/// reads it, with `"Name"` for a name that needs quotes and `x'{checksum}'` for bytes; guard says it as the database at hand does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WordsSpec {
    /// Applies what is pending.
    pub apply: Option<String>,
    /// Records a migration as applied without running it.
    pub mark_applied: Option<String>,
    /// Takes a record back without undoing the migration.
    pub unmark: Option<String>,
    /// Makes the recorded checksum equal to the file's.
    pub accept_checksum: Option<String>,
    /// After a failed migration has been cleaned up by hand.
    pub clear_failed: Option<String>,
    /// Makes a new, empty migration.
    pub create: Option<String>,
    /// Joins the heads of a graph. Its placeholder: `{heads}`.
    pub merge: Option<String>,
    /// Makes the record in the repository anew.
    pub record: Option<String>,
    /// Writes the schema into the repository.
    pub dump: Option<String>,
}

impl From<&WordsSpec> for model::Words {
    fn from(words: &WordsSpec) -> Self {
        let words = words.clone();
        Self {
            apply: words.apply,
            mark_applied: words.mark_applied,
            unmark: words.unmark,
            accept_checksum: words.accept_checksum,
            clear_failed: words.clear_failed,
            create: words.create,
            merge: words.merge,
            record: words.record,
            dump: words.dump,
        }
    }
}

/// How the tool itself runs its migrations on a scratch database. See `[migrations.replay]` of guard.toml.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReplaySpec {
    /// All of them.
    pub run: Vec<String>,
    /// Up to `{version}`.
    #[serde(default)]
    pub to: Vec<String>,
    /// What the command finds in its environment.
    pub env: BTreeMap<String, String>,
}

/// A file in which the tool shows the schema that its migrations make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DumpSpec {
    /// Where, from the directory above the migrations; `*` stands for what the directory's name has before `migrate`.
    pub file: String,
    /// What it is written in.
    pub form: DumpForm,
}

/// What a schema is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum DumpForm {
    /// SQL that makes it.
    Sql,
    /// `create_table` in Ruby.
    Rails,
    /// Models of Prisma.
    Prisma,
    /// `table!` of Diesel.
    Diesel,
}
