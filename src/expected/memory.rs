//! A scratch database that knows what a history makes from the last time: as long as nothing else is asked of it than to run just that,
//! nothing runs. What it does not know it finds out as ever.

use std::collections::BTreeMap;
use std::time::Instant;

use super::record::Record;
use super::{Scratch, Trouble};
use crate::db::DbError;
use crate::model::{Object, ObjectId, Schema, Script};

/// What a history makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The schema, as [`Scratch::schema`] has it.
    pub schema: Schema,
    /// As [`Scratch::numbers`] has them.
    pub numbers: BTreeMap<ObjectId, u32>,
}

/// What is kept is small: schemas of more objects are replayed.
const MOST_OBJECTS: usize = 20_000;

/// No text of a record has it in it.
const BETWEEN: char = '\0';

impl Made {
    /// To be kept.
    pub fn to_text(&self) -> String {
        let number =
            |(id, number): (&ObjectId, &u32)| (id.clone(), Object(vec![("number", number.to_string())]));
        let numbers = Schema(self.numbers.iter().map(number).collect());
        let text = |schema| Record { schema, ..Record::default() }.to_text();
        format!("{}{BETWEEN}{}", text(self.schema.clone()), text(numbers))
    }

    /// What was kept; nothing where this is no such text.
    pub fn parse(text: &str) -> Option<Self> {
        let (schema, numbers) = text.split_once(BETWEEN)?;
        let numbers = Record::parse(numbers).ok()?.schema.0.into_iter();
        let number = |(id, object): (ObjectId, Object)| Some((id, object.get("number")?.parse().ok()?));
        Some(Self {
            schema: Record::parse(schema).ok()?.schema,
            numbers: numbers.map(number).collect::<Option<_>>()?,
        })
    }
}

/// A scratch database with a memory.
pub struct Remembering<'a> {
    scratch: &'a mut dyn Scratch,
    history: Vec<&'a Script>,
    made: Option<Made>,
    learn: Option<&'a mut dyn FnMut(&Made)>,
    until: Instant,
    /// So many migrations of the history have run since it was empty, and nothing else has.
    ran: Option<usize>,
    /// They did; or it is only said that they did.
    real: bool,
    /// The engine takes for granted what it does not without being told.
    otherwise: bool,
    /// What is known to have run does not run.
    wrong: bool,
}

impl<'a> Remembering<'a> {
    /// `made` is what is known of this history, each migration of which ran; `learn` gets what is found out of it. What was only said to
    /// have run is run when it is needed, as long as it is not later than `until`.
    pub fn new(
        scratch: &'a mut dyn Scratch,
        history: Vec<&'a Script>,
        made: Option<Made>,
        learn: &'a mut dyn FnMut(&Made),
        until: Instant,
    ) -> Self {
        Self {
            scratch,
            history,
            made,
            learn: Some(learn),
            until,
            ran: Some(0),
            real: false,
            otherwise: false,
            wrong: false,
        }
    }

    /// Whether what was known has turned out to be wrong, and is to be forgotten: an extension may be gone from the machine.
    pub fn was_wrong(&self) -> bool {
        self.wrong
    }

    /// Runs what is said to have run.
    fn make_real(&mut self) -> Result<(), DbError> {
        if self.real {
            return Ok(());
        }
        self.scratch.clear()?;
        for script in &self.history[..self.ran.unwrap_or_default()] {
            if Instant::now() >= self.until {
                return Err(DbError::TimedOut);
            }
            match self.scratch.run(script, usize::MAX) {
                Ok(()) => {}
                Err(Trouble::Gone(error)) => return Err(error),
                Err(Trouble::Refused { message, .. }) => {
                    self.wrong = true;
                    return Err(DbError::Failed(format!(
                        "the replay refuses what it ran the last time ({message}); run guard again: it replays all of it, and says which migration"
                    )));
                }
            }
        }
        self.real = true;
        Ok(())
    }

    /// What is known of what there is now.
    fn known(&self) -> Option<&Made> {
        self.made.as_ref().filter(|_| !self.real && self.ran == Some(self.history.len()))
    }
}

