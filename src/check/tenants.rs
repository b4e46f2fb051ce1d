//! What was found alike in several schemas of a database is one finding, which says in how many. Where they differ, each
//! account stands by itself. What came first is kept, and the names of the others: five hundred cost no more than one.

use std::collections::{HashMap, HashSet};

use crate::model::{Database, Evidence, Finding, Location, RepoPath};

/// How many schemas are named for people; machines get all.
const NAMED: usize = 5;

/// The findings of one rule in all schemas of all databases.
#[derive(Default)]
pub(super) struct Tenants<'a> {
    accounts: Vec<Account<'a>>,
    /// Where each account stands, by its words.
    known: HashMap<String, usize>,
}

/// A finding as it stands in some schemas.
struct Account<'a> {
    /// As it was found first, and where.
    first: Finding,
    database: &'a Database,
    /// The fingerprint without the name of the schema.
    fingerprint: String,
    schemas: Vec<&'a str>,
}

impl<'a> Tenants<'a> {
    /// Takes what was found in a schema.
    pub(super) fn take(&mut self, found: impl Iterator<Item = Finding>, database: &'a Database) {
        let schema = database.schema.as_deref().unwrap_or_default();
        for first in found {
            let plain = without(&first, database);
            let known = *self.known.entry(words(&plain)).or_insert(self.accounts.len());
            match self.accounts.get_mut(known) {
                Some(account) => account.schemas.push(schema),
                None => self.accounts.push(Account {
                    first,
                    database,
                    fingerprint: plain.fingerprint,
                    schemas: vec![schema],
                }),
            }
        }
    }

    /// What is to be said. `databases` are all, each schema one of them.
    pub(super) fn say(self, databases: &[Database], found: &mut Vec<Finding>) {
        let mut largest: HashMap<String, usize> = HashMap::new();
        for Account { fingerprint, schemas, .. } in &self.accounts {
            let most = largest.entry(fingerprint.clone()).or_default();
            *most = schemas.len().max(*most);
        }
        for account in self.accounts {
            if account.schemas.len() == 1 {
                found.push(account.first);
                continue;
            }
            let name = name_of(account.database);
            let all: Vec<&str> = databases
                .iter()
                .filter(|other| name_of(other) == name)
                .filter_map(|other| other.schema.as_deref())
                .collect();
            // The same in each run, whoever is the first to have it.
            let most = largest.get_mut(&account.fingerprint).filter(|most| **most == account.schemas.len());
            let is_largest = most.is_some_and(|most| std::mem::take(most) > 0);
            found.push(together(account, name, &all, is_largest));
        }
    }
}

/// The name in guard.toml.
fn name_of(database: &Database) -> &str {
    let schema = database.schema.as_deref().unwrap_or_default();
    let name = database.name.strip_suffix(schema).and_then(|name| name.strip_suffix('/'));
    name.unwrap_or(&database.name)
}

/// All that two findings must have in common to be one.
fn words(finding: &Finding) -> String {
    let Finding { level, confidence, standing, .. } = finding;
    let mut words = format!("{}\0{}\0", *level as u8, *confidence as u8);
    let evidence = finding.evidence.iter().flat_map(|evidence| [&evidence.label, &evidence.text]);
    let parts = [&finding.fingerprint, &finding.what].into_iter().chain(&finding.fix).chain(evidence);
    for part in parts.map(String::as_str).chain(finding.waived.as_deref()).chain(standing.then_some("")) {
        words.push_str(part);
        words.push('\0');
    }
    words
}

/// The finding without what only its schema is called by.
fn without(finding: &Finding, database: &Database) -> Finding {
    let (name, schema) = (name_of(database), database.schema.as_deref().unwrap_or_default());
    let mut plain = finding.clone();
    let shown = RepoPath::from(&*database.name).to_string();
    // A table of the schema, as the three databases write it, and as a sentence does.
    let quoted = [
        format!("{schema}."),
        format!("\"{}\".", schema.replace('"', "\"\"")),
        format!("`{}`.", schema.replace('`', "``")),
        format!("{}.", RepoPath::from(schema)),
    ];
    let strip = |text: &mut String| {
        *text = text.replace(&shown, name);
        for quoted in &quoted {
            *text = text.replace(quoted, "");
        }
    };
    strip(&mut plain.what);
    plain.fix.iter_mut().for_each(strip);
    plain.evidence.iter_mut().for_each(|evidence| strip(&mut evidence.text));
    if let Location::Object { object, .. } = &mut plain.at {
        strip(object);
    }
    plain.fingerprint = finding.fingerprint.replace(&database.name, &format!("{name}/*"));
    for quoted in &quoted {
        plain.fingerprint = plain.fingerprint.replace(quoted, "");
    }
    plain.database = Some(name.to_owned());
    match &mut plain.at {
        Location::Ledger { database, table, .. } => {
            name.clone_into(database);
            table.schema = None;
        }
        Location::Object { database, .. } => name.clone_into(database),
        _ => {}
    }
    plain
}

/// One finding of what several schemas show.
fn together(account: Account<'_>, name: &str, all: &[&str], is_largest: bool) -> Finding {
    let plain = without(&account.first, account.database);
    let Account { first, fingerprint, schemas, .. } = account;
    let shown = |names: &[&str]| {
        let mut text: Vec<String> =
            names.iter().take(NAMED).map(|name| RepoPath::from(*name).to_string()).collect();
        if names.len() > NAMED {
            text.push(format!("and {} more", names.len() - NAMED));
        }
        text.join(", ").replace(", and ", " and ")
    };
    let own: HashSet<&str> = schemas.iter().copied().collect();
    let others: Vec<&str> = all.iter().copied().filter(|schema| !own.contains(schema)).collect();
    let mut finding = Finding {
        what: format!("{}, in {} of {} schemas", plain.what, schemas.len(), all.len()),
        schemas: schemas.iter().map(|schema| (*schema).to_owned()).collect(),
        fingerprint: if is_largest { fingerprint } else { first.fingerprint },
        ..plain
    };
    // A statement is about the table of one schema, and can be pasted as it is.
    let sample = format!(" (the same in {})", shown(&schemas[1..]));
    let own_words = first.fix.into_iter().zip(&mut finding.fix);
    own_words.filter(|(own, fix)| names_table(own, fix, first.database.as_deref(), name)).for_each(
        |(own, fix)| {
            *fix = own + &sample;
        },
    );
    let mut say = |label: &str, text: String| {
        finding.evidence.push(Evidence { label: label.to_owned(), text });
    };
    say("schemas", shown(&schemas));
    if !others.is_empty() {
        let agree =
            format!("{} of {} agree, {} differ: {}", schemas.len(), all.len(), others.len(), shown(&others));
        say("not in", agree);
    }
    finding
}

/// Whether more than the name of the database was taken out of a line.
fn names_table(own: &str, plain: &str, database: Option<&str>, name: &str) -> bool {
    let database = RepoPath::from(database.unwrap_or_default()).to_string();
    own.replace(&database, name) != plain
}
