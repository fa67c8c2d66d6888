//! The crawler against a faulty publisher: a test for each fault of a council's
//! site that the crawler was made to bear, named by its number. What a server
//! saw of it is judged from the server's own log.
//!
//! C16 and C33, a crawl that is killed and a disk that is full, are tested with
//! the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use scrutineer::corpus::{Cause, Corpus, Exchange, Home, Record, Validators};
use scrutineer::crawl::{self, Cancel, Documents, Scope, Settings, Summary};
use scrutineer::model::{MeetingId, MeetingStatus, Site};
use url::Url;

use crate::publisher::*;
use crate::support::{read_csv, rows, scrutineer};

/// The numbers 1 to 20: enough meetings for a share of them to be faulty.
const TWENTY: [u32; 20] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];

/// The meetings of these that a fault strikes at this share, by what the web
/// service calls them.
fn struck(ids: &[u32], share: f64) -> Vec<u32> {
    ids.iter().copied().filter(|id| is_struck(&service(*id), share)).collect()
}

fn service(id: u32) -> String {
    format!("/mgWebService.asmx/GetMeeting?lMeetingId={id}")
}

/// The meetings of which a document is stored.
fn stored_meetings(corpus: &Corpus) -> BTreeSet<u32> {
    let all = corpus.meetings().unwrap();
    let is_stored = |id: &MeetingId| !corpus.latest_documents(id).unwrap().is_empty();
    all.iter().filter(|one| is_stored(&one.id)).map(|one| one.id.number.parse().unwrap()).collect()
}

#[track_caller]
fn loss_of<'a>(summary: &'a Summary, part: &str) -> &'a crawl::NamedFailure {
    let losses = &summary.sites[0].losses;
    let found = losses.iter().find(|loss| loss.url.contains(part));
    found.unwrap_or_else(|| panic!("{part} is not among {losses:?}"))
}

/// The arguments of a crawl of the server by the command.
fn crawl_args<'a>(root: &'a str, delay: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let contact = ["--contact", "clerk@example.org"];
    [&["crawl", "--site", root, "--allow-loopback", "--delay", delay], contact.as_slice(), more].concat()
}

// ---------------------------------------------------------------------------
// What the server answers.

#[test]
fn c01_a_clean_site_is_asked_robots_first_one_at_a_time_and_slowly() {
    let robots = "User-agent: *\nDisallow: /ieListDocuments.aspx\nDisallow: /private/\n";
    let server = Server::start(move |asked, _| match asked.target.as_str() {
        "/robots.txt" => kept_alive(reply("200 OK", "Content-Type: text/plain\r\n", robots.as_bytes())),
        _ => kept_alive(good(asked, &[1, 2, 3, 4])),
    });
    let root = format!("http://{}", server.address);
    let run = Run::new();
    let crawl = scrutineer(run.home.root(), &crawl_args(&root, "0.04", &[]));
    assert_eq!(crawl.code, 0, "{}", crawl.stderr);

    server.assert_polite(Duration::from_millis(40), &["/ieListDocuments.aspx", "/private/"]);
    assert!(server.asked().iter().all(|asked| asked.host == server.address.to_string()));
    assert_eq!([1, 2, 3, 4].map(|id| server.count(&service(id))), [1; 4]);
    let corpus = run.corpus();
    let meetings = corpus.meetings().unwrap();
    assert_eq!(meetings.len(), 4);
    assert_eq!((meetings[2].body.as_str(), meetings[2].status), ("Cabinet", MeetingStatus::Held));
    assert_eq!(meetings[2].url, format!("{root}/ieListDocuments.aspx?CId=7&MId=3&Ver=4"));
    for meeting in &meetings {
        let versions = corpus.all_versions(&meeting.id).unwrap();
        assert_eq!(versions.len(), 1, "{}", meeting.id);
        let text = String::from_utf8(corpus.read(&versions[0]).unwrap().into()).unwrap();
        assert!(text.contains("The Cabinet noted the report."));
    }
}

