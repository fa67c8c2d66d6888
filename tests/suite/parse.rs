//! Reading real documents: what a person reads in them, the reader reads too.
//!
//! The expected values were taken from the documents by eye, in a viewer.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use scrutineer::model::{AgendaItem, Councils, DateSource, Edition, ItemPassage, Kind, Person, Reading};
use scrutineer::parse::{Media, Source, Unreadable, document};

/// The folder of real documents, which is not part of the project; `None`
/// where it is absent.
fn shared(test: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !shared.join("corpus").is_dir() {
        eprintln!("not run: {test} needs the shared corpus");
        return None;
    }
    Some(shared)
}

fn councils(shared: &Path) -> Councils {
    Councils::from_csv(&fs::read(shared.join("data/councils.csv")).unwrap()).unwrap()
}

fn read(shared: &Path, path: &str) -> Result<Reading, Unreadable> {
    read_with(shared, path, &councils(shared))
}

fn read_with(shared: &Path, path: &str, councils: &Councils) -> Result<Reading, Unreadable> {
    let bytes = fs::read(shared.join("corpus").join(path)).unwrap();
    document(&Source {
        bytes: &bytes,
        media: Media::of_name(path).unwrap(),
        charset: None,
        file_name: path.rsplit('/').next(),
        councils,
    })
}

fn date(reading: &Reading) -> Option<String> {
    reading.date.map(|date| date.to_string())
}

fn clause(passage: &ItemPassage) -> String {
    passage.clause.join("")
}

/// The passages of an item that decide, and clauses that only note, each as its
/// labels and first words.
fn resolutions(item: &AgendaItem) -> Vec<(String, String)> {
    let is_said_before = |passage: &&ItemPassage| passage.kind != Kind::Resolution;
    let decides = |passage: &&ItemPassage| matches!(passage.kind, Kind::Resolution | Kind::Noting);
    let short = |text: &str| text.split(' ').take(4).collect::<Vec<_>>().join(" ");
    let found = item.passages.iter().skip_while(is_said_before).filter(decides);
    found.map(|passage| (clause(passage), short(&passage.text))).collect()
}

#[track_caller]
fn check_resolutions(item: &AgendaItem, expected: &[(&str, &str)]) {
    let found = resolutions(item);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(clause, text)| (clause.as_str(), text.as_str())).collect();
    assert_eq!(found, expected, "{}", item.title);
}

#[test]
fn sheffields_resolution_nests_three_deep() {
    let Some(shared) = shared("sheffields_resolution_nests_three_deep") else { return };
    let reading = read(&shared, "seeds/sheffield-ofsted-2019.txt").unwrap();
    assert_eq!(councils(&shared).slug_for(reading.council.as_deref().unwrap()), "sheffield");
    assert_eq!((date(&reading).as_deref(), reading.date_source), (Some("2019"), Some(DateSource::FileName)));
    assert_eq!(reading.edition, Some(Edition::Minutes));
    let [item] = &reading.items[..] else { panic!("one item, not {}", reading.items.len()) };
    assert!(item.title.starts_with("OFSTED Report of Inspection") && item.title.ends_with("July 2019"));

    let numbers: Vec<&str> = item.passages.iter().filter_map(|passage| passage.number.as_deref()).collect();
    assert_eq!(numbers, ["6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7"]);
    assert_eq!(item.passages.iter().filter(|passage| clause(passage) == "•").count(), 9);
    check_resolutions(
        item,
        &[
            ("", "RESOLVED: That the Committee:-"),
            ("(a)", "records its thanks to"),
            ("(b)", "requests that:-"),
            ("(b)(i)", "a report be submitted"),
            ("(b)(ii)", "details of the statutory"),
            ("(b)(iii)", "statistics of the number"),
            ("(b)(iv)", "the issue of different"),
            ("(b)(v)", "update reports be submitted"),
            ("(b)(v)(A)", "an update on the"),
            ("(b)(v)(B)", "a performance/impact report on"),
            ("(b)(v)(C)", "an update on the"),
            ("(b)(v)(D)", "recruitment and retention of"),
        ],
    );
    let contacted =
        item.passages.iter().find(|passage| passage.text.starts_with("All children were contacted")).unwrap();
    assert!(contacted.text.contains("Sheffield Futures") && contacted.text.ends_with("also being reviewed."));
    let agenda = item.passages.iter().filter(|passage| passage.edition == Some(Edition::Agenda));
    assert_eq!(
        agenda.map(|passage| passage.text.as_str()).collect::<Vec<_>>(),
        ["Report of the Policy and Improvement Officer"]
    );
}

