//! Blocks to agenda items.
//!
//! Nothing is rejected for its content: a block that heads no item belongs to
//! the item before it, and what comes before the first item is an item with
//! neither number nor title.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::AgendaItem;

use super::blocks::{Block, Style, is_capitals};
use super::kind::is_heading;
use super::label::split_number;
use super::passages::passages;
use super::standing::standing;

/// Builds a pattern that is written in this file.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants that the tests build")
}

/// Splits a document into items; also says how many blocks come before the
/// first one with a title.
pub fn items(blocks: &[Block]) -> (Vec<AgendaItem>, usize) {
    let heads = heads(blocks);
    let n_before = heads.first().map_or(blocks.len(), |head| head.at);
    let mut items = Vec::new();
    if n_before > 0 {
        items.push(AgendaItem {
            key: "0".into(),
            passages: passages(&blocks[..n_before]),
            ..AgendaItem::default()
        });
    }
    for (ordinal, head) in heads.iter().enumerate() {
        let end = heads.get(ordinal + 1).map_or(blocks.len(), |next| next.at);
        let body: Vec<Block> = head
            .rest
            .iter()
            .cloned()
            .chain(blocks[(head.at + head.n_blocks).min(end)..end].iter().cloned())
            .collect();
        items.push(AgendaItem {
            key: (ordinal + 1).to_string(),
            number: head.number.clone(),
            title: head.title.clone(),
            standing: standing(&head.title).map(str::to_owned),
            exempt: None,
            url: None,
            passages: passages(&body),
        });
    }
    (items, n_before)
}

/// A block that heads an item, or may.
#[derive(Debug, Clone)]
struct Head {
    at: usize,
    /// The blocks that number and title take.
    n_blocks: usize,
    number: String,
    title: String,
    /// The text that follows the title in the same paragraph.
    rest: Option<Block>,
    form: Form,
    /// Where the number stands in its sequence.
    value: u32,
    /// How much the block looks like a heading.
    weight: u32,
}

/// How an item's number is written; a document keeps to one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    /// `7.` or `7)`
    Stopped,
    /// `7`
    Plain,
    /// `2024/45` or `45/24`
    Reference,
    /// `Item 7`
    Word,
    /// The title stands above `(Item 7)`.
    Below,
    /// No number.
    None,
}

/// The items' heads, in order.
///
/// Numbered heads must go up by small steps: of all such sequences the one
/// that looks most like headings is taken, so that a list inside of an item,
/// which begins at 1 again, is not. A document without one is split at its
/// headings.
fn heads(blocks: &[Block]) -> Vec<Head> {
    let numbered = marked_up(blocks);
    if numbered.len() >= 2 {
        return numbered;
    }
    let mut candidates: Vec<Head> = (0..blocks.len()).filter_map(|at| candidate(blocks, at)).collect();
    set_reference_values(&mut candidates);
    let sequence = [Form::Stopped, Form::Plain, Form::Reference, Form::Word, Form::Below]
        .into_iter()
        .map(|form| best_sequence(&candidates, form))
        .max_by_key(|sequence| weight(sequence))
        .unwrap_or_default();
    let titles = titles(blocks);
    // A meeting may have one item only: its number is 1.
    let is_only = |head: &Head| head.weight >= 4 || (head.weight >= 2 && head.number == "1");
    let is_sequence = sequence.len() >= 2 || sequence.first().is_some_and(is_only);
    let is_list = restarts(blocks) && titles.len() >= 3 && weight(&sequence) < weight(&titles);
    if is_sequence && !is_list {
        return with_gaps_filled(sequence, blocks);
    }
    titles
}

fn weight(heads: &[Head]) -> u32 {
    heads.iter().map(|head| head.weight).sum()
}

/// Whether numbers begin at 1 more than once, as lists under headings do.
fn restarts(blocks: &[Block]) -> bool {
    let begins = |block: &&Block| {
        let text = block.text.as_str();
        let marked = matches!(&block.style, Style::Numbered(label) if label == "1.");
        marked || number(text).is_some_and(|found| found.form == Form::Stopped && found.value == 27)
    };
    blocks.iter().filter(begins).count() >= 2
}

