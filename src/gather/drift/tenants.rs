//! Several schemas of one database, each with a ledger of its own and the same tables, as one for each tenant: each is held against
//! the replay as if it were the schema in which that is made. Schemas with the same rows and the same objects are judged once.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use crate::git::GitError;
use crate::model::{
    Cause, Content, Database, Drift, Fact, LedgerState, NOT_EXAMINED, Object, ObjectId, Schema, SetLedger,
};

use super::super::databases::LiveSchema;
use super::Judge;
use super::replay::{Sum256, schema_sum};

/// The schema in which a replay makes what names none.
pub(super) const HOME: &str = "public";

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
        let mut known: HashMap<[u8; 32], Drift> = HashMap::new();
        for database in databases {
            let (Some(name), Fact::Known(ledgers)) = (database.schema.clone(), &database.ledgers) else {
                continue;
            };
            let mut own = parts.remove(&name).unwrap_or_default();
            own.0.extend(parts.get("").into_iter().flat_map(|all| all.0.clone()));
            let own = moved(own, &name, HOME);
            let same = rows_sum(ledgers, &own);
            let drift = match known.get(&same) {
                Some(drift) => drift.clone(),
                None => {
                    self.judge(
                        database,
                        Ok(LiveSchema { schema: own, around: live.around.clone() }),
                        deadline,
                    )?;
                    match &database.drift {
                        Fact::Known(drift) => drift.clone(),
                        _ => return Ok(()),
                    }
                }
            };
            known.entry(same).or_insert_with(|| drift.clone());
            database.drift = Fact::Known(sent_back(drift, &name));
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

/// The same objects as if they lay in another schema: they name each other with it.
fn moved(schema: Schema, from: &str, to: &str) -> Schema {
    let moved = schema.0.into_iter().map(|(mut id, mut object)| {
        move_object(&mut id, Some(&mut object), from, to);
        (id, object)
    });
    Schema(moved.collect())
}

fn move_object(id: &mut ObjectId, object: Option<&mut Object>, from: &str, to: &str) {
    if id.schema == from {
        to.clone_into(&mut id.schema);
    }
    let texts = object.into_iter().flat_map(|object| &mut object.0).map(|(_, text)| text);
    texts.chain([&mut id.root, &mut id.name]).for_each(|text| rename(text, from, to));
}

/// Puts one schema in the place of another, where it is followed by a dot.
fn rename(text: &mut String, from: &str, to: &str) {
    let (from, to) = (format!("{}.", quoted(from)), format!("{}.", quoted(to)));
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
fn quoted(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    if !digit && !name.is_empty() && name.bytes().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// What was found, in the words of the schema itself.
fn sent_back(mut drift: Drift, name: &str) -> Drift {
    let accounts = drift.accounts.iter_mut().flat_map(|account| &mut account.differences);
    for one in drift.unexplained.iter_mut().flatten().chain(accounts) {
        for object in [&mut one.expected, &mut one.live].into_iter().flatten() {
            object.0.iter_mut().for_each(|(_, text)| rename(text, HOME, name));
        }
        move_object(&mut one.id, None, HOME, name);
    }
    drift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_renamed_where_it_stands_as_one() {
        let renamed = |text: &str, from: &str, to: &str| {
            let mut text = text.to_owned();
            rename(&mut text, from, to);
            text
        };
        for (text, expected) in [
            ("nextval('a.users_id_seq'::regclass)", "nextval('public.users_id_seq'::regclass)"),
            ("FOREIGN KEY (x) REFERENCES a.users(id)", "FOREIGN KEY (x) REFERENCES public.users(id)"),
            ("SELECT u.x, aa.y, a.z FROM a.t u", "SELECT u.x, aa.y, public.z FROM public.t u"),
            ("data.x b_a.y \"a\".z x.a.y a.a.b", "data.x b_a.y \"a\".z x.a.y public.a.b"),
            ("a", "a"),
        ] {
            assert_eq!(renamed(text, "a", HOME), expected);
        }
        assert_eq!(renamed("\"Big One\".t", "Big One", HOME), "public.t");
        assert_eq!(renamed("public.t(public.x)", HOME, "1"), "\"1\".t(\"1\".x)");
    }
}
