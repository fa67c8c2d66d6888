//! One segment looked through: which of its documents match, where, and how well.

use std::ops::Range;

use rustc_hash::FxHashMap;
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use super::class::Class;
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

/// A passage that matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The place of its meeting in the contents.
    pub(super) meeting: u32,
    /// The number of its segment.
    pub(super) segment: u32,
    /// Its document there.
    pub(super) doc: DocId,
    /// The number of its item within the meeting.
    pub(super) item: u32,
    /// What it is.
    pub(super) class: Class,
    /// How many matches it has; 0 where the query is true without one, such as a NOT
    /// alone.
    pub n_matches: u32,
    /// How well it matches: the sum over the terms and phrases of the query of their
    /// weight, times BM25's saturation (k = 1.2, b = 0.75) over how often each stands
    /// there and the length of the passage, a short passage taken for one of mean length:
    /// headings and lines of lists are no better answers for being short. No unit;
    /// comparable within one query only.
    pub score: f64,
}

/// What matches in a segment.
#[derive(Default)]
pub struct Matches {
    /// By document.
    pub hits: Vec<Hit>,
    /// The spans of each document that has any, in order; none unless they were asked for.
    pub spans: FxHashMap<DocId, Vec<Span>>,
}

impl Matches {
    /// Looks through one segment; only at these documents, ascending, if any are given.
    pub fn find(segment: Segment, detail: Detail, only: Option<&[DocId]>) -> tantivy::Result<Self> {
        let Segment { parts, number, reader, columns } = segment;
        let lexicon = &parts.query.lexicon;
        let terms = SegmentTerms::find(reader, parts.words, &parts.terms, lexicon.has_sentences())?;
        let is_counted = parts.is_counted && detail == Detail::Count;
        let (selected, table) = segment.gather(&terms, only, !is_counted)?;
        let fields = lexicon.fields().iter().map(|test| FieldMemo::new(test, &parts.contents, columns));
        let fields = fields.collect();
        let a_token = 1.0 / parts.mean_length.max(1.0);
        let matches = Self::default();
        let mut evaluation =
            Evaluation { parts, number, columns, detail, terms, table, fields, a_token, matches };
        match parts.unit {
            Unit::Passage if is_counted => {
                let rest = evaluation.count_passages(&selected);
                if !rest.is_empty() {
                    evaluation.read_places(&rest, reader.max_doc())?;
                    evaluation.passages(&rest);
                    evaluation.matches.hits.sort_by_key(|hit| hit.doc);
                }
            }
            Unit::Passage => evaluation.passages(&selected),
            Unit::Item | Unit::Meeting => evaluation.meetings(&selected),
        }
        Ok(evaluation.matches)
    }
}

/// What it takes to evaluate the documents of a segment.
struct Evaluation<'a> {
    parts: &'a Parts,
    /// The number of the segment.
    number: u32,
    columns: &'a Columns,
    detail: Detail,
    terms: SegmentTerms,
    /// Where the words stand in the documents, by their places.
    table: Table,
    fields: Vec<FieldMemo>,
    /// One token as a share of a passage of mean length.
    a_token: f64,
    matches: Matches,
}

impl Evaluation<'_> {
    fn add(&mut self, selected: Selected, n_matches: u32, n_phrases: &[f64]) {
        let Selected { doc, place, item, class, .. } = selected;
        let score = self.score(selected, n_phrases);
        let segment = self.number;
        self.matches.hits.push(Hit { meeting: place, segment, doc, item, class, n_matches, score });
    }

    fn add_with(&mut self, selected: Selected, spans: Vec<Span>, n_phrases: &[f64]) {
        self.add(selected, spans.len() as u32, n_phrases);
        if self.detail == Detail::Spans && !spans.is_empty() {
            self.matches.spans.insert(selected.doc, spans);
        }
    }

    /// Evaluates each by how often the words stand in it; gives back those for which that
    /// does not do.
    fn count_passages(&mut self, selected: &[Selected]) -> Vec<Selected> {
        let mut rest = Vec::new();
        let plan = &self.parts.query.plan;
        let mut counts = vec![0; self.parts.terms.len()];
        let (mut fields, mut n_phrases) = (Vec::new(), Vec::new());
        self.matches.hits.reserve_exact(selected.len());
        for (at, &selected) in selected.iter().enumerate() {
            counts.fill(0);
            self.table.count_into(&self.terms, at, selected.class.language, &mut counts);
            fields.clear();
            self.read_fields(selected, &mut fields);
            match plan.count(&counts, &fields) {
                Some(Some(n_matches)) => {
                    n_phrases.clear();
                    plan.n_words(&counts, &fields, &mut n_phrases);
                    self.add(selected, n_matches, &n_phrases);
                }
                Some(None) => {}
                None => rest.push(selected),
            }
        }
        rest
    }

    /// Reads where the words stand in some documents, and of these alone.
    fn read_places(&mut self, selected: &[Selected], max_doc: DocId) -> tantivy::Result<()> {
        let docs: Vec<DocId> = selected.iter().map(|selected| selected.doc).collect();
        // Not two at once: they are large.
        self.table = Table::new(false);
        self.table = Table::read(&self.terms, &docs, max_doc, true)?;
        Ok(())
    }

    fn passages(&mut self, selected: &[Selected]) {
        let plan = &self.parts.query.plan;
        let (mut occurrences, mut n_phrases) = (Occurrences::default(), Vec::new());
        for (at, &selected) in selected.iter().enumerate() {
            self.read(at, selected, &mut occurrences);
            if let Some(spans) = plan.evaluate_one(&occurrences) {
                n_phrases.clear();
                plan.n_phrases(&occurrences, true, &mut n_phrases);
                self.add_with(selected, spans, &n_phrases);
            }
        }
    }

    /// Evaluates the units of all meetings.
    fn meetings(&mut self, selected: &[Selected]) {
        let mut at = 0;
        while let Some(first) = selected.get(at) {
            let end = at + selected[at..].partition_point(|other| other.place == first.place);
            self.meeting(selected, at..end);
            at = end;
        }
    }

    fn meeting(&mut self, selected: &[Selected], of_meeting: Range<usize>) {
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
        let n_before = self.matches.hits.len();
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
                    self.add_with(*selected, spans, &n_phrases);
                }
            }
        }
        self.matches.hits[n_before..].sort_unstable_by_key(|hit| hit.doc);
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
        self.at = (self.at + 1).min(self.matches.hits.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = &self.matches.hits[self.at..];
        self.at += rest.partition_point(|hit| hit.doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.matches.hits.get(self.at).map_or(TERMINATED, |hit| hit.doc)
    }

    fn size_hint(&self) -> u32 {
        (self.matches.hits.len() - self.at) as u32
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        self.matches.hits.get(self.at).map_or(0.0, |hit| hit.score as Score * self.boost)
    }
}
