//! The texts of files, and what an earlier run has read in them: where each file names its parents or its key, all of them
//! count at each commit, and only the new ones are read.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::git::GitError;
use crate::model::Oid;

/// Reads the bytes of blobs, for tools that keep a key, an order or links in a file. A plain function remembers nothing.
pub trait Texts {
    /// The bytes of a blob.
    fn text(&self, blob: Oid) -> Result<Vec<u8>, GitError>;

    /// What an earlier run has remembered of a blob, by the reader's number.
    fn remembered(&self, _blob: Oid, _reader: u64) -> Option<Vec<u8>> {
        None
    }

    /// Keeps that for later runs, where there is a place for it.
    fn remember(&self, _blob: Oid, _reader: u64, _said: &[u8]) {}
}

impl<F: Fn(Oid) -> Result<Vec<u8>, GitError>> Texts for F {
    fn text(&self, blob: Oid) -> Result<Vec<u8>, GitError> {
        self(blob)
    }
}

/// What stands for texts.
pub type ReadBlob<'a> = &'a dyn Texts;

/// The readers' own source: what another version of theirs has remembered means nothing to this one.
const SOURCE: u64 = {
    let hash = fnv(0xcbf2_9ce4_8422_2325, include_bytes!("graphs.rs"));
    fnv(fnv(hash, include_bytes!("python.rs")), include_bytes!("keys.rs"))
};

/// FNV-1a.
const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// What `read` makes of a text, which is looked at only when nobody has read it before; `None` where the text is not in
/// this clone. `reader` tells one sort of reading from another.
pub(super) fn said<T: Serialize + DeserializeOwned>(
    texts: ReadBlob<'_>,
    blob: Oid,
    reader: &str,
    read: impl FnOnce(&str) -> T,
) -> Result<Option<T>, GitError> {
    let reader = fnv(SOURCE, reader.as_bytes());
    let known = texts.remembered(blob, reader);
    if let Some(known) = known.and_then(|said| serde_json::from_slice(&said).ok()) {
        return Ok(Some(known));
    }
    let text = match texts.text(blob) {
        Ok(text) => text,
        Err(GitError::NotHere(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let said = read(&String::from_utf8_lossy(&text));
    if let Ok(bytes) = serde_json::to_vec(&said) {
        texts.remember(blob, reader, &bytes);
    }
    Ok(Some(said))
}
