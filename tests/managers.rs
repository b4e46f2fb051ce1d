//! guard under the hook managers, as it recommends itself to be declared there: each manager from its registry, each
//! with the lines that `guard install` prints when it meets that manager's hooks.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::commits::{spoken, table};
use crate::services::servers::{server, silent};
use crate::services::{LIMIT, one_line};
use crate::support::ports::nobody;
use crate::support::{TestRepo, installed};

/// Where the managers are installed. The first test that asks installs them; where that fails, every test does.
fn managers() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| installed("managers"))
}

/// A repository whose migrations lie in `within`, a manager in charge of its hooks.
struct Managed {
    repo: TestRepo,
    /// The work tree.
    root: PathBuf,
    /// The directory above the migrations, with a slash at its end; empty for the root.
    within: &'static str,
}

impl Managed {
    /// Two published migrations; no hook yet.
    fn new(within: &'static str) -> Self {
        let repo = TestRepo::new();
        let managed = Self { root: repo.path().to_owned(), repo, within };
        managed.write(&managed.file("10_one"), table("one"));
        managed.write(&managed.file("20_two"), table("two"));
        managed.write("code.rs", "one\n");
        managed
            .write("guard.toml", format!("[[migrations]]\ntool = \"sqlx\"\ndir = \"{within}migrations\"\n"));
        managed
    }

