//! `compare --pairs`: passages of two sides that ask the same, side by side.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::compare::{Subject, TOO_LITTLE, say_only_in};
use super::hits::place_cells;
use super::search::plural;
use super::{Context, Outcome};
use crate::analyse::{
    FEWEST_WORDS, LEAST_SIMILARITY, NEAR_WORDS, Pair, Wording, has_meaning, pairs, shared_words, word_weight,
};
use crate::index::{Found, Hit, Index};
use crate::model::{Kind, Passage, Result};
use crate::report::{Cell, Format, Layout, Table};
use crate::search::{Span, Tokens, Word, snippet, stem};

/// The most passages of a side that are compared for one theme: each with each of the other side.
pub const MOST: usize = 2_000;

/// The length of a quotation, in characters.
const QUOTE_CHARS: usize = 300;

/// How many of the words that a pair shares are named at most, and how much of what makes the
/// pair alike they come to.
const N_NAMED: usize = 8;
const NAMED_SHARE: f64 = 0.9;

/// What is said of a pair as a whole, and then of each side, with `a_` and `b_` in front.
const OF_PAIR: [&str; 4] = ["theme", "pair", "similarity", "shared"];
const OF_SIDE: [&str; 9] = ["council", "body", "date", "item", "title", "kind", "quote", "passage_id", "url"];
/// Of each side: the passages that the theme finds.
const OF_THEME: [&str; 2] = ["a_passages", "b_passages"];

/// What a terminal shows: a passage a card, the two of a pair one above the other.
const CARD_COLUMNS: [&str; 12] = [
    "rank",
    "theme",
    "side",
    "council",
    "body",
    "date",
    "item",
    "title",
    "kind",
    "snippet",
    "url",
    "passage_id",
];

/// Stems of the words that put a question: that both ask does not tell that they ask the same.
const ASKING: [&str; 7] = ["ask", "enquir", "enquiri", "inquir", "inquiri", "queri", "question"];

/// A passage and its matches.
type Quoted = (Passage, Vec<Span>);

/// Two passages that ask the same.
struct Shown {
    similarity: f64,
    /// The rarest words that both have, as they have them.
    shared: Vec<String>,
    sides: [Quoted; 2],
}

/// What became of a theme that both sides have.
struct Paired {
    /// By side: how many passages have it.
    n_passages: [usize; 2],
    /// By side: those that were compared, and those of them that were too short.
    n_compared: [usize; 2],
    n_short: [usize; 2],
    /// Pairs that there are, and those of them that are shown.
    n_pairs: usize,
    shown: Vec<Shown>,
}

/// Writes at most `limit` pairs of each theme or query that both sides have, and says what was
/// not paired. `sides` are the names of both and what they have of each; `is_known` is whether
/// enough can be read of both to say what one lacks.
pub fn run(
    context: &Context,
    index: &Index,
    subjects: &[Subject],
    sides: [(&str, &[Found]); 2],
    is_known: bool,
    limit: usize,
) -> anyhow::Result<Outcome> {
    let mut weights = Weights::new(index);
    let mut paired: Vec<(&Subject, Paired)> = Vec::new();
    let mut of_one: [Vec<String>; 2] = Default::default();
    let mut n_nowhere = 0;
    for (at, subject) in subjects.iter().enumerate() {
        let found = sides.map(|(_, found)| &found[at]);
        match found.map(|found| found.hits.is_empty()) {
            [false, false] => paired.push((subject, Paired::new(&mut weights, found, limit)?)),
            [false, true] => of_one[0].push(subject.name.clone()),
            [true, false] => of_one[1].push(subject.name.clone()),
            [true, true] => n_nowhere += 1,
        }
    }
    let table = match context.format {
        Format::Table => cards(&paired),
        _ => rows(&paired),
    };
    context.write(&table)?;
    let [a, b] = sides.map(|(name, _)| name);
    context.say(format!(
        "a: {a}; b: {b}. Pairs are by the words that they share; `compare --help` has the rules"
    ));
    paired.iter().for_each(|(subject, paired)| context.say(paired.said(&subject.name)));
    if is_known {
        say_only_in(context, [a, b], of_one);
        if n_nowhere > 0 {
            context.say(format!("{} in neither", plural(n_nowhere, "theme is", "themes are")));
        }
    } else if paired.len() < subjects.len() {
        let themes = plural((subjects.len() - paired.len()) as u64, "theme is", "themes are");
        context.say(format!("{themes} found on one side alone or on neither; {TOO_LITTLE}"));
    }
    Ok(Outcome::found(!table.rows.is_empty()))
}

