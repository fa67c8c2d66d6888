//! Reads the pages of CMIS, a committee system that lives in modules of DNN.
//!
//! A page is known by the names of those modules, as councils choose hosts,
//! paths and looks of their own. There is no web service: a calendar lists the
//! meetings, a meeting's page its files, and the minutes are one of the files;
//! a few councils print them on the page.

pub mod address;

mod calendar;

mod meeting;

mod items;

mod edition;

pub use calendar::{Entry, Landing, MeetingList, landing_page, list_page, menu_links, month_page};
pub use edition::edition;
pub use meeting::{DocumentLink, MeetingPage, meeting_page, page_reading, saved_page};

use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};

use super::blocks::{fold, html};
use super::challenge::challenge;
use super::visible;
use crate::parse::{Pattern, pattern};

/// Why an answer is not the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A page came that the system did not make: a challenge, an error, a notice.
    #[error("the page is not one of CMIS (none of its modules is there)")]
    NotCmis,
    /// A test came that only a person in a browser can pass.
    #[error("the site sends a test for browsers in place of the page")]
    Challenge,
    /// The system's own page for its faults, which comes with a status of 200.
    #[error("the site answers with its error page")]
    Fault,
    /// The page is one of the system, but not of the kind asked for.
    #[error("the page is not {0}")]
    OtherPage(&'static str),
    /// The page is made so that reading it would cost too much.
    #[error("the page cannot be read: {0}")]
    Hostile(String),
}

/// Whether the system made this page. One of ModernGov that only links to an
/// older CMIS is not.
pub fn is_page(text: &str) -> bool {
    tree(text).is_ok_and(|tree| tree.select(&MODERNGOV).next().is_none())
}

/// What a page says: the words and links of the system's modules, without the
/// state that ASP.NET writes into every answer anew. `None` for other pages.
pub fn content(text: &str) -> Option<String> {
    let tree = tree(text).ok()?;
    let mut content = String::new();
    for module in tree.select(&MODULES) {
        let is_module = |part: ElementRef| MODULES.matches(&part);
        if module.ancestors().filter_map(ElementRef::wrap).any(is_module) {
            continue;
        }
        content.push_str(&fold(&module.text().collect::<String>()));
        for link in module.select(&LINKS) {
            content.push('\n');
            content.push_str(link.attr("href").unwrap_or_default());
        }
    }
    Some(content)
}

/// Whether any name that the system gives to its parts stands in a text.
fn is_marked(text: &str) -> bool {
    ["ModCMIS", "CMIS_ModuleWrapper", "MeetingCalendarPublic", "ViewMeetingPublic", "ViewCMIS_"]
        .iter()
        .any(|mark| text.contains(mark))
}

/// The page, when any of the system's modules is on it.
fn tree(text: &str) -> Result<Html, Wrong> {
    // What the system did not make need not be read at all.
    if !is_marked(text) {
        return Err(match () {
            () if is_fault(text) => Wrong::Fault,
            () if challenge(text).is_some() => Wrong::Challenge,
            () => Wrong::NotCmis,
        });
    }
    if let Some(reason) = html::hostility(text) {
        return Err(Wrong::Hostile(reason));
    }
    let tree = Html::parse_document(text);
    let has_module = tree.select(&MODULES).next().is_some();
    match has_module {
        _ if is_fault(text) => Err(Wrong::Fault),
        true => Ok(tree),
        false => Err(Wrong::NotCmis),
    }
}

/// DNN puts this sentence in the place of a module that has failed.
fn is_fault(text: &str) -> bool {
    text.to_lowercase().contains("a critical error has occurred")
}

/// The text that a reader sees, without the sizes of files.
fn visible_text(element: ElementRef) -> String {
    visible_start(element, usize::MAX)
}

/// The beginning of that text: at most so many nodes and bytes are looked at.
fn visible_start(element: ElementRef, most: usize) -> String {
    visible::visible_start(element, most, |child| has_class(child, "filesize"))
}

/// Whether an element has this class, given in lower case: the system's own
/// pages write some classes in two ways.
fn has_class(element: ElementRef, class: &str) -> bool {
    element.value().classes().any(|other| other.eq_ignore_ascii_case(class))
}

/// Whether a text says that a meeting does not take place on its day.
fn is_called_off(text: &str) -> bool {
    static CALLED_OFF: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\b(?:cancell?ed|postponed)\b"));
    CALLED_OFF.is_match(text)
}

/// A selector of the constants below.
fn selector(css: &'static str) -> Selector {
    Selector::parse(css).expect("the selector is valid")
}

static MODERNGOV: LazyLock<Selector> = LazyLock::new(|| selector("#modgov"));
static MODULES: LazyLock<Selector> = LazyLock::new(|| {
    selector(
        "[class*=ModCMIS], [class*=CMIS_ModuleWrapper], [id*=MeetingCalendarPublic], [id*=ViewMeetingPublic], \
         [id*=ViewCMIS_]",
    )
});
static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_modules() {
        assert!(is_page("<div class=\"DNNModuleContent ModCMISMeetingsC\">x</div>"));
        assert!(is_page("<p id=\"dnn_ctr5_MeetingCalendarPublic_x\">x</p>"));
        assert!(!is_page("<title>Just a moment...</title>"));
        assert!(!is_page("<p>See <a href=\"/x/ctl/ViewMeetingPublic/mid/3/Meeting/1\">the old site</a></p>"));
        let link = "<a id=\"ViewCMIS_1\" href=\"/ctl/ViewMeetingPublic/mid/3/Meeting/1\">minutes</a>";
        assert!(!is_page(&format!("<div id=\"modgov\">{link}</div>")));
    }

    #[test]
    fn what_a_page_says_has_no_state() {
        let page = |state: &str, words: &str| {
            content(&format!(
                "<input type=hidden value={state}><div class=ModCMISMeetingsC><div class=ModCMISx>{words}</div></div>"
            ))
        };
        assert_eq!(page("1", "<a href=x>one</a>"), page("2", "<a href=x>one</a>"));
        assert_ne!(page("1", "<a href=x>one</a>"), page("1", "<a href=y>one</a>"));
        assert_eq!(page("1", "one").as_deref(), Some("one"));
        assert_eq!(content("<p>one</p>"), None);
    }

    #[test]
    fn an_error_under_a_good_status_is_an_error() {
        let error = "<div class=\"ModCMISMeetingsC\">Error: Meetings is currently unavailable. A critical error \
                     has occurred.</div>";
        assert_eq!(meeting_page(error), Err(Wrong::Fault));
        assert_eq!(meeting_page("<p>A critical error has occurred.</p>"), Err(Wrong::Fault));
        assert_eq!(meeting_page("<title>Just a moment...</title>"), Err(Wrong::Challenge));
        assert_eq!(meeting_page("<title>Not found</title>"), Err(Wrong::NotCmis));
        let deep = format!("<div class=\"ModCMISMeetingsC\">{}", "<div>".repeat(100_000));
        assert!(matches!(meeting_page(&deep), Err(Wrong::Hostile(_))));
    }
}
