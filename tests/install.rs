//! The installed hooks among other people's hooks: what was there keeps its bytes, its mode, its name, its arguments
//! and its say; and after `guard uninstall` everything is as it was.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::support::TestRepo;

/// A repository with one published migration, and a hook of its own.
fn repo_with_hook(text: &str, mode: u32) -> (TestRepo, PathBuf) {
    let repo = guarded();
    let hook = repo.path().join(".git/hooks/pre-commit");
    write_hook(&hook, text, mode);
    (repo, hook)
}

fn guarded() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("guard.toml", "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n");
    repo.write("migrations/1_users.sql", "CREATE TABLE users (id INTEGER);\n");
    repo.commit("users");
    fs::create_dir_all(repo.path().join(".git/hooks")).unwrap();
    repo
}

fn write_hook(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Names, modes, contents and targets of links: everything that a directory of hooks can tell.
fn trace(dir: &Path) -> Vec<(String, u32, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let content = match fs::read_link(&path) {
                Ok(target) => target.as_os_str().as_encoded_bytes().to_vec(),
                Err(_) => fs::read(&path).unwrap(),
            };
            (path.file_name().unwrap().to_string_lossy().into_owned(), metadata.permissions().mode(), content)
        })
        .collect();
    files.sort();
    files
}

fn commit(repo: &TestRepo, variables: &[(&str, &str)]) -> Output {
    let mut command = repo.command("git");
    command.args(["commit", "--allow-empty", "-m", "next"]).envs(variables.iter().copied());
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&*output.stderr, &*output.stdout].concat()).into_owned()
}

/// Deletes the published migration in the index, which guard stops.
fn make_it_bad(repo: &TestRepo) {
    repo.git(&["rm", "-q", "--cached", "migrations/1_users.sql"]);
}

#[test]
fn what_was_there_comes_back_byte_for_byte_and_mode_for_mode() {
    let texts: [(&str, u32); 5] = [
        ("#!/bin/sh\nexit 0\n", 0o755),
        ("#!/bin/sh\r\n# no line end at the end, and a strange mode", 0o741),
        ("not executable, so git never ran it", 0o644),
        ("#!/usr/bin/env bash\nexit 0\n", 0o700),
        ("", 0o755),
    ];
    for (text, mode) in texts {
        let (repo, hook) = repo_with_hook(text, mode);
        let before = trace(hook.parent().unwrap());
        repo.guard(&["install"]).success();
        let installed = trace(hook.parent().unwrap());
        repo.guard(&["install"]).success();
        assert_eq!(trace(hook.parent().unwrap()), installed, "twice is the same as once");
        repo.guard(&["uninstall"]).success();
        assert_eq!(trace(hook.parent().unwrap()), before, "{text:?}");
        repo.guard(&["uninstall"]).success();
        assert_eq!(trace(hook.parent().unwrap()), before, "{text:?}");
    }
}

#[test]
fn a_link_stays_a_link_and_is_run() {
    let repo = guarded();
    let dir = repo.path().join(".git/hooks");
    fs::create_dir(repo.path().join("scripts")).unwrap();
    write_hook(&repo.path().join("scripts/hook"), "#!/bin/sh\necho \"link says ${0##*/}\"\n", 0o755);
    symlink("../../scripts/hook", dir.join("pre-commit")).unwrap();
    let before = trace(&dir);
    repo.guard(&["install"]).success();
    assert!(said(&commit(&repo, &[])).contains("link says pre-commit\n"));
    repo.guard(&["uninstall"]).success();
    assert_eq!(trace(&dir), before);
}

#[test]
fn a_directory_that_others_use_is_left_alone_unless_asked() {
    let repo = guarded();
    let shared = repo.beside("shared");
    fs::create_dir(&shared).unwrap();
    fs::remove_dir_all(repo.path().join(".git/hooks")).unwrap();
    symlink(&shared, repo.path().join(".git/hooks")).unwrap();
    let refused = repo.guard(&["install"]).code(2).err();
    assert!(refused.contains(".git/hooks leads out of the repository"), "{refused}");
    assert!(trace(&shared).is_empty());
    repo.guard(&["install", "--force"]).success();
    assert_eq!(trace(&shared).len(), 3);
}

