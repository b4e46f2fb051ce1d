//! The migrations of a directory, as the tool itself would read them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::git::{Entry, EntryKind, GitError};
use crate::model::{
    IgnoredFile, Links, Migration, MigrationKind, Rank, RepoPath, StaleRecord, Text, Version,
};

use super::names::{NameReader, Parts, Reading, lies_right};
use super::spec::{GraphForm, KindSpec, Layout};
use super::{Listing, ReadBlob, Tool};
use super::{graphs, keys, sqitch, texts};

/// Where Drizzle keeps the order of migrations, below their directory.
const JOURNAL: &[u8] = b"meta/_journal.json";

impl Tool {
    /// The migrations among `entries` (sorted by path, all below `dir`), as the tool would read them.
    ///
    /// `text` and `touched` aside, everything is filled in. Files with the way back are no migrations of their
    /// own: they are the `undo` of theirs.
    pub fn list(&self, dir: &RepoPath, entries: &[Entry], blob: ReadBlob<'_>) -> Result<Listing, GitError> {
        let mut build = Build::new(self, dir);
        match self.spec.files.layout {
            Layout::Flat | Layout::Recursive => {
                build.files(entries, blob)?;
                build.find_label(entries, blob)?;
            }
            Layout::Folder => build.folders(entries),
            Layout::Sqitch => build.plan(entries, blob)?,
            Layout::Drizzle => {
                let journal = dir.join(JOURNAL);
                match entries.binary_search_by(|entry| entry.path.cmp(&journal)) {
                    Ok(at) if entries[at].kind != EntryKind::Submodule => {
                        build.journal(entries, &journal, &blob.text(entries[at].oid)?);
                    }
                    _ => build.folders(entries),
                }
            }
        }
        Ok(build.finish())
    }
}

/// A listing while it grows.
struct Build<'a> {
    tool: &'a Tool,
    dir: &'a RepoPath,
    names: NameReader<'a>,
    listing: Listing,
    /// Files with the way back: the key of their migration, and the file.
    undo: Vec<(Text, RepoPath)>,
    /// What an app of Django calls itself.
    label: Option<String>,
    /// Not each migration came after the one before it. Timestamps mostly do.
    disordered: bool,
}

impl<'a> Build<'a> {
    fn new(tool: &'a Tool, dir: &'a RepoPath) -> Self {
        let names = NameReader::new(&tool.spec.title, &tool.spec.files, &tool.patterns);
        Self {
            tool,
            dir,
            names,
            listing: Listing::default(),
            undo: Vec::new(),
            label: None,
            disordered: false,
        }
    }

    /// Each file a migration.
    fn files(&mut self, entries: &[Entry], blob: ReadBlob<'_>) -> Result<(), GitError> {
        self.listing.migrations.reserve(entries.len());
        let flat = matches!(self.tool.spec.files.layout, Layout::Flat | Layout::Sqitch);
        for entry in entries.iter().filter(|entry| entry.kind != EntryKind::Submodule) {
            let Some(below) = entry.path.below(self.dir) else { continue };
            if !lies_right(self.tool.spec.files.layout, below) {
                continue;
            }
            // Directly in the directory, what is below it is the name.
            let name = if flat { below } else { entry.path.file_name() };
            let mut reading = self.names.file(name);
            let mut links = None;
            if let (Reading::Migration(_), Some(form)) = (&reading, self.tool.spec.files.graph) {
                let Reading::Migration(parts) = reading else { continue };
                let (read, found) = graphs::linked(form, parts, below, blob, entry.oid)?;
                (reading, links) = (read, Some(Arc::new(found)));
            }
            if let Reading::Migration(parts) = reading {
                reading = keys::keyed(self.tool.spec.files.key, parts, below, blob, entry.oid)?;
            }
            match reading {
                Reading::Migration(parts) => self.add(entry, parts, links),
                Reading::Ignored(because) => self.ignore(&entry.path, because, false),
                Reading::Refused(because) => self.ignore(&entry.path, because, true),
                Reading::Other => {}
            }
        }
        Ok(())
    }

    /// Reads what an app of Django calls itself.
    fn find_label(&mut self, entries: &[Entry], blob: ReadBlob<'_>) -> Result<(), GitError> {
        let path = self.dir.parent().join(graphs::APPS);
        let place = entries.binary_search_by(|entry| entry.path.cmp(&path));
        let (Ok(at), Some(GraphForm::Django)) = (place, self.tool.spec.files.graph) else { return Ok(()) };
        self.label = texts::said(blob, entries[at].oid, "label", graphs::declared_label)?.flatten();
        Ok(())
    }

    /// Each folder a migration.
    fn folders(&mut self, entries: &[Entry]) {
        let mut rest = entries;
        while let Some(first) = rest.first() {
            let folder = first.path.below(self.dir).and_then(|below| {
                let end = below.iter().position(|byte| *byte == b'/')?;
                Some(&below[..end])
            });
            let Some(folder) = folder else {
                rest = &rest[1..];
                continue;
            };
            let path = self.dir.join(folder);
            let length = rest.iter().take_while(|entry| entry.path.below(&path).is_some()).count();
            let (inside, after) = rest.split_at(length.max(1));
            rest = after;
            if !folder.starts_with(b".") {
                self.folder(folder, &path, inside);
            }
        }
    }

