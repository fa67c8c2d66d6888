//! The corpus: stored bytes come back, versions are kept, one process writes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use scrutineer::corpus::archive::{self, Archive, Exchange, Fault};
use scrutineer::corpus::{Absence, AddedFile, Asked, Capture, Cause, Corpus, Home, Step, Stored, Unfit};
use scrutineer::model::{
    Digest, Document, DocumentRole, Edition, Meeting, MeetingId, MeetingStatus, PartialDate, SiteId,
};

fn site() -> SiteId {
    SiteId::new("alderbrook")
}

fn meeting_id(number: &str) -> MeetingId {
    MeetingId { site: site(), number: number.to_owned() }
}

fn meeting(number: &str) -> Meeting {
    Meeting {
        id: meeting_id(number),
        council: "alderbrook".to_owned(),
        council_name: "Alderbrook Council".to_owned(),
        body: "Cabinet".to_owned(),
        date: PartialDate::day(2021, 7, 6),
        status: MeetingStatus::Held,
        agenda_published: true,
        minutes_published: true,
        url: format!("https://democracy.alderbrook.example/ieListDocuments.aspx?mid={number}"),
    }
}

fn exchange(url: &str, at: &str, body: &[u8]) -> Exchange {
    Exchange {
        url: url.to_owned(),
        at: at.to_owned(),
        request: "GET / HTTP/1.1\r\nHost: democracy.alderbrook.example\r\n\r\n".to_owned(),
        status: 200,
        headers: vec![("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned())],
        body: body.to_vec().into(),
    }
}

fn asked(number: &str, url: &str) -> Asked {
    Asked {
        site: site(),
        url: url.to_owned(),
        meeting: Some(meeting_id(number)),
        role: DocumentRole::MeetingPage,
        edition: None,
    }
}

fn store(corpus: &mut Corpus, number: &str, url: &str, at: &str, body: &[u8]) -> Stored {
    let capture = Capture {
        asked: &asked(number, url),
        exchange: &exchange(url, at, body),
        payload: body,
        media_type: "text/html",
        charset: Some("utf-8"),
    };
    corpus.store(&capture).unwrap()
}

fn volumes(home: &Home) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(home.archive().join("alderbrook")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn kinds(path: &std::path::Path) -> Vec<String> {
    archive::records(path).unwrap().map(|(_, record)| record.unwrap().kind().to_owned()).collect()
}

const URL: &str = "https://democracy.alderbrook.example/page?mid=1";

#[test]
fn versions_are_kept_and_the_same_bytes_again_are_a_revisit() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let mut corpus = Corpus::open(&home).unwrap();
    corpus.upsert_meeting(&meeting("1"), "2024-01-01T00:00:00Z").unwrap();
    let empty = corpus.fingerprint().unwrap();

    assert!(!store(&mut corpus, "1", URL, "2024-01-01T00:00:00Z", b"draft").unchanged);
    let first = corpus.fingerprint().unwrap();
    assert_ne!(first, empty);
    assert!(store(&mut corpus, "1", URL, "2024-01-02T00:00:00Z", b"draft").unchanged);
    assert_eq!(corpus.fingerprint().unwrap(), first, "an unchanged page changes no index");
    assert!(!store(&mut corpus, "1", URL, "2024-01-03T00:00:00Z", b"approved").unchanged);
    assert_ne!(corpus.fingerprint().unwrap(), first);

    let id = meeting_id("1");
    let latest = corpus.latest_documents(&id).unwrap();
    assert_eq!(latest.len(), 1);
    assert_eq!(latest[0].digest, Digest::of(b"approved"));
    assert_eq!(latest[0].retrieved, "2024-01-03T00:00:00Z");
    assert_eq!(corpus.read(&latest[0]).unwrap(), b"approved"[..]);
    let all = corpus.all_versions(&id).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(corpus.read(&all[0]).unwrap(), b"draft"[..]);

    corpus.close().unwrap();
    let files = volumes(&home);
    assert_eq!(files.len(), 1);
    assert_eq!(
        kinds(&files[0]),
        [
            "warcinfo", "metadata", "response", "request", "metadata", "revisit", "request", "metadata",
            "response", "request", "metadata"
        ]
    );
    let corpus = Corpus::open_read_only(&home).unwrap();
    assert_eq!(corpus.meetings().unwrap(), [meeting("1")]);
}

/// The entries of a file, in order.
fn entries(path: &std::path::Path) -> Vec<serde_json::Value> {
    let records = archive::records(path).unwrap().map(|(_, record)| record.unwrap());
    let metadata = records.filter(|record| record.kind() == "metadata");
    let lines = metadata.flat_map(|record| {
        let text = String::from_utf8(record.block).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()
    });
    lines.collect()
}

#[test]
fn the_archive_says_of_an_answer_all_that_the_catalogue_does() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let mut corpus = Corpus::open(&home).unwrap();
    let moved = exchange("https://democracy.alderbrook.example/moved.pdf", "2024-01-01T00:00:00Z", b"%PDF-");
    let asked =
        Asked { role: DocumentRole::PrintedMinutes, edition: Some(Edition::DraftMinutes), ..asked("1", URL) };
    let capture = Capture {
        asked: &asked,
        exchange: &moved,
        payload: b"%PDF-",
        media_type: "application/pdf",
        charset: None,
    };
    let step = exchange(URL, "2024-01-01T00:00:00Z", b"");
    corpus.keep_step(&Step { asked: &asked, exchange: &step }).unwrap();
    corpus.store(&capture).unwrap();
    corpus.store_not_modified(&capture).unwrap().unwrap();
    let reason = "a page came\nin place of the file".to_owned();
    let unfit = Unfit { cause: Cause::WrongContent, reason: reason.clone() };
    corpus.store_checked(&capture, |_| Err(unfit)).unwrap().unwrap_err();
    corpus.close().unwrap();

    let entries = entries(&volumes(&home)[0]);
    assert_eq!(entries.len(), 4);
    let of_capture = |at: usize, field: &str| entries[at]["capture"][field].clone();
    let of_step = &entries[0]["step"];
    for at in 1..4 {
        for (field, value) in [
            ("site", "alderbrook".into()),
            ("url", URL.into()),
            ("meeting", serde_json::json!({"site": "alderbrook", "number": "1"})),
            ("role", "printed-minutes".into()),
            ("edition", "draft-minutes".into()),
        ] {
            assert_eq!(of_capture(at, field), value, "{at} {field}");
            assert_eq!(of_step[field], value, "{field}");
        }
    }
    assert_eq!(of_capture(1, "outcome"), "stored");
    assert_eq!(of_capture(1, "digest"), Digest::of(b"%PDF-").0.as_str());
    assert_eq!(of_capture(2, "outcome"), "unchanged");
    assert_eq!(of_capture(3, "outcome"), "failed");
    let wrong = serde_json::json!({"cause": "wrong-content", "reason": reason});
    assert_eq!(of_capture(3, "unfit"), wrong);
    // A record is referred to by its place and its name.
    let records: Vec<_> = archive::records(&volumes(&home)[0]).unwrap().collect();
    let first = records.iter().filter(|(_, record)| record.as_ref().unwrap().kind() == "response").nth(1);
    let (offset, answer) = first.unwrap();
    assert_eq!(of_capture(1, "place")["offset"], *offset);
    let id = answer.as_ref().unwrap().header("WARC-Record-ID");
    let refers =
        records.iter().filter(|(_, record)| record.as_ref().unwrap().header("WARC-Concurrent-To") == id);
    assert_eq!(refers.count(), 2, "the request and the entry");
}

#[test]
fn the_same_page_may_be_two_meetings_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut corpus = Corpus::open(&Home::new(folder.path())).unwrap();
    store(&mut corpus, "1", URL, "2024-01-01T00:00:00Z", b"same");
    store(&mut corpus, "2", URL, "2024-01-01T00:00:00Z", b"same");
    assert_eq!(corpus.latest_documents(&meeting_id("1")).unwrap().len(), 1);
    assert_eq!(corpus.latest_documents(&meeting_id("2")).unwrap().len(), 1);
}

