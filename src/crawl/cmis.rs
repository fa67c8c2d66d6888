//! The adaptor for CMIS.
//!
//! The page with the calendar is found first, as every installation names it
//! otherwise. Its module then shows any month without scripts, so the months
//! are walked one by one: from the present one back, and on into the future. A
//! meeting's page lists its files, and the minutes are one of them.
//!
//! A month takes the system up to 40 seconds. So it is remembered where the
//! calendar is and which months have been read, and a month that can hardly
//! change any more is not asked for again.

use std::borrow::Cow;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::platform::{Data, Documents, Found, Ground, Learned, Page, Platform, Request, check_file};
use crate::corpus::{Cause, Unfit};
use crate::model::{Digest, DocumentRole, Edition, Meeting, MeetingId, MeetingStatus, PartialDate};
use crate::parse::cmis::{self, DocumentLink, Entry, Wrong, address};

/// The first month that is ever asked for: before any council published on the
/// web. A calendar that goes on for ever ends here.
const EARLIEST: Date = jiff::civil::date(1990, 1, 1);

/// Past how many months in a row without a meeting the calendar is taken to
/// begin, where no first day is asked for. A council's longest pauses (a summer
/// with an election, the spring of 2020) are shorter by far.
const EMPTY_MONTHS: u32 = 12;

/// The same before any meeting has been seen: an installation that a council
/// has left may have stood still for years.
const EMPTY_MONTHS_AT_FIRST: u32 = 60;

/// Past how many such months ahead it is taken to end: calendars are filled a
/// year at a time, and no recess is so long.
const EMPTY_MONTHS_AHEAD: u32 = 3;

/// Past how many months in a row that do not come the walk ends; the next crawl
/// takes it up again.
const FAILED_MONTHS: u32 = 6;

/// How many months, the present one among them, are recent: meetings are still
/// called off, moved and added there, so they are read by each crawl. An older
/// one is settled when it has been read once.
const RECENT_MONTHS: i32 = 4;

/// How long a settled month is left alone, in days. Then all are read once
/// more, as councils also enter what their older systems held.
const SETTLED_DAYS: i32 = 180;

/// Names of the page with the calendar, as councils use them.
const LANDINGS: [&str; 4] =
    ["Meetings.aspx", "MeetingsCalendar.aspx", "CalendarofMeetings.aspx", "MeetingCalendar.aspx"];

/// The number that the page has on most installations, as they were set up
/// alike: tried where nothing tells it. The calendar says whether it is right.
const USUAL_TAB: &str = "70";

/// How many pages of a site's own menu are tried besides.
const MENU_PAGES: usize = 5;

/// What is learned under this name: the address of the calendar.
const CALENDAR: &str = "calendar";

/// What is learned under this name: the months that were read, as
/// [`Walked::write`] writes them.
const WALKED: &str = "months";

/// What is learned under this name and a meeting's number: whether its page
/// says that it was called off. Calendars often do not.
const CALLED_OFF: &str = "called off";

/// CMIS.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cmis;

/// What a request asks for, as it waits in the frontier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
enum Step {
    /// A page that may show the calendar.
    Landing {
        /// Where else it may be.
        others: Vec<String>,
        /// Whether the site's own menu named these.
        of_menu: bool,
    },
    /// The site's first page, for its menu.
    FirstPage,
    /// The list of the present month, for the number of its page.
    List { landing: String, module: String },
    /// A month of the calendar.
    Month(Month),
    /// A meeting's page.
    Meeting {
        body: String,
        date: Option<PartialDate>,
        /// Whether its page is asked for where the calendar is now, as it is
        /// not where the register says.
        has_moved: bool,
    },
    /// A file of a meeting, and what it says of its minutes.
    File { has_minutes: Option<bool> },
}

/// A month, and how the walk came there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Month {
    /// The address of the calendar, without a month.
    calendar: String,
    /// Its first day.
    first_day: Date,
    way: Way,
    /// What is done if this address of the calendar does not serve; `None`
    /// where it did.
    unproven: Option<Unproven>,
    /// How many months before it on this way had no meeting.
    n_empty: u32,
    /// How many months before it on this way did not come.
    n_failed: u32,
    /// Whether a month on this way had a meeting.
    has_seen: bool,
    /// The newest settled month from which on all were read up to this one.
    newest: Option<Date>,
}

/// An address of the calendar that has not served in this crawl.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unproven {
    /// It was remembered from an earlier crawl.
    Remembered,
    /// A page leads there.
    Linked,
    /// It was guessed; these are others.
    Guessed(Vec<String>),
}

