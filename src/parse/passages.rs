//! Blocks of one item to passages: numbers, clauses and kinds.
//!
//! Total: every block's text is in exactly one passage. A number or a label
//! that stands alone on its line belongs to the block after it.

use crate::model::{ItemPassage, Kind};

use super::blocks::{Block, Style, strip_bullet};
use super::kind::{Act, is_formal_motion, is_furniture, is_heading, kind_of, kind_of_decision, puts_off};
use super::label::{Form, Label, Series, split_label, split_number};
use super::sentences::{Part, parts};

/// What a bullet is called among the labels of a clause.
pub const BULLET: &str = "•";

/// How many paragraphs ahead a list is looked for to tell what its label counts.
const LOOK_AHEAD: usize = 40;

/// Turns the body of one item into passages, in order.
///
/// A clause carries the labels that lead to it. A list ends at a paragraph
/// without a label that stands outside of any list of the markup. A decision
/// inside of a paragraph is a passage of its own, under the paragraph's labels.
/// Clauses under a resolution or a recommendation are of its kind, but for those
/// that only note: a clause that requests something of somebody stays a
/// [`Kind::Resolution`], as it decides; [`Kind::Request`] is for the narrative.
/// What was moved is a decision where it was carried. A block without any letter
/// or digit, such as a rule or a stray full stop, says nothing and gives no passage.
/// `standing` is the rule that makes it a standing item: names under
/// “Apologies” are of those who sent them.
pub fn passages(blocks: &[Block], standing: Option<&str>) -> Vec<ItemPassage> {
    let lines: Vec<Line> = blocks.iter().filter(|block| block.says_something()).map(Line::read).collect();
    let mut reader = Reader { standing, ..Reader::default() };
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

/// A passage, with what it does towards a decision.
struct Put {
    passage: ItemPassage,
    act: Act,
    /// Whether a vote ends it: carried or lost.
    carried: Option<bool>,
    /// Whether it says how the vote fell, and nothing else.
    is_bare: bool,
    /// Whether it goes on with the sentence of the passage before.
    is_led: bool,
    is_row: bool,
    /// Whether it goes on in the paragraph of the passage before.
    is_cut: bool,
}

/// What is asked of somebody below a heading that says so.
#[derive(Clone, Copy, Default, PartialEq)]
enum Asks {
    #[default]
    Nothing,
    /// The passage below, and further entries of a list.
    Next,
    Entries,
    /// All short passages: “Actions” are several.
    Several,
}

#[derive(Default)]
struct Reader<'a> {
    done: Vec<Put>,
    levels: Vec<Level>,
    /// The levels that paragraphs ended, one of each sort: a paragraph's own
    /// number goes on past a list inside of it.
    ended: Vec<Level>,
    /// What the clauses of these had from the sentence that led them in.
    suspended: Option<(Kind, Vec<String>)>,
    /// The kind that clauses take from the sentence that leads them in, and
    /// that sentence's own labels: only what stands below it is led in by it.
    inherited: Option<(Kind, Vec<String>)>,
    /// Whether the passage before leaves its sentence open.
    is_open: bool,
    /// Whether that sentence decides.
    leads: bool,
    /// Whether the passage before is an entry of a list without marks.
    lists: bool,
    standing: Option<&'a str>,
    /// Whether what follows is asked of somebody: one passage below the heading
    /// that says so, and the further entries of a list.
    asks: Asks,
    /// Whether what follows answers: it stands below the word “Reply”.
    answers: bool,
    /// Whether names of those present are listed.
    lists_names: bool,
    /// Whether rows say who voted how, on what is decided elsewhere.
    lists_votes: bool,
    /// A number or label that stood alone, waiting for its text.
    number: Option<&'a str>,
    clause: Option<Vec<String>>,
    /// The labels of that clause which stood alone, each on its line.
    alone: Vec<String>,
    waiting_page: Option<u32>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, line: &Line<'a>, after: &[Line]) {
        if let Some(number) = line.number {
            self.release_waiting();
            self.number = Some(number);
            self.clause = None;
            self.levels.clear();
            self.ended.clear();
            self.suspended = None;
        }
        let mut is_clause = false;
        if let Some(label) = &line.label
            && self.place(label, line.block.depth, after)
        {
            let path = self.path();
            let goes_on = |waiting: &Vec<String>| path.len() > waiting.len() && path.starts_with(waiting);
            if self.clause.as_ref().is_some_and(|waiting| !goes_on(waiting)) {
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
            self.alone.extend(self.clause.as_ref().and_then(|clause| clause.last()).cloned());
            self.waiting_page = line.block.page;
            return;
        }
        self.put(line, text, is_clause || self.clause.is_some(), after);
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
        // A paragraph's own number goes on after a list inside of the paragraph.
        let resumed = self.ended.iter().rposition(|level| same(level) && level.value + 1 == value);
        let at = match (follows.or_else(slipped), sibling) {
            (Some(at), _) => at,
            (None, Some(at)) if value == 1 || !deeper => at,
            _ if let Some(at) = resumed => {
                self.levels = std::mem::take(&mut self.ended);
                self.inherited = self.suspended.take().or(self.inherited.take());
                at
            }
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
        // From a) to i) is no step of a list: the Roman numbers begin.
        let later =
            inner.find_map(|level| at_level(level, |value, found| value < found && found <= value + 3));
        *both.or(first_of_list).or(next).or(later).unwrap_or(&label.readings[0])
    }

    fn path(&self) -> Vec<String> {
        self.levels.iter().map(|level| level.printed.clone()).collect()
    }

    fn put(&mut self, line: &Line, text: &str, is_clause: bool, after: &[Line]) {
        let block = line.block;
        let is_row = block.style == Style::Row;
        // A further paragraph of a list's entry belongs to that entry.
        let continues = !is_clause && block.depth > 0 && !self.levels.is_empty();
        let is_heading = is_heading(block) && !is_clause;
        self.alone.clear();
        let path = self.clause.take().unwrap_or_else(|| if continues { self.path() } else { Vec::new() });
        // The number of an application heads what is said of it: it ends a list.
        if is_application(text) {
            (self.leads, self.is_open) = (false, false);
        }
        let led_in = self.inherited.as_ref().filter(|_| !is_application(text)).filter(|(_, lead)| {
            let is_below = path.len() > lead.len() && path.starts_with(lead);
            is_below
                || (continues && path == *lead)
                || (self.leads && !is_heading && (!self.lists || is_list_line(text)))
        });
        let led_in = led_in.map(|(kind, _)| *kind);
        let is_led = self.is_open || led_in.is_some();
        let ends_list = path.is_empty() && !is_row && !continues;
        if ends_list {
            for level in self.levels.drain(..) {
                self.ended.retain(|ended| (ended.form, ended.series) != (level.form, level.series));
                self.ended.push(level);
            }
        }
        let is_elsewhere = self.inherited.as_ref().is_some_and(|(_, lead)| !path.starts_with(lead));
        if (ends_list || is_elsewhere) && !self.leads {
            let led = self.inherited.take();
            self.suspended = led.filter(|_| ends_list && !is_heading).or(self.suspended.take());
        }
        self.lists_votes = is_row && (self.lists_votes || names_sides(text));
        let numbered = if is_row && path.is_empty() { decided_row(text) } else { None };
        let (text, path) = match numbered {
            Some((label, rest)) => (rest, vec![label.to_owned()]),
            None => (text, path),
        };
        let parts = match () {
            () if is_row && self.lists_votes && !has_numbers(text) => vec![Part::said(text)],
            () if is_row => vec![Part::row(text)],
            () if is_heading || led_in.is_some() => vec![Part::whole(text)],
            () => parts(text),
        };
        for (nth, part) in parts.into_iter().enumerate() {
            let mut clause = path.clone();
            // A bullet marks its paragraph, not a sentence in the midst of it.
            if nth > 0 && clause.last().is_some_and(|label| label == BULLET) {
                clause.pop();
            }
            let kind = match self.kind(&part, led_in, is_heading, !clause.is_empty(), after) {
                // A row whose last cell says that it failed, or one of who voted.
                Kind::Resolution | Kind::Recommendation | Kind::Noting
                    if is_row && part.act == Act::Says && led_in.is_none() =>
                {
                    Kind::Narrative
                }
                kind => kind,
            };
            let decides = match part.act {
                Act::Rules(kind) | Act::Decides(kind) if led_in.is_none() => Some(kind),
                _ => None,
            };
            let heads = decides.is_some() && kind == Kind::Heading;
            let opens = leaves_open(part.text) || leads_list(part.text, after) || heads;
            self.lists = self.is_open
                && !opens
                && path.is_empty()
                && !is_heading
                && kind != Kind::Boilerplate
                && is_list_line(part.text);
            self.leads = (opens && (decides.is_some() || led_in.is_some())) || (self.lists && self.leads);
            self.is_open = opens || self.lists;
            if led_in.is_some() && clause.is_empty() && !self.leads {
                self.inherited = None;
            }
            if let Some(decided) = decides
                && (self.is_open || begins_verdict(part.text))
            {
                let led = if decided == Kind::Noting { Kind::Resolution } else { decided };
                self.inherited = Some((led, clause.clone()));
            }
            self.done.push(Put {
                passage: ItemPassage {
                    edition: None,
                    kind,
                    number: self.number.take().map(str::to_owned),
                    clause,
                    page: block.page,
                    text: part.text.to_owned(),
                },
                act: part.act,
                carried: part.carried,
                is_bare: part.is_bare_verdict(),
                is_led,
                is_row,
                is_cut: nth > 0,
            });
        }
    }

    /// What a part does by its own words and by what leads it in.
    fn kind(
        &mut self,
        part: &Part,
        led_in: Option<Kind>,
        is_heading: bool,
        is_clause: bool,
        after: &[Line],
    ) -> Kind {
        let text = part.text;
        if is_furniture(text) {
            return Kind::Boilerplate;
        }
        let own = kind_of(text);
        // Other business may stand below who sent apologies.
        let is_first = self.done.last().is_none_or(|put| put.passage.kind == Kind::Attendance);
        let lists_names =
            self.lists_names || (is_first && matches!(self.standing, Some("apologies" | "substitutes")));
        let listed = lists_names && !is_heading && is_list_of_names(text);
        self.lists_names = own == Kind::Attendance && !ends_sentence(text) || listed;
        self.answers = heads_answer(text) || (self.answers && !is_heading && !names_speaker(text));
        const SHORT: usize = 250;
        let asks = match heads_actions(text) {
            true if text.to_ascii_lowercase().starts_with("actions") => Asks::Several,
            true => Asks::Next,
            false => Asks::Nothing,
        };
        let asked = std::mem::replace(&mut self.asks, asks);
        let is_asked = match asked {
            Asks::Next => true,
            Asks::Several => text.len() <= SHORT,
            Asks::Entries => is_clause,
            Asks::Nothing => false,
        };
        if is_asked {
            self.asks = match asked {
                Asks::Several => Asks::Several,
                _ if is_clause => Asks::Entries,
                _ => Asks::Nothing,
            };
        }
        match (part.act, led_in) {
            // Words that stand alone head what follows; they decide where clauses follow them.
            (Act::Rules(kind) | Act::Decides(kind), None) if is_bare_lead(text) => {
                let heads_clauses = after.first().is_some_and(|next| next.label.is_some() || next.bullet);
                if heads_clauses { kind } else { Kind::Heading }
            }
            (Act::Rules(kind) | Act::Decides(kind), None) => kind,
            (_, Some(kind)) if !matches!(own, Kind::Heading | Kind::Boilerplate) => {
                match (kind, kind_of_decision(text)) {
                    (Kind::Resolution, Kind::Noting) => Kind::Noting,
                    _ => kind,
                }
            }
            _ if is_heading
                && part.carried.is_none()
                && !names_action(text)
                && own != Kind::Boilerplate
                && own != Kind::Attendance =>
            {
                Kind::Heading
            }
            _ if own == Kind::Narrative && listed => Kind::Attendance,
            _ if own == Kind::Narrative && self.answers && !heads_answer(text) => Kind::Answer,
            _ if own == Kind::Narrative && is_asked => Kind::Request,
            _ if own == Kind::Narrative && self.standing == Some("next-meeting") => Kind::Boilerplate,
            _ => own,
        }
    }

    /// A number and labels that nothing follows are kept as text.
    fn release_waiting(&mut self) {
        self.clause = None;
        let number = self.number.take().map(str::to_owned);
        let words: Vec<String> = number.into_iter().chain(self.alone.drain(..)).collect();
        if words.is_empty() {
            return;
        }
        self.done.push(Put {
            passage: ItemPassage {
                edition: None,
                kind: Kind::Narrative,
                number: None,
                clause: Vec::new(),
                page: self.waiting_page,
                text: words.join(" "),
            },
            act: Act::Says,
            carried: None,
            is_bare: false,
            is_led: false,
            is_row: false,
            is_cut: false,
        });
    }

    fn finish(mut self) -> Vec<ItemPassage> {
        self.release_waiting();
        settle(&mut self.done);
        self.done.into_iter().map(|put| put.passage).collect()
    }
}

/// The number in the first cell of a row whose last cell says what was decided,
/// and the cells behind it: `33/2016 | To close the road | PASSED`.
fn decided_row(text: &str) -> Option<(&str, &str)> {
    const LONGEST: usize = 12;
    let (number, rest) = text.split_once(" | ")?;
    let is_number = number.len() <= LONGEST
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'.'));
    (is_number && rest.contains(" | ") && matches!(Part::row(text).act, Act::Decides(_)))
        .then_some((number, rest))
}

