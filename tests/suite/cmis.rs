//! CMIS: the real pages that we have, read by eye; and a server on loopback that
//! answers as CMIS does, crawled whole.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::{Date, date};
use scrutineer::corpus::{Cause, Corpus, Home};
use scrutineer::crawl::{self, Cancel, Documents, Scope, Settings, Summary};
use scrutineer::model::{DocumentRole, Edition, Meeting, MeetingStatus, Platform, Site, SiteId};
use scrutineer::parse::cmis::{self, Wrong};
use scrutineer::sample::data::Stage;
use scrutineer::sample::{Sample, pdf};

use super::support::{rows, scrutineer, shared};

// ------------------------------------------------------------- real pages

fn fixture(path: &str) -> Option<String> {
    std::fs::read_to_string(shared(&format!("fixtures/cmis/{path}"))?).ok()
}

const BIRMINGHAM: &str = "https://birmingham.cmis.uk.com/birmingham";

/// Number, date, time, body and venue of meetings.
fn said(entries: &[cmis::Entry]) -> Vec<[String; 5]> {
    let date = |entry: &cmis::Entry| entry.date.map(|date| date.to_string()).unwrap_or_default();
    entries
        .iter()
        .map(|entry| {
            assert!(!entry.is_cancelled);
            [entry.id.clone(), date(entry), entry.time.clone(), entry.body.clone(), entry.venue.clone()]
        })
        .collect()
}

#[test]
fn birminghams_month_is_read() {
    let Some(page) = fixture("birmingham/calendar_month_nojava.html") else { return };
    let at = |day: &str| {
        format!("{BIRMINGHAM}/Meetings/tabid/70/ctl/MeetingCalendarPublicNoJava/mid/397/Date/{day}")
    };
    let url = format!("{}/Default.aspx", at("2026-06-01"));
    let entries = cmis::month_page(&page, &url, date(2026, 6, 1)).unwrap();
    assert_eq!(
        said(&entries),
        [
            ["15028", "2026-06-08", "10:00", "Licensing Sub-Committee A", ""],
            ["15029", "2026-06-09", "10:00", "Licensing Sub-Committee B", ""],
            ["15030", "2026-06-09", "12:00", "Licensing Sub-Committee B", ""],
            ["15099", "2026-06-30", "14:00", "Planning Committee", ""],
        ]
    );
    // The same page in place of any other month is noticed.
    for other in [date(2026, 5, 1), date(2026, 7, 1), date(2025, 6, 1), date(2027, 6, 1)] {
        assert!(matches!(cmis::month_page(&page, &url, other), Err(Wrong::OtherPage(_))), "{other}");
    }
}

#[test]
fn birminghams_list_of_the_month_is_read() {
    let Some(page) = fixture("birmingham/meeting_list_view.html") else { return };
    let list =
        cmis::list_page(&page, &format!("{BIRMINGHAM}/Meetings.aspx?ctl=MeetingCalendarListView&mid=397"))
            .unwrap();
    assert_eq!(
        said(&list.entries),
        [
            ["15042", "2026-07-09", "11:00", "Planning Committee", "Committee Rooms 3 & 4"],
            ["15115", "2026-07-23", "14:00", "Standards Committee", "Committee Room 2"],
        ]
    );
    assert_eq!(
        list.calendar.unwrap(),
        format!("{BIRMINGHAM}/Meetings/tabid/70/ctl/MeetingCalendarPublicNoJava/mid/397/Date")
    );
}

#[test]
fn birminghams_landing_page_tells_its_module_and_not_its_number() {
    let Some(page) = fixture("birmingham/meetings_calendar_landing.html") else { return };
    let landing = cmis::landing_page(&page, &format!("{BIRMINGHAM}/Meetings.aspx")).unwrap();
    assert_eq!((landing.module.as_str(), landing.calendar), ("397", None));
}

#[test]
fn birminghams_meeting_is_read_by_its_labels() {
    let Some(page) = fixture("birmingham/meeting_detail_summary.html") else { return };
    let meeting = cmis::meeting_page(&page).unwrap();
    assert_eq!(meeting.body, "Licensing Sub-Committee A");
    assert_eq!((meeting.date.unwrap().to_string().as_str(), meeting.time.as_str()), ("2026-08-03", "10:00"));
    assert_eq!((meeting.status.as_str(), meeting.venue.as_str()), ("Scheduled", "On-line meeting"));
    assert!(!meeting.is_cancelled);
    let titles: Vec<&str> = meeting.files.iter().map(|file| file.title.as_str()).collect();
    assert_eq!(titles, ["Minutes of the previous meeting"]);
    assert_eq!(cmis::edition(&meeting.files[0], &meeting.body, meeting.date), Edition::Report);
    assert!(meeting.items.is_empty() && meeting.attendance.present.is_empty());
}