    fn folder(&mut self, name: &[u8], path: &RepoPath, inside: &[Entry]) {
        let files = &self.tool.spec.files;
        let wanted = files.file.as_deref().unwrap_or_default();
        let find = |file: &str| {
            let path = path.join(file.as_bytes());
            inside.iter().find(|entry| entry.path == path && entry.kind != EntryKind::Submodule)
        };
        let Some(entry) = find(wanted) else {
            // Prisma and Diesel stop at it; Drizzle passes over it, and keeps other folders there (`meta`).
            let because = format!("lies in a folder without {wanted}");
            if files.layout == Layout::Folder
                && let Some(first) = inside.first()
            {
                self.ignore(&first.path, because, true);
            }
            return;
        };
        match self.names.folder(name) {
            Reading::Migration(parts) => {
                if let Some(undo) = files.undo_file.as_deref().and_then(find) {
                    self.undo.push((parts.identity.clone(), undo.path.clone()));
                }
                self.add(entry, parts, None);
            }
            Reading::Ignored(because) => self.ignore(&entry.path, because, false),
            Reading::Refused(because) => self.ignore(&entry.path, because, true),
            Reading::Other => {}
        }
    }

    /// Each change of Sqitch's plan a migration. Without the plan, in the work tree and in the past, each script is one.
    fn plan(&mut self, entries: &[Entry], blob: ReadBlob<'_>) -> Result<(), GitError> {
        let Some(place) = self.tool.plan_path(self.dir) else { return Ok(()) };
        let ending = self.tool.spec.files.up.first().map_or(".sql", String::as_str);
        let plan = entries.binary_search_by(|entry| entry.path.cmp(&place));
        let Ok(at) = plan else { return self.files(entries, blob) };
        let text = match blob.text(entries[at].oid) {
            Ok(text) => text,
            Err(GitError::NotHere(_)) => return self.files(entries, blob),
            Err(error) => return Err(error),
        };
        let Some(plan) = sqitch::plan(&String::from_utf8_lossy(&text)) else {
            self.ignore(&place, "is not a plan that Sqitch can read".to_owned(), true);
            return Ok(());
        };
        let mut named = HashSet::new();
        for (number, change) in plan.changes.iter().enumerate() {
            for lacking in &change.lacks {
                self.ignore(
                    &place,
                    format!("lets {} need {lacking}, which does not come before it", change.name),
                    true,
                );
            }
            let find = |name: &str| {
                let path = self.dir.join(format!("{name}{ending}").as_bytes());
                entries.binary_search_by(|entry| entry.path.cmp(&path)).ok()
            };
            let mut older =
                change.tags.iter().filter(|_| change.reworked).map(|tag| format!("{}@{tag}", change.name));
            let version = older.find(|name| find(name).is_some()).unwrap_or_else(|| change.name.clone());
            let Some(at) = find(&version) else {
                self.ignore(&place, format!("names {version}, which has no script in {}", self.dir), true);
                continue;
            };
            named.insert(at);
            let parts = Parts {
                kind: KindSpec::Versioned,
                version: version.into(),
                identity: change.id.as_str().into(),
                name: plan.project.as_str().into(),
                rank: Rank::number(&number.to_string()),
            };
            self.add(&entries[at], parts, None);
        }
        let scripts = entries.iter().enumerate().filter(|(_, entry)| entry.path.below(self.dir).is_some());
        for (_, entry) in scripts
            .filter(|(at, entry)| !named.contains(at) && entry.path.file_name().ends_with(ending.as_bytes()))
        {
            self.ignore(&entry.path, "is not named in sqitch.plan".to_owned(), false);
        }
        Ok(())
    }

    /// Each entry of Drizzle's journal a migration.
    fn journal(&mut self, entries: &[Entry], journal: &RepoPath, text: &[u8]) {
        let Some(lines) = read_journal(text) else {
            return self.ignore(journal, "is not a journal that Drizzle can read".to_owned(), true);
        };
        let mut named = HashSet::new();
        for (place, line) in lines.into_iter().enumerate() {
            let path = self.dir.join(format!("{}.sql", line.tag).as_bytes());
            named.insert(path.clone());
            let Ok(at) = entries.binary_search_by(|entry| entry.path.cmp(&path)) else {
                self.stale(journal, format!("lists {}, which is not there", path_name(&path)), true);
                continue;
            };
            let name = line.tag.split_once('_').map_or(line.tag.as_str(), |(_, name)| name).to_owned();
            let rank = Rank::number(&place.to_string());
            let parts = Parts {
                kind: KindSpec::Versioned,
                version: line.tag.into(),
                identity: line.when.into(),
                name: name.into(),
                rank,
            };
            self.add(&entries[at], parts, None);
        }
        for entry in entries {
            let here = entry.path.below(self.dir).is_some_and(|below| !below.contains(&b'/'));
            if here && entry.path.file_name().ends_with(b".sql") && !named.contains(&entry.path) {
                self.stale(journal, format!("does not list {}", path_name(&entry.path)), false);
            }
        }
    }

