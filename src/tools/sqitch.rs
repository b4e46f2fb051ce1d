//! Sqitch's plan: which scripts are migrations, in which order, and by which ids the registry knows them.

use std::collections::{HashMap, HashSet};

use super::checksum;
use crate::model::{Migration, RepoPath};

/// A change of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Its name. The same name may stand there again, when it was reworked.
    pub(super) name: String,
    /// What the registry knows it by: a SHA-1 of all that the plan says of it and of the one before it.
    pub(super) id: String,
    /// Tags between this one and its next reworking, the first of which names the older script.
    pub(super) tags: Vec<String>,
    /// It is reworked further on.
    pub(super) reworked: bool,
    /// Changes of the same plan that it needs and that do not come before it.
    pub(super) lacks: Vec<String>,
}

/// What `sqitch.conf` says of the place of things.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// The plan.
    pub(super) plan: RepoPath,
    /// How scripts end, without the dot.
    pub(super) extension: String,
}

/// Reads `sqitch.conf`, which is written like git's configuration. `above` is its directory, `dir` that of the scripts.
///
/// A target is asked first, then its engine, then `[core]` (App::Sqitch::Target); of several the one whose scripts lie there.
pub(super) fn settings(above: &RepoPath, text: &str, dir: &RepoPath) -> Settings {
    let mut said: Vec<(String, String, &str)> = Vec::new();
    let mut section = String::new();
    for line in text.split('\n').map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            // `[engine "pg"]`: the first word in letters of any size.
            let name = name.split(']').next().unwrap_or_default().trim();
            let (kind, name) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
            section = format!("{} {}", kind.to_ascii_lowercase(), name.trim().trim_matches('"'));
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with(['#', ';'])) {
            let value = value.split([';', '#']).next().unwrap_or_default().trim().trim_matches('"');
            said.push((section.clone(), key.trim().to_ascii_lowercase(), value));
        }
    }
    let get = |section: &str, key: &str| {
        let last = said.iter().rfind(|(within, of, _)| within == section && of == key);
        last.map(|(_, _, value)| *value).filter(|value| !value.is_empty())
    };
    let below = |dir: &RepoPath, path: &str| {
        let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
        parts.fold(
            dir.clone(),
            |dir, part| if part == ".." { dir.parent() } else { dir.join(part.as_bytes()) },
        )
    };
    let read = |target: &str| {
        let engine = get(target, "uri").and_then(|uri| uri.strip_prefix("db:")?.split(':').next());
        let engine = engine.or_else(|| target.strip_prefix("engine ")).or_else(|| get("core ", "engine"));
        let engine = format!("engine {}", engine.unwrap_or_default());
        let find = |key| get(target, key).or_else(|| get(&engine, key)).or_else(|| get("core ", key));
        let top = below(above, find("top_dir").unwrap_or_default());
        let deploy = find("deploy_dir").map_or_else(|| top.join(b"deploy"), |dir| below(above, dir));
        let plan = find("plan_file").map_or_else(|| top.join(b"sqitch.plan"), |plan| below(above, plan));
        let extension = find("extension").unwrap_or("sql").to_owned();
        (deploy, Settings { plan, extension })
    };
    let usual =
        get("core ", "target").map_or_else(|| "core ".to_owned(), |target| format!("target {target}"));
    let others = said.iter().map(|(name, ..)| name);
    let others = others.filter(|name| name.starts_with("target ") || name.starts_with("engine "));
    let mut found = [&usual].into_iter().chain(others).map(|target| read(target));
    found.find(|(deploy, _)| deploy == dir).unwrap_or_else(|| read(&usual)).1
}

/// A plan as far as guard needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The project to which the rows of the registry belong.
    pub(super) project: String,
    /// In the order in which they run.
    pub(super) changes: Vec<Change>,
}

/// The parts of a line, as App::Sqitch::Plan reads them.
struct Line<'t> {
    name: &'t str,
    needs: Vec<&'t str>,
    conflicts: Vec<&'t str>,
    time: &'t str,
    planner: &'t str,
    note: String,
}

