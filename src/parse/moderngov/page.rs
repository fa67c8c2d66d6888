//! The pages: lists of committees and meetings, a meeting, an agenda item.
//!
//! Everything outside `#modgov` is the council's own, so nothing is read there.

use std::collections::HashSet;
use std::sync::LazyLock;

use scraper::{ElementRef, Selector};

use super::markup::{
    heading, hrefs, lies_in, meta, modgov, selector, subject, text_behind, tree, visible_text,
};
use super::{Cut, DocumentLink, Item, Part, Wrong, address, date_in, is_cancelled, legacy, number};
use crate::model::{DateSource, Edition, PartialDate};
use crate::parse::blocks::fold;
use crate::parse::{Pattern, pattern};

/// A committee as the list of committees links it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteeLink {
    /// The site's number for it.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A meeting as a list of meetings links it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingLink {
    /// The site's number for it.
    pub id: String,
    /// The link.
    pub link: String,
    /// When it is or was.
    pub date: Option<PartialDate>,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Whether its agenda is published.
    pub agenda_published: bool,
    /// Whether its minutes are published.
    pub minutes_published: bool,
}

/// A page of a committee's meetings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingList {
    /// The name of the committee.
    pub body: String,
    /// The meetings that the page shows.
    pub meetings: Vec<MeetingLink>,
    /// The link to earlier meetings.
    pub earlier: Option<String>,
    /// The link to later meetings.
    pub later: Option<String>,
}

/// A printed file of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedFile {
    /// The link.
    pub link: String,
    /// Whether it says that it is a draft.
    pub is_draft: bool,
}

/// A file of a meeting that is not its minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingFile {
    /// The link.
    pub link: String,
    /// What it is: an agenda, decisions, a pack.
    pub edition: Edition,
}

/// A meeting's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingPage {
    /// The name of the committee.
    pub body: String,
    /// When it is or was.
    pub date: Option<PartialDate>,
    /// Where the date was read.
    pub date_source: DateSource,
    /// When the page was last changed, as it says itself.
    pub modified: Option<PartialDate>,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Whether the page says that it holds an agenda, or has items.
    pub agenda_published: bool,
    /// Whether the page says that it holds minutes, or links printed ones.
    pub minutes_published: bool,
    /// Whether the minutes are said to be a draft.
    pub is_draft: bool,
    /// The printed minutes.
    pub printed_minutes: Option<PrintedFile>,
    /// What the system prints of the whole meeting: the agenda's front sheet,
    /// the decisions, the pack of all reports.
    pub files: Vec<MeetingFile>,
    /// Its items in order.
    pub items: Vec<Item>,
    /// The text of a legacy meeting, as HTML: one document without a table of
    /// items. Empty otherwise.
    pub text: String,
    /// The links to other texts of a legacy meeting that may be its minutes.
    pub other_texts: Vec<String>,
}

impl MeetingPage {
    /// Whether there are minutes with something to read in them, of an item or
    /// of the whole.
    pub fn has_minutes(&self) -> bool {
        let in_text = || legacy::reading(self).edition.is_some_and(Edition::is_minutes);
        self.items.iter().any(Item::has_minutes) || (!self.text.is_empty() && in_text())
    }
}

/// An agenda item's own page: its texts in full, as HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemPage {
    /// The title, as far as the page marks it.
    pub title: String,
    /// The link to its meeting as it reads, such as `Meeting of Cabinet,
    /// Tuesday, 4th October, 2022 6.30 pm (Item 5.)`; empty when it has none.
    pub meeting: String,
    /// When that meeting is or was, and where that was read.
    pub date: Option<(PartialDate, DateSource)>,
    /// Whether the minutes are said to be a draft.
    pub is_draft: bool,
    /// The text of the agenda.
    pub agenda: String,
    /// The decision.
    pub decision: String,
    /// The minutes.
    pub minutes: String,
}

impl ItemPage {
    /// One of its texts.
    pub fn text(&self, part: Part) -> &str {
        match part {
            Part::Agenda => &self.agenda,
            Part::Decision => &self.decision,
            Part::Minutes => &self.minutes,
        }
    }
}