/// Towards earlier or later months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Earlier,
    Later,
}

impl Platform for Cmis {
    fn start(&self, ground: &Ground) -> Vec<Request> {
        match ground.learned.get(CALENDAR) {
            Some(calendar) => walk(ground, calendar, &Unproven::Remembered),
            None => vec![landing(ground)],
        }
    }

    fn meeting(&self, _ground: &Ground, meeting: &Meeting) -> Option<Request> {
        Some(meeting_page(&meeting.id, &meeting.url, &meeting.body, meeting.date))
    }

    fn read(&self, ground: &Ground, request: &Request, page: &Page) -> Result<Found, Unfit> {
        if address::is_login(&page.final_url) {
            return Err(Unfit { cause: Cause::Login, reason: "the site asks for a login".to_owned() });
        }
        let Some(step) = step(request) else {
            return check_file(request, page).map(|()| Found::default());
        };
        Reader { ground, request, page, text: page.text() }.read(step)
    }

    fn without(&self, ground: &Ground, request: &Request, unfit: &Unfit) -> Found {
        step(request).map(|step| elsewhere(ground, request, step, unfit)).unwrap_or_default()
    }

    fn keeps(&self, key: &str) -> Option<i32> {
        match key {
            // It is tried first, and looked for where it does not serve.
            CALENDAR => Some(SETTLED_DAYS),
            // It says itself when it was learned.
            WALKED => Some(SETTLED_DAYS),
            // Until its page says otherwise: a page is not read by each crawl,
            // and what the calendar does not tell undoes nothing.
            key if key.starts_with(CALLED_OFF) => None,
            _ => Some(super::LEARNED_DAYS),
        }
    }

    fn remarks(&self, ground: &Ground) -> Vec<String> {
        let end = walked(ground).filter(|walked| walked.is_begun && ground.scope.from.is_none());
        let said = |walked: Walked| {
            format!(
                "its calendar was read back to {}, the last {EMPTY_MONTHS} months of that without a meeting; \
                 earlier months were not asked for (`--from` asks for them)",
                walked.from.strftime("%B %Y")
            )
        };
        end.map(said).into_iter().collect()
    }

    fn key(&self, request: &Request) -> String {
        let address = address::canonical(&request.url);
        match (step(request), &request.meeting) {
            // The calendar that was remembered and did not serve may be found
            // to be the right one all the same: it is asked once more then.
            (Some(Step::Month(month)), _) if month.unproven == Some(Unproven::Remembered) => {
                format!("{address} as remembered")
            }
            (Some(Step::Meeting { has_moved: true, .. }), _) => format!("{address} moved"),
            // Meetings that are held jointly share their files.
            (Some(Step::File { .. }), Some(meeting)) => format!("{} {address}", meeting.number),
            _ => address,
        }
    }

    fn content(&self, request: &Request, page: &Page) -> Option<String> {
        if matches!(step(request), Some(Step::File { .. }) | None) {
            return None;
        }
        Some(Digest::of(cmis::content(&page.text())?.as_bytes()).0)
    }
}

fn cause(wrong: &Wrong) -> Cause {
    match wrong {
        Wrong::Challenge => Cause::Challenge,
        Wrong::Fault => Cause::Fault,
        Wrong::NotCmis | Wrong::OtherPage(_) | Wrong::Hostile(_) => Cause::WrongContent,
    }
}

