//! Several schemas of one database, each with a ledger of its own and the same tables, as one for each tenant: each is held against
//! the replay as if it were the schema in which that is made. Schemas with the same rows and the same objects are judged once.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use crate::git::GitError;
use crate::model::{
    Cause, Content, Database, Dialect, Drift, Fact, LedgerState, NOT_EXAMINED, ObjectId, Schema, SetLedger,
};

use super::super::databases::LiveSchema;
use super::Judge;
use super::replay::{Sum256, schema_sum};

/// The schema in which a replay makes what names none. On `MySQL` there are no schemas within a database.
pub(super) fn home(dialect: Dialect) -> &'static str {
    if dialect == Dialect::MySql { "" } else { "public" }
}

/// Whether an object is said of the whole database, whatever the schema.
pub(super) fn is_of_all(id: &ObjectId) -> bool {
    ["main owner", NOT_EXAMINED].contains(&id.kind)
}

impl Judge<'_> {
    /// Fills in what the live schema says of each of them, by the deadline. Where it cannot be said of one, it is asked of no other.
    pub(in crate::gather) fn judge_each(
        &self,
        databases: &mut [Database],
        live: Result<LiveSchema, Cause>,
        deadline: Instant,
    ) -> Result<(), GitError> {
        let mut live = match (live, databases.first_mut()) {
            (Ok(live), Some(_)) => live,
            (Err(cause), Some(first)) => return self.judge(first, Err(cause), deadline),
            (_, None) => return Ok(()),
        };
        let mut parts = parts(std::mem::take(&mut live.schema));
        let mut known: HashMap<[u8; 32], (Drift, Words)> = HashMap::new();
        for database in databases {
            let (Some(name), Fact::Known(ledgers)) = (database.schema.clone(), &database.ledgers) else {
                continue;
            };
            let mut own = parts.remove(&name).unwrap_or_default();
            own.0.extend(parts.get("").into_iter().flat_map(|all| all.0.clone()));
            let words = Words { dialect: database.dialect, name };
            let moved = words.moved(own.clone());
            let same = rows_sum(ledgers, &moved);
            let drift = match known.get(&same) {
                Some((drift, theirs)) => words.from(drift.clone(), theirs),
                None => {
                    let mut live = LiveSchema { schema: moved, around: live.around.clone() };
                    if words.is_database() {
                        // The replay is in a database of the same name.
                        live.schema = words.bare(own);
                        live.around.database = Some(words.name.clone());
                    }
                    self.judge(database, Ok(live), deadline)?;
                    let Fact::Known(drift) = &database.drift else { return Ok(()) };
                    let drift = drift.clone();
                    known.insert(same, (drift.clone(), words.clone()));
                    words.from(drift, &words)
                }
            };
            database.drift = Fact::Known(drift);
        }
        Ok(())
    }
}

/// By schema; under no name what is said of all.
fn parts(schema: Schema) -> BTreeMap<String, Schema> {
    let mut parts: BTreeMap<String, Schema> = BTreeMap::new();
    for (id, object) in schema.0.into_iter().filter(|(id, _)| !id.schema.is_empty() || is_of_all(id)) {
        parts.entry(id.schema.clone()).or_default().0.insert(id, object);
    }
    parts
}

/// What decides the judgement: the rows of the ledgers, and what there is.
fn rows_sum(ledgers: &[SetLedger], own: &Schema) -> [u8; 32] {
    let mut sum = Sum256::default();
    for ledger in ledgers {
        sum.add(&format!("set {}", ledger.set));
        match &ledger.state {
            LedgerState::Read(read) => {
                for row in &read.rows {
                    sum.add(row.identity.as_str());
                    sum.add(&format!(
                        "{:?} {:?} {}",
                        row.outcome,
                        row.migration,
                        matches!(row.content, Content::Differs { .. })
                    ));
                }
                sum.add(&format!("{:?}", read.applied));
            }
            LedgerState::Absent { tables, .. } => sum.add(if *tables > 0 { "absent" } else { "empty" }),
        }
    }
    for byte in schema_sum(own) {
        sum.add(&byte.to_string());
    }
    sum.end()
}

/// How a schema is called, and what it says of itself.
#[derive(Clone)]
struct Words {
    dialect: Dialect,
    name: String,
}