#[test]
fn seftons_bullets_stand_under_their_clause() {
    let Some(shared) = shared("seftons_bullets_stand_under_their_clause") else { return };
    let reading = read(&shared, "seeds/sefton-childrens-improvement-2021.txt").unwrap();
    assert_eq!(councils(&shared).slug_for(reading.council.as_deref().unwrap()), "sefton");
    assert_eq!(
        reading.body.as_deref(),
        Some("Overview and Scrutiny Committee (Children's Services and Safeguarding)")
    );
    assert_eq!(
        (date(&reading).as_deref(), reading.date_source),
        (Some("2021-07-06"), Some(DateSource::Heading))
    );
    let [item] = &reading.items[..] else { panic!("one item, not {}", reading.items.len()) };
    assert_eq!((item.number.as_str(), item.title.as_str()), ("7", "Children’s Improvement Journey"));
    check_resolutions(
        item,
        &[
            ("", "RESOLVED: That"),
            ("(1)", "the contents of the"),
            ("(2)", "further updates on the"),
            ("(3)", "the Interim Executive Director"),
            ("(3)•", "The numbers of cases"),
            ("(3)•", "Information on the recruitment"),
        ],
    );
    assert_eq!(item.passages.iter().filter(|passage| clause(passage) == "•").count(), 12);
}

#[test]
fn kents_printed_cabinet_minutes_give_items_and_resolutions() {
    let Some(shared) = shared("kents_printed_cabinet_minutes_give_items_and_resolutions") else { return };
    let path = "kent-county-council/2025-01-30-cabinet-printed-minutes-30th-jan-2025-10-00-cabinet.pdf";
    let reading = read(&shared, path).unwrap();
    assert_eq!(reading.council.as_deref(), Some("Kent County Council"));
    assert_eq!(reading.body.as_deref(), Some("Cabinet"));
    assert_eq!(
        (date(&reading).as_deref(), reading.date_source),
        (Some("2025-01-30"), Some(DateSource::Heading))
    );
    assert_eq!(reading.edition, Some(Edition::Minutes));
    assert_eq!(reading.attendance.present.len(), 9);
    assert_eq!(reading.attendance.apologies, ["Mrs C Bell"].map(Person::named));

    let heads: Vec<(&str, &str)> =
        reading.items.iter().map(|item| (item.number.as_str(), item.title.as_str())).collect();
    assert_eq!(
        heads,
        [
            ("", ""),
            ("84", "Apologies"),
            ("85", "Declarations of Interest"),
            ("86", "Minutes of the Meeting held on 9th January 2025"),
            ("87", "Cabinet Member Updates"),
            ("88", "24/00108 - Revenue and Capital Budget Monitoring Report – November 2024-25"),
            (
                "89",
                "Draft Revenue Budget 2025-26, MTFP 2025-28, Draft Capital Programme 2025-35 and Treasury Management Strategy"
            ),
            (
                "90",
                "24/00109 - Transfer the 18-25 section of the Strengthening Independence Service from the Children Young People and Education Directorate to the Adult Social Care and Health Directorate"
            ),
            ("91", "24/00115 - Kent County Council Integrated Care Strategy (KCC ICS) Delivery Plan"),
            ("92", "24/00096 - Commissioning Plan for Education Provision in Kent 2025-29"),
        ]
    );
    check_resolutions(&reading.items[3], &[("", "RESOLVED that the minutes")]);
    check_resolutions(
        &reading.items[5],
        &[
            ("3.", "RESOLVED that Cabinet agree"),
            ("3.A)", "Note the forecast revenue"),
            ("3.b)", "Note the forecast overspend"),
            ("3.c)", "Note the forecast capital"),
            ("3.d)", "Note the progress on"),
            ("3.e)", "Agree the Capital budget"),
            ("3.f)", "Note the Reserves, Treasury"),
        ],
    );
    check_resolutions(&reading.items[6], &[("4.", "RESOLVED that Cabinet considered")]);
    check_resolutions(&reading.items[7], &[("5.", "RESOLVED that Cabinet agree")]);
    check_resolutions(
        &reading.items[8],
        &[
            ("4.", "RESOLVED that Cabinet agree"),
            ("4.(a)", "Adopt the Integrated Care"),
            ("4.(b)", "Delegate authority to the"),
            ("4.(c)", "Delegate authority to the"),
        ],
    );
    check_resolutions(&reading.items[9], &[("4.", "RESOLVED that Cabinet agree")]);
    // The resolution runs over the raised letters of a date and a page's end.
    let draft = reading.items[6].passages.iter().find(|passage| passage.kind == Kind::Resolution).unwrap();
    assert!(draft.text.ends_with("on 13th February for final decisions."), "{}", draft.text);
    let last = reading.items[8].passages.iter().rfind(|passage| clause(passage) == "4.(c)").unwrap();
    assert_eq!(last.page, Some(16));
}