/// What follows when something did not come.
fn elsewhere(ground: &Ground, request: &Request, step: Step, unfit: &Unfit) -> Found {
    // Where the site says no, or nothing, it is not asked for the same under
    // other names.
    let is_elsewhere =
        matches!(unfit.cause, Cause::Missing | Cause::Withdrawn | Cause::WrongContent | Cause::Fault);
    // A site that fails is not asked for one page after the other.
    let may_be_elsewhere = is_elsewhere && unfit.cause != Cause::Fault;
    let replaced = |request| Found { requests: vec![request], is_replaced: true, ..Found::default() };
    match step {
        Step::Landing { mut others, of_menu } if may_be_elsewhere && !others.is_empty() => {
            let next = others.remove(0);
            replaced(register(next, &Step::Landing { others, of_menu }))
        }
        Step::Landing { of_menu: false, .. } if may_be_elsewhere => {
            replaced(register(format!("{}/", ground.site.root), &Step::FirstPage))
        }
        Step::List { landing, module } if is_elsewhere => {
            let requests = guess(ground, &landing, &module);
            Found { is_replaced: !requests.is_empty(), requests, ..Found::default() }
        }
        Step::Month(Month { unproven: Some(Unproven::Remembered), .. }) if is_elsewhere => {
            replaced(landing(ground))
        }
        Step::Month(Month { unproven: Some(Unproven::Guessed(others)), .. }) if is_elsewhere => {
            let requests = try_next(ground, others);
            Found { is_replaced: !requests.is_empty(), requests, ..Found::default() }
        }
        Step::Meeting { body, date, has_moved: false } if is_elsewhere => {
            let next = moved(ground, request, body, date);
            next.map(replaced).unwrap_or_default()
        }
        // A month that is lost does not end the walk.
        Step::Month(month) if month.n_failed + 1 < FAILED_MONTHS => {
            let next = Month { n_failed: month.n_failed + 1, newest: None, ..month };
            let requests = month_beyond(ground, &next, walked(ground)).into_iter().collect();
            Found { requests, ..Found::default() }
        }
        _ => Found::default(),
    }
}

/// The request for a meeting's page where the calendar is now; `None` where
/// that is where it was asked for.
fn moved(ground: &Ground, request: &Request, body: String, date: Option<PartialDate>) -> Option<Request> {
    let meeting = request.meeting.as_ref()?;
    let calendar = ground.learned.get(CALENDAR)?;
    let url = address::meeting(calendar, &meeting.number)?;
    let place = |url: &str| (address::tab(url), address::module(url));
    let has_moved = place(&url) != place(&request.url);
    has_moved.then(|| Request {
        begins_meeting: false,
        data: Data::of(&Step::Meeting { body, date, has_moved }),
        url,
        ..request.clone()
    })
}

/// The walk over a calendar of which only the module is known.
fn guess(ground: &Ground, landing: &str, module: &str) -> Vec<Request> {
    let on_usual = address::calendar_on(landing, USUAL_TAB, module);
    let by_query = address::calendar_by_query(landing, module);
    try_next(ground, on_usual.into_iter().chain(by_query).collect())
}