    fn file(&self, name: &str) -> String {
        format!("{}migrations/{name}.sql", self.within)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs a program in the work tree, with guard and the managers in PATH.
    fn try_run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut path = OsString::new();
        for directory in ["python/bin", "node/node_modules/.bin"].map(|bin| managers().join(bin)) {
            path.push(directory);
            path.push(":");
        }
        path.push(Path::new(env!("CARGO_BIN_EXE_guard")).parent().unwrap());
        for (_, outer) in std::env::vars_os().filter(|(name, _)| name == "PATH") {
            path.push(":");
            path.push(outer);
        }
        // `spawn` looks a program up in the PATH of this process.
        let mut command = self.repo.command_in("env", &self.root);
        command.arg("--").arg(program).args(arguments).env("PATH", path).env("PYTHONDONTWRITEBYTECODE", "1");
        command.output().unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.try_run(program, arguments);
        assert!(output.status.success(), "{program} {arguments:?}: {}", both(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What `guard install` advises to write for the manager whose hooks it finds; then guard's hooks are taken away again.
    fn advised(&self) -> String {
        let said = self.run("guard", &["install"]);
        self.run("guard", &["uninstall"]);
        let lines: Vec<&str> =
            said.split_terminator('\n').filter_map(|line| line.strip_prefix("  ")).collect();
        assert!(!lines.is_empty(), "no advice: {said}");
        lines.join("\n") + "\n"
    }

    /// Commits all there is, past the hooks: this is what is published.
    fn publish(&self) {
        self.run("git", &["add", "-A"]);
        self.run("git", &["commit", "-qnm", "published"]);
        self.run("git", &["switch", "-q", "-c", "feature"]);
    }

    /// The commit must be stopped, by this rule, and leave everything as it is.
    fn stopped(&self, arguments: &[&str], rule: &str) {
        let before = self.state();
        let output = self.try_run("git", arguments);
        let said = both(&output);
        assert!(!output.status.success(), "git {arguments:?} was not stopped by {rule}: {said}");
        assert_eq!(spoken(&plain(&said)), [rule].into(), "{said}");
        assert_eq!(self.state(), before, "{said}");
        self.run("git", &["reset", "-q", "--hard"]);
    }

    /// The commit must pass, and guard have nothing to say.
    fn passes(&self, arguments: &[&str]) {
        let output = self.try_run("git", arguments);
        let said = both(&output);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        assert_eq!(spoken(&plain(&said)), [].into(), "{said}");
    }

    fn state(&self) -> [String; 3] {
        [&["rev-parse", "HEAD"][..], &["ls-files", "-s"], &["diff"]]
            .map(|arguments| self.run("git", arguments))
    }

    fn stage(&self, path: &str, text: impl AsRef<[u8]>) {
        self.write(path, text);
        self.run("git", &["add", "--", path]);
    }

    /// The rows: what a hook with a filter of files, or with the wrong index, lets through.
    fn rows(&self) {
        let one = self.file("10_one");
        let edited = "CREATE TABLE one (id TEXT);\n";

        self.stage(&one, edited);
        self.stopped(&["commit", "-qm", "edited"], "edited-migration");

        self.run("git", &["rm", "-q", &one]);
        self.stopped(&["commit", "-qm", "only deleted"], "deleted-migration");

        self.run("git", &["mv", &one, &format!("{}kept.sql", self.within)]);
        self.stopped(&["commit", "-qm", "moved out"], "deleted-migration");

        self.write(&one, edited);
        self.stopped(&["commit", "-qam", "all"], "edited-migration");

        self.stage("code.rs", "two\n");
        self.write(&one, edited);
        self.stopped(&["commit", "-qm", "one path", "--", &one], "edited-migration");

        // The edit is staged, and this commit leaves it out.
        self.stage(&one, edited);
        self.write("code.rs", "two\n");
        self.passes(&["commit", "-qm", "another path", "--", "code.rs"]);
        assert_eq!(self.run("git", &["diff", "--cached", "--name-only"]), format!("{one}\n"));
        self.run("git", &["reset", "-q", "--hard"]);

        // The edit lies in the work tree, and is not staged.
        self.stage(&self.file("30_three"), table("three"));
        self.write(&one, edited);
        self.passes(&["commit", "-qm", "a new one"]);
        assert_eq!(fs::read_to_string(self.root.join(&one)).unwrap(), edited);
        self.run("git", &["reset", "-q", "--hard"]);

        self.write(&self.file("30_three"), edited);
        self.passes(&["commit", "-qam", "its own, edited"]);
    }

    /// A service that is down, and a check that needs it; committed, so that only its state matters.
    fn declare(&self, probe: &str, required: bool) {
        let toml = format!(
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"{}migrations\"\n[hook]\nbudget = \"800ms\"\n\
             [services.tts]\nprobe = {probe}\nrequired = {required}\ntimeout = \"600ms\"\n\
             [[checks]]\nname = \"audio\"\nrun = [\"false\"]\nneeds = [\"tts\"]\nrequired = true\ntimeout = \"5s\"\n",
            self.within
        );
        self.write("guard.toml", toml);
        self.run("git", &["commit", "-qnam", "declare"]);
    }

    /// What is down: an optional thing keeps nobody from a commit and is named, a required one stops it and says how it would not.
    fn down(&self) {
        let refused = format!("\"tcp://127.0.0.1:{}\"", nobody());
        let silent = format!("\"http://127.0.0.1:{}\"", server(silent));
        let hangs = "{ run = [\"sh\", \"-c\", \"setsid sleep 60 & sleep 60\"] }".to_owned();
        let file = format!("{}note.rs", self.within);
        for (number, probe) in [refused, silent, hangs].iter().enumerate() {
            self.declare(probe, false);
            self.stage(&file, format!("optional {number}\n"));
            let begin = Instant::now();
            let output = self.try_run("git", &["commit", "-qm", "optional"]);
            let said = one_line(plain(&both(&output)).as_bytes());
            assert!(output.status.success(), "{probe}: {said}");
            // The manager itself, and a machine that is busy, take their time too.
            assert!(begin.elapsed() < LIMIT + Duration::from_secs(4), "{probe}: {:?}", begin.elapsed());
            assert!(said.contains("the service \"tts\""), "{probe}: {said}");
            assert!(
                said.contains("the check \"audio\"") && said.contains("does not block"),
                "{probe}: {said}"
            );

            self.declare(probe, true);
            self.stage(&file, format!("required {number}\n"));
            let before = self.state();
            let begin = Instant::now();
            let output = self.try_run("git", &["commit", "-qm", "required"]);
            let said = one_line(plain(&both(&output)).as_bytes());
            assert!(!output.status.success(), "{probe}: {said}");
            assert!(begin.elapsed() < LIMIT + Duration::from_secs(4), "{probe}: {:?}", begin.elapsed());
            assert!(said.contains("required by guard.toml:6"), "{probe}: {said}");
            assert!(said.contains("required = false at guard.toml:6"), "{probe}: {said}");
            assert_eq!(self.state(), before, "{said}");
            self.run("git", &["reset", "-q", "--hard"]);
        }
        assert_eq!(self.sleepers(), Vec::<String>::new());
        self.run("git", &["checkout", "-q", "main", "--", "guard.toml"]);
        self.run("git", &["commit", "-qnm", "declare nothing"]);
    }

    /// Who is left of what was started in the work tree.
    fn sleepers(&self) -> Vec<String> {
        let mut left = Vec::new();
        for process in fs::read_dir("/proc").unwrap().flatten() {
            if fs::read_link(process.path().join("cwd")).is_ok_and(|place| place.starts_with(&self.root)) {
                left.push(fs::read_to_string(process.path().join("cmdline")).unwrap_or_default());
            }
        }
        left
    }

    /// What no hook has seen at its commit is seen at the push.
    fn push(&self) {
        let server = self.repo.beside("server.git");
        self.run("git", &["init", "-q", "--bare", "-b", "main", server.to_str().unwrap()]);
        self.run("git", &["remote", "add", "origin", server.to_str().unwrap()]);
        self.passes(&["push", "-q", "origin", "main"]);
        self.passes(&["push", "-q", "origin", "HEAD:refs/heads/feature"]);
        self.run("git", &["rm", "-q", &self.file("10_one")]);
        self.run("git", &["commit", "-qnm", "past the hook"]);
        let there = || self.run("git", &["ls-remote", server.to_str().unwrap()]);
        let before = there();
        let output = self.try_run("git", &["push", "-q", "origin", "HEAD:refs/heads/feature"]);
        let said = both(&output);
        assert!(!output.status.success(), "{said}");
        assert!(spoken(&plain(&said)).contains("deleted-migration"), "{said}");
        assert_eq!(there(), before);
        self.run("git", &["reset", "-q", "--hard", "HEAD~1"]);
        self.passes(&["push", "-q", "origin", ":feature"]);
    }

    /// A merge that brings a version twice.
    fn merge(&self) {
        self.run("git", &["switch", "-q", "-c", "side", "main"]);
        self.stage(&self.file("30_other"), table("other"));
        self.run("git", &["commit", "-qnm", "the same version"]);
        self.run("git", &["switch", "-q", "feature"]);
        let output = self.try_run("git", &["merge", "-q", "--no-edit", "side"]);
        let said = both(&output);
        assert!(!output.status.success(), "{said}");
        assert_eq!(spoken(&plain(&said)), ["duplicate-version"].into(), "{said}");
        self.run("git", &["merge", "--abort"]);
    }
}

fn both(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// Without colour, and without what a manager puts before each line.
fn plain(said: &str) -> String {
    let mut text = String::new();
    let mut rest = said;
    while let Some(start) = rest.find("\u{1b}[") {
        text.push_str(&rest[..start]);
        let end = rest[start..].find('m').map_or(rest.len(), |end| start + end + 1);
        rest = &rest[end..];
    }
    text.push_str(rest);
    text.split_terminator('\n')
        .map(|line| line.trim_start_matches(['┃', '│', ' ']))
        .collect::<Vec<_>>()
        .join("\n")
}

const NO_HOOKS: &str = "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]\nrepos: []\n";

/// pre-commit and prek read the same file.
fn with_pre_commit_config(program: &str) {
    let managed = Managed::new("");
    managed.write(".pre-commit-config.yaml", NO_HOOKS);
    managed.run(program, &["install"]);
    managed.write(".pre-commit-config.yaml", managed.advised());
    managed.publish();
    managed.rows();
    managed.merge();
    managed.down();
    managed.push();
}

#[test]
fn pre_commit() {
    with_pre_commit_config("pre-commit");
}

#[test]
fn prek() {
    with_pre_commit_config("prek");
}

/// prek starts the hooks of a sub-project in its directory, with `GIT_INDEX_FILE` relative to the root.
#[test]
fn prek_in_a_sub_project() {
    let managed = Managed::new("db/");
    managed.write(".pre-commit-config.yaml", NO_HOOKS);
    managed.run("prek", &["install"]);
    managed.write("db/.pre-commit-config.yaml", managed.advised());
    managed.publish();
    managed.rows();
    managed.merge();
    managed.down();
    managed.push();
}

const A_JOB: &str = "pre-commit: { jobs: [{ name: x, run: 'true' }] }\n";

#[test]
fn lefthook() {
    let managed = Managed::new("");
    managed.write("lefthook.yml", A_JOB);
    managed.run("lefthook", &["install"]);
    managed.write("lefthook.yml", managed.advised());
    managed.run("lefthook", &["install"]);
    managed.publish();
    managed.rows();
    managed.merge();
    managed.down();
    managed.push();
}

/// The job is started in `root`, with `GIT_INDEX_FILE` relative to the root of the work tree. `root` is a filter as well:
/// when all that a commit does is to move a migration out of it, lefthook starts nothing. guard does not need it.
#[test]
fn lefthook_with_a_root() {
    let managed = Managed::new("db/");
    managed.write("lefthook.yml", A_JOB);
    managed.run("lefthook", &["install"]);
    managed.write("lefthook.yml", managed.advised().replace("name: guard,", "name: guard, root: db/,"));
    managed.run("lefthook", &["install"]);
    managed.publish();
    managed.rows();
    managed.merge();
    managed.down();
    managed.push();
}

/// husky's files, each with its line of guard.
fn husky_of(managed: &Managed) {
    managed.run("husky", &[]);
    for line in managed.advised().split_terminator('\n') {
        let (file, line) = line.split_once(':').unwrap();
        managed.write(file, format!("{}\n", line.trim()));
    }
}

#[test]
fn husky() {
    let managed = Managed::new("");
    husky_of(&managed);
    managed.publish();
    managed.rows();
    managed.merge();
    managed.down();
    managed.push();
}

/// husky's directory of hooks is not committed: a new work tree has none until husky has run there. `guard doctor` says so.
#[test]
fn husky_in_a_linked_work_tree() {
    let main = Managed::new("");
    husky_of(&main);
    main.publish();
    main.run("git", &["worktree", "add", "-q", "-b", "linked", "../linked", "main"]);
    let linked = Managed { root: main.repo.beside("linked"), ..main };
    let doctor = linked.try_run("guard", &["doctor"]);
    assert!(both(&doctor).contains("not installed"), "{}", both(&doctor));
    linked.run("husky", &[]);
    linked.rows();
    linked.down();
    linked.push();
}
