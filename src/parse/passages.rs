//! Blocks of one item to passages: numbers, clauses and kinds.
//!
//! Total: every block's text is in exactly one passage. A number or a label
//! that stands alone on its line belongs to the block after it.

use crate::model::{ItemPassage, Kind};

use super::blocks::{Block, Style, strip_bullet};
use super::kind::{is_furniture, is_heading, kind_of};
use super::label::{Form, Label, Series, split_label, split_number};

/// What a bullet is called among the labels of a clause.
pub const BULLET: &str = "•";

/// How many paragraphs ahead a list is looked for to tell what its label counts.
const LOOK_AHEAD: usize = 40;

/// Turns the body of one item into passages, in order.
///
/// A clause carries the labels that lead to it. A list ends at a paragraph
/// without a label that stands outside of any list of the markup. Clauses
/// under a resolution or a recommendation are of its kind: a clause that
/// requests something of somebody stays a [`Kind::Resolution`], as it decides;
/// [`Kind::Request`] is for the narrative. A block without any letter or digit,
/// such as a rule or a stray full stop, says nothing and gives no passage.
pub fn passages(blocks: &[Block]) -> Vec<ItemPassage> {
    let lines: Vec<Line> = blocks.iter().filter(|block| block.says_something()).map(Line::read).collect();
    let mut reader = Reader::default();
    for (at, line) in lines.iter().enumerate() {
        reader.take(line, &lines[at + 1..]);
    }
    reader.finish()
}

/// A block with its number and label split off.
struct Line<'a> {
    block: &'a Block,
    number: Option<&'a str>,
    label: Option<Label>,
    bullet: bool,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn read(block: &'a Block) -> Self {
        let mut line = Self { block, number: None, label: None, bullet: false, text: &block.text };
        if block.style == Style::Row {
            // Of a table's numbers only labels can be clauses: 6.1 may be a sum.
            if let Some((label, rest)) = split_label(line.text).filter(|(_, rest)| !rest.starts_with('|')) {
                line.label = Some(label);
                line.text = rest;
            }
            return line;
        }
        if block.style == Style::Bullet {
            line.bullet = true;
        }
        if let Some((number, rest)) = split_number(line.text) {
            line.number = Some(number);
            line.text = rest;
        }
        if let Some((label, rest)) = split_label(line.text) {
            // The printed label is what a reader cites, also where the markup
            // counts or marks the same entry once more.
            line.bullet = false;
            line.label = Some(label);
            line.text = rest;
        } else if let Style::Numbered(label) = &block.style {
            line.label = split_label(label).map(|(label, _)| label);
        } else if let Some(rest) = strip_bullet(line.text) {
            line.bullet = true;
            line.text = rest;
        }
        line
    }
}

/// One open level of a list.
#[derive(Debug)]
struct Level {
    form: Form,
    series: Series,
    value: u32,
    printed: String,
    depth: u8,
}

