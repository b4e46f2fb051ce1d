//! Random histories: edits, renames, deletions, reformattings and branches, a ledger of sqlx with random texts of the past,
//! and the built search. Whatever is named must be so, by a model that remembers each commit's files.
//!
//! `GUARD_TEST_CASES` says how many; each case has a number of its own, so a failure can be played again alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use migguard::config::{Config, env};
use migguard::gather::{Candidate, Project, Request, gather};
use migguard::model::{Confidence, Content, History, Horizon, Level, Moment, Oid};

use crate::support::{TestRepo, sqlx_database};

const CASES: u64 = 150;

/// A small generator of its own: the cases must be the same on every machine and with every version of every crate.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

/// Path and text of each file.
type Files = BTreeMap<String, String>;

/// A commit as the model remembers it.
struct Commit {
    parents: Vec<usize>,
    files: Files,
}

/// A history, as the model remembers it.
struct Story {
    commits: Vec<Commit>,
    /// The tips: `main` first.
    branches: Vec<(String, usize)>,
}

const DIRS: [&str; 2] = ["migrations", "db"];

fn version(path: &str) -> i64 {
    path.split('/').next_back().unwrap().split('_').next().unwrap().parse().unwrap()
}

/// Something happens to the files.
fn happen(files: &mut Files, dice: &mut Dice, fresh: &mut i64) {
    let paths: Vec<String> = files.keys().cloned().collect();
    let action = if paths.is_empty() { 0 } else { dice.roll(12) };
    let path = paths.get(dice.roll(paths.len().max(1))).cloned().unwrap_or_default();
    let dir = |path: &str| path.rsplit_once('/').unwrap().0.to_owned();
    match action {
        0..=2 => {
            *fresh += 1;
            let dir = paths.first().map_or(DIRS[0].to_owned(), |path| dir(path));
            // Now and then two migrations have the same text.
            let text = if dice.roll(8) == 0 { 0 } else { *fresh };
            files.insert(
                format!("{dir}/{fresh}_t{fresh}.sql"),
                format!("CREATE TABLE t{text} (id INT);\nSELECT 1;\n"),
            );
        }
        3..=5 => {
            let text = files.get_mut(&path).unwrap();
            // Few variants, so that old texts come back.
            let lines: Vec<&str> = text.split('\n').take(1).collect();
            *text = format!("{}\nSELECT {};\n", lines[0], dice.roll(4));
        }
        6 => {
            // Reformatted.
            let text = files.get_mut(&path).unwrap();
            *text = if text.contains("  ") { text.replace("  ", " ") } else { text.replace(' ', "  ") };
        }
        7 => {
            let text = files.get_mut(&path).unwrap();
            *text = if text.contains('\r') { text.replace('\r', "") } else { text.replace('\n', "\r\n") };
        }
        8 => drop(files.remove(&path)),
        9 => {
            // Another name, the same version; now and then with an edit on the way.
            let text = files.remove(&path).unwrap();
            let text = if dice.roll(3) == 0 { format!("{text}-- renamed\n") } else { text };
            let name = format!("{}/{}_r{}.sql", dir(&path), version(&path), dice.roll(3));
            files.insert(name, text);
        }
        10 => {
            let text = files.remove(&path).unwrap();
            *fresh += 1;
            let name = path.split('/').next_back().unwrap().split_once('_').unwrap().1.to_owned();
            files.insert(format!("{}/{fresh}_{name}", dir(&path)), text);
        }
        _ => {
            // All move to the other directory.
            let there = if dir(&path) == DIRS[0] { DIRS[1] } else { DIRS[0] };
            *files = files
                .iter()
                .map(|(path, text)| {
                    (format!("{there}/{}", path.split('/').next_back().unwrap()), text.clone())
                })
                .collect();
        }
    }
}

