//! Co-occurrence: whether two things stand in the same units (passages, items, meetings)
//! more often than by chance.
//!
//! Units that stand next to each other are alike: items of one meeting, meetings of one
//! body. Held against chance over a whole corpus, two themes of the same committee
//! always stand together. So chance is asked stratum by stratum: what would be if, within
//! each meeting (body), it were the same to the one which units have the other.

use std::cmp::Ordering;

use statrs::function::factorial::ln_binomial;

use super::{PValue, Reference};

/// What the interval of an odds ratio leaves out on each side.
const TAIL: f64 = 0.025;

/// How far two probabilities may differ, as a share, and be equal: rounding, as in R's
/// `fisher.test`.
const ROUNDING: f64 = 1e-7;

/// In how many units two things stand, of one stratum or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Together {
    /// O: units with both.
    pub both: u64,
    /// Units with the first.
    pub first: u64,
    /// Units with the second.
    pub second: u64,
    /// N: units in which either could stand.
    pub units: u64,
}

impl Together {
    /// E: units with both if neither had to do with the other, `first second / N`; `None`
    /// where there are no units.
    pub fn expected(self) -> Option<f64> {
        (self.units > 0).then(|| self.first as f64 * self.second as f64 / self.units as f64)
    }

    /// `O/E`: 1 as often as by chance, 2 twice as often. `None` where nothing is expected.
    pub fn lift(self) -> Option<f64> {
        self.expected().filter(|expected| *expected > 0.0).map(|expected| self.both as f64 / expected)
    }

    fn is_possible(self) -> bool {
        self.both <= self.first.min(self.second)
            && self.first.max(self.second) <= self.units
            && self.first + self.second - self.both <= self.units
    }
}

/// How strongly two things keep together within strata.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommonOddsRatio {
    /// The sum of what is expected in each stratum.
    pub expected: f64,
    /// Strata that could have come out otherwise: the first stands in some of their units
    /// and not in others, and the second too.
    pub informative: u64,
    /// The odds of the second where the first stands, over those where it does not: 1 is
    /// no association, 0 never together, infinite together as often as could be. The
    /// conditional maximum likelihood estimate.
    pub ratio: f64,
    /// The lower end of its exact 95 % interval, from 0.
    pub low: f64,
    /// The upper end, which may be infinite.
    pub high: f64,
    /// Two-sided and exact: the probability of all sums of units with both that are no
    /// likelier than the one observed.
    pub p: PValue,
}

/// Holds what stands together against chance within strata, all of them together.
///
/// Fisher's exact test over strata: the units with both are summed over the strata; given
/// how many units of each have the one and how many the other, each stratum's number is
/// hypergeometric where the two have nothing to do with each other. This is what
/// permutation within each stratum comes to, without drawing any. Of one stratum it is
/// Fisher's test of a 2 × 2 table. `None` where no stratum could have come out otherwise,
/// or counts contradict each other.
///
/// Source: Gart (1970), "Point and interval estimation of the common odds ratio in the
/// combination of 2 × 2 tables with fixed marginals"; R's `mantelhaen.test(exact = TRUE)`.
///
/// ```
/// # use scrutineer::analyse::{Together, common_odds_ratio};
/// // Fisher's tea: four cups had milk first, of which she named three.
/// let tea = Together { both: 3, first: 4, second: 4, units: 8 };
/// let found = common_odds_ratio(&[tea]).unwrap();
/// assert_eq!(format!("{:.4} {:.3}", found.p.value, found.ratio), "0.4857 6.408");
/// ```
pub fn common_odds_ratio(strata: &[Together]) -> Option<CommonOddsRatio> {
    if !strata.iter().all(|stratum| stratum.is_possible()) {
        return None;
    }
    let (mut sum, mut observed, mut informative) = (Sum::default(), 0, 0);
    for stratum in strata {
        let of_one = Sum::of(*stratum);
        informative += u64::from(of_one.log.len() > 1);
        observed += stratum.both;
        sum = sum.plus(&of_one);
    }
    if informative == 0 {
        return None;
    }
    let at = (observed - sum.least) as usize;
    let (is_least, is_most) = (at == 0, at + 1 == sum.log.len());
    let tail = |shares: &[f64], of: std::ops::Range<usize>| shares[of].iter().sum::<f64>();
    let n = sum.log.len();
    Some(CommonOddsRatio {
        expected: strata.iter().filter_map(|stratum| stratum.expected()).sum(),
        informative,
        ratio: match (is_least, is_most) {
            (true, _) => 0.0,
            (_, true) => f64::INFINITY,
            _ => sum.odds_where(|shares| mean(shares) < at as f64),
        },
        low: if is_least { 0.0 } else { sum.odds_where(|shares| tail(shares, at..n) < TAIL) },
        high: if is_most { f64::INFINITY } else { sum.odds_where(|shares| tail(shares, 0..at + 1) > TAIL) },
        p: PValue { value: sum.as_unlikely_as(at), from: Reference::Exact },
    })
}

