//! What `guard init` finds in a repository: migration sets and databases, and where it looked for them.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::rails;
use crate::cli::{Failure, spawn};
use crate::config::env;
use crate::db::DatabaseUrl;
use crate::git::{Entry, EntryKind, GitError};
use crate::model::{Oid, RepoPath};
use crate::tools::{Detected, detect};

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) sets: Vec<Detected>,
    pub(super) databases: Vec<FoundDatabase>,
}

/// A database that something in the repository or the environment names.
#[derive(Debug)]
pub(super) struct FoundDatabase {
    /// The value of `url` in guard.toml, as TOML.
    pub(super) url: String,
    /// Where it is named.
    pub(super) origin: String,
    /// Where it is, without secrets; or why this guard cannot read it.
    pub(super) address: Result<DatabaseUrl, String>,
}

/// The keys under which the tools expect a URL.
pub(super) const KEYS: &[&str] = &["DATABASE_URL", "GOOSE_DBSTRING", "DB_URL"];

/// Files in which tools keep the name of a SQLite file.
pub(super) const CONFIG_FILES: &[&str] = &[
    "schema.prisma",
    "prisma.config.ts",
    "drizzle.config.ts",
    "drizzle.config.js",
    "knexfile.js",
    "knexfile.ts",
    "knexfile.cjs",
    "knexfile.mjs",
    "database.yml",
    "refinery.toml",
    "flyway.toml",
    "flyway.conf",
];

/// How much of such a file is read.
const ENOUGH: usize = 64 * 1024;

/// Looks through the index and the work tree, without what git ignores.
pub(super) fn find(root: &Path) -> Result<Found, Failure> {
    let paths = paths(root)?;
    let mut entries = Vec::with_capacity(paths.len());
    for (number, path) in paths.iter().enumerate() {
        let Ok(metadata) = fs::symlink_metadata(on_disk(root, path)) else { continue };
        let kind = match metadata.file_type() {
            kind if kind.is_symlink() => EntryKind::Symlink,
            kind if kind.is_file() => EntryKind::File,
            _ => continue,
        };
        entries.push(Entry { path: path.clone(), oid: stand_in(number), kind });
    }
    let read = |oid: Oid| {
        let path = paths.get(number_of(oid)).ok_or_else(|| GitError::Failed("no such file".to_owned()))?;
        fs::read(on_disk(root, path)).map_err(|error| GitError::Failed(format!("{path}: {error}")))
    };
    let sets = detect(&entries, &read)?;
    Ok(Found { sets, databases: databases(root, &paths) })
}

