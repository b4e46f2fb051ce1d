//! What several rules say in the same words: names of migrations, commands to paste, short lists.
//!
//! Names of files, versions and cells of ledgers are foreign bytes. Whatever stands in a sentence is made safe for a
//! terminal here, whatever stands in a command is quoted.

pub(super) mod statement;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::{
    AppliedMigration, CommitFact, Database, Dialect, Horizon, Ledger, Location, Migration, MigrationKind,
    MigrationSet, Oid, PastText, Rank, RepoPath, TableName, Version,
};

use super::fill;

pub(super) mod drift;

/// A path as one word of a shell's command line.
pub(super) fn quote(path: &RepoPath) -> String {
    let bytes = path.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./+-@%=:,".contains(byte);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return path.to_str_lossy().into_owned();
    }
    let shown = path.to_string();
    if shown.as_bytes() == bytes {
        return format!("'{}'", shown.replace('\'', r"'\''"));
    }
    // Control characters and bytes that are no UTF-8: the form that bash, zsh and POSIX 2024 know.
    let mut word = String::from("$'");
    for byte in bytes {
        match byte {
            b'\'' | b'\\' => word.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => word.push(char::from(*byte)),
            _ => write!(word, "\\{byte:03o}").expect("a string can be written to"),
        }
    }
    word.push('\'');
    word
}

/// A path as git takes it where it expects a pattern (`git restore`, `git add`): with its wild cards taken literally.
fn pathspec(path: &RepoPath) -> String {
    let bytes = path.as_bytes();
    if bytes.iter().any(|byte| b"*?[\\".contains(byte)) || bytes.starts_with(b":") {
        quote(&RepoPath::new([b":(literal)", bytes].concat()))
    } else {
        quote(path)
    }
}

/// Foreign text, safe for a terminal.
pub(super) fn clean(text: &str) -> String {
    RepoPath::from(text).to_string()
}

/// Foreign text on one line, cut where it becomes long.
pub(super) fn short(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    clean(&short)
}

/// A migration in a sentence: `migration 7 (add_email)`.
pub(super) fn migration(migration: &Migration) -> String {
    let kind = match migration.kind {
        MigrationKind::Versioned => "migration",
        MigrationKind::Repeatable => "the repeatable migration",
        MigrationKind::Undo => "the undo migration",
        MigrationKind::Baseline => "the baseline",
    };
    format!("{kind} {}", named(migration))
}

/// A migration in a list: `7 (add_email)`.
pub(super) fn named(migration: &Migration) -> String {
    let version = &migration.version;
    if version.0.is_empty() {
        clean(&migration.name)
    } else if migration.name.is_empty() || version.0.contains(&*migration.name) {
        version.to_string()
    } else {
        format!("{version} ({})", clean(&migration.name))
    }
}

/// `1 migration`, `2 migrations`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The first few of a list, and how many more there are.
pub(super) fn first<T>(items: &[T], name: impl FnMut(&T) -> String) -> String {
    const SHOWN: usize = 5;
    let mut text = items.iter().take(SHOWN).map(name).collect::<Vec<_>>().join(", ");
    if items.len() > SHOWN {
        write!(text, " and {} more", items.len() - SHOWN).expect("a string can be written to");
    }
    text
}

/// What a finding about a migration is known by.
pub(super) fn key(set: &MigrationSet, migration: &Migration) -> String {
    format!("{}:{}", set.name, migration.identity)
}

/// What a finding about a ledger, or a row of it, is known by.
pub(super) fn key_in(set: &MigrationSet, identity: &str, database: &Database) -> String {
    format!("{}:{identity}:{}", set.name, database.name)
}

/// A ledger, or a row of it.
pub(super) fn ledger(database: &Database, ledger: &Ledger, version: Option<&Version>) -> Location {
    Location::Ledger {
        database: database.name.clone(),
        table: ledger.table.clone(),
        // The row of a repeatable migration has none.
        version: version.filter(|version| !version.0.is_empty()).cloned(),
    }
}

