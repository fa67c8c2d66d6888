//! Pairing: which passages of two sides ask the same, in words of their own.
//!
//! How alike two passages are is the cosine of the angle between their words, each
//! weighing the more the rarer it is. Source: Salton and Buckley (1988), "Term-weighting
//! approaches in automatic text retrieval", with binary term frequencies and inverse
//! document frequencies (`bfc · bfc`).

use std::cmp::{Ordering, Reverse};

use rayon::prelude::*;

use super::chains::FEWEST_WORDS;

/// How alike two passages are at least that are a pair.
pub const LEAST_SIMILARITY: f64 = 0.25;

/// How alike two passages of one side are at least where the second says nothing new.
pub const SAID_BEFORE: f64 = 0.8;

/// How many words on either side of a match are compared: a long passage is about more
/// than what the theme finds in it.
pub const NEAR_WORDS: usize = 30;

/// A word that stands in more than one of so many passages weighs nothing.
const COMMON: f64 = 20.0;

/// A word is rare that stands in at most one of so many passages, and the words that two
/// passages share at least so many of these where they are a pair: with one, they share a name.
const RARE: f64 = 100.0;
const FEWEST_RARE: usize = 2;

/// How much of what a pair shares one word may come to: that is what the theme looks for.
const MOST_OF_ONE: f64 = 0.9;

/// What a word weighs that stands in `n_having` passages of `of`: how many times rarer than
/// one in 20 it is, as a natural logarithm; 0 where it is not.
pub fn word_weight(n_having: u64, of: u64) -> f64 {
    (of as f64 / n_having.max(1) as f64 / COMMON).ln().max(0.0)
}

/// A passage that is to be paired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Its different words, each a number; ascending.
    pub words: Vec<u32>,
    /// Whether it is of a kind that asks or answers.
    pub asks: bool,
}

/// A passage of each of two sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The place of the passage on either side.
    pub places: [usize; 2],
    /// How many of the two are of a kind that asks or answers.
    pub n_asking: usize,
    /// How alike they are, from [`LEAST_SIMILARITY`] to 1.
    pub similarity: f64,
}

/// How passages are paired, for `--help`; `most` of a side are compared at most.
pub fn pairing_rules(most: usize) -> String {
    format!(
        "Passages of the two sides that one theme or query finds are paired by the words that they share:\n\
         1. A word weighs the more the rarer it is: ln(passages of the index / passages with a word of its stem / {COMMON}), \
         the passages added up over the forms of the stem, and nothing where that is more than one of {COMMON}; nor do \
         function words (any, if, there, how, whether) weigh, nor ask, enquire, query and question. Similarity is the cosine of the weighted words, from 0 \
         (nothing is shared) to 1 (the same words). \
         Compared are the words within {NEAR_WORDS} words of a match; numbers do not count.\n\
         2. Passages with fewer than {FEWEST_WORDS} such words, each time that one stands there, are left out; and pairs \
         below {LEAST_SIMILARITY}, or that share fewer than {FEWEST_RARE} words which stand in one of {RARE} passages or \
         fewer, or in which one word comes to more than {MOST_OF_ONE} of what they share.\n\
         3. Pairs in which both ask or answer (kinds question, answer, request, recommendation) go before those \
         in which one does, and these before the rest; then the most similar first, and of equals those that \
         come first in the corpus.\n\
         4. Each passage is used once; one that says what a paired one of its side says (similarity {SAID_BEFORE} or more) \
         is passed over.\n\
         5. Of a side with more than {most} passages those that ask or answer are compared, then those that match \
         best, {most} in all; it says so.\n\
         `shared` has the words that weigh most in a pair, `ferries/ferry` where the sides have other forms of one.\n\
         A pair is to be read: of 19 pairs of themes in real minutes, read after the rules were made, 13 ask the \
         same, but of 14 that `--query kind:question` made, 4; most others share a name, a place, an occasion or a body."
    )
}

/// Pairs passages of two sides by [`pairing_rules`], the pairs that ask first, and of these the
/// most similar; of equals those that come first on the sides. `weights` are those of
/// the words by their numbers, 0 or more.
pub fn pairs(sides: [&[Wording]; 2], weights: &[f64]) -> Vec<Pair> {
    let alike = Alike::new(sides, weights);
    let mut candidates = alike.candidates();
    candidates.sort_unstable_by(order);
    let mut is_done = sides.map(|side| vec![false; side.len()]);
    let mut pairs: Vec<Pair> = Vec::new();
    for pair in candidates {
        if (0..2).any(|side| is_done[side][pair.places[side]]) {
            continue;
        }
        let says_again = |side: &usize| {
            let is_alike =
                |other: &Pair| alike.within(*side, other.places[*side], pair.places[*side]) >= SAID_BEFORE;
            pairs.iter().any(is_alike)
        };
        let again: Vec<usize> = (0..2).filter(says_again).collect();
        if again.is_empty() {
            (0..2).for_each(|side| is_done[side][pair.places[side]] = true);
            pairs.push(pair);
        }
        again.into_iter().for_each(|side| is_done[side][pair.places[side]] = true);
    }
    pairs
}

