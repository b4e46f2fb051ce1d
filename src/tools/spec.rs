//! The format of a tool's file: what can be said, checked when it is read.

use serde::Deserialize;

/// A tool's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ToolSpec {
    /// For sentences: "Prisma Migrate".
    pub title: String,
}

/// Why a tool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// No such tool.
    #[error("there is no migration tool \"{0}\"")]
    Unknown(String),
    /// Its file is wrong.
    #[error("the tool \"{name}\": {what}")]
    Invalid {
        /// The tool.
        name: String,
        /// What is wrong.
        what: String,
    },
}

impl ToolSpec {
    /// All mistakes.
    pub fn validate(&self) -> Vec<String> {
        todo!()
    }
}
