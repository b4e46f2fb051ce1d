//! All sources side by side, each within its deadline, into [`Facts`]. Decides nothing: what could not be
//! had is a value among the facts.

mod breaker;
mod databases;
mod debts;
mod drift;
mod graphs;
mod history;
mod ledgers;
mod lock;
mod remembered;
mod services;
mod sets;
mod within;
mod work_tree;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::config::{Config, env};
use crate::git::{self, Backend, BaseRequest, CiEnvironment, GitError, Tree};
use crate::journal::Digests;
use crate::model::{
    Base, Database, Examined, Facts, Level, MigrationSet, Moment, Need, Oid, RepoPath, WaiverFact,
};
use crate::rules::Rule;
use crate::tools::Texts;

pub use debts::{Memory, Owed, blocking, owed};
pub use drift::{RECORD_NAME, leftovers, record};
pub use history::commit_fact;
pub use lock::{NewLock, new_lock};
pub use sets::{ResolvedSet, resolve_sets};
pub use within::within;

/// What is judged: the content that is about to become, or is, a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// The index that git handed to the hook.
    Index,
    /// A commit that is there.
    Commit(Oid),
}

/// What the caller wants to know.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
#[derive(Clone, Debug)]
pub struct Request {
    /// The moment.
    pub moment: Moment,
    /// What is judged.
    pub candidate: Candidate,
    /// `--base` or `GUARD_BASE`, and which of the two.
    pub base: Option<(String, String)>,
    /// What a push by force takes away: where no base is asked for, this commit itself is the base.
    pub replaces: Option<Oid>,
    /// Ask no database.
    pub offline: bool,
    /// When guard began: budgets count from here.
    pub started: Instant,
    /// Ask also what gave no answer a short while ago.
    pub retry: bool,
    /// A commit follows when nothing blocks it: what is skipped is owed from then on.
    pub is_commit: bool,
    /// The schema of each database is asked for, whatever `checks` says.
    pub drift: bool,
    /// Nothing of this run is remembered.
    pub rehearsal: bool,
    /// guard itself, to watch over the team's own checks; `None` to run none of them.
    pub warden: Option<PathBuf>,
}

/// A repository and its configuration.
pub struct Project {
    /// What git holds.
    pub git: Box<dyn Backend>,
    /// What guard.toml says.
    pub config: Config,
}

impl std::fmt::Debug for Project {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Project").field("layout", self.git.layout()).finish_non_exhaustive()
    }
}

/// So much of a commit's budget is kept back at most: what does not end has to be ended, and said.
const KEPT_BACK: Duration = Duration::from_millis(100);

/// When what is optional must be over: the budget of the commit, without what its end takes.
fn latest(config: &Config, request: &Request) -> Option<Instant> {
    let budget = config.budget.filter(|_| request.moment == Moment::Commit)?;
    Some(request.started + budget.saturating_sub(KEPT_BACK.min(budget / 8)))
}

/// Why there are no facts.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// git could not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A declared set has no directory, and none of the tool's usual ones is there.
    #[error(
        "the migration set \"{set}\" has no directory: {tool} usually keeps its migrations in {usual}, and there is no such directory"
    )]
    NoDirectory {
        /// The set.
        set: String,
        /// Its tool.
        tool: String,
        /// Where it looks.
        usual: String,
        /// The line of guard.toml.
        line: u32,
    },
    /// A database names a set that was not found.
    #[error(
        "the database \"{database}\" names the migration set \"{set}\", and no such set was found (found: {found})"
    )]
    NoSuchSet {
        /// The database.
        database: String,
        /// The set.
        set: String,
        /// What there is.
        found: String,
        /// The line of guard.toml.
        line: u32,
    },
}

/// All facts, and what goes with them into the report.
#[derive(Debug)]
pub struct Gathered {
    /// What the rules judge.
    pub facts: Facts,
    /// Things to say about how it was gathered: "read from a copy".
    pub remarks: Vec<String>,
    /// What is to be remembered when it has been judged.
    pub memory: Memory,
}