#[test]
fn birminghams_files_are_told_apart_by_the_day_of_the_meeting() {
    let Some(page) = fixture("birmingham/meeting_detail_documents.html") else { return };
    let meeting = cmis::meeting_page(&page).unwrap();
    let files: Vec<[&str; 3]> = meeting
        .files
        .iter()
        .map(|file| [file.title.as_str(), file.size.as_str(), file.link.as_str()])
        .collect();
    assert_eq!(
        files,
        [
            ["Final Planning Minutes 16042026", "(156Kb)", "/Birmingham/Document.ashx?id=abc123"],
            ["Final Agenda Reports - 9th July 2026", "(2Mb)", "/Birmingham/Document.ashx?id=def456"],
        ]
    );
    assert_eq!((meeting.body.as_str(), meeting.date), ("", None), "the summary was cut from the fixture");
    let on = |day: &str| -> Vec<Edition> {
        let day = day.parse().ok();
        meeting.files.iter().map(|file| cmis::edition(file, "Planning Committee", day)).collect()
    };
    // The page is that of the meeting of 9 July: the minutes of 16 April are a
    // paper of its agenda.
    assert_eq!(on("2026-07-09"), [Edition::Report, Edition::Pack]);
    assert_eq!(on("2026-04-16")[0], Edition::Minutes);
}

#[test]
fn harboroughs_search_pages_are_of_the_system_and_hold_no_meeting() {
    for name in ["search_form", "search_no_results_trimmed", "search_results_page1"] {
        let Some(page) = fixture(&format!("harborough/{name}.html")) else { return };
        assert!(cmis::is_page(&page), "{name}");
        assert_eq!(cmis::meeting_page(&page), Err(Wrong::OtherPage("a meeting")), "{name}");
        let url = "https://cmis.harborough.gov.uk/cmis5/Search.aspx";
        assert!(matches!(cmis::landing_page(&page, url), Err(Wrong::OtherPage(_))), "{name}");
        assert!(matches!(cmis::month_page(&page, url, date(2026, 8, 1)), Err(Wrong::OtherPage(_))), "{name}");
    }
}

// ----------------------------------------------------- a site on loopback

const HOST: &str = "borchester.cmis.example";
const ROOT: &str = "/borchester";
const TODAY: Date = date(2024, 3, 1);
const BODIES: [&str; 4] =
    ["Cabinet", "Planning Committee", "Licensing & Appeals Sub-Committee", "Borchester City Council"];

/// A meeting of the invented council.
#[derive(Clone)]
struct Planned {
    number: usize,
    body: usize,
    date: Date,
    /// How the calendar marks it.
    mark: &'static str,
    /// Its status on its page.
    status: &'static str,
    /// The title and the query of each of its files.
    files: Vec<(String, String)>,
    /// What its page prints besides.
    prints: &'static str,
}

/// What the site answers, besides faults that a test plants.
#[derive(Clone)]
struct Borchester {
    meetings: Vec<Planned>,
    /// The name of the page with the calendar.
    landing: &'static str,
    /// The number of that page.
    tab: u32,
    /// Counts the answers: every page holds another state.
    n_answers: usize,
    /// What files hold, by query; others hold a few words.
    files: BTreeMap<String, Vec<u8>>,
}

impl Borchester {
    /// Meets in the first week of each month from the first to the last, but
    /// for August; minutes are published a month later.
    fn new(first: Date, last: Date) -> Self {
        let mut meetings = Vec::new();
        let mut month = first;
        while month <= last {
            for body in 0..if month.month() == 8 { 0 } else { BODIES.len() } {
                let number = 5_000 + meetings.len();
                let date = month.saturating_add(jiff::Span::new().days(2 + 7 * body as i64));
                let mut files = vec![("Agenda".to_owned(), format!("agenda={number}"))];
                if date < TODAY {
                    files.push((
                        "Minutes of the previous meeting".to_owned(),
                        format!("minutes={}", number - 4),
                    ));
                    files.push((format!("Minutes {}", date.strftime("%d%m%Y")), format!("minutes={number}")));
                }
                meetings.push(Planned {
                    number,
                    body,
                    date,
                    mark: "",
                    status: "Scheduled",
                    files,
                    prints: "",
                });
            }
            month = month.saturating_add(jiff::Span::new().months(1));
        }
        let files = BTreeMap::new();
        Self { meetings, landing: "MeetingsCalendar", tab: 73, n_answers: 0, files }
    }

    fn answer(&mut self, target: &str) -> Vec<u8> {
        self.n_answers += 1;
        let lower = target.to_lowercase();
        let Some(path) = lower.strip_prefix(ROOT) else { return status("404 Not Found") };
        let landing = self.landing.to_lowercase();
        let after =
            |name: &str| path.split_once(name).map(|(_, rest)| rest.split('/').next().unwrap_or_default());
        if path == format!("/{landing}.aspx") {
            return self.page(
                "<input type=\"submit\" name=\"dnn$ctr410$MeetingCalendarPublicList$btn\" value=\"List\" />",
            );
        }
        if path.starts_with(&format!("/{landing}.aspx?ctl=meetingcalendarlistview&mid=410")) {
            let rows: String = self.meetings.iter().filter(|meeting| is_in(meeting, TODAY)).map(|meeting| {
                format!(
                    "<tr class=\"rgRow\"><td class=\"DateColumn\"><a href=\"{}\">{} 10:00 - {}</a></td><td>Town Hall</td></tr>",
                    self.link(meeting), meeting.date.strftime("%-d %b %Y"), escape(BODIES[meeting.body])
                )
            }).collect();
            return self
                .page(&format!("<table id=\"dnn_ctr410_MeetingCalendarPublicList_grd\">{rows}</table>"));
        }
        if let Some(query) = path.strip_prefix("/document.ashx?") {
            let body = self.files.get(query).cloned();
            let body = body.unwrap_or_else(|| format!("%PDF-1.4 the file {query}").into_bytes());
            let media_type = if body.starts_with(b"%PDF") { "application/pdf" } else { "text/plain" };
            return reply("200 OK", media_type, &body);
        }
        if !path.contains(&format!("/{landing}/tabid/{}/", self.tab)) {
            return status("404 Not Found");
        }
        if let Some(day) = after("/date/").and_then(|day| day.parse::<Date>().ok()) {
            return self.month(day);
        }
        let number = after("/meeting/").and_then(|number| number.parse::<usize>().ok());
        match self.meetings.iter().find(|meeting| Some(meeting.number) == number) {
            Some(meeting) => self.meeting(meeting),
            None => self.page("<p>A critical error has occurred.</p>"),
        }
    }

