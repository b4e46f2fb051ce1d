//! MySQL's option files: `/etc/my.cnf`, `/etc/mysql/my.cnf`, `~/.my.cnf`, and what they include.
//!
//! `~/.mylogin.cnf`, which `mysql_config_editor` writes, is not read: it is scrambled so that people do not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What applies to clients, with hyphens in the names. A later value replaces an earlier one.
#[derive(Default)]
pub(super) struct Options(BTreeMap<String, String>);

/// The sections that apply to every client.
const SECTIONS: [&str; 3] = ["client", "client-server", "client-mariadb"];

/// Files within files within files: more is a circle.
const DEEPEST: usize = 10;

/// All files of the system and of the user, as far as they are there and can be read.
pub(super) fn read(home: Option<&Path>) -> Options {
    let mut options = Options::default();
    let system = ["/etc/my.cnf", "/etc/mysql/my.cnf"].map(PathBuf::from);
    let own = home.map(|home| home.join(".my.cnf"));
    for file in system.iter().chain(&own) {
        options.file(file, 0);
    }
    options
}

impl Options {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What is said about encryption beside the files of certificates.
    pub(super) fn encryption(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = ["ssl-mode", "ssl", "skip-ssl", "ssl-verify-server-cert"];
        names.into_iter().filter_map(|name| Some((name, self.get(name)?)))
    }

    fn file(&mut self, file: &Path, depth: usize) {
        if depth > DEEPEST || !is_ours(file) {
            return;
        }
        let Ok(bytes) = std::fs::read(file) else { return };
        self.text(&String::from_utf8_lossy(&bytes), depth);
    }

    fn text(&mut self, text: &str, depth: usize) {
        let mut applies = false;
        for line in text.split('\n').map(str::trim) {
            if let Some(dir) = line.strip_prefix("!includedir ") {
                let entries = std::fs::read_dir(dir.trim()).into_iter().flatten().flatten();
                let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
                files.retain(|file| file.extension().is_some_and(|ending| ending == "cnf"));
                files.sort();
                for file in files {
                    self.file(&file, depth + 1);
                }
            } else if let Some(file) = line.strip_prefix("!include ") {
                self.file(Path::new(file.trim()), depth + 1);
            } else if let Some(section) = line.strip_prefix('[') {
                applies = SECTIONS.contains(&section.split(']').next().unwrap_or_default().trim());
            } else if applies && !line.is_empty() && !line.starts_with(['#', ';']) {
                let (key, value) = line.split_once('=').unwrap_or((line, ""));
                let key = key.trim().replace('_', "-");
                self.0.insert(key.strip_prefix("loose-").unwrap_or(&key).to_owned(), unquote(value.trim()));
            }
        }
    }
}

/// MySQL's client leaves a file alone into which everybody may write; so does guard.
#[cfg(unix)]
fn is_ours(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o002 == 0)
}

#[cfg(not(unix))]
fn is_ours(file: &Path) -> bool {
    file.is_file()
}

/// A value without its quotes, or without the comment behind it; `\s` is a blank.
fn unquote(value: &str) -> String {
    let quoted = ['"', '\''].into_iter().find_map(|quote| {
        let (inner, _) = value.strip_prefix(quote)?.rsplit_once(quote)?;
        Some(inner)
    });
    let value = quoted.unwrap_or_else(|| value.split(" #").next().unwrap_or_default().trim_end());
    let mut plain = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('b') => plain.push('\u{8}'),
            Some('s') => plain.push(' '),
            Some(same @ ('\\' | '"' | '\'')) => plain.push(same),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_for_clients_counts_and_the_last_word_wins() {
        let mut options = Options::default();
        let text = "[mysqld]\nuser=mysql\n[client]\n# a comment\nuser = app\npassword=\"hun#t\\\"er 2\"\nssl_ca=/ca # mine\n\
                    skip-ssl\n[mysqldump]\nuser=dump\n[client-server]\r\nport = 3307\r\nuser=later\n";
        options.text(text, 0);
        let expected = [
            ("user", "later"),
            ("password", "hun#t\"er 2"),
            ("ssl-ca", "/ca"),
            ("skip-ssl", ""),
            ("port", "3307"),
        ];
        for (name, value) in expected {
            assert_eq!(options.get(name), Some(value), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn files_are_included_but_not_forever_and_not_if_everybody_may_write_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        std::fs::create_dir(path("more")).unwrap();
        let own = format!("!include {}\n!includedir {}\n", path(".my.cnf").display(), path("more").display());
        std::fs::write(path(".my.cnf"), own).unwrap();
        std::fs::write(path("more/a.cnf"), "[client]\nuser=a\n").unwrap();
        std::fs::write(path("more/b.txt"), "[client]\nuser=b\n").unwrap();
        std::fs::write(path("more/c.cnf"), "[client]\nuser=c\n").unwrap();
        std::fs::set_permissions(path("more/c.cnf"), std::fs::Permissions::from_mode(0o666)).unwrap();
        let mut options = Options::default();
        options.file(&path(".my.cnf"), 0);
        assert_eq!(options.get("user"), Some("a"));
    }
}