/// Reads `mgListCommittees.aspx`: the committees there are today.
pub fn committee_list_page(text: &str) -> Result<Vec<CommitteeLink>, Wrong> {
    let tree = tree(text)?;
    let mut found: Vec<CommitteeLink> = Vec::new();
    let mut known = HashSet::new();
    for (link, href) in hrefs(modgov(&tree)?) {
        if address::page_name(href) != "mgcommitteedetails.aspx" {
            continue;
        }
        let Some(id) = address::parameter(href, &["id", "cid", "committeeid"]).filter(|id| is_number(id))
        else {
            continue;
        };
        if known.insert(id.clone()) {
            found.push(CommitteeLink { id, name: visible_text(link) });
        }
    }
    if found.is_empty() {
        return Err(Wrong::OtherPage("a list of committees"));
    }
    Ok(found)
}

/// Reads `ieListMeetings.aspx`. What is published of a meeting stands as text
/// behind its link.
pub fn meeting_list_page(text: &str) -> Result<MeetingList, Wrong> {
    let tree = tree(text)?;
    let modgov = modgov(&tree)?;
    let mut list = MeetingList { body: subject(modgov), ..MeetingList::default() };
    let mut known = HashSet::new();
    for (link, href) in hrefs(modgov) {
        match address::parameter(href, &["act"]).map(|act| act.to_lowercase()).as_deref() {
            Some("earlier") => list.earlier = Some(href.to_owned()),
            Some("later") => list.later = Some(href.to_owned()),
            _ => {}
        }
        let Some(id) = address::meeting_number(href) else { continue };
        if !known.insert(id.clone()) {
            continue;
        }
        let said = text_behind(link).to_lowercase();
        list.meetings.push(MeetingLink {
            id,
            link: href.to_owned(),
            date: date_in(&visible_text(link)),
            is_cancelled: is_cancelled(&said),
            agenda_published: says_agenda(&said),
            minutes_published: says_minutes(&said),
        });
    }
    let is_list = has_year_form(modgov) || !list.meetings.is_empty() || list.earlier.is_some();
    if !is_list {
        return Err(Wrong::OtherPage("a list of meetings"));
    }
    Ok(list)
}

/// The form for choosing a year stands on every list of meetings, also on an
/// empty one.
fn has_year_form(modgov: ElementRef) -> bool {
    modgov
        .select(&FORMS)
        .any(|form| address::page_name(form.attr("action").unwrap_or_default()) == "ielistmeetings.aspx")
}

/// Reads `ieListDocuments.aspx`.
pub fn meeting_page(text: &str) -> Result<MeetingPage, Wrong> {
    read_meeting(text, false)
}

/// Reads `ceListDocuments.aspx`: a meeting from before the council had the
/// system, whose minutes are one document. Such a page need not say in its
/// heading when the meeting was.
pub fn legacy_page(text: &str) -> Result<MeetingPage, Wrong> {
    read_meeting(text, true)
}

fn read_meeting(text: &str, is_legacy: bool) -> Result<MeetingPage, Wrong> {
    let tree = tree(text)?;
    let modgov = modgov(&tree)?;
    let about = subject(modgov);
    let rows: Vec<ElementRef> = modgov.select(&ITEM_CELLS).collect();
    // The pages of committees carry the same heading without a date.
    let heading_date = date_in(&about);
    let text = if rows.is_empty() { legacy::text(modgov, is_legacy) } else { String::new() };
    let other_texts = legacy::other_texts(modgov);
    let is_meeting = !rows.is_empty()
        || heading_date.is_some()
        || (is_legacy && (!text.is_empty() || !other_texts.is_empty()));
    if !is_meeting {
        return Err(Wrong::OtherPage("a meeting"));
    }
    let said = heading(modgov);
    let printed_minutes = printed_minutes(modgov).or_else(|| legacy::minutes_file(modgov));
    // Pages that are of no meeting carry the day on which they are shown.
    let meta_date = meta(&tree, "dc.date").filter(|_| !is_legacy || heading_date.is_some());
    let printed_is_draft = printed_minutes.as_ref().is_some_and(|file| file.is_draft);
    let mut page = MeetingPage {
        body: body_of(&about),
        date: meta_date.or(heading_date),
        date_source: if meta_date.is_some() { DateSource::Metadata } else { DateSource::Heading },
        modified: meta(&tree, "dc.date.modified"),
        is_cancelled: is_cancelled(&about),
        agenda_published: says_agenda(&said) || !rows.is_empty(),
        minutes_published: says_minutes(&said) || printed_minutes.is_some(),
        is_draft: printed_is_draft || says_draft(&said),
        printed_minutes,
        files: meeting_files(modgov),
        items: rows.into_iter().filter_map(item).collect(),
        text,
        other_texts,
    };
    page.agenda_published |= page.files.iter().any(|file| file.edition != Edition::Decisions);
    page.minutes_published |= !page.text.is_empty() && page.has_minutes();
    Ok(page)
}

