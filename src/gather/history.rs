//! Why a checksum differs, and where a missing file went: looked for in the history, and only when a row asks for it.
//!
//! A text of the past counts as the applied one only if the tool's own comparison says so. All that is found is put
//! into the model as [`History`]; the rules say it.

mod area;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use jiff::tz::{Offset, TimeZone};

use crate::git::{Backend, PathChange};
use crate::model::{
    AppliedMigration, CommitFact, Content, Difference, History, Horizon, Migration, MigrationKind,
    MigrationSet, Moment, Oid, Outcome, PastText, RepoPath,
};
use crate::tools::{RawRow, Tool};

use super::Candidate;
use area::Area;

/// A text and the path under which a file had it.
type Text = (RepoPath, Oid);

/// Searches the history for all databases of a run, within one time.
pub(super) struct Searcher<'a> {
    git: &'a dyn Backend,
    candidate: Candidate,
    allowed: Duration,
    latest: Option<Instant>,
    /// Begins with the first question: who asks nothing pays nothing.
    deadline: Option<Instant>,
    areas: HashMap<RepoPath, Area>,
    /// What was found of texts that are not those of the candidate, sorted: many tenants have run the same.
    known: Vec<(String, History)>,
}

/// What a search is about.
pub(super) struct Subject<'a> {
    pub(super) tool: &'a Tool,
    pub(super) set: &'a MigrationSet,
    /// For each migration of the candidate, whether it is applied.
    pub(super) applied: &'a [bool],
}

/// How long a search may take in all, at each moment.
fn allowed(moment: Moment) -> Duration {
    Duration::from_millis(match moment {
        Moment::Commit => 300,
        Moment::Push => 1_000,
        Moment::Ci | Moment::Audit => 5_000,
    })
}

impl<'a> Searcher<'a> {
    /// `latest` is the end of the hook's own time, where it has one.
    pub(super) fn new(
        git: &'a dyn Backend,
        candidate: Candidate,
        moment: Moment,
        latest: Option<Instant>,
    ) -> Self {
        let allowed = allowed(moment);
        Self { git, candidate, allowed, latest, deadline: None, areas: HashMap::new(), known: Vec::new() }
    }

    /// What the history knows of a row; `None` where the candidate explains it.
    pub(super) fn search(
        &mut self,
        subject: &Subject<'_>,
        raw: &RawRow,
        row: &AppliedMigration,
    ) -> Option<Box<History>> {
        let migration = row.migration.and_then(|at| subject.set.candidate.get(at));
        let differs = matches!(row.content, Content::Differs { .. }) && row.outcome != Outcome::Failed;
        let known = subject.set.landed.iter().any(|landed| landed.identity == row.identity);
        let absent = row.in_work_tree.is_none() && row.in_base.is_none() && !known;
        let history = match migration {
            Some(migration) if differs && migration.kind != MigrationKind::Repeatable => {
                let recorded = raw.recorded.as_ref().map(ToString::to_string).unwrap_or_default();
                let Migration { path, identity, .. } = migration;
                let name = row.name.as_deref().unwrap_or_default();
                let key = format!("{path}\0{identity}\0{name}\0{recorded}");
                match self.known.binary_search_by(|(known, _)| known.cmp(&key)) {
                    Ok(at) => self.known[at].1.clone(),
                    Err(at) => {
                        let history = self.of_difference(subject, raw, migration);
                        self.known.insert(at, (key, history.clone()));
                        history
                    }
                }
            }
            None if absent && row.outcome == Outcome::Applied => self.of_absence(subject, raw),
            _ => return None,
        };
        Some(Box::new(history))
    }

    fn deadline(&mut self) -> Instant {
        let (allowed, latest) = (self.allowed, self.latest);
        *self.deadline.get_or_insert_with(|| {
            let deadline = Instant::now() + allowed;
            latest.map_or(deadline, |latest| latest.min(deadline))
        })
    }

    /// The commit whose history is the candidate's own.
    fn own(&self) -> Option<Oid> {
        match self.candidate {
            Candidate::Index => self.git.resolve("HEAD").ok().flatten(),
            Candidate::Commit(commit) => Some(commit),
        }
    }