/// The probabilities of a number of units with both, where the two have nothing to do
/// with each other: their natural logarithms, as they fall below what a float can hold.
struct Sum {
    /// The least that there can be.
    least: u64,
    /// Of that many, and each more.
    log: Vec<f64>,
}

impl Default for Sum {
    /// Of no stratum: 0, for certain.
    fn default() -> Self {
        Self { least: 0, log: vec![0.0] }
    }
}

impl Sum {
    /// Of one stratum, whose counts are possible.
    fn of(Together { first, second, units, .. }: Together) -> Self {
        let least = (first + second).saturating_sub(units);
        let all = ln_binomial(units, second);
        let log = |both: u64| ln_binomial(first, both) + ln_binomial(units - first, second - both) - all;
        Self { least, log: (least..=first.min(second)).map(log).collect() }
    }

    /// Of the strata of both.
    fn plus(self, other: &Self) -> Self {
        let mut log = vec![f64::NEG_INFINITY; self.log.len() + other.log.len() - 1];
        for (i, one) in self.log.iter().enumerate() {
            for (j, two) in other.log.iter().enumerate() {
                log[i + j] = log_of_sum(log[i + j], one + two);
            }
        }
        Self { least: self.least + other.least, log }
    }

    /// The probability of all that are no likelier than the one at a place.
    fn as_unlikely_as(&self, at: usize) -> f64 {
        let limit = self.log[at] + ROUNDING;
        self.log.iter().filter(|log| **log <= limit).map(|log| log.exp()).sum::<f64>().min(1.0)
    }

    /// The probabilities at a common odds ratio, given by its logarithm.
    fn shares(&self, log_odds: f64) -> Vec<f64> {
        let weights: Vec<f64> =
            self.log.iter().enumerate().map(|(at, log)| log + at as f64 * log_odds).collect();
        let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = weights.iter().map(|weight| (weight - most).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    }

    /// The odds ratio up to which something is so of the probabilities, and beyond which
    /// it is not; it is so of small ones.
    fn odds_where(&self, is_below: impl Fn(&[f64]) -> bool) -> f64 {
        let is_below = |log_odds: f64| is_below(&self.shares(log_odds));
        let (mut low, mut high) = (-1.0, 1.0);
        while !is_below(low) {
            low *= 2.0;
        }
        while is_below(high) {
            high *= 2.0;
        }
        loop {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                return middle.exp();
            }
            if is_below(middle) { low = middle } else { high = middle }
        }
    }
}

/// The mean place.
fn mean(shares: &[f64]) -> f64 {
    shares.iter().enumerate().map(|(at, share)| at as f64 * share).sum()
}

