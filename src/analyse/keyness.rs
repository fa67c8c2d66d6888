//! Keyness: how a word marks one corpus off from another.
//!
//! A word has a frequency of `a` in a corpus of `c`, here, and of `b` in one
//! of `d`, there. All four are tokens or all four are documents. In a large
//! corpus nearly every word is significant by tokens, as words come in bursts;
//! by documents (here meetings) the tests hold more nearly what they promise
//! (Evert 2022; Egbert and Biber 2019).

use std::cmp::Ordering;

use statrs::function::beta::{beta_reg, ln_beta};
use statrs::function::erf::erfc;

/// The error rate that the interval of LRC allows the whole family.
const ALPHA: f64 = 0.05;

/// How often a word, or anything else that can be counted, is in a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frequency {
    /// Tokens that are the word, or documents that have it.
    pub count: u64,
    /// All tokens, or all documents.
    pub size: u64,
}

impl Frequency {
    /// Occurrences per million.
    fn per_million(self) -> f64 {
        1e6 * self.count as f64 / self.size as f64
    }
}

/// A log-likelihood ratio G² with one degree of freedom.
///
/// Critical values of G²: 3.84 (p = 0.05), 6.63 (0.01), 10.83 (0.001), 15.13
/// (0.0001).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogLikelihood {
    /// G², natural logarithms; 0 or more.
    pub g2: f64,
    /// G², made negative where the word is rarer here.
    pub signed_g2: f64,
    /// The share of χ² with one degree of freedom that is G² or more: from 0
    /// (too small for a float) to 1. For this word alone, whatever the family.
    pub p: f64,
}

/// Figures of keyness for one word. Positive, or over 1 where it is a ratio,
/// where the word is more frequent here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keyness {
    /// G² of two terms, `2 (a ln(a/E1) + b ln(b/E2))`, as in UCREL's wizard.
    ///
    /// Differs from the four-term form from the second decimal on, or sooner:
    /// say which was used. Source: Rayson and Garside (2000).
    pub two_term: LogLikelihood,
    /// G² of four terms: those of the two-term form, and the same of the
    /// tokens that are not the word.
    ///
    /// This is the likelihood ratio of the 2 × 2 table. The `lr` of R's
    /// quanteda is another again, as it has Williams' correction. Source:
    /// Dunning (1993).
    pub four_term: LogLikelihood,
    /// Pearson's χ² of the 2 × 2 table with Yates' correction; 0 or more.
    ///
    /// What is taken from each `|O - E|` is a half, but never more than there
    /// is, as in R's `chisq.test`. R's quanteda takes a half always, so that a
    /// table as near to even as can be has a χ² above 0, and a word that is
    /// once in the larger corpus can come out as significant. Source: Yates
    /// (1934).
    pub chi2_yates: f64,
    /// Log Ratio `log2((a/c) / (b/d))`, a count of 0 taken for 0.5: each point
    /// is a doubling. Source: Hardie (2014).
    pub log_ratio_hardie: f64,
    /// Log Ratio `log2((a + ½)/(c + ½)) - log2((b + ½)/(d + ½))`, as in R's
    /// corpora. Source: Evert (2022), after Walter (1975).
    pub log_ratio_evert: f64,
    /// LRC, the conservative Log Ratio: of the confidence interval of
    /// `log2((a/c) / (b/d))` the end nearer 0, and 0 where it spans 0.
    ///
    /// The interval is the exact two-sided one, conditional on `a + b`, of two
    /// Poisson rates (Clopper and Pearson's for `a` of `a + b`), at 95 % for
    /// the family as a whole by Bonferroni. Source: Evert (2022).
    pub lrc: f64,
    /// %DIFF: by how many per cent the rate here is above that there; -100 or
    /// more. `None` where the word is not there at all.
    ///
    /// Source: Gabrielatos and Marchi (2011); Gabrielatos (2018).
    pub percent_difference: Option<f64>,
}

