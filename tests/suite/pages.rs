//! A site of no known system, crawled by rules, from a real server on loopback
//! to search: a fictional parish council with lists by year.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{Cursor, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use scrutineer::corpus::{Corpus, Home, Record, archive};
use scrutineer::model::{Edition, Meeting, RuledSite};
use zip::write::SimpleFileOptions;

use crate::publisher::{Server, html, not_found, reply};
use crate::support::{Run, rows, scrutineer};

/// What lies at an address: media type and body.
type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

/// A site whose pages may change, with a log of what it was asked. It gives
/// each page an `ETag`, and keeps to it.
struct Site {
    address: SocketAddr,
    files: Arc<Mutex<Files>>,
    log: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Site {
    fn start(files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let site = Self {
            address: listener.local_addr().unwrap(),
            files: Arc::new(Mutex::new(files)),
            log: Arc::default(),
        };
        let (files, log) = (site.files.clone(), site.log.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &files, &log);
            }
        });
        site
    }

    fn put(&self, path: &str, media_type: &'static str, body: impl Into<Vec<u8>>) {
        self.files.lock().unwrap().insert(path.to_owned(), (media_type, body.into()));
    }

    /// What was asked since the last time, in order of the alphabet.
    fn asked(&self) -> Vec<String> {
        let mut asked: Vec<String> = self.log.lock().unwrap().drain(..).map(|(_, target)| target).collect();
        asked.sort();
        asked
    }

    /// The shortest time between two requests.
    fn shortest_pause(&self) -> Duration {
        let log = self.log.lock().unwrap();
        log.windows(2).map(|pair| pair[1].0 - pair[0].0).min().unwrap()
    }
}

fn answer(mut stream: TcpStream, files: &Mutex<Files>, log: &Mutex<Vec<(Instant, String)>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().unwrap().push((Instant::now(), target.clone()));
    let held = files.lock().unwrap().get(&target).cloned().or_else(|| calendar(&target));
    let (status, media_type, body) = match held {
        Some((media_type, body)) => ("200 OK", media_type, body),
        None => ("404 Not Found", "text/html", b"<title>Nothing</title>".to_vec()),
    };
    let tag = format!("\"{}\"", scrutineer::model::Digest::of(&body).short());
    let is_held = head.to_lowercase().contains(&format!("if-none-match: {tag}"));
    let (status, body) = if is_held { ("304 Not Modified", Vec::new()) } else { (status, body) };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nETag: {tag}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// A calendar without end: each month leads to the next.
fn calendar(target: &str) -> Option<(&'static str, Vec<u8>)> {
    let month: u32 = target.strip_prefix("/calendar/")?.parse().ok()?;
    Some(("text/html", page("Calendar", &format!("<a href='/calendar/{}'>Next month</a>", month + 1))))
}

fn page(title: &str, body: &str) -> Vec<u8> {
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body><main>{body}</main></body></html>")
        .into()
}

/// A PDF of one page with these lines.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 11 Tf 72 780 Td 14 TL ");
    for line in lines {
        text.push_str(&format!("({line}) Tj T* T* "));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = file.len();
    file.push_str("xref\n0 6\n0000000000 65535 f \n");
    offsets.iter().for_each(|offset| file.push_str(&format!("{offset:010} 00000 n \n")));
    file.push_str(&format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    file.into_bytes()
}

fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let paragraphs: String =
        paragraphs.iter().map(|text| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")).collect();
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body>{paragraphs}</w:body></w:document>"
    );
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    file.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    file.write_all(document.as_bytes()).unwrap();
    file.finish().unwrap().into_inner()
}

const PDF: &str = "application/pdf";
const HTML: &str = "text/html; charset=utf-8";
const DRAFT_LINK: &str = "<a href='/files/june-v1.pdf'>Draft minutes</a>";

fn list_2024(june: &str) -> Vec<u8> {
    let table = format!(
        "<h1>2024</h1><h2>Full council</h2><table>\
         <tr><td>12 March 2024</td><td><a href='/files/agenda-march.pdf'>Agenda</a></td>\
             <td><a href='/files/min-a.pdf?utm_source=list'>Minutes</a></td></tr>\
         <tr><td>9 April 2024</td><td></td><td><a href='/files/april.docx'>Minutes</a></td></tr>\
         <tr><td>14 May 2024</td><td></td><td><a href='may-minutes.html'>Minutes</a></td></tr>\
         <tr><td>11 June 2024</td><td></td><td>{june}</td></tr>\
         <tr><td>2 July 2024</td><td><a href='/files/agenda-july.pdf'>Agenda</a></td><td></td></tr>\
         <tr><td>1 August 2024</td><td></td><td><a href='https://elsewhere.example/aug.pdf'>Minutes</a></td></tr>\
         <tr><td>3 September 2024: meeting cancelled</td><td><a href='/files/agenda-sept.pdf'>Agenda</a></td></tr>\
         </table><h2>Planning</h2><p><a href='/files/planning-20-05-2024.pdf'>Minutes</a></p>"
    );
    page("Meetings in 2024", &table)
}

/// Nine meetings: one of 2023; of 2024 three with final minutes as PDF, DOCX
/// and page, one with a draft, one with an agenda only, one whose minutes lie
/// on another host, one that was cancelled, and one of Planning.
fn parish() -> Files {
    let mut files = Files::new();
    let mut put = |path: &str, media_type: &'static str, body: Vec<u8>| {
        files.insert(path.to_owned(), (media_type, body));
    };
    put("/robots.txt", "text/plain", b"User-agent: *\nDisallow: /private/\n".to_vec());
    put(
        "/meetings/",
        HTML,
        page(
            "Meetings",
            "<p>Latest: <a href='/files/min-a.pdf'>Minutes</a></p>\
        <ul><li><a href='2023/'>2023</a></li><li><a href='2024/?PHPSESSID=77#top'>2024</a></li></ul>\
        <a href='/calendar/1'>Calendar</a> <a href='/private/2020/'>Closed</a> <a href='mailto:clerk@ambridge.example'>Clerk</a>",
        ),
    );
    put(
        "/meetings/2023/",
        HTML,
        page("2023", "<h2>2023</h2><ul><li>14th March: <a href='/files/old.pdf'>Minutes</a></li></ul>"),
    );
    put("/meetings/2024/", HTML, list_2024(DRAFT_LINK));
    put(
        "/meetings/2024/may-minutes.html",
        HTML,
        page(
            "Minutes of May",
            "<h1>Minutes of the meeting held on 14 May 2024</h1>\
        <h2>1. Footpaths</h2><p>The Council discussed the overgrown bridleway at length with the landowner who was present.</p>\
        <p>RESOLVED: That the footpath warden be asked to report.</p>",
        ),
    );
    put(
        "/files/old.pdf",
        PDF,
        pdf(&[
            "Minutes of the meeting held on 14 March 2023",
            "1. Allotments",
            "The allotment rents were discussed.",
        ]),
    );
    put(
        "/files/min-a.pdf",
        PDF,
        pdf(&[
            "Minutes of the meeting held on 12 March 2024",
            "1. Drains",
            "The blocked culvert was discussed.",
        ]),
    );
    put(
        "/files/april.docx",
        "application/octet-stream",
        docx(&[
            "Minutes of the meeting held on 9 April 2024",
            "1. Lighting",
            "The streetlamp tender was opened.",
        ]),
    );
    put(
        "/files/june-v1.pdf",
        PDF,
        pdf(&[
            "Draft minutes of the meeting held on 11 June 2024",
            "1. Trees",
            "The felled sycamore was discussed at length by all.",
        ]),
    );
    put(
        "/files/planning-20-05-2024.pdf",
        PDF,
        pdf(&[
            "Minutes of the Planning Committee held on 20 May 2024",
            "1. Barns",
            "The barn conversion was discussed.",
        ]),
    );
    for path in ["/files/agenda-march.pdf", "/files/agenda-july.pdf", "/files/agenda-sept.pdf"] {
        put(path, PDF, pdf(&["Agenda"]));
    }
    files
}

