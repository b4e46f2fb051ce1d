//! More tables of names, one for each tool, from what the reference read in the tools' sources; and keys that stand
//! in the text.

use super::testing::{entries, list, shown, tool};
use crate::db::Cell;
use crate::git::{Entry, EntryKind, GitError};
use crate::model::{Content, Oid, RepoPath};

#[track_caller]
fn check(name: &str, files: &[&str], wanted: &[&str]) {
    assert_eq!(shown(&list(&tool(name), files)), wanted, "{name}");
}

/// Lists files below `m`, with their texts.
fn with_texts(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut entries: Vec<Entry> = Vec::new();
    for ((file, _), number) in files.iter().zip(1u8..) {
        let oid = Oid::from_bytes(&[number; 20]).unwrap();
        entries.push(Entry {
            path: RepoPath::from(format!("m/{file}").as_str()),
            oid,
            kind: EntryKind::File,
        });
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    let blob = |oid: Oid| Ok(files[usize::from(oid.as_bytes()[0]) - 1].1.as_bytes().to_vec());
    shown(&tool(name).list(&RepoPath::from("m"), &entries, &blob).unwrap())
}

#[test]
fn tern() {
    check(
        "tern",
        &["001_a.sql", "10_b.sql", "2_c.sql", "0_zero.sql", "3_.sql", "x.sql", "sub/4_d.sql", "tern.conf"],
        &[
            "001 | 1 | a | m/001_a.sql",
            "2 | 2 | c | m/2_c.sql",
            "10 | 10 | b | m/10_b.sql",
            "refused m/0_zero.sql: has the version 0, which tern cannot read as a version from 1 on",
            "ignored m/3_.sql: is not named like 1_name.sql",
            "ignored m/x.sql: is not named like 1_name.sql",
        ],
    );
}

#[test]
fn sql_migrate() {
    check(
        "sql-migrate",
        &["10_b.sql", "9_a.sql", "9-c.sql", "a.sql", "20240101-init.sql", "sub/1_x.sql", "b.SQL"],
        &[
            "9-c.sql | 9-c.sql | c | m/9-c.sql",
            "9_a.sql | 9_a.sql | a | m/9_a.sql",
            "10_b.sql | 10_b.sql | b | m/10_b.sql",
            "20240101-init.sql | 20240101-init.sql | init | m/20240101-init.sql",
            "a.sql | a.sql | a | m/a.sql",
            "ignored m/b.SQL: ends in .SQL, and sql-migrate reads only .sql",
        ],
    );
}

#[test]
fn typeorm_reads_the_class() {
    let class = |name: &str| {
        format!("import {{}} from 'typeorm';\nexport class {name} implements MigrationInterface {{\n")
    };
    assert_eq!(
        with_texts(
            "typeorm",
            &[
                // The newer file holds the older migration: the class decides.
                ("1704067300000-New.ts", &class("Old1704067200000")),
                ("1704067100000-Other.ts", &class("Other1704067300000")),
                ("free.js", &class("Free1704067250000")),
                ("1704067400000-none.ts", "export default 1;"),
                ("index.ts", "export * from './x';"),
                ("x.d.ts", &class("X1704067300000")),
            ]
        ),
        [
            "Old1704067200000 | Old1704067200000 | New | m/1704067300000-New.ts",
            "Free1704067250000 | Free1704067250000 | free | m/free.js",
            "Other1704067300000 | Other1704067300000 | Other | m/1704067100000-Other.ts",
            "ignored m/1704067400000-none.ts: has no class whose name ends in a time of 13 digits",
        ]
    );
}

#[test]
fn doctrine_reads_namespace_and_class() {
    let class = |space: &str, name: &str| {
        format!("<?php\n\nnamespace {space};\n\nfinal class {name} extends AbstractMigration\n{{\n")
    };
    assert_eq!(
        with_texts(
            "doctrine",
            &[
                ("Version20240102000000.php", &class("App\\Migrations", "Version20240102000000")),
                ("Version20240101000000.php", &class("Zoo", "Version20240101000000")),
                ("Version1.php", "<?php return 1;"),
                ("Helper.php", &class("App", "Helper")),
            ]
        ),
        [
            "App\\Migrations\\Version20240102000000 | App\\Migrations\\Version20240102000000 | 20240102000000 | m/Version20240102000000.php",
            "Zoo\\Version20240101000000 | Zoo\\Version20240101000000 | 20240101000000 | m/Version20240101000000.php",
            "ignored m/Version1.php: has no class",
        ]
    );
}

#[test]
fn a_text_that_cannot_be_read_is_an_error_and_one_that_is_not_here_is_guessed() {
    let paths = entries(&["m/1704067200000-add-users.ts"]);
    let tool = tool("typeorm");
    let dir = RepoPath::from("m");
    let failed = |_| Err(GitError::Failed("broken".to_owned()));
    assert!(tool.list(&dir, &paths, &failed).is_err());
    let listing = tool.list(&dir, &paths, &|blob| Err(GitError::NotHere(blob))).unwrap();
    assert_eq!(listing.migrations[0].identity, "AddUsers1704067200000");
}

#[test]
fn sequelize() {
    check(
        "sequelize",
        &["20240101000000-init.js", "9-a.ts", "10-b.cjs", "x.d.ts", "11-c.mjs", "sub/12-d.js", "README.md"],
        &[
            "10-b.cjs | 10-b.cjs | b | m/10-b.cjs",
            "20240101000000-init.js | 20240101000000-init.js | init | m/20240101000000-init.js",
            "9-a.ts | 9-a.ts | a | m/9-a.ts",
            "ignored m/11-c.mjs: has an ending that sequelize-cli does not load",
        ],
    );
}

#[test]
fn kysely() {
    check(
        "kysely",
        &["002_two.ts", "001_one.mjs", "1704067200000_x.js", "x.d.mts", "3_c.cjs", "package.json"],
        &[
            "001_one | 001_one | one | m/001_one.mjs",
            "002_two | 002_two | two | m/002_two.ts",
            "1704067200000_x | 1704067200000_x | x | m/1704067200000_x.js",
            "ignored m/3_c.cjs: has an ending that Kysely does not load",
        ],
    );
}

#[test]
fn mikro_orm() {
    check(
        "mikro-orm",
        &[
            "Migration20240102000000_b.ts",
            "Migration20240101000000.js",
            ".snapshot-db.json",
            "Migration1.d.ts",
        ],
        &[
            "Migration20240101000000 | Migration20240101000000 | Migration20240101000000 | m/Migration20240101000000.js",
            "Migration20240102000000_b | Migration20240102000000_b | b | m/Migration20240102000000_b.ts",
        ],
    );
}

#[test]
fn node_pg_migrate() {
    check(
        "node-pg-migrate",
        &[
            "1704067300000_later.js",
            "20240101000000000_utc.ts", // the same time as 1704067200000
            "1_first.sql",
            "2_x.up.sql",
            "README.md",
            ".gitkeep",
        ],
        &[
            "1_first | 1_first | first | m/1_first.sql",
            "2_x.up | 2_x.up | x.up | m/2_x.up.sql",
            "20240101000000000_utc | 20240101000000000_utc | utc | m/20240101000000000_utc.ts",
            "1704067300000_later | 1704067300000_later | later | m/1704067300000_later.js",
            "refused m/README.md: does not begin with a number",
        ],
    );
}

#[test]
fn supabase() {
    check(
        "supabase",
        &["20240101000000_init.sql", "9_a.sql", "x.sql", "sub/1_a.sql", "README.md"],
        &[
            "20240101000000 | 20240101000000 | init | m/20240101000000_init.sql",
            "9 | 9 | a | m/9_a.sql",
            "ignored m/x.sql: is not named like 1_name.sql",
        ],
    );
}

#[test]
fn d1() {
    check(
        "d1",
        &["0001_init.sql", "10_b.sql", "9_a.sql", "plain.sql", ".hidden.sql", "sub/1_a.sql"],
        &[
            "0001_init.sql | 0001_init.sql | init | m/0001_init.sql",
            "9_a.sql | 9_a.sql | a | m/9_a.sql",
            "10_b.sql | 10_b.sql | b | m/10_b.sql",
            "plain.sql | plain.sql | plain | m/plain.sql",
        ],
    );
}

#[test]
fn evolve() {
    check(
        "evolve",
        &[
            "V1_3_1__first.sql",
            "v1__small.SQL",
            "V1_0__more.sql",
            "R__b_view.sql",
            "sub/V10__deep.sql",
            "V2.sql",
            ".hidden/V3__x.sql",
        ],
        &[
            "1 | 1 | small | m/v1__small.SQL",
            "1_0 | 1.0 | more | m/V1_0__more.sql",
            "1_3_1 | 1.3.1 | first | m/V1_3_1__first.sql",
            "10 | 10 | deep | m/sub/V10__deep.sql",
            " | R b view | b_view | m/R__b_view.sql repeatable",
            "ignored m/V2.sql: is named neither like V1__name.sql nor like R__name.sql",
        ],
    );
}

#[test]
fn dbup() {
    check(
        "dbup",
        &["sub/001.sql", "Script0001 - Create.sql", "002_b.SQL", "readme.txt"],
        &[
            "002_b.SQL | 002_b.SQL | b | m/002_b.SQL",
            "Script0001 - Create.sql | Script0001 - Create.sql | Create | m/Script0001 - Create.sql",
            "sub.001.sql | sub.001.sql | 001 | m/sub/001.sql",
        ],
    );
}

#[test]
fn ef_core() {
    check(
        "ef-core",
        &[
            "20240101120000_Init.cs",
            "20240101120000_Init.Designer.cs",
            "AppContextModelSnapshot.cs",
            "Helper.cs",
            "2024_Short.cs",
        ],
        &[
            "20240101120000_Init | 20240101120000_Init | Init | m/20240101120000_Init.cs",
            "ignored m/2024_Short.cs: is not named like 20240101120000_Name.cs",
        ],
    );
}

#[test]
fn ecto() {
    check(
        "ecto",
        &["20240101000000_b.exs", "7_a.exs", "sub/8_c.exs", "9_d.ex", ".formatter.exs", "helper.exs"],
        &[
            "7 | 7 | a | m/7_a.exs",
            "8 | 8 | c | m/sub/8_c.exs",
            "20240101000000 | 20240101000000 | b | m/20240101000000_b.exs",
            "ignored m/9_d.ex: ends in .ex, and Ecto reads only .exs",
        ],
    );
}

#[test]
fn laravel() {
    check(
        "laravel",
        &[
            "2024_01_01_000000_add-users.php",
            "0001_01_01_000000_create_users_table.php",
            "free_name.php",
            "plain.php",
            "tenant/2024_01_01_000000_x.php",
        ],
        &[
            "0001_01_01_000000_create_users_table | 0001_01_01_000000_create_users_table | create_users_table | m/0001_01_01_000000_create_users_table.php",
            "2024_01_01_000000_add-users | 2024_01_01_000000_add-users | add-users | m/2024_01_01_000000_add-users.php",
            "free_name | free_name | free_name | m/free_name.php",
            "ignored m/plain.php: has no underscore in its name",
        ],
    );
}

#[test]
fn phinx() {
    check(
        "phinx",
        &[
            "20240101000000_create_foo.php",
            "20240102000000.php",
            "7_Small.php",
            "12.php",
            "20240103000000_with-dash.php",
            "schema.php",
        ],
        &[
            "7 | 7 | Small | m/7_Small.php",
            "20240101000000 | 20240101000000 | create_foo | m/20240101000000_create_foo.php",
            "20240102000000 | 20240102000000 |  | m/20240102000000.php",
            "ignored m/20240103000000_with-dash.php: is not named like 20240101000000_name.php",
        ],
    );
}

#[test]
fn yoyo() {
    check(
        "yoyo",
        &[
            "0001.create-foo.py",
            "0002.more.sql",
            "0002.more.rollback.sql",
            "20240101_01_abcde-x.py",
            "post-apply.py",
            "__init__.py",
        ],
        &[
            "0001.create-foo | 0001.create-foo | create-foo | m/0001.create-foo.py",
            "0002.more | 0002.more | more | m/0002.more.sql undo m/0002.more.rollback.sql",
            "20240101_01_abcde-x | 20240101_01_abcde-x | 01_abcde-x | m/20240101_01_abcde-x.py",
        ],
    );
}

#[test]
fn aerich() {
    check(
        "aerich",
        &[
            "10_20240101000000_b.py",
            "9_20240101000000_a.py",
            "0_20230101000000_init.py",
            "__init__.py",
            "x.py",
            "11x.py",
        ],
        &[
            "0_20230101000000_init.py | 0_20230101000000_init.py | init | m/0_20230101000000_init.py",
            "9_20240101000000_a.py | 9_20240101000000_a.py | a | m/9_20240101000000_a.py",
            "10_20240101000000_b.py | 10_20240101000000_b.py | b | m/10_20240101000000_b.py",
            "ignored m/11x.py: does not begin with a number and an underscore",
        ],
    );
}

#[test]
fn sea_orm() {
    check(
        "sea-orm",
        &["lib.rs", "main.rs", "m20220102_000001_b.rs", "m20220101_000001_a.rs", "m20220103_c.rs"],
        &[
            "m20220101_000001_a | m20220101_000001_a | a | m/m20220101_000001_a.rs",
            "m20220102_000001_b | m20220102_000001_b | b | m/m20220102_000001_b.rs",
            "ignored m/m20220103_c.rs: is not named like m20240101_000001_name.rs",
        ],
    );
}

#[test]
fn rusqlite_migration() {
    check(
        "rusqlite_migration",
        &["1-a/up.sql", "1-a/down.sql", "10-c/up.sql", "02-b/up.sql", "0-zero/up.sql", "x/up.sql"],
        &[
            "1 | 1 | a | m/1-a/up.sql undo m/1-a/down.sql",
            "02 | 2 | b | m/02-b/up.sql",
            "10 | 10 | c | m/10-c/up.sql",
            "refused m/0-zero/up.sql: has the version 0, which rusqlite_migration cannot read as a version from 1 on",
            "refused m/x/up.sql: lies in a folder that is not named like 1-name",
        ],
    );
}

#[test]
fn graphile_migrate() {
    check(
        "graphile-migrate",
        &["000002.sql", "000001-init_a.sql", "x.sql", "000003-Ü.sql"],
        &[
            "000001 | 000001 | init_a | m/000001-init_a.sql",
            "000002 | 000002 |  | m/000002.sql",
            "ignored m/000003-Ü.sql: is not named like 000001-name.sql",
            "ignored m/x.sql: is not named like 000001-name.sql",
        ],
    );
}

#[test]
fn atlas() {
    check(
        "atlas",
        &["20240101000000_init.sql", "10_b.sql", "9_a.sql", "plain.sql", "atlas.sum", "sub/1_a.sql"],
        &[
            "10 | 10 | b | m/10_b.sql",
            "20240101000000 | 20240101000000 | init | m/20240101000000_init.sql",
            "9 | 9 | a | m/9_a.sql",
            "plain | plain |  | m/plain.sql",
        ],
    );
}

#[test]
fn what_supabase_has_run_is_compared_with_the_file() {
    let (supabase, files) = (tool("supabase"), ["1_init.sql"]);
    let columns = vec!["version", "statements", "name"];
    let statements = r#"{"CREATE TABLE t1 (id INTEGER PRIMARY KEY)","-- trailing comment"}"#;
    let rows =
        |statements: Cell| vec![vec![super::testing::text("1"), statements, super::testing::text("init")]];
    let mut table = super::testing::Rows { columns, rows: rows(super::testing::text(statements)) };
    // Of the many tables of this name in such a database only the one in its schema counts.
    let mut found = table.table("schema_migrations");
    assert_eq!(supabase.find_ledger(std::slice::from_ref(&found), None), None);
    found.name.schema = Some("supabase_migrations".to_owned());
    assert_eq!(super::recognise(&found, &std::collections::BTreeMap::new()).as_deref(), Some("supabase"));
    let ledger = supabase.find_ledger(&[found.clone()], None).unwrap();
    let mut compare = |cell: Cell, text: &str| {
        table.rows = rows(cell);
        let raw = supabase.read_ledger(&ledger, &mut table).unwrap();
        supabase.compare(&raw.rows[0], &list(&supabase, &files).migrations[0], text.as_bytes())
    };
    let applied = || super::testing::text(statements);
    let text = "CREATE TABLE t1 (id INTEGER PRIMARY KEY);\n-- trailing comment\n";
    assert_eq!(compare(applied(), text), Content::Same);
    assert_eq!(compare(applied(), &text.replace('\n', "\r\n")), Content::Same);
    assert!(matches!(compare(applied(), &text.replace("t1", "t2")), Content::Differs { .. }));
    assert!(matches!(compare(Cell::Null, text), Content::NotComparable(_)));
    assert!(!supabase.facts().keeps_checksum);
}

#[test]
fn evolve_compares_as_its_versions_did() {
    let evolve = tool("evolve");
    let compare = |recorded: &str, text: &[u8]| {
        let listing = list(&evolve, &["V1__a.sql"]);
        let row = super::RawRow {
            applied: crate::model::AppliedMigration {
                version: crate::model::Version("1".into()),
                identity: "1".into(),
                name: None,
                outcome: crate::model::Outcome::Applied,
                migration: None,
                content: Content::Same,
                in_work_tree: None,
                in_base: None,
                history: None,
            },
            recorded: Some(super::Digest::Text(recorded.to_owned())),
            mark: super::RowMark::default(),
        };
        evolve.compare(&row, &listing.migrations[0], text)
    };
    let sum = "2EAE77BAA40B7DFA9AED542AD1656120";
    assert_eq!(compare(sum, b"CREATE TABLE t (id INT);\n"), Content::Same);
    assert_eq!(compare(sum, b"\xef\xbb\xbfCREATE TABLE t (id INT);\r\n"), Content::Same);
    assert!(matches!(compare(sum, b"CREATE TABLE t (id INT);"), Content::SameBut(_)));
    assert!(matches!(compare(sum, b"CREATE TABLE u (id INT);\n"), Content::Differs { .. }));
    assert!(matches!(compare("", b"x"), Content::NotComparable(_)));
    // Before 1.8: the bytes as they are, here with CRLF.
    assert_eq!(compare("933222B19FF3E7EA5F65517EA1F7D57E", b"a\r\n"), Content::Same);
}
