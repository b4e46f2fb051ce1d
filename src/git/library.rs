//! The quick backend: libgit2 for objects, references and attributes, gix for the index.
//!
//! It answers what it is sure of. For everything else (formats that it does not know, objects that it does not
//! find, configuration that it does not read) it gives up, and [`super::Repository`] asks the `git` command.

mod history;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Once};
use std::thread::available_parallelism;

use git2::{AttrCheckFlags, AttrValue, ErrorCode, RepositoryOpenFlags};
use gix_index::entry::{Flags, Mode};
use gix_object::TreeRefIter;

use super::difference::{Difference, Walk};
use super::history::Range;
use super::place::{Place, os_path};
use super::{
    Entry, EntryKind, GitError, Layout, TextAttributes, Tree, attribute_files, outermost, parents_in_header,
};
use crate::model::{Oid, RepoPath};

/// From this many blobs on a second thread is worth its second handle.
const WORTH_A_THREAD: usize = 500;
/// How many blobs a thread takes at a time.
const BATCH: usize = 16;
/// As deep as git itself follows directories (`core.maxTreeDepth`).
const MAX_DEPTH: usize = 2048;

/// Why the library has no answer.
pub(super) enum Trouble {
    /// That is the answer.
    Answer(GitError),
    /// The `git` command may know better.
    GaveUp(String),
}

impl From<git2::Error> for Trouble {
    fn from(error: git2::Error) -> Self {
        Self::GaveUp(error.message().to_owned())
    }
}

/// A repository, opened with libgit2.
pub(super) struct Library {
    repository: git2::Repository,
    place: Place,
    layout: Layout,
    index_path: PathBuf,
    /// What the index remembers of its directories as trees; set when it was read.
    trees: OnceCell<gix_index::extension::Tree>,
}

impl Library {
    pub(super) fn open(place: &Place) -> Result<Self, Trouble> {
        let repository = open_repository(place)?;
        let layout = Layout {
            git_dir: tidy(repository.path()),
            common_dir: tidy(repository.commondir()),
            work_tree: repository.workdir().map(tidy),
            shallow: repository.is_shallow(),
            fallback: None,
        };
        let index_path =
            place.index_file(layout.work_tree.as_deref()).unwrap_or_else(|| layout.git_dir.join("index"));
        Ok(Self { repository, place: place.clone(), layout, index_path, trees: OnceCell::new() })
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(super) fn index(&self, dirs: &[RepoPath]) -> Result<Tree, Trouble> {
        if self.layout.work_tree.is_none() {
            return Err(Trouble::Answer(GitError::Bare(self.layout.git_dir.clone())));
        }
        let Some(mut index) = self.index_file()? else {
            return Ok(Tree::default());
        };
        let mut ranges = Vec::new();
        for dir in &outermost(dirs) {
            let bytes = dir.as_bytes();
            if bytes.is_empty() {
                ranges.push(0..index.entries().len());
                continue;
            }
            ranges.extend(index.entry_range(bytes.into()));
            let below = [bytes, b"/"].concat();
            ranges.extend(index.prefixed_entries_range(below.as_slice().into()));
        }
        if let Some(trees) = index.remove_tree() {
            // The index is read once; of two readings either may be kept.
            let _ = self.trees.set(trees);
        }
        let paths = Arc::new(index.take_path_backing());
        let mut tree = Tree::default();
        for range in ranges {
            take_entries(&index.entries()[range], &paths, &mut tree);
        }
        tree.sort();
        Ok(tree)
    }

    pub(super) fn index_tree_id(&self, dir: &RepoPath) -> Option<Oid> {
        let mut here = self.trees.get()?;
        for part in dir.as_bytes().split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
            here = here.children.iter().find(|child| *child.name == *part)?;
        }
        here.num_entries?;
        Oid::from_bytes(here.id.as_bytes())
    }

