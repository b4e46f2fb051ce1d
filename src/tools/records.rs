//! Records of the migrations that a tool keeps in the repository beside them, held against the files.

use std::sync::LazyLock;

use regex::Regex;

use crate::git::{Entry, EntryKind, GitError};
use crate::model::{Migration, Rank, RepoPath, StaleRecord};

use super::checksum::chain;
use super::names::compile;
use super::spec::{GraphForm, Layout, RecordForm};
use super::{ReadBlob, Tool, graphs, sqitch};

/// What is held against each other.
struct Files<'a> {
    dir: &'a RepoPath,
    /// The candidate's, sorted by path.
    entries: &'a [Entry],
    migrations: &'a [Migration],
    blob: ReadBlob<'a>,
}

impl Tool {
    /// Where files of the tool's own lie that are read with a directory of migrations: such records, and plans.
    pub fn record_paths(&self, dir: &RepoPath) -> Vec<RepoPath> {
        match self.spec.record {
            None if self.spec.files.graph == Some(GraphForm::Django) => vec![dir.parent().join(graphs::APPS)],
            None => self.plan_path(dir).into_iter().collect(),
            Some(RecordForm::AtlasSum) => vec![dir.join(b"atlas.sum")],
            Some(RecordForm::PrismaLock) => {
                vec![dir.join(b"migration_lock.toml"), dir.parent().join(b"schema.prisma")]
            }
            Some(RecordForm::RailsSchema) => rails_records(dir).to_vec(),
        }
    }

    /// The file that names the migrations and lies outside their directory: Sqitch's plan.
    pub fn plan_path(&self, dir: &RepoPath) -> Option<RepoPath> {
        let usual = || dir.parent().join(b"sqitch.plan");
        (self.spec.files.layout == Layout::Sqitch).then(|| self.plan.clone().unwrap_or_else(usual))
    }

    /// What of such a plan was published and is otherwise now. What comes or goes as a migration says that itself.
    pub fn stale_plan(&self, dir: &RepoPath, old: &[Migration], now: &[Migration]) -> Option<StaleRecord> {
        let path = self.plan_path(dir)?;
        let name = sqitch::other_id(old, now)?;
        let because = format!(
            "gives {name} another id than it had when it was published: its line, or one before it, was edited or moved"
        );
        Some(StaleRecord { path, because, refuses: true, touched: true, published: true })
    }

    /// The records that differ from the files. `entries` are the candidate's, sorted by path, with the records among them.
    pub fn stale_records(
        &self,
        dir: &RepoPath,
        entries: &[Entry],
        migrations: &[Migration],
        blob: ReadBlob<'_>,
    ) -> Result<Vec<StaleRecord>, GitError> {
        let files = Files { dir, entries, migrations, blob };
        let found = match self.spec.record {
            None => Ok(Vec::new()),
            Some(RecordForm::AtlasSum) => files.atlas_sum(),
            Some(RecordForm::PrismaLock) => files.prisma_lock(),
            Some(RecordForm::RailsSchema) => files.rails(),
        };
        match found {
            // In a partial clone some texts are not here: what cannot be read is not judged.
            Err(GitError::NotHere(_)) => Ok(Vec::new()),
            found => found,
        }
    }
}

fn stale(path: &RepoPath, because: String, refuses: bool) -> StaleRecord {
    StaleRecord { path: path.clone(), because, refuses, touched: false, published: false }
}

/// The version of a dump: underscores since Rails 5.2, the version of Rails since 7.0, another way to say it in 3.x.
static RAILS_VERSION: LazyLock<Regex> = LazyLock::new(|| {
    fixed(r"(?m)^\s*ActiveRecord::Schema(?:\[[0-9.]+\])?\.define\((?::version\s*=>|version:)\s*([0-9_]+)\)")
});
static RAILS_ROW: LazyLock<Regex> =
    LazyLock::new(|| fixed(r"(?m)^\('([0-9]+)'\)[,;]|schema_migrations[^;\n]*VALUES\s*\('([0-9]+)'\)"));
