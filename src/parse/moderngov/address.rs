//! Addresses of ModernGov: one meeting has many, and is fetched once.

use url::Url;

/// Names that mean the same parameter on the pages that take them.
const ALIASES: [(&str, &str); 4] =
    [("meetingid", "mid"), ("committeeid", "cid"), ("agendaitemid", "aiid"), ("issueid", "iid")];

/// Pages that these parameters name, by themselves: what else an address of
/// theirs carries is its committee, a view or a way back.
const NAMED_BY: [(&str, &[&str]); 6] = [
    ("ielistdocuments.aspx", &["mid"]),
    // Of a legacy meeting, RD says which text is shown.
    ("celistdocuments.aspx", &["mid", "rd"]),
    ("mgai.aspx", &["id"]),
    ("mgissuehistoryhome.aspx", &["iid"]),
    ("iedecisiondetails.aspx", &["id", "aiid"]),
    // The number of a file, or with T that of an agenda.
    ("mgconvert2pdf.aspx", &["id", "t"]),
];

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
    let page = page_name(&path);
    let names = NAMED_BY.iter().find(|(named, _)| *named == page).map(|(_, names)| *names);
    if let Some(names) = names.filter(|names| pairs.iter().any(|(name, _)| names.contains(&name.as_str()))) {
        pairs.retain(|(name, _)| name == "lll" || names.contains(&name.as_str()));
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
    // RP names a committee, and 0 none.
    let is_none = name == "rp" && value == "0";
    !is_english && !is_none && !WITHOUT_MEANING.contains(&name)
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
    let is_session = |part: &&str| {
        part.get(..3).is_some_and(|front| front.eq_ignore_ascii_case("(s(")) && part.ends_with("))")
    };
    let parts = path.split('/').filter(|part| !is_session(part));
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

/// Whether a page is that of a meeting from before the council had the system.
pub fn is_legacy(address: &str) -> bool {
    page_name(address) == "celistdocuments.aspx"
}

/// The number of the issue that a link leads to.
pub fn issue_number(link: &str) -> Option<String> {
    let is_issue = page_name(link) == "mgissuehistoryhome.aspx";
    let number = parameter(link, &["iid", "issueid"]).filter(|_| is_issue)?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
}

/// The number of the agenda item that a link leads to: on its meeting's page
/// (`#AI1551`), or on its own.
pub fn item_number(link: &str) -> Option<String> {
    let marked = link.split_once('#').map(|(_, fragment)| fragment.trim());
    let marked = marked.and_then(|fragment| fragment.strip_prefix("AI").or(fragment.strip_prefix("ai")));
    let own = || parameter(link, &["id"]).filter(|_| page_name(link) == "mgai.aspx");
    let number = marked.map(str::to_owned).or_else(own)?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// Whether a link leads to a decision's page.
pub fn is_decision(link: &str) -> bool {
    page_name(link) == "iedecisiondetails.aspx" && parameter(link, &["id", "aiid"]).is_some()
}

/// Whether a link leads to one file that hangs on an item: neither to a page,
/// nor to what the system prints of a whole meeting (`documents/g…`).
pub fn is_attachment(link: &str) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default().to_lowercase();
    let mut folders = path.rsplit('/').skip(1);
    let folder = folders.next().unwrap_or_default();
    let is_numbered = |part: &str| part.strip_prefix('s').is_some_and(|rest| rest.parse::<u64>().is_ok());
    let is_stored = is_numbered(folder) && folders.next() == Some("documents");
    // The old way to store them: Data/<committee>/<date>/Agenda/<file>.
    let is_old = path.split('/').any(|part| part == "data" || part == "olddocuments")
        && !path.ends_with(".aspx")
        && page_name(&path).contains('.');
    let is_converted = page_name(&path) == "mgconvert2pdf.aspx" && parameter(link, &["t"]).is_none();
    is_stored || is_old || is_converted
}

/// The address at which a page is shown in Welsh. Files are as they are.
pub fn in_welsh(address: &str) -> String {
    let is_page = page_name(address).ends_with(".aspx");
    if !is_page || parameter(address, &["lll"]).as_deref() == Some("1") {
        return address.to_owned();
    }
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("lll"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(kept).append_pair("LLL", "1");
    url.into()
}

/// A link of a page as an address, without its fragment and without a
/// cookieless session, which is another at each visit. `None` for one that
/// leads nowhere (`mailto:`, a script, something broken).
pub fn resolve(page: &str, link: &str) -> Option<String> {
    // Links hold raw spaces, which a URL writes as %20.
    let mut url = Url::parse(page).ok()?.join(link.trim()).ok()?;
    url.set_fragment(None);
    let path = without_session(url.path());
    url.set_path(&path);
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
        check_same(
            "ceListDocuments.aspx?MID=3776&RD=Meeting&DF=08%2f02%2f2011%2c%2010%3a00#search=%22drug%22",
            "celistdocuments.aspx?rd=Meeting&MeetingId=3776",
            true,
        );
        check_same("ceListDocuments.aspx?MID=3776&RD=Meeting", "ceListDocuments.aspx?MID=3776", false);
        check_same("ceListDocuments.aspx?MID=3776", "ieListDocuments.aspx?MID=3776", false);
        check_same(
            "mgIssueHistoryHome.aspx?IId=6535&Opt=0",
            "mgIssueHistoryHome.aspx?optionId=0&IID=6535",
            true,
        );
        check_same("ieDecisionDetails.aspx?ID=13567", "ieDecisionDetails.aspx?AIId=13567", false);
        check_same(
            "ieListMeetings.aspx?CId=7&Year=0&bcr=1&NOW=1&XXR=0&RP=0",
            "ieListMeetings.aspx?CommitteeId=7&Year=0",
            true,
        );
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
        check(
            "/moderngov/(S(czobl0450xbqi155ede3ifez))/mgAi.aspx?ID=5",
            Some("https://www.example.gov.uk/moderngov/mgAi.aspx?ID=5"),
        );
        check("mailto:clerk@example.gov.uk", None);
        check("file:///etc/passwd", None);
    }

    #[test]
    fn a_link_tells_its_meeting() {
        assert_eq!(meeting_number("ieListDocuments.aspx?CId=7&MID=31").as_deref(), Some("31"));
        assert_eq!(meeting_number("mgMeetingAttendance.aspx?ID=31"), None);
        assert_eq!(meeting_number("ieListDocuments.aspx?MId=../../x"), None);
        assert_eq!(issue_number("mgIssueHistoryHome.aspx?IId=59835&optionId=0").as_deref(), Some("59835"));
        assert_eq!(issue_number("mgIssueHistoryHome.aspx?IId=x"), None);
        assert_eq!(item_number("ieListDocuments.aspx?CId=133&MID=377#AI1551").as_deref(), Some("1551"));
        assert_eq!(item_number("mgAi.aspx?ID=51903").as_deref(), Some("51903"));
        assert_eq!(item_number("ieListDocuments.aspx?MID=377#search"), None);
    }

    #[test]
    fn one_file_is_told_from_packs_and_pages() {
        for link in [
            "documents/s111920/Minutes of Previous Meeting.pdf",
            "https://democracy.example/mgConvert2PDF.aspx?ID=60860",
            "Data/Cabinet/200901011000/Agenda/report.pdf",
            "olddocuments/X.pdf?F=X.pdf&MId=4628",
        ] {
            assert!(is_attachment(link), "{link}");
        }
        for link in [
            "documents/g10230/Public reports pack.pdf?T=10",
            "mgConvert2PDF.aspx?ID=17&T=10",
            "mgReasonsRestricted.aspx?ID=5&OID=6&OT=A&RPID=7",
            "mgChooseDocPack.aspx?ID=10230",
            "ieDecisionDetails.aspx?AIId=5",
            "documents/s/x.pdf",
        ] {
            assert!(!is_attachment(link), "{link}");
        }
    }

    #[test]
    fn pages_are_asked_for_in_welsh_and_files_as_they_are() {
        let check = |address: &str, expected: &str| {
            assert_eq!(
                in_welsh(&format!("https://x.example/{address}")),
                format!("https://x.example/{expected}")
            );
        };
        check("mgAi.aspx?ID=5", "mgAi.aspx?ID=5&LLL=1");
        check("mgAi.aspx?ID=5&LLL=0", "mgAi.aspx?ID=5&LLL=1");
        check("mgAi.aspx?lll=1&ID=5", "mgAi.aspx?lll=1&ID=5");
        check("mgListCommittees.aspx", "mgListCommittees.aspx?LLL=1");
        check("documents/s5/a.pdf", "documents/s5/a.pdf");
    }
}
