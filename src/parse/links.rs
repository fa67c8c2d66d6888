//! The links of a page: where they lead, and what the page says of them.
//!
//! Knows no publishing system. Addresses are resolved as a browser would, but
//! a `base` that points to another host is passed over.

use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::blocks::{fold, html};
use super::date::{dates, in_file_name};
use crate::model::PartialDate;
use crate::parse::{Pattern, pattern};

/// How many links a page may have: a council that met daily for fifty years
/// could list its meetings on one.
pub const MAX_LINKS: usize = 20_000;
/// The most characters of words that are kept of anything; it bounds what a
/// heading costs that stands above thousands of links.
const MAX_CHARACTERS: usize = 500;
/// How many nodes of a page's tree are looked at for these.
const MAX_NODES: usize = 5_000;
/// The most characters of a row of a table or a list: what is longer holds more
/// than one thing.
const ROW_CHARACTERS: usize = 400;
/// The most characters of any other box around a link.
const BOX_CHARACTERS: usize = 200;
/// As many nodes of a page's tree are no row; it bounds the work for each link.
const ROW_NODES: usize = 300;
/// As many pieces between two line breaks are no line.
const LINE_NODES: usize = 20;
/// How many rows within rows are looked at.
const ROWS: usize = 4;
/// Levels that are gone up to find them.
const LEVELS: usize = 12;
/// Parameters that say who looks or whence, not at what.
const SESSION: [&str; 8] =
    ["phpsessid", "jsessionid", "aspsessionid", "cfid", "cftoken", "fbclid", "gclid", "_ga"];
/// Parameters that do so where their value is a long random one, and otherwise
/// may number a document: `?sid=101`.
const SESSION_IF_LONG: [&str; 3] = ["sid", "sessionid", "session_id"];
/// From how many characters on a value is taken for a random one.
const LONG: usize = 16;

/// A link, with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address that it leads to, without its fragment and without what
    /// only tells visits apart.
    pub address: String,
    /// Its words: what it shows, or what it is called where it shows none.
    pub words: String,
    /// The words of what it stands in, the nearest first: line, list item,
    /// row of a table, box. Its own words are among them.
    pub rows: Vec<String>,
    /// Whether no other link stands in the first of `rows`.
    pub is_alone: bool,
    /// The heading above it; empty when there is none.
    pub heading: String,
}

/// The links of a page in order. Those that lead to no address of the web
/// (`mailto:`, scripts) are left out, and those within the page itself.
///
/// Fails for markup that would cost too much to read, and for more than
/// [`MAX_LINKS`]; says why.
pub fn links(markup: &str, page: &str) -> Result<Vec<Link>, String> {
    if let Some(reason) = html::hostility(markup) {
        return Err(reason);
    }
    let tree = Html::parse_document(markup);
    let root = tree.root_element();
    let Some(base) = base(root, page) else { return Ok(Vec::new()) };
    let mut heading = String::new();
    let mut found = Vec::new();
    for element in root.descendants().filter_map(ElementRef::wrap) {
        if is_heading(element) {
            heading = words_of(element);
        }
        let Some(address) = element.attr("href").filter(|_| matches!(element.value().name(), "a" | "area"))
        else {
            continue;
        };
        let Some(address) = resolve(&base, address) else { continue };
        if found.len() >= MAX_LINKS {
            return Err(format!("the page has more than {MAX_LINKS} links"));
        }
        let (rows, is_alone) = rows(element);
        found.push(Link { address, words: name_of(element), rows, is_alone, heading: heading.clone() });
    }
    Ok(found)
}

/// What links are relative to: the page, or the `base` that it names on its
/// own host.
fn base(root: ElementRef, page: &str) -> Option<Url> {
    let page = Url::parse(page).ok()?;
    let named = root.select(&selector("base[href]")).next().and_then(|base| base.attr("href"));
    let named = named.and_then(|named| page.join(named.trim()).ok());
    let is_here = |url: &Url| url.scheme() == page.scheme() && url.authority() == page.authority();
    Some(named.filter(is_here).unwrap_or(page))
}

fn resolve(base: &Url, link: &str) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || link.starts_with('#') {
        return None;
    }
    let mut url = base.join(link).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_fragment(None);
    Some(without_session(url).into())
}

