//! What was found alike in several schemas of a database is one finding, which says in how many. Where they differ, each
//! account stands by itself. What came first is kept, and the names of the others: five hundred cost no more than one.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Database, Evidence, Finding, Location, RepoPath};

/// How many schemas are named for people; machines get all.
const NAMED: usize = 5;

/// The findings of one rule in all schemas of all databases.
#[derive(Default)]
pub(super) struct Tenants<'a> {
    /// By database and by what is found, without the schema: each account of it.
    found: BTreeMap<(&'a str, String), Vec<Account<'a>>>,
    /// The schemas of each database.
    schemas: BTreeMap<&'a str, Vec<&'a str>>,
}

/// A finding as it stands in some schemas.
struct Account<'a> {
    /// As it was found first.
    first: Finding,
    /// The same without the names of the schema, to be held against the others.
    plain: Finding,
    schemas: Vec<&'a str>,
}

impl<'a> Tenants<'a> {
    /// Takes what was found in a schema.
    pub(super) fn take(
        &mut self,
        found: impl Iterator<Item = Finding>,
        database: &'a Database,
        schema: &'a str,
    ) {
        let name = database.name.strip_suffix(schema).and_then(|name| name.strip_suffix('/'));
        let name = name.unwrap_or(&database.name);
        self.schemas.entry(name).or_default().push(schema);
        for first in found {
            let plain = without(&first, database, name, schema);
            let accounts = self.found.entry((name, plain.fingerprint.clone())).or_default();
            match accounts.iter_mut().find(|account| account.plain == plain) {
                Some(account) => account.schemas.push(schema),
                None => accounts.push(Account { first, plain, schemas: vec![schema] }),
            }
        }
    }

    /// What is to be said.
    pub(super) fn say(self, found: &mut Vec<Finding>) {
        for ((name, fingerprint), mut accounts) in self.found {
            let all = &self.schemas[name];
            accounts.sort_by_key(|account| std::cmp::Reverse(account.schemas.len()));
            for (at, mut account) in accounts.into_iter().enumerate() {
                if account.schemas.len() > 1 {
                    // The same in each run, whoever is the first to have it.
                    let known = (at == 0).then(|| fingerprint.clone());
                    account.first.fingerprint = known.unwrap_or(account.first.fingerprint);
                    found.push(together(account, name, all));
                } else {
                    found.push(account.first);
                }
            }
        }
    }
}

/// The finding without what only its schema is called by.
fn without(finding: &Finding, database: &Database, name: &str, schema: &str) -> Finding {
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
    plain.fingerprint = finding.fingerprint.replace(&database.name, &format!("{name}/*"));
    plain.database = Some(name.to_owned());
    if let Location::Ledger { database, table, .. } = &mut plain.at {
        name.clone_into(database);
        table.schema = None;
    }
    plain
}

/// One finding of what several schemas show.
fn together(account: Account<'_>, name: &str, all: &[&str]) -> Finding {
    let Account { first, plain, schemas } = account;
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
        fingerprint: first.fingerprint,
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
