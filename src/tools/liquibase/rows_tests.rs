use super::super::{ChangeSet, migration};
use super::*;
use crate::model::{AppliedMigration, Content, Oid, RepoPath};
use crate::tools::RowMark;

fn row(file: &str, id: &str) -> RawRow {
    RawRow {
        applied: AppliedMigration {
            identity: identity(file, &part_key(id, "A")),
            version: Version(id.into()),
            name: None,
            outcome: Outcome::Applied,
            migration: None,
            content: Content::NotComparable(""),
            in_work_tree: None,
            in_base: None,
            history: None,
        },
        recorded: None,
        mark: RowMark::default(),
    }
}

fn set(path: &str, id: &str) -> Migration {
    let set = ChangeSet { id: id.to_owned(), author: "a".to_owned(), ..ChangeSet::default() };
    let blob = Oid::from_bytes(&[1; 20]).unwrap();
    migration((&RepoPath::from(path), blob), &RepoPath::default(), &set, (true, false))
}

/// Which changeset each row is, and the keys that the rows get.
fn matched(rows: &[(&str, &str)], sets: &[(&str, &str)]) -> (Vec<Option<usize>>, Vec<String>) {
    let mut raw =
        RawLedger { rows: rows.iter().map(|(file, id)| row(file, id)).collect(), ..RawLedger::default() };
    let sets: Vec<Migration> = sets.iter().map(|(path, id)| set(path, id)).collect();
    let mut found = vec![None; rows.len()];
    match_ends(&raw, &sets, &mut found);
    align(&mut raw, sets.iter());
    (found, raw.rows.iter().map(|row| row.applied.identity.to_string()).collect())
}

#[test]
fn a_path_may_begin_elsewhere() {
    let sets = [("src/res/db/a.sql", "1"), ("src/res/db/b.sql", "1")];
    for rows in [
        [("db/a.sql", "1"), ("db/b.sql", "1")],
        [("classpath:db/a.sql", "1"), ("classpath:/db/b.sql", "1")],
        [("C:\\build\\src\\res\\db\\a.sql", "1"), ("/srv/ci/src/res/db/b.sql", "1")],
        [("./db/../db/a.sql", "1"), ("DB/B.SQL", "1")],
    ] {
        let (found, keys) = matched(&rows, &sets);
        assert_eq!(found, [Some(0), Some(1)], "{rows:?}");
        assert_eq!(keys, ["src/res/db/a.sql::1::a", "src/res/db/b.sql::1::a"], "{rows:?}");
    }
    // A name is whole: `xa.sql` does not end in `a.sql`.
    assert_eq!(matched(&[("a.sql", "1")], &[("db/xa.sql", "1")]).0, [None]);
    assert_eq!(matched(&[("db/a.sql", "2")], &sets).1, ["db/a.sql::2::a"]);
}

#[test]
fn of_two_that_fit_the_usual_beginning_decides() {
    let sets = [("one/x.sql", "1"), ("two/x.sql", "1"), ("two/y.sql", "1")];
    let (found, keys) = matched(&[("x.sql", "1"), ("y.sql", "1"), ("gone.sql", "7")], &sets);
    assert_eq!(found, [Some(1), Some(2), None]);
    assert_eq!(keys, ["two/x.sql::1::a", "two/y.sql::1::a", "two/gone.sql::7::a"]);
    assert_eq!(matched(&[("x.sql", "1")], &sets[..2]).0, [None], "which of the two?");
}
