//! What was done at a meeting: who moved a decision and how the votes fell,
//! interests that were declared, and items that the public did not hear.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{AgendaItem, Interest, ItemPassage, Kind, Motion, Votes};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are constants that the tests build")
}

/// A person as minutes name one: a title and a name, or two names and more.
const NAME: &str = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Cllr|Councillor|Clerk|Chair(?:man)?|Alderman|The Mayor|Deputy Mayor|Mayor)\.? )?(?:[A-Z][\w’'.-]*)(?: [A-Z][\w’'.-]*){0,3}";

static MOVER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:[Pp]roposed|[Mm]oved)(?: by)?:? (?P<name>{NAME})|(?P<before>{NAME}) (?:proposed|moved)\b"
    ))
});
static SECONDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"[Ss]econded(?: by)?:? (?P<name>{NAME})|(?P<before>{NAME}) seconded\b"))
});
static VOTES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<for>\d{1,3}) (?:votes? )?(?:for|in favour)\b\W{1,4}(?:and )?(?P<against>\d{1,3}|none|nil) (?:votes? )?against\b(?:\W{1,4}(?:and |with )?(?P<abstained>\d{1,3}|none|nil) abst)?",
    )
});

/// How each decision was come to, of those of which the minutes tell it.
pub fn motions(items: &[AgendaItem]) -> Vec<Motion> {
    let mut found = Vec::new();
    for (item, AgendaItem { passages, .. }) in items.iter().enumerate() {
        for (passage, ItemPassage { kind, text, .. }) in passages.iter().enumerate() {
            if !matches!(kind, Kind::Resolution | Kind::Recommendation | Kind::Noting) {
                continue;
            }
            let motion = Motion {
                item,
                passage,
                mover: named(&MOVER, text),
                seconder: named(&SECONDER, text),
                votes: votes(text),
            };
            if motion.mover.is_some() || motion.seconder.is_some() || motion.votes.is_some() {
                found.push(motion);
            }
        }
    }
    found
}

fn named(pattern: &Regex, text: &str) -> Option<String> {
    let captures = pattern.captures(text)?;
    let name = captures.name("name").or_else(|| captures.name("before"))?;
    Some(name.as_str().trim_end_matches('.').to_owned())
}

fn votes(text: &str) -> Option<Votes> {
    let captures = VOTES.captures(text)?;
    let number = |name: &str| {
        let said = captures.name(name).map_or("0", |said| said.as_str());
        said.parse().unwrap_or_default()
    };
    Some(Votes { in_favour: number("for"), against: number("against"), abstained: number("abstained") })
}

/// The interests that members declared, in order.
pub fn interests(items: &[AgendaItem]) -> Vec<Interest> {
    static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(?P<name>{NAME})(?: (?:also|then))? declared (?:an?|his|her|their)\b[^.]{{0,80}}\binterest"
        ))
    });
    let mut found = Vec::new();
    for (item, AgendaItem { passages, .. }) in items.iter().enumerate() {
        for (passage, ItemPassage { text, .. }) in passages.iter().enumerate() {
            for captures in DECLARED.captures_iter(text) {
                found.push(Interest { item, passage, name: captures["name"].to_owned() });
            }
        }
    }
    found
}

/// Marks the items that were not open to the public.
pub(super) fn mark_exempt(items: &mut [AgendaItem]) {
    static PARAGRAPHS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\bparagraphs? (?P<numbers>[1-7](?:(?:, | and | & )[1-7])*) of (?:part (?:1|i) of )?schedule 12a\b",
        )
    });
    for item in items {
        let texts = item.passages.iter().map(|passage| passage.text.as_str()).chain([item.title.as_str()]);
        let mut numbers: Vec<u8> = Vec::new();
        for captures in texts.filter_map(|text| PARAGRAPHS.captures(text)) {
            numbers.extend(captures["numbers"].bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0'));
        }
        numbers.sort_unstable();
        numbers.dedup();
        item.exempt = Some(numbers).filter(|numbers| !numbers.is_empty());
    }
}
