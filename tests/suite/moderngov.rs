//! ModernGov: what its pages and answers say, read off the real ones by eye; and
//! what a crawl asks of a site that answers in all its ways.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use jiff::civil::{Date, date};
use scrutineer::corpus::{Cause, Corpus, Exchange, Home, Validators, rebuild};
use scrutineer::crawl::{self, Cancel, Documents, Fetch, NoAnswer, Scope, Settings, Summary};
use scrutineer::model::{DocumentRole, Edition, MeetingId, MeetingStatus, Platform, Reading, Site, SiteId};
use scrutineer::parse::moderngov::{self, Wrong};
use url::Url;

use crate::support::{rows, scrutineer};

const HOST: &str = "democracy.thornby.example";

/// A site without a network: what is answered to a path and its query, and what
/// was asked.
struct Fake<'a> {
    answer: Box<dyn Fn(&str) -> Answer + 'a>,
    asked: Mutex<Vec<String>>,
}

/// A status, where it leads, and a body.
type Answer = (u16, &'static str, String);

impl<'a> Fake<'a> {
    fn new(answer: impl Fn(&str) -> Answer + 'a) -> Self {
        Self { answer: Box::new(answer), asked: Mutex::default() }
    }

    /// What was asked since the last time, apart from robots.txt.
    fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.retain(|target| target != "/robots.txt");
        asked
    }
}

impl Fetch for Fake<'_> {
    async fn get(&self, url: &Url, _held: Option<&Validators>) -> Result<Exchange, NoAnswer> {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let target = format!("{}{query}", url.path());
        self.asked.lock().unwrap().push(target.clone());
        let (status, location, body) = (self.answer)(&target);
        let kind = match &body {
            body if body.starts_with("<?xml") => "text/xml; charset=utf-8",
            body if body.starts_with('<') => "text/html; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
        if !location.is_empty() {
            headers.push(("location".to_owned(), location.to_owned()));
        }
        let request = "GET / HTTP/1.1\r\n\r\n".to_owned();
        let url = url.to_string();
        Ok(Exchange { url, request, status, headers, body: body.into(), ..Exchange::default() })
    }
}

fn gone() -> Answer {
    (404, "", String::new())
}

fn xml(inside: impl AsRef<str>) -> Answer {
    (200, "", format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}", inside.as_ref()))
}

fn page(inside: impl AsRef<str>) -> Answer {
    let inside = inside.as_ref();
    (200, "", format!("<html><body><nav>Visits</nav><div id=\"modgov\">{inside}</div></body></html>"))
}

fn challenge() -> Answer {
    (200, "", "<html><head><title>Just a moment...</title></head></html>".to_owned())
}

fn site(root: &str) -> Site {
    Site {
        id: SiteId::new("thornby"),
        platform: Platform::ModernGov,
        root: root.to_owned(),
        council: "thornby".to_owned(),
        council_name: "Thornby Council".to_owned(),
        shared_by: Vec::new(),
        rules: None,
    }
}

fn thornby() -> Site {
    site(&format!("http://{HOST}"))
}

fn id(number: &str) -> MeetingId {
    MeetingId { site: SiteId::new("thornby"), number: number.to_owned() }
}

/// A home in a folder of its own.
struct Place {
    _folder: tempfile::TempDir,
    home: Home,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { home: Home::new(folder.path()), _folder: folder }
    }

    fn settings() -> Settings {
        Settings { delay: Duration::ZERO, tries: 1, back_off: Duration::ZERO, ..Settings::default() }
    }

    fn crawl(&self, site: &Site, scope: &Scope, fake: &Fake) -> Summary {
        self.crawl_with(site, scope, fake, Self::settings())
    }

    fn crawl_with(&self, site: &Site, scope: &Scope, fake: &Fake, settings: Settings) -> Summary {
        let mut corpus = Corpus::open(&self.home).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sites = std::slice::from_ref(site);
        let cancel = Cancel::default();
        runtime.block_on(crawl::crawl(&mut corpus, sites, scope, &settings, fake, &|_| {}, &cancel)).unwrap()
    }

    fn corpus(&self) -> Corpus {
        Corpus::open(&self.home).unwrap()
    }

    fn roles(&self, number: &str) -> Vec<(DocumentRole, Option<Edition>)> {
        let documents = self.corpus().latest_documents(&id(number)).unwrap();
        documents.into_iter().map(|document| (document.role, document.edition)).collect()
    }
}

const TODAY: Date = date(2024, 6, 15);

fn count(asked: &[String], part: &str) -> usize {
    asked.iter().filter(|target| target.contains(part)).count()
}

// ---------------------------------------------------------------------------
// A site in all its ways.

fn entry(number: u32, day: &str) -> String {
    format!(
        "<meeting><meetingid>{number}</meetingid><meetingdate>{day}</meetingdate>\
         <meetingstatus>Confirmed</meetingstatus></meeting>"
    )
}

fn committee(number: u32, name: &str, flags: &str) -> String {
    format!(
        "<committee><committeeid>{number}</committeeid><committeetitle>{name}</committeetitle>{flags}</committee>"
    )
}

/// Three committees, one of them expired and one deleted.
fn committees() -> Answer {
    xml(format!(
        "<committees>{}{}{}</committees>",
        committee(1, "Cabinet", ""),
        committee(2, "Planning Committee", "<committeeexpired>True</committeeexpired>"),
        committee(3, "Works Board", "<committeedeleted>True</committeedeleted>")
    ))
}

/// The meetings of one committee: twenty, a month apart, from 2021 on.
fn of_committee(target: &str) -> Answer {
    let number = (1..=3).find(|n| target.contains(&format!("lCommitteeId={n}&"))).unwrap();
    let entries: String = (0..20).map(|n| entry(number * 100 + n, &day_of(n))).collect();
    xml(format!("<getmeetings>{}</getmeetings>", committee(number, "", &entries)))
}

fn day_of(n: u32) -> String {
    format!("01/{:02}/{}", n % 12 + 1, 2021 + n / 12)
}

/// What never comes: everything of one meeting, and of another what was passing.
#[test]
fn what_is_not_there_is_not_asked_for_by_every_crawl() {
    let heals = std::cell::Cell::new(false);
    let fake = Fake::new(|target| match target {
        _ if target.ends_with("lMeetingId=105") => gone(),
        _ if target.ends_with("lMeetingId=310") && !heals.get() => (503, "", String::new()),
        _ => service(target),
    });
    let place = Place::new();
    let crawl = |day| {
        place.crawl(&thornby(), &Scope::all(day), &fake);
        fake.asked()
    };
    let first = crawl(TODAY);
    assert_eq!(count(&first, "Id=105"), 2, "the service, and the page");
    heals.set(true);
    let second = crawl(date(2024, 6, 16));
    assert_eq!((count(&second, "Id=105"), count(&second, "Id=310")), (0, 1), "{second:?}");
    let third = crawl(date(2024, 6, 17));
    assert!(third.len() * 20 <= first.len(), "{} of {}: {third:?}", third.len(), first.len());
}

/// A meeting of years ago whose page is behind a test for browsers for a day.
#[test]
fn a_test_for_browsers_is_met_again_by_the_next_crawl_and_not_before() {
    let passes = std::cell::Cell::new(false);
    let fake = Fake::new(|target| match target {
        _ if target.ends_with("lMeetingId=105") => gone(),
        _ if target.contains("MId=105") && !passes.get() => (503, "", challenge().2),
        _ => service(target),
    });
    let place = Place::new();
    let crawl = |day, now| {
        place.crawl_with(&thornby(), &Scope::all(day), &fake, Settings { tries: 3, now, ..Place::settings() })
    };
    let summary = crawl(TODAY, || "2024-06-15T12:00:00Z".parse().unwrap());
    assert_eq!((summary.sites[0].losses[0].cause, summary.sites[0].refused), (Cause::Challenge, 1));
    assert_eq!(count(&fake.asked(), "Id=105"), 2, "the service and the page, each once");
    let mut corpus = place.corpus();
    let accounts = crawl::accounts(&mut corpus, &SiteId::new("thornby")).unwrap();
    assert!(accounts.iter().any(|account| account.fate == crawl::Fate::Refused), "{accounts:?}");
    drop(corpus);
    passes.set(true);
    crawl(date(2024, 6, 16), || "2024-06-16T12:00:00Z".parse().unwrap());
    let asked = fake.asked();
    assert_eq!((count(&asked, "Id=105"), count(&asked, "Id=106")), (2, 0), "{asked:?}");
}

