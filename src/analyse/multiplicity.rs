//! Many tests at once: p values adjusted for how many there are.

/// The adjusted p values of one family of tests, in the order given, by
/// Benjamini and Hochberg: rejecting those of at most q leaves an expected
/// share of false discoveries among all discoveries of at most q, where the
/// tests are independent or positively dependent.
///
/// `None` where a p value is not from 0 to 1. An empty family stays empty.
///
/// Source: Benjamini and Hochberg (1995), "Controlling the false discovery
/// rate".
///
/// ```
/// # use scrutineer::analyse::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.04, 0.01]), Some(vec![0.04, 0.02]));
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Option<Vec<f64>> {
    adjusted(p_values, 1.0)
}

/// As [`benjamini_hochberg`], but under any dependence, as between themes that
/// share passages: each value is larger by the sum of 1/i over the family.
///
/// Source: Benjamini and Yekutieli (2001), "The control of the false discovery
/// rate in multiple testing under dependency".
pub fn benjamini_yekutieli(p_values: &[f64]) -> Option<Vec<f64>> {
    let harmonic: f64 = (1..=p_values.len()).map(|i| 1.0 / i as f64).sum();
    adjusted(p_values, harmonic)
}

/// For each p value the least of `factor` m p(j)/j over those no smaller than
/// it, j being the rank of each; at most 1.
fn adjusted(p_values: &[f64], factor: f64) -> Option<Vec<f64>> {
    if p_values.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, &place) in order.iter().enumerate().rev() {
        least = least.min(factor * p_values.len() as f64 * p_values[place] / (rank + 1) as f64);
        adjusted[place] = least;
    }
    Some(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The p values of Benjamini and Hochberg (1995), section 3.2.
    const P_VALUES: [f64; 15] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.000,
    ];

    #[track_caller]
    fn check(found: &[f64], expected: &str) {
        let found: Vec<String> = found.iter().map(|p| format!("{p:.6}")).collect();
        assert_eq!(found.join(" "), expected);
    }

    /// BH-1: SciPy's documentation of `false_discovery_control`; recomputed in
    /// the project's notes on methods.
    #[test]
    fn benjamini_and_hochberg_reject_four() {
        let found = benjamini_hochberg(&P_VALUES).unwrap();
        check(
            &found,
            "0.001500 0.003000 0.009500 0.035625 0.060300 0.063857 0.063857 0.064500 0.076500 0.486000 0.581182 \
             0.714875 0.753231 0.813214 1.000000",
        );
        assert_eq!(found.iter().filter(|&&p| p <= 0.05).count(), 4);
    }

    /// BY-1: the same, recomputed there.
    #[test]
    fn benjamini_and_yekutieli_reject_three() {
        let found = benjamini_yekutieli(&P_VALUES).unwrap();
        check(
            &found,
            "0.004977 0.009955 0.031523 0.118212 0.200089 0.211893 0.211893 0.214026 0.253845 1.000000 1.000000 \
             1.000000 1.000000 1.000000 1.000000",
        );
        assert_eq!(found.iter().filter(|&&p| p <= 0.05).count(), 3);
    }

    #[test]
    fn values_stay_in_the_order_given() {
        let mut turned = P_VALUES;
        turned.reverse();
        let mut expected = benjamini_hochberg(&P_VALUES).unwrap();
        expected.reverse();
        assert_eq!(benjamini_hochberg(&turned).unwrap(), expected);
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        assert_eq!(benjamini_hochberg(&[0.5, f64::NAN]), None);
        assert_eq!(benjamini_yekutieli(&[1.1]), None);
        assert_eq!(benjamini_hochberg(&[]), Some(Vec::new()));
    }

    /// Where nothing is to be found, every discovery is false, and the false
    /// discovery rate is the share of families with any: q for independent
    /// tests, here 0.1, within three standard errors over 4,000 families.
    #[test]
    fn of_families_without_an_effect_a_share_of_q_has_discoveries() {
        let mut state = 20_260_101_u64;
        let mut uniform = || {
            // Steele, Lea and Flood (2014), SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut by_hochberg, mut by_yekutieli) = (0, 0);
        for _ in 0..4_000 {
            let family: Vec<f64> = (0..20).map(|_| uniform()).collect();
            let finds = |adjusted: Option<Vec<f64>>| adjusted.unwrap().iter().any(|&p| p <= 0.1);
            by_hochberg += u32::from(finds(benjamini_hochberg(&family)));
            by_yekutieli += u32::from(finds(benjamini_yekutieli(&family)));
        }
        assert!((343..=457).contains(&by_hochberg), "{by_hochberg}");
        assert!(by_yekutieli < 150, "{by_yekutieli}");
    }
}