/// Headings of the markup that begin with a number, of one or more parts.
fn marked_up(blocks: &[Block]) -> Vec<Head> {
    let read = |(at, block): (usize, &Block)| {
        let Style::Heading(_) = block.style else { return None };
        let (number, title) = match split_number(&block.text) {
            Some((number, title)) => (number.to_owned(), title.to_owned()),
            None => {
                let numbered = number(&block.text)?;
                (numbered.number, numbered.rest.to_owned())
            }
        };
        let title = clean_title(&title);
        (!title.is_empty()).then_some(Head {
            at,
            n_blocks: 1,
            number,
            title,
            rest: None,
            form: Form::None,
            value: 0,
            weight: 4,
        })
    };
    blocks.iter().enumerate().filter_map(read).collect()
}

/// A number at the front of a block.
struct Numbered<'a> {
    number: String,
    form: Form,
    /// Twenty-seven to each whole number, so that 7a comes between 7 and 8.
    value: u32,
    rest: &'a str,
}

static FORMS: LazyLock<[(Form, Regex); 4]> = LazyLock::new(|| {
    [
        (
            Form::Word,
            pattern(
                r"(?i)^(?:agenda )?(?:item|eitem)\s+(?:no\.?\s*)?(?P<digits>\d{1,3})(?P<letter>[a-z])?\b\s*[:.)–-]*\s*",
            ),
        ),
        (
            Form::Reference,
            pattern(r"^(?P<number>(?:[A-Z]{1,5}[/-]? ?)?\d{1,4}/\d{1,4})[.:)]?(?:\s+[-–]\s+|\s+|$)"),
        ),
        (
            Form::Stopped,
            pattern(
                r"^(?P<digits>\d{1,4})(?P<letter>[a-zA-Z])?\s?[.)](?:\s*[-–]\s+|\s+|(?P<tight>[A-Z][a-zA-Z])|$)",
            ),
        ),
        (Form::Plain, pattern(r"^(?P<digits>\d{1,4})(?P<letter>[a-zA-Z])?(?:\s*[-–:]\s+|\s+|$)")),
    ]
});

/// Splits an item's number off the front of a text.
fn number(text: &str) -> Option<Numbered<'_>> {
    for (form, regex) in FORMS.iter() {
        let Some(captures) = regex.captures(text) else { continue };
        let end = captures.get(0).map_or(0, |whole| whole.end());
        // A title that stands close to its number, `7.Planning`, begins inside of the match.
        let rest = &text[captures.name("tight").map_or(end, |tight| tight.start())..];
        if let Some(reference) = captures.name("number") {
            return Some(Numbered { number: reference.as_str().to_owned(), form: *form, value: 0, rest });
        }
        let digits = captures.name("digits")?.as_str();
        let letter = captures.name("letter").map_or("", |letter| letter.as_str());
        let ordinal = letter.bytes().next().map_or(0, |b| u32::from(b.to_ascii_lowercase() - b'a') + 1);
        let value = digits.parse::<u32>().ok()?.checked_mul(27)? + ordinal;
        return Some(Numbered { number: format!("{digits}{letter}"), form: *form, value, rest });
    }
    None
}

