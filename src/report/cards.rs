//! Rows with long text for a terminal: a few lines each.

use std::io::{self, Write};

use super::{Cell, Style, Table, printable};
use crate::search::Piece;

/// How far the lines below a row's first stand in.
pub const INDENT: usize = 3;

/// The columns that lead back to the source; they stand last.
const SOURCE: [&str; 2] = ["url", "passage_id"];

/// The column of lines that say why a row is there; they stand at the very end.
const WHY: &str = "why";

/// Writes rows with columns such as `rank`, `council` … `snippet`, `url`: the
/// first line joins the short columns, the quotation follows, and what leads
/// back to the source stands last.
pub fn cards(table: &Table, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for row in &table.rows {
        let named = || table.columns.iter().map(String::as_str).zip(row);
        let is_source = |name: &str| SOURCE.contains(&name);
        let is_long = |name: &str, cell: &Cell| name == WHY || matches!(cell, Cell::Quote(_));
        let head = named().filter(|(name, cell)| !is_source(name) && !is_long(name, cell));
        let head: Vec<String> = head.filter_map(|(name, cell)| short(name, cell)).collect();
        paragraph(&words_of(&head.join(" · ").replacen(". · ", ". ", 1)), 0, style, out)?;
        for (_, cell) in named() {
            if let Cell::Quote(pieces) = cell {
                paragraph(&marked_words(pieces, style.colour), INDENT, style, out)?;
            }
        }
        // An address is not broken, so that it can be followed.
        let indent = " ".repeat(INDENT);
        for (_, cell) in named().filter(|(name, cell)| is_source(name) && **cell != Cell::Unknown) {
            writeln!(out, "{indent}{}", printable(&cell.plain()))?;
        }
        for (_, cell) in named().filter(|(name, _)| *name == WHY) {
            if let Cell::List(lines) = cell {
                lines.iter().try_for_each(|line| writeln!(out, "{indent}{}", printable(line)))?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A short column as people say it; `None` when there is nothing to say.
fn short(name: &str, cell: &Cell) -> Option<String> {
    let text = printable(&cell.plain());
    match (name, cell) {
        ("score", _) | (_, Cell::Unknown) => None,
        ("rank", _) => Some(format!("{text}.")),
        ("item", _) => Some(format!("item {text}")),
        ("matches", Cell::Count(1)) => Some("1 match".into()),
        ("matches", _) => Some(format!("{text} matches")),
        ("group_passages", Cell::Count(1)) => Some("1 passage in all".into()),
        ("group_passages", _) => Some(format!("{text} passages in all")),
        ("group_matches", Cell::Count(1)) => Some("1 match in all".into()),
        ("group_matches", _) => Some(format!("{text} matches in all")),
        _ => Some(text),
    }
}

/// A word as it is written, and how many columns it takes.
pub type Word = (String, usize);

/// The words of a text.
pub fn words_of(text: &str) -> Vec<Word> {
    text.split_whitespace().map(|word| (word.to_owned(), word.chars().count())).collect()
}

/// The words of a quotation, its matches in bold, or in brackets where there
/// is no colour.
pub fn marked_words(pieces: &[Piece], colour: bool) -> Vec<Word> {
    const BOLD: &str = "\x1b[1m";
    const PLAIN: &str = "\x1b[0m";
    let mut words = Vec::new();
    let (mut word, mut width) = (String::new(), 0);
    for piece in pieces {
        let is_bold = piece.highlighted && colour;
        let bracket = |mark: char, word: &mut String, width: &mut usize| {
            if piece.highlighted && !colour {
                word.push(mark);
                *width += 1;
            }
        };
        bracket('[', &mut word, &mut width);
        word.push_str(if is_bold { BOLD } else { "" });
        for c in printable(&piece.text).chars() {
            if c != ' ' {
                word.push(c);
                width += 1;
                continue;
            }
            word.push_str(if is_bold { PLAIN } else { "" });
            if width > 0 {
                words.push((std::mem::take(&mut word), std::mem::take(&mut width)));
            }
            word = (if is_bold { BOLD } else { "" }).to_owned();
        }
        word.push_str(if is_bold { PLAIN } else { "" });
        bracket(']', &mut word, &mut width);
    }
    if width > 0 {
        words.push((word, width));
    }
    words
}

/// Writes words on lines that fit the terminal; on one where its width is not
/// known. Lines after the first stand in.
pub fn paragraph(words: &[Word], indent: usize, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let limit = style.width.map_or(usize::MAX, usize::from);
    let mut indent = indent;
    let mut column = 0;
    for (word, width) in words {
        if column > 0 && column + 1 + width > limit {
            writeln!(out)?;
            (column, indent) = (0, INDENT);
        }
        if column == 0 {
            write!(out, "{}{word}", " ".repeat(indent))?;
            column = indent + width;
        } else {
            write!(out, " {word}")?;
            column += 1 + width;
        }
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, highlighted: bool) -> Piece {
        Piece { text: text.into(), highlighted }
    }

    #[track_caller]
    fn check(pieces: &[Piece], style: Style, expected: &str) {
        let mut table = Table::new(&["rank", "council", "item", "snippet", "matches", "passage_id"]);
        table.push(vec![
            Cell::Count(1),
            "Aldmere".into(),
            "7".into(),
            Cell::Quote(pieces.to_vec()),
            Cell::Count(1),
            "aldmere/1/7/1@0".into(),
        ]);
        let mut out = Vec::new();
        cards(&table, style, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_card_shows_the_quotation_with_its_matches_marked() {
        let pieces = [piece("see ", false), piece("a b", true), piece("s, c", false)];
        let plain = "1. Aldmere · item 7 · 1 match\n   see [a b]s, c\n   aldmere/1/7/1@0\n\n";
        check(&pieces, Style::default(), plain);
        let bold = plain.replace("[a b]", "\x1b[1ma\x1b[0m \x1b[1mb\x1b[0m");
        check(&pieces, Style { colour: true, ..Style::default() }, &bold);
    }

    #[test]
    fn lines_fit_the_terminal_and_an_address_is_not_broken() {
        let style = Style { width: Some(14), ..Style::default() };
        let expected = "1. Aldmere ·\n   item 7 · 1\n   match\n   one two\n   three\n   aldmere/1/7/1@0\n\n";
        check(&[piece("one two three", false)], style, expected);
    }
}
