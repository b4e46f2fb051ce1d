//! The sure backend: asks the `git` command, which knows every format, at about 1.5 ms a question.
//!
//! Nothing here fetches, writes, asks for a password, or starts a program that the repository's configuration
//! names: see [`Command::git`] for the flags.

mod history;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::answers::{Batch, entry, first_id, one_line_each, split_at_tab, text, zeros};
use super::history::{Branch, CommitInfo, Log, LogQuery, PathChange, Range};
use super::place::{GitEnvironment, Place, os_path};
use super::process::{Ended, PATIENCE, stream};
use super::{Backend, Entry, GitError, Layout, TextAttributes, Tree, outermost, parents_in_header};
use crate::model::{Oid, RepoPath};

/// The blob of an empty file, in both formats; intent-to-add entries have it.
const EMPTY_BLOBS: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];
/// The empty tree, which git knows without having the object.
const EMPTY_TREES: [&str; 2] = [
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
];
/// More paths than this are not put on a command line.
const MAX_ARGUMENTS: usize = 500;

/// A repository, asked through the `git` command.
pub(super) struct Command {
    directory: PathBuf,
    environment: GitEnvironment,
    index_file: Option<PathBuf>,
    /// After [`Command::open`] the repository is named, so that git need not look for it again.
    named: bool,
    layout: Layout,
}

impl Command {
    /// Asks git where the repository is, and whether git trusts it.
    pub(super) fn open(place: &Place) -> Result<Self, GitError> {
        if !place.directory.is_dir() {
            return Err(GitError::NotARepository(place.directory.clone()));
        }
        let layout = Layout {
            git_dir: place.git_dir.clone().unwrap_or_default(),
            common_dir: PathBuf::new(),
            work_tree: None,
            shallow: false,
            fallback: None,
        };
        let mut command = Self {
            directory: place.directory.clone(),
            environment: place.environment.clone(),
            index_file: None,
            named: false,
            layout,
        };
        command.layout = command.ask_layout(place)?;
        command.index_file = place.index_file(command.layout.work_tree.as_deref());
        command.directory =
            command.layout.work_tree.clone().unwrap_or_else(|| command.layout.git_dir.clone());
        command.named = true;
        Ok(command)
    }

    pub(super) fn set_fallback(&mut self, because: String) {
        self.layout.fallback = Some(because);
    }

    fn ask_layout(&self, place: &Place) -> Result<Layout, GitError> {
        let questions = ["--absolute-git-dir", "--git-common-dir", "--is-shallow-repository"];
        let arguments = ["rev-parse", "--path-format=absolute"].into_iter().chain(questions);
        let (ended, out) = Self::run(self.git(arguments), Vec::new())?;
        if ended.code != Some(0) {
            return Err(refusal(&place.directory, &ended));
        }
        let out = one_line_each(&out);
        let [git_dir, common_dir, shallow] = out.as_slice() else {
            return Err(GitError::Failed(
                "`git rev-parse` did not answer as git 2.31 and later do".to_owned(),
            ));
        };
        let git_dir = PathBuf::from(os_path(git_dir));
        let work_tree = self.ask_work_tree(&git_dir)?;
        let common_dir = PathBuf::from(os_path(common_dir));
        Ok(Layout { git_dir, common_dir, work_tree, shallow: *shallow == b"true", fallback: None })
    }

    /// The root of the work tree. With `GIT_DIR` and without `GIT_WORK_TREE`, as in a linked work tree's hook, git takes the
    /// directory where it is started for the root; from a sub-directory that is wrong, so git is asked without the variable first.
    fn ask_work_tree(&self, git_dir: &Path) -> Result<Option<PathBuf>, GitError> {
        let questions = ["rev-parse", "--path-format=absolute", "--absolute-git-dir", "--show-toplevel"];
        let guessed = !self.layout.git_dir.as_os_str().is_empty();
        if guessed && self.environment.get("GIT_WORK_TREE").is_none() {
            let mut git = self.git(questions);
            git.env_remove("GIT_DIR");
            let (ended, out) = Self::run(git, Vec::new())?;
            if let (Some(0), [found, root]) = (ended.code, one_line_each(&out).as_slice())
                && Path::new(&os_path(found)) == git_dir
            {
                return Ok(Some(os_path(root).into()));
            }
        }
        let (ended, out) = Self::run(self.git(questions), Vec::new())?;
        // It fails in a bare repository, and inside `.git`.
        Ok(match (ended.code, one_line_each(&out).as_slice()) {
            (Some(0), [_, root]) => Some(os_path(root).into()),
            _ => None,
        })
    }