/// Gathers what the enabled rules need.
pub fn gather(
    project: &Project,
    request: &Request,
    rules: &[(&Rule, Level)],
) -> Result<Gathered, GatherError> {
    let Project { git, config } = project;
    let git = &**git;
    let texts = Remembering::new(git);
    let ask = !request.offline && rules.iter().any(|(rule, _)| rule.check.needs_database());
    let fuses = breaker::Fuses::new(&git.layout().common_dir, request);
    let checks = request.warden.is_some() && !request.rehearsal;
    let owed = if checks { debts::owed(git, request.candidate) } else { Owed::default() };
    let mut asked = if ask { databases::ask(config, request, &fuses, &owed) } else { Vec::new() };
    let (entries, resolved) = read_project(project, request.candidate, &texts)?;
    let declared = databases::declared(config, &resolved, request, &owed)?;
    databases::tell(&mut asked, &declared, &resolved, config);
    let mut heard = breaker::Heard::default();

    let base = find_base(git, config, request)?;
    let running = services::start(git, config, request, &base, &fuses, &owed)?;
    let (sets, mut examined) = read_sets(&texts, &resolved, (request.candidate, &entries), &base)?;
    let lock = lock::read(git, &entries, &base, &resolved, &sets)?;

    let mut remarks = Vec::new();
    remarks.extend(base.warning.clone());
    let mut history = history::Searcher::new(git, request.candidate, request.moment, latest(config, request));
    let mut memory = remembered::Memory::new(git, request.candidate);
    // While the databases answer there is time for it.
    let prepared = ledgers::prepare(if declared.is_empty() || !ask { &[] } else { &resolved }, &sets, &texts);
    let mut context = ledgers::Context {
        git,
        history: &mut history,
        candidate: request.candidate,
        moment: request.moment,
        resolved: &resolved,
        sets: &sets,
        prepared,
        texts: &texts,
        memory: &mut memory,
        examined: &mut examined,
        remarks: &mut remarks,
    };
    let databases = if ask {
        interpret(&mut context, (project, request), &declared, asked, &mut heard)?
    } else {
        declared.iter().map(databases::not_asked).collect()
    };
    if !request.rehearsal {
        texts.save();
        memory.save();
    }
    let (services, checks) = running.wait(&mut heard);

    // The day in UTC: the same for the whole team, and no time zone has to be read.
    let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string();
    let waivers = waivers(config, request.moment);
    let wanted = |id: &str| rules.iter().any(|(rule, _)| rule.id.0 == id);
    let mut facts = Facts {
        moment: request.moment,
        base,
        sets,
        lock,
        databases,
        services,
        checks,
        debt: None,
        unchecked: Vec::new(),
        blocking: if wanted("blocking-dependency") { blocking(project) } else { Vec::new() },
        waivers,
        today,
        examined,
    };
    facts.debt = owed.too_much(&facts, config.debt);
    Ok(Gathered { facts, remarks, memory: Memory { owed, heard } })
}

