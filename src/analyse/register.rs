//! Coverage: of the meetings that were held, how many can be read, and why the
//! others cannot.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Dimension, GroupKey};
use crate::model::{Meeting, MeetingId, MeetingStatus, PartialDate, SiteId};

/// A meeting of the register, and how far its minutes got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingState {
    /// The meeting as its site lists it.
    pub meeting: Meeting,
    /// The nation of its council; empty when not known.
    pub nation: String,
    /// The region of its council; empty when not known.
    pub region: String,
    /// Whether any document of it was ever asked for; of files that somebody
    /// adds, whether one of them ought to hold its minutes.
    pub asked: bool,
    /// Whether a document that ought to hold its minutes is in the archive.
    pub fetched: bool,
    /// Whether minutes could be read out of it: at least one passage.
    pub readable: bool,
    /// What came of it when it was last asked for, where that was nothing; of a
    /// readable meeting, only that what is held was withdrawn.
    pub lost: Option<Lost>,
    /// The name of what is wrong with what is held of it, such as
    /// `no-text-layer`; `None` where it is readable, or nothing is held that
    /// ought to hold its minutes.
    pub defect: Option<&'static str>,
    /// The meeting under which its minutes stand as well, and count; `None` where
    /// they count here.
    pub copy_of: Option<MeetingId>,
    /// How many reports somebody added for it, where nothing else shows that there
    /// was such a meeting; otherwise 0.
    pub n_reports_alone: u64,
}

/// The one of the columns that add up to those held to which a meeting belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its minutes can be read.
    Readable,
    /// Somebody or something said no.
    Refused,
    /// It could not be had.
    Failed,
    /// Its minutes were never asked for.
    NotAsked,
    /// Out of what is held no minutes were read.
    Unreadable,
    /// There are none on its site.
    Unpublished,
}

impl MeetingState {
    /// How far the minutes of a meeting that was held got.
    pub fn fate(&self) -> Fate {
        // A crawl that was stopped may have asked for the page alone that says
        // where the minutes are.
        let is_waiting = self.meeting.minutes_published && !self.fetched;
        match self.lost {
            _ if self.copy_of.is_some() => Fate::Unreadable,
            _ if self.readable => Fate::Readable,
            Some(lost) if lost.is_refused => Fate::Refused,
            Some(_) => Fate::Failed,
            None if self.defect.is_some() => Fate::Unreadable,
            None if !self.asked || is_waiting => Fate::NotAsked,
            None => Fate::Unpublished,
        }
    }
}

impl MeetingState {
    /// Whether something else tells that there was this meeting than minutes that
    /// count under another.
    fn is_told_of(&self) -> bool {
        let is_listed = !self.meeting.id.site.is_of_files() || self.meeting.agenda_published;
        self.copy_of.is_none() || is_listed
    }

    /// The cause, and what is wrong with what is held: one of them at most.
    fn why(&self) -> (Option<&'static str>, Option<&'static str>) {
        match self.copy_of {
            Some(_) => (None, Some("copy")),
            None => (self.lost.map(|lost| lost.cause), self.defect),
        }
    }
}

/// Why nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// The name of the cause, such as `robots` or `time-out`.
    pub cause: &'static str,
    /// Whether somebody or something said no; otherwise it failed.
    pub is_refused: bool,
}

/// How many meetings have each cause, by its name.
pub type Causes = BTreeMap<&'static str, u64>;

/// `robots 12, forbidden 3`: the most frequent first, then by name.
pub fn causes_named(causes: &Causes) -> String {
    let mut causes: Vec<(&str, u64)> = causes.iter().map(|(cause, n)| (*cause, *n)).collect();
    causes.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let named: Vec<String> = causes.iter().map(|(cause, n)| format!("{cause} {n}")).collect();
    named.join(", ")
}

