//! Replay in PostgreSQL: in a server of guard's own, started from the programs of this machine, or on one that is declared for it.
//!
//! The migrations of a pull request are foreign code. They run as a role that is no superuser and that nothing of the server's
//! own rights can be granted to: no files, no programs, no other servers. The clock ends what does not end.

mod cluster;
mod extensions;
mod guest;
mod leakproof;
mod printed;
mod programs;
mod reader;
mod refusals;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use super::declared::{END, Elsewhere, PREFIX};
use super::{Like, Scratch, Trouble};
use crate::db::{DatabaseUrl, DbError, PgRefusal, PgWriter, pg_statements};
use crate::model::{Object, ObjectId, RIGHTS, Schema, Script};
use cluster::{Cluster, MIGRATOR, OWNERS, SPARE};
use guest::Guest;
use reader::{Opener, Reader};
use refusals::{absent_role, foreign_role, is_about_roles, without_rights};

/// A copy of the database at a state to which the replay goes back.
const KEPT: &str = "guard_kept";

/// Forgets what a session was told.
const DISCARD: &str = "DISCARD ALL";

/// How often it is looked whether a session is over.
const PAUSE: Duration = Duration::from_millis(1);

/// So often a script is tried: once more for each role that it names and nobody has made.
const MOST_TRIES: usize = 50;

/// What the server says to what is no SQL.
const SYNTAX: &str = "42601";

/// What the server says when its files have no room.
const DISK_FULL: &str = "53100";

/// What the server says to a statement that only runs by itself: outside of a transaction, after the one before is over, where
/// it ends transactions of its own.
const ALONE: [&str; 3] = ["25001", "55P04", "2D000"];

/// What a server would be, without starting one.
pub(super) fn engine(like: &Like<'_>) -> Option<String> {
    Some(format!("PostgreSQL {}", programs::Programs::find(like.major, like.env).ok()?.version))
}

/// The scratch databases that are on this server.
pub(super) fn scratch_databases(url: &DatabaseUrl, deadline: Instant) -> Result<Vec<String>, DbError> {
    let question = format!(
        "SELECT datname FROM pg_catalog.pg_database WHERE left(datname, {}) = '{PREFIX}'",
        PREFIX.len()
    );
    PgWriter::open_at(url, deadline)?.ask(&question)
}

/// Where the database is.
enum Home {
    /// In a server of its own.
    Own(Cluster),
    /// On a server of others.
    Guest(Guest),
}

/// A database for migrations.
pub(super) struct Server {
    /// The session of the migrations: dropped before the server.
    session: Option<PgWriter>,
    /// Who reads the schema: gone before the server, too.
    reader: Option<Reader>,
    admin: PgWriter,
    home: Home,
    database: String,
    deadline: Instant,
    /// What runs before each script.
    before: Vec<String>,
    /// Something was run since it was empty.
    used: bool,
    /// There is a copy to go back to, and these were the roles then.
    marked: Option<Vec<String>>,
}

impl Server {
    pub(super) fn open(like: &Like<'_>, deadline: Instant) -> Result<Self, DbError> {
        let mut cluster = Cluster::start(like.major, like.env, deadline)?;
        let mut admin = cluster.admin(deadline)?;
        let name = like.database.filter(|name| !name.starts_with("template") && !name.contains('\0'));
        let database = name.unwrap_or("app").to_owned();
        order(&mut admin, &format!("ALTER DATABASE {SPARE} RENAME TO {}", quote(&database)))?;
        Self::new(Home::Own(cluster), (admin, database), like, deadline)
    }

    /// The same on a server that is declared for it.
    pub(super) fn open_on(
        elsewhere: Elsewhere<'_>,
        like: &Like<'_>,
        deadline: Instant,
    ) -> Result<Self, DbError> {
        let (guest, admin) = Guest::open(elsewhere, deadline)?;
        let database = guest.database.clone();
        Self::new(Home::Guest(guest), (admin, database), like, deadline)
    }