/// Compares a word's frequency here with that there, as one of a `family` of
/// words that are tested together (0 is taken for 1).
///
/// Returns `None` where nothing can be compared: the word is in neither
/// corpus, or a corpus is empty or has fewer tokens than the word alone.
///
/// ```
/// # use scrutineer::analyse::{Frequency, keyness};
/// let here = Frequency { count: 540, size: 116_000 };
/// let there = Frequency { count: 7_525, size: 5_451_382 };
/// let word = keyness(here, there, 1).unwrap();
/// assert_eq!(format!("{:.2}", word.two_term.g2), "534.64");
/// assert_eq!(format!("{:.2}", word.four_term.g2), "535.86");
/// ```
pub fn keyness(here: Frequency, there: Frequency, family: u64) -> Option<Keyness> {
    let possible = |corpus: Frequency| corpus.size > 0 && corpus.count <= corpus.size;
    let is_somewhere = here.count > 0 || there.count > 0;
    if !possible(here) || !possible(there) || !is_somewhere {
        return None;
    }
    let table = Table::new(here, there);
    let [word_here, word_there, rest_here, rest_there] = table.cells.map(Cell::deviance);
    let deviance = word_here + word_there;
    let log_ratio = |a: f64, c: f64, b: f64, d: f64| (a / c).log2() - (b / d).log2();
    let [a, c, b, d] = [here.count, here.size, there.count, there.size].map(|count| count as f64);
    Some(Keyness {
        two_term: table.log_likelihood(deviance),
        four_term: table.log_likelihood(deviance + rest_here + rest_there),
        chi2_yates: table.chi2_yates(),
        log_ratio_hardie: log_ratio(a.max(0.5), c, b.max(0.5), d),
        log_ratio_evert: log_ratio(a + 0.5, c + 0.5, b + 0.5, d + 0.5),
        lrc: match table.direction {
            Ordering::Greater => lower_end(here, there, deviance, family),
            Ordering::Equal => 0.0,
            // Not `-`, which would make 0 into -0.
            Ordering::Less => 0.0 - lower_end(there, here, deviance, family),
        },
        percent_difference: (b > 0.0)
            .then(|| 100.0 * (here.per_million() - there.per_million()) / there.per_million()),
    })
}

/// Simple maths: `(f + k) / (g + k)`, of the word's frequencies per million
/// here and there; above 0.
///
/// A larger `k` prefers more frequent words; 100 is common, 1 is Sketch
/// Engine's default. Returns `None` where a corpus is empty, or `k` is not a
/// number above 0.
///
/// Source: Kilgarriff (2009).
pub fn simple_maths(here: Frequency, there: Frequency, k: f64) -> Option<f64> {
    let is_constant = k.is_finite() && k > 0.0;
    if here.size == 0 || there.size == 0 || !is_constant {
        return None;
    }
    Some((here.per_million() + k) / (there.per_million() + k))
}

/// A cell of the 2 × 2 table.
#[derive(Clone, Copy)]
struct Cell {
    observed: f64,
    expected: f64,
    /// `observed - expected`, without the rounding of that difference.
    surplus: f64,
}

impl Cell {
    /// `O ln(O/E) - (O - E)`, which is never below 0.
    ///
    /// The second part sums to 0 over the two cells of the word, as over all
    /// four, and spares the sum the loss of digits between large numbers.
    fn deviance(self) -> f64 {
        if self.observed == 0.0 {
            return self.expected;
        }
        (self.observed * (self.surplus / self.expected).ln_1p() - self.surplus).max(0.0)
    }
}

/// The 2 × 2 table of word and rest, here and there.
struct Table {
    /// The word here and there, then the rest here and there.
    cells: [Cell; 4],
    /// Where the word's rate here stands to that there.
    direction: Ordering,
    /// `|O - E|`, which is the same in each cell.
    distance: f64,
}

impl Table {
    /// Of corpora that are not empty.
    fn new(here: Frequency, there: Frequency) -> Self {
        let product = |left: u64, right: u64| u128::from(left) * u128::from(right);
        let (ad, bc) = (product(here.count, there.size), product(there.count, here.size));
        let [c, d] = [here.size as f64, there.size as f64];
        let distance = ad.abs_diff(bc) as f64 / (c + d);
        let surplus = if ad >= bc { distance } else { -distance };
        let words = here.count as f64 + there.count as f64;
        let others = (here.size - here.count) as f64 + (there.size - there.count) as f64;
        let cell = |observed: u64, of_kind: f64, corpus: f64, surplus: f64| Cell {
            observed: observed as f64,
            expected: of_kind * (corpus / (c + d)),
            surplus,
        };
        let cells = [
            cell(here.count, words, c, surplus),
            cell(there.count, words, d, -surplus),
            cell(here.size - here.count, others, c, -surplus),
            cell(there.size - there.count, others, d, surplus),
        ];
        Self { cells, direction: ad.cmp(&bc), distance }
    }

