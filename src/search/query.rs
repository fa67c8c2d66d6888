//! The syntax tree of a query, its limits, and its canonical text.
//!
//! The text of a tree reads back as an equal tree.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use super::{fuzzy, pattern, token};
use crate::model::{DateRange, Digest};

/// The most characters that a query may have. The longest theme of the seed
/// codebook has 1,400.
pub const MAX_LENGTH: usize = 50_000;

/// The most characters that one word of a query may have.
pub const MAX_WORD: usize = 255;

/// The most words that a query may have, those of phrases and masks included.
/// Each is looked for in every candidate; the longest seed theme has 150.
pub const MAX_WORDS: usize = 2_000;

/// How deep brackets, NOTs and chains of NEAR may go into each other: what
/// reads and evaluates them calls itself once a level.
pub const MAX_DEPTH: usize = 50;

/// The most words with `~` that a query may have: each is compared with every
/// word of the texts.
pub const MAX_FUZZY: usize = 100;

/// The fewest letters that a word may have before `~1` and before `~2`: of
/// shorter ones, most words of that length are a few edits away.
pub const MIN_FUZZY: [usize; 2] = [4, 6];

/// The most tokens that NEAR and PRE may leave between; paragraphs are shorter.
pub const MAX_DISTANCE: u32 = 1_000;

/// How terms and the words of phrases match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terms {
    /// By English stem, unless in single quotes or with `*`: for finding.
    Stemmed,
    /// As written: for counting, as in a codebook.
    Exact,
}

/// A query as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// How its plain terms were read.
    pub terms: Terms,
    /// What is hidden before `clause` is tested, each tested on the full text.
    pub masks: Vec<Clause>,
    /// What must be true.
    pub clause: Clause,
}

/// One condition, and those that it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// A term or a phrase.
    Phrase(Phrase),
    /// Two matches near each other; its sides are phrases, NEARs, and ORs over
    /// these, and nothing else.
    Near(Box<Near>),
    /// A field holds something; no field stands within a field.
    Field(Field, Box<Clause>),
    /// The date lies wholly in a range.
    Date(DateRange),
    /// It is not true.
    Not(Box<Clause>),
    /// All are true; two or more.
    And(Vec<Clause>),
    /// At least one is true; two or more.
    Or(Vec<Clause>),
}

/// A match of each side, which share no token, and how they must stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// What stands left of the operator.
    pub left: Clause,
    /// What stands right of it.
    pub right: Clause,
    /// How they must stand to each other.
    pub link: Link,
}

/// How the two sides of a [`Near`] must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// In either order, with at most so many tokens between; at most
    /// [`MAX_DISTANCE`].
    Near(u32),
    /// The left one first, with at most so many tokens between.
    Pre(u32),
    /// In one sentence, in either order.
    Sentence,
    /// In one passage, in either order, whatever the query's unit.
    Passage,
}

/// One or more words that stand next to each other, in order; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(pub Vec<Slot>);

/// One place of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// A word; it also finds a compound that reads so without its hyphens.
    Word(Word),
    /// A word typed with hyphens: finds its parts next to each other, or the
    /// joined word as [`Slot::Word`] does.
    Hyphened {
        /// Its parts, two or more.
        parts: Vec<Word>,
        /// Its parts written as one word.
        joined: Word,
    },
}

/// One word, folded as tokens are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Word {
    /// Matches the token as written.
    Exact(String),
    /// Matches tokens of the same English stem; in a text in Welsh, those as typed.
    Stem {
        /// The word as typed.
        word: String,
        /// Its stem.
        stem: String,
    },
    /// Matches tokens that fit; each `*` is any number of letters or digits.
    Pattern(String),
    /// Matches tokens as written that are a few edits away.
    Fuzzy {
        /// The word as typed.
        word: String,
        /// The most edits: a letter more, less or other, or two neighbours
        /// swapped; 1 or 2.
        distance: u8,
    },
}

