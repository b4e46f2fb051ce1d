//! The memory of texts: a map that survives other runs, kills and damage.

use std::fs;

use proptest::prelude::*;

use super::*;

fn oid(number: u8) -> Oid {
    Oid::from_bytes(&[number; 20]).unwrap()
}

fn seen(number: u8, mark: u32) -> Seen {
    Seen {
        blob: oid(number),
        text: number.is_multiple_of(2).then_some([number; 16]),
        mark,
        day: 20_000 + u32::from(number),
    }
}

fn ledger(name: &str) -> LedgerKey {
    LedgerKey { database: name.to_owned(), table: "t".to_owned(), ..LedgerKey::default() }
}

fn records(directory: &Path, name: &str) -> Records {
    Applied::load(directory).records(&ledger(name))
}

fn run(directory: &Path, work: impl FnOnce(&mut Applied)) {
    let mut applied = Applied::load(directory);
    work(&mut applied);
    assert!(applied.save());
}

#[test]
fn the_first_sight_of_a_row_counts_until_it_is_another_row() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    run(at, |applied| {
        applied.remember(&ledger("dev"), &"2".into(), seen(1, 7));
        applied.remember(&ledger("dev"), &"1".into(), seen(2, 7));
        applied.remember(&ledger("test"), &"1".into(), seen(3, 7));
    });
    assert_eq!(records(at, "dev"), [("1".into(), seen(2, 7)), ("2".into(), seen(1, 7))]);
    run(at, |applied| {
        applied.remember(&ledger("dev"), &"1".into(), seen(9, 7));
        applied.remember(&ledger("dev"), &"2".into(), seen(9, 8));
        applied.forget(&ledger("test"), &"1".into());
    });
    assert_eq!(records(at, "dev"), [("1".into(), seen(2, 7)), ("2".into(), seen(9, 8))]);
    assert_eq!(records(at, "test"), []);
    run(at, |applied| applied.replace(&ledger("dev"), &"1".into(), seen(5, 7)));
    assert_eq!(records(at, "dev")[0].1, seen(5, 7));
    run(at, |applied| assert_eq!(applied.forget_everywhere(|identity| identity == "2"), 1));
    assert_eq!(records(at, "dev").len(), 1);
}

#[test]
fn what_another_run_has_remembered_meanwhile_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let mut slow = Applied::load(directory.path());
    slow.remember(&ledger("dev"), &"1".into(), seen(1, 0));
    slow.remember(&ledger("dev"), &"2".into(), seen(1, 0));
    run(directory.path(), |applied| {
        applied.remember(&ledger("dev"), &"2".into(), seen(2, 0));
        applied.remember(&ledger("dev"), &"3".into(), seen(2, 0));
    });
    assert!(slow.save());
    let expected = [("1".into(), seen(1, 0)), ("2".into(), seen(2, 0)), ("3".into(), seen(2, 0))];
    assert_eq!(records(directory.path(), "dev"), expected);
}

#[test]
fn nothing_new_is_not_written_and_what_cannot_be_written_costs_only_the_memory() {
    let directory = tempfile::tempdir().unwrap();
    assert!(Applied::load(directory.path()).save());
    assert!(!directory.path().join("guard").exists(), "not even a directory");
    fs::write(directory.path().join("guard"), "a file").unwrap();
    let mut applied = Applied::load(directory.path());
    applied.remember(&ledger("dev"), &"1".into(), seen(1, 0));
    assert!(!applied.save());
    assert_eq!(fs::read(directory.path().join("guard")).unwrap(), b"a file");
}

#[test]
fn databases_of_the_past_make_room() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..40 {
        run(directory.path(), |applied| {
            applied.remember(&ledger(&format!("db{number}")), &"1".into(), seen(number, 0));
        });
    }
    let kept = Applied::load(directory.path()).ledgers;
    assert_eq!(kept.len(), MAX_LEDGERS);
    assert!(kept.contains_key(&ledger("db39")) && !kept.contains_key(&ledger("db0")));
}

#[test]
fn savers_at_the_same_time_never_tear_the_file() {
    let directory = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4_u8 {
            let at = directory.path();
            scope.spawn(move || {
                for round in 0..25_u8 {
                    let mut applied = Applied::load(at);
                    assert!(round == 0 || !applied.ledgers.is_empty(), "a torn file would load as empty");
                    let identity = Text::from(format!("{writer}-{round}"));
                    applied.remember(&ledger("dev"), &identity, seen(round, 0));
                    assert!(applied.save());
                }
            });
        }
    });
    let names = fs::read_dir(directory.path().join("guard")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["applied"]);
}

fn entries() -> impl Strategy<Value = BTreeMap<(u8, String), (u8, u32)>> {
    proptest::collection::btree_map((0_u8..3, "\\PC{0,12}"), (any::<u8>(), any::<u32>()), 1..20)
}

fn write(directory: &Path, entries: &BTreeMap<(u8, String), (u8, u32)>) -> PathBuf {
    run(directory, |applied| {
        for ((name, identity), (number, mark)) in entries {
            applied.remember(&ledger(&name.to_string()), &identity.as_str().into(), seen(*number, *mark));
        }
    });
    directory.join("guard").join(NAME)
}

proptest! {
    #[test]
    fn it_is_a_map(entries in entries()) {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), &entries);
        for name in 0..3 {
            let expected: Records = entries.iter().filter(|((of, _), _)| *of == name)
                .map(|((_, identity), (number, mark))| (identity.as_str().into(), seen(*number, *mark)))
                .collect();
            prop_assert_eq!(records(directory.path(), &name.to_string()), expected);
        }
    }

    #[test]
    fn a_damaged_file_loads_as_empty(entries in entries(), at: prop::sample::Index, flip in 1_u8..=255, cut: bool) {
        let directory = tempfile::tempdir().unwrap();
        let file = write(directory.path(), &entries);
        let mut bytes = fs::read(&file).unwrap();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= flip;
        }
        fs::write(&file, bytes).unwrap();
        prop_assert!(Applied::load(directory.path()).ledgers.is_empty());
    }

    #[test]
    fn a_foreign_body_loads_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let directory = tempfile::tempdir().unwrap();
        let guard = directory.path().join("guard");
        file::replace(&guard, NAME, MAGIC, &body).unwrap();
        let mut applied = Applied::load(directory.path());
        let keys: Vec<LedgerKey> = applied.ledgers.keys().cloned().collect();
        for key in &keys {
            applied.records(key);
        }
        applied.remember(&ledger("dev"), &"1".into(), seen(1, 0));
        prop_assert!(applied.save());
        prop_assert_eq!(records(directory.path(), "dev").len(), 1);
        let _ = read_records(&body);
    }
}
