//! The crawler against real servers on loopback: what it asks, how fast, what
//! it refuses, what it stores; and the real pages that we have, crawled.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::{Date, date};
use scrutineer::corpus::{Cause, Corpus, Home, Record, archive};
use scrutineer::crawl::{self, Cancel, Documents, Scope, Settings, Summary};
use scrutineer::model::{Council, DocumentRole, Edition, MeetingId, MeetingStatus, Platform, Site, SiteId};

const HOST: &str = "democracy.alderbrook.example";

/// What a server was asked.
#[derive(Debug, Clone)]
struct Asked {
    host: String,
    /// Path and query.
    target: String,
    agent: String,
    /// The `If-None-Match` that it sent; empty: none.
    unless: String,
    at: Instant,
}

/// An HTTP server that answers with the bytes that its handler gives, and may
/// so answer as wrongly as any. The handler is told how often it was asked for
/// the same before.
struct Server {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Asked>>>,
    most_in_flight: Arc<AtomicUsize>,
}

type Handler = Arc<dyn Fn(&Asked, usize) -> Vec<u8> + Send + Sync>;

impl Server {
    fn start(handler: impl Fn(&Asked, usize) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            log: Arc::default(),
            most_in_flight: Arc::default(),
        };
        let handler: Handler = Arc::new(handler);
        let (log, most) = (server.log.clone(), server.most_in_flight.clone());
        let in_flight = Arc::new(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (handler, log, most, in_flight) =
                    (handler.clone(), log.clone(), most.clone(), in_flight.clone());
                std::thread::spawn(move || answer(stream, &handler, &log, &most, &in_flight));
            }
        });
        server
    }

    fn asked(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }

    fn count(&self, part: &str) -> usize {
        self.targets().iter().filter(|target| target.contains(part)).count()
    }

    fn forget(&self) {
        self.log.lock().unwrap().clear();
    }
}

fn answer(
    mut stream: TcpStream,
    handler: &Handler,
    log: &Mutex<Vec<Asked>>,
    most: &AtomicUsize,
    in_flight: &AtomicUsize,
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            // Whoever begins otherwise speaks no HTTP: a TLS handshake.
            Ok(1) if byte[0] != 0x16 || !head.is_empty() => head.push(byte[0]),
            _ => return,
        }
    }
    let now = in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    most.fetch_max(now, Ordering::SeqCst);
    let head = String::from_utf8_lossy(&head).into_owned();
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.map(|line| line[name.len() + 1..].trim().to_owned()).unwrap_or_default()
    };
    let asked = Asked {
        host: header("host"),
        target: head.split(' ').nth(1).unwrap_or_default().to_owned(),
        agent: header("user-agent"),
        unless: header("if-none-match"),
        at: Instant::now(),
    };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(asked.clone());
        log.iter().filter(|other| other.target == asked.target).count() - 1
    };
    let answer = handler(&asked, before);
    in_flight.fetch_sub(1, Ordering::SeqCst);
    let _ = stream.write_all(&answer);
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn xml(inside: &str) -> Vec<u8> {
    let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{inside}");
    reply("200 OK", "Content-Type: text/xml; charset=utf-8\r\n", body.as_bytes())
}

fn html(body: &str) -> Vec<u8> {
    reply("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body.as_bytes())
}

fn redirect(to: &str) -> Vec<u8> {
    reply("302 Found", &format!("Location: {to}\r\n"), b"")
}

fn not_found() -> Vec<u8> {
    reply("404 Not Found", "", b"")
}

const COMMITTEES: &str = "<committees><committeescount> 1</committeescount><committee><committeeid>7</committeeid>\
    <committeetitle>Cabinet</committeetitle></committee></committees>";

fn meetings(ids: &[u32], day: &str) -> String {
    let meeting = |id: &u32| {
        format!(
            "<meeting><meetingid>{id}</meetingid><meetingdate>{day}</meetingdate>\
             <meetingstatus>Confirmed</meetingstatus></meeting>"
        )
    };
    let meetings: String = ids.iter().map(meeting).collect();
    format!(
        "<getmeetings><committee><committeeid>7</committeeid><committeetitle>Cabinet</committeetitle>\
         <committeemeetings>{meetings}</committeemeetings></committee></getmeetings>"
    )
}

fn meeting(id: &str, day: &str, minutes: &str) -> String {
    format!(
        "<meeting><meetingid>{id}</meetingid><meetingdate>{day}</meetingdate>\
         <meetingstatus>Confirmed</meetingstatus><minutepublished>True</minutepublished><agendaitems>\
         <agendaitem><agendaitemid>9{id}</agendaitemid><agendaitemtitle>Budget</agendaitemtitle>\
         <fulldisplaynumberformat>1.</fulldisplaynumberformat>\
         <minutesnonemptyhtmlbody>{minutes}</minutesnonemptyhtmlbody></agendaitem></agendaitems></meeting>"
    )
}

const NOTED: &str = "&lt;p&gt;The Cabinet noted the report.&lt;/p&gt;";
const DAY: &str = "01/02/2024";

/// A site with these meetings, that all answer well.
fn good(asked: &Asked, ids: &[u32]) -> Vec<u8> {
    let target = asked.target.as_str();
    if target.contains("GetCommittees") {
        return xml(COMMITTEES);
    }
    if target.contains("GetMeetings") {
        return xml(&meetings(ids, DAY));
    }
    match target.split_once("GetMeeting?lMeetingId=") {
        Some((_, id)) => xml(&meeting(id, DAY, NOTED)),
        None => not_found(),
    }
}

fn site(name: &str, root: String) -> Site {
    Site {
        id: SiteId::new(name),
        platform: Platform::ModernGov,
        root,
        council: name.to_owned(),
        council_name: format!("{name} Council"),
        shared_by: Vec::new(),
        rules: None,
    }
}

fn alderbrook() -> Site {
    site("alderbrook", format!("http://{HOST}"))
}

fn meeting_id(number: &str) -> MeetingId {
    MeetingId { site: SiteId::new("alderbrook"), number: number.to_owned() }
}

/// Settings that lead the host of the sample to the server, and wait little.
fn settings(server: &Server) -> Settings {
    Settings {
        delay: Duration::from_millis(2),
        back_off: Duration::from_millis(10),
        deadline: Duration::from_secs(5),
        tries: 3,
        contact: "clerk@example.org".to_owned(),
        hosts: HashMap::from([(HOST.to_owned(), server.address)]),
        ..Settings::default()
    }
}

const TODAY: Date = date(2024, 3, 1);

struct Run {
    home: Home,
    _folder: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { home: Home::new(folder.path()), _folder: folder }
    }

    fn crawl(&self, settings: &Settings) -> Summary {
        self.crawl_scope(&[alderbrook()], &Scope::all(TODAY), settings)
    }

    fn crawl_scope(&self, sites: &[Site], scope: &Scope, settings: &Settings) -> Summary {
        let mut corpus = Corpus::open(&self.home).unwrap();
        crawl::crawl_network(&mut corpus, sites, scope, settings, &|_| {}, &Cancel::default()).unwrap()
    }

    /// All records of the site's archive.
    fn archived(&self) -> Vec<Record> {
        let folder = self.home.archive().join("alderbrook");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.flat_map(|file| archive::records(&file).unwrap()).map(|(_, record)| record.unwrap()).collect()
    }

    fn corpus(&self) -> Corpus {
        Corpus::open_read_only(&self.home).unwrap()
    }
}

