//! Whether a hypothesis accounts for something: what may have gone with something else that is missing is no sign of it.

use std::collections::BTreeSet;

use super::Step;
use crate::model::{ObjectId, Script, Unlike};

/// Whether something is gone, and nothing is new.
pub(super) fn dissolves(before: &[Unlike], now: &[Unlike]) -> bool {
    now.len() < before.len() && now.iter().all(|one| is_among(&one.id, before))
}

/// What is missing, in words: with a table go its columns and what others say of it, with a column its indexes and constraints.
pub(super) struct Missing<'a> {
    roots: BTreeSet<(&'a str, &'a str)>,
    columns: BTreeSet<(&'a str, &'a str, &'a str)>,
}

impl<'a> Missing<'a> {
    pub(super) fn new(differences: &'a [Unlike]) -> Self {
        let missing = || differences.iter().filter(|one| one.live.is_none());
        let roots = missing().filter(|one| is_root(&one.id)).map(|one| one.id.family()).collect();
        let columns = missing().filter(|one| one.id.kind == "column");
        let columns = columns.map(|one| (&*one.id.schema, &*one.id.root, &*one.id.name)).collect();
        Self { roots, columns }
    }

    /// Whether it is missing, too, and may be so for that reason.
    pub(super) fn took(&self, one: &Unlike) -> bool {
        let Some(expected) = one.expected.as_ref().filter(|_| one.live.is_none()) else { return false };
        let texts = || expected.0.iter().map(|(_, text)| &**text).chain([&*one.id.name]);
        let speaks_of = |name: &str| texts().any(|text| is_word_of(name, text));
        self.roots.contains(&one.id.family())
            || self.roots.iter().any(|(_, root)| speaks_of(root))
            || self.columns.iter().any(|(schema, root, column)| {
                one.id.family() == (*schema, *root) && one.id.kind != "column" && speaks_of(column)
            })
    }
}

/// Whether a script drops something by itself that is missing, though it may make it again.
pub(super) fn drops_one(script: Option<&Script>, missing: &Missing<'_>) -> bool {
    let Some(script) = script.filter(|_| !missing.roots.is_empty()) else { return false };
    let text = script.text.to_lowercase();
    let mut drops = text.split(';').filter(|one| one.contains("drop ") && !one.contains("alter "));
    drops.any(|one| missing.roots.iter().any(|(_, root)| is_word_of(&root.to_lowercase(), one)))
}

/// Whether it differs for a reason of its own, as far as this tells.
pub(super) fn is_by_itself(missing: &Missing<'_>, one: &Unlike) -> bool {
    is_root(&one.id) || !missing.took(one)
}

/// What others belong to.
fn is_root(id: &ObjectId) -> bool {
    id.name.is_empty() && id.kind != "comment"
}

/// Whether the text has this word in it.
pub(super) fn is_word_of(word: &str, text: &str) -> bool {
    let ends = |letter: Option<char>| !letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(word)
        .any(|(at, _)| ends(text[..at].chars().next_back()) && ends(text[at + word.len()..].chars().next()))
}

/// These names, in small letters, and what was called so was called before, where a migration says so.
pub(super) fn with_former(mut names: Vec<String>, steps: &[Step]) -> Vec<String> {
    for step in steps.iter().rev() {
        let Some(script) = &step.script else { continue };
        let text = script.text.to_lowercase();
        if !text.contains("rename") {
            continue;
        }
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| !word.is_empty())
            .collect();
        for (before, after) in words.iter().zip(words.get(1..).unwrap_or_default().windows(3)) {
            let is_new = || !names.iter().any(|name| name == before);
            if after[..2] == ["rename", "to"] && names.iter().any(|name| name == after[2]) && is_new() {
                names.push((*before).to_owned());
            }
        }
    }
    names
}

/// Whether a script names something that differs together with what it belonged to, by a name that this had before.
pub(super) fn is_of_former(script: Option<&Script>, former: &[String], differences: &[Unlike]) -> bool {
    let Some(script) = script.filter(|_| !former.is_empty()) else { return false };
    let text = script.text.to_lowercase();
    let own = |one: &Unlike| one.id.name.rsplit(' ').next().unwrap_or_default().to_lowercase();
    former.iter().any(|name| is_word_of(name, &text))
        && differences.iter().map(own).any(|name| !name.is_empty() && is_word_of(&name, &text))
}

/// Differences are in order: there may be very many of them.
pub(super) fn is_among(id: &ObjectId, differences: &[Unlike]) -> bool {
    differences.binary_search_by(|known| known.id.cmp(id)).is_ok()
}
