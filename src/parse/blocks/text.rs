//! Plain text to blocks.

use super::pdf::is_page_number;
use super::pieces::{continues, ends_sentence, paragraphs, wrap_width};
use super::{Block, Style, begins_block};

/// The blocks of a plain text. Paragraphs end at blank lines; hard-wrapped
/// lines are joined, unless a label or bullet begins one.
pub fn blocks(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut blocks, mut page) = (Vec::new(), 1);
    // A form feed ends a page of a printed text.
    let n_pages = text.matches('\u{c}').count();
    for sheet in text.split('\u{c}') {
        let sheet = whole_sentences(&single_spaced(sheet));
        let width = Some(wrap_width(&sheet));
        let found = paragraphs(vec![(sheet, false)], width);
        let number = (n_pages > 0).then_some(page);
        blocks.extend(
            found
                .into_iter()
                .filter_map(|part| part.block(Style::Paragraph, 0))
                .map(|block| block.on_page(number)),
        );
        page += 1;
    }
    blocks
}

/// The blocks of a text that another program made of a document, form feeds
/// between its pages. Page numbers that stand alone at either end of a page are
/// left out; lines between bars are rows of a table.
pub fn printed(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let pages: Vec<String> = text.split('\u{c}').map(without_page_number).collect();
    let is_paged = pages.len() > 1;
    let mut found = Vec::new();
    for (page, number) in pages.iter().zip(1..) {
        let made = page_blocks(page).into_iter();
        found.extend(made.map(|block| block.on_page(is_paged.then_some(number))));
    }
    found
}

fn page_blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut prose = String::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in page.lines() {
        if let Some(cells) = cells(line) {
            found.append(&mut blocks(&std::mem::take(&mut prose)));
            add_row(&mut rows, cells);
        } else {
            found.extend(std::mem::take(&mut rows).into_iter().filter_map(row));
            prose.push_str(line);
            prose.push('\n');
        }
    }
    found.extend(rows.into_iter().filter_map(row));
    found.append(&mut blocks(&prose));
    found
}

/// The cells of a line such as `|Smith  |Present  |`.
fn cells(line: &str) -> Option<Vec<String>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inside.split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// Adds a line of cells; one that begins with an empty cell goes on with the
/// row before, whose cells were too narrow.
fn add_row(rows: &mut Vec<Vec<String>>, cells: Vec<String>) {
    let goes_on = cells.first().is_some_and(String::is_empty);
    match rows.last_mut() {
        Some(row) if goes_on && row.len() == cells.len() => {
            for (cell, more) in row.iter_mut().zip(cells) {
                cell.push(' ');
                cell.push_str(&more);
            }
        }
        _ => rows.push(cells),
    }
}

fn row(cells: Vec<String>) -> Option<Block> {
    let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let style = if cells.len() > 1 { Style::Row } else { Style::Paragraph };
    Block::new(style, &cells.join(" | "))
}

fn without_page_number(page: &str) -> String {
    let mut lines: Vec<&str> = page.trim().lines().collect();
    if lines.last().is_some_and(|line| is_page_number(line)) {
        lines.pop();
    }
    if lines.first().is_some_and(|line| is_page_number(line)) {
        lines.remove(0);
    }
    lines.join("\n")
}

/// Takes the blank lines out that stand inside of sentences.
///
/// A long line that does not end a sentence goes on below the blank line if
/// that begins in small letters, or if the line's last word cannot be a last
/// one. Lines that begin in small letters of themselves are a list.
pub fn whole_sentences(text: &str) -> String {
    /// Characters of a line that is too long for a title or an entry of a list.
    const LONG: usize = 40;
    let mut whole = String::with_capacity(text.len());
    let (mut before, mut is_small, mut n_blank) = ("", false, 0);
    for line in text.lines() {
        if line.trim().is_empty() {
            n_blank += 1;
            continue;
        }
        // Marks of bold stand around each line.
        let bare = line.trim().trim_matches('*').trim();
        let begins_small = bare.starts_with(char::is_lowercase);
        let is_open = before.ends_with(|c: char| c.is_alphanumeric() || c == ',')
            && before.chars().nth(LONG).is_some()
            && !before.starts_with(['#', '|'])
            && !is_small;
        let begins_word = bare.starts_with(char::is_alphanumeric) && !begins_block(bare);
        let goes_on = is_open && begins_word && (begins_small || ends_open(before));
        if n_blank == 0 || !goes_on {
            whole.extend(std::iter::repeat_n('\n', n_blank));
            is_small = begins_small && (n_blank > 0 || is_small);
        }
        whole.push_str(line);
        whole.push('\n');
        (before, n_blank) = (bare, 0);
    }
    whole
}

