//! One table of names for each tool, with what the tool itself makes of them (from runs and sources of the tools).

use super::super::testing::{entries, list, shown, tool};
use super::*;

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
            "refused m/99999999999999999999_big.sql: has the version 99999999999999999999, which sqlx cannot read as a whole number of 64 bits",
            "ignored m/9_b.SQL: ends in .SQL, and sqlx reads only .sql",
            "refused m/abc_x.sql: does not begin with a number and an underscore",
            "ignored m/foo.sql: does not begin with a number and an underscore",
        ],
    );
}

#[test]
fn diesel() {
    check(
        "diesel",
        &[
            "2024-01-01-120000_create/up.sql",
            "2024-01-01-120000_create/down.sql",
            "2024-01-01-120000-0000_newer/up.sql",
            "2024-01-01-120000-0000_newer/metadata.toml",
            "10_b/up.sql",
            "9_a/up.sql",
            "nounderscore/up.sql",
            "lost/down.sql",
            "deep/er/up.sql",
            ".hidden/up.sql",
            ".diesel_lock",
            "plain.sql",
            "README.md",
        ],
        &[
            "10 | 10 | b | m/10_b/up.sql",
            "2024-01-01-120000 | 20240101120000 | create | m/2024-01-01-120000_create/up.sql undo m/2024-01-01-120000_create/down.sql",
            "2024-01-01-120000-0000 | 202401011200000000 | newer | m/2024-01-01-120000-0000_newer/up.sql",
            "9 | 9 | a | m/9_a/up.sql",
            "nounderscore | nounderscore |  | m/nounderscore/up.sql",
            "refused m/deep/er/up.sql: lies in a folder without up.sql",
            "refused m/lost/down.sql: lies in a folder without up.sql",
        ],
    );
}

#[test]
fn refinery() {
    check(
        "refinery",
        &[
            "V1__create_t1.sql",
            "V10__ten.sql",
            "sub/V2__two.sql",
            "U3__Ünï.sql",
            "V0004__four.rs",
            "mod.rs",
            "V1.2__dotted.sql",
            "V11__foo-bar.sql",
            "v12__small.sql",
            "V13_single.sql",
            "seed.sql",
            "README.md",
        ],
        &[
            "1 | 1 | create_t1 | m/V1__create_t1.sql",
            "2 | 2 | two | m/sub/V2__two.sql",
            "3 | 3 | Ünï | m/U3__Ünï.sql",
            "0004 | 4 | four | m/V0004__four.rs",
            "10 | 10 | ten | m/V10__ten.sql",
            "refused m/V1.2__dotted.sql: has the version 1.2, which refinery cannot read as a whole number of 64 bits",
            "ignored m/V11__foo-bar.sql: is not named like V1__name.sql",
            "ignored m/V13_single.sql: is not named like V1__name.sql",
            "ignored m/seed.sql: is not named like V1__name.sql",
            "ignored m/v12__small.sql: is not named like V1__name.sql",
        ],
    );
}

#[test]
fn prisma() {
    check(
        "prisma",
        &[
            "20240101000000_a/migration.sql",
            "20240101000000_B/migration.sql",
            "10_x/migration.sql",
            "9_y/migration.sql",
            "20240303000000_lost/README.md",
            "20240404000000_deep/sub/migration.sql",
            "migration_lock.toml",
            "plain.sql",
        ],
        &[
            "10_x | 10_x | x | m/10_x/migration.sql",
            "20240101000000_a | 20240101000000_a | a | m/20240101000000_a/migration.sql",
            "20240101000000_B | 20240101000000_B | B | m/20240101000000_B/migration.sql",
            "9_y | 9_y | y | m/9_y/migration.sql",
            "refused m/20240303000000_lost/README.md: lies in a folder without migration.sql",
            "refused m/20240404000000_deep/sub/migration.sql: lies in a folder without migration.sql",
        ],
    );
}

#[test]
fn drizzle_with_folders() {
    check(
        "drizzle",
        &[
            "20240102000000_b/migration.sql",
            "20240102000000_b/snapshot.json",
            "20240101000000_a/migration.sql",
            "schema.ts",
        ],
        &[
            "20240101000000_a | 20240101000000_a | a | m/20240101000000_a/migration.sql",
            "20240102000000_b | 20240102000000_b | b | m/20240102000000_b/migration.sql",
        ],
    );
}

