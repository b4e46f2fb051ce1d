//! Whether two texts in Python are one program: what formatters change does not count.

use std::collections::BTreeSet;

use super::{Line, Token, lines};

/// Whether two texts are the same program but for comments, documentation, blank lines, the sort of quotes, the order of
/// the imports, brackets around a whole value or condition, and commas behind the last one of several values.
pub(in super::super) fn same(one: &str, other: &str) -> bool {
    essence(one).is_some_and(|one| essence(other) == Some(one))
}

/// The same bytes for two texts that are the same program; `None` for one that cannot be told from others.
pub(in super::super) fn essence(text: &str) -> Option<Vec<u8>> {
    // How wide a tab is, Python says.
    if text.split('\n').any(|line| line.trim_start_matches(' ').starts_with(['\t', '\x0c'])) {
        return None;
    }
    let mut essence = Vec::new();
    for line in coding(text) {
        part(&mut essence, b'c', line);
    }
    let program = Program::read(text);
    let lines = program.lines.iter().map(|line| (line.indent, &line.tokens));
    for (indent, tokens) in program.imports.iter().map(|import| (0, import)).chain(lines) {
        part(&mut essence, b'l', &indent.to_string());
        for token in tokens {
            match token {
                Token::Word(word) => part(&mut essence, b'w', word),
                Token::Text(text, plain) => part(&mut essence, if *plain { b't' } else { b'T' }, text),
                Token::Sign(sign) => part(&mut essence, b's', sign.encode_utf8(&mut [0; 4])),
            }
        }
    }
    Some(essence)
}

/// Its sort, its length, and itself: no two rows of parts make the same bytes.
fn part(essence: &mut Vec<u8>, sort: u8, text: &str) {
    essence.push(sort);
    essence.extend((text.len() as u64).to_le_bytes());
    essence.extend(text.as_bytes());
}

/// The lines among the first two that tell Python how to read the file. UTF-8 is what it takes without a word.
fn coding(text: &str) -> Vec<&str> {
    let lines = text.split('\n').take(2).map(str::trim_ascii);
    let tells = |line: &&str| {
        line.starts_with('#') && line.contains("coding") && !line.to_ascii_lowercase().contains("utf-8")
    };
    lines.filter(tells).collect()
}

/// What is left when layout is taken away.
struct Program<'t> {
    /// Each imported name with its module, of the imports outside all blocks.
    imports: BTreeSet<Vec<Token<'t>>>,
    lines: Vec<Line<'t>>,
}

impl<'t> Program<'t> {
    fn read(text: &'t str) -> Self {
        let mut program = Self { imports: BTreeSet::new(), lines: Vec::new() };
        for mut line in lines(text) {
            let is_text = line.tokens.iter().all(|token| matches!(token, Token::Text(..)));
            if is_text || line.indent == 0 && program.import(&line.tokens) {
                continue;
            }
            without_last_commas(&mut line.tokens);
            without_outer_brackets(&mut line.tokens);
            program.lines.push(line);
        }
        program
    }

