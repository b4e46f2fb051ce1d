//! SQL as a row of tokens, without white space and comments: enough to tell an edit of the layout from one of the code.
//!
//! Words that no database takes for a name may be written in capitals or not, as formatters like it.
//!
//! Nobody says which database reads the text. Where databases would read it differently, it is read in each way,
//! and only what is the same in all of them is the same.

use std::borrow::Cow;

/// Whether two texts are the same but for white space and comments.
///
/// `directives` are the beginnings of comments that the migration tool reads: such comments count.
pub(super) fn same(one: &str, other: &str, directives: &[String]) -> bool {
    let either = |what: &str| one.contains(what) || other.contains(what);
    // MySQL: a backslash hides the next quote, `#` begins a comment. Nobody else does so.
    let backslashes: &[bool] = if either("\\'") || either("\\\"") { &[false, true] } else { &[false] };
    let hashes: &[bool] = if either("#") { &[false, true] } else { &[false] };
    let mut readable = false;
    for backslash in backslashes {
        for hash in hashes {
            let read = |text| Scanner::new(text, *backslash, *hash, directives);
            match same_tokens(read(one), read(other)) {
                Some(true) => readable = true,
                Some(false) => return false,
                None => {}
            }
        }
    }
    readable
}

/// What [`same`] compares, as bytes: equal for two texts where they are the same. `None` where nobody can read the text.
pub(super) fn tokens(text: &str, directives: &[String]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut readable = false;
    for (backslash, hash) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut scanner = Scanner::new(text, backslash, hash, directives);
        loop {
            match scanner.next() {
                Ok(Some(token)) => {
                    bytes.extend_from_slice(&(token.len() as u64).to_le_bytes());
                    bytes.extend_from_slice(token.as_bytes());
                }
                Ok(None) => {
                    readable = true;
                    break;
                }
                Err(Unreadable) => {
                    bytes.push(0xff);
                    break;
                }
            }
        }
        bytes.push(0xfe);
    }
    readable.then_some(bytes)
}

/// `None` where neither can be read on from the same token: then no database reads the texts in this way.
fn same_tokens(mut one: Scanner<'_, '_>, mut other: Scanner<'_, '_>) -> Option<bool> {
    loop {
        match (one.next(), other.next()) {
            (Err(Unreadable), Err(Unreadable)) => return None,
            (Ok(None), Ok(None)) => return Some(true),
            (one, other) if one == other => {}
            _ => return Some(false),
        }
    }
}

/// An open quote, an open or nested comment.
#[derive(PartialEq, Eq)]
struct Unreadable;

/// Reads one text in one way.
struct Scanner<'a, 'd> {
    text: &'a str,
    at: usize,
    backslash: bool,
    hash: bool,
    directives: &'d [String],
    /// The last token was a name, which a type may follow.
    after_name: bool,
}

/// Words that are reserved everywhere: without quotes they are no names.
const RESERVED: &str = " add all alter and as asc before between by cascade case check collate column constraint create cross \
    current_date current_time current_timestamp current_user database declare default delete desc distinct drop each else exists \
    false for foreign from function grant group having if in index inner insert into is join key left like limit not null on \
    or order outer primary procedure references rename replace restrict return returns revoke right schema select set table \
    then to trigger true union unique update using values view when where with ";

/// Types, which are names where no name stands before them.
const TYPES: &str = " bigint bigserial blob bool boolean bytea char character date datetime decimal double float int integer \
    interval json jsonb numeric real serial smallint text time timestamp timestamptz tinyint uuid varchar varying ";

fn is_in(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(word))
}

impl<'a, 'd> Scanner<'a, 'd> {
    fn new(text: &'a str, backslash: bool, hash: bool, directives: &'d [String]) -> Self {
        Self { text, at: 0, backslash, hash, directives, after_name: false }
    }

