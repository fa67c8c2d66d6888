//! Lines to paragraphs and rows.

use std::collections::{HashMap, HashSet};

use super::super::pieces::{Paragraph, begins_anew, ends_sentence};
use super::super::{Block, Style, begins_block, is_capitals};
use super::furniture::{Note, note_column, take_note};
use super::lines::{Line, is_marker};
use super::quantile;

/// What is usual in a document, against which a line is judged.
struct Usual {
    /// The gap from base to base, in parts of the size of the type.
    gap: f64,
    size: f64,
    /// How wide spaces are that are not stretched, in parts of the size of the type.
    space: f64,
    /// The right margin of each page, in points, by the page's number.
    right: HashMap<u32, f64>,
    /// Whether type of one size is measured differently from line to line, as
    /// in the text that a machine read in a scan.
    is_uneven: bool,
    words: HashSet<String>,
}

impl Usual {
    fn of(pages: &[Vec<Line>]) -> Self {
        let all = || pages.iter().flatten();
        let pairs = || pages.iter().flat_map(|page| page.windows(2)).map(|pair| (&pair[0], &pair[1]));
        let near: Vec<(f64, bool)> = pairs()
            .filter_map(|(before, line)| {
                let gap = (line.y - before.y) / line.size.max(before.size);
                (0.8..2.5).contains(&gap).then(|| (gap, is_of_other_size(before, line)))
            })
            .collect();
        let n_other = near.iter().filter(|(_, is_other)| *is_other).count();
        let words = all().flat_map(|line| line.text.split_whitespace()).map(bare).collect();
        Self {
            gap: line_gap(near.iter().map(|(gap, _)| *gap).collect()).unwrap_or(1.2),
            size: quantile(all().map(|line| line.size).collect(), 0.5).unwrap_or(10.0),
            space: quantile(all().filter_map(|line| line.space).collect(), 0.25).unwrap_or(0.3),
            right: right_margins(pages),
            is_uneven: n_other * 10 >= near.len() * 3 && near.len() >= 20,
            words,
        }
    }

    /// Whether a line is so long that the next one's first word had no room on
    /// it, or stretched to the margin as no last line is.
    fn is_full(&self, line: &Line, next: &Line) -> bool {
        /// The room between words, and what a margin that is not straight leaves,
        /// in parts of the size of the type.
        const SPACE: f64 = 0.25;
        const RAGGED: f64 = 2.0;
        /// How much wider the spaces of a line are that is stretched.
        const STRETCHED: f64 = 1.4;
        let is_stretched = line.space.is_some_and(|space| space > STRETCHED * self.space);
        let right = self.right.get(&line.page).copied().unwrap_or(f64::MAX);
        is_stretched || line.end + next.first_word + (SPACE + RAGGED) * line.size >= right
    }
}

fn is_of_other_size(before: &Line, line: &Line) -> bool {
    (line.size - before.size).abs() > 0.12 * before.size
}

/// Where lines of prose end at the most, page by page; on a page with little
/// prose, as on the others.
fn right_margins(pages: &[Vec<Line>]) -> HashMap<u32, f64> {
    const PROSE: usize = 40;
    const LEAST: usize = 8;
    const SHARE: f64 = 0.9;
    let ends = |page: &[Line]| -> Vec<f64> {
        page.iter().filter(|line| line.text.chars().nth(PROSE).is_some()).map(|line| line.end).collect()
    };
    let all = pages.iter().flat_map(|page| ends(page)).collect();
    let usual = quantile(all, SHARE)
        .or_else(|| quantile(pages.iter().flatten().map(|line| line.end).collect(), SHARE));
    let margin = |page: &Vec<Line>| {
        let own = ends(page);
        let own = if own.len() >= LEAST { quantile(own, SHARE) } else { usual };
        Some((page.first()?.page, own?))
    };
    pages.iter().filter_map(margin).collect()
}

