//! What stands around the text of a page: running heads, page numbers, and
//! notes in a column beside it.

use std::collections::{HashMap, HashSet};

use super::lines::Line;

/// Drops running heads and page numbers: a text that comes again at the same
/// end of many pages, or a number that stands alone there.
pub fn drop_furniture(pages: &mut [Vec<Line>]) {
    /// Lines looked at from either end of a page.
    const EDGE: usize = 3;
    let mut seen: HashMap<(bool, String), usize> = HashMap::new();
    for page in pages.iter() {
        for (is_top, line) in edges(page, EDGE) {
            *seen.entry((is_top, shape(&line.text))).or_default() += 1;
        }
    }
    let n_pages = pages.len();
    let all = pages.to_vec();
    for page in pages.iter_mut() {
        let gone: HashSet<usize> = {
            let is_repeated = |is_top: bool, line: &Line| {
                let n = seen.get(&(is_top, shape(&line.text))).copied().unwrap_or(0);
                // The first page, or each second one, may have another.
                n >= (if names_page(&line.text) { 2 } else { 3 }) && n * 2 + 1 >= n_pages
            };
            let n = page.len();
            (0..n)
                .filter(|at| {
                    let (is_top, is_bottom) = (*at < EDGE, *at + EDGE >= n);
                    let line = &page[*at];
                    let is_number = is_page_number(&line.text) && (line.height < 0.12 || line.height > 0.88);
                    ((is_top || is_bottom) && is_number)
                        || (is_top && is_repeated(true, line))
                        || (is_bottom && is_repeated(false, line))
                })
                .collect()
        };
        let mut at = 0;
        page.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
    // Pages that say nothing else are not made of furniture alone.
    if pages.iter().all(Vec::is_empty) {
        pages.clone_from_slice(&all);
    }
}

fn edges(page: &[Line], n: usize) -> impl Iterator<Item = (bool, &Line)> {
    let top = page.iter().take(n).map(|line| (true, line));
    let bottom = page.iter().rev().take(n).map(|line| (false, line));
    top.chain(bottom)
}

/// A text with all its digits made alike, so that page numbers do not count.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

/// Whether a line gives the number of its page: `May 2024 – Minutes – Page 2`.
fn names_page(text: &str) -> bool {
    let text = text.to_lowercase();
    let after = text.rsplit_once("page").or_else(|| text.rsplit_once("tudalen")).map(|(_, after)| after);
    after.is_some_and(|after| after.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a line is only the number of its page.
pub fn is_page_number(text: &str) -> bool {
    let bare: String = text
        .to_ascii_lowercase()
        .replace("page", "")
        .replace("of", "")
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    !bare.is_empty() && bare.len() <= 6 && bare.bytes().all(|b| b.is_ascii_digit())
}

/// A note beside the text, such as who is to act on it.
pub struct Note {
    /// Its page, from 1.
    pub page: u32,
    /// Its text.
    pub text: String,
}

/// Where the column of notes begins that stands to the right of the text, in
/// points. `None` when there is none.
///
/// Many short texts begin there, and hardly any line of prose reaches into it.
pub fn note_column(pages: &[Vec<Line>]) -> Option<f64> {
    /// Lines of prose and notes, below which nothing can be told.
    const LEAST_PROSE: usize = 8;
    const LEAST_NOTES: usize = 3;
    /// Characters of a line that is prose.
    const PROSE: usize = 40;
    /// How far notes are out of line, in parts of the size of the type.
    const OUT_OF_LINE: f64 = 1.0;
    let lines = || pages.iter().flatten();
    let mut notes: Vec<(f64, f64)> = lines().filter_map(|line| Some((note_of(line)?.0, line.size))).collect();
    notes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut best, mut end) = (None, 0);
    for (start, (x, size)) in notes.iter().enumerate() {
        while notes.get(end).is_some_and(|other| other.0 <= x + OUT_OF_LINE * size) {
            end += 1;
        }
        best = best.max(Some((end - start, start)));
    }
    let (n_notes, start) = best?;
    let column = notes[start].0;
    let is_prose = |line: &&Line| line.text.chars().nth(PROSE).is_some();
    let n_prose = lines().filter(is_prose).count();
    let reaches_in = |line: &&Line| match &line.tail {
        Some(tail) if tail.x >= column - 1.0 => tail.before > column,
        _ => line.end > column,
    };
    let n_inside = lines().filter(is_prose).filter(reaches_in).count();
    (n_notes >= LEAST_NOTES && n_prose >= LEAST_PROSE && n_inside * 5 <= n_prose).then_some(column)
}

/// Where the note begins that a line may end in, or be, and its text.
fn note_of(line: &Line) -> Option<(f64, &str)> {
    const LONGEST: usize = 30;
    /// What stands above the column.
    const HEADS: [&str; 8] =
        ["action", "actions", "action by", "actions by", "by whom", "who", "lead", "owner"];
    let (x, text) = match &line.tail {
        Some(tail) => (tail.x, tail.text.as_str()),
        None => (line.x, line.text.as_str()),
    };
    let is_short = text.chars().nth(LONGEST).is_none() && text.contains(char::is_alphabetic);
    (is_short && !HEADS.contains(&text.to_lowercase().as_str())).then_some((x, text))
}

/// Takes the note off a line that stands in that column or beyond; the line may
/// be left without text.
pub fn take_note(line: &mut Line, column: Option<f64>) -> Option<Note> {
    let (x, text) = note_of(line)?;
    if x < column? - 1.0 {
        return None;
    }
    let note = Note { page: line.page, text: text.to_owned() };
    line.text = line.text.strip_suffix(text).map(|text| text.trim_end().to_owned())?;
    line.end = line.tail.take().map_or(line.x, |tail| tail.before);
    line.cells.retain(|cell| cell.x < x - 1.0);
    if let [.., last] = line.cells.as_mut_slice() {
        last.end = last.end.min(line.end);
        last.text = last.text.strip_suffix(note.text.as_str()).unwrap_or(&last.text).trim_end().to_owned();
    }
    line.bold |= line.lead >= line.text.len();
    line.lead = line.lead.min(line.text.len());
    Some(note)
}

#[cfg(test)]
mod tests {
    use super::super::{lines, typed};
    use super::*;

    #[test]
    fn page_numbers_are_known_by_their_form() {
        for (text, expected) in
            [("3", true), ("Page 3 of 12", true), ("- 4 -", true), ("2019 budget", false), ("", false)]
        {
            assert_eq!(is_page_number(text), expected, "{text}");
        }
    }

    #[test]
    fn running_heads_go_and_text_stays() {
        let page = |number: u32, text: &str| lines(typed(number, text));
        let mut pages = [
            page(1, "MINUTES\n\nRoads."),
            page(2, "Mill – Page 2\n\nTrees."),
            page(3, "Mill – Page 3\n\nWalls."),
        ];
        drop_furniture(&mut pages);
        let texts: Vec<&str> = pages.iter().flatten().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["MINUTES", "Roads.", "Trees.", "Walls."]);
    }
}
