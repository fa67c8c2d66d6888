//! Whether a trend may be one of words: of the terms that a theme is found by.

use std::collections::BTreeSet;

use super::rate_trend::RateTrend;

/// Passages of a year with a theme, and those of them that a term of it finds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct TermYear {
    /// The year.
    pub year: u16,
    /// Passages that the term finds.
    pub with_term: u64,
    /// Passages with the theme.
    pub with_theme: u64,
    /// Meetings with the theme, in which these passages are.
    pub meetings: u64,
    /// The squares of the passages with the theme of each of these, added up.
    pub squares: u64,
}

/// The share of a term among the passages with a theme, early and late.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermMix {
    /// Its share in the first half of the years, from 0 to 1.
    pub from: f64,
    /// Its share in the second half, of which is the middle one of an odd number of years.
    pub to: f64,
    /// Whether the share shifts: by `LEAST_SHIFT` and by `LEAST_ERRORS` standard errors.
    pub is_shift: bool,
}

/// How a trend leans on one term.
#[derive(Debug, Clone, PartialEq)]
pub enum Lean {
    /// Without the term the rate goes the other way: the ratio a year.
    Turns(f64),
    /// Without the term there is no trend at the 5 % level: the p value.
    Ends(f64),
    /// Without the term no trend can be told, for this reason.
    Untold(String),
}

/// The least change of a share that is a shift.
const LEAST_SHIFT: f64 = 0.3;

/// How many standard errors it must be at least: by chance, one term in 370. A theme has
/// many, which is why the change must be large as well.
const LEAST_ERRORS: f64 = 3.0;

/// The fewest meetings with the theme in each half for its mix to be told.
pub const LEAST_MEETINGS_MIXED: u64 = 10;

/// The largest p value of a trend.
const LEVEL: f64 = 0.05;

/// The rules by which drift is told, in a sentence.
pub fn drift_rules() -> String {
    format!(
        "within councils, the share of the passages that one term finds moves by {LEAST_SHIFT} or more, and by {LEAST_ERRORS} standard \
         errors (of as many draws as there are meetings, and fewer where some have far more passages than others), from the first half of the years to the second; or the ratio a year has a p of at most {LEVEL}, \
         and without one term it lies outside its interval and turns, or its p is larger"
    )
}

/// How the share of a term changes from the first half of the years to the second, in one
/// council or within several; each has its years in order.
///
/// Councils differ in their words, and in the years that can be read: so shares are those
/// within councils, weighted by m₁m₂ / (m₁ + m₂), m being the draws of the two halves
/// (Mantel and Haenszel's weights). One with meetings in one half alone says nothing
/// of a change. For a single council the shares are those of its passages.
///
/// The standard error is that of no change in any council. Passages of one meeting mostly
/// say the same word, so a meeting is one draw; but one with n passages weighs n times in a
/// share. There are (Σn)² / Σn² draws then (Kish's effective number): as many as meetings
/// where these have the same number of passages, and about one where one meeting has most.
///
/// `None` where the councils with meetings in both halves have fewer than 10 in either: too
/// few to tell.
///
/// Source: Greenland and Robins (1985), "Estimation of a common effect parameter from sparse
/// follow-up data", for the weights; Kish (1965), "Survey Sampling", for the draws.
pub fn term_mix(councils: &[&[TermYear]]) -> Option<TermMix> {
    let years: BTreeSet<u16> = councils.iter().flat_map(|one| one.iter().map(|of| of.year)).collect();
    let second = *years.iter().nth(years.len() / 2)?;
    let (mut of_first, mut of_second) = (0, 0);
    let (mut weights, mut from, mut to, mut variance) = (0.0, 0.0, 0.0, 0.0);
    for council in councils {
        let (first, second) = council.split_at(council.partition_point(|of| of.year < second));
        let sums = |half: &[TermYear]| {
            let sum = |of: fn(&TermYear) -> u64| half.iter().map(of).sum::<u64>();
            let n = sum(|of| of.with_theme);
            let draws = (n as f64).powi(2) / sum(|of| of.squares) as f64;
            (sum(|of| of.with_term), n, sum(|of| of.meetings), draws)
        };
        let ((with_1, n_1, meetings_1, draws_1), (with_2, n_2, meetings_2, draws_2)) =
            (sums(first), sums(second));
        if meetings_1 == 0 || meetings_2 == 0 {
            continue;
        }
        (of_first, of_second) = (of_first + meetings_1, of_second + meetings_2);
        let share = |with: u64, of: u64| with as f64 / of as f64;
        let weight = draws_1 * draws_2 / (draws_1 + draws_2);
        let of_both = share(with_1 + with_2, n_1 + n_2);
        weights += weight;
        from += weight * share(with_1, n_1);
        to += weight * share(with_2, n_2);
        // The weight is one over 1/m₁ + 1/m₂.
        variance += weight * of_both * (1.0 - of_both);
    }
    if of_first.min(of_second) < LEAST_MEETINGS_MIXED {
        return None;
    }
    let (from, to, error) = (from / weights, to / weights, variance.sqrt() / weights);
    let change = (to - from).abs();
    Some(TermMix { from, to, is_shift: change >= LEAST_SHIFT && change >= LEAST_ERRORS * error })
}

