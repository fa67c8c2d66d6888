//! A meeting's page: what it was, its files, who was there, its agenda.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};

use super::items::items;
use super::{
    LINKS, Wrong, address, has_class, is_called_off, is_marked, selector, tree, visible_start, visible_text,
};
use crate::model::{AgendaItem, Attendance, DateSource, Edition, PartialDate, Person, Reading, Warning};
use crate::parse::attendance::attendance as listed;
use crate::parse::blocks::{Block, fold, html};
use crate::parse::date::dates;
use crate::parse::{Pattern, pattern};

/// A meeting's page. What it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingPage {
    /// The name of the body.
    pub body: String,
    /// When it is or was.
    pub date: Option<PartialDate>,
    /// The time of day at which it begins, as printed.
    pub time: String,
    /// Its status as printed, such as `Scheduled` or `Occurred`. Sites leave
    /// `Scheduled` standing for years.
    pub status: String,
    /// Where it meets.
    pub venue: String,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Its files, in order; each once.
    pub files: Vec<DocumentLink>,
    /// Who was there.
    pub attendance: Attendance,
    /// The items that the page prints: their agenda, and on some sites their
    /// minutes. Every passage says which it is.
    pub items: Vec<AgendaItem>,
    /// What it shows in part only.
    pub warnings: Vec<Warning>,
}

impl MeetingPage {
    /// Whether the page prints minutes itself.
    pub fn has_minutes(&self) -> bool {
        let mut passages = self.items.iter().flat_map(|item| &item.passages);
        passages.any(|passage| passage.edition == Some(Edition::Minutes))
    }
}

/// A file of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentLink {
    /// Its title, without its size.
    pub title: String,
    /// The link. Its query is encrypted.
    pub link: String,
    /// Its size as printed, such as `(156Kb)`; may be empty.
    pub size: String,
    /// The heading above it, such as `Minutes`; may be empty.
    pub category: String,
}

/// Reads a meeting's page.
pub fn meeting_page(text: &str) -> Result<MeetingPage, Wrong> {
    let tree = tree(text)?;
    let labels = labels(&tree);
    let value = |label: &str| labels.get(label).cloned().unwrap_or_default();
    let is_meeting = labels.contains_key("date/time") || tree.select(&MEETING).next().is_some();
    if !is_meeting {
        return Err(Wrong::OtherPage("a meeting"));
    }
    let when = value("date/time");
    let status = value("status");
    let mut page = MeetingPage {
        body: value("committee"),
        date: dates(&when).first().and_then(|found| found.date),
        time: TIME.find(&when).map(|time| time.as_str().to_owned()).unwrap_or_default(),
        is_cancelled: is_called_off(&status),
        status,
        venue: value("venue"),
        files: files(&tree),
        items: items(&blocks(&tree)),
        ..MeetingPage::default()
    };
    attendance(&tree, &mut page);
    if page.attendance == Attendance::default() {
        page.attendance = listed(&page.items);
    }
    Ok(page)
}

/// The reading of a meeting's page: its agenda, who was there, and the minutes
/// where they are printed there and not in files. Never fails: what is no such page has no items, and a warning.
pub fn page_reading(text: &str) -> Reading {
    match meeting_page(text) {
        Ok(page) => Reading {
            edition: Some(if page.has_minutes() { Edition::Minutes } else { Edition::Agenda }),
            body: Some(page.body).filter(|body| !body.is_empty()),
            date: page.date,
            date_source: page.date.map(|_| DateSource::Heading),
            items: page.items,
            attendance: page.attendance,
            warnings: page.warnings,
            ..Reading::default()
        },
        Err(wrong) => Reading {
            edition: Some(Edition::Agenda),
            warnings: vec![Warning { at: "document".to_owned(), message: wrong.to_string() }],
            ..Reading::default()
        },
    }
}

