//! Passages and spans to numbers: pure, each method with unit and source.

mod agreement;
mod alignment;
mod bootstrap;
mod chains;
mod codebook;
mod collocation;
mod cooccurrence;
mod dispersion;
mod drift;
mod exchange;
mod interval;
mod keyness;
mod keywords;
mod minhash;
mod multiplicity;
mod ngrams;
mod noun_phrase;
mod p_value;
mod pairing;
mod random;
mod rate;
mod rate_trend;
mod recurrence;
mod recycled;
mod register;
mod survival;
mod tally;
mod terms;
mod trend;
mod undefined;
mod validation;

pub use agreement::{Alpha, Kappa, Metric, cohen_kappa, krippendorff_alpha, raw_agreement};
pub use alignment::{Alignment, Change, align};
pub use chains::{ALIKE_PERCENT, Chains, FEWEST_WORDS, Link, MOST_OF_A_BAND, Said, chains};
pub use codebook::{Codebook, Example, HeadingContext, KnownWords, Theme, ThemeFault};
pub use collocation::{Collocation, PairCounts, collocation};
pub use cooccurrence::{CommonOddsRatio, Together, common_odds_ratio};
pub use dispersion::{Dispersion, Part, dispersion};
pub use drift::{LEAST_MEETINGS_MIXED, Lean, TermMix, TermYear, drift_rules, lean, term_mix};
pub use exchange::exchange_p;
pub use interval::wilson;
pub use keyness::{Frequency, Keyness, LogLikelihood, keyness, simple_maths};
pub use keywords::{Keyword, keywords};
pub use minhash::{min_hashes, mixed};
pub use multiplicity::{benjamini_hochberg, benjamini_yekutieli};
pub use ngrams::{
    FOLDED_SHARE, ITEMS_BEFOREHAND, ItemCounts, Least, MeetingPlace, NumberedText, NumberedWord,
    ROUTINE_MEETINGS, ROUTINE_SHARE, SURROUNDINGS, Sequence, SequenceCounts, TEMPLATE_SHARE, sequences,
    unfolded,
};
pub use noun_phrase::{NAME_SHARE, Opening, Openings, VERB_SHARE, WordForm, has_meaning, is_procedure};
pub use p_value::{PValue, Reference};
pub use pairing::{
    LEAST_SIMILARITY, NEAR_WORDS, Pair, Wording, pairing_rules, pairs, shared as shared_words, word_weight,
};
pub use random::Random;
pub use rate::{
    Rate, RateRatio, ShareDifference, design_effect, poisson_interval, rate_ratio, share_difference,
};
pub use rate_trend::{RateTrend, TimedRate, rate_trend};
pub use recurrence::{
    RETURN_GAP, Recurrence, RecurrenceClass, RunsTest, Sighting, Stretch, Unclassed, recurrence,
    recurrence_rules,
};
pub use recycled::{
    ChainFacts, Difference, Fact, RecycledClass, differences, gives_assurance, is_log, is_notice,
    recycled_rules,
};
pub use register::{
    Causes, Coverage, Fate, ListedTwice, Lost, MeetingState, causes_named, coverage, listed_twice,
};
pub use survival::{Followed, SurvivalStep, kaplan_meier};
pub use tally::{Dimension, GroupKey, Tally};
pub use terms::{ItemSide, TermCounts, TermPassage, TermTally};
pub use trend::{MannKendall, Observation, RegionalKendall, mann_kendall, regional_kendall};
pub use undefined::Undefined;
pub use validation::{
    Estimate, Stratum, TooFew, Validation, corrected_prevalence, rogan_gladen, too_few_for_recall, validate,
};
