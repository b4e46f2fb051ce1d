//! The plan of the house, held against the source: who may use whom, which crate is known where, who may print,
//! how long a file may be, that lists equal folders, and that no machine's path and no secret is in the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may use whom (see `src/lib.rs`). `main` and `lib` are left out: they only name the modules.
const MODULES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("git", &["model"]),
    ("db", &["model"]),
    ("journal", &["model"]),
    ("lock", &["model"]),
    ("tools", &["model", "git", "db"]),
    ("services", &["model"]),
    ("rules", &["model"]),
    ("expected", &["model", "db"]),
    ("drift", &["model", "db", "expected"]),
    ("config", &["model", "db", "tools", "services", "rules"]),
    (
        "gather",
        &[
            "model", "git", "db", "journal", "lock", "tools", "services", "rules", "config", "expected",
            "drift",
        ],
    ),
    ("check", &["model", "rules", "config"]),
    ("report", &["model", "rules", "config"]),
    (
        "cli",
        &[
            "model", "git", "db", "journal", "lock", "tools", "services", "rules", "config", "gather",
            "check", "report",
        ],
    ),
];

/// Where each crate of Cargo.toml may be known: the beginnings of paths below `src`.
const CRATES: &[(&str, &[&str])] = &[
    ("compact_str", &["model/names"]),
    ("smallvec", &["model/names"]),
    ("git2", &["git/"]),
    ("gix-index", &["git/"]),
    ("gix-object", &["git/library"]),
    ("libz-sys", &[]),
    ("sha2", &["lock", "tools/checksum", "db/postgres/tls", "db/mysql/login", "gather/drift"]),
    ("siphasher", &["tools/checksum"]),
    ("md-5", &["tools/checksum"]),
    ("quick-xml", &["tools/liquibase/xml"]),
    ("saphyr-parser", &["tools/liquibase/yaml"]),
    ("sha1", &["tools/checksum", "db/mysql/login"]),
    ("crc32fast", &["tools/checksum", "journal/", "cli/hooks"]),
    ("rusqlite", &["db/", "expected/", "cli/demo/database", "cli/drill/"]),
    ("tokio-postgres", &["db/postgres"]),
    ("tokio", &["db/"]),
    ("futures-util", &["db/postgres"]),
    ("tokio-rustls", &["db/tls", "db/postgres/tls", "services/network"]),
    ("rustls-native-certs", &["db/tls", "services/network"]),
    ("whoami", &["db/postgres/settings", "db/mysql/settings"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/completions"]),
    ("clap_mangen", &["cli/completions"]),
    ("serde", &["config/", "tools/", "report/json"]),
    ("toml", &["config/", "tools/"]),
    ("serde_json", &["report/json", "git/ci", "tools/", "expected/record"]),
    ("regex", &["tools/"]),
    ("memchr", &["model/names", "tools/names"]),
    ("colored", &["report/human", "cli/"]),
    ("textwrap", &["report/human", "cli/stream"]),
    ("comfy-table", &["cli/"]),
    ("tempfile", &["journal/", "db/", "cli/", "expected/"]),
    (
        "jiff",
        &["config/", "tools/matching", "tools/names", "gather/mod", "gather/history", "gather/remembered"],
    ),
    ("rustix", &["git/process", "services/warden", "services/standins", "expected/keeper"]),
    ("semver", &["config/"]),
    ("glob", &["config/", "check", "gather/databases", "cli/config"]),
    ("dotenvy", &["config/", "cli/init/"]),
    ("strsim", &["config/", "tools/"]),
    ("thiserror", &["expected/", "config/", "git/", "tools/", "db/", "services/", "gather/"]),
];

/// What only one place may do: the words, and the places.
const PLACES: &[(&str, &[&str])] = &[
    ("println!", &[]),
    ("print!", &[]),
    ("eprintln!", &[]),
    ("eprint!", &[]),
    ("dbg!", &[]),
    ("process::exit", &[]),
    ("io::stdout()", &["cli/", "services/warden"]),
    ("io::stderr()", &["cli/", "services/warden"]),
    ("Command::new(", &["git/", "cli/spawn", "services/run", "services/warden", "expected/keeper"]),
    ("env::var", &["config/env", "git/"]),
    ("recv_timeout", &["gather/within", "git/process", "services/run", "services/warden", "cli/check"]),
];

/// The most lines of a file.
const LONGEST: usize = 600;

/// A file of the source: its path below `src`, and its text.
struct Source {
    path: String,
    text: String,
    /// The text without comments and without what is compiled for tests only.
    code: String,
}

impl Source {
    /// The module at the top of the tree to which it belongs.
    fn module(&self) -> &str {
        let end = self.path.find(['/', '.']).unwrap_or(self.path.len());
        &self.path[..end]
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a directory, sorted.
fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let files =
        files_below(&src).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let mut sources: Vec<Source> = files
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
            Source { path, code: code(&text), text }
        })
        .collect();
    let for_tests = test_files(&sources);
    sources.retain(|source| !for_tests.iter().any(|prefix| source.path.starts_with(prefix)));
    sources
}

/// What `#[cfg(test)] mod x;` names: the beginnings of paths.
fn test_files(sources: &[Source]) -> Vec<String> {
    let mut files = Vec::new();
    for source in sources {
        let dir = match source.path.strip_suffix("mod.rs") {
            Some(dir) => dir.to_owned(),
            None => format!("{}/", source.path.trim_end_matches(".rs")),
        };
        let mut parts = source.text.split("#[cfg(test)]\n");
        parts.next();
        for part in parts {
            let declared = part.split_once("mod ").and_then(|(_, rest)| rest.split_once([';', ' ']));
            files.extend(declared.map(|(name, _)| format!("{dir}{name}")));
        }
    }
    files
}

fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("//")).collect()
}