#[test]
fn c02_what_has_not_changed_is_asked_for_by_its_mark_and_not_sent_again() {
    const MODIFIED: &str = "Thu, 08 Feb 2024 10:00:00 GMT";
    let server = Server::start(|asked, _| {
        let (tag, when) = match meeting_asked(asked) {
            Some(1) => ("ETag: \"v1\"\r\n".to_owned(), asked.unless == "\"v1\""),
            Some(3) => (format!("Last-Modified: {MODIFIED}\r\n"), asked.since == MODIFIED),
            _ => return good(asked, &[1, 2, 3]),
        };
        if when {
            return format!("HTTP/1.1 304 Not Modified\r\n{tag}Connection: close\r\n\r\n").into_bytes();
        }
        let body = format!("<?xml version=\"1.0\"?>{}", meeting("1", DAY, NOTED));
        reply("200 OK", &format!("Content-Type: text/xml\r\n{tag}"), body.as_bytes())
    });
    let run = Run::new();
    assert!(run.crawl(&settings(&server)).is_whole());
    let before = run.corpus().latest_documents(&meeting_id("1")).unwrap();
    for _ in 0..2 {
        server.forget();
        let summary = run.crawl(&settings(&server));
        assert!(summary.is_whole(), "{summary:?}");
        assert_eq!(summary.sites[0].fetched, 0);
        let asked = server.asked();
        let of = |id: u32| asked.iter().find(|asked| asked.target == service(id)).unwrap();
        assert_eq!(of(1).unless, "\"v1\"");
        assert_eq!((of(2).unless.as_str(), of(2).since.as_str()), ("", ""), "it gave nothing to ask by");
        assert_eq!((of(3).unless.as_str(), of(3).since.as_str()), ("", MODIFIED));
        for id in [1, 3] {
            assert_eq!(of(id).answered, "HTTP/1.1 304 Not Modified", "it is not sent again");
        }
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

/// A time as HTTP writes it.
fn http_date(time: Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap()
}

#[test]
fn c03_a_host_that_says_when_to_come_again_is_given_that_time_and_others_are_not() {
    const IDS: [u32; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    let struck = struck(&IDS, 0.3);
    assert!((2..=4).contains(&struck.len()), "{struck:?}");
    // When the host may be asked again, as it said.
    let promised: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let (promises, turned_away) = (promised.clone(), struck.clone());
    let server = Server::start(move |asked, n| {
        let at = turned_away.iter().position(|id| asked.target == service(*id));
        let Some(at) = at.filter(|_| n == 0) else { return good(asked, &IDS) };
        // By turns in seconds, and as a date, which is to the second.
        let (value, wait) = match at % 2 {
            0 => ("1".to_owned(), Duration::from_secs(1)),
            _ => {
                let now = Timestamp::now();
                let date = http_date(now + SignedDuration::from_secs(2));
                let until = jiff::fmt::rfc2822::parse(&date.replace("GMT", "+0000")).unwrap().timestamp();
                (date, Duration::try_from(until.duration_since(now)).unwrap())
            }
        };
        promises.lock().unwrap().push(Instant::now() + wait);
        reply("429 Too Many Requests", &format!("Retry-After: {value}\r\n"), b"")
    });
    let other = Server::start(|asked, _| good(asked, &IDS));
    let mut both = settings(&server);
    both.hosts.insert("democracy.bellwick.example".to_owned(), other.address);
    let sites = [alderbrook(), site("bellwick", "http://democracy.bellwick.example".to_owned())];
    let summary = Run::new().crawl_scope(&sites, &Scope::all(TODAY), &both);
    assert!(summary.is_whole(), "{summary:?}");
    let log = server.asked();
    let turned: Vec<usize> = (0..log.len()).filter(|at| log[*at].answered.contains("429")).collect();
    assert_eq!(turned.len(), struck.len());
    for (at, until) in turned.iter().zip(promised.lock().unwrap().iter()) {
        assert!(log[at + 1].at >= *until, "{} came too soon", log[at + 1].target);
    }
    let end = |server: &Server| server.span().unwrap().1;
    let last = log[turned[turned.len() - 1] + 1].at;
    assert!(end(&other) < last, "the other host was not kept waiting");
    assert_eq!((server.most_in_flight(), other.most_in_flight()), (1, 1));
}

#[test]
fn c15_a_robots_txt_that_is_not_there_is_none_whatever_its_body() {
    let server = Server::start(|asked, _| match asked.target.as_str() {
        "/robots.txt" => reply("404 Not Found", "Content-Encoding: br\r\n", b"\x0b\x02\x80no\x03"),
        _ => good(asked, &[1]),
    });
    let summary = Run::new().crawl(&settings(&server));
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(server.count("lMeetingId=1"), 1);
}

#[test]
fn c03_a_host_that_asks_for_longer_than_anybody_waits_is_left_alone_until_then() {
    let in_two_days = http_date(Timestamp::now() + SignedDuration::from_hours(48));
    for (value, said) in [("86400".to_owned(), "86400 s"), (in_two_days, "172")] {
        let server = Server::start(move |asked, n| {
            if asked.target == service(2) && n == 0 {
                return reply("429 Too Many Requests", &format!("Retry-After: {value}\r\n"), b"");
            }
            good(asked, &[1, 2, 3])
        });
        let run = Run::new();
        let summary = run.crawl(&settings(&server));
        assert_eq!(*server.targets().last().unwrap(), service(2));
        assert_eq!(server.count("lMeetingId="), 2, "nothing is asked after it");
        let first = &summary.sites[0];
        assert!(!first.finished && !summary.is_whole());
        assert_eq!((first.failed, first.losses.len()), (1, 1));
        assert!(first.left.as_ref().unwrap().contains(said), "{first:?}");

        let n_asked = server.asked().len();
        let summary = run.crawl(&settings(&server));
        assert!(summary.sites[0].left.as_ref().unwrap().contains("left alone"), "{summary:?}");
        assert_eq!(server.asked().len(), n_asked, "the next crawl knows of it");

        let in_three_days = || Timestamp::now() + SignedDuration::from_hours(72);
        let summary = run.crawl(&Settings { now: in_three_days, ..settings(&server) });
        assert!(summary.is_whole() && summary.sites[0].resumed, "{summary:?}");
        let asked = [1, 2, 3].map(|id| server.count(&format!("lMeetingId={id}")));
        assert_eq!(asked, [1, 2, 1], "the one that was turned away is asked again");
    }

    // So is one whose answer nobody can decode.
    let server = Server::start(|asked, n| match asked.target == service(2) && n == 0 {
        true => {
            reply("429 Too Many", "Retry-After: 86400\r\nContent-Encoding: br\r\n", b"\x0b\x02\x80no\x03")
        }
        false => good(asked, &[1, 2, 3]),
    });
    let summary = Run::new().crawl(&settings(&server));
    assert_eq!(*server.targets().last().unwrap(), service(2));
    assert!(summary.sites[0].left.as_ref().unwrap().contains("86400 s"), "{summary:?}");

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

/// Each step of the way to an answer is in the archive before the wait for the
/// next, and the wait is not over because the crawl is.
#[test]
fn c03_a_crawl_that_is_stopped_while_a_host_rests_has_kept_why_and_the_next_one_waits() {
    let server = Server::start(|asked, _| match asked.target.as_str() {
        target if target == service(1) => redirect("/moved"),
        "/moved" => reply("429 Too Many Requests", "Retry-After: 300\r\n", b"later"),
        _ => good(asked, &[1]),
    });
    let run = Run::new();
    // Stops when the server has answered for the last time, or after a while.
    let stopped = |settings: &Settings, is_time: &dyn Fn() -> bool| {
        let cancel = Cancel::default();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut corpus = Corpus::open(&run.home).unwrap();
                let (sites, all) = ([alderbrook()], Scope::all(TODAY));
                crawl::crawl_network(&mut corpus, &sites, &all, settings, &|_| {}, &cancel).unwrap();
            });
            let started = Instant::now();
            while !is_time() && started.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(10));
            }
            std::thread::sleep(Duration::from_millis(300));
            cancel.cancel();
        });
    };
    stopped(&settings(&server), &|| {
        server.asked().last().is_some_and(|asked| asked.answered.contains("429"))
    });
    let steps = |run: &Run| {
        let status = |record: &Record| record.block.get(9..12).map(|status| status.to_vec());
        let kept = run.archived();
        let of = |text: &[u8]| kept.iter().filter(|one| status(one).as_deref() == Some(text)).count();
        (of(b"302"), of(b"429"))
    };
    assert_eq!(steps(&run), (1, 1));
    let n_asked = server.asked().len();
    stopped(&settings(&server), &|| true);
    assert_eq!(server.asked().len(), n_asked, "{:?}", server.targets());

    let later = || Timestamp::now() + SignedDuration::from_secs(301);
    stopped(&Settings { now: later, ..settings(&server) }, &|| server.count("/moved") > 1);
    assert_eq!((server.count("/moved"), steps(&run)), (2, (2, 2)));
}

#[test]
fn what_comes_on_the_way_to_an_answer_that_says_nothing_is_kept_once() {
    let (_, run, summary) = crawl_with(&[1], |asked, _| match meeting_asked(asked) {
        Some(1) => Some(redirect("/moved")),
        _ if asked.target == "/moved" => Some(reply("304 Not Modified", "", b"")),
        _ => None,
    });
    assert!(!summary.is_whole());
    let is_step = |record: &&Record| {
        let url = record.header("WARC-Target-URI").unwrap_or_default();
        record.kind() == "response" && url.contains(&service(1))
    };
    assert_eq!(run.archived().iter().filter(is_step).count(), 1);
}

#[test]
fn the_bytes_of_a_crawl_are_those_of_all_bodies() {
    let bytes_with = |length: usize| {
        let robots = vec![b'#'; length];
        let (_, _, summary) = crawl_with(&[1, 2], move |asked, _| match asked.target.as_str() {
            "/robots.txt" => Some(redirect("/rules.txt")),
            "/rules.txt" => Some(reply("200 OK", "", &robots)),
            _ => None,
        });
        assert!(summary.is_whole(), "{summary:?}");
        summary.sites[0].bytes
    };
    assert_eq!(bytes_with(1500) - bytes_with(500), 1000);
}

#[test]
fn c04_faults_and_resets_that_pass_are_tried_again_after_waits_that_grow() {
    let busy = struck(&TWENTY, 0.3);
    // A share of its own for the resets; some addresses may have both.
    let cut: Vec<u32> = TWENTY.into_iter().filter(|id| is_struck(&format!("cut {id}"), 0.3)).collect();
    assert!((3..=9).contains(&busy.len()) && (3..=9).contains(&cut.len()), "{busy:?} {cut:?}");
    let (is_busy, is_cut) = (busy.clone(), cut.clone());
    let server = Server::start(move |asked, n| {
        let id = meeting_asked(asked).unwrap_or_default();
        let answer = good(asked, &TWENTY);
        // The first of those that are busy are so twice.
        let n_busy = if is_busy.first() == Some(&id) { 2 } else { usize::from(is_busy.contains(&id)) };
        if n < n_busy {
            return Reply::from(reply("503 Service Unavailable", "", b"busy"));
        }
        if n == n_busy && is_cut.contains(&id) {
            return half(&answer, Some(Act::Reset));
        }
        Reply::from(answer)
    });
    let back_off = Duration::from_millis(60);
    let run = Run::new();
    let summary = run.crawl(&Settings { back_off, tries: 4, ..settings(&server) });
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(stored_meetings(&run.corpus()).len(), 20);
    let log = server.asked();
    for id in TWENTY {
        let at: Vec<&Asked> = log.iter().filter(|asked| asked.target == service(id)).collect();
        let n_busy = if busy.first() == Some(&id) { 2 } else { usize::from(busy.contains(&id)) };
        assert_eq!(at.len(), 1 + n_busy + usize::from(cut.contains(&id)), "{id}");
        for (tried, pair) in at.windows(2).enumerate() {
            let (wait, least) = (pair[1].at - pair[0].ended.unwrap(), back_off * (1 << tried));
            assert!(wait >= least, "try {} of {id} came after {wait:?}", tried + 2);
        }
    }
    assert_eq!(server.most_in_flight(), 1);
}

