//! The closed set of checksum algorithms, and what a tool takes for the same.
//!
//! Every byte here is fixed by programs of other people: the tests hold the vectors that those programs printed.

pub(super) mod chain;
mod liquibase;
mod texts;

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest as _, Sha256, Sha384};
use siphasher::sip::SipHasher13;
use std::hash::Hasher as _;

use crate::db::Cell;
use crate::git::LfsPointer;
use crate::model::{Content, Migration, MigrationKind, RepoPath, Variant};

use super::spec::{Accepts, Algorithm, ChecksumSpec};
use super::{RawRow, RowMark, Tool};

pub use liquibase::NOT_COMPUTED;
pub(super) use texts::sha1;

/// A checksum, in the spelling of the ledger's column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Digest {
    /// Bytes (sqlx), or hexadecimal text of them (Prisma, Drizzle).
    Bytes(Box<[u8]>),
    /// A number (Flyway, refinery).
    Number(i128),
    /// Text that is none of the above: an older or foreign format.
    Text(String),
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}")),
            Self::Number(number) => write!(out, "{number}"),
            Self::Text(text) => out.write_str(text),
        }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Why a text in Git LFS is not compared.
pub const IN_LFS: &str = "Git LFS keeps the text, and the repository only a pointer to it";

const NO_CHECKSUM: &str = "the ledger holds no checksum for it";
const CODE: &str = "it is code, and what it will run is not known before it runs";
const IN_CHAIN: &str = "its sum covers the files before it";
const AFTER_A_DIFFERENCE: &str = "its sum covers the files before it, of which one differs";
const NOT_UTF_8: &str = "its text is not UTF-8";
const REPEATABLE: &str = "it is repeatable, and runs again when its text has changed";

impl Tool {
    /// The checksum of a text as the tool computes it today; `None` for a tool without one, or a text that it would refuse.
    pub fn digest(&self, migration: &Migration, text: &[u8]) -> Option<Digest> {
        let spec = self.spec.checksum.as_ref().filter(|spec| has_text(spec, migration))?;
        if let Some(pointer) = LfsPointer::read(text) {
            return digest_of_pointer(spec, pointer);
        }
        if let Some(part) = &migration.part {
            return liquibase::digest(migration, part, text);
        }
        let subject = Subject { spec, name: &migration.name, version: &migration.identity };
        subject.digest(text)
    }

    /// A digest of what runs of a text: the same for two texts of a path that differ only in line endings, white space and
    /// comments. The first half of a SHA-256. It is kept in files: another result for the same text is a breaking change.
    pub fn text_digest(&self, path: &RepoPath, text: &[u8]) -> [u8; 16] {
        let whole = match LfsPointer::read(text).and_then(|pointer| pointer.sha256) {
            // Whoever has the text itself gets another digest: what runs of it is not to be seen here.
            Some(sum) => Sha256::digest([b"lfs", &sum[..]].concat()),
            None => Sha256::digest(self.essence(path, text)),
        };
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        half
    }

    /// A number for all that enters [`Self::digest`] besides the text: algorithm, options, name and version where they count.
    pub fn digest_salt(&self, migration: &Migration) -> u64 {
        let Some(spec) = &self.spec.checksum else { return 0 };
        let mut salt = SipHasher13::new();
        salt.write_u64(self.salt);
        salt.write_u8(u8::from(has_text(spec, migration)));
        if spec.algorithm == Algorithm::Siphash13Refinery {
            for part in [&migration.name, &migration.identity] {
                salt.write(part.as_bytes());
                salt.write_u8(0xff);
            }
        }
        if let Some(part) = &migration.part {
            salt.write(part.key.as_bytes());
        }
        salt.finish()
    }

    /// Whether a sum covers all files up to its own, so that [`Self::compare_chain`] compares and [`Self::compare`] cannot.
    pub fn sums_in_chain(&self) -> bool {
        self.spec.checksum.as_ref().is_some_and(|spec| spec.algorithm == Algorithm::ChainAtlas)
    }