/// The reading of a page that somebody saved. `None` for pages that the system
/// did not make; an error says why one of its pages has no meeting to read.
pub fn saved_page(text: &str) -> Option<Result<Reading, &'static str>> {
    if !is_marked(text) {
        return None;
    }
    match meeting_page(text) {
        Ok(_) => {
            let reading = page_reading(text);
            // Without any item nothing of the meeting is on the page.
            let edition = reading.edition.filter(|_| !reading.items.is_empty());
            Some(Ok(Reading { edition, ..reading }))
        }
        Err(Wrong::OtherPage(_)) => Some(Err("a CMIS page that leads to meetings, not one of a meeting")),
        Err(_) => None,
    }
}

/// The labels of the summary, in lower case and without colon, with their
/// values. Their classes lie: the status is of class `Venue`.
fn labels(tree: &Html) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for label in tree.select(&DIVS).filter(|part| has_class(*part, "dnnlabel")) {
        let beside = label.next_siblings().filter_map(ElementRef::wrap).next();
        let Some(value) = beside.filter(|part| has_class(*part, "value")) else { continue };
        let name = visible_text(label).trim_end_matches(':').trim().to_lowercase();
        found.entry(name).or_insert_with(|| visible_text(value));
    }
    found
}

/// How much of a heading is taken for the category of the files below it, in
/// nodes and bytes: each of them has it.
const CATEGORY: usize = 500;

/// The files, with the heading above each. A link of an icon and one of the
/// title are one file.
fn files(tree: &Html) -> Vec<DocumentLink> {
    let mut files: Vec<DocumentLink> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut category = String::new();
    for part in tree.select(&FILES_AND_HEADINGS) {
        if part.value().name() != "a" {
            category = visible_start(part, CATEGORY);
            continue;
        }
        let link = part.attr("href").unwrap_or_default();
        if !address::is_file(link) {
            continue;
        }
        let title = visible_text(part);
        if let Some(file) = known.get(link).and_then(|at| files.get_mut(*at)) {
            if file.title.is_empty() {
                file.title = title;
            }
            continue;
        }
        known.insert(link, files.len());
        let size = size_beside(part);
        files.push(DocumentLink { title, link: link.to_owned(), size, category: category.clone() });
    }
    files
}

fn size_beside(link: ElementRef) -> String {
    let inside = link.select(&SIZES).next();
    let next = || link.next_siblings().filter_map(ElementRef::wrap).next();
    let beside = || next().filter(|part| has_class(*part, "filesize"));
    inside.or_else(beside).map(|size| fold(&size.text().collect::<String>())).unwrap_or_default()
}

/// Who was there, where the page prints it: a group of rows for each heading
/// (`Attended - Committee Members`, `Attended - Officers`, `Apologies`,
/// `Absent`), the name first.
fn attendance(tree: &Html, page: &mut MeetingPage) {
    let mut known: HashSet<(bool, String)> = HashSet::new();
    for group in tree.select(&GROUPS) {
        let heading = group.select(&LEGENDS).next().map(visible_text).unwrap_or_default().to_lowercase();
        let was_there = match heading.split([' ', '-']).next() {
            Some("attended") => true,
            Some("apologies") => false,
            _ => continue,
        };
        let is_of = |word: &str| was_there && heading.contains(word);
        for row in group.select(&TABLE_ROWS) {
            let Some(cell) = row.child_elements().find(|cell| cell.value().name() == "td") else { continue };
            let name = cell.select(&LINKS).next().map_or_else(|| visible_text(cell), visible_text);
            let is_name = !name.is_empty() && !has_class(row, "rgnorecords") && !has_class(row, "rgpager");
            if !is_name || !known.insert((was_there, name.clone())) {
                continue;
            }
            let Attendance { present, apologies, substitutes, officers } = &mut page.attendance;
            let person = Person::named(name);
            if is_of("substitute") {
                substitutes.push(person.clone());
            }
            let names = match (was_there, is_of("officer")) {
                (false, _) => apologies,
                (true, true) => officers,
                (true, false) => present,
            };
            names.push(person);
        }
        let text = visible_text(group);
        if let Some(pages) = PAGES.captures(&text).filter(|pages| &pages[1] != "1") {
            let message = format!("of {} pages of names only the first is here", &pages[1]);
            page.warnings.push(Warning { at: format!("attendance, {heading}"), message });
        }
    }
}

