//! The adaptor for Civica ModernGov.
//!
//! The web service comes first: it gives the minutes whole, and often answers
//! where the pages are blocked. What it does not give is asked of the pages,
//! step by step, so one committee or one meeting that fails there is still
//! found here.

use serde::{Deserialize, Serialize};

use super::platform::{Answer, Documents, Found, Ground, Page, Platform, Request, Scope};
use crate::corpus::{Cause, Unfit};
use crate::model::{DocumentRole, Edition, Meeting, MeetingId, MeetingStatus, PartialDate, Site};
use crate::parse::moderngov::{self, Wrong, address};

/// The first day that is asked for when no other is named: before any council
/// published on the web. The service wants both ends of a range.
const EARLIEST: jiff::civil::Date = jiff::civil::date(1990, 1, 1);

/// How many pages of earlier or of later meetings are followed for one
/// committee. A page shows some 15, so this is more than a hundred years of
/// monthly meetings; a site that links on for ever ends here.
const MAX_TURNS: u32 = 100;

/// Civica ModernGov.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModernGov;

/// What a request asks for, as it waits in the frontier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
enum Step {
    /// The service's list of committees.
    Committees,
    /// The page that lists the committees.
    CommitteeList,
    /// The service's list of a committee's meetings.
    Meetings { committee: String, body: String },
    /// A page of a committee's meetings.
    MeetingList {
        committee: String,
        body: String,
        /// Which way the pages are being turned; `None` on the first.
        way: Option<Way>,
        turn: u32,
        /// The last date seen that way.
        seen: Option<PartialDate>,
    },
    /// A meeting as the service gives it.
    MeetingXml { body: String, page: String },
    /// A meeting's page.
    MeetingPage { body: String },
    /// An item's page.
    Item,
    /// The printed minutes.
    PrintedMinutes,
}

/// Towards earlier or later meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Earlier,
    Later,
}

impl Platform for ModernGov {
    fn start(&self, ground: &Ground) -> Vec<Request> {
        vec![register(service(ground.site, "GetCommittees", &[]), &Step::Committees)]
    }

    fn meeting(&self, ground: &Ground, meeting: &Meeting) -> Option<Request> {
        Some(meeting_xml(ground.site, &meeting.id, &meeting.body, &meeting.url))
    }

    fn check(&self, request: &Request, page: &Page) -> Result<(), Unfit> {
        if let Some(reason) = address::is_dead_end(&page.final_url) {
            let is_login = address::page_name(&page.final_url) == "ielogon.aspx";
            let cause = if is_login { Cause::Login } else { Cause::WrongContent };
            return Err(Unfit { cause, reason: reason.to_owned() });
        }
        let failed = |wrong: Wrong| Unfit { cause: Cause::WrongContent, reason: wrong.to_string() };
        match step(request) {
            Some(Step::Committees) => moderngov::committees_xml(&page.text()).map(drop).map_err(failed),
            Some(Step::Meetings { .. }) => moderngov::meetings_xml(&page.text()).map(drop).map_err(failed),
            Some(Step::MeetingXml { .. }) => moderngov::meeting_xml(&page.text()).map(drop).map_err(failed),
            Some(Step::CommitteeList) => {
                moderngov::committee_list_page(&page.text()).map(drop).map_err(failed)
            }
            Some(Step::MeetingList { .. }) => {
                moderngov::meeting_list_page(&page.text()).map(drop).map_err(failed)
            }
            Some(Step::MeetingPage { .. }) => moderngov::meeting_page(&page.text()).map(drop).map_err(failed),
            Some(Step::Item) => moderngov::item_page(&page.text()).map(drop).map_err(failed),
            Some(Step::PrintedMinutes) | None => check_file(page),
        }
    }

    fn read(&self, ground: &Ground, request: &Request, answer: &Answer) -> Found {
        let Ground { site, scope, .. } = *ground;
        let Some(step) = step(request) else { return Found::default() };
        match answer {
            Ok(page) => Reader { site, scope, request, page }.read(step),
            Err(_) => elsewhere(site, request, step),
        }
    }

    fn key(&self, request: &Request) -> String {
        address::canonical(&request.url)
    }

    fn content(&self, _request: &Request, _page: &Page) -> Option<String> {
        None
    }
}

