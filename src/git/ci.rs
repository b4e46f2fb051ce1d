//! What CI systems say about the change that they build: a table of their variables.
//!
//! Names of variables from the systems' documentation and from the `services` of semantic-release/env-ci.

use std::collections::BTreeSet;

use super::CiEnvironment;

/// One CI system.
struct System {
    name: &'static str,
    /// Must be set, where the names below are not the system's own.
    marker: Option<&'static str>,
    /// Must be set and not `false`, where the names below are also set in builds that are no pull request.
    pull_request: Option<&'static str>,
    /// The branch that the change is to be merged into.
    target: &'static [&'static str],
    /// The tip of that branch.
    tip: &'static [&'static str],
    /// The merge base, computed by the system.
    merge_base: Option<&'static str>,
    /// The reference that is built, and its commit: a `refs/.../merge` is the system's own merge into the target.
    built: Option<(&'static str, &'static str)>,
    /// The tip of the branch before the push that is built.
    before: Option<&'static str>,
}

impl System {
    const fn new(name: &'static str, target: &'static [&'static str]) -> Self {
        Self {
            name,
            marker: None,
            pull_request: None,
            target,
            tip: &[],
            merge_base: None,
            built: None,
            before: None,
        }
    }

    fn variables(&self) -> impl Iterator<Item = &'static str> {
        let built = self.built.into_iter().flat_map(|(reference, commit)| [reference, commit]);
        let single = [self.marker, self.pull_request, self.merge_base, self.before].into_iter().flatten();
        self.target.iter().chain(self.tip).copied().chain(built).chain(single)
    }

    fn builds_a_pull_request(&self, ci: &CiEnvironment<'_>) -> bool {
        let marked = self.marker.is_none_or(|name| value(ci, name).is_some());
        let asked =
            self.pull_request.is_none_or(|name| value(ci, name).is_some_and(|value| value != "false"));
        marked && asked
    }
}

/// The default branch of the project, in GitLab's builds.
const DEFAULT_BRANCH: &str = "CI_DEFAULT_BRANCH";
/// The file with the event that started a build of GitHub's.
const GITHUB_EVENT: &str = "GITHUB_EVENT_PATH";

const SYSTEMS: &[System] = &[
    System {
        built: Some(("GITHUB_REF", "GITHUB_SHA")),
        ..System::new("GitHub Actions", &["GITHUB_BASE_REF"])
    },
    System {
        // Set in pipelines for merged results only. There HEAD contains the target's tip, and the merge base of the
        // diff is older than that: hence the tip first.
        tip: &["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"],
        merge_base: Some("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        before: Some("CI_COMMIT_BEFORE_SHA"),
        ..System::new("GitLab", &["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"])
    },
    System {
        tip: &["BITBUCKET_PR_DESTINATION_COMMIT"],
        ..System::new("Bitbucket", &["BITBUCKET_PR_DESTINATION_BRANCH"])
    },
    System {
        marker: Some("JENKINS_URL"),
        ..System::new("Jenkins", &["CHANGE_TARGET", "ghprbTargetBranch", "gitlabTargetBranch"])
    },
    System {
        built: Some(("BUILD_SOURCEBRANCH", "BUILD_SOURCEVERSION")),
        ..System::new("Azure Pipelines", &["SYSTEM_PULLREQUEST_TARGETBRANCH"])
    },
    System {
        pull_request: Some("BUILDKITE_PULL_REQUEST"),
        ..System::new("Buildkite", &["BUILDKITE_PULL_REQUEST_BASE_BRANCH"])
    },
    System { pull_request: Some("DRONE_PULL_REQUEST"), ..System::new("Drone", &["DRONE_TARGET_BRANCH"]) },
    System::new("Woodpecker", &["CI_COMMIT_TARGET_BRANCH"]),
    System::new("Vela", &["VELA_PULL_REQUEST_TARGET"]),
    System { pull_request: Some("TRAVIS_PULL_REQUEST"), ..System::new("Travis CI", &["TRAVIS_BRANCH"]) },
    System::new("Cirrus CI", &["CIRRUS_BASE_BRANCH"]),
    System::new("Codefresh", &["CF_PULL_REQUEST_TARGET"]),
    System::new("Bitrise", &["BITRISEIO_GIT_BRANCH_DEST"]),
    System { marker: Some("SCREWDRIVER"), ..System::new("Screwdriver", &["PR_BASE_BRANCH_NAME"]) },
    System {
        marker: Some("SHIPPABLE"),
        pull_request: Some("IS_PULL_REQUEST"),
        ..System::new("Shippable", &["BASE_BRANCH"])
    },
    System {
        pull_request: Some("APPVEYOR_PULL_REQUEST_NUMBER"),
        ..System::new("AppVeyor", &["APPVEYOR_REPO_BRANCH"])
    },
];

/// Every variable that is read to find the base; for the list of environment variables.
pub fn ci_variables() -> BTreeSet<&'static str> {
    SYSTEMS.iter().flat_map(System::variables).chain([DEFAULT_BRANCH, GITHUB_EVENT]).collect()
}

