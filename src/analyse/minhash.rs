//! MinHash: how much two sets have in common, out of a few bytes of each.
//!
//! Source: Broder (1997), "On the resemblance and containment of documents".

/// Of each of `ROWS` orders of all numbers the first that is in a set, as 16 bits.
///
/// Two sets agree in a row with the chance that a member of either is in both
/// (Jaccard's coefficient J), and in one of 65,536 rows more by chance; so the
/// share of rows that agree estimates J with a standard error of
/// √(J (1 − J) / `ROWS`). The orders are the same in every run.
pub fn min_hashes<const ROWS: usize>(set: impl IntoIterator<Item = u64>) -> [u16; ROWS] {
    let mut first = [u64::MAX; ROWS];
    for member in set {
        for (order, first) in first.iter_mut().enumerate() {
            *first = (*first).min(mixed(member, order as u64));
        }
    }
    // The upper bits of what comes first are zeros.
    first.map(|place| place as u16)
}

/// The place of a number in one of the orders: Steele's, Lea's and Flood's mixer of
/// 64 bits ("SplitMix", 2014).
pub fn mixed(number: u64, order: u64) -> u64 {
    let mut mixed = number.wrapping_add((order + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    /// The share of 96 rows in which the sets of these numbers agree.
    fn estimate(one: Range<u64>, other: Range<u64>, seed: u64) -> f64 {
        let [one, other] = [one, other].map(|set| min_hashes::<96>(set.map(|n| mixed(n, seed))));
        let n_alike = one.iter().zip(&other).filter(|(a, b)| a == b).count();
        n_alike as f64 / 96.0
    }

    #[test]
    fn rows_that_agree_estimate_what_sets_share() {
        // 100 numbers each, of which so many are in both.
        for (n_shared, jaccard) in
            [(100, 1.0), (90, 90.0 / 110.0), (67, 67.0 / 133.0), (20, 20.0 / 180.0), (0, 0.0)]
        {
            let n_sets = 200_u64;
            let of = |seed: u64| estimate(0..100, 100 - n_shared..200 - n_shared, 1_000 + seed);
            let estimates: Vec<f64> = (0..n_sets).map(of).collect();
            let mean = estimates.iter().sum::<f64>() / n_sets as f64;
            let error = (jaccard * (1.0 - jaccard) / 96.0_f64).sqrt();
            // The mean of 200 has an error that is smaller by √200; four of it, and chance agreements.
            assert!(
                (mean - jaccard).abs() <= 4.0 * error / (n_sets as f64).sqrt() + 1e-4,
                "{jaccard}: {mean}"
            );
            let n_far = estimates.iter().filter(|one| (*one - jaccard).abs() > 2.0 * error + 1e-4).count();
            // One in twenty lies so far off.
            assert!(n_far <= 20, "{jaccard}: {n_far}");
        }
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        assert_eq!(min_hashes::<96>(0..50), min_hashes::<96>((0..50).rev()));
        assert_eq!(min_hashes::<4>([]), [u16::MAX; 4]);
    }
}
