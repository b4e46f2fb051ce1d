//! Which commit the candidate is compared with.
//!
//! A migration is frozen once it is in the merge base with the protected branch; what was added since may be
//! edited, renumbered and deleted. So amending and rebasing are harmless, and what has landed on the protected
//! branch since the fork is not taken for deleted. A base that cannot be seen never means "nothing is frozen".

use super::ci::{CiHint, before_push, branch_name, default_branch};
use super::{Backend, GitError};
use crate::model::{Base, Oid};

/// What the caller says about the base.
#[derive(Clone, Debug, Default)]
pub struct BaseRequest {
    /// `--base`, else `GUARD_BASE`: the revision and where it comes from.
    pub asked: Option<(String, String)>,
    /// `[base] ref` of guard.toml.
    pub configured: Option<String>,
    /// In CI a base that cannot be found is an error and not a warning.
    pub ci: bool,
    /// The candidate is the commit HEAD and not the index: with nothing else to go by, the base is HEAD^.
    pub candidate_is_head: bool,
    /// The commit that takes the place of HEAD, where another one is judged.
    pub instead: Option<Oid>,
    /// What a push by force takes away. All that it holds is published, so it is the base, and not a common ancestor.
    pub replaces: Option<Oid>,
}

/// The variables of CI systems, as read by `config::env`; a map in tests. [`super::ci_variables`] lists them.
pub struct CiEnvironment<'a>(pub &'a dyn Fn(&str) -> Option<String>);

/// Names that default branches have, the most usual first.
const USUAL_NAMES: [&str; 4] = ["main", "master", "develop", "trunk"];

/// What to do about a shallow clone.
const FETCH_MORE: &str = "Fetch more history (`fetch-depth: 0` for actions/checkout, or `fetch-depth: 2` where the merge commit \
     of a pull request is checked out; `GIT_DEPTH: 0` for GitLab; `git fetch --unshallow` elsewhere), \
     or name the base with `--base`";

/// Finds it: what was asked for, else the target of the pull request, else the upstream, else the default branch of the
/// remote, else the commit before.
///
/// # Errors
///
/// [`GitError::Failed`] says what to do: for `--base` and `GUARD_BASE` when there is no such commit; in CI also when
/// history is cut off before the base, or when no protected branch is known.
pub fn find_base(git: &dyn Backend, request: &BaseRequest, ci: &CiEnvironment<'_>) -> Result<Base, GitError> {
    let head = match request.instead {
        Some(commit) => Some(commit),
        None => git.resolve("HEAD")?,
    };
    if let Some((revision, from)) = &request.asked {
        return asked(git, head, revision, from);
    }
    if let Some(commit) = request.replaces {
        let because = "what this push by force takes away".to_owned();
        return Ok(Base { commit: Some(commit), name: commit.short(), because, ..Base::default() });
    }
    let Some(head) = head else {
        let because = "there is no commit yet".to_owned();
        return Ok(Base { because, ..Base::default() });
    };
    let search = Search { git, request, ci, head, shallow: git.layout().shallow, tracked: tracked(git)? };
    let mut warnings = Vec::new();
    let mut base = match search.candidate(&mut warnings)? {
        Some(candidate) => search.settle(candidate)?,
        None => search.without_branch(&mut warnings)?,
    };
    warnings.extend(base.warning.take());
    base.warning = (!warnings.is_empty()).then(|| warnings.join(". "));
    Ok(base)
}

/// The remote and the branch that the current branch tracks; `None` for a detached HEAD too.
fn tracked(git: &dyn Backend) -> Result<Option<Tracked>, GitError> {
    let head = git.head_branch()?;
    let Some(own) = head.as_deref().and_then(|head| head.strip_prefix("refs/heads/")) else {
        return Ok(None);
    };
    let Some(remote) = git.config(&format!("branch.{own}.remote"))? else {
        return Ok(None);
    };
    let upstream = git.config(&format!("branch.{own}.merge"))?.as_deref().and_then(branch_name);
    Ok(upstream.map(|upstream| Tracked { own: own.to_owned(), remote, upstream }))
}

