//! Where there is no repository, or only part of the surroundings.

use std::fs;

use super::{decent, guard_in, published, refused};
use crate::commits::ONE;
use crate::support::TestRepo;

#[test]
fn not_a_repository() {
    let ground = TestRepo::bare_ground();
    fs::create_dir(ground.path()).unwrap();
    for arguments in [
        &["check"][..],
        &["check", "--format", "json"],
        &["status"],
        &["install"],
        &["uninstall"],
        &["hook", "pre-commit"],
        &["config"],
        &["init"],
        &["init", "--dry-run"],
    ] {
        let text = refused(ground.guard(arguments));
        assert!(text.contains("is not in a git repository") && text.contains("-C DIR"), "{text}");
    }
    assert_eq!(fs::read_dir(ground.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn a_directory_that_does_not_exist() {
    let repo = published();
    for named in ["nowhere", "/nowhere/at/all", "guard.toml"] {
        let text = refused(repo.guard(&["-C", named, "check"]));
        assert!(text.contains(&format!("there is no directory {named}")), "{text}");
    }
}

/// A bare repository has no index. A commit in it can be judged, by the guard.toml that it brings.
#[test]
fn a_bare_repository() {
    let repo = published();
    repo.git(&["switch", "-q", "-c", "bad"]);
    repo.write(ONE, "DROP TABLE one;\n");
    repo.commit("an edit");
    repo.git(&["switch", "-q", "main"]);
    let bare = repo.clone_with(&["--bare"]);
    for arguments in [&["check"][..], &["hook", "pre-commit"], &["status"]] {
        let text = refused(bare.guard(arguments));
        assert!(text.contains("is a bare repository") && text.contains("guard check --rev"), "{text}");
    }
    let good = decent(bare.guard(&["check", "--rev", "main", "--format", "json"])).success();
    assert_eq!(good.json()["examined"]["migrations"], 2);
    assert_eq!(good.rules(), [""; 0]);
    let bad = decent(bare.guard(&["check", "--rev", "bad", "--base", "main", "--format", "json"])).code(1);
    assert_eq!(bad.rules(), ["edited-migration"]);
    let text = refused(bare.guard(&["check", "--rev", "nowhere"]));
    assert!(text.contains("\"nowhere\" names no commit"), "{text}");
}

/// A directory that only the configuration knows, and one that holds nothing of the tool: seen, and said at each commit.
#[test]
fn a_set_without_a_file() {
    for dir in ["nowhere", "docs"] {
        let repo = TestRepo::new();
        repo.write("docs/readme.md", "words\n");
        repo.write("guard.toml", format!("[[migrations]]\ntool = \"sqlx\"\ndir = \"{dir}\"\n"));
        repo.commit("no migration");
        assert_eq!(decent(repo.guard(&["check", "--format", "json"])).success().rules(), ["nothing-checked"]);
        let hook = decent(repo.guard(&["hook", "pre-commit"])).success();
        assert!(
            hook.err().contains("warning[nothing-checked]") && hook.err().contains(dir),
            "{}",
            hook.err()
        );
        // In CI nobody is kept from saving work.
        assert_eq!(decent(repo.guard(&["check", "--at", "ci", "--base", "HEAD"])).code(1).err(), "");
    }
}

#[test]
fn variables_of_git_that_lead_nowhere() {
    let repo = published();
    for arguments in [&["check"][..], &["hook", "pre-commit"]] {
        let text = refused(guard_in(&repo, repo.path(), &[("GIT_DIR", Some("/nowhere"))], arguments));
        assert!(text.contains("GIT_DIR names /nowhere"), "{text}");
        let text = refused(guard_in(&repo, repo.path(), &[("GIT_INDEX_FILE", Some(".git/none"))], arguments));
        assert!(text.contains(".git/none does not exist") && text.contains("GIT_INDEX_FILE"), "{text}");
    }
}

/// No home, no user, no locale: nothing of that is needed.
#[test]
fn without_surroundings() {
    let repo = published();
    let said = guard_in(&repo, repo.path(), &[("HOME", None), ("XDG_CONFIG_HOME", None)], &["check", "-q"]);
    assert_eq!(decent(said).success().err(), "");
    let mut bare = repo.command(env!("CARGO_BIN_EXE_guard"));
    let said = bare.env_clear().args(["check", "-q"]).output().unwrap();
    assert_eq!(decent(crate::support::Guarded(said)).success().err(), "");
}

/// Without git in PATH the library does all there is to do; where it cannot, that is said.
#[test]
fn without_git() {
    let variables = [
        ("PATH", Some("/nowhere")),
        // With them configuration comes from the environment, of which the library knows nothing.
        ("GIT_CONFIG_GLOBAL", None),
        ("GIT_CONFIG_NOSYSTEM", None),
    ];
    let repo = published();
    for arguments in [&["check", "-q"][..], &["hook", "pre-commit"]] {
        let said = decent(guard_in(&repo, repo.path(), &variables, arguments)).success();
        assert_eq!(said.out() + &said.err(), "");
    }
    repo.git(&["rm", "-q", ONE]);
    let stopped = decent(guard_in(&repo, repo.path(), &variables, &["hook", "pre-commit"])).code(1);
    assert!(stopped.err().contains("error[deleted-migration]"), "{}", stopped.err());
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["sparse-checkout", "set", "--sparse-index", "--cone", "elsewhere"]);
    for arguments in [&["check"][..], &["hook", "pre-commit"]] {
        let text = refused(guard_in(&repo, repo.path(), &variables, arguments));
        assert!(text.contains("the `git` command cannot be started") && text.contains("PATH"), "{text}");
    }
}