/// A history of up to 60 commits.
fn tell(dice: &mut Dice) -> Story {
    let mut story = Story { commits: Vec::new(), branches: vec![("main".to_owned(), 0)] };
    let mut files = Files::new();
    let mut fresh = 0;
    for _ in 0..=dice.roll(4) {
        happen(&mut files, dice, &mut fresh);
    }
    story.commits.push(Commit { parents: Vec::new(), files });
    for _ in 0..2 + dice.roll(58) {
        let at = dice.roll(story.branches.len());
        let tip = story.branches[at].1;
        let new = story.commits.len();
        match dice.roll(10) {
            0 if story.branches.len() < 5 => {
                story.branches.push((format!("b{}", story.branches.len()), tip));
                continue;
            }
            1 if story.branches.len() > 1 => {
                let other = story.branches[dice.roll(story.branches.len())].1;
                if other == tip {
                    continue;
                }
                // The files of the one side or the other, or of both, and now and then an edit by hand.
                let mut files = story.commits[tip].files.clone();
                match dice.roll(3) {
                    0 => {}
                    1 => files = story.commits[other].files.clone(),
                    _ => {
                        for (path, text) in &story.commits[other].files {
                            if !files.keys().any(|known| version(known) == version(path)) {
                                files.insert(path.clone(), text.clone());
                            }
                        }
                    }
                }
                if dice.roll(4) == 0 {
                    happen(&mut files, dice, &mut fresh);
                }
                story.commits.push(Commit { parents: vec![tip, other], files });
            }
            _ => {
                let mut files = story.commits[tip].files.clone();
                for _ in 0..=dice.roll(2) {
                    happen(&mut files, dice, &mut fresh);
                }
                story.commits.push(Commit { parents: vec![tip], files });
            }
        }
        story.branches[at].1 = new;
    }
    story
}

/// Writes the history with `git fast-import`; the ids of its commits.
fn write(story: &Story, repo: &TestRepo) -> Vec<Oid> {
    let mut stream = String::new();
    for (number, commit) in story.commits.iter().enumerate() {
        // Many commits have one and the same second.
        let time = 1_700_000_000 + number / 3;
        let message = format!("c{number}");
        writeln!(stream, "commit refs/import/c{number}\nmark :{}", number + 1).unwrap();
        writeln!(stream, "author A{number} <a@x> {time} +0000\ncommitter C <c@x> {time} +0000").unwrap();
        writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        for (at, parent) in commit.parents.iter().enumerate() {
            writeln!(stream, "{} :{}", if at == 0 { "from" } else { "merge" }, parent + 1).unwrap();
        }
        writeln!(stream, "deleteall").unwrap();
        for (path, text) in &commit.files {
            writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len()).unwrap();
        }
        writeln!(stream).unwrap();
    }
    for (name, tip) in &story.branches {
        writeln!(stream, "reset refs/heads/{name}\nfrom :{}\n", tip + 1).unwrap();
    }
    let marks = repo.beside("marks");
    let mut git = repo.command("git");
    git.args(["-c", "core.fsync=none", "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"])
        .arg(format!("--export-marks={}", marks.display()));
    let mut child = git.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let mut ids = vec![None; story.commits.len()];
    for line in std::fs::read_to_string(marks).unwrap().split_terminator('\n') {
        let (mark, id) = line[1..].split_once(' ').unwrap();
        ids[mark.parse::<usize>().unwrap() - 1] = Oid::from_hex(id);
    }
    // Only the branches are to be seen, as in any repository.
    std::fs::remove_dir_all(repo.path().join(".git/refs/import")).unwrap();
    repo.git(&["read-tree", "HEAD"]);
    ids.into_iter().map(Option::unwrap).collect()
}

/// What can be reached from some commits.
fn reachable(story: &Story, tips: &[usize]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut next = tips.to_vec();
    while let Some(commit) = next.pop() {
        if seen.insert(commit) {
            next.extend(&story.commits[commit].parents);
        }
    }
    seen
}

/// What was counted over all cases.
#[derive(Default, Debug)]
struct Count {
    rows: usize,
    named: usize,
    edited: usize,
    deleted: usize,
    foreign: usize,
    restamped: usize,
    unknown: usize,
}

struct Case<'a> {
    number: u64,
    story: &'a Story,
    ids: &'a [Oid],
    own: BTreeSet<usize>,
}

