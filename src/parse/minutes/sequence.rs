//! The sequence of numbers that heads the items of a document.
//!
//! Whatever may bear an item's number is weighed by how much it looks like a
//! heading, and whole sequences are compared: numbers that go on by one speak
//! for each other, numbers that are passed over against. So a list inside of an
//! item, which begins at 1 again, is not taken, and a paragraph of prose is where
//! the sequence lacks just its number.

use std::collections::{HashMap, HashSet};

use super::numbers::{Form, WHOLE, in_sequence, inside, item_line, number};
use super::wording::{
    clean_title, ends_sentence, is_open, is_prose, is_title, is_usual, names_movers, run_in, run_in_at_colon,
    tight_colon, unmarked_lead,
};
use super::{Head, Place};
use crate::parse::blocks::{Block, Style, is_capitals};
use crate::parse::kind::{Act, act_of};
use crate::parse::standing::standing;

/// How much a candidate looks like a heading; one more number that goes on by
/// one is worth 1, and 1 more where a text stands between.
mod weigh {
    /// A heading of the markup.
    pub const HEADING: i32 = 8;
    /// Bold, wholly or up to where its text runs on.
    pub const BOLD: i32 = 6;
    /// A line of its own that may be a title.
    pub const LINE: i32 = 4;
    /// A title that its text runs on from; or a line whose number is written
    /// as amounts are.
    pub const RUN_IN: i32 = 2;
    /// Hardly a title.
    pub const DOUBTFUL: i32 = 0;
    /// Prose behind a number.
    pub const PROSE: i32 = -2;
    /// Prose behind a reference, which no list has.
    pub const REFERRED_PROSE: i32 = 1;
    /// What is added where the line below gives the number of the agenda.
    pub const ITEM_LINE: i32 = 8;
    /// What is taken away where the number is written in another way.
    pub const OTHER_FORM: i32 = 2;
    /// What is taken away where the number stands inside of a paragraph.
    pub const INSIDE: i32 = 2;
    /// What is taken away where the number goes on from another one right
    /// above it, and stands elsewhere as well: it is one of a list.
    pub const LISTED: i32 = 20;
    /// What is taken away where a sequence begins with a number that stands
    /// above as well, as lists do.
    pub const BEGUN_AGAIN: i32 = 8;
    /// A title above the line that gives its number.
    pub const ABOVE: i32 = 10;
}

/// The numbered heads of a document, of the form whose sequence weighs most.
pub fn numbered(blocks: &[Block]) -> Vec<Head> {
    let mut candidates: Vec<Head> = (0..blocks.len()).flat_map(|at| candidates_in(blocks, at)).collect();
    set_reference_values(&mut candidates);
    let best = Form::COUNTED
        .into_iter()
        .map(|form| best_sequence(&candidates, form))
        .max_by_key(|sequence| sequence.weight)
        .unwrap_or_default();
    let heads = with_strays(best.heads, &candidates);
    cut_short(heads, blocks)
}

/// What in a block may head an item: its beginning, and numbers inside of it.
fn candidates_in(blocks: &[Block], at: usize) -> Vec<Head> {
    let block = &blocks[at];
    if matches!(block.style, Style::Row | Style::Bullet) || block.depth > 1 {
        return Vec::new();
    }
    let end = block.text.len();
    let mut found: Vec<Head> = head(blocks, at, 0, end).into_iter().collect();
    let starts: Vec<usize> = inside(&block.text).collect();
    for (ordinal, from) in starts.iter().enumerate() {
        let to = starts.get(ordinal + 1).copied().unwrap_or(end);
        let Some(head) = head(blocks, at, *from, to) else { continue };
        let is_reference = head.form == Form::Reference;
        let weight = head.weight.min(weigh::LINE) - if is_reference { 0 } else { weigh::INSIDE };
        if is_reference || !head.title.is_empty() {
            found.push(Head { weight, ..head });
        }
    }
    found
}

