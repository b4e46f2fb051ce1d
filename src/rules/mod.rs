//! The rules. A rule judges facts: it opens no connection, reads no file, prints nothing.
//!
//! One rule is one stem: `x.rs` with the `RULE` and its judgement, `x.md` with the page that `guard explain`
//! prints and whose examples run as tests. To add one: write both, add its module and a line in [`ALL`]. What several
//! rules say in the same words stands in `say`; `pages` runs the examples.

use crate::model::{
    Confidence, Database, Drift, Evidence, Facts, Finding, Ledger, Level, Location, MigrationSet, Moment,
    RepoPath, RuleId, SetLedger, WaiverFact,
};

mod altered_object;
mod applied_but_absent;
mod applied_by_hand;
mod applied_out_of_order;
mod blocking_dependency;
mod checksum_mismatch;
mod conflict_marker;
mod deleted_migration;
mod duplicate_version;
mod edited_after_apply;
mod edited_migration;
mod empty_migration;
mod expired_waiver;
mod failed_check;
mod failed_migration;
mod foreign_migration;
mod ignored_file;
mod lock_mismatch;
mod missing_object;
mod missing_parent;
mod missing_undo;
mod multiple_heads;
mod no_ledger;
mod nothing_checked;
mod out_of_order_migration;
mod overlapping_heads;
mod partly_applied;
mod pending_migration;
mod re_stamped_migration;
mod recorded_not_executed;
mod reformatted_migration;
mod renamed_migration;
mod say;
mod second_ledger;
mod stale_lock;
mod stale_record;
mod stale_schema_dump;
mod symlinked_migration;
mod unchecked_commit;
mod uncommitted_migration;
mod unexpected_object;
mod unpaid_debt;
mod unreplayable_migration;
mod unstable_line_endings;
mod unused_waiver;

#[cfg(test)]
mod pages;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, names the bad pattern, reads after "allow". Equals the file stem.
    pub id: RuleId,
    /// What follows from a finding, unless `guard.toml` says otherwise: the level at commit, push and audit ...
    pub level: Level,
    /// ... and in CI, where nobody is kept from saving work.
    pub ci_level: Level,
    /// The version of guard that had it first.
    pub since: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// The consequence in production, in one sentence.
    pub why: &'static str,
    /// The page: Markdown with fixed headings.
    pub page: &'static str,
    /// The judgement, with what it needs in its type.
    pub check: Check,
}