/// Whether a line is the number of an application to planners: `E/39554`,
/// `16/00210/F`; not a day (`12/03/2021`) or a year (`2021/22`).
fn is_application(text: &str) -> bool {
    const LONGEST: usize = 20;
    const LONGEST_OF_DAY: usize = 4;
    let is_part = |part: &str| part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_day =
        text.split('/').all(|part| part.len() <= LONGEST_OF_DAY && part.bytes().all(|b| b.is_ascii_digit()));
    text.len() <= LONGEST
        && text.contains('/')
        && !is_day
        && text.bytes().filter(u8::is_ascii_digit).count() >= 4
        && text.split('/').all(|part| !part.is_empty() && is_part(part))
}

/// What stands behind “Action” or “Actions” at the front of a line.
fn behind_action(text: &str) -> Option<&str> {
    let rest = text.get(.."action".len()).filter(|word| word.eq_ignore_ascii_case("action"))?;
    let rest = &text[rest.len()..];
    Some(rest.strip_prefix(['s', 'S']).unwrap_or(rest))
}

/// Whether a line is the heading of what somebody is to do, and no more.
fn heads_actions(text: &str) -> bool {
    behind_action(text)
        .is_some_and(|rest| matches!(rest.trim_matches([' ', ':', '-']), "" | "points" | "required"))
}

