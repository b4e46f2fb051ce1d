//! What is demanded of every backend, on one repository that every test of a format builds in its own way.

use std::collections::BTreeMap;

use migguard::git::{Backend, EntryKind, TextAttributes};
use migguard::model::{Oid, RepoPath};

use crate::support::{TestRepo, index_paths};

/// Fills an empty repository with the history and the index that [`holds`] knows.
pub(crate) fn fill(repo: &TestRepo) {
    repo.write("README.md", "read me\n");
    repo.write(".gitattributes", "*.sql text eol=lf\n*.bin -text\n*.txt text=auto\n");
    repo.write("migrations/.gitattributes", "wide.sql working-tree-encoding=UTF-16LE\ncrlf.sql eol=crlf\n");
    repo.write("migrations/1_users.sql", "create table users (id int);\n");
    repo.write("migrations/2_posts.sql", "create table posts (id int);\n");
    repo.write("migrations/empty.sql", "");
    repo.write("migrations/sub/3_deep.sql", "create table deep (id int);\n");
    repo.write("migrations-old/0_old.sql", "create table old (id int);\n");
    repo.commit("one");
    repo.git(&["tag", "-a", "-m", "first", "v1"]);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("migrations/5_side.sql", "create table side (id int);\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("migrations/4_main.sql", "create table main (id int);\n");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    repo.git(&["config", "guard.key", "first"]);
    repo.git(&["config", "--add", "guard.key", "last"]);
    stage(repo);
}

/// Stages one new file, one edit and one deletion, and leaves other things in the work tree.
pub(crate) fn stage(repo: &TestRepo) {
    repo.write("migrations/6_staged.sql", "create table staged (id int);\n");
    repo.write("migrations/2_posts.sql", "create table posts (id bigint);\n");
    repo.git(&["add", "migrations/6_staged.sql", "migrations/2_posts.sql"]);
    repo.git(&["rm", "-q", "--cached", "migrations/1_users.sql"]);
    repo.write("migrations/2_posts.sql", "only in the work tree\n");
    repo.write("migrations/7_untracked.sql", "only in the work tree\n");
}

/// Checks every method of a backend against the repository that [`fill`] made.
pub(crate) fn holds(git: &dyn Backend, repo: &TestRepo) {
    the_index_is_what_will_be_committed(git, repo);
    a_tree_is_what_was_committed(git, repo);
    blobs_have_their_bytes(git, repo);
    revisions_lead_to_commits(git, repo);
    history_is_seen(git, repo);
    names_and_settings_are_read(git);
    attributes_come_from_the_index(git);
    super::history::holds(git, repo);
}

fn the_index_is_what_will_be_committed(git: &dyn Backend, repo: &TestRepo) {
    let staged = [
        "migrations/.gitattributes",
        "migrations/2_posts.sql",
        "migrations/4_main.sql",
        "migrations/5_side.sql",
        "migrations/6_staged.sql",
        "migrations/empty.sql",
        "migrations/sub/3_deep.sql",
    ];
    assert_eq!(index_paths(git, &["migrations"]), staged);
    assert_eq!(index_paths(git, &["migrations/sub", "migrations"]), staged);
    assert_eq!(index_paths(git, &["nowhere"]), [""; 0]);
    assert_eq!(
        index_paths(git, &["migrations/sub", "migrations-old", "README.md"]),
        ["README.md", "migrations-old/0_old.sql", "migrations/sub/3_deep.sql"]
    );
    assert_eq!(index_paths(git, &[]).len(), staged.len() + 3);
    let tree = git.index(&["migrations".into()]).unwrap();
    assert!(tree.conflicts.is_empty());
    for entry in &tree.entries {
        assert_eq!(entry.oid, repo.id(&format!(":{}", entry.path)), "{}", entry.path);
        assert_eq!(entry.kind, EntryKind::File);
    }
}

fn a_tree_is_what_was_committed(git: &dyn Backend, repo: &TestRepo) {
    let head = repo.id("HEAD");
    let tree = git.tree(head, &["migrations".into()]).unwrap();
    let paths: Vec<String> = tree.entries.iter().map(|entry| entry.path.to_string()).collect();
    assert!(paths.contains(&"migrations/1_users.sql".to_owned()));
    assert!(!paths.contains(&"migrations/6_staged.sql".to_owned()));
    assert_eq!(paths.len(), 7);
    assert!(paths.is_sorted());
    for entry in &tree.entries {
        assert_eq!(entry.oid, repo.id(&format!("HEAD:{}", entry.path)), "{}", entry.path);
    }
    assert_eq!(git.tree(head, &[]).unwrap().entries.len(), 10);
    assert_eq!(git.tree(head, &["nowhere".into(), "migrations/1_users.sql/x".into()]).unwrap().entries, []);
    assert_eq!(git.tree(head, &["README.md".into()]).unwrap().entries.len(), 1);
    assert_eq!(git.tree_id(head, &"migrations".into()).unwrap(), Some(repo.id("HEAD:migrations")));
    assert_eq!(git.tree_id(head, &"migrations/sub".into()).unwrap(), Some(repo.id("HEAD:migrations/sub")));
    assert_eq!(git.tree_id(head, &RepoPath::default()).unwrap(), Some(repo.id("HEAD^{tree}")));
    assert_eq!(git.tree_id(head, &"nowhere".into()).unwrap(), None);
    assert_eq!(git.tree_id(head, &"README.md".into()).unwrap(), None);
}

fn blobs_have_their_bytes(git: &dyn Backend, repo: &TestRepo) {
    let staged = repo.id(":migrations/2_posts.sql");
    let deleted = repo.id("HEAD:migrations/1_users.sql");
    let empty = repo.id(":migrations/empty.sql");
    assert_eq!(git.blob(staged).unwrap(), b"create table posts (id bigint);\n");
    assert_eq!(git.blob(empty).unwrap(), b"");
    let mut seen = BTreeMap::new();
    let mut calls = 0;
    git.blobs(&[staged, deleted, staged, empty], &mut |oid, bytes| {
        calls += 1;
        seen.insert(oid, bytes.to_vec());
    })
    .unwrap();
    assert_eq!(calls, 3);
    assert_eq!(seen[&deleted], b"create table users (id int);\n");
    git.blobs(&[], &mut |_, _| panic!("nothing was asked for")).unwrap();
    assert!(git.blob(absent(staged)).is_err());
    assert!(git.blob(repo.id("HEAD")).is_err(), "a commit is no blob");
}

fn revisions_lead_to_commits(git: &dyn Backend, repo: &TestRepo) {
    let head = repo.id("HEAD");
    for name in ["HEAD", "main", "refs/heads/main", &head.to_string(), &head.to_string()[..12]] {
        assert_eq!(git.resolve(name).unwrap(), Some(head), "{name}");
    }
    assert_eq!(git.resolve("v1").unwrap(), Some(repo.id("v1^{commit}")));
    assert_eq!(git.resolve("HEAD^2").unwrap(), Some(repo.id("side")));
    let absent = absent(head).to_string();
    for name in ["nowhere", "refs/remotes/origin/main", "HEAD~99", "HEAD:README.md", "--all", "", &absent] {
        assert_eq!(git.resolve(name).unwrap(), None, "{name}");
    }
}

fn history_is_seen(git: &dyn Backend, repo: &TestRepo) {
    let [head, side, first] = ["HEAD", "side", "v1^{commit}"].map(|name| repo.id(name));
    let main = repo.id("HEAD^1");
    assert_eq!(git.merge_base(main, side).unwrap(), Some(first));
    assert_eq!(git.merge_base(head, side).unwrap(), Some(side));
    let range = |base, tip| {
        let range = git.range(base, tip).unwrap();
        assert!(range.whole);
        range.commits
    };
    let among = range(first, head);
    let place = |commit: Oid| among.iter().position(|one| *one == commit).unwrap();
    assert!(place(main) < place(head) && place(side) < place(head), "parents stand before their children");
    assert_eq!(range(main, head).last(), Some(&head));
    assert!(!range(main, head).contains(&main) && range(main, head).contains(&side));
    assert_eq!(range(head, first), []);
    assert_eq!(git.parents(head).unwrap(), [main, side]);
    assert_eq!(git.parents(first).unwrap(), []);
}

fn names_and_settings_are_read(git: &dyn Backend) {
    assert_eq!(git.head_branch().unwrap().as_deref(), Some("refs/heads/main"));
    assert_eq!(git.symbolic_ref("HEAD").unwrap().as_deref(), Some("refs/heads/main"));
    assert_eq!(git.symbolic_ref("refs/heads/main").unwrap(), None);
    assert_eq!(git.symbolic_ref("refs/remotes/origin/HEAD").unwrap(), None);
    assert_eq!(git.config("guard.key").unwrap().as_deref(), Some("last"));
    assert_eq!(git.config("guard.absent").unwrap(), None);
}

fn attributes_come_from_the_index(git: &dyn Backend) {
    let paths =
        ["migrations/6_staged.sql", "migrations/wide.sql", "migrations/crlf.sql", "a/x.bin", "x.txt", "x"];
    let found = git.line_ending_attributes(&paths.map(RepoPath::from)).unwrap();
    let expected = [
        (Some("set"), Some("lf"), None),
        (Some("set"), Some("lf"), Some("UTF-16LE")),
        (Some("set"), Some("crlf"), None),
        (Some("unset"), None, None),
        (Some("auto"), None, None),
        (None, None, None),
    ]
    .map(|(text, eol, encoding): (Option<&str>, Option<&str>, Option<&str>)| TextAttributes {
        text: text.map(str::to_owned),
        eol: eol.map(str::to_owned),
        encoding: encoding.map(str::to_owned),
    });
    assert_eq!(found, expected);
    assert_eq!(git.line_ending_attributes(&[]).unwrap(), []);
}

/// An id that no object has, as long as the repository's.
pub(crate) fn absent(like: Oid) -> Oid {
    Oid::from_hex(&"de".repeat(like.as_bytes().len())).unwrap()
}

#[test]
fn both_backends_keep_the_contract() {
    let repo = TestRepo::new();
    fill(&repo);
    let [library, command] = repo.open_both(repo.path(), &[]);
    holds(&*library, &repo);
    holds(&*command, &repo);
}

#[test]
fn the_library_needs_no_help_with_a_plain_repository() {
    let repo = TestRepo::new();
    fill(&repo);
    let git = repo.open();
    the_index_is_what_will_be_committed(&*git, &repo);
    a_tree_is_what_was_committed(&*git, &repo);
    history_is_seen(&*git, &repo);
    names_and_settings_are_read(&*git);
    attributes_come_from_the_index(&*git);
    assert_eq!(git.layout().fallback, None);
}

#[test]
fn a_directory_of_the_index_is_called_a_tree_only_while_nothing_below_is_staged() {
    let repo = TestRepo::new();
    repo.write("m/1.sql", "select 1;\n");
    repo.write("m/deep/2.sql", "select 2;\n");
    repo.write("other/a", "a");
    repo.commit("one");
    let says = |dir: &str| {
        let git = repo.open();
        git.index(&[]).unwrap();
        git.index_tree_id(&dir.into())
    };
    let is = |dir: &str| Some(repo.id(&format!("HEAD:{dir}")));
    // git writes it down with a commit, and reads it from there.
    assert_eq!((says("m"), says("m/deep"), says("")), (is("m"), is("m/deep"), is("")));
    repo.write("other/a", "b");
    repo.git(&["add", "other/a"]);
    assert_eq!((says("m"), says("other"), says("")), (is("m"), None, None));
    repo.write("m/3.sql", "select 3;\n");
    repo.git(&["add", "--intent-to-add", "m/3.sql"]);
    assert_eq!(says("m"), None, "announced, and not there yet");
    repo.git(&["reset", "-q"]);
    repo.git(&["rm", "-q", "--cached", "m/deep/2.sql"]);
    assert_eq!((says("m"), says("m/deep")), (None, None));
    assert_eq!(says("nowhere"), None);
}

#[test]
fn attributes_of_the_work_tree_do_not_count() {
    let repo = TestRepo::new();
    repo.write(".gitattributes", "*.sql eol=lf\n");
    repo.commit("one");
    repo.write(".gitattributes", "*.sql eol=crlf\n");
    for git in repo.open_both(repo.path(), &[]) {
        let found = git.line_ending_attributes(&["a.sql".into()]).unwrap();
        assert_eq!(found[0].eol.as_deref(), Some("lf"));
    }
}

#[test]
fn many_blobs_are_read_once_each_and_a_missing_one_is_named() {
    let repo = TestRepo::new();
    for number in 0..1200 {
        repo.write(format!("m/{number}.sql"), format!("select {number};\n"));
    }
    repo.commit("many");
    for git in repo.open_both(repo.path(), &[]) {
        let entries = git.index(&["m".into()]).unwrap().entries;
        let mut blobs: Vec<Oid> = entries.iter().map(|entry| entry.oid).collect();
        let mut seen = BTreeMap::new();
        git.blobs(&blobs, &mut |oid, bytes| {
            assert_eq!(seen.insert(oid, bytes.to_vec()), None);
        })
        .unwrap();
        for entry in &entries {
            let number = entry.path.to_string().replace("m/", "").replace(".sql", "");
            assert_eq!(seen[&entry.oid], format!("select {number};\n").as_bytes());
        }
        let missing = absent(blobs[0]);
        blobs.push(missing);
        let error = git.blobs(&blobs, &mut |_, _| ()).unwrap_err().to_string();
        assert!(error.contains(&missing.to_string()), "{error}");
    }
}

#[test]
fn a_large_blob_comes_whole() {
    let repo = TestRepo::new();
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    repo.write("big.sql", &bytes);
    repo.commit("big");
    for git in repo.open_both(repo.path(), &[]) {
        assert!(git.blob(repo.id(":big.sql")).unwrap() == bytes);
    }
}
