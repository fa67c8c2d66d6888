//! Whether a series of figures rises or falls: Mann-Kendall and Sen.
//!
//! Time taken and memory grow with the square of the length of a series: meant
//! for years, quarters and months.

use super::p_value::{PValue, Reference};

/// One figure of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// When, in any unit of time, such as the year. Times may lie unevenly.
    pub time: f64,
    /// The figure, in any unit.
    pub value: f64,
}

/// The trend of one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// Observations.
    pub n: u64,
    /// S: pairs in which the later figure is larger, less those in which it is
    /// smaller.
    pub s: i64,
    /// The variance of S if there is no trend, for ties corrected; 0 where all
    /// figures are equal.
    pub variance: f64,
    /// (|S| - 1) / √variance with the sign of S; 0 where S is 0.
    pub z: f64,
    /// The p value of there being no trend: exact for up to 10 observations,
    /// with or without ties, else that of `z`.
    pub p: PValue,
    /// S over the number of pairs, from -1 to 1 (Kendall's tau a: tied pairs
    /// count as pairs).
    pub tau: f64,
    /// The median change in value per unit of time over all pairs (Sen).
    pub slope: f64,
}

/// The trend that several series share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegionalKendall {
    /// Series with at least two observations; the others tell nothing.
    pub series: u64,
    /// The sum of S over the series.
    pub s: i64,
    /// The sum of its variances.
    pub variance: f64,
    /// (|S| - 1) / √variance with the sign of S; 0 where S is 0.
    pub z: f64,
    /// The p value of there being no common trend, that of `z`.
    pub p: PValue,
    /// S over the number of pairs within series, from -1 to 1.
    pub tau: f64,
    /// The median change in value per unit of time over all pairs within
    /// series.
    pub slope: f64,
}

/// Most observations for which the p value is exact.
const MOST_EXACT: usize = 10;

/// Tests whether a series rises or falls, however unevenly.
///
/// Observations must be independent of each other, but for the trend: monthly
/// figures with seasons are not. Few years show little: five that rise without
/// exception have p = 1/60.
///
/// `None` for fewer than two observations, for times that do not rise, and
/// where a time, a value or a slope is not finite. What is not known is left
/// out of the series, which is why slopes go by times and not by places.
///
/// Sources: Mann (1945); Kendall (1975) for ties and the correction for
/// continuity; Gilbert (1987), 16.4, for exact p values of up to 10
/// observations, here also with ties; Sen (1968) for the slope.
///
/// ```
/// # use scrutineer::analyse::{Observation, mann_kendall};
/// let shares = [(2019.0, 0.1), (2020.0, 0.2), (2022.0, 0.4), (2023.0, 0.5), (2024.0, 0.6)];
/// let series = shares.map(|(time, value)| Observation { time, value });
/// let trend = mann_kendall(&series).unwrap();
/// assert_eq!((trend.s, trend.tau), (10, 1.0));
/// assert_eq!(format!("{:.4} {:.2}", trend.p.value, trend.slope), "0.0167 0.10");
/// ```
pub fn mann_kendall(series: &[Observation]) -> Option<MannKendall> {
    let pairs = Pairs::of(series)?;
    let z = deviate(pairs.s, pairs.variance);
    let p = if series.len() <= MOST_EXACT { exact(&pairs) } else { PValue::of_normal(z) };
    Some(MannKendall {
        n: series.len() as u64,
        s: pairs.s,
        variance: pairs.variance,
        z,
        p,
        tau: pairs.s as f64 / pairs.slopes.len() as f64,
        slope: median(pairs.slopes)?,
    })
}

/// Tests whether several series, such as those of councils, rise or fall
/// together: S and its variance are summed over them, pairs being made within
/// series only.
///
/// The series must be independent of each other; what moves all of them, such
/// as a new law, makes p too small. Trends of opposite sign cancel. For a
/// single series [`mann_kendall`] is the better test.
///
/// `None` where no series has two observations, or one of those that do is
/// refused by [`mann_kendall`].
///
/// Source: Helsel and Frans (2006), "Regional Kendall test for trend".
pub fn regional_kendall(series: &[&[Observation]]) -> Option<RegionalKendall> {
    let (mut s, mut variance, mut n_series, mut slopes) = (0, 0.0, 0, Vec::new());
    for one in series.iter().filter(|one| one.len() >= 2) {
        let pairs = Pairs::of(one)?;
        s += pairs.s;
        variance += pairs.variance;
        n_series += 1;
        slopes.extend(pairs.slopes);
    }
    if slopes.is_empty() {
        return None;
    }
    let z = deviate(s, variance);
    Some(RegionalKendall {
        series: n_series,
        s,
        variance,
        z,
        p: PValue::of_normal(z),
        tau: s as f64 / slopes.len() as f64,
        slope: median(slopes)?,
    })
}

