//! The migration sets: declared or discovered, and what the candidate changes in them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::thread;

use crate::config::{Config, FILE_NAME, ReplayConfig, SetConfig};
use crate::git::{Backend, Difference, Entry, EntryKind, GitError, TextAttributes, Tree};
use crate::model::{
    Base, Change, IgnoredFile, LineEndings, Migration, MigrationKind, MigrationSet, Nature, Oid, RepoPath,
    TableName, Text,
};
use crate::tools::{Listing, ReadBlob, Tool, detect, only_moved_to_lfs};

use super::{Candidate, GatherError, Remembering};

/// From this many files on a second thread is worth its start.
const WORTH_A_THREAD: usize = 2_000;

/// A migration set whose directory is known.
#[derive(Clone, Debug)]
pub struct ResolvedSet {
    /// Its name.
    pub name: String,
    /// Its tool.
    pub tool: Arc<Tool>,
    /// Its directory.
    pub dir: RepoPath,
    /// The ledger's table, where it is not the tool's usual one.
    pub table: Option<TableName>,
    /// Where all this comes from: `guard.toml:3`, or how it was recognised.
    pub origin: String,
    /// Declared in guard.toml, and not discovered.
    pub declared: bool,
    /// The declaration that stands for several directories: one for all apps of Django.
    pub group: Option<String>,
    /// How it is replayed.
    pub replay: ReplayConfig,
}

impl ResolvedSet {
    /// The ledger's table.
    pub fn table_name(&self) -> TableName {
        self.table.clone().unwrap_or_else(|| self.tool.default_table())
    }
}

/// Whether the sets can be known without looking at the whole tree.
pub(super) fn needs_whole_tree(config: &Config) -> bool {
    config.sets.is_empty() || config.sets.iter().any(|set| set.dir.is_none())
}

/// The sets of `guard.toml`, or those that the tree shows. `tree` may be empty when all directories are declared.
pub fn resolve_sets(
    texts: ReadBlob<'_>,
    config: &Config,
    tree: &Tree,
) -> Result<Vec<ResolvedSet>, GatherError> {
    if config.sets.is_empty() {
        let found = detect(&tree.entries, texts)?;
        return Ok(found.into_iter().filter_map(|found| discovered(config, found)).collect());
    }
    let mut resolved = Vec::with_capacity(config.sets.len());
    for set in &config.sets {
        let dirs = match &set.dir {
            Some(dir) => vec![dir.clone()],
            None if set.tool.usual_dirs().is_empty() => recognised(config, set, tree, texts)?,
            None => usual_directory(&set.tool, tree).into_iter().collect(),
        };
        if dirs.is_empty() {
            return Err(GatherError::NoDirectory {
                set: set.name.clone(),
                tool: set.tool.facts().title,
                usual: match set.tool.usual_dirs() {
                    [] => "directories that guard recognises".to_owned(),
                    usual => usual.join(", "),
                },
                line: set.line,
            });
        }
        let several = dirs.len() > 1;
        resolved.extend(dirs.into_iter().map(|dir| ResolvedSet {
            name: if several { dir.to_string() } else { set.name.clone() },
            tool: Arc::clone(&set.tool),
            dir,
            table: set.table.clone(),
            origin: format!("{FILE_NAME}:{}", set.line),
            declared: true,
            group: several.then(|| set.name.clone()),
            replay: set.replay.clone(),
        }));
    }
    Ok(resolved)
}

/// All directories of a tool that keeps them nowhere in particular (Django: one in each app), without those that are
/// declared by themselves.
fn recognised(
    config: &Config,
    set: &SetConfig,
    tree: &Tree,
    read: ReadBlob<'_>,
) -> Result<Vec<RepoPath>, GatherError> {
    let declared = |dir: &RepoPath| config.sets.iter().any(|other| other.dir.as_ref() == Some(dir));
    let found = detect(&tree.entries, read)?.into_iter().filter(|found| found.tool == set.tool.name());
    Ok(found.map(|found| found.dir).filter(|dir| !declared(dir)).collect())
}

