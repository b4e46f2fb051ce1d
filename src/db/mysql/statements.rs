//! Where the statements of a file of SQL begin and end, as MySQL's own client sees it: quotes, comments that are code, `DELIMITER`;
//! and, where nobody says `DELIMITER`, as the server sees it: procedures and triggers with statements in their bodies.

/// The statements of a text: where each begins, in bytes, and itself without what ends it.
///
/// Nothing in it can make this fail: what has no end ends with the text.
pub(crate) fn statements(text: &str) -> Vec<(usize, &str)> {
    let mut scan = Scan { text, bytes: text.as_bytes(), at: 0, delimiter: ";" };
    let mut found = Vec::new();
    loop {
        scan.skip_blank();
        if scan.at >= text.len() {
            return found;
        }
        if let Some(delimiter) = scan.directive() {
            scan.delimiter = delimiter;
            continue;
        }
        let start = scan.at;
        scan.statement();
        let statement = text[start..scan.at].trim_end();
        // The client takes a delimiter away that the server would not know.
        if !statement.is_empty() {
            found.push((start, statement));
        }
        if scan.starts_with(scan.delimiter) {
            scan.at += scan.delimiter.len();
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    delimiter: &'a str,
}

/// A piece of a statement, as far as blocks need it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Word(&'a str),
    Mark(u8),
    Quoted,
}

impl Piece<'_> {
    fn is(self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    fn is_any(self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}

/// What has a body of statements.
const WITH_BODIES: [&str; 5] = ["PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"];
/// What has none, whatever it is called.
const WITHOUT_BODIES: [&str; 6] = ["TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", "USER"];
/// So many pieces stand between `CREATE` and what is created, at most.
const MOST_BEFORE: usize = 16;
/// What begins a block where a statement may begin, and is named again behind `END`; `CASE` is one everywhere.
const BLOCKS: [&str; 5] = ["IF", "LOOP", "WHILE", "REPEAT", "FOR"];
/// What a statement of a body may follow.
const BEFORE_STATEMENTS: [&str; 7] = ["BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", "ROW"];

impl<'a> Scan<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, what: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(what.as_bytes()))
    }

    /// Behind the next occurrence, or at the end.
    fn behind(&mut self, what: &str) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at = rest.find(what).map_or(self.text.len(), |found| self.at + found + what.len());
    }

    /// `-- x`, `#x` or `/* x */`, but not `/*! x */`, which the server runs.
    fn is_comment(&self) -> bool {
        let dashes = self.starts_with("--") && self.peek(2).is_none_or(|next| next <= b' ');
        let stars =
            self.starts_with("/*") && !matches!(self.peek(2), Some(b'!' | b'+')) && !self.starts_with("/*M!");
        dashes || stars || self.peek(0) == Some(b'#')
    }

    fn skip_comment(&mut self) {
        if self.starts_with("/*") {
            self.at += 2;
            self.behind("*/");
        } else {
            self.behind("\n");
        }
    }

    /// Blanks, comments and empty statements.
    fn skip_blank(&mut self) {
        loop {
            if self.is_comment() {
                self.skip_comment();
            } else if self.starts_with(self.delimiter) {
                self.at += self.delimiter.len();
            } else if self.starts_with("\u{feff}") {
                self.at += 3;
            } else if self.peek(0).is_some_and(|byte| byte.is_ascii_whitespace()) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// `DELIMITER //`, on a line of its own: no server knows it.
    fn directive(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let (word, delimiter) = line.split_once([' ', '\t'])?;
        let delimiter = delimiter.split_whitespace().next()?;
        if !word.eq_ignore_ascii_case("delimiter") {
            return None;
        }
        self.at += line.len();
        Some(delimiter)
    }

    /// To the delimiter that ends it, or the end.
    fn statement(&mut self) {
        let mut blocks = Blocks::default();
        let mut in_code = false;
        while self.at < self.bytes.len() {
            if !in_code
                && (blocks.open.is_empty() || self.delimiter != ";")
                && self.starts_with(self.delimiter)
            {
                return;
            }
            if self.is_comment() {
                self.skip_comment();
                continue;
            }
            if self.starts_with("/*") {
                in_code = true;
                self.at += 3;
                continue;
            }
            if in_code && self.starts_with("*/") {
                in_code = false;
                self.at += 2;
                continue;
            }
            let piece = self.piece();
            if let Some(piece) = piece {
                blocks.see(piece);
            }
        }
    }

    fn piece(&mut self) -> Option<Piece<'a>> {
        let start = self.at;
        let byte = self.peek(0)?;
        if let quote @ (b'\'' | b'"' | b'`') = byte {
            self.quoted(quote);
            return Some(Piece::Quoted);
        }
        if is_word(byte) {
            while self.peek(0).is_some_and(is_word) {
                // A delimiter may look like a word, or stand right behind one.
                if self.delimiter != ";" && self.at > start && self.starts_with(self.delimiter) {
                    break;
                }
                self.at += 1;
            }
            return Some(Piece::Word(&self.text[start..self.at]));
        }
        self.at += 1;
        (!byte.is_ascii_whitespace()).then_some(Piece::Mark(byte))
    }

    /// From one quote to the next: two of them are one, and in texts a backslash hides what follows it.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == b'\\' && quote != b'`' {
                let next = self.text[self.at..].chars().next();
                self.at += next.map_or(0, char::len_utf8);
            } else if byte == quote {
                if self.peek(0) != Some(quote) {
                    return;
                }
                self.at += 1;
            }
        }
    }
}