    /// The history of a set, walked through when it is first asked for. It is taken out, and must be put back.
    fn take_area(&mut self, subject: &Subject<'_>) -> Area {
        let deadline = self.deadline();
        self.areas
            .remove(&subject.set.dir)
            .unwrap_or_else(|| Area::new(self.git, subject.tool, &subject.set.dir, self.own(), deadline))
    }

    /// A migration that has another text than the one that was applied.
    fn of_difference(&mut self, subject: &Subject<'_>, raw: &RawRow, migration: &Migration) -> History {
        let mut area = self.take_area(subject);
        let paths = area.names_of(self.git, subject.tool, &migration.path);
        let same = self.same_texts(&mut area, subject, raw, &paths, Some(migration));
        let history = self.of_texts(&mut area, (subject.tool, migration), &paths, &same);
        self.areas.insert(subject.set.dir.clone(), area);
        history
    }

    /// A migration that once had this very text.
    pub(super) fn of_blob(&mut self, subject: &Subject<'_>, migration: &Migration, blob: Oid) -> History {
        let mut area = self.take_area(subject);
        let paths = area.names_of(self.git, subject.tool, &migration.path);
        let has = |change: &&PathChange| change.after == Some(blob) || change.before.contains(&Some(blob));
        let same = area.changes_of(&paths).filter(has).map(|change| (change.path.clone(), blob)).collect();
        let history = self.of_texts(&mut area, (subject.tool, migration), &paths, &same);
        self.areas.insert(subject.set.dir.clone(), area);
        history
    }

    /// Who brought one of these texts, and who made another of it.
    fn of_texts(
        &mut self,
        area: &mut Area,
        (tool, migration): (&Tool, &Migration),
        paths: &[RepoPath],
        same: &HashSet<Text>,
    ) -> History {
        let applied = self.applied(area, paths, same);
        let mut history = History { horizon: area.horizon, ..History::default() };
        if let Some(applied) = applied {
            if applied.own && !self.head_has(same, paths) {
                history.edited_in = edited_in(area, paths, same).map(|commit| self.fact(commit));
            }
            if !applied.own {
                history.on_branches = self.branches(area, paths, same);
            }
            let texts = self.git.blob(applied.blob).ok().zip(self.git.blob(migration.blob).ok());
            let difference = |(old, new): (Vec<u8>, Vec<u8>)| {
                let (old, new) = tool.own_text(migration, &old).zip(tool.own_text(migration, &new))?;
                Some(Difference::between(&old, &new).moved(migration.line().unwrap_or(1)))
            };
            history.difference = texts.and_then(difference).unwrap_or_default();
            history.applied = Some(applied);
        }
        history.horizon = history.horizon.max(area.horizon);
        history
    }

    /// A row of which no file has the part.
    fn of_lost_part(&mut self, subject: &Subject<'_>, raw: &RawRow) -> History {
        let mut area = self.take_area(subject);
        let stand_in = area.paths().find_map(|path| subject.tool.stand_in(path, &raw.applied.identity));
        let mut history = History::default();
        if let Some(lost) = stand_in {
            let paths = [lost.path.clone()];
            let same = self.same_texts(&mut area, subject, raw, &paths, Some(&lost));
            let has = |blob: Option<Oid>| {
                let file = blob.and_then(|blob| self.git.blob(blob).ok());
                file.is_some_and(|file| subject.tool.own_text(&lost, &file).is_some())
            };
            let latest = self.deadline.unwrap_or_else(Instant::now);
            let in_time = |_: &&PathChange| Instant::now() < latest;
            let ours = || area.changes_of(&paths).filter(|change| change.own).take_while(in_time);
            let deletion = ours().find(|one| !has(one.after) && one.before.iter().any(|before| has(*before)));
            let deletion = deletion.map(|change| change.commit);
            let known = deletion.is_some() || ours().any(|change| has(change.after));
            history.applied = self.applied(&area, &paths, &same);
            history.deleted_in = deletion.map(|commit| self.fact(commit));
            if known || history.applied.is_some() {
                history.path = Some(lost.path.clone());
            }
            if !known && !same.is_empty() {
                history.on_branches = self.branches(&mut area, &paths, &same);
            }
        }
        history.restamped = self.recorded_elsewhere(subject, raw);
        history.restamped_by_checksum = history.restamped.is_some();
        history.horizon = area.horizon;
        self.areas.insert(subject.set.dir.clone(), area);
        history
    }

