//! A page of the system that somebody saved as a file.
//!
//! Only what `#modgov` marks is read; whose site it is stands outside of it.

use super::page::{PageKind, page_kind};
use super::{Item, decision_page, decision_reading, fill, item_page, meeting_page, page_reading};
use crate::model::{DateSource, Edition, Reading};
use crate::parse::date::before_date;

/// The reading of a saved page of a meeting, of an agenda item or of a decision.
///
/// `None` for pages that the system did not make, and for those of its pages
/// that are texts of their own, such as an issue's. An error says why a page
/// of the system has no meeting to read.
pub fn saved_page(text: &str) -> Option<Result<Reading, &'static str>> {
    let reading = match page_kind(text).ok()? {
        PageKind::Meeting => meeting(text),
        PageKind::Item => item(text),
        PageKind::List => Err("a ModernGov page that leads to meetings, not one of a meeting"),
        PageKind::Other if decision_page(text).is_ok() => Ok(decision_reading(text)),
        PageKind::Other => return None,
    };
    Some(reading.map(|reading| Reading {
        // Titles without any text are an agenda, whatever the file is called.
        edition: reading.edition.or(Some(Edition::Agenda)),
        ..reading
    }))
}

fn meeting(text: &str) -> Result<Reading, &'static str> {
    let reading = page_reading(text, "", &[]);
    if !reading.items.is_empty() {
        return Ok(reading);
    }
    let is_cancelled = meeting_page(text).is_ok_and(|meeting| meeting.is_cancelled);
    Err(if is_cancelled {
        "the ModernGov page of a meeting that was cancelled: it has no items"
    } else {
        "the ModernGov page of a meeting without items"
    })
}

fn item(text: &str) -> Result<Reading, &'static str> {
    let page = item_page(text).map_err(|_| "a ModernGov page of an agenda item without title or text")?;
    let (body, number) = meeting_of(&page.meeting);
    let mut reading = Reading {
        body: Some(body).filter(|body| !body.is_empty()),
        date: page.date.map(|(date, _)| date),
        date_source: page.date.map(|(_, source): (_, DateSource)| source),
        ..Reading::default()
    };
    let minutes = if page.is_draft { Edition::DraftMinutes } else { Edition::Minutes };
    let item = Item {
        number,
        title: page.title,
        agenda: page.agenda,
        decision: page.decision,
        minutes: page.minutes,
        ..Item::default()
    };
    fill(&mut reading, &[item], minutes, "");
    if reading.n_passages() == 0 {
        return Err("a ModernGov page of an agenda item without any text");
    }
    Ok(reading)
}

/// The body and the item's number in a link such as
/// `Meeting of Cabinet, Tuesday, 4th October, 2022 6.30 pm (Item 5.)`.
fn meeting_of(link: &str) -> (String, String) {
    let number = ["(Item ", "(Eitem "].iter().find_map(|front| link.rsplit_once(front));
    let number = number.map_or("", |(_, rest)| rest.trim_end_matches(['.', ')', ' ']));
    let named =
        ["Meeting of the ", "Meeting of ", "Cyfarfod "].iter().find_map(|front| link.strip_prefix(front));
    let body = named.map(before_date).filter(|body| Some(*body) != named).unwrap_or_default();
    (body.to_owned(), number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(link: &str, body: &str, number: &str) {
        assert_eq!(meeting_of(link), (body.to_owned(), number.to_owned()), "{link}");
    }

    #[test]
    fn a_link_to_a_meeting_names_its_body() {
        check("Meeting of Cabinet, Tuesday, 4th October, 2022 6.30 pm (Item 5.)", "Cabinet", "5");
        check(
            "Meeting of Health, Care and Housing Panel, 4 October 2022",
            "Health, Care and Housing Panel",
            "",
        );
        check("Cyfarfod Cabinet, Dydd Mawrth, 4ydd Hydref, 2022 (Eitem 7a.)", "Cabinet", "7a");
        check("Meeting", "", "");
    }

    fn read(inside: &str) -> Option<Result<Reading, &'static str>> {
        saved_page(&format!("<html><body><div id=\"modgov\">{inside}</div></body></html>"))
    }

    #[test]
    fn an_items_page_is_one_item_with_the_editions_of_its_sections() {
        let reading = read(
            "<h1>Agenda item</h1><h2 class=\"mgSubTitleTxt\">Minutes of the meeting held on 6 July 2021</h2>\
             <a href=\"ieListDocuments.aspx?MId=5\">Meeting of Cabinet, Tuesday, 4th October, 2022 (Item 5.)</a>\
             <div class=\"mgWordPara\"><p>To agree them.</p></div><h3 class=\"mgSubItemTitleTxt\">Minutes:</h3>\
             <div class=\"mgWordPara\"><p>They were agreed.</p></div>",
        );
        let reading = reading.unwrap().unwrap();
        assert_eq!(reading.body.as_deref(), Some("Cabinet"));
        assert_eq!(reading.date.unwrap().to_string(), "2022-10-04");
        assert_eq!(reading.edition, Some(Edition::Minutes));
        let [item] = &reading.items[..] else { panic!("one item") };
        assert_eq!((item.number.as_str(), item.standing.as_deref()), ("5", Some("minutes")));
        let editions: Vec<_> = item.passages.iter().map(|passage| passage.edition).collect();
        assert_eq!(editions, [Some(Edition::Agenda), Some(Edition::Minutes)]);
    }

    #[test]
    fn a_decision_is_a_text_of_its_own_and_a_list_is_none() {
        let link = "<a href=\"ieListDocuments.aspx?MId=5\">Cabinet, 4 October 2022</a>";
        assert_eq!(read(&format!("<h1>Details</h1><h3>Decision:</h3><p>Agreed.</p>{link}")), None);
        assert!(read(&format!("<h1>Browse meetings</h1>{link}")).unwrap().is_err());
        assert!(read("<h1>Search results</h1><p>None</p>").unwrap().is_err());
        let titles = "<table><tr><td class=\"mgItemNumberCell\">1.</td><td><p class=\"mgAiTitleTxt\">Roads</p></td></tr></table>";
        assert_eq!(read(titles).unwrap().unwrap().edition, Some(Edition::Agenda));
    }
}
