//! Measures reading against readings that were made by hand: [`Judgement`]s,
//! and [`score`]s of them by label.

mod judgement;
mod score;

pub use judgement::{JudgedItem, JudgedPassage, JudgedResolution, Judgement};
pub use score::{Counts, Label, Miss, Scores, score};