    /// The next token, in small letters where capitals make no difference.
    fn next(&mut self) -> Result<Option<Cow<'a, str>>, Unreadable> {
        let Some(token) = self.read()? else { return Ok(None) };
        let word = token.bytes().all(is_word);
        // Nobody but MySQL and SQLite has such quotes, and around a plain name they say nothing.
        let inner = token.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        let plain = |inner: &&str| {
            let simple = inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let number = inner.starts_with(|first: char| first.is_ascii_digit());
            simple && !number && !inner.is_empty() && !is_in(RESERVED, inner) && !is_in(TYPES, inner)
        };
        if let Some(inner) = inner.filter(plain) {
            self.after_name = true;
            return Ok(Some(inner.into()));
        }
        let reserved = word && is_in(RESERVED, token);
        let folds = reserved || word && self.after_name && is_in(TYPES, token);
        // `ALTER COLUMN a TYPE text`, `CAST(a AS text)`
        self.after_name = word && !reserved
            || token.ends_with(['"', ']'])
            || token == "::"
            || token.eq_ignore_ascii_case("as");
        Ok(Some(if folds { token.to_ascii_lowercase().into() } else { token.into() }))
    }

    fn read(&mut self) -> Result<Option<&'a str>, Unreadable> {
        while let Some(first) = self.bytes().get(self.at) {
            let start = self.at;
            if first.is_ascii_whitespace() || *first == b'\x0b' {
                self.at += 1;
                continue;
            }
            let counts = match first {
                b'-' if self.sees("--") => self.line_comment(),
                b'#' if self.hash => {
                    self.pass_line();
                    false
                }
                b'/' if self.sees("/*") => self.block_comment().ok_or(Unreadable)?,
                _ => {
                    self.token().ok_or(Unreadable)?;
                    true
                }
            };
            if counts {
                return Ok(Some(self.text[start..self.at].trim_ascii_end()));
            }
        }
        Ok(None)
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn sees(&self, what: &str) -> bool {
        self.bytes()[self.at..].starts_with(what.as_bytes())
    }

    fn pass_line(&mut self) {
        let rest = &self.bytes()[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
    }

    /// Passes a comment to the end of its line. Whether it counts: a directive does, and what `MySQL` would not
    /// take for a comment, `5--1`.
    fn line_comment(&mut self) -> bool {
        let start = self.at;
        self.pass_line();
        let inside = &self.text[start + 2..self.at];
        let own_line = self.text[..start]
            .bytes()
            .rev()
            .take_while(|byte| *byte != b'\n')
            .all(|b| b.is_ascii_whitespace());
        let plain = own_line || inside.is_empty() || inside.starts_with([' ', '\t', '-']);
        let inside = inside.trim_ascii_start().as_bytes();
        let begins = |directive: &String| {
            inside
                .get(..directive.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(directive.as_bytes()))
        };
        !plain || self.directives.iter().any(begins)
    }

    /// Passes a comment in `/* */`. Whether it counts: `MySQL` runs `/*! */` and obeys `/*+ */`.
    fn block_comment(&mut self) -> Option<bool> {
        let start = self.at;
        let length = self.text[start + 2..].find("*/")?;
        let inside = &self.text[start + 2..start + 2 + length];
        if inside.contains("/*") {
            return None; // nested for PostgreSQL, and for nobody else
        }
        self.at = start + length + 4;
        Some(inside.starts_with(['!', '+']) || inside.starts_with("M!"))
    }

    fn token(&mut self) -> Option<()> {
        match self.bytes()[self.at] {
            quote @ (b'\'' | b'"' | b'`') => self.quoted(quote),
            b'(' | b')' | b',' | b';' | b'{' | b'}' | b']' => {
                self.at += 1;
                Some(())
            }
            b'[' => {
                self.bracket();
                Some(())
            }
            b'$' => self.dollar(),
            byte if is_word(byte) => self.word(),
            _ => {
                self.operator();
                Some(())
            }
        }
    }

    /// A quote doubled stands for itself.
    fn quoted(&mut self, quote: u8) -> Option<()> {
        self.at += 1;
        loop {
            match *self.bytes().get(self.at)? {
                b'\\' if self.backslash && quote != b'`' => self.at += 2,
                byte if byte == quote => {
                    self.at += 1;
                    if self.bytes().get(self.at) != Some(&quote) {
                        return Some(());
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// A name in brackets (`SQLite`, SQL Server), or the index of an array: the line decides.
    fn bracket(&mut self) {
        let rest = &self.bytes()[self.at..];
        let end = rest.iter().position(|byte| matches!(byte, b']' | b'\n' | b'\r' | b'\'' | b'"'));
        self.at += end.filter(|end| rest[*end] == b']').map_or(1, |end| end + 1);
    }

    /// `$tag$ ... $tag$` of `PostgreSQL`, or a parameter.
    fn dollar(&mut self) -> Option<()> {
        let rest = &self.text[self.at + 1..];
        let tag = rest.bytes().take_while(|byte| is_word(*byte) && *byte != b'.').count();
        let opens = rest.as_bytes().get(tag) == Some(&b'$')
            && !rest.as_bytes().first().is_some_and(u8::is_ascii_digit);
        if !opens {
            self.at += 1;
            return self.word();
        }
        let mark = &self.text[self.at..self.at + tag + 2];
        let body = self.at + mark.len();
        self.at = body + self.text[body..].find(mark)? + mark.len();
        Some(())
    }

    /// Names, numbers, `a.b`; a string that stands directly behind belongs to it: `E'x'`.
    fn word(&mut self) -> Option<()> {
        while self.bytes().get(self.at).is_some_and(|byte| is_word(*byte) || *byte == b'$') {
            self.at += 1;
        }
        match self.bytes().get(self.at) {
            Some(quote @ (b'\'' | b'"' | b'`')) => self.quoted(*quote),
            _ => Some(()),
        }
    }

    /// As many characters as make one operator in `PostgreSQL`: up to a comment.
    fn operator(&mut self) {
        loop {
            self.at += 1;
            let more = self.bytes().get(self.at).is_some_and(|byte| {
                byte.is_ascii_punctuation() && !is_word(*byte) && !b"'\"`(),;{}[]$".contains(byte)
            });
            if !more || self.sees("--") || self.sees("/*") || self.hash && self.sees("#") {
                return;
            }
        }
    }
}

/// Characters beyond ASCII are letters, also the blanks among them: that errs towards an edit that counts.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || byte >= 0x80
}
