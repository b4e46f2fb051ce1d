//! Where the statements of a file of SQL begin and end, as psql sees it: quotes, dollar quotes, comments in comments, functions
//! with statements in their bodies, data of COPY, and psql's own commands.

/// Commands of psql that change nothing of what the SQL does.
const HARMLESS: [&str; 10] =
    ["restrict", "unrestrict", "echo", "qecho", "warn", "timing", "pset", "x", "encoding", "set"];

/// The statements of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Statements<'a> {
    /// Where each begins, in bytes, and its text without what ends it.
    pub(crate) all: Vec<(usize, &'a str)>,
    /// Something between them is not for the server: data of COPY, psql's commands. The text cannot be sent in one piece.
    pub(crate) in_pieces: bool,
    /// The first command of psql that only psql could do, and where it is.
    pub(crate) foreign: Option<(usize, &'a str)>,
}

/// Splits a text. Nothing in it can make this fail: what has no end ends with the text.
pub(crate) fn statements(text: &str) -> Statements<'_> {
    let mut scan = Scan { text, bytes: text.as_bytes(), at: 0 };
    let mut found = Statements::default();
    loop {
        scan.skip_blank();
        match scan.peek() {
            None => return found,
            Some(b';') => scan.at += 1,
            Some(b'\\') => {
                let start = scan.at;
                let line = scan.line().trim_end();
                found.in_pieces = true;
                let word = line[1..].split_whitespace().next().unwrap_or_default();
                if !HARMLESS.contains(&word) && found.foreign.is_none() {
                    found.foreign = Some((start, line));
                }
            }
            Some(_) => {
                let start = scan.at;
                let copies = scan.statement();
                let end = scan.at;
                let statement = text[start..end].trim_end();
                if copies {
                    found.in_pieces = true;
                    scan.skip_data();
                } else {
                    found.all.push((start, statement));
                }
            }
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts_with(&self, what: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(what))
    }

    /// Behind the next occurrence, or at the end.
    fn behind(&mut self, what: &[u8]) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = rest.windows(what.len()).position(|window| window == what);
        self.at = found.map_or(self.bytes.len(), |found| self.at + found + what.len());
    }

    fn line(&mut self) -> &'a str {
        let start = self.at;
        self.behind(b"\n");
        &self.text[start..self.at]
    }

    /// Blanks and comments.
    fn skip_blank(&mut self) {
        loop {
            match self.peek() {
                Some(byte) if byte.is_ascii_whitespace() => self.at += 1,
                _ if self.starts_with(b"--") => self.behind(b"\n"),
                _ if self.starts_with(b"/*") => self.skip_comment(),
                _ if self.starts_with("\u{feff}".as_bytes()) => self.at += 3,
                _ => return,
            }
        }
    }

    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            if self.starts_with(b"/*") {
                depth += 1;
                self.at += 2;
            } else if self.starts_with(b"*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else {
                self.at += 1;
            }
        }
    }

    /// To the semicolon that ends it, or the end. Whether rows of COPY follow.
    fn statement(&mut self) -> bool {
        let mut words: Vec<String> = Vec::new();
        // Brackets, as in CREATE RULE ... DO (a; b); and what stands between BEGIN ATOMIC and its END.
        let (mut brackets, mut blocks) = (0_usize, 0_usize);
        while let Some(byte) = self.peek() {
            match byte {
                b';' if brackets == 0 && blocks == 0 => break,
                b'(' => brackets += 1,
                b')' => brackets = brackets.saturating_sub(1),
                b'\'' | b'"' => {
                    self.quoted(byte, false);
                    continue;
                }
                b'$' if self.dollar_quoted() => continue,
                b'-' if self.starts_with(b"--") => {
                    self.behind(b"\n");
                    continue;
                }
                b'/' if self.starts_with(b"/*") => {
                    self.skip_comment();
                    continue;
                }
                _ if is_word(byte) => {
                    let word = self.word().to_ascii_uppercase();
                    if word == "E" && self.peek() == Some(b'\'') {
                        self.quoted(b'\'', true);
                        continue;
                    }
                    match word.as_str() {
                        "ATOMIC" if words.last().is_some_and(|last| last == "BEGIN") => blocks += 1,
                        "BEGIN" | "CASE" if blocks > 0 => blocks += 1,
                        "END" => blocks = blocks.saturating_sub(1),
                        _ => {}
                    }
                    words.push(word);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        let copy = words.first().is_some_and(|first| first == "COPY");
        copy && words.windows(2).any(|pair| pair[0] == "FROM" && pair[1] == "STDIN")
    }

    fn word(&mut self) -> &'a str {
        let start = self.at;
        // A dollar may stand in a word, but not at its beginning.
        while self.peek().is_some_and(|byte| is_word(byte) || (byte == b'$' && self.at > start)) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// From one quote to the next: two of them are one, and in E'' a backslash hides what follows it.
    fn quoted(&mut self, quote: u8, backslashes: bool) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'\\' && backslashes {
                self.at = (self.at + 1).min(self.bytes.len());
            } else if byte == quote {
                if self.peek() == Some(quote) {
                    self.at += 1;
                } else {
                    break;
                }
            }
        }
    }

    /// `$$ ... $$` and `$tag$ ... $tag$`; not the `$1` of a parameter.
    fn dollar_quoted(&mut self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        let tag = &rest[..length];
        if rest.get(length) != Some(&b'$') || tag.first().is_some_and(u8::is_ascii_digit) {
            return false;
        }
        let fence = &self.bytes[self.at..self.at + length + 2];
        self.at += length + 2;
        self.behind(fence);
        true
    }

    /// The rows of COPY, to the line `\.`
    fn skip_data(&mut self) {
        self.line();
        while self.at < self.bytes.len() {
            if self.line().trim_end() == "\\." {
                return;
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<&str> {
        statements(text).all.into_iter().map(|(_, statement)| statement).collect()
    }

    #[test]
    fn semicolons_end_statements_where_the_server_would_see_them() {
        for (text, found) in [
            ("", &[][..]),
            (" ; -- x;\n /* ; /* ; */ ; */ ;", &[]),
            ("SELECT 1; SELECT 2", &["SELECT 1", "SELECT 2"]),
            ("SELECT ';''', \"a;\"; SELECT 2;", &["SELECT ';''', \"a;\"", "SELECT 2"]),
            (
                "SELECT E'\\';', e'\\\\'; SELECT '\\'; SELECT 3",
                &["SELECT E'\\';', e'\\\\'", "SELECT '\\'", "SELECT 3"],
            ),
            ("SELECT the'a;'; SELECT 1", &["SELECT the'a;'", "SELECT 1"]),
            (
                "DO $$ BEGIN; END $$; DO $a$ $$; $b$ $a$; SELECT $1;",
                &["DO $$ BEGIN; END $$", "DO $a$ $$; $b$ $a$", "SELECT $1"],
            ),
            ("SELECT a$b$ ; SELECT b$b$", &["SELECT a$b$", "SELECT b$b$"]),
            (
                "CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2); SELECT 3",
                &["CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
            ),
            (
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
                &[
                    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
                    "SELECT 3",
                ],
            ),
            ("BEGIN; SELECT 1; END; SELECT 2", &["BEGIN", "SELECT 1", "END", "SELECT 2"]),
            ("SELECT 'a", &["SELECT 'a"]),
            ("\u{feff}SELECT 'ä;'; SELECT ö", &["SELECT 'ä;'", "SELECT ö"]),
        ] {
            assert_eq!(of(text), found, "{text}");
        }
    }

    #[test]
    fn what_is_for_psql_is_told_apart() {
        let dump = "\\restrict abc\nCOPY a (x) FROM stdin;\n1;2\n'\n\\.\nSELECT 1;\n\\unrestrict abc\n";
        let found = statements(dump);
        assert_eq!(found, Statements { all: vec![(46, "SELECT 1")], in_pieces: true, foreign: None });
        let found = statements("SELECT 1;\n  \\i other.sql\nSELECT 2;");
        assert_eq!(found.foreign, Some((12, "\\i other.sql")));
        assert_eq!(found.all.len(), 2);
        assert!(!statements("SELECT '\\i'; COPY a TO 'x'").in_pieces);
    }

    proptest! {
        #[test]
        fn any_text_is_split_in_order_and_whole(text in "([a-zA-Z$';\"\\\\(){}*/ä\n-]|BEGIN |ATOMIC |END|COPY |FROM STDIN|E'){0,60}") {
            let found = statements(&text);
            let mut last = 0;
            for (start, statement) in found.all {
                prop_assert!(start >= last && !statement.is_empty());
                prop_assert_eq!(&text[start..start + statement.len()], statement);
                last = start + statement.len();
            }
        }
    }
}