/// Where a file of the project's own may change how the tool computes: in the directory, and above it, the nearest first.
pub(super) fn settings_files(set: &ResolvedSet) -> Vec<RepoPath> {
    let Some(name) = set.tool.settings_file() else { return Vec::new() };
    let mut dir = set.dir.clone();
    let mut files = vec![dir.join(name.as_bytes())];
    while !dir.as_bytes().is_empty() {
        dir = dir.parent();
        files.push(dir.join(name.as_bytes()));
    }
    files
}

/// Gives each set its tool as the candidate's own file of settings has it.
pub(super) fn apply_settings(
    git: &dyn Backend,
    tree: &Tree,
    sets: &mut [ResolvedSet],
) -> Result<(), GitError> {
    for set in sets {
        let find = |path: &RepoPath| tree.entries.binary_search_by(|entry| entry.path.cmp(path)).ok();
        let Some(at) = settings_files(set).iter().find_map(find) else { continue };
        let entry = &tree.entries[at];
        let changed = match (entry.kind, git.blob(entry.oid)) {
            (EntryKind::File, Ok(text)) => set.tool.with_settings(&set.dir, &entry.path.parent(), &text),
            (_, Ok(_) | Err(GitError::NotHere(_))) => None,
            (_, Err(error)) => return Err(error),
        };
        if let Some(tool) = changed {
            set.tool = Arc::new(tool);
        }
    }
    Ok(())
}

fn discovered(config: &Config, found: crate::tools::Detected) -> Option<ResolvedSet> {
    Some(ResolvedSet {
        name: found.dir.to_string(),
        tool: Arc::new(Tool::find(found.tool, &config.tools).ok()?),
        dir: found.dir,
        table: found.table,
        origin: format!("discovered: {}", found.because),
        declared: false,
        group: None,
        replay: ReplayConfig::default(),
    })
}

fn usual_directory(tool: &Tool, tree: &Tree) -> Option<RepoPath> {
    let mut dirs = tool.usual_dirs().iter().map(|dir| RepoPath::from(dir.as_str()));
    dirs.find(|dir| tree.entries.iter().any(|entry| entry.path.below(dir).is_some()))
}

/// Reads one set: the candidate's migrations, and their difference to the base.
pub(super) fn read_set(
    texts: &Remembering<'_>,
    set: &ResolvedSet,
    (judged, candidate): (Candidate, &Tree),
    base: &Base,
) -> Result<MigrationSet, GitError> {
    let git = texts.git;
    let now = slice_below(&candidate.entries, &set.dir);
    let whole = with_beside(set, now, &candidate.entries);
    let same = base.commit.is_some_and(|commit| is_same(git, judged, commit, &set.dir));
    let (listing, mut difference) = if same {
        (set.tool.list(&set.dir, &whole, texts)?, Difference::default())
    } else {
        listing_and_difference(texts, set, now, &whole, base)?
    };
    let tool = set.tool.facts_of(&listing);
    let Listing { migrations, ignored, stale } = listing;
    let mut facts = MigrationSet {
        name: set.name.clone(),
        tool,
        dir: set.dir.clone(),
        base: base.commit.map(|commit| commit.short()),
        candidate: migrations,
        ignored,
        stale,
        conflicted: candidate
            .conflicts
            .iter()
            .filter(|path| path.below(&set.dir).is_some())
            .cloned()
            .collect(),
        ..MigrationSet::default()
    };
    facts.stale.extend(set.tool.stale_records(&set.dir, &candidate.entries, &facts.candidate, texts)?);
    for file in &mut facts.ignored {
        file.touched = difference.has(&file.path);
    }
    facts.ignored.extend(in_place_of_the_directory(set, &candidate.entries, &difference.before));
    let plan = set.tool.plan_path(&set.dir);
    let other_plan = match plan.filter(|_| base.commit.is_some()) {
        Some(plan) => is_changed(git, candidate, base, &plan)?,
        None => false,
    };
    if !difference.changed.is_empty() || other_plan {
        // Cost follows the change: what did not change is not read a second time.
        let old = match base.commit {
            Some(commit) if !set.tool.reads_each_alone() => git.tree(commit, &places(set))?.entries,
            _ => std::mem::take(&mut difference.before),
        };
        let old = set.tool.list(&set.dir, &old, texts)?.migrations;
        if other_plan {
            facts.stale.extend(set.tool.stale_plan(&set.dir, &old, &facts.candidate));
        }
        compare(git, set, (&difference, other_plan), old, &mut facts)?;
        facts.unstable_line_endings = unstable_line_endings(git, &facts)?;
    }
    for record in &mut facts.stale {
        record.touched |= !facts.changes.is_empty() || is_changed(git, candidate, base, &record.path)?;
    }
    if let (Some(commit), Some(target)) = (base.commit, base.target) {
        facts.landed = landed(texts, set, commit, target)?;
    }
    Ok(facts)
}