#[test]
fn drizzle_with_a_journal() {
    let journal = r#"{"version": "7", "dialect": "sqlite", "entries": [
        {"idx": 0, "version": "6", "when": 1704067200000, "tag": "0000_init", "breakpoints": true},
        {"idx": 1, "version": "6", "when": 1704067300000, "tag": "0001_gone", "breakpoints": true},
        {"idx": 2, "version": "6", "when": 1704067100000, "tag": "0002_earlier", "breakpoints": true}]}"#;
    let paths = [
        "m/0000_init.sql",
        "m/0002_earlier.sql",
        "m/0003_stray.sql",
        "m/meta/_journal.json",
        "m/meta/0000_snapshot.json",
    ];
    let listing = |journal: &str| {
        let blob = |_| Ok(journal.as_bytes().to_vec());
        shown(&tool("drizzle").list(&RepoPath::from("m"), &entries(&paths), &blob).unwrap())
    };
    assert_eq!(
        listing(journal),
        [
            "0000_init | 1704067200000 | init | m/0000_init.sql",
            "0002_earlier | 1704067100000 | earlier | m/0002_earlier.sql",
            "stale m/meta/_journal.json: lists 0001_gone.sql, which is not there",
            "stale m/meta/_journal.json: does not list 0003_stray.sql",
        ]
    );
    for broken in [
        "",
        "{}",
        "[]",
        r#"{"entries": 1}"#,
        r#"{"entries": [{"tag": 1}]}"#,
        "{\"entries\": [{\"tag\": \"a\"}]}",
    ] {
        assert_eq!(
            listing(broken),
            ["refused m/meta/_journal.json: is not a journal that Drizzle can read"],
            "{broken}"
        );
    }
}

#[test]
fn dbmate() {
    check(
        "dbmate",
        &[
            "20240101000000_init.sql",
            "10_b.sql",
            "9_a.sql",
            "01.sql",
            "1-x.sql",
            "2more.sql",
            "abc.sql",
            "3_c.SQL",
            "sub/4_d.sql",
            "x.md",
        ],
        &[
            "01 | 01 |  | m/01.sql",
            "1 | 1 | x | m/1-x.sql",
            "10 | 10 | b | m/10_b.sql",
            "20240101000000 | 20240101000000 | init | m/20240101000000_init.sql",
            "2 | 2 |  | m/2more.sql",
            "9 | 9 | a | m/9_a.sql",
            "ignored m/3_c.SQL: ends in .SQL, and dbmate reads only .sql",
            "ignored m/abc.sql: does not begin with a digit",
        ],
    );
}

#[test]
fn goose() {
    check(
        "goose",
        &[
            "00001_a.sql",
            "20240101000000_b.sql",
            "00010_c.go",
            "00011_d_test.go",
            "main.go",
            "0_zero.sql",
            "9223372036854775808_big.sql",
            "nounderscore.sql",
            "x_1.sql",
            "sub/2_x.sql",
            "README.md",
        ],
        &[
            "00001 | 1 | a | m/00001_a.sql",
            "00010 | 10 | c | m/00010_c.go",
            "20240101000000 | 20240101000000 | b | m/20240101000000_b.sql",
            "refused m/0_zero.sql: has the version 0, which goose cannot read as a version from 1 on",
            "refused m/9223372036854775808_big.sql: has the version 9223372036854775808, which goose cannot read as a whole number of 64 bits",
            "refused m/nounderscore.sql: does not begin with a number and an underscore",
            "refused m/x_1.sql: does not begin with a number and an underscore",
        ],
    );
}

#[test]
fn golang_migrate() {
    check(
        "golang-migrate",
        &[
            "000001_a.up.sql",
            "1_other_name.down.sql",
            "10_b.up.sql",
            "9_c.up.json",
            "11_d.up.x.down.sql",
            "12_e.sql",
            "18446744073709551615_max.up.sql",
            "18446744073709551616_over.up.sql",
            "x.up.sql",
            "schema.sql",
            "embed.go",
        ],
        &[
            "000001 | 1 | a | m/000001_a.up.sql undo m/1_other_name.down.sql",
            "9 | 9 | c | m/9_c.up.json",
            "10 | 10 | b | m/10_b.up.sql",
            "18446744073709551615 | 18446744073709551615 | max | m/18446744073709551615_max.up.sql",
            "ignored m/11_d.up.x.down.sql: undoes a migration that is not there",
            "ignored m/12_e.sql: is not named like 1_name.up.sql",
            "ignored m/18446744073709551616_over.up.sql: has the version 18446744073709551616, which golang-migrate cannot read as a whole number of 64 bits",
            "ignored m/x.up.sql: is not named like 1_name.up.sql",
        ],
    );
}

