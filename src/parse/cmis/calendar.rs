//! The pages that lead to meetings: the landing page, the list of the present
//! month, the calendar of any month.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use scraper::{ElementRef, Html, Selector};

use super::{LINKS, Wrong, address, has_class, is_called_off, selector, tree, visible_start};
use crate::model::PartialDate;
use crate::parse::date::dates;
use crate::parse::{Pattern, pattern};

/// In how many cells beside a day its meetings are looked for.
const CELLS_BESIDE: usize = 2;

/// How much of an entry is looked at, and of what its link stands in, in nodes
/// and bytes. An entry is shorter by far; what is longer holds the links of many
/// meetings, and is not read whole for each of them.
const AROUND: usize = 2_000;

/// How many pages of a menu are named at most.
const MENU_PAGES: usize = 20;

/// What the page of meetings tells of the module that shows the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// The number of the module.
    pub module: String,
    /// The address of the calendar, without a month; `None` where no link tells
    /// the number of the page.
    pub calendar: Option<String>,
}

/// A meeting as a calendar or a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The site's number for it.
    pub id: String,
    /// The address of its page.
    pub url: String,
    /// When it is or was.
    pub date: Option<PartialDate>,
    /// The time of day at which it begins, as printed; empty where there is none.
    pub time: String,
    /// The name of the body, without a mark that the meeting was called off.
    pub body: String,
    /// Where it meets; empty where the page does not say.
    pub venue: String,
    /// Whether it was called off.
    pub is_cancelled: bool,
}

/// The list of the present month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingList {
    /// The meetings.
    pub entries: Vec<Entry>,
    /// As in [`Landing`].
    pub calendar: Option<String>,
}

/// Reads the page that shows the calendar, whatever its name. `url` is its
/// address.
pub fn landing_page(text: &str, url: &str) -> Result<Landing, Wrong> {
    static MODULE: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"^dnn[$_]ctr(\d{1,9})[$_]MeetingCalendarPublic"));
    let tree = tree(text)?;
    let mut names = tree.select(&CALENDAR_PARTS).flat_map(|part| [part.attr("name"), part.attr("id")]);
    let module = names
        .find_map(|name| Some(MODULE.captures(name?)?[1].to_owned()))
        .ok_or(Wrong::OtherPage("one with the calendar of meetings"))?;
    let calendar = calendar_of(&tree, url, &module)
        .or_else(|| address::calendar_on(url, &TAB.captures(text)?[1], &module));
    Ok(Landing { module, calendar })
}

/// DNN tells its scripts the number of the page they run on.
static TAB: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\bsf_tabId\b\W{1,20}?(\d{1,9})\b"));

/// The address of the calendar by the links of a page: those of its module, or
/// the menu's link to the page itself.
fn calendar_of(tree: &Html, url: &str, module: &str) -> Option<String> {
    let links: Vec<String> = links(tree, url).collect();
    let of_module = links.iter().filter(|link| address::module(link).as_deref() == Some(module));
    let name = address::page_name(url);
    let to_itself =
        links.iter().filter(|link| address::module(link).is_none() && address::page_name(link) == name);
    of_module.chain(to_itself).find_map(|link| address::calendar(link, module))
}

fn links(tree: &Html, url: &str) -> impl Iterator<Item = String> {
    let hrefs = tree.select(&LINKS).filter_map(|link| link.attr("href"));
    let actions = tree.select(&FORMS).filter_map(|form| form.attr("action"));
    hrefs.chain(actions).filter_map(move |link| address::resolve(url, link))
}

