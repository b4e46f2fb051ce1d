//! Work trees, bare repositories, odd entries, and the environment: each answer through both backends.

use std::fs;
use std::slice;
use std::time::{Duration, Instant};

use migguard::git::{Backend, EntryKind, GitError, Preference, open, open_with};
use migguard::model::RepoPath;

use super::contract::fill;
use crate::support::{TestRepo, index_paths};

fn entries(git: &dyn Backend) -> Vec<(String, EntryKind)> {
    let entries = git.index(&[]).unwrap().entries;
    entries.into_iter().map(|entry| (entry.path.to_string(), entry.kind)).collect()
}

#[test]
fn a_relative_index_file_is_found_from_a_sub_directory() {
    let repo = TestRepo::new();
    fill(&repo);
    let sub = repo.path().join("migrations/sub");
    for git in repo.open_both(&sub, &[("GIT_INDEX_FILE", ".git/index"), ("GIT_PREFIX", "")]) {
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 7);
        assert_eq!(git.layout().work_tree.as_deref(), Some(repo.path()));
    }
}

#[test]
fn a_relative_git_dir_is_found_from_a_sub_directory() {
    let repo = TestRepo::new();
    fill(&repo);
    let sub = repo.path().join("migrations/sub");
    let variables = [("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index")];
    for git in repo.open_both(&sub, &variables) {
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 7);
        assert_eq!(git.layout().work_tree.as_deref(), Some(repo.path()));
        assert_eq!(git.tree(repo.id("HEAD"), &["migrations/sub".into()]).unwrap().entries.len(), 1);
    }
}

#[test]
fn another_index_than_the_usual_one_is_the_candidate() {
    let repo = TestRepo::new();
    fill(&repo);
    let other = repo.path().join(".git/next-index-1.lock");
    fs::copy(repo.path().join(".git/index"), &other).unwrap();
    repo.command("git")
        .args(["rm", "-q", "--cached", "migrations/6_staged.sql"])
        .env("GIT_INDEX_FILE", &other)
        .status()
        .unwrap();
    for git in repo.open_both(repo.path(), &[("GIT_INDEX_FILE", other.to_str().unwrap())]) {
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 6);
    }
}

#[test]
fn a_missing_index_is_not_an_empty_one() {
    let repo = TestRepo::new();
    fill(&repo);
    for git in repo.open_both(repo.path(), &[("GIT_INDEX_FILE", ".git/nowhere")]) {
        let wanted = repo.path().join(".git/nowhere");
        assert!(matches!(git.index(&[]), Err(GitError::NoIndex(path)) if path == wanted));
    }
    fs::remove_file(repo.path().join(".git/index")).unwrap();
    for git in repo.open_both(repo.path(), &[]) {
        assert!(matches!(git.index(&[]), Err(GitError::NoIndex(_))));
    }
}

#[test]
fn an_index_that_was_emptied_is_empty() {
    let repo = TestRepo::new();
    fill(&repo);
    repo.git(&["rm", "-rqf", "--cached", "."]);
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(git.index(&[]).unwrap().entries, []);
    }
}

#[test]
fn a_truncated_index_is_an_error() {
    let repo = TestRepo::new();
    fill(&repo);
    let index = repo.path().join(".git/index");
    let bytes = fs::read(&index).unwrap();
    // git verifies no checksum: of an index that lacks only its last bytes it would commit what is left.
    for length in [0, 11, 41, bytes.len() / 2] {
        fs::write(&index, &bytes[..length]).unwrap();
        for git in repo.open_both(repo.path(), &[]) {
            let index = git.index(&[]);
            assert!(
                matches!(index, Err(GitError::Failed(_))),
                "{length} of {} bytes: {index:?}",
                bytes.len()
            );
        }
    }
}

#[test]
fn before_the_first_commit() {
    let repo = TestRepo::new();
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(git.index(&[]).unwrap().entries, []);
        assert_eq!(git.resolve("HEAD").unwrap(), None);
        assert_eq!(git.head_branch().unwrap().as_deref(), Some("refs/heads/main"));
    }
    repo.write("a.sql", "");
    repo.git(&["add", "a.sql"]);
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(index_paths(&*git, &[]), ["a.sql"]);
    }
}

