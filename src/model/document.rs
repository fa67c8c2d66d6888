//! Documents: bytes as they were fetched, kept by version.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{MeetingId, SiteId};

/// The SHA-256 of a document's bytes, as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest(pub String);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        let mut hex = String::with_capacity(64);
        for byte in sha2::Sha256::digest(bytes) {
            use fmt::Write;
            write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        }
        Self(hex)
    }

    /// The first eight digits, as passage identifiers carry them.
    pub fn short(&self) -> &str {
        &self.0[..self.0.len().min(8)]
    }
}

impl FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.as_bytes().iter().all(is_digit) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("`{text}` is no digest; it has 64 digits from 0 to f"))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a text says it is: what was to be done, or what was done.
///
/// The default view of search and counting is [`Edition::Minutes`] and
/// [`Edition::DraftMinutes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// What was to be discussed.
    Agenda,
    /// Minutes not yet approved.
    DraftMinutes,
    /// Minutes.
    Minutes,
    /// A list of decisions, published before or beside the minutes.
    Decisions,
    /// A report to a meeting, or a paper that does not say what it is.
    Report,
    /// Several documents of a meeting in one file.
    Pack,
    /// Draft minutes that stand beside the approved ones, or stood in their place: no
    /// record of their own.
    ReplacedDraft,
}

impl Edition {
    /// All editions, in the order of the enum.
    pub const ALL: [Self; 7] = [
        Self::Agenda,
        Self::DraftMinutes,
        Self::Minutes,
        Self::Decisions,
        Self::Report,
        Self::Pack,
        Self::ReplacedDraft,
    ];

    /// The name used in filters, tables and files, such as `draft-minutes`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agenda => "agenda",
            Self::DraftMinutes => "draft-minutes",
            Self::Minutes => "minutes",
            Self::Decisions => "decisions",
            Self::Report => "report",
            Self::Pack => "pack",
            Self::ReplacedDraft => "replaced-draft",
        }
    }

    /// Whether the text records what happened at the meeting.
    pub fn is_minutes(self) -> bool {
        matches!(self, Self::Minutes | Self::DraftMinutes)
    }
}

/// What part a document plays, which decides how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentRole {
    /// `robots.txt`.
    Robots,
    /// A list of committees or meetings: feeds the register, holds no minutes.
    Register,
    /// One meeting as the ModernGov web service gives it.
    MeetingXml,
    /// One meeting as an HTML page.
    MeetingPage,
    /// One agenda item as an HTML page, in full where the meeting page cuts it.
    ItemPage,
    /// The minutes of a meeting as a printed file.
    PrintedMinutes,
    /// A file of a meeting that is not its minutes: a report, an agenda, a pack,
    /// a list of decisions. Its edition says which.
    Attachment,
    /// One decision as an HTML page.
    DecisionPage,
    /// A matter that several meetings take up, as an HTML page: connects
    /// meetings, holds no minutes.
    IssuePage,
    /// A file that somebody added.
    File,
}

impl DocumentRole {
    /// The name used in the catalogue, such as `meeting-xml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::Register => "register",
            Self::MeetingXml => "meeting-xml",
            Self::MeetingPage => "meeting-page",
            Self::ItemPage => "item-page",
            Self::PrintedMinutes => "printed-minutes",
            Self::Attachment => "attachment",
            Self::DecisionPage => "decision-page",
            Self::IssuePage => "issue-page",
            Self::File => "file",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Robots,
            Self::Register,
            Self::MeetingXml,
            Self::MeetingPage,
            Self::ItemPage,
            Self::PrintedMinutes,
            Self::Attachment,
            Self::DecisionPage,
            Self::IssuePage,
            Self::File,
        ]
        .into_iter()
        .find(|role| role.name() == name)
    }
}

/// One version of one document, as the catalogue lists it; its bytes are in
/// the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The site that it came from.
    pub site: SiteId,
    /// The meeting that it belongs to, if any.
    pub meeting: Option<MeetingId>,
    /// What part it plays.
    pub role: DocumentRole,
    /// Its address: `http(s)://…`, or `file:///…` for an added file.
    pub url: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The media type it was served with, without parameters.
    pub media_type: String,
    /// The `charset` it was served with, if any.
    pub charset: Option<String>,
    /// When it was fetched or added, in UTC, RFC 3339 to the second.
    pub retrieved: String,
    /// What the person who added the file said that it is, if anything.
    pub edition: Option<Edition>,
}
