//! Whether a rate of counted events rises or falls: a model of counts with exposures.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::p_value::{PValue, Reference};
use super::rate::Rate;
use super::undefined::Undefined;

/// A count of events at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimedRate {
    /// When, in any unit of time, such as the year.
    pub time: f64,
    /// Events, and what they were counted over.
    pub rate: Rate,
}

/// By how much a rate changes in a unit of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateTrend {
    /// The rate a unit of time later over the rate; 1 where it stays the same.
    pub ratio: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end; infinite where it is too large for a number.
    pub high: f64,
    /// The p value of the ratio being 1.
    pub p: PValue,
    /// By how much counts vary more about the trend than Poisson's; 1 or more.
    pub overdispersion: f64,
    /// The degrees of freedom of the interval and the p value.
    pub degrees: u64,
}

/// Most steps to the slope. It takes five or six, but where nearly all events are of one
/// end; halving alone needs 60 for all the digits that there are.
const MOST_STEPS: usize = 200;

/// How near to its place the slope must come, in standard errors.
const NEAR_ENOUGH: f64 = 1e-10;

/// Estimates by what ratio the rate changes in a unit of time, from one series, or from
/// several such as those of councils, each with a rate of its own and all with the same
/// ratio.
///
/// The model is quasi-Poisson: ln E(count) = ln(exposure) + the effect of the series +
/// slope · time, with a variance of φ times the mean. φ is Pearson's chi-squared over its
/// degrees of freedom (observations less series less 1), not below 1: counts that vary
/// less than by chance must not narrow an interval. As φ is estimated, often from few
/// years, interval and p value are those of Student's t on these degrees, and so wide.
/// Series without an event say nothing of the ratio and are left out, as are observations
/// without exposure.
///
/// The effects of the series have a closed form where the slope is known, so that one
/// equation in the slope is left; Newton's steps to it are those of iteratively reweighted
/// least squares, the link being canonical.
///
/// Why neither binomial nor negative binomial: where events are a small share of the
/// exposure, as passages with a theme are, the binomial model is the same; its shares of
/// meetings tell less, and are tested by [`mann_kendall`](super::mann_kendall). The
/// negative binomial one needs more years than councils have for its shape.
///
/// Observations must be independent of each other, but for the trend; what moves all
/// series in one year, such as a new law, makes p too small. Where that holds the test is
/// cautious, φ not being below 1: of made counts of eight years without a trend, 2 % have a
/// p of at most 0.05 (`tests/suite/simulation.rs`).
///
/// Fails where an exposure is below 0 or not finite, a time not finite, or an event
/// without exposure; where there is no event, no degree of freedom, or where all events of
/// each series are of its first time, or all of its last: the ratio then has no end.
///
/// Sources: Wedderburn (1974), "Quasi-likelihood functions, generalized linear models, and
/// the Gauss-Newton method"; McCullagh and Nelder (1989), *Generalized Linear Models*,
/// 2.5, 4.5 and 6.2.3; Hausman, Hall and Griliches (1984) for the effects of series.
///
/// ```
/// # use scrutineer::analyse::{Rate, TimedRate, rate_trend};
/// let counts = [(2019.0, 8), (2020.0, 16), (2021.0, 32), (2022.0, 64)];
/// let series = counts.map(|(time, count)| TimedRate { time, rate: Rate { count, exposure: 1_000.0 } });
/// let trend = rate_trend(&[&series]).unwrap();
/// assert_eq!(format!("{:.4} on {}", trend.ratio, trend.degrees), "2.0000 on 2");
/// ```
pub fn rate_trend(series: &[&[TimedRate]]) -> Result<RateTrend, Undefined> {
    let series = told(series)?;
    let degrees = series.iter().map(|one| one.observations.len() - 1).sum::<usize>().saturating_sub(1);
    if degrees == 0 {
        return Err(Undefined::NoFreedom);
    }
    let (slope, information) = fit(&series)?;
    let chi_squared: f64 = series.iter().map(|one| one.chi_squared(slope)).sum();
    let overdispersion = (chi_squared / degrees as f64).max(1.0);
    let error = (overdispersion / information).sqrt();
    let student = StudentsT::new(0.0, 1.0, degrees as f64).map_err(|_| Undefined::NotANumber)?;
    let half = quantile_975(&student) * error;
    let p = PValue { value: (2.0 * student.sf((slope / error).abs())).min(1.0), from: Reference::StudentT };
    let (ratio, low, high) = (slope.exp(), (slope - half).exp(), (slope + half).exp());
    if !ratio.is_finite() || !p.value.is_finite() || low.is_nan() || high.is_nan() {
        return Err(Undefined::NotANumber);
    }
    Ok(RateTrend { ratio, low, high, p, overdispersion, degrees: degrees as u64 })
}