/// A block that may head a numbered item.
fn candidate(blocks: &[Block], at: usize) -> Option<Head> {
    let block = &blocks[at];
    let text = match &block.style {
        Style::Row | Style::Bullet => return None,
        Style::Numbered(label) if block.depth <= 1 && number(&block.text).is_none() => {
            format!("{label} {}", block.text)
        }
        _ if block.depth > 1 => return None,
        _ => block.text.clone(),
    };
    let shift = text.len() - block.text.len();
    let Some(numbered) = number(&text) else { return above_item_line(blocks, at) };
    let head = Head {
        at,
        n_blocks: 1,
        number: numbered.number.clone(),
        title: String::new(),
        rest: None,
        form: numbered.form,
        value: numbered.value,
        weight: 0,
    };
    let next = blocks.get(at + 1);
    if numbered.rest.is_empty() {
        // The number stands on a line of its own, the title on the next.
        let next =
            next.filter(|next| next.depth <= 1 && !matches!(next.style, Style::Row | Style::Bullet))?;
        let bonus = u32::from(next.bold) + u32::from(block.bold);
        let is_head =
            is_title(&next.text) && number(&next.text).is_none() && (bonus > 0 || next.text.len() <= 80);
        let title = clean_title(&next.text);
        return (is_head && !title.is_empty()).then_some(Head {
            n_blocks: 2,
            title,
            weight: 1 + bonus,
            ..head
        });
    }
    let lead = (block.lead + shift).saturating_sub(text.len() - numbered.rest.len());
    let (title, rest, weight) =
        title_and_rest(block, numbered.rest, lead.min(numbered.rest.len()), numbered.form)?;
    let names_item = next.is_some_and(|next| item_line(&next.text).is_some());
    let weight = weight + if names_item { 4 } else { 0 };
    let rest = rest.and_then(|rest| Block::new(Style::Paragraph, rest)).map(|rest| rest.on_page(block.page));
    Some(Head { title, rest, weight, ..head })
}

/// A title without a number of its own, above the line that gives the agenda's.
fn above_item_line(blocks: &[Block], at: usize) -> Option<Head> {
    let digits = item_line(&blocks.get(at + 1)?.text)?;
    let value = digits.parse::<u32>().ok()?.checked_mul(27)?;
    let title = clean_title(&blocks[at].text);
    is_title(&title).then_some(Head {
        at,
        n_blocks: 1,
        number: digits,
        title,
        rest: None,
        form: Form::Below,
        value,
        weight: 5,
    })
}

/// The number in the line below a printed minute's title, that of the agenda:
/// `(Item 1)`.
fn item_line(text: &str) -> Option<String> {
    static ITEM_LINE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)^\((?:agenda )?item\s*(?:no\.?\s*)?(\d{1,3})[a-z]?\)"));
    ITEM_LINE.captures(text).map(|captures| captures[1].to_owned())
}

/// Splits what follows a number into a title and the text that runs on from
/// it, with a weight; `None` for prose. `lead` is how much of it is bold.
fn title_and_rest<'a>(
    block: &Block,
    text: &'a str,
    lead: usize,
    form: Form,
) -> Option<(String, Option<&'a str>, u32)> {
    const LONGEST_HEADING: usize = 250;
    let is_marked = block.bold || matches!(block.style, Style::Heading(_));
    let whole = clean_title(text);
    if is_marked && text.len() <= LONGEST_HEADING && !whole.is_empty() {
        return Some((whole, None, if matches!(block.style, Style::Heading(_)) { 4 } else { 3 }));
    }
    if lead >= 3 && text.is_char_boundary(lead) {
        let title = clean_title(&text[..lead]);
        let rest = text[lead..]
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '–' | '-' | ','));
        if is_title(&title) {
            return Some((title, Some(rest).filter(|rest| !rest.is_empty()), 3));
        }
    }
    if form != Form::Plain
        && let Some((title, rest)) = standing_lead(text)
    {
        return Some((title, Some(rest), 1));
    }
    // “Finance: paid £20.” is a title and a sentence.
    let is_known = text.split_once(": ").is_some_and(|(title, _)| standing(title).is_some());
    let is_sentence = (text.ends_with('.') || is_known) && form != Form::Plain;
    let sentence = if is_sentence { run_in(text) } else { None };
    if sentence.is_none() && is_title(text) {
        let weight = if form == Form::Plain { 1 } else { 2 };
        return (!whole.is_empty()).then_some((whole, None, weight));
    }
    if form == Form::Plain {
        return None;
    }
    let (title, rest) = sentence.or_else(|| run_in(text))?;
    Some((title, Some(rest), 1))
}

