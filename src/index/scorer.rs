//! One segment looked through: which of its documents match, where, and how well.

use std::ops::Range;

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use super::engine::Columns;
use super::field_memo::FieldMemo;
use super::gather::{Segment, Selected};
use super::occurrences::{SegmentTerms, Table};
use super::span_query::{Parts, Unit};
use crate::search::{Occurrences, Span};

/// What is wanted of each document that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// How many matches it has.
    Count,
    /// Where they are.
    Spans,
}

/// A document that matches.
#[derive(Clone, Copy)]
pub struct Match {
    /// The document.
    pub selected: Selected,
    /// How many matches it has; 0 where the query is true without one.
    pub n_matches: u32,
    /// How well it matches: the sum over the terms and phrases of the query of their
    /// weight, times BM25's saturation (k = 1.2, b = 0.75) over how often each stands
    /// there and the length of the passage, a short passage taken for one of mean length:
    /// headings and lines of lists are no better answers for being short. No unit;
    /// comparable within one query only.
    pub score: f64,
    /// Where its spans begin among those of all.
    first_span: usize,
}

/// The documents of a segment that match.
#[derive(Default)]
pub struct Matches {
    /// In order.
    by_doc: Vec<Match>,
    /// Of all documents, those of one in order; none unless they were asked for.
    spans: Vec<Span>,
}

impl Matches {
    /// Looks through one segment; only at these documents, ascending, if any are given.
    pub fn find(segment: Segment, detail: Detail, only: Option<&[DocId]>) -> tantivy::Result<Self> {
        let Segment { parts, reader, columns } = segment;
        let lexicon = &parts.query.lexicon;
        let terms = SegmentTerms::find(reader, parts.words, &parts.terms, lexicon.has_sentences())?;
        let is_counted = parts.is_counted && detail == Detail::Count;
        let (selected, table) = segment.gather(&terms, only, !is_counted)?;
        let fields = lexicon.fields().iter().map(|test| FieldMemo::new(test, &parts.contents, columns));
        let fields = fields.collect();
        let a_token = 1.0 / parts.mean_length.max(1.0);
        let evaluation = Evaluation { parts, columns, detail, terms, table, fields, a_token };
        Ok(match parts.unit {
            Unit::Passage if is_counted => evaluation.count_passages(&selected),
            Unit::Passage => evaluation.passages(&selected),
            Unit::Item | Unit::Meeting => evaluation.meetings(&selected),
        })
    }

    /// Those documents, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Match> {
        self.by_doc.iter()
    }

    /// The spans of a document, in order; none unless they were asked for.
    pub fn spans_of(&self, doc: DocId) -> &[Span] {
        let at = self.by_doc.binary_search_by_key(&doc, |found| found.selected.doc);
        at.map_or(&[], |at| {
            let Match { first_span, n_matches, .. } = self.by_doc[at];
            self.spans.get(first_span..first_span + n_matches as usize).unwrap_or_default()
        })
    }

    fn add(&mut self, selected: Selected, score: f64, spans: &[Span], detail: Detail) {
        let first_span = self.spans.len();
        if detail == Detail::Spans {
            self.spans.extend_from_slice(spans);
        }
        self.by_doc.push(Match { selected, n_matches: spans.len() as u32, score, first_span });
    }
}

/// What it takes to evaluate the documents of a segment.
struct Evaluation<'a> {
    parts: &'a Parts,
    columns: &'a Columns,
    detail: Detail,
    terms: SegmentTerms,
    /// Where the words stand in the documents, by their places.
    table: Table,
    fields: Vec<FieldMemo>,
    /// One token as a share of a passage of mean length.
    a_token: f64,
}