/// The address without what only tells visits apart: sessions in the path or
/// the query, and marks of campaigns.
fn without_session(mut url: Url) -> Url {
    static IN_PATH: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i);jsessionid=[^/;]*|/\(s\([^/]*\)\)"));
    let path = IN_PATH.replace_all(url.path(), "").into_owned();
    if path != url.path() {
        url.set_path(&path);
    }
    let is_session = |name: &str, value: &str| {
        let name = name.to_lowercase();
        SESSION.contains(&name.as_str())
            || (SESSION_IF_LONG.contains(&name.as_str()) && value.len() >= LONG)
            || name.starts_with("utm_")
            || name.starts_with("aspsessionid")
    };
    if url.query_pairs().any(|(name, value)| is_session(&name, &value)) {
        let kept: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(name, value)| !is_session(name, value)).collect();
        if kept.is_empty() {
            url.set_query(None);
        } else {
            url.query_pairs_mut().clear().extend_pairs(&kept);
        }
    }
    url
}

/// The address that stands for all that mean the same page: parameters in
/// order, one scheme, no session and no fragment. Only for telling addresses
/// apart: what is asked for has its parameters in the order, and the scheme, of
/// the link. What is no address is returned as it is.
pub fn canonical(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    url.set_fragment(None);
    let mut url = without_session(url);
    if url.scheme() == "http" && url.port().is_none() {
        // It cannot fail between these two.
        let _ = url.set_scheme("https");
    }
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    pairs.sort();
    pairs.dedup();
    if pairs.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(&pairs);
    }
    url.into()
}

/// The name of the file or page that an address leads to, readable: the last
/// part of its path that says something.
pub fn file_name(address: &str) -> String {
    let path = Url::parse(address).map(|url| url.path().to_owned()).unwrap_or_else(|_| address.to_owned());
    readable(path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default())
}

/// A part of an address with its `%20` and the like undone.
pub fn readable(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    fold(&String::from_utf8_lossy(&bytes))
}

impl Link {
    /// The date of the meeting that the link is of, by what stands there: its
    /// words, the name of the file, the rows around it.
    ///
    /// A year that the words leave out is that of the heading, or else of the
    /// page's address (`…/meetings/2024/`). A vague date is made exact by a
    /// later source that lies within it. A row that names several dates says
    /// none; neither does a year alone in the name of a file, where numbers
    /// mean all sorts of things.
    pub fn date(&self, page: &str) -> Option<PartialDate> {
        let name = file_name(&self.address);
        let year = only_year(&self.heading).or_else(|| year_of_page(page));
        let own = [only_date(&self.words, year), in_name(&name)].into_iter();
        let around = self.rows.iter().map(|row| only_date(row, year));
        let mut best: Option<PartialDate> = None;
        for date in own.chain(around).flatten() {
            match best {
                None => best = Some(date),
                Some(vague) if vague.to_day().is_none() && is_within(date, vague) => best = Some(date),
                Some(_) => {}
            }
        }
        best
    }
}

/// The date that a text was meant to give, such as what a pattern took out of
/// it: as words, or as digits without marks between them (`20240312`).
pub fn date_in(text: &str, heading: &str, page: &str) -> Option<PartialDate> {
    let year = only_year(heading).or_else(|| year_of_page(page));
    let text = readable(text);
    only_date(&text, year).or_else(|| in_name(&text)).or_else(|| only_year(&text).map(PartialDate::year_only))
}

fn is_within(date: PartialDate, vague: PartialDate) -> bool {
    date != vague && vague.first_day() <= date.first_day() && date.last_day() <= vague.last_day()
}

/// The only date of a text; `None` where it has none, several, or one that
/// does not exist. A month beside a day says nothing more.
fn only_date(text: &str, year: Option<i16>) -> Option<PartialDate> {
    let found = dates(text);
    if found.is_empty() {
        return day_of_year(text, year?);
    }
    let all: Option<Vec<PartialDate>> = found.iter().map(|found| found.date).collect();
    let all = all?;
    let days: Vec<PartialDate> = all.iter().copied().filter(|date| date.to_day().is_some()).collect();
    let telling = if days.is_empty() { all } else { days };
    let first = *telling.first()?;
    telling.iter().all(|date| *date == first).then_some(first)
}

/// `12 March`, `Tuesday 12th March` or `March` in a year that stands elsewhere.
fn day_of_year(text: &str, year: i16) -> Option<PartialDate> {
    static DAY: LazyLock<Pattern> = LazyLock::new(|| {
        let month = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)";
        pattern(&format!(
            r"(?i)(?:\b(?P<day>\d{{1,2}})\s?(?:st|nd|rd|th|fed|af|ain|ydd|eg)?\s*(?:of\s+)?{month}\b|\b{}\s+(?P<after>\d{{1,2}})(?:st|nd|rd|th)?\b)",
            month.replace("month", "before")
        ))
    });
    let mut found = DAY.captures_iter(text);
    let (first, None) = (found.next()?, found.next()) else { return None };
    let part = |one: &str, other: &str| first.name(one).or(first.name(other)).map(|part| part.as_str());
    let whole = format!("{} {} {year}", part("day", "after")?, part("month", "before")?);
    dates(&whole).first()?.date
}

