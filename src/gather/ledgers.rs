//! Holds what the databases record against the files of the candidate.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::git::{Backend, GitError};
use crate::model::{
    Cause, Change, Content, Database, Examined, Fact, Ledger, LedgerState, LedgerStyle, Migration,
    MigrationSet, Moment, Oid, Outage, RepoPath, SetLedger, SourceKind, TableName, Text,
};
use crate::tools::{IN_LFS, NOT_COMPUTED, RawLedger, RawRow, Tool, places};

use super::databases::{Answer, Declared, InSchema};
use super::history::{Searcher, Subject};
use super::remembered::{self, Memory};
use super::{Candidate, Remembering, ResolvedSet, work_tree};

const NOT_IN_THIS_CLONE: &str = "the text is not in this clone";

/// What the comparison needs.
pub(super) struct Context<'a, 'b> {
    pub(super) git: &'a dyn Backend,
    pub(super) history: &'b mut Searcher<'a>,
    pub(super) candidate: Candidate,
    pub(super) moment: Moment,
    pub(super) resolved: &'a [ResolvedSet],
    pub(super) sets: &'a [MigrationSet],
    /// Of each set.
    pub(super) prepared: Vec<Prepared<'a>>,
    pub(super) texts: &'b Remembering<'a>,
    pub(super) memory: &'b mut Memory<'a>,
    pub(super) examined: &'b mut Examined,
    pub(super) remarks: &'b mut Vec<String>,
}

/// What can be made ready while the databases have yet to answer.
pub(super) struct Prepared<'a> {
    places: HashMap<&'a str, usize>,
    /// For each migration the digest that is remembered, where the ledger has any to compare it with.
    digests: Vec<Option<Box<[u8]>>>,
}

impl<'a> Prepared<'a> {
    fn new(tool: &Tool, set: &'a MigrationSet, texts: &Remembering<'_>) -> Self {
        let compares = tool.facts().keeps_checksum && !tool.sums_in_chain();
        let asked = if compares { &set.candidate[..] } else { &[] };
        let known = |migration: &Migration| {
            let digests = texts.digests().borrow();
            digests.get(migration.blob, tool.digest_salt(migration)).map(Box::from)
        };
        Self { places: places(&set.candidate), digests: asked.iter().map(known).collect() }
    }
}

/// Makes ready what belongs to these sets.
pub(super) fn prepare<'a>(
    resolved: &[ResolvedSet],
    sets: &'a [MigrationSet],
    texts: &Remembering<'_>,
) -> Vec<Prepared<'a>> {
    resolved.iter().zip(sets).map(|(set, facts)| Prepared::new(&set.tool, facts, texts)).collect()
}

/// Turns an answer, or its absence, into facts: one database, or one for each of its schemas.
pub(super) fn interpret(
    context: &mut Context<'_, '_>,
    declared: &Declared<'_>,
    (answer, waited, last_well): (Result<Answer, Cause>, Duration, Option<Duration>),
) -> Result<Vec<Database>, GitError> {
    let mut database = super::databases::not_asked(declared);
    let answer = match answer {
        Ok(answer) => answer,
        Err(cause) => {
            database.ledgers = Fact::Unavailable(Outage {
                kind: SourceKind::Database,
                source: database.name.clone(),
                address: database.address.clone(),
                need: database.need,
                cause,
                waited,
                last_well,
                declared: database.declared,
            });
            return Ok(vec![database]);
        }
    };
    context.examined.databases += 1;
    database.address = answer.address;
    database.dialect = answer.dialect;
    let remarks = answer.remarks.into_iter();
    context.remarks.extend(remarks.map(|remark| format!("the database \"{}\" {remark}", database.name)));
    answer.schemas.into_iter().map(|schema| in_schema(context, &database, schema)).collect()
}

/// What one schema holds, or the whole of the database.
fn in_schema(
    context: &mut Context<'_, '_>,
    database: &Database,
    found: InSchema,
) -> Result<Database, GitError> {
    let mut database = Database { strangers: found.strangers, ..database.clone() };
    if let Some(schema) = &found.schema {
        database.name = format!("{}/{schema}", database.name);
        database.schema = Some(schema.clone());
    }
    let tables = found.tables;
    let names = found.ledgers.iter().filter_map(|(set, raw)| Some((*set, raw.as_ref()?.table.clone())));
    let names: Vec<(usize, TableName)> = names.collect();
    let ledgers = found.ledgers.into_iter().map(|(set, raw)| {
        let state = match raw {
            Some(mut raw) => {
                let Context { resolved, sets, .. } = context;
                let (tool, facts) = (&resolved[set].tool, &sets[set]);
                let graph = facts.graph.as_deref();
                raw.rows.retain(|row| !tool.is_of_another(row, &facts.candidate, graph));
                let raw = without_others(context, set, raw, &names);
                LedgerState::Read(compare(context, set, raw, (&database.name, &database.address))?)
            }
            None => {
                let name = context.resolved[set].table_name();
                let schema = found.schema.clone().or(name.schema);
                LedgerState::Absent { table: TableName { schema, ..name }, tables }
            }
        };
        Ok(SetLedger { set, state })
    });
    database.ledgers = Fact::Known(ledgers.collect::<Result<_, GitError>>()?);
    Ok(database)
}

