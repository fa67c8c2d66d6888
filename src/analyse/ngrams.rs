//! Sequences of words that recur: where they stand, which of them are only the
//! template of a document, and which are parts of longer ones.
//!
//! Pure: words are numbers. Counted length by length, for a sequence can be frequent
//! only if its parts are; in memory are 24 bytes for each word of the text,
//! beside the text itself.

use std::hash::{Hash, Hasher};
use std::ops::RangeInclusive;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use super::noun_phrase::{Opening, Openings};
use super::{Dispersion, Frequency, Part, dispersion, keyness};

/// A body says a sequence as a matter of routine where it stands in at least this share
/// of its meetings.
pub const ROUTINE_SHARE: f64 = 0.8;

/// Of a body with fewer meetings nothing is routine.
pub const ROUTINE_MEETINGS: u64 = 4;

/// How many words on each side are compared, to tell a sequence that is copied with
/// what stands around it.
pub const SURROUNDINGS: usize = 3;

/// A sequence is template where more than this share of its matches is.
pub const TEMPLATE_SHARE: f64 = 0.5;

/// A sequence is folded into a longer one that has more than this share of its matches.
pub const FOLDED_SHARE: f64 = 0.5;

/// Items that each sequence is given beforehand, one of them with a second match: what
/// stands in three items, and twice in each, is not surer to come again than what does so
/// in thirty of sixty.
pub const ITEMS_BEFOREHAND: u64 = 10;

/// Of what is counted in no sequence.
const NONE: u32 = u32::MAX;

/// Where a meeting belongs. Councils and bodies are numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeetingPlace {
    /// The council.
    pub council: u32,
    /// The body, among those of all councils.
    pub body: u32,
    /// The year; `None` where it is not known.
    pub year: Option<i16>,
}

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedWord {
    /// The number of the word; the same for all its matches.
    pub number: u32,
    /// Whether it is written with a capital here.
    pub is_capital: bool,
}

/// Passages as numbers of words, one after another.
#[derive(Debug, Clone, Default)]
pub struct NumberedText {
    words: Vec<u32>,
    /// Of each word, whether it is written with a capital.
    capitals: Vec<bool>,
    /// Of each word, its sentence; a passage has at least one of its own.
    sentences: Vec<u32>,
    /// Of each sentence, its passage.
    passages: Vec<u32>,
    /// Of each passage, its item.
    items: Vec<u32>,
    /// Of each item, its meeting.
    meetings: Vec<u32>,
    places: Vec<MeetingPlace>,
    /// Of each word, by its number, how often it stands.
    word_counts: Vec<u64>,
    /// Words of each council.
    council_sizes: Vec<u64>,
    /// Meetings of each body.
    body_sizes: Vec<u64>,
}

/// What a sequence must have to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Least {
    /// Matches that no end of a sentence parts.
    pub matches: u64,
    /// Councils that have it.
    pub councils: u64,
    /// Years that have it.
    pub years: u64,
}

/// A sequence of words, with every place where it stands in a passage; as a phrase of a
/// query, also over the end of a sentence.
pub struct Sequence<'a> {
    text: &'a NumberedText,
    length: usize,
    entries: &'a [Entry],
    /// How often the sequence without its last word stands, and that word; the first
    /// word, and the sequence without it.
    splits: [[u64; 2]; 2],
}

/// How often a sequence stands, and in how many places of each size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SequenceCounts {
    /// Every time.
    pub matches: u64,
    /// Passages.
    pub passages: u64,
    /// Meetings.
    pub meetings: u64,
    /// Councils.
    pub councils: u64,
    /// Years that are known.
    pub years: u64,
}

/// In how many agenda items a sequence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemCounts {
    /// Items.
    pub items: u64,
    /// Those of them that have it twice or more.
    pub repeating: u64,
}

impl ItemCounts {
    /// How likely an item that has the sequence is to have it again, from 0 to 1: what is
    /// talked about comes again, what is only a way of speaking does not. The share of the
    /// items, with [`ITEMS_BEFOREHAND`].
    ///
    /// Source: adaptation in Church (2000), "Empirical estimates of adaptation: the chance
    /// of two Noriegas is closer to p/2 than p²", over whole documents and not over halves.
    pub fn adaptation(self) -> f64 {
        (self.repeating + 1) as f64 / (self.items + ITEMS_BEFOREHAND) as f64
    }
}

