//! `guard demo`: a real repository, a real SQLite database, real commits through the installed hook, in a
//! temporary directory. Each step says what it expects of itself; a demo that does not show it fails.

mod database;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Context, Failure, hooks, spawn};

/// Show in a temporary repository what guard does: a good commit, a stopped one, a database that is down
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Leave the repository there, and say where it is
    #[arg(long)]
    keep: bool,
}

/// The files that the demo begins with.
const FILES: &[(&str, &str)] = &[
    ("guard.toml", include_str!("demo/guard.toml")),
    (".gitignore", "*.db\n"),
    (
        "migrations/0001_create_users.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n",
    ),
    (
        "migrations/0002_create_orders.sql",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user INTEGER NOT NULL REFERENCES users (id));\n",
    ),
];

/// A step: what it is about, the commands, and what must be seen of the last one.
struct Step {
    title: &'static str,
    commands: &'static [&'static str],
    /// The commit goes through.
    passes: bool,
    /// All of this is said ...
    said: &'static [&'static str],
    /// ... and none of that.
    unsaid: &'static [&'static str],
}

const STEPS: &[Step] = &[
    Step {
        title: "A good commit. guard has nothing to say.",
        commands: &[
            "echo 'ALTER TABLE users ADD COLUMN email TEXT;' > migrations/0003_add_email.sql",
            "git add migrations",
            "git commit -m 'users have an email address'",
        ],
        passes: true,
        said: &["users have an email address"],
        unsaid: &["guard", "error", "warning", "note"],
    },
    Step {
        title: "A migration that has already run is edited. The commit is stopped.",
        commands: &[
            "echo 'ALTER TABLE users ADD COLUMN phone TEXT;' >> migrations/0001_create_users.sql",
            "git commit -a -m 'users have a phone number'",
        ],
        passes: false,
        said: &["error[checksum-mismatch]", "edited-migration:", "fix:"],
        unsaid: &["note:"],
    },
    Step {
        title: "The same while the database is gone. The repository alone still shows it.",
        commands: &["mv dev.db away.db", "git commit -a -m 'users have a phone number'"],
        passes: false,
        said: &["error[edited-migration]", "note: the database \"dev\"", "was not checked"],
        unsaid: &["checksum-mismatch"],
    },
    Step {
        title: "The database is still gone, and optional: a good commit passes, and guard says what it did not check.",
        commands: &[
            "git restore migrations",
            "echo 'CREATE INDEX orders_by_user ON orders (user);' > migrations/0004_index_orders.sql",
            "git add migrations",
            "git commit -m 'orders are found by user'",
        ],
        passes: true,
        said: &["note: the database \"dev\"", "was not checked", "orders are found by user"],
        unsaid: &["error"],
    },
    Step {
        title: "The fix: the database is back, and the change is a new migration. What was skipped is made good.",
        commands: &[
            "mv away.db dev.db",
            "echo 'ALTER TABLE users ADD COLUMN phone TEXT;' > migrations/0005_add_phone.sql",
            "git add migrations",
            "git commit -m 'users have a phone number'",
        ],
        passes: true,
        said: &["note: 1 commit made offline is now checked by dev: fine", "users have a phone number"],
        unsaid: &["guard", "error", "warning"],
    },
];

pub(super) fn run(args: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let directory =
        tempfile::Builder::new().prefix("guard-demo-").disable_cleanup(args.keep).tempdir().map_err(
            |error| Failure::new(format!("no temporary directory can be made: {error}")).fix("set TMPDIR"),
        )?;
    let demo = Demo::new(directory.path(), context.look.color)?;
    writeln!(
        out,
        "A repository with two migrations of sqlx, a SQLite database that has run both, and guard's hook.\n"
    )?;
    writeln!(out, "$ cat guard.toml\n{}", include_str!("demo/guard.toml"))?;
    for (number, step) in (1..).zip(STEPS) {
        writeln!(out, "# {number}. {}", step.title)?;
        demo.show(step, out)?;
        writeln!(out)?;
        out.flush()?;
    }
    if args.keep {
        writeln!(out, "The repository is in {}", directory.path().display())?;
    }
    writeln!(out, "In a repository of your own: guard init")?;
    Ok(0)
}

/// The repository of the demo.
struct Demo<'a> {
    directory: &'a Path,
    guard: PathBuf,
    color: bool,
}

impl<'a> Demo<'a> {
    fn new(directory: &'a Path, color: bool) -> Result<Self, Failure> {
        let guard = hooks::own_path()?;
        let demo = Self { directory, guard, color };
        fs::create_dir(directory.join("migrations"))?;
        for (name, text) in FILES {
            fs::write(directory.join(name), text)?;
        }
        database::apply(directory, &directory.join("dev.db"))?;
        // `-b` came with git 2.28.
        demo.must("git init -q")?;
        demo.must("git symbolic-ref HEAD refs/heads/main")?;
        demo.must("\"$GUARD_PROGRAM\" install")?;
        demo.must("git add .")?;
        demo.must("git commit -q -m 'users and orders'")?;
        Ok(demo)
    }

    /// Runs a command as it is shown. Nobody's own settings of git have a say in it.
    fn run(&self, command: &str) -> Result<(bool, String), Failure> {
        let mut shell = spawn::isolated(Path::new("sh"));
        shell.arg("-c").arg(command).current_dir(self.directory);
        shell.envs([("HOME", self.directory.as_os_str()), ("GUARD_PROGRAM", self.guard.as_os_str())]);
        shell.envs([
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ("GIT_AUTHOR_DATE", "2026-01-05T09:00:00Z"),
            ("GIT_COMMITTER_NAME", "Ada"),
            ("GIT_COMMITTER_EMAIL", "ada@example.org"),
            ("GIT_COMMITTER_DATE", "2026-01-05T09:00:00Z"),
            ("LC_ALL", "C"),
        ]);
        if self.color {
            shell.env("CLICOLOR_FORCE", "1");
        }
        let output = shell.output().map_err(|error| Failure::new(format!("sh does not run: {error}")))?;
        // A hook speaks on standard error, and before git does.
        let text = [output.stderr, output.stdout].concat();
        Ok((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
    }

    fn must(&self, command: &str) -> Result<(), Failure> {
        match self.run(command)? {
            (true, _) => Ok(()),
            (false, text) => Err(broken(command, &text)),
        }
    }

    /// Shows a step, and holds it against what it promises.
    fn show(&self, step: &Step, out: &mut dyn Write) -> Result<(), Failure> {
        let (last, before) = step.commands.split_last().unwrap_or((&"true", &[]));
        for command in before {
            writeln!(out, "$ {command}")?;
            let (passed, text) = self.run(command)?;
            write!(out, "{text}")?;
            if !passed {
                return Err(broken(command, &text));
            }
        }
        writeln!(out, "$ {last}")?;
        let (passed, text) = self.run(last)?;
        write!(out, "{text}")?;
        let plain = without_color(&text);
        let kept = passed == step.passes
            && step.said.iter().all(|word| plain.contains(word))
            && !step.unsaid.iter().any(|word| plain.contains(word));
        if kept { Ok(()) } else { Err(broken(last, &text)) }
    }
}

fn broken(command: &str, output: &str) -> Failure {
    Failure::new(format!("the demo did not show what it promises, at: {command}\n{}", output.trim_end()))
        .fix("guard doctor says whether git and guard are in order; if they are, this is a bug in guard")
}

fn without_color(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}