/// Whether a trend leans on one term, by the trend with it and without it, or why there is
/// none without it; `None` where it does not, or is no trend. That p passes the level is not enough, as it does with fewer
/// passages of any term: the ratio itself must lie outside the interval that it had.
pub fn lean(whole: Option<&RateTrend>, without: Result<&RateTrend, &String>) -> Option<Lean> {
    let whole = whole.filter(|whole| whole.p.value <= LEVEL)?;
    let without = match without {
        Ok(without) => without,
        Err(reason) => return Some(Lean::Untold(reason.clone())),
    };
    if (whole.low..=whole.high).contains(&without.ratio) {
        return None;
    }
    if (whole.ratio > 1.0) != (without.ratio > 1.0) {
        return Some(Lean::Turns(without.ratio));
    }
    (without.p.value > LEVEL).then_some(Lean::Ends(without.p.value))
}

#[cfg(test)]
mod tests {
    use super::super::p_value::{PValue, Reference};
    use super::*;

    /// Each passage is of a meeting of its own.
    fn of_one_each(year: u16, with_term: u64, with_theme: u64) -> TermYear {
        TermYear { year, with_term, with_theme, meetings: with_theme, squares: with_theme }
    }

    fn mix(years: &[(u64, u64)]) -> Option<TermMix> {
        let year = |(year, &(with_term, with_theme))| of_one_each(year, with_term, with_theme);
        term_mix(&[&(2015..).zip(years).map(year).collect::<Vec<_>>()])
    }

    /// The shares to four digits, and whether they shift.
    fn shown(mix: TermMix) -> (String, String, bool) {
        (format!("{:.4}", mix.from), format!("{:.4}", mix.to), mix.is_shift)
    }

    #[track_caller]
    fn check(years: &[(u64, u64)], expected: Option<(&str, &str, bool)>) {
        let expected = expected.map(|(from, to, is_shift)| (from.to_owned(), to.to_owned(), is_shift));
        assert_eq!(mix(years).map(shown), expected);
    }

    #[test]
    fn a_term_that_goes_from_most_to_none_shifts() {
        check(&[(9, 10), (9, 10), (0, 10), (0, 10)], Some(("0.9000", "0.0000", true)));
        // The middle year is of the second half.
        check(&[(5, 10), (10, 10), (0, 5), (1, 5), (1, 10)], Some(("0.7500", "0.1000", true)));
    }

    #[test]
    fn a_small_change_and_one_by_chance_are_no_shift() {
        check(&[(400, 1_000), (200, 1_000)], Some(("0.4000", "0.2000", false)));
        // 0.3 with a standard error of √(.65 · .35 · 2/10) = 0.213.
        check(&[(8, 10), (5, 10)], Some(("0.8000", "0.5000", false)));
        check(&[(0, 10), (0, 10)], Some(("0.0000", "0.0000", false)));
    }

    /// 0.9 and 0.3 of 30 passages, with a standard error of √(.6 · .4 · 2/10) = 0.219 where
    /// these are of 10 meetings, and of √(.6 · .4 · 2/30) = 0.126 where each is of its own.
    #[test]
    fn passages_of_one_meeting_are_one_draw() {
        let year = |year, with_term, meetings| TermYear {
            year,
            with_term,
            with_theme: 30,
            meetings,
            squares: 30 * 30 / meetings,
        };
        let of = |meetings| term_mix(&[&[year(2015, 27, meetings), year(2016, 9, meetings)]]).unwrap();
        assert_eq!((of(10).is_shift, of(30).is_shift), (false, true));
    }

