//! What runs of a changeset.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::Oid;

/// All scripts of a file, each as text, line and whether in a transaction; `None` for what takes Liquibase.
fn scripts(name: &str, file: &str) -> Vec<Option<(String, u32, bool)>> {
    let path = RepoPath::from(format!("db/logs/{name}").as_str());
    let other = |path: &RepoPath| match &*path.to_str_lossy() {
        "db/logs/sql/a.sql" => {
            Some(b"\xef\xbb\xbfCREATE TABLE a (x int)\nGO\nCREATE TABLE b (x int)\nGO\n".to_vec())
        }
        "db/c.sql" => Some(b"CREATE TABLE c (x int);".to_vec()),
        _ => None,
    };
    let items = read(&path, file.as_bytes()).unwrap_or_default().items;
    let sets = items.into_iter().filter_map(|item| if let Item::Set(set) = item { Some(set) } else { None });
    sets.map(|set| {
        let blob = Oid::from_bytes(&[0; 20]).unwrap();
        let migration = migration((&path, blob), &RepoPath::default(), &set, (false, false));
        let part = Arc::unwrap_or_clone(migration.part.unwrap());
        let found = script(&path, &part, file.as_bytes(), (Dialect::Postgres, &other));
        // The place does not matter where the key says which it is.
        let lost = Part { range: 0..0, ..part };
        assert_eq!(script(&path, &lost, file.as_bytes(), (Dialect::Postgres, &other)), found);
        let script = found?;
        Some((script.text.trim().to_owned(), script.line, script.transaction))
    })
    .collect()
}

fn runs(text: &str, line: u32, transaction: bool) -> (String, u32, bool) {
    (text.to_owned(), line, transaction)
}

#[test]
fn what_runs_of_a_changelog_in_sql() {
    let file = "--liquibase formatted sql\n\n--changeset a:1\n--comment x\nCREATE TABLE a (x int);\n--rollback DROP TABLE a;\n\n\
        --changeset a:2 runInTransaction:false\nCREATE INDEX CONCURRENTLY i ON a (x);\n\
        --changeset a:3 endDelimiter:GO\nCREATE TABLE b (x int)\nGO\nCREATE TABLE c (x int)\ngo\n\
        --changeset a:4 endDelimiter:\\nGO\nSELECT 1\nGO\n\
        --changeset a:5 endDelimiter:// splitStatements:false\nSELECT 1; //\n\
        --changeset a:6 endDelimiter:[\nSELECT 1[\n";
    assert_eq!(
        scripts("x.sql", file),
        [
            Some(runs("CREATE TABLE a (x int);", 3, true)),
            Some(runs("CREATE INDEX CONCURRENTLY i ON a (x);", 8, false)),
            Some(runs("CREATE TABLE b (x int)\n;\nCREATE TABLE c (x int)\n;", 10, true)),
            Some(runs("SELECT 1;", 15, true)),
            Some(runs("SELECT 1; //", 18, true)),
            None,
        ]
    );
    assert_eq!(
        scripts("plain.sql", "CREATE TABLE p (x int);\n"),
        [Some(runs("CREATE TABLE p (x int);", 1, true))]
    );
}

#[test]
fn what_runs_of_other_changelogs() {
    let xml = "<databaseChangeLog>\n<changeSet id=\"1\" author=\"a\"><sql>CREATE TABLE x (i int)</sql><tagDatabase tag=\"t\"/>\n\
        <sql><![CDATA[CREATE TABLE y (i int CHECK (i < 3));]]></sql><insert tableName=\"x\"><column name=\"i\" value=\"1\"/></insert></changeSet>\n\
        <changeSet id=\"2\" author=\"a\" runInTransaction=\"false\"><sqlFile path=\"sql/a.sql\" relativeToChangelogFile=\"true\" endDelimiter=\"GO\"/></changeSet>\n\
        <changeSet id=\"3\" author=\"a\"><sqlFile path=\"db/c.sql\"/></changeSet>\n\
        <changeSet id=\"4\" author=\"a\"><sqlFile path=\"gone.sql\"/></changeSet>\n\
        <changeSet id=\"5\" author=\"a\"><createTable tableName=\"t\"><column name=\"i\" type=\"int\"/></createTable></changeSet>\n\
        <changeSet id=\"6\" author=\"a\"><sql dbms=\"oracle\">SELECT 1</sql><sql dbms=\"h2, postgresql\">SELECT 2</sql>\
        <sql dbms=\"!postgresql\">SELECT 3</sql></changeSet>\n\
        <changeSet id=\"7\" author=\"a\"><tagDatabase tag=\"v\"/></changeSet>\n</databaseChangeLog>";
    let both = "CREATE TABLE x (i int);\nCREATE TABLE y (i int CHECK (i < 3));";
    let file = "CREATE TABLE a (x int)\n;\nCREATE TABLE b (x int)\n;";
    let expected = [
        Some(runs(both, 2, true)),
        Some(runs(file, 4, false)),
        Some(runs("CREATE TABLE c (x int);", 5, true)),
        None,
        None,
        Some(runs("SELECT 2", 8, true)),
        Some(runs("", 9, true)),
    ];
    assert_eq!(scripts("x.xml", xml), expected);
    let yaml = "databaseChangeLog:\n  - changeSet:\n      id: 1\n      author: a\n      changes:\n        - sql:\n            sql: SELECT 1\n\
        \x20       - sqlFile: {path: c.sql, splitStatements: false}\n  - changeSet:\n      id: 2\n      author: a\n      changes:\n\
        \x20       - addColumn: {tableName: t}\n";
    assert_eq!(scripts("x.yaml", yaml), [Some(runs("SELECT 1;\nCREATE TABLE c (x int);", 2, true)), None]);
}

#[test]
fn for_which_databases_a_change_is() {
    let all = |dbms: &str| [Dialect::Sqlite, Dialect::Postgres, Dialect::MySql].map(|one| is_for(dbms, one));
    assert_eq!(all("postgresql,h2"), [Some(false), Some(true), Some(false)]);
    assert_eq!(all(" SQLite "), [Some(true), Some(false), Some(false)]);
    assert_eq!(all("!sqlite, !h2"), [Some(false), Some(true), Some(true)]);
    assert_eq!(all("mysql"), [Some(false), Some(false), None]);
    assert_eq!(all("mysql, mariadb"), [Some(false), Some(false), Some(true)]);
    assert_eq!(all("!mariadb"), [Some(true), Some(true), None]);
    assert_eq!((all("all"), all("none")), ([Some(true); 3], [Some(false); 3]));
}

proptest! {
    #[test]
    fn any_text_can_be_run(text in any::<String>(), delimiter in any::<String>(), splits in any::<bool>()) {
        let sql = Sql { text: text.clone(), delimiter: Some(delimiter), splits, strips: false };
        if let Some(put) = with_semicolons(&text, &sql) {
            prop_assert!(splits || put == text);
        }
        scripts("x.sql", &format!("--liquibase formatted sql\n--changeset a:1 endDelimiter:{text}\n{text}"));
    }
}