/// A field of the context that a passage inherits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The title of the agenda item.
    Title,
    /// The name of the body.
    Body,
    /// The number of the agenda item.
    Item,
    /// The name and the slug of the council.
    Council,
    /// The kind of the passage.
    Kind,
}

impl Field {
    /// All fields that hold words, in the order in which help names them.
    pub const ALL: [Self; 5] = [Self::Title, Self::Body, Self::Item, Self::Council, Self::Kind];

    /// The name that stands before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::Item => "item",
            Self::Council => "council",
            Self::Kind => "kind",
        }
    }
}

/// Where a query is wrong, and what was expected there. Prints as one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct QueryError {
    /// The place in the query, in characters, from 1.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl Word {
    /// Whether a word of a text, with that stem, is a match; a word in Welsh has
    /// none.
    pub fn fits(&self, word: &str, stem: Option<&str>) -> bool {
        match self {
            Self::Exact(wanted) => wanted == word,
            Self::Pattern(wanted) => pattern::fits(wanted, word),
            Self::Fuzzy { word: wanted, distance } => fuzzy::fits(wanted, *distance, word),
            Self::Stem { word: typed, stem: wanted } => typed == word || Some(wanted.as_str()) == stem,
        }
    }

    /// The word as typed, folded, without `~` and what stands after it.
    pub fn text(&self) -> &str {
        match self {
            Self::Exact(word) | Self::Pattern(word) | Self::Stem { word, .. } | Self::Fuzzy { word, .. } => {
                word
            }
        }
    }

    fn nearly(&self) -> Self {
        let (Self::Exact(word) | Self::Stem { word, .. }) = self else { return self.clone() };
        let n_letters = word.chars().count();
        match MIN_FUZZY.iter().filter(|&&fewest| n_letters >= fewest).count() {
            0 => self.clone(),
            distance => Self::Fuzzy { word: word.clone(), distance: distance as u8 },
        }
    }

    /// Makes a word of folded text, which may hold `*`.
    pub(super) fn new(text: &str, terms: Terms) -> Self {
        match terms {
            _ if text.contains('*') => Self::Pattern(text.to_owned()),
            Terms::Exact => Self::Exact(text.to_owned()),
            Terms::Stemmed => Self::Stem { word: text.to_owned(), stem: token::stem(text) },
        }
    }
}

impl Clause {
    /// Whether it asks for words of the text: fields, dates and NOT do not, nor what is made of
    /// these alone.
    pub(super) fn asks_for_words(&self) -> bool {
        match self {
            Self::Phrase(_) | Self::Near(_) => true,
            Self::Field(..) | Self::Date(_) | Self::Not(_) => false,
            Self::And(all) | Self::Or(all) => all.iter().any(Self::asks_for_words),
        }
    }

    /// Whether it cannot be true without a word of the text: each of several alternatives asks for
    /// one.
    pub fn rests_on_words(&self) -> bool {
        match self {
            Self::Phrase(_) | Self::Near(_) => true,
            Self::Field(..) | Self::Date(_) | Self::Not(_) => false,
            Self::And(all) => all.iter().any(Self::rests_on_words),
            Self::Or(all) => all.iter().all(Self::rests_on_words),
        }
    }

    /// Whether it has a NOT, in its fields too.
    pub fn has_not(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::Field(_, inner) => inner.has_not(),
            Self::And(all) | Self::Or(all) => all.iter().any(Self::has_not),
            Self::Phrase(_) | Self::Near(_) | Self::Date(_) => false,
        }
    }

    /// The same with each word that is long enough a few edits away.
    pub fn nearly(&self) -> Self {
        let nearly = |clause: &Self| clause.nearly();
        match self {
            Self::Phrase(Phrase(slots)) => Self::Phrase(Phrase(slots.iter().map(Slot::nearly).collect())),
            Self::Near(near) => {
                let Near { left, right, link } = &**near;
                Self::Near(Box::new(Near { left: left.nearly(), right: right.nearly(), link: *link }))
            }
            Self::Field(field, inner) => Self::Field(*field, Box::new(inner.nearly())),
            Self::Date(range) => Self::Date(*range),
            Self::Not(inner) => Self::Not(Box::new(inner.nearly())),
            Self::And(all) => Self::And(all.iter().map(nearly).collect()),
            Self::Or(all) => Self::Or(all.iter().map(nearly).collect()),
        }
    }
}

