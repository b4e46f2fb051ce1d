//! Vectors that the programs themselves printed, and the comparison.

use proptest::prelude::*;

use super::super::testing::{TOOLS, text, tool};
use super::*;
use crate::model::{AppliedMigration, Oid, Outcome, Rank, RepoPath, Version};

fn migration(version: &str, name: &str, file: &str) -> Migration {
    Migration {
        path: RepoPath::from(file),
        kind: MigrationKind::Versioned,
        version: Version(version.into()),
        identity: version.into(),
        name: name.into(),
        rank: Rank::default(),
        blob: Oid::from_bytes(&[1; 20]).unwrap(),
        symlink: false,
        undo: None,
        text: None,
        touched: false,
        links: None,
        part: None,
    }
}

fn row(tool: &Tool, name: Option<&str>, cell: &Cell) -> RawRow {
    let algorithm = tool.spec.checksum.as_ref().map(|spec| spec.algorithm);
    RawRow {
        applied: AppliedMigration {
            version: Version("1".into()),
            identity: "1".into(),
            name: name.map(Into::into),
            outcome: Outcome::Applied,
            migration: None,
            content: Content::Same,
            in_work_tree: None,
            in_base: None,
            history: None,
        },
        recorded: algorithm.and_then(|algorithm| recorded(algorithm, cell)),
        mark: RowMark::default(),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
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
    let tool = tool("sqlx");
    let (one, input) = (migration("1", "a", "m/1_a.sql"), b"CREATE TABLE a(id INTEGER);\r\n");
    assert_eq!(
        computed(&tool, &one, input),
        "1757458bdfb8e71652dce691eebaad2058c4d09a4fcffab4cb1477f04eb85fafe94fdc20610556416a78ca5b79ddbfb8"
    );
    let plain = tool.digest_salt(&one);
    let mut spec = tool.spec.clone();
    spec.checksum.as_mut().unwrap().ignored_chars = vec!['\r'];
    let tool = Tool::ready("sqlx", spec);
    assert_eq!(
        computed(&tool, &one, input),
        "004d507303d3a2a422bf627d4323fbb1e4927778925bc756e01db31e7dca59c2a08484af07f0c8efdb1aa8cac95cf0bc"
    );
    assert_ne!(tool.digest_salt(&one), plain);
}

#[test]
fn prisma_and_drizzle_hash_the_text_with_sha_256() {
    let vectors = [
        (F1, "260f6ac301672f87199a542e18329665f442f51357283fc3fd566318fb0ead26"),
        (F2, "324db31fd1ea3ebb1d06b33998fd5742e59f40da826762ef799d2500d2cdc07d"),
        (F3, "f860776812ebfe701072211ae1bae9ded9073eeeb7060beef43c28f3d66635c8"),
        (F4, "e35a823939c90c033e0c0e892c7686cd8209bac6ef7658d8efb4377c06aaf719"),
        (F5, "03095c18648101822541b4f0673a809cc97b567927916a975a5bbf6bde277f56"),
        (F6, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        // What is not UTF-8 becomes U+FFFD, as Node decodes it.
        (b"select 1; -- \xff\n", "485a8d031d39e9fb6e98eb78b6322a85e6f63ac6cb1f84433c79d83cf28d3ea7"),
        (
            b"CREATE TABLE t2 (\r\n  id INTEGER PRIMARY KEY\r\n);\r\n--> statement-breakpoint\r\nCREATE TABLE t2b (id INTEGER PRIMARY KEY);",
            "f4e5494b9fc37b69cdbfad242a53e4e5bd9229d646fe16df3c05c4df767c69ec",
        ),
    ];
    for name in ["prisma", "drizzle"] {
        let (tool, one) = (tool(name), migration("1_a", "a", "m/1_a/migration.sql"));
        for (input, wanted) in vectors {
            assert_eq!(computed(&tool, &one, input), wanted);
            assert_eq!(tool.compare(&row(&tool, None, &text(wanted)), &one, input), Content::Same);
        }
    }
}

#[test]
fn prisma_accepts_other_line_ends_and_an_old_spelling() {
    let (tool, one) = (tool("prisma"), migration("1_a", "a", "m/1_a/migration.sql"));
    let compare = |recorded: &str, now: &[u8]| tool.compare(&row(&tool, None, &text(recorded)), &one, now);
    let hash = |text: &[u8]| Digest::Bytes(Sha256::digest(text).as_slice().into()).to_string();
    assert_eq!(compare("26f6ac31672f87199a542e18329665f442f51357283fc3fd566318fbead26", F1), Content::Same);
    assert_eq!(compare(&hash(F1), F4), Content::Same);
    assert_eq!(compare(&hash(F4), F1), Content::Same);
    assert_eq!(compare(&hash(b"a\nb\n"), b"a\r\nb\n"), Content::Same);
    assert_ne!(compare(&hash(b"a\r\nb\n"), b"a\nb\n"), Content::Same);
    assert_eq!(compare(&hash(F5), F1), Content::SameBut(Variant::ByteOrderMark));
    // The engine compares text: capitals are another checksum.
    assert!(matches!(compare(&hash(F1).to_uppercase(), F1), Content::Differs { .. }));
    // Drizzle on a phone stores an empty one.
    assert!(matches!(compare("", F1), Content::NotComparable(_)));
    assert!(matches!(tool.compare(&row(&tool, None, &Cell::Null), &one, F1), Content::NotComparable(_)));
}

#[test]
fn flyway_sums_lines_without_their_ends() {
    let (tool, one) = (tool("flyway"), migration("1", "a", "m/V1__a.sql"));
    let vectors: [(&[u8], i64); 16] = [
        (b"CREATE TABLE t (id INT);\n", 1_556_295_178),
        (b"CREATE TABLE t (id INT);\r\n", 1_556_295_178),
        (b"CREATE TABLE t (id INT);", 1_556_295_178),
        (b"\xef\xbb\xbfCREATE TABLE t (id INT);\n", 1_556_295_178),
        (b"\xef\xbb\xbf\xef\xbb\xbfCREATE TABLE t (id INT);\n", 36_134_869),
        (b"CREATE TABLE t (id INT); ", 166_061_429),
        (b"CREATE TABLE\nt (id INT);\n", -584_334_797),
        (b"CREATE TABLEt (id INT);", -584_334_797),
        (b"", 0),
        (b"\n\n", 0),
        ("-- café\rSELECT 1;\n".as_bytes(), 139_021_238),
        ("a\u{b}b\u{c}c\u{85}d\u{2028}e\n".as_bytes(), 961_088_012),
        ("\n\u{feff}X\n".as_bytes(), 1_623_127_090),
        (b"CREATE VIEW v AS SELECT '${env}';\n", -142_169_776),
        (b"SELECT 1; -- note\nDELETE FROM t;\n", -1_745_544_832),
        (b"SELECT 1; -- noteDELETE FROM t;\n", -1_745_544_832),
    ];
    for (input, wanted) in vectors {
        assert_eq!(computed(&tool, &one, input), wanted.to_string(), "{input:?}");
        let row = row(&tool, Some("a"), &Cell::Integer(wanted));
        assert_eq!(tool.compare(&row, &one, input), Content::Same);
        assert_eq!(tool.compare_digest(&row, &one, row.recorded.as_ref().unwrap()), Some(Content::Same));
    }
    assert_eq!(tool.digest(&one, b"caf\xe9"), None);
}

#[test]
fn flyway_compares_the_description_too() {
    let (tool, mut one) = (tool("flyway"), migration("1", "add_users", "m/V1__add_users.sql"));
    let sum = Cell::Integer(1_556_295_178);
    let compare = |one: &Migration, name: &str| {
        tool.compare(&row(&tool, Some(name), &sum), one, b"CREATE TABLE t (id INT);\n")
    };
    assert_eq!(compare(&one, "add users"), Content::Same);
    assert!(matches!(compare(&one, "add people"), Content::Differs { renamed: true, .. }));
    let named = row(&tool, Some("add people"), &sum);
    assert_eq!(tool.compare_digest(&named, &one, &Digest::Number(1_556_295_178)), None);
    one.name = "x_".repeat(150).into();
    assert_eq!(compare(&one, &format!("{}...", &"x ".repeat(99)[..197])), Content::Same);
    one.kind = MigrationKind::Repeatable;
    let edited = tool.compare(&row(&tool, Some("add users"), &Cell::Integer(1)), &one, b"select 2");
    assert!(matches!(edited, Content::NotComparable(why) if why.contains("repeatable")));
}

#[test]
fn refinery_hashes_name_version_and_text() {
    let tool = tool("refinery");
    let leading_zero = b"CREATE TABLE t4 (id INTEGER PRIMARY KEY);\n";
    let vectors: [(&str, &str, &[u8], &str, &str); 8] = [
        ("1", "create_t1", F1, "1039419957921098991", "1647531560431139954"),
        ("1", "create_t1", F4, "1215243905439040881", ""),
        ("1", "create_t1", F5, "9333859290641614366", "3339378682588097856"),
        ("2", "create_t2", F2, "5294439411577315234", "16320535858124210318"),
        ("3", "unicode_note", F3, "3265743458532661566", "1713957833690328059"),
        ("10", "leading_zero", leading_zero, "3164052849585539484", "17701214345222759012"),
        ("2", "empty", F6, "9097190792599333345", "16761908173254134054"),
        ("3", "Ünï", b"select 1;", "9024637328764030193", "10114619188958930052"),
    ];
    for (version, name, input, narrow, wide) in vectors {
        let one = migration(version, name, "m/V1__a.sql");
        assert_eq!(computed(&tool, &one, input), narrow);
        for recorded in [narrow, wide].iter().filter(|recorded| !recorded.is_empty()) {
            assert_eq!(
                tool.compare(&row(&tool, Some(name), &text(recorded)), &one, input),
                Content::Same,
                "{name}"
            );
        }
        // What is to be accepted has the width that the ledger has.
        let wanted = |is_wide: bool| if is_wide && !wide.is_empty() { wide } else { narrow };
        for is_wide in [false, true].into_iter().filter(|is_wide| !is_wide || !wide.is_empty()) {
            let mut row = row(&tool, Some(name), &text("1"));
            row.mark.wide = is_wide;
            let Content::Differs { computed, .. } = tool.compare(&row, &one, input) else { panic!("{name}") };
            assert_eq!(computed, wanted(is_wide), "{name}");
        }
    }
}

#[test]
fn a_ledger_of_refinery_says_how_wide_its_versions_are() {
    let tool = tool("refinery");
    for (kind, wide) in
        [("int4", false), ("integer", false), ("int(11)", false), ("int8", true), ("BIGINT", true)]
    {
        let names = ["version", "name", "applied_on", "checksum"];
        let table = crate::db::Table {
            name: crate::model::TableName::plain("refinery_schema_history"),
            visible: true,
            columns: names.map(|name| (name.to_owned(), kind.to_owned())).to_vec(),
        };
        assert_eq!(tool.find_ledger(&[table], None).map(|found| found.wide), Some(wide), "{kind}");
    }
}

#[test]
fn refinery_tells_a_new_name_and_line_ends() {
    let tool = tool("refinery");
    let one = migration("1", "create_t1", "m/V1__create_t1.sql");
    let compare = |name: &str, recorded: &str, now: &[u8]| {
        tool.compare(&row(&tool, Some(name), &text(recorded)), &one, now)
    };
    assert_eq!(compare("create_t1", "1215243905439040881", F1), Content::SameBut(Variant::AppliedWithCrlf));
    assert!(matches!(compare("other", "1039419957921098991", F1), Content::Differs { renamed: true, .. }));
    assert!(matches!(
        compare("create_t1", "1039419957921098991", F3),
        Content::Differs { renamed: false, .. }
    ));
    assert!(matches!(compare("create_t1", "no number", F1), Content::Differs { .. }));
    let code = migration("1", "create_t1", "m/V1__create_t1.rs");
    assert!(matches!(tool.compare(&row(&tool, None, &text("1")), &code, F1), Content::NotComparable(_)));
    assert_eq!(tool.digest(&code, F1), None);
    // A version that only 64 bits hold.
    let long = migration("20240101000000", "a", "m/V20240101000000__a.sql");
    assert!(tool.digest(&long, F1).is_some());
    assert_ne!(tool.digest_salt(&one), tool.digest_salt(&long));
}

#[test]
fn a_tool_without_checksums_compares_nothing() {
    let (tool, one) = (tool("dbmate"), migration("1", "a", "m/1_a.sql"));
    assert_eq!(tool.digest(&one, F1), None);
    assert!(matches!(tool.compare(&row(&tool, None, &text("x")), &one, F1), Content::NotComparable(_)));
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
        for tool in TOOLS.iter() {
            let one = migration("1", "a", "m/1_a.sql");
            let row = row(tool, Some("a"), &cell);
            let content = tool.compare(&row, &one, &input);
            match tool.digest(&one, &input) {
                Some(digest) if Some(&digest) == row.recorded.as_ref() => prop_assert_eq!(content, Content::Same),
                Some(_) if tool.spec.checksum.as_ref().is_some_and(|spec| spec.algorithm == Algorithm::Sha384) => {
                    prop_assert_ne!(content, Content::Same);
                }
                Some(_) => {}
                None => prop_assert!(matches!(content, Content::NotComparable(_))),
            }
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

fn lfs_pointer(text: &[u8]) -> String {
    let sum = Digest::Bytes(Sha256::digest(text).as_slice().into());
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sum}\nsize {}\n", text.len())
}

#[test]
fn a_text_that_went_to_git_lfs_is_the_same() {
    let pointer = lfs_pointer(F1);
    let pointer = pointer.as_bytes();
    assert!(only_moved_to_lfs(pointer, F1) && only_moved_to_lfs(F1, pointer));
    assert!(only_moved_to_lfs(pointer, pointer.trim_ascii_end()));
    assert!(!only_moved_to_lfs(pointer, F4) && !only_moved_to_lfs(pointer, lfs_pointer(F4).as_bytes()));
    assert!(!only_moved_to_lfs(F1, F1), "two texts are compared by their ids");
    let extended =
        [b"version https://git-lfs.github.com/spec/v1\next-0-x sha256:0\n", &pointer[43..]].concat();
    assert!(LfsPointer::read(&extended).is_some());
    assert!(!only_moved_to_lfs(&extended, F1) && !only_moved_to_lfs(&extended, &extended));
}

/// What can be said of a text that is not here: its SHA-256, if that is what the ledger holds, and nothing else.
#[test]
fn a_pointer_of_git_lfs_is_never_an_edit() {
    let (pointer, other) = (lfs_pointer(F1), lfs_pointer(b"select 2;\n"));
    let one = migration("1", "a", "m/1_a.sql");
    for (name, known) in [("sqlx", false), ("flyway", false), ("prisma", true), ("drizzle", true)] {
        let tool = tool(name);
        let applied = RawRow { recorded: tool.digest(&one, F1), ..row(&tool, Some("a"), &Cell::Null) };
        let same = tool.compare(&applied, &one, pointer.as_bytes());
        let expected = if known { Content::Same } else { Content::NotComparable(IN_LFS) };
        assert_eq!(same, expected, "{name}");
        assert_eq!(tool.compare(&applied, &one, other.as_bytes()), Content::NotComparable(IN_LFS), "{name}");
        assert_eq!(tool.digest(&one, pointer.as_bytes()), applied.recorded.filter(|_| known), "{name}");
    }
}

#[test]
fn atlas_sums_all_files_so_far() {
    let atlas = tool("atlas");
    let first: &[u8] = b"CREATE TABLE t (id INT);\n";
    let second: &[u8] = b"-- atlas:txmode none\n\nCREATE TABLE u (id INT);\nCREATE TABLE u (id INT);\nCREATE TABLE w (id INT);\n";
    let files = ["m/20240101000000_init.sql", "m/20240102000000_more.sql", "m/20240101120000_late.sql"];
    let [one, two, late] = files.map(|file| migration("1", "x", file));
    let sum = |text: &str| Some(Digest::Text(text.to_owned()));
    let (s1, s2) = (
        sum("CEkIm30cAxQoSXPoR7lJr81PdNIPLTuwMfgMSiAfiHw="),
        sum("XGclq2rmkYmilSyMAVU6w61dom104gTQNSV9fBRZBiA="),
    );
    let same = Some(Content::Same);
    let compared = atlas.compare_chain(&[(&one, first, s1.as_ref()), (&two, second, s2.as_ref())]);
    assert_eq!(compared, [same.clone(), same.clone()]);
    // A late file is not in the sum of what ran before it came.
    let with_late =
        [(&one, first, s1.as_ref()), (&late, b"select 1;".as_slice(), None), (&two, second, s2.as_ref())];
    assert_eq!(atlas.compare_chain(&with_late), [same.clone(), None, same]);
    let edited = atlas.compare_chain(&[(&one, second, s1.as_ref()), (&two, second, s2.as_ref())]);
    assert!(matches!(
        edited[..],
        [Some(Content::Differs { .. }), Some(Content::NotComparable(AFTER_A_DIFFERENCE))]
    ));
    let resolved = atlas.compare_chain(&[(&one, first, sum("").as_ref()), (&two, second, s2.as_ref())]);
    assert_eq!(resolved, [Some(Content::NotComparable(NO_CHECKSUM)), Some(Content::Same)]);
}
