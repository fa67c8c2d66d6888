//! How long until something happens, where not all is seen to its end.

use super::Undefined;
use super::interval::Z_95;

/// How long one case was followed, and how that ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Followed {
    /// The time from its beginning, in any unit; 0 or more.
    pub time: f64,
    /// Whether the event came then. If not, the case was last seen then without
    /// it (it is right-censored).
    pub event: bool,
}

/// The survival curve at a time at which events came; it is level until the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// The time, in the unit of the cases.
    pub time: f64,
    /// Cases that were followed up to then; one last seen at this very time is
    /// among them.
    pub at_risk: u64,
    /// Events at this time.
    pub events: u64,
    /// The share for which the event comes later than this, from 0 to 1.
    pub survival: f64,
    /// Greenwood's variance of that share; `None` where the share is 0.
    pub variance: Option<f64>,
    /// The 95 % interval of that share, by the log-log of it, so that it stays
    /// between 0 and 1; `None` where the share is 0.
    pub interval: Option<(f64, f64)>,
}

/// The Kaplan–Meier estimate: a step for each time at which an event came,
/// ascending; none where no event came.
///
/// Fails where a time is below 0 or not finite.
///
/// Source: Kaplan and Meier (1958), "Nonparametric estimation from incomplete
/// observations"; the variance of Greenwood (1926); the interval of Kalbfleisch
/// and Prentice (1980), section 1.3.
pub fn kaplan_meier(cases: &[Followed]) -> Result<Vec<SurvivalStep>, Undefined> {
    if cases.iter().any(|case| !case.time.is_finite()) {
        return Err(Undefined::NotANumber);
    }
    if cases.iter().any(|case| case.time < 0.0) {
        return Err(Undefined::Negative);
    }
    let mut cases = cases.to_vec();
    cases.sort_by(|a, b| a.time.total_cmp(&b.time));
    let mut steps = Vec::new();
    let (mut at_risk, mut survival, mut hazards) = (cases.len() as u64, 1.0, 0.0);
    for together in cases.chunk_by(|a, b| a.time == b.time) {
        let events = together.iter().filter(|case| case.event).count() as u64;
        if events > 0 {
            let (n, d) = (at_risk as f64, events as f64);
            survival *= (n - d) / n;
            hazards += d / (n * (n - d));
            let is_left = events < at_risk;
            steps.push(SurvivalStep {
                time: together[0].time,
                at_risk,
                events,
                survival,
                variance: is_left.then_some(survival * survival * hazards),
                interval: is_left.then(|| log_log(survival, hazards)),
            });
        }
        at_risk -= together.len() as u64;
    }
    Ok(steps)
}

/// The interval of a share between 0 and 1: ln(−ln S) ± 1.96 √hazards / ln S.
fn log_log(survival: f64, hazards: f64) -> (f64, f64) {
    let half = Z_95 * hazards.sqrt() / -survival.ln();
    (survival.powf(half.exp()), survival.powf((-half).exp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases as they are written: `6` an event, `6+` last seen without one.
    fn cases(written: &str) -> Vec<Followed> {
        let case = |word: &str| Followed {
            time: word.trim_end_matches('+').parse().unwrap(),
            event: !word.ends_with('+'),
        };
        written.split_whitespace().map(case).collect()
    }

    #[track_caller]
    fn check(written: &str, expected: &[&str]) {
        let steps = kaplan_meier(&cases(written)).unwrap();
        let line = |step: &SurvivalStep| {
            let SurvivalStep { time, at_risk, events, survival, variance, interval } = step;
            let beside = match (variance, interval) {
                (Some(variance), Some((low, high))) => {
                    format!("{:.4} {low:.4} {high:.4}", variance.sqrt())
                }
                _ => format!("{variance:?} {interval:?}"),
            };
            format!("{time} {events}/{at_risk} {survival:.4} {beside}")
        };
        assert_eq!(steps.iter().map(line).collect::<Vec<_>>(), expected);
    }

    /// KM-1: the 6-MP arm of Freireich and others (1963); time, events of those
    /// at risk, survival, its standard error and limits; recomputed by a script
    /// apart.
    #[test]
    fn km_1() {
        check(
            "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",
            &[
                "6 3/21 0.8571 0.0764 0.6197 0.9516",
                "7 1/17 0.8067 0.0869 0.5631 0.9228",
                "10 1/15 0.7529 0.0963 0.5032 0.8894",
                "13 1/12 0.6902 0.1068 0.4316 0.8491",
                "16 1/11 0.6275 0.1141 0.3675 0.8049",
                "22 1/7 0.5378 0.1282 0.2678 0.7468",
                "23 1/6 0.4482 0.1346 0.1881 0.6801",
            ],
        );
    }

    #[test]
    fn where_nothing_is_left_there_is_no_variance() {
        check("2 1", &["1 1/2 0.5000 0.3536 0.0060 0.9104", "2 1/1 0.0000 None None"]);
    }

    #[test]
    fn without_events_there_is_no_step() {
        check("1+ 2+", &[]);
        check("", &[]);
    }

    #[test]
    fn times_begin_at_0_and_end() {
        let at = |time| kaplan_meier(&[Followed { time, event: true }]);
        assert_eq!(at(-1.0), Err(Undefined::Negative));
        assert_eq!(at(f64::INFINITY), Err(Undefined::NotANumber));
        assert_eq!(at(f64::NAN), Err(Undefined::NotANumber));
        assert!(at(0.0).is_ok());
    }
}
