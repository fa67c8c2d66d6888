//! Counts by group: passages, items, meetings and matches.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;
use std::str::FromStr;

/// What counts are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The council's slug.
    Council,
    /// The body's name.
    Body,
    /// The year of the meeting.
    Year,
    /// The kind of passage.
    Kind,
    /// The edition.
    Edition,
}

impl Dimension {
    /// All dimensions.
    pub const ALL: [Self; 5] = [Self::Council, Self::Body, Self::Year, Self::Kind, Self::Edition];

    /// The name used on the command line and as a column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Body => "body",
            Self::Year => "year",
            Self::Kind => "kind",
            Self::Edition => "edition",
        }
    }

    /// Whether a meeting as a whole falls into one group, so that the register
    /// of meetings can be counted by it.
    pub fn is_of_meetings(self) -> bool {
        matches!(self, Self::Council | Self::Body | Self::Year)
    }
}

impl FromStr for Dimension {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|dimension| dimension.name() == name);
        found.ok_or_else(|| {
            format!("`{name}` cannot be grouped by; there are council, body, year, kind and edition")
        })
    }
}

/// The values of a group, one for each dimension; empty where not known.
pub type GroupKey = Vec<String>;

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
}

/// Adds passages up by group. `K`, `I` and `M` name groups, items and meetings.
#[derive(Debug, Clone)]
pub struct TallyBuilder<K, I, M> {
    groups: BTreeMap<K, Group<I, M>>,
}

#[derive(Debug, Clone)]
struct Group<I, M> {
    passages: u64,
    matches: u64,
    items: HashSet<I>,
    meetings: HashSet<M>,
}

impl<K: Ord, I: Hash + Eq, M: Hash + Eq> TallyBuilder<K, I, M> {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self { groups: BTreeMap::new() }
    }

    /// Counts a passage with its matches.
    pub fn add(&mut self, group: K, item: I, meeting: M, matches: u64) {
        let group = self.groups.entry(group).or_insert_with(|| Group {
            passages: 0,
            matches: 0,
            items: HashSet::new(),
            meetings: HashSet::new(),
        });
        group.passages += 1;
        group.matches += matches;
        group.items.insert(item);
        group.meetings.insert(meeting);
    }

    /// The counts, in the order of the groups' values.
    pub fn finish(self) -> BTreeMap<K, Tally> {
        let tally = |group: Group<I, M>| Tally {
            passages: group.passages,
            items: group.items.len() as u64,
            meetings: group.meetings.len() as u64,
            matches: group.matches,
        };
        self.groups.into_iter().map(|(key, group)| (key, tally(group))).collect()
    }
}

impl<K: Ord, I: Hash + Eq, M: Hash + Eq> Default for TallyBuilder<K, I, M> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_meetings_count_once_and_passages_and_matches_every_time() {
        let mut tally = TallyBuilder::new();
        tally.add("a", "m1/1", "m1", 2);
        tally.add("a", "m1/1", "m1", 1);
        tally.add("a", "m1/2", "m1", 0);
        tally.add("b", "m2/1", "m2", 1);
        let counts = tally.finish();
        assert_eq!(counts["a"], Tally { passages: 3, items: 2, meetings: 1, matches: 3 });
        assert_eq!(counts["b"], Tally { passages: 1, items: 1, meetings: 1, matches: 1 });
    }
}
