//! Pages that test whether a person sits before a browser. They come in place
//! of what was asked for, often with a status of 200.

use crate::parse::{Pattern, pattern};
use std::sync::LazyLock;

/// Titles of such pages, by the service that sends them; tried in order.
const TITLES: [(&str, &str); 9] = [
    ("Cloudflare", r"^just a moment\.{0,3}|^attention required! \| cloudflare"),
    ("Azure WAF", r"^azure waf"),
    ("Imperva", r"^pardon our interruption|^request unsuccessful"),
    ("DDoS-Guard", r"^ddos-guard"),
    ("F5", r"^request rejected"),
    ("Akamai", r"^access denied$"),
    ("Sucuri", r"^sucuri website firewall"),
    ("AWS WAF", r"^human verification"),
    (
        "a firewall",
        r"^(?:one moment, please|checking your browser|please wait|security check|bot verification|client challenge|verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:robot|human))",
    ),
];

/// What stands in the markup of such pages and of no other.
const MARKS: [(&str, &str); 8] = [
    ("Cloudflare", "/cdn-cgi/challenge-platform/h/"),
    ("Cloudflare", "window._cf_chl_opt"),
    ("Azure WAF", "azwaf"),
    ("Imperva", "_incapsula_resource?swjiylwa"),
    ("Imperva", "/_incapsula_resource?cwudnsai"),
    ("DataDome", "geo.captcha-delivery.com"),
    ("AWS WAF", "awswafintegration.getnewtoken"),
    ("HUMAN", "px-captcha"),
];

/// Who sent the challenge that a page is; `None` where it is none.
///
/// To be asked of pages that are not what they should be: a council may write
/// of challenges, and a page that came whole is none.
pub fn challenge(text: &str) -> Option<&'static str> {
    let head = head(text);
    challenge_in_title(&title(&head))
        .or_else(|| MARKS.iter().find(|(_, mark)| head.contains(mark)).map(|(name, _)| *name))
}

/// The same by the title alone, for pages of which nobody knows what they
/// should be.
pub fn challenge_in_title(title: &str) -> Option<&'static str> {
    static PATTERNS: LazyLock<Vec<(&'static str, Pattern)>> =
        LazyLock::new(|| TITLES.iter().map(|(name, text)| (*name, pattern(text))).collect());
    let title = title.trim().to_lowercase();
    PATTERNS.iter().find(|(_, pattern)| pattern.is_match(&title)).map(|(name, _)| *name)
}

/// The beginning of a page, in lower case: titles and marks stand there.
fn head(text: &str) -> String {
    /// How far into a page they are looked for, in bytes.
    const HEAD: usize = 64 * 1024;
    text[..text.floor_char_boundary(HEAD)].to_ascii_lowercase()
}

fn title(head: &str) -> String {
    static TITLE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?s)<title[^>]*>(.*?)</title"));
    TITLE.captures(head).map(|title| title[1].to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_told_from_pages() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(challenge(text), expected, "{text}");
        check("<html><head><title>Just a moment...</title></head>", Some("Cloudflare"));
        check("<title>Azure WAF</title>", Some("Azure WAF"));
        check("<TITLE>\n Attention Required! | Cloudflare</TITLE>", Some("Cloudflare"));
        check("<html><script>window._cf_chl_opt={}</script>", Some("Cloudflare"));
        check("<title>Access Denied</title>", Some("Akamai"));
        check("<title>Access denied to footpath 7 - Minutes</title>", None);
        check("<title>Error</title>", None);
        check("<title>Agenda for Cabinet</title>Just a moment...", None);
    }
}
