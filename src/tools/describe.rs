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
