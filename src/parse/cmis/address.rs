//! Addresses of CMIS: DNN writes parameters into the path, in any order.
//!
//! `/council/Meetings/tabid/70/ctl/ViewMeetingPublic/mid/397/Meeting/15028/Default.aspx`
//! shows control `ViewMeetingPublic` of module 397 on the page with number 70.
//! The page's name before `tabid` is for people.

use url::Url;

/// The view of a meeting.
const MEETING: &str = "viewmeetingpublic";

/// The view that shows any month without scripts.
const MONTH: &str = "MeetingCalendarPublicNoJava";

/// The address that stands for all that mean the same page.
///
/// Names and values in lower case and in order, wherever they were written;
/// without the page's name, the tab of a meeting that is shown first, a
/// cookieless session and a fragment. What is no address is returned as it is.
///
/// Only for telling addresses apart: what is asked for is the address as it
/// was linked. The query of a file is encrypted, so it is left alone.
pub fn canonical(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    url.set_fragment(None);
    if url.scheme() == "http" && url.port().is_none() {
        // An installation is one, however it is reached. This cannot fail from
        // one web scheme to another, and would leave the address as it is.
        let _ = url.set_scheme("https");
    }
    if is_file(address) {
        let path = url.path().to_lowercase();
        url.set_path(&path);
        return url.into();
    }
    let Parts { mut folder, page, mut pairs, .. } = parts(&url);
    pairs.retain(|(name, _)| name != "selectedtab");
    let has = |name: &str, value: &str| {
        pairs.iter().any(|pair| pair.0 == name && (value.is_empty() || pair.1 == value))
    };
    if has("ctl", MEETING) && has("meeting", "") {
        // The meeting's number alone says which meeting.
        pairs.retain(|(name, _)| matches!(name.as_str(), "ctl" | "meeting"));
    } else if !has("tabid", "") {
        folder = format!("{folder}/{page}");
    }
    pairs.sort();
    pairs.dedup();
    url.set_path(&folder);
    url.set_query(None);
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(&pairs);
    }
    url.into()
}

/// Whether two addresses mean the same page or file.
pub fn same(one: &str, other: &str) -> bool {
    canonical(one) == canonical(other)
}

/// What an address is made of, in lower case.
struct Parts {
    /// Where the installation lies, without a slash at the end.
    folder: String,
    /// The name of the page, such as `meetings` or `meetings.aspx`.
    page: String,
    /// How many segments of the path come before its parameters; `None` where
    /// it has none.
    n_before: Option<usize>,
    /// The parameters of path and query.
    pairs: Vec<(String, String)>,
}

fn parts(url: &Url) -> Parts {
    let path = url.path().to_lowercase();
    let segments: Vec<&str> = segments(&path).collect();
    let n_before = segments.iter().position(|segment| *segment == "tabid");
    let before = &segments[..n_before.unwrap_or(segments.len())];
    let (page, folder) = before.split_last().map_or(("", &[][..]), |(page, folder)| (*page, folder));
    let is_page = |segment: &&str| segment.ends_with(".aspx");
    let written = segments[before.len()..].chunks_exact(2).map(|pair| (pair[0], pair[1]));
    let mut pairs: Vec<(String, String)> = written
        .filter(|(name, value)| !is_page(name) && !is_page(value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    pairs.extend(url.query_pairs().map(|(name, value)| (name.to_lowercase(), value.trim().to_lowercase())));
    let folder = folder.iter().map(|segment| format!("/{segment}")).collect();
    Parts { folder, page: page.to_owned(), n_before, pairs }
}

/// The segments of a path, without the session that ASP.NET writes into it for
/// those who take no cookies.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let is_session = |part: &str| {
        part.len() > 4
            && part.get(..3).is_some_and(|front| front.eq_ignore_ascii_case("(s("))
            && part.ends_with("))")
    };
    path.split('/').filter(move |part| !part.is_empty() && !is_session(part))
}

/// A parameter of an address, by its name in lower case.
fn parameter(address: &str, name: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    parts(&url).pairs.into_iter().find(|pair| pair.0 == name).map(|(_, value)| value)
}

/// The number of the meeting that an address leads to.
pub fn meeting_number(address: &str) -> Option<String> {
    parameter(address, "ctl").filter(|control| control == MEETING)?;
    parameter(address, "meeting").filter(|number| is_number(number))
}

/// The number of the module that an address leads to.
pub fn module(address: &str) -> Option<String> {
    parameter(address, "mid").filter(|number| is_number(number))
}