    /// A row without a file.
    fn of_absence(&mut self, subject: &Subject<'_>, raw: &RawRow) -> History {
        if subject.tool.keeps_parts() {
            return self.of_lost_part(subject, raw);
        }
        let mut area = self.take_area(subject);
        area.find_older_directories(self.git, subject.tool, &subject.set.candidate);
        let paths = area.with_identity(&raw.applied.identity);
        let mut names = paths.clone();
        if raw.recorded.is_some() {
            for path in &paths {
                names.extend(area.names_of(self.git, subject.tool, path));
            }
            names.sort_unstable();
            names.dedup();
        }
        let same = self.same_texts(&mut area, subject, raw, &names, None);
        let mut history = History { applied: self.applied(&area, &names, &same), ..History::default() };
        let deletion = area.own_deletion(&paths);
        let ours = area.changes_of(&paths).any(|change| change.own);
        if let Some(change) = deletion {
            history.deleted_in = Some(self.fact(change.commit));
            history.path = Some(change.path.clone());
            history.renamed_to = area.target_of(change).cloned();
        } else {
            history.path = area.changes_of(&paths).next().map(|change| change.path.clone());
            if !ours {
                history.on_branches = self.branches(&mut area, &paths, &same);
            }
        }
        let renamed = history.renamed_to.as_ref();
        let candidates = subject.set.candidate.iter().zip(subject.applied);
        let by_name = candidates.clone().position(|(one, applied)| !applied && renamed == Some(&one.path));
        let by_checksum = self.recorded_elsewhere(subject, raw);
        history.restamped = by_checksum.or(by_name);
        history.restamped_by_checksum = by_checksum.is_some();
        history.horizon = area.horizon;
        self.areas.insert(subject.set.dir.clone(), area);
        history
    }

    /// The texts among all that the paths ever had which the tool takes for the recorded one.
    fn same_texts(
        &mut self,
        area: &mut Area,
        subject: &Subject<'_>,
        raw: &RawRow,
        paths: &[RepoPath],
        migration: Option<&Migration>,
    ) -> HashSet<Text> {
        if raw.recorded.is_none() {
            return HashSet::new();
        }
        let texts: BTreeSet<(Oid, RepoPath)> = area
            .changes_of(paths)
            .flat_map(|change| {
                let blobs = change.before.iter().copied().chain([change.after]).flatten();
                blobs.map(|blob| (blob, change.path.clone()))
            })
            .collect();
        let blobs: Vec<Oid> = texts.iter().map(|(blob, _)| *blob).collect();
        let (mut exact, mut alike) = (HashSet::new(), HashSet::new());
        let read = self.git.blobs(&blobs, &mut |blob, text| {
            for (_, path) in texts.range((blob, RepoPath::default())..).take_while(|(oid, _)| *oid == blob) {
                let Some(past) = area.migration(path).or(migration) else { continue };
                match subject.tool.compare(raw, past, text) {
                    Content::Same => drop(exact.insert((path.clone(), blob))),
                    Content::SameBut(_) => drop(alike.insert((path.clone(), blob))),
                    Content::Differs { .. } | Content::NotComparable(_) => {}
                }
            }
        });
        if read.is_err() {
            area.horizon = Horizon::Unreadable;
        }
        if exact.is_empty() { alike } else { exact }
    }

    /// Who brought one of these texts: in the own history if it is there, and the first who did.
    fn applied(&self, area: &Area, paths: &[RepoPath], same: &HashSet<Text>) -> Option<PastText> {
        let has = |path: &RepoPath, blob: Option<Oid>| {
            blob.is_some_and(|blob| same.contains(&(path.clone(), blob)))
        };
        let brings = |change: &&PathChange| {
            has(&change.path, change.after)
                && !change.before.iter().any(|before| has(&change.path, *before))
                && !area.of_commit(change.commit).any(|other| {
                    // Only renamed: the text was there before.
                    other.after.is_none() && other.before.iter().any(|before| has(&other.path, *before))
                })
        };
        let all: Vec<&PathChange> = area.changes_of(paths).filter(brings).collect();
        let change = all.iter().rfind(|change| change.own).or_else(|| all.last())?;
        Some(PastText {
            commit: self.fact(change.commit),
            path: change.path.clone(),
            blob: change.after?,
            boundary: change.boundary,
            own: change.own,
        })
    }

