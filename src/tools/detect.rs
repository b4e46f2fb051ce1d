//! Which tools a repository uses, and where: discovered from its files.
//!
//! First the names alone, which finds directories that *could* be a tool's; then the signs in the tool's file, which
//! may read a manifest or one migration. Where two tools have an equal claim, nothing is said: a wrong answer is
//! worse than none.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use regex::Regex;

use crate::git::{Entry, EntryKind, GitError};
use crate::model::{RepoPath, TableName};

use super::ledger::SPECS;
use super::names::{NameReader, Reading, compile};
use super::spec::{KindSpec, Layout, Sign, ToolSpec};
use super::{ReadBlob, Tool};

/// A directory of migrations that was found without configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The tool.
    pub tool: &'static str,
    /// The directory of its migrations.
    pub dir: RepoPath,
    /// How it was recognised, as the end of a sentence: "Cargo.toml depends on sqlx".
    pub because: String,
    /// The ledger's table, where the tool's own configuration names it.
    pub table: Option<TableName>,
}

/// Directories of other people's code.
const VENDORED: [&[u8]; 3] = [b"node_modules", b"vendor", b"third_party"];

/// All sets in the tree, sorted by directory. `entries` is the whole candidate, sorted by path.
pub fn detect(entries: &[Entry], blob: ReadBlob<'_>) -> Result<Vec<Detected>, GitError> {
    let promising = promising(entries);
    if promising.is_empty() {
        return Ok(Vec::new());
    }
    let mut search = Search::new(entries, blob);
    let endings = endings(entries, &promising);
    let mut claims: BTreeMap<RepoPath, Vec<Claim>> = BTreeMap::new();
    for (name, spec) in SPECS.iter() {
        if !search.is_possible(spec, &endings, &promising) {
            continue;
        }
        let tool = Tool::ready(name, spec.clone());
        let mut own: BTreeMap<RepoPath, Vec<Claim>> = BTreeMap::new();
        for (dir, sample) in candidates(&tool, entries, &promising) {
            for (dir, claim) in search.claims(name, &tool, &dir, sample)? {
                own.entry(dir).or_default().push(claim);
            }
        }
        if spec.files.layout == Layout::Recursive {
            leave_topmost(&mut own);
        }
        for (dir, mut new) in own {
            claims.entry(dir).or_default().append(&mut new);
        }
    }
    Ok(claims.into_iter().filter_map(|(dir, claims)| best(dir, claims)).collect())
}

/// A tool's claim to a directory.
struct Claim {
    tool: &'static str,
    /// What lies in the directory counts for more than what lies above it, and what is near for more than what is far.
    strength: usize,
    because: String,
    table: Option<TableName>,
}

/// The strongest claim, unless two tools have it.
fn best(dir: RepoPath, claims: Vec<Claim>) -> Option<Detected> {
    let strength = claims.iter().map(|claim| claim.strength).max()?;
    let tool = claims.iter().find(|claim| claim.strength == strength)?.tool;
    if claims.iter().any(|claim| claim.strength == strength && claim.tool != tool) {
        return None;
    }
    let table = claims.iter().filter(|claim| claim.tool == tool).find_map(|claim| claim.table.clone());
    let because = claims.into_iter().find(|claim| claim.strength == strength)?.because;
    Some(Detected { tool, dir, because, table })
}

/// Files that may be migrations, by directory: names that begin like a version, and fixed names in folders.
fn promising(entries: &[Entry]) -> BTreeMap<&[u8], Vec<usize>> {
    let mut found: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        let name = entry.path.file_name();
        let path = entry.path.as_bytes();
        let dir = path[..path.len() - name.len()].strip_suffix(b"/").unwrap_or_default();
        if !begins_like_one(name) && !is_fixed(name) && !is_called_freely(dir, name) {
            continue;
        }
        if entry.kind != EntryKind::Submodule && !is_elsewhere(dir) {
            found.entry(dir).or_default().push(place);
        }
    }
    found
}

/// Where the order is a graph or a plan, a file may have any name: that of its directory tells.
fn is_called_freely(dir: &[u8], name: &[u8]) -> bool {
    let python = dir.ends_with(b"migrations") || dir.ends_with(b"versions");
    let deploy = || dir.split(|byte| *byte == b'/').any(|part| part == b"deploy");
    python && name.ends_with(b".py") && !name.starts_with(b"_") || name.ends_with(b".sql") && deploy()
}

/// Names in a folder for each migration, and Drizzle's journal.
fn is_fixed(name: &[u8]) -> bool {
    matches!(name, b"up.sql" | b"migration.sql" | b"_journal.json")
}