/// A file that is asked for must not be a page: sites answer with one where
/// the file is gone.
fn check_file(page: &Page) -> Result<(), Unfit> {
    let first = page.body.iter().find(|byte| !byte.is_ascii_whitespace());
    let reason = match first {
        None => "the file is empty",
        Some(b'<') => "a page came in place of the file",
        Some(_) => return Ok(()),
    };
    Err(Unfit { cause: Cause::WrongContent, reason: reason.to_owned() })
}

/// Where else to ask for what did not come.
fn elsewhere(site: &Site, request: &Request, step: Step) -> Found {
    let next = match step {
        Step::Committees => committee_list(site),
        Step::Meetings { committee, body } => meeting_list(site, &committee, &body),
        Step::MeetingXml { body, page } => match &request.meeting {
            Some(meeting) => Request { begins_meeting: false, ..meeting_page(meeting, &page, &body) },
            None => return Found::default(),
        },
        // Whatever else fails has no twin.
        _ => return Found::default(),
    };
    Found { requests: vec![next], is_replaced: true, ..Found::default() }
}

/// An answer that came, with all that its reading needs.
struct Reader<'a> {
    site: &'a Site,
    scope: &'a Scope,
    request: &'a Request,
    page: &'a Page,
}

impl Reader<'_> {
    fn read(&self, step: Step) -> Found {
        match step {
            Step::Committees => self.committees(),
            Step::CommitteeList => self.committee_list(),
            Step::Meetings { committee, body } => self.meetings(&committee, &body),
            Step::MeetingList { committee, body, way, turn, seen } => {
                self.meeting_list(&committee, &body, way, turn, seen)
            }
            Step::MeetingXml { body, page } => self.meeting_xml(&body, &page),
            Step::MeetingPage { body } => self.meeting_page(&body),
            Step::Item => Found::default(),
            Step::PrintedMinutes => {
                let is_draft = self.request.edition == Some(Edition::DraftMinutes);
                Found { has_minutes: Some(!is_draft), ..Found::default() }
            }
        }
    }

    fn committees(&self) -> Found {
        let committees = moderngov::committees_xml(&self.page.text()).unwrap_or_default();
        if committees.is_empty() {
            // The service is there and knows of nothing: the pages may.
            return Found { requests: vec![committee_list(self.site)], ..Found::default() };
        }
        let wanted = committees.iter().filter(|committee| self.scope.wants_body(&committee.name));
        let from = moderngov::to_service_date(self.scope.from.unwrap_or(EARLIEST));
        // The calendar beyond next year is empty, or not yet true. The end of a
        // year keeps the address the same from day to day.
        let next_year = self.scope.today.saturating_add(jiff::Span::new().years(1));
        let to = self.scope.to.unwrap_or_else(|| next_year.last_of_year());
        let to = moderngov::to_service_date(to);
        let requests = wanted.map(|committee| {
            let parameters =
                [("lCommitteeId", committee.id.as_str()), ("sFromDate", &from), ("sToDate", &to)];
            register(
                service(self.site, "GetMeetings", &parameters),
                &Step::Meetings { committee: committee.id.clone(), body: committee.name.clone() },
            )
        });
        Found { requests: requests.collect(), ..Found::default() }
    }

    fn committee_list(&self) -> Found {
        let committees = moderngov::committee_list_page(&self.page.text()).unwrap_or_default();
        let wanted = committees.iter().filter(|committee| self.scope.wants_body(&committee.name));
        let requests = wanted.map(|committee| meeting_list(self.site, &committee.id, &committee.name));
        Found { requests: requests.collect(), ..Found::default() }
    }

    fn meetings(&self, committee: &str, body: &str) -> Found {
        let entries = moderngov::meetings_xml(&self.page.text()).unwrap_or_default();
        if entries.is_empty() {
            // Some services list committees and none of their meetings.
            return Found { requests: vec![meeting_list(self.site, committee, body)], ..Found::default() };
        }
        let mut found = Found::default();
        // The service is known to pass over dates that it does not understand.
        for entry in entries.iter().filter(|entry| self.scope.wants_date(entry.date)) {
            let body = if entry.body.is_empty() { body } else { &entry.body };
            let page =
                format!("{}/ieListDocuments.aspx?CId={committee}&MId={}&Ver=4", self.site.root, entry.id);
            let meeting = self.entry(&entry.id, body, entry.date, entry.is_cancelled, false, &page);
            if self.is_worth_asking(&meeting) {
                found.requests.push(meeting_xml(self.site, &meeting.id, body, &page));
            }
            found.meetings.push(meeting);
        }
        found
    }

    fn meeting_list(
        &self,
        committee: &str,
        body: &str,
        way: Option<Way>,
        turn: u32,
        seen: Option<PartialDate>,
    ) -> Found {
        let list = moderngov::meeting_list_page(&self.page.text()).unwrap_or_default();
        let body = if body.is_empty() { &list.body } else { body };
        let mut found = Found::default();
        for link in list.meetings.iter().filter(|link| self.scope.wants_date(link.date)) {
            let Some(page) = self.follow(&link.link) else { continue };
            let meeting =
                self.entry(&link.id, body, link.date, link.is_cancelled, link.minutes_published, &page);
            if self.is_worth_asking(&meeting) {
                found.requests.push(meeting_page(&meeting.id, &page, body));
            }
            found.meetings.push(meeting);
        }
        let dates = || list.meetings.iter().filter_map(|link| link.date);
        let turns = [
            (Way::Earlier, list.earlier.as_deref(), dates().min()),
            (Way::Later, list.later.as_deref(), dates().max()),
        ];
        for (next_way, link, last) in turns {
            let Some(url) = link.and_then(|link| self.follow(link)) else { continue };
            if way.is_some_and(|way| way != next_way)
                || !self.goes_on(next_way, turn, last, seen.filter(|_| way.is_some()))
            {
                continue;
            }
            let step = Step::MeetingList {
                committee: committee.to_owned(),
                body: body.to_owned(),
                way: Some(next_way),
                turn: turn + 1,
                seen: last,
            };
            found.requests.push(register(url, &step));
        }
        found
    }

    /// Whether the next page that way can hold meetings that are asked for.
    fn goes_on(&self, way: Way, turn: u32, last: Option<PartialDate>, seen: Option<PartialDate>) -> bool {
        let Some(last) = last else { return false };
        if turn >= MAX_TURNS {
            return false;
        }
        match way {
            Way::Earlier => {
                let is_progress = seen.is_none_or(|seen| last < seen);
                is_progress && self.scope.from.is_none_or(|from| last.first_day() >= from)
            }
            Way::Later => {
                let is_progress = seen.is_none_or(|seen| last > seen);
                let to = self.scope.to.unwrap_or(self.scope.today).min(self.scope.today);
                is_progress && last.last_day() <= to
            }
        }
    }

    fn meeting_xml(&self, body: &str, page: &str) -> Found {
        let (Ok(meeting), Some(id)) = (moderngov::meeting_xml(&self.page.text()), &self.request.meeting)
        else {
            return Found::default();
        };
        let has_minutes = meeting.has_minutes();
        let entry =
            self.entry(&id.number, body, meeting.date, meeting.is_cancelled, meeting.minutes_published, page);
        let mut found = Found { has_minutes: Some(has_minutes), ..Found::default() };
        // Printed minutes are linked on the page only. Where the service says
        // that there are minutes and gives none, they are printed.
        let asks_page = match self.scope.documents {
            Documents::Minutes => meeting.minutes_published && !has_minutes,
            Documents::All => true,
            Documents::None => false,
        };
        if asks_page {
            let next = meeting_page(id, page, body);
            found.requests.push(Request { begins_meeting: false, ..next });
        }
        found.meetings.push(entry);
        found
    }

    fn meeting_page(&self, body: &str) -> Found {
        let (Ok(meeting), Some(id)) = (moderngov::meeting_page(&self.page.text()), &self.request.meeting)
        else {
            return Found::default();
        };
        let body = if meeting.body.is_empty() { body } else { &meeting.body };
        let entry = self.entry(
            &id.number,
            body,
            meeting.date,
            meeting.is_cancelled,
            meeting.minutes_published,
            &self.request.url,
        );
        let has_minutes = meeting.has_minutes();
        let mut found = Found { meetings: vec![entry], ..Found::default() };
        // The web service may have given the minutes already; a page without
        // them does not say that they are not there.
        found.has_minutes = has_minutes.then_some(!meeting.is_draft);
        for item in &meeting.items {
            let Some(url) = item.cuts.first().and_then(|cut| self.follow(&cut.link)) else { continue };
            found.requests.push(self.follow_up(id, url, DocumentRole::ItemPage, None, &Step::Item));
        }
        let wants_printed = !has_minutes || self.scope.documents == Documents::All;
        if let Some(file) = meeting.printed_minutes.filter(|_| wants_printed)
            && let Some(url) = self.follow(&file.link)
        {
            let edition = if file.is_draft { Edition::DraftMinutes } else { Edition::Minutes };
            let role = DocumentRole::PrintedMinutes;
            found.requests.push(self.follow_up(id, url, role, Some(edition), &Step::PrintedMinutes));
        }
        found
    }

    fn follow_up(
        &self,
        meeting: &MeetingId,
        url: String,
        role: DocumentRole,
        edition: Option<Edition>,
        step: &Step,
    ) -> Request {
        let meeting = Some(meeting.clone());
        Request { url, role, meeting, edition, begins_meeting: false, data: data(step) }
    }

    /// A link of this page as an address. Links are relative to the page, as
    /// installations lie below all sorts of paths.
    fn follow(&self, link: &str) -> Option<String> {
        address::resolve(&self.page.final_url, link)
    }

    fn entry(
        &self,
        number: &str,
        body: &str,
        date: Option<PartialDate>,
        is_cancelled: bool,
        minutes_published: bool,
        url: &str,
    ) -> Meeting {
        let has_passed = date.is_some_and(|date| date.last_day() < self.scope.today);
        let status = match (is_cancelled, has_passed || minutes_published) {
            (true, _) => MeetingStatus::Cancelled,
            (false, true) => MeetingStatus::Held,
            (false, false) => MeetingStatus::Scheduled,
        };
        let (council, council_name) = self.site.council_of(body);
        Meeting {
            id: MeetingId { site: self.site.id.clone(), number: number.to_owned() },
            council: council.to_owned(),
            council_name: council_name.to_owned(),
            body: body.to_owned(),
            date,
            status,
            // Minutes are written into the agenda.
            agenda_published: minutes_published,
            minutes_published,
            url: url.to_owned(),
        }
    }

    /// Whether documents of the meeting are asked for: one that is still to
    /// come or was called off has no minutes.
    fn is_worth_asking(&self, meeting: &Meeting) -> bool {
        let is_over = meeting.status == MeetingStatus::Held || meeting.date.is_none();
        self.scope.documents != Documents::None && is_over && meeting.status != MeetingStatus::Cancelled
    }
}

