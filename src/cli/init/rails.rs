//! `config/database.yml` of Rails: the server that `development` means, as far as the file says it by itself.
//!
//! The file is YAML made by a template. This reads maps, anchors and merges, which is what such files have; of what the
//! template computes it takes the default where one stands in plain words, and says so.

use std::fmt::Write as _;

/// A server that the file names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Without a password.
    pub(super) url: Place,
    /// What was not taken as it stands, as the end of a sentence; or nothing.
    pub(super) remark: String,
}

/// How the file gives the address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Part by part, or as a URL.
    Url(String),
    /// By an environment variable.
    Variable(String),
}

/// Merges within merges: more is a circle.
const DEEPEST: usize = 8;

/// A line: its depth by key, and its value.
struct Entry {
    path: Vec<String>,
    value: String,
}

/// The database of `development`, if it is a server's. With several databases it is the primary one.
pub(super) fn database(text: &str) -> Option<Named> {
    let entries = entries(text);
    let under = |key: &str| vec!["development".to_owned(), key.to_owned()];
    let nested = entries.iter().find(|entry| entry.path.len() == 3 && entry.path[0] == "development");
    let base = match nested {
        _ if entries.iter().any(|entry| entry.path == under("primary")) => under("primary"),
        Some(entry) => entry.path[..2].to_vec(),
        None => under("").into_iter().take(1).collect(),
    };
    let mut reader = Reader { entries: &entries, base, defaults: Vec::new(), left_out: Vec::new() };
    let raw = reader.raw("url", &reader.base.clone(), 0);
    let url = match raw {
        Some(url) if url.contains("<%") => Place::Variable(variable(url)?),
        // The password of a URL would stand in guard.toml.
        Some(url) => Place::Url(without_password(url)?),
        None => Place::Url(reader.parts()?),
    };
    Some(Named { url, remark: reader.remark() })
}

struct Reader<'a> {
    entries: &'a [Entry],
    base: Vec<String>,
    defaults: Vec<&'static str>,
    left_out: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// The value of a key as it stands, also through merges.
    fn raw(&self, key: &str, base: &[String], depth: usize) -> Option<&'a str> {
        let below = |entry: &&Entry| entry.path.split_last().is_some_and(|(_, parent)| parent == base);
        let last = |entry: &Entry| entry.path.last().cloned().unwrap_or_default();
        let own = self.entries.iter().filter(below).rfind(|entry| last(entry) == key);
        if let Some(own) = own {
            return Some(&own.value).filter(|value| !value.is_empty()).map(String::as_str);
        }
        let merged = self.entries.iter().filter(below).find(|entry| last(entry) == "<<")?;
        let anchor = merged.value.strip_prefix('*').filter(|_| depth < DEEPEST)?;
        let anchored = self.entries.iter().find(|entry| entry.value.strip_prefix('&') == Some(anchor))?;
        self.raw(key, &anchored.path, depth + 1)
    }

    /// The value of a key in plain words.
    fn value(&mut self, key: &'static str) -> Option<String> {
        let raw = self.raw(key, &self.base, 0)?;
        if !raw.contains("<%") {
            return Some(raw.to_owned());
        }
        let default = default(raw);
        if default.is_some() { &mut self.defaults } else { &mut self.left_out }.push(key);
        default
    }

    fn parts(&mut self) -> Option<String> {
        let adapter = self.value("adapter")?;
        let scheme =
            ["mysql2", "trilogy", "postgresql", "postgis"].into_iter().find(|known| *known == adapter)?;
        let mysql = matches!(scheme, "mysql2" | "trilogy");
        let mut url = format!("{scheme}://");
        if let Some(user) = self.value("username").or_else(|| self.value("user")) {
            write!(url, "{}@", encoded(&user)).ok()?;
        }
        let host = self.value("host").or_else(|| mysql.then(|| "localhost".to_owned())).unwrap_or_default();
        let socket = self.value("socket").filter(|_| mysql);
        url.push_str(&if host.starts_with('/') { encoded(&host) } else { host });
        if let Some(port) = self.value("port") {
            write!(url, ":{port}").ok()?;
        }
        write!(url, "/{}", encoded(&self.value("database")?)).ok()?;
        if let Some(socket) = socket {
            write!(url, "?socket={}", encoded(&socket)).ok()?;
        }
        Some(url)
    }

    fn remark(&self) -> String {
        let mut remark = String::new();
        for (keys, what) in [
            (&self.defaults, "computed there, and its default was taken"),
            (&self.left_out, "computed there, and was left out"),
        ] {
            for key in keys {
                write!(remark, "; {key} is {what}").expect("a string can be written to");
            }
        }
        if self.raw("password", &self.base, 0).is_some() {
            remark.push_str("; the password stays where it is: guard takes one from the environment or the home directory");
        }
        remark
    }
}

/// The keys and values of nested maps, with the keys above them.
fn entries(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut above: Vec<(usize, String)> = Vec::new();
    for line in text.split('\n') {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        let Some((key, value)) = content.split_once(':') else { continue };
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-<".contains(&byte));
        if !plain || key.is_empty() || content.starts_with("<%") || above.len() > DEEPEST {
            continue;
        }
        while above.last().is_some_and(|(outer, _)| *outer >= indent) {
            above.pop();
        }
        above.push((indent, key.to_owned()));
        let path = above.iter().map(|(_, key)| key.clone()).collect();
        entries.push(Entry { path, value: scalar(value.trim()) });
    }
    entries
}

