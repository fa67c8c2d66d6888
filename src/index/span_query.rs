//! Our queries as one of the engine's: which documents match, and their spans,
//! decided on postings and positions alone.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use tantivy::fastfield::AliveBitSet;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::class::Class;
use super::contents::Contents;
use super::engine::Columns;
use super::occurrences::WordCursor;
use super::selection::Selection;
use super::tokens::SENTENCE_END;
use super::vocabulary::{Vocabulary, WordTerm};
use crate::model::Result;
use crate::search::{Context, Field as ContextField, FieldTest, Need, Occurrences, ReadyQuery, Span};

/// What AND, OR and NOT look over; phrases and NEAR stay within a passage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    /// A passage.
    #[default]
    Passage,
    /// An agenda item.
    Item,
    /// A meeting.
    Meeting,
}

/// A query over the passages that a filter lets through. Any collector of the
/// engine's may be used with it.
///
/// A document matches if it has a match, or is a passage of which the query is
/// true without one; a unit of several that is true without a match anywhere is
/// its first document.
#[derive(Clone)]
pub struct SpanQuery(Arc<Parts>);

/// What all segments share.
struct Parts {
    query: ReadyQuery,
    unit: Unit,
    need: Need,
    words: Field,
    /// By leaf: the terms that it stands for.
    terms: Vec<Vec<WordTerm>>,
    contents: Arc<Contents>,
    selection: Selection,
    /// Tokens of a passage in the mean.
    mean_length: f64,
}

impl SpanQuery {
    /// Makes a query ready.
    ///
    /// Fails where a word stands for too many words of the index.
    pub fn new(
        query: ReadyQuery,
        unit: Unit,
        (words, vocabulary): (Field, &Vocabulary),
        contents: Arc<Contents>,
        selection: Selection,
        mean_length: f64,
    ) -> Result<Self> {
        let terms = query.lexicon.words().iter().map(|word| vocabulary.terms_of(word));
        let terms = terms.collect::<Result<_>>()?;
        let need = match unit {
            Unit::Passage => query.plan.need(),
            Unit::Item | Unit::Meeting => query.plan.need_of_unit(),
        };
        Ok(Self(Arc::new(Parts { query, unit, need, words, terms, contents, selection, mean_length })))
    }

    /// Looks through one segment.
    pub fn scorer(&self, segment: &SegmentReader) -> tantivy::Result<SpanScorer> {
        SpanScorer::open(Arc::clone(&self.0), segment)
    }
}

impl fmt::Debug for SpanQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SpanQuery").field(&self.0.query.plan).finish()
    }
}

impl Query for SpanQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SpanWeight(self.clone())))
    }
}

struct SpanWeight(SpanQuery);

impl Weight for SpanWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let scorer = self.0.scorer(reader)?;
        Ok(Box::new(SpanScorer { boost, ..scorer }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.0.scorer(reader)?;
        if scorer.seek(doc) != doc {
            let message = format!("document #{doc} does not match");
            return Err(tantivy::TantivyError::InvalidArgument(message));
        }
        Ok(Explanation::new_with_string(format!("{} spans", scorer.spans().len()), scorer.score()))
    }
}

/// The documents of a segment that match, in order, each with its spans.
pub struct SpanScorer {
    parts: Arc<Parts>,
    columns: Columns,
    alive: Option<AliveBitSet>,
    max_doc: DocId,
    /// By leaf.
    words: Vec<WordCursor>,
    /// Where sentences end; only where the query asks.
    sentences: Option<WordCursor>,
    fields: Vec<FieldMemo>,
    occurrences: Occurrences,
    /// The present document first, then those of its unit.
    found: VecDeque<(DocId, Vec<Span>)>,
    /// Where to look on.
    next: DocId,
    boost: Score,
}

impl SpanScorer {
    fn open(parts: Arc<Parts>, segment: &SegmentReader) -> tantivy::Result<Self> {
        let inverted = segment.inverted_index(parts.words)?;
        let open = |terms: &Vec<WordTerm>| WordCursor::open(&inverted, parts.words, terms);
        let words = parts.terms.iter().map(open).collect::<tantivy::Result<_>>()?;
        let end = WordTerm { text: SENTENCE_END.to_owned(), n_tokens: 1, in_english: true, in_welsh: true };
        let has_sentences = parts.query.lexicon.has_sentences();
        let sentences = has_sentences.then(|| open(&vec![end])).transpose()?;
        let columns = Columns::open(segment)?;
        let fields =
            parts.query.lexicon.fields().iter().map(|test| FieldMemo::new(test, &parts.contents, &columns));
        let mut scorer = Self {
            fields: fields.collect(),
            words,
            sentences,
            columns,
            alive: segment.alive_bitset().cloned(),
            max_doc: segment.max_doc(),
            occurrences: Occurrences::default(),
            found: VecDeque::new(),
            next: 0,
            boost: 1.0,
            parts,
        };
        scorer.find_next();
        Ok(scorer)
    }

