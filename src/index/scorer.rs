//! One segment looked through: which of its documents match, where, and how well.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::candidates::candidates;
use super::class::Class;
use super::engine::Columns;
use super::field_memo::FieldMemo;
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

/// A document that the filter lets through.
#[derive(Clone, Copy)]
pub struct Selected {
    /// The document.
    pub doc: DocId,
    /// The place of its meeting in the contents.
    pub place: u32,
    /// What it is.
    pub class: Class,
}

/// A document that matches.
struct Match {
    selected: Selected,
    n_matches: u32,
    score: f64,
    /// Empty where only their number is asked for.
    spans: Vec<Span>,
}

/// The documents of a segment that match, in order, each with its matches.
pub struct SpanScorer {
    parts: Arc<Parts>,
    columns: Columns,
    detail: Detail,
    terms: SegmentTerms,
    /// The documents that may match; of a unit of several, all that count.
    selected: Vec<Selected>,
    /// Where the words stand in them.
    table: Table,
    fields: Vec<FieldMemo>,
    /// The place in `selected` of the next one to look at.
    next: usize,
    /// The present document first, then those of its unit.
    found: VecDeque<Match>,
    boost: Score,
    /// Used again for each document.
    scratch: Scratch,
}

/// What is known of the document that is looked at.
#[derive(Default)]
struct Scratch {
    occurrences: Occurrences,
    /// How often each leaf occurs, where that is all that is asked for.
    counts: Vec<u32>,
    /// Which conditions on the context hold.
    fields: Vec<bool>,
    /// How often each phrase stands there.
    n_phrases: Vec<f64>,
}

impl SpanScorer {
    /// Looks through one segment; only at these documents, ascending, if any are given.
    pub fn open(
        parts: Arc<Parts>,
        segment: &SegmentReader,
        columns: Columns,
        detail: Detail,
        only: Option<Vec<DocId>>,
    ) -> tantivy::Result<Self> {
        let max_doc = segment.max_doc();
        let lexicon = &parts.query.lexicon;
        let terms = SegmentTerms::find(segment, parts.words, &parts.terms, lexicon.has_sentences())?;
        let mut docs = match only {
            Some(docs) => docs,
            None => candidates(&parts.need, &terms, max_doc)?,
        };
        if parts.unit != Unit::Passage {
            docs = whole_meetings(&columns, &docs, max_doc);
        }
        let selected = select(&parts, &columns, segment, &docs);
        docs.clear();
        docs.extend(selected.iter().map(|selected| selected.doc));
        let with_positions = !(parts.is_counted && detail == Detail::Count);
        let table = Table::read(&terms, &docs, max_doc, with_positions)?;
        let fields = lexicon.fields().iter().map(|test| FieldMemo::new(test, &parts.contents, &columns));
        let fields = fields.collect();
        let scratch = Scratch { counts: vec![0; parts.terms.len()], ..Scratch::default() };
        let found = VecDeque::new();
        let mut scorer = Self {
            parts,
            columns,
            detail,
            terms,
            selected,
            table,
            fields,
            next: 0,
            found,
            boost: 1.0,
            scratch,
        };
        scorer.find_next();
        Ok(scorer)
    }

    /// The same with all scores times as much.
    pub fn boosted(self, boost: Score) -> Self {
        Self { boost, ..self }
    }

    /// How many documents may match at most.
    pub fn n_selected(&self) -> usize {
        self.selected.len()
    }

    /// The present document.
    pub fn current(&self) -> Option<Selected> {
        self.found.front().map(|found| found.selected)
    }

    /// How many matches the present document has; 0 where the query is true without
    /// one.
    pub fn n_matches(&self) -> u32 {
        self.found.front().map_or(0, |found| found.n_matches)
    }

    /// Takes out the spans of the present document, in order; none unless they were
    /// asked for.
    pub fn take_spans(&mut self) -> Vec<Span> {
        self.found.front_mut().map(|found| std::mem::take(&mut found.spans)).unwrap_or_default()
    }

