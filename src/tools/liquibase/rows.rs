//! Rows of `DATABASECHANGELOG`, held against the changesets. The file's name in a row begins where the tool was told to
//! look: a row and a file belong together when the one path is the end of the other.

use std::collections::HashMap;

use crate::model::{Migration, Outcome, Text, Version};

use super::super::rows::Row;
use super::super::{RawLedger, RawRow};
use super::{identity, part_key};

/// What each row says. `SKIPPED` has not run, and comes again.
pub(in crate::tools) fn read(rows: Vec<Row>) -> Vec<RawRow> {
    let one = |row: Row| {
        let [author, file, kind] =
            ["AUTHOR", "FILENAME", "EXECTYPE"].map(|column| row.text(column).unwrap_or_default());
        let mut new = row.raw;
        let id = new.applied.version.0;
        new.applied.identity = identity(&file, &part_key(&id, &author));
        new.applied.version = Version(format!("{file}::{id}::{author}").into());
        new.applied.outcome = match kind.as_str() {
            "MARK_RAN" => Outcome::Baseline,
            "FAILED" => Outcome::Failed,
            "SKIPPED" => return None,
            _ => Outcome::Applied,
        };
        Some(new)
    };
    rows.into_iter().filter_map(one).collect()
}

/// What a row's path lacks at its beginning, or has too much there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Root<'a> {
    /// The repository has this in front.
    Lacks(&'a str),
    /// The ledger has this in front.
    Has(&'a str),
}

impl<'a> Root<'a> {
    fn between(row: &'a str, file: &'a str) -> Option<Self> {
        if let Some(root) = file.strip_suffix(row).filter(|root| root.is_empty() || root.ends_with('/')) {
            return Some(Self::Lacks(root));
        }
        row.strip_suffix(file).filter(|root| root.ends_with('/')).map(Self::Has)
    }

    fn put(&self, row: &str) -> Text {
        match self {
            Self::Lacks(root) => format!("{root}{row}").into(),
            Self::Has(root) => row.strip_prefix(root).unwrap_or(row).into(),
        }
    }
}

/// Finds the changesets of the rows that have none yet: where several would fit, the one whose beginning most rows share.
pub(in crate::tools) fn match_ends(raw: &RawLedger, migrations: &[Migration], rows: &mut [Option<usize>]) {
    let fitting = Fitting::new(raw, migrations.iter());
    let mut taken = vec![false; migrations.len()];
    for place in rows.iter().flatten() {
        taken[*place] = true;
    }
    for (at, place) in rows.iter_mut().enumerate().filter(|(_, place)| place.is_none()) {
        let best = fitting.best(at, |place| !taken[place]);
        if let Some(found) = best {
            taken[found] = true;
            *place = Some(found);
        }
    }
}

/// Gives each row the key that its changeset has in the repository, or would have there.
pub(in crate::tools) fn align<'a>(raw: &mut RawLedger, migrations: impl Iterator<Item = &'a Migration>) {
    let migrations: Vec<&Migration> = migrations.collect();
    let fitting = Fitting::new(raw, migrations.iter().copied());
    let usual =
        fitting.roots.iter().max_by_key(|(root, count)| (**count, std::cmp::Reverse(format!("{root:?}"))));
    let usual = usual.map(|(root, _)| root.clone());
    let keys: Vec<Option<Text>> = (0..raw.rows.len())
        .map(|at| match fitting.best(at, |_| true) {
            Some(place) => Some(migrations[place].identity.clone()),
            None => usual.as_ref().map(|root| root.put(&raw.rows[at].applied.identity)),
        })
        .collect();
    for (row, key) in raw.rows.iter_mut().zip(keys) {
        if let Some(key) = key {
            row.applied.identity = key;
        }
    }
}

/// Which changesets each row could mean.
struct Fitting<'a> {
    by_row: Vec<Vec<(usize, Root<'a>)>>,
    roots: HashMap<Root<'a>, usize>,
}

impl<'a> Fitting<'a> {
    fn new(raw: &'a RawLedger, migrations: impl Iterator<Item = &'a Migration>) -> Self {
        let mut by_key: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
        for (place, migration) in migrations.enumerate() {
            if let Some((file, key)) = migration.identity.split_once("::") {
                by_key.entry(key).or_default().push((place, file));
            }
        }
        let mut roots: HashMap<Root<'a>, usize> = HashMap::new();
        let mut by_row = Vec::with_capacity(raw.rows.len());
        for row in &raw.rows {
            let (file, key) = row.applied.identity.split_once("::").unwrap_or_default();
            let places = by_key.get(key).map_or(&[][..], Vec::as_slice);
            let found: Vec<_> = places
                .iter()
                .filter_map(|(place, path)| Some((*place, Root::between(file, path)?)))
                .collect();
            for (_, root) in &found {
                *roots.entry(root.clone()).or_default() += 1;
            }
            by_row.push(found);
        }
        Self { by_row, roots }
    }

    /// The one that fits best. Two that fit alike are as good as none.
    fn best(&self, row: usize, free: impl Fn(usize) -> bool) -> Option<usize> {
        let mut found: Vec<(usize, usize)> = self.by_row[row]
            .iter()
            .filter(|(place, _)| free(*place))
            .map(|(place, root)| (self.roots.get(root).copied().unwrap_or_default(), *place))
            .collect();
        // An equal path is the right one, whatever others say.
        if let Some((place, _)) = self.by_row[row].iter().find(|(_, root)| *root == Root::Lacks("")) {
            return free(*place).then_some(*place);
        }
        found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        match found.as_slice() {
            [(_, only)] => Some(*only),
            [(most, place), (next, _), ..] if most > next => Some(*place),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
