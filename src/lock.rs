//! The form of `guard.lock`: one line a migration and a last line over all, so that two branches that both add a migration
//! conflict in git.
//!
//! ```text
//! guard.lock 1
//! # comments
//! <id of the git object> <digest of what runs of the text> <path>
//! = <number of lines> <SHA-256 of all lines above, each with LF>
//! ```
//!
//! The lines are sorted by path, byte by byte. In a path a backslash is doubled, and control characters and what is not
//! UTF-8 stand as `\x1b`. The digest has 32 hexadecimal digits, see `Tool::text_digest`.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::model::{Oid, RepoPath};

/// Its name, at the root of the repository.
pub const FILE_NAME: &str = "guard.lock";

/// The first line. The number is the version of the format.
const HEAD: &str = "guard.lock 1";

/// For whoever opens it. `guard lock` writes it anew; it is no part of the format.
const COMMENT: &str = "# Made by `guard lock`, never by hand; after a merge run it again. `guard explain lock-mismatch` says what it is for.";

/// What git writes into a file when both sides have changed it.
const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// The line of a migration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The file.
    pub path: RepoPath,
    /// Its text.
    pub blob: Oid,
    /// The digest of what runs of the text.
    pub text: [u8; 16],
}

/// What stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Sorted by path.
    pub lines: Vec<Line>,
    /// The last line fits.
    pub whole: bool,
}

/// Why it cannot be read. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A merge has left both sides in it.
    Conflict {
        /// The first line that says so.
        line: u32,
    },
    /// A newer guard has written it, in this version of the format.
    Newer(String),
    /// Anything else.
    Wrong {
        /// Where.
        line: u32,
        /// As the end of a sentence.
        because: String,
    },
}

/// Reads the file.
pub fn parse(bytes: &[u8]) -> Result<Lock, Trouble> {
    let rows = || (1_u32..).zip(rows(bytes));
    if let Some((line, _)) = rows().find(|(_, row)| is_marker(row)) {
        return Err(Trouble::Conflict { line });
    }
    let wrong = |line, because: &str| Trouble::Wrong { line, because: because.to_owned() };
    let mut lines: Vec<Line> = Vec::new();
    let mut sum = Sha256::new();
    let mut end = None;
    for (number, row) in rows() {
        if number == 1 {
            check_head(row)?;
        } else if end.is_some() {
            return Err(wrong(number, "stands behind the last one"));
        } else if let Some(last) = row.strip_prefix(b"= ") {
            end = Some(last == total(lines.len(), sum.clone()).as_bytes());
        } else if !row.starts_with(b"#") {
            let line = read_line(row).ok_or_else(|| wrong(number, "is no line of guard.lock"))?;
            if lines.last().is_some_and(|before| before.path >= line.path) {
                return Err(wrong(number, "does not come after the one above it"));
            }
            lines.push(line);
        }
        sum.update(row);
        sum.update(b"\n");
    }
    if bytes.is_empty() {
        check_head(b"")?;
    }
    Ok(Lock { lines, whole: end == Some(true) })
}

/// All lines of migrations that can be read, of both sides of a conflict too.
pub fn salvage(bytes: &[u8]) -> Vec<Line> {
    rows(bytes).filter_map(read_line).collect()
}

/// Writes the file. The lines may come in any order; of two for one path the first counts.
pub fn write(mut lines: Vec<Line>) -> String {
    lines.sort_by(|one, other| one.path.cmp(&other.path));
    lines.dedup_by(|later, earlier| later.path == earlier.path);
    let mut text = format!("{HEAD}\n{COMMENT}\n");
    for Line { path, blob, text: digest } in &lines {
        let digest: String = digest.iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        let _ = writeln!(text, "{blob} {digest} {}", escape(path));
    }
    let mut sum = Sha256::new();
    sum.update(&text);
    let _ = writeln!(text, "= {}", total(lines.len(), sum));
    text
}

fn total(lines: usize, sum: Sha256) -> String {
    let mut total = format!("{lines} ");
    for byte in sum.finalize() {
        let _ = write!(total, "{byte:02x}");
    }
    total
}

/// The lines without their ends. A checkout may have given it CRLF, and somebody may have committed it so.
fn rows(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let rows = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n');
    rows.map(|row| row.strip_suffix(b"\r").unwrap_or(row))
}

fn is_marker(row: &[u8]) -> bool {
    MARKERS.iter().any(|marker| {
        row.strip_prefix(marker.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
    })
}

fn check_head(row: &[u8]) -> Result<(), Trouble> {
    if row == HEAD.as_bytes() {
        return Ok(());
    }
    let version = row.strip_prefix(b"guard.lock ").and_then(|version| std::str::from_utf8(version).ok());
    match version.filter(|version| version.parse().is_ok_and(|version: u32| version > 1)) {
        Some(version) => Err(Trouble::Newer(version.to_owned())),
        None => Err(Trouble::Wrong { line: 1, because: "is not the first line of a guard.lock".to_owned() }),
    }
}

fn read_line(row: &[u8]) -> Option<Line> {
    let row = std::str::from_utf8(row).ok()?;
    let (blob, rest) = row.split_once(' ')?;
    let (digest, path) = rest.split_once(' ')?;
    let lower = |digits: &str| digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if !lower(blob) || !lower(digest) || digest.len() != 32 || path.is_empty() {
        return None;
    }
    let text = u128::from_str_radix(digest, 16).ok()?.to_be_bytes();
    Some(Line { path: unescape(path)?, blob: Oid::from_hex(blob)?, text })
}

fn escape(path: &RepoPath) -> String {
    let mut escaped = String::new();
    for chunk in path.as_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' => escaped.push_str("\\\\"),
                letter if letter.is_control() => {
                    for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                        let _ = write!(escaped, "\\x{byte:02x}");
                    }
                }
                letter => escaped.push(letter),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(escaped, "\\x{byte:02x}");
        }
    }
    escaped
}

