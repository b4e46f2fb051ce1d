//! Ledgers that the real tools made, kept as statements under `tests/tools`, in the states of a repository: what guard
//! says of each, and whether it agrees, row by row, with what the tool's own command said. `tests/tools/make.sh` makes
//! them anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use migguard::model::Late;
use migguard::tools::Tool;
use regex::Regex;
use serde::Deserialize;

use crate::support::{TestRepo, mysql, postgres};

/// The names of the three migrations, in each file's path.
const NAMES: [&str; 3] = ["one", "two", "three"];

/// The states: the ledger that was kept, what is committed, what the commit is to have (`edited`: a word of the first one
/// changed; `failing`: the third one as it failed).
pub(crate) const STATES: [State; 9] = [
    State { name: "clean", ledger: "clean", committed: "123", staged: "123" },
    State { name: "clean, with CRLF", ledger: "clean", committed: "123", staged: "crlf" },
    State { name: "applied with CRLF", ledger: "crlf", committed: "123", staged: "123" },
    State { name: "pending", ledger: "pending", committed: "123", staged: "123" },
    State { name: "edited", ledger: "clean", committed: "123", staged: "edited" },
    State { name: "deleted", ledger: "clean", committed: "123", staged: "12" },
    State { name: "failed", ledger: "failed", committed: "failing", staged: "failing" },
    State { name: "late", ledger: "late", committed: "13", staged: "123" },
    State { name: "late-migrated", ledger: "late-migrated", committed: "123", staged: "123" },
];

/// See [`STATES`].
pub(crate) struct State {
    pub(crate) name: &'static str,
    ledger: &'static str,
    committed: &'static str,
    staged: &'static str,
}

/// The kinds of database that are read here: as the files are called, and for people. Each has a test below.
pub(crate) const KINDS: [(&str, &str); 3] =
    [("sqlite", "SQLite"), ("postgres", "PostgreSQL"), ("mariadb", "MariaDB")];

/// A folder of `tests/tools`.
pub(crate) struct Kept {
    /// Its name.
    pub(crate) name: String,
    folder: PathBuf,
    /// Its `tool.toml`.
    pub(crate) about: About,
}

/// `tool.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    /// The tool's id, where the folder is not called so.
    tool: Option<String>,
    /// The directory of the migrations.
    dir: String,
    /// How to read what the tool's own command says.
    pub(crate) status: Option<Status>,
    /// What guard says where it is not what [`expected`] says: by state, or by kind and state (`mariadb failed`).
    #[serde(default)]
    findings: BTreeMap<String, Vec<String>>,
    /// Why the tool's own command is not right about a row, by state and name (`failed three`),
    /// perhaps with the kind before it.
    #[serde(default)]
    pub(crate) disagrees: BTreeMap<String, String>,
}

/// Expressions for the lines in which a migration stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Status {
    /// As people type it.
    pub(crate) command: String,
    applied: Option<String>,
    pending: Option<String>,
    edited: Option<String>,
    failed: Option<String>,
    missing: Option<String>,
    /// They are found in lines above those with the names.
    #[serde(default)]
    headings: bool,
    /// What is true of a migration that is not named.
    unnamed: Option<String>,
    /// What it calls them, where that is neither their name nor a time.
    names: Option<[String; 3]>,
}

/// All folders with a recipe.
pub(crate) fn all() -> Vec<Kept> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("recipe.sh").exists())
        .collect();
    folders.sort();
    let kept = folders.into_iter().map(|folder| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let text =
            fs::read_to_string(folder.join("tool.toml")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let about = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Kept { name, folder, about }
    });
    kept.collect()
}

impl Kept {
    pub(crate) fn tool(&self) -> Tool {
        let name = self.about.tool.as_ref().unwrap_or(&self.name);
        Tool::find(name, &BTreeMap::new()).unwrap()
    }

    /// The text of a file beside the recipe.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }

    /// The ledger in a state, as statements; `None` where the tool cannot get there.
    pub(crate) fn statements(&self, kind: &str, ledger: &str) -> Option<String> {
        section(&self.text(&format!("{kind}.sql"))?, "-- == ", ledger)
    }

