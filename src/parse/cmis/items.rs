//! The items that a meeting's page prints.
//!
//! Most sites print the agenda there and put the minutes into files. Some print
//! the minutes as well: under an item's agenda stands the number of a minute,
//! alone, and then its text. These numbers go on through the year (77, 79), so
//! they are told from those of the items, which begin at 1 and leave none out.

use crate::model::{AgendaItem, Edition, ItemPassage};
use crate::parse::blocks::{Block, Style};
use crate::parse::{passages, standing};

/// What the tabs of a page are called: where one begins, the agenda has ended.
const TABS: [&str; 9] = [
    "attendance",
    "attendance details",
    "visitors",
    "visitor information",
    "declarations of interests",
    "declarations of interest",
    "webcast",
    "documents",
    "meeting documents",
];

/// How many minutes a page must number to be taken to hold any: a number that
/// stands alone in an agenda is not yet a minute.
const FEWEST_MINUTES: usize = 2;

/// How many numbers lie between two minutes of a page at most: those of private
/// items are left out.
const WIDEST_GAP: u32 = 20;

/// The longest title of an item, in bytes.
const TITLE_BYTES: usize = 300;

/// Reads the items under the heading of the agenda.
///
/// Text before the first item is an item with neither number nor title. Every
/// passage has its edition: agenda, or minutes.
pub(super) fn items(blocks: &[Block]) -> Vec<AgendaItem> {
    let lines = lines(agenda(blocks));
    let marks = marks(&lines);
    let mut draft = Draft::default();
    let mut all = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(head) = head(&lines, at, draft.expected, draft.minute.is_some()) {
            all.extend(draft.finish(all.len()));
            draft = Draft {
                expected: draft.expected + 1,
                number: head.number,
                title: head.title,
                ..Draft::default()
            };
            at += head.n_lines;
            continue;
        }
        match lone_number(&lines[at]).filter(|_| marks.binary_search(&at).is_ok()) {
            Some(number) => draft.begin_minute(number),
            None => draft.push(&lines[at]),
        }
        at += 1;
    }
    all.extend(draft.finish(all.len()));
    all
}

/// The blocks from behind the heading of the agenda to the next tab.
fn agenda(blocks: &[Block]) -> &[Block] {
    let said: Vec<String> = blocks.iter().map(|block| block.text.to_lowercase()).collect();
    let is_heading = |text: &String| matches!(text.trim_end_matches(':'), "public agenda" | "agenda");
    let Some(first) = said.iter().position(is_heading) else { return &[] };
    // `Agenda` and `Public Agenda` may stand one above the other.
    let begin = first + said[first..].iter().take_while(|text| is_heading(text)).count();
    let is_end = |at: &usize| {
        // Items are called like tabs, but stand behind a number.
        TABS.contains(&said[*at].as_str()) && lone_number(&blocks[at - 1]).is_none()
    };
    let end = (begin..blocks.len()).find(is_end).unwrap_or(blocks.len());
    &blocks[begin..end]
}

/// The blocks, with a row that begins with a number taken apart: sites lay
/// agendas out as tables.
fn lines(blocks: &[Block]) -> Vec<Block> {
    let mut lines = Vec::new();
    for block in blocks {
        let cells = block.text.split_once(" | ").filter(|_| block.style == Style::Row);
        match cells {
            Some((number, rest)) if is_number(number) => {
                let parts = [number, rest].into_iter().filter_map(|text| Block::new(Style::Paragraph, text));
                lines.extend(parts);
            }
            _ => lines.push(block.clone()),
        }
    }
    lines
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_end_matches(['.', ')']);
    matches!(digits.len(), 1..=3) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number that a block is, if it is nothing else.
fn lone_number(block: &Block) -> Option<u32> {
    let is_text = block.style != Style::Row && is_number(&block.text);
    block.text.trim_end_matches(['.', ')']).parse().ok().filter(|_| is_text)
}

/// Which lines number a minute: lone numbers that head no item and go up by
/// small steps. None, where there are too few of them.
fn marks(lines: &[Block]) -> Vec<usize> {
    let mut marks: Vec<usize> = Vec::new();
    let (mut expected, mut before) = (1, None);
    let mut at = 0;
    while at < lines.len() {
        if let Some(head) = head(lines, at, expected, before.is_some()) {
            expected += 1;
            at += head.n_lines;
            continue;
        }
        if let Some(number) = lone_number(&lines[at]) {
            let follows = |before: u32| number > before && number - before <= WIDEST_GAP;
            if before.is_none_or(follows) {
                marks.push(at);
                before = Some(number);
            }
        }
        at += 1;
    }
    if marks.len() < FEWEST_MINUTES { Vec::new() } else { marks }
}

/// The number and title of an item.
struct Head {
    number: String,
    title: String,
    n_lines: usize,
}

/// The head of the item with the number that is expected: `2` above its title,
/// or `2 Have Your Say!`. In minutes, `2.` counts a list.
fn head(lines: &[Block], at: usize, expected: u32, in_minutes: bool) -> Option<Head> {
    let text = lines[at].text.as_str();
    let number = expected.to_string();
    let rest = text.strip_prefix(&number)?;
    let unstopped = rest.strip_prefix(['.', ')']).filter(|_| !in_minutes).unwrap_or(rest);
    let is_title = |title: &str| {
        title.len() <= TITLE_BYTES && title.starts_with(|c: char| c.is_uppercase() || "\"'‘“(".contains(c))
    };
    if unstopped.is_empty() {
        let title = lines.get(at + 1).filter(|next| is_title(&next.text))?;
        return Some(Head { number, title: title.text.clone(), n_lines: 2 });
    }
    let title = unstopped.strip_prefix(' ').filter(|title| is_title(title))?;
    Some(Head { number, title: title.to_owned(), n_lines: 1 })
}

/// An item as it is being read.
struct Draft {
    /// The number of the next item.
    expected: u32,
    number: String,
    title: String,
    agenda: Vec<Block>,
    passages: Vec<ItemPassage>,
    /// The number of the minute that is being read.
    minute: Option<u32>,
    minutes: Vec<Block>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            expected: 1,
            number: String::new(),
            title: String::new(),
            agenda: Vec::new(),
            passages: Vec::new(),
            minute: None,
            minutes: Vec::new(),
        }
    }
}

