//! One segment looked through: which of its documents match, where, and how well.

use rustc_hash::FxHashMap;
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use super::class::Class;
use super::field_memo::FieldMemo;
use super::gather::{Segment, Selected};
use super::occurrences::{Row, SegmentTerms};
use super::span_query::{Parts, Unit};
use crate::search::{Occurrences, Span};

/// What is wanted of each document that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// How many matches it has.
    Count,
    /// How many, and how well it matches.
    Rank,
    /// How many, how well, and where they are.
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
    /// comparable within one query only. 0 where that was not asked for.
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
        let lexicon = &segment.parts.query.lexicon;
        let words = segment.parts.words;
        let terms = SegmentTerms::find(segment.reader, words, &segment.parts.terms, lexicon.has_sentences())?;
        let mut evaluation = Evaluation::new(segment, detail);
        if only.is_none() {
            let n_docs = terms.most_docs(&segment.parts.need).min(segment.reader.max_doc().into());
            evaluation.matches.hits.reserve_exact(n_docs as usize);
        }
        match segment.parts.unit {
            Unit::Passage if segment.parts.is_counted && detail != Detail::Spans => {
                let mut rest: Vec<DocId> = Vec::new();
                segment.each(&terms, only, false, |selected, row| {
                    if !evaluation.count_passage(selected, row) {
                        rest.push(selected.doc);
                    }
                })?;
                if !rest.is_empty() {
                    segment
                        .each(&terms, Some(&rest), true, |selected, row| evaluation.passage(selected, row))?;
                    evaluation.matches.hits.sort_by_key(|hit| hit.doc);
                }
            }
            Unit::Passage => {
                segment.each(&terms, only, true, |selected, row| evaluation.passage(selected, row))?;
            }
            Unit::Item | Unit::Meeting => {
                segment
                    .each(&terms, only, true, |selected, row| evaluation.passage_of_meeting(selected, row))?;
                evaluation.end_meeting();
            }
        }
        Ok(evaluation.matches)
    }
}

/// What it takes to evaluate the documents of a segment.
struct Evaluation<'a> {
    segment: Segment<'a>,
    detail: Detail,
    fields: Vec<FieldMemo>,
    /// One token as a share of a passage of mean length.
    a_token: f64,
    /// How often each leaf occurs in a document.
    counts: Vec<u32>,
    /// Where the words of the query occur in a document.
    occurrences: Occurrences,
    /// How often each phrase stands in a document.
    n_phrases: Vec<f64>,
    /// What was read of a meeting.
    of_meeting: Vec<(Selected, Occurrences)>,
    matches: Matches,
}

impl<'a> Evaluation<'a> {
    fn new(segment: Segment<'a>, detail: Detail) -> Self {
        let Segment { parts, columns, .. } = segment;
        let fields = parts.query.lexicon.fields().iter();
        Self {
            segment,
            detail,
            fields: fields.map(|test| FieldMemo::new(test, &parts.contents, columns)).collect(),
            a_token: 1.0 / parts.mean_length.max(1.0),
            counts: vec![0; parts.terms.len()],
            occurrences: Occurrences::default(),
            n_phrases: Vec::new(),
            of_meeting: Vec::new(),
            matches: Matches::default(),
        }
    }

    /// Adds a passage that matches, its phrases counted where it is ranked.
    fn add(&mut self, selected: Selected, n_matches: u32) {
        let Selected { doc, place, item, class, .. } = selected;
        let segment = self.segment.number;
        let score = if self.detail == Detail::Count { 0.0 } else { self.score(selected) };
        self.matches.hits.push(Hit { meeting: place, segment, doc, item, class, n_matches, score });
    }

    fn add_with(&mut self, selected: Selected, spans: Vec<Span>) {
        self.add(selected, spans.len() as u32);
        if self.detail == Detail::Spans && !spans.is_empty() {
            self.matches.spans.insert(selected.doc, spans);
        }
    }