#[test]
fn documents_of_many_meetings_are_those_of_each() {
    let folder = tempfile::tempdir().unwrap();
    let mut corpus = Corpus::open(&Home::new(folder.path())).unwrap();
    let page = |name: &str| format!("https://democracy.alderbrook.example/{name}");
    for (number, name, body) in [
        ("1", "b", "first"),
        ("10", "a", "ten"),
        ("2", "c", "two"),
        ("1", "a", "second"),
        // Another version, the first again, and bytes that two addresses have.
        ("1", "b", "later"),
        ("1", "b", "first"),
        ("3", "a", "ten"),
    ] {
        store(&mut corpus, number, &page(name), "2024-01-01T00:00:00Z", body.as_bytes());
    }
    let held = |numbers: &[&str]| {
        let meetings: Vec<Meeting> = numbers.iter().map(|number| meeting(number)).collect();
        let of_all = corpus.latest_documents_of(&meetings).unwrap();
        for (meeting, documents) in &of_all {
            assert_eq!(*documents, corpus.latest_documents(meeting).unwrap());
        }
        let names = |(meeting, documents): (MeetingId, Vec<Document>)| {
            let names: Vec<String> = documents
                .iter()
                .map(|document| {
                    let body = String::from_utf8(corpus.read(document).unwrap().to_vec()).unwrap();
                    format!("{} {body}", document.url.rsplit('/').next().unwrap())
                })
                .collect();
            format!("{}: {}", meeting.number, names.join(", "))
        };
        let mut found: Vec<String> = of_all.into_iter().map(names).collect();
        found.sort();
        found
    };
    // As the register has them: by the letters of their numbers.
    assert_eq!(held(&["1", "10", "2", "3"]), ["10: a ten", "1: a second, b first", "2: c two", "3: a ten"]);
    assert_eq!(held(&["10", "2"]), ["10: a ten", "2: c two"]);
    assert_eq!(held(&["2", "20"]), ["2: c two"]);
    assert_eq!(held(&["1"]), ["1: a second, b first"]);
    assert!(held(&[]).is_empty() && held(&["4"]).is_empty());
}

