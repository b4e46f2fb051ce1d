//! Console transcripts that read as documentation, and the README: each command of a ```console block is run, with
//! the built guard and the real git, and must say what stands there. `[..]` stands for some letters, `...` on a
//! line of its own for some lines, `? 1` for the exit code. `GUARD_BLESS=1` writes what was really said.
//!
//! `sqlite3 FILE "SQL"` is done by the library, and `sqlx migrate run` by that of sqlx, with the URL of `.env`, as its own
//! command does it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use migguard::config::env;
use snapbox::Data;
use snapbox::filter::NormalizeToExpected;

use crate::real_tools::sqlx_migrate;

/// What stands for the temporary directory, and for that of the built guard.
const PLACES: [&str; 2] = ["/srv", "/usr/local/bin"];

#[test]
fn every_transcript_says_what_happens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenarios = fs::read_dir(root.join("tests/scenarios")).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = scenarios.chain([root.join("README.md")]).collect();
    files.sort();
    let wrong: Vec<String> = thread::scope(|scope| {
        let plays: Vec<_> = files.iter().map(|file| scope.spawn(|| play(file).err())).collect();
        plays.into_iter().filter_map(|play| play.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Plays one file; the error shows the differences.
fn play(file: &Path) -> Result<(), String> {
    let written = fs::read_to_string(file).unwrap();
    let stage = Stage::new();
    let happened = stage.play(&written);
    let expected = Data::text(written.clone());
    let happened = NormalizeToExpected::new().redact().normalize(Data::text(happened), &expected);
    let happened = happened.render().unwrap();
    if happened == written {
        return Ok(());
    }
    if env::get("GUARD_BLESS").is_some() {
        fs::write(file, happened).unwrap();
        return Ok(());
    }
    let mut difference = String::new();
    let name = file.display().to_string();
    snapbox::report::write_diff(
        &mut difference,
        &expected,
        &Data::text(happened),
        Some(&name),
        Some(&"what happened"),
        snapbox::report::Palette::plain(),
    )
    .unwrap();
    Err(difference)
}

/// A temporary directory in which one file is played.
struct Stage {
    root: tempfile::TempDir,
    bin: PathBuf,
}

impl Stage {
    fn new() -> Self {
        // Lines are broken at a width, so the length of the path must be the same everywhere.
        let short = Path::new("/tmp");
        let parent = if short.is_dir() { short.to_owned() } else { std::env::temp_dir() };
        let root = tempfile::Builder::new().prefix("g").tempdir_in(parent).unwrap();
        for dir in ["srv", "home"] {
            fs::create_dir(root.path().join(dir)).unwrap();
        }
        let config = "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n\
                      [advice]\ndetachedHead = false\n[merge]\nstat = false\n";
        fs::write(root.path().join("home/.gitconfig"), config).unwrap();
        let bin = Path::new(env!("CARGO_BIN_EXE_guard")).parent().unwrap().to_owned();
        Self { root, bin }
    }

    /// The directory in which the first command runs.
    fn ground(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("srv")
    }

    /// The text with what was really said.
    fn play(&self, text: &str) -> String {
        let mut played = String::new();
        let mut directory = self.ground();
        let mut lines = text.split_inclusive('\n').peekable();
        let mut inside = false;
        while let Some(line) = lines.next() {
            if line.starts_with("```") {
                inside = line.trim_end() == "```console";
            }
            played += line;
            let Some(first) = line.strip_prefix("$ ").filter(|_| inside) else { continue };
            let mut command = first.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with("> ") || line.trim_end() == ">") {
                played += more;
                command += more.strip_prefix("> ").unwrap_or("\n");
            }
            played += &self.run(&command, &mut directory);
            // What stood there is passed over, but for the empty lines before the next command.
            let mut blank = String::new();
            while let Some(old) = lines.next_if(|line| !line.starts_with("$ ") && !line.starts_with("```")) {
                blank = if old.trim().is_empty() { blank + old } else { String::new() };
            }
            if !played.ends_with(&format!("\n{blank}")) || blank.is_empty() {
                played += &blank;
            }
        }
        played
    }

    /// Output and exit code of a command.
    fn run(&self, command: &str, directory: &mut PathBuf) -> String {
        if command.trim() == "sqlx migrate run" {
            let (_, url) = dotenvy::from_path_iter(directory.join(".env")).unwrap().next().unwrap().unwrap();
            let database = directory.join(url.strip_prefix("sqlite:").unwrap());
            return match sqlx_migrate(&directory.join("migrations"), &database) {
                Ok(()) => String::new(),
                Err(error) => format!("error: {error}\n? 1\n"),
            };
        }
        // The program of that name is not on every machine; the library is here.
        if let Some((file, sql)) = command.strip_prefix("sqlite3 ").and_then(|rest| rest.split_once(' ')) {
            let database = rusqlite::Connection::open(directory.join(file)).unwrap();
            database.execute_batch(sql.trim().trim_matches('"')).unwrap();
            return String::new();
        }
        let after = self.root.path().join("directory");
        let script = format!("exec 2>&1\n{command}\nstatus=$?\npwd >\"$AFTER\"\nexit $status");
        let path = format!("{}:{}", self.bin.display(), env::get("PATH").unwrap_or_default());
        let home = self.root.path().join("home");
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(&*directory)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &home)
            .env("AFTER", &after)
            .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("LC_ALL", "C"), ("TZ", "UTC")])
            .env("GIT_CEILING_DIRECTORIES", self.root.path())
            .envs([
                ("GIT_AUTHOR_DATE", "2026-01-05T09:00:00Z"),
                ("GIT_COMMITTER_DATE", "2026-01-05T09:00:00Z"),
            ])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        if let Ok(changed) = fs::read_to_string(&after) {
            *directory = PathBuf::from(changed.trim_end());
        }
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        for (place, shown) in [self.ground(), self.bin.clone()].iter().zip(PLACES) {
            said = said.replace(&place.display().to_string(), shown);
        }
        if !said.is_empty() && !said.ends_with('\n') {
            said.push('\n');
        }
        match output.status.code() {
            Some(0) => said,
            code => said + &format!("? {}\n", code.unwrap_or(-1)),
        }
    }
}