/// The gap between two lines of one paragraph: the smallest that is common.
///
/// Gaps between paragraphs are larger. In minutes of short paragraphs they are
/// the most, so that no share of all gaps tells the two apart.
fn line_gap(mut gaps: Vec<f64>) -> Option<f64> {
    /// The least share of gaps that are alike, within [`ALIKE`], to be common.
    const COMMON: f64 = 0.08;
    const ALIKE: f64 = 1.05;
    gaps.sort_by(f64::total_cmp);
    let mut end = 0;
    for (start, gap) in gaps.iter().enumerate() {
        while gaps.get(end).is_some_and(|other| *other <= gap * ALIKE) {
            end += 1;
        }
        let n_alike = end - start;
        if n_alike >= 2 && n_alike as f64 >= COMMON * gaps.len() as f64 {
            return Some(*gap);
        }
    }
    gaps.first().copied()
}

/// A word without its punctuation, in small letters.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Joins lines to paragraphs, over page ends as well.
pub fn paragraphs(mut pages: Vec<Vec<Line>>) -> Vec<Block> {
    let column = note_column(&pages);
    let mut notes: Vec<Option<Note>> = Vec::new();
    for page in &mut pages {
        for line in page.iter_mut() {
            notes.push(take_note(line, column));
        }
    }
    let usual = Usual::of(&pages);
    let mut open = Open::default();
    let mut found = Vec::new();
    let all: Vec<&Line> = pages.iter().flatten().collect();
    for (at, (line, note)) in all.iter().zip(notes).enumerate() {
        let neighbours = [at.checked_sub(1).and_then(|at| all.get(at)), all.get(at + 1)];
        if line.text.is_empty() {
            // A note alone, beside no line.
        } else if !is_table_row(line, neighbours.into_iter().flatten()) {
            if !goes_on(&open.lines, line, &usual) {
                open.close(&usual, &mut found);
            }
            open.lines.push(line);
        } else if ends_entry(&open.lines, line, &usual) {
            open.lines.push(line);
            open.close(&usual, &mut found);
        } else {
            open.close(&usual, &mut found);
            let cells: Vec<&str> = line.cells.iter().map(|cell| cell.text.as_str()).collect();
            found.extend(row(&cells.join(" | "), line.page));
        }
        open.notes.extend(note);
    }
    open.close(&usual, &mut found);
    found
}

/// The paragraph that is being read, and what stands beside it.
#[derive(Default)]
struct Open<'a> {
    lines: Vec<&'a Line>,
    notes: Vec<Note>,
}

impl Open<'_> {
    /// Makes blocks of the lines, and of the notes a row of their own.
    fn close(&mut self, usual: &Usual, found: &mut Vec<Block>) {
        found.extend(paragraph(&std::mem::take(&mut self.lines), usual));
        let notes = std::mem::take(&mut self.notes);
        if let Some(first) = notes.first() {
            let texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
            found.extend(row(&texts.join(" "), first.page));
        }
    }
}

fn row(text: &str, page: u32) -> Option<Block> {
    Block::new(Style::Row, text).map(|block| block.on_page(Some(page)))
}

/// A line of cells is a row of a table when one beside it has cells too.
fn is_table_row<'a>(line: &Line, neighbours: impl Iterator<Item = &'a &'a Line>) -> bool {
    if line.cells.len() < 2 {
        return false;
    }
    line.cells.len() > 2
        || neighbours.filter(|other| other.page == line.page).any(|other| other.cells.len() > 1)
}

/// Whether a line of two cells, such as the end of a text and a sum, goes on
/// with the sentence of the open paragraph.
fn ends_entry(open: &[&Line], line: &Line, usual: &Usual) -> bool {
    let is_open =
        open.last().is_some_and(|before| !ends_sentence(&before.text) && usual.is_full(before, line));
    line.cells.len() == 2 && !line.bold && is_open && goes_on(open, line, usual)
}

