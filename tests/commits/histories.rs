//! Merges, rebases, and what else makes commits. Where git starts no hook, nothing breaks, and the next commit that it
//! does start one for is judged with what came in.

use std::process::Output;

use super::{Row, Scene, THREE, plain, published, spoken, stderr, table};

const OTHER: &str = "migrations/40_other.sql";
const CLASH: &str = "migrations/30_other.sql";

/// `feature` has a migration of its own, and so has `side`; the bad one takes the same version.
fn two_branches(scene: &Scene, good: bool) {
    side(scene, |scene| scene.stage(if good { OTHER } else { CLASH }, table("other")));
    scene.stage(THREE, table("three"));
    scene.commit_unseen("three");
}

/// A commit on the branch `side`, past all hooks; then back on `feature`.
fn side(scene: &Scene, change: impl FnOnce(&Scene)) {
    scene.git(&["switch", "-q", "-c", "side"]);
    change(scene);
    scene.commit_unseen("side");
    scene.git(&["switch", "-q", "feature"]);
}

/// On `side` a published migration is edited, or a new one written.
fn side_edits_or_adds(scene: &Scene, good: bool) {
    side(scene, |scene| scene.edit_or_add(good));
}

/// A commit in which nothing is new, after something for which git starts no hook.
fn next(scene: &Scene, _good: bool) -> Output {
    scene.try_git(&["commit", "-q", "--allow-empty", "-m", "next"])
}

#[test]
fn a_merge() {
    Row {
        scene: published,
        change: two_branches,
        commit: |scene, _| scene.try_git(&["merge", "-q", "--no-edit", "side"]),
        rules: &["duplicate-version"],
    }
    .holds_but_for_the_merge();
}

impl Row {
    /// A refused merge leaves the merge prepared, as git does with any hook: index and work tree hold it.
    fn holds_but_for_the_merge(&self) {
        let good = [true, false].map(|guarded| {
            let scene = (self.scene)(guarded);
            (self.change)(&scene, true);
            let said = (self.commit)(&scene, true);
            assert!(said.status.success(), "{}", stderr(&said));
            (stderr(&said), scene.state())
        });
        assert_eq!(good[0], good[1]);
        let scene = (self.scene)(true);
        (self.change)(&scene, false);
        let head = scene.git(&["rev-parse", "HEAD"]);
        let said = (self.commit)(&scene, false);
        let words = stderr(&said);
        assert!(!said.status.success(), "{words}");
        assert_eq!(spoken(&words), self.rules.iter().copied().collect(), "{words}");
        assert_eq!(scene.git(&["rev-parse", "HEAD"]), head);
        // The way past guard is there, and leads to the merge that git makes without it.
        scene.git(&["commit", "-qn", "--no-edit"]);
        let free = (self.scene)(false);
        (self.change)(&free, false);
        assert!((self.commit)(&free, false).status.success());
        assert_eq!(scene.state(), free.state());
    }
}

#[test]
fn a_merge_that_brings_an_edit() {
    Row {
        scene: published,
        change: |scene, good| {
            side_edits_or_adds(scene, good);
            scene.stage("code.rs", "two\n");
            scene.commit_unseen("code");
        },
        commit: |scene, _| scene.try_git(&["merge", "-q", "--no-edit", "side"]),
        rules: &["edited-migration"],
    }
    .holds_but_for_the_merge();
}

/// Both sides wrote the same file; the bad one stages it with the marks of the conflict.
#[test]
fn a_merge_with_a_conflict() {
    Row {
        scene: published,
        change: |scene, good| {
            side(scene, |scene| scene.stage(THREE, table("theirs")));
            scene.stage(THREE, table("ours"));
            scene.commit_unseen("ours");
            assert!(!scene.try_git(&["merge", "-q", "side"]).status.success());
            if good {
                scene.write(THREE, table("both"));
            }
            scene.git(&["add", THREE]);
        },
        commit: |scene, _| scene.try_git(&["commit", "-q", "--no-edit"]),
        rules: &["conflict-marker"],
    }
    .holds();
}

#[test]
fn a_merge_without_commit() {
    Row {
        scene: published,
        change: |scene, good| {
            two_branches(scene, good);
            scene.git(&["merge", "-q", "--no-commit", "side"]);
        },
        commit: |scene, _| scene.try_git(&["commit", "-q", "--no-edit"]),
        rules: &["duplicate-version"],
    }
    .holds();
}

#[test]
fn a_fast_forward() {
    Row {
        scene: published,
        change: |scene, good| {
            side_edits_or_adds(scene, good);
            scene.git(&["merge", "-q", "--ff-only", "side"]);
        },
        commit: next,
        rules: &["edited-migration"],
    }
    .holds();
}

#[test]
fn a_squash() {
    Row {
        scene: published,
        change: |scene, good| {
            two_branches(scene, good);
            scene.git(&["merge", "-q", "--squash", "side"]);
        },
        commit: plain,
        rules: &["duplicate-version"],
    }
    .holds();
}