/// `--base` is taken at its word: where no common ancestor is to be seen, the commit itself is the base.
fn asked(git: &dyn Backend, head: Option<Oid>, revision: &str, from: &str) -> Result<Base, GitError> {
    let Some(tip) = git.resolve(revision)? else {
        let hint = if git.layout().shallow { ", which is a shallow clone" } else { "" };
        return Err(GitError::Failed(format!(
            "{from} names `{revision}`, and there is no such commit in this clone{hint}"
        )));
    };
    let common = match head {
        Some(head) if git.parents(head)?.contains(&tip) => Some(tip),
        Some(head) => git.merge_base(head, tip)?,
        None => Some(tip),
    };
    let warning = common.is_none().then(|| {
        format!("HEAD and {revision} have no common ancestor here: compared with {revision} itself")
    });
    let commit = common.unwrap_or(tip);
    Ok(Base {
        commit: Some(commit),
        target: (tip != commit).then_some(tip),
        name: revision.to_owned(),
        because: format!("asked for with {from}"),
        warning,
    })
}

/// A protected branch.
struct Candidate {
    tip: Oid,
    /// The merge base, where a CI system says it.
    merge_base: Option<Oid>,
    name: String,
    because: String,
}

struct Search<'a> {
    git: &'a dyn Backend,
    request: &'a BaseRequest,
    ci: &'a CiEnvironment<'a>,
    head: Oid,
    shallow: bool,
    tracked: Option<Tracked>,
}

/// What this branch tracks.
struct Tracked {
    own: String,
    remote: String,
    upstream: String,
}

