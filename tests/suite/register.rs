//! The register of meetings: the councils that it is of, and what it says of
//! each meeting that cannot be read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;

use scrutineer::corpus::archive::Exchange;
use scrutineer::corpus::{Absence, AddedFile, Asked, Capture, Cause, Corpus, Home, Unfit};
use scrutineer::model::{
    Council, Councils, DocumentRole, Edition, Meeting, MeetingId, MeetingStatus, PartialDate, Platform, Site,
    SiteId,
};

use crate::support::{Run, rows, scrutineer};

fn councils() -> Councils {
    Home::new("there is no such folder").councils().unwrap()
}

/// Names, codes and days of the reorganised councils: mySociety's register of
/// UK local authorities (names and codes, start and end dates, “replaced by”);
/// for Surrey the Surrey (Structural Changes) Order 2026 (S.I. 2026/264).
#[test]
fn the_table_of_councils_is_whole_in_itself() {
    let councils = councils();
    let of = |slug: &str| councils.all().iter().find(|council| council.slug == slug);
    let (mut slugs, mut codes) = (HashSet::new(), HashSet::new());
    for council in councils.all() {
        let slug = &council.slug;
        assert!(slugs.insert(slug), "{slug} stands twice");
        assert!(council.gss.is_empty() || codes.insert(&council.gss), "{slug}: {} stands twice", council.gss);
        for date in [council.from, council.until].into_iter().flatten() {
            assert!(date.to_day().is_some(), "{slug}: {date} is no day");
        }
        assert!(council.from.is_none() || council.until.is_none() || council.from < council.until, "{slug}");
        assert_eq!(council.until.is_some(), !council.successors.is_empty(), "{slug}");
        for successor in &council.successors {
            let successor = of(successor).unwrap_or_else(|| panic!("{slug}: no {successor}"));
            // The day after, so that both never sit, and no day is nobody's.
            assert_eq!(successor.from, council.abolished(), "{slug} and {}", successor.slug);
        }
        assert!(
            councils.all_predecessors(slug).iter().all(|other| other.slug != *slug),
            "{slug} succeeds itself"
        );
    }
}

#[test]
fn the_reorganisations_since_2019_are_in_the_table() {
    let councils = councils();
    let mut abolished: BTreeMap<String, usize> = BTreeMap::new();
    for council in councils.all() {
        if let Some(day) = council.abolished() {
            *abolished.entry(day.to_string()).or_default() += 1;
        }
    }
    // 2019: nine in Dorset, four in Suffolk, two in Somerset. 2020: five in
    // Buckinghamshire. 2021: eight in Northamptonshire. 2023: seven in Cumbria,
    // eight in North Yorkshire, five in Somerset. 2027: twelve in Surrey.
    let expected = [("2019-04-01", 15), ("2020-04-01", 5), ("2021-04-01", 8), ("2023-04-01", 20)];
    let expected = expected.into_iter().chain([("2027-04-01", 12)]);
    assert_eq!(abolished, expected.map(|(day, n)| (day.to_owned(), n)).collect());

    let before = |slug: &str| -> Vec<String> {
        councils.predecessors(slug).iter().map(|council| council.slug.clone()).collect()
    };
    assert_eq!(before("cumberland"), ["cumbria", "allerdale", "carlisle", "copeland"]);
    assert_eq!(
        before("bournemouth-christchurch-and-poole"),
        ["dorset-county", "christchurch", "bournemouth", "poole"]
    );
    let council = |name: &str| councils.find(name).unwrap().clone();
    let northamptonshire = council("Northamptonshire County Council");
    assert_eq!(northamptonshire.gss, "E10000021");
    assert_eq!(northamptonshire.successors, ["north-northamptonshire", "west-northamptonshire"]);
    // Made in one reorganisation, abolished in another.
    let taunton = council("Somerset West and Taunton Council");
    let days = |council: &Council| [council.from, council.until].map(|day| day.unwrap().to_string());
    assert_eq!(days(&taunton), ["2019-04-01", "2023-03-31"]);
    assert!(councils.all_predecessors("somerset").iter().any(|council| council.slug == "taunton-deane"));
}

/// A place that an abolished council shared with its successor still means the
/// one that sits.
#[test]
fn a_shared_place_means_the_council_that_sits() {
    let councils = councils();
    for (name, slug) in [
        ("Dorset", "dorset-council"),
        ("Somerset", "somerset"),
        ("Somerset County Council", "somerset-county"),
        ("North Yorkshire", "north-yorkshire"),
        ("Buckinghamshire Council", "buckinghamshire"),
        ("Surrey", "surrey"),
    ] {
        assert_eq!(councils.find(name).map(|council| council.slug.as_str()), Some(slug), "{name}");
    }
}

