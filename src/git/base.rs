//! Which commit the candidate is compared with.
use super::{Backend, GitError};
use crate::model::Base;

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
}

/// The variables of CI systems, as read by `config::env`; a map in tests.
pub struct CiEnvironment<'a>(pub &'a dyn Fn(&str) -> Option<String>);

/// Finds it.
pub fn find_base(git: &dyn Backend, request: &BaseRequest, ci: &CiEnvironment<'_>) -> Result<Base, GitError> {
    let _ = (git, request, ci);
    todo!()
}
