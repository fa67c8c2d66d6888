//! One definition of a table, many layouts.
//!
//! A command builds a [`Table`], or gives a [`Writer`] its rows one by one; the
//! terminal, CSV, JSON and JSON Lines only lay it out. A value that is not known
//! is [`Cell::Unknown`]: an empty cell or `null`, never 0.

mod cards;
mod entries;
mod layout;
mod rows;
mod table;

pub use layout::{Format, Style, least_width, printable, write};
pub use rows::Writer;
pub use table::{Cell, Layout, Table};
