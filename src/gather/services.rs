//! Runs the team's own checks side by side, and asks first for the services that they need.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::config::{CheckConfig, Config, ServiceConfig};
use crate::git::{Backend, EntryKind, GitError};
use crate::model::{
    Base, Cause, CheckFact, CheckOutcome, Fact, Need, Outage, RepoPath, ServiceFact, SourceKind,
};
use crate::services::{self, Ended, GRACE, How, Job, NOT_NOW};

use super::breaker::{Fuse, Fuses, Heard};
use super::debts::Owed;
use super::within::{Pending, within};
use super::{Candidate, Request, latest};

/// After its deadline a command has so long to be gone; then it is left alone.
const SLACK: Duration = Duration::from_secs(1);
/// So long the end of a command that is a probe may take, beside the time that it is given to end itself.
const END: Duration = Duration::from_millis(50);

/// The checks of this moment and the services that they need, on their way.
pub(super) struct Running<'a> {
    services: Vec<Service<'a>>,
    checks: Vec<Started<'a>>,
}

/// A check that is declared for the moment.
struct Started<'a> {
    config: &'a CheckConfig,
    /// Optional where it is run only for what is owed.
    need: Need,
    /// Whether the change itself concerns it.
    own: bool,
    begun: Begun,
    /// `None` where it is not run anyway.
    fuse: Option<Fuse>,
}

/// A service that some check needs.
struct Service<'a> {
    config: &'a ServiceConfig,
    /// `None` where nothing may be asked.
    asked: Option<Arc<Asked>>,
    fuse: Fuse,
}

impl Service<'_> {
    fn is_for(&self, check: &CheckConfig) -> bool {
        check.needs.contains(&self.config.name)
    }
}

/// How far a check is.
enum Begun {
    NotConcerned,
    NotAsked,
    /// It gave no answer a short while ago.
    LeftAlone(Cause),
    Running(Pending<Ran>),
}

/// How a check went.
struct Ran {
    ended: Result<Ended, (Cause, Option<usize>)>,
    took: Duration,
}

/// A service that is being asked. Several checks may wait for it.
struct Asked {
    pending: Mutex<Option<Pending<()>>>,
    answer: OnceLock<(Result<(), Cause>, Duration)>,
}

impl Asked {
    fn new(pending: Pending<()>) -> Arc<Self> {
        Arc::new(Self { pending: Mutex::new(Some(pending)), answer: OnceLock::new() })
    }

    /// It is left alone.
    fn skipped(cause: Cause) -> Arc<Self> {
        let answer = OnceLock::from((Err(cause), Duration::ZERO));
        Arc::new(Self { pending: Mutex::new(None), answer })
    }

    /// The first that asks waits; the others wait for the first.
    fn answer(&self) -> &(Result<(), Cause>, Duration) {
        self.answer.get_or_init(|| {
            let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).take();
            pending.map_or((Err(Cause::Crashed), Duration::ZERO), Pending::wait)
        })
    }
}

/// So many checks run at the same time.
struct Places {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Places {
    /// Waits for a place, until `latest` at most.
    fn take(&self, latest: Option<Instant>) -> bool {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            let left = latest
                .map_or(Duration::from_secs(3600), |latest| latest.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            free = self.freed.wait_timeout(free, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= 1;
        true
    }

    fn give(&self) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.freed.notify_one();
    }
}

/// Starts what is declared for the moment. Where there is no work tree, nothing can run.
pub(super) fn start<'a>(
    git: &dyn Backend,
    config: &'a Config,
    request: &Request,
    base: &Base,
    fuses: &Fuses,
    owed: &Owed,
) -> Result<Running<'a>, GitError> {
    let mut running = Running { services: Vec::new(), checks: Vec::new() };
    let wanted = config.checks.iter().filter_map(|check| {
        let need = owed.need(SourceKind::Check, &check.name, check.need, &check.at, request)?;
        Some((check, need))
    });
    let (declared, needs): (Vec<&CheckConfig>, Vec<Need>) = wanted.unzip();
    let (false, Some(warden), Some(root)) = (declared.is_empty(), &request.warden, &git.layout().work_tree)
    else {
        return Ok(running);
    };
    let by_files = declared.iter().any(|check| check.files.is_some());
    let changed = if by_files { changed(git, request.candidate, base)? } else { Vec::new() };
    let own: Vec<bool> = declared.iter().map(|check| check.concerns(&changed)).collect();
    // What is owed runs as well, whatever is staged.
    let concerned: Vec<bool> =
        declared.iter().zip(&own).map(|(check, own)| *own || owed.check(&check.name)).collect();
    let latest = latest(config, request);
    for service in &config.services {
        let mut needing = declared
            .iter()
            .zip(&concerned)
            .filter(|(check, concerned)| **concerned && check.needs.contains(&service.name));
        if needing.next().is_some() {
            let (probe, need) = (format!("{:?}", service.probe), service.need);
            let mut fuse = fuses.fuse(SourceKind::Service, &service.name, &probe, need, service.cooldown);
            let asked = (!request.offline).then(|| match fuse.skip.take() {
                Some(cause) => Asked::skipped(cause),
                None => ask(service, root, warden, latest),
            });
            running.services.push(Service { config: service, asked, fuse });
        }
    }
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let places =
        Arc::new(Places { free: Mutex::new(config.jobs.unwrap_or(processors)), freed: Condvar::new() });
    for (((check, need), concerned), own) in declared.iter().zip(needs).zip(concerned).zip(own) {
        let (begun, fuse) = if !concerned {
            (Begun::NotConcerned, None)
        } else if running.services.iter().any(|service| service.asked.is_none() && service.is_for(check)) {
            (Begun::NotAsked, None)
        } else {
            let mut fuse = fuse_of(check, need, config, fuses);
            let begun = match fuse.skip.take() {
                Some(cause) => Begun::LeftAlone(cause),
                None => begin((check, need), &running, root, warden, latest, &places),
            };
            (begun, Some(fuse))
        };
        running.checks.push(Started { config: check, need, own, begun, fuse });
    }
    Ok(running)
}

