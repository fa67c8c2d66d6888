//! Which documents of a segment may match and pass the filter, and where the words of the
//! query stand in them: read from the postings.
//!
//! Terms are read side by side, one document after another; where they are many beside
//! the documents, or other documents of the unit are needed, one term after another.

use tantivy::postings::SegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use super::class::Class;
use super::docs::DocBits;
use super::engine::Columns;
use super::occurrences::{Entries, Row, SegmentTerms, Table};
use super::span_query::{Parts, Unit};
use crate::search::{Leaf, Need};

/// The most terms that are read side by side: each takes a few kB.
const MOST_SIDE_BY_SIDE: usize = 64;

/// How many looks at where a term's postings stand take as long as one of its postings to
/// be read by itself and put to its document. Measured: of five words any of which will
/// do, each look is worth it; of twenty, none.
const LOOKS_A_POSTING: u64 = 8;

/// A document that the filter lets through.
#[derive(Clone, Copy)]
pub struct Selected {
    /// The document.
    pub doc: DocId,
    /// The place of its meeting in the contents.
    pub place: u32,
    /// The number of its item within the meeting.
    pub item: u32,
    /// How many tokens it has.
    pub n_tokens: u32,
    /// What it is.
    pub class: Class,
}

/// A segment, and what is asked of it.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    /// The query.
    pub parts: &'a Parts,
    /// Its number.
    pub number: u32,
    /// Its postings.
    pub reader: &'a SegmentReader,
    /// Its columns.
    pub columns: &'a Columns,
}

impl Segment<'_> {
    /// Gives `see` the documents that may match and pass the filter, ascending, each with
    /// where the words stand in it; only of these, ascending, if any are given. Of a unit
    /// of several all its documents, where any may match.
    pub fn each(
        self,
        terms: &SegmentTerms,
        only: Option<&[DocId]>,
        with_positions: bool,
        mut see: impl FnMut(Selected, Row),
    ) -> tantivy::Result<()> {
        let Parts { need, unit, .. } = self.parts;
        let n_docs = only.map_or_else(|| terms.most_docs(need), |only| only.len() as u64);
        let n_looks = n_docs.saturating_mul(terms.all().len() as u64);
        let is_sought = n_looks <= LOOKS_A_POSTING * terms.n_postings();
        if *unit == Unit::Passage && terms.all().len() <= MOST_SIDE_BY_SIDE && is_sought {
            return self.side_by_side(terms, only, with_positions, see);
        }
        let mut docs = match only {
            Some(only) => only.to_vec(),
            None => self.candidates(terms)?,
        };
        if *unit != Unit::Passage {
            docs = whole_meetings(self.columns, &docs, self.reader.max_doc());
        }
        let selected: Vec<Selected> = docs.iter().filter_map(|&doc| self.select(doc)).collect();
        docs.clear();
        docs.extend(selected.iter().map(|selected| selected.doc));
        let table = Table::read(terms, &docs, self.reader.max_doc(), with_positions)?;
        selected.into_iter().enumerate().for_each(|(rank, one)| see(one, table.row(terms, rank)));
        Ok(())
    }

    fn side_by_side(
        self,
        terms: &SegmentTerms,
        only: Option<&[DocId]>,
        with_positions: bool,
        mut see: impl FnMut(Selected, Row),
    ) -> tantivy::Result<()> {
        let max_doc = self.reader.max_doc();
        let mut postings: Vec<Standing> =
            terms.open_all(with_positions)?.into_iter().map(Standing::new).collect();
        let mut entries = Entries::new(with_positions);
        let mut look_at = |doc: DocId, postings: &mut [Standing]| {
            if let Some(one) = self.select(doc) {
                entries.clear();
                for (term, standing) in (0..).zip(postings) {
                    if standing.first_from(doc) == doc {
                        entries.add(term, &mut standing.postings);
                    }
                }
                see(one, entries.row(terms));
            }
        };
        if let Some(only) = only {
            only.iter().for_each(|&doc| look_at(doc, &mut postings));
            return Ok(());
        }
        let mut walk = Walk::new(&self.parts.need);
        let mut next = |postings: &mut [Standing], target: DocId| {
            walk.first_from(target, max_doc, &mut |leaves, target| {
                let mut first = TERMINATED;
                for &leaf in leaves {
                    for standing in &mut postings[terms.places(leaf)] {
                        first = first.min(standing.first_from(target));
                    }
                }
                first
            })
        };
        let mut doc = next(&mut postings, 0);
        while doc < max_doc {
            look_at(doc, &mut postings);
            doc = next(&mut postings, doc + 1);
        }
        Ok(())
    }

    /// The documents for which the need may hold, ascending.
    fn candidates(self, terms: &SegmentTerms) -> tantivy::Result<Vec<DocId>> {
        let max_doc = self.reader.max_doc();
        let need = &self.parts.need;
        // By the first of the leaves of which any is needed: the documents that have one.
        let mut with_any: Vec<Option<DocBits>> = Vec::new();
        with_any.resize_with(self.parts.terms.len(), || None);
        find_docs_with_any(need, terms, max_doc, &mut with_any)?;
        let mut any = |leaves: &[Leaf], target: DocId| {
            leaves
                .first()
                .and_then(|&first| with_any[first].as_ref())
                .map_or(TERMINATED, |docs| docs.next_from(target))
        };
        let mut walk = Walk::new(need);
        let mut docs = Vec::new();
        let mut doc = walk.first_from(0, max_doc, &mut any);
        while doc < max_doc {
            docs.push(doc);
            doc = walk.first_from(doc + 1, max_doc, &mut any);
        }
        Ok(docs)
    }

    /// The document, if it is there and the filter lets it through.
    fn select(self, doc: DocId) -> Option<Selected> {
        let Self { parts: Parts { contents, selection, .. }, reader, columns, .. } = self;
        let place = contents.place_of(columns.number.get_val(doc) as u32)?;
        let class = columns.class.get_val(doc) as usize;
        let class = selection.class_of(contents, place, class, || columns.wording(doc))?;
        if reader.is_deleted(doc) {
            return None;
        }
        let item = columns.item.get_val(doc) as u32;
        let n_tokens = columns.n_tokens.get_val(doc) as u32;
        Some(Selected { doc, place: place as u32, item, n_tokens, class })
    }
}