/// Splits a title off the text that runs on from it: `Updates: the road…`.
fn run_in(text: &str) -> Option<(String, &str)> {
    const MOST_WORDS: usize = 9;
    for mark in [": ", " – ", " - ", ". "] {
        let Some((title, rest)) = text.split_once(mark) else { continue };
        let n_words = title.split_whitespace().count();
        let is_short = n_words <= if mark == ". " { 6 } else { MOST_WORDS };
        let title = clean_title(title);
        if is_short && is_title(&title) && !rest.trim().is_empty() {
            return Some((title, rest.trim()));
        }
    }
    None
}

/// Splits the title of a standing item off the sentence that runs on from it
/// without any mark: `Apologies and Welcome There were apologies from…`.
fn standing_lead(text: &str) -> Option<(String, &str)> {
    /// Words that begin a sentence and hardly stand inside of a title.
    static OPENER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r" (?:There (?:were|was)|The|Apologies (?:were|had|for)|None|No|It was|Cllrs?|Councillors?|Mr|Mrs|Ms|All)\b",
        )
    });
    const MOST_WORDS: usize = 14;
    let opener = OPENER.find(text)?;
    let title = &text[..opener.start()];
    let is_standing = standing(title).is_some() && !title.contains(['.', ':', ';']);
    (is_standing && title.split(' ').count() <= MOST_WORDS)
        .then(|| (clean_title(title), text[opener.start()..].trim_start()))
}

static PROSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:was|were|had|has|have|stated|said|reported|advised|informed|asked|noted|agreed|resolved|thanked|explained|would|will|proposed by|seconded|confirmed|attended|received|he|she|they|it|is being|are being|provided|expressed|introduced|highlighted|considered|presented)\b",
    )
});

/// Whether a text may be a title: short, begun like one, without the words
/// and marks of a sentence.
fn is_title(text: &str) -> bool {
    let text = text.trim();
    // An agenda's items say at length what is to be done.
    let is_task = text.starts_with("To ");
    let (longest, most_words) = if is_task { (350, 60) } else { (200, 28) };
    let bare = text.trim_end_matches(['.', ':', ' ']);
    let begins = text.starts_with(|c: char| {
        c.is_uppercase() || c.is_ascii_digit() || matches!(c, '“' | '"' | '‘' | '\'' | '(')
    });
    let has_letters = bare.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let n_words = bare.split_whitespace().count();
    if !begins || !has_letters || bare.len() > longest || n_words > most_words {
        return false;
    }
    if text.ends_with([';', ',', '?', '!']) || bare.starts_with("That ") || bare.contains("£") && n_words > 12
    {
        return false;
    }
    let ends_sentence = bare.match_indices(". ").any(|(at, _)| {
        let word = bare[..at].rsplit(' ').next().unwrap_or_default();
        // Initials and abbreviations do not end a sentence.
        word.chars().count() > 3 && bare[at + 2..].starts_with(char::is_uppercase)
    });
    let is_long_sentence = text.ends_with('.') && n_words > 10;
    !ends_sentence && (is_task || is_capitals(bare) || (!is_long_sentence && !PROSE.is_match(bare)))
}

static TITLE_FURNITURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*(?:\(pages? \d+(?: ?[-–] ?\d+)?\)|pdf icon\b.*|eicon pdf\b.*|pdf eicon\b.*|\bPDF \d+ [KM]B\b.*|\(item \d+\)|\(copy enclosed\))\s*$",
    )
});

/// A title without page ranges, icons of files, or a mark at its end.
pub fn clean_title(title: &str) -> String {
    let mut title = title.trim();
    while let Some(furniture) = TITLE_FURNITURE.find(title) {
        title = title[..furniture.start()].trim();
    }
    let is_abbreviated = title.ends_with("etc.") || title.ends_with(".M.");
    let title = if is_abbreviated { title } else { title.trim_end_matches(['.', ':', ';', '-', '–', ' ']) };
    title.trim_start_matches(['.', ':', '-', '–', ' ']).to_owned()
}

