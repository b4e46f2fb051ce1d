//! Names with a type of their own where a mix-up would be a bug.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

/// A path relative to the root of the repository, with forward slashes.
///
/// Kept as bytes: git stores any bytes but NUL. A copy is cheap: entries, migrations and findings share them, and all paths
/// of an index share one block of memory. [`fmt::Display`] is safe for a terminal and a log: what is not UTF-8 or is a
/// control character is shown as an escape (`\n`, `\x1b`, `\xff`).
#[derive(Clone, Default)]
pub struct RepoPath {
    block: Arc<Vec<u8>>,
    start: u32,
    end: u32,
}

impl RepoPath {
    /// Takes the bytes as git stores them.
    ///
    /// # Panics
    /// At a path of four gigabytes, which no system has.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let block = Arc::new(bytes.into());
        let end = u32::try_from(block.len()).expect("paths are shorter than four gigabytes");
        Self { block, start: 0, end }
    }

    /// A part of a block that holds many paths.
    pub fn part(block: &Arc<Vec<u8>>, range: Range<usize>) -> Self {
        match (u32::try_from(range.start), u32::try_from(range.end)) {
            (Ok(start), Ok(end)) if range.end <= block.len() => Self { block: Arc::clone(block), start, end },
            _ => Self::new(block.get(range).unwrap_or_default()),
        }
    }

    /// The bytes as git stores them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.block[self.start as usize..self.end as usize]
    }

    /// The path as text, with what is not UTF-8 replaced.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// What stands after the last slash.
    pub fn file_name(&self) -> &[u8] {
        let bytes = self.as_bytes();
        let start = memchr::memrchr(b'/', bytes).map_or(0, |at| at + 1);
        &bytes[start..]
    }

    /// The directory that holds this, empty at the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        let bytes = self.as_bytes();
        let end = memchr::memrchr(b'/', bytes).unwrap_or(0);
        Self::new(&bytes[..end])
    }

    /// This path with one more part.
    #[must_use]
    pub fn join(&self, part: &[u8]) -> Self {
        match self.as_bytes() {
            [] => Self::new(part),
            directory => Self::new([directory, b"/", part].concat()),
        }
    }

    /// The path below `directory`, if it lies there. The empty directory is the root.
    pub fn below(&self, directory: &Self) -> Option<&[u8]> {
        match directory.as_bytes() {
            [] => Some(self.as_bytes()),
            directory => self.as_bytes().strip_prefix(directory)?.strip_prefix(b"/"),
        }
    }
}

impl PartialEq for RepoPath {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for RepoPath {}

impl PartialOrd for RepoPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RepoPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for RepoPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.as_bytes().utf8_chunks() {
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

/// A text that is short nearly always, and then needs no memory of its own.
pub type Text = compact_str::CompactString;

/// How a value is printed, without the memory that a `String` would take on the way.
pub fn text_of(value: impl fmt::Display) -> Text {
    compact_str::ToCompactString::to_compact_string(&value)
}

/// The version of a migration, in the tool's own spelling. Order belongs to the tool: see [`Rank`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Version(pub Text);

impl Version {
    /// A whole number, as most ledgers keep it.
    pub fn number(number: i64) -> Self {
        Self(compact_str::ToCompactString::to_compact_string(&number))
    }
}

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
pub struct Rank(SmallVec<[u8; INLINE]>);

/// A time to the second in digits, with what stands before them, and room to spare: no memory of its own for those.
const INLINE: usize = 22;

impl Rank {
    /// Order of characters.
    pub fn text(text: &str) -> Self {
        Self(SmallVec::from_slice(text.as_bytes()))
    }

    /// Order of integers of any length, with an optional sign.
    pub fn number(digits: &str) -> Self {
        // As nearly all are: no sign, no zeros before it, short enough to be made in one piece.
        if let Some(b'1'..=b'9') = digits.as_bytes().first()
            && digits.len() <= INLINE - 3
        {
            let mut piece = [0; INLINE];
            piece[0] = 1;
            piece[2] = u8::try_from(digits.len()).unwrap_or_default();
            piece[3..3 + digits.len()].copy_from_slice(digits.as_bytes());
            return Self(SmallVec::from_buf_and_len(piece, 3 + digits.len()));
        }
        let mut rank = SmallVec::new();
        push_number(&mut rank, digits);
        Self(rank)
    }

    /// Order of dotted versions: part by part, missing parts count as zero.
    pub fn numbers<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut rank = SmallVec::new();
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

fn push_number(rank: &mut SmallVec<[u8; INLINE]>, digits: &str) {
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