/// The directory, and the files of the tool's own that are read with it.
fn places(set: &ResolvedSet) -> Vec<RepoPath> {
    let mut places = set.tool.record_paths(&set.dir);
    places.push(set.dir.clone());
    places
}

/// The entries of the directory, and with them those that are read with it (Sqitch's plan lies above its scripts).
fn with_beside<'a>(set: &ResolvedSet, now: &'a [Entry], all: &[Entry]) -> Cow<'a, [Entry]> {
    let mut beside: Vec<Entry> = Vec::new();
    for path in set.tool.record_paths(&set.dir).into_iter().filter(|path| path.below(&set.dir).is_none()) {
        if let Ok(at) = all.binary_search_by(|entry| entry.path.cmp(&path)) {
            beside.push(all[at].clone());
        }
    }
    if beside.is_empty() {
        return Cow::Borrowed(now);
    }
    beside.extend_from_slice(now);
    beside.sort_by(|one, other| one.path.cmp(&other.path));
    Cow::Owned(beside)
}

/// Whether the directory is the same tree in both, where that can be said without reading it.
fn is_same(git: &dyn Backend, judged: Candidate, base: Oid, dir: &RepoPath) -> bool {
    let in_commit = |commit| git.tree_id(commit, dir).ok().flatten();
    let now = match judged {
        Candidate::Index => git.index_tree_id(dir),
        Candidate::Commit(commit) => in_commit(commit),
    };
    now.is_some() && now == in_commit(base)
}

/// The candidate's migrations, and what differs from the base. Neither half of the work needs the other, and each takes
/// milliseconds in a large repository.
fn listing_and_difference(
    texts: &Remembering<'_>,
    set: &ResolvedSet,
    now: &[Entry],
    whole: &[Entry],
    base: &Base,
) -> Result<(Listing, Difference), GitError> {
    let git = texts.git;
    let list = || set.tool.list(&set.dir, whole, texts);
    let Some(commit) = base.commit else {
        return Ok((list()?, Difference::all_new(now)));
    };
    let second = if now.len() < WORTH_A_THREAD { None } else { git.opener() };
    let Some(second) = second else {
        return Ok((list()?, git.difference(commit, &set.dir, now)?));
    };
    thread::scope(|scope| {
        let difference = scope.spawn(|| second.open()?.difference(commit, &set.dir, now));
        let listing = list();
        let difference = difference.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((listing?, difference?))
    })
}

/// Whether a file is another one than in the base.
fn is_changed(git: &dyn Backend, candidate: &Tree, base: &Base, path: &RepoPath) -> Result<bool, GitError> {
    let Some(commit) = base.commit else { return Ok(true) };
    let before = git.tree(commit, std::slice::from_ref(path))?;
    let of = |tree: &Tree| tree.entries.iter().find(|entry| entry.path == *path).map(|entry| entry.oid);
    Ok(of(&before) != of(candidate))
}