#[test]
fn c05_half_an_answer_is_never_stored_and_tried_again() {
    let (server, run, summary) = crawl_with(&[1, 2, 3], |asked, n| match meeting_asked(asked) {
        Some(1) => Some(half(&xml(&meeting("1", DAY, NOTED)), None)),
        Some(2) if n == 0 => Some(half(&xml(&meeting("2", DAY, NOTED)), None)),
        // In chunks, and the last one does not come.
        Some(3) if n == 0 => {
            let piece = chunk(b"<?xml version=\"1.0\"?><meeting><meetingid>3</meetingid></meeting>");
            Some(Reply::from([chunked_head("text/xml"), piece].concat()))
        }
        _ => None,
    });
    assert_eq!([1, 2, 3].map(|id| server.count(&service(id))), [3, 2, 2]);
    assert_eq!(loss_of(&summary, "MId=1&").cause, Cause::Broken);
    let corpus = run.corpus();
    assert_eq!(stored_meetings(&corpus), BTreeSet::from([2, 3]));
    for number in ["2", "3"] {
        let whole = corpus.all_versions(&meeting_id(number)).unwrap();
        assert_eq!(whole.len(), 1);
        assert!(corpus.read(&whole[0]).unwrap().ends_with(b"</agendaitems></meeting>"));
    }
    let halves = run.archived().into_iter().filter(|record| {
        record.kind() == "response"
            && record.header("WARC-Target-URI").is_some_and(|url| url.ends_with("lMeetingId=1"))
    });
    assert_eq!(halves.count(), 0);
}

#[test]
fn c06_a_fault_that_stays_is_tried_so_often_and_named_and_the_rest_is_fetched() {
    let struck = struck(&TWENTY, 0.2);
    assert!((2..=6).contains(&struck.len()), "{struck:?}");
    let broken = struck.clone();
    let server = Server::start(move |asked, _| match meeting_asked(asked) {
        Some(id) if broken.contains(&id) => reply("500 Internal Server Error", "", b"oops"),
        _ => good(asked, &TWENTY),
    });
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    let (site, n_struck) = (&summary.sites[0], struck.len() as u64);
    // The service and then the page were asked for each; the page is the loss.
    // The service has no list of all meetings either: its committees' stand.
    let counts = (site.failed, site.replaced, site.fetched);
    assert_eq!(counts, (n_struck, n_struck + 1, 22 - n_struck), "{site:?}");
    assert!(site.finished && !summary.is_whole());
    for id in &struck {
        assert_eq!(server.targets().iter().filter(|target| **target == service(*id)).count(), 3);
        assert_eq!(server.count(&format!("MId={id}&")), 3);
        let loss = loss_of(&summary, &format!("MId={id}&"));
        assert!(loss.reason.contains("500") && loss.cause == Cause::Fault, "{loss:?}");
    }
    let fetched: BTreeSet<u32> = TWENTY.into_iter().filter(|id| !struck.contains(id)).collect();
    assert_eq!(stored_meetings(&run.corpus()), fetched);
    let kept = run.archived();
    let failed = |record: &&Record| String::from_utf8_lossy(&record.block).contains("\"outcome\":\"failed\"");
    assert_eq!(kept.iter().filter(failed).count(), 2 * struck.len() + 1);
    let faults = kept.iter().filter(|record| record.block.starts_with(b"HTTP/1.1 500")).count();
    assert_eq!(faults, 6 * struck.len(), "every answer of either is kept");
}

#[test]
fn c07_loops_are_cut_and_error_pages_logins_and_challenges_are_no_minutes() {
    let (server, run, summary) = crawl_with(&[1, 2, 3, 4], |asked, _| match meeting_asked(asked) {
        Some(1) => Some(redirect("mgError.aspx")),
        Some(2) => Some(redirect("/ieLogon.aspx")),
        Some(3) => Some(redirect(&asked.target)),
        Some(4) => Some(html("<html><title>Just a moment...</title></html>")),
        _ if asked.target.contains("mgError.aspx") => Some(html("<div id=\"modgov\">Sorry</div>")),
        _ if asked.target.contains("ieLogon.aspx") => Some(html("<div id=\"modgov\">Log in</div>")),
        _ => None,
    });
    let site = &summary.sites[0];
    assert_eq!(site.losses.len(), 4, "{:?}", site.losses);
    let check = |id: u32, cause: Cause, said: &str| {
        let loss = loss_of(&summary, &format!("MId={id}&"));
        assert!(loss.reason.contains(said) && loss.cause == cause, "{loss:?}");
    };
    check(1, Cause::Missing, "error page");
    check(2, Cause::Login, "login");
    check(3, Cause::WrongContent, "more than 10 times");
    check(4, Cause::Challenge, "Cloudflare");
    // A loop is cut, and is not worth another try.
    assert_eq!(server.count("lMeetingId=3"), 11);
    let corpus = run.corpus();
    for number in ["1", "2", "3", "4"] {
        assert!(corpus.latest_documents(&meeting_id(number)).unwrap().is_empty());
        assert!(corpus.meeting(&meeting_id(number)).unwrap().is_some(), "it is listed all the same");
    }
}

#[test]
fn c08_redirects_lead_nowhere_but_on_the_site() {
    let elsewhere = Server::start(|_, _| html("elsewhere"));
    let to = elsewhere.address;
    let (_, run, summary) = crawl_with(&[1, 2, 3, 4, 6], move |asked, _| match meeting_asked(asked) {
        Some(1) => Some(redirect("http://democracy.other.example/page")),
        Some(2) => Some(redirect("http://169.254.169.254/latest/meta-data/")),
        Some(3) => Some(redirect("file:///etc/passwd")),
        Some(4) => Some(redirect(&format!("http://{to}/"))),
        Some(6) => Some(redirect("/moved/GetMeeting")),
        _ if asked.target.starts_with("/moved/") => Some(xml(&meeting("6", DAY, NOTED))),
        _ => None,
    });
    let site = &summary.sites[0];
    assert_eq!((site.refused, site.failed), (4, 0), "{:?}", site.losses);
    let check = |id: u32, said: &str| {
        let loss = loss_of(&summary, &format!("MId={id}&"));
        assert!(loss.reason.contains(said) && loss.cause == Cause::OutOfBounds, "{loss:?}");
    };
    check(1, "another host");
    check(2, "169.254.169.254");
    check(3, "only http and https");
    check(4, "private network");
    assert!(elsewhere.asked().is_empty());
    assert_eq!(run.corpus().latest_documents(&meeting_id("6")).unwrap().len(), 1);
    let absences = run.corpus().absences().unwrap();
    let refused = absences.iter().filter(|absent| absent.unfit.cause == Cause::OutOfBounds);
    assert_eq!(refused.count(), 8, "the service and the page of each, recorded");
}

#[test]
fn c09_a_body_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked() {
    let packed = bomb(16);
    assert!(packed.len() * 900 < 16 << 20);
    let bomb = packed.clone();
    let server = Server::start(move |asked, _| match meeting_asked(asked) {
        Some(1) => reply("200 OK", GZIPPED, &packed),
        _ => good(asked, &[1, 2]),
    });
    let run = Run::new();
    let summary = run.crawl(&Settings { body_bytes: 1_000_000, ..settings(&server) });
    let loss = loss_of(&summary, "MId=1&");
    assert!(loss.reason.contains("longer than 1000000 bytes") && loss.cause == Cause::TooLong, "{loss:?}");
    assert_eq!(server.count("lMeetingId=1"), 1, "it would be too long again");
    assert_eq!(stored_meetings(&run.corpus()), BTreeSet::from([2]));
    assert_eq!(bodies(&run.archived(), &bomb), 2, "what came is kept, also what is not unpacked");
}

fn bodies(kept: &[Record], body: &[u8]) -> usize {
    kept.iter().filter(|record| record.http().is_some_and(|(_, kept)| kept == body)).count()
}

#[cfg(target_os = "linux")]
#[test]
fn c09_memory_stays_flat_when_a_gibibyte_is_packed_into_a_mebibyte() {
    let packed = bomb(1024);
    let peak_of = |is_bomb: bool| {
        let packed = packed.clone();
        let server = Server::start(move |asked, _| match meeting_asked(asked) {
            Some(id) if is_bomb && id <= 3 => reply("200 OK", GZIPPED, &packed),
            _ => good(asked, &[1, 2, 3, 4]),
        });
        let root = format!("http://{}", server.address);
        let run = Run::new();
        let args = crawl_args(&root, "0", &[]);
        let (code, peak) = peak_of(run.home.root(), &args);
        assert_eq!(code, if is_bomb { 3 } else { 0 });
        peak
    };
    // The limit of 64 MiB, in a buffer that doubles as it grows, twice at most
    // while it moves.
    let (clean, bombed) = (peak_of(false), peak_of(true));
    assert!(bombed < clean + 200 * 1024, "{clean} KiB without, {bombed} KiB with");
}

