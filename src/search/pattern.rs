//! Words with `*`, which stands for any number of letters or digits.

/// Whether a whole word fits a pattern. Takes at most time proportional to the
/// product of the lengths.
///
/// Compares bytes: a pattern's letters begin and end where characters do.
pub(super) fn fits(pattern: &str, word: &str) -> bool {
    let (pattern, word) = (pattern.as_bytes(), word.as_bytes());
    let (mut p, mut w) = (0, 0);
    // Where to go on if the letters after the last `*` do not fit here: only
    // the last one ever needs another try.
    let mut retry: Option<(usize, usize)> = None;
    while w < word.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            p += 1;
            retry = Some((p, w));
        } else if p < pattern.len() && pattern[p] == word[w] {
            p += 1;
            w += 1;
        } else if let Some((after_star, from)) = retry {
            p = after_star;
            w = from + 1;
            retry = Some((p, w));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

/// The letters of a word with `*` that stand before the first one.
pub fn beginning(pattern: &str) -> &str {
    pattern.split_once('*').map_or(pattern, |(beginning, _)| beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, word: &str, expected: bool) {
        assert_eq!(fits(pattern, word), expected, "{pattern} {word}");
    }

    #[test]
    fn a_star_stands_for_any_number_of_letters_none_included() {
        check("work*", "work", true);
        check("work*", "workers", true);
        check("work*", "wor", false);
        check("wom*n", "women", true);
        check("wom*n", "womans", false);
        check("*care", "aftercare", true);
        check("*care", "carer", false);
        check("ab*ab*ab", "abab", false);
        check("ab*ab*ab", "ababab", true);
        check("é*", "été", true);
        check("*é", "étè", false);
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        check(&format!("{}b", "a*".repeat(100)), &"a".repeat(10_000), false);
    }
}
