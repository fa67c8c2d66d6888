//! The only module that names tantivy: what may match, found fast.
//!
//! Everything here can be made again from the corpus. The engine proposes
//! candidate passages; [`crate::search`] decides matches from positions, so
//! that hits, counts, highlights and exports come from the same spans.

mod build;
mod copies;
mod engine;
mod find;
mod meeting;
mod readings;
mod repeated;
mod runs;
mod signature;

pub use build::{Built, build};
pub use copies::{CopiedMeeting, Copies};
pub use engine::item_of;
pub use find::{Found, Hit, Index, MatchSet, Totals, Unit};
pub use readings::{Explained, ReadingState, Readings};
