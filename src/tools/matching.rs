//! Holds the rows of a ledger against the files: which row records which migration, and what is applied.

use std::collections::{HashMap, HashSet};

use crate::model::{Graph, LedgerStyle, Migration, MigrationKind, Outcome, Rank, Text};

use super::spec::{KeyForm, Layout, Reading};
use super::{RawLedger, RawRow, Tool, keys, liquibase};

/// The rows of a ledger, held against the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// For each row: the migration that it records, as an index into the listing.
    pub rows: Vec<Option<usize>>,
    /// For each migration: whether the ledger calls it applied. A failed one counts: it is not pending.
    pub applied: Vec<bool>,
}

/// Where each key is for the first time.
pub fn places(migrations: &[Migration]) -> HashMap<&str, usize> {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(migrations.len());
    for (place, migration) in migrations.iter().enumerate() {
        places.entry(&migration.identity).or_insert(place);
    }
    places
}

impl Tool {
    /// Which row records which migration, and which migrations count as applied: by the tool's own rule, so with the
    /// newest version alone (golang-migrate), or at and below a baseline (Flyway).
    pub fn match_rows(&self, raw: &RawLedger, migrations: &[Migration]) -> Matched {
        self.match_in(raw, migrations, None)
    }

    /// As [`Self::match_rows`], where a graph says what else follows from a row: what a head builds on is applied
    /// (Alembic), and a migration that stands in for others is when they are (Django). A head that the graph does not know
    /// builds on something that nobody here can tell: then nothing is called pending.
    pub fn match_in(&self, raw: &RawLedger, migrations: &[Migration], graph: Option<&Graph>) -> Matched {
        self.match_at(raw, migrations, &places(migrations), graph)
    }

    /// As [`Self::match_in`], with [`places`] of the migrations, which may be known before the ledger is.
    pub fn match_at(
        &self,
        raw: &RawLedger,
        migrations: &[Migration],
        places: &HashMap<&str, usize>,
        graph: Option<&Graph>,
    ) -> Matched {
        let mut rows: Vec<Option<usize>> =
            raw.rows.iter().map(|row| places.get(row.applied.identity.as_str()).copied()).collect();
        if rows.contains(&None) {
            self.match_otherwise(raw, migrations, &mut rows);
        }
        let mut applied = vec![false; migrations.len()];
        for place in rows.iter().flatten() {
            applied[*place] = true;
        }
        if let Some(mark) = self.high_mark(raw) {
            for (migration, applied) in migrations.iter().zip(&mut applied) {
                let versioned = migration.kind != MigrationKind::Repeatable;
                *applied |= versioned && self.key(&migration.version.0).1 <= mark;
            }
        }
        let start = raw.rows.iter().filter(|row| row.applied.outcome == Outcome::Baseline);
        if self.reads(Reading::Evolve)
            && let Some(start) = start.map(|row| self.key(&row.applied.version.0).1).max()
        {
            // Evolve begins with its start version, and passes over what is older.
            for (migration, applied) in migrations.iter().zip(&mut applied) {
                *applied |= migration.kind == MigrationKind::Versioned && migration.rank < start;
            }
        }
        if self.reads(Reading::Flyway) && !raw.rows.is_empty() {
            // A baseline script runs on an empty database only.
            for (migration, applied) in migrations.iter().zip(&mut applied) {
                *applied |= migration.kind == MigrationKind::Baseline;
            }
        }
        if let Some(graph) = graph {
            follow(graph, raw, migrations, &mut rows, &mut applied);
        }
        Matched { rows, applied }
    }

    /// Whether a row belongs to other migrations than those of a set: one table has the rows of all apps (Django), or of
    /// all projects (Sqitch). The migrations have that as their name.
    pub fn is_of_another(&self, row: &RawRow, migrations: &[Migration], graph: Option<&Graph>) -> bool {
        let line = row.applied.name.as_deref().unwrap_or_default();
        // What failed before its line in the plan was written otherwise is history.
        let past = row.applied.outcome == Outcome::Failed
            && self.reads(Reading::Sqitch)
            && migrations.iter().all(|one| one.identity != row.applied.identity);
        past || (self.reads(Reading::Django) || self.reads(Reading::Sqitch))
            && !migrations.iter().any(|one| one.name == line)
            && !graph.is_some_and(|graph| graph.is_replaced(&row.applied.identity))
    }

