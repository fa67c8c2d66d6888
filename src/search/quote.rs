//! Text and matches to what a reader sees: snippets and KWIC lines.
//!
//! Every piece fits on one line: white space and control characters become one
//! space, and what nobody sees (soft hyphens, controls of writing direction)
//! is left out. Lengths are in characters of what is shown.

use std::ops::Range;

use super::spans::Span;
use super::token::{Tokens, is_invisible};

/// A part of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its text, on one line.
    pub text: String,
    /// Whether it is a match.
    pub highlighted: bool,
}

/// Stands where text was cut off.
const CUT: char = '…';

/// Cuts a text of at most `max_chars` characters round the most matches.
///
/// `spans` are matches in `tokens`, the tokens of `text`. Cuts at white space,
/// unless a single word is too long, and marks each cut with `…`, which counts.
/// The pieces follow each other without anything between; matches that touch
/// are one piece.
pub fn snippet(text: &str, tokens: &Tokens, spans: &[Span], max_chars: usize) -> Vec<Piece> {
    let shown = Shown::new(text, tokens, spans);
    let end = shown.letters.len();
    if end <= max_chars {
        return shown.pieces(0..end);
    }
    // One character at each end for the mark of a cut.
    let room = max_chars.saturating_sub(2);
    let window = shown.widen(shown.densest(room), room);
    let mut pieces = shown.pieces(window.clone());
    if window.start > 0 && max_chars > 0 {
        add(&mut pieces, 0, CUT);
    }
    if window.end < end && max_chars > 1 {
        let last = pieces.len();
        add(&mut pieces, last, CUT);
    }
    pieces
}

/// Puts the mark of a cut at the beginning or the end.
fn add(pieces: &mut Vec<Piece>, at: usize, mark: char) {
    let neighbour = if at == 0 { pieces.first_mut() } else { pieces.last_mut() };
    match neighbour {
        Some(piece) if !piece.highlighted && at == 0 => piece.text.insert(0, mark),
        Some(piece) if !piece.highlighted => piece.text.push(mark),
        _ => pieces.insert(at, Piece { text: mark.to_string(), highlighted: false }),
    }
}

/// A match with what stands left and right of it: keyword in context.
///
/// Left and right have at most `window_chars` characters, of whole words. The
/// three are empty if the span is not in `tokens`. The three follow each other without
/// anything between, so the spaces at the match are part of left and right.
pub fn kwic(text: &str, tokens: &Tokens, span: Span, window_chars: usize) -> (String, String, String) {
    let (first, last) = (span.first as usize, span.last as usize);
    if first > last || last >= tokens.len() {
        return Default::default();
    }
    // Reads outward from the match, no further than it must: a long text may
    // have many matches.
    let (start, end) = (tokens.range(first).start, tokens.range(last).end);
    let left = context(text[..start].chars().rev(), window_chars);
    let right = context(text[end..].chars(), window_chars);
    (left.iter().rev().collect(), folded(text[start..end].chars()).collect(), right.iter().collect())
}

/// What stands on one side of a match, the nearest character first.
fn context(characters: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let mut letters: Vec<char> = folded(characters).take(room + 2).collect();
    let is_all = letters.len() < room + 2;
    if is_all && letters.last() == Some(&' ') {
        letters.pop();
    }
    if letters.len() > room {
        let is_whole = letters[room] == ' ';
        let blank = letters[..room].iter().rposition(|&c| c == ' ');
        letters.truncate(if is_whole { room } else { blank.unwrap_or(0) });
    }
    letters
}

fn is_blank(c: char) -> bool {
    // Asked of every character that is shown: most are letters of ASCII.
    !('!'..='~').contains(&c) && (c.is_whitespace() || c.is_control())
}

/// A text as quotations show it: one space for blanks, nothing for what nobody sees.
pub fn shown(text: &str) -> String {
    folded(text.chars()).collect()
}

/// Characters as shown: one space for blanks, nothing for what nobody sees.
fn folded(characters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut was_blank = false;
    characters.filter(|&c| !is_invisible(c)).filter_map(move |c| {
        let is_repeated = was_blank && is_blank(c);
        was_blank = is_blank(c);
        (!is_repeated).then_some(if was_blank { ' ' } else { c })
    })
}

