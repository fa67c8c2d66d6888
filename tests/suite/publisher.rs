//! A publisher on loopback that answers as well or as wrongly as a test asks,
//! over HTTP or TLS, and keeps a log from which politeness is judged; and what
//! the tests of the crawl share: a good site's answers, and a crawl of it.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::{Date, date};
use scrutineer::corpus::{Corpus, Home, Record, archive};
use scrutineer::crawl::{self, Cancel, Scope, Settings, Summary};
use scrutineer::model::{Digest, MeetingId, Platform, Site, SiteId};

// ---------------------------------------------------------------------------
// The server and its log.

/// What a server was asked, and when it had answered.
#[derive(Debug, Clone)]
pub struct Asked {
    pub host: String,
    /// Path and query.
    pub target: String,
    pub agent: String,
    /// The `If-None-Match` that it sent; empty: none.
    pub unless: String,
    /// The `If-Modified-Since` that it sent; empty: none.
    pub since: String,
    /// When the request had come.
    pub at: Instant,
    /// When the last of the answer was about to be sent, or the other side was
    /// gone; `None` while it is being answered.
    pub ended: Option<Instant>,
    /// The first line of the answer; empty where none was sent.
    pub answered: String,
    /// Which request to this server it is.
    number: usize,
}

/// A part of an answer.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends nothing for this long, unless the other side goes.
    Wait(Duration),
    /// Sends these bytes again and again, until the other side goes.
    Forever(Vec<u8>),
    /// Breaks the connection off with a reset in place of an end.
    Reset,
}

/// An answer, in parts.
#[derive(Debug, Clone)]
pub struct Reply {
    acts: Vec<Act>,
    /// Whether the connection stays open for the next request.
    keeps_alive: bool,
}

impl From<Vec<u8>> for Reply {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(vec![Act::Send(bytes)])
    }
}

impl From<Vec<Act>> for Reply {
    fn from(acts: Vec<Act>) -> Self {
        Self { acts, keeps_alive: false }
    }
}

/// A server that answers with what its handler gives, and may so answer as
/// wrongly as any. The handler is told how often it was asked for the same
/// before.
pub struct Server {
    pub address: SocketAddr,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    entries: Mutex<Vec<Asked>>,
    count: AtomicUsize,
}

type Handler = Arc<dyn Fn(&Asked, usize) -> Reply + Send + Sync>;

impl Server {
    /// Serves on a free port of 127.0.0.1.
    pub fn start<R: Into<Reply>>(handler: impl Fn(&Asked, usize) -> R + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", None, handler)
    }

    /// Serves at this address; with `tls`, nothing but TLS.
    pub fn start_at<R: Into<Reply>>(
        address: &str,
        tls: Option<Arc<rustls::ServerConfig>>,
        handler: impl Fn(&Asked, usize) -> R + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let server = Self { address: listener.local_addr().unwrap(), log: Arc::default() };
        let handler: Handler = Arc::new(move |asked, n| handler(asked, n).into());
        let log = server.log.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (handler, log, tls) = (handler.clone(), log.clone(), tls.clone());
                std::thread::spawn(move || match tls {
                    None => serve(stream, &handler, &log),
                    Some(tls) => {
                        let Ok(connection) = rustls::ServerConnection::new(tls) else { return };
                        serve(rustls::StreamOwned::new(connection, stream), &handler, &log);
                    }
                });
            }
        });
        server
    }

    /// What it was asked, in the order in which it came.
    pub fn asked(&self) -> Vec<Asked> {
        self.log.entries.lock().unwrap().clone()
    }

    pub fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }

    /// How many requests had this in their target.
    pub fn count(&self, part: &str) -> usize {
        self.targets().iter().filter(|target| target.contains(part)).count()
    }

    pub fn forget(&self) {
        self.log.entries.lock().unwrap().clear();
    }

    /// How many requests were being answered at once at most, by the log.
    pub fn most_in_flight(&self) -> usize {
        let log = self.asked();
        let is_open = |other: &Asked, at| other.at <= at && other.ended.is_none_or(|ended| ended > at);
        log.iter().map(|one| log.iter().filter(|other| is_open(other, one.at)).count()).max().unwrap_or(0)
    }

    /// The shortest time from the end of an answer to the next request, by the
    /// log. Nothing where requests overlap, an hour where there are not two.
    pub fn least_gap(&self) -> Duration {
        let log = self.asked();
        let gap = |pair: &[Asked]| {
            let ended = pair[0].ended.unwrap_or(pair[1].at);
            pair[1].at.saturating_duration_since(ended)
        };
        log.windows(2).map(gap).min().unwrap_or(Duration::from_secs(3600))
    }

    /// From the first request to the end of the last answer, by the log.
    pub fn span(&self) -> Option<(Instant, Instant)> {
        let log = self.asked();
        let first = log.iter().map(|asked| asked.at).min()?;
        Some((first, log.iter().filter_map(|asked| asked.ended).max()?))
    }

    /// Judges a crawl by the log alone: robots.txt first, one request in flight,
    /// this long between the end of an answer and the next request, nothing of
    /// what is disallowed, and an honest name with a way to reach whoever it is.
    #[track_caller]
    pub fn assert_polite(&self, delay: Duration, disallowed: &[&str]) {
        let log = self.asked();
        assert_eq!(log[0].target, "/robots.txt");
        assert_eq!(self.most_in_flight(), 1);
        assert!(self.least_gap() >= delay, "{:?} is less than {delay:?}", self.least_gap());
        for asked in &log {
            let is_closed = disallowed.iter().any(|path| asked.target.starts_with(path));
            assert!(!is_closed, "{} was asked for", asked.target);
            assert!(asked.agent.starts_with("Scrutineer/"), "{}", asked.agent);
            assert!(asked.agent.ends_with("(+clerk@example.org)"), "{}", asked.agent);
        }
    }
}

