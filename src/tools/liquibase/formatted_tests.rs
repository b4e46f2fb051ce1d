use proptest::prelude::*;

use super::*;

const FILE: &str = "\u{feff}--liquibase formatted sql logicalFilePath:db/x.sql\n\
    --property name:a value:b\n\
    \n\
    --changeset alice:1 splitStatements:false\n\
    --comment the first\n\
    CREATE TABLE a (id INT);\n\
    -- a plain comment\n\
    --rollback DROP TABLE a;\n\
    -- changeset \"Bob B\":\"two 2\" runOnChange:true context:\"a or b\"\n\
    --ignoreLines:start\n\
    --changeset no:no\n\
    --ignoreLines:end\n\
    CREATE VIEW b AS SELECT 1;\n\
    /* liquibase rollback\n\
    DROP VIEW b;\n\
    */\n\
    --Changeset carl:3\n\
    --preconditions onFail:CONTINUE\n\
    --precondition-sql-check expectedResult:0 SELECT 1\n\
    --validCheckSum: 9:abc\n\
    --ignoreLines:1\n\
    not this\n\
    SELECT 3";

fn sets(file: &str) -> Vec<ChangeSet> {
    let sets = read(file.as_bytes()).items.into_iter();
    sets.filter_map(|item| if let Item::Set(set) = item { Some(set) } else { None }).collect()
}

#[test]
fn the_changesets_of_a_file() {
    let found = sets(FILE);
    let known: Vec<_> = found.iter().map(|set| (&*set.id, &*set.author, set.line)).collect();
    assert_eq!(known, [("1", "alice", 4), ("two 2", "Bob B", 9), ("3", "carl", 17)]);
    assert_eq!(found.iter().map(|set| set.again).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(found.iter().map(|set| set.conditional).collect::<Vec<_>>(), [false, true, true]);
    assert!(found.iter().all(|set| set.logical.as_deref() == Some("db/x.sql")));
    assert!(FILE[found[1].range.clone()].starts_with("-- changeset \"Bob B\""));
    assert_eq!(found[2].range.end, FILE.len());
    let crlf = sets(&FILE.replace('\n', "\r\n"));
    assert_eq!(crlf.iter().map(|set| set.line).collect::<Vec<_>>(), [4, 9, 17]);
}

#[test]
fn what_is_compared_of_a_changeset() {
    let found = sets(FILE);
    let text = |at: usize| own(FILE[found[at].range.clone()].as_bytes(), at == 2);
    let first = text(0);
    assert_eq!(
        String::from_utf8(first.text).unwrap(),
        "\n\nCREATE TABLE a (id INT);\n-- a plain comment\n\n"
    );
    assert_eq!(first.sql.as_ref().unwrap().text, "CREATE TABLE a (id INT);\n-- a plain comment");
    assert!(!first.sql.unwrap().splits);
    let second = text(1);
    assert_eq!(String::from_utf8(second.text).unwrap(), "\n\n\n\nCREATE VIEW b AS SELECT 1;\n\n\n\n");
    assert!(!second.modern);
    let third = text(2);
    assert_eq!(String::from_utf8(third.text).unwrap(), "\n\n\n\n\n\nSELECT 3");
    assert_eq!(third.valid, ["9:abc"]);
}

#[test]
fn what_is_no_directive() {
    for line in
        [&b"--rollback"[..], b"--commented", b" --comment x", b"--changesets a:1", b"-- undo", b"select 1"]
    {
        assert!(matches!(kind(line), Kind::Sql), "{}", String::from_utf8_lossy(line));
    }
    for line in [&b" -- ROLLBACK x"[..], b"--comment: x", b"--preconditions", b"--property name:a value:b"] {
        assert!(matches!(kind(line), Kind::Directive), "{}", String::from_utf8_lossy(line));
    }
}

#[test]
fn a_file_without_the_first_line_is_one_changeset() {
    let changelog = read(b"CREATE TABLE a (id INT);\n--changeset a:1\n");
    assert!(changelog.plain);
    assert_eq!(changelog.items.len(), 1);
    assert!(!read(b"\n \n -- Liquibase  FORMATTED sql\n").plain);
}

proptest! {
    #[test]
    fn any_text_can_be_read(parts in proptest::collection::vec(prop::sample::select(vec![
        "--liquibase formatted sql", "--changeset a:1", "--changeset ", "\"", ":", "\n", "\r\n", "\r", "--ignoreLines:",
        "start", "end", "9", "--rollback x", "/* liquibase rollback", "*/", " ", "é", "--validCheckSum: any", "\u{feff}",
    ]), 0..40)) {
        let text = parts.concat();
        let mut end = 0;
        for set in sets(&text) {
            prop_assert!(set.range.start >= end && set.range.end <= text.len());
            end = set.range.end;
            let slice = &text.as_bytes()[set.range];
            let own = own(slice, end == text.len());
            let ends = |text: &[u8]| text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
            prop_assert_eq!(ends(&own.text), ends(slice));
        }
    }

    #[test]
    fn no_bytes_are_too_strange(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&[b"--liquibase formatted sql\n", &text[..]].concat());
        let _ = own(&[b"--changeset a:1\n", &text[..]].concat(), true);
    }
}