impl Scratch for Remembering<'_> {
    fn name(&self) -> String {
        self.scratch.name()
    }

    fn clear(&mut self) -> Result<(), DbError> {
        (self.ran, self.real) = (Some(0).filter(|_| !self.otherwise), false);
        Ok(())
    }

    fn mark(&mut self) -> Result<bool, DbError> {
        self.make_real()?;
        self.scratch.mark()
    }

    fn back(&mut self) -> Result<bool, DbError> {
        let is_back = self.scratch.back()?;
        if is_back {
            (self.ran, self.real) = (None, true);
        }
        Ok(is_back)
    }

    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble> {
        let next = self.ran.filter(|ran| most == usize::MAX && self.history.get(*ran) == Some(&script));
        if next.is_none() || self.real || self.made.is_none() {
            self.make_real()?;
            self.ran = None;
            self.scratch.run(script, most)?;
        }
        self.ran = next.map(|ran| ran + 1);
        Ok(())
    }

    fn count(&self, script: &Script) -> usize {
        self.scratch.count(script)
    }

    fn pieces(&self, script: &Script) -> Vec<Script> {
        self.scratch.pieces(script)
    }

    fn schema(&mut self) -> Result<Schema, DbError> {
        if let Some(made) = self.known() {
            return Ok(made.schema.clone());
        }
        self.make_real()?;
        let schema = self.scratch.schema()?;
        let is_new = self.made.is_none() && self.ran == Some(self.history.len());
        if let Some(learn) = self.learn.take_if(|_| is_new && schema.0.len() <= MOST_OBJECTS) {
            learn(&Made { schema: schema.clone(), numbers: self.scratch.numbers()? });
        }
        Ok(schema)
    }

    fn take(&mut self, as_in: Option<(&Schema, &Schema)>) -> Result<bool, DbError> {
        let changes = self.scratch.take(as_in)?;
        self.otherwise = changes && as_in.is_some();
        Ok(changes)
    }

    fn places(&self) -> Vec<(&'static str, String)> {
        self.scratch.places()
    }

    fn numbers(&mut self) -> Result<BTreeMap<ObjectId, u32>, DbError> {
        if let Some(made) = self.known() {
            return Ok(made.numbers.clone());
        }
        self.make_real()?;
        self.scratch.numbers()
    }

    fn printed(&mut self, objects: &[(ObjectId, Object)]) -> Result<Vec<Object>, DbError> {
        self.make_real()?;
        self.scratch.printed(objects)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::open;
    use super::*;
    use crate::model::Dialect;

    fn script(text: &str) -> Script {
        Script { text: text.to_owned(), line: 1, transaction: true }
    }

    fn tables(schema: &Schema) -> Vec<&str> {
        schema.0.keys().filter(|id| id.kind == "table").map(|id| id.root.as_str()).collect()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    /// What nobody makes, so that it can only come from the memory.
    fn made() -> Made {
        let id = ObjectId::root("table", "main", "of_memory");
        Made { schema: Schema([(id.clone(), Object::default())].into()), numbers: [(id, 7)].into() }
    }

    fn run(scratch: &mut dyn Scratch, scripts: &[&Script]) {
        scratch.clear().unwrap();
        for script in scripts {
            scratch.run(script, usize::MAX).unwrap();
        }
    }

    #[test]
    fn just_the_history_is_told_and_all_else_is_run() {
        let mut database = open(Dialect::Sqlite, soon()).unwrap();
        let [a, b, c] = ["a", "b", "c"].map(|name| script(&format!("CREATE TABLE {name} (x)")));
        let never = &mut |_: &Made| panic!("it is known");
        let mut scratch = Remembering::new(&mut *database, vec![&a, &b, &c], Some(made()), never, soon());
        run(&mut scratch, &[&a, &b, &c]);
        assert_eq!(scratch.schema().unwrap(), made().schema);
        assert_eq!(scratch.numbers().unwrap(), made().numbers);
        // What comes after it finds it there.
        scratch.run(&script("ALTER TABLE c RENAME TO d"), usize::MAX).unwrap();
        assert_eq!(tables(&scratch.schema().unwrap()), ["a", "b", "d"]);
        run(&mut scratch, &[&a, &c]);
        assert_eq!(tables(&scratch.schema().unwrap()), ["a", "c"]);
        run(&mut scratch, &[&a, &b]);
        assert_eq!(tables(&scratch.schema().unwrap()), ["a", "b"]);
        run(&mut scratch, &[&a, &b]);
        scratch.run(&c, 0).unwrap();
        assert_eq!(tables(&scratch.schema().unwrap()), ["a", "b"]);
        run(&mut scratch, &[&a, &b, &c]);
        assert_eq!(scratch.schema().unwrap(), made().schema);
        assert_eq!(scratch.printed(&[]).unwrap(), []);
        // Since it had to be there, it is looked at.
        assert_eq!(tables(&scratch.schema().unwrap()), ["a", "b", "c"]);
    }

    #[test]
    fn what_is_found_out_is_learned_once_and_only_where_all_of_it_ran() {
        let mut database = open(Dialect::Sqlite, soon()).unwrap();
        let (a, wrong) = (script("CREATE TABLE a (x)"), script("CREATE TABLE a (y)"));
        let mut learned = Vec::new();
        let mut learn = |made: &Made| learned.push(made.clone());
        let mut scratch = Remembering::new(&mut *database, vec![&a, &wrong], None, &mut learn, soon());
        run(&mut scratch, &[&a]);
        scratch.schema().unwrap();
        assert!(scratch.run(&wrong, usize::MAX).is_err());
        scratch.schema().unwrap();
        let mut scratch = Remembering::new(&mut *database, vec![&a], None, &mut learn, soon());
        for _ in 0..2 {
            run(&mut scratch, &[&a]);
            scratch.schema().unwrap();
        }
        let [learned] = &learned[..] else { panic!("{learned:?}") };
        assert_eq!(tables(&learned.schema), ["a"]);
    }

    #[test]
    fn what_was_only_said_to_have_run_is_run_in_time_or_not_at_all() {
        let mut database = open(Dialect::Sqlite, soon()).unwrap();
        let (a, b) = (script("CREATE TABLE a (x)"), script("CREATE TABLE b (x)"));
        let learn = &mut |_: &Made| {};
        let mut scratch = Remembering::new(&mut *database, vec![&a], Some(made()), learn, Instant::now());
        run(&mut scratch, &[&a]);
        assert!(matches!(scratch.run(&b, usize::MAX), Err(Trouble::Gone(DbError::TimedOut))));
        assert!(!scratch.was_wrong());
        // A memory that is wrong is not believed.
        let wrong = script("DROP TABLE a");
        let mut scratch = Remembering::new(&mut *database, vec![&wrong], Some(made()), learn, soon());
        run(&mut scratch, &[&wrong]);
        assert!(matches!(scratch.run(&b, usize::MAX), Err(Trouble::Gone(DbError::Failed(_)))));
        assert!(scratch.was_wrong());
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let text = made().to_text();
        assert_eq!(Made::parse(&text), Some(made()));
        assert_eq!(Made::parse(&text.replace('7', "x")), None);
        assert_eq!(Made::parse(&text.replace('\0', "")), None);
        assert_eq!(Made::parse(""), None);
    }
}
