//! What reading a document yields: a meeting's items and their passages.

use serde::{Deserialize, Serialize};

use super::{Edition, Kind, PartialDate};

/// Where a meeting's date was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateSource {
    /// The page's own metadata (a `meta` element, XML, front matter).
    Metadata,
    /// The heading or first lines of the text.
    Heading,
    /// The name of the file.
    FileName,
}

/// A document as read. Reading never fails: what could not be placed stays as
/// text of the item before it, with a warning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The council's name as the document gives it.
    pub council: Option<String>,
    /// The body's name as the document gives it.
    pub body: Option<String>,
    /// When the meeting was held.
    pub date: Option<PartialDate>,
    /// Where the date was read.
    pub date_source: Option<DateSource>,
    /// What the document is, where it can be told.
    pub edition: Option<Edition>,
    /// The items in the order of the document. Text before the first item is
    /// an item with neither number nor title.
    pub items: Vec<AgendaItem>,
    /// Who was there.
    pub attendance: Attendance,
    /// Whether parts of a damaged document could not be read.
    #[serde(default)]
    pub is_partial: bool,
    /// What could not be read as it stands.
    pub warnings: Vec<Warning>,
}

impl Reading {
    /// How many passages the items hold.
    pub fn n_passages(&self) -> usize {
        self.items.iter().map(|item| item.passages.len()).sum()
    }
}

/// A numbered, titled item of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaItem {
    /// What tells it from the other items of the meeting: the site's own item
    /// number, or the ordinal in the document. Letters, digits, `.`, `-`, `_`.
    pub key: String,
    /// The number as printed, without a full stop at the end; may be empty.
    pub number: String,
    /// The title; may be empty.
    pub title: String,
    /// The rule that makes it a standing item, such as `apologies`; `None` for
    /// an item of business.
    pub standing: Option<String>,
    /// Of an item that was not open to the public, the paragraphs of Schedule
    /// 12A, Part 1, of the Local Government Act 1972 that are named, 1 to 7;
    /// `None` for an open item.
    pub exempt: Option<Vec<u8>>,
    /// Its own address, where it has one.
    pub url: Option<String>,
    /// Its passages in order.
    pub passages: Vec<ItemPassage>,
}

/// One paragraph, bullet or clause of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPassage {
    /// What the text is, where it differs from the document's own edition
    /// (the agenda text of an item on a page that also holds its minutes).
    pub edition: Option<Edition>,
    /// What the passage does.
    pub kind: Kind,
    /// The number of the paragraph as printed, such as `6.1`.
    pub number: Option<String>,
    /// The labels that lead to it, outermost first; a bullet is `•`.
    pub clause: Vec<String>,
    /// The page of a printed file, from 1.
    pub page: Option<u32>,
    /// The text, white space folded; without its number and label.
    pub text: String,
}

/// Who was at a meeting, as printed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Members who were present.
    pub present: Vec<Person>,
    /// Members who sent apologies.
    pub apologies: Vec<Person>,
    /// Members who were present in place of others.
    pub substitutes: Vec<Person>,
    /// Officers and others who are named as attending.
    pub officers: Vec<Person>,
}

/// Somebody whom an attendance list names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name as printed, with its title and without honours.
    pub name: String,
    /// The office or role that is printed beside it, such as `Chair`.
    pub role: Option<String>,
}

impl Person {
    /// Somebody of whom no role is printed.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: None }
    }
}

/// How a decision was come to, as far as the minutes tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Motion {
    /// The position of its item among the items of the reading, from 0.
    pub item: usize,
    /// The position of its passage in the item, from 0: the lead-in of its
    /// clauses, or the only one; where none near it decides, the one that tells
    /// of it.
    pub passage: usize,
    /// Who moved it, as printed.
    pub mover: Option<String>,
    /// Who seconded it, as printed.
    pub seconder: Option<String>,
    /// The votes, where they were counted.
    pub votes: Option<Votes>,
}

/// Votes that were counted. An abstention that is not told of is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Votes {
    /// For the motion.
    #[serde(rename = "for")]
    pub in_favour: u32,
    /// Against it.
    pub against: u32,
    /// Neither.
    pub abstained: u32,
}

/// An interest that a member declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// The position of the item under which it is minuted, from 0.
    pub item: usize,
    /// The position of its passage in the item, from 0.
    pub passage: usize,
    /// Whose it is, as printed.
    pub name: String,
}

/// A fault in a document, kept beside what could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Where: an item, a page or a line, as text.
    pub at: String,
    /// What was wrong there.
    pub message: String,
}

/// Why what is held of a meeting gave no minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// Its pages are pictures of text, or its fonts do not say which letters
    /// they draw.
    NoTextLayer,
    /// It is damaged, or too complex for the readers that are here.
    Damaged,
    /// It needs a password.
    Encrypted,
    /// It holds no text at all.
    Empty,
    /// Something else stands in its place.
    WrongContent,
    /// Its format is not read here, or not without a program that is missing.
    Format,
    /// It has more pages than are read.
    TooLong,
    /// This machine or the archive could not give its text this time.
    NotRead,
    /// It was read, and minutes are not in it.
    NoMinutes,
}

impl Defect {
    /// The name used in tables, such as `no-text-layer`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoTextLayer => "no-text-layer",
            Self::Damaged => "damaged",
            Self::Encrypted => "encrypted",
            Self::Empty => "empty",
            Self::WrongContent => "wrong-content",
            Self::Format => "format",
            Self::TooLong => "too-long",
            Self::NotRead => "not-read",
            Self::NoMinutes => "no-minutes",
        }
    }
}
