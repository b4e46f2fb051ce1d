//! A crash of guard ends like any other failure: one clear message and exit 2, never a stack trace. What the panic says
//! is not shown: it may hold a secret.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use std::sync::{Mutex, PoisonError};

use super::Failure;

/// Where the last panic was, in whatever thread: one that waits for another passes that one's panic on.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// From now on no thread prints anything when it panics. Threads of sources end as outages, see `gather::within`.
pub(super) fn keep_quiet() {
    set_hook(Box::new(|panic| {
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = panic.location().map(ToString::to_string);
    }));
}

/// Does the work; where that crashes, the failure says so.
pub(super) fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What was half done is thrown away with the process.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        // It may panic as well when it is dropped.
        std::mem::forget(payload);
        let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = place.map_or_else(String::new, |place| format!(" at {place}"));
        let version = env!("CARGO_PKG_VERSION");
        Err(Failure::new(format!(
            "guard {version} crashed{place}; this is a bug in guard, not in your repository"
        ))
        .fix("report it with this line and what you were doing"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(failure: &Failure) -> String {
        let look = crate::report::Look { color: false, width: 80, verbose: false, quiet: false };
        let mut words = Vec::new();
        failure.write(&look, &mut words);
        String::from_utf8(words).unwrap()
    }

    #[test]
    fn a_crash_is_a_failure_that_names_its_place() {
        let before = std::panic::take_hook();
        keep_quiet();
        let crashed = caught(|| {
            let half = std::thread::spawn(|| -> u8 { panic!("postgres://me:secret@host/db") });
            half.join().map_err(|panic| std::panic::resume_unwind(panic))
        });
        set_hook(before);
        let failure = crashed.unwrap_err();
        assert_eq!(failure.exit_code(), 2);
        let words = words(&failure);
        assert!(words.contains("a bug in guard") && words.contains("src/cli/crash.rs:"), "{words}");
        assert!(!words.contains("secret") && !words.contains("panicked"), "{words}");
    }

    #[test]
    fn what_does_not_crash_passes_through() {
        assert_eq!(caught(|| Ok(7)).unwrap(), 7);
        assert!(words(&caught(|| Err::<u8, _>(Failure::new("no"))).unwrap_err()).starts_with("error: no\n"));
    }
}
