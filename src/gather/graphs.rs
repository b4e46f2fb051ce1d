//! Links the sets of which one builds on another: several `version_locations` of Alembic are one graph.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{Graph, MigrationSet, Text};

/// Gives each set whose order is a graph that graph.
///
/// A set that names a parent which only one other set of its tool has is one graph with it, in both directions. Parents in
/// other lines (apps) link nothing: two projects in a repository may call their apps alike.
pub(super) fn link(sets: &mut [MigrationSet]) {
    let is_graph = |set: &MigrationSet| set.candidate.iter().any(|migration| migration.links.is_some());
    let with_graph: Vec<usize> = (0..sets.len()).filter(|at| is_graph(&sets[*at])).collect();
    let own: BTreeMap<usize, Graph> =
        with_graph.iter().map(|at| (*at, Graph::new(&sets[*at].candidate))).collect();
    let mut groups: BTreeMap<usize, BTreeSet<usize>> =
        with_graph.iter().map(|at| (*at, [*at].into())).collect();
    for (at, graph) in &own {
        for (_, parent) in graph.missing() {
            let Some(other) = only_owner(&own, sets, *at, &parent.identity) else { continue };
            let both: BTreeSet<usize> = groups[at].union(&groups[&other]).copied().collect();
            for member in &both {
                groups.insert(*member, both.clone());
            }
        }
    }
    let mut made: BTreeMap<BTreeSet<usize>, Arc<Graph>> = BTreeMap::new();
    for (at, group) in groups {
        let graph = made.entry(group).or_insert_with_key(|group| {
            Arc::new(Graph::new(group.iter().flat_map(|member| &sets[*member].candidate)))
        });
        let graph = Arc::clone(graph);
        sets[at].graph = Some(graph);
    }
}

/// Tells each app of a Django project what is edited in the others: a formatter goes through all of them.
pub(super) fn count_edits(sets: &mut [MigrationSet]) {
    let is_app = |set: &MigrationSet| {
        let links = set.candidate.first().and_then(|migration| migration.links.as_ref());
        links.is_some_and(|links| !links.line.is_empty())
    };
    let edits: Vec<usize> =
        sets.iter().map(|set| if is_app(set) { set.edited_programs().count() } else { 0 }).collect();
    let all: usize = edits.iter().sum();
    for (set, own) in sets.iter_mut().zip(edits) {
        if is_app(set) {
            set.edited_beside = all - own;
        }
    }
}

/// The one other set of the same tool that has the migration.
fn only_owner(
    graphs: &BTreeMap<usize, Graph>,
    sets: &[MigrationSet],
    of: usize,
    identity: &Text,
) -> Option<usize> {
    let has = |at: &usize| {
        *at != of && sets[*at].tool.name == sets[of].tool.name && graphs[at].node(identity).is_some()
    };
    let mut owners = graphs.keys().copied().filter(has);
    owners.next().filter(|_| owners.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Links, Migration, MigrationKind, Oid, Parent, Rank, RepoPath, Version};

    fn set(name: &str, migrations: &[(&str, Option<&str>)]) -> MigrationSet {
        let mut set = MigrationSet { name: name.to_owned(), ..MigrationSet::default() };
        set.candidate =
            migrations.iter().map(|(identity, parent)| migration(name, identity, *parent)).collect();
        set
    }

    fn migration(dir: &str, identity: &str, parent: Option<&str>) -> Migration {
        let named = |name: &str| Parent { identity: name.into(), continues: true, ..Parent::default() };
        let links = Links { parents: parent.map(named).into_iter().collect(), ..Links::default() };
        Migration {
            path: RepoPath::from(format!("{dir}/{identity}.py").as_str()),
            kind: MigrationKind::Versioned,
            version: Version(identity.into()),
            identity: identity.into(),
            name: Text::default(),
            rank: Rank::default(),
            blob: Oid::from_bytes(&[0; 20]).expect("20 bytes"),
            symlink: false,
            undo: None,
            text: None,
            touched: false,
            links: Some(Arc::new(links)),
        }
    }

    #[test]
    fn a_set_is_linked_with_the_one_that_has_its_parent() {
        let mut sets = [
            set("one", &[("a", None), ("b", Some("a"))]),
            set("two", &[("c", Some("b"))]),
            set("three", &[("d", None)]),
            set("four", &[("e", Some("nowhere"))]),
        ];
        link(&mut sets);
        let size = |at: usize| sets[at].graph.as_ref().map_or(0, |graph| graph.nodes().count());
        assert_eq!([0, 1, 2, 3].map(size), [3, 3, 1, 1]);
        let mut alike =
            [set("one", &[("a", None)]), set("two", &[("a", None)]), set("three", &[("b", Some("a"))])];
        link(&mut alike);
        assert_eq!(alike[2].graph.as_ref().map(|graph| graph.missing().len()), Some(1), "which of the two?");
        let mut plain = [MigrationSet::default()];
        link(&mut plain);
        assert_eq!(plain[0].graph, None);
    }
}