/// What stands where the directory of the migrations should be: then git has none of them.
fn in_place_of_the_directory(set: &ResolvedSet, now: &[Entry], before: &[Entry]) -> Option<IgnoredFile> {
    let at = now.binary_search_by(|entry| entry.path.cmp(&set.dir)).ok()?;
    let because = match now[at].kind {
        EntryKind::Submodule => "is a submodule, of which git keeps a commit here and no files",
        EntryKind::Symlink => "is a symbolic link, of which git keeps the target's name and no files",
        EntryKind::File => "is a file, and not a directory",
    };
    let touched = before.iter().any(|entry| entry.path.below(&set.dir).is_some());
    Some(IgnoredFile { path: set.dir.clone(), because: because.to_owned(), refused: false, touched })
}

/// The entries below a directory. They lie side by side, since entries are sorted by path.
fn slice_below<'a>(entries: &'a [Entry], dir: &RepoPath) -> &'a [Entry] {
    let below = |entry: &Entry| entry.path.below(dir).is_some();
    let prefix = if dir.as_bytes().is_empty() { Vec::new() } else { [dir.as_bytes(), b"/"].concat() };
    let start = entries.partition_point(|entry| entry.path.as_bytes() < &*prefix);
    let length = entries[start..].iter().take_while(|entry| below(entry)).count();
    &entries[start..start + length]
}

/// Fills in what the candidate changes: the changes themselves, the marks and the texts of what it touches.
fn compare(
    git: &dyn Backend,
    set: &ResolvedSet,
    (difference, other_plan): (&Difference, bool),
    old: Vec<Migration>,
    facts: &mut MigrationSet,
) -> Result<(), GitError> {
    // Sorted, and not hashed: there are few of them, and each of the many is looked up.
    let mut old: BTreeMap<Unit, Migration> =
        old.into_iter().map(|migration| (unit(&migration), migration)).collect();
    let mut texts = Texts { git, tool: &set.tool, files: BTreeMap::new() };
    let moved = take_moved(&mut old, &facts.candidate);
    for migration in &mut facts.candidate {
        let came = other_plan && !old.contains_key(&unit(migration));
        if !difference.has(&migration.path) && !came {
            continue;
        }
        let before = old.get_mut(&unit(migration));
        let same = |before: &Migration| before.blob == migration.blob && before.symlink == migration.symlink;
        if before.as_deref().is_some_and(same) {
            continue;
        }
        let now = texts.of(migration)?;
        if let Some(before) = before {
            let then = texts.of(before)?;
            let texts = then.as_deref().zip(now.as_deref()).filter(|_| migration.part.is_some());
            if texts.is_some_and(|(then, now)| set.tool.is_untouched(then, now)) {
                continue; // something else in its file is another
            }
            before.text = then;
            migration.text = now;
            migration.touched = !only_moved(before, migration);
        } else {
            migration.text = now;
            migration.touched = true;
        }
    }
    let kept: BTreeSet<Unit> = if old.is_empty() {
        BTreeSet::new()
    } else {
        facts.candidate.iter().map(unit).filter(|unit| old.contains_key(unit)).collect()
    };
    let mut gone: Vec<&Migration> =
        old.iter().filter(|(unit, _)| !kept.contains(unit)).map(|(_, before)| before).collect();
    gone.extend(&moved);
    let mut changes = Vec::new();
    for after in facts.candidate.iter().filter(|migration| migration.touched) {
        if let Some(before) = old.get(&unit(after)) {
            let nature = nature(&set.tool, before, after);
            changes.push(Change::Edited { before: before.clone(), after: after.clone(), nature });
        } else if let Some(at) = origin_of(&gone, after) {
            let before = gone.remove(at);
            let edited =
                before.blob != after.blob && (after.part.is_none() || texts.of(before)? != after.text);
            changes.push(renamed(before, after, edited, facts.tool.name_matters));
        } else {
            changes.push(Change::Added { migration: after.clone() });
        }
    }
    changes.extend(gone.into_iter().map(|before| Change::Deleted { before: before.clone() }));
    changes.sort_by(|one, other| place_of(one).cmp(&place_of(other)));
    facts.changes = changes;
    Ok(())
}

