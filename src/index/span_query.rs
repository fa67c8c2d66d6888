//! Our queries as one of the engine's: which documents match, and their spans,
//! decided on postings and positions alone.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{DocId, Score, SegmentReader};

use super::contents::Contents;
use super::engine::Columns;
use super::gather::Segment;
use super::readings::Format;
use super::scorer::{Detail, Matches, SpanScorer};
use super::selection::Selection;
use super::vocabulary::{Vocabulary, WordTerm};
use crate::model::{Error, Result};
use crate::search::{Leaf, Need, ReadyQuery, Word};

/// The most postings that the words of a query may have together: they are read and
/// held, about thirty bytes each.
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
pub struct Parts {
    pub query: ReadyQuery,
    pub unit: Unit,
    pub need: Need,
    pub words: Field,
    /// By leaf: the terms that it stands for.
    pub terms: Vec<Vec<WordTerm>>,
    /// Whether how often the words stand in a passage can tell how many matches it has.
    pub is_counted: bool,
    pub contents: Arc<Contents>,
    pub selection: Selection,
    /// By phrase of the query: how much its standing in a passage tells.
    pub weights: Vec<f64>,
    /// Tokens of a passage in the mean.
    pub mean_length: f64,
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
        let mut need = match unit {
            Unit::Passage => query.plan.need(),
            Unit::Item | Unit::Meeting => query.plan.need_of_unit(),
        };
        put_rarest_first(&mut need, &passages_with(&terms));
        let are_apart = are_apart(query.plan.single_leaves().flat_map(|leaf| &terms[leaf]));
        let is_counted = unit == Unit::Passage && !query.plan.needs_places() && are_apart;
        let n_passages = format.passages as f64;
        let weights = query.plan.phrases().map(|leaves| weight(&leaves, &terms, n_passages)).collect();
        let mean_length = format.tokens as f64 / n_passages.max(1.0);
        let parts =
            Parts { weights, query, unit, need, words, terms, is_counted, contents, selection, mean_length };
        Ok(Self(Arc::new(parts)))
    }

    /// Whether few documents are to be looked at, in all segments together.
    pub fn is_light(&self) -> bool {
        const FEW: u64 = 5_000;
        let Parts { need, terms, .. } = &*self.0;
        most_docs(need, &passages_with(terms)) < FEW
    }

    /// Looks through one segment, given with its number; only at these documents, ascending, if any are given.
    pub fn matches(
        &self,
        (number, reader, columns): (u32, &SegmentReader, &Columns),
        detail: Detail,
        only: Option<&[DocId]>,
    ) -> tantivy::Result<Matches> {
        Matches::find(Segment { parts: &self.0, number, reader, columns }, detail, only)
    }
}

/// How many documents a need holds for at most, by how many have each leaf.
pub fn most_docs(need: &Need, with: &impl Fn(Leaf) -> u64) -> u64 {
    match need {
        Need::All => u64::MAX,
        Need::Any(leaves) => leaves.iter().map(|&leaf| with(leaf)).sum(),
        Need::Or(any) => any.iter().map(|need| most_docs(need, with)).fold(0, u64::saturating_add),
        Need::And(all) => all.iter().map(|need| most_docs(need, with)).min().unwrap_or(0),
    }
}

/// In how many passages each leaf stands, if no passage has two of its terms.
fn passages_with(terms: &[Vec<WordTerm>]) -> impl Fn(Leaf) -> u64 {
    |leaf| terms[leaf].iter().map(|term| term.n_passages).sum()
}

/// Puts what holds for the fewest documents first in each AND: the others are asked
/// only about these.
fn put_rarest_first(need: &mut Need, with: &impl Fn(Leaf) -> u64) {
    if let Need::And(needs) | Need::Or(needs) = need {
        needs.iter_mut().for_each(|need| put_rarest_first(need, with));
        needs.sort_by_cached_key(|need| most_docs(need, with));
    }
}

/// How much a phrase tells of a passage: BM25's inverse document frequency of its
/// rarest word.
///
/// Source: Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework", in
/// the form that is never negative.
fn weight(places: &[(Leaf, &[Leaf])], terms: &[Vec<WordTerm>], n_passages: f64) -> f64 {
    let with = passages_with(terms);
    let of_place = |(leaf, parts): &(Leaf, &[Leaf])| {
        with(*leaf) + parts.iter().map(|&part| with(part)).min().unwrap_or(0)
    };
    let n_with = places.iter().map(of_place).min().unwrap_or_default() as f64;
    (1.0 + (n_passages - n_with + 0.5).max(0.0) / (n_with + 0.5)).ln()
}

/// Whether no two of some terms ever stand at one token.
fn are_apart<'a>(mut terms: impl Iterator<Item = &'a WordTerm>) -> bool {
    let mut seen = HashSet::new();
    terms.all(|term| term.n_tokens == 1 && seen.insert(term.text.as_str()))
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
        let matches = self.0.matches((0, reader, &Columns::open(reader)?), Detail::Rank, None)?;
        Ok(Box::new(SpanScorer::new(matches, boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let matches = self.0.matches((0, reader, &Columns::open(reader)?), Detail::Rank, Some(&[doc]))?;
        let Some(hit) = matches.hits.iter().find(|hit| hit.doc == doc) else {
            let message = format!("document #{doc} does not match");
            return Err(tantivy::TantivyError::InvalidArgument(message));
        };
        Ok(Explanation::new_with_string(format!("{} matches", hit.n_matches), hit.score as Score))
    }
}
