//! Where some words of a query occur in a segment: the postings of all terms that
//! they stand for, read as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, TERMINATED, Term};

use super::vocabulary::WordTerm;
use crate::model::Language;
use crate::search::{Leaf, Span};

/// The documents that hold any of the words, each with where these stand; only
/// ever goes forward.
pub struct WordCursor {
    terms: Vec<TermCursor>,
    /// The terms by the next document that has them, as far as they were read.
    queue: BinaryHeap<Reverse<(DocId, usize)>>,
    /// The documents of all terms, where there is more than one.
    docs: Option<DocSetBits>,
    doc: DocId,
    positions: Vec<u32>,
}

/// The postings of one term.
struct TermCursor {
    postings: SegmentPostings,
    leaf: Leaf,
    n_tokens: u32,
    in_english: bool,
    in_welsh: bool,
}

impl TermCursor {
    fn is_in(&self, language: Language) -> bool {
        match language {
            Language::English => self.in_english,
            Language::Welsh => self.in_welsh,
        }
    }
}

impl WordCursor {
    /// Opens the postings of these terms, each of a leaf.
    pub fn open<'a>(
        inverted: &InvertedIndexReader,
        words: Field,
        terms: impl Iterator<Item = (Leaf, &'a WordTerm)>,
    ) -> tantivy::Result<Self> {
        let mut found = Vec::new();
        for (leaf, WordTerm { text, n_tokens, in_english, in_welsh, .. }) in terms {
            if let Some(info) = inverted.get_term_info(&Term::from_field_text(words, text))? {
                let (n_tokens, in_english, in_welsh) = (*n_tokens, *in_english, *in_welsh);
                found.push((info, leaf, n_tokens, in_english, in_welsh));
            }
        }
        let docs = match found.as_slice() {
            [] | [_] => None,
            several => {
                let mut bits = DocSetBits::default();
                for (info, ..) in several {
                    let mut blocks =
                        inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                    while !blocks.docs().is_empty() {
                        blocks.docs().iter().for_each(|&doc| bits.insert(doc));
                        blocks.advance();
                    }
                }
                Some(bits)
            }
        };
        let mut terms = Vec::new();
        for (info, leaf, n_tokens, in_english, in_welsh) in found {
            let option = IndexRecordOption::WithFreqsAndPositions;
            let postings = inverted.read_postings_from_terminfo(&info, option)?;
            terms.push(TermCursor { postings, leaf, n_tokens, in_english, in_welsh });
        }
        let at = |(at, term): (usize, &TermCursor)| Reverse((term.postings.doc(), at));
        let queue = match docs {
            Some(_) => terms.iter().enumerate().map(at).collect(),
            None => BinaryHeap::new(),
        };
        let mut cursor = Self { terms, queue, docs, doc: 0, positions: Vec::new() };
        cursor.doc = cursor.find(0);
        Ok(cursor)
    }

    /// Goes to the first document from `target` on that has a word; stays where it
    /// is if that is further.
    pub fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.find(target);
        }
        self.doc
    }

    fn find(&mut self, target: DocId) -> DocId {
        match (&self.docs, self.terms.as_mut_slice()) {
            (Some(docs), _) => docs.next(target),
            (None, [only]) if only.postings.doc() >= target => only.postings.doc(),
            (None, [only]) => only.postings.seek(target),
            (None, _) => TERMINATED,
        }
    }

    /// Gives where the words stand in a document, if they are in it; those of each
    /// term in order.
    pub fn read(&mut self, doc: DocId, language: Language, mut found: impl FnMut(Leaf, Span)) {
        let mut positions = std::mem::take(&mut self.positions);
        self.for_each_term(doc, language, |term| {
            term.postings.positions(&mut positions);
            let last = term.n_tokens - 1;
            positions.iter().for_each(|&first| found(term.leaf, Span { first, last: first + last }));
        });
        self.positions = positions;
    }

    /// Gives how often the words stand in a document, term by term.
    pub fn count(&mut self, doc: DocId, language: Language, mut found: impl FnMut(Leaf, u32)) {
        self.for_each_term(doc, language, |term| found(term.leaf, term.postings.term_freq()));
    }

    fn for_each_term(&mut self, doc: DocId, language: Language, mut each: impl FnMut(&mut TermCursor)) {
        if self.seek(doc) != doc {
            return;
        }
        if let [only] = self.terms.as_mut_slice() {
            if only.is_in(language) {
                each(only);
            }
            return;
        }
        while let Some(mut next) = self.queue.peek_mut() {
            let Reverse((at_doc, at)) = *next;
            if at_doc > doc {
                break;
            }
            let term = &mut self.terms[at];
            if at_doc < doc && term.postings.seek(doc) != doc {
                *next = Reverse((term.postings.doc(), at));
                continue;
            }
            if term.is_in(language) {
                each(term);
            }
            *next = Reverse((term.postings.advance(), at));
        }
    }

    /// How many documents there are at most.
    pub fn cost(&self) -> u64 {
        self.terms.iter().map(|term| u64::from(term.postings.doc_freq())).sum()
    }
}

/// Documents as a bit each.
#[derive(Default)]
struct DocSetBits(Vec<u64>);

impl DocSetBits {
    fn insert(&mut self, doc: DocId) {
        let at = doc as usize / 64;
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (doc % 64);
    }

    /// The first document from `target` on.
    fn next(&self, target: DocId) -> DocId {
        let at = target as usize / 64;
        let Some(first) = self.0.get(at) else { return TERMINATED };
        let rest = first & (u64::MAX << (target % 64));
        if rest != 0 {
            return (at * 64) as DocId + rest.trailing_zeros();
        }
        let further = self.0[at + 1..].iter().position(|&bits| bits != 0);
        further.map_or(TERMINATED, |further| {
            let at = at + 1 + further;
            (at * 64) as DocId + self.0[at].trailing_zeros()
        })
    }
}
