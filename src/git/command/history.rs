//! The walk through the history with `git log`, told to say all and to simplify nothing.

use std::collections::HashSet;

use super::super::answers::{text, zeros};
use super::super::history::{Branch, CommitInfo, Log, LogQuery, PathChange, boundary, branch_name};
use super::super::place::os_path;
use super::super::process::stream_until;
use super::super::{EntryKind, GitError, outermost};
use super::{Command, failure, unreadable};
use crate::model::{Oid, RepoPath};

/// Marks the beginning of a commit in the answer; no raw line begins so.
const COMMIT: u8 = 1;

impl Command {
    pub(super) fn read_log(&self, query: &LogQuery<'_>) -> Result<Log, GitError> {
        let mut log = Log::default();
        if let Some(own) = query.own {
            self.walk(query, format!("{own}\n"), true, &mut log)?;
        }
        if log.cut_off {
            return Ok(log);
        }
        let mut others = self.tips()?.into_iter().map(|tip| format!("{tip}\n")).collect::<String>();
        if others.is_empty() {
            return Ok(log);
        }
        if let Some(own) = query.own {
            others += &format!("^{own}\n");
        }
        self.walk(query, others, false, &mut log)?;
        Ok(log)
    }

    fn walk(&self, query: &LogQuery<'_>, from: String, own: bool, log: &mut Log) -> Result<(), GitError> {
        let mut git = self.git([
            "-c",
            "log.showRoot=true",
            "log",
            "--stdin",
            "--full-history",
            "-c",
            "--raw",
            "-r",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            "--no-color",
            "--no-notes",
            "--no-mailmap",
            "--no-show-signature",
            "--ignore-submodules=none",
            "--format=%x01%H",
        ]);
        let paths = outermost(query.paths);
        if paths.iter().all(|path| !path.as_bytes().is_empty()) {
            git.arg("--").args(paths.iter().map(|path| os_path(path.as_bytes())));
        }
        let mut answer = Answer::new(boundary(&self.layout), own);
        let ended =
            stream_until(git, from.into_bytes(), query.deadline, &mut |bytes| answer.take(bytes, log))?;
        match ended {
            None => log.cut_off = true,
            Some(ended) if ended.code != Some(0) => return Err(failure(&ended)),
            Some(_) => {}
        }
        if answer.wrong { Err(unreadable("log")) } else { Ok(()) }
    }

    pub(super) fn read_changes(&self, commit: Oid) -> Result<Vec<PathChange>, GitError> {
        let id = commit.to_string();
        let git = self.git([
            "diff-tree",
            "--root",
            "-c",
            "--raw",
            "-r",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            "--ignore-submodules=none",
            "--format=%x01%H",
            &id,
        ]);
        let out = Self::output(git, Vec::new())?;
        let mut answer = Answer::new(boundary(&self.layout), false);
        let mut log = Log::default();
        answer.take(&out, &mut log);
        if answer.wrong { Err(unreadable("diff-tree")) } else { Ok(log.changes) }
    }

    pub(super) fn read_commit(&self, commit: Oid) -> Result<CommitInfo, GitError> {
        let git = self.git(["cat-file", "commit", &commit.to_string()]);
        Ok(CommitInfo::read(&Self::output(git, Vec::new())?))
    }

    pub(super) fn read_branches(&self) -> Result<Vec<Branch>, GitError> {
        let format = "--format=%(objectname)%00%(symref)%00%(refname)%00";
        let out = Self::output(self.git(["for-each-ref", format, "refs/heads", "refs/remotes"]), Vec::new())?;
        let fields: Vec<&[u8]> = out.split(|byte| *byte == 0).collect();
        let mut branches = Vec::new();
        for fields in fields.chunks_exact(3) {
            // Each record ends with a line feed, which stands before the next one.
            let tip = Oid::from_hex(&text(fields[0].trim_ascii()));
            if let (Some(tip), b"", Some(name)) = (tip, fields[1], branch_name(fields[2])) {
                branches.push(Branch { name, tip });
            }
        }
        branches.sort();
        Ok(branches)
    }

    /// The commits of branches, remotes and tags.
    fn tips(&self) -> Result<Vec<Oid>, GitError> {
        let format = "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)";
        let kinds = ["refs/heads", "refs/remotes", "refs/tags"];
        let out = Self::output(self.git(["for-each-ref", format].into_iter().chain(kinds)), Vec::new())?;
        let out = text(&out);
        let tip = |line: &str| match line.split(' ').collect::<Vec<_>>()[..] {
            // With a tag of a tag git goes on from there.
            ["commit", id, ..] | ["tag", _, "commit", id] | ["tag", id, "tag", _] => Oid::from_hex(id),
            _ => None,
        };
        Ok(out.split('\n').filter_map(tip).collect())
    }
}

