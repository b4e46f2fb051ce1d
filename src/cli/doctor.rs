//! `guard doctor`: is the hook there, does git run it, does it find guard, and does guard reach what it is to ask.
//! A gate that is silently gone is worse than none.

use std::io::{self, Write};
use std::path::Path;

use std::time::Instant;

use colored::{Color, Colorize};

use crate::check;
use crate::config::{Config, ConfigError, DatabaseConfig, FILE_NAME, env};
use crate::gather::{Gathered, Project, Request, gather, leftovers};
use crate::git::{self, Backend};
use crate::model::{Database, Fact, LedgerState, Moment, Need};
use crate::report::count;

use super::hooks::{self, HOOKS, Hook, Place, Shim, State};
use super::managers::Manager;
use super::{Context, Failure, config, project, spawn};

mod network;

/// Say what is wrong with this installation: git, hooks, guard.toml, migrations, databases
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// The oldest git whose hooks and plumbing guard is held against.
const OLDEST_GIT: (u32, u32) = (2, 24);

pub(super) fn run(_: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    colored::control::set_override(context.look.color);
    let mut lines = Lines { out, wrong: 0 };
    git_version(&context.directory, &mut lines)?;
    let git = git::open(&context.directory)?;
    repository(&*git, &mut lines)?;
    installed_hooks(&*git, &mut lines)?;
    switched_off(&mut lines)?;
    if let Some(config) = configuration(&*git, &mut lines)? {
        examined(Project { git, config }, &mut lines)?;
    }
    Ok(u8::from(lines.wrong > 0))
}

/// The lines that are printed, and how many of them are bad.
struct Lines<'a> {
    out: &'a mut dyn Write,
    wrong: usize,
}

impl Lines<'_> {
    fn ok(&mut self, what: &str) -> io::Result<()> {
        writeln!(self.out, "{}       {what}", "ok".color(Color::Green).bold())
    }

    fn warning(&mut self, what: &str, fix: &str) -> io::Result<()> {
        writeln!(self.out, "{}  {what}", "warning".color(Color::Yellow).bold())?;
        self.fix(fix)
    }

    fn wrong(&mut self, what: &str, fix: &str) -> io::Result<()> {
        self.wrong += 1;
        writeln!(self.out, "{}    {what}", "wrong".color(Color::Red).bold())?;
        self.fix(fix)
    }

    fn fix(&mut self, fix: &str) -> io::Result<()> {
        if fix.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "         {}: {fix}", "fix".color(Color::Green).bold())
    }
}

