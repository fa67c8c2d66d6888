//! Items without numbers: titles that are known by how they are written.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Head;
use super::numbers::{Form, number};
use super::sequence::goes_on;
use super::wording::{clean_title, is_open, is_outcome, is_title, is_usual, is_usual_in_reports};
use crate::parse::blocks::{Block, Style, is_capitals};
use crate::parse::kind::is_heading;
use crate::parse::label::{split_label, split_number};
use crate::parse::standing::standing;
use crate::parse::{Pattern, pattern};

static OF_THE_PAGE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^draft$|\b(?:minutes|meeting|council|cyngor|cofnodion|agenda|committee|present|attendance|cabinet|attendees|cyfarfod|presennol|resolved|recommended|agreed|decision|action|chair(?:man|person)?|date|signed|dated|held (?:at|in|on))\b",
    )
});

/// What a body or its chair brings before a meeting: “Chairman's report”.
static NAMES_BUSINESS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\w (?:reports?|motions|business|remarks|announcements|questions|correspondence|updates?)$")
});

/// Lists of those present stand before the first item.
static WHO_WAS_THERE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)^(?:members |also |those )?(?:present|in attendance|attendance|presennol)\b")
});

/// Unnumbered titles: headings of the markup, lines in bold or in capitals,
/// and capitals that a paragraph begins with; where there are none, the sections
/// of a report, or titles that are marked by a colon.
pub fn titles(blocks: &[Block]) -> Vec<Head> {
    let mut found: Vec<Head> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let Some((title, text_from, weight)) = unnumbered(block) else { continue };
        let is_standing = standing(&title).is_some() && !WHO_WAS_THERE.is_match(&title);
        let is_business = !found.is_empty() && NAMES_BUSINESS.is_match(&title);
        let is_of_page =
            !is_standing && !is_business && (OF_THE_PAGE.is_match(&title) || names_who_decided(&title));
        if is_of_page || dates_only(&title) || (found.is_empty() && names_document(&title)) {
            continue;
        }
        // A number that stands in no sequence is still the item's number.
        let numbered = number(&title).filter(|found| found.form == Form::Stopped && !found.rest.is_empty());
        let (number, title) = match numbered {
            Some(found) => (found.number, clean_title(found.rest)),
            None => (String::new(), title),
        };
        found.push(Head { number, ..Head::unnumbered(at, text_from, title, weight) });
    }
    drop_lists(&mut found, blocks);
    drop_repeated(&mut found);
    drop_lower(&mut found, blocks);
    let sections = sections(blocks);
    if sections.len() > found.len() {
        return sections;
    }
    // Two of them at the least: a single heading is the document's own. Capitals
    // that some paragraphs begin with are names where colons mark many more titles.
    let is_doubtful = found.len() < 2 || found.iter().all(|head| head.weight <= LEAD);
    let marked = if is_doubtful { colon_titles(blocks) } else { Vec::new() };
    if found.len() < 2 || marked.len() > 2 * found.len() { marked } else { found }
}

/// Drops the lines in bold or capitals of a document with headings: they are
/// titles below these, or heads of its tables.
fn drop_lower(heads: &mut Vec<Head>, blocks: &[Block]) {
    /// Fewer headings may be those of the page.
    const LEAST: usize = 4;
    let is_marked = |head: &Head| matches!(blocks[head.at].style, Style::Heading(_));
    if heads.iter().filter(|head| is_marked(head)).count() >= LEAST {
        heads.retain(|head| is_marked(head) || standing(&head.title).is_some());
    }
}

