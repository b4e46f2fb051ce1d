//! What a file name says: whether it is a migration to the tool, which version, which name, which way.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::{CaptureLocations, Regex, RegexBuilder};

use crate::model::{Rank, Text};

use super::spec::{FilesSpec, KeyForm, KindSpec, Layout, Order, VersionForm};

/// The patterns of a tool.
#[derive(Debug)]
pub(super) struct Patterns {
    stem: Pattern,
    /// The pattern is one of the two that most tools have, which plain code reads ten times as quickly.
    plain: Option<Plain>,
    refuses: Option<Pattern>,
    suspects: Option<Pattern>,
    exempt: Option<Pattern>,
    /// All endings, the longest first.
    endings: Vec<Ending>,
}

/// An ending of file names.
#[derive(Debug)]
struct Ending {
    /// Without the star.
    text: String,
    /// Anything may follow: `.up.*`.
    open: bool,
    /// Of files with the way back.
    undo: bool,
}

impl Ending {
    fn new(text: &str, undo: bool) -> Self {
        let open = text.strip_suffix('*');
        Self { text: open.unwrap_or(text).to_owned(), open: open.is_some(), undo }
    }
}

/// A pattern, compiled when it is first asked: that costs as much as reading the names of a thousand files.
#[derive(Debug)]
struct Pattern {
    text: String,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: OnceLock::new() }
    }

    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            compile(&self.text)
                .expect("those of users are compiled when guard.toml is read, the others by a test")
        })
    }

    fn is_match(&self, text: &str) -> bool {
        self.regex().is_match(text)
    }
}

/// A number, an underscore, the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plain {
    Unsigned,
    Signed,
}

impl Plain {
    const ALL: [(&'static str, Self); 2] = [
        ("^(?<version>[0-9]+)_(?<name>.*)$", Self::Unsigned),
        ("^(?<version>[+-]?[0-9]+)_(?<name>.*)$", Self::Signed),
    ];

    /// Version and name.
    fn split(self, stem: &str) -> Option<(&str, &str)> {
        let unsigned =
            if self == Self::Signed { stem.strip_prefix(['+', '-']).unwrap_or(stem) } else { stem };
        let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        let version = stem.len() - unsigned.len() + digits;
        let name = stem[version..].strip_prefix('_').filter(|_| digits > 0)?;
        Some((&stem[..version], name))
    }
}

/// The pattern of a stem, with the numbers of its named groups and the memory for what they find.
struct Stem<'a> {
    regex: &'a Regex,
    version: Option<usize>,
    name: Option<usize>,
    kind: Option<usize>,
    repeatable: Option<usize>,
    places: CaptureLocations,
}

impl<'a> Stem<'a> {
    fn new(pattern: &'a Pattern) -> Self {
        let regex = pattern.regex();
        let group = |wanted: &str| regex.capture_names().position(|name| name == Some(wanted));
        Self {
            version: group("version"),
            name: group("name"),
            kind: group("kind"),
            repeatable: group("repeatable"),
            places: regex.capture_locations(),
            regex,
        }
    }

    fn find<'n>(&mut self, stem: &'n str) -> Option<Found<'n>> {
        self.regex.captures_read(&mut self.places, stem)?;
        let text = |group: Option<usize>| {
            let (start, end) = self.places.get(group?)?;
            stem.get(start..end)
        };
        Some(Found {
            version: text(self.version),
            name: text(self.name),
            kind: text(self.kind),
            repeatable: text(self.repeatable),
            named: self.name.is_some(),
        })
    }
}

/// What the named groups hold.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found<'n> {
    version: Option<&'n str>,
    name: Option<&'n str>,
    kind: Option<&'n str>,
    repeatable: Option<&'n str>,
    /// The pattern has a group for the name.
    named: bool,
}

/// What a name is to the tool.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A migration, or its way back.
    Migration(Parts),
    /// Looks like a migration and is passed over; why.
    Ignored(String),
    /// The tool stops at it; why.
    Refused(String),
    /// Nothing of interest.
    Other,
}

/// What the name of a migration says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub kind: KindSpec,
    pub version: Text,
    pub identity: Text,
    pub name: Text,
    pub rank: Rank,
}