    fn new(
        home: Home,
        (admin, database): (PgWriter, String),
        like: &Like<'_>,
        deadline: Instant,
    ) -> Result<Self, DbError> {
        let mut server = Self {
            session: None,
            reader: None,
            admin,
            home,
            database,
            deadline,
            before: like.before.to_vec(),
            used: false,
            marked: None,
        };
        server.enter()?;
        Ok(server)
    }

    /// How a session of the role that the migrations have is opened.
    fn opener(&self) -> Opener {
        let deadline = self.deadline;
        match &self.home {
            Home::Own(cluster) => {
                let (dir, database) = (cluster.dir.clone(), self.database.clone());
                Arc::new(move || PgWriter::open(&dir, MIGRATOR, &database, deadline))
            }
            Home::Guest(guest) => {
                let url = guest.url.clone();
                Arc::new(move || PgWriter::open_at(&url, deadline))
            }
        }
    }

    fn session(&mut self) -> Result<&mut PgWriter, DbError> {
        self.session.as_mut().ok_or(DbError::TimedOut)
    }

    /// The statements up to this place as most tools send them: in one piece, in a transaction. The answers are waited for at the end:
    /// a transaction that has failed is taken back by its own `COMMIT`.
    fn together(&mut self, before: &[String], text: &str) -> Result<Result<(), PgRefusal>, DbError> {
        let texts: Vec<&str> = before.iter().map(String::as_str).chain(["BEGIN", text, "COMMIT"]).collect();
        let mut answers = self.session()?.send_all(&texts)?;
        let (end, outcome) = (answers.pop(), answers.pop());
        prepared(before, answers)?;
        // What is checked at the end of a transaction belongs to the last statement.
        let end = end.unwrap_or(Ok(())).map_err(|refusal| PgRefusal { done: usize::MAX, ..refusal });
        Ok(outcome.unwrap_or(Ok(())).and(end))
    }

    /// One statement after the other.
    fn apart(
        &mut self,
        statements: &[(usize, &str)],
        attempt: &Attempt,
    ) -> Result<Result<(), PgRefusal>, DbError> {
        let session = self.session()?;
        if attempt.way == Way::InPieces {
            let _ = session.send("BEGIN")?;
        }
        for (number, (_, statement)) in statements.iter().enumerate().skip(attempt.from) {
            let statement = match attempt.instead.get(&number) {
                None => *statement,
                Some(nothing) if nothing.is_empty() => continue,
                Some(instead) => instead,
            };
            let mut outcome = match attempt.before.get(&number) {
                Some(before) => session.send(before)?,
                None => Ok(()),
            };
            if outcome.is_ok() {
                outcome = session.send(statement)?;
            }
            if let Err(refusal) = outcome {
                let _ = session.send("ROLLBACK")?;
                return Ok(Err(PgRefusal { done: number, at: None, ..refusal }));
            }
        }
        // A transaction that the script began and did not end is ended, too.
        Ok(session.send("COMMIT")?.map_err(|refusal| PgRefusal { done: usize::MAX, ..refusal }))
    }

    /// Makes a role that the live server has and this one has not; unless it is one that only a server makes.
    fn make_role(&mut self, name: &str) -> Result<bool, DbError> {
        if matches!(self.home, Home::Guest(_)) {
            return Ok(false);
        }
        let role = quote(name);
        let text = format!("CREATE ROLE {role} IN ROLE {OWNERS}; GRANT {role} TO {MIGRATOR}");
        Ok(self.admin.send(&text)?.is_ok())
    }
}

/// How the statements of a script are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All at once, in a transaction.
    AtOnce,
    /// Each by itself, in a transaction.
    InPieces,
    /// Each by itself, without one.
    Alone,
}

/// One of several attempts to run a script.
struct Attempt {
    way: Way,
    /// Those before it are done.
    from: usize,
    /// What is sent in the place of some; nothing where it is empty.
    instead: BTreeMap<usize, String>,
    /// What is sent before some.
    before: BTreeMap<usize, String>,
    /// There are no roles to be made, or to be named.
    guest: bool,
}

