//! How often each word of the index stands in what passes a filter: one walk over
//! the postings of all words.

use std::collections::BTreeMap;

use rayon::prelude::*;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader};

use super::contents::IndexedMeeting;
use super::find::Index;
use super::selection::Selection;
use super::tokens::COMPOUND;
use crate::model::Result;
use crate::search::Filter;

/// Tokens, and the meetings that they stand in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WordCount {
    /// Tokens.
    pub tokens: u64,
    /// Meetings with at least one of them.
    pub meetings: u64,
}

/// How often words stand in some parts of an index.
#[derive(Debug, Default)]
pub struct WordCounts {
    /// By part: all its tokens, and the meetings that have any.
    pub sizes: Vec<WordCount>,
    /// Words as the index holds them, each with its counts by part; only those that
    /// stand in one of the parts.
    pub words: BTreeMap<String, Vec<WordCount>>,
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

/// The part that a passage counts in, and the place of its meeting.
type Counted = Option<(usize, u32)>;

impl Index {
    /// Counts all words in the passages that each filter lets through; what passes
    /// several counts under the first of them alone, so that parts have nothing in
    /// common.
    ///
    /// Compounds are no words here: their parts are.
    pub fn word_counts(&self, filters: &[&Filter]) -> Result<WordCounts> {
        let selections = self.selections(filters);
        let count = |segment: usize| self.words_of_segment(segment, &selections);
        let segments: tantivy::Result<Vec<WordCounts>> =
            (0..self.columns.len()).into_par_iter().map(count).collect();
        let mut all =
            WordCounts { sizes: vec![WordCount::default(); filters.len()], ..WordCounts::default() };
        for of_segment in segments.map_err(|source| self.error("search", source))? {
            add(&mut all.sizes, &of_segment.sizes);
            for (word, counts) in of_segment.words {
                match all.words.get_mut(&word) {
                    Some(known) => add(known, &counts),
                    None => drop(all.words.insert(word, counts)),
                }
            }
        }
        Ok(all)
    }

    /// The meetings of which a filter lets passages through, by their place in the
    /// order of the corpus.
    pub fn words_by_meeting(&self, filter: &Filter) -> BTreeMap<usize, MeetingWords<'_>> {
        let selections = self.selections(&[filter]);
        let mut by_meeting: BTreeMap<usize, MeetingWords> = BTreeMap::new();
        for segment in 0..self.columns.len() {
            let column = &self.columns[segment].n_tokens;
            for (doc, counted) in (0..).zip(self.counted(segment, &selections)) {
                let Some((_, place)) = counted else { continue };
                let of_meeting = by_meeting.entry(place as usize).or_insert_with(|| {
                    let meeting = &self.contents.meetings[place as usize];
                    let council = self.contents.bodies[meeting.body].council.as_str();
                    MeetingWords { meeting, council, tokens: 0 }
                });
                of_meeting.tokens += column.get_val(doc);
            }
        }
        by_meeting
    }

    fn selections(&self, filters: &[&Filter]) -> Vec<Selection> {
        filters.iter().map(|filter| Selection::new(filter, &self.contents, &self.copies)).collect()
    }

    /// Of each document of a segment, where it counts; `None` for those that were
    /// replaced and those that do not pass.
    fn counted(&self, segment: usize, selections: &[Selection]) -> Vec<Counted> {
        let reader: &SegmentReader = self.searcher.segment_reader(segment as u32);
        let columns = &self.columns[segment];
        let part = |doc: DocId| {
            if reader.is_deleted(doc) {
                return None;
            }
            let place = self.contents.place_of(columns.number.get_val(doc) as u32)?;
            let class = columns.class.get_val(doc) as usize;
            let wording = || columns.wording(doc);
            let passes =
                |selection: &Selection| selection.class_of(&self.contents, place, class, wording).is_some();
            Some((selections.iter().position(passes)?, place as u32))
        };
        (0..reader.max_doc()).map(part).collect()
    }

    fn words_of_segment(&self, segment: usize, selections: &[Selection]) -> tantivy::Result<WordCounts> {
        let counted = self.counted(segment, selections);
        let new = || Counter::new(selections.len());
        let mut sizes = new();
        let column = &self.columns[segment].n_tokens;
        for (doc, counted) in (0..).zip(&counted) {
            sizes.add(*counted, column.get_val(doc));
        }
        let mut words = BTreeMap::new();
        let inverted = self.searcher.segment_reader(segment as u32).inverted_index(self.fields.words)?;
        let mut stream = inverted.terms().stream()?;
        while let Some((term, info)) = stream.next() {
            let word = String::from_utf8_lossy(term);
            // A compound, or the end of a sentence.
            if word.contains(COMPOUND) {
                continue;
            }
            let mut counter = new();
            let mut blocks =
                inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            while !blocks.docs().is_empty() {
                for (&doc, &n) in blocks.docs().iter().zip(blocks.freqs()) {
                    counter.add(counted[doc as usize], n.into());
                }
                blocks.advance();
            }
            if counter.counts.iter().any(|count| count.tokens > 0) {
                words.insert(word.into_owned(), counter.counts);
            }
        }
        Ok(WordCounts { sizes: sizes.counts, words })
    }
}

/// Adds up tokens of documents in their order, in which those of a meeting stand
/// together, and all in one segment.
struct Counter {
    /// By part.
    counts: Vec<WordCount>,
    /// By part: the place of the last meeting.
    last: Vec<Option<u32>>,
}

impl Counter {
    fn new(n_parts: usize) -> Self {
        Self { counts: vec![WordCount::default(); n_parts], last: vec![None; n_parts] }
    }

    fn add(&mut self, counted: Counted, n_tokens: u64) {
        let Some((part, place)) = counted.filter(|_| n_tokens > 0) else { return };
        let (count, last) = (&mut self.counts[part], &mut self.last[part]);
        count.tokens += n_tokens;
        count.meetings += u64::from(*last != Some(place));
        *last = Some(place);
    }
}

/// Adds counts, part by part.
fn add(sums: &mut [WordCount], counts: &[WordCount]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        sum.tokens += count.tokens;
        sum.meetings += count.meetings;
    }
}
