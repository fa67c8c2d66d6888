//! All words of the index, and those of each stem: what a word of a query may
//! stand for. `index/words.txt` and `index/stems.txt`.
//!
//! The engine holds words as written only; a stem, a wildcard or a word with
//! mistakes is looked up as all the words that fit it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tantivy::Searcher;
use tantivy::schema::Field;

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
    /// The terms of words and compounds, sorted, each followed by a line feed.
    words: String,
    /// `stem`, tab, `term`, line feed, sorted; of words that are no stems
    /// themselves.
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
}

impl Vocabulary {
    /// Finds the words of all that is indexed.
    pub fn find(searcher: &Searcher, words: Field) -> tantivy::Result<Self> {
        let mut terms: BTreeSet<String> = BTreeSet::new();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(words)?;
            let mut stream = inverted.terms().stream()?;
            while let Some((term, _)) = stream.next() {
                let term = String::from_utf8_lossy(term);
                if word_of(&term).is_some() && !terms.contains(&*term) {
                    terms.insert(term.into_owned());
                }
            }
        }
        let mut vocabulary = Self::default();
        let mut stems: Vec<(String, &str)> = Vec::new();
        for term in &terms {
            vocabulary.words.push_str(term);
            vocabulary.words.push('\n');
            let stem = word_of(term).map(|(word, _)| (stem(word), word));
            if let Some((stem, word)) = stem
                && stem != word
            {
                stems.push((stem, term));
            }
        }
        stems.sort_unstable();
        for (stem, term) in stems {
            vocabulary.stems.push_str(&format!("{stem}\t{term}\n"));
        }
        Ok(vocabulary)
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
        let mut add = |text: &str| {
            let Some((of_term, n_tokens)) = word_of(text) else { return };
            let in_english = word.fits(of_term, Some(&stem(of_term)));
            let in_welsh = word.fits(of_term, None);
            if !(in_english || in_welsh) {
                return;
            }
            n_words += 1;
            if n_words <= MOST_WORDS {
                terms.push(WordTerm { text: text.to_owned(), n_tokens, in_english, in_welsh });
            }
        };
        match word {
            Word::Exact(word) => self.as_written(word).for_each(&mut add),
            Word::Stem { stem, .. } => {
                let of_stem = lines_from(&self.stems, &format!("{stem}\t"));
                of_stem.filter_map(|line| line.split('\t').nth(1)).for_each(&mut add);
                self.as_written(stem).for_each(&mut add);
            }
            Word::Fuzzy { .. } => {
                // Compared before `add` asks for their stems: these are all words.
                let is_near =
                    |text: &&str| word_of(text).is_some_and(|(of_term, _)| word.fits(of_term, None));
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

    /// Words of the index that are few edits away from one, nearest first; those that
    /// begin otherwise last of equals.
    pub fn near(&self, word: &str) -> Vec<&str> {
        let distances = if word.chars().count() < MIN_FUZZY[1] { 1..=1 } else { 1..=2 };
        let mut near: Vec<&str> = Vec::new();
        for distance in distances {
            let wanted = Word::Fuzzy { word: word.to_owned(), distance };
            let words = lines_from(&self.words, "").filter(|term| !term.contains(COMPOUND));
            let of_distance: Vec<&str> =
                words.filter(|other| wanted.fits(other, None) && !near.contains(other)).collect();
            near.extend(of_distance);
        }
        near
    }

    /// The terms of a word and of the compounds that read so.
    fn as_written(&self, word: &str) -> impl Iterator<Item = &str> {
        let is_it = lines_from(&self.words, word).take(1).filter(move |term| *term == word);
        is_it.chain(lines_from(&self.words, &format!("{word}{COMPOUND}")))
    }
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