    /// The index, `None` where there need not be one: before the first commit.
    fn index_file(&self) -> Result<Option<gix_index::File>, Trouble> {
        if self.index_path.symlink_metadata().is_err() {
            return match self.resolve("HEAD")? {
                None => Ok(None),
                Some(_) => Err(Trouble::Answer(GitError::NoIndex(self.index_path.clone()))),
            };
        }
        let options = gix_index::decode::Options { thread_limit: Some(1), ..Default::default() };
        // Without its checksum, which git does not verify either: it would double the time.
        let index = gix_index::File::at(&self.index_path, gix_index::hash::Kind::Sha1, true, options)
            .map_err(|error| Trouble::GaveUp(format!("the index cannot be read: {error}")))?;
        if index.is_sparse() {
            return Err(Trouble::GaveUp("the index is sparse".to_owned()));
        }
        Ok(Some(index))
    }

    pub(super) fn tree(&self, commit: Oid, dirs: &[RepoPath]) -> Result<Tree, Trouble> {
        let root = self.repository.find_commit(theirs(commit)?)?.tree_id();
        let mut tree = Tree::default();
        for dir in &outermost(dirs) {
            match self.find(root, dir)? {
                Some((oid, None)) => {
                    self.walk(oid, &mut dir.as_bytes().to_vec(), 0, &mut |path, oid, kind| {
                        tree.entries.push(Entry { path: RepoPath::new(path), oid, kind });
                    })?;
                }
                Some((oid, Some(kind))) => {
                    tree.entries.push(Entry { path: dir.clone(), oid: ours(oid), kind });
                }
                None => {}
            }
        }
        tree.sort();
        Ok(tree)
    }

    pub(super) fn difference(
        &self,
        commit: Oid,
        dir: &RepoPath,
        now: &[Entry],
    ) -> Result<Difference, Trouble> {
        let root = self.repository.find_commit(theirs(commit)?)?.tree_id();
        let mut walk = Walk::new(now);
        let mut last = Vec::new();
        let mut sorted = true;
        let mut step = |path: &[u8], oid, kind| {
            sorted &= *last < *path;
            last.clear();
            last.extend_from_slice(path);
            walk.step(path, oid, kind);
        };
        match self.find(root, dir)? {
            Some((oid, None)) => self.walk(oid, &mut dir.as_bytes().to_vec(), 0, &mut step)?,
            Some((oid, Some(kind))) => step(dir.as_bytes(), ours(oid), kind),
            None => {}
        }
        // A tree that git itself would not have written; the command knows what to make of it.
        if sorted { Ok(walk.finish()) } else { Err(Trouble::GaveUp("a tree that is not sorted".to_owned())) }
    }

    pub(super) fn tree_id(&self, commit: Oid, dir: &RepoPath) -> Result<Option<Oid>, Trouble> {
        let root = self.repository.find_commit(theirs(commit)?)?.tree_id();
        Ok(self.find(root, dir)?.filter(|(_, kind)| kind.is_none()).map(|(oid, _)| ours(oid)))
    }