    fn log_likelihood(&self, deviance: f64) -> LogLikelihood {
        let g2 = 2.0 * deviance;
        let signed_g2 = if self.direction == Ordering::Less { -g2 } else { g2 };
        LogLikelihood { g2, signed_g2, p: erfc((g2 / 2.0).sqrt()) }
    }

    fn chi2_yates(&self) -> f64 {
        let corrected = (self.distance - 0.5).max(0.0);
        if corrected == 0.0 {
            return 0.0;
        }
        self.cells.iter().map(|cell| corrected * corrected / cell.expected).sum()
    }
}

/// A step of the search for an interval's end that is no longer: the next would be about as many
/// times shorter.
const LAST_STEP: f64 = 1e-9;

/// The lower end of the interval of the binary logarithm of the ratio of rates,
/// or 0 where it is below 0; `here` has the higher rate, and `deviance` is half of G² in two
/// terms.
///
/// The share of the occurrences that are here is sought by its log odds, as
/// these less those of the corpora are the ratio wanted. Newton's method goes by the logarithm of
/// the chance, which bends one way only, and never leaves the interval that it narrows; the inverse
/// of the beta function in `statrs` (0.19) never returns for 3 occurrences here and 40 million
/// there.
fn lower_end(here: Frequency, there: Frequency, deviance: f64, family: u64) -> f64 {
    let tail = ALPHA / 2.0 / family.max(1) as f64;
    let [a, b] = [here.count as f64, there.count as f64];
    // The chance of `a` or more of `a + b` where all is even is no less than this over the root
    // (Ash 1965, "Information Theory", lemma 4.7.2): for most words that is enough.
    if b > 0.0 && (-deviance).exp() >= tail * (8.0 * a * b / (a + b)).sqrt() {
        return 0.0;
    }
    let chance = |log_odds: f64| beta_reg(a, b + 1.0, 1.0 / (1.0 + (-log_odds).exp()));
    let even = (here.size as f64 / there.size as f64).ln();
    if chance(even) >= tail {
        return 0.0;
    }
    // At the odds that were observed the chance is a half or more.
    let (mut low, mut high) = (even, (a / b.max(0.5)).ln());
    let within = |log_odds: f64, low: f64, high: f64| match low < log_odds && log_odds < high {
        true => log_odds,
        false => low.midpoint(high),
    };
    let ln_beta = ln_beta(a, b + 1.0);
    // As if the log odds were normal.
    let far = (-2.0 * tail.ln()).sqrt() * (1.0 / a + 1.0 / (b + 1.0)).sqrt();
    let mut log_odds = within(high - far, low, high);
    loop {
        let chance = chance(log_odds);
        if chance < tail {
            low = log_odds
        } else {
            high = log_odds
        }
        let density = (-a * (-log_odds).exp().ln_1p() - (b + 1.0) * log_odds.exp().ln_1p() - ln_beta).exp();
        let next = within(log_odds - (chance / tail).ln() * chance / density, low, high);
        let step = (next - log_odds).abs();
        log_odds = next;
        if step <= LAST_STEP || log_odds <= low || log_odds >= high {
            return (log_odds - even) / std::f64::consts::LN_2;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frequency(count: u64, size: u64) -> Frequency {
        Frequency { count, size }
    }

    fn of(a: u64, c: u64, b: u64, d: u64, family: u64) -> Keyness {
        keyness(frequency(a, c), frequency(b, d), family).unwrap()
    }

    #[track_caller]
    fn near(found: f64, expected: f64, bound: f64) {
        assert!((found - expected).abs() <= bound, "{found} is not {expected}");
    }

    /// Whether two floats agree to twelve digits.
    #[track_caller]
    fn same(found: f64, expected: f64) {
        near(found, expected, 1e-12 * expected.abs().max(1.0));
    }

    /// Values of UCREL's wizard, in the tests of CLiC (birmingham-ccr/clic,
    /// `server/tests/test_keyword.py`); four terms and Log Ratio recomputed.
    #[test]
    fn two_and_four_terms_are_told_apart() {
        let check = |a, b, two: &str, four: &str, log_ratio: &str| {
            let word = of(a, 116_000, b, 5_451_382, 1);
            assert_eq!(format!("{:.2}", word.two_term.g2), two);
            assert_eq!(format!("{:.2}", word.four_term.g2), four);
            assert_eq!(format!("{:.4}", word.log_ratio_hardie), log_ratio);
        };
        check(540, 7525, "534.64", "535.86", "1.7538"); // G2-1
        check(227, 3635, "183.53", "183.72", "1.5532"); // G2-2
        check(29, 504, "20.50", "20.51", "1.4351"); // G2-3
        check(431, 5892, "437.88", "438.67", "1.7814"); // G2-4
    }

    /// The same source.
    #[test]
    fn two_terms_give_the_published_values() {
        let check = |a, c, b, d, two: &str| {
            assert_eq!(format!("{:.2}", of(a, c, b, d, 1).two_term.g2), two);
        };
        check(16, 116_000, 650, 5_451_382, "0.32"); // G2-5
        check(540, 116_000, 0, 5_451_382, "4180.78"); // G2-6
        check(7, 10_000, 0, 100_000, "33.57"); // G2-7
        check(10, 150, 10, 150, "0.00"); // G2-9
        // G2-8. By hand 2 × 536 ln(1.1) = 1072 × 0.0953102 = 102.1725; the
        // source has 102.16, and CLiC fails it as well.
        check(0, 10_000, 536, 100_000, "102.17");
    }

    /// G2-1 and G2-5; recomputed from the formulas.
    #[test]
    fn the_two_forms_of_log_ratio_differ() {
        let word = of(540, 116_000, 7525, 5_451_382, 1);
        assert_eq!(format!("{:.4}", word.log_ratio_hardie), "1.7538");
        assert_eq!(format!("{:.4}", word.log_ratio_evert), "1.7550");
        let word = of(16, 116_000, 650, 5_451_382, 1);
        assert_eq!(format!("{:.4}", word.log_ratio_hardie), "0.2101");
    }

    /// G2-10 to G2-14: R's corpora, `tests/keyness.R` (Evert 2022), where the
    /// family is 20,109 words and the interval two-sided. Its G² loses up to
    /// 4e-10 to rounding: with fifty digits that of 2 and 1 is 18.890003767409.
    #[test]
    fn evert_s_measures_are_those_of_r_s_corpora() {
        let check = |a, b, g2, log_ratio, lrc: f64| {
            let word = of(a, 1177, b, 341_805, 20_109);
            near(word.four_term.g2, g2, 1e-9);
            same(word.log_ratio_evert, log_ratio);
            near(word.lrc, lrc, 1e-10);
        };
        check(411, 13, 4_711.916_499_175_445, 13.111_165_859_834_05, 11.530_551_300_033_963);
        check(567, 8468, 2_559.766_709_346_913_6, 4.281_890_587_150_336, 3.976_459_698_657_266_5);
        check(533, 51_849, 598.238_725_440_875_4, 1.578_606_746_078_491_6, 1.270_834_927_519_437);
        check(2, 1, 18.890_003_767_374_008, 8.918_270_335_742_1, 0.0);
        let word = of(15, 1177, 0, 341_805, 20_109);
        near(word.four_term.g2, 170.432_599_432_900_67, 1e-9);
        same(word.log_ratio_evert, 13.135_501_051_962_77);
        assert_eq!(format!("{:.7}", word.lrc), "7.6205233");
    }

    /// The same source, with `k` of 100.
    #[test]
    fn simple_maths_gives_the_published_values() {
        let check = |a, b, expected| {
            same(simple_maths(frequency(a, 1177), frequency(b, 341_805), 100.0).unwrap(), expected);
        };
        check(411, 13, 2_530.495_588_432_201_7);
        check(567, 8468, 19.370_678_354_749_61);
        check(533, 51_849, 2.983_997_529_876_192_3);
    }

    #[test]
    fn simple_maths_needs_corpora_and_a_constant() {
        let some = frequency(1, 10);
        assert_eq!(simple_maths(some, frequency(0, 0), 1.0), None);
        assert_eq!(simple_maths(frequency(0, 0), some, 1.0), None);
        assert_eq!(simple_maths(some, some, 0.0), None);
        assert_eq!(simple_maths(some, some, f64::NAN), None);
    }

    /// CHI-1: quanteda.textstats, `test-textstat_keyness.R`, has 0.1851001 for
    /// the cells 3, 2, 14 and 10, and 1.6e-31 as what R's `chisq.test` says.
    /// The second is right: the table is nearer to even than by half a token.
    #[test]
    fn yates_correction_takes_no_more_than_there_is() {
        let (here, there) = (frequency(3, 17), frequency(2, 12));
        let table = Table::new(here, there);
        let always_a_half: f64 =
            table.cells.iter().map(|cell| (table.distance - 0.5).powi(2) / cell.expected).sum();
        assert_eq!(format!("{always_a_half:.7}"), "0.1851001");
        assert_eq!(of(3, 17, 2, 12, 1).chi2_yates, 0.0);
        // One token in the larger corpus, none in the smaller: always a half
        // would make it 24.5.
        assert_eq!(of(0, 10_000, 1, 1_000_000, 1).chi2_yates, 0.0);
    }

    /// By hand: `N (|ad - bc| - N/2)² / (r1 r2 c1 c2)` of 30, 10, 70 and 90 is
    /// `200 × 1900² / (40 × 160 × 100 × 100)`.
    #[test]
    fn chi_square_with_yates_correction_by_hand() {
        same(of(30, 100, 10, 100, 1).chi2_yates, 11.28125);
    }

    /// Rates of 3 and 2 per hundred.
    #[test]
    fn the_difference_is_a_share_of_the_rate_there() {
        same(of(3, 100, 4, 200, 1).percent_difference.unwrap(), 50.0);
        same(of(0, 100, 4, 200, 1).percent_difference.unwrap(), -100.0);
        assert_eq!(of(3, 100, 0, 200, 1).percent_difference, None);
    }

    /// The tables of χ² with one degree of freedom.
    #[test]
    fn p_is_that_of_chi_square() {
        let table = Table::new(frequency(2, 10), frequency(1, 10));
        for (g2, p) in [(3.841_458_8, "0.050000"), (6.634_896_6, "0.010000"), (15.136_705, "0.000100")] {
            assert_eq!(format!("{:.6}", table.log_likelihood(g2 / 2.0).p), p);
        }
        assert_eq!(table.log_likelihood(0.0).p, 1.0);
    }

    #[test]
    fn where_the_word_is_rarer_the_signed_figures_are_negative() {
        let rarer = of(504, 5_451_382, 290, 116_000, 100);
        let more = of(290, 116_000, 504, 5_451_382, 100);
        assert!(rarer.lrc < 0.0 && rarer.log_ratio_hardie < 0.0 && rarer.two_term.signed_g2 < 0.0);
        assert_eq!(rarer.lrc, -more.lrc);
        assert_eq!(rarer.two_term.g2, -rarer.two_term.signed_g2);
    }

    /// The interval of a word that is not there has a closed form: a share of
    /// `tail^(1/a)`. The rest by summing the binomial distribution.
    #[test]
    fn the_interval_is_exact_for_rare_words_and_for_frequent_ones() {
        for family in [1, 7, 20_000] {
            let tail = 0.05 / 2.0 / family as f64;
            let share = tail.powf(1.0 / 40_000.0);
            same(of(40_000, 1_000_000, 0, 1_000_000, family).lrc, (share / (1.0 - share)).log2());
            let check = |a: u64, c: u64, b: u64, d: u64| {
                let odds = of(a, c, b, d, family).lrc.exp2() * c as f64 / d as f64;
                near(tail_of_binomial(a, b, odds) / tail, 1.0, 1e-5);
            };
            check(51, 1_000, 1, 1_000);
            check(400, 1_000, 200, 1_000);
            check(53_000, 1_000_000, 50_000, 1_000_000);
            check(5_020_000, 100_000_000, 5_000_000, 100_000_000);
            check(3, 5, 40_000_000, 1_000_000_000_000);
        }
    }

    /// The chance of `a` or more of `a + b`, by its terms.
    fn tail_of_binomial(a: u64, b: u64, odds: f64) -> f64 {
        let [a, b] = [a as f64, b as f64];
        let choices = statrs::function::gamma::ln_gamma;
        let ways = choices(a + b + 1.0) - choices(a + 1.0) - choices(b + 1.0);
        let mut term = (ways + a * odds.ln() - (a + b) * odds.ln_1p()).exp();
        let (mut sum, mut more) = (term, 0.0);
        while more < b && term > sum * 1e-17 {
            term *= (b - more) / (a + more + 1.0) * odds;
            more += 1.0;
            sum += term;
        }
        sum
    }

    #[test]
    fn what_cannot_be_compared_has_no_keyness() {
        let some = frequency(1, 10);
        assert_eq!(keyness(some, frequency(0, 0), 1), None);
        assert_eq!(keyness(frequency(0, 0), some, 1), None);
        assert_eq!(keyness(frequency(11, 10), some, 1), None);
        assert_eq!(keyness(frequency(0, 10), frequency(0, 10), 1), None);
    }

    /// All figures, in order.
    fn figures(word: Keyness) -> [f64; 11] {
        let Keyness { two_term, four_term, chi2_yates, log_ratio_hardie, log_ratio_evert, lrc, .. } = word;
        [
            two_term.g2,
            two_term.signed_g2,
            two_term.p,
            four_term.g2,
            four_term.signed_g2,
            four_term.p,
            chi2_yates,
            log_ratio_hardie,
            log_ratio_evert,
            lrc,
            word.percent_difference.unwrap_or(0.0),
        ]
    }

    fn any_count() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), 0..20_u64, 0..10_000_000_u64, any::<u64>(), Just(u64::MAX)]
    }

    proptest! {
        #[test]
        fn no_figure_is_nan_or_endless(
            a in any_count(), c in any_count(), b in any_count(), d in any_count(), family in any_count(),
        ) {
            let (here, there) = (frequency(a.min(c), c), frequency(b.min(d), d));
            if let Some(word) = keyness(here, there, family) {
                prop_assert!(figures(word).iter().all(|figure| figure.is_finite()), "{:?}", word);
                prop_assert!(word.two_term.g2 >= 0.0 && word.four_term.g2 >= word.two_term.g2);
                prop_assert!((0.0..=1.0).contains(&word.two_term.p));
            }
        }

        #[test]
        fn equal_rates_are_no_evidence(
            count in 1..1000_u64, rest in 0..100_000_u64, here in 1..50_u64, there in 1..50_u64,
        ) {
            let times = |n| frequency(count * n, (count + rest) * n);
            let word = keyness(times(here), times(there), 1).unwrap();
            prop_assert_eq!([word.two_term.g2, word.four_term.g2, word.chi2_yates, word.lrc], [0.0; 4]);
            prop_assert_eq!(word.two_term.p, 1.0);
        }

        #[test]
        fn the_corpora_may_change_places(
            a in 0..500_u64, c in 500..100_000_u64, b in 1..500_u64, d in 500..100_000_u64,
        ) {
            let (word, turned) = (of(a, c, b, d, 50), of(b, d, a, c, 50));
            same(turned.two_term.signed_g2, -word.two_term.signed_g2);
            same(turned.four_term.signed_g2, -word.four_term.signed_g2);
            same(turned.chi2_yates, word.chi2_yates);
            same(turned.log_ratio_hardie, -word.log_ratio_hardie);
            same(turned.log_ratio_evert, -word.log_ratio_evert);
            prop_assert_eq!(turned.lrc, -word.lrc);
        }

        #[test]
        fn the_interval_spans_0_where_the_chance_of_as_many_is_no_less_than_its_tail(
            a in 1..80_u64, b in 0..80_u64, c in 80..2_000_u64, d in 80..2_000_u64, family in 1..50_000_u64,
        ) {
            let word = of(a, c, b, d, family);
            let chance = tail_of_binomial(a, b, c as f64 / d as f64) * 2.0 * family as f64 / 0.05;
            if word.two_term.signed_g2 > 0.0 && (chance - 1.0).abs() > 1e-6 {
                prop_assert_eq!(word.lrc > 0.0, chance < 1.0);
            }
        }

        #[test]
        fn the_conservative_ratio_is_nearer_0(
            a in 0..500_u64, c in 500..100_000_u64, b in 1..500_u64, d in 500..100_000_u64,
        ) {
            let [one, many] = [1, 1000].map(|family| of(a, c, b, d, family));
            prop_assert!(many.lrc.abs() <= one.lrc.abs());
            if a > 0 {
                prop_assert!(one.lrc.abs() <= one.log_ratio_hardie.abs());
            }
        }
    }
}