/// A value without its quotes and without the comment behind it.
fn scalar(value: &str) -> String {
    for quote in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|rest| rest.rsplit_once(quote)) {
            return inner.to_owned();
        }
    }
    let end = if value.starts_with('#') { Some(0) } else { value.find(" #") };
    value[..end.unwrap_or(value.len())].trim_end().to_owned()
}

/// The plain words after the name of the variable: `ENV.fetch("X") { "here" }`, `ENV["X"] || "here"`.
fn default(raw: &str) -> Option<String> {
    let (_, after) = raw.split_once("ENV")?;
    let (_, after) = after.split_once([')', ']', ','])?;
    let inner = after.trim_start_matches([' ', '{', '|', ',']);
    let end = inner.find([' ', '}', ')', '%'])?;
    let word = inner[..end].trim_matches(['"', '\'']);
    let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte));
    (plain && !word.is_empty()).then(|| word.to_owned())
}

/// The name in `<%= ENV["X"] %>`.
fn variable(raw: &str) -> Option<String> {
    let (_, after) = raw.split_once("ENV")?;
    let name = after.split(['"', '\'']).nth(1)?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && !name.is_empty()).then(|| name.to_owned())
}

/// A URL that may stand in guard.toml; nothing where it cannot be told what the password is.
fn without_password(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if rest.contains('?') && rest.to_ascii_lowercase().contains("password") {
        return None;
    }
    let Some((user, place)) = rest.rsplit_once('@') else { return Some(url.to_owned()) };
    let user = user.split(':').next().unwrap_or_default();
    Some(format!("{scheme}://{user}@{place}"))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let each = text
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> (String, String) {
        let named = database(text).unwrap();
        let url = match named.url {
            Place::Url(url) => url,
            Place::Variable(name) => format!("${name}"),
        };
        (url, named.remark)
    }

    #[test]
    fn the_file_that_rails_writes() {
        let text = "# MySQL.\ndefault: &default\n  adapter: mysql2\n  encoding: utf8mb4\n\
                    \x20 pool: <%= ENV.fetch(\"RAILS_MAX_THREADS\") { 5 } %>\n  username: root\n  password:\n\
                    \x20 socket: /run/mysqld/mysqld.sock # here\n\ndevelopment:\n  <<: *default\n  database: shop_development\n\n\
                    test:\n  <<: *default\n  database: shop_test\n";
        let (url, remark) = url(text);
        assert_eq!(url, "mysql2://root@localhost/shop_development?socket=%2Frun%2Fmysqld%2Fmysqld.sock");
        assert_eq!(remark, "");
    }

    #[test]
    fn what_is_computed_is_left_out_or_has_its_default() {
        let text = "development:\n  adapter: trilogy\n  host: <%= ENV.fetch('DB_HOST') { '127.0.0.1' } %>\n\
                    \x20 port: <%= ENV['DB_PORT'] || 3307 %>\n  username: <%= secrets.user %>\n  password: hunter2\n\
                    \x20 database: \"shop dev\"\n";
        let (url, remark) = url(text);
        assert_eq!(url, "trilogy://127.0.0.1:3307/shop%20dev");
        assert!(remark.contains("; host is computed there, and its default was taken"), "{remark}");
        assert!(remark.contains("; username is computed there, and was left out"), "{remark}");
        assert!(remark.contains("; the password stays") && !remark.contains("hunter2"), "{remark}");
    }

    #[test]
    fn urls_variables_and_several_databases() {
        let text = "development:\n  url: <%= ENV['SHOP_URL'] %>\n";
        assert_eq!(url(text).0, "$SHOP_URL");
        let text = "development:\n  url: mysql2://app:hunter2@host/shop\n";
        assert_eq!(url(text).0, "mysql2://app@host/shop");
        let text = "development:\n  primary:\n    adapter: postgresql\n    database: shop\n  animals:\n    adapter: mysql2\n    database: zoo\n";
        assert_eq!(url(text).0, "postgresql:///shop");
        for text in [
            "",
            "production:\n  adapter: mysql2\n  database: shop\n",
            "development:\n  adapter: sqlite3\n  database: storage/development.sqlite3\n",
            "development:\n  adapter: mysql2\n  database: <%= name %>\n",
            "a: &a\n  <<: *a\ndevelopment:\n  <<: *a\n",
        ] {
            assert_eq!(database(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "((development|default|url|adapter|password|host):|  |\n|mysql2|&a|\\*a|<<: |<%=|ENV|[\"'){},]|\\PC){0,40}") {
            let _ = database(&text);
        }

        #[test]
        fn a_password_never_gets_into_a_url(
            user in "[a-z]{1,5}", before in "[a-z:/?#@&=;%]{0,4}", after in "[a-z:/?#@&=;%]{0,4}", url_style in any::<bool>(),
        ) {
            let secret = format!("{before}HUNTER2{after}");
            let text = if url_style {
                format!("development:\n  url: mysql2://{user}:{secret}@host/db\n")
            } else {
                format!("development:\n  adapter: mysql2\n  username: {user}\n  password: {secret}\n  database: db\n")
            };
            if let Some(named) = database(&text) {
                prop_assert!(!format!("{named:?}").contains("HUNTER2"), "{named:?}");
            }
        }
    }
}