    /// A `git` that reads and does nothing else.
    fn git<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> std::process::Command {
        let mut git = std::process::Command::new("git");
        for (name, _) in GitEnvironment::of_process().variables() {
            git.env_remove(name);
        }
        git.envs(self.environment.variables());
        let plain = [
            "GIT_ICASE_PATHSPECS",
            "GIT_GLOB_PATHSPECS",
            "GIT_NOGLOB_PATHSPECS",
            "GIT_ATTR_SOURCE",
            "GIT_CONFIG",
        ];
        for name in plain {
            git.env_remove(name);
        }
        git.env("GIT_LITERAL_PATHSPECS", "1");
        // libgit2 knows no replacements; and what was applied to a database is the object, not its stand-in.
        git.env("GIT_NO_REPLACE_OBJECTS", "1");
        // No lock files, no questions, words that can be recognised.
        git.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        // Never the network: the first for git since 2.45, the second for those before.
        git.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
        if !self.layout.git_dir.as_os_str().is_empty() {
            git.env("GIT_DIR", &self.layout.git_dir);
        }
        if self.named {
            if let Some(work_tree) = &self.layout.work_tree {
                git.env("GIT_WORK_TREE", work_tree);
            }
            if let Some(index_file) = &self.index_file {
                git.env("GIT_INDEX_FILE", index_file);
            }
        }
        // A hook of the repository would be started when the index is read.
        git.args(["-c", "core.fsmonitor=false"]).args(arguments).current_dir(&self.directory);
        git
    }

    fn run(git: std::process::Command, input: Vec<u8>) -> Result<(Ended, Vec<u8>), GitError> {
        let mut out = Vec::new();
        let ended = stream(git, input, PATIENCE, &mut |bytes| out.extend_from_slice(bytes))?;
        Ok((ended, out))
    }

    /// The output of a command that must succeed.
    fn output(git: std::process::Command, input: Vec<u8>) -> Result<Vec<u8>, GitError> {
        match Self::run(git, input)? {
            (Ended { code: Some(0), .. }, out) => Ok(out),
            (ended, _) => Err(failure(&ended)),
        }
    }

    /// The output of a command that says "there is none" with exit code 1.
    fn perhaps<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Result<Option<Vec<u8>>, GitError> {
        match Self::run(self.git(arguments), Vec::new())? {
            (Ended { code: Some(0), .. }, out) => Ok(Some(out)),
            (Ended { code: Some(1), .. }, _) => Ok(None),
            (ended, _) => Err(failure(&ended)),
        }
    }