fn rules(site: &Site, bounds: &str) -> String {
    rules_at(site.address, bounds)
}

fn rules_at(address: SocketAddr, bounds: &str) -> String {
    format!(
        r#"
        [[site]]
        council = "Ambridge Parish Council"
        start = ["http://{address}/meetings/"]
        body = "Parish Council"
        {bounds}
        [[site.follow]]
        address = '/\d{{4}}/'
        [[site.follow]]
        address = '/calendar/'
        [[site.minutes]]
        heading = '(?i)planning'
        text = '(?i)minutes'
        body = "Planning Committee"
        [[site.minutes]]
        text = '(?i)minutes'
        draft = '(?i)draft'
        [[site.agenda]]
        text = '(?i)^agenda'
        "#
    )
}

struct Place {
    home: tempfile::TempDir,
    rules: PathBuf,
}

impl Place {
    fn new(rules: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sites.toml");
        fs::write(&path, rules).unwrap();
        Self { rules: path, home }
    }

    fn crawl(&self, more: &[&str]) -> Run {
        let mut args = vec!["--format", "csv", "crawl", "--rules", self.rules.to_str().unwrap()];
        args.extend(["--allow-loopback", "--delay", "0", "--contact", "clerk@ambridge.example"]);
        args.extend(more);
        scrutineer(self.home.path(), &args)
    }

    fn corpus(&self) -> Corpus {
        Corpus::open_read_only(&Home::new(self.home.path())).unwrap()
    }

    fn meetings(&self) -> Vec<Meeting> {
        self.corpus().meetings().unwrap()
    }

    /// Addresses and editions of what is held of a meeting.
    fn documents(&self, number: &str) -> Vec<(String, Option<Edition>)> {
        let meeting = self.meetings().into_iter().find(|meeting| meeting.id.number == number).unwrap();
        let documents = self.corpus().latest_documents(&meeting.id).unwrap();
        let path = |url: &str| url.splitn(4, '/').nth(3).unwrap_or_default().to_owned();
        documents.iter().map(|document| (path(&document.url), document.edition)).collect()
    }

    fn found(&self, word: &str) -> Vec<HashMap<String, String>> {
        rows(self.home.path(), &["search", word])
    }
}

fn summary(run: &Run) -> HashMap<String, String> {
    crate::support::read_csv(&run.stdout).remove(0)
}