#[test]
fn a_detached_head_has_no_branch() {
    let repo = TestRepo::new();
    fill(&repo);
    repo.git(&["checkout", "-q", "--detach"]);
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(git.head_branch().unwrap(), None);
        assert_eq!(git.resolve("HEAD").unwrap(), Some(repo.id("HEAD")));
    }
}

#[test]
fn a_linked_work_tree_has_its_own_index_and_shares_the_rest() {
    let repo = TestRepo::new();
    fill(&repo);
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", "-b", "other", linked.to_str().unwrap(), "v1"]);
    let git_dir = repo.path().join(".git/worktrees/linked");
    let named = git_dir.to_str().unwrap();
    let index = git_dir.join("index");
    let in_a_hook = [("GIT_DIR", named), ("GIT_INDEX_FILE", index.to_str().unwrap())];
    for (directory, variables) in
        [(linked.clone(), &[][..]), (linked.clone(), &in_a_hook), (linked.join("migrations"), &in_a_hook)]
    {
        for git in repo.open_both(&directory, variables) {
            assert_eq!(index_paths(&*git, &["migrations"]).len(), 5);
            assert_eq!(git.head_branch().unwrap().as_deref(), Some("refs/heads/other"));
            let layout = git.layout();
            assert_eq!(layout.git_dir, git_dir);
            assert_eq!(layout.common_dir, repo.path().join(".git"));
            assert_eq!(layout.work_tree.as_deref(), Some(linked.as_path()));
        }
    }
}

#[test]
fn a_submodule_is_a_repository_of_its_own_and_an_entry_in_the_outer_one() {
    let inner = TestRepo::new();
    fill(&inner);
    let outer = TestRepo::new();
    let url = inner.path().to_str().unwrap();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "db"]);
    outer.commit("add the submodule");
    for git in outer.open_both(outer.path(), &[]) {
        assert_eq!(
            entries(&*git),
            [(".gitmodules".to_owned(), EntryKind::File), ("db".to_owned(), EntryKind::Submodule)]
        );
        assert_eq!(index_paths(&*git, &["db"]), ["db"]);
        let tree = git.tree(outer.id("HEAD"), &["db".into()]).unwrap();
        assert_eq!(tree.entries[0].kind, EntryKind::Submodule);
        assert_eq!(git.tree_id(outer.id("HEAD"), &"db".into()).unwrap(), None);
        assert_eq!(git.tree(outer.id("HEAD"), &["db/migrations".into()]).unwrap().entries, []);
    }
    for git in outer.open_both(&outer.path().join("db/migrations"), &[]) {
        assert_eq!(git.layout().work_tree, Some(outer.path().join("db")));
        assert_eq!(git.layout().git_dir, outer.path().join(".git/modules/db"));
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 7);
    }
}

#[test]
fn a_bare_repository_has_trees_and_no_index() {
    let repo = TestRepo::new();
    fill(&repo);
    let bare = repo.beside("bare.git");
    let target = bare.to_str().unwrap();
    repo.git(&["clone", "-q", "--bare", ".", target]);
    for git in repo.open_both(&bare, &[]) {
        assert!(matches!(git.index(&[]), Err(GitError::Bare(path)) if path == bare));
        assert_eq!(git.layout().work_tree, None);
        assert_eq!(git.tree(repo.id("HEAD"), &["migrations".into()]).unwrap().entries.len(), 7);
        assert_eq!(git.line_ending_attributes(&["a.sql".into()]).unwrap().len(), 1);
    }
    let linked = repo.beside("linked");
    repo.git_in(&bare, &["worktree", "add", "-q", linked.to_str().unwrap(), "side"]);
    for git in repo.open_both(&linked, &[]) {
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 6);
        assert_eq!(git.layout().work_tree.as_deref(), Some(linked.as_path()));
    }
}

