use super::*;

/// What Liquibase 4.28.0 and 4.4.0 printed for such a file's last changeset: the versions 9 and 8 of its sum.
const PRINTED: [(&str, &str, &str); 5] = [
    (
        "--changeset a:1\nCREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(10));\n--rollback DROP TABLE person;\n",
        "9:f4e68341f7a525999e47e1b10d512416",
        "8:896c2c81745c57a71906ef6a1bdd1343",
    ),
    (
        "--changeset a:1 splitStatements:false stripComments:false endDelimiter:\\nGO\n--comment add a column\n\
         -- a plain comment\nALTER TABLE person ADD   COLUMN\tnote VARCHAR(10);\n",
        "9:9ed520515f413573b2fca20f33d322d8",
        "8:821eb1711d1164e3dc59c53256bf0242",
    ),
    ("--changeset a:1\nselect  1 ;\n-- c1\n", "9:5ba917a23b1d3abe6302d6396e1592bf", ""),
    (
        "--changeset a:1\ncreate table t5 (id int)\n/\n",
        "9:a4482d2ed534ce201c29349d7dd1fe99",
        "8:5d0c9bfaf27861fc3c99a07250465917",
    ),
    (
        "--changeset a:1\nCREATE TABLE t (id INT);\n",
        "9:bea0eed41a87530c602dd2bda1db0ff5",
        "8:d80823fa5682e20d5a242b0de1bd937e",
    ),
];

fn own(path: &str, file: &str) -> Own {
    let part = Part {
        key: if path.ends_with("plain.sql") { "raw::includeall" } else { "1::a" }.into(),
        line: 1,
        range: 0..0,
        alone: true,
        conditional: false,
    };
    liquibase::text(&path.into(), &part, file.as_bytes()).expect("the changeset is there")
}

#[test]
fn the_sums_of_liquibase() {
    for (changeset, nine, eight) in PRINTED {
        let file = format!("--liquibase formatted sql\n\n{changeset}");
        for file in [file.replace('\n', "\r\n"), format!("\u{feff}{file}"), file] {
            let sql = own("a.sql", &file).sql.unwrap();
            assert_eq!(sum(9, &sql), nine, "{file}");
            assert!(eight.is_empty() || sum(8, &sql) == eight, "{file}");
        }
    }
    let plain = "-- plain\nCREATE TABLE pl (id INT);\r\n\r\nCREATE TABLE p2 (id   INT);\n";
    let sql = own("plain.sql", plain).sql.unwrap();
    assert_eq!(sum(9, &sql), "9:6fb70f6b5965538b599d0d154143b8c6");
    assert_eq!(sum(8, &sql), "8:f29a8ce59b2ab7641afb7c945dae0a79");
    let xml = "<databaseChangeLog><changeSet id=\"1\" author=\"a\"><sql>create table xs (id int);</sql></changeSet></databaseChangeLog>";
    let sql = own("a.xml", xml).sql.unwrap();
    assert_eq!(sum(9, &sql), "9:63129367fb9400d61311992741b86d69");
    assert_eq!(sum(8, &sql), "8:d1b67b12fdf4ed5f73ccaa9f1caf431b");
}

#[test]
fn what_is_not_computed_is_not_compared() {
    let file =
        |changeset: &str| own("a.sql", &format!("--liquibase formatted sql\n--changeset a:1\n{changeset}\n"));
    let other = "9:00000000000000000000000000000000";
    assert!(matches!(compare_text(other, &file("SELECT 1")), Content::Differs { .. }));
    assert_eq!(compare_text("7:0", &file("SELECT 1")), Content::NotComparable(OLD));
    assert_eq!(compare_text("00", &file("SELECT 1")), Content::NotComparable(OLD));
    assert_eq!(compare_text(other, &file("SELECT ${x}")), Content::NotComparable(PROPERTIES));
    assert_eq!(
        compare_text("8:0", &file("SELECT 1\n/* liquibase rollback\nx\n*/")),
        Content::NotComparable(READ_OTHERWISE)
    );
    for valid in ["any", "ALL", "*", "1:any", other] {
        let own = file(&format!("--validCheckSum: {valid}\nSELECT 1"));
        assert_eq!(compare_text(other, &own), Content::Same, "{valid}");
    }
    let now = sum(9, file("SELECT 1").sql.as_ref().unwrap());
    assert_eq!(compare_text(other, &file(&format!("--validCheckSum {now}\nSELECT 1"))), Content::Same);
    let xml = "<databaseChangeLog><changeSet id=\"1\" author=\"a\"><tagDatabase tag=\"v\"/></changeSet></databaseChangeLog>";
    assert_eq!(compare_text(other, &own("a.xml", xml)), Content::NotComparable(MODEL));
}

/// Liquibase sees no difference between these two, of which only one deletes anything.
#[test]
fn a_line_that_joins_a_comment_is_an_edit_all_the_same() {
    let tool = super::super::Tool::find("liquibase", &std::collections::BTreeMap::new()).unwrap();
    let (one, other) = ("select 1; -- note\nDELETE FROM t;", "select 1; -- note DELETE FROM t;");
    let path = "a.sql".into();
    assert_eq!(tool.nature(&path, one.as_bytes(), other.as_bytes()), crate::model::Nature::Code);
    assert_eq!(tool.nature(&path, b"select  1 ;", b"select 1;"), crate::model::Nature::Blanks);
    assert_eq!(tool.nature(&path, b"select 1;", b"select 1; -- x"), crate::model::Nature::Cosmetic);
}
