//! The tokens of SQLite's SQL. It keeps the text of each `CREATE` as it was typed, so two texts are held against each other
//! by their tokens: without comments, white space, the case of words and the quotes around names.

/// A token, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) kind: Kind,
    pub(crate) start: usize,
}

/// The sorts of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, a name, a number.
    Word,
    /// A name in quotes, without them.
    Name,
    /// A text in its quotes.
    Text,
    /// One other character.
    Sign,
}

impl Token<'_> {
    /// Whether it is this keyword, given in small letters.
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text.eq_ignore_ascii_case(word)
    }

    /// How it is compared.
    pub(crate) fn canonical(&self) -> String {
        match self.kind {
            Kind::Word | Kind::Name => self.text.to_lowercase(),
            Kind::Text | Kind::Sign => self.text.to_owned(),
        }
    }
}

/// The tokens of a text. A quote or a comment that is never closed ends it, as it does for SQLite.
pub(crate) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let start = at;
        let kind = match first {
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => {
                at += 1;
                continue;
            }
            b'-' if bytes[at..].starts_with(b"--") => {
                at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at);
                continue;
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                let rest = bytes.get(at + 2..).unwrap_or_default();
                at += rest.windows(2).position(|two| two == b"*/").map_or(bytes.len() - at, |end| end + 4);
                continue;
            }
            b'\'' | b'"' | b'`' => {
                at = closed(bytes, at, *first);
                if *first == b'\'' { Kind::Text } else { Kind::Name }
            }
            b'[' => {
                at +=
                    bytes[at..].iter().position(|byte| *byte == b']').map_or(bytes.len() - at, |end| end + 1);
                Kind::Name
            }
            byte if is_word(*byte) => {
                at += bytes[at..]
                    .iter()
                    .take_while(|byte| is_word(**byte) || **byte == b'.' && is_number(bytes, start))
                    .count();
                Kind::Word
            }
            _ => {
                at += 1;
                Kind::Sign
            }
        };
        let text = &sql[start..at];
        let text = match (kind, first) {
            (Kind::Name, b'[') => text[1..].strip_suffix(']').unwrap_or(&text[1..]),
            (Kind::Name, _) => text[1..].strip_suffix(char::from(*first)).unwrap_or(&text[1..]),
            _ => text,
        };
        found.push(Token { text, kind, start });
    }
    found
}

/// Behind the quote that closes; two of them side by side stand for one.
fn closed(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte == quote {
            if bytes.get(at) != Some(&quote) {
                return at;
            }
            at += 1;
        }
    }
    bytes.len()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn is_number(bytes: &[u8], start: usize) -> bool {
    bytes[start].is_ascii_digit()
}

/// Tokens in one spelling.
pub(crate) fn canonical(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(Token::canonical).collect::<Vec<_>>().join(" ")
}

/// The statements of a script: where each begins, and its text. A trigger has statements of its own, and ends as
/// `sqlite3_complete` (src/complete.c) says: with `; END ;`.
pub(crate) fn statements(sql: &str) -> Vec<(usize, &str)> {
    let tokens = tokens(sql);
    let mut found = Vec::new();
    let mut first = 0;
    while let Some(begin) = tokens.get(first) {
        let rest = &tokens[first..];
        let words: Vec<&Token<'_>> = rest.iter().take(4).collect();
        let creates = |at: usize| words.get(at).is_some_and(|word| word.is("trigger"));
        let temporary = words.get(1).is_some_and(|word| word.is("temp") || word.is("temporary"));
        let explained = usize::from(words.first().is_some_and(|word| word.is("explain")));
        let trigger = words.get(explained).is_some_and(|word| word.is("create"))
            && (creates(explained + 1) || temporary && creates(explained + 2));
        let ends = |at: &usize| {
            let is = |back: usize, word: &str| at.checked_sub(back).is_some_and(|at| rest[at].is(word));
            is(0, ";") && (!trigger || is(1, "end") && is(2, ";"))
        };
        let end = (0..rest.len()).find(ends).unwrap_or(rest.len() - 1);
        let last = &rest[end];
        let until = if last.is(";") { last.start + 1 } else { sql.len() };
        if end > 0 || !last.is(";") {
            found.push((begin.start, sql[begin.start..until].trim_end()));
        }
        first += end + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spelling_does_not_count() {
        let same = [
            "create table users (id integer, name text default 'A b')",
            "CREATE TABLE \"users\"(\n  id INTEGER, -- the key\n [name] Text /* so */ DEFAULT 'A b' )",
        ];
        assert_eq!(canonical(&tokens(same[0])), canonical(&tokens(same[1])));
        assert_ne!(canonical(&tokens("default 'A'")), canonical(&tokens("default 'a'")));
        assert_eq!(canonical(&tokens("1.5e3 a.b x'00' 'it''s'")), "1.5e3 a . b x '00' 'it''s'");
    }

    #[test]
    fn statements_end_where_sqlite_ends_them() {
        let script = "create table a (b); ;\n-- x;y\nCREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT CASE 1 WHEN 1 THEN 2 END; UPDATE a SET b = ';';\nEND;\ninsert into a values (1)";
        let found: Vec<&str> = statements(script).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[1].starts_with("CREATE TEMP TRIGGER") && found[1].ends_with("END;"));
        assert_eq!(found[2], "insert into a values (1)");
        assert_eq!(statements(" -- nothing\n;;"), []);
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in ".{0,60}") {
            let _ = canonical(&tokens(&text));
            for (start, statement) in statements(&text) {
                prop_assert!(text[start..].starts_with(statement));
            }
        }

        #[test]
        fn signs_and_words_can_be_read(parts in proptest::collection::vec(proptest::sample::select(
            vec!["create", "trigger", "end", ";", "'", "\"", "[", "]", "--", "\n", "/*", "*/", "a", "1.", "é"]), 0..20)
        ) {
            let text = parts.join(" ");
            let _ = canonical(&tokens(&text));
            let _ = statements(&text);
        }
    }
}