    fn month(&self, first: Date) -> Vec<u8> {
        let mut rows = String::new();
        for at in 0..i64::from(first.days_in_month()) {
            let day = first.saturating_add(jiff::Span::new().days(at));
            let inside: String = self
                .meetings
                .iter()
                .filter(|meeting| meeting.date == day)
                .map(|meeting| {
                    let body = escape(BODIES[meeting.body]);
                    format!(
                        "<p class=\"Meeting\"><a href=\"{}\">10:00 {body}{}</a></p>",
                        self.link(meeting),
                        meeting.mark
                    )
                })
                .collect();
            let day = day.strftime("%A, %-d %B");
            rows.push_str(&format!("<tr><td class=\"SimpleCalendarDate\">{day}</td><td>{inside}</td></tr>"));
        }
        self.page(&format!("<table id=\"dnn_ctr410_MeetingCalendarPublicPrinter_grd\">{rows}</table>"))
    }

    fn meeting(&self, meeting: &Planned) -> Vec<u8> {
        let holder = |label: &str, value: &str| {
            format!(
                "<div class=\"holder\"><div class=\"DNNLabel\"><span>{label}:</span></div><div class=\"Value Venue\">{value}</div></div>"
            )
        };
        let files: String = meeting
            .files
            .iter()
            .map(|(title, query)| {
                format!(
                    "<li class=\"DocumentListItem\"><a class=\"TitleLink\" href=\"{ROOT}/Document.ashx?{query}\">{title}</a>\
                     <span class=\"FileSize\">(9Kb)</span></li>"
                )
            })
            .collect();
        self.page(&format!(
            "<h1>Meeting Details</h1>{}{}{}<ol class=\"DocumentList\">{files}</ol>{}",
            holder("Committee", &escape(BODIES[meeting.body])),
            holder("Date/Time", &format!("{} - 10:00", meeting.date.strftime("%-d %b %Y"))),
            holder("Status", meeting.status),
            meeting.prints,
        ))
    }

    /// The site's own links begin with http, have another case than its pages
    /// and a committee.
    fn link(&self, meeting: &Planned) -> String {
        let (landing, tab) = (self.landing, self.tab);
        let (number, body) = (meeting.number, meeting.body);
        format!(
            "{ROOT}/{landing}/tabid/{tab}/ctl/ViewMeetingPublic/mid/410/Meeting/{number}/Committee/{body}/SelectedTab/Documents/Default.aspx"
        )
    }

    fn page(&self, inside: &str) -> Vec<u8> {
        let state = self.n_answers;
        let page = format!(
            "<html><body><form action=\"{ROOT}/x\"><input type=\"hidden\" name=\"__VIEWSTATE\" value=\"{state}\">\
             <div class=\"DNNModuleContent ModCMISMeetingsC\">{inside}</div></form></body></html>"
        );
        reply("200 OK", "text/html; charset=utf-8", page.as_bytes())
    }
}

fn is_in(meeting: &Planned, month: Date) -> bool {
    meeting.date.first_of_month() == month.first_of_month()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
}

fn reply(status: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn status(status: &str) -> Vec<u8> {
    reply(status, "text/html", b"<p>no</p>")
}

/// What a handler makes of the path and query of a request.
type Handler = Box<dyn FnMut(&str) -> Vec<u8> + Send>;

/// A server that answers one request at a time, and keeps what it was asked.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    handler: Arc<Mutex<Handler>>,
}

impl Server {
    fn start(handler: impl FnMut(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let handler: Handler = Box::new(handler);
        let server = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            handler: Arc::new(Mutex::new(handler)),
        };
        let (asked, handler) = (server.asked.clone(), server.handler.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &asked, &handler);
            }
        });
        server
    }

    fn of(mut site: Borchester) -> Self {
        Self::start(move |target| site.answer(target))
    }

    fn answers(&self, handler: impl FnMut(&str) -> Vec<u8> + Send + 'static) {
        *self.handler.lock().unwrap() = Box::new(handler);
    }

    /// What it was asked since it was last asked this.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn answer(mut stream: TcpStream, asked: &Mutex<Vec<String>>, handler: &Mutex<Handler>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(target.clone());
    let answer =
        if target == "/robots.txt" { status("404 Not Found") } else { (handler.lock().unwrap())(&target) };
    let _ = stream.write_all(&answer);
}