/// A text as shown, with its matches as ranges of characters.
struct Shown {
    letters: Vec<char>,
    /// Sorted; they may overlap.
    matches: Vec<Range<usize>>,
}

impl Shown {
    fn new(text: &str, tokens: &Tokens, spans: &[Span]) -> Self {
        let mut letters: Vec<char> = Vec::with_capacity(text.len());
        // The bytes of the text at which each shown character begins.
        let mut begins: Vec<usize> = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices().filter(|&(_, c)| !is_invisible(c)) {
            if is_blank(c) && letters.last().is_none_or(|&last| last == ' ') {
                continue;
            }
            letters.push(if is_blank(c) { ' ' } else { c });
            begins.push(at);
        }
        if letters.last() == Some(&' ') {
            letters.pop();
            begins.pop();
        }
        let place = |byte: usize| begins.partition_point(|&begin| begin < byte);
        let is_token = |span: &&Span| span.first <= span.last && (span.last as usize) < tokens.len();
        let mut matches: Vec<Range<usize>> = spans
            .iter()
            .filter(is_token)
            .map(|span| {
                place(tokens.range(span.first as usize).start)..place(tokens.range(span.last as usize).end)
            })
            .collect();
        matches.sort_by_key(|found| (found.start, found.end));
        Self { letters, matches }
    }

    fn text(&self, range: Range<usize>) -> String {
        self.letters[range].iter().collect()
    }

    /// The shortest range with the most matches that has room; of several the
    /// first. The beginning of the text if there is no match.
    fn densest(&self, room: usize) -> Range<usize> {
        let mut best = (0, 0..0);
        for (at, first) in self.matches.iter().enumerate() {
            let mut n_matches = 0;
            let mut range = first.clone();
            for found in &self.matches[at..] {
                let end = range.end.max(found.end);
                if found.start >= range.start + room || end - range.start > room {
                    break;
                }
                range.end = end;
                n_matches += 1;
            }
            if n_matches > best.0 {
                best = (n_matches, range);
            }
        }
        match self.matches.first() {
            // Not even one match has room: show its beginning.
            Some(first) if best.0 == 0 => self.beginning(first.start, room),
            Some(_) => best.1,
            None => self.beginning(0, room),
        }
    }

    /// What has room from `start` on; a part of a word if the first is too long.
    fn beginning(&self, start: usize, room: usize) -> Range<usize> {
        match self.cut_right(start, room) {
            end if end > start => start..end,
            _ => start..(start + room).min(self.letters.len()),
        }
    }

    /// Widens a range evenly, as far as there is room.
    fn widen(&self, range: Range<usize>, room: usize) -> Range<usize> {
        let spare = room.saturating_sub(range.len());
        let start = self.cut_left(range.start, spare / 2);
        // What the left side does not use, the right side may, and the reverse.
        let end = self.cut_right(range.end, room.saturating_sub(range.end - start));
        let start = self.cut_left(range.start, room.saturating_sub(end - range.start));
        start..end
    }

    /// Where to begin so that at most `room` characters stand before `at`, all
    /// in whole words.
    fn cut_left(&self, at: usize, room: usize) -> usize {
        let furthest = at.saturating_sub(room);
        if furthest == 0 || self.letters[furthest - 1] == ' ' {
            return furthest;
        }
        let blank = self.letters[furthest..at].iter().position(|&c| c == ' ');
        blank.map_or(at, |blank| furthest + blank + 1)
    }

    /// Where to end so that at most `room` characters stand after `at`, all in
    /// whole words.
    fn cut_right(&self, at: usize, room: usize) -> usize {
        let furthest = (at + room).min(self.letters.len());
        if furthest == self.letters.len() || self.letters[furthest] == ' ' {
            return furthest;
        }
        let blank = self.letters[at..furthest].iter().rposition(|&c| c == ' ');
        blank.map_or(at, |blank| at + blank)
    }