/// A series with events, its times from the mean of all.
struct Series {
    observations: Vec<TimedRate>,
    events: f64,
}

/// The series that say something of the ratio.
fn told(series: &[&[TimedRate]]) -> Result<Vec<Series>, Undefined> {
    let mut told = Vec::new();
    for one in series {
        let nothing = Rate { count: 0, exposure: 0.0 };
        let observations: Vec<TimedRate> = one.iter().copied().filter(|one| one.rate != nothing).collect();
        if observations.iter().any(|one| one.rate.value().is_none() || !one.time.is_finite()) {
            return Err(Undefined::NotANumber);
        }
        let events: f64 = observations.iter().map(|one| one.rate.count as f64).sum();
        if events > 0.0 {
            told.push(Series { observations, events });
        }
    }
    if told.is_empty() {
        return Err(Undefined::NoEvent);
    }
    let times = || told.iter().flat_map(|one| &one.observations).map(|one| one.time);
    let mean = times().sum::<f64>() / times().count() as f64;
    for one in &mut told {
        one.observations.iter_mut().for_each(|one| one.time -= mean);
    }
    let is_all = |is_end: fn(f64, f64) -> f64| told.iter().all(|one| one.is_all_at(is_end));
    if is_all(f64::min) || is_all(f64::max) {
        return Err(Undefined::AtAnEnd);
    }
    Ok(told)
}

/// The slope, and the information about it: one over its variance, if φ is 1.
fn fit(series: &[Series]) -> Result<(f64, f64), Undefined> {
    let times = || series.iter().flat_map(|one| &one.observations).map(|one| one.time);
    let span = times().fold(f64::MIN, f64::max) - times().fold(f64::MAX, f64::min);
    // Where it is far off, the equation is so flat that a step leads anywhere.
    let most = 2.0 / span;
    let (mut slope, mut low, mut high) = (0.0_f64, f64::NEG_INFINITY, f64::INFINITY);
    for _ in 0..MOST_STEPS {
        let (mut score, mut information) = (0.0, 0.0);
        for one in series {
            let (of_one, about_one) = one.score(slope);
            score += of_one;
            information += about_one;
        }
        if information > 0.0 && score.abs() <= NEAR_ENOUGH * information.sqrt() {
            return Ok((slope, information));
        }
        // The score falls with the slope: the place is on the side that it points to.
        if score > 0.0 {
            low = slope;
        } else {
            high = slope;
        }
        let next = slope + (score / information).clamp(-most, most);
        slope = if low < next && next < high { next } else { low.midpoint(high) };
    }
    Err(Undefined::NotConverged)
}

impl Series {
    /// Whether all its events are of one end of its times.
    fn is_all_at(&self, end: fn(f64, f64) -> f64) -> bool {
        let times = self.observations.iter().map(|one| one.time);
        let end = times.reduce(end);
        self.observations.iter().all(|one| one.rate.count == 0 || Some(one.time) == end)
    }

    /// The counts that are expected with a slope: they add up to the events, which gives
    /// the effect of the series.
    fn expected(&self, slope: f64) -> Vec<f64> {
        // Less the largest, so that none is too large for a number.
        let largest = self.observations.iter().map(|one| slope * one.time).fold(f64::MIN, f64::max);
        let weight = |one: &TimedRate| one.rate.exposure * (slope * one.time - largest).exp();
        let whole: f64 = self.observations.iter().map(weight).sum();
        self.observations.iter().map(|one| self.events * (weight(one) / whole)).collect()
    }

    /// The derivative of the log-likelihood by the slope, and what it says of the slope.
    fn score(&self, slope: f64) -> (f64, f64) {
        let expected = self.expected(slope);
        let timed = || self.observations.iter().zip(&expected);
        let mean = timed().map(|(one, expected)| one.time * expected).sum::<f64>() / self.events;
        let score =
            timed().map(|(one, expected)| (one.time - mean) * (one.rate.count as f64 - expected)).sum();
        let information = timed().map(|(one, expected)| (one.time - mean).powi(2) * expected).sum();
        (score, information)
    }