/// Gives references their place in the sequence: the part that changes most
/// is the number, the other one the year.
fn set_reference_values(candidates: &mut [Head]) {
    let parts = |head: &Head| {
        let digits =
            |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
        let (first, second) = head.number.split_once('/')?;
        Some((digits(first)?, digits(second)?))
    };
    let all: Vec<(u32, u32)> =
        candidates.iter().filter(|head| head.form == Form::Reference).filter_map(parts).collect();
    let n_distinct = |mut values: Vec<u32>| {
        values.sort_unstable();
        values.dedup();
        values.len()
    };
    let is_year_first = n_distinct(all.iter().map(|pair| pair.0).collect())
        < n_distinct(all.iter().map(|pair| pair.1).collect());
    for head in candidates.iter_mut().filter(|head| head.form == Form::Reference) {
        if let Some((first, second)) = parts(head) {
            head.value = 27 * if is_year_first { second } else { first };
        }
    }
}

/// The sequence of heads of one form that goes up by small steps and looks
/// most like headings.
fn best_sequence(candidates: &[Head], form: Form) -> Vec<Head> {
    /// Numbers that a sequence may pass over: a head may be hard to read.
    const MAX_STEP: u32 = 4 * 27;
    /// Heads looked back at, which bounds the work on a hostile list.
    const LOOK_BACK: usize = 400;
    let of_form: Vec<&Head> = candidates.iter().filter(|head| head.form == form).collect();
    let mut best: Vec<(u32, Option<usize>)> = Vec::with_capacity(of_form.len());
    for (at, head) in of_form.iter().enumerate() {
        let from = at.saturating_sub(LOOK_BACK);
        let before = (from..at)
            .filter(|before| {
                let value = of_form[*before].value;
                let goes_up = value < head.value && head.value - value <= MAX_STEP;
                goes_up && of_form[*before].at + of_form[*before].n_blocks <= head.at
            })
            // Of equal ways the smaller step is likelier, then the nearer head;
            // but of two beginnings the first, as a list comes after its head.
            .max_by_key(|before| {
                let (weight, earlier) = best[*before];
                let nearness =
                    if earlier.is_some() { of_form.len() + before } else { of_form.len() - before };
                (weight, of_form[*before].value, nearness)
            });
        best.push((head.weight + before.map_or(0, |before| best[before].0), before));
    }
    let mut sequence = Vec::new();
    let mut at = (0..best.len()).max_by_key(|at| best[*at].0);
    while let Some(index) = at {
        sequence.push(of_form[index].clone());
        at = best[index].1;
    }
    sequence.reverse();
    sequence
}

/// Adds the items that a sequence lacks: a block between two heads that has
/// just the missing number, written in the same way, heads an item whatever
/// its words. Without a title of its own it has none.
fn with_gaps_filled(sequence: Vec<Head>, blocks: &[Block]) -> Vec<Head> {
    let mut filled: Vec<Head> = Vec::with_capacity(sequence.len());
    for head in sequence {
        if matches!(head.form, Form::Stopped | Form::Word | Form::Reference) {
            fill_up_to(&mut filled, head.value / 27, head.at, blocks);
        }
        filled.push(head);
    }
    // No list inside of an item is numbered by references, so that they head
    // items behind the last one that looks like a heading as well.
    if filled.last().is_some_and(|head| head.form == Form::Reference) {
        fill_up_to(&mut filled, u32::MAX, blocks.len(), blocks);
    }
    filled
}

/// Adds heads with the numbers that follow the last one's, below a number and
/// in front of a block.
fn fill_up_to(filled: &mut Vec<Head>, below: u32, end: usize, blocks: &[Block]) {
    while let Some(last) = filled.last() {
        let next = last.value / 27 + 1;
        if next >= below {
            return;
        }
        let Some(found) = (last.at + last.n_blocks..end).find_map(|at| numbered_so(blocks, at, next, last))
        else {
            return;
        };
        filled.push(found);
    }
}

