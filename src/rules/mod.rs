//! The rules. A rule judges facts: it opens no connection, reads no file, prints nothing.
//!
//! One rule is one stem: `x.rs` with the `RULE` and its judgement, `x.md` with the page that `guard explain`
//! prints and whose examples run as tests. To add one: write both, add a line to [`ALL`].

use crate::model::{
    Confidence, Database, Evidence, Facts, Finding, Ledger, Level, Location, MigrationSet, Moment, RuleId,
    SetLedger, WaiverFact,
};

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
    /// About the run as a whole.
    Run(fn(&Facts, &mut Findings<'_>)),
    /// About the waivers, after all others were applied.
    Waivers(fn(&[WaiverFact], &str, &mut Findings<'_>)),
}

impl Check {
    /// Whether a database must be asked for it.
    pub fn needs_database(self) -> bool {
        matches!(self, Self::Ledger(_) | Self::Database(_))
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
            waived: None,
            standing: false,
        });
        Report(self.found.last_mut().expect("just pushed"))
    }
}

/// A finding while its rule is still adding to it.
#[derive(Debug)]
pub struct Report<'a>(&'a mut Finding);

impl Report<'_> {
    /// One step of the way out: a command or an edit, ready to paste.
    pub fn fix(self, step: impl Into<String>) -> Self {
        self.0.fix.push(step.into());
        self
    }

    /// Something that shows that it is so.
    pub fn evidence(self, label: &str, text: impl Into<String>) -> Self {
        self.0.evidence.push(Evidence { label: label.to_owned(), text: text.into() });
        self
    }

    /// How sure it is, where it is not proven.
    pub fn confidence(self, confidence: Confidence) -> Self {
        self.0.confidence = confidence;
        self
    }

    /// It stood in the base already, so it must not block the commit.
    pub fn standing(self, standing: bool) -> Self {
        self.0.standing = standing;
        self
    }
}

/// Puts the values into one of the tool's own commands (`{version}` and so on).
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (key, value) in values {
        text = text.replace(&format!("{{{key}}}"), value);
    }
    text
}

/// All rules, sorted by id.
pub const ALL: &[&Rule] = &[];

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id.0 == id)
}