/// Brings files back as the base has them: `git restore --source=...`.
pub(super) fn restore<'a>(set: &MigrationSet, paths: impl IntoIterator<Item = &'a RepoPath>) -> String {
    let base = set.base.as_deref().unwrap_or("HEAD");
    let paths: Vec<_> = paths.into_iter().map(pathspec).collect();
    format!("git restore --source={base} --staged --worktree -- {}", paths.join(" "))
}

/// Brings migrations back as the base has them. Of a file with others in it only their lines are meant.
pub(super) fn restore_all<'a>(set: &MigrationSet, of: impl IntoIterator<Item = &'a Migration>) -> String {
    let of: Vec<&Migration> = of.into_iter().collect();
    let paths: BTreeSet<&RepoPath> = of.iter().map(|migration| &migration.path).collect();
    match of.iter().find(|migration| migration.shares_file()) {
        None => restore(set, of.iter().map(|migration| &migration.path).filter(once(paths.clone()))),
        Some(_) => {
            let base = set.base.as_deref().unwrap_or("HEAD");
            let shown: Vec<String> = paths.into_iter().map(|path| show(base, path)).collect();
            format!("{} (only the lines of {})", shown.join("; "), first(&of, |one| named(one)))
        }
    }
}

/// Files of which so many migrations are concerned that one finding says it better (a generated changelog).
pub(super) fn many_of_a_file<'a>(of: impl Iterator<Item = &'a Migration>) -> Vec<Vec<&'a Migration>> {
    const MANY: usize = 5;
    let mut files: Vec<Vec<&Migration>> = Vec::new();
    for migration in of.filter(|migration| migration.shares_file()) {
        // The parts of a file mostly come one after another.
        match files.iter_mut().rfind(|parts| is_of(parts, &migration.path)) {
            Some(parts) => parts.push(migration),
            None => files.push(vec![migration]),
        }
    }
    files.retain(|parts| parts.len() > MANY);
    files
}

/// Whether these are parts of that file.
pub(super) fn is_of(parts: &[&Migration], path: &RepoPath) -> bool {
    parts.first().is_some_and(|first| first.path == *path)
}

/// Each path the first time.
fn once<'a>(mut left: BTreeSet<&'a RepoPath>) -> impl FnMut(&&'a RepoPath) -> bool {
    move |path| left.remove(*path)
}

/// Shows a file as a commit has it.
pub(super) fn show(commit: &str, path: &RepoPath) -> String {
    format!("git show {}", quote(&RepoPath::new([commit.as_bytes(), b":", path.as_bytes()].concat())))
}

/// Whether files of the set hold several migrations, so that a file is never brought back as a whole.
pub(super) fn has_parts(set: &MigrationSet) -> bool {
    set.candidate.iter().chain(set.elsewhere()).any(|migration| migration.part.is_some())
}

/// A commit in a sentence: `1a2b3c4d of 2026-03-01 by Ada, "add users"`.
pub(super) fn commit(commit: &CommitFact) -> String {
    let CommitFact { id, author, date, subject } = commit;
    format!("{} of {date} by {}, \"{}\"", id.short(), short(author, 40), short(subject, 60))
}

/// Brings a text of the past to the path where the migration lies now.
pub(super) fn restore_past(past: &PastText, here: &RepoPath, whole: bool) -> String {
    let id = past.commit.id.short();
    if !whole {
        return format!("{} (only its own lines)", show(&id, &past.path));
    }
    if past.path == *here {
        return format!("git restore --source={id} --staged --worktree -- {}", pathspec(here));
    }
    restore_blob(past.blob, here)
}

/// Brings a text that git knows to a path.
pub(super) fn restore_blob(blob: Oid, here: &RepoPath) -> String {
    format!("git cat-file blob {} > {} && {}", blob.short(), quote(here), stage(here))
}

/// Brings back what a commit took away.
pub(super) fn restore_deleted(deletion: &CommitFact, path: &RepoPath) -> String {
    format!("git restore --source={}~1 --staged --worktree -- {}", deletion.id.short(), pathspec(path))
}

/// Why a text that was not found may exist all the same.
pub(super) fn horizon(horizon: Horizon) -> Option<&'static str> {
    match horizon {
        Horizon::Whole => None,
        Horizon::Shallow => Some("this clone is shallow; git fetch --unshallow brings the rest"),
        Horizon::TimeOver => Some("the search was cut off when its time was over"),
        Horizon::Unreadable => Some("some of the history is not in this clone, or cannot be read"),
    }
}

