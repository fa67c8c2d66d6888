//! Whether a trend may be one of words: of the terms that a theme is found by.

use super::rate_trend::RateTrend;

/// Passages of a year with a theme, and those of them that a term of it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermYear {
    /// The year.
    pub year: u16,
    /// Passages that the term finds.
    pub with_term: u64,
    /// Passages with the theme.
    pub with_theme: u64,
}

/// The share of a term among the passages with a theme, early and late.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermMix {
    /// Its share in the first half of the years, from 0 to 1.
    pub from: f64,
    /// Its share in the second half; the year in the middle of an odd number is of this.
    pub to: f64,
    /// Whether the share shifts: by [`LEAST_SHIFT`] and by [`LEAST_ERRORS`] standard errors.
    pub is_shift: bool,
}

/// How a trend leans on one term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lean {
    /// Without the term the rate goes the other way: the ratio a year.
    Turns(f64),
    /// Without the term there is no trend at the 5 % level: the p value, `None` where
    /// nothing is left that could be tested.
    Ends(Option<f64>),
}

/// The least change of a share that is a shift.
const LEAST_SHIFT: f64 = 0.3;

/// How many standard errors it must be at least: one in 370 by chance, were passages
/// independent of each other. Passages of one meeting are not, which is why the change must
/// be large as well.
const LEAST_ERRORS: f64 = 3.0;

/// The fewest passages with the theme in each half for its mix to be told.
const LEAST_PASSAGES: u64 = 10;

/// The largest p value of a trend.
const LEVEL: f64 = 0.05;

/// The rules by which drift is told, in a sentence.
pub fn drift_rules() -> String {
    format!(
        "the share of the passages that one term finds moves by {LEAST_SHIFT} or more, and by {LEAST_ERRORS} standard \
         errors, from the first half of the years to the second; or the ratio a year has a p of at most {LEVEL}, \
         and without one term it turns, or its p is larger"
    )
}

/// How the share of a term changes from the first half of the years to the second, in
/// order of the years.
///
/// `None` where a half has fewer than 10 passages with the theme: too few to tell.
pub fn term_mix(years: &[TermYear]) -> Option<TermMix> {
    let (first, second) = years.split_at(years.len() / 2);
    let sums = |half: &[TermYear]| {
        let sum = |of: fn(&TermYear) -> u64| half.iter().map(of).sum::<u64>();
        (sum(|year| year.with_term), sum(|year| year.with_theme))
    };
    let ((with_first, of_first), (with_second, of_second)) = (sums(first), sums(second));
    if of_first.min(of_second) < LEAST_PASSAGES {
        return None;
    }
    let share = |with: u64, of: u64| with as f64 / of as f64;
    let (from, to) = (share(with_first, of_first), share(with_second, of_second));
    let of_all = share(with_first + with_second, of_first + of_second);
    let error = (of_all * (1.0 - of_all) * (1.0 / of_first as f64 + 1.0 / of_second as f64)).sqrt();
    let change = (to - from).abs();
    Some(TermMix { from, to, is_shift: change >= LEAST_SHIFT && change >= LEAST_ERRORS * error })
}

/// Whether a trend leans on one term, by the trend with it and without it; `None` where it
/// does not, or is no trend.
pub fn lean(whole: Option<&RateTrend>, without: Option<&RateTrend>) -> Option<Lean> {
    let whole = whole.filter(|whole| whole.p.value <= LEVEL)?;
    let Some(without) = without else { return Some(Lean::Ends(None)) };
    if (whole.ratio > 1.0) != (without.ratio > 1.0) {
        return Some(Lean::Turns(without.ratio));
    }
    (without.p.value > LEVEL).then_some(Lean::Ends(Some(without.p.value)))
}

#[cfg(test)]
mod tests {
    use super::super::p_value::{PValue, Reference};
    use super::*;

    fn mix(years: &[(u64, u64)]) -> Option<TermMix> {
        let year = |(year, &(with_term, with_theme))| TermYear { year, with_term, with_theme };
        term_mix(&(2015..).zip(years).map(year).collect::<Vec<_>>())
    }

    #[track_caller]
    fn check(years: &[(u64, u64)], expected: Option<(f64, f64, bool)>) {
        assert_eq!(mix(years).map(|mix| (mix.from, mix.to, mix.is_shift)), expected);
    }

    #[test]
    fn a_term_that_goes_from_most_to_none_shifts() {
        check(&[(9, 10), (9, 10), (0, 10), (0, 10)], Some((0.9, 0.0, true)));
        // The middle year is of the second half.
        check(&[(5, 10), (10, 10), (0, 5), (1, 5), (1, 10)], Some((0.75, 0.1, true)));
    }

    #[test]
    fn a_small_change_and_one_by_chance_are_no_shift() {
        check(&[(400, 1_000), (200, 1_000)], Some((0.4, 0.2, false)));
        // 0.3 with a standard error of √(.65 · .35 · 2/10) = 0.213.
        check(&[(8, 10), (5, 10)], Some((0.8, 0.5, false)));
        check(&[(0, 10), (0, 10)], Some((0.0, 0.0, false)));
    }

    #[test]
    fn of_few_passages_no_mix_is_told() {
        check(&[(9, 9), (0, 50)], None);
        check(&[(9, 50), (0, 9)], None);
        check(&[], None);
    }

    #[test]
    fn a_trend_leans_on_a_term_without_which_it_turns_or_ends() {
        let trend = |ratio: f64, p: f64| RateTrend {
            ratio,
            low: 0.0,
            high: 9.0,
            p: PValue { value: p, from: Reference::StudentT },
            overdispersion: 1.0,
            degrees: 3,
        };
        let leans = |whole, without: Option<RateTrend>| lean(Some(&whole), without.as_ref());
        assert_eq!(leans(trend(0.8, 0.01), Some(trend(0.85, 0.04))), None);
        assert_eq!(leans(trend(0.8, 0.01), Some(trend(0.9, 0.2))), Some(Lean::Ends(Some(0.2))));
        assert_eq!(leans(trend(0.8, 0.01), Some(trend(1.1, 0.2))), Some(Lean::Turns(1.1)));
        assert_eq!(leans(trend(0.8, 0.01), None), Some(Lean::Ends(None)));
        assert_eq!(leans(trend(0.8, 0.06), Some(trend(1.1, 0.2))), None);
        assert_eq!(lean(None, None), None);
    }
}
