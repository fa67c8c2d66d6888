//! The plan of the sample: who meets when, and which prose stands in which
//! minutes. Compiled in from `corpus/sample`; its `README.md` explains it.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, Weekday, date};
use serde::Deserialize;

use crate::model::{Error, Result};

const COUNCILS: &str = include_str!("../../corpus/sample/councils.toml");
const PROSE: &str = include_str!("../../corpus/sample/prose.toml");
const MEETINGS: &str = include_str!("../../corpus/sample/meetings.csv");

/// What the first meeting of a body in the plan calls its last meeting.
const BEFORE_THE_PLAN: Date = date(2015, 12, 8);

/// The whole plan.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The councils, in the order of `councils.toml`.
    pub councils: Vec<CouncilPlan>,
    /// The sentences.
    pub prose: Prose,
    /// The meetings, by council and then by date.
    pub meetings: Vec<MeetingPlan>,
}

/// An invented council.
#[derive(Debug, Clone, Deserialize)]
pub struct CouncilPlan {
    /// Its short name.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// Where its installation is mounted: empty, or `/moderngov`.
    pub path: String,
    /// What it calls the head of its children's services.
    pub dcs: String,
    /// Four other officers, whom items name by position.
    pub officers: Vec<String>,
    /// Where it meets.
    pub venue: String,
    /// Ten members: four chairs, then six who sit on every body.
    pub members: Vec<String>,
    /// How its installation behaves.
    pub site: SiteManner,
    /// How its minutes are written.
    pub style: Style,
    /// Its bodies.
    #[serde(rename = "body")]
    pub bodies: Vec<Body>,
}

/// How an installation behaves.
#[derive(Debug, Clone, Deserialize)]
pub struct SiteManner {
    /// Whether the web service is switched on.
    pub service: bool,
    /// Whether minutes are published as printed files only.
    pub pdf_only: bool,
    /// Its `robots.txt`; empty where it has none.
    pub robots: String,
    /// Which of two templates surrounds its pages.
    pub chrome: Chrome,
}

/// The markup around the pages of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chrome {
    /// A menu on both sides, in lists.
    Columns,
    /// A heading and a footer.
    Plain,
}

/// How minutes are written.
#[derive(Debug, Clone, Deserialize)]
pub struct Style {
    /// What stands before a resolution of one clause.
    pub resolved: String,
    /// What stands on a line of its own before several clauses.
    pub resolved_list: String,
    /// What the person in the chair is called.
    pub chair: String,
    /// The labels of clauses, level by level.
    pub labels: Labels,
    /// How paragraphs are set.
    pub paragraphs: Paragraphs,
    /// How bullets are written.
    pub bullet: Bullet,
    /// Whether the markup is Word's, with wrapped lines and spacers.
    pub word: bool,
    /// Whether apostrophes are curly.
    pub curly: bool,
    /// Whether decisions are published before the minutes as well.
    pub decisions: bool,
    /// When meetings begin, as printed: `7.00 pm`.
    pub time: String,
}

/// The labels of clauses, outermost level first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Labels {
    /// (1), (a), (i).
    #[serde(rename = "1ai")]
    Figures,
    /// (a), (i), (1).
    #[serde(rename = "ai1")]
    Letters,
    /// (i), (a), (1).
    #[serde(rename = "ia1")]
    Romans,
    /// (a), (i), (A).
    #[serde(rename = "aiA")]
    LettersTwice,
    /// A bullet on every level.
    #[serde(rename = "bullet")]
    Bullets,
}

/// How the paragraphs of an item are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Paragraphs {
    /// One after the other.
    Plain,
    /// With the item's number and their own: 6.1, 6.2.
    Numbered,
    /// Questions and answers as bullets.
    Bulleted,
}

/// How a bullet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bullet {
    /// As an element of a list.
    List,
    /// As a dot and spaces in a paragraph.
    Literal,
}