/// Two meetings of which one report is gone: their minutes are final.
#[test]
fn a_report_that_is_gone_does_not_bring_its_meeting_back_at_every_crawl() {
    let gone_report = |target: &str| match target.contains("/documents/s40/") {
        true => gone(),
        false => documents(target),
    };
    let fake = Fake::new(gone_report);
    let place = Place::new();
    let crawl = |day, now| {
        let scope = Scope { documents: Documents::All, ..Scope::all(day) };
        let settings = Settings { now, ..Place::settings() };
        place.crawl_with(&thornby(), &scope, &fake, settings);
        fake.asked()
    };
    let first = crawl(TODAY, || "2024-06-15T12:00:00Z".parse().unwrap());
    assert_eq!((count(&first, "documents/s40"), count(&first, "MId=5")), (2, 1), "{first:?}");
    let second = crawl(date(2024, 6, 16), || "2024-06-16T12:00:00Z".parse().unwrap());
    assert_eq!((count(&second, "documents/"), count(&second, "MId=")), (0, 0), "{second:?}");
    // The meetings were some months ago, a twentieth of which is days.
    let later = crawl(date(2024, 7, 10), || "2024-07-10T12:00:00Z".parse().unwrap());
    assert_eq!((count(&later, "documents/s40"), count(&later, "MId=5")), (2, 1), "{later:?}");
}

/// Two meetings of a joint committee, minuted in one file that both pages link.
#[test]
fn minutes_printed_for_two_meetings_belong_to_both() {
    let above = "<li><a href=\"documents/g5/Printed minutes.txt?T=1\">Printed minutes</a></li>";
    let printed = "Minutes of the Cabinet\n\n1. Roads\n\nRESOLVED that the road be mended.\n";
    let fake = Fake::new(|target| match target {
        _ if target.contains("mgWebService") => gone(),
        _ if target.contains("ieListDocuments") => page(meeting_of(&[(1, "Roads", "")], above)),
        _ if target.contains("T=1") => (200, "", printed.to_owned()),
        _ => pages(target),
    });
    let place = Place::new();
    assert!(place.crawl(&thornby(), &Scope::all(TODAY), &fake).is_whole());
    for number in ["5", "6"] {
        let roles = place.roles(number);
        assert!(roles.iter().any(|(role, _)| *role == DocumentRole::PrintedMinutes), "{number}: {roles:?}");
    }
}

#[test]
fn a_meeting_keeps_the_body_that_the_lists_name() {
    let fake = Fake::new(|target| match target {
        _ if target.contains("mgWebService") => gone(),
        _ if target.contains("ieListDocuments") => {
            let called = meeting_of(&[(1, "Roads", MINUTES)], "").replace("Cabinet", "Cabinet Sub-Committee");
            page(called)
        }
        _ => pages(target),
    });
    let place = Place::new();
    for today in [TODAY, date(2024, 6, 25)] {
        place.crawl(&thornby(), &Scope::all(today), &fake);
        assert_eq!(place.corpus().meeting(&id("5")).unwrap().unwrap().body, "Cabinet", "{today}");
    }
}

/// The committees met in 2021 and 2022 alone.
#[test]
fn a_narrow_crawl_asks_for_each_committee_once_and_not_again() {
    let none = "<getmeetings><meetingscount> 0</meetingscount></getmeetings>";
    let fake = Fake::new(|target| match target {
        _ if target.contains("GetMeetings?") && target.contains("sFromDate=01%2F01%2F2024") => {
            let is_one = target.contains("lCommitteeId=1&");
            if is_one {
                xml(format!("<getmeetings>{}</getmeetings>", entry(150, "05/03/2024")))
            } else {
                xml(none)
            }
        }
        _ => service(target),
    });
    let place = Place::new();
    let narrow = Scope { from: Some(date(2024, 1, 1)), ..Scope::all(TODAY) };
    assert!(place.crawl(&thornby(), &narrow, &fake).is_whole());
    let asked = fake.asked();
    assert_eq!((count(&asked, "GetMeetings?"), count(&asked, "Year=0")), (3, 0), "{asked:?}");
    // Of a service that has listed nothing yet, the page is asked as well.
    let nothing = Fake::new(|target| match target.contains("GetMeetings?") {
        true => xml(none),
        false => service(target),
    });
    Place::new().crawl(&thornby(), &narrow, &nothing);
    assert_eq!(count(&nothing.asked(), "Year=0"), 3);
}

/// One meeting that no committee has, when all are asked for by -1.
fn of_all(target: &str) -> Answer {
    let listed = "<getmeetingsbydate><meetings><meeting><meetingid>900</meetingid>\
         <meetingdate>05/03/2024</meetingdate><committeeid>9</committeeid>\
         <committeetitle>Appointments Panel</committeetitle></meeting></meetings></getmeetingsbydate>"
        .to_owned();
    let has = target.contains("lCommitteeId=-1&");
    xml(if has {
        listed
    } else {
        "<getmeetingsbydate><meetingscount> 0</meetingscount></getmeetingsbydate>".to_owned()
    })
}

fn minutes(target: &str) -> Answer {
    let number = target.rsplit('=').next().unwrap();
    xml(format!(
        "<meeting><meetingid>{number}</meetingid><agendapublished>True</agendapublished>\
         <minutepublished>True</minutepublished><agendaitems><agendaitem><agendaitemid>7{number}</agendaitemid>\
         <agendaitemtitle>Roads</agendaitemtitle><minutesnonemptyhtmlbody>&lt;p&gt;Noted.&lt;/p&gt;\
         </minutesnonemptyhtmlbody></agendaitem></agendaitems></meeting>"
    ))
}

/// The service in full.
fn service(target: &str) -> Answer {
    match target {
        _ if target.contains("GetCommittees") => committees(),
        _ if target.contains("GetMeetings?") => of_committee(target),
        _ if target.contains("GetAllMeetingsByDate") => of_all(target),
        _ if target.contains("GetMeeting?") => minutes(target),
        _ => gone(),
    }
}

#[test]
fn a_first_crawl_walks_over_all_committees_and_a_later_one_asks_for_what_is_new() {
    let fake = Fake::new(service);
    let place = Place::new();
    let summary = place.crawl(&thornby(), &Scope::all(TODAY), &fake);
    assert!(summary.is_whole(), "{summary:?}");
    // Three committees with twenty meetings, and the one that only the list of
    // all meetings has.
    assert_eq!(summary.sites[0].meetings_found, 61);
    let first = fake.asked();
    assert_eq!(count(&first, "GetMeetings?"), 3, "the expired and the deleted one as well");
    assert_eq!(count(&first, "lCommitteeId=0&"), 1);
    assert_eq!(count(&first, "lCommitteeId=-1&"), 1);
    // 1 + 3 + 2 lists and 61 meetings.
    assert_eq!(first.len(), 67);
    let only_there = place.corpus().meeting(&id("900")).unwrap().unwrap();
    assert_eq!((only_there.body.as_str(), only_there.agenda_published), ("Appointments Panel", true));
    assert_eq!(only_there.url, format!("http://{HOST}/ieListDocuments.aspx?CId=9&MId=900&Ver=4"));

    // 120 days before 15 June 2024 was 16 February.
    let later = Scope::all(date(2024, 6, 25));
    let summary = place.crawl(&thornby(), &later, &fake);
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(
        fake.asked(),
        ["/mgWebService.asmx/GetAllMeetingsByDate?lCommitteeId=-1&sFromDate=16%2F02%2F2024\
        &sToDate=31%2F12%2F2025&bIsAscendingDateOrder=true"],
        "1 of 67 requests"
    );

    // After thirty days what was learned is forgotten.
    place.crawl(&thornby(), &Scope::all(date(2024, 8, 1)), &fake);
    assert_eq!(count(&fake.asked(), "GetMeetings?"), 3);
}

