//! Chains: passages of one body that say nearly the same, meeting after meeting.
//!
//! Wordings whose MinHash rows agree in some band are aligned word by word; only the
//! alignment decides whether they are alike.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::alignment::align;
use super::minhash::{min_hashes, mixed};

/// How many words a passage has at least that is looked at: what is shorter comes
/// again by chance.
pub const FEWEST_WORDS: usize = 8;

/// How many of a hundred words of the longer of two passages stand in the shorter, in
/// the same order, where they are alike.
pub const ALIKE_PERCENT: usize = 80;

/// How many bands of two rows signatures have. Of passages that are alike, words next
/// to each other make sets that share 0.38 or more (two words of ten differ, apart),
/// and (1 - 0.38²)⁴⁸ = 0.0006 of those pairs are missed; 0.43 or more in long ones. That
/// is of words put in place of others: where words are put in or moved besides, fewer
/// neighbours are shared, and at a share of 0.2 (1 - 0.2²)⁴⁸ = 14 % are missed.
const BANDS: usize = 48;

/// Against how many earlier wordings of a band one is held at most, the latest of them:
/// where thousands have one form, each would be held against all others.
pub const MOST_OF_A_BAND: usize = 500;

/// Rows of a signature.
const ROWS: usize = 2 * BANDS;

/// A passage as words, each a number.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The place of its meeting in the order in which they met.
    pub meeting: usize,
    /// Its words.
    pub words: &'a [u32],
}

/// A passage of a chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Its place among the passages.
    pub passage: usize,
    /// The place of the earlier passage that it repeats; `None` for the first of the chain.
    pub repeats: Option<usize>,
    /// The share of the longer's words that stand in the other in the same order, from
    /// [`ALIKE_PERCENT`] % to 1; 1 for the first of the chain.
    pub similarity: f64,
}

/// What is found among the passages of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Chains {
    /// Each in the order of its passages, and all by their first.
    pub chains: Vec<Vec<Link>>,
    /// Wordings that were not held against all earlier ones like them, but against the
    /// latest [`MOST_OF_A_BAND`] of each band: of these another may be more similar, or the
    /// only one that is alike.
    pub n_limited: usize,
}

/// Finds the chains among the passages of a body, which come in the order of its
/// meetings.
///
/// A passage repeats the most similar one of an earlier meeting, of equals the latest;
/// those that repeat one another, directly or not, are a chain. Passages of fewer
/// than [`FEWEST_WORDS`] words are not looked at, and of those of one meeting with the
/// same words only the first. The answer does not depend on the number of threads.
///
/// Takes time in proportion to the number of passages, however many have one form.
pub fn chains(said: &[Said]) -> Chains {
    let wordings = Wordings::new(said);
    let alike = wordings.alike();
    // The last passage so far that has each wording.
    let mut last: Vec<Option<usize>> = vec![None; wordings.words.len()];
    let mut chain_of: FxHashMap<usize, usize> = FxHashMap::default();
    let mut chains: Vec<Vec<Link>> = Vec::new();
    let places: Vec<usize> = (0..said.len()).filter(|at| wordings.of[*at].is_some()).collect();
    for of_meeting in places.chunk_by(|a, b| said[*a].meeting == said[*b].meeting) {
        let mut here: Vec<(usize, usize)> = Vec::new();
        let mut seen = FxHashSet::default();
        for &passage in of_meeting {
            let Some(wording) = wordings.of[passage].filter(|wording| seen.insert(*wording)) else {
                continue;
            };
            here.push((wording, passage));
            // What is said in the same words as before repeats that.
            let of_same = last[wording].map(|before| (1.0, before));
            let of_alike = || {
                let Alike { others, similarity, .. } = &alike[wording];
                Some((*similarity, others.iter().filter_map(|other| last[*other]).max()?))
            };
            let Some((similarity, repeated)) = of_same.or_else(of_alike) else { continue };
            let chain = *chain_of.entry(repeated).or_insert_with(|| {
                chains.push(vec![Link { passage: repeated, repeats: None, similarity: 1.0 }]);
                chains.len() - 1
            });
            chains[chain].push(Link { passage, repeats: Some(repeated), similarity });
            chain_of.insert(passage, chain);
        }
        here.into_iter().for_each(|(wording, passage)| last[wording] = Some(passage));
    }
    chains.sort_by_key(|chain| chain[0].passage);
    Chains { chains, n_limited: alike.iter().filter(|alike| alike.is_limited).count() }
}