#[test]
fn an_abolished_council_is_found_by_name_with_what_became_of_it() {
    let home = tempfile::tempdir().unwrap();
    let found = rows(home.path(), &["councils", "cumbria"]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["gss"], "E10000006");
    assert_eq!(found[0]["from"], "");
    assert_eq!(found[0]["until"], "2023-03-31");
    assert_eq!(found[0]["successors"], "cumberland;westmorland-and-furness");
    let found = rows(home.path(), &["councils", "westmorland"]);
    assert_eq!(found[0]["from"], "2023-04-01");
    assert_eq!(found[0]["predecessors"], "cumbria;barrow-in-furness;eden;south-lakeland");

    let header = scrutineer(home.path(), &["--format", "csv", "councils", "cumbria"]).stdout;
    let expected = "slug,name,gss,nation,platform,address,from,until,successors,predecessors\r\n";
    assert!(header.starts_with(expected), "{header}");
    // A person who asks for one that has no such days is not shown the columns.
    assert!(!scrutineer(home.path(), &["councils", "sefton"]).stdout.contains("successors"));
}

#[test]
fn a_crawl_of_an_abolished_council_says_what_became_of_it() {
    let home = tempfile::tempdir().unwrap();
    let run = scrutineer(home.path(), &["crawl", "cumbria"]);
    assert_eq!(run.code, 2);
    let fate = "it was abolished on 2023-04-01; `cumberland` and `westmorland-and-furness` succeeded it";
    let line = run.stderr.lines().find(|line| line.contains("Cumbria County Council"));
    assert!(line.is_some_and(|line| line.contains(fate)), "{}", run.stderr);
    assert!(!home.path().join("corpus").exists(), "nothing was begun");
}

/// A theme that stands in the minutes of [`cumberland`].
const THEME: &str = "csc03_caseloads";

/// A home with a meeting of Allerdale in 2020, and of Cumberland in 2024.
fn cumberland() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (council, date) in [("Allerdale Borough Council", "2020-01-02"), ("Cumberland Council", "2024-06-07")]
    {
        let file = home.path().join(format!("{date}.md"));
        let text = "# Minutes\n\n1. Roads\n\nThe harbour road was closed, and caseloads of social workers were high.\n";
        fs::write(&file, text).unwrap();
        add(home.path(), &file, council, date);
    }
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    home
}

