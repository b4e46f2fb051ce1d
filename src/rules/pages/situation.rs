//! The situation of an example: what the base, the candidate and the ledgers hold.
//!
//! ```text
//! tool: sqlx                        keys, one a line: see `Situation::set`
//! -- migrations/1_a.sql --          a file, the same in base and candidate; the lines below are its text
//! -- base migrations/2_b.sql --     only in the base;  `staged`: only in the candidate;  `landed`: on the protected
//!                                   branch since the merge base;  `work`: in the work tree, not staged
//! -- applied 1 = migrations/1_a.sql --    a row of the ledger: the text that was applied stands below, or is a file's
//! ```
//! -- seen 1 2026-02-01 timed --     the text that was first seen applied; `timed` where the row keeps its time
//! -- lock migrations/1_a.sql --     a line of guard.lock, with the text that is locked
//! -- check lint required exit status 3 --     a check and how it ended: `passed`, `skipped`, or how it failed; its output stands below
//! -- live --, -- old 1 --           what was run in the database; the older text of a version
//! -- dump db/schema.sql --          what the tool has written of the schema
//! `lock: conflict 3`, `lock: unreadable 3 is ...`, `lock: newer 2`, `lock: broken`: what is wrong with guard.lock itself.
//! `history: 2 | applied 1a2b3c4d | edited 5e6f7a8b` says what the history knows of the row of version 2: see `history`.
//! Words before the closing dashes: `crlf`, `bom`, `link` for a file; `crlf`, `failed`, `baseline`, `name=...` for a row.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::model::{
    AppliedMigration, Base, BlockingFact, Change, CheckFact, CheckOutcome, CommitFact, Content, Database,
    DebtFact, Dialect, Difference, Examined, Fact, Facts, Graph, History, Horizon, IgnoredFile, Ledger,
    LedgerState, LedgerStyle, Level, LineEndings, LockFile, LockState, Locked, Migration, MigrationSet,
    Moment, Nature, Need, Oid, Outcome, PastText, Rank, Remembered, RepoPath, SetLedger, SourceKind,
    StaleRecord, TableName, ToolFacts, UncheckedFact, Variant, Version, WaiverFact,
};

mod drift;
mod tools;

/// An example, ready to be judged.
pub(super) struct Situation {
    pub(super) facts: Facts,
    /// A level that the example sets.
    pub(super) level: Option<Level>,
}

/// What a database has instead of a ledger, or beside it: so many other tables, and other ledgers.
type Other = (Option<usize>, Vec<(TableName, String)>);

type Files = BTreeMap<String, (Arc<[u8]>, bool)>;

