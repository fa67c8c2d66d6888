//! Keywords: what marks one side off from another, of many words that are tested as one family.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::keyness::{Frequency, Keyness, keyness};
use super::multiplicity::benjamini_hochberg;

/// A word, or anything else that can be counted, that was tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keyword {
    /// Its place among those that were given.
    pub place: usize,
    /// How frequent it is here, and there.
    pub frequencies: [Frequency; 2],
    /// How it marks what is here off from what is there, LRC over all that were tested.
    pub keyness: Keyness,
    /// The p of four terms, adjusted for all that were tested after Benjamini and Hochberg (1995).
    pub p_adjusted: f64,
}

/// Tests words by their frequencies here and there, those that stand `least` times or more on
/// both sides together. Those that mark what is here most surely come first: by LRC, then by the
/// signed G² of four terms, then in the order given.
pub fn keywords(frequencies: &[[Frequency; 2]], least: u64) -> Vec<Keyword> {
    let is_frequent = |[here, there]: &[Frequency; 2]| here.count + there.count >= least;
    let family = frequencies.iter().filter(|both| is_frequent(both)).count() as u64;
    let test = |(place, both): (usize, &[Frequency; 2])| {
        let [here, there] = *Some(both).filter(|both| is_frequent(both))?;
        let keyness = keyness(here, there, family)?;
        Some(Keyword { place, frequencies: *both, keyness, p_adjusted: 1.0 })
    };
    let mut tested: Vec<Keyword> = frequencies.par_iter().enumerate().filter_map(test).collect();
    let p_values: Vec<f64> = tested.iter().map(|word| word.keyness.four_term.p).collect();
    for (word, p) in tested.iter_mut().zip(benjamini_hochberg(&p_values).unwrap_or_default()) {
        word.p_adjusted = p;
    }
    tested.par_sort_unstable_by(order);
    tested
}

/// The surest marks of what is here first; no two are equal.
fn order(one: &Keyword, other: &Keyword) -> Ordering {
    let lrc = |word: &Keyword| word.keyness.lrc;
    let g2 = |word: &Keyword| word.keyness.four_term.signed_g2;
    let by_figures = lrc(other).total_cmp(&lrc(one)).then_with(|| g2(other).total_cmp(&g2(one)));
    by_figures.then_with(|| one.place.cmp(&other.place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_marks_this_side_stands_first_and_what_marks_the_other_last() {
        let of = |a: u64, b: u64| [Frequency { count: a, size: 100 }, Frequency { count: b, size: 100 }];
        // Of these the second, fourth and fifth are even, and the last is too rare to be tested.
        let found = keywords(&[of(0, 60), of(30, 30), of(60, 0), of(5, 5), of(30, 30), of(1, 0)], 5);
        assert_eq!(found.iter().map(|word| word.place).collect::<Vec<_>>(), [2, 1, 3, 4, 0]);
        // As a family of five.
        let [here, there] = of(60, 0);
        assert_eq!(Some(found[0].keyness), keyness(here, there, 5));
        // Two of five have the least p: by 5/2 of it; those that are even have 1.
        assert_eq!(found[0].p_adjusted, found[0].keyness.four_term.p * 2.5);
        assert_eq!(found[2].p_adjusted, 1.0);
        assert_eq!(found[0].frequencies, of(60, 0));
        assert_eq!(keywords(&[], 1), []);
    }
}