#[test]
fn kents_county_council_minutes_give_items_and_the_resolution() {
    let Some(shared) = shared("kents_county_council_minutes_give_items_and_the_resolution") else { return };
    let path = "kent-county-council/2025-01-09-county-council-printed-minutes-09th-jan-2025-10-00-county-council.pdf";
    let reading = read(&shared, path).unwrap();
    assert_eq!(reading.council.as_deref(), Some("Kent County Council"));
    assert_eq!(reading.body.as_deref(), Some("County Council"));
    assert_eq!(date(&reading).as_deref(), Some("2025-01-09"));
    let heads: Vec<(&str, &str)> =
        reading.items.iter().map(|item| (item.number.as_str(), item.title.as_str())).collect();
    assert_eq!(
        heads[heads.len() - 3..],
        [
            ("283", "Apologies for Absence"),
            (
                "284",
                "Declarations of Disclosable Pecuniary Interests or Other Significant Interests in items on the agenda"
            ),
            ("285", "English Devolution White Paper"),
        ]
    );
    let white_paper = reading.items.last().unwrap();
    let found = resolutions(white_paper);
    let ends: Vec<(&str, &str)> =
        found[found.len() - 6..].iter().map(|(clause, text)| (clause.as_str(), text.as_str())).collect();
    assert_eq!(
        ends,
        [
            ("26)", "RESOLVED that the County"),
            ("26)(1)", "Endorses the ongoing joint"),
            ("26)(2)", "Endorses the proposed decision"),
            ("26)(3)", "Notes that acceptance onto"),
            ("26)(4)", "Notes that acceptance onto"),
            ("26)(5)", "Expects there to be"),
        ]
    );
}

#[test]
fn a_title_above_the_agendas_number_heads_an_item() {
    let Some(shared) = shared("a_title_above_the_agendas_number_heads_an_item") else { return };
    let path = "kent-county-council/2024-10-29-corporate-parenting-panel-cpp-minutes-29-10-24.pdf";
    let reading = read(&shared, path).unwrap();
    // The panel's name stands in capitals before the date.
    assert_eq!(reading.body.as_deref(), Some("Corporate Parenting Panel"));
    let heads: Vec<(&str, &str)> = reading
        .items
        .iter()
        .map(|item| (item.number.as_str(), item.title.as_str()))
        .skip(1)
        .take(4)
        .collect();
    assert_eq!(
        heads,
        [
            ("1", "Apologies and Substitutes"),
            ("2", "Chairman’s Announcements"),
            ("3", "Minutes of the meeting held on 30 July 2024"),
            ("4", "Participation Team update"),
        ]
    );
}