#[test]
fn a_walk_teaches_nothing_of_a_wider_scope() {
    let fake = Fake::new(service);
    let place = Place::new();
    let planning = Scope { body: "panel".into(), ..Scope::all(TODAY) };
    place.crawl(&thornby(), &planning, &fake);
    assert_eq!(count(&fake.asked(), "GetMeetings?"), 0, "no committee is called so");
    place.crawl(&thornby(), &Scope::all(TODAY), &fake);
    assert_eq!(count(&fake.asked(), "GetMeetings?"), 3);
    place.crawl(&thornby(), &planning, &fake);
    let asked = fake.asked();
    assert_eq!((asked.len(), count(&asked, "lCommitteeId=-1&")), (1, 1), "{asked:?}");
}

#[test]
fn a_committee_that_did_not_answer_is_asked_for_again_by_the_next_crawl() {
    let fails = Mutex::new(true);
    let fake = Fake::new(|target| {
        let is_lost = *fails.lock().unwrap() && target.contains("lCommitteeId=2&");
        if is_lost { (500, "", "oops".to_owned()) } else { service(target) }
    });
    let place = Place::new();
    let summary = place.crawl(&thornby(), &Scope::all(TODAY), &fake);
    assert!(!summary.is_whole(), "the committee's page is not there either");
    let lost = place.corpus().lost_lists().unwrap();
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0].causes, [(Cause::Missing, 1)], "the page, asked in place of the service");
    assert!(!lost[0].is_silent);
    rebuild(&place.home).unwrap();
    assert_eq!(place.corpus().lost_lists().unwrap(), lost);
    *fails.lock().unwrap() = false;
    fake.asked();
    let summary = place.crawl(&thornby(), &Scope::all(date(2024, 6, 25)), &fake);
    assert_eq!(summary.sites[0].meetings_found, 61, "{:?}", fake.asked());
    assert_eq!(place.corpus().lost_lists().unwrap(), [], "what the page would have told has come");
}

#[test]
fn a_committee_without_meetings_and_without_a_page_is_no_loss() {
    let none = "<getmeetings><meetingscount> 0</meetingscount></getmeetings>";
    let is_blocked = Mutex::new(false);
    let fake = Fake::new(|target| match target {
        _ if target.contains("lCommitteeId=3&") => xml(none),
        _ if target.contains("CommitteeId=3&Year") && *is_blocked.lock().unwrap() => (403, "", String::new()),
        _ => service(target),
    });
    let summary = Place::new().crawl(&thornby(), &Scope::all(TODAY), &fake);
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!((summary.sites[0].meetings_found, count(&fake.asked(), "Year=0")), (41, 1));
    *is_blocked.lock().unwrap() = true;
    let summary = Place::new().crawl(&thornby(), &Scope::all(TODAY), &fake);
    assert_eq!(summary.sites[0].refused, 1, "what is refused is not known to be empty");
}

#[test]
fn where_all_meetings_cannot_be_listed_at_once_committees_are_walked_over_again() {
    let fake = Fake::new(|target| {
        let is_off = target.contains("GetAllMeetingsByDate");
        if is_off { (500, "", "method name is not valid".to_owned()) } else { service(target) }
    });
    let place = Place::new();
    assert!(place.crawl(&thornby(), &Scope::all(TODAY), &fake).is_whole());
    fake.asked();
    let summary = place.crawl(&thornby(), &Scope::all(date(2024, 6, 25)), &fake);
    assert_eq!(summary.sites[0].meetings_found, 60);
    assert_eq!(count(&fake.asked(), "GetMeetings?"), 3);
}

#[test]
fn what_was_listed_and_never_asked_for_is_asked_for_later() {
    let fake = Fake::new(service);
    let place = Place::new();
    let register = Scope { documents: Documents::None, ..Scope::all(TODAY) };
    place.crawl(&thornby(), &register, &fake);
    assert_eq!(count(&fake.asked(), "GetMeeting?"), 0);
    place.crawl(&thornby(), &Scope::all(TODAY), &fake);
    let asked = fake.asked();
    assert_eq!((count(&asked, "GetMeetings?"), count(&asked, "GetMeeting?")), (0, 61));
}

// ---------------------------------------------------------------------------
// The pages.

fn list(inside: &str) -> Answer {
    page(format!(
        "<h2 class=\"mgSubTitleTxt\">Cabinet</h2><form action=\"ieListMeetings.aspx\"></form>{inside}"
    ))
}

/// A meeting's page with these items, each a number, a title and what stands
/// beside it.
fn meeting_of(items: &[(u32, &str, &str)], above: &str) -> String {
    let row = |(number, title, beside): &(u32, &str, &str)| {
        format!(
            "<tr><td class=\"mgItemNumberCell\"><p class=\"mgAiTitleTxt\"><a name=\"AI{number}\"></a>{number}.</p></td>\
             <td><p class=\"mgAiTitleTxt\">{title}</p>{beside}</td></tr>"
        )
    };
    let rows: String = items.iter().map(row).collect();
    format!(
        "<h1>Agenda and minutes</h1><h2 class=\"mgSubTitleTxt\">Cabinet - Thursday 1 February 2024 7.00 pm</h2>\
         <ul class=\"mgActionList\">{above}</ul><table>{rows}</table>"
    )
}

const MINUTES: &str = "<p class=\"mgSubItemTitleTxt\">Minutes:</p><div class=\"mgWordPara\"><p>The road was discussed.</p></div>";

/// A site of pages: one committee with the meetings 5 and 6.
fn pages(target: &str) -> Answer {
    match target {
        _ if target.contains("mgListCommittees") => {
            page("<a href=\"mgCommitteeDetails.aspx?ID=1\">Cabinet</a>")
        }
        _ if target.contains("ieListMeetings") => list(
            "<a href=\"ieListDocuments.aspx?CId=1&amp;MId=5\">1 Feb 2024 7.00 pm</a> - Agenda, Minutes\
             <br><a href=\"ieListDocuments.aspx?CId=1&amp;MId=6\">8 Feb 2024 7.00 pm</a> - Agenda",
        ),
        _ if target.contains("ieListDocuments") => page(meeting_of(&[(1, "Roads", MINUTES)], "")),
        _ => gone(),
    }
}

#[test]
fn a_site_without_the_service_is_asked_for_pages_from_then_on() {
    let off = "<!-- HttpRedirect.htm --><script>redirectToHttps()</script>".to_owned();
    let fake =
        Fake::new(
            |target| {
                if target.contains("mgWebService") { (200, "", off.clone()) } else { pages(target) }
            },
        );
    let place = Place::new();
    assert!(place.crawl(&thornby(), &Scope::all(TODAY), &fake).is_whole());
    let first = fake.asked();
    assert_eq!(count(&first, "mgWebService"), 1, "{first:?}");
    assert_eq!(place.corpus().lost_lists().unwrap(), [], "the page lists what the service would have");
    let listed = place.corpus().meeting(&id("6")).unwrap().unwrap();
    assert_eq!((listed.agenda_published, listed.status), (true, MeetingStatus::Held));
    place.crawl(&thornby(), &Scope::all(date(2024, 6, 25)), &fake);
    let second = fake.asked();
    assert_eq!(second, ["/mgListCommittees.aspx?bcr=1", "/ieListMeetings.aspx?CommitteeId=1&Year=0"]);
    // The service is given another chance in a month.
    place.crawl(&thornby(), &Scope::all(date(2024, 8, 1)), &fake);
    assert_eq!(count(&fake.asked(), "GetCommittees"), 1);
}

