//! What the commands say of a tool, and how its digests are remembered.

use std::borrow::Cow;

use crate::model::{Migration, RepoPath};

use super::spec::{Algorithm, GraphForm, Layout, ReplaySpec};
use super::{Digest, Tool, liquibase};

impl Tool {
    /// How its migrations are replayed, where they are programs.
    pub fn replay(&self) -> Option<&ReplaySpec> {
        self.spec.replay.as_ref()
    }

    /// Where the tool usually keeps its migrations.
    pub fn usual_dirs(&self) -> &[String] {
        &self.spec.usual
    }

    /// Whether a file alone, by its name and perhaps its text, says what it is. If not, a part of the files cannot be listed (Drizzle's journal
    /// names them all).
    pub fn reads_each_alone(&self) -> bool {
        !matches!(self.spec.files.layout, Layout::Drizzle | Layout::Sqitch | Layout::Liquibase)
            && self.spec.files.graph != Some(GraphForm::Django)
    }

    /// Whether each file's text tells its key and what it builds on, so that a listing without texts knows neither.
    pub fn is_graph(&self) -> bool {
        self.spec.files.graph.is_some() || self.spec.files.layout == Layout::Liquibase
    }

    /// Whether a file holds several migrations.
    pub fn keeps_parts(&self) -> bool {
        self.spec.files.layout == Layout::Liquibase
    }

    /// Whether the ledger usually lies in a database, a schema or a file of its own, which may be all that guard is shown.
    pub fn keeps_registry(&self) -> bool {
        self.spec.files.layout == Layout::Sqitch
    }

    /// The migration that a row's key names, as if it stood in that file; `None` where the key names another file.
    pub fn stand_in(&self, path: &RepoPath, identity: &str) -> Option<Migration> {
        liquibase::stand_in(path, identity).filter(|_| self.keeps_parts())
    }

    /// Whether a row's key, as [`Tool::align`] leaves it, names a file in that directory.
    pub fn names_file_below(&self, identity: &str, dir: &RepoPath) -> bool {
        let dir = dir.to_str_lossy().to_lowercase();
        let rest = identity.strip_prefix(&*dir);
        dir.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// The migration's own text, out of the text of its file: all of it, or its part without what the tool does not
    /// compare. `None` where another text of the file has no such part.
    pub fn own_text<'t>(&self, migration: &Migration, file: &'t [u8]) -> Option<Cow<'t, [u8]>> {
        match &migration.part {
            None => Some(Cow::Borrowed(file)),
            Some(part) => Some(Cow::Owned(liquibase::text(&migration.path, part, file)?.text)),
        }
    }

    /// Whether two own texts of a part differ in nothing but lines that are empty, or are left empty.
    pub fn is_untouched(&self, before: &[u8], after: &[u8]) -> bool {
        let lines = |text: &[u8]| -> Vec<Vec<u8>> {
            let lines = text.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii_end);
            lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
        };
        self.keeps_parts() && lines(before) == lines(after)
    }

    /// The databases on which it works, as people call them.
    pub fn databases(&self) -> Vec<&str> {
        let name = |id: &'_ String| match id.as_str() {
            "sqlite" => "SQLite",
            "postgres" => "PostgreSQL",
            "mysql" => "MySQL",
            _ => "another",
        };
        self.spec.databases.iter().map(name).collect()
    }

    /// Which real tools made the ledgers on which guard was tried, and on which databases. Empty for a tool of one's own.
    pub fn verified_with(&self) -> String {
        let runs = self.spec.verified.iter().map(|run| format!("{} on {}", run.with, run.on.join(", ")));
        let runs = runs.collect::<Vec<_>>().join("; ");
        let known = !self.spec.databases.is_empty();
        if known && runs.is_empty() { "none: what guard knows is from its source".to_owned() } else { runs }
    }

    /// What `guard tools` says of it, for programs.
    pub fn describe(&self) -> serde_json::Value {
        let verified = self.spec.verified.iter();
        let verified: Vec<_> =
            verified.map(|run| serde_json::json!({ "with": run.with, "on": run.on })).collect();
        serde_json::json!({
            "tool": self.name,
            "name": self.spec.title,
            "directories": self.spec.usual,
            "ledger": self.default_table().to_string(),
            "checksum": self.checksum_name(),
            "databases": self.spec.databases,
            "verified": verified,
        })
    }

    /// The name of the checksum in the ledger; `None` for a tool that keeps none.
    pub fn checksum_name(&self) -> Option<&'static str> {
        Some(match self.spec.checksum.as_ref()?.algorithm {
            Algorithm::Sha384 => "SHA-384",
            Algorithm::Sha256Hex | Algorithm::ChainAtlas => "SHA-256",
            Algorithm::Crc32Lines => "CRC-32",
            Algorithm::Siphash13Refinery => "SipHash-1-3",
            Algorithm::Md5Evolve | Algorithm::Md5Liquibase => "MD5",
            Algorithm::Sha1Graphile | Algorithm::Sha1Hex => "SHA-1",
            Algorithm::Statements => "the statements",
        })
    }
}

impl Digest {
    /// As it is remembered: a letter for the kind, and the value.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => [b"b", &**bytes].concat(),
            Self::Number(number) => [b"n", &number.to_be_bytes()[..]].concat(),
            Self::Text(text) => [b"t", text.as_bytes()].concat(),
        }
    }

    /// Whether this is what [`Self::to_bytes`] makes of it.
    pub fn is_remembered_as(&self, bytes: &[u8]) -> bool {
        match (self, bytes.split_first()) {
            (Self::Bytes(own), Some((b'b', rest))) => **own == *rest,
            (Self::Number(own), Some((b'n', rest))) => own.to_be_bytes() == rest,
            (Self::Text(own), Some((b't', rest))) => own.as_bytes() == rest,
            _ => false,
        }
    }
}