/// Runs the program to its end, and gives its exit code and the most memory
/// that it held, in KiB.
///
#[cfg(target_os = "linux")]
pub fn peak_of(home: &Path, args: &[&str]) -> (i32, u64) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scrutineer"))
        .arg("--home")
        .arg(home)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let held = std::fs::read_to_string(&status).unwrap_or_default();
        let line = held.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        // The system keeps the peak; the first reading may still be that of this
        // process, as which the other began.
        peak = kib.unwrap_or(peak);
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(peak > 0, "it ended before it was looked at");
            return (ended.code().unwrap(), peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn c10_a_compressed_body_that_is_cut_short_is_tried_again_and_then_listed() {
    let cut = gzip(meeting("1", DAY, NOTED).as_bytes());
    let cut = cut[..cut.len() - 10].to_vec();
    let sent = cut.clone();
    let (server, run, summary) = crawl_with(&[1, 2], move |asked, _| {
        (meeting_asked(asked) == Some(1)).then(|| reply("200 OK", GZIPPED, &sent))
    });
    let loss = loss_of(&summary, "MId=1&");
    assert!(loss.reason.contains("cut short") && loss.cause == Cause::Broken, "{loss:?}");
    assert_eq!([1, 2].map(|id| server.count(&service(id))), [3, 1]);
    assert_eq!(stored_meetings(&run.corpus()), BTreeSet::from([2]));
    assert_eq!(bodies(&run.archived(), &cut), 6, "each answer of the service and of the page is kept");
}

#[test]
fn c11_an_answer_that_drips_ends_at_the_deadline_of_the_whole_request() {
    let (server, run, summary) = {
        let server = Server::start(|asked, _| match meeting_asked(asked) {
            // Each byte comes in good time; all would take 200 s.
            Some(1) => dripping(&[b' '; 10_000], Duration::from_millis(20)),
            // Nor does the head come whole.
            Some(2) => {
                Reply::from(vec![Act::Send(b"HTTP/1.1 200".to_vec()), Act::Wait(Duration::from_secs(60))])
            }
            _ => Reply::from(good(asked, &[1, 2, 3])),
        });
        let run = Run::new();
        let deadline = Duration::from_millis(500);
        let quick =
            Settings { deadline, tries: 2, back_off: Duration::from_millis(200), ..settings(&server) };
        let summary = run.crawl(&quick);
        (server, run, summary)
    };
    for id in [1, 2] {
        assert_eq!(loss_of(&summary, &format!("MId={id}&")).cause, Cause::TimeOut);
        for asked in server.asked().iter().filter(|asked| meeting_asked(asked) == Some(id)) {
            let took = asked.ended.unwrap() - asked.at;
            assert!(took < Duration::from_secs(5), "the crawler held on for {took:?}");
        }
    }
    assert_eq!([1, 2, 3].map(|id| server.count(&service(id))), [2, 2, 1]);
    assert_eq!(stored_meetings(&run.corpus()), BTreeSet::from([3]));
}

#[test]
fn c12_a_body_without_an_end_is_cut_at_the_limit() {
    let server = Server::start(|asked, _| match meeting_asked(asked) {
        Some(1) => {
            let piece = chunk(&[b' '; 8_192]);
            Reply::from(vec![Act::Send(chunked_head("text/xml")), Act::Forever(piece)])
        }
        Some(2) => Reply::from(reply("200 OK", "", &vec![b' '; 2_000_000])),
        // One that comes in chunks and ends is taken.
        Some(3) => {
            let body = format!("<?xml version=\"1.0\"?>{}", meeting("3", DAY, NOTED));
            let mut answer = chunked_head("text/xml");
            body.as_bytes().chunks(50).for_each(|piece| answer.extend(chunk(piece)));
            answer.extend(chunk(b""));
            Reply::from(answer)
        }
        // Nor does a head that never ends keep the crawl.
        Some(4) => {
            let line = format!("X-Line: {}\r\n", "x".repeat(1_000)).into_bytes();
            Reply::from(vec![Act::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Act::Forever(line)])
        }
        _ => Reply::from(good(asked, &[1, 2, 3, 4])),
    });
    let run = Run::new();
    let summary = run.crawl(&Settings { body_bytes: 1_000_000, ..settings(&server) });
    assert_eq!(loss_of(&summary, "MId=4&").cause, Cause::Broken);
    for id in [1, 2] {
        let loss = loss_of(&summary, &format!("MId={id}&"));
        assert!(loss.reason.contains("longer than 1000000 bytes"), "{loss:?}");
        assert_eq!(server.count(&service(id)), 1, "it would be too long again");
    }
    assert_eq!(stored_meetings(&run.corpus()), BTreeSet::from([3]));
}

/// The bytes of a text in windows-1252, as far as the tests write it.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '’' => 0x92,
        '£' => 0xa3,
        c => u8::try_from(c).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn c13_pounds_and_apostrophes_come_through_whatever_a_page_is_said_to_be_written_in() {
    const SAID: &str = "The council’s grant of £12,345 was agreed.";
    let answer = |id: u32| {
        let service = |declared: &str| {
            let minutes = format!("&lt;p&gt;{SAID}&lt;/p&gt;");
            format!("<?xml version=\"1.0\"{declared}?>{}", meeting(&id.to_string(), DAY, &minutes))
        };
        let utf_16: Vec<u8> = std::iter::once('\u{feff}')
            .chain(service(" encoding=\"utf-16\"").chars())
            .flat_map(|c| (c as u16).to_le_bytes())
            .collect();
        let (kind, body) = match id {
            1 => ("text/xml; charset=iso-8859-1", service("").into_bytes()),
            2 => ("text/xml; charset=utf-8", windows_1252(&service(" encoding=\"utf-8\""))),
            3 => ("text/xml", windows_1252(&service(" encoding=\"windows-1252\""))),
            4 => ("text/xml; charset=iso-8859-1", format!("\u{feff}{}", service("")).into_bytes()),
            5 => ("text/xml; charset=utf-8", utf_16),
            6 => ("text/html", windows_1252(&page_with_minutes("<meta charset=\"windows-1252\">", SAID))),
            7 => ("text/html", windows_1252(&page_with_minutes("", SAID))),
            8 => ("text/html; charset=windows-1252", page_with_minutes("", SAID).into_bytes()),
            _ => (
                "text/html; charset=iso-8859-1",
                windows_1252(&page_with_minutes("<meta charset=utf-8>", SAID)),
            ),
        };
        reply("200 OK", &format!("Content-Type: {kind}\r\n"), &body)
    };
    let ids = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    let server = Server::start(move |asked, _| match meeting_asked(asked) {
        // The service does not know of those that are asked as pages.
        Some(id) if id > 5 && asked.target.contains("lMeetingId") => not_found(),
        Some(id) => answer(id),
        None => good(asked, &ids),
    });
    let run = Run::new();
    let crawl = command(&run.home, &server, &[]);
    assert_eq!(crawl.code, 0, "{}", crawl.stderr);
    assert_eq!(scrutineer(run.home.root(), &["index"]).code, 0);
    for query in ["grant", "\"council’s grant\""] {
        let hits = rows(run.home.root(), &["search", query, "--limit", "all"]);
        assert_eq!(hits.len(), 9, "{query}: {hits:?}");
        for hit in &hits {
            let plain = hit["snippet"].replace(['*', '[', ']'], "");
            assert!(plain.contains("council’s grant of £12,345 was"), "{}: {}", hit["url"], hit["snippet"]);
        }
    }
}

#[test]
fn c14_a_site_that_disallows_everything_is_asked_for_its_rules_alone() {
    let rules = Arc::new(Mutex::new("User-agent: *\nDisallow: /\n"));
    let said = rules.clone();
    let server = Server::start(move |asked, _| match asked.target.as_str() {
        "/robots.txt" => reply("200 OK", "", said.lock().unwrap().as_bytes()),
        _ => good(asked, &[1]),
    });
    let run = Run::new();
    let crawl = command(&run.home, &server, &["--report", "csv"]);
    assert_eq!(server.targets(), ["/robots.txt"]);
    assert_eq!(crawl.code, 3);
    assert!(crawl.stderr.contains("its robots.txt disallows it"), "{}", crawl.stderr);
    let report = read_csv(&crawl.stdout);
    let fates: Vec<(&str, &str)> =
        report.iter().map(|row| (row["outcome"].as_str(), row["cause"].as_str())).collect();
    assert_eq!(fates, [("replaced", "robots"), ("refused", "robots")], "the service, then the page");
    assert_eq!(run.corpus().absences().unwrap().len(), 2);
    let lost = run.corpus().lost_lists().unwrap();
    assert!(lost.len() == 1 && lost[0].is_silent, "the register says that it knows nothing: {lost:?}");
    assert_eq!(lost[0].causes, [(Cause::Robots, 1)], "the page, which was asked in place of the service");

    // Only part of the site is closed: the rest is asked.
    *rules.lock().unwrap() = "User-agent: *\nDisallow: /mgWebService.asmx/GetMeeting?\n";
    server.forget();
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    assert_eq!(run.corpus().lost_lists().unwrap(), []);
    assert_eq!(server.count("GetMeetings?"), 1);
    assert_eq!(server.count("GetMeeting?"), 0);
    assert_eq!(summary.sites[0].meetings_found, 1);
}

/// Crawls a site of two meetings whose robots.txt is answered so.
fn with_robots<R: Into<Reply>>(
    robots: impl Fn(&str) -> Option<R> + Send + Sync + 'static,
) -> (Server, Summary) {
    let server = Server::start(move |asked, _| match robots(&asked.target) {
        Some(reply) => reply.into(),
        None => Reply::from(good(asked, &[1, 2])),
    });
    let run = Run::new();
    let quick = Settings { deadline: Duration::from_millis(400), ..settings(&server) };
    let summary = run.crawl(&quick);
    (server, summary)
}

/// A robots.txt of this text.
fn rules(text: String) -> (Server, Summary) {
    with_robots(move |target| (target == "/robots.txt").then(|| reply("200 OK", "", text.as_bytes())))
}

#[test]
fn c15_rules_that_cannot_be_had_close_a_site_and_rules_that_are_not_there_leave_it_free() {
    let at_robots = |reply: fn() -> Reply| with_robots(move |target| (target == "/robots.txt").then(reply));
    for status in ["500 Fault", "503 Service Unavailable", "time-out"] {
        let (server, summary) = match status {
            "500 Fault" => at_robots(|| reply("500 Fault", "", b"").into()),
            "time-out" => at_robots(|| vec![Act::Wait(Duration::from_secs(60))].into()),
            _ => at_robots(|| reply("503 Service Unavailable", "", b"").into()),
        };
        assert!(server.targets().iter().all(|target| target == "/robots.txt"), "{status}");
        assert_eq!(server.targets().len(), 3, "as many tries as the settings say");
        let reason = &summary.sites[0].losses[0].reason;
        let said = if status == "time-out" { "took longer" } else { &status[..3] };
        assert!(reason.contains(said) && reason.contains("nothing is fetched"), "{reason}");
        assert!(!summary.is_whole());
    }
    let whole = |(server, summary): (Server, Summary)| {
        assert!(summary.is_whole(), "{summary:?}");
        assert_eq!(server.count("lMeetingId="), 2);
    };
    whole(at_robots(|| not_found().into()));
    // A page in place of the file says nothing, not even where it looks as if.
    whole(at_robots(|| html("<html><pre>\nUser-agent: *\nDisallow: /\n</pre></html>").into()));
}

#[test]
fn c15_the_first_500_kib_of_the_rules_hold_line_by_line() {
    let padding = |until: usize, text: &mut String| {
        while text.len() + 60 < until {
            text.push_str("# nothing is asked here, in some fifty bytes of comment\n");
        }
        text.push_str(&"#".repeat(until - text.len() - 1));
        text.push('\n');
    };
    let mut long = "User-agent: *\n".to_owned();
    padding(450 * 1024, &mut long);
    long.push_str("Disallow: /mgWebService.asmx/GetMeeting?lMeetingId=1\n");
    padding(550 * 1024, &mut long);
    long.push_str("Disallow: /mgWebService.asmx/GetMeeting?lMeetingId=2\n");
    padding(600 * 1024, &mut long);
    let (server, _) = rules(long);
    assert_eq!([1, 2].map(|id| server.count(&service(id))), [0, 1]);

    // The end of what is read falls into a line: half of a rule would close more
    // than the whole.
    let mut cut = "User-agent: *\n".to_owned();
    padding(500 * 1024 - "Disallow: /".len(), &mut cut);
    cut.push_str("Disallow: /private/\n");
    let (server, summary) = rules(cut);
    assert!(summary.is_whole(), "{summary:?}");
    assert_eq!(server.count("lMeetingId="), 2);
}

#[test]
fn c15_rules_that_name_the_crawler_with_its_version_are_for_it() {
    let (server, summary) = rules("\u{feff}User-agent: Scrutineer/0.1.0\nDisallow: /\n".to_owned());
    assert_eq!(server.targets(), ["/robots.txt"]);
    assert_eq!(summary.sites[0].losses[0].cause, Cause::Robots, "{summary:?}");
}

#[test]
fn c15_rules_that_lie_elsewhere_are_followed_there() {
    let (server, summary) = with_robots(|target| {
        let step: u32 = match target.strip_prefix("/rules/") {
            Some(step) => step.parse().unwrap(),
            None if target == "/robots.txt" => 0,
            None => return None,
        };
        Some(match step {
            6 => {
                reply("200 OK", "", b"User-agent: *\nDisallow: /mgWebService.asmx/GetMeeting?lMeetingId=1\n")
            }
            _ => redirect(&format!("/rules/{}", step + 1)),
        })
    });
    assert_eq!(server.count("/rules/"), 6);
    assert_eq!([1, 2].map(|id| server.count(&service(id))), [0, 1]);
    assert_eq!(summary.sites[0].meetings_found, 2);
}

#[test]
fn c17_all_faults_together_come_to_an_end_and_every_address_is_accounted_for() {
    const ROBOTS: &[u8] = b"User-agent: *\nDisallow: /ieListDocuments.aspx?CId=7&MId=16&\n";
    let (bomb, cut) = (bomb(2), gzip(meeting("12", DAY, NOTED).as_bytes()));
    let server = Server::start(move |asked, n| {
        let answer = good(asked, &TWENTY);
        let is_service = asked.target.contains("lMeetingId");
        let Some(id) = meeting_asked(asked) else {
            return match asked.target.as_str() {
                "/robots.txt" => reply("200 OK", "", ROBOTS).into(),
                target if target.contains("mgError") => html("<div id=\"modgov\">Sorry</div>").into(),
                _ => answer.into(),
            };
        };
        match (id, n) {
            (2, 0) => reply("429 Too Many Requests", "Retry-After: 1\r\n", b"").into(),
            (3, 0) => reply("503 Service Unavailable", "", b"").into(),
            (4, 0) => half(&answer, Some(Act::Reset)),
            (5, 0) => half(&answer, None),
            (6, _) => reply("500 Internal Server Error", "", b"").into(),
            (7, _) => redirect(&asked.target).into(),
            (8, _) => redirect("mgError.aspx").into(),
            (9, _) => redirect("file:///etc/passwd").into(),
            (10, _) => redirect("http://169.254.169.254/").into(),
            (11, _) => reply("200 OK", GZIPPED, &bomb).into(),
            (12, _) if is_service => reply("200 OK", GZIPPED, &cut[..cut.len() - 10]).into(),
            (13, _) if is_service => dripping(&[b' '; 1_000], Duration::from_millis(20)),
            (12 | 13, _) => html(&page_with_minutes("", "The Cabinet noted the report.")).into(),
            (14, _) => {
                Reply::from(vec![Act::Send(chunked_head("text/xml")), Act::Forever(chunk(&[b' '; 8_192]))])
            }
            (15, _) => reply("403 Forbidden", "", b"").into(),
            (16, _) if is_service => not_found().into(),
            (17, _) if is_service => xml(&meeting("17", DAY, "\n")).into(),
            (17, _) => {
                html(&page_with_file("Printed minutes", "http://files.other.example/17.pdf?T=1")).into()
            }
            _ => answer.into(),
        }
    });
    let root = format!("http://{}", server.address);
    let run = Run::new();
    let limits = ["--tries", "2", "--deadline", "1", "--max-body", "1", "--report", "csv"];
    let crawl = scrutineer(run.home.root(), &crawl_args(&root, "0.1", &limits));
    assert_eq!(crawl.code, 3, "{}", crawl.stderr);
    assert!(!crawl.stderr.contains("panicked"), "{}", crawl.stderr);
    server.assert_polite(Duration::from_millis(100), &["/ieListDocuments.aspx?CId=7&MId=16&", "/17.pdf"]);

    // Every address once, and each with a fate; nothing waits.
    let report = read_csv(&crawl.stdout);
    let fates: BTreeMap<&str, &str> =
        report.iter().map(|row| (row["url"].as_str(), row["outcome"].as_str())).collect();
    assert_eq!(fates.len(), report.len(), "an address has one row");
    let with = |fate: &str| fates.values().filter(|other| **other == fate).count();
    let by_fate = ["stored", "unchanged", "settled", "replaced", "refused", "failed", "waiting"].map(with);
    assert_eq!(by_fate.iter().sum::<usize>(), report.len(), "{by_fate:?}");
    // Two lists, eight meetings of the service, both forms of the 17th, and the
    // pages of 12 and 13 came. The service did not give a list of all meetings,
    // nor 6 to 16. Lost: 6, 7, 8,
    // 11 and 14 failed; 9, 10, 15, 16 and the file were refused.
    assert_eq!(by_fate, [2 + 8 + 2 + 2, 0, 0, 1 + 11, 5, 5, 0], "{fates:?}");

    // All that the server was asked for is in the report, and all in the report
    // that was not refused unasked was asked for.
    let is_way = |target: &str| target == "/robots.txt" || target.contains("mgError");
    let asked: BTreeSet<String> = server
        .targets()
        .into_iter()
        .filter(|target| !is_way(target))
        .map(|target| root.clone() + &target)
        .collect();
    let reported: BTreeSet<String> = fates.keys().map(|url| (*url).to_owned()).collect();
    assert_eq!(asked.difference(&reported).collect::<Vec<_>>(), Vec::<&String>::new());
    let unasked: Vec<&String> = reported.difference(&asked).collect();
    let expected = [
        format!("{root}/ieListDocuments.aspx?CId=7&MId=16&Ver=4"),
        "http://files.other.example/17.pdf?T=1".into(),
    ];
    assert_eq!(unasked, expected.iter().collect::<Vec<_>>());
    for id in TWENTY {
        assert!(report.iter().any(|row| row["meeting"] == id.to_string()), "{id} is listed");
    }
    // What was lost is named on stderr, with a reason.
    for row in report.iter().filter(|row| matches!(row["outcome"].as_str(), "refused" | "failed")) {
        let line = crawl.stderr.lines().find(|line| line.contains(&format!("{}: ", row["url"])));
        assert!(line.is_some_and(|line| line.contains(&row["reason"])), "{row:?}\n{}", crawl.stderr);
        assert!(!row["reason"].is_empty() && !row["cause"].is_empty(), "{row:?}");
    }
    for row in report.iter().filter(|row| row["outcome"] == "stored") {
        assert!(run.home.archive().join(&row["warc"]).exists() && row["digest"].len() == 64, "{row:?}");
    }
}

#[test]
fn c18_a_closed_port_is_told_within_seconds() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let root = format!("http://{closed}");
    let run = Run::new();
    let started = Instant::now();
    let crawl = scrutineer(run.home.root(), &crawl_args(&root, "0", &["--report", "csv"]));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(crawl.code, 3);
    assert!(crawl.stderr.contains("no connection"), "{}", crawl.stderr);
    let report = read_csv(&crawl.stdout);
    assert_eq!(
        (report.len(), report[0]["outcome"].as_str(), report[0]["cause"].as_str()),
        (1, "failed", "broken")
    );
}

