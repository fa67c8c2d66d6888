//! Plain text to blocks.

use super::pieces::{continues, paragraphs, wrap_width};
use super::{Block, Style};

/// The blocks of a plain text. Paragraphs end at blank lines; hard-wrapped
/// lines are joined, unless a label or bullet begins one.
pub fn blocks(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut blocks, mut page) = (Vec::new(), 1);
    // A form feed ends a page of a printed text.
    let n_pages = text.matches('\u{c}').count();
    for sheet in text.split('\u{c}') {
        let sheet = single_spaced(sheet);
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
        let ends = line.trim_end().ends_with(['.', ':', ';', '?', '!']);
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
    fn a_short_line_ends_its_paragraph() {
        check(
            "84. Apologies\nApologies were received from Councillor Bell, who was\naway on business.",
            &["84. Apologies", "Apologies were received from Councillor Bell, who was away on business."],
        );
    }
}
