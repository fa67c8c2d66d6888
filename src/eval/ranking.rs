//! How well a ranking puts what is relevant first.
//!
//! A ranking is the grades of hits, best hit first; `None` is a hit that nobody
//! judged, and counts as not relevant. Grades: 2 answers the need, 1 touches
//! it, 0 was read and is not relevant. `judged` holds the grades of all that was
//! judged for the need, found or not.

/// Of what is relevant (grade 1 or 2), the share among the first `k` hits.
///
/// From 0 to 1. Returns `None` where nothing is relevant.
pub fn recall_at(ranking: &[Option<u8>], judged: &[u8], k: usize) -> Option<f64> {
    let n_relevant = judged.iter().filter(|&&grade| grade > 0).count();
    let n_found = first(ranking, k).filter(|&grade| grade > 0).count();
    (n_relevant > 0).then(|| n_found as f64 / n_relevant as f64)
}

/// Of the first `k` places, the share that holds something relevant; a place
/// that no hit takes holds nothing.
///
/// From 0 to 1. `k` is at least 1.
pub fn precision_at(ranking: &[Option<u8>], k: usize) -> f64 {
    first(ranking, k).filter(|&grade| grade > 0).count() as f64 / k as f64
}

/// Of the first `k` hits, the share that was judged: where it is low, the other
/// measures say little.
///
/// From 0 to 1. Returns `None` where there is no hit.
pub fn judged_at(ranking: &[Option<u8>], k: usize) -> Option<f64> {
    let shown = &ranking[..ranking.len().min(k)];
    let n_judged = shown.iter().flatten().count();
    (!shown.is_empty()).then(|| n_judged as f64 / shown.len() as f64)
}

/// The normalised discounted cumulated gain of the first `k` hits.
///
/// The gain of a hit is its grade, divided by log₂(1 + place) with the first
/// place 1; their sum is divided by that of the best order of all that was
/// judged. From 0 to 1. Returns `None` where nothing is relevant.
///
/// Source: Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of
/// IR techniques", with the discount of Burges et al. (2005), which divides at
/// the second place too.
///
/// ```
/// # use scrutineer::eval::ndcg_at;
/// assert_eq!(ndcg_at(&[Some(2), None, Some(1)], &[1, 2, 0], 10), Some(2.5 / (2.0 + 1.0 / 3_f64.log2())));
/// ```
pub fn ndcg_at(ranking: &[Option<u8>], judged: &[u8], k: usize) -> Option<f64> {
    let mut best: Vec<Option<u8>> = judged.iter().copied().map(Some).collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(&best, k);
    (best > 0.0).then(|| gain(ranking, k) / best)
}

/// One divided by the place of the first relevant hit; 0 where there is none.
/// Its mean over many rankings is the MRR.
pub fn reciprocal_rank(ranking: &[Option<u8>]) -> f64 {
    let place = ranking.iter().position(|grade| grade.is_some_and(|grade| grade > 0));
    place.map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

fn gain(ranking: &[Option<u8>], k: usize) -> f64 {
    let discounted = |(at, grade): (usize, u8)| f64::from(grade) / (at as f64 + 2.0).log2();
    first(ranking, k).enumerate().map(discounted).sum()
}

/// The grades of the first `k` hits.
fn first(ranking: &[Option<u8>], k: usize) -> impl Iterator<Item = u8> {
    ranking.iter().take(k).map(|grade| grade.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(measured: Option<f64>, expected: Option<f64>) {
        let is_near = match (measured, expected) {
            (Some(measured), Some(expected)) => (measured - expected).abs() < 0.000_5,
            _ => measured == expected,
        };
        assert!(is_near, "{measured:?} is not {expected:?}");
    }

    #[test]
    fn recall_counts_both_grades_and_stops_at_k() {
        let ranking = [Some(1), None, Some(0), Some(2), Some(1)];
        check(recall_at(&ranking, &[2, 1, 1, 1, 0, 0], usize::MAX), Some(0.75));
        check(recall_at(&ranking, &[2, 1, 1, 1, 0, 0], 4), Some(0.5));
        check(recall_at(&[], &[2], 10), Some(0.0));
        check(recall_at(&ranking, &[0], 10), None);
    }

    #[test]
    fn precision_counts_what_is_unjudged_and_what_is_missing_as_not_relevant() {
        check(Some(precision_at(&[Some(2), None, Some(0), Some(1)], 4)), Some(0.5));
        check(Some(precision_at(&[Some(2), None, Some(0), Some(1)], 10)), Some(0.2));
        check(Some(precision_at(&[Some(2), None, Some(0), Some(1)], 1)), Some(1.0));
        check(Some(precision_at(&[], 10)), Some(0.0));
    }

    #[test]
    fn what_was_judged_is_a_share_of_the_hits_shown() {
        check(judged_at(&[Some(0), None, Some(2), None], 10), Some(0.5));
        check(judged_at(&[Some(0), None, Some(2), None], 1), Some(1.0));
        check(judged_at(&[], 10), None);
    }

    /// By hand. The grades 2, 0, 1, 1: 2/1 + 0 + 1/2 + 1/2.3219 = 2.9307, of
    /// 2/1 + 1/1.5850 + 1/2 = 3.1309 at the best.
    #[test]
    fn gain_falls_with_the_place_and_is_a_share_of_the_best() {
        let ranking = [Some(2), Some(0), Some(1), Some(1)];
        check(ndcg_at(&ranking, &[2, 0, 1, 1], 10), Some(0.936));
        // 2/1 of 2/1 at one place; unjudged hits take up places.
        check(ndcg_at(&ranking, &[2, 0, 1, 1], 1), Some(1.0));
        check(ndcg_at(&[None, Some(2)], &[2], 10), Some(0.631));
        check(ndcg_at(&[Some(0)], &[0, 0], 10), None);
        check(ndcg_at(&[], &[1], 10), Some(0.0));
    }

    /// Its best order is that of all that was judged, found or not.
    #[test]
    fn what_was_not_found_lowers_the_gain() {
        // (1 + 1/1.5850) of (2 + 1/1.5850 + 1/2): the passage of grade 2 is missing.
        check(ndcg_at(&[Some(1), Some(1)], &[2, 1, 1], 10), Some(0.521));
        check(ndcg_at(&[Some(1), Some(1)], &[1, 1], 10), Some(1.0));
    }

    #[test]
    fn the_reciprocal_rank_is_of_the_first_that_is_relevant() {
        check(Some(reciprocal_rank(&[None, Some(0), Some(1), Some(2)])), Some(0.333));
        check(Some(reciprocal_rank(&[Some(1)])), Some(1.0));
        check(Some(reciprocal_rank(&[Some(0), None])), Some(0.0));
    }
}