/// One place of a sequence, in the order of sequences: the number of what it begins
/// with, its last word, and where its first word stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    beginning: u32,
    last: u32,
    at: u32,
}

impl NumberedText {
    /// Takes in a meeting; the items that are pushed next are its own. A meeting has at
    /// least one.
    pub fn push_meeting(&mut self, place: MeetingPlace) {
        entry(&mut self.council_sizes, place.council);
        *entry(&mut self.body_sizes, place.body) += 1;
        self.places.push(place);
    }

    /// Takes in an item of the meeting that was pushed last; the passages that are pushed
    /// next are its own. Panics where there is no meeting.
    pub fn push_item(&mut self) {
        self.meetings.push(self.places.len() as u32 - 1);
    }

    /// Takes in a passage of the item that was pushed last: its words, and which of them
    /// end a sentence, ascending. Panics where there is no item.
    pub fn push_passage(&mut self, words: &[NumberedWord], sentence_ends: &[usize]) {
        let item = self.meetings.len() - 1;
        let place = self.places[self.meetings[item] as usize];
        self.council_sizes[place.council as usize] += words.len() as u64;
        let passage = self.items.len() as u32;
        self.items.push(item as u32);
        self.passages.push(passage);
        let mut ends = sentence_ends.iter().peekable();
        for (at, &NumberedWord { number, is_capital }) in words.iter().enumerate() {
            *entry(&mut self.word_counts, number) += 1;
            self.words.push(number);
            self.capitals.push(is_capital);
            self.sentences.push(self.passages.len() as u32 - 1);
            if ends.next_if(|end| **end == at).is_some() {
                self.passages.push(passage);
            }
        }
    }

    /// How many words there are.
    pub fn n_words(&self) -> u64 {
        self.words.len() as u64
    }

    fn sentence(&self, at: usize) -> u32 {
        self.sentences[at]
    }

    fn passage(&self, at: usize) -> u32 {
        self.passages[self.sentence(at) as usize]
    }

    fn item(&self, at: usize) -> u32 {
        self.items[self.passage(at) as usize]
    }

    fn meeting(&self, at: usize) -> u32 {
        self.meetings[self.item(at) as usize]
    }

    fn place(&self, at: usize) -> MeetingPlace {
        self.places[self.meeting(at) as usize]
    }

    /// The word before another, in the same passage.
    fn word_before(&self, at: usize) -> Option<u32> {
        let before = at.checked_sub(1)?;
        (self.passage(before) == self.passage(at)).then(|| self.words[before])
    }

    /// Of each word, by its number, what stands before it; of each word, what it opens is given.
    pub fn openings(&self, opens: &[Option<Opening>]) -> Vec<Openings> {
        let mut openings = vec![Openings::default(); self.word_counts.len()];
        for (at, &word) in self.words.iter().enumerate() {
            openings[word as usize].push(self.word_before(at).and_then(|before| opens[before as usize]));
        }
        openings
    }

    /// Every place of a sequence of that length whose parts are counted, unsorted.
    fn entries(&self, length: usize, parts: &[u32]) -> Vec<Entry> {
        let starts = 0..(self.words.len() + 1).saturating_sub(length);
        let is_open = |at: &usize| {
            parts[*at] != NONE && parts[at + 1] != NONE && self.passage(*at) == self.passage(at + length - 1)
        };
        let entry =
            |at: usize| Entry { beginning: parts[at], last: self.words[at + length - 1], at: at as u32 };
        starts.filter(is_open).map(entry).collect()
    }
}

/// The value of a number, which is made where it is not there.
fn entry(values: &mut Vec<u64>, number: u32) -> &mut u64 {
    let number = number as usize;
    if values.len() <= number {
        values.resize(number + 1, 0);
    }
    &mut values[number]
}

