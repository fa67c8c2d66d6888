//! Queries made ready: each of their words is a leaf, known by a number, and a
//! passage is where each leaf occurs in it.
//!
//! Whoever evaluates needs no text: [`Lexicon::read`] finds the occurrences in
//! tokens, for all queries of a lexicon in one pass; an engine finds them in
//! its postings.

use std::collections::HashMap;

use super::pattern;
use super::query::{Clause, Field, Link, Phrase, Query, Slot, Word};
use super::spans::{Context, Span};
use super::token::Tokens;
use crate::model::DateRange;

/// A word of a query, by its number in a [`Lexicon`]. A word that a query has
/// twice is two leaves.
pub type Leaf = usize;

/// A condition on what a passage inherits, by its number in a [`Lexicon`].
pub type FieldNumber = usize;

/// The words and the fields of some queries.
#[derive(Debug, Default)]
pub struct Lexicon {
    words: Vec<Word>,
    fields: Vec<FieldTest>,
    has_sentences: bool,
    exact: HashMap<String, Vec<Leaf>>,
    stems: HashMap<String, Vec<Leaf>>,
    /// Whether some stem begins with this byte: no other word's stem is asked for.
    stem_initials: Vec<bool>,
    /// Words that are compared one by one, as written, by how they begin: as many as two
    /// bytes, as far as these are known.
    others: HashMap<Vec<u8>, Vec<Leaf>>,
}

/// A query whose words are leaves of a [`Lexicon`].
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) masks: Vec<Node>,
    pub(super) clause: Node,
    /// Its terms and phrases, those of masks, fields and NOT left out.
    pub(super) phrases: Vec<Vec<Place>>,
}

/// A clause of a [`Plan`].
#[derive(Debug, Clone)]
pub(super) enum Node {
    Phrase(Vec<Place>),
    Near(Box<NearNode>),
    Field(FieldNumber),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// Two clauses near each other.
#[derive(Debug, Clone)]
pub(super) struct NearNode {
    pub left: Node,
    pub right: Node,
    pub link: Link,
}

/// One place of a phrase: a leaf, or leaves next to each other in its stead.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub leaf: Leaf,
    /// The parts of a word that was typed with hyphens; else empty.
    pub parts: Vec<Leaf>,
}

/// A condition on one field of the context.
#[derive(Debug)]
pub enum FieldTest {
    /// A field holds words.
    Words {
        /// The field.
        field: Field,
        /// What it must hold.
        query: Box<ReadyQuery>,
    },
    /// The date lies wholly in a range.
    Date(DateRange),
}

/// A query with a lexicon of its own.
#[derive(Debug)]
pub struct ReadyQuery {
    /// Its words.
    pub lexicon: Lexicon,
    /// The query.
    pub plan: Plan,
}

impl From<&Query> for ReadyQuery {
    fn from(query: &Query) -> Self {
        let mut lexicon = Lexicon::default();
        let plan = lexicon.add(query);
        Self { lexicon, plan }
    }
}

/// Where the leaves of a lexicon occur in one passage.
#[derive(Debug, Clone, Default)]
pub struct Occurrences {
    /// By leaf: its spans, by first and then last token, each once.
    spans: Vec<Vec<Span>>,
    /// The leaves that have spans.
    found: Vec<Leaf>,
    /// The leaves of which some spans may not be in their order yet.
    mixed: Vec<Leaf>,
    /// The last token of each sentence but the last one, ascending. Only where
    /// [`Lexicon::has_sentences`].
    pub sentence_ends: Vec<u32>,
    /// How many tokens the passage has.
    pub n_tokens: u32,
    /// By field: whether it holds.
    pub fields: Vec<bool>,
}

impl Lexicon {
    /// Takes in the words of a query.
    pub fn add(&mut self, query: &Query) -> Plan {
        let masks = query.masks.iter().map(|mask| self.node(mask)).collect();
        let clause = self.node(&query.clause);
        let mut phrases = Vec::new();
        add_phrases(&clause, &mut phrases);
        Plan { masks, clause, phrases }
    }

    /// The words, by leaf.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The conditions on what passages inherit, by number.
    pub fn fields(&self) -> &[FieldTest] {
        &self.fields
    }

    /// Whether some query asks where sentences end.
    pub fn has_sentences(&self) -> bool {
        self.has_sentences
    }

