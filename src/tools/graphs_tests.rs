use std::collections::HashMap;

use proptest::prelude::*;

use super::super::testing::{entries, shown, tool};
use super::super::{Listing, Tool};
use super::*;
use crate::model::{Oid, RepoPath};

/// Lists files with their texts below `dir`.
fn listing(tool: &Tool, dir: &str, files: &[(&str, &str)]) -> Listing {
    let paths: Vec<String> = files.iter().map(|(name, _)| format!("{dir}/{name}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let entries = entries(&paths);
    let texts: HashMap<Oid, &str> = entries
        .iter()
        .map(|entry| {
            let place = paths.iter().position(|path| RepoPath::from(*path) == entry.path).unwrap();
            (entry.oid, files[place].1)
        })
        .collect();
    tool.list(&RepoPath::from(dir), &entries, &|blob| Ok(texts[&blob].as_bytes().to_vec())).unwrap()
}

/// The heads of a listing, group by group, and what is missing.
fn judged(listing: &Listing) -> (Vec<Vec<String>>, Vec<String>) {
    let graph = Graph::new(&listing.migrations);
    let heads = graph.heads().into_iter().map(|group| group.iter().map(ToString::to_string).collect());
    let missing = graph.missing().into_iter().map(|(child, parent)| format!("{child}: {}", parent.identity));
    (heads.collect(), missing.collect())
}

#[test]
fn alembic_reads_variables_and_not_names() {
    let files = [
        (
            "a_first.py",
            "\"\"\"first\n\nRevision ID: zzz\nRevises: yyy\n\"\"\"\nrevision = 'aaa1'\ndown_revision = None\n",
        ),
        (
            "0002_second.py",
            "revision: str = 'bbb2'\ndown_revision: Union[str, None] = 'aaa1'\nbranch_labels = None\ndepends_on = None\n",
        ),
        ("aaa3_third.py", "revision = 'aaa3'\ndown_revision = ('bbb2')\n"),
        ("__init__.py", ""),
        ("helper.py", "def f(): pass\n"),
    ];
    let listing = listing(&tool("alembic"), "migrations/versions", &files);
    assert_eq!(
        shown(&listing),
        [
            "aaa1 | aaa1 | a_first | migrations/versions/a_first.py",
            "bbb2 | bbb2 | 0002_second | migrations/versions/0002_second.py",
            "aaa3 | aaa3 | third | migrations/versions/aaa3_third.py",
            "refused migrations/versions/helper.py: has no variable `revision`",
        ]
    );
    assert_eq!(judged(&listing), (vec![vec!["aaa3".to_owned()]], vec![]));
}

fn revision(id: &str, rest: &str) -> (String, String) {
    (format!("{id}.py"), format!("revision = '{id}'\ndown_revision = {rest}\n"))
}

fn alembic_of(files: &[(String, String)]) -> Listing {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    listing(&tool("alembic"), "m", &files)
}

#[test]
fn heads_of_alembic() {
    let heads = |files: &[(String, String)]| judged(&alembic_of(files)).0.concat();
    let (base, left, right) = (revision("a", "None"), revision("b", "'a'"), revision("c", "'a'"));
    assert_eq!(heads(&[base.clone(), left.clone(), right.clone()]), ["b", "c"]);
    assert_eq!(heads(&[base.clone(), left.clone(), right.clone(), revision("d", "('b', 'c')")]), ["d"]);
    // What only has to run before is a head all the same, where it begins a branch of its own.
    let labelled = revision("x", "'a'\nbranch_labels = ('other',)");
    let groups = judged(&alembic_of(&[base.clone(), left.clone(), labelled])).0;
    assert_eq!(groups, [vec!["b".to_owned()], vec!["x".to_owned()]]);
    let needs = revision("y", "None\ndepends_on = 'b'");
    assert_eq!(heads(&[base.clone(), left.clone(), needs]), ["b", "y"]);
    let imported = revision("x", "'a'\nbranch_labels = (CONTRACT,)");
    assert_eq!(judged(&alembic_of(&[base.clone(), left, imported])).0.len(), 2);
    let computed = revision("x", "parent()");
    assert_eq!(heads(&[base, right, computed]), [""; 0]);
}

#[test]
fn two_environments_are_two_graphs() {
    let file = |path: &'static str, id: &str, down: &str| {
        (path, format!("revision = '{id}'\ndown_revision = {down}\n"))
    };
    let files =
        [file("api/1.py", "a", "None"), file("main/1.py", "b", "None"), file("main/2.py", "c", "'b'")];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let mut groups = judged(&listing(&tool("alembic"), "m", &files)).0;
    groups.sort();
    assert_eq!(groups, [vec!["a".to_owned()], vec!["c".to_owned()]]);
}

#[test]
fn a_parent_that_is_nowhere() {
    let missing = |files: &[(String, String)]| judged(&alembic_of(files)).1;
    assert_eq!(missing(&[revision("b", "'a'")]), ["b: a"]);
    assert_eq!(
        missing(&[revision("a", "None\nbranch_labels = 'line'"), revision("b", "'a'\ndepends_on = 'line'")]),
        [""; 0]
    );
}

fn class(body: &str) -> String {
    format!(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n{body}\n    operations = []\n"
    )
}

fn django_of(dir: &str, files: &[(&str, &str)]) -> Listing {
    let texts: Vec<(&str, String)> = files.iter().map(|(name, body)| (*name, class(body))).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
    listing(&tool("django"), dir, &texts)
}

#[test]
fn django_finds_its_label_in_the_files() {
    let listing = django_of(
        "shop/billing/migrations",
        &[
            (
                "0001_initial.py",
                "    initial = True\n    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ('auth', '__first__')]",
            ),
            (
                "0002_b.py",
                "    dependencies: list[tuple[str, str]] = [\n        ('bills', '0001_initial'),\n        ('auth', '0012_x'),  # other\n    ]",
            ),
            ("fix-c.py", "    dependencies = (('bills', '0002_b'),)"),
            ("_helper.py", ""),
        ],
    );
    assert_eq!(
        shown(&listing),
        [
            "0001_initial | bills.0001_initial | bills | shop/billing/migrations/0001_initial.py",
            "0002_b | bills.0002_b | bills | shop/billing/migrations/0002_b.py",
            "fix-c | bills.fix-c | bills | shop/billing/migrations/fix-c.py",
        ]
    );
    assert_eq!(judged(&listing), (vec![vec!["bills.fix-c".to_owned()]], vec![]));
    let single = django_of("shop/billing/migrations", &[("0001_initial.py", "    initial = True")]);
    assert_eq!(single.migrations[0].identity, "billing.0001_initial");
}

#[test]
fn an_app_says_what_it_is_called() {
    let label = |text: &str| declared_label(text).unwrap_or_default();
    assert_eq!(label("class A(AppConfig):\n    name = 'shop.billing'\n    label = \"bills\"\n"), "bills");
    assert_eq!(label("class A(AppConfig):\n    name = 'shop.billing'\n"), "");
    assert_eq!(label("label = 'x'\n"), "");
    assert_eq!(label("class A:\n    label = 'a'\nclass B:\n    label = 'b'\n"), "", "which of the two?");
}

#[test]
fn a_squash_takes_the_place_of_what_it_replaces() {
    let squash = (
        "0001_squashed_0002_b.py",
        "    replaces = [('a', '0001_initial'), ('a', '0002_b')]\n    dependencies = []",
    );
    let old = [
        ("0001_initial.py", "    dependencies = []"),
        ("0002_b.py", "    dependencies = [('a', '0001_initial')]"),
    ];
    let next = ("0003_c.py", "    dependencies = [('a', '0002_b')]");
    let with_old = django_of("a/migrations", &[old[0], old[1], squash, next]);
    assert_eq!(judged(&with_old), (vec![vec!["a.0003_c".to_owned()]], vec![]));
    let without = django_of("a/migrations", &[squash, next]);
    assert_eq!(judged(&without), (vec![vec!["a.0003_c".to_owned()]], vec![]));
    let two = django_of(
        "a/migrations",
        &[squash, next, ("0003_d.py", "    dependencies = [('a', '0001_squashed_0002_b')]")],
    );
    assert_eq!(judged(&two).0, [vec!["a.0003_c".to_owned(), "a.0003_d".to_owned()]]);
}

#[test]
fn one_that_runs_before_another_is_no_head() {
    let first = ("0001_initial.py", "    dependencies = []");
    let later = ("0002_z.py", "    dependencies = [('a', '0001_initial')]");
    let before = |what: &str| {
        let body = format!("    dependencies = [('a', '0001_initial')]\n    run_before = [{what}]");
        let listing = django_of("a/migrations", &[first, later, ("0003_b.py", &body)]);
        let order: Vec<String> = shown(&listing).iter().map(|row| row[..6].to_owned()).collect();
        (judged(&listing), order.join(" "))
    };
    let (head, other) = ("a.0002_z".to_owned(), "a.0003_b".to_owned());
    assert_eq!(
        before("('a', '0002_z')"),
        ((vec![vec![head.clone()]], vec![]), "0001_i 0003_b 0002_z".into())
    );
    // What another app is to wait for changes nothing here.
    assert_eq!(before("('b', '0002_z')").0, (vec![vec![head, other]], vec![]));
    assert_eq!(before("*more()").0.0, [[""; 0]; 0], "who knows?");
}

#[test]
fn what_django_cannot_be_read_from_is_not_judged() {
    let listing = django_of(
        "a/migrations",
        &[
            ("0001_a.py", "    dependencies = []"),
            ("0002_b.py", "    dependencies = [('a', '0001_a')] + more()"),
            ("0002_c.py", "    dependencies = [('a', '0009_z')]"),
        ],
    );
    assert_eq!(judged(&listing), (vec![], vec!["a.0002_c: a.0009_z".to_owned()]));
    let helper = [
        ("helper.py", "def f(): pass\n"),
        ("0001_a.py", "class Migration(x):\n    pass\n"),
        ("0002_b.py", "from x import Migration\n"),
    ];
    let listing = super::tests::listing(&tool("django"), "a/migrations", &helper);
    assert_eq!(listing.migrations.len(), 2);
    assert_eq!(shown(&listing)[2], "refused a/migrations/helper.py: has no class `Migration`");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_can_be_read(text in "(revision|down_revision|class Migration|dependencies|replaces|None| = |[\\[\\](){},'\"#\n\\\\a:] ?){0,30}") {
        for name in ["alembic", "django"] {
            let listing = listing(&tool(name), "m", &[("1.py", &text), ("a/2.py", &text), ("b.py", "revision = 'b'\ndown_revision = 'a'\n")]);
            judged(&listing);
        }
    }

    /// Heads, order and closure against a slow and obvious model: who is nobody's parent, who stands before whom.
    #[test]
    fn graphs_are_what_their_edges_say(edges in prop::collection::vec(prop::collection::vec(0..12_usize, 0..3), 1..12)) {
        let parents = |at: usize| -> Vec<usize> { edges[at].iter().map(|to| to % (at + 1)).filter(|to| *to != at).collect() };
        let files: Vec<(String, String)> = (0..edges.len())
            .map(|at| {
                let parents: Vec<String> = parents(at).iter().map(|to| format!("'n{to}',")).collect();
                revision(&format!("n{at}"), &format!("({})", parents.concat()))
            })
            .collect();
        let graph = Graph::new(&alembic_of(&files).migrations);
        let mut heads: Vec<String> = graph.heads().concat().iter().map(ToString::to_string).collect();
        heads.sort();
        let mut expected: Vec<String> = (0..edges.len())
            .filter(|at| (0..edges.len()).all(|child| !parents(child).contains(at)))
            .map(|at| format!("n{at}"))
            .collect();
        expected.sort();
        prop_assert_eq!(heads, expected);
        let order: Vec<String> = graph.order().iter().map(ToString::to_string).collect();
        let place = |at: usize| order.iter().position(|one| *one == format!("n{at}")).unwrap();
        for at in 0..edges.len() {
            prop_assert!(parents(at).iter().all(|to| place(*to) < place(at)));
            let name = format!("n{at}");
            let mut below = std::collections::BTreeSet::from([at]);
            for one in (0..=at).rev() {
                if below.contains(&one) {
                    below.extend(parents(one));
                }
            }
            prop_assert_eq!(graph.closure([&*name]).len(), below.len());
        }
    }
}