#[test]
fn a_site_is_collected_by_its_rules_and_searched() {
    let site = Site::start(parish());
    let place = Place::new(&rules(&site, "depth = 2"));
    let run = place.crawl(&[]);

    // What is refused is named, and makes the crawl a partial one.
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("/private/2020/: its robots.txt disallows it"), "{}", run.stderr);
    assert!(run.stderr.contains("elsewhere.example/aug.pdf"), "{}", run.stderr);
    assert!(run.stderr.contains("`depth` is 2") && run.stderr.contains("/calendar/3"), "{}", run.stderr);
    let counts = summary(&run);
    assert_eq!((counts["meetings_found"].as_str(), counts["refused"].as_str()), ("9", "2"), "{counts:?}");
    assert_eq!(
        site.asked(),
        [
            "/calendar/1",
            "/calendar/2",
            "/files/april.docx",
            "/files/june-v1.pdf",
            "/files/min-a.pdf",
            "/files/old.pdf",
            "/files/planning-20-05-2024.pdf",
            "/meetings/",
            "/meetings/2023/",
            "/meetings/2024/",
            "/meetings/2024/may-minutes.html",
            "/robots.txt",
        ],
        "each once; agendas only when they are asked for"
    );

    let meetings = place.meetings();
    let seen: Vec<String> = meetings
        .iter()
        .map(|meeting| {
            let (agenda, minutes) = (meeting.agenda_published, meeting.minutes_published);
            format!(
                "{} {} {}{}",
                meeting.id.number,
                meeting.status.name(),
                u8::from(agenda),
                u8::from(minutes)
            )
        })
        .collect();
    let expected = [
        "parish-council-2023-03-14 held 01",
        "parish-council-2024-03-12 held 11",
        "parish-council-2024-04-09 held 01",
        "parish-council-2024-05-14 held 01",
        "parish-council-2024-06-11 held 01",
        "parish-council-2024-07-02 held 10",
        "parish-council-2024-08-01 held 01",
        "parish-council-2024-09-03 cancelled 10",
        "planning-committee-2024-05-20 held 01",
    ];
    assert_eq!(seen, expected);
    assert!(meetings.iter().all(|meeting| meeting.council == "ambridge-parish-council"));

    assert_eq!(scrutineer(place.home.path(), &["-q", "index"]).code, 0);
    for (word, body, date) in [
        ("allotment", "Parish Council", "2023-03-14"),
        ("culvert", "Parish Council", "2024-03-12"),
        ("streetlamp", "Parish Council", "2024-04-09"),
        ("bridleway", "Parish Council", "2024-05-14"),
        ("sycamore", "Parish Council", "2024-06-11"),
        ("barn", "Planning Committee", "2024-05-20"),
    ] {
        let hits = place.found(word);
        assert_eq!(hits.len(), 1, "{word}: {hits:?}");
        assert_eq!((hits[0]["body"].as_str(), hits[0]["date"].as_str()), (body, date));
    }
    let coverage = rows(place.home.path(), &["coverage", "--by", "year"]);
    let of_2024 = coverage.iter().find(|row| row["year"] == "2024").unwrap();
    let columns = ["held", "cancelled", "published", "fetched", "readable", "refused"];
    assert_eq!(columns.map(|column| of_2024[column].as_str()), ["7", "1", "6", "5", "5", "1"], "{of_2024:?}");
}

#[test]
fn a_second_crawl_asks_for_lists_and_for_what_is_new() {
    let site = Site::start(parish());
    let place = Place::new(&rules(&site, "depth = 2"));
    place.crawl(&[]);
    site.asked();
    let lists =
        ["/calendar/1", "/calendar/2", "/meetings/", "/meetings/2023/", "/meetings/2024/", "/robots.txt"];
    let again = place.crawl(&[]);
    assert_eq!(site.asked(), lists);
    let counts = summary(&again);
    assert_eq!(
        (counts["fetched"].as_str(), counts["bytes"].as_str()),
        ("0", "34"),
        "of robots.txt alone: {counts:?}"
    );

    // Approved minutes in place of the draft, a correction of an old meeting
    // beside its minutes: both are asked for, and nothing else.
    let approved = [
        "Minutes of the meeting held on 11 June 2024",
        "1. Trees",
        "The felled sycamore was discussed at length by nobody.",
    ];
    site.put("/files/june.pdf", PDF, pdf(&approved));
    site.put("/meetings/2024/", HTML, list_2024("<a href='/files/june.pdf'>Minutes</a>"));
    let correction =
        pdf(&["Minutes of the meeting held on 14 March 2023", "1. Orchard", "The grazing was leased."]);
    site.put("/files/old-part-2.pdf", PDF, correction);
    site.put(
        "/meetings/2023/",
        HTML,
        page(
            "2023",
            "<h2>2023</h2><ul><li>14th March: <a href='/files/old.pdf'>Minutes</a> \
        <a href='/files/old-part-2.pdf'>Minutes, part 2</a></li></ul>",
        ),
    );
    place.crawl(&[]);
    let mut expected = lists.to_vec();
    expected.extend(["/files/june.pdf", "/files/old-part-2.pdf"]);
    expected.sort();
    assert_eq!(site.asked(), expected);
    assert_eq!(
        place.documents("parish-council-2024-06-11"),
        [
            ("files/june-v1.pdf".to_owned(), Some(Edition::DraftMinutes)),
            ("files/june.pdf".to_owned(), Some(Edition::Minutes))
        ]
    );
    assert_eq!(scrutineer(place.home.path(), &["-q", "index"]).code, 0);
    let hits = place.found("sycamore");
    assert_eq!(hits.len(), 1, "a draft gives way to what was approved: {hits:?}");
    assert!(hits[0]["url"].contains("june.pdf"));
    assert_eq!(
        (place.found("grazing").len(), place.found("allotment").len()),
        (1, 1),
        "both parts are there"
    );

    // The same address, called a draft no more, is another edition.
    site.put("/meetings/2024/", HTML, list_2024("<a href='/files/june-v1.pdf'>Minutes</a>"));
    place.crawl(&[]);
    assert!(site.asked().contains(&"/files/june-v1.pdf".to_owned()));
    let held = place.documents("parish-council-2024-06-11");
    assert_eq!(held[0], ("files/june-v1.pdf".to_owned(), Some(Edition::Minutes)));
}

