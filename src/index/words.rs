//! How often each word of the index stands in what passes a filter: one walk over
//! the postings of all words.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rayon::prelude::*;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader};

use super::contents::IndexedMeeting;
use super::find::Index;
use super::selection::Selection;
use super::tokens::COMPOUND;
use crate::model::Result;
use crate::search::{Filter, Word, stem};

/// Tokens, and the meetings that they stand in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WordCount {
    /// Tokens.
    pub tokens: u64,
    /// Meetings with at least one of them.
    pub meetings: u64,
}

/// What counts as one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// A word as written.
    Apart,
    /// All words of one English stem, under their stem: right where nothing but English
    /// passes.
    Together,
}

/// How often words stand in some parts of an index.
#[derive(Debug)]
pub struct WordCounts<const N: usize> {
    /// By part: all its tokens, and the meetings that have any.
    pub sizes: [WordCount; N],
    /// Words as the index holds them, or stems, sorted, each with its counts by part; only
    /// those that stand in one of the parts.
    pub words: Vec<(String, [WordCount; N])>,
}

impl<const N: usize> WordCounts<N> {
    /// The counts of a word; `None` where it stands in none of the parts.
    pub fn of(&self, word: &str) -> Option<&[WordCount; N]> {
        let found = self.words.binary_search_by(|(other, _)| other.as_str().cmp(word)).ok()?;
        Some(&self.words[found].1)
    }
}

/// What passes a filter of a meeting.
#[derive(Debug, Clone, Copy)]
pub struct MeetingWords<'a> {
    /// The meeting.
    pub meeting: &'a IndexedMeeting,
    /// The slug of its council.
    pub council: &'a str,
    /// Tokens in passages that pass.
    pub tokens: u64,
}

/// Where a document counts.
#[derive(Debug, Clone, Copy)]
struct Counted {
    /// The part; one more than the last where it counts in none.
    part: u32,
    /// The place of its meeting.
    place: u32,
}

impl Index {
    /// Counts all words in the passages that each filter lets through; what passes
    /// several counts under the first of them alone, so that parts have nothing in
    /// common.
    ///
    /// Compounds are no words here: their parts are.
    pub fn word_counts<const N: usize>(&self, filters: [&Filter; N], forms: Forms) -> Result<WordCounts<N>> {
        let selections = self.selections(&filters);
        let count = |segment: usize| self.words_of_segment(segment, &selections, forms);
        let segments: tantivy::Result<Vec<WordCounts<N>>> =
            (0..self.columns.len()).into_par_iter().map(count).collect();
        let mut all = WordCounts { sizes: [WordCount::default(); N], words: Vec::new() };
        for of_segment in segments.map_err(|source| self.error("search", source))? {
            add(&mut all.sizes, &of_segment.sizes);
            all.words = merged(all.words, of_segment.words);
        }
        Ok(all)
    }

    /// The words of the index that have an English stem, those in most passages first.
    pub fn forms_of(&self, stem: &str) -> Result<Vec<String>> {
        let word = Word::Stem { word: stem.to_owned(), stem: stem.to_owned() };
        let mut terms = self.vocabulary.terms_of(&word)?;
        terms.retain(|term| term.in_english && !term.text.contains(COMPOUND));
        terms.sort_by(|a, b| b.n_passages.cmp(&a.n_passages).then_with(|| a.text.cmp(&b.text)));
        Ok(terms.into_iter().map(|term| term.text).collect())
    }

