//! Two-sided p values, each with what it was taken from.

use statrs::distribution::{ContinuousCDF, Normal};

/// What an interval or a p value was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// The exact distribution, by counting or by its closed form.
    Exact,
    /// The normal approximation.
    Normal,
    /// The exact distribution, of counts divided by their overdispersion.
    Effective,
    /// Student's t, where the variance was estimated from few observations.
    StudentT,
}

impl Reference {
    /// The name used as a cell of a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normal => "normal",
            Self::Effective => "effective counts",
            Self::StudentT => "Student's t",
        }
    }
}

/// A two-sided p value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PValue {
    /// The probability, from 0 to 1, of what is at least as far from what was
    /// expected.
    pub value: f64,
    /// What it was taken from.
    pub from: Reference,
}

impl PValue {
    /// Of a standard normal deviate `z`, on either side of 0.
    pub(super) fn of_normal(z: f64) -> Self {
        Self { value: (2.0 * Normal::standard().sf(z.abs())).min(1.0), from: Reference::Normal }
    }

    /// Twice the smaller of two tails, each of which holds what was observed.
    pub(super) fn of_tails(lower: f64, upper: f64, from: Reference) -> Self {
        Self { value: (2.0 * lower.min(upper)).min(1.0), from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_per_cent_lie_beyond_1_96() {
        assert!((PValue::of_normal(1.959_963_984_540_054).value - 0.05).abs() < 1e-10);
        assert_eq!(PValue::of_normal(-1.5), PValue::of_normal(1.5));
        assert_eq!(PValue::of_normal(0.0).value, 1.0);
    }

    #[test]
    fn tails_that_overlap_give_no_more_than_1() {
        assert_eq!(PValue::of_tails(0.75, 0.5, Reference::Exact).value, 1.0);
        assert_eq!(PValue::of_tails(0.01, 0.995, Reference::Exact).value, 0.02);
    }
}
