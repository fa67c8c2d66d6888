//! Our queries as one of the engine's: which documents match, and their spans,
//! decided on postings and positions alone.

use std::collections::{HashMap, HashSet, VecDeque};
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
use super::readings::Format;
use super::selection::Selection;
use super::tokens::SENTENCE_END;
use super::vocabulary::{Vocabulary, WordTerm};
use crate::model::{Error, Result};
use crate::search::{
    Context, Field as ContextField, FieldTest, Leaf, Need, Occurrences, ReadyQuery, Span, Word,
};

/// The most postings that the words of a query may have together: they are read and
/// held, twelve bytes each.
const MOST_POSTINGS: u64 = 10_000_000;

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
    /// Leaves that are read as one: any of them will do for the need, or none is
    /// in it.
    groups: Vec<Vec<Leaf>>,
    /// By leaf: its group.
    group_of: Vec<usize>,
    /// Whether how often the words stand in a passage says how many matches it has.
    is_counted: bool,
    contents: Arc<Contents>,
    selection: Selection,
    /// By phrase of the query: how much its standing in a passage tells.
    weights: Vec<f64>,
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
        format: &Format,
    ) -> Result<Self> {
        let mut known: HashMap<&Word, Vec<WordTerm>> = HashMap::new();
        let mut terms: Vec<Vec<WordTerm>> = Vec::new();
        for word in query.lexicon.words() {
            if !known.contains_key(word) {
                known.insert(word, vocabulary.terms_of(word)?);
            }
            terms.push(known[word].clone());
        }
        let n_postings: u64 = terms.iter().flatten().map(|term| term.n_passages).sum();
        if n_postings > MOST_POSTINGS {
            return Err(Error::Input(format!(
                "the query is not right: its words stand in {n_postings} passages, each counted for each word; \
                 the limit is {MOST_POSTINGS}: ask for fewer of the common words"
            )));
        }
        let need = match unit {
            Unit::Passage => query.plan.need(),
            Unit::Item | Unit::Meeting => query.plan.need_of_unit(),
        };
        let mut groups = Vec::new();
        add_groups(&need, &mut groups);
        // What is in no need is read by itself.
        let mut is_needed = vec![false; terms.len()];
        groups.iter().flatten().for_each(|&leaf: &Leaf| is_needed[leaf] = true);
        groups.extend((0..terms.len()).filter(|&leaf| !is_needed[leaf]).map(|leaf| vec![leaf]));
        let mut group_of = vec![0; terms.len()];
        for (group, leaves) in groups.iter().enumerate() {
            leaves.iter().for_each(|&leaf| group_of[leaf] = group);
        }
        let is_counted = unit == Unit::Passage && query.plan.is_of_words() && are_apart(&terms);
        let n_passages = format.passages as f64;
        let weights = query.plan.phrases().map(|leaves| weight(&leaves, &terms, n_passages)).collect();
        let mean_length = format.tokens as f64 / n_passages.max(1.0);
        let parts = Parts {
            weights,
            query,
            unit,
            need,
            words,
            terms,
            groups,
            group_of,
            is_counted,
            contents,
            selection,
            mean_length,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Whether few documents are to be looked at, in all segments together.
    pub fn is_light(&self) -> bool {
        const FEW: u64 = 20_000;
        let Parts { need, terms, .. } = &*self.0;
        candidates(need, terms) < FEW
    }

    /// Looks through one segment.
    pub fn scorer(
        &self,
        segment: &SegmentReader,
        columns: Columns,
        detail: Detail,
    ) -> tantivy::Result<SpanScorer> {
        SpanScorer::open(Arc::clone(&self.0), segment, columns, detail)
    }
}

/// About how many documents a need holds for, at most.
fn candidates(need: &Need, terms: &[Vec<WordTerm>]) -> u64 {
    match need {
        Need::All => u64::MAX,
        Need::Any(leaves) => leaves.iter().flat_map(|&leaf| &terms[leaf]).map(|term| term.n_passages).sum(),
        Need::Or(any) => any.iter().map(|need| candidates(need, terms)).fold(0, u64::saturating_add),
        Need::And(all) => all.iter().map(|need| candidates(need, terms)).min().unwrap_or(0),
    }
}

/// How much a phrase tells of a passage: BM25's inverse document frequency of its
/// rarest word.
///
/// Source: Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework", in
/// the form that is never negative.
fn weight(places: &[(Leaf, &[Leaf])], terms: &[Vec<WordTerm>], n_passages: f64) -> f64 {
    let with = |leaf: &Leaf| terms[*leaf].iter().map(|term| term.n_passages).sum::<u64>();
    let of_place = |(leaf, parts): &(Leaf, &[Leaf])| with(leaf) + parts.iter().map(with).min().unwrap_or(0);
    let n_with = places.iter().map(of_place).min().unwrap_or_default() as f64;
    (1.0 + (n_passages - n_with + 0.5).max(0.0) / (n_with + 0.5)).ln()
}

/// The groups of leaves in a need.
fn add_groups(need: &Need, groups: &mut Vec<Vec<Leaf>>) {
    match need {
        Need::All => {}
        Need::Any(leaves) => groups.push(leaves.clone()),
        Need::And(all) | Need::Or(all) => all.iter().for_each(|need| add_groups(need, groups)),
    }
}

/// Whether no two of the terms ever stand at one token.
fn are_apart(terms: &[Vec<WordTerm>]) -> bool {
    let mut seen = HashSet::new();
    terms.iter().flatten().all(|term| term.n_tokens == 1 && seen.insert(term.text.as_str()))
}

/// What is wanted of each document that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// How many matches it has.
    Count,
    /// Where they are.
    Spans,
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
        let scorer = self.0.scorer(reader, Columns::open(reader)?, Detail::Count)?;
        Ok(Box::new(SpanScorer { boost, ..scorer }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.0.scorer(reader, Columns::open(reader)?, Detail::Count)?;
        if scorer.seek(doc) != doc {
            let message = format!("document #{doc} does not match");
            return Err(tantivy::TantivyError::InvalidArgument(message));
        }
        Ok(Explanation::new_with_string(format!("{} matches", scorer.n_matches()), scorer.score() as Score))
    }
}

/// A document that the filter lets through.
#[derive(Clone, Copy)]
pub struct Selected {
    /// The document.
    pub doc: DocId,
    /// The place of its meeting in the contents.
    pub place: usize,
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
    state: State,
    boost: Score,
}

/// Where in a segment the search stands.
struct State {
    columns: Columns,
    alive: Option<AliveBitSet>,
    max_doc: DocId,
    detail: Detail,
    /// By group of leaves.
    words: Vec<WordCursor>,
    /// Where sentences end; only where the query asks.
    sentences: Option<WordCursor>,
    fields: Vec<FieldMemo>,
    occurrences: Occurrences,
    /// How often each leaf occurs, where that is all that is asked for.
    counts: Vec<u32>,
    /// The present document first, then those of its unit.
    found: VecDeque<Match>,
    /// Where to look on.
    next: DocId,
}

impl SpanScorer {
    fn open(
        parts: Arc<Parts>,
        segment: &SegmentReader,
        columns: Columns,
        detail: Detail,
    ) -> tantivy::Result<Self> {
        let inverted = segment.inverted_index(parts.words)?;
        let open = |leaves: &Vec<Leaf>| {
            let terms =
                leaves.iter().flat_map(|&leaf| parts.terms[leaf].iter().map(move |term| (leaf, term)));
            WordCursor::open(&inverted, parts.words, terms)
        };
        let words = parts.groups.iter().map(open).collect::<tantivy::Result<_>>()?;
        let end = WordTerm {
            text: SENTENCE_END.to_owned(),
            n_tokens: 1,
            in_english: true,
            in_welsh: true,
            n_passages: 0,
        };
        let has_sentences = parts.query.lexicon.has_sentences();
        let ends = || WordCursor::open(&inverted, parts.words, [(0, &end)].into_iter());
        let sentences = has_sentences.then(ends).transpose()?;
        let fields =
            parts.query.lexicon.fields().iter().map(|test| FieldMemo::new(test, &parts.contents, &columns));
        let mut state = State {
            fields: fields.collect(),
            detail,
            words,
            sentences,
            columns,
            alive: segment.alive_bitset().cloned(),
            max_doc: segment.max_doc(),
            occurrences: Occurrences::default(),
            counts: vec![0; parts.terms.len()],
            found: VecDeque::new(),
            next: 0,
        };
        state.find_next(&parts);
        Ok(Self { parts, state, boost: 1.0 })
    }

    /// How many matches the present document has; 0 where the query is true without
    /// one.
    pub fn n_matches(&self) -> u32 {
        self.state.found.front().map_or(0, |found| found.n_matches)
    }

    /// Takes out the spans of the present document, in order; none unless they were
    /// asked for.
    pub fn take_spans(&mut self) -> Vec<Span> {
        self.state.found.front_mut().map(|found| std::mem::take(&mut found.spans)).unwrap_or_default()
    }

    /// Fails if some postings could not be read: what was found then is no answer.
    pub fn check(&mut self) -> tantivy::Result<()> {
        let mut words = self.state.words.iter_mut().chain(&mut self.state.sentences);
        match words.find_map(WordCursor::take_failure) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// The present document.
    pub fn current(&self) -> Option<Selected> {
        self.state.found.front().map(|found| found.selected)
    }

    /// The columns of the segment.
    pub fn columns(&self) -> &Columns {
        &self.state.columns
    }

    /// How well the present document matches: the sum over the terms and phrases of
    /// the query of their weight, times BM25's saturation (k = 1.2, b = 0.75) over how
    /// often each stands there and the length of the passage, a short passage taken
    /// for one of mean length: headings and lines of lists are no better answers for
    /// being short. No unit; comparable within one query only.
    pub fn score(&self) -> f64 {
        self.state.found.front().map_or(0.0, |found| found.score)
    }
}

impl State {
    fn score_of(&self, parts: &Parts, doc: DocId, n_phrases: Vec<f64>) -> f64 {
        const K: f64 = 1.2;
        const B: f64 = 0.75;
        let n_tokens = Columns::value(&self.columns.n_tokens, doc) as f64;
        let length = (n_tokens / parts.mean_length.max(1.0)).max(1.0);
        let saturated = |n: f64| n * (K + 1.0) / (n + K * (1.0 - B + B * length));
        parts.weights.iter().zip(n_phrases).map(|(weight, n)| weight * saturated(n)).sum()
    }

    fn find_next(&mut self, parts: &Parts) {
        while self.found.is_empty() {
            let doc = approach(parts, &parts.need, self.next, self.max_doc, &mut self.words);
            if doc >= self.max_doc {
                self.next = self.max_doc;
                return;
            }
            match parts.unit {
                Unit::Passage => {
                    self.next = doc + 1;
                    if let Some(selected) = self.selected(parts, doc) {
                        self.evaluate_passage(parts, selected);
                    }
                }
                Unit::Item | Unit::Meeting => self.evaluate_meeting(parts, doc),
            }
        }
    }

    fn evaluate_passage(&mut self, parts: &Parts, selected: Selected) {
        if parts.is_counted && self.detail == Detail::Count {
            self.count(parts, selected);
            let n_matches = parts.query.plan.count(&self.counts, &self.occurrences.fields);
            if let Some(n_matches) = n_matches {
                let n_phrases = parts.query.plan.n_words(&self.counts, &self.occurrences.fields);
                let score = self.score_of(parts, selected.doc, n_phrases);
                self.found.push_back(Match { selected, n_matches, score, spans: Vec::new() });
            }
            return;
        }
        let mut occurrences = std::mem::take(&mut self.occurrences);
        self.read(parts, selected, &mut occurrences);
        if let Some(spans) = parts.query.plan.evaluate_one(&occurrences) {
            let n_phrases = parts.query.plan.n_phrases(&occurrences, true);
            let score = self.score_of(parts, selected.doc, n_phrases);
            self.found.push_back(Match { selected, n_matches: spans.len() as u32, score, spans });
        }
        self.occurrences = occurrences;
    }

    /// Evaluates the units of the meeting that a document is of. All passages of a
    /// meeting stand next to each other, in order.
    fn evaluate_meeting(&mut self, parts: &Parts, doc: DocId) {
        let number = |doc: DocId| Columns::value(&self.columns.number, doc);
        let of_meeting = number(doc);
        let first = self.first_of_meeting(doc);
        let end = (doc..self.max_doc).find(|&doc| number(doc) != of_meeting).unwrap_or(self.max_doc);
        self.next = end;
        let selected: Vec<Selected> = (first..end).filter_map(|doc| self.selected(parts, doc)).collect();
        let mut passages: Vec<(u64, Selected, Occurrences)> = Vec::new();
        for selected in selected {
            let unit = match parts.unit {
                Unit::Item => Columns::value(&self.columns.item, selected.doc),
                Unit::Passage | Unit::Meeting => 0,
            };
            let mut occurrences = Occurrences::default();
            self.read(parts, selected, &mut occurrences);
            passages.push((unit, selected, occurrences));
        }
        passages.sort_by_key(|(unit, selected, _)| (*unit, selected.doc));
        for unit in passages.chunk_by_mut(|a, b| a.0 == b.0) {
            let occurrences: Vec<Occurrences> =
                unit.iter_mut().map(|(_, _, occurrences)| std::mem::take(occurrences)).collect();
            let Some(spans) = parts.query.plan.evaluate(&occurrences) else { continue };
            let has_match = spans.iter().any(|spans| !spans.is_empty());
            for (at, ((_, selected, _), spans)) in unit.iter().zip(spans).enumerate() {
                if !spans.is_empty() || (!has_match && at == 0) {
                    let n_phrases = parts.query.plan.n_phrases(&occurrences[at], false);
                    let score = self.score_of(parts, selected.doc, n_phrases);
                    self.found.push_back(Match {
                        selected: *selected,
                        n_matches: spans.len() as u32,
                        score,
                        spans,
                    });
                }
            }
        }
        self.found.make_contiguous().sort_by_key(|found| found.selected.doc);
    }

    fn first_of_meeting(&self, doc: DocId) -> DocId {
        let number = |doc: DocId| Columns::value(&self.columns.number, doc);
        let of_meeting = number(doc);
        (0..doc).rev().take_while(|&doc| number(doc) == of_meeting).last().unwrap_or(doc)
    }

    /// A document, if it is there and the filter lets it through.
    fn selected(&self, parts: &Parts, doc: DocId) -> Option<Selected> {
        if self.alive.as_ref().is_some_and(|alive| !alive.is_alive(doc)) {
            return None;
        }
        let Parts { contents, selection, .. } = parts;
        let place = contents.place_of(Columns::value(&self.columns.number, doc) as u32)?;
        let number = Columns::value(&self.columns.class, doc) as usize;
        let wording = || Columns::value(&self.columns.wording, doc);
        let class = Class::from_number(number)?;
        selection.passes(contents, place, number, wording).then_some(Selected { doc, place, class })
    }

    /// Reads where the words of the query occur in a document.
    fn read(&mut self, parts: &Parts, selected: Selected, occurrences: &mut Occurrences) {
        let Selected { doc, class: Class { language, .. }, .. } = selected;
        occurrences.clear(&parts.query.lexicon);
        for word in &mut self.words {
            word.read(doc, language, |leaf, span| occurrences.push(leaf, span));
        }
        occurrences.sort();
        if let Some(sentences) = &mut self.sentences {
            sentences.read(doc, language, |_, span| occurrences.sentence_ends.push(span.first));
        }
        occurrences.n_tokens = Columns::value(&self.columns.n_tokens, doc) as u32;
        self.read_fields(parts, selected, &mut occurrences.fields);
    }

    /// Reads how often the words of the query occur in a document.
    fn count(&mut self, parts: &Parts, selected: Selected) {
        let Selected { doc, class: Class { language, .. }, .. } = selected;
        self.counts.fill(0);
        for word in &mut self.words {
            word.count(doc, language, |leaf, n| self.counts[leaf] += n);
        }
        let mut fields = std::mem::take(&mut self.occurrences.fields);
        fields.clear();
        self.read_fields(parts, selected, &mut fields);
        self.occurrences.fields = fields;
    }

    fn read_fields(&mut self, parts: &Parts, selected: Selected, fields: &mut Vec<bool>) {
        for (test, memo) in parts.query.lexicon.fields().iter().zip(&mut self.fields) {
            fields.push(memo.holds(test, &parts.contents, &self.columns, selected));
        }
    }
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        self.state.found.pop_front();
        self.state.find_next(&self.parts);
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        while self.state.found.front().is_some_and(|found| found.selected.doc < target) {
            self.state.found.pop_front();
        }
        if self.state.found.is_empty() {
            // A unit is evaluated as a whole, also where it begins before the target.
            let from = match self.parts.unit {
                Unit::Item | Unit::Meeting if target < self.state.max_doc => {
                    self.state.first_of_meeting(target)
                }
                _ => target,
            };
            self.state.next = self.state.next.max(from);
            self.state.find_next(&self.parts);
            if self.doc() < target {
                return self.seek(target);
            }
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.state.found.front().map_or(TERMINATED, |found| found.selected.doc)
    }

    fn size_hint(&self) -> u32 {
        let most = candidates(&self.parts.need, &self.parts.terms);
        u32::try_from(most).unwrap_or(self.state.max_doc).min(self.state.max_doc)
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        SpanScorer::score(self) as Score * self.boost
    }
}

/// The first document from `target` on for which a need may hold; `max_doc` or
/// more where there is none.
///
/// Moves the words of the need there. Of an AND that does not hold, its words may
/// be moved further: it holds nowhere before, so whatever is asked of them there,
/// by whoever evaluates this AND, they have no part in.
fn approach(parts: &Parts, need: &Need, target: DocId, max_doc: DocId, words: &mut [WordCursor]) -> DocId {
    match need {
        Need::All => target,
        Need::Any(leaves) => words[parts.group_of[leaves[0]]].seek(target),
        Need::Or(any) => {
            let first = any.iter().map(|need| approach(parts, need, target, max_doc, words)).min();
            first.unwrap_or(TERMINATED)
        }
        Need::And(all) => {
            let mut doc = target;
            loop {
                let mut furthest = doc;
                for need in all {
                    furthest = approach(parts, need, furthest, max_doc, words);
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

    fn holds(&mut self, test: &FieldTest, contents: &Contents, columns: &Columns, of: Selected) -> bool {
        let meeting = &contents.meetings[of.place];
        let value = match self.by {
            By::Meeting => of.place,
            By::Body => meeting.body,
            By::Class => of.class.number(),
            By::Title => columns.title.ords().first(of.doc).unwrap_or_default() as usize,
            By::Label => columns.label.ords().first(of.doc).unwrap_or_default() as usize,
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
        let body = &contents.bodies[meeting.body];
        let holds = test.holds(&Context {
            title: &title,
            item: &item,
            body: &body.name,
            council: &body.council,
            council_name: &body.council_name,
            kind: of.class.kind.name(),
            date: meeting.date,
        });
        if let Some(known) = self.known.get_mut(value) {
            *known = Some(holds);
        }
        holds
    }
}
