//! What is asked of a ModernGov site, and how it is written.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::lessons::{Given, LOOK_BACK_DAYS, Lessons};
use crate::crawl::platform::{Data, Ground, Request, Scope};
use crate::model::{DocumentRole, Edition, MeetingId, PartialDate, Site};
use crate::parse::moderngov::{self, DocumentLink, address};

/// The first day that is asked for when no other is named: before any council
/// published on the web. The service wants both ends of a range.
const EARLIEST: Date = jiff::civil::date(1990, 1, 1);

/// What a request asks for, as it waits in the frontier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub(super) enum Step {
    /// The service's list of committees; `instead` of the page, which did not
    /// come.
    Committees { instead: bool },
    /// The page that lists the committees; `instead` of the service, which did
    /// not answer.
    CommitteeList { instead: bool },
    /// The service's list of a committee's meetings.
    Meetings { committee: String, body: String },
    /// The service's list of the meetings of all committees.
    AllMeetings {
        /// What stands for all of them.
        committee: String,
        /// Whether it ends a walk over the committees, which it checks.
        is_check: bool,
    },
    /// A page of a committee's meetings.
    MeetingList {
        committee: String,
        body: String,
        /// Whether the service is there and knows of no meetings.
        after_none: bool,
        /// Which way the pages are being turned; `None` on the first.
        way: Option<Way>,
        turn: u32,
        /// The last date seen that way.
        seen: Option<PartialDate>,
    },
    /// A meeting as the service gives it.
    MeetingXml { known: Known },
    /// A meeting's page.
    MeetingPage {
        known: Known,
        /// The files that the service names: asked for if the page does not come.
        files: Vec<DocumentLink>,
    },
    /// An item's page.
    Item,
    /// The printed minutes.
    PrintedMinutes,
    /// Another file of a meeting.
    Attachment,
    /// The page of a decision on this item.
    Decision { item: String },
    /// An issue's page.
    Issue { issue: String },
}

/// Towards earlier or later meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Way {
    Earlier,
    Later,
}

/// What the list says of a meeting that its own documents may not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    pub body: String,
    pub date: Option<PartialDate>,
    /// The address of its page.
    pub page: String,
}

/// Which of the site's ways a request goes, beside the service.
pub(super) fn way_of(step: &Step) -> Option<Given> {
    match step {
        Step::CommitteeList { .. }
        | Step::MeetingList { .. }
        | Step::MeetingPage { .. }
        | Step::Item
        | Step::Decision { .. }
        | Step::Issue { .. } => Some(Given::Pages),
        Step::PrintedMinutes | Step::Attachment => Some(Given::Files),
        Step::Committees { .. }
        | Step::Meetings { .. }
        | Step::AllMeetings { .. }
        | Step::MeetingXml { .. } => None,
    }
}

/// Requests for the files of a meeting's items, each once; none where the site
/// gives its files to browsers only.
pub(super) fn attachments(
    ground: &Ground,
    id: &MeetingId,
    files: &[DocumentLink],
    address_of: impl Fn(&DocumentLink) -> Option<String>,
) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    if Lessons(ground.learned).is_blocked(Given::Files) {
        return requests;
    }
    let mut known = HashSet::new();
    for url in files.iter().filter_map(address_of) {
        if known.insert(address::canonical(&url)) {
            let role = DocumentRole::Attachment;
            requests.push(of_meeting(id, url, role, Some(Edition::Report), &Step::Attachment));
        }
    }
    requests
}

/// Whether the pages of the site are asked for in Welsh.
pub(super) fn is_welsh(site: &Site) -> bool {
    address::parameter(&site.root, &["lll"]).as_deref() == Some("1")
}

/// The root address without what it asks for, and without a slash at the end.
pub(super) fn base(site: &Site) -> &str {
    site.root.split('?').next().unwrap_or_default().trim_end_matches('/')
}

/// The day from which meetings are listed again after a full listing.
pub(super) fn since(listed: Date) -> Option<Date> {
    listed.checked_sub(jiff::Span::new().days(LOOK_BACK_DAYS)).ok()
}

