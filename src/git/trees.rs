//! Reads trees and commits as git stores them, and compares trees.
//!
//! libgit2 parses each whole tree into a list before it answers; to go through a long history its bytes are enough.

use crate::model::Oid;

use super::EntryKind;

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) name: &'a [u8],
    /// `None` for a directory.
    pub(super) kind: Option<EntryKind>,
    pub(super) oid: Oid,
}

impl Item<'_> {
    /// git's order: directories stand as if their names ended with a slash. A file and a directory of one name are two things.
    fn key(&self) -> impl Iterator<Item = u8> {
        let slash = if self.kind.is_none() { Some(b'/') } else { None };
        self.name.iter().copied().chain(slash)
    }
}

/// The entries of a tree, as long as they make sense.
pub(super) struct Items<'a> {
    rest: &'a [u8],
    id_length: usize,
}

impl<'a> Items<'a> {
    pub(super) fn new(tree: &'a [u8], id_length: usize) -> Self {
        Self { rest: tree, id_length }
    }

    fn any(&mut self) -> Option<Item<'a>> {
        // `100644 name\0` and the bytes of the id.
        let blank = self.rest.iter().take(8).position(|byte| *byte == b' ')?;
        let mode = self.rest[..blank].iter().try_fold(0_u32, |mode, digit| {
            matches!(digit, b'0'..=b'7').then(|| mode << 3 | u32::from(digit - b'0'))
        })?;
        let named = &self.rest[blank + 1..];
        let end = named.iter().position(|byte| *byte == 0)?;
        let oid = Oid::from_bytes(named.get(end + 1..end + 1 + self.id_length)?)?;
        let name = &named[..end];
        self.rest = &named[end + 1 + self.id_length..];
        Some(Item { name, kind: EntryKind::of_mode(mode), oid })
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        loop {
            let item = self.any()?;
            // There is no text in a submodule.
            if item.kind != Some(EntryKind::Submodule) {
                return Some(item);
            }
        }
    }
}

/// Calls `each` with every name under which a tree has something that none of the others has.
pub(super) fn compare<'a>(
    after: Items<'a>,
    befores: Vec<Items<'a>>,
    each: &mut dyn FnMut(Item<'a>, Option<Oid>, &[Option<Oid>]),
) {
    let mut all: Vec<_> = std::iter::once(after).chain(befores).map(Iterator::peekable).collect();
    let mut oids = vec![None; all.len()];
    loop {
        let mut least: Option<Item<'a>> = None;
        for item in all.iter_mut().filter_map(|items| items.peek()) {
            if least.is_none_or(|least| item.key().lt(least.key())) {
                least = Some(*item);
            }
        }
        let Some(least) = least else { return };
        for (items, oid) in all.iter_mut().zip(&mut oids) {
            *oid = items.next_if(|item| item.key().eq(least.key())).map(|item| item.oid);
        }
        if !oids[1..].contains(&oids[0]) {
            each(least, oids[0], &oids[1..]);
        }
    }
}

/// What of a commit is needed to go on from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) tree: Oid,
    pub(super) parents: Vec<Oid>,
    /// The committer's time; only the order in which commits are looked at depends on it.
    pub(super) time: i64,
}

impl Header {
    pub(super) fn read(commit: &[u8]) -> Option<Self> {
        let id = |line: &[u8]| Oid::from_hex(std::str::from_utf8(line).ok()?);
        let mut lines = commit.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
        let tree = id(lines.next()?.strip_prefix(b"tree ")?)?;
        let mut header = Self { tree, parents: Vec::new(), time: 0 };
        for line in lines {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                header.parents.push(id(parent)?);
            } else if let Some(committer) = line.strip_prefix(b"committer ") {
                let times = committer.rsplit(|byte| *byte == b'>').next().unwrap_or_default();
                let seconds = times.split(|byte| *byte == b' ').find(|word| !word.is_empty());
                let seconds = seconds.and_then(|word| std::str::from_utf8(word).ok()?.parse().ok());
                header.time = seconds.unwrap_or_default();
                break;
            }
        }
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(items: &[(&str, &str, u8)]) -> Vec<u8> {
        let written = |(mode, name, id): &(&str, &str, u8)| {
            [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[*id; 20]].concat()
        };
        items.iter().flat_map(written).collect()
    }

    fn compared(after: &[u8], befores: &[&[u8]]) -> Vec<String> {
        let mut found = Vec::new();
        let befores = befores.iter().map(|tree| Items::new(tree, 20)).collect();
        let shown = |oid: Option<Oid>| oid.map_or(0, |oid| oid.as_bytes()[0]);
        compare(Items::new(after, 20), befores, &mut |item, after, befores| {
            let befores: Vec<u8> = befores.iter().copied().map(shown).collect();
            let slash = if item.kind.is_none() { "/" } else { "" };
            let name = String::from_utf8_lossy(item.name);
            found.push(format!("{name}{slash} {befores:?} {}", shown(after)));
        });
        found
    }

    #[test]
    fn names_that_differ_are_called_out_in_order() {
        let before = tree(&[("100644", "a", 1), ("100644", "b", 2), ("40000", "c", 3)]);
        let after = tree(&[("100644", "a", 1), ("40000", "b", 4), ("40000", "c", 5), ("100644", "d", 6)]);
        assert_eq!(compared(&after, &[&before]), ["b [2] 0", "b/ [0] 4", "c/ [3] 5", "d [0] 6"]);
        assert_eq!(compared(&after, &[&after]), [""; 0]);
        assert_eq!(compared(&before, &[&after, &before]), [""; 0]);
        assert_eq!(compared(&tree(&[("100644", "a", 9)]), &[&before, &after])[0], "a [1, 1] 9");
        // Taken from one parent, where the other never had it.
        assert_eq!(compared(&tree(&[]), &[&tree(&[("100644", "a", 1)]), &tree(&[])]), [""; 0]);
    }

    #[test]
    fn a_directory_sorts_behind_names_that_begin_like_it() {
        let one = tree(&[("100644", "a.sql", 1), ("40000", "a", 2)]);
        let other = tree(&[("40000", "a", 3)]);
        assert_eq!(compared(&one, &[&other]), ["a.sql [0] 1", "a/ [3] 2"]);
    }

    #[test]
    fn a_header_is_read() {
        let id = "1".repeat(40);
        let commit = format!(
            "tree {id}\nparent {id}\nparent {id}\nauthor x <y> 5 +0000\ncommitter x > <y> 7 +0000\n\nparent"
        );
        let header = Header::read(commit.as_bytes()).unwrap();
        assert_eq!((header.parents.len(), header.time), (2, 7));
        assert_eq!(Header::read(b"nothing"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..120), text in "[0-7 a\\x00]{0,80}") {
            for tree in [&*bytes, text.as_bytes()] {
                compared(tree, &[&bytes]);
                Header::read(tree);
            }
        }
    }
}