#[test]
fn agendas_and_reports_are_told_from_minutes() {
    let Some(shared) = shared("agendas_and_reports_are_told_from_minutes") else { return };
    for (name, expected) in [
        (
            "2025-01-09-county-council-agenda-frontsheet-09th-jan-2025-10-00-county-council.pdf",
            Edition::Agenda,
        ),
        ("2025-01-30-cabinet-agenda-frontsheet-30th-jan-2025-10-00-cabinet.pdf", Edition::Agenda),
        (
            "2025-01-30-cabinet-24-00096-commissioning-plan-for-education-provision-in-kent-2025-29-report.pdf",
            Edition::Report,
        ),
        (
            "2025-01-30-cabinet-24-00109-transfer-the-18-25-section-of-the-strengthening-independence-service-report.pdf",
            Edition::Report,
        ),
        ("2024-10-29-corporate-parenting-panel-cpp-minutes-29-10-24.pdf", Edition::Minutes),
        ("2024-12-19-county-council-19-december-2024-county-council-minutes.pdf", Edition::Minutes),
    ] {
        let reading = read(&shared, &format!("kent-county-council/{name}")).unwrap();
        assert_eq!(reading.edition, Some(expected), "{name}");
    }
}

/// Reads a real page of ModernGov, as somebody saved it.
fn read_saved(shared: &Path, name: &str) -> Result<Reading, Unreadable> {
    let bytes = fs::read(shared.join("fixtures/moderngov").join(name)).unwrap();
    let councils = councils(shared);
    document(&Source {
        bytes: &bytes,
        media: Media::Html,
        charset: None,
        file_name: Some("saved.html"),
        councils: &councils,
    })
}

#[test]
fn a_saved_page_of_moderngov_is_read_by_its_marks() {
    let Some(shared) = shared("a_saved_page_of_moderngov_is_read_by_its_marks") else { return };
    let reading = read_saved(&shared, "kingston-upon-thames/meeting_with_minutes_10221.html").unwrap();
    // The title says “Modern Council”, the footer whose site it is.
    assert_eq!(reading.council.as_deref(), Some("Royal Borough of Kingston upon Thames Council"));
    assert_eq!(reading.body.as_deref(), Some("Kingston and North Kingston Neighbourhood Committee"));
    assert_eq!(
        (date(&reading).as_deref(), reading.date_source),
        (Some("2026-01-15"), Some(DateSource::Metadata))
    );
    assert_eq!(reading.edition, Some(Edition::Minutes));
    let numbers: Vec<&str> = reading.items.iter().map(|item| item.number.as_str()).collect();
    assert_eq!(numbers, ["54", "55", "56", "57", "58", "59", "60", "61", "62", "63", "64", "65"]);
    let has_decision =
        |item: &&AgendaItem| item.passages.iter().any(|passage| passage.edition == Some(Edition::Decisions));
    let decided: Vec<&str> =
        reading.items.iter().filter(has_decision).map(|item| item.number.as_str()).collect();
    assert_eq!(decided, ["59", "60", "63"]);
    let cut: Vec<&str> = reading.warnings.iter().map(|warning| warning.at.as_str()).collect();
    assert_eq!(cut, ["item 59", "item 60"]);
}

#[test]
fn a_page_of_moderngov_without_a_meeting_has_a_reason() {
    let Some(shared) = shared("a_page_of_moderngov_without_a_meeting_has_a_reason") else { return };
    for (name, expected) in [
        ("kingston-upon-thames/committee_details_711.html", "leads to meetings"),
        ("kingston-upon-thames/committee_list.html", "leads to meetings"),
        ("kingston-upon-thames/meeting_list_711.html", "leads to meetings"),
        ("kingston-upon-thames/meeting_cancelled_10161.html", "was cancelled"),
        ("kent/search_results_substance_misuse.html", "leads to meetings"),
        ("kirklees/search_results_drug_and_alcohol.html", "leads to meetings"),
        ("_generic/doc_search_form.html", "leads to meetings"),
        ("_generic/search_no_results.html", "leads to meetings"),
    ] {
        let reason = read_saved(&shared, name).unwrap_err();
        assert!(reason.reason.contains(expected), "{name}: {reason}");
    }
    let decision = read_saved(&shared, "kirklees/decision_details_officer.html").unwrap();
    assert!(words(&decision).contains("demolition of the existing tower blocks has been approved"));
}

