//! `ngrams`: the most frequent sequences of words.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::str::FromStr;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::filters::FilterArgs;
use super::groups::say_left_out;
use super::search::{Limit, plural};
use super::{Context, Outcome};
use crate::analyse::{Least, MeetingPlace, NumberedText, NumberedWord, SequenceCounts, sequences};
use crate::index::{Index, item_of};
use crate::model::{MeetingId, Passage, PassageId, Result};
use crate::report::{Cell, Table};
use crate::search::{Filter, Tokens};

const COLUMNS: [&str; 7] = ["phrase", "length", "matches", "passages", "meetings", "councils", "years"];

/// The arguments of `ngrams`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    filters: FilterArgs,
    /// How many words a sequence has: a number from 2 to 5, or a range.
    #[arg(long, default_value = "2..4", value_name = "N..N")]
    length: Lengths,
    /// Show sequences that stand within sentences at least so often.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    min_count: u64,
    /// How many sequences are shown: a number, or `all`.
    #[arg(long, default_value = "50", value_name = "N|all", allow_negative_numbers = true)]
    limit: Limit,
}

/// The most words of a sequence.
const LONGEST: usize = 5;

/// How many words sequences have.
#[derive(Clone)]
pub struct Lengths(pub RangeInclusive<usize>);

impl FromStr for Lengths {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let range = least.parse().ok().zip(most.parse().ok());
        let is_possible = |(least, most): &(usize, usize)| 2 <= *least && least <= most && *most <= LONGEST;
        match range.filter(is_possible) {
            Some((least, most)) => Ok(Self(least..=most)),
            None => Err(format!("`{text}` is no length from 2 to {LONGEST}; write 3 or 2..4")),
        }
    }
}

/// All that passes a filter, its words as numbers.
pub struct Read {
    /// The text.
    pub text: NumberedText,
    /// The passages, in the order of the text.
    pub passages: Vec<PassageId>,
    words: Vec<String>,
    /// Words that also stand as several with hyphens between, such as `email`; of these a
    /// query finds both.
    hyphened: HashSet<String>,
}

impl Read {
    /// Reads what passes the filter.
    pub fn new(index: &Index, filter: &Filter) -> Result<Self> {
        let mut reader = Reader::default();
        for chunk in index.passages(filter) {
            let chunk = chunk?;
            let tokens: Vec<Tokens> = chunk.par_iter().map(|passage| Tokens::read(&passage.text)).collect();
            chunk.into_iter().zip(&tokens).for_each(|(passage, tokens)| reader.push(passage, tokens));
        }
        Ok(reader.finish())
    }

    /// The phrase of these words.
    pub fn phrase(&self, words: &[u32]) -> String {
        let words: Vec<&str> = words.iter().map(|&word| self.word(word)).collect();
        words.join(" ")
    }

    /// A word, by its number.
    pub fn word(&self, number: u32) -> &str {
        &self.words[number as usize]
    }

    /// How many words there are.
    pub fn n_words(&self) -> usize {
        self.words.len()
    }

