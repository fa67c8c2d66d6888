//! Addresses of ModernGov: one meeting has many, and is fetched once.

use url::Url;

/// Names that mean the same parameter on the pages that take them.
const ALIASES: [(&str, &str); 3] = [("meetingid", "mid"), ("committeeid", "cid"), ("agendaitemid", "aiid")];

/// Parameters that change nothing of what a page says.
const WITHOUT_MEANING: [&str; 6] = ["bcr", "ver", "j", "now", "xxr", "jk"];

/// The address that stands for all that mean the same page.
///
/// Path and parameter names in lower case, aliases as one, parameters in
/// order; without those that change nothing, without a cookieless session
/// (`/(S(…))/`) and without a fragment. `LLL` stays where it asks for Welsh.
/// What is no address is returned as it is.
///
/// Only for telling addresses apart: a site may mind the case, so what is
/// asked for is the address as it was linked.
pub fn canonical(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    url.set_fragment(None);
    let path = without_session(&url.path().to_lowercase());
    url.set_path(&path);
    let mut pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (canonical_name(&name), value.trim().to_owned()))
        .filter(|(name, value)| has_meaning(name, value))
        .collect();
    // The meeting's number alone says which meeting; its committee adds nothing.
    let is_meeting = path.ends_with("ielistdocuments.aspx") && pairs.iter().any(|(name, _)| name == "mid");
    if is_meeting {
        pairs.retain(|(name, _)| matches!(name.as_str(), "mid" | "lll"));
    }
    pairs.sort();
    pairs.dedup();
    if pairs.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(&pairs);
    }
    url.into()
}

/// Whether two addresses mean the same page.
pub fn same(one: &str, other: &str) -> bool {
    canonical(one) == canonical(other)
}

fn has_meaning(name: &str, value: &str) -> bool {
    let is_english = name == "lll" && value != "1";
    !is_english && !WITHOUT_MEANING.contains(&name)
}

fn canonical_name(name: &str) -> String {
    let name = name.trim().to_lowercase();
    match ALIASES.iter().find(|(alias, _)| *alias == name) {
        Some((_, known)) => (*known).to_owned(),
        None => name,
    }
}

/// The path without the session that ASP.NET writes into it for those who
/// take no cookies: `/(s(czobl0450xbqi155ede3ifez))/page.aspx`.
fn without_session(path: &str) -> String {
    let parts = path.split('/').filter(|part| !(part.starts_with("(s(") && part.ends_with("))")));
    parts.collect::<Vec<_>>().join("/")
}

/// The value of a parameter of an address or a link, under any of these names
/// (lower case); the case of the link's own names does not matter.
pub fn parameter(link: &str, names: &[&str]) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| names.contains(&name.to_lowercase().as_str()))
        .map(|(_, value)| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

/// The file or page that a link names, without folders, in lower case.
pub fn page_name(link: &str) -> String {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_lowercase()
}

/// The number of the meeting that a link leads to.
pub fn meeting_number(link: &str) -> Option<String> {
    let is_meeting = matches!(page_name(link).as_str(), "ielistdocuments.aspx" | "celistdocuments.aspx");
    let number = parameter(link, &["mid", "meetingid"]).filter(|_| is_meeting)?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
}

/// A link of a page as an address, without its fragment. `None` for one that
/// leads nowhere (`mailto:`, a script, something broken).
pub fn resolve(page: &str, link: &str) -> Option<String> {
    // Links hold raw spaces, which a URL writes as %20.
    let mut url = Url::parse(page).ok()?.join(link.trim()).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// Whether the site sends those there whom it has nothing to show: its error
/// page and its login come with a status of 200.
pub fn is_dead_end(address: &str) -> Option<&'static str> {
    match page_name(address).as_str() {
        "mgerror.aspx" => Some("the site answers with its error page"),
        "ielogon.aspx" => Some("the site asks for a login"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_same(one: &str, other: &str, expected: bool) {
        let at = |link: &str| format!("https://democracy.example.gov.uk/{link}");
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
        check_same(
            "ieListDocuments.aspx?CId=711&MId=10221&Ver=4",
            "ielistdocuments.aspx?MeetingId=10221",
            true,
        );
        check_same("ieListDocuments.aspx?MID=1#AI5", "ieListDocuments.aspx?MId=1&J=2", true);
        check_same("(S(abc123))/ieListDocuments.aspx?MID=1", "ieListDocuments.aspx?MId=1", true);
        check_same("ieListDocuments.aspx?MId=1&LLL=1", "ieListDocuments.aspx?MId=1", false);
        check_same("ieListDocuments.aspx?MId=1&LLL=0", "ieListDocuments.aspx?MId=1", true);
        check_same("ieListDocuments.aspx?MId=1", "ieListDocuments.aspx?MId=2", false);
        check_same("mgAi.aspx?ID=5", "mgAi.aspx?Id=5", true);
        check_same("documents/g1/Printed minutes.pdf?T=1", "documents/g1/Printed%20minutes.pdf?T=1", true);
        check_same("documents/g1/a.pdf?T=1", "documents/g1/a.pdf?T=2", false);
    }

    #[test]
    fn links_are_resolved_against_their_page() {
        let page = "https://www.example.gov.uk/moderngov/ieListDocuments.aspx?MId=1";
        let check = |link: &str, expected: Option<&str>| assert_eq!(resolve(page, link).as_deref(), expected);
        check("mgAi.aspx?ID=5#top", Some("https://www.example.gov.uk/moderngov/mgAi.aspx?ID=5"));
        check(
            "documents/g1/Printed minutes.pdf?T=1",
            Some("https://www.example.gov.uk/moderngov/documents/g1/Printed%20minutes.pdf?T=1"),
        );
        check("mailto:clerk@example.gov.uk", None);
        check("file:///etc/passwd", None);
    }

    #[test]
    fn a_link_tells_its_meeting() {
        assert_eq!(meeting_number("ieListDocuments.aspx?CId=7&MID=31").as_deref(), Some("31"));
        assert_eq!(meeting_number("mgMeetingAttendance.aspx?ID=31"), None);
        assert_eq!(meeting_number("ieListDocuments.aspx?MId=../../x"), None);
    }
}