/// Reads `mgAi.aspx`: one item in full.
pub fn item_page(text: &str) -> Result<ItemPage, Wrong> {
    let tree = tree(text)?;
    let modgov = modgov(&tree)?;
    let mut page = ItemPage { meeting: meeting_link(modgov), ..ItemPage::default() };
    let in_meta = meta(&tree, "dc.date").map(|date| (date, DateSource::Metadata));
    page.date = in_meta.or_else(|| date_in(&page.meeting).map(|date| (date, DateSource::Heading)));
    let mut section = Section::Agenda;
    let mut is_item = false;
    for element in modgov.select(&ITEM_PAGE_PARTS) {
        if lies_in(element, &["mgWordPara", "mgFooter", "mgLinks"]) {
            continue;
        }
        let classes: Vec<&str> = element.value().classes().collect();
        let is_text = classes.contains(&"mgWordPara");
        if !is_text {
            let said = visible_text(element);
            if let Some(next) = section_of(&said) {
                page.is_draft |= says_draft(&said.to_lowercase());
                section = next;
                is_item = true;
                continue;
            }
            let is_title = page.title.is_empty()
                && (classes.contains(&"mgSubTitleTxt") || classes.contains(&"mgAiTitleTxt"));
            if is_title {
                page.title = said;
                is_item = true;
            }
            // Paragraphs of no class of their own are text, once a section has
            // begun; before that they are the council's banner.
            if !(classes.is_empty() && element.value().name() == "p" && section != Section::Agenda) {
                continue;
            }
        }
        is_item |= is_text;
        let html = element.html();
        match section {
            Section::Agenda => page.agenda.push_str(&html),
            Section::Decision => page.decision.push_str(&html),
            Section::Minutes => page.minutes.push_str(&html),
            Section::Documents => {}
        }
    }
    if !is_item {
        return Err(Wrong::OtherPage("an agenda item"));
    }
    Ok(page)
}

/// The text of the first link to a meeting.
fn meeting_link(modgov: ElementRef) -> String {
    let mut meetings = hrefs(modgov).filter(|(_, href)| address::meeting_number(href).is_some());
    meetings.next().map(|(link, _)| visible_text(link)).unwrap_or_default()
}

/// What a page of the system is, when nobody asked for one of a certain kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    /// A meeting's.
    Meeting,
    /// An agenda item's.
    Item,
    /// One that leads to meetings: a list, a committee's details, a search.
    List,
    /// Another one, such as a decision's or an issue's.
    Other,
}

/// Tells what a page is.
///
/// Order matters: an item or a decision about earlier minutes has their date
/// in its title, and everything but a list may link to meetings as well.
pub(super) fn page_kind(text: &str) -> Result<PageKind, Wrong> {
    const ITEM: [&str; 3] = ["agenda item", "eitem agenda", "eitem ar yr agenda"];
    const CONTENT: [&str; 5] =
        ["issue", "decision", "penderfyniad", "manylion y penderfyniad", "manylion y mater"];
    const SEARCH: [&str; 2] = ["search", "chwilio"];
    let tree = tree(text)?;
    let modgov = modgov(&tree)?;
    let said = heading(modgov);
    let begins = |words: &[&str]| words.iter().any(|word| said.starts_with(word));
    if begins(&ITEM) {
        return Ok(PageKind::Item);
    }
    if modgov.select(&ITEM_CELLS).next().is_some() {
        return Ok(PageKind::Meeting);
    }
    let has_section = modgov.select(&SECTION_HEADINGS).any(|part| section_of(&visible_text(part)).is_some());
    if has_section || begins(&CONTENT) {
        return Ok(PageKind::Other);
    }
    if date_in(&subject(modgov)).is_some() {
        return Ok(PageKind::Meeting);
    }
    let leads_to_meetings = hrefs(modgov).any(|(_, href)| {
        let name = address::page_name(href);
        matches!(name.as_str(), "mgcommitteedetails.aspx" | "ielistmeetings.aspx")
            || address::meeting_number(href).is_some()
    });
    let is_list = leads_to_meetings || has_year_form(modgov) || begins(&SEARCH);
    Ok(if is_list { PageKind::List } else { PageKind::Other })
}

