//! A reading of one document by eye, as a TOML file holds it.
//!
//! It holds labels and anchors of a few words, not the document. A list that is
//! absent was not judged; an empty one says that there is none.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::model::{Digest, Error, Kind, Result};

/// What a careful reader says that a document holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Where the document lies, below the folder of documents, with `/`.
    pub document: String,
    /// Its format: `html`, `xml`, `pdf`, `docx`, `odt`, `doc`, `md`, `txt`.
    pub format: String,
    /// Where it came from: a council, or the system that served it.
    pub source: String,
    /// The council that it names; `None` where it names none.
    pub council: Option<String>,
    /// The body that met; `None` where it cannot be told.
    pub body: Option<String>,
    /// When it met; `None` where it cannot be told.
    pub date: Option<String>,
    /// The name of its edition; `None` where it is none of them.
    pub edition: Option<String>,
    /// The members present, without their roles.
    pub present: Option<Vec<String>>,
    /// The members who sent apologies.
    pub apologies: Option<Vec<String>>,
    /// The members present in place of others.
    pub substitutes: Option<Vec<String>>,
    /// Officers and other people who are named as attending.
    pub officers: Option<Vec<String>>,
    /// Its items in order.
    pub items: Option<Vec<JudgedItem>>,
    /// Every clause of every decision.
    pub resolutions: Option<Vec<JudgedResolution>>,
    /// A sample of other passages.
    pub passages: Option<Vec<JudgedPassage>>,
    /// Interests that members declared.
    pub interests: Option<Vec<JudgedInterest>>,
}

/// An item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedItem {
    /// Its number as printed; empty when it has none.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The first words of its text; empty when it has none.
    pub first: String,
    /// The last words of its text.
    pub last: String,
    /// Of an exempt item, the paragraphs of Schedule 12A.
    pub exempt: Option<Vec<u8>>,
}

/// A clause of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedResolution {
    /// The item, by its position from 1; 0 for what stands before the first.
    pub item: usize,
    /// The labels that lead to the clause, outermost first.
    pub labels: Vec<String>,
    /// Its first words.
    pub anchor: String,
    /// `resolution`, `recommendation` or `noting`.
    pub kind: Kind,
    /// Who moved it.
    pub mover: Option<String>,
    /// Who seconded it.
    pub seconder: Option<String>,
    /// Votes for, against, and abstentions.
    pub votes: Option<Vec<u32>>,
}

/// Another passage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedPassage {
    /// As of [`JudgedResolution`].
    pub item: usize,
    /// Its first words.
    pub anchor: String,
    /// What it does.
    pub kind: Kind,
}

/// An interest that a member declared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedInterest {
    /// As of [`JudgedResolution`].
    pub item: usize,
    /// Whose it is.
    pub name: String,
    /// Some words near.
    pub anchor: String,
}

impl Judgement {
    /// Reads a judgement; `name` is what its file is called in an error.
    pub fn from_toml(text: &str, name: &str) -> Result<Self> {
        from_toml(text, name)
    }

    /// Whether it belongs to the test set, which is scored and never looked at
    /// while the readers are changed: a third of all, by a digest of where the
    /// document lies.
    pub fn is_test(&self) -> bool {
        is_in_test_set(&self.document)
    }
}

/// Reads what was judged; `name` is what its file is called in an error.
pub(super) fn from_toml<T: DeserializeOwned>(text: &str, name: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let reason = error.to_string();
        let reason: Vec<&str> = reason.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Error::Input(format!("the judgement `{name}` cannot be read: {}", reason.join(" ")))
    })
}

/// Whether what is called so belongs to the test set: a third of all, by a
/// digest of the name.
pub(super) fn is_in_test_set(name: &str) -> bool {
    u64::from_str_radix(Digest::of(name.as_bytes()).short(), 16).is_ok_and(|number| number % 3 == 0)
}
