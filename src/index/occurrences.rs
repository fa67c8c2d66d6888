//! Where the words of a query occur in some documents of a segment, as the postings
//! tell it.

use std::ops::Range;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::docs::DocBits;
use super::gather::Standing;
use super::span_query::most_docs;
use super::tokens::SENTENCE_END;
use super::vocabulary::WordTerm;
use crate::model::Language;
use crate::search::{Leaf, Need, Occurrences, Span};

/// A term of a segment that a word of a query stands for.
pub struct SegmentTerm {
    /// Where its postings are.
    pub info: TermInfo,
    /// The word; `None` for where sentences end.
    leaf: Option<Leaf>,
    n_tokens: u32,
    in_english: bool,
    in_welsh: bool,
}

impl SegmentTerm {
    fn is_in(&self, language: Language) -> bool {
        match language {
            Language::English => self.in_english,
            Language::Welsh => self.in_welsh,
        }
    }
}

/// The terms of a segment that the words of a query stand for.
pub struct SegmentTerms {
    inverted: Arc<InvertedIndexReader>,
    /// By leaf, then where sentences end if that is asked for.
    terms: Vec<SegmentTerm>,
    /// By leaf: where its terms begin; one more at the end.
    starts: Vec<usize>,
}

impl SegmentTerms {
    /// Finds those that the segment has.
    pub fn find(
        segment: &SegmentReader,
        words: Field,
        by_leaf: &[Vec<WordTerm>],
        has_sentences: bool,
    ) -> tantivy::Result<Self> {
        let inverted = segment.inverted_index(words)?;
        let (mut terms, mut starts) = (Vec::new(), vec![0]);
        for (leaf, of_leaf) in by_leaf.iter().enumerate() {
            for WordTerm { text, n_tokens, in_english, in_welsh, .. } in of_leaf {
                if let Some(info) = inverted.get_term_info(&Term::from_field_text(words, text))? {
                    let (n_tokens, in_english, in_welsh) = (*n_tokens, *in_english, *in_welsh);
                    terms.push(SegmentTerm { info, leaf: Some(leaf), n_tokens, in_english, in_welsh });
                }
            }
            starts.push(terms.len());
        }
        let end = Term::from_field_text(words, SENTENCE_END);
        if has_sentences && let Some(info) = inverted.get_term_info(&end)? {
            terms.push(SegmentTerm { info, leaf: None, n_tokens: 1, in_english: true, in_welsh: true });
        }
        Ok(Self { inverted, terms, starts })
    }

    /// All of them.
    pub fn all(&self) -> &[SegmentTerm] {
        &self.terms
    }

    /// The places of those of a leaf.
    pub fn places(&self, leaf: Leaf) -> Range<usize> {
        self.starts[leaf]..self.starts[leaf + 1]
    }

    /// How many postings they have together.
    pub fn n_postings(&self) -> u64 {
        self.terms.iter().map(|term| u64::from(term.info.doc_freq)).sum()
    }

    /// How many documents of the segment a need holds for at most.
    pub fn most_docs(&self, need: &Need) -> u64 {
        let with =
            |leaf| self.terms[self.places(leaf)].iter().map(|term| u64::from(term.info.doc_freq)).sum();
        most_docs(need, &with)
    }

    /// The postings of the segment.
    pub fn inverted(&self) -> &InvertedIndexReader {
        &self.inverted
    }

    /// The postings of all of them.
    pub fn open_all(&self, with_positions: bool) -> tantivy::Result<Vec<SegmentPostings>> {
        self.terms.iter().map(|term| self.open(term, with_positions)).collect()
    }

    fn open(&self, term: &SegmentTerm, with_positions: bool) -> tantivy::Result<SegmentPostings> {
        let option = match with_positions {
            true => IndexRecordOption::WithFreqsAndPositions,
            false => IndexRecordOption::WithFreqs,
        };
        Ok(self.inverted.read_postings_from_terminfo(&term.info, option)?)
    }
}

/// Which terms a document has, and where.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    terms: &'a SegmentTerms,
    entries: &'a [Entry],
    /// Of these entries and others; empty unless they were asked for.
    positions: &'a [u32],
}

/// That a document has a term.
#[derive(Clone, Copy, Default)]
struct Entry {
    /// The place of the term.
    term: u32,
    /// How often it stands there.
    n: u32,
    /// Where its positions begin.
    start: u32,
}

