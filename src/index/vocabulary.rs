//! All words of the index, and those of each stem: what a word of a query may
//! stand for. `index/words.txt` and `index/stems.txt`.
//!
//! The engine holds words as written only; a stem, a wildcard or a word with
//! mistakes is looked up as all the words that fit it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tantivy::Searcher;
use tantivy::schema::{Field, IndexRecordOption};

use super::readings::write_whole;
use super::tokens::{COMPOUND, word_of};
use crate::model::{Error, Result};
use crate::search::{MIN_FUZZY, Word, beginning, stem};

/// The most words that one word of a query may stand for: each is read from the
/// engine by itself.
pub const MOST_WORDS: usize = 10_000;

/// The terms of the index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// `term`, tab, in how many passages it stands, line feed; sorted; of words and
    /// compounds.
    words: String,
    /// `stem`, then for each of its terms a tab and its [`tail`], line feed; sorted; of
    /// words that are no stems themselves.
    stems: String,
}

/// A term that a word of a query stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordTerm {
    /// The term.
    pub text: String,
    /// How many tokens it is.
    pub n_tokens: u32,
    /// Whether it is one in English.
    pub in_english: bool,
    /// Whether it is one in Welsh, whose words have no stems.
    pub in_welsh: bool,
    /// In how many passages it stands.
    pub n_passages: u64,
}

