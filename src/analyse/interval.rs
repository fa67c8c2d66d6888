//! Intervals for shares.

/// The normal quantile for 95 % two-sided intervals.
pub(super) const Z_95: f64 = 1.959_963_984_540_054;

/// The 95 % Wilson score interval for `hits` of `n`, as shares from 0 to 1.
///
/// Returns `None` when `n` is 0: no share is known, which is not a share of 0.
///
/// Source: Wilson (1927); the form in Newcombe (1998), method 3.
///
/// ```
/// # use scrutineer::analyse::wilson;
/// let (low, high) = wilson(81, 263).unwrap();
/// assert_eq!((format!("{low:.4}"), format!("{high:.4}")), ("0.2553".into(), "0.3662".into()));
/// ```
pub fn wilson(hits: u64, n: u64) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let (hits, n) = (hits as f64, n as f64);
    let share = hits / n;
    let z2 = Z_95 * Z_95;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hits: u64, n: u64, expected: (&str, &str)) {
        let (low, high) = wilson(hits, n).unwrap();
        assert_eq!((format!("{low:.4}").as_str(), format!("{high:.4}").as_str()), expected);
    }

    /// Data of Newcombe (1998), table I.
    #[test]
    fn wilson_gives_the_published_limits() {
        check(81, 263, ("0.2553", "0.3662"));
        check(15, 148, ("0.0624", "0.1605"));
        check(0, 20, ("0.0000", "0.1611"));
        check(1, 29, ("0.0061", "0.1718"));
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!(wilson(0, 0), None);
    }
}
