//! Glyphs to lines, and lines to the cells that wide gaps part.

use super::super::fold;
use super::{Glyph, Sheet};
use crate::parse::label::split_label;

/// A line of a page.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page, from 1.
    pub page: u32,
    /// Where it begins and ends, and its base, in points.
    pub x: f64,
    pub end: f64,
    pub y: f64,
    /// The size of its type, in points.
    pub size: f64,
    /// How wide its first word is, in points.
    pub first_word: f64,
    /// How wide its spaces are on average, in parts of the size of the type;
    /// `None` of a line of few words.
    pub space: Option<f64>,
    /// Its place on the page: 0 at the top, 1 at the bottom.
    pub height: f64,
    /// Its text; a marker that begins it is set off by two spaces.
    pub text: String,
    /// Its parts, where wide gaps part it.
    pub cells: Vec<Cell>,
    /// What stands behind its last gap that is wider than between words.
    pub tail: Option<Tail>,
    /// How many bytes of `text` at its beginning are bold.
    pub lead: usize,
    /// Whether all its letters are bold.
    pub bold: bool,
}

/// A part of a line.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Where it begins and ends, in points.
    pub x: f64,
    pub end: f64,
    /// Its text, white space folded.
    pub text: String,
}

/// The end of a line, set off by a gap.
#[derive(Debug, Clone)]
pub struct Tail {
    /// Where it begins, in points.
    pub x: f64,
    /// Where the text before it ends.
    pub before: f64,
    /// Its text, white space folded.
    pub text: String,
}

/// Puts a page's glyphs into lines.
///
/// From top to bottom, where the places can be trusted. The PDF library loses
/// the place in some files, and lines then lie over one another; the order of
/// drawing is still right, and is kept.
pub fn lines(sheet: Sheet) -> Vec<Line> {
    let (number, height) = (sheet.number, sheet.height);
    let runs = runs(sheet.glyphs);
    let rows = if collide(&runs) { in_drawing_order(runs) } else { from_top(runs) };
    rows.into_iter().filter_map(|row| line(row, number, height)).collect()
}

/// Glyphs drawn one after the other on one base line.
fn runs(glyphs: Vec<Glyph>) -> Vec<Vec<Glyph>> {
    let mut runs: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let goes_on = runs.last().and_then(|run| run.last()).is_some_and(|last| {
            let size = glyph.size.max(1.0);
            (glyph.y - last.y).abs() <= 0.1 * size && glyph.x > last.x - 2.0 * size
        });
        match runs.last_mut() {
            Some(run) if goes_on => run.push(glyph),
            _ => runs.push(vec![glyph]),
        }
    }
    runs
}

/// Where the ink of a run stands, in points.
#[derive(Clone, Copy)]
struct Extent {
    x: f64,
    end: f64,
    y: f64,
    size: f64,
}

/// The extent of a run; `None` of one without ink.
fn extent(run: &[Glyph]) -> Option<Extent> {
    let inked = || run.iter().filter(|glyph| !glyph.text.trim().is_empty());
    let first = inked().next()?;
    let x = inked().map(|glyph| glyph.x).fold(f64::MAX, f64::min);
    let end = inked().map(|glyph| glyph.end).fold(f64::MIN, f64::max);
    let size = inked().map(|glyph| glyph.size).fold(1.0, f64::max);
    Some(Extent { x, end, y: first.y, size })
}

/// Whether runs of different text lie over one another.
fn collide(runs: &[Vec<Glyph>]) -> bool {
    /// Runs looked back at, which bounds the work on a page of single letters.
    const LOOK_BACK: usize = 60;
    let mut placed: Vec<(Extent, &Vec<Glyph>)> =
        runs.iter().filter_map(|run| Some((extent(run)?, run))).collect();
    placed.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
    let text = |run: &[Glyph]| run.iter().map(|glyph| glyph.text.trim()).collect::<String>();
    (1..placed.len()).any(|at| {
        let (here, run) = placed[at];
        placed[at.saturating_sub(LOOK_BACK)..at].iter().rev().any(|(other, other_run)| {
            let is_near = here.y - other.y < 0.4 * here.size;
            let is_alike = here.size.min(other.size) >= 0.8 * here.size.max(other.size);
            let overlap = here.end.min(other.end) - here.x.max(other.x);
            is_near && is_alike && overlap > 1.5 * here.size && text(run) != text(other_run)
        })
    })
}