#[test]
fn a_git_dir_and_a_work_tree_that_lie_apart() {
    let repo = TestRepo::new();
    fill(&repo);
    let apart = repo.beside("apart.git");
    fs::rename(repo.path().join(".git"), &apart).unwrap();
    let variables = [("GIT_DIR", apart.to_str().unwrap()), ("GIT_WORK_TREE", ".")];
    for git in repo.open_both(repo.path(), &variables) {
        assert_eq!(index_paths(&*git, &["migrations"]).len(), 7);
        assert_eq!(git.layout().work_tree.as_deref(), Some(repo.path()));
    }
}

#[test]
fn what_is_only_intended_to_be_added_is_not_committed() {
    let repo = TestRepo::new();
    repo.write("really_empty.sql", "");
    repo.commit("one");
    repo.write("intended.sql", "create table t (id int);\n");
    repo.write("intended_empty.sql", "");
    repo.git(&["add", "-N", "intended.sql", "intended_empty.sql"]);
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(index_paths(&*git, &[]), ["really_empty.sql"]);
        assert_eq!(index_paths(&*git, &["intended.sql"]), [""; 0]);
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_never_followed() {
    let repo = TestRepo::new();
    repo.write("real/1_a.sql", "create table a (id int);\n");
    repo.write("m/1_a.sql", "create table a (id int);\n");
    std::os::unix::fs::symlink("../real/1_a.sql", repo.path().join("m/2_link.sql")).unwrap();
    std::os::unix::fs::symlink("real", repo.path().join("linked")).unwrap();
    let commit = repo.commit("links");
    for git in repo.open_both(repo.path(), &[]) {
        for tree in
            [git.index(&["m".into(), "linked".into()]), git.tree(commit, &["m".into(), "linked".into()])]
        {
            let entries = tree.unwrap().entries;
            let kinds: Vec<EntryKind> = entries.iter().map(|entry| entry.kind).collect();
            assert_eq!(kinds, [EntryKind::Symlink, EntryKind::File, EntryKind::Symlink]);
            assert_eq!(entries[0].path, RepoPath::from("linked"));
            assert_eq!(git.blob(entries[2].oid).unwrap(), b"../real/1_a.sql");
        }
    }
}

#[cfg(unix)]
#[test]
fn names_are_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 6] = [
        b"m\xff/1_\xe9.sql",
        b"m\xff/line\nbreak.sql",
        b"m\xff/tab\t.sql",
        b"m\xff/V1.sql",
        b"m\xff/v1.sql",
        b":(top)x",
    ];
    let repo = TestRepo::new();
    for name in names {
        repo.write(OsStr::from_bytes(name), "x\n");
    }
    let commit = repo.commit("names");
    for git in repo.open_both(repo.path(), &[]) {
        let dir = RepoPath::new(&b"m\xff"[..]);
        for tree in [git.index(slice::from_ref(&dir)), git.tree(commit, slice::from_ref(&dir))] {
            let found: Vec<RepoPath> = tree.unwrap().entries.into_iter().map(|entry| entry.path).collect();
            let mut wanted: Vec<RepoPath> = names[..5].iter().map(|name| RepoPath::new(*name)).collect();
            wanted.sort();
            assert_eq!(found, wanted);
        }
        assert!(git.tree_id(commit, &dir).unwrap().is_some());
        assert_eq!(index_paths(&*git, &[":(top)x"]), [":(top)x"]);
        assert_eq!(git.line_ending_attributes(&[RepoPath::new(names[1])]).unwrap().len(), 1);
    }
}

