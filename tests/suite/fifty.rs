//! Fifty councils at once, each on a loopback address of its own: all are
//! collected, each at its own pace, in the time that the slowest takes.
#![cfg(target_os = "linux")]

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use crate::faults::peak_of;
use crate::publisher::*;
use crate::support::{read_csv, scrutineer};

/// Writes the home's table of councils: their names, and where they publish.
fn write_table(home: &Path, councils: &[(String, String)]) {
    let mut table = "slug,name,gss_code,nation,platform,base_url\n".to_owned();
    for (slug, root) in councils {
        table.push_str(&format!("{slug},{slug} Council,,England,moderngov,{root}\n"));
    }
    std::fs::create_dir_all(home.join("corpus")).unwrap();
    std::fs::write(home.join("corpus/councils.csv"), table).unwrap();
}

/// A publisher on the loopback address of this number, which lists these
/// meetings and takes so long for each answer.
fn publisher(number: usize, ids: Vec<u32>, takes: Duration) -> Server {
    Server::start_at(&format!("127.0.0.{number}:0"), None, move |asked, n| {
        std::thread::sleep(takes);
        match asked.target.as_str() {
            "/robots.txt" if number == SLOW => reply("200 OK", "", b"User-agent: *\nCrawl-delay: 0.6\n"),
            _ if number == BUSY && meeting_asked(asked) == Some(1) && n == 0 => {
                reply("503 Service Unavailable", "Retry-After: 1\r\n", b"")
            }
            _ => good(asked, &ids),
        }
    })
}

/// The council whose robots.txt asks for a slow crawl.
const SLOW: usize = 7;
/// The council that is busy at first.
const BUSY: usize = 9;
/// The council whose server is off.
const DEAD: usize = 48;
/// The host that two councils publish on, each on a site of its own.
const SHARED: usize = 50;

#[test]
fn fifty_councils_are_collected_side_by_side_each_at_its_own_pace() {
    let n_meetings = |number: usize| if number == SLOW { 9 } else { 2 + number as u32 % 7 };
    let servers: Vec<Server> = (1..=50)
        .map(|number| {
            let takes = Duration::from_millis(5 + 10 * (number as u64 % 5));
            publisher(number, (1..=n_meetings(number)).collect(), takes)
        })
        .collect();
    let off = TcpListener::bind(format!("127.0.0.{DEAD}:0")).unwrap().local_addr().unwrap();
    let mut councils = Vec::new();
    for (number, server) in (1..).zip(&servers) {
        let at = if number == DEAD { off } else { server.address };
        if number == SHARED {
            councils.push(("north".to_owned(), format!("http://{at}/north")));
            councils.push(("south".to_owned(), format!("http://{at}/south")));
        } else {
            councils.push((format!("council-{number}"), format!("http://{at}")));
        }
    }
    let run = Run::new();
    write_table(run.home.root(), &councils);
    let delay = Duration::from_millis(100);
    let args = ["--format", "csv", "crawl", "--all", "--allow-loopback", "--delay", "0.1", "--tries", "2"];
    let crawl = scrutineer(run.home.root(), &[args.as_slice(), &["--contact", "clerk@example.org"]].concat());

    // All but the one that is off are collected, and that one is named.
    assert_eq!(crawl.code, 3, "{}", crawl.stderr);
    let rows = read_csv(&crawl.stdout);
    assert_eq!(rows.len(), 51);
    for row in &rows {
        let number = row["council"].strip_prefix("council-").map_or(SHARED, |number| number.parse().unwrap());
        let found = if number == DEAD { 0 } else { n_meetings(number) };
        // Of the one that is off, nobody knows what it lists.
        let told = if number == DEAD { String::new() } else { found.to_string() };
        assert_eq!(row["meetings_found"], told, "{row:?}");
        let (fetched, failed) = if number == DEAD { (0, 1) } else { (found + 2, 0) };
        assert_eq!((&row["fetched"], &row["failed"]), (&fetched.to_string(), &failed.to_string()), "{row:?}");
    }
    let losses: Vec<&str> = crawl.stderr.lines().filter(|line| line.contains("failed http")).collect();
    assert!(losses.len() == 1 && losses[0].contains(&off.to_string()), "{losses:?}");

    // Each host saw one request at a time, at its own delay; so did the one
    // that two sites share.
    for (number, server) in (1..).zip(&servers).filter(|(number, _)| *number != DEAD) {
        let least = if number == SLOW { delay * 6 } else { delay };
        server.assert_polite(least, &[]);
        // Its rules, three lists of the service, and its meetings.
        let n_sites = if number == SHARED { 2 } else { 1 };
        let n_busy = usize::from(number == BUSY);
        assert_eq!(server.asked().len(), n_sites * (4 + n_meetings(number) as usize) + n_busy, "{number}");
    }
    let busy = servers[BUSY - 1].asked();
    let turned = busy.iter().position(|asked| asked.answered.contains("503")).unwrap();
    assert!(busy[turned + 1].at - busy[turned].at >= Duration::from_secs(1));

    // The whole took little longer than the slowest alone, by the logs.
    let spans: Vec<_> = servers.iter().filter_map(Server::span).collect();
    let (first, last) = (spans.iter().map(|span| span.0).min(), spans.iter().map(|span| span.1).max());
    let whole = last.unwrap() - first.unwrap();
    let slowest = spans.iter().map(|(from, to)| *to - *from).max().unwrap();
    let one_by_one: Duration = spans.iter().map(|(from, to)| *to - *from).sum();
    println!("50 councils in {whole:?}; the slowest alone {slowest:?}; one after the other {one_by_one:?}");
    assert!(whole <= slowest.mul_f64(1.3) + Duration::from_secs(1), "{whole:?} for {slowest:?}");
    assert!(whole * 4 < one_by_one, "{whole:?} for {one_by_one:?}");
}

#[test]
fn fifty_councils_need_little_more_memory_than_ten() {
    let servers: Vec<Server> =
        (51..=100).map(|number| publisher(number, (1..=6).collect(), Duration::from_millis(5))).collect();
    let peak = |n_councils: usize| {
        let roots = servers.iter().map(|server| format!("http://{}", server.address));
        let slugs = (1..=n_councils).map(|number| format!("council-{number}"));
        let run = Run::new();
        write_table(run.home.root(), &slugs.zip(roots).collect::<Vec<_>>());
        let (code, peak) =
            peak_of(run.home.root(), &["crawl", "--all", "--allow-loopback", "--delay", "0.05"]);
        assert_eq!(code, 0);
        assert_eq!(run.corpus().meetings().unwrap().len(), 6 * n_councils);
        peak
    };
    let (ten, fifty) = (peak(10), peak(50));
    println!("10 councils: {ten} KiB at most; 50 councils: {fifty} KiB");
    assert!(fifty < ten + 8 * 1024, "{ten} KiB for 10, {fifty} KiB for 50");
}
