//! `guard lock`: guard's own memory of texts, for everybody in guard.lock, and for this clone in its git directory.

use std::io::Write;
use std::time::Instant;

use crate::check;
use crate::config::Config;
use crate::gather::{Candidate, NewLock, Project, Request, gather, new_lock};
use crate::journal::Applied;
use crate::lock::{FILE_NAME, salvage};
use crate::model::{Level, Moment, Oid, RepoPath};
use crate::report::{FORMATS, Report, count};

use super::{Context, Failure, project};

/// Write guard.lock, which holds the texts of all staged migrations; or check it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Change nothing: exit 1 unless guard.lock, as it is staged, fits to the staged migrations
    #[arg(long, conflicts_with_all = ["force", "forget"])]
    check: bool,
    /// Take the texts of published migrations that were edited since they were locked
    #[arg(long)]
    force: bool,
    /// Forget which text this clone first saw applied for these versions; for all if none is named
    #[arg(long, value_name = "VERSION", num_args = 0.., conflicts_with = "force")]
    forget: Option<Vec<String>>,
}

pub(super) fn run(args: &Args, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let started = Instant::now();
    let project = project::open(&context.directory)?;
    if let Some(versions) = &args.forget {
        return forget(&project, versions, out);
    }
    let layout = project.git.layout();
    let Some(root) = layout.work_tree.clone() else {
        return Err(crate::git::GitError::Bare(layout.git_dir.clone()).into());
    };
    // Nobody is kept from saving work here: what stood there before counts like the rest.
    let request = Request {
        moment: Moment::Audit,
        candidate: Candidate::Index,
        base: None,
        replaces: None,
        offline: true,
        started,
        retry: false,
        is_commit: false,
        drift: false,
        rehearsal: false,
        warden: None,
    };
    if args.check {
        return look(&project, &request, context, out);
    }
    let path = root.join(FILE_NAME);
    let before = std::fs::read(&path).unwrap_or_default();
    let new = new_lock(&project, &request, &salvage(&before))?;
    if !new.edited.is_empty() && !args.force {
        return Err(refused(&new.edited));
    }
    if new.lines == 0 {
        return Err(Failure::new("no migration is staged or committed: there is nothing to lock")
            .fix("guard config shows where guard looks for migrations"));
    }
    if before == new.text.as_bytes() {
        writeln!(out, "{FILE_NAME}: up to date, {}", count(new.lines, "migration"))?;
        return Ok(0);
    }
    project::write_file(&path, &new.text, true)?;
    say(&new, out)?;
    Ok(0)
}

fn say(new: &NewLock, out: &mut dyn Write) -> std::io::Result<()> {
    let NewLock { lines, added, gone, .. } = new;
    writeln!(
        out,
        "{FILE_NAME}: written for {} as staged, {added} new, {gone} gone; next: git add -- {FILE_NAME}",
        count(*lines, "migration")
    )
}

fn refused(edited: &[(RepoPath, Oid)]) -> Failure {
    let first = edited.iter().take(5).map(|(path, _)| path.to_string()).collect::<Vec<_>>().join(", ");
    let more = if edited.len() > 5 { " and more" } else { "" };
    let what = format!(
        "{FILE_NAME} is not written: {} that {} in it no longer {} the text that was locked: {first}{more}",
        count(edited.len(), "published migration"),
        if edited.len() == 1 { "stands" } else { "stand" },
        if edited.len() == 1 { "has" } else { "have" },
    );
    let mut failure = Failure::new(what);
    if let [(path, blob)] = edited {
        failure = failure.fix(format!("git diff {} :{path} shows the difference", blob.short()));
    }
    failure
        .fix("put the change into a new migration, and bring the locked text back; guard check shows how")
        .fix("if no database has run the locked text: guard lock --force")
}

/// Only what concerns guard.lock, whatever `[rules]` says of it.
fn look(project: &Project, request: &Request, context: &Context, out: &mut dyn Write) -> Result<u8, Failure> {
    let rules: Vec<_> = ["lock-mismatch", "stale-lock"]
        .into_iter()
        .filter_map(crate::rules::find)
        .map(|rule| (rule, Level::Deny))
        .collect();
    let gathered = gather(project, request, &rules)?;
    let mut facts = gathered.facts;
    if facts.lock.is_none() {
        return Err(Failure::new(format!("no {FILE_NAME} is staged"))
            .fix(format!("guard lock && git add -- {FILE_NAME}")));
    }
    facts.waivers.clear();
    let findings = check::run(&rules, &Config::default(), &mut facts);
    let verdict = check::verdict(&findings, &[], false);
    let report = Report {
        verdict,
        facts: &facts,
        findings: &findings,
        remarks: &gathered.remarks,
        discovered: false,
        strict: false,
        offline: false,
    };
    (FORMATS[0].write)(&report, &context.look, out)?;
    Ok(verdict.exit_code())
}

fn forget(project: &Project, versions: &[String], out: &mut dyn Write) -> Result<u8, Failure> {
    let mut applied = Applied::load(&project.git.layout().common_dir);
    let all = versions.is_empty();
    // `0007` is known as 7 where the tool compares numbers.
    let is =
        |version: &str, identity: &str| version == identity || version.trim_start_matches('0') == identity;
    let forgotten =
        applied.forget_everywhere(|identity| all || versions.iter().any(|version| is(version, identity)));
    if !applied.save() {
        return Err(Failure::new("what this clone remembers cannot be written")
            .fix("make the folder guard in the git directory writable, or remove the file applied in it"));
    }
    writeln!(out, "forgotten: {}; what is applied now is remembered anew", count(forgotten, "text"))?;
    Ok(0)
}