/// Reads a plan; `None` for one without a project.
pub(super) fn plan(text: &str) -> Option<Plan> {
    let mut plan = Plan::default();
    let mut uri = None;
    // Where each name stood last.
    let mut places: HashMap<&str, usize> = HashMap::new();
    for line in text.split('\n').map(str::trim) {
        if let Some(pragma) = line.strip_prefix('%') {
            match pragma.split_once('=') {
                Some(("project", name)) => name.trim().clone_into(&mut plan.project),
                Some(("uri", address)) => uri = Some(address.trim()),
                _ => {}
            }
        } else if let Some(tag) = line.strip_prefix('@') {
            let tag = tag.split_whitespace().next().unwrap_or_default();
            for change in plan.changes.iter_mut().filter(|change| !change.reworked) {
                change.tags.push(tag.to_owned());
            }
        } else if let Some(line) = read(line) {
            let parent = plan.changes.last().map(|change| change.id.clone());
            let id = change_id(&plan.project, uri, parent.as_deref(), &line);
            let known = |need: &&str| {
                let name = need.split('@').next().unwrap_or_default();
                need.contains(':') || name.is_empty() || places.contains_key(name) || is_id(name)
            };
            let lacks =
                line.needs.iter().filter(|need| !known(need)).map(|need| (*need).to_owned()).collect();
            if let Some(before) = places.insert(line.name, plan.changes.len()) {
                plan.changes[before].reworked = true;
            }
            plan.changes.push(Change {
                name: line.name.to_owned(),
                id,
                tags: Vec::new(),
                reworked: false,
                lacks,
            });
        }
    }
    (!plan.project.is_empty()).then_some(plan)
}

/// The first published change that has another id now, since its line or one before it is another one. Nothing where a
/// change has gone, or a new one was put in front of it.
pub(super) fn other_id<'a>(old: &'a [Migration], now: &[Migration]) -> Option<&'a str> {
    let ids: HashSet<&str> = now.iter().map(|one| one.identity.as_str()).collect();
    let first = old.iter().find(|one| !ids.contains(one.identity.as_str()))?;
    let name = |one: &'_ Migration| one.version.0.split('@').next().unwrap_or_default().to_owned();
    let place = now.iter().position(|one| name(one) == name(first))?;
    let is_new = |one: &Migration| old.iter().all(|other| name(other) != name(one));
    let pushed = place.checked_sub(1).is_some_and(|before| is_new(&now[before]));
    (!pushed).then_some(first.version.0.as_str())
}

fn is_id(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `name [needs !conflicts] time planner <address> # note`.
fn read(line: &str) -> Option<Line<'_>> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (head, note) = match line.find(" #") {
        Some(at) if line.find('>').is_some_and(|end| end < at) => {
            (line[..at].trim_end(), line[at + 2..].trim())
        }
        _ => (line, ""),
    };
    let (name, rest) = head.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let (listed, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let (time, planner) = rest.trim_start().split_once(char::is_whitespace)?;
    let is_time = time.len() == 20 && time.ends_with('Z') && time.as_bytes()[10] == b'T';
    let (conflicts, needs): (Vec<&str>, Vec<&str>) =
        listed.split_whitespace().partition(|one| one.starts_with('!'));
    let conflicts = conflicts.into_iter().map(|one| &one[1..]).collect();
    let planner = planner.trim();
    let note = note.replace("\\n", "\n").replace("\\\\", "\\");
    is_time.then_some(Line { name, needs, conflicts, time, planner, note })
}

