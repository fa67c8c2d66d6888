//! Dispersion: how evenly a word is spread over the parts of a corpus.

/// A part of a corpus: a council, a year, a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Tokens of the part, or whatever else measures it.
    pub size: u64,
    /// Occurrences of the word in it.
    pub count: u64,
}

/// Figures of dispersion for one word. For D, D2, S and `dp_egbert` 1 is
/// perfectly even; for DP, DPnorm and the divergences 0 is.
///
/// Below, `w` is a part's share of the corpus, `t` its share of the word's
/// occurrences, `R` its rate (count by size), `k` the number of parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dispersion {
    /// Juilland's D on rates, `1 - V/√(k - 1)`, `V` being the standard
    /// deviation of `R` (of a population) by its mean; from 0 (all in one
    /// part) to 1 (even). `None` where there is one part.
    ///
    /// With many parts it is near 1 for all but the rarest words (Biber and
    /// others 2016). Source: Juilland and Chang-Rodríguez (1964).
    pub juilland_d: Option<f64>,
    /// DP, `½ Σ |t - w|`: from 0 (even) to below 1. Source: Gries (2008).
    ///
    /// The README of R's `tlda` prints `1 - DP` as if it were the modification
    /// of Egbert and others; [`dp_egbert`](Self::dp_egbert) is that.
    pub dp: f64,
    /// DPnorm, `DP / (1 - min w)`: from 0 (even) to 1 (all in the smallest
    /// part). `None` where there is one part.
    ///
    /// Source: Lijffijt and Gries (2012).
    pub dp_norm: Option<f64>,
    /// `1 - DP / (1 - min w)`, the least `w` being that of the parts that have
    /// the word: from 0 (all in one part) to 1 (even). `None` where there is
    /// one part.
    ///
    /// Source: Egbert, Burch and Biber (2020).
    pub dp_egbert: Option<f64>,
    /// Carroll's D2, the entropy of the rates by its maximum,
    /// `-Σ r log2 r / log2 k` with `r = R / Σ R`; from 0 (all in one part) to
    /// 1 (even). `None` where there is one part.
    ///
    /// Source: Carroll (1970).
    pub carroll_d2: Option<f64>,
    /// Rosengren's S, `(Σ √(w T))² / Σ T` with `T` the counts: from the least
    /// `w` (all in the smallest part) to 1 (even).
    ///
    /// Source: Rosengren (1971), for parts of unequal size.
    pub rosengren_s: f64,
    /// The Kullback-Leibler divergence of `t` from `w`, `Σ t log2(t/w)`, in
    /// bits: from 0 (even), without limit.
    ///
    /// Source: Kullback and Leibler (1951); Gries (2019) for dispersion.
    pub kl: f64,
    /// The divergence as a figure from 0 (even) to below 1, `KL / (1 + KL)`.
    ///
    /// Tools that count evenness upwards print 1 less this.
    pub dkl: f64,
}

/// How evenly a word is spread over `parts`, in whatever order.
///
/// Parts of size 0 are no parts, and left out. Returns `None` where the word
/// is nowhere, or is in a part of size 0.
///
/// ```
/// # use scrutineer::analyse::{Part, dispersion};
/// let years = [(9, 1), (10, 2), (10, 3), (10, 4), (11, 5)];
/// let word = dispersion(&years.map(|(size, count)| Part { size, count })).unwrap();
/// assert_eq!(format!("{:.2}", word.dp), "0.18");
/// ```
pub fn dispersion(parts: &[Part]) -> Option<Dispersion> {
    let spread: Vec<Part> = parts.iter().copied().filter(|part| part.size > 0).collect();
    let is_outside = parts.iter().any(|part| part.size == 0 && part.count > 0);
    let is_nowhere = spread.iter().all(|part| part.count == 0);
    if is_outside || is_nowhere {
        return None;
    }
    let sizes = shares(spread.iter().map(|part| part.size as f64));
    let counts = shares(spread.iter().map(|part| part.count as f64));
    let rates = shares(spread.iter().map(|part| part.count as f64 / part.size as f64));
    let pairs = || counts.iter().copied().zip(sizes.iter().copied());

    let dp = pairs().map(|(t, w)| (t - w).abs()).sum::<f64>() / 2.0;
    let least = |w: f64, other: f64| w.min(other);
    let smallest = sizes.iter().copied().fold(1.0, least);
    let smallest_with = pairs().filter(|&(t, _)| t > 0.0).map(|(_, w)| w).fold(1.0, least);
    let root: f64 = pairs().map(|(t, w)| (t * w).sqrt()).sum();
    let kl = divergence(pairs());
    let is_parted = spread.len() > 1;
    let if_parted = |figure: f64| is_parted.then(|| figure.clamp(0.0, 1.0));
    Some(Dispersion {
        juilland_d: if_parted(juilland_d(&rates)),
        dp,
        dp_norm: if_parted(dp / (1.0 - smallest)),
        dp_egbert: if_parted(1.0 - dp / (1.0 - smallest_with)),
        carroll_d2: if_parted(carroll_d2(&rates)),
        rosengren_s: (root * root).min(1.0),
        kl,
        dkl: kl / (1.0 + kl),
    })
}

