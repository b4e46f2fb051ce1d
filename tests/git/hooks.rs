//! What a hook sees: this test binary is installed as the hook, and real `git` commands start it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use migguard::git::{Entry, open};
use migguard::model::Oid;

use crate::support::{TestRepo, index_paths};

/// Names the file into which [`probe`] writes.
const OUT: &str = "GUARD_TEST_OUT";
/// A commit whose tree [`probe`] lists instead of the index.
const COMMIT: &str = "GUARD_TEST_COMMIT";

/// Runs as the hook of the other tests: lists what it sees, and says so if the library did not see it alone.
#[test]
#[ignore = "the other tests install it as a hook"]
fn probe() {
    let variable = |wanted: &str| std::env::vars().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let git = open(Path::new(".")).unwrap();
    let commit = variable(COMMIT).as_deref().and_then(Oid::from_hex);
    let tree = commit.map_or_else(|| git.index(&["m".into()]), |commit| git.tree(commit, &["m".into()]));
    let line = |entry: &Entry| {
        let text = String::from_utf8(git.blob(entry.oid).unwrap()).unwrap();
        format!("{}={}", String::from_utf8_lossy(entry.path.file_name()), text.trim())
    };
    let listing = tree.unwrap().entries.iter().map(line).collect::<Vec<_>>().join(" ");
    let fallback = git.layout().fallback.as_ref().map(|reason| format!(" by the git command: {reason}"));
    fs::write(variable(OUT).unwrap(), listing + &fallback.unwrap_or_default()).unwrap();
}

/// Installs [`probe`] as a hook. It starts in `directory`, relative to where git starts hooks.
fn install(repo: &TestRepo, hooks: &Path, hook: &str, directory: &str, before: &str) {
    let program = std::env::current_exe().unwrap();
    let out = repo.beside("out");
    let script = format!(
        "#!/bin/sh\n{before}\ncd '{directory}' || exit 1\n{OUT}='{}' exec '{}' -q --ignored --exact git::hooks::probe >&2\n",
        out.display(),
        program.display()
    );
    fs::create_dir_all(hooks).unwrap();
    fs::write(hooks.join(hook), script).unwrap();
    fs::set_permissions(hooks.join(hook), fs::Permissions::from_mode(0o755)).unwrap();
}

/// What the hook has seen since this was last called.
fn seen(repo: &TestRepo) -> String {
    let out = repo.beside("out");
    let text = fs::read_to_string(&out).unwrap_or_else(|_| "the hook did not run".to_owned());
    let _ = fs::remove_file(out);
    text
}

/// Two committed files, both changed in the work tree, the second change staged; a third file staged.
fn prepared(directory: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("m/a.sql", "a1\n");
    repo.write("m/b.sql", "b1\n");
    repo.commit("one");
    install(&repo, &repo.path().join(".git/hooks"), "pre-commit", directory, "");
    repo.write("m/a.sql", "a2\n");
    repo.write("m/b.sql", "b2\n");
    repo.write("m/c.sql", "c1\n");
    repo.git(&["add", "m/b.sql", "m/c.sql"]);
    repo
}

#[test]
fn a_plain_commit() {
    let repo = prepared(".");
    repo.git(&["commit", "-qm", "x"]);
    assert_eq!(seen(&repo), "a.sql=a1 b.sql=b2 c.sql=c1");
}

#[test]
fn a_commit_of_everything() {
    let repo = prepared(".");
    repo.git(&["commit", "-qam", "x"]);
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b2 c.sql=c1");
}

#[test]
fn a_commit_of_one_path_leaves_out_what_else_is_staged() {
    let repo = prepared(".");
    repo.git(&["commit", "-qm", "x", "m/a.sql"]);
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b1");
}

#[test]
fn a_commit_by_parts() {
    use std::io::Write;
    let repo = prepared(".");
    let mut git = repo.command("git");
    git.args(["commit", "-qpm", "x"]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null());
    let mut child = git.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"y\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b2 c.sql=c1");
}

