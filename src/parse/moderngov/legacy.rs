//! Meetings from before the council had the system: the minutes are one
//! document, shown as a page (`ceListDocuments.aspx`) or linked as a file.
//!
//! No real page of the kind is at hand; what is known of them is how others
//! link to them. So the page is read by what all pages of the system share.

use std::collections::HashSet;
use std::sync::LazyLock;

use scraper::{ElementRef, Selector};

use super::address;
use super::markup::{hrefs, lies_in, selector, visible_text};
use super::page::{MeetingPage, PrintedFile, says_draft, says_minutes};
use crate::model::{Councils, Edition, Kind, Reading};
use crate::parse::blocks::{Page, html};
use crate::parse::heading::{Heading, describe};
use crate::parse::minutes::items;

/// The text of the page as HTML: what is neither furniture nor a fact of the
/// meeting under a label (`Venue:`).
///
/// A page that is no legacy one has such a text only where it is marked as a
/// document's: a note to visitors is no minutes.
pub(super) fn text(modgov: ElementRef, is_legacy: bool) -> String {
    let content = modgov.select(&CONTENT).next().unwrap_or(modgov);
    let mut text = String::new();
    gather(content, &mut text);
    let is_document = is_legacy || content.select(&DOCUMENT).next().is_some();
    if is_document && !html::blocks(&text).is_empty() { text } else { String::new() }
}

fn gather(element: ElementRef, text: &mut String) {
    for node in element.children() {
        if let Some(bare) = node.value().as_text().filter(|bare| !bare.trim().is_empty()) {
            let bare = bare.replace('&', "&amp;").replace('<', "&lt;");
            text.push_str(&format!("<p>{bare}</p>"));
        }
        let Some(child) = ElementRef::wrap(node) else { continue };
        if is_furniture(child) {
            continue;
        }
        // A document stands as it is; what only holds it is looked into.
        let holds_furniture = child.value().name() == "div" && child.select(&FURNITURE).next().is_some();
        if holds_furniture { gather(child, text) } else { text.push_str(&child.html()) }
    }
}

fn is_furniture(element: ElementRef) -> bool {
    const CLASSES: [&str; 9] = [
        "mgHeader",
        "mgSubTitle",
        "mgLinks",
        "mgFooter",
        "mgHelpLine",
        "mgActionList",
        "mgBulletList",
        "mgSectionTitle",
        "mgErrorTxt",
    ];
    const NOTHING: [&str; 1] = ["no documents are available for this meeting"];
    let name = element.value().name();
    if matches!(name, "script" | "style" | "form" | "h1" | "link" | "input" | "nav") {
        return true;
    }
    let has_class = element.value().classes().any(|class| CLASSES.contains(&class));
    let is_fact = name == "p" && element.select(&LABEL).next().is_some();
    has_class || is_fact || NOTHING.contains(&visible_text(element).to_lowercase().as_str())
}

/// The links to other texts of the same meeting, where one may be its minutes:
/// `RD` names the text that is shown.
pub(super) fn other_texts(modgov: ElementRef) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    for (link, href) in hrefs(modgov) {
        let shown = address::parameter(href, &["rd"]).map(|shown| shown.to_lowercase());
        let (true, Some(shown)) = (address::page_name(href) == "celistdocuments.aspx", shown) else {
            continue;
        };
        let said = visible_text(link).to_lowercase();
        let may_be_minutes = says_minutes(&shown) || says_minutes(&said) || shown == "meeting";
        if may_be_minutes && known.insert(href) {
            links.push(href.to_owned());
        }
    }
    links
}

/// The minutes of a legacy meeting among the files that its page links.
pub(super) fn minutes_file(modgov: ElementRef) -> Option<PrintedFile> {
    hrefs(modgov).find_map(|(link, href)| {
        let is_old = href.to_lowercase().contains("olddocuments/");
        if !is_old || lies_in(link, &["mgWordPara"]) {
            return None;
        }
        let said = format!("{} {}", visible_text(link), address::page_name(href)).to_lowercase();
        let is_minutes = says_minutes(&said) && !said.contains("agenda");
        is_minutes.then(|| PrintedFile { link: href.to_owned(), is_draft: says_draft(&said) })
    })
}

/// The reading of a page whose text is one document.
pub(super) fn reading(meeting: &MeetingPage) -> Reading {
    let blocks = html::blocks(&meeting.text);
    let (items, n_before) = items(&blocks);
    let lines = &blocks[..n_before.max(1).min(blocks.len())];
    let mut reading = Reading {
        body: Some(meeting.body.clone()).filter(|body| !body.is_empty()),
        date: meeting.date,
        date_source: meeting.date.map(|_| meeting.date_source),
        items,
        ..Reading::default()
    };
    let page = Page::default();
    describe(&Heading { page: &page, lines, file_name: None }, &Councils::default(), &mut reading);
    let edition = match reading.edition {
        Some(edition) => edition,
        None if records_decisions(&reading) => Edition::Minutes,
        None => Edition::Agenda,
    };
    let is_draft = meeting.is_draft && edition == Edition::Minutes;
    reading.edition = Some(if is_draft { Edition::DraftMinutes } else { edition });
    reading
}