static PROVIDER: LazyLock<Regex> = LazyLock::new(|| fixed(r#"(?m)^\s*provider\s*=\s*"([A-Za-z]+)""#));
static DATASOURCE: LazyLock<Regex> =
    LazyLock::new(|| fixed(r#"(?m)^\s*datasource\s+\w+\s*\{[^}]*?^\s*provider\s*=\s*"([A-Za-z]+)""#));

fn fixed(pattern: &str) -> Regex {
    compile(pattern).expect("a test reads them all")
}

/// `db/migrate` is recorded in `db/schema.rb` or `db/structure.sql`, and `db/cache_migrate` in `db/cache_schema.rb`.
fn rails_records(dir: &RepoPath) -> [RepoPath; 2] {
    let name = dir.file_name();
    let prefix = name.strip_suffix(b"migrate").unwrap_or_default();
    ["schema.rb", "structure.sql"].map(|file| dir.parent().join(&[prefix, file.as_bytes()].concat()))
}

impl Files<'_> {
    fn text(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, GitError> {
        match self.entries.binary_search_by(|entry| entry.path.cmp(path)) {
            Ok(at) if self.entries[at].kind == EntryKind::File => {
                self.blob.text(self.entries[at].oid).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// ariga/atlas, sql/migrate/dir.go: every command begins with `Validate`, and stops at the first difference.
    fn atlas_sum(&self) -> Result<Vec<StaleRecord>, GitError> {
        let path = self.dir.join(b"atlas.sum");
        let Some(sum) = self.text(&path)? else { return Ok(Vec::new()) };
        let names: Vec<&Entry> = self.atlas_files();
        let mut texts = Vec::with_capacity(names.len());
        for entry in &names {
            texts.push(self.blob.text(entry.oid)?);
        }
        let sums = chain::sums(
            names.iter().map(|entry| entry.path.file_name()).zip(texts.iter().map(Vec::as_slice)),
        );
        let names = names.iter().map(|entry| String::from_utf8_lossy(entry.path.file_name()).into_owned());
        let expected: Vec<(String, String)> =
            names.zip(sums).filter_map(|(name, sum)| Some((name, sum?))).collect();
        let sum = String::from_utf8_lossy(&sum);
        let recorded: Vec<(&str, &str)> =
            sum.split('\n').skip(1).filter_map(|line| line.trim_end().rsplit_once(" h1:")).collect();
        let because = atlas_difference(&recorded, &expected).or_else(|| {
            let total = chain::total(recorded.iter().copied());
            let first = sum.split('\n').next().unwrap_or_default().trim_end();
            (first != format!("h1:{total}"))
                .then(|| "has a first line that does not fit to the others".to_owned())
        });
        Ok(because.map(|because| stale(&path, because, true)).into_iter().collect())
    }

    /// In the order of their names. Where there are files `.up.sql` the others are the way back.
    fn atlas_files(&self) -> Vec<&Entry> {
        let mut files: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| entry.path.below(self.dir).is_some_and(|below| !below.contains(&b'/')))
            .filter(|entry| entry.path.file_name().ends_with(b".sql") && entry.kind != EntryKind::Submodule)
            .collect();
        if files.iter().any(|entry| entry.path.file_name().ends_with(b".up.sql")) {
            files.retain(|entry| entry.path.file_name().ends_with(b".up.sql"));
        }
        files
    }

    /// The newest version of the files, or any of them, is not in the dump. What the dump has and the files have not is
    /// no fault: old files are tidied away, and other directories may write into the same dump.
    fn rails(&self) -> Result<Vec<StaleRecord>, GitError> {
        let mut found = Vec::new();
        let newest = self.migrations.iter().max_by(|one, other| one.rank.cmp(&other.rank));
        let [schema, structure] = rails_records(self.dir);
        if let (Some(text), Some(newest)) = (self.text(&schema)?, newest) {
            let text = String::from_utf8_lossy(&text);
            if let Some(version) = RAILS_VERSION.captures(&text) {
                let plain = version[1].replace('_', "");
                if Rank::number(&plain) < newest.rank {
                    found.push(stale(
                        &schema,
                        format!("has the version {plain}, and the newest migration is {}", newest.version),
                        false,
                    ));
                }
            } else if let Some((_, list)) = text.split_once("\n__END__\n") {
                found.extend(
                    self.unlisted(list.split('\n').map(str::trim))
                        .map(|because| stale(&schema, because, false)),
                );
            }
        }
        if let Some(text) = self.text(&structure)? {
            let text = String::from_utf8_lossy(&text);
            let rows =
                || RAILS_ROW.captures_iter(&text).filter_map(|row| Some(row.get(1).or(row.get(2))?.as_str()));
            if rows().next().is_some() {
                found.extend(self.unlisted(rows()).map(|because| stale(&structure, because, false)));
            }
        }
        Ok(found)
    }

    /// What a list of versions lacks.
    fn unlisted<'t>(&self, listed: impl Iterator<Item = &'t str>) -> Option<String> {
        let listed: std::collections::HashSet<&str> = listed.map(|one| one.trim_start_matches('0')).collect();
        let lacks = |one: &&Migration| !listed.contains(one.version.0.trim_start_matches('0'));
        let mut missing = self.migrations.iter().filter(lacks);
        let first = missing.next()?;
        let more = match missing.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!("does not list the version {}{more}", first.version))
    }

    /// prisma, P3019: the provider of the schema is another one than that of the migrations.
    fn prisma_lock(&self) -> Result<Vec<StaleRecord>, GitError> {
        let lock = self.dir.join(b"migration_lock.toml");
        let schema = self.dir.parent().join(b"schema.prisma");
        let (Some(recorded), Some(declared)) = (self.text(&lock)?, self.text(&schema)?) else {
            return Ok(Vec::new());
        };
        let (recorded, declared) = (String::from_utf8_lossy(&recorded), String::from_utf8_lossy(&declared));
        let one_name =
            |name: &str| if name == "postgres" { "postgresql".to_owned() } else { name.to_owned() };
        let (Some(recorded), Some(declared)) = (PROVIDER.captures(&recorded), DATASOURCE.captures(&declared))
        else {
            return Ok(Vec::new());
        };
        let (recorded, declared) = (one_name(&recorded[1]), one_name(&declared[1]));
        let because = format!(
            "says that the migrations are for {recorded}, and {schema} that the database is {declared}"
        );
        Ok((recorded != declared).then(|| stale(&lock, because, true)).into_iter().collect())
    }
}

/// The first line of `atlas.sum` that differs from what the files make it. A sum covers the files before it: what follows
/// the first difference says nothing.
fn atlas_difference(recorded: &[(&str, &str)], expected: &[(String, String)]) -> Option<String> {
    let mut recorded = recorded.iter();
    for (name, sum) in expected {
        match recorded.next() {
            Some((known, with)) if known == name => {
                if with != sum {
                    return Some(format!("has another sum for {name} than the file"));
                }
            }
            Some((known, _)) if expected.iter().any(|(other, _)| other == known) => {
                return Some(format!("does not list {name}"));
            }
            Some((known, _)) => return Some(format!("lists {known}, which is not there")),
            None => return Some(format!("does not list {name}")),
        }
    }
    recorded.next().map(|(known, _)| format!("lists {known}, which is not there"))
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
