//! One decision's page, `ieDecisionDetails.aspx`.

use std::sync::LazyLock;

use scraper::{ElementRef, Selector};

use super::markup::{heading, hrefs, lies_in, modgov, selector, subject, tree, visible_start, visible_text};
use super::{DocumentLink, Wrong, address, date_in, no_reading, service_date};
use crate::model::{AgendaItem, DateSource, Edition, PartialDate, Reading};
use crate::parse::blocks::html;
use crate::parse::{passages, standing};

/// A decision, as its page gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionPage {
    /// What it is about.
    pub title: String,
    /// Who decided, where that is said.
    pub maker: String,
    /// What has become of it, such as `Recommendations Approved`.
    pub status: String,
    /// When it was decided.
    pub date: Option<PartialDate>,
    /// When it was published, which may be years later.
    pub published: Option<PartialDate>,
    /// The link to the meeting that decided.
    pub meeting: Option<String>,
    /// The number of its issue.
    pub issue: Option<String>,
    /// Its texts under their headings, as HTML, in order: `Purpose`, `Decision` …
    pub sections: Vec<(String, String)>,
    /// The files that hang on it.
    pub documents: Vec<DocumentLink>,
}

/// How much is read of a fact with its label, in nodes and bytes. Labels may
/// stand in one line by the thousand, which is not read whole for each of them.
const FACT: usize = 2_000;

/// Reads `ieDecisionDetails.aspx`.
pub fn decision_page(text: &str) -> Result<DecisionPage, Wrong> {
    let tree = tree(text)?;
    let modgov = modgov(&tree)?;
    let mut page = DecisionPage { title: subject(modgov), ..DecisionPage::default() };
    let mut n_facts = 0;
    for label in modgov.select(&LABELS) {
        let said = visible_start(label, FACT).to_lowercase();
        let Some(line) = label.parent().and_then(ElementRef::wrap) else { continue };
        let value = visible_start(line, FACT);
        let value = value.get(visible_start(label, FACT).len()..).unwrap_or_default().trim().to_owned();
        n_facts += 1;
        match said.trim_end_matches(':').trim() {
            "decision maker" => page.maker = value,
            "decision status" => page.status = value,
            "date of decision" => page.date = service_date(&value).or_else(|| date_in(&value)),
            "publication date" => page.published = service_date(&value).or_else(|| date_in(&value)),
            _ => n_facts -= 1,
        }
    }
    for element in modgov.select(&PARTS) {
        if lies_in(element, &["mgWordPara"]) {
            continue;
        }
        let is_heading = element.value().name() == "h3";
        let said = if is_heading { visible_text(element) } else { String::new() };
        if is_heading {
            page.sections.push((said.trim_end_matches(':').trim().to_owned(), String::new()));
        } else {
            let html = element.html();
            match page.sections.last_mut() {
                Some((_, text)) => text.push_str(&html),
                None => page.sections.push((String::new(), html)),
            }
        }
    }
    page.sections.retain(|(_, text)| !html::blocks(text).is_empty());
    for (link, href) in hrefs(modgov) {
        if lies_in(link, &["mgWordPara"]) {
            continue;
        }
        if address::meeting_number(href).is_some() {
            page.meeting.get_or_insert_with(|| href.to_owned());
        } else if address::is_attachment(href) {
            page.documents.push(DocumentLink { link: href.to_owned(), title: visible_text(link) });
        }
        page.issue = page.issue.or_else(|| address::issue_number(href));
    }
    let said = heading(modgov);
    let is_so_called =
        ["decision", "penderfyniad", "manylion y penderfyniad"].iter().any(|front| said.starts_with(front));
    // Some pages have no main title; the facts under their labels tell them.
    if page.title.is_empty() || (!is_so_called && n_facts < 2) {
        return Err(Wrong::OtherPage("a decision"));
    }
    Ok(page)
}

/// The reading of a decision's page: one item, all of it decisions.
///
/// Never fails: what is no such page has no items, and a warning.
pub fn decision_reading(text: &str) -> Reading {
    let page = match decision_page(text) {
        Ok(page) => page,
        Err(wrong) => return no_reading(&wrong),
    };
    let standing = standing(&page.title);
    let passages = page.sections.iter().flat_map(|(_, text)| passages(&html::blocks(text), standing));
    let item = AgendaItem {
        key: "1".to_owned(),
        standing: standing.map(str::to_owned),
        passages: passages.collect(),
        title: page.title,
        ..AgendaItem::default()
    };
    Reading {
        date: page.date,
        date_source: page.date.map(|_| DateSource::Heading),
        body: Some(page.maker).filter(|maker| !maker.is_empty()),
        edition: Some(Edition::Decisions),
        items: vec![item],
        ..Reading::default()
    }
}

static LABELS: LazyLock<Selector> = LazyLock::new(|| selector("span.mgLabel"));
static PARTS: LazyLock<Selector> = LazyLock::new(|| selector("h3, .mgWordPara"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_keeps_its_sections_apart_and_in_order() {
        let page = decision_page(
            "<div id=\"modgov\"><h1>Decision details</h1><h2 class=\"mgSubTitleTxt\">Mill Road</h2>\
             <h3 class=\"mgSubSubTitleTxt\">Purpose:</h3><div class=\"mgWordPara\"><p>To mend it.</p></div>\
             <h3 class=\"mgSubSubTitleTxt\">Decision:</h3><div class=\"mgWordPara\"><h3>Part 1</h3><p>Agreed.</p>\
             </div><p><span class=\"mgLabel\">Date of decision: </span>01/02/2024</p></div>",
        )
        .unwrap();
        assert_eq!(page.date.unwrap().to_string(), "2024-02-01");
        let headings: Vec<&str> = page.sections.iter().map(|(heading, _)| heading.as_str()).collect();
        assert_eq!(headings, ["Purpose", "Decision"]);
        assert!(page.sections[1].1.contains("Part 1") && page.sections[1].1.contains("Agreed."));
    }

    #[test]
    fn a_meetings_page_is_no_decision() {
        let meeting = "<div id=\"modgov\"><h1>Agenda</h1><h2 class=\"mgSubTitleTxt\">Cabinet</h2>\
            <p><span class=\"mgLabel\">Venue: </span>Town Hall</p></div>";
        assert_eq!(decision_page(meeting), Err(Wrong::OtherPage("a decision")));
        assert!(decision_reading(meeting).items.is_empty());
    }
}