struct Run {
    home: Home,
    folder: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { home: Home::new(folder.path()), folder }
    }

    fn crawl(&self, server: &Server, scope: &Scope) -> Summary {
        let site = Site {
            id: SiteId::new("borchester"),
            platform: Platform::Cmis,
            root: format!("http://{HOST}{ROOT}"),
            council: "borchester".to_owned(),
            council_name: "Borchester City Council".to_owned(),
            shared_by: Vec::new(),
            rules: None,
        };
        let settings = Settings {
            delay: Duration::from_millis(1),
            back_off: Duration::from_millis(5),
            deadline: Duration::from_secs(5),
            tries: 2,
            hosts: [(HOST.to_owned(), server.address)].into(),
            ..Settings::default()
        };
        let mut corpus = Corpus::open(&self.home).unwrap();
        crawl::crawl_network(&mut corpus, &[site], scope, &settings, &|_| {}, &Cancel::default()).unwrap()
    }

    fn corpus(&self) -> Corpus {
        Corpus::open_read_only(&self.home).unwrap()
    }

    fn meeting(&self, number: usize) -> Meeting {
        let meetings = self.corpus().meetings().unwrap();
        meetings.into_iter().find(|meeting| meeting.id.number == number.to_string()).unwrap()
    }
}

fn count(asked: &[String], part: &str) -> usize {
    asked.iter().filter(|target| target.contains(part)).count()
}

const MONTHS: &str = "/ctl/MeetingCalendarPublicNoJava/";
const PAGES: &str = "/ctl/ViewMeetingPublic/";
const FILES: &str = "/Document.ashx?";

fn since(first: Date) -> Scope {
    Scope { from: Some(first), ..Scope::all(TODAY) }
}

#[test]
fn a_site_of_several_years_is_collected_whole_and_the_second_crawl_asks_little() {
    let mut site = Borchester::new(date(2016, 1, 1), date(2024, 5, 1));
    let at =
        |site: &Borchester, day: Date| site.meetings.iter().position(|meeting| meeting.date == day).unwrap();
    let marked = at(&site, date(2018, 6, 3));
    site.meetings[marked].mark = " - CANCELLED";
    let by_status = at(&site, date(2019, 3, 10));
    site.meetings[by_status].status = "Cancelled";
    site.meetings[by_status].files.clear();
    let (marked, by_status) = (site.meetings[marked].number, site.meetings[by_status].number);
    // 101 months with 8 Augusts are 93 with meetings; those of the last three
    // are still to come.
    let n_meetings = 93 * 4;
    assert_eq!(site.meetings.len(), n_meetings);
    let n_held = 90 * 4;

    let server = Server::of(site);
    let run = Run::new();
    let summary = run.crawl(&server, &Scope::all(TODAY));
    assert!(summary.is_whole(), "{:?}", summary.sites[0].losses);
    assert_eq!(summary.sites[0].meetings_found, n_meetings as u64);
    let first = server.take();
    assert_eq!(first[0], "/robots.txt");
    assert_eq!(
        first[1..4],
        [
            "/borchester/Meetings.aspx",
            "/borchester/MeetingsCalendar.aspx",
            "/borchester/MeetingsCalendar.aspx?ctl=MeetingCalendarListView&mid=410"
        ]
    );
    // Back to January 2016 and twelve empty months beyond; on to May 2024 and
    // three beyond.
    assert_eq!(count(&first, MONTHS), 99 + 12 + 2 + 3);
    assert_eq!(count(&first, PAGES), n_held - 1, "one was cancelled in the calendar");
    assert_eq!(count(&first, FILES), n_held - 2, "of each its own minutes, once");
    assert_eq!(count(&first, "agenda="), 0);

    let corpus = run.corpus();
    let meetings = corpus.meetings().unwrap();
    let of = |status| meetings.iter().filter(|meeting| meeting.status == status).count();
    assert_eq!(of(MeetingStatus::Cancelled), 2);
    assert_eq!(of(MeetingStatus::Scheduled), 12);
    assert_eq!(of(MeetingStatus::Held), n_held - 2);
    for number in [marked, by_status] {
        assert_eq!(run.meeting(number).status, MeetingStatus::Cancelled, "{number}");
    }
    let held = run.meeting(marked + 1);
    assert_eq!(
        (held.body.as_str(), held.date.unwrap().to_string().as_str()),
        ("Planning Committee", "2018-06-10")
    );
    assert!(held.agenda_published && held.minutes_published);
    let documents = corpus.latest_documents(&held.id).unwrap();
    let minutes: Vec<_> =
        documents.iter().filter(|document| document.role == DocumentRole::PrintedMinutes).collect();
    assert_eq!(minutes.len(), 1);
    assert_eq!(minutes[0].edition, Some(Edition::Minutes));
    let text = String::from_utf8(corpus.read(minutes[0]).unwrap().into()).unwrap();
    assert_eq!(text, format!("%PDF-1.4 the file minutes={}", marked + 1));

    let summary = run.crawl(&server, &Scope::all(TODAY));
    assert!(summary.is_whole());
    let second = server.take();
    assert_eq!(
        count(&second, ".aspx?") + count(&second, "MeetingsCalendar.aspx"),
        0,
        "it is remembered where the calendar is"
    );
    assert_eq!(count(&second, MONTHS), 4 + 2 + 3, "December to March, and the months ahead");
    assert!(second.len() * 20 <= first.len(), "{} of {}", second.len(), first.len());
    assert_eq!(summary.sites[0].fetched, 0, "pages that differ in their state only are no new versions");
    eprintln!("CMIS, eight years: {} requests, then {}", first.len(), second.len());

    // What was settled is remembered for half a year, and where the calendar is.
    let in_a_month = Scope::all(TODAY.saturating_add(jiff::Span::new().days(31)));
    assert!(run.crawl(&server, &in_a_month).is_whole());
    let third = server.take();
    assert_eq!(count(&third, ".aspx?") + count(&third, "MeetingsCalendar.aspx"), 0);
    assert_eq!(count(&third, "2023-11-01"), 0, "the newest of the settled months");
    assert_eq!(count(&third, MONTHS), 5 + 1 + 3, "December to April, May, and three months ahead");
    let in_seven_months = Scope::all(TODAY.saturating_add(jiff::Span::new().days(213)));
    assert!(run.crawl(&server, &in_seven_months).is_whole());
    assert!(count(&server.take(), MONTHS) > 99, "then all are read once more");
}