    /// Lets the work tree have these migrations, and what belongs to them, as `make.sh` does.
    fn put(&self, repo: &TestRepo, kind: &str, which: &str) {
        let numbers = if matches!(which, "failing" | "edited" | "crlf") { "123" } else { which };
        for path in below(&self.folder.join("files")) {
            let number = NAMES.iter().position(|name| path.contains(name)).map(|at| (at + 1).to_string());
            if number.is_none_or(|number| numbers.contains(&number)) {
                repo.write(&path, fs::read(self.folder.join("files").join(&path)).unwrap());
            } else {
                let _ = fs::remove_file(repo.path().join(&path));
            }
        }
        for extra in [format!("with/{numbers}"), format!("with/{which}"), format!("on/{kind}")] {
            for path in below(&self.folder.join(&extra)) {
                repo.write(&path, fs::read(self.folder.join(&extra).join(&path)).unwrap());
            }
        }
        if which == "edited" {
            let path = repo.path().join(self.path_of("one"));
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains("INTEGER"), "{}: nothing to edit", self.name);
            fs::write(&path, text.replace("INTEGER", "BIGINT")).unwrap();
        }
    }

    /// The path of a migration.
    fn path_of(&self, name: &str) -> String {
        let paths = below(&self.folder.join("files")).into_iter();
        let mut paths = paths.filter(|path| path.contains(name) && !path.contains("rollback"));
        paths.find(|path| !path.ends_with("down.sql")).unwrap()
    }

    /// A repository and a database in this state; `None` where the tool cannot get there.
    fn scene(&self, kind: &str, state: &State, servers: &mut BTreeMap<String, String>) -> Option<TestRepo> {
        let statements = self.statements(kind, state.ledger)?;
        let repo = TestRepo::new();
        // guard only reads: a database on a server serves for several states.
        let url = match servers.get(state.ledger) {
            Some(url) => url.clone(),
            None => load(kind, &statements, &repo),
        };
        if kind != "sqlite" {
            servers.insert(state.ledger.to_owned(), url.clone());
        }
        repo.write(".gitignore", "dev.db*\n");
        repo.write(
            "guard.toml",
            format!(
                "[[migrations]]\ntool = \"{}\"\ndir = \"{}\"\n\n[databases.dev]\nurl = \"{url}\"\nrequired = true\n\
                 timeout = \"20s\"\nat = [\"commit\"]\n\n[rules]\npending-migration = \"warn\"\n",
                self.tool().name(),
                self.about.dir
            ),
        );
        self.put(&repo, kind, state.committed);
        repo.git(&["add", "."]);
        repo.git(&["commit", "-q", "-m", "migrations"]);
        self.put(&repo, kind, state.staged);
        if state.staged == "crlf" {
            repo.git(&["config", "core.autocrlf", "true"]);
            for path in below(&self.folder.join("files")) {
                fs::remove_file(repo.path().join(path)).unwrap();
            }
            repo.git(&["checkout", "-q", "--", "."]);
        }
        repo.write("code", "a change elsewhere\n");
        repo.git(&["add", "-A"]);
        Some(repo)
    }

    /// Whether the tool can get into this state there.
    pub(crate) fn has(&self, kind: &str, state: &State) -> bool {
        self.statements(kind, state.ledger).is_some()
    }

    /// The rules that must speak.
    pub(crate) fn expected(&self, kind: &str, state: &str) -> Vec<String> {
        let given = self.about.findings.get(&format!("{kind} {state}"));
        if let Some(rules) = given.or_else(|| self.about.findings.get(state)) {
            return rules.clone();
        }
        let facts = self.tool().facts();
        let stored = self.tool().checksum_name().is_some();
        let rules: &[&str] = match state {
            "pending" | "failed" => &["pending-migration"],
            // A checksum over the bytes that the tool compares; Prisma accepts both.
            "applied with CRLF" if facts.keeps_checksum && !facts.blind_to_line_endings => {
                &["checksum-mismatch"]
            }
            // What the ledger proves is not said a second time.
            "edited" if stored => &["checksum-mismatch"],
            "edited" => &["edited-migration"],
            "deleted" => &["applied-but-absent", "deleted-migration"],
            "late" => &["out-of-order-migration"],
            // What was refused or passed over is still to be done; what was run stands behind its successor.
            "late-migrated" if facts.late != Late::Runs => &["pending-migration"],
            "late-migrated" => &["applied-out-of-order"],
            _ => &[],
        };
        rules.iter().map(|rule| (*rule).to_owned()).collect()
    }

    /// What the tool's own command said in a state: word for word.
    pub(crate) fn said(&self, kind: &str, state: &str) -> Option<String> {
        section(&self.text(&format!("{kind}.status"))?, "== ", state)
    }
}

