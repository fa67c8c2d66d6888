//! Rates of counted events: intervals, ratios, differences.
//!
//! An exposure is what events were counted over: words, meetings, years. A
//! rate is per unit of it.

use statrs::distribution::{ContinuousCDF, Gamma};
use statrs::function::beta::beta_reg;

use super::interval::{Z_95, wilson};
use super::p_value::{PValue, Reference};

/// A count of events, and what they were counted over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Events.
    pub count: u64,
    /// Units of exposure; above 0 wherever a figure is made of it.
    pub exposure: f64,
}

impl Rate {
    /// Events per unit of exposure; `None` unless the exposure is finite and
    /// above 0.
    pub fn value(self) -> Option<f64> {
        let has_exposure = self.exposure.is_finite() && self.exposure > 0.0;
        has_exposure.then(|| self.count as f64 / self.exposure).filter(|value| value.is_finite())
    }
}

/// Above this many events the chi-squared quantile is that of Wilson and
/// Hilferty (1931): the exact one takes more time the larger the count, and
/// the two agree there to nine digits.
const MOST_BY_GAMMA: u64 = 1_000_000;

/// The exact 95 % interval of a rate, per unit of exposure: half the 2.5 %
/// quantile of chi-squared with 2 `count` degrees of freedom, and half the
/// 97.5 % quantile with 2 `count` + 2, over the exposure. The lower limit is
/// 0 where nothing was counted.
///
/// Holds for events that are independent of each other; for those that come
/// in bursts, as words do, it is too narrow. `None` unless the exposure is
/// finite and above 0.
///
/// Source: Garwood (1936), "Fiducial limits for the Poisson distribution".
///
/// ```
/// # use scrutineer::analyse::{Rate, poisson_interval};
/// let (low, high) = poisson_interval(Rate { count: 10, exposure: 1.0 }).unwrap();
/// assert_eq!((format!("{low:.4}"), format!("{high:.4}")), ("4.7954".into(), "18.3904".into()));
/// ```
pub fn poisson_interval(rate: Rate) -> Option<(f64, f64)> {
    rate.value()?;
    let low = if rate.count == 0 { 0.0 } else { gamma_quantile(rate.count as f64, -Z_95) };
    let high = gamma_quantile(rate.count as f64 + 1.0, Z_95);
    Some((low / rate.exposure, high / rate.exposure)).filter(|(_, high)| high.is_finite())
}

/// The quantile of the gamma distribution of this shape and rate 1 which a
/// standard normal deviate has at `z`. The shape is at least 1.
fn gamma_quantile(shape: f64, z: f64) -> f64 {
    match Gamma::new(shape, 1.0) {
        Ok(gamma) if shape <= MOST_BY_GAMMA as f64 => gamma.inverse_cdf(if z < 0.0 { 0.025 } else { 0.975 }),
        _ => shape * (1.0 - 1.0 / (9.0 * shape) + z / (9.0 * shape).sqrt()).powi(3),
    }
}

/// How one rate stands to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateRatio {
    /// The rate here over the rate elsewhere, 0 or more. `None` where nothing
    /// was counted elsewhere.
    pub ratio: Option<f64>,
    /// The lower end of its 95 % interval; 0 where nothing was counted here.
    pub low: f64,
    /// The upper end. `None`, without bound, where nothing was counted
    /// elsewhere, or where it is too large for a number.
    pub high: Option<f64>,
    /// What the interval was taken from.
    pub interval_from: Reference,
    /// The p value of the two rates being the same.
    pub p: PValue,
    /// The rate here less the rate elsewhere, per unit of exposure.
    pub difference: f64,
}

/// Most events, both sides together, for which the p value is exact: the
/// continued fraction for it is cut off where there are many more, and there
/// the two ways agree.
const MOST_BY_BINOMIAL: u64 = 10_000;

