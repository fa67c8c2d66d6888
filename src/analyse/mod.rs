//! Passages and spans to numbers: pure, each method with unit and source.

mod codebook;
mod interval;
mod multiplicity;
mod p_value;
mod rate;
mod register;
mod tally;

pub use codebook::{Codebook, Theme, ThemeFault};
pub use interval::wilson;
pub use multiplicity::{benjamini_hochberg, benjamini_yekutieli};
pub use p_value::{PValue, Reference};
pub use rate::{
    Rate, RateRatio, ShareDifference, overdispersion, poisson_interval, rate_ratio, share_difference,
};
pub use register::{
    Causes, Coverage, Fate, ListedTwice, Lost, MeetingState, causes_named, coverage, listed_twice,
};
pub use tally::{Dimension, GroupKey, Tally};