/// Whether a line is the word that an answer stands below, and no more.
fn heads_answer(text: &str) -> bool {
    let word = text.trim_end_matches([' ', ':', '-']);
    word.len() < text.len()
        && ["reply", "answer", "response"].iter().any(|head| word.eq_ignore_ascii_case(head))
}

/// Whether a passage tells what members did.
fn names_speaker(text: &str) -> bool {
    const SPEAKERS: [&str; 7] =
        ["Councillor", "Cllr", "Members", "The Mayor", "The Members", "On the proposal", "Proposed"];
    SPEAKERS.iter().any(|speaker| text.starts_with(speaker))
}

/// Whether a line gives what somebody is to do behind that word.
fn names_action(text: &str) -> bool {
    behind_action(text).and_then(|rest| rest.strip_prefix(':')).is_some_and(|rest| rest.contains(' '))
}

/// Whether cells name the sides of a vote, below which who voted stands.
fn names_sides(text: &str) -> bool {
    let is = |names: &[&str]| {
        text.split(" | ")
            .any(|cell| names.iter().any(|name| cell.trim_end_matches(':').eq_ignore_ascii_case(name)))
    };
    is(&["yeas", "ayes", "for", "in favour"]) && is(&["nays", "noes", "against"])
}

/// Whether a cell behind the first is a number, as of how many voted; those who
/// voted are names.
fn has_numbers(text: &str) -> bool {
    let is_number = |cell: &str| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
    text.split(" | ").skip(1).any(is_number)
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
        Series::Decimal | Series::Reference => None,
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

/// Whether a list follows that the sentence speaks of: “The following payments were made”.
fn leads_list(text: &str, after: &[Line]) -> bool {
    let speaks_of_list = ["following", "canlynol", "undernoted"].iter().any(|word| text.contains(word));
    let next_is_clause = after.first().is_some_and(|next| next.label.is_some() || next.bullet);
    speaks_of_list && (next_is_clause || !text.ends_with(['.', ';', ',', '?']))
}

/// Whether a line is an entry of a list that has no marks: short, and no sentence.
fn is_list_line(text: &str) -> bool {
    text.len() <= 100 && !text.ends_with(['.', '?', '!'])
}

/// Whether a line is only the word that introduces a decision: “RESOLVED that”.
fn is_bare_lead(text: &str) -> bool {
    const LEADS: [&str; 12] = [
        "resolved",
        "resolution",
        "decision",
        "decided",
        "agreed",
        "recommended",
        "recommendation",
        "recommendations",
        "penderfynwyd",
        "penderfyniad",
        "cytunwyd",
        "penderfyniadau",
    ];
    const AROUND: [&str; 9] = ["and", "it", "was", "is", "that", "to", "unanimously", "therefore", "further"];
    const LONGEST: usize = 40;
    if text.len() > LONGEST {
        return false;
    }
    let text = text.replace("(s)", "").to_lowercase();
    let words = || text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words().any(|word| LEADS.contains(&word))
        && words().all(|word| LEADS.contains(&word) || AROUND.contains(&word))
}

/// Whether a line is a name, or names: nearly all of its words begin with capitals.
fn is_list_of_names(text: &str) -> bool {
    const LONGEST: usize = 600;
    let words =
        || text.split_whitespace().filter(|word| word.len() > 3 && word.starts_with(char::is_alphabetic));
    let n_small = words().filter(|word| word.starts_with(char::is_lowercase)).count();
    text.len() <= LONGEST && !text.ends_with([':', '?']) && n_small * 4 <= words().count()
}

/// Whether a line is names and nothing else, such as of those who are to go.
fn is_list_of_people(text: &str) -> bool {
    const LONGEST: usize = 120;
    let is_name =
        |word: &str| word == "and" || (word.starts_with(char::is_uppercase) && !word.ends_with(':'));
    text.len() <= LONGEST
        && text.trim_end_matches('.').split(' ').all(is_name)
        && text.split(' ').any(|word| word.contains(char::is_lowercase))
        && !text.starts_with("That ")
}

/// Whether a line is the name of one who voted.
fn is_name(text: &str) -> bool {
    text.split_whitespace().count() <= 4 && is_list_of_names(text) && text.ends_with(char::is_alphabetic)
}

/// Whether a text is a sentence of some length, and not a label or a few names.
fn ends_sentence(text: &str) -> bool {
    let n_words = text.split_whitespace().count();
    text.ends_with('.') && n_words > 12
}

/// Lets what is voted on have the kind of what was decided.
///
/// A motion stands between those who moved it and the vote: carried, its words
/// are a decision; lost, nothing in it is. One with mover and seconder and no
/// vote told was carried, unless a decision in its own words follows.
fn settle(done: &mut [Put]) {
    let mut motion: Option<Motion> = None;
    // Where the vote on each motion is printed, one without was not voted on: it
    // was amended, or voted on in parts.
    let is_counted = |text: &str| text.starts_with("Motion ") && text.contains(|c: char| c.is_ascii_digit());
    let are_votes_printed = done.iter().any(|put| put.is_bare && is_counted(&put.passage.text));
    for at in 0..done.len() {
        let Put { act, carried, is_bare, .. } = done[at];
        let is_clause = motion.as_ref().is_some_and(|motion: &Motion| motion.has_below(done, at));
        match act {
            _ if is_clause && !is_bare => {}
            Act::Puts => motion = Some(Motion::new(at, Stage::Debated)),
            Act::Names => match &mut motion {
                Some(named) if named.stage == Stage::Named => {}
                _ => {
                    leave(motion.take(), done, at, are_votes_printed);
                    motion = Some(Motion::new(at, Stage::Named));
                }
            },
            Act::Moves => {
                leave(motion.take(), done, at, are_votes_printed);
                motion = Some(Motion::new(at, Stage::Moved));
            }
            Act::Motion => match &mut motion {
                Some(named) if named.stage == Stage::Named => named.stage = Stage::Moved,
                Some(_) => {}
                None => motion = Some(Motion::new(at, Stage::Said)),
            },
            Act::Rules(_) | Act::Decides(_) => {
                approve_list(done, at);
                let is_led =
                    motion.as_ref().is_some_and(|motion| motion.stage != Stage::Moved || done[at].is_led);
                if !is_led || matches!(act, Act::Rules(_)) {
                    let n_before =
                        if matches!(act, Act::Rules(_)) { 3 } else { usize::from(done[at].is_cut) };
                    match n_before {
                        0 => leave(motion.take(), done, at, are_votes_printed),
                        _ => supersede(done, at, n_before),
                    }
                    motion = None;
                }
            }
            Act::Says | Act::Notes | Act::Carries | Act::Loses => {
                let has_labels = !done[at].passage.clause.is_empty();
                let is_other = match has_labels {
                    true => ends_motion(&done[at.saturating_sub(1)]),
                    false => !is_between(&done[at]),
                };
                let awaits_vote =
                    are_votes_printed && motion.as_ref().is_some_and(|motion| motion.stage == Stage::Moved);
                if carried.is_none() && motion.is_some() && is_other && !awaits_vote {
                    leave(motion.take(), done, at, are_votes_printed);
                }
            }
        }
        match (carried, motion.take()) {
            (None, open) => motion = open,
            (Some(true), Some(open)) if is_bare && puts_off(&done[at].passage.text) => {
                undo(&mut done[open.start..at]);
                done[at].passage.kind = Kind::Resolution;
            }
            (Some(true), open) => {
                if is_bare {
                    approve_list(done, at);
                }
                if let Some(open) = &open {
                    open.carry(&mut done[..=at]);
                }
                let from = open.as_ref().map_or(at, |open| open.start);
                let is_told = open.is_some_and(|open| {
                    open.stage == Stage::Debated
                        || done[open.start..at].iter().any(|put| is_decision(&put.passage))
                });
                let follows_decision =
                    is_bare && from.checked_sub(1).is_some_and(|before| is_decision(&done[before].passage));
                let text = &done[at].passage.text;
                let is_fragment = text.starts_with(char::is_lowercase) || is_tail(text);
                if !is_told && !follows_decision && !is_fragment && !is_decision(&done[at].passage) {
                    done[at].passage.kind = kind_of_decision(&done[at].passage.text);
                }
            }
            (Some(false), open) => {
                // A vote alone is on the decision before it.
                let decided = if is_bare { last_decision(&done[..at]) } else { at };
                let from = open.map_or(decided, |open| open.start);
                undo(&mut done[from..=at]);
            }
        }
    }
    let n = done.len();
    leave(motion, done, n, are_votes_printed);
}

/// What is known of a motion so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Its words alone.
    Said,
    /// Who moved or seconded it.
    Named,
    /// Both.
    Moved,
    /// It was put, and debated: the decision is recorded for itself.
    Debated,
}

