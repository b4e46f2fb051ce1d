//! Mistakes in the description of a tool, all of them at once.

use super::names::compile;
use super::spec::{KeyForm, Layout, LedgerSpec, ToolSpec};

impl ToolSpec {
    /// All mistakes, each a sentence without its full stop; none for a description that can be used.
    pub fn validate(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        self.check_patterns(&mut mistakes);
        self.check_files(&mut mistakes);
        for id in self.databases.iter().filter(|id| !matches!(id.as_str(), "sqlite" | "postgres" | "mysql")) {
            mistakes.push(format!("`databases` names \"{id}\": write sqlite, postgres or mysql"));
        }
        for (number, layout) in self.ledger.iter().enumerate() {
            self.check_ledger(number + 1, layout, &mut mistakes);
        }
        if self.checksum.is_some()
            && !self.ledger.is_empty()
            && self.ledger.iter().all(|one| one.checksum.is_none())
        {
            mistakes.push("`checksum` is described, and no ledger names the column that holds it".to_owned());
        }
        if self.checksum.is_none() && self.ledger.iter().any(|one| one.checksum.is_some()) {
            mistakes.push(
                "a ledger names the column of a checksum, and `checksum.algorithm` is missing".to_owned(),
            );
        }
        mistakes
    }

    fn check_patterns(&self, mistakes: &mut Vec<String>) {
        let files = &self.files;
        let mut check = |key: &str, pattern: Option<&String>, groups: &[&str]| {
            let Some(pattern) = pattern else { return };
            match compile(pattern) {
                Err(error) => {
                    let text = error.to_string();
                    let last = text.split('\n').next_back().unwrap_or_default().trim_start_matches("error: ");
                    mistakes.push(format!("`{key}` is not a regular expression: {last}"));
                }
                Ok(regex) => {
                    for group in groups {
                        if !regex.capture_names().flatten().any(|name| name == *group) {
                            mistakes.push(format!("`{key}` lacks the named group (?<{group}>...)"));
                        }
                    }
                }
            }
        };
        let groups: &[&str] = if files.key == KeyForm::Version { &["version"] } else { &[] };
        check("files.pattern", Some(&files.pattern), groups);
        check("files.refuses", files.refuses.as_ref(), &[]);
        check("files.suspects", files.suspects.as_ref(), &[]);
        check("files.exempt", files.exempt.as_ref(), &[]);
        if let Some(script) = &self.script {
            check("script.begins", script.begins.as_ref(), &[]);
            check("script.ends", script.ends.as_ref(), &[]);
            check("script.no-transaction", script.no_transaction.as_ref(), &[]);
            check("script.placeholder", script.placeholder.as_ref(), &[]);
        }
        for sign in &self.detect {
            check("detect.mentions", sign.mentions.as_ref(), &[]);
            check("detect.names-dir", sign.names_dir.as_ref(), &["dir"]);
            check("detect.names-table", sign.names_table.as_ref(), &["table"]);
            check("detect.path", sign.path.as_ref(), &[]);
            check("detect.content", sign.content.as_ref(), &[]);
            check("detect.lacks", sign.lacks.as_ref(), &[]);
        }
    }

    fn check_files(&self, mistakes: &mut Vec<String>) {
        let files = &self.files;
        let mut wrong = |is_wrong: bool, what: &str| {
            if is_wrong {
                mistakes.push(what.to_owned());
            }
        };
        let folders = matches!(files.layout, Layout::Folder | Layout::Drizzle);
        wrong(
            folders && files.file.is_none(),
            "`files.layout` is a folder for each migration, and `files.file` is missing",
        );
        wrong(!folders && files.file.is_some(), "`files.file` is for `files.layout = \"folder\"` only");
        wrong(
            !folders && files.undo_file.is_some(),
            "`files.undo-file` is for `files.layout = \"folder\"` only",
        );
        wrong(
            !folders && files.up.is_empty(),
            "`files.up` is missing: the endings of migrations, such as \".sql\"",
        );
        wrong(
            folders && !(files.up.is_empty() && files.down.is_empty()),
            "`files.up` and `files.down` are not for `files.layout = \"folder\"`: say `files.file` and `files.undo-file`",
        );
        wrong(
            files.up.iter().any(|ending| files.down.contains(ending)),
            "the same ending stands in `files.up` and in `files.down`",
        );
        wrong(
            files.up.iter().chain(&files.down).any(String::is_empty),
            "an empty ending stands in `files.up` or `files.down`",
        );
        let kind = files.pattern.contains("<kind>");
        wrong(
            !files.kinds.is_empty() && !kind,
            "`files.kinds` is given, and `files.pattern` lacks the named group (?<kind>...)",
        );
        wrong(
            kind && files.kinds.is_empty(),
            "`files.pattern` has the group `kind`, and `files.kinds` is missing",
        );
    }