/// Takes out those that have another file now, while theirs has become another migration: Sqitch's reworked changes.
fn take_moved(old: &mut BTreeMap<Unit, Migration>, candidate: &[Migration]) -> Vec<Migration> {
    if old.is_empty() {
        return Vec::new();
    }
    let other = |migration: &&Migration| {
        old.get(&unit(migration)).is_some_and(|before| before.identity != migration.identity)
    };
    let suspects: Vec<&Migration> = candidate.iter().filter(other).collect();
    if suspects.is_empty() {
        return Vec::new();
    }
    let here: BTreeMap<&str, Unit> =
        candidate.iter().map(|migration| (migration.identity.as_str(), unit(migration))).collect();
    let elsewhere =
        |before: &Migration| here.get(before.identity.as_str()).is_some_and(|other| *other != unit(before));
    let units = suspects.into_iter().map(unit);
    let moved: Vec<Unit> = units.filter(|unit| old.get(unit).is_some_and(elsewhere)).collect();
    moved.iter().filter_map(|unit| old.remove(unit)).collect()
}

/// Whether the text is the same as before, and only went to Git LFS, or came back from there.
fn only_moved(before: &Migration, after: &Migration) -> bool {
    let texts = before.text.as_deref().zip(after.text.as_deref());
    !before.symlink && !after.symlink && texts.is_some_and(|(old, new)| only_moved_to_lfs(old, new))
}

/// Which of the migrations that are gone this one was: the same version first, then the same text.
fn origin_of(gone: &[&Migration], after: &Migration) -> Option<usize> {
    let versioned = |before: &&Migration| same_key(before, after) && before.kind == after.kind;
    let same_text = |before: &&Migration| before.blob == after.blob && before.unit().1 == after.unit().1;
    gone.iter().position(versioned).or_else(|| gone.iter().position(same_text))
}

/// Whether the ledger knows both by the same key. One that says what its path is to be called (Liquibase) says it as the tool
/// does, without the directories above.
fn same_key(one: &Migration, other: &Migration) -> bool {
    let says = |migration: &Migration| {
        let path = migration.path.to_str_lossy().to_lowercase();
        migration.part.is_some() && !migration.identity.starts_with(&*path)
    };
    let below = |one: &str, other: &str| one.strip_suffix(other).is_some_and(|above| above.ends_with('/'));
    one.identity == other.identity
        || (says(one) || says(other))
            && (below(&one.identity, &other.identity) || below(&other.identity, &one.identity))
}

fn renamed(before: &Migration, after: &Migration, edited: bool, name_matters: bool) -> Change {
    let same_key = same_key(before, after) && before.kind == after.kind;
    let same_name = !name_matters || before.name == after.name;
    Change::Renamed { before: before.clone(), after: after.clone(), edited, harmless: same_key && same_name }
}

fn place_of(change: &Change) -> (&RepoPath, Option<u32>) {
    let migration = match change {
        Change::Added { migration } => migration,
        Change::Edited { after, .. } | Change::Renamed { after, .. } => after,
        Change::Deleted { before } => before,
    };
    (&migration.path, migration.line())
}

/// See [`Migration::unit`].
type Unit = (RepoPath, Text);

fn unit(migration: &Migration) -> Unit {
    let (path, part) = migration.unit();
    (path.clone(), part.into())
}

/// The texts of migrations. A file with many of them is read once.
struct Texts<'a> {
    git: &'a dyn Backend,
    tool: &'a Tool,
    files: BTreeMap<Oid, Option<Arc<[u8]>>>,
}

