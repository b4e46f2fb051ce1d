//! What a tool runs of a migration's text: the section of the way forward, inside a transaction or not.

use regex::Regex;

use crate::model::{Dialect, ObjectId, Part, RepoPath, Script, TableName};

use super::names::compile;
use super::spec::{ScriptSpec, Syntax};
use super::{Tool, liquibase, psql};

/// Gives the text of another file of the repository.
pub(super) type FileOf<'a> = &'a dyn Fn(&RepoPath) -> Option<Vec<u8>>;

/// Reads the scripts of one tool.
pub struct ScriptReader {
    begins: Option<Regex>,
    ends: Option<Regex>,
    no_transaction: Option<Regex>,
    placeholder: Option<Regex>,
}

impl std::fmt::Debug for ScriptReader {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ScriptReader").finish_non_exhaustive()
    }
}

impl Tool {
    /// For a tool whose migrations are SQL as it stands in the files. `None` for one that runs programs.
    pub fn scripts(&self) -> Option<ScriptReader> {
        let ScriptSpec { begins, ends, no_transaction, placeholder } = self.spec.script.as_ref()?;
        let regex = |pattern: &Option<String>| pattern.as_deref().and_then(|pattern| compile(pattern).ok());
        let (begins, ends) = (regex(begins), regex(ends));
        Some(ScriptReader {
            begins,
            ends,
            no_transaction: regex(no_transaction),
            placeholder: regex(placeholder),
        })
    }

    /// Whether an object belongs to a table of the tool's own, or its platform's, beside the ledger.
    pub fn owns(&self, id: &ObjectId, ledger: &TableName) -> bool {
        let (table, beside) = (id.root.as_str(), ledger.schema.as_deref().unwrap_or_default() == id.schema);
        let is = |pattern: &String| match (pattern.strip_suffix('*'), pattern.strip_prefix("ledger.")) {
            (Some(begin), _) => {
                table.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin))
            }
            // A name of which others may have one, too.
            (None, Some(name)) => beside && table.eq_ignore_ascii_case(name),
            (None, None) => table.eq_ignore_ascii_case(pattern),
        };
        self.spec.own_tables.iter().any(is)
    }

    /// Whether a file of this name holds SQL, and not a program.
    pub(super) fn is_sql(&self, path: &RepoPath) -> bool {
        self.syntax(path) == Syntax::Sql
            && !path.file_name().ends_with(b".go")
            && !path.file_name().ends_with(b".rs")
    }
}