#[test]
fn pages_that_are_closed_to_programs_are_not_asked_for_again() {
    let printed = |target: &str| {
        let (status, location, body) = minutes(target);
        (status, location, body.replace("&lt;p&gt;Noted.&lt;/p&gt;", ""))
    };
    let fake = Fake::new(|target| match target {
        _ if target.contains("mgWebService.asmx/GetMeeting?") => printed(target),
        _ if target.contains("mgWebService") => service(target),
        _ if target.contains("/robots.txt") => gone(),
        _ => challenge(),
    });
    let place = Place::new();
    let scope = Scope { body: "cabinet".into(), ..Scope::all(TODAY) };
    let summary = place.crawl(&thornby(), &scope, &fake);
    // Twenty meetings whose minutes would be on their pages: the first page says
    // that there are none for a program.
    let asked = fake.asked();
    assert_eq!((count(&asked, "GetMeeting?"), count(&asked, "ieListDocuments")), (20, 1));
    assert_eq!(summary.sites[0].losses[0].cause, Cause::Challenge);
    assert_eq!(place.corpus().meetings().unwrap().len(), 20);
}

#[test]
fn files_that_are_closed_to_programs_are_not_asked_for_again() {
    let fake = Fake::new(|target| match target {
        _ if target.contains("/documents/") => challenge(),
        _ => documents(target),
    });
    let place = Place::new();
    let scope = Scope { documents: Documents::All, ..Scope::all(TODAY) };
    let summary = place.crawl(&thornby(), &scope, &fake);
    // Those of the first meeting wait when the first is refused: a report, an
    // agenda, decisions. None of the second meeting's is asked for.
    assert_eq!(count(&fake.asked(), "/documents/"), 3);
    assert!(summary.sites[0].losses.iter().all(|loss| loss.cause == Cause::Challenge));
}

#[test]
fn pages_in_welsh_are_asked_for_where_the_root_says_so() {
    let fake = Fake::new(|target| {
        let (status, location, body) = match target {
            _ if target.contains("ieListMeetings") => list(
                "<a href=\"ieListDocuments.aspx?CId=1&amp;MId=5\">15 Ion 2024 7.00 pm</a> - Rhaglen, Cofnodion",
            ),
            _ if target.contains("ieListDocuments") => page(
                "<h1>Rhaglen a chofnodion</h1><h2 class=\"mgSubTitleTxt\">Cabinet - Dydd Llun, 15fed Ionawr, 2024 \
                 7.00 o'r gloch</h2><table><tr><td class=\"mgItemNumberCell\"><a name=\"AI1\"></a>1.</td><td>\
                 <p class=\"mgAiTitleTxt\">Ffyrdd</p><p class=\"mgSubItemTitleTxt\">Penderfyniad:</p>\
                 <div class=\"mgWordPara\"><p>Cytunwyd.</p></div><p class=\"mgSubItemTitleTxt\">Dogfennau \
                 ychwanegol:</p><ul class=\"mgBulletList\"><li><a href=\"documents/s5/a.txt\">Adroddiad</a></li></ul>\
                 <p class=\"mgSubItemTitleTxt\">Cofnodion:</p><div class=\"mgWordPara\"><p>Trafodwyd y ffyrdd.</p></div>\
                 </td></tr></table>",
            ),
            _ if target.contains("documents/s5") => (200, "", "Adroddiad".to_owned()),
            _ => pages(target),
        };
        (status, location, body)
    });
    let place = Place::new();
    let welsh = site(&format!("http://{HOST}/mg/?LLL=1"));
    let scope = Scope { documents: Documents::All, ..Scope::all(TODAY) };
    assert!(place.crawl(&welsh, &scope, &fake).is_whole());
    assert_eq!(
        fake.asked(),
        [
            "/mg/mgListCommittees.aspx?bcr=1&LLL=1",
            "/mg/ieListMeetings.aspx?CommitteeId=1&Year=0&LLL=1",
            "/mg/ieListDocuments.aspx?CId=1&MId=5&LLL=1",
            "/mg/documents/s5/a.txt",
        ]
    );
    let corpus = place.corpus();
    let meeting = corpus.meeting(&id("5")).unwrap().unwrap();
    assert_eq!(meeting.date.unwrap().to_string(), "2024-01-15");
    assert!(meeting.agenda_published && meeting.minutes_published);
    let documents = corpus.latest_documents(&meeting.id).unwrap();
    let document = documents.iter().find(|document| document.role == DocumentRole::MeetingPage).unwrap();
    let text = String::from_utf8(corpus.read(document).unwrap().into()).unwrap();
    let reading = moderngov::page_reading(&text, &document.url, &[]);
    let editions: Vec<_> = reading.items[0].passages.iter().map(|passage| passage.edition).collect();
    assert_eq!(editions, [Some(Edition::Decisions), Some(Edition::Minutes)]);
}

#[test]
fn minutes_of_a_legacy_meeting_are_found_behind_its_page() {
    let text = "<div class=\"Section1\"><p>MINUTES of the Cabinet held on 8 February 2011</p>\
        <p><b>1. Roads</b></p><p>RESOLVED that the road be mended.</p></div>";
    let fake = Fake::new(|target| match target {
        _ if target.contains("mgWebService") => gone(),
        _ if target.contains("ieListMeetings") => list(
            "<a href=\"ceListDocuments.aspx?CommitteeId=1&amp;MeetingId=3776&amp;DF=08%2f02%2f2011&amp;Ver=2\">\
             8 Feb 2011 10.00 am</a>",
        ),
        _ if target.contains("RD=Minutes") => page(text),
        _ if target.contains("ceListDocuments") => page(
            "<h1>Meeting</h1><ul class=\"mgBulletList\"><li><a href=\"ceListDocuments.aspx?MID=3776&amp;RD=Minutes\">\
             Minutes</a></li><li><a href=\"ceListDocuments.aspx?MID=3775&amp;RD=Minutes\">Last minutes</a></li>\
             <li><a href=\"olddocuments/LastMinutes.pdf?MId=3775\">Last minutes</a></li></ul>",
        ),
        _ => pages(target),
    });
    let place = Place::new();
    let summary = place.crawl(&thornby(), &Scope::all(TODAY), &fake);
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(place.roles("3776"), [(DocumentRole::MeetingPage, None); 2]);
    assert_eq!(count(&fake.asked(), "3775"), 0, "those are of another meeting");
    let meeting = place.corpus().meeting(&id("3776")).unwrap().unwrap();
    assert_eq!((meeting.status, meeting.minutes_published), (MeetingStatus::Held, true));
    assert!(meeting.url.contains("DF=08%2f02%2f2011"), "{}", meeting.url);
    let home = place.home.root();
    assert_eq!(scrutineer(home, &["index"]).code, 0);
    let found = rows(home, &["search", "mended"]);
    assert_eq!((found.len(), found[0]["item"].as_str(), found[0]["date"].as_str()), (1, "1", "2011-02-08"));
}

#[test]
fn a_page_that_differs_in_its_frame_only_is_no_new_version() {
    let visits = Mutex::new(0);
    let fake = Fake::new(|target| {
        let mut visits = visits.lock().unwrap();
        *visits += 1;
        let (status, location, body) = if target.contains("mgWebService") { gone() } else { pages(target) };
        (status, location, body.replace("Visits", &format!("Visits: {visits}")))
    });
    let place = Place::new();
    // The meeting is not settled yet, so it is asked for each time.
    for day in [date(2024, 2, 20), date(2024, 2, 21)] {
        place.crawl(&thornby(), &Scope::all(day), &fake);
    }
    assert_eq!(count(&fake.asked(), "MId=5"), 2);
    assert_eq!(place.corpus().all_versions(&id("5")).unwrap().len(), 1);
}

// ---------------------------------------------------------------------------
// All documents.

const REPORT: &str = "The officer reports that the subsidence of the culvert was surveyed.\n";