    /// Compares recorded sums that cover all files up to their own. `files` are all of the set, in the tool's order, with
    /// their texts and the sum of their row, where they have one.
    ///
    /// A late file counts as if it were not there for those that ran before it came. Only the first difference says anything.
    pub fn compare_chain(&self, files: &[(&Migration, &[u8], Option<&Digest>)]) -> Vec<Option<Content>> {
        let sums = |files: &mut dyn Iterator<Item = &(&Migration, &[u8], Option<&Digest>)>| {
            chain::sums(files.map(|(migration, text, _)| (migration.path.file_name(), *text)))
        };
        let all = sums(&mut files.iter());
        let mut recorded = sums(&mut files.iter().filter(|(_, _, row)| row.is_some())).into_iter();
        let mut differs = false;
        let compared = files.iter().zip(all).map(|((_, _, row), sum)| {
            let row = row.as_ref()?;
            let without_late = recorded.next().flatten();
            let row = row.to_string();
            if row.is_empty() {
                return Some(Content::NotComparable(NO_CHECKSUM));
            }
            if [&sum, &without_late].into_iter().flatten().any(|sum| *sum == row) {
                return Some(Content::Same);
            }
            let computed = sum.or(without_late).unwrap_or_default();
            Some(if std::mem::replace(&mut differs, true) {
                Content::NotComparable(AFTER_A_DIFFERENCE)
            } else {
                Content::Differs { recorded: row, computed, renamed: false }
            })
        });
        compared.collect()
    }

    /// [`Content::Same`] where that follows from [`Self::digest`] alone; `None` where [`Self::compare`] must look at the text.
    pub fn compare_digest(&self, row: &RawRow, migration: &Migration, digest: &Digest) -> Option<Content> {
        let same = row.recorded.as_ref() == Some(digest) && !self.name_differs(row, migration);
        same.then_some(Content::Same)
    }

    /// Compares a text with a recorded checksum in every way that the tool, an older tool or another checkout may have had.
    pub fn compare(&self, row: &RawRow, migration: &Migration, text: &[u8]) -> Content {
        let Some(spec) = &self.spec.checksum else { return Content::NotComparable(NO_CHECKSUM) };
        let recorded = match &row.recorded {
            None => return Content::NotComparable(NO_CHECKSUM),
            Some(Digest::Text(text)) if text.is_empty() => return Content::NotComparable(NO_CHECKSUM),
            Some(recorded) => recorded,
        };
        if !has_text(spec, migration) {
            return Content::NotComparable(CODE);
        }
        if let Some(pointer) = LfsPointer::read(text) {
            // Another form of the text may have been applied, and what is not here cannot be tried.
            let same = digest_of_pointer(spec, pointer).as_ref() == Some(recorded);
            return if same { Content::Same } else { Content::NotComparable(IN_LFS) };
        }
        if let Some(part) = &migration.part {
            return liquibase::compare(row, migration, part, text);
        }
        if spec.algorithm == Algorithm::ChainAtlas {
            return Content::NotComparable(IN_CHAIN);
        }
        let subject = Subject { spec, name: &migration.name, version: &migration.identity };
        let Some(computed) = subject.digest(text) else { return Content::NotComparable(NOT_UTF_8) };
        let renamed = self.name_differs(row, migration);
        if !renamed {
            if subject.accepts(recorded, text) {
                return Content::Same;
            }
            if migration.kind == MigrationKind::Repeatable {
                return Content::NotComparable(REPEATABLE);
            }
            if let Some(variant) = subject.variant(recorded, text) {
                return Content::SameBut(variant);
            }
        }
        // What is to be accepted must be what the tool will compute in this database.
        let wide = row.mark.wide && spec.algorithm == Algorithm::Siphash13Refinery;
        let wide = std::str::from_utf8(text).ok().filter(|_| wide).and_then(|text| subject.wide(text));
        let computed = wide.unwrap_or(computed).to_string();
        Content::Differs { recorded: recorded.to_string(), computed, renamed }
    }

