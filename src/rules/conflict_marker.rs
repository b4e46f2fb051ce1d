//! A merge was not brought to its end. See `conflict_marker.md`.

use crate::model::{Level, Location, MigrationSet, RuleId};

use super::{Check, Findings, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("conflict-marker"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "a migration holds the markers of an unresolved merge conflict",
    why: "No database can run it, and the lines between the markers are one side and the other at once.",
    page: include_str!("conflict_marker.md"),
    check: Check::Repo(check),
};

fn check(set: &MigrationSet, findings: &mut Findings<'_>) {
    for path in &set.conflicted {
        let what = format!("{path} is in conflict in the index");
        findings
            .report(Location::file(path), &format!("{}:{path}", set.name), what)
            .fix(format!("bring the two sides together, then: {}", say::stage(path)));
    }
    for migration in set.touched().filter(|migration| !set.conflicted.contains(&migration.path)) {
        let Some(line) = migration.text.as_deref().and_then(marker) else { continue };
        let at = Location::File { path: migration.path.clone(), line: Some(line) };
        let what = format!("{} holds the markers of a merge conflict", say::migration(migration));
        findings
            .report(at, &say::key(set, migration), what)
            .fix(format!("bring the two sides together, then: {}", say::stage(&migration.path)));
    }
}

/// The line of the first marker, if all three stand there, each at the beginning of a line and in their order.
fn marker(text: &[u8]) -> Option<u32> {
    let (mut begun, mut middle) = (None, false);
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"<<<<<<< ") {
            (begun, middle) = (Some(number), false);
        } else if begun.is_some() && line == b"=======" {
            middle = true;
        } else if middle && line.starts_with(b">>>>>>> ") {
            return begun;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::marker;

    proptest! {
        #[test]
        fn any_text_with_the_three_marks_has_a_conflict(
            parts in proptest::array::uniform4("[a-z;=<>\r\n -]{0,20}"),
            end in prop::sample::select(vec!["\n", "\r\n"]),
        ) {
            let [before, ours, theirs, after] = parts;
            let text = format!("{before}{end}<<<<<<< HEAD{end}{ours}{end}======={end}{theirs}{end}>>>>>>> other{end}{after}");
            let found = marker(text.as_bytes()).expect("a conflict");
            let line = text.split('\n').nth(found as usize - 1).expect("the line is there");
            prop_assert!(line.starts_with("<<<<<<< "));
        }

        #[test]
        fn no_bytes_are_too_strange(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = marker(&text);
        }
    }

    #[test]
    fn one_mark_missing_is_no_conflict() {
        for text in [
            "<<<<<<< a\n=======\n",
            "=======\n>>>>>>> b\n",
            "<<<<<<< a\n>>>>>>> b\n",
            ">>>>>>> b\n=======\n<<<<<<< a\n",
        ] {
            assert_eq!(marker(text.as_bytes()), None, "{text}");
        }
    }
}