/// Which text of an item is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Agenda,
    Documents,
    Decision,
    Minutes,
}

impl Section {
    /// The text that stands there; beside documents, it is the agenda's.
    fn part(self) -> Part {
        match self {
            Self::Agenda | Self::Documents => Part::Agenda,
            Self::Decision => Part::Decision,
            Self::Minutes => Part::Minutes,
        }
    }
}

/// The section that a heading begins, English or Welsh.
fn section_of(heading: &str) -> Option<Section> {
    match heading.to_lowercase().trim_end_matches(':').trim() {
        "decision" | "decisions" | "penderfyniad" | "penderfyniadau" => Some(Section::Decision),
        "minutes" | "minute" | "cofnodion" | "draft minutes" | "cofnodion drafft" => Some(Section::Minutes),
        "additional documents" | "dogfennau ychwanegol" => Some(Section::Documents),
        _ => None,
    }
}

/// Reads an item from the cell that holds its number and the one beside it.
///
/// Rows are known by that cell: minutes hold tables of their own.
fn item(cell: ElementRef) -> Option<Item> {
    let anchor = cell.select(&ANCHORS).find_map(|anchor| anchor.attr("name")?.strip_prefix("AI"));
    let content =
        cell.next_siblings().filter_map(ElementRef::wrap).find(|next| next.value().name() == "td")?;
    let mut item = Item {
        id: anchor.unwrap_or_default().to_owned(),
        number: number(&visible_text(cell)),
        ..Item::default()
    };
    item_links(content, &mut item);
    let mut section = Section::Agenda;
    for node in content.children() {
        // Text may stand in the cell as it is.
        if let Some(text) = node.value().as_text().filter(|text| !text.trim().is_empty()) {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            item.text_mut(section.part()).push_str(&format!("<p>{text}</p>"));
        }
        let Some(element) = ElementRef::wrap(node) else { continue };
        let classes: Vec<&str> = element.value().classes().collect();
        if classes.contains(&"mgAiTitleTxt") && item.title.is_empty() {
            item.title = visible_text(element);
            continue;
        }
        if classes.contains(&"mgSubItemTitleTxt") {
            section = section_of(&visible_text(element)).unwrap_or(Section::Documents);
            continue;
        }
        if is_furniture(element, &classes) {
            continue;
        }
        let part = section.part();
        let (html, link) = without_cut(element);
        item.cuts.extend(link.map(|link| Cut { part, link }));
        item.text_mut(part).push_str(&html);
    }
    Some(item)
}

/// The links beside an item's texts: its files, its decision, its issue.
fn item_links(content: ElementRef, item: &mut Item) {
    // The site says beside a file why only some may read it. Files may stand in
    // one entry by the thousand, so what such words stand in is noted once.
    let mut restricted = HashSet::new();
    for (link, _) in hrefs(content).filter(|(_, href)| address::page_name(href) == "mgreasonsrestricted.aspx")
    {
        // What stands around a part that is noted already, is noted too.
        let _ = link.ancestors().all(|around| restricted.insert(around.id()));
    }
    let is_restricted = |link: ElementRef| {
        let is_entry = |part: &ElementRef| matches!(part.value().name(), "li" | "p" | "td");
        let entry = link.ancestors().filter_map(ElementRef::wrap).find(is_entry);
        entry.is_some_and(|entry| restricted.contains(&entry.id()))
    };
    for (link, href) in hrefs(content) {
        if lies_in(link, &["mgWordPara"]) {
            continue;
        }
        if let Some(issue) = address::issue_number(href) {
            item.issue.get_or_insert(issue);
        } else if address::is_decision(href) {
            item.decision_link.get_or_insert_with(|| href.to_owned());
        } else if address::is_attachment(href) && !is_restricted(link) {
            item.documents.push(DocumentLink { link: href.to_owned(), title: visible_text(link) });
        }
    }
}

/// What stands beside an item's texts: links, documents, the table of a
/// recorded vote and the stray list item behind it.
fn is_furniture(part: ElementRef, classes: &[&str]) -> bool {
    let is_list = classes.contains(&"mgActionList") || classes.contains(&"mgBulletList");
    let is_vote = part.value().name() == "table" && classes.contains(&"mgTableNoBorderFullWidth");
    is_list || is_vote || matches!(part.value().name(), "li" | "script" | "style" | "form")
}