/// What the pairs of a series tell.
struct Pairs {
    s: i64,
    variance: f64,
    /// One for each pair.
    slopes: Vec<f64>,
    /// How many observations have each value.
    ties: Vec<usize>,
}

impl Pairs {
    /// `None` for a series that [`mann_kendall`] refuses.
    fn of(series: &[Observation]) -> Option<Self> {
        let is_finite = series.iter().all(|one| one.time.is_finite() && one.value.is_finite());
        let rises = series.windows(2).all(|two| two[0].time < two[1].time);
        if series.len() < 2 || !is_finite || !rises {
            return None;
        }
        let (mut s, mut slopes) = (0, Vec::new());
        for (place, late) in series.iter().enumerate() {
            for early in &series[..place] {
                s += i64::from(late.value > early.value) - i64::from(late.value < early.value);
                slopes.push((late.value - early.value) / (late.time - early.time));
            }
        }
        if slopes.iter().any(|slope| !slope.is_finite()) {
            return None;
        }
        let mut values: Vec<f64> = series.iter().map(|one| one.value).collect();
        values.sort_by(f64::total_cmp);
        let ties: Vec<usize> = values.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
        let term = |n: usize| {
            let n = n as f64;
            n * (n - 1.0) * (2.0 * n + 5.0)
        };
        let tied: f64 = ties.iter().map(|&n| term(n)).sum();
        Some(Self { s, variance: (term(series.len()) - tied) / 18.0, slopes, ties })
    }
}

fn deviate(s: i64, variance: f64) -> f64 {
    if s == 0 { 0.0 } else { (s - s.signum()) as f64 / variance.sqrt() }
}

/// The share of the orders of the values, all equally likely, in which S is as
/// far from 0 as it is.
fn exact(pairs: &Pairs) -> PValue {
    let orders = orders_by_inversions(&pairs.ties);
    let most = orders.len() as i64 - 1;
    let far =
        orders.iter().zip(0..).filter(|&(_, inversions)| (most - 2 * inversions).abs() >= pairs.s.abs());
    let far: i64 = far.map(|(orders, _)| orders).sum();
    let all: i64 = orders.iter().sum();
    PValue { value: far as f64 / all as f64, from: Reference::Exact }
}

/// In how many orders of values, of which `ties` are equal, how many pairs
/// fall: from none to all the pairs that are not tied, which makes S their
/// number less twice the pairs that fall.
///
/// To m values, t equal larger ones are added in (m+1)…(m+t) / 1…t ways; by
/// the pairs that fall, each factor k of this is 1 - q^k (Gauss's binomial
/// coefficients; without ties, the recurrence of Kendall's tables). At most 10
/// values: 10! orders.
fn orders_by_inversions(ties: &[usize]) -> Vec<i64> {
    let mut before = 0;
    let mut n_pairs = 0;
    for &tied in ties {
        n_pairs += before * tied;
        before += tied;
    }
    let mut orders = vec![0; n_pairs + 1];
    orders[0] = 1;
    before = 0;
    for &tied in ties {
        for k in 1..=tied {
            for place in (before + k..=n_pairs).rev() {
                orders[place] -= orders[place - before - k];
            }
            for place in k..=n_pairs {
                orders[place] += orders[place - k];
            }
        }
        before += tied;
    }
    orders
}