/// What stands in a block between two places, as the head of an item.
fn head(blocks: &[Block], at: usize, from: usize, to: usize) -> Option<Head> {
    let block = &blocks[at];
    let slice = block.text[from..to].trim_end();
    let to = from + slice.len();
    let text = match &block.style {
        Style::Numbered(label) if from == 0 && number(slice).is_none() => format!("{label} {slice}"),
        _ => slice.to_owned(),
    };
    let Some(numbered) = number(&text) else {
        return if from == 0 { above_item_line(blocks, at) } else { None };
    };
    let (form, rest) = (numbered.form, numbered.rest);
    let head = Head {
        at,
        from,
        text_from: (at, to),
        number: numbered.number.clone(),
        title: String::new(),
        form,
        value: numbered.value,
        family: String::new(),
        weight: if form == Form::Reference { weigh::REFERRED_PROSE } else { weigh::PROSE },
    };
    if rest.is_empty() {
        return below_number(blocks, head);
    }
    let next = if to == block.text.len() { blocks.get(at + 1) } else { None };
    // How much of what follows the number is bold.
    let lead = match from {
        0 => (block.lead + rest.len()).saturating_sub(to).min(rest.len()),
        _ => 0,
    };
    // A decision is what an item says, in bold as well.
    let is_decided = block.bold && block.style == Style::Paragraph && is_prose(rest) && decides(rest);
    let read = if is_decided { None } else { title_and_rest(block, rest, lead, form) };
    let Some((mut title, run_on, weight)) = read else {
        // Amounts are written like plain numbers: prose behind one is no item.
        let text_from = (at, to - rest.len());
        let head = if is_decided { Head { weight: weigh::BOLD, ..head } } else { head };
        return (form != Form::Plain).then_some(Head { text_from, ..head });
    };
    let text_from = match (run_on, next) {
        (Some(run_on), _) => (at, to - run_on.len()),
        (None, Some(next)) if goes_on(rest, next) => {
            title = format!("{title} {}", clean_title(&next.text));
            (at + 2, 0)
        }
        _ => (at, to),
    };
    let names_item = next.is_some_and(|next| item_line(&next.text).is_some());
    let weight = weight + if names_item { weigh::ITEM_LINE } else { 0 };
    Some(Head { title, text_from, weight, ..head })
}

/// Whether a text tells what was decided.
fn decides(text: &str) -> bool {
    matches!(act_of(text), Act::Rules(_) | Act::Decides(_))
}

/// Whether a title breaks off and the next block has the rest of it.
pub fn goes_on(text: &str, next: &Block) -> bool {
    is_open(text)
        && next.style == Style::Paragraph
        && number(&next.text).is_none()
        && item_line(&next.text).is_none()
        && is_title(&next.text)
}

/// A number on a line of its own: the title is on the next, or above where the
/// number is printed beside its text, or there is none.
fn below_number(blocks: &[Block], head: Head) -> Option<Head> {
    const LONGEST: usize = 80;
    let at = head.at;
    let next = blocks.get(at + 1).filter(|_| head.text_from.1 == blocks[at].text.len())?;
    if next.depth > 1 || matches!(next.style, Style::Row | Style::Bullet) || number(&next.text).is_some() {
        return None;
    }
    let is_plain = head.form == Form::Plain;
    if is_title(&next.text) {
        let n_bold = i32::from(next.bold) + i32::from(blocks[at].bold);
        let weight = match n_bold {
            0 if next.text.len() > LONGEST => head.weight,
            n_bold => weigh::RUN_IN * (1 + n_bold),
        };
        let head = Head { title: clean_title(&next.text), text_from: (at + 2, 0), weight, ..head };
        let is_amount = is_plain && weight < 0;
        return Some(head).filter(|head| !is_amount && !head.title.is_empty());
    }
    let above = at.checked_sub(1).map(|at| &blocks[at]).filter(|above| {
        above.bold && is_title(&above.text) && number(&above.text).is_none() && !is_capitals(&above.text)
    });
    if let (Some(above), false) = (above, is_plain) {
        let title = clean_title(&above.text);
        return Some(Head { at: at - 1, title, text_from: (at + 1, 0), weight: weigh::RUN_IN, ..head });
    }
    (!is_plain).then_some(Head { text_from: (at + 1, 0), ..head })
}

/// A title without a number of its own, above the line that gives the agenda's.
fn above_item_line(blocks: &[Block], at: usize) -> Option<Head> {
    let digits = item_line(&blocks.get(at + 1)?.text)?;
    let value = digits.parse::<u32>().ok()?.checked_mul(WHOLE)?;
    let title = clean_title(&blocks[at].text);
    is_title(&title).then_some(Head {
        at,
        from: 0,
        text_from: (at + 1, 0),
        number: digits,
        title,
        form: Form::Below,
        value,
        family: String::new(),
        weight: weigh::ABOVE,
    })
}

