//! The archive as the one thing that matters: the catalogue is made again from
//! it to the same answers, a kill loses nothing, other tools read it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::date;
use scrutineer::corpus::archive::{self, Fault};
use scrutineer::corpus::{
    self, AddedFile, Asked, Capture, Cause, Conclusion, Corpus, Exchange, Home, RequestState, Unfit, rebuild,
};
use scrutineer::crawl::{self, Cancel, Scope, Settings, Summary};
use scrutineer::model::{
    Digest, DocumentRole, Edition, IssueLink, Meeting, MeetingId, MeetingStatus, PartialDate, Platform, Site,
    SiteId,
};
use scrutineer::sample::{self, Publisher};

use crate::support::{
    copy_folder, has_program, has_python, quickstart, read_csv, readings, rows, scrutineer,
};

// ---------------------------------------------------------------------------
// What a catalogue says.

/// All that a catalogue says but the crawl's frontier, a line a fact. Captures
/// are in their order within a site, and refer to each other by their places.
fn dump(home: &Home) -> Vec<String> {
    let catalogue = rusqlite::Connection::open(home.catalogue()).unwrap();
    let queries = [
        "SELECT json_array('site', id, platform, root, council, council_name) FROM sites ORDER BY id",
        "SELECT json_array('meeting', site, number, council, council_name, body, date, status,
             minutes_published, url, agenda_published, has_minutes, complete)
         FROM meetings ORDER BY site, number",
        "SELECT json_array('capture', one.site, one.meeting, one.role, one.url, one.status, one.outcome, one.cause,
             one.reason, one.digest, one.wire_digest, one.media_type, one.charset, one.retrieved, one.warc,
             one.offset, one.edition, one.bytes, one.etag, one.last_modified,
             same.warc, same.offset, same.url)
         FROM captures AS one LEFT JOIN captures AS same ON same.id = one.same_as ORDER BY one.site, one.id",
        "SELECT json_array('learned', site, key, value, day) FROM learned ORDER BY site, key",
        "SELECT json_array('issue', site, issue, title, meeting, item) FROM issue_links
         ORDER BY site, issue, meeting, item",
        "SELECT json_array('volume', file, length) FROM volumes ORDER BY file",
        "SELECT json_array('unjudged', file, offset, site, record, entry) FROM unjudged ORDER BY file, offset",
    ];
    let mut lines = Vec::new();
    for query in queries {
        let mut query = catalogue.prepare(query).unwrap();
        let rows = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
        lines.extend(rows.map(Result::unwrap));
    }
    lines
}

#[track_caller]
fn check_same(one: &[String], other: &[String]) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
}

fn n_of(dump: &[String], kind: &str) -> usize {
    dump.iter().filter(|line| line.starts_with(&format!("[\"{kind}\""))).count()
}

/// The files of the archive.
fn volumes(home: &Home) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for site in std::fs::read_dir(home.archive()).unwrap() {
        files.extend(std::fs::read_dir(site.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.sort();
    files
}

// ---------------------------------------------------------------------------
// A site that answers in every way.

const HOST: &str = "democracy.alderbrook.example";

/// A server that answers by path and round.
struct Server {
    address: SocketAddr,
    round: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answer: impl Fn(&str, &str, usize) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (round, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (rounds, log) = (round.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &log, |head, target| answer(head, target, rounds.load(Ordering::SeqCst)));
            }
        });
        Self { address, round, asked }
    }

    fn next_round(&self) {
        self.round.fetch_add(1, Ordering::SeqCst);
    }

    fn count(&self, part: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|target| target.contains(part)).count()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<String>>, answer: impl FnOnce(&str, &str) -> Vec<u8>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().unwrap().push(target.clone());
    let _ = stream.write_all(&answer(&head, &target));
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

const XML: &str = "Content-Type: text/xml; charset=utf-8\r\n";

fn meeting_xml(id: &str, minutes: &str) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\"?><meeting><meetingid>{id}</meetingid><meetingdate>01/02/2024</meetingdate>\
         <meetingstatus>Confirmed</meetingstatus><minutepublished>True</minutepublished><agendaitems>\
         <agendaitem><agendaitemid>9{id}</agendaitemid><agendaitemtitle>Budget</agendaitemtitle>\
         <minutesnonemptyhtmlbody>&lt;p&gt;{minutes}&lt;/p&gt;</minutesnonemptyhtmlbody></agendaitem>\
         </agendaitems></meeting>"
    );
    xml.into_bytes()
}

/// A site whose meetings each answer in another way: with validators, by a
/// redirect, refused at first, at fault, changed later, a challenge later, gone
/// later, compressed.
fn troubled(head: &str, target: &str, round: usize) -> Vec<u8> {
    let good = |id: &str, minutes: &str| reply("200 OK", XML, &meeting_xml(id, minutes));
    if target.contains("GetCommittees") {
        let list = "<committees><committeescount>1</committeescount><committee><committeeid>7</committeeid>\
                    <committeetitle>Cabinet</committeetitle></committee></committees>";
        return reply("200 OK", XML, format!("<?xml version=\"1.0\"?>{list}").as_bytes());
    }
    if target.contains("GetMeetings?") {
        let one = |id: usize| {
            format!(
                "<meeting><meetingid>{id}</meetingid><meetingdate>01/02/2024</meetingdate>\
                 <meetingstatus>Confirmed</meetingstatus></meeting>"
            )
        };
        let list: String = (1..=8 + round).map(one).collect();
        let list = format!(
            "<?xml version=\"1.0\"?><getmeetings><committee><committeeid>7</committeeid><committeetitle>Cabinet\
             </committeetitle><committeemeetings>{list}</committeemeetings></committee></getmeetings>"
        );
        return reply("200 OK", XML, list.as_bytes());
    }
    let Some((_, id)) = target.split_once("GetMeeting?lMeetingId=") else {
        return match target.split_once("/moved/") {
            Some((_, id)) => good(id, "Moved."),
            None => reply("404 Not Found", "", b"nothing here"),
        };
    };
    match (id, round) {
        ("1", _) if head.contains("\"v1\"") => {
            b"HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n".to_vec()
        }
        ("1", _) => reply("200 OK", &format!("{XML}ETag: \"v1\"\r\n"), &meeting_xml("1", "Noted.")),
        ("2", _) => reply("302 Found", "Location: /moved/2\r\n", b""),
        ("3", 0) => reply("403 Forbidden", "", b"no"),
        ("4", _) => reply("500 Fault", "", b"fault"),
        ("5", round) => good("5", &format!("Version {round}.")),
        ("6", 1..) => reply("200 OK", "Content-Type: text/html\r\n", b"<html>Just a moment...</html>"),
        ("7", 1..) => reply("404 Not Found", "", b"gone"),
        ("8", _) => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&meeting_xml("8", "Packed.")).unwrap();
            reply("200 OK", &format!("{XML}Content-Encoding: gzip\r\n"), &encoder.finish().unwrap())
        }
        (id, _) => good(id, "Noted."),
    }
}

fn alderbrook() -> Site {
    Site {
        id: SiteId::new("alderbrook"),
        platform: Platform::ModernGov,
        root: format!("http://{HOST}"),
        council: "alderbrook".into(),
        council_name: "Alderbrook Council".into(),
        shared_by: Vec::new(),
        rules: None,
    }
}

fn settings(address: SocketAddr) -> Settings {
    Settings {
        delay: Duration::from_millis(1),
        back_off: Duration::from_millis(1),
        deadline: Duration::from_secs(5),
        tries: 2,
        hosts: HashMap::from([(HOST.to_owned(), address)]),
        ..Settings::default()
    }
}

fn crawl(home: &Home, sites: &[Site], settings: &Settings) -> Summary {
    let mut corpus = Corpus::open(home).unwrap();
    let scope = Scope::all(date(2024, 3, 1));
    crawl::crawl_network(&mut corpus, sites, &scope, settings, &|_| {}, &Cancel::default()).unwrap()
}

fn meeting(site: &str, number: &str) -> Meeting {
    Meeting {
        id: MeetingId { site: SiteId::new(site), number: number.into() },
        council: "alderbrook".into(),
        council_name: "Alderbrook Council".into(),
        body: "Cabinet".into(),
        date: PartialDate::day(2021, 7, 6),
        status: MeetingStatus::Held,
        agenda_published: true,
        minutes_published: true,
        url: format!("file:///{number}"),
    }
}

const AT: &str = "2024-03-01T00:00:00Z";
/// A day before anything came.
const LONG_AGO: jiff::civil::Date = date(2000, 1, 1);

/// A home with everything that a catalogue can hold.
fn troubled_home() -> (tempfile::TempDir, Home, Server) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let server = Server::start(troubled);
    for _ in 0..3 {
        crawl(&home, &[alderbrook()], &settings(server.address));
        server.next_round();
    }
    let mut corpus = Corpus::open(&home).unwrap();
    let add = |corpus: &mut Corpus, to: &Meeting, name: &str, bytes: &[u8], edition: Option<Edition>| {
        let url = format!("file:///{name}");
        let (charset, media_type) = (Some("utf-8"), "text/plain");
        let file = AddedFile { url: &url, bytes, media_type, charset, edition, added: AT };
        corpus.add_file(to, &file).unwrap();
    };
    // Files that are added, copied, moved within a site and between two, whose
    // names sort either way; a meeting that goes with its last file.
    let (a, b, c) = (meeting("files-b", "1"), meeting("files-b", "2"), meeting("files-a", "1"));
    add(&mut corpus, &a, "one.txt", b"one", None);
    add(&mut corpus, &a, "copy-of-one.txt", b"one", None);
    add(&mut corpus, &a, "two.txt", b"two", Some(Edition::DraftMinutes));
    add(&mut corpus, &b, "two.txt", b"two", Some(Edition::DraftMinutes));
    add(&mut corpus, &c, "one.txt", b"one", None);
    add(&mut corpus, &c, "three.txt", b"three", None);
    add(&mut corpus, &b, "three.txt", b"three", None);
    add(&mut corpus, &b, "two.txt", b"two", Some(Edition::Minutes));
    let link = |item: &str, title: &str| IssueLink {
        issue: "I 1".into(),
        title: title.into(),
        meeting: MeetingId { site: SiteId::new("alderbrook"), number: "1".into() },
        item: item.into(),
    };
    for (day, links) in
        [(1, [link("91", "Budget"), link("92", "")]), (2, [link("91", ""), link("92", "Budget")])]
    {
        let conclusion = Conclusion {
            key: "http://democracy.alderbrook.example/issue",
            meeting: None,
            state: RequestState::Done,
            meetings: &[],
            requests: &[],
            has_minutes: None,
            asks_all_documents: false,
            links: &links,
            learned: &BTreeMap::from([("way".to_owned(), format!("the {day}."))]),
            day: date(2024, 3, day),
            at: AT,
        };
        corpus.conclude(&SiteId::new("alderbrook"), &conclusion).unwrap();
    }
    corpus.close().unwrap();
    (folder, home, server)
}

