//! The query language, and the evaluator of spans over positions: knows no engine.
//!
//! In the order in which to read:
//!
//! - [`Tokens`]: what the words of a text are, and where.
//! - [`Query`]: the syntax tree, its limits and its canonical text.
//! - [`parse`]: the text of a query to that tree, or one line that says where
//!   it is wrong and what was expected.
//! - [`evaluate`]: whether a query is true of a unit, and its matches.
//! - [`Lexicon`]: the words of queries as numbers, and where these occur in a
//!   passage: all that evaluating needs of it.
//! - [`Need`]: what tells an engine where not to look.
//! - [`snippet`] and [`kwic`]: text and matches to what a reader sees.
//! - [`explain`]: why a query is true of a passage, or what is missing.
//! - [`reference()`]: what each form of the language means, with examples that
//!   are tested.
//! - [`Filter`]: which passages a question is about, whatever their words.
//!
//! Counts, highlights and KWIC lines all come from the spans of [`evaluate`],
//! so they always agree.
//!
//! ```
//! use scrutineer::search::{Context, Span, Terms, Text, Tokens, evaluate, parse};
//!
//! let query = parse("budget NEAR/9 cut", Terms::Exact)?;
//! let tokens = Tokens::read("The budget, a budget to cut.");
//! let text = Text { tokens: &tokens, context: Context::default() };
//! assert_eq!(evaluate(&query, &[text]), Some(vec![vec![Span { first: 3, last: 5 }]]));
//! # Ok::<(), scrutineer::search::QueryError>(())
//! ```

mod token;

mod fuzzy;
mod pattern;
mod query;

mod lexer;
mod parser;

mod lexicon;

mod spans;

mod page;

mod need;

mod quote;

mod explain;

mod alternatives;

mod filter;

mod help;

#[cfg(test)]
pub(crate) mod contract;

pub use alternatives::{Alternative, alternatives};
pub use explain::{Finding, Source, explain};
pub use filter::{Facts, Filter};
pub use help::{Example, SECTIONS, Section, Subject, reference};
pub use lexicon::{FieldNumber, FieldTest, Leaf, Lexicon, Occurrences, Plan, ReadyQuery};
pub use need::Need;
pub use parser::{Names, parse, parse_with};
pub use pattern::beginning;
pub use query::{
    Clause, Field, Link, MAX_DEPTH, MAX_DISTANCE, MAX_FUZZY, MAX_LENGTH, MAX_WORD, MAX_WORDS, MIN_FUZZY,
    Near, Phrase, Query, QueryError, Slot, Terms, Word,
};
pub use quote::{Piece, kwic, shown, snippet};
pub use spans::{Context, Span, Text, evaluate};
pub use token::{Compound, Tokens, is_invisible, stem};
