//! A folder of somebody's migrations: what guard's replay makes is what a server has to which PostgreSQL's own client has deployed them,
//! also after a dump and its restore, twice, and in another major version. `GUARD_REPLAY` names the folder, whose files are taken in the order of
//! their paths, those that lead back left out; `GUARD_REPLAY_OTHER` a directory with the programs of another version.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use migguard::config::env;
use migguard::drift::{History, Limits, Step, judge};
use migguard::expected::{Scratch, Trouble};
use migguard::model::Script;

use super::replay::{scratch_of, walk};
use super::*;

/// A server, and what replays for it.
pub(super) struct Version {
    server: &'static Server,
    pub(super) major: u32,
    programs: Option<PathBuf>,
    pub(super) scratch: Box<dyn Scratch>,
    /// Those that guard could not replay.
    pub(super) refused: Vec<PathBuf>,
}

impl Version {
    pub(super) fn of(server: &'static Server, programs: Option<&Path>) -> Self {
        let major = server.major();
        let scratch = scratch_of(Some(major), programs);
        Self { server, major, programs: programs.map(Path::to_owned), scratch, refused: Vec::new() }
    }

    fn fresh(&self) -> Postgres {
        Postgres { server: self.server, database: self.server.create() }
    }

    /// Its own client, where it brings one; otherwise that of the path.
    fn client(&self, program: &str, database: &str) -> Command {
        let own = self.programs.as_ref().map(|dir| dir.join(program)).filter(|own| own.is_file());
        let mut client = Command::new(own.unwrap_or_else(|| PathBuf::from(program)));
        client.args(["-U", "postgres", "-h"]).arg(&self.server.dir);
        client.args(["-p", &self.server.port.to_string(), "-d", database]);
        client
    }

    /// As somebody deploys it: in a transaction, or else statement by statement; the roles that it names are there.
    fn deploy(&self, database: &str, text: &str) -> Result<(), String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let mut said = String::new();
        for _ in 0..30 {
            for way in [&["-1"][..], &[]] {
                let mut psql = self.client("psql", database);
                psql.args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"]).args(way);
                let output = psql.arg("-f").arg(file.path()).output().unwrap();
                said = String::from_utf8_lossy(&output.stderr).into_owned();
                if output.status.success() {
                    return Ok(());
                }
                if absent_role(&said).is_some() {
                    break;
                }
            }
            let Some(role) = absent_role(&said) else { return Err(said) };
            self.server.admin("postgres").run(&format!("CREATE ROLE \"{role}\""));
        }
        Err(said)
    }

    /// What this database is dumped to, restored in a database of that server; nothing where the client at hand is too old.
    fn restored(&self, database: &Postgres, into: &Self) -> Option<Postgres> {
        let copy = into.fresh();
        let mut dump = self.client("pg_dump", &database.database);
        let mut dump = dump.arg("-s").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut psql = into.client("psql", &copy.database);
        psql.args(["-q", "-X", "-o", "/dev/null"]).stdin(dump.stdout.take().unwrap());
        let output = psql.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let known = |line: &&str| !line.contains("transaction_timeout") && !line.trim().is_empty();
        let said: Vec<&str> = said.split('\n').filter(known).collect();
        report(&said.join("\n"));
        dump.wait().unwrap().success().then_some(copy)
    }

    /// Whether guard can replay it; one that is refused leaves nothing behind.
    pub(super) fn try_step(&mut self, file: &Path, script: &Script) {
        match self.scratch.run(script, usize::MAX) {
            Ok(()) => {}
            Err(Trouble::Refused { line, message, .. }) => {
                report(&format!(
                    "  {}: refused in {}: {}:{line}: {message}",
                    self.name(),
                    self.major,
                    file.display()
                ));
                self.refused.push(file.to_owned());
            }
            Err(Trouble::Gone(error)) => panic!("{error}"),
        }
    }

    fn name(&self) -> String {
        self.scratch.name().split(',').next().unwrap_or_default().to_owned()
    }
}

fn absent_role(said: &str) -> Option<&str> {
    said.split_once("role \"")?.1.split_once("\" does not exist").map(|(role, _)| role)
}

#[expect(clippy::print_stdout, reason = "its figures are for whoever names a folder")]
fn report(what: &str) {
    if !what.is_empty() {
        println!("{what}");
    }
}

