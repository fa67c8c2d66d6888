//! Passages: the unit that is indexed, matched, counted and quoted.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Digest, Edition, MeetingId, PartialDate};

/// What a passage does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It tells what was said or done.
    Narrative,
    /// It asks.
    Question,
    /// It answers.
    Answer,
    /// It decides: part of a resolution.
    Resolution,
    /// It recommends, to another body.
    Recommendation,
    /// It asks somebody for a future act.
    Request,
    /// It takes note.
    Noting,
    /// It says who was there, or was not.
    Attendance,
    /// It heads what follows.
    Heading,
    /// It is furniture of the page, such as a line about the next meeting.
    Boilerplate,
}

impl Kind {
    /// All kinds, in the order of the enum.
    pub const ALL: [Self; 10] = [
        Self::Narrative,
        Self::Question,
        Self::Answer,
        Self::Resolution,
        Self::Recommendation,
        Self::Request,
        Self::Noting,
        Self::Attendance,
        Self::Heading,
        Self::Boilerplate,
    ];

    /// The name used in filters, tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Narrative => "narrative",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Resolution => "resolution",
            Self::Recommendation => "recommendation",
            Self::Request => "request",
            Self::Noting => "noting",
            Self::Attendance => "attendance",
            Self::Heading => "heading",
            Self::Boilerplate => "boilerplate",
        }
    }
}

/// The language that a passage is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, and whatever is not known to be Welsh.
    #[default]
    English,
    /// Welsh.
    Welsh,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Welsh];

    /// The name used in filters, tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "english",
            Self::Welsh => "welsh",
        }
    }
}

/// A passage, by meeting, item and ordinal, and the document it was read from:
/// `site/number/item/ordinal@digest`, with the digest's first eight digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PassageId(pub String);

impl PassageId {
    /// The identifier of the `ordinal`-th passage (from 1) of an item.
    pub fn new(meeting: &MeetingId, item: &str, ordinal: usize, digest: &Digest) -> Self {
        Self(format!("{meeting}/{item}/{ordinal}@{}", digest.short()))
    }
}

impl fmt::Display for PassageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One paragraph, bullet or clause, with the context that it inherits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Its identifier.
    pub passage_id: PassageId,
    /// The meeting.
    pub meeting: MeetingId,
    /// The slug of the council.
    pub council: String,
    /// The name of the council.
    pub council_name: String,
    /// The name of the body; empty when it is not known.
    pub body: String,
    /// When the body met; `None` when it is not known.
    pub date: Option<PartialDate>,
    /// The key of the item within its meeting, as in `passage_id`.
    pub item_key: String,
    /// The item's number as printed; empty when it has none.
    pub item: String,
    /// The item's title; empty when it has none.
    pub title: String,
    /// What the text is.
    pub edition: Edition,
    /// What the passage does.
    pub kind: Kind,
    /// What it is written in: others than English are left out of matches and
    /// denominators unless asked for.
    pub language: Language,
    /// Whether it belongs to a standing item or is furniture: left out of
    /// matches and denominators unless asked for.
    pub boilerplate: bool,
    /// The rule by which it is left out, in plain words: that it is furniture, or
    /// that it counts under another meeting; `None` where none does.
    pub rule: Option<String>,
    /// The number of the paragraph as printed, such as `6.1`.
    pub number: Option<String>,
    /// The labels that lead to a clause of a resolution or list, outermost
    /// first: `["(b)", "(v)", "(D)"]`. A bullet is `•`.
    pub clause: Vec<String>,
    /// The page of the printed file, from 1.
    pub page: Option<u32>,
    /// The text, white space folded; without its label.
    pub text: String,
    /// Where it was published.
    pub url: String,
    /// The document that it was read from.
    pub document: Digest,
}
