//! Whether two texts in Python are one program: what formatters change does not count.

use std::collections::BTreeSet;

use super::{Line, Token, annotations, lines};

/// Whether two texts are the same program but for comments, documentation, blank lines, the sort of quotes, strings written
/// in several parts, the order of the imports and of Django's dependencies, imports that nothing uses, annotations, brackets
/// around a whole value, argument or condition, and commas behind the last one of several values.
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
        let plain = |token: &Token<'_>| matches!(token, Token::Text(_, true));
        for run in tokens.chunk_by(|one, other| plain(one) && plain(other)) {
            match run {
                // Strings side by side are one.
                [Token::Text(_, true), ..] => {
                    let parts = run.iter().filter_map(|token| match token {
                        Token::Text(text, _) => Some(*text),
                        _ => None,
                    });
                    part(&mut essence, b't', &parts.collect::<String>());
                }
                [Token::Text(text, false)] => part(&mut essence, b'T', text),
                [Token::Word(word)] => part(&mut essence, b'w', word),
                [Token::Sign(sign)] => part(&mut essence, b's', sign.encode_utf8(&mut [0; 4])),
                _ => {}
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
        // Imports inside a block, one after the other: their order does not count, their place does.
        let mut together: (usize, BTreeSet<Vec<Token<'t>>>) = (0, BTreeSet::new());
        for mut line in lines(text) {
            if line.tokens.iter().all(|token| matches!(token, Token::Text(..))) {
                continue;
            }
            let imports = imports(&line.tokens);
            if line.indent != together.0 || imports.is_none() {
                program.flush(&mut together);
            }
            if let Some(imports) = imports {
                together.0 = line.indent;
                together.1.extend(imports);
                continue;
            }
            annotations::remove(&mut line);
            without_last_commas(&mut line.tokens);
            without_inner_brackets(&mut line.tokens);
            without_outer_brackets(&mut line.tokens);
            sort_dependencies(&mut line.tokens);
            program.lines.push(line);
        }
        program.flush(&mut together);
        program.without_unused_imports();
        program
    }

    /// Puts imports where they belong: those outside all blocks by themselves.
    fn flush(&mut self, (indent, imports): &mut (usize, BTreeSet<Vec<Token<'t>>>)) {
        let imports = std::mem::take(imports);
        if *indent == 0 {
            self.imports.extend(imports);
        } else {
            self.lines.extend(imports.into_iter().map(|tokens| Line { indent: *indent, tokens }));
        }
    }

    /// Linters take them away. A package stays known as long as another import begins with it.
    fn without_unused_imports(&mut self) {
        let is_used = |path: &[Token<'t>]| {
            let Some(Token::Word(first)) = path.first() else { return true };
            self.lines.iter().any(|line| {
                let in_text =
                    |token: &Token<'_>| matches!(token, Token::Text(text, false) if text.contains(first));
                line.tokens.windows(path.len()).any(|window| window == path)
                    || line.tokens.iter().any(in_text)
            })
        };
        let used: BTreeSet<&Vec<Token<'t>>> =
            self.imports.iter().filter(|import| is_used(bound(import))).collect();
        let begins = |import: &[Token<'t>]| import.get(1).copied();
        let unused = |import: &Vec<Token<'t>>| {
            let is_path = import.first() == Some(&Token::Word("import"));
            let alone = !used.iter().any(|other| {
                other.first() == Some(&Token::Word("import")) && begins(other) == begins(import)
            });
            !(used.contains(import) || is_path && alone && is_used(&bound(import)[..1]))
        };
        let unused: Vec<Vec<Token<'t>>> =
            self.imports.iter().filter(|import| unused(import)).cloned().collect();
        for import in unused {
            self.imports.remove(&import);
        }
    }
}

/// What an import makes known: the name behind `as`, or the name or path itself. `*` is no name, and always counts.
fn bound<'a, 't>(import: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let behind = |word: &str| import.iter().rposition(|token| *token == Token::Word(word));
    let at = behind("as").or_else(|| behind("import")).unwrap_or_default();
    &import[at + 1..]
}

/// The single imports of a line: each imported name with its module. `None` where the line is none.
fn imports<'t>(tokens: &[Token<'t>]) -> Option<Vec<Vec<Token<'t>>>> {
    let (module, names) = match tokens {
        [Token::Word("import"), names @ ..] => (&[][..], names),
        [Token::Word("from"), rest @ ..] => {
            let at = rest.iter().position(|token| *token == Token::Word("import"))?;
            (&rest[..at], &rest[at + 1..])
        }
        _ => return None,
    };
    // What Python 3 does anyway, or what concerns annotations alone.
    if module == [Token::Word("__future__")] {
        return Some(Vec::new());
    }
    let names = names.split(|token| matches!(token, Token::Sign(',' | '(' | ')')));
    let names = names.filter(|name| !name.is_empty());
    Some(names.map(|name| [module, &[Token::Word("import")], name].concat()).collect())
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

