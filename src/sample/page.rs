//! The pages of a site: what ModernGov writes inside `#modgov`, and the
//! council's own template around it.

use jiff::civil::Date;

use super::data::{
    Body, Chrome, CouncilPlan, MeetingPlan, Published, Sample, Stage, State, clock, long, month, weekday,
};
use super::html::{self, escape, escape_attribute, escape_title};
use super::minutes::{Item, attendance, items};
use super::xml;

/// How many meetings a list without a year shows.
const LISTED: usize = 15;

/// How many of them lie after today, where there are so many.
const LISTED_AHEAD: usize = 4;

/// The committees that still meet: `mgListCommittees.aspx`.
pub fn committees(council: &CouncilPlan, today: Date) -> String {
    let mut inner = String::from("<div class=\"mgLinks\" >\n\n</div>\n<div class=\"mgContent\" >\n");
    let live = || council.bodies.iter().filter(|body| !body.expired);
    let mut categories: Vec<&str> = Vec::new();
    for body in live() {
        if !categories.contains(&body.category.as_str()) {
            categories.push(&body.category);
        }
    }
    for category in categories {
        inner += &format!(
            "<h2 class=\"mgSectionTitle\">{}</h2>\n\n<ul  class=\"mgBulletList\" >\n",
            escape_title(category)
        );
        for body in live().filter(|body| body.category == category) {
            inner += &format!(
                "\t\t<li><a  href=\"mgCommitteeDetails.aspx?ID={}\"  title=\"Link&#32;to&#32;details&#32;for&#32;{}\" >{}</a></li>\n",
                body.id,
                escape_attribute(&body.name),
                escape_title(&body.name)
            );
        }
        inner += "\n</ul>\n";
    }
    inner += "</div>\n";
    let head = Head::plain("Committee structure", today);
    around(council, &head, "Committee structure", None, &inner)
}

/// What a body is for: `mgCommitteeDetails.aspx`.
pub fn committee(council: &CouncilPlan, body: &Body, today: Date) -> String {
    let inner = format!(
        "<div class=\"mgLinks\" >\n<ul  class=\"mgActionList\" >\n<li><a  href=\"ieListMeetings.aspx?CommitteeId={}\"  \
         title=\"Link&#32;to&#32;meetings\">Browse meetings and agendas for this committee</a></li>\n</ul>\n</div>\n\
         <div class=\"mgContent\" >\n<h2 class=\"mgSectionTitle\">Purpose of committee</h2>\n\
         <p>The terms of reference are set out in the constitution.</p>\n</div>\n",
        body.id
    );
    around(
        council,
        &Head::plain(&format!("Committee details - {}", body.name), today),
        "Committee details",
        Some(&escape_title(&body.name)),
        &inner,
    )
}

/// Which meetings of a body a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// Some fifteen round today.
    Around,
    /// All of a year.
    Year(i16),
    /// The fifteen before an instant, written `yyyymmddhhmm`.
    Earlier(u64),
    /// The fifteen after it.
    Later(u64),
}