/// The date in the name of a file, if it is more than a year.
fn in_name(name: &str) -> Option<PartialDate> {
    // `in_file_name` cuts off what follows the last full stop.
    let name = if name.rsplit_once('.').is_some_and(|(_, ending)| is_ending(ending)) {
        name.to_owned()
    } else {
        format!("{name}.html")
    };
    in_file_name(&name).filter(|date| date.to_string().len() > 4)
}

fn is_ending(ending: &str) -> bool {
    (2..=5).contains(&ending.len()) && ending.chars().any(|c| c.is_ascii_alphabetic())
}

/// The year of a text that names one and no other. `2023/24` is two.
fn only_year(text: &str) -> Option<i16> {
    static YEAR: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"\b(?P<year>(?:19|20)\d{2})\b(?P<more>\s*[-/–]\s*\d{2})?"));
    let mut years = YEAR.captures_iter(text);
    let first = years.next()?;
    let is_one = first.name("more").is_none() && years.all(|other| other["year"] == first["year"]);
    first["year"].parse().ok().filter(|_| is_one)
}

/// The year that a part of a page's address is: `…/meetings/2024/`.
fn year_of_page(page: &str) -> Option<i16> {
    let url = Url::parse(page).ok()?;
    let mut years = url.path_segments()?.filter(|part| part.len() == 4).filter_map(only_year);
    years.next().filter(|_| years.next().is_none())
}

/// The words of a link: what it shows, or what it is called.
fn name_of(link: ElementRef) -> String {
    let shown = words_of(link);
    if !shown.is_empty() {
        return shown;
    }
    let images = link.descendants().filter_map(ElementRef::wrap);
    let image = images.filter(|image| image.value().name() == "img").find_map(|image| image.attr("alt"));
    let called = link.attr("aria-label").or_else(|| link.attr("title")).or(image);
    called.map(fold).unwrap_or_default()
}

/// The text of an element, its parts apart, without scripts and styles.
fn words_of(element: ElementRef) -> String {
    let words = fold(&text_of(element));
    match words.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => words[..end].to_owned(),
        None => words,
    }
}

fn text_of(element: ElementRef) -> String {
    let mut text = String::new();
    for node in element.descendants().take(MAX_NODES) {
        if text.len() > MAX_CHARACTERS * 8 {
            break;
        }
        if let Some(piece) = node.value().as_text() {
            let is_code = node.parent().and_then(ElementRef::wrap).is_some_and(|parent| {
                matches!(parent.value().name(), "script" | "style" | "template" | "noscript")
            });
            if !is_code {
                text.push_str(piece);
            }
        } else if node.value().as_element().is_some_and(|element| !is_inline(element.name())) {
            text.push(' ');
        }
    }
    text
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "em"
            | "font"
            | "i"
            | "mark"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "u"
            | "time"
    )
}

/// Whether an element heads what follows: a heading of HTML, or a paragraph
/// that is bold throughout and no link.
fn is_heading(element: ElementRef) -> bool {
    match element.value().name() {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "caption" | "legend" | "summary" => true,
        "p" => {
            let mut children = element
                .children()
                .filter(|child| child.value().as_text().is_none_or(|text| !text.trim().is_empty()));
            let is_bold = |child: &ElementRef| matches!(child.value().name(), "b" | "strong");
            let bold = children.next().and_then(ElementRef::wrap).filter(is_bold);
            children.next().is_none() && bold.is_some_and(|bold| n_links(bold) == 0)
        }
        _ => false,
    }
}

/// The words of what a link stands in, the nearest first, and whether it is
/// the only link of the nearest.
fn rows(link: ElementRef) -> (Vec<String>, bool) {
    let mut rows: Vec<(String, usize)> = line(link).into_iter().collect();
    for element in link.ancestors().take(LEVELS).filter_map(ElementRef::wrap) {
        let longest = match element.value().name() {
            "tr" | "li" => ROW_CHARACTERS,
            "p" | "td" | "th" | "dd" | "dt" | "div" | "article" | "section" | "figure" | "h2" | "h3"
            | "h4" => BOX_CHARACTERS,
            _ => continue,
        };
        if rows.len() >= ROWS || element.descendants().take(ROW_NODES).count() == ROW_NODES {
            break;
        }
        let words = words_of(element);
        if words.chars().count() > longest {
            break;
        }
        rows.push((words, n_links(element)));
        if element.value().name() == "tr" {
            // Beyond a row are other rows, which speak of other meetings.
            break;
        }
    }
    rows.retain(|(words, _)| !words.is_empty());
    rows.dedup();
    let is_alone = rows.first().is_none_or(|(_, n_links)| *n_links <= 1);
    (rows.into_iter().map(|(words, _)| words).collect(), is_alone)
}