    /// What stands at a path, with `None` for the kind of a directory.
    fn find(
        &self,
        root: git2::Oid,
        path: &RepoPath,
    ) -> Result<Option<(git2::Oid, Option<EntryKind>)>, Trouble> {
        let mut here = (root, None);
        for part in path.as_bytes().split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
            if here.1.is_some() {
                return Ok(None);
            }
            let tree = self.repository.find_tree(here.0)?;
            let Some(entry) = tree.get_name_bytes(part) else {
                return Ok(None);
            };
            let mode = u32::try_from(entry.filemode_raw()).unwrap_or(0);
            here = (entry.id(), EntryKind::of_mode(mode));
        }
        Ok(Some(here))
    }

    /// Adds the files below a tree whose path is `path`.
    fn walk(
        &self,
        tree: git2::Oid,
        path: &mut Vec<u8>,
        depth: usize,
        each: &mut dyn FnMut(&[u8], Oid, EntryKind),
    ) -> Result<(), Trouble> {
        if depth > MAX_DEPTH {
            return Err(Trouble::GaveUp(format!("directories more than {MAX_DEPTH} deep")));
        }
        // libgit2's own list of the entries costs more than reading them, with ten thousand of them.
        let odb = self.repository.odb()?;
        let object = odb.read(tree)?;
        if object.kind() != git2::ObjectType::Tree {
            return Err(Trouble::GaveUp(format!("{tree} should be a tree and is none")));
        }
        let length = path.len();
        for entry in TreeRefIter::from_bytes(object.data(), gix_index::hash::Kind::Sha1) {
            let entry = entry.map_err(|error| Trouble::GaveUp(format!("a tree cannot be read: {error}")))?;
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(entry.filename);
            let oid = Oid::from_bytes(entry.oid.as_bytes()).expect("gix has ids of 20 or 32 bytes");
            match EntryKind::of_mode(u32::from(entry.mode.value())) {
                None => self.walk(theirs(oid)?, path, depth + 1, each)?,
                Some(kind) => each(path, oid, kind),
            }
            path.truncate(length);
        }
        Ok(())
    }

    pub(super) fn blob(&self, blob: Oid) -> Result<Vec<u8>, Trouble> {
        let odb = self.repository.odb()?;
        read_blob(&odb, blob, &mut |_, bytes| bytes.to_vec())
            .ok_or_else(|| Trouble::GaveUp(format!("object {blob} is not to be read")))
    }

    /// Calls `each` with every distinct blob, and returns those that could not be read.
    pub(super) fn blobs(&self, blobs: &[Oid], each: &mut dyn FnMut(Oid, &[u8])) -> Result<Vec<Oid>, Trouble> {
        let mut wanted = blobs.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let odb = self.repository.odb()?;
        // In this order: the number of cores is read from files.
        if wanted.len() < WORTH_A_THREAD || available_parallelism().map_or(1, usize::from) == 1 {
            wanted.retain(|blob| read_blob(&odb, *blob, each).is_none());
            return Ok(wanted);
        }
        let next = AtomicUsize::new(0);
        let (sender, receiver) = sync_channel(2 * BATCH);
        let (place, all, counter) = (&self.place, &wanted, &next);
        let mut missing = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(move || read_beside(place, all, counter, &sender));
            while let Some(batch) = take_batch(&wanted, &next) {
                missing.extend(batch.iter().filter(|blob| read_blob(&odb, **blob, each).is_none()));
                deliver(receiver.try_iter(), &mut missing, each);
            }
            deliver(receiver.iter(), &mut missing, each);
        });
        Ok(missing)
    }

    pub(super) fn resolve(&self, revision: &str) -> Result<Option<Oid>, Trouble> {
        match self.repository.revparse_single(revision) {
            Ok(object) => Ok(object.peel_to_commit().ok().map(|commit| ours(commit.id()))),
            // HEAD that names a lost commit is not an unborn branch.
            Err(_) if revision == "HEAD" && self.repository.refname_to_id("HEAD").is_ok() => {
                Err(Trouble::GaveUp("the commit that HEAD names is not to be read".to_owned()))
            }
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::UnbornBranch) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn merge_base(&self, one: Oid, other: Oid) -> Result<Option<Oid>, Trouble> {
        found(self.repository.merge_base(theirs(one)?, theirs(other)?).map(ours))
    }

    pub(super) fn range(&self, base: Oid, tip: Oid) -> Result<Range, Trouble> {
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
        walk.push(theirs(tip)?)?;
        walk.hide(theirs(base)?)?;
        let commits = walk.map(|commit| commit.map(ours)).collect::<Result<_, _>>()?;
        Ok(Range::new(commits, &self.layout))
    }

    pub(super) fn parents(&self, commit: Oid) -> Result<Vec<Oid>, Trouble> {
        // Not `Commit::parent_ids`: it leaves out the parents that a shallow clone lacks.
        let odb = self.repository.odb()?;
        Ok(parents_in_header(odb.read(theirs(commit)?)?.data()))
    }

    pub(super) fn symbolic_ref(&self, name: &str) -> Result<Option<String>, Trouble> {
        let Some(reference) = found(self.repository.find_reference(name))? else {
            return Ok(None);
        };
        Ok(reference.symbolic_target_bytes().map(|target| String::from_utf8_lossy(target).into_owned()))
    }

    pub(super) fn config(&self, key: &str) -> Result<Option<String>, Trouble> {
        if self.place.environment.configures(key) {
            return Err(Trouble::GaveUp("configuration comes from the environment".to_owned()));
        }
        found(self.repository.config()?.snapshot()?.get_string(key))
    }

    pub(super) fn remotes(&self) -> Result<Vec<String>, Trouble> {
        let names = self.repository.remotes()?;
        Ok(names.iter_bytes().map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    pub(super) fn line_ending_attributes(&self, paths: &[RepoPath]) -> Result<Vec<TextAttributes>, Trouble> {
        if self.layout.work_tree.is_none() {
            return Ok(vec![TextAttributes::default(); paths.len()]);
        }
        // libgit2 would read the whole index, for the sake of a few `.gitattributes`; so it is given a small one.
        let mut small = git2::Index::new()?;
        if let Some(index) = self.index_file()? {
            for path in paths.iter().flat_map(attribute_files).collect::<BTreeSet<_>>() {
                if let Some(oid) = staged(&index, path.as_bytes()) {
                    small.add(&index_entry(oid, path.as_bytes()))?;
                }
            }
        }
        self.repository.set_index(&mut small)?;
        paths.iter().map(|path| self.attributes_of(path)).collect()
    }

    fn attributes_of(&self, path: &RepoPath) -> Result<TextAttributes, Trouble> {
        let path = PathBuf::from(os_path(path.as_bytes()));
        let ask = |name| -> Result<Option<String>, Trouble> {
            let value = self.repository.get_attr_bytes(&path, name, AttrCheckFlags::INDEX_ONLY)?;
            Ok(match AttrValue::always_bytes(value) {
                AttrValue::True => Some("set".to_owned()),
                AttrValue::False => Some("unset".to_owned()),
                AttrValue::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                AttrValue::String(text) => Some(text.to_owned()),
                AttrValue::Unspecified => None,
            })
        };
        Ok(TextAttributes { text: ask("text")?, eol: ask("eol")?, encoding: ask("working-tree-encoding")? })
    }
}

/// Opens it as git would with these variables, but with nothing taken from the process.
fn open_repository(place: &Place) -> Result<git2::Repository, Trouble> {
    static ONCE: Once = Once::new();
    // git does not hash what it reads either; half of the time for a blob would go into it.
    ONCE.call_once(|| git2::opts::strict_hash_verification(false));
    if place.environment.get("GIT_COMMON_DIR").is_some() {
        return Err(Trouble::GaveUp("GIT_COMMON_DIR is set".to_owned()));
    }
    let nothing: [&Path; 0] = [];
    let repository = if let Some(git_dir) = &place.git_dir {
        let exactly = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
        git2::Repository::open_ext(git_dir, exactly, nothing)?
    } else {
        let mut flags = RepositoryOpenFlags::empty();
        flags.set(
            RepositoryOpenFlags::CROSS_FS,
            place.environment.get("GIT_DISCOVERY_ACROSS_FILESYSTEM").is_some_and(|value| value != "0"),
        );
        let ceilings: Vec<PathBuf> = place
            .environment
            .get("GIT_CEILING_DIRECTORIES")
            .map(|list| std::env::split_paths(list).filter(|path| path.is_absolute()).collect())
            .unwrap_or_default();
        git2::Repository::open_ext(&place.directory, flags, ceilings)?
    };
    if let Some(work_tree) = place.work_tree() {
        repository.set_workdir(&work_tree, false)?;
    }
    add_object_directories(&repository, place)?;
    Ok(repository)
}

/// While a push is being received, the new objects lie aside, and git says where.
fn add_object_directories(repository: &git2::Repository, place: &Place) -> Result<(), Trouble> {
    let mut directories: Vec<PathBuf> = Vec::new();
    directories.extend(place.environment.get("GIT_OBJECT_DIRECTORY").map(PathBuf::from));
    if let Some(list) = place.environment.get("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        directories.extend(std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()));
    }
    if directories.is_empty() {
        return Ok(());
    }
    let odb = repository.odb()?;
    for directory in directories {
        let path = place.directory.join(directory);
        let path = path.to_str().filter(|path| !path.contains('"'));
        let path =
            path.ok_or_else(|| Trouble::GaveUp("a directory of objects has an unusual name".to_owned()))?;
        odb.add_disk_alternate(path)?;
    }
    Ok(())
}

/// Takes what will be committed: no intent-to-add entries, which have no content yet. All paths lie in one block.
fn take_entries(entries: &[gix_index::Entry], paths: &Arc<Vec<u8>>, tree: &mut Tree) {
    tree.entries.reserve(entries.len());
    for entry in entries {
        if entry.flags.contains(Flags::INTENT_TO_ADD) {
            continue;
        }
        let path = entry.path_in(paths);
        let start = path.as_ptr().addr() - paths.as_ptr().addr();
        let path = RepoPath::part(paths, start..start + path.len());
        if entry.flags.stage_raw() != 0 {
            if tree.conflicts.last() != Some(&path) {
                tree.conflicts.push(path);
            }
            continue;
        }
        let kind = EntryKind::of_mode(entry.mode.bits()).unwrap_or(EntryKind::File);
        let oid = Oid::from_bytes(entry.id.as_slice()).expect("an index holds ids of 20 or 32 bytes");
        tree.entries.push(Entry { path, oid, kind });
    }
}

/// The blob of a file in the index.
fn staged(index: &gix_index::State, path: &[u8]) -> Option<git2::Oid> {
    let entry = index.entry_by_path_and_stage(path.into(), gix_index::entry::Stage::Unconflicted)?;
    let file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
    let there = file && !entry.flags.contains(Flags::INTENT_TO_ADD);
    there.then(|| git2::Oid::from_bytes(entry.id.as_slice()).ok())?
}

fn index_entry(id: git2::Oid, path: &[u8]) -> git2::IndexEntry {
    let time = git2::IndexTime::new(0, 0);
    git2::IndexEntry {
        ctime: time,
        mtime: time,
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.to_vec(),
    }
}

/// What a thread hands over: a blob with its bytes, or `None` where it could not be read.
type Read = (Oid, Option<Vec<u8>>);

/// The second thread of [`Library::blobs`], with a handle of its own.
fn read_beside(place: &Place, wanted: &[Oid], next: &AtomicUsize, sender: &SyncSender<Read>) {
    let Ok(repository) = open_repository(place) else {
        return;
    };
    let Ok(odb) = repository.odb() else {
        return;
    };
    while let Some(batch) = take_batch(wanted, next) {
        for blob in batch {
            let bytes = read_blob(&odb, *blob, &mut |_, bytes| bytes.to_vec());
            if sender.send((*blob, bytes)).is_err() {
                return;
            }
        }
    }
}

fn take_batch<'a>(wanted: &'a [Oid], next: &AtomicUsize) -> Option<&'a [Oid]> {
    let start = next.fetch_add(BATCH, Ordering::Relaxed);
    wanted.get(start..).filter(|rest| !rest.is_empty()).map(|rest| &rest[..rest.len().min(BATCH)])
}

