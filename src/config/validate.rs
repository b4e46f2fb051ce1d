//! From what is written to what it means. Says everything that is wrong, each at its line, with what to write.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::db::DatabaseUrl;
use crate::model::{Level, Moment, Need, RepoPath, RuleId, TableName};
use crate::rules;
use crate::tools::{BUILT_IN, Tool};

use super::file::{
    At, DatabaseSection, File, LevelSetting, MigrationsSection, UntilSetting, UrlSetting, WaiverSection,
};
use super::read::Read;
use super::{
    Config, DatabaseConfig, Mistake, ObjectPattern, SetConfig, Source, UrlConfig, WaiverConfig, nearest,
};

pub(super) struct Validator<'a> {
    pub(super) source: &'a Source<'a>,
    root: &'a Path,
    mistakes: &'a mut Vec<Mistake>,
}

/// Turns a file into a configuration. What is wrong is left out and stands among the mistakes.
pub(super) fn validate(source: &Source<'_>, read: &Read, root: &Path, mistakes: &mut Vec<Mistake>) -> Config {
    let Read { file, left_out } = read;
    let mut validator = Validator { source, root, mistakes };
    let mut config = Config::default();
    validator.requires(file);
    validator.tools(file, &mut config);
    validator.sets(file, &mut config);
    validator.databases(file, &mut config);
    validator.schema(file, &mut config);
    validator.services_and_checks(file, &mut config);
    validator.base_and_hook(file, &mut config);
    validator.levels(file, &mut config);
    for section in file.waivers.iter().flatten() {
        config.waivers.extend(validator.waiver(section));
    }
    // What was left out is wrong, not missing.
    mistakes.retain(|mistake| !left_out.iter().any(|key| mistake.what.contains(&format!("has no `{key}`"))));
    config
}

