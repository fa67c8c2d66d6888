//! Co-occurrence: whether two things stand in the same units (passages, items, meetings)
//! more often than by chance.
//!
//! Units that stand next to each other are alike: items of one meeting, meetings of one
//! body. Held against chance over a whole corpus, two themes of the same committee
//! always stand together. So chance is asked stratum by stratum: what would be if, within
//! each meeting (body), it were the same to the one which units have the other.

use std::collections::BTreeMap;

use statrs::function::factorial::ln_binomial;

use super::{PValue, Reference};

/// What the interval of an odds ratio leaves out on each side.
const TAIL: f64 = 0.025;

/// How far two probabilities may differ, as a share, and be equal: rounding, as in R's
/// `fisher.test`.
const ROUNDING: f64 = 1e-7;

/// What is less likely at the odds ratio asked about, on both sides, is left out: 13 standard
/// deviations from the mean. At the ends of the interval, two deviations off, that is a
/// probability below 10⁻²⁸.
const DROPPED: f64 = 1e-40;

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
/// Fisher's test of a 2 × 2 table. The estimate needs the means of the strata alone; what
/// is asked of probabilities is worked out around the number observed, where all but a
/// share of 10⁻⁴⁰ lies, which takes time in proportion to the number of strata. `None` where no stratum could have come out otherwise,
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
    let sum = Sum::of(strata);
    let informative = sum.strata.iter().map(|stratum| stratum.n).sum();
    if informative == 0 {
        return None;
    }
    let (at, most) = (sum.observed, sum.most());
    // Where the ratio has no end, half a unit from there.
    let log_odds = sum.log_odds_of_mean((at as f64).clamp(0.5, most as f64 - 0.5));
    let around = sum.around(log_odds);
    Some(CommonOddsRatio {
        expected: strata.iter().filter_map(|stratum| stratum.expected()).sum(),
        informative,
        ratio: match at {
            0 => 0.0,
            _ if at == most => f64::INFINITY,
            _ => log_odds.exp(),
        },
        low: if at == 0 { 0.0 } else { odds_where(|odds| around.tail(odds, |both| both >= at) < TAIL) },
        high: match at == most {
            true => f64::INFINITY,
            false => odds_where(|odds| around.tail(odds, |both| both <= at) > TAIL),
        },
        p: PValue { value: sum.as_unlikely_as(&around, at), from: Reference::Exact },
    })
}

/// How many units have both over all strata, beyond the least that there can be: its
/// probabilities at any common odds ratio, all taken by their natural logarithms.
///
/// What is known of each stratum gives the mean and the sum of the weights of all; the
/// probabilities themselves are worked out [around](Sum::around) the places that are
/// asked about, as there are as many as units.
struct Sum {
    /// How many there are.
    observed: usize,
    strata: Vec<Stratum>,
}

/// Strata with the same counts that could have come out otherwise.
struct Stratum {
    n: u64,
    /// The logarithms of the probabilities of the least number and each more in one, where
    /// the two have nothing to do with each other.
    log: Vec<f64>,
}

impl Stratum {
    /// The probabilities at an odds ratio, and the logarithm of the sum of their weights.
    fn shares(&self, log_odds: f64) -> (Vec<f64>, f64) {
        let weights = || self.log.iter().enumerate().map(|(both, log)| log + both as f64 * log_odds);
        let most = weights().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = weights().map(|weight| (weight - most).exp()).collect();
        let sum: f64 = shares.iter().sum();
        (shares.iter().map(|share| share / sum).collect(), most + sum.ln())
    }
}

impl Sum {
    /// Of strata whose counts are possible.
    fn of(strata: &[Together]) -> Self {
        let least = |first: u64, second: u64, units: u64| (first + second).saturating_sub(units);
        let mut observed = 0;
        let mut alike: BTreeMap<[u64; 3], u64> = BTreeMap::new();
        for Together { both, first, second, units } in strata {
            observed += both - least(*first, *second, *units);
            *alike.entry([*first, *second, *units]).or_default() += 1;
        }
        let stratum = |([first, second, units], n): ([u64; 3], u64)| {
            let all = ln_binomial(units, second);
            let log = |both: u64| ln_binomial(first, both) + ln_binomial(units - first, second - both) - all;
            Stratum { n, log: (least(first, second, units)..=first.min(second)).map(log).collect() }
        };
        let strata = alike.into_iter().map(stratum).filter(|stratum| stratum.log.len() > 1).collect();
        Self { observed: observed as usize, strata }
    }

    /// The most that there can be.
    fn most(&self) -> usize {
        self.strata.iter().map(|stratum| stratum.n as usize * (stratum.log.len() - 1)).sum()
    }

