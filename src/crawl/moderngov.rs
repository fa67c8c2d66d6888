//! The adaptor for Civica ModernGov.
//!
//! The web service comes first: it gives the minutes whole, lists former
//! committees, and often answers where the pages are blocked. What it does not
//! give is asked of the pages, step by step, so one committee or one meeting
//! that fails there is still found here. Which way works, a site teaches
//! (`lessons`).

mod ask;
mod lessons;
mod lists;
mod meeting;
mod shown;

use std::borrow::Cow;

use super::platform::{Documents, Found, Ground, Page, Platform, Request, Scope, challenged, check_file};
use crate::corpus::{Cause, Unfit};
use crate::model::{DocumentRole, Edition, Meeting, MeetingId, MeetingStatus, PartialDate, Site};
use crate::parse::challenge;
use crate::parse::moderngov::{self, DocumentLink, Wrong, address};
use ask::{
    Known, Step, all_meetings, attachments, committee_list, committees, is_welsh, meeting_list, meeting_page,
    meeting_xml, since, step, way_of,
};
use lessons::{Given, Lessons};
use lists::{ListPlace, MAX_TURNS};

/// Civica ModernGov.
///
/// A site whose root asks for Welsh (`…/?LLL=1`) is asked for its pages in
/// Welsh, and not for its service, which has one language.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModernGov;

impl Platform for ModernGov {
    fn start(&self, ground: &Ground) -> Vec<Request> {
        let lessons = Lessons(ground.learned);
        if is_welsh(ground.site) || lessons.service() == Some(false) {
            return vec![committee_list(ground.site, false)];
        }
        let (listed, all) = (lessons.listed(ground.scope), lessons.all_committees());
        let (Some(listed), Some(all)) = (listed, all) else { return vec![committees(ground.site, false)] };
        vec![all_meetings(ground, all, since(listed))]
    }

    fn meeting(&self, ground: &Ground, meeting: &Meeting) -> Option<Request> {
        let known = Known { body: meeting.body.clone(), date: meeting.date, page: meeting.url.clone() };
        let has_service = Lessons(ground.learned).service() != Some(false) && !is_welsh(ground.site);
        Some(match has_service {
            true => meeting_xml(ground.site, &meeting.id, known),
            false => meeting_page(&meeting.id, known),
        })
    }

    fn keeps(&self, key: &str) -> Option<i32> {
        Some(if lessons::is_of_the_day(key) { 0 } else { super::LEARNED_DAYS })
    }

    fn read(&self, ground: &Ground, request: &Request, page: &Page) -> Result<Found, Unfit> {
        if let Some(unfit) = dead_end(request, page) {
            return Err(unfit);
        }
        let Some(step) = step(request) else {
            return check_file(request, page).map(|()| Found::default());
        };
        let reader = Reader { ground, request, page, text: page.text() };
        let mut found = reader.read(&step)?;
        if let Some(way) = way_of(&step) {
            found.learned.extend(lessons::given(Lessons(ground.learned), way));
        }
        Ok(found)
    }

    fn without(&self, ground: &Ground, request: &Request, unfit: &Unfit) -> Found {
        let Some(step) = step(request) else { return Found::default() };
        let mut found = elsewhere(ground, request, &step, unfit);
        if let Some(way) = way_of(&step) {
            found.learned.extend(lessons::refused(Lessons(ground.learned), way, unfit.cause));
        }
        found
    }

    fn key(&self, request: &Request) -> String {
        let address = address::canonical(&request.url);
        // A report may hang on the items of several meetings, and a joint
        // meeting's minutes on those of each committee: they belong to each.
        match (request.role, &request.meeting) {
            (
                DocumentRole::Attachment | DocumentRole::DecisionPage | DocumentRole::PrintedMinutes,
                Some(meeting),
            ) => {
                format!("{address} {}", meeting.number)
            }
            _ => address,
        }
    }

    fn remarks(&self, ground: &Ground) -> Vec<String> {
        let said = |body: &str| {
            format!("{body}: {MAX_TURNS} pages of its meetings were turned, and what more is linked was not")
        };
        Lessons(ground.learned).endless().map(said).collect()
    }

    fn content(&self, request: &Request, page: &Page) -> Option<String> {
        let is_page = step(request).and_then(|step| way_of(&step)) == Some(Given::Pages);
        if is_page { moderngov::content(&page.text()) } else { None }
    }
}

/// That the site led to its error page or its login, if it did.
fn dead_end(request: &Request, page: &Page) -> Option<Unfit> {
    let reason = address::is_dead_end(&page.final_url)?;
    let is_login = address::page_name(&page.final_url) == "ielogon.aspx";
    // What has an address of its own and leads to the error page is gone; a list
    // that does so is out of order.
    let cause = match request.role {
        _ if is_login => Cause::Login,
        DocumentRole::Register => Cause::WrongContent,
        _ => Cause::Missing,
    };
    Some(Unfit { cause, reason: reason.to_owned() })
}

/// What came instead: a test for browsers, or something else.
fn unfit(wrong: &Wrong, text: &str) -> Unfit {
    match challenge(text) {
        Some(sender) => challenged(sender),
        None => Unfit { cause: Cause::WrongContent, reason: wrong.to_string() },
    }
}