/// Compiles a pattern as all patterns of tools are compiled: a dot is any character.
pub(super) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).dot_matches_new_line(true).build()
}

impl Patterns {
    /// Takes what a tool's file says.
    pub(super) fn new(files: &FilesSpec) -> Self {
        let optional = |pattern: &Option<String>| pattern.as_deref().map(Pattern::new);
        let mut endings: Vec<_> = files.up.iter().map(|ending| Ending::new(ending, false)).collect();
        endings.extend(files.down.iter().map(|ending| Ending::new(ending, true)));
        endings.sort_by_key(|ending| std::cmp::Reverse(ending.text.len() + usize::from(ending.open)));
        let plain = Plain::ALL.iter().find(|(pattern, _)| *pattern == files.pattern).map(|(_, plain)| *plain);
        Self {
            plain,
            refuses: optional(&files.refuses),
            suspects: optional(&files.suspects),
            exempt: optional(&files.exempt),
            endings,
            stem: Pattern::new(&files.pattern),
        }
    }
}

/// Reads names; keeps what can be used again between them.
pub(super) struct NameReader<'a> {
    title: &'a str,
    files: &'a FilesSpec,
    patterns: &'a Patterns,
    stem: Option<Stem<'a>>,
}

impl<'a> NameReader<'a> {
    pub(super) fn new(title: &'a str, files: &'a FilesSpec, patterns: &'a Patterns) -> Self {
        Self { title, files, patterns, stem: None }
    }

    /// Reads the name of a file.
    pub(super) fn file(&mut self, name: &[u8]) -> Reading {
        let name = readable(name);
        if self.patterns.exempt.as_ref().is_some_and(|exempt| exempt.is_match(&lower(&name))) {
            return Reading::Other;
        }
        if let Some((stem, undo)) = self.split(&name) {
            match self.parts(stem, &name, undo) {
                Some(Ok(parts)) => return Reading::Migration(parts),
                Some(Err(because)) if self.files.refuses_versions => return Reading::Refused(because),
                Some(Err(because)) => return Reading::Ignored(because),
                None => {}
            }
        }
        if self.patterns.refuses.as_ref().is_some_and(|refuses| refuses.is_match(&name)) {
            return Reading::Refused(self.otherwise());
        }
        if self.looks_like_one(&name) { Reading::Ignored(self.why_not(&name)) } else { Reading::Other }
    }

    /// Reads the name of a folder that holds a migration.
    pub(super) fn folder(&mut self, name: &[u8]) -> Reading {
        let name = readable(name);
        match self.parts(&name, &name, false) {
            Some(Ok(parts)) => Reading::Migration(parts),
            Some(Err(because)) if self.files.refuses_versions => Reading::Refused(because),
            Some(Err(because)) => Reading::Ignored(because),
            None if self.patterns.refuses.as_ref().is_some_and(|refuses| refuses.is_match(&name)) => {
                Reading::Refused(self.otherwise())
            }
            None => Reading::Ignored(self.otherwise()),
        }
    }