/// The ratio of two rates with a 95 % interval, its p value and the
/// difference of the rates.
///
/// `design_effects` are d here and elsewhere, by how much the count of a side
/// varies more than Poisson's: 1 or more, 1 if it does not; see [`design_effect`].
///
/// - Both counts above 0: the interval is ln RR ± 1.96 √(d₁/a + d₂/b) (Wald).
///   With both d = 1 and up to 10,000 events the p value is exact: of a + b
///   events, a binomial number falls here; twice the smaller tail. Else it is
///   Wald's. So close to 5 % interval and p value may disagree, the exact p
///   value being the more cautious.
/// - One count 0: no 0.5 is added anywhere. Interval and p value are those of
///   the same binomial number (Clopper and Pearson 1934), for which the other
///   count is divided by its d.
/// - Both 0: no ratio, any ratio in the interval, and a p value of 1.
///
/// `None` unless both exposures and their ratio are finite and above 0, and both d
/// are finite and at least 1.
///
/// Sources: Przyborowski and Wilenski (1940) for the conditional test; Fay
/// (2010) for twice the smaller tail, with which the exact interval agrees; R's
/// `poisson.test` sums outcomes by likelihood instead, and differs a little.
/// Rao and Scott (1999) for dividing counts by their design effects; Korn and
/// Graubard (1998) for exact ones.
///
/// ```
/// # use scrutineer::analyse::{Rate, rate_ratio};
/// let here = Rate { count: 48, exposure: 5200.0 };
/// let elsewhere = Rate { count: 30, exposure: 6100.0 };
/// let found = rate_ratio(here, elsewhere, [1.0, 1.0]).unwrap();
/// assert_eq!(format!("{:.4} from {:.4}", found.ratio.unwrap(), found.low), "1.8769 from 1.1894");
/// ```
pub fn rate_ratio(here: Rate, elsewhere: Rate, design_effects: [f64; 2]) -> Option<RateRatio> {
    let (rate_here, rate_elsewhere) = (here.value()?, elsewhere.value()?);
    let exposures = elsewhere.exposure / here.exposure;
    let are_told = design_effects.iter().all(|effect| *effect >= 1.0 && effect.is_finite());
    if !(are_told && exposures > 0.0 && exposures.is_finite()) {
        return None;
    }
    let difference = rate_here - rate_elsewhere;
    let [of_here, of_elsewhere] = design_effects;
    let exact = |effect: f64| if effect == 1.0 { Reference::Exact } else { Reference::Effective };
    // The share of all events that falls here if the rates are the same.
    let share_here = 1.0 / (1.0 + exposures);
    let (a, b) = (here.count as f64, elsewhere.count as f64);
    // With one count 0 the limits of Clopper and Pearson have closed forms.
    let bound = |effective: f64| (40_f64.ln() / effective).exp_m1();
    let tail = |share: f64, effective: f64| (effective * share.ln()).exp();
    let (effective_here, effective_elsewhere) = (a / of_here, b / of_elsewhere);
    Some(match (here.count, elsewhere.count) {
        (0, 0) => RateRatio {
            ratio: None,
            low: 0.0,
            high: None,
            interval_from: Reference::Exact,
            p: PValue::of_tails(1.0, 1.0, Reference::Exact),
            difference,
        },
        (0, _) => RateRatio {
            ratio: Some(0.0),
            low: 0.0,
            high: Some(bound(effective_elsewhere) * exposures).filter(|high| high.is_finite()),
            interval_from: exact(of_elsewhere),
            p: PValue::of_tails(tail(1.0 - share_here, effective_elsewhere), 1.0, exact(of_elsewhere)),
            difference,
        },
        (_, 0) => RateRatio {
            ratio: None,
            low: exposures / bound(effective_here),
            high: None,
            interval_from: exact(of_here),
            p: PValue::of_tails(1.0, tail(share_here, effective_here), exact(of_here)),
            difference,
        },
        _ => {
            let error = (1.0 / effective_here + 1.0 / effective_elsewhere).sqrt();
            let ratio = a / b * exposures;
            let is_exact = design_effects == [1.0, 1.0]
                && here.count.saturating_add(elsewhere.count) <= MOST_BY_BINOMIAL;
            let p = if is_exact {
                // At most a here is the same as at least b + 1 elsewhere.
                let lower = beta_reg(b, a + 1.0, 1.0 - share_here);
                let upper = beta_reg(a, b + 1.0, share_here);
                PValue::of_tails(lower, upper, Reference::Exact)
            } else {
                PValue::of_normal(ratio.ln() / error)
            };
            RateRatio {
                ratio: Some(ratio),
                low: ratio * (-Z_95 * error).exp(),
                high: Some(ratio * (Z_95 * error).exp()).filter(|high| high.is_finite()),
                interval_from: Reference::Normal,
                p,
                difference,
            }
        }
    })
}

