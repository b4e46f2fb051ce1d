//! `guard init`: finds migrations and databases, writes a commented guard.toml, installs the hooks, and shows what
//! a first check says. What is only a guess stands in the file as a comment.

mod find;
mod rails;

use std::io::Write;

use crate::config::{Config, FILE_NAME};
use crate::report::count;
use crate::tools::{BUILT_IN, Tool};

use super::install::InstallArgs;
use super::{Context, Failure, check, hooks, install, project};
use find::{CONFIG_FILES, Found, FoundDatabase, KEYS, find};

/// Find tools, directories and databases; write a commented guard.toml; install the hooks; check once
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print what would be written, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write over a guard.toml that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(
    args: &Args,
    context: &Context,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let git = crate::git::open(&context.directory)?;
    let Some(root) = git.layout().work_tree.clone() else {
        return Err(crate::git::GitError::Bare(git.layout().git_dir.clone()).into());
    };
    let path = root.join(FILE_NAME);
    if path.exists() && !args.force && !args.dry_run {
        return Err(Failure::new(format!("{FILE_NAME} is already there"))
            .fix("guard config shows what it says; guard init --dry-run shows what would be written")
            .fix("guard init --force writes over it"));
    }
    let found = find(&root)?;
    if found.sets.is_empty() {
        return Err(nothing_found());
    }
    let text = render(&found);
    if let Err(mistakes) = Config::parse(&text, &root) {
        let what = mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return Err(Failure::new(format!(
            "what guard would write is wrong, which is a bug in guard: {what}"
        )));
    }
    if args.dry_run {
        write!(out, "{text}")?;
        let names: Vec<_> = hooks::HOOKS.iter().map(|hook| hook.name).collect();
        writeln!(err, "guard: would write this to {FILE_NAME}, and install the hooks {}", listed(&names))?;
        return Ok(0);
    }
    say_found(&found, out)?;
    project::write_file(&path, &text, args.force)?;
    writeln!(out, "{FILE_NAME}: written; every value is explained in it")?;
    install::install(&InstallArgs::default(), context, out)?;
    writeln!(out)?;
    out.flush()?;
    let first = check::Args { at: Some("commit".to_owned()), ..check::Args::default() };
    check::run(&first, context, out, err)?;
    writeln!(
        out,
        "\nNext: git add {FILE_NAME}, and commit it. guard explain RULE and guard doctor say more."
    )?;
    propose_lock(&found, out)?;
    Ok(0)
}

/// Where no ledger keeps a checksum, a file of the team's can.
fn propose_lock(found: &Found, out: &mut dyn Write) -> std::io::Result<()> {
    let tools =
        found.sets.iter().filter_map(|set| Tool::find(set.tool, &std::collections::BTreeMap::new()).ok());
    let mut without = tools.map(|tool| tool.facts()).filter(|facts| !facts.keeps_checksum);
    if let Some(tool) = without.next() {
        writeln!(
            out,
            "{} keeps no checksum: with guard lock, and guard.lock committed, an edit shows in every clone.",
            tool.title
        )?;
    }
    Ok(())
}

fn say_found(found: &Found, out: &mut dyn Write) -> std::io::Result<()> {
    for set in &found.sets {
        writeln!(out, "found: migrations of {} in {} ({})", set.tool, set.dir, set.because)?;
    }
    for database in &found.databases {
        match &database.address {
            Ok(address) => writeln!(out, "found: the database {address} ({})", database.origin)?,
            Err(why) => writeln!(out, "found: a database that is not asked ({}): {why}", database.origin)?,
        }
    }
    if found.databases.is_empty() {
        let (keys, files) = (KEYS.join(", "), CONFIG_FILES.join(", "));
        writeln!(
            out,
            "found: no database, in {keys} of the environment and of .env, nor a SQLite file in {files}"
        )?;
    }
    Ok(())
}

fn nothing_found() -> Failure {
    let what = format!(
        "no migrations were found in the usual directories of {} (`guard tools` lists them)",
        count(BUILT_IN.len(), "tool")
    );
    Failure::new(what).fix(format!(
        "declare them, in a file {FILE_NAME} at the root of the repository:\n       [[migrations]]\n       \
             tool = \"sqlx\"        # or another of the list\n       dir = \"db/changes\"   # where they are"
    ))
}