#[test]
fn a_commit_from_a_sub_directory_and_a_hook_in_one() {
    let repo = prepared("m");
    repo.git_in(&repo.path().join("m"), &["commit", "-qam", "x"]);
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b2 c.sql=c1");
    repo.write("m/d.sql", "d1\n");
    repo.git(&["add", "m/d.sql"]);
    repo.git(&["commit", "-qm", "y"]);
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b2 c.sql=c1 d.sql=d1");
}

#[test]
fn amending_and_the_first_commit() {
    let repo = prepared(".");
    repo.git(&["commit", "-q", "--amend", "--no-edit"]);
    assert_eq!(seen(&repo), "a.sql=a1 b.sql=b2 c.sql=c1");
    let fresh = TestRepo::new();
    install(&fresh, &fresh.path().join(".git/hooks"), "pre-commit", ".", "");
    fresh.commit_file("m/a.sql", "a1\n");
    assert_eq!(seen(&fresh), "a.sql=a1");
}

#[test]
fn a_merge() {
    let repo = prepared(".");
    repo.git(&["commit", "-qam", "x"]);
    repo.git(&["checkout", "-q", "-b", "side", "HEAD^"]);
    repo.commit_file("m/side.sql", "s1\n");
    repo.git(&["checkout", "-q", "main"]);
    install(&repo, &repo.path().join(".git/hooks"), "pre-merge-commit", "m", "");
    seen(&repo);
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b2 c.sql=c1 side.sql=s1");
}

#[test]
fn a_linked_work_tree() {
    let repo = prepared("m");
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", linked.to_str().unwrap()]);
    fs::write(linked.join("m/a.sql"), "linked\n").unwrap();
    for all in ["-qam", "-qm"] {
        repo.git_in(&linked, &["commit", "--allow-empty", all, "x"]);
        assert_eq!(seen(&repo), "a.sql=linked b.sql=b1");
    }
}

#[test]
fn a_submodule() {
    let inner = prepared(".");
    inner.git(&["commit", "-qnam", "x"]);
    let outer = TestRepo::new();
    let url = inner.path().to_str().unwrap();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "db"]);
    install(&outer, &outer.path().join(".git/modules/db/hooks"), "pre-commit", "m", "");
    fs::write(outer.path().join("db/m/a.sql"), "a3\n").unwrap();
    outer.git_in(&outer.path().join("db"), &["commit", "-qam", "x"]);
    assert_eq!(seen(&outer), "a.sql=a3 b.sql=b2 c.sql=c1");
}

#[test]
fn a_git_dir_apart_from_the_work_tree() {
    let repo = prepared(".");
    let apart = repo.beside("apart.git");
    fs::rename(repo.path().join(".git"), &apart).unwrap();
    let git_dir = format!("--git-dir={}", apart.display());
    let work_tree = format!("--work-tree={}", repo.path().display());
    repo.git_in(&repo.home(), &[&git_dir, &work_tree, "commit", "-qam", "x"]);
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b2 c.sql=c1");
}

#[test]
fn a_split_index_under_the_hook() {
    let repo = prepared(".");
    repo.git(&["update-index", "--split-index"]);
    repo.git(&["commit", "-qm", "x", "m/a.sql"]);
    assert_eq!(seen(&repo), "a.sql=a2 b.sql=b1");
}

#[test]
fn objects_in_quarantine_while_a_push_is_received() {
    let repo = TestRepo::new();
    let server = repo.beside("server.git");
    repo.git(&["init", "-q", "--bare", server.to_str().unwrap()]);
    install(
        &repo,
        &server.join("hooks"),
        "pre-receive",
        ".",
        "read old new name; export GUARD_TEST_COMMIT=$new",
    );
    repo.write("m/a.sql", "pushed");
    repo.commit("one");
    repo.git(&["push", "-q", server.to_str().unwrap(), "main"]);
    assert_eq!(seen(&repo), "a.sql=pushed");
    assert_eq!(index_paths(&*repo.open(), &["m"]), ["m/a.sql"]);
}