/// A line a pair.
fn rows(paired: &[(&Subject, Paired)]) -> Table {
    let mut columns: Vec<String> = OF_PAIR.map(str::to_owned).into();
    for side in ["a", "b"] {
        columns.extend(OF_SIDE.map(|column| format!("{side}_{column}")));
    }
    columns.extend(OF_THEME.map(str::to_owned));
    let mut table = Table::new(&columns);
    for (subject, paired) in paired {
        for (number, pair) in (1_usize..).zip(&paired.shown) {
            let mut cells: Vec<Cell> = vec![
                subject.name.as_str().into(),
                number.into(),
                pair.similarity.into(),
                Cell::List(pair.shared.clone()),
            ];
            for (passage, spans) in &pair.sides {
                cells.extend(place_cells(passage));
                let (id, url) = (passage.passage_id.0.as_str(), passage.url.as_str());
                cells.extend([quote(passage, spans), id.into(), url.into()]);
            }
            cells.extend(paired.n_passages.map(Cell::from));
            table.push(cells);
        }
    }
    table
}

/// Two cards a pair; below the second what both say.
fn cards(paired: &[(&Subject, Paired)]) -> Table {
    let mut columns: Vec<&str> = CARD_COLUMNS.into();
    columns.push("why");
    let mut table = Table { layout: Layout::Cards, ..Table::new(&columns) };
    for (subject, paired) in paired {
        for (number, pair) in (1_usize..).zip(&paired.shown) {
            let both = format!("both: {} (similarity {:.2})", pair.shared.join(", "), pair.similarity);
            for (side, (passage, spans)) in ["a", "b"].into_iter().zip(&pair.sides) {
                let is_first = side == "a";
                let first = |cell: Cell| if is_first { cell } else { Cell::Unknown };
                let mut cells = vec![first(number.into()), first(subject.name.as_str().into()), side.into()];
                cells.extend(place_cells(passage));
                let (id, url) = (passage.passage_id.0.as_str(), passage.url.as_str());
                cells.extend([quote(passage, spans), url.into(), id.into()]);
                cells.push(if is_first { Cell::Unknown } else { Cell::List(vec![both.clone()]) });
                table.push(cells);
            }
        }
    }
    table
}

fn quote(passage: &Passage, spans: &[Span]) -> Cell {
    Cell::Quote(snippet(&passage.text, &Tokens::read(&passage.text), spans, QUOTE_CHARS))
}

/// Whether a passage of this kind asks or answers.
fn asks(kind: Kind) -> bool {
    matches!(kind, Kind::Question | Kind::Answer | Kind::Request | Kind::Recommendation)
}

/// The words of a passage that stand within [`NEAR_WORDS`] of a match; all where it has none.
/// Numbers are none.
fn near<'a>(tokens: &'a Tokens, spans: &[Span]) -> Vec<&'a str> {
    let is_near = |at: usize| {
        let of_match =
            |span: &Span| at + NEAR_WORDS >= span.first as usize && at <= span.last as usize + NEAR_WORDS;
        spans.is_empty() || spans.iter().any(of_match)
    };
    let is_number = |word: &str| word.starts_with(char::is_numeric);
    let words = tokens.words().enumerate().filter(|(at, word)| is_near(*at) && !is_number(word));
    words.map(|(_, word)| word).collect()
}

impl Paired {
    fn new(weights: &mut Weights, found: [&Found; 2], limit: usize) -> Result<Self> {
        let index = weights.index;
        let mut hits: [Vec<Hit>; 2] = Default::default();
        let mut wordings: [Vec<Wording>; 2] = Default::default();
        let (mut n_compared, mut n_short) = ([0; 2], [0; 2]);
        for side in 0..2 {
            let mut compared = found[side].first(MOST, |one, other| {
                let first = |hit: &Hit| Reverse(asks(index.facts(hit).kind));
                first(one)
                    .cmp(&first(other))
                    .then_with(|| other.score.total_cmp(&one.score))
                    .then_with(|| one.key().cmp(&other.key()))
            });
            compared.sort_unstable_by_key(Hit::key);
            n_compared[side] = compared.len();
            for (hit, (passage, spans)) in compared.iter().zip(index.load(found[side], &compared)?) {
                let tokens = Tokens::read(&passage.text);
                let near = near(&tokens, &spans);
                if near.len() < FEWEST_WORDS {
                    n_short[side] += 1;
                    continue;
                }
                hits[side].push(*hit);
                wordings[side].push(Wording { words: weights.words(&near)?, asks: asks(passage.kind) });
            }
        }
        let pairs = pairs([&wordings[0], &wordings[1]], &weights.weights);
        let best = &pairs[..limit.min(pairs.len())];
        let mut quoted: [Vec<Quoted>; 2] = Default::default();
        for side in 0..2 {
            let hits: Vec<Hit> = best.iter().map(|pair| hits[side][pair.places[side]]).collect();
            quoted[side] = index.load(found[side], &hits)?;
        }
        let [a, b] = quoted;
        let shown = |((pair, a), b): ((&Pair, Quoted), Quoted)| {
            let [of_a, of_b] = [0, 1].map(|side| &wordings[side][pair.places[side]].words[..]);
            let shared = weights.named([&a.0.text, &b.0.text], shared_words(of_a, of_b).collect());
            Shown { similarity: pair.similarity, shared, sides: [a, b] }
        };
        Ok(Self {
            n_passages: found.map(|found| found.hits.len()),
            n_compared,
            n_short,
            n_pairs: pairs.len(),
            shown: best.iter().zip(a).zip(b).map(shown).collect(),
        })
    }