    /// Evaluates a passage by how often the words stand in it; whether that does.
    fn count_passage(&mut self, selected: Selected, row: Row) -> bool {
        let plan = &self.segment.parts.query.plan;
        self.counts.fill(0);
        row.count_into(selected.class.language, &mut self.counts);
        self.occurrences.fields.clear();
        self.read_fields(selected);
        let Some(n_matches) = plan.count(&self.counts, &self.occurrences.fields) else { return false };
        if let Some(n_matches) = n_matches {
            if self.detail != Detail::Count {
                self.n_phrases.clear();
                plan.n_words(&self.counts, &self.occurrences.fields, &mut self.n_phrases);
            }
            self.add(selected, n_matches);
        }
        true
    }

    fn passage(&mut self, selected: Selected, row: Row) {
        let plan = &self.segment.parts.query.plan;
        self.read(selected, row);
        if let Some(spans) = plan.evaluate_one(&self.occurrences) {
            if self.detail != Detail::Count {
                self.n_phrases.clear();
                plan.n_phrases(&self.occurrences, true, &mut self.n_phrases);
            }
            self.add_with(selected, spans);
        }
    }

    /// Reads a passage of a unit of several; those of a meeting come one after another.
    fn passage_of_meeting(&mut self, selected: Selected, row: Row) {
        if self.of_meeting.last().is_some_and(|(last, _)| last.place != selected.place) {
            self.end_meeting();
        }
        self.read(selected, row);
        self.of_meeting.push((selected, std::mem::take(&mut self.occurrences)));
    }

    /// Evaluates the units of the meeting of which the last passage was read.
    fn end_meeting(&mut self) {
        let Parts { unit, query, .. } = self.segment.parts;
        let unit_of = |selected: &Selected| match unit {
            Unit::Item => selected.item,
            Unit::Passage | Unit::Meeting => 0,
        };
        let mut of_meeting = std::mem::take(&mut self.of_meeting);
        of_meeting.sort_by_key(|(selected, _)| (unit_of(selected), selected.doc));
        let n_before = self.matches.hits.len();
        for unit in of_meeting.chunk_by_mut(|(a, _), (b, _)| unit_of(a) == unit_of(b)) {
            let occurrences: Vec<Occurrences> =
                unit.iter_mut().map(|(_, occurrences)| std::mem::take(occurrences)).collect();
            let Some(spans) = query.plan.evaluate(&occurrences) else { continue };
            let has_match = spans.iter().any(|spans| !spans.is_empty());
            for (number, ((selected, _), spans)) in unit.iter().zip(spans).enumerate() {
                if !spans.is_empty() || (!has_match && number == 0) {
                    if self.detail != Detail::Count {
                        self.n_phrases.clear();
                        query.plan.n_phrases(&occurrences[number], false, &mut self.n_phrases);
                    }
                    self.add_with(*selected, spans);
                }
            }
        }
        self.matches.hits[n_before..].sort_unstable_by_key(|hit| hit.doc);
    }

    /// Reads where the words of the query occur in a document.
    fn read(&mut self, selected: Selected, row: Row) {
        self.occurrences.clear(&self.segment.parts.query.lexicon);
        row.read_into(selected.class.language, &mut self.occurrences);
        self.occurrences.n_tokens = selected.n_tokens;
        self.read_fields(selected);
    }

    /// Adds which conditions on the context hold.
    fn read_fields(&mut self, selected: Selected) {
        let Segment { parts, columns, .. } = self.segment;
        let tests = parts.query.lexicon.fields().iter().zip(&mut self.fields);
        let holds = tests.map(|(test, memo)| memo.holds(test, &parts.contents, columns, selected));
        self.occurrences.fields.extend(holds);
    }

    /// How well a passage matches whose phrases are counted.
    fn score(&self, of: Selected) -> f64 {
        const K: f64 = 1.2;
        const B: f64 = 0.75;
        let length = (f64::from(of.n_tokens) * self.a_token).max(1.0);
        let saturated = |n: f64| n * (K + 1.0) / (n + K * (1.0 - B + B * length));
        let weights = self.segment.parts.weights.iter();
        weights.zip(&self.n_phrases).map(|(weight, n)| weight * saturated(*n)).sum()
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
