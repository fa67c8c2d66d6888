//! Alignment: which words two texts have in common in the same order, and what
//! stands between them.
//!
//! Source: Myers (1986), "An O(ND) Difference Algorithm and Its Variations".

use std::ops::Range;

/// Where one text has other words than another between words that both have, or one
/// of them none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Places in the first text.
    pub before: Range<usize>,
    /// Places in the second text.
    pub after: Range<usize>,
}

/// How two texts lie against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// How many words both have in the same order: their longest common subsequence.
    pub n_common: usize,
    /// What differs, in order.
    pub changes: Vec<Change>,
}

/// Aligns two texts; `None` where they have fewer than `least_common` words in common
/// in the same order. A sentence that moved counts as taken out here and put in there.
///
/// Takes time in proportion to the length of both times the words that differ, and memory
/// of half a bit for each pair of these.
pub fn align<T: PartialEq>(one: &[T], other: &[T], least_common: usize) -> Option<Alignment> {
    let n_first = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[n_first..], &other[n_first..]);
    let n_last = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[..one.len() - n_last], &other[..other.len() - n_last]);
    let least_common = least_common.saturating_sub(n_first + n_last);
    let most_edits = (one.len() + other.len()).checked_sub(2 * least_common)?;
    let steps = edits(one, other, most_edits)?;
    let mut changes: Vec<Change> = Vec::new();
    for (x, y, is_taken_out) in &steps {
        let (x, y) = (n_first + x, n_first + y);
        if changes.last().is_none_or(|last| (last.before.end, last.after.end) != (x, y)) {
            changes.push(Change { before: x..x, after: y..y });
        }
        let last = changes.last_mut()?;
        if *is_taken_out { last.before.end += 1 } else { last.after.end += 1 }
    }
    let n_edits = steps.len();
    Some(Alignment { n_common: n_first + n_last + (one.len() + other.len() - n_edits) / 2, changes })
}

/// A word taken out of the first text, or put in from the second: where it happens in
/// both, and whether it is taken out.
type Edit = (usize, usize, bool);

/// The fewest words to take out and put in, in order, that make one text the other;
/// `None` where they are more than `most`.
fn edits<T: PartialEq>(one: &[T], other: &[T], most: usize) -> Option<Vec<Edit>> {
    let n_in_common = |x: usize, y: usize| {
        let (one, other) = (one.get(x..).unwrap_or_default(), other.get(y..).unwrap_or_default());
        one.iter().zip(other).take_while(|(a, b)| a == b).count()
    };
    // How far in the first text one gets with so many edits on each diagonal that they lead to:
    // with n those of n words more put in than taken out, of n - 2, … to n more taken out.
    let mut reached: Vec<usize> = Vec::new();
    let mut last_edits = LastEdits::default();
    for n_edits in 0..=most {
        let mut here: Vec<usize> = Vec::with_capacity(n_edits + 1);
        for n_taken_out in 0..=n_edits {
            let left = n_taken_out.checked_sub(1).map(|before| reached[before]);
            let (x, is_taken_out) = match (left, reached.get(n_taken_out).copied()) {
                (Some(left), Some(above)) if left < above => (above, false),
                (Some(left), _) => (left + 1, true),
                (None, above) => (above.unwrap_or_default(), false),
            };
            last_edits.push(is_taken_out);
            let y = x + n_edits - 2 * n_taken_out;
            let n = n_in_common(x, y);
            here.push(x + n);
            if x + n >= one.len() && y + n >= other.len() {
                return Some(replayed(&last_edits.up_to(n_edits, n_taken_out), n_in_common));
            }
        }
        reached = here;
    }
    None
}

/// The edits, of which it is given whether a word is taken out: each comes where what is
/// in common before it ends.
fn replayed(are_taken_out: &[bool], n_in_common: impl Fn(usize, usize) -> usize) -> Vec<Edit> {
    let (mut x, mut y) = (0, 0);
    let edit = |is_taken_out: &bool| {
        let n = n_in_common(x, y);
        let edit = (x + n, y + n, *is_taken_out);
        (x, y) = if *is_taken_out { (edit.0 + 1, edit.1) } else { (edit.0, edit.1 + 1) };
        edit
    };
    are_taken_out.iter().map(edit).collect()
}