/// Those that ask first, then the most alike; no two are equal.
fn order(one: &Pair, other: &Pair) -> Ordering {
    Reverse(one.n_asking)
        .cmp(&Reverse(other.n_asking))
        .then_with(|| other.similarity.total_cmp(&one.similarity))
        .then_with(|| one.places.cmp(&other.places))
}

/// Two sides, and how long each passage is.
struct Alike<'a> {
    sides: [&'a [Wording]; 2],
    weights: &'a [f64],
    /// The root of the sum of the squares of the weights, by side.
    lengths: [Vec<f64>; 2],
}

impl<'a> Alike<'a> {
    fn new(sides: [&'a [Wording]; 2], weights: &'a [f64]) -> Self {
        let square = |word: &u32| weights[*word as usize].powi(2);
        let length = |of: &Wording| of.words.iter().map(square).sum::<f64>().sqrt();
        Self { sides, weights, lengths: sides.map(|side| side.iter().map(length).collect()) }
    }

    /// All pairs that are alike enough, in no order.
    fn candidates(&self) -> Vec<Pair> {
        let [a, b] = self.sides;
        let mut having: Vec<Vec<u32>> = vec![Vec::new(); self.weights.len()];
        for (place, wording) in (0..).zip(b) {
            wording.words.iter().for_each(|word| having[*word as usize].push(place));
        }
        let of_passage = |(at, wording): (usize, &Wording)| {
            let mut products = vec![0.0; b.len()];
            for &word in &wording.words {
                let square = self.weights[word as usize].powi(2);
                having[word as usize].iter().for_each(|place| products[*place as usize] += square);
            }
            let pair = |(other, product): (usize, f64)| {
                let similarity = cosine(product, self.lengths[0][at], self.lengths[1][other]);
                let n_asking = usize::from(wording.asks) + usize::from(b[other].asks);
                let is_alike = similarity >= LEAST_SIMILARITY && self.share_enough((at, other), product);
                is_alike.then_some(Pair { places: [at, other], n_asking, similarity })
            };
            products.into_iter().enumerate().filter_map(pair).collect::<Vec<Pair>>()
        };
        a.par_iter().enumerate().flat_map_iter(of_passage).collect()
    }

    /// Whether words enough make up what two passages of the two sides share, `product` in all.
    fn share_enough(&self, (a, b): (usize, usize), product: f64) -> bool {
        let shared = shared(&self.sides[0][a].words, &self.sides[1][b].words);
        let weights: Vec<f64> = shared.map(|word| self.weights[word as usize]).collect();
        let least_rare = (RARE / COMMON).ln();
        let n_rare = weights.iter().filter(|weight| **weight >= least_rare).count();
        let heaviest = weights.into_iter().fold(0.0, f64::max);
        n_rare >= FEWEST_RARE && heaviest.powi(2) <= MOST_OF_ONE * product
    }

    /// How alike two passages of one side are.
    fn within(&self, side: usize, one: usize, other: usize) -> f64 {
        let shared = shared(&self.sides[side][one].words, &self.sides[side][other].words);
        let product = shared.map(|word| self.weights[word as usize].powi(2)).sum();
        cosine(product, self.lengths[side][one], self.lengths[side][other])
    }
}

/// 0 where a passage has no word of any weight.
fn cosine(product: f64, one: f64, other: f64) -> f64 {
    if product > 0.0 { (product / (one * other)).min(1.0) } else { 0.0 }
}

/// The words that two passages share; both, and what comes of them, ascending.
pub fn shared<'a>(one: &'a [u32], other: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let mut rest = other;
    one.iter().copied().filter(move |word| {
        rest = &rest[rest.partition_point(|other| other < word)..];
        rest.first() == Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(words: &[u32]) -> Wording {
        Wording { words: words.to_vec(), asks: true }
    }

    fn telling(words: &[u32]) -> Wording {
        Wording { words: words.to_vec(), asks: false }
    }

    /// Checks the pairs, each with its similarity to two digits.
    #[track_caller]
    fn check(a: &[Wording], b: &[Wording], weights: &[f64], expected: &[(usize, usize, &str)]) {
        let found = pairs([a, b], weights);
        let shown = |pair: &Pair| (pair.places[0], pair.places[1], format!("{:.2}", pair.similarity));
        let expected: Vec<(usize, usize, String)> =
            expected.iter().map(|&(a, b, similarity)| (a, b, similarity.to_owned())).collect();
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_word_weighs_the_more_the_rarer_it_is() {
        // By hand: one of 1,000 is 50 times rarer than one of 20.
        assert_eq!(word_weight(1, 1_000), 50_f64.ln());
        assert_eq!(word_weight(25, 1_000), 2_f64.ln());
        assert_eq!([word_weight(50, 1_000), word_weight(900, 1_000), word_weight(0, 0)], [0.0; 3]);
    }

    /// By hand: weights of 6, 4 and 2 are 36, 16 and 4. Of {6, 4, 2} and {6, 4} 52 is shared, of
    /// √56 × √52; of {6, 4, 2} and {4, 2} 20, of √56 × √20.
    #[test]
    fn pairs_are_as_alike_as_the_weight_of_what_they_share() {
        let weights = [6.0, 4.0, 2.0, 0.0];
        check(&[telling(&[0, 1, 2])], &[telling(&[0, 1])], &weights, &[(0, 0, "0.96")]);
        check(&[telling(&[0, 1, 2])], &[telling(&[1, 2])], &weights, &[(0, 0, "0.60")]);
        // A word that is everywhere is none, and one word in common too few, or nearly one: of 101
        // that is shared 100 are of one word.
        check(&[telling(&[0, 3])], &[telling(&[0, 3])], &weights, &[]);
        check(&[telling(&[0, 2])], &[telling(&[0, 2])], &[20.0, 0.0, 2.0], &[]);
        check(&[telling(&[3])], &[telling(&[3])], &weights, &[]);
    }

    /// One word of a hundred weighs ln 5, which is 1.609.
    #[test]
    fn a_pair_shares_two_rare_words() {
        let both = [telling(&[0, 1, 2])];
        check(&both, &both, &[1.61, 1.61, 1.6], &[(0, 0, "1.00")]);
        check(&both, &both, &[1.61, 1.6, 1.6], &[]);
        check(&both, &both, &[1.0; 3], &[]);
    }

    #[test]
    fn each_passage_is_used_once_in_the_best_pair_that_it_has() {
        let weights = [2.0; 12];
        // Both of A are as near to the first of B (2 of √2 × √4): the earlier has it.
        let a = [telling(&[0, 1]), telling(&[2, 3])];
        let b = [telling(&[0, 1, 2, 3]), telling(&[2, 3, 5, 6, 7])];
        check(&a, &b, &weights, &[(0, 0, "0.71"), (1, 1, "0.63")]);
        // One of A, three of B: one pair.
        let b = [telling(&[0, 1, 7]), telling(&[0, 1]), telling(&[0, 1, 8])];
        check(&a[..1], &b, &weights, &[(0, 1, "1.00")]);
    }

    #[test]
    fn what_asks_goes_before_what_tells() {
        let weights = [2.0; 32];
        let b = [telling(&[0, 1, 2]), asking(&[0, 1, 8])];
        check(&[asking(&[0, 1, 2])], &b, &weights, &[(0, 1, "0.67")]);
        // But not where it is not alike: 2 of √3 × √24 is 0.236.
        let far = asking(&[&[0, 1][..], &Vec::from_iter(10..32)].concat());
        check(&[asking(&[0, 1, 2])], &[telling(&[0, 1, 9]), far], &weights, &[(0, 0, "0.67")]);
    }

    #[test]
    fn what_a_side_says_again_makes_no_second_pair() {
        let weights = [2.0; 12];
        let same = [telling(&[0, 1, 2, 3, 4]), telling(&[0, 1, 2, 3, 4, 5])];
        // 5 of √5 × √6 is 0.91.
        let b = [telling(&[0, 1, 2, 8]), telling(&[3, 4, 5, 9])];
        check(&same, &b, &weights, &[(0, 0, "0.67")]);
        // 4 of √5 × √6 is 0.73: another.
        let other = [telling(&[0, 1, 2, 3, 4]), telling(&[0, 2, 3, 4, 5, 6])];
        check(&other, &b, &weights, &[(0, 0, "0.67"), (1, 1, "0.61")]);
    }

    #[test]
    fn shared_words_are_those_of_both() {
        let check = |one: &[u32], other: &[u32], expected: &[u32]| {
            assert_eq!(shared(one, other).collect::<Vec<_>>(), expected);
        };
        check(&[1, 3, 5, 9], &[0, 3, 4, 9, 10], &[3, 9]);
        check(&[1], &[], &[]);
        check(&[], &[1], &[]);
    }
}
