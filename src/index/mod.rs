//! The only module that names tantivy: what matches, found fast.
//!
//! Everything here can be made again from the corpus. The engine gives where words
//! stand; [`crate::search`] decides matches from these positions, so that hits,
//! counts, highlights and exports come from the same spans.

mod build;
mod class;
mod contents;
mod copies;
mod docs;
mod engine;
mod export;
mod field_memo;
mod find;
mod gather;
mod items;
mod meeting;
mod occurrences;
#[cfg(test)]
mod random;
mod readings;
mod repeated;
mod runs;
mod scorer;
mod selection;
mod signature;
mod span_query;
mod tokens;
mod vocabulary;
mod words;

pub use build::{BuildSettings, Built, MEMORY_MB, build, build_from};
pub use contents::IndexedMeeting;
pub use copies::{CopiedMeeting, Copies};
pub use engine::item_of;
pub use find::{Found, Index, MatchSet, PassageKey, Size, Total, Totals, UnknownWord, passages_with_any};
pub use items::ItemSize;
pub use readings::{Explained, Format, ReadingState, Readings};
pub use scorer::Hit;
pub use span_query::Unit;
pub use words::{Forms, MeetingWords, WordCount, WordCounts};