/// Minutes of every month of eight years, of which some never come.
fn years(is_there: impl Fn(u32) -> bool) -> Files {
    let mut files = Files::new();
    let mut list = String::new();
    for n in 0..96 {
        let (year, month) = (2012 + n / 12, n % 12 + 1);
        list += &format!(
            "<li>3/{month:02}/{year}: <a href='/files/{n}.pdf'>Minutes</a> \
             <a href='/files/{n}-b.pdf'>Minutes, part 2</a></li>"
        );
        for name in [format!("/files/{n}.pdf"), format!("/files/{n}-b.pdf")] {
            if is_there(n) || !name.ends_with("-b.pdf") {
                files.insert(name, (PDF, pdf(&["Minutes", "1. Hedges", "They were cut."])));
            }
        }
    }
    files.insert("/meetings/".to_owned(), (HTML, page("Meetings", &format!("<ul>{list}</ul>"))));
    files
}

#[test]
fn what_is_not_there_is_not_asked_for_by_every_crawl() {
    let site = Site::start(years(|n| n % 8 != 0));
    let place = Place::new(&rules(&site, "depth = 1"));
    place.crawl(&[]);
    let first = site.asked();
    assert_eq!(first.len(), 2 + 2 * 96);
    place.crawl(&[]);
    let second = site.asked();
    assert_eq!(second, ["/meetings/", "/robots.txt"]);
    assert!(second.len() * 20 <= first.len());
}

#[test]
fn a_limit_and_a_plan_count_meetings_and_cut_none() {
    let site = Site::start(years(|_| true));
    let place = Place::new(&rules(&site, "depth = 1"));
    let plan = summary(&place.crawl(&["--dry-run"]));
    assert_eq!((plan["to_ask"].as_str(), plan["requests"].as_str()), ("96", "192"));
    site.asked();
    let run = place.crawl(&["--limit", "2"]);
    let files: Vec<String> = site.asked().into_iter().filter(|path| path.starts_with("/files/")).collect();
    assert_eq!(files, ["/files/0-b.pdf", "/files/0.pdf", "/files/1-b.pdf", "/files/1.pdf"]);
    assert!(run.stderr.contains("94 more meetings wait"), "{}", run.stderr);
}

#[test]
fn agendas_come_on_request_and_the_scope_is_kept() {
    let site = Site::start(parish());
    let place = Place::new(&rules(&site, "depth = 2"));
    place.crawl(&["--documents", "all", "--body", "parish", "--from", "2024-03", "--to", "2024-03"]);
    let asked = site.asked();
    let files: Vec<&String> = asked.iter().filter(|target| target.starts_with("/files/")).collect();
    assert_eq!(files, ["/files/agenda-march.pdf", "/files/min-a.pdf"]);
    assert_eq!(
        place.documents("parish-council-2024-03-12"),
        [
            ("files/agenda-march.pdf".to_owned(), Some(Edition::Agenda)),
            ("files/min-a.pdf".to_owned(), Some(Edition::Minutes))
        ]
    );
}

#[test]
fn a_calendar_without_end_ends_at_the_number_of_pages() {
    let site = Site::start(parish());
    let place = Place::new(&rules(&site, "depth = 100000\nmax_pages = 12"));
    let run = place.crawl(&["--documents", "none"]);
    let asked = site.asked();
    assert_eq!(asked.len(), 13 - 1, "robots.txt and 12 pages, of which one is disallowed: {asked:?}");
    assert!(run.stderr.contains("`max_pages` is 12") && run.stderr.contains("/calendar/9"), "{}", run.stderr);
    // The lists that lie nearer are all there.
    assert_eq!(summary(&run)["meetings_found"], "9");
    assert!(
        !run.stderr.contains("no date stands"),
        "the undated link has a twin with a date: {}",
        run.stderr
    );

    let plan = place.crawl(&["--dry-run"]);
    assert!(site.asked().iter().all(|target| !target.starts_with("/files/")), "lists only");
    assert_eq!(summary(&plan)["to_ask"], "7", "{}", plan.stderr);
}

