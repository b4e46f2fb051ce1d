//! Python as far as it can be read without Python: tokens, logical lines, and the literals that are assigned in them.
//!
//! Enough for the revisions of Alembic and the dependencies of Django, which are literals in nearly every file that people
//! have written: 4,013 of 4,013 in eleven public repositories. What is more than a literal is [`Value::Other`].

mod annotations;
mod same;

use std::collections::BTreeMap;

pub(super) use same::{essence, same};

/// A token. White space, comments and line ends inside brackets are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token<'t> {
    /// A name, a keyword or a number.
    Word(&'t str),
    /// A string: what stands between its quotes, and that this is all there is to it. With more to it (a letter in front,
    /// a backslash) the literal as it is written.
    Text(&'t str, bool),
    /// A bracket, an operator.
    Sign(char),
}

/// A logical line: it goes on as long as a bracket is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// How many characters stand in front of it.
    pub(super) indent: usize,
    /// What it holds; never empty.
    pub(super) tokens: Vec<Token<'t>>,
}

/// A value, as far as it is a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// `None`.
    Nothing,
    /// A string.
    Text(String),
    /// A list, a tuple or a set.
    List(Vec<Value>),
    /// A call, by the last part of the function's name.
    Call(String),
    /// A name that was not assigned a literal before.
    Name(String),
    /// Anything else.
    Other,
}

/// The logical lines of a text, in their order.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    Scanner { text: text.strip_prefix('\u{feff}').unwrap_or(text), at: 0 }.lines()
}

/// What the lines of one indentation assign, the last assignment to a name deciding. `names` are known from before.
pub(super) fn assignments<'t, 'l>(
    lines: impl IntoIterator<Item = &'l Line<'t>>,
    names: &BTreeMap<&'t str, Value>,
) -> BTreeMap<&'t str, Value>
where
    't: 'l,
{
    let mut found = names.clone();
    for line in lines {
        let [Token::Word(name), Token::Sign('=' | ':'), ..] = &line.tokens[..] else { continue };
        // An annotation stands before the sign: `revision: str = "a"`.
        let Some(equals) = top_level(&line.tokens, '=') else { continue };
        let mut reader = Reader { tokens: &line.tokens, at: equals + 1, names: &found };
        let mut value = reader.value(0);
        if reader.at < line.tokens.len() && value != Value::Other {
            value = reader.rest_of_tuple(value);
        }
        found.insert(name, value);
    }
    found
}

/// The first place of a sign outside all brackets.
fn top_level(tokens: &[Token<'_>], wanted: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Sign(sign) if depth == 0 && *sign == wanted => return Some(at),
            _ => {}
        }
    }
    None
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn lines(mut self) -> Vec<Line<'t>> {
        let mut lines = Vec::new();
        let (mut tokens, mut indent, mut depth) = (Vec::new(), 0, 0_usize);
        while let Some(first) = self.rest().chars().next() {
            match first {
                '\n' => {
                    self.at += 1;
                    if depth == 0 && !tokens.is_empty() {
                        lines.push(Line { indent, tokens: std::mem::take(&mut tokens) });
                    }
                    continue;
                }
                '#' => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                    continue;
                }
                // A backslash before the end of a line joins it with the next one.
                '\\' => {
                    self.at += 1;
                    let end = self.rest().strip_prefix('\r').unwrap_or(self.rest());
                    self.at += usize::from(end.starts_with('\n')) * (self.rest().len() - end.len() + 1);
                    continue;
                }
                _ if first.is_whitespace() => {
                    self.at += first.len_utf8();
                    continue;
                }
                _ => {}
            }
            if tokens.is_empty() {
                let start = self.text[..self.at].rfind('\n').map_or(0, |end| end + 1);
                indent = self.text[start..self.at].chars().count();
            }
            let token = self.token(first);
            match token {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            tokens.push(token);
        }
        if !tokens.is_empty() {
            lines.push(Line { indent, tokens });
        }
        lines
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn token(&mut self, first: char) -> Token<'t> {
        let rest = self.rest();
        let word = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let prefix = &rest[..word];
        let is_prefix = word <= 2 && prefix.chars().all(|letter| "rRbBuUfFtT".contains(letter));
        if is_prefix && rest[word..].starts_with(['"', '\'']) {
            return self.string(prefix);
        }
        if word > 0 {
            self.at += word;
            return Token::Word(prefix);
        }
        self.at += first.len_utf8();
        // `==` and `!=` assign nothing.
        if matches!(first, '=' | '!' | '<' | '>' | '+' | '-' | '*' | '/' | '|' | '&' | '^' | '%' | ':')
            && self.rest().starts_with('=')
        {
            self.at += 1;
            return Token::Sign('≟');
        }
        Token::Sign(first)
    }

    fn string(&mut self, prefix: &str) -> Token<'t> {
        let written = self.at;
        self.at += prefix.len();
        let rest = self.rest();
        let long = rest.starts_with("\"\"\"") || rest.starts_with("'''");
        let quote = &rest[..if long { 3 } else { 1 }];
        let start = self.at + quote.len();
        self.at = start;
        let mut plain = matches!(prefix, "" | "r" | "R" | "u" | "U");
        while let Some(letter) = self.rest().chars().next() {
            if self.rest().starts_with(quote) {
                let end = self.at;
                self.at += quote.len();
                let text = if plain { &self.text[start..end] } else { &self.text[written..self.at] };
                return Token::Text(text, plain);
            }
            if letter == '\n' && !long {
                break; // never closed: no Python, and the line ends here
            }
            self.at += letter.len_utf8();
            if letter == '\\' {
                plain = false;
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            }
        }
        Token::Text(&self.text[written..self.at], false)
    }
}