#[derive(Default)]
struct Reader<'a> {
    done: Vec<ItemPassage>,
    levels: Vec<Level>,
    /// The kind that clauses take from the sentence that leads them in, and
    /// that sentence's own labels: only what stands below it is led in by it.
    inherited: Option<(Kind, Vec<String>)>,
    /// Whether the passage before leaves its sentence open.
    is_open: bool,
    /// A number or label that stood alone, waiting for its text.
    number: Option<&'a str>,
    clause: Option<Vec<String>>,
    waiting_page: Option<u32>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, line: &Line<'a>, after: &[Line]) {
        if let Some(number) = line.number {
            self.release_waiting();
            self.number = Some(number);
            self.clause = None;
            self.levels.clear();
        }
        let mut is_clause = false;
        if let Some(label) = &line.label
            && self.place(label, line.block.depth, after)
        {
            let path = self.path();
            if self.clause.as_ref().is_some_and(|waiting| !path.starts_with(waiting)) {
                self.release_waiting();
            }
            self.clause = Some(path);
            is_clause = true;
        } else if line.bullet {
            self.clause = Some(self.path().into_iter().chain([BULLET.to_owned()]).collect());
            is_clause = true;
        }
        let text = if line.label.is_some() && !is_clause { line.block.text.as_str() } else { line.text };
        if text.is_empty() {
            self.waiting_page = line.block.page;
            return;
        }
        self.put(line, text, is_clause || self.clause.is_some());
    }

    /// Finds the label's place among the open levels. `false` when it is no
    /// label after all, such as an initial.
    fn place(&mut self, label: &Label, depth: u8, after: &[Line]) -> bool {
        let (series, value) = self.reading(label, after);
        let same = |level: &Level| level.form == label.form && level.series == series;
        let deeper = self.levels.last().is_some_and(|level| depth > level.depth && depth > 0);
        let follows = self.levels.iter().rposition(|level| same(level) && level.value + 1 == value);
        let sibling = self.levels.iter().rposition(|level| same(level) && depth <= level.depth);
        // Clerks slip from `A)` to `b)` within one list.
        let slipped = || {
            let goes_on = |level: &Level| {
                level.form == label.form
                    && other_case(level.series) == Some(series)
                    && level.value + 1 == value
            };
            self.levels.iter().rposition(goes_on)
        };
        let at = match (follows.or_else(slipped), sibling) {
            (Some(at), _) => at,
            (None, Some(at)) if value == 1 || !deeper => at,
            _ if !is_initial(label, series) => self.levels.len(),
            _ if value == 1 && goes_on(label, series, after) => self.levels.len(),
            _ => return false,
        };
        self.levels.truncate(at);
        self.levels.push(Level { form: label.form, series, value, printed: label.printed.clone(), depth });
        true
    }

    /// Which of a label's readings is meant: the one that an open list awaits,
    /// or else the one that the next label goes on from.
    fn reading(&self, label: &Label, after: &[Line]) -> (Series, u32) {
        if let [only] = label.readings[..] {
            return only;
        }
        let next = after
            .iter()
            .take(LOOK_AHEAD)
            .filter_map(|line| line.label.as_ref())
            .find(|next| next.form == label.form);
        let goes_on = |reading: &&(Series, u32)| {
            next.is_some_and(|next| next.readings.contains(&(reading.0, reading.1 + 1)))
        };
        let awaited = |(series, value): &&(Series, u32)| {
            self.levels
                .iter()
                .any(|level| level.form == label.form && level.series == *series && level.value + 1 == *value)
        };
        let both = label.readings.iter().find(|reading| goes_on(reading) && awaited(reading));
        let first_of_list = label.readings.iter().find(|reading| goes_on(reading) && reading.1 == 1);
        let at_level = |level: &Level, is_next: fn(u32, u32) -> bool| {
            let fits = |reading: &&(Series, u32)| {
                level.form == label.form && level.series == reading.0 && is_next(level.value, reading.1)
            };
            label.readings.iter().find(fits)
        };
        let mut inner = self.levels.iter().rev();
        let next = inner.clone().find_map(|level| at_level(level, |value, found| value + 1 == found));
        let later = inner.find_map(|level| at_level(level, |value, found| value < found));
        *both.or(first_of_list).or(next).or(later).unwrap_or(&label.readings[0])
    }

    fn path(&self) -> Vec<String> {
        self.levels.iter().map(|level| level.printed.clone()).collect()
    }

    fn put(&mut self, line: &Line, text: &str, is_clause: bool) {
        let block = line.block;
        let is_row = block.style == Style::Row;
        // A further paragraph of a list's entry belongs to that entry.
        let continues = !is_clause && block.depth > 0 && !self.levels.is_empty();
        let own = if is_heading(block) && !is_clause { Kind::Heading } else { kind_of(text) };
        let is_verdict = matches!(own, Kind::Resolution | Kind::Recommendation);
        let path = self.clause.clone().unwrap_or_else(|| if continues { self.path() } else { Vec::new() });
        let led_in = self.inherited.as_ref().filter(|(_, lead)| {
            let is_below = path.len() > lead.len() && path.starts_with(lead);
            is_below || (continues && path == *lead) || (self.is_open && own != Kind::Heading)
        });
        let led_in = led_in.map(|(kind, _)| *kind);
        let kind = if is_verdict { own } else { led_in.unwrap_or(own) };
        // “RESOLVED:” in bold on its own line heads its clauses and decides.
        let heads_verdict = own == Kind::Heading && is_verdict_word(text);
        let kind = if heads_verdict { kind_of(text) } else { kind };
        let kind = if is_furniture(text) { Kind::Boilerplate } else { kind };
        let clause = match self.clause.take() {
            Some(clause) => clause,
            None if continues => self.path(),
            None => {
                if !is_row {
                    self.levels.clear();
                }
                Vec::new()
            }
        };
        let ends_list = clause.is_empty() && !is_row;
        let opens = heads_verdict || (is_verdict && (leaves_open(text) || begins_verdict(text)));
        if opens && (led_in.is_none() || clause.is_empty()) {
            self.inherited = Some((kind, clause.clone()));
        } else if ends_list && !self.is_open {
            self.inherited = None;
        }
        self.is_open = leaves_open(text) || heads_verdict || (self.is_open && is_verdict_word(text));
        self.done.push(ItemPassage {
            edition: None,
            kind,
            number: self.number.take().map(str::to_owned),
            clause,
            page: block.page,
            text: text.to_owned(),
        });
    }

    /// A number or label that nothing follows is kept as text.
    fn release_waiting(&mut self) {
        let label = self.clause.take().and_then(|mut clause| clause.pop());
        let words: Vec<String> = self.number.take().map(str::to_owned).into_iter().chain(label).collect();
        if words.is_empty() {
            return;
        }
        self.done.push(ItemPassage {
            edition: None,
            kind: Kind::Narrative,
            number: None,
            clause: Vec::new(),
            page: self.waiting_page,
            text: words.join(" "),
        });
    }

    fn finish(mut self) -> Vec<ItemPassage> {
        self.release_waiting();
        self.done
    }
}