    /// How well the present document matches: the sum over the terms and phrases of
    /// the query of their weight, times BM25's saturation (k = 1.2, b = 0.75) over how
    /// often each stands there and the length of the passage, a short passage taken
    /// for one of mean length: headings and lines of lists are no better answers for
    /// being short. No unit; comparable within one query only.
    pub fn score(&self) -> f64 {
        self.found.front().map_or(0.0, |found| found.score)
    }

    fn find_next(&mut self) {
        while self.found.is_empty() && self.next < self.selected.len() {
            match self.parts.unit {
                Unit::Passage => {
                    let at = self.next;
                    self.next += 1;
                    match self.parts.is_counted && self.detail == Detail::Count {
                        true => self.count_passage(at),
                        false => self.evaluate_passage(at),
                    }
                }
                Unit::Item | Unit::Meeting => {
                    let place = self.selected[self.next].place;
                    let rest = &self.selected[self.next..];
                    let end = self.next + rest.partition_point(|selected| selected.place == place);
                    self.evaluate_meeting(self.next..end);
                    self.next = end;
                }
            }
        }
    }

    fn count_passage(&mut self, at: usize) {
        let selected = self.selected[at];
        let Scratch { counts, fields, n_phrases, .. } = &mut self.scratch;
        counts.fill(0);
        self.table.count_into(&self.terms, at, selected.class.language, counts);
        fields.clear();
        let tests = self.parts.query.lexicon.fields().iter().zip(&mut self.fields);
        fields.extend(
            tests.map(|(test, memo)| memo.holds(test, &self.parts.contents, &self.columns, selected)),
        );
        let plan = &self.parts.query.plan;
        if let Some(n_matches) = plan.count(counts, fields) {
            n_phrases.clear();
            plan.n_words(counts, fields, n_phrases);
            let score = score_of(&self.parts, &self.columns, selected.doc, n_phrases);
            self.found.push_back(Match { selected, n_matches, score, spans: Vec::new() });
        }
    }

    fn evaluate_passage(&mut self, at: usize) {
        let mut occurrences = std::mem::take(&mut self.scratch.occurrences);
        self.read(at, &mut occurrences);
        let plan = &self.parts.query.plan;
        if let Some(spans) = plan.evaluate_one(&occurrences) {
            let n_phrases = &mut self.scratch.n_phrases;
            n_phrases.clear();
            plan.n_phrases(&occurrences, true, n_phrases);
            let selected = self.selected[at];
            let score = score_of(&self.parts, &self.columns, selected.doc, n_phrases);
            self.found.push_back(Match { selected, n_matches: spans.len() as u32, score, spans });
        }
        self.scratch.occurrences = occurrences;
    }

    /// Evaluates the units of a meeting, given by the places of its passages.
    fn evaluate_meeting(&mut self, of_meeting: Range<usize>) {
        let mut passages: Vec<(u64, usize, Occurrences)> = Vec::new();
        for at in of_meeting {
            let unit = match self.parts.unit {
                Unit::Item => Columns::value(&self.columns.item, self.selected[at].doc),
                Unit::Passage | Unit::Meeting => 0,
            };
            let mut occurrences = Occurrences::default();
            self.read(at, &mut occurrences);
            passages.push((unit, at, occurrences));
        }
        passages.sort_by_key(|(unit, at, _)| (*unit, *at));
        let plan = &self.parts.query.plan;
        for unit in passages.chunk_by_mut(|a, b| a.0 == b.0) {
            let occurrences: Vec<Occurrences> =
                unit.iter_mut().map(|(.., occurrences)| std::mem::take(occurrences)).collect();
            let Some(spans) = plan.evaluate(&occurrences) else { continue };
            let has_match = spans.iter().any(|spans| !spans.is_empty());
            for (number, ((_, at, _), spans)) in unit.iter().zip(spans).enumerate() {
                if !spans.is_empty() || (!has_match && number == 0) {
                    let n_phrases = &mut self.scratch.n_phrases;
                    n_phrases.clear();
                    plan.n_phrases(&occurrences[number], false, n_phrases);
                    let selected = self.selected[*at];
                    let score = score_of(&self.parts, &self.columns, selected.doc, n_phrases);
                    self.found.push_back(Match { selected, n_matches: spans.len() as u32, score, spans });
                }
            }
        }
        self.found.make_contiguous().sort_by_key(|found| found.selected.doc);
    }