/// Several sets of one tool may share a table (contexts of EF Core, apps of aerich): rows that only another set has a
/// file for are that set's business.
fn without_others(
    context: &Context<'_, '_>,
    set: usize,
    mut raw: RawLedger,
    found: &[(usize, TableName)],
) -> RawLedger {
    let tool = &context.resolved[set].tool;
    let others = found.iter().filter(|(other, table)| {
        *other != set && *table == raw.table && context.resolved[*other].tool.name() == tool.name()
    });
    let others: Vec<usize> = others.map(|(other, _)| *other).collect();
    if others.is_empty() || raw.style == LedgerStyle::HighWater {
        return raw;
    }
    let rows_of = |set: usize| {
        let facts = &context.sets[set];
        tool.match_in(&raw, &facts.candidate, facts.graph.as_deref()).rows
    };
    let mine = rows_of(set);
    let theirs: Vec<Vec<Option<usize>>> = others.iter().map(|other| rows_of(*other)).collect();
    let mut at = 0;
    raw.rows.retain(|_| {
        let row = at;
        at += 1;
        mine[row].is_some() || theirs.iter().all(|rows| rows[row].is_none())
    });
    raw
}

fn compare(
    context: &mut Context<'_, '_>,
    set: usize,
    mut raw: RawLedger,
    database: (&str, &str),
) -> Result<Ledger, GitError> {
    let facts = &context.sets[set];
    let tool = &*context.resolved[set].tool;
    // What is gone and what has landed tells what their children build on.
    let known = facts.graph.as_deref().map(|graph| graph.with(facts.elsewhere()));
    tool.align(&mut raw, facts.candidate.iter().chain(facts.elsewhere()));
    let known_keys = || facts.candidate.iter().chain(facts.elsewhere()).map(|one| &one.identity);
    let known_keys: HashSet<&Text> = if tool.keeps_parts() { known_keys().collect() } else { HashSet::new() };
    // One table may have the rows of several projects, and of libraries that bring their own changelogs.
    raw.rows.retain(|row| {
        let key = &row.applied.identity;
        !tool.keeps_parts() || known_keys.contains(key) || tool.names_file_below(key, &facts.dir)
    });
    let matched = tool.match_at(&raw, &facts.candidate, &context.prepared[set].places, known.as_ref());
    context.examined.ledger_rows += raw.rows.len();
    let subject = Subject { tool, set: facts, applied: &matched.applied };
    let remembered = remembered::compare(context, &subject, &raw, &matched, database);
    let RawLedger { table, style, mut rows, read, incarnation: _ } = raw;

    let mut contents = contents(context, tool, set, &rows, &matched.rows)?;
    let missing = matched.rows.iter().any(Option::is_none);
    let on_disk = if missing && context.candidate == Candidate::Index {
        work_tree::migrations(context.git, tool, &facts.dir)
    } else {
        HashMap::new()
    };
    let gone = gone(facts);
    for (at, (row, migration)) in rows.iter_mut().zip(&matched.rows).enumerate() {
        row.applied.migration = *migration;
        if migration.is_none() {
            row.applied.in_work_tree = on_disk.get(&row.applied.identity).cloned();
            row.applied.in_base = gone.get(&row.applied.identity).cloned();
        }
        if let Some(content) = contents[at].take() {
            row.applied.content = content;
        }
        row.applied.history = context.history.search(&subject, row, &row.applied);
    }
    let rows = rows.into_iter().map(|row| row.applied).collect();
    Ok(Ledger { table, style, rows, read, applied: matched.applied, remembered })
}

/// Counts what was compared. What was not, for want of the text, is said; some texts have no checksum by nature.
fn count(context: &mut Context<'_, '_>, facts: &MigrationSet, contents: &[Option<Content>]) {
    // By nature, and the same each time: not a word for every commit.
    let by_nature = if context.moment == Moment::Commit { &[][..] } else { &NOT_COMPUTED };
    for why in [IN_LFS, NOT_IN_THIS_CLONE].iter().chain(by_nature).copied() {
        let missing =
            contents.iter().flatten().filter(|content| **content == Content::NotComparable(why)).count();
        if missing > 0 {
            let (checksums, were) = if missing == 1 { ("checksum", "was") } else { ("checksums", "were") };
            context.remarks.push(format!(
                "{missing} {checksums} of the migration set \"{}\" {were} not compared: {why}",
                facts.name
            ));
        }
    }
    let compared = contents.iter().flatten().filter(|content| !matches!(content, Content::NotComparable(_)));
    context.examined.checksums += compared.count();
}