/// The blocks of a body that are open.
#[derive(Default)]
struct Blocks<'a> {
    /// Of each, whether it is a `CASE` in an expression: there nothing begins a statement.
    open: Vec<bool>,
    /// How many pieces there were.
    seen: usize,
    first: Option<Piece<'a>>,
    last: Option<Piece<'a>>,
    has_body: bool,
}

impl<'a> Blocks<'a> {
    fn see(&mut self, piece: Piece<'a>) {
        let last = self.last.replace(piece);
        let first = *self.first.get_or_insert(piece);
        self.seen += 1;
        if !self.has_body {
            // `CREATE OR REPLACE DEFINER = x@y PROCEDURE`; MariaDB's `BEGIN NOT ATOMIC`.
            let compound = first.is("BEGIN") && self.seen == 2 && piece.is("NOT");
            if piece.is_any(&WITHOUT_BODIES) {
                self.seen = MOST_BEFORE;
            }
            self.has_body =
                compound || first.is("CREATE") && self.seen < MOST_BEFORE && piece.is_any(&WITH_BODIES);
            self.open.extend(compound.then_some(false));
            return;
        }
        let after = |words: &[&str]| last.is_some_and(|last| last.is_any(words));
        let in_expression = self.open.last().is_some_and(|expression| *expression);
        let at_statement =
            !in_expression && (after(&BEFORE_STATEMENTS) || matches!(last, Some(Piece::Mark(b';' | b':'))));
        if piece.is("END") {
            self.open.pop();
        } else if after(&["END"]) && (piece.is("CASE") || piece.is_any(&BLOCKS)) {
            // It names what the word before has ended.
        } else if piece.is("CASE") {
            self.open.push(!at_statement);
        } else if piece.is("BEGIN") && last != Some(Piece::Mark(b'.'))
            || piece.is_any(&BLOCKS) && at_statement
        {
            self.open.push(false);
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<&str> {
        statements(text).into_iter().map(|(_, statement)| statement).collect()
    }

    #[test]
    fn statements_end_where_the_client_sees_it() {
        for (text, found) in [
            ("", &[][..]),
            (" ; -- x;\n# y;\n/* ; */ ;", &[]),
            ("SELECT 1; SELECT 2", &["SELECT 1", "SELECT 2"]),
            ("SELECT 5--1; SELECT 2", &["SELECT 5--1", "SELECT 2"]),
            (r"SELECT 'a\';''', `;``\`; SELECT 2;", &[r"SELECT 'a\';''', `;``\`", "SELECT 2"]),
            ("SELECT \"a;\\\"b\"; SELECT 2", &["SELECT \"a;\\\"b\"", "SELECT 2"]),
            (
                "/*!40101 SET NAMES utf8 */; /*M!100616 SELECT ';' */;",
                &["/*!40101 SET NAMES utf8 */", "/*M!100616 SELECT ';' */"],
            ),
            (
                "DELIMITER //\nSELECT 1; SELECT 2//\ndelimiter ;\nSELECT 3;",
                &["SELECT 1; SELECT 2", "SELECT 3"],
            ),
            (
                "DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */;;\nDELIMITER ;\nSELECT 1;",
                &[
                    "/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */",
                    "SELECT 1",
                ],
            ),
            (
                "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDELIMITER ;",
                &["CREATE PROCEDURE p() BEGIN SELECT 1; END"],
            ),
            ("SELECT 'a", &["SELECT 'a"]),
            ("\u{feff}SELECT 'ä;\\ä'; SELECT ö", &["SELECT 'ä;\\ä'", "SELECT ö"]),
        ] {
            assert_eq!(of(text), found, "{text}");
        }
    }

    #[test]
    fn bodies_are_one_statement_without_a_delimiter_too() {
        for body in [
            "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; ELSEIF b THEN SELECT 2; END IF; END",
            "CREATE DEFINER = `a`@`b` PROCEDURE p(x INT) DETERMINISTIC BEGIN DECLARE i INT; l: LOOP SET i = i + 1; LEAVE l; END LOOP l; END",
            "CREATE OR REPLACE FUNCTION f() RETURNS INT BEGIN RETURN CASE WHEN IF(a, 1, 2) THEN 1 ELSE REPEAT('a', 2) END; END",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF new.x THEN SET new.x = 1; END IF",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN CASE new.x WHEN 1 THEN SET new.x = 2; END CASE; SET @b = 1; END",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN WHILE x DO SET x = 0; END WHILE; REPEAT SET x = 1; UNTIL x END REPEAT; END",
            "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END",
            "CREATE FUNCTION f() RETURNS INT BEGIN SELECT CASE WHEN a THEN IF(b, 1, 2) ELSE CASE b WHEN 1 THEN 2 END END; RETURN 1; END",
            "CREATE PROCEDURE IF NOT EXISTS p() BEGIN BEGIN END; IF EXISTS (SELECT 1) THEN SELECT 1; END IF; END",
        ] {
            assert_eq!(of(&format!("{body};\nSELECT 9;")), [body, "SELECT 9"]);
        }
        for text in [
            "CREATE TABLE t (event INT, `begin` INT); BEGIN; SELECT 1; COMMIT",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1; SELECT 2",
        ] {
            assert!(of(text).len() > 1, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_split_in_order_and_whole(text in "([a-zA-Z$';\"\\\\`(){}*/!#ä\n-]|BEGIN |CREATE TRIGGER |END |DELIMITER |/\\*!|IF ){0,60}") {
            let mut last = 0;
            for (start, statement) in statements(&text) {
                prop_assert!(start >= last && !statement.is_empty());
                prop_assert_eq!(&text[start..start + statement.len()], statement);
                last = start + statement.len();
            }
        }
    }
}