/// Stages a file.
pub(super) fn stage(path: &RepoPath) -> String {
    format!("git add -- {}", pathspec(path))
}

/// Takes a file out of what is committed and leaves it where it lies.
pub(super) fn unstage(path: &RepoPath) -> String {
    format!("git rm --cached -- {}", pathspec(path))
}

/// Gives a file another name.
pub(super) fn rename(from: &RepoPath, to: &RepoPath) -> String {
    format!("git mv -- {} {}", quote(from), quote(to))
}

/// Makes a new migration, with the tool's own command where it has one.
pub(super) fn create(set: &MigrationSet) -> String {
    match &set.tool.words.create {
        Some(create) => format!(": {}", fill(create, &[("name", "NAME"), ("dir", &set.dir.to_str_lossy())])),
        None => format!(" in {}", directory(set)),
    }
}

/// The directory of a set, in a sentence.
pub(super) fn directory(set: &MigrationSet) -> String {
    if set.dir.as_bytes().is_empty() { "the root of the repository".to_owned() } else { set.dir.to_string() }
}

/// A row in a sentence: `7 (add_email)`.
pub(super) fn row(row: &AppliedMigration) -> String {
    match &row.name {
        Some(name) if row.version.0.is_empty() => clean(name),
        Some(name) if !row.version.0.contains(&**name) => format!("{} ({})", row.version, clean(name)),
        _ => row.version.to_string(),
    }
}

/// Takes the record of a row back, with the tool's own command.
pub(super) fn unmark(
    set: &MigrationSet,
    place: (&TableName, Dialect),
    row: &AppliedMigration,
) -> Option<String> {
    let of = (&row.version, row.name.as_deref().unwrap_or_default(), None);
    command(set.tool.words.unmark.as_ref(), of, place, "")
}

/// One of the tool's own commands, about one migration or row.
pub(super) fn command(
    template: Option<&String>,
    (version, name, path): (&Version, &str, Option<&RepoPath>),
    (table, dialect): (&TableName, Dialect),
    checksum: &str,
) -> Option<String> {
    let path = path.map(RepoPath::to_str_lossy).unwrap_or_default();
    let template = template?;
    let table = statement::table(table, dialect);
    let (version, name) =
        (statement::value(template, &version.0, dialect), statement::value(template, name, dialect));
    // A changeset of Liquibase is called `file::id::author`.
    let (file, rest) = version.split_once("::").unwrap_or_default();
    let (id, author) = rest.rsplit_once("::").unwrap_or_default();
    let values = [
        ("file", file),
        ("id", id),
        ("author", author),
        ("version", &*version),
        ("name", &*name),
        ("path", &*path),
        ("table", &table),
        ("checksum", checksum),
    ];
    Some(fill(&statement::in_dialect(template, dialect), &values))
}

/// The directory of a set, as a place.
pub(super) fn place(set: &MigrationSet) -> Location {
    if set.dir.as_bytes().is_empty() { Location::Repository } else { Location::file(&set.dir) }
}

/// Makes the line endings of migrations the same in every checkout.
pub(super) fn fixed_line_endings(set: &MigrationSet, paths: &[&RepoPath]) -> [String; 2] {
    let name = paths.first().map_or(&b""[..], |path| path.file_name());
    let ending = name.iter().rposition(|byte| *byte == b'.').map_or(&b""[..], |point| &name[point..]);
    let pattern = set.dir.join(&[b"**/*", ending].concat());
    // What git reads as one word: a pattern with a blank stands in double quotes.
    let pattern = pattern.to_str_lossy();
    let blank = pattern.contains([' ', '\t', '"']);
    let pattern = if blank { format!("\"{}\"", pattern.replace('"', "\\\"")) } else { pattern.into_owned() };
    let paths: Vec<_> = paths.iter().map(|path| pathspec(path)).collect();
    let line = quote(&RepoPath::from(format!("{pattern} text eol=lf").as_str()));
    [
        format!("echo {line} >> .gitattributes && git add -- .gitattributes"),
        format!("git add --renormalize -- {}", paths.join(" ")),
    ]
}