    /// Finds all leaves in the tokens of a passage.
    pub fn read(&self, tokens: &Tokens, context: &Context, occurrences: &mut Occurrences) {
        occurrences.clear(self);
        occurrences.n_tokens = place(tokens.len());
        for at in 0..tokens.len() {
            let first = place(at);
            self.look_up(
                tokens.word(at),
                || tokens.stem(at),
                |leaf| {
                    occurrences.push(leaf, Span { first, last: first });
                },
            );
            if let Some(compound) = tokens.compound_at(at) {
                let last = first + place(compound.n_tokens) - 1;
                self.look_up(
                    &compound.word,
                    || tokens.stem_of(compound),
                    |leaf| {
                        occurrences.push(leaf, Span { first, last });
                    },
                );
            }
        }
        if self.has_sentences {
            occurrences.sentence_ends.extend(tokens.sentence_ends().iter().map(|&end| place(end)));
        }
        occurrences.fields.extend(self.fields.iter().map(|field| field.holds(context)));
    }

    /// Gives the leaves that a word of a text is an occurrence of; one leaf may
    /// come twice.
    fn look_up<'t>(&self, word: &str, stem: impl Fn() -> Option<&'t str>, mut found: impl FnMut(Leaf)) {
        if let Some(leaves) = self.exact.get(word) {
            leaves.iter().for_each(|&leaf| found(leaf));
        }
        let bytes = word.as_bytes();
        let Some(&initial) = bytes.first() else { return };
        if self.stem_initials.get(usize::from(initial)) == Some(&true)
            && let Some(leaves) = stem().and_then(|stem| self.stems.get(stem))
        {
            leaves.iter().for_each(|&leaf| found(leaf));
        }
        for beginning in [&bytes[..0], &bytes[..1], &bytes[..bytes.len().min(2)]].iter().take(1 + bytes.len())
        {
            let leaves = self.others.get(*beginning).into_iter().flatten();
            leaves.filter(|&&leaf| self.words[leaf].fits(word, None)).for_each(|&leaf| found(leaf));
        }
    }

    fn node(&mut self, clause: &Clause) -> Node {
        match clause {
            Clause::Phrase(Phrase(slots)) => {
                Node::Phrase(slots.iter().map(|slot| self.place(slot)).collect())
            }
            Clause::Near(near) => {
                self.has_sentences |= near.link == Link::Sentence;
                let (left, right) = (self.node(&near.left), self.node(&near.right));
                Node::Near(Box::new(NearNode { left, right, link: near.link }))
            }
            Clause::Field(field, inner) => {
                let query =
                    Query { terms: super::Terms::Exact, masks: Vec::new(), clause: (**inner).clone() };
                self.field(FieldTest::Words { field: *field, query: Box::new(ReadyQuery::from(&query)) })
            }
            Clause::Date(range) => self.field(FieldTest::Date(*range)),
            Clause::Not(inner) => Node::Not(Box::new(self.node(inner))),
            Clause::And(all) => Node::And(all.iter().map(|clause| self.node(clause)).collect()),
            Clause::Or(all) => Node::Or(all.iter().map(|clause| self.node(clause)).collect()),
        }
    }

    fn field(&mut self, test: FieldTest) -> Node {
        self.fields.push(test);
        Node::Field(self.fields.len() - 1)
    }

    fn place(&mut self, slot: &Slot) -> Place {
        match slot {
            Slot::Word(word) => Place { leaf: self.leaf(word), parts: Vec::new() },
            Slot::Hyphened { parts, joined } => {
                let leaf = self.leaf(joined);
                Place { leaf, parts: parts.iter().map(|part| self.leaf(part)).collect() }
            }
        }
    }

    fn leaf(&mut self, word: &Word) -> Leaf {
        let leaf = self.words.len();
        self.words.push(word.clone());
        match word {
            Word::Exact(word) => self.exact.entry(word.clone()).or_default().push(leaf),
            Word::Stem { word, stem } => {
                // As typed as well: what is not English has no stems.
                self.exact.entry(word.clone()).or_default().push(leaf);
                self.stem_initials.resize(256, false);
                self.stem_initials[usize::from(stem.as_bytes()[0])] = true;
                self.stems.entry(stem.clone()).or_default().push(leaf);
            }
            Word::Fuzzy { .. } => self.others.entry(Vec::new()).or_default().push(leaf),
            Word::Pattern(wanted) => {
                let beginning = pattern::beginning(wanted).as_bytes();
                self.others.entry(beginning[..beginning.len().min(2)].to_vec()).or_default().push(leaf);
            }
        }
        leaf
    }
}

/// How many phrases a clause has, as [`Plan::phrases`] counts them.
pub(super) fn n_phrases(node: &Node) -> usize {
    let mut phrases = Vec::new();
    add_phrases(node, &mut phrases);
    phrases.len()
}