#[test]
#[ignore = "reads the folder that GUARD_REPLAY names"]
fn a_folder_of_migrations_replays_to_what_a_server_has() {
    let folder = env::get("GUARD_REPLAY").expect("GUARD_REPLAY=DIR");
    let mut files: Vec<PathBuf> = walk(Path::new(&folder));
    files.retain(|file| !["down.sql", ".down.sql"].iter().any(|end| file.to_str().unwrap().ends_with(end)));
    // As diesel has it, dashes do not count.
    files.sort_by_key(|file| file.to_str().unwrap().replace('-', ""));
    let mut versions = vec![Version::of(Server::shared(), None)];
    if let Some(dir) = env::get("GUARD_REPLAY_OTHER").map(PathBuf::from) {
        versions.push(Version::of(Box::leak(Box::new(Server::start_in(&dir, ""))), Some(&dir)));
    }
    versions.sort_by_key(|version| version.major);
    let script = |file: &PathBuf| {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        Script { text, line: 1, transaction: true }
    };
    let scripts: Vec<(PathBuf, Script)> = files.iter().map(|file| (file.clone(), script(file))).collect();
    for (file, script) in &scripts {
        for version in &mut versions {
            version.try_step(file, script);
        }
    }
    // One that refuses more than the other is too old for them.
    if let [one, other] = &versions[..]
        && one.refused != other.refused
    {
        versions.remove(usize::from(one.refused.len() < other.refused.len()));
    }
    assert_eq!(differences_anywhere(&scripts, &mut versions).0, 0);
}

/// How much differs in each version between what the replays make and what is live: deployed, dumped and restored, and restored in the
/// versions after it: none takes the dump of a later one. And how much there was.
pub(super) fn differences_anywhere(
    scripts: &[(PathBuf, Script)],
    versions: &mut [Version],
) -> (usize, usize) {
    let (mut wrong, mut objects) = (0, 0);
    for at in 0..versions.len() {
        let version = &versions[at];
        let live = version.fresh();
        for (file, script) in scripts.iter().filter(|(file, _)| !version.refused.contains(file)) {
            if let Err(said) = version.deploy(&live.database, &script.text) {
                report(&format!("  PostgreSQL {} itself refuses {}: {said}", version.major, file.display()));
            }
        }
        let mut states = vec![(format!("live {}", version.major), live)];
        let mut from = 0;
        for into in [at, at].into_iter().chain((0..versions.len()).filter(|other| *other > at)) {
            let (name, database) = &states[from];
            let Some(copy) = version.restored(database, &versions[into]) else { continue };
            states.push((format!("{name}, restored in {}", versions[into].major), copy));
            // From what was dumped once into the same version, and once into the next.
            from = usize::from(into == at && from == 0);
        }
        for (name, database) in &states {
            for bench in &mut *versions {
                let (differ, all) = held(name, database, scripts, bench);
                (wrong, objects) = (wrong + differ, objects.max(all));
            }
        }
    }
    (wrong, objects)
}

/// The number of differences, and of objects.
fn held(name: &str, live: &Postgres, scripts: &[(PathBuf, Script)], bench: &mut Version) -> (usize, usize) {
    let step = |(file, script): &(PathBuf, Script)| Step {
        migration: (0, file.display().to_string()),
        script: Some(script.clone()),
        old: Vec::new(),
    };
    let runs = scripts.iter().filter(|(file, _)| !bench.refused.contains(file));
    let history = History { recorded: runs.map(step).collect(), pending: Vec::new() };
    let schema = live.open(AMPLE).unwrap().schema().unwrap();
    let limits = Limits { trials: 0, deadline: Instant::now() + 10 * AMPLE };
    let drift = judge(schema, &history, &mut *bench.scratch, &|_| false, limits).unwrap();
    let found: Vec<_> = drift.unexplained.iter().flatten().collect();
    report(&format!(
        "{} | {name} | replayed in {} | {} migrations, {} refused | {} objects | {} differ, {} not judged",
        scripts.first().map_or_else(String::new, |(file, _)| file.parent().unwrap().display().to_string()),
        bench.name(),
        scripts.len(),
        bench.refused.len(),
        drift.objects,
        found.len(),
        drift.not_judged
    ));
    for one in &found {
        report(&format!("  {} {:?}", one.id, one.attributes()));
    }
    (found.len() + drift.not_judged, drift.objects)
}