/// What is known of the pull request or the push that is being built.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CiHint {
    /// For people: the system, and the variable that decided.
    pub(super) origin: String,
    /// The target branch, without `refs/heads/`.
    pub(super) branch: Option<String>,
    /// Ids of the target's tip, the better first.
    pub(super) tips: Vec<String>,
    /// The id of the merge base.
    pub(super) merge_base: Option<String>,
    /// The commit that the system made by merging the change into the target: its first parent is the base.
    pub(super) merge_commit: Option<String>,
}

impl CiHint {
    /// `None` where no pull request is being built.
    pub(super) fn read(ci: &CiEnvironment<'_>) -> Option<Self> {
        SYSTEMS
            .iter()
            .filter(|system| system.builds_a_pull_request(ci))
            .find_map(|system| Self::of_system(system, ci))
            .or_else(|| Self::of_github_event(ci))
    }

    fn of_system(system: &System, ci: &CiEnvironment<'_>) -> Option<Self> {
        let branch = system.target.iter().find_map(|name| Some((*name, branch_name(&value(ci, name)?)?)));
        let tips: Vec<String> = system.tip.iter().filter_map(|name| id(ci, name)).collect();
        let merge_base = system.merge_base.and_then(|name| id(ci, name));
        if branch.is_none() && tips.is_empty() && merge_base.is_none() {
            return None;
        }
        let merge_commit = system.built.and_then(|(reference, commit)| {
            value(ci, reference).filter(|name| name.ends_with("/merge")).and_then(|_| id(ci, commit))
        });
        let variable = branch.as_ref().map_or("its commits", |(variable, _)| variable);
        let origin = format!("{}, {variable}", system.name);
        let branch = branch.map(|(_, branch)| branch);
        let mut hint = Self { origin, branch, tips, merge_base, merge_commit };
        if system.name == "GitHub Actions" {
            hint.tips.extend(event_text(ci, &["pull_request", "base", "sha"]));
        }
        Some(hint)
    }

    /// A merge queue has no variable of its own, and `issue_comment` workflows have no `GITHUB_BASE_REF`.
    fn of_github_event(ci: &CiEnvironment<'_>) -> Option<Self> {
        let branch = event_text(ci, &["pull_request", "base", "ref"]).and_then(|name| branch_name(&name));
        let shas = [&["merge_group", "base_sha"][..], &["pull_request", "base", "sha"]];
        let tips: Vec<String> = shas.iter().filter_map(|path| event_text(ci, path)).collect();
        let origin = format!("GitHub Actions, {GITHUB_EVENT}");
        (branch.is_some() || !tips.is_empty()).then(|| Self { origin, branch, tips, ..Self::default() })
    }
}

/// The tip of the branch before the push that is being built; `None` for a new branch.
pub(super) fn before_push(ci: &CiEnvironment<'_>) -> Option<String> {
    let named = SYSTEMS.iter().filter_map(|system| system.before).find_map(|name| id(ci, name));
    named.or_else(|| event_text(ci, &["before"])).filter(|id| id.bytes().any(|digit| digit != b'0'))
}

/// The project's default branch, where the system says it.
pub(super) fn default_branch(ci: &CiEnvironment<'_>) -> Option<String> {
    branch_name(&value(ci, DEFAULT_BRANCH)?)
}

/// A branch's name without `refs/heads/`; `None` for what cannot be one and would be read as a revision's grammar.
pub(super) fn branch_name(text: &str) -> Option<String> {
    let name = text.strip_prefix("refs/heads/").unwrap_or(text);
    let foreign = |c: char| c.is_control() || c.is_whitespace() || "^~:?*[\\".contains(c);
    let sound = !name.is_empty()
        && !name.contains(foreign)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.starts_with('-');
    sound.then(|| name.to_owned())
}