impl Vocabulary {
    /// Finds the words of all that is indexed.
    pub fn find(searcher: &Searcher, words: Field) -> tantivy::Result<Self> {
        let mut terms: BTreeMap<String, u64> = BTreeMap::new();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(words)?;
            let mut stream = inverted.terms().stream()?;
            while let Some((term, info)) = stream.next() {
                let term = String::from_utf8_lossy(term);
                if word_of(&term).is_none() {
                    continue;
                }
                let n_passages = match segment.alive_bitset() {
                    None => u64::from(info.doc_freq),
                    // What was replaced stands there until segments are merged.
                    Some(alive) => {
                        let mut blocks =
                            inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                        let mut n_alive = 0;
                        while !blocks.docs().is_empty() {
                            n_alive +=
                                blocks.docs().iter().filter(|&&doc| alive.is_alive(doc)).count() as u64;
                            blocks.advance();
                        }
                        n_alive
                    }
                };
                if n_passages > 0 {
                    *terms.entry(term.into_owned()).or_default() += n_passages;
                }
            }
        }
        Ok(Self::of(&terms))
    }

    /// Those of these terms, each with in how many passages it stands.
    fn of(terms: &BTreeMap<String, u64>) -> Self {
        let mut words = Vec::new();
        let mut tails: BTreeMap<String, String> = BTreeMap::new();
        for (term, n_passages) in terms {
            words.push(format!("{term}\t{n_passages}\n"));
            let stem = word_of(term).map(|(word, _)| (stem(word), word));
            if let Some((stem, word)) = stem
                && stem != word
            {
                let tail = tail(&stem, term);
                let tails = tails.entry(stem).or_default();
                tails.push('\t');
                tails.push_str(&tail);
            }
        }
        // As lines, which is not the order of the terms: a tab stands before all
        // letters, but after the mark of a compound.
        words.sort_unstable();
        let mut stems: Vec<String> =
            tails.into_iter().map(|(stem, tails)| format!("{stem}{tails}\n")).collect();
        stems.sort_unstable();
        Self { words: words.concat(), stems: stems.concat() }
    }

    /// Reads them from an index's folder.
    pub fn read(folder: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(Error::io("read", &path))
        };
        Ok(Self { words: read("words.txt")?, stems: read("stems.txt")? })
    }

    /// Writes them there, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<()> {
        write_whole(&folder.join("words.txt"), self.words.as_bytes())?;
        write_whole(&folder.join("stems.txt"), self.stems.as_bytes())
    }

    /// The terms that a word of a query stands for.
    ///
    /// Fails if they are more than [`MOST_WORDS`].
    pub fn terms_of(&self, word: &Word) -> Result<Vec<WordTerm>> {
        let mut terms = Vec::new();
        let mut n_words = 0;
        let mut add = |line: &str| {
            let Some((text, n_passages)) = line.split_once('\t') else { return };
            let Some((of_term, n_tokens)) = word_of(text) else { return };
            let stem = matches!(word, Word::Stem { .. }).then(|| stem(of_term));
            let in_english = word.fits(of_term, stem.as_deref());
            let in_welsh = word.fits(of_term, None);
            if !(in_english || in_welsh) {
                return;
            }
            n_words += 1;
            if n_words <= MOST_WORDS {
                let (text, n_passages) = (text.to_owned(), n_passages.parse().unwrap_or_default());
                terms.push(WordTerm { text, n_tokens, in_english, in_welsh, n_passages });
            }
        };
        match word {
            Word::Exact(word) => self.as_written(word).for_each(&mut add),
            Word::Stem { stem, .. } => {
                let of_stem = lines_from(&self.stems, &format!("{stem}\t"));
                let terms =
                    of_stem.flat_map(|line| line.split('\t').skip(1)).map(|tail| with_tail(stem, tail));
                // The line of a term holds its number too.
                terms.for_each(|term| lines_from(&self.words, &format!("{term}\t")).for_each(&mut add));
                self.as_written(stem).for_each(&mut add);
            }
            Word::Fuzzy { .. } => {
                // Compared before `add` asks for their stems: these are all words.
                let is_near =
                    |line: &&str| word_of(term_of(line)).is_some_and(|(of_term, _)| word.fits(of_term, None));
                lines_from(&self.words, "").filter(is_near).for_each(&mut add);
            }
            Word::Pattern(wanted) => lines_from(&self.words, beginning(wanted)).for_each(&mut add),
        }
        if n_words > MOST_WORDS {
            return Err(Error::Input(format!(
                "the query is not right: `{}` stands for {n_words} words of this index; \
                 the limit is {MOST_WORDS}: write more of its letters",
                word
            )));
        }
        Ok(terms)
    }

    /// Words of the index that are few edits away from one, nearest first and of these those
    /// of most passages, and in how many passages each stands.
    pub fn near(&self, word: &str) -> Vec<(&str, u64)> {
        let distances = if word.chars().count() < MIN_FUZZY[1] { 1..=1 } else { 1..=2 };
        let mut near: Vec<(&str, u64)> = Vec::new();
        for distance in distances {
            let wanted = Word::Fuzzy { word: word.to_owned(), distance };
            let words = self.words.lines().filter_map(|line| line.split_once('\t'));
            let is_new = |other: &str| !near.iter().any(|(known, _)| *known == other);
            let mut of_distance: Vec<(&str, u64)> = words
                .filter(|(other, _)| !other.contains(COMPOUND) && wanted.fits(other, None) && is_new(other))
                .map(|(other, n)| (other, n.parse().unwrap_or_default()))
                .collect();
            of_distance.sort_by_key(|(_, n)| Reverse(*n));
            near.extend(of_distance);
        }
        near
    }

    /// The terms of a word and of the compounds that read so.
    fn as_written(&self, word: &str) -> impl Iterator<Item = &str> {
        lines_from(&self.words, &format!("{word}\t"))
            .chain(lines_from(&self.words, &format!("{word}{COMPOUND}")))
    }
}

/// What makes a term of its stem: a `-` for each letter of the stem that it lacks at the
/// end, and then what it has instead: `-y` makes `happy` of `happi`. No word holds a `-`.
fn tail(stem: &str, term: &str) -> String {
    let n_same = stem.chars().zip(term.chars()).take_while(|(a, b)| a == b).count();
    let n_lacking = stem.chars().count() - n_same;
    "-".repeat(n_lacking).chars().chain(term.chars().skip(n_same)).collect()
}

/// The term that has this tail on its stem.
fn with_tail(stem: &str, tail: &str) -> String {
    let rest = tail.trim_start_matches('-');
    let n_lacking = tail.len() - rest.len();
    let n_kept = stem.chars().count().saturating_sub(n_lacking);
    stem.chars().take(n_kept).chain(rest.chars()).collect()
}

/// The term of a line.
fn term_of(line: &str) -> &str {
    line.split_once('\t').map_or(line, |(term, _)| term)
}