/// The titles of business that stand beside numbers: of what the public said
/// or who was elected before the first of them, of what is without a number
/// between them, questions and motions that members submit, and of usual business, written as a heading, behind the last.
pub fn beside(blocks: &[Block], first: usize, last: usize) -> Vec<Head> {
    static BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:open (?:session|forum)|public (?:session|forum|participation|questions?)|(?:parish )?open forum|(?:election|appointment) of (?:the |a )?(?:vice[ -]|deputy )?(?:chair\w*|mayor|president|leader))\b.{0,40}$",
        )
    });
    // What a clerk forgot to number, or does not count as business.
    static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:open (?:session|forum)|public (?:session|forum|participation)|(?:chair\w*|clerk)(?:['’]s)? report)\W*$",
        )
    });
    let is_before = |at: usize| {
        let text = blocks[at].text.as_str();
        BEFORE.is_match(text)
            && is_line(blocks, at)
            && (is_heading(&blocks[at]) || has_text_below(blocks, at))
    };
    let is_marked = |at: usize| is_heading(&blocks[at]) || blocks[at].text.ends_with(':');
    let is_between = |at: usize| BETWEEN.is_match(&blocks[at].text) && is_marked(at);
    let is_behind = |at: usize| {
        let text = blocks[at].text.as_str();
        let is_closing = matches!(standing(text), Some("close" | "next-meeting"));
        (is_usual(text) || standing(text).is_some())
            && !is_closing
            && is_heading(&blocks[at])
            && is_title(text)
    };
    let is_it = |at: usize| match at {
        at if at < first => is_before(at),
        at if at >= last => is_behind(at),
        at => is_between(at),
    };
    let head = |at: usize| match submitted(blocks, at) {
        Some(head) => Some(head),
        None if is_it(at) => {
            let text = &blocks[at].text;
            Some(Head::unnumbered(at, text.len(), clean_title(text), 0))
        }
        None => None,
    };
    (0..blocks.len()).filter_map(head).collect()
}

/// The title of a member's question or motion: it says who submits it, or
/// stands right above “I will ask…”. The number before it may stand in no
/// sequence, and its last words in the next line.
fn submitted(blocks: &[Block], at: usize) -> Option<Head> {
    static SUBMITTED: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:questions?|(?:notices? of )?motions?) (?:submitted|tabled|received|put) (?:by|from)\b",
        )
    });
    static PUT: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^(?:I|We) (?:will|wish to) (?:ask|move)\b"));
    const LONGEST: usize = 110;
    let block = &blocks[at];
    let is_line = matches!(block.style, Style::Paragraph | Style::Heading(_))
        && block.text.len() <= LONGEST
        && !block.text.ends_with(['.', ',', ';', ':', '?'])
        && !is_capitals(&block.text);
    let goes_on_from_above = at > 0 && is_open(&blocks[at - 1].text);
    if !is_line || goes_on_from_above {
        return None;
    }
    let numbered = number(&block.text).filter(|numbered| numbered.form == Form::Stopped);
    let title = numbered.as_ref().map_or(block.text.as_str(), |numbered| numbered.rest);
    let next = blocks.get(at + 1).filter(|next| goes_on(title, next));
    let below = at + 1 + usize::from(next.is_some());
    let is_above = || blocks.get(below).is_some_and(|below| PUT.is_match(&below.text));
    let is_label = numbered.is_some() || split_label(title).is_some();
    if !SUBMITTED.is_match(title) && (is_label || !is_above()) {
        return None;
    }
    let rest = next.map_or(String::new(), |next| format!(" {}", next.text));
    let title = clean_title(&format!("{title}{rest}"));
    let number = numbered.map_or(String::new(), |numbered| numbered.number);
    Some(Head { number, text_from: (below, 0), ..Head::unnumbered(at, 0, title, 0) })
}

/// The titles of usual business that a colon marks, where numbers head
/// motions and motions have no titles.
pub fn beside_motions(blocks: &[Block]) -> Vec<Head> {
    let head = |(at, block): (usize, &Block)| {
        let (title, text_from) = at_colon(block)?;
        let is_known = standing(title).is_some() || is_usual(title) || title.ends_with("Reports");
        let is_it = is_known && is_title(title) && !WHO_WAS_THERE.is_match(title);
        is_it.then(|| Head::unnumbered(at, text_from, clean_title(title), 0))
    };
    blocks.iter().enumerate().filter_map(head).collect()
}

/// A title of a few words at the front of a block, up to its colon, and where
/// the text behind it begins.
fn at_colon(block: &Block) -> Option<(&str, usize)> {
    const MOST_WORDS: usize = 5;
    if matches!(block.style, Style::Row | Style::Bullet) || block.depth > 1 {
        return None;
    }
    let (title, rest) = block.text.split_once(':')?;
    let text_from = block.text.len() - rest.trim_start().len();
    (title.split_whitespace().count() <= MOST_WORDS).then_some((title, text_from))
}

