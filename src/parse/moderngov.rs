//! Reads the answers of Civica ModernGov: its web service and its pages.
//!
//! A status of 200 says little here: sites answer a call to the web service
//! with a page of their own, and a page with a challenge. So each reader first
//! looks whether the answer is what it should be, and returns [`Wrong`] if not.

pub mod address;

mod xml;

mod content;
mod decision;
mod issue;
mod legacy;
mod markup;
mod page;
mod saved;

pub use content::content;
pub use decision::{DecisionPage, decision_page, decision_reading};
pub use issue::{IssueMeeting, IssuePage, issue_page};
pub use page::{
    CommitteeLink, ItemPage, MeetingFile, MeetingLink, MeetingList, MeetingPage, PrintedFile,
    committee_list_page, item_page, legacy_page, meeting_list_page, meeting_page,
};
pub use saved::saved_page;
pub use xml::{
    Attendee, CommitteeEntry, MeetingEntry, MeetingXml, committees_xml, meeting_xml, meetings_xml,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::attendance::attendance as listed;
use super::blocks::{fold, html};
use super::date::dates;
use super::person::is_officers_role;
use super::{passages, standing};
use crate::model::{
    AgendaItem, Attendance, DateSource, Edition, ItemPassage, PartialDate, Person, Reading, Warning,
};

/// Why an answer is not the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The web service was asked, and something that is no XML came.
    #[error("the answer is not XML")]
    NotXml,
    /// It is XML of another kind.
    #[error("the answer is XML of another kind, `{0}`")]
    OtherXml(String),
    /// A page came that the system did not make: a challenge, an error, a notice.
    #[error("the page is not one of ModernGov (it has no `#modgov`)")]
    NotModernGov,
    /// The page is one of the system, but not of the kind asked for.
    #[error("the page is not {0}")]
    OtherPage(&'static str),
    /// The page is made so that reading it would cost too much.
    #[error("the page cannot be read: {0}")]
    Hostile(String),
}

/// An agenda item as the site gives it: its texts are HTML still.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// The site's number for the item; empty when it has none.
    pub id: String,
    /// The number as printed, without a full stop at the end; may be empty.
    pub number: String,
    /// The title; may be empty.
    pub title: String,
    /// The text of the agenda.
    pub agenda: String,
    /// The decision.
    pub decision: String,
    /// The minutes.
    pub minutes: String,
    /// Whether the site keeps its text back: only number and title are public.
    pub is_withheld: bool,
    /// Texts that the page cuts short.
    pub cuts: Vec<Cut>,
    /// The files that hang on it and that anybody may read.
    pub documents: Vec<DocumentLink>,
    /// The link to the page of the decision that was taken.
    pub decision_link: Option<String>,
    /// The number of the issue that it belongs to.
    pub issue: Option<String>,
}

/// A file that is linked beside an item or a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLink {
    /// The link, as it is written.
    pub link: String,
    /// What it is called; may be empty.
    pub title: String,
}

/// A text of an item that a page cuts short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Which text.
    pub part: Part,
    /// The link to the item's own page, which has it whole.
    pub link: String,
}

/// One of an item's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The text of the agenda.
    Agenda,
    /// The decision.
    Decision,
    /// The minutes.
    Minutes,
}

impl Item {
    /// Whether there are minutes of the item with anything to read in them.
    pub fn has_minutes(&self) -> bool {
        !html::blocks(&self.minutes).is_empty()
    }

    /// One of its texts.
    fn text_mut(&mut self, part: Part) -> &mut String {
        match part {
            Part::Agenda => &mut self.agenda,
            Part::Decision => &mut self.decision,
            Part::Minutes => &mut self.minutes,
        }
    }
}

/// The reading of a meeting as the web service gives it.
///
/// Never fails: what is no such answer has no items, and a warning.
pub fn xml_reading(text: &str) -> Reading {
    meeting_reading(text).unwrap_or_else(|wrong| no_reading(&wrong))
}

