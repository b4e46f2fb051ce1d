//! Scripts that a tool gives to psql: its commands that leave the schema as it is, or that take in another file.

use super::liquibase::file_of;
use super::script::FileOf;
use crate::model::RepoPath;

/// Commands that are about what psql shows.
const SHOWN: [&str; 11] = ["a", "echo", "errverbose", "H", "p", "pset", "qecho", "t", "timing", "warn", "x"];
/// Variables that are about what psql shows, or when it ends: a script that ran was run to its end.
const SETTINGS: [&str; 9] = [
    "AUTOCOMMIT",
    "ECHO",
    "ECHO_HIDDEN",
    "ON_ERROR_ROLLBACK",
    "ON_ERROR_STOP",
    "QUIET",
    "SHOW_ALL_RESULTS",
    "SHOW_CONTEXT",
    "VERBOSITY",
];
/// Files in files; deeper ones are those that take in themselves.
const DEEPEST: usize = 8;

/// The text as the server gets it, each line where it was but for what other files bring; a command that does more stays there. `None` for
/// a file that is not in the repository, and what is no UTF-8.
pub(super) fn without_commands(path: &RepoPath, file: &[u8], read: FileOf<'_>) -> Option<String> {
    let text = std::str::from_utf8(file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file)).ok()?;
    within(path, text, read, DEEPEST)
}

fn within(path: &RepoPath, text: &str, read: FileOf<'_>, deepest: usize) -> Option<String> {
    let mut own = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut words = line.trim_start().strip_prefix('\\').unwrap_or_default().split_whitespace();
        let (command, rest) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>());
        let relative = ["ir", "include_relative"].contains(&command);
        let is_setting = |name: &&str| SETTINGS.contains(name) && rest.len() <= 2;
        if relative || ["i", "include"].contains(&command) {
            let [name] = rest[..] else { return None };
            let name = name.trim_matches('\'');
            // Where psql was started, nobody knows: it is tried from the script's own directory upwards.
            let (other, text) = file_of(path, name, relative, read)?;
            own.push_str(&within(&other, &text, read, deepest.checked_sub(1)?)?);
            own.push('\n');
        } else if SHOWN.contains(&command)
            || ["set", "unset"].contains(&command) && rest.first().is_some_and(is_setting)
        {
            own.extend(line.ends_with('\n').then_some('\n'));
        } else {
            own.push_str(line);
        }
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(text: &str) -> Option<String> {
        let other = |path: &RepoPath| match &*path.to_str_lossy() {
            "deploy/parts/a.sql" => Some(b"SELECT 'a';\n\\ir b.sql\n".to_vec()),
            "deploy/parts/b.sql" => Some(b"\\echo b\nSELECT 'b';".to_vec()),
            "top.sql" => Some(b"\xef\xbb\xbfSELECT 'top';".to_vec()),
            "deploy/self.sql" => Some(b"\\ir self.sql".to_vec()),
            _ => None,
        };
        without_commands(&RepoPath::from("deploy/one.sql"), text.as_bytes(), &other)
    }

    #[test]
    fn what_psql_shows_is_left_out_and_files_are_taken_in() {
        assert_eq!(
            run("\\set ON_ERROR_STOP on\n\\set QUIET 1\nBEGIN;\n\\echo 'done'"),
            Some("\n\nBEGIN;\n".to_owned())
        );
        let parts = "SELECT 'a';\n\nSELECT 'b';\n\nCOMMIT;";
        assert_eq!(run("\\ir 'parts/a.sql'\nCOMMIT;"), Some(parts.to_owned()));
        assert_eq!(run("\\i deploy/parts/a.sql\nCOMMIT;"), Some(parts.to_owned()));
        assert_eq!(run("  \\i top.sql\n"), Some("SELECT 'top';\n".to_owned()));
        for gone in ["\\ir top.sql", "\\i gone.sql", "\\i", "\\ir self.sql", "\\i :name"] {
            assert_eq!(run(gone), None, "{gone}");
        }
        for more in [
            "\\set name 'x'\nSELECT :'name';",
            "\\connect other",
            "SELECT 1 \\gexec",
            "\\if :x",
            "SELECT ' \n x\\'",
        ] {
            assert_eq!(run(more).as_deref(), Some(more));
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in any::<String>(), name in "[a-z/. ']{0,9}") {
            run(&text);
            run(&format!("\\i {name}\n\\set {name}"));
        }
    }
}
