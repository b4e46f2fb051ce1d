//! Migrations as they stand in the repository.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::{Graph, Links, Oid, Rank, RepoPath, Text, Version};

/// One migration of a set, as the tool itself would read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The file whose text is applied (for a tool with a folder a migration: the file in it).
    pub path: RepoPath,
    /// What sort it is.
    pub kind: MigrationKind,
    /// The version as the file name spells it; the whole key for tools that have no version (`20240101_init`).
    pub version: Version,
    /// What the ledger knows it by, in one spelling: `7` for `007` where the tool compares numbers.
    pub identity: Text,
    /// The rest of the name, without version and ending.
    pub name: Text,
    /// Its place in the tool's order.
    pub rank: Rank,
    /// The git object that holds the text.
    pub blob: Oid,
    /// The entry is a symbolic link, which git stores as a file that holds the target.
    pub symlink: bool,
    /// The file with the way back, where the tool keeps it in a second file and it is there.
    pub undo: Option<RepoPath>,
    /// The text; known for those that the candidate adds or edits. Of a part of a file its own lines, from its first on,
    /// without what the tool does not compare.
    pub text: Option<Arc<[u8]>>,
    /// Whether the candidate differs from the base here: added, edited or renamed.
    pub touched: bool,
    /// What it builds on, with a tool whose order is a graph.
    pub links: Option<Arc<Links>>,
    /// Where it stands in its file, with a tool that keeps several in one (Liquibase).
    pub part: Option<Arc<Part>>,
}

/// A part of a file that is a migration of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What tells it from the others in its file: `1::alice`, in one spelling.
    pub key: Text,
    /// The line at which it begins, from 1.
    pub line: u32,
    /// Where it stands among the bytes of the file.
    pub range: Range<usize>,
    /// It is the only one in its file: then what is right for the file is right for it.
    pub alone: bool,
    /// Whether it runs depends on the database, or on what the tool is told when it runs: it may rightly be left out.
    pub conditional: bool,
}

impl Migration {
    /// What no other migration of a tree has: the path, and the part of the file where there are several.
    pub fn unit(&self) -> (&RepoPath, &str) {
        (&self.path, self.part.as_ref().map_or("", |part| part.key.as_str()))
    }

    /// The name of its line in `guard.lock`: its path, and the part of the file where there are several.
    pub fn name_in_lock(&self) -> Cow<'_, RepoPath> {
        match self.unit() {
            (path, "") => Cow::Borrowed(path),
            (path, part) => Cow::Owned(RepoPath::new([path.as_bytes(), b"::", part.as_bytes()].concat())),
        }
    }

    /// Whether its file holds other migrations too, so that commands about the whole file concern those as well.
    pub fn shares_file(&self) -> bool {
        self.part.as_ref().is_some_and(|part| !part.alone)
    }

    /// The line of its file at which it begins, where that is known to be another than the first.
    pub fn line(&self) -> Option<u32> {
        self.part.as_ref().map(|part| part.line)
    }
}

/// The sorts of migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MigrationKind {
    /// Runs once, in the order of versions.
    Versioned,
    /// Runs again whenever its text changes (`R__` of Flyway).
    Repeatable,
    /// The way back of a versioned one.
    Undo,
    /// Stands for all before it on an empty database (`B` of Flyway).
    Baseline,
}

/// A directory of one tool's migrations, and what the candidate changes in it.
#[derive(Clone, Debug, Default)]
pub struct MigrationSet {
    /// The name in `guard.toml`, or the directory where it was discovered.
    pub name: String,
    /// Facts about the tool.
    pub tool: ToolFacts,
    /// The directory, relative to the root.
    pub dir: RepoPath,
    /// How to name the base in a git command: `1a2b3c4d`, `origin/main`. `None` when there is nothing to compare with.
    pub base: Option<String>,
    /// The migrations of the candidate, in the tool's order.
    pub candidate: Vec<Migration>,
    /// What the candidate changes against the base, in the order of paths.
    pub changes: Vec<Change>,
    /// Migrations that the tip of the protected branch has and the merge base has not: landed since this branch was cut.
    pub landed: Vec<Migration>,
    /// Files that look like migrations and that the tool would not run, and files that it would refuse.
    pub ignored: Vec<IgnoredFile>,
    /// Records of the migrations in the repository that differ from them.
    pub stale: Vec<StaleRecord>,
    /// Migrations that the candidate touches and whose bytes would depend on the checkout, with git's setting that does it.
    pub unstable_line_endings: Vec<LineEndings>,
    /// Paths among the migrations that are in conflict in the index.
    pub conflicted: Vec<RepoPath>,
    /// The graph that orders the migrations, of this set and of those that are linked with it. `None` where names order
    /// them: then [`Migration::rank`] says what is late, and with a graph it does not.
    pub graph: Option<Arc<Graph>>,
    /// How many published programs the candidate edits in the other sets of the same project: the other apps of Django.
    pub edited_beside: usize,
}

impl MigrationSet {
    /// The published migrations that are programs, that no checksum covers, and of which the candidate edits what runs.
    pub fn edited_programs(&self) -> impl Iterator<Item = &Migration> {
        self.changes.iter().filter_map(|change| match change {
            Change::Edited { after, nature: Nature::Code, .. } if !self.tool.keeps_checksum => {
                // Tools for SQL may have programs among their files too (goose).
                let program = self.tool.code || !after.path.as_bytes().ends_with(b".sql");
                program.then_some(after)
            }
            _ => None,
        })
    }