/// Postings, and the document where they stand: of many postings these are looked at in
/// turn, each of which takes a few kB.
pub struct Standing {
    doc: DocId,
    /// The postings.
    pub postings: SegmentPostings,
}

impl Standing {
    /// Where they stand now.
    pub fn new(postings: SegmentPostings) -> Self {
        Self { doc: postings.doc(), postings }
    }

    /// Goes on to the first document from `target` on, which is never before the last one.
    pub fn first_from(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.postings.seek(target);
        }
        self.doc
    }
}

/// A need, walked along the documents for which it may hold.
struct Walk<'a> {
    /// The first of them from where it was last asked on; `None` before that.
    doc: Option<DocId>,
    need: Step<'a>,
}

enum Step<'a> {
    All,
    Any(&'a [Leaf]),
    And(Vec<Walk<'a>>),
    Or(Vec<Walk<'a>>),
}

impl<'a> Walk<'a> {
    fn new(need: &'a Need) -> Self {
        let all = |needs: &'a [Need]| needs.iter().map(Self::new).collect();
        let need = match need {
            Need::All => Step::All,
            Need::Any(leaves) => Step::Any(leaves),
            Need::And(needs) => Step::And(all(needs)),
            Need::Or(needs) => Step::Or(all(needs)),
        };
        Self { doc: None, need }
    }

    /// The first document from `target` on, which is never before the last one, for which
    /// the need may hold; `max_doc` or more where there is none. `any` gives the first that
    /// has any of some leaves.
    fn first_from(
        &mut self,
        target: DocId,
        max_doc: DocId,
        any: &mut impl FnMut(&[Leaf], DocId) -> DocId,
    ) -> DocId {
        if let Some(doc) = self.doc
            && doc >= target
        {
            return doc;
        }
        let doc = match &mut self.need {
            Step::All => target,
            Step::Any(leaves) => any(leaves, target),
            Step::Or(walks) => {
                let mut first = TERMINATED;
                for walk in walks {
                    first = first.min(walk.first_from(target, max_doc, any));
                }
                first
            }
            Step::And(walks) => first_of_all(walks, target, max_doc, any),
        };
        self.doc = Some(doc);
        doc
    }
}

/// The first document from `target` on for which all may hold: the first of them, which
/// holds for the fewest, leads, and the others are asked about it.
fn first_of_all(
    walks: &mut [Walk],
    target: DocId,
    max_doc: DocId,
    any: &mut impl FnMut(&[Leaf], DocId) -> DocId,
) -> DocId {
    let Some((lead, others)) = walks.split_first_mut() else { return target };
    let mut doc = lead.first_from(target, max_doc, any);
    'lead: while doc < max_doc {
        for other in &mut *others {
            let next = other.first_from(doc, max_doc, any);
            if next != doc {
                doc = lead.first_from(next, max_doc, any);
                continue 'lead;
            }
        }
        break;
    }
    doc
}

fn find_docs_with_any(
    need: &Need,
    terms: &SegmentTerms,
    max_doc: DocId,
    with_any: &mut [Option<DocBits>],
) -> tantivy::Result<()> {
    match need {
        Need::All => {}
        Need::And(needs) | Need::Or(needs) => {
            for need in needs {
                find_docs_with_any(need, terms, max_doc, with_any)?;
            }
        }
        Need::Any(leaves) => {
            let mut docs = DocBits::new(max_doc);
            for term in leaves.iter().flat_map(|&leaf| terms.places(leaf)) {
                let info = &terms.all()[term].info;
                let mut blocks =
                    terms.inverted().read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                while !blocks.docs().is_empty() {
                    blocks.docs().iter().for_each(|&doc| docs.insert(doc));
                    blocks.advance();
                }
            }
            if let Some(&first) = leaves.first() {
                with_any[first] = Some(docs);
            }
        }
    }
    Ok(())
}

/// The documents of all meetings that have any of these. All passages of a meeting
/// stand next to each other, in order.
fn whole_meetings(columns: &Columns, docs: &[DocId], max_doc: DocId) -> Vec<DocId> {
    let number = |doc: DocId| columns.number.get_val(doc);
    let mut whole: Vec<DocId> = Vec::new();
    for &doc in docs {
        let end = whole.last().map_or(0, |last| last + 1);
        if doc < end {
            continue;
        }
        let of_meeting = number(doc);
        let first = (end..doc).rev().take_while(|&doc| number(doc) == of_meeting).last().unwrap_or(doc);
        whole.extend(first..doc);
        whole.extend((doc..max_doc).take_while(|&doc| number(doc) == of_meeting));
    }
    whole
}
