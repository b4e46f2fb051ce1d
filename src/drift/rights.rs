//! Owners, rights and settings: what of them can be held against the migrations.
//!
//! Who runs migrations is called otherwise on every server, and roles are made and provided for by others as well. So the owner of most
//! stands for whoever runs them; where no migration gives a right, rights are given elsewhere; and of roles that no migration
//! names nothing is said.

use std::collections::BTreeSet;

use crate::model::{Object, ObjectId, RIGHTS, Schema};

/// What is compared.
pub(super) struct Rights {
    /// Whoever runs migrations, here and there.
    own: Vec<String>,
    /// The roles whose rights are, and of which kind of objects: those that migrations name.
    granted: BTreeSet<(String, String)>,
    /// The owners that are.
    owners: BTreeSet<String>,
    /// The settings that are.
    settings: BTreeSet<String>,
    /// The roles whose default privileges are, and of which kind of objects.
    defaults: BTreeSet<(String, String)>,
    /// Whether labels of security modules are.
    labels: bool,
}

impl Rights {
    pub(super) fn new(expected: &Schema, live: &Schema) -> Self {
        let of = |schema: &Schema, kind: &str| -> Vec<(ObjectId, Object)> {
            let found = schema.0.iter().filter(|(id, _)| id.kind == kind);
            found.map(|(id, object)| (id.clone(), object.clone())).collect()
        };
        let own = |schema: &Schema| of(schema, "main owner").into_iter().map(|(id, _)| id.root).next();
        let own: Vec<String> = [own(expected), own(live)].into_iter().flatten().collect();
        let role = |object: &Object| object.get("role").unwrap_or_default().to_owned();
        let what = |object: &Object| object.get("of").unwrap_or_default().to_owned();
        let is_foreign = |role: &String| !own.contains(role);
        let whose = |object: Object| (role(&object), what(&object));
        // What is granted to whatever somebody makes is granted by nobody's migration.
        let defaults = of(expected, "default privileges").into_iter().map(|(_, object)| whose(object));
        let defaults: BTreeSet<_> = defaults.filter(|(role, _)| is_foreign(role)).collect();
        let elsewhere: BTreeSet<String> =
            of(live, "default privileges").iter().map(|(_, object)| what(object)).collect();
        let kinds = |object: &Object| !elsewhere.contains(&what(object)) || !defaults.is_empty();
        let granted = of(expected, "right").into_iter().map(|(_, object)| object).filter(kinds);
        let owners = of(expected, "owner").into_iter().map(|(_, object)| role(&object));
        Self {
            granted: granted.map(whose).filter(|(role, _)| is_foreign(role)).collect(),
            owners: owners.filter(is_foreign).collect(),
            settings: of(expected, "setting").into_iter().map(|(id, _)| id.root).collect(),
            defaults,
            labels: !of(expected, "security label").is_empty(),
            own,
        }
    }

    /// Default privileges for whoever runs migrations are called after nobody, also where migrations name who that is elsewhere.
    pub(super) fn call_own_alike(&self, schema: &mut Schema) {
        for role in self.own.iter().filter(|_| !self.defaults.is_empty()) {
            let prefix = format!("for {role} ");
            let is_named = |id: &&ObjectId| id.kind == "default privileges" && id.name.starts_with(&prefix);
            let named: Vec<ObjectId> = schema.0.keys().filter(is_named).cloned().collect();
            let found: Vec<_> = named.iter().filter_map(|id| schema.0.remove_entry(id)).collect();
            schema.0.extend(found.into_iter().map(|(mut id, object)| {
                id.name.drain(..prefix.len());
                (id, object)
            }));
        }
    }

    /// Whether this is compared.
    pub(super) fn covers(&self, id: &ObjectId, object: &Object) -> bool {
        let text = |name: &str| object.get(name).unwrap_or_default().to_owned();
        match id.kind {
            "right" => self.granted.contains(&(text("role"), text("of"))),
            "default privileges" => {
                let role = text("role");
                !self.defaults.is_empty() && self.granted.iter().any(|(known, _)| *known == role)
                    || self.defaults.contains(&(role, text("of")))
            }
            "owner" => self.owners.contains(&text("role")),
            "setting" => self.settings.contains(&id.root),
            "security label" => self.labels,
            kind => !RIGHTS.contains(&kind),
        }
    }

    /// What of the live schema is not compared, counted.
    pub(super) fn left_out(&self, live: &Schema) -> Vec<String> {
        let count = |kind: &str| {
            live.0.iter().filter(|(id, object)| id.kind == kind && !self.covers(id, object)).count()
        };
        let words = [
            ("right", "rights"),
            ("owner", "owners"),
            ("default privileges", "default privileges"),
            ("setting", "settings of the database"),
            ("security label", "security labels"),
        ];
        let counted = words.iter().map(|(kind, words)| (count(kind), words)).filter(|(count, _)| *count > 0);
        counted.map(|(count, words)| format!("{count} {words}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(rows: &[(&'static str, &str, &str)]) -> Schema {
        let row = |(kind, role, of): &(&'static str, &str, &str)| {
            let object = Object(vec![("role", (*role).to_owned()), ("of", (*of).to_owned())]);
            (ObjectId::below(kind, "", "", &format!("on {of} to {role}")), object)
        };
        Schema(rows.iter().map(row).collect())
    }

    #[test]
    fn default_privileges_of_roles_that_migrations_name_are_compared() {
        let given = ("default privileges", "app", "tables");
        let other = ("default privileges", "platform", "tables");
        let covered = |expected: &[(&'static str, &str, &str)], live: &[(&'static str, &str, &str)]| {
            let (expected, live) = (schema(expected), schema(live));
            let rights = Rights::new(&expected, &live);
            let all: Vec<(ObjectId, Object)> = expected.0.into_iter().chain(live.0).collect();
            all.iter()
                .filter(|(id, object)| rights.covers(id, object))
                .map(|(id, _)| id.name.clone())
                .collect::<Vec<_>>()
        };
        // No right that a migration gives names the role, and its default privileges do.
        assert_eq!(covered(&[given], &[other]), ["on tables to app"]);
        assert_eq!(covered(&[], &[given, other]), [""; 0]);
        assert_eq!(covered(&[("right", "platform", "views"), given], &[other]).len(), 3);
    }
}
