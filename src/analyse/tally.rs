//! Counts by group: passages, items, meetings and matches.

use std::str::FromStr;
use std::sync::Arc;

/// What counts are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The council's slug.
    Council,
    /// The body's name.
    Body,
    /// The year of the meeting.
    Year,
    /// The quarter of the calendar year, such as `2021-Q3`; not known of a meeting whose
    /// month is not.
    Quarter,
    /// The kind of passage.
    Kind,
    /// The edition.
    Edition,
    /// The nation of the council, by the table of councils.
    Nation,
    /// The region of the council, by the table of councils.
    Region,
}

impl Dimension {
    /// All dimensions, in their order.
    pub const ALL: [Self; 8] = [
        Self::Council,
        Self::Body,
        Self::Year,
        Self::Quarter,
        Self::Kind,
        Self::Edition,
        Self::Nation,
        Self::Region,
    ];

    /// The name used on the command line and as a column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Body => "body",
            Self::Year => "year",
            Self::Kind => "kind",
            Self::Edition => "edition",
            Self::Quarter => "quarter",
            Self::Nation => "nation",
            Self::Region => "region",
        }
    }

    /// Whether a meeting as a whole falls into one group, so that the register
    /// of meetings can be counted by it.
    pub fn is_of_meetings(self) -> bool {
        !matches!(self, Self::Kind | Self::Edition)
    }
}

impl FromStr for Dimension {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|dimension| dimension.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{name}` cannot be grouped by; there are {names}")
        })
    }
}

/// The values of a group, one for each dimension; empty where not known.
pub type GroupKey = Vec<Arc<str>>;

/// Counts of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passages.
    pub passages: u64,
    /// Agenda items with at least one of them.
    pub items: u64,
    /// Meetings with at least one of them.
    pub meetings: u64,
    /// Matches: spans, as highlighted.
    pub matches: u64,
    /// The squares of the passages of each meeting, added up.
    pub squares: u64,
}

impl Tally {
    /// Adds what is of one meeting.
    pub fn add(&mut self, n_items: usize, n_passages: usize, n_matches: u64) {
        self.meetings += 1;
        self.items += n_items as u64;
        self.passages += n_passages as u64;
        self.squares += (n_passages as u64).pow(2);
        self.matches += n_matches;
    }
}
