//! Hostile PDFs (P01 to P09), each between two good pages that must still be
//! indexed and found. `documents` tests how the reader itself deals with them.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::documents::{
    CATALOGUE, FONT, blank_scan, locked, made, page, page_of, pages, pdf, shown, stream, text_object,
};
use crate::support::Between;

fn read(bytes: &[u8]) -> Between {
    Between::of("b.pdf", bytes)
}

/// A PDF of one page, which says what [`page_of`] `one` does; with that
/// catalogue, and objects from 6 on.
fn of_one_page(catalogue: &str, more: &[&str]) -> Vec<u8> {
    let (page, text) = (page(""), text_object(&page_of("one")));
    let list = "<</Type /Pages /Count 1 /Kids [4 0 R]>>";
    made(&[&[catalogue, list, FONT, &page, &text], more].concat())
}

#[track_caller]
fn check_read(read: &Between) {
    assert_eq!(read.n_found("\"committee of page one agreed\""), 1, "{}", read.outcome());
}

/// Checks that nothing is taken out of a file, why, and that this is no failure
/// of the rest.
#[track_caller]
fn check_unread(bytes: &[u8], reason: &str) {
    let read = read(bytes);
    assert!(read.outcome().contains(reason), "{}", read.outcome());
    assert_eq!(read.add.code, 3, "{}", read.add.stderr);
    assert_eq!(read.n_found("committee"), 0);
}

#[test]
fn p01_a_good_pdf_is_found_page_by_page() {
    let read = read(&pages(&[page_of("one"), page_of("two")]));
    check_read(&read);
    assert_eq!(read.n_found("\"page two agreed\""), 1);
    assert_eq!(read.add.code, 0, "{}", read.add.stderr);
}

#[test]
fn p02_of_a_pdf_that_is_cut_the_whole_pages_are_found() {
    let whole = pages(&[page_of("one"), page_of("two")]);
    let find = |word: &[u8]| whole.windows(word.len()).position(|window| window == word).unwrap();
    let read = read(&whole[..find(b"6 0 obj")]);
    check_read(&read);
    assert_eq!(read.n_found("\"page two agreed\""), 0);
    check_unread(&whole[..12], "damaged PDF");
}

#[test]
fn p03_an_empty_pdf_is_counted_as_empty() {
    check_unread(b"", "empty");
}

#[test]
fn p04_a_page_that_is_called_a_pdf_is_said_to_be_none() {
    check_unread(b"<!DOCTYPE html><html><body><p>The committee is not found</p></body></html>", "not a PDF");
}

#[test]
fn p05_a_tree_of_pages_that_bites_its_tail_ends() {
    let text = text_object(&page_of("one"));
    let list = "<</Type /Pages /Count 2 /Kids [2 0 R 4 0 R 2 0 R]>>";
    check_read(&read(&made(&[CATALOGUE, list, FONT, &page(""), &text])));
    // Two lists that hold each other, and no page.
    let other = "<</Type /Pages /Count 1 /Kids [2 0 R]>>";
    check_unread(&made(&[CATALOGUE, "<</Type /Pages /Count 1 /Kids [3 0 R]>>", other]), "");
}

#[test]
fn p06_what_a_stream_of_400_megabytes_shows_is_found() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let block = vec![b' '; 4 << 20];
    for _ in 0..100 {
        packer.write_all(&block).unwrap();
    }
    packer.write_all(page_of("one").as_bytes()).unwrap();
    let list = "<</Type /Pages /Count 1 /Kids [4 0 R]>>";
    let mut objects = [CATALOGUE, list, FONT, &page("")].map(|object| object.as_bytes().to_vec()).to_vec();
    objects.push(stream("/Filter /FlateDecode", &packer.finish().unwrap()));
    check_read(&read(&pdf(&objects)));
}

#[test]
fn p07_a_locked_pdf_is_found_where_it_opens_without_a_password() {
    let file = pages(&[page_of("one")]);
    check_read(&read(&locked(&file, "")));
    check_unread(&locked(&file, "secret"), "encrypted PDF: it needs a password");
}

#[test]
fn p08_pages_that_are_pictures_are_flagged() {
    check_unread(&blank_scan(), "no text layer");
}

#[test]
fn p09_nothing_in_a_pdf_is_run_and_no_file_in_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("launched");
    let catalogue = format!(
        "<</Type /Catalog /Pages 2 0 R /OpenAction <</S /Launch /F (touch {}) \
         /Next <</S /JavaScript /JS (app.alert\\('shown'\\))>>>> \
         /Names <</JavaScript <</Names [(a) <</S /JavaScript /JS (secret)>>]>> \
         /EmbeddedFiles <</Names [(inner.txt) <</Type /Filespec /F (inner.txt) /EF <</F 6 0 R>>>>]>>>>>>",
        mark.display()
    );
    let inner = text_object(&shown(&["The inner file told of the committee."]));
    let read = read(&of_one_page(&catalogue, &[&inner]));
    check_read(&read);
    assert_eq!(read.n_found("inner OR secret OR shown"), 0);
    assert!(!mark.exists());
}

#[test]
fn p09_tables_of_objects_that_lie_cost_nothing() {
    let good = String::from_utf8(pages(&[page_of("one")])).unwrap();
    let at = good.find("xref\n").unwrap();
    let start = Instant::now();
    for (from, to) in [
        ("/Size 6 ", "/Size 4294967295 ".to_owned()),
        ("/Size 6 ", "/Size 6 /Prev 0 ".to_owned()),
        ("/Size 6 ", format!("/Size 6 /Prev {at} ")),
        ("xref\n0 6\n", "xref\n0 4000000000\n".to_owned()),
    ] {
        check_read(&read(good.replace(from, &to).as_bytes()));
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn p09_a_hundred_thousand_pages_are_refused_by_a_stated_limit() {
    let kids: Vec<String> = (0..100_000).map(|page| format!("{} 0 R", 6 + page)).collect();
    let list = format!("<</Type /Pages /Count {} /Kids [{}]>>", kids.len(), kids.join(" "));
    let (page, text) = (page(""), text_object(&page_of("one")));
    let mut objects = vec![CATALOGUE, &list, FONT, "null", &text];
    objects.extend(kids.iter().map(|_| page.as_str()));
    let start = Instant::now();
    check_unread(&made(&objects), "the PDF has more than 5000 pages");
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
}