/// Two meetings whose items share a report; an agenda, decisions and a pack; a
/// decision and an issue.
fn documents(target: &str) -> Answer {
    let beside = "<ul class=\"mgBulletList\"><li><a href=\"documents/s40/Survey report.txt\">Survey</a></li>\
        <li>Exempt report <a href=\"documents/s41/exempt.txt\">Exempt</a> \
        <a href=\"mgReasonsRestricted.aspx?ID=41\">reasons</a></li></ul>\
        <ul class=\"mgActionList\"><li><a href=\"mgIssueHistoryHome.aspx?IId=77&amp;Opt=0\">View the background</a></li>\
        <li><a href=\"ieDecisionDetails.aspx?AIId=1\">View the decision for item 1.</a></li></ul>";
    let roads = format!("{beside}{MINUTES}");
    let above = "<li><a href=\"documents/g5/Agenda frontsheet.txt?T=0\">Agenda frontsheet</a></li>\
        <li><a href=\"documents/g5/Decisions.txt?T=2\">Printed decisions</a></li>\
        <li><a href=\"documents/g5/Pack.txt?T=10\">Agenda reports pack</a></li>";
    let text = |text: &str| (200, "", text.to_owned());
    match target {
        _ if target.contains("ieListDocuments") => {
            let twice = format!("<a href=\"documents/s40/Survey%20report.txt\">Survey again</a>{MINUTES}");
            page(meeting_of(&[(1, "Roads", &roads), (2, "Culverts", &twice)], above))
        }
        _ if target.contains("/documents/s40/") => text(REPORT),
        _ if target.contains("T=0") => text("Agenda\n\n1. Roads\n\n2. Culverts\n"),
        _ if target.contains("T=2") => {
            text("Decisions\n\n1. Roads\n\nRESOLVED that the road be resurfaced.\n")
        }
        _ if target.contains("ieDecisionDetails") => page(
            "<h1>Decision details</h1><h2 class=\"mgSubTitleTxt\">Roads</h2><h3>Decision:</h3>\
             <div class=\"mgWordPara\"><p>That the embankment be reinforced.</p></div>\
             <a href=\"mgIssueHistoryHome.aspx?IId=77\">more</a>",
        ),
        _ if target.contains("mgIssueHistoryHome") => page(
            "<h1>Issue details</h1><h2 class=\"mgSubTitleTxt\">Mending of roads</h2>\
             <ul><li><a href=\"ieListDocuments.aspx?MId=5#AI1\">1 Feb 2024</a></li>\
             <li><a href=\"ieListDocuments.aspx?MId=999#AI12\">1 Jun 2019</a></li></ul>",
        ),
        _ if target.contains("mgWebService") => gone(),
        _ => pages(target),
    }
}

#[test]
fn all_documents_of_a_meeting_are_fetched_once_and_the_restricted_never() {
    let fake = Fake::new(documents);
    let place = Place::new();
    let scope = Scope { documents: Documents::All, ..Scope::all(TODAY) };
    let summary = place.crawl(&thornby(), &scope, &fake);
    assert!(summary.is_whole(), "{summary:?}");
    let asked = fake.asked();
    assert_eq!(count(&asked, "documents/s40"), 2, "once for each of two meetings");
    assert_eq!(count(&asked, "documents/s41"), 0, "it is restricted");
    assert_eq!(count(&asked, "T=10"), 0, "the single files are there");
    assert_eq!(count(&asked, "mgIssueHistoryHome"), 1, "it is of no single meeting");
    let mut roles = place.roles("5");
    roles.sort_by_key(|(role, edition)| (role.name(), *edition));
    assert_eq!(
        roles,
        [
            (DocumentRole::Attachment, Some(Edition::Agenda)),
            (DocumentRole::Attachment, Some(Edition::Decisions)),
            (DocumentRole::Attachment, Some(Edition::Report)),
            (DocumentRole::DecisionPage, Some(Edition::Decisions)),
            (DocumentRole::MeetingPage, None),
        ]
    );
    let links = place.corpus().issue_links(&id("5")).unwrap();
    let found: Vec<(&str, &str, &str, &str)> = links
        .iter()
        .map(|link| {
            (link.issue.as_str(), link.title.as_str(), link.meeting.number.as_str(), link.item.as_str())
        })
        .collect();
    assert!(found.contains(&("77", "Mending of roads", "5", "1")), "{found:?}");
    assert!(found.contains(&("77", "Mending of roads", "999", "12")), "{found:?}");
}

