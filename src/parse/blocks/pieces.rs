//! Lines to paragraphs: what a hard-wrapped line belongs to.

use crate::parse::label::{split_label, split_number};

use super::{Block, Style, fold, strip_bullet};

/// Whether a line begins a block of its own: a label, a number or a bullet.
pub fn begins_block(line: &str) -> bool {
    split_label(line).is_some()
        || split_number(line).is_some()
        || strip_bullet(line).is_some()
        || is_long_number(line)
}

/// Whether a line begins with a running number of four digits, `2559. Policy`,
/// that is not the year at the end of a sentence.
fn is_long_number(line: &str) -> bool {
    let line = line.trim_start();
    let n_digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let value = line[..n_digits].parse::<u32>().unwrap_or(0);
    let is_number = n_digits == 4 && value >= 1_000 && !(1_900..2_100).contains(&value);
    let rest = line[n_digits..].strip_prefix('.').map(str::trim_start);
    is_number && rest.is_some_and(|rest| rest.starts_with(char::is_uppercase))
}

/// The width at which a text's lines are wrapped, in characters: nine lines of
/// ten are not longer. Large for a text with a paragraph on each line.
pub fn wrap_width(text: &str) -> usize {
    let mut widths: Vec<usize> =
        text.lines().map(|line| line.trim().chars().count()).filter(|width| *width > 0).collect();
    widths.sort_unstable();
    widths.get(widths.len() * 9 / 10).copied().unwrap_or(0)
}

/// Whether a line goes on with the paragraph that `before` ended, in a text
/// wrapped at `width` characters: it does when its first word had no room on
/// the line before.
pub fn continues(before: &str, line: &str, width: usize) -> bool {
    /// Wider lines than this are whole paragraphs.
    const WIDEST: usize = 150;
    /// The share of the width, in hundredths, that lines fill at the least.
    const FULL: usize = 90;
    let line = line.trim_start();
    let last = before.rsplit('\n').next().unwrap_or(before).trim();
    if begins_anew(last, line) {
        return false;
    }
    let first_word = line.split(' ').next().unwrap_or_default();
    let needed = last.chars().count() + 1 + first_word.chars().count();
    line.starts_with(char::is_lowercase) || (width <= WIDEST && needed * 100 >= width * FULL)
}

/// Whether a line begins a block of its own below that line: it has a label
/// that is no initial of a name in the middle of a sentence, or a verdict
/// stands behind a whole sentence.
pub fn begins_anew(before: &str, line: &str) -> bool {
    let is_inside = !ends_sentence(before);
    let begins = begins_block(line) && !(is_inside && is_initial(line));
    begins || line.starts_with("(Item ") || (begins_verdict(line) && !is_inside)
}

/// Whether a line begins with an initial and a name: `D. Jones`.
fn is_initial(line: &str) -> bool {
    let mut letters = line.chars();
    let mut is_next = |is_it: fn(char) -> bool| letters.next().is_some_and(is_it);
    is_next(char::is_uppercase)
        && is_next(|c| c == '.')
        && is_next(|c| c == ' ')
        && is_next(char::is_uppercase)
}

/// Whether a line begins with the word in capitals that opens a decision.
pub fn begins_verdict(line: &str) -> bool {
    let word = line.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    matches!(word, "RESOLVED" | "AGREED" | "DECIDED" | "RECOMMENDED" | "NOTED" | "PENDERFYNWYD")
}

/// Whether a line may be the last one of its sentence: it has a mark at its
/// end that is not that of a shortened title.
pub fn ends_sentence(line: &str) -> bool {
    const TITLES: [&str; 9] = ["Cllr.", "Cllrs.", "Cyng.", "Mr.", "Mrs.", "Ms.", "Dr.", "Rev.", "St."];
    let last = line.rsplit(' ').next().unwrap_or(line);
    line.ends_with(['.', ':', ';', '?', '!']) && !TITLES.contains(&last)
}

/// Whether a line goes on with the paragraph that `before` ended, where somebody
/// set the line end: in the middle of a phrase, or of a text pasted with the
/// ends of its lines, the widest of `widest` characters.
fn continues_set_line(before: &str, line: &str, widest: usize) -> bool {
    /// Narrower lines are names and addresses, wider ones whole paragraphs.
    const WRAPPED: std::ops::RangeInclusive<usize> = 60..=150;
    const OPEN: [&str; 14] =
        ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"];
    if begins_block(line) {
        return false;
    }
    let last = before.rsplit('\n').next().unwrap_or(before).trim();
    let begins_small = line.trim_start().starts_with(char::is_lowercase);
    let is_open =
        last.ends_with([',', '(', '-', '–']) || OPEN.contains(&last.rsplit(' ').next().unwrap_or(last));
    let ends_sentence = last.ends_with(['.', ':', ';', '!', '?']);
    let is_full = WRAPPED.contains(&widest) && last.chars().count() * 10 >= widest * 8;
    begins_small || is_open || (is_full && !ends_sentence)
}