/// Where else to ask for what did not come, and what its absence teaches.
fn elsewhere(ground: &Ground, request: &Request, step: &Step, unfit: &Unfit) -> Found {
    let site = ground.site;
    let blocked = Lessons(ground.learned).is_blocked(Given::Pages);
    let mut found = Found::default();
    match (step, &request.meeting) {
        (Step::Committees { instead: false }, _) => {
            found.requests.push(committee_list(site, true));
            if lessons::is_off(unfit.cause) {
                found.learned = lessons::service_is(false);
            }
        }
        (Step::CommitteeList { instead: false }, _) if !is_welsh(site) => {
            found.requests.push(committees(site, true));
        }
        (Step::Meetings { committee, body }, _) => {
            found.learned = lessons::walk_is(false);
            if !blocked {
                found.requests.push(meeting_list(site, committee, body, false));
            }
        }
        (Step::AllMeetings { is_check, .. }, _) => {
            // The walk has listed what this was to check.
            found.is_replaced = *is_check;
            // What takes too long will do so again.
            if lessons::is_off(unfit.cause) || unfit.cause == Cause::TimeOut {
                found.learned = lessons::all_committees_are(None);
            }
            if !is_check {
                found.requests.push(committees(site, false));
            }
        }
        (Step::MeetingList { after_none: true, way: None, .. }, _)
            if matches!(unfit.cause, Cause::Missing | Cause::WrongContent) =>
        {
            // The service knows of no meetings, and no page says otherwise: so it
            // is with former committees.
            found.is_replaced = true;
        }
        (Step::MeetingList { .. }, _) => found.learned = lessons::is_not_listed(ground.scope),
        (Step::MeetingXml { known }, Some(meeting)) if !blocked => {
            let page = meeting_page(meeting, known.clone());
            found.requests.push(Request { begins_meeting: false, ..page });
        }
        (Step::MeetingPage { files, .. }, Some(meeting)) => {
            // The page would have told of more than these: it stays a loss.
            let address_of = |file: &DocumentLink| address::resolve(&request.url, &file.link);
            found.requests = attachments(ground, meeting, files, address_of);
            return found;
        }
        // Whatever else fails has no twin.
        _ => {}
    }
    found.is_replaced |= !found.requests.is_empty();
    found
}

/// A meeting as some document of the site tells of it.
struct Listed<'a> {
    number: &'a str,
    body: &'a str,
    date: Option<PartialDate>,
    is_cancelled: bool,
    agenda_published: bool,
    minutes_published: bool,
    page: &'a str,
}

/// An answer that came, with all that its reading needs.
struct Reader<'a> {
    ground: &'a Ground<'a>,
    request: &'a Request,
    page: &'a Page,
    /// The page's text.
    text: Cow<'a, str>,
}

impl Reader<'_> {
    fn read(&self, step: &Step) -> Result<Found, Unfit> {
        let read = match step {
            Step::Committees { .. } => self.committees(),
            Step::CommitteeList { .. } => self.committee_list(),
            Step::Meetings { committee, body } => self.meetings(committee, body),
            Step::AllMeetings { committee, is_check } => self.all_meetings(committee, *is_check),
            Step::MeetingList { committee, body, after_none, way, turn, seen } => {
                let place = ListPlace { after_none: *after_none, way: *way, turn: *turn, seen: *seen };
                self.meeting_list(committee, body, &place)
            }
            Step::MeetingXml { known } => self.meeting_xml(known),
            Step::MeetingPage { known, .. } => self.meeting_page(known),
            Step::Item => moderngov::item_page(&self.text).map(|_| Found::default()),
            Step::Decision { item } => self.decision(item),
            Step::Issue { issue } => self.issue(issue),
            Step::PrintedMinutes => {
                check_file(self.request, self.page)?;
                let is_draft = self.request.edition == Some(Edition::DraftMinutes);
                Ok(Found { has_minutes: Some(!is_draft), ..Found::default() })
            }
            Step::Attachment => {
                check_file(self.request, self.page)?;
                Ok(Found::default())
            }
        };
        read.map_err(|wrong| unfit(&wrong, &self.text))
    }

    fn site(&self) -> &Site {
        self.ground.site
    }

    fn scope(&self) -> &Scope {
        self.ground.scope
    }

    fn lessons(&self) -> Lessons<'_> {
        Lessons(self.ground.learned)
    }

    /// A link of this page as an address. Links are relative to the page, as
    /// installations lie below all sorts of paths.
    fn follow(&self, link: &str) -> Option<String> {
        let url = address::resolve(&self.page.final_url, link)?;
        Some(if is_welsh(self.site()) { address::in_welsh(&url) } else { url })
    }

    fn meeting(&self, listed: &Listed) -> Meeting {
        let has_passed = listed.date.is_some_and(|date| date.last_day() < self.scope().today);
        let status = match (listed.is_cancelled, has_passed || listed.minutes_published) {
            (true, _) => MeetingStatus::Cancelled,
            (false, true) => MeetingStatus::Held,
            (false, false) => MeetingStatus::Scheduled,
        };
        let (council, council_name) = self.site().council_of(listed.body);
        Meeting {
            id: MeetingId { site: self.site().id.clone(), number: listed.number.to_owned() },
            council: council.to_owned(),
            council_name: council_name.to_owned(),
            body: listed.body.to_owned(),
            date: listed.date,
            status,
            agenda_published: listed.agenda_published,
            minutes_published: listed.minutes_published,
            url: listed.page.to_owned(),
        }
    }

    /// Whether documents of the meeting are asked for: one that is still to
    /// come or was called off has no minutes.
    fn is_worth_asking(&self, meeting: &Meeting) -> bool {
        let is_over = meeting.status == MeetingStatus::Held || meeting.date.is_none();
        self.scope().documents != Documents::None && is_over && meeting.status != MeetingStatus::Cancelled
    }
}
