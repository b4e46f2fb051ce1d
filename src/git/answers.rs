//! Reads what the `git` command answers. All of it is foreign bytes: a damaged repository may make git say anything.

use super::{Entry, EntryKind};
use crate::model::{Oid, RepoPath};

/// Reads what `git cat-file --batch` writes: `<id> <type> <size>\n<bytes>\n`, or `<id> missing\n`.
#[derive(Default)]
pub(super) struct Batch {
    pending: Vec<u8>,
    /// The object whose bytes are awaited, their number, and whether it is a blob.
    awaited: Option<(Oid, usize, bool)>,
    /// How many answers were read to their end.
    pub(super) seen: usize,
    /// The first object that is not there.
    pub(super) missing: Option<Oid>,
    /// What makes no sense; nothing is read after it.
    pub(super) wrong: Option<String>,
}

impl Batch {
    /// Takes the next piece of the answer, and hands on the blobs that are whole.
    pub(super) fn take(&mut self, bytes: &[u8], each: &mut dyn FnMut(Oid, &[u8])) {
        self.pending.extend_from_slice(bytes);
        let mut at = 0;
        while self.wrong.is_none() {
            let rest = &self.pending[at..];
            if let Some((oid, size, is_blob)) = self.awaited {
                if rest.len() <= size {
                    break;
                }
                if is_blob {
                    each(oid, &rest[..size]);
                } else {
                    self.wrong = Some(format!("object {oid} is not a file"));
                }
                self.awaited = None;
                self.seen += 1;
                at += size + 1;
            } else {
                let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { break };
                let header = text(&rest[..end]);
                at += end + 1;
                self.header(&header);
            }
        }
        self.pending.drain(..at);
    }

    fn header(&mut self, header: &str) {
        let mut words = header.split(' ');
        let oid = words.next().and_then(Oid::from_hex);
        match (oid, words.next(), words.next().map(str::parse)) {
            (Some(oid), Some("missing"), None) => {
                self.missing = self.missing.or(Some(oid));
                self.seen += 1;
            }
            (Some(oid), Some(kind), Some(Ok(size))) => self.awaited = Some((oid, size, kind == "blob")),
            _ => self.wrong = Some(format!("`git cat-file --batch` answered {header:?}")),
        }
    }
}

pub(super) fn entry(mode: &str, oid: &str, path: &[u8]) -> Option<Entry> {
    let kind = EntryKind::of_mode(u32::from_str_radix(mode, 8).ok()?)?;
    // git reads zeros behind the end of a truncated index and says nothing.
    let oid = Oid::from_hex(oid).filter(|oid| !oid.is_zero())?;
    Some(Entry { path: RepoPath::new(path), oid, kind })
}

/// The words before the first tab, and the path after it.
pub(super) fn split_at_tab(record: &[u8]) -> Option<(Vec<&str>, &[u8])> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&record[..tab]).ok()?;
    Some((head.split(' ').collect(), &record[tab + 1..]))
}

/// Records that end with NUL.
pub(super) fn zeros(out: &[u8]) -> impl Iterator<Item = &[u8]> {
    out.strip_suffix(b"\0").into_iter().flat_map(|out| out.split(|byte| *byte == 0))
}

pub(super) fn one_line_each(out: &[u8]) -> Vec<&[u8]> {
    out.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty()).collect()
}

pub(super) fn first_id(out: &[u8]) -> Option<Oid> {
    one_line_each(out).first().and_then(|line| Oid::from_hex(std::str::from_utf8(line).ok()?))
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What git would write for these blobs.
    fn written(blobs: &[Vec<u8>]) -> (Vec<Oid>, Vec<u8>) {
        let mut out = Vec::new();
        let mut oids = Vec::new();
        for (number, blob) in blobs.iter().enumerate() {
            let oid = Oid::from_hex(&format!("{number:040x}")).unwrap();
            out.extend_from_slice(format!("{oid} blob {}\n", blob.len()).as_bytes());
            out.extend_from_slice(blob);
            out.push(b'\n');
            oids.push(oid);
        }
        (oids, out)
    }

    fn read_in_pieces(out: &[u8], size: usize) -> (Batch, Vec<(Oid, Vec<u8>)>) {
        let mut batch = Batch::default();
        let mut read = Vec::new();
        for piece in out.chunks(size) {
            batch.take(piece, &mut |oid, bytes| read.push((oid, bytes.to_vec())));
        }
        (batch, read)
    }

    proptest! {
        #[test]
        fn blobs_come_whole_however_the_pipe_cuts_them(
            blobs in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6),
            size in 1_usize..50,
        ) {
            let (oids, out) = written(&blobs);
            let (batch, read) = read_in_pieces(&out, size);
            prop_assert_eq!(batch.seen, blobs.len());
            prop_assert_eq!(batch.wrong, None);
            prop_assert_eq!(read, oids.into_iter().zip(blobs).collect::<Vec<_>>());
        }

        #[test]
        fn no_answer_makes_it_panic(out in prop::collection::vec(any::<u8>(), 0..200), size in 1_usize..50) {
            read_in_pieces(&out, size);
            for record in zeros(&out) {
                if let Some((head, path)) = split_at_tab(record) {
                    entry(head.first().unwrap_or(&""), head.last().unwrap_or(&""), path);
                }
            }
            first_id(&out);
        }

        #[test]
        fn headers_of_any_kind_are_read_or_refused(
            oid in "[0-9a-f]{40}|[0-9a-f]{0,50}", kind in "blob|tree|missing|[a-z]{0,5}", size in "|[0-9]{1,25}|-1",
        ) {
            let (batch, read) = read_in_pieces(format!("{oid} {kind} {size}\n").as_bytes(), 7);
            prop_assert!(read.is_empty());
            prop_assert!(batch.wrong.is_some() || batch.awaited.is_some());
        }
    }

    #[test]
    fn a_missing_object_and_one_that_is_no_blob_are_told_apart() {
        let id = "a".repeat(40);
        let (batch, read) = read_in_pieces(format!("{id} missing\n").as_bytes(), 8);
        assert_eq!((batch.missing, read.len()), (Oid::from_hex(&id), 0));
        let (batch, read) = read_in_pieces(format!("{id} tree 3\nabc\n").as_bytes(), 8);
        assert_eq!((batch.wrong, read.len()), (Some(format!("object {id} is not a file")), 0));
    }

    #[test]
    fn an_entry_without_an_object_is_none() {
        assert_eq!(entry("100644", &"0".repeat(40), b"./"), None);
        assert_eq!(entry("040000", &"a".repeat(40), b"dir"), None);
        let link = entry("120000", &"a".repeat(40), b"link").unwrap();
        assert_eq!((link.kind, link.path), (EntryKind::Symlink, "link".into()));
    }
}
