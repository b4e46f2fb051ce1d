//! The ledger of a tool: which table it is.
//!
//! A ledger is told by its columns: half of all tools call theirs `migrations` or `schema_migrations`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use crate::db::Table;
use crate::model::TableName;

use super::spec::{LedgerSpec, Reading, ToolSpec};
use super::{BUILT_IN, LedgerTable, Tool};

impl Tool {
    /// Which of these tables is the ledger: by its columns, and by its name (`configured`, or the tool's default).
    ///
    /// Without a configured name a table of another name counts only if nothing else looks like it, and there is one only.
    pub fn find_ledger(&self, tables: &[Table], configured: Option<&TableName>) -> Option<LedgerTable> {
        let layout_of = |table: &Table| self.spec.ledger.iter().position(|layout| fits(layout, table));
        let found = |(table, layout): (&Table, usize)| {
            let version = &self.spec.ledger[layout].version;
            let kind = table.columns.iter().find(|(name, _)| name.eq_ignore_ascii_case(version));
            let is_wide = |kind: &str| kind.contains("big") || kind.contains("int8");
            let wide = kind.is_some_and(|(_, kind)| is_wide(&kind.to_ascii_lowercase()));
            LedgerTable { name: table.name.clone(), layout, wide }
        };
        if let Some(layout) =
            self.spec.ledger.iter().position(|layout| layout.reading == Reading::UserVersion)
        {
            // Not a table: each database has this number.
            return Some(LedgerTable { name: self.default_table(), layout, wide: false });
        }
        let candidates: Vec<(&Table, usize)> =
            tables.iter().filter_map(|table| Some((table, layout_of(table)?))).collect();
        if let Some(name) = configured {
            let same_schema = |table: &Table| {
                name.schema.is_none() || table.name.schema.is_none() || table.name.schema == name.schema
            };
            // Without a schema, what the plain name means in the database comes first, and may be the only one.
            let named = candidates.iter().filter(|(table, _)| same_schema(table));
            let exact = named.clone().filter(|(table, _)| table.name.name == name.name);
            let similar = named.filter(|(table, _)| table.name.name.eq_ignore_ascii_case(&name.name));
            return exact
                .clone()
                .find(|(table, _)| table.visible || name.schema.is_some())
                .or_else(|| exact.clone().next())
                .or_else(|| similar.clone().next())
                .map(|one| found(*one));
        }
        let usual: Vec<_> = candidates
            .iter()
            .filter(|(table, layout)| table.name.name.eq_ignore_ascii_case(&self.spec.ledger[*layout].table))
            .collect();
        if let Some(best) = usual.iter().min_by_key(|(table, layout)| self.strangeness(table, *layout)) {
            let sure = usual.len() == 1 || self.strangeness(best.0, best.1) < 3;
            return sure.then(|| found(**best));
        }
        let mut distinctive = candidates.iter().filter(|(_, layout)| self.spec.ledger[*layout].distinctive);
        let first = distinctive.next()?;
        distinctive.next().is_none().then(|| found(*first))
    }

    /// How far a schema is from the one in which the tool's ledger usually lies.
    fn strangeness(&self, table: &Table, layout: usize) -> u8 {
        let schema = table.name.schema.as_deref();
        match schema {
            Some(schema) if self.spec.ledger[layout].schema.as_deref() == Some(schema) => 0,
            None => 1,
            Some(_) if table.visible => 1,
            Some("main" | "public") => 2,
            Some(_) => 3,
        }
    }

    /// Schemas in which the tool keeps its ledger and nowhere else.
    pub fn schemas_of_its_own(&self) -> impl Iterator<Item = &str> {
        let layouts = self.spec.ledger.iter().filter(|layout| layout.in_schema);
        layouts.filter_map(|layout| layout.schema.as_deref())
    }

    /// The table that is looked for when none is configured.
    pub fn default_table(&self) -> TableName {
        let table = self.spec.ledger.first().map(|layout| layout.table.as_str());
        TableName::plain(table.unwrap_or_default())
    }
}

/// The built-in tools' files, all of them, read once: to discover tools each may be needed.
pub(super) static SPECS: LazyLock<Vec<(&'static str, ToolSpec)>> = LazyLock::new(|| {
    BUILT_IN.iter().filter_map(|(name, text)| Some((*name, toml::from_str(text).ok()?))).collect()
});

/// A built-in tool's file, read when a table looks like its ledger.
struct BuiltIn {
    name: &'static str,
    text: &'static str,
    spec: OnceLock<Option<ToolSpec>>,
}

impl BuiltIn {
    /// Whether a layout's columns are all there, told from the file's text: to read all files takes longer than to read
    /// a ledger of a thousand rows, and every database has tables to ask about. A test holds this against [`fits`].
    fn may_fit(&self, table: &Table) -> bool {
        let has = |wanted: &str| table.columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let layouts = self.text.split('\n').filter_map(|line| line.strip_prefix("columns = ["));
        layouts.map(|columns| columns.split('"').skip(1).step_by(2)).any(|mut columns| columns.all(has))
    }

    fn spec(&self) -> Option<&ToolSpec> {
        self.spec.get_or_init(|| toml::from_str(self.text).ok()).as_ref()
    }
}

static LEDGERS: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
    BUILT_IN.iter().map(|(name, text)| BuiltIn { name, text, spec: OnceLock::new() }).collect()
});

/// The tool that such a table belongs to, judged by name and columns, for tables that belong to no migration set.
///
/// Several tools may share a table's shape; then all are named: `dbmate or rails`.
pub fn recognise(table: &Table, own: &BTreeMap<String, ToolSpec>) -> Option<String> {
    let known = |spec: &ToolSpec| {
        spec.ledger.iter().any(|layout| {
            fits(layout, table) && (layout.distinctive || table.name.name.eq_ignore_ascii_case(&layout.table))
        })
    };
    let mut names: Vec<&str> =
        own.iter().filter(|(_, spec)| known(spec)).map(|(name, _)| name.as_str()).collect();
    let built_in = LEDGERS.iter().filter(|tool| !own.contains_key(tool.name) && tool.may_fit(table));
    names.extend(built_in.filter(|tool| tool.spec().is_some_and(known)).map(|tool| tool.name));
    (!names.is_empty()).then(|| names.join(" or "))
}

/// What the ledgers of all tools are called, in small letters; of the built-in ones told from the files' text, as above.
pub fn ledger_names<'a>(own: impl Iterator<Item = &'a ToolSpec>) -> BTreeSet<String> {
    let tables = |text: &'static str| {
        text.split('\n').filter_map(|line| line.strip_prefix("table = \"")?.split('"').next())
    };
    let built_in = BUILT_IN.iter().flat_map(|(_, text)| tables(text)).map(str::to_lowercase);
    built_in
        .chain(own.flat_map(|spec| spec.ledger.iter().map(|layout| layout.table.to_lowercase())))
        .collect()
}

/// Whether a table has the columns of a layout.
fn fits(layout: &LedgerSpec, table: &Table) -> bool {
    let has = |wanted: &String| table.columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    layout.columns.iter().all(has)
        && !layout.without.iter().any(has)
        && (!layout.only || table.columns.len() == layout.columns.len())
        && (!layout.in_schema || table.name.schema == layout.schema)
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
