//! Which repository is meant: a directory, and the variables by which git tells its hooks what they are about.
//!
//! git resolves relative paths in its variables against the root of the work tree. A tool that a hook manager
//! starts in a sub-directory would look for `.git/index` there, find nothing, and see every file deleted; so
//! all paths are made absolute before either backend hears of them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Variables that name other configuration files; what they say only the `git` command knows.
const CONFIGURATION_FILES: [&str; 3] = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"];

/// The environment in which git is asked: `GIT_INDEX_FILE`, `GIT_DIR` and their like.
#[derive(Clone, Debug, Default)]
pub struct GitEnvironment {
    variables: BTreeMap<OsString, OsString>,
}

impl GitEnvironment {
    /// The variables of this process whose names begin with `GIT_`.
    pub fn of_process() -> Self {
        std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_")).collect()
    }

    /// A value; an empty one counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// All of them, for a child.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.variables.iter()
    }

    /// Whether the value of a key may come from the environment, as with `git -c key=value commit`.
    pub(super) fn configures(&self, key: &str) -> bool {
        if CONFIGURATION_FILES.iter().any(|name| self.get(name).is_some()) {
            return true;
        }
        let section = key.split('.').next().unwrap_or(key).to_ascii_lowercase();
        self.variables.iter().any(|(name, value)| {
            let name = name.to_string_lossy();
            let text = value.to_string_lossy().to_ascii_lowercase();
            let sets = name == "GIT_CONFIG_PARAMETERS" || name.starts_with("GIT_CONFIG_KEY_");
            // `include.path` may bring anything.
            sets && (text.contains(&section) || text.contains("include"))
        })
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for GitEnvironment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables }
    }
}

/// Where to look for the repository.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Where the search begins; absolute.
    pub(super) directory: PathBuf,
    /// git's variables, as they came.
    pub(super) environment: GitEnvironment,
    /// `GIT_DIR`, absolute.
    pub(super) git_dir: Option<PathBuf>,
}

impl Place {
    pub(super) fn new(directory: &Path, environment: GitEnvironment) -> Self {
        let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let git_dir = environment.get("GIT_DIR").and_then(|named| find_git_dir(&directory, Path::new(named)));
        Self { directory, environment, git_dir }
    }

    /// `GIT_WORK_TREE`, absolute. git takes it relative to the directory where it was started.
    pub(super) fn work_tree(&self) -> Option<PathBuf> {
        Some(self.directory.join(self.environment.get("GIT_WORK_TREE")?))
    }

    /// `GIT_INDEX_FILE`, absolute. git takes it relative to the root of the work tree.
    pub(super) fn index_file(&self, work_tree: Option<&Path>) -> Option<PathBuf> {
        Some(work_tree.unwrap_or(&self.directory).join(self.environment.get("GIT_INDEX_FILE")?))
    }
}

/// A relative `GIT_DIR` is meant from the root of the work tree, which is here or above. `None` lets git search.
fn find_git_dir(directory: &Path, named: &Path) -> Option<PathBuf> {
    if named.is_absolute() {
        return Some(named.to_owned());
    }
    let is_git_dir = |path: &PathBuf| path.is_file() || path.join("HEAD").symlink_metadata().is_ok();
    directory.ancestors().map(|ancestor| ancestor.join(named)).find(is_git_dir)
}

/// A path as the system wants it. Elsewhere than on Unix git's paths are UTF-8.
pub(super) fn os_path(bytes: &[u8]) -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec());
    #[cfg(not(unix))]
    return String::from_utf8_lossy(bytes).into_owned().into();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_index_belongs_to_the_root_of_the_work_tree() {
        let place =
            Place::new(Path::new("/repo/sub"), [("GIT_INDEX_FILE", ".git/index")].into_iter().collect());
        assert_eq!(place.index_file(Some(Path::new("/repo"))), Some(PathBuf::from("/repo/.git/index")));
    }

    #[test]
    fn an_absolute_index_stays_where_it_is() {
        let place =
            Place::new(Path::new("/repo"), [("GIT_INDEX_FILE", "/else/index.lock")].into_iter().collect());
        assert_eq!(place.index_file(Some(Path::new("/repo"))), Some(PathBuf::from("/else/index.lock")));
    }

    #[test]
    fn an_empty_variable_is_none() {
        let environment: GitEnvironment = [("GIT_INDEX_FILE", "")].into_iter().collect();
        assert_eq!(environment.get("GIT_INDEX_FILE"), None);
    }

    #[test]
    fn only_a_key_that_is_set_in_the_environment_is_left_to_git() {
        let environment: GitEnvironment =
            [("GIT_CONFIG_PARAMETERS", "'user.name'='x' 'Core.autocrlf'='true'")].into_iter().collect();
        assert!(environment.configures("core.eol"));
        assert!(!environment.configures("branch.main.remote"));
        let counted: GitEnvironment =
            [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "include.path")].into_iter().collect();
        assert!(counted.configures("branch.main.remote"));
        let file: GitEnvironment = [("GIT_CONFIG_GLOBAL", "/else")].into_iter().collect();
        assert!(file.configures("branch.main.remote"));
    }

    #[test]
    fn a_relative_git_dir_is_found_above() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join(".git")).unwrap();
        std::fs::create_dir_all(root.path().join("a/b")).unwrap();
        std::fs::write(root.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        let found = find_git_dir(&root.path().join("a/b"), Path::new(".git"));
        assert_eq!(found, Some(root.path().join(".git")));
    }
}