struct Motion {
    /// Where it begins among the passages.
    start: usize,
    stage: Stage,
}

impl Motion {
    fn new(start: usize, stage: Stage) -> Self {
        Self { start, stage }
    }

    /// Whether the passage at `at` is a clause of the motion, by its labels.
    fn has_below(&self, done: &[Put], at: usize) -> bool {
        let (motion, clause) = (&done[self.start].passage.clause, &done[at].passage.clause);
        self.stage != Stage::Named
            && !ends_motion(&done[at.saturating_sub(1)])
            && clause.len() > motion.len()
            && clause.starts_with(motion)
    }

    /// Makes the motion's words a decision; `done` ends with its last passage.
    fn carry(&self, done: &mut [Put]) {
        if self.stage == Stage::Debated {
            return undo(&mut done[self.start..]);
        }
        let recommends = done[self.start..]
            .iter()
            .filter(|put| matches!(put.act, Act::Motion | Act::Moves))
            .any(|put| kind_of_decision(&put.passage.text) == Kind::Recommendation);
        let mut has_ended = false;
        for put in &mut done[self.start..] {
            let text = &put.passage.text;
            let says_little = !text.contains(' ')
                || (put.passage.clause.is_empty() && (is_name(text) || is_list_of_people(text)));
            let is_part = !put.is_row
                && !says_little
                && (put.act == Act::Motion
                    || put.act == Act::Moves
                    || !put.passage.clause.is_empty()
                    || put.is_led);
            has_ended |= put.act != Act::Motion && text.starts_with("it being");
            let is_other = put.is_bare
                || matches!(put.passage.kind, Kind::Boilerplate | Kind::Attendance | Kind::Heading);
            let is_aside = put.act == Act::Names || (put.act == Act::Says && put.is_cut);
            if !is_part || is_other || has_ended || is_aside {
                continue;
            }
            put.passage.kind = match kind_of_decision(text) {
                Kind::Resolution if recommends => Kind::Recommendation,
                kind => kind,
            };
        }
    }
}