#[test]
fn either_of_the_two_stops_the_commit() {
    let (repo, _) = repo_with_hook("#!/bin/sh\ntest ! -e stop\n", 0o755);
    repo.guard(&["install"]).success();
    assert!(commit(&repo, &[]).status.success());
    repo.write("stop", "");
    assert!(!commit(&repo, &[]).status.success());
    fs::remove_file(repo.path().join("stop")).unwrap();
    make_it_bad(&repo);
    let output = commit(&repo, &[]);
    assert!(!output.status.success() && said(&output).contains("error[deleted-migration]"), "{output:?}");
    assert!(commit(&repo, &[("GUARD", "0")]).status.success());
}

#[test]
fn the_chained_hook_gets_name_arguments_input_and_keeps_its_exit_code() {
    let body = "printf '%s|' \"$(basename \"$0\")\" \"$(dirname \"$0\")\" \"$@\"; cat; exit 7\n";
    for shebang in
        ["#!/bin/sh", "#!/bin/sh -e", "#! /usr/bin/env sh", "#!/usr/bin/env bash", "#!/bin/bash -e"]
    {
        let (repo, _) = repo_with_hook(&format!("{shebang}\n{body}"), 0o755);
        repo.guard(&["install"]).success();
        let mut child = repo
            .command(".git/hooks/pre-commit")
            .args(["one", "two words", ""])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"input").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(said(&output), "pre-commit|.git/hooks|one|two words||input", "{shebang}");
        assert_eq!(output.status.code(), Some(7), "{shebang}");
    }
}

#[test]
fn a_chained_hook_that_is_no_shell_script_is_run_as_it_is() {
    let (repo, hook) = repo_with_hook("", 0o755);
    fs::copy("/bin/ls", &hook).unwrap();
    repo.guard(&["install"]).success();
    assert!(said(&commit(&repo, &[])).contains("guard.toml\n"));
}

#[test]
fn nothing_is_written_over_what_was_chained_before() {
    let (repo, hook) = repo_with_hook("#!/bin/sh\necho first\n", 0o755);
    repo.guard(&["install"]).success();
    for hook in ["pre-merge-commit", "pre-push"] {
        fs::remove_file(repo.path().join(".git/hooks").join(hook)).unwrap();
    }
    // Another program takes the place, as `pre-commit install -f` does.
    write_hook(&hook, "#!/bin/sh\necho second\n", 0o755);
    let before = trace(hook.parent().unwrap());
    let refused = repo.guard(&["install"]).code(2).err();
    assert!(refused.contains("pre-commit.guard-chained already holds"), "{refused}");
    repo.guard(&["uninstall"]).success();
    assert_eq!(trace(hook.parent().unwrap()), before);
}

#[test]
fn an_install_that_was_broken_off_is_finished_or_undone() {
    for command in ["install", "uninstall"] {
        let (repo, hook) = repo_with_hook("#!/bin/sh\necho first\n", 0o755);
        let dir = hook.parent().unwrap();
        let before = trace(dir);
        fs::hard_link(&hook, dir.join("pre-commit.guard-chained")).unwrap();
        repo.guard(&[command]).success();
        repo.guard(&["uninstall"]).success();
        assert_eq!(trace(dir), before, "{command}");
    }
}

#[test]
fn a_shim_that_was_deleted_by_hand_leaves_the_chained_hook_to_uninstall() {
    let (repo, hook) = repo_with_hook("#!/bin/sh\necho first\n", 0o755);
    let before = trace(hook.parent().unwrap());
    repo.guard(&["install"]).success();
    fs::remove_file(&hook).unwrap();
    repo.guard(&["uninstall"]).success();
    assert_eq!(trace(hook.parent().unwrap()), before);
}