/// A connection, with or without TLS.
trait Line: Read + Write {
    fn tcp(&self) -> &TcpStream;
}

impl Line for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Line for rustls::StreamOwned<rustls::ServerConnection, TcpStream> {
    fn tcp(&self) -> &TcpStream {
        &self.sock
    }
}

fn serve(mut line: impl Line, handler: &Handler, log: &Log) {
    let _ = line.tcp().set_nodelay(true);
    while let Some(head) = read_head(&mut line) {
        let header = |name: &str| {
            let found = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
            found.map(|line| line[name.len() + 1..].trim().to_owned()).unwrap_or_default()
        };
        let asked = Asked {
            host: header("host"),
            target: head.split(' ').nth(1).unwrap_or_default().to_owned(),
            agent: header("user-agent"),
            unless: header("if-none-match"),
            since: header("if-modified-since"),
            at: Instant::now(),
            ended: None,
            answered: String::new(),
            number: log.count.fetch_add(1, Ordering::SeqCst),
        };
        let before = {
            let mut entries = log.entries.lock().unwrap();
            entries.push(asked.clone());
            entries.iter().filter(|other| other.target == asked.target).count() - 1
        };
        let reply = handler(&asked, before);
        perform(&mut line, &reply, &asked, log);
        if !reply.keeps_alive {
            return;
        }
    }
}