#[test]
fn what_hangs_on_a_meeting_is_read_and_never_counts_as_minutes() {
    let place = Place::new();
    let scope = Scope { documents: Documents::All, ..Scope::all(TODAY) };
    place.crawl(&thornby(), &scope, &Fake::new(documents));
    let home = place.home.root();
    let run = scrutineer(home, &["index"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let n_found = |args: &[&str]| rows(home, &[&["search"], args].concat()).len();
    assert_eq!(n_found(&["culvert"]), 0, "not in what counts as minutes");
    assert_eq!(n_found(&["culvert", "--edition", "report"]), 2, "in both meetings");
    assert_eq!(n_found(&["resurfaced", "--edition", "decisions"]), 2);
    assert_eq!(n_found(&["embankment", "--edition", "decisions"]), 2);
    assert_eq!(n_found(&["discussed"]), 4, "two items of two meetings");
    // What else was done of the same matter is told with its item.
    let site = thornby().id;
    let shown = scrutineer(home, &["show", &format!("{site}/5/1")]);
    let also =
        format!("issue 77 (Mending of roads): also {site}/999/12: a meeting that is not in the register");
    assert!(shown.stdout.lines().any(|line| line == also), "{}", shown.stdout);
    assert!(rows(home, &["show", &format!("{site}/5/1")]).iter().all(|row| row["issues"] == "77"));
    let report = &rows(home, &["search", "culvert", "--edition", "report"])[0];
    assert_eq!(report["url"], format!("http://{HOST}/documents/s40/Survey%20report.txt"));
}

#[test]
fn links_of_issues_come_without_asking_for_more() {
    let fake = Fake::new(documents);
    let place = Place::new();
    place.crawl(&thornby(), &Scope::all(TODAY), &fake);
    let asked = fake.asked();
    assert_eq!(count(&asked, "documents/") + count(&asked, "mgIssue") + count(&asked, "ieDecision"), 0);
    let links = place.corpus().issue_links(&id("5")).unwrap();
    // Both meetings' pages speak of the issue.
    assert_eq!(links.len(), 2, "{links:?}");
    assert!(links.iter().all(|link| link.issue == "77" && link.item == "1"));
}

#[test]
fn the_services_own_files_are_asked_for_where_the_page_does_not_come() {
    let linked = "<linkeddocuments><linkeddoc><title>Survey</title>\
        <url>http://democracy.thornby.example/mgConvert2PDF.aspx?ID=40</url><isrestricted>False</isrestricted>\
        </linkeddoc></linkeddocuments></agendaitem>";
    let fake = Fake::new(|target| match target {
        _ if target.contains("GetMeeting?") => {
            let (status, location, body) = minutes(target);
            (status, location, body.replace("</agendaitem>", linked))
        }
        _ if target.contains("mgWebService") => service(target),
        _ if target.contains("mgConvert2PDF") => (200, "", REPORT.to_owned()),
        _ => gone(),
    });
    let place = Place::new();
    let scope = Scope { documents: Documents::All, body: "panel".into(), ..Scope::all(TODAY) };
    let summary = place.crawl(&thornby(), &scope, &fake);
    assert_eq!(summary.sites[0].failed, 1, "the page is a loss: {:?}", summary.sites[0].losses);
    assert!(place.roles("900").contains(&(DocumentRole::Attachment, Some(Edition::Report))));
}

// ---------------------------------------------------------------------------
// The real pages.

fn fixture(path: &str) -> Option<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures/moderngov");
    let text = std::fs::read_to_string(PathBuf::from(root).join(path)).ok();
    if text.is_none() {
        println!("not run: the shared fixture {path} is not here");
    }
    text
}

/// How many passages of these editions each item has.
fn counts(reading: &Reading, edition: Edition) -> Vec<usize> {
    let of = |item: &scrutineer::model::AgendaItem| {
        item.passages.iter().filter(|passage| passage.edition == Some(edition)).count()
    };
    reading.items.iter().map(of).collect()
}

fn numbers(reading: &Reading) -> Vec<&str> {
    reading.items.iter().map(|item| item.number.as_str()).collect()
}

/// The page of item 60 in full, written for this test: no real one is at hand.
const ITEM_PAGE: &str = "<html><body><nav><p>Minutes</p></nav><div id=\"modgov\"><div class=\"mgHeader\">\
    <h1 class=\"mgMainTitleTxt\">Agenda item</h1></div><h2 class=\"mgSubTitleTxt\">Coombe Lane West Zebra \
    Crossing - Local Consultation Results</h2><p>Banner of the council</p><ul class=\"mgActionList\"><li>\
    <a href=\"ieListDocuments.aspx?MId=10221\">Meeting</a></li></ul><div class=\"mgContent\">\
    <div class=\"mgWordPara\"><p>To consider the results.</p></div>\
    <p class=\"mgSubItemTitleTxt\">Decision:</p><div class=\"mgWordPara\"><p>RESOLVED that it be deferred.</p></div>\
    <p class=\"mgSubItemTitleTxt\">Minutes:</p><div class=\"mgWordPara\"><div class=\"WordSection1\">\
    <p>The first paragraph.</p><p>&nbsp;</p><p>It was RESOLVED that the decision be deferred to March, \
    which is the end of it.</p></div></div></div></div></body></html>";

#[test]
fn real_pages_of_kingston_are_crawled_and_read() {
    let folder = "kingston-upon-thames";
    let names = [
        "committee_list",
        "meeting_list_711",
        "meeting_with_minutes_10221",
        "meeting_with_minutes_edited_10214",
    ];
    let pages: Option<Vec<String>> =
        names.iter().map(|name| fixture(&format!("{folder}/{name}.html"))).collect();
    let (Some(pages), Some(off)) = (pages, fixture("denbighshire/GetCouncillorsByWard_js_redirect.html"))
    else {
        return;
    };
    let fake = Fake::new(|target| {
        let full = |at: usize| (200, "", pages[at].clone());
        match target {
            // The web service is off, as it was found elsewhere.
            _ if target.starts_with("/mgWebService.asmx") => (200, "", off.clone()),
            _ if target.starts_with("/mgListCommittees.aspx") => full(0),
            _ if target.contains("Act=") => list(""),
            _ if target.starts_with("/ieListMeetings.aspx?CommitteeId=711") => full(1),
            // That committee's list is not at hand: a line of it, written here.
            _ if target.starts_with("/ieListMeetings.aspx?CommitteeId=179") => list(
                "<a href=\"ieListDocuments.aspx?CId=179&amp;MId=10214&amp;Ver=4\">5 Nov 2025&nbsp;7&#58;30 pm</a> \
                 - Agenda, Decisions, Minutes",
            ),
            _ if target.starts_with("/ieListMeetings.aspx") => list(""),
            _ if target.contains("MId=10221") => full(2),
            _ if target.contains("MId=10214") => full(3),
            "/mgAi.aspx?ID=51903" => (200, "", ITEM_PAGE.to_owned()),
            "/mgError.aspx" => page("Error"),
            "/robots.txt" => gone(),
            _ => (302, "mgError.aspx", String::new()),
        }
    });
    let kingston = site("http://moderngov.kingston.gov.uk");
    let place = Place::new();
    // The pages were saved on 6 February 2026.
    let summary = place.crawl(&kingston, &Scope::all(date(2026, 2, 6)), &fake);
    let asked = fake.asked();
    let n_asked = |part: &str| count(&asked, part);

    let summary = &summary.sites[0];
    assert!(summary.finished);
    // The list of 711 shows 15 meetings; the one of 179 is a line.
    assert_eq!(summary.meetings_found, 16, "{summary:?}");
    assert_eq!(summary.replaced, 1, "GetCommittees");
    // 15 meetings less two to come and one cancelled are 12, of which one page
    // is here; items 59 and 35 have no page of their own here either.
    assert_eq!(summary.failed, 11 + 2, "{:?}", summary.losses);
    // 30 committees, read off the page: 1 + 3 + 5 + 4 + 4 + 3 + 4 + 6.
    assert_eq!(n_asked("/ieListMeetings.aspx?CommitteeId="), 30);
    assert_eq!(n_asked("Act="), 1, "only earlier meetings may hold minutes");

    let corpus = place.corpus();
    let cancelled = corpus.meeting(&id("10161")).unwrap().unwrap();
    assert_eq!(cancelled.status, MeetingStatus::Cancelled);
    assert_eq!(cancelled.date.unwrap().to_string(), "2025-12-04");
    assert_eq!(n_asked("MId=10161"), 0);
    let to_come = corpus.meeting(&id("10163")).unwrap().unwrap();
    assert_eq!((to_come.status, to_come.minutes_published), (MeetingStatus::Scheduled, false));
    let no_minutes = corpus.meeting(&id("10162")).unwrap().unwrap();
    assert_eq!((no_minutes.status, no_minutes.minutes_published), (MeetingStatus::Held, false));
    let held = corpus.meeting(&id("10221")).unwrap().unwrap();
    assert_eq!(held.body, "Kingston and North Kingston Neighbourhood Committee");
    assert_eq!((held.status, held.minutes_published), (MeetingStatus::Held, true));

    let read = |number: &str| -> Reading {
        let documents = corpus.latest_documents(&id(number)).unwrap();
        let text = |document| String::from_utf8(corpus.read(document).unwrap().into()).unwrap();
        let page = documents.iter().find(|document| document.role == DocumentRole::MeetingPage).unwrap();
        let items: Vec<(String, String)> = documents
            .iter()
            .filter(|document| document.role == DocumentRole::ItemPage)
            .map(|document| (document.url.clone(), text(document)))
            .collect();
        moderngov::page_reading(&text(page), &page.url, &items)
    };

    let reading = read("10221");
    assert_eq!(reading.body.as_deref(), Some("Kingston and North Kingston Neighbourhood Committee"));
    assert_eq!(reading.date.unwrap().to_string(), "2026-01-15");
    assert_eq!(reading.edition, Some(Edition::Minutes));
    assert_eq!(numbers(&reading), ["54", "55", "56", "57", "58", "59", "60", "61", "62", "63", "64", "65"]);
    let titles: Vec<&str> = reading.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles[0], "Public Question Time");
    assert_eq!(titles[4], "Minutes");
    assert_eq!(titles[8], "Planned Highway Maintenance and Street Lighting Capital Programme 2026/27");
    assert_eq!(titles[11], "Urgent Items Authorised by the Chair");
    let keys: Vec<&str> = reading.items.iter().map(|item| item.key.as_str()).collect();
    assert_eq!(keys[..2], ["51890", "51891"]);
    // Paragraphs counted on the page by eye; item 60's come from its own page.
    assert_eq!(counts(&reading, Edition::Agenda), [2, 3, 0, 2, 1, 1, 1, 2, 1, 1, 1, 1]);
    assert_eq!(counts(&reading, Edition::Decisions), [0, 0, 0, 0, 0, 4, 1, 0, 0, 3, 0, 0]);
    assert_eq!(counts(&reading, Edition::Minutes), [2, 1, 1, 1, 1, 8, 2, 5, 6, 11, 1, 1]);
    let text = |at: usize| -> Vec<&str> {
        reading.items[at].passages.iter().map(|passage| passage.text.as_str()).collect()
    };
    assert!(text(5).last().unwrap().ends_with("to understand potential"), "the dots and the link are gone");
    assert!(text(6).last().unwrap().ends_with("which is the end of it."));
    assert_eq!(reading.items[6].url.as_deref(), Some("http://moderngov.kingston.gov.uk/mgAi.aspx?ID=51903"));
    assert!(text(9).iter().all(|text| !text.contains("Recorded Vote")));
    assert!(text(9).contains(&"Voting: unanimous"));
    let clause =
        reading.items[9].passages.iter().find(|passage| passage.text.starts_with("the application")).unwrap();
    assert_eq!(clause.clause, ["2."]);
    // What is still cut is said.
    let warnings: Vec<&str> = reading.warnings.iter().map(|warning| warning.at.as_str()).collect();
    assert_eq!(warnings, ["item 59"]);

    let reading = read("10214");
    // The heading was edited to another day; the page's metadata were not.
    assert_eq!(reading.date.unwrap().to_string(), "2025-11-05");
    assert_eq!(numbers(&reading), ["29", "30", "31", "32", "33", "34", "35", "36", "37", "38"]);
    assert_eq!(counts(&reading, Edition::Minutes), [2, 1, 1, 1, 1, 2, 13, 1, 1, 1]);
    assert_eq!(reading.items[8].title, "Work Programme");
}

