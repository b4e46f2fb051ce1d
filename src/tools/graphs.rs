//! Revision graphs: what a migration's text says of its parents, read without running it.
//!
//! One reader for each tool, named in [`GraphForm`]. It gives the key and the [`Links`] of a file; what only the whole
//! directory tells (the label of a Django app, an order in which the files can run) follows in [`complete`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::git::GitError;
use crate::model::{Graph, Links, Migration, Oid, Parent, Rank, Text};

use super::ReadBlob;
use super::names::{Parts, Reading};
use super::python::{self, Line, Token, Value};
use super::spec::GraphForm;
use super::texts::said;

/// What a text says, whatever its file is called.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Said {
    /// What makes a migration of it is there: the class, or the variable.
    is_one: bool,
    /// Its key, where the text has one (Alembic).
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    /// As [`Parent`]: identity, line, continues.
    parents: Vec<(String, String, bool)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replaces: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    before: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    unreadable: bool,
}

impl Said {
    fn links(self) -> Links {
        let all = |names: Vec<String>| names.into_iter().map(Text::from).collect();
        let parent = |(identity, line, continues): (String, String, bool)| Parent {
            identity: identity.into(),
            line: line.into(),
            continues,
        };
        Links {
            parents: self.parents.into_iter().map(parent).collect(),
            replaces: all(self.replaces),
            before: all(self.before),
            labels: all(self.labels),
            line: Text::default(),
            unreadable: self.unreadable,
        }
    }
}

/// The reading of a file, with the key and the links that its text gives it.
pub(super) fn linked(
    form: GraphForm,
    mut parts: Parts,
    below: &[u8],
    texts: ReadBlob<'_>,
    blob: Oid,
) -> Result<(Reading, Links), GitError> {
    let (reader, read): (_, fn(&str) -> Said) = match form {
        GraphForm::Alembic => ("alembic", alembic),
        GraphForm::Django => ("django 2", django),
    };
    let Some(mut said) = said(texts, blob, reader, read)? else {
        // A partial clone, or a file that is not in git: what the tool's own generator would have written.
        let links = Links { unreadable: true, ..Links::default() };
        if form == GraphForm::Alembic {
            set_key(&mut parts, revision_in_name);
        }
        return Ok((Reading::Migration(parts), links));
    };
    if form == GraphForm::Alembic {
        let is_hex = parts.version.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if said.is_one {
            let revision = said.revision.take();
            set_key(&mut parts, |stem| revision.or_else(|| revision_in_name(stem)));
        } else if below.contains(&b'/') {
            return Ok((Reading::Other, Links::default())); // read only where the settings say so
        } else if is_hex {
            set_key(&mut parts, |stem| Some(stem.to_owned()));
        } else {
            return Ok((Reading::Refused("has no variable `revision`".to_owned()), Links::default()));
        }
    } else if !said.is_one {
        return Ok((Reading::Refused("has no class `Migration`".to_owned()), Links::default()));
    }
    Ok((Reading::Migration(parts), said.links()))
}

/// Gives a migration another key, made from the one that its name gave it. Its file's name tells the rest.
fn set_key(parts: &mut Parts, key: impl FnOnce(&str) -> Option<String>) {
    let stem = std::mem::take(&mut parts.version);
    let key: Text = key(&stem).map_or_else(|| stem.clone(), Text::from);
    let rest = stem.replace(key.as_str(), "");
    parts.name = rest.trim_matches(['_', '-', '.']).into();
    parts.identity.clone_from(&key);
    parts.version = key;
}

/// The revision in a file's name: the first twelve hexadecimal digits that stand by themselves.
fn revision_in_name(stem: &str) -> Option<String> {
    let hex = |part: &&str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    stem.split(['_', '-']).find(hex).map(str::to_owned)
}

