//! A table: named columns and rows of cells.

use crate::search::Piece;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not known. Never printed as 0.
    Unknown,
    /// Text, as published or as typed.
    Text(String),
    /// Several texts in their order; outside of JSON joined by blanks.
    List(Vec<String>),
    /// Whether something is so: `true` or `false`.
    Truth(bool),
    /// A quotation with its matches marked; plain text outside a terminal.
    Quote(Vec<Piece>),
    /// A count.
    Count(u64),
    /// A share, rate or score; printed with four digits after the point.
    Number(f64),
    /// A p value: like a number, but a small one as 2.3e-7, never as 0.0000.
    P(f64),
}

/// Smaller p values have an exponent.
const SMALL_P: f64 = 0.001;

impl Cell {
    /// Text, or unknown where there is none.
    pub fn text_or_unknown(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Unknown } else { Self::Text(text) }
    }

    /// The value as plain text; empty where it is not known.
    pub fn plain(&self) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Text(text) => text.clone(),
            Self::List(list) => list.join(" "),
            Self::Truth(truth) => truth.to_string(),
            Self::Quote(pieces) => pieces.iter().map(|piece| piece.text.as_str()).collect(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => format!("{number:.4}"),
            Self::P(p) if *p < SMALL_P && *p > 0.0 => format!("{p:.1e}"),
            Self::P(p) => format!("{p:.4}"),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

/// How a terminal shows a table; files are not affected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// Columns under their names.
    #[default]
    Grid,
    /// A few lines a row: a heading, a quotation, the rest. For rows that hold
    /// long text.
    Cards,
    /// One line a row: `left`, `match` and `right` under each other in the
    /// middle, then where they stand. For concordances.
    Lines,
}

/// Named columns and rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The names of the columns, as in the header of a CSV file.
    pub columns: Vec<String>,
    /// The rows; each has a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// How a terminal shows it.
    pub layout: Layout,
}

impl Table {
    /// A table with these columns and no rows yet.
    pub fn new<S: AsRef<str>>(columns: &[S]) -> Self {
        let columns = columns.iter().map(|name| name.as_ref().to_owned()).collect();
        Self { columns, ..Self::default() }
    }

    /// Adds a row.
    ///
    /// # Panics
    ///
    /// When the row has not one cell for each column, which is a mistake in
    /// the program.
    pub fn push(&mut self, row: Vec<Cell>) {
        assert_eq!(row.len(), self.columns.len(), "a row has a cell for each column");
        self.rows.push(row);
    }

    /// Leaves out the columns whose names are not wanted.
    pub fn keep_columns(&mut self, is_wanted: impl Fn(&str) -> bool) {
        let wanted: Vec<bool> = self.columns.iter().map(|name| is_wanted(name)).collect();
        let keep = |at: &mut usize| {
            *at += 1;
            wanted[*at - 1]
        };
        let mut at = 0;
        self.columns.retain(|_| keep(&mut at));
        for row in &mut self.rows {
            let mut at = 0;
            row.retain(|_| keep(&mut at));
        }
    }
}