/// Whether a label with a full stop is rather an initial or an abbreviation,
/// when no list awaits it: `J. Smith`.
fn is_initial(label: &Label, series: Series) -> bool {
    label.form == Form::Stop && series != Series::Decimal
}

/// Whether the second label of a list follows before long.
fn goes_on(label: &Label, series: Series, after: &[Line]) -> bool {
    let is_second = |next: &Label| next.form == label.form && next.readings.contains(&(series, 2));
    after.iter().take(LOOK_AHEAD).filter_map(|line| line.label.as_ref()).any(is_second)
}

/// The same letters in capitals or in small.
fn other_case(series: Series) -> Option<Series> {
    match series {
        Series::Letter => Some(Series::Capital),
        Series::Capital => Some(Series::Letter),
        Series::Roman => Some(Series::RomanCapital),
        Series::RomanCapital => Some(Series::Roman),
        Series::Decimal => None,
    }
}

/// Whether the sentence goes on in the next paragraph.
fn leaves_open(text: &str) -> bool {
    let text = text.trim_end_matches([' ', '-', '–', '—']);
    text.ends_with(':') || text.ends_with("That") || text.ends_with("that") || text.ends_with(" to")
}

/// Whether a text begins with a verdict in capitals, whose clauses may follow.
fn begins_verdict(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    matches!(word, "RESOLVED" | "AGREED" | "DECIDED" | "RECOMMENDED" | "PENDERFYNWYD")
}

