//! Programs in the languages that write blocks in braces, as a row of tokens: without comments and white space, and without
//! what formatters put in and take out. Two texts with the same tokens run the same.
//!
//! What cannot be read for certain (a heredoc, a string within a string) has no tokens: then every edit counts.

/// A language of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Javascript,
    Php,
    Go,
    Csharp,
    Rust,
}

/// What a program says, as bytes: equal for two texts that run the same. `None` where nobody can read the text for certain.
pub(super) fn tokens(text: &str, dialect: Dialect) -> Option<Vec<u8>> {
    let mut reader = Reader { text, at: 0, dialect, tokens: Vec::new() };
    while reader.next()? {}
    let tokens = settle(&reader.tokens, dialect);
    let mut bytes = Vec::with_capacity(text.len());
    for token in tokens {
        let inner = if dialect == Dialect::Javascript { unquoted(token) } else { None };
        let said = inner.unwrap_or(token);
        bytes.push(u8::from(inner.is_some()));
        bytes.extend_from_slice(&(said.len() as u64).to_le_bytes());
        bytes.extend_from_slice(said.as_bytes());
    }
    Some(bytes)
}

/// Beginnings of texts that are read in other ways than the rest.
fn is_opaque(rest: &str, dialect: Dialect) -> bool {
    let opaque: &[&str] = match dialect {
        Dialect::Javascript => &["<!--", "-->"],
        Dialect::Php => &["<<<", "?>", "`"],
        Dialect::Go => &[],
        Dialect::Csharp => &["@\"", "$\"", "$@", "@$", "\"\"\""],
        Dialect::Rust => &["r#", "r\"", "br"],
    };
    opaque.iter().any(|opaque| rest.starts_with(opaque))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
    tokens: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, length: usize) {
        self.tokens.push(&self.text[self.at..self.at + length]);
        self.at += length;
    }

    /// Reads one token, or what lies between two. `false` at the end.
    fn next(&mut self) -> Option<bool> {
        let rest = self.rest();
        let Some(first) = rest.bytes().next() else { return Some(false) };
        let line = rest.find('\n').unwrap_or(rest.len());
        let begins_word = self.tokens.is_empty() || !self.text[..self.at].ends_with(is_word);
        if begins_word && is_opaque(rest, self.dialect) {
            return None;
        }
        // In PHP it ends a comment, too.
        let comment = rest.starts_with("//") || first == b'#';
        if comment && self.dialect == Dialect::Php && rest[..line].contains("?>") {
            return None;
        }
        match first {
            b'\n' if self.line_matters() => self.push(1),
            byte if byte.is_ascii_whitespace() => self.at += 1,
            b'/' if rest.starts_with("//") => {
                // `//go:embed` and the like are read by the compiler.
                let directive =
                    self.dialect == Dialect::Go && ["//go:", "// +build"].iter().any(|d| rest.starts_with(d));
                if directive { self.push(line) } else { self.at += line }
            }
            b'#' if self.dialect == Dialect::Php && !rest.starts_with("#[") => self.at += line,
            b'#' if self.dialect == Dialect::Csharp => self.push(line),
            b'/' if rest.starts_with("/*") => {
                let end = rest[2..].find("*/")?;
                // Nested for Rust, and for nobody else.
                if rest[2..2 + end].contains("/*") {
                    return None;
                }
                self.at += end + 4;
            }
            b'/' if self.dialect == Dialect::Javascript && self.begins_regex() => self.regex(line)?,
            b'\'' if self.dialect == Dialect::Rust && !is_character(rest) => self.push(1),
            b'"' | b'\'' => self.quoted(first)?,
            b'`' => self.raw()?,
            _ if rest.starts_with(is_word) => self.word(),
            byte if b"()[]{},;".contains(&byte) => self.push(1),
            _ => {
                let more = rest
                    .bytes()
                    .take_while(|byte| byte.is_ascii_punctuation() && !b"()[]{},;'\"`_$@".contains(byte));
                let length = more.count().max(1);
                let ends = |at: &usize| {
                    let rest = &rest[*at..];
                    rest.starts_with("//") || rest.starts_with("/*") || is_opaque(rest, self.dialect)
                };
                self.push((1..length).find(ends).unwrap_or(length));
            }
        }
        Some(true)
    }

    /// Whether the end of a line ends a statement here.
    fn line_matters(&self) -> bool {
        let Some(last) = self.tokens.last() else { return false };
        match self.dialect {
            // As its compiler sees it; before a closing bracket it may be left out.
            Dialect::Go => {
                last.ends_with(|end| is_word(end) || ")]}\"'`".contains(end)) || matches!(*last, "++" | "--")
            }
            Dialect::Javascript => {
                matches!(*last, "return" | "throw" | "break" | "continue" | "yield" | "async")
                    || *last != "\n" && self.rest().trim_ascii_start().starts_with(['+', '-'])
            }
            _ => false,
        }
    }

    fn begins_regex(&self) -> bool {
        self.tokens.last().is_none_or(|last| {
            matches!(*last, "return" | "typeof" | "case" | "in" | "of" | "await" | "yield")
                || !last.ends_with(|end| is_word(end) || ")]}\"'`".contains(end))
        })
    }

    fn regex(&mut self, line: usize) -> Option<()> {
        let bytes = &self.rest().as_bytes()[..line];
        let (mut at, mut class) = (1, false);
        loop {
            match bytes.get(at)? {
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => break,
                _ => {}
            }
            at += 1;
        }
        self.push(at + 1);
        Some(())
    }

    fn quoted(&mut self, quote: u8) -> Option<()> {
        let bytes = self.rest().as_bytes();
        let mut at = 1;
        loop {
            match *bytes.get(at)? {
                b'\\' => at += 1,
                b'\n' if !matches!(self.dialect, Dialect::Php | Dialect::Rust) => return None,
                byte if byte == quote => break,
                _ => {}
            }
            at += 1;
        }
        self.push(at + 1);
        Some(())
    }

    /// Between back quotes: raw in Go, with expressions in JavaScript.
    fn raw(&mut self) -> Option<()> {
        let bytes = self.rest().as_bytes();
        let (mut at, mut depth) = (1, 0_u32);
        loop {
            match *bytes.get(at)? {
                b'\\' if self.dialect == Dialect::Javascript => at += 1,
                b'$' if self.dialect == Dialect::Javascript && bytes.get(at + 1) == Some(&b'{') => {
                    depth += 1;
                    at += 1;
                }
                b'{' if depth > 0 => depth += 1,
                b'}' if depth > 0 => depth -= 1,
                b'`' | b'\'' | b'"' | b'/' if depth > 0 => return None,
                b'`' => break,
                _ => {}
            }
            at += 1;
        }
        self.push(at + 1);
        Some(())
    }

    fn word(&mut self) {
        let rest = self.rest();
        let number = rest.starts_with(|first: char| first.is_ascii_digit());
        let end = rest.find(|next: char| !(is_word(next) || number && next == '.'));
        self.push(end.unwrap_or(rest.len()));
    }
}