impl Attempt {
    /// Next time this is sent in its place, or nothing.
    fn put(&mut self, number: usize, instead: String) {
        self.instead.insert(number, instead);
        match self.way {
            Way::Alone => self.from = number,
            _ => self.way = Way::InPieces,
        }
    }

    /// What is tried after this refusal; `None` where it is the last word.
    fn again(&mut self, refusal: &PgRefusal, statements: &[(usize, &str)]) -> Option<()> {
        let number = refusal.done.min(statements.len() - 1);
        if self.way != Way::Alone && ALONE.contains(&refusal.code.as_str()) {
            (self.way, self.from) = (Way::Alone, 0);
            return Some(());
        }
        if self.guest || absent_role(refusal).is_none() {
            match foreign_role(refusal).filter(|_| !self.guest && !self.before.contains_key(&number)) {
                // A superuser would be one of it. Whoever may make roles may take their part, but that of a superuser.
                Some(role) => {
                    self.before.insert(number, format!("GRANT {} TO {MIGRATOR}", quote(role)));
                }
                None => {
                    let statement = statements.get(number)?.1;
                    let about_roles = || (self.guest && is_about_roles(statement, refusal)).then(String::new);
                    let instead = without_rights(statement, refusal).or_else(about_roles)?;
                    // What was tried in its place is refused, too.
                    if self.instead.insert(number, instead).is_some() {
                        return None;
                    }
                }
            }
            if self.way == Way::AtOnce {
                self.way = Way::InPieces;
            }
        }
        if self.way == Way::Alone {
            self.from = number;
        }
        Some(())
    }
}

impl Scratch for Server {
    fn name(&self) -> String {
        match &self.home {
            Home::Own(cluster) => format!("{}, in a server of guard's own", cluster.engine),
            Home::Guest(guest) => guest.name(),
        }
    }

    fn clear(&mut self) -> Result<(), DbError> {
        if !self.used {
            return Ok(());
        }
        if let Home::Guest(guest) = &mut self.home {
            (self.session, self.reader) = (None, None);
            guest.drop(&mut self.admin)?;
            guest.make(&mut self.admin)?;
            self.used = false;
            return self.enter();
        }
        if self.marked.take().is_some() {
            self.drop_database(KEPT)?;
        }
        let database = quote(&self.database);
        self.leave()?;
        self.drop_database(&database)?;
        self.drop_roles(&[])?;
        // What was set for the role of the migrations is of the server, too.
        order(&mut self.admin, &format!("ALTER ROLE {MIGRATOR} RESET ALL"))?;
        self.copy("template1", &database)?;
        self.used = false;
        self.enter()
    }

    /// Roles, and what is set for them and for the database, are of the server, and stay as they are then.
    fn mark(&mut self) -> Result<bool, DbError> {
        if matches!(self.home, Home::Guest(_)) {
            return Ok(false);
        }
        self.leave()?;
        if self.marked.take().is_some() {
            self.drop_database(KEPT)?;
        }
        let database = quote(&self.database);
        self.copy(&database, KEPT)?;
        self.marked = Some(self.roles()?);
        self.enter()?;
        Ok(true)
    }