/// The number of the page that an address leads to.
pub fn tab(address: &str) -> Option<String> {
    parameter(address, "tabid").filter(|number| is_number(number))
}

/// The name of the page that an address leads to, in lower case and without
/// its ending: `meetings`.
pub fn page_name(address: &str) -> String {
    let Ok(url) = Url::parse(address) else { return String::new() };
    let page = parts(&url).page;
    page.strip_suffix(".aspx").unwrap_or(&page).to_owned()
}

/// Whether two addresses are on one host.
pub fn is_same_host(one: &str, other: &str) -> bool {
    let host = |address: &str| Url::parse(address).ok()?.host_str().map(str::to_owned);
    host(one).is_some() && host(one) == host(other)
}

/// Whether a link leads to a file.
pub fn is_file(link: &str) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case("document.ashx"))
}

/// Whether the site sends those there whom it lets see nothing.
pub fn is_login(address: &str) -> bool {
    let control = parameter(address, "ctl").unwrap_or_default();
    control == "login" || matches!(page_name(address).as_str(), "login" | "signin")
}

/// The address under which the calendar shows months, without the month: the
/// page is that of `address`, which must have its number in the path.
///
/// The calendar answers to the path form only, so without the number of its
/// page there is no such address.
pub fn calendar(address: &str, module: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let n_before = parts(&url).n_before?;
    let tab = tab(address)?;
    let before: String = segments(url.path()).take(n_before).map(|segment| format!("/{segment}")).collect();
    let mut calendar = url.clone();
    calendar.set_query(None);
    calendar.set_fragment(None);
    calendar.set_path(&format!("{before}/tabid/{tab}/ctl/{MONTH}/mid/{module}/Date"));
    Some(calendar.into())
}

/// The same on a page of which only the number is known.
pub fn calendar_on(landing: &str, tab: &str, module: &str) -> Option<String> {
    let mut url = Url::parse(landing).ok()?;
    let mut before: Vec<&str> = segments(url.path()).collect();
    let page = before.pop()?;
    let page = page.rsplit_once('.').map_or(page, |(name, _)| name);
    let folder: String = before.iter().map(|segment| format!("/{segment}")).collect();
    let path = format!("{folder}/{page}/tabid/{tab}/Default.aspx");
    url.set_path(&path);
    calendar(url.as_str(), module)
}

/// The address of a meeting's page beside the calendar.
pub fn meeting(calendar: &str, number: &str) -> Option<String> {
    let before = calendar.strip_suffix("/Date")?.rsplit_once("/ctl/")?.0;
    let module = module(calendar)?;
    Some(format!("{before}/ctl/ViewMeetingPublic/mid/{module}/Meeting/{number}/Default.aspx"))
}

/// The same in a query, where no link tells the number of the page. Not every
/// installation answers to it with the month that is asked for.
pub fn calendar_by_query(landing: &str, module: &str) -> Option<String> {
    let mut url = Url::parse(landing).ok()?;
    url.set_fragment(None);
    url.set_query(Some(&format!("ctl={MONTH}&mid={module}&Date")));
    Some(url.into())
}

/// The address of a month's calendar.
pub fn month(calendar: &str, first_day: jiff::civil::Date) -> String {
    match calendar.contains('?') {
        true => format!("{calendar}={first_day}"),
        false => format!("{calendar}/{first_day}/Default.aspx"),
    }
}

/// The address of the list of the meetings of the present month.
pub fn list(landing: &str, module: &str) -> Option<String> {
    let mut url = Url::parse(landing).ok()?;
    url.set_fragment(None);
    url.set_query(Some(&format!("ctl=MeetingCalendarListView&mid={module}")));
    Some(url.into())
}