fn read_head(line: &mut impl Line) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match line.read(&mut byte) {
            // Whoever begins otherwise speaks no HTTP: a TLS handshake.
            Ok(1) if byte[0] != 0x16 || !head.is_empty() => head.push(byte[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

fn perform(line: &mut impl Line, reply: &Reply, asked: &Asked, log: &Log) {
    let note = |change: &dyn Fn(&mut Asked)| {
        let mut entries = log.entries.lock().unwrap();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.number == asked.number) {
            change(entry);
        }
    };
    // Whoever has an answer may ask the next thing at once: its end is noted
    // before the last of it is sent.
    let end = || note(&|entry| entry.ended = Some(Instant::now()));
    for (at, act) in reply.acts.iter().enumerate() {
        let is_last = at + 1 == reply.acts.len();
        if is_last && !matches!(act, Act::Wait(_) | Act::Forever(_)) {
            end();
        }
        if at == 0
            && let Act::Send(bytes) = act
        {
            let first = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
            note(&|entry| entry.answered = String::from_utf8_lossy(first).into_owned());
        }
        let goes_on = match act {
            Act::Send(bytes) => line.write_all(bytes).and_then(|()| line.flush()).is_ok(),
            Act::Wait(time) => wait(line.tcp(), *time),
            Act::Forever(bytes) => {
                while line.write_all(bytes).is_ok() {}
                false
            }
            Act::Reset => {
                // What was sent must have left before the reset overtakes it.
                std::thread::sleep(Duration::from_millis(5));
                let _ = socket2::SockRef::from(line.tcp()).set_linger(Some(Duration::ZERO));
                false
            }
        };
        if !goes_on {
            if !is_last || !matches!(act, Act::Send(_) | Act::Reset) {
                end();
            }
            return;
        }
    }
}

/// Waits, unless the other side goes meanwhile: then says `false`.
fn wait(stream: &TcpStream, time: Duration) -> bool {
    let until = Instant::now() + time;
    let mut byte = [0];
    let _ = stream.set_read_timeout(Some(Duration::from_millis(2)));
    let mut is_there = true;
    while is_there && Instant::now() < until {
        is_there = match stream.peek(&mut byte) {
            Ok(0) => false,
            // There is something to read: it goes on as it was.
            Ok(_) => {
                std::thread::sleep(Duration::from_millis(2));
                true
            }
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        };
    }
    let _ = stream.set_read_timeout(None);
    is_there
}

/// Whether an address is one of the share (of 1) that a fault strikes: told by
/// its digest, so it is always the same.
pub fn is_struck(target: &str, share: f64) -> bool {
    let digest = Digest::of(target.as_bytes());
    let number = u32::from_str_radix(digest.short(), 16).unwrap();
    f64::from(number) < share * f64::from(u32::MAX)
}

// ---------------------------------------------------------------------------
// Answers.

pub fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// The same, on a connection that stays open.
pub fn kept_alive(answer: Vec<u8>) -> Reply {
    let close = b"Connection: close\r\n";
    let at = answer.windows(close.len()).position(|window| window == close).unwrap();
    let bytes = [&answer[..at], &answer[at + close.len()..]].concat();
    Reply { acts: vec![Act::Send(bytes)], keeps_alive: true }
}

/// The head of an answer whose body comes in chunks.
pub fn chunked_head(content_type: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n")
        .into_bytes()
}

pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// An answer whose body comes byte by byte, with this pause before each.
pub fn dripping(body: &[u8], pause: Duration) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n", body.len());
    let mut acts = vec![Act::Send(head.into_bytes())];
    for byte in body {
        acts.extend([Act::Wait(pause), Act::Send(vec![*byte])]);
    }
    Reply::from(acts)
}

/// Half of an answer that says how long it would be, and what comes then.
pub fn half(answer: &[u8], then: Option<Act>) -> Reply {
    let body = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let mut acts = vec![Act::Send(answer[..body + (answer.len() - body) / 2].to_vec())];
    acts.extend(then);
    Reply::from(acts)
}

pub fn xml(inside: &str) -> Vec<u8> {
    let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{inside}");
    reply("200 OK", "Content-Type: text/xml; charset=utf-8\r\n", body.as_bytes())
}

pub fn html(body: &str) -> Vec<u8> {
    reply("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body.as_bytes())
}

pub fn redirect(to: &str) -> Vec<u8> {
    reply("302 Found", &format!("Location: {to}\r\n"), b"")
}

pub fn not_found() -> Vec<u8> {
    reply("404 Not Found", "", b"")
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub const GZIPPED: &str = "Content-Type: text/xml\r\nContent-Encoding: gzip\r\n";

/// A body of so many mebibytes of nothing in a thousandth of that.
pub fn bomb(mebibytes: usize) -> Vec<u8> {
    gzip(&vec![b' '; 1 << 20]).repeat(mebibytes)
}

// ---------------------------------------------------------------------------
// A good site.

pub const HOST: &str = "democracy.alderbrook.example";

pub const COMMITTEES: &str = "<committees><committeescount> 1</committeescount><committee><committeeid>7</committeeid>\
    <committeetitle>Cabinet</committeetitle></committee></committees>";

pub fn meetings(ids: &[u32], day: &str) -> String {
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

pub fn meeting(id: &str, day: &str, minutes: &str) -> String {
    format!(
        "<meeting><meetingid>{id}</meetingid><meetingdate>{day}</meetingdate>\
         <meetingstatus>Confirmed</meetingstatus><minutepublished>True</minutepublished><agendaitems>\
         <agendaitem><agendaitemid>9{id}</agendaitemid><agendaitemtitle>Budget</agendaitemtitle>\
         <fulldisplaynumberformat>1.</fulldisplaynumberformat>\
         <minutesnonemptyhtmlbody>{minutes}</minutesnonemptyhtmlbody></agendaitem></agendaitems></meeting>"
    )
}

pub const NOTED: &str = "&lt;p&gt;The Cabinet noted the report.&lt;/p&gt;";
pub const DAY: &str = "01/02/2024";

/// A site with these meetings, that all answer well.
pub fn good(asked: &Asked, ids: &[u32]) -> Vec<u8> {
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

/// The number of the meeting that is asked for, as the service or as a page.
pub fn meeting_asked(asked: &Asked) -> Option<u32> {
    let (_, rest) = asked.target.split_once("lMeetingId=").or_else(|| asked.target.split_once("MId="))?;
    rest.split('&').next()?.parse().ok()
}

pub fn list_page(inside: &str) -> String {
    format!(
        "<html><body><div id=\"modgov\"><h2 class=\"mgSubTitleTxt\">Cabinet</h2>\
         <form action=\"ieListMeetings.aspx\"></form>{inside}</div></body></html>"
    )
}

/// A meeting's page with one item, whose minutes are these.
pub fn page_with_minutes(head: &str, minutes: &str) -> String {
    format!(
        "<html><head>{head}<meta name=\"DC.date\" content=\"2024-02-01\"/></head><body><div id=\"modgov\">\
         <h1 class=\"mgMainTitleTxt\">Agenda and minutes</h1>\
         <h2 class=\"mgSubTitleTxt\">Cabinet - Thursday 1 February 2024 7.00 pm</h2><table><tr>\
         <td class=\"mgItemNumberCell\"><a name=\"AI5\"></a>1.</td><td><p class=\"mgAiTitleTxt\">Grants</p>\
         <p class=\"mgSubItemTitleTxt\">Minutes:</p><div class=\"mgWordPara\"><p>{minutes}</p></div></td></tr>\
         </table></div></body></html>"
    )
}

/// A meeting's page with a link to printed minutes and an item without text.
pub fn page_with_printed(label: &str) -> String {
    page_with_file(label, "documents/g17/Printed minutes 1.pdf?T=1")
}

/// The same, with the printed minutes at this link.
pub fn page_with_file(label: &str, href: &str) -> String {
    format!(
        "<html><head><meta name=\"DC.date\" content=\"2024-02-01\"/></head><body><div id=\"modgov\">\
         <h1>Agenda and minutes</h1><h2 class=\"mgSubTitleTxt\">Cabinet - Thursday 1 February 2024 7.00 pm</h2>\
         <ul class=\"mgActionList\"><li><a href=\"{href}\">{label}\
         <span class=\"mgFileSize\">PDF 9 KB</span></a></li></ul></div></body></html>"
    )
}

// ---------------------------------------------------------------------------
// A crawl of it.

pub fn site(name: &str, root: String) -> Site {
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

pub fn alderbrook() -> Site {
    site("alderbrook", format!("http://{HOST}"))
}

pub fn meeting_id(number: &str) -> MeetingId {
    MeetingId { site: SiteId::new("alderbrook"), number: number.to_owned() }
}

/// Settings that lead the host of the sample to the server, and wait little.
pub fn settings(server: &Server) -> Settings {
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

pub const TODAY: Date = date(2024, 3, 1);

/// A home, and crawls that fill it.
pub struct Run {
    pub home: Home,
    _folder: tempfile::TempDir,
}

impl Run {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { home: Home::new(folder.path()), _folder: folder }
    }

    pub fn crawl(&self, settings: &Settings) -> Summary {
        self.crawl_scope(&[alderbrook()], &Scope::all(TODAY), settings)
    }

    pub fn crawl_scope(&self, sites: &[Site], scope: &Scope, settings: &Settings) -> Summary {
        let mut corpus = Corpus::open(&self.home).unwrap();
        crawl::crawl_network(&mut corpus, sites, scope, settings, &|_| {}, &Cancel::default()).unwrap()
    }

    /// All records of the site's archive.
    pub fn archived(&self) -> Vec<Record> {
        let folder = self.home.archive().join("alderbrook");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.flat_map(|file| archive::records(&file).unwrap()).map(|(_, record)| record.unwrap()).collect()
    }

    pub fn corpus(&self) -> Corpus {
        Corpus::open_read_only(&self.home).unwrap()
    }
}

/// Crawls the good site, but for what `wrong` answers.
pub fn crawl_with<R: Into<Reply>>(
    ids: &'static [u32],
    wrong: impl Fn(&Asked, usize) -> Option<R> + Send + Sync + 'static,
) -> (Server, Run, Summary) {
    let server = Server::start(move |asked, n| match wrong(asked, n) {
        Some(reply) => reply.into(),
        None => Reply::from(good(asked, ids)),
    });
    let run = Run::new();
    let summary = run.crawl(&settings(&server));
    (server, run, summary)
}

/// Runs `crawl` of the server, without a pause between two requests.
pub fn command(home: &Home, server: &Server, more: &[&str]) -> crate::support::Run {
    let address = format!("http://{}", server.address);
    let mut args = vec!["crawl", "--site", &address, "--allow-loopback", "--delay", "0"];
    args.extend(more);
    crate::support::scrutineer(home.root(), &args)
}
