//! Rows of a table that is wider than the terminal: each figure behind its name.

use std::io::{self, Write};

use super::cards::{INDENT, marked_words, paragraph, words_of};
use super::{Cell, Style, Table, printable};

/// The longest value that stands among others on a line, in characters.
const LONGEST: usize = 40;

/// Writes a few lines for each row: the names that it begins with on the first, then each
/// value that is known behind the name of its column, those that are long each by itself.
pub fn entries(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let is_name = |at: &usize| {
        let mut known = table.rows.iter().map(|row| &row[*at]).filter(|cell| **cell != Cell::Unknown);
        known.all(|cell| matches!(cell, Cell::Text(text) if text.contains(char::is_alphabetic)))
    };
    let n_head = 1 + (1..table.columns.len()).take_while(is_name).count();
    for row in &table.rows {
        let head = table.columns.iter().zip(&row[..n_head]).map(|(name, cell)| match cell {
            Cell::Unknown => format!("({} unknown)", name.replace('_', " ")),
            known => printable(&known.plain()),
        });
        let head: Vec<String> = head.collect();
        paragraph(&words_of(&head.join(" · ")), 0, style, out)?;
        let named = table.columns.iter().zip(row).skip(n_head).filter(|(_, cell)| **cell != Cell::Unknown);
        let is_long = |cell: &Cell| cell.plain().chars().count() > LONGEST;
        let (long, short): (Vec<_>, Vec<_>) = named.partition(|(_, cell)| is_long(cell));
        // A name is not parted from its value by the end of a line.
        let mut words = Vec::new();
        for (at, (name, cell)) in short.iter().enumerate() {
            let end = if at + 1 < short.len() { " ·" } else { "" };
            let word = format!("{} {}{end}", name.replace('_', " "), printable(&cell.plain()));
            let width = word.chars().count();
            words.push((word, width));
        }
        if !words.is_empty() {
            paragraph(&words, INDENT, style, out)?;
        }
        for (name, cell) in long {
            let mut words = words_of(&format!("{}:", name.replace('_', " ")));
            match cell {
                Cell::Quote(pieces) => words.extend(marked_words(pieces, style.colour)),
                _ => words.extend(words_of(&printable(&cell.plain()))),
            }
            paragraph(&words, INDENT, style, out)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_stands_behind_its_name() {
        let mut table = Table::new(&["theme", "council", "of_years", "slope", "low", "drift"]);
        let drift = "`stile` 0.90 → 0.10; without `bridge` turns to 1.05";
        let row = |council: &str, low: Cell, drift: Cell| {
            vec!["lanes".into(), council.into(), Cell::Count(7), Cell::Number(0.5), low, drift]
        };
        table.push(row("moorby", Cell::Unknown, "none".into()));
        table.push(vec![
            "lanes".into(),
            Cell::Unknown,
            Cell::Count(3),
            Cell::Unknown,
            Cell::Unknown,
            Cell::Unknown,
        ]);
        table.push(row("fenwold", Cell::Number(0.25), drift.into()));
        let mut out = Vec::new();
        entries(&table, Style { width: Some(34), ..Style::default() }, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "lanes · moorby\n   of years 7 · slope 0.5000 ·\n   drift none\n\
             lanes · (council unknown)\n   of years 3\n\
             lanes · fenwold\n   of years 7 · slope 0.5000 ·\n   low 0.2500\n   \
             drift: `stile` 0.90 → 0.10;\n   without `bridge` turns to 1.05\n"
        );
    }
}