    /// The pieces of a range, with matches cut where it ends.
    fn pieces(&self, range: Range<usize>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = range.start;
        let mut push = |range: Range<usize>, highlighted| {
            if !range.is_empty() {
                pieces.push(Piece { text: self.text(range), highlighted });
            }
        };
        let mut matches = self.matches.iter().peekable();
        while let Some(found) = matches.next() {
            let start = found.start.max(at);
            let mut end = found.end;
            while let Some(next) = matches.next_if(|next| next.start <= end) {
                end = end.max(next.end);
            }
            let end = end.min(range.end);
            if start < end {
                push(at..start, false);
                push(start..end, true);
                at = end;
            }
        }
        push(at..range.end, false);
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a snippet, with matches in brackets.
    #[track_caller]
    fn check(text: &str, spans: &[(u32, u32)], max_chars: usize, expected: &str) {
        let spans: Vec<Span> = spans.iter().map(|&(first, last)| Span { first, last }).collect();
        let pieces = snippet(text, &Tokens::read(text), &spans, max_chars);
        let n_chars: usize = pieces.iter().map(|piece| piece.text.chars().count()).sum();
        assert!(n_chars <= max_chars, "{n_chars} of {max_chars}");
        let shown: String = pieces
            .iter()
            .map(|piece| if piece.highlighted { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect();
        assert_eq!(shown, expected);
    }

    #[track_caller]
    fn check_kwic(text: &str, span: (u32, u32), window: usize, expected: (&str, &str, &str)) {
        let span = Span { first: span.0, last: span.1 };
        let (left, found, right) = kwic(text, &Tokens::read(text), span, window);
        assert_eq!((left.as_str(), found.as_str(), right.as_str()), expected);
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        check("The annual report, noted.", &[(1, 2)], 100, "The [annual report], noted.");
        check("a b c", &[(0, 1), (1, 2)], 100, "[a b c]");
        check("", &[], 100, "");
        check("none", &[], 100, "none");
    }

    #[test]
    fn a_long_text_is_cut_at_words_round_the_most_matches() {
        check("one two three four five six", &[(2, 2)], 16, "…two [three] four…");
        check("one two three four five six", &[(2, 2)], 15, "one two [three]…");
        check("one two three four five six", &[], 10, "one two…");
        check("aa x x x x x x x aa aa y y y y y", &[(0, 0), (8, 8), (9, 9)], 12, "…x [aa] [aa] y…");
        check("one two three four", &[(3, 3)], 11, "…[four]");
    }

    #[test]
    fn a_match_or_word_that_is_too_long_is_cut() {
        check("a bbbbbbbbbb cccccccccc d", &[(1, 2)], 15, "a [bbbbbbbbbb]…");
        check("aaaaaaaaaaaaaaaaaaaa", &[(0, 0)], 8, "[aaaaaa]…");
        check("one two three", &[(1, 1)], 0, "");
        check("one two three", &[(1, 1)], 1, "…");
    }

    #[test]
    fn one_line_stays_one_line() {
        check("a\r\n\tb\u{0}c\u{202e}d\u{ad}e\u{1b}[2J", &[(3, 3)], 100, "a b cde [[2J]");
        check_kwic("a\nb\u{7}c", (1, 1), 10, ("a ", "b", " c"));
    }

    #[test]
    fn a_match_is_shown_as_it_stands_in_the_text() {
        check_kwic(
            "un cafe\u{301} ﬁnal coun\u{ad}cil,",
            (1, 1),
            40,
            ("un ", "cafe\u{301}", " ﬁnal council,"),
        );
        check_kwic(
            "un cafe\u{301} ﬁnal coun\u{ad}cil,",
            (2, 3),
            40,
            ("un cafe\u{301} ", "ﬁnal council", ","),
        );
    }

    #[test]
    fn the_context_of_a_match_is_cut_at_words() {
        check_kwic("one two three four five", (2, 2), 6, ("two ", "three", " four"));
        check_kwic("one two three four five", (2, 2), 0, ("", "three", ""));
        check_kwic("aaaaaaaa bbb cccccccc", (1, 1), 4, ("", "bbb", ""));
        check_kwic("(one)", (0, 0), 9, ("(", "one", ")"));
        check_kwic("one", (3, 9), 9, ("", "", ""));
    }
}