/// Splits what follows a number into a title and the text that runs on from
/// it, with a weight; `None` for prose. `lead` is how much of it is bold.
fn title_and_rest<'a>(
    block: &Block,
    text: &'a str,
    lead: usize,
    form: Form,
) -> Option<(String, Option<&'a str>, i32)> {
    const LONGEST_HEADING: usize = 250;
    const LONGEST_TITLE: usize = 200;
    /// Words of a title that ends as a sentence does.
    const FEW_WORDS: usize = 6;
    // Who moved a motion stands in place of a title.
    if names_movers(text) {
        return None;
    }
    let is_heading = matches!(block.style, Style::Heading(_));
    let whole = clean_title(text);
    if (block.bold || is_heading) && text.len() <= LONGEST_HEADING && !whole.is_empty() {
        return Some((whole, None, if is_heading { weigh::HEADING } else { weigh::BOLD }));
    }
    if lead >= 3 && text.is_char_boundary(lead) {
        let title = clean_title(&text[..lead]);
        let rest = text[lead..]
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '–' | '-' | ','));
        if is_title(&title) {
            return Some((title, Some(rest).filter(|rest| !rest.is_empty()), weigh::BOLD));
        }
    }
    let is_plain = form == Form::Plain;
    // “To receive apologies: they were received from…” is a task and a sentence.
    let task = if text.starts_with("To ") { run_in_at_colon(text) } else { None };
    if let Some((title, rest)) = task.filter(|(_, rest)| is_prose(rest)) {
        return Some((title, Some(rest), weigh::RUN_IN));
    }
    let weight = if is_plain { weigh::DOUBTFUL } else { weigh::RUN_IN };
    if let Some((title, rest)) = unmarked_lead(text) {
        return Some((title, Some(rest), weight));
    }
    // “Finance: paid £20.” is a title and a sentence, “Finance:- Budget” a title and a list.
    let is_known =
        text.split_once(':').is_some_and(|(title, _)| standing(title).is_some() || is_usual(title));
    let is_sentence = text.ends_with('.') || is_known || text.contains(":-") || tight_colon(text).is_some();
    let split = |text| if is_plain { run_in_at_colon(text) } else { run_in(text) };
    let sentence = if is_sentence { split(text) } else { None };
    // “No interests were declared.” without its verb is a sentence all the same.
    if sentence.is_none() && text.starts_with("No ") && text.ends_with('.') {
        return None;
    }
    if sentence.is_none() && is_title(text) && !whole.is_empty() {
        let is_short = !text.ends_with('.') || whole.split(' ').count() <= FEW_WORDS;
        let is_line = !is_plain && (is_short || whole.starts_with("To "));
        return Some((whole, None, if is_line { weigh::LINE } else { weigh::RUN_IN }));
    }
    // A short line that does not end as a sentence is one title, whatever stops are in it.
    let is_line = !is_plain
        && sentence.is_none()
        && !text.ends_with(['.', '?', '!'])
        && !text.contains([':', '–'])
        && whole.split(' ').count() <= 2 * FEW_WORDS;
    if is_line && !is_prose(text) && !whole.is_empty() {
        return Some((whole, None, weigh::RUN_IN));
    }
    if let Some((title, rest)) = sentence.or_else(|| split(text)) {
        return Some((title, Some(rest), weight));
    }
    let is_short = !is_plain && text.len() <= LONGEST_TITLE && !is_prose(text) && !ends_sentence(&whole);
    (is_short && !whole.is_empty()).then_some((whole, None, weigh::DOUBTFUL))
}