fn value(ci: &CiEnvironment<'_>, name: &str) -> Option<String> {
    (ci.0)(name).filter(|value| !value.is_empty())
}

/// A whole object id.
fn id(ci: &CiEnvironment<'_>, name: &str) -> Option<String> {
    value(ci, name).filter(|text| crate::model::Oid::from_hex(text).is_some())
}

/// A text in the event file; `None` where there is no file or no such text.
fn event_text(ci: &CiEnvironment<'_>, path: &[&str]) -> Option<String> {
    let event: serde_json::Value =
        serde_json::from_slice(&std::fs::read(value(ci, GITHUB_EVENT)?).ok()?).ok()?;
    let found = path.iter().try_fold(&event, |value, key| value.get(key))?;
    Some(found.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(variables: &[(&str, &str)]) -> Option<CiHint> {
        CiHint::read(&CiEnvironment(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        }))
    }

    #[test]
    fn each_target_variable_is_read() {
        for system in SYSTEMS {
            for target in system.target {
                let gates = system.marker.into_iter().chain(system.pull_request).map(|name| (name, "7"));
                let variables: Vec<_> = gates.chain([(*target, "refs/heads/trunk")]).collect();
                let found = hint(&variables).unwrap_or_else(|| panic!("{target} is not read"));
                assert_eq!(found.branch.as_deref(), Some("trunk"), "{target}");
                assert!(found.origin.contains(target));
            }
        }
    }

    #[test]
    fn a_build_that_is_no_pull_request_has_no_target() {
        assert_eq!(hint(&[("TRAVIS_BRANCH", "main"), ("TRAVIS_PULL_REQUEST", "false")]), None);
        assert_eq!(
            hint(&[("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"), ("BUILDKITE_PULL_REQUEST", "false")]),
            None
        );
        assert_eq!(hint(&[("DRONE_TARGET_BRANCH", "main")]), None);
        assert_eq!(hint(&[("GITHUB_BASE_REF", "")]), None);
    }

    #[test]
    fn a_common_name_counts_only_in_its_system() {
        assert_eq!(hint(&[("BASE_BRANCH", "main"), ("CHANGE_TARGET", "main")]), None);
    }

    #[test]
    fn what_cannot_be_a_branch_is_not_asked_for() {
        for text in ["", "refs/heads/", "main~1", "HEAD^{/x}", "a..b", "x@{u}", "-x", "a b", "main:file"] {
            assert_eq!(branch_name(text), None, "{text:?}");
        }
        assert_eq!(branch_name("refs/heads/release/1.0").as_deref(), Some("release/1.0"));
    }

    #[test]
    fn only_githubs_own_merge_is_taken_for_one() {
        let sha = "a".repeat(40);
        let merge = |reference: &str| {
            hint(&[("GITHUB_BASE_REF", "main"), ("GITHUB_REF", reference), ("GITHUB_SHA", &sha)])
                .unwrap()
                .merge_commit
        };
        assert_eq!(merge("refs/pull/7/merge"), Some(sha.clone()));
        assert_eq!(merge("refs/heads/feature"), None);
    }

    #[test]
    fn the_event_file_speaks_for_a_merge_queue() {
        let sha = "b".repeat(40);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{{\"merge_group\": {{\"base_sha\": \"{sha}\"}}}}")).unwrap();
        let found = hint(&[(GITHUB_EVENT, file.path().to_str().unwrap())]).unwrap();
        assert_eq!(found.tips, [sha]);
    }

    #[test]
    fn a_broken_event_file_says_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "{\"merge_group\": [").unwrap();
        assert_eq!(hint(&[(GITHUB_EVENT, file.path().to_str().unwrap())]), None);
        assert_eq!(hint(&[(GITHUB_EVENT, "/nowhere/event.json")]), None);
    }

    #[test]
    fn a_new_branch_has_nothing_before_it() {
        let zero = "0".repeat(40);
        let read = |id: &str| {
            before_push(&CiEnvironment(&|name| (name == "CI_COMMIT_BEFORE_SHA").then(|| id.to_owned())))
        };
        assert_eq!(read(&zero), None);
        assert_eq!(read(&"c".repeat(40)), Some("c".repeat(40)));
    }

    #[test]
    fn all_variables_are_listed() {
        let listed = ci_variables();
        for name in ["GITHUB_BASE_REF", "GITHUB_SHA", "JENKINS_URL", "TRAVIS_PULL_REQUEST", DEFAULT_BRANCH] {
            assert!(listed.contains(name), "{name}");
        }
    }
}