fn try_next(ground: &Ground, mut calendars: Vec<String>) -> Vec<Request> {
    if calendars.is_empty() {
        return Vec::new();
    }
    let calendar = calendars.remove(0);
    walk(ground, &calendar, &Unproven::Guessed(calendars))
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
    fn read(&self, step: Step) -> Result<Found, Unfit> {
        let read = match step {
            Step::Landing { .. } => self.landing(),
            Step::FirstPage => self.first_page(),
            Step::List { landing, module } => self.list(&landing, &module),
            Step::Month(month) => self.month(month),
            Step::Meeting { body, date, .. } => self.meeting(&body, date),
            Step::File { has_minutes } => {
                check_file(self.request, self.page)?;
                Ok(Found { has_minutes, ..Found::default() })
            }
        };
        read.map_err(|wrong| Unfit { cause: cause(&wrong), reason: wrong.to_string() })
    }

    fn landing(&self) -> Result<Found, Wrong> {
        let url = self.page.final_url.as_str();
        let landing = cmis::landing_page(&self.text, url)?;
        if let Some(calendar) = landing.calendar {
            return Ok(self.found_calendar(&calendar));
        }
        let Some(list) = address::list(url, &landing.module) else { return Ok(Found::default()) };
        let step = Step::List { landing: url.to_owned(), module: landing.module };
        Ok(Found { requests: vec![register(list, &step)], ..Found::default() })
    }

    fn first_page(&self) -> Result<Found, Wrong> {
        let mut pages = self.menu();
        if pages.is_empty() {
            return self.landing();
        }
        let next = pages.remove(0);
        let step = Step::Landing { others: pages, of_menu: true };
        Ok(Found { requests: vec![register(next, &step)], ..Found::default() })
    }

    /// The pages that the site's menu leads to and that may be the calendar's,
    /// but for those that were tried.
    fn menu(&self) -> Vec<String> {
        let tried: Vec<String> =
            LANDINGS.iter().filter_map(|name| address::resolve(&self.request.url, name)).collect();
        let mut pages = cmis::menu_links(&self.text, &self.page.final_url);
        pages.retain(|link| tried.iter().all(|other| !address::same(link, other)));
        pages.truncate(MENU_PAGES);
        pages
    }

    fn list(&self, landing: &str, module: &str) -> Result<Found, Wrong> {
        let list = cmis::list_page(&self.text, &self.page.final_url)?;
        if let Some(calendar) = list.calendar {
            return Ok(self.found_calendar(&calendar));
        }
        // A month without meetings has no link that tells the number of the page.
        let mut found = Found { requests: guess(self.ground, landing, module), ..Found::default() };
        self.enter(&list.entries, &mut found);
        Ok(found)
    }

    fn found_calendar(&self, calendar: &str) -> Found {
        let learned = Learned::from([(CALENDAR.to_owned(), calendar.to_owned())]);
        Found { requests: walk(self.ground, calendar, &Unproven::Linked), learned, ..Found::default() }
    }

    fn month(&self, month: Month) -> Result<Found, Wrong> {
        let entries = cmis::month_page(&self.text, &self.page.final_url, month.first_day)?;
        let mut found = Found::default();
        self.enter(&entries, &mut found);
        let n_empty = if entries.is_empty() { month.n_empty + 1 } else { 0 };
        let has_seen = month.has_seen || !entries.is_empty();
        let mut this = Month { n_empty, n_failed: 0, has_seen, unproven: None, ..month };
        if this.newest.is_none() && is_settled(self.ground, this.first_day) {
            this.newest = Some(this.first_day);
        }
        let mut walked = walked(self.ground);
        if let Some(joined) = self.joined(&this, walked) {
            found.learned.insert(WALKED.to_owned(), joined.write());
            walked = Some(joined);
        }
        if self.ground.learned.get(CALENDAR) != Some(&this.calendar) {
            found.learned.insert(CALENDAR.to_owned(), this.calendar.clone());
        }
        found.requests.extend(month_beyond(self.ground, &this, walked));
        Ok(found)
    }

    /// The months known to be read after this one, with those known before;
    /// `None` where it adds nothing to them.
    fn joined(&self, month: &Month, before: Option<Walked>) -> Option<Walked> {
        let scope = self.ground.scope;
        let is_whole = scope.body.is_empty()
            && scope.from.is_none_or(|from| from <= month.first_day)
            && scope.to.is_none_or(|to| month.first_day.last_of_month() <= to);
        let newest = month.newest.filter(|_| month.way == Way::Earlier && is_whole)?;
        let is_begun = scope.from.is_none() && month.has_seen && month.n_empty >= EMPTY_MONTHS;
        let here = Walked { from: month.first_day, to: newest, since: scope.today, is_begun };
        match before {
            None => Some(here),
            Some(before) => before.join(here),
        }
    }

    /// Enters meetings into the register, and asks for those that were held.
    fn enter(&self, entries: &[Entry], found: &mut Found) {
        let scope = self.ground.scope;
        for entry in
            entries.iter().filter(|entry| scope.wants_date(entry.date) && scope.wants_body(&entry.body))
        {
            let mut meeting = self.entry(&entry.id, &entry.url, &entry.body, entry.date, entry.is_cancelled);
            if self.is_worth_asking(&meeting) {
                found.requests.push(meeting_page(&meeting.id, &entry.url, &entry.body, entry.date));
            }
            if self.was_called_off(&entry.id) {
                meeting.status = MeetingStatus::Cancelled;
            }
            found.meetings.push(meeting);
        }
    }

    fn meeting(&self, body: &str, date: Option<PartialDate>) -> Result<Found, Wrong> {
        let page = cmis::meeting_page(&self.text)?;
        let Some(id) = &self.request.meeting else { return Ok(Found::default()) };
        // The calendar's name of the body is kept: the register would change
        // with every crawl if the page wrote it otherwise.
        let body = if body.is_empty() { &page.body } else { body };
        let date = page.date.or(date);
        let files: Vec<(&DocumentLink, Edition)> =
            page.files.iter().map(|file| (file, cmis::edition(file, body, date))).collect();
        let mut entry = self.entry(&id.number, &self.request.url, body, date, page.is_cancelled);
        entry.minutes_published = page.has_minutes() || files.iter().any(|(_, edition)| edition.is_minutes());
        let is_agenda = |edition: Edition| matches!(edition, Edition::Agenda | Edition::Pack);
        entry.agenda_published =
            !page.items.is_empty() || files.iter().any(|(_, edition)| is_agenda(*edition));
        if entry.minutes_published && entry.status == MeetingStatus::Scheduled {
            entry.status = MeetingStatus::Held;
        }
        // Minutes on the page are known by their numbers alone, so those in
        // files are asked for all the same.
        let requests = self.files(id, &files);
        let has_minutes = page.has_minutes().then_some(true);
        let mut learned = Learned::new();
        if page.is_cancelled != self.was_called_off(&id.number) {
            let said = if page.is_cancelled { "yes" } else { "no" };
            learned.insert(format!("{CALLED_OFF} {}", id.number), said.to_owned());
        }
        Ok(Found { meetings: vec![entry], requests, has_minutes, learned, ..Found::default() })
    }

    /// Whether the meeting's page has said so.
    fn was_called_off(&self, number: &str) -> bool {
        self.ground.learned.get(&format!("{CALLED_OFF} {number}")).is_some_and(|said| said == "yes")
    }

    /// Requests for the files that are asked for: minutes, and of drafts those
    /// that no approved minutes replace; or all.
    fn files(&self, meeting: &MeetingId, files: &[(&DocumentLink, Edition)]) -> Vec<Request> {
        let documents = self.ground.scope.documents;
        let has_final = files.iter().any(|(_, edition)| *edition == Edition::Minutes);
        let mut requests = Vec::new();
        for (file, edition) in files {
            let is_wanted = match documents {
                Documents::None => false,
                Documents::All => true,
                Documents::Minutes => {
                    *edition == Edition::Minutes || (*edition == Edition::DraftMinutes && !has_final)
                }
            };
            let Some(url) = address::resolve(&self.page.final_url, &file.link).filter(|_| is_wanted) else {
                continue;
            };
            let has_minutes = match edition {
                Edition::Minutes => Some(true),
                Edition::DraftMinutes if !has_final => Some(false),
                _ => None,
            };
            let role = match edition.is_minutes() {
                true => DocumentRole::PrintedMinutes,
                false => DocumentRole::Attachment,
            };
            requests.push(Request {
                url,
                role,
                meeting: Some(meeting.clone()),
                edition: Some(*edition),
                begins_meeting: false,
                data: Data::of(&Step::File { has_minutes }),
            });
        }
        requests
    }

    fn entry(
        &self,
        number: &str,
        url: &str,
        body: &str,
        date: Option<PartialDate>,
        is_cancelled: bool,
    ) -> Meeting {
        let site = self.ground.site;
        let has_passed = date.is_some_and(|date| date.last_day() < self.ground.scope.today);
        // The site's own word for a meeting to come often stands for years.
        let status = match (is_cancelled, has_passed) {
            (true, _) => MeetingStatus::Cancelled,
            (false, true) => MeetingStatus::Held,
            (false, false) => MeetingStatus::Scheduled,
        };
        let (council, council_name) = site.council_of(body);
        Meeting {
            id: MeetingId { site: site.id.clone(), number: number.to_owned() },
            council: council.to_owned(),
            council_name: council_name.to_owned(),
            body: body.to_owned(),
            date,
            status,
            agenda_published: false,
            minutes_published: false,
            url: url.to_owned(),
        }
    }

    /// Whether the meeting's page is asked for: one that is still to come or
    /// was called off has no minutes.
    fn is_worth_asking(&self, meeting: &Meeting) -> bool {
        let is_over = meeting.status == MeetingStatus::Held || meeting.date.is_none();
        self.ground.scope.documents != Documents::None
            && is_over
            && meeting.status != MeetingStatus::Cancelled
    }
}

