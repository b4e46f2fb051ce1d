//! The sums of Liquibase: of a changeset, for SQL only, in the versions 8 (from 3.5) and 9 (from 4.22). The version stands
//! in front of the sum, and Liquibase computes that one again.

use md5::{Digest as _, Md5};

use crate::model::{Content, Migration, MigrationKind, Part};

use super::super::RawRow;
use super::super::liquibase::{self, Own, Sql};
use super::{Digest, NO_CHECKSUM, NOT_UTF_8, REPEATABLE};

/// Changes that Liquibase makes SQL of: what it hashes are its own objects.
pub(in crate::tools) const MODEL: &str =
    "only Liquibase itself can compute the sum of a changeset that is no plain SQL";
const OLD: &str = "its sum is of a version before 8, which only Liquibase itself can compute";
const PROPERTIES: &str = "its text holds properties, whose values are not known here";
const READ_OTHERWISE: &str = "the Liquibase that recorded its sum may have read its text otherwise";
const NOT_THERE: &str = "the text has no such changeset";

/// Why sums are not compared, where that is worth a word.
pub const NOT_COMPUTED: [&str; 4] = [MODEL, OLD, PROPERTIES, READ_OTHERWISE];

/// The sum of today's version.
pub(super) fn digest(migration: &Migration, part: &Part, file: &[u8]) -> Option<Digest> {
    let own = liquibase::text(&migration.path, part, file)?;
    Some(Digest::Text(sum(9, own.sql.as_ref()?)))
}

/// Compares as Liquibase does.
pub(super) fn compare(row: &RawRow, migration: &Migration, part: &Part, file: &[u8]) -> Content {
    let recorded = match &row.recorded {
        Some(Digest::Text(recorded)) if !recorded.is_empty() => recorded.as_str(),
        _ => return Content::NotComparable(NO_CHECKSUM),
    };
    let Some(own) = liquibase::text(&migration.path, part, file) else {
        return Content::NotComparable(NOT_THERE);
    };
    let content = compare_text(recorded, &own);
    if migration.kind == MigrationKind::Repeatable && matches!(content, Content::Differs { .. }) {
        return Content::NotComparable(REPEATABLE);
    }
    if !matches!(content, Content::Differs { .. }) {
        return content;
    }
    // One for each kind of database may have this id.
    let others = liquibase::texts(&migration.path, part, file);
    let same = others.iter().any(|other| compare_text(recorded, other) == Content::Same);
    if same { Content::Same } else { content }
}

fn compare_text(recorded: &str, own: &Own) -> Content {
    let declared = |valid: &String| {
        matches!(valid.to_ascii_lowercase().as_str(), "any" | "all" | "*" | "1:any") || valid == recorded
    };
    if own.valid.iter().any(declared) {
        return Content::Same;
    }
    let version = match recorded.split_once(':') {
        Some(("9", _)) => 9,
        Some(("8", _)) => 8,
        _ => return Content::NotComparable(OLD),
    };
    let Some(sql) = &own.sql else {
        return Content::NotComparable(if own.modern { MODEL } else { NOT_UTF_8 });
    };
    let computed = sum(version, sql);
    if computed == recorded || own.valid.contains(&computed) {
        Content::Same
    } else if sql.text.contains("${") {
        Content::NotComparable(PROPERTIES)
    } else if version == 8 && !own.modern {
        Content::NotComparable(READ_OTHERWISE)
    } else {
        Content::Differs { recorded: recorded.to_owned(), computed, renamed: false }
    }
}

/// The sum of a changeset with this SQL as its only change.
fn sum(version: u8, sql: &Sql) -> String {
    let inner = if version == 9 { nine(sql) } else { eight(sql) };
    format!("{version}:{}", md5(format!("{version}:{inner}:").as_bytes()))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Without blanks, wherever they stand.
fn nine(sql: &Sql) -> String {
    let text: Vec<u8> = sql.text.bytes().filter(|byte| !is_blank(*byte)).collect();
    md5(&text)
}

/// With one blank for several, and the settings in front.
fn eight(sql: &Sql) -> String {
    let delimiter = sql.delimiter.as_deref().unwrap_or("null");
    let mut text = format!("{delimiter}:{}:{}:", sql.splits, sql.strips).into_bytes();
    let words = sql.text.as_bytes().split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
    for (at, word) in words.enumerate() {
        if at > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
    }
    md5(&text)
}

fn md5(text: &[u8]) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "liquibase_tests.rs"]
mod tests;
