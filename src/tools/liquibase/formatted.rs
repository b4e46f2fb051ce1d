//! Changelogs in SQL, as `AbstractFormattedChangeLogParser` of Liquibase reads them, line by line.

use super::{Change, ChangeSet, Changelog, Item, Own, Sql, filtered, is_true};

/// A line, with its place and without its end.
struct Line<'t> {
    text: &'t [u8],
    start: usize,
    end: usize,
}

/// The lines, as Java's `readLine` has them: LF, CR or CRLF at their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let ending = if rest[length..].starts_with(b"\r\n") { 2 } else { usize::from(length < rest.len()) };
        let line = Line { text: &rest[..length], start: at, end: at + length + ending };
        at = line.end;
        Some(line)
    })
}

/// What follows the dashes of a comment, if the line begins with them; `indented` where blanks may stand before.
fn comment(line: &[u8], indented: bool) -> Option<&[u8]> {
    let line = if indented { line.trim_ascii_start() } else { line };
    Some(line.strip_prefix(b"--")?.trim_ascii_start())
}

/// What follows a word, in any case.
fn after<'t>(text: &'t [u8], word: &str) -> Option<&'t [u8]> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word.as_bytes()).then_some(rest)
}

/// `--word:? rest`, which must not be indented.
fn plain_directive<'t>(line: &'t [u8], word: &str) -> Option<&'t [u8]> {
    let rest = after(comment(line, false)?, word)?;
    rest.strip_prefix(b":").unwrap_or(rest).strip_prefix(b" ")
}

/// Whether a line is the first of a formatted file.
fn is_first_line(line: &[u8]) -> bool {
    comment(line, true)
        .and_then(|rest| after(rest, "liquibase"))
        .is_some_and(|rest| after(rest.trim_ascii_start(), "formatted").is_some())
}

fn is_property(line: &[u8]) -> bool {
    let Some(rest) = comment(line, true).and_then(|rest| after(rest, "property")) else { return false };
    rest.first().is_some_and(u8::is_ascii_whitespace) && rest.iter().filter(|byte| **byte == b':').count() > 1
}

/// `--ignoreLines:x`.
fn ignored(line: &[u8]) -> Option<&[u8]> {
    after(comment(line, false)?, "ignoreLines:")
        .filter(|what| !what.is_empty() && what.iter().all(u8::is_ascii_alphanumeric))
}

