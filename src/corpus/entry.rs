//! What the catalogue is told: entries. Each is written into the archive
//! first and then applied to the catalogue, so that reading them again makes
//! the same catalogue.
//!
//! An entry says how things stand after it, not what was done: a meeting's
//! whole line of the register, a whole capture. A field that is added later
//! needs a `serde` default, or older archives can no longer be read.

use serde::{Deserialize, Serialize};

use super::archive::Place;
use super::catalogue::{Outcome, Validators};
use super::cause::Unfit;
use crate::model::{Digest, DocumentRole, Edition, IssueLink, Meeting, MeetingId, Site, SiteId};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The site that was asked.
    pub site: SiteId,
    /// The address, before redirects: the document is kept under it.
    pub url: String,
    /// The meeting that the answer belongs to, if any.
    pub meeting: Option<MeetingId>,
    /// What part the document plays.
    pub role: DocumentRole,
    /// The edition, where whoever asked knows it.
    pub edition: Option<Edition>,
}

/// An entry of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Entry {
    /// A site, new or changed.
    Site(Site),
    /// A line of the register, new or changed.
    Meeting(Registered),
    /// What came of asking for a document, or of adding one.
    Capture(Box<Captured>),
    /// That something came on the way to an answer, or in place of one.
    Step(Asked),
    /// That what last came of this was a loss that does not count, as another
    /// was asked in its place or none was needed.
    Replaced(Asked),
    /// That an added file no longer belongs to a meeting.
    Taken { from: MeetingId, url: String },
    /// What a site has taught.
    Learned { site: SiteId, key: String, value: String, day: String },
    /// That an item belongs to an issue.
    Issue(IssueLink),
}

impl Entry {
    /// Whether it speaks of this site alone, and of files of its own. Any other
    /// entry in the site's part of the archive was not written by this program.
    pub fn is_of(&self, site: &SiteId) -> bool {
        match self {
            Self::Site(of) => of.id == *site,
            Self::Meeting(line) => line.meeting.id.site == *site,
            Self::Capture(captured) => captured.is_of(site),
            Self::Step(asked) | Self::Replaced(asked) => asked.is_of(site),
            Self::Taken { from, .. } => from.site == *site,
            Self::Learned { site: of, .. } => of == site,
            Self::Issue(link) => link.meeting.site == *site,
        }
    }
}

impl Asked {
    fn is_of(&self, site: &SiteId) -> bool {
        self.site == *site && self.meeting.as_ref().is_none_or(|meeting| meeting.site == *site)
    }
}

/// A line of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Registered {
    #[serde(flatten)]
    pub meeting: Meeting,
    /// Whether a stored document holds its minutes, and is no draft.
    pub has_minutes: bool,
    /// Whether everything asked of it was answered: 1 its minutes, 2 all
    /// documents; 3 and 4 the same, but some answers were a no.
    pub complete: u8,
}

impl Registered {
    /// The line after a list has told of the meeting. What is newly unknown (a
    /// body, a date) does not replace what was known, and what was published
    /// stays so: not every list tells of it.
    pub fn told(known: Option<Self>, new: &Meeting) -> Self {
        let Some(known) = known else {
            return Self { meeting: new.clone(), has_minutes: false, complete: 0 };
        };
        let Self { meeting: old, has_minutes, complete } = known;
        // A meeting of which the site says something new is asked for again.
        let says_new = (new.minutes_published && !old.minutes_published) || new.status != old.status;
        let meeting = Meeting {
            body: if new.body.is_empty() { old.body } else { new.body.clone() },
            date: new.date.or(old.date),
            agenda_published: new.agenda_published || old.agenda_published,
            minutes_published: new.minutes_published || old.minutes_published,
            ..new.clone()
        };
        Self { meeting, has_minutes, complete: if says_new { 0 } else { complete } }
    }
}

/// What came of asking for a document, or of adding one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Captured {
    #[serde(flatten)]
    pub asked: Asked,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `Unchanged` refers to the latest version before it.
    pub outcome: Outcome,
    pub unfit: Option<Unfit>,
    /// Of the payload, and of the body as it came; of a document only.
    pub digest: Option<Digest>,
    pub wire_digest: Option<Digest>,
    pub media_type: String,
    pub charset: Option<String>,
    /// When, in UTC, RFC 3339 to the second.
    pub retrieved: String,
    /// Where the answer lies. A record cannot say its own place: whoever reads
    /// an answer whose entry is missing fills it in.
    pub place: Option<Place>,
    /// The length of the payload.
    pub bytes: u64,
    pub validators: Validators,
}

