use proptest::prelude::*;

use super::*;

fn assigned(text: &str) -> BTreeMap<String, Value> {
    let lines = lines(text);
    let top = lines.iter().filter(|line| line.indent == 0);
    let found = assignments(top, &BTreeMap::new());
    found.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn texts(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| Value::Text((*text).to_owned())).collect())
}

#[test]
fn the_forms_in_which_people_assign() {
    for (text, expected) in [
        ("a = 'x'", Value::Text("x".into())),
        ("a = \"x\"  # a word", Value::Text("x".into())),
        ("a: str = 'x'", Value::Text("x".into())),
        ("a: Union[str, Sequence[str], None] = ('x', 'y')", texts(&["x", "y"])),
        ("a: str | None = None", Value::Nothing),
        ("a = ('x')", Value::Text("x".into())),
        ("a = ('x',)", texts(&["x"])),
        ("a = 'x', 'y'", texts(&["x", "y"])),
        ("a = [\n  'x',  # one\n\n  'y',\n]", texts(&["x", "y"])),
        ("a = 'x' \\\n  'y'", Value::Text("xy".into())),
        ("a = '''x'''", Value::Text("x".into())),
        ("b = 'x'\na = b", Value::Text("x".into())),
        (
            "a = migrations.swappable_dependency(settings.AUTH_USER_MODEL)",
            Value::Call("swappable_dependency".into()),
        ),
        ("a = EXPAND", Value::Name("EXPAND".into())),
        ("a = settings.X", Value::Name("X".into())),
        ("a = f'{x}'", Value::Other),
        ("a = 'x' + 'y'", Value::Other),
        ("a = ['x'] + more()", Value::Other),
        ("a = 'x' if b else 'y'", Value::Other),
        ("a = 'x'\na = 'y'", Value::Text("y".into())),
        ("\u{feff}a = 'x'", Value::Text("x".into())),
        ("a = ()", texts(&[])),
    ] {
        assert_eq!(assigned(text).get("a"), Some(&expected), "{text}");
    }
}

#[test]
fn what_assigns_nothing() {
    for text in [
        "a == 'x'",
        "a += 'x'",
        "a: str",
        "def a(): a = 'x'",
        "  a = 'x'",
        "\"\"\"\na = 'x'\n\"\"\"",
        "# a = 'x'",
        "a.b = 'x'",
    ] {
        assert_eq!(assigned(text).get("a"), None, "{text}");
    }
}

#[test]
fn a_line_goes_on_in_brackets() {
    let lines = lines("class A(\n  B,\n):\n    x = [\n1,\n]\n    y = 2\n");
    let indents: Vec<usize> = lines.iter().map(|line| line.indent).collect();
    assert_eq!(indents, [0, 4, 4]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_can_be_read(text in "([a-c=:,.()\\[\\]{}'\"#\\\\\n é]|'''|\"\"\"|None){0,60}") {
        assigned(&text);
        prop_assert!(same(&text, &text) || essence(&text).is_none());
    }

    #[test]
    fn any_function_can_be_read(text in "(def |f|\\(|\\)|:|->|=|,|lambda|import |from |a|b| as |\\.|\\*|\n|dependencies = |\\[|'x'){0,40}") {
        prop_assert!(same(&text, &text) || essence(&text).is_none());
    }

    #[test]
    fn a_list_of_strings_is_read_as_it_was_written(names in prop::collection::vec("[a-z0-9_]{1,8}", 2..6), round in any::<bool>()) {
        let (open, close) = if round { ("(", ")") } else { ("[", "]") };
        let text = format!("a = {open}\n{}{close}\n", names.iter().map(|name| format!("    '{name}',\n")).collect::<String>());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        prop_assert_eq!(assigned(&text).remove("a"), Some(texts(&names)));
    }
}
