//! Where one word of a query occurs in a segment: the postings of all terms that
//! it stands for, read as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, TERMINATED, Term};

use super::vocabulary::WordTerm;
use crate::model::Language;
use crate::search::Span;

/// The documents that hold a word, each with where it stands; only ever goes forward.
pub struct WordCursor {
    terms: Vec<TermCursor>,
    /// The terms that are not in `doc`, by the next document that has them.
    ahead: BinaryHeap<Reverse<(DocId, usize)>>,
    /// The terms that are in `doc`.
    here: Vec<usize>,
    doc: DocId,
    positions: Vec<u32>,
}

/// The postings of one term.
struct TermCursor {
    postings: SegmentPostings,
    n_tokens: u32,
    in_english: bool,
    in_welsh: bool,
}

impl WordCursor {
    /// Opens the postings of these terms.
    pub fn open(inverted: &InvertedIndexReader, words: Field, terms: &[WordTerm]) -> tantivy::Result<Self> {
        let mut cursors = Vec::new();
        for WordTerm { text, n_tokens, in_english, in_welsh } in terms {
            let term = Term::from_field_text(words, text);
            let postings = inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?;
            cursors.extend(postings.map(|postings| TermCursor {
                postings,
                n_tokens: *n_tokens,
                in_english: *in_english,
                in_welsh: *in_welsh,
            }));
        }
        let at = |(at, term): (usize, &TermCursor)| Reverse((term.postings.doc(), at));
        let ahead = cursors.iter().enumerate().map(at).collect();
        let mut cursor = Self { terms: cursors, ahead, here: Vec::new(), doc: 0, positions: Vec::new() };
        cursor.arrive();
        Ok(cursor)
    }

    /// Goes to the first document from `target` on that has the word; stays where
    /// it is if that is further.
    pub fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        for at in self.here.drain(..) {
            let doc = self.terms[at].postings.seek(target);
            if doc != TERMINATED {
                self.ahead.push(Reverse((doc, at)));
            }
        }
        while let Some(mut next) = self.ahead.peek_mut() {
            let Reverse((doc, at)) = *next;
            if doc >= target {
                break;
            }
            *next = Reverse((self.terms[at].postings.seek(target), at));
        }
        self.arrive();
        self.doc
    }

    /// Takes the terms of the nearest document off the heap.
    fn arrive(&mut self) {
        self.doc = self.ahead.peek().map_or(TERMINATED, |Reverse((doc, _))| *doc);
        if self.doc == TERMINATED {
            return;
        }
        while let Some(next) = self.ahead.peek()
            && next.0.0 == self.doc
        {
            self.here.extend(self.ahead.pop().map(|Reverse((_, at))| at));
        }
    }

    /// Gives where the word stands in a document, if it is in it; those of each
    /// term in order. Returns how many terms there were.
    pub fn read(&mut self, doc: DocId, language: Language, mut found: impl FnMut(Span)) -> usize {
        if self.seek(doc) != doc {
            return 0;
        }
        let mut n_terms = 0;
        for &at in &self.here {
            let term = &mut self.terms[at];
            let is_word = match language {
                Language::English => term.in_english,
                Language::Welsh => term.in_welsh,
            };
            if is_word {
                n_terms += 1;
                term.postings.positions(&mut self.positions);
                self.positions
                    .iter()
                    .for_each(|&first| found(Span { first, last: first + term.n_tokens - 1 }));
            }
        }
        n_terms
    }

    /// How many documents there are of all terms, those of several counted more
    /// than once.
    pub fn cost(&self) -> u64 {
        self.terms.iter().map(|term| u64::from(term.postings.doc_freq())).sum()
    }
}