/// A judgement. What it needs stands in its type: guard asks for nothing that no enabled rule needs.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Needs the repository alone.
    Repo(fn(&MigrationSet, &mut Findings<'_>)),
    /// Needs the ledger of a set in a database.
    Ledger(fn(&MigrationSet, &Ledger, &Database, &mut Findings<'_>)),
    /// Needs a database that answered, with or without a ledger.
    Database(fn(&Database, &[(&MigrationSet, &SetLedger)], &mut Findings<'_>)),
    /// Needs a live schema and a replay of the migrations.
    Schema(fn(&Drift, &Database, &[MigrationSet], &mut Findings<'_>)),
    /// About the run as a whole.
    Run(fn(&Facts, &mut Findings<'_>)),
    /// About the waivers, after all others were applied.
    Waivers(fn(&[WaiverFact], &str, &mut Findings<'_>)),
}

impl Check {
    /// Whether a database must be asked for it.
    pub fn needs_database(self) -> bool {
        matches!(self, Self::Ledger(_) | Self::Database(_) | Self::Schema(_))
    }
}

impl Rule {
    /// The level at a moment, without a word from `guard.toml`.
    pub fn default_level(&self, moment: Moment) -> Level {
        if moment == Moment::Ci { self.ci_level } else { self.level }
    }
}

/// Where a rule puts what it found.
#[derive(Debug)]
pub struct Findings<'a> {
    rule: &'a Rule,
    level: Level,
    found: &'a mut Vec<Finding>,
}

impl<'a> Findings<'a> {
    /// For one rule at its level.
    pub fn new(rule: &'a Rule, level: Level, found: &'a mut Vec<Finding>) -> Self {
        Self { rule, level, found }
    }

    /// Reports one thing. `key` names it for the fingerprint: set, identity, object; never a count or a time.
    ///
    /// The rest (`fix`, `evidence`, ...) is added to what is returned.
    pub fn report(&mut self, at: Location, key: &str, what: impl Into<String>) -> Report<'_> {
        self.found.push(Finding {
            rule: self.rule.id,
            level: self.level,
            at,
            what: what.into(),
            why: self.rule.why,
            fix: Vec::new(),
            evidence: Vec::new(),
            confidence: Confidence::Proven,
            fingerprint: format!("{}:{key}", self.rule.id),
            database: None,
            objects: Vec::new(),
            schemas: Vec::new(),
            waived: None,
            standing: false,
        });
        Report(self.found.last_mut().expect("just pushed"))
    }
}

/// A finding while its rule is still adding to it.
#[derive(Debug)]
pub struct Report<'a>(&'a mut Finding);

#[expect(
    clippy::return_self_not_must_use,
    reason = "the finding is in the list already; this only adds to it"
)]
impl Report<'_> {
    /// One step of the way out: a command or an edit, ready to paste.
    pub fn fix(self, step: impl Into<String>) -> Self {
        self.0.fix.push(step.into());
        self
    }

    /// Several steps of the way out.
    pub fn fixes(self, steps: impl IntoIterator<Item = String>) -> Self {
        self.0.fix.extend(steps);
        self
    }

    /// Something that shows that it is so.
    pub fn evidence(self, label: &str, text: impl Into<String>) -> Self {
        self.0.evidence.push(Evidence { label: label.to_owned(), text: text.into() });
        self
    }

    /// Objects of a live schema of which it speaks.
    pub fn objects(self, paths: impl IntoIterator<Item = String>) -> Self {
        self.0.objects.extend(paths);
        self
    }

    /// How sure it is, where it is not proven.
    pub fn confidence(self, confidence: Confidence) -> Self {
        self.0.confidence = confidence;
        self
    }

    /// It was so before this change already, so it must not block a commit that did not make it.
    pub fn standing(self, standing: bool) -> Self {
        self.0.standing = standing;
        self
    }

    /// Lowers the level of this finding: less certain, or less grave, than what the rule is for.
    pub fn at_most(self, level: Level) -> Self {
        self.0.level = self.0.level.min(level);
        self
    }
}

/// Puts the values into one of the tool's own commands (`{version}` and so on).
///
/// A value that is more than a plain word is quoted for the shell, or for SQL where the template puts it between
/// single quotes: file names are foreign bytes, and people paste these lines.
///
/// ```
/// use migguard::rules::fill;
/// assert_eq!(fill("tool mark {version}", &[("version", "7")]), "tool mark 7");
/// assert_eq!(fill("tool mark {version}", &[("version", "a b")]), "tool mark 'a b'");
/// assert_eq!(fill("WHERE version = '{version}'", &[("version", "it's")]), "WHERE version = 'it''s'");
/// ```
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, tail) = rest.split_at(open);
        text.push_str(before);
        let value = tail.find('}').and_then(|close| {
            let (_, value) = values.iter().find(|(key, _)| *key == &tail[1..close])?;
            Some((close, *value))
        });
        if let Some((close, value)) = value {
            let within_quotes = text.matches('"').count() % 2 == 1;
            text.push_str(&if text.ends_with('\'') {
                value.replace('\'', "''")
            } else if &tail[1..close] != "table" {
                say::quote(&RepoPath::from(value))
            } else if within_quotes {
                say::statement::within_quotes(value)
            } else {
                value.to_owned()
            });
            rest = &tail[close + 1..];
        } else {
            text.push('{');
            rest = &tail[1..];
        }
    }
    text.push_str(rest);
    text
}

/// All rules, sorted by id.
pub const ALL: &[&Rule] = &[
    &altered_object::RULE,
    &applied_but_absent::RULE,
    &applied_by_hand::RULE,
    &applied_out_of_order::RULE,
    &blocking_dependency::RULE,
    &checksum_mismatch::RULE,
    &conflict_marker::RULE,
    &deleted_migration::RULE,
    &duplicate_version::RULE,
    &edited_after_apply::RULE,
    &edited_migration::RULE,
    &empty_migration::RULE,
    &expired_waiver::RULE,
    &failed_check::RULE,
    &failed_migration::RULE,
    &foreign_migration::RULE,
    &ignored_file::RULE,
    &lock_mismatch::RULE,
    &missing_object::RULE,
    &missing_parent::RULE,
    &missing_undo::RULE,
    &multiple_heads::RULE,
    &no_ledger::RULE,
    &nothing_checked::RULE,
    &out_of_order_migration::RULE,
    &overlapping_heads::RULE,
    &partly_applied::RULE,
    &pending_migration::RULE,
    &re_stamped_migration::RULE,
    &recorded_not_executed::RULE,
    &reformatted_migration::RULE,
    &renamed_migration::RULE,
    &second_ledger::RULE,
    &stale_lock::RULE,
    &stale_record::RULE,
    &stale_schema_dump::RULE,
    &symlinked_migration::RULE,
    &unchecked_commit::RULE,
    &uncommitted_migration::RULE,
    &unexpected_object::RULE,
    &unpaid_debt::RULE,
    &unreplayable_migration::RULE,
    &unstable_line_endings::RULE,
    &unused_waiver::RULE,
];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id.0 == id)
}
