//! Pages: as documents, and as those of the systems that councils publish with.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer::parse::{Media, challenge, cmis, decode, links, moderngov};
use scrutineer_fuzz::{check_document, check_reading, twice};

/// What stands in an input between a meeting's page and that of an item.
const NEXT: &str = "<!--next-->";
const PAGE: &str = "https://thornby.example/ieListDocuments.aspx?CId=1&MId=2";
const LEGACY: &str = "https://thornby.example/CeListDocuments.aspx?CommitteeId=1&MeetingId=2";
const ITEM: &str = "https://thornby.example/mgAi.aspx?ID=3";

fuzz_target!(|bytes: &[u8]| {
    check_document(bytes, Media::Html);
    let text = decode(bytes, None);
    let length = bytes.len();
    twice("links", length, || links::links(&text, PAGE).is_ok());
    twice("challenge", length, || challenge(&text));
    if text.contains("modgov") {
        moderngov_pages(&text);
    }
    if text.contains("CMIS") {
        cmis_pages(&text);
    }
});

fn moderngov_pages(text: &str) {
    let length = text.len();
    let (page, item) = text.split_once(NEXT).unwrap_or((text, text));
    let items = [(ITEM.to_owned(), item.to_owned())];
    for url in [PAGE, LEGACY, ""] {
        check_reading(&twice("meeting", length, || moderngov::page_reading(page, url, &items)));
    }
    check_reading(&twice("decision", length, || moderngov::decision_reading(text)));
    twice("item", length, || moderngov::item_page(item));
    twice("issue", length, || moderngov::issue_page(text));
    twice("committees", length, || moderngov::committee_list_page(text));
    twice("meetings", length, || moderngov::meeting_list_page(text));
    twice("content", length, || moderngov::content(text));
}

fn cmis_pages(text: &str) {
    let length = text.len();
    check_reading(&twice("meeting", length, || cmis::page_reading(text)));
    twice("landing", length, || cmis::landing_page(text, PAGE).is_ok());
    twice("list", length, || cmis::list_page(text, PAGE).is_ok());
    let month = "2026-06-01".parse().expect("a day that exists");
    twice("month", length, || cmis::month_page(text, PAGE, month).is_ok());
    twice("menu", length, || cmis::menu_links(text, PAGE));
    twice("content", length, || cmis::content(text));
}