/// The number of a reference in its sequence, times twenty-seven, where its
/// other part is that of the reference before it: 183 of `183/18` after `182/18`.
fn reference_value(number: &str, before: &Head) -> Option<u32> {
    let (first, second) = number.split_once('/')?;
    let (first_before, second_before) = before.number.split_once('/')?;
    let value = |part: &str| part.parse::<u32>().ok()?.checked_mul(27);
    if value(first_before) == Some(before.value) && second == second_before {
        return value(first);
    }
    (value(second_before) == Some(before.value) && first == first_before).then(|| value(second))?
}

/// The block at `at` as a head, if it has that whole number in the form of the
/// head before it.
fn numbered_so(blocks: &[Block], at: usize, wanted: u32, before: &Head) -> Option<Head> {
    const LONGEST_TITLE: usize = 200;
    let form = before.form;
    let wanted = wanted.checked_mul(27)?;
    let block = &blocks[at];
    if matches!(block.style, Style::Row | Style::Bullet) || block.depth > 1 {
        return None;
    }
    let text = match &block.style {
        Style::Numbered(label) if number(&block.text).is_none() => format!("{label} {}", block.text),
        _ => block.text.clone(),
    };
    let is_it = |found: &Numbered| match form {
        Form::Reference => reference_value(&found.number, before) == Some(wanted),
        _ => found.value == wanted,
    };
    let found = number(&text).filter(|found| found.form == form && is_it(found))?;
    if found.rest.is_empty() {
        // The title is on the next line, however long.
        let title =
            blocks.get(at + 1).filter(|next| is_title(&next.text)).map(|next| clean_title(&next.text))?;
        return Some(Head {
            at,
            n_blocks: 2,
            number: found.number,
            title,
            rest: None,
            form,
            value: wanted,
            weight: 1,
        });
    }
    let (title, rest) = match standing_lead(found.rest).or_else(|| run_in(found.rest)) {
        Some((title, rest)) => (title, Some(rest)),
        None if found.rest.len() <= LONGEST_TITLE && !PROSE.is_match(found.rest) => {
            (clean_title(found.rest), None)
        }
        None => (String::new(), Some(found.rest)),
    };
    let rest = rest.and_then(|rest| Block::new(Style::Paragraph, rest)).map(|rest| rest.on_page(block.page));
    Some(Head { at, n_blocks: 1, number: found.number, title, rest, form, value: wanted, weight: 1 })
}

static OF_THE_PAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^draft$|\b(?:minutes|meeting|council|cyngor|cofnodion|agenda|committee|present|attendance|cabinet|attendees|cyfarfod|presennol|resolved|recommended|agreed|decision|action|chair(?:man|person)?|date|signed|dated)\b",
    )
});

/// Lists of those present stand before the first item.
static WHO_WAS_THERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:members |also |those )?(?:present|in attendance|attendance|presennol)\b")
});

/// Unnumbered titles: headings of the markup, lines in bold or in capitals,
/// and capitals that a paragraph begins with.
fn titles(blocks: &[Block]) -> Vec<Head> {
    let mut found: Vec<Head> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let Some((title, rest, weight)) = unnumbered(block) else { continue };
        let is_standing = standing(&title).is_some() && !WHO_WAS_THERE.is_match(&title);
        let is_of_page = !is_standing && OF_THE_PAGE.is_match(&title);
        if is_of_page || dates_only(&title) || (found.is_empty() && names_document(&title)) {
            continue;
        }
        // A number that stands in no sequence is still the item's number.
        let numbered = number(&title).filter(|found| found.form == Form::Stopped && !found.rest.is_empty());
        let (number, title) = match numbered {
            Some(found) => (found.number, clean_title(found.rest)),
            None => (String::new(), title),
        };
        found.push(Head { at, n_blocks: 1, number, title, rest, form: Form::None, value: 0, weight });
    }
    drop_lists(&mut found);
    drop_repeated(&mut found);
    // Two of them at the least: a single heading is the document's own.
    if found.len() < 2 { colon_titles(blocks) } else { found }
}

