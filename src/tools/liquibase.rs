//! Liquibase's changelogs, as far as they can be read without Liquibase: which changesets a file holds and where, which
//! other changelogs it includes, and what of a changeset's text its checksum covers.
//!
//! A changeset is known by id, author and file, in any case of letters. Its text is what stands between its own first line
//! and its last: everything that Liquibase does not compare is left empty there, so that lines keep their numbers.

pub(super) mod formatted;
pub(super) mod order;
pub(super) mod rows;
mod xml;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::model::{Dialect, Migration, MigrationKind, Oid, Part, Rank, RepoPath, Script, Text, Version};

/// What a file holds, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changelog {
    /// Changesets and includes.
    pub(super) items: Vec<Item>,
    /// SQL without Liquibase's first line: one changeset, if another changelog includes it.
    pub(super) plain: bool,
}

/// Something in a changelog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A changeset.
    Set(ChangeSet),
    /// Another changelog, or all in a directory.
    Include(Include),
}

/// A changeset, as its changelog says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ChangeSet {
    /// Its id.
    pub(super) id: String,
    /// Its author.
    pub(super) author: String,
    /// What stands for the path of the file.
    pub(super) logical: Option<String>,
    /// The line at which it begins, from 1.
    pub(super) line: u32,
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// It runs again: each time, or when it has changed.
    pub(super) again: bool,
    /// See [`Part::conditional`].
    pub(super) conditional: bool,
    /// It runs without a transaction.
    pub(super) apart: bool,
}

/// Another changelog that is read in its place, or a directory of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Include {
    /// The path as it is written.
    pub(super) path: String,
    /// It begins where the including file lies.
    pub(super) relative: bool,
    /// All below the directory.
    pub(super) all: bool,
    /// Only names with this ending.
    pub(super) ending: Option<String>,
    /// What is included so may rightly be left out.
    pub(super) conditional: bool,
}

/// A changeset's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Own {
    /// Its lines, with what Liquibase does not compare left empty.
    pub(super) text: Vec<u8>,
    /// What is hashed; `None` where that takes Liquibase itself.
    pub(super) sql: Option<Sql>,
    /// What runs, in order; `None` where what one of the changes does takes Liquibase itself.
    pub(super) changes: Option<Vec<Change>>,
    /// The sums that the changeset declares valid.
    pub(super) valid: Vec<String>,
    /// Liquibase's older versions read it otherwise.
    pub(super) modern: bool,
}

/// One change of a changeset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It runs on these databases alone, or on all but these, as `dbms` says it.
    On(String, Box<Change>),
    /// SQL as it stands there.
    Sql(Sql),
    /// That of a file: the path as it is written, whether it begins where the changelog lies, and how it is read.
    File(String, bool, Sql),
}

/// Changes that leave the schema as it is.
const OF_DATA: [&str; 8] =
    ["tagDatabase", "empty", "output", "insert", "update", "delete", "loadData", "loadUpdateData"];

/// A change by its name and what is said of it. `Ok(None)` for one that changes no schema, an error for one that is not SQL.
fn change(
    name: &str,
    said: impl Fn(&str) -> Option<String>,
    text: Option<String>,
) -> Result<Option<Change>, ()> {
    if OF_DATA.contains(&name) {
        return Ok(None);
    }
    let sql = Sql {
        text: text.unwrap_or_default(),
        delimiter: said("endDelimiter"),
        splits: said("splitStatements").is_none_or(|value| !value.eq_ignore_ascii_case("false")),
        strips: is_true(said("stripComments")),
    };
    let change = match name {
        "sql" => Change::Sql(sql),
        "sqlFile" => Change::File(said("path").ok_or(())?, is_true(said("relativeToChangelogFile")), sql),
        _ => return Err(()),
    };
    Ok(Some(match said("dbms").filter(|dbms| !dbms.trim().is_empty()) {
        Some(dbms) => Change::On(dbms, Box::new(change)),
        None => change,
    }))
}