/// App::Sqitch::Plan::Change, `info` and `id`.
fn change_id(project: &str, uri: Option<&str>, parent: Option<&str>, line: &Line<'_>) -> String {
    let mut info = vec![format!("project {project}")];
    info.extend(uri.map(|uri| format!("uri {uri}")));
    info.push(format!("change {}", line.name));
    info.extend(parent.map(|parent| format!("parent {parent}")));
    info.push(format!("planner {}", line.planner));
    info.push(format!("date {}", line.time));
    for (word, sign, list) in [("requires", '+', &line.needs), ("conflicts", '-', &line.conflicts)] {
        if !list.is_empty() {
            info.push(word.to_owned());
            info.extend(list.iter().map(|one| format!("  {sign} {one}")));
        }
    }
    if !line.note.is_empty() {
        info.push(String::new());
        info.push(line.note.clone());
    }
    let info = info.join("\n");
    checksum::sha1(format!("change {}\0{info}", info.len()).as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAN: &str = "%syntax-version=1.0.0\n%project=flip\n%uri=https://example.com/flip/\n\n\
        users 2026-11-21T11:37:26Z Ann B <ann@example.com> # Add users.\n\
        widgets [users] 2026-11-21T11:37:26Z Ann B <ann@example.com> # Widgets café\n\
        @v1.0 2026-11-21T11:37:26Z Ann B <ann@example.com> # Tag v1\n";

    #[test]
    fn the_ids_of_sqitch() {
        let plan = plan(PLAN).unwrap();
        let ids: Vec<(&str, &str)> = plan.changes.iter().map(|one| (&*one.name, &*one.id)).collect();
        assert_eq!(
            ids,
            [
                ("users", "93a2dbb5b575d4ea5f7c65b2d973a41fa6265259"),
                ("widgets", "046b835ecf4021828b22a6779451ffbbdd98afdc")
            ]
        );
        assert_eq!(plan.project, "flip");
        assert_eq!(plan.changes[0].tags, ["v1.0"]);
        assert_eq!(super::plan(&PLAN.replace('\n', "\r\n")).unwrap(), plan);
    }

    #[test]
    fn a_change_may_come_again() {
        let again = format!(
            "{PLAN}users [users@v1.0 other:x gone !widgets] 2026-11-22T11:37:26Z Ann B <ann@example.com>\n"
        );
        let plan = plan(&again).unwrap();
        assert!(plan.changes[0].reworked && !plan.changes[2].reworked);
        assert_eq!(plan.changes[2].lacks, ["gone"]);
        assert!(plan.changes[2].tags.is_empty());
    }

    #[test]
    fn what_is_no_plan() {
        assert_eq!(plan(""), None);
        assert_eq!(plan("%project=x\n\n# words\nno time here\n").unwrap().changes, []);
    }

    #[test]
    fn the_settings_of_a_project() {
        let read = |text: &str| {
            let found = settings(&RepoPath::from("app"), text, &RepoPath::from("app/up"));
            (found.plan.to_string(), found.extension)
        };
        let usual = ("app/sqitch.plan".to_owned(), "sql".to_owned());
        assert_eq!(read(""), usual);
        assert_eq!(
            read(
                "[core]\n\tengine = pg\n\t# plan_file = x\n\ttop_dir = .\n[engine \"mysql\"]\n\tplan_file = y\n"
            ),
            usual
        );
        let moved = read("[core]\n\ttop_dir = ./db\n\textension = ddl ; ours\n");
        assert_eq!(moved, ("app/db/sqitch.plan".to_owned(), "ddl".to_owned()));
        assert_eq!(read("[CORE]\nPlan_File = \"../plans/a.plan\"\r\n").0, "plans/a.plan");
    }

    /// As `sqitch target show` says of the same file.
    #[test]
    fn a_target_comes_before_its_engine() {
        let text = "[core]\n\tengine = sqlite\n\tplan_file = plans/all.plan\n\tdeploy_dir = sql/up\n\ttarget = prod\n\
            [engine \"sqlite\"]\n\textension = ddl\n\ttop_dir = eng\n\
            [target \"prod\"]\n\turi = db:sqlite:t.db\n\tdeploy_dir = prod/up\n\
            [target \"other\"]\n\turi = db:sqlite:o.db\n\
            [target \"old\"]\n\turi = db:pg:old\n\tdeploy_dir = old\n\tplan_file = old.plan\n";
        let read = |dir: &str| {
            let found = settings(&RepoPath::default(), text, &RepoPath::from(dir));
            (found.plan.to_string(), found.extension)
        };
        let all = ("plans/all.plan".to_owned(), "ddl".to_owned());
        assert_eq!([read("prod/up"), read("sql/up"), read("elsewhere")], [all.clone(), all.clone(), all]);
        assert_eq!(read("old"), ("old.plan".to_owned(), "sql".to_owned()));
        let engines = "[core]\n[engine \"pg\"]\n\ttop_dir = pg\n[engine \"mysql\"]\n\ttop_dir = my\n";
        let plan = |dir: &str| settings(&RepoPath::default(), engines, &RepoPath::from(dir)).plan.to_string();
        assert_eq!(
            [plan("pg/deploy"), plan("my/deploy"), plan("x")],
            ["pg/sqitch.plan", "my/sqitch.plan", "sqitch.plan"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_text_can_be_read(text in "(%project=|[ @#\\[\\]!<>:\na-c]|2026-11-21T11:37:26Z|é){0,40}") {
            plan(&text);
            settings(&RepoPath::default(), &text, &RepoPath::default());
        }
    }
}