/// The meetings of a body: `ieListMeetings.aspx`.
pub fn meetings(sample: &Sample, council: &CouncilPlan, body: &Body, slice: Slice, today: Date) -> String {
    let is_of_body = |meeting: &&MeetingPlan| {
        sample.council(meeting).slug == council.slug && sample.body(meeting).id == body.id
    };
    let mut all: Vec<&MeetingPlan> = sample.meetings.iter().filter(is_of_body).collect();
    all.sort_by_key(|meeting| std::cmp::Reverse(meeting.date));
    let mut years: Vec<i16> = all.iter().map(|meeting| meeting.date.year()).collect();
    years.dedup();
    years.reverse();
    let shown = choose(council, &all, slice, today);

    let name = escape_title(&body.name);
    let options: String =
        years.iter().map(|year| format!("\t\t\t<option value=\"{year}\">{year}</option>\n")).collect();
    let mut inner = format!(
        "<form method=\"post\"  action=\"ieListMeetings.aspx\"  id=\"FormYearSelect\">\n<div class=\"mgLinks\" >\n\n\
         <ul  class=\"mgActionList\" >\n\t\t<li><a  href=\"mgCommitteeDetails.aspx?ID={id}\"   title=\"Link&#32;to&#32;more&#32;information&#32;about&#32;{attribute}\">More information about {name}</a></li>\n\n\
         <li><label for=\"YearSelect\">Show meetings for the year: </label>\n\t\t<select\tsize=\"1\" id=\"YearSelect\" name=\"YearSelect\" > \n\
         \t\t<option value=\"0\"> </option>\n{options}\t\t</select>\n<input  class=\"mgGoButton\"   type=\"submit\" name=\"Submit\" value=\"Go\" id=\"Submit1\"/></li>\n</ul>\n</div>\n\
         <div class=\"mgContent\" >\n<div class=\"mgList\" >\n<div class=\"mgHiddenField\" >\n<input type=\"hidden\" name=\"hCommitteeId\"  value=\"{id}\" />\n</div>\n",
        id = body.id,
        attribute = escape_attribute(&body.name),
    );
    let turning = turning(council, body, &shown);
    inner += &turning;
    inner += "<div  class=\"mgTableBorder\" >\n<div  class=\"mgTableTitleTxt\" >\n           Meetings\n</div>\n<ul  class=\"mgNonBulletTableList\"  >";
    for (row, meeting) in shown.iter().enumerate() {
        let class = if row % 2 == 0 { "mgTableEvenRow" } else { "mgTableOddRow" };
        let date = short(meeting.date);
        inner += &format!(
            "<li  class=\"{class}\" ><a  class=\"mgMeetingTableLnk\"    href=\"ieListDocuments.aspx?CId={}&amp;MId={}&amp;Ver=4\"  \
             title=\"Link&#32;to&#32;meeting&#32;details&#32;for&#32;{}&#32;meeting&#32;of&#32;{}\">{date}&nbsp;{}</a>{}</li>",
            body.id,
            meeting.number,
            escape_attribute(&body.name),
            escape_attribute(&date),
            council.style.time.replace(':', "&#58;"),
            listed_state(council, meeting, today),
        );
    }
    inner += "</ul>\n</div>\n";
    inner += &turning;
    inner += "</div>\n</div>\n</form>\n";
    let head = Head::plain(&format!("Browse meetings - {}", body.name), today);
    around(council, &head, "Browse meetings", Some(&name), &inner)
}

/// Picks the meetings of a list out of all, which are newest first.
fn choose<'a>(
    council: &CouncilPlan,
    all: &[&'a MeetingPlan],
    slice: Slice,
    today: Date,
) -> Vec<&'a MeetingPlan> {
    let of = |keep: &dyn Fn(&MeetingPlan) -> bool| -> Vec<&'a MeetingPlan> {
        all.iter().copied().filter(|meeting| keep(meeting)).collect()
    };
    match slice {
        Slice::Year(year) => of(&|meeting| meeting.date.year() == year),
        Slice::Earlier(instant) => {
            let mut before = of(&|meeting| stamp(council, meeting) < instant);
            before.truncate(LISTED);
            before
        }
        Slice::Later(instant) => {
            let mut after = of(&|meeting| stamp(council, meeting) > instant);
            after.drain(..after.len().saturating_sub(LISTED));
            after
        }
        Slice::Around => {
            let n_ahead = all.iter().filter(|meeting| meeting.date > today).count();
            let from = n_ahead.saturating_sub(LISTED_AHEAD);
            all.iter().copied().skip(from).take(LISTED).collect()
        }
    }
}

/// The instant at which a meeting begins, as `yyyymmddhhmm`.
fn stamp(council: &CouncilPlan, meeting: &MeetingPlan) -> u64 {
    let (hour, minute) = clock(&council.style.time);
    let date = meeting.date;
    let digits = format!("{:04}{:02}{:02}{hour:02}{minute:02}", date.year(), date.month(), date.day());
    digits.parse().unwrap_or(0)
}