/// What the candidate takes away, by identity.
fn gone(facts: &MigrationSet) -> HashMap<Text, RepoPath> {
    let before = facts.changes.iter().filter_map(|change| match change {
        Change::Deleted { before } | Change::Renamed { before, .. } => Some(before),
        Change::Added { .. } | Change::Edited { .. } => None,
    });
    before.map(|migration| (migration.identity.clone(), migration.path.clone())).collect()
}

/// The comparisons, by row, of sums that cover all files up to their own.
fn chained(
    context: &mut Context<'_, '_>,
    tool: &Tool,
    facts: &MigrationSet,
    rows: &[RawRow],
    matched: &[Option<usize>],
) -> Result<Vec<Option<Content>>, GitError> {
    let mut contents = vec![None; rows.len()];
    let mut row_of: HashMap<usize, usize> = HashMap::new();
    for (at, migration) in matched.iter().enumerate().filter(|(at, _)| rows[*at].recorded.is_some()) {
        row_of.extend(migration.map(|migration| (migration, at)));
    }
    let mut texts = Vec::with_capacity(facts.candidate.len());
    for migration in &facts.candidate {
        match context.git.blob(migration.blob) {
            Ok(text) => texts.push(text),
            Err(GitError::NotHere(_)) => {
                for at in matched.iter().enumerate().filter(|(_, one)| one.is_some()).map(|(at, _)| at) {
                    contents[at] = Some(Content::NotComparable(NOT_IN_THIS_CLONE));
                }
                count(context, facts, &contents);
                return Ok(contents);
            }
            Err(error) => return Err(error),
        }
    }
    let files: Vec<_> = facts
        .candidate
        .iter()
        .zip(&texts)
        .enumerate()
        .map(|(place, (migration, text))| {
            let row = row_of.get(&place).and_then(|at| rows[*at].recorded.as_ref());
            (migration, text.as_slice(), row)
        })
        .collect();
    for (place, content) in tool.compare_chain(&files).into_iter().enumerate() {
        if let Some(at) = row_of.get(&place) {
            contents[*at] = content;
        }
    }
    count(context, facts, &contents);
    Ok(contents)
}

/// The comparisons, by row. Digests that are remembered are not computed again; a difference is always looked at anew.
fn contents(
    context: &mut Context<'_, '_>,
    tool: &Tool,
    set: usize,
    rows: &[RawRow],
    matched: &[Option<usize>],
) -> Result<Vec<Option<Content>>, GitError> {
    let facts = &context.sets[set];
    if tool.sums_in_chain() {
        return chained(context, tool, facts, rows, matched);
    }
    let mut contents = vec![None; rows.len()];
    let mut unread: HashMap<Oid, Vec<usize>> = HashMap::new();
    for (at, (row, migration)) in rows.iter().zip(matched).enumerate() {
        let (Some(recorded), Some(place)) = (&row.recorded, migration) else { continue };
        let migration = &facts.candidate[*place];
        let remembered = context.prepared[set].digests.get(*place).and_then(Option::as_ref);
        let equal = remembered.is_some_and(|bytes| recorded.is_remembered_as(bytes));
        match tool.compare_digest(row, migration, recorded).filter(|_| equal) {
            Some(content) => contents[at] = Some(content),
            None => unread.entry(migration.blob).or_default().push(at),
        }
    }
    let mut blobs: Vec<Oid> = unread.keys().copied().collect();
    blobs.sort_unstable();
    let mut digests = context.texts.digests().borrow_mut();
    let prepared = &mut context.prepared[set].digests;
    context.git.blobs(&blobs, &mut |blob, text| {
        for at in unread.get(&blob).into_iter().flatten() {
            let Some(place) = matched[*at] else { continue };
            let migration = &facts.candidate[place];
            if let Some(digest) = tool.digest(migration, text) {
                let bytes = digest.to_bytes();
                digests.put(blob, tool.digest_salt(migration), &bytes);
                // For the next database.
                if let Some(known) = prepared.get_mut(place) {
                    *known = Some(bytes.into());
                }
            }
            contents[*at] = Some(tool.compare(&rows[*at], migration, text));
        }
    })?;
    drop(digests);
    for at in unread.into_values().flatten() {
        contents[at].get_or_insert(Content::NotComparable(NOT_IN_THIS_CLONE));
    }
    count(context, facts, &contents);
    Ok(contents)
}
