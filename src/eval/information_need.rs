//! What somebody wants to know, the queries they would type, and passages that
//! were read and graded for it by eye, as a TOML file holds them.
//!
//! It holds anchors of a few words, not the passages.

use serde::Deserialize;

use super::judgement::{from_toml, is_in_test_set};
use crate::model::Result;

/// One information need, with all that was judged for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InformationNeed {
    /// What it is called in tables.
    pub id: String,
    /// What is wanted, in a sentence: passages are graded by it, not by a query.
    pub need: String,
    /// How what was read was chosen.
    pub pool: String,
    /// What people would type for it; each is ranked by itself.
    pub queries: Vec<String>,
    /// What was read.
    pub passages: Vec<GradedPassage>,
}

/// A passage that was read for a need.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradedPassage {
    /// Where its document lies, below the folder of documents, with `/`.
    pub document: String,
    /// Some words of it that stand next to each other, or all of them. Where
    /// several passages of the document hold them, all of these are graded so.
    pub anchor: String,
    /// 2 where it answers the need, 1 where it touches it, 0 where it does not,
    /// as a heading that only names the subject.
    pub grade: u8,
}

impl InformationNeed {
    /// Reads a need; `name` is what its file is called in an error.
    pub fn from_toml(text: &str, name: &str) -> Result<Self> {
        from_toml(text, name)
    }

    /// Whether it belongs to the test set, which is scored and never looked at
    /// while the ranking is changed: a third of all, by a digest of its id.
    pub fn is_test(&self) -> bool {
        is_in_test_set(&self.id)
    }
}