/// What `describe` makes of the sequences of these lengths that have at least so many
/// matches, councils and years; in no order that means anything.
///
/// A text has fewer than 2³² words.
pub fn sequences<T: Send>(
    text: &NumberedText,
    lengths: RangeInclusive<usize>,
    least: Least,
    describe: impl Fn(&Sequence) -> Option<T> + Sync,
) -> Vec<T> {
    let mut found = Vec::new();
    // Of each place, the sequence that begins there, one word shorter than those that
    // are counted; and how often each stands. At first the empty one, everywhere.
    let mut parts: Vec<u32> = vec![0; text.words.len() + 1];
    let mut counts: Vec<u64> = vec![text.n_words()];
    for length in 1..=*lengths.end() {
        let mut entries = text.entries(length, &parts);
        entries.par_sort_unstable();
        let of_one = |one: &Entry, other: &Entry| (one.beginning, one.last) == (other.beginning, other.last);
        let count = |entries: &[Entry]| {
            if (entries.len() as u64) < least.matches {
                return None;
            }
            let at = entries[0].at as usize;
            let [first, last] = [at, at + length - 1].map(|at| text.word_counts[text.words[at] as usize]);
            let [beginning, end] = [parts[at], parts[at + 1]].map(|part| counts[part as usize]);
            let sequence = Sequence { text, length, entries, splits: [[beginning, last], [first, end]] };
            let described = || if lengths.contains(&length) { describe(&sequence) } else { None };
            sequence.has(least).then(|| (entries.iter().map(|entry| entry.at).collect(), described()))
        };
        let kept: Vec<(Vec<u32>, Option<T>)> = entries.par_chunk_by(of_one).filter_map(count).collect();
        drop(entries);
        parts.fill(NONE);
        counts.clear();
        for (places, described) in kept {
            places.iter().for_each(|&at| parts[at as usize] = counts.len() as u32);
            counts.push(places.len() as u64);
            found.extend(described);
        }
    }
    found
}

impl Sequence<'_> {
    /// Its words.
    pub fn words(&self) -> &[u32] {
        let at = self.entries[0].at as usize;
        &self.text.words[at..at + self.length]
    }

    /// The first passage that has it, by its place among those that were pushed.
    pub fn first_passage(&self) -> usize {
        self.text.passage(self.entries[0].at as usize) as usize
    }

    /// Counts its places.
    pub fn counts(&self) -> SequenceCounts {
        SequenceCounts {
            matches: self.entries.len() as u64,
            passages: n_distinct(self.places().map(|at| self.text.passage(at))),
            meetings: n_distinct(self.places().map(|at| self.text.meeting(at))),
            councils: self.councils(),
            years: self.years(),
        }
    }

    /// In how many items it stands, and twice.
    pub fn item_counts(&self) -> ItemCounts {
        // Places are ascending, and so are items.
        let items: Vec<u32> = self.places().map(|at| self.text.item(at)).collect();
        let mut counts = ItemCounts { items: 0, repeating: 0 };
        for matches in items.chunk_by(|one, other| one == other) {
            counts.items += 1;
            counts.repeating += u64::from(matches.len() > 1);
        }
        counts
    }

    /// The share of its matches whose last word is written with a capital.
    pub fn capital_share(&self) -> f64 {
        let is_capital = |at: &usize| self.text.capitals[at + self.length - 1];
        self.places().filter(is_capital).count() as f64 / self.entries.len() as f64
    }

    /// What stands before its matches; of each word, what it opens is given.
    pub fn openings(&self, opens: &[Option<Opening>]) -> Openings {
        let mut openings = Openings::default();
        for at in self.places() {
            openings.push(self.text.word_before(at).and_then(|before| opens[before as usize]));
        }
        openings
    }

    /// How evenly it is spread over the councils by their words.
    pub fn dispersion(&self) -> Option<Dispersion> {
        let size = |&size: &u64| Part { size, count: 0 };
        let mut parts: Vec<Part> = self.text.council_sizes.iter().map(size).collect();
        for at in self.places() {
            parts[self.text.place(at).council as usize].count += 1;
        }
        dispersion(&parts)
    }

    /// How much more often its words stand together than by chance: G² of the table of
    /// a word by the words before it, signed; the lesser of the two where the sequence
    /// is split after its first word and before its last one. `None` where there is no
    /// chance to hold it against, as in a text of a few words.
    ///
    /// Source: Dunning (1993).
    pub fn signed_g2(&self) -> Option<f64> {
        let n = self.text.n_words();
        let together = self.entries.len() as u64;
        let of_split = |[before, after]: [u64; 2]| {
            let here = Frequency { count: together, size: before };
            let there = Frequency { count: after - together, size: n - before };
            Some(keyness(here, there, 1)?.four_term.signed_g2)
        };
        let [one, other] = self.splits.map(of_split);
        Some(one?.min(other?))
    }

    /// The share of its matches that are template: in a body that has it in at least
    /// [`ROUTINE_SHARE`] of [`ROUTINE_MEETINGS`] or more meetings, or between the same
    /// [`SURROUNDINGS`] words as another match, the ends of the passage standing for words.
    pub fn template_share(&self) -> f64 {
        let mut with: Vec<(u32, u32)> =
            self.places().map(|at| (self.text.place(at).body, self.text.meeting(at))).collect();
        with.sort_unstable();
        with.dedup();
        let mut meetings: FxHashMap<u32, u64> = FxHashMap::default();
        with.iter().for_each(|(body, _)| *meetings.entry(*body).or_default() += 1);
        let is_routine = |body: u32| {
            let of = self.text.body_sizes[body as usize];
            of >= ROUTINE_MEETINGS && meetings[&body] as f64 >= ROUTINE_SHARE * of as f64
        };
        let mut surroundings: FxHashMap<u64, u64> = FxHashMap::default();
        self.places().for_each(|at| *surroundings.entry(self.surroundings(at)).or_default() += 1);
        let is_template =
            |at: &usize| surroundings[&self.surroundings(*at)] > 1 || is_routine(self.text.place(*at).body);
        self.places().filter(is_template).count() as f64 / self.entries.len() as f64
    }

    /// A number for the words around a match.
    fn surroundings(&self, at: usize) -> u64 {
        let passage = self.text.passage(at);
        let is_of_passage = |at: &usize| *at < self.text.words.len() && self.text.passage(*at) == passage;
        let word = |at: Option<usize>| at.filter(is_of_passage).map(|at| self.text.words[at]);
        let mut hasher = FxHasher::default();
        for distance in 1..=SURROUNDINGS {
            word(at.checked_sub(distance)).hash(&mut hasher);
            word(Some(at + self.length - 1 + distance)).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().map(|entry| entry.at as usize)
    }

    fn councils(&self) -> u64 {
        n_distinct(self.places().map(|at| self.text.place(at).council))
    }

    fn years(&self) -> u64 {
        n_distinct(self.places().filter_map(|at| self.text.place(at).year))
    }

    fn has(&self, least: Least) -> bool {
        let is_within = |at: &usize| self.text.sentence(*at) == self.text.sentence(at + self.length - 1);
        self.places().filter(is_within).count() as u64 >= least.matches
            && (least.councils <= 1 || self.councils() >= least.councils)
            && (least.years == 0 || self.years() >= least.years)
    }
}

