//! Sites that publish, and the meetings they list.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::PartialDate;

/// A publishing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Civica ModernGov.
    ModernGov,
    /// No site: files that somebody added.
    Files,
}

impl Platform {
    /// The name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::ModernGov => "moderngov",
            Self::Files => "files",
        }
    }
}

impl FromStr for Platform {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "moderngov" => Ok(Self::ModernGov),
            "files" => Ok(Self::Files),
            _ => Err(format!("`{name}` is no platform that can be read; there is `moderngov`")),
        }
    }
}

/// The name of a site: lower-case letters, digits, `.`, `-` and `_` only, so
/// that it can name a folder and stand in an identifier. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SiteId(String);

impl SiteId {
    /// Makes a name out of any text: what may not stand in one becomes `-`.
    pub fn new(text: &str) -> Self {
        let mut name = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            let c = if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
            if c != '-' || !name.ends_with('-') {
                name.push(c);
            }
        }
        let name = name.trim_matches(['-', '.']);
        Self(if name.is_empty() { "site".into() } else { name.into() })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One installation that publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its name in the archive.
    pub id: SiteId,
    /// The system that runs it.
    pub platform: Platform,
    /// Its root address, without a slash at the end.
    pub root: String,
    /// The slug of the council it publishes for.
    pub council: String,
    /// The name of that council.
    pub council_name: String,
}

/// A meeting, by the site that lists it and the number it has there.
///
/// Written `site/number`; the number holds no `/` and no `@`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MeetingId {
    /// The site.
    pub site: SiteId,
    /// The site's number for the meeting.
    pub number: String,
}

impl fmt::Display for MeetingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.site, self.number)
    }
}

/// Whether a meeting took place, as far as its site says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MeetingStatus {
    /// It is listed, and its day had not passed when the list was read.
    Scheduled,
    /// It was called off.
    Cancelled,
    /// Its day has passed and it was not called off.
    Held,
}

impl MeetingStatus {
    /// The name used in the catalogue and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Cancelled => "cancelled",
            Self::Held => "held",
        }
    }
}

/// One meeting of a body, as the register lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its identifier.
    pub id: MeetingId,
    /// The slug of the council.
    pub council: String,
    /// The name of the council.
    pub council_name: String,
    /// The name of the body; empty when it is not known.
    pub body: String,
    /// When it met; `None` when it is not known.
    pub date: Option<PartialDate>,
    /// Whether it took place.
    pub status: MeetingStatus,
    /// Whether the site says that its minutes are published.
    pub minutes_published: bool,
    /// The address of its page, or of the file it was read from.
    pub url: String,
}