/// By how much the sum of the counts of parts varies more than Poisson's: m/(m − 1) times
/// the sum over m parts of the squares of what each has more than by the rate of all, over
/// the sum of the counts. Not below 1: counts that vary less than by chance must not narrow
/// an interval.
///
/// A part is what is independent of the others, such as a meeting or a council. Parts
/// without exposure are left out. 1 where nothing was counted, which has nothing to vary.
/// `None` of fewer than two parts, or where an exposure is below 0 or not finite, or 0
/// with events.
///
/// Source: Rao and Scott (1999), "A simple method for analysing overdispersion in clustered
/// Poisson data", Statistics in Medicine 18.
pub fn design_effect(parts: &[Rate]) -> Option<f64> {
    let parts: Vec<Rate> =
        parts.iter().copied().filter(|part| *part != Rate { count: 0, exposure: 0.0 }).collect();
    for part in &parts {
        part.value()?;
    }
    if parts.len() < 2 {
        return None;
    }
    let events: f64 = parts.iter().map(|part| part.count as f64).sum();
    let exposure: f64 = parts.iter().map(|part| part.exposure).sum();
    if events == 0.0 {
        return Some(1.0);
    }
    let square = |part: &Rate| (part.count as f64 - events * (part.exposure / exposure)).powi(2);
    let n = parts.len() as f64;
    let effect = n / (n - 1.0) * parts.iter().map(square).sum::<f64>() / events;
    effect.is_finite().then(|| effect.max(1.0))
}

/// How one share stands to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareDifference {
    /// The share here less the share elsewhere (the risk difference), from -1
    /// to 1.
    pub difference: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Cohen's h, 2 asin √here − 2 asin √elsewhere, from -π to π; by his
    /// convention 0.2 is small, 0.5 medium and 0.8 large.
    pub h: f64,
}

