//! Who reads the schema: a session of its own, which tells the server the questions while the migrations run.

use std::panic::resume_unwind;
use std::thread::{Builder, JoinHandle};

use crate::db::{DbError, PgWatcher, PgWriter};
use crate::model::Schema;

/// How a session is opened.
pub(super) type Opener = Box<dyn FnOnce() -> Result<PgWriter, DbError> + Send>;

/// The session.
pub(super) struct Reader {
    /// Until it knows how to ask.
    learns: Option<JoinHandle<Result<PgWatcher, DbError>>>,
    ready: Option<PgWatcher>,
}

impl Reader {
    pub(super) fn begin(open: Opener) -> Result<Self, DbError> {
        let learns = Builder::new().spawn(move || PgWatcher::new(open()?));
        let learns = learns.map_err(|error| DbError::Failed(format!("no thread can be started: {error}")))?;
        Ok(Self { learns: Some(learns), ready: None })
    }

    /// The schema that there is now.
    pub(super) fn schema(&mut self) -> Result<Schema, DbError> {
        if let Some(learns) = self.learns.take() {
            self.ready = Some(learns.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        self.ready.as_mut().ok_or(DbError::TimedOut)?.schema()
    }
}

impl Drop for Reader {
    /// As long as its session is there the database can be neither copied nor dropped.
    fn drop(&mut self) {
        if let Some(learns) = self.learns.take() {
            let _ = learns.join();
        }
    }
}