/// Lines that belong together, with what is bold in them.
#[derive(Debug, Default)]
pub struct Paragraph {
    /// Its text; lines are parted by line ends.
    pub text: String,
    n_bold: usize,
    n_letters: usize,
    n_upper: usize,
    n_lower: usize,
    lead: usize,
    is_leading: bool,
}

impl Paragraph {
    /// An empty paragraph.
    pub fn new() -> Self {
        Self { is_leading: true, ..Self::default() }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str, bold: bool) {
        let n_letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        self.text.push_str(text);
        self.n_letters += n_letters;
        self.n_upper += text.chars().filter(|c| c.is_uppercase()).count();
        self.n_lower += text.chars().filter(|c| c.is_lowercase()).count();
        if bold {
            self.n_bold += n_letters;
        } else if n_letters > 0 {
            self.is_leading = false;
        }
        if self.is_leading {
            self.lead = self.text.len();
        }
    }

    /// Takes the last character off, such as the hyphen of a word that was cut.
    pub fn pop(&mut self) {
        self.text.pop();
        self.lead = self.lead.min(self.text.len());
    }

    /// Puts a number or a label in front, which is as bold as what follows it.
    pub fn number(&mut self, label: &str) {
        self.text.insert_str(0, &format!("{label} "));
        if self.lead > 0 {
            self.lead += label.len() + 1;
        }
    }

    /// Goes on with the next line.
    fn join(&mut self, line: Self) {
        let is_all_bold = line.n_bold == line.n_letters;
        self.text.push('\n');
        self.text.push_str(&line.text);
        self.n_letters += line.n_letters;
        self.n_upper += line.n_upper;
        self.n_lower += line.n_lower;
        self.n_bold += line.n_bold;
        self.is_leading &= is_all_bold;
        if self.is_leading {
            self.lead = self.text.len();
        }
    }

    /// Whether the whole of it is bold or in capitals.
    pub fn is_bold(&self) -> bool {
        self.n_letters > 0 && (self.n_bold == self.n_letters || (self.n_upper >= 3 && self.n_lower == 0))
    }

    /// The block that it makes; `None` when it has no text.
    pub fn block(self, style: Style, depth: u8) -> Option<Block> {
        let bold = self.is_bold();
        let lead = if self.n_bold == 0 { 0 } else { fold(&self.text[..self.lead]).len() };
        let (style, text) = match strip_bullet(&self.text) {
            Some(rest) if style == Style::Paragraph => (Style::Bullet, rest.to_owned()),
            _ => (style, self.text),
        };
        let mut block = Block::new(style, &text)?;
        block.bold |= bold;
        block.lead = if block.style == Style::Bullet { 0 } else { lead.min(block.text.len()) };
        block.depth = depth;
        Some(block)
    }
}

/// Cuts pieces at blank lines, and at line ends after which something new
/// begins. With a `width`, line ends are the wrapping of a text; without one
/// somebody set them, as by `<br>`.
pub fn paragraphs(pieces: Vec<(String, bool)>, width: Option<usize>) -> Vec<Paragraph> {
    let mut lines = vec![Paragraph::new()];
    for (text, bold) in pieces {
        for (at, part) in text.split('\n').enumerate() {
            if at > 0 {
                lines.push(Paragraph::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(part, bold);
            }
        }
    }
    let widest = lines.iter().map(|line| line.text.trim().chars().count()).max().unwrap_or(0);
    let mut found: Vec<Paragraph> = Vec::new();
    let mut is_new = true;
    for line in lines {
        if line.text.trim().is_empty() {
            is_new = true;
            continue;
        }
        let joins = |before: &Paragraph| {
            let flows = match width {
                Some(width) => continues(&before.text, &line.text, width),
                None => continues_set_line(&before.text, &line.text, widest),
            };
            flows && before.is_bold() == line.is_bold()
        };
        match found.last_mut() {
            Some(before) if !is_new && joins(before) => before.join(line),
            _ => found.push(line),
        }
        is_new = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_anew_depends_on_the_line_before() {
        for (before, line, expected) in [
            ("It was seconded by Cllr.", "D. Jones and agreed", false),
            ("and by Councillors A. Hill,", "D. Jones and agreed", false),
            ("C. The hall was let.", "D. The road was shut", true),
            ("the plan is good.", "RESOLVED: That it be adopted", true),
            ("so that the Council", "RESOLVED to adopt it", false),
            ("the plan is good.", "2. Roads", true),
        ] {
            assert_eq!(begins_anew(before, line), expected, "{before} / {line}");
        }
    }

    #[test]
    fn a_line_goes_on_when_its_first_word_had_no_room_before() {
        assert!(continues("The members of the Council met in", "Aysgarth on Monday", 40));
        assert!(!continues("Village Hall Committee", "Wharf Street", 40));
    }

    #[test]
    fn running_numbers_begin_blocks() {
        assert!(begins_block("2912.\tFinancial Report"));
        assert!(begins_block("2912.Financial Report"));
        assert!(!begins_block("2019. The work began"));
        assert!(!begins_block("1000 people came"));
    }
}