impl Search<'_> {
    /// The protected branch, by the first means that leads to a commit.
    fn candidate(&self, warnings: &mut Vec<String>) -> Result<Option<Candidate>, GitError> {
        if let Some(revision) = &self.request.configured {
            if let Some(tip) = self.git.resolve(revision)? {
                return Ok(Some(Candidate::new(tip, revision, "`[base] ref` in guard.toml")));
            }
            let what = format!("guard.toml names the base `{revision}`, and it is not in this clone");
            if self.request.ci {
                return Err(GitError::Failed(format!("{what}. {FETCH_MORE}")));
            }
            warnings.push(what);
        }
        if let Some(hint) = CiHint::read(self.ci) {
            if let Some(candidate) = self.pull_request(&hint)? {
                return Ok(Some(candidate));
            }
            let branch = hint.branch.as_deref().unwrap_or("the target branch");
            let what = format!(
                "the target of this pull request, `{branch}` ({}), is not in this clone",
                hint.origin
            );
            if self.request.ci {
                return Err(GitError::Failed(format!("{what}. {FETCH_MORE}")));
            }
            warnings.push(what);
        }
        if let Some(candidate) = self.upstream()? {
            return Ok(Some(candidate));
        }
        self.default_branch()
    }

    /// The target of the pull request that CI builds.
    fn pull_request(&self, hint: &CiHint) -> Result<Option<Candidate>, GitError> {
        let branch = match &hint.branch {
            Some(branch) => self.branch(branch)?,
            None => None,
        };
        let known = branch.as_ref().map(|(_, name)| name).or(hint.branch.as_ref());
        let name = known.map_or_else(|| "the target branch".to_owned(), Clone::clone);
        let because = format!("the target of this pull request ({})", hint.origin);
        let candidate = |tip, merge_base, because: &str| {
            Ok(Some(Candidate { tip, merge_base, name: name.clone(), because: because.to_owned() }))
        };
        if hint.merge_commit.as_deref().and_then(Oid::from_hex) == Some(self.head) {
            let parents = self.git.parents(self.head)?;
            if let [target, _] = parents[..] {
                let because = "the first parent of the pull request's merge commit";
                if self.present(target)? {
                    return candidate(branch.map_or(target, |(tip, _)| tip), Some(target), because);
                }
                if branch.is_none() && self.request.ci {
                    return Err(Self::cut_off(&format!(
                        "the base is {}, the first parent of the pull request's merge commit, which HEAD names and this clone lacks",
                        target.short()
                    )));
                }
            }
        }
        let mut tips = hint.tips.iter().filter_map(|id| Oid::from_hex(id));
        let tip = tips.try_fold(None, |found, tip| match found {
            None if self.present(tip)? => Ok::<_, GitError>(Some(tip)),
            found => Ok(found),
        })?;
        // GitLab names the tip only where HEAD contains it; then its merge base is older than the right one.
        let computed = hint.merge_base.as_deref().and_then(Oid::from_hex).filter(|_| hint.tips.is_empty());
        let computed = match computed {
            Some(id) if self.present(id)? => Some(id),
            _ => None,
        };
        match (branch, tip, computed) {
            (Some((tip, _)), _, computed) | (None, Some(tip), computed) => candidate(tip, computed, &because),
            (None, None, Some(computed)) => candidate(computed, Some(computed), &because),
            (None, None, None) => Ok(None),
        }
    }

    /// The upstream of the branch, unless it is the branch's own copy on the remote: that is not the protected line.
    fn upstream(&self) -> Result<Option<Candidate>, GitError> {
        let Some(Tracked { own, remote, upstream }) = &self.tracked else {
            return Ok(None);
        };
        if remote == "." || own == upstream {
            return Ok(None);
        }
        let name = format!("{remote}/{upstream}");
        let tip = self.git.resolve(&format!("refs/remotes/{name}"))?;
        Ok(tip.map(|tip| Candidate::new(tip, &name, "the upstream of this branch")))
    }

    /// The default branch of the remote.
    fn default_branch(&self) -> Result<Option<Candidate>, GitError> {
        for remote in self.remotes()? {
            let prefix = format!("refs/remotes/{remote}/");
            if let Some(target) = self.git.symbolic_ref(&format!("{prefix}HEAD"))?
                && let Some(tip) = self.git.resolve(&target)?
            {
                let name = target.strip_prefix("refs/remotes/").unwrap_or(&target);
                return Ok(Some(Candidate::new(tip, name, &format!("the default branch of {remote}"))));
            }
            for name in self.usual_names()? {
                if let Some(tip) = self.git.resolve(&format!("{prefix}{name}"))? {
                    let because =
                        format!("{remote} does not say its default branch, and this is a usual name for one");
                    return Ok(Some(Candidate::new(tip, &format!("{remote}/{name}"), &because)));
                }
            }
        }
        if self.git.remotes()?.is_empty() { self.local_branch() } else { Ok(None) }
    }

    /// Without a remote: the branch with a usual name, unless HEAD is on it.
    fn local_branch(&self) -> Result<Option<Candidate>, GitError> {
        let own = self.git.head_branch()?;
        for full in self.usual_names()?.iter().map(|name| format!("refs/heads/{name}")) {
            if own.as_deref() == Some(&full) {
                return Ok(None);
            }
            if let Some(tip) = self.git.resolve(&full)? {
                let name = full.trim_start_matches("refs/heads/");
                let because = "there is no remote, and this is a usual name for the protected branch";
                return Ok(Some(Candidate::new(tip, name, because)));
            }
        }
        Ok(None)
    }

    /// Names that the default branch may have: what the CI system says, the usual ones, what git is told to use here.
    fn usual_names(&self) -> Result<Vec<String>, GitError> {
        let declared = default_branch(self.ci);
        let usual = USUAL_NAMES.iter().map(|name| (*name).to_owned());
        let configured = self.git.config("init.defaultBranch")?.as_deref().and_then(branch_name);
        Ok(declared.into_iter().chain(usual).chain(configured).collect())
    }

    /// The remotes to look at, the likeliest first: the branch's own, `origin`, the only one.
    fn remotes(&self) -> Result<Vec<String>, GitError> {
        let all = self.git.remotes()?;
        let mut likely: Vec<String> = self.tracked.iter().map(|tracked| tracked.remote.clone()).collect();
        likely.push("origin".to_owned());
        if let [only] = all.as_slice() {
            likely.push(only.clone());
        }
        let mut kept: Vec<String> = Vec::new();
        for remote in likely {
            if all.contains(&remote) && !kept.contains(&remote) {
                kept.push(remote);
            }
        }
        Ok(kept)
    }

    /// A branch by its name, with the name that people know it by: on the remote, else here.
    fn branch(&self, branch: &str) -> Result<Option<(Oid, String)>, GitError> {
        for remote in self.remotes()? {
            let name = format!("{remote}/{branch}");
            if let Some(tip) = self.git.resolve(&format!("refs/remotes/{name}"))? {
                return Ok(Some((tip, name)));
            }
        }
        Ok(self.git.resolve(&format!("refs/heads/{branch}"))?.map(|tip| (tip, branch.to_owned())))
    }

    fn present(&self, commit: Oid) -> Result<bool, GitError> {
        Ok(self.git.resolve(&commit.to_string())?.is_some())
    }

    /// From the protected branch to the base.
    fn settle(&self, candidate: Candidate) -> Result<Base, GitError> {
        let Candidate { tip, merge_base, name, because } = candidate;
        let common = match merge_base {
            Some(known) => Some(known),
            // A shallow clone ends at HEAD and names its parents all the same.
            None if self.git.parents(self.head)?.contains(&tip) => Some(tip),
            None => self.git.merge_base(self.head, tip)?,
        };
        let Some(commit) = common else {
            return self.without_ancestor(tip, &name);
        };
        if commit == self.head && self.request.candidate_is_head {
            return self.landed(&name);
        }
        let target = (tip != commit).then_some(tip);
        Ok(Base { commit: Some(commit), target, name, because, warning: None })
    }

    /// HEAD is itself on the protected branch, and it is the candidate: the base is what was there before.
    fn landed(&self, name: &str) -> Result<Base, GitError> {
        if let Some(before) = before_push(self.ci).as_deref().and_then(Oid::from_hex)
            && before != self.head
            && self.present(before)?
            && let Some(commit) =
                self.git.merge_base(before, self.head)?.filter(|commit| *commit != self.head)
        {
            let because = format!("HEAD is on {name}: compared with what was there before the push");
            return Ok(Base { commit: Some(commit), name: before.short(), because, ..Base::default() });
        }
        self.parent(&format!("HEAD is on {name}: compared with the commit before it"))
    }

    /// HEAD^, the first parent.
    fn parent(&self, because: &str) -> Result<Base, GitError> {
        let base = Base { name: "HEAD^".to_owned(), because: because.to_owned(), ..Base::default() };
        match self.git.parents(self.head)?.first() {
            None => Ok(Base { name: String::new(), because: "HEAD is the first commit".to_owned(), ..base }),
            Some(parent) if self.present(*parent)? => Ok(Base { commit: Some(*parent), ..base }),
            Some(_) if self.request.ci => Err(Self::cut_off("the commit before HEAD is not in this clone")),
            Some(_) => Ok(Base {
                commit: Some(self.head),
                name: "HEAD".to_owned(),
                warning: Some(
                    "this shallow clone lacks the commit before HEAD, so nothing older is compared"
                        .to_owned(),
                ),
                ..base
            }),
        }
    }

    /// HEAD and the protected branch have no common ancestor here.
    fn without_ancestor(&self, tip: Oid, name: &str) -> Result<Base, GitError> {
        let mut base = if self.shallow {
            if self.request.ci {
                return Err(Self::cut_off(&format!(
                    "the common ancestor of HEAD and {name} is not in this clone"
                )));
            }
            let mut base = self.before_candidate("the best that this shallow clone has")?;
            base.warning = Some(format!(
                "this shallow clone does not reach back to the common ancestor of HEAD and {name}: compared with {} instead; \
                 `git fetch --unshallow` brings the rest",
                base.name
            ));
            base
        } else {
            let mut base = self.before_candidate("there is no common history")?;
            base.warning =
                Some(format!("HEAD and {name} share no commit: compared with {} instead", base.name));
            base
        };
        base.target = Some(tip);
        Ok(base)
    }

    /// No protected branch is known.
    fn without_branch(&self, warnings: &mut Vec<String>) -> Result<Base, GitError> {
        if self.git.remotes()?.is_empty() {
            return self.before_candidate("there is no remote");
        }
        let what =
            "no protected branch is known: no remote says its default branch, or has one by a usual name";
        if self.request.ci {
            let shallow = if self.shallow { format!(". {FETCH_MORE}") } else { String::new() };
            return Err(GitError::Failed(format!(
                "{what}. Name it in guard.toml (`[base] ref = \"origin/...\"`), or with `--base`{shallow}"
            )));
        }
        warnings.push(format!("{what}; name it in guard.toml (`[base] ref = \"origin/...\"`)"));
        if let Some(Tracked { remote, upstream, .. }) = &self.tracked {
            let name = if remote == "." { upstream.clone() } else { format!("{remote}/{upstream}") };
            let full =
                if remote == "." { format!("refs/heads/{name}") } else { format!("refs/remotes/{name}") };
            if let Some(tip) = self.git.resolve(&full)? {
                return self.settle(Candidate::new(tip, &name, "the upstream of this branch"));
            }
        }
        self.before_candidate("no protected branch is known")
    }

    /// The commit before the candidate: HEAD for the index, HEAD^ for HEAD.
    fn before_candidate(&self, because: &str) -> Result<Base, GitError> {
        if self.request.candidate_is_head {
            return self.parent(&format!("{because}: compared with the commit before HEAD"));
        }
        let because = format!("{because}: compared with the last commit");
        Ok(Base { commit: Some(self.head), name: "HEAD".to_owned(), because, ..Base::default() })
    }

    fn cut_off(what: &str) -> GitError {
        GitError::Failed(format!(
            "cannot tell what has been published: {what}, because it is shallow. {FETCH_MORE}"
        ))
    }
}

impl Candidate {
    fn new(tip: Oid, name: &str, because: &str) -> Self {
        Self { tip, merge_base: None, name: name.to_owned(), because: because.to_owned() }
    }
}