fn turning(council: &CouncilPlan, body: &Body, shown: &[&MeetingPlan]) -> String {
    let (Some(newest), Some(oldest)) = (shown.first(), shown.last()) else { return String::new() };
    let link = |act: &str, meeting: &MeetingPlan, words: &str| {
        format!(
            "<a   class=\"mgTableNextLnk\"   href=\"ieListMeetings.aspx?Act={act}&amp;CId={}&amp;D={}&amp;MD=ielistmeetings\"  >{words}</a><span class='mgLinkSep'>. </span>\n",
            body.id,
            stamp(council, meeting)
        )
    };
    format!(
        "<div  class='mgMeetingsEarlierLater' ><p>\n{}{}</p></div>\n",
        link("earlier", oldest, "<img src=\"mgimages/left5.gif\" alt=\"\"/>Earlier meetings"),
        link("later", newest, "Later meetings<img src=\"mgimages/right5.gif\" alt=\"\"/>")
    )
}

/// What a list prints after the link: what is published.
fn listed_state(council: &CouncilPlan, meeting: &MeetingPlan, today: Date) -> String {
    if meeting.state == State::Cancelled {
        return " - CANCELLED".into();
    }
    let published = meeting.published(&council.style, today);
    let words: Vec<&str> = words(published);
    if words.is_empty() { String::new() } else { format!(" - {}", words.join(", ")) }
}

fn words(published: Published) -> Vec<&'static str> {
    let mut words = Vec::new();
    if published.agenda {
        words.push("Agenda");
    }
    if published.decisions {
        words.push("Decisions");
    }
    match published.minutes {
        Some(Stage::Draft) => words.push("Draft minutes"),
        Some(Stage::Approved) => words.push("Minutes"),
        None => {}
    }
    words
}