impl Validator<'_> {
    pub(super) fn say(&mut self, at: usize, what: impl Into<String>, fix: impl Into<String>) {
        let fix = Some(fix.into()).filter(|fix: &String| !fix.is_empty());
        self.mistakes.push(Mistake { fix, ..self.source.mistake(at, what) });
    }

    /// What is said of a word that is none of the words that could stand there.
    pub(super) fn unknown<'a>(
        &mut self,
        at: usize,
        what: &str,
        word: &str,
        known: impl IntoIterator<Item = &'a str> + Clone,
    ) {
        let all = known.clone().into_iter().collect::<Vec<_>>().join(", ");
        let fix = match nearest(word, known) {
            Some(near) => format!("write \"{near}\""),
            None => format!("write one of: {all}"),
        };
        self.say(at, format!("{what} \"{word}\" is not known"), fix);
    }

    fn requires(&mut self, file: &File) {
        let Some(requires) = &file.requires else { return };
        let version = env!("CARGO_PKG_VERSION");
        match semver::VersionReq::parse(&requires.value) {
            Err(error) => self.say(
                requires.span.start,
                format!("`requires` is no range of versions: {error}"),
                "write requires = \">=0.1, <0.2\"",
            ),
            Ok(range) => {
                let fits = semver::Version::parse(version).is_ok_and(|version| range.matches(&version));
                if !fits {
                    let what =
                        format!("this file requires guard {}, and this is guard {version}", requires.value);
                    self.say(requires.span.start, what, "install a version that fits, or change `requires`");
                }
            }
        }
    }

    fn tools(&mut self, file: &File, config: &mut Config) {
        for (name, spec) in file.tools.iter().flatten() {
            if BUILT_IN.iter().any(|(known, _)| known == name) {
                self.say(
                    spec.span.start,
                    format!("[tools.{name}] has the name of a tool that guard knows"),
                    "give it another name",
                );
            }
            for what in spec.value.validate() {
                self.say(spec.span.start, format!("[tools.{name}]: {what}"), "");
            }
            config.tools.insert(name.clone(), spec.value.clone());
        }
    }

    fn sets(&mut self, file: &File, config: &mut Config) {
        for section in file.migrations.iter().flatten() {
            if let Some(set) = self.set(section, config) {
                if config.sets.iter().any(|other| other.name == set.name) {
                    self.say(
                        section.span.start,
                        format!("two migration sets are called \"{}\"", set.name),
                        "give one of them another name = \"...\"",
                    );
                }
                config.sets.push(set);
            }
        }
    }

    fn set(&mut self, section: &At<MigrationsSection>, config: &Config) -> Option<SetConfig> {
        let at = section.span.start;
        let MigrationsSection { name, tool, dir, table, replay } = &section.value;
        let Some(tool) = tool else {
            self.say(at, "a migration set has no `tool`", "add tool = \"...\": `guard tools` lists them");
            return None;
        };
        let known = BUILT_IN.iter().map(|(name, _)| *name).chain(config.tools.keys().map(String::as_str));
        let known: Vec<&str> = known.collect();
        if !known.contains(&tool.value.as_str()) {
            self.unknown(tool.span.start, "the tool", &tool.value, known);
            return None;
        }
        let tool = match Tool::find(&tool.value, &config.tools) {
            Ok(tool) => Arc::new(tool),
            // What is wrong with it has been said at its own line.
            Err(_) => return None,
        };
        let dir = match dir {
            Some(dir) => Some(self.directory(dir)?),
            None => None,
        };
        let name = match (name, &dir) {
            (Some(name), _) => name.value.clone(),
            (None, Some(dir)) => dir.to_string(),
            (None, None) => tool.name().to_owned(),
        };
        let table = table.as_ref().map(|table| table_name(&table.value));
        let replay = replay.as_ref().map(|replay| self.replay(replay)).unwrap_or_default();
        Some(SetConfig { name, tool, dir, table, replay, line: self.source.line(at) })
    }

    fn directory(&mut self, dir: &At<String>) -> Option<RepoPath> {
        let mut parts = Vec::new();
        for part in dir.value.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    let what = format!("the directory \"{}\" leads out of the repository", dir.value);
                    self.say(dir.span.start, what, "write a path below the directory of guard.toml");
                    return None;
                }
                part => parts.push(part),
            }
        }
        if dir.value.starts_with('/') || dir.value.contains('\\') {
            let what = format!(
                "the directory \"{}\" is not relative to guard.toml, with forward slashes",
                dir.value
            );
            self.say(dir.span.start, what, format!("write dir = \"{}\"", parts.join("/").replace('\\', "/")));
            return None;
        }
        Some(RepoPath::from(parts.join("/").as_str()))
    }

    fn databases(&mut self, file: &File, config: &mut Config) {
        for (name, section) in file.databases.iter().flatten() {
            if let Some(database) = self.database(name, section, config) {
                config.databases.push(database);
            }
        }
    }

    fn database(
        &mut self,
        name: &str,
        section: &At<DatabaseSection>,
        config: &Config,
    ) -> Option<DatabaseConfig> {
        let at = section.span.start;
        let DatabaseSection { url, sets, schemas, required, timeout, at: moments, scratch, checks } =
            &section.value;
        let missing = |key: &str| format!("the database \"{name}\" has no `{key}`");
        let url = if let Some(url) = url {
            self.url(name, url)
        } else {
            self.say(at, missing("url"), "add url = { env = \"DATABASE_URL\" }");
            None
        };
        if required.is_none() {
            let fix = "add required = false (its absence is said and does not block) or required = true";
            self.say(at, missing("required") + "; there is no default", fix);
        }
        let timeout = if let Some(timeout) = timeout {
            self.duration("timeout", timeout)
        } else {
            let what = missing("timeout") + "; there is no default";
            self.say(at, what, "add timeout = \"500ms\": all in all, from the name to the last row");
            None
        };
        let moments = if let Some(moments) = moments {
            self.moments(moments)
        } else {
            let what = missing("at") + "; there is no default";
            self.say(at, what, "add at = [\"commit\"], or other moments of commit, push, ci, audit");
            Vec::new()
        };
        let scratch = scratch.as_ref().and_then(|scratch| {
            if scratch.value.url.is_none() {
                let fix = "write scratch = { url = { env = \"SCRATCH_URL\" } }";
                self.say(scratch.span.start, format!("the scratch server of \"{name}\" has no `url`"), fix);
            }
            self.url(&format!("{name}.scratch"), scratch.value.url.as_ref()?)
        });
        for check in checks.iter().flat_map(|checks| &checks.value) {
            if !["ledger", "drift"].contains(&check.value.as_str()) {
                self.unknown(check.span.start, "the check", &check.value, ["ledger", "drift"]);
            }
        }
        let sets = sets.as_ref().map(|sets| self.set_names(name, sets, config));
        if let Some(empty) = schemas.as_ref().filter(|schemas| schemas.value.is_empty()) {
            let what = format!("the database \"{name}\" has an empty list of schemas");
            self.say(empty.span.start, what, "leave `schemas` out, or name one");
        }
        let schemas = schemas.iter().flat_map(|schemas| &schemas.value);
        let schemas = schemas.filter_map(|pattern| self.pattern(Some(pattern))).collect();
        Some(DatabaseConfig {
            name: name.to_owned(),
            url: url?,
            sets,
            schemas,
            need: if required.as_ref()?.value { Need::Required } else { Need::Optional },
            timeout: timeout?,
            at: moments,
            drift: checks.iter().flat_map(|checks| &checks.value).any(|check| check.value == "drift"),
            scratch,
            line: self.source.line(at),
        })
    }

    fn set_names(&mut self, database: &str, sets: &At<Vec<At<String>>>, config: &Config) -> Vec<String> {
        if sets.value.is_empty() {
            let what = format!(
                "the database \"{database}\" has an empty list of sets, so it would be asked for nothing"
            );
            self.say(sets.span.start, what, "leave `sets` out (all of them), or name one");
        }
        for set in &sets.value {
            // Discovered sets have no names that could be known here.
            if !config.sets.is_empty() && !config.sets.iter().any(|known| known.name == set.value) {
                let known: Vec<&str> = config.sets.iter().map(|set| set.name.as_str()).collect();
                self.unknown(set.span.start, "the migration set", &set.value, known);
            }
        }
        sets.value.iter().map(|set| set.value.clone()).collect()
    }

    fn url(&mut self, database: &str, url: &At<UrlSetting>) -> Option<UrlConfig> {
        let at = url.span.start;
        let root = self.root.to_owned();
        match &url.value {
            UrlSetting::Literal(text) => match DatabaseUrl::parse(text, self.root) {
                Ok(parsed) if parsed.has_password() => {
                    let what = format!("the URL of the database \"{database}\" holds a password");
                    self.say(at, what, "keep it out of the repository: write { env = \"DATABASE_URL\" }");
                    None
                }
                Ok(parsed) => Some(UrlConfig::Literal(parsed)),
                Err(error) => {
                    self.say(at, format!("the URL of the database \"{database}\": {error}"), "");
                    None
                }
            },
            UrlSetting::From(from) => match (&from.env, &from.env_file, &from.key) {
                (Some(name), None, None) => Some(UrlConfig::Env { name: name.clone(), root }),
                (None, Some(file), Some(key)) => {
                    Some(UrlConfig::EnvFile { path: self.root.join(file), key: key.clone(), root })
                }
                (Some(_), Some(_), _) => {
                    let what = format!("the URL of the database \"{database}\" has two sources");
                    self.say(at, what, "keep either env or env-file");
                    None
                }
                _ => {
                    let what = format!("the URL of the database \"{database}\" has no complete source");
                    let fix = "write { env = \"NAME\" } or { env-file = \".env\", key = \"NAME\" }";
                    self.say(at, what, fix);
                    None
                }
            },
        }
    }

    pub(super) fn duration(&mut self, key: &str, text: &At<String>) -> Option<Duration> {
        let parsed =
            text.value.parse::<jiff::SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
        match parsed {
            Some(duration) if !duration.is_zero() => Some(duration),
            _ => {
                let what = format!("`{key}` is \"{}\", which is no length of time above zero", text.value);
                self.say(text.span.start, what, format!("write {key} = \"500ms\" or {key} = \"2s\""));
                None
            }
        }
    }

    pub(super) fn moments(&mut self, moments: &At<Vec<At<String>>>) -> Vec<Moment> {
        let words = Moment::ALL.map(|(word, _)| word);
        if moments.value.is_empty() {
            self.say(
                moments.span.start,
                "`at` is empty, so the database would never be asked",
                "name a moment",
            );
        }
        let mut known = Vec::new();
        for word in &moments.value {
            match Moment::ALL.iter().find(|(known, _)| *known == word.value) {
                Some((_, moment)) => known.push(*moment),
                None => self.unknown(word.span.start, "the moment", &word.value, words),
            }
        }
        known
    }

    fn base_and_hook(&mut self, file: &File, config: &mut Config) {
        if let Some(reference) = file.base.as_ref().and_then(|base| base.r#ref.as_ref()) {
            if reference.value.trim().is_empty() || reference.value.starts_with('-') {
                self.say(reference.span.start, "`ref` names no commit", "write ref = \"origin/main\"");
            } else {
                config.base = Some(reference.value.clone());
            }
        }
        if let Some(hook) = &file.hook {
            self.hook(hook, config);
        }
    }

    fn levels(&mut self, file: &File, config: &mut Config) {
        for (id, setting) in file.rules.iter().flatten() {
            let at = setting.span.start;
            // The key has no place of its own among what was read, and stands in front of its value.
            let key = self.source.text.get(..at).and_then(|before| before.rfind(id.as_str())).unwrap_or(at);
            let Some(rule) = self.rule(key, id) else { continue };
            config.level_lines.insert(rule, self.source.line(at));
            match &setting.value {
                LevelSetting::Always(word) => {
                    if let Some(level) = self.level(at, word) {
                        config.levels.extend(Moment::ALL.map(|(_, moment)| ((rule, moment), level)));
                    }
                }
                LevelSetting::ByMoment(words) => self.levels_by_moment(at, rule, words, &mut config.levels),
            }
        }
    }

    fn levels_by_moment(
        &mut self,
        at: usize,
        rule: RuleId,
        words: &BTreeMap<String, String>,
        levels: &mut BTreeMap<(RuleId, Moment), Level>,
    ) {
        for (moment, word) in words {
            let level = self.level(at, word);
            match Moment::ALL.iter().find(|(known, _)| known == moment) {
                Some((_, moment)) => levels.extend(level.map(|level| ((rule, *moment), level))),
                None => self.unknown(at, "the moment", moment, Moment::ALL.map(|(word, _)| word)),
            }
        }
    }

    fn level(&mut self, at: usize, word: &str) -> Option<Level> {
        let found = Level::ALL.iter().find(|(known, _)| *known == word).map(|(_, level)| *level);
        if found.is_none() {
            self.unknown(at, "the level", word, Level::ALL.map(|(word, _)| word));
        }
        found
    }

    fn rule(&mut self, at: usize, id: &str) -> Option<RuleId> {
        let found = rules::find(id).map(|rule| rule.id);
        if found.is_none() {
            let known: Vec<&str> = rules::ALL.iter().map(|rule| rule.id.0).collect();
            let fix = match nearest(id, known) {
                Some(near) => format!("write {near}"),
                None => "`guard rules` lists them".to_owned(),
            };
            self.say(at, format!("the rule \"{id}\" is not known"), fix);
        }
        found
    }

    fn waiver(&mut self, section: &At<WaiverSection>) -> Option<WaiverConfig> {
        let at = section.span.start;
        let WaiverSection { rule, path, version, object, database, reason, until } = &section.value;
        let id = if let Some(rule) = rule {
            self.rule(rule.span.start, &rule.value)
        } else {
            self.say(at, "a waiver has no `rule`", "add rule = \"...\": `guard rules` lists them");
            None
        };
        let reason = reason.as_ref().map(|reason| reason.value.trim()).filter(|reason| !reason.is_empty());
        if reason.is_none() {
            let fix = "add reason = \"why it is right here, and who knows about it\"";
            self.say(at, "a waiver has no `reason`; there is no default", fix);
        }
        let until = if let Some(until) = until {
            self.until(until)
        } else {
            let what = "a waiver has no `until`; there is no default";
            self.say(at, what, "add until = 2026-12-31, the last day, or until = \"never\"");
            None
        };
        Some(WaiverConfig {
            rule: id?,
            path: self.pattern(path.as_ref()),
            version: self.pattern(version.as_ref()),
            object: self.pattern(object.as_ref()).map(ObjectPattern::from),
            database: database.as_ref().map(|database| database.value.clone()),
            reason: reason?.to_owned(),
            until: until?,
            line: self.source.line(at),
        })
    }

    pub(super) fn pattern(&mut self, text: Option<&At<String>>) -> Option<glob::Pattern> {
        let text = text?;
        match glob::Pattern::new(&text.value) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.say(text.span.start, format!("\"{}\" is no pattern: {}", text.value, error.msg), "");
                None
            }
        }
    }

    /// The outer `None` is a mistake, the inner one "never".
    #[expect(clippy::option_option, reason = "a mistake is not the same as \"never\"")]
    fn until(&mut self, until: &At<UntilSetting>) -> Option<Option<jiff::civil::Date>> {
        let text = match &until.value {
            UntilSetting::Day(day) => day.to_string(),
            UntilSetting::Word(word) if word == "never" => return Some(None),
            UntilSetting::Word(word) => word.clone(),
        };
        if let Ok(day) = text.parse::<jiff::civil::Date>() {
            return Some(Some(day));
        }
        let what = format!("`until` is \"{text}\", which is no day");
        self.say(until.span.start, what, "write until = 2026-12-31, or until = \"never\"");
        None
    }
}

fn table_name(text: &str) -> TableName {
    match text.split_once('.') {
        Some((schema, name)) => TableName { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => TableName::plain(text),
    }
}