    /// Whether the ledger has another name for it than the file, with a tool that minds.
    fn name_differs(&self, row: &RawRow, migration: &Migration) -> bool {
        let Some(recorded) = row.applied.name.as_deref().filter(|_| self.spec.name_matters) else {
            return false;
        };
        if migration.kind == MigrationKind::Repeatable {
            return false; // its name is its key
        }
        let (recorded, name) = (recorded.replace('_', " "), migration.name.replace('_', " "));
        // Flyway keeps 200 characters: DescriptionMatcher and AbbreviationUtils in flyway-core.
        let cut = recorded.strip_suffix("...").filter(|start| start.chars().count() == 197);
        recorded != name && !cut.is_some_and(|start| name.starts_with(start))
    }
}

/// See [`RowMark`].
pub(super) fn row_mark(time: &Cell, order: &Cell) -> RowMark {
    if matches!((time, order), (Cell::Null, Cell::Null)) {
        return RowMark::default();
    }
    let sum = crc32fast::hash(format!("{time}\n{order}").as_bytes());
    RowMark { sum: sum.max(1), timed: *time != Cell::Null, wide: false }
}

/// Whether a text only went to Git LFS or came back from there: one of the two is a pointer to the other.
pub fn only_moved_to_lfs(one: &[u8], other: &[u8]) -> bool {
    let points_to = |pointer: LfsPointer, text: &[u8]| {
        pointer.sha256.is_some_and(|sum| Sha256::digest(text).as_slice() == sum)
    };
    match (LfsPointer::read(one), LfsPointer::read(other)) {
        (Some(one), Some(other)) => one.sha256.is_some() && one == other,
        (Some(pointer), None) => points_to(pointer, other),
        (None, Some(pointer)) => points_to(pointer, one),
        (None, None) => false,
    }
}

/// The checksum of a text that only Git LFS has: its pointer names the SHA-256.
fn digest_of_pointer(spec: &ChecksumSpec, pointer: LfsPointer) -> Option<Digest> {
    let plain = spec.algorithm == Algorithm::Sha256Hex && spec.ignored_chars.is_empty();
    pointer.sha256.filter(|_| plain).map(|sum| Digest::Bytes(sum.into()))
}

/// Whether the file holds the text that is hashed.
fn has_text(spec: &ChecksumSpec, migration: &Migration) -> bool {
    let name = migration.path.file_name();
    spec.only.is_empty() || spec.only.iter().any(|ending| name.ends_with(ending.as_bytes()))
}

/// The part of [`Tool::digest_salt`] that all migrations of a tool share.
pub(super) fn salt(spec: &ChecksumSpec) -> u64 {
    let mut salt = SipHasher13::new();
    salt.write(format!("{:?}{:?}", spec.algorithm, spec.ignored_chars).as_bytes());
    salt.finish()
}

/// What besides the text enters a checksum.
struct Subject<'a> {
    spec: &'a ChecksumSpec,
    name: &'a str,
    /// In its one spelling.
    version: &'a str,
}

