//! `guard hook pre-push`: what is pushed is judged before others have it, and what its commits owe is asked for.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::time::{Duration, Instant};

use crate::config::{Config, env};
use crate::gather::within;
use crate::git::{Backend, BaseRequest, CiEnvironment, GitError, find_base};
use crate::model::{Cause, Moment, Oid, Verdict};
use crate::report::{FORMATS, Look};

use super::super::{Context, Failure, check, project};

/// git has written all that it has to say before it waits. A hook manager may hold the pipe open, and say nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// More than this git has not to say.
const ENOUGH: u64 = 16 << 20;

/// A ref that is about to be pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pushed {
    /// What it will be: an id, or a name that leads to one.
    local: String,
    /// Its name on the other side; empty where nobody says it.
    remote_ref: String,
    /// What it is there now; `None` for a new one.
    remote: Option<String>,
}

/// A commit that is to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tip {
    commit: Oid,
    /// With what it is compared, where guard's own choice would be worse.
    base: Option<String>,
    /// What a push by force takes away.
    replaces: Option<Oid>,
}

pub(super) fn judge(
    arguments: &[OsString],
    context: &Context,
    started: Instant,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let pushed = pushed();
    let Some(first) = pushed.first() else { return Ok(0) };
    let project = project::open_for(&context.directory, Some(&first.local))?;
    let remote = arguments.first().and_then(|name| name.to_str()).map(str::to_owned);
    let remote = remote.or_else(|| env::get("PRE_COMMIT_REMOTE_NAME")).unwrap_or_default();
    let head = project.git.resolve("HEAD")?;
    let mut tips: Vec<Tip> = Vec::new();
    for pushed in &pushed {
        let found = tip(&*project.git, &project.config, pushed, &remote)?;
        tips.extend(found.filter(|found| tips.iter().all(|known| known != found)));
    }
    tips.sort_by_key(|tip| Some(tip.commit) != head);
    let look = Look { quiet: true, ..context.error_look };
    let mut codes = Vec::new();
    for (number, tip) in tips.iter().enumerate() {
        let args = check::Args {
            rev: Some(tip.commit.to_string()),
            base: tip.base.clone(),
            replaces: tip.replaces,
            // Databases are asked once, about what is checked out, or about the first.
            offline: number > 0,
            is_elsewhere: number > 0 || Some(tip.commit) != head,
            ..check::Args::default()
        };
        let tell = |report: &crate::report::Report<'_>| Ok((FORMATS[0].write)(report, &look, err)?);
        codes.push(check::judge(&project, &args, Moment::Push, started, tell)?);
    }
    if tips.first().is_some_and(|tip| Some(tip.commit) != head) {
        not_run(&project.config, err)?;
    }
    let worst = [Verdict::Blocked, Verdict::Incomplete].into_iter().map(Verdict::exit_code);
    Ok(worst.into_iter().find(|code| codes.contains(code)).unwrap_or(0))
}