fn deliver(reads: impl Iterator<Item = Read>, missing: &mut Vec<Oid>, each: &mut dyn FnMut(Oid, &[u8])) {
    for (blob, bytes) in reads {
        match bytes {
            Some(bytes) => each(blob, &bytes),
            None => missing.push(blob),
        }
    }
}

/// Reads a blob without a copy. `None` where it is not there, not whole, or no blob: `git` will say which.
fn read_blob<T>(
    odb: &git2::Odb<'_>,
    blob: Oid,
    each: &mut (impl FnMut(Oid, &[u8]) -> T + ?Sized),
) -> Option<T> {
    let object = odb.read(theirs(blob).ok()?).ok()?;
    (object.kind() == git2::ObjectType::Blob).then(|| each(blob, object.data()))
}

fn found<T>(result: Result<T, git2::Error>) -> Result<Option<T>, Trouble> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn ours(oid: git2::Oid) -> Oid {
    Oid::from_bytes(oid.as_bytes()).expect("libgit2 has ids of 20 or 32 bytes")
}

fn theirs(oid: Oid) -> Result<git2::Oid, Trouble> {
    Ok(git2::Oid::from_bytes(oid.as_bytes())?)
}

/// libgit2 writes directories with a slash at the end.
fn tidy(path: &Path) -> PathBuf {
    path.components().collect()
}