/// alembic, script/base.py: the variables of the module. The docstring says what it likes.
fn alembic(text: &str) -> Said {
    let lines = python::lines(text);
    let top = lines.iter().filter(|line| line.indent == 0);
    let found = python::assignments(top, &BTreeMap::new());
    let revision = found.get("revision");
    let mut said = Said { is_one: revision.is_some(), ..Said::default() };
    match revision {
        Some(Value::Text(revision)) => said.revision = Some(revision.clone()),
        Some(_) => said.unreadable = true,
        None => {}
    }
    let mut names = |variable: &str, names_count: bool| -> Vec<String> {
        let Some(names) = texts(found.get(variable).unwrap_or(&Value::Nothing), names_count) else {
            said.unreadable = true;
            return Vec::new();
        };
        names
    };
    let down = names("down_revision", false);
    let needs = names("depends_on", false);
    // A constant from another module names a branch as well as a string does.
    let labels = names("branch_labels", true);
    let parent = |continues| move |identity| (identity, String::new(), continues);
    said.parents = down.into_iter().map(parent(true)).chain(needs.into_iter().map(parent(false))).collect();
    said.labels = labels;
    said
}

/// Nothing, one string, or a list of them; with `names_count` a name is as good as a string.
fn texts(value: &Value, names_count: bool) -> Option<Vec<String>> {
    match value {
        Value::Nothing => Some(Vec::new()),
        Value::Text(text) => Some(vec![text.clone()]),
        Value::Name(name) if names_count => Some(vec![name.clone()]),
        Value::List(values) => {
            let each = values.iter().map(|value| match value {
                Value::Text(text) => Some(text.clone()),
                Value::Name(name) if names_count => Some(name.clone()),
                _ => None,
            });
            each.collect()
        }
        _ => None,
    }
}

/// django, db/migrations/loader.py and migration.py: the attributes of `class Migration`.
fn django(text: &str) -> Said {
    let lines = python::lines(text);
    let is_class = |line: &Line<'_>| {
        line.indent == 0 && line.tokens.starts_with(&[Token::Word("class"), Token::Word("Migration")])
    };
    let Some(class) = lines.iter().position(is_class) else {
        // Imported, or made by a function.
        let named = lines.iter().any(|line| line.tokens.contains(&Token::Word("Migration")));
        return Said { is_one: named, unreadable: named, ..Said::default() };
    };
    let top = python::assignments(lines[..class].iter().filter(|line| line.indent == 0), &BTreeMap::new());
    let body: Vec<&Line<'_>> = lines[class + 1..].iter().take_while(|line| line.indent > 0).collect();
    let indent = body.first().map_or(0, |line| line.indent);
    let found = python::assignments(body.into_iter().filter(|line| line.indent == indent), &top);
    let mut said = Said { is_one: true, ..Said::default() };
    let mut pairs = |attribute: &str| {
        pairs(found.get(attribute).unwrap_or(&Value::Nothing)).unwrap_or_else(|| {
            said.unreadable = true;
            Vec::new()
        })
    };
    let (dependencies, replaces) = (pairs("dependencies"), pairs("replaces"));
    let before = pairs("run_before");
    let written = |app: &str, name: &str| key(app, name).to_string();
    said.parents =
        dependencies.into_iter().map(|(app, name)| (written(&app, &name), app.to_string(), false)).collect();
    let all = |named: Vec<(Text, Text)>| named.iter().map(|(app, name)| written(app, name)).collect();
    (said.replaces, said.before) = (all(replaces), all(before));
    said
}

/// What Django's ledger knows a migration by: app and name.
pub(super) fn key(app: &str, name: &str) -> Text {
    Text::from(format!("{app}.{name}"))
}