/// Whether a line goes on with the open paragraph.
fn goes_on(open: &[&Line], line: &Line, usual: &Usual) -> bool {
    let (Some(first), Some(before)) = (open.first(), open.last()) else { return false };
    // A number set off by a gap, as before an item's title.
    let is_set_off = line.text.split_once("  ").is_some_and(|(marker, _)| is_marker(marker));
    let is_full = usual.is_full(before, line);
    let is_open = !ends_sentence(&before.text);
    let begins_small = line.text.starts_with(|c: char| c.is_lowercase() || matches!(c, ',' | ';'));
    // A dash between words that the line's end parted is no bullet.
    let is_dash = line.text.starts_with("– ") && is_open && is_full && !first.text.starts_with('–');
    if is_set_off || (begins_anew(&before.text, &line.text) && !is_dash) {
        return false;
    }
    if is_of_other_size(before, line) && !usual.is_uneven {
        return false;
    }
    // A sum at the right ends its entry.
    let is_sum =
        |text: &str| !text.contains(char::is_alphabetic) && text.contains(|c: char| c.is_ascii_digit());
    if before.cells.len() > 1 && before.cells.last().is_some_and(|cell| is_sum(&cell.text)) {
        return false;
    }
    // What is bold behind a whole sentence leads in something new.
    if line.lead > 0 && !before.bold && !is_open {
        return false;
    }
    // Weight changes at a title's end; inside of a sentence too, as for a name.
    let changes_weight = if before.bold { line.lead == 0 } else { line.bold };
    if changes_weight && !(is_open && is_full && begins_small) {
        return false;
    }
    if line.page != before.page {
        return begins_small || (is_open && is_full);
    }
    let gap = (line.y - before.y) / line.size.max(before.size);
    if gap > 1.3 * usual.gap || gap < 0.0 {
        return begins_small && is_open && is_full && gap < 2.2 * usual.gap;
    }
    // The first line of a list's entry hangs out to the left of the others.
    let hangs = open.len() == 1 && begins_block(&first.text);
    let is_indented = line.x > before.x + 0.8 * line.size && !hangs;
    let is_outdented = open.len() > 1 && line.x < before.x - 0.8 * line.size;
    if (is_indented || is_outdented) && !begins_small {
        return false;
    }
    if is_capitals(&before.text) != is_capitals(&line.text) && !is_full {
        return false;
    }
    begins_small || is_full || is_below_title(first, before, line)
}

/// Whether a line goes on with a bold title behind a number: it is bold as well
/// and stands below the title's words, not below the number.
fn is_below_title(first: &Line, before: &Line, line: &Line) -> bool {
    let is_numbered = first.text.split_once("  ").is_some_and(|(marker, _)| is_marker(marker));
    let words = first.cells.first().map_or(first.x, |cell| cell.x);
    is_numbered && before.bold && line.bold && (line.x - words).abs() < 0.3 * line.size
}

/// Makes a block of the lines of one paragraph.
fn paragraph(lines: &[&Line], usual: &Usual) -> Option<Block> {
    let first = lines.first()?;
    let mut paragraph = Paragraph::new();
    for line in lines {
        join(&mut paragraph, line, &usual.words);
    }
    let least = if first.bold { 1.1 } else { 1.2 };
    let is_large = first.size > least * usual.size && paragraph.text.len() < 200 && !usual.is_uneven;
    let style = if is_large { Style::Heading(2) } else { Style::Paragraph };
    paragraph.block(style, 0).map(|block| block.on_page(Some(first.page)))
}

/// Adds a line to a paragraph. A word cut by a hyphen is joined when the whole
/// word stands elsewhere in the document; a compound keeps its hyphen.
fn join(paragraph: &mut Paragraph, line: &Line, words: &HashSet<String>) {
    let text = &paragraph.text;
    let is_cut = text.ends_with('-') && !text.ends_with(" -") && line.text.starts_with(char::is_lowercase);
    if is_cut {
        let head = text.rsplit(' ').next().unwrap_or_default().trim_end_matches('-');
        let tail = line.text.split(' ').next().unwrap_or_default();
        if words.contains(&bare(&format!("{head}{tail}"))) {
            paragraph.pop();
        }
    } else if !text.is_empty() {
        paragraph.text.push(' ');
    }
    let (lead, rest) = line.text.split_at(if line.bold { line.text.len() } else { line.lead });
    paragraph.push(lead, true);
    paragraph.push(rest, false);
}

#[cfg(test)]
mod tests {
    use super::super::{lines, typed};
    use super::*;

