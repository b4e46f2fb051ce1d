//! What PostgreSQL prints of a definition that it has read. It keeps what it has understood, not the text, and prints that: after a dump
//! and its restore, or in another version, the same thing may read otherwise. So a text is made an object, in a
//! transaction that is taken back, and read again.

use super::quote;
use crate::db::{DbError, PgWriter};
use crate::model::{Object, ObjectId, Schema};

/// How an object is made of its own text.
struct Making {
    /// Ways to make it: the first that the server takes counts.
    ways: Vec<String>,
    /// Where it is then.
    id: ObjectId,
    /// The attributes that the server prints from what it has understood.
    attributes: &'static [&'static str],
}

pub(super) fn printed(
    session: &mut PgWriter,
    objects: &[(ObjectId, Object)],
) -> Result<Vec<Object>, DbError> {
    let _ = session.send("DISCARD ALL")?;
    // The texts are as they are printed for this search path.
    let _ = session
        .send("BEGIN; SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL check_function_bodies = off")?;
    let mut makings = Vec::with_capacity(objects.len());
    for (number, (id, object)) in objects.iter().enumerate() {
        let making = making(id, object, number);
        let made = match &making {
            Some(making) => make(session, &making.ways)?,
            None => false,
        };
        makings.push(making.filter(|_| made));
    }
    let any = makings.iter().any(Option::is_some);
    let schema = if any { session.schema_within() } else { Ok(Schema::default()) };
    let _ = session.send("ROLLBACK")?;
    let schema = schema?;
    let read = |(making, (_, object)): (Option<Making>, &(ObjectId, Object))| {
        let mut object = object.clone();
        let Some(making) = making else { return object };
        let Some(now) = schema.0.get(&making.id) else { return object };
        for (name, text) in object.0.iter_mut().filter(|(name, _)| making.attributes.contains(name)) {
            if let Some(printed) = now.get(name) {
                printed.clone_into(text);
            }
        }
        object
    };
    Ok(makings.into_iter().zip(objects).map(read).collect())
}

fn make(session: &mut PgWriter, ways: &[String]) -> Result<bool, DbError> {
    let _ = session.send("SAVEPOINT guard_one")?;
    for way in ways {
        if session.send(way)?.is_ok() {
            return Ok(true);
        }
        let _ = session.send("ROLLBACK TO guard_one")?;
    }
    Ok(false)
}

/// `None` for what holds no expression, or cannot be made by itself.
fn making(id: &ObjectId, object: &Object, number: usize) -> Option<Making> {
    let root = format!("{}.{}", quote(&id.schema), quote(&id.root));
    let (name, schema) = (quote(&id.name), quote(&id.schema));
    let definition = || object.get("definition").map(|text| text.trim_end().trim_end_matches(';'));
    let mut place = id.clone();
    let (ways, attributes): (Vec<String>, &'static [&'static str]) = match id.kind {
        "view" | "materialized view" => {
            let probe = format!("guard_probe_{number}");
            let way = format!("CREATE VIEW {schema}.{} AS {}", quote(&probe), definition()?);
            place = ObjectId::root("view", &id.schema, &probe);
            (vec![way], &["definition"])
        }
        "check" | "exclusion constraint" => {
            let definition = definition()?;
            let way = |kind: &str| {
                format!(
                    "ALTER {kind} {root} DROP CONSTRAINT {name}; ALTER {kind} {root} ADD CONSTRAINT {name} {definition}"
                )
            };
            (vec![way("TABLE"), way("DOMAIN")], &["definition"])
        }
        "index" | "trigger" | "rule" | "statistics" => {
            let of = match id.kind {
                "index" => format!("INDEX {schema}.{name}"),
                "statistics" => format!("STATISTICS {root}"),
                kind => format!("{} {name} ON {root}", kind.to_uppercase()),
            };
            (vec![format!("DROP {of}; {}", definition()?)], &["definition"])
        }
        "policy" => {
            let part = |attribute: &'static str| {
                object.get(attribute).map(|text| format!(" {attribute} ({text})")).unwrap_or_default()
            };
            let way = format!("ALTER POLICY {name} ON {root}{}{}", part("using"), part("with check"));
            (vec![way], &["using", "with check"])
        }
        "domain" => {
            (vec![format!("ALTER DOMAIN {root} SET DEFAULT {}", object.get("default")?)], &["default"])
        }
        "column" => match (object.get("default"), object.get("generated")) {
            (Some(text), _) => {
                (vec![format!("ALTER TABLE {root} ALTER COLUMN {name} SET DEFAULT {text}")], &["default"])
            }
            (None, Some(text)) => {
                let (kind, text) = text.split_once(' ')?;
                let type_name = object.get("type")?;
                let way = format!(
                    "ALTER TABLE {root} DROP COLUMN {name}; \
                     ALTER TABLE {root} ADD COLUMN {name} {type_name} GENERATED ALWAYS AS ({text}) {kind}"
                );
                (vec![way], &["generated"])
            }
            (None, None) => return None,
        },
        _ => return None,
    };
    Some(Making { ways, id: place, attributes })
}