#[test]
fn the_files_issues_and_labels_of_kingstons_pages_are_read() {
    let Some(full) = fixture("kingston-upon-thames/meeting_with_minutes_10221.html") else { return };
    let page = moderngov::meeting_page(&full).unwrap();
    assert_eq!(page.modified.unwrap().to_string(), "2026-02-05");
    assert!(page.agenda_published && page.minutes_published && !page.is_draft && !page.is_cancelled);
    let printed = page.printed_minutes.as_ref().unwrap();
    assert!(printed.link.ends_with(".pdf?T=1") && !printed.is_draft);
    assert_eq!(page.items[5].cuts[0].link, "mgAi.aspx?ID=51902");
    assert_eq!(page.items[5].cuts[0].part, moderngov::Part::Minutes);
    // The pack and two supplements are chosen on a page of their own.
    let files: Vec<(Edition, bool)> =
        page.files.iter().map(|file| (file.edition, file.link.contains("/g10230/"))).collect();
    assert_eq!(files, [(Edition::Agenda, true), (Edition::Decisions, true)]);
    let n_documents: Vec<usize> = page.items.iter().map(|item| item.documents.len()).collect();
    assert_eq!(n_documents, [0, 0, 0, 0, 1, 5, 2, 1, 5, 2, 1, 0]);
    let titles: Vec<&str> = page.items[5].documents.iter().map(|file| file.title.as_str()).collect();
    assert!(titles[0].starts_with("Petition Regarding") && titles[0].ends_with("Manorgate Road"));
    assert_eq!(titles[1..3], ["Annex 1 - Wolverton Avenue", "Annex 2 - Manorgate Road"]);
    assert_eq!(page.items[4].documents[0].link, "documents/s111920/Minutes of Previous Meeting.pdf");
    assert!(page.items.iter().all(|item| item.issue.is_none() && item.decision_link.is_none()));

    let edited = fixture("kingston-upon-thames/meeting_with_minutes_edited_10214.html").unwrap();
    let page = moderngov::meeting_page(&edited).unwrap();
    assert_eq!(page.modified.unwrap().to_string(), "2025-11-19");
    let issues: Vec<Option<&str>> = page.items.iter().map(|item| item.issue.as_deref()).collect();
    assert_eq!(issues[2..4], [Some("53844"), Some("53845")]);
    assert_eq!(issues.iter().flatten().count(), 2);
    let editions: Vec<Edition> = page.files.iter().map(|file| file.edition).collect();
    assert_eq!(editions, [Edition::Agenda, Edition::Pack, Edition::Decisions]);
    let n_documents: Vec<usize> = page.items.iter().map(|item| item.documents.len()).collect();
    assert_eq!(n_documents, [0, 0, 0, 0, 0, 0, 2, 1, 1, 0]);

    let cancelled = fixture("kingston-upon-thames/meeting_cancelled_10161.html").unwrap();
    let page = moderngov::meeting_page(&cancelled).unwrap();
    assert!(page.is_cancelled && !page.minutes_published && !page.agenda_published);
    assert!(page.items.is_empty() && page.text.is_empty() && page.files.is_empty());
    assert_eq!(page.body, "Kingston and North Kingston Neighbourhood Committee");
    assert_eq!(page.date.unwrap().to_string(), "2025-12-04");
    assert_eq!(page.modified, None, "it says when it was created only");
}

#[test]
fn kingstons_lists_are_read() {
    let Some(text) = fixture("kingston-upon-thames/meeting_list_711.html") else { return };
    let list = moderngov::meeting_list_page(&text).unwrap();
    assert_eq!(list.body, "Kingston and North Kingston Neighbourhood Committee");
    let numbers: Vec<&str> = list.meetings.iter().map(|meeting| meeting.id.as_str()).collect();
    let expected = "10337 10163 10162 10221 10161 10220 10160 10159 10219 10158 9957 9956 9955 9954 9983";
    assert_eq!(numbers.join(" "), expected);
    let n = |has: fn(&moderngov::MeetingLink) -> bool| list.meetings.iter().filter(|link| has(link)).count();
    assert_eq!(n(|link| link.agenda_published), 12, "two to come and one cancelled have none");
    assert_eq!(n(|link| link.minutes_published), 11);
    assert_eq!(n(|link| link.is_cancelled), 1);
    assert!(list.meetings[4].is_cancelled);
    assert_eq!(list.meetings[0].date.unwrap().to_string(), "2026-06-15");
    assert_eq!(list.meetings[14].date.unwrap().to_string(), "2024-09-05");
    assert!(list.earlier.unwrap().contains("D=202409051930"));
    assert!(list.later.unwrap().contains("D=202606151930"));

    let text = fixture("kingston-upon-thames/committee_list.html").unwrap();
    let committees = moderngov::committee_list_page(&text).unwrap();
    // 1 + 3 + 5 + 4 + 4 + 3 + 4 + 6 under eight headings.
    assert_eq!(committees.len(), 30);
    assert_eq!((committees[0].id.as_str(), committees[0].name.as_str()), ("137", "Council"));
    assert_eq!((committees[4].id.as_str(), committees[3].name.as_str()), ("711", "Place Committee"));
    assert_eq!(committees[29].id, "160");

    // A committee's details are neither a meeting nor a list of them.
    let details = fixture("kingston-upon-thames/committee_details_711.html").unwrap();
    assert_eq!(moderngov::meeting_page(&details), Err(Wrong::OtherPage("a meeting")));
    assert_eq!(moderngov::meeting_list_page(&details), Err(Wrong::OtherPage("a list of meetings")));
    assert_eq!(moderngov::committee_list_page(&details), Err(Wrong::OtherPage("a list of committees")));
    assert!(moderngov::saved_page(&details).unwrap().is_err(), "it leads to meetings, and is none");
}

#[test]
fn searches_and_lists_of_decisions_hold_no_minutes() {
    let names = [
        "kent/search_results_substance_misuse.html",
        "kirklees/search_results_drug_and_alcohol.html",
        "_generic/search_no_results.html",
        "_generic/doc_search_form.html",
    ];
    for name in names {
        let Some(text) = fixture(name) else { return };
        assert_eq!(moderngov::meeting_page(&text), Err(Wrong::OtherPage("a meeting")), "{name}");
        assert!(moderngov::saved_page(&text).unwrap().is_err(), "{name}");
        assert!(moderngov::decision_page(&text).is_err(), "{name}");
    }
    // It is a table only, without the mark of the system.
    let table = fixture("kirklees/decisions_list_table.html").unwrap();
    assert_eq!(moderngov::meeting_page(&table), Err(Wrong::NotModernGov));
    assert_eq!(moderngov::saved_page(&table), None);

    // What the hits of Kirklees link: meetings of today's kind and legacy ones.
    let hits = fixture("kirklees/search_results_drug_and_alcohol.html").unwrap();
    assert!(hits.contains("ceListDocuments.aspx?MeetingId=3776&amp;DF=08%2f02%2f2011%2c%2010%3a00"));
    let link = "ceListDocuments.aspx?MeetingId=3776&DF=08%2f02%2f2011%2c%2010%3a00";
    assert_eq!(moderngov::address::meeting_number(link).as_deref(), Some("3776"));
}

