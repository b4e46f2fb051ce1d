//! What the server prints of an expression that it has read: another version, or the way through a dump, may have printed the same
//! thing otherwise. So a text is made an object, read again, and taken away.

use super::{Server, order, quote};
use crate::db::DbError;
use crate::expected::Scratch;
use crate::model::{Object, ObjectId};

/// How an object is made of its own text: the statements, where it is then, and the attribute that is printed.
struct Making {
    statements: Vec<String>,
    /// Other ways, where the server does not take the last of them.
    or: Option<String>,
    id: ObjectId,
    attribute: &'static str,
}

pub(super) fn printed(server: &mut Server, objects: &[(ObjectId, Object)]) -> Result<Vec<Object>, DbError> {
    let mut made = Vec::with_capacity(objects.len());
    for (number, (id, object)) in objects.iter().enumerate() {
        let making = making(id, object, &format!("guard_probe_{number}"));
        made.push(match making {
            Some(making) if make(server, &making)? => Some(making),
            _ => None,
        });
    }
    let mut all: Vec<Object> = objects.iter().map(|(_, object)| object.clone()).collect();
    if made.iter().all(Option::is_none) && objects.iter().all(|(id, _)| probe(id).is_none()) {
        return Ok(all);
    }
    let schema = server.schema()?;
    for (making, object) in made.into_iter().zip(&mut all) {
        let Some(making) = making else { continue };
        let text = schema.0.get(&making.id).and_then(|now| now.get(making.attribute));
        let own = object.0.iter_mut().find(|(name, _)| *name == making.attribute);
        if let (Some(text), Some((_, own))) = (text, own) {
            text.clone_into(own);
        }
    }
    for root in schema.0.keys().filter(|id| id.name.is_empty() && id.root.starts_with("guard_probe_")) {
        if let kind @ ("view" | "table") = root.kind {
            order(&mut server.admin, &format!("DROP {kind} {}", quote(&root.root)))?;
        }
    }
    Ok(all)
}

/// A probe that was left half made is in the schema, too.
fn probe(id: &ObjectId) -> Option<()> {
    matches!(id.kind, "check" | "column").then_some(())
}

fn make(server: &mut Server, making: &Making) -> Result<bool, DbError> {
    server.fresh = false;
    let session = server.session()?;
    let Some((last, first)) = making.statements.split_last() else { return Ok(false) };
    // Where one of these is refused, the last one is, too; or it was not needed.
    for statement in first {
        let _ = session.send(statement)?;
    }
    if session.send(last)?.is_ok() {
        return Ok(true);
    }
    match &making.or {
        Some(other) => Ok(session.send(other)?.is_ok()),
        None => Ok(false),
    }
}

/// `None` for what holds no expression, or cannot be made by itself.
fn making(id: &ObjectId, object: &Object, probe: &str) -> Option<Making> {
    let (root, name, probed) = (quote(&id.root), quote(&id.name), quote(probe));
    let copy = format!("CREATE TABLE {probed} LIKE {root}");
    let below = || ObjectId { root: probe.to_owned(), ..id.clone() };
    let (statements, or, id, attribute) = match id.kind {
        "view" => {
            let view = format!("CREATE VIEW {probed} AS {}", object.get("definition")?);
            (vec![view], None, ObjectId::root("view", "", probe), "definition")
        }
        "check" => {
            let drop = format!("ALTER TABLE {probed} DROP CONSTRAINT {name}");
            let add =
                format!("ALTER TABLE {probed} ADD CONSTRAINT {name} CHECK {}", object.get("definition")?);
            (vec![copy, drop, add], None, below(), "definition")
        }
        "column" => {
            let attribute =
                ["generated", "check", "default"].into_iter().find(|name| object.get(name).is_some())?;
            let (text, kind) = (object.get(attribute)?, object.get("type")?);
            let kind = if kind == "json" { "longtext" } else { kind };
            let alter = format!("ALTER TABLE {probed}");
            let (last, or) = match attribute {
                "default" => {
                    let set = format!("{alter} ALTER COLUMN {name} SET DEFAULT");
                    (format!("{set} {text}"), Some(format!("{set} ({text})")))
                }
                "check" => (format!("{alter} MODIFY {name} {kind} CHECK {text}"), None),
                _ => {
                    let stored = object.get("extra").is_some_and(|extra| extra.contains("STORED"));
                    let stored = if stored { "STORED" } else { "VIRTUAL" };
                    (format!("{alter} MODIFY {name} {kind} GENERATED ALWAYS AS ({text}) {stored}"), None)
                }
            };
            (vec![copy, last], or, below(), attribute)
        }
        _ => return None,
    };
    Some(Making { statements, or, id, attribute })
}