/// Gives references their place in the sequence.
fn set_reference_values(candidates: &mut [Head]) {
    let of_form = |head: &&mut Head| head.form == Form::Reference;
    let numbers: Vec<String> =
        candidates.iter_mut().filter(of_form).map(|head| head.number.clone()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    for (head, found) in candidates.iter_mut().filter(of_form).zip(in_sequence(&numbers)) {
        match found {
            Some((value, family)) => (head.value, head.family) = (value, family),
            None => head.form = Form::None,
        }
    }
}

/// Heads in order, and what they weigh together.
#[derive(Default)]
struct Sequence {
    heads: Vec<Head>,
    weight: i32,
}

/// The best way to come to one candidate.
struct Way {
    weight: i32,
    n_heads: usize,
    before: Option<usize>,
}

/// The sequence of heads of one form, or nearly, that goes up by small steps
/// and weighs most.
fn best_sequence(candidates: &[Head], form: Form) -> Sequence {
    /// Heads looked back at, which bounds the work on a hostile list.
    const LOOK_BACK: usize = 400;
    let weight = |head: &Head| head.weight - if head.form == form { 0 } else { weigh::OTHER_FORM };
    let of_form: Vec<&Head> =
        candidates.iter().filter(|head| head.form == form || head.form.may_stand_for(form)).collect();
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for head in &of_form {
        *counts.entry(head.value).or_default() += 1;
    }
    let mut seen: HashSet<u32> = HashSet::new();
    let mut ways: Vec<Way> = Vec::with_capacity(of_form.len());
    for (at, head) in of_form.iter().enumerate() {
        let from = at.saturating_sub(LOOK_BACK);
        let is_listed = at > 0
            && of_form[at - 1].value + WHOLE == head.value
            && counts.get(&head.value).is_some_and(|n| *n > 1);
        let step_from = |before: usize| {
            let step = step(of_form[before], head)?;
            let is_list = is_listed && before + 1 != at;
            Some((before, step - if is_list { weigh::LISTED } else { 0 }))
        };
        let before = (from..at)
            .filter_map(step_from)
            // Of equal ways the smaller step is likelier, then the nearer head;
            // but of two beginnings the first, as a list comes after its head.
            .max_by_key(|(before, step)| {
                let way = &ways[*before];
                let nearness =
                    if way.before.is_some() { of_form.len() + before } else { of_form.len() - before };
                (way.weight + step, of_form[*before].value, nearness)
            })
            .filter(|(before, step)| ways[*before].weight + step >= 0);
        let alone = if !seen.insert(head.value) { -weigh::BEGUN_AGAIN } else { 0 };
        ways.push(Way {
            weight: weight(head) + before.map_or(alone, |(before, step)| ways[before].weight + step),
            n_heads: 1 + before.map_or(0, |(before, _)| ways[before].n_heads),
            before: before.map(|(before, _)| before),
        });
    }
    let Some(last) = (0..ways.len()).max_by_key(|at| (ways[*at].weight, ways[*at].n_heads)) else {
        return Sequence::default();
    };
    let mut heads = Vec::new();
    let mut at = Some(last);
    while let Some(index) = at {
        heads.push(of_form[index].clone());
        at = ways[index].before;
    }
    heads.reverse();
    Sequence { heads, weight: ways[last].weight }
}

/// What a step from one head to the next is worth; `None` where none leads.
fn step(before: &Head, head: &Head) -> Option<i32> {
    /// Numbers that a sequence may pass over: a machine that reads scans loses
    /// those of whole pages.
    const MOST_MISSING: u32 = 12;
    // Of two in one block the first is cut short where the second begins.
    let is_after = match before.at == head.at {
        true => before.from < head.from,
        false => before.text_from <= (head.at, head.from),
    };
    if !is_after || before.value >= head.value || before.family != head.family {
        return None;
    }
    // Letters follow their number without a gap: 7, 7a, 7b, not 7, 7i.
    if head.value / WHOLE == before.value / WHOLE && head.value != before.value + 1 {
        return None;
    }
    match (head.value / WHOLE - before.value / WHOLE).saturating_sub(1) {
        // An item has a text; the lines of a list or of a table of contents have none.
        0 => Some(1 + i32::from(before.text_from < (head.at, head.from))),
        missing if missing <= MOST_MISSING => Some(-1 - missing.cast_signed()),
        _ => None,
    }
}

/// Adds heads that stand out of the order of their numbers: one that the
/// sequence lacks, as items may be taken early, and one that bears the number
/// before it once more, by a slip. Where several numbers stand between two
/// heads they are a list.
fn with_strays(sequence: Vec<Head>, candidates: &[Head]) -> Vec<Head> {
    let (Some(first), Some(last)) = (sequence.first(), sequence.last()) else { return sequence };
    let (form, family, range) = (first.form, first.family.clone(), first.value..last.value);
    let values: HashSet<u32> = sequence.iter().map(|head| head.value).collect();
    let of_form = |head: &&Head| head.form == form && head.family == family;
    let mut others = candidates.iter().filter(of_form).peekable();
    let mut all: Vec<Head> = Vec::with_capacity(sequence.len());
    let mut heads = sequence.into_iter().peekable();
    while let Some(head) = heads.next() {
        let begin = head.text_from;
        let mut between = Vec::new();
        if let Some(next) = heads.peek() {
            while others.next_if(|other| (other.at, other.from) < begin).is_some() {}
            while let Some(other) = others.next_if(|other| (other.at, other.from) < (next.at, next.from)) {
                between.push(other);
            }
        }
        let value = head.value;
        let next_value = heads.peek().map(|next| next.value);
        all.push(head);
        if let [stray] = between[..] {
            let is_lacking = range.contains(&stray.value) && !values.contains(&stray.value);
            // What bears 1 once more begins a list.
            let is_repeated =
                stray.value > WHOLE && (stray.value == value || Some(stray.value) == next_value);
            if (is_lacking && stray.weight >= weigh::LINE) || (is_repeated && stray.weight >= weigh::RUN_IN) {
                all.push(stray.clone());
            }
        }
    }
    all
}

/// Reads a head again of which the next stands in the same block: what is its
/// own ends there.
fn cut_short(mut heads: Vec<Head>, blocks: &[Block]) -> Vec<Head> {
    for at in 1..heads.len() {
        let (before, next) = (&heads[at - 1], &heads[at]);
        if before.at != next.at {
            continue;
        }
        let end: Place = (next.at, next.from);
        if let Some(read) = head(blocks, before.at, before.from, end.1) {
            let (title, text_from) = (read.title, read.text_from.min(end));
            heads[at - 1] = Head { title, text_from, ..heads[at - 1].clone() };
        }
    }
    heads
}
