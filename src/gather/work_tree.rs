//! The work tree, looked at for one question only: is the file that the ledger names lying there, not staged?

use std::collections::HashMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::git::{Backend, Entry, EntryKind, GitError};
use crate::model::{Oid, RepoPath, Text};
use crate::tools::Tool;

/// Directories within directories of migrations.
const DEEPEST: usize = 8;

/// The migrations that lie on the disk, by identity. What cannot be read is not there.
pub(super) fn migrations(git: &dyn Backend, tool: &Tool, dir: &RepoPath) -> HashMap<Text, RepoPath> {
    let Some(root) = &git.layout().work_tree else { return HashMap::new() };
    let mut paths = Vec::new();
    collect(root, dir, DEEPEST, &mut paths);
    paths.sort_unstable();
    // A file on the disk has no object yet: its number stands for it.
    let entries: Vec<Entry> = (0_u64..)
        .zip(&paths)
        .filter_map(|(number, path)| {
            let oid = Oid::from_bytes(&[&[0; 12][..], &number.to_be_bytes()].concat())?;
            Some(Entry { path: path.clone(), oid, kind: EntryKind::File })
        })
        .collect();
    let read = |blob: Oid| {
        let number = blob.as_bytes().iter().fold(0, |number: usize, byte| number << 8 | usize::from(*byte));
        let text =
            paths.get(number).filter(|_| tool.is_graph()).and_then(|path| fs::read(on_disk(root, path)).ok());
        text.ok_or(GitError::NotHere(blob))
    };
    let listing = tool.list(dir, &entries, &read).unwrap_or_default();
    listing.migrations.into_iter().map(|migration| (migration.identity, migration.path)).collect()
}

fn on_disk(root: &Path, path: &RepoPath) -> PathBuf {
    root.join(std::ffi::OsStr::from_bytes(path.as_bytes()))
}

fn collect(root: &Path, dir: &RepoPath, depth: usize, paths: &mut Vec<RepoPath>) {
    for file in fs::read_dir(on_disk(root, dir)).into_iter().flatten().flatten() {
        let path = dir.join(file.file_name().as_bytes());
        match file.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => collect(root, &path, depth - 1, paths),
            Ok(kind) if kind.is_file() => paths.push(path),
            _ => {}
        }
    }
}