/// Whether a line ends in a word that no sentence ends in.
pub fn ends_open(line: &str) -> bool {
    const OPEN: [&str; 9] = ["the", "a", "an", "of", "by", "with", "from", "in", "for"];
    line.rsplit(' ').next().is_some_and(|word| OPEN.contains(&word))
}

/// Takes the blank lines out of a text that has one after each wrapped line.
///
/// Such a text shows by its blank lines standing inside of sentences: many a
/// line that is followed by one goes on in small letters.
pub fn single_spaced(text: &str) -> String {
    /// Share of blank lines, in hundredths, that stand inside of sentences.
    const INSIDE: usize = 20;
    let mut lines: Vec<&str> = Vec::new();
    let (mut n_gaps, mut n_inside, mut n_pairs) = (0, 0, 0);
    let mut gap = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            gap = true;
            continue;
        }
        if let Some(before) = lines.last() {
            n_gaps += usize::from(gap);
            n_pairs += usize::from(!gap);
            let is_open = before.trim_end().ends_with(|c: char| c.is_alphanumeric() || c == ',');
            let goes_on = line.trim_start().starts_with(char::is_lowercase);
            n_inside += usize::from(gap && is_open && goes_on);
        }
        lines.push(line);
        gap = false;
    }
    let is_double = n_gaps >= 10 && n_gaps >= 4 * n_pairs && n_inside * 100 >= n_gaps * INSIDE;
    if !is_double {
        return text.to_owned();
    }
    let width = wrap_width(text);
    let mut single = String::with_capacity(text.len());
    for (at, line) in lines.iter().enumerate() {
        single.push_str(line);
        single.push('\n');
        let ends = ends_sentence(line.trim_end());
        let is_full = line.chars().count() * 100 >= width * 92;
        let next = lines.get(at + 1).copied().unwrap_or_default();
        if (ends && !is_full) || !continues(line, next, width) {
            single.push('\n');
        }
    }
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = blocks(text).into_iter().map(|block| block.text).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn wrapped_lines_are_joined_until_something_new_begins() {
        check(
            "The Committee considered the report of the\nHead of Service at some length.\n(a) one point\n(b) another\n\nNext   paragraph.",
            &[
                "The Committee considered the report of the Head of Service at some length.",
                "(a) one point",
                "(b) another",
                "Next paragraph.",
            ],
        );
    }

    #[test]
    fn a_page_number_that_stands_alone_is_left_out() {
        let found: Vec<(String, Option<u32>)> = printed("Minutes\n\nPage 1 of 2\n\u{c}2\n\nEnd of 12\n\u{c}")
            .into_iter()
            .map(|block| (block.text, block.page))
            .collect();
        assert_eq!(found, [("Minutes".into(), Some(1)), ("End of 12".into(), Some(2))]);
    }

    #[test]
    fn lines_between_bars_are_rows() {
        let text = "Before\n|Smith  |Came at |\n|       |seven   |\n|Bell   |Away    |\n|       |\nAfter";
        let found: Vec<(Style, String)> =
            printed(text).into_iter().map(|block| (block.style, block.text)).collect();
        let expected = [
            (Style::Paragraph, "Before"),
            (Style::Row, "Smith | Came at seven"),
            (Style::Row, "Bell | Away"),
            (Style::Paragraph, "After"),
        ];
        assert_eq!(found, expected.map(|(style, text)| (style, text.to_owned())));
    }

    #[test]
    fn a_blank_line_inside_of_a_sentence_is_left_out() {
        check(
            "The Council will meet at the hall by the bridge and will\n\nconsider the plan that was put before it by the\n\nParish.\n\nThose present were as follows and spoke in that order\n\nMr Bell",
            &[
                "The Council will meet at the hall by the bridge and will consider the plan that was put before it by the Parish.",
                "Those present were as follows and spoke in that order",
                "Mr Bell",
            ],
        );
        let list =
            "RESOLVED that\n\nthe report of the Clerk be noted by the Council\n\nthe budget be approved";
        assert_eq!(blocks(list).len(), 3);
    }

    #[test]
    fn a_short_line_ends_its_paragraph() {
        check(
            "84. Apologies\nApologies were received from Councillor Bell, who was\naway on business.",
            &["84. Apologies", "Apologies were received from Councillor Bell, who was away on business."],
        );
    }
}