/// Letters beyond ASCII count, also the blanks among them: that errs towards an edit that counts.
fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$') || !letter.is_ascii()
}

/// `'a'` and `'\n'`, and not the name of a lifetime.
fn is_character(rest: &str) -> bool {
    let mut letters = rest.chars().skip(1);
    letters.next() == Some('\\') || letters.next() == Some('\'')
}

/// Leaves out what formatters put in and take out, and imports of PHP that nothing uses.
fn settle<'a>(read: &[&'a str], dialect: Dialect) -> Vec<&'a str> {
    let mut tokens: Vec<&str> = Vec::with_capacity(read.len());
    let mut depth = 0_usize;
    for (at, token) in read.iter().copied().enumerate() {
        let next = read.get(at + 1).copied().unwrap_or_default();
        let last = tokens.last().copied().unwrap_or_default();
        match token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let closes = matches!(next, ")" | "]" | "}");
        let ends = closes || next.is_empty();
        match token {
            "\n" if ends => {}
            // In Rust it makes a tuple of one.
            "," if closes && dialect != Dialect::Rust && !matches!(last, "," | "[" | "(" | "{" | "") => {}
            "=>" if dialect == Dialect::Javascript && last == ")" => {
                // `(a) => b` is `a => b`.
                let at = tokens.len() - 1;
                if at >= 2
                    && tokens[at - 2] == "("
                    && tokens[at - 1].starts_with(is_word)
                    && !before_call(&tokens[..at - 2])
                {
                    let name = tokens[at - 1];
                    tokens.truncate(at - 2);
                    tokens.push(name);
                }
                tokens.push(token);
            }
            "use" if dialect == Dialect::Php && depth == 0 && is_unused(&read[at + 1..], read) => {
                tokens.push("\0");
            }
            _ => tokens.push(token),
        }
        // What a `use` left out ends with its semicolon.
        if let Some(open) = tokens.iter().rposition(|token| *token == "\0").filter(|_| token == ";") {
            tokens.truncate(open);
        }
    }
    tokens
}

/// Whether a word in front makes a call of the bracket: `async (a) =>` is none.
fn before_call(tokens: &[&str]) -> bool {
    tokens
        .last()
        .is_some_and(|last| last.starts_with(is_word) && !matches!(*last, "async" | "return" | "await"))
}

/// `Some\Name;` of which the last part is named nowhere else.
fn is_unused(rest: &[&str], all: &[&str]) -> bool {
    let Some(end) = rest.iter().position(|token| *token == ";") else { return false };
    let plain = rest[..end].iter().all(|token| *token == "\\" || token.starts_with(is_word));
    let named = |name: &str| all.iter().filter(|token| token.eq_ignore_ascii_case(name)).count();
    let function = matches!(rest.first(), Some(&("function" | "const")));
    plain && !function && end > 0 && !rest[..end].contains(&"as") && named(rest[end - 1]) == 1
}

/// What stands between the quotes, where it is the same between others.
fn unquoted(token: &str) -> Option<&str> {
    let between = |quote: char| token.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    between('\'').or_else(|| between('"')).filter(|inner| !inner.contains(['\'', '"', '\\']))
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
