//! One table of names for each tool, with what the tool itself makes of them (from runs and sources of the tools).

use super::super::testing::{list, shown, tool};

#[track_caller]
fn check(name: &str, files: &[&str], wanted: &[&str]) {
    assert_eq!(shown(&list(&tool(name), files)), wanted, "{name}");
}

#[test]
fn sqlx() {
    check(
        "sqlx",
        &[
            "10_late.sql",
            "9_a.sql.sql",
            "+7_plus.sql",
            "-1_before.sql",
            "007_seven_more.sql",
            "8_.sql",
            "20_pair.up.sql",
            "20_pair.down.sql",
            "30_lonely.down.sql",
            "abc_x.sql",
            "99999999999999999999_big.sql",
            "foo.sql",
            "9_b.SQL",
            "README.md",
            ".gitkeep",
            "notes_1.txt",
            "sub/11_other_set.sql",
            "sub/README.sql",
        ],
        &[
            "-1 | -1 | before | m/-1_before.sql",
            "+7 | 7 | plus | m/+7_plus.sql",
            "007 | 7 | seven_more | m/007_seven_more.sql",
            "8 | 8 |  | m/8_.sql",
            "9 | 9 | a | m/9_a.sql.sql",
            "10 | 10 | late | m/10_late.sql",
            "20 | 20 | pair | m/20_pair.up.sql undo m/20_pair.down.sql",
            "ignored m/30_lonely.down.sql: undoes a migration that is not there",
            "refused m/99999999999999999999_big.sql: begins with 99999999999999999999, which sqlx cannot read as a whole number of 64 bits",
            "ignored m/9_b.SQL: ends in .SQL, and sqlx reads only .sql",
            "refused m/abc_x.sql: does not begin with a number and an underscore",
            "ignored m/foo.sql: does not begin with a number and an underscore",
        ],
    );
}