    /// Takes out what `git add --intent-to-add` has only announced: it looks like an empty file.
    ///
    /// `git ls-files` does not tell the two apart. So git compares the index with the empty tree, once with the announced
    /// files and once without; what makes the difference is announced. (Once would do, were it not for sparse indexes, of
    /// whose folded directories git 2.47 shows nothing when it is asked for paths.)
    fn drop_announced(&self, tree: &mut Tree) -> Result<(), GitError> {
        let empty = EMPTY_BLOBS.map(Oid::from_hex);
        let hollow: Vec<&Entry> =
            tree.entries.iter().filter(|entry| empty.contains(&Some(entry.oid))).collect();
        let Some(first) = hollow.first() else {
            return Ok(());
        };
        let empty_tree = EMPTY_TREES[usize::from(first.oid.as_bytes().len() == 32)];
        let list = |announced: &'static str| {
            let mut git =
                self.git(["diff-index", "--cached", "--raw", "-r", "-z", "--no-renames", "--no-ext-diff"]);
            git.args([announced, empty_tree, "--"]);
            if hollow.len() <= MAX_ARGUMENTS {
                git.args(hollow.iter().map(|entry| os_path(entry.path.as_bytes())));
            }
            // Records of two fields: modes, ids and status; then the path.
            let out = Self::output(git, Vec::new())?;
            Ok::<_, GitError>(zeros(&out).skip(1).step_by(2).map(RepoPath::new).collect::<BTreeSet<_>>())
        };
        let real = list("--ita-invisible-in-index")?;
        let announced: Vec<RepoPath> =
            list("--ita-visible-in-index")?.into_iter().filter(|path| !real.contains(path)).collect();
        tree.entries.retain(|entry| announced.binary_search(&entry.path).is_err());
        Ok(())
    }

    /// A partial clone leaves objects out; in any other one a missing object is damage.
    fn absent(&self, oid: Oid) -> GitError {
        let promised =
            self.perhaps(["config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"]);
        if matches!(promised, Ok(Some(_))) || self.layout.shallow {
            return GitError::NotHere(oid);
        }
        GitError::Failed(format!("object {oid} is missing; `git fsck` says what else is damaged"))
    }

    fn with_paths(&self, arguments: &[&str], dirs: &[RepoPath]) -> std::process::Command {
        let mut git = self.git(arguments.iter().copied());
        let dirs = outermost(dirs);
        if dirs.iter().all(|dir| !dir.as_bytes().is_empty()) {
            git.arg("--").args(dirs.iter().map(|dir| os_path(dir.as_bytes())));
        }
        git
    }
}

impl Backend for Command {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn index(&self, dirs: &[RepoPath]) -> Result<Tree, GitError> {
        if self.layout.work_tree.is_none() {
            return Err(GitError::Bare(self.layout.git_dir.clone()));
        }
        let path = self.index_file.clone().unwrap_or_else(|| self.layout.git_dir.join("index"));
        if path.symlink_metadata().is_err() {
            return match self.resolve("HEAD")? {
                None => Ok(Tree::default()),
                Some(_) => Err(GitError::NoIndex(path)),
            };
        }
        let out = Self::output(self.with_paths(&["ls-files", "-s", "-z", "--full-name"], dirs), Vec::new())?;
        let mut tree = Tree::default();
        for record in zeros(&out) {
            // `100644 <id> <stage>\t<path>`
            let (head, path) = split_at_tab(record).ok_or_else(|| unreadable("ls-files"))?;
            let [mode, oid, stage] = head.as_slice() else { return Err(unreadable("ls-files")) };
            if *stage == "0" {
                tree.entries.push(entry(mode, oid, path).ok_or_else(|| unreadable("ls-files"))?);
            } else if tree.conflicts.last().is_none_or(|last| last.as_bytes() != path) {
                tree.conflicts.push(RepoPath::new(path));
            }
        }
        self.drop_announced(&mut tree)?;
        tree.sort();
        Ok(tree)
    }

    fn tree(&self, commit: Oid, dirs: &[RepoPath]) -> Result<Tree, GitError> {
        let commit = commit.to_string();
        let out = Self::output(
            self.with_paths(&["ls-tree", "-r", "-z", "--full-tree", &commit], dirs),
            Vec::new(),
        )?;
        let mut tree = Tree::default();
        for record in zeros(&out) {
            // `100644 blob <id>\t<path>`
            let (head, path) = split_at_tab(record).ok_or_else(|| unreadable("ls-tree"))?;
            let [mode, _, oid] = head.as_slice() else { return Err(unreadable("ls-tree")) };
            tree.entries.push(entry(mode, oid, path).ok_or_else(|| unreadable("ls-tree"))?);
        }
        tree.sort();
        Ok(tree)
    }