    /// Reads where the words of the query occur in a document, by its place.
    fn read(&mut self, at: usize, occurrences: &mut Occurrences) {
        let selected = self.selected[at];
        let lexicon = &self.parts.query.lexicon;
        occurrences.clear(lexicon);
        self.table.read_into(&self.terms, at, selected.class.language, occurrences);
        occurrences.n_tokens = Columns::value(&self.columns.n_tokens, selected.doc) as u32;
        let tests = lexicon.fields().iter().zip(&mut self.fields);
        let holds = tests.map(|(test, memo)| memo.holds(test, &self.parts.contents, &self.columns, selected));
        occurrences.fields.extend(holds);
    }
}

/// The documents of all meetings that have any of these. All passages of a meeting
/// stand next to each other, in order.
fn whole_meetings(columns: &Columns, docs: &[DocId], max_doc: DocId) -> Vec<DocId> {
    let number = |doc: DocId| Columns::value(&columns.number, doc);
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

/// Those of some documents that are there and that the filter lets through.
fn select(parts: &Parts, columns: &Columns, segment: &SegmentReader, docs: &[DocId]) -> Vec<Selected> {
    /// So many are read from the columns at once.
    const BLOCK: usize = 1024;
    let Parts { contents, selection, .. } = parts;
    let (mut numbers, mut classes) = ([None; BLOCK], [None; BLOCK]);
    let mut selected = Vec::with_capacity(docs.len());
    for docs in docs.chunks(BLOCK) {
        let (numbers, classes) = (&mut numbers[..docs.len()], &mut classes[..docs.len()]);
        columns.number.first_vals(docs, numbers);
        columns.class.first_vals(docs, classes);
        for ((&doc, number), class) in docs.iter().zip(numbers).zip(classes) {
            let (Some(number), Some(class)) = (*number, *class) else { continue };
            let Some(place) = contents.place_of(number as u32) else { continue };
            let wording = || Columns::value(&columns.wording, doc);
            if selection.passes(contents, place, class as usize, wording)
                && segment.alive_bitset().is_none_or(|alive| alive.is_alive(doc))
                && let Some(class) = Class::from_number(class as usize)
            {
                selected.push(Selected { doc, place: place as u32, class });
            }
        }
    }
    selected
}

fn score_of(parts: &Parts, columns: &Columns, doc: DocId, n_phrases: &[f64]) -> f64 {
    const K: f64 = 1.2;
    const B: f64 = 0.75;
    let n_tokens = Columns::value(&columns.n_tokens, doc) as f64;
    let length = (n_tokens / parts.mean_length.max(1.0)).max(1.0);
    let saturated = |n: f64| n * (K + 1.0) / (n + K * (1.0 - B + B * length));
    parts.weights.iter().zip(n_phrases).map(|(weight, n)| weight * saturated(*n)).sum()
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        self.found.pop_front();
        self.find_next();
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let skipped = self.selected[self.next..].partition_point(|selected| selected.doc < target);
        if skipped > 0 && self.found.back().is_none_or(|last| last.selected.doc < target) {
            let mut at = self.next + skipped;
            // A unit is evaluated as a whole, also where it begins before the target.
            if self.parts.unit != Unit::Passage {
                let is_begun = |at: usize| {
                    self.selected.get(at).is_some_and(|next| next.place == self.selected[at - 1].place)
                };
                while at > self.next && is_begun(at) {
                    at -= 1;
                }
            }
            self.next = at;
        }
        loop {
            while self.found.front().is_some_and(|found| found.selected.doc < target) {
                self.found.pop_front();
            }
            if !self.found.is_empty() || self.next == self.selected.len() {
                return self.doc();
            }
            self.find_next();
        }
    }

    fn doc(&self) -> DocId {
        self.found.front().map_or(TERMINATED, |found| found.selected.doc)
    }

    fn size_hint(&self) -> u32 {
        (self.found.len() + self.selected.len() - self.next) as u32
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        SpanScorer::score(self) as Score * self.boost
    }
}