/// The same; says what is wrong with what is no such answer.
pub fn meeting_reading(text: &str) -> Result<Reading, Wrong> {
    let meeting = meeting_xml(text)?;
    let mut reading = Reading {
        date: meeting.date,
        date_source: meeting.date.map(|_| DateSource::Metadata),
        attendance: attendance(&meeting.attendees),
        ..Reading::default()
    };
    fill(&mut reading, &meeting.items, Edition::Minutes, "");
    if reading.attendance == Attendance::default() {
        reading.attendance = listed(&reading.items);
    }
    Ok(reading)
}

/// The reading of a meeting's page, with the pages of its items: the address
/// and the text of each.
///
/// A text that the page cuts short is replaced by the whole one of its item's
/// page; where that is not at hand, it stays as it is, with a warning. Never
/// fails: what is no such page has no items, and a warning.
pub fn page_reading(page: &str, page_url: &str, item_pages: &[(String, String)]) -> Reading {
    let mut meeting = match page_of_meeting(page, page_url) {
        Ok(meeting) => meeting,
        Err(wrong) => return no_reading(&wrong),
    };
    if !meeting.text.is_empty() {
        let mut reading = legacy::reading(&meeting);
        reading.attendance = listed(&reading.items);
        return reading;
    }
    let mut reading = Reading {
        body: Some(meeting.body.clone()).filter(|body| !body.is_empty()),
        date: meeting.date,
        date_source: meeting.date.map(|_| meeting.date_source),
        ..Reading::default()
    };
    let mut own_pages = Vec::new();
    for item in &mut meeting.items {
        own_pages.push(complete(item, page_url, item_pages, &mut reading.warnings));
    }
    let minutes = if meeting.is_draft { Edition::DraftMinutes } else { Edition::Minutes };
    fill(&mut reading, &meeting.items, minutes, page_url);
    reading.attendance = listed(&reading.items);
    for (item, own_page) in reading.items.iter_mut().zip(own_pages) {
        item.url = own_page.or(item.url.take());
    }
    reading
}

/// Reads a meeting's page at its address: a legacy one where the address says
/// so, or where it can only be one.
pub fn page_of_meeting(page: &str, page_url: &str) -> Result<MeetingPage, Wrong> {
    if address::is_legacy(page_url) {
        return legacy_page(page);
    }
    meeting_page(page)
}

/// Puts in the whole texts where they were cut. Returns the address of the
/// item's own page, when something was taken from there.
fn complete(
    item: &mut Item,
    page_url: &str,
    item_pages: &[(String, String)],
    warnings: &mut Vec<Warning>,
) -> Option<String> {
    let mut own_page = None;
    for cut in item.cuts.clone() {
        let url = address::resolve(page_url, &cut.link);
        let is_it = |other: &str| url.as_deref().is_some_and(|url| address::same(url, other));
        let found = item_pages.iter().find(|(other, _)| is_it(other)).map(|(_, text)| item_page(text));
        let whole = match found {
            None => Err("its own page is not stored".to_owned()),
            Some(Err(wrong)) => Err(wrong.to_string()),
            Some(Ok(page)) if html::blocks(page.text(cut.part)).is_empty() => {
                Err("its own page does not have it".to_owned())
            }
            Some(Ok(page)) => Ok(page.text(cut.part).to_owned()),
        };
        match whole {
            Ok(whole) => {
                *item.text_mut(cut.part) = whole;
                own_page = url;
            }
            Err(reason) => warnings.push(cut_short(item, &reason)),
        }
    }
    own_page
}

fn cut_short(item: &Item, reason: &str) -> Warning {
    Warning { at: at_item(item), message: format!("its text is cut short: {reason}") }
}

fn at_item(item: &Item) -> String {
    let name = if item.number.is_empty() { &item.title } else { &item.number };
    format!("item {name}")
}