/// Crawls the good site, but for what `wrong` answers.
fn crawl_with(
    ids: &'static [u32],
    wrong: impl Fn(&Asked, usize) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> (Server, Run, Summary) {
    let server = Server::start(move |asked, n| wrong(asked, n).unwrap_or_else(|| good(asked, ids)));
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    (server, run, summary)
}

#[test]
fn a_clean_site_is_asked_robots_first_one_at_a_time_and_slowly() {
    let delay = Duration::from_millis(40);
    let server = Server::start(|asked, _| good(asked, &[1, 2, 3, 4]));
    let run = Run::new();
    let summary = run.crawl(&Settings { delay, ..settings(&server) });

    let asked = server.asked();
    assert_eq!(asked[0].target, "/robots.txt");
    assert_eq!(asked.len(), 8, "robots, committees, meetings, all meetings (404), and four meetings");
    assert_eq!(server.most_in_flight.load(Ordering::SeqCst), 1);
    for pair in asked.windows(2) {
        assert!(pair[1].at - pair[0].at >= delay, "{:?}", pair[1].at - pair[0].at);
    }
    for one in &asked {
        assert_eq!(one.host, HOST);
        assert!(one.agent.starts_with("Scrutineer/"), "{}", one.agent);
        assert!(one.agent.ends_with("(+clerk@example.org)"), "{}", one.agent);
    }
    // The service is given days as it understands them.
    let meetings = &asked[2].target;
    assert!(
        meetings.ends_with("lCommitteeId=7&sFromDate=01%2F01%2F1990&sToDate=31%2F12%2F2025"),
        "{meetings}"
    );

    assert!(summary.is_whole(), "{summary:?}");
    let site = &summary.sites[0];
    assert_eq!((site.meetings_found, site.fetched, site.unchanged), (4, 6, 0));
    let corpus = run.corpus();
    assert_eq!(corpus.meetings().unwrap().len(), 4);
    let meeting = corpus.meeting(&meeting_id("3")).unwrap().unwrap();
    assert_eq!((meeting.body.as_str(), meeting.status), ("Cabinet", MeetingStatus::Held));
    assert_eq!(meeting.url, format!("http://{HOST}/ieListDocuments.aspx?CId=7&MId=3&Ver=4"));
    let documents = corpus.latest_documents(&meeting.id).unwrap();
    assert_eq!(documents.len(), 1);
    let text = String::from_utf8(corpus.read(&documents[0]).unwrap()).unwrap();
    assert!(text.contains("The Cabinet noted the report."));
}

#[test]
fn robots_txt_is_obeyed() {
    let robots = |text: &'static str| {
        move |asked: &Asked, _: usize| {
            (asked.target == "/robots.txt").then(|| reply("200 OK", "", text.as_bytes()))
        }
    };
    let (server, run, summary) = crawl_with(&[1], robots("User-agent: *\nDisallow: /\n"));
    assert_eq!(server.targets(), ["/robots.txt"]);
    assert!(!summary.is_whole());
    assert_eq!(summary.sites[0].refused, 1);
    assert!(summary.sites[0].losses[0].reason.contains("robots.txt"));
    assert!(!run.corpus().absences().unwrap().is_empty());
    let silent = run.corpus().silent_sites().unwrap();
    assert_eq!(silent.len(), 1, "the register says that it knows nothing");
    // The web service, and the page that would have stood in for it.
    assert_eq!(silent[0].causes, [(Cause::Robots, 2)]);

    // Only part of the site is closed: the rest is asked.
    let part = "User-agent: *\nDisallow: /mgWebService.asmx/GetMeeting?\n";
    let (server, run, summary) = crawl_with(&[1], robots(part));
    assert_eq!(run.corpus().silent_sites().unwrap(), []);
    assert_eq!(server.count("GetMeetings?"), 1);
    assert_eq!(server.count("GetMeeting?"), 0);
    assert_eq!(summary.sites[0].meetings_found, 1);
}

#[test]
fn a_robots_txt_that_cannot_be_had_closes_the_site() {
    let (server, _, summary) = crawl_with(&[1], |asked, _| {
        (asked.target == "/robots.txt").then(|| reply("503 Service Unavailable", "", b""))
    });
    assert!(server.targets().iter().all(|target| target == "/robots.txt"));
    assert_eq!(server.targets().len(), 3, "as many tries as the settings say");
    assert!(summary.sites[0].losses[0].reason.contains("503"), "{:?}", summary.sites[0].losses);
}

#[test]
fn who_cannot_be_reached_has_failed_and_who_asks_for_too_slow_a_crawl_has_refused() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start(|asked, _| match asked.target.as_str() {
        "/robots.txt" => reply("200 OK", "", b"User-agent: *\nCrawl-delay: 86400\n"),
        _ => good(asked, &[1]),
    });
    let mut nobody = settings(&server);
    nobody.hosts.insert(HOST.to_owned(), closed);
    let summary = Run::new().crawl(&nobody);
    assert_eq!((summary.sites[0].failed, summary.sites[0].refused), (1, 0), "{summary:?}");
    assert_eq!(summary.sites[0].losses[0].cause, Cause::Broken);

    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    assert_eq!(server.targets(), ["/robots.txt"]);
    assert_eq!((summary.sites[0].failed, summary.sites[0].refused), (0, 1), "{summary:?}");
    assert!(summary.sites[0].losses[0].reason.contains("86400 s"), "{summary:?}");
    assert_eq!(run.corpus().absences().unwrap().len(), 1);
}

#[test]
fn rules_that_cannot_be_had_leave_waiting_what_waits() {
    let server = Server::start(|asked, n| {
        // Each try of the second crawl fails.
        if asked.target == "/robots.txt" && (1..=3).contains(&n) {
            return reply("500 Fault", "", b"");
        }
        good(asked, &[1, 2, 3])
    });
    let run = Run::new();
    run.crawl(&Settings { meetings_per_site: Some(1), ..settings(&server) });
    let summary = run.crawl(&settings(&server));
    assert_eq!((summary.sites[0].losses.len(), summary.is_whole()), (1, false), "{summary:?}");
    let summary = run.crawl(&settings(&server));
    assert!(summary.is_whole() && summary.sites[0].resumed, "{summary:?}");
    assert_eq!(server.count("lMeetingId="), 3);
}

#[test]
fn a_crawl_delay_of_the_site_is_kept() {
    let server = Server::start(|asked, _| match asked.target.as_str() {
        "/robots.txt" => reply("200 OK", "", b"User-agent: *\nCrawl-delay: 0.2\n"),
        _ => good(asked, &[1]),
    });
    Run::new().crawl(&settings(&server));
    let asked = server.asked();
    assert_eq!(asked.len(), 5);
    for pair in asked[1..].windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(200));
    }
}

#[test]
fn a_rate_that_the_site_asks_for_is_kept_and_its_hours_are_too() {
    let rules = Arc::new(Mutex::new("User-agent: *\nRequest-rate: 10/2s\n"));
    let said = rules.clone();
    let server = Server::start(move |asked, _| match asked.target.as_str() {
        "/robots.txt" => reply("200 OK", "", said.lock().unwrap().as_bytes()),
        _ => good(asked, &[1]),
    });
    let run = Run::new();
    run.crawl(&settings(&server));
    let asked = server.asked();
    assert_eq!(asked.len(), 5);
    for pair in asked[1..].windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(200));
    }

    server.forget();
    *rules.lock().unwrap() = "User-agent: *\nVisit-time: 0100-0500\n";
    let at = |now| Settings { now, ..settings(&server) };
    let summary = Run::new().crawl(&at(|| "2024-03-01T12:00:00Z".parse().unwrap()));
    assert_eq!(server.targets(), ["/robots.txt"]);
    assert!(!summary.is_whole());
    assert!(summary.sites[0].left.as_ref().unwrap().contains("01:00 to 05:00 UTC"), "{summary:?}");
    assert!(Run::new().crawl(&at(|| "2024-03-01T03:00:00Z".parse().unwrap())).is_whole());
}

#[test]
fn rules_are_asked_for_again_after_a_day_and_hold_at_once() {
    let server = Server::start(|asked, n| match (asked.target.as_str(), n) {
        ("/robots.txt", 0) => reply("200 OK", "", b"User-agent: *\n"),
        ("/robots.txt", _) => reply("200 OK", "", b"User-agent: *\nDisallow: /\n"),
        _ => good(asked, &[1, 2, 3, 4, 5, 6, 7, 8]),
    });
    let settings = Settings {
        delay: Duration::from_millis(20),
        robots_hold: Duration::from_millis(90),
        ..settings(&server)
    };
    let summary = Run::new().crawl(&settings);
    assert_eq!(server.count("/robots.txt"), 2, "{:?}", server.targets());
    assert_eq!(server.targets().last().unwrap(), "/robots.txt", "nothing is asked after it");
    assert!(server.targets().len() >= 4 && summary.sites[0].refused > 0, "{summary:?}");
    assert!(summary.sites[0].losses.iter().all(|loss| loss.cause == Cause::Robots), "{summary:?}");
}

#[test]
fn a_slow_host_is_given_as_long_a_rest() {
    let server = Server::start(|asked, _| {
        if asked.target.contains("lMeetingId") {
            std::thread::sleep(Duration::from_millis(120));
        }
        good(asked, &[1, 2, 3, 4, 5, 6])
    });
    Run::new().crawl(&settings(&server));
    let slow: Vec<_> =
        server.asked().into_iter().filter(|asked| asked.target.contains("lMeetingId")).collect();
    // The mean has come near the host's own time after some answers: the next
    // request comes as long after the last answer as that one took.
    let gap = slow[5].at - slow[4].at;
    assert!(gap >= Duration::from_millis(120 + 90), "{gap:?}");
}

