//! How many texts a hook reads where each file's text tells its place or its key: as many as the commit changes, and not
//! as many as there are. Counted, and not timed.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use migguard::check;
use migguard::config::Config;
use migguard::gather::{Candidate, Project, Request, gather};
use migguard::git::{
    Backend, Branch, CommitInfo, Difference, Entry, GitError, Layout, Log, LogQuery, PathChange, Range,
    TextAttributes, Tree,
};
use migguard::model::{Moment, Oid, RepoPath};

use crate::support::TestRepo;

/// A backend that writes down which texts it was asked for.
struct Counting {
    git: Box<dyn Backend>,
    read: Rc<RefCell<Vec<Oid>>>,
}

/// Everything else goes to the real one.
macro_rules! passed_on {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&self, $($argument: $of),*) -> Result<$answer, GitError> { self.git.$name($($argument),*) })*
    };
}

impl Backend for Counting {
    fn layout(&self) -> &Layout {
        self.git.layout()
    }

    fn blob(&self, blob: Oid) -> Result<Vec<u8>, GitError> {
        self.read.borrow_mut().push(blob);
        self.git.blob(blob)
    }

    fn blobs(&self, blobs: &[Oid], each: &mut dyn FnMut(Oid, &[u8])) -> Result<(), GitError> {
        self.read.borrow_mut().extend(blobs);
        self.git.blobs(blobs, each)
    }

    passed_on! {
        index(dirs: &[RepoPath]) -> Tree;
        tree(commit: Oid, dirs: &[RepoPath]) -> Tree;
        difference(commit: Oid, dir: &RepoPath, now: &[Entry]) -> Difference;
        tree_id(commit: Oid, dir: &RepoPath) -> Option<Oid>;
        resolve(revision: &str) -> Option<Oid>;
        merge_base(one: Oid, other: Oid) -> Option<Oid>;
        range(base: Oid, tip: Oid) -> Range;
        parents(commit: Oid) -> Vec<Oid>;
        log(query: &LogQuery<'_>) -> Log;
        changes(commit: Oid) -> Vec<PathChange>;
        commit(commit: Oid) -> CommitInfo;
        branches() -> Vec<Branch>;
        head_branch() -> Option<String>;
        symbolic_ref(name: &str) -> Option<String>;
        config(key: &str) -> Option<String>;
        remotes() -> Vec<String>;
        line_ending_attributes(paths: &[RepoPath]) -> Vec<TextAttributes>;
    }
}

/// The texts that a commit's hook reads, and how many migrations it looks at.
fn hook(repo: &TestRepo) -> (Vec<Oid>, usize) {
    let read = Rc::default();
    let git = Box::new(Counting { git: repo.open(), read: Rc::clone(&read) });
    let project = Project { git, config: Config::load(repo.path()).unwrap() };
    let request = Request {
        moment: Moment::Commit,
        candidate: Candidate::Index,
        base: None,
        replaces: None,
        offline: true,
        started: Instant::now(),
        retry: false,
        is_commit: false,
        drift: false,
        rehearsal: false,
        warden: None,
    };
    let rules = check::enabled(&project.config, Moment::Commit);
    let gathered = gather(&project, &request, &rules).unwrap();
    let set = &gathered.facts.sets[0];
    assert_eq!((set.touched().count(), set.changes.len()), (2, 2), "{:?}", set.changes);
    drop(project);
    (Rc::into_inner(read).unwrap().into_inner(), gathered.facts.examined.migrations)
}

const COUNT: usize = 150;

#[test]
fn a_hook_reads_what_changed_and_not_what_there_is() {
    type Write = fn(usize) -> (String, String);
    let tools: [(&str, Write); 4] = [
        ("django", |at| {
            let needs = if at == 0 { String::new() } else { format!("('shop', '{:04}_x')", at - 1) };
            let text = format!("class Migration(migrations.Migration):\n    dependencies = [{needs}]\n");
            (format!("{at:04}_x.py"), text)
        }),
        ("alembic", |at| {
            let down = if at == 0 { "None".to_owned() } else { format!("'{:012x}'", at - 1) };
            (format!("{at:012x}_x.py"), format!("revision = '{at:012x}'\ndown_revision = {down}\n"))
        }),
        ("typeorm", |at| {
            let time = 1_700_000_000_000 + at;
            (format!("{time}-x.ts"), format!("export class X{time} implements MigrationInterface {{}}\n"))
        }),
        ("doctrine", |at| {
            let class = format!("Version{}", 20_260_101_000_000 + at);
            (format!("{class}.php"), format!("<?php\nnamespace App;\nclass {class} {{}}\n"))
        }),
    ];
    for (tool, write) in tools {
        let repo = TestRepo::new();
        repo.write("guard.toml", format!("[[migrations]]\ntool = \"{tool}\"\ndir = \"shop/migrations\"\n"));
        for (name, text) in (0..COUNT).map(write) {
            repo.write(format!("shop/migrations/{name}"), text);
        }
        repo.commit("all of them");
        let (name, text) = write(7);
        repo.write(format!("shop/migrations/{name}"), format!("{text}x = 1\n"));
        let (name, text) = write(COUNT);
        repo.write(format!("shop/migrations/{name}"), text);
        repo.git(&["add", "-A"]);
        let (first, examined) = hook(&repo);
        assert_eq!(examined, COUNT + 1, "{tool}");
        assert!(first.len() > COUNT, "{tool}: nobody has read them before");
        let (second, examined) = hook(&repo);
        assert_eq!(examined, COUNT + 1, "{tool}");
        // Two texts, and what one of them was; and nothing for all the others.
        assert!(second.len() <= 4, "{tool}: {} texts were read", second.len());
    }
}