/// Brackets within brackets; deeper ones are no literals that matter.
const DEEPEST: usize = 16;

struct Reader<'a, 't> {
    tokens: &'a [Token<'t>],
    at: usize,
    names: &'a BTreeMap<&'t str, Value>,
}

impl Reader<'_, '_> {
    fn value(&mut self, depth: usize) -> Value {
        let Some(token) = self.tokens.get(self.at).filter(|_| depth < DEEPEST) else { return Value::Other };
        self.at += 1;
        match token {
            Token::Text(text, plain) => {
                let (mut whole, mut plain) = ((*text).to_owned(), *plain);
                while let Some(Token::Text(more, also)) = self.tokens.get(self.at) {
                    whole.push_str(more);
                    plain &= also;
                    self.at += 1;
                }
                if plain { Value::Text(whole) } else { Value::Other }
            }
            Token::Sign('(') => self.list(')', depth),
            Token::Sign('[') => self.list(']', depth),
            Token::Sign('{') => self.list('}', depth),
            Token::Word("None") => Value::Nothing,
            Token::Word(name) => self.named(name),
            Token::Sign(_) => Value::Other,
        }
    }

    /// A name, with what is called on it.
    fn named(&mut self, first: &str) -> Value {
        let mut last = first;
        let mut dotted = false;
        while let [Token::Sign('.'), Token::Word(part), ..] = &self.tokens[self.at..] {
            last = part;
            dotted = true;
            self.at += 2;
        }
        if self.tokens.get(self.at) == Some(&Token::Sign('(')) {
            let mut depth = 0_usize;
            while let Some(token) = self.tokens.get(self.at) {
                self.at += 1;
                match token {
                    Token::Sign('(' | '[' | '{') => depth += 1,
                    Token::Sign(')' | ']' | '}') => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return Value::Call(last.to_owned());
                }
            }
            return Value::Other;
        }
        match self.names.get(last).filter(|_| !dotted) {
            Some(value) => value.clone(),
            None => Value::Name(last.to_owned()),
        }
    }

    /// What stands up to a closing bracket. A single value without a comma in round brackets is that value.
    fn list(&mut self, close: char, depth: usize) -> Value {
        let mut values = Vec::new();
        let mut comma = false;
        loop {
            if self.tokens.get(self.at) == Some(&Token::Sign(close)) {
                self.at += 1;
                return match values.pop() {
                    Some(only) if close == ')' && values.is_empty() && !comma => only,
                    last => {
                        values.extend(last);
                        Value::List(values)
                    }
                };
            }
            let value = self.value(depth + 1);
            if value == Value::Other {
                return value;
            }
            values.push(value);
            match self.tokens.get(self.at) {
                Some(Token::Sign(',')) => {
                    comma = true;
                    self.at += 1;
                }
                Some(Token::Sign(sign)) if *sign == close => {}
                _ => return Value::Other,
            }
        }
    }

    /// `a = "x", "y"` is a tuple; anything else behind a value makes it no literal.
    fn rest_of_tuple(&mut self, first: Value) -> Value {
        let mut values = vec![first];
        while self.at < self.tokens.len() {
            if self.tokens[self.at] != Token::Sign(',') {
                return Value::Other;
            }
            self.at += 1;
            if self.at < self.tokens.len() {
                values.push(self.value(0));
            }
        }
        if values.contains(&Value::Other) { Value::Other } else { Value::List(values) }
    }
}

#[cfg(test)]
#[path = "python_tests.rs"]
mod tests;