/// Makes payments a decision that the last line of their list approves, or a
/// line of its own below it: “Hall hire £30 - all approved”, “All approved”.
fn approve_list(done: &mut [Put], at: usize) {
    const LONGEST: usize = 120;
    let (before, last) = done.split_at_mut(at);
    let last = &mut last[0];
    let text = last.passage.text.to_lowercase();
    let is_approval = ["all approved", "all authorised"].iter().any(|words| text.contains(words));
    let is_of_list =
        last.is_bare && is_approval || text.contains('£') && (is_approval || text.contains("all agreed"));
    if !is_of_list {
        return;
    }
    let is_payment = |put: &&mut Put| {
        put.act == Act::Says && put.passage.text.len() <= LONGEST && put.passage.text.contains('£')
    };
    for put in before.iter_mut().rev().take_while(is_payment) {
        put.passage.kind = Kind::Resolution;
        last.passage.kind = Kind::Resolution;
    }
}

/// Ends a motion of which no vote is told, before the passage at `at`.
fn leave(motion: Option<Motion>, done: &mut [Put], at: usize, are_votes_printed: bool) {
    match motion {
        Some(motion) if motion.stage == Stage::Moved && are_votes_printed => {
            undo(&mut done[motion.start..at]);
        }
        Some(motion) if motion.stage == Stage::Moved => motion.carry(&mut done[..at]),
        Some(motion)
            if motion.stage == Stage::Said
                && done[motion.start..at].iter().any(|put| is_formal_motion(&put.passage.text)) =>
        {
            motion.carry(&mut done[..at]);
        }
        Some(motion) if motion.stage == Stage::Debated => undo(&mut done[motion.start..at]),
        _ => {}
    }
}