    /// The spans of the present document, in order. Empty where the query is true
    /// without a match.
    pub fn spans(&self) -> &[Span] {
        self.found.front().map_or(&[], |(_, spans)| spans)
    }

    /// The same, taken out.
    pub fn take_spans(&mut self) -> Vec<Span> {
        self.found.front_mut().map(|(_, spans)| std::mem::take(spans)).unwrap_or_default()
    }

    /// How well a document matches with so many spans: BM25's saturation over
    /// their number and the length of the passage, with the usual k = 1.2 and
    /// b = 0.75. No unit; comparable within one query only.
    pub fn score_of(&self, doc: DocId, n_matches: usize) -> f64 {
        const K: f64 = 1.2;
        const B: f64 = 0.75;
        let n_tokens = Columns::value(&self.columns.n_tokens, doc) as f64;
        let length = n_tokens / self.parts.mean_length.max(1.0);
        let n = n_matches as f64;
        n * (K + 1.0) / (n + K * (1.0 - B + B * length))
    }

    fn find_next(&mut self) {
        while self.found.is_empty() {
            let parts = Arc::clone(&self.parts);
            let doc = approach(&parts.need, self.next, self.max_doc, &mut self.words);
            if doc >= self.max_doc {
                self.next = self.max_doc;
                return;
            }
            match parts.unit {
                Unit::Passage => self.evaluate_passage(doc),
                Unit::Item | Unit::Meeting => self.evaluate_meeting(doc),
            }
        }
    }

    fn evaluate_passage(&mut self, doc: DocId) {
        self.next = doc + 1;
        if !self.is_selected(doc) {
            return;
        }
        let mut occurrences = std::mem::take(&mut self.occurrences);
        self.read(doc, &mut occurrences);
        if let Some(mut spans) = self.parts.query.plan.evaluate(std::slice::from_ref(&occurrences)) {
            self.found.push_back((doc, spans.pop().unwrap_or_default()));
        }
        self.occurrences = occurrences;
    }

    /// Evaluates the units of the meeting that a document is of. All passages of a
    /// meeting stand next to each other, in order.
    fn evaluate_meeting(&mut self, doc: DocId) {
        let number = |doc: DocId| Columns::value(&self.columns.number, doc);
        let of_meeting = number(doc);
        let first = (0..doc).rev().take_while(|&doc| number(doc) == of_meeting).last().unwrap_or(doc);
        let end = (doc..self.max_doc).find(|&doc| number(doc) != of_meeting).unwrap_or(self.max_doc);
        self.next = end;
        let docs: Vec<DocId> = (first..end).filter(|&doc| self.is_selected(doc)).collect();
        let mut passages: Vec<(u64, DocId, Occurrences)> = Vec::new();
        for doc in docs {
            let unit = match self.parts.unit {
                Unit::Item => Columns::value(&self.columns.item, doc),
                Unit::Passage | Unit::Meeting => 0,
            };
            let mut occurrences = Occurrences::default();
            self.read(doc, &mut occurrences);
            passages.push((unit, doc, occurrences));
        }
        passages.sort_by_key(|(unit, doc, _)| (*unit, *doc));
        for unit in passages.chunk_by_mut(|a, b| a.0 == b.0) {
            let occurrences: Vec<Occurrences> =
                unit.iter_mut().map(|(_, _, occurrences)| std::mem::take(occurrences)).collect();
            let Some(spans) = self.parts.query.plan.evaluate(&occurrences) else { continue };
            let has_match = spans.iter().any(|spans| !spans.is_empty());
            for (at, ((_, doc, _), spans)) in unit.iter().zip(spans).enumerate() {
                if !spans.is_empty() || (!has_match && at == 0) {
                    self.found.push_back((*doc, spans));
                }
            }
        }
        self.found.make_contiguous().sort_by_key(|(doc, _)| *doc);
    }

    /// Whether a document is there and the filter lets it through.
    fn is_selected(&self, doc: DocId) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.is_alive(doc))
            && self.parts.selection.passes(&self.parts.contents, &self.columns, doc)
    }

    /// Reads where the words of the query occur in a document.
    fn read(&mut self, doc: DocId, occurrences: &mut Occurrences) {
        let class = Class::from_number(Columns::value(&self.columns.class, doc) as usize);
        let language = class.map(|class| class.language).unwrap_or_default();
        occurrences.clear(&self.parts.query.lexicon);
        for (leaf, word) in self.words.iter_mut().enumerate() {
            let n_terms = word.read(doc, language, |span| occurrences.push(leaf, span));
            if n_terms > 1 {
                occurrences.sort(leaf);
            }
        }
        if let Some(sentences) = &mut self.sentences {
            sentences.read(doc, language, |span| occurrences.sentence_ends.push(span.first));
        }
        occurrences.n_tokens = Columns::value(&self.columns.n_tokens, doc) as u32;
        for (test, memo) in self.parts.query.lexicon.fields().iter().zip(&mut self.fields) {
            occurrences.fields.push(memo.holds(test, &self.parts.contents, &self.columns, doc));
        }
    }
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        self.found.pop_front();
        self.find_next();
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        while self.found.front().is_some_and(|(doc, _)| *doc < target) {
            self.found.pop_front();
        }
        if self.found.is_empty() {
            // A unit that begins before the target may have documents after it.
            if self.parts.unit == Unit::Passage {
                self.next = self.next.max(target);
            }
            self.find_next();
            if self.doc() < target {
                return self.seek(target);
            }
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.found.front().map_or(TERMINATED, |(doc, _)| *doc)
    }

    fn size_hint(&self) -> u32 {
        let most = cost(&self.parts.need, self.max_doc, &self.words);
        u32::try_from(most).unwrap_or(self.max_doc).min(self.max_doc)
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        self.score_of(self.doc(), self.spans().len()) as Score * self.boost
    }
}