/// Words that begin a statement with a value behind them.
const STATEMENTS: [&str; 6] = ["assert", "del", "elif", "if", "return", "while"];

/// Brackets around a whole argument or element: `f((a))` is `f(a)`.
fn without_inner_brackets(tokens: &mut Vec<Token<'_>>) {
    let mut open: Vec<usize> = Vec::new();
    let mut needless: BTreeSet<usize> = BTreeSet::new();
    for at in 0..tokens.len() {
        match tokens[at] {
            Token::Sign('(' | '[' | '{') => open.push(at),
            Token::Sign(')' | ']' | '}') => {
                let Some(start) = open.pop() else { return };
                let before = start.checked_sub(1).map(|before| tokens[before]);
                let begins = matches!(before, Some(Token::Sign('(' | '[' | '{' | ',' | '=')));
                let ends = matches!(tokens.get(at + 1), Some(Token::Sign(')' | ']' | '}' | ',')));
                let round = tokens[start] == Token::Sign('(') && !open.is_empty();
                if round && begins && ends && is_one_value(&tokens[start + 1..at]) {
                    needless.extend([start, at]);
                }
            }
            _ => {}
        }
    }
    let mut at = 0;
    tokens.retain(|_| {
        at += 1;
        !needless.contains(&(at - 1))
    });
}