fn add_phrases(node: &Node, phrases: &mut Vec<Vec<Place>>) {
    match node {
        Node::Phrase(places) => phrases.push(places.clone()),
        Node::Near(near) => [&near.left, &near.right].into_iter().for_each(|side| add_phrases(side, phrases)),
        Node::And(all) | Node::Or(all) => all.iter().for_each(|inner| add_phrases(inner, phrases)),
        Node::Not(_) | Node::Field(_) => {}
    }
}

impl Plan {
    /// The leaves of each of its terms and phrases, one place after another, each with
    /// the parts of a word that was typed with hyphens; those of masks, fields and NOT
    /// left out.
    pub fn phrases(&self) -> impl Iterator<Item = Vec<(Leaf, &[Leaf])>> {
        self.phrases
            .iter()
            .map(|places| places.iter().map(|place| (place.leaf, place.parts.as_slice())).collect())
    }
}

impl FieldTest {
    /// Whether it holds for what a passage inherits.
    pub fn holds(&self, context: &Context) -> bool {
        match self {
            Self::Date(range) => context.date.is_some_and(|date| range.contains(date)),
            Self::Words { field, query } => {
                let texts: &[&str] = match field {
                    Field::Title => &[context.title],
                    Field::Body => &[context.body],
                    Field::Item => &[context.item],
                    // Two texts of one unit, so that no phrase runs from one to the other.
                    Field::Council => &[context.council_name, context.council],
                    Field::Kind => &[context.kind],
                };
                let read = |text: &&str| query.read(&Tokens::read(text), &Context::default());
                let unit: Vec<Occurrences> = texts.iter().map(read).collect();
                query.plan.evaluate(&unit).is_some()
            }
        }
    }
}

impl ReadyQuery {
    /// Where its leaves occur in a passage.
    pub fn read(&self, tokens: &Tokens, context: &Context) -> Occurrences {
        let mut occurrences = Occurrences::default();
        self.lexicon.read(tokens, context, &mut occurrences);
        occurrences
    }
}

impl Occurrences {
    /// Makes it ready for the next passage.
    pub fn clear(&mut self, lexicon: &Lexicon) {
        self.spans.resize_with(lexicon.words.len(), Vec::new);
        for leaf in self.found.drain(..) {
            self.spans[leaf].clear();
        }
        self.mixed.clear();
        self.sentence_ends.clear();
        self.fields.clear();
        self.n_tokens = 0;
    }

    /// Adds an occurrence. Those of one leaf come in the order of their first
    /// and then last tokens; one that was just added is passed over.
    pub fn push(&mut self, leaf: Leaf, span: Span) {
        let spans = &mut self.spans[leaf];
        if spans.is_empty() {
            self.found.push(leaf);
        }
        if spans.last() != Some(&span) {
            spans.push(span);
        }
    }

    /// Adds those of one of the words that a leaf stands for, in their order; after those
    /// of the last word, [`sort`](Self::sort) puts them in among the others.
    pub fn extend(&mut self, leaf: Leaf, of_word: impl Iterator<Item = Span>) {
        let spans = &mut self.spans[leaf];
        let n_before = spans.len();
        spans.extend(of_word);
        match n_before {
            0 if spans.is_empty() => {}
            0 => self.found.push(leaf),
            _ => self.mixed.push(leaf),
        }
    }

    /// Puts the occurrences of each leaf into their order.
    pub fn sort(&mut self) {
        for leaf in self.mixed.drain(..) {
            self.spans[leaf].sort_unstable();
            self.spans[leaf].dedup();
        }
    }

    /// The occurrences of a leaf, by first and then last token.
    pub fn of(&self, leaf: Leaf) -> &[Span] {
        &self.spans[leaf]
    }

    /// The same passage without the occurrences that have a hidden token.
    pub(super) fn without(&self, hidden: &[bool]) -> Self {
        let mut seen = self.clone();
        for &leaf in &seen.found {
            let is_seen = |span: &Span| !hidden[span.first as usize..=span.last as usize].contains(&true);
            seen.spans[leaf].retain(is_seen);
        }
        seen
    }

    /// The number of the sentence that a token stands in, from 0.
    pub(super) fn sentence(&self, at: u32) -> usize {
        self.sentence_ends.partition_point(|&end| end < at)
    }

    /// The first token of the sentence that a token stands in.
    pub(super) fn sentence_first(&self, at: u32) -> u32 {
        self.sentence(at).checked_sub(1).map_or(0, |before| self.sentence_ends[before] + 1)
    }

    /// The last token of the sentence that a token stands in.
    pub(super) fn sentence_last(&self, at: u32) -> u32 {
        self.sentence_ends.get(self.sentence(at)).copied().unwrap_or(self.n_tokens.saturating_sub(1))
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("a text of 2^32 words would not fit in memory with its tokens")
}