/// The ends of the scope, as the service wants them.
pub(super) fn dates(scope: &Scope) -> (String, String) {
    let from = scope.from.unwrap_or(EARLIEST);
    // The calendar beyond next year is empty, or not yet true. The end of a
    // year keeps the address the same from day to day.
    let next_year = scope.today.saturating_add(jiff::Span::new().years(1));
    let to = scope.to.unwrap_or_else(|| next_year.last_of_year());
    (moderngov::to_service_date(from), moderngov::to_service_date(to))
}

pub(super) fn committees(site: &Site, instead: bool) -> Request {
    register(service(site, "GetCommittees", &[]), &Step::Committees { instead })
}

pub(super) fn committee_list(site: &Site, instead: bool) -> Request {
    let url = page(site, "mgListCommittees.aspx?bcr=1");
    register(url, &Step::CommitteeList { instead })
}

/// All meetings of the scope from a day on, which ends no walk; or without a
/// day, to check one.
pub(super) fn all_meetings(ground: &Ground, committee: &str, since: Option<Date>) -> Request {
    let scope = ground.scope;
    let is_check = since.is_none();
    // A scope that ends before that day is asked for as it is.
    let later = since.filter(|since| scope.to.is_none_or(|to| *since <= to));
    let (from, to) = dates(&Scope { from: scope.from.max(later), ..scope.clone() });
    let parameters = [
        ("lCommitteeId", committee),
        ("sFromDate", &from),
        ("sToDate", &to),
        ("bIsAscendingDateOrder", "true"),
    ];
    let step = Step::AllMeetings { committee: committee.to_owned(), is_check };
    register(service(ground.site, "GetAllMeetingsByDate", &parameters), &step)
}

/// The year 0 is the blank choice of the page's own form.
pub(super) fn meeting_list(site: &Site, committee: &str, body: &str, after_none: bool) -> Request {
    let url = page(site, &format!("ieListMeetings.aspx?CommitteeId={committee}&Year=0"));
    let (committee, body) = (committee.to_owned(), body.to_owned());
    register(url, &Step::MeetingList { committee, body, after_none, way: None, turn: 0, seen: None })
}

pub(super) fn meeting_xml(site: &Site, meeting: &MeetingId, known: Known) -> Request {
    let url = service(site, "GetMeeting", &[("lMeetingId", &meeting.number)]);
    let step = Step::MeetingXml { known };
    Request { begins_meeting: true, ..of_meeting(meeting, url, DocumentRole::MeetingXml, None, &step) }
}

pub(super) fn meeting_page(meeting: &MeetingId, known: Known) -> Request {
    let url = known.page.clone();
    let step = Step::MeetingPage { known, files: Vec::new() };
    Request { begins_meeting: true, ..of_meeting(meeting, url, DocumentRole::MeetingPage, None, &step) }
}

pub(super) fn of_meeting(
    meeting: &MeetingId,
    url: String,
    role: DocumentRole,
    edition: Option<Edition>,
    step: &Step,
) -> Request {
    let meeting = Some(meeting.clone());
    Request { url, role, meeting, edition, begins_meeting: false, data: Data::of(step) }
}

pub(super) fn register(url: String, step: &Step) -> Request {
    Request {
        url,
        role: DocumentRole::Register,
        meeting: None,
        edition: None,
        begins_meeting: false,
        data: Data::of(step),
    }
}

/// The address of a page, in the language of the site.
fn page(site: &Site, page: &str) -> String {
    let url = format!("{}/{page}", base(site));
    if is_welsh(site) { address::in_welsh(&url) } else { url }
}

/// The address of a method of the web service.
pub(super) fn service(site: &Site, method: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = format!("{}/mgWebService.asmx/{method}", base(site));
    for (at, (name, value)) in parameters.iter().enumerate() {
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&format!("{name}={value}"));
    }
    address
}

pub(super) fn step(request: &Request) -> Option<Step> {
    request.data.step()
}