fn n_distinct<T: Ord>(values: impl Iterator<Item = T>) -> u64 {
    let mut values: Vec<T> = values.collect();
    values.dedup();
    values.sort_unstable();
    values.dedup();
    values.len() as u64
}

/// Which sequences remain where each is folded into a longer one that remains and has
/// more than [`FOLDED_SHARE`] of its matches; the words and matches of each are given.
pub fn unfolded(sequences: &[(&[u32], u64)]) -> Vec<bool> {
    let mut by_length: Vec<usize> = (0..sequences.len()).collect();
    by_length.sort_by_key(|&at| std::cmp::Reverse(sequences[at].0.len()));
    // Of each part of a sequence that remains, the most matches of one that has it.
    let mut parts: FxHashMap<&[u32], u64> = FxHashMap::default();
    let mut remains = vec![false; sequences.len()];
    for at in by_length {
        let (words, matches) = sequences[at];
        let in_longer = parts.get(words).copied().unwrap_or_default();
        remains[at] = in_longer as f64 <= FOLDED_SHARE * matches as f64;
        if remains[at] {
            for part in (1..words.len()).flat_map(|length| words.windows(length)) {
                let most = parts.entry(part).or_default();
                *most = matches.max(*most);
            }
        }
    }
    remains
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words are letters, `.` ends a sentence; a meeting is its council, its year, and
    /// its passages, each an item unless it begins with `+`. Each council has one body.
    fn text(meetings: &[(u32, i16, &[&str])]) -> NumberedText {
        let mut text = NumberedText::default();
        for (council, year, passages) in meetings {
            text.push_meeting(MeetingPlace { council: *council, body: *council, year: Some(*year) });
            for passage in *passages {
                let mut words = Vec::new();
                let mut ends = Vec::new();
                if !passage.starts_with('+') {
                    text.push_item();
                }
                for letter in passage.bytes().filter(|letter| *letter != b'+') {
                    match letter {
                        b'.' => ends.push(words.len() - 1),
                        letter => words.push(NumberedWord {
                            number: u32::from(letter.to_ascii_lowercase() - b'a'),
                            is_capital: letter.is_ascii_uppercase(),
                        }),
                    }
                }
                text.push_passage(&words, &ends);
            }
        }
        text
    }

    fn letters(words: &[u32]) -> String {
        words.iter().map(|&word| char::from(b'a' + word as u8)).collect()
    }

    /// Checks the sequences, each with its matches, passages, meetings, councils and years.
    #[track_caller]
    fn check(text: &NumberedText, lengths: RangeInclusive<usize>, least: [u64; 3], expected: &[&str]) {
        let [matches, councils, years] = least;
        let mut found = sequences(text, lengths, Least { matches, councils, years }, |sequence| {
            let SequenceCounts { matches, passages, meetings, councils, years } = sequence.counts();
            Some(format!("{} {matches} {passages} {meetings} {councils} {years}", letters(sequence.words())))
        });
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn sequences_are_counted_with_their_places() {
        let text = text(&[(0, 2019, &["abcab", "abc"]), (0, 2020, &["cab"]), (1, 2020, &["xabx"])]);
        check(&text, 2..=2, [2, 1, 0], &["ab 5 4 3 2 2", "bc 2 2 1 1 1", "ca 2 2 2 1 2"]);
        check(
            &text,
            2..=4,
            [2, 1, 0],
            &["ab 5 4 3 2 2", "abc 2 2 1 1 1", "bc 2 2 1 1 1", "ca 2 2 2 1 2", "cab 2 2 2 1 2"],
        );
        check(
            &text,
            4..=5,
            [1, 1, 0],
            &["abca 1 1 1 1 1", "abcab 1 1 1 1 1", "bcab 1 1 1 1 1", "xabx 1 1 1 1 1"],
        );
    }

    #[test]
    fn matches_overlap() {
        check(&text(&[(0, 2019, &["aaaa"])]), 2..=3, [1, 1, 0], &["aa 3 1 1 1 1", "aaa 2 1 1 1 1"]);
    }

    /// A sequence is found within sentences, but has the matches of a phrase.
    #[test]
    fn a_sequence_must_stand_within_sentences_often_enough() {
        let text = text(&[(0, 2019, &["ab", "a.b", "a.c", "a.c"])]);
        check(&text, 2..=2, [1, 1, 0], &["ab 2 2 1 1 1"]);
        check(&text, 2..=2, [2, 1, 0], &[]);
    }

    #[test]
    fn councils_and_years_are_asked_for() {
        let text = text(&[(0, 2019, &["ab", "cd"]), (1, 2019, &["ab"]), (0, 2020, &["cd"])]);
        check(&text, 2..=2, [1, 2, 0], &["ab 2 2 2 2 1"]);
        check(&text, 2..=2, [1, 1, 2], &["cd 2 2 2 1 2"]);
        check(&text, 2..=2, [1, 2, 2], &[]);
    }

    #[test]
    fn nothing_is_in_nothing() {
        check(&text(&[]), 2..=4, [1, 1, 0], &[]);
        check(&text(&[(0, 2019, &["", "a"])]), 2..=4, [1, 1, 0], &[]);
    }

    /// The share of the matches of `ab` that are template.
    #[track_caller]
    fn check_template(meetings: &[(u32, i16, &[&str])], expected: f64) {
        assert_eq!(of_ab(meetings, |sequence| sequence.template_share()), expected);
    }

    #[test]
    fn what_stands_between_the_same_words_is_template() {
        // The third has another word three places before.
        check_template(&[(0, 2019, &["xyzabxyz", "oxyzabxyz", "wyzabxyz", "abz"])], 0.5);
        check_template(&[(0, 2019, &["ab", "ab"]), (1, 2019, &["cab"])], 2.0 / 3.0);
    }

    #[test]
    fn what_a_body_says_in_nearly_every_meeting_is_template() {
        let said = [&["abc"][..], &["dab"], &["eab"], &["fabc"], &["c"]];
        let five: Vec<_> = said.iter().map(|passages| (0, 2019, *passages)).collect();
        check_template(&five, 1.0);
        check_template(&[&five[..], &[(0, 2019, &["c"])]].concat(), 0.0);
        // Three meetings are too few, and another body has it once.
        check_template(&five[..3], 0.0);
        check_template(&[&five[..], &[(1, 2019, &["hab"])]].concat(), 0.8);
    }

    /// What is asked of the sequence `ab`.
    fn of_ab<T: Send>(meetings: &[(u32, i16, &[&str])], ask: impl Fn(&Sequence) -> T + Sync) -> T {
        let least = Least { matches: 1, councils: 1, years: 0 };
        let found = sequences(&text(meetings), 2..=2, least, |sequence| {
            (letters(sequence.words()) == "ab").then(|| ask(sequence))
        });
        let [found]: [T; 1] = found.try_into().unwrap_or_else(|_| panic!("`ab` is not there once"));
        found
    }

    /// Twice in an item, over its passages as well; twice in a meeting is not enough.
    #[test]
    fn items_that_have_a_sequence_again_are_told() {
        let meetings = [(0, 2019, &["abcab", "ab", "cab", "+ab"][..]), (0, 2020, &["ab", "c"])];
        let counts = of_ab(&meetings, |sequence| sequence.item_counts());
        assert_eq!(counts, ItemCounts { items: 4, repeating: 2 });
        // (2 + 1) / (4 + 10)
        assert_eq!(format!("{:.4}", counts.adaptation()), "0.2143");
    }

    /// A capital at the beginning is often that of the sentence.
    #[test]
    fn capitals_are_those_of_the_last_word() {
        assert_eq!(of_ab(&[(0, 2019, &["Ab", "aB", "AB", "ab"])], |sequence| sequence.capital_share()), 0.5);
    }

    /// `n` opens a noun, `v` a verb; what stands in another passage opens nothing.
    #[test]
    fn what_stands_before_is_counted() {
        let mut opens = [None; 26];
        opens[usize::from(b'n' - b'a')] = Some(Opening::Noun);
        opens[usize::from(b'v' - b'a')] = Some(Opening::Verb);
        let meetings = [(0, 2019, &["nabvab", "xabn", "abnbnb"][..])];
        let of = |noun, verb| Openings { noun, verb };
        assert_eq!(of_ab(&meetings, |sequence| sequence.openings(&opens)), of(1, 1));
        let by_word = text(&meetings).openings(&opens);
        assert_eq!([by_word[0], by_word[1]], [of(1, 1), of(2, 0)]);
    }

    #[track_caller]
    fn check_unfolded(sequences: &[(&str, u64)], expected: &[&str]) {
        let words: Vec<Vec<u32>> =
            sequences.iter().map(|(letters, _)| letters.bytes().map(u32::from).collect()).collect();
        let given: Vec<(&[u32], u64)> =
            words.iter().zip(sequences).map(|(words, (_, matches))| (words.as_slice(), *matches)).collect();
        let remains = unfolded(&given);
        let found: Vec<&str> = sequences
            .iter()
            .zip(remains)
            .filter(|(_, remains)| *remains)
            .map(|((letters, _), _)| *letters)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_part_is_folded_into_what_has_most_of_its_matches() {
        check_unfolded(&[("ab", 10), ("abc", 6), ("bc", 12)], &["abc", "bc"]);
        check_unfolded(&[("ab", 10), ("abc", 5)], &["ab", "abc"]);
        // `abc` goes into `abcd`, and `ab` has twice what that has.
        check_unfolded(&[("ab", 8), ("abc", 6), ("abcd", 4)], &["ab", "abcd"]);
    }

    /// By hand for `ab` in 100 words, 8 of them a, 10 b, together 7: Σ 2 O ln(O/E) over
    /// 7, 1, 3, 89 with E of 0.8, 7.2, 9.2, 82.8.
    #[test]
    fn words_that_keep_together_stand_out() {
        let passage = "ababababababaabbbb".to_owned() + &"cdefghijk".repeat(10)[..82];
        let text = text(&[(0, 2019, &[&passage])]);
        assert_eq!(text.n_words(), 100);
        let least = Least { matches: 1, councils: 1, years: 0 };
        let found = sequences(&text, 2..=2, least, |sequence| {
            (letters(sequence.words()) == "ab").then(|| (sequence.counts().matches, sequence.signed_g2()))
        });
        let [(matches, Some(g2))] = found[..] else { panic!("{found:?}") };
        assert_eq!((matches, format!("{g2:.3}")), (7, "32.548".to_owned()));
    }
}
