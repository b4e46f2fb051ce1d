//! Changelogs in YAML, and in JSON, which is YAML with braces.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::{Change, ChangeSet, Changelog, Include, Item, Own, Sql, change, filtered, is_true};

/// Lists within lists; deeper ones are no changelogs of anybody's.
const DEEPEST: usize = 64;

/// The parts of a changeset that its sum covers.
const COMPARED: [&str; 2] = ["changes", "modifySql"];

/// A value, with the bytes at which it begins and ends. Of one without brackets the end may be that of the blanks behind it.
#[derive(Debug)]
struct Node {
    start: usize,
    end: usize,
    line: u32,
    value: Value,
}

#[derive(Debug)]
enum Value {
    /// As it is written, without its quotes; and whether it had some.
    Scalar(String, bool),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    fn text(&self) -> Option<String> {
        match &self.value {
            Value::Scalar(text, true) => Some(text.clone()),
            Value::Scalar(text, false) => Some(plain(text)),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    fn entries(&self) -> &[(Node, Node)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    fn items(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    fn get(&self, name: &str) -> Option<&Node> {
        let is_it = |key: &Node| matches!(&key.value, Value::Scalar(text, _) if text == name);
        self.entries().iter().find(|(key, _)| is_it(key)).map(|(_, value)| value)
    }

    fn word(&self, name: &str) -> Option<String> {
        self.get(name)?.text()
    }
}

/// A word without quotes as SnakeYAML reads it and Java says it: `007` is 7, `1.50` is 1.5, `yes` is true.
fn plain(text: &str) -> String {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "True" | "TRUE" => return "true".to_owned(),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" | "False" | "FALSE" => return "false".to_owned(),
        _ => {}
    }
    let (sign, digits) = match text.split_at_checked(1) {
        Some(("-", rest)) => ("-", rest),
        Some(("+", rest)) => ("", rest),
        _ => ("", text),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return text.to_owned();
    }
    let digits = digits.replace('_', "");
    let based = |prefix: &str, base| i128::from_str_radix(digits.strip_prefix(prefix)?, base).ok();
    let number = based("0x", 16).or_else(|| based("0b", 2));
    let number = number.or_else(|| based("0", 8).filter(|_| digits.len() > 1));
    if let Some(number) = number {
        return format!("{sign}{number}");
    }
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole && (digits.len() == 1 || !digits.starts_with('0')) {
        return format!("{sign}{digits}");
    }
    let float = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match digits.parse::<f64>() {
        Ok(number) if float && !whole => format!("{sign}{}", java(number)),
        _ => text.to_owned(),
    }
}

/// `Double.toString`.
fn java(number: f64) -> String {
    if number == 0.0 || (1e-3..1e7).contains(&number) {
        return format!("{number:?}");
    }
    let text = format!("{number:E}");
    if text.contains('.') { text } else { text.replacen('E', ".0E", 1) }
}

/// Makes a tree of the parser's events.
struct Tree<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    /// The byte of each character, where these differ.
    bytes: Option<Vec<usize>>,
}

impl<'t> Tree<'t> {
    fn read(text: &'t str) -> Option<Node> {
        let bytes = (!text.is_ascii())
            .then(|| text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect());
        let mut tree = Self { parser: Parser::new_from_str(text), bytes };
        loop {
            match tree.parser.next_event()?.ok()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (event, span) => return tree.node(event, span, 0),
            }
        }
    }

    fn byte(&self, index: usize) -> usize {
        self.bytes
            .as_ref()
            .map_or(index, |bytes| bytes.get(index).or(bytes.last()).copied().unwrap_or_default())
    }

    fn next(&mut self, depth: usize) -> Option<Node> {
        let (event, span) = self.parser.next_event()?.ok()?;
        self.node(event, span, depth)
    }

    /// `None` for the end of a list, and for what cannot be read.
    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let (start, line) =
            (self.byte(span.start.index()), u32::try_from(span.start.line()).unwrap_or(u32::MAX));
        let mut end = self.byte(span.end.index());
        let value = match event {
            Event::Scalar(text, style, ..) => Value::Scalar(text.into_owned(), style != ScalarStyle::Plain),
            Event::Alias(_) => Value::List(Vec::new()),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.parser.next_event()?.ok()? {
                        (Event::SequenceEnd, span) => {
                            end = self.byte(span.end.index());
                            break;
                        }
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                Value::List(items)
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                loop {
                    match self.parser.next_event()?.ok()? {
                        (Event::MappingEnd, span) => {
                            end = self.byte(span.end.index());
                            break;
                        }
                        (event, span) => {
                            let key = self.node(event, span, depth + 1)?;
                            entries.push((key, self.next(depth + 1)?));
                        }
                    }
                }
                Value::Map(entries)
            }
            _ => return None,
        };
        Some(Node { start, end, line, value })
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads a file; `None` for one that is no changelog.
pub(super) fn read(file: &[u8]) -> Option<Changelog> {
    let skipped = if file.starts_with(BOM) { BOM.len() } else { 0 };
    let text = std::str::from_utf8(&file[skipped..]).ok()?;
    // What is read before it is made a tree: most files in these formats are something else.
    let root = text.contains("databaseChangeLog").then(|| Tree::read(text)).flatten()?;
    let list = root.get("databaseChangeLog")?;
    let mut changelog = Changelog::default();
    let mut logical = root.word("logicalFilePath");
    let items = list.items();
    for (at, item) in items.iter().enumerate() {
        let Some((key, value)) = item.entries().first() else { continue };
        let Some(name) = key.text() else { continue };
        match name.as_str() {
            "logicalFilePath" => logical = value.text(),
            "changeSet" => {
                let Some(mut set) = change_set(value) else { continue };
                set.logical = set.logical.or_else(|| logical.clone());
                let end = if text[item.start..].starts_with('{') {
                    item.end
                } else {
                    let next = items.get(at + 1).map_or(list.end.max(item.end), |next| next.start);
                    let own = text.get(item.start..next).unwrap_or_default().trim_end();
                    item.start + own.strip_suffix('-').unwrap_or(own).trim_end().len()
                };
                set.line = item.line;
                set.range = item.start + skipped..end + skipped;
                changelog.items.push(Item::Set(set));
            }
            "include" => changelog.items.push(Item::Include(include(value, "file"))),
            "includeAll" => {
                let ending = value.word("endsWithFilter").filter(|ending| !ending.is_empty());
                changelog.items.push(Item::Include(Include { all: true, ending, ..include(value, "path") }));
            }
            _ => {}
        }
    }
    Some(changelog)
}

fn change_set(node: &Node) -> Option<ChangeSet> {
    let conditions = node.get("preConditions").into_iter().flat_map(Node::items);
    let mut answers = conditions.flat_map(|one| ["onFail", "onError"].map(|name| one.word(name)));
    let continues = answers.any(|does| does.is_some_and(|does| does.eq_ignore_ascii_case("CONTINUE")));
    Some(ChangeSet {
        id: node.word("id")?,
        author: node.word("author")?,
        logical: node.word("logicalFilePath").filter(|path| !path.is_empty()),
        again: is_true(node.word("runOnChange")) || is_true(node.word("runAlways")),
        conditional: continues || filtered(|name| node.word(name)),
        apart: node.word("runInTransaction").is_some_and(|value| value.eq_ignore_ascii_case("false")),
        ..ChangeSet::default()
    })
}

fn include(node: &Node, path: &str) -> Include {
    Include {
        path: node.word(path).unwrap_or_default(),
        relative: is_true(node.word("relativeToChangelogFile")),
        conditional: filtered(|name| node.word(name)),
        ..Include::default()
    }
}

/// A text that is one changeset, without its place.
pub(super) fn single(slice: &[u8]) -> Option<ChangeSet> {
    let tree = std::str::from_utf8(slice).ok().and_then(Tree::read)?;
    let [(key, set)] = tree.entries() else { return None };
    change_set(set).filter(|_| key.text().as_deref() == Some("changeSet"))
}

/// The text of a changeset: its changes, with everything else left empty.
pub(super) fn own(slice: &[u8]) -> Own {
    let mut own = Own { text: slice.to_vec(), modern: true, ..Own::default() };
    let tree = std::str::from_utf8(slice).ok().and_then(Tree::read);
    let Some(set) = tree.as_ref().and_then(|tree| tree.get("changeSet")) else { return own };
    let entries = set.entries();
    let mut text: Vec<u8> =
        slice.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { *byte } else { b' ' }).collect();
    for (at, (key, value)) in entries.iter().enumerate() {
        let name = key.text().unwrap_or_default();
        let end = entries.get(at + 1).map_or(value.end.max(key.end), |(next, _)| next.start).min(slice.len());
        if COMPARED.contains(&name.as_str()) && key.start <= end {
            // The comma before the next entry of a JSON object is no part of this one.
            let kept = slice[key.start..end].trim_ascii_end();
            let kept = kept.strip_suffix(b",").unwrap_or(kept);
            text[key.start..key.start + kept.len()].copy_from_slice(kept);
        }
    }
    own.text = text;
    let sums = set.get("validCheckSum");
    own.valid.extend(sums.and_then(Node::text));
    own.valid.extend(sums.into_iter().flat_map(Node::items).filter_map(Node::text));
    let changes = changes(set);
    own.sql = sql(&changes);
    let all: Result<Vec<_>, ()> = changes.into_iter().collect();
    own.changes = all.ok().map(|all| all.into_iter().flatten().collect());
    own
}

/// The changes, each an error where it is not SQL.
fn changes(set: &Node) -> Vec<Result<Option<Change>, ()>> {
    let one = |one: &Node| {
        let [(key, value)] = one.entries() else { return Err(()) };
        let text = value.word("sql").map(|text| text.trim_matches(|letter| letter <= ' ').to_owned());
        change(&key.text().ok_or(())?, |name| value.word(name), text)
    };
    let list = set.get("changes").map(Node::items).unwrap_or_default();
    if set.get("modifySql").is_some() { vec![Err(())] } else { list.iter().map(one).collect() }
}

/// The SQL, where that is the only change.
fn sql(changes: &[Result<Option<Change>, ()>]) -> Option<Sql> {
    match changes {
        [Ok(Some(Change::Sql(sql)))] if !sql.text.is_empty() => Some(sql.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const YAML: &str = "# a word\ndatabaseChangeLog:\n  - logicalFilePath: x.yaml\n  - changeSet:\n      id: 1\n      author: a\n\
        \x20     comment: Größe\n      changes:\n        - sql:\n            sql: select 1\n      rollback:\n        - empty: {}\n\
        \x20 - include: {file: a.sql, relativeToChangelogFile: true}\n\
        \x20 - changeSet:\n      author: \"b\"\n      id: '2'\n      labels: x\n      validCheckSum:\n        - 9:abc\n\
        \x20     changes:\n        - tagDatabase: {tag: v1}\n";

    const JSON: &str = "{\n\t\"databaseChangeLog\": [{\"changeSet\": {\"id\": \"1\", \"author\": \"a\", \"changes\": [\n\
        {\"sql\": {\"sql\": \"select 1\"}}], \"rollback\": []}},\n{\"changeSet\": {\"id\": 2, \"author\": \"b\", \"runAlways\": true,\n\
        \"changes\": []}}]}\n";

    fn sets(file: &str) -> Vec<ChangeSet> {
        let items = read(file.as_bytes()).unwrap_or_default().items;
        items
            .into_iter()
            .filter_map(|item| if let Item::Set(set) = item { Some(set) } else { None })
            .collect()
    }

    fn words(text: &[u8]) -> String {
        String::from_utf8_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_changesets_of_a_file() {
        let found = sets(YAML);
        let known: Vec<_> = found.iter().map(|set| (&*set.id, &*set.author, set.line)).collect();
        assert_eq!(known, [("1", "a", 4), ("2", "b", 14)]);
        assert_eq!(found[0].logical.as_deref(), Some("x.yaml"));
        assert!(found[1].conditional && !found[0].conditional);
        assert!(YAML[found[0].range.clone()].ends_with("empty: {}"), "{}", &YAML[found[0].range.clone()]);
        let found = sets(JSON);
        let known: Vec<_> = found.iter().map(|set| (&*set.id, &*set.author, set.line)).collect();
        assert_eq!(known, [("1", "a", 2), ("2", "b", 4)]);
        assert!(found[1].again);
        assert!(JSON[found[0].range.clone()].ends_with("\"rollback\": []}}"));
    }

    #[test]
    fn what_is_compared_of_a_changeset() {
        for (file, text) in [
            (YAML, "changes: - sql: sql: select 1"),
            (JSON, "\"changes\": [ {\"sql\": {\"sql\": \"select 1\"}}]"),
        ] {
            let own = own(&file.as_bytes()[sets(file)[0].range.clone()]);
            assert_eq!(words(&own.text), text);
            assert_eq!(own.sql.unwrap().text, "select 1");
        }
        let second = own(&YAML.as_bytes()[sets(YAML)[1].range.clone()]);
        assert_eq!((words(&second.text).as_str(), second.sql), ("changes: - tagDatabase: {tag: v1}", None));
        assert_eq!(second.valid, ["9:abc"]);
        let crlf = YAML.replace('\n', "\r\n");
        assert_eq!(words(&own(&crlf.as_bytes()[sets(&crlf)[1].range.clone()]).text), words(&second.text));
    }

    #[test]
    fn words_without_quotes() {
        for (word, said) in [
            ("001", "1"),
            ("20240101120000", "20240101120000"),
            ("1_0", "10"),
            ("0x1F", "31"),
            ("1e3", "1000.0"),
            ("true", "true"),
            ("1.50", "1.5"),
            ("~x", "~x"),
            ("09", "09"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("1.0e10", "1.0E10"),
            ("1.2.3", "1.2.3"),
            ("-7", "-7"),
            ("0", "0"),
            ("1-a", "1-a"),
        ] {
            assert_eq!(plain(word), said, "{word}");
        }
    }

    #[test]
    fn what_is_no_changelog() {
        for file in [
            "",
            "a: 1",
            "databaseChangeLog",
            "databaseChangeLog: 1",
            "{",
            "databaseChangeLog: [",
            "[databaseChangeLog]",
        ] {
            assert_eq!(sets(file), [], "{file}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(parts in proptest::collection::vec(prop::sample::select(vec![
            "databaseChangeLog", "changeSet", "id", "author", "changes", ": ", "\n", "  - ", "  ", "{", "}", "[", "]", ",", "\"",
            "'", "é", "|", "#", "&a ", "*a", "1", "\t", "- ",
        ]), 0..40)) {
            let text = format!("databaseChangeLog: {}", parts.concat());
            for set in sets(&text) {
                own(&text.as_bytes()[set.range]);
            }
            own(text.as_bytes());
        }
    }
}
