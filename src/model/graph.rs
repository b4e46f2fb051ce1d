//! Migrations whose order is a graph: each names those that it builds on, and file names mean nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Migration, RepoPath, Text};

/// What a migration says of its place among the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// What must have run before it.
    pub parents: Vec<Parent>,
    /// The migrations for which it stands: once they have run, it counts as applied (a squash of Django).
    pub replaces: Vec<Text>,
    /// Migrations, perhaps of other lines, that must run after it though they do not name it (`run_before` of Django).
    pub before: Vec<Text>,
    /// Names of the branch that begins with it (Alembic).
    pub labels: Vec<Text>,
    /// The line to which it belongs, which must have one head: an app of Django. Empty where there is only one.
    pub line: Text,
    /// Its text says it in a way that only the tool itself can read.
    pub unreadable: bool,
}

/// A migration that another one builds on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parent {
    /// Its identity, or the name of a branch.
    pub identity: Text,
    /// The line to which it belongs.
    pub line: Text,
    /// The child continues its line, and is not only run later.
    pub continues: bool,
}

/// A migration in a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it says of its place.
    pub links: Arc<Links>,
    /// Its file.
    pub path: RepoPath,
    /// As [`Migration::touched`].
    pub touched: bool,
}

/// All migrations that may name each other. The first of several with one identity counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    nodes: BTreeMap<Text, Node>,
    /// For each identity that a migration stands in for: that migration.
    replaced: BTreeMap<Text, Text>,
    labels: BTreeMap<Text, Text>,
}

