//! How deep an edit goes: line endings, what only people read, or what runs.
//!
//! In doubt an edit counts as code: a false alarm is a nuisance, a missed edit is a broken database.

use std::borrow::Cow;

use crate::model::{Nature, RepoPath};

use super::checksum::with_lf;
use super::program::{self, Dialect};
use super::spec::{FilesSpec, Layout, Syntax};
use super::{Tool, liquibase, python, sql};

impl Tool {
    /// How deep an edit of the file goes.
    pub fn nature(&self, path: &RepoPath, before: &[u8], after: &[u8]) -> Nature {
        let (before, after) = (plain(before), plain(after));
        if before == after {
            return Nature::LineEndings;
        }
        let files = &self.spec.files;
        let first_line =
            |text: &[u8]| files.first_line.as_ref().is_some_and(|line| text.starts_with(line.as_bytes()));
        let syntax = self.syntax(path);
        let (Ok(one), Ok(other)) = (std::str::from_utf8(&before), std::str::from_utf8(&after)) else {
            return Nature::Code;
        };
        if first_line(&before) != first_line(&after)
            || is_foreign(files, syntax, one)
            || is_foreign(files, syntax, other)
        {
            return Nature::Code;
        }
        let cosmetic = match syntax {
            Syntax::Sql => sql::same(one, other, &files.directives),
            Syntax::Ruby => same_lines(one, other, &RUBY),
            Syntax::Python => python::same(one, other),
            Syntax::Elixir => same_lines(one, other, &ELIXIR),
            Syntax::Other => false,
            syntax => braces(syntax).is_some_and(|dialect| {
                let tokens = |text| program::tokens(text, dialect);
                tokens(one).is_some_and(|one| tokens(other) == Some(one))
            }),
        };
        let liquibase = files.layout == Layout::Liquibase;
        if liquibase && (cosmetic || syntax == Syntax::Other) && liquibase::same_words(path, one, other) {
            return Nature::Blanks;
        }
        if cosmetic { Nature::Cosmetic } else { Nature::Code }
    }

    /// What of a text makes a difference: the same bytes for two texts of a path whose [`Self::nature`] is not code.
    pub(super) fn essence(&self, path: &RepoPath, text: &[u8]) -> Vec<u8> {
        let text = plain(text);
        let files = &self.spec.files;
        let syntax = self.syntax(path);
        let read = || {
            let text = std::str::from_utf8(&text).ok().filter(|text| !is_foreign(files, syntax, text))?;
            let lines = |language: &Language| {
                let lines = lines_that_count(text, language)?.into_iter();
                Some(lines.flat_map(|line| [line.as_bytes(), b"\n"]).flatten().copied().collect())
            };
            match syntax {
                Syntax::Sql => sql::tokens(text, &files.directives),
                Syntax::Ruby => lines(&RUBY),
                Syntax::Python => python::essence(text),
                Syntax::Elixir => lines(&ELIXIR),
                Syntax::Other => None,
                syntax => program::tokens(text, braces(syntax)?),
            }
        };
        let first = files.first_line.as_ref().is_some_and(|line| text.starts_with(line.as_bytes()));
        let (form, essence) = read().map_or_else(|| (0, text.to_vec()), |essence| (1, essence));
        [&[form, u8::from(first)], &*essence].concat()
    }

    /// The language of a file.
    pub(super) fn syntax(&self, path: &RepoPath) -> Syntax {
        let files = &self.spec.files;
        let mut special = files.syntaxes.iter();
        let special = special.find(|(ending, _)| path.file_name().ends_with(ending.as_bytes()));
        special.map_or(files.syntax, |(_, syntax)| *syntax)
    }
}

/// The text without byte order mark, with LF.
fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    with_lf(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))
}

/// A migration in Go or Rust among those in SQL.
fn is_foreign(files: &FilesSpec, syntax: Syntax, text: &str) -> bool {
    syntax == Syntax::Sql
        && !files.foreign.is_empty()
        && text
            .split('\n')
            .any(|line| files.foreign.iter().any(|beginning| line.starts_with(beginning.as_str())))
}

/// A language as far as it can be read line by line.
struct Language {
    /// What begins a comment.
    comment: &'static str,
    /// Beginnings of comments that the interpreter reads.
    directives: &'static [&'static str],
    /// What may begin a string over several lines, in which nothing is a comment.
    opaque: &'static [&'static str],
}

const RUBY: Language = Language {
    comment: "#",
    // Not `frozen_string_literal`: it does not change what is sent to the database, and formatters love to add it.
    directives: &["#!", "# encoding", "# coding", "# -*-", "# warn"],
    opaque: &["<<~", "<<-", "<<'", "<<\"", "=begin", "__END__", "%q", "%Q", "%(", "%w", "%W", "%i", "`"],
};

const ELIXIR: Language = Language { comment: "#", directives: &[], opaque: &["\"\"\"", "'''", "~"] };

/// The languages that write blocks in braces.
fn braces(syntax: Syntax) -> Option<Dialect> {
    Some(match syntax {
        Syntax::Javascript => Dialect::Javascript,
        Syntax::Php => Dialect::Php,
        Syntax::Go => Dialect::Go,
        Syntax::Csharp => Dialect::Csharp,
        Syntax::Rust => Dialect::Rust,
        _ => return None,
    })
}

/// Whether two texts differ only in blank lines, in lines that are a comment, and in blanks around lines.
fn same_lines(one: &str, other: &str, language: &Language) -> bool {
    match (lines_that_count(one, language), lines_that_count(other, language)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn lines_that_count<'a>(text: &'a str, language: &Language) -> Option<Vec<&'a str>> {
    let heredoc = |line: &str| {
        line.match_indices("<<")
            .any(|(at, _)| line[at + 2..].starts_with(|letter: char| letter.is_ascii_uppercase()))
    };
    let mut counted = Vec::new();
    for line in text.split('\n').map(str::trim_ascii) {
        let comment = line.starts_with(language.comment)
            && !language.directives.iter().any(|one| line.starts_with(one));
        if line.is_empty() || comment {
            continue;
        }
        // From here on a line that looks like a comment may be part of a string.
        if line.ends_with('\\') || language.opaque.iter().any(|opaque| line.contains(opaque)) {
            return None;
        }
        // An open quote may be a string that goes on in the next line.
        let odd = |quote: char| line.matches(quote).count() % 2 == 1;
        if odd('\'') || odd('"') || language.comment == "#" && heredoc(line) {
            return None;
        }
        counted.push(line);
    }
    Some(counted)
}

#[cfg(test)]
#[path = "nature_tests.rs"]
mod tests;
