//! Collations that nobody has named. Which one a table gets then is another with each generation of these servers, and a dump, or the data of
//! an older server, keep what it was: the same migrations make other tables today.

use std::collections::BTreeMap;

use super::{Home, Server, order};
use crate::db::DbError;
use crate::model::Schema;

/// What decides on the collation of a character set that is named without one, and what it was before there was such a choice: MariaDB has it
/// since 11.2, MySQL since 8.0.
const CHOICES: [(&str, &str); 2] =
    [("character_set_collations", ""), ("default_collation_for_utf8mb4", "utf8mb4_general_ci")];

impl Server {
    pub(super) fn take_for_granted(&mut self, as_in: Option<(&Schema, &Schema)>) -> Result<bool, DbError> {
        let Some((expected, live)) = as_in else {
            for statement in std::mem::take(&mut self.now) {
                order(&mut self.admin, &statement)?;
            }
            self.defaults = self.own_defaults.clone();
            return Ok(true);
        };
        let own = |schema: &Schema| {
            let id = schema.0.iter().find(|(id, _)| id.kind == "database");
            id.and_then(|(_, object)| object.get("collation").map(str::to_owned)).unwrap_or_default()
        };
        let Some(collation) = before(expected, live, &own(expected)) else { return Ok(false) };
        // What a server of others chooses is not guard's to change.
        let choices = if matches!(self.home, Home::Own(_)) { &CHOICES[..] } else { &[] };
        for (name, value) in choices {
            // One of the two is unknown to the server.
            if let Ok(now) = self.admin.ask(&format!("SELECT @@GLOBAL.{name}"))
                && let [now] = &now[..]
            {
                self.now.push(format!("SET GLOBAL {name} = '{now}'"));
                let _ = self.admin.send(&format!("SET GLOBAL {name} = '{value}'"))?;
            }
        }
        let set = collation.split('_').next().unwrap_or_default();
        self.defaults = format!(" CHARACTER SET {set} COLLATE {collation}");
        Ok(true)
    }
}

/// The collation that the database gave to its tables when most of them were made, where they have another than they would get now.
fn before(expected: &Schema, live: &Schema, own: &str) -> Option<String> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (id, object) in expected.0.iter().filter(|(id, _)| id.kind == "table") {
        let then = live.0.get(id).and_then(|live| live.get("collation"));
        if let (Some(now), Some(then)) = (object.get("collation"), then) {
            *counts.entry((now, then)).or_default() += 1;
        }
    }
    let others = counts.iter().filter(|((now, then), count)| {
        now != then && **count > counts.get(&(*now, *now)).copied().unwrap_or_default()
    });
    let ((now, then), _) = others.max_by_key(|((now, _), count)| (*now == own, **count))?;
    Some(if *now == own { *then } else { own }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Object, ObjectId};

    fn tables(collations: &[&str]) -> Schema {
        let table = |(number, collation): (usize, &&str)| {
            let object = Object(vec![("collation", (*collation).to_owned())]);
            (ObjectId::root("table", "", &format!("t{number}")), object)
        };
        Schema(collations.iter().enumerate().map(table).collect())
    }

    #[test]
    fn most_tables_tell_what_it_was() {
        let of = |expected: &[&str], live: &[&str]| before(&tables(expected), &tables(live), "new");
        assert_eq!(of(&["new", "new"], &["new", "new"]), None);
        assert_eq!(of(&["new", "new", "bin"], &["old", "old", "bin"]).as_deref(), Some("old"));
        assert_eq!(of(&["new", "new", "new"], &["old", "old", "new"]).as_deref(), Some("old"));
        // Somebody has changed one.
        assert_eq!(of(&["new", "new", "new"], &["old", "new", "new"]), None);
        // A character set was named, and no collation.
        assert_eq!(of(&["latin_new", "new"], &["latin_old", "new"]).as_deref(), Some("new"));
        assert_eq!(of(&["latin_new", "new"], &["latin_old", "old"]).as_deref(), Some("old"));
    }
}