/// A body of a council.
#[derive(Debug, Clone, Deserialize)]
pub struct Body {
    /// The site's number for it.
    pub id: u32,
    /// What it does: `cyp`, `os`, `cab`, `cpp`, `hwb` or `none`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it calls itself in a sentence: `Committee`.
    pub noun: String,
    /// The heading under which the site lists it.
    pub category: String,
    /// Whether it has been wound up.
    #[serde(default)]
    pub expired: bool,
}

impl Body {
    /// Which of the council's first four members is in the chair.
    pub fn chair(&self) -> usize {
        match self.key.as_str() {
            "cyp" => 0,
            "os" => 1,
            "cab" => 2,
            _ => 3,
        }
    }
}

/// The sentences of which minutes are made.
#[derive(Debug, Clone, Deserialize)]
pub struct Prose {
    /// Kinds of agenda item, by id.
    #[serde(rename = "item")]
    pub items: BTreeMap<String, ItemProse>,
    /// Paragraphs and resolutions, by id.
    #[serde(rename = "para")]
    pub paragraphs: BTreeMap<String, Paragraph>,
}

/// A kind of agenda item.
#[derive(Debug, Clone, Deserialize)]
pub struct ItemProse {
    /// Its title.
    pub title: String,
    /// What the agenda says under it; may be empty.
    pub agenda: String,
    /// Which of the council's officers speaks to it, from 0.
    #[serde(default = "the_third")]
    pub officer: usize,
    /// Whether it is exempt: then its text is not published.
    #[serde(default)]
    pub restricted: bool,
}

/// Items name the third officer, who looks after meetings, unless they say so.
fn the_third() -> usize {
    2
}

/// A paragraph, or a resolution.
#[derive(Debug, Clone, Deserialize)]
pub struct Paragraph {
    /// The text with its slots; empty for a resolution.
    #[serde(default)]
    pub text: String,
    /// The clauses of a resolution; `>` marks one below the clause before it.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// What the text was before it was corrected.
    pub draft: Option<String>,
    /// What it does.
    #[serde(default)]
    pub role: Role,
    /// How many matches of each planted theme it holds.
    #[serde(default)]
    pub themes: BTreeMap<String, usize>,
}

/// What a paragraph does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It tells.
    #[default]
    Say,
    /// It asks.
    Ask,
    /// It answers.
    Ans,
    /// It is a bullet with every council.
    Bul,
    /// It resolves.
    Res,
}

/// A meeting of the plan.
#[derive(Debug, Clone)]
pub struct MeetingPlan {
    /// Which council, by position.
    pub council: usize,
    /// Which of its bodies, by position.
    pub body: usize,
    /// The site's number for the meeting.
    pub number: u32,
    /// When it was held, or would have been.
    pub date: Date,
    /// What became of it.
    pub state: State,
    /// Until when its minutes are drafts, if they ever were.
    pub draft_until: Option<Date>,
    /// The number printed before its first item.
    pub first_item: u32,
    /// When the body last met.
    pub previous: Date,
    /// Its items in order.
    pub items: Vec<ItemPlan>,
}

/// What becomes of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its minutes are published.
    Published,
    /// It was called off.
    Cancelled,
    /// It was held, and only its agenda was ever published.
    Agenda,
    /// It was held, and nothing was published.
    Nothing,
    /// Its minutes are published, but the site refuses them to a crawler.
    Refused,
}

/// An item of a meeting of the plan.
#[derive(Debug, Clone)]
pub struct ItemPlan {
    /// The kind of item.
    pub id: String,
    /// Its paragraphs, each with the date that it refers to, if any.
    pub paragraphs: Vec<(String, Option<Date>)>,
}

/// A row of `meetings.csv`.
#[derive(Deserialize)]
struct Row {
    council: String,
    body: u32,
    number: u32,
    date: Date,
    state: State,
    draft_until: Option<Date>,
    first_item: u32,
    items: String,
}

impl Sample {
    /// The sample that is compiled in.
    pub fn load() -> Self {
        Self::read(COUNCILS, PROSE, MEETINGS).expect("the compiled-in sample is read by the tests")
    }

