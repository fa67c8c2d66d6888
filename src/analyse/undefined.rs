//! Why a figure is not defined.

/// Why there is no figure: never NaN, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// Agreement needs a unit that was coded twice.
    #[error("no unit has the values of two coders")]
    NoPair,
    /// Agreement by chance is certain, so that none beyond it can be shown.
    #[error("all values are the same, which shows nothing of agreement beyond chance")]
    OneCategory,
    /// A value is infinite or no number, or too large to calculate with.
    #[error("a value is not a number that can be calculated with")]
    NotANumber,
    /// A ratio or a time begins at 0.
    #[error("a value is below 0")]
    Negative,
    /// Counts contradict each other: more coded positive than sampled, more
    /// sampled than there are.
    #[error("the counts contradict each other")]
    Contradiction,
    /// A stratum on which the figure rests has no sample.
    #[error("a stratum was not sampled")]
    NotSampled,
    /// A share of nothing.
    #[error("there is nothing of which it would be a share")]
    OfNothing,
    /// Sensitivity and specificity add up to 1 or less: the query tells no more
    /// than chance.
    #[error("sensitivity and specificity add up to 1 or less")]
    TellsNothing,
    /// There is no event that a rate could be made of.
    #[error("nothing was counted")]
    NoEvent,
    /// As many figures are estimated as there are observations: nothing is left to tell how
    /// sure they are.
    #[error("there are too few times for a trend and its error")]
    NoFreedom,
    /// All events are of the first time, or all of the last: a ratio without end.
    #[error("all that was counted is of the first time, or of the last")]
    AtAnEnd,
    /// The steps towards a figure did not come to an end.
    #[error("the model did not converge")]
    NotConverged,
}