/// For each number of edits and each of its diagonals whether the last one takes a word out:
/// a bit each, so that two texts that differ in 20,000 words need 25 MB.
#[derive(Default)]
struct LastEdits {
    bits: Vec<u64>,
    n_bits: usize,
}

impl LastEdits {
    fn push(&mut self, is_taken_out: bool) {
        if self.n_bits.is_multiple_of(64) {
            self.bits.push(0);
        }
        self.bits[self.n_bits / 64] |= u64::from(is_taken_out) << (self.n_bits % 64);
        self.n_bits += 1;
    }

    /// Whether each of so many edits takes a word out, of which the last leads to a diagonal.
    fn up_to(&self, n_edits: usize, mut n_taken_out: usize) -> Vec<bool> {
        let mut are_taken_out = Vec::with_capacity(n_edits);
        for n_edits in (1..=n_edits).rev() {
            let at = n_edits * (n_edits + 1) / 2 + n_taken_out;
            let is_taken_out = self.bits[at / 64] >> (at % 64) & 1 == 1;
            are_taken_out.push(is_taken_out);
            n_taken_out -= usize::from(is_taken_out);
        }
        are_taken_out.reverse();
        are_taken_out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(one: &str, other: &str, n_common: usize, expected: &[(&str, &str)]) {
        let [one, other] = [one, other].map(|text| text.split(' ').collect::<Vec<_>>());
        let found = align(&one, &other, 0).unwrap();
        let changes: Vec<(String, String)> = found
            .changes
            .iter()
            .map(|change| (one[change.before.clone()].join(" "), other[change.after.clone()].join(" ")))
            .collect();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(before, after)| ((*before).to_owned(), (*after).to_owned())).collect();
        assert_eq!((found.n_common, changes), (n_common, expected));
        assert_eq!(align(&one, &other, n_common), Some(found));
        assert_eq!(align(&one, &other, n_common + 1), None);
    }

    #[test]
    fn what_differs_stands_between_what_is_common() {
        check("the heron nests", "the heron nests", 3, &[]);
        check("the grey heron nests", "the white heron nests", 3, &[("grey", "white")]);
        check("a heron nests", "a young heron nests here", 3, &[("", "young"), ("", "here")]);
        check("a b c", "x y", 0, &[("a b c", "x y")]);
        check("due in May 2019 now", "due in June 2020 now", 3, &[("May 2019", "June 2020")]);
        // Of ways that are as short the one that puts in last.
        check("a b", "b a", 1, &[("a", ""), ("", "a")]);
        // What moved is taken out here and put in there.
        check("a b c d e", "d e a b c", 3, &[("", "d e"), ("d e", "")]);
    }

    /// The longest common subsequence, by the table of the textbook.
    fn by_table(one: &[u8], other: &[u8]) -> usize {
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for (x, a) in one.iter().enumerate() {
            for (y, b) in other.iter().enumerate() {
                table[x + 1][y + 1] =
                    if a == b { table[x][y] + 1 } else { table[x][y + 1].max(table[x + 1][y]) };
            }
        }
        table[one.len()][other.len()]
    }

    proptest! {
        #[test]
        fn as_many_words_are_common_as_the_table_says(
            one in prop::collection::vec(0u8..4, 0..30),
            other in prop::collection::vec(0u8..4, 0..30),
        ) {
            let found = align(&one, &other, 0).unwrap();
            prop_assert_eq!(found.n_common, by_table(&one, &other));
            // The changes made in one give the other.
            let mut made: Vec<u8> = Vec::new();
            let mut at = 0;
            for Change { before, after } in &found.changes {
                made.extend(&one[at..before.start]);
                made.extend(&other[after.clone()]);
                at = before.end;
            }
            made.extend(&one[at..]);
            prop_assert_eq!(made, other);
        }
    }
}
