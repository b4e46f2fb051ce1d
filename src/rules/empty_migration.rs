//! A migration does nothing. See `empty_migration.md`.

use crate::model::{Level, Location, Migration, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("empty-migration"),
    level: Level::Warn,
    ci_level: Level::Warn,
    since: "0.1.0",
    summary: "a migration holds nothing but comments and white space",
    why: "It is recorded as applied wherever it has run, and what is written into it later never runs there; some databases refuse it.",
    page: include_str!("empty_migration.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    if set.tool.empty_allowed {
        return;
    }
    for migration in set.touched().filter(|migration| !migration.symlink && is_empty(migration)) {
        let what = format!("{} holds nothing that runs", say::migration(migration));
        findings
            .report(Location::of(migration), &say::key(set, migration), what)
            .fix(format!("write what it is to do, then: {}", say::stage(&migration.path)))
            .fix(format!("or leave it out until it is written: {}", say::unstage(&migration.path)));
    }
}

fn is_empty(migration: &Migration) -> bool {
    let Some(text) = migration.text.as_deref() else { return false };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    // What is a comment is known for SQL. A program without a single character is empty in any language.
    if migration.path.as_bytes().ends_with(b".sql") {
        only_comments(text)
    } else {
        text.trim_ascii().is_empty()
    }
}

/// Nothing but white space, semicolons and comments. `/*!` is none: there are servers that run what follows.
fn only_comments(mut text: &[u8]) -> bool {
    loop {
        text = text.trim_ascii_start();
        text = match text {
            [] => return true,
            [b';', rest @ ..] => rest,
            [b'-', b'-', rest @ ..] => match rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
                Some(end) => &rest[end..],
                None => return true,
            },
            [b'/', b'*', rest @ ..] if !rest.starts_with(b"!") && !rest.starts_with(b"M!") => {
                match rest.windows(2).position(|pair| pair == b"*/") {
                    Some(end) => &rest[end + 2..],
                    None => return false,
                }
            }
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::only_comments;

    proptest! {
        #[test]
        fn comments_and_blanks_in_any_order_are_nothing(
            parts in proptest::collection::vec(
                prop::sample::select(vec!["-- a\n", "--\r\n", "/* b\n; */", "/**/", " ", "\t\n", ";"]), 0..12),
            code in prop::sample::select(vec!["", "x", "1", "/*! x */", "/*M! x */", "'"]),
        ) {
            let text = parts.concat();
            prop_assert!(only_comments(text.as_bytes()));
            prop_assert_eq!(only_comments(format!("{text}{code}{text}").as_bytes()), code.is_empty());
        }

        #[test]
        fn no_bytes_are_too_strange(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = only_comments(&text);
        }
    }

    #[test]
    fn a_comment_that_does_not_end_is_not_judged() {
        assert!(!only_comments(b"/* forgotten"));
        assert!(only_comments(b"-- the end"));
    }
}
