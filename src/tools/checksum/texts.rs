//! Checksums of less than the whole text: without its line ends (Evolve), without its header (graphile-migrate),
//! without its white space (Supabase, whose ledger keeps the statements themselves).

use std::borrow::Cow;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::{BOM, Digest, with_lf};

/// SHA-1, as lower-case hexadecimal digits.
pub(in super::super) fn sha1(text: &[u8]) -> String {
    Sha1::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Evolve, src/Evolve/Migration/FileMigrationScript.cs: the text as .NET decodes it, each CRLF made LF.
pub(super) fn md5_evolve(text: &[u8]) -> Digest {
    let text = with_lf(text.strip_prefix(BOM).unwrap_or(text));
    md5_of(String::from_utf8_lossy(&text).as_bytes())
}

/// Evolve before 1.8, and what its `migrate` still accepts: the bytes of the file.
pub(super) fn md5_of(text: &[u8]) -> Digest {
    Digest::Text(Md5::digest(text).iter().map(|byte| format!("{byte:02X}")).collect())
}

/// graphile-migrate, src/hash.ts and src/migration.ts: the hash before this one, and what follows the header.
pub(super) fn sha1_graphile(text: &str) -> Digest {
    let mut body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut previous, mut hash, mut any_hash) = ("", None, false);
    loop {
        let (line, rest) = body.split_once('\n').unwrap_or((body, ""));
        // Headers begin with a capital letter; other lines of this form belong to the text (`--! split: a.sql`).
        let header = line.trim_end().strip_prefix("--! ");
        let Some(header) =
            header.filter(|header| header.starts_with(|first: char| first.is_ascii_uppercase()))
        else {
            break;
        };
        let (key, value) = header.split_once(':').unwrap_or((header, ""));
        match (key, value.trim()) {
            ("Previous", value) if value != "-" => previous = value,
            ("Hash", value) => hash = Some(value),
            ("AllowInvalidHash", _) => any_hash = true,
            _ => {}
        }
        body = rest;
    }
    if let Some(hash) = hash.filter(|_| any_hash) {
        return Digest::Text(hash.to_owned());
    }
    let whole = format!("{previous}\n{}", trim(body));
    Digest::Text(format!("sha1:{}", sha1(format!("{}\n", trim(&whole)).as_bytes())))
}

/// JavaScript's `String.trim`.
fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter == '\u{feff}' || letter.is_whitespace() && letter != '\u{85}')
}

/// What is left of statements when the splitter's freedom is taken away: white space, and semicolons.
pub(super) fn statements(text: &str) -> Digest {
    let counts = |letter: &char| !letter.is_whitespace() && *letter != ';' && *letter != '\u{feff}';
    let stripped: String = text.chars().filter(counts).collect();
    Digest::Bytes(Sha256::digest(stripped.as_bytes()).as_slice().into())
}

/// The statements of a ledger's cell: an array as PostgreSQL prints it, or in JSON.
pub(super) fn recorded_statements(cell: &str) -> Option<Digest> {
    let list: Vec<String> = serde_json::from_str(cell).ok().or_else(|| array(cell))?;
    Some(statements(&list.concat()))
}

/// PostgreSQL's text for an array of texts: `{plain,"with \"quotes\""}`.
fn array(cell: &str) -> Option<Vec<String>> {
    let mut rest = cell.strip_prefix('{')?.strip_suffix('}')?;
    let mut list = Vec::new();
    while !rest.is_empty() {
        let (element, length) = element(rest)?;
        list.push(element.into_owned());
        rest = &rest[length..];
        match rest.strip_prefix(',') {
            Some(after) if !after.is_empty() => rest = after,
            None if rest.is_empty() => {}
            _ => return None,
        }
    }
    Some(list)
}