#[test]
fn a_dry_run_asks_for_the_lists_and_says_what_would_follow() {
    let server = Server::start(|asked, _| good(asked, &[1, 2, 3]));
    let run = Run::new();
    let summary = run.crawl(&Settings { plan_only: true, ..settings(&server) });
    assert_eq!(server.count("lMeetingId="), 0);
    let plan = summary.sites[0].plan.unwrap();
    assert_eq!((plan.meetings, plan.requests, summary.sites[0].meetings_found), (3, 3, 3));
    assert!(summary.is_whole() && plan.time >= Duration::from_millis(3 * 2), "{plan:?}");

    // The crawl goes on from there: no list is asked for twice.
    server.forget();
    let summary = run.crawl(&settings(&server));
    assert!(summary.is_whole() && summary.sites[0].meetings_found == 3, "{summary:?}");
    assert_eq!(server.count("GetCommittees") + server.count("GetMeetings"), 0);
    assert_eq!(server.count("lMeetingId="), 3);

    let output = command(&run.home, &server, &["--dry-run", "--format", "csv"]);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines[0], "council,meetings_found,to_ask,requests,seconds,time");
    assert!(lines[1].contains(",3,"), "{lines:?}");
}

#[test]
fn settled_minutes_are_asked_for_again_when_that_is_wanted() {
    let corrected = Arc::new(Mutex::new(NOTED));
    let said = corrected.clone();
    let server = Server::start(move |asked, _| match asked.target.contains("lMeetingId=") {
        true => xml(&meeting("1", "01/02/2020", &said.lock().unwrap())),
        false if asked.target.contains("GetMeetings") => {
            xml(&format!("<root>{}</root>", meetings(&[1], "01/02/2020")))
        }
        false => good(asked, &[1]),
    });
    let run = Run::new();
    run.crawl(&settings(&server));
    *corrected.lock().unwrap() = "&lt;p&gt;The Cabinet did not note the report.&lt;/p&gt;";
    run.crawl(&settings(&server));
    assert_eq!(server.count("lMeetingId="), 1, "minutes of four years ago are settled");
    run.crawl(&Settings { recheck: true, ..settings(&server) });
    assert_eq!(server.count("lMeetingId="), 2);
    let versions = run.corpus().all_versions(&meeting_id("1")).unwrap();
    assert_eq!(versions.len(), 2, "a correction never overwrites");
    assert_ne!(versions[0].digest, versions[1].digest);
}

#[test]
fn a_report_accounts_for_every_address() {
    let server = Server::start(|asked, _| match asked.target.as_str() {
        target if target.ends_with("lMeetingId=2") => reply("403 Forbidden", "", b"no"),
        target if target.contains("MId=2") => reply("403 Forbidden", "", b"no"),
        _ => good(asked, &[1, 2, 3]),
    });
    let run = Run::new();
    let output = command(&run.home, &server, &["--report", "csv", "--limit", "2"]);
    assert_eq!(output.code, 3, "{}", output.stderr);
    let mut lines = output.stdout.lines();
    assert_eq!(
        lines.next().unwrap(),
        "council,site,meeting,role,url,outcome,cause,reason,status,bytes,retrieved,digest,warc,offset"
    );
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let fates: Vec<(&str, &str, &str)> = rows.iter().map(|row| (row[2], row[5], row[6])).collect();
    assert_eq!(
        fates,
        [
            ("", "stored", ""),
            ("", "stored", ""),
            // The service has no list of all meetings; its committees' stand.
            ("", "replaced", "missing"),
            ("1", "stored", ""),
            ("2", "replaced", "forbidden"),
            ("3", "waiting", ""),
            ("2", "refused", "forbidden"),
        ]
    );
    let stored = &rows[3];
    let id = MeetingId { site: SiteId::new(stored[1]), number: "1".to_owned() };
    let document = &run.corpus().latest_documents(&id).unwrap()[0];
    assert_eq!((stored[11], stored[4]), (document.digest.0.as_str(), document.url.as_str()));
    assert!(run.home.archive().join(stored[12]).exists() && stored[13].parse::<u64>().is_ok());
}

#[test]
fn a_refused_meeting_is_recorded_and_the_rest_is_fetched() {
    let (server, run, summary) = crawl_with(&[1, 2, 3], |asked, _| {
        let is_second = asked.target.ends_with("lMeetingId=2") || asked.target.contains("MId=2");
        is_second.then(|| reply("403 Forbidden", "", b"<html>blocked</html>"))
    });
    let site = &summary.sites[0];
    // The service has no list of all meetings either.
    assert_eq!((site.fetched, site.refused, site.replaced), (4, 1, 2), "{site:?}");
    assert_eq!(site.losses[0].cause, Cause::Forbidden);
    // The service refused, so the page was asked: once each, as a refusal is an answer.
    assert_eq!(server.count("Id=2"), 2);
    let corpus = run.corpus();
    assert!(corpus.latest_documents(&meeting_id("2")).unwrap().is_empty());
    let absences: Vec<_> = corpus.absences().unwrap();
    let refused: Vec<_> = absences.iter().filter(|absent| absent.unfit.cause == Cause::Forbidden).collect();
    assert!(refused.iter().all(|refusal| refusal.meeting == Some(meeting_id("2"))));
    assert!(refused.iter().all(|refusal| refusal.status == Some(403)));
    assert_eq!(refused.len(), 2);
}

#[test]
fn a_fault_that_passes_is_tried_again() {
    let (server, _, summary) = crawl_with(&[1], |asked, n| {
        (asked.target.ends_with("lMeetingId=1") && n < 2).then(|| reply("503 Busy", "", b""))
    });
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(server.count("lMeetingId=1"), 3);
}

#[test]
fn a_fault_that_stays_is_tried_so_often_and_named() {
    let (server, run, summary) = crawl_with(&[1, 2], |asked, _| {
        let is_first = asked.target.ends_with("lMeetingId=1") || asked.target.contains("MId=1&");
        is_first.then(|| reply("500 Internal Server Error", "", b"oops"))
    });
    let site = &summary.sites[0];
    assert_eq!((site.failed, site.fetched), (1, 3));
    assert_eq!(server.count("lMeetingId=1"), 3);
    assert!(site.losses[0].reason.contains("500"));
    let kept = run.archived();
    let failed = |facts: &&Record| String::from_utf8_lossy(&facts.block).contains("\"outcome\":\"failed\"");
    assert_eq!(kept.iter().filter(failed).count(), 3, "the service and the page, and a list (404)");
    let faults = kept.iter().filter(|record| record.block.starts_with(b"HTTP/1.1 500")).count();
    assert_eq!(faults, 6, "every answer of either is kept");
    assert!(site.finished && !summary.is_whole());
}

#[test]
fn the_site_says_when_to_come_again() {
    let (server, _, summary) = crawl_with(&[1], |asked, n| {
        (asked.target.ends_with("lMeetingId=1") && n == 0)
            .then(|| reply("429 Too Many Requests", "Retry-After: 1\r\n", b""))
    });
    assert!(summary.is_whole());
    let asked: Vec<Asked> =
        server.asked().into_iter().filter(|asked| asked.target.ends_with("lMeetingId=1")).collect();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1));
}

#[test]
fn a_host_that_asks_for_a_rest_gets_it_whatever_is_asked_next() {
    let (server, _, summary) = crawl_with(&[1, 2], |asked, _| {
        let is_first = asked.target.ends_with("lMeetingId=1") || asked.target.contains("MId=1&");
        is_first.then(|| reply("503 Busy", "Retry-After: 1\r\n", b""))
    });
    assert_eq!((summary.sites[0].failed, summary.sites[0].fetched), (1, 3), "{summary:?}");
    let asked = server.asked();
    for pair in asked.windows(2).filter(|pair| pair[0].target.contains("Id=1")) {
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1), "{} came too soon", pair[1].target);
    }
}

#[test]
fn a_host_that_asks_for_longer_than_anybody_waits_is_left_alone_until_the_next_crawl() {
    let server = Server::start(|asked, n| {
        if asked.target.ends_with("lMeetingId=2") && n == 0 {
            return reply("429 Too Many Requests", "Retry-After: 86400\r\n", b"");
        }
        good(asked, &[1, 2, 3])
    });
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    assert_eq!(server.targets().last().unwrap(), "/mgWebService.asmx/GetMeeting?lMeetingId=2");
    assert_eq!(server.count("lMeetingId="), 2, "nothing is asked after it");
    let first = &summary.sites[0];
    assert!(!first.finished && !summary.is_whole());
    assert_eq!((first.failed, first.losses.len()), (1, 1));
    assert!(first.left.as_ref().unwrap().contains("86400 s"), "{first:?}");

    let summary = run.crawl(&settings(&server));
    assert!(summary.is_whole() && summary.sites[0].resumed, "{summary:?}");
    let asked = [1, 2, 3].map(|id| server.count(&format!("lMeetingId={id}")));
    assert_eq!(asked, [1, 2, 1], "the one that was turned away is asked again");

    // Another site on the same host is left alone as well.
    let server = Server::start(|asked, _| match asked.target.as_str() {
        "/robots.txt" => reply("503 Busy", "Retry-After: 86400\r\n", b""),
        _ => good(asked, &[1]),
    });
    let sites = [alderbrook(), site("south", format!("http://{HOST}/south"))];
    let summary = Run::new().crawl_scope(&sites, &Scope::all(TODAY), &settings(&server));
    assert_eq!(server.targets(), ["/robots.txt"]);
    assert!(summary.sites.iter().all(|site| site.left.is_some() && !site.finished), "{summary:?}");
}

