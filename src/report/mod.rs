//! One definition of a table, many layouts.
//!
//! A command builds a [`Table`]; the terminal, CSV, JSON and JSON Lines only
//! lay it out. A value that is not known is [`Cell::Unknown`]: an empty cell or
//! `null`, never 0.

mod cards;
mod layout;
mod table;

pub use layout::{Format, Style, printable, write};
pub use table::{Cell, Layout, Table};
