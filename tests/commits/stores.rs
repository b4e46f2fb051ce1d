//! How a repository may be stored, and from where it is used: the same commits are stopped in each.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{GUARD_TOML, ONE, Row, Scene, THREE, TWO, plain, publish, published, table};
use crate::support::TestRepo;

/// The usual good and bad commit, in a scene of its own kind.
fn holds_in(scene: fn(bool) -> Scene) {
    Row { scene, change: Scene::edit_or_add, commit: plain, rules: &["edited-migration"] }.holds();
    Row {
        scene,
        change: |scene, good| {
            scene.edit_or_add(true);
            scene.git(&["commit", "-qn", "-m", "three"]);
            let file = if good { THREE } else { ONE };
            scene.write(file, "CREATE TABLE other (id TEXT);\n");
        },
        commit: |scene, _| scene.try_git(&["commit", "-qam", "x"]),
        rules: &["edited-migration"],
    }
    .holds();
}

/// A repository made with these options of `git init`, its branch `feature` checked out.
fn made_with(options: &[&str], guarded: bool) -> Scene {
    let repo = TestRepo::init(options).expect("this git knows the format");
    let scene = publish(repo, guarded);
    scene.git(&["switch", "-q", "-c", "feature"]);
    scene
}

/// A published repository after one command more.
fn after(arguments: &[&str], guarded: bool) -> Scene {
    let scene = published(guarded);
    scene.git(arguments);
    scene
}

/// A clone of a published repository, a branch `feature` on top of what it got.
fn clone(options: &[&str], guarded: bool) -> Scene {
    let server = published(false);
    server.git(&["switch", "-q", "main"]);
    server.stage("code.rs", "two\n");
    server.commit_unseen("later");
    server.git(&["config", "uploadpack.allowFilter", "true"]);
    let scene = Scene::of(server.repo.clone_with(options), guarded);
    // The server is gone: nothing can be fetched any more.
    drop(server);
    scene.git(&["switch", "-q", "-c", "feature"]);
    if guarded {
        scene.repo.guard(&["install"]).success();
    }
    scene
}

#[test]
fn a_linked_work_tree() {
    holds_in(|guarded| {
        let mut scene = published(guarded);
        scene.root = scene.repo.beside("linked");
        let linked = scene.root.display().to_string();
        scene.git(&["worktree", "add", "-q", "-b", "linked", &linked]);
        scene.dir.clone_from(&scene.root);
        scene
    });
}

/// Installed from within the linked work tree: the hook is the same for all of them.
#[test]
fn a_linked_work_tree_in_which_guard_was_installed() {
    holds_in(|guarded| {
        let mut scene = published(false);
        scene.root = scene.repo.beside("linked");
        let linked = scene.root.display().to_string();
        scene.git(&["worktree", "add", "-q", "-b", "linked", &linked]);
        scene.dir = scene.root.join("migrations");
        scene.guarded = guarded;
        if guarded {
            scene.repo.guard(&["-C", &linked, "install"]).success();
        }
        scene
    });
}

#[test]
fn a_submodule() {
    holds_in(|guarded| {
        let inner = published(false);
        let outer = TestRepo::new();
        let url = inner.root.display().to_string();
        outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "db"]);
        let root = outer.path().join("db");
        let mut scene = Scene::of(outer, guarded);
        (scene.dir, scene.root) = (root.clone(), root);
        if guarded {
            scene.repo.guard(&["-C", "db", "install"]).success();
        }
        scene.git(&["switch", "-q", "-c", "mine"]);
        scene
    });
}

