//! Collocation: how strongly two words keep company.
//!
//! Tools differ in what they count (windows, spans, frequencies), so that a
//! score cannot be made again without its counts: print these before it.

/// What is counted of a node and a collocate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairCounts {
    /// O: how often the collocate stands in the window of a node.
    pub together: u64,
    /// f1: occurrences of the node.
    pub node: u64,
    /// f2: occurrences of the collocate.
    pub collocate: u64,
    /// N: tokens of the corpus.
    pub tokens: u64,
    /// Positions in the window of a node: 1 for the next word, 10 for five on
    /// either side.
    pub span: u64,
}

/// Scores of a pair of words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collocation {
    /// E: how often the two would stand together by chance, `f1 f2 span / N`.
    pub expected: f64,
    /// Mutual information `log2(O/E)`; favours rare words. `None` where the
    /// two never stand together.
    ///
    /// Source: Church and Hanks (1990).
    pub mi: Option<f64>,
    /// `log2(O³/E)`; favours frequent pairs. `None` as for `mi`.
    ///
    /// Source: Daille (1994).
    pub mi3: Option<f64>,
    /// `(O - E) / √O`. `None` as for `mi`.
    ///
    /// A score for ranking: words are not drawn as the t test has it. Source:
    /// Church, Gale, Hanks and Hindle (1991).
    pub t: Option<f64>,
    /// `(O - E) / √E`. Source: Evert (2005), without the factor for the
    /// variance of Berry-Rogghe (1973).
    pub z: f64,
    /// `2 O / (f1 + f2)`, from 0; at most 1 where each node has one collocate
    /// at most. Source: Dice (1945).
    pub dice: f64,
    /// `14 + log2(Dice)`: 14 for words that are never apart, one less for each
    /// halving. `None` as for `mi`.
    ///
    /// Depends on neither the size of the corpus nor the span. Source: Rychlý
    /// (2008).
    pub log_dice: Option<f64>,
}

/// Scores a pair of words.
///
/// Returns `None` where there is no expectation (a word, the corpus or the
/// window is empty), or where the counts cannot be: more of a word than there
/// are tokens, or more of the pair than the windows of either word have room
/// for.
///
/// ```
/// # use scrutineer::analyse::{PairCounts, collocation};
/// let counts = PairCounts { together: 8, node: 15_828, collocate: 4_675, tokens: 14_307_668, span: 1 };
/// let pair = collocation(counts).unwrap();
/// assert_eq!(format!("{:.2}", pair.mi.unwrap()), "0.63");
/// ```
pub fn collocation(counts: PairCounts) -> Option<Collocation> {
    let PairCounts { together, node, collocate, tokens, span } = counts;
    let rarer = node.min(collocate);
    let is_possible = node.max(collocate) <= tokens && together <= rarer.saturating_mul(span);
    if rarer == 0 || span == 0 || !is_possible {
        return None;
    }
    let expected = node as f64 * collocate as f64 * span as f64 / tokens as f64;
    let observed = together as f64;
    let dice = 2.0 * observed / (node as f64 + collocate as f64);
    let if_together = |score: f64| (together > 0).then_some(score);
    Some(Collocation {
        expected,
        mi: if_together((observed / expected).log2()),
        mi3: if_together((observed.powi(3) / expected).log2()),
        t: if_together((observed - expected) / observed.sqrt()),
        z: (observed - expected) / expected.sqrt(),
        dice,
        log_dice: if_together(14.0 + dice.log2()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(together: u64, node: u64, collocate: u64, tokens: u64, span: u64) -> Option<Collocation> {
        collocation(PairCounts { together, node, collocate, tokens, span })
    }

    /// COL-1 and COL-2: the page on logDice of sugiura-ken.org. It gives no
    /// size of a corpus, and none is needed.
    #[test]
    fn log_dice_gives_the_published_values() {
        let check = |together, node, collocate, expected: f64| {
            for (tokens, span) in [(100_000, 1), (70_000_000, 10)] {
                let found = pair(together, node, collocate, tokens, span).unwrap().log_dice.unwrap();
                assert!((found - expected).abs() < 5e-7, "{found} is not {expected}");
            }
        };
        check(8, 389, 230, 8.726_204);
        check(300, 300, 300, 14.0);
        check(3, 3000, 3000, 4.034_216);
        check(6, 3000, 3000, 5.034_216);
        check(300, 3000, 3000, 10.678_072);
    }

    /// COL-3: "new companies" in Manning and Schütze (1999), chapter 5; t as
    /// printed there, the others recomputed from its counts.
    #[test]
    fn the_scores_of_new_companies() {
        let found = pair(8, 15_828, 4675, 14_307_668, 1).unwrap();
        assert_eq!(format!("{:.6}", found.t.unwrap()), "0.999932");
        assert_eq!(format!("{:.4}", found.mi.unwrap()), "0.6293");
        assert_eq!(format!("{:.4}", found.mi3.unwrap()), "6.6293");
        assert_eq!(format!("{:.4}", found.log_dice.unwrap()), "3.6765");
    }

    /// By hand: E = 10 × 20 × 10 / 2000 = 1, so z = (4 - 1)/1, t = 3/2, MI 2,
    /// MI3 6, and Dice = 8/30.
    #[test]
    fn the_span_of_the_window_is_in_what_is_expected() {
        let found = pair(4, 10, 20, 2000, 10).unwrap();
        assert_eq!([found.expected, found.z], [1.0, 3.0]);
        assert_eq!([found.t, found.mi, found.mi3], [Some(1.5), Some(2.0), Some(6.0)]);
        assert_eq!(found.dice, 8.0 / 30.0);
    }

    #[test]
    fn words_never_together_have_no_logarithm() {
        let found = pair(0, 10, 20, 2000, 1).unwrap();
        assert_eq!([found.mi, found.mi3, found.t, found.log_dice], [None; 4]);
        assert_eq!(found.dice, 0.0);
        assert!(found.z < 0.0);
    }

    #[test]
    fn counts_that_cannot_be_have_no_score() {
        assert_eq!(pair(0, 0, 20, 2000, 1), None);
        assert_eq!(pair(1, 10, 20, 0, 1), None);
        assert_eq!(pair(1, 10, 20, 19, 1), None);
        assert_eq!(pair(1, 10, 20, 2000, 0), None);
        assert_eq!(pair(11, 10, 20, 2000, 1), None);
        assert!(pair(11, 10, 20, 2000, 2).is_some());
    }

    fn any_count() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), 0..20_u64, any::<u64>(), Just(u64::MAX)]
    }

    proptest! {
        #[test]
        fn no_score_is_nan_or_endless(
            together in any_count(), node in any_count(), collocate in any_count(),
            tokens in any_count(), span in any_count(),
        ) {
            if let Some(found) = pair(together, node, collocate, tokens, span) {
                let Collocation { expected, mi, mi3, t, z, dice, log_dice } = found;
                prop_assert!([expected, z, dice].iter().all(|score| score.is_finite()));
                prop_assert!([mi, mi3, t, log_dice].iter().flatten().all(|score| score.is_finite()));
            }
        }
    }
}