    /// The name without its ending, and whether that is the ending of the way back.
    fn split<'n>(&self, name: &'n str) -> Option<(&'n str, bool)> {
        let mut best: Option<(&'n str, bool)> = None;
        for Ending { text, open, undo } in &self.patterns.endings {
            if *open {
                // The last place decides, as with a greedy pattern: `1_a.up.b.down.sql` is a way back.
                if let Some(at) = name.rfind(text.as_str())
                    && best.is_none_or(|(other, _)| other.len() < at)
                {
                    best = Some((&name[..at], *undo));
                }
            } else if let Some(stem) = without(name, text, self.files.ignore_case) {
                return Some((if self.files.trims_again { trimmed(stem, text) } else { stem }, *undo));
            }
        }
        best
    }

    /// What the pattern finds in a stem; the reason where the tool cannot read the version.
    fn parts(&mut self, stem: &str, whole: &str, undo: bool) -> Option<Result<Parts, String>> {
        let found = self.groups(stem)?;
        if let Some(name) = found.repeatable {
            // After all that have a version: no number begins with this byte.
            let rank = Rank::text(&format!("\u{10ffff}{name}"));
            let identity = repeatable_identity(&name.replace('_', " "));
            let (version, name) = (Text::default(), Text::from(name));
            return Some(Ok(Parts { kind: KindSpec::Repeatable, version, identity, name, rank }));
        }
        let kind = if undo {
            KindSpec::Undo
        } else {
            found.kind.and_then(|letter| self.files.kinds.get(letter)).copied().unwrap_or(KindSpec::Versioned)
        };
        let (version, key) = match self.files.key {
            KeyForm::Version => (found.version?, None),
            KeyForm::Stem => (stem, Some(stem)),
            // The path or the text decides, and is read later: see `keys.rs`.
            KeyForm::FileName | KeyForm::DottedPath | KeyForm::TypeormClass | KeyForm::PhpClass => {
                (whole, Some(whole))
            }
        };
        let (mut identity, mut rank) = match key {
            Some(key) => (Text::from(key), Rank::text(key)),
            None => match read_version(self.files.version, version) {
                Some(read) => read,
                None => return Some(Err(self.bad_version(version))),
            },
        };
        if kind == KindSpec::Baseline {
            identity = baseline_identity(&identity);
        }
        match self.files.order {
            Order::Version => {}
            Order::FileName => rank = Rank::text(whole),
            Order::Locale => rank = locale_rank(&identity),
            Order::LeadingNumber => rank = leading_number(whole, str::to_owned),
            Order::LeadingTime => rank = leading_number(whole, milliseconds),
        }
        let nameless = if key.is_some() || !found.named { stem } else { "" };
        let name = found.name.unwrap_or(nameless).into();
        Some(Ok(Parts { kind, version: version.into(), identity, name, rank }))
    }

    fn groups<'n>(&mut self, stem: &'n str) -> Option<Found<'n>> {
        if let Some(plain) = self.patterns.plain {
            let (version, name) = plain.split(stem)?;
            return Some(Found { version: Some(version), name: Some(name), named: true, ..Found::default() });
        }
        self.stem.get_or_insert_with(|| Stem::new(&self.patterns.stem)).find(stem)
    }

    fn bad_version(&self, version: &str) -> String {
        let form = match self.files.version {
            VersionForm::Positive if version.bytes().all(|byte| byte == b'0') => "a version from 1 on",
            VersionForm::I64 | VersionForm::U64 | VersionForm::Positive => "a whole number of 64 bits",
            _ => "a version",
        };
        format!("has the version {version}, which {} cannot read as {form}", self.title)
    }

    fn looks_like_one(&self, name: &str) -> bool {
        let lower = lower(name);
        if lower.starts_with('.')
            || self.patterns.exempt.as_ref().is_some_and(|exempt| exempt.is_match(&lower))
        {
            return false;
        }
        match &self.patterns.suspects {
            Some(suspects) => suspects.is_match(&lower),
            None => {
                self.patterns.endings.iter().any(|ending| without(&lower, last_part(ending), true).is_some())
            }
        }
    }

    /// Why a file that looks like a migration is none.
    fn why_not(&self, name: &str) -> String {
        let ending = &name[name.rfind('.').unwrap_or(name.len())..];
        let lower = ending.to_ascii_lowercase();
        let expected = self.patterns.endings.iter().map(last_part);
        if !self.files.ignore_case && ending != lower && expected.clone().any(|expected| expected == lower) {
            return format!("ends in {ending}, and {} reads only {lower}", self.title);
        }
        self.otherwise()
    }

    fn otherwise(&self) -> String {
        match &self.files.otherwise {
            Some(because) => because.clone(),
            None => format!("has a name that {} does not take for a migration", self.title),
        }
    }
}

/// A name as text. Nearly all are plain, and the plain check is quicker than the mending one.
fn readable(name: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(name).map_or_else(|_| String::from_utf8_lossy(name), Cow::Borrowed)
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

/// What stands before an ending.
fn without<'n>(name: &'n str, ending: &str, ignore_case: bool) -> Option<&'n str> {
    if !ignore_case {
        return name.strip_suffix(ending);
    }
    let at = name.len().checked_sub(ending.len())?;
    let (stem, rest) = name.split_at_checked(at)?;
    rest.eq_ignore_ascii_case(ending).then_some(stem)
}