    /// Reads a sample; fails where a row names a council, body, item or
    /// paragraph that there is not.
    pub fn read(councils: &str, prose: &str, meetings: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Councils {
            council: Vec<CouncilPlan>,
        }
        let wrong = |what: &str, error: &dyn std::fmt::Display| {
            Error::Input(format!("the sample's {what} cannot be read: {error}"))
        };
        let councils: Councils = toml::from_str(councils).map_err(|error| wrong("councils", &error))?;
        let prose: Prose = toml::from_str(prose).map_err(|error| wrong("prose", &error))?;
        let mut sample = Self { councils: councils.council, prose, meetings: Vec::new() };
        let mut last_met: HashMap<(usize, String), Date> = HashMap::new();
        for row in csv::Reader::from_reader(meetings.as_bytes()).into_deserialize() {
            let row: Row = row.map_err(|error| wrong("meetings", &error))?;
            let mut meeting = sample.plan(&row).map_err(|error| wrong("meetings", &error))?;
            // A body that succeeds another approves the minutes of its
            // predecessor, so that the last meeting goes by what a body does.
            let key = sample.councils[meeting.council].bodies[meeting.body].key.clone();
            let last = last_met.entry((meeting.council, key)).or_insert(BEFORE_THE_PLAN);
            meeting.previous = *last;
            if meeting.state != State::Cancelled {
                *last = meeting.date;
            }
            sample.meetings.push(meeting);
        }
        Ok(sample)
    }

    fn plan(&self, row: &Row) -> Result<MeetingPlan, String> {
        let at = |what: &str| format!("meeting {} names {what}", row.number);
        let council = self.councils.iter().position(|council| council.slug == row.council);
        let council = council.ok_or_else(|| at(&row.council))?;
        let body = self.councils[council].bodies.iter().position(|body| body.id == row.body);
        let mut items = Vec::new();
        for item in row.items.split('|').filter(|item| !item.is_empty()) {
            let (id, paragraphs) = item.split_once('=').ok_or_else(|| at(item))?;
            if !self.prose.items.contains_key(id) {
                return Err(at(id));
            }
            let mut plan = ItemPlan { id: id.into(), paragraphs: Vec::new() };
            for paragraph in paragraphs.split_whitespace() {
                let (id, asked) = match paragraph.split_once('@') {
                    Some((id, asked)) => (id, Some(asked.parse().map_err(|_| at(asked))?)),
                    None => (paragraph, None),
                };
                if !self.prose.paragraphs.contains_key(id) {
                    return Err(at(id));
                }
                plan.paragraphs.push((id.into(), asked));
            }
            items.push(plan);
        }
        Ok(MeetingPlan {
            council,
            body: body.ok_or_else(|| at(&row.body.to_string()))?,
            number: row.number,
            date: row.date,
            state: row.state,
            draft_until: row.draft_until,
            first_item: row.first_item,
            previous: BEFORE_THE_PLAN,
            items,
        })
    }

    /// The council that a meeting belongs to.
    pub fn council(&self, meeting: &MeetingPlan) -> &CouncilPlan {
        &self.councils[meeting.council]
    }

    /// The body that a meeting is one of.
    pub fn body(&self, meeting: &MeetingPlan) -> &Body {
        &self.councils[meeting.council].bodies[meeting.body]
    }

    /// The meeting of a council (by position) with that number.
    pub fn meeting(&self, council: usize, number: u32) -> Option<&MeetingPlan> {
        self.meetings.iter().find(|meeting| meeting.council == council && meeting.number == number)
    }
}

impl CouncilPlan {
    /// The host that it publishes on.
    pub fn host(&self) -> String {
        format!("democracy.{}.example", self.slug)
    }

    /// The root address of its installation, without a slash at the end.
    pub fn root(&self) -> String {
        format!("http://{}{}", self.host(), self.path)
    }
}

impl MeetingPlan {
    /// The site's number for the agenda, which is not that of the meeting.
    pub fn agenda_id(&self) -> u32 {
        self.number + 11_000
    }

    /// The site's number for the item at `position`, from 0.
    pub fn item_id(&self, position: usize) -> u32 {
        // No meeting of the plan has as many as fifty items.
        self.number * 50 + u32::try_from(position).unwrap_or(0)
    }