/// Each `name` in a text of code where a path begins: not within another word, path or file name.
fn begins_path<'a>(code: &'a str, name: &str) -> Vec<&'a str> {
    code.match_indices(&format!("{name}::"))
        .filter(|(at, _)| {
            !code[..*at].ends_with(|before: char| before.is_alphanumeric() || "_.:/".contains(before))
        })
        .map(|(at, _)| &code[at..])
        .collect()
}

/// The modules that a text of code names by `crate::`, also in braces.
fn used(code: &str) -> BTreeSet<String> {
    let word = |text: &str| -> String {
        text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let mut used = BTreeSet::new();
    for path in begins_path(code, "crate") {
        let rest = &path["crate::".len()..];
        match rest.strip_prefix('{') {
            None => drop(used.insert(word(rest))),
            Some(list) => {
                let mut depth = 0;
                for part in list.split_inclusive([',', '{', '}']) {
                    let name = word(part.trim());
                    if depth == 0 && !name.is_empty() {
                        used.insert(name);
                    }
                    depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
                    if depth < 0 {
                        break;
                    }
                }
            }
        }
    }
    used
}

#[test]
fn each_module_uses_only_those_below_it() {
    let allowed: BTreeMap<_, _> = MODULES.iter().copied().collect();
    let mut broken = String::new();
    for source in sources().iter().filter(|source| !matches!(&*source.path, "main.rs" | "lib.rs")) {
        let module = source.module();
        let Some(allowed) = allowed.get(module) else {
            writeln!(
                broken,
                "src/{}: the module {module} is not in the table of tests/architecture.rs",
                source.path
            )
            .unwrap();
            continue;
        };
        for other in used(&source.code) {
            if other != module && !allowed.contains(&&*other) {
                writeln!(broken, "src/{}: {module} may use {allowed:?} and not {other}", source.path)
                    .unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn the_table_is_one_way_and_stands_in_the_documentation() {
    let mut below: Vec<&str> = Vec::new();
    let page = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for (module, uses) in MODULES {
        assert!(
            uses.iter().all(|other| below.contains(other)),
            "{module} uses what stands below it in the table"
        );
        below.push(module);
        let sentence = match uses {
            [] => format!("//! | `{module}` | nothing |"),
            uses => format!("//! | `{module}` | `{}` |", uses.join("`, `")),
        };
        assert!(page.contains(&sentence), "src/lib.rs lacks: {sentence}");
    }
}

#[test]
fn each_crate_is_known_where_it_belongs() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let dependencies = manifest.split("\n[dependencies]\n").nth(1).unwrap();
    let dependencies = dependencies.split("\n[dev-dependencies]").next().unwrap();
    let declared: BTreeSet<&str> = dependencies
        .split('\n')
        .filter(|line| !line.starts_with(['#', '[']))
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    let known: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    assert_eq!(declared, known, "the table of tests/architecture.rs names all dependencies");
    let mut broken = String::new();
    for source in sources() {
        for (name, places) in CRATES {
            let used = !begins_path(&source.code, &name.replace('-', "_")).is_empty();
            if used && !places.iter().any(|place| source.path.starts_with(place)) {
                writeln!(broken, "src/{}: {name} belongs to {places:?}", source.path).unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn what_one_place_does_no_other_does() {
    let mut broken = String::new();
    for source in sources() {
        for (words, places) in PLACES {
            let found = source.code.match_indices(words).any(|(at, _)| {
                !source.code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
            });
            if found && !places.iter().any(|place| source.path.starts_with(place)) {
                writeln!(broken, "src/{}: {words} belongs to {places:?}", source.path).unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let files = ["src", "tests", "benches"].map(|dir| files_below(&root().join(dir))).concat();
    let rust = files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let long: Vec<_> =
        rust.filter(|path| fs::read_to_string(path).unwrap().split('\n').count() > LONGEST).collect();
    assert!(long.is_empty(), "more than {LONGEST} lines: {long:?}");
}

/// The stems of the files in a folder that end so, without `mod`.
fn stems(dir: &str, ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(root().join(dir)).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|stem| stem != "mod")
        .collect()
}

#[test]
fn lists_equal_folders() {
    let tools: BTreeSet<String> =
        migguard::tools::BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(tools, stems("src/tools", "toml"));
    let rules: BTreeSet<String> =
        migguard::rules::ALL.iter().map(|rule| rule.id.0.replace('-', "_")).collect();
    assert_eq!(rules, stems("src/rules", "md"));
    assert!(rules.is_subset(&stems("src/rules", "rs")));
    let formats: BTreeSet<String> =
        migguard::report::FORMATS.iter().map(|format| format.name.to_owned()).collect();
    assert!(formats.is_subset(&stems("src/report", "rs")));
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_guard")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help.split("\nCommands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    for name in commands.split('\n').filter_map(|line| line.strip_prefix("  ")?.split(' ').next()) {
        // Two pairs share a file.
        let stem = match name {
            "" | "help" => continue,
            "man" => "completions",
            "uninstall" => "install",
            name => name,
        };
        assert!(stems("src/cli", "rs").contains(stem), "the command {name} has no file src/cli/{stem}.rs");
    }
}

/// The files that git would ship.
fn tree() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match &*name {
            ".git" | "target" | "Cargo.lock" => {}
            _ if path.is_dir() => files.extend(files_below(&path)),
            _ => files.push(path),
        }
    }
    files
}

#[test]
fn the_program_knows_no_machine() {
    let homes = ["/home/", "/root/", "/work/", "/Users/", "/tmp/"];
    let mut broken = String::new();
    for source in sources() {
        for home in homes {
            // `{}/work/` is no such path: only where one begins.
            let begins = source.code.match_indices(home).any(|(at, _)| {
                !source.code[..at]
                    .ends_with(|before: char| before.is_alphanumeric() || "_-.}/".contains(before))
            });
            if begins {
                writeln!(broken, "src/{} names a path that begins with {home}", source.path).unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn no_secret_is_in_the_tree() {
    // Put together here, so that this file does not hold them.
    let secrets = [["-----BEGIN ", "PRIVATE KEY"], ["gh", "p_"], ["AK", "IA"], ["xox", "b-"]]
        .map(|parts| parts.concat());
    for file in tree() {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        for secret in &secrets {
            assert!(!text.contains(secret), "{} holds what looks like a secret: {secret}", file.display());
        }
    }
}

#[test]
fn what_a_text_uses_is_seen() {
    let text = "use crate::{git::{self, Tree}, model::Oid};\nfn f() -> crate::db::Cell { mycrate::x::y() }";
    assert_eq!(used(text).into_iter().collect::<Vec<_>>(), ["db", "git", "model"]);
    assert_eq!(begins_path("use toml::Value; a.toml::b; \"guard.toml::\"", "toml").len(), 1);
    let text = "a\n// crate::b\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}\n";
    assert!(used(&code(text)).is_empty());
}

#[test]
fn licences_are_there_and_every_console_block_is_run() {
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"] {
        assert!(
            fs::metadata(root().join(file)).is_ok_and(|file| file.len() > 500),
            "{file} is missing or empty"
        );
    }
    let played =
        |file: &Path| file == root().join("README.md") || file.starts_with(root().join("tests/scenarios"));
    for file in tree().iter().filter(|file| file.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(file).unwrap();
        for line in text.split('\n').filter(|line| line.starts_with("```console")) {
            assert!(line == "```console" && played(file), "{}: {line} is not run by a test", file.display());
        }
    }
}