#[test]
fn a_meeting_that_only_its_page_calls_cancelled_stays_so_until_the_page_says_otherwise() {
    let mut site = Borchester::new(date(2024, 1, 1), date(2024, 3, 31));
    let mut held = site.clone();
    site.meetings[4].status = "Cancelled";
    let server = Server::of(site);
    let run = Run::new();
    let scope = since(date(2024, 1, 1));
    let status = || run.meeting(5_004).status;
    run.crawl(&server, &scope);
    assert_eq!(status(), MeetingStatus::Cancelled);
    // The calendar alone does not know of it, however long ago its page said so.
    for days in [0, 31] {
        let today = TODAY.saturating_add(jiff::Span::new().days(days));
        run.crawl(&server, &Scope { today, documents: Documents::None, ..scope.clone() });
        assert_eq!(status(), MeetingStatus::Cancelled, "{days} days later");
    }
    server.answers(move |target| held.answer(target));
    run.crawl(&server, &scope);
    assert_eq!(status(), MeetingStatus::Held);
    run.crawl(&server, &Scope { documents: Documents::None, ..scope.clone() });
    assert_eq!(status(), MeetingStatus::Held);
    // So it stays a year later, where its page is not read again.
    let mut site = Borchester::new(date(2024, 1, 1), date(2024, 3, 31));
    site.meetings[4].status = "Cancelled";
    let (server, run) = (Server::of(site), Run::new());
    run.crawl(&server, &scope);
    let today = TODAY.saturating_add(jiff::Span::new().days(400));
    run.crawl(&server, &Scope { today, documents: Documents::None, ..scope });
    assert!(count(&server.take(), "2024-02-01") > 1, "its month is read again");
    assert_eq!(run.meeting(5_004).status, MeetingStatus::Cancelled);
}

#[test]
fn where_the_walk_back_ended_is_said() {
    let site = Borchester::new(date(2023, 1, 1), date(2024, 3, 31));
    let server = Server::of(site);
    let summary = Run::new().crawl(&server, &Scope { documents: Documents::None, ..Scope::all(TODAY) });
    // Twelve months back from December 2022.
    let said = "its calendar was read back to January 2022, the last 12 months of that without a meeting";
    assert!(summary.sites[0].remarks[0].starts_with(said), "{:?}", summary.sites[0].remarks);
    let summary = Run::new().crawl(&server, &since(date(2023, 1, 1)));
    assert_eq!(summary.sites[0].remarks, Vec::<String>::new(), "so far back was all that was asked for");
}

#[test]
fn an_endless_calendar_ends() {
    let mut site = Borchester::new(TODAY, date(2024, 3, 31));
    let server = Server::start(move |target| {
        let Some((_, day)) = target.split_once("/Date/") else { return site.answer(target) };
        // Every month has a meeting, for ever.
        let day: Date = day.split('/').next().unwrap().parse().unwrap();
        let number = day.year() as usize * 12 + day.month() as usize;
        let date = day.saturating_add(jiff::Span::new().days(4));
        site.meetings =
            vec![Planned { number, body: 0, date, mark: "", status: "", files: Vec::new(), prints: "" }];
        site.month(day)
    });
    let run = Run::new();
    let summary = run.crawl(&server, &Scope { documents: Documents::None, ..Scope::all(TODAY) });
    assert!(summary.is_whole(), "{:?}", summary.sites[0].losses);
    // January 1990 to December 2025, the end of next year.
    assert_eq!(count(&server.take(), MONTHS), 36 * 12);
    assert_eq!(summary.sites[0].meetings_found, 36 * 12);
}

#[test]
fn a_month_that_fails_is_named_and_the_walk_goes_on() {
    let mut site = Borchester::new(date(2022, 1, 1), date(2024, 3, 31));
    let whole = site.clone();
    let server = Server::start(move |target| match target.contains("2023-06-01") {
        true => status("500 Internal Server Error"),
        false => site.answer(target),
    });
    let run = Run::new();
    let summary = run.crawl(&server, &since(date(2022, 1, 1)));
    assert_eq!(summary.sites[0].losses.len(), 1);
    assert_eq!(summary.sites[0].losses[0].cause, Cause::Fault);
    assert!(summary.sites[0].losses[0].url.contains("2023-06-01"));
    assert_eq!(summary.sites[0].meetings_found, whole.meetings.len() as u64 - 4);
    server.take();
    // What lies before the gap is not taken for read.
    let mut site = whole.clone();
    server.answers(move |target| site.answer(target));
    let summary = run.crawl(&server, &since(date(2022, 1, 1)));
    assert!(summary.is_whole());
    let asked = server.take();
    assert_eq!(count(&asked, "2023-06-01"), 1);
    assert_eq!(count(&asked, "2023-09-01"), 0, "it was read, and nothing failed after it");
    assert_eq!(run.corpus().meetings().unwrap().len(), whole.meetings.len());
    assert_eq!(count(&asked, FILES), 4 + 12, "of June 2023, and of the last ninety days again");
}