impl Status {
    /// What it says of a migration.
    fn of(&self, text: &str, row: &Regex) -> Option<String> {
        let states = [
            ("edited", &self.edited),
            ("failed", &self.failed),
            ("missing", &self.missing),
            ("pending", &self.pending),
            ("applied", &self.applied),
        ];
        let mut heading = None;
        for line in text.split('\n') {
            let state = states.iter().find(|(_, expression)| {
                expression.as_ref().is_some_and(|expression| Regex::new(expression).unwrap().is_match(line))
            });
            let state = state.map(|(state, _)| (*state).to_owned());
            if self.headings && state.is_some() {
                heading.clone_from(&state);
            }
            if row.is_match(line) {
                let state = if self.headings { heading } else { state };
                return Some(state.unwrap_or_else(|| panic!("what does this line say? {line}")));
            }
        }
        self.unnamed.clone()
    }
}

/// How a migration stands in a table: its name as a word of its own, which digits and underscores may touch, or its
/// number, where that is a time.
fn row_of(name: &str, path: &str) -> Regex {
    let some: Vec<String> =
        name.chars().map(|letter| format!("[{letter}{}]", letter.to_ascii_uppercase())).collect();
    let word = format!("(?:^|[^A-Za-z]){}(?:[^A-Za-z]|$)", some.concat());
    let part = path.split('/').find(|part| part.contains(name)).unwrap();
    let number = part.chars().skip_while(|letter| !letter.is_ascii_digit());
    let number = number.take_while(|letter| letter.is_ascii_digit() || matches!(letter, '-' | '_'));
    let number: String = number.filter(char::is_ascii_digit).collect();
    // A time says which one it is; a smaller number might be another.
    let number = if number.len() < 14 { String::new() } else { format!("|(?:^|[^0-9]){number}(?:[^0-9]|$)") };
    Regex::new(&format!("{word}{number}")).unwrap()
}

/// What `guard status` says of a migration, in the tools' words.
fn view(table: &str, row: &Regex) -> String {
    let line = table.split('\n').find(|line| row.is_match(line));
    let line = line.unwrap_or_else(|| panic!("no row with {row}:\n{table}"));
    let state = match line {
        line if line.contains(" absent ") => "missing",
        line if line.ends_with("other text") => "edited",
        line if line.ends_with("pending") => "pending",
        line if line.ends_with("failed") => "failed",
        line if line.contains(" applied") => "applied",
        _ => panic!("what does this line say? {line}"),
    };
    state.to_owned()
}

/// A part of a text: from its heading to the next one.
fn section(text: &str, mark: &str, name: &str) -> Option<String> {
    let mut lines = text
        .split('\n')
        .skip_while(|line| line.strip_prefix(mark).is_none_or(|found| found.split(':').next() != Some(name)));
    lines.next()?;
    Some(lines.take_while(|line| !line.starts_with(mark)).map(|line| format!("{line}\n")).collect())
}