/// Lets motions and votes just before a decision be no decisions: it says the
/// same once more.
fn supersede(done: &mut [Put], at: usize, n_before: usize) {
    for put in done[at.saturating_sub(n_before)..at].iter_mut().rev() {
        match put.act {
            Act::Moves | Act::Puts => put.passage.kind = Kind::Narrative,
            Act::Says | Act::Names => {}
            _ if put.is_bare => put.passage.kind = Kind::Narrative,
            _ => break,
        }
    }
}

/// Lets nothing of these passages be a decision.
fn undo(done: &mut [Put]) {
    for put in done.iter_mut().filter(|put| is_decision(&put.passage)) {
        put.passage.kind = Kind::Narrative;
    }
}

fn is_decision(passage: &ItemPassage) -> bool {
    matches!(passage.kind, Kind::Resolution | Kind::Recommendation | Kind::Noting)
}

/// Where the decision begins that these passages end with: at the last that
/// decides by its own words, unless one that decides nothing stands behind it.
fn last_decision(done: &[Put]) -> usize {
    let mut from = done.len();
    for (at, put) in done.iter().enumerate().rev() {
        if !is_decision(&put.passage) {
            break;
        }
        from = at;
        if matches!(put.act, Act::Rules(_) | Act::Decides(_) | Act::Moves) {
            break;
        }
    }
    from
}

/// Whether a sentence without labels ends here, so that labels after it are of
/// another list.
fn ends_motion(put: &Put) -> bool {
    let text = put.passage.text.trim_end_matches(['”', '"', '’', '\'']);
    put.passage.clause.is_empty() && text.ends_with('.')
}

/// Whether a line is what the minute of a by-law, or of the end of a meeting,
/// goes on with below the words of the motion.
fn is_tail(text: &str) -> bool {
    ["Read a ", "Read the ", "Time:", "Next regular meeting"].iter().any(|words| text.starts_with(words))
}

