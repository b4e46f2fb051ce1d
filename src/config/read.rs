//! Reads guard.toml and reports all mistakes at once, not the first.

use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use serde::Deserialize;

use super::file::File;
use super::{Mistake, Source};

/// How many mistakes are worth reading.
const ENOUGH: usize = 50;

/// A file as far as it could be read.
#[derive(Default)]
pub(super) struct Read {
    /// What could be read.
    pub(super) file: File,
    /// The keys that were left out, each of which stands among the mistakes.
    pub(super) left_out: Vec<String>,
}

/// Reads the text.
pub(super) fn read(source: &Source<'_>, mistakes: &mut Vec<Mistake>) -> Read {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        mistakes.push(source.mistake(at, format!("this is not TOML: {}", one_line(error.message()))));
    }
    if !errors.is_empty() {
        // What is left of a file with broken syntax would only make mistakes that are none.
        return Read::default();
    }
    read_table(source, table, mistakes)
}

/// serde stops at the first mistake. So the value that it stumbled over is taken out, and it tries again.
fn read_table(source: &Source<'_>, mut table: Spanned<DeTable<'_>>, mistakes: &mut Vec<Mistake>) -> Read {
    let mut left_out = Vec::new();
    for _ in 0..ENOUGH {
        match File::deserialize(Deserializer::from(table.clone())) {
            Ok(file) => return Read { file, left_out },
            Err(error) => {
                let Some(span) = error.span() else {
                    mistakes.push(source.mistake(0, one_line(error.message())));
                    return Read::default();
                };
                mistakes.push(source.mistake(span.start, one_line(error.message())));
                let Some(key) = take_out(table.get_mut(), span.start) else { return Read::default() };
                left_out.push(key);
            }
        }
    }
    Read::default()
}

/// Removes the innermost key that covers the byte `at`, and returns it.
fn take_out(table: &mut DeTable<'_>, at: usize) -> Option<String> {
    let covering = table
        .iter()
        .find(|(key, value)| {
            key.span().contains(&at) || value.span().contains(&at) || holds(value.get_ref(), at)
        })
        .map(|(key, _)| key.clone());
    let key = covering?;
    let inner = match table.get_mut(&key).map(Spanned::get_mut) {
        Some(DeValue::Table(inner)) => take_out(inner, at),
        Some(DeValue::Array(elements)) => elements.iter_mut().find_map(|element| match element.get_mut() {
            DeValue::Table(inner) => take_out(inner, at),
            _ => None,
        }),
        _ => None,
    };
    inner.or_else(|| table.remove(&key).map(|_| key.get_ref().to_string()))
}

/// Whether something inside lies at that byte. Tables may be spread over the file, so their own span is not enough.
fn holds(value: &DeValue<'_>, at: usize) -> bool {
    match value {
        DeValue::Table(table) => table.iter().any(|(key, value)| {
            key.span().contains(&at) || value.span().contains(&at) || holds(value.get_ref(), at)
        }),
        DeValue::Array(elements) => {
            elements.iter().any(|element| element.span().contains(&at) || holds(element.get_ref(), at))
        }
        _ => false,
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