/// Gives out versions that come after all others, for `git mv`.
#[derive(Debug)]
pub(super) struct Renumber {
    newest: Option<String>,
    rank: Rank,
    graph: bool,
}

impl Renumber {
    /// After everything in the candidate and on the protected branch.
    pub(super) fn after_all(set: &MigrationSet) -> Self {
        let versioned = |migration: &&Migration| migration.kind == MigrationKind::Versioned;
        let landed = set.landed.iter().filter(versioned).max_by(|one, other| one.rank.cmp(&other.rank));
        // The candidate's are in the tool's order.
        let newest = set.candidate.iter().rfind(versioned);
        let newest = newest.into_iter().chain(landed).max_by(|one, other| one.rank.cmp(&other.rank));
        Self {
            newest: newest.map(|migration| digits(&migration.version.0).to_owned()),
            rank: newest.map(|migration| migration.rank.clone()).unwrap_or_default(),
            graph: set.graph.is_some(),
        }
    }

    /// The commands that give this migration the next version, and its way back with it.
    pub(super) fn next(&mut self, set: &MigrationSet, migration: &Migration) -> Vec<String> {
        if let Some(part) = &migration.part {
            let only = "give it an id that no other changeset of its author in that file has";
            return vec![format!("{only}, at line {} of {}", part.line, migration.path)];
        }
        if self.graph {
            return vec![format!(
                "give it an id of its own, for example with a new migration{}",
                create(set)
            )];
        }
        // `10` comes after `9` where the tool compares numbers, and before it where it compares text.
        let after = |next: &String, newest: &str| {
            next.len() == newest.len() || Rank::numbers(next.split('.')) > self.rank
        };
        let next =
            self.newest.as_deref().and_then(|newest| successor(newest).filter(|next| after(next, newest)));
        let old = digits(&migration.version.0);
        let moves: Option<Vec<String>> = next.as_ref().and_then(|next| {
            let paths = [Some(&migration.path), migration.undo.as_ref()];
            paths
                .into_iter()
                .flatten()
                .map(|path| Some(rename(path, &with_version(path, old, next)?)))
                .collect()
        });
        if let Some(moves) = moves {
            self.newest = next;
            return moves;
        }
        let newest = self.newest.as_deref().unwrap_or_default();
        if newest.is_empty() {
            return vec![format!(
                "let it run after all others, for example as a new migration{}",
                create(set)
            )];
        }
        vec![format!(
            "give it a version after {}, for example with a new migration{}",
            clean(newest),
            create(set)
        )]
    }
}

/// The number at the beginning of a version, with its points.
fn digits(version: &str) -> &str {
    let end = version.find(|character: char| !character.is_ascii_digit() && character != '.');
    version[..end.unwrap_or(version.len())].trim_end_matches('.')
}

/// The next version: one second later where it is a time, else the last number plus one, as wide as before.
fn successor(version: &str) -> Option<String> {
    let start = version.rfind('.').map_or(0, |point| point + 1);
    let (head, last) = version.split_at(start);
    let number: u64 = last.parse().ok()?;
    let width = last.len();
    if head.is_empty() && width == 14 {
        return Some(format!("{}{:06}", &last[..8], later(number % 1_000_000)?));
    }
    Some(format!("{head}{:0width$}", number.checked_add(1)?))
}

/// One second later on the clock, as `HHMMSS`; `None` where the day is over.
fn later(clock: u64) -> Option<u64> {
    let (hours, minutes, seconds) = (clock / 10_000, clock / 100 % 100, clock % 100);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return clock.checked_add(1).filter(|clock| *clock < 1_000_000);
    }
    let time = hours * 3600 + minutes * 60 + seconds + 1;
    let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
    (hours < 24).then_some(hours * 10_000 + minutes * 100 + seconds)
}

