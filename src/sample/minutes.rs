//! Turns the plan of a meeting into the text of its minutes: items, and in
//! them blocks with their labels, before any markup.

use jiff::civil::Date;

use super::data::{
    Body, CouncilPlan, ItemProse, Labels, MeetingPlan, Paragraph, Paragraphs, Role, Sample, Stage, long,
};

/// An item with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The site's number for it.
    pub id: u32,
    /// The kind of item in the plan, such as `apol`.
    pub kind: String,
    /// The number printed before it.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// What the agenda says under it; may be empty.
    pub agenda: String,
    /// What was minuted.
    pub minutes: Vec<Block>,
    /// Whether it is exempt: then it has no text.
    pub restricted: bool,
}

impl Item {
    /// The part of the minutes that resolves.
    pub fn decision(&self) -> Vec<Block> {
        self.minutes.iter().filter(|block| block.resolves).cloned().collect()
    }
}

/// A paragraph, a bullet or a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What is printed before it: `6.1`, `(a)`, `•`, or nothing.
    pub label: Option<String>,
    /// How many clauses it lies below; 0 for all that is no clause.
    pub depth: usize,
    /// Whether it is part of a resolution.
    pub resolves: bool,
    /// The text.
    pub text: String,
}

/// The items of a meeting, as minuted at a stage.
pub fn items(sample: &Sample, meeting: &MeetingPlan, stage: Stage) -> Vec<Item> {
    let mut writer = Writer {
        sample,
        council: sample.council(meeting),
        body: sample.body(meeting),
        meeting,
        stage,
        n_paragraphs: 0,
    };
    let mut items = Vec::new();
    for (position, plan) in meeting.items.iter().enumerate() {
        let Some(prose) = sample.prose.items.get(&plan.id) else { continue };
        let number = meeting.first_item + u32::try_from(position).unwrap_or(0);
        let mut minutes = Vec::new();
        let mut n_numbered = 0;
        for (id, asked) in &plan.paragraphs {
            writer.n_paragraphs += 1;
            for mut block in writer.blocks(prose, id, *asked) {
                let is_numbered = writer.council.style.paragraphs == Paragraphs::Numbered;
                if is_numbered && block.label.is_none() && !block.resolves {
                    n_numbered += 1;
                    block.label = Some(format!("{number}.{n_numbered}"));
                }
                minutes.push(block);
            }
        }
        items.push(Item {
            id: meeting.item_id(position),
            kind: plan.id.clone(),
            number,
            title: writer.fill(prose, &prose.title, None),
            agenda: writer.fill(prose, &prose.agenda, None),
            minutes,
            restricted: prose.restricted,
        });
    }
    items
}

/// The members who sit on the body of a meeting, the chair first, each with
/// whether they were there.
pub fn attendance<'a>(sample: &'a Sample, meeting: &MeetingPlan) -> Vec<(&'a str, bool)> {
    let council = sample.council(meeting);
    let chair = council.members.iter().skip(sample.body(meeting).chair()).take(1);
    let seats = chair.chain(council.members.iter().skip(N_CHAIRS)).map(String::as_str).enumerate();
    let is_absent = |seat: usize| seat > 0 && (meeting.number as usize * 7 + seat * 3).is_multiple_of(11);
    seats.map(|(seat, name)| (name, !is_absent(seat))).collect()
}

/// The members of a council begin with the chairs of its four bodies, who
/// sit on no other; the rest sit on all.
const N_CHAIRS: usize = 4;

/// The surname, which minutes use alone.
pub fn surname(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}

struct Writer<'a> {
    sample: &'a Sample,
    council: &'a CouncilPlan,
    body: &'a Body,
    meeting: &'a MeetingPlan,
    stage: Stage,
    /// How many paragraphs the plan has named so far: numbers and names in
    /// them vary with it.
    n_paragraphs: usize,
}