/// Counts of meetings of one group. Of those whose minutes count under another
/// meeting, one that nothing else tells of counts in `copies` alone.
///
/// Each meeting that was held counts in one of `readable`, `refused`, `failed`,
/// `not_asked`, `unreadable` and `unpublished`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Listed: all that the register knows, also those that are only scheduled.
    pub listed: u64,
    /// Held: listed, not cancelled, and the day has passed.
    pub held: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Held, with an agenda published.
    pub agenda: u64,
    /// Held, with minutes published, as far as a list or the meeting's own
    /// documents told. [`Coverage::is_published_known`] says whether any did.
    pub published: u64,
    /// Held, with a document that ought to hold the minutes in the archive.
    pub fetched: u64,
    /// Held, with minutes that could be read.
    pub readable: u64,
    /// Held, with nothing readable because the site refused.
    pub refused: u64,
    /// Held, with nothing readable because it could not be had.
    pub failed: u64,
    /// Held, and its minutes never asked for.
    pub not_asked: u64,
    /// Held, with something in the archive out of which no minutes were read.
    pub unreadable: u64,
    /// Held and asked for, and its site has no minutes of it.
    pub unpublished: u64,
    /// Held, never asked for, and no list told whether anything is published.
    pub untold: u64,
    /// Meetings whose minutes stand, and count, under another.
    pub copies: u64,
    /// Why: of the refused, the failed, and the readable that were withdrawn.
    /// Each meeting counts once.
    pub causes: Causes,
    /// Why: of the unreadable.
    pub defects: Causes,
}

impl Coverage {
    /// The share of held meetings whose minutes can be read, from 0 to 1;
    /// `None` when none was held.
    pub fn share(&self) -> Option<f64> {
        (self.held > 0).then(|| self.readable as f64 / self.held as f64)
    }

    /// Whether something is known of what was published: not where every held
    /// meeting was never asked for, and no list told of any.
    pub fn is_published_known(&self) -> bool {
        self.held == 0 || self.untold < self.held
    }
}

/// Counts the register by council, year and body, as asked for.
///
/// Dimensions that are not of meetings are passed over. Meetings that are only
/// scheduled count as listed alone. Those that nothing but reports speak of are
/// passed over: a report shows no meeting.
pub fn coverage<'a>(
    meetings: impl IntoIterator<Item = &'a MeetingState>,
    by: &[Dimension],
) -> BTreeMap<GroupKey, Coverage> {
    let mut groups: BTreeMap<GroupKey, Coverage> = BTreeMap::new();
    for state in meetings.into_iter().filter(|state| state.n_reports_alone == 0) {
        let group = groups.entry(group_of_meeting(by, state)).or_default();
        group.copies += u64::from(state.copy_of.is_some());
        if !state.is_told_of() {
            continue;
        }
        group.listed += 1;
        match state.meeting.status {
            MeetingStatus::Scheduled => {}
            MeetingStatus::Cancelled => group.cancelled += 1,
            MeetingStatus::Held => group.count_held(state),
        }
    }
    groups
}

impl Coverage {
    fn count_held(&mut self, state: &MeetingState) {
        self.held += 1;
        self.agenda += u64::from(state.meeting.agenda_published);
        self.published += u64::from(state.meeting.minutes_published || state.readable);
        self.fetched += u64::from(state.fetched);
        let is_listed = state.meeting.agenda_published && !state.meeting.id.site.is_of_files();
        let is_told = state.meeting.minutes_published || is_listed;
        self.untold += u64::from(!state.asked && !is_told);
        let (cause, defect) = state.why();
        if let Some(cause) = cause {
            *self.causes.entry(cause).or_default() += 1;
        }
        if let Some(defect) = defect {
            *self.defects.entry(defect).or_default() += 1;
        }
        *match state.fate() {
            Fate::Readable => &mut self.readable,
            Fate::Refused => &mut self.refused,
            Fate::Failed => &mut self.failed,
            Fate::NotAsked => &mut self.not_asked,
            Fate::Unreadable => &mut self.unreadable,
            Fate::Unpublished => &mut self.unpublished,
        } += 1;
    }
}

/// Meetings of a council that stand on several of its sites, so that each counts
/// once for each site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTwice {
    /// The slug of the council.
    pub council: String,
    /// The sites, two or more, in the order of their names.
    pub sites: Vec<SiteId>,
    /// How many meetings stand on all of these and on no other.
    pub meetings: u64,
}