impl Subject<'_> {
    /// As the tool computes it today; `None` for a text that it would refuse.
    fn digest(&self, text: &[u8]) -> Option<Digest> {
        match self.spec.algorithm {
            Algorithm::Sha384 => {
                let text = self.without_ignored(std::str::from_utf8(text).ok()?);
                Some(Digest::Bytes(Sha384::digest(text.as_bytes()).as_slice().into()))
            }
            Algorithm::Sha256Hex => {
                let text = String::from_utf8_lossy(text);
                let text = self.without_ignored(&text);
                Some(Digest::Bytes(Sha256::digest(text.as_bytes()).as_slice().into()))
            }
            Algorithm::Crc32Lines => std::str::from_utf8(text).ok().map(|_| crc32_of_lines(text)),
            Algorithm::Siphash13Refinery => {
                let text = std::str::from_utf8(text).ok()?;
                match self.version.parse::<i32>() {
                    Ok(version) => Some(siphash_of_parts(self.name, &version.to_le_bytes(), text)),
                    Err(_) => self.wide(text),
                }
            }
            Algorithm::ChainAtlas | Algorithm::Md5Liquibase => None, // no file alone has one
            Algorithm::Sha1Hex => Some(Digest::Text(texts::sha1(text))),
            Algorithm::Md5Evolve => Some(texts::md5_evolve(text)),
            Algorithm::Sha1Graphile => std::str::from_utf8(text).ok().map(texts::sha1_graphile),
            Algorithm::Statements => std::str::from_utf8(text).ok().map(texts::statements),
        }
    }

    /// refinery with its feature `int8-versions`.
    fn wide(&self, text: &str) -> Option<Digest> {
        let version = self.version.parse::<i64>().ok()?;
        Some(siphash_of_parts(self.name, &version.to_le_bytes(), text))
    }

    fn without_ignored<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let ignored = self.spec.ignored_chars.as_slice();
        if ignored.is_empty() || !text.contains(ignored) {
            text.into()
        } else {
            text.replace(ignored, "").into()
        }
    }

    /// Whether the tool takes the text for the recorded one.
    fn accepts(&self, recorded: &Digest, text: &[u8]) -> bool {
        let equal = |text: &[u8]| match (self.digest(text), recorded) {
            (Some(Digest::Bytes(bytes)), Digest::Text(old)) if self.spec.accepts == Accepts::Prisma => {
                old.len() != 64 && *old == unpadded_hex(&bytes)
            }
            (digest, _) => digest.as_ref() == Some(recorded),
        };
        if equal(text) {
            return true;
        }
        match (self.spec.algorithm, self.spec.accepts) {
            (Algorithm::Siphash13Refinery, _) => {
                std::str::from_utf8(text).is_ok_and(|text| self.wide(text).as_ref() == Some(recorded))
            }
            (Algorithm::Md5Evolve, _) => texts::md5_of(text) == *recorded,
            // prisma-engines, schema-connector/src/checksum.rs: a CRLF that is there already becomes CR CR LF.
            (_, Accepts::Prisma) => equal(&with_lf(text)) || equal(&replace(text, b"\n", b"\r\n")),
            // A migrator that was made by hand in the program reads no settings.
            (_, Accepts::Equal) if !self.spec.ignored_chars.is_empty() => {
                let spec = ChecksumSpec { ignored_chars: Vec::new(), ..self.spec.clone() };
                Subject { spec: &spec, ..*self }.digest(text).as_ref() == Some(recorded)
            }
            (_, Accepts::Equal) => false,
        }
    }

    /// The harmless difference under which the text is the recorded one.
    fn variant(&self, recorded: &Digest, text: &[u8]) -> Option<Variant> {
        let lf = with_lf(text);
        let crlf = replace(&lf, b"\n", b"\r\n");
        let mut forms: Vec<(&[u8], Option<Variant>)> = vec![(text, None)];
        if *lf != *text {
            forms.push((&lf, Some(Variant::AppliedWithLf)));
        }
        if *crlf != *text {
            forms.push((&crlf, Some(Variant::AppliedWithCrlf)));
        }
        if let Some((_, variant)) = forms[1..].iter().find(|(form, _)| self.accepts(recorded, form)) {
            return *variant;
        }
        let changed = |change: fn(&[u8]) -> Vec<u8>, otherwise| {
            let (_, line_ends) = forms.iter().find(|(form, _)| self.accepts(recorded, &change(form)))?;
            Some(line_ends.unwrap_or(otherwise))
        };
        changed(toggle_bom, Variant::ByteOrderMark)
            .or_else(|| changed(toggle_final_newline, Variant::FinalNewline))
    }
}