impl Slot {
    fn nearly(&self) -> Self {
        match self {
            Self::Word(word) => Self::Word(word.nearly()),
            Self::Hyphened { parts, joined } => {
                Self::Hyphened { parts: parts.iter().map(Word::nearly).collect(), joined: joined.nearly() }
            }
        }
    }

    fn words(&self) -> &[Word] {
        match self {
            Self::Word(word) => std::slice::from_ref(word),
            Self::Hyphened { parts, .. } => parts,
        }
    }
}

impl Query {
    /// Its conditions on what a passage inherits, masks left out: fields and dates.
    pub fn fields(&self) -> Vec<&Clause> {
        let mut fields = Vec::new();
        let mut open = vec![&self.clause];
        while let Some(clause) = open.pop() {
            match clause {
                Clause::Field(..) | Clause::Date(_) => fields.push(clause),
                Clause::Not(inner) => open.push(inner),
                Clause::And(all) | Clause::Or(all) => open.extend(all.iter().rev()),
                Clause::Phrase(_) | Clause::Near(_) => {}
            }
        }
        fields
    }

    /// Tells it from others: `sha256:` and the first 16 digits of the SHA-256 of its canonical text,
    /// masks included. A prefix, lest a spreadsheet take it for a number. Of one text read by stem
    /// and read as written there are two, of two texts of one meaning one: exact words stand in
    /// quotes, whatever its plain terms are.
    pub fn digest(&self) -> String {
        let text = Self { terms: Terms::Stemmed, ..self.clone() }.to_string();
        format!("sha256:{:.16}", Digest::of(text.as_bytes()).0)
    }

    /// The fields in it that are of meetings as a whole, each once.
    pub fn meeting_fields(&self) -> BTreeSet<&'static str> {
        let name = |clause: &Clause| match clause {
            Clause::Field(field @ (Field::Body | Field::Council), _) => Some(field.name()),
            Clause::Date(_) => Some("date"),
            _ => None,
        };
        self.fields().into_iter().filter_map(name).collect()
    }

    /// The places of its terms and phrases, masks included, fields left out.
    pub fn slots(&self) -> Vec<&Slot> {
        let mut slots = Vec::new();
        let mut open: Vec<&Clause> = [&self.clause].into_iter().chain(self.masks.iter().rev()).collect();
        while let Some(clause) = open.pop() {
            match clause {
                Clause::Phrase(Phrase(of_phrase)) => slots.extend(of_phrase),
                Clause::Near(near) => open.extend([&near.right, &near.left]),
                Clause::Not(inner) => open.push(inner),
                Clause::And(all) | Clause::Or(all) => open.extend(all.iter().rev()),
                Clause::Field(..) | Clause::Date(_) => {}
            }
        }
        slots
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())?;
        match self {
            Self::Fuzzy { distance, .. } => write!(f, "~{distance}"),
            Self::Exact(_) | Self::Pattern(_) | Self::Stem { .. } => Ok(()),
        }
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for mask in &self.masks {
            write!(f, "MASK({}) ", Shown(mask, self.terms))?;
        }
        Shown(&self.clause, self.terms).fmt(f)
    }
}