#[test]
fn what_was_stored_stays_when_it_is_refused_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut corpus = Corpus::open(&Home::new(folder.path())).unwrap();
    store(&mut corpus, "1", URL, "2024-01-01T00:00:00Z", b"page");
    let id = meeting_id("1");
    let refuse = |corpus: &mut Corpus, url: &str| {
        corpus
            .note_absence(&Absence {
                asked: &asked("1", url),
                unfit: &Unfit { cause: Cause::Forbidden, reason: "the site refuses it (403)".into() },
                at: "2024-02-01T00:00:00Z",
            })
            .unwrap();
    };
    refuse(&mut corpus, URL);
    refuse(&mut corpus, "https://democracy.alderbrook.example/other");
    assert_eq!(corpus.latest_documents(&id).unwrap().len(), 1);
    assert_eq!(corpus.absences().unwrap().len(), 2);
    assert_eq!(corpus.absences().unwrap()[0].meeting, Some(id.clone()));

    // A page that comes after all is no refusal any more.
    store(&mut corpus, "1", URL, "2024-03-01T00:00:00Z", b"page");
    assert_eq!(corpus.absences().unwrap().len(), 1);
}

#[test]
fn an_added_file_is_added_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut corpus = Corpus::open(&Home::new(folder.path())).unwrap();
    let file = |url| AddedFile {
        url,
        bytes: b"%PDF-",
        media_type: "application/pdf",
        charset: None,
        edition: Some(Edition::Minutes),
        added: "2024-01-01T00:00:00Z",
    };
    assert!(!corpus.add_file(&meeting("7"), &file("file:///a.pdf")).unwrap().unchanged);
    assert!(corpus.add_file(&meeting("7"), &file("file:///a.pdf")).unwrap().unchanged);
    assert!(corpus.add_file(&meeting("7"), &file("file:///copy.pdf")).unwrap().unchanged);
    let held = corpus.latest_documents(&meeting_id("7")).unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].edition, Some(Edition::Minutes));
    assert_eq!(corpus.read(&held[0]).unwrap(), b"%PDF-"[..]);

    // Whoever adds it to another meeting knows better now; its copy stays.
    assert!(!corpus.add_file(&meeting("8"), &file("file:///a.pdf")).unwrap().unchanged);
    for (number, url) in [("7", "file:///copy.pdf"), ("8", "file:///a.pdf")] {
        let held = corpus.latest_documents(&meeting_id(number)).unwrap();
        assert_eq!(held.iter().map(|document| document.url.as_str()).collect::<Vec<_>>(), [url]);
        assert_eq!(corpus.read(&held[0]).unwrap(), b"%PDF-"[..]);
    }

    // A meeting that nothing else speaks of goes with its last file.
    assert!(corpus.add_file(&meeting("8"), &file("file:///copy.pdf")).unwrap().unchanged);
    let listed: Vec<MeetingId> = corpus.meetings().unwrap().into_iter().map(|meeting| meeting.id).collect();
    assert_eq!(listed, [meeting_id("8")]);
}

