//! The process that stands between guard and a command, `guard warden`: it ends the command and all that the command
//! started, at the deadline, when the command is done, and when guard itself is gone.
//!
//! It is a process of its own, since only the parent of a process is told of its orphans: on Linux those who left their
//! group by `setsid` or forked twice become children of the warden, and are ended like the others. Elsewhere the process
//! group is what can be ended. Its standard input is a pipe that guard holds: a byte says that the time is over, and guard's
//! death, also by SIGKILL, closes it. Its standard output is the command's, its standard error tells guard how the command
//! ended. A warden that is killed itself leaves its children to guard, which ends them before it ends. Only who kills guard and
//! its wardens, all of them by SIGKILL and at the same moment, leaves commands behind.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::GRACE;

/// The longest time in which all that was started is to be gone after SIGKILL.
const SWEEP: Duration = Duration::from_secs(2);

/// What guard writes when the time of a command is over.
pub(super) const OVER: &[u8] = b"\n";

/// A warden of this process was killed or frozen.
static LOST: AtomicBool = AtomicBool::new(false);

/// What a warden leaves behind that is killed becomes a child of this process.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// A warden has ended without a word.
pub(super) fn lost() {
    LOST.store(true, Ordering::SeqCst);
}

/// Ends what lost wardens left behind. For the end of the process: it ends all children, whatever they are.
pub fn end_orphans() {
    if LOST.load(Ordering::SeqCst) {
        sweep(None);
    }
}

enum Event {
    /// The time is over, says guard.
    Over,
    /// guard is gone.
    Alone,
    /// The command has ended.
    Ended(std::io::Result<ExitStatus>),
}

/// Runs a command for at most `time`, and writes to standard error how it ended: `exit CODE`, `signal NUMBER`, `late`, or
/// `start WHY` where it could not be started.
pub fn watch(command: &[OsString], time: Duration) {
    let deadline = Instant::now() + time;
    leave_terminal();
    let word = match start(command) {
        Err(error) => format!("start {error}"),
        Ok(child) => guarded(child, deadline),
    };
    let _ = writeln!(std::io::stderr(), "{word}");
}

/// A session of its own: no Ctrl-C of the terminal arrives, and no question can be asked there.
fn leave_terminal() {
    #[cfg(unix)]
    let _ = rustix::process::setsid();
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

fn start(command: &[OsString]) -> std::io::Result<Child> {
    let (program, arguments) = command.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(output()?);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

/// Standard error of the command goes where its standard output goes, so that the order stays.
#[cfg(unix)]
fn output() -> std::io::Result<Stdio> {
    use std::os::fd::AsFd;
    Ok(std::io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn output() -> std::io::Result<Stdio> {
    Ok(Stdio::null())
}

fn guarded(mut child: Child, deadline: Instant) -> String {
    let id = child.id();
    let (sender, events) = channel();
    let alone = sender.clone();
    thread::spawn(move || {
        let mut stdin = std::io::stdin();
        // The end comes when guard is gone.
        while stdin.read(&mut [0; 64]).is_ok_and(|length| length > 0) {
            let _ = alone.send(Event::Over);
        }
        let _ = alone.send(Event::Alone);
    });
    thread::spawn(move || {
        let _ = sender.send(Event::Ended(child.wait()));
    });
    let first = events.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    let word = match first {
        Ok(Event::Ended(status)) => describe(&status),
        Ok(Event::Alone) | Err(RecvTimeoutError::Disconnected) => "late".to_owned(),
        Ok(Event::Over) | Err(RecvTimeoutError::Timeout) => {
            signal_group(id, Ending::Asked);
            ended(&events, GRACE);
            "late".to_owned()
        }
    };
    signal_group(id, Ending::Forced);
    sweep(Some(id));
    word
}

/// Waits until the command has ended, or guard is gone.
fn ended(events: &Receiver<Event>, time: Duration) {
    let end = Instant::now() + time;
    while matches!(events.recv_timeout(end.saturating_duration_since(Instant::now())), Ok(Event::Over)) {}
}

fn describe(status: &std::io::Result<ExitStatus>) -> String {
    let Ok(status) = status else { return "exit 255".to_owned() };
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(status) {
        return format!("signal {signal}");
    }
    format!("exit {}", status.code().unwrap_or(255))
}

#[derive(Clone, Copy)]
enum Ending {
    Asked,
    Forced,
}

#[cfg(unix)]
fn signal_group(id: u32, ending: Ending) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let signal = match ending {
        Ending::Asked => Signal::TERM,
        Ending::Forced => Signal::KILL,
    };
    if let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, signal);
    }
}

#[cfg(not(unix))]
fn signal_group(_: u32, _: Ending) {}

/// Ends and buries all children, those that were adopted too, until there are none.
#[cfg(unix)]
fn sweep(command: Option<u32>) {
    use rustix::io::Errno;
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};
    let deadline = Instant::now() + SWEEP;
    let mut pause = Duration::from_micros(200);
    while Instant::now() < deadline {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => continue,
            Err(Errno::CHILD) => return,
            _ => {}
        }
        let command = command.and_then(|id| i32::try_from(id).ok());
        for child in children().into_iter().chain(command).filter_map(Pid::from_raw) {
            if is_child(child) {
                let _ = kill_process(child, Signal::KILL);
            }
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

#[cfg(not(unix))]
fn sweep(_: Option<u32>) {}

/// Whether it is still one of ours: a number may belong to somebody else by now.
#[cfg(unix)]
fn is_child(process: rustix::process::Pid) -> bool {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    waitid(WaitId::Pid(process), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT)
        .is_ok()
}

/// The children of this process, adopted ones among them.
#[cfg(target_os = "linux")]
fn children() -> Vec<i32> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let listed: Vec<i32> = lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect();
    if listed.is_empty() { children_by_parent() } else { listed }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn children() -> Vec<i32> {
    Vec::new()
}

/// The same on kernels that keep no list (`CONFIG_PROC_CHILDREN`).
#[cfg(target_os = "linux")]
fn children_by_parent() -> Vec<i32> {
    let own = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| {
            let id = process.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
            // The name of the program stands in parentheses and may hold anything.
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?;
            (parent == own).then_some(id)
        })
        .collect()
}