/// Whether a text says what was decided or who came, more than once: such a
/// text is minutes, even if it does not say so.
fn records_decisions(reading: &Reading) -> bool {
    let kinds = reading.items.iter().flat_map(|item| &item.passages).map(|passage| passage.kind);
    kinds.filter(|kind| matches!(kind, Kind::Resolution | Kind::Attendance)).count() >= 2
}

static CONTENT: LazyLock<Selector> = LazyLock::new(|| selector(".mgContent"));
static DOCUMENT: LazyLock<Selector> =
    LazyLock::new(|| selector(".mgWordPara, div[class^=\"WordSection\"], div[class^=\"Section\"]"));
static LABEL: LazyLock<Selector> = LazyLock::new(|| selector("span.mgLabel"));
static FURNITURE: LazyLock<Selector> = LazyLock::new(|| {
    selector(
        ".mgHeader, .mgSubTitle, .mgLinks, .mgFooter, .mgHelpLine, .mgActionList, .mgLabel, script, form",
    )
});

#[cfg(test)]
mod tests {
    use super::super::{Wrong, legacy_page, meeting_page, page_reading};
    use super::*;

    const TEXT: &str = "<div class=\"Section1\"><p>MINUTES of the meeting held on 8 February 2011</p>\
        <p>Present: Councillor A Smith</p><p><b>1. Apologies</b></p><p>None were received.</p>\
        <p><b>2. Road safety</b></p><p>RESOLVED that the scheme be approved.</p></div>";

    fn page(inside: &str) -> String {
        format!(
            "<html><head><meta name=\"DC.date\" content=\"2026-08-11\"></head><body><div id=\"modgov\">\
             <div class=\"mgHeader\"><h1>Meeting</h1></div><div class=\"mgContent\">\
             <p><span class=\"mgLabel\">Venue: </span>Town Hall</p>{inside}</div></div></body></html>"
        )
    }

    #[test]
    fn minutes_that_are_one_document_are_read_into_items() {
        let url = "https://x.example/ceListDocuments.aspx?MID=3776&RD=Minutes";
        let reading = page_reading(&page(TEXT), url, &[]);
        assert_eq!(reading.edition, Some(Edition::Minutes));
        assert_eq!(reading.date.unwrap().to_string(), "2011-02-08", "not the day on which it was shown");
        let titles: Vec<&str> = reading.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["", "Apologies", "Road safety"]);
        let texts: Vec<&str> =
            reading.items[2].passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(texts, ["RESOLVED that the scheme be approved."]);
        let all = || reading.items.iter().flat_map(|item| &item.passages);
        assert!(all().all(|passage| !passage.text.contains("Town Hall")));
        assert!(legacy_page(&page(TEXT)).unwrap().has_minutes());
    }

    #[test]
    fn a_note_to_visitors_is_no_minutes() {
        let note = page("<p>The meeting will be filmed.</p>");
        assert_eq!(meeting_page(&note), Err(Wrong::OtherPage("a meeting")));
        let legacy = legacy_page(&note).unwrap();
        assert!(!legacy.has_minutes() && !legacy.minutes_published);
        assert_eq!(legacy_page(&page("")), Err(Wrong::OtherPage("a meeting")));
    }

    #[test]
    fn other_texts_and_files_are_followed_where_they_may_be_the_minutes() {
        let legacy = legacy_page(&page(
            "<ul class=\"mgBulletList\">\
             <li><a href=\"ceListDocuments.aspx?MID=3776&amp;RD=Minutes&amp;DF=08%2f02%2f2011\">Minutes</a></li>\
             <li><a href=\"ceListDocuments.aspx?MID=3776&amp;RD=Agenda\">Agenda</a></li>\
             <li><a href=\"olddocuments/BoardAgenda.pdf?MId=3776\">Board Agenda and minutes</a></li>\
             <li><a href=\"olddocuments/BoardMinutes.pdf?MId=3776\">BoardMinutes</a></li></ul>",
        ))
        .unwrap();
        assert_eq!(legacy.other_texts, ["ceListDocuments.aspx?MID=3776&RD=Minutes&DF=08%2f02%2f2011"]);
        let file = legacy.printed_minutes.unwrap();
        assert_eq!((file.link.as_str(), file.is_draft), ("olddocuments/BoardMinutes.pdf?MId=3776", false));
    }
}
