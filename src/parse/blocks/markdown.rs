//! Markdown to blocks, with front matter.

use super::pdf::is_page_number;
use super::pieces::{paragraphs, wrap_width};
use super::text::{ends_open, single_spaced, whole_sentences};
use super::{Block, Page, Style, html, is_capitals, runs, strip_bullet};

/// Reads a Markdown file: front matter as metadata, the rest as blocks.
pub fn read(text: &str) -> Page {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (metas, body) = front_matter(&text);
    let title =
        metas.iter().find(|(name, _)| name == "title").map(|(_, value)| value.clone()).unwrap_or_default();
    // Some Markdown is HTML throughout; a few tags within it are not.
    if body.matches("<p").count() >= 3 {
        let page = html::read(body, false);
        return Page { title, metas, ..page };
    }
    let is_scan = body.contains(SCAN_MARK);
    let warning = is_scan.then(|| "scanned pages, read by machine: words may be wrong".to_owned());
    Page { blocks: runs::apart(blocks(body)), title, metas, warning, imprint: Vec::new() }
}

/// What an archive of read scans puts above each page of them.
const SCAN_MARK: &str = "<small>Scanned page";

/// The blocks of a Markdown text without front matter.
pub fn blocks(body: &str) -> Vec<Block> {
    let body = if body.contains(SCAN_MARK) { read_scan(body) } else { body.to_owned() };
    let body: String =
        body.lines().filter(|line| !is_furniture(line)).flat_map(|line| [line, "\n"]).collect();
    let body = whole_sentences(&single_spaced(&body));
    // Lines that nothing parts are one paragraph in Markdown, unless they are
    // much shorter than the others.
    let width = wrap_width(&body) * 2 / 3;
    let mut writer = Writer { width, ..Writer::default() };
    for line in body.lines() {
        writer.line(line);
    }
    writer.flush();
    writer.out
}

/// Lines that are no text: pictures, links to the source.
fn is_furniture(line: &str) -> bool {
    let line = line.trim();
    let is_picture = line == "(Image omitted)" || (line.starts_with("![") && line.ends_with(')'));
    is_picture || line.starts_with("[Original file](") || line.starts_with("[Original link](")
}

/// Lines of a page that the letter-head may take, as read by a machine.
const LETTER_HEAD: usize = 60;

/// The text of scanned pages without what stands around it on each page: its
/// number, and addresses at its foot, which its letter-head may give as well. What the machine read
/// for bullets is made bullets.
fn read_scan(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    let has_romans = body.lines().any(|line| line.trim_start().starts_with("ii."));
    for page in body.split_inclusive('\n').collect::<Vec<_>>().split(|line| line.contains(SCAN_MARK)) {
        let is_text = |line: &&str| !line.trim().is_empty() && !is_rule(line.trim());
        let mut lines: Vec<&str> = page.to_vec();
        let repeats_head = |line: &str, n_above: usize| {
            let head = &page[..LETTER_HEAD.min(n_above)];
            let stands_above = |part: &&str| head.iter().any(|line| pieces(line).any(|piece| piece == *part));
            pieces(line).all(|part| part.starts_with(char::is_uppercase))
                && pieces(line).filter(stands_above).count() >= 2
        };
        while let Some((last, above)) = lines.split_last()
            && (!is_text(last) || is_address(last) || repeats_head(last, above.len()))
        {
            lines.pop();
        }
        let first = lines.iter().position(is_text).unwrap_or(lines.len());
        // A number that others follow is that of an item.
        let second = lines.iter().skip(first + 1).find(|line| is_text(line));
        let is_one_of_many = second.is_some_and(|line| lone_number(line).is_some());
        if lines.get(first).is_some_and(|line| is_page_number(line)) && !is_one_of_many {
            lines.remove(first);
        }
        let lines = lines.into_iter().map(|line| as_written(line, has_romans)).collect();
        text.extend(beside_titles(lines));
        text.push_str("\n\n");
    }
    text
}

/// The pieces of an address that stand on one line.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|piece| piece.trim().trim_end_matches('.')).filter(|piece| !piece.is_empty())
}