/// Rows from top to bottom.
fn from_top(runs: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let mut glyphs: Vec<Glyph> = runs.into_iter().flatten().collect();
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let is_same = |row: &Vec<Glyph>| {
            let last = &row[row.len() - 1];
            // Cells of a row may stand a little higher or lower.
            (glyph.y - last.y).abs() <= 0.45 * last.size.min(glyph.size).max(1.0)
        };
        match rows.last_mut() {
            Some(row) if is_same(row) => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    with_raised(rows)
}

/// Rows in the order of drawing: a run goes on with the row before when it
/// stands to its right on the same base line.
fn in_drawing_order(runs: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for run in runs {
        let goes_on = rows.last().and_then(|row| {
            let (before, own) = (extent(row)?, extent(&run)?);
            let size = before.size.max(own.size);
            let is_small = before.size.min(own.size) < 0.8 * size;
            let reach = if is_small { 0.6 } else { 0.2 };
            Some((own.y - before.y).abs() < reach * size && own.x > before.end - 0.5 * before.size)
        });
        match rows.last_mut() {
            Some(row) if goes_on == Some(true) => row.extend(run),
            _ => rows.push(run),
        }
    }
    rows
}

/// Puts raised and lowered small letters, as in 30th, into the lines they belong to.
fn with_raised(rows: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let size = |row: &[Glyph]| row.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let base = |row: &[Glyph]| row.iter().map(|glyph| glyph.y).fold(f64::MIN, f64::max);
    let mut found: Vec<Vec<Glyph>> = Vec::new();
    for row in rows {
        let Some(before) = found.last_mut() else {
            found.push(row);
            continue;
        };
        let (small, large) = (size(before).min(size(&row)), size(before).max(size(&row)));
        let is_raised = small < 0.8 * large && (base(&row) - base(before)).abs() < 0.6 * large;
        if is_raised { before.extend(row) } else { found.push(row) }
    }
    found
}

/// Joins the glyphs of one line, with spaces where there are gaps.
fn line(mut row: Vec<Glyph>, page: u32, page_height: f64) -> Option<Line> {
    /// Gap between words, between cells and behind a label, in parts of the size of the type.
    const WORD_GAP: f64 = 0.17;
    const CELL_GAP: f64 = 1.8;
    const MARKER_GAP: f64 = 0.7;
    /// Spaces of a line, below which their width says little.
    const LEAST_SPACES: usize = 3;
    /// Gap before what may stand beside the text.
    const TAIL_GAP: f64 = 0.6;
    squeeze(&mut row);
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    let row = drawn_once(row);
    let inked = |glyph: &&Glyph| !glyph.text.trim().is_empty();
    let (first, last) = (row.iter().find(inked)?, row.iter().rev().find(inked)?);
    let (x, end) = (first.x, last.end);
    let size = row.iter().filter(inked).map(|glyph| glyph.size).fold(0.0, f64::max).max(1.0);
    let y = row
        .iter()
        .filter(inked)
        .filter(|glyph| glyph.size > 0.8 * size)
        .map(|glyph| glyph.y)
        .fold(0.0, f64::max);
    let mut cells: Vec<Cell> = vec![Cell { x, ..Cell::default() }];
    // The end of the last glyph with ink: spaces may overlap what follows.
    let mut inked_end = x;
    let mut first_word = None;
    let (mut n_spaces, mut spaces) = (0, 0.0);
    let mut tail: Option<Tail> = None;
    for glyph in &row {
        let is_space = glyph.text.trim().is_empty();
        let gap = glyph.x - inked_end;
        if is_space {
            // A space drawn under a letter is left over from a tab.
            let is_under = glyph.x < inked_end - 0.15 * size;
            if let Some(cell) = cells.last_mut().filter(|_| !is_under) {
                cell.text.push(' ');
                tail.iter_mut().for_each(|tail| tail.text.push(' '));
            }
            continue;
        }
        if gap > TAIL_GAP * size {
            tail = Some(Tail { x: glyph.x, before: inked_end, text: String::new() });
        }
        let follows_marker = cells.len() == 1 && is_marker(cells[0].text.trim());
        let cell_gap = if follows_marker { MARKER_GAP } else { CELL_GAP };
        if gap > cell_gap * size && cells.iter().any(|cell| !cell.text.is_empty()) {
            cells.push(Cell { x: glyph.x, ..Cell::default() });
        }
        if let Some(cell) = cells.last_mut() {
            if gap > WORD_GAP * size && !cell.text.is_empty() && !cell.text.ends_with(' ') {
                cell.text.push(' ');
                tail.iter_mut().for_each(|tail| tail.text.push(' '));
            }
            let begins_word = if cell.text.is_empty() { glyph.x > x } else { cell.text.ends_with(' ') };
            if begins_word && inked_end > x {
                first_word.get_or_insert(inked_end - x);
                let is_space = !follows_marker && gap <= CELL_GAP * size;
                n_spaces += usize::from(is_space);
                spaces += if is_space { gap } else { 0.0 };
            }
            cell.text.push_str(&glyph.text);
            tail.iter_mut().for_each(|tail| tail.text.push_str(&glyph.text));
            inked_end = glyph.end.max(inked_end.min(glyph.x + 0.2 * size));
            cell.end = inked_end;
        }
    }
    for cell in &mut cells {
        cell.text = fold(&cell.text);
    }
    cells.retain(|cell| !cell.text.is_empty());
    // A label or marker before a tab is no cell of its own; a figure before
    // figures is.
    let is_of_figures = cells.iter().all(|cell| !cell.text.contains(char::is_alphabetic));
    if cells.len() > 1 && is_marker(&cells[0].text) && !is_of_figures {
        let marker = cells.remove(0);
        cells[0].text = format!("{}  {}", marker.text, cells[0].text);
    }
    let text = cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ");
    let (n_lead, bold) = boldness(&row);
    let lead = behind_inked(&text, n_lead);
    let height = y / page_height.max(1.0);
    let first_word = first_word.unwrap_or(end - x);
    let tail = tail.map(|tail| Tail { text: fold(&tail.text), ..tail });
    let space = (n_spaces >= LEAST_SPACES).then(|| spaces / n_spaces as f64 / size);
    Some(Line { page, x, end, y, size, first_word, space, height, text, cells, tail, lead, bold })
}

/// Squeezes pieces of a row that run into the piece drawn after them: the PDF
/// library takes the letters of some fonts for wider than they are, and knows
/// only where a piece begins. Their letters would be mixed with the next one's.
fn squeeze(row: &mut [Glyph]) {
    /// How far letters may lie over the letter before, by design, and over a space.
    const KERNING: f64 = 0.25;
    const UNDER: f64 = 0.15;
    /// The width of the space that is left where none was drawn.
    const SPACE: f64 = 0.25;
    /// The least share of what a letter is taken for: some fonts tell no widths.
    const NARROWEST: f64 = 0.3;
    let is_letter = |glyph: &Glyph| glyph.text.contains(char::is_alphanumeric);
    let is_space = |glyph: &Glyph| glyph.text.trim().is_empty();
    let mut start = 0;
    for at in 1..row.len() {
        let (last, next) = (&row[at - 1], &row[at]);
        let size = last.size.max(next.size);
        if next.x > last.end + SPACE * size || next.x < row[start].x {
            start = at;
            continue;
        }
        let has_space = is_space(last) || is_space(next);
        let end = if is_space(last) { last.x } else { last.end };
        if end - next.x <= if has_space { UNDER } else { KERNING } * size {
            continue;
        }
        let begin = row[start].x;
        let room = next.x - if has_space { 0.0 } else { SPACE * size } - begin;
        let n_letters = row[start..at].iter().filter(|glyph| is_letter(glyph)).count();
        let share = room / (last.end - begin);
        let goes_on = row[at..].iter().find(|glyph| is_letter(glyph)).is_some_and(|glyph| glyph.x > begin);
        if n_letters >= 2 && goes_on && (NARROWEST..1.0).contains(&share) {
            for glyph in &mut row[start..at] {
                glyph.x = begin + (glyph.x - begin) * share;
                glyph.end = begin + (glyph.end - begin) * share;
            }
        }
        start = at;
    }
}

/// The glyphs of a row without those drawn twice, by which bold is sometimes made.
fn drawn_once(row: Vec<Glyph>) -> Vec<Glyph> {
    let mut once: Vec<Glyph> = Vec::with_capacity(row.len());
    let mut drawn: Option<usize> = None;
    for glyph in row {
        let is_space = glyph.text.trim().is_empty();
        let before = drawn.map(|at| &mut once[at]);
        if let Some(before) = before.filter(|_| !is_space)
            && (glyph.x - before.x).abs() < 0.1 * glyph.size.max(before.size)
            && glyph.text == before.text
        {
            before.bold = true;
            continue;
        }
        if !is_space {
            drawn = Some(once.len());
        }
        once.push(glyph);
    }
    once
}

/// How many characters with ink a row's bold beginning has, and whether all of
/// its letters are bold. Of what stands before the first letter, such as a
/// bullet or a number, the weight does not matter: it is often set apart.
fn boldness(row: &[Glyph]) -> (usize, bool) {
    let is_letter = |glyph: &&Glyph| glyph.text.contains(char::is_alphabetic);
    let is_sign = |glyph: &&Glyph| !glyph.text.contains(char::is_alphanumeric);
    let first = row.iter().position(|glyph| is_letter(&glyph)).unwrap_or(0);
    let goes_on = |glyph: &&Glyph| glyph.bold || is_sign(glyph);
    let lead: Vec<&Glyph> = row[first..].iter().take_while(goes_on).collect();
    let Some(last) = lead.iter().rposition(|glyph| glyph.bold).filter(|_| lead[0].bold) else {
        return (0, false);
    };
    let end = first + last + 1;
    let inked = row[..end].iter().flat_map(|glyph| glyph.text.chars());
    let n_inked = inked.filter(|c| !c.is_whitespace()).count();
    (n_inked, row[end..].iter().all(|glyph| is_sign(&glyph)))
}

/// The place in a text behind that many characters with ink.
fn behind_inked(text: &str, n: usize) -> usize {
    let inked = text.char_indices().filter(|(_, c)| !c.is_whitespace());
    n.checked_sub(1).and_then(|last| inked.map(|(at, c)| at + c.len_utf8()).nth(last)).unwrap_or(match n {
        0 => 0,
        _ => text.len(),
    })
}

/// Whether a text is only a bullet, a label or a number.
pub fn is_marker(text: &str) -> bool {
    const LONGEST: usize = 8;
    let is_label = || split_label(text).is_some_and(|(_, rest)| rest.is_empty());
    text.chars().nth(LONGEST).is_none()
        && !text.contains(' ')
        && (text.chars().all(|c| !c.is_alphabetic()) || text == "o" || is_label())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a line in which each piece begins at its place, all letters
    /// being taken for ten points wide.
    fn text(pieces: &[(f64, &str)]) -> String {
        let piece = |(x, text): &(f64, &str)| -> Vec<Glyph> {
            let glyph = |(nth, letter): (usize, char)| {
                let x = x + 10.0 * nth as f64;
                Glyph { x, end: x + 10.0, y: 50.0, size: 10.0, bold: false, text: letter.to_string() }
            };
            text.chars().enumerate().map(glyph).collect()
        };
        let glyphs = pieces.iter().flat_map(piece).collect();
        let lines = lines(Sheet { number: 1, height: 100.0, glyphs });
        lines.into_iter().map(|line| line.text).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn letters_taken_for_too_wide_are_not_mixed_with_the_next_piece() {
        assert_eq!(text(&[(0.0, "Here:"), (40.0, "Ann")]), "Here: Ann");
        assert_eq!(text(&[(0.0, "AB "), (16.0, "told")]), "AB told");
        assert_eq!(text(&[(0.0, "To"), (19.0, "ld")]), "Told");
        assert_eq!(text(&[(0.0, "Bold"), (0.5, "Bold")]), "Bold");
    }
}