#[test]
fn a_program_that_is_gone_is_looked_for_in_path_and_then_said() {
    let repo = guarded();
    repo.guard(&["install"]).success();
    let hook = repo.path().join(".git/hooks/pre-commit");
    let program = Path::new(env!("CARGO_BIN_EXE_guard"));
    let text = fs::read_to_string(&hook).unwrap();
    assert!(text.contains(&format!("\nguard='{}'\n", program.display())), "{text}");
    fs::write(&hook, text.replace(&*program.display().to_string(), "/nowhere/guard")).unwrap();
    let path = std::env::split_paths(&migguard::config::env::get("PATH").unwrap())
        .filter(|dir| !dir.join("guard").exists())
        .map(|dir| dir.display().to_string())
        .collect::<Vec<_>>()
        .join(":");
    let output = commit(&repo, &[("PATH", &path)]);
    assert!(!output.status.success() && said(&output).contains("GUARD=0 git commit"), "{output:?}");
    assert!(commit(&repo, &[("PATH", &path), ("GUARD", "0")]).status.success());
    let with_guard = format!("{path}:{}", program.parent().unwrap().display());
    assert!(commit(&repo, &[("PATH", &with_guard)]).status.success());
}

#[test]
fn a_hook_that_cannot_judge_blocks_and_names_the_way_past_it() {
    let repo = guarded();
    repo.guard(&["install"]).success();
    repo.write("guard.toml", "nonsense");
    let output = commit(&repo, &[]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("GUARD=0 git commit") && said(&output).contains("--no-verify"),
        "{output:?}"
    );
    assert!(commit(&repo, &[("GUARD", "0")]).status.success());
}

#[test]
fn a_commit_inside_guards_own_work_is_not_judged_and_that_is_said() {
    let repo = guarded();
    repo.guard(&["install"]).success();
    make_it_bad(&repo);
    let output = commit(&repo, &[("GUARD", "1")]);
    assert!(output.status.success() && said(&output).contains("GUARD=1"), "{output:?}");
}

#[test]
fn a_good_commit_says_nothing_and_reads_nothing() {
    let repo = guarded();
    repo.guard(&["install"]).success();
    let mut child = repo
        .command(".git/hooks/pre-commit")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The other end stays open: who reads waits for ever.
    let input = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert!(output.status.success() && said(&output).is_empty(), "{output:?}");
}

#[test]
fn merges_work_trees_and_submodules_are_guarded_too() {
    let repo = guarded();
    repo.guard(&["install"]).success();
    // A merge without a conflict, which makes a duplicate.
    repo.git(&["switch", "-q", "-c", "other"]);
    repo.commit_file("migrations/2_theirs.sql", "CREATE TABLE theirs (id INTEGER);\n");
    repo.git(&["switch", "-q", "main"]);
    repo.commit_file("migrations/2_ours.sql", "CREATE TABLE ours (id INTEGER);\n");
    let merge = repo.try_git(&["merge", "--no-edit", "other"]);
    assert!(!merge.status.success() && said(&merge).contains("duplicate-version"), "{merge:?}");
    repo.git(&["merge", "--abort"]);

    let tree = repo.beside("tree");
    repo.git(&["worktree", "add", "-q", "-b", "third", tree.to_str().unwrap()]);
    repo.git_in(&tree, &["rm", "-q", "--cached", "migrations/1_users.sql"]);
    let output = repo.command_in("git", &tree).args(["commit", "-m", "bad"]).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("deleted-migration"), "{output:?}");

    let outer = TestRepo::new();
    outer.commit("first");
    let url = repo.path().to_str().unwrap();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "sub"]);
    let sub = outer.path().join("sub");
    let mut install = outer.command_in(env!("CARGO_BIN_EXE_guard"), &sub);
    assert!(install.arg("install").output().unwrap().status.success());
    assert!(outer.path().join(".git/modules/sub/hooks/pre-commit").is_file());
    outer.git_in(&sub, &["rm", "-q", "--cached", "migrations/1_users.sql"]);
    let output = outer.command_in("git", &sub).args(["commit", "-m", "bad"]).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("deleted-migration"), "{output:?}");
}