#[test]
fn half_an_answer_is_never_stored() {
    let whole = meeting("1", DAY, NOTED);
    let (server, run, summary) = crawl_with(&[1], move |asked, _| {
        let half = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 90000\r\n\r\n\
             <?xml version=\"1.0\"?>{whole}"
        );
        asked.target.ends_with("lMeetingId=1").then(|| half.into_bytes())
    });
    assert_eq!(server.count("lMeetingId=1"), 3);
    assert!(run.corpus().latest_documents(&meeting_id("1")).unwrap().is_empty());
    assert_eq!(summary.sites[0].fetched, 2, "committees and meetings");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const GZIPPED: &str = "Content-Type: text/xml\r\nContent-Encoding: gzip\r\n";

#[test]
fn a_compressed_body_is_read_and_kept_as_it_came() {
    let body = format!("<?xml version=\"1.0\"?>{}", meeting("1", DAY, NOTED));
    let sent = body.clone();
    let (_, run, summary) = crawl_with(&[1], move |asked, _| {
        asked.target.ends_with("lMeetingId=1").then(|| reply("200 OK", GZIPPED, &gzip(sent.as_bytes())))
    });
    assert!(summary.is_whole());
    let corpus = run.corpus();
    let document = corpus.latest_documents(&meeting_id("1")).unwrap().remove(0);
    assert_eq!(corpus.read(&document).unwrap(), body.as_bytes());
    let folder = run.home.archive().join("alderbrook");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let kept = archive::records(&file).unwrap().map(|(_, record)| record.unwrap()).any(|record| {
        record.kind() == "response" && record.http().is_some_and(|(_, wire)| wire == gzip(body.as_bytes()))
    });
    assert!(kept, "the archive holds the compressed bytes");
}

#[test]
fn a_broken_or_endless_body_is_not_taken() {
    let zeros = gzip(&vec![b' '; 20_000_000]);
    assert!(zeros.len() < 100_000);
    let cut = gzip(meeting("2", DAY, NOTED).as_bytes());
    let cut = cut[..cut.len() - 10].to_vec();
    let (bomb, half) = (zeros.clone(), cut.clone());
    let server = Server::start(move |asked, _| {
        if asked.target.contains("Id=1") {
            return reply("200 OK", GZIPPED, &zeros);
        }
        if asked.target.contains("Id=2") {
            return reply("200 OK", GZIPPED, &cut);
        }
        if asked.target.contains("Id=3") {
            return reply("200 OK", "", &vec![b' '; 2_000_000]);
        }
        good(asked, &[1, 2, 3, 4])
    });
    let run = Run::new();
    let summary = run.crawl(&Settings { body_bytes: 1_000_000, tries: 2, ..settings(&server) });
    let reasons: Vec<&str> = summary.sites[0].losses.iter().map(|loss| loss.reason.as_str()).collect();
    assert_eq!(reasons.len(), 3);
    assert!(reasons[0].contains("longer than 1000000 bytes"), "{reasons:?}");
    assert!(reasons[1].contains("cut short"), "{reasons:?}");
    assert!(reasons[2].contains("longer than 1000000 bytes"), "{reasons:?}");
    assert_eq!(run.corpus().latest_documents(&meeting_id("4")).unwrap().len(), 1);
    let asked = [1, 2, 3].map(|id| server.count(&format!("lMeetingId={id}")));
    assert_eq!(asked, [1, 2, 1], "what is too long would be so again");
    let kept = run.archived();
    let bodies = |body: &[u8]| {
        kept.iter().filter(|record| record.http().is_some_and(|(_, kept)| kept == body)).count()
    };
    assert_eq!((bodies(&bomb), bodies(&half)), (2, 4), "what came is kept, also what cannot be unpacked");
}

#[test]
fn redirects_lead_nowhere_but_on_the_site() {
    let elsewhere = Server::start(|_, _| html("elsewhere"));
    let to = elsewhere.address;
    let server = Server::start(move |asked, _| {
        let target = asked.target.clone();
        let is = |id: &str| {
            target.ends_with(&format!("lMeetingId={id}")) || target.contains(&format!("MId={id}&"))
        };
        if is("1") {
            return redirect("http://democracy.other.example/page");
        }
        if is("2") {
            return redirect("http://169.254.169.254/latest/meta-data/");
        }
        if is("3") {
            return redirect("file:///etc/passwd");
        }
        if is("4") {
            return redirect(&format!("http://{to}/"));
        }
        if is("5") {
            return redirect(&target);
        }
        if target.ends_with("lMeetingId=6") {
            return redirect("/moved/GetMeeting?lMeetingId=66");
        }
        if target.starts_with("/moved/") {
            return xml(&meeting("6", DAY, NOTED));
        }
        good(asked, &[1, 2, 3, 4, 5, 6])
    });
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    let site = &summary.sites[0];
    assert_eq!((site.refused, site.failed), (4, 1), "{:?}", site.losses);
    let reason = |at: usize| site.losses[at].reason.as_str();
    assert!(reason(0).contains("another host"), "{}", reason(0));
    assert!(reason(1).contains("169.254.169.254"), "{}", reason(1));
    assert!(reason(2).contains("only http and https"), "{}", reason(2));
    assert!(reason(3).contains("private network"), "{}", reason(3));
    assert!(reason(4).contains("more than 10 times"), "{}", reason(4));
    assert!(elsewhere.asked().is_empty());
    // A loop is cut, and is not worth another try.
    assert_eq!(server.count("lMeetingId=5"), 11);
    assert_eq!(run.corpus().latest_documents(&meeting_id("6")).unwrap().len(), 1);
}

#[test]
fn error_page_login_and_challenge_are_no_minutes() {
    let (_, run, summary) = crawl_with(&[1, 2, 3], |asked, _| {
        let is = |id: &str| {
            asked.target.ends_with(&format!("lMeetingId={id}"))
                || asked.target.contains(&format!("MId={id}&"))
        };
        if is("1") {
            return Some(redirect("mgError.aspx"));
        }
        if is("2") {
            return Some(redirect("/ieLogon.aspx"));
        }
        if is("3") {
            return Some(html("<html><title>Just a moment...</title></html>"));
        }
        asked.target.contains("mgError.aspx").then(|| html("<div id=\"modgov\">Sorry</div>")).or_else(|| {
            asked.target.contains("ieLogon.aspx").then(|| html("<div id=\"modgov\">Log in</div>"))
        })
    });
    let site = &summary.sites[0];
    assert_eq!((site.failed, site.refused), (1, 2), "{:?}", site.losses);
    let causes: Vec<Cause> = site.losses.iter().map(|loss| loss.cause).collect();
    assert_eq!(causes, [Cause::Missing, Cause::Login, Cause::Challenge]);
    assert!(site.losses[0].reason.contains("error page"));
    assert!(site.losses[1].reason.contains("login"));
    assert!(site.losses[2].reason.contains("Cloudflare"));
    let corpus = run.corpus();
    for number in ["1", "2", "3"] {
        assert!(corpus.latest_documents(&meeting_id(number)).unwrap().is_empty());
        assert!(corpus.meeting(&meeting_id(number)).unwrap().is_some(), "it is listed all the same");
    }
}

#[test]
fn what_was_good_stays_when_the_site_answers_wrongly_later() {
    let server = Server::start(|asked, n| {
        if asked.target.ends_with("lMeetingId=1") && n > 0 {
            return html("<html>Just a moment...</html>");
        }
        good(asked, &[1])
    });
    let run = Run::new();
    run.crawl(&settings(&server));
    let summary = run.crawl(&settings(&server));
    assert_eq!(summary.sites[0].replaced, 1);
    let corpus = run.corpus();
    let document = corpus.latest_documents(&meeting_id("1")).unwrap().remove(0);
    assert!(String::from_utf8(corpus.read(&document).unwrap()).unwrap().contains("noted the report"));
}