    /// What of the meeting is published on a day.
    pub fn published(&self, style: &Style, today: Date) -> Published {
        let passed = |days: i64| self.date.saturating_add(jiff::Span::new().days(days)) <= today;
        let has_agenda = matches!(self.state, State::Published | State::Agenda | State::Refused);
        let has_minutes = matches!(self.state, State::Published | State::Refused) && passed(14);
        let is_draft = self.draft_until.is_some_and(|until| today < until);
        Published {
            agenda: has_agenda && passed(-7),
            decisions: has_minutes && style.decisions,
            minutes: has_minutes.then_some(if is_draft { Stage::Draft } else { Stage::Approved }),
        }
    }

    /// When the page was last changed, as of a day.
    pub fn modified(&self, today: Date) -> Date {
        let days = |days: i64| self.date.saturating_add(jiff::Span::new().days(days));
        let mut changes = vec![days(-7), days(14)];
        changes.extend(self.draft_until);
        changes.into_iter().filter(|change| *change <= today).max().unwrap_or(days(-60))
    }
}

/// What of a meeting is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Whether the agenda is.
    pub agenda: bool,
    /// Whether decisions stand apart from the minutes.
    pub decisions: bool,
    /// Whether minutes are, and which.
    pub minutes: Option<Stage>,
}

/// Whether minutes have been approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not yet.
    Draft,
    /// They have.
    Approved,
}

/// A date as people write it: `15 January 2026`.
pub fn long(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// The English name of the month.
pub fn month(date: Date) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(date.month() - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default()
}

/// The English name of the day of the week.
pub fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// The hour and minute of a time printed as `7.30 pm` or `7:30 pm`.
pub fn clock(time: &str) -> (u32, u32) {
    let (digits, half) = time.split_once(' ').unwrap_or((time, "am"));
    let (hour, minute) = digits.split_once(['.', ':']).unwrap_or((digits, "0"));
    let hour: u32 = hour.parse().unwrap_or(0);
    let hour = if half == "pm" && hour < 12 { hour + 12 } else { hour };
    (hour, minute.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_sample_holds_six_councils_and_four_hundred_meetings() {
        let sample = Sample::load();
        assert_eq!((sample.councils.len(), sample.meetings.len()), (6, 400));
    }

    #[test]
    fn a_plan_that_names_what_there_is_not_is_refused() {
        let row = "council,body,number,date,state,draft_until,first_item,items\n\
                   ambermere,211,1,2016-01-05,published,,1,apol=zz9\n";
        let error = Sample::read(COUNCILS, PROSE, row).unwrap_err();
        assert!(error.to_string().contains("zz9"), "{error}");
    }

    #[test]
    fn every_sentence_and_every_kind_of_item_stands_in_some_minutes() {
        let sample = Sample::load();
        let items = || sample.meetings.iter().flat_map(|meeting| &meeting.items);
        for id in sample.prose.items.keys() {
            assert!(items().any(|item| item.id == *id), "{id}");
        }
        for id in sample.prose.paragraphs.keys() {
            assert!(items().any(|item| item.paragraphs.iter().any(|(used, _)| used == id)), "{id}");
        }
    }

    #[test]
    fn a_draft_is_approved_on_its_day() {
        let sample = Sample::load();
        let meeting = sample.meetings.iter().find(|meeting| meeting.draft_until.is_some()).unwrap();
        let style = &sample.council(meeting).style;
        assert_eq!(meeting.published(style, crate::sample::BEFORE_APPROVAL).minutes, Some(Stage::Draft));
        assert_eq!(meeting.published(style, crate::sample::TODAY).minutes, Some(Stage::Approved));
        assert_eq!(meeting.published(style, meeting.date).minutes, None);
    }

    #[test]
    fn a_printed_time_is_read_on_the_clock_of_twelve_hours() {
        assert_eq!(clock("7.30 pm"), (19, 30));
        assert_eq!(clock("10.30 am"), (10, 30));
        assert_eq!(clock("12.15 pm"), (12, 15));
    }
}