    fn tree_id(&self, commit: Oid, dir: &RepoPath) -> Result<Option<Oid>, GitError> {
        let commit = commit.to_string();
        if dir.as_bytes().is_empty() {
            let tree = format!("{commit}^{{tree}}");
            return Ok(first_id(&Self::output(self.git(["rev-parse", "--verify", &tree]), Vec::new())?));
        }
        let mut git = self.git(["ls-tree", "-d", "-z", "--full-tree", &commit, "--"]);
        git.arg(os_path(dir.as_bytes()));
        let out = Self::output(git, Vec::new())?;
        let head = zeros(&out).next().and_then(split_at_tab).map(|(head, _)| head);
        Ok(head.filter(|head| head.get(1) == Some(&"tree")).and_then(|head| Oid::from_hex(head.get(2)?)))
    }

    fn blob(&self, blob: Oid) -> Result<Vec<u8>, GitError> {
        let mut found = Vec::new();
        self.blobs(&[blob], &mut |_, bytes| found = bytes.to_vec())?;
        Ok(found)
    }

    fn blobs(&self, blobs: &[Oid], each: &mut dyn FnMut(Oid, &[u8])) -> Result<(), GitError> {
        let mut wanted = blobs.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(());
        }
        let mut input = Vec::new();
        for blob in &wanted {
            input.extend_from_slice(blob.to_string().as_bytes());
            input.push(b'\n');
        }
        let mut batch = Batch::default();
        let git = self.git(["cat-file", "--batch"]);
        let ended = stream(git, input, PATIENCE, &mut |bytes| batch.take(bytes, &mut *each))?;
        if let Some(blob) = batch.missing.or_else(|| wanted.get(batch.seen).copied()) {
            // Without lazy fetching git may stop at the first object that it lacks, instead of saying "missing".
            return Err(match ended.code {
                Some(0 | 128) => self.absent(blob),
                _ => failure(&ended),
            });
        }
        match batch.wrong {
            Some(what) => Err(GitError::Failed(what)),
            None => Ok(()),
        }
    }

    fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        if revision.starts_with('-') || revision.is_empty() {
            return Ok(None);
        }
        let commit = format!("{revision}^{{commit}}");
        let out = self.perhaps(["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        let found = out.as_deref().and_then(first_id);
        if found.is_none() && revision == "HEAD" {
            // HEAD that names a lost commit is not an unborn branch.
            let named = self.perhaps(["rev-parse", "--verify", "--quiet", "HEAD"])?;
            if let Some(lost) = named.as_deref().and_then(first_id) {
                return Err(self.absent(lost));
            }
        }
        Ok(found)
    }

    fn merge_base(&self, one: Oid, other: Oid) -> Result<Option<Oid>, GitError> {
        let out = self.perhaps(["merge-base", &one.to_string(), &other.to_string()])?;
        Ok(out.as_deref().and_then(first_id))
    }

    fn range(&self, base: Oid, tip: Oid) -> Result<Range, GitError> {
        let git = self.git(["rev-list", "--topo-order", "--reverse", &format!("{base}..{tip}"), "--"]);
        let out = Self::output(git, Vec::new())?;
        let commits = out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let commits = commits.map(|line| first_id(line).ok_or_else(|| unreadable("rev-list")));
        Ok(Range::new(commits.collect::<Result<_, _>>()?, &self.layout))
    }

    fn parents(&self, commit: Oid) -> Result<Vec<Oid>, GitError> {
        let out = Self::output(self.git(["cat-file", "commit", &commit.to_string()]), Vec::new())?;
        Ok(parents_in_header(&out))
    }

    fn log(&self, query: &LogQuery<'_>) -> Result<Log, GitError> {
        self.read_log(query)
    }

    fn changes(&self, commit: Oid) -> Result<Vec<PathChange>, GitError> {
        self.read_changes(commit)
    }

    fn commit(&self, commit: Oid) -> Result<CommitInfo, GitError> {
        self.read_commit(commit)
    }

    fn branches(&self) -> Result<Vec<Branch>, GitError> {
        self.read_branches()
    }

    fn head_branch(&self) -> Result<Option<String>, GitError> {
        self.symbolic_ref("HEAD")
    }

    fn symbolic_ref(&self, name: &str) -> Result<Option<String>, GitError> {
        Ok(self.perhaps(["symbolic-ref", "--quiet", name])?.map(|out| text(out.trim_ascii_end())))
    }

    fn config(&self, key: &str) -> Result<Option<String>, GitError> {
        let out = self.perhaps(["config", "--null", "--get", key])?;
        Ok(out.map(|out| text(out.strip_suffix(b"\0").unwrap_or(&out))))
    }

    fn remotes(&self) -> Result<Vec<String>, GitError> {
        let out = Self::output(self.git(["remote"]), Vec::new())?;
        Ok(one_line_each(&out).into_iter().map(text).collect())
    }

    fn line_ending_attributes(&self, paths: &[RepoPath]) -> Result<Vec<TextAttributes>, GitError> {
        if self.layout.work_tree.is_none() || paths.is_empty() {
            return Ok(vec![TextAttributes::default(); paths.len()]);
        }
        let names = ["text", "eol", "working-tree-encoding"];
        let git = self.git(["check-attr", "--cached", "-z", "--stdin"].into_iter().chain(names));
        let input = paths.iter().flat_map(|path| [path.as_bytes(), b"\0"].concat()).collect();
        let out = Self::output(git, input)?;
        // Fields of three: path, attribute, value; three of them for each path, in the order of the questions.
        let mut values =
            zeros(&out).skip(2).step_by(3).map(|value| Some(text(value)).filter(|v| v != "unspecified"));
        let mut next = || values.next().ok_or_else(|| unreadable("check-attr"));
        paths.iter().map(|_| Ok(TextAttributes { text: next()?, eol: next()?, encoding: next()? })).collect()
    }
}