/// What concerns the submodule is not the business of the outer repository, which has no migrations in it.
#[test]
fn around_a_submodule() {
    Row {
        scene: |guarded| {
            let inner = published(false);
            let scene = published(guarded);
            let url = inner.root.display().to_string();
            scene.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "db"]);
            // Where the test ran is no part of what is compared.
            scene.git(&["config", "-f", ".gitmodules", "submodule.db.url", "../inner"]);
            scene.git(&["add", ".gitmodules"]);
            scene.commit_unseen("a submodule");
            scene
        },
        change: |scene, good| {
            fs::remove_file(scene.root.join("db").join(ONE)).unwrap();
            scene.repo.git_in(&scene.root.join("db"), &["commit", "-qam", "without one"]);
            scene.git(&["add", "db"]);
            scene.edit_or_add(good);
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

#[test]
fn a_git_dir_apart() {
    holds_in(|guarded| {
        let mut scene = published(guarded);
        let apart = scene.repo.beside("apart.git");
        fs::rename(scene.root.join(".git"), &apart).unwrap();
        scene.dir = scene.repo.home();
        let work_tree = format!("--work-tree={}", scene.root.display());
        scene.options = vec![format!("--git-dir={}", apart.display()), work_tree];
        scene
    });
}

/// A hook manager may start guard in a sub-directory: `GIT_INDEX_FILE` is `.git/index` all the same.
#[test]
fn a_hook_that_runs_in_a_sub_directory() {
    holds_in(|guarded| {
        let scene = published(false);
        if guarded {
            let hook = scene.root.join(".git/hooks/pre-commit");
            let guard = env!("CARGO_BIN_EXE_guard");
            fs::create_dir_all(hook.parent().unwrap()).unwrap();
            fs::write(&hook, format!("#!/bin/sh\ncd migrations && exec '{guard}' hook pre-commit\n"))
                .unwrap();
            fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Scene { guarded, ..scene }
    });
}

#[test]
fn an_index_in_two_parts() {
    holds_in(|guarded| {
        let scene = after(&["config", "core.splitIndex", "true"], guarded);
        scene.git(&["config", "splitIndex.maxPercentChange", "100"]);
        scene.git(&["update-index", "--split-index"]);
        let mut files = fs::read_dir(scene.root.join(".git")).unwrap().flatten();
        assert!(files.any(|file| file.file_name().to_string_lossy().starts_with("sharedindex.")));
        scene
    });
}

#[test]
fn an_index_of_version_4() {
    holds_in(|guarded| after(&["update-index", "--index-version", "4"], guarded));
}

#[test]
fn an_index_without_checksum() {
    holds_in(|guarded| after(&["config", "index.skipHash", "true"], guarded));
}

/// The migrations are not in the work tree, and folded to one entry in the index.
#[test]
fn a_sparse_index() {
    Row {
        scene: |guarded| {
            let scene = published(guarded);
            scene.git(&["sparse-checkout", "set", "--sparse-index", "--cone", "elsewhere"]);
            assert!(scene.git(&["ls-files", "--sparse"]).contains("migrations/\n"));
            scene
        },
        change: |scene, good| {
            scene.stage("code.rs", "two\n");
            if !good {
                scene.git(&["rm", "-q", "--sparse", "--cached", ONE]);
            }
        },
        commit: plain,
        rules: &["deleted-migration"],
    }
    .holds();
}

#[test]
fn ids_of_32_bytes() {
    holds_in(|guarded| made_with(&["--object-format=sha256"], guarded));
}

#[test]
fn references_in_tables() {
    holds_in(|guarded| made_with(&["--ref-format=reftable"], guarded));
}

/// The texts of the migrations are not here, and guard does not fetch them.
#[test]
fn a_partial_clone() {
    Row {
        scene: |guarded| {
            let scene = clone(&["--filter=blob:none", "--sparse"], guarded);
            let here = scene.git(&["rev-list", "--objects", "--all", "--missing=print"]);
            assert_eq!(here.matches('?').count(), 3, "two migrations and the first code.rs: {here}");
            scene
        },
        change: |scene, good| {
            if good {
                scene.stage(THREE, table("three"));
            } else {
                scene.stage(ONE, "CREATE TABLE one (id TEXT);\n");
                scene.git(&["rm", "-q", "--sparse", "--cached", TWO]);
            }
        },
        commit: plain,
        rules: &["deleted-migration", "edited-migration"],
    }
    .holds();
}

#[test]
fn a_shallow_clone() {
    for depth in [1, 2] {
        let scene: fn(bool) -> Scene = match depth {
            1 => |guarded| clone(&["--depth=1"], guarded),
            _ => |guarded| clone(&["--depth=2"], guarded),
        };
        holds_in(scene);
    }
}

/// A clone of the protected branch itself: what is not pushed yet is one's own, the rest is published.
#[test]
fn on_the_protected_branch_of_a_clone() {
    holds_in(|guarded| {
        let scene = clone(&[], guarded);
        scene.git(&["switch", "-q", "main"]);
        scene
    });
}

#[test]
fn a_detached_head() {
    holds_in(|guarded| after(&["switch", "-q", "--detach"], guarded));
}

/// Without guard.toml the set is found, and the hook is as quiet and as strict.
#[test]
fn without_a_configuration() {
    holds_in(|guarded| {
        let scene = published(guarded);
        scene.git(&["rm", "-q", "guard.toml"]);
        scene.stage("Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\nsqlx = \"0.9\"\n");
        scene.commit_unseen("no guard.toml");
        scene.git(&["branch", "-f", "main"]);
        scene
    });
}

/// A repository with two of them: the right one is judged, and only that one.
#[test]
fn two_sets() {
    Row {
        scene: |guarded| {
            let scene = published(guarded);
            let two = "name = \"two\"\ntool = \"sqlx\"\ndir = \"other/migrations\"\n";
            let one = GUARD_TOML.replace("tool", "name = \"one\"\ntool");
            scene.stage("guard.toml", format!("{one}\n[[migrations]]\n{two}"));
            scene.stage("other/migrations/10_one.sql", table("one"));
            scene.commit_unseen("two sets");
            scene.git(&["branch", "-f", "main"]);
            scene
        },
        change: |scene, good| {
            let file = if good { "other/migrations/11_next.sql" } else { "other/migrations/10_one.sql" };
            scene.stage(file, table("next"));
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}