#[test]
fn rules_that_mean_no_link_are_told_from_a_site_that_lists_nothing() {
    let list = "<a href='/a.pdf'>Minutes of 2 May 2023</a> <a href='/b/'>Contact</a> <a href='/c/'>News</a>";
    let site = Site::start(Files::from([("/meetings/".to_owned(), (HTML, page("Meetings", list)))]));
    let of = |pattern: &str| {
        format!(
            "[[site]]\ncouncil = \"Ambridge\"\nstart = [\"http://{}/meetings/\"]\n\
             [[site.minutes]]\ntext = \"{pattern}\"\n",
            site.address
        )
    };
    let run = Place::new(&of("Cofnodion")).crawl(&[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("no rule means any of the 3 links"), "{}", run.stderr);
    assert!(!run.stderr.contains("is listed"), "{}", run.stderr);
    let run = Place::new(&of("Minutes")).crawl(&["--from", "2024"]);
    assert!(run.stderr.contains("no meeting of these dates and bodies is listed"), "{}", run.stderr);
    assert!(!run.stderr.contains("no rule means"), "{}", run.stderr);
}

#[test]
fn a_crawl_that_is_taken_up_again_knows_that_its_rules_meant_links() {
    let start = "<a href='/meetings/2023/'>2023</a> <a href='/meetings/2024/'>2024</a>";
    let of_year = |year| (HTML, page(year, "<p>Nothing yet</p>"));
    let site = Site::start(Files::from([
        ("/meetings/".to_owned(), (HTML, page("Meetings", start))),
        ("/meetings/2023/".to_owned(), of_year("2023")),
        ("/meetings/2024/".to_owned(), of_year("2024")),
    ]));
    let place = Place::new(&rules(&site, ""));
    place.crawl(&["--max-requests", "2"]);
    let run = place.crawl(&[]);
    assert!(run.stderr.contains("went on"), "{}", run.stderr);
    for wrong in ["no rule means", "there is no link"] {
        assert!(!run.stderr.contains(wrong), "{}", run.stderr);
    }
}

#[test]
fn minutes_of_one_month_that_nothing_tells_apart_are_named() {
    let list = "<p><a href='/files/a.pdf'>Minutes May 2023</a></p><p><a href='/files/b.pdf'>Minutes May 2023</a></p>\
                <p><a href='/files/c.pdf'>Minutes June 2023</a></p><p><a href='/files/a.pdf'>Minutes May 2023</a></p>";
    let mut files = Files::from([("/meetings/".to_owned(), (HTML, page("Meetings", list)))]);
    for path in ["/files/a.pdf", "/files/b.pdf", "/files/c.pdf"] {
        files.insert(path.to_owned(), (PDF, pdf(&["Minutes", "1. Drains", "The culvert was discussed."])));
    }
    let site = Site::start(files);
    let place = Place::new(&rules(&site, ""));
    let run = place.crawl(&[]);
    assert_eq!(place.meetings().len(), 2);
    let said: Vec<&str> = run.stderr.lines().filter(|line| line.contains("of the month")).collect();
    assert!(
        said.len() == 1 && said[0].contains("1 x minutes") && said[0].contains("/files/b.pdf"),
        "{said:?}"
    );
}

#[test]
fn the_number_of_pages_is_that_of_a_crawl_however_often_it_is_stopped() {
    let site = Site::start(parish());
    let place = Place::new(&rules(&site, "depth = 100000\nmax_pages = 12"));
    let mut asked = Vec::new();
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(place.crawl(&["--documents", "none", "--max-requests", "5"]));
        asked.extend(site.asked().into_iter().filter(|target| target != "/robots.txt"));
    }
    assert_eq!(asked.len(), 12 - 1, "one of 12 pages is disallowed: {asked:?}");
    let said = &runs[2].stderr;
    assert!(said.contains("went on") && !said.contains("left alone"), "{said}");
    assert!(said.contains("`max_pages` is 12") && said.contains("/calendar/9"), "{said}");

    // After a dry run, which has read all lists, it is said as well.
    let place = Place::new(&rules(&site, "depth = 100000\nmax_pages = 12"));
    for more in [&["--dry-run"][..], &[]] {
        let run = place.crawl(more);
        assert!(run.stderr.contains("`max_pages` is 12"), "{}", run.stderr);
    }
}

#[test]
fn a_crawl_that_is_taken_up_again_knows_what_it_has_seen() {
    let site = Site::start(parish());
    // A second link to the minutes of 2023, without a date, last of all.
    let footer = "<p>See also: <a href='/files/old.pdf'>Minutes</a></p>";
    site.put("/meetings/2024/", HTML, [list_2024(DRAFT_LINK), footer.into()].concat());
    let place = Place::new(&rules(&site, "depth = 2"));
    place.crawl(&["--limit", "1"]);
    assert_eq!(site.asked().iter().filter(|target| target.starts_with("/files/")).count(), 1);
    let run = place.crawl(&[]);
    assert!(run.stderr.contains("went on"), "{}", run.stderr);
    let asked = site.asked();
    assert!(!asked.iter().any(|target| target == "/files/old.pdf" || target == "/meetings/"), "{asked:?}");
    assert_eq!(place.meetings().len(), 9, "no meeting is there twice");

    // By other rules, what waited is found anew.
    let place = Place::new(&rules(&site, "depth = 2"));
    place.crawl(&["--limit", "1"]);
    site.asked();
    fs::write(&place.rules, rules(&site, "depth = 1")).unwrap();
    place.crawl(&[]);
    assert!(site.asked().contains(&"/meetings/".to_owned()));
}