    /// Pearson's chi-squared about what is expected.
    fn chi_squared(&self, slope: f64) -> f64 {
        let expected = self.expected(slope);
        let of_one = |(one, expected): (&TimedRate, &f64)| match *expected {
            expected if expected > 0.0 => (one.rate.count as f64 - expected).powi(2) / expected,
            _ => 0.0,
        };
        self.observations.iter().zip(&expected).map(of_one).sum()
    }
}

/// The 97.5 % quantile of Student's t, by halving: it is from 1.96 to 12.7.
fn quantile_975(student: &StudentsT) -> f64 {
    let (mut low, mut high) = (1.9, 12.8);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if student.sf(middle) > 0.025 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(counts: &[(f64, u64, f64)]) -> Vec<TimedRate> {
        let timed = |&(time, count, exposure)| TimedRate { time, rate: Rate { count, exposure } };
        counts.iter().map(timed).collect()
    }

    #[track_caller]
    fn near(found: f64, expected: f64, digits: f64) {
        assert!((found - expected).abs() <= digits * expected.abs(), "{found} is not {expected}");
    }

    /// Deaths from AIDS in Australia by quarter, from 1983 (Whyte and others 1987; Dobson
    /// 1990, exercise 4.1, and the books after it). R's `glm(deaths ~ quarter, poisson)`
    /// gives 0.25652 with a standard error of 0.02204.
    #[test]
    fn a_published_regression_comes_out_as_published() {
        let deaths = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45];
        let deaths: Vec<(f64, u64, f64)> = (1..).zip(deaths).map(|(t, n)| (f64::from(t), n, 1.0)).collect();
        let (slope, information) = fit(&told(&[&series(&deaths)]).unwrap()).unwrap();
        assert_eq!(format!("{slope:.5} {:.5}", information.sqrt().recip()), "0.25652 0.02204");
    }

    /// Of two times the ratio is the ratio of the rates, and its information
    /// 1 / (1/a + 1/b).
    #[test]
    fn of_two_times_the_ratio_is_that_of_the_rates() {
        let two = series(&[(2020.0, 30, 6_100.0), (2021.0, 48, 5_200.0)]);
        let (slope, information) = fit(&told(&[&two]).unwrap()).unwrap();
        near(slope.exp(), 48.0 / 5_200.0 / (30.0 / 6_100.0), 1e-9);
        near(information, 1.0 / (1.0 / 30.0 + 1.0 / 48.0), 1e-9);
        assert_eq!(rate_trend(&[&two]), Err(Undefined::NoFreedom));
        // Parts of the same times are as good as their sums, but tell how they vary: 10 and
        // 20 about 15, 20 and 28 about 24 give 25/15 · 2 + 16/24 · 2 on 2 degrees.
        let parts =
            [(2020.0, 10, 3_050.0), (2020.0, 20, 3_050.0), (2021.0, 20, 2_600.0), (2021.0, 28, 2_600.0)];
        let found = rate_trend(&[&series(&parts)]).unwrap();
        near(found.ratio, slope.exp(), 1e-9);
        near(found.overdispersion, 25.0 / 15.0 + 16.0 / 24.0, 1e-9);
        // Student's t on 2 degrees has the closed form 2 (1 - F) = 1 - t / √(2 + t²), and
        // the quantile 4.30265273.
        let error = (found.overdispersion / information).sqrt();
        let t = slope / error;
        near(found.p.value, 1.0 - t / (2.0 + t * t).sqrt(), 1e-9);
        near(found.high, (slope + 4.302_652_729_7 * error).exp(), 1e-9);
        near(found.low, (slope - 4.302_652_729_7 * error).exp(), 1e-9);
    }

    /// What doubles every year, whatever the exposures and the rates of the councils.
    #[test]
    fn councils_share_a_ratio_and_not_a_rate() {
        let a = series(&[(2019.0, 8, 100.0), (2020.0, 32, 200.0), (2022.0, 64, 100.0)]);
        let b = series(&[(2021.0, 5, 1_000.0), (2022.0, 10, 1_000.0), (2023.0, 20, 1_000.0)]);
        let none = series(&[(2019.0, 0, 500.0), (2023.0, 0, 500.0)]);
        let found = rate_trend(&[&a, &b, &none]).unwrap();
        near(found.ratio, 2.0, 1e-9);
        assert_eq!((found.overdispersion, found.degrees), (1.0, 3));
        assert_eq!(rate_trend(&[&b, &a]).unwrap().degrees, 3);
        // Pooled, the council with the lower rate comes later, and its rate looks like a fall.
        let pooled = series(&[
            (2019.0, 8, 100.0),
            (2020.0, 32, 200.0),
            (2021.0, 5, 1_000.0),
            (2022.0, 74, 1_100.0),
            (2023.0, 20, 1_000.0),
        ]);
        assert!(rate_trend(&[&pooled]).unwrap().ratio < 1.0);
    }

    /// The equations of the maximum: residuals add up to 0 in each series, and weighted by
    /// time in all of them.
    #[test]
    fn residuals_add_up_to_nothing() {
        let a = series(&[(2015.0, 3, 210.0), (2016.0, 9, 340.0), (2018.0, 4, 150.0), (2019.0, 11, 299.0)]);
        let b = series(&[(2014.0, 1, 1_210.0), (2017.0, 0, 940.0), (2018.0, 7, 1_150.0)]);
        for all in [vec![&a[..]], vec![&b[..]], vec![&a[..], &b[..]]] {
            let told = told(&all).unwrap();
            let (slope, _) = fit(&told).unwrap();
            let mut by_time = 0.0;
            for one in &told {
                let expected = one.expected(slope);
                let residual = |(one, expected): (&TimedRate, &f64)| one.rate.count as f64 - expected;
                let sum: f64 = one.observations.iter().zip(&expected).map(residual).sum();
                assert!(sum.abs() < 1e-9, "{sum}");
                by_time +=
                    one.observations.iter().zip(&expected).map(|of| of.0.time * residual(of)).sum::<f64>();
            }
            assert!(by_time.abs() < 1e-9, "{by_time}");
        }
    }

    #[test]
    fn nearly_all_at_one_end_has_a_ratio_and_all_has_none() {
        let nearly = [(2019.0, 1, 10.0), (2020.0, 0, 10.0), (2021.0, 0, 10.0), (2022.0, 1_000_000, 10.0)];
        assert!(rate_trend(&[&series(&nearly)]).unwrap().ratio > 50.0);
        let all = [(2019.0, 0, 10.0), (2020.0, 0, 10.0), (2022.0, 9, 10.0)];
        assert_eq!(rate_trend(&[&series(&all)]), Err(Undefined::AtAnEnd));
        let first = [(2019.0, 9, 10.0), (2020.0, 0, 10.0), (2022.0, 0, 10.0)];
        assert_eq!(rate_trend(&[&series(&first)]), Err(Undefined::AtAnEnd));
        // One council's end is another's middle.
        assert!(rate_trend(&[&series(&all), &series(&first)]).is_ok());
    }

    #[test]
    fn what_cannot_be_told_says_why() {
        let none = series(&[(2019.0, 0, 10.0), (2020.0, 0, 10.0), (2021.0, 0, 10.0)]);
        assert_eq!(rate_trend(&[&none]), Err(Undefined::NoEvent));
        assert_eq!(rate_trend(&[]), Err(Undefined::NoEvent));
        let one_time = series(&[(2019.0, 4, 10.0)]);
        assert_eq!(rate_trend(&[&one_time, &one_time]), Err(Undefined::AtAnEnd));
        for wrong in [(2020.0, 1, 0.0), (2020.0, 0, -1.0), (f64::NAN, 1, 1.0), (2020.0, 1, f64::INFINITY)] {
            let wrong = series(&[(2018.0, 2, 9.0), (2019.0, 4, 10.0), wrong]);
            assert_eq!(rate_trend(&[&wrong]), Err(Undefined::NotANumber));
        }
        // A year without anything to read is no year without an event.
        let gap = [(2018.0, 2, 10.0), (2019.0, 0, 0.0), (2020.0, 8, 10.0), (2021.0, 16, 10.0)];
        let found = rate_trend(&[&series(&gap)]).unwrap();
        near(found.ratio, 2.0, 1e-9);
        assert_eq!(found.degrees, 1);
    }
}