/// The pages that may show the calendar, by the links of a site's own first
/// page: those of its host whose names speak of meetings or of a calendar, each
/// once. The page need not have a module of the system.
pub fn menu_links(text: &str, url: &str) -> Vec<String> {
    if crate::parse::blocks::html::hostility(text).is_some() {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    let mut known = HashSet::from([address::canonical(url)]);
    for link in links(&Html::parse_document(text), url) {
        if found.len() >= MENU_PAGES {
            break;
        }
        let name = address::page_name(&link);
        let may_be = (name.contains("meeting") || name.contains("calendar"))
            && address::module(&link).is_none()
            && address::is_same_host(&link, url);
        if may_be && known.insert(address::canonical(&link)) {
            found.push(link);
        }
    }
    found
}

/// Reads the list of the present month's meetings. `url` is its address.
pub fn list_page(text: &str, url: &str) -> Result<MeetingList, Wrong> {
    static TEXT: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^(.*?)(\d{1,2}[:.]\d{2})\s+[-–]\s+(.+)$"));
    let tree = tree(text)?;
    let mut list = MeetingList::default();
    for row in tree.select(&ROWS) {
        let cells: Vec<ElementRef> =
            row.child_elements().filter(|cell| cell.value().name() == "td").collect();
        let Some(link) = cells.first().and_then(|cell| cell.select(&LINKS).next()) else { continue };
        let Some((id, link_url)) = meeting_of(link, url) else { continue };
        let said = visible_start(link, AROUND);
        let Some(parts) = TEXT.captures(&said) else { continue };
        list.entries.push(Entry {
            id,
            url: link_url,
            date: dates(&parts[1]).first().and_then(|found| found.date),
            time: parts[2].to_owned(),
            body: without_mark(&parts[3]),
            venue: cells.get(1).map(|cell| visible_start(*cell, AROUND)).unwrap_or_default(),
            is_cancelled: is_called_off(&visible_start(row, AROUND)),
        });
    }
    list.calendar = tree.select(&LINKS).find_map(|link| {
        let link = address::resolve(url, link.attr("href")?)?;
        address::calendar(&link, &address::module(&link)?)
    });
    if list.entries.is_empty() && tree.select(&CALENDAR_PARTS).next().is_none() {
        return Err(Wrong::OtherPage("a list of meetings"));
    }
    Ok(list)
}

/// Reads the calendar of a month, given by its first day. `url` is its address.
///
/// A day is printed as `Monday, 8 June`, without a year: it must be one of the
/// month that was asked for, and fall on its weekday, or the site has shown
/// another month. Days of the months beside it are left to their own pages.
pub fn month_page(text: &str, url: &str, month: Date) -> Result<Vec<Entry>, Wrong> {
    const OTHER: Wrong = Wrong::OtherPage("the calendar of the month that was asked for");
    let tree = tree(text)?;
    let mut entries: Vec<Entry> = Vec::new();
    // Tables may stand in one another: a link is of the first day beside it.
    let (mut known, mut seen) = (HashSet::new(), HashSet::new());
    let mut has_days = false;
    for cell in tree.select(&CELLS) {
        let Some(day) = DayCell::read(cell) else { continue };
        let Some(date) = day.near(month) else { return Err(OTHER) };
        if date.first_of_month() != month.first_of_month() {
            continue;
        }
        has_days = true;
        let beside = cell.next_siblings().filter_map(ElementRef::wrap).take(CELLS_BESIDE);
        for link in beside.flat_map(|cell| cell.select(&LINKS).collect::<Vec<_>>()) {
            if !seen.insert(link.id()) {
                continue;
            }
            let Some(entry) = entry(link, url, date) else { continue };
            if known.insert(entry.id.clone()) {
                entries.push(entry);
            }
        }
    }
    if !has_days && tree.select(&NO_RECORDS).next().is_none() {
        return Err(OTHER);
    }
    Ok(entries)
}

/// A meeting in a day of the calendar: `10:00 Licensing Sub-Committee A`.
fn entry(link: ElementRef, url: &str, date: Date) -> Option<Entry> {
    static TEXT: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(r"^(?:(\d{1,2}[:.]\d{2}(?:\s*[ap]m\b)?)(?:\s*[-–]\s*\d{1,2}[:.]\d{2})?\s+)?(.*)$")
    });
    let (id, url) = meeting_of(link, url)?;
    let said = visible_start(link, AROUND);
    let parts = TEXT.captures(&said)?;
    // The mark may stand beside the link, in its title or only in a class.
    let paragraph = link.parent().and_then(ElementRef::wrap).filter(|parent| parent.value().name() != "td");
    let around = paragraph.map(|paragraph| visible_start(paragraph, AROUND)).unwrap_or_default();
    let classes = paragraph.iter().chain([&link]).filter_map(|part| part.attr("class")).collect::<Vec<_>>();
    let title = link.attr("title").unwrap_or_default();
    Some(Entry {
        id,
        url,
        date: Some(date.into()),
        time: parts.get(1).map(|time| time.as_str().to_owned()).unwrap_or_default(),
        body: without_mark(&parts[2]),
        venue: String::new(),
        is_cancelled: [said.as_str(), &around, title, &classes.join(" ")].into_iter().any(is_called_off),
    })
}

/// The number and the address of the meeting that a link leads to.
fn meeting_of(link: ElementRef, url: &str) -> Option<(String, String)> {
    let address = address::resolve(url, link.attr("href")?)?;
    Some((address::meeting_number(&address)?, address))
}

