//! Sites that publish, and the meetings they list.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Council, Digest, PageRules, PartialDate};

/// A publishing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Civica ModernGov.
    ModernGov,
    /// CMIS, in modules of DNN.
    Cmis,
    /// Pages of any other system, by rules.
    Pages,
    /// No site: files that somebody added.
    Files,
}

impl Platform {
    /// The name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::ModernGov => "moderngov",
            Self::Cmis => "cmis",
            Self::Pages => "pages",
            Self::Files => "files",
        }
    }
}

impl FromStr for Platform {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "moderngov" => Ok(Self::ModernGov),
            "cmis" => Ok(Self::Cmis),
            "pages" => Ok(Self::Pages),
            "files" => Ok(Self::Files),
            _ => Err(format!(
                "`{name}` is no platform that can be read; there are `moderngov`, `cmis` and `pages`"
            )),
        }
    }
}

/// The name of a site: lower-case letters, digits, `.`, `-` and `_` only, so
/// that it can name a folder and stand in an identifier. Never empty, and never
/// longer than [`SiteId::LONGEST`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SiteId(String);

impl SiteId {
    /// The longest name, in bytes: systems take 255 for a folder's, and others
    /// may put something before or behind it.
    pub const LONGEST: usize = 100;

    /// What the name of a site's pages in Welsh ends in.
    pub const WELSH: &str = "-cy";

    /// The site of whose pages these are in Welsh, by its name; `None` where they
    /// are not.
    pub fn in_english(&self) -> Option<Self> {
        self.0.strip_suffix(Self::WELSH).map(|name| Self(name.to_owned()))
    }

    /// The site of the files that somebody adds of a council, by its slug.
    pub fn of_files(council: &str) -> Self {
        Self::new(&format!("files-{council}"))
    }

    /// Whether it is a site of files that somebody adds.
    pub fn is_of_files(&self) -> bool {
        self.0.starts_with("files-")
    }

    /// Makes a name out of any text: what may not stand in one becomes `-`, and
    /// the end of one that is too long its digest, so that two stay two.
    pub fn new(text: &str) -> Self {
        let mut name = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            let c = if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
            if c != '-' || !name.ends_with('-') {
                name.push(c);
            }
        }
        let name = name.trim_matches(['-', '.']);
        if name.is_empty() {
            return Self("site".into());
        }
        if name.len() > Self::LONGEST {
            let digest = Digest::of(name.as_bytes());
            return Self(format!("{}-{}", &name[..Self::LONGEST - 9], digest.short()));
        }
        Self(name.into())
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
    /// The slug of the council it publishes for; where several share it, one
    /// made of theirs: `adur-and-worthing`.
    pub council: String,
    /// The name of that council, or of those that share it.
    pub council_name: String,
    /// The councils that share it; empty where it is one council's alone.
    pub shared_by: Vec<Council>,
    /// How its pages are read, where that is for rules to say.
    pub rules: Option<PageRules>,
}

impl Site {
    /// The slug and the name of the council whose body this is.
    ///
    /// On a shared installation that is the one council whose place stands in
    /// the body's name. A body that names none of them, or several, belongs to
    /// all of them together.
    pub fn council_of(&self, body: &str) -> (&str, &str) {
        let mut named = self.shared_by.iter().filter(|council| council.is_named_in(body));
        match (named.next(), named.next()) {
            (Some(council), None) => (&council.slug, &council.name),
            _ => (&self.council, &self.council_name),
        }
    }
}

/// Whether a body's name holds all of these words as whole words, in any
/// order. The words are those of [`body_words`].
pub fn is_body_named(body: &str, words: &[String]) -> bool {
    let has = |wanted: &String| words_of(body).any(|word| word == *wanted);
    words.iter().all(has)
}

/// The words of a body's name, or of what somebody typed to find it: letters
/// and digits, in lower case.
pub fn body_words(text: &str) -> Vec<String> {
    words_of(text).collect()
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase)
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

impl FromStr for MeetingId {
    type Err = String;

    /// Reads `site/number`.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_part = |part: &str| !part.is_empty() && !part.contains(['/', '@']);
        let parts = text.split_once('/').filter(|(_, number)| is_part(number));
        let id = parts.map(|(site, number)| Self { site: SiteId::new(site), number: number.to_owned() });
        id.filter(|id| id.to_string() == text)
            .ok_or_else(|| format!("`{text}` is no meeting; write `site/number`, the site in lower case"))
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
    /// Whether the site says that its agenda is published.
    pub agenda_published: bool,
    /// Whether the site says that its minutes are published.
    pub minutes_published: bool,
    /// The address of its page, or of the file it was read from.
    pub url: String,
}

/// That a site connects an item of a meeting with one of its issues: a matter
/// that several meetings take up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IssueLink {
    /// The site's number for the issue.
    pub issue: String,
    /// What the issue is called; may be empty.
    pub title: String,
    /// The meeting.
    pub meeting: MeetingId,
    /// The site's number for the item, or the number printed before it; empty
    /// where only the meeting is known.
    pub item: String,
}

impl Meeting {
    /// Stands for the slug of a council that is not known.
    pub const COUNCIL_NOT_KNOWN: &str = "unknown";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_site_can_name_a_folder_however_long_its_address_is() {
        let of = |length: usize, end: &str| SiteId::new(&format!("{}{end}", "x".repeat(length)));
        assert_eq!(of(SiteId::LONGEST, "").as_str().len(), SiteId::LONGEST);
        assert_eq!(of(300, "").as_str().len(), SiteId::LONGEST);
        assert_ne!(of(300, "a"), of(300, "b"));
        assert_eq!(SiteId::new(of(300, "a").as_str()), of(300, "a"), "read back, it is the same");
        assert_eq!(SiteId::new("../../etc/").as_str(), "etc");
    }

    #[test]
    fn a_meeting_is_read_as_it_is_written_and_nothing_else_is_one() {
        let check = |text: &str| text.parse::<MeetingId>().is_ok_and(|id| id.to_string() == text);
        assert!(check("files-kent/cabinet-2021-07-06"));
        for text in ["kent", "kent/", "/1", "Kent/1", "../etc/1", "kent/1/2", "kent/1@2", ""] {
            assert!(!check(text), "{text}");
        }
    }

    #[test]
    fn a_body_of_a_shared_site_belongs_to_the_council_that_it_names() {
        let council = |slug: &str, name: &str| Council {
            slug: slug.into(),
            name: name.into(),
            platform: "moderngov".into(),
            ..Council::default()
        };
        let site = Site {
            id: SiteId::new("shared"),
            platform: Platform::ModernGov,
            root: "https://democracy.example".into(),
            council: "babergh-and-mid-suffolk".into(),
            council_name: "Babergh District Council and Mid Suffolk District Council".into(),
            rules: None,
            shared_by: vec![
                council("babergh", "Babergh District Council"),
                council("mid-suffolk", "Mid Suffolk District Council"),
            ],
        };
        let check = |body: &str, slug: &str| assert_eq!(site.council_of(body).0, slug, "{body}");
        check("Babergh Cabinet", "babergh");
        check("Planning Committee (MID SUFFOLK)", "mid-suffolk");
        check("Joint Babergh and Mid Suffolk Scrutiny Committee", "babergh-and-mid-suffolk");
        check("Joint Audit and Standards Committee", "babergh-and-mid-suffolk");
        check("Suffolk Mid Committee", "babergh-and-mid-suffolk");
        let alone = Site { shared_by: Vec::new(), ..site };
        assert_eq!(alone.council_of("Babergh Cabinet").0, "babergh-and-mid-suffolk");
    }
}