    /// Whether the commit below the candidate still has the text: then it is the candidate that edits it.
    fn head_has(&self, same: &HashSet<Text>, paths: &[RepoPath]) -> bool {
        let Some(own) = self.own() else { return false };
        let Candidate::Index = self.candidate else { return false };
        debug_assert!(!paths.is_empty(), "else this would read whole trees");
        let tree = self.git.tree(own, paths).unwrap_or_default();
        tree.entries.into_iter().any(|entry| same.contains(&(entry.path, entry.oid)))
    }

    /// The branches that have one of the texts; with no text known, those that have one of the files.
    fn branches(&mut self, area: &mut Area, paths: &[RepoPath], same: &HashSet<Text>) -> Vec<String> {
        if paths.is_empty() {
            return Vec::new(); // which would ask for whole trees
        }
        let deadline = self.deadline();
        let mut found = Vec::new();
        let mut seen: HashMap<Oid, bool> = HashMap::new();
        for branch in self.git.branches().unwrap_or_default() {
            if Instant::now() >= deadline {
                area.horizon = Horizon::TimeOver;
                break;
            }
            let has = *seen.entry(branch.tip).or_insert_with(|| {
                let tree = self.git.tree(branch.tip, paths).unwrap_or_default();
                tree.entries.into_iter().any(|entry| {
                    same.is_empty() && paths.contains(&entry.path) || same.contains(&(entry.path, entry.oid))
                })
            });
            if has {
                found.push(branch.name);
            }
        }
        found
    }

    /// The one migration that is not applied and whose text is recorded under the row's version.
    fn recorded_elsewhere(&mut self, subject: &Subject<'_>, raw: &RawRow) -> Option<usize> {
        raw.recorded.as_ref()?;
        let deadline = self.deadline();
        let mut found = None;
        for (at, migration) in subject.set.candidate.iter().enumerate() {
            if subject.applied.get(at) != Some(&false) || migration.kind != MigrationKind::Versioned {
                continue;
            }
            if Instant::now() >= deadline {
                return None;
            }
            let Ok(text) = self.git.blob(migration.blob) else { continue };
            // As it would have been under that version.
            let there = Migration {
                identity: raw.applied.identity.clone(),
                name: raw.applied.name.as_deref().unwrap_or_default().into(),
                ..migration.clone()
            };
            let same =
                matches!(subject.tool.compare(raw, &there, &text), Content::Same | Content::SameBut(_));
            let own = subject.tool.own_text(migration, &text);
            if same && own.is_some_and(|own| !own.trim_ascii().is_empty()) {
                if found.is_some() {
                    return None; // two with one text: which of them it was cannot be told
                }
                found = Some(at);
            }
        }
        found
    }

    fn fact(&self, commit: Oid) -> CommitFact {
        commit_fact(self.git, commit)
    }
}

/// Who wrote a commit, when, and what it is called.
pub fn commit_fact(git: &dyn Backend, commit: Oid) -> CommitFact {
    let info = git.commit(commit).unwrap_or_default();
    let zone = Offset::from_seconds(info.offset.saturating_mul(60)).unwrap_or(Offset::UTC);
    let time = jiff::Timestamp::from_second(info.seconds).unwrap_or_default();
    let date = TimeZone::fixed(zone).to_datetime(time).date().to_string();
    CommitFact { id: commit, author: info.author, date, subject: info.subject }
}

/// The last commit of the own history that made something else of one of these texts.
fn edited_in(area: &Area, paths: &[RepoPath], same: &HashSet<Text>) -> Option<Oid> {
    let has =
        |path: &RepoPath, blob: Option<Oid>| blob.is_some_and(|blob| same.contains(&(path.clone(), blob)));
    let loses = |change: &&PathChange| {
        change.own
            && change.before.iter().any(|before| has(&change.path, *before))
            && !area.of_commit(change.commit).any(|other| has(&other.path, other.after))
    };
    area.changes_of(paths).find(loses).map(|change| change.commit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_for_less_than_a_blink() {
        assert!(allowed(Moment::Commit) <= Duration::from_millis(300));
        assert!(
            allowed(Moment::Commit) < allowed(Moment::Push) && allowed(Moment::Push) < allowed(Moment::Ci)
        );
    }
}