/// The months that have been read without a gap, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Walked {
    /// The first day of the earliest.
    from: Date,
    /// The first day of the latest.
    to: Date,
    /// The day on which the first of them was read.
    since: Date,
    /// Whether the calendar is empty before them.
    is_begun: bool,
}

impl Walked {
    fn write(self) -> String {
        let begun = if self.is_begun { " all" } else { "" };
        format!("{} {} {}{begun}", self.from, self.to, self.since)
    }

    fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(' ').collect();
        let day = |at: usize| parts.get(at)?.parse::<Date>().ok();
        Some(Self { from: day(0)?, to: day(1)?, since: day(2)?, is_begun: parts.get(3) == Some(&"all") })
    }

    /// Both, where no month is between them.
    fn join(self, other: Self) -> Option<Self> {
        let touches = other.from <= next(self.to) && self.from <= next(other.to);
        touches.then(|| Self {
            from: self.from.min(other.from),
            to: self.to.max(other.to),
            since: self.since.min(other.since),
            is_begun: self.is_begun || other.is_begun,
        })
    }

    fn holds(self, month: Date) -> bool {
        (self.from..=self.to).contains(&month)
    }
}

/// The settled months that an earlier crawl has read, unless that was too long
/// ago.
fn walked(ground: &Ground) -> Option<Walked> {
    let oldest = ground.scope.today.saturating_sub(Span::new().days(i64::from(SETTLED_DAYS)));
    let walked = Walked::read(ground.learned.get(WALKED)?)?;
    (walked.since >= oldest && walked.from <= walked.to).then_some(walked)
}