#[test]
fn a_second_writer_is_told_who_holds_the_corpus() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let corpus = Corpus::open(&home).unwrap();
    let refused = Corpus::open(&home).unwrap_err().to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    // Reading goes on.
    assert!(Corpus::open_read_only(&home).unwrap().meetings().unwrap().is_empty());
    drop(corpus);
    // A file left behind by a dead process locks nobody out.
    fs::write(home.corpus().join("writer.lock"), "999999").unwrap();
    Corpus::open(&home).unwrap();
}

#[test]
fn no_corpus_is_not_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = Corpus::open_read_only(&Home::new(folder.path())).unwrap_err().to_string();
    assert!(error.contains("there is no corpus"), "{error}");
}

#[test]
fn a_record_cut_short_is_told_from_the_whole_ones_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let mut corpus = Corpus::open(&home).unwrap();
    store(&mut corpus, "1", URL, "2024-01-01T00:00:00Z", b"whole");
    drop(corpus);
    let path = &volumes(&home)[0];
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() - 30]).unwrap();

    let read: Vec<_> = archive::records(path).unwrap().map(|(_, record)| record).collect();
    assert_eq!(read.len(), 4);
    assert!(read[..3].iter().all(Result::is_ok));
    assert!(matches!(read[3], Err(Fault::CutShort)));

    // The next session writes to a file of its own, also within the second.
    let mut corpus = Corpus::open(&home).unwrap();
    store(&mut corpus, "1", URL, "2024-01-01T00:00:00Z", b"newer");
    drop(corpus);
    assert_eq!(volumes(&home).len(), 2);
    assert_eq!(kinds(&volumes(&home)[1]).len(), 4);
}

#[test]
fn a_flipped_byte_is_noticed_when_the_document_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let mut corpus = Corpus::open(&home).unwrap();
    store(&mut corpus, "1", URL, "2024-01-01T00:00:00Z", b"the minutes of the meeting");
    corpus.close().unwrap();
    let document = corpus.latest_documents(&meeting_id("1")).unwrap().remove(0);
    let path = &volumes(&home)[0];
    let whole = fs::read(path).unwrap();
    let offset = archive::records(path).unwrap().nth(1).unwrap().0 as usize;
    let end = archive::records(path).unwrap().nth(2).unwrap().0 as usize;
    // From the first byte of the compressed data on: the ten before it are
    // gzip's header, whose time and system nothing depends on.
    for at in offset + 10..end {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(path, &damaged).unwrap();
        if let Ok(bytes) = corpus.read(&document) {
            assert_eq!(bytes, b"the minutes of the meeting"[..], "byte {at} changed the text unnoticed");
        }
    }
}

#[test]
fn files_are_rolled_at_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = Archive::new(folder.path().to_owned(), 1_000);
    let mut places = Vec::new();
    for n in 0..5 {
        let exchange = exchange(&format!("{URL}{n}"), "2024-01-01T00:00:00Z", b"page");
        places.push(archive.write_exchange(&site(), &exchange, None).unwrap().place);
    }
    assert_ne!(places[0].file, places[4].file);
    assert_eq!(places[0].file, "alderbrook/alderbrook-00001-20240101000000.warc.gz");
    for place in places {
        assert_eq!(archive.read(&place).unwrap().payload(100).unwrap(), b"page"[..]);
    }
}

#[test]
fn another_tool_finds_the_archive_right() {
    if !crate::support::has_python("warcio") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let mut corpus = Corpus::open(&home).unwrap();
    store(&mut corpus, "1", URL, "2024-01-01T00:00:00Z", "draft £5".as_bytes());
    store(&mut corpus, "1", URL, "2024-01-02T00:00:00Z", "draft £5".as_bytes());
    corpus
        .add_file(
            &meeting("7"),
            &AddedFile {
                url: "file:///a.pdf",
                bytes: b"%PDF-",
                media_type: "application/pdf",
                charset: None,
                edition: None,
                added: "2024-01-01T00:00:00Z",
            },
        )
        .unwrap();
    corpus.close().unwrap();
    let check = Command::new("python3")
        .args(["-m", "warcio.cli", "check", "-v"])
        .args(volumes(&home))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stdout).into_owned() + &String::from_utf8_lossy(&check.stderr);
    assert!(check.status.success(), "{said}");
    assert!(said.contains("digest pass"), "{said}");
    assert!(!said.contains("digest failed"), "{said}");
}