/// Whether a line of a letter-head says where somebody is found on the net.
fn is_address(line: &str) -> bool {
    let n_last_digits =
        line.bytes().rev().take_while(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-')).count();
    line.contains('@') || line.to_ascii_lowercase().contains("www") || n_last_digits >= "061 400 000".len()
}

/// The lines of a page whose numbers the machine read first, as a column of
/// their own, with each number in front of what it counts again: titles, and
/// questions and motions. Some numbers between the first and the last may have
/// been lost; where what they may count is more or less than these, the column
/// tells nothing and is left out.
fn beside_titles(mut lines: Vec<String>) -> Vec<String> {
    let mut numbers: Vec<usize> = Vec::new();
    let mut end = 0;
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match lone_number(line) {
            Some(number) if numbers.last().is_some_and(|before| *before >= number) => return lines,
            Some(number) => numbers.push(number),
            // The page's own number may stand below the column.
            None if !numbers.is_empty() && is_page_number(line) => {}
            None => break,
        }
        end = at + 1;
    }
    let [first, .., last] = numbers[..] else { return lines };
    let mut text = lines.split_off(end);
    let counted = counted(&text);
    if let Some(counted) = counted.into_iter().find(|counted| counted.len() == last - first + 1) {
        for (at, number) in counted.into_iter().zip(first..) {
            text[at].insert_str(0, &format!("{number}. "));
        }
    }
    text
}

/// What the numbers of a page may count, as the places of lines: all titles;
/// those of questions and motions; each of these, with its title or, where
/// several stand under one, without; each of these and the titles around them.
fn counted(lines: &[String]) -> [Vec<usize>; 4] {
    let line = |at: usize| lines[at].trim();
    let is_blank = |at: usize| lines.get(at).is_none_or(|line| line.trim().is_empty());
    let ends = |at: usize| is_blank(at) || ends_sentence(line(at));
    let stands_alone = |at: &usize| ends(at.wrapping_sub(1)) && is_blank(at + 1);
    let above = |at: usize| (0..at).rev().find(|at| !is_blank(*at));
    let goes_on = |at: &usize| above(*at).is_some_and(|above| ends_open(line(above)));
    let titles: Vec<usize> =
        (0..lines.len()).filter(|at| may_be_title(line(*at)) && stands_alone(at) && !goes_on(at)).collect();
    let submitted = titles.iter().copied().filter(|at| is_submitted(line(*at))).collect();
    let heads = |at: &usize| {
        let text = line(*at);
        may_be_title(text) && !text.ends_with('.') && ends(at.wrapping_sub(1)) && !goes_on(at)
    };
    let title_of = |at: usize| above(at).filter(heads);
    let put: Vec<usize> =
        (0..lines.len()).filter(|at| puts(line(*at))).map(|at| title_of(at).unwrap_or(at)).collect();
    let (Some(first), Some(last)) = (put.first(), put.last()) else {
        return [titles, submitted, Vec::new(), Vec::new()];
    };
    let has_text = |at: usize| (at + 1..lines.len()).any(|at| !is_blank(at));
    let around = titles.iter().copied().filter(|at| at < first || (at > last && has_text(*at)));
    let mut all: Vec<usize> = put.iter().copied().chain(around).collect();
    all.sort_unstable();
    [titles, submitted, put, all]
}

/// Whether a line ends as a sentence does, and not as an abbreviation.
fn ends_sentence(line: &str) -> bool {
    let is_word = |text: &str| text.rsplit(' ').next().is_some_and(|word| word.len() > 2);
    line.ends_with('?') || line.strip_suffix('.').is_some_and(is_word)
}

/// Whether a member's question or motion begins with a line.
fn puts(line: &str) -> bool {
    const PUTS: [&str; 4] = ["will ask", "will move", "wish to ask", "wish to move"];
    let rest = line.split_once(' ').filter(|(who, _)| matches!(*who, "I" | "We"));
    rest.is_some_and(|(_, rest)| PUTS.iter().any(|words| rest.starts_with(words)))
}

/// The number that a line is, with its full stop.
fn lone_number(line: &str) -> Option<usize> {
    line.trim().strip_suffix('.').filter(|digits| digits.len() <= 2)?.parse().ok()
}

/// Whether a line that stands alone may be the title of an item.
fn may_be_title(line: &str) -> bool {
    const LONGEST: usize = 110;
    let n_words = line.split_whitespace().count();
    let is_sentence = line.ends_with([';', ',', ':']) || (line.ends_with('.') && n_words > 3);
    (6..=LONGEST).contains(&line.len())
        && line.starts_with(char::is_alphabetic)
        && !is_sentence
        && !is_capitals(line)
}

/// Whether a title is that of a member's question or motion.
fn is_submitted(line: &str) -> bool {
    line.starts_with("Question") || line.starts_with("Notice of Motion")
}