/// The sections of a report: lines of their own, with a text below, of which
/// some are called as reports call them. Their paragraphs may be numbered.
fn sections(blocks: &[Block]) -> Vec<Head> {
    const ENOUGH: usize = 3;
    let mut n_usual = 0;
    let mut found = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let is_usual = is_usual_in_reports(&block.text);
        // What stands above the first of these is the heading of the report.
        if is_line(blocks, at) && (is_usual || (n_usual > 0 && has_text_below(blocks, at))) {
            n_usual += usize::from(is_usual);
            found.push(Head::unnumbered(at, block.text.len(), clean_title(&block.text), 2));
        }
    }
    drop_repeated(&mut found);
    if n_usual < ENOUGH { Vec::new() } else { found }
}

/// Whether a block is a short line of its own that may be a title, and the
/// one above it does not go on in it.
fn is_line(blocks: &[Block], at: usize) -> bool {
    const MOST_WORDS: usize = 12;
    let block = &blocks[at];
    let text = block.text.as_str();
    let is_own = matches!(block.style, Style::Paragraph | Style::Heading(_)) && block.depth == 0;
    is_own
        && text.starts_with(char::is_uppercase)
        && !text.ends_with('.')
        && text.split_whitespace().count() <= MOST_WORDS
        && is_title(text)
        && !is_open(text)
        && !is_outcome(text)
        && !text.contains('£')
        && !dates_only(text)
        && (at == 0 || !is_open(&blocks[at - 1].text))
}

/// Whether what follows a block is a text, not the next line of a list.
fn has_text_below(blocks: &[Block], at: usize) -> bool {
    const LONG: usize = 60;
    const SENTENCE: usize = 30;
    let Some(next) = blocks.get(at + 1) else { return false };
    let text = next.text.as_str();
    let is_clause = split_label(text).is_some() || split_number(text).is_some();
    let is_row = next.style == Style::Row;
    is_row || is_clause || text.len() >= LONG || (text.len() >= SENTENCE && text.ends_with('.'))
}

/// Drops titles that follow one another without any text between: three and
/// more are a list, of names or dates, in bold.
fn drop_lists(heads: &mut Vec<Head>, blocks: &[Block]) {
    let is_whole = |head: &Head| head.text_from.1 == blocks[head.at].text.len();
    let follows = |before: &Head, head: &Head| is_whole(before) && before.at + 1 == head.at;
    let mut is_list = vec![false; heads.len()];
    let mut from = 0;
    for at in 1..=heads.len() {
        if at < heads.len() && follows(&heads[at - 1], &heads[at]) {
            continue;
        }
        if at - from >= 3 {
            is_list[from..at].fill(true);
        }
        from = at;
    }
    let mut listed = is_list.into_iter();
    heads.retain(|head| !listed.next().unwrap_or(false) || standing(&head.title).is_some());
}

/// Drops titles that come again and again, such as `Minutes:` and `Decision:`
/// below each item of a page: they are parts of items.
fn drop_repeated(heads: &mut Vec<Head>) {
    const OFTEN: usize = 3;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for head in heads.iter() {
        *counts.entry(head.title.to_lowercase()).or_default() += 1;
    }
    heads.retain(|head| counts.get(&head.title.to_lowercase()).is_none_or(|n| *n < OFTEN));
}