/// The difference of two shares, each as hits of `n`, such as meetings with a
/// theme of meetings with readable minutes.
///
/// `None` where either `n` is 0 or has fewer than its hits.
///
/// Sources: Newcombe (1998), "Interval estimation for the difference between
/// independent proportions", method 10 (from two Wilson intervals); Cohen
/// (1988), *Statistical Power Analysis*, chapter 6.
///
/// ```
/// # use scrutineer::analyse::share_difference;
/// let found = share_difference((56, 70), (48, 80)).unwrap();
/// assert_eq!(format!("{:.4} {:.4}", found.low, found.high), "0.0524 0.3339");
/// ```
pub fn share_difference(here: (u64, u64), elsewhere: (u64, u64)) -> Option<ShareDifference> {
    let share = |(hits, n): (u64, u64)| (hits <= n && n > 0).then(|| hits as f64 / n as f64);
    let (p1, p2) = (share(here)?, share(elsewhere)?);
    let (low1, high1) = wilson(here.0, here.1)?;
    let (low2, high2) = wilson(elsewhere.0, elsewhere.1)?;
    let difference = p1 - p2;
    Some(ShareDifference {
        difference,
        low: difference - (p1 - low1).hypot(high2 - p2),
        high: difference + (high1 - p1).hypot(p2 - low2),
        h: 2.0 * p1.sqrt().asin() - 2.0 * p2.sqrt().asin(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(count: u64, exposure: f64) -> Rate {
        Rate { count, exposure }
    }

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{found} is not {expected}");
    }

    #[track_caller]
    fn garwood(count: u64, expected: (&str, &str)) {
        let (low, high) = poisson_interval(rate(count, 1.0)).unwrap();
        assert_eq!((format!("{low:.4}").as_str(), format!("{high:.4}").as_str()), expected);
    }

    /// The values of the usual tables, such as Pearson and Hartley (1966), 40.
    #[test]
    fn garwood_gives_the_tabled_limits() {
        garwood(0, ("0.0000", "3.6889"));
        garwood(1, ("0.0253", "5.5716"));
        garwood(5, ("1.6235", "11.6683"));
        garwood(10, ("4.7954", "18.3904"));
    }

    #[test]
    fn limits_are_per_unit_of_exposure() {
        let (low, high) = poisson_interval(rate(10, 4.0)).unwrap();
        let (low_of_one, high_of_one) = poisson_interval(rate(10, 1.0)).unwrap();
        near(low, low_of_one / 4.0);
        near(high, high_of_one / 4.0);
    }

    #[test]
    fn the_quantile_of_large_counts_takes_over_without_a_step() {
        for z in [-Z_95, Z_95] {
            let shape = MOST_BY_GAMMA as f64;
            let step = gamma_quantile(shape + 1.0, z) - gamma_quantile(shape, z);
            assert!((step - 1.0).abs() < 0.01, "{step}");
        }
        assert!(poisson_interval(rate(u64::MAX, 1.0)).is_some());
    }

    /// RR-1: recomputed in the project's notes on methods; d = 2 by hand.
    #[test]
    fn wald_limits_widen_with_design_effects() {
        let of = |effect| rate_ratio(rate(48, 5200.0), rate(30, 6100.0), [effect; 2]).unwrap();
        let (one, two) = (of(1.0), of(2.0));
        assert_eq!(
            format!("{:.4} ({:.4}, {:.4})", one.ratio.unwrap(), one.low, one.high.unwrap()),
            "1.8769 (1.1894, 2.9618)"
        );
        assert_eq!(one.interval_from, Reference::Normal);
        assert_eq!(one.p.from, Reference::Exact);
        near(one.p.value, 0.008_401_081_530_852_43);
        near(two.low, 0.984_649_687_913_599);
        near(two.high.unwrap(), 3.577_759_968_777_355);
        assert_eq!(two.p.from, Reference::Normal);
        near(two.p.value, 0.055_752_567_598_132_9);
        near(one.difference, 48.0 / 5200.0 - 30.0 / 6100.0);
    }

    /// Of 6 events on equal exposures, 0 to 1 or 5 to 6 on one side: 14 of 64.
    #[test]
    fn the_exact_p_is_twice_the_smaller_binomial_tail() {
        near(rate_ratio(rate(5, 100.0), rate(1, 100.0), [1.0; 2]).unwrap().p.value, 14.0 / 64.0);
        near(rate_ratio(rate(1, 100.0), rate(5, 100.0), [1.0; 2]).unwrap().p.value, 14.0 / 64.0);
        near(rate_ratio(rate(3, 100.0), rate(3, 100.0), [1.0; 2]).unwrap().p.value, 1.0);
    }

    /// Twice the upper tail of a binomial of 10,000 and one half, from 5,100
    /// on, summed in whole numbers.
    #[test]
    fn the_exact_p_holds_up_to_where_it_ends() {
        let most = rate_ratio(rate(5_100, 1.0), rate(4_900, 1.0), [1.0; 2]).unwrap();
        assert_eq!(most.p.from, Reference::Exact);
        near(most.p.value, 0.04658552770494739);
        let more = rate_ratio(rate(5_101, 1.0), rate(4_900, 1.0), [1.0; 2]).unwrap();
        assert_eq!(more.p.from, Reference::Normal);
    }

    /// 6 events on equal exposures, all on one side: p = 2/64; the limit of
    /// the share is 0.025^(1/6).
    #[test]
    fn a_zero_cell_has_exact_limits_and_nothing_is_added() {
        let share = 0.025_f64.powf(1.0 / 6.0);
        let without = rate_ratio(rate(0, 100.0), rate(6, 100.0), [1.0; 2]).unwrap();
        assert_eq!((without.ratio, without.low), (Some(0.0), 0.0));
        near(without.high.unwrap(), (1.0 - share) / share);
        near(without.p.value, 2.0 / 64.0);
        let only = rate_ratio(rate(6, 200.0), rate(0, 100.0), [1.0; 2]).unwrap();
        assert_eq!((only.ratio, only.high), (None, None));
        near(only.low, share / (1.0 - share) / 2.0);
        near(only.p.value, 2.0 * (2.0_f64 / 3.0).powi(6));
        assert_eq!((only.interval_from, only.p.from), (Reference::Exact, Reference::Exact));
    }

    #[test]
    fn a_zero_cell_with_a_design_effect_counts_fewer_events() {
        let of_six = rate_ratio(rate(0, 100.0), rate(6, 100.0), [2.0; 2]).unwrap();
        let of_three = rate_ratio(rate(0, 100.0), rate(3, 100.0), [1.0; 2]).unwrap();
        near(of_six.high.unwrap(), of_three.high.unwrap());
        near(of_six.p.value, of_three.p.value);
        assert_eq!(of_six.p.from, Reference::Effective);
    }

    #[test]
    fn of_no_events_there_is_no_ratio() {
        let none = rate_ratio(rate(0, 100.0), rate(0, 50.0), [1.0; 2]).unwrap();
        assert_eq!((none.ratio, none.low, none.high, none.p.value), (None, 0.0, None, 1.0));
    }

    #[test]
    fn without_exposure_nothing_is_told() {
        for exposure in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(poisson_interval(rate(1, exposure)), None);
            assert_eq!(rate_ratio(rate(1, exposure), rate(1, 1.0), [1.0; 2]), None);
            assert_eq!(rate_ratio(rate(1, 1.0), rate(1, exposure), [1.0; 2]), None);
        }
        for phi in [0.9, f64::NAN, f64::INFINITY] {
            assert_eq!(rate_ratio(rate(1, 1.0), rate(1, 1.0), [phi; 2]), None);
        }
    }

    /// 2, 4, 12 about 6: 3/2 times 16 + 4 + 36, of 18 events; with exposures of 10, 30 and 20
    /// about 3, 9 and 6: 1 + 25 + 36.
    #[test]
    fn a_design_effect_is_of_squares_about_the_rate_of_all() {
        near(design_effect(&[rate(2, 10.0), rate(4, 10.0), rate(12, 10.0)]).unwrap(), 1.5 * 56.0 / 18.0);
        let uneven = [rate(2, 10.0), rate(4, 30.0), rate(12, 20.0), rate(0, 0.0)];
        near(design_effect(&uneven).unwrap(), 1.5 * 62.0 / 18.0);
    }

    /// 14 passages in one of five meetings are no more than one meeting: 14 and four times
    /// 0 about 2.8 are 125.44 + 31.36 over 14, times 5/4.
    #[test]
    fn what_one_part_has_alone_counts_for_little_whatever_others_do() {
        let burst = [rate(14, 10.0), rate(0, 10.0), rate(0, 10.0), rate(0, 10.0), rate(0, 10.0)];
        near(design_effect(&burst).unwrap(), 14.0);
        let many = vec![rate(0, 10.0); 400];
        assert_eq!(design_effect(&many), Some(1.0));
    }

    #[test]
    fn a_design_effect_is_never_below_one_and_takes_two_parts() {
        assert_eq!(design_effect(&[rate(5, 10.0), rate(5, 10.0)]), Some(1.0));
        assert_eq!(design_effect(&[rate(5, 10.0)]), None);
        assert_eq!(design_effect(&[]), None);
        assert_eq!(design_effect(&[rate(5, 0.0), rate(7, 10.0)]), None);
    }

    /// Effective counts 24 and 10 in place of 48 and 30.
    #[test]
    fn each_side_widens_by_its_own_design_effect() {
        let found = rate_ratio(rate(48, 5200.0), rate(30, 6100.0), [2.0, 3.0]).unwrap();
        let error = (1.0_f64 / 24.0 + 1.0 / 10.0).sqrt();
        near(found.low, found.ratio.unwrap() * (-Z_95 * error).exp());
        assert_eq!(found.p.from, Reference::Normal);
    }

    #[track_caller]
    fn shares(here: (u64, u64), elsewhere: (u64, u64), expected: &str) {
        let found = share_difference(here, elsewhere).unwrap();
        let found = format!("{:.4} ({:.4}, {:.4})", found.difference, found.low, found.high);
        assert_eq!(found, expected);
    }

    /// Newcombe (1998), table II, method 10, contrasts a, b and h; recomputed.
    #[test]
    fn differences_of_shares_have_the_published_limits() {
        shares((56, 70), (48, 80), "0.2000 (0.0524, 0.3339)");
        shares((9, 10), (3, 10), "0.6000 (0.1705, 0.8090)");
        shares((10, 10), (0, 10), "1.0000 (0.6075, 1.0000)");
    }

    #[test]
    fn cohens_h_is_pi_between_all_and_none() {
        near(share_difference((10, 10), (0, 10)).unwrap().h, std::f64::consts::PI);
        near(share_difference((56, 70), (48, 80)).unwrap().h, 0.442_143_188_002_953_4);
        assert_eq!(share_difference((3, 2), (0, 10)), None);
        assert_eq!(share_difference((0, 0), (0, 10)), None);
    }
}
