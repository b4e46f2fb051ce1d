//! Live schemas that were found to be what a history makes: where neither has changed, nothing is replayed.

use std::path::{Path, PathBuf};

use super::file;

const NAME: &str = "held";
const MAGIC: &[u8; 16] = b"guard held 1\0\0\0\0";
/// So many are remembered, the newest last.
const MOST: usize = 64;
/// The digests of a history and of a schema, and two counts.
const RECORD: usize = 32 + 32 + 4 + 4;

/// The digest of a history, with all that decides what it makes, or of a schema.
pub type Sum = [u8; 32];

/// What was found to be equal.
#[derive(Debug)]
pub struct Held {
    directory: PathBuf,
    body: Vec<u8>,
}

impl Held {
    /// What this clone remembers.
    pub fn load(common_dir: &Path) -> Self {
        let directory = common_dir.join("guard");
        let most = (MOST * RECORD + 64) as u64;
        let body = file::read(&directory, NAME, MAGIC, most).filter(|body| body.len() % RECORD == 0);
        Self { directory, body: body.unwrap_or_default() }
    }

    /// How many objects and migrations were compared when this schema was found to be what this history makes.
    pub fn get(&self, history: &Sum, schema: &Sum) -> Option<(u32, u32)> {
        let found = self.body.chunks_exact(RECORD).find(|record| is_of(record, history, schema))?;
        let number = |at: usize| found.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        Some((number(64)?, number(68)?))
    }

    /// Remembers it. What cannot be written is not remembered.
    pub fn put(mut self, history: &Sum, schema: &Sum, (objects, migrations): (u32, u32)) {
        let others = self.body.chunks_exact(RECORD).filter(|record| !is_of(record, history, schema));
        let others: Vec<&[u8]> = others.collect();
        let mut body = others[others.len().saturating_sub(MOST - 1)..].concat();
        body.extend_from_slice(history);
        body.extend_from_slice(schema);
        body.extend_from_slice(&objects.to_le_bytes());
        body.extend_from_slice(&migrations.to_le_bytes());
        self.body = body;
        let _ = file::replace(&self.directory, NAME, MAGIC, &self.body);
    }
}

fn is_of(record: &[u8], history: &Sum, schema: &Sum) -> bool {
    record.starts_with(history) && record[32..].starts_with(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_a_torn_file_is_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let sum = |number: u8| [number; 32];
        for number in 0..=u8::try_from(MOST).unwrap() {
            Held::load(directory.path()).put(&sum(number), &sum(1), (u32::from(number), 7));
            Held::load(directory.path()).put(&sum(number), &sum(1), (u32::from(number), 7));
        }
        let held = Held::load(directory.path());
        assert_eq!(held.get(&sum(0), &sum(1)), None);
        assert_eq!(held.get(&sum(1), &sum(1)), Some((1, 7)));
        assert_eq!(held.get(&sum(64), &sum(1)), Some((64, 7)));
        assert_eq!(held.get(&sum(64), &sum(2)), None);
        let file = directory.path().join("guard/held");
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[100] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(Held::load(directory.path()).get(&sum(64), &sum(1)), None);
    }
}
