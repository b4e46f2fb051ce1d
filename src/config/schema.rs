//! What guard.toml says of live schemas: what of them is not looked at, and how migrations that are programs are replayed.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::Config;
use super::file::{At, File, ReplaySection};
use super::validate::Validator;

/// What of the live schemas is not held against the migrations.
#[derive(Clone, Debug, Default)]
pub struct SchemaConfig {
    /// Globs of what is left out.
    pub ignore: Vec<ObjectPattern>,
    /// The line of each.
    pub lines: Vec<u32>,
}

/// A glob over the path of an object: `public.users.email`. It covers what lies below as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectPattern(glob::Pattern);

impl ObjectPattern {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it covers the object of this path, or something above it.
    pub fn covers(&self, path: &str) -> bool {
        let above = path.match_indices('.').map(|(dot, _)| &path[..dot]);
        self.0.matches(path) || above.into_iter().any(|above| self.0.matches(above))
    }
}

impl From<glob::Pattern> for ObjectPattern {
    fn from(pattern: glob::Pattern) -> Self {
        Self(pattern)
    }
}

/// Patterns that know whether they have ever covered anything.
#[derive(Debug)]
pub struct Ignored<'a> {
    patterns: &'a [ObjectPattern],
    used: Vec<Cell<bool>>,
}

impl<'a> Ignored<'a> {
    /// None of them has covered anything yet.
    pub fn new(patterns: &'a [ObjectPattern]) -> Self {
        Self { patterns, used: vec![Cell::new(false); patterns.len()] }
    }

    /// Whether one of them covers this object.
    pub fn covers(&self, path: &str) -> bool {
        let mut covered = false;
        for (pattern, used) in self.patterns.iter().zip(&self.used) {
            if pattern.covers(path) {
                used.set(true);
                covered = true;
            }
        }
        covered
    }

    /// Those that have covered something, by their place.
    pub fn used(&self) -> Vec<bool> {
        self.used.iter().map(Cell::get).collect()
    }
}

/// How the migrations of a set are replayed, where their SQL alone does not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayConfig {
    /// The tool's command that runs all migrations; empty where guard runs them itself.
    pub run: Vec<String>,
    /// The tool's command that goes to one version, with `{version}`; empty where there is none.
    pub to: Vec<String>,
    /// What the commands find in their environment, with `{url}` and so on for the scratch database.
    pub env: BTreeMap<String, String>,
    /// Statements that run in the session before each migration.
    pub before: Vec<String>,
}

/// What stands in the place of the scratch database.
pub const PLACES: [&str; 9] = ["url", "host", "port", "user", "database", "socket", "path", "version", "app"];

impl Validator<'_> {
    pub(super) fn schema(&mut self, file: &File, config: &mut Config) {
        let ignore = file.schema.as_ref().and_then(|schema| schema.ignore.as_ref());
        for pattern in ignore.into_iter().flatten() {
            if let Some(glob) = self.pattern(Some(pattern)) {
                config.schema.ignore.push(glob.into());
                config.schema.lines.push(self.source.line(pattern.span.start));
            }
        }
    }

    pub(super) fn replay(&mut self, section: &At<ReplaySection>) -> ReplayConfig {
        let ReplaySection { run, to, env, before } = &section.value;
        let at = section.span.start;
        if let Some(run) = run.as_ref().filter(|run| run.value.first().is_none_or(String::is_empty)) {
            self.say(run.span.start, "`run` names no program", "write run = [\"program\", \"argument\"]");
        }
        if run.is_none() && to.is_some() {
            self.say(at, "[migrations.replay] has `to` and no `run`", "add run = [...]: to the newest");
        }
        if let Some(to) = to.as_ref().filter(|to| !to.value.iter().any(|word| word.contains("{version}"))) {
            self.say(
                to.span.start,
                "`to` does not say where to",
                "write {version} where the version belongs",
            );
        }
        let says_where = |text: &String| PLACES[..7].iter().any(|name| text.contains(&format!("{{{name}}}")));
        if let Some(run) = run
            && !env.iter().flat_map(|env| env.value.values()).chain(&run.value).any(says_where)
        {
            let what = "[migrations.replay] does not say where the command finds the scratch database: \
                        it would run on another one";
            self.say(at, what, "add env = { DATABASE_URL = \"{url}\" }, or what the tool reads");
        }
        let words =
            |list: &Option<At<Vec<String>>>| list.as_ref().map(|list| list.value.clone()).unwrap_or_default();
        ReplayConfig {
            run: words(run),
            to: words(to),
            env: env.as_ref().map(|env| env.value.clone()).unwrap_or_default(),
            before: words(before),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_lies_below() {
        let pattern = |text| ObjectPattern(glob::Pattern::new(text).unwrap());
        assert!(pattern("public.users").covers("public.users"));
        assert!(pattern("public.users").covers("public.users.email"));
        assert!(pattern("public.legacy_*").covers("public.legacy_users.id"));
        assert!(!pattern("public.user").covers("public.users"));
        assert!(!pattern("users").covers("public.users"));
        assert!(!pattern("public.users.email").covers("public.users"));
    }

    #[test]
    fn what_never_covered_anything_is_known() {
        let patterns = ["a.*", "b"].map(|text| ObjectPattern(glob::Pattern::new(text).unwrap()));
        let ignored = Ignored::new(&patterns);
        assert!(ignored.covers("a.x") && !ignored.covers("c"));
        assert_eq!(ignored.used(), [true, false]);
    }
}
