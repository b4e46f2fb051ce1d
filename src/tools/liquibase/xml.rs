//! Changelogs in XML. What Liquibase makes of a change only it knows; which changesets there are, and where, can be read.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Change, ChangeSet, Changelog, Include, Item, Own, Sql, change, filtered, is_true};

/// The elements of a changeset that its sum does not cover.
const NOT_COMPARED: [&str; 4] = ["rollback", "comment", "preConditions", "validCheckSum"];

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads a file; `None` for one that is no changelog, or no XML in UTF-8.
pub(super) fn read(file: &[u8]) -> Option<Changelog> {
    let skipped = if file.starts_with(BOM) { BOM.len() } else { 0 };
    let text = std::str::from_utf8(&file[skipped..]).ok()?;
    let mut reader = Reader::from_str(text);
    let mut changelog = Changelog::default();
    let mut logical = None;
    let mut depth = 0_usize;
    let mut open: Option<ChangeSet> = None;
    let mut counter = Lines { text, at: 0, line: 1 };
    loop {
        let start = place(&reader);
        let event = reader.read_event().ok()?;
        let end = place(&reader);
        let (tag, empty) = match &event {
            Event::Start(tag) => (tag, false),
            Event::Empty(tag) => (tag, true),
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == 1
                    && let Some(mut set) = open.take()
                {
                    set.range.end = end + skipped;
                    changelog.items.push(Item::Set(set));
                }
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let name = tag.local_name();
        match (depth, name.as_ref()) {
            (0, "databaseChangeLog") => logical = attribute(tag, "logicalFilePath"),
            (0, _) => return None,
            (1, "changeSet") => {
                let mut set = change_set(tag)?;
                set.logical = set.logical.or_else(|| logical.clone());
                set.line = counter.line_of(start);
                set.range = start + skipped..end + skipped;
                if empty {
                    changelog.items.push(Item::Set(set));
                } else {
                    open = Some(set);
                }
            }
            (1, "include") => changelog.items.push(Item::Include(include(tag, "file"))),
            (1, "includeAll") => {
                let ending = attribute(tag, "endsWithFilter").filter(|ending| !ending.is_empty());
                changelog.items.push(Item::Include(Include { all: true, ending, ..include(tag, "path") }));
            }
            (2, "preConditions") => {
                let continues = ["onFail", "onError"].into_iter().filter_map(|name| attribute(tag, name));
                let continues = continues.into_iter().any(|does| does.eq_ignore_ascii_case("CONTINUE"));
                if let (Some(set), true) = (&mut open, continues) {
                    set.conditional = true;
                }
            }
            _ => {}
        }
        depth += usize::from(!empty);
    }
    Some(changelog)
}

fn place(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Counts lines from place to place, each once.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn line_of(&mut self, place: usize) -> u32 {
        let new = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += new.iter().map(|byte| u32::from(*byte == b'\n')).sum::<u32>();
        self.at = self.at.max(place);
        self.line
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn change_set(tag: &BytesStart<'_>) -> Option<ChangeSet> {
    let attribute = |name: &str| attribute(tag, name);
    Some(ChangeSet {
        id: attribute("id")?,
        author: attribute("author")?,
        logical: attribute("logicalFilePath").filter(|path| !path.is_empty()),
        again: is_true(attribute("runOnChange")) || is_true(attribute("runAlways")),
        conditional: filtered(attribute),
        apart: attribute("runInTransaction").is_some_and(|value| value.eq_ignore_ascii_case("false")),
        ..ChangeSet::default()
    })
}

fn include(tag: &BytesStart<'_>, path: &str) -> Include {
    Include {
        path: attribute(tag, path).unwrap_or_default(),
        relative: is_true(attribute(tag, "relativeToChangelogFile")),
        conditional: filtered(|name| attribute(tag, name)),
        ..Include::default()
    }
}

/// A text that is one changeset, without its place.
pub(super) fn single(slice: &[u8]) -> Option<ChangeSet> {
    let text = std::str::from_utf8(slice).ok().filter(|text| text.starts_with('<') && text.ends_with('>'))?;
    match Reader::from_str(text).read_event().ok()? {
        Event::Start(tag) if tag.local_name().as_ref() == "changeSet" && text.ends_with("changeSet>") => {
            change_set(&tag)
        }
        Event::Empty(tag) if tag.local_name().as_ref() == "changeSet" => change_set(&tag),
        _ => None,
    }
}

/// The text of a changeset: its changes, with everything else left empty.
pub(super) fn own(slice: &[u8]) -> Own {
    let mut own = Own { text: slice.to_vec(), modern: true, ..Own::default() };
    let Ok(text) = std::str::from_utf8(slice) else { return own };
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    // Where what is not compared begins.
    let mut hidden: Option<usize> = None;
    let mut sums = false;
    let mut changes = Changes::default();
    loop {
        let start = place(&reader);
        let Ok(event) = reader.read_event() else { break };
        let end = place(&reader);
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let empty = matches!(event, Event::Empty(_));
                let name = tag.local_name();
                if depth == 0 {
                    blank(&mut own.text, start, end);
                } else if depth == 1 && NOT_COMPARED.contains(&name.as_ref()) {
                    (hidden, sums) = (Some(start), name.as_ref() == "validCheckSum");
                    if empty {
                        blank(&mut own.text, start, end);
                        hidden = None;
                    }
                } else if hidden.is_none() {
                    changes.begin(depth, tag);
                }
                depth += usize::from(!empty);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == 1
                    && let Some(start) = hidden.take()
                {
                    blank(&mut own.text, start, end);
                    sums = false;
                }
            }
            Event::Comment(_) => blank(&mut own.text, start, end),
            Event::Text(part) if sums => own.valid.push(part.xml10_content().trim().to_owned()),
            Event::Text(part) if hidden.is_none() => changes.text(depth, &part.xml10_content()),
            Event::CData(part) if hidden.is_none() => changes.text(depth, &part.xml10_content()),
            Event::GeneralRef(_) if hidden.is_none() => changes.unreadable = true,
            Event::Eof => break,
            _ => {}
        }
    }
    (own.sql, own.changes) = (changes.sql(), changes.all());
    own
}

/// Empties a part of a text, but for its line ends.
fn blank(text: &mut [u8], start: usize, end: usize) {
    for byte in text.get_mut(start..end).into_iter().flatten().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
}

/// The changes of a changeset.
#[derive(Default)]
struct Changes {
    /// Each with its text; an error for one that is not SQL.
    list: Vec<Result<Option<Change>, ()>>,
    /// Something is written in a way that only Liquibase reads.
    unreadable: bool,
}

impl Changes {
    fn begin(&mut self, depth: usize, tag: &BytesStart<'_>) {
        // What is said of data is of no concern.
        if depth != 1 {
            self.unreadable |= !matches!(self.list.last(), Some(Ok(None)));
            return;
        }
        self.list.push(change(tag.local_name().as_ref(), |name| attribute(tag, name), None));
    }

    fn text(&mut self, depth: usize, text: &str) {
        let mut last =
            self.list.last_mut().filter(|_| depth == 2).and_then(|last| last.as_mut().ok()?.as_mut());
        if let Some(Change::On(_, change)) = last {
            last = Some(change);
        }
        if let Some(Change::Sql(sql)) = last {
            sql.text.push_str(text);
        }
    }

    fn all(&self) -> Option<Vec<Change>> {
        let all: Result<Vec<Option<Change>>, ()> = self.list.iter().cloned().collect();
        all.ok().filter(|_| !self.unreadable).map(|all| all.into_iter().flatten().collect())
    }

    /// The SQL, where that is the only change.
    fn sql(&self) -> Option<Sql> {
        match &self.list[..] {
            [Ok(Some(Change::Sql(sql)))] if !self.unreadable && !sql.text.trim().is_empty() => {
                Some(sql.clone())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = "<?xml version=\"1.0\"?>\n<!-- a word -->\n<databaseChangeLog logicalFilePath=\"x.xml\">\n\
        <include file=\"a.sql\" relativeToChangelogFile=\"true\"/>\n\
        <changeSet id=\"1\" author=\"a\" context=\"t\"><tagDatabase tag=\"v1\"/></changeSet>\n\
        <changeSet id=\"a &amp; b\" author=\"b\" runOnChange=\"true\" logicalFilePath=\"y.xml\">\n\
        <comment>Not this.</comment>\n<!-- nor this -->\n\
        <sql>create table xs (id int);</sql>\n\
        <rollback><sql>drop table xs</sql></rollback></changeSet>\n<includeAll path=\"all/\" endsWithFilter=\".sql\"/>\n\
        <changeSet id=\"3\" author=\"c\"/>\n</databaseChangeLog>\n";

    fn sets(file: &str) -> Vec<ChangeSet> {
        let items = read(file.as_bytes()).unwrap_or_default().items;
        items
            .into_iter()
            .filter_map(|item| if let Item::Set(set) = item { Some(set) } else { None })
            .collect()
    }

    #[test]
    fn the_changesets_of_a_file() {
        let found = sets(FILE);
        let known: Vec<_> = found.iter().map(|set| (&*set.id, &*set.author, set.line)).collect();
        assert_eq!(known, [("1", "a", 5), ("a & b", "b", 6), ("3", "c", 12)]);
        let logical: Vec<_> = found.iter().map(|set| set.logical.as_deref().unwrap()).collect();
        assert_eq!(logical, ["x.xml", "y.xml", "x.xml"]);
        assert!(found[0].conditional && found[1].again && !found[1].conditional);
        let marked = format!("\u{feff}{FILE}");
        assert!(marked[sets(&marked)[0].range.clone()].starts_with("<changeSet id=\"1\""));
        let items = read(FILE.as_bytes()).unwrap().items;
        let Item::Include(all) = &items[3] else { panic!("{items:?}") };
        assert_eq!((&*all.path, all.all, all.ending.as_deref()), ("all/", true, Some(".sql")));
    }

    #[test]
    fn what_is_compared_of_a_changeset() {
        let found = sets(FILE);
        let own = own(&FILE.as_bytes()[found[1].range.clone()]);
        let text = String::from_utf8(own.text).unwrap();
        assert_eq!(
            text.split_whitespace().collect::<Vec<_>>().join(" "),
            "<sql>create table xs (id int);</sql> </changeSet>"
        );
        assert_eq!(own.sql.unwrap().text, "create table xs (id int);");
        assert_eq!(super::own(&FILE.as_bytes()[found[0].range.clone()]).sql, None);
    }

    #[test]
    fn what_is_no_changelog() {
        for file in
            ["", "no", "<project/>", "<a><databaseChangeLog/></a>", "<databaseChangeLog><", "\u{fffd}"]
        {
            assert_eq!(sets(file), [], "{file}");
        }
        assert_eq!(read(b"<project/>"), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(parts in proptest::collection::vec(prop::sample::select(vec![
            "<databaseChangeLog>", "</databaseChangeLog>", "<changeSet id='1' author=\"a\">", "</changeSet>", "<sql>", "</sql>",
            "<rollback>", "</rollback>", "<!--", "-->", "&amp;", "&", "\n", "é", "<", "/>", "<changeSet ", "<include file='a'/>",
        ]), 0..30)) {
            let text = format!("<databaseChangeLog>{}", parts.concat());
            for set in sets(&text) {
                own(&text.as_bytes()[set.range]);
            }
            own(text.as_bytes());
        }
    }
}
