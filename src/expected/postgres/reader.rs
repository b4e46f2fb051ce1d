//! Who reads the schema: sessions of their own, which tell the server the questions while the migrations run.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder, JoinHandle};

use crate::db::{DbError, PgWatcher, PgWriter};
use crate::model::Schema;

/// How a session is opened.
pub(super) type Opener = Arc<dyn Fn() -> Result<PgWriter, DbError> + Send + Sync>;

/// The sessions.
pub(super) struct Reader {
    sessions: Vec<Session>,
    /// Somebody waits.
    hurry: Arc<AtomicBool>,
}

/// One of them.
enum Session {
    /// Until it knows how to ask.
    Learns(JoinHandle<Result<PgWatcher, DbError>>),
    Ready(Box<PgWatcher>),
    /// It came to nothing.
    Gone,
}

impl Session {
    fn schema(&mut self) -> Result<Schema, DbError> {
        let mut watcher = match std::mem::replace(self, Self::Gone) {
            Self::Learns(learns) => Box::new(learns.join().unwrap_or_else(|panic| resume_unwind(panic))?),
            Self::Ready(watcher) => watcher,
            Self::Gone => return Err(DbError::TimedOut),
        };
        let schema = watcher.schema();
        *self = Self::Ready(watcher);
        schema
    }
}

impl Reader {
    /// So many sessions share the questions.
    pub(super) fn begin(open: &Opener, count: usize) -> Result<Self, DbError> {
        let hurry = Arc::new(AtomicBool::new(false));
        let sessions = (0..count).map(|at| {
            let (open, hurry) = (Arc::clone(open), Arc::clone(&hurry));
            let learns = Builder::new().spawn(move || PgWatcher::new(open()?, (at, count), &hurry));
            let learns =
                learns.map_err(|error| DbError::Failed(format!("no thread can be started: {error}")))?;
            Ok(Session::Learns(learns))
        });
        Ok(Self { sessions: sessions.collect::<Result<_, DbError>>()?, hurry })
    }

    /// The schema that there is now. Nothing may change meanwhile: each session looks for itself.
    pub(super) fn schema(&mut self) -> Result<Schema, DbError> {
        self.hurry.store(true, Ordering::Relaxed);
        let Some((first, others)) = self.sessions.split_first_mut() else { return Err(DbError::TimedOut) };
        thread::scope(|scope| {
            let others: Vec<_> = others.iter_mut().map(|session| scope.spawn(|| session.schema())).collect();
            let mut schema = first.schema();
            for other in others {
                let other = other.join().unwrap_or_else(|panic| resume_unwind(panic));
                schema = schema.and_then(|mut all| {
                    all.0.append(&mut other?.0);
                    Ok(all)
                });
            }
            schema
        })
    }
}

impl Drop for Reader {
    /// As long as its sessions are there the database can be neither copied nor dropped.
    fn drop(&mut self) {
        self.hurry.store(true, Ordering::Relaxed);
        for session in self.sessions.drain(..) {
            if let Session::Learns(learns) = session {
                let _ = learns.join();
            }
        }
    }
}
