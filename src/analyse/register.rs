//! Coverage: of the meetings that were held, how many can be read.

use std::collections::BTreeMap;

use super::{Dimension, GroupKey};
use crate::model::{Meeting, MeetingStatus};

/// A meeting of the register, and how far its minutes got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingState {
    /// The meeting as its site lists it.
    pub meeting: Meeting,
    /// Whether a document that ought to hold its minutes is in the archive.
    pub fetched: bool,
    /// Whether minutes could be read out of it: at least one passage.
    pub readable: bool,
    /// Whether a document of it was refused (robots.txt, 403, login …) and
    /// nothing readable came another way.
    pub refused: bool,
}

/// Counts of meetings of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Held: listed, not cancelled, and the day has passed.
    pub held: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Held, with minutes published.
    pub published: u64,
    /// Held, with a document that ought to hold the minutes in the archive.
    pub fetched: u64,
    /// Held, with minutes that could be read.
    pub readable: u64,
    /// Held, with nothing readable because the site refused.
    pub refused: u64,
}

impl Coverage {
    /// The share of held meetings whose minutes can be read, from 0 to 1;
    /// `None` when none was held.
    pub fn share(self) -> Option<f64> {
        (self.held > 0).then(|| self.readable as f64 / self.held as f64)
    }
}

/// Counts the register by council, year and body, as asked for.
///
/// Dimensions that are not of meetings are passed over. Meetings that are only
/// scheduled count nowhere, so that a group of nothing else is absent.
pub fn coverage<'a>(
    meetings: impl IntoIterator<Item = &'a MeetingState>,
    by: &[Dimension],
) -> BTreeMap<GroupKey, Coverage> {
    let mut groups: BTreeMap<GroupKey, Coverage> = BTreeMap::new();
    for state in meetings {
        if state.meeting.status == MeetingStatus::Scheduled {
            continue;
        }
        let group = groups.entry(group_of_meeting(by, &state.meeting)).or_default();
        if state.meeting.status == MeetingStatus::Cancelled {
            group.cancelled += 1;
            continue;
        }
        group.held += 1;
        group.published += u64::from(state.meeting.minutes_published || state.readable);
        group.fetched += u64::from(state.fetched);
        group.readable += u64::from(state.readable);
        group.refused += u64::from(state.refused && !state.readable);
    }
    groups
}

fn group_of_meeting(by: &[Dimension], meeting: &Meeting) -> GroupKey {
    let of_meetings = by.iter().filter(|dimension| dimension.is_of_meetings());
    of_meetings
        .map(|dimension| match dimension {
            Dimension::Council => meeting.council.clone(),
            Dimension::Body => meeting.body.clone(),
            _ => meeting.date.map(|date| date.year().to_string()).unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MeetingId, SiteId};

    fn state(status: MeetingStatus, minutes_published: bool, readable: bool, refused: bool) -> MeetingState {
        let meeting = Meeting {
            id: MeetingId { site: SiteId::new("a"), number: "1".into() },
            council: "aldmere".into(),
            council_name: "Aldmere Council".into(),
            body: "Cabinet".into(),
            date: "2020-03-02".parse().ok(),
            status,
            agenda_published: minutes_published,
            minutes_published,
            url: String::new(),
        };
        MeetingState { meeting, fetched: readable, readable, refused }
    }

    #[test]
    fn every_held_meeting_counts_and_a_scheduled_one_does_not() {
        use MeetingStatus::{Cancelled, Held, Scheduled};
        let states = [
            state(Held, true, true, false),
            state(Held, true, false, true),
            state(Held, false, false, false),
            state(Cancelled, false, false, false),
            state(Scheduled, false, false, false),
        ];
        let counts = coverage(&states, &[Dimension::Council, Dimension::Year]);
        let key = vec!["aldmere".to_owned(), "2020".to_owned()];
        let expected = Coverage { held: 3, cancelled: 1, published: 2, fetched: 1, readable: 1, refused: 1 };
        assert_eq!(counts, BTreeMap::from([(key.clone(), expected)]));
        assert_eq!(counts[&key].share(), Some(1.0 / 3.0));
    }
}