// ---------------------------------------------------------------------------
// What is asked for.

#[test]
fn c19_to_c25_a_start_that_is_no_public_web_address_is_refused_with_a_plain_line() {
    let long = format!("http://a.example:{}/", 99_999);
    for (address, said) in [
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("ftp://example.org/", "only http and https"),
        ("http://[::ffff:10.0.0.1]/", "private network"),
        ("http://[::ffff:169.254.169.254]/", "private network"),
        ("junk", "junk"),
        ("http://", "http://"),
        ("http://clerk:secret@example.org/", "user name"),
        (&long, "99999"),
        // This machine is asked only when that is asked for.
        ("http://127.0.0.1:1/", "private network"),
        ("http://[::1]:1/", "private network"),
        ("http://2130706433:1/", "private network"),
    ] {
        let run = Run::new();
        let crawl =
            scrutineer(run.home.root(), &["crawl", "--contact", "clerk@example.org", "--site", address]);
        assert_eq!(crawl.code, 2, "{address}: {}", crawl.stderr);
        assert_eq!(crawl.stdout, "", "{address}");
        assert_eq!(crawl.stderr.lines().count(), 1, "{address}: {}", crawl.stderr);
        assert!(crawl.stderr.contains(said), "{address}: {}", crawl.stderr);
    }
}

