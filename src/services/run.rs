//! Runs a command that nobody can rely on: it has an end, what it says is bounded, and nothing that it started stays.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::output::Kept;
use super::warden;

/// Between the request to end and the end by force.
pub const GRACE: Duration = Duration::from_millis(100);

/// After that, the warden itself was frozen or killed, and guard ends what is left: see [`super::warden::end_orphans`].
const SLACK: Duration = Duration::from_millis(200);

/// What git tells its hooks and what would lead a git that a command starts to the index of this commit, or elsewhere
/// (`git rev-parse --local-env-vars`, and those that only hooks get).
const GIT_VARIABLES: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EDITOR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REFLOG_ACTION",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The program and its arguments; a relative program is found below the directory.
    pub command: &'a [String],
    /// Where.
    pub directory: &'a Path,
    /// guard itself, which watches over it: see [`super::warden`].
    pub warden: &'a Path,
    /// What else it finds in its environment, and what it does not find there.
    pub env: &'a [(String, Option<String>)],
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// By itself.
    Exit(i32),
    /// By a signal that guard did not send.
    Signal(i32),
    /// Its time was over.
    Late,
    /// It did not even begin.
    NotStarted(String),
}

/// What a command left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub how: How,
    /// What it said, bounded, without what a terminal would obey.
    pub output: String,
}

/// Runs it until `deadline`; then it is asked to end, and after [`GRACE`] it is ended. Returns not much later than that.
pub fn run(job: &Job<'_>, deadline: Instant) -> Ended {
    let kept = Arc::new(Mutex::new(Kept::default()));
    let how = match start(job, deadline, &kept) {
        Ok(how) => how,
        Err(error) => How::NotStarted(error.to_string()),
    };
    let output = kept.lock().unwrap_or_else(PoisonError::into_inner).text();
    Ended { how, output }
}

fn start(job: &Job<'_>, deadline: Instant, kept: &Arc<Mutex<Kept>>) -> std::io::Result<How> {
    let time = deadline.saturating_duration_since(Instant::now());
    let (mut output, writer) = std::io::pipe()?;
    let mut command = Command::new(job.warden);
    command.args(["warden", "--milliseconds", &time.as_millis().to_string(), "--"]).args(job.command);
    command.current_dir(job.directory).stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
    surroundings(&mut command);
    for (name, value) in job.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    warden::adopt_orphans();
    let mut child = command.spawn()?;
    // It holds the writing end of the pipe.
    drop(command);
    let (done, closed) = channel::<()>();
    let sink = Arc::clone(kept);
    thread::spawn(move || {
        let mut chunk = vec![0; 64 * 1024];
        while let Some(length) = read(&mut output, &mut chunk) {
            sink.lock().unwrap_or_else(PoisonError::into_inner).take(&chunk[..length]);
        }
        drop(done);
    });
    let (said, word) = channel();
    let status = child.stderr.take();
    thread::spawn(move || {
        let mut words = Vec::new();
        if let Some(status) = status {
            let _ = status.take(4096).read_to_end(&mut words);
        }
        let _ = said.send(String::from_utf8_lossy(&words).trim().to_owned());
    });
    let mut answer = word.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    if answer.is_err() {
        // On a busy machine the warden began later than guard, and its clock is behind.
        if let Some(stdin) = &mut child.stdin {
            let _ = stdin.write_all(warden::OVER);
        }
        answer = word.recv_timeout(GRACE + SLACK);
    }
    let word = answer.unwrap_or_default();
    if word.is_empty() {
        let _ = child.kill();
        warden::lost();
    } else {
        // Whoever still holds the pipe is not waited for: what came until now counts.
        let _ = closed.recv_timeout(GRACE);
    }
    // Not before: its closing would tell the warden that guard is gone.
    drop(child.stdin.take());
    thread::spawn(move || child.wait());
    Ok(read_word(&word))
}

fn read(pipe: &mut impl Read, chunk: &mut [u8]) -> Option<usize> {
    loop {
        match pipe.read(chunk) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return None,
            Ok(length) => return Some(length),
        }
    }
}

/// What a command finds around itself: nothing of git's, nobody to ask, and a sign that guard is at work.
fn surroundings(command: &mut Command) {
    for name in GIT_VARIABLES {
        command.env_remove(name);
    }
    command.env("GUARD", "1").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
}

/// The word of the warden. Without one it was killed, and the command with it.
fn read_word(word: &str) -> How {
    let (kind, rest) = word.split_once(' ').unwrap_or((word, ""));
    match (kind, rest.parse()) {
        ("exit", Ok(code)) => How::Exit(code),
        ("signal", Ok(signal)) => How::Signal(signal),
        ("start", _) => How::NotStarted(rest.to_owned()),
        _ => How::Late,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_warden() {
        assert_eq!(read_word("exit 3"), How::Exit(3));
        assert_eq!(read_word("signal 9"), How::Signal(9));
        assert_eq!(read_word("late"), How::Late);
        assert_eq!(read_word("start No such file"), How::NotStarted("No such file".to_owned()));
        assert_eq!(read_word(""), How::Late);
    }

    #[test]
    fn a_warden_that_is_not_there_is_said() {
        let command = ["true".to_owned()];
        let job = Job {
            command: &command,
            directory: Path::new("."),
            warden: Path::new("/nowhere/guard"),
            env: &[],
        };
        let ended = run(&job, Instant::now() + Duration::from_secs(5));
        assert!(matches!(ended.how, How::NotStarted(_)), "{ended:?}");
    }
}