/// Reads `git log --raw -z` as it comes.
struct Answer {
    pending: Vec<u8>,
    commit: Option<Oid>,
    /// A raw line whose path has not come yet.
    raw: Option<(Vec<Option<Oid>>, Option<Oid>)>,
    boundary: HashSet<Oid>,
    own: bool,
    wrong: bool,
}

impl Answer {
    fn new(boundary: HashSet<Oid>, own: bool) -> Self {
        Self { pending: Vec::new(), commit: None, raw: None, boundary, own, wrong: false }
    }

    fn take(&mut self, bytes: &[u8], log: &mut Log) {
        self.pending.extend_from_slice(bytes);
        let Some(end) = self.pending.iter().rposition(|byte| *byte == 0) else { return };
        let rest = self.pending.split_off(end + 1);
        let whole = std::mem::replace(&mut self.pending, rest);
        for record in zeros(&whole) {
            self.record(record, log);
        }
    }

    fn record(&mut self, record: &[u8], log: &mut Log) {
        if self.wrong {
            return;
        }
        if let Some((before, after)) = self.raw.take() {
            let Some(commit) = self.commit else { return };
            // A change of mode, or of the commit of a submodule.
            if !before.contains(&after) {
                let boundary = self.boundary.contains(&commit);
                let path = RepoPath::new(record);
                log.changes.push(PathChange { commit, path, before, after, own: self.own, boundary });
            }
            return;
        }
        // git puts an empty record or a line feed between a commit and its files, after which no path can follow.
        let record = record.strip_prefix(b"\n").unwrap_or(record);
        match record.first() {
            None => {}
            Some(&COMMIT) => {
                self.commit = Oid::from_hex(&text(&record[1..]));
                self.wrong = self.commit.is_none();
            }
            Some(b':') => {
                self.raw = raw(&text(record));
                self.wrong = self.raw.is_none() || self.commit.is_none();
            }
            Some(_) => self.wrong = true,
        }
    }
}

/// `:100644 100644 <id> <id> M`, or with one more colon, mode and id for each further parent.
fn raw(line: &str) -> Option<(Vec<Option<Oid>>, Option<Oid>)> {
    let parents = line.bytes().take_while(|byte| *byte == b':').count();
    let words: Vec<&str> = line[parents..].split(' ').collect();
    if words.len() != 2 * (parents + 1) + 1 {
        return None;
    }
    let mut files = Vec::with_capacity(parents + 1);
    for at in 0..=parents {
        let mode = u32::from_str_radix(words[at], 8).ok()?;
        let oid = Oid::from_hex(words[at + parents + 1])?;
        let submodule = EntryKind::of_mode(mode) == Some(EntryKind::Submodule);
        files.push((!oid.is_zero() && !submodule).then_some(oid));
    }
    let after = files.pop()?;
    Some((files, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(out: &[u8], size: usize) -> (Log, bool) {
        let mut answer = Answer::new(HashSet::new(), true);
        let mut log = Log::default();
        out.chunks(size).for_each(|piece| answer.take(piece, &mut log));
        (log, answer.wrong)
    }

    #[test]
    fn merges_and_plain_commits_are_read_however_the_pipe_cuts_them() {
        let (one, two, zero) = ("1".repeat(40), "2".repeat(40), "0".repeat(40));
        let out = format!(
            "\x01{one}\0\0::100644 100644 100644 {one} {one} {two} MM\0a\x01b\0\x01{two}\0\n:000000 100644 {zero} {one} A\0:x\0\
             :100644 100755 {one} {one} M\0mode\0"
        );
        for size in 1..40 {
            let (log, wrong) = read(out.as_bytes(), size);
            assert!(!wrong);
            assert_eq!(log.changes.len(), 2);
            assert_eq!((log.changes[0].before.len(), &*log.changes[0].path.to_str_lossy()), (2, "a\x01b"));
            assert_eq!(
                (&log.changes[1].before[..], log.changes[1].path.as_bytes()),
                (&[None][..], &b":x"[..])
            );
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(out in prop::collection::vec(any::<u8>(), 0..200), words in "[:\\x00\\x01a0 ]{0,100}", size in 1_usize..50) {
            read(&out, size);
            read(words.as_bytes(), size);
            raw(&words);
        }
    }
}