/// A link of a page as an address, without its fragment. `None` for one that
/// leads nowhere (`mailto:`, a script, something broken).
///
/// Sites behind https link to themselves with http: what was reached safely is
/// not asked unsafely.
pub fn resolve(page: &str, link: &str) -> Option<String> {
    let page = Url::parse(page).ok()?;
    let mut url = page.join(link.trim()).ok()?;
    url.set_fragment(None);
    let is_itself = url.host_str() == page.host_str() && url.port().is_none();
    if page.scheme() == "https" && url.scheme() == "http" && is_itself {
        url.set_scheme("https").ok()?;
    }
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "https://borchester.cmis.example/borchester";

    #[track_caller]
    fn check_same(one: &str, other: &str, expected: bool) {
        let at = |link: &str| format!("{ROOT}/{link}");
        assert_eq!(
            same(&at(one), &at(other)),
            expected,
            "{} / {}",
            canonical(&at(one)),
            canonical(&at(other))
        );
    }

    #[test]
    fn a_meeting_has_one_address() {
        let meeting =
            "Meetings/tabid/70/ctl/ViewMeetingPublic/mid/397/Meeting/15028/Committee/6/Default.aspx";
        for other in [
            "Meetings/tabid/70/ctl/ViewMeetingPublic/mid/397/Meeting/15028/Committee/6/SelectedTab/Documents/Default.aspx",
            "meetings/TABID/70/ctl/viewmeetingpublic/mid/397/meeting/15028/default.aspx",
            "Meetings/tabid/70/ctl/ViewMeetingPublic/mid/397/Committee/6/Meeting/15028/Default.aspx#top",
            "(S(abc123))/Meetings/tabid/70/ctl/ViewMeetingPublic/mid/397/Meeting/15028/Default.aspx",
            "Default.aspx?tabid=70&ctl=ViewMeetingPublic&mid=397&Meeting=15028",
        ] {
            check_same(meeting, other, true);
        }
        check_same(meeting, &meeting.replace("15028", "15029"), false);
        assert!(same("http://a.example/M/tabid/7/Default.aspx", "https://a.example/N/tabid/7/default.aspx"));
        assert!(!same("http://a.example/M/tabid/7/Default.aspx", "https://a.example/M/tabid/8/Default.aspx"));
        let month = "M/tabid/70/ctl/MeetingCalendarPublicNoJava/mid/397/Date/2026-06-01/Default.aspx";
        check_same(
            month,
            "M/tabid/70/mid/397/ctl/MeetingCalendarPublicNoJava/Date/2026-06-01/Default.aspx",
            true,
        );
        check_same(month, &month.replace("06-01", "07-01"), false);
        check_same("Meetings.aspx", "MeetingsCalendar.aspx", false);
        check_same("Document.ashx?aB=1&c=2", "document.ashx?aB=1&c=2", true);
        check_same("Document.ashx?aB=1&c=2", "Document.ashx?ab=1&c=2", false);
    }

    #[test]
    fn a_link_tells_its_meeting() {
        let number = |link: &str| meeting_number(&format!("{ROOT}/{link}"));
        let of =
            |value: &str| format!("M/tabid/70/ctl/ViewMeetingPublic/mid/397/Meeting/{value}/Default.aspx");
        assert_eq!(number(&of("31")).as_deref(), Some("31"));
        assert_eq!(number(&of("3x")), None);
        assert_eq!(number(&of("%2e%2e")), None);
        assert_eq!(number("M/tabid/70/ctl/MeetingVenueDetails/mid/397/Meeting/31/Default.aspx"), None);
    }

    #[test]
    fn the_calendar_is_that_of_a_page_with_a_number() {
        let link = format!("{ROOT}/Meetings/tabid/70/ctl/ViewMeetingPublic/mid/397/Meeting/1/Default.aspx");
        let calendar = calendar(&link, "397").unwrap();
        assert_eq!(
            month(&calendar, jiff::civil::date(2026, 6, 1)),
            format!(
                "{ROOT}/Meetings/tabid/70/ctl/MeetingCalendarPublicNoJava/mid/397/Date/2026-06-01/Default.aspx"
            )
        );
        assert_eq!(super::calendar(&format!("{ROOT}/Meetings.aspx"), "397"), None);
        assert_eq!(calendar_on(&format!("{ROOT}/Meetings.aspx?x=1"), "70", "397"), Some(calendar.clone()));
        assert!(same(&meeting(&calendar, "1").unwrap(), &link));
        assert_eq!(page_name(&link), "meetings");
        assert_eq!(page_name(&format!("{ROOT}/MeetingsCalendar.aspx")), "meetingscalendar");
    }

    #[test]
    fn links_are_resolved_against_their_page_and_keep_its_safety() {
        let page = format!("{ROOT}/Meetings.aspx");
        let check =
            |link: &str, expected: Option<&str>| assert_eq!(resolve(&page, link).as_deref(), expected);
        check("Document.ashx?a=b#x", Some(&format!("{ROOT}/Document.ashx?a=b")));
        check(&ROOT.replace("https", "http"), Some(ROOT));
        check("http://other.example/x", Some("http://other.example/x"));
        check("javascript:__doPostBack('x','')", None);
        check("file:///etc/passwd", None);
        assert!(is_login(&format!("{ROOT}/Home/tabid/36/ctl/Login/Default.aspx?returnurl=x")));
        assert!(is_login(&format!("{ROOT}/Login.aspx")));
        assert!(!is_login(&page));
    }
}
