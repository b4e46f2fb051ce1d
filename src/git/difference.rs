//! What differs between a commit and the candidate, found in one walk along both: of ten thousand files that are
//! the same, none is kept.

use std::cmp::Ordering;

use crate::model::{Oid, RepoPath};

use super::{Entry, EntryKind};

/// What differs between the entries of a commit and those of the candidate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Entries of the commit that the candidate lacks or holds otherwise, sorted by path.
    pub before: Vec<Entry>,
    /// Paths that are new, gone, or hold something else, sorted.
    pub changed: Vec<RepoPath>,
}

impl Difference {
    /// Against nothing: everything is new.
    pub fn all_new(now: &[Entry]) -> Self {
        Walk::new(now).finish()
    }

    /// Whether that path differs. A commit changes few of many, so this must cost next to nothing.
    pub fn has(&self, path: &RepoPath) -> bool {
        self.changed.binary_search(path).is_ok()
    }
}

/// A walk along the candidate's entries, led by those of a commit.
pub(super) struct Walk<'a> {
    now: &'a [Entry],
    difference: Difference,
}

impl<'a> Walk<'a> {
    /// `now` is sorted by path.
    pub(super) fn new(now: &'a [Entry]) -> Self {
        Self { now, difference: Difference::default() }
    }

    /// The next entry of the commit. They come sorted by path.
    pub(super) fn step(&mut self, path: &[u8], oid: Oid, kind: EntryKind) {
        while let Some((first, rest)) = self.now.split_first() {
            match first.path.as_bytes().cmp(path) {
                Ordering::Less => {
                    self.difference.changed.push(first.path.clone());
                    self.now = rest;
                }
                Ordering::Equal => {
                    self.now = rest;
                    if first.oid == oid && first.kind == kind {
                        return;
                    }
                    break;
                }
                Ordering::Greater => break,
            }
        }
        let path = RepoPath::new(path);
        self.difference.changed.push(path.clone());
        self.difference.before.push(Entry { path, oid, kind });
    }

    /// The commit has no more entries.
    pub(super) fn finish(mut self) -> Difference {
        self.difference.changed.extend(self.now.iter().map(|entry| entry.path.clone()));
        self.difference
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn entry(path: u8, content: u8) -> Entry {
        let path = RepoPath::new(vec![b'm', b'/', path]);
        let oid = Oid::from_bytes(&[content; 20]).unwrap();
        Entry { path, oid, kind: EntryKind::File }
    }

    proptest::proptest! {
        #[test]
        fn it_is_what_two_maps_say(
            before in proptest::collection::btree_map(0u8..20, 0u8..3, 0..15),
            now in proptest::collection::btree_map(0u8..20, 0u8..3, 0..15),
        ) {
            let entries = |map: &BTreeMap<u8, u8>| map.iter().map(|(path, content)| entry(*path, *content)).collect::<Vec<_>>();
            let (old, new) = (entries(&before), entries(&now));
            let mut walk = Walk::new(&new);
            for entry in &old {
                walk.step(entry.path.as_bytes(), entry.oid, entry.kind);
            }
            let found = walk.finish();
            let differs = |path: &u8| before.get(path) != now.get(path);
            let gone = before.iter().filter(|(path, _)| differs(path)).map(|(path, content)| entry(*path, *content));
            proptest::prop_assert_eq!(found.before, gone.collect::<Vec<_>>());
            let all: std::collections::BTreeSet<u8> = before.keys().chain(now.keys()).copied().collect();
            let changed: Vec<RepoPath> = all.iter().filter(|path| differs(path)).map(|path| entry(*path, 0).path).collect();
            proptest::prop_assert_eq!(found.changed, changed);
        }
    }
}