    /// The migrations that were there in the base, untouched.
    pub fn published(&self) -> impl Iterator<Item = &Migration> {
        self.candidate.iter().filter(|migration| !migration.touched)
    }

    /// The migrations that the candidate adds, edits or renames.
    pub fn touched(&self) -> impl Iterator<Item = &Migration> {
        self.candidate.iter().filter(|migration| migration.touched)
    }

    /// The migrations that are known and not in the candidate: landed since this branch was cut, or taken away here.
    pub fn elsewhere(&self) -> impl Iterator<Item = &Migration> {
        let gone = self.changes.iter().filter_map(|change| match change {
            Change::Deleted { before } | Change::Renamed { before, .. } => Some(before),
            Change::Added { .. } | Change::Edited { .. } => None,
        });
        self.landed.iter().chain(gone)
    }

    /// The migrations that the candidate adds: their identity was not there in the base.
    pub fn added(&self) -> impl Iterator<Item = &Migration> {
        self.changes.iter().filter_map(|change| match change {
            Change::Added { migration } => Some(migration),
            _ => None,
        })
    }
}

/// A file that looks like a migration and is none to the tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredFile {
    /// The file.
    pub path: RepoPath,
    /// Why the tool passes it over or stops at it, as the end of a sentence: "has no underscore after the version".
    pub because: String,
    /// The tool stops with an error instead of passing it over.
    pub refused: bool,
    /// The candidate adds or edits it.
    pub touched: bool,
}

/// A file in which a tool records the migrations (`atlas.sum`), and which differs from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleRecord {
    /// The record.
    pub path: RepoPath,
    /// How it differs, as the end of a sentence: "does not list 2_b.sql".
    pub because: String,
    /// The tool stops with an error at such a difference.
    pub refuses: bool,
    /// The candidate changes the record, or a migration.
    pub touched: bool,
    /// The record is what was published, and only the base's is right.
    pub published: bool,
}

/// A migration whose bytes depend on who checks it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineEndings {
    /// The file.
    pub path: RepoPath,
    /// The setting that does it, as the end of a sentence: "core.autocrlf is true".
    pub because: String,
}

/// One difference between the base and the candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new migration.
    Added {
        /// As in the candidate.
        migration: Migration,
    },
    /// Another text under the same path.
    Edited {
        /// As in the base.
        before: Migration,
        /// As in the candidate.
        after: Migration,
        /// How deep the edit goes.
        nature: Nature,
    },
    /// The same identity is gone, and no other path has the text.
    Deleted {
        /// As in the base.
        before: Migration,
    },
    /// Gone from one path, there at another.
    Renamed {
        /// As in the base.
        before: Migration,
        /// As in the candidate.
        after: Migration,
        /// The text was changed on the way.
        edited: bool,
        /// The ledger knows it by the same key as before: only what the tool does not look at was renamed.
        harmless: bool,
    },
}

/// How deep an edit goes, judged with the syntax of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// Only line endings, or a byte order mark.
    LineEndings,
    /// Only blanks, which the tool's checksum leaves out.
    Blanks,
    /// Only white space and comments that neither tool nor server reads.
    Cosmetic,
    /// Something that runs.
    Code,
}

/// Facts about a tool that rules need for their judgement and their words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct ToolFacts {
    /// The id: `sqlx`.
    pub name: String,
    /// For sentences: "sqlx", "Prisma Migrate".
    pub title: String,
    /// The ledger holds a checksum that the tool compares.
    pub keeps_checksum: bool,
    /// The checksum does not change when only line endings, a byte order mark, or the final newline do.
    pub blind_to_line_endings: bool,
    /// Whether the name after the version is part of what the tool compares (refinery, Flyway, Prisma).
    pub name_matters: bool,
    /// Late migrations (older than the newest applied): what the tool does with them.
    pub late: Late,
    /// The tool has a way back in a second file (`.down.sql`).
    pub undo_files: bool,
    /// Old migrations are deleted by the tool's own procedure (after a squash), and their rows stay and harm nobody.
    pub tidies: bool,
    /// An empty file is legal and useful.
    pub empty_allowed: bool,
    /// Migrations are programs in a general language: formatters and upgrades of frameworks go over them.
    pub code: bool,
    /// The tool's own commands.
    pub words: Words,
}

/// What a tool does with a migration that is older than the newest applied one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Late {
    /// Runs it without a word.
    #[default]
    Runs,
    /// Stops with an error.
    Refuses,
    /// Never runs it, and says nothing.
    Skips,
}

/// The tool's own commands. Placeholders: `{version}`, `{name}`, `{path}`, `{table}`, `{checksum}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Applies what is pending.
    pub apply: Option<String>,
    /// Records a migration as applied without running it.
    pub mark_applied: Option<String>,
    /// Takes a record back without undoing the migration.
    pub unmark: Option<String>,
    /// Makes the recorded checksum equal to the file's.
    pub accept_checksum: Option<String>,
    /// After a failed migration has been undone by hand. `{previous}` is the version before it, `-1` where there is none.
    pub clear_failed: Option<String>,
    /// Makes a new, empty migration.
    pub create: Option<String>,
    /// Joins the heads of a graph. Its placeholder: `{heads}`, with blanks between them.
    pub merge: Option<String>,
    /// Makes the record of the migrations that the tool keeps in the repository anew.
    pub record: Option<String>,
    /// Writes the schema that they make into the repository.
    pub dump: Option<String>,
}