/// flyway-core, resolver/ChecksumCalculator.java: lines without their ends, one after the other.
fn crc32_of_lines(text: &[u8]) -> Digest {
    let mut crc = crc32fast::Hasher::new();
    let text = text.strip_prefix(BOM).unwrap_or(text);
    for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
        crc.update(line);
    }
    Digest::Number(i128::from(crc.finalize().cast_signed()))
}

/// `refinery_core/src/runner.rs`: Rust's `Hash` of name, version and text.
fn siphash_of_parts(name: &str, version: &[u8], text: &str) -> Digest {
    let mut hasher = SipHasher13::new();
    for part in [name.as_bytes(), b"\xff", version, text.as_bytes(), b"\xff"] {
        hasher.write(part);
    }
    Digest::Number(i128::from(hasher.finish()))
}

/// Prisma's first releases wrote each byte without its leading zero.
fn unpadded_hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut hex = String::with_capacity(64);
    for byte in bytes {
        let _ = write!(hex, "{byte:x}"); // writing to a String cannot fail
    }
    hex
}

/// The text with LF at the end of each line that ends in CRLF.
pub(super) fn with_lf(text: &[u8]) -> Cow<'_, [u8]> {
    replace(text, b"\r\n", b"\n")
}

fn replace<'t>(text: &'t [u8], from: &[u8], to: &[u8]) -> Cow<'t, [u8]> {
    let mut new: Vec<u8> = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(from) {
            new.extend_from_slice(&text[start..at]);
            new.extend_from_slice(to);
            at += from.len();
            start = at;
        } else {
            at += 1;
        }
    }
    if start == 0 {
        return Cow::Borrowed(text);
    }
    new.extend_from_slice(&text[start..]);
    Cow::Owned(new)
}

fn toggle_bom(text: &[u8]) -> Vec<u8> {
    match text.strip_prefix(BOM) {
        Some(rest) => rest.to_vec(),
        None => [BOM, text].concat(),
    }
}

fn toggle_final_newline(text: &[u8]) -> Vec<u8> {
    let shorter = text.strip_suffix(b"\r\n").or_else(|| text.strip_suffix(b"\n"));
    match shorter {
        Some(shorter) => shorter.to_vec(),
        None if text.windows(2).any(|pair| pair == b"\r\n") => [text, b"\r\n"].concat(),
        None => [text, b"\n"].concat(),
    }
}

/// A ledger's cell as a checksum of this algorithm. Anything may stand there.
pub(super) fn recorded(algorithm: Algorithm, cell: &Cell) -> Option<Digest> {
    let text = match cell {
        Cell::Null => return None,
        Cell::Integer(number) => return Some(Digest::Number(i128::from(*number))),
        Cell::Blob(bytes) if algorithm == Algorithm::Sha384 => {
            return Some(Digest::Bytes(bytes.as_slice().into()));
        }
        Cell::Text(bytes) | Cell::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Cell::Real(_) => cell.to_string(),
    };
    let digest = match algorithm {
        Algorithm::Sha256Hex => bytes_of_hex(&text).map(Digest::Bytes),
        Algorithm::Crc32Lines | Algorithm::Siphash13Refinery => {
            text.parse::<i128>().ok().filter(|number| number.to_string() == text).map(Digest::Number)
        }
        Algorithm::Statements => texts::recorded_statements(&text),
        Algorithm::Sha384
        | Algorithm::Md5Evolve
        | Algorithm::Sha1Graphile
        | Algorithm::Sha1Hex
        | Algorithm::ChainAtlas
        | Algorithm::Md5Liquibase => None,
    };
    Some(digest.unwrap_or(Digest::Text(text)))
}

/// Only the lower-case spelling: Prisma compares the text.
fn bytes_of_hex(text: &str) -> Option<Box<[u8]>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != 64 {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
#[path = "checksum_tests.rs"]
mod tests;