    fn back(&mut self) -> Result<bool, DbError> {
        let Some(roles) = self.marked.take() else { return Ok(false) };
        let database = quote(&self.database);
        self.leave()?;
        self.drop_database(&database)?;
        self.drop_roles(&roles)?;
        self.copy(KEPT, &database)?;
        self.marked = Some(roles);
        self.enter()?;
        Ok(true)
    }

    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble> {
        let found = pg_statements(&script.text);
        if let Some((at, command)) = found.foreign {
            let message = "this is a command of psql, and no other program knows it".to_owned();
            return Err(refused(script, at, command, message));
        }
        let statements = &found.all[..most.min(found.all.len())];
        let Some((last, text)) = statements.last() else { return Ok(()) };
        self.used = true;
        // What one script sets is not set for the next, as if each had a connection of its own.
        let mut before = vec![DISCARD.to_owned()];
        before.extend_from_slice(&self.before);
        let way = match (script.transaction, found.in_pieces) {
            (true, false) => Way::AtOnce,
            (true, true) => Way::InPieces,
            (false, _) => Way::Alone,
        };
        let guest = matches!(self.home, Home::Guest(_));
        let mut attempt = Attempt { way, from: 0, instead: BTreeMap::new(), before: BTreeMap::new(), guest };
        let (mut tries, mut leakproof) = (0, Vec::new());
        let refusal = loop {
            let before = std::mem::take(&mut before);
            let outcome = match attempt.way {
                Way::AtOnce => self.together(&before, &script.text[..last + text.len()])?,
                _ => {
                    let texts: Vec<&str> = before.iter().map(String::as_str).collect();
                    prepared(&before, self.session()?.send_all(&texts)?)?;
                    self.apart(statements, &attempt)?
                }
            };
            let Err(refusal) = outcome else { return Ok(self.say_leakproof(&leakproof)?) };
            tries += 1;
            let number = refusal.done.min(statements.len() - 1);
            if let Some((instead, name)) = leakproof::without(statements[number].1, &refusal)
                && tries <= MOST_TRIES
                && !guest
            {
                attempt.put(number, instead);
                leakproof.push(name);
                continue;
            }
            if tries <= MOST_TRIES && self.make_extension(statements[number].1, &refusal)? {
                attempt.put(number, String::new());
                continue;
            }
            if tries > MOST_TRIES || attempt.again(&refusal, statements).is_none() {
                break refusal;
            }
            if let Some(role) = absent_role(&refusal).filter(|_| !guest)
                && !self.make_role(role)?
            {
                break refusal;
            }
        };
        if refusal.code == DISK_FULL {
            return Err(DbError::Failed(format!("the replay has no room: {}", refusal.message)).into());
        }
        // What is no SQL is found before anything is done, and there the server says the place.
        let at = refusal.at.filter(|_| refusal.code == SYNTAX).map(|at| byte_of(&script.text, at));
        let number = match at {
            Some(at) => statements.iter().rposition(|(start, _)| *start <= at).unwrap_or(0),
            None => refusal.done.min(statements.len() - 1),
        };
        let (start, statement) = statements[number];
        Err(refused(script, start, statement, refusal.message))
    }

    fn places(&self) -> Vec<(&'static str, String)> {
        let cluster = match &self.home {
            Home::Own(cluster) => cluster,
            Home::Guest(guest) => return guest.parts(),
        };
        let (host, database) = (cluster.dir.display().to_string(), self.database.clone());
        vec![
            ("url", format!("postgresql://{MIGRATOR}@/{database}?host={host}")),
            ("socket", host.clone()),
            ("host", host),
            ("port", "5432".to_owned()),
            ("user", MIGRATOR.to_owned()),
            ("database", database),
        ]
    }

    fn count(&self, script: &Script) -> usize {
        pg_statements(&script.text).all.len()
    }

    fn pieces(&self, script: &Script) -> Vec<Script> {
        let all = pg_statements(&script.text).all.into_iter();
        all.map(|(_, text)| Script { text: text.to_owned(), transaction: false, ..script.clone() }).collect()
    }

    /// On a server of others owners and rights are not the migrations'.
    fn schema(&mut self) -> Result<Schema, DbError> {
        let mut schema = self.reader.as_mut().ok_or(DbError::TimedOut)?.schema()?;
        if matches!(self.home, Home::Guest(_)) {
            schema.0.retain(|id, _| !RIGHTS.contains(&id.kind));
        }
        Ok(schema)
    }

    fn numbers(&mut self) -> Result<BTreeMap<ObjectId, u32>, DbError> {
        self.session()?.numbers()
    }

    fn printed(&mut self, objects: &[(ObjectId, Object)]) -> Result<Vec<Object>, DbError> {
        printed::printed(self.session()?, objects)
    }
}

