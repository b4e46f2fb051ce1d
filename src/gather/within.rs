//! The one place in guard that waits for something outside.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::Cause;

/// An answer that is on its way.
#[derive(Debug)]
pub struct Pending<T> {
    answer: Option<Receiver<(Result<T, Cause>, Duration)>>,
    started: Instant,
    deadline: Instant,
}

/// Runs `work` on a thread of its own, which is waited for no longer than `deadline`.
///
/// A late thread is left behind; it ends with the process. A panic in a driver closes the channel and becomes
/// [`Cause::Crashed`], so it cannot block a commit.
pub fn within<T, E>(deadline: Instant, work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Pending<T>
where
    T: Send + 'static,
    E: Into<Cause> + Send + 'static,
{
    let started = Instant::now();
    let (sender, receiver) = channel();
    let body = move || {
        // Nobody may be waiting any more: then the answer is dropped.
        let answer = work().map_err(Into::into);
        let _ = sender.send((answer, started.elapsed()));
    };
    // A thread that cannot be started has dropped its sender: the same as a crash, without one.
    let started_thread = thread::Builder::new().name("source".to_owned()).spawn(body).is_ok();
    Pending { answer: started_thread.then_some(receiver), started, deadline }
}

impl<T> Pending<T> {
    /// Waits until then, and not until what was said at the beginning.
    pub fn until(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// The answer, or why there is none, and how long it was waited for.
    pub fn wait(self) -> (Result<T, Cause>, Duration) {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let cause = match self.answer.map(|answer| answer.recv_timeout(left)) {
            // How long the source took, not when guard found the time to look.
            Some(Ok(answer)) => return answer,
            Some(Err(RecvTimeoutError::Timeout)) => Cause::TimedOut,
            Some(Err(RecvTimeoutError::Disconnected)) => Cause::Crashed,
            None => Cause::Failed("no thread could be started".to_owned()),
        };
        (Err(cause), self.started.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(
        timeout_ms: u64,
        work: impl FnOnce() -> Result<u8, Cause> + Send + 'static,
    ) -> (Result<u8, Cause>, Duration) {
        within(Instant::now() + Duration::from_millis(timeout_ms), work).wait()
    }

    #[test]
    fn an_answer_in_time_is_the_answer() {
        assert_eq!(ask(5_000, || Ok(7)).0, Ok(7));
    }

    #[test]
    fn a_source_that_hangs_is_left_behind_at_the_deadline() {
        let (answer, waited) = ask(50, || {
            thread::sleep(Duration::from_secs(60));
            Ok(7)
        });
        assert_eq!(answer, Err(Cause::TimedOut));
        assert!(waited < Duration::from_secs(5), "{waited:?}");
    }

    #[test]
    fn a_panic_in_a_driver_is_an_outage() {
        assert_eq!(ask(5_000, || panic!("a driver's bug")).0, Err(Cause::Crashed));
    }

    #[test]
    fn what_the_source_says_is_kept() {
        assert_eq!(ask(5_000, || Err(Cause::Denied("no".to_owned()))).0, Err(Cause::Denied("no".to_owned())));
    }
}