/// The paths of all files below a directory, from there.
fn below(dir: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => waiting.push(path),
                path => paths.push(path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    paths.sort();
    paths
}

/// Makes the database, and says where it is.
pub(crate) fn load(kind: &str, statements: &str, repo: &TestRepo) -> String {
    match kind {
        "sqlite" => {
            let connection = rusqlite::Connection::open(repo.path().join("dev.db")).unwrap();
            connection
                .execute_batch(&format!("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;\n{statements}"))
                .unwrap();
            "sqlite:dev.db".to_owned()
        }
        "mariadb" => {
            let server = mysql::Server::shared();
            let name = server.create();
            server.run(&name, &format!("SET foreign_key_checks = 0;\n{statements}"));
            server.socket_url("root", &name)
        }
        _ => {
            let server = postgres::Server::shared();
            let name = server.create();
            server.admin(&name).run(statements);
            server.socket_url("postgres", &name)
        }
    }
}

/// One tool on one kind of database, in all states.
fn every_state(kept: &Kept, kind: &str, wrong: &mut Vec<String>) {
    let mut servers = BTreeMap::new();
    for state in &STATES {
        let Some(repo) = kept.scene(kind, state, &mut servers) else {
            let may = state.ledger.starts_with("late") || state.ledger == "crlf";
            assert!(may, "{} on {kind} was not kept in the state {}", kept.name, state.ledger);
            continue;
        };
        let at = format!("{} on {kind}, {}", kept.name, state.name);
        let found = repo.guard(&["check", "--format", "json"]).rules();
        let expected = kept.expected(kind, state.name);
        if found != expected {
            wrong.push(format!("{at}: {found:?} and not {expected:?}"));
        }
        let Some(status) = &kept.about.status else { continue };
        let Some(said) = kept.said(kind, state.name) else { continue };
        let table = repo.guard(&["status", "--all"]).out();
        for (number, name) in NAMES.iter().enumerate() {
            let row = match &status.names {
                Some(names) => Regex::new(&names[number]).unwrap(),
                None => row_of(name, &kept.path_of(name)),
            };
            let (guard, tool) = (view(&table, &row), status.of(&said, &row));
            let agree = match (&*guard, tool.as_deref()) {
                // Few tools show what has no file.
                ("missing", Some("applied" | "missing") | None) => true,
                (guard, Some(tool)) => guard == tool,
                (_, None) => false,
            };
            let of = |what: &str| kept.about.disagrees.contains_key(&format!("{what} {name}"));
            let excused = of(state.name) || of(&format!("{kind} {}", state.name));
            if agree == excused {
                wrong.push(format!("{at}: {name} is {guard} to guard and {tool:?} to {}", status.command));
            }
        }
    }
}

fn on(kind: &str) {
    let mut wrong = Vec::new();
    let mut tools = 0;
    for kept in all().iter().filter(|kept| kept.text(&format!("{kind}.sql")).is_some()) {
        every_state(kept, kind, &mut wrong);
        tools += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tools > 5, "only {tools} tools");
}

#[test]
fn on_sqlite() {
    on("sqlite");
}

#[test]
fn on_postgres() {
    on("postgres");
}

#[test]
fn on_mariadb() {
    on("mariadb");
}

/// A database that nobody has touched but its tool has the schema that its migrations make: nothing is said, and something
/// was compared. Returns how many were looked at.
fn schemas(kind: &str) -> usize {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for kept in all().iter().filter(|kept| kept.tool().scripts().is_some()) {
        let mut servers = BTreeMap::new();
        for state in STATES.iter().filter(|state| ["123", "13"].contains(&state.committed)) {
            // A replay on a server takes a second, and the schema is the same in all states of one ledger.
            if kind != "sqlite" && !["clean", "late-migrated"].contains(&state.name) {
                continue;
            }
            let Some(repo) = kept.scene(kind, state, &mut servers) else { continue };
            let report = repo.guard(&["audit", "dev", "--format", "json"]);
            let about_schema = |rule: &String| {
                migguard::rules::find(rule)
                    .is_some_and(|rule| matches!(rule.check, migguard::rules::Check::Schema(_)))
            };
            let found: Vec<String> = report.rules().into_iter().filter(about_schema).collect();
            let compared = !report.out().contains("\"objects\": 0");
            if !found.is_empty() || !compared {
                let at = format!("{} on {kind}, {}", kept.name, state.name);
                wrong.push(format!("{at}: {found:?}, compared: {compared}\n{}", report.out()));
            }
            looked_at += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    looked_at
}

#[test]
fn schemas_on_sqlite() {
    let looked_at = schemas("sqlite");
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn schemas_on_postgres() {
    let looked_at = schemas("postgres");
    assert!(looked_at > 8, "{looked_at}");
}

#[test]
fn schemas_on_mariadb() {
    let looked_at = schemas("mariadb");
    assert!(looked_at > 8, "{looked_at}");
}