impl Server {
    /// Ends the session. As long as it is there the database can be neither copied nor dropped, and the server would look for its end only
    /// now and then.
    fn leave(&mut self) -> Result<(), DbError> {
        (self.session, self.reader) = (None, None);
        let there = "SELECT pid::text FROM pg_catalog.pg_stat_activity \
                     WHERE datname IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()";
        while !self.admin.ask(there)?.is_empty() && Instant::now() < self.deadline {
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Those that the migrations have made.
    fn roles(&mut self) -> Result<Vec<String>, DbError> {
        let own = format!("'{}', '{MIGRATOR}', '{OWNERS}'", cluster::ADMIN);
        self.admin.ask(&format!(
            "SELECT pg_catalog.quote_ident(rolname) FROM pg_catalog.pg_roles WHERE oid >= 16384 AND rolname NOT IN ({own})"
        ))
    }

    fn drop_roles(&mut self, but: &[String]) -> Result<(), DbError> {
        let mut roles = self.roles()?;
        roles.retain(|role| !but.contains(role));
        if roles.is_empty() {
            Ok(())
        } else {
            order(&mut self.admin, &format!("DROP ROLE {}", roles.join(", ")))
        }
    }

    /// How many sessions read the schema: two where two can work at the same time, and on a server of others one.
    fn readers(&self) -> usize {
        let processors = available_parallelism().map_or(1, usize::from);
        if matches!(self.home, Home::Guest(_)) { 1 } else { processors.min(2) }
    }

    fn enter(&mut self) -> Result<(), DbError> {
        let opener = self.opener();
        self.reader = Some(Reader::begin(&opener, self.readers())?);
        self.session = Some(opener()?);
        Ok(())
    }

    /// Makes a database of another. To copy its files takes a third of the time that its blocks take, one by one through the log, which is
    /// what the server does since version 15 if it is not told otherwise.
    fn copy(&mut self, from: &str, to: &str) -> Result<(), DbError> {
        let by_files = match &self.home {
            Home::Own(cluster) if cluster.major >= 15 => " STRATEGY file_copy",
            _ => "",
        };
        order(&mut self.admin, &format!("CREATE DATABASE {to} OWNER {OWNERS} TEMPLATE {from}{by_files}"))
    }

    /// The server may not have noticed yet that the session is over.
    fn drop_database(&mut self, database: &str) -> Result<(), DbError> {
        loop {
            match self.admin.send(&format!("DROP DATABASE {database}"))? {
                Ok(()) => return Ok(()),
                Err(refusal) if refusal.code == "55006" && Instant::now() < self.deadline => {}
                Err(refusal) => return Err(DbError::Failed(refusal.message)),
            }
        }
    }
}

impl Drop for Server {
    /// A server of guard's own takes all with it when it ends.
    fn drop(&mut self) {
        if let Home::Guest(guest) = &self.home {
            (self.session, self.reader) = (None, None);
            self.admin.until(Instant::now() + END);
            guest.end(&mut self.admin);
        }
    }
}

/// An order of guard's own, which the server cannot refuse.
fn order(admin: &mut PgWriter, text: &str) -> Result<(), DbError> {
    admin.send(text)?.map_err(|refusal| DbError::Failed(refusal.message))
}

/// What is set before a script is set; where a transaction was left open, nothing is forgotten.
fn prepared(texts: &[String], answers: Vec<Result<(), PgRefusal>>) -> Result<(), DbError> {
    for (text, answer) in texts.iter().zip(answers).filter(|(text, _)| *text != DISCARD) {
        answer.map_err(|refusal| DbError::Failed(format!("`{text}`: {}", refusal.message)))?;
    }
    Ok(())
}

fn refused(script: &Script, at: usize, statement: &str, message: String) -> Trouble {
    let before = script.text[..at].bytes().filter(|byte| *byte == b'\n').count();
    let line = script.line.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
    Trouble::Refused { line, statement: statement.to_owned(), message }
}

/// The byte at which this character begins.
fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// A text.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
#[path = "postgres/tests.rs"]
mod tests;
