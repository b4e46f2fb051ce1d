//! The work tree, looked at for one question only: is the file that the ledger names lying there, not staged?

use std::collections::HashMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::git::{Backend, Entry, EntryKind, GitError};
use crate::model::{Oid, RepoPath, Text};
use crate::tools::Tool;

/// Directories within directories of migrations.
const DEEPEST: usize = 8;

/// The migrations that lie on the disk, by identity. What cannot be read is not there.
pub(super) fn migrations(git: &dyn Backend, tool: &Tool, dir: &RepoPath) -> HashMap<Text, RepoPath> {
    let Some(root) = &git.layout().work_tree else { return HashMap::new() };
    let mut entries = Vec::new();
    collect(root, dir, DEEPEST, &mut entries);
    entries.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    let read = |blob| Err(GitError::NotHere(blob));
    let listing = tool.list(dir, &entries, &read).unwrap_or_default();
    listing.migrations.into_iter().map(|migration| (migration.identity, migration.path)).collect()
}

fn collect(root: &Path, dir: &RepoPath, depth: usize, entries: &mut Vec<Entry>) {
    // A file on the disk has no object yet; only its name is of interest.
    let Some(no_object) = Oid::from_bytes(&[0; 20]) else { return };
    let on_disk = root.join(std::ffi::OsStr::from_bytes(dir.as_bytes()));
    for file in fs::read_dir(on_disk).into_iter().flatten().flatten() {
        let path = dir.join(file.file_name().as_bytes());
        match file.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => collect(root, &path, depth - 1, entries),
            Ok(kind) if kind.is_file() => entries.push(Entry { path, oid: no_object, kind: EntryKind::File }),
            _ => {}
        }
    }
}
