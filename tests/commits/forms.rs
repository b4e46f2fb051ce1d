//! The forms of `git commit`: what is about to be committed is what counts, not what lies in the work tree.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use super::{ONE, Row, Scene, THREE, TWO, plain, published, table};
use crate::support::TestRepo;

const EDITED: &str = "CREATE TABLE one (id TEXT);\n";

#[test]
fn plain_commit() {
    Row { scene: published, change: Scene::edit_or_add, commit: plain, rules: &["edited-migration"] }.holds();
}

#[test]
fn all() {
    Row {
        scene: with_own,
        change: |scene, good| scene.write(if good { THREE } else { ONE }, EDITED),
        commit: |scene, _| scene.try_git(&["commit", "-qam", "x"]),
        rules: &["edited-migration"],
    }
    .holds();
}

/// The same work tree for both: one takes the hunk of the published migration, the other leaves it.
#[test]
fn by_parts() {
    Row {
        scene: published,
        change: |scene, _| {
            scene.write("code.rs", "two\n");
            scene.write(ONE, EDITED);
        },
        commit: |scene, good| {
            let mut git = scene.repo.command("git");
            git.args(["commit", "-qpm", "x"]).stdin(Stdio::piped());
            git.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = git.spawn().unwrap();
            child.stdin.take().unwrap().write_all(if good { b"y\nn\n" } else { b"y\ny\n" }).unwrap();
            child.wait_with_output().unwrap()
        },
        rules: &["edited-migration"],
    }
    .holds();
}

/// The other file is staged, and not in this commit.
#[test]
fn one_path() {
    Row {
        scene: published,
        change: |scene, _| {
            scene.stage("code.rs", "two\n");
            scene.stage(ONE, EDITED);
        },
        commit: |scene, good| {
            scene.try_git(&["commit", "-qm", "x", "--", if good { "code.rs" } else { ONE }])
        },
        rules: &["edited-migration"],
    }
    .holds();
}

/// What is staged and one path more.
#[test]
fn one_path_included() {
    Row {
        scene: with_own,
        change: |scene, good| {
            scene.stage("code.rs", "two\n");
            scene.write(if good { THREE } else { ONE }, EDITED);
        },
        commit: |scene, good| {
            scene.try_git(&["commit", "-qm", "x", "-i", "--", if good { THREE } else { ONE }])
        },
        rules: &["edited-migration"],
    }
    .holds();
}

/// Staged is one text, in the work tree lies another: only the staged one counts.
#[test]
fn partly_staged() {
    Row {
        scene: published,
        change: |scene, good| {
            let (staged, on_disk) =
                if good { (table("one"), EDITED.into()) } else { (EDITED.into(), table("one")) };
            scene.stage("code.rs", "two\n");
            scene.stage(ONE, staged);
            scene.write(ONE, on_disk);
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

#[test]
fn from_a_sub_directory() {
    for all in ["-qm", "-qam"] {
        let commit: fn(&Scene, bool) -> Output = match all {
            "-qm" => |scene, _| scene.try_git(&["commit", "-qm", "x"]),
            _ => |scene, _| scene.try_git(&["commit", "-qam", "x"]),
        };
        Row {
            scene: |guarded| {
                let mut scene = with_own(guarded);
                scene.dir = scene.root.join("migrations");
                scene
            },
            change: |scene, good| scene.stage(if good { THREE } else { ONE }, EDITED),
            commit,
            rules: &["edited-migration"],
        }
        .holds();
    }
}

/// What the branch has added itself is its own, and may be amended.
#[test]
fn amend() {
    Row {
        scene: with_own,
        change: |scene, good| scene.stage(if good { THREE } else { ONE }, EDITED),
        commit: |scene, _| scene.try_git(&["commit", "-q", "--amend", "--no-edit"]),
        rules: &["edited-migration"],
    }
    .holds();
}

/// Nothing new is staged; the branch may hold an edit that came past the hook.
#[test]
fn allow_empty() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.edit_or_add(good);
            scene.commit_unseen("past the hook");
        },
        commit: |scene, _| scene.try_git(&["commit", "-q", "--allow-empty", "-m", "x"]),
        rules: &["edited-migration"],
    }
    .holds();
}

#[test]
fn the_first_commit() {
    Row {
        scene: |guarded| {
            let scene = Scene::of(TestRepo::new(), guarded);
            scene.write("guard.toml", super::GUARD_TOML);
            if guarded {
                scene.repo.guard(&["install"]).success();
            }
            scene
        },
        change: |scene, good| {
            scene.write(ONE, table("one"));
            scene.write(if good { TWO } else { "migrations/10_two.sql" }, table("two"));
            scene.git(&["add", "."]);
        },
        commit: plain,
        rules: &["duplicate-version"],
    }
    .holds();
}

#[test]
fn only_a_deletion() {
    Row {
        scene: with_own,
        change: |scene, good| {
            scene.git(&["rm", "-q", if good { THREE } else { ONE }]);
        },
        commit: plain,
        rules: &["deleted-migration"],
    }
    .holds();
}

#[test]
fn renamed_out_of_the_directory() {
    Row {
        scene: with_own,
        change: |scene, good| {
            scene.git(&["mv", if good { THREE } else { ONE }, "kept.sql"]);
        },
        commit: plain,
        rules: &["deleted-migration"],
    }
    .holds();
}

/// sqlx does not look at the name behind the version.
#[test]
fn renamed_in_the_directory() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.git(&["mv", ONE, if good { "migrations/10_uno.sql" } else { "migrations/11_one.sql" }]);
        },
        commit: plain,
        rules: &["renamed-migration"],
    }
    .holds();
}

/// A mode is not part of what runs.
#[test]
fn only_a_mode() {
    Row {
        scene: published,
        change: |scene, good| {
            let file = scene.root.join(ONE);
            if !good {
                fs::write(&file, EDITED).unwrap();
            }
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            scene.git(&["add", ONE]);
            assert!(scene.git(&["ls-files", "-s", ONE]).starts_with("100755 "));
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

/// A branch with a migration of its own.
fn with_own(guarded: bool) -> Scene {
    let scene = published(guarded);
    scene.stage(THREE, table("three"));
    scene.git(&["commit", "-q", "-m", "a migration of its own"]);
    scene
}

/// The finding names the first line that differs, as it was and as it is.
#[test]
fn what_was_edited_is_shown() {
    let scene = published(true);
    scene.stage(ONE, "-- a word\nCREATE TABLE one (id TEXT);\n");
    scene.stage(TWO, table("two").replace("INTEGER", "BIGINT"));
    let words = super::stderr(&plain(&scene, false));
    for line in [
        "--> migrations/10_one.sql:1",
        "before: CREATE TABLE one (id INTEGER PRIMARY KEY);",
        "now: -- a word",
        "--> migrations/20_two.sql:1",
        "now: CREATE TABLE two (id BIGINT PRIMARY KEY);",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
}
