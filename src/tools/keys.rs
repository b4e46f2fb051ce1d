//! Keys that do not stand in a file's name: in its path (DbUp), or in its text (TypeORM, Doctrine).

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::git::GitError;
use crate::model::{Migration, Oid, Rank};

use super::names::{Parts, Reading, compile};
use super::spec::KeyForm;
use super::texts::said;
use super::{RawLedger, ReadBlob};

/// The reading of a name, with the key from where the tool has it. Its text is `blob`.
pub(super) fn keyed(
    form: KeyForm,
    mut parts: Parts,
    below: &[u8],
    texts: ReadBlob<'_>,
    blob: Oid,
) -> Result<Reading, GitError> {
    let key = match form {
        KeyForm::Version | KeyForm::Stem | KeyForm::FileName => return Ok(Reading::Migration(parts)),
        KeyForm::DottedPath => Some(String::from_utf8_lossy(below).replace('/', ".")),
        KeyForm::TypeormClass | KeyForm::PhpClass => {
            let (reader, class): (_, fn(&str) -> _) = match form {
                KeyForm::PhpClass => ("php", php_class),
                _ => ("typeorm", typeorm_class),
            };
            // A partial clone, or a file that is not in git: what the tool's own generator would have written.
            said(texts, blob, reader, class)?.unwrap_or_else(|| Some(guess(form, &parts)))
        }
    };
    let Some(key) = key else {
        let begins_like_one = parts.version.bytes().take_while(u8::is_ascii_digit).count() >= 10;
        return Ok(match form {
            KeyForm::TypeormClass if begins_like_one => {
                Reading::Ignored("has no class whose name ends in a time of 13 digits".to_owned())
            }
            KeyForm::PhpClass => Reading::Ignored("has no class".to_owned()),
            _ => Reading::Other,
        });
    };
    parts.rank = match form {
        KeyForm::TypeormClass => Rank::number(time_of(&key)).then(&Rank::text(&key)),
        _ => Rank::text(&key),
    };
    parts.version = key.as_str().into();
    parts.identity = key.into();
    Ok(Reading::Migration(parts))
}

/// typeorm, src/migration/MigrationExecutor.ts: `name` of the instance, or the name of the class.
fn typeorm_class(text: &str) -> Option<String> {
    static OWN: LazyLock<Regex> = LazyLock::new(|| {
        fixed(r#"\bname\s*(?::\s*string\s*)?=\s*["'`](?<key>[A-Za-z0-9_$-]*[0-9]{13})["'`]"#)
    });
    static CLASS: LazyLock<Regex> =
        LazyLock::new(|| fixed(r"\bclass\s+(?<key>[A-Za-z0-9_$]*[0-9]{13})(?:[^A-Za-z0-9_$]|$)"));
    let found = OWN.captures(text).or_else(|| CLASS.captures(text))?;
    Some(found["key"].to_owned())
}

/// doctrine/migrations, Finder/Finder.php: the class that the file declares.
fn php_class(text: &str) -> Option<String> {
    static NAMESPACE: LazyLock<Regex> =
        LazyLock::new(|| fixed(r"(?m)(?:^|;|<\?php)\s*namespace\s+(?<key>[A-Za-z0-9_\\]+)\s*[;{]"));
    static CLASS: LazyLock<Regex> = LazyLock::new(|| {
        fixed(r"(?m)^\s*(?:(?:final|abstract|readonly)\s+)*class\s+(?<key>[A-Za-z0-9_]+)(?:\s|\{|$)")
    });
    let class = &CLASS.captures(text)?["key"];
    Some(match NAMESPACE.captures(text) {
        Some(namespace) => format!("{}\\{class}", namespace["key"].trim_start_matches('\\')),
        None => class.to_owned(),
    })
}

fn fixed(pattern: &str) -> Regex {
    compile(pattern).expect("a test reads them all")
}

/// The class that `1700000000000-add-users.ts` or `Version20240101000000.php` should have.
fn guess(form: KeyForm, parts: &Parts) -> String {
    let stem = parts.version.split('.').next().unwrap_or_default();
    if form == KeyForm::PhpClass {
        return stem.to_owned();
    }
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let (time, name) = stem.split_at(digits);
    let mut class = String::new();
    for word in name.split(|letter: char| !letter.is_alphanumeric()) {
        let mut letters = word.chars();
        class.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        class.push_str(letters.as_str());
    }
    class + time
}

/// The 13 digits at the end.
fn time_of(key: &str) -> &str {
    let start = key.len().saturating_sub(13);
    key.get(start..).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or("0")
}

/// Rows whose key ends in that of a migration. DbUp puts the assembly's name in front; Doctrine had no namespace
/// before 3.0, and one that cannot be read here has none either.
pub(super) fn match_ends(
    form: KeyForm,
    raw: &RawLedger,
    migrations: &[Migration],
    rows: &mut [Option<usize>],
) {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, migration) in migrations.iter().enumerate() {
        let end = if form == KeyForm::PhpClass { short(&migration.identity) } else { &migration.identity };
        places.entry(end).or_default().push(place);
    }
    for (row, place) in raw.rows.iter().zip(rows).filter(|(_, place)| place.is_none()) {
        let key = row.applied.identity.as_str();
        let found = if form == KeyForm::PhpClass {
            let found = places.get(short(key)).map(Vec::as_slice);
            found.filter(|found| {
                let spelled = |place: &usize| migrations[*place].identity.contains('\\');
                !(key.contains('\\') && found.iter().any(spelled))
            })
        } else {
            let mut ends = key.match_indices('.').map(|(at, _)| &key[at + 1..]);
            ends.find_map(|end| places.get(end).map(Vec::as_slice))
        };
        // Two that would fit are as good as none.
        if let Some([only]) = found {
            *place = Some(*only);
        }
    }
}