/// Whether `dbms` means this database (`DatabaseList.definitionMatches`); `None` where it means one of `MySQL` and `MariaDB`, and which of
/// them it is is not known.
fn is_for(dbms: &str, dialect: Dialect) -> Option<bool> {
    let named: Vec<String> = dbms.split(',').map(|name| name.trim().to_lowercase()).collect();
    let has = |name: &str| named.iter().any(|known| known == name);
    let is = |name: &str| {
        let only_others = named.iter().all(|known| known.starts_with('!'));
        has("all") || !has("none") && !has(&format!("!{name}")) && (has(name) || only_others)
    };
    match dialect {
        Dialect::Sqlite => Some(is("sqlite")),
        Dialect::Postgres => Some(is("postgresql")),
        Dialect::MySql => Some(is("mysql")).filter(|mysql| *mysql == is("mariadb")),
    }
}

/// What runs of that part, and whether without a transaction, on that database; `None` where that takes Liquibase itself. `read` gives the text of another
/// file of the repository.
pub(super) fn script(
    path: &RepoPath,
    part: &Part,
    file: &[u8],
    (dialect, read): (Dialect, &dyn Fn(&RepoPath) -> Option<Vec<u8>>),
) -> Option<Script> {
    let slice = slice_of(path, part, file)?;
    let own = own(path, slice, slice.as_ptr_range().end == file.as_ptr_range().end);
    let mut texts = Vec::new();
    for mut change in own.changes? {
        if let Change::On(dbms, other) = change {
            if !is_for(&dbms, dialect)? {
                continue;
            }
            change = *other;
        }
        let (text, sql) = match change {
            // Its lines are those of the file.
            Change::Sql(sql) if ending(path) == "sql" => (String::from_utf8(own.text.clone()).ok()?, sql),
            Change::Sql(sql) => (sql.text.clone(), sql),
            Change::File(name, relative, sql) => (file_of(path, &name, relative, read)?.1, sql),
            Change::On(..) => return None,
        };
        texts.push(with_semicolons(&text, &sql)?);
    }
    let line = file[..offset(file, slice)?].iter().filter(|byte| **byte == b'\n').count() + 1;
    let transaction = !single(path, slice).is_some_and(|set| set.apart);
    Some(Script { text: texts.join(";\n"), line: u32::try_from(line).unwrap_or(u32::MAX), transaction })
}

/// Where a part of a text begins in it.
fn offset(whole: &[u8], part: &[u8]) -> Option<usize> {
    (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize).filter(|at| *at <= whole.len())
}

/// Another file, with its text. Where paths begin, Liquibase is told when it runs: it is tried from the changelog's own directory upwards.
pub(super) fn file_of(
    path: &RepoPath,
    name: &str,
    relative: bool,
    read: &dyn Fn(&RepoPath) -> Option<Vec<u8>>,
) -> Option<(RepoPath, String)> {
    let mut dir = path.parent();
    let name = name.strip_prefix("classpath:").unwrap_or(name);
    let (found, text) = loop {
        let found = RepoPath::from(normal(&format!("{}/{name}", dir.to_str_lossy())).as_str());
        if let Some(text) = read(&found) {
            break (found, text);
        }
        if relative || dir == RepoPath::default() {
            return None;
        }
        dir = dir.parent();
    };
    Some((found, String::from_utf8(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).to_vec()).ok()?))
}

/// The text with a semicolon after each statement, in the place of what stands there. `None` where what that is cannot be read.
fn with_semicolons(text: &str, sql: &Sql) -> Option<String> {
    let Some(delimiter) = sql.delimiter.as_deref().filter(|delimiter| sql.splits && *delimiter != ";") else {
        return Some(text.to_owned());
    };
    // A word on a line of its own, as `GO` is, or an expression.
    let plain = delimiter.trim();
    let is_word = !plain.is_empty() && !plain.contains(['\\', '$', '^', '*', '|', '[', '(', '?', '+', '.']);
    let pattern = match is_word {
        true if plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!(r"(?im)^[ \t]*{plain}[ \t]*$")
        }
        true => format!(r"(?m){}[ \t]*$", regex::escape(plain)),
        false => format!("(?im){delimiter}"),
    };
    let found = regex::Regex::new(&pattern).ok()?;
    // The lines keep their numbers.
    let put = |found: &regex::Captures<'_>| format!(";{}", "\n".repeat(found[0].matches('\n').count()));
    Some(found.replace_all(text, put).into_owned())
}