/// A clause with what is needed to print it: an exact word needs quotes only
/// where others match by stem.
pub(super) struct Shown<'a>(pub &'a Clause, pub Terms);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(clause, terms) = *self;
        match clause {
            Clause::Phrase(phrase) => show_phrase(phrase, terms, f),
            Clause::Date(range) => show_date(*range, f),
            Clause::Field(field, inner) => {
                write!(f, "{}:", field.name())?;
                self.inner(inner, |inner| matches!(inner, Clause::Phrase(_)), f)
            }
            Clause::Near(near) => {
                self.inner(&near.left, |side| matches!(side, Clause::Phrase(_) | Clause::Near(_)), f)?;
                match near.link {
                    Link::Near(distance) => write!(f, " NEAR/{distance} ")?,
                    Link::Pre(distance) => write!(f, " PRE/{distance} ")?,
                    Link::Sentence => f.write_str(" /S ")?,
                    Link::Passage => f.write_str(" /P ")?,
                }
                self.inner(&near.right, |side| matches!(side, Clause::Phrase(_)), f)
            }
            Clause::Not(inner) => {
                f.write_str("NOT ")?;
                self.inner(inner, |inner| !matches!(inner, Clause::And(_) | Clause::Or(_)), f)
            }
            Clause::And(all) => {
                self.list(all, " AND ", |inner| !matches!(inner, Clause::And(_) | Clause::Or(_)), f)
            }
            Clause::Or(all) => self.list(all, " OR ", |inner| !matches!(inner, Clause::Or(_)), f),
        }
    }
}

impl Shown<'_> {
    fn list(
        &self,
        all: &[Clause],
        between: &str,
        is_bare: impl Fn(&Clause) -> bool,
        f: &mut Formatter<'_>,
    ) -> fmt::Result {
        for (at, clause) in all.iter().enumerate() {
            if at > 0 {
                f.write_str(between)?;
            }
            self.inner(clause, &is_bare, f)?;
        }
        Ok(())
    }

    fn inner(&self, inner: &Clause, is_bare: impl Fn(&Clause) -> bool, f: &mut Formatter<'_>) -> fmt::Result {
        let shown = Shown(inner, self.1);
        if is_bare(inner) { shown.fmt(f) } else { write!(f, "({shown})") }
    }
}

fn show_phrase(Phrase(slots): &Phrase, terms: Terms, f: &mut Formatter<'_>) -> fmt::Result {
    let is_exact = |slot: &Slot| slot.words().iter().any(|word| matches!(word, Word::Exact(_)));
    let quote = match slots.as_slice() {
        _ if terms == Terms::Stemmed && slots.iter().any(is_exact) => "'",
        [_] => "",
        _ => "\"",
    };
    f.write_str(quote)?;
    for (at, slot) in slots.iter().enumerate() {
        if at > 0 {
            f.write_str(" ")?;
        }
        for (at, word) in slot.words().iter().enumerate() {
            if at > 0 {
                f.write_str("-")?;
            }
            word.fmt(f)?;
        }
    }
    f.write_str(quote)
}

fn show_date(range: DateRange, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("date:")?;
    if let Some(from) = range.from {
        from.fmt(f)?;
    }
    if range.from == range.to {
        return Ok(());
    }
    f.write_str("..")?;
    match range.to {
        Some(to) => to.fmt(f),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::parse;

    #[test]
    fn a_digest_is_of_the_meaning() {
        let digest = |text: &str, terms| parse(text, terms).unwrap().digest();
        // One text, matched by stem or as written.
        for text in
            ["vacancies", "vacancies NEAR/3 posts", "title:vacancies AND 'posts'", "MASK(posts) vacanc*"]
        {
            assert_ne!(digest(text, Terms::Stemmed), digest(text, Terms::Exact), "{text}");
        }
        // Two texts of one meaning.
        let stemmed = digest("'empty posts' NEAR/3 'staff' OR vacanc*", Terms::Stemmed);
        assert_eq!(digest("\"empty posts\" NEAR/3 staff OR  vacanc*", Terms::Exact), stemmed);
        assert_eq!(digest("vacanc*", Terms::Stemmed), digest("vacanc*", Terms::Exact));
    }
}