#[test]
fn the_catalogue_is_made_again_from_the_archive_alone() {
    let (_folder, home, _server) = troubled_home();
    let before = dump(&home);
    // The test's own ground: everything that can be entered was.
    for part in [
        "\"unchanged\"",
        "\"stored\"",
        "\"forbidden\"",
        "\"fault\"",
        "\"withdrawn\"",
        "\"\\\"v1\\\"\"",
        "\"draft-minutes\"",
        "304,",
    ] {
        assert!(before.iter().any(|line| line.contains(part)), "{part}");
    }
    assert_eq!(n_of(&before, "issue"), 2);
    assert!(before.contains(&"[\"issue\",\"alderbrook\",\"I 1\",\"Budget\",\"1\",\"91\"]".to_owned()));
    assert!(!before.iter().any(|line| line.contains("\"the 1.\"")), "what was learned later replaces it");
    assert!(before.contains(&"[\"learned\",\"alderbrook\",\"way\",\"the 2.\",\"2024-03-02\"]".to_owned()));
    let fingerprint = Corpus::open_read_only(&home).unwrap().fingerprint().unwrap();

    // Whatever has become of the catalogue.
    let damage: [&dyn Fn(&Path); 4] = [
        &|_| {},
        &|path| std::fs::remove_file(path).unwrap(),
        &|path| std::fs::write(path, "no database at all, but long enough to be one").unwrap(),
        &|path| {
            let bytes = std::fs::read(path).unwrap();
            std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        },
    ];
    for damage in damage {
        damage(&home.catalogue());
        let rebuilt = rebuild(&home).unwrap();
        assert!(rebuilt.replayed.notes.is_empty(), "{:?}", rebuilt.replayed.notes);
        assert_eq!(rebuilt.meetings as usize, n_of(&before, "meeting"));
        assert_eq!(rebuilt.captures as usize, n_of(&before, "capture"));
        check_same(&dump(&home), &before);
        let corpus = Corpus::open(&home).unwrap();
        assert_eq!(corpus.fingerprint().unwrap(), fingerprint);
        assert_eq!(corpus.caught_up().entries, 0);
        for meeting in corpus.meetings().unwrap() {
            for document in corpus.latest_documents(&meeting.id).unwrap() {
                corpus.read(&document).unwrap();
            }
        }
    }
}

/// A list of many meetings is written in several records, of which a process
/// that is killed may leave the first ones only.
#[test]
fn a_long_list_is_entered_whole_also_after_a_kill_in_its_midst() {
    const N_MEETINGS: usize = 2_500;
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let site = alderbrook();
    let meetings: Vec<Meeting> =
        (0..N_MEETINGS).map(|at| meeting("alderbrook", &format!("{at:05}"))).collect();
    let conclude = || {
        let conclusion = Conclusion {
            key: "http://democracy.alderbrook.example/list",
            meeting: None,
            state: RequestState::Done,
            meetings: &meetings,
            requests: &[],
            has_minutes: None,
            asks_all_documents: false,
            links: &[],
            learned: &BTreeMap::new(),
            day: date(2024, 3, 1),
            at: AT,
        };
        let mut corpus = Corpus::open(&home).unwrap();
        corpus.upsert_site(&site, AT).unwrap();
        corpus.conclude(&site.id, &conclusion).unwrap();
        corpus.close().unwrap();
    };
    let meetings_of = |dump: Vec<String>| -> Vec<String> {
        dump.into_iter().filter(|line| line.starts_with("[\"meeting\"")).collect()
    };
    conclude();
    let whole = meetings_of(dump(&home));
    assert_eq!(whole.len(), N_MEETINGS);
    rebuild(&home).unwrap();
    check_same(&meetings_of(dump(&home)), &whole);

    // The members of the file but its last two, the second and third thousand.
    let [file] = &volumes(&home)[..] else { panic!("one file") };
    let bytes = std::fs::read(file).unwrap();
    let starts: Vec<usize> =
        (0..bytes.len() - 3).filter(|at| bytes[*at..].starts_with(&[0x1f, 0x8b, 8])).collect();
    std::fs::write(file, &bytes[..starts[starts.len() - 2]]).unwrap();
    std::fs::remove_file(home.catalogue()).unwrap();
    rebuild(&home).unwrap();
    check_same(&meetings_of(dump(&home)), &whole[..1_000]);
    conclude();
    check_same(&meetings_of(dump(&home)), &whole);
}

#[test]
fn what_the_archive_holds_beyond_the_catalogue_is_entered_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let server = Server::start(troubled);
    crawl(&home, &[alderbrook()], &settings(server.address));
    let early = std::fs::read(home.catalogue()).unwrap();
    server.next_round();
    crawl(&home, &[alderbrook()], &settings(server.address));
    let before = dump(&home);
    // As if the catalogue had missed all of the second crawl.
    std::fs::write(home.catalogue(), &early).unwrap();
    assert!(dump(&home).len() < before.len());
    let corpus = Corpus::open(&home).unwrap();
    assert!(corpus.caught_up().entries > 10 && corpus.caught_up().notes.is_empty());
    drop(corpus);
    check_same(&dump(&home), &before);
    assert_eq!(Corpus::open(&home).unwrap().caught_up().volumes, 0, "once is enough");
}

#[test]
fn what_is_damaged_is_named_and_the_rest_is_read() {
    let (_folder, home, _server) = troubled_home();
    let before = dump(&home);
    let file =
        volumes(&home).into_iter().find(|path| path.to_string_lossy().contains("alderbrook-00001")).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let records: Vec<(u64, String)> = archive::records(&file)
        .unwrap()
        .map(|(offset, record)| (offset, record.unwrap().kind().to_owned()))
        .collect();

    // An answer in the middle is damaged: all entries are there, the document
    // is not.
    let (at, _) = records.iter().filter(|(_, kind)| kind == "response").nth(3).unwrap();
    let mut damaged = whole.clone();
    damaged[*at as usize + 40..*at as usize + 60].fill(0x55);
    std::fs::write(&file, &damaged).unwrap();
    let read: Vec<_> = archive::records(&file).unwrap().collect();
    assert_eq!(read.len(), records.len());
    assert_eq!(read.iter().filter(|(_, record)| matches!(record, Err(Fault::Damaged(_)))).count(), 1);
    let rebuilt = rebuild(&home).unwrap();
    assert_eq!(rebuilt.replayed.notes.len(), 1, "{:?}", rebuilt.replayed.notes);
    assert!(rebuilt.replayed.notes[0].contains(&format!("record {at} of `{}`", file.display())));
    check_same(&dump(&home), &before);
    let run = scrutineer(home.root(), &["--format", "csv", "corpus", "rebuild"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("is damaged and is passed over"), "{}", run.stderr);

    // The end is cut off, as by a kill.
    std::fs::write(&file, &whole[..whole.len() - 20]).unwrap();
    let rebuilt = rebuild(&home).unwrap();
    assert_eq!(rebuilt.replayed.notes.len(), 1, "{:?}", rebuilt.replayed.notes);
    assert!(rebuilt.replayed.notes[0].contains("is cut short"), "{:?}", rebuilt.replayed.notes);
    assert_eq!(rebuilt.captures as usize, n_of(&before, "capture"), "the last record is of the register");

    // What is not ours is named.
    std::fs::write(&file, &whole).unwrap();
    std::fs::write(file.with_file_name("other.warc.gz"), "x").unwrap();
    let rebuilt = rebuild(&home).unwrap();
    assert!(rebuilt.replayed.notes[0].contains("other.warc.gz"), "{:?}", rebuilt.replayed.notes);
    check_same(&dump(&home), &before);
}

/// Bytes that no compressor makes shorter.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// A record with an entry, as the program itself would write it.
fn forged(entry: &str) -> Vec<u8> {
    let fields = [("WARC-Type", "metadata"), ("WARC-Date", AT), ("Content-Type", "application/x-ndjson")];
    gzip(&foreign("1.1", &fields, entry.as_bytes()))
}

/// The line of a meeting that nobody held.
fn invented(site: &str) -> String {
    let meeting = serde_json::to_value(meeting(site, "invented")).unwrap();
    let mut line = serde_json::json!({ "has_minutes": true, "complete": 2 });
    line.as_object_mut().unwrap().extend(meeting.as_object().unwrap().clone());
    serde_json::json!({ "meeting": line }).to_string() + "\n"
}

#[test]
fn no_site_writes_into_the_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let forged = forged(&invented("alderbrook"));
    let body = [noise(200_000), forged.clone(), noise(200_000)].concat();
    let mut corpus = Corpus::open(&home).unwrap();
    let site = alderbrook();
    corpus.upsert_site(&site, AT).unwrap();
    for (url, body) in [("http://a.example/1", body.as_slice()), ("http://a.example/2", b"page")] {
        let asked = Asked {
            site: site.id.clone(),
            url: url.into(),
            meeting: None,
            role: DocumentRole::Register,
            edition: None,
        };
        let exchange = exchange(url, body);
        let (media_type, charset) = ("text/html", None);
        corpus
            .store(&Capture { asked: &asked, exchange: &exchange, payload: body, media_type, charset })
            .unwrap();
    }
    corpus.upsert_meeting(&meeting("alderbrook", "true"), AT).unwrap();
    corpus.close().unwrap();
    drop(corpus);
    let file = volumes(&home).remove(0);
    let whole = std::fs::read(&file).unwrap();
    let at =
        whole.windows(forged.len()).position(|window| window == forged).expect("the body lies as it came");

    let meetings = || -> Vec<String> {
        rebuild(&home).unwrap();
        Corpus::open(&home)
            .unwrap()
            .meetings()
            .unwrap()
            .into_iter()
            .map(|meeting| meeting.id.number)
            .collect()
    };
    // The answer is cut short behind what it brought; it is damaged before it,
    // and at its head: the records that follow are read, what it brought is not.
    std::fs::write(&file, &whole[..at + forged.len() + 10]).unwrap();
    assert_eq!(meetings(), [""; 0]);
    let start = archive::records(&file).unwrap().nth(2).unwrap().0 as usize;
    for damage in [start + 12, start + 400, at - 100] {
        let mut damaged = whole.clone();
        damaged[damage..damage + 30].fill(0xff);
        std::fs::write(&file, &damaged).unwrap();
        assert_eq!(meetings(), ["true"], "byte {damage}");
        let notes = rebuild(&home).unwrap().replayed.notes;
        assert!(notes.len() == 1 && notes[0].contains(" bytes)"), "{notes:?}");
    }

    // A file without a number of its own, as the program once wrote: nothing
    // is read behind what is damaged, and how much that is is said.
    let info = foreign("1.1", &[("WARC-Type", "warcinfo"), ("WARC-Date", AT)], b"");
    let mut old = [gzip(&info), whole[start..].to_vec()].concat();
    let n_behind = old.len() - gzip(&info).len();
    old[gzip(&info).len() + 30..][..30].fill(0xff);
    std::fs::write(&file, &old).unwrap();
    assert_eq!(meetings(), [""; 0]);
    let notes = rebuild(&home).unwrap().replayed.notes;
    assert!(notes[0].contains(&format!("({n_behind} bytes, the rest of the file)")), "{notes:?}");
}

#[test]
fn an_entry_speaks_of_its_own_site_and_its_own_files_only() {
    let (_folder, home, _server) = troubled_home();
    let before = dump(&home);
    let file =
        volumes(&home).into_iter().find(|path| path.to_string_lossy().contains("alderbrook-00001")).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let capture = |place: &str| {
        let capture = serde_json::json!({ "capture": {
            "site": "alderbrook", "url": "http://a.example/x", "meeting": null, "role": "register", "edition": null,
            "status": 200, "outcome": "stored", "unfit": null, "digest": "0".repeat(64),
            "wire_digest": "0".repeat(64), "media_type": "", "charset": null, "retrieved": AT,
            "place": { "file": place, "offset": 0 }, "bytes": 1,
            "validators": { "etag": null, "last_modified": null }
        }});
        capture.to_string() + "\n"
    };
    let check = |entry: &str, n_notes: usize| {
        std::fs::write(&file, [whole.clone(), forged(entry)].concat()).unwrap();
        let notes = rebuild(&home).unwrap().replayed.notes;
        assert_eq!(notes.len(), n_notes, "{entry}: {notes:?}");
        assert!(notes.iter().all(|note| note.contains("another site or a file elsewhere")), "{notes:?}");
        dump(&home).len() - before.len()
    };
    let own = format!("alderbrook/{}", file.file_name().unwrap().to_string_lossy());
    assert_eq!(check(&invented("alderbrook"), 0), 1, "the test's own ground");
    assert_eq!(check(&capture(&own), 0), 1, "the test's own ground");
    assert_eq!(check(&invented("files-b"), 1), 0);
    for place in [
        "/etc/passwd",
        "../../secret",
        "files-b/files-b-00001-20240301000000.warc.gz",
        "alderbrook/../x.warc.gz",
    ] {
        assert_eq!(check(&capture(place), 1), 0, "{place}");
    }
    assert_eq!(check(&capture("alderbrook/alderbrook-00001-1/../../../x.warc.gz"), 1), 0);
}

