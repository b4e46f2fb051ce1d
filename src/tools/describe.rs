//! What the commands say of a tool, and how its digests are remembered.

use super::spec::{Algorithm, GraphForm, Layout};
use super::{Digest, Tool};

impl Tool {
    /// Where the tool usually keeps its migrations.
    pub fn usual_dirs(&self) -> &[String] {
        &self.spec.usual
    }

    /// Whether a file alone, by its name and perhaps its text, says what it is. If not, a part of the files cannot be listed (Drizzle's journal
    /// names them all).
    pub fn reads_each_alone(&self) -> bool {
        !matches!(self.spec.files.layout, Layout::Drizzle | Layout::Sqitch)
            && self.spec.files.graph != Some(GraphForm::Django)
    }

    /// Whether each file's text tells its key and what it builds on, so that a listing without texts knows neither.
    pub fn is_graph(&self) -> bool {
        self.spec.files.graph.is_some()
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
            Algorithm::Md5Evolve => "MD5",
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
}