/// Finds the meetings that several sites of one council list: those of the same
/// body on the same day, and on the pages of a site in Welsh, where bodies have
/// other names, those of the same number. Meetings that were called off are
/// passed over, as are those whose body or day is not known.
pub fn listed_twice<'a>(meetings: impl IntoIterator<Item = &'a Meeting>) -> Vec<ListedTwice> {
    let meetings: Vec<&Meeting> =
        meetings.into_iter().filter(|meeting| meeting.status != MeetingStatus::Cancelled).collect();
    let by_id: HashMap<&MeetingId, &Meeting> =
        meetings.iter().map(|meeting| (&meeting.id, *meeting)).collect();
    let mut sites_of: BTreeMap<(&str, String, _), BTreeSet<&SiteId>> = BTreeMap::new();
    for meeting in &meetings {
        let in_english = meeting.id.site.in_english().and_then(|site| {
            let id = MeetingId { site, number: meeting.id.number.clone() };
            by_id.get(&id).copied().filter(|other| other.council == meeting.council)
        });
        let Meeting { body, date, .. } = in_english.unwrap_or(meeting);
        let Some(day) = date.and_then(|date| date.to_day()).filter(|_| !body.is_empty()) else { continue };
        sites_of.entry((&meeting.council, body.to_lowercase(), day)).or_default().insert(&meeting.id.site);
    }
    let mut counts: BTreeMap<(&str, Vec<SiteId>), u64> = BTreeMap::new();
    for ((council, ..), sites) in sites_of.into_iter().filter(|(_, sites)| sites.len() > 1) {
        *counts.entry((council, sites.into_iter().cloned().collect())).or_default() += 1;
    }
    let listed = |((council, sites), meetings): ((&str, _), _)| ListedTwice {
        council: council.to_owned(),
        sites,
        meetings,
    };
    counts.into_iter().map(listed).collect()
}