fn n_links(element: ElementRef) -> usize {
    let is_link = |element: &ElementRef| element.value().name() == "a" && element.attr("href").is_some();
    element.descendants().filter_map(ElementRef::wrap).filter(is_link).count()
}

/// The words and links between the line breaks around a link; `None` where
/// there is no line break beside it.
fn line(link: ElementRef) -> Option<(String, usize)> {
    let mut parts = Vec::new();
    let mut is_broken = false;
    for node in link.prev_siblings().take(LINE_NODES) {
        if ElementRef::wrap(node).is_some_and(|element| element.value().name() == "br") {
            is_broken = true;
            break;
        }
        parts.push(node);
    }
    parts.reverse();
    parts.push(*link);
    for node in link.next_siblings().take(LINE_NODES) {
        if ElementRef::wrap(node).is_some_and(|element| element.value().name() == "br") {
            is_broken = true;
            break;
        }
        parts.push(node);
    }
    let is_short = parts.len() < LINE_NODES;
    (is_broken && is_short).then(|| {
        let mut words = String::new();
        let mut links = 0;
        for node in parts {
            match ElementRef::wrap(node) {
                Some(element) => {
                    words.push_str(&text_of(element));
                    links += n_links(element);
                }
                None => words.push_str(node.value().as_text().map_or("", |text| text)),
            }
        }
        (fold(&words), links)
    })
}