#[test]
fn c26_a_calendar_without_an_end_ends_at_the_budget_and_by_its_own_rules() {
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
    let budget = command(&Run::new().home, &server, &["--documents", "none", "--max-requests", "30"]);
    assert_eq!(budget.code, 3, "{}", budget.stderr);
    assert!(budget.stderr.contains("30 requests are as many as one crawl makes"), "{}", budget.stderr);
    assert_eq!(server.targets().iter().filter(|target| *target != "/robots.txt").count(), 30);

    server.forget();
    let scope = Scope { documents: Documents::None, ..Scope::all(TODAY) };
    let run = Run::new();
    let summary = run.crawl_scope(&[alderbrook()], &scope, &settings(&server));
    assert!(summary.sites[0].finished);
    assert!(summary.sites[0].remarks[0].starts_with("Cabinet: 100 pages"), "{:?}", summary.sites[0].remarks);
    assert_eq!(server.count("ieListMeetings"), 101);
    server.forget();
    // A first day asked for ends it sooner: 2020, 2019, and 2018 to be sure.
    let scope = Scope { from: Some(date(2019, 1, 1)), ..scope };
    run.crawl_scope(&[alderbrook()], &scope, &settings(&server));
    assert_eq!(server.count("ieListMeetings"), 3);
}

#[test]
fn c27_a_meeting_is_asked_for_once_however_it_is_linked() {
    let server = Server::start(|asked, _| {
        let target = asked.target.to_lowercase();
        let link = |href: &str| format!("<a href=\"{href}\">1 Feb 2024 7.00 pm</a> - Minutes");
        if target.contains("mglistcommittees") {
            return html(&list_page(
                "<a href=\"mgCommitteeDetails.aspx?ID=7\">Cabinet</a>\
                 <a href=\"mgCommitteeDetails.aspx?ID=8\">Council</a>",
            ));
        }
        if target.contains("act=earlier") {
            return html(&list_page(&link("ieListDocuments.aspx?MeetingId=1&J=3#AI5")));
        }
        if target.contains("ielistmeetings.aspx?committeeid=7&") {
            let earlier = "<a href=\"ieListMeetings.aspx?Act=earlier&CId=7&D=202401\">Earlier</a>";
            return html(&list_page(&(link("ieListDocuments.aspx?CId=7&MId=1&Ver=4") + earlier)));
        }
        if target.contains("ielistmeetings.aspx?committeeid=8&") {
            return html(&list_page(&link(
                "/(S(czobl0450xbqi155ede3ifez))/IELISTDOCUMENTS.ASPX?Ver=4&mid=1&cid=7",
            )));
        }
        if target.contains("ielistdocuments.aspx") {
            return html(&page_with_minutes("", "The Cabinet noted the report."));
        }
        not_found()
    });
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    assert!(summary.sites[0].finished && summary.sites[0].losses.is_empty(), "{summary:?}");
    let pages =
        server.targets().into_iter().filter(|target| target.to_lowercase().contains("ielistdocuments"));
    assert_eq!(pages.count(), 1, "{:?}", server.targets());
    assert_eq!(run.corpus().meetings().unwrap().len(), 1);
}