/// Why git would not open the repository.
fn refusal(directory: &Path, ended: &Ended) -> GitError {
    let said = &ended.stderr;
    // The second wording is that of git 2.35 and 2.36.
    for (before, after) in
        [("dubious ownership in repository at '", "'\n"), ("unsafe repository ('", "' is owned")]
    {
        if let Some((_, rest)) = said.split_once(before) {
            let path = rest.split_once(after).map_or(rest, |(path, _)| path);
            return GitError::NotTrusted { path: path.into() };
        }
    }
    if said.contains("not a git repository") {
        return GitError::NotARepository(directory.to_owned());
    }
    failure(ended)
}

fn failure(ended: &Ended) -> GitError {
    let said = ended.stderr.trim().trim_start_matches("fatal: ");
    GitError::Failed(match ended.code {
        _ if !said.is_empty() => said.to_owned(),
        Some(code) => format!("the `git` command ended with code {code} and said nothing"),
        None => "the `git` command was ended by a signal".to_owned(),
    })
}

fn unreadable(command: &str) -> GitError {
    GitError::Failed(format!(
        "the answer of `git {command}` makes no sense; `git fsck` says whether the repository is damaged"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(stderr: &str) -> GitError {
        refusal(Path::new("/here"), &Ended { code: Some(128), stderr: stderr.to_owned() })
    }

    #[test]
    fn mistrust_is_recognised_in_the_words_of_old_and_new_gits() {
        let new = "fatal: detected dubious ownership in repository at '/a repo'\nTo add an exception ...\n";
        let old = "fatal: unsafe repository ('/a repo' is owned by someone else)\nTo add an exception ...\n";
        for words in [new, old] {
            assert!(matches!(refused(words), GitError::NotTrusted { path } if path == Path::new("/a repo")));
        }
    }

    #[test]
    fn other_refusals_keep_gits_words() {
        assert_eq!(refused("fatal: bad config line 1\n").to_string(), "git: bad config line 1");
        assert_eq!(refused("").to_string(), "git: the `git` command ended with code 128 and said nothing");
    }
}