/// The heading of a meeting page: `Agenda, decisions and minutes`.
fn heading(published: Published) -> String {
    let words: Vec<String> =
        words(published).iter().enumerate().map(|(at, word)| lower_unless(at == 0, word)).collect();
    match words.split_last() {
        None => "Meeting".into(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

fn lower_unless(is_first: bool, word: &str) -> String {
    if is_first { word.into() } else { word.to_lowercase() }
}

/// A meeting: `ieListDocuments.aspx`.
pub fn meeting(sample: &Sample, meeting: &MeetingPlan, today: Date) -> String {
    let (council, body) = (sample.council(meeting), sample.body(meeting));
    let published = meeting.published(&council.style, today);
    let when = format!("{} {} {}", weekday(meeting.date), long(meeting.date), council.style.time);
    let cancelled = if meeting.state == State::Cancelled { ", CANCELLED" } else { "" };
    let subtitle = format!(
        "<a  href=\"mgCommitteeDetails.aspx?ID={}\"  title=\"Link&#32;to&#32;{}\">{} - {when}{cancelled}</a>",
        body.id,
        escape_attribute(&body.name),
        escape_title(&body.name)
    );
    let mut inner = links(sample, meeting, published);
    inner += "<div class=\"mgContent\" >\n";
    if !published.agenda {
        inner += "\t\t<p>No documents are available for this meeting</p>\n";
    }
    let venue = if meeting.state == State::Cancelled { "Proposed venue" } else { "Venue" };
    inner += &format!(
        "\t\t<p><span  class=\"mgLabel\" >{venue}: </span>{} <a  href=\"mgLocationDetails.aspx?RID=1\"  title=\"Link&#32;to&#32;directions\"> View directions</a></p>\n\
         \t\t<p><span  class=\"mgLabel\" >Contact: </span>Democratic Services&nbsp; \n\t\tEmail: &nbsp;<a href=\"mailto:meetings@{host}\">meetings@{host}</a>\n\t\t</p>\n",
        escape_title(&council.venue),
        host = council.host()
    );
    if published.agenda {
        inner += &table(sample, meeting, published);
    }
    inner += "</div>\n";
    let day = format!("{} {}, {}", weekday(meeting.date), long(meeting.date), council.style.time);
    let head = Head {
        title: format!("Agenda for {} on {day}", body.name),
        date: meeting.date,
        modified: meeting.modified(today),
    };
    around(council, &head, &heading(published), Some(&subtitle), &inner)
}

fn links(sample: &Sample, meeting: &MeetingPlan, published: Published) -> String {
    let (council, body) = (sample.council(meeting), sample.body(meeting));
    let mut links = format!(
        "<div class=\"mgLinks\" >\n\n\n<ul  class=\"mgActionList\" >\n\n\t\t<li><a  href=\"mgMeetingAttendance.aspx?ID={}\"  \
         title=\"Link&#32;to&#32;attendance&#32;details&#32;for&#32;the&#32;meeting\">Attendance details</a></li>\n",
        meeting.number
    );
    let mut file = |name: &str, kind: u8, words: &str| {
        links += &format!(
            "\t\t\t<li><a  href=\"documents/g{}/{}?T={kind}\"   title=\"Link&#32;to&#32;{}&#32;pdf&#32;file\">{words}\n\
             \t\t\t<span  class=\"mgFileSize\" ><img src=\"mgimages/logo-pdf-1.gif\" alt=\"\" /> PDF 111 KB</span> </a>\n\t\t\t</li>\n",
            meeting.agenda_id(),
            escape(&file_name(council, body, meeting, name)),
            escape_attribute(&words.to_lowercase()),
        );
    };
    if published.agenda {
        file("Agenda frontsheet", 0, "Agenda frontsheet");
    }
    match published.minutes {
        Some(Stage::Approved) => file("Printed minutes", 1, "Printed minutes"),
        Some(Stage::Draft) => file("Printed minutes", 1, "Printed draft minutes"),
        None => {}
    }
    links += "\n</ul>\n</div>\n";
    links
}

/// The name of a printed file, with its spaces, as the system makes it.
fn file_name(council: &CouncilPlan, body: &Body, meeting: &MeetingPlan, kind: &str) -> String {
    let (hour, minute) = clock(&council.style.time);
    let date = meeting.date;
    let month = &month(date)[..3];
    format!(
        "{kind} {} {:02}-{month}-{} {hour:02}.{minute:02} {}.pdf",
        weekday(date),
        date.day(),
        date.year(),
        body.name
    )
}

fn table(sample: &Sample, meeting: &MeetingPlan, published: Published) -> String {
    let mut table = String::from(
        "\t\t<table class=\"mgItemTable\"  summary=\"Table of agenda items\" id=\"mgItemTable\">\n\
         \t\t<caption  class=\"mgSectionTitle\" >Items</caption>\n\n     <tr>\n\n\
         \x20           <th class=\"mgHide\" abbr=\"No\" scope=\"col\">No.</th>\n\
         \x20           <th class=\"mgHide\" abbr=\"Item\" scope=\"col\">Item</th>\n    </tr>\n\n",
    );
    for item in items(sample, meeting, published.minutes.unwrap_or(Stage::Approved)) {
        table += &format!(
            "\t\t<tr>\n\n\t\t\t<td  class=\"mgItemNumberCell\" ><p  class=\"mgAiTitleTxt\" ><a name=\"AI{}\" aria-disabled=\"true\"></a>{}.</p></td>\n\
             \t\t\t\t\n\t\t<td >\t\t\t\n\n\t\t\t\t\t<p  class=\"mgAiTitleTxt\" >{}</p>\n{}\t\t\t\t\t\n        </td>\n\t\t</tr>\n\t\t\n",
            item.id,
            item.number,
            escape_title(&item.title),
            item_text(sample.council(meeting), &item, published, Length::Cut)
        );
    }
    table += "\t\t</table>\n";
    table
}

/// How much of an item's minutes a page prints.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    /// So much as the meeting page does.
    Cut,
    /// All of it.
    Full,
}

fn item_text(council: &CouncilPlan, item: &Item, published: Published, length: Length) -> String {
    if item.restricted || council.site.pdf_only {
        return String::new();
    }
    let para = |body: String| format!("<div class=\"mgWordPara\">{body}</div> \n");
    let mut text = String::new();
    if !item.agenda.is_empty() {
        text += &para(html::agenda(council, &item.agenda));
    }
    let decision = item.decision();
    if published.decisions && !decision.is_empty() {
        text += "<p class=\"mgSubItemTitleTxt\">Decision:</p>\n";
        text += &para(html::body(council, &decision, ""));
    }
    if published.minutes.is_none() || item.minutes.is_empty() {
        return text;
    }
    text += "<p class=\"mgSubItemTitleTxt\">Minutes:</p>\n";
    text += &match html::cut(&item.minutes).filter(|_| length == Length::Cut) {
        Some(shown) => para(html::body(council, &shown, &rest_link(item))),
        None => para(html::body(council, &item.minutes, "")),
    };
    text
}

/// What stands where the meeting page breaks off.
fn rest_link(item: &Item) -> String {
    format!(
        " &nbsp;...&nbsp; <a href=\n\"mgAi.aspx?ID={}\" title=\n\"Link to view the full item text for item {}., {}\">\n\
         view the full minutes text for item {}.</a>",
        item.id,
        item.number,
        escape_title(&item.title),
        item.number
    )
}

/// One item in full: `mgAi.aspx`. `None` where the meeting has no such item
/// or its agenda is not published.
pub fn item(sample: &Sample, meeting: &MeetingPlan, id: u32, today: Date) -> Option<String> {
    let (council, body) = (sample.council(meeting), sample.body(meeting));
    let published = meeting.published(&council.style, today);
    if !published.agenda {
        return None;
    }
    let items = items(sample, meeting, published.minutes.unwrap_or(Stage::Approved));
    let item = items.into_iter().find(|item| item.id == id)?;
    let inner = format!(
        "<div class=\"mgLinks\" >\n<ul  class=\"mgActionList\" >\n<li><a  href=\"ieListDocuments.aspx?CId={}&amp;MId={}&amp;Ver=4\"  \
         title=\"Link&#32;to&#32;meeting\">Meeting of {}, {}</a></li>\n</ul>\n</div>\n<div class=\"mgContent\" >\n{}</div>\n",
        body.id,
        meeting.number,
        escape_title(&body.name),
        long(meeting.date),
        item_text(council, &item, published, Length::Full)
    );
    let head = Head {
        title: format!("Agenda item - {}", item.title),
        date: meeting.date,
        modified: meeting.modified(today),
    };
    Some(around(council, &head, "Agenda item", Some(&escape_title(&item.title)), &inner))
}

/// Who was there: `mgMeetingAttendance.aspx`.
pub fn attendance_page(sample: &Sample, meeting: &MeetingPlan, today: Date) -> String {
    let council = sample.council(meeting);
    let is_minuted = meeting.published(&council.style, today).minutes.is_some();
    let mut inner = String::from(
        "<div class=\"mgContent\" >\n<table  class=\"mgStatsTable\" >\n<tr><th>Attendee</th><th>Role</th><th>Attendance</th></tr>\n",
    );
    for (seat, (name, was_there)) in attendance(sample, meeting).into_iter().enumerate() {
        let role = if seat == 0 { council.style.chair.as_str() } else { "Committee Member" };
        inner += &format!(
            "<tr><td><a  href=\"mgUserInfo.aspx?UID={}\" >Councillor {}</a></td><td>{role}</td><td>{}</td></tr>\n",
            150 + seat,
            escape_title(name),
            xml::attended(meeting, is_minuted, was_there)
        );
    }
    inner += "</table>\n</div>\n";
    let subtitle = format!(
        "{} - {} {}",
        escape_title(&sample.body(meeting).name),
        weekday(meeting.date),
        long(meeting.date)
    );
    around(council, &Head::plain("Meeting attendance", today), "Meeting attendance", Some(&subtitle), &inner)
}

/// The page to which everything unknown is sent.
pub fn error(council: &CouncilPlan, today: Date) -> String {
    let inner = "<div class=\"mgContent\" >\n<p class=\"mgErrorTxt\">An error has occurred. The page that you asked for \
                 could not be found.</p>\n</div>\n";
    around(council, &Head::plain("Error", today), "Error", None, inner)
}

/// What a switched-off web service answers: a page that only a browser follows.
pub const SERVICE_OFF: &str = "<!-- beginning of redirect file -->\r\n<script type=\"text/javascript\">\r\n\
window.location = \"/mgError.aspx\";\r\n</script>\r\n<!-- end of redirect file -->\r\n";

struct Head {
    title: String,
    date: Date,
    modified: Date,
}

impl Head {
    /// Pages that are no meeting give the day of the fetch as their date.
    fn plain(title: &str, today: Date) -> Self {
        Self { title: title.into(), date: today, modified: today }
    }
}

fn short(date: Date) -> String {
    format!("{} {} {}", date.day(), &month(date)[..3], date.year())
}

/// Puts a page together: head, the council's template, `#modgov`.
fn around(council: &CouncilPlan, head: &Head, heading: &str, subtitle: Option<&str>, inner: &str) -> String {
    let title = escape_title(&head.title);
    let name = escape_title(&council.name);
    let subtitle = subtitle
        .map(|subtitle| {
            format!("\t\t\t<div class=\"mgSubTitle\" >\t\n\t\t\t\t<h2 class=\"mgSubTitleTxt\">{subtitle}</h2>\n\t\t\t\t</div>\n")
        })
        .unwrap_or_default();
    let content = format!(
        "<div id=\"modgov\"><div class=\"mgHeader\"><h1  class=\"mgMainTitleTxt\" >{heading}</h1></div>\n{subtitle}\
         <p>Papers are available in other formats on request.</p>\n{inner}<div class=\"mgFooter\" >\t\t\n\n\t<p>&nbsp;</p>\n</div>\n</div>\n"
    );
    let (before, after) = template(council);
    format!(
        "<!DOCTYPE html>\n\n<html lang=\"en\">\n\t<head>\n\t\t<meta charset=\"utf-8\">\n\
         \t\t<meta name=\"DC.title\"  content=\"{title}\"/>\n\
         <meta name=\"DC.description\"  content=\"All published information for {title}\"/>\n\
         <meta name=\"DC.date\" scheme=\"W3CDTF\"  content=\"{}\"/>\n\
         <meta name=\"DC.date.modified\" scheme=\"W3CDTF\"  content=\"{}\"/>\n\
         <meta name=\"DC.date.created\" scheme=\"W3CDTF\"  content=\"2015-05-11\"/>\n\
         <meta name=\"DC.subject\" scheme=\"eGMS.IPSV\"  content=\"Council meetings\"/>\n\
         \t\t<title>{title} - {name}</title>\n\t</head>\n{before}{content}{after}</html>\n",
        head.date, head.modified
    )
}

/// The markup before and after the content, which the council supplies.
fn template(council: &CouncilPlan) -> (String, String) {
    let name = escape_title(&council.name);
    let menu = "<ul class=\"menu-list\">\n<li><a href=\"mgCalendarMonthView.aspx?GL=1&amp;bcr=1\" title=\"Link to calendar of meetings\">Calendar</a></li>\n\
                <li><a class=\"is-active\" href=\"mgListCommittees.aspx?bcr=1\" title=\"Link to committee structure\">Committees</a></li>\n\
                <li><a href=\"mgMemberIndex.aspx?bcr=1\" title=\"Link to councillors\">Councillors</a></li>\n\
                <li><a href=\"ieDocSearch.aspx?bcr=1\" title=\"Link to free text search\">Search documents</a></li></ul>\n";
    match council.site.chrome {
        Chrome::Columns => (
            format!(
                "\t<body class=\"has-background-light\">\n<a class=\"sr-only\" href=\"#mgMainContent\">Skip to main content</a>\n\
                 <header id=\"page-header\"><p>{name}</p></header>\n<div class=\"menu\">{menu}</div>\n<div role=\"main\">\n"
            ),
            format!(
                "</div>\n<nav id=\"side-nav\"><div class=\"menu\">{menu}</div></nav>\n\
                 <footer id=\"page-footer\" class=\"footer\"><small>&copy; {name}</small></footer>\n\t</body>\n"
            ),
        ),
        Chrome::Plain => (
            format!("<body>\n<!-- Modern.gov Reverse CMS -->\n<div class=\"banner\"><h2>{name}</h2></div>\n"),
            format!("<div class=\"site-footer\"><p>{name}, all rights reserved. {menu}</p></div>\n</body>\n"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_says_what_is_published() {
        let published = |agenda, decisions, minutes| heading(Published { agenda, decisions, minutes });
        assert_eq!(published(true, true, Some(Stage::Approved)), "Agenda, decisions and minutes");
        assert_eq!(published(true, false, Some(Stage::Draft)), "Agenda and draft minutes");
        assert_eq!(published(true, false, None), "Agenda");
        assert_eq!(published(false, false, None), "Meeting");
    }
}