// ---------------------------------------------------------------------------
// The machine that asks.

#[test]
fn c28_a_second_crawl_of_the_same_home_ends_at_once_and_names_the_first() {
    let is_free = Arc::new(AtomicBool::new(false));
    let freed = is_free.clone();
    let server = Server::start(move |asked, _| {
        let started = Instant::now();
        while meeting_asked(asked) == Some(1) && !freed.load(Ordering::SeqCst) {
            assert!(started.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(5));
        }
        good(asked, &[1, 2])
    });
    let root = format!("http://{}", server.address);
    let run = Run::new();
    let first = Command::new(env!("CARGO_BIN_EXE_scrutineer"))
        .arg("--home")
        .arg(run.home.root())
        .args(crawl_args(&root, "0", &[]))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while server.count(&service(1)) == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "the first crawl does not get there");
        std::thread::sleep(Duration::from_millis(5));
    }
    let n_asked = server.asked().len();
    let second = command(&run.home, &server, &[]);
    assert_eq!(second.code, 2, "{}", second.stderr);
    assert!(second.stderr.contains(&format!("process {}", first.id())), "{}", second.stderr);
    assert_eq!(server.asked().len(), n_asked, "it asked for nothing");
    is_free.store(true, Ordering::SeqCst);
    let first = first.wait_with_output().unwrap();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    assert_eq!((server.most_in_flight(), server.count("/robots.txt")), (1, 1));
    assert_eq!(command(&run.home, &server, &[]).code, 0, "the lock fell with its holder");
}

/// How often the clock of the next test was asked.
static CLOCK: AtomicU32 = AtomicU32::new(0);

/// A clock that jumps back by an hour once it has been asked a few times.
fn jumping() -> Timestamp {
    let jump = if CLOCK.fetch_add(1, Ordering::SeqCst) < 4 { 0 } else { 1 };
    Timestamp::now() - SignedDuration::from_hours(jump)
}

#[test]
fn c29_a_clock_that_jumps_back_changes_neither_the_pace_nor_what_is_latest() {
    let version = Arc::new(Mutex::new(NOTED));
    let said = version.clone();
    let server = Server::start(move |asked, n| match meeting_asked(asked) {
        // The site's own clock is right: in two seconds, not in an hour.
        Some(2) if n == 0 => {
            let now = Timestamp::now();
            let (date, then) = (http_date(now), http_date(now + SignedDuration::from_secs(2)));
            reply("503 Busy", &format!("Date: {date}\r\nRetry-After: {then}\r\n"), b"")
        }
        Some(3) => xml(&meeting("3", DAY, &said.lock().unwrap())),
        _ => good(asked, &[1, 2, 3, 4, 5, 6]),
    });
    let delay = Duration::from_millis(50);
    let now: fn() -> Timestamp = jumping;
    let settings = Settings { delay, now, ..settings(&server) };
    let run = Run::new();
    let summary = run.crawl(&settings);
    assert!(CLOCK.load(Ordering::SeqCst) > 5, "it has jumped");
    assert!(summary.is_whole(), "{summary:?}");
    server.assert_polite(delay, &[]);
    let (first, last) = server.span().unwrap();
    assert!(last - first < Duration::from_secs(60), "{:?}", last - first);

    // A version that came after the jump carries an earlier time than the first.
    CLOCK.store(0, Ordering::SeqCst);
    run.crawl(&settings);
    *version.lock().unwrap() = "&lt;p&gt;The Cabinet deferred the report.&lt;/p&gt;";
    assert!(run.crawl(&settings).is_whole());
    let corpus = run.corpus();
    let versions = corpus.all_versions(&meeting_id("3")).unwrap();
    let latest = corpus.latest_documents(&meeting_id("3")).unwrap();
    assert_eq!((versions.len(), latest.len()), (2, 1));
    let text = String::from_utf8(corpus.read(&latest[0]).unwrap().into()).unwrap();
    assert!(text.contains("deferred the report"), "{text}");
}

/// Every file and folder below a folder, from there on.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(tree(&entry));
        }
        found.push(entry);
    }
    found
}

/// Asserts that all below a home bears names that the program makes: of letters
/// of its own choice, not too long for any system, and leading nowhere.
#[track_caller]
fn assert_own_names(home: &Path, n_archive_folders: usize) {
    let is_own = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    for path in tree(home) {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.chars().all(is_own), "{}", path.display());
        assert!(name.len() <= 150 && !name.ends_with('.'), "{}", path.display());
    }
    let archive = home.join("corpus/archive");
    assert_eq!(std::fs::read_dir(archive).unwrap().count(), n_archive_folders);
}

#[test]
fn c30_names_of_a_site_choose_no_place_on_this_machine() {
    let long = format!("documents/{}.pdf?T=1", "x".repeat(300));
    let names: [(&str, &str); 8] = [
        ("../../../../etc/cron.d/x.pdf?T=1", "../../etc/cron.d/x"),
        ("documents/%2e%2e%2f%2e%2e%2fetc%2fcron.d%2fx.pdf?T=1", "%2e%2e%2f%2e%2e%2fx"),
        ("documents/CON.pdf?T=1", "CON"),
        (&long, &"x".repeat(300)),
        ("documents/a%00b.pdf?T=1", "a%00b"),
        ("documents/trailing.?T=1", "trailing."),
        ("documents\\..\\..\\back.pdf?T=1", "..\\..\\back"),
        ("documents/c:%5cwindows%5cx.pdf?T=1", "C:\\windows\\x"),
    ];
    let owned = names.map(|(href, file)| (href.to_owned(), file.to_owned()));
    let server = Server::start(move |asked, _| match meeting_asked(asked) {
        Some(id) if asked.target.contains("lMeetingId") => xml(&meeting(&id.to_string(), DAY, "\n")),
        Some(id) => html(&page_with_file("Printed minutes", &owned[id as usize - 1].0)),
        None if asked.target.contains("T=1") => {
            let at = owned.iter().position(|(href, _)| {
                let name = href.rsplit(['/', '\\']).next().unwrap();
                asked.target.ends_with(name)
            });
            let named = &owned[at.unwrap_or(0)].1;
            let headers = format!(
                "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{named}\"\r\n"
            );
            reply("200 OK", &headers, format!("%PDF-1.4 {}", asked.target).as_bytes())
        }
        None => good(asked, &[1, 2, 3, 4, 5, 6, 7, 8]),
    });
    let parent = tempfile::tempdir().unwrap();
    let home = parent.path().join("home");
    let root = format!("http://{}", server.address);
    let crawl = scrutineer(&home, &crawl_args(&root, "0", &[]));
    assert_eq!(crawl.code, 0, "{}", crawl.stderr);
    assert_eq!(server.count("T=1"), 8, "{:?}", server.targets());
    assert_own_names(&home, 1);
    let corpus = Corpus::open_read_only(&Home::new(&home)).unwrap();
    for meeting in corpus.meetings().unwrap() {
        let files = corpus.latest_documents(&meeting.id).unwrap();
        let file = files.iter().find(|file| file.media_type == "application/pdf").unwrap();
        assert!(corpus.read(file).unwrap().starts_with(b"%PDF"), "{}", file.url);
    }
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1, "nothing lies beside the home");
}

#[test]
fn c30_the_address_of_a_site_chooses_no_place_either() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let parent = tempfile::tempdir().unwrap();
    let home = parent.path().join("home");
    let long = ["x".repeat(300), format!("{}y", "x".repeat(299))];
    let paths = ["..%2f..%2f..%2fetc%2fcron.d%2fx", "../../etc", "CON", "a%00b", "trailing.", "%2e%2e/b"];
    let paths: Vec<&str> = paths.into_iter().chain(long.iter().map(String::as_str)).collect();
    for path in &paths {
        let root = format!("http://{}/{path}", server.address);
        let crawl = scrutineer(&home, &crawl_args(&root, "0", &[]));
        assert_eq!(crawl.code, 0, "{path}: {}", crawl.stderr);
    }
    assert_own_names(&home, paths.len());
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1, "nothing lies beside the home");
}

