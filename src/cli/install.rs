//! `guard install` and `guard uninstall`: put guard's hooks beside those that are there, and take them away
//! without a trace. First everything is looked at, then everything is done: a refusal changes nothing.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::git;

use super::hooks::{self, HOOKS, Hook, Place, Shim, State, chained_name};
use super::managers::Manager;
use super::{Context, Failure};

/// Install the git hooks of this repository, beside those that are there
#[derive(Debug, Default, clap::Args)]
pub(super) struct InstallArgs {
    /// Write over an edited hook of guard's, and into a directory that other repositories use too
    #[arg(long)]
    pub(super) force: bool,
}

/// Take guard's hooks away again and restore what was there, byte for byte
#[derive(Debug, clap::Args)]
pub(super) struct UninstallArgs {
    /// Take away hooks of guard's that were edited, too
    #[arg(long)]
    force: bool,
}

/// What is to be done for a hook.
enum Step {
    /// It stays as it is, for this reason.
    Stay(&'static str),
    /// The shim is written; what is there is kept under another name first, and runs before guard.
    Write { keep: bool, note: &'static str },
}

pub(super) fn install(args: &InstallArgs, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let git = git::open(&context.directory)?;
    let place = Place::find(&*git)?;
    if place.shared && !args.force {
        let what = match &place.configured {
            Some(path) => {
                format!("core.hooksPath is \"{path}\", a directory that other repositories may use too")
            }
            None => format!(
                "{} leads out of the repository, and other repositories may use it too",
                place.shown()
            ),
        };
        return Err(Failure::new(what)
            .fix("guard install --force installs there all the same, for all of them")
            .fix("git config --local core.hooksPath .git/hooks gives this repository hooks of its own"));
    }
    let program = hooks::own_path()?;
    let mut steps = Vec::new();
    let mut manager = None;
    for hook in HOOKS {
        let state = State::of(&place.file(hook))?;
        if let State::Foreign(text) = &state {
            manager = manager.or_else(|| Manager::of(text));
        }
        steps.push(plan(hook, &place, &state, &program, args.force)?);
    }
    for (hook, step) in HOOKS.iter().zip(&steps) {
        let said = match step {
            Step::Stay(why) => (*why).to_owned(),
            Step::Write { keep, note } => {
                carry_out(hook, &place, &program, *keep).map_err(|error| {
                    let what = format!("{} cannot be written: {error}", place.file(hook).display());
                    Failure::new(what).fix("make the directory writable, or declare guard in your own hook")
                })?;
                format!("{note} in {}{}", place.shown(), kept(*keep || chained_is_there(hook, &place), hook))
            }
        };
        writeln!(out, "{}: {said}", hook.name)?;
    }
    advise(&place, manager.or_else(|| place.is_husky().then_some(Manager::Husky)), out)?;
    Ok(0)
}

fn kept(keep: bool, hook: &Hook) -> String {
    if keep { format!("; what was there runs first, as {}", chained_name(hook)) } else { String::new() }
}

fn chained_is_there(hook: &Hook, place: &Place) -> bool {
    fs::symlink_metadata(place.chained(hook)).is_ok()
}

fn plan(hook: &Hook, place: &Place, state: &State, program: &Path, force: bool) -> Result<Step, Failure> {
    let chained = place.chained(hook);
    Ok(match state {
        State::Absent => Step::Write { keep: false, note: "installed" },
        State::Shim(shim) if shim.intact && shim.executable && shim.text == hooks::shim(hook, program) => {
            Step::Stay("already installed")
        }
        State::Shim(shim) if shim.intact || force => Step::Write { keep: false, note: "brought up to date" },
        State::Shim(_) => Step::Stay("edited after guard wrote it; left as it is (--force writes it anew)"),
        State::Foreign(_) if place.is_called_by_manager(hook) => {
            Step::Stay("already installed: the hook manager that was installed after guard calls it")
        }
        State::Foreign(_) if hooks::is_kept(&place.file(hook), &chained) => {
            Step::Write { keep: false, note: "installed" }
        }
        State::Foreign(_) if chained_is_there(hook, place) => {
            let what = format!(
                "{} is not guard's, and {} already holds what was there before guard",
                place.file(hook).display(),
                chained.display()
            );
            return Err(Failure::new(what)
                .fix("put the two into one hook, take the other file away, and run guard install again"));
        }
        State::Foreign(_) => Step::Write { keep: true, note: "installed" },
        State::Odd => {
            let what = format!("{} is there and is no file", place.file(hook).display());
            return Err(Failure::new(what).fix("take it away and run guard install again"));
        }
    })
}

fn carry_out(hook: &Hook, place: &Place, program: &Path, keep: bool) -> std::io::Result<()> {
    fs::create_dir_all(&place.dir)?;
    if keep {
        hooks::keep(&place.file(hook), &place.chained(hook))?;
    }
    hooks::write(&place.file(hook), &hooks::shim(hook, program))
}

/// What one should know about where the hooks are now.
fn advise(place: &Place, manager: Option<Manager>, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(manager) = manager {
        writeln!(out, "note: {}", manager.warning())?;
        writeln!(out, "{}", manager.snippet())?;
    } else if let (true, Some(path)) = (place.in_work_tree, &place.configured) {
        writeln!(
            out,
            "note: core.hooksPath is \"{path}\", among the files of the repository. These hooks name guard's place on \
             this machine; instead of committing them, write into your own: guard hook {}",
            HOOKS[0].name
        )?;
    }
    Ok(())
}

pub(super) fn uninstall(args: &UninstallArgs, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let git = git::open(&context.directory)?;
    let place = Place::find(&*git)?;
    let mut left = Vec::new();
    for hook in HOOKS {
        let said = take_away(hook, &place, args.force, &mut left).map_err(|error| {
            let what = format!("{} cannot be taken away: {error}", place.file(hook).display());
            Failure::new(what).fix("make the directory writable, and run guard uninstall again")
        })?;
        writeln!(out, "{}: {}", hook.name, said?)?;
    }
    if left.is_empty() {
        return Ok(0);
    }
    Err(Failure::new(format!("left as they are, since they were edited: {}", left.join(", ")))
        .fix("keep what you added, then run guard uninstall --force"))
}

/// The outer error is one of writing, the inner one of reading.
fn take_away(
    hook: &Hook,
    place: &Place,
    force: bool,
    left: &mut Vec<String>,
) -> std::io::Result<Result<String, Failure>> {
    let file = place.file(hook);
    let state = match State::of(&file) {
        Ok(state) => state,
        Err(failure) => return Ok(Err(failure)),
    };
    let chained = chained_is_there(hook, place);
    let is_moved =
        |path: &&std::path::PathBuf| matches!(State::of(path), Ok(State::Shim(Shim { intact: true, .. })));
    if let (State::Foreign(_), Some(moved)) = (&state, place.moved(hook).iter().find(is_moved)) {
        if chained {
            fs::rename(place.chained(hook), moved)?;
        } else {
            fs::remove_file(moved)?;
        }
        return Ok(Ok("taken away from the hook manager that was installed after guard".to_owned()));
    }
    let said = match state {
        State::Shim(Shim { intact: false, .. }) if !force => {
            left.push(file.display().to_string());
            "edited after guard wrote it; left as it is".to_owned()
        }
        State::Shim(_) | State::Absent if chained => {
            fs::rename(place.chained(hook), &file)?;
            "what was there before guard is back".to_owned()
        }
        State::Shim(_) => {
            fs::remove_file(&file)?;
            "taken away".to_owned()
        }
        // An install that was broken off before the shim was written.
        State::Foreign(_) if hooks::is_kept(&file, &place.chained(hook)) => {
            fs::remove_file(place.chained(hook))?;
            "what was there before guard is back".to_owned()
        }
        State::Foreign(_) | State::Odd if chained => {
            format!("not guard's; left as it is, and so is {}", chained_name(hook))
        }
        State::Foreign(_) | State::Odd => "not guard's; left as it is".to_owned(),
        State::Absent => "not installed".to_owned(),
    };
    Ok(Ok(said))
}