/// The lines that Liquibase passes over follow one that says so; calls `each` with the others.
fn counted<'t>(text: &'t [u8], mut each: impl FnMut(u32, Line<'t>)) {
    let mut numbered = (1..).zip(lines(text));
    while let Some((number, line)) = numbered.next() {
        match ignored(line.text) {
            None => each(number, line),
            Some(b"start") => {
                let is_end = |line: &Line<'_>| ignored(line.text) == Some(b"end");
                let _ = numbered.by_ref().find(|(_, line)| is_end(line));
            }
            Some(what) => {
                let count = std::str::from_utf8(what).ok().and_then(|count| count.parse().ok());
                for _ in 0..count.unwrap_or(0_u32) {
                    if numbered.next().is_none() {
                        break;
                    }
                }
            }
        }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads a file. One without the first line is a single changeset: `raw` of `includeAll`.
pub(super) fn read(file: &[u8]) -> Changelog {
    let skipped = if file.starts_with(BOM) { BOM.len() } else { 0 };
    let text = &file[skipped..];
    let first = lines(text).find(|line| !line.text.trim_ascii().is_empty());
    let Some(first) = first.filter(|line| is_first_line(line.text)) else {
        let set = ChangeSet {
            id: "raw".to_owned(),
            author: "includeAll".to_owned(),
            line: 1,
            range: 0..file.len(),
            ..ChangeSet::default()
        };
        return Changelog { items: vec![Item::Set(set)], plain: true };
    };
    let logical = attribute(first.text, "logicalFilePath");
    let mut sets: Vec<ChangeSet> = Vec::new();
    counted(text, |number, line| {
        if let Some(mut set) = header(line.text) {
            if let Some(last) = sets.last_mut() {
                last.range.end = line.start + skipped;
            }
            set.line = number;
            set.range = line.start + skipped..file.len();
            set.logical = set.logical.take().or_else(|| logical.clone());
            sets.push(set);
        } else if let (Some(last), true) = (sets.last_mut(), may_be_left_out(line.text)) {
            last.conditional = true;
        }
    });
    Changelog { items: sets.into_iter().map(Item::Set).collect(), plain: false }
}

/// Preconditions under which a changeset is left out, and looked at again next time.
fn may_be_left_out(line: &[u8]) -> bool {
    let rest = comment(line, true).and_then(|rest| after(rest, "preconditions"));
    rest.is_some_and(|rest| {
        let does = ["onFail", "onError"].into_iter().filter_map(|word| attribute(rest, word));
        does.into_iter().any(|does| does.eq_ignore_ascii_case("CONTINUE"))
    })
}

/// Whether a file may have a changeset that ends there: at its own end, or before the header of the next.
pub(super) fn ends_at(file: &[u8], end: usize) -> bool {
    file.get(end..).is_some_and(|rest| rest.is_empty() || header(rest).is_some())
}

/// Reads `--changeset author:id attribute:value` at the beginning of a text; places are left out.
pub(super) fn header(text: &[u8]) -> Option<ChangeSet> {
    let line = lines(text).next()?.text;
    let rest = after(comment(line, true)?, "changeset")?;
    let start = rest.trim_ascii_start();
    if start.len() == rest.len() {
        return None;
    }
    let start = std::str::from_utf8(start).ok()?;
    let (author, rest) = match quoted(start).filter(|(_, rest)| rest.starts_with(':')) {
        Some((author, rest)) => (author, &rest[1..]),
        None => start.split_once(':').filter(|(author, _)| !author.is_empty())?,
    };
    let (id, rest) = match quoted(rest) {
        Some(found) => found,
        None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
    };
    if id.is_empty() {
        return None;
    }
    let (author, id) = (author.to_owned(), id.to_owned());
    let rest = rest.as_bytes();
    let again = is_true(attribute(rest, "runOnChange")) || is_true(attribute(rest, "runAlways"));
    Some(ChangeSet {
        id,
        author,
        logical: attribute(rest, "logicalFilePath").filter(|path| !path.is_empty()),
        again,
        conditional: filtered(|name| attribute(rest, name)),
        apart: attribute(rest, "runInTransaction").is_some_and(|value| value.eq_ignore_ascii_case("false")),
        ..ChangeSet::default()
    })
}

/// `"text" rest`.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let (inside, rest) = text.strip_prefix('"')?.split_once('"')?;
    (!inside.is_empty()).then_some((inside, rest))
}

/// The value of `name:value`; of several the last counts, as with Liquibase's greedy patterns.
fn attribute(line: &[u8], name: &str) -> Option<String> {
    let wanted = name.len() + 1;
    let is_here = |at: &usize| {
        let here = &line[*at..*at + wanted];
        let begins = *at == 0 || !line[*at - 1].is_ascii_alphanumeric();
        begins && here.ends_with(b":") && here[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    };
    let at = (0..(line.len() + 1).checked_sub(wanted)?).rev().find(is_here)?;
    let rest = String::from_utf8_lossy(&line[at + wanted..]).into_owned();
    if let Some((inside, _)) = quoted(&rest) {
        return Some(inside.to_owned());
    }
    Some(rest.split(char::is_whitespace).next().unwrap_or_default().to_owned())
}

/// What a line of a changeset is.
enum Kind {
    /// SQL.
    Sql,
    /// Something that Liquibase reads, and does not hash.
    Directive,
    /// A sum that counts as right.
    Valid(String),
    /// The beginning of a way back over several lines.
    Rollback,
}

fn kind(line: &[u8]) -> Kind {
    if is_property(line) || header(line).is_some() {
        return Kind::Directive;
    }
    if plain_directive(line, "comment").is_some() {
        return Kind::Directive;
    }
    if let Some(sum) = plain_directive(line, "validCheckSum") {
        return Kind::Valid(String::from_utf8_lossy(sum).trim().to_owned());
    }
    let Some(rest) = comment(line, true) else {
        let inside = line.trim_ascii().strip_prefix(b"/*").map(<[u8]>::trim_ascii_start);
        let rest = inside.and_then(|inside| after(inside, "liquibase")).map(<[u8]>::trim_ascii_start);
        let starts = rest.and_then(|rest| after(rest, "rollback")).is_some_and(<[u8]>::is_empty);
        return if starts { Kind::Rollback } else { Kind::Sql };
    };
    let named = |rest: &[u8]| {
        let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
        end.is_some_and(|end| end > 0 && rest[end] == b' ')
    };
    let directive = after(rest, "rollback ").is_some()
        || after(rest, "preconditions").is_some()
        || after(rest, "precondition-").is_some_and(named);
    if directive { Kind::Directive } else { Kind::Sql }
}

/// What is left of lines that are passed over, so that the others keep their numbers.
fn line_ends(text: &[u8]) -> impl Iterator<Item = &u8> {
    text.iter().filter(|byte| matches!(byte, b'\n' | b'\r'))
}

/// The text of a changeset: what is hashed, and the same lines with everything else left empty.
pub(super) fn own(slice: &[u8], is_last: bool) -> Own {
    let Some(head) = lines(slice).next().filter(|line| header(line.text).is_some()) else {
        return plain(slice);
    };
    let mut own = Own { modern: true, ..Own::default() };
    let mut sql: Vec<u8> = Vec::new();
    let mut in_rollback = false;
    let mut filled = 0;
    counted(slice, |_, line| {
        own.text.extend(line_ends(&slice[filled..line.start]));
        filled = line.end;
        let ending = &slice[line.start + line.text.len()..line.end];
        if in_rollback {
            in_rollback = !line.text.trim_ascii_end().ends_with(b"*/");
        } else {
            match kind(line.text) {
                Kind::Directive => {}
                Kind::Valid(sum) => own.valid.push(sum),
                Kind::Rollback => (in_rollback, own.modern) = (true, false),
                Kind::Sql => {
                    own.text.extend_from_slice(line.text);
                    sql.extend_from_slice(line.text);
                    sql.push(b'\n');
                }
            }
        }
        own.text.extend_from_slice(ending);
    });
    // Lines that are passed over may be the last.
    own.text.extend(line_ends(&slice[filled..]));
    let is_not = |name: &str, default: &str| {
        attribute(head.text, name).is_none_or(|value| !value.eq_ignore_ascii_case(default))
    };
    own.sql = String::from_utf8(sql).ok().map(|sql| {
        let text = sql.trim_matches(|letter| letter <= ' ').to_owned();
        let slash = is_last && text.ends_with("\n/");
        Sql {
            delimiter: attribute(head.text, "endDelimiter").or_else(|| slash.then(|| "\n/$".to_owned())),
            splits: is_not("splitStatements", "false"),
            strips: is_not("stripComments", "false"),
            text,
        }
    });
    own.changes = own.sql.clone().map(|sql| vec![Change::Sql(sql)]);
    own
}

/// A file of SQL that says nothing of Liquibase.
fn plain(file: &[u8]) -> Own {
    let text = file.strip_prefix(BOM).unwrap_or(file);
    let sql = std::str::from_utf8(text).ok();
    let sql = sql.map(|text| Sql { text: text.to_owned(), delimiter: None, splits: false, strips: false });
    let changes = sql.clone().map(|sql| vec![Change::Sql(sql)]);
    Own { text: text.to_vec(), sql, changes, valid: Vec::new(), modern: true }
}

#[cfg(test)]
#[path = "formatted_tests.rs"]
mod tests;