/// Checks what holds of any reading: passages with text, and keys that differ.
fn check_whole(path: &str, reading: &Reading) {
    assert!(reading.n_passages() > 0, "{path} gives no passage");
    let mut keys: Vec<&str> = reading.items.iter().map(|item| item.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), reading.items.len(), "{path} has two items of one key");
    let mut passages = reading.items.iter().flat_map(|item| &item.passages);
    assert!(!passages.any(|passage| passage.text.trim().is_empty()), "{path} has an empty passage");
}

#[test]
fn every_file_gives_passages_or_a_reason() {
    let Some(shared) = shared("every_file_gives_passages_or_a_reason") else { return };
    let councils = councils(&shared);
    let manifest = fs::read(shared.join("corpus/MANIFEST.csv")).unwrap();
    let paths: Vec<String> =
        csv::Reader::from_reader(&manifest[..]).records().map(|row| row.unwrap()[0].to_owned()).collect();
    let is_read: Vec<bool> = paths
        .par_iter()
        .map(|path| {
            let media = Media::of_name(path).unwrap();
            match read_with(&shared, path, &councils) {
                Ok(reading) => check_whole(path, &reading),
                Err(reason) => {
                    assert!(matches!(media, Media::Json | Media::Doc | Media::Pdf), "{path}: {reason}");
                    return false;
                }
            }
            true
        })
        .collect();
    let n_read = is_read.iter().filter(|is_read| **is_read).count();
    let n_unreadable = is_read.len() - n_read;
    // 42 JSON files are not read; 4 old Word files need a converter.
    assert_eq!((n_read, n_unreadable), (1_814, 46));
}

/// Reads a text that was made for a test, with no council known.
fn read_made(bytes: &[u8], media: Media) -> Result<Reading, Unreadable> {
    document(&Source { bytes, media, charset: None, file_name: None, councils: &Councils::default() })
}

