//! Random numbers that a seed repeats: for samples and for bootstraps.

use std::f64::consts::TAU;

/// SplitMix64: a stream of 64-bit numbers, the same for the same seed on every
/// machine.
///
/// Source: Steele, Lea and Flood (2014), "Fast splittable pseudorandom number
/// generators", with the constants of Vigna's reference code. Not for secrets.
///
/// ```
/// # use scrutineer::analyse::Random;
/// assert_eq!(Random::new(1234567).next_u64(), 6_457_827_717_110_365_317);
/// ```
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number, each of 0 to 2⁶⁴ − 1 as likely.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`, each as likely; 0 where `n` is 0.
    ///
    /// Source: Lemire (2019), "Fast random integer generation in an interval".
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        loop {
            let product = u128::from(self.next_u64()) * u128::from(n);
            // 2⁶⁴ is rarely a multiple of `n`: so many draws as are left over, fewer than `n`,
            // would fall too often on some numbers, and are drawn again.
            let rest = product as u64;
            if rest >= n || rest >= n.wrapping_neg() % n {
                return (product >> 64) as u64;
            }
        }
    }

    /// Puts the members into an order, each order as likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, members: &mut [T]) {
        for last in (1..members.len()).rev() {
            members.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// The positions, ascending, of `n_wanted` of `n_members` without
    /// replacement, each set as likely; all where more are wanted than there are.
    ///
    /// Source: Floyd's algorithm, in Bentley and Floyd (1987), "A sample of
    /// brilliance".
    pub fn sample(&mut self, n_members: usize, n_wanted: usize) -> Vec<usize> {
        let mut taken = std::collections::BTreeSet::new();
        for last in n_members.saturating_sub(n_wanted)..n_members {
            let drawn = self.below(last as u64 + 1) as usize;
            if !taken.insert(drawn) {
                taken.insert(last);
            }
        }
        taken.into_iter().collect()
    }

    /// A number above 0, and 1 at most, each as likely.
    fn share(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// A draw from the normal distribution of mean 0 and variance 1 (Box and
    /// Muller 1958).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.share().ln()).sqrt() * (TAU * self.share()).cos()
    }

    /// A draw from the gamma distribution of this shape, at least 1, and scale 1.
    ///
    /// Source: Marsaglia and Tsang (2000), "A simple method for generating gamma
    /// variables".
    fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        loop {
            let normal = self.normal();
            let v = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.share().ln() < 0.5 * normal * normal + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }

    /// A share as it may be, of which `positive` of `n` is known: a draw from
    /// the beta distribution Beta(positive + ½, n − positive + ½).
    pub fn share_behind(&mut self, positive: u64, n: u64) -> f64 {
        // Gamma(a) is Gamma(a + 1) · U^(1/a); the method wants shapes of 1 and more.
        let mut side = |count: u64| {
            let shape = count as f64 + 0.5;
            self.gamma(shape + 1.0) * self.share().powf(1.0 / shape)
        };
        let (hits, misses) = (side(positive), side(n.saturating_sub(positive)));
        if hits + misses > 0.0 { hits / (hits + misses) } else { 0.5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seed 0 and 1234567: outputs of Vigna's splitmix64.c.
    #[test]
    fn the_stream_is_that_of_the_reference() {
        let mut zero = Random::new(0);
        let expected = [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f];
        assert_eq!([zero.next_u64(), zero.next_u64(), zero.next_u64()], expected);
        let mut other = Random::new(1_234_567);
        let expected: [u64; 5] = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!([(); 5].map(|()| other.next_u64()), expected);
    }

    #[test]
    fn every_number_below_is_as_likely() {
        let mut random = Random::new(7);
        let mut counts = [0_u32; 6];
        (0..60_000).for_each(|_| counts[random.below(6) as usize] += 1);
        // Five standard deviations: 5 · √(60,000 · 1/6 · 5/6) = 456.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 456), "{counts:?}");
        // Below 3 · 2⁶² a quarter of all draws is surplus. Were they kept, every
        // third number would come twice as often as the others: 5,000 times.
        let n_third = (0..10_000).filter(|_| random.below(3 << 62).is_multiple_of(3)).count();
        assert!(n_third.abs_diff(3_333) < 240, "{n_third}");
        assert_eq!((random.below(0), random.below(1)), (0, 0));
    }

    #[test]
    fn every_order_is_as_likely() {
        let mut random = Random::new(3);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6_000 {
            let mut members = [1, 2, 3];
            random.shuffle(&mut members);
            *counts.entry(members).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| count.abs_diff(1_000) < 145), "{counts:?}");
    }

    #[test]
    fn every_set_is_as_likely_and_no_member_comes_twice() {
        let mut random = Random::new(4);
        let mut counts = std::collections::BTreeMap::new();
        (0..6_000).for_each(|_| *counts.entry(random.sample(4, 2)).or_insert(0_u32) += 1);
        assert_eq!(counts.len(), 6, "{counts:?}");
        assert!(counts.values().all(|count| count.abs_diff(1_000) < 145), "{counts:?}");
        assert_eq!(random.sample(3, 5), [0, 1, 2]);
        assert!(random.sample(0, 5).is_empty() && random.sample(3, 0).is_empty());
    }

    /// Beta(a, b) has the mean a/(a+b) and the variance ab/((a+b)²(a+b+1)).
    #[test]
    fn shares_have_the_mean_and_variance_of_their_distribution() {
        let mut random = Random::new(5);
        for (positive, n, mean, variance) in [(3, 10, 0.318_18, 0.018_08), (0, 9, 0.05, 0.004_318)] {
            let draws: Vec<f64> = (0..20_000).map(|_| random.share_behind(positive, n)).collect();
            let drawn = draws.iter().sum::<f64>() / 20_000.0;
            let spread = draws.iter().map(|draw| (draw - drawn).powi(2)).sum::<f64>() / 20_000.0;
            assert!((drawn - mean).abs() < 0.004, "{drawn} for {mean}");
            assert!((spread / variance - 1.0).abs() < 0.08, "{spread} for {variance}");
        }
    }
}