impl Draft {
    fn push(&mut self, block: &Block) {
        match self.minute {
            Some(_) => self.minutes.push(block.clone()),
            None => self.agenda.push(block.clone()),
        }
    }

    fn begin_minute(&mut self, number: u32) {
        self.end_minute();
        self.minute = Some(number);
    }

    fn end_minute(&mut self) {
        let Some(number) = self.minute.take() else { return };
        let mut read = passages(&std::mem::take(&mut self.minutes), standing(&self.title));
        for passage in &mut read {
            passage.edition = Some(Edition::Minutes);
        }
        if let Some(first) = read.first_mut() {
            first.number.get_or_insert_with(|| number.to_string());
        }
        self.passages.extend(read);
    }

    /// The item; `None` when there is nothing of it.
    fn finish(&mut self, n_before: usize) -> Option<AgendaItem> {
        self.end_minute();
        let mut all = passages(&std::mem::take(&mut self.agenda), standing(&self.title));
        for passage in &mut all {
            passage.edition = Some(Edition::Agenda);
        }
        all.append(&mut self.passages);
        let title = std::mem::take(&mut self.title);
        let is_something = !title.is_empty() || !all.is_empty();
        is_something.then(|| AgendaItem {
            key: (n_before + 1).to_string(),
            number: std::mem::take(&mut self.number),
            standing: standing(&title).map(str::to_owned),
            title,
            exempt: None,
            url: None,
            passages: all,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number and title of each item, and its passages: `A` agenda, `M` minutes.
    #[track_caller]
    fn check(lines: &[&str], expected: &[&str]) {
        let blocks: Vec<Block> = lines.iter().filter_map(|line| Block::new(Style::Paragraph, line)).collect();
        let said = |item: &AgendaItem| {
            let passages: Vec<String> = item
                .passages
                .iter()
                .map(|passage| {
                    let kind = if passage.edition == Some(Edition::Minutes) { 'M' } else { 'A' };
                    format!(" {kind}{}:{}", passage.number.as_deref().unwrap_or_default(), passage.text)
                })
                .collect();
            format!("{}={}{}", item.number, item.title, passages.concat())
        };
        assert_eq!(items(&blocks).iter().map(said).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_agenda_is_read_however_its_numbers_stand() {
        let inline = ["Agenda", "Part A", "1 Welcome", "To welcome all.", "2 Budget", "Attendance", "A name"];
        let expected = ["= A:Part A", "1=Welcome A:To welcome all.", "2=Budget"];
        check(&inline, &expected);
        let apart =
            ["Agenda", "Part A", "1", "Welcome", "To welcome all.", "2", "Budget", "Attendance", "A name"];
        check(&apart, &expected);
        // An item of that title is no tab.
        check(
            &[
                "Agenda",
                "Public Agenda",
                "1",
                "Declarations of Interests",
                "To declare.",
                "Declarations of Interests",
            ],
            &["1=Declarations of Interests A:To declare."],
        );
        check(&["Reports", "1 Welcome"], &[]);
    }

    #[test]
    fn minutes_stand_behind_their_numbers() {
        check(
            &[
                "Agenda",
                "Part A",
                "Apologies",
                "Cllr Archer",
                "77",
                "Apologies were received from Cllr Archer.",
                "1 Welcome",
                "To welcome all.",
                "2 Have Your Say!",
                "Members of the public may speak.",
                "79",
                "Mr Bellamy asked about parking.",
                "2. a list in the minutes",
                "3 Budget",
                "To consider.",
                "80",
                "RESOLVED that the budget be approved.",
                "2017",
            ],
            &[
                "= A:Part A A:Apologies A:Cllr Archer M77:Apologies were received from Cllr Archer.",
                "1=Welcome A:To welcome all.",
                "2=Have Your Say! A:Members of the public may speak. M79:Mr Bellamy asked about parking. \
                 M:a list in the minutes",
                "3=Budget A:To consider. M80:RESOLVED that the budget be approved. M:2017",
            ],
        );
    }

    #[test]
    fn a_single_number_in_an_agenda_is_no_minute() {
        check(&["Agenda", "1 Welcome", "12", "places are free."], &["1=Welcome A:12 A:places are free."]);
    }
}
