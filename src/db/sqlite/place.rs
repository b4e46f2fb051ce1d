//! What lies on the disk: the file of a database, its neighbours, and the way of reading that suits them.
//!
//! `immutable=1` leaves no trace and takes no lock, but it is blind for the log and the journal: after a crash it shows rows
//! that were never committed, and misses rows that were. `mode=ro` sees all, but makes `-wal` and `-shm` files in a quiet
//! directory as soon as the database is one with a write-ahead log.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::url::discreet;
use crate::db::{DatabaseUrl, DbError};

/// The two bytes behind the page size in the file's header: 1 for a rollback journal, 2 for a write-ahead log.
const JOURNAL_VERSIONS: std::ops::Range<usize> = 18..20;

/// How a file can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// `immutable=1`: no lock, no neighbour is looked at. Good only for a file with a write-ahead log of which nobody has it open:
    /// any program that has would keep the log beside it. The others take locks that show.
    Unlocked,
    /// `mode=ro`, and the `-shm` file only if it is there: as any other reader.
    Locked,
}

/// A database file, and what lay beside it at one moment.
#[derive(Debug)]
pub(super) struct Place {
    /// Without symbolic links: SQLite keeps the neighbours beside the file itself.
    pub(super) path: PathBuf,
    /// Taken before the neighbours were looked for.
    pub(super) stamp: Stamp,
    /// Stamps of the neighbours that hold something.
    pub(super) wal: Stamp,
    pub(super) journal: Stamp,
    way: Way,
}

/// What tells whether somebody has written to a file. Absent and empty are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    path: PathBuf,
    seen: Option<(u64, Option<SystemTime>, u64)>,
}

impl Stamp {
    fn of(path: PathBuf) -> Self {
        // SQLite takes a file of one byte for an empty one.
        let seen = fs::metadata(&path).ok().filter(|found| found.len() > 1);
        let seen = seen.map(|found| (found.len(), found.modified().ok(), file_number(&found)));
        Self { path, seen }
    }

    /// The file looks as it did then.
    pub(super) fn is_current(&self) -> bool {
        Self::of(self.path.clone()) == *self
    }

    /// There is such a file, with something in it.
    pub(super) fn holds_something(&self) -> bool {
        self.seen.is_some()
    }

    /// When it was written.
    pub(super) fn modified(&self) -> Option<SystemTime> {
        self.seen.and_then(|(_, modified, _)| modified)
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn file_number(found: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    found.ino()
}

#[cfg(not(unix))]
fn file_number(_: &fs::Metadata) -> u64 {
    0
}

/// When the file was made, and its number: a number alone is given out again at once.
pub(super) fn birth(path: &Path) -> Option<String> {
    let found = fs::metadata(path).ok()?;
    let born = found.created().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(format!("{}.{}", file_number(&found), born.as_nanos()))
}

impl Place {
    /// Looks at a file and its neighbours.
    pub(super) fn look(path: &Path) -> Result<Self, DbError> {
        let stamp = Stamp::of(path.to_owned());
        let uses_log = uses_log(path)?;
        let wal = Stamp::of(beside(path, "-wal"));
        let journal = Stamp::of(beside(path, "-journal"));
        // A log without content may still be somebody's who has just emptied it; that one has a `-shm` file too.
        let in_use = wal.path.exists() && beside(path, "-shm").exists();
        // SQLite deletes neighbours of an empty file as leftovers, even when it may only read.
        let quiet = uses_log && !in_use && !wal.holds_something() && !journal.holds_something();
        let way = if quiet || !stamp.holds_something() { Way::Unlocked } else { Way::Locked };
        Ok(Self { path: path.to_owned(), stamp, wal, journal, way })
    }

    pub(super) fn way(&self) -> Way {
        self.way
    }

    /// The file as a URI of SQLite.
    pub(super) fn uri(&self, parameters: &str) -> String {
        uri(&self.path, parameters)
    }

    /// What a copy would be good for: words that go on after "because".
    pub(super) fn reason_for_copy(&self) -> Option<&'static str> {
        if self.journal.holds_something() {
            Some(
                "a program ended in the middle of a transaction: what it had not committed was rolled back in the copy, and \
                 the next program that writes to the database will do the same in the database",
            )
        } else if self.wal.holds_something() {
            Some(
                "a program left a write-ahead log beside the database without closing it: the copy holds all that was committed",
            )
        } else {
            None
        }
    }

    /// File and neighbours look as they did.
    pub(super) fn is_unchanged(&self) -> bool {
        [&self.stamp, &self.wal, &self.journal].into_iter().all(Stamp::is_current)
    }
}

/// The file that a URL names, if guard may try to read it.
pub(super) fn find(url: &DatabaseUrl) -> Result<PathBuf, DbError> {
    let shown = discreet(&url.path().to_string_lossy());
    let path = url.path().canonicalize().map_err(|error| match (error.kind(), url.hint()) {
        (ErrorKind::NotFound | ErrorKind::NotADirectory, None) => {
            DbError::Unreachable(format!("there is no file {shown}"))
        }
        (ErrorKind::NotFound | ErrorKind::NotADirectory, Some(hint)) => {
            DbError::Unreachable(format!("there is no file {shown} ({hint})"))
        }
        _ => file_error(&error),
    })?;
    let found = fs::metadata(&path).map_err(|error| file_error(&error))?;
    if found.is_dir() {
        return Err(DbError::Failed(format!("{shown} is a directory, and a database is a file")));
    }
    // Opening a pipe waits for somebody at its other end. The null device is the empty file that it seems.
    if !found.is_file() && path != Path::new("/dev/null") {
        return Err(DbError::Failed(format!("{shown} is a device or a pipe, and a database is a file")));
    }
    Ok(path)
}

/// What the operating system says about a file.
pub(super) fn file_error(error: &std::io::Error) -> DbError {
    match error.kind() {
        ErrorKind::NotFound => DbError::Unreachable("the database file has just disappeared".to_owned()),
        ErrorKind::PermissionDenied => {
            DbError::Denied("the operating system does not allow to read the database file".to_owned())
        }
        _ => DbError::Failed(format!("the database file cannot be read: {error}")),
    }
}

/// Whether the header says that the database has a write-ahead log.
fn uses_log(path: &Path) -> Result<bool, DbError> {
    let mut file = File::open(path).map_err(|error| file_error(&error))?;
    let mut header = Vec::with_capacity(JOURNAL_VERSIONS.end);
    let limit = u64::try_from(JOURNAL_VERSIONS.end).expect("20 is a u64");
    file.by_ref().take(limit).read_to_end(&mut header).map_err(|error| file_error(&error))?;
    // POSIX drops all locks that a process holds on a file as soon as the process closes any descriptor of it, and another
    // thread may hold SQLite's locks on this one. A descriptor for each database of a run is the smaller evil.
    std::mem::forget(file);
    Ok(header.get(JOURNAL_VERSIONS).is_some_and(|versions| versions.contains(&2)))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A path as a URI of SQLite. All but the plainest bytes are escaped: `?`, `#` and `%` mean something there.
pub(super) fn uri(path: &Path, parameters: &str) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            _ => write!(uri, "%{byte:02X}").expect("a string takes everything"),
        }
    }
    format!("{uri}?{parameters}")
}