    fn add(&mut self, entry: &Entry, parts: Parts, links: Option<Arc<Links>>) {
        let kind = match parts.kind {
            KindSpec::Versioned => MigrationKind::Versioned,
            KindSpec::Repeatable => MigrationKind::Repeatable,
            KindSpec::Baseline => MigrationKind::Baseline,
            KindSpec::Undo => return self.undo.push((parts.identity, entry.path.clone())),
        };
        self.disordered |= self.listing.migrations.last().is_some_and(|last| last.rank > parts.rank);
        self.listing.migrations.push(Migration {
            path: entry.path.clone(),
            kind,
            version: Version(parts.version),
            identity: parts.identity,
            name: parts.name,
            rank: parts.rank,
            blob: entry.oid,
            symlink: entry.kind == EntryKind::Symlink,
            undo: None,
            text: None,
            touched: false,
            links,
        });
    }

    fn stale(&mut self, record: &RepoPath, because: String, refuses: bool) {
        self.listing.stale.push(StaleRecord {
            path: record.clone(),
            because,
            refuses,
            touched: false,
            published: false,
        });
    }

    fn ignore(&mut self, path: &RepoPath, because: String, refused: bool) {
        self.listing.ignored.push(IgnoredFile { path: path.clone(), because, refused, touched: false });
    }

    fn finish(mut self) -> Listing {
        self.attach_undo();
        if let Some(form) = self.tool.spec.files.graph {
            graphs::complete(form, &mut self.listing.migrations, self.label.as_deref());
            self.disordered = true;
        }
        if self.disordered {
            let by_rank = |one: &Migration, other: &Migration| {
                one.rank.cmp(&other.rank).then_with(|| one.path.cmp(&other.path))
            };
            self.listing.migrations.sort_by(by_rank);
        }
        if self.tool.spec.files.unique_names {
            self.refuse_equal_names();
        }
        self.listing.ignored.sort_by(|one, other| one.path.cmp(&other.path));
        self.listing
    }

    fn attach_undo(&mut self) {
        if self.undo.is_empty() {
            return;
        }
        let mut undo: HashMap<Text, Vec<RepoPath>> = HashMap::with_capacity(self.undo.len());
        for (identity, path) in std::mem::take(&mut self.undo) {
            undo.entry(identity).or_default().push(path);
        }
        for migration in &mut self.listing.migrations {
            if migration.kind == MigrationKind::Versioned
                && let Some(paths) = undo.get_mut(&migration.identity)
            {
                // Two files with one version are a mistake, which another rule reports: each keeps its own way back.
                let name = migration.name.as_bytes();
                let own = paths.iter().position(|path| contains(path.as_bytes(), name)).unwrap_or(0);
                migration.undo = (own < paths.len()).then(|| paths.swap_remove(own));
            }
        }
        let known: HashSet<&str> = self.listing.migrations.iter().map(|one| one.identity.as_str()).collect();
        let mut lonely: Vec<RepoPath> = Vec::new();
        let mut left: Vec<_> =
            undo.into_iter().filter(|(identity, _)| !known.contains(identity.as_str())).collect();
        left.sort();
        for (_, paths) in left {
            lonely.extend(paths);
        }
        for path in lonely {
            self.ignore(&path, "undoes a migration that is not there".to_owned(), false);
        }
    }

    /// Rails makes a class of each name, and stops when two are the same.
    fn refuse_equal_names(&mut self) {
        let mut classes: HashMap<String, &RepoPath> = HashMap::new();
        let mut refused = Vec::new();
        for migration in &self.listing.migrations {
            let class = camel_case(&migration.name);
            if let Some(first) = classes.get(&class) {
                refused.push((migration.path.clone(), format!("makes the same class {class} as {first}")));
            } else {
                classes.insert(class, &migration.path);
            }
        }
        for (path, because) in refused {
            self.ignore(&path, because, true);
        }
    }
}

fn path_name(path: &RepoPath) -> String {
    RepoPath::new(path.file_name()).to_string()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for word in name.split('_') {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// An entry of Drizzle's journal.
struct JournalLine {
    tag: String,
    /// Milliseconds, as the ledger's `created_at` spells them.
    when: String,
}

/// The entries in their order, which is the order in which they run.
fn read_journal(text: &[u8]) -> Option<Vec<JournalLine>> {
    let journal: serde_json::Value = serde_json::from_slice(text).ok()?;
    let line = |entry: &serde_json::Value| {
        let tag = entry.get("tag")?.as_str()?.to_owned();
        let when = entry.get("when")?.as_number()?.to_string();
        Some(JournalLine { tag, when })
    };
    journal.get("entries")?.as_array()?.iter().map(line).collect()
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