#[test]
fn a_catalogue_that_cannot_be_used_names_the_way_out() {
    let (_folder, home, _server) = troubled_home();
    let bytes = std::fs::read(home.catalogue()).unwrap();
    let check = |what: &str| {
        for args in [&["coverage"][..], &["index"], &["add", "Cargo.toml"]] {
            let run = scrutineer(home.root(), args);
            assert_eq!(run.code, 2, "{what} {args:?}: {}", run.stderr);
            let named = run.stderr.contains("scrutineer corpus rebuild");
            assert!(
                named || args[0] == "coverage" && run.stderr.contains("scrutineer index"),
                "{what}: {}",
                run.stderr
            );
        }
    };
    std::fs::remove_file(home.catalogue()).unwrap();
    check("missing");
    std::fs::write(home.catalogue(), "no database at all, but long enough to be one").unwrap();
    check("damaged");
    std::fs::write(home.catalogue(), &bytes).unwrap();
    let catalogue = rusqlite::Connection::open(home.catalogue()).unwrap();
    catalogue.pragma_update(None, "user_version", 1).unwrap();
    drop(catalogue);
    check("another format");
    let _held = {
        rebuild(&home).unwrap();
        Corpus::open(&home).unwrap()
    };
    let run = scrutineer(home.root(), &["corpus", "rebuild"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is being written by process"), "{}", run.stderr);
    let run = scrutineer(tempfile::tempdir().unwrap().path(), &["corpus", "rebuild"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("there is no archive"), "{}", run.stderr);
}

#[test]
fn answers_are_the_same_to_the_byte_after_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(quickstart().0.path(), folder.path());
    let home = Home::new(folder.path());
    let text = "Alderbrook Council\nMinutes of the meeting of the Cabinet held on 6 July 2021\n1. Social workers\n\
                The Cabinet noted the caseloads of social workers.\nRESOLVED that the report be noted.\n";
    std::fs::write(folder.path().join("more.txt"), text).unwrap();
    let path = folder.path().join("more.txt");
    assert_eq!(scrutineer(home.root(), &["add", path.to_str().unwrap()]).code, 0);
    let answers = || -> Vec<String> {
        assert_eq!(scrutineer(home.root(), &["index", "--rebuild"]).code, 0);
        let ask = |args: &[&str]| {
            let run = scrutineer(home.root(), &[&["--format", "csv"], args].concat());
            assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
            run.stdout
        };
        vec![
            ask(&["coverage", "--by", "council,year,body"]),
            ask(&["search", "caseload* OR retention", "--limit", "all"]),
            ask(&["themes"]),
            readings(&home.index()),
        ]
    };
    let (before, answers_before) = (dump(&home), answers());
    let run = scrutineer(home.root(), &["--format", "csv", "corpus", "rebuild"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout.lines().next(), Some("files,entries,sites,meetings,captures"));
    check_same(&dump(&home), &before);
    for (before, after) in answers_before.iter().zip(answers()) {
        assert!(before.lines().count() > 5);
        assert_eq!(*before, after);
    }
}

// ---------------------------------------------------------------------------
// What is killed.

fn exchange(url: &str, body: &[u8]) -> Exchange {
    Exchange {
        url: url.to_owned(),
        at: AT.to_owned(),
        request: "GET / HTTP/1.1\r\n\r\n".to_owned(),
        status: 200,
        headers: vec![("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned())],
        body: body.to_vec().into(),
    }
}

#[test]
fn an_answer_at_which_nobody_has_looked_is_looked_at_when_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let site = alderbrook();
    let asked = |url: &str| Asked {
        site: site.id.clone(),
        url: url.to_owned(),
        meeting: None,
        role: DocumentRole::Register,
        edition: None,
    };
    let (good, bad) = ("http://a.example/good", "http://a.example/bad");
    let (asked_good, asked_bad) = (asked(good), asked(bad));
    let mut corpus = Corpus::open(&home).unwrap();
    corpus.upsert_site(&site, AT).unwrap();
    assert!(!corpus.catalogue().begin_crawl(&site.id, "all", date(2024, 3, 1), false).unwrap());
    drop(corpus);
    for asked in [&asked_good, &asked_bad] {
        let mut corpus = Corpus::open(&home).unwrap();
        let moved = exchange("http://a.example/moved", b"page");
        let (media_type, charset) = ("text/html", Some("utf-8"));
        let capture = Capture { asked, exchange: &moved, payload: b"page", media_type, charset };
        // The process ends while it looks.
        let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            corpus.store_checked(&capture, |_| panic!("a fault in looking")).map(drop)
        }));
        assert!(died.is_err());
    }
    let before = {
        drop(Corpus::open(&home).unwrap());
        dump(&home)
    };
    assert_eq!((n_of(&before, "unjudged"), n_of(&before, "capture")), (2, 0));
    let mut corpus = Corpus::open(&home).unwrap();
    assert_eq!(
        corpus.answered(&asked("http://a.example/other"), LONG_AGO, |_, _| unreachable!()).unwrap(),
        None
    );
    let held = corpus.answered(&asked_good, LONG_AGO, |held, _| {
        assert_eq!((held.status, &*held.body), (200, &b"page"[..]));
        Ok(false)
    });
    let held = held.unwrap().unwrap().unwrap();
    assert_eq!((held.final_url.as_str(), held.charset.as_deref()), ("http://a.example/moved", Some("utf-8")));
    let wrong = || Unfit { cause: Cause::WrongContent, reason: "no".into() };
    assert_eq!(corpus.answered(&asked_bad, LONG_AGO, |_, _| Err(wrong())).unwrap(), Some(Err(wrong())));
    // They are entered now, and nobody looks again.
    for (asked, fits) in [(&asked_good, true), (&asked_bad, false)] {
        let answer = corpus.answered(asked, LONG_AGO, |_, _| unreachable!()).unwrap().unwrap();
        assert_eq!(answer.is_ok(), fits);
    }
    // Neither belongs to the next crawl.
    assert!(!corpus.catalogue().begin_crawl(&site.id, "other", date(2024, 3, 1), false).unwrap());
    assert_eq!(corpus.answered(&asked_good, LONG_AGO, |_, _| unreachable!()).unwrap(), None);
    drop(corpus);
    let before = dump(&home);
    assert_eq!((n_of(&before, "unjudged"), n_of(&before, "capture")), (0, 2));
    rebuild(&home).unwrap();
    check_same(&dump(&home), &before);
}

#[test]
fn an_answer_that_nobody_looked_at_outlives_the_crawl_that_asked_for_it() {
    const LIST: &str = "http://democracy.alderbrook.example/mgWebService.asmx/GetCommittees";
    let check = |came: &str, later: Option<&str>, n_asked: usize, n_entered: usize| {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        let site = alderbrook();
        let (id, url) = (site.id.clone(), LIST.to_owned());
        let asked = Asked { site: id, url, meeting: None, role: DocumentRole::Register, edition: None };
        let body = format!("<?xml version=\"1.0\"?>{}", crate::publisher::COMMITTEES);
        {
            let mut corpus = Corpus::open(&home).unwrap();
            corpus.upsert_site(&site, came).unwrap();
            let mut exchange = exchange(LIST, body.as_bytes());
            exchange.at = came.to_owned();
            let (payload, media_type) = (body.as_bytes(), "text/xml");
            let capture = Capture { asked: &asked, exchange: &exchange, payload, media_type, charset: None };
            let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                corpus.store_checked(&capture, |_| panic!("a fault in looking")).map(drop)
            }));
            assert!(died.is_err());
        }
        if let Some(later) = later {
            let mut exchange = exchange(LIST, body.as_bytes());
            exchange.at = later.to_owned();
            let (payload, media_type) = (body.as_bytes(), "text/xml");
            let capture = Capture { asked: &asked, exchange: &exchange, payload, media_type, charset: None };
            Corpus::open(&home).unwrap().store(&capture).unwrap();
        }
        let server = crate::publisher::Server::start(|asked, _| crate::publisher::good(asked, &[1]));
        let settings = crate::publisher::settings(&server);
        assert!(crawl(&home, &[crate::publisher::alderbrook()], &settings).is_whole());
        assert_eq!(server.count("GetCommittees"), n_asked, "it came at {came}");
        let said = dump(&home);
        assert_eq!(n_of(&said, "unjudged"), usize::from(later.is_some()));
        let entered = said.iter().filter(|line| line.contains("\"capture\"") && line.contains(LIST));
        assert_eq!(entered.count(), n_entered, "{said:?}");
        rebuild(&home).unwrap();
        check_same(&dump(&home), &said);
    };
    let (yesterday, today) = ("2024-02-29T10:00:00Z", "2024-03-01T10:00:00Z");
    check(yesterday, None, 0, 1);
    // What is as old as that counts as a version, and not as what the site says now.
    check("2024-02-20T10:00:00Z", None, 1, 2);
    // What has been overtaken by a later answer does not come after it.
    check(yesterday, Some(today), 1, 2);
}

#[test]
fn what_a_power_cut_took_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let server = Server::start(troubled);
    crawl(&home, &[alderbrook()], &settings(server.address));
    crawl(&home, &[alderbrook()], &settings(server.address));
    let meetings = |home: &Home| -> Vec<String> {
        let lines = dump(home);
        lines
            .into_iter()
            .filter(|line| line.starts_with("[\"meeting\"") || line.starts_with("[\"site\""))
            .collect()
    };
    let before = meetings(&home);
    let first = volumes(&home).remove(0);
    let place_of = |number: &str| -> u64 {
        let corpus = Corpus::open_read_only(&home).unwrap();
        let id = MeetingId { site: SiteId::new("alderbrook"), number: number.into() };
        let document = corpus.latest_documents(&id).unwrap().remove(0);
        corpus.last_answer(&id.site, Some(&id), &document.url).unwrap().unwrap().place.unwrap().offset
    };
    let check = |harm: &dyn Fn(), n_notes: usize| {
        harm();
        let asked = server.count("lMeetingId=5");
        let corpus = Corpus::open(&home).unwrap();
        let notes = corpus.caught_up().notes.clone();
        assert_eq!(notes.len(), n_notes, "{notes:?}");
        assert!(notes.iter().all(|note| note.contains("will be asked for again")), "{notes:?}");
        let id = MeetingId { site: SiteId::new("alderbrook"), number: "5".into() };
        assert!(corpus.latest_documents(&id).unwrap().is_empty(), "it is not there");
        drop(corpus);
        assert!(Corpus::open(&home).unwrap().caught_up().notes.is_empty(), "it is said once");
        crawl(&home, &[alderbrook()], &settings(server.address));
        assert_eq!(server.count("lMeetingId=5"), asked + 1);
        let corpus = Corpus::open(&home).unwrap();
        for meeting in corpus.meetings().unwrap() {
            for document in corpus.latest_documents(&meeting.id).unwrap() {
                corpus.read(&document).unwrap();
            }
        }
        let document = corpus.latest_documents(&id).unwrap().remove(0);
        let last = corpus.last_answer(&id.site, Some(&id), &document.url).unwrap().unwrap();
        assert_eq!(last.outcome, scrutineer::corpus::Outcome::Stored);
        drop(corpus);
        assert_eq!(meetings(&home), before);
        // The archive alone tells the same.
        rebuild(&home).unwrap();
        assert_eq!(meetings(&home), before);
    };
    let at = place_of("5");
    let cut =
        |length: u64| std::fs::File::options().write(true).open(&first).unwrap().set_len(length).unwrap();
    check(&|| cut(at + 30), 1);
    let gone = volumes(&home);
    check(&|| gone.iter().for_each(|file| std::fs::remove_file(file).unwrap()), gone.len());
}

