//! The form of what a clone remembers: one flat file, read at once and replaced as a whole.
//!
//! Sixteen bytes that name it and the version of its format, the length of the rest and its CRC-32, and the rest. Of two
//! that write at the same time the later one wins. Nothing waits for the disk: after a power cut the file may be torn,
//! and then the CRC says so.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

/// Behind the magic: the length of the rest, 8 bytes, and its CRC-32, 4 bytes, both little-endian.
const HEADER: usize = 16 + 8 + 4;

/// A temporary file of this age belongs to a run that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);

/// What stands in it behind the header. Nothing unless the file is there, whole, of this version and not longer than
/// `most`.
pub(super) fn read(directory: &Path, name: &str, magic: &[u8; 16], most: u64) -> Option<Vec<u8>> {
    let file = directory.join(name);
    fs::metadata(&file).ok().filter(|found| found.is_file() && found.len() <= most)?;
    let mut bytes = fs::read(&file).ok()?;
    let rest = bytes.strip_prefix(magic)?;
    let (length, rest) = rest.split_first_chunk()?;
    let (sum, body) = rest.split_first_chunk()?;
    let whole = u64::try_from(body.len()) == Ok(u64::from_le_bytes(*length));
    if !whole || crc32fast::hash(body) != u32::from_le_bytes(*sum) {
        return None;
    }
    bytes.drain(..HEADER);
    Some(bytes)
}

/// Writes it anew, all or nothing.
pub(super) fn replace(directory: &Path, name: &str, magic: &[u8; 16], body: &[u8]) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let prefix = format!(".{name}-");
    remove_abandoned(directory, &prefix);
    let mut file = tempfile::Builder::new().prefix(&prefix).tempfile_in(directory)?;
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend_from_slice(magic);
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
    bytes.extend_from_slice(body);
    file.write_all(&bytes)?;
    file.persist(directory.join(name))?;
    Ok(())
}

/// Removes the temporary files of runs that were killed while they saved.
pub(super) fn remove_abandoned(directory: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(prefix);
        let written = entry.metadata().and_then(|found| found.modified()).ok();
        let age = written.and_then(|written| written.elapsed().ok());
        if ours && age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