    /// Of 40 meetings in each half each has one passage; in the second one has 60 more, with the
    /// term: 0.05 → 0.61. Of 40 draws each that would be a shift: √(.4067 · .5933 · 2/40) = 0.110.
    /// But the second half is of 100² / (39 + 61²) = 2.66 draws: √(.4067 · .5933 · (1/40 + 1/2.66))
    /// = 0.311.
    #[test]
    fn a_meeting_with_very_many_passages_makes_no_shift_by_itself() {
        let first = TermYear { year: 2015, with_term: 2, with_theme: 40, meetings: 40, squares: 40 };
        let second =
            TermYear { year: 2016, with_term: 61, with_theme: 100, meetings: 40, squares: 39 + 61 * 61 };
        assert_eq!(shown(term_mix(&[&[first, second]]).unwrap()), ("0.0500".into(), "0.6100".into(), false));
        // The same share of meetings that are alike does.
        let alike = TermYear { with_theme: 100, squares: 40 * 25 / 4, ..second };
        assert!(term_mix(&[&[first, alike]]).unwrap().is_shift);
    }

    #[test]
    fn of_few_meetings_no_mix_is_told() {
        check(&[(9, 9), (0, 50)], None);
        check(&[(9, 50), (0, 9)], None);
        check(&[], None);
    }

    /// A council that says one word and has the first years, and one that says the other and
    /// has the last: no word shifts in either.
    #[test]
    fn councils_that_differ_in_words_and_years_are_no_shift() {
        let year = of_one_each;
        let early = [year(2015, 40, 40), year(2016, 40, 40), year(2018, 2, 2)];
        let late = [year(2016, 0, 2), year(2017, 0, 40), year(2018, 0, 40)];
        let last = [year(2017, 9, 90), year(2018, 0, 90)];
        // Of the weights 80 · 2 / 82 is of the one, 2 · 80 / 82 of the other.
        let found = term_mix(&[&early, &late, &last]).unwrap();
        assert_eq!(shown(found), ("0.5000".to_owned(), "0.5000".to_owned(), false));
        assert_eq!(term_mix(&[&early[..2], &last]), None);
        let renamed = [year(2015, 30, 30), year(2016, 30, 30), year(2017, 0, 30), year(2018, 0, 30)];
        // With weights of 30 and twice 80 · 2 / 82.
        let found = term_mix(&[&early, &late, &renamed]).unwrap();
        let weight = 160.0 / 82.0;
        assert!((found.from - (30.0 + weight) / (30.0 + 2.0 * weight)).abs() < 1e-12, "{found:?}");
        assert!((found.to - weight / (30.0 + 2.0 * weight)).abs() < 1e-12 && found.is_shift, "{found:?}");
    }

    #[test]
    fn a_trend_leans_on_a_term_without_which_it_turns_or_ends() {
        let trend = |ratio: f64, p: f64| RateTrend {
            ratio,
            low: ratio / 1.1,
            high: ratio * 1.1,
            p: PValue { value: p, from: Reference::StudentT },
            overdispersion: 1.0,
            degrees: 3,
        };
        let none = "the model did not converge".to_owned();
        let leans = |whole, without: Option<RateTrend>| lean(Some(&whole), without.as_ref().ok_or(&none));
        assert_eq!(leans(trend(0.8, 0.01), Some(trend(0.85, 0.04))), None);
        assert_eq!(leans(trend(0.8, 0.01), Some(trend(0.85, 0.2))), None, "0.85 is within 0.73 to 0.88");
        assert_eq!(leans(trend(0.8, 0.01), Some(trend(0.9, 0.2))), Some(Lean::Ends(0.2)));
        assert_eq!(leans(trend(0.95, 0.01), Some(trend(1.01, 0.9))), None, "it turns by a little");
        assert_eq!(leans(trend(0.8, 0.01), Some(trend(1.1, 0.2))), Some(Lean::Turns(1.1)));
        assert_eq!(leans(trend(0.8, 0.01), None), Some(Lean::Untold(none.clone())));
        assert_eq!(leans(trend(0.8, 0.06), Some(trend(1.1, 0.2))), None);
        assert_eq!(lean(None, Err(&none)), None);
    }
}