#[test]
fn a_crawl_that_was_stopped_asks_only_for_the_rest() {
    let server = Server::start(|asked, _| good(asked, &[1, 2, 3, 4, 5, 6]));
    let run = Run::new();
    let cancel = Cancel::default();
    let stop_at_third = {
        let cancel = cancel.clone();
        move |progress: &crawl::Progress| {
            if progress.url.as_deref().is_some_and(|url| url.ends_with("lMeetingId=3")) {
                cancel.cancel();
            }
        }
    };
    {
        let mut corpus = Corpus::open(&run.home).unwrap();
        let scope = Scope::all(TODAY);
        let summary = crawl::crawl_network(
            &mut corpus,
            &[alderbrook()],
            &scope,
            &settings(&server),
            &stop_at_third,
            &cancel,
        )
        .unwrap();
        assert!(summary.cancelled && !summary.is_whole());
    }
    assert_eq!(server.count("lMeetingId="), 2);
    server.forget();

    // The day has changed meanwhile; it is the same crawl all the same.
    let scope = Scope::all(date(2024, 3, 2));
    let summary = run.crawl_scope(&[alderbrook()], &scope, &settings(&server));
    assert!(summary.sites[0].resumed && summary.is_whole());
    let rest: Vec<String> = server.targets();
    assert_eq!(rest[0], "/robots.txt");
    assert_eq!(rest.len(), 5, "{rest:?}");
    assert_eq!(server.count("lMeetingId=1") + server.count("lMeetingId=2"), 0);
    assert_eq!(run.corpus().meetings().unwrap().len(), 6);
}

/// Not a test: the process that the next test kills.
#[test]
fn a_crawl_to_be_killed() {
    let (Ok(home), Ok(address)) = (std::env::var("CRAWL_HOME"), std::env::var("CRAWL_SERVER")) else {
        return;
    };
    let address: SocketAddr = address.parse().unwrap();
    let hosts = HashMap::from([(HOST.to_owned(), address)]);
    let settings = Settings { delay: Duration::from_millis(2), hosts, ..Settings::default() };
    let mut corpus = Corpus::open(&Home::new(home)).unwrap();
    let (scope, cancel) = (Scope::all(TODAY), Cancel::default());
    crawl::crawl_network(&mut corpus, &[alderbrook()], &scope, &settings, &|_| {}, &cancel).unwrap();
}

#[test]
fn a_crawl_that_was_killed_loses_nothing_and_asks_nothing_twice() {
    const IDS: [u32; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let server = Server::start(|asked, n| {
        // The seventh meeting keeps the first process waiting, to be killed.
        if asked.target.ends_with("lMeetingId=7") && n == 0 {
            std::thread::sleep(Duration::from_secs(3));
        }
        good(asked, &IDS)
    });
    let run = Run::new();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crawl::a_crawl_to_be_killed"])
        .env("CRAWL_HOME", run.home.root())
        .env("CRAWL_SERVER", server.address.to_string())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while server.count("lMeetingId=7") == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "the child does not get there");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Corpus::open(&run.home).unwrap_err().to_string().contains(&child.id().to_string()));
    child.kill().unwrap();
    child.wait().unwrap();

    // The lock fell with the process; what it had stored is there.
    let summary = run.crawl(&settings(&server));
    assert!(summary.sites[0].resumed && summary.is_whole(), "{summary:?}");
    let mut asked: Vec<String> =
        server.targets().into_iter().filter(|target| target.contains("lMeetingId=")).collect();
    asked.sort();
    let n_asked = asked.len();
    asked.dedup();
    assert_eq!((asked.len(), n_asked), (12, 13), "only the one in flight was asked again");
    let corpus = run.corpus();
    for meeting in corpus.meetings().unwrap() {
        let documents = corpus.latest_documents(&meeting.id).unwrap();
        assert_eq!(documents.len(), 1, "{}", meeting.id);
        corpus.read(&documents[0]).unwrap();
    }
    let folder = run.home.archive().join("alderbrook");
    let files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "a session writes to a file of its own");
    for file in files {
        assert!(archive::records(&file).unwrap().all(|(_, record)| record.is_ok()));
    }
}

#[test]
fn a_second_crawl_finds_nothing_new_and_leaves_settled_meetings_alone() {
    let server = Server::start(|asked, _| good(asked, &[1, 2]));
    let run = Run::new();
    run.crawl(&settings(&server));
    let fingerprint = run.corpus().fingerprint().unwrap();
    server.forget();

    let summary = run.crawl(&settings(&server));
    let site = &summary.sites[0];
    assert_eq!((site.fetched, site.unchanged), (0, 4), "{site:?}");
    assert_eq!(server.count("lMeetingId="), 2, "the minutes are not 90 days old");
    assert_eq!(run.corpus().fingerprint().unwrap(), fingerprint);
    server.forget();

    // 1 February 2024 is 91 days before 2 May 2024.
    let later = |day: Date| run.crawl_scope(&[alderbrook()], &Scope::all(day), &settings(&server));
    later(date(2024, 5, 1));
    assert_eq!(server.count("lMeetingId="), 2);
    server.forget();
    let summary = later(date(2024, 5, 2));
    assert_eq!(server.count("lMeetingId="), 0);
    assert_eq!(summary.sites[0].unchanged, 4, "committees, meetings, and two that are settled");
    assert!(summary.is_whole());
}

#[test]
fn a_site_that_tells_what_has_changed_is_asked_that() {
    let server = Server::start(|asked, _| {
        if !asked.target.ends_with("lMeetingId=1") {
            return good(asked, &[1, 2]);
        }
        if asked.unless == "\"v1\"" {
            return b"HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n".to_vec();
        }
        let body = format!("<?xml version=\"1.0\"?>{}", meeting("1", DAY, NOTED));
        reply("200 OK", "Content-Type: text/xml\r\nETag: \"v1\"\r\n", body.as_bytes())
    });
    let run = Run::new();
    assert!(run.crawl(&settings(&server)).is_whole());
    let before = run.corpus().latest_documents(&meeting_id("1")).unwrap();
    for _ in 0..2 {
        server.forget();
        let summary = run.crawl(&settings(&server));
        assert!(summary.is_whole(), "{summary:?}");
        assert_eq!((summary.sites[0].fetched, summary.sites[0].unchanged), (0, 4));
        let asked = server.asked();
        let unless = |end: &str| {
            asked.iter().find(|asked| asked.target.ends_with(end)).map(|asked| asked.unless.clone())
        };
        assert_eq!(unless("lMeetingId=1").as_deref(), Some("\"v1\""));
        assert_eq!(unless("lMeetingId=2").as_deref(), Some(""), "it gave nothing to ask by");
    }
    let corpus = run.corpus();
    assert_eq!(corpus.latest_documents(&meeting_id("1")).unwrap(), before);
    assert!(corpus.read(&before[0]).is_ok());

    // Whatever befalls the archive, the next crawl makes it whole again: files
    // that are damaged, and files that are gone.
    let folder = run.home.archive().join("alderbrook");
    let files = || std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let damage: [&dyn Fn(PathBuf); 2] = [
        &|file| std::fs::write(&file, vec![0; std::fs::metadata(&file).unwrap().len() as usize]).unwrap(),
        &|file| std::fs::remove_file(file).unwrap(),
    ];
    for damage in damage {
        files().for_each(damage);
        let unreadable = run.corpus().latest_documents(&meeting_id("1")).unwrap().remove(0);
        assert!(run.corpus().read(&unreadable).is_err());
        assert!(run.crawl(&settings(&server)).is_whole());
        let corpus = run.corpus();
        let document = corpus.latest_documents(&meeting_id("1")).unwrap().remove(0);
        assert!(corpus.read(&document).is_ok(), "{document:?}");
    }
}

#[test]
fn a_crawl_that_cannot_store_stops_and_says_so() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let run = Run::new();
    // A file where the folder of the archive should be.
    std::fs::create_dir_all(run.home.corpus()).unwrap();
    std::fs::write(run.home.archive(), "").unwrap();
    assert!(Corpus::open(&run.home).unwrap_err().to_string().contains("archive"));
    std::fs::remove_file(run.home.archive()).unwrap();
    // The same only where the folder of the site should be.
    std::fs::create_dir(run.home.archive()).unwrap();
    std::fs::write(run.home.archive().join("alderbrook"), "").unwrap();
    let mut corpus = Corpus::open(&run.home).unwrap();
    let (scope, cancel, settings) = (Scope::all(TODAY), Cancel::default(), settings(&server));
    let failed = crawl::crawl_network(&mut corpus, &[alderbrook()], &scope, &settings, &|_| {}, &cancel);
    assert!(failed.unwrap_err().to_string().contains("archive"));
    assert!(server.targets().is_empty(), "nothing is asked for that cannot be kept");
    drop(corpus);

    std::fs::remove_file(run.home.archive().join("alderbrook")).unwrap();
    assert!(run.crawl(&settings).is_whole());
    assert_eq!(run.corpus().latest_documents(&meeting_id("1")).unwrap().len(), 1);
}