/// The team's own checks look at the work tree, and that is another commit.
fn not_run(config: &Config, err: &mut dyn Write) -> std::io::Result<()> {
    let checks = config.checks.iter().filter(|check| check.at.contains(&Moment::Push));
    let names: Vec<&str> = checks.map(|check| check.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    writeln!(err, "note: not run, since what is pushed is not what is checked out: {}", names.join(", "))
}

/// What git says on standard input. Who is there instead of git, and says nothing, means HEAD.
fn pushed() -> Vec<Pushed> {
    let head = || Pushed { local: "HEAD".to_owned(), remote_ref: String::new(), remote: None };
    if std::io::stdin().is_terminal() {
        return vec![head()];
    }
    let read = || -> Result<String, Cause> {
        let mut text = Vec::new();
        let done = std::io::stdin().take(ENOUGH).read_to_end(&mut text);
        done.map_err(|error| Cause::Failed(error.to_string()))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    match within(Instant::now() + PATIENCE, read).wait().0 {
        Ok(text) if text.trim().is_empty() => said_by_manager().into_iter().collect(),
        Ok(text) => understand(&text),
        Err(_) => vec![head()],
    }
}

/// pre-commit and prek read standard input themselves, and tell their hooks by the environment.
fn said_by_manager() -> Option<Pushed> {
    let local = env::get("PRE_COMMIT_TO_REF").or_else(|| env::get("PRE_COMMIT_LOCAL_BRANCH"))?;
    let remote_ref = env::get("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_default();
    Some(Pushed { local, remote_ref, remote: env::get("PRE_COMMIT_FROM_REF") })
}

/// `LOCAL-REF ID REMOTE-REF ID` in each line; only the first of them may hold a blank. What is deleted is left out.
fn understand(text: &str) -> Vec<Pushed> {
    let is_none = |id: &str| id.bytes().all(|letter| letter == b'0');
    let line = |line: &str| {
        let mut parts = line.trim_end_matches('\r').rsplitn(4, ' ');
        let (remote, remote_ref, local) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next()?;
        let valid = Oid::from_hex(local).is_some() && Oid::from_hex(remote).is_some();
        (valid && !is_none(local)).then(|| Pushed {
            local: local.to_owned(),
            remote_ref: remote_ref.to_owned(),
            remote: (!is_none(remote)).then(|| remote.to_owned()),
        })
    };
    text.split('\n').filter_map(line).collect()
}

/// What is to be judged for a ref: nothing where it names no commit, or brings none that is not there.
fn tip(git: &dyn Backend, config: &Config, pushed: &Pushed, remote: &str) -> Result<Option<Tip>, GitError> {
    let Some(commit) = git.resolve(&pushed.local)? else { return Ok(None) };
    let there = match &pushed.remote {
        Some(id) => git.resolve(id)?,
        None => None,
    };
    let common = there.map(|there| git.merge_base(there, commit)).transpose()?.flatten();
    if common == Some(commit) {
        return Ok(None);
    }
    let request = BaseRequest {
        asked: env::get("GUARD_BASE").map(|base| (base, "GUARD_BASE".to_owned())),
        configured: config.base.clone(),
        instead: Some(commit),
        ..BaseRequest::default()
    };
    // What is wrong with it is said when it is judged.
    let Ok(base) = find_base(git, &request, &CiEnvironment(&env::get)) else {
        return Ok(Some(Tip { commit, base: None, replaces: None }));
    };
    let as_ever = Tip { commit, base: None, replaces: None };
    let branch = pushed.remote_ref.strip_prefix("refs/heads/").unwrap_or_default();
    let tracked = git.resolve(&format!("refs/remotes/{remote}/{branch}"))?.filter(|_| !branch.is_empty());
    let is_base = tracked.is_some() && tracked == base.target || base.name == format!("{remote}/{branch}");
    if let (Some(target), false, false) = (base.target, is_base, git.layout().shallow)
        && git.merge_base(target, commit)?.is_none()
    {
        // Notes, pages of documentation: a history of its own, in which nobody expects migrations.
        return Ok(None);
    }
    let is_weak = base.warning.is_some() || base.name == "HEAD";
    Ok(match there {
        // The very branch that all is compared with: what is there counts, not when it was fetched.
        Some(there) if is_base && common != Some(there) => Some(Tip { replaces: Some(there), ..as_ever }),
        Some(there) if is_base || is_weak => {
            let name = if tracked == Some(there) { format!("{remote}/{branch}") } else { there.to_string() };
            Some(Tip { base: Some(name), ..as_ever })
        }
        // The first push to an empty place: nothing is published.
        None if is_weak => Some(Tip { base: Some(commit.to_string()), ..as_ever }),
        _ if base.commit == Some(commit) => None,
        _ => Some(as_ever),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn what_git_says_is_understood() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let text = format!(
            "refs/heads/main {one} refs/heads/main {two}\n(delete) {ZERO} refs/heads/old {two}\n\
             HEAD^{{/a fix}} {one} refs/heads/new {ZERO}\nnonsense\nrefs/heads/x y refs/heads/x z\n"
        );
        let pushed = |remote_ref: &str, remote: Option<&String>| Pushed {
            local: one.clone(),
            remote_ref: remote_ref.to_owned(),
            remote: remote.cloned(),
        };
        let expected = [pushed("refs/heads/main", Some(&two)), pushed("refs/heads/new", None)];
        assert_eq!(understand(&text), expected);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in "(refs/heads/[a-z ]{0,4} [0-9a-f]{40} refs/x [0-9a-f]{40}\n?|\\PC{0,9})*") {
            for pushed in understand(&text) {
                proptest::prop_assert!(Oid::from_hex(&pushed.local).is_some());
            }
        }
    }
}