fn group_of_meeting(by: &[Dimension], state: &MeetingState) -> GroupKey {
    let MeetingState { meeting, nation, region, .. } = state;
    let of_meetings = by.iter().filter(|dimension| dimension.is_of_meetings());
    of_meetings
        .map(|dimension| match dimension {
            Dimension::Council => meeting.council.clone(),
            Dimension::Body => meeting.body.clone(),
            Dimension::Nation => nation.clone(),
            Dimension::Region => region.clone(),
            Dimension::Quarter => {
                let of = |date: PartialDate| Some(format!("{}-Q{}", date.year(), date.quarter()?));
                meeting.date.and_then(of).unwrap_or_default()
            }
            _ => meeting.date.map(|date| date.year().to_string()).unwrap_or_default(),
        })
        .map(Arc::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MeetingId, SiteId};

    fn state(status: MeetingStatus, readable: bool, lost: Option<Lost>) -> MeetingState {
        let meeting = Meeting {
            id: MeetingId { site: SiteId::new("a"), number: "1".into() },
            council: "aldmere".into(),
            council_name: "Aldmere Council".into(),
            body: "Cabinet".into(),
            date: "2020-03-02".parse().ok(),
            status,
            agenda_published: true,
            minutes_published: readable,
            url: String::new(),
        };
        MeetingState {
            meeting,
            nation: String::new(),
            region: String::new(),
            asked: true,
            fetched: readable,
            readable,
            lost,
            defect: None,
            copy_of: None,
            n_reports_alone: 0,
        }
    }

    #[test]
    fn every_meeting_counts_once() {
        use MeetingStatus::{Cancelled, Held, Scheduled};
        let lost = |cause, is_refused| Some(Lost { cause, is_refused });
        let mut unpublished = state(Held, false, None);
        unpublished.meeting.agenda_published = false;
        let unreadable = MeetingState { fetched: true, defect: Some("empty"), ..state(Held, false, None) };
        let mut waiting = state(Held, false, None);
        waiting.meeting.minutes_published = true;
        let copy = MeetingState {
            copy_of: Some(MeetingId { site: SiteId::new("a"), number: "2".into() }),
            ..state(Held, true, lost("withdrawn", true))
        };
        let mut added = copy.meeting.clone();
        (added.id.site, added.agenda_published) = (SiteId::new("files-aldmere"), false);
        let states = [
            state(Held, true, None),
            state(Held, true, lost("withdrawn", true)),
            state(Held, false, lost("robots", true)),
            state(Held, false, lost("time-out", false)),
            state(Held, false, lost("time-out", false)),
            unpublished,
            unreadable,
            waiting,
            copy.clone(),
            MeetingState { meeting: added, ..copy },
            MeetingState { asked: false, n_reports_alone: 2, ..state(Held, false, None) },
            state(Cancelled, false, None),
            state(Scheduled, false, None),
        ];
        let counts = coverage(&states, &[Dimension::Council, Dimension::Year]);
        let key: GroupKey = vec!["aldmere".into(), "2020".into()];
        let expected = Coverage {
            listed: 11,
            held: 9,
            cancelled: 1,
            agenda: 8,
            published: 4,
            fetched: 4,
            readable: 2,
            refused: 1,
            failed: 2,
            not_asked: 1,
            unreadable: 2,
            unpublished: 1,
            untold: 0,
            copies: 2,
            causes: BTreeMap::from([("robots", 1), ("time-out", 2), ("withdrawn", 1)]),
            defects: BTreeMap::from([("copy", 1), ("empty", 1)]),
        };
        assert_eq!(counts, BTreeMap::from([(key.clone(), expected)]));
        assert_eq!(counts[&key].share(), Some(2.0 / 9.0));
    }

    #[test]
    fn what_was_never_asked_for_is_not_unpublished() {
        let unasked = MeetingState { asked: false, ..state(MeetingStatus::Held, false, None) };
        let mut untold = unasked.clone();
        untold.meeting.agenda_published = false;
        let check = |states: &[&MeetingState], not_asked, known| {
            let groups = coverage(states.iter().copied(), &[]);
            let counts = &groups[&vec![]];
            assert_eq!((counts.not_asked, counts.is_published_known()), (not_asked, known), "{states:?}");
        };
        check(&[&untold, &untold], 2, false);
        // A list told of the other's agenda, and so would have of its minutes.
        check(&[&untold, &unasked], 2, true);
        check(&[&untold, &state(MeetingStatus::Held, false, None)], 1, true);
        check(&[&MeetingState { asked: false, ..state(MeetingStatus::Scheduled, false, None) }], 0, true);
    }

    #[test]
    fn meetings_that_stand_on_two_sites_of_a_council_are_found() {
        let meeting = |site: &str, number: &str, council: &str, body: &str, date: &str| Meeting {
            id: MeetingId { site: SiteId::new(site), number: number.into() },
            council: council.into(),
            body: body.into(),
            date: date.parse().ok(),
            ..state(MeetingStatus::Held, true, None).meeting
        };
        let cabinet = meeting("old", "1", "kent", "Cabinet", "2020-03-02");
        let check = |others: &[Meeting], expected: &[(&str, &[&str], u64)]| {
            let found = listed_twice(others.iter().chain([&cabinet]));
            let found: Vec<(&str, Vec<&str>, u64)> = found
                .iter()
                .map(|twice| {
                    (twice.council.as_str(), twice.sites.iter().map(SiteId::as_str).collect(), twice.meetings)
                })
                .collect();
            let expected: Vec<(&str, Vec<&str>, u64)> =
                expected.iter().map(|(council, sites, n)| (*council, sites.to_vec(), *n)).collect();
            assert_eq!(found, expected, "{others:?}");
        };
        let again = meeting("new", "77", "kent", "CABINET", "2020-03-02");
        check(std::slice::from_ref(&again), &[("kent", &["new", "old"], 1)]);
        // Two on one day on each site are one body's day; on one site alone they are two.
        check(
            &[again.clone(), meeting("new", "78", "kent", "Cabinet", "2020-03-02")],
            &[("kent", &["new", "old"], 1)],
        );
        check(&[meeting("old", "2", "kent", "Cabinet", "2020-03-02")], &[]);
        check(&[meeting("new", "77", "essex", "Cabinet", "2020-03-02")], &[]);
        check(&[meeting("new", "77", "kent", "Cabinet", "2020-03-03")], &[]);
        check(&[meeting("new", "77", "kent", "Planning", "2020-03-02")], &[]);
        check(&[Meeting { status: MeetingStatus::Cancelled, ..again }], &[]);
        // In Welsh, the number tells.
        check(
            &[meeting("old-cy", "1", "kent", "Cabinet y Cyngor", "2020-03-02")],
            &[("kent", &["old", "old-cy"], 1)],
        );
        check(&[meeting("old-cy", "2", "kent", "Cabinet y Cyngor", "2020-03-02")], &[]);
    }

    #[test]
    fn causes_are_named_with_the_most_frequent_first() {
        let check = |causes: &[(&'static str, u64)], expected: &str| {
            assert_eq!(causes_named(&causes.iter().copied().collect()), expected);
        };
        check(&[], "");
        check(&[("forbidden", 3), ("robots", 12), ("challenge", 3)], "robots 12, challenge 3, forbidden 3");
    }

    #[test]
    fn a_group_that_is_only_scheduled_has_no_share() {
        let counts = coverage(&[state(MeetingStatus::Scheduled, false, None)], &[Dimension::Council]);
        assert_eq!(counts[&[Arc::from("aldmere")][..]].share(), None);
    }
}