#[test]
fn the_calendar_is_found_in_the_menu_and_found_again_when_it_moves() {
    let mut site = Borchester::new(date(2023, 1, 1), date(2024, 3, 31));
    site.landing = "CommitteeMeetings2";
    let mut moved = site.clone();
    let with_menu = |site: &mut Borchester, target: &str| {
        if target != "/borchester/" {
            return site.answer(target);
        }
        let menu =
            format!("<a href=\"Members.aspx\">Members</a><a href=\"{}.aspx\">Calendar</a>", site.landing);
        reply("200 OK", "text/html", menu.as_bytes())
    };
    let server = Server::start(move |target| with_menu(&mut site, target));
    let run = Run::new();
    let summary = run.crawl(&server, &since(date(2023, 1, 1)));
    assert!(summary.is_whole(), "{:?}", summary.sites[0].losses);
    assert_eq!(summary.sites[0].meetings_found, 14 * 4);
    assert_eq!(summary.sites[0].replaced, 4, "its usual names were tried");
    server.take();

    moved.landing = "Meetings";
    moved.tab = 99;
    server.answers(move |target| moved.answer(target));
    let summary = run.crawl(&server, &since(date(2023, 1, 1)));
    assert_eq!(summary.sites[0].meetings_found, 14 * 4);
    let asked = server.take();
    assert!(count(&asked, "/Meetings/tabid/99/") > 4, "{asked:?}");
    assert!(summary.is_whole(), "{:?}", summary.sites[0].losses);
}

#[test]
fn a_narrow_crawl_teaches_nothing_of_what_it_left_out() {
    let server = Server::of(Borchester::new(date(2022, 1, 1), date(2024, 3, 31)));
    let run = Run::new();
    let planning = Scope { body: "planning".to_owned(), ..since(date(2023, 1, 1)) };
    assert_eq!(run.crawl(&server, &planning).sites[0].meetings_found, 14);
    let whole = run.crawl(&server, &since(date(2023, 1, 1)));
    assert_eq!(whole.sites[0].meetings_found, 14 * 4);
    server.take();
    let longer = run.crawl(&server, &since(date(2022, 1, 1)));
    assert!(longer.is_whole());
    let asked = server.take();
    assert_eq!(count(&asked, "2022-"), 12);
    assert_eq!(count(&asked, "2023-"), 1, "December is recent, the others are known");
    assert_eq!(run.corpus().meetings().unwrap().len(), (11 + 14) * 4);
}

#[test]
fn meetings_that_were_only_registered_are_asked_for_though_their_months_are_not() {
    let server = Server::of(Borchester::new(date(2023, 1, 1), date(2024, 3, 31)));
    let run = Run::new();
    run.crawl(&server, &Scope { documents: Documents::None, ..since(date(2023, 1, 1)) });
    assert_eq!(count(&server.take(), PAGES), 0);
    let summary = run.crawl(&server, &since(date(2023, 1, 1)));
    let asked = server.take();
    assert!(summary.is_whole());
    assert_eq!(count(&asked, "2023-05-01"), 0);
    assert_eq!((count(&asked, PAGES), count(&asked, FILES)), (13 * 4, 13 * 4));
}

#[test]
fn all_documents_are_fetched_as_what_they_are() {
    let server = Server::of(Borchester::new(date(2023, 5, 1), date(2024, 3, 31)));
    let run = Run::new();
    let may = Scope { to: Some(date(2023, 5, 31)), ..since(date(2023, 5, 1)) };
    let summary = run.crawl(&server, &Scope { documents: Documents::All, ..may });
    assert!(summary.is_whole());
    let documents = run.corpus().latest_documents(&run.meeting(5_001).id).unwrap();
    let said: Vec<_> = documents
        .iter()
        .filter(|document| document.url.contains("Document.ashx"))
        .map(|document| (document.url.split_once('?').unwrap().1, document.role, document.edition.unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("agenda=5001", DocumentRole::Attachment, Edition::Agenda),
            ("minutes=4997", DocumentRole::Attachment, Edition::Report),
            ("minutes=5001", DocumentRole::PrintedMinutes, Edition::Minutes),
        ]
    );
}

#[test]
fn a_challenge_a_login_and_an_error_page_are_known_for_what_they_are() {
    let check = |body: &'static str, cause: Cause| {
        let mut site = Borchester::new(date(2024, 1, 1), date(2024, 3, 31));
        let server = Server::start(move |target| match target.contains("/Meeting/5000/") {
            true if body.starts_with("to ") => format!(
                "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                &body[3..]
            )
            .into_bytes(),
            true => reply("200 OK", "text/html", body.as_bytes()),
            false if target.contains("/Login/") => reply("200 OK", "text/html", b"<form>Password</form>"),
            false => site.answer(target),
        });
        let run = Run::new();
        let january = Scope { to: Some(date(2024, 1, 31)), ..since(date(2024, 1, 1)) };
        let summary = run.crawl(&server, &january);
        let causes: Vec<Cause> = summary.sites[0].losses.iter().map(|loss| loss.cause).collect();
        assert_eq!(causes, [cause], "{body}");
        assert_eq!(summary.sites[0].meetings_found, 4, "the register knows of it all the same");
    };
    check("<title>Just a moment...</title>", Cause::Challenge);
    check("<div class=ModCMISMeetingsC>A critical error has occurred.</div>", Cause::Fault);
    check("<title>Site under repair</title>", Cause::WrongContent);
    check("<div class=ModCMISSearchC>Search</div>", Cause::WrongContent);
    check("to /borchester/Home/tabid/36/ctl/Login/Default.aspx", Cause::Login);
}

