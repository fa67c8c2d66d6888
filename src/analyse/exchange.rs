//! Whether two groups of parts, such as meetings, differ by more than which of them
//! happen to be in which group.

use super::random::Random;
use super::rate::Rate;

/// How often the parts are divided anew, at most.
const DIVISIONS: u64 = 19_999;

/// How many divisions as uneven as the real one are enough to tell their share.
const ENOUGH: u64 = 50;

/// The two-sided p value of two sides with one rate, were it chance which parts are on
/// which side: the share of all divisions into sides of so many parts that are as uneven,
/// estimated from up to 19,999 that are drawn, so that it is not below 0.00005; of fewer
/// once 50 are as uneven. It assumes nothing of how counts come, in bursts or not. What is
/// uneven of a division is the sum over a side of what each part has more than it would
/// have by the rate of all.
///
/// The same for the same parts on either side. `None` unless both sides have a part and
/// all exposures are finite and above 0; parts without exposure are left out. 1 where
/// nothing was counted.
///
/// Sources: Pitman (1937), "Significance tests which may be applied to samples from any
/// populations"; Besag and Clifford (1991), "Sequential Monte Carlo p-values".
pub fn exchange_p(here: &[Rate], elsewhere: &[Rate], seed: u64) -> Option<f64> {
    let [here, elsewhere] = [here, elsewhere].map(|side| {
        side.iter().copied().filter(|part| *part != Rate { count: 0, exposure: 0.0 }).collect::<Vec<_>>()
    });
    let all = || here.iter().chain(&elsewhere);
    for part in all() {
        part.value()?;
    }
    let n_drawn = here.len().min(elsewhere.len());
    if n_drawn == 0 {
        return None;
    }
    let (count, exposure) = all()
        .fold((0.0, 0.0), |(count, exposure), part| (count + part.count as f64, exposure + part.exposure));
    let excess = |part: &Rate| part.count as f64 - count * (part.exposure / exposure);
    let uneven = here.iter().map(excess).sum::<f64>().abs();
    // Sums in another order differ in their last digits.
    let as_uneven = uneven - 1e-9 * count;
    // In an order of their own, whichever side is which.
    let mut excesses: Vec<f64> = all().map(excess).collect();
    excesses.sort_unstable_by(f64::total_cmp);
    let mut random = Random::new(seed);
    let (mut n_divided, mut n_as_uneven) = (0, 0);
    while n_divided < DIVISIONS && n_as_uneven < ENOUGH {
        let mut sum = 0.0;
        for at in 0..n_drawn {
            let drawn = at + random.below((excesses.len() - at) as u64) as usize;
            excesses.swap(at, drawn);
            sum += excesses[at];
        }
        n_divided += 1;
        n_as_uneven += u64::from(sum.abs() >= as_uneven);
    }
    Some(match n_as_uneven {
        ENOUGH => ENOUGH as f64 / n_divided as f64,
        n => (n + 1) as f64 / (n_divided + 1) as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(counts: &[u64]) -> Vec<Rate> {
        counts.iter().map(|&count| Rate { count, exposure: 10.0 }).collect()
    }

    /// Checks a p value that is the share of this many of all divisions.
    #[track_caller]
    fn check(here: &[u64], elsewhere: &[u64], as_uneven: f64, of: f64) {
        let p = exchange_p(&parts(here), &parts(elsewhere), 7).unwrap();
        let expected = as_uneven / of;
        // Three standard errors, of 50 divisions or of all.
        let error = 3.0 * expected / 50_f64.sqrt() + 3.0 * (expected / DIVISIONS as f64).sqrt();
        assert!((p - expected).abs() <= error, "{p} is not {expected}");
        assert_eq!(exchange_p(&parts(elsewhere), &parts(here), 7), Some(p));
    }

    #[test]
    fn of_all_divisions_those_as_uneven_are_counted() {
        // Of the twenty divisions of 0, 0, 0, 1, 2, 3 only this one and its reverse.
        check(&[0, 0, 0], &[1, 2, 3], 2.0, 20.0);
        // 5 stands among the two of seven: whatever the other is.
        check(&[5, 0], &[0, 0, 0, 0, 0], 2.0, 7.0);
        // Both of the ten that have any, in two of ten: one division of 45.
        check(&[3, 9], &[0; 8], 1.0, 45.0);
        check(&[1, 1, 1], &[1, 1, 1], 1.0, 1.0);
    }

    /// However much one meeting says, it is one of the 446 that may be among the five.
    #[test]
    fn one_meeting_is_one_meeting() {
        check(&[14, 0, 0, 0, 0], &[0; 441], 5.0, 446.0);
        check(&[1_000, 0, 0, 0, 0], &[0; 441], 5.0, 446.0);
    }

    #[test]
    fn without_parts_or_exposure_nothing_is_told() {
        assert_eq!(exchange_p(&parts(&[1]), &[], 7), None);
        assert_eq!(exchange_p(&parts(&[1]), &[Rate { count: 1, exposure: 0.0 }], 7), None);
        assert_eq!(exchange_p(&parts(&[1]), &[Rate { count: 0, exposure: 0.0 }], 7), None);
        assert_eq!(exchange_p(&parts(&[0, 0]), &parts(&[0]), 7), Some(1.0));
    }
}