/// A body's name without the mark that its meeting was called off.
fn without_mark(name: &str) -> String {
    static MARK: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)[\s:*–-]*[(\[]?\s*\b(?:(?:meeting|has been|was|is)\s+)*(?:cancell?ed|postponed)\b\s*[)\]]?[\s:*–-]*",
        )
    });
    MARK.replace_all(name, " ").trim().to_owned()
}

/// A day as the calendar prints it.
struct DayCell {
    weekday: Weekday,
    day: i8,
    month: String,
    year: Option<i16>,
}

impl DayCell {
    fn read(cell: ElementRef) -> Option<Self> {
        static DAY: LazyLock<Pattern> = LazyLock::new(|| {
            pattern(
                r"(?i)^(mon|tues|wednes|thurs|fri|satur|sun)day,?\s+(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})(?:,?\s+(\d{4}))?$",
            )
        });
        // No day has so many words; whole tables are not collected as text.
        let is_short = has_class(cell, "simplecalendardate") || cell.descendants().nth(20).is_none();
        let text = is_short.then(|| visible_start(cell, AROUND))?;
        let parts = DAY.captures(&text)?;
        let weekday = match parts[1].to_lowercase().as_str() {
            "mon" => Weekday::Monday,
            "tues" => Weekday::Tuesday,
            "wednes" => Weekday::Wednesday,
            "thurs" => Weekday::Thursday,
            "fri" => Weekday::Friday,
            "satur" => Weekday::Saturday,
            _ => Weekday::Sunday,
        };
        let year = parts.get(4).and_then(|year| year.as_str().parse().ok());
        Some(Self { weekday, day: parts[2].parse().ok()?, month: parts[3].to_owned(), year })
    }

    /// The date of the day, which lies in this month or a week beside it and
    /// falls on its weekday; `None` where there is none.
    fn near(&self, month: Date) -> Option<Date> {
        let (first, last) = (month.first_of_month(), month.last_of_month());
        let beside = jiff::Span::new().days(7);
        let years = [first.saturating_sub(beside).year(), last.saturating_add(beside).year()];
        let in_year = |year: i16| {
            let text = format!("{} {} {year}", self.day, self.month);
            dates(&text).first()?.date?.to_day()
        };
        years.into_iter().filter_map(in_year).find(|date| {
            let is_near = *date >= first.saturating_sub(beside) && *date <= last.saturating_add(beside);
            is_near && date.weekday() == self.weekday && self.year.is_none_or(|year| year == date.year())
        })
    }
}

static FORMS: LazyLock<Selector> = LazyLock::new(|| selector("form[action]"));
static CELLS: LazyLock<Selector> = LazyLock::new(|| selector("td"));
static ROWS: LazyLock<Selector> = LazyLock::new(|| selector("tr.rgRow, tr.rgAltRow"));
static CALENDAR_PARTS: LazyLock<Selector> =
    LazyLock::new(|| selector("[id*=MeetingCalendarPublic], [name*=MeetingCalendarPublic]"));
