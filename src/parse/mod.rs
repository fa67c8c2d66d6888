//! Bytes to a meeting with items and passages: pure, total, never fails.
//!
//! Each format is turned into [`Block`]s; [`document`] reads those of a whole
//! document into items, [`passages`] those of one item into passages.

mod document;

pub mod blocks;
mod challenge;
mod charset;

mod given;
mod heading;
mod minutes;
mod saved;

pub mod date;
mod standing;
mod visible;

mod abbreviation;
mod acts;
mod attendance;
pub mod cmis;
mod kind;
mod label;
mod language;
pub mod links;
pub mod moderngov;
mod passages;
mod pattern;
mod people;
mod person;
mod sentences;
mod tally;

pub use abbreviation::{Abbreviation, abbreviations};
pub use acts::{interests, is_decision, motions};
pub use blocks::{Block, Style};
pub use challenge::{challenge, challenge_in_title};
pub use charset::decode;
pub use document::{Extract, Helper, Media, Source, Unreadable, document, extract, read};
pub use given::{GivenPassage, LONGEST_VALUE, given};
pub use language::{language, languages};
pub use minutes::clean_title;
pub use passages::{BULLET, passages};
use pattern::{Pattern, Probe, pattern};
pub use standing::standing;