/// The first document from `target` on for which a need may hold; `max_doc` or
/// more where there is none.
///
/// Moves the words of the need there. Of an AND that does not hold, its words may
/// be moved further: it holds nowhere before, so whatever is asked of them there,
/// by whoever evaluates this AND, they have no part in.
fn approach(need: &Need, target: DocId, max_doc: DocId, words: &mut [WordCursor]) -> DocId {
    match need {
        Need::All => target,
        Need::Leaf(leaf) => words[*leaf].seek(target),
        Need::Or(any) => {
            any.iter().map(|need| approach(need, target, max_doc, words)).min().unwrap_or(TERMINATED)
        }
        Need::And(all) => {
            let mut doc = target;
            loop {
                let furthest = all.iter().fold(doc, |doc, need| approach(need, doc, max_doc, words));
                if furthest == doc || furthest >= max_doc {
                    return furthest;
                }
                doc = furthest;
            }
        }
    }
}

/// About how many documents a need holds for, at most.
fn cost(need: &Need, max_doc: DocId, words: &[WordCursor]) -> u64 {
    match need {
        Need::All => max_doc.into(),
        Need::Leaf(leaf) => words[*leaf].cost(),
        Need::Or(any) => any.iter().map(|need| cost(need, max_doc, words)).sum(),
        Need::And(all) => all.iter().map(|need| cost(need, max_doc, words)).min().unwrap_or(0),
    }
}

/// For which of the values that documents have a condition on the context holds,
/// as far as it was asked for.
struct FieldMemo {
    by: By,
    known: Vec<Option<bool>>,
}

/// What a condition looks at: documents that have one value of it hold it alike.
enum By {
    Meeting,
    Body,
    Class,
    Title,
    Label,
}

impl FieldMemo {
    fn new(test: &FieldTest, contents: &Contents, columns: &Columns) -> Self {
        let (by, n_values) = match test {
            FieldTest::Date(_) => (By::Meeting, contents.meetings.len()),
            FieldTest::Words { field: ContextField::Body | ContextField::Council, .. } => {
                (By::Body, contents.bodies.len())
            }
            FieldTest::Words { field: ContextField::Kind, .. } => (By::Class, Class::COUNT),
            FieldTest::Words { field: ContextField::Title, .. } => (By::Title, columns.title.num_terms()),
            FieldTest::Words { field: ContextField::Item, .. } => (By::Label, columns.label.num_terms()),
        };
        Self { by, known: vec![None; n_values] }
    }

    fn holds(&mut self, test: &FieldTest, contents: &Contents, columns: &Columns, doc: DocId) -> bool {
        let meeting = contents.place_of(Columns::value(&columns.number, doc) as u32).unwrap_or_default();
        let body = contents.meetings.get(meeting).map_or(0, |meeting| meeting.body);
        let class = Columns::value(&columns.class, doc) as usize;
        let value = match self.by {
            By::Meeting => meeting,
            By::Body => body,
            By::Class => class,
            By::Title => columns.title.ords().first(doc).unwrap_or_default() as usize,
            By::Label => columns.label.ords().first(doc).unwrap_or_default() as usize,
        };
        if let Some(known) = self.known.get(value).copied().flatten() {
            return known;
        }
        let text = |column: &tantivy::columnar::StrColumn| {
            let mut text = String::new();
            // Of a value that is not there nothing holds.
            let _is_there = column.ord_to_str(value as u64, &mut text);
            text
        };
        let (title, item) = match self.by {
            By::Title => (text(&columns.title), String::new()),
            By::Label => (String::new(), text(&columns.label)),
            By::Meeting | By::Body | By::Class => Default::default(),
        };
        let of_body = contents.bodies.get(body);
        let holds = test.holds(&Context {
            title: &title,
            item: &item,
            body: of_body.map_or("", |body| &body.name),
            council: of_body.map_or("", |body| &body.council),
            council_name: of_body.map_or("", |body| &body.council_name),
            kind: Class::from_number(class).map_or("", |class| class.kind.name()),
            date: contents.meetings.get(meeting).and_then(|meeting| meeting.date),
        });
        if let Some(known) = self.known.get_mut(value) {
            *known = Some(holds);
        }
        holds
    }
}