/// `20240101000000` of `App\Migrations\Version20240101000000`.
fn short(key: &str) -> &str {
    let class = key.rsplit('\\').next().unwrap_or(key);
    class.strip_prefix("Version").unwrap_or(class)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_class_of_typeorm() {
        let class = |text| typeorm_class(text).unwrap_or_default();
        assert_eq!(
            class(
                "import {} from \"typeorm\";\nexport class Init1704067200000 implements MigrationInterface {\n"
            ),
            "Init1704067200000"
        );
        assert_eq!(
            class("export class A implements MigrationInterface {\n  name = 'Other1704067200001'\n"),
            "Other1704067200001"
        );
        assert_eq!(
            class("module.exports = class Init1704067200000 {\n    name = 'Init1704067200000'\n"),
            "Init1704067200000"
        );
        assert_eq!(class("class Init17040672000001 {"), "Init17040672000001");
        assert_eq!(class("class Init170406720000 {"), "");
        assert_eq!(class("class Init1704067200000x {"), "");
    }

    #[test]
    fn the_class_of_doctrine() {
        let class = |text| php_class(text).unwrap_or_default();
        assert_eq!(
            class(
                "<?php\n\ndeclare(strict_types=1);\n\nnamespace App\\Migrations;\n\nfinal class Version20240101000000 extends AbstractMigration\n{"
            ),
            "App\\Migrations\\Version20240101000000"
        );
        assert_eq!(class("<?php namespace A;\nclass B {}"), "A\\B");
        assert_eq!(class("<?php\n/* a class of its own */\nclass B{}"), "B");
        assert_eq!(class("<?php\n// nothing"), "");
    }

    #[test]
    fn a_guess_is_what_the_generator_writes() {
        let parts = |name: &str| Parts {
            kind: super::super::spec::KindSpec::Versioned,
            version: name.into(),
            identity: crate::model::Text::default(),
            name: crate::model::Text::default(),
            rank: Rank::default(),
        };
        let guess_typeorm = |name| guess(KeyForm::TypeormClass, &parts(name));
        assert_eq!(guess_typeorm("1704067200000-add_users-table.ts"), "AddUsersTable1704067200000");
        assert_eq!(guess(KeyForm::PhpClass, &parts("Version20240101000000.php")), "Version20240101000000");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_text_can_be_read(text in "(class|namespace|name =|[A-Za-z0-9\\\\;{'\n ]{0,20}){0,6}", key in ".{0,20}") {
            typeorm_class(&text);
            php_class(&text);
            time_of(&key);
            short(&key);
        }
    }
}