/// A line of a scan with the bullet that its first letter was read from, the
/// `I` that a bar was, or the 1 that was read as a letter where no Roman numbers
/// are.
fn as_written(line: &str, has_romans: bool) -> String {
    /// What a round bullet is read as.
    const READ_FOR_BULLETS: [&str; 7] = ["e ", "¢ ", "© ", "® ", "« ", "° ", "o "];
    let bare = line.trim_start();
    let is_bar = |rest: &&str| !rest.contains('|');
    let read_for_i = bare.strip_prefix("| ").filter(is_bar);
    if let Some(rest) = read_for_i.or(bare.strip_prefix("1 ").filter(|rest| rest.starts_with("will "))) {
        return format!("I {rest}");
    }
    // A full stop is read for a comma.
    if let Some((digits, rest)) = bare.split_once(", ")
        && (1..=2).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && rest.starts_with(char::is_uppercase)
    {
        return format!("{digits}. {rest}");
    }
    let first = ["i. ", "l. "].iter().find_map(|mark| bare.strip_prefix(mark));
    if let Some(rest) = first.filter(|rest| !has_romans && rest.starts_with(char::is_uppercase)) {
        return format!("1. {rest}");
    }
    let entry = READ_FOR_BULLETS.iter().find_map(|mark| bare.strip_prefix(mark));
    match entry.filter(|rest| rest.starts_with(char::is_uppercase)) {
        Some(rest) => format!("- {rest}"),
        None => line.to_owned(),
    }
}

fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.bytes().all(|b| matches!(b, b'-' | b'*' | b'_' | b'=' | b' '))
}

/// Splits `---` front matter off: its plain `key: value` lines, and the rest.
fn front_matter(text: &str) -> (Vec<(String, String)>, &str) {
    let Some(inner) = text.trim_start_matches('\u{feff}').strip_prefix("---\n") else {
        return (Vec::new(), text);
    };
    let Some((head, body)) =
        inner.split_once("\n---\n").or(inner.strip_suffix("\n---").map(|head| (head, "")))
    else {
        return (Vec::new(), text);
    };
    let read = |line: &str| {
        let (key, value) = line.split_once(':').filter(|_| !line.starts_with(char::is_whitespace))?;
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        (!value.is_empty()).then(|| (key.trim().to_lowercase(), value))
    };
    (head.lines().filter_map(read).collect(), body)
}

#[derive(Default)]
struct Writer {
    out: Vec<Block>,
    pieces: Vec<(String, bool)>,
    style: Option<Style>,
    depth: u8,
    bold: bool,
    width: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let mut line = line.trim();
        while let Some(inner) = line.strip_prefix('>') {
            line = inner.trim_start();
        }
        if let Some(callout) = line.strip_prefix("[!") {
            self.flush();
            line =
                callout.split_once(']').map_or(line, |(_, title)| title.trim_start_matches(['-', '+', ' ']));
        }
        if line.is_empty() || is_rule(line) {
            self.flush();
            // Only blank lines without indent end a list.
            return;
        }
        let level = line.bytes().take_while(|b| *b == b'#').count();
        if (1..=6).contains(&level) && line[level..].starts_with([' ', '\u{a0}']) {
            self.flush();
            self.style = Some(Style::Heading(level as u8));
            self.inline(line[level..].trim_end_matches('#'));
            self.flush();
            return;
        }
        if line.starts_with('|') && line[1..].contains('|') {
            self.flush();
            self.row(line);
            return;
        }
        let is_entry = line.starts_with(['-', '*', '+']) && line[1..].starts_with(char::is_whitespace);
        if is_entry && let Some(rest) = strip_bullet(line) {
            self.flush();
            self.style = Some(Style::Bullet);
            self.depth = 1 + (indent / 2).min(8) as u8;
            self.inline(rest);
            return;
        }
        if self.pieces.is_empty() {
            self.depth = if indent >= 2 { self.depth.min(1) } else { 0 };
        }
        self.inline(line);
    }

    fn row(&mut self, line: &str) {
        let cells = line.trim_matches('|').split('|').map(str::trim);
        let cells: Vec<String> = cells.map(plain).filter(|cell| !cell.is_empty()).collect();
        if cells.iter().all(|cell| cell.bytes().all(|b| matches!(b, b'-' | b':' | b' '))) {
            return;
        }
        let style = if cells.len() > 1 { Style::Row } else { Style::Paragraph };
        self.out.extend(Block::new(style, &cells.join(" | ")));
    }

    /// Adds a line without its marks.
    fn inline(&mut self, line: &str) {
        if !self.pieces.is_empty() {
            self.pieces.push(("\n".into(), self.bold));
        }
        let spans = spans(line, &mut self.bold);
        self.pieces.extend(spans);
    }

    fn flush(&mut self) {
        self.bold = false;
        let pieces = std::mem::take(&mut self.pieces);
        let mut style = self.style.take().unwrap_or(Style::Paragraph);
        for part in paragraphs(pieces, Some(self.width)) {
            let style = std::mem::replace(&mut style, Style::Paragraph);
            self.out.extend(part.block(style, self.depth));
        }
    }
}

