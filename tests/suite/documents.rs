//! Documents that others made: damaged, hostile, old or pictures of text.
//!
//! The PDFs are made here, byte by byte, so that each shows one fault.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use scrutineer::corpus::{DocumentReader, Input, Unread};
use scrutineer::model::{Councils, Defect, Reading};
use scrutineer::parse::{Helper, Media, Source, document};

use super::support::{has_program, readings, shared};

/// A PDF of these objects, numbered from 1; the first is the catalogue.
pub fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        writeln!(file, "{} 0 obj", at + 1).unwrap();
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let start = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    write!(file, "trailer\n<</Size {} /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1)
        .unwrap();
    file
}

pub fn stream(facts: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{facts} /Length {}>>\nstream\n", bytes.len()).into_bytes();
    object.extend_from_slice(bytes);
    object.extend_from_slice(b"\nendstream");
    object
}

pub const FONT: &str = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>";

/// The contents of a page that shows these lines.
pub fn shown(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("({line}) Tj 0 -14 Td")).collect();
    format!("BT /F1 11 Tf 60 780 Td {} ET", lines.join(" "))
}

/// A PDF with these contents of pages. Object 3 is the font, the pages and
/// their contents follow in turn.
pub fn pages(contents: &[String]) -> Vec<u8> {
    pages_in(FONT, contents)
}

fn pages_in(font: &str, contents: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..contents.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let list = format!("<</Type /Pages /Count {} /Kids [{}]>>", contents.len(), kids.join(" "));
    let mut objects = vec![b"<</Type /Catalog /Pages 2 0 R>>".to_vec(), list.into_bytes(), font.into()];
    for (page, content) in contents.iter().enumerate() {
        let page = format!(
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R \
             /Resources <</Font <</F1 3 0 R>>>>>>",
            5 + 2 * page
        );
        objects.push(page.into_bytes());
        objects.push(stream("", content.as_bytes()));
    }
    pdf(&objects)
}

/// A page's worth of words that name the page.
pub fn page_of(name: &str) -> String {
    let line = format!("The committee of page {name} agreed to mend the road.");
    shown(&[&line, &format!("Nobody of page {name} spoke against it.")])
}

/// A reader as the program has it, which keeps what it makes in `folder`.
fn reader(folder: &Path) -> DocumentReader {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_scrutineer"));
    DocumentReader::new(Councils::default(), program, folder.to_owned())
}

fn read_as(bytes: &[u8], media: Media) -> Result<Reading, Unread> {
    let folder = tempfile::tempdir().unwrap();
    let input = Input { bytes, media: Some(media), charset: None, file_name: None };
    reader(folder.path()).read(&input)
}

fn read(bytes: &[u8]) -> Result<Reading, Unread> {
    read_as(bytes, Media::Pdf)
}