/// The lines of a sorted text that begin so.
fn lines_from<'a>(text: &'a str, beginning: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    // Where the line begins that holds this byte.
    let line_at =
        |at: usize| text.as_bytes()[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let start = line_at((low + high) / 2);
        let length = text.as_bytes()[start..].iter().position(|&byte| byte == b'\n');
        let end = length.map_or(text.len(), |length| start + length);
        if &text.as_bytes()[start..end] < beginning.as_bytes() {
            low = (end + 1).min(text.len());
        } else {
            high = start;
        }
    }
    let beginning = beginning.to_owned();
    text[low..].lines().take_while(move |line| line.starts_with(&beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Query, Slot, Terms, parse};

    fn vocabulary() -> Vocabulary {
        let terms = ["agenc", "agencies", "agency", "agency\u{0}2", "agent", "age", "multi", "neighbour"];
        Vocabulary::of(&terms.iter().zip(1..).map(|(term, n)| ((*term).to_owned(), n)).collect())
    }

    /// Checks the terms of a word, a compound as `word/tokens`, one of one language
    /// alone with its first letter before.
    #[track_caller]
    fn check(word: &str, terms: Terms, expected: &[&str]) {
        let query: Query = parse(word, terms).unwrap();
        let [Slot::Word(word)] = query.slots()[..] else { panic!("{query} is no word") };
        let shown = |term: WordTerm| {
            let language = match (term.in_english, term.in_welsh) {
                (true, false) => "e:",
                (false, true) => "w:",
                _ => "",
            };
            format!("{language}{}", term.text.replace('\u{0}', "/"))
        };
        let mut found: Vec<String> = vocabulary().terms_of(word).unwrap().into_iter().map(shown).collect();
        found.sort();
        assert_eq!(found, expected, "{word}");
    }

    #[test]
    fn a_word_stands_for_the_terms_that_fit_it() {
        check("agency", Terms::Exact, &["agency", "agency/2"]);
        check("agency", Terms::Stemmed, &["agency", "agency/2", "e:agenc", "e:agencies"]);
        check("'agenc'", Terms::Stemmed, &["agenc"]);
        check("age*", Terms::Exact, &["age", "agenc", "agencies", "agency", "agency/2", "agent"]);
        check("a*ent", Terms::Exact, &["agent"]);
        check("agnecy~1", Terms::Exact, &["agency", "agency/2"]);
        check("zebra", Terms::Stemmed, &[]);
        for word in ["age", "agent", "multi", "neighbour"] {
            check(word, Terms::Exact, &[word]);
        }
    }

    #[test]
    fn a_tail_makes_a_term_of_its_stem() {
        for (stem, term, expected) in [
            ("happi", "happy", "-y"),
            ("happi", "happily", "ly"),
            ("agenc", "agencies", "ies"),
            ("agenc", "agency\u{0}2", "y\u{0}2"),
            ("die", "dying", "--ying"),
            ("caf\u{e9}", "caf\u{e9}s", "s"),
            ("caf\u{e9}", "cafes", "-es"),
            ("sky", "skies", "-ies"),
            ("covid1", "covid19", "9"),
            ("ab", "a", "-"),
            ("go", "went", "--went"),
        ] {
            assert_eq!(tail(stem, term), expected);
            assert_eq!(with_tail(stem, expected), term);
        }
    }

    #[test]
    fn stems_are_written_with_the_tails_of_their_words() {
        assert_eq!(vocabulary().stems, "agenc\ties\ty\ty\u{0}2\n");
    }

    #[test]
    fn near_words_come_with_how_often_they_stand() {
        assert_eq!(vocabulary().near("agnecy"), [("agency", 3), ("agenc", 1)]);
        // By hand: two swapped and one letter more are one edit, the rest are two.
        let words = [("broker", 7), ("proper", 90), ("worked", 80), ("worker", 5), ("wroker2", 9)];
        let vocabulary = Vocabulary::of(&words.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect());
        let near = vocabulary.near("wroker");
        assert_eq!(near, [("wroker2", 9), ("broker", 7), ("worker", 5), ("proper", 90), ("worked", 80)]);
    }

    #[test]
    fn too_many_words_are_refused_by_number() {
        let many: BTreeMap<String, u64> = (0..=MOST_WORDS).map(|n| (format!("ab{n}"), 1)).collect();
        let error = Vocabulary::of(&many).terms_of(&Word::Pattern("ab*".into())).unwrap_err().to_string();
        assert!(error.contains("`ab*` stands for 10001 words") && error.contains("10000"), "{error}");
    }
}
