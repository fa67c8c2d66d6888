//! The numbers of items: how they are written, and where each stands in its
//! sequence.

use crate::parse::{Pattern, pattern};
use std::sync::LazyLock;

/// How an item's number is written; a document keeps to one way, or nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `7.`, `7)` or `7.0`
    Stopped,
    /// `7`
    Plain,
    /// `2024/45`, `45/24` or `R2024-45`
    Reference,
    /// `Item 7`
    Word,
    /// The title stands above `(Item 7)`.
    Below,
    /// No number.
    None,
}

impl Form {
    /// Those that make a sequence.
    pub const COUNTED: [Self; 5] = [Self::Stopped, Self::Plain, Self::Reference, Self::Word, Self::Below];

    /// Whether clerks slip from one to the other within a document: `7` after `6.`
    pub fn may_stand_for(self, other: Self) -> bool {
        matches!((self, other), (Self::Stopped, Self::Plain) | (Self::Plain, Self::Stopped))
    }
}

/// A number at the front of a block.
pub struct Numbered<'a> {
    /// As printed, without a full stop at the end.
    pub number: String,
    /// How it is written.
    pub form: Form,
    /// Twenty-seven to each whole number, so that 7a comes between 7 and 8;
    /// of a reference 0, until [`in_sequence`] tells which part counts.
    pub value: u32,
    /// What follows it.
    pub rest: &'a str,
}

/// Twenty-seven to each whole number: letters stand between.
pub const WHOLE: u32 = 27;

static FORMS: LazyLock<[(Form, Pattern); 4]> = LazyLock::new(|| {
    [
        (
            Form::Word,
            pattern(
                r"(?i)^(?:agenda )?(?:item|eitem)\s+(?:no\.?\s*)?(?P<digits>\d{1,3})(?P<letter>[a-z])?\b\s*[:.)–-]*\s*",
            ),
        ),
        (
            Form::Reference,
            pattern(
                r"^(?P<number>(?:[A-Z]{1,5}[/-]? ?)?\d{1,4}/\d{1,4}|[A-Z]{1,4}\d{4} ?- ?\d{1,4}|(?:19|20)\d\d-\d{3})[.:)]?(?:\s+[-–]\s+|\s+|$)",
            ),
        ),
        (
            Form::Stopped,
            pattern(
                r"^(?P<digits>\d{1,4})(?:(?P<zero>\.0)|(?P<letter>[a-zA-Z])?\s?[.)])(?:\s*[-–]\s+|\s+|(?P<tight>[A-Z][a-zA-Z])|$)",
            ),
        ),
        (Form::Plain, pattern(r"^(?P<digits>\d{1,4})(?P<letter>[a-zA-Z])?(?:\s*[-–:]\s+|\s+|$)")),
    ]
});

/// Splits an item's number off the front of a text.
pub fn number(text: &str) -> Option<Numbered<'_>> {
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
        let zero = captures.name("zero").map_or("", |zero| zero.as_str());
        let ordinal = letter.bytes().next().map_or(0, |b| u32::from(b.to_ascii_lowercase() - b'a') + 1);
        let value = digits.parse::<u32>().ok()?.checked_mul(WHOLE)? + ordinal;
        return Some(Numbered { number: format!("{digits}{zero}{letter}"), form: *form, value, rest });
    }
    None
}

/// The number in the line below a printed minute's title, that of the agenda:
/// `(Item 1)`.
pub fn item_line(text: &str) -> Option<String> {
    static ITEM_LINE: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"(?i)^\((?:agenda )?item\s*(?:no\.?\s*)?(\d{1,3})[a-z]?\)"));
    ITEM_LINE.captures(text).map(|captures| captures[1].to_owned())
}

/// Where numbers that a paragraph does not begin with may head an item in it:
/// `… 7. Planning`, and the number of a motion in front of who moved it.
pub fn inside(text: &str) -> impl Iterator<Item = usize> {
    static INSIDE: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(
            r"[^\d\s]\s(?:(\d{1,4})\.\s?(?:[A-Z][a-z’']|[A-Z]{2})|([A-Z]{1,4}\d{4} ?- ?\d{1,4})\s(?:[A-Z]\. ?[A-Z]|Moved))",
        )
    });
    let begin = |captures: regex::Captures| Some(captures.get(1).or(captures.get(2))?.start());
    INSIDE.captures_iter(text).filter_map(begin)
}

/// The part of a reference that counts, and the part that stays: the one that
/// differs most among all is the number, the other the year.
pub fn in_sequence(references: &[&str]) -> Vec<Option<(u32, String)>> {
    let parts: Vec<Option<(&str, &str)>> =
        references.iter().map(|reference| reference.split_once(['/', '-'])).collect();
    let n_distinct = |part: fn((&str, &str)) -> String| {
        let mut all: Vec<String> = parts.iter().flatten().map(|pair| part(*pair)).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    let is_year_first =
        n_distinct(|pair| pair.0.trim().to_owned()) < n_distinct(|pair| pair.1.trim().to_owned());
    let value = |(first, second): (&str, &str)| {
        let (counts, stays) = if is_year_first { (second, first) } else { (first, second) };
        let digits: String = counts.chars().filter(char::is_ascii_digit).collect();
        Some((digits.parse::<u32>().ok()?.checked_mul(WHOLE)?, stays.trim().to_owned()))
    };
    parts.into_iter().map(|pair| pair.and_then(value)).collect()
}
