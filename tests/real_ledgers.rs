//! Ledgers that the real tools made, kept as statements under `tests/tools`, in the states of a repository. The
//! recipe beside each makes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::TestRepo;

/// A tool whose ledgers are kept.
struct Kept {
    name: &'static str,
    /// The directory of the migrations, below the tool's folder.
    dir: &'static str,
    /// The first, second and third migration.
    files: [&'static str; 3],
    /// In the first file: a word of the code, and a line of its own that is a comment.
    word: (&'static str, &'static str),
    comment: &'static str,
    /// What is said of a migration that comes before one that is applied.
    late: &'static [&'static str],
}

const TOOLS: &[Kept] = &[
    Kept {
        name: "yoyo",
        dir: "migrations",
        files: ["0001.one.py", "0002.two.sql", "0003.three.sql"],
        word: ("TABLE one (id INTEGER", "TABLE one (id BIGINT"),
        comment: "# a word\n",
        late: &["out-of-order-migration"],
    },
    Kept {
        name: "aerich",
        dir: "migrations/models",
        files: ["0_20240101000000_one.py", "1_20240102000000_two.py", "2_20240103000000_three.py"],
        word: ("\"one\" (\"id\" INTEGER", "\"one\" (\"id\" BIGINT"),
        comment: "",
        late: &["out-of-order-migration"],
    },
    Kept {
        name: "dbmate",
        dir: "migrations",
        files: ["20240101000000_one.sql", "20240102000000_two.sql", "20240103000000_three.sql"],
        word: ("TABLE one (id INTEGER", "TABLE one (id BIGINT"),
        comment: "-- a word\n",
        late: &["out-of-order-migration"],
    },
    Kept {
        name: "knex",
        dir: "migrations",
        files: ["20240101000000_one.js", "20240102000000_two.js", "20240103000000_three.js"],
        word: ("TABLE one (id INTEGER", "TABLE one (id BIGINT"),
        comment: "// a word\n",
        late: &["out-of-order-migration"],
    },
    Kept {
        name: "kysely",
        dir: "migrations",
        files: ["001_one.mjs", "002_two.mjs", "003_three.mjs"],
        word: ("TABLE one (id INTEGER", "TABLE one (id BIGINT"),
        comment: "// a word\n",
        late: &["out-of-order-migration"],
    },
    Kept {
        name: "typeorm",
        dir: "migrations",
        files: ["1704061200000-one.js", "1704062200000-two.js", "1704063200000-three.js"],
        word: ("TABLE one (id INTEGER", "TABLE one (id BIGINT"),
        comment: "// a word\n",
        late: &["out-of-order-migration"],
    },
];

fn folder(tool: &Kept) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(tool.name)
}

impl Kept {
    fn path(&self, number: usize) -> String {
        format!("{}/{}", self.dir, self.files[number])
    }

    /// A repository with these migrations committed, and the database that the dump describes.
    fn repo(&self, committed: &[usize], dump: &str) -> TestRepo {
        let repo = TestRepo::new();
        for number in committed {
            self.copy(&repo, *number);
        }
        repo.write(".gitignore", "dev.db*\n");
        repo.write(
            "guard.toml",
            format!(
                "[[migrations]]\ntool = \"{}\"\ndir = \"{}\"\n\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
                 required = true\ntimeout = \"10s\"\nat = [\"commit\"]\n",
                self.name, self.dir
            ),
        );
        let statements = fs::read_to_string(folder(self).join(dump)).unwrap();
        let connection = rusqlite::Connection::open(repo.path().join("dev.db")).unwrap();
        connection.execute_batch(&statements).unwrap();
        drop(connection);
        repo.git(&["add", "."]);
        repo.git(&["commit", "-q", "-m", "migrations"]);
        repo
    }

    fn copy(&self, repo: &TestRepo, number: usize) {
        let path = self.path(number);
        repo.write(&path, fs::read(folder(self).join(&path)).unwrap());
        // The way back in a second file, where the tool has it so.
        let undo = path.replace(".sql", ".rollback.sql");
        if let Ok(text) = fs::read(folder(self).join(&undo))
            && undo != path
        {
            repo.write(&undo, text);
        }
    }

    #[track_caller]
    fn expect(&self, repo: &TestRepo, state: &str, rules: &[&str]) {
        repo.git(&["add", "-A"]);
        assert_eq!(repo.guard(&["check", "--format", "json"]).rules(), rules, "{}: {state}", self.name);
    }
}

#[test]
fn every_state() {
    for tool in TOOLS {
        let all = [0, 1, 2];
        let repo = tool.repo(&all, "clean.sql");
        repo.write("code", "a change elsewhere\n");
        tool.expect(&repo, "clean", &[]);

        let first = fs::read_to_string(folder(tool).join(tool.path(0))).unwrap();
        let edited = first.replace(tool.word.0, tool.word.1);
        assert_ne!(edited, first, "{}", tool.name);
        repo.write(tool.path(0), edited);
        tool.expect(&repo, "edited", &["edited-migration"]);

        repo.write(tool.path(0), first.replace('\n', "\r\n"));
        tool.expect(&repo, "with CRLF", &["reformatted-migration"]);

        if !tool.comment.is_empty() {
            repo.write(tool.path(0), format!("{}{first}", tool.comment));
            tool.expect(&repo, "reformatted", &["reformatted-migration"]);
        }

        repo.write(tool.path(0), &first);
        fs::remove_file(repo.path().join(tool.path(2))).unwrap();
        tool.expect(&repo, "deleted", &["applied-but-absent", "deleted-migration"]);

        let repo = tool.repo(&[0, 1], "clean.sql");
        tool.expect(&repo, "applied from elsewhere", &["applied-but-absent"]);
        tool.copy(&repo, 2);
        tool.expect(&repo, "new, and applied already", &[]);

        let repo = tool.repo(&[0, 2], "gap.sql");
        tool.copy(&repo, 1);
        tool.expect(&repo, "late", tool.late);
        let repo = tool.repo(&all, "gap.sql");
        repo.write("code", "a change elsewhere\n");
        tool.expect(&repo, "late, and committed before", &[]);
    }
}