    /// How many passages and pairs there are, and what was not compared.
    fn said(&self, name: &str) -> String {
        let [a, b] = self.n_passages;
        let mut line = format!("{name}: a has {}, b {b}", plural(a as u64, "passage", "passages"));
        for (side, at) in [("a", 0), ("b", 1)] {
            if self.n_compared[at] < self.n_passages[at] {
                line.push_str(&format!(", {} of {side} compared", self.n_compared[at]));
            }
        }
        let n_short: usize = self.n_short.iter().sum();
        if n_short > 0 {
            line.push_str(&format!(", {n_short} of all too short"));
        }
        line.push_str(&match (self.n_pairs, self.shown.len()) {
            (0, _) => format!("; no two are alike enough ({LEAST_SIMILARITY})"),
            (n_pairs, n_shown) if n_shown < n_pairs => format!("; {n_shown} of {n_pairs} pairs shown"),
            (n_pairs, _) => format!("; {} shown", plural(n_pairs as u64, "pair", "pairs")),
        });
        line
    }
}

/// The words of passages by number, by stem, and what each weighs.
struct Weights<'a> {
    index: &'a Index,
    numbers: FxHashMap<String, u32>,
    /// By number.
    weights: Vec<f64>,
}

impl<'a> Weights<'a> {
    fn new(index: &'a Index) -> Self {
        Self { index, numbers: FxHashMap::default(), weights: Vec::new() }
    }

    /// The different words of a passage that tell what it is about, ascending.
    fn words(&mut self, near: &[&str]) -> Result<Vec<u32>> {
        let mut words = Vec::new();
        for word in near.iter().filter(|word| has_meaning(word)) {
            let stem = stem(word);
            if !ASKING.contains(&stem.as_str()) {
                words.push(self.number(word, stem)?);
            }
        }
        words.sort_unstable();
        words.dedup();
        Ok(words)
    }

    fn number(&mut self, word: &str, stem: String) -> Result<u32> {
        if let Some(number) = self.numbers.get(&stem) {
            return Ok(*number);
        }
        let n_having = self.index.passages_with(&Word::Stem { word: word.to_owned(), stem: stem.clone() })?;
        let number = self.weights.len() as u32;
        self.weights.push(word_weight(n_having, self.index.format().passages));
        self.numbers.insert(stem, number);
        Ok(number)
    }

    /// The forms of the words of a text that mean something, by number.
    fn forms<'t>(&self, tokens: &'t Tokens) -> FxHashMap<u32, Vec<&'t str>> {
        let mut forms: FxHashMap<u32, Vec<&str>> = FxHashMap::default();
        for word in tokens.words().filter(|word| has_meaning(word)) {
            if let Some(number) = self.numbers.get(&stem(word)) {
                forms.entry(*number).or_default().push(word);
            }
        }
        forms
    }

    /// The heaviest of these words, as both texts have them; where they have no form in common,
    /// one of each: `ferries/ferry`.
    fn named(&self, texts: [&str; 2], mut words: Vec<u32>) -> Vec<String> {
        let tokens = texts.map(Tokens::read);
        let [of_a, of_b] = [0, 1].map(|side| self.forms(&tokens[side]));
        let square = |word: &u32| self.weights[*word as usize].powi(2);
        words.sort_by(|one, other| square(other).total_cmp(&square(one)));
        let all: f64 = words.iter().map(square).sum();
        let mut sum = 0.0;
        let tells = |word: &&u32| {
            let is_missing = sum < NAMED_SHARE * all;
            sum += square(word);
            is_missing
        };
        let telling = words.iter().take(N_NAMED).take_while(tells);
        let name = |word: &u32| {
            let (a, b) = (of_a.get(word)?, of_b.get(word)?);
            let common = a.iter().find(|form| b.contains(form));
            Some(common.map_or_else(|| format!("{}/{}", a[0], b[0]), |form| (*form).to_owned()))
        };
        telling.filter_map(name).collect()
    }
}