fn committee_list(site: &Site) -> Request {
    register(format!("{}/mgListCommittees.aspx?bcr=1", site.root), &Step::CommitteeList)
}

/// The year 0 is the blank choice of the page's own form.
fn meeting_list(site: &Site, committee: &str, body: &str) -> Request {
    let url = format!("{}/ieListMeetings.aspx?CommitteeId={committee}&Year=0", site.root);
    let (committee, body) = (committee.to_owned(), body.to_owned());
    register(url, &Step::MeetingList { committee, body, way: None, turn: 0, seen: None })
}

fn meeting_xml(site: &Site, meeting: &MeetingId, body: &str, page: &str) -> Request {
    Request {
        url: service(site, "GetMeeting", &[("lMeetingId", &meeting.number)]),
        role: DocumentRole::MeetingXml,
        meeting: Some(meeting.clone()),
        edition: None,
        begins_meeting: true,
        data: data(&Step::MeetingXml { body: body.to_owned(), page: page.to_owned() }),
    }
}

fn meeting_page(meeting: &MeetingId, url: &str, body: &str) -> Request {
    Request {
        url: url.to_owned(),
        role: DocumentRole::MeetingPage,
        meeting: Some(meeting.clone()),
        edition: None,
        begins_meeting: true,
        data: data(&Step::MeetingPage { body: body.to_owned() }),
    }
}

fn register(url: String, step: &Step) -> Request {
    Request {
        url,
        role: DocumentRole::Register,
        meeting: None,
        edition: None,
        begins_meeting: false,
        data: data(step),
    }
}

/// The address of a method of the web service.
fn service(site: &Site, method: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = format!("{}/mgWebService.asmx/{method}", site.root);
    for (at, (name, value)) in parameters.iter().enumerate() {
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&format!("{name}={value}"));
    }
    address
}

fn data(step: &Step) -> serde_json::Value {
    serde_json::to_value(step).expect("a step is made of text and numbers")
}

fn step(request: &Request) -> Option<Step> {
    serde_json::from_value(request.data.clone()).ok()
}