/// The minutes of a meeting of the sample, which were corrected in one sentence.
fn corrected_minutes(stage: Stage) -> Vec<u8> {
    let sample = Sample::load();
    let meeting = sample.meetings.iter().find(|meeting| meeting.number == 2_614).unwrap();
    pdf::minutes(&sample, meeting, stage)
}

#[test]
fn minutes_are_indexed_counted_and_found_and_approved_ones_replace_drafts() {
    let mut site = Borchester::new(date(2022, 5, 1), date(2024, 3, 31));
    site.meetings[7].mark = " (CANCELLED)";
    site.meetings[1].files.pop();
    site.meetings[0].files[2] = ("Draft Minutes".to_owned(), "draft".to_owned());
    for query in (2..8).map(|at| format!("minutes={}", 5_000 + at)) {
        site.files.insert(query, pdf::agenda(&Sample::load(), &Sample::load().meetings[0]));
    }
    site.files.insert("draft".to_owned(), corrected_minutes(Stage::Draft));
    site.files.insert("final".to_owned(), corrected_minutes(Stage::Approved));
    let mut approved = site.clone();
    let server = Server::of(site);
    let run = Run::new();
    let home = run.folder.path();
    let crawl = || {
        let (from, to) = (date(2022, 5, 1), date(2022, 6, 30));
        let summary = run.crawl(&server, &Scope { to: Some(to), today: date(2022, 7, 1), ..since(from) });
        assert!(summary.is_whole(), "{:?}", summary.sites[0].losses);
        let indexed = scrutineer(home, &["index"]);
        assert_eq!(indexed.code, 0, "{}", indexed.stderr);
    };
    let hits = |query: &str| rows(home, &["search", query]);
    crawl();
    let coverage = rows(home, &["coverage", "--by", "council"]);
    let numbers =
        ["held", "cancelled", "published", "fetched", "readable"].map(|column| coverage[0][column].as_str());
    assert_eq!(numbers, ["7", "1", "6", "6", "6"], "{coverage:?}");
    let draft = hits("\"agency staff now covered two\"");
    assert_eq!(draft.len(), 1, "{draft:?}");
    let facts = ["council", "body", "date"].map(|column| draft[0][column].as_str());
    assert_eq!(facts, ["borchester", "Cabinet", "2022-05-03"]);
    assert!(draft[0]["url"].contains("/Document.ashx?draft"), "{draft:?}");

    approved.meetings[0].files[2] = ("Minutes".to_owned(), "final".to_owned());
    server.answers(move |target| approved.answer(target));
    crawl();
    assert_eq!(hits("\"agency staff now covered two\"").len(), 0);
    assert_eq!(hits("\"permanent staff now covered eleven\"").len(), 1);
}

#[test]
fn the_program_crawls_such_a_site_and_says_so_when_nothing_is_left_to_ask() {
    let server = Server::of(Borchester::new(date(2022, 5, 1), date(2024, 3, 31)));
    let folder = tempfile::tempdir().unwrap();
    let root = format!("http://{}{ROOT}/", server.address);
    let line = ["crawl", "Borchester", "--platform", "cmis", "--allow-loopback", "--delay", "0.001"];
    let line = [&line[..], &["--site", &root, "--from", "2022-05", "--to", "2022-06"]].concat();
    let first = &rows(folder.path(), &line)[0];
    assert_eq!((first["meetings_found"].as_str(), first["failed"].as_str()), ("8", "0"));
    // Nothing is asked of months that are settled, which is not to find nothing.
    server.take();
    let second = scrutineer(folder.path(), &line);
    assert_eq!((second.code, server.take()), (0, vec!["/robots.txt".to_owned()]), "{}", second.stderr);
}