impl ScriptReader {
    /// The script of a migration that may be a part of its file, on that database.
    pub fn read_part(
        &self,
        tool: &Tool,
        (path, part): (&RepoPath, Option<&Part>),
        file: &[u8],
        (dialect, file_of): (Dialect, FileOf<'_>),
    ) -> Option<Script> {
        match part {
            None if tool.keeps_parts() => None,
            None if tool.keeps_registry() && dialect == Dialect::Postgres => {
                let text = psql::without_commands(path, file, file_of)?;
                self.read(tool, path, text.as_bytes())
            }
            None => self.read(tool, path, file),
            Some(part) => {
                let script = liquibase::script(path, part, file, (dialect, file_of))?;
                let filled_in = self.placeholder.as_ref().is_some_and(|found| found.is_match(&script.text));
                Some(script).filter(|_| !filled_in)
            }
        }
    }

    /// The script of a migration; `None` for one that is a program, or that the tool fills in before it runs.
    pub fn read(&self, tool: &Tool, path: &RepoPath, text: &[u8]) -> Option<Script> {
        let text = std::str::from_utf8(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).ok()?;
        if !tool.is_sql(path) || self.placeholder.as_ref().is_some_and(|found| found.is_match(text)) {
            return None;
        }
        let transaction = !self.no_transaction.as_ref().is_some_and(|found| found.is_match(text));
        let start = match &self.begins {
            // Without the mark, the tools that want one run nothing, or refuse.
            Some(begins) => begins.find(text)?.start(),
            None => 0,
        };
        let end = self
            .ends
            .as_ref()
            .and_then(|ends| ends.find_at(text, start))
            .map_or(text.len(), |found| found.start());
        let line = text[..start].bytes().filter(|byte| *byte == b'\n').count() + 1;
        Some(Script {
            text: text.get(start..end)?.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            transaction,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tool: &str, path: &str, text: &str) -> Option<(String, u32, bool)> {
        let tool = Tool::find(tool, &std::collections::BTreeMap::new()).unwrap();
        let script = tool.scripts()?.read(&tool, &RepoPath::from(path), text.as_bytes())?;
        Some((script.text, script.line, script.transaction))
    }

    fn is(tool: &str, text: &str, runs: &str, line: u32, transaction: bool) {
        let path = if tool == "golang-migrate" { "1_a.up.sql" } else { "1_a.sql" };
        assert_eq!(read(tool, path, text), Some((runs.to_owned(), line, transaction)), "{tool}");
    }

    #[test]
    fn the_way_forward_runs_and_the_way_back_does_not() {
        is("sqlx", "create table a (b);", "create table a (b);", 1, true);
        is("sqlx", "-- no-transaction\nvacuum;", "-- no-transaction\nvacuum;", 1, false);
        is("golang-migrate", "select 1;", "select 1;", 1, true);
        is("dbmate", "\n-- migrate:up\nA;\n-- migrate:down\nB;", "-- migrate:up\nA;\n", 2, true);
        let text = "-- migrate:up transaction:false\nA;\n-- migrate:down\nB;";
        is("dbmate", text, "-- migrate:up transaction:false\nA;\n", 1, false);
        is("goose", "-- +goose Up\nA;\n-- +goose Down\nB;", "-- +goose Up\nA;\n", 1, true);
        let text = "-- +goose NO TRANSACTION\n-- +goose up\nA;\n-- +goose down\nB;";
        is("goose", text, "-- +goose up\nA;\n", 2, false);
        is("sql-migrate", "-- +migrate Up\nA;\n-- +migrate Down\nB;", "-- +migrate Up\nA;\n", 1, true);
        is("tern", "A;\n---- create above / drop below ----\nB;", "A;\n", 1, true);
    }

    #[test]
    fn tables_of_the_platform_are_known_by_their_beginning() {
        let d1 = Tool::find("d1", &std::collections::BTreeMap::new()).unwrap();
        let owns = |tool: &Tool, schema: &str, name: &str, ledger: Option<&str>| {
            let ledger = TableName { schema: ledger.map(str::to_owned), name: "x".to_owned() };
            tool.owns(&ObjectId::below("column", schema, name, "y"), &ledger)
        };
        let d1 = |name: &str| owns(&d1, "", name, None);
        assert!(d1("_cf_METADATA") && d1("_CF_kv") && !d1("cf_users") && !d1("_c\u{f6}"));
        let sqitch = Tool::find("sqitch", &std::collections::BTreeMap::new()).unwrap();
        assert!(owns(&sqitch, "sqitch", "events", Some("sqitch")) && owns(&sqitch, "", "tags", None));
        assert!(
            !owns(&sqitch, "public", "events", Some("sqitch")) && !owns(&sqitch, "", "tags", Some("sqitch"))
        );
    }

    #[test]
    fn what_is_no_sql_or_is_filled_in_is_not_read() {
        assert_eq!(read("rails", "db/migrate/1_a.rb", "class A"), None);
        assert_eq!(read("goose", "1_a.go", "package a"), None);
        assert_eq!(read("flyway", "V1__a.sql", "create table ${schema}.a (b int);"), None);
        assert_eq!(read("dbmate", "1_a.sql", "create table a (b);"), None);
        assert_eq!(read("sqitch", "deploy/a.sql", "begin;\n\\i b.sql\ncommit;"), None);
    }
}