/// Whether a passage may stand between a motion and its vote.
fn is_between(put: &Put) -> bool {
    let text = put.passage.text.as_str();
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    let is_vote = matches!(
        first.as_str(),
        "vote"
            | "votes"
            | "yeas"
            | "yea"
            | "nays"
            | "ayes"
            | "noes"
            | "for"
            | "against"
            | "absent"
            | "abstain"
            | "abstained"
            | "recuse"
    );
    put.is_led
        || is_vote
        // The sentence goes on; or it is a reference: “(2025-T10)”.
        || text.starts_with(char::is_lowercase)
        || is_tail(text)
        || !text.contains(' ')
        || put.is_row
        || is_name(text)
        || is_list_of_people(text)
        || put.passage.kind == Kind::Boilerplate
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is a paragraph; returns number, clause and text of each passage.
    fn read(text: &str) -> Vec<(Option<String>, String, String, Kind)> {
        let blocks: Vec<Block> = text.lines().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
        let short =
            |passage: ItemPassage| (passage.number, passage.clause.join(""), passage.text, passage.kind);
        passages(&blocks, None).into_iter().map(short).collect()
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
        check_clauses("(a) x:\n(i) y\n(b) z", &["(a)", "(a)(i)", "(b)"]);
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
    fn a_list_that_goes_on_behind_a_paragraph_still_decides() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "RESOLVED that:\n(a) the bridge be mended as follows:\n(i) the rail\nThe cost is known.\n(ii) the deck",
            &[Resolution, Resolution, Resolution, Narrative, Resolution],
        );
    }

    #[test]
    fn what_stands_below_the_word_action_is_asked_of_somebody() {
        use Kind::{Heading, Narrative, Request};
        check_kinds(
            "Action:\n• The clerk to write to the panel\n• Mr Hill: the map\nThe road was long.",
            &[Heading, Request, Request, Narrative],
        );
        check_kinds(
            "REPLY:\nIt will be mended.\nIt is old.\nCouncillor Hill thanked him.",
            &[Heading, Kind::Answer, Kind::Answer, Narrative],
        );
        check_kinds("Action\nThe team: the plan\nThe road was long.", &[Narrative, Request, Narrative]);
        check_kinds("Actions:\nThe team: the plan\nMr Hill: the map", &[Heading, Request, Request]);
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
    fn labels_that_nothing_follows_are_text() {
        let texts = |text: &str| read(text).into_iter().map(|passage| passage.2).collect::<Vec<_>>();
        assert_eq!(texts("(f)\n(9)\n(h)\nIt met."), ["(f) (9)", "It met."]);
        assert_eq!(texts("(f)\n(f)\nIt met."), ["(f)", "It met."]);
        assert_eq!(texts("6.1\n(a)\n(1)\n6.2 It met."), ["6.1 (a) (1)", "It met."]);
        check_clauses("(f)\n(1)\nIt met.", &["(f)(1)"]);
    }

    #[test]
    fn clauses_take_the_kind_of_what_leads_them_in() {
        let kinds: Vec<Kind> = read(
            "Members spoke.\nRESOLVED: That\n(1) the report be noted; and\n(2) figures be provided.\nThe Chair thanked all.",
        )
        .into_iter()
        .map(|passage| passage.3)
        .collect();
        use Kind::{Narrative, Noting, Resolution};
        assert_eq!(kinds, [Narrative, Resolution, Noting, Resolution, Narrative], "a clause may only note");
    }

    #[track_caller]
    fn check_kinds(text: &str, expected: &[Kind]) {
        let found: Vec<Kind> = read(text).into_iter().map(|passage| passage.3).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_vote_tells_whether_a_motion_was_a_decision() {
        use Kind::{Heading, Narrative, Resolution};
        check_kinds(
            "Moved by A. Brown\nSeconded by B. Lee\nThat the following be done:\na) the road be closed\nb) the wall be mended\nVote:\nYeas: A. Brown\nMotion Passed (2 to 0)\nMr Lee thanked all.",
            &[
                Narrative, Narrative, Resolution, Resolution, Resolution, Heading, Narrative, Narrative,
                Narrative,
            ],
        );
        check_kinds(
            "Moved by A. Brown\nSeconded by B. Lee\nThat the road be closed\nMotion Failed (1 to 2)",
            &[Narrative; 4],
        );
        check_kinds(
            "That we buy a plough:\na used one\nAnd that it be paid at once. Carried.",
            &[Resolution; 3],
        );
        check_kinds("That the bridge is old was said by all.", &[Narrative]);
    }

    #[test]
    fn a_motion_is_the_decision_and_what_its_minute_goes_on_with_is_none() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "A. Brown, B. Lee: That we pass By-law 12.\nRead a first time this 3rd day of May.\nRead a third time and passed. Carried.",
            &[Resolution, Narrative, Narrative],
        );
        check_kinds(
            "A. Brown, B. Lee:\nThat we send two members to the fair.\nTom Hill and Ann Dale\nCarried.",
            &[Narrative, Resolution, Narrative, Narrative],
        );
    }

    #[test]
    fn a_motion_without_a_vote_was_not_voted_on_where_votes_are_printed() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "Moved by A. Brown\nSeconded by B. Lee\nThat the motion be amended to say more.\nMoved by B. Lee\nSeconded by A. Brown\nThat the road be closed.\nMotion Passed (2 to 0)",
            &[Narrative, Narrative, Narrative, Narrative, Narrative, Resolution, Narrative],
        );
    }

    #[test]
    fn a_verdict_without_numbers_says_nothing_of_the_motions_before_it() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "Proposed by A. Brown, seconded by B. Lee that the hall be paid.\nProposed by C. Ash, seconded by B. Lee that the school be paid.\nMotion carried.",
            &[Resolution, Resolution, Narrative],
        );
    }

    #[test]
    fn a_motion_that_was_put_off_is_none_and_to_put_it_off_was_decided() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "THEREFORE BE IT RESOLVED that the road be closed.\nREFERRED TO THE ROADS COMMITTEE",
            &[Narrative, Resolution],
        );
        check_kinds(
            "THEREFORE BE IT RESOLVED that the park be closed.\nITEM 4 LAID OVER",
            &[Narrative, Resolution],
        );
    }

    #[test]
    fn rows_that_decide_are_numbered_by_their_first_cell_and_rows_of_voters_decide_nothing() {
        let rows = |lines: &[&str]| {
            let blocks: Vec<Block> = lines.iter().filter_map(|line| Block::new(Style::Row, line)).collect();
            let short = |passage: ItemPassage| (passage.clause.join(""), passage.kind);
            passages(&blocks, None).into_iter().map(short).collect::<Vec<_>>()
        };
        use Kind::{Narrative, Resolution};
        assert_eq!(
            rows(&["33/2031 | To close the road | PASSED", "34 | That it be resolved to build | LOST"]),
            [("33/2031".to_owned(), Resolution), (String::new(), Narrative)]
        );
        assert_eq!(
            rows(&["SUBJECT | YEAS | NAYS | DISPOSITION", "Item 3 | Mr Hill | Mrs Dale | CARRIED"]),
            [(String::new(), Narrative), (String::new(), Narrative)]
        );
        let counted = ["Motion | For | Against | Result", "That the lane be closed | 12 | 3 | Carried"];
        assert_eq!(rows(&counted)[1].1, Resolution);
    }

    #[test]
    fn a_point_of_earlier_minutes_is_a_label() {
        check_clauses("4.10iv) The road was closed.\n5ii) The wall fell.", &["4.10iv)", "5ii)"]);
    }

    #[test]
    fn the_number_of_an_application_ends_a_list_without_marks() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "The following was agreed:\nHall hire £20\nE/39554\nMill Farm",
            &[Resolution, Resolution, Narrative, Narrative],
        );
        check_kinds(
            "The following was agreed:\nHall hire £20\n12/03/2021\nPay the mower £30",
            &[Resolution, Resolution, Resolution, Resolution],
        );
    }

    #[test]
    fn a_vote_on_what_was_told_as_agreed_adds_no_decision() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "It was agreed to buy a bench.\nProposed - Mr Brown Seconded - Mrs Lee\nAll in favour",
            &[Resolution, Narrative, Narrative],
        );
    }

    #[test]
    fn an_amendment_that_is_debated_is_no_decision() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "Mr Brown proposed and Mrs Lee seconded the following amendment:\n(1) Recommend that the road be closed\nAmendment lost.\nMr Brown proposed, and Mrs Lee seconded, that Mr Ash take the chair.\nAgreed unanimously.\nRESOLVED that Mr Ash take the chair.",
            &[Narrative, Narrative, Narrative, Narrative, Narrative, Resolution],
        );
    }

    #[test]
    fn a_motion_with_mover_and_seconder_was_carried_unless_something_else_is_told() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "Mr Brown proposed a fee of £5, seconded by Mrs Lee.\nMr Ash spoke.",
            &[Resolution, Narrative],
        );
        check_kinds(
            "Mr Brown proposed Mr Ash and Mrs Lee seconded this. Mr Ash was co-opted.",
            &[Narrative, Resolution],
        );
    }

    #[test]
    fn a_word_alone_heads_a_decision_or_its_clauses() {
        use Kind::{Heading, Narrative, Resolution};
        check_kinds(
            "And Resolved:\n“That it be so”.\n(b) A letter was read.",
            &[Heading, Resolution, Narrative],
        );
        check_kinds("RESOLVED:\n(1) it be so\n(2) it end", &[Resolution; 3]);
    }

    #[test]
    fn a_list_without_marks_is_led_in_as_one_with_them() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "The following payments were authorised:\nClerk £20\nHall hire £30\nThe Chair then thanked all of them.",
            &[Resolution, Resolution, Resolution, Narrative],
        );
    }

    #[test]
    fn a_list_of_payments_is_approved_by_its_last_line() {
        use Kind::{Narrative, Resolution};
        check_kinds(
            "Mr Brown spoke.\nClerk - £20\nHall hire - £30 - all approved for payment.",
            &[Narrative, Resolution, Resolution],
        );
        for approval in ["• all approved.", "All approved for payment."] {
            check_kinds(
                &format!("Mr Brown spoke.\nClerk - £20\nHall hire - £30\n{approval}"),
                &[Narrative, Resolution, Resolution, Resolution],
            );
        }
    }

    #[test]
    fn names_below_a_word_of_attendance_are_of_those_there() {
        use Kind::{Attendance, Narrative};
        check_kinds(
            "Also present:\nA. Brown, Mrs B. Lee (Clerk)\nThe chair then opened the meeting.",
            &[Attendance, Attendance, Narrative],
        );
        let block = Block::new(Style::Paragraph, "Mr A. Brown and Mrs Lee").unwrap();
        assert_eq!(passages(&[block], Some("apologies"))[0].kind, Attendance);
    }

    #[test]
    fn a_paragraphs_number_goes_on_after_a_list_inside_of_it() {
        check_clauses(
            "1) x\n2) y:\na) p\nb) q\nMr Brown spoke.\n3) z",
            &["1)", "2)", "2)a)", "2)b)", "", "3)"],
        );
    }

    #[test]
    fn a_decision_inside_of_a_paragraph_is_a_passage_under_its_label() {
        let found = read("(c) The hedge is long. It was agreed to cut it.");
        assert_eq!(found[1].1, "(c)");
        assert_eq!((found[0].3, found[1].3), (Kind::Narrative, Kind::Resolution));
    }

    #[test]
    fn a_sentence_in_the_midst_of_a_bullet_has_none() {
        check_clauses(
            "· The hedge is long. It was agreed to cut it.\n· It was agreed to wait.",
            &["•", "", "•"],
        );
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
