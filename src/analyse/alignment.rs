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
/// Takes time in proportion to the length of both times the words that differ.
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
    let (n_one, n_other) = (one.len() as isize, other.len() as isize);
    // For each number of edits how far one gets on each diagonal, from -n to n.
    let mut reached: Vec<Vec<isize>> = Vec::new();
    for n_edits in 0..=most as isize {
        let mut here: Vec<isize> = Vec::with_capacity(2 * n_edits as usize + 1);
        for diagonal in -n_edits..=n_edits {
            if (diagonal + n_edits) % 2 != 0 {
                here.push(-1);
                continue;
            }
            let mut x = match reached.last() {
                None => 0,
                Some(before) => came_from(before, n_edits, diagonal).0,
            };
            let mut y = x - diagonal;
            while x < n_one && y < n_other && one[x as usize] == other[y as usize] {
                (x, y) = (x + 1, y + 1);
            }
            here.push(x);
            if x >= n_one && y >= n_other {
                return Some(walk_back(&reached, n_one, n_other));
            }
        }
        reached.push(here);
    }
    None
}

/// Where the `n_edits`-th edit leads to on a diagonal: its place in the first text, and
/// whether a word of it was taken out.
fn came_from(before: &[isize], n_edits: isize, diagonal: isize) -> (isize, bool) {
    // `before` is of the diagonals from 1 - n_edits to n_edits - 1.
    let at = |diagonal: isize| {
        let place = diagonal + n_edits - 1;
        usize::try_from(place).ok().and_then(|place| before.get(place)).copied()
    };
    match (at(diagonal - 1), at(diagonal + 1)) {
        (Some(left), Some(above)) if left < above => (above, false),
        (Some(left), _) => (left + 1, true),
        (None, above) => (above.unwrap_or_default(), false),
    }
}

fn walk_back(reached: &[Vec<isize>], n_one: isize, n_other: isize) -> Vec<Edit> {
    let mut edits = Vec::with_capacity(reached.len());
    let mut diagonal = n_one - n_other;
    for (n_before, before) in reached.iter().enumerate().rev() {
        let (x, is_taken_out) = came_from(before, n_before as isize + 1, diagonal);
        // Where it stood before the edit.
        let (x, y) = if is_taken_out { (x - 1, x - diagonal) } else { (x, x - diagonal - 1) };
        diagonal = x - y;
        edits.push((x as usize, y as usize, is_taken_out));
    }
    edits.reverse();
    edits
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
