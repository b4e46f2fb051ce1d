//! What a tool writes into the repository of the schema that its migrations make, beside them: SQL, or tables and columns in a
//! language of its own.

use std::sync::LazyLock;

use regex::Regex;

use super::Tool;
use super::spec::DumpForm;
use crate::model::{DumpText, RepoPath, Script};

impl Tool {
    /// Where such files may lie for a directory of migrations, and what they are written in.
    pub fn dumps(&self, dir: &RepoPath) -> Vec<(RepoPath, DumpForm)> {
        let prefix = dir.file_name().strip_suffix(b"migrate").unwrap_or_default();
        let place = |file: &str| match file.strip_prefix('*') {
            // Rails' databases beside the first: `animals_structure.sql` for `animals_migrate`.
            Some(rest) => dir.parent().join(&[prefix, rest.as_bytes()].concat()),
            None => dir.parent().join(file.as_bytes()),
        };
        self.spec.dump.iter().map(|dump| (place(&dump.file), dump.form)).collect()
    }
}

/// Reads such a file. `None` where it says nothing of tables.
pub fn read_dump(form: DumpForm, text: &str) -> Option<DumpText> {
    let tables = match form {
        DumpForm::Sql => return Some(DumpText::Sql(sql(text))),
        DumpForm::Rails => rails(text),
        DumpForm::Prisma => prisma(text),
        DumpForm::Diesel => diesel(text),
    };
    (!tables.is_empty()).then_some(DumpText::Tables(tables))
}

/// Without the commands of the client, and without settings that older servers do not know.
fn sql(text: &str) -> Script {
    let is_sql = |line: &&str| {
        let line = line.trim_start();
        !line.starts_with('\\')
            && !line.starts_with("SET transaction_timeout")
            && !line.starts_with("CREATE TABLE sqlite_sequence")
    };
    let kept = |line: &str| if is_sql(&line) { line.to_owned() } else { "\n".to_owned() };
    Script { text: text.split_inclusive('\n').map(kept).collect(), line: 1, transaction: false }
}

type Tables = Vec<(String, Vec<String>)>;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this file")
}

/// `db/schema.rb`: activerecord/lib/active_record/schema_dumper.rb
fn rails(text: &str) -> Tables {
    static TABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s*create_table "([^"]+)"(.*)"#));
    static COLUMN: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s*t\.([a-z_0-9]+) "([^"]+)""#));
    static KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r#"primary_key: "([^"]+)""#));
    const NO_COLUMNS: [&str; 5] =
        ["index", "check_constraint", "foreign_key", "unique_constraint", "exclusion_constraint"];
    let mut tables = Tables::new();
    for line in text.split('\n') {
        if let Some(found) = TABLE.captures(line) {
            let (name, options) = (found[1].to_owned(), &found[2]);
            let columns = match KEY.captures(options) {
                Some(key) => vec![key[1].to_owned()],
                None if options.contains("id: false") || options.contains("primary_key: [") => Vec::new(),
                None => vec!["id".to_owned()],
            };
            tables.push((name, columns));
        } else if let (Some(found), Some((_, columns))) = (COLUMN.captures(line), tables.last_mut())
            && !NO_COLUMNS.contains(&&found[1])
        {
            columns.push(found[2].to_owned());
        }
    }
    tables
}