fn no_reading(wrong: &Wrong) -> Reading {
    let warning = Warning { at: "document".to_owned(), message: wrong.to_string() };
    Reading { warnings: vec![warning], ..Reading::default() }
}

/// Fills in the items and says what the whole is: the furthest that any item
/// has come.
fn fill(reading: &mut Reading, items: &[Item], minutes: Edition, page_url: &str) {
    let mut keys = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let key = unique_key(&item.id, at, &keys);
        keys.push(key.clone());
        let url = (!page_url.is_empty() && !item.id.is_empty()).then(|| format!("{page_url}#AI{}", item.id));
        let passages = item_passages(item, minutes);
        if item.is_withheld {
            let message = "the site keeps its text back".to_owned();
            reading.warnings.push(Warning { at: at_item(item), message });
        }
        reading.items.push(AgendaItem {
            key,
            number: item.number.clone(),
            title: item.title.clone(),
            standing: standing(&item.title).map(str::to_owned),
            exempt: None,
            url,
            passages,
        });
    }
    let editions: Vec<Edition> = reading
        .items
        .iter()
        .flat_map(|item| item.passages.iter().filter_map(|passage| passage.edition))
        .collect();
    reading.edition =
        [minutes, Edition::Decisions, Edition::Agenda].into_iter().find(|edition| editions.contains(edition));
}

/// The passages of an item, in the order in which a page prints them.
fn item_passages(item: &Item, minutes: Edition) -> Vec<ItemPassage> {
    let mut all = Vec::new();
    for (text, edition) in
        [(&item.agenda, Edition::Agenda), (&item.decision, Edition::Decisions), (&item.minutes, minutes)]
    {
        all.extend(passages(&html::blocks(text), standing(&item.title)).into_iter().map(|mut passage| {
            passage.edition = Some(edition);
            passage
        }));
    }
    all
}

/// The site's own number, made fit for an identifier; the ordinal where there
/// is none or another item has it.
fn unique_key(id: &str, at: usize, taken: &[String]) -> String {
    let fit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let key: String = id.chars().filter(fit).collect();
    if !key.is_empty() && !taken.contains(&key) {
        return key;
    }
    let mut key = format!("{}", at + 1);
    while taken.contains(&key) {
        key.push('x');
    }
    key
}

/// Who was there, as the web service says of each. Before a meeting all are
/// `Expected`: that is no attendance.
fn attendance(attendees: &[Attendee]) -> Attendance {
    let mut found = Attendance::default();
    for attendee in attendees {
        let said = attendee.attendance.to_lowercase();
        let role = Some(attendee.role.clone()).filter(|role| !role.is_empty());
        let person = Person { name: attendee.name.clone(), role };
        if said.starts_with("apologies") {
            found.apologies.push(person);
        } else if said.starts_with("in attendance")
            || is_officers_role(&attendee.role) && said.starts_with("present")
        {
            found.officers.push(person);
        } else if said.starts_with("present") {
            if said.contains("substitute") {
                found.substitutes.push(person.clone());
            }
            found.present.push(person);
        }
    }
    found
}

/// The text of a bit of HTML: references decoded, tags dropped, white space folded.
fn plain(html: &str) -> String {
    if !html.contains(['&', '<']) {
        return fold(html);
    }
    let text: String = scraper::Html::parse_fragment(html).root_element().text().collect();
    fold(&text)
}

/// The number of an item without the full stop that is printed after it.
fn number(text: &str) -> String {
    fold(text).trim_end_matches('.').trim().to_owned()
}

/// The first date in a text such as `15 Jan 2026 7:30 pm` or
/// `Dydd Iau, 9fed Hydref, 2014`, to the day.
fn date_in(text: &str) -> Option<PartialDate> {
    let found = dates(text).into_iter().filter_map(|found| found.date);
    found.into_iter().find(|date| date.to_day().is_some())
}

