//! A database's schema as a flat map: what there is, and what is said of it. One comparison serves all databases.

use std::collections::BTreeMap;
use std::fmt;

use super::{CommitFact, Confidence, RepoPath};

/// Kinds of objects that say who may do what, whom it belongs to, and what is set for all sessions.
pub const RIGHTS: [&str; 6] =
    ["main owner", "owner", "right", "default privileges", "setting", "security label"];

/// All objects of a schema, each as small as DDL can change: a table, its columns, its constraints are objects of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema(pub BTreeMap<ObjectId, Object>);

/// The kind of a mark: what its root names (a kind), or of it the attribute that its name names, could not be read.
pub const NOT_EXAMINED: &str = "not examined";

/// Kinds of objects that say who made another one, and with which settings of the session. Where only one side says so, nothing
/// differs: migrations name neither, as a rule, and take what the tool's session has.
pub const CIRCUMSTANCES: [&str; 6] = [
    "definer",
    "sql mode",
    "time zone",
    "client character set",
    "connection collation",
    "database collation",
];

/// What tells an object from all others. Those that belong to one root lie side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// The schema that holds it; empty where the database has none.
    pub schema: String,
    /// The table, view, type, function ... to which it belongs, or its own name where it belongs to none.
    pub root: String,
    /// Its own name below its root; empty for a root.
    pub name: String,
    /// What it is, in a word for people: `table`, `column`, `foreign key`.
    pub kind: &'static str,
}

/// What is said of an object: names of attributes and their canonical text, in an order that the kind decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(pub Vec<(&'static str, String)>);

impl ObjectId {
    /// A root: a table, a view, a function.
    pub fn root(kind: &'static str, schema: &str, name: &str) -> Self {
        Self { schema: schema.to_owned(), root: name.to_owned(), name: String::new(), kind }
    }

    /// Something that belongs to a root.
    pub fn below(kind: &'static str, schema: &str, root: &str, name: &str) -> Self {
        Self { schema: schema.to_owned(), root: root.to_owned(), name: name.to_owned(), kind }
    }

    /// Schema and root, which objects that stand and fall together share.
    pub fn family(&self) -> (&str, &str) {
        (&self.schema, &self.root)
    }

    /// Its name with those above it: `public.users.email`.
    pub fn path(&self) -> String {
        let parts = [&self.schema, &self.root, &self.name];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(".")
    }
}

/// `column users.email`.
impl fmt::Display for ObjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind, self.path())
    }
}

/// An object that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// Which.
    pub id: ObjectId,
    /// What the migrations make of it; `None` where they make none.
    pub expected: Option<Object>,
    /// What the database has; `None` where it has none.
    pub live: Option<Object>,
    /// What the database tells of who wrote it and when, in a sentence without its end.
    pub trace: Option<String>,
}

impl Schema {
    /// What is not the same in the two, in order.
    pub fn unlike(&self, live: &Self) -> Vec<Unlike> {
        let mut found = Vec::new();
        let (mut expected, mut there) = (self.0.iter().peekable(), live.0.iter().peekable());
        loop {
            let (one, other) = match (expected.peek(), there.peek()) {
                (None, None) => return found,
                (Some(one), Some(other)) if one.0 == other.0 => (expected.next(), there.next()),
                (Some(one), Some(other)) if one.0 < other.0 => (expected.next(), None),
                (Some(_), None) => (expected.next(), None),
                (_, Some(_)) => (None, there.next()),
            };
            let Some((id, _)) = one.or(other) else { return found };
            let (expected, live) = (one.map(|(_, object)| object), other.map(|(_, object)| object));
            let by_the_way = expected.is_none() != live.is_none() && CIRCUMSTANCES.contains(&id.kind);
            if expected != live && !by_the_way {
                let (expected, live) = (expected.cloned(), live.cloned());
                found.push(Unlike { id: id.clone(), expected, live, trace: None });
            }
        }
    }
}

impl Schema {
    /// Takes the marks of what could not be read out: kinds, each with an attribute or none for all of it.
    pub fn take_marks(&mut self) -> Vec<(String, String)> {
        let marks = self.0.keys().filter(|id| id.kind == NOT_EXAMINED);
        let marks = marks.map(|id| (id.root.clone(), id.name.clone())).collect();
        self.0.retain(|id, _| id.kind != NOT_EXAMINED);
        marks
    }

    /// Whether something could not be read.
    pub fn has_marks(&self) -> bool {
        self.0.keys().any(|id| id.kind == NOT_EXAMINED)
    }

    /// Without what could not be read.
    pub fn blank(&mut self, marks: &[(String, String)]) {
        let hidden = |kind: &str, attribute: &str| {
            marks.iter().any(|(known, part)| known == kind && part == attribute)
        };
        self.0.retain(|id, _| !hidden(id.kind, ""));
        if marks.iter().any(|(_, attribute)| !attribute.is_empty()) {
            for (id, object) in &mut self.0 {
                object.0.retain(|(attribute, _)| !hidden(id.kind, attribute));
            }
        }
    }
}

