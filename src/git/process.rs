//! Runs the `git` command so that it cannot hang: nothing to read, its own process group, and an end.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::GitError;

/// A `git` that says nothing for so long is ended.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// More of standard error than this is thrown away.
const STDERR_CAP: usize = 32 * 1024;

/// What a command left behind.
pub(super) struct Ended {
    /// The exit code; `None` where a signal ended it.
    pub(super) code: Option<i32>,
    /// Standard error, its beginning.
    pub(super) stderr: String,
}

/// Runs a command with `input`, and hands its output to `take` as it comes.
///
/// It is ended, with all that it started, when nothing comes from it for `patience`.
pub(super) fn stream(
    command: Command,
    input: Vec<u8>,
    patience: Duration,
    take: &mut dyn FnMut(&[u8]),
) -> Result<Ended, GitError> {
    let ended = run(command, input, &|| patience, take)?;
    ended.ok_or_else(|| {
        let seconds = patience.as_secs();
        GitError::Failed(format!("the `git` command gave no answer for {seconds} seconds"))
    })
}

/// The same for a question that may take long: it is ended at `deadline`, and what it has said until then counts. `None` then.
pub(super) fn stream_until(
    command: Command,
    input: Vec<u8>,
    deadline: Instant,
    take: &mut dyn FnMut(&[u8]),
) -> Result<Option<Ended>, GitError> {
    run(command, input, &|| deadline.saturating_duration_since(Instant::now()), take)
}

/// `None` where it was ended; `patience` says how long to wait from now.
fn run(
    mut command: Command,
    input: Vec<u8>,
    patience: &dyn Fn() -> Duration,
    take: &mut dyn FnMut(&[u8]),
) -> Result<Option<Ended>, GitError> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        command.spawn().map_err(|error| GitError::NoCommand { why: error.to_string(), because: None })?;
    if let Some(mut stdin) = child.stdin.take() {
        // An error means that git has ended early; its exit code and words say more.
        thread::spawn(move || stdin.write_all(&input));
    }
    let (sender, stdout) = sync_channel(4);
    // Nobody listens any more: read on all the same, or git would wait for room in the pipe.
    read_aside(child.stdout.take(), move |bytes| drop(sender.send(bytes.to_vec())));
    // Kept by the thread itself: it must be read also while only standard output is waited for.
    let (words, stderr) = channel();
    let mut kept = 0;
    read_aside(child.stderr.take(), move |bytes| {
        let bytes = &bytes[..bytes.len().min(STDERR_CAP - kept)];
        kept += bytes.len();
        drop(words.send(bytes.to_vec()));
    });
    let whole = take_all(&stdout, patience, take);
    let status = if whole { wait(&mut child, patience()) } else { None };
    let Some(status) = status else {
        end(&mut child);
        return Ok(None);
    };
    let mut said = Vec::new();
    // git is gone; what it started may still hold the pipe, so this does not wait for long.
    take_all(&stderr, &|| Duration::from_millis(200), &mut |bytes| said.extend_from_slice(bytes));
    Ok(Some(Ended { code: status.code(), stderr: String::from_utf8_lossy(&said).into_owned() }))
}

/// Reads a pipe to its end on a thread of its own, which is left alone when nobody waits for it any more.
fn read_aside(pipe: Option<impl Read + Send + 'static>, mut take: impl FnMut(&[u8]) + Send + 'static) {
    thread::spawn(move || {
        let Some(mut pipe) = pipe else { return };
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match pipe.read(&mut chunk) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => return,
                Ok(length) => take(&chunk[..length]),
            }
        }
    });
}

/// Whether all of it came.
fn take_all(
    chunks: &Receiver<Vec<u8>>,
    patience: &dyn Fn() -> Duration,
    take: &mut dyn FnMut(&[u8]),
) -> bool {
    loop {
        match chunks.recv_timeout(patience()) {
            Ok(chunk) => take(&chunk),
            Err(RecvTimeoutError::Disconnected) => return true,
            Err(RecvTimeoutError::Timeout) => return false,
        }
    }
}

/// Waits for the end of a child that has closed its output.
fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    let mut pause = Duration::from_micros(50);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(pause),
            Ok(None) | Err(_) => return None,
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Ends a child and all that it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(
        rustix::process::Pid::from_child(child),
        rustix::process::Signal::KILL,
    );
    let _ = child.kill();
    let _ = wait(child, Duration::from_millis(200));
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, input: &[u8], patience: Duration) -> (Result<Ended, GitError>, Vec<u8>, Duration) {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let mut out = Vec::new();
        let start = Instant::now();
        let ended = stream(command, input.to_vec(), patience, &mut |bytes| out.extend_from_slice(bytes));
        (ended, out, start.elapsed())
    }

    #[test]
    fn output_code_and_words_come_back() {
        let (ended, out, _) = shell("cat; echo wrong >&2; exit 3", b"input", PATIENCE);
        let ended = ended.unwrap();
        assert_eq!((ended.code, ended.stderr.as_str(), &*out), (Some(3), "wrong\n", &b"input"[..]));
    }

    #[test]
    fn a_child_that_says_nothing_is_ended() {
        let (ended, out, took) = shell("echo begun; sleep 30", b"", Duration::from_millis(200));
        assert!(matches!(ended, Err(GitError::Failed(_))));
        assert_eq!(out, b"begun\n");
        assert!(took < Duration::from_secs(5), "{took:?}");
    }

    #[test]
    fn a_grandchild_that_holds_the_pipe_is_ended_too() {
        let (ended, _, took) = shell("sleep 30 & exit 0", b"", Duration::from_millis(200));
        assert!(ended.is_err());
        assert!(took < Duration::from_secs(5), "{took:?}");
    }

    #[test]
    fn more_than_a_pipe_holds_goes_through_both_ways() {
        let input = vec![b'x'; 1_000_000];
        let (ended, out, _) = shell("head -c 300000 /dev/zero >&2; cat", &input, PATIENCE);
        assert_eq!(out.len(), input.len());
        assert_eq!(ended.unwrap().stderr.len(), STDERR_CAP);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let ended = stream(Command::new("/nowhere/git"), Vec::new(), PATIENCE, &mut |_| ());
        assert!(matches!(ended, Err(GitError::NoCommand { .. })));
    }
}