/// The last endings of those files, in small letters, and the fixed names among theirs.
fn endings(entries: &[Entry], promising: &BTreeMap<&[u8], Vec<usize>>) -> HashSet<Vec<u8>> {
    let mut endings = HashSet::new();
    for place in promising.values().flatten() {
        let name = entries[*place].path.file_name();
        let ending = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
        if !endings.contains(ending) {
            endings.insert(ending.to_ascii_lowercase());
        }
        if is_fixed(name) && !endings.contains(name) {
            endings.insert(name.to_vec());
        }
    }
    endings
}

/// Whether a name begins like that of a migration: with a number, or with what a tool puts in front of it.
fn begins_like_one(name: &[u8]) -> bool {
    let rest = match name {
        [b'R' | b'r', b'_', b'_', ..] | [b'+' | b'-' | b'V' | b'v' | b'U' | b'B' | b'm', b'0'..=b'9', ..] => {
            return true;
        }
        _ => ["Version", "Migration"]
            .iter()
            .find_map(|word| name.strip_prefix(word.as_bytes()))
            .unwrap_or(name),
    };
    rest.first().is_some_and(u8::is_ascii_digit)
}

/// Other people's code.
fn is_elsewhere(dir: &[u8]) -> bool {
    dir.split(|byte| *byte == b'/').any(|part| VENDORED.contains(&part))
}

/// Supabase's files look like those of sqlx; and Atlas writes in the formats of other tools, and keeps its own order.
fn is_others(tool: &str, dir: &RepoPath, has_sum: bool) -> bool {
    let supabase = || dir.as_bytes().split(|byte| *byte == b'/').any(|part| part == b"supabase");
    tool != "supabase" && supabase() || tool != "atlas" && has_sum
}

/// Directories that could be this tool's, each with one of its migrations.
fn candidates(
    tool: &Tool,
    entries: &[Entry],
    promising: &BTreeMap<&[u8], Vec<usize>>,
) -> BTreeMap<RepoPath, usize> {
    let files = &tool.spec.files;
    let mut names = NameReader::new(&tool.spec.title, files, &tool.patterns);
    let mut found: BTreeMap<RepoPath, usize> = BTreeMap::new();
    for (dir, places) in promising {
        let dir = RepoPath::new(*dir);
        if matches!(files.layout, Layout::Flat | Layout::Recursive | Layout::Sqitch) {
            let mut is_one = |place: &&usize| match names.file(entries[**place].path.file_name()) {
                Reading::Migration(parts) => parts.kind != KindSpec::Undo,
                _ => false,
            };
            if let Some(place) = places.iter().find(&mut is_one) {
                found.insert(dir, *place);
            }
            continue;
        }
        let with_name =
            |wanted: &[u8]| places.iter().find(|place| entries[**place].path.file_name() == wanted);
        let journal = with_name(b"_journal.json")
            .filter(|_| files.layout == Layout::Drizzle && dir.file_name() == b"meta");
        let migration = with_name(files.file.as_deref().unwrap_or_default().as_bytes())
            .filter(|_| matches!(names.folder(dir.file_name()), Reading::Migration(_)));
        if let Some(place) = journal.or(migration)
            && !dir.as_bytes().is_empty()
            && !dir.file_name().starts_with(b".")
        {
            found.entry(dir.parent()).or_insert(*place);
        }
    }
    // Where any name will do, the text decides first.
    if files.layout == Layout::Recursive && files.graph.is_none() {
        leave_topmost(&mut found);
    }
    found
}

/// A directory belongs to the set that begins above it.
fn leave_topmost<T>(found: &mut BTreeMap<RepoPath, T>) {
    let above: HashSet<RepoPath> = found.keys().cloned().collect();
    found.retain(|dir, _| !ancestors(dir).skip(1).any(|ancestor| above.contains(&ancestor)));
}

/// The directory, the one above it, and so on to the root.
fn ancestors(dir: &RepoPath) -> impl Iterator<Item = RepoPath> {
    std::iter::successors(Some(dir.clone()), |dir| (!dir.as_bytes().is_empty()).then(|| dir.parent()))
}

/// What has been looked up so far.
struct Search<'a> {
    entries: &'a [Entry],
    blob: ReadBlob<'a>,
    /// Manifests of any tool: their places among the entries, by directory.
    manifests: HashMap<RepoPath, Vec<usize>>,
    manifest_names: BTreeSet<&'a [u8]>,
    texts: HashMap<usize, Rc<str>>,
    patterns: HashMap<String, Rc<Regex>>,
}