/// Another command or another time is another check. What the budget cut off early, since others ran before it, does not count.
fn fuse_of(check: &CheckConfig, need: Need, config: &Config, fuses: &Fuses) -> Fuse {
    let declaration = format!("{:?} {:?}", check.run, check.timeout);
    let mut fuse = fuses.fuse(SourceKind::Check, &check.name, &declaration, need, None);
    fuse.fair = check.timeout.min(config.budget.unwrap_or(check.timeout)) / 2;
    fuse
}

/// So much before that, as far as the clock reaches back.
fn sooner(time: Instant, by: Duration) -> Instant {
    time.checked_sub(by).unwrap_or(time)
}

fn ask(service: &ServiceConfig, root: &Path, warden: &Path, latest: Option<Instant>) -> Arc<Asked> {
    // A command that does not end is ended a little later.
    let is_command = matches!(service.probe, services::Probe::Command(_));
    let grace = if is_command { GRACE } else { Duration::ZERO };
    let mut deadline = Instant::now() + service.timeout;
    if let (Need::Optional, Some(latest)) = (service.need, latest) {
        deadline = deadline.min(sooner(latest, grace));
    }
    let (probe, root, warden) = (service.probe.clone(), root.to_owned(), warden.to_owned());
    let left_alone = deadline + grace + if is_command { END } else { Duration::ZERO };
    Asked::new(within(left_alone, move || services::ask(&probe, &root, &warden, deadline)))
}

fn begin(
    (check, need): (&CheckConfig, Need),
    running: &Running<'_>,
    root: &Path,
    warden: &Path,
    latest: Option<Instant>,
    places: &Arc<Places>,
) -> Begun {
    let needs: Vec<(usize, Option<Arc<Asked>>)> = running
        .services
        .iter()
        .enumerate()
        .filter(|(_, service)| service.is_for(check))
        .map(|(at, service)| (at, service.asked.clone()))
        .collect();
    let latest = latest.filter(|_| need == Need::Optional).map(|latest| sooner(latest, GRACE));
    let work = Work {
        needs,
        command: check.run.clone(),
        timeout: check.timeout,
        root: root.to_owned(),
        warden: warden.to_owned(),
        latest,
        places: Arc::clone(places),
    };
    // Without a budget it may have to wait for others, each of which has its own end.
    let left_alone = latest
        .map_or_else(|| Instant::now() + Duration::from_secs(24 * 3600), |latest| latest + GRACE + SLACK);
    Begun::Running(within(left_alone, move || Ok::<_, Cause>(work.run())))
}

/// All that the thread of a check needs.
struct Work {
    needs: Vec<(usize, Option<Arc<Asked>>)>,
    command: Vec<String>,
    timeout: Duration,
    root: PathBuf,
    warden: PathBuf,
    latest: Option<Instant>,
    places: Arc<Places>,
}

impl Work {
    fn run(&self) -> Ran {
        for (service, asked) in &self.needs {
            if asked.as_ref().is_some_and(|asked| asked.answer().0.is_err()) {
                let down = Cause::NeedsDown(String::new());
                return Ran { ended: Err((down, Some(*service))), took: Duration::ZERO };
            }
        }
        let late = || Ran { ended: Err((Cause::NoTimeLeft, None)), took: Duration::ZERO };
        if !self.places.take(self.latest) {
            return late();
        }
        let begin = Instant::now();
        let deadline = self.latest.map_or(begin + self.timeout, |latest| latest.min(begin + self.timeout));
        if deadline <= begin {
            self.places.give();
            return late();
        }
        let job = Job { command: &self.command, directory: &self.root, warden: &self.warden, env: &[] };
        let ended = services::run(&job, deadline);
        self.places.give();
        Ran { ended: Ok(ended), took: begin.elapsed() }
    }
}

