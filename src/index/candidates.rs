//! Which documents of a segment may match, by the postings of the words alone.

use tantivy::index::InvertedIndexReader;
use tantivy::postings::SegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, TERMINATED};

use super::docs::DocBits;
use super::occurrences::{SegmentTerm, SegmentTerms};
use crate::search::Need;

/// The documents of a segment that have any of some words.
enum WithWord {
    /// By the postings of the only term.
    One(Box<SegmentPostings>),
    /// Of several terms.
    Any(DocBits),
}

/// The documents for which a need may hold, ascending.
pub fn candidates(need: &Need, terms: &SegmentTerms, max_doc: DocId) -> tantivy::Result<Vec<DocId>> {
    let mut cursor = Cursor::open(need, terms, max_doc)?;
    let mut docs = Vec::new();
    let mut doc = cursor.seek(0, max_doc);
    while doc < max_doc {
        docs.push(doc);
        doc = cursor.seek(doc + 1, max_doc);
    }
    Ok(docs)
}

/// A need, and how far its postings are read; goes forward only.
enum Cursor {
    All,
    Any(WithWord),
    And(Vec<Cursor>),
    Or(Vec<Cursor>),
}

impl WithWord {
    fn open<'a>(
        inverted: &InvertedIndexReader,
        mut terms: impl Iterator<Item = &'a SegmentTerm>,
        max_doc: DocId,
    ) -> tantivy::Result<Self> {
        let option = IndexRecordOption::Basic;
        let (first, second) = (terms.next(), terms.next());
        if let (Some(only), None) = (first, second) {
            return Ok(Self::One(Box::new(inverted.read_postings_from_terminfo(&only.info, option)?)));
        }
        let mut docs = DocBits::new(max_doc);
        for term in first.into_iter().chain(second).chain(terms) {
            let mut blocks = inverted.read_block_postings_from_terminfo(&term.info, option)?;
            while !blocks.docs().is_empty() {
                blocks.docs().iter().for_each(|&doc| docs.insert(doc));
                blocks.advance();
            }
        }
        Ok(Self::Any(docs))
    }
}

impl Cursor {
    fn open(need: &Need, terms: &SegmentTerms, max_doc: DocId) -> tantivy::Result<Self> {
        let open = |need: &Need| Self::open(need, terms, max_doc);
        let each = |needs: &[Need]| needs.iter().map(open).collect::<tantivy::Result<_>>();
        Ok(match need {
            Need::All => Self::All,
            Need::Any(leaves) => Self::Any(WithWord::open(terms.inverted(), terms.of(leaves), max_doc)?),
            Need::And(all) => Self::And(each(all)?),
            Need::Or(any) => Self::Or(each(any)?),
        })
    }

    /// The first document from `target` on for which the need may hold; `max_doc` or
    /// more where there is none.
    fn seek(&mut self, target: DocId, max_doc: DocId) -> DocId {
        match self {
            Self::All => target,
            Self::Any(WithWord::Any(docs)) => docs.next_from(target),
            Self::Any(WithWord::One(postings)) => {
                if postings.doc() < target && postings.advance() < target {
                    return postings.seek(target);
                }
                postings.doc()
            }
            Self::Or(any) => any.iter_mut().map(|one| one.seek(target, max_doc)).min().unwrap_or(TERMINATED),
            Self::And(all) => {
                let mut doc = target;
                loop {
                    let mut furthest = doc;
                    for one in &mut *all {
                        furthest = one.seek(furthest, max_doc);
                        if furthest >= max_doc {
                            return furthest;
                        }
                    }
                    if furthest == doc {
                        return doc;
                    }
                    doc = furthest;
                }
            }
        }
    }
}