fn words(reading: &Reading) -> String {
    let texts = reading.items.iter().flat_map(|item| {
        let head = [item.number.as_str(), item.title.as_str()];
        head.into_iter().chain(item.passages.iter().map(|passage| passage.text.as_str()))
    });
    texts.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_pdf_that_lacks_parts_of_its_fonts_is_read_with_a_warning() {
    let Some(shared) = shared("a_pdf_that_lacks_parts_of_its_fonts_is_read_with_a_warning") else { return };
    let reading = read(&shared, "burton-cum-walden-n-yorks/2025-02-04-minutes.pdf").unwrap();
    assert!(reading.warnings.iter().any(|warning| warning.message.contains("lacks parts of its fonts")));
    let numbers: Vec<&str> = reading.items.iter().map(|item| item.number.as_str()).collect();
    // The title of item 4 is in a font whose map is lost, which is the usual one. The closing
    // lines are outside of the last item.
    assert_eq!(numbers, ["", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", ""]);
    assert_eq!(reading.items[5].title, "Planning Applications");
}

#[test]
fn lines_keep_the_order_of_drawing_where_places_are_lost() {
    let Some(shared) = shared("lines_keep_the_order_of_drawing_where_places_are_lost") else { return };
    let reading = read(&shared, "ayton-scottish-borders/2012-07-03-minutes.pdf").unwrap();
    let heads: Vec<(&str, &str)> = reading
        .items
        .iter()
        .map(|item| (item.number.as_str(), item.title.as_str()))
        .skip(1)
        .take(5)
        .collect();
    assert_eq!(
        heads,
        [
            ("1", "Police Report"),
            ("2", "Open Forum"),
            ("3", "Apologies for Absence"),
            ("4", "Approval of Previous Minutes"),
            ("5", "Matters Arising from Minutes"),
        ]
    );
}

#[test]
fn hostile_text_is_read_in_linear_time() {
    let long_word = "x".repeat(5_000_000);
    let rows = "<tr><td>a<td>b</tr>".repeat(20_000);
    for (name, media, text) in [
        ("nested elements", Media::Html, format!("{}<p>Inside", "<div>".repeat(200_000))),
        ("mis-nested elements", Media::Html, "<b><i>x</b></i>".repeat(100_000)),
        ("attributes", Media::Html, format!("<p {}>Inside", "a=1 ".repeat(100_000))),
        ("rows", Media::Html, format!("<table>{rows}</table>")),
        ("references", Media::Html, "&#1114112;&pound;&x".repeat(100_000)),
        ("one word", Media::Text, long_word.clone()),
        ("numbers", Media::Text, "1. Title\n\n".repeat(40_000)),
        ("labels", Media::Text, "(a) x\n(i) y\n(A) z\n1. w\n".repeat(10_000)),
        ("brackets", Media::Markdown, "[".repeat(200_000) + " x"),
        ("stars", Media::Markdown, "*".repeat(200_001) + " x"),
        ("quotes", Media::Markdown, ">".repeat(200_000) + " x"),
    ] {
        let start = std::time::Instant::now();
        let reading = read_made(text.as_bytes(), media);
        // Unoptimised, on a busy machine; what is quadratic takes minutes.
        assert!(start.elapsed().as_secs() < 20, "{name} took {:?}", start.elapsed());
        assert!(reading.is_ok_and(|reading| reading.n_passages() > 0), "{name}");
    }
}

#[test]
fn a_file_without_text_has_a_plain_reason() {
    for (bytes, media, expected) in [
        (b"".as_slice(), Media::Html, "empty file"),
        (b"<html><body></body></html>", Media::Html, "empty: it holds no text"),
        (b".\n\n____", Media::Text, "empty: it holds no text"),
        (b"<p>Minutes</p>", Media::Pdf, "not a PDF"),
        (b"Minutes", Media::Docx, "not a DOCX file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Media::Doc, "old Word format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Media::Rtf, "old Word format"),
        (b"\x01\x02\x03\x04\x05\x06", Media::Text, "not a text: it holds binary data"),
    ] {
        assert_eq!(read_made(bytes, media).unwrap_err().reason, expected);
    }
}

#[test]
fn a_phrase_reads_as_a_reader_reads_it() {
    let html =
        "<p>miss<b>ing</b>&nbsp;chil&shy;dren<br>inter\r\nviews</p><p>next</p>".replace("inter\r\n", "inter");
    let reading = read_made(html.as_bytes(), Media::Html).unwrap();
    let texts: Vec<&str> = reading.items[0].passages.iter().map(|passage| passage.text.as_str()).collect();
    assert_eq!(texts, ["missing children interviews", "next"]);
}

proptest::proptest! {
    /// Whatever the bytes: no panic, and no letter of a plain text is lost.
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        for media in [Media::Html, Media::Markdown, Media::Text, Media::Docx, Media::Odt, Media::Rtf] {
            let _ = read_made(&bytes, media);
        }
    }

    #[test]
    fn every_word_of_a_text_is_kept(
        lines in proptest::collection::vec("(\\([a-z]\\) |[0-9]{1,2}\\. |[0-9]\\.[0-9] |· |RESOLVED: |)[A-Za-z]{1,8}( [a-z]{1,8}){0,12}[.:;]?", 1..30),
        gap in "\n{1,2}",
    ) {
        let text = lines.join(&gap);
        let reading = read_made(text.as_bytes(), Media::Text).unwrap();
        let kept = words(&reading);
        let kept: Vec<&str> = kept.split(|c: char| !c.is_alphabetic()).collect();
        for line in &lines {
            // Labels of one letter stand in `clause`.
            for word in line.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1) {
                proptest::prop_assert!(kept.contains(&word), "{word} of {line:?} is lost");
            }
        }
    }
}