/// `schema.prisma`: a field whose type is a model is a relation, and no column.
fn prisma(text: &str) -> Tables {
    static MODEL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\s*(model|view|enum|type)\s+([A-Za-z0-9_]+)\s*\{"));
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\s*([A-Za-z][A-Za-z0-9_]*)\s+([A-Za-z][A-Za-z0-9_]*)"));
    static MAP: LazyLock<Regex> = LazyLock::new(|| pattern(r#"@map\(\s*(?:name:\s*)?"([^"]+)""#));
    let heads = || text.split('\n').filter_map(|line| MODEL.captures(line));
    let models: Vec<String> =
        heads().filter(|head| matches!(&head[1], "model" | "view")).map(|head| head[2].to_owned()).collect();
    let mut tables = Tables::new();
    let mut within = false;
    for line in text.split('\n') {
        let line = line.split("//").next().unwrap_or_default();
        if let Some(head) = MODEL.captures(line) {
            within = &head[1] == "model";
            if within {
                tables.push((head[2].to_owned(), Vec::new()));
            }
        } else if line.trim() == "}" {
            within = false;
        } else if let Some((name, columns)) = tables.last_mut().filter(|_| within) {
            let mapped = MAP.captures(line).map(|map| map[1].to_owned());
            if line.trim_start().starts_with("@@map") {
                if let Some(mapped) = mapped {
                    *name = mapped;
                }
            } else if let Some(field) = FIELD.captures(line)
                && !models.contains(&field[2].to_owned())
                && !line.contains("@ignore")
            {
                columns.push(mapped.unwrap_or_else(|| field[1].to_owned()));
            }
        }
    }
    tables
}

/// `src/schema.rs`: diesel_cli/src/print_schema.rs
fn diesel(text: &str) -> Tables {
    static TABLE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\s*(?:[A-Za-z0-9_]+\.)?(?:r#)?([A-Za-z0-9_]+) \([^)]*\) \{"));
    static COLUMN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:r#)?([A-Za-z0-9_]+) -> "));
    static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s*#\[sql_name = "([^"]+)"\]"#));
    let mut tables = Tables::new();
    let (mut within, mut renamed) = (false, None);
    for line in text.split('\n') {
        if line.contains("table! {") {
            within = true;
        } else if let Some(name) = NAME.captures(line) {
            renamed = Some(name[1].to_owned());
        } else if let Some(found) = TABLE.captures(line).filter(|_| within) {
            tables.push((renamed.take().unwrap_or_else(|| found[1].to_owned()), Vec::new()));
        } else if let (Some(found), Some((_, columns))) =
            (COLUMN.captures(line).filter(|_| within), tables.last_mut())
        {
            columns.push(renamed.take().unwrap_or_else(|| found[1].to_owned()));
        } else if line.starts_with('}') {
            within = false;
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(form: DumpForm, text: &str) -> String {
        match read_dump(form, text) {
            Some(DumpText::Tables(tables)) => {
                let table = |(name, columns): (String, Vec<String>)| format!("{name}: {}", columns.join(" "));
                tables.into_iter().map(table).collect::<Vec<_>>().join("; ")
            }
            Some(DumpText::Sql(script)) => script.text,
            None => String::new(),
        }
    }

    #[test]
    fn tables_and_columns_of_each_language() {
        let rails = "ActiveRecord::Schema[7.1].define(version: 2) do\n  create_table \"users\", force: :cascade do |t|\n    \
                     t.string \"name\", null: false\n    t.index [\"name\"], name: \"x\"\n    t.check_constraint \"a > 0\", name: \"c\"\n  end\n\
                     \n  create_table \"keys\", primary_key: \"code\", id: :string do |t|\n  end\n\
                     \n  create_table \"joins\", id: false do |t|\n    t.bigint \"a_id\"\n  end\nend\n";
        assert_eq!(said(DumpForm::Rails, rails), "users: id name; keys: code; joins: a_id");
        let prisma = "enum Kind {\n  A\n}\nmodel User {\n  id Int @id\n  mail String? @map(\"e_mail\") // @map(\"no\")\n  kind Kind\n  posts Post[]\n  \
                      old String @ignore\n  @@map(\"users\")\n  @@index([mail])\n}\nmodel Post {\n  id Int @id\n  by User @relation(fields: [byId], references: [id])\n  byId Int\n}\n";
        assert_eq!(said(DumpForm::Prisma, prisma), "users: id e_mail kind; Post: id byId");
        let diesel = "// @generated\n\ndiesel::table! {\n    users (id) {\n        id -> Int4,\n        #[sql_name = \"type\"]\n        type_ -> Nullable<Text>,\n    }\n}\n\n\
                      diesel::table! {\n    use diesel::sql_types::*;\n\n    other.r#loop (a, b) {\n        a -> Int4,\n        #[max_length = 3]\n        b -> Varchar,\n    }\n}\n\n\
                      diesel::joinable!(a -> b (c));\n";
        assert_eq!(said(DumpForm::Diesel, diesel), "users: id type; loop: a b");
        assert_eq!(said(DumpForm::Rails, "# nothing\n"), "");
    }

    #[test]
    fn of_sql_the_lines_of_the_client_are_left_out() {
        let text =
            "\\restrict abc\nSET transaction_timeout = 0;\nCREATE TABLE a (b int);\n\\unrestrict abc\n";
        assert_eq!(said(DumpForm::Sql, text), "\n\nCREATE TABLE a (b int);\n\n");
    }
}