/// A selector that is written in this file.
fn selector(css: &'static str) -> Selector {
    Selector::parse(css).expect("the selectors are constants that the tests use")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://www.ambridge.example/meetings/2024/";

    fn all(body: &str) -> Vec<Link> {
        links(&format!("<html><body>{body}</body></html>"), PAGE).unwrap()
    }

    #[test]
    fn a_link_is_known_with_its_words_row_and_heading() {
        let found =
            all("<h2>Full Council</h2><table><tr><td>12 March</td><td><a href='a.pdf'>Agenda</a></td>\
             <td><a href='/m.pdf#page=2'>Draft <b>Min</b>utes</a></td></tr></table>\
             <h2>Planning</h2><ul><li><a href='https://b.example/x'><img alt='Minutes'></a> 2 May</li></ul>");
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].address, "https://www.ambridge.example/meetings/2024/a.pdf");
        let minutes = &found[1];
        assert_eq!(minutes.address, "https://www.ambridge.example/m.pdf");
        assert_eq!((minutes.words.as_str(), minutes.heading.as_str()), ("Draft Minutes", "Full Council"));
        assert_eq!(minutes.rows, ["Draft Minutes", "12 March Agenda Draft Minutes"]);
        assert!(minutes.is_alone);
        assert_eq!((found[2].words.as_str(), found[2].heading.as_str()), ("Minutes", "Planning"));
        assert_eq!(found[2].rows, ["2 May"]);
    }

    #[test]
    fn what_leads_nowhere_is_no_link() {
        let body = "<a href='#top'>x</a><a href='mailto:a@b.example'>x</a><a href='javascript:x()'>x</a>\
                    <a>x</a><a href='file:///etc/passwd'>x</a><a href=''>x</a><a href='http://[x/'>x</a>";
        assert_eq!(all(body), []);
    }

    #[test]
    fn a_base_counts_on_the_pages_own_host_only() {
        let first = |base: &str| {
            let page = format!("<head><base href='{base}'></head><a href='x.pdf'>x</a>");
            links(&page, PAGE).unwrap().remove(0).address
        };
        assert_eq!(first("/files/"), "https://www.ambridge.example/files/x.pdf");
        assert_eq!(first("https://evil.example/"), "https://www.ambridge.example/meetings/2024/x.pdf");
        assert_eq!(first("file:///etc/"), "https://www.ambridge.example/meetings/2024/x.pdf");
    }

    #[test]
    fn hostile_markup_is_refused_in_words() {
        let deep = "<div>".repeat(100_000);
        assert!(links(&deep, PAGE).unwrap_err().contains("nested"));
    }

    #[test]
    fn many_links_in_one_paragraph_cost_little() {
        let heading = "2024 ".repeat(1 << 18);
        let link = "<a href='x.pdf'>x</a> ";
        let body = format!("<h2>{heading}</h2><p>{}</p>", link.repeat(MAX_LINKS));
        let start = std::time::Instant::now();
        let found = all(&body);
        assert_eq!((found.len(), found[0].heading.chars().count()), (MAX_LINKS, MAX_CHARACTERS));
        assert!(start.elapsed().as_secs() < 10);
        let more = links(&link.repeat(MAX_LINKS + 1), PAGE).unwrap_err();
        assert!(more.contains("20000 links"), "{more}");
    }

    #[test]
    fn an_address_has_one_form_whatever_the_visit() {
        let same = |one: &str, other: &str| assert_eq!(canonical(one), canonical(other));
        same("https://a.example/x?b=2&a=1", "http://a.example/x?a=1&b=2#top");
        same("https://a.example/x?id=1&PHPSESSID=abc&utm_source=mail", "https://a.example/x?id=1");
        same("https://a.example/x?id=1&sid=0123456789abcdef0123", "https://a.example/x?id=1");
        same("https://a.example/x;jsessionid=F00", "https://a.example/x");
        same("https://a.example/(S(abc123))/x", "https://a.example/x");
        assert_ne!(canonical("https://a.example/X"), canonical("https://a.example/x"));
        assert_ne!(canonical("https://a.example/x?id=1"), canonical("https://a.example/x?id=2"));
        // The number of a document, not of a session.
        assert_ne!(canonical("https://a.example/x?sid=101"), canonical("https://a.example/x?sid=102"));
        assert!(all("<a href='/doc.php?sid=101'>x</a>")[0].address.ends_with("/doc.php?sid=101"));
        assert_eq!(canonical("nothing"), "nothing");
    }

    #[track_caller]
    fn check_date(body: &str, expected: &str) {
        let link = all(body).pop().unwrap();
        assert_eq!(link.date(PAGE).map(|date| date.to_string()).unwrap_or_default(), expected, "{link:?}");
    }

    #[test]
    fn a_date_is_read_from_words_then_address_then_row() {
        check_date("<a href='m.pdf'>Minutes of 12 March 2023</a>", "2023-03-12");
        check_date("<a href='20230405.pdf'>Minutes of 12 March 2023</a>", "2023-03-12");
        check_date("<a href='Minutes%2012th%20March%202023.pdf'>Minutes</a>", "2023-03-12");
        check_date("<a href='minutes-12.03.23.pdf'>Minutes</a>", "2023-03-12");
        check_date(
            "<table><tr><td>12/03/2023</td><td><a href='m.pdf'>Minutes</a></td></tr></table>",
            "2023-03-12",
        );
        check_date("<a href='m.pdf'>Minutes</a>", "");
        check_date("<a href='minutes-2023.pdf'>Minutes</a>", "");
    }

    #[test]
    fn a_vague_date_is_made_exact_by_one_that_lies_within_it() {
        check_date("<a href='2023-03-12.pdf'>March 2023</a>", "2023-03-12");
        check_date("<a href='2023-04-02.pdf'>March 2023</a>", "2023-03");
    }

    #[test]
    fn a_year_that_is_left_out_is_the_headings_or_the_pages() {
        check_date("<h3>Minutes 2019</h3><ul><li><a href='m.pdf'>12th March</a></li></ul>", "2019-03-12");
        check_date("<p><strong>2019</strong></p><p><a href='m.pdf'>March 12</a></p>", "2019-03-12");
        check_date("<a href='m.pdf'>12 March</a>", "2024-03-12");
        // A municipal year is two.
        let found = links("<h3>2019/20</h3><a href='m.pdf'>12 March</a>", "https://a.example/").unwrap();
        assert_eq!(found[0].date("https://a.example/"), None);
    }

    #[test]
    fn a_row_of_several_dates_says_none_and_a_line_is_a_row() {
        check_date("<p>12 March 2023 and 2 April 2023: <a href='m.pdf'>Minutes</a></p>", "");
        check_date(
            "<p>12 March 2023 <a href='a'>x</a><br>2 April 2023 <a href='m.pdf'>Minutes</a></p>",
            "2023-04-02",
        );
        check_date("<p>31 February 2023 <a href='m.pdf'>Minutes</a></p>", "");
    }

    #[test]
    fn a_date_out_of_a_pattern_may_be_digits() {
        let read = |text: &str| date_in(text, "", PAGE).map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(read("20230312"), "2023-03-12");
        assert_eq!(read("12-03-2023"), "2023-03-12");
        assert_eq!(read("12_March_2023"), "2023-03-12");
        assert_eq!(read("2 May"), "2024-05-02");
        assert_eq!(read("2019"), "2019");
        assert_eq!(read("soon"), "");
    }
}
