//! PostgreSQL's own programs on this machine, which are often not on the path.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::keeper::say;
use crate::db::{DbError, Lookup};

/// Directories with a directory for each version, and the way on from there: Debian, Alpine, Homebrew on both processors, Postgres.app,
/// the packages of the PostgreSQL project for Red Hat's systems.
const PARENTS: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/usr", "pgsql-", "bin"),
];

/// `initdb` and `postgres` of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) dir: PathBuf,
    /// `15.8`.
    pub(super) version: String,
    pub(super) major: u32,
}

impl Programs {
    /// Those of this major version; where they are not here, of the nearest newer one, then of the nearest older one.
    pub(super) fn find(major: Option<u32>, env: Lookup<'_>) -> Result<Self, DbError> {
        let mut dirs = dirs(env);
        let config = dirs.iter().map(|dir| dir.join("pg_config")).find(|config| config.is_file());
        let mut seen = BTreeSet::new();
        dirs.retain(|dir| is_whole(dir, &mut seen));
        let mut found: Vec<Self> = dirs.into_iter().filter_map(Self::in_dir).collect();
        // It is another program to be waited for, and mostly says what is known.
        if !found.iter().any(|one| Some(one.major) == major) {
            let elsewhere = config.and_then(|config| say(&config, "--bindir"));
            let elsewhere = elsewhere.map(|dir| PathBuf::from(dir.trim()));
            found.extend(elsewhere.filter(|dir| is_whole(dir, &mut seen)).and_then(Self::in_dir));
        }
        nearest(found, major).ok_or_else(|| {
            let what = "the programs of a PostgreSQL server (initdb and postgres) are not on this machine, so that \
                        migrations cannot be replayed";
            DbError::Failed(what.to_owned())
        })
    }

    fn in_dir(dir: PathBuf) -> Option<Self> {
        let said = say(&dir.join("postgres"), "--version")?;
        let (version, major) = version(&said)?;
        Some(Self { dir, version: version.to_owned(), major })
    }
}

fn nearest(mut found: Vec<Programs>, major: Option<u32>) -> Option<Programs> {
    // Without a wish the newest; the older, the farther below.
    let wish = major.unwrap_or(u32::MAX);
    found.sort_by_key(|one| if one.major >= wish { (0, one.major) } else { (1, u32::MAX - one.major) });
    found.into_iter().next()
}

/// `15.8` and 15 of `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)`.
fn version(said: &str) -> Option<(&str, u32)> {
    let version = said.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let safe = version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    let digits = version.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(version.len());
    Some((version, version[..digits].parse().ok()?)).filter(|_| safe)
}

fn dirs(env: Lookup<'_>) -> Vec<PathBuf> {
    let path = env("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    for (parent, prefix, below) in PARENTS {
        let versions = fs::read_dir(parent).into_iter().flatten().flatten();
        let fits = versions.filter(|version| version.file_name().to_string_lossy().starts_with(prefix));
        dirs.extend(fits.map(|version| version.path().join(below)));
    }
    dirs
}

/// Whether both programs are there, and are not those of another directory by another name.
fn is_whole(dir: &Path, seen: &mut BTreeSet<PathBuf>) -> bool {
    dir.join("initdb").is_file()
        && fs::canonicalize(dir.join("postgres")).is_ok_and(|program| seen.insert(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n"), Some(("15.8", 15)));
        assert_eq!(version("postgres (PostgreSQL) 18beta1\n"), Some(("18beta1", 18)));
        assert_eq!(version("postgres (PostgreSQL) ../x"), None);
        assert_eq!(version("something else 4"), None);
    }

    #[test]
    fn programs_are_there_once_and_both_of_them() {
        let root = tempfile::tempdir().unwrap();
        let dir = |name: &str, programs: &[&str]| {
            let dir = root.path().join(name);
            fs::create_dir(&dir).unwrap();
            for program in programs {
                fs::write(dir.join(program), "").unwrap();
            }
            dir
        };
        let (whole, half) = (dir("whole", &["initdb", "postgres"]), dir("half", &["postgres"]));
        let links = dir("links", &[]);
        for program in ["initdb", "postgres"] {
            std::os::unix::fs::symlink(whole.join(program), links.join(program)).unwrap();
        }
        let mut seen = BTreeSet::new();
        assert_eq!(
            [&half, &whole, &links, &whole].map(|dir| is_whole(dir, &mut seen)),
            [false, true, false, false]
        );
    }

    #[test]
    fn the_live_version_is_best_then_a_newer_one() {
        let with = |major: u32| Programs { dir: PathBuf::new(), version: String::new(), major };
        let of = |wish| nearest([13, 15, 17].map(with).to_vec(), wish).map(|one| one.major);
        assert_eq!([Some(15), Some(14), Some(12), Some(18), None].map(of), [15, 15, 13, 17, 17].map(Some));
        assert_eq!(nearest(Vec::new(), None), None);
    }
}