    /// The meetings of which a filter lets passages through, by their place in the
    /// order of the corpus.
    pub fn words_by_meeting(&self, filter: &Filter) -> BTreeMap<usize, MeetingWords<'_>> {
        let selections = self.selections(&[filter]);
        let mut by_meeting: BTreeMap<usize, MeetingWords> = BTreeMap::new();
        for segment in 0..self.columns.len() {
            let column = &self.columns[segment].n_tokens;
            for (doc, counted) in (0..).zip(self.counted(segment, &selections)) {
                if counted.part > 0 {
                    continue;
                }
                let place = counted.place as usize;
                let of_meeting = by_meeting.entry(place).or_insert_with(|| {
                    let meeting = &self.contents.meetings[place];
                    let council = self.contents.bodies[meeting.body].council.as_str();
                    MeetingWords { meeting, council, tokens: 0 }
                });
                of_meeting.tokens += column.get_val(doc);
            }
        }
        by_meeting
    }

    fn selections(&self, filters: &[&Filter]) -> Vec<Selection> {
        filters.iter().map(|filter| self.selection(filter)).collect()
    }

    /// Of each document of a segment, where it counts; in none where it was replaced or
    /// does not pass.
    fn counted(&self, segment: usize, selections: &[Selection]) -> Vec<Counted> {
        let reader: &SegmentReader = self.searcher.segment_reader(segment as u32);
        let columns = &self.columns[segment];
        let n_docs = reader.max_doc() as usize;
        let (mut numbers, mut classes) = (vec![0; n_docs], vec![0; n_docs]);
        columns.number.get_range(0, &mut numbers);
        columns.class.get_range(0, &mut classes);
        let in_none = Counted { part: selections.len() as u32, place: 0 };
        let of_doc = |(doc, (number, class)): (DocId, (&u64, &u64))| {
            if reader.is_deleted(doc) {
                return in_none;
            }
            let Some(place) = self.contents.place_of(*number as u32) else { return in_none };
            let wording = || columns.wording(doc);
            let passes = |selection: &Selection| {
                selection.class_of(&self.contents, place, *class as usize, wording).is_some()
            };
            let part = selections.iter().position(passes).unwrap_or(selections.len());
            Counted { part: part as u32, place: place as u32 }
        };
        (0..).zip(numbers.iter().zip(&classes)).map(of_doc).collect()
    }

    fn words_of_segment<const N: usize>(
        &self,
        segment: usize,
        selections: &[Selection],
        forms: Forms,
    ) -> tantivy::Result<WordCounts<N>> {
        let counted = self.counted(segment, selections);
        let mut counter = Counter::new(N);
        let mut n_tokens = vec![0; counted.len()];
        self.columns[segment].n_tokens.get_range(0, &mut n_tokens);
        for (counted, n_tokens) in counted.iter().zip(n_tokens).filter(|(_, n_tokens)| *n_tokens > 0) {
            counter.add(*counted, n_tokens);
        }
        let sizes = counter.take();
        let mut words = Vec::new();
        let mut keep = |word: String, counts: [WordCount; N]| {
            if counts.iter().any(|count| count.tokens > 0) {
                words.push((word, counts));
            }
        };
        let inverted = self.searcher.segment_reader(segment as u32).inverted_index(self.fields.words)?;
        // By stem: its words, and the tokens of all of them by document.
        let mut by_stem: BTreeMap<String, Vec<TermInfo>> = BTreeMap::new();
        let mut together: Vec<(DocId, u32)> = Vec::new();
        let mut stream = inverted.terms().stream()?;
        while let Some((term, info)) = stream.next() {
            // A compound, or the end of a sentence.
            if term.contains(&(COMPOUND as u8)) {
                continue;
            }
            let word = String::from_utf8_lossy(term);
            if forms == Forms::Together {
                by_stem.entry(stem(&word)).or_default().push(info.clone());
                continue;
            }
            each_posting(&inverted, info, |doc, n| counter.add(counted[doc as usize], n.into()))?;
            keep(word.into_owned(), counter.take());
        }
        for (stem, terms) in by_stem {
            together.clear();
            for info in &terms {
                each_posting(&inverted, info, |doc, n| together.push((doc, n)))?;
            }
            if terms.len() > 1 {
                together.sort_unstable();
            }
            together.iter().for_each(|&(doc, n)| counter.add(counted[doc as usize], n.into()));
            keep(stem, counter.take());
        }
        Ok(WordCounts { sizes, words })
    }
}

/// Gives `see` the documents that have a term, ascending, and how often each has it.
fn each_posting(
    inverted: &InvertedIndexReader,
    info: &TermInfo,
    mut see: impl FnMut(DocId, u32),
) -> tantivy::Result<()> {
    let mut blocks = inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
    while !blocks.docs().is_empty() {
        blocks.docs().iter().zip(blocks.freqs()).for_each(|(&doc, &n)| see(doc, n));
        blocks.advance();
    }
    Ok(())
}

/// Adds up tokens of documents in their order, in which those of a meeting stand
/// together, and all in one segment.
struct Counter {
    /// By part, and of what counts in none: the counts, and the place of the last meeting.
    parts: Vec<(WordCount, u32)>,
}

/// The place of no meeting.
const NO_PLACE: u32 = u32::MAX;

impl Counter {
    fn new(n_parts: usize) -> Self {
        Self { parts: vec![(WordCount::default(), NO_PLACE); n_parts + 1] }
    }

    /// Adds tokens, which are more than none.
    fn add(&mut self, counted: Counted, n_tokens: u64) {
        let (count, last) = &mut self.parts[counted.part as usize];
        count.tokens += n_tokens;
        count.meetings += u64::from(*last != counted.place);
        *last = counted.place;
    }

    /// The counts of the parts; begins again with none.
    fn take<const N: usize>(&mut self) -> [WordCount; N] {
        let counts = std::array::from_fn(|part| self.parts[part].0);
        self.parts.fill((WordCount::default(), NO_PLACE));
        counts
    }
}

/// The words of two segments, both sorted, in one list.
fn merged<const N: usize>(
    one: Vec<(String, [WordCount; N])>,
    other: Vec<(String, [WordCount; N])>,
) -> Vec<(String, [WordCount; N])> {
    let mut words = Vec::with_capacity(one.len().max(other.len()));
    let (mut one, mut other) = (one.into_iter().peekable(), other.into_iter().peekable());
    loop {
        let order = match (one.peek(), other.peek()) {
            (Some((one, _)), Some((other, _))) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return words,
        };
        let mut next = if order.is_gt() { other.next() } else { one.next() };
        if order.is_eq()
            && let (Some((_, sums)), Some((_, counts))) = (&mut next, other.next())
        {
            add(sums, &counts);
        }
        words.extend(next);
    }
}

/// Adds counts, part by part.
fn add(sums: &mut [WordCount], counts: &[WordCount]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        sum.tokens += count.tokens;
        sum.meetings += count.meetings;
    }
}
