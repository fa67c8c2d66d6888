//! MinHash signatures: how much two sets of runs have in common, out of a few
//! bytes of each.
//!
//! Source: [`min_hashes`]; the prefixes after Chaudhuri, Ganti and Kaushik
//! (2006), "A primitive operator for similarity joins in data cleaning".

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::analyse::min_hashes;

/// How many rows a signature has.
const ROWS: usize = 96;

/// By how much sets of one class of size may differ in size.
const CLASS: f64 = 1.03;

/// How many standard deviations the rows that agree may be fewer than expected:
/// of 30,000 pairs that are alike, one is missed.
const DEVIATIONS: f64 = 4.0;

/// What is kept of a set of runs. Written as hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// How many there are.
    pub n_runs: u32,
    /// Of each of many orders of all runs the first that is in the set, as 16 bits.
    rows: [u16; ROWS],
}

impl Signature {
    /// The signature of a set.
    pub fn of(runs: &HashSet<u64>) -> Self {
        Self { n_runs: runs.len() as u32, rows: min_hashes(runs.iter().copied()) }
    }

    /// Whether so many rows agree that the sets may share so many runs.
    pub fn may_share(&self, other: &Self, n_shared: f64) -> bool {
        let (n_here, n_there) = (f64::from(self.n_runs), f64::from(other.n_runs));
        if n_shared > n_here.min(n_there) {
            return false;
        }
        // In 16 bits, of which a processor adds many at once.
        let n_alike: u16 = self.rows.iter().zip(&other.rows).map(|(a, b)| u16::from(a == b)).sum();
        f64::from(n_alike) >= fewest_alike(n_here, n_there, n_shared)
    }

    /// The class of its size.
    fn class(&self) -> i32 {
        f64::from(self.n_runs).log(CLASS).floor() as i32
    }
}

/// In how many rows sets of these sizes that share so many runs agree at least.
fn fewest_alike(n_here: f64, n_there: f64, n_shared: f64) -> f64 {
    // A row agrees with the chance that a run of either is in both.
    let chance = n_shared / (n_here + n_there - n_shared);
    let n_rows = ROWS as f64;
    n_rows * chance - DEVIATIONS * (n_rows * chance * (1.0 - chance)).sqrt()
}

/// A row, by its number, and what is in it.
type Row = (usize, u16);

/// Which signatures may be alike, without looking at each pair: what a template
/// has is in many signatures, what is a meeting's own in few. Two that agree in
/// `n` of all rows agree in one of the `ROWS - n + 1` rarest rows of each.
pub struct Neighbours {
    /// Of each signature its rows, the rarest first.
    rows: Vec<Vec<Row>>,
    classes: Vec<i32>,
    /// For each class of size that lies so far off, how many of the rarest rows
    /// are looked at.
    n_rarest: Vec<usize>,
    by_row: HashMap<(Row, i32), Vec<usize>>,
}

impl Neighbours {
    /// Those of signatures, by their places in this order. `least_shared` is the
    /// share of the longer's runs that two must share whose sizes have this ratio,
    /// from 0 to 1; where it gives none, no two of that ratio or a smaller one are
    /// looked for.
    pub fn new(signatures: &[&Signature], least_shared: impl Fn(f64) -> Option<f64>) -> Self {
        let mut n_with: HashMap<Row, u32> = HashMap::new();
        for row in signatures.iter().flat_map(|signature| signature.rows.iter().copied().enumerate()) {
            *n_with.entry(row).or_default() += 1;
        }
        let rarest_first = |signature: &&Signature| {
            let mut rows: Vec<Row> = signature.rows.iter().copied().enumerate().collect();
            rows.sort_by_key(|row| (n_with[row], *row));
            rows
        };
        let rows: Vec<Vec<Row>> = signatures.iter().map(rarest_first).collect();
        let classes: Vec<i32> = signatures.iter().map(|signature| signature.class()).collect();
        let n_rarest = |distance: i32| {
            least_shared(CLASS.powi(1 - distance).min(1.0))?;
            let most = (0..=distance + 1).rev().map(|steps| CLASS.powi(-steps));
            let (ratio, shared) = most.filter_map(|ratio| Some((ratio, least_shared(ratio)?))).next()?;
            Some((ROWS as f64 - fewest_alike(ratio, 1.0, shared)).floor() as usize + 1)
        };
        let n_rarest: Vec<usize> = (0..).map_while(n_rarest).collect();
        let most = n_rarest.iter().copied().max().unwrap_or_default().min(ROWS);
        let mut by_row: HashMap<(Row, i32), Vec<usize>> = HashMap::new();
        for (at, (rows, class)) in rows.iter().zip(&classes).enumerate() {
            for row in &rows[..most] {
                by_row.entry((*row, *class)).or_default().push(at);
            }
        }
        Self { rows, classes, n_rarest, by_row }
    }

