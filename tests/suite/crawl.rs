//! The crawler against real servers on loopback: what it asks, how fast, what
//! it refuses, what it stores; and the real pages that we have, crawled.

use std::collections::HashMap;
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use scrutineer::corpus::{Cause, Corpus, Home, archive};
use scrutineer::crawl::{self, Cancel, Documents, Scope, Settings};
use scrutineer::model::{Council, DocumentRole, Edition, MeetingId, Site, SiteId};

use crate::publisher::*;

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
fn silence_everywhere_is_this_machines_and_is_held_against_nobody() {
    let closed = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (one, other) = (format!("http://{}", closed()), format!("http://{}", closed()));
    let home = tempfile::tempdir().unwrap();
    let crawl = |roots: &[&str]| {
        let csv = roots
            .iter()
            .enumerate()
            .map(|(n, root)| format!("c{n},Council {n},E{n},England,moderngov,{root}\n"));
        let table = format!("slug,name,gss_code,nation,platform,base_url\n{}", csv.collect::<String>());
        std::fs::create_dir_all(home.path().join("corpus")).unwrap();
        std::fs::write(home.path().join("corpus/councils.csv"), table).unwrap();
        crate::support::scrutineer(home.path(), &["crawl", "--all", "--allow-loopback", "--delay", "0"])
    };
    let run = crawl(&[&one, &other]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    let line = run.stderr.lines().find(|line| line.contains("none of 2 hosts gave any answer"));
    assert!(line.is_some_and(|line| line.contains("no network")), "{}", run.stderr);
    let corpus = || Corpus::open(&Home::new(home.path())).unwrap();
    assert!(corpus().absences().unwrap().is_empty() && corpus().lost_lists().unwrap().is_empty());
    let asked = crate::support::scrutineer(home.path(), &["coverage", "--council", "c0"]);
    assert!(asked.stderr.contains("has not been collected"), "{}", asked.stderr);

    // Where one host answers, the other's silence is its own.
    let server = Server::start(|asked, _| good(asked, &[1]));
    let answers = format!("http://{}", server.address);
    let run = crawl(&[&one, &answers]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let lost = corpus().lost_lists().unwrap();
    assert_eq!(
        lost.iter().map(|lost| (lost.council.as_str(), lost.is_silent)).collect::<Vec<_>>(),
        [("c0", true)]
    );
    assert_eq!(corpus().meetings().unwrap().len(), 1);
}

#[test]
fn how_many_meetings_there_are_is_not_known_before_a_list_has_come() {
    let is_closed = Arc::new(Mutex::new(true));
    let closed = is_closed.clone();
    let server = Server::start(move |asked, _| match asked.target.as_str() {
        "/robots.txt" if *closed.lock().unwrap() => {
            reply("403 Forbidden", "", b"User-agent: *\nDisallow: /\n")
        }
        "/robots.txt" => not_found(),
        _ if *closed.lock().unwrap() => reply("403 Forbidden", "", b"no"),
        _ => good(asked, &[]),
    });
    let run = Run::new();
    let counts = |more: &[&str]| {
        let output = command(&run.home, &server, &[&["--format", "csv"], more].concat());
        let row = crate::support::read_csv(&output.stdout).remove(0);
        (row["meetings_found"].clone(), row.get("to_ask").cloned())
    };
    let told = |found: &str, to_ask: Option<&str>| (found.to_owned(), to_ask.map(str::to_owned));
    assert_eq!(counts(&["--dry-run"]), told("", Some("")));
    assert_eq!(counts(&[]), told("", None));
    *is_closed.lock().unwrap() = false;
    assert_eq!(counts(&["--dry-run"]), told("0", Some("0")));
    assert_eq!(counts(&[]), told("0", None));
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
        delay: Duration::from_millis(200),
        robots_hold: Duration::from_secs(1),
        ..settings(&server)
    };
    let summary = Run::new().crawl(&settings);
    assert_eq!(server.count("/robots.txt"), 2, "{:?}", server.targets());
    assert_eq!(server.targets().last().unwrap(), "/robots.txt", "nothing is asked after it");
    assert!(summary.sites[0].refused > 0, "{summary:?}");
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

    let first = Run::new();
    command(&first.home, &server, &["--dry-run"]);
    let said = command(&first.home, &server, &[]).stderr;
    assert!(said.contains("or a `--dry-run`, had not finished"), "nothing was stopped: {said}");

    let output = command(&run.home, &server, &["--dry-run", "--format", "csv"]);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines[0], "council,meetings_found,to_ask,requests,seconds,time,bound");
    assert!(lines[1].contains(",3,"), "{lines:?}");
    // The plan of a report would be neither.
    let output = command(&run.home, &server, &["--dry-run", "--report", "csv"]);
    assert_eq!((output.code, output.stdout.as_str()), (2, ""));
    assert!(
        output.stderr.contains("'--dry-run' cannot be used with '--report <FORMAT>'"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_dry_run_without_a_connection_leaves_nothing_behind() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start(|asked, _| good(asked, &[1]));
    let run = Run::new();
    let mut nobody = settings(&server);
    nobody.hosts.insert(HOST.to_owned(), closed);
    let n_lost = || (run.corpus().lost_lists().unwrap().len(), run.corpus().absences().unwrap().len());
    let summary = run.crawl(&Settings { plan_only: true, ..nobody.clone() });
    assert_eq!((summary.sites[0].failed, summary.is_whole()), (1, false), "it is said: {summary:?}");
    assert_eq!(n_lost(), (0, 0));
    // The crawl itself holds it against the site, until that answers.
    run.crawl(&nobody);
    assert_eq!(n_lost().0, 1);
    assert!(run.crawl(&settings(&server)).is_whole());
    assert_eq!(n_lost().0, 0);
}

#[test]
fn a_plan_says_whether_it_knows_how_many_requests_a_meeting_takes() {
    // Its service has the lists only: of each meeting, it and the page are asked.
    let server = Server::start(|asked, _| match meeting_asked(asked) {
        Some(_) if asked.target.contains("lMeetingId=") => reply("403 Forbidden", "", b"no"),
        Some(_) => html(&page_with_minutes("", "The Cabinet noted the report.")),
        None => good(asked, &[1, 2, 3, 4]),
    });
    let run = Run::new();
    let plan = |more: &[&str]| {
        let args = [&["--dry-run", "--format", "csv"], more].concat();
        let output = command(&run.home, &server, &args);
        let row = crate::support::read_csv(&output.stdout).remove(0);
        let is_said = output.stderr.contains("at least 4 requests, one for each meeting");
        (row["requests"].clone(), row["bound"].clone(), is_said)
    };
    let least = ("4".to_owned(), "at-least".to_owned(), true);
    assert_eq!(plan(&[]), least);
    command(&run.home, &server, &["--limit", "4"]);
    let (requests, bound, is_said) = plan(&["--recheck"]);
    assert_eq!((bound.as_str(), is_said), ("about", false));
    let n_asked = server.count("lMeetingId=") + server.count("MId=");
    assert!(n_asked > 4 && requests == n_asked.to_string(), "{requests} of {n_asked}");
    // How many documents they have beside their minutes is not known.
    assert_eq!(plan(&["--documents", "all"]), least);
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
fn what_an_unfinished_crawl_took_for_settled_is_rechecked_too() {
    let server = Server::start(|asked, n| match asked.target.split_once("lMeetingId=") {
        Some((_, id)) => xml(&meeting(id, "01/02/2020", NOTED)),
        None if asked.target.contains("GetMeetings") => {
            let ids: &[u32] = if n == 0 { &[1, 2] } else { &[1, 2, 3, 4] };
            xml(&format!("<root>{}</root>", meetings(ids, "01/02/2020")))
        }
        None => good(asked, &[]),
    });
    let run = Run::new();
    run.crawl(&settings(&server));
    let asked = || [1, 2, 3, 4].map(|id| server.count(&format!("lMeetingId={id}")));
    let summary = run.crawl(&Settings { meetings_per_site: Some(1), ..settings(&server) });
    assert_eq!((asked(), summary.sites[0].unasked.settled), ([1, 1, 1, 0], 2), "the fourth waits");
    let summary = run.crawl(&Settings { recheck: true, ..settings(&server) });
    assert!(summary.sites[0].resumed && summary.is_whole(), "{summary:?}");
    assert_eq!(asked(), [2, 2, 1, 1]);
    assert_eq!(summary.sites[0].unasked.settled, 0);
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
fn a_report_names_all_that_is_held_of_meetings_that_were_not_asked_for() {
    const DAY: &str = "01/02/2020";
    let server = Server::start(|asked, _| match meeting_asked(asked) {
        None if asked.target.contains("GetMeetings") => {
            xml(&format!("<root>{}</root>", meetings(&[1, 17], DAY)))
        }
        Some(1) if asked.target.contains("lMeetingId=") => xml(&meeting("1", DAY, NOTED)),
        Some(17) if asked.target.contains("lMeetingId=") => xml(&meeting("17", DAY, "\n")),
        Some(17) => html(&page_with_printed("Printed minutes")),
        _ if asked.target.contains("documents/g17") => reply("200 OK", "", b"%PDF-1.4"),
        _ => good(asked, &[]),
    });
    let run = Run::new();
    let rows = || {
        let report = command(&run.home, &server, &["--report", "csv"]);
        let rows =
            crate::support::read_csv(&report.stdout).into_iter().filter(|row| !row["meeting"].is_empty());
        let told = |row: HashMap<String, String>| {
            let of = ["meeting", "role", "url", "digest", "warc", "offset"].map(|name| row[name].clone());
            (of, row["outcome"].clone())
        };
        let mut rows: Vec<_> = rows.map(told).collect();
        rows.sort();
        rows
    };
    let first = rows();
    let is_held = |(of, _): &&([String; 6], String)| of[0] == "17" && !of[3].is_empty();
    assert_eq!(first.iter().filter(is_held).count(), 3, "the service's answer, page and file: {first:?}");
    let again = rows();
    assert!(again.iter().all(|(_, outcome)| outcome == "settled"), "{again:?}");
    let of = |rows: &[([String; 6], String)]| rows.iter().map(|(of, _)| of.clone()).collect::<Vec<_>>();
    assert_eq!(of(&again), of(&first));
}

#[test]
fn minutes_that_never_came_are_told_of_by_every_crawl() {
    const DAY: &str = "01/02/2019";
    let server = Server::start(|asked, _| match (asked.target.as_str(), meeting_asked(asked)) {
        ("/robots.txt", _) => {
            let rules = "User-agent: *\nDisallow: /*MeetingId=3\nDisallow: /*MId=3\n";
            reply("200 OK", "", rules.as_bytes())
        }
        (target, _) if target.contains("GetMeetings") => {
            xml(&format!("<root>{}</root>", meetings(&[1, 2, 3, 4, 5], DAY)))
        }
        (_, Some(1)) => not_found(),
        (_, Some(2)) => reply("403 Forbidden", "", b"no"),
        (target, Some(4)) if target.contains("lMeetingId=") => xml(&meeting("4", DAY, NOTED)),
        // Of the fifth the site says that it has no minutes.
        (target, Some(5)) if target.contains("lMeetingId=") => {
            xml(&meeting("5", DAY, "").replace("True", "False"))
        }
        (_, Some(5)) => html("<div id=\"modgov\"><h1>Agenda</h1></div>"),
        _ => good(asked, &[]),
    });
    let run = Run::new();
    let crawl = |more: &[&str]| {
        let output = command(&run.home, &server, &[&["--format", "csv"], more].concat());
        assert_eq!(output.code, 3, "{}", output.stderr);
        (crate::support::read_csv(&output.stdout), output.stderr)
    };
    let counts = ["meetings_found", "unchanged", "refused", "failed", "settled", "put_off"];
    let counted = |row: &HashMap<String, String>| counts.map(|name| row[name].clone());
    let (first, _) = crawl(&[]);
    assert_eq!(counted(&first[0]), ["5", "0", "2", "1", "0", "0"]);

    // It is too early to ask again, and nothing has come since.
    server.forget();
    let (again, said) = crawl(&[]);
    assert_eq!([1, 2, 3, 4, 5].map(|id| server.count(&format!("Id={id}"))), [0; 5]);
    // The lists of committees and of meetings are as they were.
    assert_eq!(counted(&again[0]), ["5", "2", "2", "1", "1", "4"], "{said}");
    let told: Vec<&str> = said.lines().filter(|line| line.contains("too early")).collect();
    assert!(told.len() == 1 && told[0].contains("of 3 meetings"), "{said}");
    assert!(told[0].contains("refused (2) or failed (1)"), "{said}");
    let rows = crawl(&["--report", "csv"]).0;
    let fate = |id: &str| {
        let row = rows.iter().find(|row| row["meeting"] == id).unwrap();
        (row["outcome"].clone(), row["cause"].clone())
    };
    let put_off = |cause: &str| ("put-off".to_owned(), cause.to_owned());
    let fates = ["1", "2", "3", "5"].map(fate);
    assert_eq!(fates, ["missing", "forbidden", "robots", ""].map(put_off));
    assert_eq!(fate("4"), ("settled".to_owned(), String::new()));
}

#[test]
fn what_no_list_names_any_more_is_accounted_for_all_the_same() {
    let server = Server::start(|asked, n| match asked.target.contains("lMeetingId=") {
        true => xml(&meeting("1", "01/02/2020", NOTED)),
        false if asked.target.contains("GetMeetings") => {
            let ids: &[u32] = if n == 0 { &[1] } else { &[] };
            xml(&format!("<root>{}</root>", meetings(ids, "01/02/2020")))
        }
        false => good(asked, &[]),
    });
    let run = Run::new();
    run.crawl(&settings(&server));
    let summary = run.crawl(&settings(&server));
    assert_eq!(summary.sites[0].unasked.settled, 1, "{summary:?}");
    assert_eq!(server.count("lMeetingId="), 1);
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
    assert!(String::from_utf8(corpus.read(&document).unwrap().into()).unwrap().contains("noted the report"));
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

#[test]
fn a_crawl_that_was_stopped_long_ago_reads_the_lists_again_and_keeps_what_waits() {
    let listed = Arc::new(Mutex::new(vec![1, 2]));
    let said = listed.clone();
    let server = Server::start(move |asked, _| good(asked, &said.lock().unwrap()));
    let run = Run::new();
    let on = |day, settings: Settings| run.crawl_scope(&[alderbrook()], &Scope::all(day), &settings);
    on(date(2024, 3, 1), Settings { plan_only: true, ..settings(&server) });
    // Since then one meeting was entered, and another is listed no more.
    *listed.lock().unwrap() = vec![2, 3];
    let limited = on(date(2024, 3, 2), Settings { meetings_per_site: Some(0), ..settings(&server) });
    assert!(limited.sites[0].resumed && server.count("GetMeetings?") == 1, "{:?}", server.targets());
    server.forget();
    let summary = on(date(2024, 3, 3), settings(&server));
    assert!(!summary.sites[0].resumed && summary.is_whole(), "{summary:?}");
    assert_eq!(server.count("GetMeetings?"), 1, "{:?}", server.targets());
    for number in 1..=3 {
        assert_eq!(server.count(&format!("lMeetingId={number}")), 1, "{number}: {:?}", server.targets());
    }
}

#[test]
fn only_this_machine_is_asked_without_a_pause() {
    let home = Run::new().home;
    for root in ["http://democracy.thornby.example", "http://127.0.0.1.example", "http://192.0.2.1"] {
        let args = ["crawl", "--site", root, "--allow-loopback", "--delay", "0"];
        let run = crate::support::scrutineer(home.root(), &args);
        assert_eq!(run.code, 2, "{root}: {}", run.stderr);
        assert!(run.stderr.contains("`--delay` is too short"), "{root}: {}", run.stderr);
    }
}

#[test]
fn tries_and_redirects_are_requests() {
    let server = Server::start(|asked, _| match asked.target.as_str() {
        target if target.contains("Id=1") => reply("503 Busy", "", b""),
        target if target.contains("lMeetingId=") => redirect("/elsewhere"),
        _ => good(asked, &[1, 2, 3, 4, 5, 6]),
    });
    let settings = Settings { requests_per_site: 8, ..settings(&server) };
    let summary = Run::new().crawl(&settings);
    let n_asked = server.targets().iter().filter(|target| *target != "/robots.txt").count();
    // Three lists and three tries of the first meeting's address; of the second
    // address the last try goes past the number.
    assert!((8..8 + 3).contains(&n_asked), "{n_asked}: {:?}", server.targets());
    assert!(summary.sites[0].left.as_ref().unwrap().contains("as many as one crawl makes"), "{summary:?}");
}

#[test]
fn a_host_to_which_many_rules_lead_is_asked_by_one_at_a_time() {
    let rules = Server::start(|asked, _| {
        std::thread::sleep(Duration::from_millis(20));
        match asked.target.as_str() {
            "/robots.txt" => reply("200 OK", "", b"User-agent: *\nDisallow: /\n"),
            _ => not_found(),
        }
    });
    let server = Server::start(|asked, _| match asked.target.as_str() {
        "/robots.txt" => redirect("http://rules.example/robots.txt"),
        _ => good(asked, &[1]),
    });
    let mut settings = settings(&server);
    settings.hosts.insert("rules.example".to_owned(), rules.address);
    let mut sites = Vec::new();
    for n in 0..10 {
        settings.hosts.insert(format!("council{n}.example"), server.address);
        sites.push(site(&format!("council{n}"), format!("http://council{n}.example")));
    }
    let summary = Run::new().crawl_scope(&sites, &Scope::all(TODAY), &settings);
    assert!(summary.sites.iter().all(|site| site.losses[0].cause == Cause::Robots), "{summary:?}");
    assert_eq!((rules.asked().len(), rules.most_in_flight()), (10, 1));
    assert!(rules.least_gap() >= settings.delay, "{:?}", rules.least_gap());
}

#[test]
fn a_host_that_is_crawled_and_that_rules_lead_to_has_one_request_in_flight() {
    let slow = |asked: &Asked, _: usize| {
        std::thread::sleep(Duration::from_millis(30));
        match asked.target.as_str() {
            "/shared.txt" => reply("200 OK", "", b"User-agent: *\nDisallow: /\n"),
            _ => good(asked, &[1, 2, 3]),
        }
    };
    let server = Server::start(slow);
    let other = Server::start(|asked, _| match asked.target.as_str() {
        "/robots.txt" => redirect(&format!("http://{HOST}/shared.txt")),
        _ => good(asked, &[1]),
    });
    let mut settings = Settings { delay: Duration::from_millis(40), ..settings(&server) };
    let mut sites = vec![alderbrook()];
    for n in 0..3 {
        settings.hosts.insert(format!("council{n}.example"), other.address);
        sites.push(site(&format!("council{n}"), format!("http://council{n}.example")));
    }
    let summary = Run::new().crawl_scope(&sites, &Scope::all(TODAY), &settings);
    assert_eq!((summary.sites[0].meetings_found, summary.sites[0].losses.len()), (3, 0), "{summary:?}");
    assert!(summary.sites[1..].iter().all(|site| site.losses[0].cause == Cause::Robots), "{summary:?}");
    assert_eq!((server.count("/shared.txt"), server.most_in_flight()), (3, 1));
    assert!(server.least_gap() >= settings.delay, "{:?}", server.least_gap());
}

#[test]
fn rules_that_lead_away_and_back_keep_the_pace_of_the_first_host() {
    let away = Server::start(|_, _| redirect(&format!("http://{HOST}/rules.txt")));
    let server = Server::start(|asked, _| match asked.target.as_str() {
        "/robots.txt" => redirect("http://away.example/"),
        "/rules.txt" => reply("200 OK", "", b"User-agent: *\nDisallow: /\n"),
        _ => good(asked, &[1]),
    });
    let mut settings = Settings { delay: Duration::from_millis(100), ..settings(&server) };
    settings.hosts.insert("away.example".to_owned(), away.address);
    let summary = Run::new().crawl(&settings);
    assert_eq!(summary.sites[0].losses[0].cause, Cause::Robots);
    assert_eq!((server.targets(), away.asked().len()), (vec!["/robots.txt".into(), "/rules.txt".into()], 1));
    assert!(server.least_gap() >= settings.delay, "{:?}", server.least_gap());
}

#[test]
fn a_clock_that_was_ahead_once_silences_no_meeting() {
    let server = Server::start(|asked, _| match asked.target.contains("lMeetingId=") {
        // Minutes that are not there yet.
        true => xml(&meeting("1", "01/02/2020", "")),
        false if asked.target.contains("GetMeetings") => {
            xml(&format!("<root>{}</root>", meetings(&[1], "01/02/2020")))
        }
        false => good(asked, &[1]),
    });
    let run = Run::new();
    let crawl = |day, now| {
        server.forget();
        run.crawl_scope(&[alderbrook()], &Scope::all(day), &Settings { now, ..settings(&server) });
        server.count("lMeetingId=")
    };
    assert_eq!(crawl(date(2031, 1, 1), || "2031-01-01T12:00:00Z".parse().unwrap()), 1);
    let lists = server.count("GetCommittees");
    assert_eq!(crawl(date(2024, 3, 1), || "2024-03-01T12:00:00Z".parse().unwrap()), 1, "the clock is right");
    assert_eq!((lists, server.count("GetCommittees")), (1, 1), "what was learned then is not known");
    assert_eq!(crawl(date(2024, 3, 2), || "2024-03-02T12:00:00Z".parse().unwrap()), 0, "and all is as ever");
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
    let site = &summary.sites[0];
    assert_eq!((site.unchanged, site.unasked.settled), (2, 2), "committees and meetings; two are settled");
    assert!(summary.is_whole());
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
    assert_eq!(corpus.read(&printed(&corpus)).unwrap(), b"%PDF-1.4 the minutes"[..]);
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
    assert_eq!(server.most_in_flight(), 1);
    assert_eq!(run.corpus().meetings().unwrap().len(), 4, "the number of a meeting is its site's");

    let server = Server::start(slow);
    let mut both = settings(&server);
    both.hosts.insert("democracy.bellwick.example".to_owned(), server.address);
    let sites = [alderbrook(), site("bellwick", "http://democracy.bellwick.example".to_owned())];
    assert!(Run::new().crawl_scope(&sites, &Scope::all(TODAY), &both).is_whole());
    assert_eq!(server.most_in_flight(), 2);
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
fn interrupted(signal: &str, args: &[&str], home: &Home, is_time: impl Fn(&str) -> bool) -> Option<i32> {
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
    let kill = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let code = child.wait().unwrap().code();
    listener.join().unwrap();
    code
}

#[test]
fn a_site_does_not_change_its_council_by_a_slip() {
    let server = Server::start(|asked, _| good(asked, &[1, 2]));
    let run = Run::new();
    assert_eq!(command(&run.home, &server, &["Foo"]).code, 0);
    let slip = command(&run.home, &server, &["Bar"]);
    assert_eq!(slip.code, 2);
    assert!(
        slip.stderr.contains("as the moderngov site of `foo`, not as the moderngov site of `bar`"),
        "{}",
        slip.stderr
    );
    let council =
        || run.corpus().meetings().unwrap().into_iter().map(|meeting| meeting.council).collect::<Vec<_>>();
    assert_eq!(council(), ["foo", "foo"]);
    assert_eq!(command(&run.home, &server, &["Bar", "--reassign"]).code, 0);
    assert_eq!(council(), ["bar", "bar"]);
}

/// `/x/mg` and `/x-mg` have one name, as `/` and `-` have.
#[test]
fn two_installations_of_one_name_are_not_mixed() {
    let server = Server::start(|asked, _| good(asked, &[1, 2]));
    let run = Run::new();
    let crawl = |path: &str| {
        let address = format!("http://{}{path}", server.address);
        let args = ["crawl", "--site", &address, "--allow-loopback", "--delay", "0", "--reassign"];
        crate::support::scrutineer(run.home.root(), &args)
    };
    crawl("/x/mg");
    server.forget();
    let other = crawl("/x-mg");
    assert_eq!(other.code, 2, "{}", other.stderr);
    assert!(other.stderr.contains("/x/mg under the name"), "{}", other.stderr);
    assert_eq!(server.count("/"), 0, "nothing is asked");
    assert_ne!(crawl("/X/mg/").code, 2, "it is the same");
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
    for signal in ["-INT", "-TERM"] {
        server.forget();
        let started = Instant::now();
        let code = interrupted(signal, &args, &Run::new().home, |_| server.count("lMeetingId=2") == 1);
        assert_eq!(code, Some(130), "{signal}");
        assert!(started.elapsed() < Duration::from_secs(15));
    }

    // The first crawl is over when this is said; the second has begun.
    let code =
        interrupted("-INT", &["quickstart"], &Run::new().home, |said| said.contains("as of 2024-01-15"));
    assert_eq!(code, Some(130));
}
