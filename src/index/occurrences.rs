//! Where some words of a query occur in a segment: the postings of all terms that
//! they stand for, read as one.

use std::io;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, TERMINATED, Term};

use super::vocabulary::WordTerm;
use crate::model::Language;
use crate::search::{Leaf, Span};

/// The documents that hold any of the words, each with where these stand; only
/// ever goes forward.
pub struct WordCursor {
    inverted: Arc<InvertedIndexReader>,
    terms: Vec<TermCursor>,
    /// Which terms each document has, by document; empty where there is one term,
    /// whose postings say it.
    postings: Vec<Posting>,
    /// The place in `postings` of the present document.
    at: usize,
    doc: DocId,
    positions: Vec<u32>,
    /// Why some postings could not be read: what was found without them is no answer.
    failure: Option<io::Error>,
}

/// That a document has a term, and how often.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    doc: DocId,
    term: u32,
    freq: u32,
}

/// A term, and its postings with positions once these are asked for.
struct TermCursor {
    info: TermInfo,
    postings: Option<SegmentPostings>,
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

    /// Its postings; none if they cannot be read, and `failure` keeps why.
    fn postings(
        &mut self,
        inverted: &InvertedIndexReader,
        failure: &mut Option<io::Error>,
    ) -> &mut SegmentPostings {
        self.postings.get_or_insert_with(|| {
            let option = IndexRecordOption::WithFreqsAndPositions;
            inverted.read_postings_from_terminfo(&self.info, option).unwrap_or_else(|error| {
                failure.get_or_insert(error);
                SegmentPostings::empty()
            })
        })
    }
}

impl WordCursor {
    /// Opens the postings of these terms, each of a leaf.
    pub fn open<'a>(
        inverted: &Arc<InvertedIndexReader>,
        words: Field,
        terms: impl Iterator<Item = (Leaf, &'a WordTerm)>,
    ) -> tantivy::Result<Self> {
        let mut found = Vec::new();
        for (leaf, WordTerm { text, n_tokens, in_english, in_welsh, .. }) in terms {
            if let Some(info) = inverted.get_term_info(&Term::from_field_text(words, text))? {
                let (n_tokens, in_english, in_welsh) = (*n_tokens, *in_english, *in_welsh);
                found.push(TermCursor { info, postings: None, leaf, n_tokens, in_english, in_welsh });
            }
        }
        let mut postings = Vec::new();
        match found.as_mut_slice() {
            [] => {}
            [only] => {
                let option = IndexRecordOption::WithFreqsAndPositions;
                only.postings = Some(inverted.read_postings_from_terminfo(&only.info, option)?);
            }
            several => {
                postings.reserve(several.iter().map(|term| term.info.doc_freq as usize).sum());
                for (term, TermCursor { info, .. }) in (0..).zip(&*several) {
                    let option = IndexRecordOption::WithFreqs;
                    let mut blocks = inverted.read_block_postings_from_terminfo(info, option)?;
                    while !blocks.docs().is_empty() {
                        let of_block = blocks.docs().iter().zip(blocks.freqs());
                        postings.extend(of_block.map(|(&doc, &freq)| Posting { doc, term, freq }));
                        blocks.advance();
                    }
                }
                // Not `sort_unstable`: the documents of each term are in order already.
                postings.sort();
            }
        }
        let inverted = Arc::clone(inverted);
        let mut cursor =
            Self { inverted, terms: found, postings, at: 0, doc: 0, positions: Vec::new(), failure: None };
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
        if let [only] = self.terms.as_mut_slice() {
            let postings = only.postings(&self.inverted, &mut self.failure);
            return if postings.doc() >= target { postings.doc() } else { postings.seek(target) };
        }
        // By steps that double, then by halves.
        let rest = &self.postings[self.at..];
        let mut step = 1;
        while rest.get(step).is_some_and(|posting| posting.doc < target) {
            step *= 2;
        }
        let window = &rest[step / 2..rest.len().min(step + 1)];
        self.at += step / 2 + window.partition_point(|posting| posting.doc < target);
        self.postings.get(self.at).map_or(TERMINATED, |posting| posting.doc)
    }

    /// Takes out why some postings could not be read, if some could not.
    pub fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// Gives where the words stand in a document, if they are in it; those of each
    /// term in order.
    pub fn read(&mut self, doc: DocId, language: Language, mut found: impl FnMut(Leaf, Span)) {
        if self.seek(doc) != doc {
            return;
        }
        let Self { inverted, terms, postings, at, positions, failure, .. } = self;
        let mut read = |term: &mut TermCursor| {
            if !term.is_in(language) {
                return;
            }
            let (leaf, last) = (term.leaf, term.n_tokens - 1);
            let postings = term.postings(inverted, failure);
            if postings.doc() < doc {
                postings.seek(doc);
            }
            postings.positions(positions);
            positions.iter().for_each(|&first| found(leaf, Span { first, last: first + last }));
        };
        match terms.as_mut_slice() {
            [only] => read(only),
            terms => of_doc(postings, *at).for_each(|posting| read(&mut terms[posting.term as usize])),
        }
    }

    /// Gives how often the words stand in a document, term by term.
    pub fn count(&mut self, doc: DocId, language: Language, mut found: impl FnMut(Leaf, u32)) {
        if self.seek(doc) != doc {
            return;
        }
        let Self { inverted, terms, postings, at, failure, .. } = self;
        match terms.as_mut_slice() {
            [only] if only.is_in(language) => found(only.leaf, only.postings(inverted, failure).term_freq()),
            [_] => {}
            terms => of_doc(postings, *at).for_each(|posting| {
                let term = &terms[posting.term as usize];
                if term.is_in(language) {
                    found(term.leaf, posting.freq);
                }
            }),
        }
    }
}

/// The postings of the document that the one at a place is of.
fn of_doc(postings: &[Posting], at: usize) -> impl Iterator<Item = &Posting> {
    let doc = postings.get(at).map(|posting| posting.doc);
    postings[at.min(postings.len())..].iter().take_while(move |posting| Some(posting.doc) == doc)
}