/// The HTML of a text and, where the page cuts it short, the link to the
/// item's own page, which is taken out with its dots.
fn without_cut(part: ElementRef) -> (String, Option<String>) {
    static CUT: LazyLock<Pattern> = LazyLock::new(|| {
        // Bounds of words by ASCII alone: with those of Unicode the library has
        // only its slowest engine for a text that is not all ASCII.
        let link = r"<a\b[^>]*\bmgAi\.aspx[^>]*>";
        let space = r"(?:&nbsp;|\s)*";
        let dots = format!(r"(?:\.\.\.|…){space}{link}[^<]*</a>");
        let words = format!(r"{link}\s*view the full[^<]*</a>");
        pattern(&format!(r"(?is){space}(?:{dots}|{words})"))
    });
    let html = part.html();
    if !CUT.is_match(&html) {
        return (html, None);
    }
    let link =
        hrefs(part).map(|(_, href)| href).filter(|href| address::page_name(href) == "mgai.aspx").last();
    (CUT.replace_all(&html, "").into_owned(), link.map(str::to_owned))
}

/// The printed minutes among the links above the items: `T=1`, or so called.
/// The titles of reports speak of minutes as well, so those are not looked at.
fn printed_minutes(modgov: ElementRef) -> Option<PrintedFile> {
    modgov.select(&ACTION_LINKS).find_map(|link| {
        let href = link.attr("href")?;
        let said = visible_text(link).to_lowercase();
        // Packs are chosen on a page of their own, which is no file.
        let is_file = !address::page_name(href).starts_with("mgchoosedocpack");
        let is_named = ["printed", "cofnodion"].iter().any(|front| said.starts_with(front));
        let is_minutes = printed_kind(href).as_deref() == Some("1") || (is_named && says_minutes(&said));
        (is_file && is_minutes).then(|| PrintedFile { link: href.to_owned(), is_draft: says_draft(&said) })
    })
}

/// The other files that the system prints of a whole meeting.
fn meeting_files(modgov: ElementRef) -> Vec<MeetingFile> {
    let mut files: Vec<MeetingFile> = Vec::new();
    for link in modgov.select(&ACTION_LINKS) {
        let Some(href) = link.attr("href") else { continue };
        let edition = match printed_kind(href).as_deref() {
            Some("0") => Edition::Agenda,
            Some("2") => Edition::Decisions,
            Some("10") => Edition::Pack,
            _ => continue,
        };
        files.push(MeetingFile { link: href.to_owned(), edition });
    }
    files
}

/// What a file of a whole meeting is, as its link numbers it: 0 is the front
/// sheet, 1 the minutes, 2 the decisions, 10 the pack.
fn printed_kind(href: &str) -> Option<String> {
    let is_printed =
        href.to_lowercase().contains("documents/g") || address::page_name(href) == "mgconvert2pdf.aspx";
    address::parameter(href, &["t"]).filter(|_| is_printed)
}

/// The committee's name in a heading such as
/// `Cabinet - Thursday 15 January 2026 7:30 pm, CANCELLED`.
fn body_of(heading: &str) -> String {
    let at_date = heading.match_indices(" - ").find(|(at, _)| {
        let rest = &heading[*at + 3..];
        date_in(rest).is_some() && !rest.contains(" - ")
    });
    fold(at_date.map_or(heading, |(at, _)| &heading[..at]))
}

fn says_agenda(said: &str) -> bool {
    said.contains("agenda") || said.contains("rhaglen")
}

pub(super) fn says_draft(said: &str) -> bool {
    said.contains("draft") || said.contains("drafft")
}

