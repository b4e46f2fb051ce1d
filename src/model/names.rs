//! Names with a type of their own where a mix-up would be a bug.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A path relative to the root of the repository, with forward slashes.
///
/// Kept as bytes: git stores any bytes but NUL. A copy is cheap: entries, migrations and findings share them. [`fmt::Display`] is safe for a terminal and a log: what is
/// not UTF-8 or is a control character is shown as an escape (`\n`, `\x1b`, `\xff`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RepoPath(Arc<[u8]>);

impl RepoPath {
    /// Takes the bytes as git stores them.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes as git stores them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, with what is not UTF-8 replaced.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// What stands after the last slash.
    pub fn file_name(&self) -> &[u8] {
        let start = self.0.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        &self.0[start..]
    }

    /// The directory that holds this, empty at the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        let end = self.0.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        Self(self.0[..end].into())
    }

    /// This path with one more part.
    #[must_use]
    pub fn join(&self, part: &[u8]) -> Self {
        if self.0.is_empty() {
            return Self(part.into());
        }
        Self([&*self.0, b"/", part].concat().into())
    }

    /// The path below `directory`, if it lies there. The empty directory is the root.
    pub fn below(&self, directory: &Self) -> Option<&[u8]> {
        if directory.0.is_empty() {
            return Some(&self.0);
        }
        self.0.strip_prefix(&*directory.0)?.strip_prefix(b"/")
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character.is_control() || is_direction_override(character) {
                    write!(out, "{}", character.escape_default())?;
                } else {
                    write!(out, "{character}")?;
                }
            }
            for byte in chunk.invalid() {
                write!(out, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.to_string())
    }
}

/// Characters that make a terminal show text in another order than it is stored.
fn is_direction_override(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The id of a git object: 20 bytes in a SHA-1 repository, 32 in a SHA-256 one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid {
    length: u8,
    bytes: [u8; 32],
}

impl Oid {
    /// Takes 20 or 32 bytes; any other length is `None`.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        let length = u8::try_from(raw.len()).ok().filter(|length| matches!(length, 20 | 32))?;
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(Self { length, bytes })
    }

    /// Takes 40 or 64 hexadecimal digits.
    pub fn from_hex(hex: &str) -> Option<Self> {
        if !hex.is_ascii() || !matches!(hex.len(), 40 | 64) {
            return None;
        }
        let digit = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        let raw: Vec<u8> = (0..hex.len()).step_by(2).map(digit).collect::<Option<_>>()?;
        Self::from_bytes(&raw)
    }

    /// The 20 or 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Whether this is the id of nothing, which git writes as zeros.
    pub fn is_zero(&self) -> bool {
        self.as_bytes().iter().all(|byte| *byte == 0)
    }

    /// The first eight digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// The version of a migration, in the tool's own spelling. Order belongs to the tool: see [`Rank`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Version(pub String);

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", RepoPath::from(self.0.as_str()))
    }
}

/// Where a migration stands in its tool's order: bytes that compare as the tool would compare.
///
/// ```
/// use migguard::model::Rank;
/// assert!(Rank::number("9") < Rank::number("010"));
/// assert_eq!(Rank::number("-0"), Rank::number("000"));
/// assert!(Rank::number("-10") < Rank::number("-9"));
/// assert!(Rank::text("10") < Rank::text("9"));
/// assert_eq!(Rank::numbers(["1", "0"]), Rank::numbers(["1"]));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Rank(Vec<u8>);

impl Rank {
    /// Order of characters.
    pub fn text(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }

    /// Order of integers of any length, with an optional sign.
    pub fn number(digits: &str) -> Self {
        let mut rank = Vec::with_capacity(digits.len() + 3);
        push_number(&mut rank, digits);
        Self(rank)
    }

    /// Order of dotted versions: part by part, missing parts count as zero.
    pub fn numbers<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut rank = Vec::new();
        let mut significant = 0;
        for part in parts {
            push_number(&mut rank, part);
            if part.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
                significant = rank.len();
            }
        }
        rank.truncate(significant);
        Self(rank)
    }

    /// This order first, then `other`.
    #[must_use]
    pub fn then(mut self, other: &Self) -> Self {
        self.0.push(0);
        self.0.extend_from_slice(&other.0);
        self
    }
}

fn push_number(rank: &mut Vec<u8>, digits: &str) {
    let negative = digits.starts_with('-');
    let magnitude = digits.trim_start_matches(['+', '-']).trim_start_matches('0').as_bytes();
    let negative = negative && !magnitude.is_empty();
    let length = u16::try_from(magnitude.len()).unwrap_or(u16::MAX).to_be_bytes();
    if negative {
        rank.push(0);
        rank.extend(length.iter().chain(magnitude).map(|byte| !byte));
    } else {
        rank.push(1);
        rank.extend_from_slice(&length);
        rank.extend_from_slice(magnitude);
    }
}

/// The name of a table, with its schema where the database has schemas.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TableName {
    /// `public` and the like; `None` where it is not said.
    pub schema: Option<String>,
    /// The table's own name, unquoted.
    pub name: String,
}

impl TableName {
    /// A table without a schema.
    pub fn plain(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(out, "{}.", RepoPath::from(schema.as_str()))?;
        }
        write!(out, "{}", RepoPath::from(self.name.as_str()))
    }
}

/// The id of a rule: kebab-case, names the bad pattern, reads after "allow". Public, never used again for another rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleId(pub &'static str);

impl fmt::Display for RuleId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}
