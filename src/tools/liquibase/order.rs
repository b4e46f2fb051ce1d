//! Which changelogs are read, and in which order: what a changelog includes stands in its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::RepoPath;

use super::{ChangeSet, Changelog, Include, Item, normal};

/// What [`order`] finds.
#[derive(Debug, Default)]
pub(in crate::tools) struct Ordered<'a> {
    /// The changesets, each with its file, and whether it was included on a condition.
    pub(in crate::tools) sets: Vec<(&'a RepoPath, &'a ChangeSet, bool)>,
    /// Changelogs that no other includes, while there are some that include others.
    pub(in crate::tools) left_out: Vec<&'a RepoPath>,
}

/// Puts the changelogs of a directory in order.
///
/// Those that include others are where Liquibase begins; where none does, each file is a beginning of its own. An include that
/// cannot be followed (a property in its path, a file elsewhere) may mean any of the others: then they all count.
pub(in crate::tools) fn order(files: &BTreeMap<RepoPath, Changelog>) -> Ordered<'_> {
    let mut walk = Walk { files, seen: BTreeSet::new(), lost: false, ordered: Ordered::default() };
    let mut included: BTreeSet<&RepoPath> = BTreeSet::new();
    let mut masters = Vec::new();
    for (path, changelog) in files {
        let mut is_master = false;
        for item in &changelog.items {
            if let Item::Include(include) = item {
                is_master = true;
                included.extend(walk.find(path, include).into_iter().filter(|found| *found != path));
            }
        }
        if is_master {
            masters.push(path);
        }
    }
    for master in masters.iter().filter(|master| !included.contains(**master)) {
        walk.enter(master, false);
    }
    let rest = files.iter().filter(|(path, changelog)| !changelog.plain && !walk.seen.contains(path));
    let rest: Vec<&RepoPath> = rest.map(|(path, _)| path).collect();
    for path in rest {
        if masters.is_empty() || walk.lost || masters.contains(&path) {
            walk.enter(path, false);
        } else if !walk.seen.contains(path) {
            walk.ordered.left_out.push(path);
        }
    }
    walk.ordered
}

struct Walk<'a> {
    files: &'a BTreeMap<RepoPath, Changelog>,
    seen: BTreeSet<&'a RepoPath>,
    /// An include was not found.
    lost: bool,
    ordered: Ordered<'a>,
}

impl<'a> Walk<'a> {
    fn enter(&mut self, path: &'a RepoPath, conditional: bool) {
        if !self.seen.insert(path) {
            return;
        }
        let Some(changelog) = self.files.get(path) else { return };
        for item in &changelog.items {
            match item {
                Item::Set(set) => self.ordered.sets.push((path, set, conditional)),
                Item::Include(include) => {
                    let found = self.find(path, include);
                    self.lost |= found.is_empty() && (!include.all || include.path.contains("${"));
                    for other in found {
                        self.enter(other, conditional || include.conditional);
                    }
                }
            }
        }
    }

    /// The files that an include means, in their order. A path from the root of the class path is told by its end.
    fn find(&self, from: &RepoPath, include: &Include) -> Vec<&'a RepoPath> {
        let spelled = if include.relative {
            normal(&format!("{}/{}", from.parent().to_str_lossy(), include.path))
        } else {
            normal(&include.path)
        };
        let wanted = RepoPath::from(spelled.as_str());
        if !include.all {
            if let Some((exact, _)) = self.files.get_key_value(&wanted) {
                return vec![exact];
            }
            let ends = format!("/{spelled}");
            let mut found = self
                .files
                .keys()
                .filter(|path| !include.relative && path.as_bytes().ends_with(ends.as_bytes()));
            return found.next().into_iter().collect();
        }
        let ending = include.ending.as_deref().unwrap_or_default();
        let inside = |path: &&RepoPath| {
            let whole = format!("/{}", path.to_str_lossy());
            let there = spelled.is_empty()
                || path.below(&wanted).is_some()
                || !include.relative && whole.contains(&format!("/{spelled}/"));
            there && *path != from && path.as_bytes().ends_with(ending.as_bytes())
        };
        self.files.keys().filter(inside).collect()
    }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
