//! Measures the program against what was judged by eye: how documents are read
//! ([`Judgement`]s, and [`score`]s of them by label), and how passages are found
//! ([`InformationNeed`]s, and how well a ranking serves them).

mod judgement;
mod score;

mod information_need;
mod ranking;

pub use information_need::{GradedPassage, InformationNeed};
pub use judgement::{JudgedItem, JudgedPassage, JudgedResolution, Judgement};
pub use ranking::{judged_at, ndcg_at, precision_at, recall_at, reciprocal_rank};
pub use score::{Counts, Label, Miss, Scores, score};