/// All text of a reading, its titles too.
fn text_of(reading: &Reading) -> String {
    let items = reading.items.iter();
    let texts = items.flat_map(|item| {
        let passages = item.passages.iter().map(|passage| passage.text.clone());
        [item.number.clone(), item.title.clone()].into_iter().chain(passages)
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn notes_of(reading: &Reading) -> String {
    let notes = reading.warnings.iter().map(|warning| format!("{}: {}", warning.at, warning.message));
    notes.collect::<Vec<_>>().join("\n")
}

/// A document with these objects; the fonts are object 3, and the text that
/// [`page_of`] `one` shows is object 5.
pub fn made(objects: &[&str]) -> Vec<u8> {
    pdf(&objects.iter().map(|object| object.as_bytes().to_vec()).collect::<Vec<_>>())
}

pub const CATALOGUE: &str = "<</Type /Catalog /Pages 2 0 R>>";

pub fn page(resources: &str) -> String {
    format!(
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
         /Resources <</Font <</F1 3 0 R>> {resources}>>>>"
    )
}

pub fn text_object(content: &str) -> String {
    String::from_utf8(stream("", content.as_bytes())).unwrap()
}

// What is good, cut, empty, or something else.

#[test]
fn a_good_pdf_is_read_by_the_first_reader_alone() {
    let reading = read(&pages(&[page_of("one"), page_of("two")])).unwrap();
    assert_eq!(notes_of(&reading), "");
    assert!(text_of(&reading).contains("The committee of page two agreed to mend the road."));
}

#[test]
fn of_a_pdf_that_is_cut_the_whole_pages_are_read() {
    let whole = pages(&[page_of("one"), page_of("two"), page_of("three")]);
    let find = |word: &[u8]| whole.windows(word.len()).position(|window| window == word).unwrap();
    // Before the table of objects; behind the second page; amid the first.
    for (cut, n_pages) in [(find(b"xref"), 3), (find(b"8 0 obj"), 2), (find(b"6 0 obj"), 1)] {
        let reading = read(&whole[..cut]).unwrap();
        let text = text_of(&reading);
        for (at, name) in ["one", "two", "three"].into_iter().enumerate() {
            assert_eq!(text.contains(&format!("committee of page {name}")), at < n_pages, "{name} of {cut}");
        }
        assert!(notes_of(&reading).contains("the file is damaged"), "{}", notes_of(&reading));
    }
    for cut in [find(b"5 0 obj"), 60, 12] {
        let unread = read(&whole[..cut]).unwrap_err().to_string();
        assert!(unread.starts_with("damaged PDF") || unread.starts_with("no text layer"), "{cut}: {unread}");
    }
}

#[test]
fn what_is_no_pdf_has_a_plain_reason() {
    assert_eq!(read(b""), Err(Unread::Document(Defect::Empty, "empty file".into())));
    let html = b"<!DOCTYPE html><html><body><p>Not found</p></body></html>";
    assert_eq!(read(html), Err(Unread::Document(Defect::WrongContent, "not a PDF".into())));
}

// Those that would take long. All hostile ones (P01 to P09) stand in `hostile_pdf`.

#[test]
fn a_stream_of_400_megabytes_ends_within_its_limits() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let block = b"q Q\n".repeat(1 << 20);
    for _ in 0..100 {
        packer.write_all(&block).unwrap();
    }
    let objects = [CATALOGUE, "<</Type /Pages /Count 1 /Kids [4 0 R]>>", FONT, &page("")];
    let mut objects: Vec<Vec<u8>> = objects.map(|object| object.as_bytes().to_vec()).to_vec();
    objects.push(stream("/Filter /FlateDecode", &packer.finish().unwrap()));
    let bomb = pdf(&objects);
    assert!(bomb.len() < 8 << 20, "it is small as a file");

    let folder = tempfile::tempdir().unwrap();
    let mut reader = reader(folder.path());
    reader.limits.time = Duration::from_secs(10);
    reader.limits.memory = 1 << 30;
    let start = Instant::now();
    let input = Input { bytes: &bomb, media: Some(Media::Pdf), charset: None, file_name: None };
    assert!(reader.read(&input).is_err(), "there is no text in it");
    // Two readers, each within its limit, on a busy machine.
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
}

#[test]
fn forms_that_call_one_another_without_end_end() {
    let form = |next: &str| {
        let facts = format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X {next} 0 R>>>>"
        );
        String::from_utf8(stream(&facts, b"/X Do /X Do")).unwrap()
    };
    let text = text_object(&format!("/X Do {}", page_of("one")));
    let list = "<</Type /Pages /Count 1 /Kids [4 0 R]>>";
    let mut objects =
        vec![CATALOGUE.to_owned(), list.into(), FONT.into(), page("/XObject <</X 6 0 R>>"), text];
    // Twice the calls at each level: a thousand million.
    objects.extend((7..37).map(|next| form(&next.to_string())));
    objects.push(text_object("0 0 m"));
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut reader = reader(folder.path());
    reader.limits.time = Duration::from_secs(2);
    let bytes = made(&objects);
    let input = Input { bytes: &bytes, media: Some(Media::Pdf), charset: None, file_name: None };
    let start = Instant::now();
    // Where another reader reads it, its note says why the first did not.
    let said = match reader.read(&input) {
        Ok(reading) => notes_of(&reading),
        Err(unread) => unread.to_string(),
    };
    assert!(said.contains("took longer than 2 s"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_pdf_of_too_many_pages_is_refused_by_a_stated_limit() {
    let kids: Vec<String> = (0..5_001).map(|page| format!("{} 0 R", 6 + page)).collect();
    let list = format!("<</Type /Pages /Count {} /Kids [{}]>>", kids.len(), kids.join(" "));
    let text = text_object(&page_of("one"));
    let same = page("");
    let mut objects = vec![CATALOGUE, &list, FONT, "null", &text];
    objects.extend(kids.iter().map(|_| same.as_str()));
    let unread = read(&made(&objects)).unwrap_err();
    assert_eq!(unread, Unread::Document(Defect::TooLong, "the PDF has more than 5000 pages".into()));
}

// Locked ones, and pictures.

/// The PDF with a password. Its owner's is `owner`.
pub fn locked(file: &[u8], password: &str) -> Vec<u8> {
    use pdf_extract::{Document, EncryptionState, EncryptionVersion, Object, Permissions, StringFormat};
    let mut document = Document::load_mem(file).unwrap();
    let id = Object::String(vec![7; 16], StringFormat::Hexadecimal);
    document.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_locked_pdf_is_read_when_it_opens_without_a_password() {
    let file = pages(&[page_of("one")]);
    let open = locked(&file, "");
    assert!(!String::from_utf8_lossy(&open).contains("committee"), "it is locked");
    let reading = read(&open).unwrap();
    assert!(text_of(&reading).contains("The committee of page one agreed to mend the road."));

    let unread = read(&locked(&file, "secret")).unwrap_err();
    assert_eq!(unread, Unread::Document(Defect::Encrypted, "encrypted PDF: it needs a password".into()));
}

/// A PDF with one page, which is that picture.
fn scan(facts: &str, picture: &[u8]) -> Vec<u8> {
    let objects =
        [CATALOGUE, "<</Type /Pages /Count 1 /Kids [4 0 R]>>", FONT, &page("/XObject <</X 6 0 R>>")];
    let mut objects: Vec<Vec<u8>> = objects.map(|object| object.as_bytes().to_vec()).to_vec();
    objects.push(stream("", b"q 595 0 0 842 0 0 cm /X Do Q"));
    objects.push(stream(&format!("/Type /XObject /Subtype /Image {facts}"), picture));
    pdf(&objects)
}

/// One grey dot.
pub fn blank_scan() -> Vec<u8> {
    scan("/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\x80")
}

#[test]
fn pages_that_are_pictures_are_called_so() {
    let Err(Unread::Without(helpers, Defect::NoTextLayer, reason)) = read(&blank_scan()) else {
        panic!("it was read")
    };
    assert!(helpers.contains(&Helper::Ocr));
    assert!(reason.starts_with("no text layer: "), "{reason}");
}

#[test]
fn a_picture_among_pages_of_text_is_noted() {
    let list = "<</Type /Pages /Count 2 /Kids [4 0 R 6 0 R]>>";
    let picture = page("/XObject <</X 8 0 R>>").replace("5 0 R", "7 0 R");
    let dot = stream(
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
        b"x",
    );
    let dot = String::from_utf8(dot).unwrap();
    let long = page_of("one").repeat(2);
    let (text, drawn) = (text_object(&long), text_object("/X Do"));
    let reading = read(&made(&[CATALOGUE, list, FONT, &page(""), &text, &picture, &drawn, &dot])).unwrap();
    assert_eq!(notes_of(&reading), "page 2: no text on it, but a picture, which may be of text");
}

// The first reader fails, and the second reads.

/// A font whose encoding the PDF library does not know, at which it panics.
const BAD_FONT: &str = "<</Type /Font /Subtype /Type1 /BaseFont /Other /Encoding /Nonsense>>";

#[test]
fn where_the_first_reader_panics_the_second_reads() {
    if !has_program("pdftotext") {
        return;
    }
    for (contents, why) in [
        (vec![page_of("one")], "damaged PDF: its pages cannot be read"),
        (vec![page_of("one"), page_of("two")], "damaged PDF: its pages cannot be read"),
    ] {
        let reading = read(&pages_in(BAD_FONT, &contents)).unwrap();
        assert_eq!(text_of(&reading).matches("agreed to mend the road.").count(), contents.len());
        let notes = notes_of(&reading);
        assert!(notes.starts_with("document: text by pdftotext version "), "{notes}");
        assert!(notes.ends_with(why), "{notes}");
    }
}

/// Two pages, the second with the bad font.
fn one_bad_page() -> Vec<u8> {
    let list = "<</Type /Pages /Count 2 /Kids [4 0 R 6 0 R]>>";
    let bad = page("").replace("3 0 R", "8 0 R").replace("5 0 R", "7 0 R");
    let (one, two) = (text_object(&page_of("one").repeat(2)), text_object(&page_of("two")));
    made(&[CATALOGUE, list, FONT, &page(""), &one, &bad, &two, BAD_FONT])
}

#[test]
fn where_one_page_fails_the_others_are_read_all_the_same() {
    if has_program("pdftotext") {
        let reading = read(&one_bad_page()).unwrap();
        assert!(text_of(&reading).contains("committee of page two"));
        assert!(notes_of(&reading).contains("the first reader failed: it cannot read all pages"));
    }
    // Without the second reader, what there is, and a note on what there is not.
    let source = Source {
        bytes: &one_bad_page(),
        media: Media::Pdf,
        charset: None,
        file_name: None,
        councils: &Councils::default(),
    };
    let reading = document(&source).unwrap();
    assert!(text_of(&reading).contains("committee of page one"));
    assert_eq!(notes_of(&reading), "page 2: could not be read in full: the PDF library failed on it");
}

#[test]
fn where_the_first_reader_runs_out_of_memory_the_second_reads() {
    if !has_program("pdftotext") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut reader = reader(folder.path());
    reader.limits.memory = 300 << 20;
    let bytes = pages(&["q Q\n".repeat(2_000_000) + &page_of("heavy")]);
    let input = Input { bytes: &bytes, media: Some(Media::Pdf), charset: None, file_name: None };
    let reading = reader.read(&input).unwrap();
    assert!(text_of(&reading).contains("committee of page heavy"));
    assert!(notes_of(&reading).contains("the first reader failed: the reader of PDFs failed on it"));
}

#[test]
fn where_the_stack_of_the_first_reader_overflows_the_second_reads() {
    if !has_program("pdftotext") {
        return;
    }
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 6 0 R>>>>";
    let form = String::from_utf8(stream(form, b"/X Do")).unwrap();
    let text = text_object(&format!("/X Do {}", page_of("one")));
    let list = "<</Type /Pages /Count 1 /Kids [4 0 R]>>";
    let reading =
        read(&made(&[CATALOGUE, list, FONT, &page("/XObject <</X 6 0 R>>"), &text, &form])).unwrap();
    assert!(text_of(&reading).contains("The committee of page one"));
    assert!(notes_of(&reading).contains("the first reader failed: the reader of PDFs failed on it"));
}

// What councils' own writers of PDF do, and the PDF library did not read.

#[test]
fn text_shown_by_the_operators_that_change_the_line_is_read() {
    let content = "BT /F1 11 Tf 14 TL 60 780 Td (The committee agreed to mend the road.) ' \
                   0 0 (Nobody spoke against it; the chair closed.) \" ET";
    let reading = read(&pages(&[content.to_owned()])).unwrap();
    assert_eq!(notes_of(&reading), "", "by the first reader");
    let text = text_of(&reading);
    assert!(text.contains("The committee agreed to mend the road."), "{text}");
    assert!(text.contains("Nobody spoke against it; the chair closed."), "{text}");
}

/// A PDF whose one page shows these words in a font of two-byte codes, which
/// are the letters' own in Unicode, moved on by `shift`. Each glyph of codes 1
/// to 999 is 500 thousandths wide.
fn coded(words: &[&str], shift: u32) -> Vec<u8> {
    let font = "<</Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H \
                /DescendantFonts [6 0 R] /ToUnicode 7 0 R>>";
    let inner = "<</Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 1000 /W [1 999 500] \
                 /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> \
                 /FontDescriptor <</Type /FontDescriptor /FontName /A /Flags 4>>>>";
    let map = text_object(&format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def \
         1 begincodespacerange <0000> <ffff> endcodespacerange \
         1 beginbfrange <0001> <007e> <{:04x}> endbfrange endcmap end end",
        1 + shift
    ));
    let hex = |text: &str| text.chars().map(|c| format!("{:04x}", c as u32)).collect::<String>();
    let mut content = "BT /F1 10 Tf 60 780 Td ".to_owned();
    for word in words {
        // To the next word: its own letters and a space, at 5 points each.
        content += &format!("<{}> Tj {} 0 Td ", hex(word), 5 * (word.len() + 1));
    }
    let list = "<</Type /Pages /Count 1 /Kids [4 0 R]>>";
    made(&[CATALOGUE, list, font, &page(""), &text_object(&(content + "ET")), inner, &map])
}

#[test]
fn widths_given_for_a_range_of_glyphs_are_those() {
    // With the range's first number for its width they would lie over one another.
    let words = ["the", "road", "is", "to", "be", "mended", "by", "the", "council"];
    let reading = read(&coded(&words, 0)).unwrap();
    assert!(text_of(&reading).contains(&words.join(" ")), "{}", text_of(&reading));
    assert_eq!(notes_of(&reading), "");
}

#[test]
fn a_text_whose_letters_nobody_can_tell_is_no_text() {
    let words = ["the", "road", "is", "to", "be", "mended", "by", "the", "council"];
    // Into Unicode's private area.
    let Err(Unread::Without(helpers, Defect::NoTextLayer, reason)) = read(&coded(&words, 0xe000)) else {
        panic!("it was read")
    };
    assert!(helpers.contains(&Helper::Ocr));
    assert!(reason.starts_with("no text layer that can be read: "), "{reason}");
}

// The real ones of ../shared, as read by eye in a viewer.

/// The passages of a page, in order, each with the labels that lead to it and
/// the titles of items where these stand.
fn lines_of(reading: &Reading, page: u32) -> Vec<String> {
    let mut lines = Vec::new();
    for item in &reading.items {
        let first = item.passages.first().and_then(|passage| passage.page);
        if first == Some(page) && !item.title.is_empty() {
            let number = Some(format!("{}. ", item.number)).filter(|_| !item.number.is_empty());
            lines.push(number.unwrap_or_default() + &item.title);
        }
        let here = item.passages.iter().filter(|passage| passage.page == Some(page));
        lines.extend(here.map(|passage| passage.text.clone()));
    }
    lines
}

#[track_caller]
fn check_page(reading: &Reading, page: u32, first: &str, last: &str) {
    let lines = lines_of(reading, page);
    assert!(lines[0].starts_with(first), "page {page} begins with {}", lines[0]);
    assert!(lines[lines.len() - 1].ends_with(last), "page {page} ends with {}", lines[lines.len() - 1]);
    assert!(lines_of(reading, page + 1).is_empty() || page < 7);
}

#[test]
fn the_report_on_a_petition_reads_as_it_is_printed() {
    let Some(path) = shared("fixtures/pdf/kingston-upon-thames/report_manorgate_petition.pdf") else {
        return;
    };
    let reading = read(&fs::read(path).unwrap()).unwrap();
    assert_eq!(notes_of(&reading), "");
    assert_eq!(reading.body.as_deref(), Some("Kingston & North Kingston Neighbourhood Committee"));
    assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2026-01-15"));
    for (page, first, last) in [
        (1, "Kingston & North Kingston", "six months after implementation."),
        // A heading at the end of a page heads what begins on the next.
        (2, "This report also responds", "network pressure."),
        (3, "Proposal and Options", "other closure directions."),
        (4, "Specific Proposal:", "Dickerage Road ."),
        (5, "Next Steps and Follow-up", "several key advantages:"),
        (6, "An experimental TMO allows", "alternative routes.."),
        (7, "Equalities Implications", "external web sites."),
    ] {
        check_page(&reading, page, first, last);
    }
    assert!(lines_of(&reading, 8).is_empty(), "it has seven pages");
    // Headings in bold, whose letters ran into one another once.
    let text = text_of(&reading);
    for heading in [
        "Purpose of Report",
        "Benefits to the Community",
        "Context / Programme and Project Progress",
        "Manorgate Road Closure (Southbound)",
        "General Observations on Traffic Displacement",
        "Environmental Impact",
        "Background papers",
    ] {
        assert!(text.lines().any(|line| line == heading), "{heading}");
    }
    // The paragraphs are numbered from 1 to 31 on from the context; labels that
    // became items of their own are 9 to 16.
    let mut labels: Vec<&str> = reading
        .items
        .iter()
        .flat_map(|item| {
            let own = (!item.number.is_empty()).then_some(item.number.as_str());
            let of_passages = item.passages.iter().filter(|passage| passage.clause.len() == 1);
            own.into_iter().chain(of_passages.map(|passage| passage.clause[0].trim_end_matches('.')))
        })
        .filter(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    // A sentence that recommends is a passage of its own in its paragraph.
    labels.dedup();
    let expected: Vec<String> = (1..=3).chain(1..=31).map(|number: u32| number.to_string()).collect();
    assert_eq!(labels, expected);
    let passages = reading.items.iter().flat_map(|item| &item.passages);
    let n_bullets =
        passages.filter(|passage| passage.clause.last().is_some_and(|label| label == "•")).count();
    // By page: 5 + 3 + 3 + 1, then 5 + 3 + 4.
    assert_eq!(n_bullets, 24);
    assert!(text.contains("scheme is £8,000, which") && text.contains("based on TfL’s ONE model"));
}

#[test]
fn the_report_on_a_crossing_reads_as_it_is_printed() {
    let Some(path) = shared("fixtures/pdf/kingston-upon-thames/report_zebra_crossing.pdf") else { return };
    let reading = read(&fs::read(path).unwrap()).unwrap();
    assert_eq!(notes_of(&reading), "");
    assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2026-01-15"));
    for (page, first, last) in [
        (1, "Kingston and North Kingston", "at this location."),
        (2, "Over the last five years", "speeds."),
        (3, "Safety Concerns near Driveways", "20mph speed limit."),
        (4, "Recommendation", "external web sites."),
    ] {
        check_page(&reading, page, first, last);
    }
    assert!(lines_of(&reading, 5).is_empty(), "it has four pages");
    let text = text_of(&reading);
    for row in ["Happy (%) | Unhappy (%) | Neutral (%)", "32 | 44 | 24", "60 | 36 | 4"] {
        assert!(text.lines().any(|line| line == row), "{row}");
    }
    // Known to be wrong: cells of several lines are read line by line, across
    // the table. Every word is there, but not in its sentence.
    assert!(text.contains("limit. However, traffic speeds often") && text.contains("near Coombe Hill"));
}

#[test]
fn minutes_shown_line_by_line_are_no_pictures() {
    let Some(path) = shared("corpus/wye-valley-wales/2019-07-29-minutes.pdf") else { return };
    let reading = read(&fs::read(path).unwrap()).unwrap();
    assert_eq!(notes_of(&reading), "");
    let numbers: Vec<&str> = reading.items.iter().map(|item| item.number.as_str()).collect();
    assert!(numbers.contains(&"2724") && numbers.contains(&"2734"), "{numbers:?}");
    assert!(text_of(&reading).contains("St Michael’s Church PCC – Reissue of cheque"));
}

// Old Word files and RTF.

#[test]
fn old_word_files_are_read_where_a_converter_is_installed() {
    let Some(folder) = shared("corpus/uk-data-panels") else { return };
    let name = "2013-03-21-local-public-data-panel-nineteenth-meeting-21-march-2013-minutes.doc";
    let doc = fs::read(folder.join(name)).unwrap();
    let converters = ["antiword", "soffice", "libreoffice", "catdoc"];
    if !converters.iter().any(|converter| has_program(converter)) {
        let Err(Unread::Without(helpers, Defect::Format, reason)) = read_as(&doc, Media::Doc) else {
            panic!("it was read")
        };
        assert_eq!(helpers, [Helper::Converter]);
        assert!(reason.starts_with("old Word format: install `antiword`"), "{reason}");
        return;
    }
    let reading = read_as(&doc, Media::Doc).unwrap();
    assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2013-03-21"));
    let text = text_of(&reading);
    for words in ["Shane O’Neill", "could save £1.25 per transaction", "star rating is appropriate"] {
        assert!(text.contains(words), "{words}");
    }
    assert!(notes_of(&reading).starts_with("document: text by "), "{}", notes_of(&reading));
    assert!(reading.items.iter().any(|item| item.title.starts_with("Benefits of transparency")));
}

#[test]
fn rtf_minutes_are_read_into_items_under_any_word_processors_name() {
    let rtf =
        br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fswiss Arial;}}{\stylesheet{\s0 Normal;}{\s1 heading 1;}}
        {\header Draft\par}\pard\s1\b Alderbrook Council\par\pard\plain
        Minutes of the Cabinet held on 6 July 2021\par
        {\b 1.\tab Apologies}\par Apologies were received from Councillor Bell.\par
        {\b 2.\tab Fees}\par It was RESOLVED that the fee of \'a35 be kept; it\'92s fair.\par
        \trowd\pard\intbl Smith\cell For\cell\row\pard}";
    for media in [Media::Rtf, Media::Doc, Media::Docx] {
        let reading = read_as(rtf, media).unwrap();
        assert_eq!(reading.date.map(|date| date.to_string()).as_deref(), Some("2021-07-06"));
        let titles: Vec<&str> = reading.items.iter().map(|item| item.title.as_str()).collect();
        assert!(titles.ends_with(&["Apologies", "Fees"]), "{titles:?}");
        let text = text_of(&reading);
        assert!(text.contains("the fee of £5 be kept; it’s fair.") && text.contains("Smith | For"), "{text}");
        assert!(!text.contains("Draft"));
    }
    let page = b"<html><body><p>Minutes of the Cabinet</p></body></html>";
    assert!(text_of(&read_as(page, Media::Doc).unwrap()).contains("Minutes of the Cabinet"));
}

// The programs that help, each a script that does what the real one would.

/// A folder with programs of these names and scripts, as the whole of `PATH`.
fn programs(scripts: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in scripts {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// Runs the program with that folder as `PATH`; its exit code and stderr.
fn run(path: &Path, home: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_scrutineer"))
        .env("PATH", path)
        .env_remove("SCRUTINEER_HOME")
        .arg("--home")
        .arg(home)
        .args(args)
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn ocr_is_done_when_asked_for_and_never_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (home, log) = (folder.path().join("home"), folder.path().join("log"));
    let file = folder.path().join("minutes.pdf");
    fs::write(&file, blank_scan()).unwrap();
    let nothing = programs(&[]);
    let tools = programs(&[
        ("pdfinfo", "echo 'Pages:          2'".into()),
        ("pdftoppm", "exit 0".into()),
        (
            "tesseract",
            format!(
                "if [ \"$1\" = --version ]; then echo 'tesseract 9.8.7'; exit; fi\n\
                 echo \"$*\" >> {}\necho 'The cabinet agreed to mend the road.'",
                log.display()
            ),
        ),
    ]);
    let n_asked = || fs::read_to_string(&log).unwrap_or_default().lines().count();
    let file = file.to_str().unwrap();

    let (code, said) = run(nothing.path(), &home, &["add", file]);
    assert_eq!(code, 3);
    assert!(said.contains("no text layer: ") && said.contains("index --ocr"), "{said}");
    let (code, said) = run(nothing.path(), &home, &["index", "--ocr"]);
    assert_eq!(code, 2);
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(said.contains("install `ocrmypdf`, or `tesseract`"), "{said}");

    // Not asked for: named once, and not read again until there is help.
    let (code, said) = run(tools.path(), &home, &["index"]);
    assert_eq!(code, 3, "{said}");
    assert_eq!((run(tools.path(), &home, &["index"]).0, n_asked()), (0, 0));
    let (code, said) = run(tools.path(), &home, &["index", "--ocr"]);
    assert_eq!((code, n_asked()), (0, 2), "{said}");
    assert!(
        readings(&home.join("index")).contains("text by OCR (tesseract 9.8.7)"),
        "{}",
        readings(&home.join("index"))
    );
    assert!(fs::read_to_string(&log).unwrap().contains("-l eng"));

    // Never twice, and without being asked for, or tools.
    for args in [&["index", "--ocr"][..], &["index", "--ocr", "--rebuild"], &["index", "--rebuild"]] {
        assert_eq!((run(nothing_if(args, &tools, &nothing), &home, args).0, n_asked()), (0, 2), "{args:?}");
        assert!(readings(&home.join("index")).contains("text by OCR (tesseract 9.8.7)"));
    }
    // What is derived may be deleted, and is made again.
    fs::remove_dir_all(home.join("index/ocr")).unwrap();
    assert_eq!((run(tools.path(), &home, &["index", "--ocr", "--rebuild"]).0, n_asked()), (0, 4));
    // In another language it is another text.
    let welsh = ["index", "--ocr", "--ocr-language", "eng+cym", "--rebuild"];
    assert_eq!((run(tools.path(), &home, &welsh).0, n_asked()), (0, 6));
    let odd = run(tools.path(), &home, &["index", "--ocr", "--ocr-language", "--tessdata-dir"]);
    assert_eq!(odd.0, 2, "{}", odd.1);
}

fn nothing_if<'a>(args: &[&str], tools: &'a tempfile::TempDir, nothing: &'a tempfile::TempDir) -> &'a Path {
    if args.contains(&"--ocr") { tools.path() } else { nothing.path() }
}

#[test]
fn ocr_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let file = folder.path().join("minutes.pdf");
    fs::write(&file, blank_scan()).unwrap();
    let slow = programs(&[
        ("pdfinfo", "echo 'Pages: 1'".into()),
        ("pdftoppm", "exit 0".into()),
        ("tesseract", "/bin/sleep 60 & wait".into()),
    ]);
    run(slow.path(), &home, &["add", file.to_str().unwrap()]);
    let start = Instant::now();
    let (code, said) = run(slow.path(), &home, &["index", "--ocr", "--ocr-seconds", "1"]);
    assert_eq!(code, 3);
    assert!(said.contains("OCR took longer than 1 s"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn ocr_reads_a_picture_of_a_real_page() {
    let Some(path) = shared("fixtures/pdf/kingston-upon-thames/report_zebra_crossing.pdf") else { return };
    if !["pdfinfo", "pdftoppm", "tesseract"].iter().all(|program| has_program(program)) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let size = ["-scale-to-x", "1654", "-scale-to-y", "2339"];
    let mut draw = Command::new("pdftoppm");
    draw.args(["-f", "1", "-singlefile", "-jpeg"]).args(size).arg(&path).arg(folder.path().join("page"));
    assert!(draw.status().unwrap().success());
    let picture = fs::read(folder.path().join("page.jpg")).unwrap();
    let facts = "/Width 1654 /Height 2339 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode";
    let file = folder.path().join("scan.pdf");
    fs::write(&file, scan(facts, &picture)).unwrap();

    let home = folder.path().join("home");
    let path = PathBuf::from(std::env::var_os("PATH").unwrap_or_default());
    assert_eq!(run(&path, &home, &["add", file.to_str().unwrap()]).0, 3);
    let (code, said) = run(&path, &home, &["index", "--ocr"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        readings(&home.join("index")).contains("text by OCR (tesseract "),
        "{}",
        readings(&home.join("index"))
    );
    // Words that stand on that page, by eye.
    for words in ["\"Zebra Crossing\"", "\"outside house numbers\"", "\"walking to school\""] {
        assert_eq!(run(&path, &home, &["search", words, "--edition", "report"]).0, 0, "{words}");
    }
}

#[test]
fn a_converter_that_comes_later_is_used_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let (home, log) = (folder.path().join("home"), folder.path().join("log"));
    // A name that would be a command, were it ever on a command line.
    let file = folder.path().join("-x; touch here;.doc");
    fs::write(&file, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and the rest of it").unwrap();
    let nothing = programs(&[]);
    let broken = ("antiword", "echo 'not a Word Document' >&2; exit 1".to_owned());
    let catdoc = format!("echo \"$*\" >> {}\necho 'The cabinet agreed to mend the road.'", log.display());
    let both = programs(&[broken.clone(), ("catdoc", catdoc)]);
    let broken = programs(&[broken]);

    let (code, said) = run(nothing.path(), &home, &["add", folder.path().to_str().unwrap()]);
    assert_eq!(code, 3);
    assert!(said.contains("old Word format: install `antiword`, LibreOffice or `catdoc`"), "{said}");
    assert_eq!(run(nothing.path(), &home, &["index"]).0, 3);
    assert_eq!(run(nothing.path(), &home, &["index"]).0, 0, "named once");
    let (code, said) = run(broken.path(), &home, &["index"]);
    assert_eq!(code, 3);
    assert!(said.contains("old Word format: `antiword` cannot read it: not a Word Document"), "{said}");
    // Where one converter fails, the next is tried.
    assert_eq!(run(both.path(), &home, &["index", "--rebuild"]).0, 0);
    assert!(readings(&home.join("index")).contains("text by catdoc, from the old Word format"));
    assert_eq!(fs::read_to_string(&log).unwrap(), "-d utf-8 -w document.doc\n");
    // Kept, so that it is not converted again.
    assert_eq!(run(nothing.path(), &home, &["index", "--rebuild"]).0, 0);
    assert_eq!(fs::read_to_string(&log).unwrap().lines().count(), 1);
    assert!(!folder.path().join("here").exists());
}

#[test]
fn a_second_reader_that_comes_later_is_used_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let file = folder.path().join("minutes.pdf");
    fs::write(&file, pages_in(BAD_FONT, &[page_of("one")])).unwrap();
    let nothing = programs(&[]);
    let words = "<page width=\"595\" height=\"842\">\
        <word xMin=\"60\" yMin=\"50\" xMax=\"90\" yMax=\"61\">Fees</word>\
        <word xMin=\"93\" yMin=\"50\" xMax=\"99\" yMax=\"61\">&amp;</word>\
        <word xMin=\"102\" yMin=\"50\" xMax=\"150\" yMax=\"61\">charges</word>\
        <word xMin=\"60\" yMin=\"90\" xMax=\"190\" yMax=\"101\">ﬁnally-and-unanimously-agreed</word></page>";
    let script =
        format!("if [ \"$1\" = -v ]; then echo 'pdftotext version 9.8' >&2; exit; fi\necho '{words}'");
    let second = programs(&[("pdftotext", script)]);

    let (code, said) = run(nothing.path(), &home, &["add", file.to_str().unwrap()]);
    assert_eq!(code, 3);
    assert!(said.contains("its pages cannot be read; `pdftotext` may read it"), "{said}");
    assert_eq!(run(nothing.path(), &home, &["index"]).0, 3);
    assert_eq!(run(nothing.path(), &home, &["index"]).0, 0, "named once");
    let (code, said) = run(second.path(), &home, &["index"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        readings(&home.join("index")).contains("text by pdftotext version 9.8: the first reader failed: ")
    );
    assert_eq!(run(second.path(), &home, &["search", "\"Fees & charges\""]).0, 0);
    assert_eq!(run(second.path(), &home, &["search", "finally"]).0, 0, "a ligature is its letters");
}

#[test]
fn a_document_of_a_word_processor_is_read_within_limits() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = reader(folder.path());
    // Less than the program itself wants: whatever the file, its reader ends.
    reader.limits.memory = 1_000_000;
    let rtf = br"{\rtf1 Minutes of the Cabinet\par}";
    let input = Input { bytes: rtf, media: Some(Media::Rtf), charset: None, file_name: None };
    assert!(reader.read(&input).is_err(), "it was read in this process");
}

#[test]
fn a_program_under_limits_fills_no_disk() {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_scrutineer"))
        .args(["with-limits", "--memory", "1000000000", "--seconds", "20", "--file", "4096", "--"])
        .args(["sh", "-c", "head -c 1000000 /dev/zero > text.txt"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(!status.success());
    assert_eq!(fs::metadata(folder.path().join("text.txt")).unwrap().len(), 4096);
}

#[test]
fn of_a_damaged_file_add_says_that_parts_could_not_be_read() {
    let home = tempfile::tempdir().unwrap();
    let whole = pages(&[page_of("one"), page_of("two")]);
    let at = whole.windows(4).position(|window| window == b"xref").unwrap();
    let outcome = |name: &str, bytes: &[u8]| {
        let path = home.path().join(name);
        fs::write(&path, bytes).unwrap();
        let facts = ["--council", "Kent", "--body", "Cabinet", "--date", "2020-03-04"];
        let rows =
            crate::support::rows(home.path(), &[&["add", path.to_str().unwrap()], &facts[..]].concat());
        rows[0]["outcome"].clone()
    };
    assert_eq!(outcome("cut.pdf", &whole[..at]), "added; parts could not be read");
    assert_eq!(outcome("whole.pdf", &whole), "added");
}

#[test]
fn parse_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("minutes.doc");
    fs::write(&file, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more").unwrap();
    let home = folder.path().join("home");
    let tools = programs(&[("antiword", "echo 'The stile at Long Lane was broken.'".into())]);
    let (code, said) = run(tools.path(), &home, &["parse", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert!(!home.exists(), "{:?}", fs::read_dir(&home).map(|all| all.flatten().collect::<Vec<_>>()));
}
