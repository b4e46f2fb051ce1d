//! What formatters do to programs, and edits that look much like it.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(dialect: Dialect, same: bool, one: &str, other: &str) {
    let read = |text| tokens(text, dialect);
    assert_eq!(
        read(one).is_some_and(|one| read(other) == Some(one)),
        same,
        "{dialect:?}: {one:?} and {other:?}"
    );
}

#[test]
fn what_formatters_do() {
    use Dialect::{Csharp, Go, Javascript, Php, Rust};
    for (dialect, one, other) in [
        (
            Javascript,
            "f(async t => {\n  g('a')\n})",
            "f(async (t) => {\n    g(\"a\"); // why\n})".replace(';', "").as_str(),
        ),
        (
            Javascript,
            "'use strict';\nasync up (q, S) {\n a({b: 1})}",
            "\"use strict\";\n\nasync up(q, S) {\n a({ b: 1, })\n}",
        ),
        (Javascript, "a = /[/'\"]/.test(b)", "a = /[/'\"]/ /* x */ .test( b )"),
        (Javascript, "q(`\n  a // b ${c} `)", "q( `\n  a // b ${c} ` )"),
        (
            Php,
            "<?php\nuse A\\B;\nuse C;\nreturn new class extends C\n{\n}",
            "<?php\nuse C;\n\nreturn new class extends C { // x\n}",
        ),
        (Php, "$t->foreign('a')\n  ->on(['b',]); # c", "$t->foreign('a')->on(['b']);"),
        (
            Go,
            "func f() error {\n\t// why\n\treturn g(a, `b\n//`)\n}\n",
            "func f() error {\n\n\treturn g(\n\t\ta,\n\t\t`b\n//`,\n\t)\n}",
        ),
        (Csharp, "#nullable disable\nm.A(\"b\" ,c);", "#nullable disable\n\nm.A(\n  \"b\", c); // d"),
        (
            Rust,
            "fn f<'a>(b: &'a str) { g('\"', '\\'', 1) }",
            "fn f<'a>(b: &'a str) {\n  g('\"', '\\'', 1) // it's\n}",
        ),
    ] {
        check(dialect, true, one, other);
    }
}

#[test]
fn what_runs_otherwise() {
    use Dialect::{Csharp, Go, Javascript, Php, Rust};
    for (dialect, one, other) in [
        (Javascript, "f('a b')", "f('a  b')"),
        (Javascript, "f('a')", "f(a)"),
        (Javascript, "f(`a`)", "f(`a `)"),
        (Javascript, "return\na", "return a"),
        (Javascript, "a\n++b", "a ++\nb"),
        (Javascript, "[a,,]", "[a]"),
        (Javascript, "f(a) => b", "fa => b"),
        (Javascript, "a / b / c", "a / b/ c /d"),
        (Javascript, "x(`${`a`}`)", "x( `${`a`}`)"),
        (Javascript, "'open", "'open "),
        (Javascript, "f('it\\'s')", "f(\"it\\'s\" )"),
        (Php, "use A\\B;\nnew B;", "new B;"),
        (Php, "use function A\\b;\n", "\n"),
        (Php, "class X { use T; }", "class X { }"),
        (Php, "1 . 5", "1.5"),
        (Php, "f(<<<X\n// a\nX)", "f( <<<X\n// a\nX)"),
        (Php, "f('a', \"$b\")", "f('a', '$b')"),
        (Php, "#[A]\nfunction f() {}", "function f() {}"),
        (Php, "a // b ?> c", "a"),
        (Go, "a\n(b)", "a(b)"),
        (Go, "//go:embed a\nvar b", "var b"),
        (Go, "f(`a\n`)", "f(`a\n\n`)"),
        (Csharp, "f(@\"\n//a\")", "f(@\"\n//b\")"),
        (Csharp, "#if A\nb();", "#if B\nb();"),
        (Rust, "f((a,))", "f((a))"),
        (Rust, "f(r\"//a\")", "f(r\"//b\")"),
    ] {
        check(dialect, false, one, other);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_can_be_read(text in "([a-c'\"`/*{}()\\[\\],;=>$#@<?\\\\\n ]|use |=>|é|\\$\\{|//|/\\*){0,40}") {
        for dialect in [Dialect::Javascript, Dialect::Php, Dialect::Go, Dialect::Csharp, Dialect::Rust] {
            let _ = tokens(&text, dialect);
        }
    }

    /// Gaps do not count, words do.
    #[test]
    fn gaps_and_words(
        words in proptest::collection::vec(("[a-z]{1,4}|'[a-z /*]{0,4}'|\\(|\\)|\\[|;|=", "[ \t]{1,2}|/\\* [a-z'\"]{0,4} \\*/|//[ a-z'\"]{0,4}\n"), 1..12),
        at in any::<prop::sample::Index>(),
    ) {
        let text = |with: &dyn Fn(usize, &(String, String)) -> String| {
            words.iter().enumerate().map(|(at, word)| with(at, word)).collect::<String>()
        };
        let one = text(&|_, (word, gap)| format!("{word}{gap}"));
        let other = text(&|_, (word, _)| format!("{word} "));
        let php = |text: &str| tokens(text, Dialect::Php);
        prop_assert!(php(&one).is_some() && php(&one) == php(&other), "{:?} {:?}", one, other);
        let changed = at.index(words.len());
        let other = text(&|at, (word, gap)| format!("{word}{}{gap}", if at == changed { " z" } else { "" }));
        prop_assert_ne!(php(&one), php(&other), "{:?} {:?}", one, other);
    }
}