/// The first element, and how many bytes it takes.
fn element(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        return Some((Cow::Borrowed(&text[..end]), end));
    };
    let mut plain = String::new();
    let mut letters = quoted.char_indices();
    loop {
        match letters.next()? {
            (at, '"') => return Some((Cow::Owned(plain), at + 2)),
            (_, '\\') => plain.push(letters.next()?.1),
            (_, letter) => plain.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn evolve_hashes_with_lf() {
        let vectors: [(&[u8], &str); 7] = [
            ("\u{feff}SELECT 2;".as_bytes(), "6C7E36422F79696602E19079534B4076"),
            ("\u{feff}SELECT 1;".as_bytes(), "71568061B2970A4B7C5160FE75356E10"),
            (b"CREATE TABLE t (id INT);\n", "2EAE77BAA40B7DFA9AED542AD1656120"),
            (b"CREATE TABLE t (id INT);\r\n", "2EAE77BAA40B7DFA9AED542AD1656120"),
            (b"CREATE TABLE t (id INT);", "4CDCDFD7E16AA90604107CB3CA60E2B7"),
            (b"a\rb\n", "FA12F95FA6FDCF9C39AC7000B966A42E"),
            (b"", "D41D8CD98F00B204E9800998ECF8427E"),
        ];
        for (text, wanted) in vectors {
            assert_eq!(md5_evolve(text).to_string(), wanted);
        }
    }

    #[test]
    fn graphile_hashes_the_chain() {
        let one =
            "--! split: 1-init.sql\ndrop table if exists t1;\r\nCREATE TABLE t1 (id INTEGER PRIMARY KEY);\n";
        let first = "sha1:9ff0249b93a9c463b655005be753ed9a27bf1ff7";
        let two = "--! split: 1-init.sql\n-- naïve\nCREATE TABLE t2 (id INTEGER PRIMARY KEY);\n";
        let second = "sha1:1bd9813406b1a94e5150f263d4acc1d61fe65220";
        let file = |previous: &str, hash: &str, more: &str, body: &str| {
            format!("--! Previous: {previous}\n--! Hash: {hash}\n--! Message: a\n{more}\n{body}\n")
        };
        assert_eq!(sha1_graphile(&file("-", first, "", one)).to_string(), first);
        assert_eq!(sha1_graphile(&file(first, second, "", two)).to_string(), second);
        assert_ne!(sha1_graphile(&file(second, second, "", two)).to_string(), second);
        // The author has said that the hash is not right, and the ledger has what the header says.
        assert_eq!(sha1_graphile(&file("-", "sha1:0", "--! AllowInvalidHash\n", two)).to_string(), "sha1:0");
        sha1_graphile("");
    }

    #[test]
    fn supabase_keeps_the_statements() {
        let hard = "/* block ; /* nested ; */ still ; */ create table h1 (a text default 'x;y''z;', b text default E'q\\'; w', \"we;ird\" int);\n\
            ;;  \n-- c1 ; not split\nselect ( 1 ) ; select '--;' as a; do $$ begin perform 1; end $$;\nselect 1 -- tail ;\n";
        let elements = [
            "/* block ; /* nested ; */ still ; */ create table h1 (a text default 'x;y''z;', b text default E'q\\'; w', \"we;ird\" int)",
            "-- c1 ; not split\nselect ( 1 )",
            "select '--;' as a",
            "do $$ begin perform 1; end $$",
            "select 1 -- tail ;",
        ];
        let json = serde_json::to_string(&elements).unwrap();
        assert_eq!(recorded_statements(&json), Some(statements(hard)));
        let quoted: Vec<String> = elements
            .iter()
            .map(|one| format!("\"{}\"", one.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        assert_eq!(recorded_statements(&format!("{{{}}}", quoted.join(","))), Some(statements(hard)));
        let file = "-- naïve\r\nCREATE TABLE t2 (\r\n  id INTEGER PRIMARY KEY\r\n);\r\nCREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;\r\nINSERT INTO t2 VALUES (1);;\n";
        let row = r#"["-- naïve\r\nCREATE TABLE t2 (\r\n  id INTEGER PRIMARY KEY\r\n)","CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$","INSERT INTO t2 VALUES (1)"]"#;
        assert_eq!(recorded_statements(row), Some(statements(file)));
        assert_ne!(recorded_statements(row), Some(statements(&file.replace("(1)", "(2)"))));
        assert_eq!(recorded_statements("{}"), Some(statements("")));
        for broken in ["", "{", "{\"a}", "{a,}", "{\"a\"b}", "null", "a;"] {
            assert_eq!(recorded_statements(broken), None, "{broken}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_text_can_be_read(text in "(--! [A-Z][a-z]*:? ?[a-z:]*\n)*.{0,30}", cell in "\\{?[\"\\\\,a;]{0,12}\\}?") {
            sha1_graphile(&text);
            statements(&text);
            recorded_statements(&cell);
        }
    }
}