fn git_version(directory: &Path, lines: &mut Lines<'_>) -> io::Result<()> {
    let version = match spawn::first_line(spawn::git(directory, &["--version"])) {
        Ok(version) => version,
        Err(error) => return lines.wrong(&format!("git does not answer: {error}"), "install git"),
    };
    let mut numbers =
        version.split(|letter: char| !letter.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let found: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < OLDEST_GIT {
        // The hook pre-merge-commit came with this version.
        let what = format!("{version} does not know the hook pre-merge-commit: merges go unchecked");
        return lines.warning(&what, &format!("install git {}.{} or later", OLDEST_GIT.0, OLDEST_GIT.1));
    }
    lines.ok(&version)
}

fn repository(git: &dyn Backend, lines: &mut Lines<'_>) -> io::Result<()> {
    let layout = git.layout();
    let root = layout.work_tree.as_ref().unwrap_or(&layout.git_dir).display();
    match &layout.fallback {
        None => lines.ok(&format!("repository {root}"))?,
        Some(why) => lines.ok(&format!("repository {root}, read through the git command, since {why}"))?,
    }
    if layout.work_tree.is_none() {
        lines.warning(
            "the repository is bare: nothing is committed here",
            "guard check --rev BRANCH judges a commit",
        )?;
    }
    if layout.shallow {
        let what = "the clone is shallow: which migrations are published may not be seen";
        lines.warning(what, "git fetch --unshallow")?;
    }
    Ok(())
}

fn installed_hooks(git: &dyn Backend, lines: &mut Lines<'_>) -> Result<(), Failure> {
    let place = match Place::find(git) {
        Ok(place) => place,
        Err(failure) => {
            lines.wrong(failure.what(), "git config core.hooksPath DIR, with a whole path")?;
            return Ok(());
        }
    };
    if let Some(path) = &place.configured {
        let own = git.layout().common_dir.join("hooks");
        if hooks::real(&own) != hooks::real(&place.dir) {
            lines.ok(&format!("core.hooksPath is \"{path}\": git runs the hooks there"))?;
            for hook in HOOKS {
                if matches!(State::of(&own.join(hook.name)), Ok(State::Shim(_))) {
                    let what =
                        format!("{} is guard's, and git does not look there", own.join(hook.name).display());
                    lines.warning(&what, "git config --unset core.hooksPath, or take that file away")?;
                }
            }
        }
    }
    let root = git.layout().work_tree.clone().unwrap_or_default();
    for hook in HOOKS {
        one_hook(hook, &place, &root, lines)?;
    }
    for network::Call { file, line, program, fix } in network::calls(&place.dir, &root) {
        let what = format!(
            "{file}:{line}: {program} may wait for the network without end, and every commit with it"
        );
        let fix = format!("{fix}; or make it a check of {FILE_NAME}, with a timeout: [[checks]]");
        lines.warning(&what, &fix)?;
    }
    Ok(())
}

fn one_hook(hook: &Hook, place: &Place, root: &Path, lines: &mut Lines<'_>) -> Result<(), Failure> {
    let name = hook.name;
    match State::of(&place.file(hook))? {
        State::Shim(shim) => shim_lines(hook, place, &shim, lines)?,
        State::Foreign(_) if place.is_called_by_manager(hook) => {
            lines.ok(&format!(
                "hook {name}: guard's, called by the hook manager that was installed after it"
            ))?;
        }
        State::Foreign(text) => foreign_lines(name, &text, root, lines)?,
        State::Absent => {
            lines.wrong(&format!("hook {name}: not installed in {}", place.shown()), "guard install")?;
        }
        State::Odd => {
            lines.wrong(
                &format!("hook {name}: {} is no file", place.file(hook).display()),
                "take it away, then guard install",
            )?;
        }
    }
    Ok(())
}

fn shim_lines(hook: &Hook, place: &Place, shim: &Shim, lines: &mut Lines<'_>) -> Result<(), Failure> {
    let name = hook.name;
    if !shim.executable {
        let fix = format!("chmod +x {}", place.file(hook).display());
        lines.wrong(&format!("hook {name}: not executable, so git passes it over"), &fix)?;
        return Ok(());
    }
    if !shim.intact {
        lines.warning(
            &format!("hook {name}: edited after guard wrote it"),
            "guard install --force writes it anew",
        )?;
    }
    let known = shim.program.as_deref().filter(|program| hooks::is_executable(program));
    let program = match (known, hooks::in_path().into_iter().next()) {
        (Some(program), _) => program.to_owned(),
        (None, Some(program)) => {
            let what = format!(
                "hook {name}: the guard that it names is gone ({}); the one in PATH is used, which programs with a \
                 shorter PATH do not see",
                shim.program.as_deref().unwrap_or(Path::new("none")).display()
            );
            lines.warning(&what, "guard install")?;
            program
        }
        (None, None) => {
            lines.wrong(
                &format!("hook {name}: finds no guard, so every commit is blocked"),
                "guard install",
            )?;
            return Ok(());
        }
    };
    let own = format!("guard {}", env!("CARGO_PKG_VERSION"));
    let same = std::env::current_exe().is_ok_and(|current| hooks::real(&current) == hooks::real(&program));
    let mut version = spawn::isolated(&program);
    version.arg("--version");
    match if same { Ok(own.clone()) } else { spawn::first_line(version) } {
        Ok(version) if version == own => {
            lines.ok(&format!("hook {name}: {} calls {}", place.shown(), program.display()))?;
        }
        Ok(version) => {
            let what = format!("hook {name}: calls {version} at {}, and this is {own}", program.display());
            lines.warning(&what, "guard install, with the guard that the hook is to call")?;
        }
        Err(error) => {
            let what = format!("hook {name}: {} does not run: {error}", program.display());
            lines.wrong(&what, "install guard again, then guard install")?;
        }
    }
    Ok(())
}

fn foreign_lines(name: &str, text: &[u8], root: &Path, lines: &mut Lines<'_>) -> io::Result<()> {
    let calls_guard = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        ["guard hook", "guard check"].iter().any(|call| text.contains(call))
    };
    if calls_guard(text) {
        return lines.ok(&format!("hook {name}: another hook, which calls guard"));
    }
    let Some(manager) = Manager::of(text) else {
        return lines
            .wrong(&format!("hook {name}: another hook, which does not call guard"), "guard install");
    };
    let files = manager.files(name);
    let declared =
        files.iter().find(|file| std::fs::read(root.join(file)).is_ok_and(|text| calls_guard(&text)));
    if let Some(file) = declared {
        return lines.ok(&format!("hook {name}: {} runs it, and {file} calls guard", manager.name()));
    }
    let what = format!("hook {name}: {}'s, and nothing in {} calls guard", manager.name(), files.join(", "));
    lines.wrong(&what, "guard install, or declare guard there")
}