    /// Says how much was read, and how these phrases are found again.
    pub fn say(&self, context: &Context, phrases: &[String]) {
        context.say(format!(
            "{} in {} looked through; each phrase counts as `search '\"PHRASE\"' --exact` finds it",
            plural(self.text.n_words(), "word", "words"),
            plural(self.passages.len() as u64, "passage", "passages"),
        ));
        let is_hyphened = |phrase: &&String| phrase.split(' ').any(|word| self.hyphened.contains(word));
        let hyphened: Vec<String> =
            phrases.iter().filter(is_hyphened).map(|phrase| format!("`{phrase}`")).collect();
        if !hyphened.is_empty() {
            context.say(format!(
                "search finds more of {}, as one of the words also stands with hyphens in it",
                hyphened.join(", ")
            ));
        }
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    text: NumberedText,
    passages: Vec<PassageId>,
    words: Vec<String>,
    numbers: FxHashMap<String, u32>,
    councils: FxHashMap<String, u32>,
    bodies: FxHashMap<(u32, String), u32>,
    meeting: Option<MeetingId>,
    item: String,
    compounds: HashSet<String>,
}

impl Reader {
    /// Takes in a passage. Those of a meeting come one after another, and those of an item.
    fn push(&mut self, passage: Passage, tokens: &Tokens) {
        let item = item_of(&passage);
        if self.meeting.as_ref() != Some(&passage.meeting) {
            let n_councils = self.councils.len() as u32;
            let council = *self.councils.entry(passage.council).or_insert(n_councils);
            let n_bodies = self.bodies.len() as u32;
            let body = *self.bodies.entry((council, passage.body)).or_insert(n_bodies);
            let year = passage.date.map(|date| date.year());
            self.text.push_meeting(MeetingPlace { council, body, year });
            self.meeting = Some(passage.meeting);
        }
        if item != self.item {
            self.text.push_item();
            self.item = item;
        }
        let is_capital = |at: usize| passage.text[tokens.range(at)].starts_with(char::is_uppercase);
        let number = |(at, word)| NumberedWord { number: self.number(word), is_capital: is_capital(at) };
        let words: Vec<NumberedWord> = tokens.words().enumerate().map(number).collect();
        self.text.push_passage(&words, tokens.sentence_ends());
        self.passages.push(passage.passage_id);
        for compound in tokens.compounds() {
            if !self.compounds.contains(&compound.word) {
                self.compounds.insert(compound.word.clone());
            }
        }
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let number = self.words.len() as u32;
        self.words.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }

    fn finish(self) -> Read {
        let Self { text, passages, words, numbers, mut compounds, .. } = self;
        compounds.retain(|word| numbers.contains_key(word));
        Read { text, passages, words, hyphened: compounds }
    }
}

/// The cells of how often a sequence stands.
pub fn count_cells(counts: SequenceCounts) -> [Cell; 5] {
    let SequenceCounts { matches, passages, meetings, councils, years } = counts;
    [matches, passages, meetings, councils, years].map(Cell::from)
}

/// Runs `ngrams`.
pub fn run(context: &Context, args: Args) -> anyhow::Result<Outcome> {
    let filter = args.filters.filter(context)?;
    let index = context.index()?;
    let read = Read::new(&index, &filter)?;
    let least = Least { matches: args.min_count, councils: 1, years: 0 };
    let mut found = sequences(&read.text, args.length.0, least, |sequence| {
        Some((sequence.words().to_vec(), sequence.counts()))
    });
    let n_found = found.len();
    let by_matches = |(words, counts): &(Vec<u32>, SequenceCounts)| {
        (std::cmp::Reverse(counts.matches), read.phrase(words))
    };
    found.sort_by_cached_key(by_matches);
    found.truncate(args.limit.0);

    let mut table = Table::new(&COLUMNS);
    let phrases: Vec<String> = found.iter().map(|(words, _)| read.phrase(words)).collect();
    for ((words, counts), phrase) in found.iter().zip(&phrases) {
        let mut cells: Vec<Cell> = vec![phrase.as_str().into(), words.len().into()];
        cells.extend(count_cells(*counts));
        table.push(cells);
    }
    context.write(&table)?;
    context.say(format!(
        "{} with {} or more matches within sentences, {} shown; years are those that are known",
        plural(n_found as u64, "sequence", "sequences"),
        args.min_count,
        found.len(),
    ));
    read.say(context, &phrases);
    say_left_out(context, &index, &filter)?;
    Ok(Outcome::found(!found.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<RangeInclusive<usize>>) {
        assert_eq!(text.parse().ok().map(|Lengths(range)| range), expected, "{text}");
    }

    #[test]
    fn lengths_are_a_number_or_a_range() {
        check("2..4", Some(2..=4));
        check("5", Some(5..=5));
        for text in ["1..3", "2..6", "4..3", "2..", "", "two"] {
            check(text, None);
        }
    }
}