#[derive(Default)]
struct Parts<'a> {
    keys: Vec<(&'a str, &'a str)>,
    base: Files,
    candidate: Files,
    landed: Files,
    work: Files,
    rows: Vec<(Vec<&'a str>, Arc<[u8]>)>,
    seen: Vec<(Vec<&'a str>, Arc<[u8]>)>,
    lock: Vec<(Vec<&'a str>, Arc<[u8]>)>,
    checks: Vec<(Vec<&'a str>, Arc<[u8]>)>,
    live: drift::Live,
}

impl Situation {
    pub(super) fn read(example: &str) -> Self {
        let parts = Parts::read(example);
        let mut situation = Self { facts: facts(), level: None };
        let mut set = MigrationSet::default();
        let mut database = None;
        for (key, value) in &parts.keys {
            situation.set(key, value, &mut set, &mut database);
        }
        fill_set(&mut set, &parts);
        situation.facts.examined.migrations = set.candidate.len();
        if !parts.rows.is_empty() || database.is_some() {
            let (tables, strangers) = database.unwrap_or((None, Vec::new()));
            let table = tools::table(&set.tool.name);
            let state = match tables {
                Some(tables) => LedgerState::Absent { table, tables },
                None => LedgerState::Read(with_history(ledger(&set, &parts, table), &set, &parts)),
            };
            let drift = match &state {
                LedgerState::Read(ledger) => parts.live.drift(&set, ledger),
                LedgerState::Absent { .. } => Fact::NotAsked,
            };
            let ledgers = Fact::Known(vec![SetLedger { set: 0, state }]);
            let address = "sqlite:dev.db".to_owned();
            let dialect = Dialect::Sqlite;
            situation.facts.databases.push(Database {
                name: "dev".to_owned(),
                schema: None,
                address,
                need: Need::Optional,
                declared: Some(7),
                dialect,
                ledgers,
                drift,
                strangers,
            });
        }
        situation.facts.checks = parts.checks.iter().map(|(head, output)| run_check(head, output)).collect();
        situation.facts.lock = lock(&set, &parts);
        if !set.tool.name.is_empty() {
            situation.facts.sets.push(set);
        }
        situation
    }

    fn set(&mut self, key: &str, value: &str, set: &mut MigrationSet, database: &mut Option<Other>) {
        let word = |value: &str| {
            value.split_once(' ').map(|(one, rest)| (one.to_owned(), rest.to_owned())).expect("two words")
        };
        match key {
            "tool" => {
                set.name = "app".to_owned();
                set.tool = tools::facts(value);
                set.dir = RepoPath::from(tools::dir(value));
                set.base = Some("1a2b3c4d".to_owned());
            }
            "at" => {
                self.facts.moment = Moment::ALL.iter().find(|(name, _)| *name == value).expect("a moment").1;
            }
            "level" => {
                self.level = Some(Level::ALL.iter().find(|(name, _)| *name == value).expect("a level").1);
            }
            "stale" => set.stale.push(stale(value)),
            "conflict" => set.conflicted.push(RepoPath::from(value)),
            "line-endings" => {
                let (path, because) = word(value);
                set.unstable_line_endings.push(LineEndings { path: RepoPath::from(&*path), because });
            }
            "no-ledger" => {
                database.get_or_insert_default().0 = Some(value.parse().expect("a number of tables"));
            }
            "other-ledger" => {
                let (table, tool) = word(value);
                database.get_or_insert_default().1.push((TableName::plain(table), tool));
            }
            "unchecked" => self.facts.unchecked.push(unchecked(value)),
            "debt" => self.facts.debt = Some(debt(value)),
            "blocking" => self.facts.blocking.push(blocking(value)),
            "history" | "lock" => {} // with_history, lock
            "waiver" => self.facts.waivers.push(waiver(value)),
            _ => panic!("an unknown key: {key}"),
        }
    }

    /// Each ledger with its database and set.
    pub(super) fn ledgers(&self) -> impl Iterator<Item = (&Database, &MigrationSet, &SetLedger)> {
        self.facts.databases.iter().flat_map(move |database| {
            let ledgers = database.ledgers.known().into_iter().flatten();
            ledgers.map(move |ledger| (database, &self.facts.sets[ledger.set], ledger))
        })
    }
}

fn facts() -> Facts {
    Facts {
        moment: Moment::Commit,
        base: Base::default(),
        sets: Vec::new(),
        lock: None,
        databases: Vec::new(),
        services: Vec::new(),
        checks: Vec::new(),
        debt: None,
        blocking: Vec::new(),
        unchecked: Vec::new(),
        waivers: Vec::new(),
        today: "2026-03-01".to_owned(),
        examined: Examined::default(),
    }
}

/// `path | how it differs | touched | refuses`, of which the last two may be left out.
fn stale(value: &str) -> StaleRecord {
    let words: Vec<&str> = value.split(" | ").collect();
    StaleRecord {
        path: RepoPath::from(words[0]),
        because: words[1].to_owned(),
        refuses: words.contains(&"refuses"),
        touched: words.contains(&"touched"),
        published: false,
    }
}

/// `rule | scope | reason | until | used, unused or not judged`.
fn waiver(value: &str) -> WaiverFact {
    let [rule, scope, reason, until, used] = value.split(" | ").collect::<Vec<_>>()[..] else {
        panic!("{value}")
    };
    WaiverFact {
        rule: crate::rules::find(rule).expect("a rule").id,
        scope: scope.to_owned(),
        reason: reason.to_owned(),
        until: (until != "never").then(|| until.to_owned()),
        line: 12,
        used: usize::from(used == "used"),
        judged: used != "not judged",
        level: Level::Deny,
    }
}

/// `COMMIT | rule | what`.
fn unchecked(value: &str) -> UncheckedFact {
    let [id, rule, what] = value.split(" | ").collect::<Vec<_>>()[..] else { panic!("{value}") };
    let commit = CommitFact {
        id: Oid::from_hex(&id.repeat(5)).expect("eight digits"),
        author: "Ada".to_owned(),
        date: "2026-02-20".to_owned(),
        subject: "quick fix".to_owned(),
    };
    UncheckedFact { commit, breaks: vec![(rule.to_owned(), what.to_owned())] }
}

/// `COMMITS SECONDS NAME ...`.
fn debt(value: &str) -> DebtFact {
    let [commits, seconds, names @ ..] = &value.split(' ').collect::<Vec<_>>()[..] else { panic!("{value}") };
    DebtFact {
        commits: commits.parse().expect("a number"),
        oldest: std::time::Duration::from_secs(seconds.parse().expect("a number")),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// `service|database NAME LINE ASKED DOWN BLOCKED SECONDS`.
fn blocking(value: &str) -> BlockingFact {
    let [kind, name, numbers @ ..] = &value.split(' ').collect::<Vec<_>>()[..] else { panic!("{value}") };
    let numbers: Vec<u64> = numbers.iter().map(|number| number.parse().expect("a number")).collect();
    BlockingFact {
        kind: if *kind == "service" { SourceKind::Service } else { SourceKind::Database },
        name: (*name).to_owned(),
        declared: u32::try_from(numbers[0]).expect("a line"),
        asked: numbers[1],
        down: numbers[2],
        blocked: numbers[3],
        cost: std::time::Duration::from_secs(numbers[4]),
    }
}

/// `check NAME required|optional HOW`.
fn run_check(head: &[&str], output: &[u8]) -> CheckFact {
    let [_, name, need, how @ ..] = head else { panic!("{head:?}") };
    let need = if *need == "required" { Need::Required } else { Need::Optional };
    let outcome = match how {
        ["passed"] => CheckOutcome::Passed,
        ["skipped"] => CheckOutcome::NotAsked,
        how => CheckOutcome::Failed(how.join(" ")),
    };
    CheckFact {
        name: (*name).to_owned(),
        command: format!("./scripts/{name}"),
        need,
        declared: 21,
        own: true,
        outcome,
        output: String::from_utf8_lossy(output).trim_end().to_owned(),
        took: std::time::Duration::from_millis(40),
    }
}

impl<'a> Parts<'a> {
    fn read(example: &'a str) -> Self {
        let mut parts = Self::default();
        let mut sections: Vec<(Vec<&str>, String)> = Vec::new();
        for line in example.split_inclusive('\n') {
            if let Some(head) = line.strip_prefix("-- ").and_then(|line| line.strip_suffix(" --\n")) {
                sections.push((head.split(' ').collect(), String::new()));
            } else if let Some((_, text)) = sections.last_mut() {
                text.push_str(line);
            } else if !line.trim().is_empty() {
                parts.keys.push(line.trim().split_once(": ").expect("key: value"));
            }
        }
        for (head, text) in sections {
            parts.add(head, &text);
        }
        parts
    }

    fn add(&mut self, mut head: Vec<&'a str>, text: &str) {
        let mut flag =
            |word: &str| head.iter().position(|part| *part == word).map(|at| head.remove(at)).is_some();
        let (crlf, bom, link) = (flag("crlf"), flag("bom"), flag("link"));
        let text = match head[..] {
            ["applied", .., "=", path] => {
                let (text, _) = self
                    .candidate
                    .get(path)
                    .or_else(|| self.base.get(path))
                    .or_else(|| self.landed.get(path))
                    .or_else(|| self.work.get(path))
                    .expect("a file");
                String::from_utf8(text.to_vec()).expect("UTF-8")
            }
            _ => text.to_owned(),
        };
        let text = if link { text.trim_end().to_owned() } else { text };
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        let text: Arc<[u8]> =
            if bom { format!("\u{feff}{text}").into_bytes() } else { text.into_bytes() }.into();
        match &head[..] {
            ["base", path] => drop(self.base.insert((*path).to_owned(), (text, link))),
            ["staged", path] => drop(self.candidate.insert((*path).to_owned(), (text, link))),
            ["landed", path] => drop(self.landed.insert((*path).to_owned(), (text, link))),
            ["work", path] => drop(self.work.insert((*path).to_owned(), (text, link))),
            ["applied", ..] => self.rows.push((head, text)),
            ["live"] | ["old" | "dump", _] => {
                self.live.add(&head, String::from_utf8_lossy(&text).into_owned());
            }
            ["check", ..] => self.checks.push((head, text)),
            ["lock", ..] => self.lock.push((head, text)),
            ["seen", ..] => self.seen.push((head, text)),
            [path] => {
                self.base.insert((*path).to_owned(), (text.clone(), link));
                self.candidate.insert((*path).to_owned(), (text, link));
            }
            _ => panic!("what is this section? {head:?}"),
        }
    }
}

/// The migrations among some files, in the tool's order.
fn list(tool: &ToolFacts, files: &Files) -> Vec<Migration> {
    let mut migrations: Vec<Migration> = files
        .iter()
        .filter_map(|(path, (text, link))| {
            let (version, name, kind) = tools::parse(&tool.name, path)?;
            let number = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let undo = path.replace(".up.sql", ".down.sql");
            Some(Migration {
                path: RepoPath::from(path.as_str()),
                kind,
                identity: if version.is_empty() {
                    format!("R:{name}").into()
                } else if number {
                    version.trim_start_matches('0').into()
                } else {
                    version.as_str().into()
                },
                rank: if number && tool.name != "dbmate" {
                    Rank::numbers(version.split('.'))
                } else {
                    Rank::text(&version)
                },
                version: Version(version.into()),
                name: name.into(),
                blob: Oid::from_bytes(&Sha256::digest(text)).expect("32 bytes"),
                symlink: *link,
                undo: (undo != *path && files.contains_key(&undo)).then(|| RepoPath::from(undo.as_str())),
                text: Some(text.clone()),
                touched: false,
                links: tools::links(&tool.name, text),
                part: None,
            })
        })
        .collect();
    migrations.sort_by(|one, other| (one.kind, &one.rank).cmp(&(other.kind, &other.rank)));
    migrations
}

fn fill_set(set: &mut MigrationSet, parts: &Parts<'_>) {
    let base = list(&set.tool, &parts.base);
    set.candidate = list(&set.tool, &parts.candidate);
    set.landed = list(&set.tool, &parts.landed);
    let was = |path: &RepoPath| base.iter().find(|before| before.path == *path);
    for migration in &mut set.candidate {
        migration.touched = was(&migration.path).is_none_or(|before| before.text != migration.text);
    }
    let gone: Vec<&Migration> =
        base.iter().filter(|before| set.candidate.iter().all(|after| after.path != before.path)).collect();
    let successor = |before: &Migration, after: &Migration| {
        was(&after.path).is_none()
            && (before.text == after.text || before.identity == after.identity && before.kind == after.kind)
    };
    for after in set.candidate.iter().filter(|after| after.touched) {
        let after = after.clone();
        set.changes.push(if let Some(before) = was(&after.path) {
            let nature = tools::nature(before.text.as_deref(), after.text.as_deref());
            Change::Edited { before: before.clone(), after, nature }
        } else if let Some(before) = gone.iter().find(|before| successor(before, &after)) {
            let harmless =
                before.identity == after.identity && (!set.tool.name_matters || before.name == after.name);
            Change::Renamed { edited: before.text != after.text, before: (*before).clone(), after, harmless }
        } else {
            Change::Added { migration: after }
        });
    }
    for before in gone {
        if !set.candidate.iter().any(|after| successor(before, after)) {
            set.changes.push(Change::Deleted { before: before.clone() });
        }
    }
    if set.candidate.iter().any(|migration| migration.links.is_some()) {
        set.graph = Some(Arc::new(Graph::new(&set.candidate)));
    }
    for (path, (text, _)) in &parts.candidate {
        if let Some((because, refused)) = tools::ignored(&set.tool.name, path) {
            let touched = parts.base.get(path).is_none_or(|(before, _)| before != text);
            set.ignored.push(IgnoredFile { path: RepoPath::from(&**path), because, refused, touched });
        }
    }
}

fn ledger(set: &MigrationSet, parts: &Parts<'_>, table: TableName) -> Ledger {
    let style = tools::style(&set.tool.name);
    let high_water = style == LedgerStyle::HighWater;
    let path = |migrations: &[Migration], identity: &str| {
        migrations
            .iter()
            .find(|migration| migration.identity == identity)
            .map(|migration| migration.path.clone())
    };
    let (base, work) = (list(&set.tool, &parts.base), list(&set.tool, &parts.work));
    let mut rows = Vec::new();
    for (head, text) in &parts.rows {
        let identity = head[1].trim_start_matches('0').to_owned();
        let repeatable = head[1].strip_prefix("R:");
        let version = if repeatable.is_some() { String::new() } else { head[1].to_owned() };
        let migration = set.candidate.iter().position(|migration| migration.identity == identity);
        let outcome = match head.get(2) {
            Some(&"failed") => Outcome::Failed,
            Some(&"baseline") => Outcome::Baseline,
            _ => Outcome::Applied,
        };
        let name = head.iter().find_map(|word| word.strip_prefix("name=")).or(repeatable).map(str::to_owned);
        let renamed = |at: usize| {
            set.tool.name_matters && name.as_ref().is_some_and(|name| *name != set.candidate[at].name)
        };
        let content = migration.map_or(Content::NotComparable("there is no file"), |at| {
            compare(&set.tool, text, set.candidate[at].text.as_deref().unwrap_or_default(), renamed(at))
        });
        let (in_work_tree, in_base) = match migration {
            Some(_) => (None, None),
            None => (path(&work, &identity), path(&base, &identity)),
        };
        let version = Version(version.into());
        rows.push(AppliedMigration {
            version,
            identity: identity.into(),
            name: name.map(Into::into),
            outcome,
            migration,
            content,
            in_work_tree,
            in_base,
            history: None,
        });
    }
    let recorded =
        |at: usize| rows.iter().any(|row| row.migration == Some(at) && row.outcome == Outcome::Applied);
    let below = |at: usize| rows.iter().any(|row| Rank::number(&row.version.0) >= set.candidate[at].rank);
    let applied = (0..set.candidate.len()).map(|at| recorded(at) || high_water && below(at)).collect();
    Ledger { table, style, read: rows.len(), rows, applied, remembered: remembered(set, parts) }
}

/// guard.lock, where the example has a part of it.
fn lock(set: &MigrationSet, parts: &Parts<'_>) -> Option<LockFile> {
    let key = parts.keys.iter().find_map(|(key, value)| (*key == "lock").then_some(*value));
    if key.is_none() && parts.lock.is_empty() {
        return None;
    }
    let wrong = key.unwrap_or_default().split(' ').collect::<Vec<_>>();
    let number = || wrong[1].parse().expect("a line");
    let state = match wrong[0] {
        "conflict" => LockState::Conflict { line: number() },
        "newer" => LockState::Newer { version: wrong[1].to_owned() },
        "unreadable" => LockState::Unreadable { line: number(), because: wrong[2..].join(" ") },
        whole => {
            let line = |migration: &Migration| {
                parts.lock.iter().find(|(head, _)| migration.path == RepoPath::from(head[1]))
            };
            let migrations = || set.candidate.iter().enumerate();
            let differ = migrations().filter_map(|(migration, one)| {
                let (head, text) = line(one)?;
                let nature = tools::nature(Some(text), one.text.as_deref());
                let blob = Oid::from_bytes(&Sha256::digest(text)).expect("32 bytes");
                (nature != Nature::LineEndings).then_some(Locked {
                    set: 0,
                    migration,
                    blob,
                    there: !head.contains(&"gone"),
                    nature,
                })
            });
            let missing = migrations().filter(|(_, one)| line(one).is_none()).map(|(at, _)| (0, at));
            let paths = parts.lock.iter().map(|(head, _)| RepoPath::from(head[1]));
            let gone = paths.filter(|path| set.candidate.iter().all(|one| one.path != *path));
            LockState::Read {
                whole: whole != "broken",
                differ: differ.collect(),
                missing: missing.collect(),
                gone: gone.collect(),
            }
        }
    };
    Some(LockFile { path: RepoPath::from("guard.lock"), touched: false, state })
}

/// What runs otherwise than what was first seen applied.
fn remembered(set: &MigrationSet, parts: &Parts<'_>) -> Vec<Remembered> {
    let seen = parts.seen.iter().filter_map(|(head, text)| {
        let migration = set.candidate.iter().position(|migration| migration.identity == head[1])?;
        let now = set.candidate[migration].text.as_deref();
        let runs = tools::nature(Some(text), now) == Nature::Code;
        runs.then(|| Remembered {
            migration,
            blob: Oid::from_bytes(&Sha256::digest(text)).expect("32 bytes"),
            there: !head.contains(&"gone"),
            since: head[2].to_owned(),
            same_row: head.contains(&"timed"),
            history: None,
        })
    });
    seen.collect()
}

/// Puts into the rows what the examples say of the history.
fn with_history(mut ledger: Ledger, set: &MigrationSet, parts: &Parts<'_>) -> Ledger {
    for (_, value) in parts.keys.iter().filter(|(key, _)| *key == "history") {
        let (version, words) = value.split_once(" | ").expect("a version and what is known of it");
        let at = ledger.rows.iter().position(|row| row.version.0 == version).expect("a row of that version");
        let row = &mut ledger.rows[at];
        let mut known = History::default();
        for word in words.split(" | ") {
            history(word, row, set, &mut known);
        }
        if let (Some(_), Some(here)) = (&known.applied, row.migration) {
            let here = set.candidate[here].text.clone().expect("a text");
            known.difference = Difference::between(&parts.rows[at].1, &here);
        }
        row.history = Some(Box::new(known));
    }
    ledger
}

/// One thing that the history knows.
fn history(words: &str, row: &AppliedMigration, set: &MigrationSet, known: &mut History) {
    let (word, value) = words.split_once(' ').unwrap_or((words, ""));
    let commit = |id: &str| CommitFact {
        id: Oid::from_hex(&id.repeat(5)).expect("eight digits"),
        author: "Ada".to_owned(),
        date: "2026-02-01".to_owned(),
        subject: format!("the commit {id}"),
    };
    match word {
        "nothing" => {}
        "applied" => {
            let here = row.migration.map(|at| set.candidate[at].path.clone());
            let (id, path) = value.split_once(' ').unwrap_or((value, ""));
            let path = (!path.is_empty()).then(|| RepoPath::from(path)).or(here).or(known.path.clone());
            let commit = commit(id);
            let blob = Oid::from_hex(&"b".repeat(40)).expect("an id");
            let path = path.expect("a path");
            known.applied = Some(PastText { commit, path, blob, boundary: false, own: true });
        }
        "edited" => known.edited_in = Some(commit(value)),
        "file" => known.path = Some(value.into()),
        "deleted" => known.deleted_in = Some(commit(value)),
        "renamed" => known.renamed_to = Some(value.into()),
        "branch" => known.on_branches.push(value.to_owned()),
        "restamped" => {
            let at = set.candidate.iter().position(|one| one.version.0 == value);
            known.restamped = Some(at.expect("a migration of that version"));
            known.restamped_by_checksum = set.tool.keeps_checksum;
        }
        "boundary" => known.applied.as_mut().expect("what was applied").boundary = true,
        "shallow" => known.horizon = Horizon::Shallow,
        "cut-off" => known.horizon = Horizon::TimeOver,
        "unreadable" => known.horizon = Horizon::Unreadable,
        _ => panic!("what does the history know? {words}"),
    }
}

fn compare(tool: &ToolFacts, applied: &[u8], here: &[u8], renamed: bool) -> Content {
    if !tool.keeps_checksum {
        return Content::NotComparable("this tool keeps no checksum");
    }
    let plain = |text: &[u8]| String::from_utf8_lossy(text).replace(['\r', '\u{feff}'], "");
    let crlf = |text: &[u8]| text.contains(&b'\r');
    let bom = |text: &[u8]| text.starts_with(b"\xef\xbb\xbf");
    let hash = |text: &[u8]| Oid::from_bytes(&Sha256::digest(text)).expect("32 bytes").to_string();
    if renamed {
        let recorded = hash(&[b"name", applied].concat());
        Content::Differs { recorded, computed: hash(here), renamed }
    } else if applied == here || tool.blind_to_line_endings && plain(applied) == plain(here) {
        Content::Same
    } else if plain(applied) == plain(here) {
        Content::SameBut(match (crlf(applied), crlf(here)) {
            (true, false) => Variant::AppliedWithCrlf,
            (false, true) => Variant::AppliedWithLf,
            _ if bom(applied) != bom(here) => Variant::ByteOrderMark,
            _ => panic!("the same text"),
        })
    } else if plain(applied).trim_end() == plain(here).trim_end() {
        Content::SameBut(Variant::FinalNewline)
    } else {
        Content::Differs { recorded: hash(applied), computed: hash(here), renamed: false }
    }
}