impl Evaluation<'_> {
    /// Evaluates each by how often the words stand in it.
    fn count_passages(mut self, selected: &[Selected]) -> Matches {
        let plan = &self.parts.query.plan;
        let mut counts = vec![0; self.parts.terms.len()];
        let (mut fields, mut n_phrases) = (Vec::new(), Vec::new());
        let mut by_doc = Vec::with_capacity(selected.len());
        for (at, &selected) in selected.iter().enumerate() {
            counts.fill(0);
            self.table.count_into(&self.terms, at, selected.class.language, &mut counts);
            fields.clear();
            self.read_fields(selected, &mut fields);
            if let Some(n_matches) = plan.count(&counts, &fields) {
                n_phrases.clear();
                plan.n_words(&counts, &fields, &mut n_phrases);
                let score = self.score(selected, &n_phrases);
                by_doc.push(Match { selected, n_matches, score, first_span: 0 });
            }
        }
        Matches { by_doc, spans: Vec::new() }
    }

    fn passages(mut self, selected: &[Selected]) -> Matches {
        let plan = &self.parts.query.plan;
        let mut matches = Matches::default();
        let (mut occurrences, mut n_phrases) = (Occurrences::default(), Vec::new());
        for (at, &selected) in selected.iter().enumerate() {
            self.read(at, selected, &mut occurrences);
            if let Some(spans) = plan.evaluate_one(&occurrences) {
                n_phrases.clear();
                plan.n_phrases(&occurrences, true, &mut n_phrases);
                matches.add(selected, self.score(selected, &n_phrases), &spans, self.detail);
            }
        }
        matches
    }

    /// Evaluates the units of all meetings.
    fn meetings(mut self, selected: &[Selected]) -> Matches {
        let mut matches = Matches::default();
        let mut at = 0;
        while let Some(first) = selected.get(at) {
            let end = at + selected[at..].partition_point(|other| other.place == first.place);
            self.meeting(selected, at..end, &mut matches);
            at = end;
        }
        matches
    }

    fn meeting(&mut self, selected: &[Selected], of_meeting: Range<usize>, matches: &mut Matches) {
        let mut passages: Vec<(u32, Selected, Occurrences)> = Vec::new();
        for at in of_meeting {
            let unit = match self.parts.unit {
                Unit::Item => selected[at].item,
                Unit::Passage | Unit::Meeting => 0,
            };
            let mut occurrences = Occurrences::default();
            self.read(at, selected[at], &mut occurrences);
            passages.push((unit, selected[at], occurrences));
        }
        passages.sort_by_key(|(unit, selected, _)| (*unit, selected.doc));
        let plan = &self.parts.query.plan;
        let n_before = matches.by_doc.len();
        let mut n_phrases = Vec::new();
        for unit in passages.chunk_by_mut(|a, b| a.0 == b.0) {
            let occurrences: Vec<Occurrences> =
                unit.iter_mut().map(|(.., occurrences)| std::mem::take(occurrences)).collect();
            let Some(spans) = plan.evaluate(&occurrences) else { continue };
            let has_match = spans.iter().any(|spans| !spans.is_empty());
            for (number, ((_, selected, _), spans)) in unit.iter().zip(spans).enumerate() {
                if !spans.is_empty() || (!has_match && number == 0) {
                    n_phrases.clear();
                    plan.n_phrases(&occurrences[number], false, &mut n_phrases);
                    matches.add(*selected, self.score(*selected, &n_phrases), &spans, self.detail);
                }
            }
        }
        matches.by_doc[n_before..].sort_by_key(|found| found.selected.doc);
    }

    /// Reads where the words of the query occur in a document, by its place.
    fn read(&mut self, at: usize, selected: Selected, occurrences: &mut Occurrences) {
        occurrences.clear(&self.parts.query.lexicon);
        self.table.read_into(&self.terms, at, selected.class.language, occurrences);
        occurrences.n_tokens = selected.n_tokens;
        self.read_fields(selected, &mut occurrences.fields);
    }

    /// Adds which conditions on the context hold.
    fn read_fields(&mut self, selected: Selected, fields: &mut Vec<bool>) {
        let Parts { query, contents, .. } = self.parts;
        let tests = query.lexicon.fields().iter().zip(&mut self.fields);
        fields.extend(tests.map(|(test, memo)| memo.holds(test, contents, self.columns, selected)));
    }

    fn score(&self, selected: Selected, n_phrases: &[f64]) -> f64 {
        const K: f64 = 1.2;
        const B: f64 = 0.75;
        let length = (f64::from(selected.n_tokens) * self.a_token).max(1.0);
        let saturated = |n: f64| n * (K + 1.0) / (n + K * (1.0 - B + B * length));
        self.parts.weights.iter().zip(n_phrases).map(|(weight, n)| weight * saturated(*n)).sum()
    }
}

/// The documents of a segment that match, as the engine's collectors ask for them.
pub struct SpanScorer {
    matches: Matches,
    /// The place of the present one.
    at: usize,
    boost: Score,
}

impl SpanScorer {
    /// Gives these, all scores times as much.
    pub fn new(matches: Matches, boost: Score) -> Self {
        Self { matches, at: 0, boost }
    }
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        self.at = (self.at + 1).min(self.matches.by_doc.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = &self.matches.by_doc[self.at..];
        self.at += rest.partition_point(|found| found.selected.doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.matches.by_doc.get(self.at).map_or(TERMINATED, |found| found.selected.doc)
    }

    fn size_hint(&self) -> u32 {
        (self.matches.by_doc.len() - self.at) as u32
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        self.matches.by_doc.get(self.at).map_or(0.0, |found| found.score as Score * self.boost)
    }
}