#[test]
fn documents_on_a_host_that_is_named_come_by_its_rules_and_pace() {
    let mut files = Files::new();
    files.insert(
        "/robots.txt".into(),
        ("text/plain", b"User-agent: *\nDisallow: /shut/\nCrawl-delay: 0.3\n".to_vec()),
    );
    for path in ["/1.pdf", "/2.pdf", "/3.pdf", "/shut/4.pdf"] {
        files.insert(path.into(), (PDF, pdf(&["Minutes"])));
    }
    let store = Site::start(files);
    let links = |days: &[(u32, &str)]| {
        let link = |(day, path): &(u32, &str)| {
            format!("<p><a href='http://{}{path}'>Minutes of {day} May 2023</a></p>", store.address)
        };
        let list = format!(
            "{}<a href='http://{}/2023/'>More</a>",
            days.iter().map(link).collect::<String>(),
            store.address
        );
        Site::start(Files::from([("/meetings/".to_owned(), (HTML, page("Meetings", &list)))]))
    };
    let one = links(&[(1, "/1.pdf"), (2, "/2.pdf"), (3, "/shut/4.pdf")]);
    let other = links(&[(4, "/3.pdf")]);
    let named = format!("hosts = [\"{}\"]", store.address);
    let both = rules(&one, &named) + &rules(&other, &named).replace("Ambridge", "Borchester");
    let place = Place::new(&both);
    let run = place.crawl(&[]);
    assert!(store.shortest_pause() >= Duration::from_millis(300), "{:?}", store.shortest_pause());
    assert_eq!(store.asked(), ["/1.pdf", "/2.pdf", "/3.pdf", "/robots.txt"], "one robots.txt for both sites");
    assert!(run.stderr.contains("/shut/4.pdf: its robots.txt disallows it"), "{}", run.stderr);
    assert!(
        run.stderr.contains("/2023/: it is on another host"),
        "pages of links are the site's own: {}",
        run.stderr
    );
    assert_eq!(place.documents("parish-council-2023-05-04").len(), 1);

    // Unnamed, it is not asked at all.
    let place = Place::new(&rules(&one, ""));
    let run = place.crawl(&[]);
    assert_eq!((run.code, summary(&run)["refused"].as_str()), (3, "4"), "{}", run.stderr);
    assert!(store.asked().is_empty());
}

/// Whether the other site is crawled by the same command makes no difference to
/// what is fetched of its host, by its rules; and it is one host for both.
#[test]
fn documents_on_the_host_of_another_site_are_asked_for_in_its_turn() {
    let link = |address: &SocketAddr, day: u32, path: &str| {
        format!("<p><a href='http://{address}{path}'>Minutes of {day} May 2023</a></p>")
    };
    let store = Server::start(move |asked, _| {
        std::thread::sleep(Duration::from_millis(30));
        let own = |day| link(&asked.host.parse().unwrap(), day, &format!("/own/{day}.pdf"));
        match asked.target.as_str() {
            "/robots.txt" => reply("200 OK", "", b"User-agent: *\nDisallow: /shut/\nCrawl-delay: 0.1\n"),
            "/meetings/" => html(&(own(11) + &own(12) + &own(13))),
            path if path.ends_with(".pdf") => {
                reply("200 OK", "Content-Type: application/pdf\r\n", &pdf(&["Minutes"]))
            }
            _ => not_found(),
        }
    });
    let at = store.address;
    let list = link(&at, 1, "/1.pdf") + &link(&at, 2, "/2.pdf") + &link(&at, 3, "/shut/3.pdf");
    let alpha = Site::start(Files::from([("/meetings/".to_owned(), (HTML, page("Meetings", &list)))]));
    let alone = rules(&alpha, &format!("hosts = [\"{at}\"]"));
    let both = alone.clone() + &rules_at(at, "").replace("Ambridge", "Borchester");
    for rules in [alone, both] {
        store.forget();
        let place = Place::new(&rules);
        let run = place.crawl(&[]);
        assert_eq!(store.most_in_flight(), 1);
        assert!(store.least_gap() >= Duration::from_millis(100), "{:?}", store.least_gap());
        for number in ["parish-council-2023-05-01", "parish-council-2023-05-02"] {
            assert_eq!(place.documents(number).len(), 1, "{}", run.stderr);
        }
        assert!(run.stderr.contains("/shut/3.pdf: its robots.txt disallows it"), "{}", run.stderr);
        assert_eq!(store.count("/shut/"), 0);
    }
    assert_eq!(store.count("/own/"), 3, "and those of its own site");
}