impl Case<'_> {
    fn commit(&self, id: Oid) -> usize {
        self.ids.iter().position(|known| *known == id).expect("a commit of this history")
    }

    fn plain(text: &str) -> String {
        text.replace('\r', "")
    }

    /// Whether a commit has this text in a file, line endings aside.
    fn has(&self, commit: usize, applied: &str, fits: impl Fn(&str) -> bool) -> bool {
        let files = &self.story.commits[commit].files;
        files.iter().any(|(path, text)| fits(path) && Self::plain(text) == Self::plain(applied))
    }

    /// Everything that is named must be so.
    fn judge(&self, version_applied: i64, text: &str, differs: bool, history: &History, count: &mut Count) {
        let case = format!("case {}, version {version_applied}: {history:?}", self.number);
        assert_eq!(history.horizon, Horizon::Whole, "{case}");
        let commits = &self.story.commits;
        if let Some(applied) = &history.applied {
            count.named += 1;
            let commit = self.commit(applied.commit.id);
            assert_eq!(applied.commit.author, format!("A{commit}"), "{case}");
            assert_eq!(applied.own, self.own.contains(&commit), "{case}");
            let path = applied.path.to_string();
            let there = commits[commit].files.get(&path).unwrap_or_else(|| panic!("no such file: {case}"));
            assert_eq!(Self::plain(there), Self::plain(text), "another text: {case}");
            for parent in &commits[commit].parents {
                let before = commits[*parent].files.get(&path);
                assert!(before.is_none_or(|before| before != there), "the parent has it already: {case}");
            }
            // If the own history has the text under this version, no other branch is to be named. The very bytes come before
            // the same text with other line endings.
            if !applied.own {
                let exact = there == text;
                let same =
                    |here: &String| if exact { here == text } else { Self::plain(here) == Self::plain(text) };
                let ours = |own: &usize| {
                    let mut files = commits[*own].files.iter();
                    files.any(|(path, here)| version(path) == version_applied && same(here))
                };
                assert!(!self.own.iter().any(ours), "it is here: {case}");
            }
        } else if differs {
            count.unknown += 1;
        }
        if let Some(edited) = &history.edited_in {
            count.edited += 1;
            let commit = self.commit(edited.id);
            assert!(self.own.contains(&commit), "{case}");
            let before = commits[commit].parents.iter().any(|parent| self.has(*parent, text, |_| true));
            assert!(before, "no parent has the text: {case}");
        }
        if let Some(deleted) = &history.deleted_in {
            count.deleted += 1;
            let commit = self.commit(deleted.id);
            assert!(self.own.contains(&commit), "{case}");
            let path = history.path.as_ref().unwrap().to_string();
            assert_eq!(version(&path), version_applied, "{case}");
            assert!(!commits[commit].files.contains_key(&path), "{case}");
            for parent in &commits[commit].parents {
                assert!(commits[*parent].files.contains_key(&path), "{case}");
            }
        }
        for branch in &history.on_branches {
            count.foreign += 1;
            let (_, tip) = self.story.branches.iter().find(|(name, _)| name == branch).unwrap();
            assert!(commits[*tip].files.keys().any(|path| version(path) == version_applied), "{case}");
            // Where the very text was found, and is not the own history's (see above), the branch is right whatever else had
            // the version. Without one, the version alone decides.
            let ours = |own: &usize| commits[*own].files.keys().any(|path| version(path) == version_applied);
            let by_text = history.applied.as_ref().is_some_and(|applied| !applied.own);
            assert!(differs || by_text || !self.own.iter().any(ours), "the own history had it: {case}");
        }
    }
}

/// One history, one ledger, all that is said.
fn play(number: u64, count: &mut Count) {
    let mut dice = Dice(number);
    let story = tell(&mut dice);
    let tip = story.branches[0].1;
    let repo = TestRepo::new();
    let ids = write(&story, &repo);
    // Without any file there is no set, and nothing says where one was.
    let Some(file) = story.commits[tip].files.keys().next() else { return };
    let dir = file.rsplit_once('/').unwrap().0;
    // Random texts of the past, one a version.
    let seen: Vec<usize> = reachable(&story, &story.branches.iter().map(|(_, tip)| *tip).collect::<Vec<_>>())
        .into_iter()
        .collect();
    let mut applied: BTreeMap<i64, String> = BTreeMap::new();
    for _ in 0..12 {
        let files: Vec<_> = story.commits[*dice.one(&seen)].files.iter().collect();
        if !files.is_empty() {
            let (path, text) = *dice.one(&files);
            applied.insert(version(path), text.clone());
        }
    }
    // And one that nobody here knows.
    applied.insert(*dice.one(&[1, 2, 999]), "SELECT 'nobody knows me';\n".to_owned());
    let rows: Vec<(i64, &str, &str)> =
        applied.iter().map(|(version, text)| (*version, "x", text.as_str())).collect();
    sqlx_database(&repo.path().join("dev.db"), &rows);
    let case = Case { number, story: &story, ids: &ids, own: reachable(&story, &[tip]) };
    examine(&repo, dir, &case, &applied, count);
}