impl<'a> Search<'a> {
    fn new(entries: &'a [Entry], blob: ReadBlob<'a>) -> Self {
        let signs = || SPECS.iter().flat_map(|(_, spec)| &spec.detect);
        let names = || {
            let beside = signs().filter_map(|sign| sign.beside.as_deref()).map(last_name);
            signs().flat_map(|sign| &sign.manifest).map(String::as_str).chain(beside)
        };
        let endings: HashSet<&[u8]> =
            names().filter_map(|name| name.strip_prefix('*')).map(str::as_bytes).collect();
        let names: HashSet<&[u8]> = names().map(str::as_bytes).collect();
        let is_one =
            |name: &[u8]| names.contains(name) || endings.iter().any(|ending| name.ends_with(ending));
        let mut manifests: HashMap<RepoPath, Vec<usize>> = HashMap::new();
        let mut manifest_names = BTreeSet::new();
        for (place, entry) in entries.iter().enumerate() {
            if entry.kind == EntryKind::File && is_one(entry.path.file_name()) {
                manifests.entry(entry.path.parent()).or_default().push(place);
                manifest_names.insert(entry.path.file_name());
            }
        }
        Self { entries, blob, manifests, manifest_names, texts: HashMap::new(), patterns: HashMap::new() }
    }

    /// Whether the tree has what the tool would need: files with its endings, its manifest, a directory of its name. It
    /// saves the compilation of most tools' patterns, which costs more than all the rest.
    fn is_possible(
        &mut self,
        spec: &ToolSpec,
        endings: &HashSet<Vec<u8>>,
        promising: &BTreeMap<&[u8], Vec<usize>>,
    ) -> bool {
        let ending = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        let files = &spec.files;
        let has_files =
            files.up.iter().any(|up| up.ends_with('*') || endings.contains(ending(up).as_bytes()))
                || files.file.as_ref().is_some_and(|file| endings.contains(file.as_bytes()))
                || files.layout == Layout::Drizzle && endings.contains(&b"_journal.json"[..]);
        has_files && spec.detect.iter().any(|sign| self.is_spoken_for(sign, promising))
    }

    fn is_spoken_for(&mut self, sign: &Sign, promising: &BTreeMap<&[u8], Vec<usize>>) -> bool {
        let is_there = |wanted: &String| {
            let names = &self.manifest_names;
            if wanted.starts_with('*') {
                names.iter().any(|name| is_called(name, wanted))
            } else {
                names.contains(last_name(wanted).as_bytes())
            }
        };
        if !sign.manifest.is_empty() && !sign.manifest.iter().any(is_there) {
            return false;
        }
        if sign.beside.as_ref().is_some_and(|file| !is_there(file)) {
            return false;
        }
        let Some(path) = &sign.path else { return true };
        let path = self.pattern(path);
        promising.keys().any(|dir| path.is_match(&String::from_utf8_lossy(dir)))
    }

    /// What this tool can say for its claim to a directory. The directory may turn out to be one above.
    fn claims(
        &mut self,
        name: &'static str,
        tool: &Tool,
        dir: &RepoPath,
        sample: usize,
    ) -> Result<Vec<(RepoPath, Claim)>, GitError> {
        let mut found = Vec::new();
        if is_others(name, dir, self.has(&dir.join(b"atlas.sum"))) {
            return Ok(found);
        }
        for sign in &tool.spec.detect {
            let mut set = dir.clone();
            if let Some(path) = &sign.path {
                let text = dir.to_str_lossy();
                let pattern = self.pattern(path);
                let Some(groups) = pattern.captures(&text) else { continue };
                if let Some(named) = groups.name("dir") {
                    set = RepoPath::from(named.as_str());
                }
            }
            if sign.beside.as_ref().is_some_and(|file| !self.lies_beside(dir, sample, file)) {
                continue;
            }
            // A manifest first: one text speaks for many directories, and without it none of their files is read.
            let claim = if sign.manifest.is_empty() {
                Claim { tool: name, strength: usize::MAX, because: sign.because.clone(), table: None }
            } else {
                let Some(claim) = self.manifest(name, sign, &set)? else { continue };
                claim
            };
            if self.sample_fits(sign, sample)? {
                found.push((set, claim));
            }
        }
        Ok(found)
    }

