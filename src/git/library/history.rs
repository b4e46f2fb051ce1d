//! The walk through the history with libgit2: its object store only, since nothing else of it is quick enough.
//!
//! Each commit and each root tree is read once. Where the trees along a path are the same as in a parent, nothing
//! below them is looked at.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::time::Instant;

use super::super::history::{Branch, CommitInfo, Log, LogQuery, PathChange, boundary, branch_name};
use super::super::trees::{Header, Items, compare};
use super::{Library, MAX_DEPTH, Trouble, ours, theirs};
use crate::model::{Oid, RepoPath};

/// So many commits are looked at between two looks at the clock.
const BETWEEN_LOOKS: usize = 32;

impl Library {
    pub(in super::super) fn log(&self, query: &LogQuery<'_>) -> Result<Log, Trouble> {
        let odb = self.repository.odb()?;
        let mut walk = Walk {
            odb: &odb,
            query: *query,
            boundary: boundary(&self.layout),
            headers: HashMap::new(),
            found: HashMap::new(),
            steps: HashMap::new(),
            seen: HashSet::new(),
            log: Log::default(),
        };
        walk.from(query.own.as_slice(), true)?;
        if !walk.log.cut_off {
            walk.from(&self.tips()?, false)?;
        }
        Ok(walk.log)
    }

    /// What a commit changes, in the whole tree.
    pub(in super::super) fn changes(&self, commit: Oid) -> Result<Vec<PathChange>, Trouble> {
        let odb = self.repository.odb()?;
        let deadline = Instant::now();
        let mut walk = Walk {
            odb: &odb,
            query: LogQuery { own: None, paths: &[RepoPath::new(*b"")], deadline },
            boundary: boundary(&self.layout),
            headers: HashMap::new(),
            found: HashMap::new(),
            steps: HashMap::new(),
            seen: HashSet::new(),
            log: Log::default(),
        };
        let header = walk.header(commit)?;
        walk.visit(commit, &header, false)?;
        Ok(walk.log.changes)
    }

    pub(in super::super) fn commit(&self, commit: Oid) -> Result<CommitInfo, Trouble> {
        Ok(CommitInfo::read(self.repository.odb()?.read(theirs(commit)?)?.data()))
    }

    pub(in super::super) fn branches(&self) -> Result<Vec<Branch>, Trouble> {
        let mut branches = Vec::new();
        for reference in self.repository.references()? {
            let reference = reference?;
            // `origin/HEAD` is another name for one of them.
            let (Some(name), Some(tip)) = (branch_name(reference.name_bytes()), reference.target()) else {
                continue;
            };
            branches.push(Branch { name, tip: ours(tip) });
        }
        branches.sort();
        Ok(branches)
    }

    /// The commits of branches, remotes and tags.
    fn tips(&self) -> Result<Vec<Oid>, Trouble> {
        let mut tips = Vec::new();
        for reference in self.repository.references()? {
            let reference = reference?;
            let name = reference.name_bytes();
            if branch_name(name).is_none() && !name.starts_with(b"refs/tags/") {
                continue;
            }
            // A tag may name anything; a reference may name nothing.
            if let Ok(commit) = reference.peel_to_commit() {
                tips.push(ours(commit.id()));
            }
        }
        Ok(tips)
    }
}

/// What stands at a path: a file, or a directory.
type Spot = Option<(Oid, bool)>;

struct Walk<'a> {
    odb: &'a git2::Odb<'a>,
    query: LogQuery<'a>,
    boundary: HashSet<Oid>,
    headers: HashMap<Oid, Header>,
    /// What stands at the paths, by root tree.
    found: HashMap<Oid, Box<[Spot]>>,
    /// What stands below a directory on the way to a path: the path, how deep, the directory's tree.
    steps: HashMap<(usize, usize, Oid), Spot>,
    seen: HashSet<Oid>,
    log: Log,
}

