//! MinHash signatures: how much two sets of runs have in common, out of a few
//! bytes of each.
//!
//! Source: Broder (1997), "On the resemblance and containment of documents";
//! the bands after Leskovec, Rajaraman and Ullman, "Mining of Massive
//! Datasets", chapter 3.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Two sets are looked at together when all rows of one of their bands agree.
/// Where 60 % of what is in either is in both, which is the least that the rule
/// for copies asks for, some band agrees in 99.96 % of cases; where 10 % is, in
/// 3 %.
const BANDS: usize = 32;
const ROWS: usize = 3;

/// How many standard deviations the rows that agree may be fewer than expected:
/// of 30,000 pairs that are alike, one is missed.
const DEVIATIONS: f64 = 4.0;

/// What is kept of a set of runs. Written as hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// How many there are.
    pub n_runs: u32,
    /// Of each of many orders of all runs the first that is in the set, as 16 bits.
    rows: [u16; BANDS * ROWS],
}

impl Signature {
    /// The signature of a set.
    pub fn of(runs: &HashSet<u64>) -> Self {
        let mut first = [u64::MAX; BANDS * ROWS];
        for run in runs {
            for (order, first) in first.iter_mut().enumerate() {
                *first = (*first).min(place(*run, order as u64));
            }
        }
        // The upper bits of what comes first are zeros.
        Self { n_runs: runs.len() as u32, rows: first.map(|place| place as u16) }
    }

    /// Its bands, each with its number: signatures that share one may be alike.
    pub fn bands(&self) -> impl Iterator<Item = (usize, &[u16])> {
        self.rows.chunks(ROWS).enumerate()
    }

    /// Whether so many rows agree that the sets may share so many runs.
    pub fn may_share(&self, other: &Self, n_shared: f64) -> bool {
        let (n_here, n_there) = (f64::from(self.n_runs), f64::from(other.n_runs));
        if n_shared > n_here.min(n_there) {
            return false;
        }
        // A row agrees with the chance that a run of either is in both.
        let chance = n_shared / (n_here + n_there - n_shared);
        let n_rows = self.rows.len() as f64;
        let deviation = (n_rows * chance * (1.0 - chance)).sqrt();
        let n_alike = self.rows.iter().zip(&other.rows).filter(|(a, b)| a == b).count();
        n_alike as f64 >= n_rows * chance - DEVIATIONS * deviation
    }
}

/// The place of a run in one of the orders: Steele's, Lea's and Flood's mixer of
/// 64 bits ("SplitMix", 2014).
fn place(run: u64, order: u64) -> u64 {
    let mut mixed = run.wrapping_add((order + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: String = self.rows.iter().map(|row| format!("{row:04x}")).collect();
        serializer.serialize_str(&format!("{:08x}{rows}", self.n_runs))
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        let read = || {
            let n_runs = u32::from_str_radix(digits.get(..8)?, 16).ok()?;
            let mut rows = [0; BANDS * ROWS];
            for (at, row) in rows.iter_mut().enumerate() {
                let start = 8 + 4 * at;
                *row = u16::from_str_radix(digits.get(start..start + 4)?, 16).ok()?;
            }
            Some(Self { n_runs, rows })
        };
        read().ok_or_else(|| serde::de::Error::custom("it is no signature"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature of runs numbered from `first` up to `end`.
    fn signature(first: u64, end: u64) -> Signature {
        Signature::of(&(first..end).map(|n| place(n, 1000)).collect())
    }

    fn shares_a_band(a: &Signature, b: &Signature) -> bool {
        a.bands().zip(b.bands()).any(|(a, b)| a == b)
    }

    #[test]
    fn sets_that_are_alike_are_looked_at_together_and_others_are_not() {
        let all = signature(0, 1000);
        let check = |other: Signature, n_shared: f64, expected: bool| {
            assert_eq!(shares_a_band(&all, &other) && all.may_share(&other, n_shared), expected);
        };
        check(signature(0, 1000), 1000.0, true);
        // Three quarters of the longer are in the shorter, and all of that in it.
        check(signature(0, 750), 750.0, true);
        // Three quarters of each are in the other: 750 of 1250.
        check(signature(250, 1250), 750.0, true);
        check(signature(250, 1250), 980.0, false);
        check(signature(800, 1800), 750.0, false);
        check(signature(5000, 6000), 750.0, false);
        // So many are not in it.
        check(signature(0, 700), 750.0, false);
    }

    #[test]
    fn a_signature_is_read_as_it_was_written() {
        let written = serde_json::to_string(&signature(0, 10)).unwrap();
        assert_eq!(serde_json::from_str::<Signature>(&written).unwrap(), signature(0, 10));
        assert!(serde_json::from_str::<Signature>("\"00ff\"").is_err());
    }
}
