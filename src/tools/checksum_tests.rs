//! Vectors that the programs themselves printed, and the comparison.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::{AppliedMigration, Oid, Outcome, Rank, RepoPath, Version};

fn tool(name: &str) -> Tool {
    Tool::find(name, &BTreeMap::new()).expect("built in")
}

fn migration(version: &str, name: &str, file: &str) -> Migration {
    Migration {
        path: RepoPath::from(file),
        kind: MigrationKind::Versioned,
        version: Version(version.to_owned()),
        identity: version.to_owned(),
        name: name.to_owned(),
        rank: Rank::default(),
        blob: Oid::from_bytes(&[1; 20]).unwrap(),
        symlink: false,
        undo: None,
        text: None,
        touched: false,
    }
}

fn row(tool: &Tool, name: Option<&str>, cell: &Cell) -> RawRow {
    let algorithm = tool.spec.checksum.as_ref().map(|spec| spec.algorithm);
    RawRow {
        applied: AppliedMigration {
            version: Version("1".to_owned()),
            identity: "1".to_owned(),
            name: name.map(str::to_owned),
            outcome: Outcome::Applied,
            migration: None,
            content: Content::Same,
            in_work_tree: None,
            in_base: None,
        },
        recorded: algorithm.and_then(|algorithm| recorded(algorithm, cell)),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn text(value: &str) -> Cell {
    Cell::Text(value.as_bytes().to_vec())
}

const F1: &[u8] = b"CREATE TABLE t1 (id INTEGER PRIMARY KEY);\n";
const F2: &[u8] = b"CREATE TABLE t2 (\r\n  id INTEGER PRIMARY KEY\r\n);\r\n";
const F3: &[u8] = "-- naïve ✓\nCREATE TABLE t3 (id INTEGER PRIMARY KEY);\n".as_bytes();
const F4: &[u8] = b"CREATE TABLE t1 (id INTEGER PRIMARY KEY);\r\n";
const F5: &[u8] = b"\xef\xbb\xbfCREATE TABLE t1 (id INTEGER PRIMARY KEY);\n";
const F6: &[u8] = b"";

fn computed(tool: &Tool, migration: &Migration, text: &[u8]) -> String {
    tool.digest(migration, text).expect("a text").to_string()
}

#[test]
fn sqlx_hashes_the_bytes_with_sha_384() {
    let (tool, one) = (tool("sqlx"), migration("1", "a", "m/1_a.sql"));
    let vectors = [
        (
            F1,
            "4a98c23d5fe57c2cfa189887b156e784bcf9aba1ea31a72d6b474aba0a0f38edc60ff56f1f04867b832806797f4e9e96",
        ),
        (
            F2,
            "f8af94458ec7e6ef066ef967258442d5a8231d2bbdeb5846162c4f9f0ed69dc25db31aec6b8f4e43d45ee5ce4ab6c962",
        ),
        (
            F3,
            "59375f13282974cd550c054a9470633560da6ab0b7771c336ecba1a4e352fcef66df4d27c692949a2bd8ee6e85af4bed",
        ),
        (
            F4,
            "e027f60b2e1a5d62ae6f675f518789789f1e24fab76529df8d653f65391de0aa6e1a9e633528e5b2bea068969b7583f6",
        ),
        (
            F5,
            "9cbd29821e26ef25186a287f8b5dd243c4d3e67e5ee7c7a866beb792a751f3dfe55f524efddb908185eb37de07e32d75",
        ),
        (
            F6,
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
        ),
    ];
    for (input, wanted) in vectors {
        assert_eq!(computed(&tool, &one, input), wanted);
        assert_eq!(tool.compare(&row(&tool, None, &Cell::Blob(bytes(wanted))), &one, input), Content::Same);
    }
    assert_eq!(tool.digest(&one, b"\xff"), None);
}

#[test]
fn characters_can_be_left_out_of_a_checksum() {
    let mut tool = tool("sqlx");
    let (one, input) = (migration("1", "a", "m/1_a.sql"), b"CREATE TABLE a(id INTEGER);\r\n");
    assert_eq!(
        computed(&tool, &one, input),
        "1757458bdfb8e71652dce691eebaad2058c4d09a4fcffab4cb1477f04eb85fafe94fdc20610556416a78ca5b79ddbfb8"
    );
    let plain = tool.digest_salt(&one);
    tool.spec.checksum.as_mut().unwrap().ignored_chars = vec!['\r'];
    assert_eq!(
        computed(&tool, &one, input),
        "004d507303d3a2a422bf627d4323fbb1e4927778925bc756e01db31e7dca59c2a08484af07f0c8efdb1aa8cac95cf0bc"
    );
    assert_ne!(tool.digest_salt(&one), plain);
}

#[test]
fn another_line_end_is_told_from_another_text() {
    let (tool, one) = (tool("sqlx"), migration("1", "a", "m/1_a.sql"));
    let applied = |text: &[u8]| row(&tool, None, &Cell::Blob(Sha384::digest(text).as_slice().to_vec()));
    let cases: [(&[u8], &[u8], Variant); 6] = [
        (F4, F1, Variant::AppliedWithCrlf),
        (F1, F4, Variant::AppliedWithLf),
        (F5, F1, Variant::ByteOrderMark),
        (F1, F5, Variant::ByteOrderMark),
        (b"select 1;", b"select 1;\n", Variant::FinalNewline),
        (b"a;\r\nb;\r\n", b"a;\r\nb;", Variant::FinalNewline),
    ];
    for (before, now, variant) in cases {
        assert_eq!(
            tool.compare(&applied(before), &one, now),
            Content::SameBut(variant),
            "{before:?} {now:?}"
        );
    }
    // Both at once: the line ends are named.
    let both = [BOM, b"a;\r\nb;\r\n"].concat();
    assert_eq!(tool.compare(&applied(&both), &one, b"a;\nb;\n"), Content::SameBut(Variant::AppliedWithCrlf));
    // A blank at the end of a line is an edit.
    let Content::Differs { recorded, computed, renamed } = tool.compare(&applied(F1), &one, b"select 2;\n")
    else {
        panic!("the text is another one");
    };
    assert!(recorded.starts_with("4a98c23d") && recorded.len() == 96 && computed.len() == 96 && !renamed);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// Anything may stand in a ledger's cell; the answer is never a crash, and never "the same" by accident.
    #[test]
    fn any_cell_can_be_compared(cell in any_cell(), input in proptest::collection::vec(any::<u8>(), 0..40)) {
        for (name, _) in super::super::BUILT_IN {
            let tool = tool(name);
            let one = migration("1", "a", "m/1_a.sql");
            let row = row(&tool, Some("a"), &cell);
            let content = tool.compare(&row, &one, &input);
            let equal = tool.digest(&one, &input).is_some_and(|digest| Some(digest) == row.recorded);
            prop_assert!(equal == (content == Content::Same) || !equal && tool.name() != "sqlx");
        }
    }
}

fn any_cell() -> impl Strategy<Value = Cell> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..60);
    prop_oneof![
        Just(Cell::Null),
        any::<i64>().prop_map(Cell::Integer),
        any::<f64>().prop_map(Cell::Real),
        bytes().prop_map(Cell::Text),
        "[0-9a-f]{60,66}|-?[0-9]{1,40}".prop_map(|text| Cell::Text(text.into_bytes())),
        bytes().prop_map(Cell::Blob),
        Just(Cell::Blob(Sha384::digest(b"").as_slice().to_vec())),
    ]
}