/// The logarithm of the sum of two numbers of which the logarithms are given.
fn log_of_sum(one: f64, other: f64) -> f64 {
    match one.total_cmp(&other) {
        _ if one == f64::NEG_INFINITY => other,
        Ordering::Less => other + (one - other).exp().ln_1p(),
        _ => one + (other - one).exp().ln_1p(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn together([units, first, second, both]: [u64; 4]) -> Together {
        Together { both, first, second, units }
    }

    /// Of strata given as units, first, second, both.
    fn of(strata: &[[u64; 4]]) -> CommonOddsRatio {
        let strata: Vec<Together> = strata.iter().copied().map(together).collect();
        common_odds_ratio(&strata).unwrap()
    }

    #[track_caller]
    fn check(strata: &[[u64; 4]], p: &str, ratio: &str, interval: [&str; 2]) {
        let found = of(strata);
        assert_eq!(
            (format!("{:.6}", found.p.value), format!("{:.5}", found.ratio)),
            (p.into(), ratio.into())
        );
        assert_eq!([found.low, found.high].map(|end| format!("{end:.4}")), interval);
    }

    /// R's `fisher.test`, help page: the tea, and Fisher's convictions of twins (1970), whose
    /// ratio there is of the other row (1 / 0.04693661). Ends of intervals in rational numbers
    /// by another program, as R's are within its tolerance only (0.2117 to 621.9).
    #[test]
    fn one_stratum_is_fisher_s_test() {
        check(&[[8, 4, 4, 3]], "0.485714", "6.40832", ["0.2117", "626.2435"]);
        check(&[[30, 13, 12, 10]], "0.000537", "21.30532", ["2.7534", "301.4623"]);
    }

    /// R's `mantelhaen.test`, help page: penicillin and rabbits (Agresti 1990), p 0.03994, common
    /// odds ratio 10.36102. The interval as above. The first and the last dose tell nothing.
    #[test]
    fn strata_are_those_of_mantelhaen_test() {
        let rabbits = [[11, 6, 0, 0], [12, 6, 3, 3], [12, 6, 8, 6], [12, 6, 11, 5], [7, 2, 7, 2]];
        check(&rabbits, "0.039945", "10.36105", ["1.0774", "531.5128"]);
        assert_eq!(of(&rabbits).informative, 3);
    }

    /// By hand. Two meetings of four and three items: both stand in two of the four each, and in
    /// one of the three. Together: C(2,k) C(2,2-k) / 6 = 1, 4, 1 of 6, and 2, 1 of 3; so 0 to 3
    /// together are 2, 9, 6 and 1 of 18. Three is the rarest: p = 1/18.
    #[test]
    fn strata_add_up() {
        let found = of(&[[4, 2, 2, 2], [3, 1, 1, 1]]);
        assert!((found.p.value - 1.0 / 18.0).abs() < 1e-12);
        assert!((found.expected - (1.0 + 1.0 / 3.0)).abs() < 1e-12);
        assert_eq!((found.ratio, found.high), (f64::INFINITY, f64::INFINITY));
        // Two together: those no likelier than 6 of 18 are 2, 6 and 1.
        assert!((of(&[[4, 2, 2, 1], [3, 1, 1, 1]]).p.value - 0.5).abs() < 1e-12);
        let never = of(&[[4, 2, 2, 0], [3, 1, 1, 0]]);
        assert_eq!((never.ratio, never.low), (0.0, 0.0));
        assert!((never.p.value - 3.0 / 18.0).abs() < 1e-12 && never.high > 1.0);
    }

    /// Each council has both in all its meetings, or neither in any: over all that is an
    /// association without end, within councils there is nothing to be asked.
    #[test]
    fn what_stands_in_all_of_a_stratum_or_in_none_tells_nothing() {
        let strata = [[5, 5, 5, 5], [5, 0, 0, 0]].map(together);
        assert_eq!(common_odds_ratio(&strata), None);
        let all = together([10, 5, 5, 5]);
        assert_eq!((all.expected(), all.lift()), (Some(2.5), Some(2.0)));
        assert_eq!((Together::default().expected(), together([5, 0, 3, 0]).lift()), (None, None));
    }

    #[test]
    fn counts_that_contradict_each_other_have_no_test() {
        for counts in [[4, 2, 2, 3], [4, 5, 2, 2], [4, 3, 3, 1]] {
            assert_eq!(common_odds_ratio(&[together(counts)]), None, "{counts:?}");
        }
    }

    /// 1,000 items, both in the same 400: 1 / C(1000, 400), below what a float can hold.
    #[test]
    fn what_is_too_small_for_a_float_still_has_an_interval() {
        let found = of(&[[1_000, 400, 400, 399]]);
        assert!(found.p.value < 1e-280 && found.low > 1_000.0 && found.high.is_finite(), "{found:?}");
    }
}