/// The template with what was found. A line `#: NAME` begins a part that is written once for each thing of its
/// kind, or not at all; `#: end` ends it.
fn render(found: &Found) -> String {
    let mut text = String::new();
    let mut part = ("", String::new());
    for line in include_str!("init/template.toml").split_inclusive('\n') {
        match line.strip_prefix("#: ") {
            Some(name) => {
                text += &written(part.0, &part.1, found);
                part = (name.trim_end(), String::new());
            }
            None => part.1 += line,
        }
    }
    text + &written(part.0, &part.1, found)
}

/// A part of the template, as often as it is needed.
fn written(part: &str, template: &str, found: &Found) -> String {
    let numbered = |readable: bool| {
        let databases = found.databases.iter().enumerate();
        databases.filter(move |(_, database)| database.address.is_ok() == readable)
    };
    match part {
        "set" => {
            let sets = found.sets.iter().map(|set| {
                let dir = quoted(&set.dir.to_str_lossy());
                let values = [
                    ("because", set.because.clone()),
                    ("name", dir.clone()),
                    ("tool", quoted(set.tool)),
                    ("dir", dir),
                ];
                // Before the empty line that ends the part.
                let written = fill(template, &values);
                format!("{}{}\n", written.trim_end_matches('\n').to_owned() + "\n", replay(set.tool))
            });
            sets.collect()
        }
        "database" => {
            numbered(true).map(|(number, database)| fill(template, &values(number, database))).collect()
        }
        "unreadable" => {
            numbered(false).map(|(number, database)| fill(template, &values(number, database))).collect()
        }
        "none" if !found.databases.is_empty() => String::new(),
        _ => template.to_owned(),
    }
}

/// How the migrations of a tool that runs programs would be replayed; nothing for the others.
fn replay(tool: &str) -> String {
    let found = Tool::find(tool, &std::collections::BTreeMap::new()).ok();
    let Some(replay) = found.as_ref().and_then(Tool::replay) else { return String::new() };
    let words = |words: &[String]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "# Its migrations are programs. For checks = [\"drift\"] their own tool runs them, on a scratch database:\n\
         # [migrations.replay]\n# run = [{}]\n",
        words(&replay.run)
    );
    if !replay.to.is_empty() {
        text += &format!("# to = [{}]   # where a database is behind\n", words(&replay.to));
    }
    let env = replay.env.iter().map(|(name, value)| format!("{name} = {}", quoted(value)));
    text + &format!("# env = {{ {} }}   # what its settings read\n", env.collect::<Vec<_>>().join(", "))
}