#[test]
fn c31_a_name_is_judged_by_the_address_that_it_leads_to() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let named = site("local", format!("http://localhost:{}", server.address.port()));
    let run = Run::new();
    let crawl =
        |settings: &Settings| run.crawl_scope(std::slice::from_ref(&named), &Scope::all(TODAY), settings);
    let summary = crawl(&settings(&server));
    assert!(server.asked().is_empty());
    let loss = &summary.sites[0].losses[0];
    assert!(loss.reason.contains("private network") && loss.cause == Cause::OutOfBounds, "{loss:?}");
    // What is refused is the address, not the name.
    let allowed = Settings { allow_loopback: true, ..settings(&server) };
    assert!(crawl(&allowed).is_whole());

    let number = site("local", format!("http://{}", server.address));
    let mut corpus = Corpus::open(&run.home).unwrap();
    let mut refused = |site: &Site, settings: &Settings| {
        let sites = std::slice::from_ref(site);
        crawl::crawl_network(&mut corpus, sites, &Scope::all(TODAY), settings, &|_| {}, &Cancel::default())
    };
    assert!(refused(&number, &settings(&server)).is_err());
    assert!(refused(&number, &allowed).unwrap().is_whole());
}

// ---------------------------------------------------------------------------
// TLS.

/// A certificate for these names, with its key.
struct Identity {
    certificate: rcgen::Certificate,
    key: rcgen::KeyPair,
}

impl Identity {
    fn server(&self) -> Arc<rustls::ServerConfig> {
        let key = rustls::pki_types::PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }
}

/// What the certificate of a publisher is like.
fn parameters(name: &str) -> rcgen::CertificateParams {
    rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap()
}

#[test]
fn c32_a_certificate_that_is_not_good_closes_a_site_and_a_good_one_does_not() {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.distinguished_name.push(rcgen::DnType::CommonName, "An authority of this test");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let trusted = authority.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let signed = |parameters: rcgen::CertificateParams| {
        let key = rcgen::KeyPair::generate().unwrap();
        Identity { certificate: parameters.signed_by(&key, &issuer).unwrap(), key }
    };
    let self_signed = {
        let key = rcgen::KeyPair::generate().unwrap();
        Identity { certificate: parameters("127.0.0.1").self_signed(&key).unwrap(), key }
    };
    let mut expired = parameters("127.0.0.1");
    expired.not_before = rcgen::date_time_ymd(2019, 1, 1);
    expired.not_after = rcgen::date_time_ymd(2020, 1, 1);

    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, trusted.pem()).unwrap();
    // The child process trusts the authority of this test, and nobody else.
    let crawl = |identity: &Identity| {
        let server =
            Server::start_at("127.0.0.1:0", Some(identity.server()), |asked, _| good(asked, &[1, 2]));
        let run = Run::new();
        let root = format!("https://{}", server.address);
        let output = Command::new(env!("CARGO_BIN_EXE_scrutineer"))
            .env("SSL_CERT_FILE", &roots)
            .env_remove("SSL_CERT_DIR")
            .arg("--home")
            .arg(run.home.root())
            .args(crawl_args(&root, "0", &[]))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (server, run, output.status.code().unwrap(), stderr)
    };

    let (server, run, code, stderr) = crawl(&signed(parameters("127.0.0.1")));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(server.count("lMeetingId="), 2);
    assert_eq!(stored_meetings(&run.corpus()), BTreeSet::from([1, 2]));
    server.assert_polite(Duration::ZERO, &[]);

    for (identity, said) in [
        (signed(expired), "expired"),
        (signed(parameters("democracy.other.example")), "not valid for"),
        (self_signed, "UnknownIssuer"),
    ] {
        let started = Instant::now();
        let (server, run, code, stderr) = crawl(&identity);
        assert_eq!(code, 3, "{stderr}");
        // Four tries would take 14 seconds at least.
        assert!(started.elapsed() < Duration::from_secs(10), "it is not worth another try");
        assert!(server.asked().is_empty(), "nothing was said to it, neither in the open nor otherwise");
        assert!(stderr.contains("certificate") && stderr.contains(said), "{said}: {stderr}");
        let absences = run.corpus().absences().unwrap();
        assert!(
            !absences.is_empty()
                && absences
                    .iter()
                    .all(|one| one.unfit.cause == Cause::Untrusted && one.unfit.reason.contains(said)),
            "{absences:?}"
        );
    }
}

/// A site that is recorded under https, and redirects some of its addresses to
/// the other scheme.
struct Redirecting<R> {
    recorded: crawl::Recorded,
    is_redirected: R,
    asked: Mutex<Vec<String>>,
}

impl<R: Fn(&str) -> bool> crawl::Fetch for Redirecting<R> {
    async fn get(&self, url: &Url, held: Option<&Validators>) -> Result<Exchange, crawl::NoAnswer> {
        self.asked.lock().unwrap().push(url.to_string());
        if !(self.is_redirected)(url.as_str()) {
            return self.recorded.get(url, held).await;
        }
        let scheme = if url.scheme() == "https" { "http" } else { "https" };
        let to = url.as_str().replacen(url.scheme(), scheme, 1);
        let headers = vec![("location".to_owned(), to)];
        Ok(Exchange { url: url.to_string(), status: 302, headers, ..Exchange::default() })
    }
}

/// Crawls it from this scheme; gives the addresses that were asked as well.
fn crawl_redirecting(scheme: &str, is_redirected: impl Fn(&str) -> bool) -> (Vec<String>, Summary) {
    let service = |part: &str| format!("https://{HOST}/mgWebService.asmx/{part}");
    let xml = |inside: &str| format!("<?xml version=\"1.0\"?>{inside}");
    let range = "lCommitteeId=7&sFromDate=01%2F01%2F1990&sToDate=31%2F12%2F2025";
    let recorded = crawl::Recorded::default()
        .with(&format!("https://{HOST}/robots.txt"), "text/plain", "User-agent: *\n")
        .with(&service("GetCommittees"), "text/xml", xml(COMMITTEES))
        .with(&service(&format!("GetMeetings?{range}")), "text/xml", xml(&meetings(&[1], DAY)))
        .with(&service("GetMeeting?lMeetingId=1"), "text/xml", xml(&meeting("1", DAY, NOTED)));
    let fetch = Redirecting { recorded, is_redirected, asked: Mutex::default() };
    let settings = Settings { delay: Duration::ZERO, ..Settings::default() };
    let run = Run::new();
    let mut corpus = Corpus::open(&run.home).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sites = [site("alderbrook", format!("{scheme}://{HOST}"))];
    let (scope, cancel) = (Scope::all(TODAY), Cancel::default());
    let crawl = crawl::crawl(&mut corpus, &sites, &scope, &settings, &fetch, &|_| {}, &cancel);
    let summary = runtime.block_on(crawl).unwrap();
    (fetch.asked.into_inner().unwrap(), summary)
}

#[test]
fn c32_a_redirect_leads_from_http_to_https_and_never_back() {
    let (asked, summary) = crawl_redirecting("https", |url| url.contains("Id=1"));
    assert!(asked.iter().all(|url| url.starts_with("https://")), "{asked:?}");
    let loss = loss_of(&summary, "Id=1");
    assert_eq!(loss.cause, Cause::OutOfBounds);
    assert!(loss.reason.contains("from https to http"), "{loss:?}");

    let (asked, summary) = crawl_redirecting("https", |url| url.ends_with("/robots.txt"));
    assert_eq!(asked, [format!("https://{HOST}/robots.txt")], "without its rules nothing is asked");
    assert_eq!(summary.sites[0].losses[0].cause, Cause::OutOfBounds);

    let (asked, summary) = crawl_redirecting("http", |url| url.starts_with("http://"));
    assert!(asked.iter().any(|url| url.starts_with("https://") && url.contains("lMeetingId=1")), "{asked:?}");
    assert!(summary.is_whole(), "{summary:?}");
}

#[test]
fn c32_a_server_without_tls_is_no_https_site() {
    let server = Server::start(|asked, _| good(asked, &[1]));
    let secure = site("alderbrook", format!("https://{HOST}"));
    let summary = Run::new().crawl_scope(&[secure], &Scope::all(TODAY), &settings(&server));
    assert_eq!(summary.sites[0].fetched, 0);
    assert!(!summary.sites[0].losses.is_empty());
    assert!(server.asked().is_empty(), "it is not asked in the open instead");
}
