//! The schema record: what the migrations make, written down once by whoever has a database that is right (`guard record`), for
//! those who can replay nothing. A text file that git merges: a line for each object, in order.

use std::collections::HashMap;

use serde_json::Value;

use crate::model::{Object, ObjectId, Schema};

/// The name of the file, beside guard.toml.
pub const FILE_NAME: &str = "guard.schema";

/// The first line; the number is the version of the form.
const TITLE: &str =
    "# guard.schema 1: what the migrations below make. Written by `guard record`; do not edit";

/// A schema, with what made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// `PostgreSQL 15.8`
    pub engine: String,
    /// The migrations that had run: the name of the set, and the identity.
    pub applied: Vec<(String, String)>,
    /// What there was.
    pub schema: Schema,
}

/// Why a record cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The first line is another.
    #[error("{FILE_NAME} was written by another version of guard")]
    Version,
    /// A line that no guard has written: after a merge, or by hand.
    #[error("{FILE_NAME}:{0}: no guard has written this line; write the file anew with `guard record`")]
    Line(usize),
}

impl Record {
    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{TITLE}\n");
        let mut line = |words: &[&str]| {
            text += &Value::from(words.to_vec()).to_string();
            text.push('\n');
        };
        line(&["engine", &self.engine]);
        for (set, identity) in &self.applied {
            line(&["applied", set, identity]);
        }
        for (id, object) in &self.schema.0 {
            let said = object.0.iter().flat_map(|(name, value)| [*name, value.as_str()]);
            let words: Vec<&str> =
                [id.kind, &id.schema, &id.root, &id.name].into_iter().chain(said).collect();
            line(&words);
        }
        text
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    /// When it is none: of another version, or not as guard writes it.
    pub fn parse(text: &str) -> Result<Self, RecordError> {
        let mut lines = text.split_terminator('\n').map(|line| line.trim_end_matches('\r')).enumerate();
        if lines.next().map(|(_, first)| first) != Some(TITLE) {
            return Err(RecordError::Version);
        }
        let mut record = Self::default();
        let mut words = Words::default();
        for (at, line) in lines {
            let wrong = || RecordError::Line(at + 1);
            // `["engine", E]`, `["applied", SET, IDENTITY]`, or kind, schema, root, name and what is said of it, by pairs.
            let line: Vec<String> = serde_json::from_str(line).map_err(|_| wrong())?;
            match &line.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["engine", engine] => (*engine).clone_into(&mut record.engine),
                ["applied", set, identity] => {
                    record.applied.push(((*set).to_owned(), (*identity).to_owned()));
                }
                [kind, schema, root, name, said @ ..] if said.len() % 2 == 0 => {
                    let id = ObjectId::below(words.known(kind), schema, root, name);
                    let said = said.chunks_exact(2).map(|pair| (words.known(pair[0]), pair[1].to_owned()));
                    if record.schema.0.insert(id, Object(said.collect())).is_some() {
                        return Err(wrong());
                    }
                }
                _ => return Err(wrong()),
            }
        }
        Ok(record)
    }
}

/// The names of kinds and attributes are guard's own and live as long as the program; those of a file do so from when they are read.
#[derive(Default)]
struct Words(HashMap<String, &'static str>);

impl Words {
    fn known(&mut self, word: &str) -> &'static str {
        match self.0.get(word) {
            Some(known) => known,
            None => {
                let kept: &'static str = Box::leak(word.to_owned().into_boxed_str());
                self.0.insert(word.to_owned(), kept);
                kept
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(objects in proptest::collection::btree_map(any::<(String, String, String)>(), any::<String>(), 0..8)) {
            let object = |((schema, root, name), text): (&(String, String, String), &String)| {
                (ObjectId::below("column", schema, root, name), Object(vec![("type", text.clone()), ("default", String::new())]))
            };
            let record = Record {
                engine: "PostgreSQL 15.8".to_owned(),
                applied: vec![("a \"b\"".to_owned(), "1\n2".to_owned())],
                schema: Schema(objects.iter().map(object).collect()),
            };
            prop_assert_eq!(Record::parse(&record.to_text()), Ok(record));
        }

        #[test]
        fn foreign_bytes_are_refused(text in any::<String>()) {
            prop_assert_eq!(Record::parse(&text), Err(RecordError::Version));
            let _ = Record::parse(&format!("{TITLE}\n{text}"));
        }
    }

    #[test]
    fn what_git_leaves_after_a_conflict_is_said_with_its_line() {
        let text = format!("{TITLE}\n[\"engine\",\"x\"]\n<<<<<<< ours\n");
        assert_eq!(Record::parse(&text), Err(RecordError::Line(3)));
        let twice = format!("{TITLE}\n[\"table\",\"\",\"a\",\"\"]\n[\"table\",\"\",\"a\",\"\"]\n");
        assert_eq!(Record::parse(&twice), Err(RecordError::Line(3)));
    }
}