    /// Takes in an import; `false` where the line is none.
    fn import(&mut self, tokens: &[Token<'t>]) -> bool {
        let (module, names) = match tokens {
            [Token::Word("import"), names @ ..] => (&[][..], names),
            [Token::Word("from"), rest @ ..] => {
                let Some(at) = rest.iter().position(|token| *token == Token::Word("import")) else {
                    return false;
                };
                (&rest[..at], &rest[at + 1..])
            }
            _ => return false,
        };
        let names = names.split(|token| matches!(token, Token::Sign(',' | '(' | ')')));
        for name in names.filter(|name| !name.is_empty()) {
            // What Python 3 does anyway.
            if module != [Token::Word("__future__")] || name == [Token::Word("annotations")] {
                self.imports.insert([module, &[Token::Word("import")], name].concat());
            }
        }
        true
    }
}

/// Words behind which a bracket calls nothing.
const KEYWORDS: [&str; 15] = [
    "and", "assert", "await", "case", "del", "elif", "else", "if", "in", "is", "not", "or", "return",
    "while", "yield",
];

/// `f(a,)` is `f(a)`, but `(a,)` is not `(a)`.
fn without_last_commas(tokens: &mut Vec<Token<'_>>) {
    // For each open bracket: whether it may make a tuple, and how many commas it has.
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens.drain(..) {
        match token {
            Token::Sign('(' | '[' | '{') => {
                let calls = match kept.last() {
                    Some(Token::Sign(sign)) => ")]}".contains(*sign),
                    Some(Token::Word(word)) => !KEYWORDS.contains(word),
                    Some(Token::Text(..)) => true,
                    None => false,
                };
                open.push((!calls, 0));
            }
            Token::Sign(',') => drop(open.last_mut().map(|(_, commas)| *commas += 1)),
            Token::Sign(close @ (')' | ']' | '}')) => {
                let (tuple, commas) = open.pop().unwrap_or((true, 0));
                // An index may be a tuple as well: `a[1,]`.
                let single = commas < 2 && (close == ')' && tuple || close == ']' && !tuple);
                if kept.last() == Some(&Token::Sign(',')) && !single {
                    kept.pop();
                }
            }
            _ => {}
        }
        kept.push(token);
    }
    *tokens = kept;
}

/// Brackets around the whole of a value (`a = (b)`) or of a condition (`if (a):`), which say nothing.
fn without_outer_brackets(tokens: &mut Vec<Token<'_>>) {
    let end = match tokens.last() {
        Some(Token::Sign(':')) => tokens.len() - 1,
        _ => tokens.len(),
    };
    let begins = |at: usize| match at.checked_sub(1).map(|before| tokens[before]) {
        Some(Token::Sign('=')) => true,
        Some(Token::Word(word)) => KEYWORDS.contains(&word),
        _ => false,
    };
    let mut open: Vec<usize> = Vec::new();
    for at in 0..end {
        match tokens[at] {
            Token::Sign('(' | '[' | '{') => open.push(at),
            Token::Sign(')' | ']' | '}') => {
                let Some(start) = open.pop() else { return };
                let whole = at + 1 == end && open.is_empty() && tokens[start] == Token::Sign('(');
                if whole && begins(start) && is_one_value(&tokens[start + 1..at]) {
                    tokens.remove(at);
                    tokens.remove(start);
                    return;
                }
            }
            _ => {}
        }
    }
}

/// Neither a tuple nor a generator, and not nothing.
fn is_one_value(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    for token in tokens {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Sign(',' | '≟') | Token::Word("for" | "yield" | "lambda") if depth == 0 => return false,
            _ => {}
        }
    }
    !tokens.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_formatter_changes_is_the_same_program() {
        let before = "\"\"\"words\"\"\"\nimport a\n\n\ndef upgrade():\n    op.f('x',\n        b=1)\n    t = [\n        1, 2\n    ]\n";
        for after in [
            "\"\"\"other words\n\nRevises: x\n\"\"\"\nimport a\ndef upgrade():\n    # more\n    op.f(\"x\", b=1)\n    t = [1, 2,]\n",
            "import a\n\ndef upgrade():\n    'documentation'\n    op.f('x', b=1,)\n    t = [1, 2]  # two\n",
        ] {
            assert!(same(before, after), "{after}");
        }
        for after in [
            "import a\ndef upgrade():\n    op.f('x', b=2)\n    t = [1, 2]\n",
            "import a\ndef upgrade():\n    op.f('x', b=1)\nt = [1, 2]\n",
            "import a\ndef upgrade():\n\top.f('x', b=1)\n\tt = [1, 2]\n",
            "# coding: latin-1\nimport a\ndef upgrade():\n    op.f('x', b=1)\n    t = [1, 2]\n",
        ] {
            assert!(!same(before, after), "{after}");
        }
        for (one, other) in [
            ("a = (1,)", "a = (1)"),
            ("a = 'x'", "a = b'x'"),
            ("a = '\\d'", "a = r'\\d'"),
            ("x[1,]", "x[1]"),
            ("a in (1,)", "a in (1)"),
            ("a = 'b c'", "a = 'b  c'"),
            ("a == 1", "a = 1"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
        assert!(
            same("f(1,)", "f(1)") && same("a = (1, 2,)", "a = (1, 2)") && same("a = {1: 2,}", "a = {1: 2}")
        );
    }

    #[test]
    fn brackets_and_imports() {
        for (one, other) in [
            ("x = (a\n  .b()\n)\n", "x = a.b()\n"),
            ("if (\n    a\n    and b\n):\n    pass\n", "if a and b:\n    pass\n"),
            (
                "import b\nfrom a import c, d\nx = 1\n",
                "from a import (\n    d,\n    c,\n)\nimport b\nx = 1\n",
            ),
            ("# -*- coding: utf-8 -*-\nfrom __future__ import unicode_literals\nx = 1\n", "x = 1\n"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("x = (a, b)", "x = a, b"),
            ("x = (a for a in b)", "x = a for a in b"),
            ("x = f(a)", "x = fa"),
            ("x = (a)(b)", "x = a(b"),
            ("x = (a) + (b)", "x = a) + (b"),
            ("import a as b", "import a"),
            ("from a import b", "from c import b"),
            ("def f():\n    import a\n", "import a\ndef f():\n    pass\n"),
            ("x = ()", "x = "),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
