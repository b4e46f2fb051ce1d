//! What may lie among the migrations: line endings, encodings, links, names, and entries that are no files.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::{GUARD_TOML, ONE, Row, Scene, THREE, TWO, plain, published, table};
use crate::support::sqlx_database;

fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// A published repository in which this stands in `.gitattributes`.
fn with_attributes(line: &str, guarded: bool) -> Scene {
    let scene = published(guarded);
    scene.stage(".gitattributes", format!("{line}\n"));
    scene.commit_unseen("attributes");
    scene.git(&["branch", "-f", "main"]);
    scene
}

/// A checkout with CRLF of texts with LF: nothing is edited.
#[test]
fn crlf_by_setting() {
    Row {
        scene: |guarded| {
            let scene = published(guarded);
            scene.git(&["config", "core.autocrlf", "true"]);
            scene.git(&["config", "core.safecrlf", "false"]);
            scene
        },
        change: |scene, good| {
            scene.stage("code.rs", "two\r\n");
            scene.stage(ONE, crlf(&table(if good { "one" } else { "uno" })));
            assert!(!scene.git(&["cat-file", "blob", ":code.rs"]).contains('\r'));
        },
        commit: plain,
        rules: &["edited-migration", "unstable-line-endings"],
    }
    .holds();
}

#[test]
fn crlf_by_attribute() {
    Row {
        scene: |guarded| with_attributes("*.sql text eol=crlf", guarded),
        change: |scene, good| {
            scene.stage(ONE, crlf(&table("one")));
            scene.stage(if good { THREE } else { TWO }, crlf(&table("three")));
            assert!(!scene.git(&["cat-file", "blob", &format!(":{ONE}")]).contains('\r'));
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

/// CRLF in the object: the checksum of sqlx becomes another.
#[test]
fn crlf_in_the_object() {
    Row {
        scene: published,
        change: |scene, good| {
            let (file, text) = if good { (THREE, table("three")) } else { (ONE, table("one")) };
            scene.git(&["config", "core.autocrlf", "false"]);
            scene.stage(file, crlf(&text));
            assert!(scene.git(&["cat-file", "blob", &format!(":{file}")]).contains('\r'));
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

/// Two bytes a character in the work tree, UTF-8 in the object.
#[test]
fn utf_16_in_the_work_tree() {
    Row {
        scene: |guarded| with_attributes("*.sql text working-tree-encoding=UTF-16LE-BOM", guarded),
        change: |scene, good| {
            let wide = |text: &str| {
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
            };
            scene.stage(ONE, wide(&table(if good { "one" } else { "uno" })));
            // git looks at files again that are as new as its index: each must be what the attribute says.
            scene.stage("migrations/20_two.sql", wide(&table("two")));
            scene.stage(THREE, wide(&table("three")));
            assert_eq!(scene.git(&["cat-file", "blob", &format!(":{THREE}")]), table("three"));
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

fn link(scene: &Scene, target: &str, path: &str) {
    let path = scene.root.join(path);
    let _ = fs::remove_file(&path);
    symlink(target, &path).unwrap();
    scene.git(&["add", path.to_str().unwrap()]);
}

#[test]
fn a_file_that_becomes_a_link() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.stage("kept/one.sql", table("one"));
            link(scene, "../kept/one.sql", if good { "code.rs" } else { ONE });
        },
        commit: plain,
        rules: &["edited-migration", "symlinked-migration"],
    }
    .holds();
}

/// Said, and not stopped: sqlx reads what the link points to.
#[test]
fn a_new_link() {
    let scene = published(true);
    scene.stage("kept/three.sql", table("three"));
    link(&scene, "../kept/three.sql", THREE);
    let said = plain(&scene, true);
    let words = super::stderr(&said);
    assert!(said.status.success(), "{words}");
    assert_eq!(super::spoken(&words), ["symlinked-migration"].into(), "{words}");
}

/// The directory of the migrations becomes a submodule: git then keeps none of them.
#[test]
fn a_submodule_in_place_of_the_migrations() {
    Row {
        scene: published,
        change: |scene, good| {
            let id = scene.git(&["rev-parse", "HEAD"]);
            let at = if good { "elsewhere" } else { "migrations" };
            if !good {
                scene.git(&["rm", "-rq", "--cached", "migrations"]);
            }
            scene.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},{at}", id.trim())]);
        },
        commit: plain,
        rules: &["deleted-migration", "ignored-file", "nothing-checked"],
    }
    .holds();
}

/// Announced with `git add -N`: git does not commit it, so it is not there.
#[test]
fn only_announced() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.stage("code.rs", "two\n");
            let file = if good { THREE } else { ONE };
            scene.write(file, table("one"));
            if !good {
                scene.git(&["rm", "-q", "--cached", ONE]);
            }
            scene.git(&["add", "-N", file]);
        },
        commit: plain,
        rules: &["deleted-migration"],
    }
    .holds();
}

#[test]
fn a_name_that_is_not_utf_8() {
    const STRANGE: &[u8] = b"migrations/30_caf\xe9.sql";
    Row {
        scene: |guarded| {
            let scene = published(guarded);
            scene.write(OsStr::from_bytes(STRANGE), table("three"));
            scene.git(&["add", "."]);
            scene.commit_unseen("a strange name");
            scene.git(&["branch", "-f", "main"]);
            scene
        },
        change: |scene, good| {
            let file = if good { b"migrations/40_\xff\xfe.sql" } else { STRANGE };
            scene.write(OsStr::from_bytes(file), table("four"));
            scene.git(&["add", "."]);
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

/// Two names that are one on a disk that does not tell their letters apart.
#[test]
fn names_that_differ_in_case_only() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.stage(THREE, table("three"));
            let twin = if good { "migrations/31_Three.sql" } else { "migrations/30_Three.sql" };
            scene.stage(twin, table("other"));
        },
        commit: plain,
        rules: &["duplicate-version"],
    }
    .holds();
}

/// Conflicts elsewhere are git's business; a file that ends in nothing is a warning of its own.
#[test]
fn an_empty_file() {
    let scene = published(true);
    scene.stage(THREE, "");
    let said = plain(&scene, true);
    let words = super::stderr(&said);
    assert!(said.status.success(), "{words}");
    assert_eq!(super::spoken(&words), ["empty-migration"].into(), "{words}");
}

/// What Git LFS puts into the object store in place of a text.
fn pointer(text: &str) -> String {
    use sha2::Digest as _;
    let sum = sha2::Sha256::digest(text.as_bytes());
    let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{hex}\nsize {}\n", text.len())
}

/// A text that only went to LFS is not edited; a pointer to another text is.
#[test]
fn pointers_of_git_lfs() {
    Row {
        scene: published,
        change: |scene, good| {
            scene.stage(".gitattributes", "*.sql -text\n");
            scene.stage(ONE, pointer(&table(if good { "one" } else { "uno" })));
            scene.stage(THREE, pointer(&table("three")));
        },
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
    // And back again.
    Row {
        scene: |guarded| {
            let scene = published(guarded);
            scene.stage(ONE, pointer(&table("one")));
            scene.commit_unseen("in LFS");
            scene.git(&["branch", "-f", "main"]);
            scene
        },
        change: |scene, good| scene.stage(ONE, table(if good { "one" } else { "uno" })),
        commit: plain,
        rules: &["edited-migration"],
    }
    .holds();
}

/// The checksum in the ledger is that of the text, which only LFS has: not compared, and said so.
#[test]
fn pointers_of_git_lfs_against_a_ledger() {
    let scene = published(true);
    sqlx_database(
        &scene.repo.home().join("dev.db"),
        &[(10, "one", &table("one")), (20, "two", &table("two"))],
    );
    let database = "[databases.dev]\nurl = \"sqlite:../home/dev.db\"\nrequired = true\ntimeout = \"10s\"\n";
    scene.stage("guard.toml", format!("{GUARD_TOML}\n{database}at = [\"commit\"]\n"));
    scene.stage(ONE, pointer(&table("one")));
    for _first_and_remembered in 0..2 {
        let checked = scene.repo.guard(&["check", "--format", "json"]).success();
        assert_eq!(checked.rules(), [""; 0]);
        assert_eq!(checked.json()["examined"]["checksums"], 1);
        let said = scene.repo.guard(&["check"]).success().out();
        assert!(said.contains("1 checksum") && said.contains("Git LFS"), "{said}");
    }
    let committed = plain(&scene, true);
    let words = super::stderr(&committed);
    assert!(committed.status.success() && words.contains("Git LFS"), "{words}");
    assert_eq!(super::spoken(&words), [].into());
}