    /// The mean at an odds ratio, and the logarithm of the sum of all weights.
    fn mean(&self, log_odds: f64) -> (f64, f64) {
        let (mut mean, mut log_sum) = (0.0, 0.0);
        for stratum in &self.strata {
            let (shares, log_of_one) = stratum.shares(log_odds);
            let of_one: f64 = shares.iter().enumerate().map(|(both, share)| both as f64 * share).sum();
            mean += stratum.n as f64 * of_one;
            log_sum += stratum.n as f64 * log_of_one;
        }
        (mean, log_sum)
    }

    /// The logarithm of the odds ratio at which the mean is so, between the least and the most.
    fn log_odds_of_mean(&self, mean: f64) -> f64 {
        log_odds_where(|log_odds| self.mean(log_odds).0 < mean)
    }

    /// The probabilities around the mean at an odds ratio.
    fn around(&self, log_odds: f64) -> Around {
        let power = |stratum: &Stratum| {
            let mut square = Shares { least: 0, shares: stratum.shares(log_odds).0 };
            let mut power = Shares { least: 0, shares: vec![1.0] };
            let mut n = stratum.n;
            while n > 0 {
                if n % 2 == 1 {
                    power = power.plus(&square);
                }
                n /= 2;
                if n > 0 {
                    square = square.plus(&square);
                }
            }
            power
        };
        let mut parts: Vec<Shares> = self.strata.iter().map(power).collect();
        // Two by two, so that most are short.
        while parts.len() > 1 {
            let plus = |pair: &[Shares]| match pair {
                [one, other] => one.plus(other),
                alone => alone[0].clone(),
            };
            parts = parts.chunks(2).map(plus).collect();
        }
        Around { log_odds, log_sum: self.mean(log_odds).1, shares: parts.swap_remove(0) }
    }

    /// The probability, where the two have nothing to do with each other, of all numbers
    /// that are no likelier than the one observed; at least what a float can hold.
    ///
    /// They fall from one likeliest number to both sides. So they are those from the one
    /// observed away from the mean, and those beyond one that is as likely on its other side.
    fn as_unlikely_as(&self, around: &Around, at: usize) -> f64 {
        let limit = around.log_of(at) + ROUNDING;
        let is_above = around.log_odds >= 0.0;
        let near = around.sum_where(|both, _| if is_above { both >= at } else { both <= at });
        // By the rate at which probabilities fall (Cramér's): it places what is worked out, well
        // within its width, and decides nothing.
        let rate = |log_odds: f64| {
            let (mean, log_sum) = self.mean(log_odds);
            log_odds * mean - log_sum
        };
        let end = self.log_odds_of_mean(if is_above { 0.5 } else { self.most() as f64 - 0.5 });
        let (mut beyond, mut before) = (end, 0.0);
        for _ in 0..40 {
            let middle = f64::midpoint(beyond, before);
            if rate(middle) > rate(around.log_odds) { beyond = middle } else { before = middle }
        }
        let is_far = |both: usize, log: f64| log <= limit && if is_above { both < at } else { both > at };
        (near + self.around(beyond).sum_where(is_far)).clamp(f64::MIN_POSITIVE, 1.0)
    }
}

/// Probabilities of a number and each more; what is less likely than [`DROPPED`] on
/// both sides is left out.
#[derive(Clone)]
struct Shares {
    least: usize,
    shares: Vec<f64>,
}

impl Shares {
    /// Of the sum of both numbers.
    fn plus(&self, other: &Self) -> Self {
        let mut shares = vec![0.0; self.shares.len() + other.shares.len() - 1];
        for (i, one) in self.shares.iter().enumerate() {
            for (sum, two) in shares[i..].iter_mut().zip(&other.shares) {
                *sum += one * two;
            }
        }
        let is_kept = |share: &f64| *share >= DROPPED;
        let first = shares.iter().position(is_kept).unwrap_or_default();
        let last = shares.iter().rposition(is_kept).unwrap_or(shares.len() - 1);
        Self { least: self.least + other.least + first, shares: shares[first..=last].to_vec() }
    }
}

/// The probabilities of a [`Sum`] around its mean at an odds ratio.
struct Around {
    log_odds: f64,
    /// The logarithm of the sum of all weights there.
    log_sum: f64,
    shares: Shares,
}

impl Around {
    fn each(&self) -> impl Iterator<Item = (usize, f64)> {
        (self.shares.least..).zip(&self.shares.shares).map(|(both, share)| (both, share.ln()))
    }

    /// The logarithm of the probability of a number where the two have nothing to do with
    /// each other, given that at the odds ratio of this.
    fn log_at_one(&self, both: usize, log: f64) -> f64 {
        log - both as f64 * self.log_odds + self.log_sum
    }

