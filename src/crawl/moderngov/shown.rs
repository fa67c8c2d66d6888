//! What an address of ModernGov shows, where nobody asked for it: a page out
//! of an archive that others made. Pure.

use url::Url;

use super::ModernGov;
use super::ask::{Known, Step, meeting_page, meeting_xml, register};
use crate::crawl::platform::{Data, Ground, Request};
use crate::model::{DocumentRole, Meeting, MeetingId, SiteId};
use crate::parse::moderngov::address;

/// What an address shows by itself. Pages of items and files do not tell their
/// meeting: its own page leads to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::crawl) enum Shown {
    /// The service's list of a committee's meetings.
    Meetings { committee: String },
    /// A page of a committee's meetings.
    MeetingList { committee: String },
    /// A meeting as the service gives it.
    MeetingXml { number: String },
    /// A meeting's page.
    MeetingPage { number: String },
}

impl ModernGov {
    /// The root address of the installation that a page belongs to; `None` for
    /// an address that does not look like one of the system's.
    pub(in crate::crawl) fn root_of(url: &str) -> Option<Url> {
        let mut root = Url::parse(url).ok()?;
        root.host_str()?;
        let lower = root.path().to_ascii_lowercase();
        let end = match lower.find("/mgwebservice.asmx") {
            Some(end) => end,
            None => {
                const PAGES: [&str; 6] = ["mg", "ielist", "celist", "iedecision", "ieissue", "uc"];
                let (folder, page) = lower.rsplit_once('/')?;
                let is_page = page.ends_with(".aspx") && PAGES.iter().any(|start| page.starts_with(start));
                match lower.find("/documents/") {
                    Some(end) if !is_page => end,
                    _ if is_page => folder.len(),
                    _ => return None,
                }
            }
        };
        // Without the session of those who take no cookies.
        let path = root.path()[..end].to_owned();
        let parts = path.split('/').filter(|part| !part.to_ascii_lowercase().starts_with("(s("));
        root.set_path(&parts.collect::<Vec<_>>().join("/"));
        root.set_query(None);
        root.set_fragment(None);
        Some(root)
    }

    /// What an address shows by itself.
    pub(in crate::crawl) fn shown_at(url: &str) -> Option<Shown> {
        let is_number = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |names: &[&str]| address::parameter(url, names).filter(is_number);
        let service = url.to_ascii_lowercase().contains("/mgwebservice.asmx/");
        Some(match address::page_name(url).as_str() {
            "getmeeting" if service => Shown::MeetingXml { number: number(&["lmeetingid"])? },
            "getmeetings" if service => Shown::Meetings { committee: number(&["lcommitteeid"])? },
            "ielistmeetings.aspx" => {
                Shown::MeetingList { committee: number(&["committeeid", "cid", "cmteid"])? }
            }
            _ => Shown::MeetingPage { number: address::meeting_number(url)? },
        })
    }

    /// A request by which the key of an address can be had.
    pub(in crate::crawl) fn probe(url: &str) -> Request {
        Request {
            url: url.to_owned(),
            role: DocumentRole::File,
            meeting: None,
            edition: None,
            begins_meeting: false,
            data: Data::none(),
        }
    }
}

impl Shown {
    /// The meeting that is shown.
    pub(in crate::crawl) fn meeting(&self, site: &SiteId) -> Option<MeetingId> {
        match self {
            Self::MeetingXml { number } | Self::MeetingPage { number } => {
                Some(MeetingId { site: site.clone(), number: number.clone() })
            }
            Self::Meetings { .. } | Self::MeetingList { .. } => None,
        }
    }

    /// The request by which a crawl asks for it. What the register knows of the
    /// meeting is what a list would have said.
    pub(in crate::crawl) fn request(&self, ground: &Ground, url: &str, known: Option<&Meeting>) -> Request {
        let body = known.map(|meeting| meeting.body.clone()).unwrap_or_default();
        let date = known.and_then(|meeting| meeting.date);
        let of_meeting = |number: &str| MeetingId { site: ground.site.id.clone(), number: number.to_owned() };
        let request = match self {
            Self::Meetings { committee } => {
                register(url.to_owned(), &Step::Meetings { committee: committee.clone(), body })
            }
            Self::MeetingList { committee } => {
                let committee = committee.clone();
                let step =
                    Step::MeetingList { committee, body, after_none: false, way: None, turn: 0, seen: None };
                register(url.to_owned(), &step)
            }
            Self::MeetingXml { number } => {
                let page = || format!("{}/ieListDocuments.aspx?MId={number}", ground.site.root);
                let page = known.map_or_else(page, |meeting| meeting.url.clone());
                meeting_xml(ground.site, &of_meeting(number), Known { body, date, page })
            }
            Self::MeetingPage { number } => {
                meeting_page(&of_meeting(number), Known { body, date, page: url.to_owned() })
            }
        };
        Request { url: url.to_owned(), begins_meeting: false, ..request }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, root: Option<&str>, shown: Option<Shown>) {
        assert_eq!(ModernGov::root_of(url).map(String::from).as_deref(), root);
        assert_eq!(ModernGov::shown_at(url), shown);
    }

    #[test]
    fn an_address_tells_its_site_and_what_it_shows() {
        let number = || "31".to_owned();
        check(
            "https://a.example/moderngov/ieListDocuments.aspx?CId=7&MId=31",
            Some("https://a.example/moderngov"),
            Some(Shown::MeetingPage { number: number() }),
        );
        check(
            "https://a.example/(S(abc))/ieListDocuments.aspx?MeetingId=31",
            Some("https://a.example/"),
            Some(Shown::MeetingPage { number: number() }),
        );
        check(
            "https://a.example/mgWebService.asmx/GetMeeting?lMeetingId=31",
            Some("https://a.example/"),
            Some(Shown::MeetingXml { number: number() }),
        );
        check(
            "https://a.example/ieListMeetings.aspx?CommitteeId=31&Year=0",
            Some("https://a.example/"),
            Some(Shown::MeetingList { committee: number() }),
        );
        check("https://a.example/x/mgAi.aspx?ID=5", Some("https://a.example/x"), None);
        check("https://a.example/x/documents/g31/Minutes.pdf?T=1", Some("https://a.example/x"), None);
        check("https://a.example/minutes.aspx", None, None);
        check("https://a.example/", None, None);
    }
}