/// Whether a short line is only the word that introduces a decision.
fn is_verdict_word(text: &str) -> bool {
    text.len() <= 40 && matches!(kind_of(text), Kind::Resolution | Kind::Recommendation)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is a paragraph; returns number, clause and text of each passage.
    fn read(text: &str) -> Vec<(Option<String>, String, String, Kind)> {
        let blocks: Vec<Block> = text.lines().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
        let short =
            |passage: ItemPassage| (passage.number, passage.clause.join(""), passage.text, passage.kind);
        passages(&blocks).into_iter().map(short).collect()
    }

    #[track_caller]
    fn check_clauses(text: &str, expected: &[&str]) {
        let found: Vec<String> = read(text).into_iter().map(|passage| passage.1).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn clauses_nest_by_their_labels() {
        check_clauses(
            "RESOLVED: That:-\n(a) one\n(b) two:\n(i) x\n(ii) y\n(v) z:\n(A) p\n(B) q\n(c) three",
            &["", "(a)", "(b)", "(b)(i)", "(b)(ii)", "(b)(v)", "(b)(v)(A)", "(b)(v)(B)", "(c)"],
        );
    }

    #[test]
    fn an_i_after_an_h_is_a_letter_unless_a_roman_two_follows() {
        check_clauses("(g) x\n(h) y\n(i) z\n(j) w", &["(g)", "(h)", "(i)", "(j)"]);
        check_clauses("(g) x\n(h) y:\n(i) z\n(ii) w", &["(g)", "(h)", "(h)(i)", "(h)(ii)"]);
        check_clauses("(iv) x\n(v) y\n(vi) z", &["(iv)", "(v)", "(vi)"]);
    }

    #[test]
    fn a_list_may_begin_again_and_may_slip_in_its_letters() {
        check_clauses("1. x\n(a) y\n(b) z\n1. w\n(a) v", &["1.", "1.(a)", "1.(b)", "1.", "1.(a)"]);
        check_clauses("A) x\nb) y\nc) z", &["A)", "b)", "c)"]);
    }

    #[test]
    fn a_plain_paragraph_ends_a_list() {
        check_clauses("(1) x\n(2) y\nThe Chair spoke.\n(1) z", &["(1)", "(2)", "", "(1)"]);
    }

    #[test]
    fn bullets_stand_under_the_clause_before_them() {
        check_clauses("(1) x\n(3) to include:\n· one\n· two", &["(1)", "(3)", "(3)•", "(3)•"]);
    }

    #[test]
    fn a_number_alone_belongs_to_the_next_paragraph() {
        let found = read("6.1\nThe Committee met.\n6.2 It ended.\n6.3");
        assert_eq!(found[0].0.as_deref(), Some("6.1"));
        assert_eq!(found[0].2, "The Committee met.");
        assert_eq!(found[1].0.as_deref(), Some("6.2"));
        assert_eq!(found[2].2, "6.3", "a number without text is not lost");
    }

    #[test]
    fn clauses_take_the_kind_of_what_leads_them_in() {
        let kinds: Vec<Kind> = read(
            "Members spoke.\nRESOLVED: That\n(1) the report be noted; and\n(2) figures be provided.\nThe Chair thanked all.",
        )
        .into_iter()
        .map(|passage| passage.3)
        .collect();
        use Kind::{Narrative, Resolution};
        assert_eq!(kinds, [Narrative, Resolution, Resolution, Resolution, Narrative]);
    }

    #[test]
    fn only_clauses_below_a_verdict_are_led_in_by_it() {
        let kinds = |text: &str| read(text).into_iter().map(|passage| passage.3).collect::<Vec<Kind>>();
        use Kind::{Narrative, Resolution};
        assert_eq!(
            kinds(
                "1. The officer spoke.\n2. RESOLVED that Cabinet agree to:\n(a) close it\n(b) open it\n3. The Chair spoke."
            ),
            [Narrative, Resolution, Resolution, Resolution, Narrative]
        );
        assert_eq!(kinds("· Roads: it was agreed to write.\n· Trees: some fell."), [Resolution, Narrative]);
    }

    #[test]
    fn a_resolution_may_go_on_in_the_next_paragraph() {
        let found = read("RESOLVED:\nThat the plan be adopted.\nThe next speaker rose.");
        assert_eq!((found[1].3, found[2].3), (Kind::Resolution, Kind::Narrative));
    }

    #[test]
    fn a_block_without_letter_or_digit_is_no_passage() {
        let texts: Vec<String> = read(".\nOne.\n•\n______\n5\n£").into_iter().map(|found| found.2).collect();
        assert_eq!(texts, ["One.", "5"]);
    }

    #[test]
    fn a_line_to_sign_on_is_furniture_also_in_bold_and_below_a_verdict() {
        let kinds: Vec<Kind> = read("RESOLVED: That\n(1) it be so:\nSIGNED:\nCHAIRMAN")
            .into_iter()
            .map(|found| found.3)
            .collect();
        use Kind::{Boilerplate, Resolution};
        assert_eq!(kinds, [Resolution, Resolution, Boilerplate, Boilerplate]);
    }

    #[test]
    fn an_initial_is_no_label() {
        assert_eq!(read("J. Smith spoke.")[0].2, "J. Smith spoke.");
        assert_eq!(read("A. Abraham, M. Butlin\nThey spoke.")[0].2, "A. Abraham, M. Butlin");
        check_clauses("A. one\nB. two", &["A.", "B."]);
    }
}