fn add(home: &Path, file: &Path, council: &str, date: &str) {
    let run = scrutineer(
        home,
        &["add", file.to_str().unwrap(), "--council", council, "--body", "Cabinet", "--date", date],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn predecessors_are_counted_beside_their_successor() {
    let home = cumberland();
    let ask = |args: &[&str]| -> Run { scrutineer(home.path(), &[&["--format", "csv"], args].concat()) };
    let councils = |args: &[&str]| -> Vec<String> {
        rows(home.path(), args).iter().map(|row| row["council"].clone()).collect()
    };
    assert_eq!(councils(&["count", "harbour", "--by", "council", "--council", "cumberland"]), ["cumberland"]);
    let both = ["count", "harbour", "--by", "council", "--council", "cumberland", "--with-predecessors"];
    assert_eq!(councils(&both), ["allerdale", "cumberland"]);
    assert_eq!(councils(&["search", "harbour", "--council", "Cumberland", "--with-predecessors"]).len(), 2);
    assert_eq!(councils(&["coverage", "--council", "cumberland", "--with-predecessors"]).len(), 2);
    // Of those that nothing is held of, that is said.
    let said = ask(&both).stderr;
    assert!(
        said.contains("cumberland and allerdale; no meeting is here of cumbria, carlisle and copeland"),
        "{said}"
    );

    let alone = ask(&["coverage", "--with-predecessors"]);
    assert_eq!(alone.code, 2, "which councils' predecessors?");
    let unknown = ask(&["coverage", "--council", "carlisle"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("abolished on 2023-04-01; `cumberland` succeeded it"),
        "{}",
        unknown.stderr
    );
}

fn day(date: &str) -> Option<PartialDate> {
    date.parse().ok()
}

const AT: &str = "2024-01-01T00:00:00Z";

fn site(council: &str) -> Site {
    Site {
        id: SiteId::new(council),
        platform: Platform::ModernGov,
        root: format!("https://democracy.{council}.example"),
        council: council.to_owned(),
        council_name: format!("{council} Council"),
        shared_by: Vec::new(),
        rules: None,
    }
}

/// An answer that came for a request.
fn answer(asked: &Asked, body: &[u8]) -> Exchange {
    Exchange {
        url: asked.url.clone(),
        at: AT.to_owned(),
        request: "GET / HTTP/1.1\r\n\r\n".to_owned(),
        status: 200,
        headers: Vec::new(),
        body: body.to_vec().into(),
    }
}

/// A site, and what is entered of it.
struct Held {
    corpus: Corpus,
    site: Site,
}

impl Held {
    fn new(home: &Path, council: &str) -> Self {
        Self { corpus: Corpus::open(&Home::new(home)).unwrap(), site: site(council) }.entered()
    }

    /// Another site of the same corpus.
    fn and(self, council: &str) -> Self {
        Self { site: site(council), ..self }.entered()
    }

    fn entered(mut self) -> Self {
        self.corpus.upsert_site(&self.site, AT).unwrap();
        self
    }

    fn meeting(&mut self, number: &str, status: MeetingStatus, minutes_published: bool) -> MeetingId {
        let id = MeetingId { site: self.site.id.clone(), number: number.to_owned() };
        let meeting = Meeting {
            id: id.clone(),
            council: self.site.council.clone(),
            council_name: self.site.council_name.clone(),
            body: "Cabinet".to_owned(),
            date: day("2021-07-06"),
            status,
            agenda_published: minutes_published,
            minutes_published,
            url: format!("{}/{number}", self.site.root),
        };
        self.corpus.upsert_meeting(&meeting, AT).unwrap();
        id
    }

    fn asked(&self, meeting: Option<&MeetingId>, role: DocumentRole, address: &str) -> Asked {
        let url = format!("{}/{address}", self.site.root);
        Asked { site: self.site.id.clone(), url, meeting: meeting.cloned(), role, edition: None }
    }

    fn lost(&mut self, meeting: Option<&MeetingId>, role: DocumentRole, address: &str, cause: Cause) {
        let absence = Absence {
            asked: &self.asked(meeting, role, address),
            unfit: &Unfit { cause, reason: "as the test says".into() },
            at: AT,
        };
        self.corpus.note_absence(&absence).unwrap();
    }

    fn came(&mut self, meeting: Option<&MeetingId>, role: DocumentRole, address: &str, body: &str) {
        let asked = self.asked(meeting, role, address);
        let exchange = answer(&asked, body.as_bytes());
        let capture = Capture {
            asked: &asked,
            exchange: &exchange,
            payload: &exchange.body,
            media_type: "text/html",
            charset: None,
        };
        self.corpus.store(&capture).unwrap();
    }

    /// A file of minutes, whatever it holds.
    fn printed(&mut self, meeting: &MeetingId, media_type: &str, body: &[u8]) {
        let asked =
            self.asked(Some(meeting), DocumentRole::PrintedMinutes, &format!("{}.file", meeting.number));
        let exchange = answer(&asked, body);
        let payload = &exchange.body;
        let capture = Capture { asked: &asked, exchange: &exchange, payload, media_type, charset: None };
        self.corpus.store(&capture).unwrap();
    }

    /// Minutes that can be read.
    fn minutes(&mut self, meeting: &MeetingId) {
        let meeting = self.corpus.meeting(meeting).unwrap().unwrap();
        let file = AddedFile {
            url: &format!("file:///{}.md", meeting.id.number),
            bytes: b"# Minutes\n\n1. Roads\n\nThe committee discussed the harbour road at length.\n",
            media_type: "text/markdown",
            charset: None,
            edition: Some(Edition::Minutes),
            added: AT,
        };
        self.corpus.add_file(&meeting, &file).unwrap();
    }
}

#[test]
fn a_meeting_that_cannot_be_read_counts_once_and_says_why() {
    use DocumentRole::{Attachment, MeetingPage, MeetingXml, PrintedMinutes};
    use MeetingStatus::{Cancelled, Held as WasHeld, Scheduled};
    let home = tempfile::tempdir().unwrap();
    let mut held = Held::new(home.path(), "alderbrook");

    // Its page and its minutes are both disallowed: one meeting.
    let id = held.meeting("1", WasHeld, true);
    held.lost(Some(&id), MeetingPage, "1/page", Cause::Robots);
    held.lost(Some(&id), PrintedMinutes, "1/minutes", Cause::Robots);
    // The web service was silent, the page then said that there are no minutes.
    let id = held.meeting("2", WasHeld, false);
    held.lost(Some(&id), MeetingXml, "2/xml", Cause::TimeOut);
    held.came(Some(&id), MeetingPage, "2/page", "no minutes");
    // The same, but there are minutes, and they are refused.
    let id = held.meeting("3", WasHeld, true);
    held.lost(Some(&id), MeetingXml, "3/xml", Cause::TimeOut);
    held.came(Some(&id), MeetingPage, "3/page", "minutes elsewhere");
    held.lost(Some(&id), PrintedMinutes, "3/minutes", Cause::Robots);
    // Refused at first, silent when it was asked again.
    let id = held.meeting("4", WasHeld, false);
    held.lost(Some(&id), MeetingPage, "4/page", Cause::Forbidden);
    held.lost(Some(&id), MeetingPage, "4/page", Cause::TimeOut);
    // A report that is missing is no missing minutes.
    let id = held.meeting("5", WasHeld, false);
    held.came(Some(&id), MeetingPage, "5/page", "no minutes");
    held.lost(Some(&id), Attachment, "5/report", Cause::Missing);
    // Readable here, gone there; and readable another way.
    let id = held.meeting("6", WasHeld, true);
    held.minutes(&id);
    held.lost(Some(&id), MeetingPage, "6/page", Cause::Withdrawn);
    let id = held.meeting("7", WasHeld, true);
    held.minutes(&id);
    held.lost(Some(&id), MeetingXml, "7/xml", Cause::Fault);
    // What was called off, or is still to come, has nothing to lose.
    let id = held.meeting("8", Cancelled, false);
    held.lost(Some(&id), MeetingPage, "8/page", Cause::Missing);
    held.meeting("9", Scheduled, false);
    let lost = held.corpus.lost_meetings().unwrap();
    let lost: Vec<(&str, Cause)> =
        lost.iter().map(|lost| (lost.meeting.number.as_str(), lost.cause)).collect();
    let expected = [
        ("1", Cause::Robots),
        ("2", Cause::TimeOut),
        ("3", Cause::Robots),
        ("4", Cause::TimeOut),
        ("6", Cause::Withdrawn),
        ("7", Cause::Fault),
        ("8", Cause::Missing),
    ];
    assert_eq!(lost, expected);
    drop(held);

    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let row = &rows(home.path(), &["coverage"])[0];
    let counted = |columns: &[&str]| columns.iter().map(|name| row[*name].as_str()).collect::<Vec<_>>();
    assert_eq!(counted(&["listed", "held", "cancelled", "agenda", "published"]), ["9", "7", "1", "4", "4"]);
    assert_eq!(counted(&["readable", "refused", "failed"]), ["2", "2", "1"]);
    assert_eq!(row["why"], "robots 2, time-out 1, withdrawn 1");
}

/// The columns of which a meeting that was held is in one.
const PARTS: [&str; 6] = ["readable", "refused", "failed", "not_asked", "unreadable", "unpublished"];

#[test]
fn a_meeting_that_was_held_is_in_one_column_and_what_cannot_be_read_says_why() {
    use DocumentRole::{MeetingPage, MeetingXml, PrintedMinutes};
    use MeetingStatus::{Cancelled, Held as WasHeld, Scheduled};
    let home = tempfile::tempdir().unwrap();
    let mut held = Held::new(home.path(), "alderbrook");
    let id = held.meeting("1", WasHeld, true);
    held.minutes(&id);
    let id = held.meeting("2", WasHeld, true);
    held.lost(Some(&id), MeetingPage, "2/page", Cause::Forbidden);
    let id = held.meeting("3", WasHeld, true);
    held.lost(Some(&id), PrintedMinutes, "3/minutes", Cause::TimeOut);
    held.meeting("4", WasHeld, false);
    // The page of CMIS was read that names its minutes, and the crawl was stopped.
    let id = held.meeting("5", WasHeld, true);
    held.came(Some(&id), DocumentRole::DecisionPage, "5/page", "the minutes are in a file");
    // It has none, and says so.
    let id = held.meeting("6", WasHeld, false);
    held.came(Some(&id), MeetingXml, "6/xml", &meeting_xml(""));
    // What came cannot be read.
    let id = held.meeting("7", WasHeld, true);
    held.printed(&id, "application/pdf", &crate::documents::blank_scan());
    let id = held.meeting("8", WasHeld, true);
    held.printed(&id, "application/pdf", b"%PDF-1.4\n1 0 obj\n<<");
    let id = held.meeting("9", WasHeld, true);
    held.printed(&id, "text/plain", b"PK\x03\x04\0\0\0\0");
    let id = held.meeting("10", WasHeld, true);
    held.printed(&id, "text/html", b"<html><body></body></html>");
    let id = held.meeting("11", WasHeld, true);
    held.came(Some(&id), MeetingXml, "11/xml", &meeting_xml(""));
    let id = held.meeting("12", WasHeld, true);
    held.came(Some(&id), MeetingXml, "12/xml", "<html>Sign in</html>");
    let id = held.meeting("13", WasHeld, true);
    held.printed(&id, "application/json", b"{}");
    // That the service was silent is not why a scan cannot be read that came since.
    let id = held.meeting("14", WasHeld, true);
    held.lost(Some(&id), MeetingXml, "14/xml", Cause::TimeOut);
    held.came(Some(&id), MeetingPage, "14/page", "minutes in a file");
    held.printed(&id, "application/pdf", &crate::documents::blank_scan());
    held.meeting("15", Cancelled, false);
    held.meeting("16", Scheduled, false);
    drop(held);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 3, "some cannot be read");

    let check = |args: &[&str], parts: [&str; 6], why: &str| {
        let row = &rows(home.path(), args)[0];
        assert_eq!(PARTS.map(|name| row[name].as_str()), parts, "{row:?}");
        let sum: u64 = PARTS.iter().map(|name| row[*name].parse::<u64>().unwrap()).sum();
        assert_eq!(row["held"], sum.to_string());
        assert_eq!(row["why"], why);
    };
    let unreadable =
        "unreadable: no-text-layer 2, wrong-content 2, damaged 1, empty 1, format 1, no-minutes 1";
    let why = format!("forbidden 1, time-out 1, not-asked 2; {unreadable}");
    check(&["coverage"], ["1", "1", "1", "2", "8", "1"], &why);

    // What came since the index was made is not taken for nothing.
    let mut held = Held::new(home.path(), "alderbrook");
    let id = held.meeting("4", WasHeld, false);
    held.came(Some(&id), MeetingXml, "4/xml", &meeting_xml(""));
    drop(held);
    let why = format!("forbidden 1, time-out 1, not-asked 1; {unreadable}, not-indexed 1");
    check(&["coverage"], ["1", "1", "1", "1", "9", "1"], &why);
}

#[test]
fn a_list_that_did_not_come_is_no_silence() {
    use DocumentRole::{Register, Robots};
    let home = tempfile::tempdir().unwrap();
    let mut held = Held::new(home.path(), "harbourton");
    held.came(None, Robots, "robots.txt", "User-agent: *\nDisallow: /\n");
    held.lost(None, Register, "committees", Cause::Robots);
    held.lost(None, Register, "calendar", Cause::Robots);
    held.lost(None, Register, "calendar", Cause::TimeOut);
    // One list was refused, the other came and was empty: no meeting is listed.
    let mut held = held.and("emptyham");
    held.lost(None, Register, "committees", Cause::Forbidden);
    held.came(None, Register, "calendar", "<html></html>");
    let mut held = held.and("alderbrook");
    // Of one of four another list came in its place; one came after all.
    for address in ["committees", "cabinet", "planning", "council"] {
        held.lost(None, Register, address, Cause::Forbidden);
    }
    let replaced = held.asked(None, Register, "committees");
    held.corpus.note_replaced(&replaced, &["calendar"], AT).unwrap();
    held.came(None, Register, "council", "<html></html>");
    held.came(None, Register, "calendar", "<html></html>");
    let id = held.meeting("1", MeetingStatus::Held, false);
    held.came(Some(&id), DocumentRole::MeetingPage, "1", "no minutes");
    drop(held);

    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let found = rows(home.path(), &["coverage", "--year", "2021"]);
    let councils: Vec<&str> = found.iter().map(|row| row["council"].as_str()).collect();
    assert_eq!(councils, ["alderbrook", "alderbrook", "emptyham", "harbourton"]);
    assert_eq!(found[0]["why"], "");
    let why: Vec<&str> = found[1..].iter().map(|row| row["why"].as_str()).collect();
    assert_eq!(why, ["lists: forbidden 2", "lists: forbidden 1", "lists: robots 1, time-out 1"]);
    for unknown in &found[1..] {
        let cells = unknown.iter().filter(|(name, _)| !["council", "why"].contains(&name.as_str()));
        assert!(cells.clone().count() >= 11 && cells.clone().all(|(_, cell)| cell.is_empty()), "{unknown:?}");
    }
    // By council alone there is a row that the lists belong to.
    let found = rows(home.path(), &["coverage", "--by", "council"]);
    let row = |row: &HashMap<String, String>| ["council", "held", "why"].map(|name| row[name].clone());
    assert_eq!(row(&found[0]), ["alderbrook", "1", "lists: forbidden 2"]);
    assert_eq!(row(&found[1]), ["emptyham", "", "lists: forbidden 1"]);

    let shown = scrutineer(home.path(), &["coverage", "--by", "year"]);
    assert!(shown.stdout.contains("harbourton"), "{}", shown.stdout);
    assert!(shown.stderr.contains("harbourton: no list of meetings ever came"), "{}", shown.stderr);
    let said =
        "alderbrook: 2 lists of meetings did not come, so that meetings may be missing here (forbidden 2)";
    assert!(shown.stderr.contains(said), "{}", shown.stderr);
    assert!(shown.stderr.contains("emptyham: 1 list of meetings did not come"), "{}", shown.stderr);
    // Who asks about one of them is shown its row; of what it said, nothing is known.
    for council in ["harbourton", "emptyham"] {
        let args = ["coverage", "--by", "council", "--council", council];
        let asked = scrutineer(home.path(), &args);
        assert_eq!(asked.code, 0, "{}", asked.stderr);
        assert!(!asked.stderr.contains("no meeting of these dates"), "{}", asked.stderr);
        let all = rows(home.path(), &args[..3]);
        let of_it: Vec<_> = all.into_iter().filter(|row| row["council"] == council).collect();
        assert_eq!(rows(home.path(), &args), of_it);
    }
    let asked = scrutineer(home.path(), &["search", "road", "--council", "harbourton"]);
    assert_eq!(asked.code, 2);
    assert!(asked.stderr.contains("gave no list of meetings"), "{}", asked.stderr);
    let asked = scrutineer(home.path(), &["search", "road", "--council", "emptyham"]);
    assert_eq!(asked.code, 2);
    assert!(asked.stderr.contains("did not give all its lists of meetings"), "{}", asked.stderr);
    // Of one that was never asked, that is said, and how to.
    let asked = scrutineer(home.path(), &["coverage", "--council", "sefton"]);
    let said = "(`sefton`) has not been collected, so nothing is known of its meetings here; `scrutineer crawl sefton`";
    assert_eq!(asked.code, 2);
    assert!(asked.stderr.contains(said), "{}", asked.stderr);
}

#[test]
fn meetings_that_stand_on_two_sites_of_a_council_are_said_to_count_twice() {
    let home = tempfile::tempdir().unwrap();
    let mut held = Held::new(home.path(), "alderbrook");
    held.meeting("1", MeetingStatus::Held, true);
    let second = Site { id: SiteId::new("new.alderbrook"), ..site("alderbrook") };
    let mut held = Held { site: second, ..held }.entered();
    held.meeting("77", MeetingStatus::Held, true);
    drop(held);
    let said = "alderbrook: 1 meeting stands on two sites, alderbrook and new.alderbrook; it counts twice";
    for args in [&["index"][..], &["coverage"]] {
        let run = scrutineer(home.path(), args);
        assert_eq!((run.code, run.stderr.matches(said).count()), (0, 1), "{}", run.stderr);
    }
    let run = scrutineer(home.path(), &["coverage", "--year", "2020"]);
    assert!(!run.stderr.contains("stands on two sites"), "{}", run.stderr);
}

#[test]
fn councils_that_share_a_site_that_gave_no_list_share_its_row() {
    let home = tempfile::tempdir().unwrap();
    let mut held = Held::new(home.path(), "adur-and-worthing");
    held.lost(None, DocumentRole::Register, "committees", Cause::Robots);
    drop(held);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let found = rows(home.path(), &["coverage", "--council", "worthing"]);
    assert_eq!(
        (found[0]["council"].as_str(), found[0]["why"].as_str()),
        ("adur-and-worthing", "lists: robots 1")
    );
}

#[test]
fn a_meeting_that_was_never_asked_for_is_not_taken_for_unpublished() {
    let home = tempfile::tempdir().unwrap();
    // Listed by the service, which does not tell whether there are minutes.
    let mut held = Held::new(home.path(), "alderbrook");
    held.meeting("1", MeetingStatus::Held, false);
    held.meeting("2", MeetingStatus::Held, false);
    // Both were asked for, and have none.
    let mut held = held.and("emptyham");
    for number in ["1", "2"] {
        let id = held.meeting(number, MeetingStatus::Held, false);
        held.came(Some(&id), DocumentRole::MeetingXml, number, &meeting_xml(""));
    }
    // A list told of the minutes of the one.
    let mut held = held.and("harbourton");
    held.meeting("1", MeetingStatus::Held, true);
    held.meeting("2", MeetingStatus::Held, false);
    drop(held);

    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let found = rows(home.path(), &["coverage"]);
    let counted = |at: usize| {
        ["held", "published", "agenda", "fetched", "readable", "why", "not_asked"]
            .map(|name| found[at][name].as_str())
    };
    assert_eq!(counted(0), ["2", "", "", "0", "0", "not-asked 2", "2"]);
    assert_eq!(counted(1), ["2", "0", "0", "0", "0", "", "0"]);
    assert_eq!(counted(2), ["2", "1", "1", "0", "0", "not-asked 2", "2"]);
}

/// An answer of the web service, with the text of its one item's minutes.
fn meeting_xml(minutes: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><meeting><meetingid>1</meetingid><agendaitems><agendaitem><agendaitemid>7</agendaitemid>\
         <agendaitemtitle>Roads</agendaitemtitle><minutesnonemptyhtmlbody>{minutes}\
         </minutesnonemptyhtmlbody></agendaitem></agendaitems></meeting>"
    )
}

#[test]
fn minutes_that_a_site_takes_back_stay_readable_and_are_named() {
    use DocumentRole::{MeetingXml, PrintedMinutes};
    let home = tempfile::tempdir().unwrap();
    let mut held = Held::new(home.path(), "alderbrook");
    let first = held.meeting("1", MeetingStatus::Held, true);
    let second = held.meeting("2", MeetingStatus::Held, true);
    let with_minutes = meeting_xml("&lt;p&gt;The harbour road was closed.&lt;/p&gt;");
    held.came(Some(&first), MeetingXml, "1/xml", &with_minutes);
    held.came(Some(&second), MeetingXml, "2/xml", &with_minutes);
    held.came(Some(&first), MeetingXml, "1/xml", &meeting_xml(""));
    // Here they are corrected: what is published now is read.
    held.came(Some(&second), MeetingXml, "2/xml", &with_minutes.replace("closed", "opened"));
    // That no printed minutes are there either changes nothing.
    held.lost(Some(&first), PrintedMinutes, "1/minutes", Cause::Missing);
    drop(held);

    let check = || {
        let row = &rows(home.path(), &["coverage"])[0];
        let counted = ["published", "fetched", "readable", "refused", "why"].map(|name| row[name].as_str());
        assert_eq!(counted, ["2", "2", "2", "0", "withdrawn 1"]);
        assert_eq!(rows(home.path(), &["search", "closed"]).len(), 1);
        assert_eq!(rows(home.path(), &["search", "opened"]).len(), 1);
    };
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    check();
    let again = &rows(home.path(), &["index"])[0];
    assert_eq!(again["documents"], "0", "it is not read again");
    check();

    // They come back: nothing is withdrawn any more.
    let mut held = Held::new(home.path(), "alderbrook");
    held.came(Some(&first), MeetingXml, "1/xml", &with_minutes);
    drop(held);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    assert_eq!(rows(home.path(), &["coverage"])[0]["why"], "");
}

/// A page of ModernGov with one item, whose minutes it cuts short.
fn meeting_page(heading: &str, begins: &str) -> String {
    format!(
        "<html><body><div id=\"modgov\"><h1>{heading}</h1><h2 class=\"mgSubTitleTxt\">Cabinet - Tuesday 6 July 2021 \
         7.00 pm</h2><table><tr><td class=\"mgItemNumberCell\"><p class=\"mgAiTitleTxt\"><a name=\"AI9\"></a>7.</p>\
         </td><td><p class=\"mgAiTitleTxt\">Roads</p><p class=\"mgSubItemTitleTxt\">Minutes:</p>\
         <div class=\"mgWordPara\"><p>{begins} &nbsp;...&nbsp; <a href=\"mgAi.aspx?ID=9\">view the full minutes text \
         for item 7.</a></p></div></td></tr></table></div></body></html>"
    )
}

/// The page of that item.
fn item_page(minutes: &str) -> String {
    format!(
        "<html><body><div id=\"modgov\"><h1>Agenda item</h1><h2 class=\"mgSubTitleTxt\">Roads</h2>\
         <p class=\"mgSubItemTitleTxt\">Minutes:</p><div class=\"mgWordPara\"><p>{minutes}</p></div></div></body></html>"
    )
}

#[test]
fn a_page_that_was_a_draft_is_read_with_the_pages_of_its_items_of_then() {
    use DocumentRole::{ItemPage, MeetingPage};
    let home = tempfile::tempdir().unwrap();
    let mut held = Held::new(home.path(), "alderbrook");
    let id = held.meeting("1", MeetingStatus::Held, true);
    let publish = |held: &mut Held, heading: &str, begins: &str, whole: &str| {
        held.came(Some(&id), MeetingPage, "ieListDocuments.aspx?MId=1", &meeting_page(heading, begins));
        held.came(Some(&id), ItemPage, "mgAi.aspx?ID=9", &item_page(whole));
    };
    let whole = "The harbour road was discussed at length, and it was said that the heron should stay.";
    publish(&mut held, "Agenda and draft minutes", "The harbour road was", whole);
    publish(&mut held, "Agenda and minutes", "The harbour road is", &whole.replace("heron", "otter"));
    drop(held);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let n = |query: &str, editions: &str| rows(home.path(), &["search", query, "--edition", editions]).len();
    let found = || {
        ["otter", "heron"].map(|word| ["minutes", "replaced-draft", "all"].map(|edition| n(word, edition)))
    };
    assert_eq!(found(), [[1, 0, 1], [0, 1, 1]]);
    let coverage = || {
        let row = rows(home.path(), &["coverage"]).remove(0);
        ["fetched", "readable", "why"].map(|name| row[name].clone())
    };
    assert_eq!(coverage(), ["1", "1", ""]);

    // Of minutes that the site takes back, there was a draft as well.
    let mut held = Held::new(home.path(), "alderbrook");
    publish(&mut held, "Agenda", "", "");
    drop(held);
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    assert_eq!(found(), [[1, 0, 1], [0, 1, 1]]);
    assert_eq!(coverage(), ["1", "1", "withdrawn 1"]);
}

#[test]
fn a_year_before_or_after_a_council_is_no_gap() {
    let home = cumberland();
    let before = scrutineer(home.path(), &["coverage", "--council", "cumberland", "--year", "2020"]);
    assert_eq!((before.code, before.stdout.as_str()), (1, ""));
    let said = "`cumberland` did not exist then (from 2023-04-01)";
    assert!(before.stderr.contains(said), "{}", before.stderr);
    let later = scrutineer(home.path(), &["coverage", "--council", "cumberland", "--year", "2025"]);
    assert!(later.stderr.contains("no meeting of these dates and bodies is listed"), "{}", later.stderr);

    // In a table of years, a blank would be a year without minutes.
    let args = ["themes", THEME, "--council", "cumberland", "--with-predecessors"];
    let themes = scrutineer(home.path(), &args);
    let line = |council: &str| -> Vec<&str> {
        let found = themes.stdout.lines().find(|line| line.contains(council)).unwrap();
        found.split_whitespace().skip(2).collect()
    };
    assert_eq!(line("allerdale"), ["1/1", "–"], "{}", themes.stdout);
    assert_eq!(line("cumberland"), ["–", "1/1"], "{}", themes.stdout);
    assert!(themes.stderr.contains("–: the council did not exist"), "{}", themes.stderr);

    // A shadow council met before the council took over.
    let file = home.path().join("shadow.md");
    fs::write(&file, "# Minutes\n\n1. Roads\n\nThe shadow council discussed its budget at length.\n")
        .unwrap();
    add(home.path(), &file, "Cumberland Council", "2022-06-01");
    assert_eq!(scrutineer(home.path(), &["index"]).code, 0);
    let shadow = scrutineer(home.path(), &["coverage", "--council", "cumberland"]);
    assert!(
        shadow.stderr.contains("`cumberland` (from 2023-04-01): 1 meeting lies outside"),
        "{}",
        shadow.stderr
    );
    assert!(shadow.stdout.contains("2022"), "it is shown all the same: {}", shadow.stdout);
}

const MINUTES: &str = "Minutes of the Planning Committee held on 4 March 2024\n\n1. Drains\n\n\
    The culvert was discussed at length by all who were present.\n";

/// Runs `add` with these flags, then `index`, and gives the one row of `coverage`.
fn coverage_after_adding(home: &Path, files: &[(&str, &[u8], &[&str])]) -> HashMap<String, String> {
    for (name, bytes, flags) in files {
        let path = home.join(name);
        fs::write(&path, bytes).unwrap();
        let mut args = vec!["-q", "add", path.to_str().unwrap(), "--council", "Kent", "--body", "Planning"];
        args.extend(*flags);
        scrutineer(home, &args);
    }
    scrutineer(home, &["-q", "index"]);
    rows(home, &["coverage"]).remove(0)
}

#[track_caller]
fn check_columns(row: &HashMap<String, String>, expected: &[(&str, &str)]) {
    for (column, value) in expected {
        assert_eq!(row[*column], *value, "{column} of {row:?}");
    }
}

#[test]
fn a_picture_of_minutes_stands_for_a_meeting_that_was_held() {
    const MARCH: &[&str] = &["--date", "2024-03-04"];
    let home = tempfile::tempdir().unwrap();
    let picture: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF";
    let row = coverage_after_adding(home.path(), &[("scan.jpg", picture, MARCH)]);
    check_columns(&row, &[("held", "1"), ("readable", "0"), ("why", "unreadable: format 1")]);
    let row = coverage_after_adding(
        home.path(),
        &[("a.md", MINUTES.as_bytes(), MARCH), ("scan.jpg", picture, MARCH)],
    );
    check_columns(&row, &[("held", "1"), ("listed", "1"), ("readable", "1")]);
}

#[test]
fn a_meeting_of_which_an_agenda_was_added_is_not_known_to_have_no_minutes() {
    let home = tempfile::tempdir().unwrap();
    let agenda = "Agenda of the Planning Committee, 4 March 2024\n\n1. Drains\n\n2. Roads\n";
    let row =
        coverage_after_adding(home.path(), &[("agenda.md", agenda.as_bytes(), &["--date", "2024-03-04"])]);
    check_columns(&row, &[("held", "1"), ("published", ""), ("not_asked", "1"), ("unpublished", "0")]);
    let run = scrutineer(home.path(), &["show", "files-kent/planning-2024-03-04"]);
    assert!(!run.stderr.contains("no minutes published"), "{}", run.stderr);
}

#[test]
fn a_meeting_whose_minutes_are_moved_to_another_has_none_any_more() {
    let home = tempfile::tempdir().unwrap();
    let report = "Report to the Planning Committee of 4 March 2024\n\n1. Background\n\nThe drains are old.\n";
    let files: [(&str, &[u8], &[&str]); 3] = [
        ("a.md", MINUTES.as_bytes(), &["--date", "2024-03-04"]),
        ("report.md", report.as_bytes(), &["--date", "2024-03-04"]),
        ("a.md", MINUTES.as_bytes(), &["--date", "2024-06-04"]),
    ];
    let row = coverage_after_adding(home.path(), &files);
    // Of the first day nothing is left but a report.
    check_columns(&row, &[("held", "1"), ("listed", "1"), ("published", "1"), ("readable", "1")]);
    assert_eq!(scrutineer(home.path(), &["corpus", "rebuild"]).code, 0);
    let again = rows(home.path(), &["coverage"]).remove(0);
    assert_eq!(again, row);
}

#[test]
fn what_cannot_be_read_counts_also_where_nothing_is_known_of_it() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    for (name, bytes) in [
        ("damaged.pdf", b"%PDF-1.4 and then nothing".as_slice()),
        ("empty.pdf", b""),
        ("binary.txt", b"\x00\x01\x02\x00\x03\x00\x04"),
        ("2019-05-14-minutes.pdf", b"%PDF-1.4 and then nothing more"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ] {
        fs::write(files.join(name), bytes).unwrap();
    }
    assert_eq!(scrutineer(home.path(), &["-q", "add", files.to_str().unwrap()]).code, 3);
    assert_eq!(scrutineer(home.path(), &["-q", "index"]).code, 3);
    let rows = rows(home.path(), &["coverage"]);
    assert_eq!(rows.len(), 2, "{rows:?}");
    let why = "unreadable: damaged 1, empty 1, wrong-content 1";
    check_columns(
        &rows[0],
        &[("council", "unknown"), ("year", ""), ("held", "3"), ("listed", "4"), ("why", why)],
    );
    check_columns(&rows[1], &[("year", "2019"), ("held", "1"), ("why", "unreadable: damaged 1")]);
}

#[test]
fn a_report_alone_is_no_meeting() {
    let home = tempfile::tempdir().unwrap();
    let add = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::write(&path, text).unwrap();
        let facts = ["--council", "Kent", "--body", "Planning", "--date", "2024-03-04"];
        let args = [&["-q", "add", path.to_str().unwrap()], &facts[..]].concat();
        assert_eq!(scrutineer(home.path(), &args).code, 0);
        assert_eq!(scrutineer(home.path(), &["-q", "index"]).code, 0);
        scrutineer(home.path(), &["--format", "csv", "coverage"])
    };
    let said = "2 reports and appendices belong to no meeting that is known here otherwise";
    add(
        "report.md",
        "Report to the Planning Committee of 4 March 2024\n\n1. Background\n\nDrains are old.\n",
    );
    let run = add("appendix.md", "Appendix to the report of the surveyor\n\n1. Costs\n\nDrains are dear.\n");
    assert_eq!((run.code, run.stdout.lines().count()), (1, 1), "{}", run.stdout);
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let run = add("a.md", MINUTES);
    assert!(!run.stderr.contains("belong to no meeting"), "{}", run.stderr);
    check_columns(&rows(home.path(), &["coverage"])[0], &[("held", "1"), ("readable", "1")]);
}
