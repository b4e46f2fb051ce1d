//! Finds the server programs of MariaDB and of MySQL on this machine. They go by each other's names, and neither stands in for the
//! other: what a statement makes is not the same in both.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::super::keeper::say;
use crate::db::{DbError, Lookup};

/// Where servers are that are not on the path: Debian, Red Hat, MySQL's own packages.
const DIRS: [&str; 6] = [
    "/usr/sbin",
    "/usr/libexec",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/mysql/bin",
    "/opt/mysql/bin",
];
/// Directories with one for each version: Homebrew on both processors.
const PARENTS: [&str; 2] = ["/opt/homebrew/opt", "/usr/local/opt"];

/// A server's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) server: PathBuf,
    /// Where all such programs may be, for the shell.
    pub(super) path: String,
    /// `10.11.19`.
    pub(super) version: String,
    pub(super) is_mariadb: bool,
}

impl Programs {
    /// Those of this engine (`MariaDB 10.11.19`) and its series, of the nearest newer one, then of the nearest older one.
    pub(super) fn find(engine: Option<&str>, env: Lookup<'_>) -> Result<Self, DbError> {
        let (name, version) = engine.and_then(|engine| engine.split_once(' ')).unwrap_or(("MariaDB", ""));
        let dirs = dirs(env);
        let programs = dirs.iter().flat_map(|dir| ["mariadbd", "mysqld"].map(|program| dir.join(program)));
        let mut seen = BTreeSet::new();
        let mut found: Vec<Self> = programs
            .filter(|program| fs::canonicalize(program).is_ok_and(|real| seen.insert(real)))
            .filter_map(|server| {
                let (version, is_mariadb) = read(&say(&server, "--version")?)?;
                // Its own tools stand beside it; those of another version make other data.
                let near = server.parent().map(|dir| ["", "../bin", "../scripts"].map(|way| dir.join(way)));
                let all = near.into_iter().flatten().chain(dirs.iter().cloned());
                let path = all.map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(":");
                Some(Self { server, path, version, is_mariadb })
            })
            .collect();
        let other = found.iter().any(|one| one.is_mariadb != (name == "MariaDB"));
        found.retain(|one| one.is_mariadb == (name == "MariaDB"));
        nearest(found, version).ok_or_else(|| {
            let what = match (name == "MariaDB", other) {
                (true, _) => "the programs of a MariaDB server (mariadbd and mariadb-install-db) are not on this machine",
                (false, false) => "the program of a MySQL server (mysqld) is not on this machine",
                (false, true) => {
                    "the program of a MySQL server (mysqld) is not on this machine (MariaDB is, which makes other things of the \
                     same statements)"
                }
            };
            DbError::Failed(format!("{what}, so that migrations cannot be replayed"))
        })
    }
}

fn nearest(mut found: Vec<Programs>, version: &str) -> Option<Programs> {
    let wish = if version.is_empty() { (u32::MAX, 0) } else { series(version) };
    found.sort_by_key(|one| {
        let own = series(&one.version);
        let down = |(major, minor): (u32, u32)| (u32::MAX - major, u32::MAX - minor);
        if own >= wish { (0, own) } else { (1, down(own)) }
    });
    found.into_iter().next()
}

/// `10.11` of `10.11.19`.
fn series(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// `10.11.19` of `mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu`.
fn read(said: &str) -> Option<(String, bool)> {
    let version = said.split_once("Ver ")?.1.split_whitespace().next()?;
    let end = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(version.len());
    Some((version[..end].to_owned(), said.contains("MariaDB"))).filter(|_| end > 0)
}

fn dirs(env: Lookup<'_>) -> Vec<PathBuf> {
    let path = env("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    dirs.extend(DIRS.map(PathBuf::from));
    for parent in PARENTS {
        let below = fs::read_dir(parent).into_iter().flatten().flatten();
        let fits = below.filter(|dir| {
            let name = dir.file_name();
            name.to_string_lossy().starts_with("mariadb") || name.to_string_lossy().starts_with("mysql")
        });
        dirs.extend(fits.map(|dir| dir.path().join("bin")));
    }
    dirs.retain(|dir| dir.is_dir() && !dir.to_string_lossy().contains(':'));
    dirs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let is = |said: &str, version: &str, is_mariadb| {
            assert_eq!(read(said), Some((version.to_owned(), is_mariadb)));
        };
        is(
            "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)",
            "10.11.19",
            true,
        );
        is(
            "/usr/sbin/mysqld  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)",
            "8.0.36",
            false,
        );
        assert_eq!(read("mysqld: nothing"), None);
        assert_eq!(read("Ver x"), None);
    }

    #[test]
    fn the_live_series_is_best_then_a_newer_one() {
        let with = |version: &str| Programs {
            server: PathBuf::new(),
            path: String::new(),
            version: version.to_owned(),
            is_mariadb: true,
        };
        let of = |wish| nearest(["10.6.1", "10.11.19", "11.4.2"].map(with).to_vec(), wish).unwrap().version;
        assert_eq!(
            ["10.11.2", "10.9.1", "10.5.9", "11.8.1", ""].map(of),
            ["10.11.19", "10.11.19", "10.6.1", "11.4.2", "11.4.2"]
        );
    }

    #[test]
    fn the_tools_of_a_server_are_its_own() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["10.6.1", "11.4.2"] {
            let dir = folder.path().join(version);
            fs::create_dir(&dir).unwrap();
            let server = dir.join("mariadbd");
            fs::write(&server, format!("#!/bin/sh\necho 'mariadbd  Ver {version}-MariaDB for Linux'\n"))
                .unwrap();
            std::fs::set_permissions(&server, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        let place = |version: &str| folder.path().join(version).display().to_string();
        let path = format!("{}:{}", place("11.4.2"), place("10.6.1"));
        let found = Programs::find(Some("MariaDB 10.6.9"), &|name| (name == "PATH").then(|| path.clone()));
        assert!(found.unwrap().path.starts_with(&place("10.6.1")));
    }

    #[test]
    fn one_does_not_stand_in_for_the_other() {
        let found =
            |engine| Programs::find(Some(engine), &crate::config::env::get).map(|found| found.is_mariadb);
        assert!(matches!(found("MySQL 8.0.36"), Ok(false) | Err(DbError::Failed(_))));
        assert!(matches!(found("MariaDB 10.11.2"), Ok(true)));
    }
}