    /// Those behind it that may be like one, by their places, in order.
    pub fn behind(&self, at: usize) -> Vec<usize> {
        let mut is_found = vec![false; self.rows.len()];
        for (distance, n_rarest) in self.n_rarest.iter().enumerate() {
            let distance = distance as i32;
            let classes = HashSet::from([self.classes[at] - distance, self.classes[at] + distance]);
            for class in classes {
                for row in self.rows[at].iter().take(*n_rarest) {
                    let with_row = self.by_row.get(&(*row, class)).map_or(&[][..], Vec::as_slice);
                    for other in &with_row[with_row.partition_point(|other| *other <= at)..] {
                        is_found[*other] = true;
                    }
                }
            }
        }
        (at..is_found.len()).filter(|other| is_found[*other]).collect()
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.rows.iter().flat_map(|row| row.to_be_bytes());
        let bytes = self.n_runs.to_be_bytes().into_iter().chain(rows);
        let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
        let digits: String = bytes.flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        serializer.serialize_str(&digits)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        let read = || {
            let n_runs = u32::from_str_radix(digits.get(..8)?, 16).ok()?;
            let mut rows = [0; ROWS];
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
    use crate::analyse::mixed;

    /// The signature of runs numbered from `first` up to `end`.
    fn signature(first: u64, end: u64) -> Signature {
        Signature::of(&(first..end).map(|n| mixed(n, 1000)).collect())
    }

    /// Of signatures, those behind the first that are looked at together with it,
    /// where 98 % of the shorter and 75 % of the longer are asked for.
    fn behind_first(signatures: &[Signature]) -> Vec<usize> {
        let signatures: Vec<&Signature> = signatures.iter().collect();
        let of_longer = |ratio: f64| (ratio >= 0.75).then(|| f64::max(0.75, 0.98 * ratio));
        Neighbours::new(&signatures, of_longer).behind(0)
    }

    #[test]
    fn sets_may_share_what_their_rows_agree_on() {
        let all = signature(0, 1000);
        let check = |other: Signature, n_shared: f64, expected: bool| {
            assert_eq!(all.may_share(&other, n_shared), expected);
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
    fn sets_that_are_alike_are_looked_at_together() {
        for end in [1000, 985, 950, 900, 850, 800, 770, 750] {
            assert_eq!(behind_first(&[signature(0, 1000), signature(0, end)]), [1], "{end}");
            assert_eq!(behind_first(&[signature(0, end), signature(0, 1000)]), [1], "{end}");
        }
        assert_eq!(behind_first(&[signature(0, 1000), signature(15, 1015)]), [1]);
        assert!(behind_first(&[signature(0, 1000), signature(5000, 6000)]).is_empty());
    }

    #[test]
    fn sets_that_follow_one_template_are_not() {
        // Of each of 200 a quarter is its own; the last is like the first.
        let filled = |n: u64| -> Signature {
            let own = (n + 1) * 10_000;
            Signature::of(&(0..750).chain(own..own + 250).map(|run| mixed(run, 1000)).collect())
        };
        let mut all: Vec<Signature> = (0..200).map(filled).collect();
        all.push(filled(0));
        assert_eq!(behind_first(&all), [200]);
    }

    #[test]
    fn a_signature_is_read_as_it_was_written() {
        let rows = std::array::from_fn(|row| if row == 1 { 0x0a2f } else { 0 });
        let short = serde_json::to_string(&Signature { n_runs: 0x1c8, rows }).unwrap();
        assert_eq!(short, format!("\"000001c800000a2f{}\"", "0000".repeat(94)));
        let written = serde_json::to_string(&signature(0, 10)).unwrap();
        assert_eq!(serde_json::from_str::<Signature>(&written).unwrap(), signature(0, 10));
        assert!(serde_json::from_str::<Signature>("\"00ff\"").is_err());
    }
}