/// The different wordings of passages, in the order in which they were first said.
struct Wordings<'a> {
    words: Vec<&'a [u32]>,
    /// Of each, how many were first said in earlier meetings.
    n_before: Vec<usize>,
    /// That of each passage; `None` where it is too short.
    of: Vec<Option<usize>>,
}

/// The wordings of earlier meetings that are most like one.
struct Alike {
    others: Vec<usize>,
    similarity: f64,
    /// Whether some that share a band with it were not looked at.
    is_limited: bool,
}

impl<'a> Wordings<'a> {
    fn new(said: &[Said<'a>]) -> Self {
        let mut wordings =
            Self { words: Vec::new(), n_before: Vec::new(), of: Vec::with_capacity(said.len()) };
        let mut numbers: FxHashMap<&[u32], usize> = FxHashMap::default();
        for of_meeting in said.chunk_by(|a, b| a.meeting == b.meeting) {
            let n_before = wordings.words.len();
            for Said { words, .. } in of_meeting {
                let number = (words.len() >= FEWEST_WORDS).then(|| {
                    *numbers.entry(words).or_insert_with(|| {
                        wordings.words.push(words);
                        wordings.n_before.push(n_before);
                        wordings.words.len() - 1
                    })
                });
                wordings.of.push(number);
            }
        }
        wordings
    }

    /// For each wording those of earlier meetings that are most like it.
    fn alike(&self) -> Vec<Alike> {
        let bands: Vec<[u32; BANDS]> = self.words.par_iter().map(|words| bands(words)).collect();
        let mut by_band: Vec<FxHashMap<u32, Vec<u32>>> = vec![FxHashMap::default(); BANDS];
        by_band.par_iter_mut().enumerate().for_each(|(band, with)| {
            for (wording, bands) in (0..).zip(&bands) {
                with.entry(bands[band]).or_default().push(wording);
            }
            with.retain(|_, wordings| wordings.len() > 1);
        });
        let alike = |wording: usize| {
            let n_before = self.n_before[wording];
            let mut is_limited = false;
            let mut others: Vec<u32> = Vec::new();
            for (with, band) in by_band.iter().zip(&bands[wording]) {
                let with = with.get(band).map_or(&[][..], Vec::as_slice);
                let before = &with[..with.partition_point(|other| (*other as usize) < n_before)];
                let n_left_out = before.len().saturating_sub(MOST_OF_A_BAND);
                is_limited |= n_left_out > 0;
                others.extend(&before[n_left_out..]);
            }
            others.sort_unstable();
            others.dedup();
            let (others, similarity) = self.most_alike(wording, &others);
            Alike { others, similarity, is_limited }
        };
        (0..self.words.len()).into_par_iter().map(alike).collect()
    }

    /// Which of others are most like a wording, and how much.
    fn most_alike(&self, wording: usize, others: &[u32]) -> (Vec<usize>, f64) {
        let mut most = Vec::new();
        let mut share = Share { n: ALIKE_PERCENT, of: 100 };
        // The latest first: they are most alike as a rule, and what is less alike than the best so
        // far need not be aligned to its end.
        for other in others.iter().rev().map(|other| *other as usize) {
            let Some(found) = share.reached(self.words[wording], self.words[other]) else { continue };
            if found.n * share.of > share.n * found.of {
                most.clear();
                share = found;
            }
            most.push(other);
        }
        (most, share.n as f64 / share.of as f64)
    }
}

/// How many of the words of the longer of two passages stand in the other in the same
/// order.
#[derive(Debug, Clone, Copy)]
struct Share {
    n: usize,
    of: usize,
}

impl Share {
    /// The share of two passages; `None` where it is less than this one.
    fn reached(self, one: &[u32], other: &[u32]) -> Option<Self> {
        let longer = one.len().max(other.len());
        let least = (longer * self.n).div_ceil(self.of);
        if one.len().min(other.len()) < least {
            return None;
        }
        Some(Self { n: align(one, other, least)?.n_common, of: longer })
    }
}

/// The bands of the words of a passage, each with the next one.
fn bands(words: &[u32]) -> [u32; BANDS] {
    let pair = |pair: &[u32]| mixed((u64::from(pair[0]) << 32) | u64::from(pair[1]), 0);
    let rows = min_hashes::<ROWS>(words.windows(2).map(pair));
    std::array::from_fn(|band| (u32::from(rows[2 * band]) << 16) | u32::from(rows[2 * band + 1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::Random;

    /// The chains of passages, each a meeting and its words: the places of the passages,
    /// with what each repeats and how similar it is.
    fn found(passages: &[(usize, &str)]) -> Vec<Vec<(usize, Option<usize>, f64)>> {
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        let words: Vec<Vec<u32>> = passages
            .iter()
            .map(|(_, text)| {
                text.split(' ')
                    .map(|word| {
                        let n = numbers.len() as u32;
                        *numbers.entry(word).or_insert(n)
                    })
                    .collect()
            })
            .collect();
        let said: Vec<Said> = passages
            .iter()
            .zip(&words)
            .map(|((meeting, _), words)| Said { meeting: *meeting, words })
            .collect();
        let link = |link: &Link| (link.passage, link.repeats, link.similarity);
        chains(&said).chains.iter().map(|chain| chain.iter().map(link).collect()).collect()
    }

    const TEN: &str = "recruitment remains a priority and an update will come soon";

    #[test]
    fn the_same_words_in_later_meetings_are_a_chain() {
        let other = "the stile at the end of long lane was mended";
        assert_eq!(
            found(&[(0, TEN), (0, other), (3, TEN), (7, TEN)]),
            [vec![(0, None, 1.0), (2, Some(0), 1.0), (3, Some(2), 1.0)]]
        );
    }

    #[test]
    fn similarity_is_the_share_of_the_longer_that_stands_in_the_other() {
        // One word of ten differs, two do, three do.
        let one = "recruitment remains a concern and an update will come soon";
        let two = "recruitment remains a concern and an update may come soon";
        let three = "retention remains a concern and an update may come soon";
        assert_eq!(found(&[(0, TEN), (1, one)]), [vec![(0, None, 1.0), (1, Some(0), 0.9)]]);
        assert_eq!(found(&[(0, TEN), (1, two)]), [vec![(0, None, 1.0), (1, Some(0), 0.8)]]);
        assert!(found(&[(0, TEN), (1, three)]).is_empty());
        // Ten of twelve.
        let longer = "recruitment still remains a priority and an update will come very soon";
        assert_eq!(found(&[(0, TEN), (1, longer)]), [vec![(0, None, 1.0), (1, Some(0), 10.0 / 12.0)]]);
        // Each is like the one before, the last is not like the first.
        assert_eq!(
            found(&[(0, TEN), (1, two), (2, three)]),
            [vec![(0, None, 1.0), (1, Some(0), 0.8), (2, Some(1), 0.9)]]
        );
    }

    #[test]
    fn a_passage_repeats_the_most_similar_and_of_equals_the_latest() {
        let one = "recruitment remains a concern and an update will come soon";
        assert_eq!(
            found(&[(0, TEN), (1, one), (2, TEN), (3, TEN)]),
            [vec![(0, None, 1.0), (1, Some(0), 0.9), (2, Some(0), 1.0), (3, Some(2), 1.0)]]
        );
    }

    #[test]
    fn within_a_meeting_nothing_is_repeated() {
        assert!(found(&[(0, TEN), (0, TEN)]).is_empty());
        assert_eq!(
            found(&[(0, TEN), (0, TEN), (1, TEN), (1, TEN)]),
            [vec![(0, None, 1.0), (2, Some(0), 1.0)]]
        );
    }

    #[test]
    fn short_passages_are_not_looked_at() {
        let seven = "the minutes were agreed and were signed";
        assert!(found(&[(0, seven), (1, seven)]).is_empty());
        let eight = "the minutes were agreed and were then signed";
        assert_eq!(found(&[(0, eight), (1, eight)]).len(), 1);
    }

    #[test]
    fn the_order_of_passages_within_a_meeting_does_not_matter_but_that_of_words_does() {
        let other = "the stile at the end of long lane was mended";
        assert_eq!(
            found(&[(0, TEN), (0, other), (1, other), (1, TEN)]),
            [vec![(0, None, 1.0), (3, Some(0), 1.0)], vec![(1, None, 1.0), (2, Some(1), 1.0)]]
        );
        let turned = "an update will come soon and recruitment remains a priority";
        assert!(found(&[(0, TEN), (1, turned)]).is_empty());
    }

    #[test]
    fn bands_miss_next_to_none_that_are_alike() {
        // 20 words, of which four are others in the second: 0.8.
        let mut random = Random::new(7);
        let n_pairs = 400;
        let mut n_found = 0;
        for _ in 0..n_pairs {
            let one: Vec<u32> = (0..20).map(|_| random.below(1_000_000) as u32).collect();
            let mut other = one.clone();
            for at in random.sample(20, 4) {
                other[at] = 2_000_000 + random.below(1_000_000) as u32;
            }
            let said = [Said { meeting: 0, words: &one }, Said { meeting: 1, words: &other }];
            n_found += chains(&said).chains.len();
        }
        assert!(n_found >= n_pairs - 3, "{n_found} of {n_pairs}");
    }

    #[test]
    fn any_number_of_threads_gives_the_same() {
        let mut random = Random::new(3);
        let texts: Vec<Vec<u32>> =
            (0..600).map(|_| (0..10).map(|_| random.below(3) as u32).collect()).collect();
        let said: Vec<Said> =
            texts.iter().enumerate().map(|(at, words)| Said { meeting: at / 6, words }).collect();
        let on =
            |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(|| chains(&said));
        assert!(!on(1).chains.is_empty());
        assert_eq!(on(1), on(4));
    }

    /// Passages of one form, three of 30 words filled in, as many in each meeting.
    fn of_one_form(n_passages: usize, n_in_meeting: usize) -> Chains {
        let mut random = Random::new(5);
        let texts: Vec<Vec<u32>> = (0..n_passages)
            .map(|_| {
                let mut words: Vec<u32> = (0..30).collect();
                for at in [4, 15, 26] {
                    words[at] = 100 + random.below(100_000) as u32;
                }
                words
            })
            .collect();
        let said = |(at, words)| Said { meeting: at / n_in_meeting, words };
        chains(&texts.iter().map(Vec::as_slice).enumerate().map(said).collect::<Vec<_>>())
    }

    #[test]
    fn of_many_of_one_form_it_is_known_which_were_not_held_against_all() {
        let all = of_one_form(MOST_OF_A_BAND + 1, 1);
        assert_eq!((all.chains.len(), all.n_limited), (1, 0));
        // Each after the 501st has more than 500 before it; these are still one chain.
        let all = of_one_form(MOST_OF_A_BAND + 100, 1);
        assert_eq!((all.chains.len(), all.chains[0].len()), (1, MOST_OF_A_BAND + 100));
        // But for those of which what is filled in comes first in all bands.
        assert!((80..=99).contains(&all.n_limited), "{}", all.n_limited);
        // Those of its own meeting a passage does not repeat, however many they are.
        let all = of_one_form(2 * MOST_OF_A_BAND, MOST_OF_A_BAND);
        assert_eq!(all.n_limited, 0);
    }
}
