//! A copy of a database that cannot be read where it lies, because reading it needs writing first.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use super::place::{Place, file_error};
use crate::db::DbError;

/// What the database is called in the copy.
pub(super) const NAME: &str = "copy.db";

/// How the directories of copies are called.
const PREFIX: &str = "guard-copy-";

/// No run is as old as that: its copy was left behind.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Clocks of file systems are no finer than this: a second write within it would not show.
const CLOCK: Duration = Duration::from_millis(10);

/// Copies the file with its log and journal into a directory that only this user can enter and that is removed when the
/// result is dropped. `None` if one of them changed meanwhile: then the parts may not belong together.
pub(super) fn copy_aside(place: &Place, deadline: Instant) -> Result<Option<TempDir>, DbError> {
    let parts = [(&place.stamp, ""), (&place.wal, "-wal"), (&place.journal, "-journal")];
    let newest = parts.iter().filter_map(|(part, _)| part.modified()).max();
    if newest.and_then(|time| SystemTime::now().duration_since(time).ok()).is_none_or(|age| age < CLOCK) {
        std::thread::sleep(CLOCK);
    }
    let failed = |error: std::io::Error| {
        DbError::Failed(format!("the database cannot be copied to a temporary directory: {error}"))
    };
    remove_abandoned();
    let mut directory = tempfile::Builder::new();
    // Left to itself, the directory would be as open as the user's other ones.
    #[cfg(unix)]
    directory.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let directory = directory.prefix(PREFIX).tempdir().map_err(failed)?;
    for (part, suffix) in parts.into_iter().filter(|(part, _)| part.holds_something()) {
        let target = directory.path().join(format!("{NAME}{suffix}"));
        let target = OpenOptions::new().write(true).create_new(true).open(target).map_err(failed)?;
        match copy(part.path(), target, deadline) {
            Err(Broken::Read(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(Broken::Read(error)) => return Err(file_error(&error)),
            Err(Broken::Written(error)) => return Err(failed(error)),
            Err(Broken::Late) => return Err(DbError::TimedOut),
            Ok(()) => {}
        }
    }
    Ok(place.is_unchanged().then_some(directory))
}

/// Removes the copies of runs that were killed, or that could not wait for their end. Those of other users stay.
fn remove_abandoned() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let metadata = || entry.metadata().ok().filter(std::fs::Metadata::is_dir)?.modified().ok();
        let abandoned = |time: SystemTime| time.elapsed().is_ok_and(|age| age > ABANDONED);
        if ours && metadata().is_some_and(abandoned) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Why a file was not copied.
enum Broken {
    Read(std::io::Error),
    Written(std::io::Error),
    Late,
}

fn copy(source: &Path, mut target: File, deadline: Instant) -> Result<(), Broken> {
    let mut source = File::open(source).map_err(Broken::Read)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        if Instant::now() >= deadline {
            return Err(Broken::Late);
        }
        match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => target.write_all(&buffer[..length]).map_err(Broken::Written)?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Broken::Read(error)),
        }
    }
}