#[test]
fn what_is_in_conflict_is_set_apart() {
    let repo = TestRepo::new();
    repo.commit_file("m/1.sql", "one\n");
    repo.git(&["checkout", "-q", "-b", "other"]);
    repo.commit_file("m/1.sql", "other\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("m/1.sql", "main\n");
    repo.commit_file("m/2.sql", "two\n");
    assert!(!repo.try_git(&["merge", "-q", "other"]).status.success());
    for git in repo.open_both(repo.path(), &[]) {
        let tree = git.index(&["m".into()]).unwrap();
        assert_eq!(tree.conflicts, [RepoPath::from("m/1.sql")]);
        assert_eq!(tree.entries.len(), 1);
        assert_eq!(tree.entries[0].path, RepoPath::from("m/2.sql"));
    }
}

#[test]
fn a_shallow_clone_names_the_parents_that_it_lacks() {
    let server = TestRepo::new();
    fill(&server);
    let copy = server.clone_with(&["--depth", "1"]);
    for git in copy.open_both(copy.path(), &[]) {
        let head = copy.id("HEAD");
        assert!(git.layout().shallow);
        assert_eq!(git.parents(head).unwrap(), [server.id("HEAD^1"), server.id("HEAD^2")]);
        assert_eq!(git.resolve("HEAD^1").unwrap(), None);
        assert_eq!(git.resolve(&server.id("HEAD^1").to_string()).unwrap(), None);
        assert_eq!(git.remotes().unwrap(), ["origin"]);
        assert_eq!(
            git.symbolic_ref("refs/remotes/origin/HEAD").unwrap().as_deref(),
            Some("refs/remotes/origin/main")
        );
    }
}

#[test]
fn unrelated_histories_have_no_merge_base() {
    let repo = TestRepo::new();
    let one = repo.commit_file("a", "a");
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    let other = repo.commit_file("b", "b");
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(git.merge_base(one, other).unwrap(), None);
    }
}

#[test]
fn configuration_from_the_environment_counts() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.autocrlf", "false"]);
    let variables = [("GIT_CONFIG_PARAMETERS", "'core.autocrlf'='true'")];
    for git in repo.open_both(repo.path(), &variables) {
        assert_eq!(git.config("core.autocrlf").unwrap().as_deref(), Some("true"));
    }
}

#[test]
fn replacements_do_not_count() {
    let repo = TestRepo::new();
    fill(&repo);
    let (head, first) = (repo.id("HEAD"), repo.id("v1^{commit}"));
    repo.git(&["replace", &head.to_string(), &first.to_string()]);
    for git in repo.open_both(repo.path(), &[]) {
        assert_eq!(git.tree(head, &["migrations".into()]).unwrap().entries.len(), 7);
    }
}

#[test]
fn outside_of_a_repository() {
    let ground = TestRepo::bare_ground();
    let ceiling = ground.home();
    for preference in [Preference::Library, Preference::Command] {
        for directory in [ground.home(), ground.home().join("nowhere")] {
            let environment = ground.environment(&[("GIT_CEILING_DIRECTORIES", ceiling.to_str().unwrap())]);
            let error = open_with(&directory, environment, preference).err().unwrap();
            assert!(matches!(&error, GitError::NotARepository(path) if *path == directory), "{error}");
        }
    }
    assert!(open(&ground.home()).is_err());
}

#[test]
fn the_search_stops_at_a_ceiling() {
    let repo = TestRepo::new();
    fill(&repo);
    let sub = repo.path().join("migrations");
    let ceiling = [("GIT_CEILING_DIRECTORIES", repo.path().to_str().unwrap())];
    assert!(matches!(repo.open_in(&sub, &ceiling), Err(GitError::NotARepository(_))));
}

#[cfg(unix)]
#[test]
fn a_git_command_that_fails_or_is_not_there_is_an_error_that_names_both_causes() {
    let repo = TestRepo::new();
    fill(&repo);
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.fromTheFuture", "true"]);
    let start = Instant::now();
    let error = repo.open_in(repo.path(), &[("PATH", "/nowhere")]).err().unwrap().to_string();
    assert!(error.contains("cannot be started") && error.to_lowercase().contains("fromthefuture"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[cfg(unix)]
#[test]
fn a_git_command_that_hangs_is_ended() {
    use std::os::unix::fs::PermissionsExt;
    let repo = TestRepo::new();
    fill(&repo);
    let programs = repo.beside("programs");
    fs::create_dir(&programs).unwrap();
    fs::write(programs.join("git"), "#!/bin/sh\n/bin/sleep 60 &\nwait\n").unwrap();
    fs::set_permissions(programs.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let start = Instant::now();
    let environment = repo.environment(&[("PATH", programs.to_str().unwrap())]);
    let error = open_with(repo.path(), environment, Preference::Command).err().unwrap().to_string();
    assert!(error.contains("gave no answer for 10 seconds"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