fn values(number: usize, database: &FoundDatabase) -> [(&'static str, String); 4] {
    let key = if number == 0 { "dev".to_owned() } else { format!("dev-{}", number + 1) };
    let why = database.address.as_ref().err().cloned().unwrap_or_default();
    [("key", key), ("origin", database.origin.clone()), ("url", database.url.clone()), ("why", why)]
}

/// Puts the values in, and moves the comment at the end of a line back to its column.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    const COLUMN: usize = 40;
    let line = |line: &str| {
        let (value, comment) = match line.find("   #") {
            Some(at) => (line[..at].trim_end(), Some(line[at..].trim())),
            None => (line.trim_end(), None),
        };
        let put = |text: &str| {
            values.iter().fold(text.to_owned(), |text, (key, value)| {
                // A name may hold what ends a line; a comment must not end before its time.
                text.replace(&format!("{{{key}}}"), &value.replace(['\n', '\r'], " "))
            })
        };
        match comment {
            Some(comment) => format!("{:<width$}{}\n", put(value) + "  ", put(comment), width = COLUMN),
            None => put(value) + "\n",
        }
    };
    template.split_terminator('\n').map(line).collect()
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    use std::fmt::Write as _;

    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                // Writing into a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// `one, two and three`.
fn listed(names: &[&str]) -> String {
    match names {
        [first @ .., second, last] if !first.is_empty() => {
            format!("{}, {second} and {last}", first.join(", "))
        }
        _ => names.join(" and "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::DatabaseUrl;
    use std::path::Path;

    use crate::model::{Moment, Need, RepoPath};
    use crate::tools::Detected;

    fn set(dir: &str) -> Detected {
        Detected {
            tool: "sqlx",
            dir: RepoPath::from(dir),
            because: "Cargo.toml depends on sqlx".to_owned(),
            table: None,
        }
    }

    fn database(url: &str, address: Result<&str, &str>) -> FoundDatabase {
        let address =
            address.map(|url| DatabaseUrl::parse(url, Path::new("/r")).unwrap()).map_err(str::to_owned);
        FoundDatabase { url: url.to_owned(), origin: "DATABASE_URL in .env".to_owned(), address }
    }

    #[test]
    fn what_is_written_says_what_was_found_and_nothing_else() {
        let found = Found {
            sets: vec![set("migrations"), set("b/migrations")],
            databases: vec![
                database("{ env-file = \".env\", key = \"DATABASE_URL\" }", Ok("sqlite:dev.db")),
                database("{ env = \"DB_URL\" }", Err("guard cannot read MySQL databases")),
            ],
        };
        let text = render(&found);
        let config = Config::parse(&text, Path::new("/r")).unwrap();
        let dirs: Vec<_> = config.sets.iter().map(|set| set.dir.as_ref().unwrap().to_string()).collect();
        assert_eq!(dirs, ["migrations", "b/migrations"]);
        let [database] = &*config.databases else { panic!("{:?}", config.databases) };
        assert_eq!((database.need, &*database.at), (Need::Optional, &[Moment::Commit][..]));
        assert_eq!(database.timeout.as_millis(), 500);
        assert!(text.contains("# [databases.dev-2]") && text.contains("cannot read MySQL"), "{text}");
        assert!(!text.contains("#:") && !text.contains("No database was found"), "{text}");
    }

    #[test]
    fn the_parts_that_are_comments_are_right_when_they_are_not() {
        let text = render(&Found { sets: vec![set("migrations")], databases: Vec::new() });
        assert!(text.contains("No database was found"), "{text}");
        let is_setting = |line: &str| {
            line.starts_with('[')
                || line
                    .split_once(" = ")
                    .is_some_and(|(key, _)| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        };
        let live: String = text
            .split_inclusive('\n')
            .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line))
            .collect();
        let config = Config::parse(&live, Path::new("/r")).unwrap();
        assert_eq!((config.databases.len(), config.waivers.len()), (1, 1));
        assert!(config.base.is_some() && config.budget.is_some() && !config.levels.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn a_directory_of_any_name_is_read_back(name in "[^/\\\\\0]{1,20}") {
            proptest::prop_assume!(name != "." && name != "..");
            let text = render(&Found { sets: vec![set(&name)], databases: Vec::new() });
            let config = Config::parse(&text, Path::new("/r")).unwrap();
            proptest::prop_assert_eq!(config.sets[0].dir.as_ref().unwrap(), &RepoPath::from(&*name));
        }
    }

    #[test]
    fn what_is_proposed_for_a_replay_is_a_configuration() {
        let mut proposed = 0;
        for (tool, _) in BUILT_IN {
            let lines = replay(tool);
            let lines: Vec<&str> =
                lines.split_terminator('\n').skip(1).filter_map(|line| line.strip_prefix("# ")).collect();
            let text = format!("[[migrations]]\ntool = \"{tool}\"\n{}\n", lines.join("\n"));
            let config =
                Config::parse(&text, Path::new("/r")).unwrap_or_else(|error| panic!("{tool}: {error:?}"));
            assert_eq!(lines.is_empty(), config.sets[0].replay.run.is_empty(), "{text}");
            // SQL that guard runs itself needs no command.
            let own = Tool::find(tool, &std::collections::BTreeMap::new()).unwrap().scripts().is_some();
            assert!(lines.is_empty() || !own, "{tool}");
            proposed += usize::from(!lines.is_empty());
        }
        assert_eq!(proposed, 8);
    }
}
