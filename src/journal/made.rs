//! What histories make, as the last replays found it: where a schema differs, its history need not run once more to say in what.

use std::path::Path;

use super::file;
use super::held::Sum;

const NAME: &str = "made";
const MAGIC: &[u8; 16] = b"guard made 1\0\0\0\0";
/// So many histories are remembered, the newest last.
const MOST: usize = 4;
/// The file has no more bytes than this.
const SIZE: usize = 16 << 20;
/// Before each text: the digest of its history, and its length.
const HEAD: usize = 32 + 4;

/// What is remembered of a history.
pub fn made(common_dir: &Path, history: &Sum) -> Option<String> {
    let body = file::read(&common_dir.join("guard"), NAME, MAGIC, (SIZE + 64) as u64)?;
    let (_, text) = entries(&body).find(|(sum, _)| *sum == history)?;
    String::from_utf8(text.to_vec()).ok()
}

/// Remembers it. What cannot be written is not remembered, nor what is too long.
pub fn remember_made(common_dir: &Path, history: &Sum, text: &str) {
    if HEAD + text.len() > SIZE {
        return;
    }
    let directory = common_dir.join("guard");
    let old = file::read(&directory, NAME, MAGIC, (SIZE + 64) as u64).unwrap_or_default();
    let mut kept: Vec<(&[u8], &[u8])> = entries(&old).filter(|(sum, _)| *sum != history).collect();
    kept.push((history, text.as_bytes()));
    let size = |kept: &[(&[u8], &[u8])]| kept.iter().map(|(_, text)| HEAD + text.len()).sum::<usize>();
    while kept.len() > MOST || size(&kept) > SIZE {
        kept.remove(0);
    }
    let mut body = Vec::with_capacity(size(&kept));
    for (sum, text) in kept {
        let Ok(length) = u32::try_from(text.len()) else { return };
        body.extend_from_slice(sum);
        body.extend_from_slice(&length.to_le_bytes());
        body.extend_from_slice(text);
    }
    let _ = file::replace(&directory, NAME, MAGIC, &body);
}

/// The digests of the histories, and what they make.
fn entries(mut body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let (sum, rest) = body.split_at_checked(32)?;
        let (length, rest) = rest.split_first_chunk()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        body = rest;
        Some((sum, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_a_torn_file_is_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let sum = |number: u8| [number; 32];
        for number in 0..=4 {
            remember_made(directory.path(), &sum(number), "another");
            remember_made(directory.path(), &sum(number), &format!("schema {number}"));
        }
        assert_eq!(made(directory.path(), &sum(0)), None);
        for number in 1..=4 {
            assert_eq!(made(directory.path(), &sum(number)), Some(format!("schema {number}")));
        }
        // What is long drives others out; what is too long is not kept.
        remember_made(directory.path(), &sum(5), &"x".repeat(SIZE - 2 * HEAD - 10));
        assert_eq!(made(directory.path(), &sum(3)), None);
        assert_eq!(made(directory.path(), &sum(4)), Some("schema 4".to_owned()));
        remember_made(directory.path(), &sum(6), &"x".repeat(SIZE));
        assert_eq!(made(directory.path(), &sum(6)), None);
        assert_eq!(made(directory.path(), &sum(4)), Some("schema 4".to_owned()));
        remember_made(directory.path(), &sum(7), "text");
        let file = directory.path().join("guard/made");
        let mut bytes = std::fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(made(directory.path(), &sum(7)), None);
    }
}