impl Row<'_> {
    /// Adds where the words occur in the document.
    pub fn read_into(self, language: Language, occurrences: &mut Occurrences) {
        for entry in self.entries {
            let term = &self.terms.terms[entry.term as usize];
            if !term.is_in(language) {
                continue;
            }
            let positions = &self.positions[entry.start as usize..][..entry.n as usize];
            match term.leaf {
                None => occurrences.sentence_ends.extend_from_slice(positions),
                Some(leaf) => {
                    let span = |first| Span { first, last: first + term.n_tokens - 1 };
                    occurrences.extend(leaf, positions.iter().map(|&first| span(first)));
                }
            }
        }
        occurrences.sort();
    }

    /// Adds how often each leaf occurs there.
    pub fn count_into(self, language: Language, counts: &mut [u32]) {
        for entry in self.entries {
            let term = &self.terms.terms[entry.term as usize];
            if let Some(leaf) = term.leaf
                && term.is_in(language)
            {
                counts[leaf] += entry.n;
            }
        }
    }
}

/// The entries of some documents.
pub struct Entries {
    entries: Vec<Entry>,
    with_positions: bool,
    positions: Vec<u32>,
}

impl Entries {
    /// None yet.
    pub fn new(with_positions: bool) -> Self {
        Self { entries: Vec::new(), with_positions, positions: Vec::new() }
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.positions.clear();
    }

    /// Adds that the document where the postings stand has a term, given by its place.
    pub fn add(&mut self, term: u32, postings: &mut SegmentPostings) {
        let start = self.positions.len() as u32;
        if self.with_positions {
            postings.append_positions_with_offset(0, &mut self.positions);
        }
        self.entries.push(Entry { term, n: postings.term_freq(), start });
    }

    /// All of them, as those of one document.
    pub fn row<'a>(&'a self, terms: &'a SegmentTerms) -> Row<'a> {
        Row { terms, entries: &self.entries, positions: &self.positions }
    }
}

/// The entries of some documents of a segment, by document.
pub struct Table {
    /// By rank of a document: where its entries begin; one more at the end.
    starts: Vec<u32>,
    entries: Entries,
}

impl Table {
    /// Reads the postings of all terms in these documents, ascending, of a segment with
    /// `max_doc`, one term after another.
    pub fn read(
        terms: &SegmentTerms,
        docs: &[DocId],
        max_doc: DocId,
        with_positions: bool,
    ) -> tantivy::Result<Self> {
        let mut entries = Entries::new(with_positions);
        // By entry, as they are read: the rank of its document.
        let mut of_ranks: Vec<u32> = Vec::new();
        let mut starts = vec![0; docs.len() + 1];
        let mut ranks = None;
        for (place, term) in (0..).zip(&terms.terms) {
            let postings = terms.open(term, with_positions)?;
            let mut add = |postings: &mut SegmentPostings, rank: u32| {
                starts[rank as usize] += 1;
                of_ranks.push(rank);
                entries.add(place, postings);
            };
            // The shorter of the two lists is walked.
            if term.info.doc_freq as usize >= docs.len() {
                let mut standing = Standing::new(postings);
                for (rank, &doc) in (0..).zip(docs) {
                    if standing.first_from(doc) == doc {
                        add(&mut standing.postings, rank);
                    }
                }
            } else {
                let ranks = ranks.get_or_insert_with(|| DocBits::ranked(max_doc, docs));
                let mut postings = postings;
                while postings.doc() != TERMINATED {
                    if let Some(rank) = ranks.rank(postings.doc()) {
                        add(&mut postings, rank);
                    }
                    postings.advance();
                }
            }
        }
        // Where each document's entries end, and once these are put there from the
        // last to the first, where they begin.
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let by_term = std::mem::take(&mut entries.entries);
        entries.entries.resize(by_term.len(), Entry::default());
        for (rank, entry) in of_ranks.into_iter().zip(by_term).rev() {
            let start = &mut starts[rank as usize];
            *start -= 1;
            entries.entries[*start as usize] = entry;
        }
        Ok(Self { starts, entries })
    }

    /// Those of the document of that rank.
    pub fn row<'a>(&'a self, terms: &'a SegmentTerms, rank: usize) -> Row<'a> {
        let places = self.starts[rank] as usize..self.starts[rank + 1] as usize;
        Row { entries: &self.entries.entries[places], ..self.entries.row(terms) }
    }
}
