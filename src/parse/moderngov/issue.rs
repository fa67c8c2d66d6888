//! An issue's page, `mgIssueHistoryHome.aspx`: a matter that several meetings
//! take up.

use std::collections::{HashMap, HashSet};

use scraper::ElementRef;

use super::markup::{heading, hrefs, modgov, subject, tree};
use super::{Wrong, address};

/// An issue, as its page gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuePage {
    /// What it is called.
    pub title: String,
    /// The items of meetings that belong to it.
    pub meetings: Vec<IssueMeeting>,
}

/// An item of a meeting that belongs to an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueMeeting {
    /// The site's number for the meeting.
    pub meeting: String,
    /// The site's number for the item; empty where only the meeting is linked.
    pub item: String,
}

/// Reads `mgIssueHistoryHome.aspx`.
///
/// No real page is at hand, so nothing is taken from it but its title and its
/// links to meetings and items, which are the same on all pages. A link to an
/// item's own page belongs to the meeting that is linked in the same entry.
pub fn issue_page(text: &str) -> Result<IssuePage, Wrong> {
    let tree = tree(text)?;
    let modgov = modgov(&tree)?;
    let mut page = IssuePage { title: subject(modgov), ..IssuePage::default() };
    let said = heading(modgov);
    let is_so_called = ["issue", "mater", "manylion y mater"].iter().any(|front| said.starts_with(front));
    if !is_so_called && page.title.is_empty() {
        return Err(Wrong::OtherPage("an issue"));
    }
    // Links may stand in one entry by the thousand: it is looked through once.
    let mut only_items = HashMap::new();
    let mut item_beside = |link: ElementRef| {
        let is_entry = |part: &ElementRef| matches!(part.value().name(), "li" | "tr" | "p");
        let entry = link.ancestors().filter_map(ElementRef::wrap).find(is_entry)?;
        only_items.entry(entry.id()).or_insert_with(|| only_item(entry)).clone()
    };
    let mut known = HashSet::new();
    for (link, href) in hrefs(modgov) {
        let Some(meeting) = address::meeting_number(href) else { continue };
        let item = address::item_number(href).or_else(|| item_beside(link)).unwrap_or_default();
        if known.insert((meeting.clone(), item.clone())) {
            page.meetings.push(IssueMeeting { meeting, item });
        }
    }
    let with_item = page.meetings.iter().filter(|found| !found.item.is_empty());
    let with_item: HashSet<String> = with_item.map(|found| found.meeting.clone()).collect();
    page.meetings.retain(|found| !found.item.is_empty() || !with_item.contains(&found.meeting));
    Ok(page)
}

/// The item that an entry links beside its meeting, where that is the only
/// meeting in it.
fn only_item(entry: ElementRef) -> Option<String> {
    let mut meetings = hrefs(entry).filter_map(|(_, href)| address::meeting_number(href));
    let first = meetings.next()?;
    if meetings.any(|other| other != first) {
        return None;
    }
    hrefs(entry).find_map(|(_, href)| address::item_number(href))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_leads_to_its_meetings_and_their_items() {
        let page = issue_page(
            "<div id=\"modgov\"><h1>Issue details</h1><h2 class=\"mgSubTitleTxt\">Mill Road</h2><ul>\
             <li><a href=\"ieListDocuments.aspx?CId=1&amp;MId=5#AI51\">01/02/2024 - Cabinet</a></li>\
             <li><a href=\"ieListDocuments.aspx?CId=1&amp;MId=6\">Cabinet</a> <a href=\"mgAi.aspx?ID=61\">Item 7</a></li>\
             <li><a href=\"ieListDocuments.aspx?MId=7\">Council</a></li>\
             <li><a href=\"ieListDocuments.aspx?MId=5\">Cabinet</a></li></ul></div>",
        )
        .unwrap();
        assert_eq!(page.title, "Mill Road");
        let found: Vec<(&str, &str)> =
            page.meetings.iter().map(|found| (found.meeting.as_str(), found.item.as_str())).collect();
        assert_eq!(found, [("5", "51"), ("6", "61"), ("7", "")]);
    }
}