#[test]
fn real_decisions_are_read() {
    let Some(text) = fixture("_generic/decision_details.html") else { return };
    let page = moderngov::decision_page(&text).unwrap();
    assert_eq!(page.title, "Minutes of Previous Meeting");
    assert_eq!(page.status, "Recommendations Approved");
    assert_eq!(page.maker, "", "a meeting decided");
    assert_eq!(page.date.unwrap().to_string(), "2015-10-19");
    assert_eq!(page.published.unwrap().to_string(), "2015-10-22");
    assert_eq!(page.meeting.as_deref(), Some("ieListDocuments.aspx?CId=151&MID=4832"));
    assert_eq!(page.issue.as_deref(), Some("6535"));
    assert_eq!(page.documents.len(), 1);
    assert_eq!(page.documents[0].title, "polc2 - 23.09.2015");
    let reading = moderngov::decision_reading(&text);
    assert_eq!(reading.edition, Some(Edition::Decisions));
    let [item] = &reading.items[..] else { panic!("one item") };
    assert_eq!(item.standing.as_deref(), Some("minutes"));
    assert_eq!(item.passages.len(), 1);
    assert!(item.passages[0].text.starts_with("The Minutes of the Policy Committee"));
    assert!(item.passages[0].text.ends_with("as a correct record."));

    let text = fixture("kirklees/decision_details_officer.html").unwrap();
    let page = moderngov::decision_page(&text).unwrap();
    assert_eq!(page.title, "Appointment of contractor to demolish Holme Park Court");
    assert_eq!(page.maker, "Service Director - Homes & Neighbourhoods");
    assert_eq!(page.date.unwrap().to_string(), "2021-07-27");
    assert_eq!(page.published.unwrap().to_string(), "2025-12-10");
    assert_eq!((page.meeting, page.issue, page.documents.len()), (None, None, 0));
    let reading = moderngov::decision_reading(&text);
    let texts: Vec<&str> = reading.items[0].passages.iter().map(|passage| passage.text.as_str()).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts[0].ends_with("the regeneration of Berry Brow."));
    assert!(texts[1].ends_with("on Tuesday, 27 July 2021."));
}

#[test]
fn wrong_answers_are_known_for_what_they_are() {
    let Some(error) = fixture("leeds/GetCouncillorsByWard_sharepoint_error.html") else { return };
    assert_eq!(moderngov::committees_xml(&error), Err(Wrong::NotXml));
    assert_eq!(moderngov::meeting_page(&error), Err(Wrong::NotModernGov));
    let script = fixture("denbighshire/GetCouncillorsByWard_js_redirect.html").unwrap();
    assert_eq!(moderngov::committees_xml(&script), Err(Wrong::NotXml));
    assert_eq!(moderngov::meeting_page(&script), Err(Wrong::NotModernGov));
    let empty = fixture("east-hertfordshire/GetCouncillorsByWard_empty.xml").unwrap();
    assert_eq!(moderngov::committees_xml(&empty), Err(Wrong::OtherXml("councillorsbyward".into())));
    for (name, text) in [("leeds", &error), ("denbighshire", &script), ("east-hertfordshire", &empty)] {
        assert_eq!(scrutineer::parse::challenge(text), None, "{name}: an error is no test for browsers");
        assert_eq!(moderngov::content(text), None, "{name}");
        // What comes in place of the service leads to the pages.
        let fake =
            Fake::new(
                |target| {
                    if target.contains("mgWebService") { (200, "", text.clone()) } else { pages(target) }
                },
            );
        let place = Place::new();
        let summary = place.crawl(&thornby(), &Scope::all(TODAY), &fake);
        assert!(summary.is_whole(), "{name}: {summary:?}");
        assert_eq!((summary.sites[0].replaced, summary.sites[0].meetings_found), (1, 2), "{name}");
        let absences = place.corpus().absences().unwrap();
        assert_eq!(absences[0].unfit.cause, Cause::WrongContent, "{name}");
    }
}

#[test]
fn manchesters_answers_are_read() {
    let Some(text) = fixture("manchester/GetCommittees.xml") else { return };
    let committees = moderngov::committees_xml(&text).unwrap();
    let facts: Vec<(&str, bool, bool)> = committees
        .iter()
        .map(|committee| (committee.id.as_str(), committee.is_expired, committee.is_deleted))
        .collect();
    assert_eq!(facts, [("312", true, false), ("163", false, false), ("144", false, false)]);
    assert_eq!(committees[1].name, "Art Galleries Committee");
    assert_eq!(committees[1].category, "Governance and Decision Making Committees");

    let meetings = moderngov::meetings_xml(&fixture("manchester/GetMeetings_144.xml").unwrap()).unwrap();
    assert_eq!(meetings.len(), 2);
    assert_eq!((meetings[0].id.as_str(), meetings[0].is_cancelled), ("4966", true));
    assert_eq!((meetings[1].id.as_str(), meetings[1].is_cancelled), ("4967", false));
    assert_eq!((meetings[1].committee.as_str(), meetings[1].body.as_str()), ("144", "Audit Committee"));
    assert_eq!(meetings[0].date.unwrap().to_string(), "2026-01-13");

    let text = fixture("manchester/GetMeeting_4966_cancelled.xml").unwrap();
    let cancelled = moderngov::meeting_xml(&text).unwrap();
    assert!(cancelled.is_cancelled && !cancelled.agenda_published && !cancelled.minutes_published);
    assert!(cancelled.items.is_empty() && !cancelled.has_minutes());
    assert_eq!(cancelled.attendees[0].name, "Councillor Basil Curley");

    let text = fixture("manchester/GetMeeting_4967_with_minutes.xml").unwrap();
    let held = moderngov::meeting_xml(&text).unwrap();
    assert!(held.agenda_published && held.minutes_published && held.has_minutes());
    let files: Vec<&str> =
        held.items.iter().flat_map(|item| &item.documents).map(|file| file.link.as_str()).collect();
    let at = "https://democracy.manchester.gov.uk/mgConvert2PDF.aspx?ID=";
    assert_eq!(files, [format!("{at}60860"), format!("{at}60909")]);
    assert_eq!(held.items[1].documents[0].title, "DRAFT WP FEBRUARY 2026");
}

#[test]
fn real_answers_of_manchesters_service_are_crawled_and_read() {
    let names = ["GetCommittees", "GetMeetings_144", "GetMeeting_4967_with_minutes"];
    let answers: Option<Vec<String>> =
        names.iter().map(|name| fixture(&format!("manchester/{name}.xml"))).collect();
    let Some(answers) = answers else { return };
    let fake = Fake::new(|target| {
        let full = |at: usize| (200, "", answers[at].clone());
        match target {
            _ if target.contains("GetCommittees") => full(0),
            _ if target.contains("lCommitteeId=144") => full(1),
            _ if target.contains("GetMeetings") => {
                xml("<getmeetings><meetingscount> 0</meetingscount></getmeetings>")
            }
            _ if target.ends_with("lMeetingId=4967") => full(2),
            _ if target.starts_with("/ieListMeetings.aspx") => list(""),
            _ => gone(),
        }
    });
    let manchester = site("http://democracy.manchester.gov.uk");
    let place = Place::new();
    let summary = place.crawl(&manchester, &Scope::all(date(2026, 3, 1)), &fake);
    let asked = fake.asked();
    let n_asked = |part: &str| count(&asked, part);
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(summary.sites[0].meetings_found, 2);
    assert_eq!(n_asked("GetMeetings?"), 3, "former committees are asked as well");
    assert_eq!(n_asked("4966"), 0, "it was cancelled");

    let corpus = place.corpus();
    let meetings = corpus.meetings().unwrap();
    assert_eq!(meetings[0].status, MeetingStatus::Cancelled);
    assert_eq!((meetings[1].body.as_str(), meetings[1].status), ("Audit Committee", MeetingStatus::Held));
    let document = corpus.latest_documents(&meetings[1].id).unwrap().remove(0);
    let reading = moderngov::xml_reading(&String::from_utf8(corpus.read(&document).unwrap().into()).unwrap());
    assert_eq!(reading.date.unwrap().to_string(), "2026-02-10");
    assert_eq!(numbers(&reading), ["1", "9"]);
    assert_eq!(reading.items[1].title, "Work Programme");
    assert_eq!(reading.items[1].key, "18833");
    assert_eq!(counts(&reading, Edition::Agenda), [1, 1]);
    assert_eq!(counts(&reading, Edition::Minutes), [1, 1]);
    assert!(reading.items[0].passages[1].text.starts_with("To approve the minutes"));
    assert!(reading.attendance.present.is_empty(), "he was expected, which is no attendance");
}