/// The paths that the candidate changes: those of the commit that is about to be made, or all since the base.
fn changed(git: &dyn Backend, candidate: Candidate, base: &Base) -> Result<Vec<RepoPath>, GitError> {
    let (before, tree) = match candidate {
        Candidate::Index => (git.resolve("HEAD")?, git.index(&[])?),
        Candidate::Commit(commit) => {
            let before = base.commit.filter(|base| *base != commit);
            (before.or(git.parents(commit)?.first().copied()), git.tree(commit, &[])?)
        }
    };
    let before = match before {
        Some(before) => git.tree(before, &[])?,
        None => crate::git::Tree::default(),
    };
    let entry = |entry: &crate::git::Entry| (entry.oid, entry.kind == EntryKind::Symlink);
    let (mut old, mut new) = (before.entries.iter().peekable(), tree.entries.iter().peekable());
    let mut changed = tree.conflicts.clone();
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return Ok(changed),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(old), Some(new)) => old.path.cmp(&new.path),
        };
        let before = if order.is_le() { old.next() } else { None };
        let after = if order.is_ge() { new.next() } else { None };
        if before.map(entry) != after.map(entry) {
            changed.extend(before.or(after).map(|entry| entry.path.clone()));
        }
    }
}

impl Running<'_> {
    /// Waits for all of them, each to its own end. What answered joins the others that did.
    pub(super) fn wait(self, heard: &mut Heard) -> (Vec<ServiceFact>, Vec<CheckFact>) {
        let Self { services, checks } = self;
        let mut facts = Vec::with_capacity(checks.len());
        for Started { config, need, own, begun, fuse } in checks {
            let fact = CheckFact { own, ..fact(config, need, begun, &services) };
            if let Some(fuse) = fuse {
                fuse.done(fact.outage().map(|outage| &outage.cause), fact.took, heard);
            }
            facts.push(fact);
        }
        let services = services.into_iter().map(|service| service_fact(service, heard)).collect();
        (services, facts)
    }
}

fn service_fact(service: Service<'_>, heard: &mut Heard) -> ServiceFact {
    let Service { config, asked, fuse } = service;
    let answer = match asked.as_ref().map(|asked| asked.answer()) {
        None => Fact::NotAsked,
        Some((Ok(()), waited)) => {
            fuse.done(None, *waited, heard);
            Fact::Known(())
        }
        Some((Err(cause), waited)) => {
            let last_well = fuse.last_well();
            fuse.done(Some(cause), *waited, heard);
            Fact::Unavailable(Outage {
                kind: SourceKind::Service,
                source: config.name.clone(),
                address: config.probe.to_string(),
                need: config.need,
                cause: cause.clone(),
                waited: *waited,
                last_well,
                declared: Some(config.line),
            })
        }
    };
    ServiceFact { name: config.name.clone(), probe: config.probe.to_string(), declared: config.line, answer }
}

fn fact(check: &CheckConfig, need: Need, begun: Begun, services: &[Service<'_>]) -> CheckFact {
    let mut fact = CheckFact {
        name: check.name.clone(),
        command: check.run.join(" "),
        need: check.need,
        declared: check.line,
        own: true,
        outcome: CheckOutcome::NotConcerned,
        output: String::new(),
        took: Duration::ZERO,
    };
    let skipped = |need: Need, cause: Cause, waited: Duration, line: u32| {
        CheckOutcome::Skipped(Outage {
            kind: SourceKind::Check,
            source: check.name.clone(),
            address: check.run.join(" "),
            need,
            cause,
            waited,
            last_well: None,
            declared: Some(line),
        })
    };
    let (ran, waited) = match begun {
        Begun::NotConcerned => return fact,
        Begun::NotAsked => {
            fact.outcome = CheckOutcome::NotAsked;
            return fact;
        }
        Begun::LeftAlone(cause) => {
            fact.outcome = skipped(need, cause, Duration::ZERO, check.line);
            return fact;
        }
        Begun::Running(pending) => pending.wait(),
    };
    let Ran { ended, took } = match ran {
        Ok(ran) => ran,
        Err(cause) => Ran { ended: Err((cause, None)), took: waited },
    };
    fact.took = took;
    fact.outcome = match ended {
        // Its own failure would block; that what it needs is down does not, unless that is required itself.
        Err((_, Some(at))) => {
            let service = services[at].config;
            skipped(Need::Optional, Cause::NeedsDown(service.name.clone()), took, service.line)
        }
        Err((cause, None)) => skipped(need, cause, took, check.line),
        Ok(Ended { how, output }) => {
            fact.output = output;
            match how {
                How::Exit(0) => CheckOutcome::Passed,
                How::Exit(NOT_NOW) => skipped(Need::Optional, Cause::SaysDown, took, check.line),
                How::Exit(code) => CheckOutcome::Failed(format!("exit status {code}")),
                How::Signal(signal) => CheckOutcome::Failed(format!("signal {signal}")),
                How::NotStarted(why) => CheckOutcome::Failed(format!("it cannot be started: {why}")),
                How::Late => skipped(need, Cause::TimedOut, took, check.line),
            }
        }
    };
    fact
}