/// What the page's main module says, without its files and names.
fn blocks(tree: &Html) -> Vec<Block> {
    let Some(module) = tree.select(&MODULE).next() else { return Vec::new() };
    let mut text = String::new();
    without_furniture(module, &mut text);
    html::blocks(&text)
}

/// The HTML of an element without its files, groups of names and scripts.
fn without_furniture(element: ElementRef, out: &mut String) {
    let name = element.value().name();
    let is_furniture = matches!(name, "script" | "style" | "fieldset" | "select" | "input" | "img")
        || has_class(element, "documentlist")
        || has_class(element, "documentlistitem")
        || has_class(element, "cmisdocumentlist")
        || has_class(element, "filesize");
    if is_furniture {
        return;
    }
    out.push_str(&format!("<{name}>"));
    for node in element.children() {
        if let Some(text) = node.value().as_text() {
            out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
        } else if let Some(child) = ElementRef::wrap(node) {
            without_furniture(child, out);
        }
    }
    if !matches!(name, "br" | "hr") {
        out.push_str(&format!("</{name}>"));
    }
}

static TIME: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\b\d{1,2}[:.]\d{2}\b"));
static PAGES: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\bPage 1 of (\d+)\b"));
static DIVS: LazyLock<Selector> = LazyLock::new(|| selector("div"));
static MEETING: LazyLock<Selector> = LazyLock::new(|| selector("[id*=ViewMeetingPublic]"));
static MODULE: LazyLock<Selector> =
    LazyLock::new(|| selector("[class*=ModCMIS], [class*=CMIS_ModuleWrapper]"));
static FILES_AND_HEADINGS: LazyLock<Selector> =
    LazyLock::new(|| selector("h2, h3, h4, h5, h6, legend, a[href]"));
static SIZES: LazyLock<Selector> = LazyLock::new(|| selector(".FileSize"));
static GROUPS: LazyLock<Selector> = LazyLock::new(|| selector("fieldset"));
static LEGENDS: LazyLock<Selector> = LazyLock::new(|| selector("legend"));
static TABLE_ROWS: LazyLock<Selector> = LazyLock::new(|| selector("tr"));

#[cfg(test)]
mod tests {
    use super::*;

    fn page(inside: &str) -> MeetingPage {
        meeting_page(&format!(
            "<div class=\"ModCMISMeetingsC\"><h1>Meeting Details</h1><div class=\"holder\">\
             <div class=\"DNNLabel\"><span>Date/Time:</span></div><div class=\"Value\">13 Jul 2021 - 14:00 to 18:20</div>\
             </div>{inside}</div>"
        ))
        .unwrap()
    }

    #[test]
    fn a_meeting_called_off_is_said_by_its_status() {
        let status = |status: &str| {
            page(&format!("<div class=\"DNNLabel\">Status:</div><div class=\"Value Venue\">{status}</div>"))
        };
        assert!(status("Cancelled").is_cancelled && status("Postponed").is_cancelled);
        let held = status("Occurred");
        assert!(!held.is_cancelled);
        assert_eq!((held.time.as_str(), held.date.unwrap().to_string().as_str()), ("14:00", "2021-07-13"));
        assert_eq!(
            meeting_page("<div class=\"ModCMISSearchC\"><h1>Search</h1></div>"),
            Err(Wrong::OtherPage("a meeting"))
        );
    }

    #[test]
    fn a_saved_page_is_of_a_meeting_or_has_a_reason() {
        let meeting = "<div class=\"ModCMISMeetingsC\"><div class=\"DNNLabel\">Date/Time:</div>\
            <div class=\"Value\">13 Jul 2021</div></div>";
        let reading = saved_page(meeting).unwrap().unwrap();
        assert_eq!((reading.date.unwrap().to_string().as_str(), reading.edition), ("2021-07-13", None));
        assert!(saved_page("<div class=\"ModCMISSearchC\"><h1>Search</h1></div>").unwrap().is_err());
        assert_eq!(saved_page("<p>Minutes</p>"), None);
    }