    /// That of one of the numbers around the mean.
    fn log_of(&self, at: usize) -> f64 {
        let log = self.each().find(|(both, _)| *both == at).map_or(f64::NEG_INFINITY, |(_, log)| log);
        self.log_at_one(at, log)
    }

    /// The probability of some numbers, told from their logarithms, where the two have
    /// nothing to do with each other.
    fn sum_where(&self, is_counted: impl Fn(usize, f64) -> bool) -> f64 {
        let each = self.each().map(|(both, log)| (both, self.log_at_one(both, log)));
        each.filter(|(both, log)| is_counted(*both, *log)).map(|(_, log)| log.exp()).sum()
    }

    /// The probability of some numbers at an odds ratio not far from that of this.
    fn tail(&self, log_odds: f64, is_counted: impl Fn(usize) -> bool) -> f64 {
        let weight = |(both, log): (usize, f64)| (both, log + both as f64 * (log_odds - self.log_odds));
        let most = self.each().map(weight).map(|(_, weight)| weight).fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut counted) = (0.0, 0.0);
        for (both, weight) in self.each().map(weight) {
            let share = (weight - most).exp();
            sum += share;
            counted += if is_counted(both) { share } else { 0.0 };
        }
        counted / sum
    }
}

/// The odds ratio up to which something is so, given its logarithm, and beyond which it
/// is not; it is so of small ones.
fn odds_where(is_below: impl Fn(f64) -> bool) -> f64 {
    log_odds_where(is_below).exp()
}

/// The logarithm of [`odds_where`].
fn log_odds_where(is_below: impl Fn(f64) -> bool) -> f64 {
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
            return middle;
        }
        if is_below(middle) { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Random;

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

    /// All strata added up without any left out, and what is no likelier than the observed.
    fn p_by_table(strata: &[[u64; 4]]) -> f64 {
        let (mut sum, mut at) = (vec![1.0], 0);
        for [units, first, second, both] in strata.iter().copied() {
            let least = (first + second).saturating_sub(units);
            let log = |k| {
                ln_binomial(first, k) + ln_binomial(units - first, second - k) - ln_binomial(units, second)
            };
            let one: Vec<f64> = (least..=first.min(second)).map(|k| log(k).exp()).collect();
            let mut next = vec![0.0; sum.len() + one.len() - 1];
            for (i, a) in sum.iter().enumerate() {
                one.iter().enumerate().for_each(|(j, b)| next[i + j] += a * b);
            }
            (sum, at) = (next, at + (both - least) as usize);
        }
        sum.iter().filter(|share| **share <= sum[at] * (1.0 + ROUNDING)).sum()
    }

    #[test]
    fn what_is_left_out_makes_no_difference() {
        let mut random = Random::new(11);
        let mut n_tested = 0;
        for _ in 0..300 {
            let strata: Vec<[u64; 4]> = (0..=random.below(40))
                .map(|_| {
                    let units = 2 + random.below(9);
                    let [first, second] = [0, 1].map(|_| random.below(units + 1));
                    let least = (first + second).saturating_sub(units);
                    // Often all that there can be, or none.
                    let both = match random.below(3) {
                        0 => least,
                        1 => first.min(second),
                        _ => least + random.below((first.min(second) - least) + 1),
                    };
                    [units, first, second, both]
                })
                .collect();
            let together: Vec<Together> = strata.iter().copied().map(together).collect();
            let Some(found) = common_odds_ratio(&together) else { continue };
            let expected = p_by_table(&strata).min(1.0);
            assert!((found.p.value - expected).abs() <= 1e-9 * expected, "{strata:?}: {found:?}, {expected}");
            n_tested += 1;
        }
        assert!(n_tested > 250, "{n_tested}");
    }

    /// Two units each, of which one has the one and one the other: of 100,000 fair coins 50,500
    /// heads. In whole numbers and decimals of 60 digits by another program: p 0.00158236, and
    /// the exact (Clopper-Pearson) interval of the odds 1.007613 to 1.032949.
    #[test]
    fn a_hundred_thousand_strata_are_those_of_as_many_coins() {
        let strata: Vec<[u64; 4]> = (0..100_000).map(|n| [2, 1, 1, u64::from(n < 50_500)]).collect();
        let found = of(&strata);
        assert_eq!(
            [found.p.value, found.ratio, found.low, found.high].map(|figure| format!("{figure:.6}")),
            ["0.001582", "1.020202", "1.007613", "1.032949"]
        );
        assert_eq!((found.expected, found.informative), (50_000.0, 100_000));
        // What is too small for a float is not 0.
        let all: Vec<[u64; 4]> = (0..100_000).map(|_| [2, 1, 1, 1]).collect();
        assert!(of(&all).p.value > 0.0 && of(&all).low > 10_000.0);
    }
}