/// A date that the web service gives, dd/mm/yyyy.
fn service_date(text: &str) -> Option<PartialDate> {
    let mut parts = text.trim().splitn(3, '/');
    let day = parts.next()?.trim().parse().ok()?;
    let month = parts.next()?.trim().parse().ok()?;
    let year = parts.next()?.trim().get(..4)?.parse().ok()?;
    PartialDate::day(year, month, day)
}

/// Whether a list, a heading or a status says that a meeting was called off, in
/// English or Welsh (`CANSLWYD`, `wedi'i ganslo`, `wedi'i chanslo`).
fn is_cancelled(said: &str) -> bool {
    let said = said.to_lowercase();
    ["cancel", "cansl", "gansl", "chansl"].iter().any(|word| said.contains(word))
}

/// A date as the web service must be given it. It takes any other form
/// without complaint and then passes the date over.
pub fn to_service_date(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_date(text: &str, expected: Option<&str>) {
        assert_eq!(date_in(text).map(|date| date.to_string()).as_deref(), expected);
    }

    #[test]
    fn dates_are_read_as_sites_print_them() {
        check_date("15 Jan 2026\u{a0}7:30 pm", Some("2026-01-15"));
        check_date("Wednesday, 4th February, 2026 6.30 pm", Some("2026-02-04"));
        check_date("Dydd Iau, 9fed Hydref, 2014 2.00 o'r gloch", Some("2014-10-09"));
        check_date("31 February 2026", None);
        check_date("Constitution", None);
        assert_eq!(service_date("10/02/2026").unwrap().to_string(), "2026-02-10");
        assert_eq!(service_date("2026-02-10"), None);
        assert_eq!(to_service_date(jiff::civil::date(2026, 2, 3)), "03/02/2026");
    }

    #[test]
    fn a_meeting_that_was_called_off_says_so_in_either_language() {
        for said in ["CANCELLED", "Cancelled", "CANSLWYD", "Cabinet, wedi'i ganslo", "wedi'i chanslo"] {
            assert!(is_cancelled(said), "{said}");
        }
        assert!(!is_cancelled("Confirmed") && !is_cancelled("Agenda, translation"));
    }

    #[test]
    fn a_title_is_decoded_to_its_end() {
        assert_eq!(plain("Chair&#39;s  <b>report</b> &amp; budget"), "Chair's report & budget");
        assert_eq!(number(" 54. \n"), "54");
    }

    #[test]
    fn who_was_there_is_told_by_the_service_and_else_by_the_minutes() {
        let attendee = |name: &str, role: &str, attendance: &str| Attendee {
            name: name.to_owned(),
            role: role.to_owned(),
            attendance: attendance.to_owned(),
        };
        let found = attendance(&[
            attendee("Cllr A Hill", "Chair", "Present"),
            attendee("Cllr B Dale", "Reserve", "Present, as substitute"),
            attendee("Cllr C Wood", "Committee Member", "Apologies"),
            attendee("Ms D Ford", "Democratic Services Officer", "Present"),
            attendee("Cllr E Lake", "Ward Member", "In attendance"),
            attendee("Cllr F Moor", "Committee Member", "Expected"),
        ]);
        let names = |people: &[Person]| people.iter().map(|person| person.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&found.present), ["Cllr A Hill", "Cllr B Dale"]);
        assert_eq!(names(&found.substitutes), ["Cllr B Dale"]);
        assert_eq!(names(&found.apologies), ["Cllr C Wood"]);
        assert_eq!(names(&found.officers), ["Ms D Ford", "Cllr E Lake"]);
    }

    #[test]
    fn keys_are_the_sites_own_and_never_shared() {
        let taken = ["7".to_owned(), "2".to_owned()];
        assert_eq!(unique_key("51/89", 0, &taken), "5189");
        assert_eq!(unique_key("7", 1, &taken), "2x");
        assert_eq!(unique_key("", 2, &taken), "3");
    }
}