    fn check_ledger(&self, number: usize, layout: &LedgerSpec, mistakes: &mut Vec<String>) {
        let at = if self.ledger.len() == 1 { "ledger".to_owned() } else { format!("ledger {number}") };
        if layout.table.is_empty() {
            mistakes.push(format!("`{at}.table` is empty"));
        }
        let has = |wanted: &str| layout.columns.iter().any(|name| name.eq_ignore_ascii_case(wanted));
        let named = [
            ("version", Some(&layout.version)),
            ("name", layout.name.as_ref()),
            ("checksum", layout.checksum.as_ref()),
            ("success", layout.success.as_ref()),
            ("order", layout.order.as_ref()),
            ("time", layout.time.as_ref()),
        ];
        for (key, column) in named {
            if let Some(column) = column.filter(|column| !has(column)) {
                mistakes.push(format!("`{at}.{key}` is \"{column}\", which `{at}.columns` does not list"));
            }
        }
        for column in layout.reading.columns().iter().filter(|column| !has(column)) {
            mistakes.push(format!(
                "`{at}.reading` needs the column \"{column}\", which `{at}.columns` does not list"
            ));
        }
        if layout.in_schema && layout.schema.is_none() {
            mistakes.push(format!("`{at}.in-schema` is set, and `{at}.schema` is missing"));
        }
        if let Some(column) = layout.without.iter().find(|column| has(column)) {
            mistakes.push(format!("\"{column}\" stands in `{at}.columns` and in `{at}.without`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::testing::{list, shown};
    use super::super::{Tool, ToolError};
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        toml::from_str::<ToolSpec>(text).expect("the right keys").validate()
    }

    /// The tests bring features of `regex` that the program does not have: there, case is ignored among ASCII letters only.
    #[test]
    fn patterns_need_no_more_than_the_program_has() {
        let flags = regex::Regex::new(r"\(\?([a-zA-Z]*)(-[a-z]+)?[:)]").unwrap();
        for (name, text) in super::super::BUILT_IN {
            for found in flags.captures_iter(text) {
                let ignores = found[1].contains('i');
                let ascii = found.get(2).is_some_and(|off| off.as_str().contains('u'));
                assert!(!ignores || ascii, "{name}: {}", &found[0]);
            }
            assert!(!text.contains("\\p{") && !text.contains("\\P{"), "{name}: classes of Unicode");
        }
    }

    #[test]
    fn a_tool_of_the_users_own_works_like_any_other() {
        let text = r#"
            late = "refuses"
            [files]
            up = [".sql"]
            pattern = '^step-(?<version>[0-9]+)-(?<name>.*)$'
            [[ledger]]
            table = "steps"
            columns = ["step", "done"]
            version = "step"
        "#;
        let own: BTreeMap<String, ToolSpec> = [("steps".to_owned(), toml::from_str(text).unwrap())].into();
        let tool = Tool::find("steps", &own).unwrap();
        assert_eq!(tool.facts().title, "steps");
        assert_eq!(tool.default_table().to_string(), "steps");
        assert_eq!(
            shown(&list(&tool, &["step-10-b.sql", "step-9-a.sql", "other.sql"])),
            [
                "9 | 9 | a | m/step-9-a.sql",
                "10 | 10 | b | m/step-10-b.sql",
                "ignored m/other.sql: has a name that steps does not take for a migration",
            ]
        );
        let meant = Tool::find("stesp", &own).unwrap_err();
        assert!(matches!(meant, ToolError::Unknown { nearest: Some(name), .. } if name == "steps"));
    }

    #[test]
    fn editors_can_be_told_the_keys() {
        let schema = schemars::schema_for!(ToolSpec);
        let schema = schema.as_value();
        assert!(
            schema["properties"]["files"].is_object() && schema["properties"]["name-matters"].is_object()
        );
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["required"], serde_json::json!(["files"]));
    }

    #[test]
    fn all_mistakes_at_once() {
        let text = r#"
            [files]
            layout = "folder"
            up = [".sql"]
            down = [".sql", ""]
            pattern = '^(?<kind>[0-9]+$'
            suspects = 'x{2,1}'
            [checksum]
            algorithm = "sha384"
            [[ledger]]
            table = ""
            columns = ["a"]
            without = ["A"]
            reading = "goose"
            version = "b"
        "#;
        let found = mistakes(text);
        let has = |part: &str| assert!(found.iter().any(|one| one.contains(part)), "{part}: {found:#?}");
        has("`files.pattern` is not a regular expression: unclosed group");
        has("`files.suspects` is not a regular expression");
        has("`files.file` is missing");
        has("say `files.file` and `files.undo-file`");
        has("the same ending stands");
        has("an empty ending stands");
        has("`files.kinds` is missing");
        has("no ledger names the column that holds it");
        has("`ledger.table` is empty");
        has("`ledger.version` is \"b\"");
        has("`ledger.reading` needs the column \"is_applied\"");
        has("\"A\" stands in `ledger.columns`");
        assert_eq!(found.len(), 12, "{found:#?}");
    }

    #[test]
    fn a_mistake_has_words() {
        let minimal = "[files]\nup = [\".sql\"]\npattern = ";
        assert_eq!(mistakes(&format!("{minimal}'^(?<version>.*)$'")), [""; 0]);
        assert_eq!(
            mistakes(&format!("{minimal}'^.*$'")),
            ["`files.pattern` lacks the named group (?<version>...)"]
        );
        assert_eq!(mistakes(&format!("{minimal}'^.*$'\nkey = \"stem\"")), [""; 0]);
        let own = [("x".to_owned(), toml::from_str(&format!("{minimal}'('")).unwrap())].into();
        let error = Tool::find("x", &own).unwrap_err().to_string();
        assert!(error.starts_with("the tool \"x\": `files.pattern` is not a regular expression"), "{error}");
        assert!(toml::from_str::<ToolSpec>("unknown = 1\n[files]\npattern = ''").is_err());
    }
}