impl Graph {
    /// The graph of these migrations; those without links are no part of it.
    pub fn new<'a>(migrations: impl IntoIterator<Item = &'a Migration>) -> Self {
        let mut graph = Self::default();
        graph.extend(migrations);
        graph
    }

    /// With more migrations in it; those that are there stay as they are.
    pub fn extend<'a>(&mut self, migrations: impl IntoIterator<Item = &'a Migration>) {
        for migration in migrations {
            let Some(links) = &migration.links else { continue };
            if self.nodes.contains_key(&migration.identity) {
                continue;
            }
            for replaced in &links.replaces {
                self.replaced.entry(replaced.clone()).or_insert_with(|| migration.identity.clone());
            }
            for label in &links.labels {
                self.labels.entry(label.clone()).or_insert_with(|| migration.identity.clone());
            }
            let node =
                Node { links: Arc::clone(links), path: migration.path.clone(), touched: migration.touched };
            self.nodes.insert(migration.identity.clone(), node);
        }
    }

    /// This graph with more migrations in it.
    #[must_use]
    pub fn with<'a>(&self, migrations: impl IntoIterator<Item = &'a Migration>) -> Self {
        let mut graph = self.clone();
        graph.extend(migrations);
        graph
    }

    /// The migration of that identity.
    pub fn node(&self, identity: &str) -> Option<&Node> {
        self.nodes.get(identity)
    }

    /// All of them, by identity.
    pub fn nodes(&self) -> impl Iterator<Item = (&Text, &Node)> {
        self.nodes.iter()
    }

    /// Whether a migration stands in for this one.
    pub fn is_replaced(&self, identity: &str) -> bool {
        self.replaced.contains_key(identity)
    }

    /// The migration that stands in for this one, the last of them where they are nested; itself where there is none.
    pub fn stand_in<'a>(&'a self, identity: &'a str) -> &'a str {
        let mut last = identity;
        for _ in 0..self.replaced.len() {
            match self.replaced.get(last) {
                Some(next) if next != last => last = next,
                _ => break,
            }
        }
        last
    }

    /// Whether a migration of that line is here.
    pub fn has_line(&self, line: &str) -> bool {
        self.nodes.values().any(|node| node.links.line == line)
    }

    /// What a name among the parents means: a migration, one that stands in for it, or the beginning of a branch.
    fn resolve<'a>(&'a self, name: &'a str) -> Option<&'a Text> {
        let key = |name: &str| self.nodes.get_key_value(name).map(|(key, _)| key);
        key(self.stand_in(name)).or_else(|| key(name)).or_else(|| self.labels.get(name))
    }

    /// All that must have run when these have run, with themselves.
    pub fn closure<'a>(&self, heads: impl IntoIterator<Item = &'a str>) -> BTreeSet<Text> {
        let mut closure = BTreeSet::new();
        let mut open: Vec<&Text> = heads.into_iter().filter_map(|head| self.key(head)).collect();
        while let Some(identity) = open.pop() {
            if closure.insert(identity.clone())
                && let Some(node) = self.nodes.get(identity)
            {
                open.extend(node.links.parents.iter().filter_map(|parent| self.resolve(&parent.identity)));
            }
        }
        closure
    }

    fn key(&self, identity: &str) -> Option<&Text> {
        self.nodes.get_key_value(identity).map(|(key, _)| key)
    }

    /// Parents that are nowhere: the child, and what it names. Lines of which nothing is here are not judged: other
    /// people's apps lie elsewhere.
    pub fn missing(&self) -> Vec<(&Text, &Parent)> {
        let lines: BTreeSet<&Text> = self.nodes.values().map(|node| &node.links.line).collect();
        let all = self
            .nodes
            .iter()
            .flat_map(|(identity, node)| node.links.parents.iter().map(move |parent| (identity, parent)));
        all.filter(|(_, parent)| {
            lines.contains(&parent.line)
                && self.resolve(&parent.identity).is_none()
                && !self.is_replaced(&parent.identity)
        })
        .collect()
    }

    /// The heads that should be one, as groups: of one line, and of one branch where branches have names. Only what hangs
    /// together, or lies in one directory, is held against each other: two environments in a repository are two graphs.
    pub fn heads(&self) -> Vec<Vec<&Text>> {
        let groups = self.components();
        let effective =
            || self.nodes.iter().filter(|(identity, _)| self.stand_in(identity) == identity.as_str());
        let mut continued: BTreeSet<&str> = BTreeSet::new();
        for (identity, node) in effective() {
            for parent in node.links.parents.iter().filter(|parent| parent.continues) {
                let parent = self.resolve(&parent.identity);
                continued.extend(parent.filter(|parent| *parent != identity).map(Text::as_str));
            }
        }
        let mut heads: BTreeMap<(&Text, BTreeSet<&Text>), Vec<&Text>> = BTreeMap::new();
        for (identity, _) in effective().filter(|(identity, _)| !continued.contains(identity.as_str())) {
            heads.entry((groups[identity], self.branches(identity))).or_default().push(identity);
        }
        // Where a parent is nowhere, what it built on looks like a head.
        let whole = |node: &Node| {
            let mut parents = node.links.parents.iter().filter(|parent| parent.continues);
            !node.links.unreadable && parents.all(|parent| self.resolve(&parent.identity).is_some())
        };
        let broken = self.nodes.iter().filter(|(_, node)| !whole(node)).map(|(identity, _)| groups[identity]);
        let broken: BTreeSet<&Text> = broken.collect();
        let readable = |group: &Text| !broken.contains(group);
        heads.into_iter().filter(|((group, _), _)| readable(group)).map(|(_, heads)| heads).collect()
    }

    /// The names of the branches to which a migration belongs: its own, and those of what it continues.
    fn branches(&self, identity: &str) -> BTreeSet<&Text> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Text> = self.key(identity).into_iter().collect();
        if self.labels.is_empty() {
            return found;
        }
        while let Some(node) = open.pop().filter(|one| seen.insert(*one)).and_then(|one| self.nodes.get(one))
        {
            found.extend(&node.links.labels);
            let parents = node.links.parents.iter().filter(|parent| parent.continues);
            open.extend(parents.filter_map(|parent| self.resolve(&parent.identity)));
        }
        found
    }

    /// For each migration one that stands for all that it hangs together with.
    fn components(&self) -> BTreeMap<&Text, &Text> {
        let mut roots: BTreeMap<&Text, &Text> = self.nodes.keys().map(|key| (key, key)).collect();
        let mut places: BTreeMap<(&Text, RepoPath), &Text> = BTreeMap::new();
        for (identity, node) in &self.nodes {
            let parents = node.links.parents.iter().filter(|parent| parent.continues);
            let beside = *places.entry((&node.links.line, node.path.parent())).or_insert(identity);
            let parents = parents.filter_map(|parent| self.resolve(&parent.identity));
            for other in parents.chain([beside]) {
                let (one, other) = (root(&roots, identity), root(&roots, other));
                roots.insert(one, other);
            }
        }
        let found = self.nodes.keys().map(|key| (key, root(&roots, key)));
        found.collect()
    }

    /// The migrations in an order in which they can run: parents first, and by path where that leaves a choice.
    pub fn order(&self) -> Vec<&Text> {
        let mut waits: BTreeMap<&Text, usize> = self.nodes.keys().map(|key| (key, 0)).collect();
        let mut children: BTreeMap<&Text, Vec<&Text>> = BTreeMap::new();
        for (identity, node) in &self.nodes {
            let parents: BTreeSet<&Text> =
                node.links.parents.iter().filter_map(|parent| self.key(&parent.identity)).collect();
            for parent in parents.into_iter().filter(|parent| *parent != identity) {
                *waits.entry(identity).or_default() += 1;
                children.entry(parent).or_default().push(identity);
            }
        }
        let place = |identity: &'_ Text| &self.nodes[identity].path;
        let mut ready: BTreeSet<(&RepoPath, &Text)> = waits
            .iter()
            .filter(|(_, waits)| **waits == 0)
            .map(|(identity, _)| (place(identity), *identity))
            .collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some((_, identity)) = ready.pop_first() {
            order.push(identity);
            for child in children.get(identity).into_iter().flatten().copied() {
                let left = waits.entry(child).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.insert((place(child), child));
                }
            }
        }
        // A circle, which no tool runs: its members come last.
        let known: BTreeSet<&Text> = order.iter().copied().collect();
        let rest: Vec<&Text> = self.nodes.keys().filter(|key| !known.contains(*key)).collect();
        order.extend(rest);
        order
    }
}

fn root<'a>(roots: &BTreeMap<&'a Text, &'a Text>, of: &'a Text) -> &'a Text {
    let mut at = of;
    while let Some(next) = roots.get(at).filter(|next| **next != at) {
        at = next;
    }
    at
}