/// Each value by the sum of all.
fn shares(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let sum: f64 = values.clone().sum();
    values.map(|value| value / sum).collect()
}

/// Of rates, or of any multiple of them.
fn juilland_d(rates: &[f64]) -> f64 {
    let k = rates.len() as f64;
    let mean = rates.iter().sum::<f64>() / k;
    let variance = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / k;
    1.0 - variance.sqrt() / mean / (k - 1.0).sqrt()
}

/// Of rates as shares of their sum.
fn carroll_d2(rates: &[f64]) -> f64 {
    let entropy: f64 = rates.iter().filter(|&&r| r > 0.0).map(|r| r * (1.0 / r).log2()).sum();
    entropy / (rates.len() as f64).log2()
}

/// In bits, of pairs of `t` and `w`.
fn divergence(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    pairs.filter(|&(t, _)| t > 0.0).map(|(t, w)| t * (t / w).log2()).sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of<const N: usize>(sizes: [u64; N], counts: [u64; N]) -> Dispersion {
        let parts = std::array::from_fn::<Part, N, _>(|i| Part { size: sizes[i], count: counts[i] });
        dispersion(&parts).unwrap()
    }

    /// The sizes of Gries's example of five parts.
    const FIVE: [u64; 5] = [9, 10, 10, 10, 11];

    /// A figure of what a word does in Gries's corpus, to three decimals.
    #[track_caller]
    fn check(counts: [u64; 5], figure: fn(Dispersion) -> f64, expected: &str) {
        assert_eq!(format!("{:.3}", figure(of(FIVE, counts))), expected);
    }

    /// DISP-1: Lyne (1985), ALLEMAND, in the README of R's tlda, whose DP of
    /// 0.5009295 is 1 less this one; DPnorm and Egbert's form recomputed.
    #[test]
    fn allemand_has_the_published_figures() {
        let sizes = [8143, 8058, 8271, 8125, 7959, 7941, 8146, 8001, 8003, 7930];
        let found = of(sizes, [2, 0, 1, 1, 3, 0, 3, 0, 0, 0]);
        let check = |figure: f64, expected: &str| assert_eq!(format!("{figure:.7}"), expected);
        check(found.juilland_d.unwrap(), "0.6038797");
        check(found.carroll_d2.unwrap(), "0.6521444");
        check(found.rosengren_s, "0.4763652");
        check(found.dp, "0.4990705");
        check(1.0 - found.dp, "0.5009295");
        check(found.dp_norm.unwrap(), "0.5535480");
        check(1.0 - found.dp_egbert.unwrap(), "0.5537690");
        check(found.dkl, "0.5334922");
    }

    /// DISP-2: the corpus of Gries (2019) as in scattertext's `dispersion.py`;
    /// recomputed.
    #[test]
    fn a_word_that_grows_from_part_to_part() {
        let found = of(FIVE, [1, 2, 3, 4, 5]);
        assert_eq!(format!("{:.2}", found.dp), "0.18");
        assert_eq!(format!("{:.4}", found.dp_norm.unwrap()), "0.2195");
        assert_eq!(format!("{:.3}", found.juilland_d.unwrap()), "0.785");
        assert_eq!(format!("{:.4}", found.kl), "0.1370");
    }

    /// DISP-3, DISP-4 and DISP-5: scattertext's `test_Dispersion.py`.
    #[test]
    fn words_once_in_each_part_or_in_one() {
        let d = |found: Dispersion| found.juilland_d.unwrap();
        let s = |found: Dispersion| found.rosengren_s;
        let dp = |found: Dispersion| found.dp;
        let dp_norm = |found: Dispersion| found.dp_norm.unwrap();
        let kl = |found: Dispersion| found.kl;
        let once = [1, 1, 1, 1, 1];
        check(once, d, "0.968");
        check(once, s, "0.999");
        check(once, dp, "0.020");
        check(once, dp_norm, "0.024");
        check(once, kl, "0.003");
        let first = [1, 0, 0, 0, 0];
        check(first, d, "0.000");
        check(first, s, "0.180");
        check(first, dp, "0.820");
        check(first, dp_norm, "1.000");
        check(first, kl, "2.474");
        let second = [0, 1, 0, 0, 0];
        check(second, dp, "0.800");
        check(second, dp_norm, "0.976");
        check(second, kl, "2.322");
        let last = [0, 0, 0, 0, 1];
        check(last, dp, "0.780");
        check(last, dp_norm, "0.951");
        check(last, kl, "2.184");
    }

    #[test]
    fn even_is_even_whatever_the_sizes() {
        let found = of([10, 20, 70], [1, 2, 7]);
        let near = |figure: f64, expected: f64| assert!((figure - expected).abs() < 1e-12);
        near(found.juilland_d.unwrap(), 1.0);
        near(found.carroll_d2.unwrap(), 1.0);
        near(found.rosengren_s, 1.0);
        near(found.dp_egbert.unwrap(), 1.0);
        near(found.dp, 0.0);
        near(found.kl, 0.0);
    }

    #[test]
    fn in_one_part_alone_egbert_s_form_is_0_wherever_it_is() {
        for counts in [[4, 0, 0, 0, 0], [0, 0, 0, 0, 4]] {
            check(counts, |found| found.dp_egbert.unwrap(), "0.000");
            check(counts, |found| found.carroll_d2.unwrap(), "0.000");
        }
    }

    #[test]
    fn one_part_is_even_and_no_more_can_be_said() {
        let found = of([10], [3]);
        assert_eq!([found.juilland_d, found.dp_norm, found.dp_egbert, found.carroll_d2], [None; 4]);
        assert_eq!([found.dp, found.kl, found.dkl, found.rosengren_s], [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn empty_parts_are_no_parts() {
        assert_eq!(of([10, 0, 30], [3, 0, 1]), of([10, 30], [3, 1]));
        assert_eq!(dispersion(&[]), None);
        assert_eq!(dispersion(&[Part { size: 10, count: 0 }]), None);
        assert_eq!(dispersion(&[Part { size: 10, count: 1 }, Part { size: 0, count: 1 }]), None);
    }

    fn any_count() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), 0..20_u64, 0..10_000_000_u64, any::<u64>()]
    }

    proptest! {
        #[test]
        fn figures_keep_to_their_ranges(pairs in prop::collection::vec((any_count(), any_count()), 0..20)) {
            let parts: Vec<Part> = pairs.into_iter().map(|(size, count)| Part { size, count }).collect();
            if let Some(found) = dispersion(&parts) {
                let Dispersion { juilland_d, dp, dp_norm, dp_egbert, carroll_d2, rosengren_s, kl, dkl } = found;
                for share in [dp, rosengren_s, dkl] {
                    prop_assert!((0.0..=1.0).contains(&share), "{:?}", found);
                }
                for share in [juilland_d, dp_norm, dp_egbert, carroll_d2].into_iter().flatten() {
                    prop_assert!((0.0..=1.0).contains(&share), "{:?}", found);
                }
                prop_assert!(kl.is_finite() && kl >= 0.0);
            }
        }

        #[test]
        fn order_is_of_no_matter(pairs in prop::collection::vec((1..1000_u64, 1..50_u64), 1..20)) {
            let parts: Vec<Part> = pairs.into_iter().map(|(size, count)| Part { size, count }).collect();
            let turned: Vec<Part> = parts.iter().copied().rev().collect();
            let [one, other] = [parts, turned].map(|parts| dispersion(&parts).unwrap());
            prop_assert!((one.dp - other.dp).abs() < 1e-12);
            prop_assert!((one.kl - other.kl).abs() < 1e-12);
        }
    }
}