/// Django sorts what a migration depends on itself (db/migrations/graph.py, `iterative_dfs`).
fn sort_dependencies(tokens: &mut [Token<'_>]) {
    let [Token::Word("dependencies"), Token::Sign('='), Token::Sign('['), pairs @ .., Token::Sign(']')] =
        tokens
    else {
        return;
    };
    // Each pair has six tokens with the comma behind it, which the last one lacks.
    let is_pair = |pair: &[Token<'_>]| {
        let [open, Token::Text(_, true), comma, Token::Text(_, true), close, rest @ ..] = pair else {
            return false;
        };
        let signs = [open, comma, close] == [&Token::Sign('('), &Token::Sign(','), &Token::Sign(')')];
        signs && matches!(rest, [] | [Token::Sign(',')])
    };
    if !pairs.chunks(6).all(is_pair) {
        return;
    }
    let mut sorted: Vec<[Token<'_>; 2]> = pairs.chunks(6).map(|pair| [pair[1], pair[3]]).collect();
    sorted.sort_unstable();
    for (pair, [app, name]) in pairs.chunks_mut(6).zip(sorted) {
        (pair[1], pair[3]) = (app, name);
    }
}

/// Brackets around the whole of a value (`a = (b)`) or of a condition (`if (a):`), which say nothing.
fn without_outer_brackets(tokens: &mut Vec<Token<'_>>) {
    let end = match tokens.last() {
        Some(Token::Sign(':')) => tokens.len() - 1,
        _ => tokens.len(),
    };
    // Not behind `and` or `not`: there brackets say what belongs together.
    let begins = |at: usize| match at.checked_sub(1).map(|before| (before, tokens[before])) {
        Some((_, Token::Sign('='))) => true,
        Some((0, Token::Word(word))) => STATEMENTS.contains(&word),
        Some((_, Token::Word("in"))) => tokens[0] == Token::Word("for"),
        _ => false,
    };
    let mut open: Vec<usize> = Vec::new();
    for at in 0..end {
        match tokens[at] {
            Token::Sign('(' | '[' | '{') => open.push(at),
            Token::Sign(')' | ']' | '}') => {
                let Some(start) = open.pop() else { return };
                let whole = at + 1 == end && open.is_empty() && tokens[start] == Token::Sign('(');
                // Since Python 3.14 several exceptions need none.
                let caught = start == 1 && tokens[0] == Token::Word("except") && at > start + 1;
                if whole && (caught || begins(start) && is_one_value(&tokens[start + 1..at])) {
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
            ("import a as b\na", "import a\na"),
            ("from a import b\nb()", "from c import b\nb()"),
            ("def f():\n    import a\n", "import a\ndef f():\n    pass\n"),
            ("x = ()", "x = "),
            ("x = a and (b or c)", "x = a and b or c"),
            ("x = not (a or b)", "x = not a or b"),
            ("return a in (b or c)", "return a in b or c"),
            ("f((a, b))", "f(a, b)"),
            ("f((a for a in b), c)", "f(a for a in b, c)"),
            ("f(x, not (a or b))", "f(x, not a or b)"),
            ("f((a) + (b))", "f(a + b)"),
            ("f((a := b))", "f(a := b)"),
            ("f(())", "f()"),
            ("f(('a', 'b'))", "f(('ab'))"),
            ("f('a' b'c')", "f('ac')"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_linters_change_is_the_same_program() {
        for (one, other) in [
            ("op.execute((\n  'a '\n  'b'\n))", "op.execute(\n  'a b'\n)"),
            ("f(x=(a), y=[(b), (c)])", "f(x=a, y=[b, c])"),
            (
                "def f():\n    import b\n    from a import c, d\n",
                "def f():\n    from a import d\n    from a import c\n    import b\n",
            ),
            ("import a.b\nimport a.c\nx = a.c.d\n", "import a.c\nx = a.c.d\n"),
            ("from a import b, c\nx = c\n", "from a import c\nx = c\n"),
            ("import a as b\nx = 1\n", "x = 1\n"),
            ("try:\n    a()\nexcept (b, c.d):\n    pass\n", "try:\n    a()\nexcept b, c.d:\n    pass\n"),
            (
                "from typing import Union\nrevision: str = 'a'\ndown: Union[str, None] = None\ndef upgrade() -> None:\n    pass\n",
                "revision = 'a'\ndown = None\ndef upgrade():\n    pass\n",
            ),
            (
                "async def f(a: int, *b: X[1, 2], c: str = 'd') -> dict[str, int]:\n    pass",
                "async def f(a, *b, c='d'):\n    pass",
            ),
            (
                "class Migration:\n    dependencies = [('b', 'x'), ('a', 'y')]\n",
                "class Migration:\n    dependencies = [\n        ('a', 'y'),\n        ('b', 'x'),\n    ]\n",
            ),
        ] {
            assert!(same(one, other) && same(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("import a.b\nx = a.c\n", "x = a.c\n"),
            ("import a\nx = f'{a}'\n", "x = f'{a}'\n"),
            ("from a import *\n", "x = 1\n"),
            ("from a import b\nimport c.b\nx = b\n", "import c.b\nx = b\n"),
            (
                "def f():\n    import a\n    a()\n    import b\n",
                "def f():\n    import b\n    a()\n    import a\n",
            ),
            ("def f(a=lambda x, y: z): pass", "def f(a=lambda x, y: w): pass"),
            ("def f(a: int): return 1", "def f(a: int): return 2"),
            ("def f(a, b): pass", "def f(b, a): pass"),
            ("try: x = 1\nexcept (a, b) as c:\n  pass", "try: x = 1\nexcept a, b:\n  pass"),
            ("try: x = 1\nexcept: pass", "try: y = 1\nexcept: pass"),
            ("x: int", "x"),
            ("operations = [('b', 'x'), ('a', 'y')]", "operations = [('a', 'y'), ('b', 'x')]"),
            ("dependencies = [('b', 'x'), f('a')]", "dependencies = [f('a'), ('b', 'x')]"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
