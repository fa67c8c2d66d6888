//! How the lists of word processors count.

use crate::parse::label::{Series, counted};

/// Levels that a list has at the most, in Word as in ODT (which allows ten).
pub const LEVELS: usize = 10;

/// What stands in front of the entries of one level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Counting {
    /// Nothing.
    #[default]
    Nothing,
    /// A bullet.
    Bullet,
    /// A number.
    By(Series),
}

/// One level of a list.
#[derive(Debug, Clone, Default)]
pub struct Level {
    /// How it counts.
    pub counting: Counting,
    /// The number of its first entry.
    pub first: u32,
    /// The label as a pattern: `%1` stands for the number of the first level.
    pub pattern: String,
}

/// The numbers of the last entries of a list, by level.
#[derive(Debug, Clone, Default)]
pub struct Counters([Option<u32>; LEVELS]);

impl Counters {
    /// Goes on to the next entry of a level, with `first` as the number where
    /// the level begins; deeper ones begin anew.
    pub fn next(&mut self, level: usize, first: u32) {
        let Some(counter) = self.0.get_mut(level) else { return };
        *counter = Some(counter.map_or(first, |before| before.saturating_add(1)));
        self.0[level + 1..].fill(None);
    }

    /// Lets a level begin anew.
    pub fn forget(&mut self, level: usize) {
        if let Some(counter) = self.0.get_mut(level) {
            *counter = None;
        }
    }

    /// The label of the entry that a level has come to: `None` where it has none.
    pub fn label(&self, levels: &[Level], level: usize) -> Option<String> {
        if !matches!(levels.get(level)?.counting, Counting::By(_)) {
            return None;
        }
        let mut label = String::new();
        let mut rest = levels[level].pattern.chars().peekable();
        while let Some(c) = rest.next() {
            match rest.peek().and_then(|digit| digit.to_digit(10)) {
                Some(digit @ 1..) if c == '%' => {
                    rest.next();
                    let of = digit as usize - 1;
                    let Some(Level { counting, first, .. }) = levels.get(of) else { continue };
                    let value = self.0[of].unwrap_or(*first);
                    match counting {
                        Counting::By(series) => label.push_str(&counted(*series, value)),
                        Counting::Nothing | Counting::Bullet => {}
                    }
                }
                _ => label.push(c),
            }
        }
        let label = label.trim();
        // A bare number is a label all the same; text knows it by its full stop.
        let is_bare = !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit());
        let label = if is_bare { format!("{label}.") } else { label.to_owned() };
        Some(label).filter(|label| !label.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_the_numbers_of_outer_levels_and_inner_ones_begin_anew() {
        let level = |series, pattern: &str| Level {
            counting: Counting::By(series),
            first: 1,
            pattern: pattern.into(),
        };
        let levels =
            [level(Series::Decimal, "%1"), level(Series::Decimal, "%1.%2"), level(Series::Letter, "(%3)")];
        let mut counters = Counters::default();
        let labels: Vec<String> = [0, 1, 1, 2, 2, 0, 1]
            .map(|at| {
                counters.next(at, 1);
                counters.label(&levels, at).unwrap()
            })
            .to_vec();
        assert_eq!(labels, ["1.", "1.1", "1.2", "(a)", "(b)", "2.", "2.1"]);
    }
}
