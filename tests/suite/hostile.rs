//! Pages and documents made to cost much: the work grows as they do, and no faster.

use std::time::{Duration, Instant};

use jiff::civil::date;
use scrutineer::crawl::{Documents, Ground, Learned, ModernGov, Page, Platform, Scope};
use scrutineer::model::{Meeting, MeetingId, MeetingStatus, Platform as System, Site, SiteId};
use scrutineer::parse::{Media, cmis, extract, moderngov};

/// By how much larger the second document is.
const LARGER: usize = 16;

/// Checks that a document 16 times as large takes far less than the 256 times
/// as long that it took where each part was held against all others. `n` must be
/// large enough for that to show; the best of some runs counts, as this machine
/// may be busy.
#[track_caller]
fn grows_linearly<D>(n: usize, make: impl Fn(usize) -> D, read: impl Fn(&D)) {
    let best = |document: &D| {
        let run = || {
            let start = Instant::now();
            read(document);
            start.elapsed()
        };
        (0..5).map(|_| run()).min().unwrap_or_default().max(Duration::from_micros(100))
    };
    let (small, large) = (best(&make(n)), best(&make(n * LARGER)));
    let growth = large.as_secs_f64() / small.as_secs_f64();
    assert!(growth < 100.0, "{small:?} became {large:?}, {growth:.0} times as long");
}

/// `n` parts, each made of its number.
fn many(n: usize, part: impl Fn(usize) -> String) -> String {
    (0..n).map(part).collect()
}

fn modgov(inside: &str) -> String {
    format!("<html><body><div id=\"modgov\">{inside}</div></body></html>")
}

#[test]
fn a_day_of_the_calendar_with_many_meetings() {
    const URL: &str = "https://cmis.example/b/Meetings/tabid/70/Default.aspx";
    let make = |n| {
        let links = many(n, |at| {
            format!(
                "<a href=\"/b/Meetings/tabid/70/ctl/ViewMeetingPublic/mid/3/Meeting/{at}/x.aspx\">10:00 A</a> "
            )
        });
        format!(
            "<div class=\"ModCMISMeetingsC\"><table><tr><td>Monday, 8 June</td><td><p>{links}</p></td></tr></table></div>"
        )
    };
    grows_linearly(150, make, |page: &String| {
        let found = cmis::month_page(page, URL, date(2026, 6, 1)).unwrap();
        assert!(found.len() >= 150 && found.iter().all(|entry| entry.body == "A"));
    });
}

#[test]
fn files_below_a_very_long_heading() {
    let make = |n| {
        let files = many(n, |at| format!("<a href=\"/Document.ashx?id={at}\">A</a>"));
        let heading = "Minutes and ".repeat(n * 8);
        format!("<div class=\"ModCMISMeetingsC\" id=\"x_ViewMeetingPublic\"><h3>{heading}</h3>{files}</div>")
    };
    let read = |page: &String| cmis::meeting_page(page).unwrap();
    let length = |n| read(&make(n)).files.iter().map(|file| file.category.len()).max();
    assert_eq!(length(200), length(400), "each file has only the beginning of its heading");
    assert!(read(&make(1)).files[0].category.starts_with("Minutes and Minutes"));
}

#[test]
fn lists_of_many_committees_and_meetings() {
    let make = |n| modgov(&many(n, |at| format!("<a href=\"mgCommitteeDetails.aspx?ID={at}\">A</a>")));
    grows_linearly(500, make, |page: &String| {
        assert!(moderngov::committee_list_page(page).unwrap().len() >= 500);
    });
    let make =
        |n| modgov(&many(n, |at| format!("<a href=\"ieListDocuments.aspx?MId={at}\">1 May 2024</a> ")));
    grows_linearly(500, make, |page: &String| {
        assert!(moderngov::meeting_list_page(page).unwrap().meetings.len() >= 500);
    });
}

#[test]
fn an_item_with_many_files_in_one_entry() {
    let site = Site {
        id: SiteId::new("thornby"),
        platform: System::ModernGov,
        // In Welsh, for which there are pages only.
        root: "https://thornby.example?LLL=1".to_owned(),
        council: "thornby".to_owned(),
        council_name: "Thornby Council".to_owned(),
        shared_by: Vec::new(),
        rules: None,
    };
    let scope = Scope { documents: Documents::All, ..Scope::all(date(2026, 6, 1)) };
    let learned = Learned::new();
    let ground = Ground { site: &site, scope: &scope, learned: &learned };
    let meeting = Meeting {
        id: MeetingId { site: site.id.clone(), number: "5".to_owned() },
        council: "thornby".to_owned(),
        council_name: "Thornby Council".to_owned(),
        body: "Cabinet".to_owned(),
        date: None,
        status: MeetingStatus::Held,
        agenda_published: false,
        minutes_published: false,
        url: "https://thornby.example/ieListDocuments.aspx?MId=5&LLL=1".to_owned(),
    };
    let request = ModernGov.meeting(&ground, &meeting).unwrap();
    let make = |n| {
        let files = many(n, |at| format!("<a href=\"documents/s{at}/A.pdf\">A</a>"));
        let page = modgov(&format!(
            "<h1>Agenda</h1><h2 class=\"mgSubTitleTxt\">Cabinet - Thursday 1 February 2024 7.00 pm</h2>\
             <table><tr><td class=\"mgItemNumberCell\">1.</td><td><ul class=\"mgBulletList\"><li>{files}</li></ul>\
             </td></tr></table>"
        ));
        Page {
            final_url: meeting.url.clone(),
            media_type: "text/html".to_owned(),
            charset: None,
            body: page.into(),
        }
    };
    grows_linearly(100, make, |page: &Page| {
        let found = ModernGov.read(&ground, &request, page).unwrap();
        assert!(found.requests.len() >= 100);
    });
}

#[test]
fn an_issue_and_a_decision_with_all_in_one_line() {
    let make = |n| {
        let links = many(n, |at| format!("<a href=\"ieListDocuments.aspx?MId=5&amp;J={at}\">A</a>"));
        modgov(&format!("<h1>Issue details</h1><ul><li>{links}</li></ul>"))
    };
    grows_linearly(100, make, |page: &String| {
        assert_eq!(moderngov::issue_page(page).unwrap().meetings.len(), 1);
    });
    let make = |n| {
        let facts = many(n, |_| "<span class=\"mgLabel\">Decision Maker:</span> Cabinet ".to_owned());
        modgov(&format!("<h1>Decision details</h1><h2 class=\"mgSubTitleTxt\">A</h2><p>{facts}</p>"))
    };
    grows_linearly(200, make, |page: &String| {
        assert_eq!(moderngov::decision_page(page).unwrap().title, "A");
    });
}

#[test]
fn a_style_of_rtf_whose_name_comes_in_many_pieces() {
    let make =
        |n| format!("{{\\rtf1{{\\stylesheet{{\\s1 {}}}}}Minutes\\par}}", "a\\b ".repeat(n)).into_bytes();
    grows_linearly(4_000, make, |rtf: &Vec<u8>| {
        assert!(extract(rtf, Media::Rtf, None).is_ok());
    });
}