    /// Whether the first migration reads as the sign says.
    fn sample_fits(&mut self, sign: &Sign, sample: usize) -> Result<bool, GitError> {
        for (pattern, wanted) in [(&sign.content, true), (&sign.lacks, false)] {
            if let Some(pattern) = pattern {
                let pattern = self.pattern(pattern);
                if pattern.is_match(&self.text(sample)?) != wanted {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The nearest manifest in or above a directory that speaks for the tool.
    fn manifest(
        &mut self,
        tool: &'static str,
        sign: &Sign,
        dir: &RepoPath,
    ) -> Result<Option<Claim>, GitError> {
        for above in ancestors(dir) {
            let here = self.manifests.get(&above).cloned().unwrap_or_default();
            for place in here {
                let path = self.entries[place].path.clone();
                if !sign.manifest.iter().any(|name| is_called(path.file_name(), name)) {
                    continue;
                }
                let text = self.text(place)?;
                if let Some(mentions) = &sign.mentions
                    && !self.pattern(mentions).is_match(&text)
                {
                    continue;
                }
                let names_dir = sign.names_dir.is_some() || sign.default_dir.is_some();
                if names_dir && !self.named_dirs(sign, &above, &text).contains(dir) {
                    continue;
                }
                let table = sign.names_table.as_ref().and_then(|pattern| {
                    let groups = self.pattern(pattern);
                    let groups = groups.captures(&text)?;
                    Some(table_name(&groups["table"]))
                });
                let depth = above.as_bytes().split(|byte| *byte == b'/').count();
                let depth = if above.as_bytes().is_empty() { 0 } else { depth };
                let strength = if names_dir { usize::MAX } else { depth };
                let because = sign.because.replace("{manifest}", &path.to_string());
                return Ok(Some(Claim { tool, strength, because, table }));
            }
        }
        Ok(None)
    }

    /// The directories that a manifest names, or the usual one.
    fn named_dirs(&mut self, sign: &Sign, above: &RepoPath, text: &str) -> Vec<RepoPath> {
        let mut dirs = Vec::new();
        if let Some(pattern) = &sign.names_dir {
            let pattern = self.pattern(pattern);
            dirs.extend(pattern.captures_iter(text).filter_map(|groups| resolve(above, &groups["dir"])));
        }
        if dirs.is_empty() {
            dirs.extend(sign.default_dir.as_ref().and_then(|dir| resolve(above, dir)));
        }
        dirs
    }

    fn lies_beside(&self, dir: &RepoPath, sample: usize, file: &str) -> bool {
        let folder = self.entries[sample].path.parent();
        self.has(&dir.join(file.as_bytes())) || self.has(&folder.join(file.as_bytes()))
    }

    fn has(&self, path: &RepoPath) -> bool {
        self.entries.binary_search_by(|entry| entry.path.cmp(path)).is_ok()
    }

    /// The text of an entry, empty where a partial clone left it out.
    fn text(&mut self, place: usize) -> Result<Rc<str>, GitError> {
        if let Some(text) = self.texts.get(&place) {
            return Ok(Rc::clone(text));
        }
        let bytes = match self.blob.text(self.entries[place].oid) {
            Err(GitError::NotHere(_)) => Vec::new(),
            other => other?,
        };
        let text: Rc<str> = String::from_utf8_lossy(&bytes).into();
        self.texts.insert(place, Rc::clone(&text));
        Ok(text)
    }

    fn pattern(&mut self, pattern: &str) -> Rc<Regex> {
        if let Some(known) = self.patterns.get(pattern) {
            return Rc::clone(known);
        }
        let compiled = compile(pattern).expect("a test reads the patterns of all tools that guard knows");
        let compiled = Rc::new(compiled);
        self.patterns.insert(pattern.to_owned(), Rc::clone(&compiled));
        compiled
    }
}

/// `_journal.json` of `meta/_journal.json`.
fn last_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a file has the name of a manifest, of which the beginning may be left open: `*.csproj`.
fn is_called(name: &[u8], wanted: &str) -> bool {
    match wanted.strip_prefix('*') {
        Some(ending) => name.ends_with(ending.as_bytes()),
        None => name == wanted.as_bytes(),
    }
}

/// A directory as a manifest spells it, relative to the manifest; `None` for one outside the repository.
fn resolve(above: &RepoPath, spelled: &str) -> Option<RepoPath> {
    if spelled.starts_with('/') {
        return None;
    }
    let mut dir = above.clone();
    for part in spelled.split('/') {
        match part {
            "" | "." => {}
            ".." if dir.as_bytes().is_empty() => return None,
            ".." => dir = dir.parent(),
            part => dir = dir.join(part.as_bytes()),
        }
    }
    Some(dir)
}

/// `schema.table`, with or without quotes.
fn table_name(spelled: &str) -> TableName {
    let plain: String = spelled.chars().filter(|letter| !matches!(letter, '"' | '`' | '[' | ']')).collect();
    match plain.split_once('.') {
        Some((schema, name)) => TableName { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => TableName::plain(plain),
    }
}

#[cfg(test)]
#[path = "detect_tests.rs"]
mod tests;
