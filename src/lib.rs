//! Scrutineer reads what UK councils minuted, and counts it exactly.
//!
//! Data flows one way: `crawl → corpus → parse → index → search → analyse →
//! report`. Imports go one way as well: [`model`] ← the pure modules
//! ([`parse`], [`search`], [`analyse`], [`eval`], [`report`]) ← those with I/O
//! ([`corpus`], [`crawl`], [`index`], [`sample`]) ← [`cli`]. A test keeps it
//! so; `ARCHITECTURE.md` is the map.

pub mod model;

pub mod analyse;
pub mod eval;
pub mod parse;
pub mod report;
pub mod search;

pub mod corpus;
pub mod crawl;
pub mod index;
pub mod sample;

pub mod cli;