/// A process may be killed when an answer is in the archive and nobody has
/// looked at it: it is read later, once.
#[test]
fn a_page_of_links_that_nobody_had_looked_at_leads_on_all_the_same() {
    let of_year = |year: &str| {
        let link = format!("<a href='/files/{year}.pdf'>Minutes of 2 May {year}</a>");
        (format!("/meetings/{year}/"), (HTML, page(year, &link)))
    };
    let start = "<a href='/meetings/2023/'>2023</a> <a href='/meetings/2024/'>2024</a>";
    let mut files = Files::from([of_year("2023"), of_year("2024")]);
    files.insert("/meetings/".to_owned(), (HTML, page("Meetings", start)));
    for year in ["2023", "2024"] {
        files.insert(format!("/files/{year}.pdf"), (PDF, pdf(&["Minutes"])));
    }
    let site = Site::start(files);
    let place = Place::new(&rules(&site, ""));
    place.crawl(&[]);
    assert_eq!(place.meetings().len(), 2);
    site.asked();

    // All behind the answer and its request is gone.
    let home = Home::new(place.home.path());
    let folder = fs::read_dir(home.archive()).unwrap().next().unwrap().unwrap().path();
    let file = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let list = format!("http://{}/meetings/", site.address);
    let records: Vec<(u64, Record)> =
        archive::records(&file).unwrap().map(|(at, record)| (at, record.unwrap())).collect();
    let is_it = |(_, record): &(u64, Record)| {
        record.header("WARC-Target-URI") == Some(list.as_str()) && record.kind() == "response"
    };
    let at = records.iter().position(is_it).unwrap();
    assert_eq!(records[at + 1].1.kind(), "request");
    fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(records[at + 2].0).unwrap();
    fs::remove_file(home.catalogue()).unwrap();
    assert_eq!(scrutineer(place.home.path(), &["corpus", "rebuild"]).code, 0);

    let run = place.crawl(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(place.meetings().len(), 2, "{}", run.stderr);
    assert!(!site.asked().contains(&"/meetings/".to_owned()), "it is there already");
}

/// What lies on a host that asks to be left alone is not asked for: of it nothing
/// is known, and the site has done nothing wrong.
#[test]
fn a_document_on_a_host_that_is_left_alone_was_not_asked_for() {
    let robots = Arc::new(Mutex::new(not_found()));
    let answer = robots.clone();
    let store = Server::start(move |asked, _| match asked.target.as_str() {
        "/robots.txt" => answer.lock().unwrap().clone(),
        "/1.pdf" => reply("503 Busy", "Retry-After: 86400\r\n", b""),
        _ => reply("200 OK", "Content-Type: application/pdf\r\n", &pdf(&["Minutes"])),
    });
    let link = |day: u32| {
        format!("<p><a href='http://{}/{day}.pdf'>Minutes of {day} May 2023</a></p>", store.address)
    };
    let list = [1, 2, 3].map(link).concat();
    let site = Site::start(Files::from([("/meetings/".to_owned(), (HTML, page("Meetings", &list)))]));
    let rules = rules(&site, &format!("hosts = [\"{}\"]", store.address));
    let place = Place::new(&rules);
    let run = place.crawl(&[]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert_eq!(store.targets(), ["/robots.txt", "/1.pdf"], "{}", run.stderr);
    let said =
        format!("2 documents were not asked for, as {} asks to be left alone for 86400 s", store.address);
    assert!(run.stderr.contains(&said), "{}", run.stderr);
    assert_eq!(summary(&run)["failed"], "1");
    scrutineer(place.home.path(), &["index"]);
    let coverage = rows(place.home.path(), &["coverage"]);
    let of = |column: &str| coverage[0][column].clone();
    assert_eq!(
        (of("held"), of("failed"), of("not_asked")),
        ("3".into(), "1".into(), "2".into()),
        "{coverage:?}"
    );

    // The account of each address says the same.
    let place = Place::new(&rules);
    let run = place.crawl(&["--report", "csv"]);
    let report = crate::support::read_csv(&run.stdout);
    let fate = |day: u32| {
        report.iter().find(|row| row["url"].ends_with(&format!("/{day}.pdf"))).unwrap()["outcome"].as_str()
    };
    assert_eq!([1, 2, 3].map(fate), ["failed", "waiting", "waiting"], "{}", run.stdout);

    // Where it is the host's robots.txt that says so, no document was asked for.
    *robots.lock().unwrap() = reply("503 Busy", "Retry-After: 86400\r\n", b"");
    let place = Place::new(&rules);
    let run = place.crawl(&[]);
    assert!(run.stderr.contains("3 documents were not asked for"), "{}", run.stderr);
    assert_eq!(summary(&run)["failed"], "0");
}

/// A host that asks to be left alone while a site on it waits for its turn: the
/// site was asked for nothing, its robots.txt included.
#[test]
fn a_site_whose_turn_comes_too_late_is_left_alone_and_blamed_for_nothing() {
    let store = Server::start(|asked, _| match asked.target.as_str() {
        "/first/meetings/" => {
            std::thread::sleep(Duration::from_millis(300));
            html("<p>Nothing yet</p>")
        }
        "/1.pdf" => {
            std::thread::sleep(Duration::from_millis(500));
            reply("503 Busy", "Retry-After: 86400\r\n", b"")
        }
        _ => not_found(),
    });
    let link = format!("<a href='http://{}/1.pdf'>Minutes of 1 May 2023</a>", store.address);
    let site = Site::start(Files::from([("/meetings/".to_owned(), (HTML, page("Meetings", &link)))]));
    let there = |path: &str, name: &str| {
        rules_at(store.address, "").replace("/meetings/", path).replace("Ambridge", name)
    };
    // The document of the first waits behind the list of the second; the third
    // begins while that document is on its way.
    let named = rules(&site, &format!("hosts = [\"{}\"]", store.address));
    let place = Place::new(
        &(named + &there("/first/meetings/", "Borchester") + &there("/second/meetings/", "Felpersham")),
    );
    let run = place.crawl(&[]);
    assert_eq!(store.targets(), ["/robots.txt", "/first/meetings/", "/1.pdf"], "{}", run.stderr);
    let third = crate::support::read_csv(&run.stdout).remove(2);
    assert_eq!((third["council"].as_str(), third["failed"].as_str()), ("felpersham-parish-council", "0"));
    assert!(run.stderr.contains("felpersham-parish-council: left alone, as"), "{}", run.stderr);
    scrutineer(place.home.path(), &["-q", "index"]);
    let coverage = scrutineer(place.home.path(), &["--format", "csv", "coverage"]);
    assert!(!coverage.stdout.contains("felpersham"), "{}", coverage.stdout);
}

/// A document without a date is in the register only when it has been fetched.
#[test]
fn documents_that_wait_and_that_no_list_dates_are_told_of_by_coverage() {
    let list = "<p><a href='/files/1.pdf'>Minutes of 1 May 2023</a></p><p><a href='/files/x.pdf'>Minutes</a></p>\
                <p><a href='/files/y.pdf'>Minutes</a></p>";
    let mut files = Files::from([("/meetings/".to_owned(), (HTML, page("Meetings", list)))]);
    for name in ["1", "x", "y"] {
        files.insert(
            format!("/files/{name}.pdf"),
            (PDF, pdf(&["Minutes", "1. Drains", "They were discussed."])),
        );
    }
    let site = Site::start(files);
    let place = Place::new(&rules(&site, ""));
    place.crawl(&["--limit", "1"]);
    scrutineer(place.home.path(), &["-q", "index"]);
    let coverage = || scrutineer(place.home.path(), &["coverage"]).stderr;
    assert!(coverage().contains("2 documents wait to be asked for"), "{}", coverage());
    place.crawl(&[]);
    scrutineer(place.home.path(), &["-q", "index"]);
    assert!(!coverage().contains("to be asked for"), "{}", coverage());
}

#[test]
fn what_comes_in_place_of_minutes_is_no_minutes() {
    let mut files = parish();
    files.insert("/files/old.pdf".into(), (HTML, page("Welcome", "<p>We have a new website.</p>")));
    files.insert("/files/min-a.pdf".into(), (PDF, Vec::new()));
    files.insert("/meetings/2024/may-minutes.html".into(), (HTML, page("Page not found", "<p>Sorry.</p>")));
    files.remove("/files/april.docx");
    let site = Site::start(files);
    let place = Place::new(&rules(&site, ""));
    let run = place.crawl(&[]);
    assert_eq!(run.code, 3);
    for said in [
        "old.pdf: a page came",
        "min-a.pdf: it is empty",
        "may-minutes.html: the site says",
        "april.docx: it is not there",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert_eq!(summary(&run)["failed"], "4");
    assert_eq!(place.documents("parish-council-2024-05-14"), []);
}

#[test]
fn a_file_of_rules_that_is_wrong_ends_with_one_message() {
    let site = Site::start(parish());
    let right = rules(&site, "");
    let check = |rules: &str, more: &[&str], said: &[&str]| {
        let run = Place::new(rules).crawl(more);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(said.iter().all(|part| run.stderr.contains(part)), "{said:?}: {}", run.stderr);
    };
    check(
        &right.replace("body = \"Parish", "bdy = \"Parish"),
        &[],
        &["sites.toml", "Ambridge Parish Council", "bdy"],
    );
    check(&right.replace("'(?i)draft'", "'(draft'"), &[], &["`minutes` rule 2", "`draft`", "unclosed group"]);
    check(&format!("{right}{right}"), &[], &["two sites", "Ambridge Parish Council"]);
    check(&right, &["Borchester"], &["no site of `Borchester`", "ambridge-parish-council"]);
    check("[[site]", &[], &["sites.toml"]);
    let home = tempfile::tempdir().unwrap();
    let run =
        scrutineer(home.path(), &["crawl", "--platform", "pages", "--site", "https://ambridge.example"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--rules"), "{}", run.stderr);
    let run = scrutineer(home.path(), &["crawl", "--rules", "nowhere.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("nowhere.toml"), "{}", run.stderr);
    assert!(site.asked().is_empty(), "nothing is asked by wrong rules");
}

#[test]
fn the_example_can_be_read() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pages.example.toml");
    let sites = RuledSite::read_all(&fs::read_to_string(file).unwrap(), file).unwrap();
    let names: Vec<&str> = sites.iter().map(|site| site.council.as_str()).collect();
    assert_eq!(names, ["Ambridge Parish Council", "Felpersham Fire Authority"]);
    assert_eq!((sites[0].rules.depth, sites[0].rules.minutes.len(), sites[1].rules.depth), (2, 2, 3));
}
