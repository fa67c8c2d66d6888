//! What a page says, apart from what is another at each visit.

use scraper::ElementRef;

use super::address;
use super::markup::{meta, modgov, tree};
use crate::model::Digest;
use crate::parse::blocks::fold;

/// A digest of what the system's part of a page says: its words and its links,
/// and the day of its last change. The council's own frame, scripts, hidden
/// fields, sessions and times do not count, so that two visits of the same
/// page have the same digest.
///
/// `None` for a page that the system did not make.
pub fn content(text: &str) -> Option<String> {
    let tree = tree(text).ok()?;
    let mut said = String::new();
    gather(modgov(&tree).ok()?, &mut said);
    let modified = meta(&tree, "dc.date.modified").map(|date| date.to_string()).unwrap_or_default();
    Some(Digest::of(format!("{modified}\n{}", fold(&said)).as_bytes()).0)
}

fn gather(element: ElementRef, said: &mut String) {
    for node in element.children() {
        if let Some(text) = node.value().as_text() {
            said.push_str(text);
        }
        let Some(child) = ElementRef::wrap(node) else { continue };
        let is_silent = matches!(child.value().name(), "script" | "style" | "input" | "noscript")
            || child.value().classes().any(|class| matches!(class, "mgFooter" | "mgHelpLine"));
        if is_silent {
            continue;
        }
        // A space, so that words of two cells do not become one.
        said.push(' ');
        if let Some(href) = child.value().attr("href") {
            said.push_str(&link(href));
            said.push(' ');
        }
        gather(child, said);
    }
}

/// A link without what is another at each visit. Where the page lies does not
/// matter: it is the same for all its visits.
fn link(href: &str) -> String {
    let fragment = href.split_once('#').map_or("", |(_, fragment)| fragment);
    match address::resolve("http://page.invalid/", href) {
        Some(url) => format!("{}#{fragment}", address::canonical(&url)),
        None => href.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(frame: &str, inside: &str, modified: &str) -> Option<String> {
        content(&format!(
            "<html><head><meta name=\"DC.date.modified\" content=\"{modified}\"></head><body>{frame}\
             <div id=\"modgov\"><h1>Agenda</h1>{inside}</div></body></html>"
        ))
    }

    #[test]
    fn only_what_the_system_says_counts() {
        let first = page(
            "Visits: 17",
            "<p>Budget</p><a href=\"(S(abc))/mgAi.aspx?ID=5&amp;J=1\">more</a>",
            "2026-01-01",
        );
        let same = page(
            "Visits: 18",
            "<script>var t = 9</script>\n<p>Budget </p><a href=\"(S(xyz))/mgAi.aspx?ID=5&amp;J=2\">more</a>\
             <div class=\"mgFooter\">10:15</div>",
            "2026-01-01",
        );
        assert_eq!(first, same);
        let other = |inside: &str, modified: &str| assert_ne!(page("", inside, modified), first);
        other("<p>Budget</p><a href=\"mgAi.aspx?ID=6\">more</a>", "2026-01-01");
        other("<p>The budget</p><a href=\"mgAi.aspx?ID=5\">more</a>", "2026-01-01");
        other("<p>Budget</p><a href=\"mgAi.aspx?ID=5\">more</a>", "2026-01-02");
        assert_eq!(content("<html>Just a moment...</html>"), None);
    }
}