impl Writer<'_> {
    fn blocks(&self, item: &ItemProse, id: &str, asked: Option<Date>) -> Vec<Block> {
        let Some(paragraph) = self.sample.prose.paragraphs.get(id) else { return Vec::new() };
        if paragraph.role == Role::Res {
            return self.resolution(item, paragraph, asked);
        }
        let text = match (&paragraph.draft, self.stage) {
            (Some(draft), Stage::Draft) => draft,
            _ => &paragraph.text,
        };
        let is_bullet = match paragraph.role {
            Role::Bul => true,
            Role::Ask | Role::Ans => self.council.style.paragraphs == Paragraphs::Bulleted,
            Role::Say | Role::Res => false,
        };
        let text = self.fill(item, text, asked);
        vec![Block { label: is_bullet.then(|| "•".into()), depth: 0, resolves: false, text }]
    }

    fn resolution(&self, item: &ItemProse, paragraph: &Paragraph, asked: Option<Date>) -> Vec<Block> {
        let style = &self.council.style;
        let lead = |text: String| Block { label: None, depth: 0, resolves: true, text };
        if let [only] = paragraph.clauses.as_slice() {
            return vec![lead(format!("{} {}.", style.resolved, self.fill(item, only, asked)))];
        }
        let mut blocks = vec![lead(style.resolved_list.clone())];
        let mut counts: Vec<usize> = Vec::new();
        let n_clauses = paragraph.clauses.len();
        for (at, clause) in paragraph.clauses.iter().enumerate() {
            let text = clause.trim_start_matches('>');
            let depth = clause.len() - text.len();
            counts.resize(depth + 1, 0);
            counts[depth] += 1;
            let mut text = self.fill(item, text.trim_start(), asked);
            if at + 1 == n_clauses {
                text.push('.');
            } else if !text.ends_with(':') {
                text.push_str(if at + 2 == n_clauses { "; and" } else { ";" });
            }
            let label = Some(label(style.labels, depth, counts[depth]));
            blocks.push(Block { label, depth, resolves: true, text });
        }
        blocks
    }

    /// Puts what they stand for in the place of the slots.
    fn fill(&self, item: &ItemProse, text: &str, asked: Option<Date>) -> String {
        let mut filled = String::new();
        let mut rest = text;
        let mut n_slots = 0;
        while let Some((before, slot, after)) = next_slot(rest) {
            filled.push_str(before);
            filled.push_str(&self.slot(item, slot, n_slots, asked));
            n_slots += 1;
            rest = after;
        }
        filled.push_str(rest);
        if self.council.style.curly { filled.replace('\'', "’") } else { filled }
    }

    fn slot(&self, item: &ItemProse, slot: &str, n_slots: usize, asked: Option<Date>) -> String {
        let (number, ordinal) = (self.meeting.number as usize, self.n_paragraphs);
        let words: Vec<&str> = slot.split(' ').collect();
        match words.as_slice() {
            ["n", low, high] => {
                let (low, high): (usize, usize) = (low.parse().unwrap_or(0), high.parse().unwrap_or(0));
                let width = high.saturating_sub(low) + 1;
                (low + (number * 31 + ordinal * 17 + n_slots * 7) % width).to_string()
            }
            ["m"] => {
                let seat = N_CHAIRS + (number + ordinal * 5 + n_slots) % 6;
                format!("Councillor {}", self.council.members.get(seat).map_or("", |name| surname(name)))
            }
            ["apol"] => apologies(&attendance(self.sample, self.meeting)),
            ["chair"] => self.council.style.chair.clone(),
            ["officer"] => self.council.officers.get(item.officer).cloned().unwrap_or_default(),
            ["dcs"] => self.council.dcs.clone(),
            ["self"] => self.body.noun.clone(),
            ["body"] => self.body.name.clone(),
            ["council"] => self.council.name.clone(),
            ["prev"] => long(self.meeting.previous),
            ["muni"] => municipal_year(self.meeting.date),
            ["asked"] => asked.map(long).unwrap_or_default(),
            // A slot that nobody knows stays as it is, and a test finds it.
            _ => format!("{{{slot}}}"),
        }
    }
}

fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (slot, after) = rest.split_once('}')?;
    Some((before, slot, after))
}

fn label(labels: Labels, depth: usize, count: usize) -> String {
    const FIGURE: [&str; 7] = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"];
    const LETTER: [&str; 7] = ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)", "(g)"];
    const CAPITAL: [&str; 7] = ["(A)", "(B)", "(C)", "(D)", "(E)", "(F)", "(G)"];
    const ROMAN: [&str; 7] = ["(i)", "(ii)", "(iii)", "(iv)", "(v)", "(vi)", "(vii)"];
    let levels = match labels {
        Labels::Figures => [FIGURE, LETTER, ROMAN],
        Labels::Letters => [LETTER, ROMAN, FIGURE],
        Labels::Romans => [ROMAN, LETTER, FIGURE],
        Labels::LettersTwice => [LETTER, ROMAN, CAPITAL],
        Labels::Bullets => return "•".into(),
    };
    let level = levels[depth.min(2)];
    level[(count - 1).min(level.len() - 1)].into()
}

fn apologies(attendance: &[(&str, bool)]) -> String {
    let absent: Vec<&str> =
        attendance.iter().filter(|(_, there)| !there).map(|(name, _)| surname(name)).collect();
    match absent.split_last() {
        None => "no Member".into(),
        Some((only, [])) => format!("Councillor {only}"),
        Some((last, others)) => format!("Councillors {} and {last}", others.join(", ")),
    }
}

/// The year from May to April, as `2018/19`.
fn municipal_year(date: Date) -> String {
    let year = if date.month() >= 5 { date.year() } else { date.year() - 1 };
    format!("{year}/{:02}", (year + 1) % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_slot_stays_open_in_any_minutes() {
        let sample = Sample::load();
        for meeting in &sample.meetings {
            for item in items(&sample, meeting, Stage::Draft) {
                let texts = item.minutes.iter().map(|block| &block.text).chain([&item.title, &item.agenda]);
                for text in texts {
                    assert!(!text.contains(['{', '}']), "{text}");
                }
            }
        }
    }

    #[test]
    fn labels_follow_the_style_of_the_council() {
        assert_eq!(label(Labels::Figures, 0, 2), "(2)");
        assert_eq!(label(Labels::LettersTwice, 2, 3), "(C)");
        assert_eq!(label(Labels::Romans, 0, 4), "(iv)");
        assert_eq!(label(Labels::Bullets, 1, 4), "•");
    }

    #[test]
    fn clauses_lie_below_one_another() {
        let sample = Sample::load();
        let eastfold = sample.councils.iter().position(|council| council.slug.starts_with("eastfold"));
        let meeting = sample.meetings.iter().find(|meeting| {
            Some(meeting.council) == eastfold
                && meeting.items.iter().any(|item| item.paragraphs.iter().any(|(id, _)| id == "r4"))
        });
        let items = items(&sample, meeting.unwrap(), Stage::Approved);
        let libraries = items.iter().find(|item| item.kind == "libr").unwrap().decision();
        let labels: Vec<&str> = libraries.iter().filter_map(|block| block.label.as_deref()).collect();
        assert_eq!(labels, ["(a)", "(b)", "(i)", "(ii)", "(A)", "(B)", "(c)"]);
    }

    #[test]
    fn the_municipal_year_begins_in_may() {
        assert_eq!(municipal_year(jiff::civil::date(2019, 4, 30)), "2018/19");
        assert_eq!(municipal_year(jiff::civil::date(1999, 5, 1)), "1999/00");
    }
}