#[test]
fn only_the_scope_is_asked_for() {
    let server = Server::start(|asked, _| {
        if asked.target.contains("GetCommittees") {
            return xml(
                "<committees><committee><committeeid>7</committeeid><committeetitle>Cabinet</committeetitle>\
                 </committee><committee><committeeid>8</committeeid><committeetitle>Children&amp;amp;Young \
                 People Scrutiny</committeetitle></committee></committees>",
            );
        }
        // The site passes over the dates that it is given, as some do.
        if asked.target.contains("GetMeetings") {
            let all =
                meetings(&[1], "31/12/2023") + &meetings(&[2], "01/01/2024") + &meetings(&[3], "02/01/2024");
            return xml(&format!("<root>{all}</root>"));
        }
        good(asked, &[])
    });
    let scope = Scope {
        from: Some(date(2024, 1, 1)),
        to: Some(date(2024, 1, 1)),
        body: "scrutiny CHILDREN".to_owned(),
        ..Scope::all(TODAY)
    };
    let run = Run::new();
    let summary = run.crawl_scope(&[alderbrook()], &scope, &settings(&server));
    assert_eq!(summary.sites[0].meetings_found, 1);
    assert_eq!(server.count("lCommitteeId=7"), 0);
    assert_eq!(server.count("lCommitteeId=8&sFromDate=01%2F01%2F2024&sToDate=01%2F01%2F2024"), 1);
    assert_eq!(server.count("lMeetingId="), 1);

    let register = Scope { documents: Documents::None, ..Scope::all(TODAY) };
    server.forget();
    run.crawl_scope(&[alderbrook()], &register, &settings(&server));
    assert_eq!(server.count("lMeetingId="), 0);
    assert_eq!(run.corpus().meetings().unwrap().len(), 3);
}

#[test]
fn no_more_meetings_are_asked_for_than_the_limit_says() {
    let server = Server::start(|asked, _| good(asked, &[1, 2, 3]));
    let run = Run::new();
    let limited = Settings { meetings_per_site: Some(2), ..settings(&server) };
    let summary = run.crawl(&limited);
    assert_eq!(server.count("lMeetingId="), 2);
    assert!(!summary.sites[0].finished);
    assert_eq!(summary.sites[0].beyond_limit, Some(1));
    assert!(summary.is_whole(), "what waits was not asked for");
    let summary = run.crawl(&limited);
    assert_eq!(summary.sites[0].beyond_limit, None);
    assert_eq!(server.count("lMeetingId="), 3);
    assert!(summary.sites[0].finished && summary.sites[0].resumed);
}

#[test]
fn what_an_earlier_run_lost_is_asked_again_by_the_one_that_ends_the_crawl() {
    let heals = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let healed = heals.clone();
    let server = Server::start(move |asked, _| {
        let is_first = asked.target.ends_with("lMeetingId=1") || asked.target.contains("MId=1&");
        if is_first && !healed.load(Ordering::SeqCst) {
            return reply("403 Forbidden", "", b"");
        }
        good(asked, &[1, 2, 3])
    });
    let limited = Settings { meetings_per_site: Some(1), ..settings(&server) };
    let run = Run::new();
    let losses = || run.crawl(&limited).sites[0].losses.len();
    assert_eq!((losses(), losses()), (1, 0), "the second run comes no further than the second meeting");
    server.forget();
    let last = run.crawl(&limited);
    assert!(last.sites[0].finished && !last.is_whole(), "{last:?}");
    assert_eq!(last.sites[0].refused, 1);
    let order: Vec<String> = server.targets().into_iter().filter(|target| target.contains("Id=")).collect();
    assert!(order[0].ends_with("lMeetingId=3") && order[1].contains("MId=1&"), "{order:?}");

    // Once the site answers, so does the crawl, and nothing is asked twice.
    let run = Run::new();
    let first = run.crawl(&Settings { meetings_per_site: Some(2), ..settings(&server) });
    assert_eq!((first.sites[0].refused, first.is_whole()), (1, false));
    heals.store(true, Ordering::SeqCst);
    server.forget();
    let second = run.crawl(&settings(&server));
    assert_eq!(server.count("MId=1&"), 1, "{:?}", server.targets());
    assert_eq!(server.count("lMeetingId=2"), 0);
    assert!(second.sites[0].finished);
}

#[test]
fn meetings_that_are_always_refused_do_not_keep_a_limited_crawl_from_its_end() {
    let server = Server::start(|asked, _| {
        if asked.target.contains("mgListCommittees") {
            return html(&list_page("<a href=\"mgCommitteeDetails.aspx?ID=7\">Cabinet</a>"));
        }
        if asked.target.contains("ieListMeetings") {
            return html(&list_page(
                "<a href=\"ieListDocuments.aspx?MId=1\">1 Feb 2024 7.00 pm</a>\
                 <a href=\"ieListDocuments.aspx?MId=2\">2 Feb 2024 7.00 pm</a>",
            ));
        }
        reply("403 Forbidden", "", b"")
    });
    let limited = Settings { meetings_per_site: Some(1), ..settings(&server) };
    let run = Run::new();
    assert!(!run.crawl(&limited).sites[0].finished);
    let second = run.crawl(&limited);
    assert!(second.sites[0].finished, "{second:?}");
    assert_eq!(second.sites[0].refused, 2, "both are named where the crawl ends");
    assert_eq!([1, 2].map(|id| server.count(&format!("MId={id}"))), [2, 1]);
}

#[test]
fn an_empty_list_of_the_service_is_looked_up_on_the_page() {
    let server = Server::start(|asked, _| {
        if asked.target.contains("GetMeetings") {
            return xml("<getmeetings><meetingscount> 0</meetingscount></getmeetings>");
        }
        if asked.target.contains("ieListMeetings.aspx?CommitteeId=7&") {
            return html(&list_page("<a href=\"ieListDocuments.aspx?MId=1\">1 Feb 2024 7.00 pm</a>"));
        }
        good(asked, &[])
    });
    let scope = Scope { documents: Documents::None, ..Scope::all(TODAY) };
    let run = Run::new();
    let summary = run.crawl_scope(&[alderbrook()], &scope, &settings(&server));
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(summary.sites[0].meetings_found, 1);
    assert_eq!(run.corpus().meeting(&meeting_id("1")).unwrap().unwrap().body, "Cabinet");
}

#[test]
fn meetings_of_a_shared_site_go_to_the_council_that_the_committee_names() {
    let server = Server::start(|asked, _| {
        if asked.target.contains("GetCommittees") {
            let committee = |id: u32, name: &str| {
                format!(
                    "<committee><committeeid>{id}</committeeid><committeetitle>{name}</committeetitle></committee>"
                )
            };
            let all = committee(1, "Adur Planning Committee")
                + &committee(2, "Licensing Committee (Worthing)")
                + &committee(3, "Joint Strategic Committee");
            return xml(&format!("<committees>{all}</committees>"));
        }
        let of = |id: &str| asked.target.contains(&format!("lCommitteeId={id}&"));
        let ids = [("1", 11), ("2", 12), ("3", 13)];
        if let Some((_, meeting)) = ids.iter().find(|(id, _)| of(id)) {
            let list = meetings(&[*meeting], DAY);
            return xml(&list.replace("<committeetitle>Cabinet</committeetitle>", ""));
        }
        good(asked, &[])
    });
    let council = |slug: &str, name: &str| Council {
        slug: slug.to_owned(),
        name: name.to_owned(),
        nation: "England".to_owned(),
        platform: "moderngov".to_owned(),
        address: format!("http://{HOST}"),
        ..Council::default()
    };
    let shared = Site {
        council: "adur-and-worthing".to_owned(),
        rules: None,
        shared_by: vec![
            council("adur", "Adur District Council"),
            council("worthing", "Worthing Borough Council"),
        ],
        ..alderbrook()
    };
    let run = Run::new();
    assert!(run.crawl_scope(&[shared], &Scope::all(TODAY), &settings(&server)).is_whole());
    let meetings = run.corpus().meetings().unwrap();
    let councils: Vec<(&str, &str)> =
        meetings.iter().map(|meeting| (meeting.id.number.as_str(), meeting.council.as_str())).collect();
    assert_eq!(councils, [("11", "adur"), ("12", "worthing"), ("13", "adur-and-worthing")]);
    assert_eq!(meetings[1].council_name, "Worthing Borough Council");
}