/// All files that are, or could be, in git.
fn paths(root: &Path) -> Result<Vec<RepoPath>, Failure> {
    let mut command = spawn::git(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = command
        .output()
        .map_err(|error| Failure::new(format!("git does not run: {error}")).fix("install git"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Failure::new(format!("git does not list the files: {why}")).fix("guard doctor says more"));
    }
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let mut paths: Vec<RepoPath> = names.map(RepoPath::new).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn on_disk(root: &Path, path: &RepoPath) -> PathBuf {
    root.join(std::ffi::OsStr::from_bytes(path.as_bytes()))
}

/// Files that are not in git have no object; the number of a file stands for one.
fn stand_in(number: usize) -> Oid {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Oid::from_bytes(&bytes).expect("twenty bytes are an id")
}

fn number_of(oid: Oid) -> usize {
    let bytes = oid.as_bytes().first_chunk::<8>().copied().unwrap_or_default();
    usize::try_from(u64::from_be_bytes(bytes)).unwrap_or(usize::MAX)
}

fn databases(root: &Path, paths: &[RepoPath]) -> Vec<FoundDatabase> {
    let mut found: Vec<FoundDatabase> = Vec::new();
    let mut add = |database: FoundDatabase| {
        let known = |other: &FoundDatabase| other.address.is_ok() && other.address == database.address;
        if !found.iter().any(known) {
            found.push(database);
        }
    };
    // .env also works where a shell's variables are not set: in a program with buttons.
    let from_file: Vec<(String, String)> = dotenvy::from_path_iter(root.join(".env"))
        .map(|lines| lines.filter_map(Result::ok).collect())
        .unwrap_or_default();
    for key in KEYS {
        let in_file = from_file.iter().rev().find(|(name, value)| name == key && !value.is_empty());
        let (text, url, origin) = match (in_file, env::get(key)) {
            (Some((_, text)), _) => (
                text.clone(),
                format!("{{ env-file = \".env\", key = \"{key}\" }}"),
                format!("{key} in .env"),
            ),
            (None, Some(text)) => {
                (text, format!("{{ env = \"{key}\" }}"), format!("the environment variable {key}"))
            }
            (None, None) => continue,
        };
        add(FoundDatabase {
            url,
            origin,
            address: DatabaseUrl::parse(&text, root).map_err(|error| error.to_string()),
        });
    }
    let is_config = |path: &&RepoPath| CONFIG_FILES.iter().any(|name| name.as_bytes() == path.file_name());
    for config in paths.iter().filter(is_config) {
        let Ok(mut text) = fs::read(on_disk(root, config)) else { continue };
        text.truncate(ENOUGH);
        if config.file_name() == b"database.yml"
            && let Some(named) = rails::database(&String::from_utf8_lossy(&text))
        {
            add(of_rails(named, config, root));
        }
        for file in sqlite_files(&String::from_utf8_lossy(&text)) {
            // Some tools read it from the root, some from the directory of the file that names it.
            let places = [RepoPath::from(&*file), config.parent().join(file.as_bytes())];
            let Some(place) = places.into_iter().find(|place| on_disk(root, place).is_file()) else {
                continue;
            };
            let text = format!("sqlite:{}", place.to_str_lossy());
            let address = DatabaseUrl::parse(&text, root).map_err(|error| error.to_string());
            add(FoundDatabase { url: super::quoted(&text), origin: config.to_string(), address });
        }
    }
    found
}

/// The server that Rails' `database.yml` names.
fn of_rails(named: rails::Named, config: &RepoPath, root: &Path) -> FoundDatabase {
    let origin = format!("development in {config}{}", named.remark);
    let parse = |text: &str| DatabaseUrl::parse(text, root).map_err(|error| error.to_string());
    let (url, address) = match named.url {
        rails::Place::Url(text) => (super::quoted(&text), parse(&text)),
        rails::Place::Variable(name) => {
            let not_set = || format!("the environment variable {name} is not set");
            let address = env::get(&name).ok_or_else(not_set).and_then(|text| parse(&text));
            (format!("{{ env = \"{name}\" }}"), address)
        }
    };
    FoundDatabase { url, origin, address }
}

/// Words of a text that look like the relative path of a SQLite file.
fn sqlite_files(text: &str) -> Vec<String> {
    let is_part = |letter: char| letter.is_alphanumeric() || "_-./:".contains(letter);
    let words = text.split(|letter| !is_part(letter)).filter_map(|word| {
        let path = word.rsplit(':').next()?.trim_start_matches("//").trim_start_matches("./");
        let ending = Path::new(path).extension()?;
        let fits = ["db", "sqlite", "sqlite3"].iter().any(|known| ending == *known);
        (fits && !path.starts_with('/') && !path.split('/').any(|part| part == "..")).then(|| path.to_owned())
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sqlite_files_are_found_in_the_files_of_the_tools() {
        let cases = [
            ("url = \"file:./dev.db\"", &["dev.db"][..]),
            ("connection: { filename: './data/dev.sqlite3' }", &["data/dev.sqlite3"]),
            ("database: storage/development.sqlite3\n  pool: 5", &["storage/development.sqlite3"]),
            ("flyway.url=jdbc:sqlite:app.db", &["app.db"]),
            ("url = \"sqlite:///abs/dev.db\", \"../up.db\", \":memory:\", \"postgres://h/d\"", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(sqlite_files(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn foreign_files_never_lead_out_of_the_repository(text in "\\PC*|([a./:\"]|\\.db|sqlite:){0,20}") {
            for path in sqlite_files(&text) {
                proptest::prop_assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."));
            }
        }

        #[test]
        fn a_number_stands_for_a_file(number in 0usize..1_000_000) {
            proptest::prop_assert_eq!(number_of(stand_in(number)), number);
        }
    }
}
