//! How deep an edit goes.

use crate::model::Nature;

use super::Tool;

impl Tool {
    /// How deep an edit goes.
    pub fn nature(&self, before: &[u8], after: &[u8]) -> Nature {
        let _ = (before, after);
        Nature::Code
    }
}