/// sqlx takes the ending away for as long as it is there.
fn trimmed<'n>(mut stem: &'n str, ending: &str) -> &'n str {
    while let Some(shorter) = stem.strip_suffix(ending) {
        stem = shorter;
    }
    stem
}

/// `.sql` of `.up.sql`; the star of `.up.*` counts as `.sql`, which all such files are.
fn last_part(ending: &Ending) -> &str {
    match ending.text.rfind('.') {
        Some(at) if !ending.open => &ending.text[at..],
        _ => ".sql",
    }
}

/// One spelling for a version, and its place in the order; `None` where it cannot be read.
pub(super) fn read_version(form: VersionForm, text: &str) -> Option<(Text, Rank)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match form {
        VersionForm::Text => Some((text.into(), Rank::text(text))),
        VersionForm::Undashed => {
            let plain =
                if text.contains('-') { Cow::Owned(text.replace('-', "")) } else { Cow::Borrowed(text) };
            Some((Text::from(&*plain), Rank::text(&plain)))
        }
        // As nearly all are: eighteen digits fit.
        VersionForm::I64 if digits(text) && !text.starts_with('0') && text.len() <= 18 => {
            Some((Text::from(text), Rank::number(text)))
        }
        VersionForm::I64 => {
            let number: i64 = text.parse().ok()?;
            Some((Text::from(number.to_string()), Rank::number(text)))
        }
        VersionForm::Integer | VersionForm::Positive | VersionForm::U64 => {
            let fits = match form {
                VersionForm::Positive => text.parse::<i64>().is_ok_and(|number| number > 0),
                VersionForm::U64 => text.parse::<u64>().is_ok(),
                _ => true,
            };
            (digits(text) && fits).then(|| (strip_zeros(text).into(), Rank::number(text)))
        }
        VersionForm::Dotted | VersionForm::DottedExact => {
            let parts: Vec<&str> = text.split(['.', '_']).collect();
            if !parts.iter().all(|part| digits(part)) {
                return None;
            }
            if form == VersionForm::DottedExact {
                let identity: Vec<&str> = parts.iter().map(|part| strip_zeros(part)).collect();
                let length = Rank::number(&parts.len().to_string());
                return Some((identity.join(".").into(), Rank::numbers(parts).then(&length)));
            }
            let significant = parts.iter().rposition(|part| strip_zeros(part) != "0").map_or(1, |at| at + 1);
            let identity: Vec<&str> = parts[..significant].iter().map(|part| strip_zeros(part)).collect();
            Some((identity.join(".").into(), Rank::numbers(parts.iter().copied())))
        }
    }
}

fn strip_zeros(digits: &str) -> &str {
    let stripped = digits.trim_start_matches('0');
    if stripped.is_empty() { "0" } else { stripped }
}

/// The number at the beginning of a name first, then the name; names without a number come last.
fn leading_number(name: &str, number: fn(&str) -> String) -> Rank {
    let digits = &name[..name.bytes().take_while(u8::is_ascii_digit).count()];
    if digits.is_empty() {
        // No number begins with this byte.
        return Rank::text(&format!("\u{10ffff}{name}"));
    }
    Rank::number(&number(digits)).then(&Rank::text(name))
}

/// node-pg-migrate, src/migration.ts: 17 digits are a time in UTC, down to its milliseconds; other numbers stand for
/// themselves.
fn milliseconds(digits: &str) -> String {
    let time = (digits.len() == 17).then(|| jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &digits[..14]));
    match time.and_then(Result::ok).and_then(|time| time.to_zoned(jiff::tz::TimeZone::UTC).ok()) {
        Some(zoned) => format!("{}{}", zoned.timestamp().as_second(), &digits[14..]),
        None => digits.to_owned(),
    }
}

/// The key of a baseline script: it may have the version of a versioned one without being the same.
pub(super) fn baseline_identity(version: &str) -> Text {
    format!("B{version}").into()
}

/// The key of a migration that runs again, from its description.
pub(super) fn repeatable_identity(description: &str) -> Text {
    format!("R {description}").into()
}

