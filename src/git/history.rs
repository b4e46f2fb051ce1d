//! What ever happened to some paths: the question, its answer, and what both backends read in the same way.

use std::collections::HashSet;
use std::time::Instant;

use super::Layout;
use crate::model::{Oid, RepoPath};

/// Which part of the history is asked for.
#[derive(Clone, Copy, Debug)]
pub struct LogQuery<'a> {
    /// The commit whose history is the candidate's own; it is walked first. `None` before the first commit.
    pub own: Option<Oid>,
    /// Files and directories.
    pub paths: &'a [RepoPath],
    /// When to stop.
    pub deadline: Instant,
}

/// What happened to the paths, in everything that can be reached from the own commit, branches, remotes and tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The own history first, and each part from the newest commit to the oldest.
    pub changes: Vec<PathChange>,
    /// The time was over before the end.
    pub cut_off: bool,
}

/// What a commit makes of a file: something that none of its parents has.
///
/// A merge that takes a file from one of its parents changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// The commit.
    pub commit: Oid,
    /// The file.
    pub path: RepoPath,
    /// What each parent has; one `None` for a commit without parents.
    pub before: Vec<Option<Oid>>,
    /// What the commit has; `None` where it takes the file away.
    pub after: Option<Oid>,
    /// The commit belongs to the own history.
    pub own: bool,
    /// A shallow clone begins here: the parents are not known, and the text may be older.
    pub boundary: bool,
}

/// A branch, here or on a remote as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch {
    /// As people write it: `main`, `origin/main`.
    pub name: String,
    /// Its commit.
    pub tip: Oid,
}

/// Who wrote a commit, when, and what it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitInfo {
    /// The author's name, with what is not UTF-8 replaced.
    pub author: String,
    /// When it was written, in seconds since 1970.
    pub seconds: i64,
    /// The author's clock against UTC, in minutes.
    pub offset: i32,
    /// The first line of the message.
    pub subject: String,
}

impl CommitInfo {
    /// Reads the bytes of a commit, which may be anything.
    pub(super) fn read(commit: &[u8]) -> Self {
        let mut info = Self::default();
        let mut rest = commit;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = &rest[..end];
            rest = &rest[end + 1..];
            if line.is_empty() {
                break;
            }
            if let Some(author) = line.strip_prefix(b"author ") {
                info.take_author(author);
            }
        }
        let subject = rest.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
        info.subject = String::from_utf8_lossy(subject.unwrap_or_default().trim_ascii()).into_owned();
        info
    }

    /// `Name <address> seconds +hhmm`.
    fn take_author(&mut self, line: &[u8]) {
        let open = line.iter().position(|byte| *byte == b'<').unwrap_or(line.len());
        self.author = String::from_utf8_lossy(line[..open].trim_ascii()).into_owned();
        let close = line.iter().rposition(|byte| *byte == b'>').map_or(line.len(), |at| at + 1);
        let times = String::from_utf8_lossy(&line[close..]);
        let mut words = times.split_ascii_whitespace();
        self.seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
        let zone: i32 = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
        self.offset = zone / 100 * 60 + zone % 100;
    }
}

/// The commits between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Parents before their children.
    pub commits: Vec<Oid>,
    /// False where a shallow clone begins among them: others may be missing, or published long ago.
    pub whole: bool,
}

impl Range {
    pub(super) fn new(commits: Vec<Oid>, layout: &Layout) -> Self {
        let begins = if layout.shallow { boundary(layout) } else { HashSet::new() };
        Self { whole: commits.iter().all(|commit| !begins.contains(commit)), commits }
    }
}

/// The commits at which a shallow clone begins.
pub(super) fn boundary(layout: &Layout) -> HashSet<Oid> {
    let listed = std::fs::read_to_string(layout.common_dir.join("shallow")).unwrap_or_default();
    listed.split('\n').filter_map(|line| Oid::from_hex(line.trim())).collect()
}

/// How people write a branch; `None` for what is none.
pub(super) fn branch_name(reference: &[u8]) -> Option<String> {
    let name = reference.strip_prefix(b"refs/heads/").or_else(|| reference.strip_prefix(b"refs/remotes/"))?;
    Some(String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_commit_is_read() {
        let commit = b"tree 1\nparent 2\nauthor Ada L. <ada@x> 1700000000 -0330\ncommitter B <b@x> 1 +0000\n\nadd\n\nmore\n";
        let info = CommitInfo::read(commit);
        assert_eq!((&*info.author, &*info.subject), ("Ada L.", "add"));
        assert_eq!((info.seconds, info.offset), (1_700_000_000, -210));
    }

    #[test]
    fn an_odd_commit_is_read_as_far_as_it_goes() {
        let info = CommitInfo::read(b"author <> 1 +0000\n\n\n\n  a\xff \n");
        assert_eq!((&*info.author, &*info.subject, info.seconds), ("", "a\u{fffd}", 1));
        assert_eq!(CommitInfo::read(b"author a <b> > 7 x\n\n").seconds, 7);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..120), zone in any::<i32>()) {
            CommitInfo::read(&bytes);
            CommitInfo::read(&[b"author ", &*bytes, format!("> 1 {zone}\n\n").as_bytes(), &bytes].concat());
        }
    }
}