fn list_page(inside: &str) -> String {
    format!(
        "<html><body><div id=\"modgov\"><h2 class=\"mgSubTitleTxt\">Cabinet</h2>\
         <form action=\"ieListMeetings.aspx\"></form>{inside}</div></body></html>"
    )
}

/// A meeting's page with a link to printed minutes and an item without text.
fn page_with_printed(label: &str) -> String {
    format!(
        "<html><head><meta name=\"DC.date\" content=\"2024-02-01\"/></head><body><div id=\"modgov\">\
         <h1>Agenda and minutes</h1><h2 class=\"mgSubTitleTxt\">Cabinet - Thursday 1 February 2024 7.00 pm</h2>\
         <ul class=\"mgActionList\"><li><a href=\"documents/g17/Printed minutes 1.pdf?T=1\">{label}\
         <span class=\"mgFileSize\">PDF 9 KB</span></a></li></ul></div></body></html>"
    )
}

#[test]
fn minutes_that_are_only_printed_are_fetched_and_their_draft_is_told() {
    let label = Arc::new(Mutex::new("Printed draft minutes"));
    let said = label.clone();
    let server = Server::start(move |asked, _| {
        if asked.target.ends_with("lMeetingId=1") {
            return xml(&meeting("1", DAY, "\n"));
        }
        if asked.target.contains("ieListDocuments.aspx") {
            return html(&page_with_printed(*said.lock().unwrap()));
        }
        if asked.target.ends_with(".pdf?T=1") {
            return reply("200 OK", "Content-Type: application/pdf\r\n", b"%PDF-1.4 the minutes");
        }
        good(asked, &[1])
    });
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(server.count("/documents/g17/Printed%20minutes%201.pdf?T=1"), 1);
    let printed = |corpus: &Corpus| {
        let documents = corpus.latest_documents(&meeting_id("1")).unwrap();
        assert_eq!(documents.len(), 3, "the service's answer, the page, the file");
        documents.into_iter().find(|document| document.role == DocumentRole::PrintedMinutes).unwrap()
    };
    assert_eq!(printed(&run.corpus()).edition, Some(Edition::DraftMinutes));

    // Approved: the address and the bytes stay, the label changes.
    *label.lock().unwrap() = "Printed minutes";
    run.crawl(&settings(&server));
    let corpus = run.corpus();
    assert_eq!(printed(&corpus).edition, Some(Edition::Minutes));
    assert_eq!(corpus.read(&printed(&corpus)).unwrap(), b"%PDF-1.4 the minutes");
}

#[test]
fn a_draft_is_never_settled() {
    let draft = Arc::new(Mutex::new("Printed draft minutes"));
    let said = draft.clone();
    let server = Server::start(move |asked, _| {
        if asked.target.contains("mgListCommittees") {
            return html(&list_page("<a href=\"mgCommitteeDetails.aspx?ID=7\">Cabinet</a>"));
        }
        if asked.target.contains("ieListMeetings") {
            return html(&list_page(
                "<a href=\"ieListDocuments.aspx?MId=1\">1 Feb 2024 7.00 pm</a> - Minutes",
            ));
        }
        if asked.target.contains("ieListDocuments") {
            let row = "<table><tr><td class=\"mgItemNumberCell\"><p>1.</p></td><td><p class=\"mgAiTitleTxt\">\
                Budget</p><p class=\"mgSubItemTitleTxt\">Minutes:</p><div class=\"mgWordPara\"><p>It was noted.\
                </p></div></td></tr></table></div>";
            return html(&page_with_printed(*said.lock().unwrap()).replacen("</div>", row, 1));
        }
        not_found()
    });
    let run = Run::new();
    // The meeting was 394 days before the first crawl: a twentieth of that is 20 days.
    let settings = Settings { now: || "2025-03-01T12:00:00Z".parse().unwrap(), ..settings(&server) };
    let crawl = |day| run.crawl_scope(&[alderbrook()], &Scope::all(day), &settings);
    crawl(date(2025, 3, 1));
    crawl(date(2025, 3, 15));
    assert_eq!(server.count("MId=1"), 1, "an old draft is given time");
    crawl(date(2025, 3, 22));
    assert_eq!(server.count("MId=1"), 2, "it was a draft the first time");
    *draft.lock().unwrap() = "Printed minutes";
    crawl(date(2025, 4, 1));
    assert_eq!(server.count("MId=1"), 3, "and the second time");
    crawl(date(2026, 1, 1));
    assert_eq!(server.count("MId=1"), 3, "it is final now");
}

#[test]
fn lists_that_link_on_for_ever_come_to_an_end() {
    let server = Server::start(|asked, _| {
        if asked.target.contains("mgListCommittees") {
            return html(&list_page("<a href=\"mgCommitteeDetails.aspx?ID=7\">Cabinet</a>"));
        }
        if asked.target.contains("ieListMeetings") {
            // Every page links an earlier one, and shows an earlier meeting.
            let n = asked.target.split("D=").nth(1).and_then(|rest| rest.split('&').next());
            let n: i32 = n.and_then(|n| n.parse().ok()).unwrap_or(2020);
            return html(&list_page(&format!(
                "<a href=\"ieListDocuments.aspx?MId={n}\">1 Jan {n} 7.00 pm</a>\
                 <a href=\"ieListMeetings.aspx?Act=earlier&CId=7&D={}\">Earlier</a>",
                n - 1
            )));
        }
        not_found()
    });
    let scope = Scope { documents: Documents::None, ..Scope::all(TODAY) };
    let run = Run::new();
    let summary = run.crawl_scope(&[alderbrook()], &scope, &settings(&server));
    assert!(summary.sites[0].finished);
    assert_eq!(server.count("ieListMeetings"), 101);
    server.forget();
    // A first day asked for ends it sooner: 2020, 2019, and 2018 to be sure.
    let scope = Scope { from: Some(date(2019, 1, 1)), ..scope };
    run.crawl_scope(&[alderbrook()], &scope, &settings(&server));
    assert_eq!(server.count("ieListMeetings"), 3);
}

#[test]
fn a_slow_answer_ends_at_the_deadline_and_a_closed_port_at_once() {
    let server = Server::start(|asked, _| {
        if asked.target.ends_with("lMeetingId=1") {
            std::thread::sleep(Duration::from_secs(5));
        }
        good(asked, &[1])
    });
    let quick = Settings { deadline: Duration::from_millis(200), tries: 1, ..settings(&server) };
    let started = Instant::now();
    let summary = Run::new().crawl(&quick);
    assert!(started.elapsed() < Duration::from_secs(4));
    assert_eq!(summary.sites[0].replaced, 2, "the service's answer, and its list of all meetings");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut nobody = settings(&server);
    nobody.hosts.insert(HOST.to_owned(), closed);
    let summary = Run::new().crawl(&nobody);
    assert!(started.elapsed() < Duration::from_secs(9));
    assert!(summary.sites[0].losses[0].reason.contains("no connection"), "{:?}", summary.sites[0].losses);
}

#[test]
fn this_machine_is_not_crawled_unless_that_is_asked_for() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let named = site("local", format!("http://localhost:{}", server.address.port()));
    let run = Run::new();
    let summary = run.crawl_scope(std::slice::from_ref(&named), &Scope::all(TODAY), &settings(&server));
    assert!(server.asked().is_empty());
    assert!(summary.sites[0].losses[0].reason.contains("private network"), "{:?}", summary.sites[0].losses);

    let number = site("local", format!("http://{}", server.address));
    let mut corpus = Corpus::open(&run.home).unwrap();
    let refused = |site: &Site, settings: &Settings, corpus: &mut Corpus| {
        let sites = std::slice::from_ref(site);
        crawl::crawl_network(corpus, sites, &Scope::all(TODAY), settings, &|_| {}, &Cancel::default())
    };
    assert!(refused(&number, &settings(&server), &mut corpus).is_err());
    for root in
        ["file:///etc", "ftp://example.org", "http://[::ffff:10.0.0.1]/", "http://a:b@example.org", "junk"]
    {
        assert!(refused(&site("bad", root.to_owned()), &settings(&server), &mut corpus).is_err(), "{root}");
    }
    let allowed = Settings { allow_loopback: true, ..settings(&server) };
    assert!(refused(&number, &allowed, &mut corpus).unwrap().is_whole());
    assert!(refused(&named, &allowed, &mut corpus).is_ok());
}

#[test]
fn a_server_without_tls_is_no_https_site() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let secure = site("alderbrook", format!("https://{HOST}"));
    let summary = Run::new().crawl_scope(&[secure], &Scope::all(TODAY), &settings(&server));
    assert_eq!(summary.sites[0].fetched, 0);
    assert!(!summary.sites[0].losses.is_empty());
}