/// The files that husky 9 writes: a hook that only reads `h`, which goes by the name in `$0`.
#[test]
fn husky_goes_on_running_what_it_ran() {
    let repo = guarded();
    let dir = repo.path().join(".husky/_");
    fs::create_dir_all(&dir).unwrap();
    let h = "#!/usr/bin/env sh\nn=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n\
             [ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\nexit $?\n";
    write_hook(&dir.join("h"), h, 0o755);
    write_hook(&dir.join("pre-commit"), "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n", 0o755);
    write_hook(&repo.path().join(".husky/pre-commit"), "echo husky was here\n", 0o644);
    repo.git(&["config", "core.hooksPath", ".husky/_"]);
    let installed = repo.guard(&["install"]).success().out();
    assert!(installed.contains(".husky/pre-commit:"), "{installed}");
    assert!(said(&commit(&repo, &[])).contains("husky was here"));
    make_it_bad(&repo);
    let output = commit(&repo, &[]);
    let text = said(&output);
    assert!(
        !output.status.success() && text.contains("husky was here") && text.contains("deleted-migration"),
        "{text}"
    );
}

/// pre-commit and prek keep what they find as `pre-commit.legacy` and run it; lefthook keeps it as `pre-commit.old`.
#[test]
fn a_hook_manager_that_comes_later_takes_guard_along_and_gives_it_back() {
    for (ending, calls) in [("legacy", true), ("old", false)] {
        let (repo, hook) = repo_with_hook("#!/bin/sh\necho first\n", 0o755);
        repo.guard(&["install"]).success();
        let moved = hook.with_extension(ending);
        fs::rename(&hook, &moved).unwrap();
        let manager = "#!/bin/sh\n\"${0%/*}/pre-commit.legacy\" \"$@\"\n";
        write_hook(&hook, if calls { manager } else { "#!/bin/sh\n" }, 0o755);
        if calls {
            let again = repo.guard(&["install"]).success().out();
            assert!(again.contains("pre-commit: already installed: the hook manager"), "{again}");
            assert!(said(&commit(&repo, &[])).contains("first"));
            make_it_bad(&repo);
            assert!(!commit(&repo, &[]).status.success());
        }
        repo.guard(&["uninstall"]).success();
        assert_eq!(fs::read_to_string(&moved).unwrap(), "#!/bin/sh\necho first\n", "{ending}");
        assert!(!hook.with_extension("guard-chained").exists());
        assert!(commit(&repo, &[]).status.success());
    }
}

#[test]
fn doctor_sees_who_calls_guard() {
    let doctor = |repo: &TestRepo| repo.guard(&["doctor"]).out();
    let repo = guarded();
    let dir = repo.path().join(".git/hooks");
    repo.guard(&["install"]).success();
    repo.guard(&["doctor"]).success();
    // pre-commit keeps what it finds as pre-commit.legacy, and runs it.
    fs::rename(dir.join("pre-commit"), dir.join("pre-commit.legacy")).unwrap();
    write_hook(
        &dir.join("pre-commit"),
        "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n",
        0o755,
    );
    assert!(
        doctor(&repo).contains("hook pre-commit: guard's, called by the hook manager"),
        "{}",
        doctor(&repo)
    );
    // lefthook renames it and runs it no longer.
    fs::rename(dir.join("pre-commit.legacy"), dir.join("pre-commit.old")).unwrap();
    write_hook(&dir.join("pre-commit"), "#!/bin/sh\ncall_lefthook run \"pre-commit\" \"$@\"\n", 0o755);
    let text = repo.guard(&["doctor"]).code(1).out();
    assert!(text.contains("wrong    hook pre-commit: lefthook's"), "{text}");
    repo.write("lefthook.yml", "pre-commit:\n  jobs: [{ run: guard hook pre-commit }]\n");
    assert!(doctor(&repo).contains("lefthook runs it, and lefthook.yml calls guard"), "{}", doctor(&repo));
}