impl Walk<'_> {
    /// Goes back from some commits, the newest first, as far as nobody has been before.
    fn from(&mut self, tips: &[Oid], own: bool) -> Result<(), Trouble> {
        let mut heap = BinaryHeap::new();
        let mut number = 0_usize;
        for tip in tips {
            self.push(*tip, &mut heap, &mut number)?;
        }
        let mut visited = 0_usize;
        while let Some((_, _, commit)) = heap.pop() {
            if visited.is_multiple_of(BETWEEN_LOOKS) && Instant::now() >= self.query.deadline {
                self.log.cut_off = true;
                return Ok(());
            }
            visited += 1;
            let Some(header) = self.headers.remove(&commit) else { continue };
            for parent in &header.parents {
                self.push(*parent, &mut heap, &mut number)?;
            }
            self.visit(commit, &header, own)?;
        }
        Ok(())
    }

    fn push(
        &mut self,
        commit: Oid,
        heap: &mut BinaryHeap<(i64, Reverse<usize>, Oid)>,
        number: &mut usize,
    ) -> Result<(), Trouble> {
        if !self.seen.insert(commit) {
            return Ok(());
        }
        let header = self.header(commit)?;
        heap.push((header.time, Reverse(*number), commit));
        *number += 1;
        self.headers.insert(commit, header);
        Ok(())
    }

    /// With no parents where a shallow clone begins.
    fn header(&mut self, commit: Oid) -> Result<Header, Trouble> {
        let object = self.odb.read(theirs(commit)?)?;
        let header = Header::read(object.data());
        let mut header =
            header.ok_or_else(|| Trouble::GaveUp(format!("the commit {commit} makes no sense")))?;
        if self.boundary.contains(&commit) {
            header.parents.clear();
        }
        Ok(header)
    }

    fn visit(&mut self, commit: Oid, header: &Header, own: bool) -> Result<(), Trouble> {
        let mut trees = Vec::with_capacity(header.parents.len());
        for parent in &header.parents {
            // Another part of the walk may have been there and let it go.
            let tree = match self.headers.get(parent) {
                Some(header) => header.tree,
                None => self.header(*parent)?.tree,
            };
            if tree == header.tree {
                return Ok(());
            }
            trees.push(tree);
        }
        let now = self.spots(header.tree)?;
        let before: Vec<Box<[Spot]>> =
            trees.into_iter().map(|tree| self.spots(tree)).collect::<Result<_, _>>()?;
        for at in 0..self.query.paths.len() {
            let mut befores: Vec<Spot> = before.iter().map(|spots| spots[at]).collect();
            if header.parents.is_empty() {
                befores.push(None);
            }
            let mut path = self.query.paths[at].as_bytes().to_vec();
            self.differ((commit, own), &mut path, now[at], &befores, 0)?;
        }
        Ok(())
    }

    /// What stands at the paths in a root tree.
    fn spots(&mut self, root: Oid) -> Result<Box<[Spot]>, Trouble> {
        if let Some(found) = self.found.get(&root) {
            return Ok(found.clone());
        }
        let found: Box<[Spot]> =
            (0..self.query.paths.len()).map(|at| self.spot(root, at)).collect::<Result<_, _>>()?;
        self.found.insert(root, found.clone());
        Ok(found)
    }

    fn spot(&mut self, root: Oid, at: usize) -> Result<Spot, Trouble> {
        let query = self.query;
        let mut here = (root, true);
        let parts = query.paths[at].as_bytes().split(|byte| *byte == b'/').filter(|part| !part.is_empty());
        for (depth, part) in parts.enumerate() {
            if !here.1 {
                return Ok(None);
            }
            let found = match self.steps.get(&(at, depth, here.0)) {
                Some(found) => *found,
                None => {
                    let tree = self.odb.read(theirs(here.0)?)?;
                    let mut items = Items::new(tree.data(), root.as_bytes().len());
                    let found =
                        items.find(|item| item.name == part).map(|item| (item.oid, item.kind.is_none()));
                    // A root is looked at once; what lies below it stays the same from commit to commit.
                    if depth > 0 {
                        self.steps.insert((at, depth, here.0), found);
                    }
                    found
                }
            };
            let Some(found) = found else { return Ok(None) };
            here = found;
        }
        Ok(Some(here))
    }

    /// Records what differs from every parent at a path and below it.
    fn differ(
        &mut self,
        commit: (Oid, bool),
        path: &mut Vec<u8>,
        after: Spot,
        befores: &[Spot],
        depth: usize,
    ) -> Result<(), Trouble> {
        if befores.contains(&after) {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return Err(Trouble::GaveUp(format!("directories more than {MAX_DEPTH} deep")));
        }
        let only = |spot: &Spot, directory: bool| spot.filter(|(_, is)| *is == directory).map(|(oid, _)| oid);
        let file = only(&after, false);
        let files: Vec<Option<Oid>> = befores.iter().map(|spot| only(spot, false)).collect();
        if !files.contains(&file) {
            let (commit, own) = commit;
            let boundary = self.boundary.contains(&commit);
            let path = RepoPath::new(path.as_slice());
            self.log.changes.push(PathChange { commit, path, before: files, after: file, own, boundary });
        }
        let tree = only(&after, true);
        let trees: Vec<Option<Oid>> = befores.iter().map(|spot| only(spot, true)).collect();
        if trees.contains(&tree) {
            return Ok(());
        }
        for (name, after, befores) in self.below(tree, &trees)? {
            let length = path.len();
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(&name);
            self.differ(commit, path, after, &befores, depth + 1)?;
            path.truncate(length);
        }
        Ok(())
    }

    /// The names in a directory that differ from all the others, each with what stands there.
    fn below(
        &self,
        tree: Option<Oid>,
        others: &[Option<Oid>],
    ) -> Result<Vec<(Vec<u8>, Spot, Vec<Spot>)>, Trouble> {
        let read = |tree: Option<Oid>| tree.map(|tree| Ok(self.odb.read(theirs(tree)?)?)).transpose();
        let after = read(tree)?;
        let befores: Vec<Option<git2::OdbObject<'_>>> =
            others.iter().map(|tree| read(*tree)).collect::<Result<_, Trouble>>()?;
        let length = tree.into_iter().chain(others.iter().flatten().copied()).map(|oid| oid.as_bytes().len());
        let length = length.max().unwrap_or_default();
        let items = |object| Items::new(Option::map_or(object, &[][..], git2::OdbObject::data), length);
        let mut found = Vec::new();
        let befores = befores.iter().map(|object| items(object.as_ref())).collect();
        compare(items(after.as_ref()), befores, &mut |item, after, befores| {
            let spot = |oid: Option<Oid>| oid.map(|oid| (oid, item.kind.is_none()));
            let befores = befores.iter().copied().map(spot).collect();
            found.push((item.name.to_vec(), spot(after), befores));
        });
        Ok(found)
    }
}