/// The file of a site that bears a number.
fn volume(home: &Home, site: &str, number: usize) -> PathBuf {
    let part = format!("{site}-{number:05}-");
    let is_it = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&part);
    volumes(home).into_iter().find(is_it).unwrap()
}

/// What is said of a file that is missing from a site's row.
fn gap(home: &Home, which: &str) -> String {
    format!(
        "`{}` lacks its {which}; put back what is missing from a copy, then run `scrutineer corpus rebuild`",
        home.archive().join("alderbrook").display()
    )
}

#[test]
fn a_file_that_is_missing_from_a_sites_row_is_named_each_time() {
    let (_folder, home, _server) = troubled_home();
    let second = volume(&home, "alderbrook", 2);
    let length = std::fs::metadata(&second).unwrap().len();
    std::fs::remove_file(&second).unwrap();
    let notes = Corpus::open(&home).unwrap().caught_up().notes.clone();
    assert_eq!(notes.len(), 1, "it is told once: {notes:?}");
    let told = format!("`{}` holds 0 of the {length} bytes that were written to it", second.display());
    assert!(notes[0].starts_with(&told), "{notes:?}");
    // The catalogue has forgotten it by now; the numbers have not.
    for _ in 0..2 {
        assert_eq!(Corpus::open(&home).unwrap().caught_up().notes, [gap(&home, "file 2")]);
    }
    std::fs::remove_file(volume(&home, "alderbrook", 1)).unwrap();
    drop(Corpus::open(&home).unwrap());
    let added = scrutineer(home.root(), &["add", "README.md"]);
    assert!(
        added.stderr.contains(&format!("scrutineer: {}\n", gap(&home, "files 1 to 2"))),
        "{}",
        added.stderr
    );
}

#[test]
fn what_is_none_of_the_archives_own_is_named() {
    let (_folder, home, _server) = troubled_home();
    let archive = home.archive();
    std::fs::create_dir(archive.join("Alderbrook (copy)")).unwrap();
    std::fs::create_dir(archive.join("lost+found")).unwrap();
    std::fs::write(archive.join("notes.txt"), "x").unwrap();
    std::fs::write(archive.join(".DS_Store"), "x").unwrap();
    std::fs::write(archive.join("files-a/files-a-2-20240301000000.warc.gz"), "x").unwrap();
    let named: Vec<String> = Corpus::open(&home)
        .unwrap()
        .caught_up()
        .notes
        .iter()
        .map(|note| note.split_once(" is no file of the archive and is passed over; ").unwrap().0.to_owned())
        .collect();
    let strangers = ["Alderbrook (copy)", "notes.txt", "files-a/files-a-2-20240301000000.warc.gz"];
    assert_eq!(named, strangers.map(|path| format!("`{}`", archive.join(path).display())));
}

#[test]
fn a_rebuild_that_knows_less_says_so_and_keeps_the_old_catalogue() {
    let (_folder, home, _server) = troubled_home();
    let before = dump(&home);
    let second = volume(&home, "alderbrook", 2);
    let bytes = std::fs::read(&second).unwrap();
    let rebuild = || {
        let run = scrutineer(home.root(), &["-q", "corpus", "rebuild"]);
        let said = run.stderr.lines().map(|line| line.strip_prefix("scrutineer: ").unwrap().to_owned());
        (run.code, said.collect::<Vec<String>>())
    };
    let kept = |n: u32| home.corpus().join(format!("catalogue.before-rebuild-{n}.sqlite"));
    let is_kept = |n: u32| {
        format!(
            "the old catalogue knew more and is kept as `{}`; put back from a copy what the archive has lost, then run \
             `scrutineer corpus rebuild` again",
            kept(n).display()
        )
    };
    std::fs::remove_file(&second).unwrap();
    let (code, said) = rebuild();
    // What a capture is, without what it is the same as.
    let captures = |dump: &[String]| -> Vec<Vec<serde_json::Value>> {
        let lines = dump.iter().filter(|line| line.starts_with("[\"capture\""));
        lines.map(|line| serde_json::from_str::<Vec<_>>(line).unwrap()[..20].to_vec()).collect()
    };
    let after = captures(&dump(&home));
    let mut lost = captures(&before);
    lost.retain(|capture| !after.contains(capture));
    let when =
        |capture: &Vec<serde_json::Value>| (capture[13].to_string(), capture[4].as_str().unwrap().to_owned());
    let first = lost.iter().map(when).min().unwrap().1;
    // The second crawl was the first to see meeting 9, and to be given meeting 3.
    let forgotten = format!(
        "of `alderbrook` the old catalogue knew what the archive no longer holds: 1 meeting (9), {} captures ({first}, …), \
         1 other entry",
        lost.len()
    );
    assert!(lost.len() > 10);
    assert_eq!((code, said), (3, vec![gap(&home, "file 2"), forgotten, is_kept(1)]));
    // The old one is whole, and does not know less for having another name.
    let folder = tempfile::tempdir().unwrap();
    let other = Home::new(folder.path());
    std::fs::create_dir(other.corpus()).unwrap();
    std::fs::copy(kept(1), other.catalogue()).unwrap();
    check_same(&dump(&other), &before);
    // Another time there is nothing more to forget; the number is still missing.
    assert_eq!(rebuild(), (3, vec![gap(&home, "file 2")]));
    assert!(kept(1).exists() && !kept(2).exists());
    std::fs::write(&second, bytes).unwrap();
    assert_eq!(rebuild(), (0, Vec::new()));
    check_same(&dump(&home), &before);

    // Sites of which nothing is left; the test has entered only the first as such.
    let of = |kind: &str| {
        before.iter().filter(|line| line.starts_with(&format!("[\"{kind}\",\"alderbrook\""))).count()
    };
    let all: Vec<_> = captures(&before).into_iter().filter(|capture| capture[1] == "alderbrook").collect();
    let first = all.iter().map(when).min().unwrap().1;
    let lost = [
        format!(
            "of `alderbrook` the old catalogue knew what the archive no longer holds: the site itself, 10 meetings (1, 10, \
             2, 3, 4, …), {} captures ({first}, …), {} other entries",
            all.len(),
            of("learned") + of("issue")
        ),
        "of `files-a` the old catalogue knew what the archive no longer holds: 1 meeting (1), 2 captures \
         (file:///one.txt, …)"
            .to_owned(),
        is_kept(2),
    ];
    for site in ["alderbrook", "files-a"] {
        std::fs::remove_dir_all(home.archive().join(site)).unwrap();
    }
    assert_eq!(rebuild(), (3, lost.to_vec()));

    // One that cannot be read is kept as well.
    std::fs::write(home.catalogue(), "no database at all, but long enough to be one").unwrap();
    let run = scrutineer(home.root(), &["corpus", "rebuild"]);
    let said = format!(
        "the old catalogue cannot be read, so that nobody can say whether it knew more; it is kept as `{}`\n",
        kept(3).display()
    );
    assert_eq!(run.code, 0);
    assert!(run.stderr.starts_with(&said), "{}", run.stderr);
    assert!(std::fs::read_to_string(kept(3)).unwrap().starts_with("no database"));
}

/// Settings that lead the sample's hosts to its publisher.
fn sample_settings(address: SocketAddr) -> Settings {
    let host = |site: &Site| url::Url::parse(&site.root).unwrap().host_str().unwrap().to_owned();
    let hosts = sample::sites().iter().map(|site| (host(site), address)).collect();
    Settings { delay: Duration::from_millis(3), hosts, ..settings(address) }
}

fn crawl_sample(home: &Home, address: SocketAddr) -> Summary {
    let mut corpus = Corpus::open(home).unwrap();
    let scope = Scope::all(sample::TODAY);
    let settings = sample_settings(address);
    crawl::crawl_network(&mut corpus, &sample::sites(), &scope, &settings, &|_| {}, &Cancel::default())
        .unwrap()
}

/// Not a test: the process that the next test kills.
#[test]
fn a_crawl_to_be_killed() {
    let (Ok(home), Ok(address)) = (std::env::var("ARCHIVE_HOME"), std::env::var("ARCHIVE_SERVER")) else {
        return;
    };
    crawl_sample(&Home::new(home), address.parse().unwrap());
}

/// The addresses, without their scheme, of which the archive holds a whole
/// answer. Nothing but the last record of a file may be cut short.
fn held(home: &Home) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    for file in volumes(home) {
        let records: Vec<_> = archive::records(&file).unwrap().map(|(_, record)| record).collect();
        let n_records = records.len();
        for (at, record) in records.into_iter().enumerate() {
            match record {
                Ok(record) if record.kind() == "response" => {
                    let url = record.header("WARC-Target-URI").unwrap();
                    held.insert(url.split_once("://").unwrap().1.to_owned());
                }
                Ok(_) => {}
                Err(Fault::CutShort) => assert_eq!(at + 1, n_records, "{}", file.display()),
                Err(fault) => panic!("{fault:?} in {}", file.display()),
            }
        }
    }
    held
}

/// The addresses, versions and digests of all documents, and the register.
fn result(home: &Home) -> Vec<String> {
    let corpus = Corpus::open_read_only(home).unwrap();
    let mut result = Vec::new();
    for meeting in corpus.meetings().unwrap() {
        result.push(serde_json::to_string(&meeting).unwrap());
        for document in corpus.all_versions(&meeting.id).unwrap() {
            corpus.read(&document).unwrap();
            result.push(format!("{} {} {:?}", document.url, document.digest, document.edition));
        }
        result.push(format!("{:?}", corpus.latest_documents(&meeting.id).unwrap().len()));
    }
    let absences = corpus.absences().unwrap();
    result.extend(absences.iter().map(|absent| format!("{} {:?}", absent.url, absent.unfit)));
    result
}

/// Numbers below a limit, by xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

#[test]
fn thirty_kills_lose_nothing_and_nothing_is_fetched_twice() {
    const KILLS: u64 = 30;
    let publisher = Publisher::start(sample::TODAY).unwrap();
    let undisturbed = tempfile::tempdir().unwrap();
    let expected = {
        let home = Home::new(undisturbed.path());
        crawl_sample(&home, publisher.address());
        result(&home)
    };
    let n_requests = publisher.requests().len() as u64;
    assert!(n_requests > 4 * KILLS, "{n_requests} requests are too few to be killed in");

    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64 | 1;
    println!("seed {seed}");
    let mut random = Random(seed);
    let is_page = |path: &str| path != "/robots.txt";
    let pages = || publisher.requests().iter().filter(|request| is_page(&request.path)).count() as u64;
    let asked_since = |from: usize| -> Vec<String> {
        let requests = publisher.requests().split_off(from);
        let pages = requests.into_iter().filter(|request| is_page(&request.path));
        pages.map(|request| format!("{}{}", request.host, request.path)).collect()
    };
    let mut held_before = BTreeSet::new();
    let mut n_lost = 0;
    for life in 0..=KILLS {
        let log = publisher.requests().len();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "archive::a_crawl_to_be_killed"])
            .env("ARCHIVE_HOME", home.root())
            .env("ARCHIVE_SERVER", publisher.address().to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        if life < KILLS {
            // So many requests on, and at any moment of what is done with them.
            let enough = pages() + 1 + random.below(n_requests / KILLS / 2);
            let started = Instant::now();
            while pages() < enough {
                assert!(child.try_wait().unwrap().is_none(), "life {life} ended by itself");
                assert!(started.elapsed() < Duration::from_secs(60), "life {life} does not get there");
                std::thread::sleep(Duration::from_micros(200));
            }
            std::thread::sleep(Duration::from_micros(random.below(6_000)));
            child.kill().unwrap();
        }
        let ended = child.wait().unwrap();
        assert_eq!(ended.success(), life == KILLS, "life {life}, seed {seed}");
        for url in asked_since(log) {
            assert!(
                !held_before.contains(&url),
                "{url} was held and asked again in life {life}, seed {seed}"
            );
        }
        if life < KILLS && home.archive().exists() {
            held_before = held(&home);
            // Each site has one answer in flight, with what redirected to it.
            let lost = asked_since(log).iter().filter(|url| !held_before.contains(*url)).count();
            assert!(
                lost <= 2 * sample::sites().len(),
                "{lost} answers were lost in life {life}, seed {seed}"
            );
            n_lost += lost;
        }
    }
    println!(
        "{KILLS} kills in a crawl of {n_requests} requests: {n_lost} answers in flight were asked for again"
    );
    assert_eq!(result(&home), expected, "seed {seed}");

    let before = dump(&home);
    let rebuilt = rebuild(&home).unwrap();
    assert!(rebuilt.replayed.notes.iter().all(|note| note.contains("is cut short")), "{rebuilt:?}");
    check_same(&dump(&home), &before);
    if let Some(said) = warcio(&["check"], &volumes(&home)) {
        println!("{said}");
    }
}