fn switched_off(lines: &mut Lines<'_>) -> io::Result<()> {
    match env::get("GUARD").as_deref() {
        Some("0") => lines.wrong("GUARD=0 is in the environment: the hooks are switched off", "unset GUARD"),
        Some("1") => lines.wrong(
            "GUARD=1 is in the environment: the hooks take it for guard's own work and do nothing",
            "unset GUARD",
        ),
        _ => Ok(()),
    }
}

/// The configuration, unless it is wrong.
fn configuration(git: &dyn Backend, lines: &mut Lines<'_>) -> Result<Option<Config>, Failure> {
    let Some(root) = &git.layout().work_tree else { return Ok(Some(Config::default())) };
    match Config::load(root) {
        Ok(config) if config.file.is_some() => {
            lines.ok(&format!("{FILE_NAME} is without mistakes"))?;
            Ok(Some(config))
        }
        Ok(config) => {
            let what =
                format!("there is no {FILE_NAME}: migrations are discovered, and no database is asked");
            lines.warning(&what, "guard init writes one")?;
            Ok(Some(config))
        }
        Err(ConfigError::Wrong { mistakes, .. }) => {
            for mistake in mistakes {
                lines.wrong(&mistake.to_string(), mistake.fix.as_deref().unwrap_or_default())?;
            }
            Ok(None)
        }
        Err(error) => {
            lines.wrong(&error.to_string(), "make it readable, or take it away")?;
            Ok(None)
        }
    }
}