    #[test]
    fn a_file_stands_under_its_heading_and_once() {
        let files = page(
            "<h3>Minutes</h3><ul class=\"DocumentList\"><li class=\"DocumentListItem\"><a href=\"/x/Document.ashx?a=1\">\
             <img alt=\"pdf\"></a><a class=\"TitleLink\" href=\"/x/Document.ashx?a=1\">Minutes<span class=\"FileSize\">\
             (2Mb)</span></a></li></ul><h3>Reports</h3><a href=\"document.ashx?b=2\">Budget</a> \
             <span class=\"FileSize\">(9Kb)</span><a href=\"Members.aspx\">Members</a>",
        )
        .files;
        let said: Vec<[&str; 3]> = files
            .iter()
            .map(|file| [file.title.as_str(), file.category.as_str(), file.size.as_str()])
            .collect();
        assert_eq!(said, [["Minutes", "Minutes", ""], ["Budget", "Reports", "(9Kb)"]]);
    }

    #[test]
    fn a_page_of_very_many_files_and_labels_is_read_in_one_pass() {
        let file = |at: usize| {
            format!(
                "<div class=DNNLabel>{at}:</div><div class=Value>x</div><a href=\"Document.ashx?{at}\">{at}</a>"
            )
        };
        // Were each compared with all before it, this would take minutes.
        assert_eq!(page(&(0..20_000).map(file).collect::<String>()).files.len(), 20_000);
    }

    #[test]
    fn who_was_there_is_read_from_the_groups_of_names() {
        let group = |heading: &str, rows: &str| {
            format!(
                "<fieldset><legend>{heading}</legend><div class=\"RadGrid\"><table>{rows}</table></div></fieldset>"
            )
        };
        let row =
            |name: &str| format!("<tr role=\"row\"><td><a href=\"x/id/7/\">{name}</a></td><td>-</td></tr>");
        let found = page(
            &[
                group(
                    "Attended - Committee Members",
                    &(row("Cllr A Archer")
                        + &row("Cllr B Bellamy")
                        + "<tr class=\"rgPager\"><td>Page 1 of 2, items 1 to 2 of 3</td></tr>"),
                ),
                group("Attended - Other Members", &row("Cllr C Carter")),
                group("Attended - Substitute Members", &row("Cllr F Foster")),
                group("Attended - Officers", &row("Ms G Grant")),
                group("Apologies", &row("Cllr D Danby")),
                group("Absent", &row("Cllr E Elliot")),
            ]
            .concat(),
        );
        assert_eq!(
            found.attendance.present,
            ["Cllr A Archer", "Cllr B Bellamy", "Cllr C Carter", "Cllr F Foster"].map(Person::named)
        );
        assert_eq!(found.attendance.substitutes, ["Cllr F Foster"].map(Person::named));
        assert_eq!(found.attendance.officers, ["Ms G Grant"].map(Person::named));
        assert_eq!(found.attendance.apologies, ["Cllr D Danby"].map(Person::named));
        assert_eq!(found.warnings.len(), 1);
    }

    #[test]
    fn what_a_page_prints_is_read_without_its_files() {
        let items = page(
            "<ul><li>Documents</li><li>Attendance</li></ul><h2>Agenda</h2><h3>Public Agenda</h3>\
             <table><tr><td>1</td><td><b>Notice of Recording</b><p>The Chair will say so.</p></td></tr>\
             <tr><td>2</td><td><b>Budget</b><p>To consider the budget &amp; its risks.</p><ol class=\"DocumentList\">\
             <li class=\"DocumentListItem\"><a href=\"Document.ashx?q\">Budget report</a></li></ol></td></tr></table>\
             <h2>Attendance</h2><p>Not agenda.</p>",
        )
        .items;
        let said: Vec<(&str, &str, &str)> = items
            .iter()
            .map(|item| (item.number.as_str(), item.title.as_str(), item.passages[0].text.as_str()))
            .collect();
        let expected = [
            ("1", "Notice of Recording", "The Chair will say so."),
            ("2", "Budget", "To consider the budget & its risks."),
        ];
        assert_eq!(said, expected);
        assert!(items.iter().all(|item| item.passages.len() == 1));
    }
}