/// A text without marks.
fn plain(text: &str) -> String {
    spans(text, &mut false).into_iter().map(|(text, _)| text).collect()
}

/// Splits a line into spans that are bold or not, emphasis, escapes, links,
/// tags and character references resolved. `bold` is carried from line to line.
fn spans(line: &str, bold: &mut bool) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut rest = line;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let mut step = c.len_utf8();
        match c {
            '\\' if after.starts_with(|c: char| c.is_ascii_punctuation()) => {
                text.push_str(&after[..1]);
                step += 1;
            }
            '*' | '_'
                if after.starts_with(c)
                    && (c == '*' || !(before.is_alphanumeric() && begins_word(&after[1..]))) =>
            {
                if !text.is_empty() {
                    found.push((std::mem::take(&mut text), *bold));
                }
                *bold = !*bold;
                step += 1;
            }
            // Emphasis stands at a word's edge; a star between spaces is text.
            '*' if !before.is_whitespace()
                || begins_word(after)
                || after.starts_with(['(', '"', '“', '\\']) => {}
            '_' if before.is_alphanumeric() != begins_word(after) => {}
            '!' if after.starts_with('[') && link(after).is_some() => {
                step += link(after).map_or(0, |(_, length)| length)
            }
            '[' => match link(rest) {
                Some((label, length)) => {
                    text.push_str(&plain(label));
                    step = length;
                }
                None => text.push(c),
            },
            '<' => match tag_length(rest) {
                Some(length) => {
                    if rest[..length].to_ascii_lowercase().starts_with("<br") {
                        text.push('\n');
                    }
                    step = length;
                }
                None => text.push(c),
            },
            '&' => match reference(rest) {
                Some((decoded, length)) => {
                    text.push(decoded);
                    step = length;
                }
                None => text.push(c),
            },
            _ => text.push(c),
        }
        before = c;
        rest = &rest[step..];
    }
    if !text.is_empty() {
        found.push((text, *bold));
    }
    found
}

fn begins_word(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric)
}

/// The label of `[label](address)` at the front, and the length of the whole.
fn link(text: &str) -> Option<(&str, usize)> {
    /// Longer brackets are no link; keeps a line of brackets linear.
    const MAX_LINK: usize = 2_000;
    let end = text.floor_char_boundary(MAX_LINK);
    let close = text[..end].find("](")?;
    let tail = &text[close + 2..end];
    let length = if tail.starts_with('<') { tail.find(">)")? + 2 } else { tail.find(')')? + 1 };
    Some((&text[1..close], close + 2 + length))
}

/// The length of a tag at the front; `None` when a `<` is only a sign.
fn tag_length(text: &str) -> Option<usize> {
    let inner = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) || inner.starts_with("http") {
        return None;
    }
    text.bytes().take(1_000).position(|b| b == b'>').map(|at| at + 1)
}