/// The SQL of a changeset, and what once entered its sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sql {
    /// The text.
    pub(super) text: String,
    /// `endDelimiter`.
    pub(super) delimiter: Option<String>,
    /// `splitStatements`.
    pub(super) splits: bool,
    /// `stripComments`.
    pub(super) strips: bool,
}

/// Reads a file; `None` for one that is no changelog.
pub(super) fn read(path: &RepoPath, file: &[u8]) -> Option<Changelog> {
    match ending(path) {
        "sql" => Some(formatted::read(file)),
        "xml" => xml::read(file),
        "" => None,
        _ => yaml::read(file),
    }
}

/// Whether a file's name is one that a changelog may have.
pub(super) fn may_be_one(path: &RepoPath) -> bool {
    !ending(path).is_empty()
}

fn ending(path: &RepoPath) -> &'static str {
    let name = path.file_name().to_ascii_lowercase();
    let known = ["sql", "xml", "yaml", "yml", "json"];
    let has = |ending: &&str| name.strip_suffix(ending.as_bytes()).is_some_and(|rest| rest.ends_with(b"."));
    known.into_iter().find(has).unwrap_or_default()
}

/// Which of the changesets with this id and author the part is, from 1; `None` where it is another one.
fn number(part: &Part, set: &ChangeSet) -> Option<usize> {
    let rest = part.key.strip_prefix(part_key(&set.id, &set.author).as_str())?;
    if rest.is_empty() { Some(1) } else { rest.strip_prefix("::")?.parse().ok() }
}

/// The changeset of that part, out of its file or out of another text that the file had.
fn slice_of<'t>(path: &RepoPath, part: &Part, file: &'t [u8]) -> Option<&'t [u8]> {
    // Mostly it is the very file from which the part was read.
    if let Some(slice) = file.get(part.range.clone()).filter(|slice| !slice.is_empty())
        && single(path, slice).is_some_and(|set| number(part, &set).is_some())
        && (ending(path) != "sql" || formatted::ends_at(file, part.range.end))
    {
        return Some(slice);
    }
    let (first, same) = slices_of(path, part, file);
    same.into_iter().nth(first)
}

/// A slice of a file that is one changeset.
fn single(path: &RepoPath, slice: &[u8]) -> Option<ChangeSet> {
    match ending(path) {
        "sql" => formatted::header(slice),
        "xml" => xml::single(slice),
        _ => yaml::single(slice),
    }
}

/// The value of a switch.
fn is_true(value: Option<String>) -> bool {
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

/// Whether attributes let a changeset run here and not there.
fn filtered(attribute: impl Fn(&str) -> Option<String>) -> bool {
    let filters = ["context", "contextFilter", "labels", "dbms"];
    // What `${...}` stands for is not known here.
    let ignored = attribute("ignore").is_some_and(|value| !matches!(value.trim(), "" | "false"));
    ignored || filters.iter().any(|name| attribute(name).is_some_and(|value| !value.trim().is_empty()))
}

/// All changesets of that id and author, one for each kind of database, say; and the place of the one meant among them.
fn slices_of<'t>(path: &RepoPath, part: &Part, file: &'t [u8]) -> (usize, Vec<&'t [u8]>) {
    let mut place = 0;
    let mut slices = Vec::new();
    for item in read(path, file).map(|changelog| changelog.items).unwrap_or_default() {
        if let Item::Set(set) = item
            && let Some(number) = number(part, &set)
            && let Some(slice) = file.get(set.range)
        {
            place = number.saturating_sub(1);
            slices.push(slice);
        }
    }
    (place, slices)
}

/// The text of a changeset that is the slice.
fn own(path: &RepoPath, slice: &[u8], is_last: bool) -> Own {
    match ending(path) {
        "sql" => formatted::own(slice, is_last),
        "xml" => xml::own(slice),
        _ => yaml::own(slice),
    }
}