/// The path with another version in the name of the file, or of the folder that holds it.
fn with_version(path: &RepoPath, old: &str, new: &str) -> Option<RepoPath> {
    let text = std::str::from_utf8(path.as_bytes()).ok().filter(|_| !old.is_empty())?;
    let mut parts: Vec<String> = text.split('/').map(str::to_owned).collect();
    let holder = parts.iter_mut().rev().take(2).find_map(|part| {
        let at = part.find(|character: char| character.is_ascii_digit()).filter(|at| *at <= 1)?;
        let rest = part[at..].strip_prefix(old)?;
        let ends = !rest.starts_with(|next: char| {
            next.is_ascii_digit() || next == '.' && rest[1..].starts_with(|n: char| n.is_ascii_digit())
        });
        let renamed = format!("{}{new}{rest}", &part[..at]);
        ends.then_some((part, renamed))
    });
    let (part, renamed) = holder?;
    *part = renamed;
    Some(RepoPath::from(parts.join("/").as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_one_word_of_the_shell() {
        let word = |path: &[u8]| quote(&RepoPath::new(path));
        assert_eq!(word(b"migrations/1_a.sql"), "migrations/1_a.sql");
        assert_eq!(word(b"my migrations/1.sql"), "'my migrations/1.sql'");
        assert_eq!(word(b"it's;rm -rf.sql"), r"'it'\''s;rm -rf.sql'");
        assert_eq!(word("größe.sql".as_bytes()), "'größe.sql'");
        assert_eq!(word(b"a\nb'\xff\x1b.sql"), r"$'a\012b\'\377\033.sql'");
        assert_eq!(word(b""), "''");
    }

    #[test]
    fn the_shell_reads_the_word_as_it_was() {
        for bytes in
            [&b"plain.sql"[..], b"a b", b"it's", b"$HOME`x`\"q\"", b"a\nb\t\\c\xff'", "\u{202e}x".as_bytes()]
        {
            let word = quote(&RepoPath::new(bytes));
            let output =
                std::process::Command::new("bash").args(["-c", &format!("printf %s {word}")]).output();
            assert_eq!(output.expect("bash is here").stdout, bytes, "{word}");
        }
    }

    #[test]
    fn wild_cards_of_git_are_taken_literally() {
        assert_eq!(pathspec(&RepoPath::from("a[1].sql")), "':(literal)a[1].sql'");
        assert_eq!(pathspec(&RepoPath::from("a.sql")), "a.sql");
    }

    #[test]
    fn the_next_version_keeps_its_form() {
        for (version, next) in [
            ("7", Some("8")),
            ("0009", Some("0010")),
            ("1.9", Some("1.10")),
            ("20240131235958", Some("20240131235959")),
            ("20240131125959", Some("20240131130000")),
            ("20240131235959", None),
            ("20240131000099", Some("20240131000100")),
            ("", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(successor(version).as_deref(), next, "{version}");
        }
    }

    #[test]
    fn the_version_is_replaced_where_it_stands() {
        for (path, old, next) in [
            ("m/3_a.sql", "3", Some("m/8_a.sql")),
            ("m/V3__a3.sql", "3", Some("m/V8__a3.sql")),
            ("m/20240101_init/migration.sql", "20240101", Some("m/8_init/migration.sql")),
            ("m/33_a.sql", "3", None),
            ("m/V1.3__a.sql", "1", None),
            ("m/1.sql", "1", Some("m/8.sql")),
            ("m/a.sql", "", None),
        ] {
            let renamed = with_version(&RepoPath::from(path), old, "8");
            assert_eq!(renamed.map(|path| path.to_string()).as_deref(), next, "{path}");
        }
    }

    #[test]
    fn a_commit_is_said_on_one_harmless_line() {
        let said = commit(&CommitFact {
            id: Oid::from_hex(&"1a2b3c4d".repeat(5)).expect("an id"),
            author: "Eve\u{1b}[2J\nroot".to_owned(),
            date: "2026-03-01".to_owned(),
            subject: format!("\u{202e}{}", "x".repeat(80)),
        });
        let long = "x".repeat(59);
        assert_eq!(said, format!("1a2b3c4d of 2026-03-01 by Eve\\u{{1b}}[2J\\nroot, \"\\u{{202e}}{long}…\""));
    }

    #[test]
    fn a_long_list_is_cut() {
        assert_eq!(first(&[1, 2], ToString::to_string), "1, 2");
        assert_eq!(first(&[1, 2, 3, 4, 5, 6, 7], ToString::to_string), "1, 2, 3, 4, 5 and 2 more");
    }
}