/// Drops titles that follow one another without any text between: three and
/// more are a list, of names or dates, in bold.
fn drop_lists(heads: &mut Vec<Head>) {
    let follows = |before: &Head, head: &Head| before.rest.is_none() && before.at + 1 == head.at;
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
    static USUAL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:matters arising|planning|finance|correspondence|any other business|a\.?o\.?b|highways|payments|accounts|reports?|public participation|police|cemetery|clerk'?s report)\b",
        )
    });
    let mut found = Vec::new();
    let mut n_usual = 0;
    for (at, block) in blocks.iter().enumerate() {
        if matches!(block.style, Style::Row | Style::Bullet) || block.depth > 1 {
            continue;
        }
        let (title, rest) = match block.text.split_once(':') {
            Some((title, rest)) => (title, rest.trim()),
            // A line of its own needs no colon when its words are usual ones.
            None if standing(&block.text).is_some() || USUAL.is_match(&block.text) => {
                (block.text.as_str(), "")
            }
            None => continue,
        };
        let n_words = title.split_whitespace().count();
        let is_short = n_words <= if rest.is_empty() { 8 } else { 5 };
        let is_clock =
            rest.starts_with(|c: char| c.is_ascii_digit()) && title.ends_with(|c: char| c.is_ascii_digit());
        let is_of_page = found.is_empty() && names_document(title);
        if is_of_page
            || !is_short
            || is_clock
            || !is_title(title)
            || WHO_WAS_THERE.is_match(title)
            || title.contains("ttending")
        {
            continue;
        }
        n_usual += usize::from(standing(title).is_some() || USUAL.is_match(title));
        found.push(Head {
            at,
            n_blocks: 1,
            number: String::new(),
            title: clean_title(title),
            rest: Block::new(Style::Paragraph, rest).map(|rest| rest.on_page(block.page)),
            form: Form::None,
            value: 0,
            weight: 1,
        });
    }
    drop_repeated(&mut found);
    if found.len() < 3 || n_usual < 2 { Vec::new() } else { found }
}