#[test]
fn sites_on_one_host_take_turns_and_hosts_do_not_wait_for_each_other() {
    let slow = |asked: &Asked, _: usize| {
        std::thread::sleep(Duration::from_millis(30));
        good(asked, &[1, 2])
    };
    let server = Server::start(slow);
    let shared = |name: &str| site(name, format!("http://{HOST}/{name}"));
    let run = Run::new();
    let sites = [shared("north"), shared("south")];
    assert!(run.crawl_scope(&sites, &Scope::all(TODAY), &settings(&server)).is_whole());
    assert_eq!(server.most_in_flight.load(Ordering::SeqCst), 1);
    assert_eq!(run.corpus().meetings().unwrap().len(), 4, "the number of a meeting is its site's");

    let server = Server::start(slow);
    let mut both = settings(&server);
    both.hosts.insert("democracy.bellwick.example".to_owned(), server.address);
    let sites = [alderbrook(), site("bellwick", "http://democracy.bellwick.example".to_owned())];
    assert!(Run::new().crawl_scope(&sites, &Scope::all(TODAY), &both).is_whole());
    assert_eq!(server.most_in_flight.load(Ordering::SeqCst), 2);
}

#[test]
fn what_is_recorded_is_crawled_without_a_network() {
    let at = |method: &str| format!("http://{HOST}/mgWebService.asmx/{method}");
    let xml = |inside: &str| format!("<?xml version=\"1.0\"?>{inside}");
    let range = "lCommitteeId=7&sFromDate=01%2F01%2F1990&sToDate=31%2F12%2F2025";
    let recorded = crawl::Recorded::default()
        .with(&at("GetCommittees"), "text/xml", xml(COMMITTEES))
        .with(&at(&format!("GetMeetings?{range}")), "text/xml", xml(&meetings(&[1], DAY)))
        .with(&at("GetMeeting?lMeetingId=1"), "text/xml", xml(&meeting("1", DAY, NOTED)));
    let settings = Settings { delay: Duration::ZERO, ..Settings::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut corpus = Corpus::open(&Home::new(folder.path())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sites = [alderbrook()];
    let (scope, cancel) = (Scope::all(TODAY), Cancel::default());
    let crawl = crawl::crawl(&mut corpus, &sites, &scope, &settings, &recorded, &|_| {}, &cancel);
    assert!(runtime.block_on(crawl).unwrap().is_whole());
    assert_eq!(recorded.asked().len(), 5, "a list of all meetings is not recorded");
    assert_eq!(corpus.latest_documents(&meeting_id("1")).unwrap().len(), 1);
}

#[test]
fn printed_minutes_of_a_meeting_come_before_the_next_meeting() {
    let server = Server::start(move |asked, _| {
        if asked.target.contains("lMeetingId=") {
            return xml(&meeting("1", DAY, "\n"));
        }
        if asked.target.contains("ieListDocuments.aspx") {
            return html(&page_with_printed("Printed minutes"));
        }
        if asked.target.ends_with(".pdf?T=1") {
            return reply("200 OK", "Content-Type: application/pdf\r\n", b"%PDF-1.4");
        }
        good(asked, &[1, 2])
    });
    let limited = Settings { meetings_per_site: Some(1), ..settings(&server) };
    Run::new().crawl(&limited);
    assert_eq!((server.count("lMeetingId="), server.count(".pdf")), (1, 1));
}

// ---------------------------------------------------------------------------
// The command.

/// Runs `crawl` of the server, without a pause between two requests.
fn command(home: &Home, server: &Server, more: &[&str]) -> crate::support::Run {
    let address = format!("http://{}", server.address);
    let mut args = vec!["crawl", "--site", &address, "--allow-loopback", "--delay", "0"];
    args.extend(more);
    crate::support::scrutineer(home.root(), &args)
}

#[test]
fn a_limit_that_is_reached_is_no_failure_and_says_what_waits() {
    let server = Server::start(|asked, _| good(asked, &[1, 2, 3]));
    let run = Run::new();
    let first = command(&run.home, &server, &["--limit", "1"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert!(first.stderr.contains("2 more meetings wait"), "{}", first.stderr);
    let second = command(&run.home, &server, &["--limit", "1"]);
    assert!(second.stderr.contains("1 more meeting waits"), "{}", second.stderr);
    assert!(second.stderr.contains("went on with a crawl"), "{}", second.stderr);
    let last = command(&run.home, &server, &[]);
    assert_eq!((last.code, last.stderr.contains("wait")), (0, false), "{}", last.stderr);
    assert_eq!(server.count("lMeetingId="), 3);
}

#[test]
fn two_councils_on_one_installation_have_each_meeting_once_however_they_are_asked_for() {
    let server = Server::start(|asked, _| good(asked, &[1, 2]));
    let run = Run::new();
    let root = format!("http://{}", server.address);
    let table = format!(
        "slug,name,gss_code,nation,platform,base_url\n\
         adur,Adur District Council,,England,moderngov,{root}\n\
         worthing,Worthing Borough Council,,England,moderngov,{root}/\n"
    );
    std::fs::create_dir_all(run.home.corpus()).unwrap();
    std::fs::write(run.home.corpus().join("councils.csv"), table).unwrap();
    let crawl = |which: &[&str]| {
        let args = [["crawl", "--allow-loopback", "--delay", "0"].as_slice(), which].concat();
        let run = crate::support::scrutineer(run.home.root(), &args);
        assert_eq!(run.code, 0, "{}", run.stderr);
    };
    for which in [["adur", "worthing"].as_slice(), &["worthing"], &["--site", &root]] {
        crawl(which);
        let meetings = run.corpus().meetings().unwrap();
        assert_eq!(meetings.len(), 2, "{which:?}");
        assert!(meetings.iter().all(|meeting| meeting.council == "adur-and-worthing"), "{meetings:?}");
    }
    assert_eq!(server.count("lMeetingId="), 2, "settled minutes are asked for once");
}

#[test]
fn a_crawl_that_lost_something_says_so_also_when_it_is_taken_up() {
    let server = Server::start(|asked, _| {
        let is_first = asked.target.ends_with("lMeetingId=1") || asked.target.contains("MId=1&");
        if is_first { reply("403 Forbidden", "", b"") } else { good(asked, &[1, 2]) }
    });
    let run = Run::new();
    for args in [["--limit", "1"].as_slice(), &[]] {
        let run = command(&run.home, &server, args);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains("refused") && run.stderr.contains("MId=1&"), "{}", run.stderr);
    }
}

#[test]
fn a_body_that_no_committee_has_is_nothing_found() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let code = |body: &str| command(&Run::new().home, &server, &["--body", body]).code;
    assert_eq!((code("nosuch"), code("cab"), code("CABINET")), (1, 1, 0));
}

#[test]
fn what_is_asked_for_wrongly_is_an_error() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let check = |more: &[&str], said: &str| {
        let run = command(&Run::new().home, &server, more);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    };
    check(&["--platform", "files"], "scrutineer add");
    check(&["kent", "surrey"], "one council at most");
    assert!(server.asked().is_empty());
}

/// Runs the program, interrupts it as Ctrl-C does when it is time by what it has
/// said on stderr, and gives its exit code.
#[cfg(unix)]
fn interrupted(args: &[&str], home: &Home, is_time: impl Fn(&str) -> bool) -> Option<i32> {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_scrutineer"))
        .args(["--home", home.root().to_str().unwrap()])
        .args(args)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let said: Arc<Mutex<String>> = Arc::default();
    let heard = said.clone();
    let listener = std::thread::spawn(move || {
        let mut part = [0; 256];
        while let Ok(n @ 1..) = stderr.read(&mut part) {
            heard.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..n]));
        }
    });
    let started = Instant::now();
    while !is_time(&said.lock().unwrap()) {
        assert!(started.elapsed() < Duration::from_secs(120), "{}", said.lock().unwrap());
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let code = child.wait().unwrap().code();
    listener.join().unwrap();
    code
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_crawl_and_every_crawl_of_quickstart() {
    let server = Server::start(|asked, _| {
        if asked.target.ends_with("lMeetingId=2") {
            std::thread::sleep(Duration::from_secs(20));
        }
        good(asked, &[1, 2])
    });
    let address = format!("http://{}", server.address);
    let args = ["crawl", "--site", &address, "--allow-loopback", "--delay", "0"];
    let started = Instant::now();
    let code = interrupted(&args, &Run::new().home, |_| server.count("lMeetingId=2") == 1);
    assert_eq!(code, Some(130));
    assert!(started.elapsed() < Duration::from_secs(15));

    // The first crawl is over when this is said; the second has begun.
    let code = interrupted(&["quickstart"], &Run::new().home, |said| said.contains("as of 2024-01-15"));
    assert_eq!(code, Some(130));
}