impl Words {
    fn is_database(&self) -> bool {
        self.dialect == Dialect::MySql
    }

    /// As texts name it.
    fn quoted(&self) -> String {
        quoted(self.dialect, &self.name)
    }

    /// As texts name that in which it is replayed.
    fn replayed(&self) -> String {
        quoted(self.dialect, if self.is_database() { &self.name } else { home(self.dialect) })
    }

    /// The same objects as if they lay in the schema of a replay: they name each other with it.
    fn moved(&self, schema: Schema) -> Schema {
        let (from, to) = (self.quoted(), quoted(self.dialect, home(self.dialect)));
        let mut moved = self.bare(schema).0.into_iter().collect::<Vec<_>>();
        for (id, object) in &mut moved {
            let texts = object.0.iter_mut().map(|(_, text)| text);
            texts.chain([&mut id.root, &mut id.name]).for_each(|text| rename(text, &from, &to));
        }
        Schema(moved.into_iter().collect())
    }

    /// The same objects in the schema of a replay, whatever they say of it.
    fn bare(&self, schema: Schema) -> Schema {
        let bare = schema.0.into_iter().map(|(mut id, object)| {
            if id.schema == self.name {
                home(self.dialect).clone_into(&mut id.schema);
            }
            (id, object)
        });
        Schema(bare.collect())
    }

    /// What was found in the schema of others, in the words of this one.
    fn from(&self, mut drift: Drift, theirs: &Self) -> Drift {
        let (from, to) = (theirs.replayed(), self.quoted());
        let accounts = drift.accounts.iter_mut().flat_map(|account| &mut account.differences);
        for one in drift.unexplained.iter_mut().flatten().chain(accounts) {
            let objects = [&mut one.expected, &mut one.live].into_iter().flatten();
            let texts = objects.flat_map(|object| &mut object.0).map(|(_, text)| text);
            texts.chain([&mut one.id.root, &mut one.id.name]).for_each(|text| rename(text, &from, &to));
            if one.id.schema == home(self.dialect) {
                self.name.clone_into(&mut one.id.schema);
            }
        }
        drift
    }
}

/// Puts one schema in the place of another, where it is followed by a dot.
fn rename(text: &mut String, from: &str, to: &str) {
    let (from, to) = (format!("{from}."), format!("{to}."));
    if from == to || !text.contains(&from) {
        return;
    }
    let mut renamed = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(&from) {
        let before =
            renamed.chars().next_back().filter(|_| at == 0).or_else(|| rest[..at].chars().next_back());
        renamed.push_str(&rest[..at]);
        let begins =
            before.is_none_or(|letter| !letter.is_alphanumeric() && !matches!(letter, '_' | '$' | '"' | '.'));
        renamed.push_str(if begins { &to } else { &from });
        rest = &rest[at + from.len()..];
    }
    renamed.push_str(rest);
    *text = renamed;
}

/// As the server writes a name; a keyword needs no quotes before a dot.
fn quoted(dialect: Dialect, name: &str) -> String {
    if dialect == Dialect::MySql {
        return format!("`{}`", name.replace('`', "``"));
    }
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    if !digit && !name.is_empty() && name.bytes().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_renamed_where_it_stands_as_one() {
        let renamed = |text: &str, from: &str, to: &str| {
            let mut text = text.to_owned();
            let [from, to] = [from, to].map(|name| quoted(Dialect::Postgres, name));
            rename(&mut text, &from, &to);
            text
        };
        for (text, expected) in [
            ("nextval('a.users_id_seq'::regclass)", "nextval('public.users_id_seq'::regclass)"),
            ("FOREIGN KEY (x) REFERENCES a.users(id)", "FOREIGN KEY (x) REFERENCES public.users(id)"),
            ("SELECT u.x, aa.y, a.z FROM a.t u", "SELECT u.x, aa.y, public.z FROM public.t u"),
            ("data.x b_a.y \"a\".z x.a.y a.a.b", "data.x b_a.y \"a\".z x.a.y public.a.b"),
            ("a", "a"),
        ] {
            assert_eq!(renamed(text, "a", "public"), expected);
        }
        assert_eq!(renamed("\"Big One\".t", "Big One", "public"), "public.t");
        assert_eq!(renamed("public.t(public.x)", "public", "1"), "\"1\".t(\"1\".x)");
    }
}