/// The texts of all changesets in a file that have the id and the author of that part.
pub(super) fn texts(path: &RepoPath, part: &Part, file: &[u8]) -> Vec<Own> {
    let is_last = |slice: &[u8]| slice.as_ptr_range().end == file.as_ptr_range().end;
    slices_of(path, part, file).1.into_iter().map(|slice| own(path, slice, is_last(slice))).collect()
}

/// The text of that part; `None` where the file has no such changeset.
pub(super) fn text(path: &RepoPath, part: &Part, file: &[u8]) -> Option<Own> {
    let slice = slice_of(path, part, file)?;
    Some(own(path, slice, slice.as_ptr_range().end == file.as_ptr_range().end))
}

/// Whether two texts differ only in blanks that mean nothing there.
pub(super) fn same_words(path: &RepoPath, one: &str, other: &str) -> bool {
    let lines = |text: &str| -> Vec<String> {
        let lines = text.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect()
    };
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    match ending(path) {
        // What the checksum covers; whether it runs the same has been looked at before.
        "sql" => letters(one) == letters(other),
        // Comments of YAML stand among the changes.
        _ => {
            let counts = |line: &String| ending(path) == "xml" || !line.starts_with('#');
            let [one, other] =
                [one, other].map(|text| lines(text).into_iter().filter(counts).collect::<Vec<_>>());
            one == other
        }
    }
}

/// What tells a changeset from the others of its file.
pub(super) fn part_key(id: &str, author: &str) -> Text {
    format!("{id}::{author}").to_lowercase().into()
}

/// What a changeset is known by.
pub(super) fn identity(path: &str, key: &str) -> Text {
    format!("{}::{key}", normal(path).to_lowercase()).into()
}

/// A path as Liquibase compares it: without `classpath:`, drive and leading slash, with its dots resolved.
pub(super) fn normal(path: &str) -> String {
    let path = path.strip_prefix("classpath:").unwrap_or(path).replace('\\', "/");
    let path = match path.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 => rest,
        _ => &path,
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A changeset as a migration.
pub(super) fn migration(
    (path, blob): (&RepoPath, Oid),
    dir: &RepoPath,
    set: &ChangeSet,
    (alone, conditional): (bool, bool),
) -> Migration {
    let whole = path.to_str_lossy();
    let shown = set.logical.as_deref().map_or_else(
        || path.below(dir).map_or(Cow::Borrowed(&*whole), String::from_utf8_lossy),
        Cow::Borrowed,
    );
    let key = part_key(&set.id, &set.author);
    let kind = if set.again { MigrationKind::Repeatable } else { MigrationKind::Versioned };
    Migration {
        path: path.clone(),
        kind,
        version: Version(format!("{shown}::{}::{}", set.id, set.author).into()),
        identity: identity(set.logical.as_deref().unwrap_or(&whole), &key),
        name: Text::default(),
        rank: Rank::default(),
        blob,
        symlink: false,
        undo: None,
        text: None,
        touched: false,
        links: None,
        part: Some(Arc::new(Part {
            key,
            line: set.line,
            range: set.range.clone(),
            alone,
            conditional: conditional || set.conditional,
        })),
    }
}

/// The changeset that a row names, as if it stood in that file; `None` where the row names another file.
pub(super) fn stand_in(path: &RepoPath, identity: &str) -> Option<Migration> {
    let file = normal(&path.to_str_lossy()).to_lowercase();
    let key = identity.strip_prefix(&*file)?.strip_prefix("::")?;
    let set = ChangeSet { line: 1, ..ChangeSet::default() };
    let mut migration =
        migration((path, Oid::from_bytes(&[0; 20])?), &RepoPath::default(), &set, (false, false));
    let part = Part { key: key.into(), line: 1, range: 0..0, alone: false, conditional: false };
    migration.identity = identity.into();
    migration.part = Some(Arc::new(part));
    Some(migration)
}

#[cfg(test)]
#[path = "liquibase/script_tests.rs"]
mod tests;