#[test]
fn a_rebase() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.edit_or_add(good);
            scene.commit_unseen("feature");
            scene.git(&["switch", "-q", "main"]);
            scene.stage("code.rs", "two\n");
            scene.commit_unseen("code");
            scene.git(&["switch", "-q", "feature"]);
            scene.git(&["rebase", "-q", "main"]);
        },
        commit: next,
        rules: &["edited-migration"],
    }
    .holds();
}

/// A rebase that edits its list with this script.
fn rebase(scene: &Scene, script: &str) -> Output {
    let mut git = scene.repo.command("git");
    git.args(["rebase", "-q", "-i", "main"]);
    git.env("GIT_SEQUENCE_EDITOR", format!("sed -i '{script}'")).env("GIT_EDITOR", "sed -i 1s/^/again:/");
    git.output().unwrap()
}

#[test]
fn a_rebase_that_stops_for_an_edit() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.stage("code.rs", "two\n");
            scene.commit_unseen("code");
            assert!(rebase(scene, "s/^pick/edit/").status.success());
            scene.edit_or_add(good);
        },
        commit: |scene, good| {
            let amended = scene.try_git(&["commit", "-q", "--amend", "--no-edit"]);
            if good {
                scene.git(&["rebase", "--continue"]);
            }
            amended
        },
        rules: &["edited-migration"],
    }
    .holds();
}

/// git picks first and asks the hook when it takes the new message: a refusal leaves the rebase standing there.
#[test]
fn a_rebase_that_takes_another_message() {
    for good in [true, false] {
        let [guarded, free] = [true, false].map(|guarded| {
            let scene = published(guarded);
            scene.edit_or_add(good);
            scene.commit_unseen("feature");
            let said = rebase(&scene, "s/^pick/reword/");
            (said, scene)
        });
        assert!(free.0.status.success(), "{}", stderr(&free.0));
        assert_eq!(guarded.0.status.success(), good, "{}", stderr(&guarded.0));
        let (guarded, said) = (guarded.1, stderr(&guarded.0));
        if good {
            assert_eq!(said, stderr(&free.0));
        } else {
            assert_eq!(spoken(&said), ["edited-migration"].into(), "{said}");
            assert_eq!(guarded.git(&["log", "-1", "--format=%s"]), "feature\n");
            guarded.git(&["commit", "-qn", "--amend", "-m", "again:feature"]);
            guarded.git(&["rebase", "--continue"]);
        }
        assert_eq!(guarded.state(), free.1.state());
    }
}

#[test]
fn a_cherry_pick() {
    Row {
        scene: published,
        change: |scene, good| {
            side_edits_or_adds(scene, good);
            scene.git(&["cherry-pick", "side"]);
        },
        commit: next,
        rules: &["edited-migration"],
    }
    .holds();
}

#[test]
fn a_cherry_pick_with_a_conflict() {
    Row {
        scene: published,
        change: |scene, good| {
            side(scene, |scene| scene.stage("code.rs", "theirs\n"));
            scene.stage("code.rs", "ours\n");
            scene.commit_unseen("ours");
            assert!(!scene.try_git(&["cherry-pick", "side"]).status.success());
            scene.stage("code.rs", "both\n");
            scene.edit_or_add(good);
        },
        commit: |scene, _| scene.try_git(&["-c", "core.editor=true", "cherry-pick", "--continue"]),
        rules: &["edited-migration"],
    }
    .holds();
}

/// The last commit is reverted: one of this branch, or one that was published with a migration.
fn revert(scene: &Scene, good: bool, options: &[&str]) {
    if !good {
        scene.git(&["switch", "-q", "main"]);
    }
    scene.stage(THREE, table("three"));
    scene.commit_unseen("three");
    scene.git(&["switch", "-q", "-C", "feature"]);
    scene.git(&[&["revert"], options, &["HEAD"]].concat());
}

#[test]
fn a_revert() {
    Row {
        scene: published,
        change: |scene, good| revert(scene, good, &["--no-edit"]),
        commit: next,
        rules: &["deleted-migration"],
    }
    .holds();
}

#[test]
fn a_revert_without_commit() {
    Row {
        scene: published,
        change: |scene, good| revert(scene, good, &["--no-commit"]),
        commit: plain_or_empty,
        rules: &["deleted-migration"],
    }
    .holds();
}

/// What is reverted may leave nothing to commit.
fn plain_or_empty(scene: &Scene, _good: bool) -> Output {
    scene.try_git(&["commit", "-q", "--allow-empty", "-m", "x"])
}

#[test]
fn a_patch_from_the_mail() {
    Row {
        scene: published,
        change: |scene, good| {
            side_edits_or_adds(scene, good);
            let mail = scene.git(&["format-patch", "-1", "--stdout", "side"]);
            std::fs::write(scene.repo.beside("mail"), mail).unwrap();
            scene.git(&["am", "-q", scene.repo.beside("mail").to_str().unwrap()]);
        },
        commit: next,
        rules: &["edited-migration"],
    }
    .holds();
}

/// No hook is started for a stash. What was put away and taken out again is what was there.
#[test]
fn a_stash() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.edit_or_add(good);
            scene.write("code.rs", "not staged\n");
            let before = scene.state();
            scene.git(&["stash", "push", "-q"]);
            scene.git(&["stash", "pop", "-q", "--index"]);
            assert_eq!(scene.state(), before);
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}
