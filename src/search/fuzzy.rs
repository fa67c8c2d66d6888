//! Words with `~`, which also stand for words that are spelled a little otherwise.

use std::str::Chars;

/// Whether one word becomes the other by at most so many edits: a letter more, a
/// letter less, another letter, or two neighbours swapped.
///
/// No part is edited twice: the distance of optimal string alignment. Takes time
/// proportional to the length of `wanted` and to the fourth power of two for
/// each edit, however long `word` is.
pub(super) fn fits(wanted: &str, edits: u8, word: &str) -> bool {
    // Most words are too long or too short; a letter has up to four bytes.
    let bytes = if wanted.is_ascii() && word.is_ascii() { 1 } else { 4 };
    wanted.len().abs_diff(word.len()) <= bytes * usize::from(edits)
        && within(wanted.chars(), word.chars(), edits)
}

fn within(mut one: Chars, mut other: Chars, edits: u8) -> bool {
    if edits == 0 {
        return one.as_str() == other.as_str();
    }
    // Letters that both begin with alike never need an edit.
    let (from_one, from_other) = loop {
        let here = (one.clone(), other.clone());
        match (one.next(), other.next()) {
            (None, None) => return true,
            (a, b) if a == b => {}
            _ => break here,
        }
    };
    let is_swapped = first_two(&from_one).is_some_and(|(a, b)| first_two(&from_other) == Some((b, a)));
    within(one.clone(), other.clone(), edits - 1)
        || within(one.clone(), from_other, edits - 1)
        || within(from_one, other.clone(), edits - 1)
        || is_swapped && within(rest(one), rest(other), edits - 1)
}

fn first_two(letters: &Chars) -> Option<(char, char)> {
    let mut letters = letters.clone();
    Some((letters.next()?, letters.next()?))
}

fn rest(mut letters: Chars) -> Chars {
    letters.next();
    letters
}

/// The distance, by the textbook's table (Boytsov 2011, section 2.2.3).
#[cfg(test)]
pub(super) fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            if i == 0 || j == 0 {
                table[i][j] = i + j;
                continue;
            }
            let other_letter = usize::from(one[i - 1] != other[j - 1]);
            let mut best = (table[i - 1][j] + 1).min(table[i][j - 1] + 1);
            best = best.min(table[i - 1][j - 1] + other_letter);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                best = best.min(table[i - 2][j - 2] + 1);
            }
            table[i][j] = best;
        }
    }
    table[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(wanted: &str, word: &str, distance: u8) {
        for edits in 0..=2 {
            assert_eq!(fits(wanted, edits, word), edits >= distance, "{wanted}~{edits} {word}");
        }
    }

    #[test]
    fn an_edit_is_a_letter_more_or_less_or_other_or_two_that_are_swapped() {
        check("worker", "worker", 0);
        check("wroker", "worker", 1);
        check("worker", "workers", 1);
        check("worker", "orker", 1);
        check("worker", "walker", 2);
        check("worker", "worked", 1);
        check("worker", "wrokre", 2);
        check("worker", "baker", 3);
        check("gwyl", "gŵyl", 1);
        check("αβγδ", "βαγδ", 1);
        check("", "ab", 2);
        check("abc", "", 3);
    }

    #[test]
    fn no_part_is_edited_twice() {
        // Two swapped, and then a letter between them, would be two edits.
        check("ca", "abc", 3);
    }

    #[test]
    fn a_long_word_is_no_more_work_than_what_was_asked_for() {
        let wanted = "a".repeat(255);
        for _ in 0..1_000 {
            check(&wanted, &("a".repeat(252) + "bcd"), 3);
        }
        check(&wanted, &"a".repeat(10_000_000), 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]
        #[test]
        fn it_agrees_with_the_table_of_distances(one in "[abc]{0,7}", other in "[abc]{0,7}") {
            let distance = distance(&one, &other);
            for edits in 0..=2 {
                prop_assert_eq!(fits(&one, edits, &other), distance <= usize::from(edits));
            }
        }
    }
}