#[test]
fn minutes_that_a_page_prints_are_read_there_and_counted_once() {
    let mut site = Borchester::new(date(2022, 5, 1), date(2024, 3, 31));
    // The first meeting has minutes on its page only, the second also in a
    // file, the third has an agenda on its page and nothing else.
    let minutes = "<h2>Agenda</h2><p>Part A</p><p>1 Welcome</p><p>To welcome all.</p><p>2 Have Your Say!</p>\
        <p>Members of the public may speak.</p><p>79</p><p>Mr Bellamy asked whether the otters of the mill pond would \
        be counted, and the Leader answered that they would be.</p><p>3 Budget</p><p>To consider the budget.</p>\
        <p>80</p><p><i>RESOLVED</i> that the budget of the paddling pool be approved.</p><h2>Attendance</h2>";
    let agenda = "<h2>Agenda</h2><h3>Public Agenda</h3><p>1 Ponds</p><p>To consider the otters.</p>";
    for (at, prints) in [minutes, minutes, agenda].into_iter().enumerate() {
        site.meetings[at].prints = prints;
    }
    for at in [0, 2] {
        site.meetings[at].files.clear();
    }
    let same = "<p>79</p><p>Mr Bellamy asked whether the otters of the mill pond would be counted, and the Leader \
        answered that they would be.</p><p>80</p><p>RESOLVED that the budget of the paddling pool be approved.</p>";
    let same = format!("{}<p>The clerk thanked the lifeguards.</p>", same);
    let text = same.replace("</p>", "\n\n").replace("<p>", "");
    site.files.insert("minutes=5001".to_owned(), text.into_bytes());
    let server = Server::of(site);
    let run = Run::new();
    let week = Scope { to: Some(date(2022, 5, 18)), ..since(date(2022, 5, 1)) };
    let summary = run.crawl(&server, &week);
    assert!(summary.is_whole(), "{:?}", summary.sites[0].losses);
    let published: Vec<(bool, bool)> = (5_000..5_003)
        .map(|number| run.meeting(number))
        .map(|meeting| (meeting.agenda_published, meeting.minutes_published))
        .collect();
    assert_eq!(published, [(true, true), (true, true), (true, false)]);

    let home = run.folder.path();
    assert_eq!(scrutineer(home, &["index"]).code, 0);
    let coverage = rows(home, &["coverage", "--by", "council"]);
    let numbers = ["held", "published", "fetched", "readable"].map(|column| coverage[0][column].as_str());
    assert_eq!(numbers, ["3", "2", "2", "2"], "{coverage:?}");
    let mut hits = rows(home, &["search", "otters"]);
    assert_eq!(hits.len(), 2, "once a meeting, and not the agenda: {hits:?}");
    hits.sort_by_key(|hit| hit["date"].clone());
    let facts = |at: usize| ["body", "item", "title"].map(|column| hits[at][column].as_str());
    assert_eq!(facts(0), ["Cabinet", "2", "Have Your Say!"]);
    assert_eq!(facts(1)[0], "Planning Committee");
    assert!(hits[1]["url"].contains("/Document.ashx?minutes=5001"), "the file is the record: {hits:?}");
    assert_eq!(rows(home, &["search", "otters", "--edition", "agenda"]).len(), 1);
    assert_eq!(
        rows(home, &["search", "\"thanked the lifeguards\""]).len(),
        1,
        "what only the file says counts too"
    );
}

#[test]
fn where_nothing_tells_the_number_of_the_page_usual_ones_are_tried() {
    // No meeting this month, so no link: the calendar answers on its usual page,
    // or only to a query.
    let check = |tab: u32, by_query: bool, n_failed: usize| {
        let mut site = Borchester::new(date(2023, 1, 1), date(2023, 12, 31));
        site.tab = tab;
        let server = Server::start(move |target| match target.split_once("Date=") {
            Some((_, day)) if by_query => site.month(day.parse().unwrap()),
            _ => site.answer(target),
        });
        let run = Run::new();
        let summary = run.crawl(&server, &since(date(2023, 1, 1)));
        assert_eq!(summary.sites[0].losses.len(), n_failed, "{:?}", summary.sites[0].losses);
        let expected = if n_failed == 0 { 11 * 4 } else { 0 };
        assert_eq!(summary.sites[0].meetings_found, expected);
        server.take();
        run.crawl(&server, &since(date(2023, 1, 1)));
        let asked = server.take();
        assert_eq!(
            count(&asked, "MeetingsCalendar.aspx?ctl=MeetingCalendarListView"),
            usize::from(n_failed > 0)
        );
    };
    check(70, false, 0);
    check(81, true, 0);
    check(81, false, 2);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn any_page_is_read(parts in proptest::collection::vec(0..PARTS.len(), 0..40), cut in 0..200_usize) {
        let mut page: String = parts.iter().map(|at| PARTS[*at]).collect();
        page.truncate(page.floor_char_boundary(page.len().saturating_sub(cut)));
        for month in [date(2026, 6, 1), Date::MIN, Date::MAX] {
            let _ = cmis::month_page(&page, "https://a.example/x", month);
        }
        let _ = (cmis::landing_page(&page, "x"), cmis::list_page(&page, ""), cmis::menu_links(&page, ""));
        let _ = (cmis::content(&page), cmis::is_page(&page));
        let reading = cmis::page_reading(&page);
        for passage in reading.items.iter().flat_map(|item| &item.passages) {
            proptest::prop_assert!(passage.edition.is_some());
        }
        if let Ok(meeting) = cmis::meeting_page(&page) {
            for file in &meeting.files {
                cmis::edition(file, &meeting.body, meeting.date);
            }
        }
    }
}

/// What pages are made of, and what breaks them.
const PARTS: [&str; 24] = [
    "<div class=ModCMISMeetingsC>",
    "</div>",
    "<div class=DNNLabel>Date/Time:</div><div class=Value>31 Feb 2026 - 25:61</div>",
    "<div class=DNNLabel>",
    "<div class=Value>",
    "<td class=SimpleCalendarDate>Monday, 8 June</td>",
    "<td>Sunday, 31 May</td>",
    "<table><tr class=rgRow>",
    "</table>",
    "<a href='/M/tabid/7/ctl/ViewMeetingPublic/mid/3/Meeting/99999999999999999999/x'>",
    "10:00 £ Ünicode – CANCELLED</a>",
    "<a class=TitleLink href='Document.ashx?%'>Minutes 99999999 31022026 16 April</a>",
    "<h2>Agenda</h2>",
    "<p>1</p>",
    "<p>2 Budget</p>",
    "<p>77</p><p>79.</p>",
    "<p>Attendance</p>",
    "<fieldset><legend>Attended -</legend>",
    "<tr><td>Cllr A</td></tr>",
    "\0\u{202e}",
    "<!--",
    "<a href='http://[::1'>meetings</a>",
    "id=dnn_ctr9_MeetingCalendarPublic ",
    "<p id=dnn$ctr",
];