fn unnumbered(block: &Block) -> Option<(String, Option<Block>, u32)> {
    const LONGEST: usize = 100;
    if matches!(block.style, Style::Row | Style::Bullet | Style::Numbered(_)) || block.depth > 1 {
        return None;
    }
    let text = block.text.as_str();
    let title = clean_title(text);
    if is_heading(block) && title.len() <= LONGEST && is_title(text) && text.split_whitespace().count() <= 14
    {
        return Some((title, None, 3));
    }
    let (title, rest) = capitals_lead(text).or_else(|| bold_lead(block))?;
    let rest = Block::new(Style::Paragraph, rest)?.on_page(block.page);
    Some((title, Some(rest), 1))
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

/// Whether a line is only a date.
fn dates_only(title: &str) -> bool {
    title.len() <= 40
        && super::date::dates(title)
            .iter()
            .any(|found| found.date.is_some_and(|date| date.to_day().is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, usize)> {
        let blocks: Vec<Block> = text.lines().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
        let (items, _) = items(&blocks);
        items.into_iter().map(|item| (item.number, item.title, item.passages.len())).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, usize)]) {
        let found = read(text);
        let found: Vec<(&str, &str, usize)> =
            found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), *c)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn numbered_titles_head_items_and_numbered_points_do_not() {
        check(
            "COUNTY COUNCIL\n84. Apologies\n(Item 1)\nNone.\n85. Updates\n(Item 2)\n1. Mr Gough provided an update on the road:\n(a) one\n2. Mrs Bell spoke.\n86. Closing\n(Item 3)\nDone.",
            &[("", "", 1), ("84", "Apologies", 2), ("85", "Updates", 4), ("86", "Closing", 2)],
        );
    }

    #[test]
    fn a_list_that_begins_again_is_inside_of_its_item() {
        check(
            "1. Planning\n1. Mill Road\n2. High Street\n3. The Green\n2. Highways\nText.\n3. Finance\nText.",
            &[("1", "Planning", 3), ("2", "Highways", 1), ("3", "Finance", 1)],
        );
    }

    #[test]
    fn a_number_that_the_sequence_lacks_heads_an_item_whatever_its_words() {
        check(
            "1. Apologies: Mrs Brown\nNone else.\n2. It was reported that the bridge had been closed by the county since May.\n(a) a point\n3. Planning\nNone.",
            &[("1", "Apologies", 2), ("2", "", 2), ("3", "Planning", 1)],
        );
    }

    #[test]
    fn prose_and_paragraph_numbers_are_no_items() {
        check("12 residents spoke against.\n6.1 The Committee met.\n3 were for it.", &[("", "", 3)]);
    }

    #[test]
    fn references_and_run_in_titles_are_read() {
        check(
            "23/045 Apologies\nNone.\n23/046 Finance: paid £20.\n23/047 Planning\nNone.",
            &[("23/045", "Apologies", 1), ("23/046", "Finance", 1), ("23/047", "Planning", 1)],
        );
        check(
            "2584. Financial Report: Account 3.\n2585. Accounts for payment:\nBin 5.",
            &[("2584", "Financial Report", 1), ("2585", "Accounts for payment", 1)],
        );
    }

    #[test]
    fn a_sentence_may_run_on_from_a_standing_title() {
        check(
            "182/18 Apologies and Welcome There were apologies accepted from Mrs Brown.\n183/18 Minutes of the Meeting dated 1 August 2018 The minutes were approved.\n184/18 Planning\nNone.",
            &[
                ("182/18", "Apologies and Welcome", 1),
                ("183/18", "Minutes of the Meeting dated 1 August 2018", 1),
                ("184/18", "Planning", 1),
            ],
        );
    }

    #[test]
    fn a_reference_heads_an_item_whatever_its_words() {
        check(
            "7/18 Apologies There were none.\n8/18 Planning\nNone.\n9/18 Gardens The Clerk had written to the school.\n10/18 Urgent items None were raised.\n11/18 Bridge Mr Brown said that it was closed.\n1/17 is another year.",
            &[
                ("7/18", "Apologies", 1),
                ("8/18", "Planning", 1),
                ("9/18", "", 1),
                ("10/18", "Urgent items", 1),
                ("11/18", "", 2),
            ],
        );
    }

    #[test]
    fn capitals_head_the_items_of_unnumbered_minutes() {
        check(
            "PRESENT. Mr Brown.\nAPOLOGIES, Mrs Lewis.\nMATTERS ARISING\n1. Two quotes had come.\n2. A wreath was bought.\nPLANNING\n1. Bennett. Granted.\n2. Fielder. Granted.",
            &[("", "", 1), ("", "APOLOGIES", 1), ("", "MATTERS ARISING", 2), ("", "PLANNING", 2)],
        );
    }

    #[test]
    fn a_colon_marks_titles_where_nothing_else_does() {
        check(
            "Present: A. Brown.\nApologies: G. Gott\nMinutes: They were signed.\nPlanning:\nTwo plans were granted.",
            &[("", "", 1), ("", "Apologies", 1), ("", "Minutes", 1), ("", "Planning", 1)],
        );
        check(
            "Minutes of the March meeting of the PC.\nApologies: G. Gott\nMinutes of last meeting: signed.\nPlanning:\nNone.",
            &[("", "", 1), ("", "Apologies", 1), ("", "Minutes of last meeting", 1), ("", "Planning", 1)],
        );
        check("Tel: 020 7946 0000\nFax: none\nPost: Town Hall", &[("", "", 3)]);
    }

    #[test]
    fn furniture_is_cut_off_a_title() {
        assert_eq!(clean_title("Budget (Pages 1 - 14)"), "Budget");
        assert_eq!(clean_title("Journey pdf icon PDF 201 KB"), "Journey");
        assert_eq!(clean_title("Adoption of Minutes:"), "Adoption of Minutes");
    }
}