/// Sets and databases, each asked within its own time, whatever the moment it is declared for.
fn examined(mut project: Project, lines: &mut Lines<'_>) -> Result<(), Failure> {
    let sets = match config::sets(&project) {
        Ok(sets) => sets,
        Err(failure) => {
            lines.wrong(failure.what(), "correct the set in guard.toml, or add the files to git")?;
            return Ok(());
        }
    };
    if sets.is_empty() {
        let fix = format!("declare them in {FILE_NAME}: guard init --dry-run shows how");
        lines.wrong("no migrations were found in the index", &fix)?;
    }
    for database in &mut project.config.databases {
        database.at = vec![Moment::Commit];
    }
    project.config.budget = None;
    let candidate = match project.git.layout().work_tree {
        Some(_) => crate::gather::Candidate::Index,
        None => project::candidate(&project, Moment::Audit, None)?,
    };
    let request = Request {
        moment: Moment::Commit,
        candidate,
        base: None,
        replaces: None,
        offline: false,
        started: Instant::now(),
        retry: true,
        is_commit: false,
        drift: false,
        rehearsal: false,
        warden: None,
    };
    let Gathered { facts, remarks, .. } =
        match gather(&project, &request, &check::enabled(&project.config, Moment::Commit)) {
            Ok(gathered) => gathered,
            Err(error) => {
                lines.wrong(Failure::from(error).what(), "guard check says more")?;
                return Ok(());
            }
        };
    for (set, resolved) in facts.sets.iter().zip(&sets) {
        let what = format!(
            "set {}: {} of {} in {} ({})",
            set.name,
            count(set.candidate.len(), "migration"),
            set.tool.title,
            set.dir,
            resolved.origin
        );
        if set.candidate.is_empty() {
            lines.wrong(&what, "correct dir in guard.toml, or add the files to git")?;
        } else {
            lines.ok(&what)?;
        }
    }
    for remark in &remarks {
        lines.warning(remark, "")?;
    }
    if facts.databases.is_empty() {
        let what = "no database is declared: only the repository itself is judged";
        lines.warning(what, &format!("add a [databases.NAME] to {FILE_NAME}"))?;
    }
    facts.databases.iter().try_for_each(|database| one_database(database, lines))?;
    project.config.databases.iter().try_for_each(|database| scratch(database, lines))?;
    Ok(())
}

/// The server for replays: whether it is there, and what was left on it when guard was killed.
fn scratch(database: &DatabaseConfig, lines: &mut Lines<'_>) -> io::Result<()> {
    let Some(scratch) = &database.scratch else { return Ok(()) };
    let name = &database.name;
    let deadline = Instant::now() + database.timeout;
    let found = scratch.resolve().and_then(|url| {
        let left = leftovers(&url, deadline).map_err(|error| error.to_string())?;
        Ok((url, left))
    });
    match found {
        Err(why) => lines.warning(
            &format!("scratch server of {name} ({scratch}): {why}"),
            "bring it up, or correct its url",
        ),
        Ok((url, left)) => {
            lines.ok(&format!("scratch server of {name} ({url}): answers"))?;
            left.iter().try_for_each(|left| {
                let what = format!("scratch server of {name}: {left} was left there by a guard that was killed, more than a day ago");
                lines.warning(&what, &format!("DROP DATABASE {left};"))
            })
        }
    }
}

fn one_database(database: &Database, lines: &mut Lines<'_>) -> io::Result<()> {
    let Database { name, address, need, .. } = database;
    let need_word = if *need == Need::Required { "required" } else { "optional" };
    match &database.ledgers {
        Fact::Unavailable(outage) => {
            let what = format!(
                "database {name} ({address}, {need_word}): {}; waited {} ms",
                outage.cause,
                outage.waited.as_millis()
            );
            match need {
                Need::Required => lines.wrong(&what, "bring it up, or make it optional: required = false"),
                Need::Optional => lines.warning(&what, "bring it up; until then it is not checked"),
            }
        }
        Fact::NotAsked => {
            lines.warning(&format!("database {name}: no enabled rule asks it"), "enable one in [rules]")
        }
        Fact::Known(ledgers) => {
            for ledger in ledgers {
                match &ledger.state {
                    LedgerState::Read(read) => lines.ok(&format!(
                        "database {name} ({address}, {need_word}): {} in {}",
                        count(read.rows.len(), "row"),
                        read.table
                    ))?,
                    LedgerState::Absent { table, tables: 0 } => lines.warning(
                        &format!(
                            "database {name} ({address}, {need_word}): answers, and has no ledger {table}"
                        ),
                        "migrate it once, or correct its url or the set's table",
                    )?,
                    LedgerState::Absent { table, tables } => lines.warning(
                        &format!(
                            "database {name} ({address}, {need_word}): answers, and has {}, but no ledger {table}",
                            count(*tables, "table")
                        ),
                        &format!(
                            "`guard audit {name}` says how to record what it has; or correct its url or the set's table"
                        ),
                    )?,
                }
            }
            Ok(())
        }
    }
}