/// The place in JavaScript's `localeCompare`, as far as names of migrations go: punctuation, digits, letters
/// without regard to case; then small letters before capitals.
fn locale_rank(text: &str) -> Rank {
    const PUNCTUATION: &str = "\t\n\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    let weight = |character: char| match character {
        '0'..='9' => char::from(0x60 + (character as u8 - b'0')),
        'a'..='z' => char::from(0x6a - 0x01 + (character as u8 - b'a')),
        'A'..='Z' => char::from(0x6a - 0x01 + (character as u8 - b'A')),
        other => match PUNCTUATION.find(other).and_then(|at| u8::try_from(at).ok()) {
            Some(at) => char::from(1 + at),
            None => other,
        },
    };
    let primary: String = text.chars().map(weight).collect();
    let case: String = text.chars().map(|c| if c.is_ascii_uppercase() { '2' } else { '1' }).collect();
    Rank::text(&primary).then(&Rank::text(&case))
}

/// Whether the file lies where the tool looks for this layout.
pub(super) fn lies_right(layout: Layout, below: &[u8]) -> bool {
    match layout {
        Layout::Flat | Layout::Drizzle => memchr::memchr(b'/', below).is_none(),
        Layout::Recursive | Layout::Sqitch => {
            let mut folders = below.split(|byte| *byte == b'/');
            folders.next_back();
            folders.all(|folder| !folder.starts_with(b"."))
        }
        Layout::Folder => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// The quick way finds what the regular expression finds.
        #[test]
        fn plain_code_and_pattern_agree(stem in "[+-]?[0-9]{0,3}_?[a-z_\n0-9é+-]{0,5}|.{0,8}") {
            for (pattern, plain) in Plain::ALL {
                let groups = compile(pattern).unwrap();
                let groups = groups.captures(&stem);
                let slow = groups.as_ref().map(|groups| (groups.get(1).unwrap().as_str(), groups.get(2).unwrap().as_str()));
                prop_assert_eq!(plain.split(&stem), slow);
            }
        }

        /// Versions sort as numbers do, and equal numbers are one version.
        #[test]
        fn versions_sort_as_numbers(one in any::<i64>(), other in any::<i64>(), zeros in 0usize..4) {
            let spelled = |number: i64| {
                let sign = if number < 0 { "-" } else { "" };
                format!("{sign}{}{}", "0".repeat(zeros), number.unsigned_abs())
            };
            let plain = read_version(VersionForm::I64, &one.to_string()).unwrap();
            prop_assert_eq!(&plain, &read_version(VersionForm::I64, &spelled(one)).unwrap());
            prop_assert_eq!(&plain.0, &one.to_string());
            let (_, rank) = read_version(VersionForm::I64, &spelled(other)).unwrap();
            prop_assert_eq!(plain.1.cmp(&rank), one.cmp(&other));
        }

        /// Dotted versions: zeros at the end and in front do not count.
        #[test]
        fn dotted_versions(parts in proptest::collection::vec(0u32..30, 1..5), more in proptest::collection::vec(0u32..30, 1..5)) {
            let read = |text: &str| read_version(VersionForm::Dotted, text).unwrap();
            let join = |parts: &[u32], dot: &str| parts.iter().map(u32::to_string).collect::<Vec<_>>().join(dot);
            prop_assert_eq!(read(&join(&parts, ".")), read(&format!("0{}_0", join(&parts, "_"))));
            let trimmed = |parts: &[u32]| {
                let end = parts.iter().rposition(|part| *part != 0).map_or(0, |at| at + 1);
                parts[..end].to_vec()
            };
            let (one, other) = (read(&join(&parts, ".")), read(&join(&more, ".")));
            prop_assert_eq!(one.1.cmp(&other.1), trimmed(&parts).cmp(&trimmed(&more)));
            prop_assert_eq!(one.0 == other.0, one.1 == other.1);
        }

        /// Any bytes are a name.
        #[test]
        fn any_name_can_be_read(name in proptest::collection::vec(any::<u8>(), 0..30), like in "[VURB]?[0-9._+-]{0,5}_{0,2}.{0,6}\\.(up\\.)?(sql|rb|js|SQL)") {
            for tool in super::super::testing::TOOLS.iter() {
                let mut names = NameReader::new("x", &tool.spec.files, &tool.patterns);
                names.folder(&name);
                names.file(&name);
                names.file(like.as_bytes());
            }
        }
    }
}