    /// Gives the rows the keys that their migrations have in the repository, where the ledger says them otherwise: paths
    /// that begin elsewhere (Liquibase).
    pub fn align<'a>(&self, raw: &mut RawLedger, migrations: impl Iterator<Item = &'a Migration>) {
        if self.spec.files.layout == Layout::Liquibase {
            liquibase::rows::align(raw, migrations);
        }
    }

    fn reads(&self, reading: Reading) -> bool {
        self.spec.ledger.iter().any(|layout| layout.reading == reading)
    }

    /// The version at and below which everything counts as applied.
    fn high_mark(&self, raw: &RawLedger) -> Option<Rank> {
        let marks = raw.rows.iter().filter(|row| match raw.style {
            LedgerStyle::Heads => false,
            LedgerStyle::HighWater => !row.applied.version.0.starts_with('-'),
            LedgerStyle::Rows => {
                self.reads(Reading::Flyway)
                    && (row.applied.outcome == Outcome::Baseline || row.applied.identity.starts_with('B'))
            }
        });
        marks.map(|row| self.key(&row.applied.version.0).1).max()
    }

    /// Second tries for rows that no migration has the key of.
    fn match_otherwise(&self, raw: &RawLedger, migrations: &[Migration], rows: &mut [Option<usize>]) {
        if self.spec.files.layout == Layout::Liquibase {
            return liquibase::rows::match_ends(raw, migrations, rows);
        }
        let mut free = vec![true; migrations.len()];
        for place in rows.iter().flatten() {
            free[*place] = false;
        }
        let files = &self.spec.files;
        let loose: fn(&str) -> Option<&str> = match files.key {
            _ if self.reads(Reading::Drizzle) => seconds,
            KeyForm::FileName => without_ending,
            KeyForm::DottedPath | KeyForm::PhpClass => {
                return keys::match_ends(files.key, raw, migrations, rows);
            }
            KeyForm::Stem if files.layout == Layout::Flat => {
                return self.match_without_ending(raw, migrations, rows);
            }
            _ => return,
        };
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, migration) in migrations.iter().enumerate().filter(|(place, _)| free[*place]) {
            let key = folder_seconds(&migration.identity).filter(|_| self.reads(Reading::Drizzle));
            if let Some(key) = key.or_else(|| loose(&migration.identity).map(str::to_owned)) {
                places.entry(key).or_default().push(place);
            }
        }
        for (row, place) in raw.rows.iter().zip(rows).filter(|(_, place)| place.is_none()) {
            // Two that would fit are as good as none.
            let found = loose(&row.applied.identity).and_then(|key| places.get(key));
            if let Some([only]) = found.map(Vec::as_slice) {
                *place = Some(*only);
            }
        }
    }

    /// Old rows may have the ending that newer ones lack (MikroORM).
    fn match_without_ending(&self, raw: &RawLedger, migrations: &[Migration], rows: &mut [Option<usize>]) {
        let plain = |key: &str| {
            let mut endings = self.spec.files.up.iter();
            endings.find_map(|ending| key.strip_suffix(ending.as_str()).map(str::to_owned))
        };
        for (row, place) in raw.rows.iter().zip(rows).filter(|(_, place)| place.is_none()) {
            let Some(key) = plain(&row.applied.identity) else { continue };
            *place = migrations.iter().position(|migration| migration.identity == key);
        }
    }
}

/// What follows from the rows by the graph.
fn follow(
    graph: &Graph,
    raw: &RawLedger,
    migrations: &[Migration],
    rows: &mut [Option<usize>],
    applied: &mut [bool],
) {
    let recorded: HashSet<&str> = raw.rows.iter().map(|row| row.applied.identity.as_str()).collect();
    if raw.style == LedgerStyle::Heads {
        let unknown = recorded.iter().any(|head| graph.node(head).is_none());
        let closure = graph.closure(recorded.iter().copied());
        for (migration, applied) in migrations.iter().zip(applied) {
            *applied |= unknown || closure.contains(&migration.identity);
        }
        return;
    }
    for (place, migration) in migrations.iter().enumerate() {
        let replaces = migration.links.as_ref().map_or(&[][..], |links| &links.replaces);
        if replaces.is_empty() {
            continue;
        }
        let ran = |identity: &Text| {
            let stands = graph.node(identity).filter(|node| !node.links.replaces.is_empty());
            recorded.contains(identity.as_str())
                || stands
                    .is_some_and(|node| node.links.replaces.iter().all(|one| recorded.contains(one.as_str())))
        };
        // Also where it has a row of its own: django/db/migrations/loader.py, build_graph().
        applied[place] = replaces.iter().all(ran);
        for (row, found) in raw.rows.iter().zip(&mut *rows).filter(|(_, found)| found.is_none()) {
            if replaces.contains(&row.applied.identity) {
                *found = Some(place);
            }
        }
    }
}

/// The file name without its last ending: `.ts` at home is `.js` in production.
fn without_ending(name: &str) -> Option<&str> {
    name.rfind('.').map(|at| &name[..at])
}

/// Milliseconds as seconds: Drizzle 1.x cuts them off when it renames the files of 0.x.
fn seconds(milliseconds: &str) -> Option<&str> {
    let digits = milliseconds.len() > 3 && milliseconds.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| &milliseconds[..milliseconds.len() - 3])
}

/// The time in the name of a folder (`20240101000000_init`), in seconds since 1970.
fn folder_seconds(name: &str) -> Option<String> {
    let (stamp, _) = name.split_once('_')?;
    if stamp.len() != 14 {
        return None;
    }
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", stamp).ok()?;
    let zoned = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_second().to_string())
}