/// Only what [`escape`] writes: a path has one spelling.
fn unescape(escaped: &str) -> Option<RepoPath> {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (kind, behind) = rest.split_first()?;
        rest = behind;
        match kind {
            b'\\' => bytes.push(b'\\'),
            b'x' => {
                let (digits, behind) = rest.split_first_chunk::<2>()?;
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
                rest = behind;
            }
            _ => return None,
        }
    }
    let path = RepoPath::new(bytes);
    (escape(&path) == escaped).then_some(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(path: &str) -> Line {
        Line { path: RepoPath::from(path), blob: Oid::from_bytes(&[0x1a; 20]).unwrap(), text: [0x2b; 16] }
    }

    fn because(bytes: &str) -> (u32, String) {
        match parse(bytes.as_bytes()) {
            Err(Trouble::Wrong { line, because }) => (line, because),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_reads_what_it_writes_in_either_line_ending() {
        let text = write(vec![line("b/2.sql"), line("a/1 one.sql"), line("b/2.sql")]);
        let lock = Lock { lines: vec![line("a/1 one.sql"), line("b/2.sql")], whole: true };
        assert_eq!(parse(text.as_bytes()), Ok(lock.clone()));
        assert_eq!(parse(text.replace('\n', "\r\n").as_bytes()), Ok(lock.clone()));
        let rows: Vec<&str> = text.split('\n').collect();
        assert_eq!(rows[0], "guard.lock 1");
        assert_eq!(rows[2], format!("{} {} a/1 one.sql", "1a".repeat(20), "2b".repeat(16)));
        assert!(rows[4].starts_with("= 2 ") && rows[4].len() == 4 + 64 && rows[5].is_empty());
        assert!(parse(write(Vec::new()).as_bytes()).unwrap().whole, "none at all");
    }

    #[test]
    fn a_line_more_or_less_or_changed_breaks_the_last_one() {
        let text = write(vec![line("a"), line("b")]);
        for spoilt in [
            text.replace(&format!("{} b\n", "2b".repeat(16)), &format!("{} c\n", "2b".repeat(16))),
            text.split_terminator('\n')
                .filter(|row| !row.ends_with(" a"))
                .map(|row| format!("{row}\n"))
                .collect(),
            text.split_terminator('\n')
                .filter(|row| !row.starts_with('='))
                .map(|row| format!("{row}\n"))
                .collect(),
            text.replace("= 2 ", "= 3 "),
        ] {
            assert_ne!(spoilt, text);
            assert!(!parse(spoilt.as_bytes()).unwrap().whole, "{spoilt}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let text = write(vec![line("a")]);
        assert_eq!(because("").0, 1);
        assert_eq!(because("{}\n"), (1, "is not the first line of a guard.lock".to_owned()));
        let newer = text.replace("lock 1\n", "lock 2\n");
        assert_eq!(parse(newer.as_bytes()), Err(Trouble::Newer("2".to_owned())));
        assert_eq!(because(&text.replace("lock 1\n", "lock 01\n")).0, 1);
        assert_eq!(because(&text.replace("1a1a", "1A1A")), (3, "is no line of guard.lock".to_owned()));
        assert_eq!(because(&(text.clone() + "more\n")), (5, "stands behind the last one".to_owned()));
        let row = text.split('\n').nth(2).unwrap();
        assert_eq!(because(&text.replace(row, &format!("{row}\n{row}"))).0, 4);
        let conflict = text.replace(row, &format!("<<<<<<< HEAD\n{row}\n=======\n>>>>>>> other"));
        assert_eq!(parse(conflict.as_bytes()), Err(Trouble::Conflict { line: 3 }));
        assert_eq!(salvage(conflict.as_bytes()), [line("a")]);
    }

    #[test]
    fn a_path_has_one_spelling() {
        for bytes in [&b"a\\b"[..], b"a\nb\r", b"\xff\x1b[2J", "größe \u{85}".as_bytes(), b" ", b"\\x41"] {
            let path = RepoPath::new(bytes);
            let escaped = escape(&path);
            assert!(!escaped.contains(char::is_control), "{escaped:?}");
            assert_eq!(unescape(&escaped), Some(path), "{escaped}");
        }
        for other in ["\\x41", "\\xFF", "\\y", "\\", "\\x1"] {
            assert_eq!(unescape(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_lines_come_back(paths in proptest::collection::btree_set(proptest::collection::vec(any::<u8>(), 1..20), 0..10), long: bool) {
            let length = if long { 32 } else { 20 };
            let lines: Vec<Line> = paths.into_iter().zip(0_u8..).map(|(path, number)| Line {
                path: RepoPath::new(path),
                blob: Oid::from_bytes(&vec![number; length]).unwrap(),
                text: [number; 16],
            }).collect();
            let text = write(lines.iter().rev().cloned().collect());
            prop_assert_eq!(parse(text.as_bytes()), Ok(Lock { lines: lines.clone(), whole: true }));
            prop_assert_eq!(write(lines.clone()), text.clone());
            prop_assert_eq!(salvage(text.as_bytes()), lines);
        }

        #[test]
        fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index) {
            let _ = parse(&bytes);
            let mut text = write(vec![line("a"), line("b")]).into_bytes();
            let at = at.index(text.len());
            text.splice(at..at, bytes.iter().copied());
            if let Ok(lock) = parse(&text) {
                // What still fits is what was written.
                prop_assert!(!lock.whole || lock.lines == [line("a"), line("b")]);
            }
            let _ = salvage(&text);
        }
    }
}