/// What the databases answered: their ledgers, and their schemas where those are asked for.
fn interpret(
    context: &mut ledgers::Context<'_, '_>,
    (project, request): (&Project, &Request),
    declared: &[databases::Declared<'_>],
    asked: Vec<databases::Asked>,
    heard: &mut breaker::Heard,
) -> Result<Vec<Database>, GitError> {
    let config = &project.config;
    let mut found = Vec::with_capacity(declared.len());
    for (database, asked) in declared.iter().zip(asked) {
        let (mut answer, waited, last_well) = asked.wait(heard);
        let schema = answer.as_mut().ok().and_then(|answer| answer.schema.take());
        let mut read = ledgers::interpret(context, database, (answer, waited, last_well))?;
        if let Some(schema) = schema {
            let ledgers::Context { git, candidate, resolved, sets, .. } = *context;
            let warden = request.warden.as_deref();
            let (url, scratch) = (&database.config.url, database.config.scratch.as_ref());
            let judge = drift::Judge { git, config, candidate, resolved, sets, warden, url, scratch };
            let deadline = Instant::now() + database.config.timeout;
            let latest = latest(config, request).filter(|_| database.need == Need::Optional);
            let deadline = latest.map_or(deadline, |latest| latest.min(deadline));
            match &mut read[..] {
                [read] if read.schema.is_none() => judge.judge(read, schema, deadline)?,
                each => judge.judge_each(each, schema, deadline)?,
            }
            let judged = || read.iter().filter_map(|read| read.drift.known());
            context.examined.objects += judged().map(|drift| drift.objects).sum::<usize>();
            context.remarks.extend(drift::remarks(&database.config.name, judged(), sets));
        }
        found.extend(read);
    }
    context.remarks.extend(drift::dead_patterns(&config.schema, &found));
    let judged = found.iter().filter_map(|database| database.drift.known());
    context.examined.unobservable =
        judged.flat_map(|drift| &drift.unobservable).collect::<BTreeSet<_>>().len();
    Ok(found)
}

/// The migrations of each set, in the candidate and in the base.
fn read_sets(
    texts: &Remembering<'_>,
    resolved: &[ResolvedSet],
    candidate: (Candidate, &Tree),
    base: &Base,
) -> Result<(Vec<MigrationSet>, Examined), GatherError> {
    let mut examined = Examined::default();
    let mut sets = Vec::with_capacity(resolved.len());
    for set in resolved {
        let facts = sets::read_set(texts, set, candidate, base)?;
        examined.migrations += facts.candidate.len();
        examined.changed += facts.changes.len();
        sets.push(facts);
    }
    graphs::link(&mut sets);
    graphs::count_edits(&mut sets);
    Ok((sets, examined))
}

/// The entries of the candidate as far as guard needs them, and the migration sets.
fn read_project(
    project: &Project,
    candidate: Candidate,
    texts: &Remembering<'_>,
) -> Result<(Tree, Vec<ResolvedSet>), GatherError> {
    let Project { git, config } = project;
    let git = &**git;
    if sets::needs_whole_tree(config) {
        let whole = candidate_tree(git, candidate, &[])?;
        let mut resolved = resolve_sets(texts, config, &whole)?;
        sets::apply_settings(git, &whole, &mut resolved)?;
        return Ok((whole, resolved));
    }
    // Without discovery only the directories of the sets are read, and single files beside them.
    let mut resolved = resolve_sets(texts, config, &Tree::default())?;
    let mut dirs: Vec<RepoPath> = resolved.iter().map(|set| set.dir.clone()).collect();
    dirs.extend(resolved.iter().flat_map(|set| set.tool.record_paths(&set.dir)));
    dirs.extend(resolved.iter().flat_map(sets::settings_files));
    dirs.push(RepoPath::from(crate::lock::FILE_NAME));
    let mut tree = candidate_tree(git, candidate, &dirs)?;
    sets::apply_settings(git, &tree, &mut resolved)?;
    let records = resolved.iter().flat_map(|set| set.tool.record_paths(&set.dir));
    let more: Vec<RepoPath> = records.filter(|path| !dirs.contains(path)).collect();
    if !more.is_empty() {
        dirs.extend(more);
        tree = candidate_tree(git, candidate, &dirs)?;
    }
    Ok((tree, resolved))
}

/// The entries of the candidate.
pub fn candidate_tree(git: &dyn Backend, candidate: Candidate, dirs: &[RepoPath]) -> Result<Tree, GitError> {
    match candidate {
        Candidate::Index => git.index(dirs),
        Candidate::Commit(commit) => git.tree(commit, dirs),
    }
}

fn find_base(git: &dyn Backend, config: &Config, request: &Request) -> Result<Base, GitError> {
    let asked = BaseRequest {
        asked: request.base.clone(),
        configured: config.base.clone(),
        ci: request.moment == Moment::Ci,
        candidate_is_head: request.candidate != Candidate::Index,
        replaces: request.replaces,
        instead: match request.candidate {
            Candidate::Commit(commit) => Some(commit),
            Candidate::Index => None,
        },
    };
    git::find_base(git, &asked, &CiEnvironment(&env::get))
}

fn waivers(config: &Config, moment: Moment) -> Vec<WaiverFact> {
    let scope = |waiver: &crate::config::WaiverConfig| {
        let parts = [
            waiver.path.as_ref().map(|path| format!("path {path}")),
            waiver.version.as_ref().map(|version| format!("version {version}")),
            waiver.object.as_ref().map(|object| format!("object {}", object.as_str())),
            waiver.database.as_ref().map(|database| format!("database {database}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let level = |waiver: &crate::config::WaiverConfig| {
        crate::rules::find(waiver.rule.0).map_or(Level::Allow, |rule| config.level(rule, moment))
    };
    config
        .waivers
        .iter()
        .map(|waiver| WaiverFact {
            rule: waiver.rule,
            scope: scope(waiver),
            reason: waiver.reason.clone(),
            until: waiver.until.map(|day| day.to_string()),
            line: waiver.line,
            used: 0,
            judged: false,
            level: level(waiver),
        })
        .collect()
}

/// The texts in git, with what is remembered of them: that is read when it is first asked for.
struct Remembering<'a> {
    git: &'a dyn Backend,
    loaded: OnceCell<RefCell<Digests>>,
}

impl<'a> Remembering<'a> {
    fn new(git: &'a dyn Backend) -> Self {
        Self { git, loaded: OnceCell::new() }
    }

    fn digests(&self) -> &RefCell<Digests> {
        self.loaded.get_or_init(|| Digests::load(&self.git.layout().common_dir).into())
    }

    fn save(self) {
        if let Some(digests) = self.loaded.into_inner() {
            digests.into_inner().save();
        }
    }
}

impl Texts for Remembering<'_> {
    fn text(&self, blob: Oid) -> Result<Vec<u8>, GitError> {
        self.git.blob(blob)
    }

    fn remembered(&self, blob: Oid, reader: u64) -> Option<Vec<u8>> {
        self.digests().borrow().get(blob, reader).map(<[u8]>::to_vec)
    }

    fn remember(&self, blob: Oid, reader: u64, said: &[u8]) {
        self.digests().borrow_mut().put(blob, reader, said);
    }
}