impl Captured {
    /// Whether it speaks of this site, and of a place in a file of its own.
    pub fn is_of(&self, site: &SiteId) -> bool {
        self.asked.is_of(site) && self.place.as_ref().is_none_or(|place| place.is_of(site))
    }

    /// The same when it was looked at: whether it says the same as the version
    /// before it, or why it is none.
    pub fn judged(self, verdict: Result<bool, Unfit>) -> Self {
        match verdict {
            Ok(true) => Self { outcome: Outcome::Unchanged, ..self },
            Ok(false) => self,
            Err(unfit) => {
                Self { outcome: unfit.outcome(), unfit: Some(unfit), digest: None, wire_digest: None, ..self }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Councils, MeetingStatus, PartialDate, Platform};

    fn meeting() -> Meeting {
        Meeting {
            id: MeetingId { site: SiteId::new("alderbrook"), number: "1".into() },
            council: "alderbrook".into(),
            council_name: "Alderbrook Council".into(),
            body: "Cabinet".into(),
            date: PartialDate::day(2021, 7, 6),
            status: MeetingStatus::Held,
            agenda_published: true,
            minutes_published: false,
            url: "https://democracy.alderbrook.example/1".into(),
        }
    }

    #[test]
    fn a_list_that_knows_less_takes_nothing_away() {
        let known = Registered { meeting: meeting(), has_minutes: true, complete: 2 };
        let less = Meeting { body: String::new(), date: None, agenda_published: false, ..meeting() };
        assert_eq!(Registered::told(Some(known.clone()), &less), known);
        let more = Meeting { minutes_published: true, ..meeting() };
        let told = Registered::told(Some(known), &more);
        assert_eq!((told.complete, told.has_minutes, told.meeting.minutes_published), (0, true, true));
        assert_eq!(Registered::told(None, &meeting()).complete, 0);
    }

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        let asked = Asked {
            site: SiteId::new("alderbrook"),
            url: "https://democracy.alderbrook.example/a b?\r\n".into(),
            meeting: Some(meeting().id),
            role: DocumentRole::MeetingPage,
            edition: Some(Edition::DraftMinutes),
        };
        let captured = Captured {
            asked: asked.clone(),
            status: Some(404),
            outcome: Outcome::Stored,
            unfit: None,
            digest: Some(Digest::of(b"x")),
            wire_digest: Some(Digest::of(b"y")),
            media_type: "text/html".into(),
            charset: None,
            retrieved: "2024-01-01T00:00:00Z".into(),
            place: Some(Place { file: "alderbrook/a.warc.gz".into(), offset: 7 }),
            bytes: 1,
            validators: Validators { etag: Some("\"1\"".into()), last_modified: None },
        };
        let unfit = Unfit { cause: crate::corpus::Cause::TimeOut, reason: "late\nvery".into() };
        let registered = Registered { meeting: meeting(), has_minutes: true, complete: 1 };
        let table = "slug,name,gss_code,nation,platform,base_url\nadur,Adur District Council,E1,England,,\n";
        let councils = Councils::from_csv(table.as_bytes()).unwrap();
        let site = Site {
            id: SiteId::new("alderbrook"),
            platform: Platform::ModernGov,
            root: "https://democracy.alderbrook.example".into(),
            council: "alderbrook".into(),
            council_name: "Alderbrook Council".into(),
            shared_by: councils.all().to_vec(),
            rules: None,
        };
        for entry in [
            Entry::Site(site),
            Entry::Capture(Box::new(captured.clone())),
            Entry::Capture(Box::new(captured.judged(Err(unfit)))),
            Entry::Step(asked.clone()),
            Entry::Replaced(asked),
            Entry::Meeting(registered),
            Entry::Taken { from: meeting().id, url: "file:///a".into() },
        ] {
            let line = serde_json::to_string(&entry).unwrap();
            assert!(!line.contains(['\r', '\n']), "{line}");
            assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), entry);
        }
    }
}