/// Titles marked by a colon, `Planning: two plans…`, or by nothing, in minutes
/// that have no other titles. Some must be those of standing items or of usual
/// business, so that a list of facts (`Tel: …`) is not taken for minutes.
fn colon_titles(blocks: &[Block]) -> Vec<Head> {
    let mut found = Vec::new();
    let mut n_usual = 0;
    for (at, block) in blocks.iter().enumerate() {
        let is_listed = number(&block.text).is_some();
        if matches!(block.style, Style::Row | Style::Bullet) || block.depth > 1 || is_listed {
            continue;
        }
        let text = block.text.as_str();
        let (title, rest) = match text.split_once(':') {
            Some((title, rest)) => (title, rest.trim()),
            // A line of its own needs no colon when its words are usual ones, or a text is below.
            None if standing(text).is_some() || is_usual(text) => (text, ""),
            None if is_line(blocks, at) && has_text_below(blocks, at) && !OF_THE_PAGE.is_match(text) => {
                (text, "")
            }
            None => continue,
        };
        let n_words = title.split_whitespace().count();
        let is_short = n_words <= if rest.is_empty() { 8 } else { 5 };
        let is_clock =
            rest.starts_with(|c: char| c.is_ascii_digit()) && title.ends_with(|c: char| c.is_ascii_digit());
        let is_of_page = found.is_empty() && names_document(title);
        // “Chairman: ……” is where somebody signs.
        let is_signed = rest.starts_with(['.', '…', '_']);
        if is_of_page
            || !is_short
            || is_clock
            || is_signed
            || !is_title(title)
            || WHO_WAS_THERE.is_match(title)
            || title.contains("ttending")
        {
            continue;
        }
        n_usual += usize::from(standing(title).is_some() || is_usual(title));
        found.push(Head::unnumbered(at, text.len() - rest.len(), clean_title(title), 2));
    }
    drop_repeated(&mut found);
    if found.len() < 3 || n_usual < 2 { Vec::new() } else { found }
}

/// The weight of a title that its text runs on from.
const LEAD: i32 = 2;

/// The title that a block begins with, where the text behind it begins, and
/// how much it looks like a title.
fn unnumbered(block: &Block) -> Option<(String, usize, i32)> {
    const LONGEST: usize = 100;
    if matches!(block.style, Style::Row | Style::Bullet | Style::Numbered(_)) || block.depth > 1 {
        return None;
    }
    let text = block.text.as_str();
    let title = clean_title(text);
    if is_heading(block) && title.len() <= LONGEST && is_title(text) && text.split_whitespace().count() <= 14
    {
        return Some((title, text.len(), 6));
    }
    let (title, rest) = capitals_lead(text).or_else(|| bold_lead(block))?;
    Some((title, text.len() - rest.len(), LEAD))
}

/// `PLANNING. Two applications…`: a title in capitals and what follows it.
fn capitals_lead(text: &str) -> Option<(String, &str)> {
    let end = text.find(['.', ':', ',', '–', '-'])?;
    let title = text[..end].trim();
    let rest = text[end..]
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',' | '–' | '-'));
    let is_word = title.chars().filter(|c| c.is_uppercase()).count() >= 5;
    (is_word && is_capitals(title) && title.len() <= 60 && !rest.is_empty() && is_title(title))
        .then(|| (clean_title(title), rest))
}

/// A bold title and the text that runs on from it.
fn bold_lead(block: &Block) -> Option<(String, &str)> {
    let lead = block.text.get(..block.lead).filter(|lead| lead.len() >= 4)?;
    let rest = block.text[block.lead..]
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '–' | '-'));
    let title = clean_title(lead);
    (is_title(&title) && title.len() <= 80 && !rest.is_empty()).then_some((title, rest))
}

/// Whether a title is that of the whole document: “Minutes of the March
/// meeting”, which no item about the last meeting's minutes is called.
fn names_document(title: &str) -> bool {
    let title = title.to_lowercase();
    let is_earlier =
        ["last", "previous", "confirm", "approv", "adopt"].iter().any(|word| title.contains(word));
    title == "minutes" || (title.contains("minutes of") && !is_earlier)
}

/// Whether a line says of what stands below it what somebody decided: “Approved
/// by the Borough”.
fn names_who_decided(title: &str) -> bool {
    title
        .split_once(" by ")
        .or(title.split_once(" to "))
        .is_some_and(|(done, _)| is_outcome(done) && !done.contains(' '))
}

/// Whether a line is only a date.
pub fn dates_only(title: &str) -> bool {
    title.len() <= 40
        && crate::parse::date::dates(title)
            .iter()
            .any(|found| found.date.is_some_and(|date| date.to_day().is_some()))
}