fn examine(repo: &TestRepo, dir: &str, case: &Case<'_>, applied: &BTreeMap<i64, String>, count: &mut Count) {
    let toml = format!(
        "[[migrations]]\ntool = \"sqlx\"\ndir = \"{dir}\"\n\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
         required = true\ntimeout = \"20s\"\nat = [\"audit\"]\n"
    );
    std::fs::write(repo.path().join("guard.toml"), &toml).unwrap();
    let config = Config::load(repo.path()).unwrap();
    let project = Project { git: repo.open(), config };
    let request = Request {
        moment: Moment::Audit,
        candidate: Candidate::Index,
        base: None,
        replaces: None,
        offline: false,
        started: Instant::now(),
        retry: false,
        is_commit: false,
        drift: false,
        rehearsal: false,
        warden: None,
    };
    let rules: Vec<_> = migguard::rules::ALL.iter().map(|rule| (*rule, Level::Warn)).collect();
    let mut facts = gather(&project, &request, &rules).unwrap().facts;
    let ledgers = facts.databases[0].ledgers.known().expect("the database answers");
    let migguard::model::LedgerState::Read(ledger) = &ledgers[0].state else { panic!("no ledger") };
    for row in &ledger.rows {
        count.rows += 1;
        let version: i64 = row.version.0.parse().unwrap();
        let differs = matches!(row.content, Content::Differs { .. });
        let Some(history) = &row.history else {
            assert!(row.migration.is_some() && !differs, "case {}: {row:?}", case.number);
            continue;
        };
        let text = &applied[&version];
        case.judge(version, text, differs, history, count);
        if let Some(at) = history.restamped {
            count.restamped += 1;
            let migration = &facts.sets[0].candidate[at];
            let here = &case.story.commits[case.story.branches[0].1].files[&migration.path.to_string()];
            let same = Case::plain(here) == Case::plain(text);
            assert!(same || !history.restamped_by_checksum, "case {}: {row:?}", case.number);
            assert!(!ledger.applied[at], "case {}: {row:?}", case.number);
        }
        if text.contains("nobody") {
            assert_eq!(history.applied, None, "case {}: {row:?}", case.number);
        }
    }
    let found = migguard::check::run(&rules, &project.config, &mut facts);
    for finding in found.iter().filter(|finding| finding.rule.0 == "checksum-mismatch") {
        let named = finding.evidence.iter().any(|evidence| evidence.label == "applied");
        let sure = finding.confidence == Confidence::Proven;
        assert!(finding.level < Level::Deny && named == sure || finding.what.contains("same text"));
    }
}

#[test]
fn the_commit_that_is_named_is_the_right_one() {
    let cases = env::get("GUARD_TEST_CASES").and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let workers = thread::available_parallelism().map_or(1, |number| number.get() as u64);
    let count = thread::scope(|scope| {
        let parts: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut count = Count::default();
                    (0..cases)
                        .filter(|case| case % workers == worker)
                        .for_each(|case| play(case, &mut count));
                    count
                })
            })
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect::<Vec<_>>()
    });
    // A generator that makes nothing of interest proves nothing.
    let sum = |of: fn(&Count) -> usize| count.iter().map(of).sum::<usize>();
    let cases = usize::try_from(cases).unwrap();
    assert!(sum(|count| count.named) > cases, "{count:?}");
    let kinds: [fn(&Count) -> usize; 5] = [
        |count| count.edited,
        |count| count.deleted,
        |count| count.foreign,
        |count| count.restamped,
        |count| count.unknown,
    ];
    for of in kinds {
        assert!(sum(of) > cases / 10, "{count:?}");
    }
}