/// What the grid of a month without days holds.
static NO_RECORDS: LazyLock<Selector> = LazyLock::new(|| {
    selector("[id*=MeetingCalendarPublic] .rgNoRecords, .rgNoRecords[id*=MeetingCalendarPublic]")
});

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://cmis.example/b/Meetings/tabid/70/ctl/MeetingCalendarPublicNoJava/mid/397/Date/2026-06-01/Default.aspx";

    fn month(rows: &str) -> Result<Vec<Entry>, Wrong> {
        let page = format!("<div class=\"ModCMISMeetingsC\"><table>{rows}</table></div>");
        month_page(&page, URL, jiff::civil::date(2026, 6, 1))
    }

    fn row(day: &str, inside: &str) -> String {
        format!("<tr><td class=\"SimpleCalendarDate\">{day}</td><td>{inside}</td></tr>")
    }

    fn meeting(text: &str) -> String {
        format!(
            "<p class=\"Meeting\"><a href=\"/b/Meetings/tabid/70/ctl/ViewMeetingPublic/mid/397/Meeting/9/Default.aspx\">\
             {text}</a></p>"
        )
    }

    #[test]
    fn another_month_than_the_one_asked_for_is_not_taken() {
        assert!(month(&row("Monday, 8 June", "")).is_ok_and(|found| found.is_empty()));
        // The same day of another year falls on another weekday.
        assert!(month(&row("Sunday, 8 June", "")).is_err());
        assert!(month(&row("Monday, 8 June 2020", "")).is_err());
        assert!(month(&row("Monday, 13 July", "")).is_err());
        assert!(month("").is_err(), "a page without any day is no calendar");
        let beside = row("Sunday, 31 May", &meeting("10:00 A")) + &row("Monday, 1 June", "");
        assert_eq!(month(&beside), Ok(Vec::new()), "days beside the month are left to their own page");
    }

    #[test]
    fn an_entry_tells_time_body_and_whether_it_was_called_off() {
        let check = |text: &str, time: &str, body: &str, is_cancelled: bool| {
            let found = month(&row("Monday, 8 June", &meeting(text))).unwrap().remove(0);
            assert_eq!(
                (found.time.as_str(), found.body.as_str(), found.is_cancelled),
                (time, body, is_cancelled)
            );
            assert_eq!((found.id.as_str(), found.date.unwrap().to_string().as_str()), ("9", "2026-06-08"));
        };
        check("10:00 Licensing Sub-Committee A", "10:00", "Licensing Sub-Committee A", false);
        check("Cabinet", "", "Cabinet", false);
        check("10:00 Cabinet - CANCELLED", "10:00", "Cabinet", true);
        check("10:00 CANCELLED: Cabinet (Special)", "10:00", "Cabinet (Special)", true);
        check("14.30 Audit &amp; Risk (Postponed)", "14.30", "Audit & Risk", true);
        let beside = meeting("10:00 Cabinet").replace("</p>", " Canceled</p>");
        assert!(month(&row("Monday, 8 June", &beside)).unwrap()[0].is_cancelled);
        let class = meeting("10:00 Cabinet").replace("class=\"Meeting\"", "class=\"Meeting Cancelled\"");
        assert!(month(&row("Monday, 8 June", &class)).unwrap()[0].is_cancelled);
    }

    #[test]
    fn the_turn_of_the_year_is_in_the_right_year() {
        let page = |day: &str| {
            let row = row(day, &meeting("10:00 A"));
            month_page(
                &format!("<div class=\"ModCMISM\">{row}</div>").replace("<tr>", "<table><tr>"),
                URL,
                jiff::civil::date(2026, 1, 1),
            )
        };
        assert_eq!(page("Thursday, 1 January").unwrap()[0].date.unwrap().to_string(), "2026-01-01");
        assert_eq!(
            page("Wednesday, 31 December").map(|found| found.len()),
            Err(Wrong::OtherPage("the calendar of the month that was asked for"))
        );
    }

    #[test]
    fn the_landing_page_tells_module_and_page() {
        let at = "https://cmis.example/b/MeetingsCalendar.aspx";
        let part = "<div id=\"dnn_ctr412_MeetingCalendarPublicList_x\"></div>";
        let read = |links: &str| landing_page(&format!("{part}{links}"), at).unwrap();
        assert_eq!(read("").module, "412");
        assert_eq!(read("").calendar, None);
        let calendar =
            "https://cmis.example/b/MeetingsCalendar/tabid/73/ctl/MeetingCalendarPublicNoJava/mid/412/Date";
        let own = "<a href=\"/b/MeetingsCalendar/tabid/73/Default.aspx\">Meetings</a>";
        assert_eq!(read(own).calendar.as_deref(), Some(calendar));
        let script = "<input id=__dnnVariable value=\"{`__scdoff`:`1`,`sf_tabId`:`73`}\">";
        assert_eq!(read(script).calendar.as_deref(), Some(calendar));
        let other = "<a href=\"/b/Committees/tabid/62/ctl/X/mid/381/id/6/Default.aspx\">A</a>";
        assert_eq!(read(other).calendar, None);
        let meeting = "<a href=\"/b/MeetingsCalendar/tabid/73/ctl/ViewMeetingPublic/mid/412/Meeting/6/Default.aspx\">A</a>";
        assert_eq!(read(meeting).calendar.as_deref(), Some(calendar));
        let menu = format!(
            "{own}{other}<a href=\"Members.aspx\">x</a><a href=\"https://other.example/Meetings.aspx\">z</a><a href=\"CalendarofMeetings.aspx\">y</a>"
        );
        assert_eq!(
            menu_links(&menu, "https://cmis.example/b/"),
            [
                "https://cmis.example/b/MeetingsCalendar/tabid/73/Default.aspx",
                "https://cmis.example/b/CalendarofMeetings.aspx"
            ]
        );
    }
}