/// The middle value, or the mean of the two in the middle; `None` of none.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let high = *values.get(values.len() / 2)?;
    let low = values[(values.len() - 1) / 2];
    Some(low.midpoint(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series of the values at times 0, 1, 2…; `-` is one that is missing.
    fn series(values: &str) -> Vec<Observation> {
        let values = values.split_whitespace().enumerate().filter(|(_, value)| *value != "-");
        values.map(|(time, value)| Observation { time: time as f64, value: value.parse().unwrap() }).collect()
    }

    /// The same, with the places of missing values closed up.
    fn closed_up(mut series: Vec<Observation>) -> Vec<Observation> {
        for (place, one) in series.iter_mut().enumerate() {
            one.time = place as f64;
        }
        series
    }

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{found} is not {expected}");
    }

    /// MK-1: the worked example of R. J. Little, *Mann-Kendall by hand*
    /// (College of the Holy Cross); variance and slope recomputed.
    #[test]
    fn the_example_by_hand() {
        let values = "12.9 14.8 13.2 15.7 13.8 15.6 12.9 11.0 17.3 15.9 19.0 18.3 20.1 21.7";
        let found = mann_kendall(&series(values)).unwrap();
        assert_eq!((found.n, found.s, found.p.from), (14, 54, Reference::Normal));
        assert_eq!(
            format!("{:.4} {:.4} {:.5} {:.6}", found.variance, found.z, found.p.value, found.slope),
            "332.6667 2.9058 0.00366 0.566667"
        );
    }

    /// MK-2: tests/test_pymannkendall.py of pyMannKendall.
    #[test]
    fn equal_values_have_no_trend_and_rising_ones_have_tau_1() {
        let of = |value: fn(f64) -> f64| -> Vec<Observation> {
            (0..360).map(|i| Observation { time: f64::from(i), value: value(f64::from(i)) }).collect()
        };
        let equal = mann_kendall(&of(|_| 7.0)).unwrap();
        assert_eq!((equal.s, equal.z, equal.p.value, equal.tau, equal.slope), (0, 0.0, 1.0, 0.0, 0.0));
        assert_eq!(equal.variance, 0.0);
        let rising = mann_kendall(&of(|i| i)).unwrap();
        assert_eq!((rising.s, rising.tau, rising.slope), (64_620, 1.0, 1.0));
        assert!(rising.p.value < 1e-12);
    }

    /// MK-3: the series of tests/test_pymannkendall.py of pyMannKendall (rain
    /// at Bogra by month, 1981 to 2010, in mm) and what is expected of it
    /// there. Another version of that test has the slope with the gaps closed
    /// up, which takes the times for other than they were.
    #[test]
    fn thirty_years_of_rain() {
        let found = mann_kendall(&series(RAIN)).unwrap();
        assert_eq!(found.s, -1959);
        near(found.variance, 4_889_800.333_333_333);
        near(found.z, -0.885_456_284_258_991_6);
        near(found.p.value, 0.375_910_587_405_068_33);
        near(found.tau, -0.031_531_676_538_758_69);
        near(found.slope, -0.006_369_426_751_592_357);
        let closed_up = mann_kendall(&closed_up(series(RAIN))).unwrap();
        assert_eq!((closed_up.s, closed_up.p), (found.s, found.p));
        near(closed_up.slope, -0.006_451_612_903_225_806);
    }

    /// The two series of `test_regional_test` in the same file.
    #[test]
    fn two_series_are_summed() {
        let (first, second) = (series(FIRST), series(SECOND));
        let found = regional_kendall(&[&first, &second, &first[..1]]).unwrap();
        assert_eq!((found.series, found.s, found.variance), (2, -362, 103_278.0));
        near(found.z, -1.123_319_485_400_018_6);
        near(found.p.value, 0.261_301_831_118_548_2);
        near(found.tau, -0.061_859_193_438_140_81);
        near(found.slope, -0.680_446_465_481_604);
    }

    #[track_caller]
    fn exactly(values: &str, s: i64, p: f64) {
        let found = mann_kendall(&series(values)).unwrap();
        assert_eq!((found.s, found.p.from), (s, Reference::Exact));
        near(found.p.value, p);
    }

    /// By writing out all orders; the last is 0.023 on one side in Gilbert
    /// (1987), table A18.
    #[test]
    fn short_series_have_exact_p_values() {
        exactly("1 2 3 4 5", 10, 2.0 / 120.0);
        exactly("5 4 3 2 1", -10, 2.0 / 120.0);
        exactly("2 1 4 3", 2, 18.0 / 24.0);
        exactly("5 4 3 2 1 7 6 8 9 10", 23, 2.0 * 84_592.0 / 3_628_800.0);
    }

    /// By writing out all orders.
    #[test]
    fn ties_in_short_series_are_exact_as_well() {
        exactly("1 2 2 3 5", 9, 2.0 / 60.0);
        exactly("3 1 2 2 1 4", 1, 1.0);
        exactly("1 1 2 2 3 3 3", 16, 2.0 / 210.0);
        exactly("4 4 4", 0, 1.0);
    }

    #[test]
    fn slopes_go_by_time() {
        let series =
            [(2015.0, 1.0), (2016.0, 2.0), (2020.0, 6.0)].map(|(time, value)| Observation { time, value });
        assert_eq!(mann_kendall(&series).unwrap().slope, 1.0);
    }

    #[test]
    fn what_is_no_series_is_refused() {
        assert_eq!(mann_kendall(&series("1")), None);
        assert_eq!(mann_kendall(&series("1 NaN 2")), None);
        assert_eq!(mann_kendall(&[Observation { time: 1.0, value: 1.0 }; 2]), None);
        assert_eq!(mann_kendall(&series("-1e308 1e308")), None);
        assert_eq!(regional_kendall(&[&series("1"), &[]]), None);
    }

    const RAIN: &str = "\
        32 20 25 189 240 193 379 278 301 0 0 82 0 4 - - 121 234 360 262 120 30 11 1 7 3 31 31 355 102 248 \
        274 308 - 5 26 11 16 6 48 388 539 431 272 404 186 0 2 0 4 1 54 272 459 235 164 365 135 2 - - 4 0 128 \
        210 163 446 225 462 467 19 13 0 3 17 132 178 338 525 623 145 31 19 3 0 29 25 87 259 756 486 180 292 \
        43 92 1 0 16 2 0 130 253 594 111 273 30 0 4 0 27 24 41 292 378 499 265 320 227 4 0 4 14 8 48 416 240 \
        404 207 733 105 0 112 0 14 0 30 140 202 289 159 424 106 3 0 65 3 14 58 268 466 432 266 240 95 1 0 10 \
        26 4 114 94 289 173 208 263 156 5 0 16 16 14 0 111 475 534 432 471 117 70 1 3 28 7 401 184 283 338 \
        171 335 176 0 0 10 11 9 140 102 208 298 245 220 29 2 27 10 13 26 84 143 367 749 563 283 353 10 0 0 0 \
        0 9 246 265 343 429 168 133 17 0 18 35 76 158 272 250 190 289 466 84 0 0 0 0 0 22 217 299 185 115 \
        344 203 8 - - 0 5 284 123 254 476 496 326 27 20 0 4 53 72 113 214 364 219 220 156 264 0 13 0 0 45 90 \
        137 638 529 261 206 251 0 0 5 9 58 72 138 130 471 328 356 523 0 1 0 0 12 143 193 184 192 138 174 69 \
        1 0 0 18 25 28 92 732 320 256 302 131 15 0 27 0 22 20 213 393 474 374 109 159 0 0 0 3 3 49 205 128 \
        194 570 169 89 0 0 0 0 0 26 185 286 92 225 244 190 3 20";
    const FIRST: &str = "\
        490 540 220 390 450 230 360 460 430 430 620 460 450 580 350 440 530 380 440 430 680 250 - 450 500 \
        510 490 700 420 710 430 410 700 260 260 500 450 500 620 670 - 470 370 410 540 550 220 460 390 550 \
        320 570 480 520 620 520 430 400 430 490 560 370 460 390 330 350 480 390 500 410 470 280 510 - 310 \
        230 470 330 320 500";
    const SECOND: &str = "\
        458 469 4630 321 541 1640 1060 264 665 680 650 - 380 325 1020 460 583 777 1230 565 533 4930 3810 469 \
        473 593 500 266 495 245 736 508 578 4590 4670 503 469 314 432 279 542 499 741 569 360 513 3910 364 \
        472 245 - 224 342 732 240 472 679 1080 920 488 - 595 295 542 1500 1080 334 423 216 366 750 1260 223 \
        462 7640 2340 239 1400 3070 244";
}