/// Pairs of app and name. A call stands for a migration of an app that the settings name.
fn pairs(value: &Value) -> Option<Vec<(Text, Text)>> {
    let Value::List(values) = value else { return (*value == Value::Nothing).then(Vec::new) };
    let mut pairs = Vec::new();
    for value in values {
        match value {
            Value::Call(function) if function == "swappable_dependency" => {}
            Value::List(pair) => match &pair[..] {
                // The first or the last of an app, whatever that is.
                [Value::Text(_), Value::Text(name)] if name.starts_with("__") => {}
                [Value::Text(app), Value::Text(name)] => {
                    pairs.push((app.as_str().into(), name.as_str().into()));
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    Some(pairs)
}

/// Fills in what only the whole directory tells.
pub(super) fn complete(form: GraphForm, migrations: &mut [Migration], label: Option<&str>) {
    if form == GraphForm::Django {
        label_apps(migrations, label);
        put_before(migrations);
    }
    let graph = Graph::new(&*migrations);
    let places: HashMap<Text, usize> =
        graph.order().into_iter().enumerate().map(|(place, identity)| (identity.clone(), place)).collect();
    for migration in migrations {
        let place = places.get(&migration.identity).copied().unwrap_or_default();
        migration.rank = Rank::number(&place.to_string());
    }
}

/// Gives the migrations that others of the directory want to run before them those as parents: `run_before`. One without a
/// successor is no head then.
fn put_before(migrations: &mut [Migration]) {
    let mut parents: BTreeMap<Text, Vec<Parent>> = BTreeMap::new();
    for migration in &*migrations {
        let Some(links) = &migration.links else { continue };
        let parent =
            Parent { identity: migration.identity.clone(), line: links.line.clone(), continues: true };
        for later in &links.before {
            parents.entry(later.clone()).or_default().push(parent.clone());
        }
    }
    for migration in migrations {
        let Some(more) = parents.remove(&migration.identity) else { continue };
        let mut links = migration.links.as_deref().cloned().unwrap_or_default();
        let known = |parent: &Parent| links.parents.iter().any(|one| one.identity == parent.identity);
        let more: Vec<Parent> = more.into_iter().filter(|parent| !known(parent)).collect();
        links.parents.extend(more);
        migration.links = Some(Arc::new(links));
    }
}

/// The file above the directory in which an app of Django says what it is called, if not like its directory.
pub(super) const APPS: &[u8] = b"apps.py";

/// The label in such a file: of the one class that has one.
pub(super) fn declared_label(text: &str) -> Option<String> {
    let lines = python::lines(text);
    let inside = lines.iter().filter(|line| line.indent > 0);
    let labels = inside.filter_map(|line| match &line.tokens[..] {
        [Token::Word("label"), Token::Sign('='), Token::Text(label, true)] => Some((*label).to_owned()),
        _ => None,
    });
    let mut labels = labels.collect::<BTreeSet<String>>().into_iter();
    labels.next().filter(|_| labels.next().is_none())
}

/// Where no file has its parent beside it, for somebody has deleted it: the one app that they name.
fn only_named<'a>(migrations: &'a [Migration], others: &BTreeSet<&str>) -> Option<&'a str> {
    let links = migrations.iter().filter_map(|migration| migration.links.as_deref());
    let parents = links.flat_map(|links| &links.parents).map(|parent| parent.line.as_str());
    let mut apps: Vec<&str> = parents.filter(|app| !others.contains(app) && !CONTRIB.contains(app)).collect();
    apps.dedup();
    match apps[..] {
        [app] if migrations.len() > 1 => Some(app),
        _ => None,
    }
}

/// Apps of Django's own.
const CONTRIB: [&str; 7] = ["admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"];

/// The label of a Django app need not be the name of its directory. The app that the files name most often together with
/// the name of a file beside them is theirs: so it was in 87 of 87 directories of seven public repositories.
fn label_apps(migrations: &mut [Migration], declared: Option<&str>) {
    let names: BTreeSet<&str> = migrations.iter().map(|one| one.version.0.as_str()).collect();
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for migration in &*migrations {
        let Some(links) = &migration.links else { continue };
        let named = links.parents.iter().map(|parent| &parent.identity).chain(&links.replaces);
        for (app, name) in named.filter_map(|key| key.split_once('.')) {
            if name == migration.version.0.as_str() {
                others.insert(app); // nothing builds on itself
            } else if names.contains(name) {
                *votes.entry(app).or_default() += 1;
            }
        }
    }
    let app = migrations.first().map(|one| one.path.parent().parent()).unwrap_or_default();
    let directory = String::from_utf8_lossy(app.file_name());
    let candidates = votes.into_iter().filter(|(app, _)| !others.contains(app));
    let sure = |app: &str| (app == directory, !CONTRIB.contains(&app));
    let most = candidates.max_by_key(|(app, votes)| (*votes, sure(app))).map(|(app, _)| app);
    let most = declared.or(most);
    let label = Text::from(most.or_else(|| only_named(migrations, &others)).unwrap_or(&*directory));
    for migration in migrations {
        let mut links = migration.links.as_deref().cloned().unwrap_or_default();
        links.line.clone_from(&label);
        for parent in &mut links.parents {
            parent.continues = parent.line == label;
        }
        migration.identity = key(&label, &migration.version.0);
        migration.name.clone_from(&label);
        migration.links = Some(Arc::new(links));
    }
}

#[cfg(test)]
#[path = "graphs_tests.rs"]
mod tests;