impl Texts<'_> {
    /// The text, unless this clone lacks it.
    fn of(&mut self, migration: &Migration) -> Result<Option<Arc<[u8]>>, GitError> {
        if migration.part.is_none() {
            return text(self.git, migration.blob);
        }
        let file = match self.files.get(&migration.blob) {
            Some(known) => known.clone(),
            None => {
                let file = text(self.git, migration.blob)?;
                self.files.insert(migration.blob, file.clone());
                file
            }
        };
        Ok(file.and_then(|file| Some(self.tool.own_text(migration, &file)?.into())))
    }
}

/// The text of a file, unless this clone lacks it.
fn text(git: &dyn Backend, blob: Oid) -> Result<Option<Arc<[u8]>>, GitError> {
    match git.blob(blob) {
        Ok(bytes) => Ok(Some(bytes.into())),
        Err(GitError::NotHere(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn nature(tool: &Tool, before: &Migration, after: &Migration) -> Nature {
    match (&before.text, &after.text) {
        (Some(old), Some(new)) if before.symlink == after.symlink => tool.nature(&after.path, old, new),
        // What cannot be read is not called harmless.
        _ => Nature::Code,
    }
}

/// What the protected branch has got since this one was cut.
fn landed(
    texts: &Remembering<'_>,
    set: &ResolvedSet,
    base: Oid,
    target: Oid,
) -> Result<Vec<Migration>, GitError> {
    let git = texts.git;
    if git.tree_id(base, &set.dir)? == git.tree_id(target, &set.dir)? {
        return Ok(Vec::new());
    }
    let tip = git.tree(target, &places(set))?.entries;
    let before = git.tree(base, std::slice::from_ref(&set.dir))?.entries;
    let known: HashSet<&RepoPath> = before.iter().map(|entry| &entry.path).collect();
    let listing = set.tool.list(&set.dir, &tip, texts)?;
    if listing.migrations.iter().any(|migration| migration.part.is_some()) {
        let before = set.tool.list(&set.dir, &before, texts)?.migrations;
        let known: HashSet<Unit> = before.iter().map(unit).collect();
        return Ok(listing
            .migrations
            .into_iter()
            .filter(|migration| !known.contains(&unit(migration)))
            .collect());
    }
    Ok(listing.migrations.into_iter().filter(|migration| !known.contains(&migration.path)).collect())
}

/// Touched migrations whose bytes, and with them the tool's checksum, this clone would change at the next checkout.
fn unstable_line_endings(git: &dyn Backend, facts: &MigrationSet) -> Result<Vec<LineEndings>, GitError> {
    let crlf = [("core.autocrlf", "true"), ("core.eol", "crlf")];
    let mut setting = None;
    for (key, value) in crlf {
        if git.config(key)?.is_some_and(|is| is.eq_ignore_ascii_case(value)) {
            setting = Some((key, value));
        }
    }
    let (Some((key, value)), true, false) =
        (setting, facts.tool.keeps_checksum, facts.tool.blind_to_line_endings)
    else {
        return Ok(Vec::new());
    };
    let paths: Vec<RepoPath> = facts
        .touched()
        .filter(|migration| !migration.symlink && migration.kind != MigrationKind::Undo)
        .map(|migration| migration.path.clone())
        .collect();
    let attributes = git.line_ending_attributes(&paths)?;
    let unstable = |attributes: &TextAttributes| {
        let converted = match attributes.text.as_deref() {
            Some("unset") => false,
            Some(_) => true,
            // Without an attribute only core.autocrlf converts.
            None => key == "core.autocrlf",
        };
        attributes.eol.is_none() && converted
    };
    Ok(paths
        .into_iter()
        .zip(&attributes)
        .filter(|(_, attributes)| unstable(attributes))
        .map(|(path, _)| LineEndings { path, because: format!("{key} is {value} here") })
        .collect())
}