/// What `warcio` says of files; `None` where it is not there. It must find
/// nothing wrong.
fn warcio(args: &[&str], files: &[PathBuf]) -> Option<String> {
    if !has_python("warcio") {
        return None;
    }
    let run = Command::new("python3").args(["-m", "warcio.cli"]).args(args).args(files).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && !said.contains("digest failed"), "{said}");
    Some(said)
}

// ---------------------------------------------------------------------------
// What others archived.

/// Runs `add` and reads its rows.
fn add(home: &Home, args: &[&str]) -> (i32, Vec<HashMap<String, String>>, String) {
    let run = scrutineer(home.root(), &[&["--format", "csv", "add"], args].concat());
    (run.code, read_csv(&run.stdout), run.stderr)
}

/// What can be found, without what tells one copy of it from another.
fn passages(home: &Home) -> BTreeSet<Vec<String>> {
    let run = scrutineer(home.root(), &["-q", "index"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let words = "the OR of OR to OR that OR and OR a OR in";
    let rows = rows(home.root(), &["search", words, "--limit", "all", "--with-boilerplate"]);
    let columns = ["body", "date", "item", "title", "kind", "snippet", "matches"];
    rows.iter().map(|row| columns.map(|column| row[column].clone()).to_vec()).collect()
}

#[test]
fn a_mirror_made_by_wget_gives_the_passages_of_a_crawl() {
    if !has_program("wget") {
        return;
    }
    let publisher = Publisher::start(sample::TODAY).unwrap();
    let site = sample::sites().remove(0);
    let folder = tempfile::tempdir().unwrap();
    let crawled = Home::new(folder.path().join("crawled"));
    crawl(&crawled, std::slice::from_ref(&site), &sample_settings(publisher.address()));
    let url = url::Url::parse(&site.root).unwrap();
    let start = format!(
        "http://{}{}/mgListCommittees.aspx?bcr=1",
        publisher.address(),
        url.path().trim_end_matches('/')
    );
    let status = Command::new("wget")
        .current_dir(folder.path())
        .args(["--mirror", "--quiet", "-e", "robots=off", "--warc-file=mirror", "-P", "mirrored"])
        .arg(format!("--header=Host: {}", url.host_str().unwrap()))
        .arg(&start)
        .status()
        .unwrap();
    // 8: the site answered with errors, as sites do.
    assert!(matches!(status.code(), Some(0 | 8)), "{status}");
    let mirror = folder.path().join("mirror.warc.gz");
    let mirror = mirror.to_str().unwrap();

    let added = Home::new(folder.path().join("added"));
    let (code, rows, said) = add(&added, &[mirror, "--council", &site.council]);
    assert_eq!(code, 0, "{said}");
    assert!(rows.len() > 50, "{} rows: {said}", rows.len());
    assert!(rows.iter().all(|row| row["outcome"] == "added" && row["council"] == site.council));
    assert!(rows.iter().all(|row| !row["meeting"].starts_with("files-")), "all is of the site");
    assert!(said.contains("records passed over: "), "{said}");
    let expected = passages(&crawled);
    assert!(expected.len() > 100, "{}", expected.len());
    let found = passages(&added);
    assert_eq!(found.difference(&expected).collect::<Vec<_>>(), Vec::<&Vec<String>>::new());
    assert_eq!(expected.difference(&found).collect::<Vec<_>>(), Vec::<&Vec<String>>::new());

    // A second time nothing is new, and nothing is written.
    let before = dump(&added);
    let (code, rows, _) = add(&added, &[mirror, "--council", &site.council]);
    assert_eq!(code, 0);
    assert!(rows.iter().all(|row| row["outcome"] == "unchanged"));
    check_same(&dump(&added), &before);
    rebuild(&added).unwrap();
    check_same(&dump(&added), &before);
}

/// A record as other tools write it, with the fields that they give.
fn foreign(version: &str, fields: &[(&str, &str)], block: &[u8]) -> Vec<u8> {
    let mut record = format!("WARC/{version}\r\nWARC-Record-ID: <urn:uuid:x>\r\n");
    for (name, value) in fields {
        record.push_str(&format!("{name}: {value}\r\n"));
    }
    record.push_str(&format!("Content-Length: {}\r\n\r\n", block.len()));
    [record.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn answer(url: &str, at: &str, more: &[(&str, &str)], head: &str, body: &[u8]) -> Vec<u8> {
    let fields = [
        ("WARC-Type", "response"),
        ("WARC-Target-URI", url),
        ("WARC-Date", at),
        ("Content-Type", "application/http; msgtype=response"),
    ];
    foreign("1.0", &[&fields, more].concat(), &[head.as_bytes(), b"\r\n\r\n", body].concat())
}

const MINUTES: &str = "<html><body><h1>Alderbrook Council</h1><h1>Minutes of the Cabinet held on 6 July 2021</h1>\
    <p>Present: Councillor A (Chair)</p><h2>1. Budget</h2><p>The Cabinet noted the dredging of the harbour.</p>\
    <p>RESOLVED that the report be noted.</p><p>It was agreed that a report be made.</p></body></html>";
const WEB: &str = "https://www.alderbrook.example";

/// A file with something of everything.
fn mixed() -> Vec<u8> {
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8";
    let early = "2023-01-01T00:00:00Z";
    let chunked = format!("{:x}\r\n{}\r\n0\r\n\r\n", MINUTES.len(), MINUTES);
    let nav = "<html><h1>Council minutes</h1><ul><li>Minutes of the Cabinet, 6 July 2021</li>\
               <li>Minutes of the Cabinet, 13 July 2021</li></ul></html>";
    let other = MINUTES.replace("6 July", "13 July");
    let moved = MINUTES.replace("6 July", "20 July");
    let moved_digest = "sha256:5a1f".to_owned() + &"0".repeat(60);
    let page = |url: &str| format!("{WEB}/{url}");
    [
        foreign("1.0", &[("WARC-Type", "warcinfo"), ("WARC-Date", early)], b"software: x\r\n"),
        foreign(
            "1.0",
            &[("WARC-Type", "request"), ("WARC-Target-URI", &page("a")), ("WARC-Date", early)],
            b"GET",
        ),
        // Chunks left in; in angle brackets.
        answer(
            &format!("<{}>", page("chunked")),
            early,
            &[],
            &format!("{html}\r\nTransfer-Encoding: chunked"),
            chunked.as_bytes(),
        ),
        // A digest that is right for nothing.
        answer(&page("damaged"), early, &[("WARC-Payload-Digest", &moved_digest)], html, moved.as_bytes()),
        answer(&page("home"), early, &[], html, nav.as_bytes()),
        answer(
            &page("gone"),
            early,
            &[],
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html",
            MINUTES.as_bytes(),
        ),
        answer(&page("logo.png"), early, &[], "HTTP/1.1 200 OK\r\nContent-Type: image/png", b"\x89PNG"),
        answer(&page("style.css"), early, &[], "HTTP/1.1 200 OK\r\nContent-Type: text/css", b"a{}"),
        foreign(
            "1.1",
            &[
                ("WARC-Type", "resource"),
                ("WARC-Target-URI", &page("resource")),
                ("WARC-Date", "2023-01-02T03:04:05.678Z"),
                ("Content-Type", "text/html"),
            ],
            other.as_bytes(),
        ),
        foreign(
            "1.1",
            &[
                ("WARC-Type", "resource"),
                ("WARC-Target-URI", "urn:pageinfo:https://www.alderbrook.example/"),
                ("WARC-Date", early),
                ("Content-Type", "application/json"),
            ],
            b"{}",
        ),
        foreign(
            "1.1",
            &[("WARC-Type", "conversion"), ("WARC-Target-URI", &page("a")), ("WARC-Date", early)],
            b"x",
        ),
    ]
    .concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn archives_of_all_makes_are_taken_and_what_is_not_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = mixed();
    // One member for all, as gzip makes it; members that end anywhere.
    let cut = bytes.len() / 3;
    let files = [
        ("plain.warc", bytes.clone()),
        ("whole.warc.gz", gzip(&bytes)),
        ("members.warc.gz", [gzip(&bytes[..cut]), gzip(&bytes[cut..])].concat()),
    ];
    for (name, bytes) in &files {
        let home = Home::new(folder.path().join(format!("home-{name}")));
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap();
        let (code, rows, said) = add(&home, &[path]);
        assert_eq!(code, 3, "the wrong digest: {said}");
        let added: Vec<(&str, &str)> =
            rows.iter().map(|row| (row["meeting"].as_str(), row["outcome"].as_str())).collect();
        assert_eq!(
            added,
            [
                ("files-alderbrook-council/cabinet-2021-07-06", "added"),
                ("files-alderbrook-council/cabinet-2021-07-13", "added")
            ],
            "{name}: {said}"
        );
        assert!(said.contains(&format!("cannot take {WEB}/damaged out of")), "{said}");
        let counted = "9 records passed over: 2 images, styles and scripts, 1 conversions, 1 damaged or not readable, \
                       1 no minutes or agendas, 1 records about records, 1 records of the tool that made the file, \
                       1 redirects and errors, 1 requests";
        assert!(said.contains(counted), "{said}");
        let corpus = Corpus::open_read_only(&home).unwrap();
        let meeting = corpus.meetings().unwrap().remove(0);
        let document = corpus.latest_documents(&meeting.id).unwrap().remove(0);
        assert_eq!(
            (document.url.as_str(), document.retrieved.as_str()),
            (format!("{WEB}/chunked").as_str(), "2023-01-01T00:00:00Z")
        );
        assert_eq!(corpus.read(&document).unwrap(), MINUTES.as_bytes());
        let (code, again, _) = add(&home, &[path]);
        assert_eq!(code, 3);
        assert!(again.iter().all(|row| row["outcome"] == "unchanged"), "{again:?}");
        assert_eq!(again.len(), 2);
        let found = crate::support::rows(home.root(), &["index"]);
        assert_eq!(found.len(), 1);
        let hits = crate::support::rows(home.root(), &["search", "dredging"]);
        assert_eq!(hits.len(), 2);
        assert!(hits.iter().any(|hit| hit["url"].starts_with(&format!("{WEB}/resource"))), "{hits:?}");
    }
    // One that breaks off gives what came before.
    let path = folder.path().join("cut.warc.gz");
    let packed = gzip(&bytes);
    std::fs::write(&path, &packed[..packed.len() - 40]).unwrap();
    let home = Home::new(folder.path().join("home-cut"));
    let (code, rows, said) = add(&home, &[path.to_str().unwrap()]);
    assert_eq!((code, rows.len()), (3, 2), "{said}");
    assert!(said.contains("nor what follows it: the file ends in the middle of it"), "{said}");
    std::fs::write(&path, "no archive").unwrap();
    let (code, _, said) = add(&home, &[path.to_str().unwrap()]);
    assert_eq!(code, 3);
    assert!(said.contains("does not begin with a WARC version"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_page_that_came_again_at_many_addresses_is_in_memory_once() {
    let folder = tempfile::tempdir().unwrap();
    let digest = [("WARC-Payload-Digest", "sha1:of-no-known-form")];
    let at = "2023-01-01T00:00:00Z";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream";
    let page = answer("https://www.alderbrook.example/page", at, &digest, head, &vec![0; 4 * 1024 * 1024]);
    let again = |n: usize| {
        let url = format!("https://www.alderbrook.example/{n}");
        let fields = [("WARC-Type", "revisit"), ("WARC-Target-URI", &url), ("WARC-Date", at)];
        foreign("1.0", &[&fields[..], &digest].concat(), b"")
    };
    let peak = |name: &str, n_again: usize| {
        let path = folder.path().join(name);
        let records: Vec<u8> = (0..n_again).flat_map(again).collect();
        let packed = gzip(&[page.clone(), records].concat());
        assert!(packed.len() < 40_000, "{}", packed.len());
        std::fs::write(&path, packed).unwrap();
        let home = folder.path().join(format!("home-{name}"));
        crate::faults::peak_of(&home, &["add", path.to_str().unwrap()]).1
    };
    let (once, often) = (peak("once.warc.gz", 0), peak("often.warc.gz", 400));
    // 4 MiB at each of 400 addresses would be 1.6 GiB.
    assert!(often < once + 200 * 1024, "{once} KiB once, {often} KiB often");
}

#[test]
fn what_a_file_names_too_often_is_left_out_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let digest = [("WARC-Payload-Digest", "sha1:of-no-known-form")];
    let at = "2023-01-01T00:00:00Z";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: image/png";
    let mut records = answer("https://www.alderbrook.example/page", at, &digest, head, b"x");
    for n in 0..1_002 {
        let url = format!("https://www.alderbrook.example/{n}");
        let fields = [("WARC-Type", "revisit"), ("WARC-Target-URI", &url), ("WARC-Date", at)];
        records.extend(foreign("1.0", &[&fields[..], &digest].concat(), b""));
    }
    let path = folder.path().join("often.warc");
    std::fs::write(&path, records).unwrap();
    let home = Home::new(folder.path().join("home"));
    let (code, rows, said) = add(&home, &[path.to_str().unwrap()]);
    assert_eq!((code, rows.len()), (3, 0), "{said}");
    assert!(said.contains("2 revisits of"), "{said}");
    assert!(said.contains("1,001 images, styles and scripts"), "{said}");
}

#[test]
fn a_page_of_a_time_to_come_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8";
    let url = format!("{WEB}/minutes");
    let page = |at: &str| answer(&url, at, &[], html, MINUTES.as_bytes());
    let path = folder.path().join("later.warc");
    std::fs::write(&path, [page("9998-01-01T00:00:00Z"), page("2023-01-01T00:00:00Z")].concat()).unwrap();
    let home = Home::new(folder.path().join("home"));
    let (code, rows, said) = add(&home, &[path.to_str().unwrap()]);
    assert_eq!((code, rows.len()), (3, 1), "{said}");
    assert!(said.contains("its date, 9998-01-01T00:00:00Z, has not come yet"), "{said}");
    let corpus = Corpus::open_read_only(&home).unwrap();
    let meeting = corpus.meetings().unwrap().remove(0);
    let document = corpus.latest_documents(&meeting.id).unwrap().remove(0);
    assert_eq!(document.retrieved, "2023-01-01T00:00:00Z");
}

#[test]
fn a_meeting_of_an_archive_is_that_of_the_site_and_an_older_page_replaces_none() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let root = "http://democracy.alderbrook.example";
    let page = |text: &str| {
        format!(
            "<html><head><meta name=\"DC.date\" content=\"2024-02-01\"/></head><body><div id=\"modgov\">\
             <h1>Agenda and minutes</h1><h2 class=\"mgSubTitleTxt\">Cabinet - Thursday 1 February 2024 7.00 pm</h2>\
             <p>{text}</p><ul class=\"mgActionList\"><li><a href=\"documents/g17/Printed minutes.pdf?T=1\">Printed minutes\
             </a></li></ul></div></body></html>"
        )
    };
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8";
    let url = format!("{root}/ieListDocuments.aspx?CId=7&MId=17");
    let at = |year: u16| format!("{year}-01-01T00:00:00Z");
    let file = format!("{root}/documents/g17/Printed%20minutes.pdf?T=1");
    let write = |name: &str, records: &[Vec<u8>]| {
        let path = folder.path().join(name);
        std::fs::write(&path, records.concat()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pdf = "HTTP/1.1 200 OK\r\nContent-Type: application/pdf";
    let new = write(
        "new.warc",
        // The file stands before the page that tells what it is.
        &[
            answer(&file, &at(2025), &[], pdf, b"%PDF-1.4 the minutes"),
            answer(&url, &at(2025), &[], html, page("new").as_bytes()),
            answer(&format!("{root}/mgMemberIndex.aspx"), &at(2025), &[], html, b"<html>members</html>"),
        ],
    );
    // The same page by other addresses.
    let other = format!("{root}/ielistdocuments.aspx?MeetingId=17&Ver=4");
    let old = write("old.warc", &[answer(&other, &at(2024), &[], html, page("old").as_bytes())]);
    let newer = write("newer.warc", &[answer(&other, &at(2026), &[], html, page("newer").as_bytes())]);
    let texts = || {
        let corpus = Corpus::open_read_only(&home).unwrap();
        let id = MeetingId { site: SiteId::new("democracy.alderbrook.example"), number: "17".into() };
        let meeting = corpus.meeting(&id).unwrap().unwrap();
        assert_eq!((meeting.body.as_str(), meeting.status), ("Cabinet", MeetingStatus::Held));
        assert_eq!(meeting.council_name, "Alderbrook Council");
        let documents = corpus.latest_documents(&id).unwrap();
        let roles: Vec<DocumentRole> = documents.iter().map(|document| document.role).collect();
        assert_eq!(roles, [DocumentRole::PrintedMinutes, DocumentRole::MeetingPage]);
        assert_eq!(documents[0].edition, Some(Edition::Minutes));
        let text = String::from_utf8(corpus.read(&documents[1]).unwrap().into()).unwrap();
        ["newer", "new", "old"].into_iter().find(|word| text.contains(&format!("<p>{word}<"))).unwrap()
    };
    let council = ["--council", "Alderbrook Council"];
    let (code, rows, said) = add(&home, &[&[new.as_str()], &council[..]].concat());
    assert_eq!((code, rows.len()), (0, 2), "{said}");
    assert!(said.contains("1 other pages of sites whose meetings were taken"), "{said}");
    assert_eq!(texts(), "new");
    let (code, rows, said) = add(&home, &[&[old.as_str()], &council[..]].concat());
    assert_eq!((code, rows.len()), (1, 0), "{said}");
    assert!(said.contains("1 older than what is held"), "{said}");
    assert_eq!(texts(), "new");
    assert_eq!(add(&home, &[&[newer.as_str()], &council[..]].concat()).0, 0);
    assert_eq!(texts(), "newer");
    // Nobody names another council for it by a slip, nor by leaving it out.
    for council in [&["--council", "Barrowby Council"][..], &[]] {
        let before = dump(&home);
        let (code, rows, said) = add(&home, &[&[newer.as_str()], council].concat());
        assert_eq!((code, rows.len()), (3, 0), "{said}");
        let held = "this home holds it as the moderngov site of `alderbrook-council`, not as the moderngov site of `";
        assert_eq!(said.matches(held).count(), 1, "{said}");
        assert!(said.contains("1 pages of sites that are held for another council"), "{said}");
        check_same(&dump(&home), &before);
    }
    let before = dump(&home);
    rebuild(&home).unwrap();
    check_same(&dump(&home), &before);
}

#[test]
fn what_cannot_be_read_in_an_archive_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("files.warc");
    let head = |kind: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}");
    let (at, html) = ("2023-01-01T00:00:00Z", head("text/html"));
    let records = [
        answer(&format!("{WEB}/minutes"), at, &[], &html, MINUTES.as_bytes()),
        answer(&format!("{WEB}/broken.pdf"), at, &[], &head("application/pdf"), b"%PDF-1.4\n1 0 obj\n<<"),
        answer(&format!("{WEB}/data.bin"), at, &[], &head("application/octet-stream"), b"\0\x01\x02"),
    ];
    std::fs::write(&path, records.concat()).unwrap();
    let home = Home::new(folder.path().join("home"));
    let (code, rows, said) = add(&home, &[path.to_str().unwrap()]);
    assert_eq!((code, rows.len()), (3, 1), "{said}");
    let line =
        |url: &str| said.lines().find(|line| line.contains(&format!("files.warc: {WEB}/{url}: "))).unwrap();
    assert!(line("broken.pdf").contains("damaged PDF"), "{said}");
    assert!(line("data.bin").contains("its format is not known"), "{said}");
    assert!(said.contains("2 documents that cannot be read"), "{said}");
    // What is of no format that is read is named, and no failure.
    std::fs::write(&path, [&records[0][..], &records[2]].concat()).unwrap();
    let (code, _, said) = add(&Home::new(folder.path().join("other")), &[path.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("data.bin: its format is not known"), "{said}");
}

#[test]
fn an_archive_made_by_warcio_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.warc.gz");
    let text = folder.path().join("minutes.html");
    std::fs::write(&text, MINUTES).unwrap();
    // A page packed with gzip, a revisit of it elsewhere, one of the same page,
    // and one whose original is not here.
    let script = r#"
import gzip, io, sys
from warcio.warcwriter import WARCWriter
from warcio.statusandheaders import StatusAndHeaders
page = gzip.compress(open(sys.argv[2], 'rb').read())
with open(sys.argv[1], 'wb') as out:
    w = WARCWriter(out, gzip=True, warc_version='WARC/1.1')
    w.write_record(w.create_warcinfo_record('made.warc.gz', {'software': 'warcio'}))
    def head():
        return StatusAndHeaders('200 OK', [('Content-Type', 'text/html; charset=utf-8'), ('Content-Encoding', 'gzip')], protocol='HTTP/1.1')
    base = 'https://www.alderbrook.example/'
    first = w.create_warc_record(base + 'first', 'response', payload=io.BytesIO(page), http_headers=head(), warc_headers_dict={'WARC-Date': '2023-05-01T10:00:00Z'})
    w.write_record(first)
    digest = first.rec_headers.get_header('WARC-Payload-Digest')
    for name, d in (('second', digest), ('first', digest), ('third', 'sha1:' + 'A' * 32)):
        w.write_record(w.create_revisit_record(base + name, d, base + 'first', '2023-05-01T10:00:00Z', http_headers=head()))
    w.write_record(w.create_warc_record('urn:text:' + base, 'resource', payload=io.BytesIO(b'text'), warc_content_type='text/plain'))
"#;
    let args = [path.to_str().unwrap(), text.to_str().unwrap()];
    let Some(_) = python("warcio", script, &args) else { return };
    let home = Home::new(folder.path().join("home"));
    let (code, rows, said) = add(&home, &[path.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    // The same text at two addresses is one document of one meeting.
    let outcomes: Vec<(&str, &str)> =
        rows.iter().map(|row| (row["path"].rsplit('/').next().unwrap(), row["outcome"].as_str())).collect();
    assert_eq!(outcomes, [("first", "added"), ("second", "unchanged")], "{said}");
    assert!(said.contains("3 revisits"), "{said}");
    let corpus = Corpus::open_read_only(&home).unwrap();
    let meeting = corpus.meetings().unwrap().remove(0);
    let documents = corpus.latest_documents(&meeting.id).unwrap();
    assert_eq!(corpus.read(&documents[0]).unwrap(), MINUTES.as_bytes());
}

// ---------------------------------------------------------------------------
// Whether it is whole.

/// Runs `corpus check` and reads its rows by site; the faults that it names.
fn check(home: &Home) -> (i32, HashMap<String, HashMap<String, String>>, Vec<String>) {
    let run = scrutineer(home.root(), &["-q", "--format", "csv", "corpus", "check"]);
    assert_eq!(run.stdout.lines().next(), Some("site,files,records,bytes,captures,beyond,faults"));
    let rows = read_csv(&run.stdout).into_iter().map(|row| (row["site"].clone(), row)).collect();
    let faults = run.stderr.lines().map(|line| line.strip_prefix("scrutineer: ").unwrap().to_owned());
    (run.code, rows, faults.collect())
}

/// What the catalogue says of a file: the places in it, each with its address.
fn places(home: &Home, file: &Path) -> Vec<(u64, String)> {
    let name = file.strip_prefix(home.archive()).unwrap().to_str().unwrap();
    let catalogue = rusqlite::Connection::open(home.catalogue()).unwrap();
    let sql = "SELECT offset, url FROM captures WHERE warc = ?1 ORDER BY offset";
    let mut query = catalogue.prepare(sql).unwrap();
    let rows = query.query_map([name], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_whole_archive_is_proved_and_nothing_is_changed() {
    let (_folder, home, _server) = troubled_home();
    let contents = || -> Vec<Vec<u8>> {
        let files = volumes(&home).into_iter().chain([home.catalogue()]);
        files.map(|file| std::fs::read(file).unwrap()).collect()
    };
    let before = contents();
    // Whoever is writing does not stand in the way.
    let writer = Corpus::open(&home).unwrap();
    let run = scrutineer(home.root(), &["corpus", "check"]);
    drop(writer);
    let files = volumes(&home);
    let n_records: usize = files.iter().map(|file| archive::records(file).unwrap().count()).sum();
    let whole = format!(
        "the archive is whole: {n_records} records in {} files are as they were written\n",
        files.len()
    );
    assert_eq!((run.code, run.stderr), (0, whole));
    assert!(contents() == before);
    let (code, rows, faults) = check(&home);
    assert_eq!((code, faults), (0, Vec::new()));
    assert_eq!(rows.len(), 3);
    let own = files.iter().filter(|file| file.parent().unwrap().ends_with("alderbrook"));
    let (mut n_files, mut n_bytes, mut n_places) = (0, 0, 0);
    for file in own {
        n_files += 1;
        n_bytes += std::fs::metadata(file).unwrap().len();
        n_places += places(&home, file).len();
    }
    let row = &rows["alderbrook"];
    let found =
        ["files", "bytes", "captures", "beyond", "faults"].map(|column| row[column].parse::<u64>().unwrap());
    assert_eq!(found, [n_files, n_bytes, n_places as u64, 0, 0]);

    let empty = tempfile::tempdir().unwrap();
    let run = scrutineer(empty.path(), &["corpus", "check"]);
    assert_eq!(run.code, 1);
    let folder = Home::new(empty.path()).archive();
    assert_eq!(run.stderr, format!("nothing to check: there is no archive in `{}`\n", folder.display()));
    // A file where the folder of the archive should be cannot be read as one.
    std::fs::create_dir(empty.path().join("corpus")).unwrap();
    std::fs::write(folder, "").unwrap();
    assert_eq!(scrutineer(empty.path(), &["corpus", "check"]).code, 2);
}

/// The faults that `corpus check` names in a copy of a home to which some harm
/// was done, with the paths from the archive's folder on. It must end with 3.
#[track_caller]
fn faults_after(home: &Home, harm: &dyn Fn(&Home)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(home.root(), folder.path());
    let copy = Home::new(folder.path());
    harm(&copy);
    let (code, _, faults) = check(&copy);
    assert_eq!(code, 3, "{faults:?}");
    let archive = format!("{}/", copy.archive().display());
    faults.into_iter().map(|fault| fault.replace(&archive, "")).collect()
}

const RECHECK: &str = "put the file back from a copy, or ask for it again with `scrutineer crawl --recheck`";
const NEXT: &str = "put it back from a copy, or the next crawl asks again for what was in it";

#[test]
fn each_fault_of_an_archive_is_named_with_its_file_and_what_to_do() {
    let (_folder, home, _server) = troubled_home();
    let name = |site: &str, number: usize| {
        let file = volume(&home, site, number);
        file.strip_prefix(home.archive()).unwrap().to_str().unwrap().to_owned()
    };
    let (first, second, fourth) = (name("alderbrook", 1), name("alderbrook", 2), name("alderbrook", 4));
    let added = name("files-a", 1);
    let bytes = |file: &str| std::fs::read(home.archive().join(file)).unwrap();
    let write =
        |home: &Home, file: &str, bytes: &[u8]| std::fs::write(home.archive().join(file), bytes).unwrap();
    let remove = |home: &Home, file: &str| std::fs::remove_file(home.archive().join(file)).unwrap();
    let in_it = |file: &str| places(&home, &home.archive().join(file));
    let whole = bytes(&first);
    let records: Vec<(u64, String)> = archive::records(&home.archive().join(&first))
        .unwrap()
        .map(|(offset, record)| (offset, record.unwrap().kind().to_owned()))
        .collect();
    let next = |offset: u64| records.iter().map(|(start, _)| *start).find(|start| *start > offset).unwrap();

    // One byte of a checksum: of an answer, and of entries.
    let (answer, url) = in_it(&first).remove(3);
    let (entry, _) = records.iter().find(|(_, kind)| kind == "metadata").unwrap().clone();
    let with = format!(", and with it 1 capture, of {url}; {RECHECK}");
    let without = "; put the file back from a copy before the catalogue is made again".to_owned();
    for (offset, rest) in [(answer, with), (entry, without)] {
        let mut damaged = whole.clone();
        damaged[next(offset) as usize - 8] ^= 1;
        let n_bytes = next(offset) - offset;
        let expected = format!(
            "record {offset} of `{first}` is damaged: corrupt gzip stream does not have a matching checksum ({n_bytes} \
             bytes){rest}"
        );
        assert_eq!(faults_after(&home, &|home| write(home, &first, &damaged)), [expected]);
    }
    // The beginnings of several records: none can be told from the next.
    let mut damaged = whole.clone();
    damaged[answer as usize..next(next(answer)) as usize + 20].fill(0);
    let faults = faults_after(&home, &|home| write(home, &first, &damaged));
    assert!(
        faults.len() == 1 && faults[0].contains(&format!("and with it 1 capture, of {url}")),
        "{faults:?}"
    );

    // A file of the middle is gone, and one of added files, with its folder.
    let (n_lost, of) = (in_it(&second).len(), &in_it(&second)[0].1);
    let expected = format!("`{second}` is gone, and with it {n_lost} captures, the first of {of}; {NEXT}");
    assert_eq!(faults_after(&home, &|home| remove(home, &second)), [expected]);
    let (n_lost, of) = (in_it(&added).len(), &in_it(&added)[0].1);
    let expected = format!(
        "`{added}` is gone, and with it {n_lost} captures, the first of {of}; put it back from a copy, or add again what \
         was in it"
    );
    let faults =
        faults_after(&home, &|home| std::fs::remove_dir_all(home.archive().join("files-a")).unwrap());
    assert_eq!(faults[0], expected);
    // The catalogue has forgotten it by now: its number is missing all the same.
    let forgotten = faults_after(&home, &|home| {
        remove(home, &second);
        drop(Corpus::open(home).unwrap());
    });
    let lacks =
        "lacks its file 2; put back what is missing from a copy, then run `scrutineer corpus rebuild`";
    assert!(forgotten.len() == 1 && forgotten[0].ends_with(&format!("alderbrook` {lacks}")), "{forgotten:?}");

    // The file ends in the middle of an answer, behind one, and with its name.
    for length in [answer + 30, next(answer), 0] {
        let lost: Vec<(u64, String)> =
            in_it(&first).into_iter().filter(|(at, _)| at + 30 >= length).collect();
        let expected = format!(
            "`{first}` holds {length} of the {} bytes that were written to it, and lacks {} captures, the first of {}; \
             {NEXT}",
            whole.len(),
            lost.len(),
            lost[0].1
        );
        assert_eq!(faults_after(&home, &|home| write(home, &first, &whole[..length as usize])), [expected]);
    }

    // Half a record behind what was entered, as a killed process leaves it.
    let end = bytes(&fourth).len();
    let expected = format!(
        "record {end} of `{fourth}` is cut short (50 bytes), as its writer was stopped or the file was cut off; put back a \
         longer copy if there is one, else nothing is to be done"
    );
    let half = [bytes(&fourth).as_slice(), &whole[..50]].concat();
    assert_eq!(faults_after(&home, &|home| write(home, &fourth, &half)), [expected]);
    // Entered, it is told of once, and is no fault any more.
    let folder = tempfile::tempdir().unwrap();
    copy_folder(home.root(), folder.path());
    let entered = Home::new(folder.path());
    write(&entered, &fourth, &half);
    let notes = Corpus::open(&entered).unwrap().caught_up().notes.clone();
    assert!(notes.iter().any(|note| note.contains("is cut short")), "{notes:?}");
    let (code, _, faults) = check(&entered);
    assert_eq!((code, faults), (0, Vec::new()));
    // Records that can be read and prove nothing.
    let block = b"HTTP/1.1 200 OK\r\n\r\nbody";
    let of_block = format!("sha256:{}", Digest::of(block));
    let digests = [("WARC-Block-Digest", of_block.as_str()), ("WARC-Payload-Digest", of_block.as_str())];
    let fields = [("WARC-Type", "response"), ("Content-Type", "application/http")];
    for (n, reason) in [(2, "its payload is not that of its digest"), (0, "it bears no digest of its block")]
    {
        let record = gzip(&foreign("1.1", &[&fields[..], &digests[..n]].concat(), block));
        let expected = format!(
            "record {end} of `{fourth}` is damaged: {reason}; put the file back from a copy before the catalogue is made \
             again"
        );
        let bytes = [bytes(&fourth), record].concat();
        assert_eq!(faults_after(&home, &|home| write(home, &fourth, &bytes)), [expected]);
    }

    // The catalogue finds an answer where none is, another, or an entry.
    for change in
        ["offset = offset + 1".to_owned(), "wire_digest = '00'".to_owned(), format!("offset = {entry}")]
    {
        let expected = format!(
            "`{first}` does not hold 1 capture, of {url} where the catalogue says; put back the file that it was made of, \
             or make it again with `scrutineer corpus rebuild`"
        );
        let faults = faults_after(&home, &|home| {
            let catalogue = rusqlite::Connection::open(home.catalogue()).unwrap();
            let sql = format!("UPDATE captures SET {change} WHERE warc = ?1 AND offset = ?2");
            assert_eq!(catalogue.execute(&sql, rusqlite::params![first, answer as i64]).unwrap(), 1);
        });
        assert_eq!(faults, [expected], "{change}");
    }

    // What is none of the archive's own.
    let faults = faults_after(&home, &|home| {
        std::fs::create_dir(home.archive().join("Alderbrook")).unwrap();
        std::fs::write(home.archive().join("alderbrook/other.warc.gz"), "x").unwrap();
    });
    let advice = "is no file of the archive and is passed over; put it back under its name if it once was one, take it in \
                  with `scrutineer add` if it is a WARC file of another, or move it away";
    assert_eq!(faults, ["Alderbrook", "alderbrook/other.warc.gz"].map(|path| format!("`{path}` {advice}")));

    // Without a catalogue, or with one that cannot be read, the files are read.
    let faults = faults_after(&home, &|home| std::fs::remove_file(home.catalogue()).unwrap());
    assert!(
        faults.len() == 1 && faults[0].contains("there is an archive here but no catalogue"),
        "{faults:?}"
    );
    let faults = faults_after(&home, &|home| {
        std::fs::write(home.catalogue(), "no database at all, but long enough to be one").unwrap();
        remove(home, &second);
    });
    assert!(
        faults.len() == 2 && faults[0].contains("is damaged") && faults[1].ends_with(lacks),
        "{faults:?}"
    );
}

#[test]
fn what_the_catalogue_does_not_know_of_yet_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let server = Server::start(troubled);
    crawl(&home, &[alderbrook()], &settings(server.address));
    let early = std::fs::read(home.catalogue()).unwrap();
    server.next_round();
    crawl(&home, &[alderbrook()], &settings(server.address));
    std::fs::write(home.catalogue(), &early).unwrap();
    let n_bytes = std::fs::metadata(volume(&home, "alderbrook", 2)).unwrap().len();
    let (code, rows, faults) = check(&home);
    assert_eq!((code, faults), (0, Vec::new()));
    assert_eq!(rows["alderbrook"]["beyond"], n_bytes.to_string());
    let said = scrutineer(home.root(), &["corpus", "check"]).stderr;
    let expected = format!(
        "the catalogue does not know of {n_bytes} bytes yet; the next `crawl` or `add` enters them\n"
    );
    assert!(said.starts_with(&expected), "{said}");
    drop(Corpus::open(&home).unwrap());
    assert_eq!(check(&home).1["alderbrook"]["beyond"], "0");
    // A catalogue that is behind does not know more than the one made in its place.
    std::fs::write(home.catalogue(), &early).unwrap();
    let run = scrutineer(home.root(), &["-q", "corpus", "rebuild"]);
    assert_eq!((run.code, run.stderr), (0, String::new()));
}

#[test]
fn a_file_that_is_put_back_late_does_not_replace_what_is_newer() {
    let (_folder, home, _server) = troubled_home();
    let before = dump(&home);
    let second = volume(&home, "alderbrook", 2);
    let bytes = std::fs::read(&second).unwrap();
    std::fs::remove_file(&second).unwrap();
    drop(Corpus::open(&home).unwrap());
    let without = dump(&home);
    std::fs::write(&second, &bytes).unwrap();
    let late = format!(
        "`{}` holds more than was entered before the files that follow it; `scrutineer corpus rebuild` enters each in its \
         order",
        second.display()
    );
    assert_eq!(Corpus::open(&home).unwrap().caught_up().notes, std::slice::from_ref(&late));
    check_same(&dump(&home), &without);
    let (code, rows, faults) = check(&home);
    assert_eq!((code, faults), (3, vec![late]));
    assert_eq!(rows["alderbrook"]["beyond"], "0", "the next crawl does not enter it");
    assert_eq!(scrutineer(home.root(), &["-q", "corpus", "rebuild"]).code, 0);
    let capture = |line: &&String| line.starts_with("[\"capture\"");
    let captures = |dump: &[String]| -> Vec<String> { dump.iter().filter(capture).cloned().collect() };
    check_same(&captures(&dump(&home)), &captures(&before));
    assert_eq!(check(&home).0, 0);
}

#[test]
fn a_crawl_that_is_running_raises_no_alarm() {
    let publisher = Publisher::start(sample::TODAY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let address = publisher.address();
    let crawled = home.clone();
    let crawling = std::thread::spawn(move || drop(crawl_sample(&crawled, address)));
    // Before that the catalogue is being made.
    while !home.archive().exists() {
        assert!(!crawling.is_finished());
    }
    let mut n_beside = 0;
    while !crawling.is_finished() {
        let Some(checked) = corpus::check(&home).unwrap() else { continue };
        let faults: Vec<&String> =
            checked.faults.iter().chain(checked.sites.iter().flat_map(|site| &site.faults)).collect();
        assert!(faults.is_empty(), "{faults:?}");
        n_beside += 1;
    }
    crawling.join().unwrap();
    assert!(n_beside > 0, "the test's own ground");
    println!("{n_beside} checks beside a crawl");
    assert_eq!(check(&home).0, 0);
}

// ---------------------------------------------------------------------------
// Who else reads ours.

#[test]
fn each_record_is_as_the_standard_says() {
    let (_folder, home, _server) = troubled_home();
    let mut seen: HashMap<String, (String, String, String)> = HashMap::new();
    let (mut n_revisits, mut n_entries) = (0, 0);
    let mut referred = Vec::new();
    for file in volumes(&home) {
        // Each member is looked at by itself, byte by byte.
        let bytes = std::fs::read(&file).unwrap();
        let mut rest = bytes.as_slice();
        let mut names = Vec::new();
        while !rest.is_empty() {
            let mut member = Vec::new();
            flate2::bufread::GzDecoder::new(&mut rest).read_to_end(&mut member).unwrap();
            let text = String::from_utf8_lossy(&member).into_owned();
            let (head, _) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("WARC/1.1\r\n") && !head.replace("\r\n", "").contains(['\r', '\n']));
            let field = |name: &str| {
                let lines: Vec<&str> =
                    head.lines().filter(|line| line.starts_with(&format!("{name}: "))).collect();
                assert!(lines.len() <= 1, "{head}");
                lines.first().map(|line| line[name.len() + 2..].to_owned())
            };
            let length: usize = field("Content-Length").unwrap().parse().unwrap();
            let start = member.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
            assert_eq!(member.len(), start + length + 4, "{head}");
            assert!(member.ends_with(b"\r\n\r\n"));
            let id = field("WARC-Record-ID").unwrap();
            assert!(id.starts_with("<urn:uuid:") && id.len() == "<urn:uuid:>".len() + 36, "{id}");
            let kind = field("WARC-Type").unwrap();
            let url = field("WARC-Target-URI").unwrap_or_default();
            let fact = (kind.clone(), url.clone(), field("WARC-Date").unwrap());
            assert!(seen.insert(id, fact).is_none(), "an id of its own: {head}");
            if let Some(other) = field("WARC-Concurrent-To") {
                referred.push((kind.clone(), other, None));
            }
            if kind == "revisit" {
                n_revisits += 1;
                let original =
                    (field("WARC-Refers-To-Target-URI").unwrap(), field("WARC-Refers-To-Date").unwrap());
                referred.push((kind.clone(), field("WARC-Refers-To").unwrap(), Some(original)));
                assert!(field("WARC-Profile").unwrap().contains("/warc/1.1/revisit/"));
            }
            n_entries += usize::from(field("Content-Type").unwrap() == "application/x-ndjson");
            names.push(kind);
        }
        assert_eq!(names[0], "warcinfo");
    }
    for (kind, id, original) in referred {
        let (of, url, date) = &seen[&id];
        match original {
            Some(original) => assert_eq!((of.as_str(), url, date), ("response", &original.0, &original.1)),
            None => assert!(matches!(of.as_str(), "response" | "revisit" | "resource"), "{kind} of {of}"),
        }
    }
    assert!(n_revisits > 5 && n_entries > 20, "{n_revisits} {n_entries}");
}

/// What a Python library makes and reads; `false` where it is not there.
fn python(module: &str, script: &str, args: &[&str]) -> Option<String> {
    if !has_python(module) {
        return None;
    }
    let run = Command::new("python3").args(["-c", script]).args(args).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).unwrap())
}

#[test]
fn other_tools_read_every_record_and_find_its_digests_right() {
    let (_folder, home, _server) = troubled_home();
    let files = volumes(&home);
    let n_records: usize = files.iter().map(|file| archive::records(file).unwrap().count()).sum();
    let names: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    if let Some(said) = warcio(&["check", "-v"], &files) {
        assert!(said.contains("digest pass"), "{said}");
    }
    let iterate = r#"
import sys
from warcio.archiveiterator import ArchiveIterator
n = 0
for name in sys.argv[1:]:
    with open(name, 'rb') as f:
        for record in ArchiveIterator(f, check_digests='raise'):
            record.content_stream().read()
            n += 1
print(n)
"#;
    if let Some(n) = python("warcio", iterate, &names) {
        assert_eq!(n.trim(), n_records.to_string());
    }
    let iterate = r#"
import sys
from fastwarc.warc import ArchiveIterator
n = 0
for name in sys.argv[1:]:
    with open(name, 'rb') as f:
        for record in ArchiveIterator(f, parse_http=False):
            record.freeze()
            assert record.verify_block_digest() is not False, record.record_id
            n += 1
print(n)
"#;
    if let Some(n) = python("fastwarc", iterate, &names) {
        assert_eq!(n.trim(), n_records.to_string());
    }
}

// ---------------------------------------------------------------------------
// When the disk is full.

#[cfg(unix)]
#[test]
fn a_full_disk_stops_a_crawl_with_a_message_and_loses_nothing() {
    let server = Server::start(|_, target, _| {
        // Bodies that do not pack, so that a limit is soon met.
        let mut random = Random(target.len() as u64 + 7);
        let noise: String = (0..300_000).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
        if target.contains("GetCommittees") || target.contains("GetMeetings?") {
            return troubled("", target, 30);
        }
        match target.split_once("GetMeeting?lMeetingId=") {
            Some((_, id)) => reply("200 OK", XML, &meeting_xml(id, &format!("{noise} {id}"))),
            None => reply("404 Not Found", "", b""),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let address = format!("http://{}", server.address);
    let crawl = |limit: Option<u32>| {
        // No file may grow past so many KiB: writing fails then as on a full
        // disk, as the signal for it is turned off.
        let limit = limit.map_or("unlimited".to_owned(), |limit| limit.to_string());
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" \"$@\"");
        let program = env!("CARGO_BIN_EXE_scrutineer");
        let run = Command::new("bash")
            .args(["-c", &script, program, "--home", folder.path().to_str().unwrap()])
            .args(["crawl", "--site", &address, "--allow-loopback", "--delay", "0"])
            .output()
            .unwrap();
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    };
    // The first limit is too small for a catalogue, the next are met by its log
    // or by the volume, whichever is larger by then.
    let mut n_stopped = 0;
    for limit in [16, 200, 400, 800, 1_200] {
        let (code, said) = crawl(Some(limit));
        assert_eq!(code, Some(2), "{limit} KiB: {said}");
        assert!(said.contains("scrutineer: cannot ") && !said.contains("panicked"), "{said}");
        n_stopped += 1;
        // It opens again, and nothing half-written is read.
        if limit > 16 {
            Corpus::open(&home).unwrap();
        }
    }
    assert!((1..38).contains(&server.count("lMeetingId=")), "{}", server.count("lMeetingId="));
    let (code, said) = crawl(None);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("went on with a crawl"), "{said}");
    // What could not be stored was asked for once more.
    let again = server.count("lMeetingId=") - 38;
    assert!(again <= n_stopped, "{again} meetings were asked for twice");
    let corpus = Corpus::open_read_only(&home).unwrap();
    assert_eq!(corpus.meetings().unwrap().len(), 38);
    for meeting in corpus.meetings().unwrap() {
        corpus.read(&corpus.latest_documents(&meeting.id).unwrap()[0]).unwrap();
    }
    for file in volumes(&home) {
        assert!(archive::records(&file).unwrap().all(|(_, record)| record.is_ok()), "{}", file.display());
    }
    let before = dump(&home);
    assert!(rebuild(&home).unwrap().replayed.notes.is_empty());
    check_same(&dump(&home), &before);
}