pub(super) fn says_minutes(said: &str) -> bool {
    said.contains("minutes") || said.contains("cofnodion") || said.contains("chofnodion")
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

static FORMS: LazyLock<Selector> = LazyLock::new(|| selector("form"));
static ANCHORS: LazyLock<Selector> = LazyLock::new(|| selector("a[name]"));
static ITEM_CELLS: LazyLock<Selector> = LazyLock::new(|| selector("td.mgItemNumberCell"));
static SECTION_HEADINGS: LazyLock<Selector> =
    LazyLock::new(|| selector(".mgSubItemTitleTxt, .mgSubSubTitleTxt, h3, h4"));
static ACTION_LINKS: LazyLock<Selector> = LazyLock::new(|| selector("ul.mgActionList a[href]"));
static ITEM_PAGE_PARTS: LazyLock<Selector> = LazyLock::new(|| {
    selector(".mgWordPara, .mgSubItemTitleTxt, .mgSubTitleTxt, .mgAiTitleTxt, p, h2, h3, h4")
});

#[cfg(test)]
mod tests {
    use super::*;

    fn page(heading: &str, inside: &str) -> MeetingPage {
        meeting_page(&format!(
            "<div id=\"modgov\"><h1>{heading}</h1><h2 class=\"mgSubTitleTxt\">Audit - Risk Committee - \
             Thursday 1 February 2024 7.00 pm</h2>{inside}</div>"
        ))
        .unwrap()
    }

    fn row(inside: &str) -> Item {
        let row = format!(
            "<table><tr><td class=\"mgItemNumberCell\"><p class=\"mgAiTitleTxt\"><a name=\"AI9\"></a>7a.</p></td>\
             <td><p class=\"mgAiTitleTxt\">Budget</p>{inside}</td></tr></table>"
        );
        page("Agenda and minutes", &row).items.remove(0)
    }

    #[test]
    fn a_heading_says_what_is_published() {
        assert!(page("Agenda, decisions and minutes", "").minutes_published);
        assert!(page("Rhaglen a chofnodion", "").minutes_published);
        assert!(page("Agenda and draft minutes", "").is_draft);
        let agenda = page("Agenda", "");
        assert!(!agenda.minutes_published && !agenda.is_draft);
        assert_eq!(agenda.body, "Audit - Risk Committee");
        assert_eq!(
            (agenda.date_source, agenda.date.unwrap().to_string().as_str()),
            (DateSource::Heading, "2024-02-01")
        );
    }

    #[test]
    fn printed_minutes_are_told_from_reports_about_minutes() {
        let printed = |link: &str| {
            page("Agenda", &format!("<ul class=\"mgActionList\"><li>{link}</li></ul>")).printed_minutes
        };
        let file =
            printed("<a href=\"documents/g5/Printed minutes.pdf?T=1\">Printed draft minutes</a>").unwrap();
        assert!(file.is_draft);
        assert!(printed("<a href=\"documents/g5/Cofnodion.pdf?T=1\">Cofnodion</a>").is_some());
        assert!(printed("<a href=\"documents/s5/Minutes of Previous Meeting.pdf\">Minutes</a>").is_none());
        assert!(printed("<a href=\"documents/g5/Agenda.pdf?T=0\">Agenda frontsheet</a>").is_none());
        assert!(printed("<a href=\"mgChooseDocPack.aspx?ID=5\">Printed minutes pack</a>").is_none());
    }

    #[test]
    fn no_text_of_an_item_is_lost() {
        let item =
            row("Bare &lt;text&gt;<p>and a paragraph</p><p class=\"mgSubItemTitleTxt\">Cofnodion:</p>\
             <div class=\"mgWordPara\"><table><tr><td>a table</td></tr></table></div>");
        assert_eq!((item.id.as_str(), item.number.as_str(), item.title.as_str()), ("9", "7a", "Budget"));
        assert!(item.agenda.contains("Bare &lt;text>") && item.agenda.contains("and a paragraph"));
        assert!(item.minutes.contains("a table"));
        assert!(item.cuts.is_empty());
    }

    #[test]
    fn a_cut_tells_which_text_it_cuts() {
        let item = row(
            "<div class=\"mgWordPara\"><p>Whole... <a href=\"mgUserInfo.aspx?UID=1\">a name</a></p></div>\
             <p class=\"mgSubItemTitleTxt\">Minutes:</p><div class=\"mgWordPara\"><p>It began\n&nbsp;...&nbsp; \
             <a href=\"mgAi.aspx?ID=9\">\nview the full minutes text</a></p></div>",
        );
        assert_eq!(item.cuts, [Cut { part: Part::Minutes, link: "mgAi.aspx?ID=9".into() }]);
        assert!(item.minutes.contains("<p>It began</p>"), "{}", item.minutes);
        assert!(item.agenda.contains("a name"));
    }

    #[test]
    fn hostile_pages_are_refused() {
        let deep = format!("<div id=\"modgov\">{}", "<div>".repeat(100_000));
        assert!(matches!(meeting_page(&deep), Err(Wrong::Hostile(_))));
    }
}