#[test]
fn flyway() {
    check(
        "flyway",
        &[
            "V1__first.sql",
            "V001_2__padded.sql",
            "V1.10__ten.sql",
            "V2.sql",
            "sub/V3__deep.SQL",
            "U3__deep.sql",
            "B5__base.sql",
            "V5__five.sql",
            "R__b_view.sql",
            "R__a_view.sql",
            ".hidden/V9__x.sql",
            "beforeMigrate.sql",
            "afterEachMigrate__grants.sql",
            "createSchema.sql",
            "V2__x.sql.conf",
            "Rfoo.sql",
            "v4__small.sql",
            "V6_single.sql",
            "add_users.sql",
            "README.md",
        ],
        &[
            "1 | 1 | first | m/V1__first.sql",
            "001_2 | 1.2 | padded | m/V001_2__padded.sql",
            "1.10 | 1.10 | ten | m/V1.10__ten.sql",
            "2 | 2 |  | m/V2.sql",
            "3 | 3 | deep | m/sub/V3__deep.SQL undo m/U3__deep.sql",
            "5 | B5 | base | m/B5__base.sql baseline",
            "5 | 5 | five | m/V5__five.sql",
            " | R a view | a_view | m/R__a_view.sql repeatable",
            " | R b view | b_view | m/R__b_view.sql repeatable",
            "ignored m/Rfoo.sql: is named neither like V1__name.sql nor like R__name.sql",
            "ignored m/V6_single.sql: is named neither like V1__name.sql nor like R__name.sql",
            "ignored m/add_users.sql: is named neither like V1__name.sql nor like R__name.sql",
            "ignored m/v4__small.sql: is named neither like V1__name.sql nor like R__name.sql",
        ],
    );
}

#[test]
fn rails() {
    check(
        "rails",
        &[
            "20240101000000_create_foos.rb",
            "007_legacy.rb",
            "20240102000000_add_bar.my_engine.rb",
            "old/3_deep.rb",
            "20240103000000_CamelCase.rb",
            "20240104000000_with-dash.rb",
            "20240105000000_createFoos.rb",
            "20240106000000_create_foos.rb",
            "helper.rb",
            "README.md",
            ".keep",
        ],
        &[
            "3 | 3 | deep | m/old/3_deep.rb",
            "007 | 7 | legacy | m/007_legacy.rb",
            "20240101000000 | 20240101000000 | create_foos | m/20240101000000_create_foos.rb",
            "20240102000000 | 20240102000000 | add_bar | m/20240102000000_add_bar.my_engine.rb",
            "20240106000000 | 20240106000000 | create_foos | m/20240106000000_create_foos.rb",
            "refused m/20240103000000_CamelCase.rb: is not named like 1_name.rb, in small letters",
            "refused m/20240104000000_with-dash.rb: is not named like 1_name.rb, in small letters",
            "refused m/20240105000000_createFoos.rb: is not named like 1_name.rb, in small letters",
            "refused m/20240106000000_create_foos.rb: makes the same class CreateFoos as m/20240101000000_create_foos.rb",
            "ignored m/helper.rb: is not named like 1_name.rb, in small letters",
        ],
    );
}

#[test]
fn knex() {
    check(
        "knex",
        &[
            "20240101000000_init.js",
            "9_a.ts",
            "10_b.cjs",
            "x.d.ts",
            "plain.coffee",
            "11_c.mjs",
            "sub/12_d.js",
            "README.md",
            "data.json",
        ],
        &[
            "10_b.cjs | 10_b.cjs | b | m/10_b.cjs",
            "20240101000000_init.js | 20240101000000_init.js | init | m/20240101000000_init.js",
            "9_a.ts | 9_a.ts | a | m/9_a.ts",
            "plain.coffee | plain.coffee | plain | m/plain.coffee",
            "x.d.ts | x.d.ts | x.d | m/x.d.ts",
            "ignored m/11_c.mjs: has an ending that is not among Knex's loadExtensions",
        ],
    );
}