impl Unlike {
    /// What differs, a line for each attribute: name, expected, live.
    pub fn attributes(&self) -> Vec<(&'static str, Option<&str>, Option<&str>)> {
        let (expected, live) = (self.expected.as_ref(), self.live.as_ref());
        let mut found: Vec<(&'static str, Option<&str>, Option<&str>)> = Vec::new();
        for (name, _) in expected.iter().chain(&live).flat_map(|object| &object.0) {
            let (one, other) =
                (expected.and_then(|side| side.get(name)), live.and_then(|side| side.get(name)));
            if one != other && !found.iter().any(|(known, ..)| known == name) {
                found.push((name, one, other));
            }
        }
        found
    }
}

impl Object {
    /// The text of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }
}

/// What a tool runs of a migration's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The SQL of the way forward, without that of the way back.
    pub text: String,
    /// The line of the file at which it begins, from 1.
    pub line: u32,
    /// Whether the tool puts a transaction around it.
    pub transaction: bool,
}

/// The live schema of a database held against what its recorded migrations make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Where the migrations were replayed: `SQLite 3.51.0, in memory`.
    pub replayed_in: String,
    /// How many objects were compared.
    pub objects: usize,
    /// How many migrations were replayed.
    pub migrations: usize,
    /// Differences that a migration accounts for.
    pub accounts: Vec<Account>,
    /// Differences that none accounts for, a root object at a time.
    pub unexplained: Vec<Vec<Unlike>>,
    /// Migrations that could not be replayed from nothing.
    pub unreplayable: Vec<Unreplayable>,
    /// Recorded migrations whose text nobody has: what they did is not known.
    pub without_text: Vec<String>,
    /// So many differences were not judged, since a migration could not be replayed or its text is lost.
    pub not_judged: usize,
    /// What of the schema the role could not read: `triggers`, `definition of views`.
    pub not_examined: Vec<String>,
    /// Recorded migrations that change data alone, each with its set: the schema does not tell whether they ran.
    pub unobservable: Vec<(usize, String)>,
    /// What was left out, since no migration says anything of its kind: counts and words.
    pub left_out: Vec<String>,
    /// The search for accounts ended before everything was tried.
    pub cut_off: bool,
    /// Sets without a ledger, of which all migrations were taken to have run.
    pub assumed: Vec<usize>,
    /// Files of the repository that show another schema than the migrations make.
    pub stale_dumps: Vec<StaleDump>,
    /// For each pattern of `[schema] ignore`: whether it left anything out.
    pub ignored: Vec<bool>,
}

impl Drift {
    /// Whether all was compared, and all is the same.
    pub fn is_none(&self) -> bool {
        self.accounts.is_empty()
            && self.unexplained.is_empty()
            && self.unreplayable.is_empty()
            && self.without_text.is_empty()
            && self.not_judged == 0
    }
}

/// What a file of the repository says of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DumpText {
    /// SQL that makes it.
    Sql(Script),
    /// Tables, each with its columns.
    Tables(Vec<(String, Vec<String>)>),
}

/// A file that shows another schema than the migrations make: names of what is not the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StaleDump {
    /// The file.
    pub path: RepoPath,
    /// What the migrations make, and it has not.
    pub lacks: Vec<String>,
    /// What it has, and no migration makes.
    pub has: Vec<String>,
    /// What it has otherwise.
    pub differs: Vec<String>,
}

/// A migration that accounts for differences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The set, and the migration's identity in it.
    pub migration: (usize, String),
    /// What has become of it.
    pub what: Happened,
    /// The differences that are none under this account.
    pub differences: Vec<Unlike>,
    /// How sure.
    pub confidence: Confidence,
    /// Others that would account for the same.
    pub or: Vec<String>,
}

/// What has become of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Recorded, and the schema is as if it had never run.
    NotExecuted,
    /// Not recorded, and the schema is as if it had run.
    ByHand,
    /// Only its first statements have run.
    Partly {
        /// So many.
        statements: usize,
        /// Of so many.
        of: usize,
        /// Whether the ledger has it.
        recorded: bool,
    },
    /// It ran with the text that it had in this commit.
    OldText(Box<CommitFact>),
}

/// A migration that did not replay from nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreplayable {
    /// The set, and the migration's identity in it.
    pub migration: (usize, String),
    /// The line of its file at which the statement begins, from 1.
    pub line: u32,
    /// The statement.
    pub statement: String,
    /// What the engine said.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(objects: &[(&str, &str)]) -> Schema {
        let object = |(path, kind): &(&str, &str)| {
            let (root, name) = path.split_once('.').unwrap_or((path, ""));
            (ObjectId::below("column", "", root, name), Object(vec![("type", (*kind).to_owned())]))
        };
        Schema(objects.iter().map(object).collect())
    }

    #[test]
    fn what_is_the_same_is_no_difference() {
        let one = schema(&[("a.x", "int"), ("b.y", "text")]);
        assert_eq!(one.unlike(&one), []);
        assert_eq!(Schema::default().unlike(&Schema::default()), []);
    }

    #[test]
    fn each_side_may_lack_one_and_one_may_be_another() {
        let found = schema(&[("a.x", "int"), ("b.y", "text"), ("c.z", "int")]).unlike(&schema(&[
            ("a.w", "int"),
            ("b.y", "int"),
            ("c.z", "int"),
            ("d.v", "int"),
        ]));
        let said: Vec<String> = found
            .iter()
            .map(|one| format!("{} {:?} {:?}", one.id, one.expected.is_some(), one.live.is_some()))
            .collect();
        assert_eq!(
            said,
            [
                "column a.w false true",
                "column a.x true false",
                "column b.y true true",
                "column d.v false true"
            ]
        );
        assert_eq!(found[2].attributes(), [("type", Some("text"), Some("int"))]);
        assert_eq!(found[1].attributes(), [("type", Some("int"), None)]);
    }
}