/// Whether a month can hardly change any more.
fn is_settled(ground: &Ground, month: Date) -> bool {
    month <= ground.scope.today.first_of_month().saturating_sub(Span::new().months(RECENT_MONTHS))
}

fn next(month: Date) -> Date {
    month.saturating_add(Span::new().months(1)).first_of_month()
}

fn previous(month: Date) -> Date {
    month.saturating_sub(Span::new().months(1)).first_of_month()
}

/// The first requests of the walk over the months: back from the present one,
/// and on from the one after it.
fn walk(ground: &Ground, calendar: &str, unproven: &Unproven) -> Vec<Request> {
    let this = ground.scope.today.first_of_month();
    let begin = |first_day: Date, way: Way| Month {
        calendar: calendar.to_owned(),
        first_day,
        way,
        unproven: Some(unproven.clone()),
        n_empty: 0,
        n_failed: 0,
        has_seen: false,
        newest: None,
    };
    let back = begin(this.min(last_month(ground)), Way::Earlier);
    let on = begin(next(this).max(first_month(ground)), Way::Later);
    [back, on].into_iter().filter_map(|month| month_from(ground, month, walked(ground))).collect()
}

/// The request for the month after this one on its way; `None` where the walk
/// ends.
fn month_beyond(ground: &Ground, month: &Month, walked: Option<Walked>) -> Option<Request> {
    let (most_empty, first_day) = match month.way {
        Way::Earlier if month.has_seen => (EMPTY_MONTHS, previous(month.first_day)),
        Way::Earlier => (EMPTY_MONTHS_AT_FIRST, previous(month.first_day)),
        Way::Later => (EMPTY_MONTHS_AHEAD, next(month.first_day)),
    };
    let is_bounded = match month.way {
        Way::Earlier => ground.scope.from.is_some(),
        Way::Later => ground.scope.to.is_some(),
    };
    if month.n_empty >= most_empty && !is_bounded {
        return None;
    }
    month_from(ground, Month { first_day, ..month.clone() }, walked)
}

/// The request for this month, or for the next on its way that has not been
/// read; `None` where there is none in the scope.
fn month_from(ground: &Ground, mut month: Month, walked: Option<Walked>) -> Option<Request> {
    if let Some(walked) = walked.filter(|walked| month.way == Way::Earlier && walked.holds(month.first_day)) {
        if walked.is_begun {
            return None;
        }
        month = Month { first_day: previous(walked.from), n_empty: 0, has_seen: true, ..month };
    }
    let is_asked = (first_month(ground)..=last_month(ground)).contains(&month.first_day);
    is_asked.then(|| register(address::month(&month.calendar, month.first_day), &Step::Month(month)))
}

/// The first month that the scope asks for.
fn first_month(ground: &Ground) -> Date {
    ground.scope.from.unwrap_or(EARLIEST).max(EARLIEST).first_of_month()
}

/// The last month that the scope asks for: beyond next year a calendar is
/// empty, or not yet true.
fn last_month(ground: &Ground) -> Date {
    let next_year = ground.scope.today.saturating_add(Span::new().years(1)).last_of_year();
    ground.scope.to.unwrap_or(next_year).min(next_year).first_of_month()
}

fn landing(ground: &Ground) -> Request {
    let mut pages = LANDINGS.iter().map(|name| format!("{}/{name}", ground.site.root));
    let first = pages.next().unwrap_or_default();
    register(first, &Step::Landing { others: pages.collect(), of_menu: false })
}

fn meeting_page(meeting: &MeetingId, url: &str, body: &str, date: Option<PartialDate>) -> Request {
    Request {
        url: url.to_owned(),
        role: DocumentRole::MeetingPage,
        meeting: Some(meeting.clone()),
        edition: None,
        begins_meeting: true,
        data: Data::of(&Step::Meeting { body: body.to_owned(), date, has_moved: false }),
    }
}

fn register(url: String, step: &Step) -> Request {
    Request {
        url,
        role: DocumentRole::Register,
        meeting: None,
        edition: None,
        begins_meeting: false,
        data: Data::of(step),
    }
}

fn step(request: &Request) -> Option<Step> {
    request.data.step()
}