/// The character that a reference at the front stands for, and its length.
fn reference(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 14] = [
        ("nbsp", '\u{a0}'),
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("pound", '£'),
        ("euro", '€'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
    ];
    let end = text.bytes().take(10).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let decoded = match name.strip_prefix('#') {
        Some(digits) => {
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code).unwrap_or('\u{fffd}')
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((decoded, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(Style, &str)]) {
        let found: Vec<(Style, String)> =
            read(text).blocks.into_iter().map(|block| (block.style, block.text)).collect();
        let expected: Vec<(Style, String)> =
            expected.iter().map(|(style, text)| (style.clone(), (*text).to_owned())).collect();
        assert_eq!(found, expected);
    }

    use Style::{Bullet, Heading, Paragraph, Row};

    #[test]
    fn marks_go_and_words_stay() {
        check("**1\\. Welcome**. The _Chair_ spoke.", &[(Paragraph, "1. Welcome. The Chair spoke.")]);
        check("# 2.&nbsp;&nbsp;Consent", &[(Heading(1), "2. Consent")]);
        check("see [the plan](http://x.example/a_b) and a_b*c", &[(Paragraph, "see the plan and a_bc")]);
        check("- one\n- two", &[(Bullet, "one"), (Bullet, "two")]);
        check("|a|b|\n|-|-|\n|c|d|", &[(Row, "a | b"), (Row, "c | d")]);
        check(
            "text\n\n---\n*<small>Scanned page, x</small>*\n\nmore",
            &[(Paragraph, "text"), (Paragraph, "more")],
        );
    }

    #[test]
    fn scanned_pages_lose_what_stands_around_their_text() {
        let mark = "---\n*<small>Scanned page, x</small>*\n\n";
        let pages = [
            "Mill Hall,\nHigh Street,\nDale\n\nThe plan was long discussed by the members of the\n\nclerk@mill.example\nMill Hall, www.mill.example\nMill Hall, High Street, Dale\n",
            "2\n\nCouncil.\ne The road\n¢ The hall\n\n| will ask why.\n",
        ];
        check(
            &format!("[Original file](x)\n{}", pages.map(|page| format!("{mark}{page}")).concat()),
            &[
                (Paragraph, "Mill Hall,"),
                (Paragraph, "High Street,"),
                (Paragraph, "Dale"),
                (Paragraph, "The plan was long discussed by the members of the Council."),
                (Bullet, "The road"),
                (Bullet, "The hall"),
                (Paragraph, "I will ask why."),
            ],
        );
    }

    #[test]
    fn numbers_of_a_column_may_count_motions_under_one_title() {
        let page = format!("{SCAN_MARK}, may contain errors</small>\n\n");
        check(
            &format!(
                "{page}4.\n\n6.\n\n3\n\nQuestion by Cllr Hill\n\n1 will ask if it will rain.\n\nMotions by Cllr Dale\n\n| will move that it rain in\n\nThe Green\n\nas well.\n\n| will move that it snow."
            ),
            &[
                (Paragraph, "4. Question by Cllr Hill"),
                (Paragraph, "I will ask if it will rain."),
                (Paragraph, "5. Motions by Cllr Dale"),
                (Paragraph, "I will move that it rain in"),
                (Paragraph, "The Green"),
                (Paragraph, "as well."),
                (Paragraph, "6. I will move that it snow."),
            ],
        );
        check(
            &format!("{page}4.\n\n9.\n\nRoads\n\nTo hear.\n\nParks\n\nTo see."),
            &[(Paragraph, "Roads"), (Paragraph, "To hear."), (Paragraph, "Parks"), (Paragraph, "To see.")],
        );
    }

    #[test]
    fn numbers_that_were_read_as_a_column_stand_before_their_titles_again() {
        let page = format!("{SCAN_MARK}, may contain errors</small>\n\n");
        check(
            &format!(
                "{page}8.\n\n9.\n\n11.\n\nQuestion by Cllr Hill\n\nWill it rain?\n\nQuestion by Cllr Dale\n\nWill it snow?\n\nQuestion by Cllr Ash\n\nNotice of Motion by Cllr Fenn\n\nThat it be so."
            ),
            &[
                (Paragraph, "8. Question by Cllr Hill"),
                (Paragraph, "Will it rain?"),
                (Paragraph, "9. Question by Cllr Dale"),
                (Paragraph, "Will it snow?"),
                (Paragraph, "10. Question by Cllr Ash"),
                (Paragraph, "11. Notice of Motion by Cllr Fenn"),
                (Paragraph, "That it be so."),
            ],
        );
        check(
            &format!("{page}8.\n\n9.\n\nOnly one title here\n\nIt is so in the whole of it."),
            &[(Paragraph, "Only one title here"), (Paragraph, "It is so in the whole of it.")],
        );
        check(
            &format!("{page}i. Adoption of Minutes\n\nIt was done."),
            &[(Paragraph, "1. Adoption of Minutes"), (Paragraph, "It was done.")],
        );
    }

    #[test]
    fn front_matter_is_metadata() {
        let page = read("---\ntitle: \"A Meeting: one\"\ndate: 2025-01-06\n---\nText");
        assert_eq!(page.title, "A Meeting: one");
        assert!(page.metas.contains(&("date".into(), "2025-01-06".into())));
        assert_eq!(page.blocks.len(), 1);
    }

    #[test]
    fn bold_runs_over_spans() {
        let page = read("**1\\. Welcome**. The Chair");
        assert_eq!(page.blocks[0].lead, "1. Welcome".len());
    }
}