    /// The blocks of a typed page: their texts, rows marked by a bar at the front.
    fn read(text: &str) -> Vec<Block> {
        paragraphs(vec![lines(typed(1, text))])
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mark = |block: &Block| if block.style == Style::Row { "|" } else { "" };
        let found: Vec<String> =
            read(text).iter().map(|block| format!("{}{}", mark(block), block.text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_goes_on_when_its_first_word_had_no_room_before() {
        check(
            "The members walked over the bridge and saw the old mill at\nAysgarth. They then went home.\nAll were well.",
            &[
                "The members walked over the bridge and saw the old mill at Aysgarth. They then went home.",
                "All were well.",
            ],
        );
    }

    #[test]
    fn a_line_stretched_to_its_margin_goes_on() {
        check(
            "The members walked over the long bridge and saw the old mill of Hill.\n1.  To  receive  the  report  of\n    Aysgarth Parish",
            &[
                "The members walked over the long bridge and saw the old mill of Hill.",
                "1. To receive the report of Aysgarth Parish",
            ],
        );
    }

    #[test]
    fn bold_parts_a_title_from_its_text() {
        let found = read(
            "*Planning applications that were received before the end of May*\nThe Council had none.\n*RESOLVED* to wait.",
        );
        let texts: Vec<(&str, bool, usize)> =
            found.iter().map(|block| (block.text.as_str(), block.bold, block.lead)).collect();
        let title = "Planning applications that were received before the end of May";
        let expected = [
            (title, true, title.len()),
            ("The Council had none.", false, 0),
            ("RESOLVED to wait.", false, "RESOLVED".len()),
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn a_bold_title_goes_on_below_its_words() {
        check(
            "The members walked over the long bridge and saw the old mill of Hill.\n*3.  Report on the mill*\n    *and the bridge*\nNoted.",
            &[
                "The members walked over the long bridge and saw the old mill of Hill.",
                "3. Report on the mill and the bridge",
                "Noted.",
            ],
        );
    }

    #[test]
    fn a_name_at_the_end_of_a_line_is_not_parted_from_its_initial() {
        check(
            "It was proposed by Cllr. Owen Hill and seconded by Cllr.\nD. Jones that it be so.",
            &["It was proposed by Cllr. Owen Hill and seconded by Cllr. D. Jones that it be so."],
        );
    }

    #[test]
    fn the_last_line_of_an_entry_is_no_row_of_a_table() {
        check(
            "Mill Hall, hire of the room in May      £22.50\nHill Ltd                                £10.00\nHill Trust, repair of the old bridge and of its\nrailing as agreed                       £41.00\nBell Ltd                                £10.00",
            &[
                "|Mill Hall, hire of the room in May | £22.50",
                "|Hill Ltd | £10.00",
                "Hill Trust, repair of the old bridge and of its railing as agreed £41.00",
                "|Bell Ltd | £10.00",
            ],
        );
    }

    #[test]
    fn notes_beside_the_text_are_rows_behind_their_paragraph() {
        let prose = "The members walked over the old bridge and saw the\n".repeat(8);
        let text = format!(
            "{prose}mill.\n\nThe clerk was asked to write to the owner of the      RB\nmill, and to the\n\nThe hall would be let to those who had asked for      GD\nit.                                                   DN"
        );
        let found: Vec<(Style, String)> =
            read(&text).into_iter().skip(1).map(|block| (block.style, block.text)).collect();
        let expected = [
            (Style::Paragraph, "The clerk was asked to write to the owner of the mill, and to the"),
            (Style::Row, "RB"),
            (Style::Paragraph, "The hall would be let to those who had asked for it."),
            (Style::Row, "GD DN"),
        ];
        assert_eq!(found, expected.map(|(style, text)| (style, text.to_owned())));
    }

    #[test]
    fn a_cut_word_is_joined_only_when_it_stands_elsewhere() {
        check(
            "The Commit-\ntee met a father-\ninclusive group.\n\n\nThe Committee.",
            &["The Committee met a father-inclusive group.", "The Committee."],
        );
    }
}
